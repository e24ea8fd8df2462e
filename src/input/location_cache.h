/*
 * input/location_cache.h - from the bytes of a line that describe its location to the location's code, without parsing.
 *
 * Files list the same locations in the same order hour after hour. So entries lie in the order in which they came, a column
 * of lines is compared with the entries from the expected one on, and each entry remembers which came after it where that is
 * another than the next; else a hash table finds them; else the caller parses and enters.
 * Memory: fixed at open; a full cache starts again empty.      Threads: one cache, one thread.
 */
#ifndef GPQ_INPUT_LOCATION_CACHE_H
#define GPQ_INPUT_LOCATION_CACHE_H

#include "base/budget.h"
#include "csv/scan.h"
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

/*
 * gpq_location_cache_follow() finds the codes of a column's texts from the first on, to out_codes[0] and on, and returns how
 * many come before the first that is not there. 'scanner' lends its kernels; the column is padded as for gpq_csv_match().
 */
uint32_t gpq_location_cache_follow(struct gpq_location_cache *cache, const struct gpq_csv_scanner *scanner,
                                   const struct gpq_text_column *column, uint32_t *out_codes);

/* gpq_location_cache_enter() enters a code for 'bytes', which _find has just not found. Bytes longer than the cache keeps
 * are not entered. */
void gpq_location_cache_enter(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t code);

#endif
