// SPDX-License-Identifier: MIT
#include "input/content_kind.h"

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
		{ "No data exists for this period.", "no data exists for the period" },
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
#define COMPOUND "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"
	static const char old[] = COMPOUND "W\0o\0r\0k\0b\0o\0o\0k\0", other[] = COMPOUND "W\0o\0r\0d\0";
	static const char locked[] = COMPOUND "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
	assert_non_null(strstr(kind(old, sizeof(old)), "an old workbook (.xls)"));
	assert_non_null(strstr(kind(locked, sizeof(locked)), "an encrypted document"));
	assert_non_null(strstr(kind(other, sizeof(other)), "OLE document"));
	assert_null(kind(COMPOUND, 7));
	assert_null(kind("a,b\n1,2\n", 8));
	assert_null(kind("%PD", 3));
	assert_null(kind("PK,LMP\n", 7));
}

static const char *oasis(const char *text, char *out, size_t cap)
{
	static uint8_t room[1024];
	memset(room, 0, sizeof(room));
	memcpy(room, text, strlen(text));
	return gpq_content_oasis(room, strlen(text), out, cap);
}

static void what_oasis_says_is_repeated(void **state)
{
	(void)state;
	char out[200];
	assert_null(oasis("", out, sizeof(out)));
	assert_null(oasis(" \n", out, sizeof(out)));
	assert_null(oasis("a,b\n<m:ERR_CODE>1</m:ERR_CODE>", out, sizeof(out)));
	assert_null(oasis("<?xml version='1.0'?><a/>", out, sizeof(out)));
	assert_null(oasis("<m:ERR_CODE></m:ERR_CODE>", out, sizeof(out)));
	assert_null(oasis("<m:xERR_CODE>7</m:xERR_CODE>", out, sizeof(out)));
	assert_string_equal(oasis("<m:ERR_CODE>1015</m:ERR_CODE>", out, sizeof(out)),
			    "an error of OASIS in place of data: 1015");
	assert_string_equal(oasis("\n<a><ERR_CODE> 1004\n</ERR_CODE><ERR_DESC>31 days\r\n at most </ERR_DESC></a>", out, sizeof(out)),
			    "an error of OASIS in place of data: 1004, 31 days at most");
	assert_string_equal(oasis("<m:ERR_CODE>1", out, sizeof(out)), "an error of OASIS in place of data: 1");
	assert_non_null(oasis("<OASISReport/>", out, sizeof(out)));
	/* No more than fits. */
	char text[400] = "<ERR_CODE>1<ERR_DESC>";
	memset(text + strlen(text), 'x', 300);
	assert_true(strlen(oasis(text, out, sizeof(out))) < sizeof(out));
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
		cmocka_unit_test(what_oasis_says_is_repeated),
		cmocka_unit_test(archives_are_told_by_content_then_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
