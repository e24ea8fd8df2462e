// SPDX-License-Identifier: MIT
#include "workbook/sheet_lines.h"

#include <string.h>

/* Whether a field has to stand in quotes (RFC 4180, 2.6). */
static bool needs_quotes(const uint8_t *text, size_t len)
{
	static const bool special[256] = { [','] = true, ['"'] = true, ['\n'] = true, ['\r'] = true };
	bool any = false;
	for (size_t i = 0; i < len; i++)
		any |= special[text[i]];
	return any;
}

/* The commas that the line still lacks. */
static void line_pad(struct gpq_sheet_lines *lines)
{
	if (lines->column > lines->width && lines->column <= GPQ_SHEET_PAD_COLUMNS)
		lines->width = lines->column;
	lines->pads = lines->column < lines->width ? lines->width - lines->column : 0;
}

void gpq_sheet_lines_cell(struct gpq_sheet_lines *lines, uint32_t row, uint32_t column, const uint8_t *text, size_t len)
{
	if (row != lines->line) {
		if (lines->line)
			line_pad(lines);
		lines->breaks = lines->line ? row - lines->line : row - 1;
		lines->line = row;
		lines->column = 0;
	}
	lines->commas = column - (lines->column ? lines->column : 1);
	lines->column = column;
	lines->text = text;
	lines->text_len = len;
	lines->text_at = 0;
	lines->enclosed = needs_quotes(text, len);
	lines->open = lines->doubled = false;
}

void gpq_sheet_lines_end(struct gpq_sheet_lines *lines)
{
	if (!lines->line)
		return;
	line_pad(lines);
	lines->breaks = 1;
}

static size_t fill(uint32_t *count, uint8_t byte, uint8_t *out, size_t cap)
{
	size_t len = *count < cap ? *count : cap;
	if (len)
		memset(out, byte, len);
	*count -= (uint32_t)len;
	return len;
}

/* A text with its quotes, those within it doubled. */
static size_t enclosed_write(struct gpq_sheet_lines *lines, uint8_t *out, size_t cap)
{
	size_t len = 0;
	if (!lines->open && cap) {
		out[len++] = '"';
		lines->open = true;
	}
	while (len < cap && lines->text_at < lines->text_len) {
		uint8_t byte = lines->text[lines->text_at];
		out[len++] = byte;
		lines->doubled = byte == '"' && !lines->doubled;
		lines->text_at += !lines->doubled;
	}
	if (len < cap && lines->text_at == lines->text_len) {
		out[len++] = '"';
		lines->text = NULL;
	}
	return len;
}

static size_t text_write(struct gpq_sheet_lines *lines, uint8_t *out, size_t cap)
{
	size_t left = lines->text_len - lines->text_at, len = left < cap ? left : cap;
	if (lines->enclosed)
		return enclosed_write(lines, out, cap);
	memcpy(out, lines->text + lines->text_at, len);
	lines->text_at += len;
	if (lines->text_at == lines->text_len)
		lines->text = NULL;
	return len;
}

size_t gpq_sheet_lines_write(struct gpq_sheet_lines *lines, uint8_t *out, size_t cap)
{
	size_t len = 0;
	if (lines->pads)
		len += fill(&lines->pads, ',', out, cap);
	if (lines->breaks)
		len += fill(&lines->breaks, '\n', out + len, cap - len);
	if (lines->commas)
		len += fill(&lines->commas, ',', out + len, cap - len);
	if (lines->text && len < cap)
		len += text_write(lines, out + len, cap - len);
	return len;
}
