// SPDX-License-Identifier: MIT
#include "workbook/text_store.h"

#include <string.h>

#define BLOCK_BYTES ((size_t)4096)
#define MAX_BLOCKS  (GPQ_TEXT_STORE_ROOM_BYTES / BLOCK_BYTES)

/* While texts are added to files they are gathered here. */
#define GATHER_BYTES ((size_t)64 << 10)

/* One of the two files, and its part of the room: first to gather, then blocks, each where its number leads. */
struct file {
	struct gpq_spill *spill;
	uint8_t *room;
	uint32_t n_blocks;
	size_t gathered;
	uint64_t len;
	uint64_t held[MAX_BLOCKS]; /* number + 1 of the block in each place; 0: none */
};

struct gpq_text_store {
	struct gpq_budget *budget;
	const char *folder; /* Borrows */
	size_t room_bytes;
	uint8_t *room; /* Owns */
	uint64_t count, text_bytes;
	bool sealed;
	struct file *texts, *ends; /* Owns; NULL: not spilled */
};

size_t gpq_text_store_need(size_t room_bytes)
{
	return sizeof(struct gpq_text_store) + room_bytes + 2 * (sizeof(struct file) + ((size_t)8 << 10));
}

enum gpq_status gpq_text_store_open(struct gpq_budget *budget, size_t room_bytes, const char *folder,
				    struct gpq_text_store **out, struct gpq_error *err)
{
	struct gpq_text_store *store = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_WORKBOOK, sizeof(*store), &store, err));
	store->budget = budget;
	store->folder = folder;
	store->room_bytes = room_bytes < GPQ_TEXT_STORE_ROOM_BYTES ? room_bytes : GPQ_TEXT_STORE_ROOM_BYTES;
	enum gpq_status status = gpq_alloc(budget, GPQ_TAG_WORKBOOK, store->room_bytes, &store->room, err);
	if (status != GPQ_OK) {
		gpq_text_store_close(store);
		return status;
	}
	*out = store;
	return GPQ_OK;
}

static void file_close(struct gpq_text_store *store, struct file **file)
{
	if (!*file)
		return;
	gpq_spill_close((*file)->spill);
	gpq_free(store->budget, GPQ_TAG_WORKBOOK, *file, sizeof(**file));
	*file = NULL;
}

void gpq_text_store_clear(struct gpq_text_store *store)
{
	file_close(store, &store->texts);
	file_close(store, &store->ends);
	store->count = store->text_bytes = 0;
	store->sealed = false;
}

void gpq_text_store_close(struct gpq_text_store *store)
{
	if (!store)
		return;
	gpq_text_store_clear(store);
	gpq_free(store->budget, GPQ_TAG_WORKBOOK, store->room, store->room_bytes);
	gpq_free(store->budget, GPQ_TAG_WORKBOOK, store, sizeof(*store));
}

uint64_t gpq_text_store_count(const struct gpq_text_store *store)
{
	return store->count;
}

bool gpq_text_store_is_spilled(const struct gpq_text_store *store)
{
	return store->texts != NULL;
}

/* Where text 'number' ends, in memory: from the room's last bytes down. */
static uint8_t *end_slot(const struct gpq_text_store *store, uint64_t number)
{
	return store->room + store->room_bytes - (number + 1) * sizeof(uint32_t);
}

static uint32_t end_in_memory(const struct gpq_text_store *store, uint64_t number)
{
	uint32_t end = 0;
	memcpy(&end, end_slot(store, number), sizeof(end));
	return end;
}

/* ---- spilled ---- */

static enum gpq_status gathered_write(struct file *file, struct gpq_error *err)
{
	uint64_t offset = 0;
	if (file->gathered)
		GPQ_TRY(gpq_spill_append(file->spill, file->room, file->gathered, &offset, err));
	file->gathered = 0;
	return GPQ_OK;
}

static enum gpq_status file_append(struct file *file, const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	file->len += len;
	while (len) {
		size_t part = GATHER_BYTES - file->gathered < len ? GATHER_BYTES - file->gathered : len;
		memcpy(file->room + file->gathered, bytes, part);
		file->gathered += part;
		bytes += part;
		len -= part;
		if (file->gathered == GATHER_BYTES)
			GPQ_TRY(gathered_write(file, err));
	}
	return GPQ_OK;
}

static enum gpq_status file_open(struct gpq_text_store *store, struct file **out, struct gpq_error *err)
{
	struct file *file = NULL;
	GPQ_TRY(gpq_alloc_zero(store->budget, GPQ_TAG_WORKBOOK, sizeof(*file), &file, err));
	*out = file;
	return gpq_spill_open(store->budget, store->folder, &file->spill, err);
}

/* Everything in memory goes to the files; the room becomes theirs. */
static enum gpq_status spill_begin(struct gpq_text_store *store, struct gpq_error *err)
{
	uint64_t ends[BLOCK_BYTES / sizeof(uint64_t)], offset = 0;
	const uint64_t per_turn = sizeof(ends) / sizeof(ends[0]);
	GPQ_TRY(file_open(store, &store->texts, err));
	GPQ_TRY(file_open(store, &store->ends, err));
	if (store->text_bytes)
		GPQ_TRY(gpq_spill_append(store->texts->spill, store->room, store->text_bytes, &offset, err));
	for (uint64_t at = 0; at < store->count; at += per_turn) {
		uint64_t n = store->count - at < per_turn ? store->count - at : per_turn;
		for (uint64_t i = 0; i < n; i++)
			ends[i] = end_in_memory(store, at + i);
		GPQ_TRY(gpq_spill_append(store->ends->spill, ends, n * sizeof(ends[0]), &offset, err));
	}
	store->texts->len = store->text_bytes;
	store->ends->len = store->count * sizeof(uint64_t);
	size_t half = (store->room_bytes - GPQ_TEXT_STORE_CAP_TEXT_BYTES) / 2 / BLOCK_BYTES * BLOCK_BYTES;
	store->texts->room = store->room + GPQ_TEXT_STORE_CAP_TEXT_BYTES;
	store->ends->room = store->texts->room + half;
	store->texts->n_blocks = store->ends->n_blocks = (uint32_t)(half / BLOCK_BYTES);
	return GPQ_OK;
}

static enum gpq_status spilled_add(struct gpq_text_store *store, const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	GPQ_TRY(file_append(store->texts, bytes, len, err));
	uint64_t end = store->texts->len;
	uint8_t raw[sizeof(end)];
	memcpy(raw, &end, sizeof(end));
	return file_append(store->ends, raw, sizeof(raw), err);
}

/* The block that byte 'at' is in. */
static enum gpq_status block_view(struct file *file, uint64_t at, const uint8_t **out, size_t *out_len,
				  struct gpq_error *err)
{
	uint64_t number = at / BLOCK_BYTES, begin = number * BLOCK_BYTES;
	uint32_t place = (uint32_t)(number % file->n_blocks);
	uint8_t *block = file->room + place * BLOCK_BYTES;
	size_t len = file->len - begin < BLOCK_BYTES ? (size_t)(file->len - begin) : BLOCK_BYTES;
	if (file->held[place] != number + 1) {
		file->held[place] = 0;
		GPQ_TRY(gpq_spill_read(file->spill, begin, block, len, err));
		file->held[place] = number + 1;
	}
	*out = block + (at - begin);
	*out_len = len - (size_t)(at - begin);
	return GPQ_OK;
}

static enum gpq_status end_read(struct gpq_text_store *store, uint64_t number, uint64_t *out, struct gpq_error *err)
{
	const uint8_t *raw = NULL;
	size_t len = 0;
	GPQ_TRY(block_view(store->ends, number * sizeof(*out), &raw, &len, err));
	memcpy(out, raw, sizeof(*out));
	return GPQ_OK;
}

static enum gpq_status spilled_view(struct gpq_text_store *store, uint64_t number, const uint8_t **out, size_t *out_len,
				    struct gpq_error *err)
{
	uint64_t begin = 0, end = 0;
	const uint8_t *piece = NULL;
	size_t len = 0;
	if (number)
		GPQ_TRY(end_read(store, number - 1, &begin, err));
	GPQ_TRY(end_read(store, number, &end, err));
	*out_len = (size_t)(end - begin);
	*out = store->room;
	if (begin == end)
		return GPQ_OK;
	GPQ_TRY(block_view(store->texts, begin, &piece, &len, err));
	if (len >= *out_len) {
		*out = piece;
		return GPQ_OK;
	}
	for (size_t at = 0; at < *out_len; at += len) { /* over several blocks: put together at the room's front */
		GPQ_TRY(block_view(store->texts, begin + at, &piece, &len, err));
		len = len < *out_len - at ? len : *out_len - at;
		memcpy(store->room + at, piece, len);
	}
	return GPQ_OK;
}

/* ---- both ---- */

enum gpq_status gpq_text_store_add(struct gpq_text_store *store, const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	if (len > GPQ_TEXT_STORE_CAP_TEXT_BYTES || store->sealed)
		return gpq_fail(err, GPQ_E_BUG, "a text of %zu bytes cannot be added", len);
	size_t slots = (store->count + 1) * sizeof(uint32_t);
	if (!store->texts && store->text_bytes + len + slots > store->room_bytes)
		GPQ_TRY(spill_begin(store, err));
	if (store->texts) {
		GPQ_TRY(spilled_add(store, bytes, len, err));
	} else {
		memcpy(store->room + store->text_bytes, bytes, len);
		store->text_bytes += len;
		uint32_t end = (uint32_t)store->text_bytes;
		memcpy(end_slot(store, store->count), &end, sizeof(end));
	}
	store->count++;
	return GPQ_OK;
}

enum gpq_status gpq_text_store_seal(struct gpq_text_store *store, struct gpq_error *err)
{
	if (store->texts) {
		GPQ_TRY(gathered_write(store->texts, err));
		GPQ_TRY(gathered_write(store->ends, err));
	}
	store->sealed = true;
	return GPQ_OK;
}

enum gpq_status gpq_text_store_view(struct gpq_text_store *store, uint64_t number, const uint8_t **out, size_t *out_len,
				    struct gpq_error *err)
{
	if (number >= store->count || !store->sealed)
		return gpq_fail(err, GPQ_E_BUG, "text %llu of %llu is asked for", (unsigned long long)number,
				(unsigned long long)store->count);
	if (store->texts)
		return spilled_view(store, number, out, out_len, err);
	uint32_t begin = number ? end_in_memory(store, number - 1) : 0;
	*out = store->room + begin;
	*out_len = end_in_memory(store, number) - begin;
	return GPQ_OK;
}
