// SPDX-License-Identifier: MIT
#include "input/feed_binding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAX_NAMES 80

static struct gpq_text names[MAX_NAMES];
static char header_text[4096];

static uint32_t header_split(const char *header)
{
	uint32_t n = 0;
	snprintf(header_text, sizeof(header_text), "%s", header);
	for (char *at = header_text; at;) {
		char *comma = strchr(at, ',');
		names[n++] = (struct gpq_text){ at, (uint32_t)(comma ? (size_t)(comma - at) : strlen(at)) };
		at = comma ? comma + 1 : NULL;
	}
	return n;
}

static const struct gpq_feed *feed_named(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, id) == 0)
			return gpq_market_pjm.feeds[f];
	fail_msg("no feed %s", id);
	return NULL;
}

/* Of whichever market has a feed of that name. */
static enum gpq_status bind_table(const char *feed, const char *header, bool second, struct gpq_feed_binding *binding,
				  struct gpq_error *err)
{
	uint32_t count, n = header_split(header);
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++)
		for (uint32_t f = 0; f < markets[m]->n_feeds; f++)
			if (strcmp(markets[m]->feeds[f]->id, feed) == 0)
				return second ? gpq_feed_binding_init_second(binding, markets[m], markets[m]->feeds[f],
									     names, n, err)
					      : gpq_feed_binding_init(binding, markets[m], markets[m]->feeds[f], names,
								      n, err);
	fail_msg("no feed %s", feed);
	return GPQ_E_BUG;
}

static enum gpq_status bind(const char *feed, const char *header, struct gpq_feed_binding *binding,
			    struct gpq_error *err)
{
	uint32_t n = header_split(header);
	return gpq_feed_binding_init(binding, &gpq_market_pjm, feed_named(feed), names, n, err);
}

#define DA_HEADER                                                                                                      \
	"datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"               \
	"system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr"

static void without_the_key_there_is_no_binding(void **state)
{
	(void)state;
	struct gpq_feed_binding binding, before;
	struct gpq_error err;
	memset(&before, 0xA5, sizeof(before));
	binding = before;
	assert_int_equal(bind("da_hrl_lmps", "datetime_beginning_utc,pnode_name,total_lmp_da", &binding, &err),
			 GPQ_E_DATA);
	assert_non_null(strstr(err.message, "location id"));
	assert_non_null(strstr(err.message, "da_hrl_lmps"));
	assert_int_equal(bind("da_hrl_lmps", "pnode_id,pnode_name,total_lmp_da", &binding, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "start"));
	assert_int_equal(bind("rt_unverified_hrl_lmps", "datetime_beginning_utc,type,total_lmp_rt", &binding, &err),
			 GPQ_E_DATA);
	assert_memory_equal(&binding, &before, sizeof(before));
}

static void a_column_that_stands_twice_is_refused(void **state)
{
	(void)state;
	struct gpq_feed_binding binding;
	struct gpq_error err;
	assert_int_equal(
	    bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,total_lmp_da,Total LMP DA", &binding, &err),
	    GPQ_E_DATA);
	assert_int_equal(err.field, 4);
	assert_non_null(strstr(err.message, "Total LMP DA"));
	assert_int_equal(
	    bind("da_hrl_lmps", "datetime_beginning_utc,datetime_beginning_utc,pnode_id,total_lmp_da", &binding, &err),
	    GPQ_E_DATA);
	assert_int_equal(err.field, 2);
	assert_int_equal(bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,pnode_id,total_lmp_da", &binding, &err),
			 GPQ_E_DATA);
	assert_int_equal(err.field, 3);
	/* What nothing uses may stand twice. */
	assert_int_equal(bind("da_hrl_lmps",
			      "datetime_beginning_utc,pnode_id,total_lmp_da,row_is_current,row_is_current,x,x",
			      &binding, &err),
			 GPQ_OK);
	/* NULL takes no error. */
	assert_int_equal(bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,pnode_id,total_lmp_da", &binding, NULL),
			 GPQ_E_DATA);
}

static void more_columns_than_fit_are_refused(void **state)
{
	(void)state;
	struct gpq_feed_binding binding;
	struct gpq_error err;
	char header[1024] = "datetime_beginning_utc,pnode_id,total_lmp_da";
	for (int i = 3; i < GPQ_BINDING_MAX_FIELDS; i++)
		strcat(header, ",x");
	assert_int_equal(bind("da_hrl_lmps", header, &binding, &err), GPQ_OK);
	assert_int_equal(binding.n_fields, GPQ_BINDING_MAX_FIELDS);
	strcat(header, ",x");
	assert_int_equal(bind("da_hrl_lmps", header, &binding, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "65 columns"));
}

static void every_field_finds_its_place(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind("da_hrl_lmps", DA_HEADER, &b, &err), GPQ_OK);
	assert_int_equal(b.n_fields, 14);
	assert_int_equal(b.n_outputs, 1);
	assert_string_equal(b.output[0]->id, "da_energy_hourly");
	assert_int_equal(b.start, 0);
	assert_int_equal(b.local, 1);
	assert_int_equal(b.text[GPQ_TEXT_ID], 2);
	assert_int_equal(b.text[GPQ_TEXT_NAME], 3);
	assert_int_equal(b.voltage, 4);
	assert_int_equal(b.text[GPQ_TEXT_EQUIPMENT], 5);
	assert_int_equal(b.text[GPQ_TEXT_TYPE], 6);
	assert_int_equal(b.text[GPQ_TEXT_ZONE], 7);
	assert_int_equal(b.version, 13);
	assert_int_equal(b.location_first, 2);
	assert_int_equal(b.location_last, 7);
	assert_true(b.location_together);
	const struct gpq_dataset *dataset = b.output[0];
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_ENERGY)], 8);
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_TOTAL)], 9);
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_CONGESTION)], 10);
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_LOSS)], 11);
}

static void columns_may_stand_in_any_order_and_be_fewer(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(
	    bind("da_hrl_lmps", "zone,total_lmp_da,pnode_id,something_new,datetime_beginning_utc,pnode_name", &b, &err),
	    GPQ_OK);
	assert_int_equal(b.start, 4);
	assert_int_equal(b.local, GPQ_NO_FIELD);
	assert_int_equal(b.version, GPQ_NO_FIELD);
	assert_int_equal(b.voltage, GPQ_NO_FIELD);
	assert_int_equal(b.text[GPQ_TEXT_ZONE], 0);
	assert_int_equal(b.text[GPQ_TEXT_ID], 2);
	assert_int_equal(b.text[GPQ_TEXT_NAME], 5);
	assert_int_equal(b.text[GPQ_TEXT_TYPE], GPQ_NO_FIELD);
	assert_int_equal(b.location_first, 0);
	assert_int_equal(b.location_last, 5);
	assert_false(b.location_together);
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_ENERGY)], GPQ_NO_FIELD);
}

static void one_row_feeds_two_datasets(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(
	    bind("rt_da_monthly_lmps",
		 "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
		 "system_energy_price_rt,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt,"
		 "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da",
		 &b, &err),
	    GPQ_OK);
	assert_int_equal(b.n_outputs, 2);
	assert_string_equal(b.output[0]->id, "da_energy_hourly");
	assert_string_equal(b.output[1]->id, "rt_energy_hourly");
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_TOTAL)], 13);
	assert_int_equal(b.cell[1][gpq_dataset_cell(b.output[1], GPQ_COLUMN_LMP_TOTAL)], 9);
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_LOSS)], 15);
	assert_int_equal(b.cell[1][gpq_dataset_cell(b.output[1], GPQ_COLUMN_LMP_LOSS)], 11);
}

static void services_are_locations_too(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind("ancillary_services",
			      "datetime_beginning_utc,datetime_beginning_ept,ancillary_service,unit,value", &b, &err),
			 GPQ_OK);
	assert_int_equal(b.text[GPQ_TEXT_PRODUCT], 2);
	assert_int_equal(b.text[GPQ_TEXT_UNIT], 3);
	assert_true(b.location_together);
	/* A feed that names no product has a constant one, and needs no column for it. */
	assert_int_equal(bind("reg_market_results", "datetime_beginning_utc,requirement,total_mw,deficiency", &b, &err),
			 GPQ_OK);
	assert_int_equal(b.location_first, GPQ_NO_FIELD);
}

static void equal_bindings_have_equal_signatures_and_others_not(void **state)
{
	(void)state;
	struct gpq_feed_binding a, b;
	struct gpq_error err;
	assert_int_equal(bind("da_hrl_lmps", DA_HEADER, &a, &err), GPQ_OK);
	assert_int_equal(bind("da_hrl_lmps", DA_HEADER, &b, &err), GPQ_OK);
	assert_true(a.signature == b.signature);
	static const char *const others[] = {
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da",
		"datetime_beginning_utc,pnode_name,pnode_id,total_lmp_da",
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da,voltage",
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da,zone",
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da,type",
	};
	uint64_t seen[6] = { a.signature };
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(bind("da_hrl_lmps", others[i], &b, &err), GPQ_OK);
		seen[i + 1] = b.signature;
		for (size_t k = 0; k <= i; k++)
			assert_true(seen[k] != b.signature);
	}
}

#define HOURS_1_TO(stem, last) hours_from(stem, 1, last)

/* ",HE 1,HE 2" and so on. */
static const char *hours_from(const char *stem, int first, int last)
{
	static char text[600];
	size_t at = 0;
	for (int hour = first; hour <= last; hour++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, ",%s%d", stem, hour);
	return text;
}

static const char *header_of(const char *before, const char *hours)
{
	static char text[1000];
	snprintf(text, sizeof(text), "%s%s", before, hours);
	return text;
}

static void hours_across_are_24_in_their_order(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	static const char *const stems[] = { "HE ", " HE ", "HE", "HE0", "he_" };
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		bool padded = i == 3; /* HE01 .. HE09, HE10 .. */
		char hours[700];
		snprintf(hours, sizeof(hours), "%s", hours_from(stems[i], 1, padded ? 9 : 24));
		if (padded)
			strcat(hours, hours_from("HE", 10, 24));
		assert_int_equal(bind_table("rt_lmp", header_of("Node,Type,Value", hours), false, &b, &err), GPQ_OK);
		assert_int_equal(b.hours_first, 3);
		assert_int_equal(b.hours_count, 24);
	}
	assert_int_equal(bind_table("rt_lmp", header_of("Node,Type,Value", HOURS_1_TO("HE ", 23)), false, &b, &err),
			 GPQ_E_DATA);
	assert_non_null(strstr(err.message, "23 hours"));
	assert_int_equal(bind_table("rt_lmp", header_of("Node,Type,Value", hours_from("HE ", 2, 24)), false, &b, &err),
			 GPQ_E_DATA);
	assert_non_null(strstr(err.message, "hour 2 where hour 1"));
	assert_int_equal(err.field, 4);
	assert_int_equal(bind_table("rt_lmp", "Node,Type,Value,HE 1,x,HE 2", false, &b, &err), GPQ_E_DATA);
	assert_int_equal(err.field, 6);
	assert_int_equal(bind_table("rt_lmp", "Node,Type,Value,HE 1,HE 1", false, &b, &err), GPQ_E_DATA);
	/* HE 25, HE 0 and HE 001 are no hours. */
	assert_int_equal(bind_table("rt_lmp", header_of("Node,Type,Value", hours_from("HE ", 1, 25)), false, &b, &err),
			 GPQ_OK);
	assert_int_equal(b.hours_count, 24);
	assert_int_equal(b.n_fields, 28);
	assert_int_equal(bind_table("rt_lmp", "Node,Type,Value,HE 0,HE 001,HE", false, &b, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "start"));
}

static void components_say_which_cell_hours_are(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind_table("rt_lmp", header_of("Node,Type,Value", HOURS_1_TO("HE ", 24)), false, &b, &err), GPQ_OK);
	assert_int_equal(b.component, 2);
	assert_int_equal(b.price, GPQ_NO_FIELD);
	assert_int_equal(b.start, GPQ_NO_FIELD);
	assert_int_equal(b.date, GPQ_NO_FIELD);
	assert_int_equal(b.day, GPQ_NO_DAY);
	assert_int_equal(b.hours_cell[0], GPQ_NO_CELL);
	assert_int_equal(b.component_cell[0][0], gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_TOTAL));
	assert_int_equal(b.component_cell[0][1], gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_CONGESTION));
	assert_int_equal(b.component_cell[0][2], gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_LOSS));
	assert_int_equal(b.component_cell[0][3], GPQ_NO_CELL);
	assert_int_equal(b.text[GPQ_TEXT_NAME], 0);
	assert_int_equal(b.text[GPQ_TEXT_TYPE], 1);
	assert_int_equal(bind_table("rt_lmp", header_of("Node,Type", HOURS_1_TO("HE ", 24)), false, &b, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "which price"));
	assert_int_equal(bind_table("da_lmps", header_of("MARKET_DAY,NODE,TYPE,VALUE", HOURS_1_TO("HE", 24)), false, &b, &err),
			 GPQ_OK);
	assert_int_equal(b.date, 0);
	assert_int_equal(b.hours_first, 4);
	assert_int_equal(bind_table("da_lmps", header_of("NODE,TYPE,VALUE", HOURS_1_TO("HE", 24)), false, &b, &err),
			 GPQ_E_DATA);
	assert_non_null(strstr(err.message, "start"));
}

#define OASIS_HEADER                                                                                                    \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,LMP_TYPE,"        \
	"XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,"

static void a_line_may_give_one_component(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	static const char *const prices[] = { "MW", "PRC", "VALUE" };
	for (int i = 0; i < 3; i++) {
		assert_int_equal(bind_table("prc_intvl_lmp", header_of(OASIS_HEADER, prices[i]), false, &b, &err), GPQ_OK);
		assert_int_equal(b.price, 13);
		assert_int_equal(b.component, 8);
		assert_int_equal(b.market_run, 7);
		assert_int_equal(b.start, 0);
		assert_int_equal(b.end, 1);
		assert_int_equal(b.date_check, 2);
		assert_int_equal(b.hour_check, 3);
		assert_false(b.start_is_local);
		assert_int_equal(b.text[GPQ_TEXT_ID], 5);
		assert_int_equal(b.text[GPQ_TEXT_NAME], 6);
		assert_true(b.location_together);
		assert_int_equal(b.hours_first, GPQ_NO_FIELD);
	}
	assert_int_equal(bind_table("prc_intvl_lmp", header_of(OASIS_HEADER, "OTHER"), false, &b, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "price"));
	assert_int_equal(bind_table("prc_intvl_lmp", header_of(OASIS_HEADER, "MW,PRC"), false, &b, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "two columns"));
	assert_int_equal(bind_table("prc_hasp_lmp", header_of(OASIS_HEADER, "MW"), false, &b, &err), GPQ_OK);
	assert_int_equal(b.n_outputs, 2);
	for (int o = 0; o < 2; o++)
		for (int k = 0; k < 5; k++)
			assert_int_equal(b.component_cell[o][k], k); /* LMP, MCE, MCC, MCL, MGHG stand as the cells do */
}

static void blank_headers_stand_for_blank_columns_in_their_order(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind_table("asm_rtmcp", header_of(",,MCP Type", HOURS_1_TO(" HE ", 24)), false, &b, &err), GPQ_OK);
	assert_int_equal(b.table, 0);
	assert_int_equal(b.text[GPQ_TEXT_REGION], 0);
	assert_int_equal(b.text[GPQ_TEXT_PRODUCT], 2);
	assert_int_equal(b.text[GPQ_TEXT_RESOURCE], GPQ_NO_FIELD);
	assert_false(b.location_together); /* "-" stands between */
	assert_int_equal(b.hours_cell[0], 0);
	/* In another place, with blanks in them. */
	assert_int_equal(bind_table("asm_rtmcp", header_of("MCP Type, ,\t", HOURS_1_TO("HE ", 24)), false, &b, &err), GPQ_OK);
	assert_int_equal(b.text[GPQ_TEXT_PRODUCT], 0);
	assert_int_equal(b.text[GPQ_TEXT_REGION], 1);
	/* A third one is nobody's. */
	char hours[700];
	snprintf(hours, sizeof(hours), "%s,", HOURS_1_TO("HE ", 24));
	assert_int_equal(bind_table("asm_rtmcp", header_of(",,MCP Type", hours), false, &b, &err), GPQ_OK);
	assert_int_equal(b.n_fields, 28);
	/* The second table has its own columns. */
	assert_int_equal(bind_table("asm_rtmcp", header_of("Pnode,Zone,MCP Type", HOURS_1_TO("HE ", 24)), true, &b, &err),
			 GPQ_OK);
	assert_int_equal(b.table, 1);
	assert_int_equal(b.text[GPQ_TEXT_RESOURCE], 0);
	assert_int_equal(b.text[GPQ_TEXT_REGION], 1);
	assert_int_equal(b.text[GPQ_TEXT_PRODUCT], 2);
	assert_true(b.location_together);
}

static void a_stamp_may_be_by_the_markets_clock(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind_table("5min_lmp", "PNODENAME,MKTHOUR_EST,LMP,CON_LMP,LOSS_LMP", false, &b, &err), GPQ_OK);
	assert_true(b.start_is_local);
	assert_int_equal(b.start, 1);
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_CONGESTION)], 3);
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_ENERGY)], GPQ_NO_FIELD);
}

/* NYISO's old headers: units that are whole, cut off, or left out; blanks before a name. */
static void a_header_may_name_product_region_and_unit(void **state)
{
	(void)state;
	static const struct {
		const char *product, *region, *unit;
	} wanted[] = {
		{ "10 Min Spinning Reserve", "East", "$/MWHr" }, { "10 Min Non-Synchronous Reserve", "East", "" },
		{ "30 Min Operating Reserve", "East", "$/MWH" }, { "Regulation", "West", "$/MWHr" },
		{ "10 Min Spinning Reserve", "SENY", "$" },      { "NYCA Regulation Movement", NULL, "$/MW" },
	};
	struct gpq_feed_binding binding, other;
	struct gpq_error err;
	assert_int_equal(bind_table("damasp_regions",
				    "Time Stamp,East 10 Min Spinning Reserve ($/MWHr,East 10 Min Non-Synchronous Reserve,"
				    "East 30 Min Operating Reserve ($/MWH,west regulation ( $/MWHr ) ,Guess,SENY 10 Min Spinning Reserve ($,"
				    " NYCA Regulation Movement ($/MW)",
				    false, &binding, &err),
			 GPQ_OK);
	assert_int_equal(binding.n_products, 6);
	for (int i = 0; i < 6; i++) {
		const struct gpq_product_fields *product = &binding.products[i];
		assert_string_equal(product->product, wanted[i].product);
		assert_true((product->region == NULL) == (wanted[i].region == NULL));
		if (product->region)
			assert_string_equal(product->region, wanted[i].region);
		assert_string_equal(product->unit, wanted[i].unit);
		assert_int_equal(product->field[0], i < 4 ? i + 1 : i + 2);
	}
	assert_int_equal(bind_table("damasp", "Time Stamp,Time Zone,Name,PTID,10 Min Spinning Reserve ($/MWHr)", false, &binding, &err),
			 GPQ_OK);
	assert_true(binding.clock == 1 && binding.text[GPQ_TEXT_REGION] == 2 && !binding.start_is_end);
	assert_int_equal(bind_table("rtasp", "Time Stamp,Name,10 Min Spinning Reserve", false, &other, &err), GPQ_OK);
	assert_true(other.clock == GPQ_NO_FIELD && other.start_is_end);
	assert_string_equal(other.products[0].unit, "");
	static const struct {
		const char *header, *part;
		uint32_t field;
	} bad[] = {
		{ "Time Stamp,Name,10 Min Spinning Reserve ($/MWHr),10 Min Spinning Reserve", "two columns", 4 },
		{ "Time Stamp,Name,10 Min Spinning Reserve (dollars for a MWHr)", "15 bytes", 3 },
		{ "Time Stamp,Name,10 Min Spinning Reserve (\xFF)", "UTF-8", 3 },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(bind_table("damasp", bad[i].header, false, &binding, &err), GPQ_E_DATA);
		assert_non_null(strstr(err.message, bad[i].part));
		assert_int_equal(err.field, bad[i].field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_key_there_is_no_binding),
		cmocka_unit_test(a_column_that_stands_twice_is_refused),
		cmocka_unit_test(more_columns_than_fit_are_refused),
		cmocka_unit_test(every_field_finds_its_place),
		cmocka_unit_test(columns_may_stand_in_any_order_and_be_fewer),
		cmocka_unit_test(one_row_feeds_two_datasets),
		cmocka_unit_test(services_are_locations_too),
		cmocka_unit_test(hours_across_are_24_in_their_order),
		cmocka_unit_test(components_say_which_cell_hours_are),
		cmocka_unit_test(a_line_may_give_one_component),
		cmocka_unit_test(blank_headers_stand_for_blank_columns_in_their_order),
		cmocka_unit_test(a_stamp_may_be_by_the_markets_clock),
		cmocka_unit_test(a_header_may_name_product_region_and_unit),
		cmocka_unit_test(equal_bindings_have_equal_signatures_and_others_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
