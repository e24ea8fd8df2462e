// SPDX-License-Identifier: MIT
#include "csv/scan.h"

#include <assert.h>

struct gpq_text gpq_csv_unquote(struct gpq_text field, char *scratch, size_t cap)
{
	if (field.len == 0 || field.bytes[0] != '"')
		return field;
	const char *from = field.bytes + 1, *end = field.bytes + field.len;
	const char *quote = memchr(from, '"', (size_t)(end - from));
	if (!quote || quote + 1 == end)
		return (struct gpq_text){ from, (uint32_t)((quote ? quote : end) - from) };

	assert(cap >= field.len);
	(void)cap;
	uint32_t len = 0;
	for (; quote; quote = memchr(from, '"', (size_t)(end - from))) {
		/* A doubled quote stays once; a closing one goes, and what stands behind it is kept as it is. */
		bool doubled = quote + 1 < end && quote[1] == '"';
		size_t piece = (size_t)(quote - from) + doubled;
		memcpy(scratch + len, from, piece);
		len += (uint32_t)piece;
		from = quote + 1 + doubled;
		if (!doubled)
			break;
	}
	memcpy(scratch + len, from, (size_t)(end - from));
	return (struct gpq_text){ scratch, len + (uint32_t)(end - from) };
}
