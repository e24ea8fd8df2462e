// SPDX-License-Identifier: MIT
/* On which dates locations have rows: of a block in each form, of a dataset over its blocks; what appears, what vanishes. */
#include "unit/convert/turned_block.h"

#include "convert/block_survey.h"

#include <stdio.h>
#include <string.h>

#define NONE GPQ_VERSION_NONE

static const struct gpq_dataset dataset = {
	.id = "da_energy_hourly",
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 } },
	.n_cells = 1,
};
static const struct gpq_dataset by_id = {
	.id = "da_energy_hourly",
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_ID,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 } },
	.n_cells = 1,
};
static const struct gpq_market market = { .iso = "PJM" };
static struct turned_block block;

/* ---- a block ---- */

static void runs_expect(const struct block_row *rows, uint32_t count, uint32_t days,
			const struct gpq_presence_run *expected, uint32_t n_expected)
{
	for (int form = 0; form < 4; form++) {
		struct gpq_presence_run *runs = NULL;
		uint32_t n = 0;
		turned_block_open(&block, &market, &dataset);
		turned_block_code(&block, "of another dataset");
		turned_block_code(&block, "A"); /* codes 1 to 4 in this order */
		turned_block_code(&block, "B");
		turned_block_code(&block, "C");
		turned_block_code(&block, "D");
		turned_block_turn(&block, rows, count, days, form & 1, form & 2);
		turned_block_code(&block, "of a later block");
		assert_int_equal(gpq_presence_runs(&block.facts, &runs, &n, NULL), GPQ_OK);
		assert_int_equal(n, n_expected);
		for (uint32_t i = 0; i < n; i++) {
			assert_int_equal(runs[i].codes, expected[i].codes);
			assert_int_equal(runs[i].first, expected[i].first);
			assert_int_equal(runs[i].last, expected[i].last);
		}
		gpq_free(&block.budget, GPQ_TAG_CONVERT, runs, n * sizeof(*runs));
		turned_block_close(&block);
	}
}

/* The first day has 25 hours: place 24 is its last, place 25 the first of the next one. */
static void dates_are_those_of_the_market(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 1 } },  { 1, "A", 0, NONE, { 1 } },  { 24, "A", 0, NONE, { 1 } },
		{ 24, "B", 0, NONE, { 1 } }, { 25, "B", 0, NONE, { 1 } }, { 25, "D", 0, NONE, { 1 } },
		{ 60, "D", 0, NONE, { 1 } }, { 49, "D", 0, NONE, { 1 } },
	};
	const struct gpq_presence_run expected[] = { { 1, 1, 0 }, { 1, 0, 0 }, { 1, 0, 1 }, { 1, 1, 0 }, { 1, 1, 2 } };
	runs_expect(rows, sizeof(rows) / sizeof(rows[0]), 3, expected, 5);
}

static void locations_of_the_same_dates_are_one_run(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 1 } },  { 30, "A", 0, NONE, { 1 } }, { 3, "B", 0, NONE, { 1 } },
		{ 40, "B", 0, NONE, { 1 } }, { 9, "C", 0, NONE, { 1 } },  { 26, "C", 0, NONE, { 1 } },
	};
	const struct gpq_presence_run expected[] = { { 1, 1, 0 }, { 3, 0, 1 } };
	runs_expect(rows, sizeof(rows) / sizeof(rows[0]), 2, expected, 2);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	const struct block_row rows[] = { { 0, "A", 0, NONE, { 1 } } };
	for (int form = 0; form < 4; form++) {
		enum gpq_status status = GPQ_E_BUDGET;
		turned_block_open(&block, &market, &dataset);
		turned_block_turn(&block, rows, 1, 1, form & 1, form & 2);
		size_t used = atomic_load(&block.budget.used_bytes);
		for (long n = 1; status != GPQ_OK; n++) {
			struct gpq_presence_run *runs = NULL;
			uint32_t count = 0;
			block.budget.fail_at = atomic_load(&block.budget.allocations) + n;
			status = gpq_presence_runs(&block.facts, &runs, &count, NULL);
			gpq_free(&block.budget, GPQ_TAG_CONVERT, runs, count * sizeof(*runs));
			assert_int_equal(atomic_load(&block.budget.used_bytes), used);
			assert_true(n < 50);
		}
		block.budget.fail_at = 0;
		turned_block_close(&block);
	}
}

/* ---- a dataset ---- */

static struct gpq_presence presence;

static void presence_open(const struct gpq_dataset *of)
{
	turned_block_open(&block, &market, of);
}

static void presence_begin(void)
{
	assert_int_equal(gpq_presence_init(&presence, &block.budget, &block.run, NULL), GPQ_OK);
}

static void presence_close(void)
{
	gpq_presence_done(&presence);
	gpq_presence_done(&presence); /* again: nothing */
	turned_block_close(&block);
}

static void code_add(uint32_t code, int32_t first, int32_t last)
{
	const struct gpq_presence_run run = { 1, 0, (uint16_t)(last - first) };
	uint32_t next = code;
	gpq_presence_add(&presence, first, &run, 1, &next);
	assert_int_equal(next, code + 1);
}

static void change_expect(const struct gpq_presence_change *change, uint32_t code, int32_t day)
{
	assert_int_equal(change->location, code);
	assert_int_equal(change->day, day);
}

static void what_appears_and_what_vanishes_is_named(void **state)
{
	(void)state;
	struct gpq_presence_changes changes;
	presence_open(&dataset);
	uint32_t steady = turned_block_code(&block, "STEADY"), late = turned_block_code(&block, "LATE");
	uint32_t gone = turned_block_code(&block, "GONE"), brief = turned_block_code(&block, "BRIEF");
	turned_block_code(&block, "of another dataset");
	presence_begin();
	code_add(steady, 107, 113);
	code_add(steady, 100, 106); /* blocks in any order */
	code_add(late, 101, 106);
	code_add(late, 107, 113);
	code_add(gone, 100, 106);
	code_add(gone, 110, 112);
	code_add(brief, 105, 105);
	assert_int_equal(gpq_presence_changes(&presence, &changes, NULL), GPQ_OK);
	assert_int_equal(changes.locations, 4);
	assert_int_equal(changes.appeared, 2);
	assert_int_equal(changes.n_named_appeared, 2);
	change_expect(&changes.named_appeared[0], brief, 105);
	change_expect(&changes.named_appeared[1], late, 101);
	assert_int_equal(changes.vanished, 2);
	change_expect(&changes.named_vanished[0], brief, 105);
	change_expect(&changes.named_vanished[1], gone, 112);
	assert_int_equal(presence.all.first, 100);
	assert_int_equal(presence.all.last, 113);
	presence_close();
}

/* What was said of a location beside its key makes another code of it, not another location. */
static void a_location_is_its_key(void **state)
{
	(void)state;
	struct gpq_presence_changes changes;
	struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
	uint32_t code[4];
	presence_open(&by_id);
	static const char *const texts[4][2] = { { "7", "OLD NAME" }, { "7", "NAME" }, { "8", "NAME" }, { "8", NULL } };
	for (int i = 0; i < 4; i++) {
		location.text[GPQ_TEXT_ID] = gpq_text_of(texts[i][0]);
		location.text[GPQ_TEXT_NAME] = gpq_text_of(texts[i][1]);
		assert_int_equal(gpq_locations_intern(block.locations, &location, &code[i], NULL), GPQ_OK);
	}
	presence_begin();
	code_add(code[0], 100, 104);
	code_add(code[1], 105, 110); /* renamed */
	code_add(code[2], 100, 103);
	code_add(code[3], 104, 108);
	assert_int_equal(gpq_presence_changes(&presence, &changes, NULL), GPQ_OK);
	assert_int_equal(changes.locations, 2);
	assert_int_equal(changes.appeared, 0);
	assert_int_equal(changes.vanished, 1);
	change_expect(&changes.named_vanished[0], code[2], 108);
	presence_close();
}

static void no_more_are_named_than_there_is_room_for(void **state)
{
	(void)state;
	struct gpq_presence_changes changes;
	char name[16];
	presence_open(&dataset);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "N%02d", 99 - i);
		turned_block_code(&block, name);
	}
	presence_begin();
	for (uint32_t code = 0; code < 100; code++)
		code_add(code, code < 50 ? 100 : 101, code < 50 ? 100 : 101);
	assert_int_equal(gpq_presence_changes(&presence, &changes, NULL), GPQ_OK);
	assert_int_equal(changes.appeared, 50);
	assert_int_equal(changes.vanished, 50);
	assert_int_equal(changes.n_named_appeared, GPQ_PRESENCE_NAMED);
	change_expect(&changes.named_appeared[0], 99, 101); /* "N00" */
	change_expect(&changes.named_vanished[0], 49, 100); /* "N50" */
	presence_close();
}

static void nothing_written_has_no_locations(void **state)
{
	(void)state;
	struct gpq_presence_changes changes;
	presence_open(&dataset);
	presence_begin();
	assert_int_equal(gpq_presence_changes(&presence, &changes, NULL), GPQ_OK);
	assert_int_equal(changes.locations, 0);
	presence_close();
}

/* ---- kept and read back ---- */

static void a_dataset_is_the_sum_of_its_blocks(void **state)
{
	(void)state;
	const struct block_row first[] = { { 0, "A", 0, NONE, { 1 } }, { 0, "B", 0, NONE, { 1 } } };
	const struct block_row second[] = { { 30, "B", 0, NONE, { 1 } }, { 30, "C", 0, NONE, { 1 } } };
	struct gpq_spill *spill = NULL;
	struct gpq_dataset_survey survey;
	struct gpq_presence_changes changes;
	turned_block_open(&block, &market, &dataset);
	assert_int_equal(gpq_spill_open(&block.budget, "/tmp", &spill, NULL), GPQ_OK);
	for (int i = 0; i < 2; i++) {
		struct gpq_span span = { .key = i, .first_day = BLOCK_DAY, .end_day = BLOCK_DAY + 2 };
		struct gpq_block_slot *slot = NULL;
		assert_int_equal(gpq_dataset_run_slot(&block.run, &block.budget, &span, &slot, NULL), GPQ_OK);
		turned_block_turn(&block, i ? second : first, 2, 2, true, false);
		slot->block = block.block;
		assert_int_equal(gpq_block_survey_make(&block.facts, slot, spill, NULL), GPQ_OK);
		slot->block = NULL;
		assert_true(slot->surveyed);
		turned_block_clear(&block);
	}
	assert_int_equal(gpq_dataset_survey_init(&survey, &block.budget, &block.run, spill, NULL), GPQ_OK);
	assert_int_equal(gpq_presence_changes(&survey.presence, &changes, NULL), GPQ_OK);
	assert_int_equal(changes.locations, 3);
	assert_int_equal(changes.appeared, 1);
	assert_int_equal(changes.vanished, 1);
	assert_int_equal(survey.presence.all.first, BLOCK_DAY);
	assert_int_equal(survey.presence.all.last, BLOCK_DAY + 1);
	gpq_dataset_survey_done(&survey);
	gpq_block_slot_clear(block.run.slots[1], &block.budget); /* to be built again */
	assert_int_equal(gpq_dataset_survey_init(&survey, &block.budget, &block.run, spill, NULL), GPQ_OK);
	assert_int_equal(survey.presence.all.last, BLOCK_DAY);
	gpq_dataset_survey_done(&survey);
	gpq_dataset_run_done(&block.run, &block.budget);
	gpq_spill_close(spill);
	turned_block_close(&block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_those_of_the_market),
		cmocka_unit_test(locations_of_the_same_dates_are_one_run),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(what_appears_and_what_vanishes_is_named),
		cmocka_unit_test(a_location_is_its_key),
		cmocka_unit_test(no_more_are_named_than_there_is_room_for),
		cmocka_unit_test(nothing_written_has_no_locations),
		cmocka_unit_test(a_dataset_is_the_sum_of_its_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
