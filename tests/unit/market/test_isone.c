// SPDX-License-Identifier: MIT
/* What the rules say of ISO-NE's datasets, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NAME (1 << GPQ_TEXT_NAME)
#define YEAR GPQ_PARTITION_YEAR

static const struct {
	const char *id, *market_type;
	enum gpq_table_id table;
	int minutes, block_hours, partition, key_texts, n_cells;
} wanted[] = {
	{ "da_energy_hourly", "DA", GPQ_TABLE_ENERGY, 60, 672, YEAR, NAME, 4 },
	{ "rt_energy_hourly", "RT", GPQ_TABLE_ENERGY, 60, 672, YEAR, NAME, 4 },
	{ "rt_energy_5min", "RT", GPQ_TABLE_ENERGY, 5, 96, YEAR, NAME, 4 },
};

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	assert_string_equal(gpq_market_isone.iso, "ISONE");
	assert_string_equal(gpq_market_isone.folder, "isone");
	assert_string_equal(gpq_market_isone.zone, "America/New_York");
	assert_int_equal(gpq_market_isone.publish_stamp, GPQ_PUBLISH_NONE); /* no name tells it: a line above the header does */
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_isone, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, wanted[k].table);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		assert_int_equal(dataset->partition, wanted[k].partition);
		assert_int_equal(dataset->key_texts, wanted[k].key_texts);
		assert_int_equal(dataset->n_cells, wanted[k].n_cells);
		assert_false(dataset->derives_energy); /* published */
		assert_true(dataset->blank_without_price);
		for (int cell = 0; cell < dataset->n_cells; cell++)
			assert_int_equal(dataset->cells[cell].scale, 2);
	}
}

static const struct gpq_feed *feed_of(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_isone.n_feeds; f++)
		if (strcmp(gpq_market_isone.feeds[f]->id, id) == 0)
			return gpq_market_isone.feeds[f];
	fail_msg("no feed %s", id);
	return NULL;
}

static void role_is(const struct gpq_feed *feed, const char *name, enum gpq_role role, int column)
{
	const struct gpq_feed_column *found = gpq_market_feed_column(feed, gpq_text_of(name));
	assert_non_null(found);
	assert_int_equal(found->role, role);
	if (role == GPQ_ROLE_CELL)
		assert_int_equal(found->column, column);
}

static void columns_mean_what_the_rules_say(void **state)
{
	(void)state;
	static const char *const hourly[] = { "WW_DALMP_ISO", "lmp_rt" };
	for (int k = 0; k < 2; k++) {
		const struct gpq_feed *feed = feed_of(hourly[k]);
		role_is(feed, "H", GPQ_ROLE_RECORD_KIND, 0);
		role_is(feed, "Date", GPQ_ROLE_DATE, 0);
		role_is(feed, "Local Date", GPQ_ROLE_DATE, 0);
		role_is(feed, "Hour Ending", GPQ_ROLE_HOUR_ENDING, 0);
		role_is(feed, "Local Time", GPQ_ROLE_HOUR_ENDING, 0);
		role_is(feed, "Location ID", GPQ_ROLE_ID, 0);
		role_is(feed, "Location Name", GPQ_ROLE_NAME, 0);
		role_is(feed, "Location Type", GPQ_ROLE_TYPE, 0);
		role_is(feed, "Locational Marginal Price", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_TOTAL);
		role_is(feed, "LMP", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_TOTAL);
		role_is(feed, "Energy Component", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_ENERGY);
		role_is(feed, "Congestion Component", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_CONGESTION);
		role_is(feed, "Marginal Loss Component", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_LOSS);
		role_is(feed, "Loss Component", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_LOSS);
	}
	const struct gpq_feed *five = feed_of("lmp_5min");
	role_is(five, "Local Time", GPQ_ROLE_START_LOCAL, 0); /* begins the interval */
	role_is(five, "Location ID", GPQ_ROLE_ID, 0);
	assert_true(five->preamble_date);
	assert_non_null(feed_of("report")->left_out);
}

static void final_prices_are_newer_than_preliminary_ones(void **state)
{
	(void)state;
	assert_int_equal(gpq_market_isone.n_finality_words, 2);
	assert_string_equal(gpq_market_isone.finality_words[0].word, "final");
	assert_int_equal(gpq_market_isone.finality_words[0].finality, GPQ_FINALITY_FINAL);
	assert_string_equal(gpq_market_isone.finality_words[1].word, "prelim");
	assert_int_equal(gpq_market_isone.finality_words[1].finality, GPQ_FINALITY_PRELIM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(columns_mean_what_the_rules_say),
		cmocka_unit_test(final_prices_are_newer_than_preliminary_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
