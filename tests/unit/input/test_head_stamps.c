// SPDX-License-Identifier: MIT
/* NYISO's prices share one header: stamps tell the market, then names, of archives too; and what the file covers (RULES 2). */
#include "unit/input/looked_head.h"

#define MIS   "Time Stamp,Name,PTID,LBMP ($/MWHr),Marginal Cost Losses ($/MWHr),Marginal Cost Congestion ($/MWHr)\n"
#define QUOTED "\n\"Time Stamp\",\"Name\",\"PTID\",\"LBMP ($/MWHr)\",\"Marginal Cost Losses ($/MWHr)\",\"Marginal Cost Congestion ($/MWH\"\r\n"
#define ROW   ",A,1,2,3,4\n"
#define MIDNIGHT 1658116800u /* 2022-07-18T04:00:00Z, midnight in New York */

static void is(const char *name, const char *text, const char *feed, uint32_t first_s)
{
	look_assuming(name, text, NULL);
	if (facts.status != GPQ_OK)
		fail_msg("%s: %s", name, facts.why);
	assert_string_equal(facts.feed->id, feed);
	assert_int_equal(facts.first_s, MIDNIGHT + first_s);
}

static void is_open(const char *name, const char *text, const char *some, const char *other)
{
	look_assuming(name, text, NULL);
	assert_int_equal(facts.status, GPQ_E_AMBIGUOUS);
	assert_non_null(strstr(facts.why, some));
	assert_non_null(strstr(facts.why, other));
}

static void stamps_off_the_quarters_are_real_time(void **state)
{
	(void)state;
	is("x.csv", MIS "07/18/2022 00:05:00" ROW, "realtime", 0);
	is("x.csv", QUOTED "\"07/18/2022 00:05:00\",\"A\",1,2,3,4\r\n\"07/18/2022 00:10:00\",\"A\",1,2,3,4\r\n", "realtime", 0);
	is("damlbmp_zone.csv", MIS "07/18/2022 00:15:00" ROW "07/18/2022 00:15:12" ROW, "realtime", 600); /* content beats the name */
	assert_non_null(strstr(facts.warning, "damlbmp"));
	is("x.csv", MIS "07/18/2022 00:15:00" ROW "07/18/2022 00:30:00" ROW "07/18/2022 00:35:00" ROW, "realtime", 600);
}

static void quarters_are_the_commitment(void **state)
{
	(void)state;
	is("realtime_zone.csv", MIS "07/18/2022 00:15:00" ROW "07/18/2022 00:30:00" ROW, "rtc", 0);
	is("x.csv", MIS "07/18/2022 01:00:00" ROW "07/18/2022 01:15:00" ROW, "rtc", 2700);
	is("realtime_zone.csv", MIS "07/18/2022 00:15:00" ROW, "realtime", 600); /* one tells only that it is no hour */
	is("rtc.csv", MIS "07/18/2022 00:15:00" ROW, "rtc", 0);
	is_open("x.csv", MIS "07/18/2022 00:15:00" ROW, "rtc", "realtime");
	assert_null(strstr(facts.why, "damlbmp"));
}

static void hours_are_told_by_the_name(void **state)
{
	(void)state;
	const char *hours = MIS "07/18/2022 00:00" ROW "07/18/2022 01:00" ROW;
	is("20220718damlbmp_gen.csv", hours, "damlbmp", 0);
	is("20220718rtlbmp_zone.csv", hours, "rtlbmp", 0);
	is_open("x.csv", hours, "damlbmp", "rtlbmp");
	assert_null(strstr(facts.why, "realtime"));
	is_open("x.csv", MIS "07/18/2022 00:00" ROW, "damlbmp", "realtime");
	look_assuming("x.csv", hours, "x*=NYISO/rt_energy_hourly");
	assert_int_equal(facts.status, GPQ_OK);
	assert_string_equal(facts.feed->id, "rtlbmp");
	look_assuming("x.csv", "07/18/2022 00:05:00" ROW, "x*=nyiso/rt_energy_5min"); /* no header line */
	assert_int_equal(facts.status, GPQ_OK);
	assert_string_equal(facts.feed->id, "realtime");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stamps_off_the_quarters_are_real_time, setup, teardown),
		cmocka_unit_test_setup_teardown(quarters_are_the_commitment, setup, teardown),
		cmocka_unit_test_setup_teardown(hours_are_told_by_the_name, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
