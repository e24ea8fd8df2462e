// SPDX-License-Identifier: MIT
/* Wall clocks against libc's own reader of the tz database; broken files; memory. */
#include "value/instant.h"
#include "value/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HOUR_S 3600
#define DAY_S  86400

static struct gpq_budget budget;

static struct gpq_zone *zone_open(const char *name)
{
	struct gpq_zone *zone = NULL;
	struct gpq_error err = { 0 };
	gpq_budget_init(&budget, (size_t)64 << 10); /* the bound that the header promises */
	if (gpq_zone_open(&budget, name, &zone, &err) != GPQ_OK)
		fail_msg("%s: %s", name, err.message);
	setenv("TZ", name, 1);
	tzset();
	return zone;
}

static void zone_done(struct gpq_zone *zone)
{
	gpq_zone_close(zone);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static int32_t libc_offset_s(int64_t utc_s)
{
	time_t at = (time_t)utc_s;
	struct tm tm;
	assert_non_null(localtime_r(&at, &tm));
	return (int32_t)tm.tm_gmtoff;
}

static int64_t day_s(int32_t year, uint32_t month, uint32_t day)
{
	return (int64_t)gpq_days_of_civil(year, month, day) * DAY_S;
}

static void check_offset(const struct gpq_zone *zone, const char *name, int64_t utc_s)
{
	int32_t seen = gpq_zone_offset_s(zone, utc_s), expected = libc_offset_s(utc_s);
	if (seen != expected)
		fail_msg("%s at %lld: %d, libc has %d", name, (long long)utc_s, seen, expected);
}

static const char *const market_zones[] = { "America/New_York", "America/Chicago", "America/Los_Angeles" };
#define N_MARKET_ZONES (sizeof(market_zones) / sizeof(market_zones[0]))

static void hours_as_libc(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_MARKET_ZONES; i++) {
		struct gpq_zone *zone = zone_open(market_zones[i]);
		for (int64_t utc_s = day_s(1998, 1, 1); utc_s < day_s(2041, 1, 1); utc_s += HOUR_S) {
			check_offset(zone, market_zones[i], utc_s);
			check_offset(zone, market_zones[i], utc_s - 1);
		}
		zone_done(zone);
	}
}

/* Other clocks: the other side of the equator, half hours, no summer, 24-hour jumps, negative summer time, days of the
 * year. */
static void other_zones_as_libc(void **state)
{
	(void)state;
	static const char *const names[] = { "Australia/Sydney",  "Australia/Lord_Howe",
					     "Asia/Kolkata",      "Pacific/Apia",
					     "Europe/Dublin",     "Africa/Casablanca",
					     "Asia/Tehran",       "America/Nuuk",
					     "Asia/Gaza",         "UTC",
					     "Etc/GMT+5",         "EST5EDT",
					     "America/Phoenix",   "America/Havana",
					     "Pacific/Chatham",   "America/Edmonton",
					     "America/Sao_Paulo", "Antarctica/Troll" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct gpq_zone *zone = zone_open(names[i]);
		for (int64_t utc_s = day_s(1880, 1, 1); utc_s < day_s(2200, 1, 1); utc_s += 7 * HOUR_S + 1801)
			check_offset(zone, names[i], utc_s);
		zone_done(zone);
	}
}

/* Years that only the footer's rule covers, at each of its changes. */
static void rule_as_libc(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_MARKET_ZONES; i++) {
		struct gpq_zone *zone = zone_open(market_zones[i]);
		for (int32_t year = 2038; year < 2500; year++)
			for (int64_t utc_s = day_s(year, 3, 7); utc_s < day_s(year, 11, 9);
			     utc_s += utc_s == day_s(year, 3, 17) ? 225 * DAY_S : HOUR_S / 2) {
				check_offset(zone, market_zones[i], utc_s);
				check_offset(zone, market_zones[i], utc_s - 1);
			}
		zone_done(zone);
	}
}

/* Every instant of three days is put back where it came from: each half hour of the wall clock is tried against all. */
static void instants_by_search(void **state)
{
	(void)state;
	static const int32_t days[][3] = { { 1998, 4, 4 },  { 1998, 10, 24 }, { 2006, 4, 1 },  { 2006, 10, 28 },
					   { 2007, 3, 10 }, { 2007, 11, 3 },  { 2024, 3, 9 },  { 2024, 11, 2 },
					   { 2024, 7, 1 },  { 2040, 3, 10 },  { 2040, 11, 3 }, { 2120, 3, 9 },
					   { 2120, 11, 2 } };
	for (size_t i = 0; i < N_MARKET_ZONES; i++) {
		struct gpq_zone *zone = zone_open(market_zones[i]);
		int skipped = 0, repeated = 0;
		for (size_t k = 0; k < sizeof(days) / sizeof(days[0]); k++) {
			int64_t first_s = day_s(days[k][0], (uint32_t)days[k][1], (uint32_t)days[k][2]);
			for (int64_t civil_s = first_s; civil_s < first_s + 3 * DAY_S; civil_s += HOUR_S / 4) {
				int64_t expected[4], seen[2];
				int n = 0;
				for (int64_t utc_s = civil_s; utc_s < civil_s + DAY_S; utc_s += HOUR_S / 4)
					if (utc_s + libc_offset_s(utc_s) == civil_s)
						expected[n++] = utc_s;
				assert_int_equal(gpq_zone_instants(zone, civil_s, seen), n);
				for (int j = 0; j < n; j++)
					assert_int_equal(seen[j], expected[j]);
				skipped += n == 0;
				repeated += n == 2;
			}
		}
		assert_int_equal(skipped, 6 * 4); /* an hour in quarters, on each of six days */
		assert_int_equal(repeated, 6 * 4);
		zone_done(zone);
	}
}

/* Days of 23, 24 and 25 hours; expected instants are Python's (zoneinfo). */
static void midnights(void **state)
{
	(void)state;
	struct gpq_zone *zone = zone_open("America/New_York");
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2024, 3, 10)), 1710046800);
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2024, 3, 11)), 1710129600);
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2024, 11, 3)), 1730606400);
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2024, 11, 4)), 1730696400);
	zone_done(zone);
	for (size_t i = 0; i < N_MARKET_ZONES; i++) {
		zone = zone_open(market_zones[i]);
		for (int32_t day = gpq_days_of_civil(1998, 1, 1); day < gpq_days_of_civil(2041, 1, 1); day++) {
			int32_t year;
			uint32_t month, of_month;
			gpq_civil_of_days(day, &year, &month, &of_month);
			struct tm tm = { .tm_year = year - 1900,
					 .tm_mon = (int)month - 1,
					 .tm_mday = (int)of_month,
					 .tm_isdst = -1 };
			assert_int_equal(gpq_zone_midnight_s(zone, day), mktime(&tm));
		}
		zone_done(zone);
	}
	/* Sao Paulo put its clocks forward at midnight: 2018-11-04 began at 01:00, 03:00 UTC */
	zone = zone_open("America/Sao_Paulo");
	int64_t none[2];
	assert_int_equal(gpq_zone_instants(zone, day_s(2018, 11, 4), none), 0);
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2018, 11, 4)), day_s(2018, 11, 4) + 3 * HOUR_S);
	zone_done(zone);
	/* Apia had no 2011-12-30: it went from -10 to +14 */
	zone = zone_open("Pacific/Apia");
	assert_int_equal(gpq_zone_instants(zone, day_s(2011, 12, 30), none), 0);
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2011, 12, 30)), day_s(2011, 12, 30) + 10 * HOUR_S);
	assert_int_equal(gpq_zone_midnight_s(zone, gpq_days_of_civil(2011, 12, 31)), day_s(2011, 12, 30) + 10 * HOUR_S);
	zone_done(zone);
}

static void extremes_return(void **state)
{
	(void)state;
	struct gpq_zone *zone = zone_open("America/New_York");
	static const int64_t at_s[] = { INT64_MIN, INT64_MIN + 1, -INT64_C(400000000000), INT64_C(400000000000),
					INT64_MAX };
	for (size_t i = 0; i < sizeof(at_s) / sizeof(at_s[0]); i++) {
		int64_t seen[2];
		int32_t offset_s = gpq_zone_offset_s(zone, at_s[i]);
		assert_true(offset_s >= -DAY_S && offset_s <= 0);
		assert_int_equal(gpq_zone_instants(zone, at_s[i], seen), 0);
	}
	gpq_zone_midnight_s(zone, INT32_MAX);
	gpq_zone_midnight_s(zone, INT32_MIN);
	zone_done(zone);
}

static void names_refused(void **state)
{
	(void)state;
	static const char *const unsafe[] = {
		"",
		"/etc/passwd",
		"../../etc/passwd",
		"America/../../x",
		"a b",
		"a\nb",
		"Nowhere.tz",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	struct gpq_zone *zone = NULL;
	struct gpq_error err;
	gpq_budget_init(&budget, (size_t)64 << 10);
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		assert_int_equal(gpq_zone_open(&budget, unsafe[i], &zone, &err), GPQ_E_USAGE);
	assert_int_equal(gpq_zone_open(&budget, "America/Nowhere", &zone, &err), GPQ_E_SYSTEM);
	assert_non_null(strstr(err.message, "America/Nowhere"));
	assert_non_null(strstr(err.message, "tzdata"));
	assert_int_equal(gpq_zone_open(&budget, "America/New_York/x", &zone, &err), GPQ_E_SYSTEM);
	assert_int_not_equal(gpq_zone_open(&budget, "America", &zone, &err), GPQ_OK); /* a folder */
	assert_int_equal(gpq_zone_open(&budget, "tzdata", &zone, NULL), GPQ_E_SYSTEM);
	assert_null(zone);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

/* A file made by hand: one block of version 1 that says nothing, one wide block, a rule. */
struct file {
	uint8_t bytes[512];
	size_t len;
};

static void file_put(struct file *file, uint64_t value, int bytes)
{
	while (bytes--)
		file->bytes[file->len++] = bytes < 8 ? (uint8_t)(value >> (8 * bytes)) : 0;
}

static void header_put(struct file *file, char version, uint32_t leaps, uint32_t times, uint32_t types, uint32_t chars)
{
	memcpy(file->bytes + file->len, "TZif", 4);
	file->len += 4;
	file_put(file, (uint8_t)version, 1);
	memset(file->bytes + file->len, 0, 15);
	file->len += 15;
	file_put(file, 0, 4);
	file_put(file, 0, 4);
	file_put(file, leaps, 4);
	file_put(file, times, 4);
	file_put(file, types, 4);
	file_put(file, chars, 4);
}

static struct file file_of(const char *rule, int64_t second_time, uint8_t index, int32_t offset_s, uint32_t leaps)
{
	struct file file = { .len = 0 };
	header_put(&file, '2', 0, 0, 1, 1);
	file_put(&file, 0, 7);
	header_put(&file, '2', leaps, 2, 2, 4);
	file_put(&file, (uint64_t)1000, 8);
	file_put(&file, (uint64_t)second_time, 8);
	file_put(&file, 1, 1);
	file_put(&file, index, 1);
	file_put(&file, (uint32_t)-100, 4);
	file_put(&file, 0, 2);
	file_put(&file, (uint32_t)offset_s, 4);
	file_put(&file, 0x0100, 2);
	file_put(&file, 0x41424300, 4);
	for (uint32_t i = 0; i < leaps; i++)
		file_put(&file, 1, 12);
	file.len += (size_t)sprintf((char *)file.bytes + file.len, "\n%s\n", rule);
	return file;
}

static enum gpq_status file_parse(const uint8_t *bytes, size_t len, struct gpq_zone **out, struct gpq_error *err)
{
	uint8_t *block = malloc(len ? len : 1); /* of its own length: a sanitizer sees a read beyond */
	memcpy(block, bytes, len);
	enum gpq_status status = gpq_zone_parse(&budget, "Test/Zone", block, len, out, err);
	free(block);
	return status;
}

static void files_made_by_hand(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)64 << 10);
	struct gpq_zone *zone = NULL;
	struct gpq_error err;
	struct file file = file_of("", 5000, 0, 7200, 0);
	assert_int_equal(file_parse(file.bytes, file.len, &zone, &err), GPQ_OK);
	assert_int_equal(gpq_zone_offset_s(zone, 999), -100);
	assert_int_equal(gpq_zone_offset_s(zone, 1000), 7200);
	assert_int_equal(gpq_zone_offset_s(zone, 4999), 7200);
	assert_int_equal(gpq_zone_offset_s(zone, 5000), -100);
	assert_int_equal(gpq_zone_offset_s(zone, INT64_MAX), -100);
	gpq_zone_close(zone);
	zone = NULL;

	struct {
		struct file file;
		const char *says;
	} broken[] = {
		{ file_of("", 1000, 0, 7200, 0), "not in order" },
		{ file_of("", 999, 0, 7200, 0), "not in order" },
		{ file_of("", 5000, 2, 7200, 0), "type" },
		{ file_of("", 5000, 0, 93600, 0), "no clock" },
		{ file_of("", 5000, 0, INT32_MIN, 0), "no clock" },
		{ file_of("", 5000, 0, 7200, 1), "leap seconds" },
		{ file_of("E5", 5000, 0, 7200, 0), "rule" },
		{ file_of("EST5EDT", 5000, 0, 7200, 0), "rule" },
		{ file_of("EST5EDT,M3.2.0", 5000, 0, 7200, 0), "rule" },
	};
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		assert_int_equal(file_parse(broken[i].file.bytes, broken[i].file.len, &zone, &err), GPQ_E_DATA);
		if (!strstr(err.message, broken[i].says) || !strstr(err.message, "Test/Zone"))
			fail_msg("%zu: %s", i, err.message);
	}
	file = file_of("EST5EDT,M3.2.0,M11.1.0", 5000, 0, 7200, 0);
	for (size_t len = 0; len < file.len; len++) /* cut anywhere */
		assert_int_equal(file_parse(file.bytes, len, &zone, &err), GPQ_E_DATA);
	file.bytes[4] = '\0';
	assert_int_equal(file_parse(file.bytes, file.len, &zone, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "version 1"));
	file.bytes[0] = 'X';
	assert_int_equal(file_parse(file.bytes, file.len, &zone, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "no TZif"));
	/* counts that promise more than any file holds */
	for (size_t at = 20; at < 44; at++) {
		file = file_of("", 5000, 0, 7200, 0);
		file.bytes[at] = 0xFF;
		file.bytes[at + 51] = 0xFF;
		assert_int_equal(file_parse(file.bytes, file.len, &zone, &err), GPQ_E_DATA);
	}
	assert_null(zone);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (long fail_at = 1;; fail_at++) {
		struct gpq_zone *zone = NULL;
		struct gpq_error err = { 0 };
		gpq_budget_init(&budget, (size_t)64 << 10);
		budget.fail_at = fail_at;
		enum gpq_status status = gpq_zone_open(&budget, "America/New_York", &zone, &err);
		if (status == GPQ_OK) {
			assert_true(fail_at > 1);
			gpq_zone_close(zone);
			assert_int_equal(atomic_load(&budget.used_bytes), 0);
			return;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_null(zone);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_refused),
		cmocka_unit_test(files_made_by_hand),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(hours_as_libc),
		cmocka_unit_test(other_zones_as_libc),
		cmocka_unit_test(rule_as_libc),
		cmocka_unit_test(instants_by_search),
		cmocka_unit_test(midnights),
		cmocka_unit_test(extremes_return),
	};
	gpq_zone_close(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
