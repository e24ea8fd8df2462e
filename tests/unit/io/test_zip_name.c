// SPDX-License-Identifier: MIT
/* Code page 437 is that of the C library's iconv(), sequences of UTF-8 are those of the Unicode standard's table 3-7.
 */
#include "unit/io/workplace.h"

#include "io/zip_name.h"

#include <iconv.h>
#include <zlib.h>

static char out[GPQ_ZIP_NAME_BYTES];

static void expect(const char *raw, bool utf8, const char *text)
{
	assert_true(gpq_zip_name_write((const uint8_t *)raw, strlen(raw), utf8, NULL, 0, out));
	assert_string_equal(out, text);
}

static void the_code_page_is_that_of_iconv(void **state)
{
	(void)state;
	iconv_t converter = iconv_open("UTF-8", "CP437");
	if (converter == (iconv_t)-1)
		skip(); /* a C library without its tables */
	for (unsigned byte = 0x20; byte < 0x100; byte++) {
		char raw = (char)byte, expected[8] = { 0 }, *from = &raw, *to = expected;
		size_t from_len = 1, to_len = sizeof(expected);
		if (byte == '\\' || byte == 0x7f)
			continue;
		assert_int_equal(iconv(converter, &from, &from_len, &to, &to_len), 0);
		assert_true(gpq_zip_name_write((const uint8_t *)&raw, 1, false, NULL, 0, out));
		assert_string_equal(out, expected);
	}
	iconv_close(converter);
}

static void utf8_is_kept_and_what_is_none_escaped(void **state)
{
	(void)state;
	expect("Pr\xc3\xa9"
	       "cios/\xe2\x82\xac\xf0\x9f\x98\x80.csv",
	       true,
	       "Pr\xc3\xa9"
	       "cios/\xe2\x82\xac\xf0\x9f\x98\x80.csv");
	expect("a\xff"
	       "b",
	       true, "a%FFb");
	expect("\xc3", true, "%C3");
	expect("\xc0\x80", true, "%C0%80");        /* overlong */
	expect("\xe0\x9f\xbf", true, "%E0%9F%BF"); /* overlong */
	expect("\xed\xa0\x80", true, "%ED%A0%80"); /* a surrogate */
	expect("\xf0\x8f\xbf\xbf", true, "%F0%8F%BF%BF");
	expect("\xf4\x90\x80\x80", true, "%F4%90%80%80"); /* beyond U+10FFFF */
	expect("\xf5\x80\x80\x80", true, "%F5%80%80%80");
	expect("\xe2\x82", true, "%E2%82");
	expect("\xee\x80\x80", true, "\xee\x80\x80");
}

static void paths_are_only_text(void **state)
{
	(void)state;
	expect("..\\..\\etc\\x.csv", false, "../../etc/x.csv");
	expect("/etc/passwd", true, "/etc/passwd");
	expect("a\nb\tc\x1b[2J\x7f", true, "a%0Ab%09c%1B[2J%7F");
	assert_true(gpq_zip_name_write((const uint8_t *)"a\0b", 3, true, NULL, 0, out));
	assert_string_equal(out, "a%00b");
}

static void long_names_are_cut(void **state)
{
	(void)state;
	char raw[GPQ_ZIP_NAME_BYTES + 1];
	memset(raw, 'x', sizeof(raw));
	assert_true(gpq_zip_name_write((const uint8_t *)raw, GPQ_ZIP_NAME_BYTES - 1, true, NULL, 0, out));
	assert_int_equal(strlen(out), GPQ_ZIP_NAME_BYTES - 1);
	assert_false(gpq_zip_name_write((const uint8_t *)raw, GPQ_ZIP_NAME_BYTES, true, NULL, 0, out));
	memset(raw, '\xb0', sizeof(raw)); /* three bytes each */
	assert_true(gpq_zip_name_write((const uint8_t *)raw, GPQ_ZIP_NAME_BYTES / 3, false, NULL, 0, out));
	assert_false(gpq_zip_name_write((const uint8_t *)raw, GPQ_ZIP_NAME_BYTES / 3 + 1, false, NULL, 0, out));
	assert_int_equal(strlen(out), GPQ_ZIP_NAME_BYTES / 3 * 3);
}

static void a_unicode_path_counts_where_its_crc_fits(void **state)
{
	(void)state;
	uint8_t extra[4 + 5 + 5] = "up\x0a\0\x01";
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)"caf?", 4);
	for (int i = 0; i < 4; i++)
		extra[5 + i] = (uint8_t)(crc >> 8 * i);
	memcpy(extra + 9, "caf\xc3\xa9", 5);
	assert_true(gpq_zip_name_write((const uint8_t *)"caf?", 4, false, extra, sizeof(extra), out));
	assert_string_equal(out, "caf\xc3\xa9");
	assert_true(gpq_zip_name_write((const uint8_t *)"caf!", 4, false, extra, sizeof(extra), out));
	assert_string_equal(out, "caf!");
	assert_true(gpq_zip_name_write((const uint8_t *)"caf?", 4, true, extra, sizeof(extra), out));
	assert_string_equal(out, "caf?");
	extra[4] = 2; /* a version that nobody knows */
	assert_true(gpq_zip_name_write((const uint8_t *)"caf?", 4, false, extra, sizeof(extra), out));
	assert_string_equal(out, "caf?");
}

static void decorations_are_told(void **state)
{
	(void)state;
	static const char *const yes[] = { "__MACOSX/._a.csv", "a/.DS_Store", "._a.csv",  "x/Thumbs.db",
					   "DESKTOP.INI",      ".git/x",      "__MACOSX/" };
	static const char *const no[] = { "a.csv", "../a.csv", "./a.csv", "x/MACOSX/a.csv", "a__MACOSX", "", "a/" };
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(gpq_zip_name_is_decoration(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(gpq_zip_name_is_decoration(no[i]));
	assert_true(gpq_zip_name_is_folder("a/"));
	assert_false(gpq_zip_name_is_folder("a"));
	assert_false(gpq_zip_name_is_folder(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_page_is_that_of_iconv),
		cmocka_unit_test(utf8_is_kept_and_what_is_none_escaped),
		cmocka_unit_test(paths_are_only_text),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(a_unicode_path_counts_where_its_crc_fits),
		cmocka_unit_test(decorations_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
