/*
 * table/text.h - a borrowed piece of text: bytes and length, not terminated.
 */
#ifndef GPQ_TABLE_TEXT_H
#define GPQ_TABLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* gpq_bytes_equal_32() compares 32 bytes: two loads each with SSE2, which every x86-64 has. */
static inline bool gpq_bytes_equal_32(const char *a, const char *b)
{
#ifdef __SSE2__
	__m128i first = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a), _mm_loadu_si128((const __m128i *)(const void *)b));
	__m128i second = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(a + 16)),
	                                _mm_loadu_si128((const __m128i *)(const void *)(b + 16)));
	return _mm_movemask_epi8(_mm_and_si128(first, second)) == 0xFFFF;
#else
	return memcmp(a, b, 32) == 0;
#endif
}

/* gpq_padded_equal_long() is gpq_padded_equal() for texts of some dozens of bytes. */
static inline bool gpq_padded_equal_long(const char *a, const char *b, uint32_t len)
{
	if (len < 32)
		return gpq_padded_equal(a, b, len);
	for (uint32_t at = 0; at + 32 <= len; at += 32)
		if (!gpq_bytes_equal_32(a + at, b + at))
			return false;
	return gpq_bytes_equal_32(a + len - 32, b + len - 32); /* the rest, and some once more */
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
