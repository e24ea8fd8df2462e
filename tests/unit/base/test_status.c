// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"

#include <errno.h>
#include <string.h>

static void classes(void **state)
{
	(void)state;
	/* What the public header promises: class = status / 10 = exit code. */
	static const struct {
		enum gpq_status status;
		int exit_code;
	} cases[] = {
		{ GPQ_OK, 0 },
		{ GPQ_END, 0 },
		{ GPQ_E_USAGE, 1 },
		{ GPQ_E_INPUT_MISSING, 1 },
		{ GPQ_E_OUTPUT_EXISTS, 1 },
		{ GPQ_E_BUDGET, 2 },
		{ GPQ_E_SYSTEM, 3 },
		{ GPQ_E_DISK_FULL, 3 },
		{ GPQ_E_PERMISSION, 3 },
		{ GPQ_E_LOCKED, 3 },
		{ GPQ_E_INTERRUPTED, 3 },
		{ GPQ_E_DATA, 4 },
		{ GPQ_E_TRUNCATED, 4 },
		{ GPQ_E_CHECKSUM, 4 },
		{ GPQ_E_UNRECOGNISED, 4 },
		{ GPQ_E_AMBIGUOUS, 4 },
		{ GPQ_E_FINDINGS, 4 },
		{ GPQ_E_BUG, 9 },
	};
	size_t n = sizeof(cases) / sizeof(cases[0]);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(gpq_status_exit_code(cases[i].status), cases[i].exit_code);
		assert_string_not_equal(gpq_status_text(cases[i].status), "unknown status");
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(gpq_status_text(cases[i].status), gpq_status_text(cases[j].status));
	}
	assert_string_equal(gpq_status_text((enum gpq_status)77), "unknown status");
}

static void fail_plain(void **state)
{
	(void)state;
	struct gpq_error err = { .byte = 1, .record = 2, .field = 3, .sys_errno = 4 };
	assert_int_equal(gpq_fail(&err, GPQ_E_DATA, "field %d of %s", 7, "row"), GPQ_E_DATA);
	assert_int_equal(err.status, GPQ_E_DATA);
	assert_string_equal(err.message, "field 7 of row");
	assert_true(!err.byte && !err.record && !err.field && !err.sys_errno);
	assert_int_equal(gpq_fail(NULL, GPQ_E_DATA, "x"), GPQ_E_DATA);
}

static void fail_errno(void **state)
{
	(void)state;
	static const struct {
		int sys_errno;
		enum gpq_status status;
	} cases[] = {
		{ ENOSPC, GPQ_E_DISK_FULL }, { EDQUOT, GPQ_E_DISK_FULL }, { EACCES, GPQ_E_PERMISSION },
		{ EPERM, GPQ_E_PERMISSION }, { EROFS, GPQ_E_PERMISSION }, { ENOMEM, GPQ_E_BUDGET },
		{ EIO, GPQ_E_SYSTEM },       { ENOENT, GPQ_E_SYSTEM },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_error err = { 0 };
		char expected[200] = "file x: ";
		strcat(expected, strerror(cases[i].sys_errno));
		assert_int_equal(gpq_fail_errno(&err, cases[i].sys_errno, "file %s", "x"), cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_int_equal(err.sys_errno, cases[i].sys_errno);
		assert_string_equal(err.message, expected);
		assert_int_equal(gpq_fail_errno(NULL, cases[i].sys_errno, "x"), cases[i].status);
	}
}

static void prefix(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_fail(&err, GPQ_E_DATA, "bad price"), GPQ_E_DATA);
	err.record = 12;
	gpq_fail_prefix(&err, "%s: ", "a.csv");
	assert_string_equal(err.message, "a.csv: bad price");
	assert_int_equal(err.record, 12);
	assert_int_equal(err.status, GPQ_E_DATA);
	gpq_fail_prefix(NULL, "x");
}

static void long_texts_are_cut(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	char text[2000];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(gpq_fail(&err, GPQ_E_DATA, "%s", text), GPQ_E_DATA);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
	gpq_fail_prefix(&err, "a.csv: ");
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
	assert_int_equal(strncmp(err.message, "a.csv: xxx", 10), 0);
	gpq_fail_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
	assert_int_equal(gpq_fail_errno(&err, EIO, "%s", text), GPQ_E_SYSTEM);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes), cmocka_unit_test(fail_plain),         cmocka_unit_test(fail_errno),
		cmocka_unit_test(prefix),  cmocka_unit_test(long_texts_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
