// SPDX-License-Identifier: MIT
/* What the rules say of CAISO's datasets, written down once more by hand. */
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
	{ "da_energy_hourly", "DA", GPQ_TABLE_ENERGY, 60, 96, YEAR, NAME, 5 },
	{ "rt_energy_15min", "RT", GPQ_TABLE_ENERGY, 15, 24, MONTH, NAME, 5 },
	{ "rt_energy_5min", "RT", GPQ_TABLE_ENERGY, 5, 8, MONTH, NAME, 5 },
	{ "hasp_energy_hourly", "RT", GPQ_TABLE_ENERGY, 60, 96, YEAR, NAME, 5 },
	{ "hasp_energy_15min", "RT", GPQ_TABLE_ENERGY, 15, 24, MONTH, NAME, 5 },
	{ "da_ancillary_hourly", "DA", GPQ_TABLE_ANCILLARY, 60, 0, YEAR, SERVICE, 1 },
	{ "rt_ancillary_15min", "RT", GPQ_TABLE_ANCILLARY, 15, 0, YEAR, SERVICE, 1 },
};

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	assert_string_equal(gpq_market_caiso.iso, "CAISO");
	assert_string_equal(gpq_market_caiso.folder, "caiso");
	assert_string_equal(gpq_market_caiso.zone, "America/Los_Angeles");
	assert_int_equal(gpq_market_caiso.publish_stamp, GPQ_PUBLISH_OASIS_NAME);
	assert_int_equal(gpq_market_caiso.n_finality_words, 0);
	assert_int_equal(gpq_market_caiso.n_datasets, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_caiso, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, wanted[k].table);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		assert_int_equal(dataset->partition, wanted[k].partition);
		assert_int_equal(dataset->key_texts, wanted[k].key_texts);
		assert_int_equal(dataset->n_cells, wanted[k].n_cells);
		assert_false(dataset->derives_energy); /* MCE is published */
		assert_true(dataset->blank_without_price);
		for (int cell = 0; cell < dataset->n_cells; cell++)
			assert_int_equal(dataset->cells[cell].scale, 5);
		if (dataset->table == GPQ_TABLE_ENERGY)
			assert_true(gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_GHG) >= 0);
	}
}

static const struct gpq_feed *feed_named(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_caiso.n_feeds; f++)
		if (strcmp(gpq_market_caiso.feeds[f]->id, id) == 0)
			return gpq_market_caiso.feeds[f];
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
	static const char *const lmps[] = { "prc_lmp", "prc_rtpd_lmp", "prc_intvl_lmp", "prc_hasp_lmp" };
	for (int i = 0; i < 4; i++) {
		role_is(lmps[i], "NODE", GPQ_ROLE_NAME, 0);
		role_is(lmps[i], "NODE_ID", GPQ_ROLE_ID, 0);
		role_is(lmps[i], "NODE_ID_XML", GPQ_ROLE_IGNORE, 0);
		role_is(lmps[i], "PNODE_RESMRID", GPQ_ROLE_IGNORE, 0);
		role_is(lmps[i], "INTERVALSTARTTIME_GMT", GPQ_ROLE_START_UTC, 0);
		role_is(lmps[i], "INTERVALENDTIME_GMT", GPQ_ROLE_END_UTC, 0);
		role_is(lmps[i], "OPR_DT", GPQ_ROLE_DATE_CHECK, 0);
		role_is(lmps[i], "OPR_HR", GPQ_ROLE_HOUR_CHECK, 0);
		role_is(lmps[i], "MARKET_RUN_ID", GPQ_ROLE_MARKET, 0);
		role_is(lmps[i], "LMP_TYPE", GPQ_ROLE_COMPONENT, 0);
		role_is(lmps[i], "MW", GPQ_ROLE_CELL, GPQ_COLUMN_BY_COMPONENT);
		role_is(lmps[i], "PRC", GPQ_ROLE_CELL, GPQ_COLUMN_BY_COMPONENT);
		role_is(lmps[i], "VALUE", GPQ_ROLE_CELL, GPQ_COLUMN_BY_COMPONENT);
		assert_int_equal(feed_named(lmps[i])->choice, GPQ_CHOICE_RUN);
		assert_int_equal(feed_named(lmps[i])->n_columns, 16);
		assert_int_equal(feed_named(lmps[i])->n_components, 5);
	}
	role_is("prc_as", "ANC_TYPE", GPQ_ROLE_PRODUCT, 0);
	role_is("prc_as", "ANC_REGION", GPQ_ROLE_REGION, 0);
	role_is("prc_as", "MW", GPQ_ROLE_CELL, GPQ_COLUMN_MARKET_CLEARING_PRICE);
	role_is("prc_intvl_as", "MW", GPQ_ROLE_CELL, GPQ_COLUMN_MARKET_CLEARING_PRICE);
	assert_true(feed_named("prc_hasp_lmp")->by_length);
	assert_string_equal(feed_named("prc_hasp_lmp")->outputs[1]->id, "hasp_energy_15min");
	assert_non_null(feed_named("pub_bid")->left_out);
	assert_non_null(feed_named("prc_sptie_lmp")->left_out);
}

static void components_are_those_of_oasis(void **state)
{
	(void)state;
	static const struct gpq_component components[] = {
		{ "LMP", GPQ_COLUMN_LMP_TOTAL }, { "MCE", GPQ_COLUMN_LMP_ENERGY }, { "MCC", GPQ_COLUMN_LMP_CONGESTION },
		{ "MCL", GPQ_COLUMN_LMP_LOSS },	 { "MGHG", GPQ_COLUMN_LMP_GHG },
	};
	const struct gpq_feed *feed = feed_named("prc_lmp");
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < 5; k++)
			if (strcmp(feed->components[k].text, components[i].text) == 0)
				assert_int_equal(feed->components[k].column, components[i].column);
}

static void services_have_standard_names(void **state)
{
	(void)state;
	static const char *const names[12][2] = {
		{ "SR", "SPIN" },	       { "NR", "NON_SPIN" },
		{ "RU", "REG_UP" },	       { "RD", "REG_DOWN" },
		{ "RMU", "REG_UP_MILEAGE" },   { "RMD", "REG_DOWN_MILEAGE" },
		{ "SP_CLR_PRC", "SPIN" },      { "NS_CLR_PRC", "NON_SPIN" },
		{ "RU_CLR_PRC", "REG_UP" },    { "RD_CLR_PRC", "REG_DOWN" },
		{ "RMU_CLR_PRC", "REG_UP_MILEAGE" }, { "RMD_CLR_PRC", "REG_DOWN_MILEAGE" },
	};
	for (int i = 0; i < 12; i++)
		assert_string_equal(gpq_market_product_standard(&gpq_market_caiso, gpq_text_of(names[i][0])), names[i][1]);
	assert_int_equal(gpq_market_caiso.n_products, 12);
}

/* The samples' headers, column by column. */
static void published_order_serves_files_without_a_header(void **state)
{
	(void)state;
	static const char *const dam[] = { "INTERVALSTARTTIME_GMT", "INTERVALENDTIME_GMT", "OPR_DT",   "OPR_HR",
					   "OPR_INTERVAL",	    "NODE_ID_XML",	   "NODE_ID",  "NODE",
					   "MARKET_RUN_ID",	    "LMP_TYPE",		   "XML_DATA_ITEM", "PNODE_RESMRID",
					   "GRP_TYPE",		    "POS",		   "MW",       "GROUP" };
	static const char *const rtpd[] = { "INTERVALSTARTTIME_GMT", "INTERVALENDTIME_GMT", "OPR_DT",	     "OPR_HR",
					    "NODE_ID_XML",	     "NODE_ID",		    "NODE",	     "MARKET_RUN_ID",
					    "LMP_TYPE",		     "XML_DATA_ITEM",	    "PNODE_RESMRID", "GRP_TYPE",
					    "POS",		     "PRC",		    "OPR_INTERVAL",  "GROUP" };
	for (int k = 0; k < 16; k++) {
		assert_string_equal(feed_named("prc_lmp")->columns[k].names[0], dam[k]);
		assert_string_equal(feed_named("prc_rtpd_lmp")->columns[k].names[0], rtpd[k]);
	}
	assert_string_equal(feed_named("prc_intvl_lmp")->columns[13].names[0], "VALUE");
	assert_string_equal(feed_named("prc_hasp_lmp")->columns[13].names[0], "MW");
	assert_int_equal(feed_named("prc_as")->n_columns, 12);
	assert_int_equal(feed_named("prc_intvl_as")->n_columns, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(columns_mean_what_the_rules_say),
		cmocka_unit_test(components_are_those_of_oasis),
		cmocka_unit_test(services_have_standard_names),
		cmocka_unit_test(published_order_serves_files_without_a_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
