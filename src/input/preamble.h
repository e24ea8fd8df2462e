/*
 * input/preamble.h - what the lines above a header say: date, time of publishing, name, how final the prices are.
 * Memory: none; the caller's.      Threads: any.
 */
#ifndef GPQ_INPUT_PREAMBLE_H
#define GPQ_INPUT_PREAMBLE_H

#include "market/market.h"

#define GPQ_NO_DAY   INT32_MIN
#define GPQ_DAYS_END 49709 /* 2106-02-06: instants of days before it fit 32 bits */

struct gpq_preamble {
	int32_t day;          /* delivery date of all rows, days since 1970-01-01; GPQ_NO_DAY: not told, or several */
	uint32_t published_s; /* seconds since 1970 as if its clock were UTC, and daylight saving time; 0: not told */
	enum gpq_finality finality; /* UNMARKED: not told */
	char name[96];              /* the file's own; empty: not told */
};

/* gpq_preamble_read() reads 'count' lines, quotes and all, by the words of a feed. */
void gpq_preamble_read(const struct gpq_market *market, const struct gpq_feed *feed, const struct gpq_text *lines,
		       uint32_t count, struct gpq_preamble *out);

/* Whether the line, or its second field, begins with one of the feed's titles, in any case. */
bool gpq_preamble_has_title(const struct gpq_feed *feed, struct gpq_text line);

/* Whether the line is one that says that it is of a kind (gpq_record_kind). */
bool gpq_preamble_is_kind(struct gpq_text line, enum gpq_record_kind kind);

#endif
