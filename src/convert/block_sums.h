/*
 * convert/block_sums.h - whether the prices of a block's rows add up, and whether rows have what others of the block have.
 *
 * Where a component is null nothing is added up; datasets whose energy is derived add up by definition. Components that come
 * in lines or files of their own (gpq_feed.components) may never meet: a row that lacks one which other rows of its block have
 * is incomplete.
 * Memory: gpq_block_sums_need().      Threads: one; the turned rows are only read.
 */
#ifndef GPQ_CONVERT_BLOCK_SUMS_H
#define GPQ_CONVERT_BLOCK_SUMS_H

#include "convert/block_facts.h"
#include "convert/price_sums.h"

/* A row whose total is not the sum of its components. */
struct gpq_sum_row {
	double off;         /* the difference, without sign; 0: there is none */
	int64_t total, sum; /* cells at the total's scale */
	uint32_t start_s, location;
};

struct gpq_block_sums {
	uint64_t checked, off;           /* rows */
	struct gpq_sum_row worst;        /* furthest off; of those the earliest, of those the first by its texts */
	uint64_t incomplete;             /* rows */
	uint64_t lacking[GPQ_MAX_CELLS]; /* by cell: rows that lack it */
};

size_t gpq_block_sums_need(void);

/* gpq_block_sums_make() looks at all current rows of a block. Errors: GPQ_E_BUDGET, those of cursors. */
GPQ_MUST_USE enum gpq_status gpq_block_sums_make(const struct gpq_block_facts *facts, struct gpq_block_sums *out,
                                                 struct gpq_error *err);

/* gpq_block_sums_add() adds those of another block of the dataset. */
void gpq_block_sums_add(struct gpq_block_sums *sums, const struct gpq_block_sums *more,
                        const struct gpq_locations *locations);

#endif
