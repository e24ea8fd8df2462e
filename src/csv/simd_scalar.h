/*
 * csv/simd_scalar.h - blocks of 64 bytes and their bits, in plain C.
 * Eight bytes at a time in a 64-bit word; the other simd_<isa>.h give the same calls.
 */
#ifndef GPQ_CSV_SIMD_SCALAR_H
#define GPQ_CSV_SIMD_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define GPQ_CSV_TARGET

struct block {
	const uint8_t *bytes;
};

static inline struct block block_load(const uint8_t *bytes)
{
	return (struct block){ bytes };
}

/* A set bit for each byte that equals 'byte'. */
static inline uint64_t block_find(struct block block, uint8_t byte)
{
	const uint64_t low7 = 0x7f7f7f7f7f7f7f7f;
	uint64_t found = 0;
	for (int word = 0; word < 8; word++) {
		const uint8_t *b = block.bytes + 8 * word;
		uint64_t bytes = (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
				 (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
				 (uint64_t)b[7] << 56;
		uint64_t differs = bytes ^ ((uint64_t)0x0101010101010101 * byte);
		/* The top bit of each byte that is zero: no carry leaves a byte, so there are no false ones. */
		uint64_t equal = ~(((differs & low7) + low7) | differs | low7);
		/* Gathers bit 8i into bit 56 + i: the products of the other pairs fall elsewhere or out. */
		found |= ((equal >> 7) * 0x0102040810204080 >> 56) << (8 * word);
	}
	return found;
}

static inline uint32_t bits_count(uint64_t bits)
{
	return (uint32_t)__builtin_popcountll(bits);
}

/* The number of the lowest and of the highest set bit; there must be one. */
static inline uint32_t bits_first(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits);
}

static inline uint32_t bits_last(uint64_t bits)
{
	return 63 - (uint32_t)__builtin_clzll(bits);
}

/* What all blocks come to, for whether they hold a byte from 0x80 on, and a NUL. */
struct sums {
	uint64_t any, nuls;
};

static inline struct sums sums_none(void)
{
	return (struct sums){ 0 };
}

static inline struct sums sums_add(struct sums sums, struct block block)
{
	for (int word = 0; word < 8; word++) {
		uint64_t bytes;
		memcpy(&bytes, block.bytes + 8 * word, sizeof(bytes));
		sums.any |= bytes;
		/* The top bit of a byte that borrows from the next and had none itself: the lowest such is a zero. */
		sums.nuls |= (bytes - 0x0101010101010101) & ~bytes;
	}
	return sums;
}

static inline bool sums_high(struct sums sums)
{
	return (sums.any & 0x8080808080808080) != 0;
}

static inline bool sums_nul(struct sums sums)
{
	return (sums.nuls & 0x8080808080808080) != 0;
}

/* Bit i becomes the xor of the bits 0 to i. */
static inline uint64_t bits_prefix_xor(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

/* Stores 'base' plus the number of each set bit; may write 64 values whatever their count, which it returns. */
static inline uint32_t bits_store(uint64_t bits, uint32_t base, uint32_t *out)
{
	uint32_t count = 0;
	for (; bits; bits &= bits - 1)
		out[count++] = base + bits_first(bits);
	return count;
}

/* Whether two texts of 'len' bytes (0..64) are equal; 64 readable bytes are at each. */
static inline bool bytes_equal(const char *a, const char *b, uint32_t len)
{
	return memcmp(a, b, len) == 0;
}

#endif
