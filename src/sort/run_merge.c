// SPDX-License-Identifier: MIT
#include "sort/run_merge.h"

uint32_t gpq_sort_run_merge_fan(const struct gpq_sort_run_merge_settings *settings)
{
	size_t fan = settings->area_bytes / gpq_sort_run_frame_bytes(settings->rules->n_cells);
	return fan < GPQ_SORT_RUN_FAN_MAX ? (uint32_t)fan : GPQ_SORT_RUN_FAN_MAX;
}

/* Reads the next row of a source; GPQ_END where there is none. */
static enum gpq_status source_advance(struct gpq_sort_run_merge *merge, struct gpq_sort_run_source *source,
				      struct gpq_error *err)
{
	enum gpq_status status = gpq_sort_run_read_next(&source->reader, &source->part, err);
	if (status == GPQ_OK)
		source->key = gpq_row_key(&merge->settings.order, source->part.start_s, source->part.location);
	return status;
}

static enum gpq_status comes_before(const struct gpq_sort_run_merge *merge, uint32_t a, uint32_t b, bool *out,
				    struct gpq_error *err)
{
	const struct gpq_sort_run_source *source_a = &merge->sources[merge->heap[a]],
					 *source_b = &merge->sources[merge->heap[b]];
	int order = (source_a->key > source_b->key) - (source_a->key < source_b->key);
	if (order == 0 && merge->settings.newest_first)
		GPQ_TRY(gpq_part_compare(merge->settings.rules, &source_a->part, &source_b->part, &order, err));
	*out = order < 0;
	return GPQ_OK;
}

static enum gpq_status heap_sink(struct gpq_sort_run_merge *merge, uint32_t at, struct gpq_error *err)
{
	for (uint32_t child; (child = 2 * at + 1) < merge->n; at = child) {
		bool before = false;
		if (child + 1 < merge->n) {
			GPQ_TRY(comes_before(merge, child + 1, child, &before, err));
			child += before;
		}
		GPQ_TRY(comes_before(merge, child, at, &before, err));
		if (!before)
			break;
		uint16_t swap = merge->heap[at];
		merge->heap[at] = merge->heap[child];
		merge->heap[child] = swap;
	}
	return GPQ_OK;
}

enum gpq_status gpq_sort_run_merge_begin(struct gpq_sort_run_merge *merge,
					 const struct gpq_sort_run_merge_settings *settings,
					 struct gpq_sort_run_chain *chain, uint32_t n_runs, struct gpq_error *err)
{
	uint32_t n_cells = settings->rules->n_cells;
	merge->settings = *settings;
	merge->n = 0;
	for (uint32_t i = 0; i < n_runs; i++) {
		struct gpq_sort_run run;
		struct gpq_sort_run_source *source = &merge->sources[i];
		GPQ_TRY(gpq_sort_run_chain_pop(chain, settings->spill, &run, err));
		gpq_sort_run_read_begin(&source->reader, settings->spill, settings->codec, n_cells, &run,
					settings->area + i * gpq_sort_run_frame_bytes(n_cells));
		enum gpq_status status = source_advance(merge, source, err);
		if (status == GPQ_OK)
			merge->heap[merge->n++] = (uint16_t)i;
		else if (status != GPQ_END)
			return status;
	}
	for (uint32_t at = merge->n / 2; at-- > 0;)
		GPQ_TRY(heap_sink(merge, at, err));
	return GPQ_OK;
}

enum gpq_status gpq_sort_run_merge_next(struct gpq_sort_run_merge *merge, struct gpq_part *out, struct gpq_error *err)
{
	if (merge->n == 0)
		return GPQ_END;
	struct gpq_sort_run_source *source = &merge->sources[merge->heap[0]];
	*out = source->part;
	enum gpq_status status = source_advance(merge, source, err);
	if (status == GPQ_END)
		merge->heap[0] = merge->heap[--merge->n];
	else if (status != GPQ_OK)
		return status;
	return heap_sink(merge, 0, err);
}

enum gpq_status gpq_sort_run_chain_reduce(struct gpq_sort_run_chain *chain, struct gpq_sort_run_merge *merge,
					  const struct gpq_sort_run_merge_settings *settings,
					  struct gpq_sort_run_writer *writer, uint8_t *writer_memory,
					  struct gpq_error *err)
{
	uint32_t fan = gpq_sort_run_merge_fan(settings);
	while (chain->n_runs > fan) {
		/* one level: each run is read at most once, and only as many as must be */
		struct gpq_sort_run_chain merged = { 0 };
		while (chain->n_runs > 0 && chain->n_runs + merged.n_runs > fan) {
			uint32_t surplus = chain->n_runs + merged.n_runs - fan + 1;
			uint32_t width = surplus < fan ? surplus : fan;
			if (width > chain->n_runs)
				width = chain->n_runs;
			GPQ_TRY(gpq_sort_run_merge_begin(merge, settings, chain, width, err));
			gpq_sort_run_begin(writer, settings->spill, settings->codec, settings->rules->n_cells,
					   writer_memory);
			struct gpq_part part;
			struct gpq_sort_run run;
			enum gpq_status status;
			while ((status = gpq_sort_run_merge_next(merge, &part, err)) == GPQ_OK)
				GPQ_TRY(gpq_sort_run_add(writer, &part, err));
			if (status != GPQ_END)
				return status;
			GPQ_TRY(gpq_sort_run_finish(writer, NULL, 0, &run, err));
			GPQ_TRY(gpq_sort_run_chain_push(&merged, settings->spill, &run, err));
		}
		while (merged.n_runs > 0) { /* to the top of those that were left alone */
			struct gpq_sort_run run;
			GPQ_TRY(gpq_sort_run_chain_pop(&merged, settings->spill, &run, err));
			GPQ_TRY(gpq_sort_run_chain_push(chain, settings->spill, &run, err));
		}
	}
	return GPQ_OK;
}
