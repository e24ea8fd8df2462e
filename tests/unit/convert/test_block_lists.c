// SPDX-License-Identifier: MIT
/* Lists of times against the instants themselves, over the hour that comes twice; lists of versions against their rows. */
#include "convert/block_lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOUR_S  3600u
#define BEGIN_S 1762056000u /* 2025-11-02T04:00:00Z: midnight in New York, where clocks go back at 06:00Z */
#define SLOTS   26u

static struct gpq_budget budget;
static struct gpq_error err;
static struct gpq_zone *zone;

static int zone_open(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)1 << 20);
	return gpq_zone_open(&budget, "America/New_York", &zone, NULL) == GPQ_OK ? 0 : -1;
}

static int zone_close(void **state)
{
	(void)state;
	gpq_zone_close(zone);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

/* Hourly rows of a day of 25 hours and of the first hour behind it, but for hour 7. */
struct day {
	struct gpq_dataset dataset;
	struct gpq_dataset_run run;
	struct gpq_block_facts facts;
	uint32_t start_s[SLOTS];
};

static void day_fill(struct day *day)
{
	*day = (struct day){ .dataset.interval_minutes = 60 };
	day->run.dataset = &day->dataset;
	day->run.calendar.zone = zone;
	day->facts = (struct gpq_block_facts){
		.budget = &budget, .run = &day->run, .span.begin_s = BEGIN_S, .n_slots = SLOTS, .start_s = day->start_s,
	};
	for (uint32_t hour = 0; hour < SLOTS; hour++)
		if (hour != 7)
			day->start_s[day->facts.n_starts++] = BEGIN_S + hour * HOUR_S;
}

/* What a column says of the hour at a place. */
static int64_t expected(enum gpq_column_id id, uint32_t place)
{
	int64_t utc_s = BEGIN_S + place * HOUR_S, offset_s = place < 2 ? -4 * (int64_t)HOUR_S : -5 * (int64_t)HOUR_S;
	if (id == GPQ_COLUMN_DATETIME_UTC)
		return utc_s * 1000000;
	if (id == GPQ_COLUMN_DATETIME_LOCAL)
		return (utc_s + offset_s) * 1000000;
	if (id == GPQ_COLUMN_UTC_OFFSET_MINUTES)
		return offset_s / 60;
	if (id == GPQ_COLUMN_DELIVERY_HOUR)
		return (utc_s + offset_s) / HOUR_S % 24 + 1;
	return (utc_s + offset_s) / (24 * HOUR_S);
}

static void each_place_has_its_time(void **state)
{
	(void)state;
	static const enum gpq_column_id columns[] = { GPQ_COLUMN_DATETIME_UTC, GPQ_COLUMN_DATETIME_LOCAL,
		                                      GPQ_COLUMN_UTC_OFFSET_MINUTES, GPQ_COLUMN_DELIVERY_HOUR,
		                                      GPQ_COLUMN_DELIVERY_DATE };
	struct day day;
	day_fill(&day);
	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
		struct gpq_time_list list;
		assert_int_equal(gpq_time_list_init(&list, &day.facts, columns[c], &err), GPQ_OK);
		for (uint32_t i = 1; i < list.n_words; i++)
			assert_true(list.words[i - 1] < list.words[i]);
		for (uint32_t i = 0; i < day.facts.n_starts; i++) {
			uint32_t place = (day.start_s[i] - BEGIN_S) / HOUR_S;
			struct gpq_code_stretch stretch = list.by_place[place];
			assert_int_equal(list.words[stretch.code], expected(columns[c], place));
			assert_in_range(stretch.rows, 1, SLOTS - place);
			for (uint32_t k = 0; k < stretch.rows && (place >= 7 || place + k < 7); k++)
				assert_int_equal(list.words[stretch.code + k * stretch.step], expected(columns[c], place + k));
		}
		gpq_time_list_done(&list, &budget);
	}
}

static void a_small_budget_is_told(void **state)
{
	(void)state;
	struct day day;
	struct gpq_time_list list;
	struct gpq_budget small;
	day_fill(&day);
	gpq_budget_init(&small, gpq_time_list_need(SLOTS) / 2);
	day.facts.budget = &small;
	assert_int_equal(gpq_time_list_init(&list, &day.facts, GPQ_COLUMN_DATETIME_UTC, &err), GPQ_E_BUDGET);
	assert_int_equal(atomic_load(&small.used_bytes), 0);
}

static void versions_are_listed_in_order(void **state)
{
	(void)state;
	uint32_t values[] = { 3, 1, (uint32_t)GPQ_VERSION_NONE, 3, (uint32_t)-2, 2 }, rows[] = { 1, 1, 1, 1, 1, 1 };
	const struct gpq_stretches stretches = { .value = values, .rows = rows, .count = 6 };
	struct gpq_version_list list;
	assert_true(gpq_version_list_init(&list, &stretches));
	assert_int_equal(list.n_words, 4);
	assert_int_equal(gpq_version_list_code(&list, -2), 0);
	assert_int_equal(gpq_version_list_code(&list, 1), 1);
	assert_int_equal(gpq_version_list_code(&list, 2), 2);
	assert_int_equal(gpq_version_list_code(&list, 3), 3);
	assert_int_equal(gpq_version_list_code(&list, GPQ_VERSION_NONE), GPQ_CODE_NULL);
}

static void too_many_versions_are_no_list(void **state)
{
	(void)state;
	uint32_t values[GPQ_VERSION_LIST_MAX + 1], rows[GPQ_VERSION_LIST_MAX + 1];
	struct gpq_version_list list;
	for (uint32_t i = 0; i <= GPQ_VERSION_LIST_MAX; i++) {
		values[i] = i * 7;
		rows[i] = 1;
	}
	assert_true(gpq_version_list_init(&list, &(struct gpq_stretches){ values, rows, .count = GPQ_VERSION_LIST_MAX }));
	assert_false(gpq_version_list_init(&list, &(struct gpq_stretches){ values, rows, .count = GPQ_VERSION_LIST_MAX + 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_has_its_time),
		cmocka_unit_test(a_small_budget_is_told),
		cmocka_unit_test(versions_are_listed_in_order),
		cmocka_unit_test(too_many_versions_are_no_list),
	};
	return cmocka_run_group_tests(tests, zone_open, zone_close);
}
