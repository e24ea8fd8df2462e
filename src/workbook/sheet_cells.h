/*
 * workbook/sheet_cells.h - the cells of a worksheet, from its XML, a piece at a time: worksheet, sheetData, row, c, v or is.
 *
 * Cells that say something come in order of rows and columns; a cell's place is its reference, or follows the one before.
 * Numbers are the text that the sheet has of them.
 * Memory: sizeof(struct gpq_sheet_cells), the caller's.
 */
#ifndef GPQ_WORKBOOK_SHEET_CELLS_H
#define GPQ_WORKBOOK_SHEET_CELLS_H

#include "workbook/text_store.h"
#include "workbook/xml_part.h"

/* "<c><v>1</v></c>" is the shortest cell that says something; the first one of a piece may have begun in the one before. */
#define GPQ_SHEET_PIECE_CELLS (GPQ_XML_PIECE_BYTES / 15 + 2)

#define GPQ_SHEET_TEXT_BYTES (GPQ_TEXT_STORE_CAP_TEXT_BYTES + 2 * GPQ_XML_PIECE_BYTES + 64)

/* A cell: its text, or the number of a shared one. */
struct gpq_sheet_cell {
	uint32_t row, column; /* from 1 */
	bool shared;
	uint32_t len;         /* of the text */
	uint64_t at;          /* of the text in 'texts', or the number */
};

/* What a cell holds, by its attribute t (ECMA-376 part 1, 18.18.11). */
enum gpq_sheet_kind { GPQ_SHEET_PLAIN, GPQ_SHEET_SHARED, GPQ_SHEET_BOOLEAN, GPQ_SHEET_STRING, GPQ_SHEET_INLINE };

/* Members are this file's own but for 'cells', 'n_cells', 'texts' and 'row'. */
struct gpq_sheet_cells {
	struct gpq_xml *xml;
	uint64_t n_shared; /* that there are */
	bool in_data, in_row, in_cell, in_inline, in_run, in_value;
	uint32_t row, column; /* under way, or those before; 0: none */
	enum gpq_sheet_kind kind;
	size_t cell_at, texts_len; /* in 'texts': of the cell under way, of all */
	uint32_t n_cells;
	struct gpq_sheet_cell cells[GPQ_SHEET_PIECE_CELLS];
	/* The longest cell that is under way, and what a piece has: a byte of it becomes at most two (ISO 8859-1). */
	uint8_t texts[GPQ_SHEET_TEXT_BYTES];
};

/* 'cells' is the caller's, of any content; 'n_shared' shared strings may be referred to. */
GPQ_MUST_USE enum gpq_status gpq_sheet_cells_begin(struct gpq_sheet_cells *cells, struct gpq_xml *xml, uint64_t n_shared,
						   struct gpq_error *err);

/* gpq_sheet_cells_take() replaces 'cells' by those that end in the next piece, whose bytes stand in the parser's buffer.
 * Errors: GPQ_E_DATA, which names the cell or the row, err->byte in the XML. */
GPQ_MUST_USE enum gpq_status gpq_sheet_cells_take(struct gpq_sheet_cells *cells, size_t len, bool last,
						  struct gpq_error *err);

#endif
