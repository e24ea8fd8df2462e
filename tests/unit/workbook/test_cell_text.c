// SPDX-License-Identifier: MIT
/* References, numbers and escapes in cells. Expected values by hand and from ECMA-376 part 1, 22.9.2.19. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "workbook/cell_text.h"

#include <string.h>

static void numbers_are_decimal_and_within_their_bounds(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "0", "1048577", "99999999999999999999", "-1", "+1", "1 ", " 1", "1.0", "1e3", "a" };
	uint32_t number = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(gpq_cell_number(bad[i], GPQ_SHEET_MAX_ROWS, &number));
	assert_int_equal(number, 7);
	assert_true(gpq_cell_number("1048576", GPQ_SHEET_MAX_ROWS, &number));
	assert_int_equal(number, 1048576);
	assert_true(gpq_cell_number("0012", GPQ_SHEET_MAX_ROWS, &number));
	assert_int_equal(number, 12);
}

static void references_name_a_column_and_a_row(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t column, row;
	} good[] = { { "A1", 1, 1 }, { "Z9", 26, 9 }, { "AA10", 27, 10 }, { "AZ1", 52, 1 }, { "BA1", 53, 1 }, { "ZZ2", 702, 2 },
		     { "AAA3", 703, 3 }, { "XFD1048576", 16384, 1048576 }, { "xfd1", 16384, 1 } };
	static const char *const bad[] = { "", "A", "1", "A0", "XFE1", "AAAA1", "A1048577", "$A$1", "A1:B2", "A-1", "\xc3\x84" "1", "A1 " };
	uint32_t column = 0, row = 0;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char letters[4], text[16];
		assert_true(gpq_cell_reference(good[i].text, &column, &row));
		assert_int_equal(column, good[i].column);
		assert_int_equal(row, good[i].row);
		gpq_cell_letters(column, letters);
		size_t len = strlen(letters);
		for (size_t k = 0; k < len; k++)
			text[k] = (char)(good[i].text[k] & ~32);
		assert_memory_equal(letters, text, len);
		assert_true(good[i].text[len] >= '0' && good[i].text[len] <= '9');
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(gpq_cell_reference(bad[i], &column, &row));
}

static void escapes_are_undone_once(void **state)
{
	(void)state;
	static const struct {
		const char *escaped, *text;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "HB_NORTH", "HB_NORTH" },
		{ "_x000D_", "\r" },
		{ "a_x000a_b", "a\nb" },
		{ "_x005F_x000D_", "_x000D_" },
		{ "_x00E9__x20AC_", "\xc3\xa9\xe2\x82\xac" },
		{ "_xD83D_", "_xD83D_" },
		{ "_x0000_", "_x0000_" },
		{ "_x00G0_", "_x00G0_" },
		{ "_x000D", "_x000D" },
		{ "__x000D__", "_\r_" },
		{ "_X000D_", "_X000D_" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t bytes[64];
		memcpy(bytes, cases[i].escaped, strlen(cases[i].escaped) + 1);
		size_t len = gpq_cell_unescape(bytes, strlen(cases[i].escaped));
		assert_int_equal(len, strlen(cases[i].text));
		assert_memory_equal(bytes, cases[i].text, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_decimal_and_within_their_bounds),
		cmocka_unit_test(references_name_a_column_and_a_row),
		cmocka_unit_test(escapes_are_undone_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
