// SPDX-License-Identifier: MIT
#include "io/hash.h"

#include "cpu/features.h"

/* Inlined, the hash keeps its state where we say and never asks for memory of its own. */
#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert(sizeof(XXH3_state_t) == GPQ_HASHER_BYTES, "a hasher is a state of xxHash");

/* With what the compiler uses without being told: SSE2 on x86-64. The reference of the others. */
static void update_plain(void *state, const void *bytes, size_t len)
{
	XXH3_128bits_update(state, bytes, len);
}

void gpq_hasher_init(struct gpq_hasher *hasher, uint32_t cpu_features)
{
	XXH3_128bits_reset((XXH3_state_t *)(void *)hasher->state);
	hasher->update = update_plain;
#if defined(__x86_64__)
	if (gpq_cpu_features(cpu_features) & GPQ_CPU_AVX2)
		hasher->update = gpq_hash_update_avx2;
#else
	(void)cpu_features;
#endif
}

void gpq_hasher_update(struct gpq_hasher *hasher, const void *bytes, size_t len)
{
	hasher->update(hasher->state, bytes, len);
}

struct gpq_hash gpq_hasher_digest(const struct gpq_hasher *hasher)
{
	XXH128_hash_t hash = XXH3_128bits_digest((const XXH3_state_t *)(const void *)hasher->state);
	return (struct gpq_hash){ hash.high64, hash.low64 };
}

struct gpq_hash gpq_hash_of(const void *bytes, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(bytes, len);
	return (struct gpq_hash){ hash.high64, hash.low64 };
}
