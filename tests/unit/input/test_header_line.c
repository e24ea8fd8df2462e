// SPDX-License-Identifier: MIT
#include "input/header_line.h"

#include "base/budget.h"
#include "cpu/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gpq_budget budget;
static struct gpq_csv_scanner *scanner;
static struct gpq_header_line line;
static uint8_t room[20000 + GPQ_CSV_PADDING];

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)1 << 20);
	return gpq_csv_scanner_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &scanner, NULL) == GPQ_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	gpq_csv_scanner_close(scanner);
	return 0;
}

static bool line_read(const char *text, size_t len, bool all, size_t from)
{
	memset(room, 0, sizeof(room));
	memcpy(room, text, len);
	struct gpq_first_bytes first = { room, len, all };
	return gpq_header_line_read(scanner, gpq_cpu_features(GPQ_CPU_ALL), &first, from, &line);
}

static void name_is(uint32_t at, const char *name)
{
	assert_true(at < line.n_names);
	assert_true(gpq_text_equal(line.names[at], gpq_text_of(name)));
}

static void what_does_not_end_is_no_line(void **state)
{
	(void)state;
	assert_false(line_read("", 0, true, 0));
	assert_false(line_read("\n \r\n\t", 5, true, 0));
	assert_int_equal(line.blank_lines, 3);
	assert_false(line_read("a,b", 3, false, 0)); /* more comes behind it */
	assert_false(line_read("\"a,b\n1\n", 7, true, 0));
	memset(room, 'x', sizeof(room));
	static char text[GPQ_HEAD_MAX_HEADER + 2];
	memset(text, 'x', sizeof(text));
	assert_false(line_read(text, GPQ_HEAD_MAX_HEADER + 1, true, 0));
	assert_true(line_read(text, GPQ_HEAD_MAX_HEADER, true, 0));
	assert_int_equal(line.n_names, 1);
	assert_int_equal(line.names[0].len, GPQ_HEAD_MAX_HEADER);
}

static void a_line_is_split_into_names(void **state)
{
	(void)state;
	assert_true(line_read("a, b ,\"c,\"\"d\"\r\n1,2,3\r\n", 22, true, 0));
	assert_int_equal(line.n_names, 3);
	name_is(0, "a");
	name_is(1, " b ");
	name_is(2, "c,\"d");
	assert_true(line.crlf);
	assert_false(line.quoted || line.bom);
	assert_int_equal(line.begin, 0);
	assert_int_equal(line.end, 15);
	assert_int_equal(line.text.len, 13);
	assert_true(line_read("a,b", 3, true, 0)); /* the last line need not end */
	assert_int_equal(line.end, 3);
	assert_true(line_read("\"a\",b\n", 6, true, 0));
	assert_true(line.quoted);
	assert_true(line_read(",,MCP Type, HE 1\n", 17, true, 0));
	name_is(0, "");
	name_is(1, "");
	name_is(3, " HE 1");
}

static void blank_lines_are_passed_and_counted(void **state)
{
	(void)state;
	assert_true(line_read("\xEF\xBB\xBF\r\n  \n\na,b\nc\n", 14, true, 0));
	assert_int_equal(line.blank_lines, 3);
	assert_true(line.bom);
	assert_int_equal(line.begin, 9);
	assert_int_equal(line.end, 13);
	name_is(0, "a");
	assert_true(line_read("x\n\n\na,b\n", 8, true, 2)); /* from the middle on */
	assert_int_equal(line.blank_lines, 2);
	assert_false(line.bom);
	assert_int_equal(line.begin, 4);
	assert_int_equal(line.end, 8);
	/* Blanks at the end, with and without a line end. */
	assert_false(line_read("x\n\n ", 4, true, 2));
	assert_int_equal(line.blank_lines, 2);
}

static void too_many_names_are_told_by_one_more(void **state)
{
	(void)state;
	char text[400] = "a";
	for (int i = 0; i < 99; i++)
		strcat(text, ",a");
	assert_true(line_read(text, strlen(text), true, 0));
	assert_int_equal(line.n_names, GPQ_BINDING_MAX_FIELDS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_end_is_no_line),
		cmocka_unit_test(a_line_is_split_into_names),
		cmocka_unit_test(blank_lines_are_passed_and_counted),
		cmocka_unit_test(too_many_names_are_told_by_one_more),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
