// SPDX-License-Identifier: MIT
#include "cpu/features.h"
#include "value/decimal_kernel.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t load8(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* The highest bit of the first byte that is a point, and of none before it. */
static inline uint64_t points(uint64_t word)
{
	uint64_t x = word ^ EACH('.');
	return (x - EACH(1)) & ~x & EACH(0x80);
}

/* The highest bit of each byte that is more than 9; the others are noise. */
static inline uint64_t beyond_nine(uint64_t word)
{
	return ((word & EACH(0x7F)) + EACH(0x76)) | word;
}

/* The first 'n' (0..8) characters of a word as the last of eight digits, zeros in front of them. */
static inline uint64_t digits_at_end(uint64_t word, unsigned n)
{
	unsigned half = 32 - 4 * n; /* twice, since a shift by 64 is none */
	return (word ^ EACH('0')) << half << half;
}

/* Eight digits (0..9 a byte, the first in the lowest byte) to a number: pairs, then fours, then all. */
static inline uint32_t eight(uint64_t x)
{
	x = x * 10 + (x >> 8);
	uint64_t low = (x & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064); /* 100, and 1000000 << 32 */
	uint64_t high =
	    (x >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001); /* 1, and 10000 << 32 */
	return (uint32_t)((low + high) >> 32);
}

/* "12.345678901234567": digits in front of the point, and 9..16 behind it, 19 in all; 'at' is the point. */
static __attribute__((noinline)) enum gpq_reject long_cell(struct gpq_text text, unsigned scale, int64_t *out,
							   unsigned at)
{
	bool negative = text.bytes[0] == '-';
	const char *p = text.bytes + negative;
	unsigned decimals = text.len - negative - at - 1;
	if (decimals > 16 || at + decimals > 19)
		return gpq_value_cell_any(text, scale, out);
	uint64_t front = digits_at_end(load8(p), at), first = load8(p + at + 1) ^ EACH('0');
	uint64_t last = digits_at_end(load8(p + at + 9), decimals - 8);
	if ((beyond_nine(front) | beyond_nine(first) | beyond_nine(last)) & EACH(0x80))
		return gpq_value_cell_any(text, scale, out);
	uint64_t part = eight(first) * gpq_value_ten[decimals - 8] + eight(last);
	return gpq_value_cell_odd(eight(front) * gpq_value_ten[decimals] + part, decimals, negative, scale, out);
}

/*
 * Prices as they are published: an optional minus, at most 7 digits, a point, at most 8 digits. Found, checked and
 * added up as two words of eight characters, without a loop or a branch on the shape; a number without a point gets one
 * behind it. Reads at most 26 bytes from the text's start. All else goes to the functions above.
 */
enum gpq_reject gpq_value_cell(struct gpq_text text, unsigned scale, int64_t *out)
{
	if (GPQ_UNLIKELY(text.len - 1 > 24)) /* also 0 */
		return gpq_value_cell_any(text, scale, out);
	unsigned negative = text.bytes[0] == '-';
	const char *p = text.bytes + negative;
	unsigned len = text.len - negative;
	uint64_t word = load8(p), found = points(word);
	unsigned at = found ? (unsigned)__builtin_ctzll(found) >> 3 : 8;
	at = at < len ? at : len;
	unsigned pointed = at < len, decimals = len - at - pointed;
	if (GPQ_UNLIKELY(at == 8 || len == pointed))
		return gpq_value_cell_any(text, scale, out);
	if (GPQ_UNLIKELY(decimals > 8))
		return long_cell(text, scale, out, at);
	uint64_t front = digits_at_end(word, at), behind = digits_at_end(load8(p + at + 1), decimals);
	if (GPQ_UNLIKELY((beyond_nine(front) | beyond_nine(behind)) & EACH(0x80)))
		return gpq_value_cell_any(text, scale, out);
	uint64_t whole = eight(front), part = eight(behind);
	if (GPQ_UNLIKELY(decimals > scale || whole >= gpq_value_room[scale]))
		return gpq_value_cell_odd(whole * gpq_value_ten[decimals] + part, decimals, negative, scale, out);
	uint64_t mask = -(uint64_t)negative;
	*out = (int64_t)(((whole * gpq_value_ten[scale] + part * gpq_value_ten[scale - decimals]) ^ mask) - mask);
	return GPQ_REJECT_NONE;
}

#else

enum gpq_reject gpq_value_cell(struct gpq_text text, unsigned scale, int64_t *out)
{
	return gpq_value_cell_any(text, scale, out);
}

#endif

uint32_t gpq_value_cells(const struct gpq_text_column *column, unsigned scale, int64_t *out)
{
	for (uint32_t i = 0; i < column->count; i++)
		if (GPQ_UNLIKELY(gpq_value_cell(gpq_text_column_at(column, i), scale, &out[i]) != GPQ_REJECT_NONE))
			return i;
	return column->count;
}

struct gpq_value_kernels gpq_value_kernels(uint32_t cpu_features)
{
	struct gpq_value_kernels kernels = { .cell = gpq_value_cell,
		                             .cells = gpq_value_cells,
		                             .totals_hold = gpq_value_totals_hold };
#ifdef __x86_64__
	if (cpu_features & GPQ_CPU_AVX2) {
		kernels.cell = gpq_value_cell_avx2;
		kernels.totals_hold = gpq_value_totals_hold_avx2;
		kernels.cells = cpu_features & GPQ_CPU_AVX512 ? gpq_value_cells_avx512 : gpq_value_cells_avx2;
	}
#endif
	(void)cpu_features;
	return kernels;
}
