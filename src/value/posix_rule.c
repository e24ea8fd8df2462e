// SPDX-License-Identifier: MIT
#include "value/posix_rule.h"
#include "value/instant.h"

#define DAY_S 86400

struct cursor {
	const char *p, *end;
};

static bool cursor_take(struct cursor *cursor, char c)
{
	if (cursor->p == cursor->end || *cursor->p != c)
		return false;
	cursor->p++;
	return true;
}

/* One to three digits within least..most. */
static bool number_take(struct cursor *cursor, unsigned least, unsigned most, unsigned *out)
{
	const char *begin = cursor->p;
	unsigned value = 0;
	while (cursor->p < cursor->end && cursor->p - begin < 3 && (unsigned char)(*cursor->p - '0') <= 9)
		value = value * 10 + (unsigned)(*cursor->p++ - '0');
	*out = value;
	return cursor->p > begin && value >= least && value <= most;
}

/* Three letters or more, or <letters, digits, signs>. */
static bool name_take(struct cursor *cursor)
{
	bool quoted = cursor_take(cursor, '<');
	const char *begin = cursor->p;
	for (; cursor->p < cursor->end; cursor->p++) {
		char c = *cursor->p;
		bool letter = (unsigned char)((c | 32) - 'a') < 26;
		bool other = (unsigned char)(c - '0') <= 9 || c == '+' || c == '-';
		if (!letter && !(quoted && other))
			break;
	}
	return cursor->p - begin >= 3 && (!quoted || cursor_take(cursor, '>'));
}

/* [+-]h[:m[:s]] in seconds. */
static bool time_take(struct cursor *cursor, unsigned most_hours, int32_t *out_s)
{
	bool negative = cursor_take(cursor, '-');
	unsigned hours, minutes = 0, seconds = 0;
	if (!negative)
		cursor_take(cursor, '+');
	if (!number_take(cursor, 0, most_hours, &hours))
		return false;
	if (cursor_take(cursor, ':')) {
		if (!number_take(cursor, 0, 59, &minutes))
			return false;
		if (cursor_take(cursor, ':') && !number_take(cursor, 0, 59, &seconds))
			return false;
	}
	int32_t time_s = (int32_t)(hours * 3600 + minutes * 60 + seconds);
	*out_s = negative ? -time_s : time_s;
	return true;
}

static bool day_take(struct cursor *cursor, struct gpq_rule_day *out)
{
	unsigned month = 0, week = 0, day;
	if (!cursor_take(cursor, ','))
		return false;
	if (cursor_take(cursor, 'M')) {
		out->kind = GPQ_RULE_WEEKDAY;
		if (!number_take(cursor, 1, 12, &month) || !cursor_take(cursor, '.') ||
		    !number_take(cursor, 1, 5, &week) || !cursor_take(cursor, '.') || !number_take(cursor, 0, 6, &day))
			return false;
	} else if (cursor_take(cursor, 'J')) {
		out->kind = GPQ_RULE_NO_LEAP;
		if (!number_take(cursor, 1, 365, &day))
			return false;
	} else {
		out->kind = GPQ_RULE_ZERO_DAY;
		if (!number_take(cursor, 0, 365, &day))
			return false;
	}
	out->month = (uint16_t)month;
	out->week = (uint16_t)week;
	out->day = (uint16_t)day;
	out->time_s = 2 * 3600; /* where none stands there (POSIX) */
	return !cursor_take(cursor, '/') || time_take(cursor, 167, &out->time_s);
}

bool gpq_posix_rule_parse(const char *bytes, size_t len, struct gpq_posix_rule *out)
{
	struct cursor cursor = { bytes, bytes + len };
	struct gpq_posix_rule rule = { 0 };
	/* the text gives UTC minus local */
	if (!name_take(&cursor) || !time_take(&cursor, 24, &rule.standard_s))
		return false;
	rule.standard_s = -rule.standard_s;
	rule.summer_s = rule.standard_s + 3600;
	if (cursor.p < cursor.end) {
		rule.has_summer = true;
		if (!name_take(&cursor))
			return false;
		if (cursor.p < cursor.end && *cursor.p != ',') {
			if (!time_take(&cursor, 24, &rule.summer_s))
				return false;
			rule.summer_s = -rule.summer_s;
		}
		if (!day_take(&cursor, &rule.start) || !day_take(&cursor, &rule.end) || cursor.p != cursor.end)
			return false;
	}
	*out = rule;
	return true;
}

/* Wall-clock seconds since 1970 of a rule's day and time in a year. */
static int64_t day_civil_s(const struct gpq_rule_day *rule, int32_t year)
{
	int32_t first = gpq_days_of_civil(year, 1, 1), next = gpq_days_of_civil(year + 1, 1, 1);
	int32_t day = first + rule->day;
	if (rule->kind == GPQ_RULE_NO_LEAP) {
		day = first + rule->day - 1 + (next - first == 366 && rule->day >= 60);
	} else if (rule->kind == GPQ_RULE_WEEKDAY) {
		first = gpq_days_of_civil(year, rule->month, 1);
		next = rule->month == 12 ? next : gpq_days_of_civil(year, rule->month + 1u, 1);
		int32_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
		day = first + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
		while (day >= next)
			day -= 7;
	}
	return (int64_t)day * DAY_S + rule->time_s;
}

struct gpq_zone_span gpq_posix_rule_span(const struct gpq_posix_rule *rule, int64_t utc_s)
{
	struct gpq_zone_span span = { rule->standard_s, INT64_MAX };
	if (!rule->has_summer || utc_s > GPQ_RULE_REACH_S || utc_s < -GPQ_RULE_REACH_S)
		return span;
	int64_t local_s = utc_s + rule->standard_s;
	int32_t year;
	uint32_t month, day;
	gpq_civil_of_days((int32_t)((local_s >= 0 ? local_s : local_s - (DAY_S - 1)) / DAY_S), &year, &month, &day);

	/* A time of 167 hours moves a change by a week into the neighbouring year, so two years on either side are
	 * enough. */
	int64_t last_s = INT64_MIN;
	for (int32_t y = year - 2; y <= year + 2; y++) {
		int64_t end_s = day_civil_s(&rule->end, y) - rule->summer_s;
		int64_t start_s = day_civil_s(&rule->start, y) - rule->standard_s;
		/* where summer ends as the next begins, it has not ended: the start counts last */
		if (end_s <= utc_s && end_s > last_s) {
			last_s = end_s;
			span.offset_s = rule->standard_s;
		}
		if (start_s <= utc_s && start_s >= last_s) {
			last_s = start_s;
			span.offset_s = rule->summer_s;
		}
		if (end_s > utc_s && end_s < span.end_s)
			span.end_s = end_s;
		if (start_s > utc_s && start_s < span.end_s)
			span.end_s = start_s;
	}
	return span;
}
