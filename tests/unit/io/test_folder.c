// SPDX-License-Identifier: MIT
#include "unit/io/workplace.h"

#include "io/folder.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)4 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void make_refused(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_folder_make(place.path, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOTDIR);
	assert_non_null(strstr(err.message, place.path));
	assert_int_equal(gpq_folder_make(workplace_path(&place, "file/a/b"), &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOTDIR);
	assert_int_equal(gpq_folder_make("", &err), GPQ_E_SYSTEM);
	assert_int_equal(symlink("nothing", workplace_path(&place, "link")), 0);
	assert_int_equal(gpq_folder_make(place.path, &err), GPQ_E_SYSTEM);
	char *path = test_malloc(5000);
	memset(path, 'x', 4999);
	path[4999] = '\0';
	assert_int_equal(gpq_folder_make(path, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENAMETOOLONG);
	uint64_t bytes = 77;
	assert_int_equal(gpq_folder_free_bytes(path, &bytes, &err), GPQ_E_SYSTEM);
	assert_int_equal(gpq_folder_sweep(&budget, path, &err), GPQ_E_SYSTEM);
	assert_int_equal(bytes, 77);
	test_free(path);
}

static void make(void **state)
{
	(void)state;
	struct stat status;
	static const char *const names[] = { "a", "a/b/c", "d//e///f/", "a/b/c/../g", "" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (int again = 0; again < 2; again++) {
			assert_int_equal(gpq_folder_make(workplace_path(&place, names[i]), NULL), GPQ_OK);
			assert_int_equal(stat(place.path, &status), 0);
			assert_true(S_ISDIR(status.st_mode));
		}
	assert_int_equal(gpq_folder_make("/", NULL), GPQ_OK);
	assert_int_equal(gpq_folder_make(".", NULL), GPQ_OK);
	assert_int_equal(chdir(place.folder), 0);
	assert_int_equal(gpq_folder_make("relative/x", NULL), GPQ_OK);
	assert_int_equal(access("relative/x", F_OK), 0);
	assert_int_equal(chdir("/"), 0);
}

static void sync_folder(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_folder_sync(place.folder, NULL), GPQ_OK);
	assert_int_equal(gpq_folder_sync(workplace_path(&place, "nothing"), &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_folder_sync(place.path, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOTDIR);
}

static void free_bytes(void **state)
{
	(void)state;
	struct statvfs status;
	uint64_t here = 0, below = 0;
	assert_int_equal(gpq_folder_free_bytes(place.folder, &here, NULL), GPQ_OK);
	assert_int_equal(gpq_folder_free_bytes(workplace_path(&place, "not/made//yet/"), &below, NULL), GPQ_OK);
	assert_int_equal(statvfs(place.folder, &status), 0);
	uint64_t size = (uint64_t)status.f_blocks * status.f_frsize;
	assert_true(here > 0 && here <= size && below > 0 && below <= size);
	assert_int_equal(gpq_folder_free_bytes("not/made/yet", &below, NULL), GPQ_OK);
	assert_int_equal(gpq_folder_free_bytes("/not-made-yet", &below, NULL), GPQ_OK);
}

static void exists(void **state)
{
	(void)state;
	assert_true(gpq_path_exists(place.folder));
	assert_false(gpq_path_exists(workplace_path(&place, "link")));
	assert_int_equal(symlink("nothing", place.path), 0);
	assert_true(gpq_path_exists(place.path));
}

static void sweep(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool stays;
	} files[] = {
		{ ".a.parquet.0123456789abcdef.tmp", false },
		{ "deep/.hidden/.b.0123456789abcdef.tmp", false },
		{ "deep/.spill.0123456789abcdef.tmp", false },
		{ "a.parquet", true },
		{ ".a.tmp", true },
		{ "a.0123456789abcdef.tmp", true },
		{ ".a.0123456789ABCDEF.tmp", true },
		{ "deep/.lock", true },
		{ "other/.c.0123456789abcdef.tmp", true },
	};
	workplace_folder(&place, "out");
	workplace_folder(&place, "out/deep");
	workplace_folder(&place, "out/deep/.hidden");
	workplace_folder(&place, "out/.d.0123456789abcdef.tmp");
	workplace_folder(&place, "elsewhere");
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/out/other", place.folder);
	assert_int_equal(symlink("../elsewhere", path), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "out/%s", files[i].name);
		workplace_file(&place, path, "x", 1);
	}
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_folder_sweep(&budget, workplace_path(&place, "out"), &err), GPQ_OK);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "out/%s", files[i].name);
		if ((access(workplace_path(&place, path), F_OK) == 0) != files[i].stays)
			fail_msg("%s", files[i].name);
	}
	assert_int_equal(access(workplace_path(&place, "out/.d.0123456789abcdef.tmp"), F_OK), 0);
	assert_int_equal(gpq_folder_sweep(&budget, workplace_path(&place, "nothing"), &err), GPQ_E_INPUT_MISSING);
	for (long fail_at = 1;; fail_at++) {
		atomic_store(&budget.allocations, 0);
		budget.fail_at = fail_at;
		enum gpq_status status = gpq_folder_sweep(&budget, workplace_path(&place, "out"), &err);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK)
			break;
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_true(fail_at < 20);
	}
}

static void lock(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	int first = -1, second = 77;
	const char *path = workplace_path(&place, "lock");
	assert_int_equal(gpq_lock(path, &first, NULL), GPQ_OK);
	assert_int_equal(gpq_lock(path, &second, &err), GPQ_E_LOCKED);
	assert_int_equal(second, 77);
	assert_int_equal(err.status, GPQ_E_LOCKED);
	assert_non_null(strstr(err.message, path));
	gpq_unlock(first);
	gpq_unlock(-1);
	assert_int_equal(gpq_lock(path, &second, NULL), GPQ_OK);
	gpq_unlock(second);
	assert_int_equal(gpq_lock(workplace_path(&place, "no/lock"), &second, &err), GPQ_E_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_int_equal(gpq_lock(place.folder, &second, &err), GPQ_E_SYSTEM);
}

static void lock_ends_with_its_process(void **state)
{
	(void)state;
	int fd = -1, status = 0;
	const char *path = workplace_path(&place, "lock");
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(gpq_lock(path, &fd, NULL) == GPQ_OK ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(gpq_lock(path, &fd, NULL), GPQ_OK);
	gpq_unlock(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(make_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(make, setup, teardown),
		cmocka_unit_test_setup_teardown(sync_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(free_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(exists, setup, teardown),
		cmocka_unit_test_setup_teardown(sweep, setup, teardown),
		cmocka_unit_test_setup_teardown(lock, setup, teardown),
		cmocka_unit_test_setup_teardown(lock_ends_with_its_process, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
