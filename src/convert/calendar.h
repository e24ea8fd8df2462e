/*
 * convert/calendar.h - which delivery date, block and partition an instant belongs to (docs/OUTPUT.md).
 *
 * Blocks of a day or more are runs of delivery dates counted from Monday 1970-01-05 and cut at partition edges; shorter
 * ones divide 24, count from local midnight, and the day's last one ends at the next midnight; length 0 is the whole
 * partition. So they never depend on where an input starts.
 * Memory: none.      Threads: read-only once set.
 */
#ifndef GPQ_CONVERT_CALENDAR_H
#define GPQ_CONVERT_CALENDAR_H

#include "table/dataset.h"
#include "value/zone.h"

struct gpq_calendar {
	const struct gpq_zone *zone; /* Borrows */
	uint32_t block_hours;
	enum gpq_partition partition; /* YEAR or MONTH */
};

/* A block's place in time. */
struct gpq_span {
	int64_t key;            /* orders the blocks of a dataset: hours since 1970-01-01 of its first local hour */
	int32_t partition;      /* year * 100 + month; month 0: the whole year */
	int64_t begin_s, end_s; /* [begin, end) in UTC */
	int32_t first_day, end_day; /* delivery dates [first, end), days since 1970-01-01 */
};

/* What 'dataset' has by its table, with the run's order and partition in its place where they say otherwise. */
struct gpq_calendar gpq_calendar_of(const struct gpq_dataset *dataset, const struct gpq_zone *zone, enum gpq_order order,
                                    enum gpq_partition partition);

/* The delivery date of an interval that starts at 'utc_s', in days since 1970-01-01. */
int32_t gpq_calendar_day(const struct gpq_calendar *calendar, int64_t utc_s);

/* The block that 'utc_s' belongs to. */
struct gpq_span gpq_calendar_span(const struct gpq_calendar *calendar, int64_t utc_s);

/* Writes "2024" or "2024-03" and returns 'out'. */
char *gpq_partition_print(int32_t partition, char out[16]);

#endif
