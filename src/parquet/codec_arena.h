/*
 * parquet/codec_arena.h - memory for zlib, which asks without naming sizes when it gives back: a piece of a fixed size,
 * handed out from its beginning and used again as a whole.
 */
#ifndef GPQ_PARQUET_CODEC_ARENA_H
#define GPQ_PARQUET_CODEC_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct gpq_codec_arena {
	uint8_t *bytes; /* Borrows; 64-byte aligned */
	size_t used, cap;
};

static inline void gpq_codec_arena_init(struct gpq_codec_arena *arena, void *bytes, size_t cap)
{
	arena->bytes = bytes;
	arena->cap = cap;
	arena->used = 0;
}

/* zlib's alloc_func and free_func. */
static inline void *gpq_codec_arena_take(void *opaque, unsigned items, unsigned size)
{
	struct gpq_codec_arena *arena = opaque;
	size_t bytes = ((size_t)items * size + 63) & ~(size_t)63;
	if (bytes > arena->cap - arena->used)
		return NULL;
	void *taken = arena->bytes + arena->used;
	arena->used += bytes;
	return taken;
}

static inline void gpq_codec_arena_give(void *opaque, void *address)
{
	(void)opaque;
	(void)address;
}

#endif
