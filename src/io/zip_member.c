// SPDX-License-Identifier: MIT
#include "io/zip_member.h"

#include "io/zip_record.h"

#include <isa-l/crc.h>

/* The decoder unpacks what it is given into a buffer of its own where the caller's is full: it is given about what is asked for. */
#define PACKED_SHARE     4u
#define MIN_PACKED_BYTES ((size_t)1 << 10)

/* For a decoder that only has bytes of its own left to give. */
static const uint8_t nothing[1];

static enum gpq_status fail_at(enum gpq_status status, uint64_t offset, struct gpq_error *err)
{
	if (err)
		err->byte = offset;
	return status;
}

/* A number of the local header agrees, or is left to the descriptor (4.4.4, bit 3). */
static bool number_fits(uint64_t local, uint64_t central, bool later)
{
	return local == central || (later && (local == 0 || local == UINT32_MAX));
}

static enum gpq_status local_check(const struct gpq_zip_place *place, struct gpq_zip_header *local, const uint8_t *name,
				   struct gpq_error *err)
{
	bool later = local->flags & GPQ_ZIP_FLAG_DESCRIPTOR;
	const char *wrong = NULL;
	bool wide = gpq_zip_header_widen(local, name + local->name_len, local->extra_len);
	if (crc32_gzip_refl(0, name, local->name_len) != place->name_crc)
		wrong = "name";
	else if (local->method != place->method)
		wrong = "method";
	else if (local->flags & GPQ_ZIP_FLAG_ENCRYPTED)
		wrong = "encryption";
	else if (!number_fits(local->crc, place->crc, later))
		wrong = "CRC";
	else if ((!wide && !later) || !number_fits(local->stored_bytes, place->stored_bytes, later) ||
		 !number_fits(local->size_bytes, place->size_bytes, later))
		wrong = "size";
	if (!wrong)
		return GPQ_OK;
	return fail_at(gpq_fail(err, GPQ_E_DATA, "its local header at byte %llu says another %s than the directory",
				(unsigned long long)place->local_at, wrong),
		       place->local_at, err);
}

static enum gpq_status local_read(struct gpq_zip_member *member, struct gpq_error *err)
{
	const struct gpq_zip_place *place = &member->place;
	uint64_t end = member->bytes->size_bytes, at = place->local_at;
	struct gpq_zip_header local;
	const uint8_t *view = NULL;
	size_t len = 0;
	if (at > end || end - at < GPQ_ZIP_LOCAL_BYTES)
		return fail_at(
		    gpq_fail(err, GPQ_E_TRUNCATED, "its local header at byte %llu is cut off", (unsigned long long)at),
		    at, err);
	GPQ_TRY(gpq_zip_bytes_view(member->bytes, at, GPQ_ZIP_LOCAL_BYTES, &view, &len, err));
	if (!gpq_zip_local_parse(view, &local))
		return fail_at(gpq_fail(err, GPQ_E_DATA, "has no local header at byte %llu, where the directory has it",
					(unsigned long long)at),
			       at, err);
	size_t head_len = GPQ_ZIP_LOCAL_BYTES + local.name_len + local.extra_len;
	if (head_len > GPQ_ZIP_VIEW_BYTES)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "its local header at byte %llu has %zu bytes",
					(unsigned long long)at, head_len),
			       at, err);
	if (head_len > end - at || place->stored_bytes > end - at - head_len)
		return fail_at(
		    gpq_fail(err, GPQ_E_TRUNCATED, "its %llu stored bytes behind byte %llu are cut off at byte %llu",
			     (unsigned long long)place->stored_bytes, (unsigned long long)at, (unsigned long long)end),
		    end, err);
	GPQ_TRY(gpq_zip_bytes_view(member->bytes, at, head_len, &view, &len, err));
	GPQ_TRY(local_check(place, &local, view + GPQ_ZIP_LOCAL_BYTES, err));
	member->data_at = at + head_len;
	member->has_descriptor = local.flags & GPQ_ZIP_FLAG_DESCRIPTOR;
	return GPQ_OK;
}

enum gpq_status gpq_zip_member_begin(struct gpq_zip_member *member, struct gpq_budget *budget,
				     struct gpq_zip_bytes *bytes, const struct gpq_zip_place *place,
				     struct gpq_error *err)
{
	member->bytes = bytes;
	member->place = *place;
	if (place->method != GPQ_ZIP_DEFLATED &&
	    (place->method != GPQ_ZIP_STORED || place->stored_bytes != place->size_bytes))
		return gpq_fail(err, GPQ_E_BUG, "a member packed by method %u was to be opened", place->method);
	GPQ_TRY(local_read(member, err));
	if (place->method == GPQ_ZIP_DEFLATED && !member->inflater) {
		GPQ_TRY(gpq_alloc(budget, GPQ_TAG_IO, sizeof(*member->inflater), &member->inflater, err));
		member->budget = budget;
	}
	gpq_zip_member_again(member);
	return GPQ_OK;
}

void gpq_zip_member_again(struct gpq_zip_member *member)
{
	member->taken_bytes = member->given_bytes = 0;
	member->crc = 0;
	member->checked = false;
	if (member->place.method == GPQ_ZIP_DEFLATED)
		gpq_inflater_init(member->inflater);
}

void gpq_zip_member_done(struct gpq_zip_member *member)
{
	if (member->inflater)
		gpq_free(member->budget, GPQ_TAG_IO, member->inflater, sizeof(*member->inflater));
	*member = (struct gpq_zip_member){ .bytes = NULL };
}

/* Some unpacked bytes, or the end of the deflate stream, or both. */
static enum gpq_status deflated_step(struct gpq_zip_member *member, uint8_t *out, size_t cap, size_t *out_len,
				     struct gpq_error *err)
{
	size_t most = cap / PACKED_SHARE > MIN_PACKED_BYTES ? cap / PACKED_SHARE : MIN_PACKED_BYTES;
	for (;;) {
		const uint8_t *in = nothing;
		size_t in_len = 0;
		int64_t taken = 0;
		uint64_t left = member->place.stored_bytes - member->taken_bytes,
			 at = member->data_at + member->taken_bytes;
		if (left)
			GPQ_TRY(gpq_zip_bytes_view(member->bytes, at, 1, &in, &in_len, err));
		if (in_len > left)
			in_len = (size_t)left;
		if (in_len > most)
			in_len = most;
		if (gpq_inflater_step(member->inflater, in, in_len, out, cap, &taken, out_len, err) != GPQ_OK)
			return fail_at(GPQ_E_DATA, at, err);
		member->taken_bytes += (uint64_t)taken;
		if (*out_len || member->inflater->ended)
			return GPQ_OK;
		if (!taken && left)
			return gpq_fail(err, GPQ_E_BUG, "the decoder stands still");
		if (!taken)
			return fail_at(gpq_fail(err, GPQ_E_DATA,
						"its deflate stream does not end within its %llu stored bytes",
						(unsigned long long)member->place.stored_bytes),
				       at, err);
	}
}

/* Up to 'cap' bytes below the size that the directory says; fewer than wanted only where the stream ended. */
static enum gpq_status deflated_read(struct gpq_zip_member *member, uint8_t *out, size_t cap, size_t *out_len,
				     struct gpq_error *err)
{
	size_t len = 0, more = 0;
	while (len < cap && !member->inflater->ended) {
		GPQ_TRY(deflated_step(member, out + len, cap - len, &more, err));
		len += more;
	}
	*out_len = len;
	return GPQ_OK;
}

/* The stream must end where the size says and where the stored bytes do. */
static enum gpq_status deflated_end(struct gpq_zip_member *member, struct gpq_error *err)
{
	uint8_t more = 0;
	size_t len = 0;
	uint64_t stored = member->place.stored_bytes;
	if (!stored && !member->place.size_bytes) /* some writers give an empty member no stream at all */
		return GPQ_OK;
	if (!member->inflater->ended)
		GPQ_TRY(deflated_step(member, &more, 1, &len, err));
	uint64_t at = member->data_at + member->taken_bytes;
	if (len)
		return fail_at(gpq_fail(err, GPQ_E_CHECKSUM,
					"unpacks to more than the %llu bytes that the directory says",
					(unsigned long long)member->place.size_bytes),
			       at, err);
	if (member->taken_bytes != stored)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "has %llu bytes behind the end of its deflate stream",
					(unsigned long long)(stored - member->taken_bytes)),
			       at, err);
	return GPQ_OK;
}

static enum gpq_status descriptor_check(const struct gpq_zip_member *member, struct gpq_error *err)
{
	const struct gpq_zip_place *place = &member->place;
	uint64_t at = member->data_at + place->stored_bytes, left = member->bytes->size_bytes - at;
	size_t least = left < GPQ_ZIP_DESCRIPTOR_BYTES ? (size_t)left : GPQ_ZIP_DESCRIPTOR_BYTES, len = 0;
	const uint8_t *view = NULL;
	if (!member->has_descriptor)
		return GPQ_OK;
	GPQ_TRY(gpq_zip_bytes_view(member->bytes, at, least, &view, &len, err));
	if (gpq_zip_descriptor_fits(view, len, place->crc, place->stored_bytes, place->size_bytes))
		return GPQ_OK;
	return fail_at(gpq_fail(err, GPQ_E_CHECKSUM, "its descriptor at byte %llu does not say what the directory does",
				(unsigned long long)at),
		       at, err);
}

static enum gpq_status end_check(struct gpq_zip_member *member, struct gpq_error *err)
{
	const struct gpq_zip_place *place = &member->place;
	uint64_t at = member->data_at + place->stored_bytes;
	if (member->given_bytes != place->size_bytes)
		return fail_at(gpq_fail(err, GPQ_E_CHECKSUM, "unpacks to %llu bytes, the directory says %llu",
					(unsigned long long)member->given_bytes, (unsigned long long)place->size_bytes),
			       at, err);
	if (place->method == GPQ_ZIP_DEFLATED)
		GPQ_TRY(deflated_end(member, err));
	if (member->crc != place->crc)
		return fail_at(
		    gpq_fail(err, GPQ_E_CHECKSUM, "has CRC %08x, the directory says %08x", member->crc, place->crc), at,
		    err);
	GPQ_TRY(descriptor_check(member, err));
	member->checked = true;
	return GPQ_OK;
}

enum gpq_status gpq_zip_member_read(struct gpq_zip_member *member, uint8_t *bytes, size_t cap, size_t *out_len,
				    struct gpq_error *err)
{
	uint64_t left = member->place.size_bytes - member->given_bytes;
	size_t want = cap < left ? cap : (size_t)left, len = want;
	if (member->place.method == GPQ_ZIP_DEFLATED) {
		GPQ_TRY(deflated_read(member, bytes, want, &len, err));
	} else {
		GPQ_TRY(gpq_zip_bytes_read(member->bytes, member->data_at + member->taken_bytes, bytes, want, err));
		member->taken_bytes += want;
	}
	member->crc = crc32_gzip_refl(member->crc, bytes, len);
	member->given_bytes += len;
	if (len < cap && !member->checked)
		GPQ_TRY(end_check(member, err));
	*out_len = len;
	return GPQ_OK;
}
