// SPDX-License-Identifier: MIT
/* What the rules say of IESO's datasets, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	static const struct {
		const char *id, *market_type;
		int minutes, block_hours;
	} wanted[] = { { "da_energy_hourly", "DA", 60, 672 }, { "rt_energy_5min", "RT", 5, 96 } };
	assert_string_equal(gpq_market_ieso.iso, "IESO");
	assert_string_equal(gpq_market_ieso.zone, "Etc/GMT+5"); /* UTC-5 all year, in POSIX's sign */
	assert_int_equal(gpq_market_ieso.n_datasets, 2);
	for (int k = 0; k < 2; k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_ieso, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		assert_int_equal(dataset->partition, GPQ_PARTITION_YEAR);
		assert_int_equal(dataset->key_texts, 1 << GPQ_TEXT_NAME);
		assert_true(dataset->derives_energy); /* LMP less loss and congestion */
		for (int cell = 0; cell < dataset->n_cells; cell++)
			assert_int_equal(dataset->cells[cell].scale, 2);
	}
}

static void feeds_tell_their_day_above_the_header(void **state)
{
	(void)state;
	for (uint32_t f = 0; f < gpq_market_ieso.n_feeds; f++) {
		const struct gpq_feed *feed = gpq_market_ieso.feeds[f];
		assert_true(feed->preamble_date);
		assert_string_equal(feed->date_behind, " FOR ");
		assert_string_equal(feed->published_behind, "CREATED AT ");
		assert_int_equal(gpq_market_feed_column(feed, gpq_text_of("Delivery Hour"))->role, GPQ_ROLE_HOUR_ENDING);
		assert_int_equal(gpq_market_feed_column(feed, gpq_text_of("Pricing Location"))->role, GPQ_ROLE_NAME);
		assert_int_equal(gpq_market_feed_column(feed, gpq_text_of("LMP"))->column, GPQ_COLUMN_LMP_TOTAL);
		assert_int_equal(gpq_market_feed_column(feed, gpq_text_of("Energy Loss Price"))->column, GPQ_COLUMN_LMP_LOSS);
		assert_int_equal(gpq_market_feed_column(feed, gpq_text_of("Energy Congestion Price"))->column, GPQ_COLUMN_LMP_CONGESTION);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(feeds_tell_their_day_above_the_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
