/*
 * input/collation.h - any number of entries put in the byte order of their keys, in a fixed room.
 *
 * What does not fit the room is sorted and spilled, room by room, and merged when it is read. Equal keys come in the order
 * that they were added in.
 * Call order: open -> add* -> finish -> next* -> close.      Memory: gpq_collation_need().      Threads: one.
 */
#ifndef GPQ_INPUT_COLLATION_H
#define GPQ_INPUT_COLLATION_H

#include "io/spill.h"

/* An entry's key and load together; paths are what is long in them. */
#define GPQ_COLLATION_ENTRY_BYTES ((size_t)32 << 10)

/* The least room that works. */
#define GPQ_COLLATION_MIN_BYTES (4 * GPQ_COLLATION_ENTRY_BYTES)

struct gpq_collation;

struct gpq_collation_entry {
	const uint8_t *key, *load; /* Borrows until the next call */
	uint32_t key_len, load_len;
};

size_t gpq_collation_need(size_t room_bytes);

/* 'folder' is where a spill file is made, should one be needed. */
GPQ_MUST_USE enum gpq_status gpq_collation_open(struct gpq_budget *budget, const char *folder, size_t room_bytes,
                                                struct gpq_collation **out, struct gpq_error *err);
void gpq_collation_close(struct gpq_collation *collation);

/* Errors: GPQ_E_USAGE (longer than an entry may be) and those of the spill file. */
GPQ_MUST_USE enum gpq_status gpq_collation_add(struct gpq_collation *collation, const struct gpq_collation_entry *entry,
                                               struct gpq_error *err);

/* gpq_collation_finish() ends adding; gpq_collation_next() gives the entries in order, GPQ_END behind the last. */
GPQ_MUST_USE enum gpq_status gpq_collation_finish(struct gpq_collation *collation, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_collation_next(struct gpq_collation *collation, struct gpq_collation_entry *out,
                                                struct gpq_error *err);

#endif
