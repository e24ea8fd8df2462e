// SPDX-License-Identifier: MIT
#include "workbook/cell_text.h"

#include <string.h>

bool gpq_cell_number(const char *text, uint32_t max, uint32_t *out)
{
	uint32_t number = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (uint32_t)(*text - '0');
		if (number > max)
			return false;
	}
	if (!number)
		return false;
	*out = number;
	return true;
}

bool gpq_cell_reference(const char *text, uint32_t *out_column, uint32_t *out_row)
{
	uint32_t column = 0, row = 0;
	for (; (*text | 32) >= 'a' && (*text | 32) <= 'z'; text++) {
		column = column * 26 + (uint32_t)((*text | 32) - 'a') + 1;
		if (column > GPQ_SHEET_MAX_COLUMNS)
			return false;
	}
	if (!column || !gpq_cell_number(text, GPQ_SHEET_MAX_ROWS, &row))
		return false;
	*out_column = column;
	*out_row = row;
	return true;
}

void gpq_cell_letters(uint32_t column, char out[4])
{
	char letters[3];
	int n = 0, at = 0;
	for (; column && n < 3; column = (column - 1) / 26)
		letters[n++] = (char)('A' + (column - 1) % 26);
	while (n)
		out[at++] = letters[--n];
	out[at] = '\0';
}

static int hex_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return (digit | 32) >= 'a' && (digit | 32) <= 'f' ? (digit | 32) - 'a' + 10 : -1;
}

/* The UTF-16 unit that "_xHHHH_" at 'bytes' stands for, or 0. */
static uint32_t escaped_unit(const uint8_t *bytes, size_t len)
{
	uint32_t unit = 0;
	if (len < 7 || bytes[0] != '_' || bytes[1] != 'x' || bytes[6] != '_')
		return 0;
	for (int i = 2; i < 6; i++) {
		int value = hex_value(bytes[i]);
		if (value < 0)
			return 0;
		unit = unit << 4 | (uint32_t)value;
	}
	return unit >= 0xd800 && unit < 0xe000 ? 0 : unit;
}

static size_t utf8_put(uint32_t unit, uint8_t *out)
{
	if (unit < 0x80) {
		out[0] = (uint8_t)unit;
		return 1;
	}
	if (unit < 0x800) {
		out[0] = (uint8_t)(0xc0 | unit >> 6);
		out[1] = (uint8_t)(0x80 | (unit & 0x3f));
		return 2;
	}
	out[0] = (uint8_t)(0xe0 | unit >> 12);
	out[1] = (uint8_t)(0x80 | (unit >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (unit & 0x3f));
	return 3;
}

size_t gpq_cell_unescape(uint8_t *bytes, size_t len)
{
	size_t to = 0;
	if (len < 7 || !memchr(bytes, '_', len))
		return len;
	for (size_t at = 0; at < len;) {
		uint32_t unit = escaped_unit(bytes + at, len - at);
		if (unit) {
			to += utf8_put(unit, bytes + to);
			at += 7;
		} else {
			bytes[to++] = bytes[at++];
		}
	}
	return to;
}
