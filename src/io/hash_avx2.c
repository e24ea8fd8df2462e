// SPDX-License-Identifier: MIT
/*
 * xxHash chooses its instructions when it is compiled, so this file compiles it once more, for AVX2: twice as fast as SSE2 from
 * the cache. AVX-512 was measured too and gains nothing over it (bench/README.md).
 */
#include "io/hash.h"

#if defined(__x86_64__)

/* What xxhash.h includes comes before the target is set. */
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#define XXH_INLINE_ALL
#define XXH_VECTOR XXH_AVX2
#include <xxhash.h>

void gpq_hash_update_avx2(void *state, const void *bytes, size_t len)
{
	XXH3_128bits_update(state, bytes, len);
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
