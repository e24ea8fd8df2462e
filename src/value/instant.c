// SPDX-License-Identifier: MIT
#include "value/instant.h"

#define DAY_S 86400

/* Where the reading of a text has come to. */
struct cursor {
	const char *p, *end;
};

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool cursor_take(struct cursor *cursor, char c)
{
	if (cursor->p == cursor->end || *cursor->p != c)
		return false;
	cursor->p++;
	return true;
}

static inline void blanks_skip(struct cursor *cursor)
{
	while (cursor->p < cursor->end && is_blank(*cursor->p))
		cursor->p++;
}

/* At most 'most' digits; returns how many. */
static inline unsigned digits_take(struct cursor *cursor, unsigned most, unsigned *out)
{
	const char *begin = cursor->p, *end = cursor->end;
	if ((size_t)(end - begin) > most)
		end = begin + most;
	unsigned value = 0;
	const char *p = begin;
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
		value = value * 10 + (unsigned)(*p - '0');
	cursor->p = p;
	*out = value;
	return (unsigned)(p - begin);
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month == 2 && leap ? 29 : days[month];
}

/* "M/D/YYYY", "M/D/YY" (a two-digit year is 20yy), "YYYY-MM-DD", "YYYY/MM/DD". */
static bool date_scan(struct cursor *cursor, int32_t *out_days)
{
	unsigned a, b, c, n_a, n_b, n_c;
	n_a = digits_take(cursor, 4, &a);
	bool dashed = cursor_take(cursor, '-');
	if (!n_a || n_a == 3 || (!dashed && !cursor_take(cursor, '/')))
		return false;
	n_b = digits_take(cursor, 2, &b);
	if (!n_b || !cursor_take(cursor, dashed ? '-' : '/'))
		return false;
	n_c = digits_take(cursor, n_a == 4 ? 2 : 4, &c);
	unsigned year, month, day;
	if (n_a == 4) {
		year = a, month = b, day = c;
		if (!n_c)
			return false;
	} else {
		year = n_c == 2 ? 2000 + c : c, month = a, day = b;
		if (dashed || (n_c != 4 && n_c != 2))
			return false;
	}
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*out_days = gpq_days_of_civil((int32_t)year, month, day);
	return true;
}

/* A time of day. */
struct clock {
	unsigned hour, minute, second, fraction_us;
	bool fraction_zero;
};

/* "H:MM", "HH:MM:SS", "HH:MM:SS.ffffff": the hour as written, 0..24. */
static bool clock_scan(struct cursor *cursor, struct clock *out)
{
	struct clock clock = { .fraction_zero = true };
	if (!digits_take(cursor, 2, &clock.hour) || !cursor_take(cursor, ':') ||
	    digits_take(cursor, 2, &clock.minute) != 2)
		return false;
	if (cursor_take(cursor, ':')) {
		if (digits_take(cursor, 2, &clock.second) != 2)
			return false;
		if (cursor_take(cursor, '.')) {
			unsigned n = digits_take(cursor, 6, &clock.fraction_us), digit;
			if (!n)
				return false;
			for (; n < 6; n++)
				clock.fraction_us *= 10;
			clock.fraction_zero = clock.fraction_us == 0;
			while (digits_take(cursor, 1, &digit))
				clock.fraction_zero &= digit == 0;
		}
	}
	*out = clock;
	return clock.hour <= 24 && clock.minute <= 59 && clock.second <= 59;
}

/* "AM" or "PM" (any case) moves the hour, which must be 1..12. Sets '*out_seen' where one stands there. */
static bool half_scan(struct cursor *cursor, unsigned *hour, bool *out_seen)
{
	*out_seen = false;
	if (cursor->end - cursor->p < 2 || (cursor->p[1] | 32) != 'm')
		return true;
	char half = cursor->p[0] | 32;
	if (half != 'a' && half != 'p')
		return true;
	if (*hour < 1 || *hour > 12)
		return false;
	*hour = *hour % 12 + (half == 'p' ? 12 : 0);
	cursor->p += 2;
	*out_seen = true;
	return true;
}

/* "Z", "+HH:MM", "-HHMM". */
static bool offset_scan(struct cursor *cursor, int32_t *out_s)
{
	if (cursor_take(cursor, 'Z') || cursor_take(cursor, 'z')) {
		*out_s = 0;
		return true;
	}
	bool negative = cursor_take(cursor, '-');
	unsigned hours, minutes;
	if (!negative && !cursor_take(cursor, '+'))
		return false;
	if (digits_take(cursor, 2, &hours) != 2)
		return false;
	cursor_take(cursor, ':');
	if (digits_take(cursor, 2, &minutes) != 2 || hours > 23 || minutes > 59)
		return false;
	int32_t offset_s = (int32_t)(hours * 3600 + minutes * 60);
	*out_s = negative ? -offset_s : offset_s;
	return true;
}

static bool stamp_scan(struct cursor *cursor, struct gpq_stamp *out)
{
	int32_t days;
	struct clock clock;
	if (!date_scan(cursor, &days))
		return false;
	const char *gap = cursor->p;
	if (!cursor_take(cursor, 'T') && !cursor_take(cursor, 't'))
		blanks_skip(cursor);
	if (cursor->p == gap || !clock_scan(cursor, &clock))
		return false;
	struct gpq_stamp stamp = { .fraction_us = clock.fraction_us };
	bool halved = false;
	if (cursor->p < cursor->end) {
		blanks_skip(cursor);
		if (!half_scan(cursor, &clock.hour, &halved))
			return false;
		if (!halved) {
			if (!offset_scan(cursor, &stamp.offset_s))
				return false;
			stamp.has_offset = true;
		}
	}
	if (cursor->p != cursor->end)
		return false;
	if (clock.hour == 24 && (clock.minute || clock.second || !clock.fraction_zero))
		return false;
	stamp.civil_s = (int64_t)days * DAY_S + clock.hour * 3600 + clock.minute * 60 + clock.second;
	*out = stamp;
	return true;
}

static bool is_null(const struct cursor *cursor)
{
	const char *p = cursor->p;
	return cursor->end - p == 4 && (p[0] | 32) == 'n' && (p[1] | 32) == 'u' && (p[2] | 32) == 'l' && (p[3] | 32) == 'l';
}

/* What stands between blanks. */
static struct cursor cursor_of(struct gpq_text text)
{
	struct cursor cursor = { text.bytes, text.bytes ? text.bytes + text.len : NULL };
	blanks_skip(&cursor);
	while (cursor.p < cursor.end && is_blank(cursor.end[-1]))
		cursor.end--;
	return cursor;
}

enum gpq_reject gpq_value_stamp(struct gpq_text text, struct gpq_stamp *out)
{
	struct cursor cursor = cursor_of(text);
	if (cursor.p == cursor.end || is_null(&cursor))
		return GPQ_REJECT_STAMP_MISSING;
	return stamp_scan(&cursor, out) ? GPQ_REJECT_NONE : GPQ_REJECT_STAMP;
}

enum gpq_reject gpq_value_date(struct gpq_text text, int32_t *out_days)
{
	struct cursor cursor = cursor_of(text), whole = cursor;
	struct gpq_stamp stamp;
	int32_t days;
	if (cursor.p == cursor.end || is_null(&cursor))
		return GPQ_REJECT_STAMP_MISSING;
	if (!date_scan(&cursor, &days))
		return GPQ_REJECT_STAMP;
	if (cursor.p != cursor.end && (!stamp_scan(&whole, &stamp) || stamp.has_offset || stamp.fraction_us ||
	                               stamp.civil_s != (int64_t)days * DAY_S))
		return GPQ_REJECT_STAMP;
	*out_days = days;
	return GPQ_REJECT_NONE;
}

/*
 * Years are counted from March, so that the leap day is the last of its year and the months before it have the lengths
 * 31 30 31 30 31 that (153 m + 2) / 5 adds up; 400 such years are 146,097 days. 719,468 days lie between 0000-03-01 and
 * 1970-01-01. The idea is in Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
int32_t gpq_days_of_civil(int32_t year, uint32_t month, uint32_t day)
{
	year -= month <= 2;
	int32_t cycle = (year >= 0 ? year : year - 399) / 400;
	int32_t year_in_cycle = year - cycle * 400;
	int32_t day_in_year = (153 * (int32_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + (int32_t)day - 1;
	return cycle * 146097 + year_in_cycle * 365 + year_in_cycle / 4 - year_in_cycle / 100 + day_in_year - 719468;
}

void gpq_civil_of_days(int32_t days, int32_t *out_year, uint32_t *out_month, uint32_t *out_day)
{
	int64_t since_march = (int64_t)days + 719468;
	int64_t cycle = (since_march >= 0 ? since_march : since_march - 146096) / 146097;
	int32_t day_in_cycle = (int32_t)(since_march - cycle * 146097);
	/* take out the leap days before: one in 1,461 days, but not in 36,525, but in 146,097 */
	int32_t year_in_cycle =
	    (day_in_cycle - day_in_cycle / 1460 + day_in_cycle / 36524 - day_in_cycle / 146096) / 365;
	int32_t day_in_year = day_in_cycle - (365 * year_in_cycle + year_in_cycle / 4 - year_in_cycle / 100);
	int32_t month_in_year = (5 * day_in_year + 2) / 153;
	*out_day = (uint32_t)(day_in_year - (153 * month_in_year + 2) / 5 + 1);
	*out_month = (uint32_t)(month_in_year < 10 ? month_in_year + 3 : month_in_year - 9);
	*out_year = (int32_t)(cycle * 400) + year_in_cycle + (*out_month <= 2);
}

static char *two_print(char *p, unsigned value, char behind)
{
	*p++ = (char)('0' + value / 10);
	*p++ = (char)('0' + value % 10);
	*p++ = behind;
	return p;
}

char *gpq_stamp_print(int64_t utc_s, char out[24])
{
	/* -9999-01-01 and 9999-12-31: what four digits can say */
	static const int64_t least_s = INT64_C(-377705116800), most_s = INT64_C(253402300799);
	utc_s = utc_s < least_s ? least_s : utc_s > most_s ? most_s : utc_s;
	int64_t days = (utc_s >= 0 ? utc_s : utc_s - (DAY_S - 1)) / DAY_S;
	unsigned second = (unsigned)(utc_s - days * DAY_S);
	int32_t year;
	uint32_t month, day;
	gpq_civil_of_days((int32_t)days, &year, &month, &day);
	char *p = out;
	if (year < 0)
		*p++ = '-';
	unsigned digits = (unsigned)(year < 0 ? -year : year);
	*p++ = (char)('0' + digits / 1000);
	*p++ = (char)('0' + digits / 100 % 10);
	p = two_print(p, digits % 100, '-');
	p = two_print(p, month, '-');
	p = two_print(p, day, 'T');
	p = two_print(p, second / 3600, ':');
	p = two_print(p, second / 60 % 60, ':');
	p = two_print(p, second % 60, 'Z');
	*p = '\0';
	return out;
}
