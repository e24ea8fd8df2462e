// SPDX-License-Identifier: MIT
#include "io/zip_directory.h"

#include "io/zip_extents.h"

#include <isa-l/crc.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* So much may be unpacked from any archive, whatever its ratio. */
#define FREE_BYTES ((uint64_t)1 << 20)

/* Of one file, all archives in it taken together: each archive that is stored in another counts its bytes again. */
#define FREE_FILE_BYTES ((uint64_t)64 << 20)

/* One record, where it is. */
struct record {
	struct gpq_zip_header header;
	const uint8_t *name, *extra;
	size_t len;
};

size_t gpq_zip_directory_need(void)
{
	return (sizeof(struct gpq_zip_extents) + 4095) & ~(size_t)4095;
}

static enum gpq_status fail_at(enum gpq_status status, uint64_t offset, struct gpq_error *err)
{
	if (err)
		err->byte = offset;
	return status;
}

static enum gpq_status record_view(struct gpq_zip_directory *directory, struct record *out, struct gpq_error *err)
{
	uint64_t at = directory->at, left = directory->span.directory_end - at;
	struct gpq_zip_header *header = &out->header;
	const uint8_t *view = NULL;
	size_t len = 0;
	if (left < GPQ_ZIP_CENTRAL_BYTES)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "its directory ends inside the record at byte %llu",
					(unsigned long long)at),
			       at, err);
	GPQ_TRY(gpq_zip_bytes_view(directory->bytes, at, GPQ_ZIP_CENTRAL_BYTES, &view, &len, err));
	if (!gpq_zip_central_parse(view, header))
		return fail_at(
		    gpq_fail(err, GPQ_E_DATA, "has no directory record at byte %llu", (unsigned long long)at), at, err);
	out->len = GPQ_ZIP_CENTRAL_BYTES + header->name_len + header->extra_len + header->comment_len;
	if (out->len > left || out->len > GPQ_ZIP_VIEW_BYTES)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "has a directory record of %zu bytes at byte %llu", out->len,
					(unsigned long long)at),
			       at, err);
	GPQ_TRY(gpq_zip_bytes_view(directory->bytes, at, out->len, &view, &len, err));
	out->name = view + GPQ_ZIP_CENTRAL_BYTES;
	out->extra = out->name + header->name_len;
	return GPQ_OK;
}

/* Names the member of a record that is refused; the text is that of the failure. */
static enum gpq_status record_fail(const struct gpq_zip_directory *directory, const char *what, struct gpq_error *err)
{
	(void)gpq_fail(err, GPQ_E_DATA, "member '%.100s' (directory record at byte %llu) %s", directory->name,
		       (unsigned long long)directory->at, what);
	return fail_at(GPQ_E_DATA, directory->at, err);
}

/* What the record says, with ZIP64's numbers and offsets from the archive's first byte. */
static enum gpq_status record_check(struct gpq_zip_directory *directory, struct record *record, struct gpq_error *err)
{
	struct gpq_zip_header *header = &record->header;
	const struct gpq_zip_span *span = &directory->span;
	uint64_t least = GPQ_ZIP_LOCAL_BYTES + header->name_len;
	if (!gpq_zip_header_widen(header, record->extra, header->extra_len))
		return record_fail(directory, "lacks the ZIP64 field that its sizes refer to", err);
	if (header->disk)
		return record_fail(directory, "lies in another part of the archive", err);
	if (header->local_at > span->directory_at - span->shift ||
	    span->directory_at - span->shift - header->local_at < least ||
	    header->stored_bytes > span->directory_at - span->shift - header->local_at - least)
		return record_fail(directory, "does not lie before the directory", err);
	header->local_at += span->shift;
	directory->member_end = header->local_at + least + header->stored_bytes;
	return GPQ_OK;
}

static enum gpq_zip_kind kind_of(const struct gpq_zip_directory *directory, const struct gpq_zip_header *header,
				 bool name_whole)
{
	const uint16_t locked = GPQ_ZIP_FLAG_ENCRYPTED | GPQ_ZIP_FLAG_STRONG | GPQ_ZIP_FLAG_MASKED;
	bool folder = gpq_zip_name_is_folder(directory->name);
	if (!name_whole || !header->name_len || (folder && header->size_bytes))
		return GPQ_ZIP_NAME_ODD;
	if (folder)
		return GPQ_ZIP_FOLDER;
	if (gpq_zip_name_is_decoration(directory->name))
		return GPQ_ZIP_DECORATION;
	if (header->flags & locked)
		return GPQ_ZIP_ENCRYPTED;
	if ((header->method != GPQ_ZIP_STORED && header->method != GPQ_ZIP_DEFLATED) ||
	    header->flags & GPQ_ZIP_FLAG_PATCH)
		return GPQ_ZIP_PACKED_ELSE;
	if (header->size_bytes > FREE_BYTES && header->size_bytes / GPQ_ZIP_CAP_RATIO >= header->stored_bytes)
		return GPQ_ZIP_BOMB;
	return GPQ_ZIP_FILE;
}

static const char *reason_write(struct gpq_zip_directory *directory, enum gpq_zip_kind kind,
				const struct gpq_zip_header *header)
{
	char *out = directory->reason;
	size_t cap = sizeof(directory->reason);
	switch (kind) {
	case GPQ_ZIP_FILE:
		return NULL;
	case GPQ_ZIP_FOLDER:
		return "a folder";
	case GPQ_ZIP_DECORATION:
		return "hidden, or left by a file manager";
	case GPQ_ZIP_ENCRYPTED:
		return "encrypted";
	case GPQ_ZIP_NAME_ODD:
		if (header->name_len && header->name_len < GPQ_ZIP_NAME_BYTES / 3)
			return "named as a folder, but with bytes";
		snprintf(out, cap, "its name has %u bytes", header->name_len);
		break;
	case GPQ_ZIP_BOMB:
		snprintf(out, cap, "unpacks to %llu bytes from %llu, which is taken for a bomb",
			 (unsigned long long)header->size_bytes, (unsigned long long)header->stored_bytes);
		break;
	case GPQ_ZIP_PACKED_ELSE:
		if (header->flags & GPQ_ZIP_FLAG_PATCH)
			return "a patch, not a file";
		snprintf(out, cap, "packed by %s (method %u), which is not read here",
			 gpq_zip_method_word(header->method), header->method);
		break;
	}
	return out;
}

enum gpq_status gpq_zip_directory_next(struct gpq_zip_directory *directory, struct gpq_zip_entry *out,
				       struct gpq_error *err)
{
	struct record record;
	const struct gpq_zip_header *header = &record.header;
	if (directory->at == directory->span.directory_end)
		return GPQ_END;
	GPQ_TRY(record_view(directory, &record, err));
	bool whole = gpq_zip_name_write(record.name, header->name_len, header->flags & GPQ_ZIP_FLAG_UTF8, record.extra,
					header->extra_len, directory->name);
	GPQ_TRY(record_check(directory, &record, err));
	enum gpq_zip_kind kind = kind_of(directory, header, whole);
	if (kind == GPQ_ZIP_FILE && header->method == GPQ_ZIP_STORED && header->stored_bytes != header->size_bytes)
		return record_fail(directory, "is stored as it is, but with another size", err);
	*out = (struct gpq_zip_entry){
		.place = { .local_at = header->local_at,
			   .stored_bytes = header->stored_bytes,
			   .size_bytes = header->size_bytes,
			   .crc = header->crc,
			   .name_crc = crc32_gzip_refl(0, record.name, header->name_len),
			   .method = header->method },
		.kind = kind,
		.name = directory->name,
		.reason = reason_write(directory, kind, header),
		.record_at = directory->at,
		.written_s = gpq_zip_dos_seconds(header->dos_date, header->dos_time),
	};
	directory->at += record.len;
	return GPQ_OK;
}

static enum gpq_status tally_add(const struct gpq_zip_directory *directory, const struct gpq_zip_entry *entry,
				 struct gpq_zip_tally *tally, struct gpq_error *err)
{
	uint64_t cap = tally->file_bytes > UINT64_MAX / GPQ_ZIP_CAP_RATIO / 2
			   ? UINT64_MAX
			   : tally->file_bytes * GPQ_ZIP_CAP_RATIO + FREE_FILE_BYTES;
	tally->n_members++;
	if (entry->kind == GPQ_ZIP_FILE)
		tally->size_bytes += entry->place.size_bytes < cap ? entry->place.size_bytes : cap;
	if (tally->n_members > GPQ_ZIP_CAP_MEMBERS)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "lists more than the %llu members that one file may hold",
					(unsigned long long)GPQ_ZIP_CAP_MEMBERS),
			       entry->record_at, err);
	if (tally->size_bytes > cap)
		return fail_at(
		    gpq_fail(err, GPQ_E_DATA,
			     "is taken for a bomb: up to member '%.100s' it unpacks to %llu bytes, from a file of %llu",
			     directory->name, (unsigned long long)tally->size_bytes,
			     (unsigned long long)tally->file_bytes),
		    entry->record_at, err);
	return GPQ_OK;
}

/* Whether a record stands at another place of the archive without inflating it again from its front. */
static bool steps_back(const struct gpq_zip_bytes *bytes)
{
	while (bytes->kind == GPQ_ZIP_BYTES_RANGE)
		bytes = bytes->above;
	return bytes->kind == GPQ_ZIP_BYTES_FILE || bytes->size_bytes <= bytes->window_cap;
}

static enum gpq_status pass(struct gpq_zip_directory *directory, struct gpq_zip_extents *extents, struct gpq_error *err)
{
	struct gpq_zip_entry entry;
	enum gpq_status status = GPQ_OK;
	directory->at = directory->span.directory_at;
	while (status == GPQ_OK) {
		status = gpq_zip_directory_next(directory, &entry, err);
		if (status != GPQ_OK)
			break;
		if (gpq_zip_extents_put(extents, entry.place.local_at, directory->member_end))
			continue;
		directory->at = entry.record_at;
		return record_fail(directory, "lies over another member", err);
	}
	return status == GPQ_END ? GPQ_OK : status;
}

static enum gpq_status overlap_search(struct gpq_zip_directory *directory, struct gpq_error *err)
{
	struct gpq_zip_extents *extents = NULL;
	enum gpq_status status;
	if (!steps_back(directory->bytes))
		return fail_at(
		    gpq_fail(err, GPQ_E_DATA,
			     "is packed in another archive and lists its members in another order than they stand in; "
			     "unpack it first"),
		    directory->span.directory_at, err);
	GPQ_TRY(gpq_alloc(directory->budget, GPQ_TAG_IO, sizeof(*extents), &extents, err));
	gpq_zip_extents_init(extents);
	do
		status = pass(directory, extents, err);
	while (status == GPQ_OK && gpq_zip_extents_again(extents));
	gpq_free(directory->budget, GPQ_TAG_IO, extents, sizeof(*extents));
	return status;
}

/* The one part that each package has (ECMA-376 part 2, 7.2.3.2), or the first one of an OpenDocument file. */
static bool is_document_part(const struct gpq_zip_entry *entry, uint64_t number)
{
	return entry->name[0] == '[' ? strcasecmp(entry->name, "[Content_Types].xml") == 0
				     : number == 0 && strcmp(entry->name, "mimetype") == 0;
}

/* All records once; '*out_ordered' says whether their members stand in the same order, none over another. */
static enum gpq_status records_check(struct gpq_zip_directory *directory, struct gpq_zip_tally *tally,
				     bool *out_ordered, struct gpq_error *err)
{
	struct gpq_zip_entry entry;
	uint64_t n_members = 0, end = 0;
	enum gpq_status status;
	while ((status = gpq_zip_directory_next(directory, &entry, err)) == GPQ_OK) {
		*out_ordered = *out_ordered && entry.place.local_at >= end;
		directory->is_document = directory->is_document || is_document_part(&entry, n_members);
		end = directory->member_end > end ? directory->member_end : end;
		n_members++;
		GPQ_TRY(tally_add(directory, &entry, tally, err));
	}
	if (status != GPQ_END)
		return status;
	uint64_t said = directory->span.n_members;
	if (n_members != said && (directory->span.wide || (n_members & 0xffff) != said))
		return fail_at(gpq_fail(err, GPQ_E_DATA, "lists %llu members, its end says %llu",
					(unsigned long long)n_members, (unsigned long long)said),
			       directory->at, err);
	return GPQ_OK;
}

enum gpq_status gpq_zip_directory_open(struct gpq_zip_directory *directory, struct gpq_budget *budget,
				       struct gpq_zip_bytes *bytes, struct gpq_zip_tally *tally, struct gpq_error *err)
{
	struct gpq_zip_tally own = { .file_bytes = bytes->size_bytes };
	bool ordered = true;
	memset(directory, 0, sizeof(*directory));
	directory->budget = budget;
	directory->bytes = bytes;
	GPQ_TRY(gpq_zip_end_find(bytes, &directory->span, err));
	directory->at = directory->span.directory_at;
	GPQ_TRY(records_check(directory, tally ? tally : &own, &ordered, err));
	if (!ordered)
		GPQ_TRY(overlap_search(directory, err));
	directory->at = directory->span.directory_at;
	return GPQ_OK;
}
