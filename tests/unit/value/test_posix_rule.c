// SPDX-License-Identifier: MIT
/* Footer rules against libc's reading of the same text in TZ. */
#include "value/posix_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void rejected(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"E5",
		"EST",
		"5",
		"EST25",
		"EST5EDT",
		"EST5EDT,",
		"EST5EDT,M3.2.0",
		"EST5EDT,M3.2.0,",
		"EST5EDT,M13.1.0,M11.1.0",
		"EST5EDT,M0.1.0,M11.1.0",
		"EST5EDT,M3.6.0,M11.1.0",
		"EST5EDT,M3.0.0,M11.1.0",
		"EST5EDT,M3.2.7,M11.1.0",
		"EST5EDT,M3.2,M11.1.0",
		"EST5EDT,J0,J5",
		"EST5EDT,J366,J5",
		"EST5EDT,366,5",
		"EST5EDT,1,2x",
		"EST5EDT,M3.2.0/168,M11.1.0",
		"EST5EDT,M3.2.0/2:60,M11.1.0",
		"<EST5",
		"<E>5",
		"EST5x",
		"EST5:60",
		"EST-",
		"EST5EDT4:",
		"EST5EDT,M3.2.0,M11.1.0 ",
		" EST5",
		"EST5EDT;M3.2.0;M11.1.0",
		"EST5EDT,1111,5",
		"A1T5",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct gpq_posix_rule rule = { .standard_s = 77 };
		if (gpq_posix_rule_parse(texts[i], strlen(texts[i]), &rule))
			fail_msg("'%s' is accepted", texts[i]);
		assert_int_equal(rule.standard_s, 77);
	}
}

/* From 1971 on: glibc takes the changes of 1970 for those of every year before. */
static void rules_as_libc(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"EST5EDT,M3.2.0,M11.1.0",
		"PST8PDT,M4.1.0/2,M10.5.0/2:00:00",
		"AEST-10AEDT,M10.1.0,M4.1.0/3",
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"IST-5:30",
		"UTC0",
		"NZST-12NZDT,M9.5.0,M4.1.0/3",
		"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
		"XXX-2YYY,J60/0,J300/12:30:15",
		"XXX3:15:20YYY2:05,59,299/1",
		"EET-2EEST,M3.4.4/50,M10.4.4/50",
		"XXX0YYY,M2.5.6/24,M8.5.1/0",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct gpq_posix_rule rule;
		assert_true(gpq_posix_rule_parse(texts[i], strlen(texts[i]), &rule));
		setenv("TZ", texts[i], 1);
		tzset();
		for (int64_t utc_s = 86400 * 400; utc_s < INT64_C(4200000000); utc_s += 3 * 3600 + 613) {
			time_t at = (time_t)utc_s;
			struct tm tm;
			localtime_r(&at, &tm);
			struct gpq_zone_span span = gpq_posix_rule_span(&rule, utc_s);
			if (span.offset_s != tm.tm_gmtoff)
				fail_msg("'%s' at %lld: %d, libc has %ld", texts[i], (long long)utc_s, span.offset_s,
					 tm.tm_gmtoff);
			assert_true(span.end_s > utc_s);
		}
	}
}

/* Where a span ends the offset changes, and nowhere before. */
static void spans_end_where_the_offset_changes(void **state)
{
	(void)state;
	static const char *const text = "EST5EDT,M3.2.0,M11.1.0";
	struct gpq_posix_rule rule;
	assert_true(gpq_posix_rule_parse(text, strlen(text), &rule));
	int64_t at_s = 1700000000;
	for (int i = 0; i < 40; i++) {
		struct gpq_zone_span span = gpq_posix_rule_span(&rule, at_s);
		for (int64_t near_s = at_s; near_s < span.end_s; near_s += 86399)
			assert_int_equal(gpq_posix_rule_span(&rule, near_s).end_s, span.end_s);
		assert_int_equal(gpq_posix_rule_span(&rule, span.end_s - 1).offset_s, span.offset_s);
		assert_int_not_equal(gpq_posix_rule_span(&rule, span.end_s).offset_s, span.offset_s);
		at_s = span.end_s;
	}
}

/* RFC 8536's own example of summer time all year: each end is the next start. */
static void summer_all_year(void **state)
{
	(void)state;
	static const char *const text = "EST5EDT,0/0,J365/25";
	struct gpq_posix_rule rule;
	assert_true(gpq_posix_rule_parse(text, strlen(text), &rule));
	for (int64_t utc_s = 0; utc_s < INT64_C(2000000000); utc_s += 1800 * 7)
		assert_int_equal(gpq_posix_rule_span(&rule, utc_s).offset_s, -4 * 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rejected),
		cmocka_unit_test(rules_as_libc),
		cmocka_unit_test(spans_end_where_the_offset_changes),
		cmocka_unit_test(summer_all_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
