/*
 * sort/strip_index.h - strips put in order by naming them, 4 bytes a strip; the strips stay where they are.
 * Memory: the caller's: an end for each group, the names, as much again to work in where it says so.
 */
#ifndef GPQ_SORT_STRIP_INDEX_H
#define GPQ_SORT_STRIP_INDEX_H

#include "sort/location_order.h"
#include "sort/strip_slab.h"
#include "sort/tally.h"

/* gpq_strip_index_survey() enters the strips' location codes into 'order', with how many strips each has. Where
 * 'tallies' is given, partial rows are counted by input, and strips of failed inputs are counted as dropped and left
 * out. */
GPQ_MUST_USE enum gpq_status gpq_strip_index_survey(const struct gpq_strip_slabs *slabs,
						    struct gpq_location_order *order, struct gpq_tallies *tallies,
						    struct gpq_error *err);

/*
 * gpq_strip_index_scatter() names the surveyed strips by group, rank * n_windows + the window of the places that they
 * are in, each group in the order in which the strips stand in their slabs. 'ends', one a group, are where groups end
 * in 'names'; 'order' is ranked, and 'tallies' as in the survey.
 */
GPQ_MUST_USE enum gpq_status gpq_strip_index_scatter(const struct gpq_strip_slabs *slabs,
						     const struct gpq_location_order *order,
						     struct gpq_tallies *tallies, uint32_t n_windows, uint32_t *ends,
						     uint32_t *names, struct gpq_error *err);

/* Puts 'n' names in the order of the strips' first places, those of one place as they stood, into 'out'. 'ends', one
 * for each of 'places', are where the strips of each end. */
void gpq_strip_index_at_places(const struct gpq_strip_slabs *slabs, const uint32_t *names, uint32_t n, uint32_t places,
			       uint32_t *ends, uint32_t *out);

/* ---- partial rows ---- */

/* What a strip says of a place that it reaches; false where that is nothing. */
bool gpq_strip_part(const struct gpq_packed_strip *strip, uint32_t place, const struct gpq_sort_rules *rules,
		    struct gpq_part *out);

static inline bool gpq_strip_reaches(const struct gpq_packed_strip *strip, uint32_t place)
{
	return place - strip->place < strip->places; /* not where it begins later: that is a large number */
}

/* Goes over strips place by place. */
struct gpq_strip_sweep {
	const struct gpq_strip_slabs *slabs;
	const uint32_t *names;              /* Borrows; by their first place */
	uint32_t n, left, begun, at, place; /* names[left, begun) may reach 'place', those before reach none any more */
};

/* Puts the names in order. */
void gpq_strip_sweep_begin(struct gpq_strip_sweep *sweep, const struct gpq_strip_slabs *slabs, uint32_t *names,
			   uint32_t n);

/* The next strip that reaches '*out_place', which never goes down; NULL: there are no more. */
const struct gpq_packed_strip *gpq_strip_sweep_next(struct gpq_strip_sweep *sweep, uint32_t *out_place);

#endif
