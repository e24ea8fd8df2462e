// SPDX-License-Identifier: MIT
/* The sheets of workbooks that a script writes (workbooks.py) have the text that it says, read in any steps, in any order. Skipped
 * where there is no Python. */
#include "unit/workbook/book_reading.h"

static struct book_reading book;

static void sheet_check(const char *file, const char *sheet, size_t size, uint32_t crc, size_t step)
{
	struct gpq_error err = { 0 };
	char name[160];
	size_t len = 0;
	uint32_t own = 0, i = 0;
	snprintf(name, sizeof(name), "%s.xlsx", file);
	enum gpq_status status = book_list(&book, name, &err);
	if (status != GPQ_OK)
		print_message("%s: %s\n", name, err.message);
	assert_int_equal(status, GPQ_OK);
	while (i < book.package->n_sheets && strcmp(book.package->sheets[i].name, sheet) != 0)
		i++;
	assert_true(i < book.package->n_sheets);
	assert_null(book.package->sheets[i].reason);
	struct gpq_zip_place place = book.package->sheets[i].part.place;
	status = book_read(&book, &place, step, NULL, 0, &len, &own, &err);
	if (status != GPQ_OK || len != size || own != crc)
		print_message("%s!%s by %zu: %zu bytes, %s\n", name, sheet, step, len, err.message);
	assert_int_equal(status, GPQ_OK);
	assert_int_equal(len, size);
	assert_int_equal(own, crc);
}

static void sheets_have_the_text_that_was_written(void **state)
{
	(void)state;
	static const size_t steps[] = { 65536, 4096, 1000, 7, 1 };
	char command[2 * PATH_MAX], script[PATH_MAX], line[512], file[128], sheet[128];
	snprintf(script, sizeof(script), "%.*s/workbooks.py", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
	snprintf(command, sizeof(command), "python3 '%s' '%s' 2>/dev/null", script, book.place.folder);
	if (access(script, R_OK) != 0 || system(command) != 0) {
		print_message("no Python to write workbooks\n");
		skip();
	}
	FILE *expected = fopen(workplace_path(&book.place, "expected.tsv"), "r");
	unsigned n_sheets = 0;
	assert_non_null(expected);
	while (fgets(line, sizeof(line), expected)) {
		size_t size = 0;
		unsigned crc = 0;
		assert_int_equal(sscanf(line, "%127[^\t]\t%127[^\t]\t%zu\t%x", file, sheet, &size, &crc), 4);
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			if (steps[i] > 100 || size < 100000)
				sheet_check(file, sheet, size, crc, steps[i]);
		n_sheets++;
	}
	fclose(expected);
	assert_int_equal(n_sheets, 21);
}

static int setup(void **state)
{
	(void)state;
	book_open(&book);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	book_close(&book);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sheets_have_the_text_that_was_written, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
