// SPDX-License-Identifier: MIT
/*
 * A catalogue is three structures that only ever grow:
 *   pages    the entries, 1024 in each page; the directory of pages is sized once, at open, by the cap
 *   arenas   the bytes of their texts
 *   index    an open-addressing table of (hash, code + 1); a larger one replaces it when it is three quarters full
 * Writers hold the lock. Readers take none: an entry is complete before its slot is stored with release order, and an
 * index that has been replaced is kept until close, since a reader may still walk it (all old ones together are smaller
 * than the current one). A reader that misses looks again under the lock.
 */
#include "table/locations.h"
#include "table/cell.h"

#include <pthread.h>
#include <stdatomic.h>

#define PAGE_ENTRIES 1024u
#define PAGE_BYTES   (PAGE_ENTRIES * sizeof(struct gpq_location)) /* 22 pages of memory */
#define MAX_PAGES    16384u                                       /* 16.8 million locations; all ISOs have 0.1 */
#define ARENA_BYTES  ((size_t)64 << 10)
#define FIRST_SLOTS  1024u

/* Texts of entries; the bytes follow. */
struct arena {
	struct arena *older;
	size_t bytes;
};

struct index_table {
	struct index_table *older;
	size_t bytes;
	uint32_t mask;
	_Atomic uint64_t slots[]; /* hash << 32 | code + 1; 0: empty */
};

struct gpq_locations {
	struct gpq_budget *budget;
	size_t own_bytes, cap_bytes, taken_bytes;
	pthread_mutex_t lock;
	struct arena *arena;
	char *text_at;
	size_t text_left_bytes;
	_Atomic(struct index_table *) index;
	_Atomic uint32_t count;
	uint32_t max_pages, n_pages;
	_Atomic(struct gpq_location *) pages[];
};

_Static_assert(sizeof(struct gpq_location) == 88, "a page of entries is whole pages of memory");

/* gpq_alloc() below the catalogue's own cap. Call with the lock held. */
static enum gpq_status catalogue_take(struct gpq_locations *locations, size_t bytes, void *out, struct gpq_error *err)
{
	uint32_t held = atomic_load_explicit(&locations->count, memory_order_relaxed);
	if (bytes > locations->cap_bytes - locations->taken_bytes)
		return gpq_fail(
		    err, GPQ_E_BUDGET,
		    "more than %u distinct locations: their catalogue needs %zu bytes, has %zu of %zu; a larger "
		    "memory bound (--memory) would hold more",
		    held, bytes, locations->cap_bytes - locations->taken_bytes, locations->cap_bytes);
	enum gpq_status status = gpq_alloc(locations->budget, GPQ_TAG_TABLE, bytes, out, err);
	if (status != GPQ_OK) {
		gpq_fail_prefix(err, "more than %u distinct locations: ", held);
		return status;
	}
	locations->taken_bytes += bytes;
	return GPQ_OK;
}

/* ---- hash ---- */

static uint64_t hash_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15); /* 2^64 / golden ratio, odd */
	return hash ^ hash >> 29;
}

static uint64_t hash_text(uint64_t hash, struct gpq_text text)
{
	hash = hash_mix(hash, text.bytes ? text.len : UINT64_MAX);
	if (!text.bytes)
		return hash;
	uint32_t at = 0;
	for (; text.len - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, text.bytes + at, 8);
		hash = hash_mix(hash, word);
	}
	uint64_t tail = 0;
	if (text.len > at)
		memcpy(&tail, text.bytes + at, text.len - at);
	return hash_mix(hash, tail);
}

static uint32_t location_hash(const struct gpq_location *location)
{
	uint64_t hash = hash_mix(0, (uint64_t)location->voltage_kv);
	for (int k = 0; k < GPQ_LOCATION_TEXTS; k++)
		hash = hash_text(hash, location->text[k]);
	return (uint32_t)(hash_mix(hash, 0) >> 32);
}

static bool location_equal(const struct gpq_location *a, const struct gpq_location *b)
{
	if (a->voltage_kv != b->voltage_kv)
		return false;
	for (int k = 0; k < GPQ_LOCATION_TEXTS; k++)
		if (!gpq_text_equal(a->text[k], b->text[k]))
			return false;
	return true;
}

/* ---- reading ---- */

const struct gpq_location *gpq_locations_view(const struct gpq_locations *locations, uint32_t code)
{
	const struct gpq_location *page =
	    atomic_load_explicit(&locations->pages[code / PAGE_ENTRIES], memory_order_acquire);
	return &page[code % PAGE_ENTRIES];
}

uint32_t gpq_locations_count(const struct gpq_locations *locations)
{
	return atomic_load_explicit(&locations->count, memory_order_acquire);
}

/* True and the code where 'location' is in the index as it is now. */
static bool index_find(const struct gpq_locations *locations, const struct gpq_location *location, uint32_t hash,
		       uint32_t *out_code)
{
	const struct index_table *index = atomic_load_explicit(&locations->index, memory_order_acquire);
	for (uint32_t at = hash & index->mask;; at = (at + 1) & index->mask) {
		uint64_t slot = atomic_load_explicit(&index->slots[at], memory_order_acquire);
		if (!slot)
			return false;
		uint32_t code = (uint32_t)slot - 1;
		if (slot >> 32 == hash && location_equal(gpq_locations_view(locations, code), location)) {
			*out_code = code;
			return true;
		}
	}
}

/* ---- growing, with the lock held ---- */

static void index_put(struct index_table *index, uint32_t hash, uint32_t code)
{
	uint32_t at = hash & index->mask;
	while (atomic_load_explicit(&index->slots[at], memory_order_relaxed))
		at = (at + 1) & index->mask;
	atomic_store_explicit(&index->slots[at], (uint64_t)hash << 32 | (code + 1), memory_order_release);
}

static enum gpq_status index_grow(struct gpq_locations *locations, uint32_t n_slots, struct gpq_error *err)
{
	struct index_table *older = atomic_load_explicit(&locations->index, memory_order_relaxed), *made = NULL;
	size_t bytes = sizeof(*made) + (size_t)n_slots * sizeof(made->slots[0]);
	GPQ_TRY(catalogue_take(locations, bytes, &made, err));
	made->older = older;
	made->bytes = bytes;
	made->mask = n_slots - 1;
	for (uint32_t at = 0; at < n_slots; at++)
		atomic_init(&made->slots[at], 0);
	for (uint32_t at = 0; older && at <= older->mask; at++) {
		uint64_t slot = atomic_load_explicit(&older->slots[at], memory_order_relaxed);
		if (slot)
			index_put(made, (uint32_t)(slot >> 32), (uint32_t)slot - 1);
	}
	atomic_store_explicit(&locations->index, made, memory_order_release);
	return GPQ_OK;
}

static enum gpq_status page_add(struct gpq_locations *locations, struct gpq_error *err)
{
	if (locations->n_pages == locations->max_pages)
		return gpq_fail(
		    err, GPQ_E_BUDGET,
		    "more than %u distinct locations: their catalogue of %zu bytes is full; a larger memory "
		    "bound (--memory) would hold more",
		    locations->n_pages * PAGE_ENTRIES, locations->cap_bytes);
	struct gpq_location *page = NULL;
	GPQ_TRY(catalogue_take(locations, PAGE_BYTES, &page, err));
	atomic_store_explicit(&locations->pages[locations->n_pages++], page, memory_order_release);
	return GPQ_OK;
}

static enum gpq_status arena_reserve(struct gpq_locations *locations, size_t need, struct gpq_error *err)
{
	if (need <= locations->text_left_bytes)
		return GPQ_OK;
	struct arena *made = NULL;
	size_t bytes = sizeof(*made) + need;
	/* Whole pages of memory, so that what is counted here is what the budget counts. */
	bytes = bytes <= ARENA_BYTES ? ARENA_BYTES : (bytes + 4095) & ~(size_t)4095;
	GPQ_TRY(catalogue_take(locations, bytes, &made, err));
	made->older = locations->arena;
	made->bytes = bytes;
	locations->arena = made;
	locations->text_at = (char *)(made + 1);
	locations->text_left_bytes = bytes - sizeof(*made);
	return GPQ_OK;
}

static struct gpq_text text_copy(struct gpq_locations *locations, struct gpq_text text)
{
	if (!text.bytes)
		return (struct gpq_text){ NULL, 0 };
	if (text.len == 0)
		return (struct gpq_text){ "", 0 };
	memcpy(locations->text_at, text.bytes, text.len);
	struct gpq_text copy = { locations->text_at, text.len };
	locations->text_at += text.len;
	locations->text_left_bytes -= text.len;
	return copy;
}

static enum gpq_status location_enter(struct gpq_locations *locations, const struct gpq_location *location,
				      uint32_t hash, uint32_t *out_code, struct gpq_error *err)
{
	uint32_t code = atomic_load_explicit(&locations->count, memory_order_relaxed);
	struct index_table *index = atomic_load_explicit(&locations->index, memory_order_relaxed);
	if ((uint64_t)(code + 1) * 4 > ((uint64_t)index->mask + 1) * 3) {
		GPQ_TRY(index_grow(locations, (index->mask + 1) * 2, err));
		index = atomic_load_explicit(&locations->index, memory_order_relaxed);
	}
	if (code / PAGE_ENTRIES == locations->n_pages)
		GPQ_TRY(page_add(locations, err));
	size_t text_bytes = 0;
	for (int k = 0; k < GPQ_LOCATION_TEXTS; k++)
		text_bytes += location->text[k].bytes ? location->text[k].len : 0;
	GPQ_TRY(arena_reserve(locations, text_bytes, err));

	struct gpq_location *page = atomic_load_explicit(&locations->pages[code / PAGE_ENTRIES], memory_order_relaxed);
	struct gpq_location *entry = &page[code % PAGE_ENTRIES];
	for (int k = 0; k < GPQ_LOCATION_TEXTS; k++)
		entry->text[k] = text_copy(locations, location->text[k]);
	entry->voltage_kv = location->voltage_kv;
	index_put(index, hash, code);
	atomic_store_explicit(&locations->count, code + 1, memory_order_release);
	*out_code = code;
	return GPQ_OK;
}

enum gpq_status gpq_locations_intern(struct gpq_locations *locations, const struct gpq_location *location,
				     uint32_t *out_code, struct gpq_error *err)
{
	uint32_t hash = location_hash(location);
	if (GPQ_LIKELY(index_find(locations, location, hash, out_code)))
		return GPQ_OK;
	pthread_mutex_lock(&locations->lock);
	enum gpq_status status = GPQ_OK;
	if (!index_find(locations, location, hash, out_code))
		status = location_enter(locations, location, hash, out_code, err);
	pthread_mutex_unlock(&locations->lock);
	return status;
}

/* ---- life ---- */

enum gpq_status gpq_locations_open(struct gpq_budget *budget, size_t cap_bytes, struct gpq_locations **out,
				   struct gpq_error *err)
{
	size_t n_pages = cap_bytes / PAGE_BYTES;
	uint32_t max_pages = n_pages < MAX_PAGES ? (uint32_t)n_pages : MAX_PAGES;
	struct gpq_locations *made = NULL;
	size_t own_bytes = sizeof(*made) + max_pages * sizeof(made->pages[0]);
	if (own_bytes > cap_bytes)
		return gpq_fail(err, GPQ_E_BUDGET, "the catalogue of locations needs %zu bytes, has %zu", own_bytes,
				cap_bytes);
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_TABLE, own_bytes, &made, err));
	made->budget = budget;
	made->own_bytes = own_bytes;
	made->cap_bytes = cap_bytes;
	made->taken_bytes = own_bytes;
	made->max_pages = max_pages;
	pthread_mutex_init(&made->lock, NULL); /* a plain mutex takes nothing and cannot fail */
	enum gpq_status status = index_grow(made, FIRST_SLOTS, err);
	if (status != GPQ_OK) {
		gpq_locations_close(made);
		return status;
	}
	*out = made;
	return GPQ_OK;
}

void gpq_locations_close(struct gpq_locations *locations)
{
	if (!locations)
		return;
	struct gpq_budget *budget = locations->budget;
	struct index_table *index = atomic_load_explicit(&locations->index, memory_order_relaxed);
	while (index) {
		struct index_table *older = index->older;
		gpq_free(budget, GPQ_TAG_TABLE, index, index->bytes);
		index = older;
	}
	while (locations->arena) {
		struct arena *older = locations->arena->older;
		gpq_free(budget, GPQ_TAG_TABLE, locations->arena, locations->arena->bytes);
		locations->arena = older;
	}
	for (uint32_t k = 0; k < locations->n_pages; k++)
		gpq_free(budget, GPQ_TAG_TABLE, atomic_load_explicit(&locations->pages[k], memory_order_relaxed),
			 PAGE_BYTES);
	pthread_mutex_destroy(&locations->lock);
	gpq_free(budget, GPQ_TAG_TABLE, locations, locations->own_bytes);
}
