// SPDX-License-Identifier: MIT
/* Expected texts are written by hand after RFC 8259; the doubles are what Python's repr() prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct gpq_budget budget;
static struct gpq_buf buf;
static struct gpq_json json;

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)1 << 20);
	gpq_buf_init(&buf, &budget, GPQ_TAG_BASE, 100000);
	gpq_json_init(&json, &buf);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_buf_done(&buf);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return 0;
}

static void expect(const char *text)
{
	struct gpq_error err = { 0 };
	if (gpq_json_finish(&json, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	assert_int_equal(buf.len, strlen(text));
	assert_memory_equal(buf.bytes, text, buf.len);
	gpq_buf_clear(&buf);
	gpq_json_init(&json, &buf);
}

static void expect_bug(const char *says)
{
	struct gpq_error err = { 0 };
	gpq_json_null(&json); /* nothing is printed after the first failure */
	size_t len = buf.len;
	gpq_json_key(&json, "k");
	gpq_json_object_begin(&json);
	gpq_json_array_end(&json);
	assert_int_equal(gpq_json_finish(&json, &err), GPQ_E_BUG);
	assert_int_equal(gpq_json_finish(&json, NULL), GPQ_E_BUG);
	assert_int_equal(buf.len, len);
	if (!strstr(err.message, says))
		fail_msg("\"%s\" lacks \"%s\"", err.message, says);
	gpq_buf_clear(&buf);
	gpq_json_init(&json, &buf);
}

static void out_of_order(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_json_finish(&json, &err), GPQ_E_BUG);
	assert_non_null(strstr(err.message, "without a value"));
	gpq_json_array_begin(&json);
	assert_int_equal(gpq_json_finish(&json, &err), GPQ_E_BUG);
	assert_non_null(strstr(err.message, "1 levels open"));
	gpq_json_init(&json, &buf);

	gpq_json_key(&json, "k");
	expect_bug("a key where none belongs");
	gpq_json_array_begin(&json);
	gpq_json_key(&json, "k");
	expect_bug("a key where none belongs");
	gpq_json_object_begin(&json);
	gpq_json_key(&json, "k");
	gpq_json_key(&json, "k");
	expect_bug("a key where none belongs");
	gpq_json_object_begin(&json);
	gpq_json_int64(&json, 1);
	expect_bug("without a key");
	gpq_json_object_begin(&json);
	gpq_json_key(&json, "k");
	gpq_json_object_end(&json);
	expect_bug("an object ends");
	gpq_json_object_begin(&json);
	gpq_json_array_end(&json);
	expect_bug("an array ends");
	gpq_json_array_end(&json);
	expect_bug("an array ends");
	gpq_json_int64(&json, 1);
	gpq_json_int64(&json, 2);
	expect_bug("a second value");
	for (int i = 0; i <= GPQ_JSON_CAP_DEPTH; i++)
		gpq_json_array_begin(&json);
	expect_bug("too deep");
}

static void buffer_full(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	struct gpq_buf small;
	for (size_t cap = 0; cap < 14; cap++) {
		gpq_buf_init(&small, &budget, GPQ_TAG_BASE, cap);
		gpq_json_init(&json, &small);
		gpq_json_object_begin(&json);
		gpq_json_key(&json, "abc");
		gpq_json_text(&json, "d\n");
		gpq_json_object_end(&json);
		enum gpq_status status = gpq_json_finish(&json, &err);
		assert_int_equal(status, cap < 13 ? GPQ_E_BUDGET : GPQ_OK);
		assert_memory_equal(small.bytes ? (char *)small.bytes : "", "{\"abc\":\"d\\n\"}", small.len);
		gpq_buf_done(&small);
	}
	budget.fail_at = atomic_load(&budget.allocations) + 1;
	gpq_json_init(&json, &buf);
	gpq_json_null(&json);
	assert_int_equal(gpq_json_finish(&json, &err), GPQ_E_BUDGET);
	assert_int_equal(err.status, GPQ_E_BUDGET);
}

static void structure(void **state)
{
	(void)state;
	gpq_json_object_begin(&json);
	gpq_json_object_end(&json);
	expect("{}");
	gpq_json_array_begin(&json);
	gpq_json_array_end(&json);
	expect("[]");
	gpq_json_object_begin(&json);
	gpq_json_key(&json, "a");
	gpq_json_array_begin(&json);
	gpq_json_int64(&json, 1);
	gpq_json_object_begin(&json);
	gpq_json_key(&json, "x");
	gpq_json_null(&json);
	gpq_json_key(&json, "y");
	gpq_json_bool(&json, true);
	gpq_json_object_end(&json);
	gpq_json_array_begin(&json);
	gpq_json_array_end(&json);
	gpq_json_bool(&json, false);
	gpq_json_array_end(&json);
	gpq_json_key(&json, "");
	gpq_json_text(&json, NULL);
	gpq_json_key(&json, "b\"");
	gpq_json_text(&json, "");
	gpq_json_object_end(&json);
	expect("{\"a\":[1,{\"x\":null,\"y\":true},[],false],\"\":null,\"b\\\"\":\"\"}");
	for (int i = 0; i < GPQ_JSON_CAP_DEPTH; i++)
		gpq_json_array_begin(&json);
	for (int i = 0; i < GPQ_JSON_CAP_DEPTH; i++)
		gpq_json_array_end(&json);
	expect("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
}

static void drained_on_the_way(void **state)
{
	(void)state;
	gpq_json_array_begin(&json);
	gpq_json_int64(&json, 1);
	gpq_buf_clear(&buf);
	gpq_json_int64(&json, 2);
	gpq_json_array_end(&json);
	expect(",2]");
}

static void strings(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} cases[] = {
		{ "plain", 5, "\"plain\"" },
		{ "a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"" },
		{ "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
		{ "\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\"" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", 13,
		  "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\"" },
		{ "\xff\xfe", 2, "\"%FF%FE\"" },
		{ "x\x80y", 3, "\"x%80y\"" },
		{ "\xc0\x80", 2, "\"%C0%80\"" },               /* overlong */
		{ "\xe0\x9f\xbf", 3, "\"%E0%9F%BF\"" },        /* overlong */
		{ "\xf0\x8f\xbf\xbf", 4, "\"%F0%8F%BF%BF\"" }, /* overlong */
		{ "\xed\xa0\x80", 3, "\"%ED%A0%80\"" },        /* a surrogate */
		{ "\xf4\x90\x80\x80", 4, "\"%F4%90%80%80\"" }, /* beyond U+10FFFF */
		{ "\xe2\x82", 2, "\"%E2%82\"" },               /* cut off */
		{ "\xc3", 1, "\"%C3\"" },
		{ "\xe2\x82\"", 3, "\"%E2%82\\\"\"" },
		{ "\xed\x9f\xbf\xee\x80\x80", 6, "\"\xed\x9f\xbf\xee\x80\x80\"" }, /* around the surrogates */
		{ "50%", 3, "\"50%\"" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		gpq_json_string(&json, cases[i].bytes, cases[i].len);
		expect(cases[i].text);
	}
}

static void integers(void **state)
{
	(void)state;
	gpq_json_array_begin(&json);
	gpq_json_int64(&json, 0);
	gpq_json_int64(&json, -7);
	gpq_json_int64(&json, INT64_MAX);
	gpq_json_int64(&json, INT64_MIN);
	gpq_json_uint64(&json, 10);
	gpq_json_uint64(&json, UINT64_MAX);
	gpq_json_array_end(&json);
	expect("[0,-7,9223372036854775807,-9223372036854775808,10,18446744073709551615]");
}

static void doubles(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0.0, "0.0" },
		{ -0.0, "-0.0" },
		{ 1, "1.0" },
		{ -20.1, "-20.1" },
		{ 0.1, "0.1" },
		{ 0.30000000000000004, "0.30000000000000004" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 123456789.125, "123456789.125" },
		{ 0.0001, "0.0001" },
		{ 0.00001, "1e-05" },
		{ 0.000012345, "1.2345e-05" },
		{ 1e15, "1000000000000000.0" },
		{ 9999999999999998.0, "9999999999999998.0" },
		{ 1e16, "1e+16" },
		{ 1.5e16, "1.5e+16" },
		{ 1e22, "1e+22" },
		{ 1e23, "1e+23" },
		{ 9007199254740993.0, "9007199254740992.0" },
		{ 0x1p-44, "5.684341886080802e-14" },
		{ 5e-324, "5e-324" },
		{ 2.2250738585072014e-308, "2.2250738585072014e-308" },
		{ -2.2250738585072011e-308, "-2.225073858507201e-308" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ NAN, "null" },
		{ INFINITY, "null" },
		{ -INFINITY, "null" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		gpq_json_double(&json, cases[i].value);
		expect(cases[i].text);
	}
}

/* Any bits: the C library reads the text back to the same bits. */
static void doubles_read_back(void **state)
{
	(void)state;
	uint64_t bits = 88172645463325252;
	for (int i = 0; i < 50000; i++) {
		double value, back;
		bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
		memcpy(&value, &bits, sizeof(value));
		if (!isfinite(value))
			continue;
		gpq_json_double(&json, value);
		assert_int_equal(gpq_json_finish(&json, NULL), GPQ_OK);
		assert_int_equal(gpq_buf_append(&buf, "", 1, NULL), GPQ_OK);
		back = strtod((char *)buf.bytes, NULL);
		assert_memory_equal(&back, &value, sizeof(value));
		gpq_buf_clear(&buf);
		gpq_json_init(&json, &buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(out_of_order, setup, teardown),
		cmocka_unit_test_setup_teardown(buffer_full, setup, teardown),
		cmocka_unit_test_setup_teardown(structure, setup, teardown),
		cmocka_unit_test_setup_teardown(drained_on_the_way, setup, teardown),
		cmocka_unit_test_setup_teardown(strings, setup, teardown),
		cmocka_unit_test_setup_teardown(integers, setup, teardown),
		cmocka_unit_test_setup_teardown(doubles, setup, teardown),
		cmocka_unit_test_setup_teardown(doubles_read_back, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
