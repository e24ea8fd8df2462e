// SPDX-License-Identifier: MIT
#include "sort/index.h"

static size_t round_up(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

static size_t buckets_cap(uint32_t max_locations)
{
	size_t cap = max_locations > GPQ_INDEX_TIME_BUCKETS ? max_locations : GPQ_INDEX_TIME_BUCKETS;
	return cap + 1; /* rows that stand apart */
}

size_t gpq_index_need(uint32_t max_locations)
{
	size_t cap = buckets_cap(max_locations);
	return round_up(cap * sizeof(struct gpq_bucket)) + round_up(cap) +
	       2 * round_up(GPQ_INDEX_PAIRS * sizeof(struct gpq_index_pair));
}

void gpq_index_init(struct gpq_index *index, uint32_t max_locations, uint8_t *memory)
{
	size_t cap = buckets_cap(max_locations);
	memset(index, 0, sizeof(*index));
	index->buckets = (struct gpq_bucket *)(void *)memory;
	memory += round_up(cap * sizeof(struct gpq_bucket));
	index->flags = memory;
	memory += round_up(cap);
	for (int i = 0; i < 2; i++) {
		index->pairs[i] = (struct gpq_index_pair *)(void *)memory;
		memory += round_up(GPQ_INDEX_PAIRS * sizeof(struct gpq_index_pair));
	}
}

/* ---- stretches: neighbouring rows of one input ---- */

/* The stretch of rows [from, '*out_to') of a slab that are counted or dropped alike. */
static enum gpq_status stretch_find(const uint64_t *origin, uint32_t from, uint32_t rows, struct gpq_tallies *tallies,
                                    uint32_t *out_to, struct gpq_tally **out, bool *out_failed, struct gpq_error *err)
{
	uint64_t input = origin[from] >> GPQ_ORIGIN_OFFSET_BITS;
	uint32_t to = from + 1;
	while (to < rows && origin[to] >> GPQ_ORIGIN_OFFSET_BITS == input)
		to++;
	*out_to = to;
	return gpq_tallies_at(tallies, gpq_origin_input(origin[from]), out, out_failed, err);
}

enum gpq_status gpq_index_survey(const struct gpq_slab_rows *rows, struct gpq_location_order *order,
                                 struct gpq_tallies *tallies, struct gpq_error *err)
{
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		uint32_t n = gpq_slab_rows_in(rows, s), to = n;
		const uint32_t *location = gpq_columns_location(&rows->columns, rows->slab[s]);
		const uint64_t *origin = gpq_columns_origin(&rows->columns, rows->slab[s]);
		for (uint32_t from = 0; from < n; from = to) {
			if (tallies) {
				struct gpq_tally *tally = NULL;
				bool failed = false;
				GPQ_TRY(stretch_find(origin, from, n, tallies, &to, &tally, &failed, err));
				*(failed ? &tally->dropped : &tally->written) += to - from;
				if (failed)
					continue;
			}
			for (uint32_t i = from; i < to; i++) {
				if (GPQ_UNLIKELY(location[i] >= order->cap))
					return gpq_location_order_check(order, location[i], err);
				gpq_location_order_hold(order, location[i], 1);
			}
		}
	}
	return GPQ_OK;
}

/* ---- scattering ---- */

/* How a row finds its bucket. */
struct scatter {
	struct gpq_index *index;
	const struct gpq_location_order *order;
	bool by_time, apart;
	uint32_t first_s;
	unsigned shift; /* by time: seconds of a bucket, as a power of two */
};

static inline uint32_t bucket_of(const struct scatter *scatter, uint32_t start_s, uint32_t location)
{
	if (scatter->apart && scatter->order->class_of[location] & GPQ_CLASS_TORN)
		return scatter->index->n_buckets - 1;
	return scatter->by_time ? (start_s - scatter->first_s) >> scatter->shift : scatter->order->rank[location];
}

static inline void rows_scatter(const struct scatter *scatter, const uint32_t *start, const uint32_t *location,
                                uint32_t slab, uint32_t from, uint32_t to)
{
	struct gpq_index *index = scatter->index;
	for (uint32_t i = from; i < to; i++) {
		uint32_t b = bucket_of(scatter, start[i], location[i]);
		struct gpq_bucket *bucket = &index->buckets[b];
		if (GPQ_UNLIKELY(start[i] <= bucket->last))
			index->flags[b] |= start[i] < bucket->last ? GPQ_BUCKET_UNORDERED : GPQ_BUCKET_EQUAL;
		bucket->last = start[i];
		index->ids[bucket->end++] = slab << GPQ_SLAB_ROW_BITS | i;
	}
}

static inline void rows_count(const struct scatter *scatter, const uint32_t *start, const uint32_t *location,
                              uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		scatter->index->buckets[bucket_of(scatter, start[i], location[i])].end++;
}

/* Goes over all rows that are not dropped: counts them, or puts them where they belong. */
static enum gpq_status rows_walk(const struct scatter *scatter, const struct gpq_slab_rows *rows,
                                 struct gpq_tallies *tallies, bool count, struct gpq_error *err)
{
	/* the plain case with constants, for the compiler to drop the questions it would ask for each row */
	struct scatter plain = *scatter;
	plain.by_time = plain.apart = false;
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		uint32_t n = gpq_slab_rows_in(rows, s), to = n;
		const uint32_t *location = gpq_columns_location(&rows->columns, rows->slab[s]);
		const uint32_t *start = gpq_columns_start(&rows->columns, rows->slab[s]);
		const uint64_t *origin = gpq_columns_origin(&rows->columns, rows->slab[s]);
		for (uint32_t from = 0; from < n; from = to) {
			if (tallies && tallies->any_failed) {
				struct gpq_tally *tally = NULL;
				bool failed = false;
				GPQ_TRY(stretch_find(origin, from, n, tallies, &to, &tally, &failed, err));
				if (failed)
					continue;
			}
			if (count)
				rows_count(scatter, start, location, from, to);
			else if (!scatter->by_time && !scatter->apart)
				rows_scatter(&plain, start, location, s, from, to);
			else
				rows_scatter(scatter, start, location, s, from, to);
		}
	}
	return GPQ_OK;
}

/* The earliest start, and how to divide the stretch up to the latest. */
static void time_buckets_choose(struct scatter *scatter, const struct gpq_slab_rows *rows)
{
	uint32_t low = UINT32_MAX, high = 0;
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		const uint32_t *start = gpq_columns_start(&rows->columns, rows->slab[s]);
		for (uint32_t i = 0, n = gpq_slab_rows_in(rows, s); i < n; i++) {
			low = start[i] < low ? start[i] : low;
			high = start[i] > high ? start[i] : high;
		}
	}
	scatter->first_s = low;
	while (low <= high && (high - low) >> scatter->shift >= GPQ_INDEX_TIME_BUCKETS)
		scatter->shift++;
	scatter->index->n_buckets = low <= high ? ((high - low) >> scatter->shift) + 1 : 0;
}

enum gpq_status gpq_index_scatter(struct gpq_index *index, const struct gpq_slab_rows *rows,
                                  const struct gpq_location_order *order, bool by_time, bool apart,
                                  struct gpq_tallies *tallies, struct gpq_error *err)
{
	struct scatter scatter = { .index = index, .order = order, .by_time = by_time };
	scatter.apart = apart && order->any_torn;
	if (by_time)
		time_buckets_choose(&scatter, rows);
	else
		index->n_buckets = order->n_ranks;
	index->n_buckets += scatter.apart;
	memset(index->buckets, 0, index->n_buckets * sizeof(*index->buckets));
	memset(index->flags, by_time ? GPQ_BUCKET_UNORDERED : 0, index->n_buckets);
	if (by_time) {
		GPQ_TRY(rows_walk(&scatter, rows, tallies, true, err));
	} else {
		for (uint32_t i = 0; i < order->n_held; i++)
			index->buckets[bucket_of(&scatter, 0, order->held[i])].end += order->count[order->held[i]];
	}
	uint32_t total = 0;
	for (uint32_t b = 0; b < index->n_buckets; b++) {
		uint32_t rows_in = index->buckets[b].end;
		index->buckets[b].end = total;
		total += rows_in;
	}
	index->n = total;
	return rows_walk(&scatter, rows, tallies, false, err);
}
