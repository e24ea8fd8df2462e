// SPDX-License-Identifier: MIT
/* When the disk is set to work, and what happens where it says no: the two calls are taken over here. */
#include "unit/io/workplace.h"

#include "io/folder.h"
#include "io/sink.h"

#include <dirent.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB       ((size_t)1 << 20)
#define MAX_CALLS 64

static struct workplace place;
static struct gpq_budget budget;

/* What the kernel was told to begin, and what it answers from a call on. */
static struct {
	int start_errno, sync_errno;
	int good_starts; /* calls before the first bad one */
	int n_starts, n_syncs;
	uint64_t begin[MAX_CALLS], end[MAX_CALLS];
} disk;

int sync_file_range(int fd, off64_t offset, off64_t len, unsigned int flags)
{
	assert_true(disk.n_starts < MAX_CALLS);
	disk.begin[disk.n_starts] = (uint64_t)offset;
	disk.end[disk.n_starts] = (uint64_t)(offset + len);
	disk.n_starts++;
	if (disk.start_errno && disk.n_starts > disk.good_starts) {
		errno = disk.start_errno;
		return -1;
	}
	return (int)syscall(SYS_sync_file_range, fd, offset, len, flags);
}

int fsync(int fd)
{
	disk.n_syncs++;
	if (disk.sync_errno) {
		errno = disk.sync_errno;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

static int setup(void **state)
{
	(void)state;
	memset(&disk, 0, sizeof(disk));
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)8 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	memset(&disk, 0, sizeof(disk));
	workplace_close(&place);
	return 0;
}

static size_t names_in_place(void)
{
	DIR *listing = opendir(place.folder);
	size_t n = 0;
	assert_non_null(listing);
	for (struct dirent *entry; (entry = readdir(listing));)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(listing);
	return n;
}

/* Bytes of a file at an offset: no two MiB are alike. */
static void bytes_make(uint8_t *bytes, size_t offset, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)((offset + i) * 7 + ((offset + i) >> 8) * 13 + ((offset + i) >> 16));
}

/* Writes up to 'whole' bytes in steps of 'step'. */
static enum gpq_status grow(struct gpq_sink *sink, size_t whole, size_t step, struct gpq_error *err)
{
	uint8_t *bytes = test_malloc(step);
	enum gpq_status status = GPQ_OK;
	while (status == GPQ_OK && gpq_sink_offset(sink) < whole) {
		size_t at = gpq_sink_offset(sink), len = whole - at < step ? whole - at : step;
		bytes_make(bytes, at, len);
		status = gpq_sink_write(sink, bytes, len, err);
	}
	test_free(bytes);
	return status;
}

static void expect_whole(const char *path, size_t whole)
{
	uint8_t *seen = test_malloc(whole + 1), *wanted = test_malloc(whole);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(seen, 1, whole + 1, file), whole);
	fclose(file);
	bytes_make(wanted, 0, whole);
	assert_memory_equal(seen, wanted, whole);
	test_free(seen);
	test_free(wanted);
}

/* --- failing cases first --- */

/* The disk is full, a quota is used up, the device fails: known at once, and for good. */
static void a_disk_that_fails_while_the_file_grows(void **state)
{
	(void)state;
	static const struct {
		int sys_errno;
		enum gpq_status status;
	} cases[] = { { ENOSPC, GPQ_E_DISK_FULL }, { EDQUOT, GPQ_E_DISK_FULL }, { EIO, GPQ_E_SYSTEM } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int good = 0; good < 3; good++) {
			struct gpq_sink *sink = NULL;
			struct gpq_error err = { 0 };
			memset(&disk, 0, sizeof(disk));
			disk.start_errno = cases[i].sys_errno;
			disk.good_starts = good;
			assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
			assert_int_equal(grow(sink, 20 * MIB, 100000, &err), cases[i].status);
			assert_int_equal(disk.n_starts, good + 1);
			assert_int_equal(err.status, cases[i].status);
			assert_int_equal(err.sys_errno, cases[i].sys_errno);
			assert_non_null(strstr(err.message, "cannot be written"));
			disk.start_errno = 0;
			assert_int_equal(gpq_sink_write(sink, "x", 1, &err), cases[i].status);
			assert_non_null(strstr(err.message, "earlier write failed"));
			assert_int_equal(gpq_sink_sync(sink, &err), cases[i].status);
			assert_int_equal(gpq_sink_publish(sink, &err), GPQ_E_BUG);
			gpq_sink_close(sink);
			assert_int_equal(names_in_place(), 0);
		}
}

static void a_disk_that_fails_when_the_sink_is_suspended(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	disk.start_errno = ENOSPC;
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
	assert_int_equal(grow(sink, 10000, 10000, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_suspend(sink, &err), GPQ_E_DISK_FULL);
	assert_int_equal(err.sys_errno, ENOSPC);
	assert_int_equal(gpq_sink_sync(sink, &err), GPQ_E_DISK_FULL);
	gpq_sink_close(sink);
	assert_int_equal(names_in_place(), 0);
}

static void a_sync_that_fails_is_for_good(void **state)
{
	(void)state;
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	disk.sync_errno = ENOSPC;
	assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
	assert_int_equal(grow(sink, 5 * MIB, 100000, NULL), GPQ_OK);
	assert_int_equal(gpq_sink_sync(sink, &err), GPQ_E_DISK_FULL);
	assert_non_null(strstr(err.message, "cannot be synced"));
	disk.sync_errno = 0;
	assert_int_equal(gpq_sink_sync(sink, &err), GPQ_E_DISK_FULL);
	assert_int_equal(gpq_sink_publish(sink, &err), GPQ_E_BUG);
	gpq_sink_close(sink);
	assert_int_equal(names_in_place(), 0);
}

/* --- what works --- */

/* File systems and sandboxes that do not know the call: the sync does all of it. */
static void a_kernel_that_cannot_begin_is_no_failure(void **state)
{
	(void)state;
	static const int answers[] = { ENOSYS, EINVAL, ESPIPE, EPERM, EOPNOTSUPP };
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct gpq_sink *sink = NULL;
		disk.start_errno = answers[i];
		disk.n_starts = disk.n_syncs = 0;
		assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
		assert_int_equal(grow(sink, 9 * MIB + 12345, 70000, NULL), GPQ_OK);
		assert_true(disk.n_starts > 0);
		assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
		assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
		assert_int_equal(disk.n_syncs, 1);
		assert_int_equal(gpq_sink_publish(sink, NULL), GPQ_OK);
		gpq_sink_close(sink);
		expect_whole(workplace_path(&place, "a"), 9 * MIB + 12345);
	}
}

/* Whatever the steps: ranges follow each other from page to page without a gap, and a suspended file is begun to its end. */
static void the_disk_works_while_the_file_grows(void **state)
{
	(void)state;
	static const size_t steps[] = { 4096, 100001, 262143, 262144, 262145, 3 * MIB + 7, 11 * MIB };
	const size_t whole = 21 * MIB + 4097;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		for (int reads = 0; reads < 2; reads++) {
			struct gpq_sink *sink = NULL;
			uint8_t seen[100];
			memset(&disk, 0, sizeof(disk));
			assert_int_equal(gpq_sink_open(&budget, workplace_path(&place, "a"), &sink, NULL), GPQ_OK);
			for (size_t part = 1; part <= 5; part++) {
				assert_int_equal(grow(sink, whole / 5 * part + whole % 5 * (part == 5), steps[i], NULL), GPQ_OK);
				if (reads) /* flushes where no buffer ends */
					assert_int_equal(gpq_sink_read(sink, gpq_sink_offset(sink) - 100, seen, 100, NULL), GPQ_OK);
				if (part == 3)
					assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
			}
			assert_int_equal(gpq_sink_suspend(sink, NULL), GPQ_OK);
			assert_int_equal(disk.begin[0], 0);
			assert_int_equal(disk.end[disk.n_starts - 1], whole);
			for (int k = 1; k < disk.n_starts; k++)
				assert_int_equal(disk.begin[k], disk.end[k - 1] & ~(uint64_t)4095);
			assert_in_range(disk.n_starts, 2, 8);
			assert_int_equal(gpq_sink_sync(sink, NULL), GPQ_OK);
			assert_int_equal(gpq_sink_publish(sink, NULL), GPQ_OK);
			gpq_sink_close(sink);
			expect_whole(workplace_path(&place, "a"), whole);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_disk_that_fails_while_the_file_grows, setup, teardown),
		cmocka_unit_test_setup_teardown(a_disk_that_fails_when_the_sink_is_suspended, setup, teardown),
		cmocka_unit_test_setup_teardown(a_sync_that_fails_is_for_good, setup, teardown),
		cmocka_unit_test_setup_teardown(a_kernel_that_cannot_begin_is_no_failure, setup, teardown),
		cmocka_unit_test_setup_teardown(the_disk_works_while_the_file_grows, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
