// SPDX-License-Identifier: MIT
#include "sort/location_order.h"

#define NO_CODE UINT32_MAX

size_t gpq_location_order_need(uint32_t cap)
{
	return 4 * sizeof(uint32_t) * (size_t)cap;
}

/* Slots of a table for 'count' codes that stays at most half full. */
static size_t table_slots(uint32_t count)
{
	size_t slots = 16;
	while (slots < 2 * (size_t)count)
		slots *= 2;
	return slots;
}

size_t gpq_location_order_rank_need(uint32_t cap)
{
	size_t ordering = (sizeof(uint64_t) + sizeof(uint32_t)) * (size_t)cap;
	size_t classing = sizeof(uint32_t) * table_slots(cap);
	return ordering > classing ? ordering : classing;
}

void gpq_location_order_init(struct gpq_location_order *order, uint32_t cap, uint8_t *memory)
{
	uint32_t *words = (uint32_t *)(void *)memory;
	memset(order, 0, sizeof(*order));
	order->cap = cap;
	order->held = words;
	order->count = words + cap;
	order->rank = words + 2 * (size_t)cap;
	order->class_of = words + 3 * (size_t)cap;
}

void gpq_location_order_clear(struct gpq_location_order *order)
{
	for (uint32_t i = 0; i < order->n_held; i++)
		order->count[order->held[i]] = 0;
	order->n_held = order->n_ranks = 0;
	order->any_torn = false;
}

enum gpq_status gpq_location_order_check(const struct gpq_location_order *order, uint32_t code, struct gpq_error *err)
{
	if (code < order->cap)
		return GPQ_OK;
	return gpq_fail(err, GPQ_E_BUDGET, "sorting has room for %u locations, and there are more", order->cap);
}

/* ---- ranks ---- */

static int texts_compare(const struct gpq_location *a, const struct gpq_location *b, uint8_t texts)
{
	int lead = texts & 1 ? gpq_text_compare(gpq_location_lead(a), gpq_location_lead(b)) : 0;
	if (lead)
		return lead;
	for (int t = 1; t < GPQ_LOCATION_TEXTS; t++) {
		int order = texts >> t & 1 ? gpq_text_compare(a->text[t], b->text[t]) : 0;
		if (order)
			return order;
	}
	return 0;
}

/* The first eight bytes of the text that leads the order, as a number that never contradicts it. */
static uint64_t prefix_of(const struct gpq_location *location)
{
	struct gpq_text text = gpq_location_lead(location);
	uint64_t prefix = 0;
	if (!text.bytes)
		return UINT64_MAX;
	for (uint32_t i = 0; i < 8; i++)
		prefix = prefix << 8 | (i < text.len ? (uint8_t)text.bytes[i] : 0);
	return prefix;
}

struct ranking {
	const struct gpq_locations *locations;
	uint8_t texts;
	uint64_t *prefix; /* by position in 'codes' when ranking began */
	const uint32_t *codes;
};

/* Positions 'a' and 'b': whether b stands strictly before a. */
static bool stands_before(const struct ranking *ranking, uint32_t b, uint32_t a)
{
	if (ranking->prefix[a] != ranking->prefix[b])
		return ranking->prefix[b] < ranking->prefix[a];
	return texts_compare(gpq_locations_view(ranking->locations, ranking->codes[b]),
			     gpq_locations_view(ranking->locations, ranking->codes[a]), ranking->texts) < 0;
}

/* Bottom-up merge sort of positions between two arrays; gives the one that ends up sorted. */
static uint32_t *positions_sort(const struct ranking *ranking, uint32_t *from, uint32_t *to, uint32_t n)
{
	for (uint32_t width = 1; width<n; width = width> n / 2 ? n : width * 2) {
		for (uint32_t low = 0; low < n;) {
			uint32_t mid = n - low > width ? low + width : n, high = n - mid > width ? mid + width : n;
			uint32_t a = low, b = mid, w = low;
			if (mid == high || !stands_before(ranking, from[mid], from[mid - 1])) {
				memcpy(to + low, from + low, sizeof(*to) * (high - low));
				low = high;
				continue;
			}
			while (a < mid && b < high)
				to[w++] = stands_before(ranking, from[b], from[a]) ? from[b++] : from[a++];
			memcpy(to + w, from + a, sizeof(*to) * (mid - a));
			memcpy(to + w + (mid - a), from + b, sizeof(*to) * (high - b));
			low = high;
		}
		uint32_t *swap = from;
		from = to;
		to = swap;
	}
	return from;
}

/* ---- classes ---- */

static uint64_t texts_hash(const struct gpq_location *location, uint8_t texts)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a, with null unlike any text */
	for (int t = 0; t < GPQ_LOCATION_TEXTS; t++) {
		if (!(texts >> t & 1))
			continue;
		struct gpq_text text = location->text[t];
		for (uint32_t i = 0; text.bytes && i < text.len; i++)
			hash = (hash ^ (uint8_t)text.bytes[i]) * UINT64_C(0x100000001B3);
		hash = (hash ^ (text.bytes ? 0x1FF : 0x2FF)) * UINT64_C(0x100000001B3);
	}
	return hash ^ hash >> 29;
}

static void classes_find(struct gpq_location_order *order, const struct gpq_sort_rules *rules, uint32_t *table)
{
	size_t slots = table_slots(order->n_held);
	memset(table, 0xFF, slots * sizeof(*table));
	for (uint32_t i = 0; i < order->n_held; i++) {
		uint32_t code = order->held[i];
		const struct gpq_location *location = gpq_locations_view(rules->locations, code);
		size_t slot = texts_hash(location, rules->key_texts) & (slots - 1);
		while (table[slot] != NO_CODE &&
		       texts_compare(gpq_locations_view(rules->locations, table[slot]), location, rules->key_texts))
			slot = (slot + 1) & (slots - 1);
		if (table[slot] == NO_CODE)
			table[slot] = code;
		uint32_t first = table[slot]; /* of the class; ranks ascend, so the first has the lowest */
		order->class_of[code] = order->rank[first];
		if (order->rank[first] != order->rank[code]) {
			order->class_of[first] |= GPQ_CLASS_TORN;
			order->any_torn = true;
		}
	}
	if (!order->any_torn)
		return;
	/* a class is named by the rank of its first code: pass the mark on to the others */
	for (uint32_t i = 0; i < order->n_held; i++) {
		if (order->class_of[order->held[i]] & GPQ_CLASS_TORN)
			table[order->rank[order->held[i]]] = GPQ_CLASS_TORN;
		else if (i == 0 || order->rank[order->held[i]] != order->rank[order->held[i - 1]])
			table[order->rank[order->held[i]]] = 0;
	}
	for (uint32_t i = 0; i < order->n_held; i++) {
		uint32_t code = order->held[i];
		order->class_of[code] |= table[order->class_of[code] & ~GPQ_CLASS_TORN];
	}
}

void gpq_location_order_rank(struct gpq_location_order *order, const struct gpq_sort_rules *rules, uint8_t *temporary)
{
	uint32_t n = order->n_held;
	struct ranking ranking = {
		.locations = rules->locations,
		.texts = rules->key_texts | 1,
		.prefix = (uint64_t *)(void *)temporary,
		.codes = order->held,
	};
	/* rank and class_of are written last: until then they are scratch for positions */
	uint32_t *positions = (uint32_t *)(void *)(temporary + sizeof(uint64_t) * (size_t)order->cap);
	for (uint32_t i = 0; i < n; i++) {
		ranking.prefix[i] = prefix_of(gpq_locations_view(rules->locations, order->held[i]));
		positions[i] = i;
	}
	uint32_t *sorted = positions_sort(&ranking, positions, order->rank, n);
	for (uint32_t i = 0; i < n; i++)
		order->class_of[i] = order->held[sorted[i]];
	memcpy(order->held, order->class_of, n * sizeof(*order->held));
	order->n_ranks = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t code = order->held[i];
		const struct gpq_location *here = gpq_locations_view(rules->locations, code);
		if (i && texts_compare(gpq_locations_view(rules->locations, order->held[i - 1]), here, ranking.texts))
			order->n_ranks++;
		order->rank[code] = order->n_ranks;
	}
	order->n_ranks += n > 0;
	order->any_torn = false;
	if (rules->key_texts & 1) {
		for (uint32_t i = 0; i < n; i++)
			order->class_of[order->held[i]] = order->rank[order->held[i]];
		return;
	}
	classes_find(order, rules, (uint32_t *)(void *)temporary);
}

enum gpq_status gpq_location_order_adopt(struct gpq_location_order *order, uint32_t code, uint32_t like,
					 struct gpq_error *err)
{
	GPQ_TRY(gpq_location_order_check(order, code, err));
	if (order->count[code])
		return GPQ_OK;
	order->held[order->n_held++] = code;
	order->count[code] = 1;
	order->rank[code] = order->rank[like];
	order->class_of[code] = order->class_of[like];
	return GPQ_OK;
}
