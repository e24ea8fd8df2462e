// SPDX-License-Identifier: MIT
/* Recognition where the file's name is content, or the step of ends of intervals: SPP's prices (RULES 2). */
#include "unit/input/looked_head.h"

#define HEADER "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC\n"
#define DAILY  "Interval, GMT Interval, Settlement Location Name, PNODE Name, LMP, MLC, MCC, MEC\n"
#define PRICES ",A,P,1,0,0,1\n"
#define NOON   "07/01/2025 12:00:00,07/01/2025 17:00:00" PRICES
#define FIVE   "07/01/2025 12:05:00,07/01/2025 17:05:00" PRICES
#define ONE    "07/01/2025 13:00:00,07/01/2025 18:00:00" PRICES
#define MONTHLY                                                                                                        \
	"Date, Settlement Location Name, PNODE Name, Price Type, HE01, HE02, HE03, HE04, HE05, HE06, HE07, HE08, "     \
	"HE09, HE10, "                                                                                                 \
	"HE11, HE12, HE13, HE14, HE15, HE16, HE17, HE18, HE19, HE20, HE21, HE22, HE23, HE24\n"                         \
	"7/1/2025, A, P, LMP,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24\n"
#define FIRST_S UINT32_C(1751385600) /* 2025-07-01T16:00:00Z */

static void is(const char *name, const char *text, const char *feed)
{
	look_assuming(name, text, NULL);
	if (facts.status != GPQ_OK)
		fail_msg("%s: %s", name, facts.why);
	assert_string_equal(facts.feed->id, feed);
	assert_string_equal(facts.warning, "");
}

static void rtbm_in_the_name_is_content(void **state)
{
	(void)state;
	is("RTBM-LMP-SL-202507011700.csv", HEADER NOON, "RTBM-LMP-SL");
	is("RTBM-LMP-SL-202507011700.csv", HEADER NOON FIVE, "RTBM-LMP-SL");
	is("renamed rtbm.csv", HEADER NOON ONE, "RTBM-LMP-SL"); /* a choice of its intervals may be an hour apart */
	look_assuming("a.csv", HEADER NOON ONE, "a.csv=SPP/rt_energy_5min");
	assert_string_equal(facts.feed->id,
			    "DA-LMP-SL"); /* without the word it is the step, which --assume does not beat */
	assert_non_null(strstr(facts.warning, "--assume"));
	look_assuming("rtbm.csv", HEADER NOON ONE, "rtbm.csv=SPP/da_energy_hourly");
	assert_string_equal(facts.feed->id, "DA-LMP-SL");
}

static void the_step_tells_without_a_name(void **state)
{
	(void)state;
	is("a.csv", HEADER NOON FIVE, "RTBM-LMP-SL");
	is("a.csv", HEADER FIVE, "RTBM-LMP-SL");
	is("a.csv", HEADER NOON ONE, "DA-LMP-SL");
	is("DA-LMP-SL-202507010100.csv", HEADER NOON, "DA-LMP-SL");
	is("a.csv", DAILY NOON, "RTBM-LMP-SL"); /* words of real-time headers */
	look_assuming("DA-LMP-SL-202507010100.csv", HEADER NOON FIVE, NULL);
	assert_string_equal(facts.feed->id, "RTBM-LMP-SL");
	assert_non_null(strstr(facts.warning, "the content says otherwise"));
	look_assuming("a.csv", HEADER NOON, NULL);
	assert_int_equal(facts.status, GPQ_E_AMBIGUOUS);
	assert_non_null(strstr(facts.why, "DA-LMP-SL"));
	assert_non_null(strstr(facts.why, "RTBM-LMP-SL"));
	assert_null(strstr(facts.why, "WEIS"));
	look_assuming("a.csv", HEADER NOON, "*.csv=SPP/rt_energy_5min");
	assert_string_equal(facts.feed->id, "RTBM-LMP-SL");
}

static void another_market_is_named(void **state)
{
	(void)state;
	static const char *const texts[] = { HEADER FIVE, HEADER NOON ONE, DAILY FIVE, MONTHLY };
	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
		is("WEIS-RTBM-LMP-SL-202507011205.csv", texts[k],
		   k == 3 ? "WEIS-RTBM-LMP-MONTHLY-SL" : "WEIS-RTBM-LMP-SL");
		assert_non_null(strstr(facts.feed->left_out, "Western Energy Imbalance Service"));
	}
	look_assuming("WEIS-RTBM-LMP-SL-202507011205.csv", HEADER FIVE, "*.csv=SPP/rt_energy_5min"); /* never mixed */
	assert_non_null(facts.feed->left_out);
}

static void the_hours_of_a_month_are_told_by_name(void **state)
{
	(void)state;
	is("RTBM-LMP-MONTHLY-SL-202507.csv", MONTHLY, "RTBM-LMP-MONTHLY-SL");
	assert_int_equal(facts.finality, GPQ_FINALITY_PRELIM);
	is("DA-LMP-Monthly-SL-202507.csv", MONTHLY, "DA-LMP-MONTHLY-SL");
	assert_int_equal(facts.finality, GPQ_FINALITY_PRELIM);
	assert_int_equal(facts.first_s, 1751346000); /* midnight CDT */
	assert_int_equal(facts.last_s, 1751346000 + 23 * 3600);
	look_assuming("a.csv", MONTHLY, NULL);
	assert_int_equal(facts.status, GPQ_E_AMBIGUOUS);
}

/* What stamps that are ends seem to cover begins an interval before. */
static void ends_say_what_is_covered(void **state)
{
	(void)state;
	is("DA-LMP-SL-202507010100.csv", HEADER NOON ONE, "DA-LMP-SL");
	assert_int_equal(facts.first_s, FIRST_S);
	assert_int_equal(facts.last_s, FIRST_S + 3600);
	assert_int_equal(facts.finality, GPQ_FINALITY_UNMARKED);
	is("RTBM-LMP-SL.csv", HEADER NOON FIVE, "RTBM-LMP-SL");
	assert_int_equal(facts.first_s, FIRST_S + 3300);
	assert_int_equal(facts.last_s, FIRST_S + 3600);
	is("DA-LMP-SL-202507010100.csv", HEADER, "DA-LMP-SL");
	assert_int_equal(facts.first_s, 0);
	is("DAMKT-LMP-SL-202507010100-R1-RC4.csv", HEADER NOON ONE, "DA-LMP-SL");
	assert_int_equal(facts.finality, GPQ_FINALITY_REPRICED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rtbm_in_the_name_is_content), cmocka_unit_test(the_step_tells_without_a_name),
		cmocka_unit_test(another_market_is_named),     cmocka_unit_test(the_hours_of_a_month_are_told_by_name),
		cmocka_unit_test(ends_say_what_is_covered),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
