// SPDX-License-Identifier: MIT
#include "sort/index.h"

/* ---- few rows: with their keys in hand ---- */

/* Below this, insertion beats counting. */
#define INSERTION_ROWS 32

static void pairs_insert(struct gpq_index_pair *pairs, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		struct gpq_index_pair pair = pairs[i];
		uint32_t at = i;
		for (; at > 0 && pairs[at - 1].key > pair.key; at--)
			pairs[at] = pairs[at - 1];
		pairs[at] = pair;
	}
}

/* Counting sorts by eight bits at a time, lowest first, over the bits in which keys vary; gives the array that holds
 * the result. */
static const struct gpq_index_pair *pairs_radix(struct gpq_index_pair *from, struct gpq_index_pair *to, uint32_t n,
						uint64_t vary)
{
	while (vary) {
		unsigned shift = (unsigned)__builtin_ctzll(vary);
		uint32_t offset[256] = { 0 }, total = 0;
		for (uint32_t i = 0; i < n; i++)
			offset[from[i].key >> shift & 255]++;
		for (int d = 0; d < 256; d++) {
			uint32_t count = offset[d];
			offset[d] = total;
			total += count;
		}
		for (uint32_t i = 0; i < n; i++)
			to[offset[from[i].key >> shift & 255]++] = from[i];
		struct gpq_index_pair *swap = from;
		from = to;
		to = swap;
		vary &= ~((uint64_t)255 << shift);
	}
	return from;
}

static void few_sort(struct gpq_index *index, const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
		     uint32_t *ids, uint32_t n)
{
	struct gpq_index_pair *pairs = index->pairs[0];
	uint64_t vary = 0;
	bool ordered = true;
	for (uint32_t i = 0; i < n; i++) {
		pairs[i] = (struct gpq_index_pair){ gpq_slab_row_key(order, rows, ids[i]), ids[i] };
		vary |= pairs[i].key ^ pairs[0].key;
		ordered = ordered && (i == 0 || pairs[i - 1].key <= pairs[i].key);
	}
	if (ordered)
		return;
	const struct gpq_index_pair *sorted = pairs;
	if (n <= INSERTION_ROWS)
		pairs_insert(pairs, n);
	else
		sorted = pairs_radix(pairs, index->pairs[1], n, vary);
	for (uint32_t i = 0; i < n; i++)
		ids[i] = sorted[i].id;
}

/* ---- many rows: split in place by the highest bits in which they vary ---- */

void gpq_index_sort(struct gpq_index *index, const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
		    uint32_t *ids, uint32_t n)
{
	if (n <= GPQ_INDEX_PAIRS) {
		few_sort(index, rows, order, ids, n);
		return;
	}
	uint64_t first = gpq_slab_row_key(order, rows, ids[0]), vary = 0;
	for (uint32_t i = 1; i < n; i++)
		vary |= gpq_slab_row_key(order, rows, ids[i]) ^ first;
	if (!vary)
		return;
	int top = 63 - __builtin_clzll(vary);
	unsigned shift = top > 7 ? (unsigned)top - 7 : 0;
	uint32_t begin[256], end[256] = { 0 }, total = 0;
	for (uint32_t i = 0; i < n; i++)
		end[gpq_slab_row_key(order, rows, ids[i]) >> shift & 255]++;
	for (int d = 0; d < 256; d++) {
		begin[d] = total;
		total += end[d];
		end[d] = total;
	}
	/* American flag: each row that stands in another's part changes places until the right one comes */
	uint32_t next[256];
	memcpy(next, begin, sizeof(next));
	for (int d = 0; d < 256; d++) {
		while (next[d] < end[d]) {
			uint32_t id = ids[next[d]];
			uint32_t digit = gpq_slab_row_key(order, rows, id) >> shift & 255;
			if (digit == (uint32_t)d) {
				next[d]++;
				continue;
			}
			ids[next[d]] = ids[next[digit]];
			ids[next[digit]++] = id;
		}
	}
	for (int d = 0; d < 256; d++) { /* at most eight deep: each level settles eight bits */
		if (end[d] - begin[d] > 1)
			gpq_index_sort(index, rows, order, ids + begin[d], end[d] - begin[d]);
	}
}

/* ---- rows of one key ---- */

static enum gpq_status ids_compare(const struct gpq_slab_rows *rows, const struct gpq_sort_rules *rules, uint32_t a,
				   uint32_t b, int *out_order, struct gpq_error *err)
{
	struct gpq_part part_a, part_b;
	gpq_slab_row_load(rows, a, &part_a);
	gpq_slab_row_load(rows, b, &part_b);
	return gpq_part_compare(rules, &part_a, &part_b, out_order, err);
}

/* Lets ids[at] sink in a heap of 'n' whose root is the oldest. */
static enum gpq_status heap_sink(const struct gpq_slab_rows *rows, const struct gpq_sort_rules *rules, uint32_t *ids,
				 uint32_t at, uint32_t n, struct gpq_error *err)
{
	for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
		int order = 0;
		if (child + 1 < n) {
			GPQ_TRY(ids_compare(rows, rules, ids[child], ids[child + 1], &order, err));
			child += order < 0;
		}
		GPQ_TRY(ids_compare(rows, rules, ids[at], ids[child], &order, err));
		if (order >= 0)
			break;
		uint32_t swap = ids[at];
		ids[at] = ids[child];
		ids[child] = swap;
	}
	return GPQ_OK;
}

static enum gpq_status newest_sort(const struct gpq_slab_rows *rows, const struct gpq_sort_rules *rules, uint32_t *ids,
				   uint32_t n, struct gpq_error *err)
{
	for (uint32_t at = n / 2; at-- > 0;)
		GPQ_TRY(heap_sink(rows, rules, ids, at, n, err));
	for (uint32_t last = n; last-- > 1;) {
		uint32_t swap = ids[0];
		ids[0] = ids[last];
		ids[last] = swap;
		GPQ_TRY(heap_sink(rows, rules, ids, 0, last, err));
	}
	return GPQ_OK;
}

enum gpq_status gpq_index_sort_ties(const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
				    const struct gpq_sort_rules *rules, uint32_t *ids, uint32_t n,
				    struct gpq_error *err)
{
	for (uint32_t from = 0, next; from < n; from = next) {
		uint64_t key = gpq_slab_row_key(order, rows, ids[from]);
		for (next = from + 1; next < n && gpq_slab_row_key(order, rows, ids[next]) == key; next++)
			;
		if (next - from > 1)
			GPQ_TRY(newest_sort(rows, rules, ids + from, next - from, err));
	}
	return GPQ_OK;
}

/* ---- weaving two ordered parts ---- */

static void ids_reverse(uint32_t *ids, uint32_t n)
{
	for (uint32_t i = 0, j = n; i + 1 < j; i++) {
		uint32_t swap = ids[i];
		ids[i] = ids[--j];
		ids[j] = swap;
	}
}

/* How many of ids[0, n) have keys below 'key'. Looks near the end first, in steps that double. */
static uint32_t ids_below(const struct gpq_slab_rows *rows, const struct gpq_row_order *order, const uint32_t *ids,
			  uint32_t n, uint64_t key)
{
	uint32_t high = n, step = 1;
	while (step <= high && gpq_slab_row_key(order, rows, ids[high - step]) >= key) {
		high -= step;
		step *= 2;
	}
	uint32_t low = step <= high ? high - step : 0;
	while (low < high) {
		uint32_t at = low + (high - low) / 2;
		if (gpq_slab_row_key(order, rows, ids[at]) < key)
			low = at + 1;
		else
			high = at;
	}
	return low;
}

/* Merges from the back, the second part waiting in the pairs' memory. */
static void weave_buffered(struct gpq_index *index, const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
			   uint32_t *ids, uint32_t middle, uint32_t n)
{
	uint32_t *second = (uint32_t *)(void *)index->pairs[0];
	uint32_t a = middle, b = n - middle;
	memcpy(second, ids + middle, sizeof(*ids) * b);
	while (b > 0) {
		uint32_t below = ids_below(rows, order, ids, a, gpq_slab_row_key(order, rows, second[b - 1]));
		memmove(ids + below + b, ids + below, sizeof(*ids) * (a - below));
		a = below;
		b--;
		ids[a + b] = second[b];
	}
}

void gpq_index_weave(struct gpq_index *index, const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
		     uint32_t *ids, uint32_t middle, uint32_t n)
{
	while (middle > 0 && middle < n) {
		if (n - middle <= GPQ_INDEX_PAIRS) {
			weave_buffered(index, rows, order, ids, middle, n);
			return;
		}
		/* halve the second part, find where its upper half belongs in the first, and change the inner two */
		uint32_t half = middle + (n - middle) / 2;
		uint64_t key = gpq_slab_row_key(order, rows, ids[half]);
		uint32_t low = ids_below(rows, order, ids, middle, key);
		/* [0, low) [low, middle) [middle, half) [half, n)  ->  [0, low) [middle, half) [low, middle) [half, n)
		 */
		ids_reverse(ids + low, middle - low);
		ids_reverse(ids + middle, half - middle);
		ids_reverse(ids + low, half - low);
		uint32_t turn = low + (half - middle);
		/* the upper half is the smaller call or the larger; either way depth is the logarithm of the second
		 * part */
		gpq_index_weave(index, rows, order, ids + turn, half - turn, n - turn);
		middle = low;
		n = turn;
	}
}
