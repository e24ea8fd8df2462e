/*
 * workbook/cell_text.h - what stands in a cell, and where: small readings of text.
 * Knows: references ("AB17"), escapes ("_x000D_"), booleans.      Not: XML, archives.      Memory: the caller's.
 */
#ifndef GPQ_WORKBOOK_CELL_TEXT_H
#define GPQ_WORKBOOK_CELL_TEXT_H

#include "base/status.h"

/* The last row and the last column (XFD) that a worksheet can have. */
#define GPQ_SHEET_MAX_ROWS    UINT32_C(1048576)
#define GPQ_SHEET_MAX_COLUMNS UINT32_C(16384)

/* A number from 1 to 'max' in decimal digits; false where 'text' is none. */
bool gpq_cell_number(const char *text, uint32_t max, uint32_t *out);

/* "AB17": column 28, row 17, within a worksheet's; false where 'text' is no reference. */
bool gpq_cell_reference(const char *text, uint32_t *out_column, uint32_t *out_row);

/* The letters of a column (1..GPQ_SHEET_MAX_COLUMNS), at most three and a terminator. */
void gpq_cell_letters(uint32_t column, char out[4]);

/*
 * gpq_cell_unescape() undoes, in place, the escapes of texts (ECMA-376 part 1, 22.9.2.19): "_x000D_" is one character, "_x005F_"
 * an underline that stands before what would be an escape. Halves of surrogate pairs and NUL stay as they are. Returns the
 * new length.
 */
size_t gpq_cell_unescape(uint8_t *bytes, size_t len);

#endif
