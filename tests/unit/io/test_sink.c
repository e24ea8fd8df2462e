// SPDX-License-Identifier: MIT
#include "unit/io/workplace.h"

#include "io/folder.h"
#include "io/sink.h"
#include "io/tempname.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mount.h>

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)8 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	umount2(workplace_path(&place, "small"), MNT_DETACH); /* where a test failed with it in place */
	workplace_close(&place);
	return 0;
}

/* Entries of a folder but "." and ".."; the last one's name. */
static size_t names_in(const char *folder, char last[256])
{
	DIR *listing = opendir(folder);
	size_t n = 0;
	assert_non_null(listing);
	for (struct dirent *entry; (entry = readdir(listing));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			snprintf(last, 256, "%s", entry->d_name);
			n++;
		}
	closedir(listing);
	return n;
}

static void expect_content(const char *path, const uint8_t *bytes, size_t len)
{
	uint8_t *seen = test_malloc(len + 1);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(seen, 1, len + 1, file), len);
	fclose(file);
	assert_memory_equal(seen, bytes, len);
	test_free(seen);
}

static uint8_t *pattern(size_t len)
{
	uint8_t *bytes = test_malloc(len);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + (i >> 16));
	return bytes;
}

/* --- failing cases first --- */

static void closed_early_leaves_nothing(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	char name[256];
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a.parquet"), &sink, NULL), GPQ_OK);
	assert_int_equal(names_in(place.folder, name), 1);
	assert_true(gpq_tempname_is(name));
	assert_int_equal(strncmp(name, ".a.parquet.", 11), 0);
	assert_int_equal(gpq_sink_write(sink, "x", 1, NULL), GPQ_OK);
	gpq_sink_close(sink);
	assert_int_equal(names_in(place.folder, name), 0);
	gpq_sink_close(NULL);
}

static void calls_out_of_order(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	char byte;
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, &err), GPQ_E_BUG);
	assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_write(sink, "x", 1, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, &err), GPQ_E_BUG);
	assert_int_equal(gpq_sink_read(sink, 1, &byte, 1, &err), GPQ_E_BUG);
	assert_int_equal(gpq_sink_read(sink, UINT64_MAX, &byte, 1, &err), GPQ_E_BUG);
	assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_write(sink, "x", 1, &err), GPQ_E_BUG);
	assert_non_null(strstr(err.message, "after it was published"));
	gpq_sink_close(sink);
}

static void no_place_for_it(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "file/a"), &sink, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOTDIR);
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "folder/"), &sink, &err), GPQ_E_USAGE);
	assert_null(sink);
	workplace_folder(&place, "taken");
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "taken"), &sink, &err), GPQ_OK);
	assert_int_equal(gpq_sink_sync(sink, &err), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, EISDIR);
	gpq_sink_close(sink);
	char *path = test_malloc(5000);
	memset(path, 'x', 4999);
	path[4999] = '\0';
	assert_int_equal(gpq_sink_open(&budget, path, &sink, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENAMETOOLONG);
	test_free(path);
}

static void replaced_while_suspended(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	char name[256];
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
	assert_int_equal(names_in(place.folder, name), 1);
	workplace_file(&place, "other", "x", 1);
	char other[PATH_MAX];
	strcpy(other, place.path);
	assert_int_equal(rename(other, workplace_path(&place, name)), 0);
	assert_int_equal(gpq_sink_write(sink, "x", 1, &err), GPQ_E_SYSTEM);
	assert_non_null(strstr(err.message, "replaced"));
	assert_int_equal(unlink(workplace_path(&place, name)), 0);
	assert_int_equal(gpq_sink_write(sink, "x", 1, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	gpq_sink_close(sink);
}

static void disk_full(void **state)
{
	(void)state;
	workplace_folder(&place, "small");
	char folder[PATH_MAX];
	strcpy(folder, place.path);
	if (mount("none", folder, "tmpfs", 0, "size=1m") != 0) {
		print_message("skipped: no small file system can be mounted here\n");
		return;
	}
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	char name[256];
	uint8_t *bytes = pattern(300000);
	enum gpq_status status = GPQ_OK;
	uint64_t before = 0;
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "small/below/a"), &sink, &err), GPQ_OK);
	for (int i = 0; i < 10 && status == GPQ_OK; i++) {
		before = gpq_sink_offset(sink);
		status = gpq_sink_write(sink, bytes, 300000, &err);
	}
	assert_int_equal(status, GPQ_E_DISK_FULL);
	assert_int_equal(err.status, GPQ_E_DISK_FULL);
	assert_int_equal(err.sys_errno, ENOSPC);
	assert_true(err.byte > 0 && err.byte <= (1 << 20));
	assert_non_null(strstr(err.message, "cannot be written"));
	assert_int_equal(gpq_sink_offset(sink), before);
	assert_int_equal(gpq_sink_write(sink, "x", 1, &err), GPQ_E_DISK_FULL);
	assert_int_equal(gpq_sink_sync(sink, &err), GPQ_E_DISK_FULL);
	assert_int_equal(gpq_sink_publish(sink, &err), GPQ_E_BUG);
	gpq_sink_close(sink);
	assert_int_equal(names_in(workplace_path(&place, "small/below"), name), 0);
	assert_int_equal(umount(folder), 0);
	test_free(bytes);
}

static void budget_too_small(void **state)
{
	(void)state;
	char name[256];
	for (long fail_at = 1;; fail_at++) {
		struct gpq_budget tight;
		struct gpq_sink *sink = NULL;
		struct gpq_error err = { 0 };
		gpq_budget_init(&tight, gpq_sink_need());
		tight.fail_at = fail_at;
		enum gpq_status status = gpq_sink_open(&tight, workplace_path(&place, "a"), &sink, &err);
		if (status == GPQ_OK)
			status = gpq_sink_write(sink, "x", 1, &err);
		gpq_sink_close(sink);
		assert_int_equal(atomic_load(&tight.used_bytes), 0);
		assert_int_equal(names_in(place.folder, name), 0);
		if (status == GPQ_OK) {
			assert_int_equal(fail_at, 3);
			break;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_int_equal(err.status, GPQ_E_BUDGET);
	}
}

/* --- what works --- */

static void publish_replaces(void **state)
{
	(void)state;
	static const size_t steps[] = { 1, 1000, 4096, 262143, 262144, 262145, 600000 };
	size_t len = 1200000;
	uint8_t *bytes = pattern(len);
	char name[256];
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct gpq_sink *sink = NULL;
		size_t whole = steps[i] == 1 ? 10000 : len;
		assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "new/folders/a.parquet"), &sink, NULL),
				 GPQ_OK);
		assert_string_equal(gpq_sink_target(sink), place.path);
		for (size_t at = 0; at < whole;) {
			size_t step = steps[i] < whole - at ? steps[i] : whole - at;
			assert_int_equal(gpq_sink_offset(sink), at);
			assert_int_equal(gpq_sink_write(sink, bytes + at, step, NULL), GPQ_OK);
			at += step;
		}
		assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
		assert_int_equal(gpq_sink_publish(sink, NULL), GPQ_OK);
		gpq_sink_close(sink);
		expect_content(place.path, bytes, whole);
		assert_int_equal(names_in(workplace_path(&place, "new/folders"), name), 1);
		assert_string_equal(name, "a.parquet");
	}
	test_free(bytes);
}

static void suspended_and_read_back(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	size_t len = 700000;
	uint8_t *bytes = pattern(len), *seen = test_malloc(len);
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
	for (size_t at = 0; at < len; at += 50000) {
		assert_int_equal(gpq_sink_write(sink, bytes + at, 50000, NULL), GPQ_OK);
		if (at % 3 == 0) {
			assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
			assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
			assert_true(atomic_load(&budget.used_bytes) < 4096);
		}
		assert_int_equal(gpq_sink_read(sink, at / 2, seen, at / 2 + 50000, NULL), GPQ_OK);
		assert_memory_equal(seen, bytes + at / 2, at / 2 + 50000);
	}
	assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, NULL), GPQ_OK);
	gpq_sink_close(sink);
	expect_content(place.path, bytes, len);
	test_free(bytes);
	test_free(seen);
}

struct reader {
	struct gpq_sink *sink;
	const uint8_t *bytes;
	_Atomic uint64_t written;
	atomic_bool stop;
	unsigned wrong;
};

static void *reader_run(void *argument)
{
	struct reader *reader = argument;
	uint8_t seen[3000];
	for (uint64_t i = 0; !atomic_load(&reader->stop); i++) {
		uint64_t end = atomic_load(&reader->written);
		if (end < sizeof(seen))
			continue;
		uint64_t at = i * 7919 % (end - sizeof(seen) + 1);
		if (gpq_sink_read(reader->sink, at, seen, sizeof(seen), NULL) != GPQ_OK ||
		    memcmp(seen, reader->bytes + at, sizeof(seen)) != 0)
			reader->wrong++;
	}
	return NULL;
}

static void read_from_another_thread(void **state)
{
	(void)state;
	size_t len = 2000000;
	struct reader reader = { .bytes = pattern(len) };
	pthread_t thread;
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &reader.sink, NULL), GPQ_OK);
	assert_int_equal(pthread_create(&thread, NULL, reader_run, &reader), 0);
	for (size_t at = 0; at < len; at += 1000) {
		assert_int_equal(gpq_sink_write(reader.sink, reader.bytes + at, 1000, NULL), GPQ_OK);
		assert_int_equal(gpq_sink_offset(reader.sink), at + 1000);
		atomic_store(&reader.written, at + 1000);
	}
	atomic_store(&reader.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(reader.wrong, 0);
	gpq_sink_close(reader.sink);
	test_free((void *)(uintptr_t)reader.bytes);
}

static void temporary_names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is;
	} cases[] = {
		{ ".a.0123456789abcdef.tmp", true },
		{ "..0123456789abcdef.tmp", false },
		{ ".a.b.parquet.00000000ffffffff.tmp", true },
		{ "a.0123456789abcdef.tmp", false },
		{ ".a.0123456789abcdeF.tmp", false },
		{ ".a.0123456789abcde.tmp", false },
		{ ".a.0123456789abcdef.tmp2", false },
		{ ".a0123456789abcdef.tmp", false },
		{ ".tmp", false },
		{ "", false },
		{ ".a.0123456789abcdef0.tmp", false },
		{ ".lock", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (gpq_tempname_is(cases[i].name) != cases[i].is)
			fail_msg("%s", cases[i].name);
	struct gpq_sink *sink = NULL;
	char name[256], path[PATH_MAX];
	memset(name, 'n', 255);
	name[255] = '\0';
	snprintf(path, sizeof(path), "%s/%s", place.folder, name);
	assert_int_equal(gpq_sink_open(&budget, path, &sink, NULL), GPQ_OK);
	assert_int_equal(names_in(place.folder, name), 1);
	assert_true(gpq_tempname_is(name));
	assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, NULL), GPQ_OK);
	gpq_sink_close(sink);
	assert_true(gpq_path_exists(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(closed_early_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_out_of_order, setup, teardown),
		cmocka_unit_test_setup_teardown(no_place_for_it, setup, teardown),
		cmocka_unit_test_setup_teardown(replaced_while_suspended, setup, teardown),
		cmocka_unit_test_setup_teardown(disk_full, setup, teardown),
		cmocka_unit_test_setup_teardown(budget_too_small, setup, teardown),
		cmocka_unit_test_setup_teardown(publish_replaces, setup, teardown),
		cmocka_unit_test_setup_teardown(suspended_and_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(read_from_another_thread, setup, teardown),
		cmocka_unit_test_setup_teardown(temporary_names, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
