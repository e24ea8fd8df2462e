// SPDX-License-Identifier: MIT
#include "workbook/workbook.h"

#include "workbook/shared_texts.h"
#include "workbook/sheet_cells.h"
#include "workbook/sheet_lines.h"

#include <limits.h>
#include <string.h>

/* The sheet under way. */
struct sheet {
	struct gpq_archive *archive; /* Borrows; NULL: none */
	struct gpq_sheet_cells cells;
	struct gpq_sheet_lines lines;
	uint32_t at_cell; /* of 'cells' */
	bool read;        /* all of the XML */
	bool ended;       /* nothing comes behind what waits in 'lines' */
	uint64_t xml_bytes, text_bytes;
};

struct gpq_workbook {
	struct gpq_budget *budget;
	const char *spill_folder;
	struct gpq_xml xml;
	struct gpq_text_store *texts; /* Owns; NULL until a sheet was begun */
	struct gpq_address entered;   /* whose package this is; its path is 'path', or there is none */
	bool texts_read;              /* of the same */
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH];
	char path[PATH_MAX];
	struct gpq_package package;
	struct sheet sheet;
};

size_t gpq_workbook_need(void)
{
	return ((sizeof(struct gpq_workbook) + 4095) & ~(size_t)4095) + GPQ_XML_ROOM_BYTES +
	       gpq_text_store_need(GPQ_TEXT_STORE_ROOM_BYTES);
}

enum gpq_status gpq_workbook_open(struct gpq_budget *budget, const char *spill_folder, struct gpq_workbook **out,
				  struct gpq_error *err)
{
	struct gpq_workbook *workbook = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_WORKBOOK, sizeof(*workbook), &workbook, err));
	workbook->budget = budget;
	workbook->spill_folder = spill_folder ? spill_folder : GPQ_WORKBOOK_SPILL_FOLDER;
	enum gpq_status status = gpq_xml_open(&workbook->xml, budget, err);
	if (status != GPQ_OK) {
		gpq_workbook_close(workbook);
		return status;
	}
	*out = workbook;
	return GPQ_OK;
}

void gpq_workbook_close(struct gpq_workbook *workbook)
{
	if (!workbook)
		return;
	gpq_xml_close(&workbook->xml);
	gpq_text_store_close(workbook->texts);
	gpq_free(workbook->budget, GPQ_TAG_WORKBOOK, workbook, sizeof(*workbook));
}

static void workbook_leave(struct gpq_workbook *workbook)
{
	workbook->entered.path = NULL;
	workbook->texts_read = false;
	workbook->sheet.archive = NULL;
	if (workbook->texts)
		gpq_text_store_clear(workbook->texts);
}

enum gpq_status gpq_workbook_list(struct gpq_workbook *workbook, struct gpq_archive *archive,
				  const struct gpq_address *address, const struct gpq_package **out, struct gpq_error *err)
{
	size_t len = strlen(address->path);
	workbook_leave(workbook);
	GPQ_TRY(gpq_package_read(&workbook->package, &workbook->xml, archive, address, err));
	*out = &workbook->package;
	if (len >= sizeof(workbook->path)) /* cannot be: the archive was opened by it */
		return GPQ_OK;
	memcpy(workbook->path, address->path, len + 1);
	if (address->depth)
		memcpy(workbook->places, address->places, address->depth * sizeof(workbook->places[0]));
	workbook->entered = (struct gpq_address){ workbook->path, workbook->places, address->depth };
	return GPQ_OK;
}

static bool is_entered(const struct gpq_workbook *workbook, const struct gpq_address *address)
{
	const struct gpq_address *entered = &workbook->entered;
	if (!entered->path || entered->depth != address->depth || strcmp(entered->path, address->path) != 0)
		return false;
	for (uint32_t i = 0; i < address->depth; i++)
		if (!gpq_zip_place_equal(&entered->places[i], &address->places[i]))
			return false;
	return true;
}

static enum gpq_status texts_read(struct gpq_workbook *workbook, struct gpq_archive *archive, struct gpq_error *err)
{
	const struct gpq_package_part *part = &workbook->package.texts;
	uint32_t depth = workbook->entered.depth;
	struct gpq_address address = { workbook->path, workbook->places, depth + 1 };
	if (!workbook->texts)
		GPQ_TRY(gpq_text_store_open(workbook->budget, GPQ_TEXT_STORE_ROOM_BYTES, workbook->spill_folder,
					    &workbook->texts, err));
	gpq_text_store_clear(workbook->texts);
	if (!part->path)
		return gpq_text_store_seal(workbook->texts, err);
	if (!part->found || part->kind != GPQ_ZIP_FILE)
		return gpq_fail(err, GPQ_E_DATA, "its workbook's shared strings, '%.200s', %s", part->path,
				part->found ? "cannot be read" : "are missing");
	workbook->places[depth] = part->place;
	enum gpq_status status = gpq_shared_texts_read(&workbook->xml, archive, &address, workbook->sheet.cells.texts,
						       workbook->texts, err);
	if (status == GPQ_E_DATA || status == GPQ_E_CHECKSUM || status == GPQ_E_TRUNCATED)
		gpq_fail_prefix(err, "the workbook's part '%.100s' ", part->path);
	return status;
}

enum gpq_status gpq_workbook_begin(struct gpq_workbook *workbook, struct gpq_archive *archive,
				   const struct gpq_address *address, struct gpq_error *err)
{
	struct gpq_address above = *address;
	struct sheet *sheet = &workbook->sheet;
	const struct gpq_package *package = NULL;
	above.depth--;
	sheet->archive = NULL;
	if (!is_entered(workbook, &above)) {
		enum gpq_status status = gpq_workbook_list(workbook, archive, &above, &package, err);
		if (status == GPQ_END)
			return gpq_fail(err, GPQ_E_DATA, "is no longer in a workbook");
		GPQ_TRY(status);
	}
	if (!workbook->texts_read) {
		GPQ_TRY(texts_read(workbook, archive, err));
		workbook->texts_read = true;
	}
	GPQ_TRY(gpq_archive_begin(archive, address, err));
	sheet->at_cell = 0;
	sheet->read = sheet->ended = false;
	sheet->xml_bytes = sheet->text_bytes = 0;
	sheet->lines = (struct gpq_sheet_lines){ .line = 0 };
	GPQ_TRY(gpq_sheet_cells_begin(&sheet->cells, &workbook->xml, gpq_text_store_count(workbook->texts), err));
	sheet->archive = archive;
	return GPQ_OK;
}

/* The next piece of XML. */
static enum gpq_status piece_take(struct gpq_workbook *workbook, struct gpq_error *err)
{
	struct sheet *sheet = &workbook->sheet;
	uint8_t *bytes = NULL;
	size_t len = 0;
	GPQ_TRY(gpq_xml_buffer(&workbook->xml, &bytes, err));
	GPQ_TRY(gpq_archive_read(sheet->archive, bytes, GPQ_XML_PIECE_BYTES, &len, err));
	sheet->read = len < GPQ_XML_PIECE_BYTES;
	sheet->xml_bytes += len;
	sheet->at_cell = 0;
	return gpq_sheet_cells_take(&sheet->cells, len, sheet->read, err);
}

/* Makes the next cell that says something wait, or the sheet's end. */
static enum gpq_status cell_next(struct gpq_workbook *workbook, struct gpq_error *err)
{
	struct sheet *sheet = &workbook->sheet;
	for (;;) {
		if (sheet->at_cell == sheet->cells.n_cells) {
			if (sheet->read)
				break;
			GPQ_TRY(piece_take(workbook, err));
			continue;
		}
		const struct gpq_sheet_cell *cell = &sheet->cells.cells[sheet->at_cell++];
		const uint8_t *text = sheet->cells.texts + cell->at;
		size_t len = cell->len;
		if (cell->shared)
			GPQ_TRY(gpq_text_store_view(workbook->texts, cell->at, &text, &len, err));
		if (!len)
			continue;
		gpq_sheet_lines_cell(&sheet->lines, cell->row, cell->column, text, len);
		return GPQ_OK;
	}
	sheet->ended = true;
	gpq_sheet_lines_end(&sheet->lines);
	return GPQ_OK;
}

static enum gpq_status growth_check(const struct sheet *sheet, struct gpq_error *err)
{
	if (sheet->text_bytes <= GPQ_WORKBOOK_FREE_BYTES ||
	    (sheet->text_bytes - GPQ_WORKBOOK_FREE_BYTES) / GPQ_WORKBOOK_CAP_RATIO <= sheet->xml_bytes)
		return GPQ_OK;
	return gpq_fail(err, GPQ_E_DATA, "is taken for a bomb: up to row %u it makes %llu bytes of text from %llu of XML",
			sheet->lines.line, (unsigned long long)sheet->text_bytes, (unsigned long long)sheet->xml_bytes);
}

enum gpq_status gpq_workbook_read(struct gpq_workbook *workbook, uint8_t *bytes, size_t cap, size_t *out_len,
				  struct gpq_error *err)
{
	struct sheet *sheet = &workbook->sheet;
	size_t len = 0;
	if (!sheet->archive)
		return gpq_fail(err, GPQ_E_BUG, "no sheet is open");
	while (len < cap) {
		size_t got = gpq_sheet_lines_write(&sheet->lines, bytes + len, cap - len);
		sheet->text_bytes += got;
		len += got;
		if (len == cap || sheet->ended)
			break;
		GPQ_TRY(growth_check(sheet, err));
		GPQ_TRY(cell_next(workbook, err));
	}
	*out_len = len;
	return GPQ_OK;
}
