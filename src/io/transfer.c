// SPDX-License-Identifier: MIT
#include "io/transfer.h"

#include <errno.h>
#include <unistd.h>

/* Below what Linux moves a call (0x7ffff000 bytes, write(2)). */
#define CAP_CALL_BYTES ((size_t)1 << 30)

static enum gpq_status fail_at(enum gpq_status status, uint64_t offset, struct gpq_error *err)
{
	if (err)
		err->byte = offset;
	return status;
}

enum gpq_status gpq_transfer_write(int fd, const char *what, uint64_t offset, const void *bytes, size_t len,
				   struct gpq_error *err)
{
	const uint8_t *at = bytes;
	while (len) {
		ssize_t put = pwrite(fd, at, len < CAP_CALL_BYTES ? len : CAP_CALL_BYTES, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) /* POSIX gives no reason for 0 of a regular file; a full device is the one known */
			return fail_at(gpq_fail_errno(err, put < 0 ? errno : ENOSPC, "%s cannot be written", what),
				       offset, err);
		at += put;
		offset += (uint64_t)put;
		len -= (size_t)put;
	}
	return GPQ_OK;
}

enum gpq_status gpq_transfer_read(int fd, const char *what, uint64_t offset, void *bytes, size_t len,
				  struct gpq_error *err)
{
	uint8_t *at = bytes;
	while (len) {
		ssize_t got = pread(fd, at, len < CAP_CALL_BYTES ? len : CAP_CALL_BYTES, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_at(gpq_fail_errno(err, errno, "%s cannot be read back", what), offset, err);
		if (got == 0)
			return fail_at(gpq_fail(err, GPQ_E_SYSTEM, "%s ends at byte %llu, where more was written", what,
						(unsigned long long)offset),
				       offset, err);
		at += got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	return GPQ_OK;
}
