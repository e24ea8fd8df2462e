// SPDX-License-Identifier: MIT
#include "audit/trace_notes.h"

#include "io/folder.h"
#include "io/source.h"

#include <stdio.h>
#include <string.h>

#define NOTES_PIECE_BYTES ((size_t)64 << 10)
/* How many folders above the file may hold the output's `.gridpq`: <out>/<iso>/<dataset>/ is three. */
#define FOLDERS_UP 6

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Undoes percent-escapes in place. */
static void path_unescape(char *path)
{
	char *to = path;
	for (const char *at = path; *at; at++) {
		int high = at[0] == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
		*to++ = low >= 0 ? (char)(high << 4 | low) : *at;
		at += low >= 0 ? 2 : 0;
	}
	*to = 0;
}

struct note_lines {
	char line[GPQ_TRACE_PATH_BYTES * 3 + 128]; /* every byte of the path may be escaped */
	size_t len;
	bool cut, header_passed;
};

/* A line: path, stored bytes, hash. */
static enum gpq_status line_take(const struct gpq_trace_notes_visitor *visitor, char *line, struct gpq_error *err)
{
	char *size = strchr(line, '\t'), *hash = size ? strchr(size + 1, '\t') : NULL;
	if (!hash || strlen(hash + 1) < GPQ_TRACE_HASH_LEN)
		return GPQ_OK;
	*size = 0;
	path_unescape(line);
	return visitor->input(visitor->context, line, hash + 1, err);
}

static enum gpq_status bytes_take(const struct gpq_trace_notes_visitor *visitor, struct note_lines *lines,
				  const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n') {
			lines->cut = lines->cut || lines->len + 1 >= sizeof(lines->line);
			if (!lines->cut)
				lines->line[lines->len++] = (char)bytes[i];
			continue;
		}
		lines->line[lines->len] = 0;
		if (lines->header_passed && !lines->cut)
			GPQ_TRY(line_take(visitor, lines->line, err));
		lines->header_passed = true;
		lines->cut = false;
		lines->len = 0;
	}
	return GPQ_OK;
}

enum gpq_status gpq_trace_notes_read(struct gpq_budget *budget, const char *path,
				     const struct gpq_trace_notes_visitor *visitor, struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	struct note_lines *lines = NULL;
	uint8_t *bytes = NULL;
	size_t got = 0;
	enum gpq_status status = gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*lines), &lines, err);
	if (status == GPQ_OK)
		status = gpq_alloc(budget, GPQ_TAG_CONVERT, NOTES_PIECE_BYTES, &bytes, err);
	if (status == GPQ_OK)
		status = gpq_source_open(budget, path, false, &source, err);
	do {
		if (status == GPQ_OK)
			status = gpq_source_read(source, bytes, NOTES_PIECE_BYTES, &got, err);
		if (status == GPQ_OK)
			status = bytes_take(visitor, lines, bytes, got, err);
	} while (status == GPQ_OK && got == NOTES_PIECE_BYTES);
	gpq_source_close(source);
	gpq_free(budget, GPQ_TAG_CONVERT, bytes, NOTES_PIECE_BYTES);
	gpq_free(budget, GPQ_TAG_CONVERT, lines, sizeof(*lines));
	return status;
}

bool gpq_trace_notes_find(const char *file, char out[GPQ_TRACE_PATH_BYTES])
{
	const char *slash = strrchr(file, '/');
	int folder_len = slash ? (int)(slash - file) : 1;
	const char *folder = slash ? file : ".";
	char up[FOLDERS_UP * 3 + 1] = "";
	for (int i = 0; i < FOLDERS_UP; i++) {
		int len = snprintf(out, GPQ_TRACE_PATH_BYTES, "%.*s/%s.gridpq/inputs.tsv", folder_len, folder, up);
		if (len > 0 && (size_t)len < GPQ_TRACE_PATH_BYTES && gpq_path_exists(out))
			return true;
		memcpy(up + strlen(up), "../", 4);
	}
	return false;
}
