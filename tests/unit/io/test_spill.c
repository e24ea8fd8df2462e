// SPDX-License-Identifier: MIT
#include "unit/io/workplace.h"

#include "io/spill.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mount.h>

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)1 << 20);
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

static void nothing_before_the_first_append(void **state)
{
	(void)state;
	struct gpq_spill *spill = NULL;
	struct gpq_error err = { 0 };
	char byte;
	assert_int_equal(gpq_spill_open(&budget, workplace_path(&place, "below/spill"), &spill, NULL), GPQ_OK);
	assert_int_not_equal(access(workplace_path(&place, "below"), F_OK), 0);
	assert_int_equal(gpq_spill_read(spill, 0, &byte, 0, NULL), GPQ_OK);
	assert_int_equal(gpq_spill_read(spill, 0, &byte, 1, &err), GPQ_E_BUG);
	assert_non_null(strstr(err.message, "has 0 bytes, 1 from 0"));
	gpq_spill_release(spill, 0, 100);
	assert_int_equal(gpq_spill_bytes(spill), 0);
	gpq_spill_close(spill);
	gpq_spill_close(NULL);
}

static void no_place_for_it(void **state)
{
	(void)state;
	struct gpq_spill *spill = NULL;
	struct gpq_error err = { 0 };
	uint64_t offset = 77;
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_spill_open(&budget, place.path, &spill, NULL), GPQ_OK);
	assert_int_equal(gpq_spill_append(spill, "x", 1, &offset, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOTDIR);
	assert_int_equal(offset, 77);
	gpq_spill_close(spill);
	char *path = test_malloc(5000);
	memset(path, 'x', 4999);
	path[4999] = '\0';
	spill = NULL;
	assert_int_equal(gpq_spill_open(&budget, path, &spill, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENAMETOOLONG);
	assert_null(spill);
	test_free(path);
}

static void disk_full(void **state)
{
	(void)state;
	workplace_folder(&place, "small");
	char folder[PATH_MAX];
	strcpy(folder, place.path);
	if (mount("none", folder, "tmpfs", 0, "size=256k") != 0) {
		print_message("skipped: no small file system can be mounted here\n");
		return;
	}
	static uint8_t bytes[100000];
	struct gpq_spill *spill = NULL;
	struct gpq_error err = { 0 };
	uint64_t offset = 0;
	enum gpq_status status = gpq_spill_open(&budget, folder, &spill, NULL);
	for (int i = 0; i < 5 && status == GPQ_OK; i++)
		status = gpq_spill_append(spill, bytes, sizeof(bytes), &offset, &err);
	enum gpq_status after_release = GPQ_E_BUG;
	gpq_spill_release(spill, 0, 200000);
	after_release = gpq_spill_append(spill, bytes, sizeof(bytes), &offset, NULL);
	gpq_spill_close(spill);
	assert_int_equal(umount(folder), 0);
	assert_int_equal(status, GPQ_E_DISK_FULL);
	assert_int_equal(err.sys_errno, ENOSPC);
	assert_true(err.byte >= 200000 && err.byte <= 262144);
	assert_int_equal(after_release, GPQ_OK);
}

static void budget_too_small(void **state)
{
	(void)state;
	struct gpq_spill *spill = NULL;
	struct gpq_error err = { 0 };
	budget.fail_at = 1;
	assert_int_equal(gpq_spill_open(&budget, place.folder, &spill, &err), GPQ_E_BUDGET);
	assert_null(spill);
	assert_int_equal(err.status, GPQ_E_BUDGET);
}

static void release_gives_blocks_back(void **state)
{
	(void)state;
	struct stat before, after;
	struct gpq_spill *spill = NULL;
	size_t len = 1 << 20;
	uint8_t *bytes = test_malloc(len), *seen = test_malloc(len);
	uint64_t offset = 0;
	memset(bytes, 0xa5, len);
	assert_int_equal(gpq_spill_open(&budget, place.folder, &spill, NULL), GPQ_OK);
	assert_int_equal(gpq_spill_append(spill, bytes, len, &offset, NULL), GPQ_OK);
	char link[64];
	int fd = -1;
	for (int i = 3; i < 64 && fd < 0; i++) { /* the spill's descriptor is its own affair; the system tells which */
		char target[PATH_MAX] = "";
		snprintf(link, sizeof(link), "/proc/self/fd/%d", i);
		if (readlink(link, target, sizeof(target) - 1) > 0 &&
		    strncmp(target, place.folder, strlen(place.folder)) == 0)
			fd = i;
	}
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &before), 0);
	assert_int_equal(before.st_nlink, 0);
	gpq_spill_release(spill, 0, len / 2);
	assert_int_equal(fstat(fd, &after), 0);
	assert_int_equal(after.st_size, len);
	if (after.st_blocks == before.st_blocks)
		print_message("this file system punches no holes\n");
	assert_int_equal(gpq_spill_read(spill, len / 2, seen, len / 2, NULL), GPQ_OK);
	assert_memory_equal(seen, bytes, len / 2);
	gpq_spill_close(spill);
	test_free(bytes);
	test_free(seen);
}

static void named_where_nameless_is_unknown(void **state)
{
	(void)state;
	struct stat status;
	struct gpq_error err = { 0 };
	int fd = -1;
	assert_int_equal(gpq_spill_make_named(place.folder, &fd, NULL), GPQ_OK);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_nlink, 0);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	close(fd);
	fd = 77;
	assert_int_equal(gpq_spill_make_named(workplace_path(&place, "nothing"), &fd, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_int_equal(fd, 77);
}

#define N_THREADS 4
#define N_PIECES  200

struct worker {
	struct gpq_spill *spill;
	unsigned number, wrong;
};

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	uint8_t piece[997], seen[997];
	uint64_t offsets[N_PIECES];
	for (unsigned i = 0; i < N_PIECES; i++) {
		memset(piece, (int)(worker->number * 50 + i % 50), sizeof(piece));
		worker->wrong += gpq_spill_append(worker->spill, piece, sizeof(piece), &offsets[i], NULL) != GPQ_OK;
		unsigned back = i / 2;
		memset(piece, (int)(worker->number * 50 + back % 50), sizeof(piece));
		worker->wrong += gpq_spill_read(worker->spill, offsets[back], seen, sizeof(seen), NULL) != GPQ_OK;
		worker->wrong += memcmp(seen, piece, sizeof(seen)) != 0;
	}
	return NULL;
}

static void from_many_threads(void **state)
{
	(void)state;
	struct worker workers[N_THREADS];
	pthread_t threads[N_THREADS];
	struct gpq_spill *spill = NULL;
	assert_int_equal(gpq_spill_open(&budget, workplace_path(&place, "new/spill"), &spill, NULL), GPQ_OK);
	for (unsigned i = 0; i < N_THREADS; i++) {
		workers[i] = (struct worker){ spill, i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, worker_run, &workers[i]), 0);
	}
	for (unsigned i = 0; i < N_THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].wrong, 0);
	}
	assert_int_equal(gpq_spill_bytes(spill), N_THREADS * N_PIECES * 997);
	gpq_spill_close(spill);
	assert_int_equal(rmdir(workplace_path(&place, "new/spill")), 0); /* empty: nothing stays behind */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_before_the_first_append, setup, teardown),
		cmocka_unit_test_setup_teardown(no_place_for_it, setup, teardown),
		cmocka_unit_test_setup_teardown(disk_full, setup, teardown),
		cmocka_unit_test_setup_teardown(budget_too_small, setup, teardown),
		cmocka_unit_test_setup_teardown(release_gives_blocks_back, setup, teardown),
		cmocka_unit_test_setup_teardown(named_where_nameless_is_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(from_many_threads, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
