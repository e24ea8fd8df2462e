// SPDX-License-Identifier: MIT
#include "workbook/sheet_cells.h"

#include "workbook/cell_text.h"

#include <string.h>

static enum gpq_status cell_fail(const struct gpq_sheet_cells *cells, const char *what, struct gpq_error *err)
{
	char letters[4];
	gpq_cell_letters(cells->column, letters);
	return gpq_fail(err, GPQ_E_DATA, "cell %s%u %s", letters, cells->row, what);
}

/* ---- begin of tags ---- */

static enum gpq_status row_begin(struct gpq_sheet_cells *cells, const char **attributes, struct gpq_error *err)
{
	const char *said = gpq_xml_attribute(attributes, "r");
	uint32_t row = cells->row + 1;
	if (said && !gpq_cell_number(said, GPQ_SHEET_MAX_ROWS, &row))
		return gpq_fail(err, GPQ_E_DATA, "has a row '%.40s' behind row %u: rows go from 1 to %u", said, cells->row,
				GPQ_SHEET_MAX_ROWS);
	if (row <= cells->row || row > GPQ_SHEET_MAX_ROWS)
		return gpq_fail(err, GPQ_E_DATA, "has row %u behind row %u", row, cells->row);
	cells->row = row;
	cells->column = 0;
	return GPQ_OK;
}

static enum gpq_status kind_of(const struct gpq_sheet_cells *cells, const char *type, enum gpq_sheet_kind *out,
			       struct gpq_error *err)
{
	static const struct {
		const char *type;
		enum gpq_sheet_kind kind;
	} kinds[] = {
		{ "s", GPQ_SHEET_SHARED },  { "n", GPQ_SHEET_PLAIN },   { "str", GPQ_SHEET_STRING },
		{ "b", GPQ_SHEET_BOOLEAN }, { "e", GPQ_SHEET_PLAIN },   { "inlineStr", GPQ_SHEET_INLINE },
		{ "d", GPQ_SHEET_PLAIN },
	};
	*out = GPQ_SHEET_PLAIN;
	if (!type)
		return GPQ_OK;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(type, kinds[i].type) == 0) {
			*out = kinds[i].kind;
			return GPQ_OK;
		}
	}
	return cell_fail(cells, "is of a type that is not known", err);
}

static enum gpq_status cell_begin(struct gpq_sheet_cells *cells, const char **attributes, struct gpq_error *err)
{
	const char *said = NULL, *type = NULL;
	uint32_t column = cells->column + 1, row = cells->row, before = cells->column;
	for (; *attributes; attributes += 2) {
		if (strcmp(attributes[0], "r") == 0)
			said = attributes[1];
		else if (strcmp(attributes[0], "t") == 0)
			type = attributes[1];
	}
	if (said && !gpq_cell_reference(said, &column, &row))
		return gpq_fail(err, GPQ_E_DATA, "has a cell '%.40s' in row %u: cells go from A1 to XFD%u", said, cells->row,
				GPQ_SHEET_MAX_ROWS);
	if (column > GPQ_SHEET_MAX_COLUMNS)
		return gpq_fail(err, GPQ_E_DATA, "row %u has more than %u cells", cells->row, GPQ_SHEET_MAX_COLUMNS);
	if (row != cells->row)
		return gpq_fail(err, GPQ_E_DATA, "has cell %.40s in row %u", said, cells->row);
	cells->column = column;
	if (column <= before)
		return cell_fail(cells, "stands behind cells to the right of it", err);
	cells->in_cell = true;
	cells->cell_at = cells->texts_len;
	return kind_of(cells, type, &cells->kind, err);
}

static enum gpq_status tag_begin(void *context, uint32_t depth, const char *name, const char **attributes,
				 struct gpq_error *err)
{
	struct gpq_sheet_cells *cells = context;
	switch (depth) {
	case 1:
		if (strcmp(name, "worksheet") != 0)
			return gpq_fail(err, GPQ_E_DATA, "holds no worksheet but <%.40s>", name);
		return GPQ_OK;
	case 2:
		cells->in_data = strcmp(name, "sheetData") == 0;
		return GPQ_OK;
	case 3:
		cells->in_row = cells->in_data && strcmp(name, "row") == 0;
		return cells->in_row ? row_begin(cells, attributes, err) : GPQ_OK;
	case 4:
		return cells->in_row && strcmp(name, "c") == 0 ? cell_begin(cells, attributes, err) : GPQ_OK;
	case 5:
		cells->in_value = cells->in_cell && cells->kind != GPQ_SHEET_INLINE && strcmp(name, "v") == 0;
		cells->in_inline = cells->in_cell && cells->kind == GPQ_SHEET_INLINE && strcmp(name, "is") == 0;
		return GPQ_OK;
	case 6:
		cells->in_value = cells->in_inline && strcmp(name, "t") == 0;
		cells->in_run = cells->in_inline && strcmp(name, "r") == 0;
		return GPQ_OK;
	case 7:
		cells->in_value = cells->in_run && strcmp(name, "t") == 0;
		return GPQ_OK;
	default:
		return GPQ_OK;
	}
}

/* ---- end of tags ---- */

static enum gpq_status shared_number(const struct gpq_sheet_cells *cells, const uint8_t *text, size_t len, uint64_t *out,
				     struct gpq_error *err)
{
	uint64_t number = 0;
	bool digits = len > 0 && len <= 18;
	for (size_t i = 0; i < len && digits; i++) {
		digits = text[i] >= '0' && text[i] <= '9';
		number = number * 10 + (uint64_t)(text[i] - '0');
	}
	if (!digits)
		return cell_fail(cells, "refers to a shared string by no number", err);
	if (number >= cells->n_shared) {
		char letters[4];
		gpq_cell_letters(cells->column, letters);
		return gpq_fail(err, GPQ_E_DATA, "cell %s%u refers to shared string %llu, there are %llu", letters, cells->row,
				(unsigned long long)number, (unsigned long long)cells->n_shared);
	}
	*out = number;
	return GPQ_OK;
}

/* Spelled as workbooks show it; what is none stays as it is. */
static size_t boolean_write(uint8_t *text, size_t len)
{
	bool yes = len == 1 && text[0] == '1', no = len == 1 && text[0] == '0';
	if (yes || (len == 4 && memcmp(text, "true", 4) == 0)) {
		memcpy(text, "TRUE", 4);
		return 4;
	}
	if (no || (len == 5 && memcmp(text, "false", 5) == 0)) {
		memcpy(text, "FALSE", 5);
		return 5;
	}
	return len;
}

static enum gpq_status cell_end(struct gpq_sheet_cells *cells, struct gpq_error *err)
{
	uint8_t *text = cells->texts + cells->cell_at;
	size_t len = cells->texts_len - cells->cell_at;
	struct gpq_sheet_cell *cell = &cells->cells[cells->n_cells];
	cells->in_cell = false;
	if (!len)
		return GPQ_OK;
	if (cells->n_cells == GPQ_SHEET_PIECE_CELLS)
		return gpq_fail(err, GPQ_E_BUG, "a piece of XML has more than %zu cells", GPQ_SHEET_PIECE_CELLS);
	*cell = (struct gpq_sheet_cell){ .row = cells->row, .column = cells->column, .at = cells->cell_at };
	if (cells->kind == GPQ_SHEET_SHARED) {
		cell->shared = true;
		cells->texts_len = cells->cell_at;
		GPQ_TRY(shared_number(cells, text, len, &cell->at, err));
	} else {
		if (cells->kind == GPQ_SHEET_BOOLEAN)
			len = boolean_write(text, len);
		else if (cells->kind != GPQ_SHEET_PLAIN)
			len = gpq_cell_unescape(text, len);
		cell->len = (uint32_t)len;
		cells->texts_len = cells->cell_at + len;
	}
	cells->n_cells++;
	return GPQ_OK;
}

static enum gpq_status tag_end(void *context, uint32_t depth, struct gpq_error *err)
{
	struct gpq_sheet_cells *cells = context;
	if (depth >= 5 && depth <= 7)
		cells->in_value = false;
	if (depth == 6)
		cells->in_run = false;
	if (depth == 5)
		cells->in_inline = false;
	if (depth == 4 && cells->in_cell)
		return cell_end(cells, err);
	return GPQ_OK;
}

static enum gpq_status text_take(void *context, const char *bytes, size_t len, struct gpq_error *err)
{
	struct gpq_sheet_cells *cells = context;
	if (!cells->in_value)
		return GPQ_OK;
	if (len > GPQ_TEXT_STORE_CAP_TEXT_BYTES - (cells->texts_len - cells->cell_at))
		return cell_fail(cells, "has more than 131072 bytes", err);
	if (len > GPQ_SHEET_TEXT_BYTES - cells->texts_len)
		return gpq_fail(err, GPQ_E_BUG, "a piece of XML has more than %zu bytes of text", GPQ_SHEET_TEXT_BYTES);
	memcpy(cells->texts + cells->texts_len, bytes, len);
	cells->texts_len += len;
	return GPQ_OK;
}

/* ---- pieces ---- */

enum gpq_status gpq_sheet_cells_begin(struct gpq_sheet_cells *cells, struct gpq_xml *xml, uint64_t n_shared,
				      struct gpq_error *err)
{
	static const struct gpq_xml_visitor visitor = { tag_begin, tag_end, text_take };
	memset(cells, 0, offsetof(struct gpq_sheet_cells, cells));
	cells->xml = xml;
	cells->n_shared = n_shared;
	return gpq_xml_begin(xml, &visitor, cells, err);
}

enum gpq_status gpq_sheet_cells_take(struct gpq_sheet_cells *cells, size_t len, bool last, struct gpq_error *err)
{
	size_t begun = cells->in_cell ? cells->texts_len - cells->cell_at : 0;
	memmove(cells->texts, cells->texts + cells->cell_at, begun);
	cells->cell_at = 0;
	cells->texts_len = begun;
	cells->n_cells = 0;
	return gpq_xml_take(cells->xml, len, last, err);
}
