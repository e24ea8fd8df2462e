/*
 * value/zone.h - wall clocks, from the system's tz database (RFC 8536 files, TZif version 2 and later, with their
 * footer rule). Memory: the transitions of one zone, from the budget (at most 64 KiB).      Threads: a zone is
 * read-only once open.
 */
#ifndef GPQ_VALUE_ZONE_H
#define GPQ_VALUE_ZONE_H

#include "base/budget.h"

struct gpq_zone;

/* gpq_zone_open() reads a zone such as "America/New_York" from /usr/share/zoneinfo; no variable changes that place.
 * Errors: GPQ_E_USAGE (no name of a zone), GPQ_E_SYSTEM (not there: says to install tzdata), GPQ_E_DATA (no TZif),
 * GPQ_E_BUDGET. Owner: caller. */
GPQ_MUST_USE enum gpq_status gpq_zone_open(struct gpq_budget *budget, const char *name, struct gpq_zone **out,
					   struct gpq_error *err);
void gpq_zone_close(struct gpq_zone *zone);

/* gpq_zone_parse() makes a zone of a file's bytes, which are trusted in nothing. 'name' is for messages.
 * Errors: GPQ_E_DATA, GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_zone_parse(struct gpq_budget *budget, const char *name, const uint8_t *bytes,
					    size_t len, struct gpq_zone **out, struct gpq_error *err);

/* Local minus UTC, in seconds, at an instant. The calls below are good for years -6999..9999. */
int32_t gpq_zone_offset_s(const struct gpq_zone *zone, int64_t utc_s);

/* gpq_zone_instants() gives the instants at which the wall clock shows 'civil_s': none (skipped), one, or two
 * (repeated), earlier first. Returns how many. */
int gpq_zone_instants(const struct gpq_zone *zone, int64_t civil_s, int64_t out_utc_s[2]);

/* gpq_zone_midnight_s() is the instant at which the local day 'days' (since 1970-01-01) begins. */
int64_t gpq_zone_midnight_s(const struct gpq_zone *zone, int32_t days);

#endif
