// SPDX-License-Identifier: MIT
#include "table/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void does_not_start_without_memory(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_error err = { 0 };
	struct gpq_batch batch;
	memset(&batch, 0x5A, sizeof(batch));
	struct gpq_batch before = batch;
	gpq_budget_init(&budget, 100);
	assert_int_equal(gpq_batch_init(&batch, &budget, GPQ_TAG_TABLE, 1000, 4, &err), GPQ_E_BUDGET);
	assert_int_equal(err.status, GPQ_E_BUDGET);
	assert_memory_equal(&batch, &before, sizeof(batch)); /* outputs untouched */
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	gpq_budget_done(&budget);
}

static void takes_what_need_says_in_aligned_arrays_that_do_not_meet(void **state)
{
	(void)state;
	static const uint32_t row_counts[] = { 0, 1, 15, 16, 17, 1000, 65536 };
	for (uint32_t n_cells = 0; n_cells <= GPQ_MAX_CELLS; n_cells++) {
		for (size_t k = 0; k < sizeof(row_counts) / sizeof(row_counts[0]); k++) {
			struct gpq_budget budget;
			struct gpq_error err = { 0 };
			struct gpq_batch batch;
			uint32_t rows = row_counts[k];
			gpq_budget_init(&budget, (size_t)64 << 20);
			assert_int_equal(gpq_batch_init(&batch, &budget, GPQ_TAG_SORT, rows, n_cells, &err), GPQ_OK);
			assert_int_equal(batch.memory_bytes, gpq_batch_need(rows, n_cells));
			assert_true(batch.memory_bytes >= rows * gpq_batch_row_bytes(n_cells));
			assert_true(batch.memory_bytes <= rows * gpq_batch_row_bytes(n_cells) + 64 * (4 + n_cells));
			assert_int_equal(batch.rows, 0);
			assert_int_equal(batch.cap_rows, rows);
			assert_int_equal(batch.n_cells, n_cells);
			for (uint32_t cell = n_cells; cell < GPQ_MAX_CELLS; cell++)
				assert_null(batch.cell[cell]);
			/* The sanitizer sees a write beyond the allocation; a pattern each sees arrays that meet. */
			for (uint32_t r = 0; r < rows; r++) {
				batch.start_s[r] = 1;
				batch.location[r] = 2;
				batch.version[r] = 3;
				batch.origin[r] = 4;
				for (uint32_t cell = 0; cell < n_cells; cell++)
					batch.cell[cell][r] = 5 + cell;
			}
			for (uint32_t r = 0; r < rows; r++) {
				assert_int_equal(batch.start_s[r], 1);
				assert_int_equal(batch.location[r], 2);
				assert_int_equal(batch.version[r], 3);
				assert_int_equal(batch.origin[r], 4);
				for (uint32_t cell = 0; cell < n_cells; cell++)
					assert_int_equal(batch.cell[cell][r], 5 + cell);
			}
			if (rows) {
				assert_int_equal((uintptr_t)batch.start_s % 64, 0);
				assert_int_equal((uintptr_t)batch.location % 64, 0);
				assert_int_equal((uintptr_t)batch.version % 64, 0);
				assert_int_equal((uintptr_t)batch.origin % 64, 0);
				for (uint32_t cell = 0; cell < n_cells; cell++)
					assert_int_equal((uintptr_t)batch.cell[cell] % 64, 0);
			}
			gpq_batch_done(&batch, &budget, GPQ_TAG_SORT);
			assert_int_equal(atomic_load(&budget.used_bytes), 0);
			gpq_budget_done(&budget);
		}
	}
}

static void done_takes_null_and_zeroed_storage(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_batch batch = { 0 };
	gpq_budget_init(&budget, 100);
	gpq_batch_done(NULL, &budget, GPQ_TAG_TABLE);
	gpq_batch_done(&batch, &budget, GPQ_TAG_TABLE);
	gpq_batch_done(&batch, &budget, GPQ_TAG_TABLE);
	gpq_budget_done(&budget);
}

static void origins_keep_input_and_byte_apart(void **state)
{
	(void)state;
	uint32_t inputs[] = { 0, 1, GPQ_ORIGIN_MAX_INPUTS - 1 };
	uint64_t bytes[] = { 0, 1, ((uint64_t)1 << GPQ_ORIGIN_OFFSET_BITS) - 1 };
	for (int i = 0; i < 3; i++) {
		for (int b = 0; b < 3; b++) {
			uint64_t origin = gpq_origin(inputs[i], bytes[b]);
			assert_int_equal(origin & GPQ_ORIGIN_OLDER, 0);
			assert_int_equal(gpq_origin_input(origin | GPQ_ORIGIN_OLDER), inputs[i]);
			assert_int_equal(gpq_origin_byte(origin | GPQ_ORIGIN_OLDER), bytes[b]);
		}
	}
	assert_true(gpq_origin(1, 0) > gpq_origin(0, bytes[2])); /* later inputs sort behind */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_not_start_without_memory),
		cmocka_unit_test(takes_what_need_says_in_aligned_arrays_that_do_not_meet),
		cmocka_unit_test(done_takes_null_and_zeroed_storage),
		cmocka_unit_test(origins_keep_input_and_byte_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
