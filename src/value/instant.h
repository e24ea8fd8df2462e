/*
 * value/instant.h - the text of a time to seconds, and the proleptic Gregorian calendar.
 *
 * Spellings: "M/D/YYYY h:mm:ss AM" (PJM export), "M/D/YYYY H:mm[:ss]" (Excel), "YYYY-MM-DD[T ]HH:MM[:SS[.fraction]]"
 * with an optional "Z", "+HH:MM", "-HHMM" (ISO 8601); "YYYY/MM/DD" (NYISO's custom reports); years of two digits behind
 * M/D are 20yy. Padded or not, but minutes and seconds have two digits; blanks around; "24:00[:00]" is the
 * next midnight. Memory: none.      Threads: any.
 */
#ifndef GPQ_VALUE_INSTANT_H
#define GPQ_VALUE_INSTANT_H

#include "table/reject.h"
#include "table/text.h"

struct gpq_stamp {
	int64_t civil_s;      /* the digits as written, as if they were UTC: seconds since 1970-01-01T00:00:00 */
	uint32_t fraction_us; /* microseconds beyond, truncated */
	bool has_offset;
	int32_t offset_s; /* local minus UTC, where has_offset */
};

/* gpq_value_stamp() parses 'text'. GPQ_REJECT_STAMP_MISSING for empty and "null"; GPQ_REJECT_STAMP for what is no time.
 */
enum gpq_reject gpq_value_stamp(struct gpq_text text, struct gpq_stamp *out);

/* gpq_value_date() parses a date, which may have midnight behind it, to days since 1970-01-01. Reasons as above. */
enum gpq_reject gpq_value_date(struct gpq_text text, int32_t *out_days);

/* Days since 1970-01-01 of a date, and back. Good for years -9999..9999. */
int32_t gpq_days_of_civil(int32_t year, uint32_t month, uint32_t day);
void gpq_civil_of_days(int32_t days, int32_t *out_year, uint32_t *out_month, uint32_t *out_day);

/* gpq_stamp_print() writes seconds since 1970 as "2024-07-01T16:00:00Z" (20 bytes and a NUL) and returns 'out'; times
 * beyond the years -9999..9999 as the nearest within. */
char *gpq_stamp_print(int64_t utc_s, char out[24]);

#endif
