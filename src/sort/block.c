// SPDX-License-Identifier: MIT
#include "sort/gathered.h"

/* Slabs of a wider kind before a narrower one is tried again: what a try wastes, a slab, is a sixteenth at most, and less
 * each time. */
#define HOLD_SLABS     16
#define HOLD_SLABS_MAX 1024

enum gpq_status gpq_block_open(struct gpq_budget *budget, struct gpq_slabs *slabs, const struct gpq_sort_rules *rules,
			       struct gpq_block **out, struct gpq_error *err)
{
	struct gpq_block *block = NULL;
	if (rules->n_cells > GPQ_MAX_CELLS)
		return gpq_fail(err, GPQ_E_BUG, "a row has %u cells, at most %u", rules->n_cells,
				(unsigned)GPQ_MAX_CELLS);
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_SORT, sizeof(*block), &block, err));
	block->budget = budget;
	block->slabs = slabs;
	block->rules = *rules;
	block->layouts = gpq_slab_layouts_of(rules->n_cells, rules->max_locations);
	block->hold_next = HOLD_SLABS;
	*out = block;
	return GPQ_OK;
}

void gpq_block_close(struct gpq_block *block)
{
	if (!block)
		return;
	gpq_block_empty(block);
	gpq_free(block->budget, GPQ_TAG_SORT, block, sizeof(*block));
}

void gpq_block_empty(struct gpq_block *block)
{
	gpq_slabs_give(block->slabs, block->first);
	gpq_slabs_give(block->slabs, block->spare);
	gpq_slabs_give(block->slabs, block->strip_first);
	block->first = block->last = block->spare = block->strip_first = block->strip_last = NULL;
	block->n_strip_slabs = 0;
	block->n_strips = 0;
	block->last_closed = false;
	block->n_slabs = 0;
	block->slab_rows = 0;
}

static enum gpq_status slab_open(struct gpq_block *block, struct gpq_error *err)
{
	struct gpq_slab *slab = NULL;
	GPQ_TRY(gpq_slabs_take(block->slabs, &slab, err));
	if (!slab)
		return GPQ_OK;
	gpq_slab_begin(slab, block->held_slabs ? block->held : GPQ_SLAB_STAMPED);
	block->held_slabs -= block->held_slabs > 0;
	*(block->last ? &block->last->next : &block->first) = slab;
	block->last = slab;
	block->last_closed = false;
	block->n_slabs++;
	return GPQ_OK;
}

/* A row does not fit the last slab, which 'wider' would take. */
static void slab_leave(struct gpq_block *block, enum gpq_slab_kind wider)
{
	struct gpq_slab *slab = block->last;
	if (slab->rows == 0) {
		gpq_slab_begin(slab, wider);
		return;
	}
	block->last_closed = true;
	if (2 * slab->rows >= block->layouts.of[GPQ_SLAB_WIDE].cap_rows)
		return;
	block->held = wider;
	block->held_slabs = block->hold_next;
	block->hold_next = block->hold_next < HOLD_SLABS_MAX ? 2 * block->hold_next : HOLD_SLABS_MAX;
}

static bool slab_takes_rows(const struct gpq_block *block)
{
	return block->last && !block->last_closed &&
	       block->last->rows < block->layouts.of[block->last->kind].cap_rows;
}

enum gpq_status gpq_block_push(struct gpq_block *block, const struct gpq_batch *batch, uint32_t from, uint32_t count,
			       uint32_t *out_pushed, struct gpq_error *err)
{
	uint32_t pushed = 0;
	if (batch->n_cells != block->rules.n_cells)
		return gpq_fail(err, GPQ_E_BUG, "rows of %u cells for a block of %u", batch->n_cells,
				block->rules.n_cells);
	while (pushed < count) {
		if (!slab_takes_rows(block)) {
			const struct gpq_slab *full = block->last;
			enum gpq_status status = slab_open(block, err);
			if (status != GPQ_OK && pushed == 0)
				return status;
			if (status != GPQ_OK || block->last == full)
				break; /* what is in is said first; the next call meets the reason again */
		}
		enum gpq_slab_kind wider = GPQ_SLAB_KINDS;
		pushed += gpq_slab_pack(&block->layouts, block->last, batch, from + pushed, count - pushed, &wider);
		if (wider != GPQ_SLAB_KINDS)
			slab_leave(block, wider);
	}
	block->slab_rows += pushed;
	block->rows += pushed;
	*out_pushed = pushed;
	return GPQ_OK;
}

/* ---- strips ---- */

/* Where on the block's grid a strip stands. */
static enum gpq_status strip_place(const struct gpq_sort_rules *rules, const struct gpq_strip *strip, uint32_t *out_place,
				   struct gpq_error *err)
{
	uint32_t after_s = strip->start_s - rules->begin_s;
	if (strip->cell >= rules->n_cells || strip->places == 0 || strip->places > GPQ_STRIP_MAX_PLACES)
		return gpq_fail(err, GPQ_E_BUG, "a strip of cell %u over %u intervals, in a block of %u cells", strip->cell,
				strip->places, rules->n_cells);
	if (strip->start_s < rules->begin_s || after_s % rules->interval_s ||
	    after_s / rules->interval_s + strip->places > rules->places)
		return gpq_fail(err, GPQ_E_BUG, "a strip of %u intervals from %u on is not on the grid of its block",
				strip->places, strip->start_s);
	*out_place = after_s / rules->interval_s;
	return GPQ_OK;
}

/* '*out_slab' is one that has room for the pieces; NULL where the pool is empty. */
static enum gpq_status strip_slab_open(struct gpq_block *block, struct gpq_slab **out_slab, struct gpq_error *err)
{
	GPQ_TRY(gpq_slabs_take(block->slabs, out_slab, err));
	if (!*out_slab)
		return GPQ_OK;
	gpq_strip_slab_begin(*out_slab);
	*(block->strip_last ? &block->strip_last->next : &block->strip_first) = *out_slab;
	block->strip_last = *out_slab;
	block->n_strip_slabs++;
	return GPQ_OK;
}

/* '*out_fits' false where the pool is empty. */
static enum gpq_status strip_push(struct gpq_block *block, const struct gpq_strips *strips, const struct gpq_strip *strip,
				  bool *out_fits, struct gpq_error *err)
{
	struct gpq_strip_pieces pieces;
	struct gpq_slab *slab = block->strip_last;
	uint32_t place = 0;
	GPQ_TRY(strip_place(&block->rules, strip, &place, err));
	gpq_strip_cut(strips, strip, place, &pieces);
	if (pieces.n && (!slab || !gpq_strip_slab_put(slab, &pieces))) {
		GPQ_TRY(strip_slab_open(block, &slab, err));
		*out_fits = slab && gpq_strip_slab_put(slab, &pieces);
		if (!*out_fits)
			return GPQ_OK;
	}
	*out_fits = true;
	block->n_strips += pieces.n;
	block->rows += pieces.known;
	return GPQ_OK;
}

enum gpq_status gpq_block_push_strips(struct gpq_block *block, const struct gpq_strips *strips, uint32_t from,
				      uint32_t count, uint32_t *out_pushed, struct gpq_error *err)
{
	const struct gpq_sort_rules *rules = &block->rules;
	uint32_t pushed = 0;
	if (rules->places == 0 || rules->places > GPQ_STRIP_BLOCK_PLACES || strips->interval_s != rules->interval_s)
		return gpq_fail(err, GPQ_E_BUG, "strips of intervals of %u s for a block of %u intervals of %u s",
				strips->interval_s, rules->places, rules->interval_s);
	for (bool fits = true; pushed < count; pushed++) {
		enum gpq_status status = strip_push(block, strips, &strips->strips[from + pushed], &fits, err);
		if (status != GPQ_OK && pushed == 0)
			return status;
		if (status != GPQ_OK || !fits)
			break; /* what is in is said first; the next call meets the reason again */
	}
	*out_pushed = pushed;
	return GPQ_OK;
}

uint64_t gpq_block_rows(const struct gpq_block *block)
{
	return block->rows;
}

size_t gpq_block_slab_bytes(const struct gpq_block *block)
{
	return ((size_t)block->n_slabs + block->n_strip_slabs) * GPQ_SLAB_BYTES;
}

bool gpq_block_has_runs(const struct gpq_block *block)
{
	return block->runs.n_runs > 0;
}
