// SPDX-License-Identifier: MIT
/* Lines that tell one component of a row: what each case of them gives, and that all ways to take them agree. */
#include "unit/input/parsed_lines.h"

#include "value/instant.h"

#define DAM_HEADER                                                                                                     \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,"  \
	"LMP_TYPE,XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,MW,GROUP"
#define HASP_HEADER                                                                                                    \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,LMP_TYPE,"      \
	"XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,MW,OPR_INTERVAL,GROUP"
#define AS_HEADER                                                                                                      \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,OPR_TYPE,ANC_TYPE,ANC_REGION,"            \
	"MARKET_RUN_ID,XML_DATA_ITEM,MW,GROUP"
#define NOON UINT32_C(1704139200) /* 2024-01-01T20:00:00Z: hour ending 13 by the Pacific clock */
#define HOUR_S 3600u
#define TEXT_BYTES ((size_t)1 << 20)

enum { TOTAL, ENERGY, CONGESTION, LOSS, GHG }; /* the order of the dataset's cells */

static const struct parsed_way strips_way = { .features = GPQ_CPU_ALL };
static const struct parsed_way rows_way = { .features = GPQ_CPU_ALL, .rows = true };
static struct parsed parsed;

static void parse(const char *text)
{
	parsed_text(&parsed, text, strlen(text), &strips_way);
}

/* A day-ahead line of 2024-01-01: hour 20 in UTC is hour ending 13. */
#define AT(start, end, hour) "2024-01-01T" start ":00:00-00:00,2024-01-01T" end ":00:00-00:00,2024-01-01," hour ",0,"
#define OF(node, component)  node "," node "," node ",DAM," component ",X," node ",ALL,1,"
#define LINE_13 AT("20", "21", "13") OF("A", "LMP") "31.5,1\n"

static int dam_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_caiso, "prc_lmp", DAM_HEADER);
	return 0;
}

static int hasp_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_caiso, "prc_hasp_lmp", HASP_HEADER);
	return 0;
}

static int as_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_caiso, "prc_as", AS_HEADER);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	parsed_close(&parsed);
	return 0;
}

static void cell_is(uint32_t i, uint32_t start_s, uint32_t cell, int64_t value)
{
	assert_true(i < parsed.n_cells);
	assert_int_equal(parsed.cells[i].start_s, start_s);
	assert_int_equal(parsed.cells[i].cell, cell);
	assert_int_equal(parsed.cells[i].value, value);
	assert_int_equal(parsed.cells[i].version, GPQ_VERSION_NONE);
}

static void hours_in_any_order_are_one_strip(void **state)
{
	(void)state;
	parse(AT("21", "22", "14") OF("A", "LMP") "2,1\n" AT("19", "20", "12") OF("A", "LMP") "-3.25,1\n" LINE_13);
	assert_int_equal(parsed.n_strips, 1);
	assert_int_equal(parsed.n_cells, 3);
	cell_is(0, NOON - HOUR_S, TOTAL, -325000);
	cell_is(1, NOON, TOTAL, 3150000);
	cell_is(2, NOON + HOUR_S, TOTAL, 200000);
	for (int i = 0; i < 3; i++)
		assert_int_equal(parsed.cells[i].origin, gpq_origin(3, 1000));
	assert_int_equal(parsed.counts.warnings, 0);
	assert_int_equal(parsed.last_start_s, NOON);
	const struct gpq_location *location = gpq_locations_view(parsed.locations, parsed.cells[0].location);
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_NAME], gpq_text_of("A")));
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_ID], gpq_text_of("A")));
}

static void each_component_has_its_cell(void **state)
{
	(void)state;
	parse(AT("20", "21", "13") OF("A", "LMP") "1,1\n" AT("20", "21", "13") OF("A", "MCC") "2,1\n"
	      AT("20", "21", "13") OF("A", "MCE") "3,1\n" AT("20", "21", "13") OF("A", "MCL") "4,1\n"
	      AT("20", "21", "13") OF("A", "MGHG") "5,1\n");
	assert_int_equal(parsed.n_strips, 5);
	cell_is(0, NOON, TOTAL, 100000);
	cell_is(1, NOON, CONGESTION, 200000);
	cell_is(2, NOON, ENERGY, 300000);
	cell_is(3, NOON, LOSS, 400000);
	cell_is(4, NOON, GHG, 500000);
}

static void a_place_that_comes_twice_is_told_twice(void **state)
{
	(void)state;
	parse(LINE_13 AT("21", "22", "14") OF("A", "LMP") "2,1\n" AT("20", "21", "13") OF("A", "LMP") "7,1\n");
	assert_int_equal(parsed.n_strips, 2);
	assert_int_equal(parsed.n_cells, 3);
	cell_is(2, NOON, TOTAL, 700000);
	assert_true(parsed.cells[2].origin > parsed.cells[0].origin);
}

static void holes_and_empty_prices_are_no_rows(void **state)
{
	(void)state;
	parse(AT("18", "19", "11") OF("A", "LMP") "1,1\n" AT("19", "20", "12") OF("A", "LMP") ",1\n" LINE_13
	      AT("20", "21", "13") OF("", "NONE") "null,1\n");
	assert_int_equal(parsed.n_strips, 1);
	assert_int_equal(parsed.most_places, 3);
	assert_int_equal(parsed.n_cells, 2);
	assert_int_equal(parsed.counts.blank, 2);
	assert_int_equal(parsed.counts.rejected, 0);
	assert_int_equal(parsed.counts.partial_rows, 4);
}

/* The line stands between two good ones. */
static void rejected(const char *line, enum gpq_reject reason, uint32_t field, const char *value)
{
	char text[2000];
	snprintf(text, sizeof(text), "%s%s\n%s", LINE_13, line, AT("21", "22", "14") OF("A", "LMP") "2,1\n");
	parse(text);
	assert_int_equal(parsed.n_cells, 2);
	assert_int_equal(parsed.n_lines, 1);
	assert_string_equal(gpq_reject_word(parsed.lines[0].reason), gpq_reject_word(reason));
	assert_int_equal(parsed.lines[0].field, field);
	assert_string_equal(parsed.lines[0].value, value);
	assert_int_equal(parsed.lines[0].line, 12);
	assert_int_equal(parsed.lines[0].byte, 1000 + strlen(LINE_13));
	assert_int_equal(parsed.counts.rejected, 1);
	assert_int_equal(parsed.counts.partial_rows, 3);
}

static void every_reason_has_its_line_byte_and_field(void **state)
{
	(void)state;
	rejected(AT("20", "22", "13") OF("A", "LMP") "1,1", GPQ_REJECT_LENGTH, 2, "2024-01-01T22:00:00-00:00");
	rejected(AT("20", "20", "13") OF("A", "LMP") "1,1", GPQ_REJECT_LENGTH, 2, "2024-01-01T20:00:00-00:00");
	rejected(AT("20", "19", "13") OF("A", "LMP") "1,1", GPQ_REJECT_LENGTH, 2, "2024-01-01T19:00:00-00:00");
	rejected("2024-01-01T20:15:00-00:00,2024-01-01T21:15:00-00:00,2024-01-01,13,0," OF("A", "LMP") "1,1", GPQ_REJECT_GRID, 1,
	         "2024-01-01T20:15:00-00:00");
	rejected("x,2024-01-01T21:00:00-00:00,2024-01-01,13,0," OF("A", "LMP") "1,1", GPQ_REJECT_STAMP, 1, "x");
	rejected(",2024-01-01T21:00:00-00:00,2024-01-01,13,0," OF("A", "LMP") "1,1", GPQ_REJECT_STAMP_MISSING, 1, "");
	rejected("2024-01-01T20:00:00-00:00,,2024-01-01,13,0," OF("A", "LMP") "1,1", GPQ_REJECT_STAMP_MISSING, 2, "");
	rejected("2024-01-01T20:00:00-00:00,y,2024-01-01,13,0," OF("A", "LMP") "1,1", GPQ_REJECT_STAMP, 2, "y");
	rejected(AT("20", "21", "13") OF("A", "LMP") "abc,1", GPQ_REJECT_NUMBER, 15, "abc");
	rejected(AT("20", "21", "13") OF("A", "LMP") "1e999,1", GPQ_REJECT_NUMBER_RANGE, 15, "1e999");
	rejected(AT("20", "21", "13") "A,A,A,RTM,LMP,X,A,ALL,1,1,1", GPQ_REJECT_MARKET, 9, "RTM");
	rejected(AT("20", "21", "13") OF("A", "LMPX") "1,1", GPQ_REJECT_COMPONENT, 10, "LMPX");
	rejected(AT("20", "21", "13") OF("A", "") "1,1", GPQ_REJECT_COMPONENT, 10, "");
	rejected(AT("20", "21", "13") OF("", "LMP") "1,1", GPQ_REJECT_KEY_MISSING, 0, "");
	rejected(AT("20", "21", "13") "A,A,A,DAM,LMP,X,A,ALL,1,1", GPQ_REJECT_FIELDS_FEW, 0, "");
	rejected(AT("20", "21", "13") OF("A", "LMP") "1,1,x", GPQ_REJECT_FIELDS_MANY, 0, "");
	rejected(AT("20", "21", "13") OF("A\xFF", "LMP") "1,1", GPQ_REJECT_UTF8, 0, "");
}

/* The clock of the wall is compared: on the last Sunday of daylight time the hour that ends at 2 comes twice. */
static void clocks_that_differ_are_warned_of(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		uint64_t warnings;
	} cases[] = {
		{ AT("20", "21", "13"), 0 },
		{ AT("20", "21", "12"), 1 },
		{ AT("20", "21", "25"), 1 },
		{ AT("20", "21", "x"), 1 },
		{ AT("20", "21", ""), 0 },
		{ "2024-01-01T20:00:00-00:00,2024-01-01T21:00:00-00:00,2024-01-02,13,0,", 1 },
		{ "2024-01-01T20:00:00-00:00,2024-01-01T21:00:00-00:00,,13,0,", 0 },
		{ "2024-11-03T08:00:00-00:00,2024-11-03T09:00:00-00:00,2024-11-03,2,0,", 0 },  /* 1:00 PDT */
		{ "2024-11-03T09:00:00-00:00,2024-11-03T10:00:00-00:00,2024-11-03,25,0,", 0 }, /* 1:00 PST */
		{ "2024-11-03T09:00:00-00:00,2024-11-03T10:00:00-00:00,2024-11-03,2,0,", 0 },
		{ "2024-11-03T08:00:00-00:00,2024-11-03T09:00:00-00:00,2024-11-03,25,0,", 1 },
		{ "2024-11-03T10:00:00-00:00,2024-11-03T11:00:00-00:00,2024-11-03,3,0,", 0 },
		{ "2024-03-10T10:00:00-00:00,2024-03-10T11:00:00-00:00,2024-03-10,4,0,", 0 }, /* 3:00 PDT: there is no 3 */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1000];
		snprintf(text, sizeof(text), "%s" OF("A", "LMP") "1,1\n%s" OF("A", "MCC") "1,1\n", cases[i].line, cases[i].line);
		parse(text);
		assert_int_equal(parsed.n_cells, 2);
		if (parsed.counts.warnings != 2 * cases[i].warnings)
			fail_msg("case %zu: %u warnings", i, (unsigned)parsed.counts.warnings);
	}
}

static void a_row_belongs_to_the_output_of_its_length(void **state)
{
	(void)state;
	parse("2024-01-01T20:00:00-00:00,2024-01-01T21:00:00-00:00,2024-01-01,13,A,A,A,HASP,LMP,X,A,ALL,1,1,0,1\n"
	      "2024-01-01T20:15:00-00:00,2024-01-01T20:30:00-00:00,2024-01-01,13,A,A,A,HASP,LMP,X,A,ALL,1,2,2,1\n"
	      "2024-01-01T20:30:00-00:00,2024-01-01T20:35:00-00:00,2024-01-01,13,A,A,A,HASP,LMP,X,A,ALL,1,3,3,1\n"
	      "2024-01-01T21:00:00-00:00,2024-01-01T22:00:00-00:00,2024-01-01,14,A,A,A,HASP,LMP,X,A,ALL,1,,0,1\n");
	assert_int_equal(parsed.n_cells, 2);
	assert_int_equal(parsed.cells[0].output, 0);
	assert_int_equal(parsed.binding.output[0]->interval_minutes, 60);
	cell_is(0, NOON, TOTAL, 100000);
	assert_int_equal(parsed.cells[1].output, 1);
	cell_is(1, NOON + 900, TOTAL, 200000);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_LENGTH);
	assert_int_equal(parsed.counts.partial_rows, 4);
	assert_int_equal(parsed.counts.blank, 1);
}

/* Prices of services are rows of one number; their market run is looked at, too. */
static void rows_of_a_market_run(void **state)
{
	(void)state;
	parse(AT("20", "21", "13") "AS,NR,AS_CAISO,DAM,NS_CLR_PRC,1.5,1\n" AT("20", "21", "13") "AS,NR,AS_NP26,DAM,NS_CLR_PRC,2,1\n"
	      AT("20", "21", "13") "AS,NR,AS_SP26,RTM,NS_CLR_PRC,2,1\n" AT("20", "22", "13") "AS,NR,AS_CAISO,DAM,NS_CLR_PRC,3,1\n"
	      AT("20", "21", "13") "AS,NR,AS_SP26,DAM,NS_CLR_PRC,4,1\n");
	assert_int_equal(parsed.n_cells, 3);
	assert_int_equal(parsed.n_lines, 2);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_MARKET);
	assert_int_equal(parsed.lines[0].field, 9);
	assert_int_equal(parsed.lines[1].reason, GPQ_REJECT_LENGTH);
	cell_is(2, NOON, 0, 400000);
	const struct gpq_location *location = gpq_locations_view(parsed.locations, parsed.cells[1].location);
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_REGION], gpq_text_of("AS_NP26")));
	assert_null(location->text[GPQ_TEXT_RESOURCE].bytes);
}

static void a_header_that_stands_again_is_decoration(void **state)
{
	(void)state;
	parse(LINE_13 DAM_HEADER "\n" AT("21", "22", "14") OF("A", "LMP") "2,1\n");
	assert_int_equal(parsed.counts.header_lines, 1);
	assert_int_equal(parsed.n_lines, 0);
	assert_int_equal(parsed.n_cells, 2);
}

/* ---- all ways agree ---- */

static uint64_t random_state = 88172645463325252u;

static uint32_t below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % limit;
}

/* Lines in groups of a location and component, their hours in any order; one in 'odd' has something odd. */
static size_t text_make(char *text, uint32_t odd)
{
	static const char *const components[] = { "LMP", "MCC", "MCE", "MCL", "MGHG", "OTHER", "" };
	static const char *const runs[] = { "DAM", "RTM", "", "\"DAM\"" };
	static const char *const prices[] = { "", "null", "abc", "1e3", "123456789012345678", " 5 ", "-", "\"1,234.5\"", "1.123456" };
	size_t len = 0;
	bool crlf = below(3) == 0;
	for (uint32_t group = 0; group < 60; group++) {
		uint32_t node = below(9), component = below(20) ? below(5) : 5 + below(2), lines = 1 + below(30), hour = below(400);
		const char *run = below(40) ? runs[0] : runs[1 + below(3)];
		for (uint32_t i = 0; i < lines; i++) {
			char stamp[40], end[40], price[40];
			uint32_t start_s = NOON + (hour + (i * 7) % lines) * HOUR_S;
			bool strange = below(odd) == 0;
			uint32_t kind = strange ? below(9) : 99;
			gpq_stamp_print(start_s + (kind == 0 ? 900 : kind == 1 ? 40000 * HOUR_S : 0), stamp);
			gpq_stamp_print(start_s + (kind == 2 ? 2 : 1) * HOUR_S, end);
			snprintf(price, sizeof(price), "%d.%05u", (int)below(200) - 50, below(100000));
			len += (size_t)sprintf(text + len, "%s,%s,2024-01-01,%u,0,N%u,N%u,N%u,%s,%s,X,N,ALL,1,%s,%u%s%s", kind == 3 ? "x" : stamp,
			                       kind == 4 ? "" : end, below(25), node, node, kind == 8 ? 77 : node, run,
			                       components[component], kind == 5 ? prices[below(9)] : price, group,
			                       kind == 6 ? ",surplus" : "", crlf ? "\r\n" : "\n");
			if (kind == 7)
				len += (size_t)sprintf(text + len, "%s", below(2) ? "\n" : DAM_HEADER "\n");
		}
	}
	return len;
}

static void careful_and_regular_lines_give_the_same(void **state)
{
	(void)state;
	static const uint32_t oddness[] = { 1000000, 200, 40, 6, 2 };
	static const uint32_t features[] = { 0, GPQ_CPU_AVX2 | GPQ_CPU_BMI2, GPQ_CPU_ALL };
	char *text = malloc(TEXT_BYTES);
	struct parsed careful;
	parsed_open(&careful, &gpq_market_caiso, "prc_lmp", DAM_HEADER);
	for (uint32_t round = 0; round < 60; round++) {
		size_t len = text_make(text, oddness[round % 5]);
		struct parsed_way way = { .features = features[round % 3], .filter = round % 7 == 3, .rows = round % 11 == 5,
			                  .chunk_bytes = round % 4 == 2 ? 500 + below(20000) : 0 };
		parsed_text(&parsed, text, len, &way);
		assert_true(parsed.n_cells > 0);
		way.careful_only = true;
		parsed_text(&careful, text, len, &way);
		parsed_equal(&parsed, &careful, true);
	}
	parsed_close(&careful);
	free(text);
}

static void strips_and_rows_give_the_same(void **state)
{
	(void)state;
	char *text = malloc(TEXT_BYTES);
	struct parsed rows;
	parsed_open(&rows, &gpq_market_caiso, "prc_lmp", DAM_HEADER);
	for (uint32_t round = 0; round < 40; round++) {
		size_t len = text_make(text, round % 2 ? 20 : 500);
		struct parsed_way way = strips_way;
		parsed_text(&rows, text, len, &rows_way);
		way.chunk_bytes = round % 3 ? 0 : 3000;
		parsed_text(&parsed, text, len, &way);
		if (!way.chunk_bytes)
			parsed_equal(&parsed, &rows, false);
		assert_int_equal(parsed.n_cells, rows.n_cells);
		assert_int_equal(rows.n_strips, 0);
	}
	parsed_close(&rows);
	free(text);
}

#define DAM_TEST(name) cmocka_unit_test_setup_teardown(name, dam_open, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DAM_TEST(hours_in_any_order_are_one_strip),
		DAM_TEST(each_component_has_its_cell),
		DAM_TEST(a_place_that_comes_twice_is_told_twice),
		DAM_TEST(holes_and_empty_prices_are_no_rows),
		DAM_TEST(every_reason_has_its_line_byte_and_field),
		DAM_TEST(clocks_that_differ_are_warned_of),
		cmocka_unit_test_setup_teardown(a_row_belongs_to_the_output_of_its_length, hasp_open, close_all),
		cmocka_unit_test_setup_teardown(rows_of_a_market_run, as_open, close_all),
		DAM_TEST(a_header_that_stands_again_is_decoration),
		DAM_TEST(careful_and_regular_lines_give_the_same),
		DAM_TEST(strips_and_rows_give_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
