// SPDX-License-Identifier: MIT
/*
 * Turning a block whose rows are all in slabs.
 *
 * Nothing moves. Rows of a lattice (lattice.h) need nothing more; others are named in output order, merged rows are
 * written over the part that they were made of, and the names of the other parts go. Rows of torn classes (location_order.h) are
 * named apart: ordered by class to meet, merged, ordered again by what they came to be called, and woven into the
 * others.
 */
#include "sort/gathered.h"

struct turn {
	const struct gpq_sort_rules *rules;
	struct gpq_sort_scratch *scratch;
	struct gpq_tallies *tallies;
	struct gpq_slab_rows rows;
	uint32_t *ids;
	uint32_t n_out;   /* ids[0, n_out) are done */
	uint32_t spare;   /* name of the next free row of the reserve */
	uint32_t n_spare; /* rows left in it */
};

/* Where the rows of one key are written: each over the part that it was made of, whose values are in the group by then.
 */
struct slots {
	struct turn *turn;
	uint32_t *ids;
	uint32_t n, n_parts; /* ids[0, n) are written */
};

/* The reserve's next row. */
static enum gpq_status spare_take(struct turn *turn, uint32_t *out_id, struct gpq_error *err)
{
	uint32_t last = turn->rows.layouts.of[GPQ_SLAB_WIDE].cap_rows - 1;
	if (turn->n_spare == 0)
		return gpq_fail(err, GPQ_E_BUG, "merged rows fit neither their places nor the reserve");
	*out_id = turn->spare++;
	turn->n_spare--;
	if ((*out_id & GPQ_SLAB_ROW_MASK) == last)
		turn->spare = ((*out_id >> GPQ_SLAB_ROW_BITS) + 1) << GPQ_SLAB_ROW_BITS;
	return GPQ_OK;
}

static enum gpq_status slot_write(void *context, const struct gpq_part *row, struct gpq_error *err)
{
	struct slots *slots = context;
	struct turn *turn = slots->turn;
	uint32_t *ids = slots->ids, at = slots->n;
	while (at < slots->n_parts && (gpq_slab_row_origin(&turn->rows, ids[at]) != (row->origin & ~GPQ_ORIGIN_OLDER) ||
				       gpq_slab_row_version(&turn->rows, ids[at]) != row->version))
		at++;
	if (at == slots->n_parts)
		return gpq_fail(err, GPQ_E_BUG, "a merged row is none of its parts");
	uint32_t id = ids[at];
	ids[at] = ids[slots->n];
	if (!gpq_slab_row_change(&turn->rows, id, row)) {
		GPQ_TRY(spare_take(turn, &id, err));
		gpq_slab_row_store(&turn->rows, id, row);
	}
	ids[slots->n++] = id;
	return GPQ_OK;
}

/* Two copies of one row, the commonest meeting by far (files that overlap): the newer one stays as it is. */
static enum gpq_status twins_merge(struct turn *turn, uint32_t *twins, struct gpq_error *err)
{
	struct gpq_part parts[2];
	struct gpq_tally *tally = NULL;
	bool failed = false;
	int order = 0;
	gpq_slab_row_load(&turn->rows, twins[0], &parts[0]);
	gpq_slab_row_load(&turn->rows, twins[1], &parts[1]);
	GPQ_TRY(gpq_part_compare(turn->rules, &parts[0], &parts[1], &order, err));
	GPQ_TRY(gpq_tallies_at(turn->tallies, gpq_origin_input(parts[order <= 0].origin), &tally, &failed, err));
	tally->written--;
	tally->duplicate++;
	if (order > 0)
		twins[0] = twins[1];
	return GPQ_OK;
}

/* Merges the 'n' rows of one key at 'ids'; the names of those that are left stand first. */
static enum gpq_status key_merge(struct turn *turn, uint32_t *ids, uint32_t n, uint32_t *out_left,
				 struct gpq_error *err)
{
	*out_left = 1;
	if (n == 2 && gpq_slab_rows_alike(&turn->rows, ids[0], ids[1]))
		return twins_merge(turn, ids, err);
	struct slots slots = { turn, ids, 0, n };
	struct gpq_row_sink sink = { &slots, slot_write };
	for (uint32_t i = 0; i < n; i++) {
		struct gpq_part part;
		gpq_slab_row_load(&turn->rows, ids[i], &part);
		GPQ_TRY(gpq_sort_group_add(&turn->scratch->group, &part, err));
	}
	GPQ_TRY(gpq_sort_group_finish(&turn->scratch->group, &sink, err));
	*out_left = slots.n;
	return GPQ_OK;
}

/* Rows ahead that are asked for while one is looked at: neighbours in order stand far apart in memory. */
#define AHEAD_ROWS 12

/* Merges neighbours of one key in ids[from, to) and appends the rest to what is done. */
static enum gpq_status neighbours_merge(struct turn *turn, const struct gpq_row_order *order, uint32_t from,
					uint32_t to, struct gpq_error *err)
{
	uint32_t *ids = turn->ids;
	while (from < to) {
		uint64_t key = gpq_slab_row_key(order, &turn->rows, ids[from]);
		uint32_t next = from + 1, left = 1;
		while (next < to && gpq_slab_row_key(order, &turn->rows, ids[next]) == key)
			next++;
		if (next - from > 1) {
			for (uint32_t i = from + AHEAD_ROWS; i < next + AHEAD_ROWS && i < to; i++)
				gpq_slab_row_prefetch(&turn->rows, ids[i]);
			GPQ_TRY(key_merge(turn, ids + from, next - from, &left, err));
		}
		memmove(ids + turn->n_out, ids + from, left * sizeof(*ids));
		turn->n_out += left;
		from = next;
	}
	return GPQ_OK;
}

/* A bucket whose only neighbours of one key are marked copies: they go. */
static void copies_drop(struct turn *turn, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		if (!(turn->ids[i] & GPQ_ROW_COPY))
			turn->ids[turn->n_out++] = turn->ids[i];
	}
}

static enum gpq_status bucket_merge(struct turn *turn, unsigned flags, uint32_t from, uint32_t to,
				    struct gpq_error *err)
{
	bool by_time = turn->rules->by_time;
	struct gpq_row_order order = { by_time ? turn->scratch->order.rank : NULL, by_time };
	if (flags & GPQ_BUCKET_COPIES)
		GPQ_TRY(gpq_index_unmark(&turn->rows, turn->tallies, turn->ids + from, to - from, err));
	if (flags & GPQ_BUCKET_UNORDERED)
		gpq_index_sort(&turn->scratch->index, &turn->rows, &order, turn->ids + from, to - from);
	return neighbours_merge(turn, &order, from, to, err);
}

static enum gpq_status buckets_merge(struct turn *turn, uint32_t n_buckets, struct gpq_error *err)
{
	struct gpq_index *index = &turn->scratch->index;
	uint32_t from = 0;
	for (uint32_t b = 0; b < n_buckets; b++) {
		uint32_t to = index->buckets[b].end;
		if (index->flags[b] == GPQ_BUCKET_COPIES) {
			copies_drop(turn, from, to);
		} else if (index->flags[b]) {
			GPQ_TRY(bucket_merge(turn, index->flags[b], from, to, err));
		} else {
			if (turn->n_out != from)
				memmove(turn->ids + turn->n_out, turn->ids + from, (to - from) * sizeof(*turn->ids));
			turn->n_out += to - from;
		}
		from = to;
	}
	return GPQ_OK;
}

static enum gpq_status torn_merge(struct turn *turn, uint32_t from, uint32_t to, struct gpq_error *err)
{
	struct gpq_index *index = &turn->scratch->index;
	struct gpq_row_order by_class = { turn->scratch->order.class_of, false };
	struct gpq_row_order final = { turn->scratch->order.rank, turn->rules->by_time };
	uint32_t others = turn->n_out;
	gpq_index_sort(index, &turn->rows, &by_class, turn->ids + from, to - from);
	GPQ_TRY(neighbours_merge(turn, &by_class, from, to, err));
	gpq_index_sort(index, &turn->rows, &final, turn->ids + others, turn->n_out - others);
	if (turn->rules->keep_revisions) /* current rows before their revisions again */
		GPQ_TRY(gpq_index_sort_ties(&turn->rows, &final, turn->rules, turn->ids + others, turn->n_out - others,
					    err));
	gpq_index_weave(index, &turn->rows, &final, turn->ids, others, turn->n_out);
	return GPQ_OK;
}

/* The common case: nothing meets, and where rows stand is known without naming them. */
static enum gpq_status lattice_turn(struct turn *turn, struct gpq_turned *out, bool *out_done, struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	if (turn->rules->by_time)
		return GPQ_OK;
	gpq_location_order_clear(&scratch->order);
	GPQ_TRY(gpq_lattice_survey(&scratch->index, &turn->rows, &scratch->order, turn->rules, turn->tallies,
				   scratch->area, scratch->area_bytes, &out->lattice, out_done, err));
	out->rows = *out_done ? out->lattice.rows : 0;
	if (*out_done) /* no row needs a name: the room for names turns columns */
		gpq_windows_lend(&scratch->windows, scratch->area + gpq_lattice_area_bytes(&out->lattice),
				 scratch->area_bytes - gpq_lattice_area_bytes(&out->lattice));
	return GPQ_OK;
}

/* ---- room for what is merged ---- */

/*
 * How many merged rows may not fit the slab of the part that they were made of, at most: a row only fails to where it
 * takes a far cell from another slab, and a cell goes to one current row and one kept revision.
 */
static uint64_t spare_rows_need(const struct gpq_slab_rows *rows)
{
	uint64_t far = 0, narrow_rows = 0;
	uint32_t n_cells = rows->layouts.of[GPQ_SLAB_WIDE].n_cells, least_room = GPQ_SLAB_FAR;
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		const struct gpq_slab *slab = rows->slab[s];
		uint32_t room = GPQ_SLAB_FAR - slab->n_far;
		if (slab->kind == GPQ_SLAB_WIDE) {
			far += (uint64_t)slab->rows * n_cells;
			continue;
		}
		/* a far cell of the list may be that of many rows */
		far += slab->n_far ? (uint64_t)slab->rows * n_cells : 0;
		narrow_rows += slab->rows;
		least_room = room < least_room ? room : least_room;
	}
	if (2 * far <= least_room)
		return 0;
	return 2 * far < narrow_rows ? 2 * far : narrow_rows;
}

/* Takes slabs for that many rows from the pool into the block; '*out_enough' false where it has not that many left. */
static enum gpq_status spare_rows_take(struct turn *turn, struct gpq_block *block, bool *out_enough,
				       struct gpq_error *err)
{
	uint64_t need = spare_rows_need(&turn->rows);
	uint32_t cap = block->layouts.of[GPQ_SLAB_WIDE].cap_rows;
	*out_enough = true;
	turn->spare = turn->rows.n_slabs << GPQ_SLAB_ROW_BITS;
	while (turn->n_spare < need && *out_enough) {
		struct gpq_slab *slab = NULL;
		if (turn->rows.n_slabs < turn->scratch->cap_slabs)
			GPQ_TRY(gpq_slabs_take(block->slabs, &slab, err));
		*out_enough = slab != NULL;
		if (!slab)
			break;
		gpq_slab_begin(slab, GPQ_SLAB_WIDE);
		slab->next = block->spare;
		block->spare = slab;
		turn->rows.slab[turn->rows.n_slabs++] = slab;
		turn->n_spare += cap;
	}
	return GPQ_OK;
}

static void spare_rows_give(struct gpq_block *block)
{
	gpq_slabs_give(block->slabs, block->spare);
	block->spare = NULL;
}

/* ---- the whole ---- */

/* Names the rows in output order and merges those that meet. */
static enum gpq_status rows_merge(struct turn *turn, struct gpq_error *err)
{
	struct gpq_index *index = &turn->scratch->index;
	struct gpq_location_order *order = &turn->scratch->order;
	const struct gpq_scatter_settings scatter = {
		.by_time = turn->rules->by_time,
		.apart = true,
		.copies = turn->rules,
		.tallies = turn->tallies,
	};
	GPQ_TRY(gpq_index_survey(index, &turn->rows, order, turn->tallies, err));
	gpq_location_order_rank(order, turn->rules, turn->scratch->area);
	index->ids = turn->ids = (uint32_t *)(void *)turn->scratch->area;
	GPQ_TRY(gpq_index_scatter(index, &turn->rows, order, &scatter, err));
	GPQ_TRY(buckets_merge(turn, index->n_buckets - order->any_torn, err));
	if (!order->any_torn)
		return GPQ_OK;
	uint32_t from = index->n_buckets > 1 ? index->buckets[index->n_buckets - 2].end : 0;
	return torn_merge(turn, from, index->n, err);
}

enum gpq_status gpq_block_turn_slabs(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
				     struct gpq_turned *out, struct gpq_error *err)
{
	struct turn turn = { .rules = &block->rules, .scratch = scratch, .tallies = &out->tallies };
	GPQ_TRY(gpq_block_view(block, scratch, &turn.rows, err));
	scratch->windows.turn++;
	bool done = false;
	GPQ_TRY(lattice_turn(&turn, out, &done, err));
	if (!done) {
		GPQ_TRY(spare_rows_take(&turn, block, &done, err));
		if (!done) {
			spare_rows_give(block);
			return gpq_block_turn_runs(block, spill, scratch, out, err);
		}
		gpq_sort_group_init(&scratch->group, &block->rules, &scratch->order, &out->tallies, spill);
		gpq_location_order_clear(&scratch->order);
		GPQ_TRY(rows_merge(&turn, err));
		out->rows = turn.n_out;
		out->ids = turn.ids;
	}
	out->slab_rows = turn.rows;
	out->windows = &scratch->windows;
	return GPQ_OK;
}
