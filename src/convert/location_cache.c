// SPDX-License-Identifier: MIT
#include "convert/location_cache.h"

#define CAP_ENTRIES 24576u                        /* PJM lists 13,000 locations, CAISO 16,600 */
#define TABLE_SLOTS 65536u                        /* a power of two above twice the entries */
#define HEAP_BYTES ((size_t)CAP_ENTRIES * 64)     /* PJM: some 50 bytes a location */
#define MAX_BYTES 1024u
#define NO_ENTRY UINT32_MAX

struct entry {
	uint32_t at, len; /* in the heap */
	uint32_t code;
	uint32_t next;    /* the entry that was found after this one the last time */
};

struct gpq_location_cache {
	struct gpq_budget *budget;
	uint32_t count, last;
	size_t heap_len;
	struct entry entries[CAP_ENTRIES];
	uint32_t slots[TABLE_SLOTS]; /* entry + 1; 0: free */
	char heap[HEAP_BYTES + GPQ_PADDED_BYTES];
};

size_t gpq_location_cache_need(void)
{
	return sizeof(struct gpq_location_cache);
}

enum gpq_status gpq_location_cache_open(struct gpq_budget *budget, struct gpq_location_cache **out, struct gpq_error *err)
{
	struct gpq_location_cache *cache = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*cache), &cache, err));
	cache->budget = budget;
	cache->last = NO_ENTRY;
	*out = cache;
	return GPQ_OK;
}

void gpq_location_cache_close(struct gpq_location_cache *cache)
{
	if (cache)
		gpq_free(cache->budget, GPQ_TAG_CONVERT, cache, sizeof(*cache));
}

void gpq_location_cache_clear(struct gpq_location_cache *cache)
{
	if (cache->count)
		memset(cache->slots, 0, sizeof(cache->slots));
	cache->count = 0;
	cache->heap_len = 0;
	cache->last = NO_ENTRY;
}

static uint64_t hash_of(struct gpq_text text)
{
	uint64_t hash = text.len * UINT64_C(0x9E3779B97F4A7C15);
	uint32_t at = 0;
	for (; at + 8 <= text.len; at += 8) {
		uint64_t word;
		memcpy(&word, text.bytes + at, 8);
		hash = (hash ^ word) * UINT64_C(0xFF51AFD7ED558CCD);
		hash ^= hash >> 32;
	}
	uint64_t rest = 0;
	memcpy(&rest, text.bytes + at, text.len - at);
	hash = (hash ^ rest) * UINT64_C(0xC4CEB9FE1A85EC53);
	return hash ^ hash >> 29;
}

static bool entry_is(const struct gpq_location_cache *cache, uint32_t number, struct gpq_text bytes)
{
	const struct entry *entry = &cache->entries[number];
	return entry->len == bytes.len && gpq_padded_equal(cache->heap + entry->at, bytes.bytes, bytes.len);
}

bool gpq_location_cache_find(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t *out_code)
{
	uint32_t last = cache->last;
	if (last != NO_ENTRY) {
		uint32_t next = cache->entries[last].next;
		if (next != NO_ENTRY && entry_is(cache, next, bytes)) {
			cache->last = next;
			*out_code = cache->entries[next].code;
			return true;
		}
	}
	uint32_t slot = (uint32_t)hash_of(bytes) & (TABLE_SLOTS - 1);
	for (; cache->slots[slot]; slot = (slot + 1) & (TABLE_SLOTS - 1)) {
		uint32_t number = cache->slots[slot] - 1;
		if (!entry_is(cache, number, bytes))
			continue;
		if (last != NO_ENTRY)
			cache->entries[last].next = number;
		cache->last = number;
		*out_code = cache->entries[number].code;
		return true;
	}
	return false;
}

void gpq_location_cache_enter(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t code)
{
	if (bytes.len > MAX_BYTES)
		return;
	if (cache->count == CAP_ENTRIES || HEAP_BYTES - cache->heap_len < bytes.len)
		gpq_location_cache_clear(cache);
	uint32_t number = cache->count++;
	cache->entries[number] = (struct entry){ (uint32_t)cache->heap_len, bytes.len, code, NO_ENTRY };
	memcpy(cache->heap + cache->heap_len, bytes.bytes, bytes.len);
	cache->heap_len += bytes.len;
	uint32_t slot = (uint32_t)hash_of(bytes) & (TABLE_SLOTS - 1);
	while (cache->slots[slot])
		slot = (slot + 1) & (TABLE_SLOTS - 1);
	cache->slots[slot] = number + 1;
	if (cache->last != NO_ENTRY)
		cache->entries[cache->last].next = number;
	cache->last = number;
}
