/*
 * convert/location_cache.h - from the bytes of a line that describe its location to the location's code, without parsing.
 *
 * Files list the same locations in the same order hour after hour. So each entry remembers which entry came after it, and
 * the usual look-up is one comparison of some fifty bytes; else a hash table finds them; else the caller parses and enters.
 * Memory: fixed at open; a full cache starts again empty.      Threads: one cache, one thread.
 */
#ifndef GPQ_CONVERT_LOCATION_CACHE_H
#define GPQ_CONVERT_LOCATION_CACHE_H

#include "base/budget.h"
#include "table/text.h"

struct gpq_location_cache;

size_t gpq_location_cache_need(void);
GPQ_MUST_USE enum gpq_status gpq_location_cache_open(struct gpq_budget *budget, struct gpq_location_cache **out,
                                                     struct gpq_error *err);
void gpq_location_cache_close(struct gpq_location_cache *cache);

/* Forgets everything: bytes mean something else from here on. */
void gpq_location_cache_clear(struct gpq_location_cache *cache);

/* gpq_location_cache_find() gives the code entered for 'bytes', which GPQ_PADDED_BYTES readable ones follow; false where
 * there is none. */
bool gpq_location_cache_find(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t *out_code);

/* gpq_location_cache_enter() enters a code for 'bytes', which _find has just not found. Bytes longer than the cache keeps
 * are not entered. */
void gpq_location_cache_enter(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t code);

#endif
