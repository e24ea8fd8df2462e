// SPDX-License-Identifier: MIT
/* Blocks and partitions against libc's own clock and calendar: localtime_r() and mktime() in America/New_York. */
#include "convert/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HOUR 3600
#define DAY  86400
#define FROM INT64_C(1136073600) /* 2006-01-01T00:00:00Z: the rules of 1987 hold, those of 2007 follow */
#define TO   INT64_C(1956528000) /* 2032-01-01T00:00:00Z */

static struct gpq_budget budget;
static struct gpq_zone *zone;

static int zone_open(void **state)
{
	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	gpq_budget_init(&budget, (size_t)1 << 20);
	return gpq_zone_open(&budget, "America/New_York", &zone, NULL) == GPQ_OK ? 0 : -1;
}

static int zone_close(void **state)
{
	(void)state;
	gpq_zone_close(zone);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

/* ---- what libc says ---- */

static struct tm local_of(int64_t utc_s)
{
	time_t instant = (time_t)utc_s;
	struct tm local;
	assert_non_null(localtime_r(&instant, &local));
	return local;
}

static int64_t midnight(int year, int month, int day) /* of days that need not exist: mktime() carries */
{
	struct tm local = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_isdst = -1 };
	return (int64_t)mktime(&local);
}

static int32_t day_number(int year, int month, int day)
{
	struct tm date = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
	return (int32_t)(timegm(&date) / DAY);
}

static struct tm date_of(int32_t days)
{
	time_t instant = (time_t)days * DAY;
	struct tm date;
	assert_non_null(gmtime_r(&instant, &date));
	return date;
}

static int64_t midnight_of(int32_t days)
{
	struct tm date = date_of(days);
	return midnight(date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
}

static int32_t partition_of(int32_t days, bool monthly)
{
	struct tm date = date_of(days);
	return (date.tm_year + 1900) * 100 + (monthly ? date.tm_mon + 1 : 0);
}

/* A block of whole days, found by going from day to day: it begins where a partition does or 'days' divide what has
 * passed since Monday 1970-01-05. */
static void span_of_days(int32_t day, int32_t days, bool monthly, int32_t *out_first, int32_t *out_end)
{
	int32_t partition = partition_of(day, monthly), first = day, end = day + 1;
	while (partition_of(first - 1, monthly) == partition && (days == 0 || ((first - 4) % days + days) % days != 0))
		first--;
	while (partition_of(end, monthly) == partition && (days == 0 || ((end - 4) % days + days) % days != 0))
		end++;
	*out_first = first;
	*out_end = end;
}

/* ---- tests ---- */

static void calendar_compare(uint32_t block_hours, enum gpq_partition partition, int64_t step_s)
{
	struct gpq_dataset dataset = { .block_hours = block_hours, .partition = partition };
	struct gpq_calendar calendar = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_DATASET);
	bool monthly = partition == GPQ_PARTITION_MONTH;
	for (int64_t at = FROM; at < TO; at += step_s) {
		struct tm local = local_of(at);
		int32_t day = day_number(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday), first, end;
		assert_int_equal(gpq_calendar_day(&calendar, at), day);
		struct gpq_span span = gpq_calendar_span(&calendar, at);
		assert_int_equal(span.partition, partition_of(day, monthly));
		span_of_days(day, (int32_t)block_hours / 24, monthly, &first, &end);
		assert_int_equal(span.first_day, first);
		assert_int_equal(span.end_day, end);
		assert_int_equal(span.begin_s, midnight_of(first));
		assert_int_equal(span.end_s, midnight_of(end));
		assert_int_equal(span.key, (int64_t)first * 24);
		assert_true(span.begin_s <= at && at < span.end_s);
	}
}

static void whole_days_are_counted_from_monday_and_cut_at_partitions(void **state)
{
	(void)state;
	calendar_compare(168, GPQ_PARTITION_YEAR, 7 * HOUR + 1);
	calendar_compare(24, GPQ_PARTITION_MONTH, 5 * HOUR);
	calendar_compare(96, GPQ_PARTITION_YEAR, 11 * HOUR);
	calendar_compare(48, GPQ_PARTITION_MONTH, 13 * HOUR);
	calendar_compare(672, GPQ_PARTITION_YEAR, 29 * HOUR);
}

static void no_length_is_the_whole_partition(void **state)
{
	(void)state;
	struct gpq_dataset dataset = { .block_hours = 0, .partition = GPQ_PARTITION_YEAR };
	struct gpq_calendar calendar = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_DATASET);
	for (int64_t at = FROM; at < TO; at += 10 * DAY) {
		int year = local_of(at).tm_year + 1900;
		struct gpq_span span = gpq_calendar_span(&calendar, at);
		assert_int_equal(span.partition, year * 100);
		assert_int_equal(span.begin_s, midnight(year, 1, 1));
		assert_int_equal(span.end_s, midnight(year + 1, 1, 1));
	}
}

/* Blocks of less than a day tile each day of 23, 24 or 25 hours, and no two blocks share a key. */
static void hours_are_counted_from_local_midnight(void **state)
{
	(void)state;
	struct gpq_dataset dataset = { .block_hours = 8, .partition = GPQ_PARTITION_MONTH };
	struct gpq_calendar calendar = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_DATASET);
	int64_t at = midnight(2023, 12, 30), last_key = INT64_MIN;
	while (at < midnight(2025, 1, 2)) {
		struct gpq_span span = gpq_calendar_span(&calendar, at);
		struct tm local = local_of(at);
		int32_t day = day_number(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
		assert_int_equal(span.begin_s, at);
		assert_int_equal(span.first_day, day);
		assert_int_equal(span.end_day, day + 1);
		assert_true(span.key > last_key);
		assert_true(span.end_s > at && span.end_s <= midnight_of(day + 1));
		assert_int_equal((at - midnight_of(day)) % (8 * HOUR), 0);
		struct gpq_span inside = gpq_calendar_span(&calendar, span.end_s - 1);
		assert_memory_equal(&inside.key, &span.key, sizeof(span.key));
		assert_int_equal(inside.begin_s, span.begin_s);
		assert_int_equal(inside.end_s, span.end_s);
		last_key = span.key;
		at = span.end_s;
	}
	/* 2024-11-03 has 25 hours, its 25th belongs to the day's last block. */
	struct gpq_span autumn = gpq_calendar_span(&calendar, midnight(2024, 11, 4) - 1);
	struct gpq_span next = gpq_calendar_span(&calendar, midnight(2024, 11, 4));
	assert_int_equal(autumn.end_s, midnight(2024, 11, 4));
	assert_true(autumn.key < next.key);
}

static void days_of_a_clock_change_are_23_and_25_hours(void **state)
{
	(void)state;
	struct gpq_dataset dataset = { .block_hours = 24, .partition = GPQ_PARTITION_MONTH };
	struct gpq_calendar calendar = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_DATASET);
	static const struct {
		int64_t noon_utc;
		int hours;
	} days[] = {
		{ 1710086400, 23 }, /* 2024-03-10T16:00Z */
		{ 1730653200, 25 }, /* 2024-11-03T17:00Z */
		{ 1143993600, 23 }, /* 2006-04-02T16:00Z: April, by the rules before 2007 */
		{ 1162141200, 25 }, /* 2006-10-29T17:00Z */
		{ 1720627200, 24 },
	};
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct gpq_span span = gpq_calendar_span(&calendar, days[i].noon_utc);
		assert_int_equal(span.end_s - span.begin_s, days[i].hours * HOUR);
	}
}

static void plain_orders_have_one_block_and_partitions_can_be_chosen(void **state)
{
	(void)state;
	struct gpq_dataset dataset = { .block_hours = 168, .partition = GPQ_PARTITION_YEAR };
	struct gpq_calendar by_time = gpq_calendar_of(&dataset, zone, GPQ_ORDER_TIME, GPQ_PARTITION_MONTH);
	struct gpq_calendar by_location = gpq_calendar_of(&dataset, zone, GPQ_ORDER_LOCATION, GPQ_PARTITION_DATASET);
	int64_t at = midnight(2024, 7, 10);
	struct gpq_span month = gpq_calendar_span(&by_time, at), year = gpq_calendar_span(&by_location, at);
	assert_int_equal(month.partition, 202407);
	assert_int_equal(month.begin_s, midnight(2024, 7, 1));
	assert_int_equal(month.end_s, midnight(2024, 8, 1));
	assert_int_equal(year.partition, 202400);
	assert_int_equal(year.begin_s, midnight(2024, 1, 1));
	struct gpq_calendar weekly = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_MONTH);
	struct gpq_span first_week =
	    gpq_calendar_span(&weekly, midnight(2024, 8, 2)); /* a Friday; the week began in July */
	assert_int_equal(first_week.begin_s, midnight(2024, 8, 1));
	assert_int_equal(first_week.end_s, midnight(2024, 8, 5));
}

/* New Year's Eve in New York is the next year in UTC: the delivery date counts. */
static void the_year_is_that_of_the_delivery_date(void **state)
{
	(void)state;
	struct gpq_dataset dataset = { .block_hours = 168, .partition = GPQ_PARTITION_YEAR };
	struct gpq_calendar calendar = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_DATASET);
	assert_int_equal(gpq_calendar_span(&calendar, 1704085199).partition, 202300); /* 2024-01-01T04:59:59Z */
	assert_int_equal(gpq_calendar_span(&calendar, 1704085200).partition, 202400);
}

static void instants_at_the_ends_of_what_a_row_can_hold(void **state)
{
	(void)state;
	struct gpq_dataset dataset = { .block_hours = 168, .partition = GPQ_PARTITION_YEAR };
	struct gpq_calendar calendar = gpq_calendar_of(&dataset, zone, GPQ_ORDER_BLOCK, GPQ_PARTITION_DATASET);
	struct gpq_span first = gpq_calendar_span(&calendar, 0), last = gpq_calendar_span(&calendar, UINT32_MAX);
	assert_int_equal(first.partition, 196900); /* 19:00 on the 31st of December */
	assert_true(first.begin_s <= 0 && 0 < first.end_s);
	assert_int_equal(last.partition, 210600);
	assert_true(last.begin_s <= UINT32_MAX && UINT32_MAX < last.end_s);
}

static void partitions_are_printed(void **state)
{
	(void)state;
	char text[16];
	assert_string_equal(gpq_partition_print(202400, text), "2024");
	assert_string_equal(gpq_partition_print(202403, text), "2024-03");
	assert_string_equal(gpq_partition_print(202412, text), "2024-12");
	assert_string_equal(gpq_partition_print(196900, text), "1969");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours_are_counted_from_local_midnight),
		cmocka_unit_test(whole_days_are_counted_from_monday_and_cut_at_partitions),
		cmocka_unit_test(no_length_is_the_whole_partition),
		cmocka_unit_test(days_of_a_clock_change_are_23_and_25_hours),
		cmocka_unit_test(plain_orders_have_one_block_and_partitions_can_be_chosen),
		cmocka_unit_test(the_year_is_that_of_the_delivery_date),
		cmocka_unit_test(instants_at_the_ends_of_what_a_row_can_hold),
		cmocka_unit_test(partitions_are_printed),
	};
	return cmocka_run_group_tests(tests, zone_open, zone_close);
}
