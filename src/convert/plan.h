/*
 * convert/plan.h - what a run needs at most, room by room, fitted into the memory bound before a byte of data is read.
 *
 *   bound = process + catalogue + locations + fixed + threads * worker + encoders * encoder + open inputs * reader
 *           + scratch(pool) + pool
 *
 * 'process' is what is not counted allocation by allocation: code, libc, stacks (measured, see docs/MEMORY.md). Encoders,
 * then threads, are given up before the pool of slabs no longer holds a large block; where one thread leaves it less than its least size, the
 * bound is refused with the figure that would do. Each stage of a run has a plan of its own (stage.h).
 */
#ifndef GPQ_CONVERT_PLAN_H
#define GPQ_CONVERT_PLAN_H

#include "base/budget.h"
#include "parquet/writer.h"
#include "table/dataset.h"

#define GPQ_PLAN_MIN_MEMORY ((uint64_t)64 << 20) /* works for every dataset, in one thread if need be */
#define GPQ_PLAN_DEFAULT_MEMORY ((uint64_t)256 << 20)
#define GPQ_PLAN_LOCATION_BYTES ((size_t)192) /* tuple and texts in the catalogue of locations */

struct gpq_plan {
	uint64_t bound_bytes;
	size_t process_bytes;        /* the slice that the budget does not count */
	size_t budget_bytes;         /* bound - process */
	size_t catalogue_bytes, locations_bytes, pool_bytes, scratch_bytes, worker_bytes, encoder_bytes, input_bytes,
		fixed_bytes;
	size_t window_bytes;         /* in encoder_bytes: where a thread turns a column; 0: none */
	size_t ahead_bytes;          /* in encoder_bytes, a thread's part: packed columns that wait for those before them */
	size_t tally_bytes;          /* in fixed_bytes: of a block's inputs, see gpq_sort_rules */
	uint64_t max_block_rows;     /* rows that the pool can hold */
	uint32_t max_locations;
	uint32_t threads, encoders;  /* threads that take in; the first of them encode, too */
	uint32_t open_inputs, batch_rows;
};

/* What a plan depends on beside the bound. */
struct gpq_plan_question {
	const struct gpq_convert_settings *settings;
	uint64_t bound_bytes;        /* 0: what the settings or the machine say */
	size_t catalogue_used_bytes; /* once the inputs are known; 0 before: then what works for all of them is asked */
	uint32_t n_inputs;
	uint32_t block_inputs;       /* that may feed one block */
	uint64_t block_name_bytes;   /* of their names */
	uint32_t max_depth;          /* of the archives that inputs are in; 0: all are files */
	bool sheets;                 /* inputs are sheets of workbooks, some of them */
	uint32_t max_slots;          /* places of the longest block among the datasets in play */
	uint32_t max_seconds;        /* of the longest block among those off the grid; 0: there are none */
	uint32_t n_cells;            /* of the narrowest rows among them; 0: not known */
	bool holds_repeats;          /* some input's repeated hours wait for its end (repeats.h) */
	bool short_repeats;          /* these may be of five-minute intervals */
	bool holds_tiles;            /* some input's intervals follow each other (succession.h) */
};

/* The bound that holds when the caller names none: the smaller of 256 MiB and a quarter of what the machine or cgroup leaves free. */
uint64_t gpq_plan_default_memory(void);

/* The processors this process may use. */
uint32_t gpq_plan_processors(void);

/* gpq_plan_make() fits each of 'count' stages into the bound, of which only one is there at a time. Errors: GPQ_E_BUDGET, which
 * names the smallest bound that works for all. */
GPQ_MUST_USE enum gpq_status gpq_plan_make(const struct gpq_plan_question *questions, struct gpq_plan *out, uint32_t count,
                                           struct gpq_error *err);

/* What the catalogue of inputs may take, known before the inputs are. */
size_t gpq_plan_catalogue_bytes(uint64_t bound_bytes);

#endif
