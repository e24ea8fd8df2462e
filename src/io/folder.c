// SPDX-License-Identifier: MIT
#include "io/folder.h"

#include "io/listing.h"
#include "io/tempname.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SWEEP_LISTING_BYTES ((size_t)64 << 10)
#define CAP_DEPTH           64

static bool is_folder(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Cuts the last name off 'path'; what is left is the folder above, "." or "/" where no name is left. */
static void folder_above(char *path)
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0)
		path[len++] = '.';
	path[len] = '\0';
}

/* One folder whose folder above is there. */
static enum gpq_status folder_make_one(const char *path, struct gpq_error *err)
{
	char above[PATH_MAX];
	if (mkdir(path, 0777) == 0) {
		strcpy(above, path);
		folder_above(above);
		return gpq_folder_sync(above,
				       err); /* else a crash may leave a manifest that names files nobody finds */
	}
	int sys_errno = errno;
	if (is_folder(path))
		return GPQ_OK;
	if (sys_errno == EEXIST)
		return gpq_fail_errno(err, ENOTDIR, "%s cannot be made", path);
	return gpq_fail_errno(err, sys_errno, "%s cannot be made", path);
}

enum gpq_status gpq_folder_make(const char *path, struct gpq_error *err)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	if (len >= sizeof(part))
		return gpq_fail_errno(err, ENAMETOOLONG, "a folder cannot be made (%zu bytes of path)", len);
	if (is_folder(path))
		return GPQ_OK;
	memcpy(part, path, len + 1);
	for (size_t at = 1; at < len; at++) {
		if (part[at] != '/' || part[at - 1] == '/')
			continue;
		part[at] = '\0';
		GPQ_TRY(folder_make_one(part, err));
		part[at] = '/';
	}
	return folder_make_one(part, err);
}

enum gpq_status gpq_folder_sync(const char *path, struct gpq_error *err)
{
	int fd, result;
	do
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return gpq_fail_errno(err, errno, "%s cannot be opened to be synced", path);
	do
		result = fsync(fd);
	while (result != 0 && errno == EINTR);
	int sys_errno = errno;
	close(fd);
	if (result != 0 && sys_errno != EINVAL) /* fsync(2): a file system where folders need no sync */
		return gpq_fail_errno(err, sys_errno, "%s cannot be synced", path);
	return GPQ_OK;
}

enum gpq_status gpq_folder_free_bytes(const char *path, uint64_t *out, struct gpq_error *err)
{
	char part[PATH_MAX];
	struct statvfs status;
	size_t len = strlen(path);
	if (len >= sizeof(part))
		return gpq_fail_errno(err, ENAMETOOLONG, "free space is not known (%zu bytes of path)", len);
	memcpy(part, path, len + 1);
	while (statvfs(part, &status) != 0) {
		int sys_errno = errno;
		bool top = strcmp(part, "/") == 0 || strcmp(part, ".") == 0;
		if (sys_errno == EINTR)
			continue;
		if (top || (sys_errno != ENOENT && sys_errno != ENOTDIR))
			return gpq_fail_errno(err, sys_errno, "free space on %s is not known", path);
		folder_above(part);
	}
	*out = (uint64_t)status.f_bavail * status.f_frsize;
	return GPQ_OK;
}

bool gpq_path_exists(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0;
}

struct sweep {
	struct gpq_budget *budget;
	size_t path_len;
	char path[PATH_MAX];
};

static enum gpq_status folder_sweep(struct sweep *sweep, unsigned depth, struct gpq_error *err);

static enum gpq_status name_sweep(struct sweep *sweep, unsigned depth, const char *name, struct gpq_error *err)
{
	struct stat status;
	size_t path_len = sweep->path_len;
	size_t len = strlen(name);
	if (path_len + 1 + len >= sizeof(sweep->path))
		return GPQ_OK; /* no run of ours can have made it */
	sweep->path[path_len] = '/';
	memcpy(sweep->path + path_len + 1, name, len + 1);
	sweep->path_len = path_len + 1 + len;
	enum gpq_status result = GPQ_OK;
	if (lstat(sweep->path, &status) != 0)
		result = errno == ENOENT ? GPQ_OK : gpq_fail_errno(err, errno, "%s cannot be examined", sweep->path);
	else if (S_ISDIR(status.st_mode) && depth < CAP_DEPTH)
		result = folder_sweep(sweep, depth + 1, err);
	else if (S_ISREG(status.st_mode) && gpq_tempname_is(name) && unlink(sweep->path) != 0 && errno != ENOENT)
		result = gpq_fail_errno(err, errno, "%s, left by a dead run, cannot be removed", sweep->path);
	sweep->path_len = path_len;
	sweep->path[path_len] = '\0';
	return result;
}

static enum gpq_status folder_sweep(struct sweep *sweep, unsigned depth, struct gpq_error *err)
{
	struct gpq_listing *listing = NULL;
	const char *name = NULL;
	GPQ_TRY(gpq_alloc(sweep->budget, GPQ_TAG_IO, sizeof(*listing), &listing, err));
	enum gpq_status status =
	    gpq_listing_init(listing, sweep->budget, depth ? GPQ_LISTING_FLOOR_BYTES : SWEEP_LISTING_BYTES, err);
	if (status != GPQ_OK)
		memset(listing, 0, sizeof(*listing));
	while (status == GPQ_OK) {
		status = gpq_listing_next(listing, sweep->path, &name, err);
		if (status != GPQ_OK || !name)
			break;
		status = name_sweep(sweep, depth, name, err);
	}
	gpq_listing_done(listing);
	gpq_free(sweep->budget, GPQ_TAG_IO, listing, sizeof(*listing));
	return status;
}

enum gpq_status gpq_folder_sweep(struct gpq_budget *budget, const char *path, struct gpq_error *err)
{
	struct sweep *sweep = NULL;
	size_t len = strlen(path);
	if (len >= PATH_MAX)
		return gpq_fail_errno(err, ENAMETOOLONG, "a folder cannot be swept (%zu bytes of path)", len);
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_IO, sizeof(*sweep), &sweep, err));
	sweep->budget = budget;
	sweep->path_len = len;
	memcpy(sweep->path, path, len + 1);
	enum gpq_status status = folder_sweep(sweep, 0, err);
	gpq_free(budget, GPQ_TAG_IO, sweep, sizeof(*sweep));
	return status;
}

enum gpq_status gpq_lock(const char *path, int *out_fd, struct gpq_error *err)
{
	int fd, result;
	do
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return gpq_fail_errno(err, errno, "the lock %s cannot be opened", path);
	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result != 0 && errno == EINTR);
	int sys_errno = errno;
	if (result == 0) {
		*out_fd = fd;
		return GPQ_OK;
	}
	close(fd);
	if (sys_errno == EWOULDBLOCK)
		return gpq_fail(err, GPQ_E_LOCKED, "another run holds the lock %s", path);
	return gpq_fail_errno(err, sys_errno, "the lock %s cannot be taken", path);
}

void gpq_unlock(int fd)
{
	if (fd >= 0)
		close(fd); /* the file stays: removing it would let two runs lock two files of one name */
}
