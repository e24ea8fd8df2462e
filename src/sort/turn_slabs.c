// SPDX-License-Identifier: MIT
/*
 * Turning a block whose rows are all in slabs.
 *
 * Nothing moves. Rows of a lattice (lattice.h) need nothing more; others are named in output order, merged rows are
 * written over their newest part, and the names of the other parts go. Rows of torn classes (location_order.h) are
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
	uint32_t n_out; /* ids[0, n_out) are done */
};

/* Where the rows of one key are written: over its parts, whose values are in the group by then. */
struct slots {
	const struct gpq_slab_rows *rows;
	const uint32_t *ids;
	uint32_t n;
};

static enum gpq_status slot_write(void *context, const struct gpq_part *row, struct gpq_error *err)
{
	struct slots *slots = context;
	(void)err;
	gpq_slab_row_store(slots->rows, slots->ids[slots->n++], row);
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
	struct slots slots = { &turn->rows, ids, 0 };
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

static void row_prefetch(const struct gpq_slab_rows *rows, uint32_t id)
{
	uint8_t *base = rows->slab[id >> GPQ_SLAB_ROW_BITS];
	uint32_t row = id & GPQ_SLAB_ROW_MASK;
	__builtin_prefetch(&gpq_columns_start(&rows->columns, base)[row]);
	__builtin_prefetch(&gpq_columns_location(&rows->columns, base)[row]);
	__builtin_prefetch(&gpq_columns_version(&rows->columns, base)[row]);
	__builtin_prefetch(&gpq_columns_origin(&rows->columns, base)[row]);
	for (uint32_t k = 0; k < rows->columns.n_cells; k++)
		__builtin_prefetch(&gpq_columns_cell(&rows->columns, base, k)[row]);
}

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
				row_prefetch(&turn->rows, ids[i]);
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
	return GPQ_OK;
}

enum gpq_status gpq_block_turn_slabs(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
				     struct gpq_turned *out, struct gpq_error *err)
{
	struct turn turn = { .rules = &block->rules, .scratch = scratch, .tallies = &out->tallies };
	struct gpq_index *index = &scratch->index;
	GPQ_TRY(gpq_block_view(block, scratch, &turn.rows, err));
	out->slab_rows = turn.rows;
	out->windows = &scratch->windows;
	scratch->windows.turn++;
	bool lattice = false;
	GPQ_TRY(lattice_turn(&turn, out, &lattice, err));
	if (lattice)
		return GPQ_OK;
	gpq_sort_group_init(&scratch->group, &block->rules, &scratch->order, &out->tallies, spill);
	gpq_location_order_clear(&scratch->order);
	GPQ_TRY(gpq_index_survey(index, &turn.rows, &scratch->order, &out->tallies, err));
	gpq_location_order_rank(&scratch->order, &block->rules, scratch->area);
	index->ids = turn.ids = (uint32_t *)(void *)scratch->area;
	const struct gpq_scatter_settings scatter = {
		.by_time = block->rules.by_time,
		.apart = true,
		.copies = &block->rules,
		.tallies = &out->tallies,
	};
	GPQ_TRY(gpq_index_scatter(index, &turn.rows, &scratch->order, &scatter, err));
	bool torn = scratch->order.any_torn;
	GPQ_TRY(buckets_merge(&turn, index->n_buckets - torn, err));
	if (torn) {
		uint32_t from = index->n_buckets > 1 ? index->buckets[index->n_buckets - 2].end : 0;
		GPQ_TRY(torn_merge(&turn, from, index->n, err));
	}
	out->rows = turn.n_out;
	out->ids = turn.ids;
	return GPQ_OK;
}
