// SPDX-License-Identifier: MIT
#include "io/spill.h"

#include "io/folder.h"
#include "io/tempname.h"
#include "io/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* Behind the folder, where the file system knows no nameless files. */
#define NAMED_FILE "/spill"

struct gpq_spill {
	struct gpq_budget *budget;
	size_t object_bytes;
	pthread_mutex_t making; /* of the file, at the first append */
	atomic_int fd;          /* -1 before */
	_Atomic uint64_t appended_bytes;
	char folder[];
};

enum gpq_status gpq_spill_open(struct gpq_budget *budget, const char *folder, struct gpq_spill **out,
			       struct gpq_error *err)
{
	struct gpq_spill *spill = NULL;
	size_t len = strlen(folder);
	if (len + sizeof(NAMED_FILE) + GPQ_TEMPNAME_MORE_BYTES >= PATH_MAX)
		return gpq_fail_errno(err, ENAMETOOLONG, "a spill folder cannot be used (%zu bytes of path)", len);
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*spill) + len + 1, &spill, err));
	spill->budget = budget;
	spill->object_bytes = sizeof(*spill) + len + 1;
	atomic_init(&spill->fd, -1);
	memcpy(spill->folder, folder, len + 1);
	pthread_mutex_init(&spill->making, NULL);
	*out = spill;
	return GPQ_OK;
}

void gpq_spill_close(struct gpq_spill *spill)
{
	if (!spill)
		return;
	int fd = atomic_load(&spill->fd);
	if (fd >= 0)
		close(fd);
	pthread_mutex_destroy(&spill->making);
	gpq_free(spill->budget, GPQ_TAG_IO, spill, spill->object_bytes);
}

enum gpq_status gpq_spill_make_named(const char *folder, int *out_fd, struct gpq_error *err)
{
	char target[PATH_MAX], path[PATH_MAX];
	int fd = -1;
	size_t len = strlen(folder);
	if (len + sizeof(NAMED_FILE) + GPQ_TEMPNAME_MORE_BYTES >= PATH_MAX)
		return gpq_fail_errno(err, ENAMETOOLONG, "a spill folder cannot be used (%zu bytes of path)", len);
	memcpy(target, folder, len);
	memcpy(target + len, NAMED_FILE, sizeof(NAMED_FILE));
	GPQ_TRY(gpq_tempname_create(target, path, &fd, err));
	if (unlink(path) != 0) {
		int sys_errno = errno;
		close(fd);
		return gpq_fail_errno(err, sys_errno, "%s cannot be unlinked", path);
	}
	*out_fd = fd;
	return GPQ_OK;
}

static enum gpq_status file_make(const char *folder, int *out_fd, struct gpq_error *err)
{
	int fd;
	GPQ_TRY(gpq_folder_make(folder, err));
	do
		fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	while (fd < 0 && errno == EINTR);
	/* open(2): EOPNOTSUPP where the file system cannot, EISDIR or ENOENT where the kernel cannot */
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL))
		return gpq_spill_make_named(folder, out_fd, err);
	if (fd < 0)
		return gpq_fail_errno(err, errno, "a spill file cannot be made in %s", folder);
	*out_fd = fd;
	return GPQ_OK;
}

static enum gpq_status file_ensure(struct gpq_spill *spill, int *out_fd, struct gpq_error *err)
{
	int fd = atomic_load_explicit(&spill->fd, memory_order_acquire);
	enum gpq_status status = GPQ_OK;
	if (fd < 0) {
		pthread_mutex_lock(&spill->making);
		fd = atomic_load(&spill->fd);
		if (fd < 0)
			status = file_make(spill->folder, &fd, err);
		if (status == GPQ_OK)
			atomic_store_explicit(&spill->fd, fd, memory_order_release);
		pthread_mutex_unlock(&spill->making);
	}
	if (status == GPQ_OK)
		*out_fd = fd;
	return status;
}

enum gpq_status gpq_spill_append(struct gpq_spill *spill, const void *bytes, size_t len, uint64_t *out_offset,
				 struct gpq_error *err)
{
	int fd = -1;
	GPQ_TRY(file_ensure(spill, &fd, err));
	uint64_t offset = atomic_fetch_add(&spill->appended_bytes, len);
	GPQ_TRY(gpq_transfer_write(fd, "the spill file", offset, bytes, len, err));
	*out_offset = offset;
	return GPQ_OK;
}

enum gpq_status gpq_spill_read(struct gpq_spill *spill, uint64_t offset, void *bytes, size_t len, struct gpq_error *err)
{
	int fd = atomic_load_explicit(&spill->fd, memory_order_acquire);
	uint64_t end = gpq_spill_bytes(spill);
	if (offset > end || len > end - offset)
		return gpq_fail(err, GPQ_E_BUG, "the spill file has %llu bytes, %zu from %llu are asked back",
				(unsigned long long)end, len, (unsigned long long)offset);
	if (!len)
		return GPQ_OK;
	return gpq_transfer_read(fd, "the spill file", offset, bytes, len, err);
}

void gpq_spill_release(struct gpq_spill *spill, uint64_t offset, uint64_t len)
{
	int fd = atomic_load_explicit(&spill->fd, memory_order_acquire);
	if (fd < 0 || !len)
		return;
	/* A file system without holes keeps the blocks until close: that costs space, no more. */
	(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)len);
}

uint64_t gpq_spill_bytes(const struct gpq_spill *spill)
{
	return atomic_load(&spill->appended_bytes);
}
