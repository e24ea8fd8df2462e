// SPDX-License-Identifier: MIT
#include "parquet/statistics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct gpq_text text_of(const struct gpq_bound *bound)
{
	return (struct gpq_text){ (const char *)bound->bytes, bound->len };
}

static void a_text_that_nothing_is_above_has_no_upper_bound(void **state)
{
	(void)state;
	struct gpq_bound bound;
	assert_false(gpq_bound_text(gpq_text_of("\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF"), true, 5, &bound));
	assert_true(gpq_bound_text(gpq_text_of("\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF"), false, 5, &bound));
	assert_int_equal(bound.len, 4);
}

static void texts_are_cut_between_characters_and_still_bound(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t limit;
		const char *lower, *upper;
		bool exact;
	} cases[] = {
		{ "", 4, "", "", true },
		{ "abcd", 4, "abcd", "abcd", true },
		{ "abcde", 4, "abcd", "abce", false },
		{ "ab\x7F\x7Fz", 4, "ab\x7F\x7F", "ac", false },
		{ "abc\xC3\xA4z", 4, "abc", "abd", false }, /* a-umlaut does not fit half */
		{ "ab\xC3\xA4z", 4, "ab\xC3\xA4", "ab\xC3\xA5", false },
		{ "a\xDF\xBF!", 3, "a\xDF\xBF", "b", false },                  /* U+07FF: the next takes three bytes */
		{ "\xED\x9F\xBF!", 3, "\xED\x9F\xBF", "\xEE\x80\x80", false }, /* U+D7FF: surrogates are passed over */
		{ "\xF0\x9F\x98\x80!", 4, "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x81", false },
		{ "\xE2\x82\xBFx", 3, "\xE2\x82\xBF", "\xE2\x83\x80", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_bound lower, upper;
		struct gpq_text text = gpq_text_of(cases[i].text);
		assert_true(gpq_bound_text(text, false, cases[i].limit, &lower));
		assert_true(gpq_bound_text(text, true, cases[i].limit, &upper));
		assert_true(gpq_text_equal(text_of(&lower), gpq_text_of(cases[i].lower)));
		assert_true(gpq_text_equal(text_of(&upper), gpq_text_of(cases[i].upper)));
		assert_int_equal(lower.exact, cases[i].exact);
		assert_int_equal(upper.exact, cases[i].exact);
		assert_true(gpq_text_compare(text_of(&lower), text) <= 0);
		assert_true(gpq_text_compare(text_of(&upper), text) >= 0);
	}
}

static void zeros_are_negative_below_and_positive_above(void **state)
{
	(void)state;
	static const uint8_t negative[8] = { 0, 0, 0, 0, 0, 0, 0, 0x80 }, positive[8] = { 0 };
	struct gpq_bound bound;
	for (int sign = -1; sign <= 1; sign += 2) {
		gpq_bound_double(sign * 0.0, false, &bound);
		assert_memory_equal(bound.bytes, negative, 8);
		gpq_bound_double(sign * 0.0, true, &bound);
		assert_memory_equal(bound.bytes, positive, 8);
	}
}

static void words_keep_their_low_bytes(void **state)
{
	(void)state;
	struct gpq_bound bound;
	gpq_bound_word(-2, 4, &bound);
	assert_int_equal(bound.len, 4);
	assert_memory_equal(bound.bytes, "\xFE\xFF\xFF\xFF", 4);
	gpq_bound_word(1, 1, &bound);
	assert_int_equal(bound.len, 1);
	assert_int_equal(bound.bytes[0], 1);
}

/* parquet.thrift: null_count 3, max_value 5, min_value 6, is_max_value_exact 7, is_min_value_exact 8, nan_count 9. */
static void a_statistics_struct_has_the_format_s_fields(void **state)
{
	(void)state;
	uint8_t bytes[64];
	struct gpq_thrift_writer writer;
	struct gpq_bound min, max;
	gpq_bound_text(gpq_text_of("a"), false, 64, &min);
	gpq_bound_text(gpq_text_of("zz"), true, 1, &max);
	struct gpq_statistics_facts facts = { .min = &min, .max = &max, .nulls = 3, .distinct = -1, .is_double = true };
	gpq_thrift_writer_init(&writer, bytes, sizeof(bytes));
	gpq_statistics_put(&writer, 5, &facts);
	static const uint8_t wanted[] = { 0x5C, 0x36, 0x06, 0x28, 0x01, '{',  0x18,
					  0x01, 'a',  0x12, 0x11, 0x16, 0x00, 0x00 };
	assert_int_equal(writer.len, sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
	facts = (struct gpq_statistics_facts){ .nulls = 3, .distinct = 2 };
	gpq_thrift_writer_init(&writer, bytes, sizeof(bytes));
	gpq_statistics_put(&writer, 5, &facts);
	static const uint8_t bare[] = { 0x5C, 0x36, 0x06, 0x16, 0x04, 0x00 };
	assert_int_equal(writer.len, sizeof(bare));
	assert_memory_equal(bytes, bare, sizeof(bare));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_nothing_is_above_has_no_upper_bound),
		cmocka_unit_test(texts_are_cut_between_characters_and_still_bound),
		cmocka_unit_test(zeros_are_negative_below_and_positive_above),
		cmocka_unit_test(words_keep_their_low_bytes),
		cmocka_unit_test(a_statistics_struct_has_the_format_s_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
