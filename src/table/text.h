/*
 * table/text.h - a borrowed piece of text: bytes and length, not terminated.
 */
#ifndef GPQ_TABLE_TEXT_H
#define GPQ_TABLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
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

/* gpq_padded_equal() compares 'len' bytes of texts that are each followed by GPQ_PADDED_BYTES readable ones: no call, no
 * loop by bytes, for texts of some ten bytes on hot paths. */
#define GPQ_PADDED_BYTES 8
static inline bool gpq_padded_equal(const char *a, const char *b, uint32_t len)
{
	uint64_t x, y;
	uint32_t at = 0;
	for (; at + 8 <= len; at += 8) {
		memcpy(&x, a + at, 8);
		memcpy(&y, b + at, 8);
		if (x != y)
			return false;
	}
	if (at == len)
		return true;
	memcpy(&x, a + at, 8);
	memcpy(&y, b + at, 8);
	return (x ^ y) << 8 * (8 - (len - at)) == 0; /* little endian: the first bytes are the low ones */
}

/* gpq_padded_equal_long() is the same for texts of some dozens of bytes: 32 of them are one comparison. */
static inline uint64_t gpq_padded_words_differ(const char *a, const char *b)
{
	uint64_t x, y;
	memcpy(&x, a, 8);
	memcpy(&y, b, 8);
	return x ^ y;
}

static inline bool gpq_padded_equal_long(const char *a, const char *b, uint32_t len)
{
	for (; len >= 32; a += 32, b += 32, len -= 32)
		if (gpq_padded_words_differ(a, b) | gpq_padded_words_differ(a + 8, b + 8) | gpq_padded_words_differ(a + 16, b + 16) |
		    gpq_padded_words_differ(a + 24, b + 24))
			return false;
	return gpq_padded_equal(a, b, len);
}

/*
 * A text of each of many records that lie one behind the other in 'bytes': text i stands behind byte
 * ends[i * stride - width] and before byte ends[i * stride]. Between two records' ends 'stride' fields end; the text is
 * 'width' of them with what parts them. An end of UINT32_MAX stands before the first byte.
 */
struct gpq_text_column {
	const char *bytes;
	const uint32_t *ends;
	uint32_t stride, width, count;
};

static inline struct gpq_text gpq_text_column_at(const struct gpq_text_column *column, uint32_t i)
{
	const uint32_t *end = column->ends + (size_t)i * column->stride;
	uint32_t begin = *(end - column->width) + 1;
	return (struct gpq_text){ column->bytes + begin, *end - begin };
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
