// SPDX-License-Identifier: MIT
#include "value/decimal_kernel.h"

#ifdef __x86_64__

#include <immintrin.h>

/* Bytes n.. of the first are j + n - 17 for j = 0..15; bytes 16 - k.. of the second are -1 for j >= k. */
static const int8_t sources[33] = { -17, -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1,
				    0,   1,   2,   3,   4,   5,   6,   7,   8,  9,  10, 11, 12, 13, 14, 15 };
static const int8_t ones_behind[32] = { 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
					-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };

static enum gpq_reject behind_blank_take(struct gpq_text text, unsigned scale, int64_t *out);

/* What is no plain number may be one behind a blank, as in ERCOT's day-ahead files. */
static enum gpq_reject odd_take(struct gpq_text text, unsigned scale, bool behind_blank, int64_t *out)
{
	if (!behind_blank && text.len > 1 && text.bytes[0] == ' ')
		return behind_blank_take((struct gpq_text){ text.bytes + 1, text.len - 1 }, scale, out);
	return gpq_value_cell_any(text, scale, out);
}

/*
 * A number of at most 16 bytes that is an optional minus and digits with at most one point (one is imagined behind the
 * text). One shuffle moves the last digit to the last of 16 places and closes the point, zeros in front; then all are
 * checked and added up in pairs, fours, eights. Reads 17 bytes from the text's start.
 */
static inline __attribute__((always_inline, target("avx2"))) enum gpq_reject cell_take(struct gpq_text text,
										       unsigned scale,
										       bool behind_blank, int64_t *out)
{
	if (GPQ_UNLIKELY(text.len - 1 > 15)) /* also 0 */
		return gpq_value_cell(text, scale, out);
	unsigned negative = text.bytes[0] == '-';
	unsigned len = text.len - negative; /* 0..16 */
	__m128i chars = _mm_loadu_si128((const __m128i *)(const void *)(text.bytes + negative));
	unsigned points = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(chars, _mm_set1_epi8('.'))) | 1u << len;
	unsigned at = (unsigned)__builtin_ctz(points);
	unsigned n = len + (at == len); /* with the point: 1..17 */
	if (GPQ_UNLIKELY(n - 2 > 14))   /* no digit, or 17 */
		return odd_take(text, scale, behind_blank, out);

	/* place j takes the char at j + n - 16 where that is behind the point, the one before it elsewhere */
	__m128i source = _mm_loadu_si128((const __m128i *)(const void *)(sources + n));
	__m128i behind = _mm_loadu_si128((const __m128i *)(const void *)(ones_behind + n - at - 1));
	__m128i digits = _mm_sub_epi8(chars, _mm_set1_epi8('0'));
	digits = _mm_shuffle_epi8(digits, _mm_sub_epi8(source, behind)); /* a negative source gives zero */
	__m128i beyond_nine = _mm_subs_epu8(digits, _mm_set1_epi8(9));
	if (GPQ_UNLIKELY(!_mm_testz_si128(beyond_nine, beyond_nine)))
		return odd_take(text, scale, behind_blank, out);
	__m128i sums = _mm_maddubs_epi16(digits, _mm_set1_epi16(1 << 8 | 10));
	sums = _mm_madd_epi16(sums, _mm_set1_epi32(1 << 16 | 100));
	sums = _mm_packus_epi32(sums, sums);
	sums = _mm_madd_epi16(sums, _mm_set1_epi32(1 << 16 | 10000));
	uint64_t eights = (uint64_t)_mm_cvtsi128_si64(sums);
	uint64_t number = (eights & UINT32_MAX) * 100000000 + (eights >> 32);

	unsigned decimals = n - 1 - at, zeros = scale - decimals; /* wraps where there are too many decimals */
	if (GPQ_UNLIKELY(zeros > GPQ_CELL_MAX_SCALE || number > gpq_value_room[zeros]))
		return gpq_value_cell_odd(number, decimals, negative, scale, out);
	uint64_t mask = -(uint64_t)negative;
	*out = (int64_t)((number * gpq_value_ten[zeros] ^ mask) - mask);
	return GPQ_REJECT_NONE;
}

static __attribute__((target("avx2"))) enum gpq_reject behind_blank_take(struct gpq_text text, unsigned scale, int64_t *out)
{
	return cell_take(text, scale, true, out);
}

__attribute__((target("avx2"))) enum gpq_reject gpq_value_cell_avx2(struct gpq_text text, unsigned scale, int64_t *out)
{
	return cell_take(text, scale, false, out);
}

__attribute__((target("avx2"))) uint32_t gpq_value_cells_avx2(const struct gpq_text_column *column, unsigned scale,
							      int64_t *out)
{
	for (uint32_t i = 0; i < column->count; i++)
		if (GPQ_UNLIKELY(cell_take(gpq_text_column_at(column, i), scale, false, &out[i]) != GPQ_REJECT_NONE))
			return i;
	return column->count;
}

#endif
