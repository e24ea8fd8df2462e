/*
 * csv/simd_avx512.h - blocks of 64 bytes and their bits with AVX-512 (F, BW, VL, VBMI2). The calls are those of
 * simd_scalar.h.
 */
#ifndef GPQ_CSV_SIMD_AVX512_H
#define GPQ_CSV_SIMD_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GPQ_CSV_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt,pclmul")))
#define GPQ_CSV_INLINE static inline __attribute__((always_inline)) GPQ_CSV_TARGET

struct block {
	__m512i bytes;
};

GPQ_CSV_INLINE struct block block_load(const uint8_t *bytes)
{
	return (struct block){ _mm512_loadu_si512(bytes) };
}

GPQ_CSV_INLINE uint64_t block_find(struct block block, uint8_t byte)
{
	return _mm512_cmpeq_epi8_mask(block.bytes, _mm512_set1_epi8((char)byte));
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
	__m512i any, least;
};

GPQ_CSV_INLINE struct sums sums_none(void)
{
	return (struct sums){ _mm512_setzero_si512(), _mm512_set1_epi8((char)0xff) };
}

GPQ_CSV_INLINE struct sums sums_add(struct sums sums, struct block block)
{
	return (struct sums){ _mm512_or_si512(sums.any, block.bytes), _mm512_min_epu8(sums.least, block.bytes) };
}

GPQ_CSV_INLINE bool sums_high(struct sums sums)
{
	return _mm512_movepi8_mask(sums.any) != 0;
}

GPQ_CSV_INLINE bool sums_nul(struct sums sums)
{
	return _mm512_testn_epi8_mask(sums.least, sums.least) != 0;
}

/* A carry-less product with all ones is the running parity. */
GPQ_CSV_INLINE uint64_t bits_prefix_xor(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8((char)0xff), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

/* The numbers 0 to 63, one a byte. */
GPQ_CSV_INLINE __m512i bits_numbers(void)
{
	const __m512i words =
	    _mm512_set_epi64(0x3f3e3d3c3b3a3938, 0x3736353433323130, 0x2f2e2d2c2b2a2928, 0x2726252423222120,
			     0x1f1e1d1c1b1a1918, 0x1716151413121110, 0x0f0e0d0c0b0a0908, 0x0706050403020100);
	return words;
}

/* VBMI2 moves the numbers of the set bits together; a quarter of them at a time becomes 32 bits wide. */
GPQ_CSV_INLINE uint32_t bits_store(uint64_t bits, uint32_t base, uint32_t *out)
{
	uint32_t count = bits_count(bits);
	const __m512i numbers = _mm512_maskz_compress_epi8(bits, bits_numbers());
	const __m512i bases = _mm512_set1_epi32((int)base);
	_mm512_storeu_si512(out, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(numbers))));
	if (__builtin_expect(count > 16, 0)) {
		__m128i second = _mm512_extracti32x4_epi32(numbers, 1);
		__m128i third = _mm512_extracti32x4_epi32(numbers, 2);
		__m128i fourth = _mm512_extracti32x4_epi32(numbers, 3);
		_mm512_storeu_si512(out + 16, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(second)));
		_mm512_storeu_si512(out + 32, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(third)));
		_mm512_storeu_si512(out + 48, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(fourth)));
	}
	return count;
}

GPQ_CSV_INLINE bool bytes_equal(const char *a, const char *b, uint32_t len)
{
	return _mm512_mask_cmpneq_epi8_mask(_bzhi_u64(~(uint64_t)0, len), _mm512_loadu_si512(a), _mm512_loadu_si512(b)) == 0;
}

#endif
