// SPDX-License-Identifier: MIT
#include "table/reject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The words stand in reject files and JSON: changing one breaks who reads them. */
static const char *const words[] = { "none",    "fields_few",  "fields_many",   "number", "number_range",
				     "version", "stamp",       "stamp_missing", "grid",   "length",
				     "repeated", "order", "unresolved", "market", "record_kind", "component",     "utf8",   "nul",
				     "key_missing", "quote",   "long" };

static void words_are_the_contract(void **state)
{
	(void)state;
	assert_int_equal(GPQ_N_REJECTS, sizeof(words) / sizeof(words[0]));
	for (int reason = 0; reason < GPQ_N_REJECTS; reason++)
		assert_string_equal(gpq_reject_word((enum gpq_reject)reason), words[reason]);
}

static void sentences_are_there_and_differ(void **state)
{
	(void)state;
	for (int a = 0; a < GPQ_N_REJECTS; a++) {
		assert_true(strlen(gpq_reject_sentence((enum gpq_reject)a)) > 15);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(gpq_reject_sentence((enum gpq_reject)a),
						gpq_reject_sentence((enum gpq_reject)b));
	}
}

static void an_unknown_reason_is_named_as_such(void **state)
{
	(void)state;
	assert_string_equal(gpq_reject_word(GPQ_N_REJECTS), "unknown");
	assert_non_null(strstr(gpq_reject_sentence((enum gpq_reject)1000), "unknown"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_the_contract),
		cmocka_unit_test(sentences_are_there_and_differ),
		cmocka_unit_test(an_unknown_reason_is_named_as_such),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
