// SPDX-License-Identifier: MIT
#include "unit/io/workplace.h"

#include "io/listing.h"
#include "io/walk.h"

#include <errno.h>

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_walk_need());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

/* What was visited, below the root, one path a line; '!' behind what is not a file. */
struct seen {
	size_t root_len, len, count;
	uint64_t bytes;
	size_t stop_at;
	char text[8192];
};

static enum gpq_status note(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct seen *seen = context;
	seen->count++;
	seen->bytes += entry->size_bytes;
	assert_true(entry->modified_ns > (int64_t)1600000000 * 1000000000);
	if (seen->len + strlen(entry->path) < sizeof(seen->text))
		seen->len += (size_t)snprintf(seen->text + seen->len, sizeof(seen->text) - seen->len, "%s%s\n",
					      entry->path + seen->root_len, entry->readable_kind ? "" : "!");
	return seen->count == seen->stop_at ? gpq_fail(err, GPQ_E_INTERRUPTED, "enough") : GPQ_OK;
}

static void expect_walk(const char *root, const char *expected)
{
	struct seen seen = { .root_len = strlen(root) };
	struct gpq_error err = { 0 };
	enum gpq_status status = gpq_walk(&budget, root, note, &seen, &err);
	if (status != GPQ_OK)
		fail_msg("%s", err.message);
	assert_string_equal(seen.text, expected);
}

static void root_missing(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	struct seen seen = { 0 };
	assert_int_equal(gpq_walk(&budget, workplace_path(&place, "nothing"), note, &seen, &err), GPQ_E_INPUT_MISSING);
	assert_int_equal(err.status, GPQ_E_INPUT_MISSING);
	assert_non_null(strstr(err.message, place.path));
	assert_int_equal(gpq_walk(&budget, "", note, &seen, &err), GPQ_E_INPUT_MISSING);
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_walk(&budget, workplace_path(&place, "file/below"), note, &seen, &err),
			 GPQ_E_INPUT_MISSING);
	assert_int_equal(symlink("nothing", workplace_path(&place, "link")), 0);
	assert_int_equal(gpq_walk(&budget, place.path, note, &seen, &err), GPQ_E_INPUT_MISSING);
	assert_int_equal(seen.count, 0);
}

static void folder_closed(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	struct seen seen = { 0 };
	if (geteuid() == 0) {
		print_message("skipped: the superuser may list everything\n");
		return;
	}
	workplace_folder(&place, "closed");
	chmod(place.path, 0);
	assert_int_equal(gpq_walk(&budget, place.folder, note, &seen, &err), GPQ_E_PERMISSION);
	assert_non_null(strstr(err.message, "closed"));
	chmod(place.path, 0700);
}

static void visit_stops_it(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	struct seen seen = { .stop_at = 2, .root_len = strlen(place.folder) };
	workplace_folder(&place, "a");
	workplace_file(&place, "a/1", "x", 1);
	workplace_file(&place, "a/2", "x", 1);
	workplace_file(&place, "a/3", "x", 1);
	assert_int_equal(gpq_walk(&budget, place.folder, note, &seen, &err), GPQ_E_INTERRUPTED);
	assert_string_equal(err.message, "enough");
	assert_string_equal(seen.text, "/a/1\n/a/2\n");
}

static void too_deep(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	struct seen seen = { 0 };
	char path[300] = "";
	for (int i = 1; i < 64; i++) {
		strcat(path, i == 1 ? "d" : "/d");
		workplace_folder(&place, path);
	}
	assert_int_equal(gpq_walk(&budget, place.folder, note, &seen, &err), GPQ_OK);
	assert_true(atomic_load(&budget.peak_bytes) <= gpq_walk_need());
	strcat(path, "/d");
	workplace_folder(&place, path);
	assert_int_equal(gpq_walk(&budget, place.folder, note, &seen, &err), GPQ_E_SYSTEM);
	assert_non_null(strstr(err.message, "deeper than 64"));
}

static void budget_too_small(void **state)
{
	(void)state;
	workplace_folder(&place, "a");
	workplace_file(&place, "a/1", "x", 1);
	for (long fail_at = 1;; fail_at++) {
		struct gpq_error err = { 0 };
		struct seen seen = { 0 };
		atomic_store(&budget.allocations, 0);
		budget.fail_at = fail_at;
		enum gpq_status status = gpq_walk(&budget, place.folder, note, &seen, &err);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK) {
			assert_int_equal(fail_at, 6);
			break;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_int_equal(err.status, GPQ_E_BUDGET);
	}
}

static void byte_order(void **state)
{
	(void)state;
	static const char *const folders[] = { "b", "b/x", "b.d", ".hidden", "empty", "\xff\xfe" };
	static const char *const files[] = { "a",  "B",     "b/z",  "b/x/1",    "b/.no", "b.csv",      "b-1",
					     "b0", "b.d/1", "c\n1", "\xc3\xa4", "\x80",  ".hidden/no", "\xff\xfe/1" };
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		workplace_folder(&place, folders[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		workplace_file(&place, files[i], "x", 1);
	expect_walk(place.folder,
		    "/B\n/a\n/b/x/1\n/b/z\n/b-1\n/b.csv\n/b.d/1\n/b0\n/c\n1\n/\x80\n/\xc3\xa4\n/\xff\xfe/1\n");
	expect_walk(workplace_path(&place, "b/"), "x/1\nz\n");
	expect_walk(workplace_path(&place, ".hidden/no"), "\n");
	assert_int_equal(chdir(place.folder), 0);
	expect_walk(".", "/B\n/a\n/b/x/1\n/b/z\n/b-1\n/b.csv\n/b.d/1\n/b0\n/c\n1\n/\x80\n/\xc3\xa4\n/\xff\xfe/1\n");
	assert_int_equal(chdir("/"), 0);
}

static void kinds_and_links(void **state)
{
	(void)state;
	workplace_folder(&place, "a");
	workplace_folder(&place, "a/b");
	workplace_file(&place, "a/b/file", "xyz", 3);
	assert_int_equal(symlink("../..", workplace_path(&place, "a/b/up")), 0);
	assert_int_equal(symlink(".", workplace_path(&place, "a/same")), 0);
	assert_int_equal(symlink("self", workplace_path(&place, "self")), 0);
	assert_int_equal(symlink("nothing", workplace_path(&place, "broken")), 0);
	assert_int_equal(symlink("a/b/file", workplace_path(&place, "link")), 0);
	assert_int_equal(symlink("a/b", workplace_path(&place, "zfolder")), 0);
	assert_int_equal(mkfifo(workplace_path(&place, "pipe"), 0600), 0);
	/* 'zfolder' leads to a/b by another way; 'up' in it to the root, which is open: not entered again. */
	expect_walk(place.folder, "/a/b/file\n/broken!\n/link\n/pipe!\n/self!\n/zfolder/file\n");
	expect_walk(workplace_path(&place, "pipe"), "!\n");
	struct seen seen = { 0 };
	assert_int_equal(gpq_walk(&budget, workplace_path(&place, "link"), note, &seen, NULL), GPQ_OK);
	assert_int_equal(seen.bytes, 3);
}

/* More names than the room of a listing holds: several passes give each name once, in order. */
static void more_names_than_room(void **state)
{
	(void)state;
	struct gpq_listing listing;
	const char *name = NULL;
	char last[300] = "", wanted[300];
	size_t n = 0;
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(wanted, sizeof(wanted), "%04u%.*s", i * 1009 % 3000, (int)(i * 7919 % 200),
			 "---------------------------------------------------------------------------------------------"
			 "----------"
			 "---------------------------------------------------------------------------------------------"
			 "----");
		workplace_file(&place, wanted, "", 0);
	}
	assert_int_equal(gpq_listing_init(&listing, &budget, GPQ_LISTING_FLOOR_BYTES, NULL), GPQ_OK);
	for (;;) {
		assert_int_equal(gpq_listing_next(&listing, place.folder, &name, NULL), GPQ_OK);
		if (!name)
			break;
		assert_true(strcmp(name, last) > 0);
		snprintf(wanted, sizeof(wanted), "%04zu", n++);
		assert_int_equal(strncmp(name, wanted, 4), 0);
		snprintf(last, sizeof(last), "%s", name);
	}
	assert_int_equal(n, 3000);
	gpq_listing_done(&listing);
	gpq_listing_done(&listing);
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_listing_init(&listing, &budget, 100, &err), GPQ_E_BUG);
	assert_int_equal(gpq_listing_init(&listing, &budget, GPQ_LISTING_FLOOR_BYTES, NULL), GPQ_OK);
	assert_int_equal(gpq_listing_next(&listing, workplace_path(&place, "0000/x"), &name, &err),
			 GPQ_E_INPUT_MISSING);
	gpq_listing_done(&listing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(root_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(folder_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(visit_stops_it, setup, teardown),
		cmocka_unit_test_setup_teardown(too_deep, setup, teardown),
		cmocka_unit_test_setup_teardown(budget_too_small, setup, teardown),
		cmocka_unit_test_setup_teardown(byte_order, setup, teardown),
		cmocka_unit_test_setup_teardown(kinds_and_links, setup, teardown),
		cmocka_unit_test_setup_teardown(more_names_than_room, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
