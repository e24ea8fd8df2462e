// SPDX-License-Identifier: MIT
/* What a run has published lasts: each folder that a file was renamed in is synced, after the last rename in it. */
#include "unit/convert/archive.h"

#include <errno.h>
#include <libgen.h>
#include <sys/syscall.h>

#define MAX_FOLDERS 64

static struct archive archive;
static struct {
	char path[MAX_FOLDERS][PATH_MAX];
	bool waits[MAX_FOLDERS]; /* renamed in since it was synced */
	unsigned count, renames, syncs;
	const char *refuse; /* the end of a folder's path whose fsync fails */
} seen;

static unsigned folder_number(const char *path)
{
	unsigned i = 0;
	while (i < seen.count && strcmp(seen.path[i], path) != 0)
		i++;
	if (i == seen.count) {
		assert_true(seen.count < MAX_FOLDERS);
		snprintf(seen.path[seen.count++], PATH_MAX, "%s", path);
	}
	return i;
}

int rename(const char *from, const char *to)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", to);
	seen.waits[folder_number(dirname(path))] = true;
	seen.renames++;
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fsync(int fd)
{
	char link[64], path[PATH_MAX];
	struct stat status;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		ssize_t len = readlink(link, path, sizeof(path) - 1);
		assert_true(len > 0);
		path[len] = '\0';
		size_t end = seen.refuse ? strlen(seen.refuse) : 0;
		if (end && (size_t)len > end && strcmp(path + len - end, seen.refuse) == 0) {
			errno = EIO;
			return -1;
		}
		seen.waits[folder_number(path)] = false;
		seen.syncs++;
	}
	return (int)syscall(SYS_fsync, fd);
}

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	archive_open(&archive);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	archive_close(&archive);
	return 0;
}

static void folders_are_synced_behind_their_renames(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 2, 3);
	archive_text(&archive, "bad.csv", ARCHIVE_HEADER "\r\n7/1/2024 4:00:00 AM,no number\r\n");
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_OK);
	assert_true(seen.renames >= 7); /* the table, four of metadata, two of rejects, the list of inputs */
	for (unsigned i = 0; i < seen.count; i++)
		if (seen.waits[i])
			fail_msg("%s is not synced behind its last rename", seen.path[i]);
}

static void a_folder_that_cannot_be_synced_is_told(void **state)
{
	(void)state;
	static const char *const folders[] = { "pjm/da_energy_hourly", "metadata/nodes", ".gridpq" };
	archive_days(&archive, JULY_1, 1, 3);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		archive_remove_output(&archive);
		archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_OK);
		seen.refuse = folders[i];
		enum gpq_status status =
		    archive_convert(&archive, &(struct gpq_convert_settings){ .threads = 1, .force = true });
		seen.refuse = NULL;
		assert_int_equal(gpq_status_exit_code(status), 3);
		assert_non_null(strstr(archive.err.message, folders[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(folders_are_synced_behind_their_renames, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_synced_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
