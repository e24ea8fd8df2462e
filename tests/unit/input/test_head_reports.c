// SPDX-License-Identifier: MIT
/* Recognition of reports whose lines say what they are: by title, by the name above the header, by the file's name. */
#include "unit/io/workplace.h"

#include "cpu/features.h"
#include "input/head.h"

#define DA      "\"C\",\"Day-Ahead Energy Market Hourly LMP Report\"\n"
#define RT      "\"C\",\"Real-Time Energy Market Hourly LMP Report\"\n"
#define NAMED   "\"C\",\"Filename: lmp_rt_prelim_20260604.csv\"\n"
#define DAY     "\"C\",\"Report for: 06/04/2026 - 06/04/2026\"\n"
#define MADE    "\"C\",\"Report generated: 06/03/2026 12:57:12 EDT\"\n"
#define HEADER                                                                                                         \
	"\"H\",\"Date\",\"Hour Ending\",\"Location ID\",\"Location Name\",\"Location Type\",\"Locational Marginal Price\","       \
	"\"Energy Component\",\"Congestion Component\",\"Marginal Loss Component\"\n"                                      \
	"\"H\",\"Date\",\"HE\",\"String\",\"String\",\"String\",\"Number\",\"Number\",\"Number\",\"Number\"\n"
#define ROW     "\"D\",\"06/04/2026\",\"01\",\"321\",\"UN.A\",\"NETWORK NODE\",47.19,47.56,0.0,-0.37\n"
#define END     "\"T\",\"1 lines\""
#define FIVE                                                                                                           \
	"\"H\",\"Local Time\",\"Location ID\",\"LMP\",\"Energy Component\",\"Congestion Component\",\"Loss Component\"\n"   \
	"\"H\",\"Time\",\"String\",\"Number\",\"Number\",\"Number\",\"Number\"\n"
#define CURRENT "\"H\",\"Local Date\",\"Local Time\",\"Location ID\",\"Location Name\",\"LMP\",\"Energy Component\",\"Congestion Component\",\"Loss Component\"\n"

#define DAY_2026_06_04 20608

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_head *head;
static struct gpq_head_facts facts;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	return gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &head, NULL) == GPQ_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	gpq_head_close(head);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void look(const char *name, const char *text)
{
	struct gpq_error err;
	const char *path = workplace_file(&place, name, text, strlen(text));
	enum gpq_status status = gpq_head_read(head, path, (struct gpq_texts){ NULL, 0 }, &facts, &err);
	assert_int_equal(unlink(path), 0);
	if (status != GPQ_OK)
		fail_msg("%s", err.message);
}

static void is(const char *feed)
{
	if (facts.status != GPQ_OK)
		fail_msg("%s: %s", feed, facts.why);
	assert_non_null(facts.feed);
	assert_string_equal(facts.feed->id, feed);
}

static void titles_tell_the_market(void **state)
{
	(void)state;
	look("x.csv", DA MADE HEADER ROW END);
	is("WW_DALMP_ISO");
	assert_int_equal(facts.published_s, (DAY_2026_06_04 - 1) * 86400 + 12 * 3600 + 57 * 60 + 12);
	assert_int_equal(facts.finality, GPQ_FINALITY_UNMARKED);
	assert_int_equal(facts.tables[0].header_lines, 3);
	assert_int_equal(facts.first_s, 1780545600);
	assert_string_equal(facts.warning, "");
	look("WW_DALMP_ISO_20260604.csv", RT HEADER ROW END);
	is("lmp_rt");
	assert_non_null(strstr(facts.warning, "content says otherwise"));
	look("x.csv", "C,Real-Time Energy Market Hourly LMP Report\r\nH,Date,Hour Ending,Location ID,Location Name,Location Type,Locational Marginal Price,"
	              "Energy Component,Congestion Component,Marginal Loss Component\r\n");
	is("lmp_rt");
	assert_int_equal(facts.published_s, 0);
}

static void names_tell_what_titles_do_not(void **state)
{
	(void)state;
	look("lmp_rt_final_20260604.csv", RT HEADER ROW END);
	is("lmp_rt");
	assert_int_equal(facts.finality, GPQ_FINALITY_FINAL);
	look("x.csv", RT NAMED HEADER ROW END);
	assert_int_equal(facts.finality, GPQ_FINALITY_PRELIM);
	assert_string_equal(facts.warning, "");
	look("lmp_rt_final_20260604.csv", RT NAMED HEADER ROW END); /* the name above the header counts */
	assert_int_equal(facts.finality, GPQ_FINALITY_PRELIM);
	assert_non_null(strstr(facts.warning, "how final"));
	look("x.csv", "\"C\",\"Prices\"\n" NAMED HEADER ROW END);
	is("lmp_rt");
	assert_non_null(strstr(facts.why, "the name above it"));
	look("WW_DALMP_ISO_20260604.csv", "\"C\",\"Prices\"\n" HEADER ROW END);
	is("WW_DALMP_ISO");
	look("x.csv", "\"C\",\"Prices\"\n" HEADER ROW END);
	assert_int_equal(facts.status, GPQ_E_AMBIGUOUS);
}

static void pages_of_the_current_day_are_read(void **state)
{
	(void)state;
	look("x.csv", "\"C\",\"Real-Time Hourly LMPs\"\n" MADE CURRENT "\"D\",\"06/04/2026\",\"01\",\"321\",\"UN.A\",1,2,3,4\n" END);
	is("lmp_rt");
	assert_int_equal(facts.tables[0].binding.hour_ending, 2);
}

static void a_line_above_tells_the_day_of_times(void **state)
{
	(void)state;
	look("lmp_5min_20260604_00-04.csv", "\"C\",\"Five-Minute Locational Marginal Prices\"\n" DAY MADE FIVE "\"D\",\"00:00:00\",\"321\",1,2,3,4\n" END);
	is("lmp_5min");
	assert_int_equal(facts.tables[0].binding.day, DAY_2026_06_04);
	assert_int_equal(facts.tables[0].binding.start, 1);
	assert_string_equal(facts.warning, "");
	look("x.csv", "\"C\",\"Five-Minute Locational Marginal Prices\"\n" FIVE "\"D\",\"06/04/2026 00:00:00\",\"321\",1,2,3,4\n" END);
	is("lmp_5min");
	assert_int_equal(facts.tables[0].binding.day, GPQ_NO_DAY);
}

static void other_reports_are_named(void **state)
{
	(void)state;
	look("sd_daasdt.csv", "C,Day Ahead Ancillary Services Settlement Detail Report,,\r\nC,LSE1,,\r\nH,Trading Interval,Asset ID,\r\nH,Hour End,Number,\r\n"
	                      "D,1,111,\r\nH,Other,Names,\r\nH,Hour End,Number,\r\nD,1,111,\r\n");
	is("report");
	assert_non_null(facts.feed->left_out);
	/* Not without lines above, and not where these are of no kind. */
	look("x.csv", "H,a,b\nD,1,2\n");
	assert_int_equal(facts.status, GPQ_E_UNRECOGNISED);
	look("x.csv", "a title\nH,a,b\nD,1,2\n");
	assert_int_equal(facts.status, GPQ_E_UNRECOGNISED);
	look("x.csv", "C,a title\na,H\n1,2\n");
	assert_int_equal(facts.status, GPQ_E_UNRECOGNISED);
	look("x.csv", HEADER ROW END);
	assert_int_equal(facts.status, GPQ_E_UNRECOGNISED);
}

static void rows_are_as_many_as_the_trailer_says(void **state)
{
	(void)state;
	struct gpq_error err;
	struct gpq_line_counts counts = { .data_lines = 7, .trailers = 1, .told_rows = 7, .header_lines = 20 };
	look("x.csv", DA MADE HEADER ROW END);
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_OK);
	counts.told_rows = 8;
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "7 rows and says that it has 8"));
	counts.trailers = counts.told_rows = 0;
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_E_TRUNCATED);
	counts.trailers = 2; /* two reports, one behind the other: each line tells its day */
	counts.told_rows = 7;
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_OK);
	look("x.csv", "\"C\",\"Five-Minute Locational Marginal Prices\"\n" DAY FIVE "\"D\",\"00:00:00\",\"321\",1,2,3,4\n" END);
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "put together"));
	counts.trailers = 1;
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_OK);
	look("x.csv", "a,b\n1,2\n");
	assert_int_equal(gpq_head_check_lines(&facts, &counts, &err), GPQ_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(titles_tell_the_market),
		cmocka_unit_test(names_tell_what_titles_do_not),
		cmocka_unit_test(pages_of_the_current_day_are_read),
		cmocka_unit_test(a_line_above_tells_the_day_of_times),
		cmocka_unit_test(other_reports_are_named),
		cmocka_unit_test(rows_are_as_many_as_the_trailer_says),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
