/*
 * sort/scratch.h - the memory that spilling and turning work in: one piece, carved once.
 *
 *   area     4 bytes a row for the index; or the frames of the runs being merged; or slabs for rows that are ordered
 *            again. One at a time, so its size is that of the largest.
 */
#ifndef GPQ_SORT_SCRATCH_H
#define GPQ_SORT_SCRATCH_H

#include "sort/group.h"
#include "sort/index.h"
#include "sort/run_merge.h"
#include "sort/strip_index.h"
#include "sort/turned.h"

struct gpq_sort_scratch {
	struct gpq_budget *budget;
	size_t bytes;
	uint64_t max_rows;
	uint32_t n_cells, cap_slabs;
	struct gpq_location_order order;
	struct gpq_index index;
	struct gpq_frame_codec codec;
	struct gpq_slab **slabs; /* [cap_slabs] */
	uint8_t *area;
	size_t area_bytes;
	uint8_t *frames[3]; /* a frame for each writer, and one for reading a run alone */
	struct gpq_sort_group group;
	struct gpq_turned_writer turned;
	union { /* runs are written and merged, or strips where they stand */
		struct {
			struct gpq_sort_run_writer writers[2];
			struct gpq_sort_run_merge merge;
		};
		struct gpq_strip_merge strips;
	};
	struct gpq_windows windows;
};

/* That a block of 'n_cells' cells and 'rows' rows in slabs can be worked on. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_sort_scratch_check(const struct gpq_sort_scratch *scratch, uint64_t rows,
						    uint32_t n_cells, struct gpq_error *err);

#endif
