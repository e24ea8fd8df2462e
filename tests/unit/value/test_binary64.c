// SPDX-License-Identifier: MIT
/* Decimals to binary64 against strtod(), and back against Python's repr() (sum_cases.py). */
#include "value/binary64.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sum_cases.h"

static uint64_t random_state = 2463534242u;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void nearest_as_strtod(void **state)
{
	(void)state;
	char text[64];
	for (int exponent = -400; exponent <= 400; exponent++)
		for (int i = 0; i < 120; i++) {
			uint64_t digits = random_next() >> random_next() % 64;
			snprintf(text, sizeof(text), "%llue%d", (unsigned long long)digits, exponent);
			double expected = strtod(text, NULL), seen = gpq_binary64_nearest(digits, exponent);
			if (seen != expected)
				fail_msg("%s: %.17g", text, seen);
			snprintf(text, sizeof(text), "%llu", (unsigned long long)digits);
			assert_true(gpq_binary64_nearest_text(text, strlen(text), exponent) == expected);
		}
	assert_true(gpq_binary64_nearest(1, INT64_C(4000000000000000)) == (double)INFINITY);
	assert_true(gpq_binary64_nearest(1, INT64_C(-4000000000000000)) == 0);
	assert_true(gpq_binary64_nearest(0, INT64_C(4000000000000000)) == 0);
	assert_true(gpq_binary64_nearest_text("0.00", 4, 5) == 0);
	assert_true(gpq_binary64_nearest_text("1,234.5", 7, -1) == 1234.5);
}

/* ldexp() rounds a 64-bit long double significand the same way once; 'inexact' only decides at a tie. */
static void rounding(void **state)
{
	(void)state;
	for (int i = 0; i < 300000; i++) {
		uint64_t significand = random_next() | UINT64_C(1) << 63;
		if (i % 3 == 0)
			significand = (significand & ~UINT64_C(0x7FF)) | 0x400; /* halfway between two */
		int exponent = (int)(random_next() % 2300) - 1200;
		double expected = (double)ldexpl((long double)significand, exponent);
		double seen = gpq_binary64_round(significand, exponent, false);
		if (seen != expected)
			fail_msg("%llu * 2^%d: %a, expected %a", (unsigned long long)significand, exponent, seen,
				 expected);
	}
	assert_true(gpq_binary64_round(UINT64_C(0x8000000000000400), -63, false) == 1.0);
	assert_true(gpq_binary64_round(UINT64_C(0x8000000000000400), -63, true) == 1.0 + 0x1p-52);
	assert_true(gpq_binary64_round(UINT64_C(0x8000000000000000), -1075 - 63, false) == 0);
	assert_true(gpq_binary64_round(UINT64_C(0x8000000000000000), -1075 - 63, true) == 0x1p-1074);
	assert_true(gpq_binary64_round(UINT64_MAX, -1076 - 63, true) == 0);
	assert_true(gpq_binary64_round(UINT64_MAX, 960, false) == (double)INFINITY);
}

static void shortest_as_python(void **state)
{
	(void)state;
	(void)sum_cases;
	for (size_t i = 0; i < sizeof(shortest_cases) / sizeof(shortest_cases[0]); i++) {
		double number;
		memcpy(&number, &shortest_cases[i].bits, sizeof(number));
		struct gpq_binary64_digits seen = gpq_binary64_shortest(number);
		if (seen.digits != shortest_cases[i].digits || seen.exponent != shortest_cases[i].exponent)
			fail_msg("%.17g: %llue%d", number, (unsigned long long)seen.digits, seen.exponent);
	}
}

static void shortest_reads_back(void **state)
{
	(void)state;
	char text[64];
	for (int i = 0; i < 60000; i++) {
		uint64_t bits = random_next() >> 1;
		double number;
		memcpy(&number, &bits, sizeof(number));
		if (!isfinite(number) || number == 0)
			continue;
		struct gpq_binary64_digits seen = gpq_binary64_shortest(number);
		snprintf(text, sizeof(text), "%llue%d", (unsigned long long)seen.digits, seen.exponent);
		assert_true(strtod(text, NULL) == number);
		assert_in_range(seen.digits, 1, 99999999999999999);
		assert_true(seen.exponent >= -324);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_as_strtod),
		cmocka_unit_test(rounding),
		cmocka_unit_test(shortest_as_python),
		cmocka_unit_test(shortest_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
