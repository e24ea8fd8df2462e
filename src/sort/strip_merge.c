// SPDX-License-Identifier: MIT
#include "sort/strip_merge.h"

/* Strips ahead that are asked for: those of one location stand far apart. Measured: half or twice as many make no
 * difference, none at all takes twice as long. */
#define AHEAD_STRIPS 24
#define LINE_BYTES   64

void gpq_strip_merge_begin(struct gpq_strip_merge *merge, const struct gpq_sort_rules *rules,
			   struct gpq_tallies *tallies, const struct gpq_strip_slabs *slabs)
{
	merge->rules = rules;
	merge->tallies = tallies;
	merge->slabs = slabs;
	merge->n_last = 0;
	memset(merge->orders, 0xFF, sizeof(merge->orders)); /* inputs that there are none of */
}

enum gpq_status gpq_strip_inputs_compare(struct gpq_strip_merge *merge, uint32_t a, uint32_t b, int *out_order,
					 struct gpq_error *err)
{
	*out_order = 0;
	if (a == b || !merge->rules->input_newer)
		return GPQ_OK;
	struct gpq_strip_order *known = &merge->orders[(a * 31 + b) % GPQ_STRIP_MERGE_ORDERS];
	if (known->a != a || known->b != b) {
		int order = 0;
		GPQ_TRY(merge->rules->input_newer(merge->rules->context, a, b, &order, err));
		*known = (struct gpq_strip_order){ a, b, order };
	}
	*out_order = known->order;
	return GPQ_OK;
}

/* ---- apart ---- */

static struct gpq_strip_source *source_find(struct gpq_strip_merge *merge, const struct gpq_packed_strip *strip)
{
	uint32_t input = gpq_origin_input(strip->origin);
	for (uint32_t s = merge->n_sources; s-- > 0;) {
		if (merge->sources[s].input == input && merge->sources[s].version == strip->version)
			return &merge->sources[s];
	}
	if (merge->n_sources == GPQ_STRIP_MERGE_SOURCES)
		return NULL;
	struct gpq_strip_source *source = &merge->sources[merge->n_sources++];
	*source = (struct gpq_strip_source){ .version = strip->version, .input = input, .first = UINT16_MAX };
	return source;
}

/* Bits [first, end) of the 64 from 64 * 'word' on. */
static inline uint64_t range_bits(uint32_t first, uint32_t end, uint32_t word)
{
	uint64_t bits = ~UINT64_C(0);
	if (first > 64 * word)
		bits <<= first - 64 * word;
	if (end < 64 * (word + 1))
		bits &= ~UINT64_C(0) >> (64 * (word + 1) - end);
	return bits;
}

/* The known places of a strip among the 64 from 64 * 'word' on. */
static uint64_t known_bits(const struct gpq_packed_strip *strip, uint32_t first, uint32_t word)
{
	uint32_t end = first + strip->places;
	uint64_t range = range_bits(first, end, word), bits = 0;
	if (strip->known == strip->places)
		return range;
	for (uint32_t b = 0; b < 64; b++) {
		if (range >> b & 1 && gpq_strip_cell(strip, 64 * word + b - first) != GPQ_CELL_NULL)
			bits |= UINT64_C(1) << b;
	}
	return bits;
}

/* Enters a strip's places in its source's and its cell's; gives false where the cell has one of them already. */
static bool places_enter(struct gpq_strip_merge *merge, struct gpq_strip_source *source,
			 const struct gpq_packed_strip *strip)
{
	uint32_t first = strip->place % GPQ_STRIP_WINDOW, end = first + strip->places;
	struct gpq_strip_places *known = &merge->known[strip->cell];
	uint64_t met = 0;
	for (uint32_t w = first / 64; w <= (end - 1) / 64; w++) {
		uint64_t bits = known_bits(strip, first, w);
		met |= known->word[w] & bits;
		known->word[w] |= bits;
		source->places.word[w] |= bits;
	}
	source->first = first < source->first ? (uint16_t)first : source->first;
	source->end = end > source->end ? (uint16_t)end : source->end;
	source->rows += strip->known;
	return met == 0;
}

static bool sources_meet(const struct gpq_strip_source *a, const struct gpq_strip_source *b)
{
	uint64_t met = 0;
	if (a->first >= b->end || b->first >= a->end)
		return false;
	for (uint32_t w = 0; w < GPQ_STRIP_WINDOW / 64; w++)
		met |= a->places.word[w] & b->places.word[w];
	return met != 0;
}

/* Works out of which places each source is the newest; '*out_apart' false where that is not all that is to be said. */
static enum gpq_status newest_find(struct gpq_strip_merge *merge, bool *out_apart, struct gpq_error *err)
{
	for (uint32_t i = 0; i < merge->n_sources; i++) {
		struct gpq_strip_source *a = &merge->sources[i];
		a->newest = a->places;
		for (uint32_t j = 0; j < i; j++) {
			struct gpq_strip_source *b = &merge->sources[j];
			int order = 0;
			if (!sources_meet(a, b))
				continue;
			if (a->version == b->version)
				GPQ_TRY(gpq_strip_inputs_compare(merge, a->input, b->input, &order, err));
			*out_apart = order != 0;
			if (order == 0)
				return GPQ_OK;
			struct gpq_strip_source *older = order > 0 ? b : a, *newer = order > 0 ? a : b;
			for (uint32_t w = 0; w < GPQ_STRIP_WINDOW / 64; w++)
				older->newest.word[w] &= ~newer->places.word[w];
		}
	}
	return GPQ_OK;
}

/* Whether each source is the newest of the same places as in the segment before. */
static bool newest_is_last(const struct gpq_strip_merge *merge)
{
	if (merge->n_sources != merge->n_last)
		return false;
	for (uint32_t s = 0; s < merge->n_sources; s++) {
		const struct gpq_strip_source *source = &merge->sources[s];
		const struct gpq_strip_last *last = &merge->last[s];
		if (source->version != last->version || source->input != last->input ||
		    memcmp(&source->newest, &last->newest, sizeof(last->newest)))
			return false;
	}
	return true;
}

static void apart_tell(struct gpq_strip_merge *merge, uint32_t window)
{
	struct gpq_strip_common *common = &merge->common;
	merge->common_is_last = window == merge->last_window && newest_is_last(merge);
	if (merge->common_is_last)
		return;
	merge->last_window = window;
	merge->n_last = merge->n_sources;
	memset(merge->newest, 0, sizeof(merge->newest));
	for (uint32_t s = 0; s < merge->n_sources; s++) {
		const struct gpq_strip_source *source = &merge->sources[s];
		merge->last[s] = (struct gpq_strip_last){ source->version, source->input, source->newest };
		for (uint32_t p = source->first; p < source->end; p++) {
			if (source->newest.word[p / 64] >> p % 64 & 1)
				merge->newest[p] = (uint16_t)(s + 1);
		}
	}
	common->rows = 0;
	for (uint32_t p = 0; p < GPQ_STRIP_WINDOW; p++) {
		if (!merge->newest[p])
			continue;
		const struct gpq_strip_source *source = &merge->sources[merge->newest[p] - 1];
		common->place[common->rows] = window * GPQ_STRIP_WINDOW + p;
		common->version[common->rows] = source->version;
		common->input[common->rows++] = source->input << 1 | 1;
	}
}

/* ---- a segment ---- */

/* Enters all strips; gives how much is known from their heads. */
static enum gpq_strip_merged refs_enter(struct gpq_strip_merge *merge, const uint32_t *names, uint32_t n,
					uint32_t n_readable)
{
	enum gpq_strip_merged merged = GPQ_STRIPS_APART;
	merge->n = n;
	merge->n_sources = 0;
	memset(merge->known, 0, merge->rules->n_cells * sizeof(merge->known[0]));
	for (uint32_t i = 0; i < n; i++) {
		const struct gpq_packed_strip *strip = gpq_strip_at(merge->slabs, names[i]);
		if (i + AHEAD_STRIPS < n_readable) {
			const uint8_t *ahead = (const uint8_t *)gpq_strip_at(merge->slabs, names[i + AHEAD_STRIPS]);
			__builtin_prefetch(ahead);
			__builtin_prefetch(ahead + LINE_BYTES);
		}
		merge->refs[i].strip = strip;
		merge->refs[i].name = names[i];
		if (strip->location != merge->refs[0].strip->location)
			return GPQ_STRIPS_MIXED;
		if (merged == GPQ_STRIPS_LAYERED)
			continue;
		struct gpq_strip_source *source = source_find(merge, strip);
		if (!source || !places_enter(merge, source, strip))
			merged = GPQ_STRIPS_LAYERED;
	}
	return merged;
}

enum gpq_status gpq_strip_merge_segment(struct gpq_strip_merge *merge, const uint32_t *names, uint32_t n,
					uint32_t n_readable, enum gpq_strip_merged *out, struct gpq_error *err)
{
	enum gpq_strip_merged merged = refs_enter(merge, names, n, n_readable);
	uint32_t window = merge->refs[0].strip->place / GPQ_STRIP_WINDOW;
	bool apart = merged == GPQ_STRIPS_APART;
	if (apart)
		GPQ_TRY(newest_find(merge, &apart, err));
	if (apart) {
		apart_tell(merge, window);
	} else if (merged != GPQ_STRIPS_MIXED) {
		merge->common_is_last = false;
		merge->n_last = 0;
		GPQ_TRY(gpq_strip_layers_lay(merge, window, &merged, err));
	}
	*out = merged;
	return GPQ_OK;
}

/* ---- what came of it ---- */

static enum gpq_status rows_count(struct gpq_strip_merge *merge, uint32_t input, uint32_t joined, uint32_t duplicate,
				  uint32_t superseded, struct gpq_error *err)
{
	struct gpq_tally *tally = NULL;
	bool failed = false;
	if (joined + duplicate + superseded == 0)
		return GPQ_OK;
	GPQ_TRY(gpq_tallies_at(merge->tallies, input, &tally, &failed, err));
	tally->written -= (uint64_t)joined + duplicate + superseded;
	tally->joined += joined;
	tally->duplicate += duplicate;
	tally->superseded += superseded;
	return GPQ_OK;
}

enum gpq_status gpq_strip_merge_count(struct gpq_strip_merge *merge, enum gpq_strip_merged merged,
				      struct gpq_error *err)
{
	for (uint32_t s = 0; merged == GPQ_STRIPS_APART && s < merge->n_sources; s++) {
		const struct gpq_strip_source *source = &merge->sources[s];
		uint32_t written = 0;
		for (uint32_t w = 0; w < GPQ_STRIP_WINDOW / 64; w++)
			written += (uint32_t)__builtin_popcountll(source->newest.word[w]);
		GPQ_TRY(rows_count(merge, source->input, source->rows - written, 0, 0, err));
	}
	for (uint32_t i = 0; merged == GPQ_STRIPS_LAYERED && i < merge->n; i++) {
		const struct gpq_strip_ref *ref = &merge->refs[i];
		GPQ_TRY(rows_count(merge, gpq_origin_input(ref->strip->origin), ref->joined, ref->duplicate,
				   ref->superseded, err));
	}
	return GPQ_OK;
}

uint32_t gpq_strip_merge_names(const struct gpq_strip_merge *merge, enum gpq_strip_merged merged, uint32_t *out)
{
	uint32_t n = 0;
	for (uint32_t k = 0; k < merge->rules->n_cells; k++) {
		for (uint32_t i = merge->n; i-- > 0;) {
			const struct gpq_strip_ref *ref = &merge->refs[i];
			if (ref->strip->cell == k && (merged == GPQ_STRIPS_APART || ref->seen))
				out[n++] = ref->name;
		}
	}
	return n;
}
