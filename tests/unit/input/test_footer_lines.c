// SPDX-License-Identifier: MIT
/* Rows by the market's own clock, and the lines below the last of them. */
#include "unit/input/parsed_lines.h"

#define HEADER "MKTHOUR_EST,PNODENAME,LMP,CON_LMP,LOSS_LMP"
#define ROW(stamp) "07/01/2024 " stamp ",A,21.5,0.25,-1\n"

static struct parsed parsed;

static int open_all(void **state)
{
	(void)state;
	parsed_open(&parsed, &gpq_market_miso, "5min_lmp", HEADER);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	parsed_close(&parsed);
	return 0;
}

static void parse(const char *text)
{
	struct parsed_way way = { .features = GPQ_CPU_ALL, .footer_lines = 2 };
	struct parsed careful;
	parsed_text(&parsed, text, strlen(text), &way);
	parsed_open(&careful, &gpq_market_miso, "5min_lmp", HEADER);
	way.careful_only = true;
	parsed_text(&careful, text, strlen(text), &way);
	parsed_equal(&parsed, &careful, true);
	parsed_close(&careful);
}

static void a_stamp_is_by_the_markets_clock(void **state)
{
	(void)state;
	parse(ROW("00:05") ROW("00:10") "11/03/2024 01:00,A,1,2,3\n03/10/2024 02:30,A,1,2,3\n");
	assert_int_equal(parsed.n_lines, 0);
	assert_int_equal(parsed.n_cells, 12);
	assert_int_equal(parsed.n_strips, 0);
	uint32_t starts[] = { 1710055800, 1719810300, 1719810600, 1730613600 }; /* 03-10T07:30Z ... 11-03T06:00Z */
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(parsed.cells[i].start_s, starts[i]); /* in the order of instants, within the first cell */
	assert_int_equal(parsed.cells[1].value, 2150);
}

static void bad_stamps_are_rejected(void **state)
{
	(void)state;
	parse("07/01/2024 00:07,A,1,2,3\n13/01/2024 00:05,A,1,2,3\n,A,1,2,3\n" ROW("00:05") ROW("00:10"));
	assert_int_equal(parsed.n_lines, 3);
	assert_int_equal(parsed.lines[0].reason, GPQ_REJECT_GRID);
	assert_int_equal(parsed.lines[1].reason, GPQ_REJECT_STAMP);
	assert_int_equal(parsed.lines[2].reason, GPQ_REJECT_STAMP_MISSING);
	for (int i = 0; i < 3; i++)
		assert_int_equal(parsed.lines[i].field, 1);
}

/* 'above' stands above two rows' worth of lines at the end. */
static void ends(const char *end, uint64_t rows, uint64_t decoration, uint64_t rejected)
{
	char text[1000];
	snprintf(text, sizeof(text), "%s%s", ROW("00:05"), end);
	parse(text);
	if (parsed.n_cells != 3 * rows || parsed.counts.header_lines != decoration || parsed.counts.rejected != rejected)
		fail_msg("%s: %u numbers, %u lines of decoration, %u rejected", end, parsed.n_cells,
		         (unsigned)parsed.counts.header_lines, (unsigned)parsed.counts.rejected);
	assert_int_equal(parsed.n_lines, rejected);
	assert_int_equal(parsed.counts.partial_rows, rows + rejected);
}

static void the_last_two_lines_may_be_no_rows(void **state)
{
	(void)state;
	ends("", 1, 0, 0);
	ends("Rows: 1\n", 1, 1, 0);
	ends("Rows: 1", 1, 1, 0);
	ends("a\nb\n", 1, 2, 0);
	ends("a,b,c,,\nb,b,b,b,b\n", 1, 2, 0);
	ends("\n\na\n \r\nb\r\n\n", 1, 2, 0);
	ends("\"a\"\n\"b,c\"\n", 1, 2, 0);
	ends("07/01/2024 00:05,A,x,2,3\n", 1, 0, 1); /* it has a time: a row, if a bad one */
	ends("a\nb\nc\n", 1, 2, 1);
	ends("a\n" ROW("00:10"), 2, 0, 1);
	ends("a\nb\n" ROW("00:10"), 2, 0, 2);
	ends("a\n" ROW("00:10") "b\n", 2, 1, 1);
	ends("07/01/2024 00:07,A,1,2,3\n", 1, 0, 1); /* off the grid: a row, if a bad one */
	ends("07/01/2024 00:07,A,1,2,3\nb\n", 1, 1, 1);
	ends("b\n07/01/2024 00:07,A,1,2,3\n", 1, 0, 2);
	ends("07/01/2024 00:05,,1,2,3\n", 1, 0, 1);
}

/* Rejects keep their order, line and value, also where a line was kept back. */
static void lines_that_were_kept_back_are_told_in_their_order(void **state)
{
	(void)state;
	parse(ROW("00:05") "07/01/2024 00:05,A,x\"\"y,2,3\n" ROW("00:10"));
	assert_int_equal(parsed.n_lines, 1);
	assert_int_equal(parsed.lines[0].line, 12);
	assert_int_equal(parsed.lines[0].byte, 1000 + strlen(ROW("00:05")));
	assert_int_equal(parsed.lines[0].field, 3);
	assert_string_equal(parsed.lines[0].value, "x\"\"y");
	parse(ROW("00:05") "q\n07/01/2024 00:07,A,1,2,3\n");
	assert_int_equal(parsed.n_lines, 2);
	assert_int_equal(parsed.lines[0].line, 12);
	assert_int_equal(parsed.lines[1].line, 13);
}

/* Where the input does not end, or the feed has no footer, they are rows that are bad. */
static void elsewhere_they_are_rejected(void **state)
{
	(void)state;
	static const char text[] = ROW("00:05") "a\nb\n";
	struct parsed_way way = { .features = GPQ_CPU_ALL, .footer_lines = 0 };
	parsed_text(&parsed, text, sizeof(text) - 1, &way);
	assert_int_equal(parsed.n_lines, 2);
	assert_int_equal(parsed.counts.header_lines, 0);
}

#define FOOTER_TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOOTER_TEST(a_stamp_is_by_the_markets_clock),
		FOOTER_TEST(bad_stamps_are_rejected),
		FOOTER_TEST(the_last_two_lines_may_be_no_rows),
		FOOTER_TEST(lines_that_were_kept_back_are_told_in_their_order),
		FOOTER_TEST(elsewhere_they_are_rejected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
