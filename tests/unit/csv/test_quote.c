// SPDX-License-Identifier: MIT
#include "csv/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct example {
	const char *field, *content;
	bool in_scratch;
};

/* RFC 4180 section 2, rules 5 to 7; what stands behind the closing quote is kept. */
static const struct example examples[] = {
	{ "", "", false },
	{ "a", "a", false },
	{ "a\"b\"", "a\"b\"", false },
	{ " \"a\"", " \"a\"", false },
	{ "\"", "", false },
	{ "\"\"", "", false },
	{ "\"a\"", "a", false },
	{ "\"a,b\nc\"", "a,b\nc", false },
	{ "\"a", "a", false },
	{ "\"\"\"", "\"", true },
	{ "\"\"\"\"", "\"", true },
	{ "\"a\"\"b\"", "a\"b", true },
	{ "\"\"\"a\"\"\"", "\"a\"", true },
	{ "\"\"\"\"\"\"", "\"\"", true },
	{ "\"a\"\"", "a\"", true },
	{ "\"a\"b", "ab", true },
	{ "\"a\"b\"\"c\"", "ab\"\"c\"", true },
	{ "\"\"a", "a", true },
	{ "\"a\"\"b\" c", "a\"b c", true },
};

static void content_is_what_the_rules_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char scratch[32];
		struct gpq_text field = gpq_text_of(examples[i].field);
		memset(scratch, '!', sizeof(scratch));
		struct gpq_text content = gpq_csv_unquote(field, scratch, field.len);
		assert_int_equal(content.len, strlen(examples[i].content));
		assert_memory_equal(content.bytes, examples[i].content, content.len);
		assert_int_equal(content.bytes == scratch, examples[i].in_scratch);
		for (size_t j = field.len; j < sizeof(scratch); j++)
			assert_int_equal(scratch[j], '!');
	}
}

/* Whatever is written by doubling quotes comes back. */
static void doubling_is_undone(void **state)
{
	(void)state;
	for (uint32_t number = 0; number < 729; number++) {
		char content[8], field[24], scratch[24];
		uint32_t n = 0, rest = number;
		field[n++] = '"';
		for (int i = 0; i < 6; i++, rest /= 3) {
			content[i] = "\",a"[rest % 3];
			if (content[i] == '"')
				field[n++] = '"';
			field[n++] = content[i];
		}
		field[n++] = '"';
		struct gpq_text back = gpq_csv_unquote((struct gpq_text){ field, n }, scratch, n);
		assert_int_equal(back.len, 6);
		assert_memory_equal(back.bytes, content, 6);
	}
}

static void null_stays_null(void **state)
{
	(void)state;
	struct gpq_text content = gpq_csv_unquote((struct gpq_text){ NULL, 0 }, NULL, 0);
	assert_null(content.bytes);
	assert_int_equal(content.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_is_what_the_rules_say),
		cmocka_unit_test(doubling_is_undone),
		cmocka_unit_test(null_stays_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
