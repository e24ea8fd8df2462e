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

enum gpq_status gpq_strip_index_scatter(const struct gpq_strip_slabs *slabs, const struct gpq_location_order *order,
					struct gpq_tallies *tallies, uint32_t n_windows, uint32_t *ends, uint32_t *names,
					struct gpq_error *err)
{
	uint32_t n_groups = order->n_ranks * n_windows, sum = 0;
	memset(ends, 0, n_groups * sizeof(*ends));
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t s = 0; s < slabs->n_slabs; s++) {
			const struct gpq_slab *slab = slabs->slab[s];
			const struct gpq_packed_strip *strip = gpq_strip_first(slab);
			for (uint32_t i = 0; i < slab->rows; i++, strip = gpq_strip_next(strip)) {
				bool failed = false;
				GPQ_TRY(strip_judge(strip, tallies, false, &failed, err));
				if (failed)
					continue;
				uint32_t window = n_windows > 1 ? strip->place / GPQ_STRIP_WINDOW : 0;
				uint32_t *end = &ends[order->rank[strip->location] * n_windows + window];
				if (pass == 1)
					names[*end] = gpq_strip_name(slab, s, strip);
				++*end;
			}
		}
		/* counts become beginnings, which the second pass moves to the ends */
		for (uint32_t g = 0; pass == 0 && g < n_groups; g++) {
			uint32_t n = ends[g];
			ends[g] = sum;
			sum += n;
		}
	}
	return GPQ_OK;
}

void gpq_strip_index_by_place(const struct gpq_strip_slabs *slabs, uint32_t *names, uint32_t n)
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
