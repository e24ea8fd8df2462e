// SPDX-License-Identifier: MIT
#include "io/ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct gpq_budget budget;

static int budget_make(void **state)
{
	(void)state;
	gpq_budget_init(&budget, 4096);
	return 0;
}

static int budget_check(void **state)
{
	(void)state;
	return atomic_load(&budget.used_bytes) != 0;
}

static void what_cannot_be_opened_says_why(void **state)
{
	(void)state;
	struct gpq_ranges *ranges = NULL;
	struct gpq_error err;
	char pipe_path[] = "/tmp/gpq-ranges-XXXXXX";
	assert_int_equal(gpq_ranges_open(&budget, "/nonexistent", &ranges, &err), GPQ_E_INPUT_MISSING);
	assert_int_equal(gpq_ranges_open(&budget, "/tmp", &ranges, &err), GPQ_E_SYSTEM);
	close(mkstemp(pipe_path));
	unlink(pipe_path);
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_int_equal(gpq_ranges_open(&budget, pipe_path, &ranges, &err), GPQ_E_SYSTEM);
	unlink(pipe_path);
	budget.fail_at = atomic_load(&budget.allocations) + 1;
	assert_int_equal(gpq_ranges_open(&budget, "/etc/passwd", &ranges, &err), GPQ_E_BUDGET);
	assert_null(ranges);
}

static void ranges_check(const struct gpq_ranges *ranges)
{
	struct gpq_error err;
	char bytes[8] = "";
	assert_int_equal(gpq_ranges_bytes(ranges), 10);
	assert_int_equal(gpq_ranges_read(ranges, 11, bytes, 0, &err), GPQ_E_TRUNCATED);
	assert_int_equal(gpq_ranges_read(ranges, 7, bytes, 4, &err), GPQ_E_TRUNCATED);
	assert_int_equal(err.byte, 7);
	assert_int_equal(gpq_ranges_read(ranges, UINT64_MAX, bytes, 4, &err), GPQ_E_TRUNCATED);
	assert_string_equal(bytes, "");
	assert_int_equal(gpq_ranges_read(ranges, 10, bytes, 0, &err), GPQ_OK);
	assert_int_equal(gpq_ranges_read(ranges, 6, bytes, 4, &err), GPQ_OK);
	assert_memory_equal(bytes, "6789", 4);
	assert_int_equal(gpq_ranges_read(ranges, 0, bytes, 4, &err), GPQ_OK);
	assert_memory_equal(bytes, "0123", 4);
}

static void bytes_come_back_by_offset(void **state)
{
	(void)state;
	struct gpq_ranges *ranges = NULL;
	struct gpq_error err;
	char path[] = "/tmp/gpq-ranges-XXXXXX", bytes[4];
	int fd = mkstemp(path);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(gpq_ranges_open(&budget, path, &ranges, &err), GPQ_OK);
	ranges_check(ranges);
	assert_int_equal(ftruncate(fd, 5), 0); /* under the reader's feet */
	assert_int_equal(gpq_ranges_read(ranges, 4, bytes, 4, &err), GPQ_E_TRUNCATED);
	gpq_ranges_close(ranges);
	close(fd);
	unlink(path);
	assert_int_equal(gpq_ranges_of_memory(&budget, (const uint8_t *)"0123456789", 10, &ranges, &err), GPQ_OK);
	ranges_check(ranges);
	gpq_ranges_close(ranges);
	gpq_ranges_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_cannot_be_opened_says_why, budget_make, budget_check),
		cmocka_unit_test_setup_teardown(bytes_come_back_by_offset, budget_make, budget_check),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
