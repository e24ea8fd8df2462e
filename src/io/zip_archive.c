// SPDX-License-Identifier: MIT
#include "io/zip_archive.h"

#include <errno.h>
#include <isa-l/crc.h>
#include <limits.h>
#include <string.h>

/*
 * The archives from the file in. bytes[0] are the file's, bytes[i + 1] those of the archive that is members[i] of
 * bytes[i]. members[depth] is what is read, or nothing.
 */
struct gpq_archive {
	struct gpq_budget *budget;
	uint32_t depth;                                         /* inner archives that are open */
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH - 1]; /* of these */
	struct gpq_zip_bytes bytes[GPQ_ARCHIVE_MAX_DEPTH];
	struct gpq_zip_member members[GPQ_ARCHIVE_MAX_DEPTH];
	struct gpq_zip_member *reading; /* NULL: none */
	struct gpq_address listed;      /* its path is 'path', or nothing is listed; its places are these: */
	struct gpq_zip_place listed_places[GPQ_ARCHIVE_MAX_DEPTH - 1];
	struct gpq_zip_directory directory;
	char path[PATH_MAX]; /* of the file that is open; empty: none */
};

static size_t whole_units(size_t bytes)
{
	return (bytes + 4095) & ~(size_t)4095;
}

size_t gpq_archive_need(uint32_t depth)
{
	size_t inner = depth > 1 ? depth - 1 : 0;
	return whole_units(sizeof(struct gpq_archive)) + GPQ_ZIP_FILE_WINDOW_BYTES +
	       inner * GPQ_ZIP_PACKED_WINDOW_BYTES + depth * whole_units(sizeof(struct gpq_inflater)) +
	       gpq_zip_directory_need();
}

enum gpq_status gpq_archive_open(struct gpq_budget *budget, struct gpq_archive **out, struct gpq_error *err)
{
	struct gpq_archive *archive = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*archive), &archive, err));
	archive->budget = budget;
	*out = archive;
	return GPQ_OK;
}

void gpq_archive_leave(struct gpq_archive *archive)
{
	for (uint32_t i = 0; i < GPQ_ARCHIVE_MAX_DEPTH; i++)
		gpq_zip_bytes_leave(&archive->bytes[i]);
	archive->depth = 0;
	archive->reading = NULL;
	archive->listed.path = NULL;
	archive->path[0] = '\0';
}

void gpq_archive_close(struct gpq_archive *archive)
{
	if (!archive)
		return;
	for (uint32_t i = 0; i < GPQ_ARCHIVE_MAX_DEPTH; i++) {
		gpq_zip_bytes_done(&archive->bytes[i]);
		gpq_zip_member_done(&archive->members[i]);
	}
	gpq_free(archive->budget, GPQ_TAG_IO, archive, sizeof(*archive));
}

/* The local header of a first member, the end of an empty archive, the mark of one that was made to be cut in parts. */
bool gpq_archive_begins_so(const uint8_t *bytes, size_t len)
{
	return len >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0 ||
			    memcmp(bytes, "PK\7\x08", 4) == 0 || memcmp(bytes, "PK00", 4) == 0);
}

static enum gpq_status file_enter(struct gpq_archive *archive, const char *path, struct gpq_error *err)
{
	struct gpq_source_file file;
	size_t len = strlen(path);
	gpq_archive_leave(archive);
	if (len >= sizeof(archive->path))
		return gpq_fail_errno(err, ENAMETOOLONG, "cannot be opened");
	GPQ_TRY(gpq_source_file_open(&file, path, err));
	enum gpq_status status = gpq_zip_bytes_of_file(&archive->bytes[0], archive->budget, &file, err);
	if (status != GPQ_OK) {
		gpq_source_file_close(&file);
		return status;
	}
	memcpy(archive->path, path, len + 1);
	return GPQ_OK;
}

/* One archive further in. */
static enum gpq_status inner_enter(struct gpq_archive *archive, const struct gpq_zip_place *place,
				   struct gpq_error *err)
{
	uint32_t at = archive->depth;
	struct gpq_zip_member *member = &archive->members[at];
	struct gpq_zip_bytes *bytes = &archive->bytes[at], *inner = &archive->bytes[at + 1];
	GPQ_TRY(gpq_zip_member_begin(member, archive->budget, bytes, place, err));
	if (place->method == GPQ_ZIP_STORED)
		gpq_zip_bytes_of_range(inner, bytes, member->data_at, place->stored_bytes);
	else
		GPQ_TRY(gpq_zip_bytes_of_packed(inner, archive->budget, member, place->size_bytes, err));
	archive->places[archive->depth++] = *place;
	return GPQ_OK;
}

/* Makes the open archives those of the first 'depth' places of an address; what is open of them already stays so. */
static enum gpq_status chain_enter(struct gpq_archive *archive, const struct gpq_address *address, uint32_t depth,
				   struct gpq_error *err)
{
	uint32_t same = 0;
	archive->reading = NULL;
	if (!archive->path[0] || strcmp(archive->path, address->path) != 0)
		GPQ_TRY(file_enter(archive, address->path, err));
	while (same < depth && same < archive->depth && gpq_zip_place_equal(&archive->places[same], &address->places[same]))
		same++;
	for (uint32_t i = same; i < archive->depth; i++)
		gpq_zip_bytes_leave(&archive->bytes[i + 1]);
	archive->depth = same;
	while (archive->depth < depth)
		GPQ_TRY(inner_enter(archive, &address->places[archive->depth], err));
	return GPQ_OK;
}

/* A deflated archive is checked when its end is looked at; a stored one is gone through here. */
static enum gpq_status stored_check(struct gpq_archive *archive, struct gpq_error *err)
{
	const struct gpq_zip_place *place = &archive->places[archive->depth - 1];
	struct gpq_zip_bytes *bytes = &archive->bytes[archive->depth];
	uint32_t crc = 0;
	for (uint64_t at = 0; at < place->size_bytes;) {
		const uint8_t *view = NULL;
		size_t len = 0;
		GPQ_TRY(gpq_zip_bytes_view(bytes, at, 1, &view, &len, err));
		crc = crc32_gzip_refl(crc, view, len);
		at += len;
	}
	if (crc == place->crc)
		return GPQ_OK;
	(void)gpq_fail(err, GPQ_E_CHECKSUM, "has CRC %08x, the directory says %08x", crc, place->crc);
	if (err)
		err->byte = place->local_at;
	return GPQ_E_CHECKSUM;
}

enum gpq_status gpq_archive_list(struct gpq_archive *archive, const struct gpq_address *address,
				 struct gpq_zip_tally *tally, struct gpq_error *err)
{
	if (address->depth >= GPQ_ARCHIVE_MAX_DEPTH)
		return gpq_fail(err, GPQ_E_DATA,
				"lies in %u archives, one in the other: more than the %u that are looked into",
				address->depth, GPQ_ARCHIVE_MAX_DEPTH - 1);
	archive->listed.path = NULL;
	GPQ_TRY(chain_enter(archive, address, address->depth, err));
	if (address->depth && address->places[address->depth - 1].method == GPQ_ZIP_STORED)
		GPQ_TRY(stored_check(archive, err));
	GPQ_TRY(
	    gpq_zip_directory_open(&archive->directory, archive->budget, &archive->bytes[address->depth], tally, err));
	if (address->depth)
		memmove(archive->listed_places, address->places, address->depth * sizeof(address->places[0]));
	archive->listed = (struct gpq_address){ archive->path, archive->listed_places, address->depth };
	return GPQ_OK;
}

enum gpq_status gpq_archive_next(struct gpq_archive *archive, struct gpq_zip_entry *out, struct gpq_error *err)
{
	if (!archive->listed.path)
		return gpq_fail(err, GPQ_E_BUG, "no archive is listed");
	GPQ_TRY(chain_enter(archive, &archive->listed, archive->listed.depth, err));
	return gpq_zip_directory_next(&archive->directory, out, err);
}

bool gpq_archive_is_document(const struct gpq_archive *archive)
{
	return archive->listed.path && archive->directory.is_document;
}

enum gpq_status gpq_archive_begin(struct gpq_archive *archive, const struct gpq_address *address, struct gpq_error *err)
{
	if (!address->depth || address->depth > GPQ_ARCHIVE_MAX_DEPTH)
		return gpq_fail(err, GPQ_E_BUG, "an address of %u places is no member's", address->depth);
	uint32_t inner = address->depth - 1;
	GPQ_TRY(chain_enter(archive, address, inner, err));
	struct gpq_zip_member *member = &archive->members[inner];
	GPQ_TRY(gpq_zip_member_begin(member, archive->budget, &archive->bytes[inner], &address->places[inner], err));
	archive->reading = member;
	return GPQ_OK;
}

enum gpq_status gpq_archive_read(struct gpq_archive *archive, uint8_t *bytes, size_t cap, size_t *out_len,
				 struct gpq_error *err)
{
	if (!archive->reading)
		return gpq_fail(err, GPQ_E_BUG, "no member is open");
	return gpq_zip_member_read(archive->reading, bytes, cap, out_len, err);
}

uint64_t gpq_archive_stored_bytes(const struct gpq_archive *archive)
{
	return archive->reading ? archive->reading->taken_bytes : 0;
}
