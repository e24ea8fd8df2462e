// SPDX-License-Identifier: MIT
#include "io/ranges.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct gpq_ranges {
	struct gpq_budget *budget;
	const uint8_t *memory; /* NULL: 'fd' */
	int fd;
	uint64_t bytes;
};

static enum gpq_status descriptor_open(const char *path, int *out_fd, uint64_t *out_bytes, struct gpq_error *err)
{
	/* O_NONBLOCK: opening a pipe must not wait for a writer that never comes. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return gpq_fail(err, GPQ_E_INPUT_MISSING, "%s does not exist", path);
	if (fd < 0)
		return gpq_fail_errno(err, errno, "cannot open %s", path);
	struct stat seen;
	enum gpq_status status = GPQ_OK;
	if (fstat(fd, &seen) != 0)
		status = gpq_fail_errno(err, errno, "cannot ask for the size of %s", path);
	else if (!S_ISREG(seen.st_mode))
		status = gpq_fail(err, GPQ_E_SYSTEM, "%s is no regular file", path);
	if (status != GPQ_OK) {
		close(fd);
		return status;
	}
	*out_fd = fd;
	*out_bytes = (uint64_t)seen.st_size;
	return GPQ_OK;
}

enum gpq_status gpq_ranges_open(struct gpq_budget *budget, const char *path, struct gpq_ranges **out,
				struct gpq_error *err)
{
	struct gpq_ranges *ranges = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*ranges), &ranges, err));
	ranges->budget = budget;
	enum gpq_status status = descriptor_open(path, &ranges->fd, &ranges->bytes, err);
	if (status != GPQ_OK) {
		gpq_free(budget, GPQ_TAG_IO, ranges, sizeof(*ranges));
		return status;
	}
	*out = ranges;
	return GPQ_OK;
}

enum gpq_status gpq_ranges_of_memory(struct gpq_budget *budget, const uint8_t *bytes, size_t len,
				     struct gpq_ranges **out, struct gpq_error *err)
{
	static const uint8_t nothing;
	struct gpq_ranges *ranges = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*ranges), &ranges, err));
	*ranges = (struct gpq_ranges){ .budget = budget, .memory = bytes ? bytes : &nothing, .fd = -1, .bytes = len };
	*out = ranges;
	return GPQ_OK;
}

void gpq_ranges_close(struct gpq_ranges *ranges)
{
	if (!ranges)
		return;
	if (!ranges->memory)
		close(ranges->fd);
	gpq_free(ranges->budget, GPQ_TAG_IO, ranges, sizeof(*ranges));
}

uint64_t gpq_ranges_bytes(const struct gpq_ranges *ranges)
{
	return ranges->bytes;
}

static enum gpq_status range_short(uint64_t offset, size_t len, uint64_t bytes, struct gpq_error *err)
{
	enum gpq_status status =
	    gpq_fail(err, GPQ_E_TRUNCATED, "%zu bytes are wanted at byte %llu of a file that ends at byte %llu", len,
		     (unsigned long long)offset, (unsigned long long)bytes);
	if (err)
		err->byte = offset;
	return status;
}

enum gpq_status gpq_ranges_read(const struct gpq_ranges *ranges, uint64_t offset, void *bytes, size_t len,
				struct gpq_error *err)
{
	if (offset > ranges->bytes || len > ranges->bytes - offset)
		return range_short(offset, len, ranges->bytes, err);
	if (ranges->memory) {
		memcpy(bytes, ranges->memory + offset, len);
		return GPQ_OK;
	}
	for (size_t done = 0; done < len;) {
		ssize_t got = pread(ranges->fd, (uint8_t *)bytes + done, len - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			enum gpq_status status = gpq_fail_errno(err, errno, "cannot read %zu bytes at byte %llu",
								len - done, (unsigned long long)(offset + done));
			if (err)
				err->byte = offset + done;
			return status;
		}
		if (got == 0) /* the file became shorter while it was open */
			return range_short(offset, len, offset + done, err);
		done += (size_t)got;
	}
	return GPQ_OK;
}
