/*
 * input/member_source.h - what opens inputs: files, members of archives, sheets of workbooks.
 *
 * An opener keeps what it needs from one member to the next. One that is all zero but for the budget has nothing yet.
 * Memory: an archive reader for the first member, a workbook reader for the first sheet (gpq_member_opener_need()).
 * Threads: one opener, one source at a time.
 */
#ifndef GPQ_INPUT_MEMBER_SOURCE_H
#define GPQ_INPUT_MEMBER_SOURCE_H

#include "io/source.h"
#include "workbook/workbook.h"

/* How a member is read: struct gpq_zip_place's 'reading'. */
enum gpq_member_reading { GPQ_READ_BYTES, GPQ_READ_SHEET };

struct gpq_member_opener {
	struct gpq_budget *budget;
	const char *spill_folder; /* NULL: GPQ_WORKBOOK_SPILL_FOLDER; Borrows */
	struct gpq_archive *archive;
	struct gpq_workbook *workbook;
};

/* Beside a source of a file: for members whose addresses have up to 'depth' places, sheets among them or not. */
size_t gpq_member_opener_need(uint32_t depth, bool sheets);

bool gpq_address_is_sheet(const struct gpq_address *address);

/* gpq_member_source_open() opens what is at 'address'; one source of an opener at a time. Errors: those of
 * gpq_source_open_member() and gpq_workbook_begin(). */
GPQ_MUST_USE enum gpq_status gpq_member_source_open(struct gpq_member_opener *opener, const struct gpq_address *address,
						    bool hash, struct gpq_source **out, struct gpq_error *err);
void gpq_member_opener_done(struct gpq_member_opener *opener);

#endif
