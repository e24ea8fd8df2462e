// SPDX-License-Identifier: MIT
#include "sort/strip_index.h"

/* Whether a strip's input has failed. 'count' enters its rows in the tally. */
static enum gpq_status strip_judge(const struct gpq_packed_strip *strip, struct gpq_tallies *tallies, bool count,
				   bool *out_failed, struct gpq_error *err)
{
	struct gpq_tally *tally = NULL;
	*out_failed = false;
	if (!tallies)
		return GPQ_OK;
	GPQ_TRY(gpq_tallies_at(tallies, gpq_origin_input(strip->origin), &tally, out_failed, err));
	if (count)
		*(*out_failed ? &tally->dropped : &tally->written) += strip->known;
	return GPQ_OK;
}

enum gpq_status gpq_strip_index_survey(const struct gpq_strip_slabs *slabs, struct gpq_location_order *order,
				       struct gpq_tallies *tallies, struct gpq_error *err)
{
	for (uint32_t s = 0; s < slabs->n_slabs; s++) {
		const struct gpq_packed_strip *strip = gpq_strip_first(slabs->slab[s]);
		for (uint32_t i = 0, n = slabs->slab[s]->rows; i < n; i++, strip = gpq_strip_next(strip)) {
			bool failed = false;
			GPQ_TRY(strip_judge(strip, tallies, true, &failed, err));
			GPQ_TRY(gpq_location_order_check(order, strip->location, err));
			gpq_location_order_hold(order, strip->location, !failed);
		}
	}
	return GPQ_OK;
}

static inline uint32_t group_of(const struct gpq_packed_strip *strip, const struct gpq_location_order *order,
				uint32_t n_windows)
{
	uint32_t window = n_windows > 1 ? strip->place / GPQ_STRIP_WINDOW : 0;
	return order->rank[strip->location] * n_windows + window;
}

/* Counts the strips of each group, which for ranks the survey has done. */
static enum gpq_status groups_count(const struct gpq_strip_slabs *slabs, const struct gpq_location_order *order,
				    struct gpq_tallies *tallies, uint32_t n_windows, uint32_t *counts,
				    struct gpq_error *err)
{
	for (uint32_t i = 0; n_windows == 1 && i < order->n_held; i++)
		counts[order->rank[order->held[i]]] += order->count[order->held[i]];
	for (uint32_t s = 0; n_windows > 1 && s < slabs->n_slabs; s++) {
		const struct gpq_packed_strip *strip = gpq_strip_first(slabs->slab[s]);
		for (uint32_t i = 0; i < slabs->slab[s]->rows; i++, strip = gpq_strip_next(strip)) {
			bool failed = false;
			GPQ_TRY(strip_judge(strip, tallies, false, &failed, err));
			if (!failed)
				counts[group_of(strip, order, n_windows)]++;
		}
	}
	return GPQ_OK;
}

enum gpq_status gpq_strip_index_scatter(const struct gpq_strip_slabs *slabs, const struct gpq_location_order *order,
					struct gpq_tallies *tallies, uint32_t n_windows, uint32_t *ends,
					uint32_t *names, struct gpq_error *err)
{
	uint32_t n_groups = order->n_ranks * n_windows, sum = 0;
	struct gpq_tallies *failing = tallies && tallies->any_failed ? tallies : NULL;
	memset(ends, 0, n_groups * sizeof(*ends));
	GPQ_TRY(groups_count(slabs, order, failing, n_windows, ends, err));
	for (uint32_t g = 0; g < n_groups; g++) { /* counts become beginnings, which move to the ends */
		uint32_t n = ends[g];
		ends[g] = sum;
		sum += n;
	}
	for (uint32_t s = 0; s < slabs->n_slabs; s++) {
		const struct gpq_packed_strip *strip = gpq_strip_first(slabs->slab[s]);
		for (uint32_t i = 0; i < slabs->slab[s]->rows; i++, strip = gpq_strip_next(strip)) {
			bool failed = false;
			GPQ_TRY(strip_judge(strip, failing, false, &failed, err));
			if (!failed)
				names[ends[group_of(strip, order, n_windows)]++] =
				    gpq_strip_name(slabs->slab[s], s, strip);
		}
	}
	return GPQ_OK;
}

void gpq_strip_index_at_places(const struct gpq_strip_slabs *slabs, const uint32_t *names, uint32_t n, uint32_t places,
			       uint32_t *ends, uint32_t *out)
{
	uint32_t sum = 0;
	memset(ends, 0, places * sizeof(*ends));
	for (uint32_t i = 0; i < n; i++)
		ends[gpq_strip_at(slabs, names[i])->place]++;
	for (uint32_t p = 0; p < places; p++) {
		uint32_t here = ends[p];
		ends[p] = sum;
		sum += here;
	}
	for (uint32_t i = 0; i < n; i++)
		out[ends[gpq_strip_at(slabs, names[i])->place]++] = names[i];
}

/* ---- partial rows ---- */

bool gpq_strip_part(const struct gpq_packed_strip *strip, uint32_t place, const struct gpq_sort_rules *rules,
		    struct gpq_part *out)
{
	int64_t cell = gpq_strip_cell(strip, place - strip->place);
	if (cell == GPQ_CELL_NULL)
		return false;
	out->start_s = rules->begin_s + place * rules->interval_s;
	out->location = strip->location;
	out->version = strip->version;
	out->origin = strip->origin;
	for (uint32_t k = 0; k < rules->n_cells; k++)
		out->cell[k] = GPQ_CELL_NULL;
	out->cell[strip->cell] = cell;
	return true;
}

/* Puts names in the order of the strips' first places. */
static void names_order(const struct gpq_strip_slabs *slabs, uint32_t *names, uint32_t n)
{
	uint32_t gap = 1;
	while (gap < n / 9)
		gap = 3 * gap + 1;
	for (; gap > 0; gap /= 3) { /* Shell sort in place; strips mostly come in order */
		for (uint32_t i = gap; i < n; i++) {
			uint32_t name = names[i], at = i, place = gpq_strip_at(slabs, name)->place;
			for (; at >= gap && gpq_strip_at(slabs, names[at - gap])->place > place; at -= gap)
				names[at] = names[at - gap];
			names[at] = name;
		}
	}
}

void gpq_strip_sweep_begin(struct gpq_strip_sweep *sweep, const struct gpq_strip_slabs *slabs, uint32_t *names,
			   uint32_t n)
{
	names_order(slabs, names, n);
	*sweep = (struct gpq_strip_sweep){ .slabs = slabs, .names = names, .n = n };
}

/* Goes on to the next place that a strip reaches; false where there is none. */
static bool sweep_advance(struct gpq_strip_sweep *sweep)
{
	sweep->place++;
	while (sweep->left < sweep->begun &&
	       !gpq_strip_reaches(gpq_strip_at(sweep->slabs, sweep->names[sweep->left]), sweep->place))
		sweep->left++;
	if (sweep->left == sweep->n)
		return false;
	if (sweep->left == sweep->begun)
		sweep->place = gpq_strip_at(sweep->slabs, sweep->names[sweep->left])->place;
	while (sweep->begun < sweep->n && gpq_strip_at(sweep->slabs, sweep->names[sweep->begun])->place <= sweep->place)
		sweep->begun++;
	sweep->at = sweep->left;
	return true;
}

const struct gpq_packed_strip *gpq_strip_sweep_next(struct gpq_strip_sweep *sweep, uint32_t *out_place)
{
	for (;;) {
		while (sweep->at < sweep->begun) {
			const struct gpq_packed_strip *strip = gpq_strip_at(sweep->slabs, sweep->names[sweep->at++]);
			if (gpq_strip_reaches(strip, sweep->place)) {
				*out_place = sweep->place;
				return strip;
			}
		}
		if (!sweep_advance(sweep))
			return NULL;
	}
}
