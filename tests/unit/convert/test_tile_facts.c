// SPDX-License-Identifier: MIT
/* Intervals that follow each other: what they cover of each day, and the column of their ends. */
#include "unit/convert/turned_block.h"

#include <string.h>

#define DAYS 2

static const struct gpq_dataset dataset = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.interval_minutes = 5,
	.off_grid = true,
	.tiles = true,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 }, { GPQ_COLUMN_INTERVAL_END_UTC, 0 } },
	.n_cells = 2,
};
static const struct gpq_market market = { .iso = "NYISO" };

static struct turned_block block;

struct tile {
	char name[2];
	uint32_t from_s, to_s; /* behind the beginning */
};

static void tiles_turn(const struct tile *tiles, uint32_t count)
{
	struct gpq_span span = { .partition = 202500, .first_day = BLOCK_DAY, .end_day = BLOCK_DAY + DAYS, .begin_s = BLOCK_BEGIN_S };
	struct gpq_batch batch;
	uint32_t pushed = 0;
	span.end_s = gpq_zone_midnight_s(block.zone, span.end_day);
	assert_int_equal(gpq_batch_init(&batch, &block.budget, GPQ_TAG_CONVERT, count, 2, NULL), GPQ_OK);
	for (uint32_t i = 0; i < count; i++) {
		batch.start_s[i] = BLOCK_BEGIN_S + tiles[i].from_s;
		batch.location[i] = turned_block_code(&block, tiles[i].name);
		batch.version[i] = GPQ_VERSION_NONE;
		batch.origin[i] = gpq_origin(0, 100 * (uint64_t)i);
		batch.cell[0][i] = i;
		batch.cell[1][i] = tiles[i].to_s - tiles[i].from_s;
	}
	batch.rows = count;
	assert_int_equal(gpq_block_open(&block.budget, block.slabs, &block.run.rules, &block.block, NULL), GPQ_OK);
	assert_int_equal(gpq_block_push(block.block, &batch, 0, batch.rows, &pushed, NULL), GPQ_OK);
	assert_int_equal(pushed, count);
	gpq_batch_done(&batch, &block.budget, GPQ_TAG_CONVERT);
	assert_int_equal(gpq_block_turn(block.block, block.spill, block.scratch, &block.turned, NULL), GPQ_OK);
	assert_int_equal(gpq_location_lists_update(&block.lists, &block.budget, block.locations, &market, NULL), GPQ_OK);
	assert_int_equal(gpq_block_facts_init(&block.facts, &block.budget, &block.run, &span, block.turned, &block.lists,
	                                      &block.sources, 1000000, NULL),
	                 GPQ_OK);
}

static int setup(void **state)
{
	(void)state;
	turned_block_open(&block, &market, &dataset);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	turned_block_close(&block);
	return 0;
}

/* A day of 25 hours in tiles of 5 minutes, and one a second before midnight. */
static void they_cover_a_day_of_25_hours(void **state)
{
	(void)state;
	static struct tile tiles[2 * 301 + 1];
	uint32_t count = 0, days[DAYS];
	for (uint32_t i = 0; i < 300; i++) {
		uint32_t from_s = 300 * i, to_s = from_s + 300;
		if (i == 299) /* B lacks the late run */
			tiles[count++] = (struct tile){ "A", from_s, to_s - 1 };
		tiles[count++] = (struct tile){ "A", i == 299 ? to_s - 1 : from_s, to_s };
		tiles[count++] = (struct tile){ "B", from_s, to_s };
	}
	tiles_turn(tiles, count);
	gpq_block_days_covered(&block.facts, days);
	assert_int_equal(days[0], 90000);
	assert_int_equal(days[1], 0);
	gpq_block_days_found(&block.facts, days);
	assert_int_equal(days[0], 301);
}

static void gaps_are_not_covered_and_overlaps_count_once(void **state)
{
	(void)state;
	static const struct tile tiles[] = { { "A", 0, 300 },    { "A", 300, 600 },    { "A", 900, 1200 },
		                             { "B", 1100, 1300 }, { "A", 90000, 90010 }, { "A", 90010, 90300 } };
	uint32_t days[DAYS];
	tiles_turn(tiles, sizeof(tiles) / sizeof(tiles[0]));
	gpq_block_days_covered(&block.facts, days);
	assert_int_equal(days[0], 600 + 400);
	assert_int_equal(days[1], 300);
}

static void the_column_of_ends(void **state)
{
	(void)state;
	static const struct tile tiles[] = { { "A", 0, 12 }, { "B", 0, 300 }, { "A", 12, 300 }, { "B", 300, 599 } };
	static const uint32_t expected[] = { 12, 300, 300, 599 }; /* A, then B */
	const struct gpq_table *table = gpq_table_schema(GPQ_TABLE_ENERGY);
	struct gpq_block_column *column = NULL;
	struct gpq_values values;
	uint32_t number = 0;
	int64_t ends[4];
	tiles_turn(tiles, 4);
	while (table->columns[number].id != GPQ_COLUMN_INTERVAL_END_UTC)
		number++;
	assert_int_equal(gpq_block_column_open(&block.facts, number, 0, 4, &column, &values, NULL), GPQ_OK);
	assert_false(values.coded);
	for (uint32_t skipped = 0; skipped < 4; skipped++) {
		assert_int_equal(values.rewind(values.context, NULL), GPQ_OK);
		assert_int_equal((values.skip)(values.context, skipped, NULL), GPQ_OK);
		assert_int_equal(values.read_cells(values.context, 4 - skipped, ends, NULL), GPQ_OK);
		for (uint32_t i = skipped; i < 4; i++)
			assert_true(ends[i - skipped] == ((int64_t)BLOCK_BEGIN_S + expected[i]) * 1000000);
	}
	gpq_block_column_close(column);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_cover_a_day_of_25_hours, setup, teardown),
		cmocka_unit_test_setup_teardown(gaps_are_not_covered_and_overlaps_count_once, setup, teardown),
		cmocka_unit_test_setup_teardown(the_column_of_ends, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
