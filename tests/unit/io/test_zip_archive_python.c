// SPDX-License-Identifier: MIT
/* Archives that Python's zipfile writes (zips.py) hold what it says that they hold. Skipped where there is no Python.
 */
#include "unit/io/zip_listing.h"

#include "io/source.h"

#define STEP_BYTES ((size_t)65536)

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_archive *archive;
static FILE *expected;
static const char *file_name;
static uint8_t out[STEP_BYTES];

/* The next line of what Python expects must be this one. */
static void expect_line(const char *path, uint64_t size, const char *crc)
{
	char line[2048], own[2048];
	assert_non_null(fgets(line, sizeof(line), expected));
	snprintf(own, sizeof(own), "%s\t%s\t%llu\t%s\n", file_name, path, (unsigned long long)size, crc);
	assert_string_equal(line, own);
}

static void member_check(const struct gpq_address *address, const char *path)
{
	struct gpq_source *source = NULL;
	struct gpq_error err = { 0 };
	char hex[16];
	uint64_t size = 0;
	uLong crc = crc32(0, NULL, 0);
	size_t got = STEP_BYTES;
	enum gpq_status status = gpq_source_open_member(&budget, archive, address, false, &source, &err);
	while (status == GPQ_OK && got == STEP_BYTES) {
		status = gpq_source_read(source, out, STEP_BYTES, &got, &err);
		size += got;
		crc = crc32(crc, out, (uInt)got);
	}
	gpq_source_close(source);
	if (status != GPQ_OK)
		print_message("%s!%s: %s\n", file_name, path, err.message);
	assert_int_equal(status, GPQ_OK);
	snprintf(hex, sizeof(hex), "%08lx", crc);
	expect_line(path, size, hex);
}

static void archive_check(const struct gpq_address *address, const char *path)
{
	struct gpq_zip_entry entry;
	struct gpq_error err = { 0 };
	enum gpq_status status = gpq_archive_list(archive, address, NULL, &err);
	unsigned n_given = 0;
	while (status == GPQ_OK) {
		status = gpq_archive_next(archive, &entry, &err);
		if (status != GPQ_OK)
			break;
		n_given++;
		char inside[1024];
		snprintf(inside, sizeof(inside), "%s%s%.500s", path, *path ? "!" : "", entry.name);
		size_t len = strlen(inside);
		if (entry.kind == GPQ_ZIP_PACKED_ELSE)
			expect_line(inside, 0, "-");
		if (entry.kind != GPQ_ZIP_FILE)
			continue;
		struct gpq_address member = zip_below(address, &entry.place);
		if (len < 4 || strcmp(inside + len - 4, ".zip") != 0) {
			member_check(&member, inside);
			continue;
		}
		archive_check(&member, inside);
		status = gpq_archive_list(archive, address, NULL, &err); /* a reader lists one archive at a time */
		for (unsigned i = 0; i < n_given && status == GPQ_OK; i++)
			status = gpq_archive_next(archive, &entry, &err);
	}
	if (status != GPQ_END)
		print_message("%s!%s: %s\n", file_name, path, err.message);
	assert_int_equal(status, GPQ_END);
}

static void zipfile_archives_hold_what_it_says(void **state)
{
	(void)state;
	static const char *const names[] = { "deflated", "stored", "pipe",         "pipe_stored", "wide",  "wide_pipe",
					     "comment",  "before", "names",        "twice",       "bzip2", "lzma",
					     "many",     "three",  "three_stored", "large",       "daily" };
	char command[2 * PATH_MAX], script[PATH_MAX];
	snprintf(script, sizeof(script), "%.*s/zips.py", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
	snprintf(command, sizeof(command), "python3 '%s' '%s' 2>/dev/null", script, place.folder);
	if (access(script, R_OK) != 0 || system(command) != 0) {
		print_message("no Python to write archives\n");
		skip();
	}
	expected = fopen(workplace_path(&place, "expected.tsv"), "r");
	assert_non_null(expected);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char file[64], path[PATH_MAX];
		file_name = names[i];
		snprintf(file, sizeof(file), "%s.zip", file_name);
		snprintf(path, sizeof(path), "%s", workplace_path(&place, file));
		archive_check(&(struct gpq_address){ .path = path }, "");
	}
	assert_int_equal(fgetc(expected), EOF);
	fclose(expected);
	struct gpq_address nothing = { .path = workplace_path(&place, "nothing.zip") };
	assert_int_equal(zip_list(archive, &nothing, NULL), GPQ_OK);
	assert_int_equal(zip_n_listed, 0);
}

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_source_member_need(GPQ_ARCHIVE_MAX_DEPTH));
	return gpq_archive_open(&budget, &archive, NULL);
}

static int teardown(void **state)
{
	(void)state;
	gpq_archive_close(archive);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(zipfile_archives_hold_what_it_says, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
