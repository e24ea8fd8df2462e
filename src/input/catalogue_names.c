// SPDX-License-Identifier: MIT
/*
 * How the catalogue keeps texts. Each node is written once and never changed:
 *
 *   folder   text, with its last '/'
 *   file     folder (0: none), text
 *   archive  path, name, the length of the file's path in 'path', places from the outermost in
 *   member   archive, path within it, place, how many bytes of that path its name ends in, how many of its name are its base
 *   outcome  reason, counts
 *
 * Numbers have 7 bits a byte, the least first, the high bit where more follow. A text is its length and its bytes.
 */
#include "input/catalogue.h"

#include "value/utf8.h"

#include <string.h>

#define PIECE_BYTES 192u  /* what most nodes fit in */
#define N_COUNTS (sizeof(struct gpq_line_counts) / sizeof(uint64_t))

/* ---- writing ---- */

static void number_put(uint8_t *node, size_t *len, uint64_t number)
{
	for (; number > 0x7F; number >>= 7)
		node[(*len)++] = (uint8_t)(number | 0x80);
	node[(*len)++] = (uint8_t)number;
}

static void text_put(uint8_t *node, size_t *len, const char *text, size_t text_len)
{
	number_put(node, len, text_len);
	memcpy(node + *len, text, text_len);
	*len += text_len;
}

static void place_put(uint8_t *node, size_t *len, const struct gpq_zip_place *place)
{
	number_put(node, len, place->local_at);
	number_put(node, len, place->stored_bytes);
	number_put(node, len, place->size_bytes);
	number_put(node, len, place->crc);
	number_put(node, len, place->name_crc);
	number_put(node, len, place->method);
	number_put(node, len, place->reading);
}

static enum gpq_status length_check(const char *path, size_t cap, struct gpq_error *err)
{
	if (strlen(path) < cap)
		return GPQ_OK;
	return gpq_fail(err, GPQ_E_USAGE, "a path of %zu bytes is longer than any may be: %.80s...", strlen(path), path);
}

enum gpq_status gpq_catalogue_file_write(struct gpq_catalogue *catalogue, const char *path, uint64_t *out_at,
                                         struct gpq_error *err)
{
	struct gpq_catalogue_memo *memo = catalogue->memo;
	const char *slash = strrchr(path, '/');
	size_t folder_len = slash ? (size_t)(slash - path) + 1 : 0, len = 0;
	GPQ_TRY(length_check(path, GPQ_INPUT_PATH_BYTES, err));
	if (folder_len && (!memo->folder_at || memo->folder_len != folder_len || memcmp(memo->folder, path, folder_len) != 0)) {
		memo->folder_at = 0;
		text_put(memo->node, &len, path, folder_len);
		GPQ_TRY(gpq_stash_append(catalogue->texts, memo->node, len, &memo->folder_at, err));
		memo->folder_len = folder_len;
		memcpy(memo->folder, path, folder_len);
	}
	len = 0;
	number_put(memo->node, &len, folder_len ? memo->folder_at : 0);
	text_put(memo->node, &len, path + folder_len, strlen(path) - folder_len);
	return gpq_stash_append(catalogue->texts, memo->node, len, out_at, err);
}

/* The archive that a member is in: what its path and its name begin with. */
static enum gpq_status archive_write(struct gpq_catalogue *catalogue, const struct gpq_member *member, struct gpq_error *err)
{
	struct gpq_catalogue_memo *memo = catalogue->memo;
	size_t path_len = (size_t)(member->inside - member->path) - 1, name_len = (size_t)(member->own - member->name) - 1, len = 0;
	uint32_t depth = member->address.depth - 1;
	if (memo->archive_at && memo->archive_len == path_len && memcmp(memo->archive, member->path, path_len) == 0)
		return GPQ_OK;
	memo->archive_at = 0;
	text_put(memo->node, &len, member->path, path_len);
	text_put(memo->node, &len, member->name, name_len);
	number_put(memo->node, &len, strlen(member->address.path));
	number_put(memo->node, &len, depth);
	for (uint32_t i = 0; i < depth; i++)
		place_put(memo->node, &len, &member->address.places[i]);
	GPQ_TRY(gpq_stash_append(catalogue->texts, memo->node, len, &memo->archive_at, err));
	memo->archive_len = path_len;
	memcpy(memo->archive, member->path, path_len);
	return GPQ_OK;
}

enum gpq_status gpq_catalogue_member_write(struct gpq_catalogue *catalogue, const struct gpq_member *member, uint64_t *out_at,
                                           struct gpq_error *err)
{
	struct gpq_catalogue_memo *memo = catalogue->memo;
	size_t len = 0;
	GPQ_TRY(length_check(member->path, GPQ_INPUT_PATH_BYTES, err));
	GPQ_TRY(length_check(member->address.path, PATH_MAX, err));
	GPQ_TRY(archive_write(catalogue, member, err));
	number_put(memo->node, &len, memo->archive_at);
	text_put(memo->node, &len, member->inside, strlen(member->inside));
	place_put(memo->node, &len, &member->address.places[member->address.depth - 1]);
	number_put(memo->node, &len, strlen(member->own));
	number_put(memo->node, &len, strlen(member->base));
	return gpq_stash_append(catalogue->texts, memo->node, len, out_at, err);
}

/* ---- reading ---- */

/* A place in the texts, read piece by piece. The first failure stays, and reads are of nothing from then on. */
struct texts_reader {
	struct gpq_stash *texts;
	uint64_t at, end;
	uint8_t piece[PIECE_BYTES];
	size_t from, len;
	enum gpq_status status;
	struct gpq_error *err;
};

static void reader_init(struct texts_reader *reader, struct gpq_stash *texts, uint64_t at, struct gpq_error *err)
{
	reader->texts = texts;
	reader->at = at;
	reader->end = gpq_stash_len(texts);
	reader->from = reader->len = 0;
	reader->status = GPQ_OK;
	reader->err = err;
}

static void bytes_get(struct texts_reader *reader, void *out, size_t len)
{
	uint8_t *to = out;
	while (len && reader->status == GPQ_OK) {
		if (reader->from == reader->len) {
			reader->from = 0;
			reader->len = reader->end - reader->at < PIECE_BYTES ? (size_t)(reader->end - reader->at) : PIECE_BYTES;
			if (reader->len)
				reader->status = gpq_stash_read(reader->texts, reader->at, reader->piece, reader->len, reader->err);
			else
				reader->status = gpq_fail(reader->err, GPQ_E_BUG, "the texts of the inputs end too early");
			reader->at += reader->len;
			continue;
		}
		size_t n = reader->len - reader->from < len ? reader->len - reader->from : len;
		memcpy(to, reader->piece + reader->from, n);
		reader->from += n;
		to += n;
		len -= n;
	}
	if (reader->status != GPQ_OK)
		memset(to, 0, len);
}

static uint64_t number_get(struct texts_reader *reader)
{
	uint64_t number = 0;
	uint8_t byte = 0x80;
	for (unsigned shift = 0; byte & 0x80 && shift < 64; shift += 7) {
		bytes_get(reader, &byte, 1);
		number |= (uint64_t)(byte & 0x7F) << shift;
	}
	return number;
}

/* Puts a text behind '*len' bytes of 'out', and a terminator behind that. */
static void text_get(struct texts_reader *reader, char *out, size_t *len, size_t cap)
{
	uint64_t more = number_get(reader);
	if (reader->status == GPQ_OK && more >= cap - *len)
		reader->status = gpq_fail(reader->err, GPQ_E_BUG, "a text of the inputs has %llu bytes", (unsigned long long)more);
	if (reader->status == GPQ_OK) {
		bytes_get(reader, out + *len, (size_t)more);
		*len += (size_t)more;
	}
	out[*len] = 0;
}

static void place_get(struct texts_reader *reader, struct gpq_zip_place *out)
{
	out->local_at = number_get(reader);
	out->stored_bytes = number_get(reader);
	out->size_bytes = number_get(reader);
	out->crc = (uint32_t)number_get(reader);
	out->name_crc = (uint32_t)number_get(reader);
	out->method = (uint16_t)number_get(reader);
	out->reading = (uint16_t)number_get(reader);
}

static enum gpq_status file_names(struct gpq_stash *texts, uint64_t at, struct gpq_input_names *out, struct gpq_error *err)
{
	struct texts_reader file, folder;
	size_t len = 0;
	reader_init(&file, texts, at, err);
	uint64_t folder_at = number_get(&file);
	GPQ_TRY(file.status);
	if (folder_at) {
		reader_init(&folder, texts, folder_at, err);
		text_get(&folder, out->paths, &len, sizeof(out->paths));
		GPQ_TRY(folder.status);
	}
	out->path = out->paths;
	out->name = out->base = out->paths + len;
	out->address = (struct gpq_address){ .path = out->paths };
	text_get(&file, out->paths, &len, sizeof(out->paths));
	return file.status;
}

static enum gpq_status archive_names(struct gpq_stash *texts, uint64_t at, struct gpq_input_names *out, size_t *path_len,
                                     size_t *name_len, struct gpq_error *err)
{
	struct texts_reader archive;
	reader_init(&archive, texts, at, err);
	text_get(&archive, out->paths, path_len, sizeof(out->paths) - 1);
	text_get(&archive, out->names, name_len, sizeof(out->names) - 1);
	uint64_t file_len = number_get(&archive), depth = number_get(&archive);
	if (archive.status == GPQ_OK && (file_len >= sizeof(out->file) || file_len > *path_len || depth >= GPQ_ARCHIVE_MAX_DEPTH))
		return gpq_fail(err, GPQ_E_BUG, "the texts of an archive are damaged");
	for (uint64_t i = 0; i < depth && archive.status == GPQ_OK; i++)
		place_get(&archive, &out->places[i]);
	GPQ_TRY(archive.status);
	memcpy(out->file, out->paths, (size_t)file_len);
	out->file[file_len] = 0;
	out->address = (struct gpq_address){ out->file, out->places, (uint32_t)depth + 1 };
	return GPQ_OK;
}

static enum gpq_status member_names(struct gpq_stash *texts, uint64_t at, struct gpq_input_names *out, struct gpq_error *err)
{
	struct texts_reader member;
	size_t path_len = 0, name_len = 0;
	reader_init(&member, texts, at, err);
	uint64_t archive_at = number_get(&member);
	GPQ_TRY(member.status);
	GPQ_TRY(archive_names(texts, archive_at, out, &path_len, &name_len, err));
	out->paths[path_len++] = '!';
	out->names[name_len++] = '!';
	size_t inside_at = path_len;
	text_get(&member, out->paths, &path_len, sizeof(out->paths));
	place_get(&member, &out->places[out->address.depth - 1]);
	uint64_t own_len = number_get(&member), base_len = number_get(&member);
	GPQ_TRY(member.status);
	if (own_len > path_len - inside_at || own_len >= sizeof(out->names) - name_len || base_len > name_len + own_len)
		return gpq_fail(err, GPQ_E_BUG, "the name of a member is damaged");
	memcpy(out->names + name_len, out->paths + path_len - own_len, (size_t)own_len + 1);
	name_len += (size_t)own_len;
	out->path = out->paths;
	out->name = out->names;
	out->base = out->names + name_len - base_len;
	return GPQ_OK;
}

enum gpq_status gpq_catalogue_names(struct gpq_catalogue *catalogue, const struct gpq_input *input,
                                    struct gpq_input_names *out, struct gpq_error *err)
{
	return input->is_member ? member_names(catalogue->texts, input->named_at, out, err)
	                        : file_names(catalogue->texts, input->named_at, out, err);
}

/* ---- outcomes ---- */

enum gpq_status gpq_catalogue_note(struct gpq_catalogue *catalogue, struct gpq_input *input, const char *reason,
                                   const struct gpq_line_counts *lines, struct gpq_error *err)
{
	uint8_t node[GPQ_REASON_BYTES + 16 + 10 * N_COUNTS];
	uint64_t counts[N_COUNTS], at = 0;
	size_t len = 0, reason_len = reason ? strlen(reason) : 0;
	if (reason_len >= GPQ_REASON_BYTES)
		reason_len = GPQ_REASON_BYTES - 1;
	number_put(node, &len, reason != NULL);
	text_put(node, &len, reason ? reason : "", reason_len);
	memcpy(counts, lines, sizeof(counts));
	for (size_t i = 0; i < N_COUNTS; i++)
		number_put(node, &len, counts[i]);
	GPQ_TRY(gpq_stash_append(catalogue->texts, node, len, &at, err));
	input->outcome_at = at;
	return GPQ_OK;
}

enum gpq_status gpq_catalogue_outcome(struct gpq_catalogue *catalogue, const struct gpq_input *input,
                                      struct gpq_outcome *out, struct gpq_error *err)
{
	struct texts_reader reader;
	uint64_t counts[N_COUNTS];
	size_t len = 0;
	out->has_reason = false;
	out->reason[0] = 0;
	memset(&out->lines, 0, sizeof(out->lines));
	if (!input->outcome_at)
		return GPQ_OK;
	reader_init(&reader, catalogue->texts, input->outcome_at, err);
	out->has_reason = number_get(&reader);
	text_get(&reader, out->reason, &len, sizeof(out->reason));
	for (size_t i = 0; i < N_COUNTS; i++)
		counts[i] = number_get(&reader);
	memcpy(&out->lines, counts, sizeof(counts));
	return reader.status;
}

/* ---- as they are written ---- */

size_t gpq_input_name_write(const char *name, char *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = strlen(name), to = 0;
	bool whole = gpq_value_is_utf8(name, len);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)name[i];
		bool plain = whole || (byte < 0x80 && byte != '%');
		if (out && plain)
			out[to] = name[i];
		else if (out)
			memcpy(out + to, (const char[]){ '%', hex[byte >> 4], hex[byte & 15] }, 3);
		to += plain ? 1 : 3;
	}
	return to;
}
