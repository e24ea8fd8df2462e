// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

#include <string.h>

static struct gpq_budget budget;
static struct gpq_buf buf;

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)1 << 20);
	gpq_buf_init(&buf, &budget, GPQ_TAG_BASE, 1000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_buf_done(&buf);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return 0;
}

static void past_the_cap(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	uint8_t bytes[1001] = { 0 };
	assert_int_equal(gpq_buf_append(&buf, bytes, 1001, &err), GPQ_E_BUDGET);
	assert_non_null(strstr(err.message, "at most 1000 bytes needs 1001"));
	assert_int_equal(buf.len, 0);
	assert_int_equal(gpq_buf_append(&buf, bytes, 1000, &err), GPQ_OK);
	assert_int_equal(gpq_buf_append(&buf, bytes, 1, &err), GPQ_E_BUDGET);
	assert_int_equal(gpq_buf_reserve(&buf, SIZE_MAX, &err), GPQ_E_BUDGET);
	assert_int_equal(gpq_buf_append(&buf, NULL, 0, &err), GPQ_OK);
	assert_int_equal(buf.len, 1000);
	assert_int_equal(gpq_buf_printf(&buf, &err, "x"), GPQ_E_BUDGET);
}

static void budget_too_small(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_buf_append(&buf, "abc", 3, NULL), GPQ_OK);
	budget.fail_at = atomic_load(&budget.allocations) + 1;
	assert_int_equal(gpq_buf_reserve(&buf, 500, &err), GPQ_E_BUDGET);
	assert_int_equal(err.status, GPQ_E_BUDGET);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.bytes, "abc", 3);
}

static void grows_and_keeps(void **state)
{
	(void)state;
	uint8_t expected[1000];
	for (unsigned i = 0; i < 1000; i++) {
		expected[i] = (uint8_t)(i * 31);
		assert_int_equal(gpq_buf_append(&buf, &expected[i], 1, NULL), GPQ_OK);
	}
	assert_int_equal(buf.len, 1000);
	assert_memory_equal(buf.bytes, expected, 1000);
	gpq_buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_int_equal(gpq_buf_append(&buf, "again", 5, NULL), GPQ_OK);
	assert_memory_equal(buf.bytes, "again", 5);
}

static void formats(void **state)
{
	(void)state;
	char expected[600];
	memset(expected, ' ', sizeof(expected));
	assert_int_equal(gpq_buf_printf(&buf, NULL, "%s %d|", "row", -5), GPQ_OK);
	assert_int_equal(gpq_buf_printf(&buf, NULL, "%599u", 7u), GPQ_OK);
	assert_int_equal(gpq_buf_printf(&buf, NULL, "%s", ""), GPQ_OK);
	expected[598] = '7';
	assert_int_equal(buf.len, 7 + 599);
	assert_memory_equal(buf.bytes, "row -5|", 7);
	assert_memory_equal(buf.bytes + 7, expected, 599);
}

static void done_twice(void **state)
{
	(void)state;
	struct gpq_buf zeroed = { 0 };
	gpq_buf_done(&zeroed);
	assert_int_equal(gpq_buf_append(&buf, "x", 1, NULL), GPQ_OK);
	gpq_buf_done(&buf);
	gpq_buf_done(&buf);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(past_the_cap, setup, teardown),
		cmocka_unit_test_setup_teardown(budget_too_small, setup, teardown),
		cmocka_unit_test_setup_teardown(grows_and_keeps, setup, teardown),
		cmocka_unit_test_setup_teardown(formats, setup, teardown),
		cmocka_unit_test_setup_teardown(done_twice, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
