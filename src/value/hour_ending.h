/*
 * value/hour_ending.h - times that are told as a delivery date and the hour that ends, by a wall clock, to instants.
 *
 * The hour ending n of a date goes from n - 1 to n o'clock. Of an hour that the clock passes twice a mark says which pass is
 * meant, the first without it: a flag beside the hour, or a letter behind it. Memory: none.      Threads: any.
 */
#ifndef GPQ_VALUE_HOUR_ENDING_H
#define GPQ_VALUE_HOUR_ENDING_H

#include "table/reject.h"
#include "table/text.h"
#include "value/zone.h"

struct gpq_hour_ending {
	uint8_t hour;     /* 1..24 */
	bool second_pass; /* marked as that: "02X", "02*" */
};

/* gpq_value_hour_ending() reads "1".."24", padded or not, with ":00" or a mark behind it or not; blanks around are accepted.
 * GPQ_REJECT_STAMP_MISSING for empty and "null"; GPQ_REJECT_STAMP for what is no hour. */
enum gpq_reject gpq_value_hour_ending(struct gpq_text text, struct gpq_hour_ending *out);

/* gpq_value_flag() reads "Y", "N", "true", "false", "1", "0" in any case; empty and "null" are no. GPQ_REJECT_REPEATED for
 * anything else. */
enum gpq_reject gpq_value_flag(struct gpq_text text, bool *out);

/* gpq_value_clock() reads which of the Eastern clocks a time is by, "EDT" or "EST" in any case: local minus UTC. Empty and "null"
 * tell none. GPQ_REJECT_REPEATED for anything else. */
enum gpq_reject gpq_value_clock(struct gpq_text text, int32_t *out_offset_s, bool *out_told);

/*
 * gpq_hour_ending_instant() gives the instant 'within_s' seconds after the hour ending 'ending->hour' of 'day' begins.
 * GPQ_REJECT_STAMP: the wall clock skips it. GPQ_REJECT_REPEATED: a second pass of what it passes once (RULES 9).
 */
enum gpq_reject gpq_hour_ending_instant(const struct gpq_zone *zone, int32_t day, const struct gpq_hour_ending *ending,
                                        uint32_t within_s, int64_t *out_utc_s);

#endif
