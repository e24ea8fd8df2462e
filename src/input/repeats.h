/*
 * input/repeats.h - rows of repeated hours, held back until their input ends, and then given their pass.
 *
 * Feeds that mark no pass tell it by the order of each location's lines (RULES 8): a step back in time begins the second
 * pass. One pass only, or more than two, and none of the location's rows of that hour can be told: they are rejected. The rows
 * may be brought in any order, as several parsers do: their place in the input is known.
 * Memory: gpq_repeats_need(), taken at open. An input with more such rows than fit is refused.
 * Threads: any may hold; one resolves, when all have held.
 */
#ifndef GPQ_INPUT_REPEATS_H
#define GPQ_INPUT_REPEATS_H

#include "input/line_parser.h"

/* A row whose start is one of two instants. */
struct gpq_repeat {
	uint32_t first_s, second_s; /* its start in either pass */
	uint32_t location;
	uint32_t group;             /* a location that stands for all rows of its place: their order tells the pass */
	int32_t version;
	uint64_t origin;
	uint32_t parts, blank;      /* partial rows of the line, and how many of them are blank; 0 but for its first row that is held */
	uint32_t field;             /* of the line that tells the time, 1-based */
	uint32_t before_s;          /* of intervals that follow each other: the location's last stamp before the hour, or 0 */
	uint8_t told;               /* 1, 2: the pass that the line itself tells; 0: the order of lines does */
	bool stamp_only;            /* the line gives no row; its stamp counts for the others */
	int64_t cell[GPQ_MAX_CELLS];
};

struct gpq_repeats;

/* Room for the rows of an hour of hours or quarters, or, where 'short_intervals', for those of twice 15 runs of 800 generators, or
 * twice 12 intervals of 1,300 nodes. */
size_t gpq_repeats_need(bool short_intervals);
GPQ_MUST_USE enum gpq_status gpq_repeats_open(struct gpq_budget *budget, bool short_intervals, struct gpq_repeats **out,
                                              struct gpq_error *err);

/* Whether rows of the dataset need the greater room. Prices of services are few: 11 zones, 5 products and 30 runs are 1,650. */
bool gpq_repeats_are_short(const struct gpq_dataset *dataset);
void gpq_repeats_close(struct gpq_repeats *repeats);

/* gpq_repeats_hold() keeps a row and a copy of its line. False where there is no room: the caller rejects the line, and
 * gpq_repeats_refusal() says why the input is not to be used. */
bool gpq_repeats_hold(struct gpq_repeats *repeats, const struct gpq_repeat *row, const struct gpq_bad_line *line);

/* gpq_repeats_mark() notes that the input marks second passes: what it does not mark is the first one. */
void gpq_repeats_mark(struct gpq_repeats *repeats);

/*
 * gpq_repeats_resolve() hands every row held on to 'receiver', as a row of output 0 or as a line that is rejected, which it counts,
 * and holds none afterwards.
 * Errors: those of the receiver.
 */
GPQ_MUST_USE enum gpq_status gpq_repeats_resolve(struct gpq_repeats *repeats, const struct gpq_dataset *output,
                                                 const struct gpq_line_receiver *receiver, struct gpq_line_counts *counts,
                                                 struct gpq_error *err);

/* A sentence, with figures, where an input had more rows than there is room for; NULL: all is well. */
const char *gpq_repeats_refusal(struct gpq_repeats *repeats);

/* Whether any row is held; gpq_repeats_clear() drops them all. */
bool gpq_repeats_any(const struct gpq_repeats *repeats);
void gpq_repeats_clear(struct gpq_repeats *repeats);

#endif
