// SPDX-License-Identifier: MIT
#include "io/sink.h"

#include "io/folder.h"
#include "io/tempname.h"
#include "io/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h> /* rename */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Writes of whole buffers at multiples of their size let the kernel keep them in large units, which makes both writing and writing
 * back cheaper (bench/README.md). The disk is set to work every some MiB, so that the sync at the end finds little left.
 */
#define BUFFER_BYTES ((size_t)256 << 10)
#define START_BYTES  ((uint64_t)4 << 20)
#define SPAN_BYTES   ((uint64_t)4096)

struct gpq_sink {
	pthread_mutex_t lock; /* reads come from other threads than writes */
	struct gpq_budget *budget;
	size_t object_bytes;
	int fd; /* -1 while suspended and after publishing */
	dev_t device;
	ino_t inode;
	uint8_t *buffer; /* NULL until the first write and while suspended */
	size_t buffered_bytes;
	uint64_t written_bytes; /* changed by writes only, so that their thread may ask for it unlocked */
	uint64_t flushed_bytes;
	uint64_t started_bytes; /* up to here the kernel was told to put them on the disk */
	enum gpq_status failure; /* of an earlier write or sync: what is on disk is not what was given */
	bool made, synced, published;
	char *temporary; /* both texts stand in 'texts' */
	char *target;
	char texts[];
};

size_t gpq_sink_need(void)
{
	return BUFFER_BYTES + ((sizeof(struct gpq_sink) + 2 * PATH_MAX + GPQ_TEMPNAME_MORE_BYTES + 63) & ~(size_t)63);
}

static enum gpq_status folder_above_make(const char *target, struct gpq_error *err)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(target, '/');
	if (!slash || slash == target)
		return GPQ_OK;
	memcpy(folder, target, (size_t)(slash - target));
	folder[slash - target] = '\0';
	return gpq_folder_make(folder, err);
}

static enum gpq_status sink_create(struct gpq_sink *sink, struct gpq_error *err)
{
	struct stat status;
	GPQ_TRY(folder_above_make(sink->target, err));
	GPQ_TRY(gpq_tempname_create(sink->target, sink->temporary, &sink->fd, err));
	sink->made = true;
	if (fstat(sink->fd, &status) != 0)
		return gpq_fail_errno(err, errno, "%s cannot be examined", sink->temporary);
	sink->device = status.st_dev;
	sink->inode = status.st_ino;
	return GPQ_OK;
}

enum gpq_status gpq_sink_open(struct gpq_budget *budget, const char *target, struct gpq_sink **out,
			      struct gpq_error *err)
{
	struct gpq_sink *sink = NULL;
	size_t len = strlen(target);
	if (len + GPQ_TEMPNAME_MORE_BYTES >= PATH_MAX)
		return gpq_fail_errno(err, ENAMETOOLONG, "a file cannot be made (%zu bytes of path)", len);
	size_t bytes = sizeof(*sink) + 2 * len + GPQ_TEMPNAME_MORE_BYTES + 2;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, bytes, &sink, err));
	sink->budget = budget;
	sink->object_bytes = bytes;
	sink->fd = -1;
	sink->target = sink->texts;
	sink->temporary = sink->texts + len + 1;
	memcpy(sink->target, target, len + 1);
	pthread_mutex_init(&sink->lock, NULL);
	enum gpq_status status = sink_create(sink, err);
	if (status != GPQ_OK) {
		gpq_sink_close(sink);
		return status;
	}
	*out = sink;
	return GPQ_OK;
}

static void sink_rest(struct gpq_sink *sink)
{
	if (sink->fd >= 0)
		close(sink->fd);
	sink->fd = -1;
	gpq_free(sink->budget, GPQ_TAG_IO, sink->buffer, BUFFER_BYTES);
	sink->buffer = NULL;
}

void gpq_sink_close(struct gpq_sink *sink)
{
	if (!sink)
		return;
	sink_rest(sink);
	if (sink->made && !sink->published)
		unlink(sink->temporary);
	pthread_mutex_destroy(&sink->lock);
	gpq_free(sink->budget, GPQ_TAG_IO, sink, sink->object_bytes);
}

static enum gpq_status sink_usable(struct gpq_sink *sink, struct gpq_error *err)
{
	struct stat status;
	if (sink->published)
		return gpq_fail(err, GPQ_E_BUG, "%s is used after it was published", sink->target);
	if (sink->failure != GPQ_OK)
		return gpq_fail(err, sink->failure, "%s is not whole since an earlier write failed", sink->temporary);
	if (sink->fd >= 0)
		return GPQ_OK;
	int fd;
	do
		fd = open(sink->temporary, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return gpq_fail_errno(err, errno, "%s cannot be opened again", sink->temporary);
	if (fstat(fd, &status) != 0 || status.st_dev != sink->device || status.st_ino != sink->inode) {
		close(fd);
		return gpq_fail(err, GPQ_E_SYSTEM, "%s was replaced by another file", sink->temporary);
	}
	sink->fd = fd;
	return GPQ_OK;
}

static enum gpq_status sink_put(struct gpq_sink *sink, const void *bytes, size_t len, struct gpq_error *err)
{
	enum gpq_status status = gpq_transfer_write(sink->fd, sink->temporary, sink->flushed_bytes, bytes, len, err);
	if (status == GPQ_OK)
		sink->flushed_bytes += len;
	else
		sink->failure = status;
	return status;
}

static enum gpq_status sink_flush(struct gpq_sink *sink, struct gpq_error *err)
{
	if (!sink->buffered_bytes)
		return GPQ_OK;
	GPQ_TRY(sink_put(sink, sink->buffer, sink->buffered_bytes, err));
	sink->buffered_bytes = 0;
	return GPQ_OK;
}

/* Tells the kernel to begin putting bytes up to 'end' on the disk. What cannot be begun is the sync's to do; that there is no
 * room, or that the disk fails, is known now. */
static enum gpq_status sink_start(struct gpq_sink *sink, uint64_t end, struct gpq_error *err)
{
	if (end == sink->started_bytes)
		return GPQ_OK;
	int result = sync_file_range(sink->fd, (off_t)sink->started_bytes, (off_t)(end - sink->started_bytes),
				     SYNC_FILE_RANGE_WRITE);
	if (result != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
		return sink->failure = gpq_fail_errno(err, errno, "%s cannot be written", sink->temporary);
	sink->started_bytes = end & ~(SPAN_BYTES - 1); /* the last unit is written to again */
	return GPQ_OK;
}

/* Takes bytes up to the next multiple of the buffer's size at most, through the buffer or past it. */
static enum gpq_status sink_take(struct gpq_sink *sink, const uint8_t *bytes, size_t len, size_t *out_taken,
				 struct gpq_error *err)
{
	size_t room = BUFFER_BYTES - (sink->flushed_bytes + sink->buffered_bytes) % BUFFER_BYTES;
	size_t take = len < room ? len : room;
	if (!sink->buffered_bytes && room == BUFFER_BYTES && len >= BUFFER_BYTES) {
		take = len - len % BUFFER_BYTES;
		GPQ_TRY(sink_put(sink, bytes, take, err));
	} else {
		if (!sink->buffer)
			GPQ_TRY(gpq_alloc(sink->budget, GPQ_TAG_IO, BUFFER_BYTES, &sink->buffer, err));
		memcpy(sink->buffer + sink->buffered_bytes, bytes, take);
		sink->buffered_bytes += take;
		if (take == room)
			GPQ_TRY(sink_flush(sink, err));
	}
	*out_taken = take;
	return GPQ_OK;
}

static enum gpq_status sink_write(struct gpq_sink *sink, const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	GPQ_TRY(sink_usable(sink, err));
	sink->synced = false; /* also where what follows fails */
	for (size_t at = 0, taken = 0; at < len; at += taken)
		GPQ_TRY(sink_take(sink, bytes + at, len - at, &taken, err));
	if (sink->flushed_bytes - sink->started_bytes >= START_BYTES)
		GPQ_TRY(sink_start(sink, sink->flushed_bytes & ~(SPAN_BYTES - 1), err));
	sink->written_bytes += len;
	return GPQ_OK;
}

enum gpq_status gpq_sink_write(struct gpq_sink *sink, const void *bytes, size_t len, struct gpq_error *err)
{
	if (!len)
		return GPQ_OK;
	pthread_mutex_lock(&sink->lock);
	enum gpq_status status = sink_write(sink, bytes, len, err);
	pthread_mutex_unlock(&sink->lock);
	return status;
}

uint64_t gpq_sink_offset(const struct gpq_sink *sink)
{
	return sink->written_bytes;
}

static enum gpq_status sink_read(struct gpq_sink *sink, uint64_t offset, void *bytes, size_t len, struct gpq_error *err)
{
	uint64_t end = sink->written_bytes;
	GPQ_TRY(sink_usable(sink, err));
	if (offset > end || len > end - offset)
		return gpq_fail(err, GPQ_E_BUG, "%s has %llu bytes, %zu from %llu are asked back", sink->temporary,
				(unsigned long long)end, len, (unsigned long long)offset);
	if (offset + len > sink->flushed_bytes)
		GPQ_TRY(sink_flush(sink, err));
	return gpq_transfer_read(sink->fd, sink->temporary, offset, bytes, len, err);
}

enum gpq_status gpq_sink_read(struct gpq_sink *sink, uint64_t offset, void *bytes, size_t len, struct gpq_error *err)
{
	pthread_mutex_lock(&sink->lock);
	enum gpq_status status = sink_read(sink, offset, bytes, len, err);
	pthread_mutex_unlock(&sink->lock);
	return status;
}

static enum gpq_status sink_suspend(struct gpq_sink *sink, struct gpq_error *err)
{
	if (sink->buffered_bytes || (sink->fd >= 0 && sink->failure == GPQ_OK && !sink->synced)) {
		GPQ_TRY(sink_usable(sink, err));
		GPQ_TRY(sink_flush(sink, err));
		GPQ_TRY(sink_start(sink, sink->flushed_bytes, err));
	}
	sink_rest(sink);
	return GPQ_OK;
}

enum gpq_status gpq_sink_suspend(struct gpq_sink *sink, struct gpq_error *err)
{
	pthread_mutex_lock(&sink->lock);
	enum gpq_status status = sink_suspend(sink, err);
	pthread_mutex_unlock(&sink->lock);
	return status;
}

static enum gpq_status sink_sync(struct gpq_sink *sink, struct gpq_error *err)
{
	int result;
	GPQ_TRY(sink_usable(sink, err));
	GPQ_TRY(sink_flush(sink, err));
	do
		result = fsync(sink->fd);
	while (result != 0 && errno == EINTR);
	if (result != 0) /* sticky: after a failed fsync the kernel may have dropped what it could not write */
		return sink->failure = gpq_fail_errno(err, errno, "%s cannot be synced", sink->temporary);
	sink->synced = true;
	return GPQ_OK;
}

enum gpq_status gpq_sink_sync(struct gpq_sink *sink, struct gpq_error *err)
{
	pthread_mutex_lock(&sink->lock);
	enum gpq_status status = sink_sync(sink, err);
	pthread_mutex_unlock(&sink->lock);
	return status;
}

static enum gpq_status sink_publish(struct gpq_sink *sink, struct gpq_error *err)
{
	if (!sink->synced)
		return gpq_fail(err, GPQ_E_BUG, "%s is published before it was synced", sink->target);
	GPQ_TRY(sink_usable(sink, err)); /* also shows that the name still stands for this file */
	if (rename(sink->temporary, sink->target) != 0)
		return gpq_fail_errno(err, errno, "%s cannot be put in place", sink->target);
	sink->published = true;
	sink_rest(sink);
	return GPQ_OK;
}

enum gpq_status gpq_sink_publish(struct gpq_sink *sink, struct gpq_error *err)
{
	pthread_mutex_lock(&sink->lock);
	enum gpq_status status = sink_publish(sink, err);
	pthread_mutex_unlock(&sink->lock);
	return status;
}

const char *gpq_sink_target(const struct gpq_sink *sink)
{
	return sink->target;
}
