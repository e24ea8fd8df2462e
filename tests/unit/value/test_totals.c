// SPDX-License-Identifier: MIT
/* Whether totals hold, at each CPU level, against the exact sum of each row: nulls, binary64, slack to the unit, any length. */
#include "cpu/features.h"
#include "value/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS    80
#define COLUMNS 5

static const uint32_t levels[] = { 0, GPQ_CPU_AVX2, GPQ_CPU_ALL };
static int64_t cells[COLUMNS][ROWS];
static const int64_t *const columns[COLUMNS] = { cells[0], cells[1], cells[2], cells[3], cells[4] };
static uint64_t dice = 5;

static int64_t roll(int64_t sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((dice >> 11) % (uint64_t)sides);
}

/* Rows whose totals hold: some have the largest numbers that cells are. */
static void rows_make(unsigned n, int64_t slack)
{
	for (uint32_t i = 0; i < ROWS; i++) {
		int64_t reach = i % 7 ? 400000000 : GPQ_CELL_LIMIT / 5;
		cells[0][i] = roll(2 * slack + 1) - slack;
		for (unsigned k = 1; k < n; k++) {
			cells[k][i] = roll(2 * reach) - reach;
			cells[0][i] += cells[k][i];
		}
	}
}

/* Row by row, by the sums that test_sum.c compares with fractions. */
static bool row_holds(unsigned n, uint32_t i, int64_t slack)
{
	static const int8_t signs[COLUMNS] = { 1, -1, -1, -1, -1 };
	int64_t row[COLUMNS];
	for (unsigned k = 0; k < n; k++) {
		row[k] = cells[k][i];
		if (!gpq_cell_is_decimal(row[k]))
			return false;
	}
	int64_t apart = gpq_value_cell_sum(row, signs, n, 0);
	return gpq_cell_is_decimal(apart) && llabs(apart) <= slack;
}

static void levels_expect(unsigned n, uint32_t from, uint32_t count, int64_t slack)
{
	bool expected = true;
	for (uint32_t i = from; i < from + count; i++)
		expected &= row_holds(n, i, slack);
	for (size_t level = 0; level < sizeof(levels) / sizeof(levels[0]); level++) {
		struct gpq_value_kernels kernels = gpq_value_kernels(gpq_cpu_features(levels[level]));
		if (kernels.totals_hold(columns, n, from, count, slack) != expected)
			fail_msg("level %zu, %u columns, rows %u to %u, slack %lld: not %d", level, n, from, from + count,
				 (long long)slack, expected);
	}
	assert_int_equal(gpq_value_totals_hold(columns, n, from, count, slack), expected);
}

static void totals_that_hold_hold(void **state)
{
	(void)state;
	static const int64_t slacks[] = { 0, 1, 2, 5001, INT64_C(1) << 49 };
	for (unsigned n = 2; n <= COLUMNS; n++)
		for (size_t s = 0; s < sizeof(slacks) / sizeof(slacks[0]); s++) {
			rows_make(n, slacks[s] < 5001 ? slacks[s] : 5001);
			for (uint32_t from = 0; from < 4; from++)
				for (uint32_t count = 0; count <= ROWS - from; count++)
					levels_expect(n, from, count, slacks[s]);
		}
}

static void one_row_tells(void **state)
{
	(void)state;
	const int64_t odd[] = { GPQ_CELL_NULL,          GPQ_CELL_LIMIT + 1,          gpq_cell_of_double(0.1),
		                gpq_cell_of_double(-1e30), gpq_cell_of_double(1e300), GPQ_CELL_LIMIT - 1,
		                -GPQ_CELL_LIMIT + 1,       INT64_MAX,                 INT64_MIN };
	for (unsigned n = 4; n <= COLUMNS; n++)
		for (uint32_t at = 0; at < ROWS; at += 3) {
			for (unsigned k = 0; k < n; k++)
				for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
					rows_make(n, 2);
					cells[k][at] = odd[i];
					levels_expect(n, 0, ROWS, 2);
					levels_expect(n, 0, at, 2);
				}
			for (int sign = -1; sign <= 1; sign += 2)
				for (int64_t off = 1; off <= 3; off++) { /* the last one is too far */
					rows_make(n, 0);
					cells[0][at] += sign * off;
					levels_expect(n, 0, ROWS, 2);
				}
		}
}

/* Two nulls or two binary64 cells cancel out: that is no sum. */
static void escapes_do_not_cancel(void **state)
{
	(void)state;
	const int64_t escapes[] = { GPQ_CELL_NULL, gpq_cell_of_double(0.1), gpq_cell_of_double(-7.125) };
	memset(cells, 0, sizeof(cells));
	levels_expect(4, 0, ROWS, 0);
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		cells[0][17] = cells[1][17] = escapes[i];
		levels_expect(4, 0, ROWS, 0);
		assert_false(gpq_value_totals_hold(columns, 4, 0, ROWS, 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_that_hold_hold),
		cmocka_unit_test(one_row_tells),
		cmocka_unit_test(escapes_do_not_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
