// SPDX-License-Identifier: MIT
#include "csv/kernels.h"

/* The last record end and the lines before it. Most bytes hold no quote: then every LF ends a record. */
static struct gpq_csv_seen records_see(const struct gpq_csv_kernels *kernels, const uint8_t *bytes, size_t len)
{
	struct gpq_csv_seen seen = { 0 };
	if (!kernels->count(bytes, len, &seen))
		return kernels->walk(bytes, len);
	const uint8_t *last = memrchr(bytes, '\n', len);
	seen.end = last ? (size_t)(last - bytes) + 1 : 0;
	return seen;
}

static uint32_t lines_within(const uint8_t *bytes, size_t len)
{
	uint32_t lines = 0;
	for (const uint8_t *at = bytes, *end = bytes + len; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		lines++;
	return lines;
}

/* The first record does not end within the bytes, and will not be waited for. */
static void record_give_up(const uint8_t *bytes, size_t len, bool inside, bool last, struct gpq_csv_cut *cut)
{
	const uint8_t *line_end = inside ? memchr(bytes, '\n', len) : NULL;
	cut->kind = line_end || last ? GPQ_CUT_QUOTE : GPQ_CUT_LONG;
	cut->len = line_end ? (size_t)(line_end - bytes) + 1 : len;
	cut->lines = cut->kind == GPQ_CUT_QUOTE ? 1 : lines_within(bytes, len);
}

struct gpq_csv_cut gpq_csv_cut(const uint8_t *bytes, size_t len, bool full, bool last, uint32_t cpu_features)
{
	if (len == 0)
		return (struct gpq_csv_cut){ .kind = last ? GPQ_CUT_RECORDS : GPQ_CUT_MORE };
	const struct gpq_csv_kernels kernels = gpq_csv_kernels_pick(cpu_features);
	struct gpq_csv_seen seen = records_see(&kernels, bytes, len);
	struct gpq_csv_cut cut = { .kind = GPQ_CUT_MORE, .traits = seen.traits };
	if (last && seen.end < len && !seen.inside) {
		cut.kind = GPQ_CUT_RECORDS;
		cut.len = len;
		cut.lines = seen.lines + lines_within(bytes + seen.end, len - seen.end) + 1;
	} else if (seen.end) {
		cut.kind = GPQ_CUT_RECORDS;
		cut.len = seen.end;
		cut.lines = seen.lines;
	} else if (full || last || len > GPQ_CSV_MAX_RECORD_BYTES) {
		record_give_up(bytes, len, seen.inside, last, &cut);
	}
	return cut;
}
