// SPDX-License-Identifier: MIT
#include "io/source_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux moves at most 0x7ffff000 bytes a call (read(2)); asking for less keeps the arithmetic plain. */
#define CAP_CALL_BYTES ((size_t)1 << 30)

static enum gpq_status file_check(int fd, struct gpq_source_file *file, struct gpq_error *err)
{
	struct stat status;
	if (fstat(fd, &status) != 0)
		return gpq_fail_errno(err, errno, "cannot be examined");
	if (S_ISDIR(status.st_mode))
		return gpq_fail(err, GPQ_E_USAGE, "is a folder, not a file");
	if (!S_ISREG(status.st_mode))
		return gpq_fail(err, GPQ_E_USAGE, "is a %s, not a regular file: inputs are read more than once",
				S_ISFIFO(status.st_mode) ? "pipe" : "device or socket");
	*file = (struct gpq_source_file){ .fd = fd, .size_bytes = (uint64_t)status.st_size };
	return GPQ_OK;
}

static enum gpq_status open_failed(int sys_errno, struct gpq_error *err)
{
	if (sys_errno == ENXIO) /* a socket, or a device that is not there */
		return gpq_fail(err, GPQ_E_USAGE, "is a device or socket, not a regular file");
	enum gpq_status status = gpq_fail_errno(err, sys_errno, "cannot be opened");
	if (sys_errno == ENOENT || sys_errno == ENOTDIR) {
		status = GPQ_E_INPUT_MISSING;
		if (err)
			err->status = status;
	}
	return status;
}

enum gpq_status gpq_source_file_open(struct gpq_source_file *file, const char *path, struct gpq_error *err)
{
	int fd;
	do /* O_NONBLOCK: opening a pipe must not wait for its writer; regular files know no such state */
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return open_failed(errno, err);
	enum gpq_status status = file_check(fd, file, err);
	if (status != GPQ_OK) {
		close(fd);
		return status;
	}
	(void)posix_fadvise(fd, 0, 0,
			    POSIX_FADV_SEQUENTIAL); /* advice: a file system that has no use for it is no failure */
	return GPQ_OK;
}

void gpq_source_file_close(struct gpq_source_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static enum gpq_status read_failed(int sys_errno, uint64_t offset, struct gpq_error *err)
{
	enum gpq_status status = gpq_fail_errno(err, sys_errno, "cannot be read");
	if (err)
		err->byte = offset;
	return status;
}

enum gpq_status gpq_source_file_shrank(const struct gpq_source_file *file, uint64_t offset, struct gpq_error *err)
{
	struct stat now;
	if (fstat(file->fd, &now) != 0)
		return read_failed(errno, offset, err);
	(void)gpq_fail(err, GPQ_E_TRUNCATED,
		       "shrank while it was read: had %llu bytes, has %llu now; reading stopped at byte %llu",
		       (unsigned long long)file->size_bytes, (unsigned long long)now.st_size,
		       (unsigned long long)offset);
	if (err)
		err->byte = offset;
	return GPQ_E_TRUNCATED;
}

enum gpq_status gpq_source_file_read(struct gpq_source_file *file, uint8_t *bytes, size_t cap, size_t *out_len,
				     struct gpq_error *err)
{
	size_t len = 0;
	while (len < cap) {
		size_t want = cap - len < CAP_CALL_BYTES ? cap - len : CAP_CALL_BYTES;
		ssize_t got = read(file->fd, bytes + len, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return read_failed(errno, file->read_bytes, err);
		if (got == 0)
			break;
		len += (size_t)got;
		file->read_bytes += (uint64_t)got;
	}
	if (len < cap && file->read_bytes < file->size_bytes)
		return gpq_source_file_shrank(file, file->read_bytes, err);
	*out_len = len;
	return GPQ_OK;
}

enum gpq_status gpq_source_file_peek(const struct gpq_source_file *file, uint64_t offset, uint8_t *bytes, size_t cap,
				     size_t *out_len, struct gpq_error *err)
{
	size_t len = 0;
	while (len < cap) {
		size_t want = cap - len < CAP_CALL_BYTES ? cap - len : CAP_CALL_BYTES;
		ssize_t got = pread(file->fd, bytes + len, want, (off_t)(offset + len));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return read_failed(errno, offset + len, err);
		if (got == 0)
			break;
		len += (size_t)got;
	}
	*out_len = len;
	return GPQ_OK;
}
