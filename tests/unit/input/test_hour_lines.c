// SPDX-License-Identifier: MIT
/* Lines with the hours of a day across: what each case of them gives, and that all ways to take them agree. */
#include "unit/input/parsed_lines.h"

#define HOURS_HEADER                                                                                                   \
	"HE 1,HE 2,HE 3,HE 4,HE 5,HE 6,HE 7,HE 8,HE 9,HE 10,HE 11,HE 12,HE 13,HE 14,HE 15,HE 16,HE 17,HE 18,HE 19,"    \
	"HE 20,HE 21,HE 22,HE 23,HE 24"
#define DAY_HEADER    "Node,Type,Value," HOURS_HEADER
#define BUNDLE_HEADER "MARKET_DAY,NODE,TYPE,VALUE," HOURS_HEADER
#define MCP_HEADER    "Pnode,Zone,MCP Type," HOURS_HEADER
#define TEN_TIMES     "1,2,3,4,5,6,7,8,9,10"
#define NUMBERS       TEN_TIMES "," TEN_TIMES ",21,22,23,24"
#define MARCH_10      19792                 /* 2024-03-10, days since 1970-01-01: clocks change, but not this one */
#define HOUR_1        UINT32_C(1710046800) /* 2024-03-10T05:00:00Z */
#define HOUR_S        3600u
#define DAY_S         86400u
#define TEXT_BYTES    ((size_t)1 << 20)

static const struct parsed_way strips_way = { .features = GPQ_CPU_ALL };
static struct parsed parsed;

static void parse(const char *text)
{
	parsed_text(&parsed, text, strlen(text), &strips_way);
}

static int day_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_miso, "rt_lmp", DAY_HEADER);
	parsed.binding.day = MARCH_10;
	return 0;
}

static int bundle_open(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_miso, "rt_lmps", BUNDLE_HEADER);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	parsed_close(&parsed);
	return 0;
}

static void a_line_is_a_strip_of_24_hours(void **state)
{
	(void)state;
	parse("A,Hub,MCC," NUMBERS "\nB,Hub,LMP,.92,-.94,29," TEN_TIMES "," TEN_TIMES ",\"1,234.56\"\r\n");
	assert_int_equal(parsed.n_strips, 2);
	assert_int_equal(parsed.n_cells, 48);
	for (uint32_t h = 0; h < 24; h++) {
		assert_int_equal(parsed.cells[h].start_s, HOUR_1 + h * HOUR_S);
		assert_int_equal(parsed.cells[h].origin, gpq_origin(3, 1000));
	}
	assert_int_equal(parsed.cells[0].cell, gpq_dataset_cell(parsed.binding.output[0], GPQ_COLUMN_LMP_CONGESTION));
	assert_int_equal(parsed.cells[23].value, 2400);
	assert_int_equal(parsed.cells[24].cell, gpq_dataset_cell(parsed.binding.output[0], GPQ_COLUMN_LMP_TOTAL));
	assert_int_equal(parsed.cells[24].value, 92);
	assert_int_equal(parsed.cells[25].value, -94);
	assert_int_equal(parsed.cells[47].value, 123456);
	assert_int_equal(parsed.counts.partial_rows, 48);
	assert_int_equal(parsed.last_start_s, HOUR_1);
	const struct gpq_location *location = gpq_locations_view(parsed.locations, parsed.cells[24].location);
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_NAME], gpq_text_of("B")));
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_TYPE], gpq_text_of("Hub")));
}

static void empty_hours_are_blank(void **state)
{
	(void)state;
	parse("A,Hub,LMP,,2,,4,5,6,7,8,9,10," TEN_TIMES ",21,22,23,\nA,Hub,MCC,,,,,,,,,,,,,,,,,,,,,,,,\nA,Hub,MLC," NUMBERS "\n");
	assert_int_equal(parsed.n_strips, 2);
	assert_int_equal(parsed.n_cells, 21 + 24);
	assert_int_equal(parsed.counts.blank, 3 + 24);
	assert_int_equal(parsed.counts.partial_rows, 72);
	assert_int_equal(parsed.cells[0].start_s, HOUR_1 + HOUR_S);
}

/* The line stands between two good ones. */
static void rejected(const char *line, enum gpq_reject reason, uint32_t field, const char *value)
{
	static const char above[] = "A,Hub,LMP," NUMBERS "\n";
	char text[2000];
	snprintf(text, sizeof(text), "%s%s\nA,Hub,MCC,%s\n", above, line, NUMBERS);
	parse(text);
	assert_int_equal(parsed.n_cells, 48);
	assert_int_equal(parsed.n_lines, 1);
	assert_string_equal(gpq_reject_word(parsed.lines[0].reason), gpq_reject_word(reason));
	assert_int_equal(parsed.lines[0].field, field);
	assert_string_equal(parsed.lines[0].value, value);
	assert_int_equal(parsed.lines[0].line, 12);
	assert_int_equal(parsed.lines[0].byte, 1000 + strlen(above));
	assert_int_equal(parsed.counts.rejected, 24);
	assert_int_equal(parsed.counts.partial_rows, 72);
}

static void a_line_is_rejected_as_a_whole(void **state)
{
	(void)state;
	rejected("A,Hub,MLC,1,2,3", GPQ_REJECT_FIELDS_FEW, 0, "");
	rejected("A,Hub,MLC," NUMBERS ",x", GPQ_REJECT_FIELDS_MANY, 0, "");
	rejected("A,Hub,MLC,1,2,x,4,5,6,7,8,9,10," TEN_TIMES ",21,22,23,24", GPQ_REJECT_NUMBER, 6, "x");
	rejected("A,Hub,MLC," TEN_TIMES "," TEN_TIMES ",21,22,23,1e999", GPQ_REJECT_NUMBER_RANGE, 27, "1e999");
	rejected("A,Hub,MEC," NUMBERS, GPQ_REJECT_COMPONENT, 3, "MEC");
	rejected(",Hub,MLC," NUMBERS, GPQ_REJECT_KEY_MISSING, 0, "");
}

static void each_line_of_a_bundle_has_its_day(void **state)
{
	(void)state;
	parse("3/10/2024,A,Hub,LMP," NUMBERS "\n03/11/2024,A,Hub,LMP," NUMBERS "\n2/30/2024,A,Hub,LMP," NUMBERS "\n,A,Hub,LMP,"
	      NUMBERS "\n");
	assert_int_equal(parsed.n_cells, 48);
	assert_int_equal(parsed.cells[0].start_s, HOUR_1);
	assert_int_equal(parsed.cells[24].start_s, HOUR_1 + DAY_S);
	assert_int_equal(parsed.n_lines, 2);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_STAMP);
	assert_int_equal(parsed.lines[0].field, 1);
	assert_int_equal(parsed.lines[1].reason, GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(parsed.counts.rejected, 48);
	assert_int_equal(parsed.last_start_s, HOUR_1 + DAY_S);
}

/* Where the clock changes, a number of an hour that is not there, or is there twice, has no place and is rejected; the others of
 * its line are rows, and an empty hour needs no place. */
static void a_clock_that_changes_has_other_hours(void **state)
{
	(void)state;
	gpq_zone_close(parsed.zone);
	assert_int_equal(gpq_zone_open(&parsed.budget, "America/Chicago", &parsed.zone, NULL), GPQ_OK);
	parse("3/10/2024,A,Hub,LMP,1,2,,4,5,6,7,8,9,10," TEN_TIMES ",21,22,23,24\n3/10/2024,A,Hub,LMP," NUMBERS "\n"
	      "11/3/2024,A,Hub,LMP," NUMBERS "\n11/3/2024,A,Hub,MCC,1,,3,4,5,6,7,8,9,10," TEN_TIMES ",21,22,23,24\n");
	assert_int_equal(parsed.n_cells, 4 * 23);
	assert_int_equal(parsed.cells[1].start_s, 1710054000); /* 2024-03-10T07:00:00Z: 1:00 CST */
	assert_int_equal(parsed.cells[2].start_s, 1710057600); /* 08:00Z: 3:00 CDT, hour ending 4 */
	assert_int_equal(parsed.cells[2].value, 400);
	assert_int_equal(parsed.cells[46].start_s, 1730610000); /* 2024-11-03T05:00:00Z: midnight CDT */
	assert_int_equal(parsed.cells[47].start_s, 1730620800); /* 08:00Z: 2:00 CST, hour ending 3 */
	assert_int_equal(parsed.cells[47].value, 300);
	assert_int_equal(parsed.n_lines, 2);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_STAMP);
	assert_int_equal(parsed.lines[0].field, 5 + 2);
	assert_int_equal(parsed.lines[0].line, 12);
	assert_string_equal(parsed.lines[0].value, "3");
	assert_int_equal(parsed.lines[1].reason, GPQ_REJECT_UNRESOLVED);
	assert_int_equal(parsed.lines[1].field, 5 + 1);
	assert_string_equal(parsed.lines[1].value, "2");
	assert_int_equal(parsed.counts.rejected, 2);
	assert_int_equal(parsed.counts.partial_rows, 96);
	assert_int_equal(parsed.counts.blank, 2);
}

static void prices_of_reserves_have_one_cell(void **state)
{
	(void)state;
	struct gpq_text names[27];
	char text[1000];
	uint32_t n = 0;
	snprintf(text, sizeof(text), "%s", MCP_HEADER);
	for (char *at = strtok(text, ","); at; at = strtok(NULL, ","))
		names[n++] = gpq_text_of(at);
	const struct gpq_feed *feed = parsed.binding.feed;
	for (uint32_t f = 0; f < gpq_market_miso.n_feeds; f++)
		if (strcmp(gpq_market_miso.feeds[f]->id, "asm_rtmcp") == 0)
			feed = gpq_market_miso.feeds[f];
	assert_int_equal(gpq_feed_binding_init_second(&parsed.binding, &gpq_market_miso, feed, names, n, NULL), GPQ_OK);
	parsed.binding.day = MARCH_10;
	snprintf(parsed.header, sizeof(parsed.header), "%s", MCP_HEADER);
	parse("X.Y,Zone 1,GENREGMCP," NUMBERS "\n" MCP_HEADER "\nX.Z,Zone 1,GENREGMCP," NUMBERS "\n");
	assert_int_equal(parsed.n_cells, 48);
	assert_int_equal(parsed.cells[0].cell, 0);
	assert_int_equal(parsed.cells[0].start_s, HOUR_1);
	assert_int_equal(parsed.counts.header_lines, 1);
	const struct gpq_location *location = gpq_locations_view(parsed.locations, parsed.cells[24].location);
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_PRODUCT], gpq_text_of("GENREGMCP")));
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_REGION], gpq_text_of("Zone 1")));
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_RESOURCE], gpq_text_of("X.Z")));
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

static size_t text_make(char *text, uint32_t odd, bool dated)
{
	static const char *const values[] = { "LMP", "MCC", "MLC", "MEC", "" };
	static const char *const dates[] = { "3/10/2024", "3/10/2024", "3/11/2024", "x", "" };
	static const char *const numbers[] = { "", "", "null", "abc", "1e3", "\"1,234.5\"", " 7", "123456789012345678", "1.234567" };
	size_t len = 0;
	const char *end = below(2) ? "\n" : "\r\n";
	for (uint32_t line = 0; line < 300; line++) {
		bool strange = below(odd) == 0, bare = strange && below(4) == 0;
		if (dated)
			len += (size_t)sprintf(text + len, "%s,", dates[strange ? below(5) : line / 150]);
		len += (size_t)sprintf(text + len, "N%u,T,%s", line % 50, values[strange ? below(5) : line / 50 % 3]);
		for (uint32_t h = 0; h < 24; h++) {
			if (bare || (strange && below(20) == 0))
				len += (size_t)sprintf(text + len, ",%s", bare ? "" : numbers[below(9)]);
			else
				len += (size_t)sprintf(text + len, ",%d.%02u", (int)below(100) - 20, below(100));
		}
		len += (size_t)sprintf(text + len, "%s%s", strange && below(8) == 0 ? ",y" : "", end);
		if (strange && below(9) == 0)
			len += (size_t)sprintf(text + len, "%s%s", dated ? BUNDLE_HEADER : DAY_HEADER, end);
	}
	return len;
}

static void careful_and_regular_lines_give_the_same(void **state)
{
	(void)state;
	static const uint32_t oddness[] = { 1000000, 100, 20, 3 };
	static const uint32_t features[] = { 0, GPQ_CPU_AVX2 | GPQ_CPU_BMI2, GPQ_CPU_ALL };
	char *text = malloc(TEXT_BYTES);
	for (uint32_t round = 0; round < 60; round++) {
		bool dated = round % 2;
		struct parsed careful, rows;
		struct parsed *both[] = { &careful, &rows };
		for (int i = 0; i < 2; i++) {
			parsed_open(both[i], &gpq_market_miso, dated ? "rt_lmps" : "rt_lmp", dated ? BUNDLE_HEADER : DAY_HEADER);
			both[i]->binding.day = dated ? GPQ_NO_DAY : MARCH_10;
		}
		parsed.binding = careful.binding;
		snprintf(parsed.header, sizeof(parsed.header), "%s", careful.header);
		size_t len = text_make(text, oddness[round % 4], dated);
		struct parsed_way way = { .features = features[round % 3], .filter = round % 7 == 3,
			                  .chunk_bytes = round % 5 == 2 ? 500 + below(20000) : 0 };
		parsed_text(&parsed, text, len, &way);
		assert_true(parsed.n_cells > 1000);
		way.careful_only = true;
		parsed_text(&careful, text, len, &way);
		parsed_equal(&parsed, &careful, true);
		way.rows = true;
		way.careful_only = round % 2;
		parsed_text(&rows, text, len, &way);
		parsed_equal(&parsed, &rows, true); /* a line's numbers are all of that line */
		parsed_close(&careful);
		parsed_close(&rows);
	}
	free(text);
}

#define DAY_TEST(name)    cmocka_unit_test_setup_teardown(name, day_open, close_all)
#define BUNDLE_TEST(name) cmocka_unit_test_setup_teardown(name, bundle_open, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DAY_TEST(a_line_is_a_strip_of_24_hours),
		DAY_TEST(empty_hours_are_blank),
		DAY_TEST(a_line_is_rejected_as_a_whole),
		BUNDLE_TEST(each_line_of_a_bundle_has_its_day),
		BUNDLE_TEST(a_clock_that_changes_has_other_hours),
		DAY_TEST(prices_of_reserves_have_one_cell),
		DAY_TEST(careful_and_regular_lines_give_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
