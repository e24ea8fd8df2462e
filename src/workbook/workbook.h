/*
 * workbook/workbook.h - the sheets of workbooks (.xlsx) as text: lines of fields, as if each had been saved as CSV.
 *
 * A workbook is an archive (io/zip_archive.h); each of its sheets is a member with an address of its own, whose last place is
 * the part that the sheet is in. One reader reads any number of sheets, one after the other; shared strings are read once
 * as long as the sheets are those of one workbook.
 *
 *     numbers   the sheet's own decimal text, digit for digit; dates, which are numbers in a workbook, likewise
 *     texts     shared, inline or of formulas; escapes undone            booleans   TRUE, FALSE            errors   #N/A
 *
 * Memory: gpq_workbook_need(); shared strings that do not fit go to a spill file.
 * Threads: one reader, one thread at a time.
 */
#ifndef GPQ_WORKBOOK_WORKBOOK_H
#define GPQ_WORKBOOK_WORKBOOK_H

#include "workbook/package.h"

/* Where spill files are made unless a folder is named. */
#define GPQ_WORKBOOK_SPILL_FOLDER "/var/tmp"

/* Of any workbook so much text is given, whatever it is made from; beyond it at most GPQ_WORKBOOK_CAP_RATIO times the sheet's
 * XML, whose cells take some three times the bytes that they hold. */
#define GPQ_WORKBOOK_FREE_BYTES ((uint64_t)64 << 20)
#define GPQ_WORKBOOK_CAP_RATIO  UINT64_C(32)

struct gpq_workbook;

size_t gpq_workbook_need(void);

/* 'spill_folder' is borrowed until close; NULL: GPQ_WORKBOOK_SPILL_FOLDER. Owns: caller. */
GPQ_MUST_USE enum gpq_status gpq_workbook_open(struct gpq_budget *budget, const char *spill_folder,
					       struct gpq_workbook **out, struct gpq_error *err);
void gpq_workbook_close(struct gpq_workbook *workbook);

/*
 * gpq_workbook_list() finds the sheets of the archive at 'address', whose listing by 'archive' ends with it.
 *   out  Borrows until the next call
 * Errors: those of gpq_package_read(), GPQ_END and GPQ_E_UNRECOGNISED among them.
 */
GPQ_MUST_USE enum gpq_status gpq_workbook_list(struct gpq_workbook *workbook, struct gpq_archive *archive,
					       const struct gpq_address *address, const struct gpq_package **out,
					       struct gpq_error *err);

/*
 * gpq_workbook_begin() stands at the first byte of the sheet at 'address', through 'archive', which is borrowed until the last
 * read; gpq_workbook_read() gives up to 'cap' bytes of its text, fewer only at the end, where every check has been made.
 * Errors, err->byte in the part's XML or, where the archive is damaged, in the archive: GPQ_E_DATA, GPQ_E_TRUNCATED,
 * GPQ_E_CHECKSUM, those of files.
 */
GPQ_MUST_USE enum gpq_status gpq_workbook_begin(struct gpq_workbook *workbook, struct gpq_archive *archive,
						const struct gpq_address *address, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_workbook_read(struct gpq_workbook *workbook, uint8_t *bytes, size_t cap, size_t *out_len,
					       struct gpq_error *err);

#endif
