/*
 * sort/strip_index.h - strips put in order by naming them, 4 bytes a strip; the strips stay where they are.
 * Memory: the caller's: an end for each group, the names, as much again to work in where it says so.
 */
#ifndef GPQ_SORT_STRIP_INDEX_H
#define GPQ_SORT_STRIP_INDEX_H

#include "sort/location_order.h"
#include "sort/strip_slab.h"
#include "sort/tally.h"

/* gpq_strip_index_survey() enters the strips' location codes into 'order', with how many strips each has. Where 'tallies' is
 * given, partial rows are counted by input, and strips of failed inputs are counted as dropped and left out. */
GPQ_MUST_USE enum gpq_status gpq_strip_index_survey(const struct gpq_strip_slabs *slabs, struct gpq_location_order *order,
						    struct gpq_tallies *tallies, struct gpq_error *err);

/*
 * gpq_strip_index_scatter() names the surveyed strips by group, rank * n_windows + the window of the places that they are in,
 * each group in the order in which the strips stand in their slabs. 'ends', one a group, are where groups end in 'names';
 * 'order' is ranked, and 'tallies' as in the survey.
 */
GPQ_MUST_USE enum gpq_status gpq_strip_index_scatter(const struct gpq_strip_slabs *slabs,
						     const struct gpq_location_order *order, struct gpq_tallies *tallies,
						     uint32_t n_windows, uint32_t *ends, uint32_t *names,
						     struct gpq_error *err);

/* Puts 'n' names in the order of the strips' first places. */
void gpq_strip_index_by_place(const struct gpq_strip_slabs *slabs, uint32_t *names, uint32_t n);

/* Puts 'n' names in the order of the strips' first places, those of one place as they stood, into 'out'. 'ends', one for each of
 * 'places', are where the strips of each end. */
void gpq_strip_index_at_places(const struct gpq_strip_slabs *slabs, const uint32_t *names, uint32_t n, uint32_t places,
			       uint32_t *ends, uint32_t *out);

#endif
