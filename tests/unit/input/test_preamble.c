// SPDX-License-Identifier: MIT
#include "input/preamble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DAY_S 86400u

/* Days since 1970-01-01, by Python's datetime. */
#define DAY_2026_06_04 20608
#define DAY_2025_05_02 20210

static const struct gpq_feed_column columns[] = { { .names = { "H" }, .role = GPQ_ROLE_RECORD_KIND, .required = true } };
static const struct gpq_feed isone = { .id = "isone",
	                               .columns = columns,
	                               .n_columns = 1,
	                               .titles = { "Day-Ahead Energy Market" },
	                               .preamble_date = true,
	                               .date_behind = "Report for: ",
	                               .published_behind = "Report generated: ",
	                               .name_behind = "Filename: " };
static const struct gpq_feed ieso = { .id = "ieso",
	                              .columns = columns,
	                              .n_columns = 1,
	                              .preamble_date = true,
	                              .date_behind = " FOR ",
	                              .published_behind = "CREATED AT " };
static const struct gpq_feed miso = { .id = "miso", .columns = columns, .n_columns = 1, .preamble_date = true };
static const struct gpq_finality_word words[] = { { "final", GPQ_FINALITY_FINAL, false }, { "prelim", GPQ_FINALITY_PRELIM, false } };
static const struct gpq_market market = { .iso = "X", .finality_words = words, .n_finality_words = 2 };

static struct gpq_preamble read_lines(const struct gpq_feed *feed, const char *const *lines, uint32_t count)
{
	struct gpq_text texts[8];
	struct gpq_preamble out;
	for (uint32_t k = 0; k < count; k++)
		texts[k] = gpq_text_of(lines[k]);
	gpq_preamble_read(&market, feed, texts, count, &out);
	return out;
}

static struct gpq_preamble read_line(const struct gpq_feed *feed, const char *line)
{
	return read_lines(feed, &line, 1);
}

static void lines_of_a_report_are_read(void **state)
{
	(void)state;
	const char *lines[] = { "\"C\",\"Day-Ahead Energy Market Hourly LMP Report\"", "\"C\",\"Filename: lmp_rt_prelim_20260604.csv\"",
		                "\"C\",\"Report for: 06/04/2026 - 06/04/2026\"", "\"C\",\"Report generated: 06/03/2026 12:57:12 EDT\"" };
	struct gpq_preamble read = read_lines(&isone, lines, 4);
	assert_int_equal(read.day, DAY_2026_06_04);
	assert_int_equal(read.published_s, (DAY_2026_06_04 - 1) * DAY_S + 12 * 3600 + 57 * 60 + 12);
	assert_string_equal(read.name, "lmp_rt_prelim_20260604.csv");
	assert_int_equal(read.finality, GPQ_FINALITY_PRELIM);
	read = read_lines(&isone, lines, 1);
	assert_int_equal(read.day, GPQ_NO_DAY);
	assert_int_equal(read.published_s, 0);
	assert_string_equal(read.name, "");
	assert_int_equal(read.finality, GPQ_FINALITY_UNMARKED);
}

static void one_line_may_tell_everything(void **state)
{
	(void)state;
	struct gpq_preamble read = read_line(&ieso, "CREATED AT 2025/05/01 13:05:09 FOR 2025/05/02");
	assert_int_equal(read.day, DAY_2025_05_02);
	assert_int_equal(read.published_s, (DAY_2025_05_02 - 1) * DAY_S + 13 * 3600 + 5 * 60 + 9);
	read = read_line(&ieso, "CREATED AT 2025/05/01 13:05:09");
	assert_int_equal(read.day, GPQ_NO_DAY);
}

static void a_date_in_front_counts_where_no_text_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(read_line(&miso, "06/04/2026,,All Hours-Ending are Eastern Standard Time (EST)").day, DAY_2026_06_04);
	assert_int_equal(read_line(&miso, "\"6/4/2026\"").day, DAY_2026_06_04);
	assert_int_equal(read_line(&miso, "Report for: 06/04/2026").day, GPQ_NO_DAY);
	assert_int_equal(read_line(&isone, "06/04/2026").day, GPQ_NO_DAY);
	assert_int_equal(read_line(&miso, "01/01/1969").day, GPQ_NO_DAY);
	assert_int_equal(read_line(&miso, "02/07/2106").day, GPQ_NO_DAY); /* behind what 32 bits hold */
}

static void several_days_are_none(void **state)
{
	(void)state;
	assert_int_equal(read_line(&isone, "C,Report for: 06/04/2026 - 06/05/2026").day, GPQ_NO_DAY);
	assert_int_equal(read_line(&isone, "C,Report for: 06/04/2026 -").day, DAY_2026_06_04);
	assert_int_equal(read_line(&isone, "C,Report for: 06/04/2026,,,").day, DAY_2026_06_04);
	assert_int_equal(read_line(&isone, "C,Report for: June").day, GPQ_NO_DAY);
	assert_int_equal(read_line(&isone, "C,Report for: ").day, GPQ_NO_DAY);
	assert_int_equal(read_line(&isone, "C,Report for:").day, GPQ_NO_DAY);
}

static void standard_time_is_behind_daylight_time(void **state)
{
	(void)state;
	uint32_t daylight_s = read_line(&isone, "C,Report generated: 11/02/2025 01:30:00 EDT").published_s;
	uint32_t standard_s = read_line(&isone, "C,Report generated: 11/02/2025 01:10:00 EST").published_s;
	assert_true(daylight_s > 0);
	assert_int_equal(standard_s, daylight_s + 40 * 60);
	assert_int_equal(read_line(&isone, "C,Report generated: 11/02/2025 01:30:00").published_s, daylight_s);
	assert_int_equal(read_line(&isone, "C,Report generated: 11/02/2025").published_s, 0);
	assert_int_equal(read_line(&isone, "C,Report generated: soon and late").published_s, 0);
}

static void names_that_are_too_long_are_none(void **state)
{
	(void)state;
	char line[200] = "\"C\",\"Filename: ";
	size_t at = strlen(line);
	memset(line + at, 'n', 95);
	assert_int_equal(strlen(read_line(&isone, line).name), 95);
	memset(line + at, 'n', 96);
	assert_string_equal(read_line(&isone, line).name, "");
}

static void titles_begin_a_line_or_its_second_field(void **state)
{
	(void)state;
	assert_true(gpq_preamble_has_title(&isone, gpq_text_of("\"C\",\"Day-Ahead Energy Market Hourly LMP Report\"")));
	assert_true(gpq_preamble_has_title(&isone, gpq_text_of("C,day-ahead energy market")));
	assert_true(gpq_preamble_has_title(&isone, gpq_text_of("Day-Ahead Energy Market")));
	assert_false(gpq_preamble_has_title(&isone, gpq_text_of("C,The Day-Ahead Energy Market")));
	assert_false(gpq_preamble_has_title(&isone, gpq_text_of("C,C,Day-Ahead Energy Market")));
	assert_false(gpq_preamble_has_title(&isone, gpq_text_of("C,Day-Ahead Energy")));
	assert_false(gpq_preamble_has_title(&isone, gpq_text_of("")));
	assert_false(gpq_preamble_has_title(&ieso, gpq_text_of("C,")));
}

static void kinds_stand_in_front(void **state)
{
	(void)state;
	assert_true(gpq_preamble_is_kind(gpq_text_of("\"C\",\"x\""), GPQ_RECORD_REMARK));
	assert_true(gpq_preamble_is_kind(gpq_text_of("C,x"), GPQ_RECORD_REMARK));
	assert_true(gpq_preamble_is_kind(gpq_text_of("C"), GPQ_RECORD_REMARK));
	assert_true(gpq_preamble_is_kind(gpq_text_of("\"C\""), GPQ_RECORD_REMARK));
	assert_false(gpq_preamble_is_kind(gpq_text_of("\"C"), GPQ_RECORD_REMARK));
	assert_false(gpq_preamble_is_kind(gpq_text_of("\"C,x"), GPQ_RECORD_REMARK));
	assert_false(gpq_preamble_is_kind(gpq_text_of("\""), GPQ_RECORD_REMARK));
	assert_false(gpq_preamble_is_kind(gpq_text_of(""), GPQ_RECORD_REMARK));
	assert_false(gpq_preamble_is_kind(gpq_text_of("CX,x"), GPQ_RECORD_REMARK));
	assert_false(gpq_preamble_is_kind(gpq_text_of("H,x"), GPQ_RECORD_REMARK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_a_report_are_read),
		cmocka_unit_test(one_line_may_tell_everything),
		cmocka_unit_test(a_date_in_front_counts_where_no_text_is_asked_for),
		cmocka_unit_test(several_days_are_none),
		cmocka_unit_test(standard_time_is_behind_daylight_time),
		cmocka_unit_test(names_that_are_too_long_are_none),
		cmocka_unit_test(titles_begin_a_line_or_its_second_field),
		cmocka_unit_test(kinds_stand_in_front),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
