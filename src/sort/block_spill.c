// SPDX-License-Identifier: MIT
#include "sort/gathered.h"

/* Orders what the slabs hold, without merging: the newest part of a row may still come, or its input fail. */
static enum gpq_status slabs_order(const struct gpq_block *block, struct gpq_sort_scratch *scratch,
				   const struct gpq_slab_rows *rows, struct gpq_error *err)
{
	struct gpq_index *index = &scratch->index;
	struct gpq_row_order order = { block->rules.by_time ? scratch->order.rank : NULL, block->rules.by_time };
	gpq_location_order_clear(&scratch->order);
	GPQ_TRY(gpq_index_survey(index, rows, &scratch->order, NULL, err));
	gpq_location_order_rank(&scratch->order, &block->rules, scratch->area);
	index->ids = (uint32_t *)(void *)scratch->area;
	const struct gpq_scatter_settings scatter = { .by_time = block->rules.by_time };
	GPQ_TRY(gpq_index_scatter(index, rows, &scratch->order, &scatter, err));
	uint32_t from = 0;
	for (uint32_t b = 0; b < index->n_buckets; b++) {
		if (index->flags[b] & GPQ_BUCKET_UNORDERED)
			gpq_index_sort(index, rows, &order, index->ids + from, index->buckets[b].end - from);
		from = index->buckets[b].end;
	}
	return GPQ_OK;
}

static enum gpq_status rows_spill(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
				  struct gpq_error *err)
{
	struct gpq_slab_rows rows;
	struct gpq_sort_run_writer *writer = &scratch->writers[0];
	struct gpq_sort_run run;
	GPQ_TRY(gpq_block_view(block, scratch, &rows, err));
	GPQ_TRY(slabs_order(block, scratch, &rows, err));
	gpq_sort_run_begin(writer, spill, &scratch->codec, block->rules.n_cells, scratch->frames[0]);
	for (uint32_t i = 0; i < scratch->index.n; i++) {
		struct gpq_part part;
		gpq_slab_row_load(&rows, scratch->index.ids[i], &part);
		GPQ_TRY(gpq_sort_run_add(writer, &part, err));
	}
	GPQ_TRY(gpq_sort_run_finish(writer, scratch->order.held, scratch->order.n_held, &run, err));
	return gpq_sort_run_chain_push(&block->runs, spill, &run, err);
}

enum gpq_status gpq_block_spill(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
				struct gpq_error *err)
{
	GPQ_TRY(gpq_sort_scratch_check(scratch, block->slab_rows, block->rules.n_cells, err));
	if (block->slab_rows)
		GPQ_TRY(rows_spill(block, spill, scratch, err));
	if (block->n_strips)
		GPQ_TRY(gpq_block_spill_strips(block, spill, scratch, err));
	gpq_block_empty(block);
	return GPQ_OK;
}
