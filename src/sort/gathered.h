/*
 * sort/gathered.h - a block from the inside, for what spills and turns it.
 */
#ifndef GPQ_SORT_GATHERED_H
#define GPQ_SORT_GATHERED_H

#include "sort/scratch.h"
#include "sort/strip_slab.h"

struct gpq_block {
	struct gpq_budget *budget;
	struct gpq_slabs *slabs;
	struct gpq_sort_rules rules;
	struct gpq_slab_layouts layouts;
	struct gpq_slab *first, *last; /* only the last takes rows */
	struct gpq_slab *spare;        /* for merged rows that don't fit their places */
	uint32_t n_slabs;
	bool last_closed; /* a row came that does not fit it */
	/* After a slab that was left half empty: the next 'held_slabs' are of kind 'held', and twice as many the time after
	 */
	enum gpq_slab_kind held;
	uint32_t held_slabs, hold_next;
	uint64_t slab_rows, rows; /* in slabs; pushed so far */
	struct gpq_slab *strip_first, *strip_last; /* slabs of strips */
	uint32_t n_strip_slabs;
	uint64_t n_strips; /* in them */
	struct gpq_sort_run_chain runs;
};

/* Gives the slabs back to the pool. */
void gpq_block_empty(struct gpq_block *block);

/* gpq_block_view() makes the block's slabs addressable, their pointers in the scratch. Errors: as
 * gpq_sort_scratch_check(). */
GPQ_MUST_USE enum gpq_status gpq_block_view(const struct gpq_block *block, struct gpq_sort_scratch *scratch,
					    struct gpq_slab_rows *out, struct gpq_error *err);

/* Writes the strips as runs of partial rows and gives their slabs back. */
GPQ_MUST_USE enum gpq_status gpq_block_spill_strips(struct gpq_block *block, struct gpq_spill *spill,
						    struct gpq_sort_scratch *scratch, struct gpq_error *err);

/* The two ways to turn. 'out' is zeroed but for its budget, tallies and n_cells. */
GPQ_MUST_USE enum gpq_status gpq_block_turn_slabs(struct gpq_block *block, struct gpq_spill *spill,
						  struct gpq_sort_scratch *scratch, struct gpq_turned *out,
						  struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_block_turn_runs(struct gpq_block *block, struct gpq_spill *spill,
						 struct gpq_sort_scratch *scratch, struct gpq_turned *out,
						 struct gpq_error *err);

/* Turns a block that holds nothing but strips; '*out_done' false where they are to be turned as the rows that they are. */
GPQ_MUST_USE enum gpq_status gpq_block_turn_strips(struct gpq_block *block, struct gpq_spill *spill,
						   struct gpq_sort_scratch *scratch, struct gpq_turned *out,
						   bool *out_done, struct gpq_error *err);

#endif
