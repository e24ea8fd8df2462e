// SPDX-License-Identifier: MIT
/* Stamps by table and, in every spelling, against libc's timegm(); the calendar day by day. */
#include "value/instant.h"

#include "padded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static uint64_t random_state = 362436069u;

static unsigned random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % limit;
}

/* The text alone in its block: nothing behind it may be read. */
static enum gpq_reject stamp_parse(const char *text, struct gpq_stamp *out)
{
	size_t len = strlen(text);
	char *block = malloc(len ? len : 1);
	if (len)
		memcpy(block, text, len);
	enum gpq_reject reason = gpq_value_stamp((struct gpq_text){ block, (uint32_t)len }, out);
	free(block);
	return reason;
}

static void rejected(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"2/29/2023 1:00",
		"2/30/2024 1:00",
		"2/29/1900 1:00",
		"4/31/2024 1:00",
		"13/1/2024 1:00",
		"0/1/2024 1:00",
		"1/0/2024 1:00",
		"1/32/2024 1:00",
		"2024-13-01 00:00",
		"2024-00-01 00:00",
		"2024-02-30 00:00",
		"7/1/2023 13:00:00 PM",
		"7/1/2023 0:00:00 AM",
		"7/1/2023 24:00:00 AM",
		"7/1/2023 4:00:60 AM",
		"7/1/2023 4:60:00",
		"7/1/2023 25:00",
		"7/1/2023 24:01",
		"7/1/2023 24:00:01",
		"7/1/2023 24:00:00.5",
		"7/1/2023 24:00:00.0000001",
		"2023-07-01T04:00:60",
		"7/1/2023 4:00:00 XM",
		"7/1/2023 4:00:00 A",
		"7/1/2023 4:00:00 AMM",
		"7/1/2023 4:00:00 AM Z",
		"7/1/2023",
		"2023-07-01",
		"2023-07-01T",
		"4:00",
		"7/1/2023 4",
		"7/1/2023 4:0",
		"7/1/2023 4:00:0",
		"7/1/2023 4:00:00.",
		"7/1/2023 4:00.5",
		"7/1/202 4:00",
		"7/1/20233 4:00",
		"7/1/3 4:00",
		"7-1-2023 4:00",
		"2023/07-01 04:00",
		"2023-07/01 04:00",
		"7/1-2023 4:00",
		"20230701 04:00",
		"2023-07-01TT04:00",
		"2023-07-01T 04:00",
		"2023-07-0104:00",
		"2023-07-01T04:00+5",
		"2023-07-01T04:00+05",
		"2023-07-01T04:00+05:0",
		"2023-07-01T04:00+24:00",
		"2023-07-01T04:00+05:60",
		"2023-07-01T04:00 +",
		"2023-07-01T04:00ZZ",
		"2023-07-01T04:00Z+00:00",
		"2023-07-01T04:00x",
		"7/1/2023 -4:00",
		"-7/1/2023 4:00",
		"7//2023 4:00",
		"/1/2023 4:00",
		"7/1/2023 4:00 4:00",
		"x",
		"nulls",
		"123/1/2023 1:00",
		"007/1/2023 1:00",
		"7/001/2023 1:00",
		"2023-7-001 1:00",
		"7/1/2023 004:00",
		"1688184000",
		"7/1/2023, 4:00:00 AM",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct gpq_stamp stamp = { .civil_s = 77 };
		if (stamp_parse(texts[i], &stamp) != GPQ_REJECT_STAMP)
			fail_msg("'%s' is accepted", texts[i]);
		assert_int_equal(stamp.civil_s, 77);
	}
}

static void missing(void **state)
{
	(void)state;
	static const char *const texts[] = { "", " ", "\t ", "null", "NULL", " Null " };
	struct gpq_stamp stamp = { .civil_s = 77 };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(stamp_parse(texts[i], &stamp), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(gpq_value_stamp((struct gpq_text){ NULL, 0 }, &stamp), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(stamp.civil_s, 77);
}

/* Expected seconds are those of `date -u -d ... +%s`. */
static void spellings(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct gpq_stamp stamp;
	} cases[] = {
		{ "7/1/2023 4:00:00 AM", { 1688184000, 0, false, 0 } },
		{ "7/1/2023 12:00:00 AM", { 1688169600, 0, false, 0 } },
		{ "7/1/2023 12:00:00 PM", { 1688212800, 0, false, 0 } },
		{ "7/1/2023 11:59:59 pm", { 1688255999, 0, false, 0 } },
		{ "7/1/2023 4:00AM", { 1688184000, 0, false, 0 } },
		{ "07/01/2023 04:00", { 1688184000, 0, false, 0 } },
		{ "7/1/2023 4:00", { 1688184000, 0, false, 0 } },
		{ "7/1/23 4:00", { 1688184000, 0, false, 0 } },
		{ "  7/1/2023   4:00\t", { 1688184000, 0, false, 0 } },
		{ "07/01/2023 04:00:00", { 1688184000, 0, false, 0 } },
		{ "2023-07-01T04:00:00", { 1688184000, 0, false, 0 } },
		{ "2023-07-01 04:00", { 1688184000, 0, false, 0 } },
		{ "2023-7-1 4:00", { 1688184000, 0, false, 0 } },
		{ "2023/07/01 04:00:00", { 1688184000, 0, false, 0 } },
		{ "2023-07-01T04:00:00Z", { 1688184000, 0, true, 0 } },
		{ "2023-07-01T04:00Z", { 1688184000, 0, true, 0 } },
		{ "2023-07-01T04:00:00-00:00", { 1688184000, 0, true, 0 } },
		{ "2023-07-01T04:00:00-05:00", { 1688184000, 0, true, -18000 } },
		{ "2023-07-01 04:00:00-0530", { 1688184000, 0, true, -19800 } },
		{ "2023-07-01 04:00:00 +14:00", { 1688184000, 0, true, 50400 } },
		{ "2023-07-01T04:00:00.5", { 1688184000, 500000, false, 0 } },
		{ "2023-07-01T04:00:00.123456999Z", { 1688184000, 123456, true, 0 } },
		{ "2023-07-01T04:00:00.000001", { 1688184000, 1, false, 0 } },
		{ "6/30/2023 24:00", { 1688169600, 0, false, 0 } },
		{ "06/30/2023 24:00:00", { 1688169600, 0, false, 0 } },
		{ "2023-06-30T24:00:00.000Z", { 1688169600, 0, true, 0 } },
		{ "12/31/2023 24:00", { 1704067200, 0, false, 0 } },
		{ "2/29/2024 0:00", { 1709164800, 0, false, 0 } },
		{ "2000-02-29 00:00", { 951782400, 0, false, 0 } },
		{ "1969-12-31T23:59:59", { -1, 0, false, 0 } },
		{ "0001-01-01T00:00:00", { INT64_C(-62135596800), 0, false, 0 } },
		{ "9999-12-31T23:59:59", { INT64_C(253402300799), 0, false, 0 } },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_stamp stamp = { 0 };
		enum gpq_reject reason = stamp_parse(cases[i].text, &stamp);
		const struct gpq_stamp *want = &cases[i].stamp;
		if (reason != GPQ_REJECT_NONE || stamp.civil_s != want->civil_s ||
		    stamp.fraction_us != want->fraction_us || stamp.has_offset != want->has_offset ||
		    stamp.offset_s != want->offset_s)
			fail_msg("'%s': %d, %lld", cases[i].text, reason, (long long)stamp.civil_s);
	}
}

static void random_as_timegm(void **state)
{
	(void)state;
	for (int i = 0; i < 400000; i++) {
		struct tm tm = { .tm_year = (int)random_below(300) + 0,
				 .tm_mon = (int)random_below(12),
				 .tm_mday = 1 + (int)random_below(31),
				 .tm_hour = (int)random_below(24),
				 .tm_min = (int)random_below(60),
				 .tm_sec = (int)random_below(60) };
		struct tm copy = tm;
		int64_t expected = timegm(&copy);
		bool exists = copy.tm_mday == tm.tm_mday && copy.tm_mon == tm.tm_mon;
		int year = tm.tm_year + 1900, month = tm.tm_mon + 1, half = tm.tm_hour % 12 ? tm.tm_hour % 12 : 12;
		char texts[4][64];
		snprintf(texts[0], 64, "%d/%d/%d %d:%02d:%02d %s", month, tm.tm_mday, year, half, tm.tm_min, tm.tm_sec,
			 tm.tm_hour < 12 ? "AM" : "PM");
		snprintf(texts[1], 64, "%02d/%02d/%04d %02d:%02d:%02d", month, tm.tm_mday, year, tm.tm_hour, tm.tm_min,
			 tm.tm_sec);
		snprintf(texts[2], 64, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec);
		snprintf(texts[3], 64, "%04d-%02d-%02d %02d:%02d:%02d.%03u+00:00", year, month, tm.tm_mday, tm.tm_hour,
			 tm.tm_min, tm.tm_sec, random_below(1000));
		for (int k = 0; k < 4; k++) {
			struct gpq_stamp stamp = { 0 };
			enum gpq_reject reason = stamp_parse(texts[k], &stamp);
			if (reason != (exists ? GPQ_REJECT_NONE : GPQ_REJECT_STAMP) ||
			    (exists && stamp.civil_s != expected))
				fail_msg("'%s': %d, %lld", texts[k], reason, (long long)stamp.civil_s);
		}
	}
}

/* Every day of the years -9999..9999, counted one by one. */
static void days_one_by_one(void **state)
{
	(void)state;
	static const uint32_t lengths[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t days =
	    -4371587; /* Python: date(1, 1, 1).toordinal() less 25 * 146097, less date(1970, 1, 1).toordinal() */
	for (int32_t year = -9999; year <= 9999; year++)
		for (uint32_t month = 1; month <= 12; month++) {
			bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
			uint32_t length = lengths[month] + (month == 2 && leap);
			for (uint32_t day = 1; day <= length; day++, days++) {
				int32_t seen_year;
				uint32_t seen_month, seen_day;
				gpq_civil_of_days(days, &seen_year, &seen_month, &seen_day);
				if (gpq_days_of_civil(year, month, day) != days || seen_year != year ||
				    seen_month != month || seen_day != day)
					fail_msg("%d-%u-%u", year, month, day);
			}
		}
	assert_int_equal(days, 2932897); /* 10000-01-01 */
	assert_int_equal(gpq_days_of_civil(1970, 1, 1), 0);
}

static void printed(void **state)
{
	(void)state;
	char out[24], expected[64];
	assert_string_equal(gpq_stamp_print(1719849600, out), "2024-07-01T16:00:00Z");
	assert_string_equal(gpq_stamp_print(0, out), "1970-01-01T00:00:00Z");
	assert_string_equal(gpq_stamp_print(-1, out), "1969-12-31T23:59:59Z");
	assert_string_equal(gpq_stamp_print(INT64_MAX, out), "9999-12-31T23:59:59Z");
	assert_string_equal(gpq_stamp_print(INT64_MIN, out), "-9999-01-01T00:00:00Z");
	for (int i = 0; i < 100000; i++) {
		time_t at = (time_t)random_below(2000000000) * (random_below(2) ? 3 : -1);
		struct tm tm;
		gmtime_r(&at, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_string_equal(gpq_stamp_print(at, out), expected);
	}
}

static enum gpq_reject date_parse(const char *text, int32_t *out)
{
	size_t len = strlen(text);
	char *block = malloc(len ? len : 1);
	if (len)
		memcpy(block, text, len);
	enum gpq_reject reason = gpq_value_date((struct gpq_text){ block, (uint32_t)len }, out);
	free(block);
	return reason;
}

/* 2019-03-10 is day 17965: Python's (date(2019, 3, 10) - date(1970, 1, 1)).days. */
static void dates(void **state)
{
	(void)state;
	static const char *const good[] = { "3/10/2019",  "03/10/2019", " 03/10/2019 ",	   "2019-03-10",	  "2019/03/10",
					    "3/10/19",	  "3/10/2019 0:00", "2019-03-10 00:00:00", "2019-03-10T00:00:00",
					    "3/10/2019 12:00:00 AM" };
	static const char *const bad[] = { "3/32/2019",	 "13/1/2019",	   "2/29/2019", "3/10", "20190310",	   "3/10/2019x",
					   "3/10/2019 1:00", "2019-03-10T00:00:00Z", "3/10/2019 00:00:00.5", "A", "3/9/2019 24:00" };
	int32_t day;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		day = -1;
		assert_int_equal(date_parse(good[i], &day), GPQ_REJECT_NONE);
		assert_int_equal(day, 17965);
	}
	day = -1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(date_parse(bad[i], &day), GPQ_REJECT_STAMP);
	assert_int_equal(date_parse("", &day), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(date_parse("  ", &day), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(date_parse("null", &day), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(day, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rejected),         cmocka_unit_test(missing),         cmocka_unit_test(spellings),
		cmocka_unit_test(random_as_timegm), cmocka_unit_test(days_one_by_one), cmocka_unit_test(printed),
		cmocka_unit_test(dates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
