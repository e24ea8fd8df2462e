// SPDX-License-Identifier: MIT
#include "input/header_line.h"

#include "value/utf8.h"

#define FEW_BYTES ((size_t)8 << 10) /* what nearly always holds the line */

/* Where the first line begins that is not blank, as far as lines end; counts those before it. */
static size_t blank_lines_skip(const struct gpq_first_bytes *first, size_t at, uint32_t *blank_lines)
{
	while (at < first->len) {
		const char *line = (const char *)first->bytes + at;
		const char *end = memchr(line, '\n', first->len - at);
		if (!end && !first->all)
			break;
		uint32_t len = (uint32_t)(end ? (size_t)(end - line) : first->len - at);
		if (gpq_value_trim((struct gpq_text){ line, len - (len && line[len - 1] == '\r') }).len)
			break;
		++*blank_lines;
		at += len + (end != NULL);
	}
	return at;
}

/* Whole records from 'at' on: a few where the first one's end is near, else all. */
static struct gpq_csv_cut first_records(const struct gpq_first_bytes *first, size_t at, uint32_t cpu_features)
{
	size_t left = first->len - at;
	if (left > FEW_BYTES) {
		struct gpq_csv_cut few = gpq_csv_cut(first->bytes + at, FEW_BYTES, false, false, cpu_features);
		if (few.kind == GPQ_CUT_RECORDS)
			return few;
	}
	return gpq_csv_cut(first->bytes + at, left, false, first->all, cpu_features);
}

static void names_take(struct gpq_header_line *line, const struct gpq_csv_index *index, const uint8_t *bytes,
                       uint32_t n_fields)
{
	size_t used = 0;
	line->n_names = 0;
	for (uint32_t f = 0; f < n_fields && f <= GPQ_BINDING_MAX_FIELDS; f++) {
		struct gpq_text field = gpq_csv_field(index, bytes, 0, f);
		struct gpq_text name = gpq_csv_unquote(field, line->scratch + used, sizeof(line->scratch) - used);
		memmove(line->scratch + used, name.bytes, name.len); /* the first bytes do not last */
		line->names[line->n_names++] = (struct gpq_text){ line->scratch + used, name.len };
		used += name.len;
	}
}

bool gpq_header_line_read(struct gpq_csv_scanner *scanner, uint32_t cpu_features, const struct gpq_first_bytes *first,
                          size_t from, struct gpq_header_line *out)
{
	struct gpq_csv_index index;
	out->blank_lines = 0;
	out->bom = from == 0 && first->len >= 3 && memcmp(first->bytes, "\xEF\xBB\xBF", 3) == 0;
	size_t at = blank_lines_skip(first, out->bom ? 3 : from, &out->blank_lines);
	if (at == first->len)
		return false;
	struct gpq_csv_cut cut = first_records(first, at, cpu_features);
	if (cut.kind != GPQ_CUT_RECORDS)
		return false;
	const uint8_t *bytes = first->bytes + at;
	gpq_csv_scan(scanner, bytes, cut.len, &index);
	uint32_t n_fields = index.records[1];
	size_t end = index.ends[n_fields - 1];
	size_t text_end = end && bytes[end - 1] == '\r' ? end - 1 : end;
	if (text_end > GPQ_HEAD_MAX_HEADER)
		return false;
	out->text = (struct gpq_text){ (const char *)bytes, (uint32_t)text_end };
	out->begin = at;
	out->end = at + end < first->len ? at + end + 1 : first->len;
	out->crlf = text_end != end;
	out->quoted = index.has_quotes && bytes[0] == '"';
	names_take(out, &index, bytes, n_fields);
	return true;
}
