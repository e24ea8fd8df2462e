// SPDX-License-Identifier: MIT
#include "io/stash.h"

#include <pthread.h>
#include <string.h>

#define MIN_FRAMES 4u
#define NEVER      UINT64_MAX
#define NO_FRAME   UINT32_MAX
#define NO_SHEET   UINT32_MAX

struct sheet {
	uint64_t spilled_at; /* NEVER: it was always in memory */
	uint32_t frame;      /* NO_FRAME: only in the file */
};

struct frame {
	uint8_t *bytes;
	uint32_t sheet;
	bool dirty, used; /* differs from the file; was used since the hand came by */
};

struct gpq_stash {
	struct gpq_budget *budget;
	struct gpq_spill *spill;
	pthread_mutex_t lock;
	struct sheet *sheets;
	struct frame *frames;
	uint32_t n_sheets, room_sheets, n_frames, room_frames, cap_frames, hand;
	uint64_t len;
};

static uint32_t sheets_of(uint64_t bytes)
{
	return (uint32_t)((bytes + GPQ_STASH_SHEET_BYTES - 1) / GPQ_STASH_SHEET_BYTES);
}

static uint32_t frames_of(size_t cap_bytes)
{
	size_t frames = cap_bytes / GPQ_STASH_SHEET_BYTES;
	return frames < MIN_FRAMES ? MIN_FRAMES : (uint32_t)frames;
}

enum gpq_status gpq_stash_open(struct gpq_budget *budget, struct gpq_spill *spill, size_t cap_bytes,
                               struct gpq_stash **out, struct gpq_error *err)
{
	struct gpq_stash *stash = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*stash), &stash, err));
	stash->budget = budget;
	stash->spill = spill;
	stash->cap_frames = frames_of(cap_bytes);
	pthread_mutex_init(&stash->lock, NULL);
	*out = stash;
	return GPQ_OK;
}

void gpq_stash_close(struct gpq_stash *stash)
{
	if (!stash)
		return;
	for (uint32_t i = 0; i < stash->n_frames; i++)
		gpq_free(stash->budget, GPQ_TAG_IO, stash->frames[i].bytes, GPQ_STASH_SHEET_BYTES);
	for (uint32_t i = 0; i < stash->n_sheets; i++)
		if (stash->sheets[i].spilled_at != NEVER)
			gpq_spill_release(stash->spill, stash->sheets[i].spilled_at, GPQ_STASH_SHEET_BYTES);
	gpq_free(stash->budget, GPQ_TAG_IO, stash->frames, stash->room_frames * sizeof(*stash->frames));
	gpq_free(stash->budget, GPQ_TAG_IO, stash->sheets, stash->room_sheets * sizeof(*stash->sheets));
	pthread_mutex_destroy(&stash->lock);
	gpq_free(stash->budget, GPQ_TAG_IO, stash, sizeof(*stash));
}

/* Makes room for one more item. */
static enum gpq_status items_grow(struct gpq_budget *budget, void *items, uint32_t count, uint32_t *room, size_t item_bytes,
                                  struct gpq_error *err)
{
	void *old = NULL, *more = NULL;
	uint32_t bigger = *room ? 2 * *room : 16;
	if (count < *room)
		return GPQ_OK;
	memcpy(&old, items, sizeof(old));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_IO, bigger * item_bytes, &more, err));
	if (count)
		memcpy(more, old, count * item_bytes);
	gpq_free(budget, GPQ_TAG_IO, old, *room * item_bytes);
	memcpy(items, &more, sizeof(more));
	*room = bigger;
	return GPQ_OK;
}

static enum gpq_status frame_make(struct gpq_stash *stash, uint32_t *out, struct gpq_error *err)
{
	uint8_t *bytes = NULL;
	GPQ_TRY(items_grow(stash->budget, &stash->frames, stash->n_frames, &stash->room_frames, sizeof(*stash->frames), err));
	GPQ_TRY(gpq_alloc(stash->budget, GPQ_TAG_IO, GPQ_STASH_SHEET_BYTES, &bytes, err));
	stash->frames[stash->n_frames] = (struct frame){ .bytes = bytes };
	*out = stash->n_frames++;
	return GPQ_OK;
}

/* The clock: the first frame from the hand on that was not used since it came by. */
static enum gpq_status frame_empty(struct gpq_stash *stash, uint32_t *out, struct gpq_error *err)
{
	while (stash->frames[stash->hand].used) {
		stash->frames[stash->hand].used = false;
		stash->hand = (stash->hand + 1) % stash->n_frames;
	}
	struct frame *frame = &stash->frames[stash->hand];
	struct sheet *sheet = frame->sheet == NO_SHEET ? NULL : &stash->sheets[frame->sheet];
	if (sheet && frame->dirty) {
		uint64_t at = 0;
		GPQ_TRY(gpq_spill_append(stash->spill, frame->bytes, GPQ_STASH_SHEET_BYTES, &at, err));
		if (sheet->spilled_at != NEVER)
			gpq_spill_release(stash->spill, sheet->spilled_at, GPQ_STASH_SHEET_BYTES);
		sheet->spilled_at = at;
		frame->dirty = false;
	}
	if (sheet)
		sheet->frame = NO_FRAME;
	*out = stash->hand;
	stash->hand = (stash->hand + 1) % stash->n_frames;
	return GPQ_OK;
}

/* The frame that holds a sheet; it is read back where it was spilled. */
static enum gpq_status sheet_hold(struct gpq_stash *stash, uint32_t number, struct frame **out, struct gpq_error *err)
{
	struct sheet *sheet = &stash->sheets[number];
	uint32_t at = sheet->frame;
	enum gpq_status status = GPQ_OK;
	if (at == NO_FRAME) {
		if (stash->n_frames < stash->cap_frames)
			GPQ_TRY(frame_make(stash, &at, err));
		else
			GPQ_TRY(frame_empty(stash, &at, err));
		struct frame *frame = &stash->frames[at];
		if (sheet->spilled_at == NEVER)
			memset(frame->bytes, 0, GPQ_STASH_SHEET_BYTES);
		else
			status = gpq_spill_read(stash->spill, sheet->spilled_at, frame->bytes, GPQ_STASH_SHEET_BYTES, err);
		frame->dirty = sheet->spilled_at == NEVER;
		frame->used = false;
		frame->sheet = status == GPQ_OK ? number : NO_SHEET;
		GPQ_TRY(status);
		sheet->frame = at;
	}
	*out = &stash->frames[at];
	(*out)->used = true;
	return GPQ_OK;
}

static enum gpq_status bytes_put(struct gpq_stash *stash, uint64_t at, const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	while (len) {
		size_t from = at % GPQ_STASH_SHEET_BYTES, n = GPQ_STASH_SHEET_BYTES - from < len ? GPQ_STASH_SHEET_BYTES - from : len;
		struct frame *frame = NULL;
		GPQ_TRY(sheet_hold(stash, (uint32_t)(at / GPQ_STASH_SHEET_BYTES), &frame, err));
		memcpy(frame->bytes + from, bytes, n);
		frame->dirty = true;
		at += n;
		bytes += n;
		len -= n;
	}
	return GPQ_OK;
}

static enum gpq_status sheets_add(struct gpq_stash *stash, uint64_t len, struct gpq_error *err)
{
	while (stash->n_sheets < sheets_of(len)) {
		GPQ_TRY(items_grow(stash->budget, &stash->sheets, stash->n_sheets, &stash->room_sheets, sizeof(*stash->sheets), err));
		stash->sheets[stash->n_sheets++] = (struct sheet){ .spilled_at = NEVER, .frame = NO_FRAME };
	}
	return GPQ_OK;
}

static enum gpq_status bytes_append(struct gpq_stash *stash, const uint8_t *bytes, size_t len, uint64_t *out_at,
                                    struct gpq_error *err)
{
	uint64_t at = stash->len;
	GPQ_TRY(sheets_add(stash, at + len, err));
	GPQ_TRY(bytes_put(stash, at, bytes, len, err));
	stash->len += len;
	*out_at = at;
	return GPQ_OK;
}

enum gpq_status gpq_stash_extend(struct gpq_stash *stash, uint64_t len, struct gpq_error *err)
{
	pthread_mutex_lock(&stash->lock);
	enum gpq_status status = len > stash->len ? sheets_add(stash, len, err) : GPQ_OK;
	if (status == GPQ_OK && len > stash->len)
		stash->len = len;
	pthread_mutex_unlock(&stash->lock);
	return status;
}

/* A sheet that nothing was written to has neither a frame nor a place in the file. */
static bool sheet_is_blank(const struct sheet *sheet)
{
	return sheet->frame == NO_FRAME && sheet->spilled_at == NEVER;
}

uint64_t gpq_stash_find(struct gpq_stash *stash, uint64_t at)
{
	pthread_mutex_lock(&stash->lock);
	uint64_t len = stash->len, sheet = at / GPQ_STASH_SHEET_BYTES;
	while (sheet < stash->n_sheets && sheet_is_blank(&stash->sheets[sheet]))
		sheet++;
	pthread_mutex_unlock(&stash->lock);
	uint64_t found = sheet * GPQ_STASH_SHEET_BYTES;
	found = found < at ? at : found;
	return found < len ? found : len;
}

enum gpq_status gpq_stash_append(struct gpq_stash *stash, const void *bytes, size_t len, uint64_t *out_at,
                                 struct gpq_error *err)
{
	pthread_mutex_lock(&stash->lock);
	enum gpq_status status = bytes_append(stash, bytes, len, out_at, err);
	pthread_mutex_unlock(&stash->lock);
	return status;
}

static enum gpq_status range_check(const struct gpq_stash *stash, uint64_t at, size_t len, struct gpq_error *err)
{
	if (at <= stash->len && len <= stash->len - at)
		return GPQ_OK;
	return gpq_fail(err, GPQ_E_BUG, "%zu bytes from %llu are asked for, there are %llu", len, (unsigned long long)at,
	                (unsigned long long)stash->len);
}

enum gpq_status gpq_stash_write(struct gpq_stash *stash, uint64_t at, const void *bytes, size_t len, struct gpq_error *err)
{
	pthread_mutex_lock(&stash->lock);
	enum gpq_status status = range_check(stash, at, len, err);
	if (status == GPQ_OK)
		status = bytes_put(stash, at, bytes, len, err);
	pthread_mutex_unlock(&stash->lock);
	return status;
}

static enum gpq_status bytes_take(struct gpq_stash *stash, uint64_t at, uint8_t *bytes, size_t len, struct gpq_error *err)
{
	GPQ_TRY(range_check(stash, at, len, err));
	while (len) {
		size_t from = at % GPQ_STASH_SHEET_BYTES, n = GPQ_STASH_SHEET_BYTES - from < len ? GPQ_STASH_SHEET_BYTES - from : len;
		struct frame *frame = NULL;
		if (sheet_is_blank(&stash->sheets[at / GPQ_STASH_SHEET_BYTES])) {
			memset(bytes, 0, n);
		} else {
			GPQ_TRY(sheet_hold(stash, (uint32_t)(at / GPQ_STASH_SHEET_BYTES), &frame, err));
			memcpy(bytes, frame->bytes + from, n);
		}
		at += n;
		bytes += n;
		len -= n;
	}
	return GPQ_OK;
}

enum gpq_status gpq_stash_read(struct gpq_stash *stash, uint64_t at, void *bytes, size_t len, struct gpq_error *err)
{
	pthread_mutex_lock(&stash->lock);
	enum gpq_status status = bytes_take(stash, at, bytes, len, err);
	pthread_mutex_unlock(&stash->lock);
	return status;
}

uint64_t gpq_stash_len(struct gpq_stash *stash)
{
	pthread_mutex_lock(&stash->lock);
	uint64_t len = stash->len;
	pthread_mutex_unlock(&stash->lock);
	return len;
}

/* While a list grows, the old one is there, too. */
static size_t list_most(size_t count, uint32_t room, size_t item_bytes)
{
	while (room < count)
		room = room ? 2 * room : 16;
	return (room + room / 2) * item_bytes;
}

static size_t most_bytes(size_t sheets, uint32_t room_sheets, size_t frames, uint32_t room_frames)
{
	return sizeof(struct gpq_stash) + frames * GPQ_STASH_SHEET_BYTES + list_most(sheets, room_sheets, sizeof(struct sheet)) +
	       list_most(frames, room_frames, sizeof(struct frame)) + 4 * 4096;
}

size_t gpq_stash_need(uint64_t len, size_t cap_bytes)
{
	uint32_t sheets = sheets_of(len), frames = frames_of(cap_bytes);
	return most_bytes(sheets, 0, sheets < frames ? sheets : frames, 0);
}

size_t gpq_stash_settle(struct gpq_stash *stash, size_t more_bytes)
{
	pthread_mutex_lock(&stash->lock);
	uint32_t more = sheets_of(more_bytes) + 1, frames = stash->n_frames + more;
	frames = frames < MIN_FRAMES ? MIN_FRAMES : frames;
	if (frames < stash->cap_frames)
		stash->cap_frames = frames;
	size_t most = most_bytes(stash->n_sheets + more, stash->room_sheets, stash->cap_frames, stash->room_frames);
	pthread_mutex_unlock(&stash->lock);
	return most;
}
