/*
 * value/posix_rule.h - the rule behind a zone's last transition: "EST5EDT,M3.2.0,M11.1.0" (POSIX TZ, as RFC 8536
 * section 3.3.1 extends it: names in <>, times of -167..167 hours). Memory: none but the struct.      Threads:
 * read-only once parsed.
 */
#ifndef GPQ_VALUE_POSIX_RULE_H
#define GPQ_VALUE_POSIX_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gpq_rule_kind {
	GPQ_RULE_WEEKDAY,  /* Mm.w.d: the w-th (5: last) weekday d of month m */
	GPQ_RULE_NO_LEAP,  /* Jn: day 1..365, 29 February never counted */
	GPQ_RULE_ZERO_DAY, /* n: day 0..365 */
};

/* A day of each year and the wall-clock time of it, by the clock that ends there. */
struct gpq_rule_day {
	enum gpq_rule_kind kind;
	uint16_t month, week, day;
	int32_t time_s;
};

struct gpq_posix_rule {
	int32_t standard_s, summer_s; /* local minus UTC */
	bool has_summer;
	struct gpq_rule_day start, end; /* of summer time */
};

/* From an instant on the offset is 'offset_s', until 'end_s' (INT64_MAX: for good). */
struct gpq_zone_span {
	int32_t offset_s;
	int64_t end_s;
};

/* Beyond this distance from 1970 (about the years 10900 and -7000) the rule's standard time holds. */
#define GPQ_RULE_REACH_S INT64_C(283000000000)

/* gpq_posix_rule_parse() reads 'len' bytes; false for what is no such rule, '*out' untouched. */
bool gpq_posix_rule_parse(const char *bytes, size_t len, struct gpq_posix_rule *out);

/* gpq_posix_rule_span() is the offset at an instant and when it may next change. */
struct gpq_zone_span gpq_posix_rule_span(const struct gpq_posix_rule *rule, int64_t utc_s);

#endif
