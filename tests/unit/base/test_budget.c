// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/budget.h"

#include <pthread.h>
#include <string.h>

static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	for (int tag = 0; tag < GPQ_N_TAGS; tag++)
		assert_int_equal(atomic_load(&budget.tag_used_bytes[tag]), 0);
	gpq_budget_done(&budget);
	return 0;
}

static void past_the_cap(void **state)
{
	(void)state;
	static const size_t sizes[] = { ((size_t)1 << 20) + 1, (size_t)1 << 40, SIZE_MAX / 2,
					SIZE_MAX - 4096,       SIZE_MAX - 1,    SIZE_MAX };
	void *memory = &budget;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct gpq_error err = { 0 };
		assert_int_equal(gpq_alloc(&budget, GPQ_TAG_CSV, sizes[i], &memory, &err), GPQ_E_BUDGET);
		assert_ptr_equal(memory, &budget);
		assert_int_equal(err.status, GPQ_E_BUDGET);
		assert_non_null(strstr(err.message, "csv needs"));
		assert_non_null(strstr(err.message, "has 1048576 of 1048576"));
		assert_int_equal(gpq_alloc_zero(&budget, GPQ_TAG_CSV, sizes[i], &memory, NULL), GPQ_E_BUDGET);
		assert_int_equal(gpq_budget_left_bytes(&budget), (size_t)1 << 20);
	}
	assert_int_equal(atomic_load(&budget.peak_bytes), 0);
}

static void fails_as_told(void **state)
{
	(void)state;
	void *memory = NULL;
	budget.fail_at = 2;
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_IO, 10, &memory, NULL), GPQ_OK);
	void *first = memory;
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_IO, 10, &memory, NULL), GPQ_E_BUDGET);
	assert_ptr_equal(memory, first);
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_IO, 10, &memory, NULL), GPQ_OK);
	gpq_free(&budget, GPQ_TAG_IO, memory, 10);
	gpq_free(&budget, GPQ_TAG_IO, first, 10);
	gpq_free(&budget, GPQ_TAG_IO, NULL, 10);
}

/* All sizes around the steps from small to aligned to mapped: aligned, writable, zero where asked, charged in full. */
static void sizes(void **state)
{
	(void)state;
	static const size_t steps[] = { 0,    1,     15,    16,    17,    63,    64,    65,
					4095, 65471, 65472, 65473, 65535, 65536, 65537, 300000 };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		for (int zero = 0; zero < 2; zero++) {
			uint8_t *memory = NULL;
			size_t bytes = steps[i];
			assert_int_equal(zero ? gpq_alloc_zero(&budget, GPQ_TAG_SORT, bytes, &memory, NULL)
					      : gpq_alloc(&budget, GPQ_TAG_SORT, bytes, &memory, NULL),
					 GPQ_OK);
			assert_non_null(memory);
			assert_int_equal((uintptr_t)memory % (bytes >= 64 ? 64 : 16), 0);
			assert_true(atomic_load(&budget.used_bytes) >= bytes);
			assert_int_equal(atomic_load(&budget.tag_used_bytes[GPQ_TAG_SORT]),
					 atomic_load(&budget.used_bytes));
			for (size_t at = 0; zero && at < bytes; at++)
				assert_int_equal(memory[at], 0);
			memset(memory, 0xff, bytes);
			gpq_free(&budget, GPQ_TAG_SORT, memory, bytes);
			assert_int_equal(atomic_load(&budget.used_bytes), 0);
		}
}

static void peaks_by_tag(void **state)
{
	(void)state;
	void *a = NULL, *b = NULL;
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_CSV, 4096, &a, NULL), GPQ_OK);
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_IO, 8192, &b, NULL), GPQ_OK);
	gpq_free(&budget, GPQ_TAG_CSV, a, 4096);
	gpq_free(&budget, GPQ_TAG_IO, b, 8192);
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_CSV, 2048, &a, NULL), GPQ_OK);
	gpq_free(&budget, GPQ_TAG_CSV, a, 2048);
	assert_int_equal(atomic_load(&budget.peak_bytes), 4096 + 8192);
	assert_int_equal(atomic_load(&budget.tag_peak_bytes[GPQ_TAG_CSV]), 4096);
	assert_int_equal(atomic_load(&budget.tag_peak_bytes[GPQ_TAG_IO]), 8192);
}

static void exactly_the_cap(void **state)
{
	(void)state;
	void *memory = NULL, *more = NULL;
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_IO, (size_t)1 << 20, &memory, NULL), GPQ_OK);
	assert_int_equal(gpq_budget_left_bytes(&budget), 0);
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_IO, 1, &more, NULL), GPQ_E_BUDGET);
	gpq_free(&budget, GPQ_TAG_IO, memory, (size_t)1 << 20);
}

static void *worker_run(void *argument)
{
	(void)argument;
	uintptr_t wrong = 0;
	for (size_t i = 0; i < 5000; i++) {
		uint8_t *memory = NULL;
		size_t bytes = i * 37 % 100000 + 1;
		if (gpq_alloc(&budget, GPQ_TAG_SORT, bytes, &memory, NULL) != GPQ_OK) {
			wrong++;
			continue;
		}
		memory[0] = memory[bytes - 1] = 1;
		gpq_free(&budget, GPQ_TAG_SORT, memory, bytes);
	}
	return (void *)wrong;
}

static void from_many_threads(void **state)
{
	(void)state;
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, worker_run, NULL), 0);
	for (int i = 0; i < 4; i++) {
		void *wrong = NULL;
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	assert_true(atomic_load(&budget.peak_bytes) <= 4 * 102400);
}

static void tag_names(void **state)
{
	(void)state;
	for (int tag = 0; tag < GPQ_N_TAGS; tag++)
		assert_true(gpq_tag_name((enum gpq_tag)tag)[0] != '\0');
	assert_string_equal(gpq_tag_name(GPQ_TAG_IO), "io");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(past_the_cap, setup, teardown),
		cmocka_unit_test_setup_teardown(fails_as_told, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(peaks_by_tag, setup, teardown),
		cmocka_unit_test_setup_teardown(exactly_the_cap, setup, teardown),
		cmocka_unit_test_setup_teardown(from_many_threads, setup, teardown),
		cmocka_unit_test(tag_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
