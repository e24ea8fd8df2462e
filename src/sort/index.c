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

/* ---- pieces ---- */

/*
 * The rows from 'from' on that are of one input: '*out_to' is where they end, '*out_failed' whether they are dropped.
 * 'count' enters them in their input's tally. 'tallies' NULL: no input has failed.
 */
static enum gpq_status stretch_find(const struct gpq_slab_rows *rows, uint32_t slab, uint32_t from,
				    struct gpq_tallies *tallies, uint32_t *out_to, bool *out_failed, bool count,
				    struct gpq_error *err)
{
	const struct gpq_slab_layout *layout = gpq_slab_rows_layout(rows, slab);
	uint32_t to = gpq_slab_input_end(layout, rows->slab[slab], from);
	*out_to = to;
	*out_failed = false;
	if (!tallies)
		return GPQ_OK;
	struct gpq_tally *tally = NULL;
	GPQ_TRY(gpq_tallies_at(tallies, gpq_origin_input(gpq_slab_origin_at(layout, rows->slab[slab], from)), &tally, out_failed, err));
	if (count)
		*(*out_failed ? &tally->dropped : &tally->written) += to - from;
	return GPQ_OK;
}

/* Rows whose starts and codes are unpacked at once. */
#define UNPACK_ROWS 512

static void piece_list(struct gpq_index *index, uint32_t slab, uint32_t low, uint32_t high, uint32_t from, uint32_t to)
{
	index->first_s = low < index->first_s ? low : index->first_s;
	index->last_s = high > index->last_s ? high : index->last_s;
	struct gpq_index_piece *pieces = (struct gpq_index_piece *)(void *)index->pairs[0];
	if (index->n_pieces < GPQ_INDEX_PIECES)
		pieces[index->n_pieces] = (struct gpq_index_piece){ slab, low, (uint16_t)from, (uint16_t)to };
	index->n_pieces++;
}

/* Enters the codes of rows [from, to) of a slab, and lists them as a piece. */
static enum gpq_status piece_survey(struct gpq_index *index, const struct gpq_slab_rows *rows, uint32_t slab,
				    uint32_t from, uint32_t to, struct gpq_location_order *order, struct gpq_error *err)
{
	const struct gpq_slab_layout *layout = gpq_slab_rows_layout(rows, slab);
	uint32_t starts[UNPACK_ROWS], codes[UNPACK_ROWS], low = UINT32_MAX, high = 0;
	for (uint32_t at = from, n; at < to; at += n) {
		n = to - at < UNPACK_ROWS ? to - at : UNPACK_ROWS;
		gpq_slab_starts_unpack(layout, rows->slab[slab], at, n, starts);
		gpq_slab_locations_unpack(layout, rows->slab[slab], at, n, codes);
		for (uint32_t i = 0; i < n; i++) {
			low = starts[i] < low ? starts[i] : low;
			high = starts[i] > high ? starts[i] : high;
			if (GPQ_UNLIKELY(codes[i] >= order->cap))
				return gpq_location_order_check(order, codes[i], err);
			gpq_location_order_hold(order, codes[i], 1);
		}
	}
	piece_list(index, slab, low, high, from, to);
	return GPQ_OK;
}

enum gpq_status gpq_index_survey(struct gpq_index *index, const struct gpq_slab_rows *rows,
				 struct gpq_location_order *order, struct gpq_tallies *tallies, struct gpq_error *err)
{
	index->first_s = UINT32_MAX;
	index->last_s = 0;
	index->n_pieces = 0;
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		for (uint32_t from = 0, n = rows->slab[s]->rows, to = n; from < n; from = to) {
			bool failed = false;
			GPQ_TRY(stretch_find(rows, s, from, tallies, &to, &failed, true, err));
			if (!failed)
				GPQ_TRY(piece_survey(index, rows, s, from, to, order, err));
		}
	}
	return GPQ_OK;
}

/* Orders the pieces by their earliest starts, those with one as they came; gives where they stand. */
static const struct gpq_index_piece *pieces_order(const struct gpq_index *index)
{
	struct gpq_index_piece *from = (struct gpq_index_piece *)(void *)index->pairs[0];
	struct gpq_index_piece *to = (struct gpq_index_piece *)(void *)index->pairs[1];
	size_t n = index->n_pieces;
	for (size_t width = 1; width < n; width *= 2) { /* merge sort, bottom up */
		for (size_t low = 0; low < n; low += 2 * width) {
			size_t mid = low + width < n ? low + width : n, high = mid + width < n ? mid + width : n;
			size_t a = low, b = mid;
			for (size_t w = low; w < high; w++)
				to[w] = b == high || (a < mid && from[a].first_s <= from[b].first_s) ? from[a++]
												     : from[b++];
		}
		struct gpq_index_piece *swap = from;
		from = to;
		to = swap;
	}
	return from;
}

/* ---- scattering ---- */

/* How a row finds its bucket. */
struct scatter {
	struct gpq_index *index;
	const struct gpq_slab_rows *rows;
	const struct gpq_location_order *order;
	struct gpq_scatter_settings settings;
	bool apart;     /* there are torn classes to be put apart */
	bool count;     /* how many rows go where; else put them there */
	unsigned shift; /* by time: seconds of a bucket, as a power of two */
};

static inline uint32_t bucket_of(const struct scatter *scatter, uint32_t start_s, uint32_t location)
{
	if (scatter->apart && scatter->order->class_of[location] & GPQ_CLASS_TORN)
		return scatter->index->n_buckets - 1;
	return scatter->settings.by_time ? (start_s - scatter->index->first_s) >> scatter->shift
					 : scatter->order->rank[location];
}

static enum gpq_status origin_count(struct gpq_tallies *tallies, uint64_t origin, int copies, struct gpq_error *err)
{
	struct gpq_tally *tally = NULL;
	bool failed = false;
	GPQ_TRY(gpq_tallies_at(tallies, gpq_origin_input(origin), &tally, &failed, err));
	tally->written -= (uint64_t)copies;
	tally->duplicate += (uint64_t)copies;
	return GPQ_OK;
}

/* Row 'id' comes to a bucket whose last row has its start: the newer of two copies stands first, the other is marked.
 */
static enum gpq_status equal_put(const struct scatter *scatter, uint32_t b, uint32_t start_s, uint32_t id,
				 struct gpq_error *err)
{
	struct gpq_index *index = scatter->index;
	uint32_t *ids = index->ids, at = index->buckets[b].end++, head = at - 1;
	const struct gpq_sort_rules *rules = scatter->settings.copies;
	bool one_location = !scatter->settings.by_time && !(scatter->apart && b == index->n_buckets - 1);
	ids[at] = id;
	/* second 0 is also what an empty bucket has for its last */
	if (!rules || !one_location || start_s == 0) {
		index->flags[b] |= GPQ_BUCKET_EQUAL;
		return GPQ_OK;
	}
	while (ids[head] & GPQ_ROW_COPY)
		head--;
	if (!gpq_slab_rows_alike(scatter->rows, ids[head], id)) {
		index->flags[b] |= GPQ_BUCKET_EQUAL;
		return GPQ_OK;
	}
	struct gpq_part before, here;
	int order = 0;
	gpq_slab_row_load(scatter->rows, ids[head], &before);
	gpq_slab_row_load(scatter->rows, id, &here);
	GPQ_TRY(gpq_part_compare(rules, &before, &here, &order, err));
	if (order > 0) {
		ids[at] = ids[head];
		ids[head] = id;
	}
	ids[at] |= GPQ_ROW_COPY;
	index->flags[b] |= GPQ_BUCKET_COPIES;
	return origin_count(scatter->settings.tallies, order > 0 ? before.origin : here.origin, 1, err);
}

enum gpq_status gpq_index_unmark(const struct gpq_slab_rows *rows, struct gpq_tallies *tallies, uint32_t *ids,
				 uint32_t n, struct gpq_error *err)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!(ids[i] & GPQ_ROW_COPY))
			continue;
		ids[i] &= ~GPQ_ROW_COPY;
		GPQ_TRY(origin_count(tallies, gpq_slab_row_origin(rows, ids[i]), -1, err));
	}
	return GPQ_OK;
}

static inline enum gpq_status bucket_put(const struct scatter *scatter, uint32_t *ids, uint32_t b, uint32_t start_s,
					 uint32_t id, struct gpq_error *err)
{
	struct gpq_bucket *bucket = &scatter->index->buckets[b];
	if (GPQ_UNLIKELY(start_s <= bucket->last)) {
		if (start_s == bucket->last)
			return equal_put(scatter, b, start_s, id, err);
		scatter->index->flags[b] |= GPQ_BUCKET_UNORDERED;
	}
	bucket->last = start_s;
	ids[bucket->end++] = id;
	return GPQ_OK;
}

/* 'n' rows, the first of which is 'name'. */
static enum gpq_status few_scatter(const struct scatter *scatter, const uint32_t *start, const uint32_t *location,
				   uint32_t n, uint32_t name, struct gpq_error *err)
{
	struct gpq_index *index = scatter->index;
	const uint32_t *rank = scatter->order->rank;
	uint32_t *ids = index->ids;
	if (scatter->count) {
		for (uint32_t i = 0; i < n; i++)
			index->buckets[bucket_of(scatter, start[i], location[i])].end++;
	} else if (scatter->settings.by_time || scatter->apart) {
		for (uint32_t i = 0; i < n; i++)
			GPQ_TRY(bucket_put(scatter, ids, bucket_of(scatter, start[i], location[i]), start[i], name + i,
					   err));
	} else {
		for (uint32_t i = 0; i < n; i++)
			GPQ_TRY(bucket_put(scatter, ids, rank[location[i]], start[i], name + i, err));
	}
	return GPQ_OK;
}

static enum gpq_status piece_scatter(const struct scatter *scatter, uint32_t slab, uint32_t from, uint32_t to,
				     struct gpq_error *err)
{
	const struct gpq_slab_rows *rows = scatter->rows;
	const struct gpq_slab_layout *layout = gpq_slab_rows_layout(rows, slab);
	uint32_t starts[UNPACK_ROWS], codes[UNPACK_ROWS];
	for (uint32_t at = from, n; at < to; at += n) {
		n = to - at < UNPACK_ROWS ? to - at : UNPACK_ROWS;
		gpq_slab_starts_unpack(layout, rows->slab[slab], at, n, starts);
		gpq_slab_locations_unpack(layout, rows->slab[slab], at, n, codes);
		GPQ_TRY(few_scatter(scatter, starts, codes, n, slab << GPQ_SLAB_ROW_BITS | at, err));
	}
	return GPQ_OK;
}

/* Goes over all rows that count. */
static enum gpq_status rows_walk(const struct scatter *scatter, struct gpq_error *err)
{
	const struct gpq_slab_rows *rows = scatter->rows;
	if (scatter->index->n_pieces <= GPQ_INDEX_PIECES) {
		const struct gpq_index_piece *pieces = pieces_order(scatter->index);
		for (size_t i = 0; i < scatter->index->n_pieces; i++)
			GPQ_TRY(piece_scatter(scatter, pieces[i].slab, pieces[i].from, pieces[i].to, err));
		return GPQ_OK;
	}
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		for (uint32_t from = 0, n = rows->slab[s]->rows, to = n; from < n; from = to) {
			bool failed = false;
			GPQ_TRY(stretch_find(rows, s, from, scatter->settings.tallies, &to, &failed, false, err));
			if (!failed)
				GPQ_TRY(piece_scatter(scatter, s, from, to, err));
		}
	}
	return GPQ_OK;
}

enum gpq_status gpq_index_scatter(struct gpq_index *index, const struct gpq_slab_rows *rows,
				  const struct gpq_location_order *order, const struct gpq_scatter_settings *settings,
				  struct gpq_error *err)
{
	struct scatter scatter = { .index = index, .rows = rows, .order = order, .settings = *settings };
	bool by_time = settings->by_time;
	scatter.apart = settings->apart && order->any_torn;
	index->n_buckets = order->n_ranks;
	if (by_time && index->first_s <= index->last_s) {
		while ((index->last_s - index->first_s) >> scatter.shift >= GPQ_INDEX_TIME_BUCKETS)
			scatter.shift++;
		index->n_buckets = ((index->last_s - index->first_s) >> scatter.shift) + 1;
	}
	index->n_buckets += scatter.apart;
	memset(index->buckets, 0, index->n_buckets * sizeof(*index->buckets));
	memset(index->flags, by_time ? GPQ_BUCKET_UNORDERED : 0, index->n_buckets);
	if (by_time) {
		scatter.count = true;
		GPQ_TRY(rows_walk(&scatter, err));
		scatter.count = false;
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
	return rows_walk(&scatter, err);
}
