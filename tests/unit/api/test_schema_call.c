// SPDX-License-Identifier: MIT
#include <gridpq/gridpq.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct heard {
	char text[256 << 10];
	size_t len;
};

static struct heard heard;

static void on_result(void *context, const char *bytes, size_t len)
{
	struct heard *to = context;
	assert_true(to->len + len < sizeof(to->text));
	memcpy(to->text + to->len, bytes, len);
	to->len += len;
	to->text[to->len] = 0;
}

static const struct gpq_hooks hooks = { .context = &heard, .result = on_result };

static const char *said(enum gpq_report report)
{
	struct gpq_error err;
	heard.len = 0;
	heard.text[0] = 0;
	assert_int_equal(gpq_schema(report, &hooks, &err), GPQ_OK);
	return heard.text;
}

static void test_text(void **state)
{
	(void)state;
	assert_non_null(strstr(said(GPQ_REPORT_TEXT), "lmp_total"));
	assert_non_null(strstr(heard.text, "energy"));
	assert_int_equal(heard.text[heard.len - 1], '\n');
}

static void test_json_is_one_line(void **state)
{
	(void)state;
	const char *text = said(GPQ_REPORT_JSON);
	assert_int_equal(text[0], '{');
	assert_non_null(strstr(text, "\"tables\""));
	assert_ptr_equal(strchr(text, '\n'), text + heard.len - 1);
}

static void test_none_says_nothing(void **state)
{
	(void)state;
	assert_string_equal(said(GPQ_REPORT_NONE), "");
}

static void test_nobody_listens(void **state)
{
	(void)state;
	struct gpq_hooks none = { .context = NULL };
	assert_int_equal(gpq_schema(GPQ_REPORT_TEXT, NULL, NULL), GPQ_OK);
	assert_int_equal(gpq_schema(GPQ_REPORT_JSON, &none, NULL), GPQ_OK);
}

static void test_twice_the_same(void **state)
{
	(void)state;
	static struct heard first;
	said(GPQ_REPORT_JSON);
	first = heard;
	assert_string_equal(said(GPQ_REPORT_JSON), first.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json_is_one_line),
		cmocka_unit_test(test_none_says_nothing),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_twice_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
