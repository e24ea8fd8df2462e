/*
 * workbook/shared_texts.h - the part of a workbook that its sheets take texts from by number: sst, si, t.
 * Runs of a rich text are one text; readings of it (rPh) are none.
 */
#ifndef GPQ_WORKBOOK_SHARED_TEXTS_H
#define GPQ_WORKBOOK_SHARED_TEXTS_H

#include "workbook/text_store.h"
#include "workbook/xml_part.h"

/*
 * gpq_shared_texts_read() fills 'store', which is empty, from the member at 'address', and seals it.
 *   text  GPQ_TEXT_STORE_CAP_TEXT_BYTES of the caller's, for one text
 * Errors: those of gpq_xml_member(), GPQ_E_DATA (another kind of part, a text that is too long), those of the store.
 */
GPQ_MUST_USE enum gpq_status gpq_shared_texts_read(struct gpq_xml *xml, struct gpq_archive *archive,
						   const struct gpq_address *address, uint8_t *text,
						   struct gpq_text_store *store, struct gpq_error *err);

#endif
