/*
 * table/text.h - a borrowed piece of text: bytes and length, not terminated.
 */
#ifndef GPQ_TABLE_TEXT_H
#define GPQ_TABLE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct gpq_text {
	const char *bytes; /* NULL is null, which differs from empty */
	uint32_t len;
};

static inline struct gpq_text gpq_text_of(const char *terminated)
{
	return (struct gpq_text){ terminated, terminated ? (uint32_t)strlen(terminated) : 0 };
}

static inline bool gpq_text_equal(struct gpq_text a, struct gpq_text b)
{
	if (!a.bytes || !b.bytes)
		return !a.bytes && !b.bytes;
	return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

/* Unsigned byte order; null after every text. */
static inline int gpq_text_compare(struct gpq_text a, struct gpq_text b)
{
	if (!a.bytes || !b.bytes)
		return (a.bytes == NULL) - (b.bytes == NULL);
	int order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

#endif
