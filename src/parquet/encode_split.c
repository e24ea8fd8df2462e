// SPDX-License-Identifier: MIT
/* BYTE_STREAM_SPLIT of 8-byte values. */
#include "parquet/encode.h"

#if defined(__SSE2__) /* part of every x86-64: no run-time choice */
#include <emmintrin.h>

/* Sixteen values: four rounds of interleaving turn 16 x 8 bytes into 8 x 16. */
static void split_sixteen(const uint8_t *values, uint8_t *out, size_t stride)
{
	__m128i a[8], b[8];
	for (unsigned k = 0; k < 8; k++)
		a[k] = _mm_loadu_si128((const __m128i *)(const void *)(values + (size_t)k * 16));
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned k = 0; k < 4; k++) {
			b[2 * k] = _mm_unpacklo_epi8(a[k], a[k + 4]);
			b[2 * k + 1] = _mm_unpackhi_epi8(a[k], a[k + 4]);
		}
		memcpy(a, b, sizeof(a));
	}
	for (unsigned k = 0; k < 8; k++)
		_mm_storeu_si128((__m128i *)(void *)(out + (size_t)k * stride), a[k]);
}
#else
static void split_sixteen(const uint8_t *values, uint8_t *out, size_t stride)
{
	for (unsigned k = 0; k < 8; k++)
		for (unsigned i = 0; i < 16; i++)
			out[k * stride + i] = values[i * 8 + k];
}
#endif

void gpq_split_doubles(const uint8_t *values, uint32_t n, uint8_t *out, size_t stride)
{
	uint32_t i = 0;
	for (; i + 16 <= n; i += 16)
		split_sixteen(values + (size_t)i * 8, out + i, stride);
	for (; i < n; i++)
		for (unsigned k = 0; k < 8; k++)
			out[k * stride + i] = values[(size_t)i * 8 + k];
}
