// SPDX-License-Identifier: MIT
/* What the rules say of ERCOT's datasets, and its headers as they are published, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NAME    (1 << GPQ_TEXT_NAME)
#define TYPED   (1 << GPQ_TEXT_NAME | 1 << GPQ_TEXT_TYPE)
#define SERVICE (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE)

static const struct {
	const char *id, *market_type;
	enum gpq_table_id table;
	int minutes, block_hours, key_texts;
} wanted[] = {
	{ "da_energy_hourly", "DA", GPQ_TABLE_ENERGY, 60, 28 * 24, NAME },
	{ "da_energy_hourly_bus", "DA", GPQ_TABLE_ENERGY, 60, 4 * 24, NAME },
	{ "rt_energy_15min", "RT", GPQ_TABLE_ENERGY, 15, 7 * 24, TYPED },
	{ "da_ancillary_hourly", "DA", GPQ_TABLE_ANCILLARY, 60, 0, SERVICE },
	{ "rt_ancillary_15min", "RT", GPQ_TABLE_ANCILLARY, 15, 0, SERVICE },
	{ "rt_energy_sced", "RT", GPQ_TABLE_ENERGY, 5, 4 * 24, NAME },
	{ "rt_energy_sced_bus", "RT", GPQ_TABLE_ENERGY, 5, 8, NAME },
	{ "rt_ancillary_sced", "RT", GPQ_TABLE_ANCILLARY, 5, 0, SERVICE },
};

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	assert_string_equal(gpq_market_ercot.iso, "ERCOT");
	assert_string_equal(gpq_market_ercot.zone, "America/Chicago");
	assert_int_equal(gpq_market_ercot.publish_stamp, GPQ_PUBLISH_MIS_NAME);
	assert_int_equal(gpq_market_ercot.n_finality_words, 0);
	assert_int_equal(gpq_market_ercot.n_datasets, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_ercot, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, wanted[k].table);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		bool buses = dataset->block_hours == 8; /* five million rows a day; the others have under half a million */
		assert_int_equal(dataset->partition, buses ? GPQ_PARTITION_MONTH : GPQ_PARTITION_YEAR);
		assert_int_equal(dataset->off_grid, strstr(dataset->id, "_sced") != NULL);
		assert_int_equal(dataset->key_texts, wanted[k].key_texts);
		assert_int_equal(dataset->n_cells, 1);
		assert_int_equal(dataset->cells[0].scale, 2);
		assert_false(dataset->derives_energy); /* no components are published: nothing follows */
		assert_true(dataset->blank_without_price);
	}
}

static struct gpq_candidates recognise(const char *header)
{
	struct gpq_text names[16];
	uint32_t count = 0;
	for (const char *at = header;; at++) {
		size_t len = strcspn(at, ",");
		names[count++] = (struct gpq_text){ at, (uint32_t)len };
		at += len;
		if (!*at)
			break;
	}
	struct gpq_candidates found;
	gpq_market_recognise(names, count, &found);
	return found;
}

static void published_headers_are_recognised(void **state)
{
	(void)state;
	static const struct {
		const char *header, *feed;
	} cases[] = {
		{ "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag", "NP4-190" },
		{ "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag    ", "NP4-190" },
		{ "deliveryDate,hourEnding,settlementPoint,settlementPointPrice,DSTFlag", "NP4-190" },
		{ "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice", "NP4-190" },
		{ "Delivery Date,Hour Ending,Repeated Hour Flag,Settlement Point,Settlement Point Price", "NP4-180" },
		{ "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,RepeatHourFlag", "NP4-180" },
		{ "DeliveryDate,HourEnding,BusName,LMP,DSTFlag", "NP4-183" },
		{ "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
		  "NP6-905" },
		{ "Delivery Date,Delivery Hour,Delivery Interval,Repeated Hour Flag,Settlement Point Name,Settlement Point Type,"
		  "Settlement Point Price",
		  "NP6-785" },
		{ "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag", "NP4-188" },
		{ "Delivery Date,Hour Ending,Repeated Hour Flag,REGDN,REGUP ,RRS,NSPIN", "NP4-181" },
		{ "Delivery Date,Hour Ending,Repeated Hour Flag,REGDN,REGUP ,RRS,NSPIN,ECRS", "NP4-181" },
		{ "DeliveryDate,DeliveryHour,DeliveryInterval,RepeatedHourFlag,ASType,MCPC", "NP6-331" },
		{ "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP", "NP6-788" },
		{ "SCEDTimestamp,RepeatedHourFlag,ElectricalBus,LMP", "NP6-787" },
		{ "SCEDTimestamp,RepeatedHourFlag,ASType,MCPC", "NP6-332" },
		{ "SCEDTimestamp,RepeatedHourFlag,ASType,CappedMCPC,UncappedMCPC", "NP6-332" },
		{ "SCEDTimeStamp,RepeatedHourFlag,SystemLambda", "NP6-322" },
		{ "SCEDTimeStamp,RepeatedHourFlag,CappedSystemLambda,UncappedSystemLambda", "NP6-322" },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct gpq_candidates found = recognise(cases[k].header);
		assert_int_equal(found.count, 1);
		assert_ptr_equal(found.items[0].market, &gpq_market_ercot);
		assert_string_equal(found.items[0].feed->id, cases[k].feed);
		assert_int_equal(found.items[0].feed->left_out != NULL, strstr(cases[k].header, "SystemLambda") != NULL);
	}
	/* Real-time prices whose line does not tell the type would be two prices of one key. */
	static const char *const none[] = {
		"DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointPrice,DSTFlag",
		"DeliveryDate,DeliveryHour,DeliveryInterval,RTRSVPOR,RTRSVPOFF,RTRDP,DSTFlag",
		"DeliveryDate,SettlementPoint,SettlementPointPrice,DSTFlag",
	};
	for (size_t k = 0; k < sizeof(none) / sizeof(none[0]); k++)
		assert_int_equal(recognise(none[k]).count, 0);
}

/* Responsive reserve, contingency reserve and non-spinning reserve are three things. */
static void services_have_standard_names(void **state)
{
	(void)state;
	static const char *const names[5][2] = {
		{ "RRS", "SPIN" }, { "ECRS", "ECRS" }, { "NSPIN", "NON_SPIN" }, { "REGUP", "REG_UP" }, { "REGDN", "REG_DOWN" },
	};
	assert_int_equal(gpq_market_ercot.n_products, 5);
	for (int i = 0; i < 5; i++)
		assert_string_equal(gpq_market_product_standard(&gpq_market_ercot, gpq_text_of(names[i][0])), names[i][1]);
}

static void reports_may_be_assumed_by_their_name(void **state)
{
	(void)state;
	struct gpq_candidates found;
	assert_true(gpq_market_assume(gpq_text_of("ercot/da_energy_hourly:NP4-180"), &found));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.items[0].feed->id, "NP4-180");
	assert_true(gpq_market_assume(gpq_text_of("ercot/da_energy_hourly"), &found));
	assert_string_equal(found.items[0].feed->id, "NP4-190"); /* the daily file's columns come first */
	assert_int_equal(found.items[0].feed->n_columns, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(published_headers_are_recognised),
		cmocka_unit_test(services_have_standard_names),
		cmocka_unit_test(reports_may_be_assumed_by_their_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
