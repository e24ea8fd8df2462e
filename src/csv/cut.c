// SPDX-License-Identifier: MIT
#include "csv/kernels.h"

/* The last record end and the lines before it. Most bytes hold no quote: then every LF ends a record. */
static struct gpq_csv_seen records_see(const struct gpq_csv_kernels *kernels, const uint8_t *bytes, size_t len)
{
	struct gpq_csv_seen seen = { 0 };
	if (!kernels->count(bytes, len, &seen.lines))
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
static struct gpq_csv_cut record_give_up(const uint8_t *bytes, size_t len, bool inside, bool last)
{
	const uint8_t *line_end = inside ? memchr(bytes, '\n', len) : NULL;
	if (line_end)
		return (struct gpq_csv_cut){ GPQ_CUT_QUOTE, (size_t)(line_end - bytes) + 1, 1 };
	if (last)
		return (struct gpq_csv_cut){ GPQ_CUT_QUOTE, len, 1 };
	return (struct gpq_csv_cut){ GPQ_CUT_LONG, len, lines_within(bytes, len) };
}

struct gpq_csv_cut gpq_csv_cut(const uint8_t *bytes, size_t len, bool full, bool last, uint32_t cpu_features)
{
	if (len == 0)
		return (struct gpq_csv_cut){ last ? GPQ_CUT_RECORDS : GPQ_CUT_MORE, 0, 0 };
	const struct gpq_csv_kernels kernels = gpq_csv_kernels_pick(cpu_features);
	struct gpq_csv_seen seen = records_see(&kernels, bytes, len);
	if (last && seen.end < len && !seen.inside) {
		uint32_t lines = seen.lines + lines_within(bytes + seen.end, len - seen.end) + 1;
		return (struct gpq_csv_cut){ GPQ_CUT_RECORDS, len, lines };
	}
	if (seen.end)
		return (struct gpq_csv_cut){ GPQ_CUT_RECORDS, seen.end, seen.lines };
	if (full || last || len > GPQ_CSV_MAX_RECORD_BYTES)
		return record_give_up(bytes, len, seen.inside, last);
	return (struct gpq_csv_cut){ GPQ_CUT_MORE, 0, 0 };
}
