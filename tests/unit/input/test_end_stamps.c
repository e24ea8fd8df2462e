// SPDX-License-Identifier: MIT
/* Lines that tell the end of their interval: in UTC, which counts, and by the wall clock, which is compared (RULES 6).
 */
#include "unit/input/parsed_lines.h"

#define SL_HEADER  "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC"
#define BAA_HEADER "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC,BAA"
#define B_HEADER   "Interval,GMTIntervalEnd,Pnode,LMP,MLC,MCC,MEC"
#define MCP_HEADER                                                                                                     \
	"Interval,GMTIntervalEnd,Reserve Zone,RegUPService,RegDNService,RegUpMile, "                                   \
	"RegDNMile,RampUP,RampDN,Spin,Supp,UncUP,BAA"
#define PRICES ",A,P,1.5,0.25,-0.75,2\n"
#define NOON_S UINT32_C(1751389200) /* 2025-07-01T17:00:00Z, noon CDT */

static const struct parsed_way regular = { .features = GPQ_CPU_ALL };
static struct parsed parsed;

static void parse(const char *text)
{
	parsed_text(&parsed, text, strlen(text), &regular);
}

static int close_all(void **state)
{
	(void)state;
	parsed_close(&parsed);
	return 0;
}

static int da_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_spp, "DA-LMP-SL", SL_HEADER);
	return 0;
}

static int rt_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_spp, "RTBM-LMP-SL", BAA_HEADER);
	return 0;
}

static int bus_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_spp, "DA-LMP-B", B_HEADER);
	return 0;
}

static int mcp_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_spp, "RTBM-MCP", MCP_HEADER);
	return 0;
}

/* One line of a stamp each; how many warn, and where the first interval starts. */
static void stamps(const char *local, const char *utc, uint32_t start_s, bool warns)
{
	char text[200];
	snprintf(text, sizeof(text), "%s,%s" PRICES, local, utc);
	parse(text);
	assert_int_equal(parsed.n_lines, 0);
	assert_int_equal(parsed.n_cells, 4);
	assert_int_equal(parsed.cells[0].start_s, start_s);
	assert_int_equal(parsed.counts.warnings, warns);
}

static void an_hour_starts_an_hour_before_its_end(void **state)
{
	(void)state;
	static const char *const spellings[][2] = {
		{ "07/01/2025 13:00:00", "07/01/2025 18:00:00" },
		{ "7/1/2025 13:00", "7/1/2025 18:00" },
		{ "7/1/2025 13:00", "7/1/2025 18:00:00" },
		{ "07/01/2025 13:00:00", "2025-07-01T18:00:00Z" },
	};
	for (size_t k = 0; k < sizeof(spellings) / sizeof(spellings[0]); k++)
		stamps(spellings[k][0], spellings[k][1], NOON_S, false);
	stamps("6/1/2026 01:00", "6/1/2026 06:00", 1780290000, false); /* 2026-06-01T05:00:00Z: padded hour only */
	stamps("07/02/2025 00:00:00", "07/02/2025 05:00:00", NOON_S + 11 * 3600, false); /* the day's last */
	stamps("07/01/2025 24:00:00", "07/02/2025 05:00:00", NOON_S + 11 * 3600, false);
	stamps("07/01/2025 12:00:00", "07/01/2025 18:00:00", NOON_S, true); /* the start's wall clock */
	stamps("07/01/2025 18:00:00", "07/01/2025 18:00:00", NOON_S, true);
	stamps("", "07/01/2025 18:00:00", NOON_S, false);
	stamps("?", "07/01/2025 18:00:00", NOON_S, true);
	assert_int_equal(parsed.cells[0].value, 15000);
}

/* In spring 02:00 becomes 03:00 at 08:00Z, in autumn 02:00 becomes 01:00 at 07:00Z; the end at that instant may show
 * either. */
static void a_clock_change_is_shown_by_either_clock(void **state)
{
	(void)state;
	stamps("03/08/2026 01:00:00", "03/08/2026 07:00:00", 1772949600, false);
	stamps("03/08/2026 03:00:00", "03/08/2026 08:00:00", 1772953200, false);
	stamps("03/08/2026 02:00:00", "03/08/2026 08:00:00", 1772953200, false);
	stamps("03/08/2026 04:00:00", "03/08/2026 09:00:00", 1772956800, false);
	stamps("03/08/2026 03:00:00", "03/08/2026 09:00:00", 1772956800, true);
	stamps("11/02/2025 01:00:00", "11/02/2025 06:00:00", 1762059600, false);
	stamps("11/02/2025 02:00:00", "11/02/2025 07:00:00", 1762063200, false); /* as SPP does */
	stamps("11/02/2025 01:00:00", "11/02/2025 07:00:00", 1762063200, false);
	stamps("11/02/2025 02:00:00", "11/02/2025 08:00:00", 1762066800, false);
	stamps("11/02/2025 03:00:00", "11/02/2025 08:00:00", 1762066800, true);
}

static void rejected(const char *utc, enum gpq_reject reason, const char *value)
{
	char text[300];
	snprintf(text, sizeof(text), "07/01/2025 13:00:00,%s" PRICES "07/01/2025 13:00:00,07/01/2025 18:00:00" PRICES,
		 utc);
	parse(text);
	assert_int_equal(parsed.n_cells, 4);
	assert_int_equal(parsed.n_lines, 1);
	assert_string_equal(gpq_reject_word(parsed.lines[0].reason), gpq_reject_word(reason));
	assert_int_equal(parsed.lines[0].field, 2);
	assert_string_equal(parsed.lines[0].value, value);
}

static void an_end_that_ends_nothing_is_rejected(void **state)
{
	(void)state;
	rejected("07/01/2025 18:05:00", GPQ_REJECT_GRID, "07/01/2025 18:05:00");
	rejected("07/01/2025 18:00:30", GPQ_REJECT_GRID, "07/01/2025 18:00:30");
	rejected("", GPQ_REJECT_STAMP_MISSING, "");
	rejected("13/01/2025 18:00:00", GPQ_REJECT_STAMP, "13/01/2025 18:00:00");
	rejected("1970-01-01T00:30:00Z", GPQ_REJECT_STAMP, "1970-01-01T00:30:00Z"); /* would start before 1970 */
}

static void the_zone_may_stand_last(void **state)
{
	(void)state;
	parse("07/01/2025 12:05:00,07/01/2025 17:05:00,A,P,1,0,0,1,SPP\r\n07/01/2025 12:05:00,07/01/2025 "
	      "17:05:00,B,P,2,0,0,2,SWPW\r\n");
	assert_int_equal(parsed.n_cells, 8);
	assert_int_equal(parsed.cells[0].start_s, NOON_S);
	const struct gpq_location *a = gpq_locations_view(parsed.locations, parsed.cells[0].location);
	const struct gpq_location *b = gpq_locations_view(parsed.locations, parsed.cells[4].location);
	assert_true(gpq_text_equal(a->text[GPQ_TEXT_NAME], gpq_text_of("A")));
	assert_true(
	    gpq_text_equal(a->text[GPQ_TEXT_ID], gpq_text_of("P"))); /* the price node, which two locations may share */
	assert_true(gpq_text_equal(a->text[GPQ_TEXT_ZONE], gpq_text_of("SPP")));
	assert_true(gpq_text_equal(b->text[GPQ_TEXT_NAME], gpq_text_of("B")));
	assert_true(gpq_text_equal(b->text[GPQ_TEXT_ZONE], gpq_text_of("SWPW")));
}

static void a_price_node_alone_is_the_id(void **state)
{
	(void)state;
	parse(
	    "07/01/2025 13:00:00,07/01/2025 18:00:00,P.1,1,0,0,1\n07/01/2025 13:00:00,07/01/2025 18:00:00,,1,0,0,1\n");
	assert_int_equal(parsed.n_cells, 4);
	const struct gpq_location *bus = gpq_locations_view(parsed.locations, parsed.cells[0].location);
	assert_null(bus->text[GPQ_TEXT_NAME].bytes);
	assert_true(gpq_text_equal(bus->text[GPQ_TEXT_ID], gpq_text_of("P.1")));
	assert_int_equal(parsed.n_lines, 1);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_KEY_MISSING);
}

static void reserves_are_a_row_of_each_product(void **state)
{
	(void)state;
	parse("07/20/2026 12:05:00,07/20/2026 17:05:00,SWPW,1,2,3,4,5,6,7,8,9,SWPW\n"
	      "07/20/2026 12:05:00,07/20/2026 17:05:00,1,,2.5,,,,,,,,SPP\n");
	static const char *const products[] = { "RegUPService", "RegDNService", "RegUpMile", "RegDNMile", "RampUP",
						"RampDN",       "Spin",         "Supp",      "UncUP" };
	assert_int_equal(parsed.n_cells, 10);
	for (uint32_t k = 0; k < 9; k++) {
		const struct gpq_location *row = gpq_locations_view(parsed.locations, parsed.cells[k].location);
		assert_true(gpq_text_equal(row->text[GPQ_TEXT_PRODUCT], gpq_text_of(products[k])));
		assert_true(gpq_text_equal(row->text[GPQ_TEXT_REGION], gpq_text_of("SWPW")));
		assert_int_equal(parsed.cells[k].value, (k + 1) * 10000);
		assert_int_equal(parsed.cells[k].start_s, 1784566800); /* 2026-07-20T17:00:00Z */
	}
	assert_int_equal(parsed.counts.partial_rows, 18);
	assert_int_equal(parsed.counts.blank, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_hour_starts_an_hour_before_its_end, da_open, close_all),
		cmocka_unit_test_setup_teardown(a_clock_change_is_shown_by_either_clock, da_open, close_all),
		cmocka_unit_test_setup_teardown(an_end_that_ends_nothing_is_rejected, da_open, close_all),
		cmocka_unit_test_setup_teardown(the_zone_may_stand_last, rt_open, close_all),
		cmocka_unit_test_setup_teardown(a_price_node_alone_is_the_id, bus_open, close_all),
		cmocka_unit_test_setup_teardown(reserves_are_a_row_of_each_product, mcp_open, close_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
