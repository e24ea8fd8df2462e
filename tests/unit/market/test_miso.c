// SPDX-License-Identifier: MIT
/* What the rules say of MISO's datasets, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NAME    (1 << GPQ_TEXT_NAME)
#define SERVICE (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE)
#define YEAR    GPQ_PARTITION_YEAR
#define MONTH   GPQ_PARTITION_MONTH

static const struct {
	const char *id, *market_type;
	enum gpq_table_id table;
	int minutes, block_hours, partition, key_texts, n_cells;
} wanted[] = {
	{ "da_energy_hourly", "DA", GPQ_TABLE_ENERGY, 60, 168, YEAR, NAME, 4 },
	{ "da_energy_hourly_exante", "DA", GPQ_TABLE_ENERGY, 60, 168, YEAR, NAME, 4 },
	{ "rt_energy_hourly", "RT", GPQ_TABLE_ENERGY, 60, 168, YEAR, NAME, 4 },
	{ "rt_energy_5min", "RT", GPQ_TABLE_ENERGY, 5, 48, MONTH, NAME, 4 },
	{ "da_ancillary_hourly", "DA", GPQ_TABLE_ANCILLARY, 60, 168, YEAR, SERVICE, 1 },
	{ "da_ancillary_hourly_exante", "DA", GPQ_TABLE_ANCILLARY, 60, 168, YEAR, SERVICE, 1 },
	{ "rt_ancillary_hourly", "RT", GPQ_TABLE_ANCILLARY, 60, 168, YEAR, SERVICE, 1 },
};

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	assert_string_equal(gpq_market_miso.iso, "MISO");
	assert_string_equal(gpq_market_miso.folder, "miso");
	assert_string_equal(gpq_market_miso.zone, "Etc/GMT+5"); /* UTC-5 all year, in POSIX's sign */
	assert_int_equal(gpq_market_miso.publish_stamp, GPQ_PUBLISH_NONE); /* dates in names are operating days */
	assert_int_equal(gpq_market_miso.n_datasets, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_miso, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, wanted[k].table);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		assert_int_equal(dataset->partition, wanted[k].partition);
		assert_int_equal(dataset->key_texts, wanted[k].key_texts);
		assert_int_equal(dataset->n_cells, wanted[k].n_cells);
		assert_int_equal(dataset->derives_energy, dataset->table == GPQ_TABLE_ENERGY);
		assert_true(dataset->blank_without_price);
		for (int cell = 0; cell < dataset->n_cells; cell++)
			assert_int_equal(dataset->cells[cell].scale, 2);
		assert_int_equal(gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_GHG), -1);
	}
}

static const struct gpq_feed *feed_of(const char *id, const char *dataset)
{
	for (uint32_t f = 0; f < gpq_market_miso.n_feeds; f++) {
		const struct gpq_feed *feed = gpq_market_miso.feeds[f];
		if (strcmp(feed->id, id) == 0 &&
		    (dataset ? feed->outputs[0] && strcmp(feed->outputs[0]->id, dataset) == 0 : !feed->outputs[0]))
			return feed;
	}
	fail_msg("no feed %s of %s", id, dataset ? dataset : "nothing");
	return NULL;
}

static void role_is(const struct gpq_feed *feed, const char *name, enum gpq_role role, int column)
{
	const struct gpq_feed_column *found = gpq_market_feed_column(feed, gpq_text_of(name));
	assert_non_null(found);
	assert_int_equal(found->role, role);
	if (role == GPQ_ROLE_CELL || role == GPQ_ROLE_HOURS)
		assert_int_equal(found->column, column);
}

static void feeds_go_to_their_datasets(void **state)
{
	(void)state;
	static const char *const feeds[][2] = {
		{ "da_expost_lmp", "da_energy_hourly" },     { "da_exante_lmp", "da_energy_hourly_exante" },
		{ "rt_lmp", "rt_energy_hourly" },	     { "da_lmps", "da_energy_hourly" },
		{ "da_lmps", "da_energy_hourly_exante" },    { "rt_lmps", "rt_energy_hourly" },
		{ "5min_lmp", "rt_energy_5min" },	     { "asm_expost_damcp", "da_ancillary_hourly" },
		{ "asm_exante_damcp", "da_ancillary_hourly_exante" }, { "asm_rtmcp", "rt_ancillary_hourly" },
		{ "load_epnodes", NULL },		     { "rt_lmp_hourly", NULL },
	};
	assert_int_equal(gpq_market_miso.n_feeds, sizeof(feeds) / sizeof(feeds[0]));
	for (size_t i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++)
		assert_ptr_equal(feed_of(feeds[i][0], feeds[i][1])->outputs[1], NULL);
}

static void columns_mean_what_the_rules_say(void **state)
{
	(void)state;
	const struct gpq_feed *day = feed_of("rt_lmp", "rt_energy_hourly");
	role_is(day, "Node", GPQ_ROLE_NAME, 0);
	role_is(day, "Type", GPQ_ROLE_TYPE, 0);
	role_is(day, "Value", GPQ_ROLE_COMPONENT, 0);
	role_is(day, "HE 7", GPQ_ROLE_HOURS, GPQ_COLUMN_BY_COMPONENT);
	assert_true(day->preamble_date);
	assert_int_equal(day->preamble_lines, 4);
	assert_int_equal(day->n_components, 3);
	const struct gpq_feed *bundle = feed_of("rt_lmps", "rt_energy_hourly");
	role_is(bundle, "MARKET_DAY", GPQ_ROLE_DATE, 0);
	assert_false(bundle->preamble_date);
	const struct gpq_feed *five = feed_of("5min_lmp", "rt_energy_5min");
	role_is(five, "MKTHOUR_EST", GPQ_ROLE_START_LOCAL, 0);
	role_is(five, "PNODENAME", GPQ_ROLE_NAME, 0);
	role_is(five, "LMP", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_TOTAL);
	role_is(five, "CON_LMP", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_CONGESTION);
	role_is(five, "LOSS_LMP", GPQ_ROLE_CELL, GPQ_COLUMN_LMP_LOSS);
	assert_int_equal(five->footer_lines, 2);
	const struct gpq_feed *reserves = feed_of("asm_expost_damcp", "da_ancillary_hourly");
	role_is(reserves, "MCP Type", GPQ_ROLE_PRODUCT, 0);
	role_is(reserves, " HE 1", GPQ_ROLE_HOURS, GPQ_COLUMN_MARKET_CLEARING_PRICE);
	assert_int_equal(reserves->columns[0].role, GPQ_ROLE_REGION);
	assert_string_equal(reserves->columns[0].names[0], "");
	assert_string_equal(reserves->second_columns[0].names[0], "Pnode");
	assert_int_equal(reserves->second_columns[0].role, GPQ_ROLE_RESOURCE);
	assert_int_equal(reserves->second_columns[1].role, GPQ_ROLE_REGION);
	assert_int_equal(reserves->n_second_columns, 4);
}

static void components_are_those_of_miso(void **state)
{
	(void)state;
	const struct gpq_component *components = feed_of("rt_lmp", "rt_energy_hourly")->components;
	assert_string_equal(components[0].text, "LMP");
	assert_int_equal(components[0].column, GPQ_COLUMN_LMP_TOTAL);
	assert_string_equal(components[1].text, "MCC");
	assert_int_equal(components[1].column, GPQ_COLUMN_LMP_CONGESTION);
	assert_string_equal(components[2].text, "MLC");
	assert_int_equal(components[2].column, GPQ_COLUMN_LMP_LOSS);
}

static void variants_of_a_product_share_its_standard_name(void **state)
{
	(void)state;
	static const char *const names[][2] = {
		{ "GENREGMCP", "REG" },	  { "DEMREGMCP", "REG" },   { "SERREGMCP", "REG" },	 { "GENSPINMCP", "SPIN" },
		{ "DEMSPINMCP", "SPIN" }, { "GENSUPPMCP", "SUPPLEMENTAL" }, { "DEMSUPPMCP", "SUPPLEMENTAL" },
		{ "REGMILEAGEMCP", "REG_MILEAGE" },
	};
	assert_int_equal(gpq_market_miso.n_products, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(gpq_market_product_standard(&gpq_market_miso, gpq_text_of(names[i][0])), names[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(feeds_go_to_their_datasets),
		cmocka_unit_test(columns_mean_what_the_rules_say),
		cmocka_unit_test(components_are_those_of_miso),
		cmocka_unit_test(variants_of_a_product_share_its_standard_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
