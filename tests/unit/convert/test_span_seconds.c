// SPDX-License-Identifier: MIT
/* Seconds that were noted, in any order and twice, against a sorted list of them. */
#include "convert/span_seconds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BEGIN_S 1762056000
#define SPAN_S  3600

static void seconds_are_counted_and_come_in_order(void **state)
{
	(void)state;
	/* distances that meet and miss the ends of words of 64 */
	static const uint32_t steps[] = { 1, 7, 63, 64, 65, 511, 512, 1800, SPAN_S - 1 };
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		struct gpq_span_seconds seconds = { 0 };
		struct gpq_budget budget;
		gpq_budget_init(&budget, gpq_span_seconds_need(SPAN_S));
		assert_int_equal(gpq_span_seconds_init(&seconds, &budget, BEGIN_S, BEGIN_S + SPAN_S, NULL), GPQ_OK);
		uint32_t count = (SPAN_S - 1) / steps[s] + 1, after_s = 0, start_s = 0;
		for (uint32_t k = count; k-- > 0;)
			for (int twice = 0; twice < 2; twice++)
				gpq_span_seconds_note(&seconds, BEGIN_S + k * steps[s]);
		assert_int_equal(gpq_span_seconds_count(&seconds), count);
		for (uint32_t k = 0; k < count; k++) {
			assert_true(gpq_span_seconds_next(&seconds, &after_s, &start_s));
			assert_int_equal(start_s, BEGIN_S + k * steps[s]);
			assert_int_equal(gpq_span_seconds_place(&seconds, start_s), k);
		}
		assert_false(gpq_span_seconds_next(&seconds, &after_s, &start_s));
		gpq_span_seconds_done(&seconds);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
}

static void without_memory_nothing_is_left(void **state)
{
	(void)state;
	for (int fail_at = 1; fail_at <= 2; fail_at++) {
		struct gpq_span_seconds seconds = { 0 };
		struct gpq_budget budget;
		gpq_budget_init(&budget, (size_t)1 << 20);
		budget.fail_at = fail_at;
		assert_int_equal(gpq_span_seconds_init(&seconds, &budget, BEGIN_S, BEGIN_S + SPAN_S, NULL), GPQ_E_BUDGET);
		assert_null(seconds.bits);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		gpq_span_seconds_done(&seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds_are_counted_and_come_in_order),
		cmocka_unit_test(without_memory_nothing_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
