// SPDX-License-Identifier: MIT
/* Lines that say what they are: rows, remarks, headers, trailers; their times, by the clock of New England. */
#include "unit/input/parsed_lines.h"

#define HOURLY "H,Date,Hour Ending,Location ID,Location Name,Location Type,Locational Marginal Price,Energy Component,Congestion Component,Marginal Loss Component"
#define FIVE   "H,Local Time,Location ID,LMP,Energy Component,Congestion Component,Loss Component"
#define TYPES  "\"H\",\"Date\",\"HE\",\"String\",\"String\",\"String\",\"Number\",\"Number\",\"Number\",\"Number\"\n"
#define NODE   "\"321\",\"UN.A   1\",\"NETWORK NODE\""

/* Instants, by Python's zoneinfo: hours ending of New England's clock. */
#define S_2026_06_04_HE01 1780545600u
#define S_2025_11_02_HE02 1762059600u /* the first pass; the second is an hour later */
#define S_2025_03_09_HE04 1741503600u
#define S_2026_06_04      1780545600u

static void parse(struct parsed *parsed, const char *text, const struct parsed_way *way)
{
	parsed_text(parsed, text, strlen(text), way);
}

/* The cell of number 'n' in the order of its row. */
static void cell_is(const struct parsed *parsed, uint32_t n, uint32_t start_s, int64_t value)
{
	assert_true(n < parsed->n_cells);
	assert_int_equal(parsed->cells[n].start_s, start_s);
	assert_int_equal(parsed->cells[n].value, value);
}

static void rows_are_what_says_that_it_is_one(void **state)
{
	(void)state;
	struct parsed parsed;
	static const char text[] = TYPES "\"D\",\"06/04/2026\",\"01\"," NODE ",47.19,47.56,0.0,-0.37\n"
	                                 "\"D\",\"06/04/2026\",02," NODE ",1,2,3,4\n"
	                                 "D,06/04/2026,03,321,UN.A   1,NETWORK NODE,5,6,7,8\n"
	                                 "\"C\",\"a remark\"\n"
	                                 "\"T\",\"3 lines\"";
	parsed_open(&parsed, &gpq_market_isone, "WW_DALMP_ISO", HOURLY);
	parse(&parsed, text, &(struct parsed_way){ .features = GPQ_CPU_ALL });
	assert_int_equal(parsed.counts.data_lines, 3);
	assert_int_equal(parsed.counts.header_lines, 3);
	assert_int_equal(parsed.counts.trailers, 1);
	assert_int_equal(parsed.counts.told_rows, 3);
	assert_int_equal(parsed.n_lines, 0);
	assert_int_equal(parsed.n_cells, 12);
	cell_is(&parsed, 0, S_2026_06_04_HE01, 4719);
	cell_is(&parsed, 3, S_2026_06_04_HE01, -37);
	cell_is(&parsed, 4, S_2026_06_04_HE01 + 3600, 100);
	cell_is(&parsed, 8, S_2026_06_04_HE01 + 7200, 500);
	assert_int_equal(gpq_locations_count(parsed.locations), 1); /* quoted or not */
	const struct gpq_location *node = gpq_locations_view(parsed.locations, 0);
	assert_true(gpq_text_equal(node->text[GPQ_TEXT_NAME], gpq_text_of("UN.A   1")));
	assert_true(gpq_text_equal(node->text[GPQ_TEXT_ID], gpq_text_of("321")));
	assert_true(gpq_text_equal(node->text[GPQ_TEXT_TYPE], gpq_text_of("NETWORK NODE")));
	parsed_close(&parsed);
}

static void clock_changes_are_marked(void **state)
{
	(void)state;
	struct parsed parsed;
	static const char text[] = "\"D\",\"11/02/2025\",\"02\"," NODE ",1,,,\n"
	                           "\"D\",\"11/02/2025\",\"02X\"," NODE ",2,,,\n"
	                           "\"D\",\"03/09/2025\",\"04\"," NODE ",3,,,\n"
	                           "\"D\",\"03/09/2025\",\"03\"," NODE ",4,,,\n"  /* does not exist */
	                           "\"D\",\"06/04/2026\",\"02X\"," NODE ",5,,,\n"; /* is not repeated */
	parsed_open(&parsed, &gpq_market_isone, "lmp_rt", HOURLY);
	parse(&parsed, text, &(struct parsed_way){ .features = GPQ_CPU_ALL });
	assert_int_equal(parsed.n_cells, 2);
	cell_is(&parsed, 0, S_2025_11_02_HE02 + 3600, 200);
	cell_is(&parsed, 1, S_2025_03_09_HE04, 300);
	assert_int_equal(parsed.n_lines, 3);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_UNRESOLVED); /* nobody waits for the other lines (repeats.h) */
	assert_int_equal(parsed.lines[0].field, 3);
	assert_int_equal(parsed.lines[1].reason, GPQ_REJECT_STAMP);
	assert_int_equal(parsed.lines[2].reason, GPQ_REJECT_REPEATED);
	parsed_close(&parsed);
}

static void other_kinds_are_rejected(void **state)
{
	(void)state;
	struct parsed parsed;
	static const char text[] = "X,06/04/2026,01,321,A,HUB,1,2,3,4\n"
	                           ",06/04/2026,01,321,A,HUB,1,2,3,4\n"
	                           "d,06/04/2026,01,321,A,HUB,1,2,3,4\n"
	                           "DD,06/04/2026,01,321,A,HUB,1,2,3,4\n"
	                           "D,06/04/2026,01\n"
	                           " D ,06/04/2026,01,321,A,HUB,1,2,3,4\n"
	                           "T\n"
	                           "T,lines\n"
	                           "T,\" 29,016 lines\"\n";
	parsed_open(&parsed, &gpq_market_isone, "lmp_rt", HOURLY);
	parse(&parsed, text, &(struct parsed_way){ .features = GPQ_CPU_ALL });
	assert_int_equal(parsed.n_lines, 5);
	for (int k = 0; k < 4; k++) {
		assert_int_equal(parsed.lines[k].reason, GPQ_REJECT_RECORD_KIND);
		assert_int_equal(parsed.lines[k].field, 1);
	}
	assert_int_equal(parsed.lines[4].reason, GPQ_REJECT_FIELDS_FEW);
	assert_int_equal(parsed.counts.data_lines, 6);
	assert_int_equal(parsed.counts.trailers, 3);
	assert_int_equal(parsed.counts.told_rows, 29); /* thousands are not grouped: such a number is a wrong one */
	assert_int_equal(parsed.n_cells, 4);
	parsed_close(&parsed);
}

static void times_of_day_are_of_the_day_above(void **state)
{
	(void)state;
	struct parsed parsed;
	static const char text[] = "\"D\",\"00:00:00\",\"321\",1,2,3,4\n"
	                           "\"D\",\"23:55\",\"321\",5,6,7,8\n"
	                           "\"D\",\"2026-06-04 00:05:00\",\"321\",9,10,11,12\n"
	                           "\"D\",\"06/04/2026 00:10:00\",\"4000\",13,,,\n"
	                           "\"D\",\"00:01:00\",\"321\",1,2,3,4\n"
	                           "\"D\",\"25:00:00\",\"321\",1,2,3,4\n"
	                           "\"D\",\"\",\"321\",1,2,3,4\n"
	                           "\"D\",\"x00:00:00 and much more\",\"321\",1,2,3,4\n";
	parsed_open(&parsed, &gpq_market_isone, "lmp_5min", FIVE);
	parsed.binding.day = (int32_t)((S_2026_06_04 - 4 * 3600) / 86400);
	parse(&parsed, text, &(struct parsed_way){ .features = GPQ_CPU_ALL });
	assert_int_equal(parsed.n_cells, 13);
	cell_is(&parsed, 0, S_2026_06_04, 100);
	cell_is(&parsed, 4, S_2026_06_04 + 86100, 500);
	cell_is(&parsed, 8, S_2026_06_04 + 300, 900);
	cell_is(&parsed, 12, S_2026_06_04 + 600, 1300);
	assert_int_equal(parsed.n_lines, 4);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_GRID);
	assert_int_equal(parsed.lines[1].reason, GPQ_REJECT_STAMP);
	assert_int_equal(parsed.lines[2].reason, GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(parsed.lines[3].reason, GPQ_REJECT_STAMP);
	const struct gpq_location *node = gpq_locations_view(parsed.locations, 0);
	assert_true(gpq_text_equal(node->text[GPQ_TEXT_NAME], gpq_text_of("321"))); /* the id is the name */
	assert_true(gpq_text_equal(node->text[GPQ_TEXT_ID], gpq_text_of("321")));
	parsed.binding.day = GPQ_NO_DAY;
	parse(&parsed, text, &(struct parsed_way){ .features = GPQ_CPU_ALL });
	assert_int_equal(parsed.n_cells, 5); /* only stamps that tell their date */
	parsed_close(&parsed);
}

/* Rows, column by column and one by one, whatever stands between them. */
static void both_ways_give_the_same(void **state)
{
	(void)state;
	static char text[1 << 20];
	struct parsed careful, regular;
	unsigned seed = 1;
	size_t len = 0;
	for (unsigned line = 0; line < 8000; line++) {
		unsigned hour = line / 330 + 1, node = line % 330, odd = (seed = seed * 1103515245u + 12345u) >> 16;
		const char *kind = odd % 500 == 1 ? "H" : odd % 500 == 2 ? "T" : odd % 500 == 3 ? "X" : "D";
		const char *quote = odd % 97 == 5 ? "" : "\"";
		len += (size_t)sprintf(text + len, "%s%s%s,\"06/04/2026\",%s%02u%s,\"%u\",\"NODE %u\",\"HUB\",%d.%02u,%s,%u.5,-0.37%s\n", quote,
		                       kind, quote, hour % 2 ? "\"" : "", hour, hour % 2 ? "\"" : "", node, node, (int)odd % 900 - 300,
		                       odd % 100, odd % 301 == 7 ? "" : odd % 301 == 8 ? "\"4\"" : "47.56", node % 9, line % 2 ? "\r" : "");
	}
	parsed_open(&careful, &gpq_market_isone, "lmp_rt", HOURLY);
	parsed_open(&regular, &gpq_market_isone, "lmp_rt", HOURLY);
	for (int filter = 0; filter < 2; filter++)
		for (size_t chunk = 0; chunk < 100000; chunk = chunk * 3 + 7001) {
			parsed_text(&careful, text, len, &(struct parsed_way){ .features = GPQ_CPU_ALL, .careful_only = true, .filter = filter, .chunk_bytes = chunk });
			parsed_text(&regular, text, len, &(struct parsed_way){ .features = GPQ_CPU_ALL, .filter = filter, .chunk_bytes = chunk });
			parsed_equal(&careful, &regular, true);
			assert_true(careful.counts.trailers > 2 && careful.n_lines > 2);
		}
	parsed_close(&careful);
	parsed_close(&regular);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_what_says_that_it_is_one),
		cmocka_unit_test(clock_changes_are_marked),
		cmocka_unit_test(other_kinds_are_rejected),
		cmocka_unit_test(times_of_day_are_of_the_day_above),
		cmocka_unit_test(both_ways_give_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
