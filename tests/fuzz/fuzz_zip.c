// SPDX-License-Identifier: MIT
/*
 * Any bytes as a ZIP archive: it is listed and its members are read, inner archives too, or it is refused with a
 * position inside it; never out of bounds or out of the budget, never without an end. Members that are read whole have
 * the CRC that zlib computes. The first byte of the input chooses the size of reads.
 */
#include "io/zip_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define CAP_OUT     ((size_t)1 << 20)
#define CAP_MEMBERS 32u
#define CAP_READ    ((uint64_t)16 << 20) /* of one input, over all members: a run stays short */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t out[CAP_OUT];
static uint64_t left_bytes;

static void check_failure(enum gpq_status status, const struct gpq_error *err)
{
	if (status != GPQ_E_DATA && status != GPQ_E_TRUNCATED && status != GPQ_E_CHECKSUM)
		abort();
	if (!err->message[0])
		abort();
}

static void member_read(struct gpq_archive *archive, const struct gpq_address *address, size_t step)
{
	const struct gpq_zip_place *place = &address->places[address->depth - 1];
	struct gpq_error err = { 0 };
	uint64_t len = 0;
	uLong crc = crc32(0, NULL, 0);
	size_t got = step;
	enum gpq_status status = gpq_archive_begin(archive, address, &err);
	while (status == GPQ_OK && got == step && left_bytes >= step) {
		status = gpq_archive_read(archive, out, step, &got, &err);
		if (status != GPQ_OK)
			break;
		crc = crc32(crc, out, (uInt)got);
		len += got;
		left_bytes -= got < step ? step : got;
	}
	if (status != GPQ_OK)
		check_failure(status, &err);
	else if (got < step && (len != place->size_bytes || crc != place->crc))
		abort();
}

static void archive_look(struct gpq_archive *archive, const struct gpq_address *address, struct gpq_zip_tally *tally,
			 size_t step)
{
	struct gpq_error err = { 0 };
	struct gpq_zip_entry entry;
	struct gpq_zip_place places[CAP_MEMBERS];
	unsigned count = 0;
	if (address->depth && address->places[address->depth - 1].size_bytes > left_bytes)
		return;
	enum gpq_status status = gpq_archive_list(archive, address, tally, &err);
	while (status == GPQ_OK && count < CAP_MEMBERS) {
		status = gpq_archive_next(archive, &entry, &err);
		if (status == GPQ_OK && entry.kind == GPQ_ZIP_FILE)
			places[count++] = entry.place;
	}
	if (status != GPQ_OK && status != GPQ_END)
		check_failure(status, &err);
	for (unsigned i = 0; i < count; i++) {
		struct gpq_zip_place chain[GPQ_ARCHIVE_MAX_DEPTH];
		struct gpq_address member = { address->path, chain, address->depth + 1 };
		for (uint32_t k = 0; k < address->depth; k++)
			chain[k] = address->places[k];
		chain[address->depth] = places[i];
		member_read(archive, &member, step);
		if (places[i].size_bytes < left_bytes && member.depth < GPQ_ARCHIVE_MAX_DEPTH) {
			left_bytes -= places[i].size_bytes;
			archive_look(archive, &member, tally, step);
		}
	}
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
	size_t len = size - 1;
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data + 1, len, 0) != (ssize_t)len)
		abort();
	size_t step = steps[data[0] % (sizeof(steps) / sizeof(steps[0]))];
	left_bytes = step < 100 ? CAP_READ / 64 : CAP_READ;
	struct gpq_budget budget;
	struct gpq_archive *archive = NULL;
	struct gpq_address address = { .path = path };
	struct gpq_zip_tally tally = { .file_bytes = len };
	gpq_budget_init(&budget, gpq_archive_need(GPQ_ARCHIVE_MAX_DEPTH));
	if (gpq_archive_open(&budget, &archive, NULL) != GPQ_OK)
		abort();
	archive_look(archive, &address, &tally, step);
	gpq_archive_close(archive);
	if (atomic_load(&budget.used_bytes) != 0)
		abort();
	return 0;
}
