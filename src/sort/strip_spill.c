// SPDX-License-Identifier: MIT
/*
 * Strips written as runs of the partial rows that they are, in the order that runs have: location by location, or, by
 * time, instant by instant. Nothing is expanded but the row at hand.
 */
#include "sort/gathered.h"

struct strip_spill {
	const struct gpq_sort_rules *rules;
	struct gpq_sort_scratch *scratch;
	struct gpq_strip_slabs slabs;
	struct gpq_sort_run_writer *writer;
	/* The area: where the strips of each rank end, one a location at the most, and their names. */
	uint32_t *ends, *names;
};

/* How many names there is room for: by time those of a rank's order, those by place, those under way. For a slab's
 * strips there always is: the area has some 450 KiB at the least, and 12 bytes a location. */
static uint32_t strips_max(const struct gpq_sort_scratch *scratch, const struct gpq_sort_rules *rules)
{
	size_t words = scratch->area_bytes / sizeof(uint32_t) - scratch->order.cap;
	return (uint32_t)(rules->by_time ? (words - rules->places) / 3 : words);
}

/* Writes what a strip says of 'place', where it knows anything. */
static enum gpq_status row_write(struct strip_spill *spill, const struct gpq_packed_strip *strip, uint32_t place,
				 struct gpq_error *err)
{
	struct gpq_part part;
	if (!gpq_strip_part(strip, place, spill->rules, &part))
		return GPQ_OK;
	return gpq_sort_run_add(spill->writer, &part, err);
}

/* Writes the rows of one rank, instant by instant. */
static enum gpq_status rank_write(struct strip_spill *spill, uint32_t *names, uint32_t n, struct gpq_error *err)
{
	struct gpq_strip_sweep sweep;
	const struct gpq_packed_strip *strip;
	uint32_t place;
	gpq_strip_sweep_begin(&sweep, &spill->slabs, names, n);
	while ((strip = gpq_strip_sweep_next(&sweep, &place)))
		GPQ_TRY(row_write(spill, strip, place, err));
	return GPQ_OK;
}

static enum gpq_status ranks_write(struct strip_spill *spill, struct gpq_error *err)
{
	const uint32_t *ends = spill->ends;
	uint32_t from = 0;
	for (uint32_t r = 0; r < spill->scratch->order.n_ranks; r++) {
		GPQ_TRY(rank_write(spill, spill->names + from, ends[r] - from, err));
		from = ends[r];
	}
	return GPQ_OK;
}

/* Merges names that stand by rank into others that do, leaving out strips that do not reach 'place'; gives how many. */
static uint32_t names_weave(const struct strip_spill *spill, uint32_t place, const uint32_t *active, uint32_t n_active,
			    const uint32_t *begun, uint32_t n_begun, uint32_t *out)
{
	const uint32_t *rank = spill->scratch->order.rank;
	uint32_t n = 0, b = 0;
	for (uint32_t a = 0; a < n_active; a++) {
		const struct gpq_packed_strip *strip = gpq_strip_at(&spill->slabs, active[a]);
		if (!gpq_strip_reaches(strip, place))
			continue;
		for (; b < n_begun && rank[gpq_strip_at(&spill->slabs, begun[b])->location] < rank[strip->location];
		     b++)
			out[n++] = begun[b];
		out[n++] = active[a];
	}
	for (; b < n_begun; b++)
		out[n++] = begun[b];
	return n;
}

/* Writes all rows instant by instant. The names stand by rank; behind them is room for twice as many and for the grid.
 */
static enum gpq_status instants_write(struct strip_spill *spill, struct gpq_error *err)
{
	uint32_t *names = spill->names, n = spill->slabs.n_strips, n_active = 0, from = 0;
	uint32_t *by_place = names + n, *other = by_place + n, *ends = other + n, *active = names;
	gpq_strip_index_at_places(&spill->slabs, names, n, spill->rules->places, ends, by_place);
	for (uint32_t place = 0; place < spill->rules->places; place++) {
		uint32_t *woven = active == names ? other : names;
		n_active = names_weave(spill, place, active, n_active, by_place + from, ends[place] - from, woven);
		active = woven;
		from = ends[place];
		for (uint32_t i = 0; i < n_active; i++)
			GPQ_TRY(row_write(spill, gpq_strip_at(&spill->slabs, active[i]), place, err));
	}
	return GPQ_OK;
}

/* Makes as many slabs from '*slab' on addressable as can be ordered at once; '*slab' is the one behind them. */
static void slabs_view(struct strip_spill *spill, struct gpq_slab **slab)
{
	uint32_t max = strips_max(spill->scratch, spill->rules), cap = spill->scratch->cap_slabs;
	cap = cap < GPQ_STRIP_SLABS_MAX ? cap : GPQ_STRIP_SLABS_MAX;
	spill->slabs = (struct gpq_strip_slabs){ .slab = spill->scratch->slabs };
	for (; *slab && spill->slabs.n_slabs < cap && spill->slabs.n_strips + (*slab)->rows <= max;
	     *slab = (*slab)->next) {
		spill->slabs.slab[spill->slabs.n_slabs++] = *slab;
		spill->slabs.n_strips += (*slab)->rows;
	}
}

static enum gpq_status run_write(struct strip_spill *spill, struct gpq_spill *file, struct gpq_sort_run_chain *chain,
				 struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = spill->scratch;
	struct gpq_sort_run run;
	spill->ends = (uint32_t *)(void *)scratch->area;
	spill->names = spill->ends + scratch->order.cap;
	gpq_location_order_clear(&scratch->order);
	GPQ_TRY(gpq_strip_index_survey(&spill->slabs, &scratch->order, NULL, err));
	gpq_location_order_rank(&scratch->order, spill->rules, scratch->area);
	GPQ_TRY(gpq_strip_index_scatter(&spill->slabs, &scratch->order, NULL, 1, spill->ends, spill->names, err));
	gpq_sort_run_begin(spill->writer, file, &scratch->codec, spill->rules->n_cells, scratch->frames[0]);
	GPQ_TRY(spill->rules->by_time ? instants_write(spill, err) : ranks_write(spill, err));
	GPQ_TRY(gpq_sort_run_finish(spill->writer, scratch->order.held, scratch->order.n_held, &run, err));
	return gpq_sort_run_chain_push(chain, file, &run, err);
}

enum gpq_status gpq_block_spill_strips(struct gpq_block *block, struct gpq_spill *spill,
				       struct gpq_sort_scratch *scratch, struct gpq_error *err)
{
	struct strip_spill strips = { .rules = &block->rules, .scratch = scratch, .writer = &scratch->writers[0] };
	for (struct gpq_slab *slab = block->strip_first; slab;) {
		slabs_view(&strips, &slab);
		GPQ_TRY(run_write(&strips, spill, &block->runs, err));
	}
	return GPQ_OK;
}
