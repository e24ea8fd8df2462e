// SPDX-License-Identifier: MIT
/* What the rules say of SPP's datasets, and its headers as they are published, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NAME    (1 << GPQ_TEXT_NAME)
#define ID      (1 << GPQ_TEXT_ID)
#define RESERVE (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE)
#define HOURS                                                                                                          \
	"HE01,HE02,HE03,HE04,HE05,HE06,HE07,HE08,HE09,HE10,HE11,HE12,HE13,HE14,HE15,HE16,HE17,HE18,HE19,HE20,HE21,"    \
	"HE22,HE23,HE24"

static const struct {
	const char *id, *market_type;
	enum gpq_table_id table;
	int minutes, block_hours, key_texts;
} wanted[] = {
	{ "da_energy_hourly", "DA", GPQ_TABLE_ENERGY, 60, 28 * 24, NAME },
	{ "rt_energy_5min", "RT", GPQ_TABLE_ENERGY, 5, 4 * 24, NAME },
	{ "rt_energy_hourly", "RT", GPQ_TABLE_ENERGY, 60, 28 * 24, NAME },
	{ "da_energy_hourly_bus", "DA", GPQ_TABLE_ENERGY, 60, 7 * 24, ID },
	{ "rt_energy_5min_bus", "RT", GPQ_TABLE_ENERGY, 5, 8, ID },
	{ "da_ancillary_hourly", "DA", GPQ_TABLE_ANCILLARY, 60, 0, RESERVE },
	{ "rt_ancillary_5min", "RT", GPQ_TABLE_ANCILLARY, 5, 0, RESERVE },
};

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	assert_string_equal(gpq_market_spp.iso, "SPP");
	assert_string_equal(gpq_market_spp.zone, "America/Chicago");
	assert_int_equal(gpq_market_spp.publish_stamp, GPQ_PUBLISH_NONE); /* dates in names are operating days */
	assert_int_equal(gpq_market_spp.n_datasets, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_spp, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, wanted[k].table);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, wanted[k].block_hours);
		bool buses = dataset->block_hours == 8; /* more than half a million rows a day */
		assert_int_equal(dataset->partition, buses ? GPQ_PARTITION_MONTH : GPQ_PARTITION_YEAR);
		assert_false(dataset->off_grid);
		assert_int_equal(dataset->key_texts, wanted[k].key_texts);
		assert_int_equal(dataset->n_cells, dataset->table == GPQ_TABLE_ENERGY ? 4 : 1);
		assert_int_equal(dataset->cells[0].scale, 4);
		assert_false(dataset->derives_energy); /* MEC is published */
		assert_true(dataset->blank_without_price);
	}
}

static struct gpq_candidates recognise(const char *header)
{
	struct gpq_text names[40];
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
		const char *header, *feeds[3];
	} cases[] = {
		{ "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC",
		  { "DA-LMP-SL", "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		{ "Interval,GMTIntervalEnd,BAA,Settlement Location,Pnode,LMP,MLC,MCC,MEC",
		  { "DA-LMP-SL", "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		{ "INTERVAL,GMTINTERVALEND,BAA,SETTLEMENT_LOCATION,PNODE,LMP,MLC,MCC,MEC",
		  { "DA-LMP-SL", "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		{ "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC,BAA",
		  { "DA-LMP-SL", "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		/* Header words of real-time files. */
		{ "Interval, GMT Interval, Settlement Location Name, PNODE Name, LMP, MLC, MCC, MEC",
		  { "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		{ "Interval,GMT Interval,Settlement Location Name,PNODE Name,LMP,MLC,MCC,MEC,BAA",
		  { "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		{ "Interval,GMTIntervalEnd,Settlement Location Name,Pnode,LMP,MLC,MCC,MEC", { "RTBM-LMP-SL", "WEIS-RTBM-LMP-SL" } },
		{ "Interval,GMTIntervalEnd,Pnode,LMP,MLC,MCC,MEC", { "DA-LMP-B", "RTBM-LMP-B", "WEIS-RTBM-LMP-B" } },
		{ "Interval,GMTIntervalEnd,Pnode,LMP,MLC,MCC,MEC,BAA",
		  { "DA-LMP-B", "RTBM-LMP-B", "WEIS-RTBM-LMP-B" } },
		{ "Interval, GMT Interval, PNODE Name, LMP, MLC, MCC, MEC", { "RTBM-LMP-B", "WEIS-RTBM-LMP-B" } },
		{ "Date, Settlement Location Name, PNODE Name, Price Type, " HOURS,
		  { "DA-LMP-MONTHLY-SL", "RTBM-LMP-MONTHLY-SL", "WEIS-RTBM-LMP-MONTHLY-SL" } },
		{ "Interval,GMTIntervalEnd,Reserve Zone,RegUP,RegDN,Spin,Supp", { "DA-MCP" } },
		{ "Interval,GMTIntervalEnd,Reserve Zone,RegUP,RegDN,Spin,Supp,RampUP,RampDN", { "DA-MCP" } },
		{ "Interval,GMTIntervalEnd,Reserve Zone,RegUP,RegDN,Spin,Supp,RampUP,RampDN,UncUP", { "DA-MCP" } },
		{ "Interval,GMTIntervalEnd,Reserve Zone,RegUPService,RegDNService,RegUpMile,RegDNMile,Spin,Supp",
		  { "RTBM-MCP" } },
		{ "Interval,GMTIntervalEnd,Reserve Zone,RegUPService,RegDNService,RegUpMile, "
		  "RegDNMile,RampUP,RampDN,Spin,Supp,UncUP,BAA",
		  { "RTBM-MCP" } },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct gpq_candidates found = recognise(cases[k].header);
		uint32_t count = 0;
		while (count < 3 && cases[k].feeds[count])
			count++;
		assert_int_equal(found.count, count);
		for (uint32_t f = 0; f < count; f++) {
			assert_ptr_equal(found.items[f].market, &gpq_market_spp);
			assert_string_equal(found.items[f].feed->id, cases[k].feeds[f]);
			assert_int_equal(found.items[f].feed->left_out != NULL,
					 strstr(cases[k].feeds[f], "WEIS") != NULL);
		}
	}
	static const char
	    *const
		none[] = {
			"Interval,GMTIntervalEnd,Reserve "
			"Zone,RegUP_Clr,RegDN_Clr,RampUP_Clr,RampDN_Clr,Spin_Clr,Supp_Clr", /* quantities */
			"Interval,Settlement Location,Pnode,LMP,MLC,MCC,MEC", /* no end in UTC: autumn's hour cannot be
										 told */
			"Interval,GMTIntervalEnd,Constraint Name,Constraint Type,NERCID,TLR Level,State,Shadow Price",
		};
	for (size_t k = 0; k < sizeof(none) / sizeof(none[0]); k++)
		assert_int_equal(recognise(none[k]).count, 0);
}

static void products_have_standard_names(void **state)
{
	(void)state;
	static const char *const names[][2] = {
		{ "RegUP", "REG_UP" },
		{ "RegDN", "REG_DOWN" },
		{ "RegUPService", "REG_UP" },
		{ "RegDNService", "REG_DOWN" },
		{ "RegUpMile", "REG_UP_MILEAGE" },
		{ "RegDNMile", "REG_DOWN_MILEAGE" },
		{ "Spin", "SPIN" },
		{ "Supp", "SUPPLEMENTAL" },
		{ "RampUP", "RAMP_UP" },
		{ "RampDN", "RAMP_DOWN" },
		{ "UncUP", "UNCERTAINTY_UP" },
	};
	assert_int_equal(gpq_market_spp.n_products, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(gpq_market_product_standard(&gpq_market_spp, gpq_text_of(names[i][0])),
				    names[i][1]);
}

/* The first part of a name with a word tells; a word of a market that is another's keeps it out. */
static void names_are_content(void **state)
{
	(void)state;
	static const struct {
		const char *name, *feed;
		bool told;
	} cases[] = {
		{ "RTBM-LMP-SL-202507011205.csv", "RTBM-LMP-SL", true },
		{ "my rtbm prices.csv", "RTBM-LMP-SL", true },
		{ "WEIS-RTBM-LMP-SL-202507011205.csv", "WEIS-RTBM-LMP-SL", true },
		{ "DA-LMP-SL-202507010100.csv", NULL, true }, /* day-ahead is for the step to say */
		{ "DAMKT-LMP-SL-201607010100-R1-RC4.csv", NULL, true },
		{ "prices.csv", NULL, false },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct gpq_candidates found =
		    recognise("Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC");
		assert_int_equal(gpq_market_choose_by_naming(&found, gpq_text_of(cases[k].name)), cases[k].told);
		assert_int_equal(found.count, cases[k].feed ? 1 : 3);
		if (cases[k].feed)
			assert_string_equal(found.items[0].feed->id, cases[k].feed);
	}
	struct gpq_candidates none = { .count = 0 };
	assert_false(gpq_market_choose_by_naming(&none, gpq_text_of("rtbm")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(published_headers_are_recognised),
		cmocka_unit_test(products_have_standard_names),
		cmocka_unit_test(names_are_content),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
