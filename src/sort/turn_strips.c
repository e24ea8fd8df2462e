// SPDX-License-Identifier: MIT
/*
 * Turning a block of strips.
 *
 * Strips stay where they are and are read from there: of each location and window of places it is only worked out which
 * rows there are, what they have in common, and in which order its strips lie over each other (strip_merge.h). Rows of
 * mixed strips are made and put into spare slabs of the pool. Where the scratch or the pool have too little room, or
 * names were torn, the block is turned as the partial rows that its strips are.
 *
 *   area   | names, 4 a strip | segments, 16 each | shapes ... | ends of groups, 4 each |
 */
#include "sort/gathered.h"

struct turn {
	struct gpq_block *block;
	const struct gpq_sort_rules *rules;
	struct gpq_sort_scratch *scratch;
	struct gpq_spill *spill;
	struct gpq_tallies *tallies;
	struct gpq_strip_rows rows;
	uint32_t *names, *ends;
	uint32_t n_windows, n_groups;
	uint32_t shape; /* of the last segment that has one */
	uint64_t n_rows;
	bool short_of_room;
};

static bool slabs_view(struct turn *turn)
{
	const struct gpq_block *block = turn->block;
	struct gpq_strip_slabs *slabs = &turn->rows.slabs;
	if (block->n_strip_slabs > turn->scratch->cap_slabs || block->n_strip_slabs > GPQ_STRIP_SLABS_MAX)
		return false;
	*slabs = (struct gpq_strip_slabs){ .slab = turn->scratch->slabs, .n_strips = (uint32_t)block->n_strips };
	for (struct gpq_slab *slab = block->strip_first; slab; slab = slab->next)
		slabs->slab[slabs->n_slabs++] = slab;
	turn->rows.spare = slabs->slab + slabs->n_slabs;
	turn->rows.spare_layout = block->layouts.of[GPQ_SLAB_WIDE];
	return true;
}

/* Lays the area out; false where it is too small. */
static bool area_carve(struct turn *turn)
{
	struct gpq_strip_rows *rows = &turn->rows;
	size_t groups = (size_t)turn->scratch->order.n_ranks * turn->n_windows;
	size_t names = (rows->slabs.n_strips * sizeof(uint32_t) + 7) & ~(size_t)7;
	size_t segments = (groups + 1) * sizeof(*rows->segments), ends = (groups * sizeof(uint32_t) + 7) & ~(size_t)7;
	size_t room = turn->scratch->area_bytes & ~(size_t)7;
	if (names + segments + ends > room)
		return false;
	uint8_t *area = turn->scratch->area;
	turn->n_groups = (uint32_t)groups;
	turn->names = (uint32_t *)(void *)area;
	rows->names = turn->names;
	rows->segments = (struct gpq_strip_segment *)(void *)(area + names);
	rows->shapes = area + names + segments;
	rows->shapes_cap_bytes = room - names - segments - ends;
	turn->ends = (uint32_t *)(void *)(area + room - ends);
	return true;
}

/* ---- rows that are made ---- */

static enum gpq_status spare_slab_take(struct turn *turn, struct gpq_error *err)
{
	struct gpq_slab *slab = NULL;
	uint32_t n = turn->rows.n_spare_rows / turn->rows.spare_layout.cap_rows;
	if (turn->rows.slabs.n_slabs + n < turn->scratch->cap_slabs)
		GPQ_TRY(gpq_slabs_take(turn->block->slabs, &slab, err));
	turn->short_of_room = slab == NULL;
	if (!slab)
		return GPQ_OK;
	gpq_slab_begin(slab, GPQ_SLAB_WIDE);
	slab->next = turn->block->spare;
	turn->block->spare = slab;
	turn->rows.spare[n] = slab;
	return GPQ_OK;
}

static enum gpq_status spare_write(void *context, const struct gpq_part *row, struct gpq_error *err)
{
	struct turn *turn = context;
	struct gpq_strip_rows *rows = &turn->rows;
	uint32_t cap = rows->spare_layout.cap_rows, at = rows->n_spare_rows % cap;
	if (at == 0 && !turn->short_of_room)
		GPQ_TRY(spare_slab_take(turn, err));
	if (turn->short_of_room)
		return GPQ_OK;
	const struct gpq_slab_rows spare = { .slab = rows->spare, .layouts = turn->block->layouts };
	gpq_slab_row_store(&spare, rows->n_spare_rows / cap << GPQ_SLAB_ROW_BITS | at, row);
	rows->any_older |= (row->origin & GPQ_ORIGIN_OLDER) != 0;
	rows->n_spare_rows++;
	return GPQ_OK;
}

/* Merges mixed strips part by part. */
static enum gpq_status mixed_turn(struct turn *turn, uint32_t *names, uint32_t n, struct gpq_strip_segment *segment,
				  struct gpq_error *err)
{
	struct gpq_sort_group *group = &turn->scratch->group;
	const struct gpq_row_sink sink = { turn, spare_write };
	const struct gpq_packed_strip *strip;
	struct gpq_strip_sweep sweep;
	uint32_t place, last = UINT32_MAX, first = turn->rows.n_spare_rows;
	gpq_strip_sweep_begin(&sweep, &turn->rows.slabs, names, n);
	while ((strip = gpq_strip_sweep_next(&sweep, &place))) {
		struct gpq_part part;
		if (!gpq_strip_part(strip, place, turn->rules, &part))
			continue;
		if (place != last)
			GPQ_TRY(gpq_sort_group_finish(group, &sink, err));
		last = place;
		GPQ_TRY(gpq_sort_group_add(group, &part, err));
	}
	GPQ_TRY(gpq_sort_group_finish(group, &sink, err));
	*segment = (struct gpq_strip_segment){ .names = first, .shape = GPQ_STRIP_SPARE };
	turn->n_rows += turn->rows.n_spare_rows - first;
	return GPQ_OK;
}

/* ---- segments ---- */

static enum gpq_status segment_turn(struct turn *turn, uint32_t from, uint32_t n, struct gpq_error *err)
{
	struct gpq_strip_rows *rows = &turn->rows;
	struct gpq_strip_merge *merge = &turn->scratch->strips;
	struct gpq_strip_segment *segment = &rows->segments[rows->n_segments++];
	enum gpq_strip_merged merged;
	uint32_t row = (uint32_t)turn->n_rows;
	GPQ_TRY(
	    gpq_strip_merge_segment(merge, turn->names + from, n, turn->ends[turn->n_groups - 1] - from, &merged, err));
	if (merged != GPQ_STRIPS_MIXED && !merge->common_is_last &&
	    !gpq_strip_shape_find(rows, &merge->common, turn->rules, &turn->shape)) {
		merged = GPQ_STRIPS_MIXED;
		merge->n_last = 0; /* there is no shape of it to come back to */
	}
	if (merged == GPQ_STRIPS_MIXED) {
		GPQ_TRY(mixed_turn(turn, turn->names + from, n, segment, err));
	} else {
		GPQ_TRY(gpq_strip_merge_count(merge, merged, err));
		n = gpq_strip_merge_names(merge, merged, turn->names + from);
		*segment = (struct gpq_strip_segment){ .names = from, .n_names = n, .shape = turn->shape };
		turn->n_rows += merge->common.rows;
	}
	segment->row = row;
	return GPQ_OK;
}

static enum gpq_status segments_turn(struct turn *turn, struct gpq_error *err)
{
	struct gpq_strip_rows *rows = &turn->rows;
	uint32_t from = 0;
	gpq_strip_merge_begin(&turn->scratch->strips, turn->rules, turn->tallies, &rows->slabs);
	for (uint32_t g = 0; g < turn->n_groups && !turn->short_of_room; g++) {
		uint32_t n = turn->ends[g] - from;
		turn->short_of_room = n > GPQ_STRIP_MERGE_STRIPS;
		if (n && !turn->short_of_room)
			GPQ_TRY(segment_turn(turn, from, n, err));
		turn->short_of_room |= turn->n_rows > UINT32_MAX;
		from += n;
	}
	rows->segments[rows->n_segments].row = rows->rows = (uint32_t)turn->n_rows;
	return GPQ_OK;
}

/* '*out_done' false where it cannot be done this way. */
static enum gpq_status strips_turn(struct turn *turn, bool *out_done, struct gpq_error *err)
{
	struct gpq_location_order *order = &turn->scratch->order;
	gpq_location_order_clear(order);
	GPQ_TRY(gpq_strip_index_survey(&turn->rows.slabs, order, turn->tallies, err));
	gpq_location_order_rank(order, turn->rules, turn->scratch->area);
	turn->n_windows = (turn->rules->places + GPQ_STRIP_WINDOW - 1) / GPQ_STRIP_WINDOW;
	if (order->any_torn || !area_carve(turn))
		return GPQ_OK;
	GPQ_TRY(gpq_strip_index_scatter(&turn->rows.slabs, order, turn->tallies, turn->n_windows, turn->ends,
					turn->names, err));
	gpq_sort_group_init(&turn->scratch->group, turn->rules, order, turn->tallies, turn->spill);
	GPQ_TRY(segments_turn(turn, err));
	*out_done = !turn->short_of_room;
	return GPQ_OK;
}

enum gpq_status gpq_block_turn_strips(struct gpq_block *block, struct gpq_spill *spill,
				      struct gpq_sort_scratch *scratch, struct gpq_turned *out, bool *out_done,
				      struct gpq_error *err)
{
	struct turn turn = {
		.block = block,
		.rules = &block->rules,
		.scratch = scratch,
		.spill = spill,
		.tallies = &out->tallies,
	};
	GPQ_TRY(gpq_sort_scratch_check(scratch, 0, block->rules.n_cells, err));
	if (block->rules.by_time || !slabs_view(&turn))
		return GPQ_OK;
	GPQ_TRY(strips_turn(&turn, out_done, err));
	if (*out_done) {
		out->strips = turn.rows;
		out->rows = turn.rows.rows;
		return GPQ_OK;
	}
	gpq_slabs_give(block->slabs, block->spare);
	block->spare = NULL;
	gpq_tallies_done(&out->tallies);
	gpq_tallies_init(&out->tallies, out->budget, &block->rules, spill);
	return GPQ_OK;
}
