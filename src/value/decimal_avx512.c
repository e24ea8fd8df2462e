// SPDX-License-Identifier: MIT
#include "value/decimal_kernel.h"

#ifdef __x86_64__

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2")))

#define WINDOW_BYTES 16
#define LAST_PLACES  UINT64_C(0x8000800080008000) /* of the four lanes */
#define SIGN         64 /* beside the 1 to 16 that a point weighs */

/* Four texts, each in a lane of 16 bytes that ends where the text ends. */
struct four {
	__m512i chars;
	__m256i distance; /* from the separator in front to the text's end: its length and one */
};

static inline TARGET __m128i window(const char *bytes, uint32_t end)
{
	return _mm_loadu_si128((const __m128i *)(const void *)(bytes + end - WINDOW_BYTES));
}

/* The end in front of a text and its own. */
static inline TARGET __m128i both_ends(const uint32_t *ends)
{
	return _mm_loadl_epi64((const __m128i *)(const void *)(ends - 1));
}

static inline TARGET struct four four_load(const char *bytes, const uint32_t *ends, size_t stride)
{
	const uint32_t *second = ends + stride, *third = second + stride, *fourth = third + stride;
	__m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(window(bytes, *ends)), window(bytes, *second), 1);
	__m256i high =
	    _mm256_inserti128_si256(_mm256_castsi128_si256(window(bytes, *third)), window(bytes, *fourth), 1);
	__m128i first_ends = _mm_unpacklo_epi64(both_ends(ends), both_ends(second));
	__m128i last_ends = _mm_unpacklo_epi64(both_ends(third), both_ends(fourth));
	__m256i pairs = _mm256_inserti128_si256(_mm256_castsi128_si256(first_ends), last_ends, 1);
	__m256i before = _mm256_and_si256(pairs, _mm256_set1_epi64x(UINT32_MAX));
	return (struct four){
		.chars = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1),
		.distance = _mm256_sub_epi64(_mm256_srli_epi64(pairs, 32), before),
	};
}

/* The numbers 0 to 15 in each lane. */
static inline TARGET __m512i places(void)
{
	return _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

/* Sixteen digits a lane, the first one zero, to a number in each half of the lane. */
static inline TARGET __m512i digits_sum(__m512i digits)
{
	__m512i sums = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(1 << 8 | 10));
	sums = _mm512_madd_epi16(sums, _mm512_set1_epi32(1 << 16 | 100));
	sums = _mm512_packus_epi32(sums, sums);
	sums = _mm512_madd_epi16(sums, _mm512_set1_epi32(1 << 16 | 10000));
	return _mm512_add_epi64(_mm512_mul_epu32(sums, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(sums, 32));
}

/*
 * The cells of four texts that are empty, or an optional minus and digits with at most one point that is not the last,
 * of at most 16 bytes, with at most 'scale' decimals and 15 - 'scale' digits in front of them; false where one is not.
 * Where 'blanks', a blank may stand in front, as in ERCOT's day-ahead files.
 * In each lane a point at place p weighs 16 - p, the sum of the weights is where it is, seen from the end (0: behind
 * the last digit). One shuffle puts the digits where they stand in the scaled number: its last 'scale' places are
 * decimals.
 */
static inline __attribute__((always_inline)) TARGET bool four_cells(struct four four, unsigned scale, bool blanks, __m256i *out)
{
	const __m512i place = places(), zero = _mm512_setzero_si512();
	__m512i distance =
	    _mm512_permutexvar_epi64(_mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0), _mm512_castsi256_si512(four.distance));
	__m512i within = _mm512_add_epi8(place, _mm512_shuffle_epi8(distance, zero)); /* from 17 on: the text */
	__mmask64 text = _mm512_cmpgt_epu8_mask(within, _mm512_set1_epi8(16));
	__mmask64 first = _mm512_cmpeq_epi8_mask(within, _mm512_set1_epi8(17));
	__mmask64 odd = 0;
	if (blanks) {
		__mmask64 blank = _mm512_mask_cmpeq_epi8_mask(first, four.chars, _mm512_set1_epi8(' '));
		odd = blank & LAST_PLACES; /* nothing but it */
		text &= ~blank;
		first = (first & ~blank) | (blank & ~LAST_PLACES) << 1;
	}
	__mmask64 minus = _mm512_mask_cmpeq_epi8_mask(first, four.chars, _mm512_set1_epi8('-'));
	__mmask64 points = _mm512_mask_cmpeq_epi8_mask(text, four.chars, _mm512_set1_epi8('.'));
	__m512i weights = _mm512_maskz_sub_epi8(points, _mm512_set1_epi8(16), place);
	weights = _mm512_sad_epu8(_mm512_mask_mov_epi8(weights, minus, _mm512_set1_epi8(SIGN)), zero);
	weights = _mm512_add_epi64(weights, _mm512_shuffle_epi32(weights, _MM_PERM_BADC));
	__m512i point = _mm512_and_si512(_mm512_shuffle_epi8(weights, zero), _mm512_set1_epi8(31));

	/* A second point stays and is no digit, whatever the sum has become. */
	__m512i behind = _mm512_add_epi8(place, point); /* from 17 on: decimals; 16: the point */
	__mmask64 expected = text & ~minus & _mm512_cmpneq_epi8_mask(behind, _mm512_set1_epi8(16));
	__m512i digits = _mm512_maskz_sub_epi8(expected, four.chars, _mm512_set1_epi8('0'));
	odd |= _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9));
	odd |= _mm512_mask_cmpgt_epu8_mask(expected, _mm512_sub_epi8(behind, _mm512_set1_epi8((char)(1 + scale))),
					   _mm512_set1_epi8(15));
	odd |= text & ~expected & LAST_PLACES; /* no digit at the end */
	odd |= _mm256_cmpgt_epu64_mask(four.distance, _mm256_set1_epi64x(WINDOW_BYTES + 1));
	if (GPQ_UNLIKELY(odd))
		return false;

	/* The highest bit of a source gives zero: behind the text. In front of it there are zeros already. */
	__mmask64 decimals = _mm512_cmpgt_epu8_mask(place, _mm512_set1_epi8((char)(15 - scale)));
	__m512i source = _mm512_add_epi8(place, _mm512_set1_epi8((char)(0x70 + scale)));
	source = _mm512_mask_add_epi8(source, decimals, source, _mm512_set1_epi8(1));
	digits = _mm512_maskz_shuffle_epi8(UINT64_C(0xFFFEFFFEFFFEFFFE), digits, _mm512_sub_epi8(source, point));
	__m512i number = digits_sum(digits);
	number = _mm512_mask_sub_epi64(number, _mm512_test_epi64_mask(weights, _mm512_set1_epi64(SIGN)), zero, number);
	__m512i cells = _mm512_permutexvar_epi64(_mm512_set_epi64(6, 4, 2, 0, 6, 4, 2, 0), number);
	__mmask8 empty = _mm256_cmpeq_epi64_mask(four.distance, _mm256_set1_epi64x(1));
	*out = _mm256_mask_mov_epi64(_mm512_castsi512_si256(cells), empty, _mm256_set1_epi64x(GPQ_CELL_NULL));
	return true;
}

/* Fours from text 'from' on, as long as they are taken; returns the first text behind them. */
static inline __attribute__((always_inline)) TARGET uint32_t fours_take(const struct gpq_text_column *column, uint32_t from,
									unsigned scale, bool blanks, int64_t *out)
{
	const uint32_t *ends = column->ends + (size_t)from * column->stride;
	for (; column->count - from >= 4; from += 4, ends += 4 * (size_t)column->stride) {
		__m256i cells;
		if (!four_cells(four_load(column->bytes, ends, column->stride), scale, blanks, &cells))
			break;
		_mm256_storeu_si256((__m256i *)(void *)(out + from), cells);
	}
	return from;
}

/* Texts from 'from' to 'to' one by one; returns the first that gives a reason, 'to' where none does. */
static uint32_t singly_take(const struct gpq_text_column *column, uint32_t from, uint32_t to, unsigned scale,
			    int64_t *out)
{
	for (; from < to; from++)
		if (gpq_value_cell_avx2(gpq_text_column_at(column, from), scale, &out[from]) != GPQ_REJECT_NONE)
			break;
	return from;
}

/* Reads up to 16 bytes in front of a text's end, and never in front of the column's bytes. */
TARGET uint32_t gpq_value_cells_avx512(const struct gpq_text_column *column, unsigned scale, int64_t *out)
{
	const uint32_t count = column->count;
	bool blanks = count && gpq_text_column_at(column, count - 1).bytes[0] == ' '; /* one column is written alike */
	uint32_t taken = 0, next = 0;
	while (next < count && column->ends[(size_t)next * column->stride] < WINDOW_BYTES)
		next++;
	for (;;) {
		taken = singly_take(column, taken, next, scale, out);
		if (taken < next || next == count)
			return taken;
		taken = blanks ? fours_take(column, taken, scale, true, out) : fours_take(column, taken, scale, false, out);
		next = count - taken < 4 ? count : taken + 4;
	}
}

#endif
