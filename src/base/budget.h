/*
 * base/budget.h - where every byte comes from.
 *
 * One budget a run, handed down by argument. It refuses what would pass its cap, counts by room, and is the only place
 * that asks the system for memory. Allocations name their size again when freed, so that no hidden header is needed.
 * Those of GPQ_BUDGET_MAP_BYTES and more are mapped and unmapped, so that what is freed leaves the resident set.
 * Threads: all calls are safe from any thread.
 */
#ifndef GPQ_BASE_BUDGET_H
#define GPQ_BASE_BUDGET_H

#include "base/status.h"

#include <stdatomic.h>

#define GPQ_BUDGET_MAP_BYTES ((size_t)64 << 10)

/* The room that an allocation belongs to: peaks are kept and printed by tag. */
enum gpq_tag {
	GPQ_TAG_BASE,
	GPQ_TAG_IO,
	GPQ_TAG_CSV,
	GPQ_TAG_VALUE,
	GPQ_TAG_TABLE,
	GPQ_TAG_SORT,
	GPQ_TAG_PARQUET,
	GPQ_TAG_MARKET,
	GPQ_TAG_CONVERT,
	GPQ_TAG_CLI,
	GPQ_TAG_WORKBOOK,
	GPQ_N_TAGS,
};

struct gpq_budget {
	size_t cap_bytes;
	atomic_size_t used_bytes, peak_bytes;
	atomic_size_t tag_used_bytes[GPQ_N_TAGS], tag_peak_bytes[GPQ_N_TAGS];
	atomic_long allocations;
	long fail_at; /* tests: the allocation with this number (from 1) fails; 0: none */
};

/* gpq_budget_init() makes a budget of 'cap_bytes' in the caller's storage. */
void gpq_budget_init(struct gpq_budget *budget, size_t cap_bytes);

/* gpq_budget_done() asserts, in debug builds, that everything was given back. */
void gpq_budget_done(struct gpq_budget *budget);

/*
 * gpq_alloc() gives 'bytes' uninitialised bytes (mapped ones read as zero), aligned to 64 where bytes >= 64.
 * Sets '*out'; on failure leaves it and returns GPQ_E_BUDGET with "needs N bytes, has M".
 */
GPQ_MUST_USE enum gpq_status gpq_alloc(struct gpq_budget *budget, enum gpq_tag tag, size_t bytes, void *out,
                                       struct gpq_error *err);

/* gpq_alloc_zero() is gpq_alloc() with all bytes zero. */
GPQ_MUST_USE enum gpq_status gpq_alloc_zero(struct gpq_budget *budget, enum gpq_tag tag, size_t bytes, void *out,
                                            struct gpq_error *err);

/* gpq_free() gives back what gpq_alloc() gave; 'bytes' and 'tag' as then. 'memory' may be NULL. */
void gpq_free(struct gpq_budget *budget, enum gpq_tag tag, void *memory, size_t bytes);

/* gpq_budget_left_bytes() is what may still be taken. */
size_t gpq_budget_left_bytes(const struct gpq_budget *budget);

/* The name of a tag: the room's. */
const char *gpq_tag_name(enum gpq_tag tag);

#endif
