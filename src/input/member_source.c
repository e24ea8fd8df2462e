// SPDX-License-Identifier: MIT
#include "input/member_source.h"

size_t gpq_member_opener_need(uint32_t depth, bool sheets)
{
	return (depth ? gpq_source_member_need(depth) - gpq_source_need() : 0) + (sheets ? gpq_workbook_need() : 0);
}

bool gpq_address_is_sheet(const struct gpq_address *address)
{
	return address->depth && address->places[address->depth - 1].reading == GPQ_READ_SHEET;
}

static enum gpq_status sheet_read(void *from, uint8_t *bytes, size_t cap, size_t *out_len, struct gpq_error *err)
{
	return gpq_workbook_read(from, bytes, cap, out_len, err);
}

static enum gpq_status sheet_open(struct gpq_member_opener *opener, const struct gpq_address *address, bool hash,
				  struct gpq_source **out, struct gpq_error *err)
{
	if (!opener->workbook)
		GPQ_TRY(gpq_workbook_open(opener->budget, opener->spill_folder, &opener->workbook, err));
	GPQ_TRY(gpq_workbook_begin(opener->workbook, opener->archive, address, err));
	struct gpq_source_made made = {
		.read = sheet_read,
		.from = opener->workbook,
		.archive = opener->archive,
		.stored_bytes = address->places[address->depth - 1].stored_bytes,
	};
	return gpq_source_open_made(opener->budget, &made, hash, out, err);
}

enum gpq_status gpq_member_source_open(struct gpq_member_opener *opener, const struct gpq_address *address, bool hash,
				       struct gpq_source **out, struct gpq_error *err)
{
	if (address->depth && !opener->archive)
		GPQ_TRY(gpq_archive_open(opener->budget, &opener->archive, err));
	if (gpq_address_is_sheet(address))
		return sheet_open(opener, address, hash, out, err);
	return gpq_source_open_member(opener->budget, opener->archive, address, hash, out, err);
}

void gpq_member_opener_done(struct gpq_member_opener *opener)
{
	gpq_workbook_close(opener->workbook);
	gpq_archive_close(opener->archive);
	opener->workbook = NULL;
	opener->archive = NULL;
}
