// SPDX-License-Identifier: MIT
#include "sort/scratch.h"

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The next 'bytes' of the one piece, or only their sum where there is no piece yet. */
static uint8_t *carve(uint8_t *memory, size_t *used, size_t bytes)
{
	uint8_t *at = memory ? memory + *used : NULL;
	*used += (bytes + 63) & ~(size_t)63;
	return at;
}

/* Lays the scratch out; 'memory' NULL: only how many bytes that takes. */
static size_t scratch_carve(uint8_t *memory, uint64_t max_rows, uint32_t max_locations, uint32_t n_cells)
{
	uint32_t wide_rows = gpq_slab_layouts_of(n_cells, 0).of[GPQ_SLAB_WIDE].cap_rows;
	size_t frame = gpq_sort_run_frame_bytes(n_cells);
	size_t area = larger(larger(sizeof(uint32_t) * max_rows, gpq_location_order_rank_need(max_locations)),
			     GPQ_SORT_RUN_FAN_MIN * frame);
	/* of 18 slabs at most two are left with fewer rows than half a wide one has (block.c) */
	size_t slabs = larger(max_rows / wide_rows * 9 / 4 + 8, area / GPQ_SLAB_BYTES + 1);
	size_t largest_frame = larger(frame, GPQ_TURNED_FRAME_ROWS * sizeof(uint64_t));
	size_t used = 0;
	struct gpq_sort_scratch *scratch = (struct gpq_sort_scratch *)(void *)carve(memory, &used, sizeof(*scratch));
	uint8_t *order = carve(memory, &used, gpq_location_order_need(max_locations));
	uint8_t *index = carve(memory, &used, gpq_index_need(max_locations));
	uint8_t *codec = carve(memory, &used, gpq_frame_codec_need(largest_frame, true));
	uint8_t *pointers = carve(memory, &used, slabs * sizeof(struct gpq_slab *));
	uint8_t *frames[3];
	for (int i = 0; i < 3; i++)
		frames[i] = carve(memory, &used, frame);
	uint8_t *turned = carve(memory, &used, gpq_turned_writer_need(n_cells));
	uint8_t *area_memory = carve(memory, &used, area);
	if (!memory)
		return used;
	scratch->max_rows = max_rows;
	scratch->n_cells = n_cells;
	scratch->cap_slabs = (uint32_t)slabs;
	gpq_location_order_init(&scratch->order, max_locations, order);
	gpq_index_init(&scratch->index, max_locations, index);
	gpq_frame_codec_init(&scratch->codec, codec, largest_frame, true);
	scratch->slabs = (struct gpq_slab **)(void *)pointers;
	for (int i = 0; i < 3; i++)
		scratch->frames[i] = frames[i];
	scratch->turned.rows_memory = turned;
	scratch->area = area_memory;
	scratch->area_bytes = area;
	return used;
}

size_t gpq_sort_scratch_need(uint64_t max_rows, uint32_t max_locations, uint32_t n_cells)
{
	return (scratch_carve(NULL, max_rows, max_locations, n_cells) + 4095) & ~(size_t)4095; /* whole pages */
}

enum gpq_status gpq_sort_scratch_open(struct gpq_budget *budget, uint64_t max_rows, uint32_t max_locations,
				      uint32_t n_cells, struct gpq_sort_scratch **out, struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = NULL;
	if (n_cells > GPQ_MAX_CELLS)
		return gpq_fail(err, GPQ_E_BUG, "a row has %u cells, at most %u", n_cells, (unsigned)GPQ_MAX_CELLS);
	if (max_rows > UINT32_MAX)
		return gpq_fail(err, GPQ_E_USAGE, "at most %u rows can be ordered at once", UINT32_MAX);
	size_t bytes = gpq_sort_scratch_need(max_rows, max_locations, n_cells);
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_SORT, bytes, &scratch, err));
	scratch_carve((uint8_t *)scratch, max_rows, max_locations, n_cells);
	scratch->budget = budget;
	scratch->bytes = bytes;
	gpq_windows_init(&scratch->windows, budget);
	*out = scratch;
	return GPQ_OK;
}

void gpq_sort_scratch_windows(struct gpq_sort_scratch *scratch, uint32_t count, size_t bytes)
{
	scratch->windows.max_count = bytes >= GPQ_SORT_WINDOW_MIN_BYTES ? count : 0;
	scratch->windows.bytes = bytes & ~(size_t)4095;
}

void gpq_sort_scratch_close(struct gpq_sort_scratch *scratch)
{
	if (!scratch)
		return;
	gpq_windows_done(&scratch->windows);
	gpq_free(scratch->budget, GPQ_TAG_SORT, scratch, scratch->bytes);
}

enum gpq_status gpq_sort_scratch_check(const struct gpq_sort_scratch *scratch, uint64_t rows, uint32_t n_cells,
				       struct gpq_error *err)
{
	if (n_cells > scratch->n_cells)
		return gpq_fail(err, GPQ_E_BUG, "rows of %u cells in a scratch for %u", n_cells, scratch->n_cells);
	if (rows > scratch->max_rows)
		return gpq_fail(err, GPQ_E_BUDGET, "ordering %llu rows at once needs room for as many, has it for %llu",
				(unsigned long long)rows, (unsigned long long)scratch->max_rows);
	return GPQ_OK;
}
