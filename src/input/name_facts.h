/*
 * input/name_facts.h - what the names of an input tell of its prices: how final they are, when they were published, of which
 * day they are (RULES 3 and 21).
 * Memory: none.      Threads: any.
 */
#ifndef GPQ_INPUT_NAME_FACTS_H
#define GPQ_INPUT_NAME_FACTS_H

#include "market/market.h"

/*
 * gpq_name_finality() looks for the market's words in any case: in the base name; those that are names of folders also in the
 * path as it was found. The most final one counts; without any it is unmarked.
 */
enum gpq_finality gpq_name_finality(const struct gpq_market *market, struct gpq_text base, struct gpq_text path);

/* gpq_name_published_s() gives the publish stamp of a name ("file.zip!inner.zip!member.csv"): the member's own, else that of the
 * archive nearest to it. Seconds since 1970 as if its clock were UTC: good for comparing. 0: no name has one. */
uint32_t gpq_name_published_s(const struct gpq_market *market, struct gpq_text name);

/* gpq_name_day() reads the YYYYMMDD that a base name begins with: days since 1970-01-01. False where it begins otherwise. */
bool gpq_name_day(struct gpq_text base, int32_t *out_day);

/* gpq_name_next() takes the last part of '*name' off: parts stand between '!', the input's own last. Null behind the first. */
struct gpq_text gpq_name_next(struct gpq_text *name);

#endif
