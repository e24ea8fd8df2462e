// SPDX-License-Identifier: MIT
/* Rows as stretches against the rows themselves. */
#include "convert/stretches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROWS 5000u

static struct gpq_budget budget;
static struct gpq_error err;
static uint64_t noise_state = 11;

static uint32_t noise(uint32_t below)
{
	noise_state = noise_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(noise_state >> 33) % below;
}

static void rows_fill(uint32_t *rows, uint32_t step)
{
	for (uint32_t at = 0; at < ROWS;) {
		uint32_t value = noise(9), longest = 1 + noise(200);
		for (uint32_t i = 0; i < longest && at < ROWS; i++)
			rows[at++] = value + i * step;
	}
}

static void rows_come_back_from_any_place(void **state)
{
	(void)state;
	static uint32_t rows[ROWS], out[ROWS];
	for (uint32_t step = 0; step < 2; step++) {
		struct gpq_stretches stretches;
		gpq_budget_init(&budget, (size_t)1 << 20);
		assert_int_equal(gpq_stretches_init(&stretches, &budget, ROWS, step, &err), GPQ_OK);
		rows_fill(rows, step);
		for (uint32_t at = 0, n; at < ROWS; at += n) {
			n = 1 + noise(ROWS - at < 300 ? ROWS - at : 300);
			gpq_stretches_add(&stretches, rows + at, n);
		}
		assert_false(stretches.overflown);
		for (uint32_t i = 1; i < stretches.count; i++) /* pieces that were added apart are joined */
			assert_true(stretches.value[i] != stretches.value[i - 1] + stretches.rows[i - 1] * step);
		for (int round = 0; round < 200; round++) {
			struct gpq_stretch_place place;
			uint32_t from = noise(ROWS), n = noise(ROWS - from + 1);
			gpq_stretches_seek(&stretches, from, &place);
			gpq_stretches_read(&stretches, &place, n, out);
			assert_memory_equal(out, rows + from, n * sizeof(out[0]));
			for (uint32_t at = from + n; at < ROWS;) {
				uint32_t value = 0, most = 1 + noise(100);
				uint32_t count = gpq_stretches_next(&stretches, &place, most, &value);
				assert_in_range(count, 1, most);
				for (uint32_t i = 0; i < count; i++)
					assert_int_equal(rows[at++], value + i * step);
			}
		}
		gpq_stretches_done(&stretches, &budget);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
}

/* Rows of an earlier place once more, whole lists and their ends, against the rows themselves. */
static void rows_are_repeated(void **state)
{
	(void)state;
	static uint32_t rows[ROWS + 300], out[ROWS + 300];
	for (uint32_t step = 0; step < 2; step++) {
		struct gpq_stretches stretches;
		struct gpq_stretch_place places[ROWS / 300 + 1], place;
		uint32_t at = 0;
		gpq_budget_init(&budget, (size_t)1 << 20);
		assert_int_equal(gpq_stretches_init(&stretches, &budget, ROWS, step, &err), GPQ_OK);
		for (uint32_t k = 0; at < ROWS; k++, at += 300) {
			places[k] = gpq_stretches_end(&stretches);
			if (k % 3) {
				uint32_t from = noise(k), n = k - from < 2 ? 300 : 100 + noise(200), rest = 300 - n;
				gpq_stretches_repeat(&stretches, places[from], n);
				memcpy(rows + at, rows + from * 300, n * sizeof(rows[0]));
				for (uint32_t i = 0; i < rest; i++)
					rows[at + n + i] = 7;
				gpq_stretches_add(&stretches, rows + at + n, rest);
				continue;
			}
			for (uint32_t i = 0; i < 300; i++)
				rows[at + i] = k % 2 ? 5 + i * step : noise(3);
			gpq_stretches_add(&stretches, rows + at, 300);
		}
		assert_false(stretches.overflown);
		gpq_stretches_seek(&stretches, 0, &place);
		gpq_stretches_read(&stretches, &place, at, out);
		assert_memory_equal(out, rows, at * sizeof(out[0]));
		gpq_stretches_done(&stretches, &budget);
	}
}

static void one_stretch_too_many_overflows(void **state)
{
	(void)state;
	static const uint32_t rows[] = { 4, 4, 5, 5, 5, 6 };
	struct gpq_stretches stretches;
	gpq_budget_init(&budget, (size_t)1 << 20);
	assert_int_equal(gpq_stretches_init(&stretches, &budget, 2, 0, &err), GPQ_OK);
	gpq_stretches_add(&stretches, rows, 5);
	assert_false(stretches.overflown);
	assert_int_equal(stretches.count, 2);
	gpq_stretches_add(&stretches, rows + 5, 1);
	assert_true(stretches.overflown);
	gpq_stretches_add(&stretches, rows, 5); /* no harm */
	gpq_stretches_done(&stretches, &budget);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void a_small_budget_is_told(void **state)
{
	(void)state;
	struct gpq_stretches stretches;
	gpq_budget_init(&budget, 64);
	assert_int_equal(gpq_stretches_init(&stretches, &budget, 1000, 0, &err), GPQ_E_BUDGET);
	gpq_stretches_done(&stretches, &budget);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back_from_any_place),
		cmocka_unit_test(rows_are_repeated),
		cmocka_unit_test(one_stretch_too_many_overflows),
		cmocka_unit_test(a_small_budget_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
