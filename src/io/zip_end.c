// SPDX-License-Identifier: MIT
#include "io/zip_end.h"

#include "io/zip_record.h"

#define CAP_COMMENT_BYTES 65535u

/* The end of an archive, looked at. */
struct tail {
	struct gpq_zip_bytes *bytes;
	const uint8_t *view;
	uint64_t at; /* of the view's first byte, in the archive */
	size_t len;  /* up to the archive's end */
};

static enum gpq_status fail_at(enum gpq_status status, uint64_t offset, struct gpq_error *err)
{
	if (err)
		err->byte = offset;
	return status;
}

static enum gpq_status tail_view(struct tail *tail, struct gpq_error *err)
{
	size_t most = GPQ_ZIP_LOCATOR_BYTES + GPQ_ZIP_END_BYTES + CAP_COMMENT_BYTES, len = 0;
	uint64_t size = tail->bytes->size_bytes;
	tail->len = size < most ? (size_t)size : most;
	tail->at = size - tail->len;
	return gpq_zip_bytes_view(tail->bytes, tail->at, tail->len, &tail->view, &len, err);
}

/* The last end record whose comment reaches the archive's end: its offset in the view. */
static bool end_search(const struct tail *tail, struct gpq_zip_end *out, size_t *out_at)
{
	if (tail->len < GPQ_ZIP_END_BYTES)
		return false;
	for (size_t at = tail->len - GPQ_ZIP_END_BYTES + 1; at-- > 0;) {
		uint32_t comment_len = 0;
		if (tail->view[at] != 'P' || !gpq_zip_end_parse(tail->view + at, out, &comment_len) ||
		    at + GPQ_ZIP_END_BYTES + comment_len != tail->len)
			continue;
		*out_at = at;
		return true;
	}
	return false;
}

/* Whether the plain end agrees with the wide one where it says a number of its own. */
static bool ends_agree(const struct gpq_zip_end *end, const struct gpq_zip_end *wide)
{
	return (end->n_members == UINT16_MAX || end->n_members == wide->n_members) &&
	       (end->directory_bytes == UINT32_MAX || end->directory_bytes == wide->directory_bytes) &&
	       (end->directory_at == UINT32_MAX || end->directory_at == wide->directory_at);
}

/* The wide end stands where its locator says, or, with something before the archive, right before the locator. */
static enum gpq_status wide_read(struct gpq_zip_bytes *bytes, uint64_t locator_at, uint64_t said_at,
				 struct gpq_zip_end *out, uint64_t *out_at, struct gpq_error *err)
{
	uint64_t places[2] = { said_at, locator_at - GPQ_ZIP_END64_BYTES };
	for (int i = 0; i < 2; i++) {
		const uint8_t *view = NULL;
		size_t len = 0;
		if (locator_at < GPQ_ZIP_END64_BYTES || places[i] > locator_at - GPQ_ZIP_END64_BYTES)
			continue;
		GPQ_TRY(gpq_zip_bytes_view(bytes, places[i], GPQ_ZIP_END64_BYTES, &view, &len, err));
		if (gpq_zip_end64_parse(view, out)) {
			*out_at = places[i];
			return GPQ_OK;
		}
	}
	return fail_at(gpq_fail(err, GPQ_E_DATA, "has no ZIP64 end record at byte %llu, where its locator has it",
				(unsigned long long)said_at),
		       locator_at, err);
}

/* Replaces 'end' and its offset by the ZIP64 record's, where there is one. */
static enum gpq_status end_widen(const struct tail *tail, size_t plain_at, struct gpq_zip_end *end, uint64_t *end_at,
				 bool *out_wide, struct gpq_error *err)
{
	uint64_t said_at = 0, locator_at = *end_at - GPQ_ZIP_LOCATOR_BYTES;
	struct gpq_zip_end wide;
	if (plain_at < GPQ_ZIP_LOCATOR_BYTES ||
	    !gpq_zip_locator_parse(tail->view + plain_at - GPQ_ZIP_LOCATOR_BYTES, &said_at))
		return GPQ_OK;
	GPQ_TRY(wide_read(tail->bytes, locator_at, said_at, &wide, end_at, err));
	if (!ends_agree(end, &wide))
		return fail_at(gpq_fail(err, GPQ_E_DATA,
					"its ZIP64 end record at byte %llu does not agree with the plain one",
					(unsigned long long)*end_at),
			       *end_at, err);
	*end = wide;
	*out_wide = true;
	return GPQ_OK;
}

static bool record_is_at(struct gpq_zip_bytes *bytes, uint64_t at, uint64_t end)
{
	struct gpq_zip_header header;
	const uint8_t *view = NULL;
	size_t len = 0;
	return at <= end && end - at >= GPQ_ZIP_CENTRAL_BYTES &&
	       gpq_zip_bytes_view(bytes, at, GPQ_ZIP_CENTRAL_BYTES, &view, &len, NULL) == GPQ_OK &&
	       gpq_zip_central_parse(view, &header);
}

/* The directory ends where the end record begins, so its begin tells what stands before the archive; something between
 * the two (a signature) is taken where the directory's own offset leads to a record. */
static enum gpq_status span_make(struct gpq_zip_bytes *bytes, const struct gpq_zip_end *end, uint64_t end_at,
				 struct gpq_zip_span *out, struct gpq_error *err)
{
	if (end->directory_bytes > end_at || end->directory_at > end_at - end->directory_bytes)
		return fail_at(gpq_fail(err, GPQ_E_DATA,
					"its end record at byte %llu has a directory of %llu bytes at byte %llu",
					(unsigned long long)end_at, (unsigned long long)end->directory_bytes,
					(unsigned long long)end->directory_at),
			       end_at, err);
	uint64_t at = end_at - end->directory_bytes;
	if (end->n_members && at != end->directory_at && !record_is_at(bytes, at, end_at) &&
	    record_is_at(bytes, end->directory_at, end_at))
		at = end->directory_at;
	out->directory_at = at;
	out->directory_end = at + end->directory_bytes;
	out->shift = at - end->directory_at;
	out->n_members = end->n_members;
	return GPQ_OK;
}

enum gpq_status gpq_zip_end_find(struct gpq_zip_bytes *bytes, struct gpq_zip_span *out, struct gpq_error *err)
{
	struct tail tail = { .bytes = bytes };
	struct gpq_zip_span span = { .wide = false };
	struct gpq_zip_end end;
	size_t plain_at = 0;
	GPQ_TRY(tail_view(&tail, err));
	if (!end_search(&tail, &end, &plain_at))
		return fail_at(
		    gpq_fail(err, GPQ_E_TRUNCATED, "has no end of a directory: it is cut off, or no ZIP archive"),
		    bytes->size_bytes, err);
	uint64_t end_at = tail.at + plain_at;
	GPQ_TRY(end_widen(&tail, plain_at, &end, &end_at, &span.wide, err));
	if (end.disk || end.directory_disk || end.n_members_here != end.n_members)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "is one part of an archive in several files"), end_at, err);
	GPQ_TRY(span_make(bytes, &end, end_at, &span, err));
	*out = span;
	return GPQ_OK;
}
