/*
 * io/hash.h - XXH3-128 of bytes that come piece by piece, with the widest instructions there are; the value is the same with all.
 * Memory: in the caller's storage, none of its own.      Threads: one hasher, one thread at a time.
 */
#ifndef GPQ_IO_HASH_H
#define GPQ_IO_HASH_H

#include <stddef.h>
#include <stdint.h>

/* High 64 bits first. */
struct gpq_hash {
	uint64_t high, low;
};

/* Of xxHash's XXH3_state_t, in all versions. */
#define GPQ_HASHER_BYTES 576

struct gpq_hasher {
	_Alignas(64) uint8_t state[GPQ_HASHER_BYTES];
	void (*update)(void *state, const void *bytes, size_t len);
};

/* 'cpu_features' as in cpu/features.h; what this processor lacks is not used. */
void gpq_hasher_init(struct gpq_hasher *hasher, uint32_t cpu_features);
void gpq_hasher_update(struct gpq_hasher *hasher, const void *bytes, size_t len);

/* Of all bytes so far; more may follow. */
struct gpq_hash gpq_hasher_digest(const struct gpq_hasher *hasher);

/* XXH3-128 of bytes in memory. */
struct gpq_hash gpq_hash_of(const void *bytes, size_t len);

/* This room's own: the update of hash_avx2.c. */
void gpq_hash_update_avx2(void *state, const void *bytes, size_t len);

#endif
