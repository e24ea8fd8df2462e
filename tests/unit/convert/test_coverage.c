// SPDX-License-Identifier: MIT
/* The clock says how many intervals a delivery date has: 23, 24, 25 hours; days that differ are named. */
#include "convert/coverage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MARCH_9 19791 /* 2024-03-09, days since 1970-01-01; the clocks change on the 10th */
#define NOV_2   20029 /* 2024-11-02; they change on the 3rd */

static struct gpq_budget budget;
static struct gpq_zone *zone;
static struct gpq_dataset dataset;
static struct gpq_dataset_run run;
static struct gpq_coverage_day seen[512];
static uint32_t n_seen;

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)8 << 20);
	dataset = (struct gpq_dataset){ .interval_minutes = 60, .block_hours = 168 };
	if (gpq_zone_open(&budget, "America/New_York", &zone, NULL) != GPQ_OK)
		return -1;
	run = (struct gpq_dataset_run){ .dataset = &dataset, .calendar = { .zone = zone } };
	n_seen = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_dataset_run_done(&run, &budget);
	gpq_zone_close(zone);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

static void block(int64_t key, int32_t first_day, int32_t days, const uint32_t *found)
{
	struct gpq_span span = { .key = key, .first_day = first_day, .end_day = first_day + days };
	struct gpq_block_slot *slot = NULL;
	assert_int_equal(gpq_dataset_run_slot(&run, &budget, &span, &slot, NULL), GPQ_OK);
	if (!found)
		return;
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_CONVERT, (size_t)days * sizeof(uint32_t), &slot->day_found, NULL),
			 GPQ_OK);
	memcpy(slot->day_found, found, (size_t)days * sizeof(uint32_t));
}

static void visit(void *context, const struct gpq_coverage_day *day)
{
	(void)context;
	seen[n_seen++] = *day;
}

static void nothing_found_is_nothing_to_cover(void **state)
{
	(void)state;
	assert_int_equal(gpq_coverage_walk(&run, visit, NULL).days, 0);
	block(0, MARCH_9, 7, NULL);
	static const uint32_t none[7];
	block(1, MARCH_9 + 7, 7, none);
	assert_int_equal(gpq_coverage_walk(&run, visit, NULL).days, 0);
	assert_int_equal(n_seen, 0);
}

static void days_of_a_clock_change_have_23_and_25_hours(void **state)
{
	(void)state;
	static const uint32_t spring[3] = { 24, 23, 24 }, autumn[3] = { 24, 25, 24 };
	block(0, MARCH_9, 3, spring);
	struct gpq_coverage coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days, 3);
	assert_int_equal(coverage.days_short, 0);
	gpq_dataset_run_done(&run, &budget);
	run = (struct gpq_dataset_run){ .dataset = &dataset, .calendar = { .zone = zone } };
	block(0, NOV_2, 3, autumn);
	coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days, 3);
	assert_int_equal(coverage.days_short, 0);
	assert_int_equal(n_seen, 2); /* they are shown all the same */
	assert_int_equal(seen[0].day, MARCH_9 + 1);
	assert_int_equal(seen[0].hours, 23);
	assert_int_equal(seen[0].expected, 23);
	assert_int_equal(seen[0].found, 23);
	assert_int_equal(seen[1].day, NOV_2 + 1);
	assert_int_equal(seen[1].hours, 25);
	assert_int_equal(seen[1].found, 25);
}

/* Off the grid no number is too small but none; between two blocks is a gap, too. */
static void off_the_grid_gaps_are_told(void **state)
{
	(void)state;
	static const uint32_t first[2] = { 285, 291 }, second[3] = { 0, 0, 3 };
	static const uint32_t starts[2][2] = { { 1000, 87000 }, { 500000, 501000 } },
			      gaps[2][2] = { { 700, 5000 }, { 650, 500350 } };
	dataset.interval_minutes = 5;
	dataset.off_grid = true;
	block(0, MARCH_9, 2, first);
	assert_int_equal(gpq_coverage_walk(&run, NULL, NULL).gap_s, 0);
	block(1, MARCH_9 + 2, 3, second);
	for (int i = 0; i < 2; i++) {
		run.slots[i]->first_start_s = starts[i][0];
		run.slots[i]->last_start_s = starts[i][1];
		run.slots[i]->gap_s = gaps[i][0];
		run.slots[i]->gap_from_s = gaps[i][1];
	}
	struct gpq_coverage coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days, 5);
	assert_int_equal(coverage.days_short, 2);
	assert_int_equal(coverage.intervals, 285 + 291 + 3);
	assert_int_equal(coverage.gap_s, 500000 - 87000);
	assert_int_equal(coverage.gap_from_s, 87000);
	assert_int_equal(n_seen, 3);
	assert_false(seen[0].is_short); /* the day of 23 hours */
	assert_true(seen[1].is_short && seen[2].is_short);
	run.slots[1]->first_start_s = 87300;
	coverage = gpq_coverage_walk(&run, NULL, NULL);
	assert_int_equal(coverage.gap_s, 700);
	assert_int_equal(coverage.gap_from_s, 5000);
}

/* Intervals that follow each other cover a day from midnight to midnight, or do not, however many they are. */
static void days_that_are_covered(void **state)
{
	(void)state;
	static const uint32_t found[3] = { 290, 277, 288 }, covered[3] = { 86400, 82800, 86399 };
	dataset.interval_minutes = 5;
	dataset.off_grid = dataset.tiles = true;
	block(0, MARCH_9, 3, found);
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_CONVERT, sizeof(covered), &run.slots[0]->day_covered_s, NULL), GPQ_OK);
	memcpy(run.slots[0]->day_covered_s, covered, sizeof(covered));
	assert_int_equal(gpq_coverage_walk(&run, visit, NULL).days_short, 1);
	assert_int_equal(n_seen, 2);
	assert_true(seen[0].hours == 23 && seen[0].covered_s == 82800 && seen[0].tiles && !seen[0].is_short);
	assert_true(seen[1].day == MARCH_9 + 2 && seen[1].covered_s == 86399 && seen[1].is_short);
}

/* A clock of a fixed offset has 24 hours on the days that others change on. */
static void a_fixed_clock_has_24_hours_every_day(void **state)
{
	(void)state;
	struct gpq_zone *fixed = NULL;
	static const uint32_t found[3] = { 96, 96, 92 };
	assert_int_equal(gpq_zone_open(&budget, "Etc/GMT+5", &fixed, NULL), GPQ_OK);
	run.calendar.zone = fixed;
	dataset.interval_minutes = 15;
	block(0, MARCH_9, 3, found);
	block(1, NOV_2, 3, found);
	struct gpq_coverage coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days, NOV_2 + 3 - MARCH_9);
	assert_int_equal(coverage.days - coverage.days_short, 4);
	assert_int_equal(seen[0].day, MARCH_9 + 2);
	assert_int_equal(seen[0].hours, 24);
	assert_int_equal(seen[0].expected, 96);
	assert_int_equal(seen[0].found, 92);
	gpq_zone_close(fixed);
}

/* Quarters of an hour: 92 and 100. */
static void clock_changes_are_counted_on_every_grid(void **state)
{
	(void)state;
	static const uint32_t spring[3] = { 96, 92, 96 }, autumn[3] = { 96, 99, 96 };
	dataset.interval_minutes = 15;
	block(0, MARCH_9, 3, spring);
	assert_int_equal(gpq_coverage_walk(&run, visit, NULL).days_short, 0);
	gpq_dataset_run_done(&run, &budget);
	run = (struct gpq_dataset_run){ .dataset = &dataset, .calendar = { .zone = zone } };
	block(0, NOV_2, 3, autumn);
	assert_int_equal(gpq_coverage_walk(&run, visit, NULL).days_short, 1);
	assert_int_equal(n_seen, 2);
	assert_int_equal(seen[0].found, 92);
	assert_int_equal(seen[1].hours, 25);
	assert_int_equal(seen[1].expected, 100);
	assert_int_equal(seen[1].found, 99);
}

static void a_24_hour_day_is_wrong_then(void **state)
{
	(void)state;
	static const uint32_t found[3] = { 24, 24, 23 };
	block(0, MARCH_9, 3, found);
	struct gpq_coverage coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days_short, 2);
	assert_int_equal(n_seen, 2);
	assert_int_equal(seen[0].day, MARCH_9 + 1);
	assert_int_equal(seen[0].expected, 23);
	assert_int_equal(seen[0].found, 24);
	assert_int_equal(seen[1].expected, 24);
	assert_int_equal(seen[1].found, 23);
}

/* Only between the first day with rows and the last; a hole of whole blocks is days without any. */
static void holes_between_are_named_and_edges_are_not(void **state)
{
	(void)state;
	static const uint32_t first[7] = { 0, 0, 0, 0, 0, 24, 24 }, last[7] = { 24, 5, 0, 0, 0, 0, 0 };
	block(0, NOV_2 + 10, 7, first);
	block(3, NOV_2 + 24, 7, last);
	struct gpq_coverage coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.first_day, NOV_2 + 15);
	assert_int_equal(coverage.last_day, NOV_2 + 25);
	assert_int_equal(coverage.days, 11);
	assert_int_equal(coverage.days_short, 8);
	assert_int_equal(seen[0].day, NOV_2 + 17);
	assert_int_equal(seen[0].found, 0);
	assert_int_equal(seen[7].found, 5);
	assert_int_equal(gpq_coverage_walk(&run, NULL, NULL).days_short, 8);
}

/* Three blocks of one day add up. */
static void blocks_of_hours_add_up(void **state)
{
	(void)state;
	static const uint32_t eight_hours[1] = { 96 }, nine_hours[1] = { 108 };
	dataset.interval_minutes = 5;
	for (int32_t day = 0; day < 3; day++)
		for (int part = 0; part < 3; part++)
			block((NOV_2 + day) * 24 + part * 8, NOV_2 + day, 1,
			      day == 1 && part == 2 ? nine_hours : eight_hours);
	struct gpq_coverage coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days, 3);
	assert_int_equal(coverage.days_short, 0);
	block((NOV_2 + 3) * 24, NOV_2 + 3, 1, eight_hours);
	coverage = gpq_coverage_walk(&run, visit, NULL);
	assert_int_equal(coverage.days_short, 1);
	assert_int_equal(seen[n_seen - 1].expected, 288);
	assert_int_equal(seen[n_seen - 1].found, 96);
}

#define COVERAGE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COVERAGE_TEST(nothing_found_is_nothing_to_cover),
		COVERAGE_TEST(a_24_hour_day_is_wrong_then),
		COVERAGE_TEST(days_of_a_clock_change_have_23_and_25_hours),
		COVERAGE_TEST(off_the_grid_gaps_are_told),
		COVERAGE_TEST(days_that_are_covered),
		COVERAGE_TEST(a_fixed_clock_has_24_hours_every_day),
		COVERAGE_TEST(clock_changes_are_counted_on_every_grid),
		COVERAGE_TEST(holes_between_are_named_and_edges_are_not),
		COVERAGE_TEST(blocks_of_hours_add_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
