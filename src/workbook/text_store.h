/*
 * workbook/text_store.h - texts by number: in memory as long as they fit, else in a spill file with what was read of it last.
 *
 *     in memory   texts ─►            ◄─ where each ends        'room_bytes' in all
 *     spilled     one file of texts, one of where they end (8 bytes each), blocks of both by number in the same room
 *
 * Call order: open -> add* -> seal -> view*, then clear for others.      Memory: gpq_text_store_need().
 * Threads: one store, one thread at a time.
 */
#ifndef GPQ_WORKBOOK_TEXT_STORE_H
#define GPQ_WORKBOOK_TEXT_STORE_H

#include "io/spill.h"

/* 32,767 characters, as a workbook may have them in a cell, of at most 3 bytes each, and some more. */
#define GPQ_TEXT_STORE_CAP_TEXT_BYTES ((size_t)128 << 10)

/* Holds the texts of most workbooks: 40,000 of 48 bytes. */
#define GPQ_TEXT_STORE_ROOM_BYTES ((size_t)2 << 20)

struct gpq_text_store;

size_t gpq_text_store_need(size_t room_bytes);

/*
 * gpq_text_store_open() makes an empty store.
 *   room_bytes  at least twice GPQ_TEXT_STORE_CAP_TEXT_BYTES, a multiple of 64 KiB
 *   folder      for spill files, where it comes to them; Borrows until close
 * Owns: caller.
 */
GPQ_MUST_USE enum gpq_status gpq_text_store_open(struct gpq_budget *budget, size_t room_bytes, const char *folder,
						 struct gpq_text_store **out, struct gpq_error *err);
void gpq_text_store_close(struct gpq_text_store *store);
void gpq_text_store_clear(struct gpq_text_store *store);

/* Numbers count from 0, in the order of adding. 'len' is at most GPQ_TEXT_STORE_CAP_TEXT_BYTES. Errors: those of the spill file. */
GPQ_MUST_USE enum gpq_status gpq_text_store_add(struct gpq_text_store *store, const uint8_t *bytes, size_t len,
						struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_text_store_seal(struct gpq_text_store *store, struct gpq_error *err);

uint64_t gpq_text_store_count(const struct gpq_text_store *store);
bool gpq_text_store_is_spilled(const struct gpq_text_store *store);

/* gpq_text_store_view() lends text 'number' (below the count) until the next call. */
GPQ_MUST_USE enum gpq_status gpq_text_store_view(struct gpq_text_store *store, uint64_t number, const uint8_t **out,
						 size_t *out_len, struct gpq_error *err);

#endif
