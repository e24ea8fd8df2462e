// SPDX-License-Identifier: MIT
#include "convert/content_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The sentence for 'bytes', which may hold zeros. */
static const char *kind(const char *bytes, size_t len)
{
	static uint8_t room[1024];
	memset(room, 0, sizeof(room));
	memcpy(room, bytes, len);
	return gpq_content_kind(room, len);
}

static void what_is_no_csv_has_a_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *word;
	} kinds[] = {
		{ "", "empty" },
		{ " \r\n\t\n", "blank lines" },
		{ "\xFF\xFE" "a", "UTF-16" },
		{ "\xFE\xFF", "UTF-16" },
		{ "PAR1", "Parquet" },
		{ "%PDF-1.7", "PDF" },
		{ "<?xml version='1.0'?>", "XML" },
		{ "\n<!DOCTYPE html>", "HTML" },
		{ "<HTML>", "HTML" },
		{ "<m:OASISReport>", "markup" },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *sentence = kind(kinds[i].bytes, strlen(kinds[i].bytes));
		assert_non_null(sentence);
		assert_non_null(strstr(sentence, kinds[i].word));
	}
	assert_non_null(strstr(kind("a,b\0c", 5), "binary"));
	assert_null(kind("a,b\n1,2\n", 8));
	assert_null(kind("%PD", 3));
	assert_null(kind("PK,LMP\n", 7));
}

static void archives_are_told_by_content_then_by_name(void **state)
{
	(void)state;
	static const uint8_t zip[32] = "PK\3\4", empty[32] = "PK\5\6", before[32] = "MZ\0\1", text[32] = "a,b\n1,2\n";
	assert_true(gpq_content_is_archive(zip, 8, "x.csv"));
	assert_true(gpq_content_is_archive(empty, 22, "x"));
	assert_true(gpq_content_is_archive(before, 8, "x.ZIP"));
	assert_false(gpq_content_is_archive(before, 8, "x.exe"));
	assert_false(gpq_content_is_archive(text, 8, "x.zip"));
	assert_false(gpq_content_is_archive(text, 0, ".zip"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_csv_has_a_sentence),
		cmocka_unit_test(archives_are_told_by_content_then_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
