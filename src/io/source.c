// SPDX-License-Identifier: MIT
#include "io/source.h"

#include "cpu/features.h"
#include "io/source_file.h"
#include "io/source_gzip.h"

#include <string.h>
#include <strings.h>

/* Bytes that the hash takes over at a time: they are still in the cache from unpacking. */
#define HASH_STEP_BYTES ((size_t)128 << 10)

/* Of a member, unpacked when it is opened, to see what it is: most small members are whole by then. */
#define AHEAD_BYTES ((size_t)4 << 10)

/* A member of an archive, and its first bytes. */
struct member {
	struct gpq_archive *archive; /* Borrows until close */
	uint64_t stored_bytes;
	size_t ahead_at, ahead_len; /* of 'ahead' */
	bool ended;                 /* nothing comes behind 'ahead' */
	uint8_t ahead[AHEAD_BYTES];
};

struct gpq_source {
	struct gpq_hasher hash; /* first: it wants 64-byte alignment */
	struct gpq_budget *budget;
	struct gpq_source_file file;
	struct gpq_source_made made;  /* its 'read' is NULL for a file or a member */
	struct member *member;        /* NULL for a file */
	struct gpq_source_gzip *gzip; /* NULL for what is no gzip */
	bool hash_wanted;
};

size_t gpq_source_need(void)
{
	size_t object = (sizeof(struct gpq_source) + 63) & ~(size_t)63;
	size_t gzip = (sizeof(struct gpq_source_gzip) + 4095) & ~(size_t)4095;
	return object + gzip;
}

size_t gpq_source_member_need(uint32_t depth)
{
	return gpq_source_need() + ((sizeof(struct member) + 63) & ~(size_t)63) + gpq_archive_need(depth);
}

static bool name_says_gzip(const char *path)
{
	size_t len = strlen(path);
	return len > 3 && strcasecmp(path + len - 3, ".gz") == 0;
}

static bool gzip_begins(const uint8_t *head, size_t len)
{
	return len && head[0] == 0x1f && (len == 1 || head[1] == 0x8b);
}

/* Content decides. What is too short to show it counts as gzip, and so as cut off, where nothing else can be meant: no
 * text begins with 1f, and a .gz holds a header at least. */
static enum gpq_status gzip_detect(const struct gpq_source_file *file, const char *path, bool *out,
				   struct gpq_error *err)
{
	uint8_t head[2] = { 0 };
	size_t len = 0;
	GPQ_TRY(gpq_source_file_peek(file, 0, head, sizeof(head), &len, err));
	if (len == 0)
		*out = name_says_gzip(path);
	else
		*out = gzip_begins(head, len);
	return GPQ_OK;
}

static enum gpq_status file_pull(void *from, uint8_t *bytes, size_t cap, size_t *out_len, struct gpq_error *err)
{
	return gpq_source_file_read(from, bytes, cap, out_len, err);
}

static enum gpq_status member_pull(void *from, uint8_t *bytes, size_t cap, size_t *out_len, struct gpq_error *err)
{
	struct member *member = from;
	size_t ahead = member->ahead_len - member->ahead_at, len = 0;
	if (ahead > cap)
		ahead = cap;
	memcpy(bytes, member->ahead + member->ahead_at, ahead);
	member->ahead_at += ahead;
	if (ahead < cap && !member->ended)
		GPQ_TRY(gpq_archive_read(member->archive, bytes + ahead, cap - ahead, &len, err));
	*out_len = ahead + len;
	return GPQ_OK;
}

static enum gpq_status gzip_begin(struct gpq_source *source,
				  enum gpq_status (*pull)(void *from, uint8_t *bytes, size_t cap, size_t *out_len,
							  struct gpq_error *err),
				  void *from, struct gpq_error *err)
{
	GPQ_TRY(gpq_alloc(source->budget, GPQ_TAG_IO, sizeof(*source->gzip), &source->gzip, err));
	gpq_source_gzip_init(source->gzip, pull, from);
	return GPQ_OK;
}

static enum gpq_status file_prepare(struct gpq_source *source, const char *path, struct gpq_error *err)
{
	bool packed = false;
	GPQ_TRY(gpq_source_file_open(&source->file, path, err));
	GPQ_TRY(gzip_detect(&source->file, path, &packed, err));
	return packed ? gzip_begin(source, file_pull, &source->file, err) : GPQ_OK;
}

static enum gpq_status member_prepare(struct gpq_source *source, struct gpq_archive *archive,
				      const struct gpq_address *address, struct gpq_error *err)
{
	struct member *member = NULL;
	GPQ_TRY(gpq_alloc(source->budget, GPQ_TAG_IO, sizeof(*member), &member, err));
	source->member = member;
	member->archive = archive;
	member->stored_bytes = address->places[address->depth - 1].stored_bytes;
	member->ahead_at = 0;
	GPQ_TRY(gpq_archive_begin(archive, address, err));
	GPQ_TRY(gpq_archive_read(archive, member->ahead, AHEAD_BYTES, &member->ahead_len, err));
	member->ended = member->ahead_len < AHEAD_BYTES;
	bool packed = gzip_begins(member->ahead, member->ahead_len);
	return packed ? gzip_begin(source, member_pull, member, err) : GPQ_OK;
}

enum gpq_status gpq_source_open_member(struct gpq_budget *budget, struct gpq_archive *archive,
				       const struct gpq_address *address, bool hash, struct gpq_source **out,
				       struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*source), &source, err));
	source->budget = budget;
	source->hash_wanted = hash;
	source->file.fd = -1;
	gpq_hasher_init(&source->hash, GPQ_CPU_ALL);
	enum gpq_status status = address->depth ? member_prepare(source, archive, address, err)
						: file_prepare(source, address->path, err);
	if (status != GPQ_OK) {
		gpq_source_close(source);
		return status;
	}
	*out = source;
	return GPQ_OK;
}

enum gpq_status gpq_source_open(struct gpq_budget *budget, const char *path, bool hash, struct gpq_source **out,
				struct gpq_error *err)
{
	return gpq_source_open_member(budget, NULL, &(struct gpq_address){ .path = path }, hash, out, err);
}

void gpq_source_close(struct gpq_source *source)
{
	if (!source)
		return;
	gpq_source_file_close(&source->file);
	gpq_free(source->budget, GPQ_TAG_IO, source->gzip, sizeof(*source->gzip));
	gpq_free(source->budget, GPQ_TAG_IO, source->member, sizeof(*source->member));
	gpq_free(source->budget, GPQ_TAG_IO, source, sizeof(*source));
}

enum gpq_status gpq_source_open_made(struct gpq_budget *budget, const struct gpq_source_made *made, bool hash,
				     struct gpq_source **out, struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*source), &source, err));
	source->budget = budget;
	source->hash_wanted = hash;
	source->file.fd = -1;
	source->made = *made;
	gpq_hasher_init(&source->hash, GPQ_CPU_ALL);
	*out = source;
	return GPQ_OK;
}

static enum gpq_status source_step(struct gpq_source *source, uint8_t *bytes, size_t cap, size_t *out_len,
				   struct gpq_error *err)
{
	if (source->gzip)
		GPQ_TRY(gpq_source_gzip_read(source->gzip, bytes, cap, out_len, err));
	else if (source->made.read)
		GPQ_TRY(source->made.read(source->made.from, bytes, cap, out_len, err));
	else if (source->member)
		GPQ_TRY(member_pull(source->member, bytes, cap, out_len, err));
	else
		GPQ_TRY(gpq_source_file_read(&source->file, bytes, cap, out_len, err));
	if (source->hash_wanted && *out_len)
		gpq_hasher_update(&source->hash, bytes, *out_len);
	return GPQ_OK;
}

enum gpq_status gpq_source_read(struct gpq_source *source, uint8_t *bytes, size_t cap, size_t *out_len,
				struct gpq_error *err)
{
	size_t len = 0, got = 0, want = 0;
	do {
		want = source->hash_wanted && cap - len > HASH_STEP_BYTES ? HASH_STEP_BYTES : cap - len;
		GPQ_TRY(source_step(source, bytes + len, want, &got, err));
		len += got;
	} while (got == want && len < cap);
	*out_len = len;
	return GPQ_OK;
}

uint64_t gpq_source_stored_bytes(const struct gpq_source *source)
{
	if (source->made.read)
		return gpq_archive_stored_bytes(source->made.archive);
	return source->member ? gpq_archive_stored_bytes(source->member->archive) : source->file.read_bytes;
}

bool gpq_source_is_compressed(const struct gpq_source *source)
{
	return source->gzip || source->member || source->made.read;
}

uint64_t gpq_source_size_bytes(const struct gpq_source *source)
{
	if (source->made.read)
		return source->made.stored_bytes;
	return source->member ? source->member->stored_bytes : source->file.size_bytes;
}

struct gpq_hash gpq_source_hash(const struct gpq_source *source)
{
	return gpq_hasher_digest(&source->hash);
}

enum gpq_status gpq_source_tail(const char *path, uint8_t *bytes, size_t cap, size_t *out_len, struct gpq_error *err)
{
	struct gpq_source_file file;
	bool packed = false;
	size_t len = 0;
	GPQ_TRY(gpq_source_file_open(&file, path, err));
	enum gpq_status status = gzip_detect(&file, path, &packed, err);
	if (status == GPQ_OK && !packed) {
		uint64_t offset = file.size_bytes > cap ? file.size_bytes - cap : 0;
		status = gpq_source_file_peek(&file, offset, bytes, cap, &len, err);
	}
	gpq_source_file_close(&file);
	if (status == GPQ_OK)
		*out_len = len;
	return status;
}
