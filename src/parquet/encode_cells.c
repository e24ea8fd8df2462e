// SPDX-License-Identifier: MIT
/* Distinct cells, numbered in ascending order: the dictionary of a price column. */
#include "parquet/encode.h"

#define FIRST_SLOTS ((uint32_t)4096)
#define HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio, odd: spreads neighbours (Knuth, TAOCP 6.4) */

static void table_size(struct gpq_cell_table *table, uint32_t slots)
{
	table->slots = slots;
	table->shift = (unsigned)__builtin_clzll(slots) + 1;
	for (uint32_t i = 0; i < slots; i++)
		table->cells[i] = GPQ_CELL_NULL;
}

void gpq_cell_table_init(struct gpq_cell_table *table, void *memory, uint32_t max_count)
{
	*table = (struct gpq_cell_table){ .cells = memory, .max_count = max_count };
	table->codes = (uint32_t *)(void *)(table->cells + (size_t)GPQ_CELL_TABLE_MAX * 2);
	table_size(table, FIRST_SLOTS);
}

/* The slot that holds 'cell', or the free one where it belongs. */
static inline uint32_t table_slot(const struct gpq_cell_table *table, int64_t cell)
{
	uint32_t mask = table->slots - 1;
	uint32_t slot = (uint32_t)(((uint64_t)cell * HASH_FACTOR) >> table->shift);
	while (table->cells[slot] != cell && table->cells[slot] != GPQ_CELL_NULL)
		slot = (slot + 1) & mask;
	return slot;
}

static uint32_t table_collect(const struct gpq_cell_table *table, int64_t *out)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < table->slots; i++)
		if (table->cells[i] != GPQ_CELL_NULL)
			out[count++] = table->cells[i];
	return count;
}

/* The codes are not in use yet: their memory holds half as many cells as there are slots at most, and keeps them
 * meanwhile. */
static void table_grow(struct gpq_cell_table *table)
{
	int64_t *kept = (int64_t *)(void *)table->codes;
	uint32_t count = table_collect(table, kept);
	table_size(table, table->slots * 2);
	for (uint32_t i = 0; i < count; i++)
		table->cells[table_slot(table, kept[i])] = kept[i];
}

/* A price of the whole system comes again with each location: cells are compared with those a period before, some at a
 * time, and only others are looked up. */
#define ABREAST    16u
#define PERIOD_MAX 4096u /* more than a week of hours or a day of five minutes */

static inline bool cells_alike(const int64_t *a, const int64_t *b)
{
	int64_t differ = 0;
	for (unsigned k = 0; k < ABREAST; k++)
		differ |= a[k] ^ b[k];
	return differ == 0;
}

/* The least distance, ABREAST or more, at which the first cells come again; UINT32_MAX: they do not. */
static uint32_t cells_period(const int64_t *cells, uint32_t n)
{
	for (uint32_t period = ABREAST; period <= PERIOD_MAX && period + ABREAST <= n; period++)
		if (cells[period] == cells[0] && cells_alike(cells + period, cells))
			return period;
	return UINT32_MAX;
}

/* Whether the ABREAST cells from 'at' on are those a period before. */
static inline bool cells_repeat(const int64_t *cells, uint32_t at, uint32_t n, uint32_t period)
{
	return at >= period && n - at >= ABREAST && cells_alike(cells + at, cells + at - period);
}

static void cells_enter(struct gpq_cell_table *table, const int64_t *cells, uint32_t n)
{
	int64_t before = GPQ_CELL_NULL;
	for (uint32_t i = 0; i < n; i++) {
		int64_t cell = cells[i];
		if (cell == before || cell == GPQ_CELL_NULL)
			continue;
		before = cell;
		uint32_t slot = table_slot(table, cell);
		if (GPQ_LIKELY(table->cells[slot] == cell))
			continue;
		if (table->count == table->max_count) {
			table->over = true;
			return;
		}
		table->cells[slot] = cell;
		table->count++;
		if (table->count * 2 > table->slots && table->slots < GPQ_CELL_TABLE_MAX * 2)
			table_grow(table);
	}
}

void gpq_cell_table_gather(struct gpq_cell_table *table, const int64_t *cells, uint32_t n)
{
	uint32_t period = cells_period(cells, n);
	for (uint32_t at = 0; at < n && !table->over; at += ABREAST)
		if (!cells_repeat(cells, at, n, period))
			cells_enter(table, cells + at, n - at < ABREAST ? n - at : ABREAST);
}

/* Radix sort by bytes as signed integers, least significant first; bytes that all cells share are passed over.
 * Returns the one of the two arrays that holds the result. */
static int64_t *sort_integers(int64_t *cells, int64_t *spare, uint32_t n)
{
	uint64_t sign = UINT64_C(1) << 63, same_and = ~UINT64_C(0), same_or = 0;
	for (uint32_t i = 0; i < n; i++) {
		same_and &= (uint64_t)cells[i] ^ sign;
		same_or |= (uint64_t)cells[i] ^ sign;
	}
	for (unsigned shift = 0; shift < 64; shift += 8) {
		if ((((same_and ^ same_or) >> shift) & 0xFF) == 0)
			continue;
		uint32_t starts[257] = { 0 };
		for (uint32_t i = 0; i < n; i++)
			starts[((((uint64_t)cells[i] ^ sign) >> shift) & 0xFF) + 1]++;
		for (unsigned k = 1; k < 256; k++)
			starts[k] += starts[k - 1];
		for (uint32_t i = 0; i < n; i++)
			spare[starts[(((uint64_t)cells[i] ^ sign) >> shift) & 0xFF]++] = cells[i];
		int64_t *swap = cells;
		cells = spare;
		spare = swap;
	}
	return cells;
}

static void sift_down(int64_t *cells, uint32_t root, uint32_t n, unsigned scale)
{
	int64_t moved = cells[root];
	double number = gpq_cell_to_double(moved, scale);
	for (uint32_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n &&
		    gpq_cell_to_double(cells[child], scale) < gpq_cell_to_double(cells[child + 1], scale))
			child++;
		if (gpq_cell_to_double(cells[child], scale) <= number)
			break;
		cells[root] = cells[child];
	}
	cells[root] = moved;
}

/* Heap sort by number: only where escapes are among the cells, whose integers are in no order with the decimals. */
static void sort_numbers(int64_t *cells, uint32_t n, unsigned scale)
{
	for (uint32_t root = n / 2; root-- > 0;)
		sift_down(cells, root, n, scale);
	for (uint32_t end = n; end-- > 1;) {
		int64_t largest = cells[0];
		cells[0] = cells[end];
		cells[end] = largest;
		sift_down(cells, 0, end, scale);
	}
}

void gpq_cell_table_rank(struct gpq_cell_table *table, unsigned scale, int64_t *sorted, int64_t *spare)
{
	uint32_t n = table_collect(table, sorted);
	int64_t *result = sort_integers(sorted, spare, n);
	if (result != sorted && n)
		memcpy(sorted, result, n * sizeof(*sorted));
	if (n && !(gpq_cell_is_decimal(sorted[0]) && gpq_cell_is_decimal(sorted[n - 1])))
		sort_numbers(sorted, n, scale);
	for (uint32_t i = 0; i < n; i++)
		table->codes[table_slot(table, sorted[i])] = i;
}

void gpq_cell_table_codes(const struct gpq_cell_table *table, const int64_t *cells, uint32_t n, uint32_t *out)
{
	int64_t before = GPQ_CELL_NULL;
	uint32_t code = 0, period = cells_period(cells, n);
	for (uint32_t at = 0; at < n; at += ABREAST) {
		if (cells_repeat(cells, at, n, period)) {
			memcpy(out + at, out + at - period, ABREAST * sizeof(*out));
			continue;
		}
		for (uint32_t i = at; i < n && i < at + ABREAST; i++) {
			if (cells[i] != before) {
				before = cells[i];
				code = table->codes[table_slot(table, before)];
			}
			out[i] = code;
		}
	}
}

void gpq_cell_table_list(const struct gpq_cell_table *table, int64_t *out)
{
	for (uint32_t i = 0; i < table->slots; i++)
		if (table->cells[i] != GPQ_CELL_NULL)
			out[table->codes[i]] = table->cells[i];
}
