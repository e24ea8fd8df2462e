/*
 * sort/run_merge.h - many ordered runs read as one.
 * Memory: a frame for each run, in what the caller lends; more runs than that allows are first merged into fewer.
 */
#ifndef GPQ_SORT_RUN_MERGE_H
#define GPQ_SORT_RUN_MERGE_H

#include "sort/index.h"
#include "sort/spilled_run.h"

/* Most runs read at once; 256 readers of 68 KiB would be 17 MiB. */
#define GPQ_SORT_RUN_FAN_MAX 256
/* Fewest: what a scratch always has room for. */
#define GPQ_SORT_RUN_FAN_MIN 16

/* What merging works with. Borrows all. */
struct gpq_sort_run_merge_settings {
	struct gpq_spill *spill;
	struct gpq_frame_codec *codec;
	struct gpq_row_order order;
	const struct gpq_sort_rules *rules;
	bool newest_first; /* rows of one key come as gpq_part_compare() says; the runs have them so. Else in any order
			    */
	uint8_t *area;     /* for the frames of runs being read */
	size_t area_bytes;
};

struct gpq_sort_run_merge {
	struct gpq_sort_run_merge_settings settings;
	uint32_t n;
	struct gpq_sort_run_source {
		struct gpq_sort_run_reader reader;
		struct gpq_part part;
		uint64_t key;
	} sources[GPQ_SORT_RUN_FAN_MAX];
	uint16_t heap[GPQ_SORT_RUN_FAN_MAX]; /* sources that have rows; the first is next */
};

/* How many runs can be read at once. */
uint32_t gpq_sort_run_merge_fan(const struct gpq_sort_run_merge_settings *settings);

/* Starts to read the 'n_runs' runs on top of 'chain', at most gpq_sort_run_merge_fan(), and takes them off it. */
GPQ_MUST_USE enum gpq_status gpq_sort_run_merge_begin(struct gpq_sort_run_merge *merge,
						      const struct gpq_sort_run_merge_settings *settings,
						      struct gpq_sort_run_chain *chain, uint32_t n_runs,
						      struct gpq_error *err);

/* The next row of all, or GPQ_END. */
GPQ_MUST_USE enum gpq_status gpq_sort_run_merge_next(struct gpq_sort_run_merge *merge, struct gpq_part *out,
						     struct gpq_error *err);

/* gpq_sort_run_chain_reduce() merges runs of 'chain' until no more are left than can be read at once. 'writer' and its
 * memory (gpq_sort_run_frame_bytes()) are used meanwhile. */
GPQ_MUST_USE enum gpq_status gpq_sort_run_chain_reduce(struct gpq_sort_run_chain *chain,
						       struct gpq_sort_run_merge *merge,
						       const struct gpq_sort_run_merge_settings *settings,
						       struct gpq_sort_run_writer *writer, uint8_t *writer_memory,
						       struct gpq_error *err);

#endif
