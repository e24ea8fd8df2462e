// SPDX-License-Identifier: MIT
/* Sums of cells against Python's fractions (sum_cases.py). */
#include "value/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sum_cases.h"

static void sums_as_fractions(void **state)
{
	(void)state;
	(void)shortest_cases;
	for (size_t i = 0; i < sizeof(sum_cases) / sizeof(sum_cases[0]); i++) {
		const struct sum_case *c = &sum_cases[i];
		int64_t sum = gpq_value_cell_sum(c->cells, c->signs, c->count, c->scale);
		if (sum != c->sum)
			fail_msg("case %zu: %lld, expected %lld", i, (long long)sum, (long long)c->sum);
	}
}

static void null_wins(void **state)
{
	(void)state;
	int64_t cells[3] = { 100, GPQ_CELL_NULL, 7 };
	int8_t signs[3] = { 1, -1, -1 };
	assert_int_equal(gpq_value_cell_sum(cells, signs, 3, 2), GPQ_CELL_NULL);
	assert_int_equal(gpq_value_cell_sum(cells, signs, 1, 2), 100);
	assert_int_equal(gpq_value_cell_sum(cells, signs, 0, 2), 0);
	signs[1] = 0;
	assert_int_equal(gpq_value_cell_sum(cells, signs, 3, 2), GPQ_CELL_NULL);
}

/* MISO's energy: 25.35 = energy + 0.04 + -0.37, which binary64 gets wrong in the last place. */
static void energy_is_exact(void **state)
{
	(void)state;
	int64_t cells[3] = { 2535, 4, -37 };
	const int8_t signs[3] = { 1, -1, -1 };
	assert_int_equal(gpq_value_cell_sum(cells, signs, 3, 2), 2568);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_wins),
		cmocka_unit_test(energy_is_exact),
		cmocka_unit_test(sums_as_fractions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
