// SPDX-License-Identifier: MIT
#include "io/zip_bytes.h"

#include "io/zip_member.h"

#include <string.h>

/* Read of a file where one asks for a place that the last read did not lead to: a header and what most members have. */
#define JUMP_BYTES ((size_t)16 << 10)

/* Unpacked at a time: it is still in the second cache when it is looked at. */
#define STEP_BYTES ((size_t)64 << 10)

/* From here on a copy goes past the window. */
#define DIRECT_BYTES ((size_t)32 << 10)

static enum gpq_status window_take(struct gpq_zip_bytes *bytes, struct gpq_budget *budget, size_t cap,
				   struct gpq_error *err)
{
	bytes->window_len = 0;
	bytes->window_at = 0;
	if (bytes->window && bytes->window_cap == cap)
		return GPQ_OK;
	gpq_zip_bytes_done(bytes);
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_IO, cap, &bytes->window, err));
	bytes->budget = budget;
	bytes->window_cap = cap;
	return GPQ_OK;
}

enum gpq_status gpq_zip_bytes_of_file(struct gpq_zip_bytes *bytes, struct gpq_budget *budget,
				      const struct gpq_source_file *file, struct gpq_error *err)
{
	gpq_zip_bytes_leave(bytes);
	GPQ_TRY(window_take(bytes, budget, GPQ_ZIP_FILE_WINDOW_BYTES, err));
	bytes->kind = GPQ_ZIP_BYTES_FILE;
	bytes->file = *file;
	bytes->size_bytes = file->size_bytes;
	return GPQ_OK;
}

void gpq_zip_bytes_of_range(struct gpq_zip_bytes *bytes, struct gpq_zip_bytes *above, uint64_t at, uint64_t len)
{
	gpq_zip_bytes_leave(bytes);
	bytes->kind = GPQ_ZIP_BYTES_RANGE;
	bytes->above = above;
	bytes->above_at = at;
	bytes->size_bytes = len;
}

enum gpq_status gpq_zip_bytes_of_packed(struct gpq_zip_bytes *bytes, struct gpq_budget *budget,
					struct gpq_zip_member *packed, uint64_t size_bytes, struct gpq_error *err)
{
	gpq_zip_bytes_leave(bytes);
	GPQ_TRY(window_take(bytes, budget, GPQ_ZIP_PACKED_WINDOW_BYTES, err));
	bytes->kind = GPQ_ZIP_BYTES_PACKED;
	bytes->packed = packed;
	bytes->size_bytes = size_bytes;
	return GPQ_OK;
}

void gpq_zip_bytes_leave(struct gpq_zip_bytes *bytes)
{
	if (bytes->kind == GPQ_ZIP_BYTES_FILE)
		gpq_source_file_close(&bytes->file);
	bytes->kind = GPQ_ZIP_BYTES_NONE;
	bytes->above = NULL;
	bytes->packed = NULL;
	bytes->size_bytes = 0;
	bytes->window_len = 0;
	bytes->window_at = 0;
}

void gpq_zip_bytes_done(struct gpq_zip_bytes *bytes)
{
	gpq_zip_bytes_leave(bytes);
	if (bytes->window)
		gpq_free(bytes->budget, GPQ_TAG_IO, bytes->window, bytes->window_cap);
	bytes->window = NULL;
	bytes->window_cap = 0;
}

static bool window_has(const struct gpq_zip_bytes *bytes, uint64_t offset, size_t least)
{
	return offset >= bytes->window_at && offset - bytes->window_at <= bytes->window_len &&
	       least <= bytes->window_len - (offset - bytes->window_at);
}

static enum gpq_status file_fill(struct gpq_zip_bytes *bytes, uint64_t offset, size_t least, struct gpq_error *err)
{
	uint64_t end = bytes->window_at + bytes->window_len;
	bool follows = offset >= bytes->window_at && offset - bytes->window_at <= bytes->window_len + DIRECT_BYTES;
	size_t want = follows && end ? bytes->window_cap : least > JUMP_BYTES ? least : JUMP_BYTES, len = 0;
	if (want > bytes->size_bytes - offset)
		want = (size_t)(bytes->size_bytes - offset);
	bytes->window_len = 0;
	GPQ_TRY(gpq_source_file_peek(&bytes->file, offset, bytes->window, want, &len, err));
	bytes->window_at = offset;
	bytes->window_len = len;
	return len >= least ? GPQ_OK : gpq_source_file_shrank(&bytes->file, offset + len, err);
}

/* Room at the window's end: the older half goes, but nothing from 'offset' on. */
static void window_slide(struct gpq_zip_bytes *bytes, uint64_t offset)
{
	size_t drop = bytes->window_cap / 2;
	if (offset - bytes->window_at < drop)
		drop = (size_t)(offset - bytes->window_at);
	memmove(bytes->window, bytes->window + drop, bytes->window_len - drop);
	bytes->window_at += drop;
	bytes->window_len -= drop;
}

/* The last byte of a packed archive is not lent before its size and CRC were checked. */
static enum gpq_status packed_end(struct gpq_zip_bytes *bytes, struct gpq_error *err)
{
	uint8_t more = 0;
	size_t len = 0;
	return gpq_zip_member_read(bytes->packed, &more, 1, &len, err);
}

static enum gpq_status packed_fill(struct gpq_zip_bytes *bytes, uint64_t offset, size_t least, struct gpq_error *err)
{
	if (offset < bytes->window_at || !bytes->window_len) {
		gpq_zip_member_again(bytes->packed);
		bytes->window_at = bytes->window_len = 0;
	}
	while (!window_has(bytes, offset, least)) {
		if (bytes->window_len == bytes->window_cap)
			window_slide(bytes, offset);
		size_t room = bytes->window_cap - bytes->window_len, want = room < STEP_BYTES ? room : STEP_BYTES,
		       len = 0;
		enum gpq_status status =
		    gpq_zip_member_read(bytes->packed, bytes->window + bytes->window_len, want, &len, err);
		bytes->window_len += status == GPQ_OK ? len : 0;
		if (status == GPQ_OK && bytes->window_at + bytes->window_len == bytes->size_bytes)
			status = packed_end(bytes, err);
		if (status != GPQ_OK) {
			bytes->window_at = bytes->window_len = 0;
			return status;
		}
	}
	return GPQ_OK;
}

enum gpq_status gpq_zip_bytes_view(struct gpq_zip_bytes *bytes, uint64_t offset, size_t least, const uint8_t **out,
				   size_t *out_len, struct gpq_error *err)
{
	if (offset > bytes->size_bytes || least > bytes->size_bytes - offset || least > GPQ_ZIP_VIEW_BYTES)
		return gpq_fail(err, GPQ_E_BUG, "%zu bytes at %llu of an archive of %llu cannot be looked at", least,
				(unsigned long long)offset, (unsigned long long)bytes->size_bytes);
	if (bytes->kind == GPQ_ZIP_BYTES_RANGE) {
		size_t len = 0;
		GPQ_TRY(gpq_zip_bytes_view(bytes->above, bytes->above_at + offset, least, out, &len, err));
		*out_len = len < bytes->size_bytes - offset ? len : (size_t)(bytes->size_bytes - offset);
		return GPQ_OK;
	}
	if (!window_has(bytes, offset, least))
		GPQ_TRY(bytes->kind == GPQ_ZIP_BYTES_FILE ? file_fill(bytes, offset, least, err)
							  : packed_fill(bytes, offset, least, err));
	*out = bytes->window + (offset - bytes->window_at);
	*out_len = bytes->window_len - (size_t)(offset - bytes->window_at);
	return GPQ_OK;
}

enum gpq_status gpq_zip_bytes_read(struct gpq_zip_bytes *bytes, uint64_t offset, uint8_t *out, size_t len,
				   struct gpq_error *err)
{
	if (bytes->kind == GPQ_ZIP_BYTES_RANGE)
		return gpq_zip_bytes_read(bytes->above, bytes->above_at + offset, out, len, err);
	while (len) {
		const uint8_t *view = NULL;
		size_t have = 0;
		if (bytes->kind == GPQ_ZIP_BYTES_FILE && len >= DIRECT_BYTES && !window_has(bytes, offset, 1))
			GPQ_TRY(gpq_source_file_peek(&bytes->file, offset, out, len, &have, err));
		if (!have) { /* a file that ended early is told by the view */
			GPQ_TRY(gpq_zip_bytes_view(bytes, offset, 1, &view, &have, err));
			have = have < len ? have : len;
			memcpy(out, view, have);
		}
		offset += have;
		out += have;
		len -= have;
	}
	return GPQ_OK;
}
