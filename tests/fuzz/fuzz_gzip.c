// SPDX-License-Identifier: MIT
/*
 * Any bytes as a stored file: the source ends or fails with a position inside the file, stays inside its budget and,
 * where zlib unpacks the first member without complaint, gives the same bytes. The first byte of the input chooses the
 * size of reads.
 */
#include "io/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define CAP_OUT ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t out[CAP_OUT], expected[CAP_OUT];

/* The bytes of the first member as zlib sees them; false where it finds a fault or they are too many. */
static bool zlib_member(const uint8_t *bytes, size_t len, size_t *out_len, size_t *out_stored)
{
	z_stream stream = { 0 };
	if (inflateInit2(&stream, 15 + 16) != Z_OK)
		abort();
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = expected;
	stream.avail_out = (uInt)sizeof(expected);
	bool ended = inflate(&stream, Z_FINISH) == Z_STREAM_END;
	*out_len = stream.total_out;
	*out_stored = stream.total_in;
	inflateEnd(&stream);
	return ended;
}

static enum gpq_status unpack(const char *path, size_t step, size_t *out_len, struct gpq_error *err)
{
	struct gpq_budget budget;
	struct gpq_source *source = NULL;
	gpq_budget_init(&budget, gpq_source_need());
	enum gpq_status status = gpq_source_open(&budget, path, true, &source, err);
	size_t len = 0, got = step;
	while (status == GPQ_OK && got == step && len + step <= sizeof(out)) {
		status = gpq_source_read(source, out + len, step, &got, err);
		len += status == GPQ_OK ? got : 0;
	}
	gpq_source_close(source);
	if (atomic_load(&budget.used_bytes) != 0)
		abort();
	*out_len = len;
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];
	static const size_t steps[] = { 1, 3, 100, 4096, 65536, CAP_OUT };
	if (size < 1)
		return 0;
	if (fd < 0) {
		fd = memfd_create("input", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	size_t step = steps[data[0] % (sizeof(steps) / sizeof(steps[0]))];
	const uint8_t *bytes = data + 1;
	size_t len = size - 1, got = 0, want = 0, stored = 0;
	if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
		abort();
	struct gpq_error err = { 0 };
	enum gpq_status status = unpack(path, step, &got, &err);
	if (status != GPQ_OK && (err.byte > len || !err.message[0] || status == GPQ_E_BUG))
		abort();
	if (len < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b)
		return 0;
	bool good = zlib_member(bytes, len, &want, &stored);
	bool whole = got < sizeof(out) - step;
	if (status == GPQ_OK && whole && want < sizeof(expected) &&
	    (!good || got < want || memcmp(out, expected, want) != 0))
		abort(); /* accepted what zlib refuses, or other bytes */
	if (good && stored == len && status != GPQ_OK)
		abort(); /* refused what zlib takes */
	return 0;
}
