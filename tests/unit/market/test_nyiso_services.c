// SPDX-License-Identifier: MIT
/* NYISO's ancillary services: what the rules say of them, and their headers of all three layouts, written down once more by hand. */
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ZONES                                                                                                          \
	"Time Stamp,Time Zone,Name,PTID,10 Min Spinning Reserve ($/MWHr),10 Min Non-Synchronous Reserve ($/MWHr),"     \
	"30 Min Operating Reserve ($/MWHr),NYCA Regulation Capacity ($/MWHr)"
#define REGIONS                                                                                                        \
	"Time Stamp,East 10 Min Spinning Reserve ($/MWHr,East 10 Min Non-Synchronous Reserve,"                         \
	"East 30 Min Operating Reserve ($/MWH,East Regulation ($/MWHr),West 10 Min Spinning Reserve ($/MWHr,"          \
	"West 10 Min Non-Synchronous Reserve,West 30 Min Operating Reserve ($/MWH,West Regulation ($/MWHr)"
#define SYSTEM                                                                                                         \
	"Time Stamp,10 Min Spinning Reserve ($/MWHr,10 Min Non-Synchronous Reserve,30 Min Operating Reserve ($/MWH,"   \
	"Regulation ($/MWHr)"
#define MOVEMENT " NYCA Regulation Movement ($/MW)"

static void datasets_are_those_of_the_rules(void **state)
{
	(void)state;
	static const struct {
		const char *id, *market_type;
		int minutes, cells;
		bool runs;
	} wanted[] = { { "da_ancillary_hourly", "DA", 60, 1, false }, { "rt_ancillary_5min", "RT", 5, 2, true } };
	for (size_t k = 0; k < 2; k++) {
		const struct gpq_dataset *dataset = gpq_market_dataset(&gpq_market_nyiso, gpq_text_of(wanted[k].id));
		assert_non_null(dataset);
		assert_string_equal(dataset->market_type, wanted[k].market_type);
		assert_int_equal(dataset->table, GPQ_TABLE_ANCILLARY);
		assert_int_equal(dataset->interval_minutes, wanted[k].minutes);
		assert_int_equal(dataset->block_hours, 0);
		assert_int_equal(dataset->partition, GPQ_PARTITION_YEAR);
		assert_int_equal(dataset->key_texts, 1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE);
		assert_int_equal(dataset->n_cells, wanted[k].cells);
		assert_int_equal(dataset->cells[0].column, GPQ_COLUMN_MARKET_CLEARING_PRICE);
		assert_int_equal(dataset->cells[0].scale, 2);
		assert_int_equal(dataset->off_grid, wanted[k].runs);
		assert_int_equal(dataset->tiles, wanted[k].runs);
	}
}

static struct gpq_candidates recognise(const char *header)
{
	struct gpq_text names[24];
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

/* Stamps or the name tell the market, never the header, but for movement, which is priced in real time only. */
static void published_headers_are_recognised(void **state)
{
	(void)state;
	static const struct {
		const char *header, *day_ahead, *real_time;
	} cases[] = {
		{ ZONES, "damasp", "rtasp" },
		{ ZONES "," MOVEMENT, NULL, "rtasp" },
		{ REGIONS, "damasp_regions", "rtasp_regions" },
		{ REGIONS "," MOVEMENT, "damasp_regions", "rtasp_regions" },
		{ REGIONS ",SENY 10 Min Spinning Reserve ($/MWHr),SENY Regulation ($/MWHr)", "damasp_regions", "rtasp_regions" },
		{ SYSTEM, "damasp_system", "rtasp_system" },
		{ "Time Stamp,Time Zone,East 10 Min Spinning Reserve", "damasp_regions", "rtasp_regions" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_candidates found = recognise(cases[i].header);
		assert_int_equal(found.count, cases[i].day_ahead ? 2 : 1);
		if (cases[i].day_ahead)
			assert_string_equal(found.items[0].feed->id, cases[i].day_ahead);
		assert_string_equal(found.items[found.count - 1].feed->id, cases[i].real_time);
	}
	assert_int_equal(recognise("Time Stamp,Name,PTID,Integrated Load").count, 0);
}

static void stamps_tell_the_market(void **state)
{
	(void)state;
	static const struct {
		bool several, off_hour, off_quarter;
		const char *feed; /* NULL: either */
	} cases[] = {
		{ true, false, false, "damasp" }, { true, true, false, "rtasp" },  { true, true, true, "rtasp" },
		{ false, true, false, "rtasp" },  { false, true, true, "rtasp" },  { false, false, false, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_candidates found = recognise(ZONES);
		gpq_market_choose_by_stamps(&found, cases[i].several, cases[i].off_hour, cases[i].off_quarter);
		assert_int_equal(found.count, cases[i].feed ? 1 : 2);
		if (cases[i].feed)
			assert_string_equal(found.items[0].feed->id, cases[i].feed);
		else
			gpq_market_choose_by_name(&found, gpq_text_of("20160601rtasp_csv.zip"));
		assert_int_equal(found.count, 1);
	}
}

static void products_have_their_standard_names(void **state)
{
	(void)state;
	static const char *const wanted[][2] = {
		{ "10 Min Spinning Reserve", "SPIN" },  { "10 Min Non-Synchronous Reserve", "NON_SPIN" },
		{ "30 Min Operating Reserve", "RESERVE_30" }, { "Regulation", "REG" },
		{ "NYCA Regulation Capacity", "REG" }, { "NYCA Regulation Movement", "REG_MILEAGE" },
	};
	assert_int_equal(gpq_market_nyiso.n_products, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++)
		assert_string_equal(gpq_market_product_standard(&gpq_market_nyiso, gpq_text_of(wanted[k][0])), wanted[k][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_are_those_of_the_rules),
		cmocka_unit_test(published_headers_are_recognised),
		cmocka_unit_test(stamps_tell_the_market),
		cmocka_unit_test(products_have_their_standard_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
