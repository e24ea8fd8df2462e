/*
 * convert/coverage.h - the DST proof: for each delivery date the intervals found against those the clock says (docs/RULES.md 12).
 */
#ifndef GPQ_CONVERT_COVERAGE_H
#define GPQ_CONVERT_COVERAGE_H

#include "convert/dataset_run.h"

struct gpq_coverage_day {
	int32_t day; /* delivery date, days since 1970-01-01 */
	uint32_t hours; /* by the market's clock */
	uint32_t expected, found;
	bool tiles;         /* intervals follow each other */
	uint32_t covered_s; /* then: seconds in some interval */
	bool is_short; /* intervals are missing, or there are too many */
};

struct gpq_coverage {
	uint32_t days, days_short; /* dates from the first to the last one with rows; those that differ */
	int32_t first_day, last_day;
	uint64_t intervals;          /* distinct ones */
	uint32_t gap_s, gap_from_s;  /* the longest time between two starts, and the earlier one; 0: there is one start only */
};

/*
 * gpq_coverage_walk() calls 'visit' (may be NULL) for each date between the dataset's first and last whose intervals are not
 * what they should be, and for those that have not 24 hours, and sums up. Off the grid there is no number that should be (RULES
 * 12): short are dates that have none, or, where intervals follow each other, those that they do not cover from midnight to midnight.
 */
struct gpq_coverage gpq_coverage_walk(const struct gpq_dataset_run *dataset,
                                      void (*visit)(void *context, const struct gpq_coverage_day *day), void *context);

#endif
