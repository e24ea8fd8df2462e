/*
 * input/content_kind.h - what a file is that is no CSV, by its first bytes.
 */
#ifndef GPQ_INPUT_CONTENT_KIND_H
#define GPQ_INPUT_CONTENT_KIND_H

#include "base/status.h"

/* A sentence, or NULL where the bytes could be CSV. 16 more bytes behind them may be read. */
const char *gpq_content_kind(const uint8_t *bytes, size_t len);

/*
 * gpq_content_oasis() writes a sentence for what CAISO's OASIS sends in XML: an error in place of data, with its code and text, or
 * a report. Returns 'out', or NULL where the bytes are neither.
 */
const char *gpq_content_oasis(const uint8_t *bytes, size_t len, char *out, size_t cap);

/* Whether members are to be looked for: it begins as an archive does, or is named .zip and no text: something may stand before
 * an archive. */
bool gpq_content_is_archive(const uint8_t *bytes, size_t len, const char *name);

#endif
