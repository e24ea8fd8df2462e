// SPDX-License-Identifier: MIT
/* What rounding may do to a sum: real rows of feeds at their limits, one unit beyond them, cents, binary64. */
#include "convert/price_sums.h"
#include "table/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void limits_are_those_of_the_slack(void **state)
{
	(void)state;
	static const struct {
		int64_t parts[5];
		unsigned n, scale;
		uint32_t slack;
		int64_t sum;
		bool off;
	} cases[] = {
		/* PJM rt_hrl_lmps: energy has two decimals, so that half a cent comes to it */
		{ { 30005001, 30000000, 0, 0 }, 4, 6, 5002, 30000000, false },
		{ { 30005003, 30000000, 0, 0 }, 4, 6, 5002, 30000000, true },
		{ { 29994998, 30000000, 0, 0 }, 4, 6, 5002, 30000000, false },
		{ { 29994997, 30000000, 0, 0 }, 4, 6, 5002, 30000000, true },
		/* CAISO: five decimals, each half a unit off */
		{ { 4210002, 4000000, 100000, 100000, 10000 }, 5, 5, 2, 4210000, false },
		{ { 4210003, 4000000, 100000, 100000, 10000 }, 5, 5, 2, 4210000, true },
		/* two decimals at a scale of six: four numbers, two cents */
		{ { 25350000, 24000000, 1110000, 220000 }, 4, 6, 2, 25330000, false },
		{ { 25350000, 24000000, 1110000, 210000 }, 4, 6, 2, 25320000, true },
		{ { 25350000, 24000001, 1110000, 230000 }, 4, 6, 2, 25340001, true }, /* one has six */
		/* at a scale of two every number is in cents: the slack says it all */
		{ { 2535, 2400, 111, 22 }, 4, 2, 2, 2533, false },
		{ { 2535, 2400, 111, 21 }, 4, 2, 2, 2532, true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t sum = 0;
		double off = 0;
		bool is_off =
		    gpq_sum_is_off(cases[i].parts, cases[i].n, cases[i].scale, cases[i].slack, &sum, &off);
		if (is_off != cases[i].off || sum != cases[i].sum)
			fail_msg("case %zu: off %d, sum %lld", i, is_off, (long long)sum);
	}
}

static void a_sum_beyond_binary64_is_no_sum(void **state)
{
	(void)state;
	int64_t huge = gpq_cell_of_double(1.7e308), sum = 0;
	double off = 7;
	assert_false(gpq_sum_is_off((const int64_t[]){ 1, huge, huge, 0 }, 4, 6, 2, &sum, &off));
	assert_int_equal(sum, GPQ_CELL_NULL);
	assert_true(off == 0);
	assert_true(gpq_sum_is_off((const int64_t[]){ 1, huge, 0, 0 }, 4, 6, 2, &sum, &off));
	assert_true(off == 1.7e308);
}

/* A small total beside parts that cancel out, and a sum that binary64 rounds: the difference is not rounded twice. */
static void differences_are_exact(void **state)
{
	(void)state;
	int64_t large = gpq_cell_of_double(9007415520264968.0), sum = 0;
	double off = 0;
	assert_true(gpq_sum_is_off((const int64_t[]){ 7250000, large, 4000000, 3250000 }, 4, 6, 2, &sum, &off));
	assert_true(off == 9007415520264968.0);
	int64_t huge = gpq_cell_of_double(1e300);
	assert_true(gpq_sum_is_off((const int64_t[]){ huge, huge, 5000000, 0 }, 4, 6, 2, &sum, &off));
	assert_true(off == 5 && sum == huge);
	assert_false(gpq_sum_is_off((const int64_t[]){ huge, huge, 2, 0 }, 4, 6, 2, &sum, &off));
}

/* 25.35 - 0.04 + 0.37, which binary64 gets wrong in the last place. */
static void energy_is_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(gpq_sum_energy((const int64_t[]){ 2535, 4, -37 }, 3, 2), 2568);
	assert_int_equal(gpq_sum_energy((const int64_t[]){ 2535, GPQ_CELL_NULL, -37 }, 3, 2), GPQ_CELL_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_those_of_the_slack),
		cmocka_unit_test(a_sum_beyond_binary64_is_no_sum),
		cmocka_unit_test(differences_are_exact),
		cmocka_unit_test(energy_is_what_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
