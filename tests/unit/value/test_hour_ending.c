// SPDX-License-Identifier: MIT
/* Hours ending by table; their instants, forward and back, against libc's own reader of the tz database. */
#include "value/hour_ending.h"

#include "value/instant.h"

#include "padded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#define HOUR_S 3600
#define DAY_S  86400

static enum gpq_reject hour_parse(const char *text, struct gpq_hour_ending *out)
{
	size_t len = strlen(text);
	char *block = malloc(len ? len : 1); /* nothing behind it may be read */
	if (len)
		memcpy(block, text, len);
	enum gpq_reject reason = gpq_value_hour_ending((struct gpq_text){ block, (uint32_t)len }, out);
	free(block);
	return reason;
}

static void hours_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int hour;
		bool second_pass;
	} cases[] = {
		{ "1", 1, false },    { "01", 1, false },   { "24", 24, false },     { "01:00", 1, false }, { "24:00", 24, false },
		{ "9:00", 9, false }, { " 7 ", 7, false },  { "\t02X ", 2, true },   { "02*", 2, true },    { "2x", 2, true },
		{ "10", 10, false },  { "20:00", 20, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_hour_ending ending = { 0, false };
		assert_int_equal(hour_parse(cases[i].text, &ending), GPQ_REJECT_NONE);
		assert_int_equal(ending.hour, cases[i].hour);
		assert_int_equal(ending.second_pass, cases[i].second_pass);
	}
}

static void what_is_no_hour_is_refused(void **state)
{
	(void)state;
	static const char *const none[] = { "0",	"00",	  "25",	   "99",  "001",   "1:0",  "1:30", "01:00:00", "1 :00", "X",
					    "02XX", "02 X", "-1", "+1",  "1.0",   ":00",  "02Y", "2*:00",   "1e1",	 "two" };
	struct gpq_hour_ending ending = { 77, true };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(hour_parse(none[i], &ending), GPQ_REJECT_STAMP);
	static const char *const missing[] = { "", "  ", "null", "NULL" };
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		assert_int_equal(hour_parse(missing[i], &ending), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(ending.hour, 77);
}

static void clocks_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t offset_s;
	} told[] = { { "EDT", -14400 }, { "EST", -18000 }, { " est ", -18000 }, { "Edt", -14400 } };
	static const char *const none[] = { "", "  ", "null", "NULL" }, *const wrong[] = { "EPT", "ED", "EDTX", "-4", "CST" };
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		int32_t offset_s = 0;
		bool known = false;
		assert_int_equal(gpq_value_clock(gpq_text_of(told[i].text), &offset_s, &known), GPQ_REJECT_NONE);
		assert_true(known && offset_s == told[i].offset_s);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		int32_t offset_s = 7;
		bool known = true;
		assert_int_equal(gpq_value_clock(gpq_text_of(none[i]), &offset_s, &known), GPQ_REJECT_NONE);
		assert_true(!known && offset_s == 7);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int32_t offset_s = 7;
		bool known = true;
		assert_int_equal(gpq_value_clock(gpq_text_of(wrong[i]), &offset_s, &known), GPQ_REJECT_REPEATED);
		assert_true(known && offset_s == 7);
	}
}

static void flags_are_read(void **state)
{
	(void)state;
	static const char *const yes[] = { "Y", "y", " Y ", "true", "TRUE", "1" };
	static const char *const no[] = { "N", "n", "false", "False", "0", "", "  ", "null" };
	static const char *const neither[] = { "X", "yes", "no", "2", "Y N", "t", "01" };
	bool flag = false;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		flag = false;
		assert_int_equal(gpq_value_flag(gpq_text_of(yes[i]), &flag), GPQ_REJECT_NONE);
		assert_true(flag);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		flag = true;
		assert_int_equal(gpq_value_flag(gpq_text_of(no[i]), &flag), GPQ_REJECT_NONE);
		assert_false(flag);
	}
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		assert_int_equal(gpq_value_flag(gpq_text_of(neither[i]), &flag), GPQ_REJECT_REPEATED);
}

/* What libc's wall clock shows at an instant, as if it were UTC. */
static int64_t civil_of(int64_t utc_s)
{
	time_t at = (time_t)utc_s;
	struct tm tm;
	assert_non_null(localtime_r(&at, &tm));
	return utc_s + tm.tm_gmtoff;
}

static struct gpq_zone *zone_open(struct gpq_budget *budget, const char *name)
{
	struct gpq_zone *zone = NULL;
	gpq_budget_init(budget, (size_t)64 << 10);
	assert_int_equal(gpq_zone_open(budget, name, &zone, NULL), GPQ_OK);
	setenv("TZ", name, 1);
	tzset();
	return zone;
}

/* The hour ending that is quarter 'within' of; back to the instant. */
static void quarter_check(const struct gpq_zone *zone, int64_t utc_s)
{
	int64_t civil = civil_of(utc_s), day = (civil - (civil % DAY_S + DAY_S) % DAY_S) / DAY_S, back = 0;
	uint32_t of_day = (uint32_t)(civil - day * DAY_S);
	struct gpq_hour_ending ending = { (uint8_t)(of_day / HOUR_S + 1), false };
	bool again = civil_of(utc_s - HOUR_S) == civil, before = civil_of(utc_s + HOUR_S) == civil;
	ending.second_pass = again;
	assert_int_equal(gpq_hour_ending_instant(zone, (int32_t)day, &ending, of_day % HOUR_S, &back), GPQ_REJECT_NONE);
	assert_true(back == utc_s);
	if (again || before)
		return;
	ending.second_pass = true; /* of an hour that is passed once */
	assert_int_equal(gpq_hour_ending_instant(zone, (int32_t)day, &ending, of_day % HOUR_S, &back), GPQ_REJECT_REPEATED);
	assert_true(back == utc_s);
	int64_t skipped = civil_of(utc_s + HOUR_S) - civil; /* two hours on where the clock leaps */
	if (skipped == 2 * HOUR_S) {
		struct gpq_hour_ending next = { (uint8_t)(ending.hour + 1), false };
		assert_int_equal(gpq_hour_ending_instant(zone, (int32_t)day, &next, of_day % HOUR_S, &back), GPQ_REJECT_STAMP);
	}
}

static void instants_are_those_of_libc(void **state)
{
	(void)state;
	static const char *const zones[] = { "America/Chicago", "America/New_York", "America/Edmonton", "Etc/GMT+5" };
	int64_t begin = (int64_t)gpq_days_of_civil(1990, 1, 1) * DAY_S, end = (int64_t)gpq_days_of_civil(2031, 1, 1) * DAY_S;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct gpq_budget budget;
		struct gpq_zone *zone = zone_open(&budget, zones[i]);
		for (int64_t utc_s = begin; utc_s < end; utc_s += HOUR_S / 4)
			quarter_check(zone, utc_s);
		gpq_zone_close(zone);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
}

/* 2006 had its changes on April 2 and October 29, 2024 on March 10 and November 3; worked out by hand, Central time. */
static void changes_of_both_rules_are_right(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_zone *zone = zone_open(&budget, "America/Chicago");
	static const struct {
		int32_t year;
		uint32_t month, day;
		int hour;
		bool second_pass;
		enum gpq_reject reason;
		int utc_hour; /* of the same day */
	} cases[] = {
		{ 2006, 4, 2, 2, false, GPQ_REJECT_NONE, 7 },	     { 2006, 4, 2, 3, false, GPQ_REJECT_STAMP, 0 },
		{ 2006, 4, 2, 4, false, GPQ_REJECT_NONE, 8 },	     { 2006, 10, 29, 2, false, GPQ_REJECT_NONE, 6 },
		{ 2006, 10, 29, 2, true, GPQ_REJECT_NONE, 7 },	     { 2006, 11, 5, 2, true, GPQ_REJECT_REPEATED, 0 },
		{ 2024, 3, 10, 2, false, GPQ_REJECT_NONE, 7 },	     { 2024, 3, 10, 3, false, GPQ_REJECT_STAMP, 0 },
		{ 2024, 3, 10, 3, true, GPQ_REJECT_STAMP, 0 },	     { 2024, 11, 3, 1, true, GPQ_REJECT_REPEATED, 0 },
		{ 2024, 11, 3, 2, true, GPQ_REJECT_NONE, 7 },	     { 2024, 11, 3, 3, false, GPQ_REJECT_NONE, 8 },
		{ 2024, 11, 3, 24, false, GPQ_REJECT_NONE, 24 + 5 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t day = gpq_days_of_civil(cases[i].year, cases[i].month, cases[i].day);
		struct gpq_hour_ending ending = { (uint8_t)cases[i].hour, cases[i].second_pass };
		int64_t utc_s = 0;
		assert_int_equal(gpq_hour_ending_instant(zone, day, &ending, 0, &utc_s), cases[i].reason);
		if (cases[i].reason == GPQ_REJECT_NONE)
			assert_true(utc_s == (int64_t)day * DAY_S + cases[i].utc_hour * HOUR_S);
	}
	gpq_zone_close(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours_are_read),
		cmocka_unit_test(what_is_no_hour_is_refused),
		cmocka_unit_test(flags_are_read),
		cmocka_unit_test(clocks_are_read),
		cmocka_unit_test(instants_are_those_of_libc),
		cmocka_unit_test(changes_of_both_rules_are_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
