/*
 * workbook/sheet_lines.h - cells as lines of text, as RFC 4180 has them: commas, quotes where needed, LF.
 *
 * Line n is row n. A row without any text is an empty line, and none where nothing follows. A line has as many fields as the
 * widest one before it, up to GPQ_SHEET_PAD_COLUMNS, or as its own last cell asks for.
 * Memory: the caller's.
 */
#ifndef GPQ_WORKBOOK_SHEET_LINES_H
#define GPQ_WORKBOOK_SHEET_LINES_H

#include "base/status.h"

/* Far more than any table has here: a stray cell in the last column does not widen all lines behind it. */
#define GPQ_SHEET_PAD_COLUMNS 256u

/* All zero: nothing was written yet. Members are this file's own. */
struct gpq_sheet_lines {
	uint32_t line, column, width; /* that are written; 0: none */
	/* What waits: commas that end a line, line ends, commas before a cell, its text. */
	uint32_t pads, breaks, commas;
	const uint8_t *text; /* Borrows until it is written */
	size_t text_len, text_at;
	bool enclosed, open, doubled; /* the text stands in quotes; the first was written; one of two within was */
};

/* gpq_sheet_lines_cell() makes a cell wait, which follows those before; its text is not empty. */
void gpq_sheet_lines_cell(struct gpq_sheet_lines *lines, uint32_t row, uint32_t column, const uint8_t *text, size_t len);

/* gpq_sheet_lines_end() makes the end of the last line wait. */
void gpq_sheet_lines_end(struct gpq_sheet_lines *lines);

/* gpq_sheet_lines_write() writes at most 'cap' bytes of what waits and returns how many; less than 'cap': nothing waits. */
size_t gpq_sheet_lines_write(struct gpq_sheet_lines *lines, uint8_t *out, size_t cap);

#endif
