/*
 * csv/simd_avx2.h - blocks of 64 bytes and their bits with AVX2, BMI and PCLMULQDQ. The calls are those of
 * simd_scalar.h.
 */
#ifndef GPQ_CSV_SIMD_AVX2_H
#define GPQ_CSV_SIMD_AVX2_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GPQ_CSV_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))
#define GPQ_CSV_INLINE static inline __attribute__((always_inline)) GPQ_CSV_TARGET

struct block {
	__m256i low, high;
};

GPQ_CSV_INLINE struct block block_load(const uint8_t *bytes)
{
	return (struct block){ _mm256_loadu_si256((const __m256i *)(const void *)bytes),
			       _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32)) };
}

GPQ_CSV_INLINE uint64_t block_find(struct block block, uint8_t byte)
{
	const __m256i wanted = _mm256_set1_epi8((char)byte);
	uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.low, wanted));
	uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.high, wanted));
	return low | (uint64_t)high << 32;
}

GPQ_CSV_INLINE uint32_t bits_count(uint64_t bits)
{
	return (uint32_t)_mm_popcnt_u64(bits);
}

GPQ_CSV_INLINE uint32_t bits_first(uint64_t bits)
{
	return (uint32_t)_tzcnt_u64(bits);
}

GPQ_CSV_INLINE uint32_t bits_last(uint64_t bits)
{
	return 63 - (uint32_t)__builtin_clzll(bits);
}

/* What all blocks come to: the or of the bytes at each place shows high ones, the least of them NULs. */
struct sums {
	__m256i any, least;
};

GPQ_CSV_INLINE struct sums sums_none(void)
{
	return (struct sums){ _mm256_setzero_si256(), _mm256_set1_epi8((char)0xff) };
}

GPQ_CSV_INLINE struct sums sums_add(struct sums sums, struct block block)
{
	__m256i least = _mm256_min_epu8(block.low, block.high);
	return (struct sums){ _mm256_or_si256(sums.any, _mm256_or_si256(block.low, block.high)),
			      _mm256_min_epu8(sums.least, least) };
}

GPQ_CSV_INLINE bool sums_high(struct sums sums)
{
	return _mm256_movemask_epi8(sums.any) != 0;
}

GPQ_CSV_INLINE bool sums_nul(struct sums sums)
{
	return _mm256_movemask_epi8(_mm256_cmpeq_epi8(sums.least, _mm256_setzero_si256())) != 0;
}

/* A carry-less product with all ones is the running parity. */
GPQ_CSV_INLINE uint64_t bits_prefix_xor(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8((char)0xff), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Eight at a time, whether they are there or not: a loop over the exact count would be mispredicted in every block. */
GPQ_CSV_INLINE uint32_t bits_store(uint64_t bits, uint32_t base, uint32_t *out)
{
	uint32_t count = bits_count(bits);
	for (uint32_t done = 0; done < count; done += 8) {
		for (uint32_t i = 0; i < 8; i++) {
			out[done + i] = base + bits_first(bits);
			bits = _blsr_u64(bits);
		}
	}
	return count;
}

GPQ_CSV_INLINE bool bytes_equal(const char *a, const char *b, uint32_t len)
{
	struct block x = block_load((const uint8_t *)a), y = block_load((const uint8_t *)b);
	uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x.low, y.low));
	uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x.high, y.high));
	return _bzhi_u64(~(low | (uint64_t)high << 32), len) == 0;
}

#endif
