// SPDX-License-Identifier: MIT
/* What the rules say of PJM's datasets, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ID      (1 << GPQ_TEXT_ID)
#define NAME    (1 << GPQ_TEXT_NAME)
#define SERVICE (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE)
#define YEAR    GPQ_PARTITION_YEAR
#define MONTH   GPQ_PARTITION_MONTH

static const struct {
	const char *id, *market_type;
	enum gpq_table_id table;
	int minutes, block_hours, partition, key_texts, n_cells;
	bool derives_energy;
} wanted[] = {
	{ "da_energy_hourly", "DA", GPQ_TABLE_ENERGY, 60, 168, YEAR, ID, 4, false },
	{ "rt_energy_hourly", "RT", GPQ_TABLE_ENERGY, 60, 168, YEAR, ID, 4, false },
	{ "rt_energy_5min", "RT", GPQ_TABLE_ENERGY, 5, 24, MONTH, ID, 4, false },
	{ "rt_energy_hourly_unverified", "RT", GPQ_TABLE_ENERGY, 60, 168, YEAR, NAME, 4, true },
	{ "rt_energy_5min_unverified", "RT", GPQ_TABLE_ENERGY, 5, 24, MONTH, ID, 4, true },
	{ "da_ancillary_hourly", "DA", GPQ_TABLE_ANCILLARY, 60, 0, YEAR, SERVICE, 1, false },
	{ "rt_ancillary_hourly", "RT", GPQ_TABLE_ANCILLARY, 60, 0, YEAR, SERVICE, 1, false },
	{ "rt_ancillary_5min", "RT", GPQ_TABLE_ANCILLARY, 5, 0, YEAR, SERVICE, 1, false },
	{ "da_reserve_hourly", "DA", GPQ_TABLE_ANCILLARY, 60, 0, YEAR, SERVICE, 3, false },
	{ "rt_reserve_hourly", "RT", GPQ_TABLE_ANCILLARY, 60, 0, YEAR, SERVICE, 3, false },
	{ "rt_reserve_5min", "RT", GPQ_TABLE_ANCILLARY, 5, 0, YEAR, SERVICE, 3, false },
	{ "rt_regulation_hourly", "RT", GPQ_TABLE_ANCILLARY, 60, 0, YEAR, SERVICE, 2, false },
	{ "rt_regulation_30min", "RT", GPQ_TABLE_ANCILLARY, 30, 0, YEAR, SERVICE, 2, false },
	{ "rt_regulation_5min", "RT", GPQ_TABLE_ANCILLARY, 5, 0, YEAR, SERVICE, 3, false },
};

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	assert_string_equal(gpq_market_pjm.iso, "PJM");
	assert_string_equal(gpq_market_pjm.folder, "pjm");
	assert_string_equal(gpq_market_pjm.zone, "America/New_York");
	assert_int_equal(gpq_market_pjm.n_datasets, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_pjm, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, wanted[k].table);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		assert_int_equal(dataset->partition, wanted[k].partition);
		assert_int_equal(dataset->key_texts, wanted[k].key_texts);
		assert_int_equal(dataset->n_cells, wanted[k].n_cells);
		assert_int_equal(dataset->derives_energy, wanted[k].derives_energy);
		assert_true(dataset->blank_without_price);
		for (int cell = 0; cell < dataset->n_cells; cell++)
			assert_int_equal(dataset->cells[cell].scale, 6);
	}
	assert_null(gpq_market_dataset(&gpq_market_pjm, gpq_text_of("da_energy")));
}

static const struct gpq_feed *feed_named(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, id) == 0)
			return gpq_market_pjm.feeds[f];
	fail_msg("no feed %s", id);
	return NULL;
}

static void role_is(const char *feed, const char *name, enum gpq_role role, int column)
{
	const struct gpq_feed_column *found = gpq_market_feed_column(feed_named(feed), gpq_text_of(name));
	assert_non_null(found);
	assert_int_equal(found->role, role);
	if (role == GPQ_ROLE_CELL)
		assert_int_equal(found->column, column);
}

static void columns_mean_what_the_rules_say(void **state)
{
	(void)state;
	role_is("reserve_market_results", "mcp", GPQ_ROLE_CELL, GPQ_COLUMN_MARKET_CLEARING_PRICE);
	role_is("reserve_market_results", "mcp_capped", GPQ_ROLE_IGNORE, 0);
	role_is("reserve_market_results", "total_mw", GPQ_ROLE_CELL, GPQ_COLUMN_CLEARED_QUANTITY_MW);
	role_is("reserve_market_results", "as_req_mw", GPQ_ROLE_CELL, GPQ_COLUMN_REQUIREMENT_MW);
	role_is("reserve_market_results", "locale", GPQ_ROLE_REGION, 0);
	role_is("reserve_market_results", "service", GPQ_ROLE_PRODUCT, 0);
	role_is("da_reserve_market_results", "total_mw", GPQ_ROLE_CELL, GPQ_COLUMN_CLEARED_QUANTITY_MW);
	role_is("ancillary_services", "unit", GPQ_ROLE_UNIT, 0);
	role_is("ancillary_services", "value", GPQ_ROLE_CELL, GPQ_COLUMN_MARKET_CLEARING_PRICE);
	role_is("ancillary_services_fivemin_hrl", "version_nbr", GPQ_ROLE_VERSION, 0);
	role_is("reg_market_results", "total_mw", GPQ_ROLE_CELL, GPQ_COLUMN_CLEARED_QUANTITY_MW);
	role_is("reg_market_results", "requirement", GPQ_ROLE_CELL, GPQ_COLUMN_REQUIREMENT_MW);
	role_is("reg_prices", "area", GPQ_ROLE_REGION, 0);
	role_is("reg_prices", "reserve_quantity", GPQ_ROLE_CELL, GPQ_COLUMN_CLEARED_QUANTITY_MW);
	role_is("reg_prices", "market_capped_clearing_price", GPQ_ROLE_IGNORE, 0);
	role_is("da_hrl_lmps", "equipment", GPQ_ROLE_EQUIPMENT, 0);
	role_is("da_hrl_lmps", "datetime_beginning_ept", GPQ_ROLE_LOCAL_CHECK, 0);
	role_is("rt_fivemin_mnt_lmps", "total_lmp_da", GPQ_ROLE_IGNORE, 0);
	assert_string_equal(feed_named("reg_market_results")->constant_product, "REG");
	assert_string_equal(feed_named("reg_prices")->constant_product, "REG");
	assert_non_null(feed_named("five_min_itsced_lmps")->left_out);
}

static void published_order_serves_files_without_a_header(void **state)
{
	(void)state;
	static const char *const da_hrl[] = { "datetime_beginning_utc",
					      "datetime_beginning_ept",
					      "pnode_id",
					      "pnode_name",
					      "voltage",
					      "equipment",
					      "type",
					      "zone",
					      "system_energy_price_da",
					      "total_lmp_da",
					      "congestion_price_da",
					      "marginal_loss_price_da",
					      "row_is_current",
					      "version_nbr" };
	const struct gpq_feed *feed = feed_named("da_hrl_lmps");
	assert_int_equal(feed->n_columns, 14);
	for (int k = 0; k < 14; k++)
		assert_string_equal(feed->columns[k].names[0], da_hrl[k]);
	assert_string_equal(feed_named("ancillary_services")->columns[5].names[0], "row_is_current");
	assert_string_equal(feed_named("ancillary_services_fivemin_hrl")->columns[5].names[0], "version_nbr");
	assert_string_equal(feed_named("reg_market_results")->columns[2].names[0], "requirement");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(columns_mean_what_the_rules_say),
		cmocka_unit_test(published_order_serves_files_without_a_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
