// SPDX-License-Identifier: MIT
/* Cells become lines as RFC 4180 has them, whatever the room that they are written to. Expected texts by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "workbook/sheet_lines.h"

#include <string.h>

struct cell {
	uint32_t row, column;
	const char *text;
};

/* Written in rooms of 'step' bytes. */
static void expect(const struct cell *cells, size_t count, const char *text, size_t step)
{
	struct gpq_sheet_lines lines = { 0 };
	static uint8_t out[70000];
	size_t len = 0, got;
	for (size_t i = 0; i <= count; i++) {
		if (i < count)
			gpq_sheet_lines_cell(&lines, cells[i].row, cells[i].column, (const uint8_t *)cells[i].text,
					     strlen(cells[i].text));
		else
			gpq_sheet_lines_end(&lines);
		do {
			assert_true(len + step <= sizeof(out));
			got = gpq_sheet_lines_write(&lines, out + len, step);
			len += got;
		} while (got == step);
	}
	assert_int_equal(len, strlen(text));
	assert_memory_equal(out, text, len);
}

static void expect_in_any_steps(const struct cell *cells, size_t count, const char *text)
{
	for (size_t step = 1; step <= 9; step++)
		expect(cells, count, text, step);
	expect(cells, count, text, 4096);
}

#define EXPECT(cells, text) expect_in_any_steps(cells, sizeof(cells) / sizeof((cells)[0]), text)

static void gaps_are_empty_fields_and_empty_lines(void **state)
{
	(void)state;
	static const struct cell cells[] = { { 2, 1, "a" }, { 2, 3, "c" }, { 3, 2, "b" }, { 6, 3, "z" }, { 7, 4, "w" }, { 8, 1, "n" } };
	EXPECT(cells, "\na,,c\n,b,\n\n\n,,z\n,,,w\nn,,,\n");
	expect_in_any_steps(NULL, 0, "");
}

static void what_needs_quotes_has_them(void **state)
{
	(void)state;
	static const struct cell cells[] = { { 1, 1, "a,b" }, { 1, 2, "\"" },     { 1, 3, "say \"so\"\"" }, { 2, 1, "two\nlines" },
					     { 2, 2, "\r" },  { 2, 3, " plain" }, { 3, 3, "'" } };
	EXPECT(cells, "\"a,b\",\"\"\"\",\"say \"\"so\"\"\"\"\"\n\"two\nlines\",\"\r\", plain\n,,'\n");
}

static void a_stray_cell_far_to_the_right_widens_its_own_line_only(void **state)
{
	(void)state;
	static const struct cell cells[] = { { 1, 1, "a" }, { 1, 2, "b" }, { 2, 16384, "x" }, { 3, 1, "c" } };
	static char text[16384 + 32];
	memset(text, ',', sizeof(text));
	memcpy(text, "a,b\n", 4);
	memcpy(text + 4 + 16383, "x\nc,\n", 6);
	expect(cells, 4, text, 1000);
	expect(cells, 4, text, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_are_empty_fields_and_empty_lines),
		cmocka_unit_test(what_needs_quotes_has_them),
		cmocka_unit_test(a_stray_cell_far_to_the_right_widens_its_own_line_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
