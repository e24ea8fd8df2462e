// SPDX-License-Identifier: MIT
#include "input/location_cache.h"

#define CAP_ENTRIES 20480u                        /* PJM lists 13,000 locations, CAISO 16,600, ERCOT 18,000 buses */
#define TABLE_SLOTS 65536u                        /* a power of two above twice the entries */
#define HEAP_BYTES ((size_t)CAP_ENTRIES * 48)     /* PJM: some 50 bytes each of 13,000 */
#define MAX_BYTES 1024u
#define NO_ENTRY UINT32_MAX

/* Entry e has the bytes [at[e], at[e + 1]) of the heap; next[e] was found after it the last time. */
struct gpq_location_cache {
	struct gpq_budget *budget;
	uint32_t count, last;
	uint32_t at[CAP_ENTRIES + 1];
	uint32_t code[CAP_ENTRIES], next[CAP_ENTRIES];
	uint32_t slots[TABLE_SLOTS]; /* entry + 1; 0: free */
	char heap[HEAP_BYTES + GPQ_CSV_PADDING];
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
	uint32_t at = cache->at[number];
	return cache->at[number + 1] - at == bytes.len && gpq_padded_equal(cache->heap + at, bytes.bytes, bytes.len);
}

/* The entry that will probably be asked for now. */
static uint32_t entry_expected(const struct gpq_location_cache *cache)
{
	return cache->last == NO_ENTRY ? NO_ENTRY : cache->next[cache->last];
}

static void entry_note(struct gpq_location_cache *cache, uint32_t number)
{
	if (cache->last != NO_ENTRY)
		cache->next[cache->last] = number;
	cache->last = number;
}

bool gpq_location_cache_find(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t *out_code)
{
	uint32_t expected = entry_expected(cache);
	if (expected != NO_ENTRY && entry_is(cache, expected, bytes)) {
		cache->last = expected;
		*out_code = cache->code[expected];
		return true;
	}
	uint32_t slot = (uint32_t)hash_of(bytes) & (TABLE_SLOTS - 1);
	for (; cache->slots[slot]; slot = (slot + 1) & (TABLE_SLOTS - 1)) {
		uint32_t number = cache->slots[slot] - 1;
		if (!entry_is(cache, number, bytes))
			continue;
		entry_note(cache, number);
		*out_code = cache->code[number];
		return true;
	}
	return false;
}

/* Entries from the expected one on, as long as they are the column's texts. */
static uint32_t entries_match(struct gpq_location_cache *cache, const struct gpq_csv_scanner *scanner,
                              struct gpq_text_column column, uint32_t *out_codes)
{
	uint32_t from = entry_expected(cache);
	if (from == NO_ENTRY)
		return 0;
	if (column.count > cache->count - from)
		column.count = cache->count - from;
	uint32_t found = gpq_csv_match(scanner, &column, cache->heap, cache->at + from, 1);
	memcpy(out_codes, cache->code + from, found * sizeof(*out_codes));
	if (found)
		cache->last = from + found - 1;
	return found;
}

uint32_t gpq_location_cache_follow(struct gpq_location_cache *cache, const struct gpq_csv_scanner *scanner,
                                   const struct gpq_text_column *column, uint32_t *out_codes)
{
	uint32_t done = 0;
	while (done < column->count) {
		struct gpq_text_column rest = *column;
		rest.ends += (size_t)done * column->stride;
		rest.count -= done;
		done += entries_match(cache, scanner, rest, out_codes + done);
		if (done < column->count && !gpq_location_cache_find(cache, gpq_text_column_at(column, done), &out_codes[done]))
			break;
		done += done < column->count;
	}
	return done;
}

void gpq_location_cache_enter(struct gpq_location_cache *cache, struct gpq_text bytes, uint32_t code)
{
	if (bytes.len > MAX_BYTES)
		return;
	if (cache->count == CAP_ENTRIES || HEAP_BYTES - cache->at[cache->count] < bytes.len)
		gpq_location_cache_clear(cache);
	uint32_t number = cache->count++, at = cache->at[number];
	memcpy(cache->heap + at, bytes.bytes, bytes.len);
	cache->at[number + 1] = at + bytes.len;
	cache->code[number] = code;
	cache->next[number] = NO_ENTRY;
	uint32_t slot = (uint32_t)hash_of(bytes) & (TABLE_SLOTS - 1);
	while (cache->slots[slot])
		slot = (slot + 1) & (TABLE_SLOTS - 1);
	cache->slots[slot] = number + 1;
	entry_note(cache, number);
}
