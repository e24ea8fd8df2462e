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

/* Rows one by one, against the sum of each: of decimals alone, with escapes among them, of any number of rows. */
static void columns_add_up_as_rows_do(void **state)
{
	(void)state;
	enum { ROWS = 70, COLUMNS = 4 };
	static int64_t cells[COLUMNS][ROWS], out[ROWS];
	const int64_t *columns[COLUMNS] = { cells[0], cells[1], cells[2], cells[3] };
	const int8_t signs[COLUMNS] = { 1, -1, -1, 1 };
	const int64_t odd[] = { GPQ_CELL_NULL, gpq_cell_of_double(0.1), gpq_cell_of_double(1e300), GPQ_CELL_LIMIT - 1,
		                1 - GPQ_CELL_LIMIT };
	uint64_t dice = 3;
	for (unsigned round = 0; round < 400; round++) {
		unsigned n = 1 + round % COLUMNS;
		uint32_t count = round % (ROWS + 1);
		for (unsigned k = 0; k < COLUMNS; k++)
			for (uint32_t i = 0; i < ROWS; i++) {
				dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
				cells[k][i] = (int64_t)(dice >> 40) - 8000000;
				if (round % 3 == 2 && dice >> 33 & 15) /* else all are decimals */
					continue;
				if (round % 3 == 2)
					cells[k][i] = odd[dice >> 37 & 7 ? (dice >> 50) % 5 : 0];
			}
		gpq_value_cell_sums(columns, signs, n, count, 2, out);
		for (uint32_t i = 0; i < count; i++) {
			int64_t row[COLUMNS] = { cells[0][i], cells[1][i], cells[2][i], cells[3][i] };
			assert_int_equal(out[i], gpq_value_cell_sum(row, signs, n, 2));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_wins),
		cmocka_unit_test(energy_is_exact),
		cmocka_unit_test(sums_as_fractions),
		cmocka_unit_test(columns_add_up_as_rows_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
