// SPDX-License-Identifier: MIT
#include "input/collation.h"

#include <string.h>

#define STAGE_BYTES ((size_t)64 << 10)
#define MAX_RUNS    128u
#define HEAD_BYTES  (2 * sizeof(uint32_t)) /* an entry begins with the lengths of key and load */
#define ORDER_BYTES (2 * sizeof(uint32_t)) /* what sorting takes for an entry */

/* A sorted run in the spill file, and the part of it that is in the room while runs are merged. */
struct run {
	uint64_t at, end;     /* in the file: what is still to be read */
	uint8_t *window;
	size_t from, len;     /* of the window: the next entry, the end of what was read */
};

struct gpq_collation {
	struct gpq_budget *budget;
	struct gpq_spill *spill;
	uint8_t *room, *stage;
	size_t room_bytes, used_bytes, window_bytes, staged_bytes;
	uint32_t n, next;     /* entries in the room; the next one to give */
	uint32_t *order;      /* of the room's entries, once sorted: where they begin */
	struct run runs[MAX_RUNS];
	uint32_t n_runs;
	uint32_t heap[MAX_RUNS]; /* runs that have an entry left, the least first */
	uint32_t n_heap;
	bool given;           /* the entry of heap[0] was given and is to be passed */
};

size_t gpq_collation_need(size_t room_bytes)
{
	return sizeof(struct gpq_collation) + room_bytes + STAGE_BYTES + 3 * 4096 + 8192;
}

enum gpq_status gpq_collation_open(struct gpq_budget *budget, const char *folder, size_t room_bytes,
                                   struct gpq_collation **out, struct gpq_error *err)
{
	struct gpq_collation *collation = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*collation), &collation, err));
	collation->budget = budget;
	collation->room_bytes = room_bytes < GPQ_COLLATION_MIN_BYTES ? GPQ_COLLATION_MIN_BYTES : room_bytes & ~(size_t)7;
	enum gpq_status status = gpq_alloc(budget, GPQ_TAG_CONVERT, collation->room_bytes, &collation->room, err);
	if (status == GPQ_OK)
		status = gpq_alloc(budget, GPQ_TAG_CONVERT, STAGE_BYTES, &collation->stage, err);
	if (status == GPQ_OK)
		status = gpq_spill_open(budget, folder, &collation->spill, err);
	if (status != GPQ_OK) {
		gpq_collation_close(collation);
		return status;
	}
	*out = collation;
	return GPQ_OK;
}

void gpq_collation_close(struct gpq_collation *collation)
{
	if (!collation)
		return;
	gpq_spill_close(collation->spill);
	gpq_free(collation->budget, GPQ_TAG_CONVERT, collation->stage, STAGE_BYTES);
	gpq_free(collation->budget, GPQ_TAG_CONVERT, collation->room, collation->room_bytes);
	gpq_free(collation->budget, GPQ_TAG_CONVERT, collation, sizeof(*collation));
}

/* ---- entries ---- */

static struct gpq_collation_entry entry_at(const uint8_t *bytes)
{
	uint32_t lens[2];
	memcpy(lens, bytes, sizeof(lens));
	return (struct gpq_collation_entry){ bytes + HEAD_BYTES, bytes + HEAD_BYTES + lens[0], lens[0], lens[1] };
}

static size_t entry_bytes(const struct gpq_collation_entry *entry)
{
	return HEAD_BYTES + entry->key_len + entry->load_len;
}

static int keys_compare(const uint8_t *a, const uint8_t *b)
{
	struct gpq_collation_entry x = entry_at(a), y = entry_at(b);
	int order = memcmp(x.key, y.key, x.key_len < y.key_len ? x.key_len : y.key_len);
	return order ? order : (x.key_len > y.key_len) - (x.key_len < y.key_len);
}

/* ---- one room ---- */

/* Sorts order[from, to) with 'spare' of the same length; halves that are in order already are left alone. */
static void order_sort(const uint8_t *room, uint32_t *order, uint32_t *spare, uint32_t from, uint32_t to)
{
	if (to - from < 2)
		return;
	uint32_t middle = from + (to - from) / 2;
	order_sort(room, order, spare, from, middle);
	order_sort(room, order, spare, middle, to);
	if (keys_compare(room + order[middle - 1], room + order[middle]) <= 0)
		return;
	memcpy(spare + from, order + from, (middle - from) * sizeof(*order));
	uint32_t a = from, b = middle, at = from;
	while (a < middle)
		order[at++] = b < to && keys_compare(room + order[b], room + spare[a]) < 0 ? order[b++] : spare[a++];
}

static void room_sort(struct gpq_collation *collation)
{
	collation->order = (uint32_t *)(void *)(collation->room + collation->room_bytes - collation->n * ORDER_BYTES);
	size_t at = 0;
	for (uint32_t i = 0; i < collation->n; i++) {
		struct gpq_collation_entry entry = entry_at(collation->room + at);
		collation->order[i] = (uint32_t)at;
		at += entry_bytes(&entry);
	}
	order_sort(collation->room, collation->order, collation->order + collation->n, 0, collation->n);
}

/* ---- writing a run ---- */

static enum gpq_status stage_flush(struct gpq_collation *collation, struct run *run, struct gpq_error *err)
{
	uint64_t at = 0;
	if (!collation->staged_bytes)
		return GPQ_OK;
	GPQ_TRY(gpq_spill_append(collation->spill, collation->stage, collation->staged_bytes, &at, err));
	if (run->end == run->at)
		run->at = at; /* one thread appends: a run is in one piece */
	run->end = at + collation->staged_bytes;
	collation->staged_bytes = 0;
	return GPQ_OK;
}

static enum gpq_status stage_put(struct gpq_collation *collation, struct run *run, const uint8_t *bytes, size_t len,
                                 struct gpq_error *err)
{
	if (collation->staged_bytes + len > STAGE_BYTES)
		GPQ_TRY(stage_flush(collation, run, err));
	memcpy(collation->stage + collation->staged_bytes, bytes, len);
	collation->staged_bytes += len;
	return GPQ_OK;
}

static enum gpq_status room_spill(struct gpq_collation *collation, struct gpq_error *err)
{
	struct run run = { .at = 0 };
	room_sort(collation);
	for (uint32_t i = 0; i < collation->n; i++) {
		const uint8_t *at = collation->room + collation->order[i];
		struct gpq_collation_entry entry = entry_at(at);
		GPQ_TRY(stage_put(collation, &run, at, entry_bytes(&entry), err));
	}
	GPQ_TRY(stage_flush(collation, &run, err));
	collation->runs[collation->n_runs++] = run;
	collation->n = 0;
	collation->used_bytes = 0;
	return GPQ_OK;
}

/* ---- merging ---- */

static const uint8_t *run_first(const struct run *run)
{
	return run->window + run->from;
}

/* Sees to it that the run's next entry is whole in its window. */
static enum gpq_status run_fill(struct gpq_collation *collation, struct run *run, struct gpq_error *err)
{
	size_t left = run->len - run->from;
	if (left >= HEAD_BYTES) {
		struct gpq_collation_entry entry = entry_at(run_first(run));
		if (left >= entry_bytes(&entry))
			return GPQ_OK;
	}
	memmove(run->window, run_first(run), left);
	size_t more = collation->window_bytes - left;
	if (more > run->end - run->at)
		more = (size_t)(run->end - run->at);
	GPQ_TRY(gpq_spill_read(collation->spill, run->at, run->window + left, more, err));
	run->at += more;
	run->from = 0;
	run->len = left + more;
	return GPQ_OK;
}

/* Of equal keys the run that was written first comes first. */
static bool run_before(const struct gpq_collation *collation, uint32_t a, uint32_t b)
{
	int order = keys_compare(run_first(&collation->runs[a]), run_first(&collation->runs[b]));
	return order ? order < 0 : a < b;
}

static void heap_sift(struct gpq_collation *collation, uint32_t at)
{
	for (;;) {
		uint32_t least = at;
		for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < collation->n_heap; child++)
			if (run_before(collation, collation->heap[child], collation->heap[least]))
				least = child;
		if (least == at)
			return;
		uint32_t run = collation->heap[at];
		collation->heap[at] = collation->heap[least];
		collation->heap[least] = run;
		at = least;
	}
}

static enum gpq_status merge_begin(struct gpq_collation *collation, struct gpq_error *err)
{
	collation->window_bytes = (collation->room_bytes / collation->n_runs) & ~(size_t)7;
	collation->given = false;
	for (uint32_t i = 0; i < collation->n_runs; i++) {
		struct run *run = &collation->runs[i];
		run->window = collation->room + i * collation->window_bytes;
		run->from = run->len = 0;
		GPQ_TRY(run_fill(collation, run, err));
		collation->heap[i] = i;
	}
	collation->n_heap = collation->n_runs;
	for (uint32_t i = collation->n_heap; i > 0; i--)
		heap_sift(collation, i - 1);
	return GPQ_OK;
}

static enum gpq_status merge_next(struct gpq_collation *collation, const uint8_t **out, struct gpq_error *err)
{
	if (collation->given) {
		struct run *run = &collation->runs[collation->heap[0]];
		struct gpq_collation_entry entry = entry_at(run_first(run));
		run->from += entry_bytes(&entry);
		GPQ_TRY(run_fill(collation, run, err));
		if (run->from == run->len)
			collation->heap[0] = collation->heap[--collation->n_heap];
		heap_sift(collation, 0);
	}
	collation->given = collation->n_heap > 0;
	if (!collation->given)
		return GPQ_END;
	*out = run_first(&collation->runs[collation->heap[0]]);
	return GPQ_OK;
}

/* As many runs as can be merged at once become one. */
static enum gpq_status runs_join(struct gpq_collation *collation, struct gpq_error *err)
{
	struct run joined = { .at = 0 };
	const uint8_t *at = NULL;
	enum gpq_status status = merge_begin(collation, err);
	while (status == GPQ_OK && (status = merge_next(collation, &at, err)) == GPQ_OK) {
		struct gpq_collation_entry entry = entry_at(at);
		status = stage_put(collation, &joined, at, entry_bytes(&entry), err);
	}
	if (status != GPQ_END)
		return status;
	GPQ_TRY(stage_flush(collation, &joined, err));
	gpq_spill_release(collation->spill, 0, joined.at);
	collation->runs[0] = joined;
	collation->n_runs = 1;
	return GPQ_OK;
}

/* ---- from outside ---- */

enum gpq_status gpq_collation_add(struct gpq_collation *collation, const struct gpq_collation_entry *entry,
                                  struct gpq_error *err)
{
	size_t bytes = entry_bytes(entry);
	uint32_t lens[2] = { entry->key_len, entry->load_len };
	if (bytes > GPQ_COLLATION_ENTRY_BYTES)
		return gpq_fail(err, GPQ_E_USAGE, "names of %zu bytes are too long to be put in order", bytes);
	if (collation->used_bytes + bytes + (collation->n + 1) * ORDER_BYTES + 8 > collation->room_bytes) {
		GPQ_TRY(room_spill(collation, err));
		if (collation->n_runs == MAX_RUNS || collation->n_runs * GPQ_COLLATION_ENTRY_BYTES >= collation->room_bytes)
			GPQ_TRY(runs_join(collation, err));
	}
	uint8_t *at = collation->room + collation->used_bytes;
	memcpy(at, lens, sizeof(lens));
	memcpy(at + HEAD_BYTES, entry->key, entry->key_len);
	if (entry->load_len)
		memcpy(at + HEAD_BYTES + entry->key_len, entry->load, entry->load_len);
	collation->used_bytes += bytes;
	collation->n++;
	return GPQ_OK;
}

enum gpq_status gpq_collation_finish(struct gpq_collation *collation, struct gpq_error *err)
{
	if (!collation->n_runs) {
		room_sort(collation);
		return GPQ_OK;
	}
	if (collation->n)
		GPQ_TRY(room_spill(collation, err));
	return merge_begin(collation, err);
}

enum gpq_status gpq_collation_next(struct gpq_collation *collation, struct gpq_collation_entry *out, struct gpq_error *err)
{
	const uint8_t *at = NULL;
	if (collation->n_runs) {
		enum gpq_status status = merge_next(collation, &at, err);
		if (status != GPQ_OK)
			return status;
	} else if (collation->next < collation->n) {
		at = collation->room + collation->order[collation->next++];
	} else {
		return GPQ_END;
	}
	*out = entry_at(at);
	return GPQ_OK;
}
