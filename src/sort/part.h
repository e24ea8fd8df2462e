/*
 * sort/part.h - one partial row by value, rows laid out as columns, and which of two parts of one key is newer.
 */
#ifndef GPQ_SORT_PART_H
#define GPQ_SORT_PART_H

#include "sort/block.h"

struct gpq_part {
	uint32_t start_s, location;
	int32_t version;
	uint64_t origin;
	int64_t cell[GPQ_MAX_CELLS];
};

/*
 * Where the columns of 'cap_rows' rows stand behind some address: the 8-byte columns first (origin, cells), then start,
 * location, version, without gaps, so that every number of rows keeps them aligned.
 */
struct gpq_columns {
	uint32_t cap_rows, n_cells;
	uint32_t origin_off, cell_off, start_off, location_off, version_off;
	uint32_t bytes; /* end of the last column */
};

/* 'head_bytes' are left free before the first column; a multiple of 8. */
static inline struct gpq_columns gpq_columns_of(uint32_t cap_rows, uint32_t n_cells, uint32_t head_bytes)
{
	struct gpq_columns columns = { .cap_rows = cap_rows, .n_cells = n_cells };
	columns.origin_off = head_bytes;
	columns.cell_off = columns.origin_off + 8 * cap_rows;
	columns.start_off = columns.cell_off + 8 * cap_rows * n_cells;
	columns.location_off = columns.start_off + 4 * cap_rows;
	columns.version_off = columns.location_off + 4 * cap_rows;
	columns.bytes = columns.version_off + 4 * cap_rows;
	return columns;
}

/* The five accessors below give the column at 'base', first row first. */
static inline uint32_t *gpq_columns_start(const struct gpq_columns *columns, uint8_t *base)
{
	return (uint32_t *)(void *)(base + columns->start_off);
}
static inline uint32_t *gpq_columns_location(const struct gpq_columns *columns, uint8_t *base)
{
	return (uint32_t *)(void *)(base + columns->location_off);
}
static inline int32_t *gpq_columns_version(const struct gpq_columns *columns, uint8_t *base)
{
	return (int32_t *)(void *)(base + columns->version_off);
}
static inline uint64_t *gpq_columns_origin(const struct gpq_columns *columns, uint8_t *base)
{
	return (uint64_t *)(void *)(base + columns->origin_off);
}
static inline int64_t *gpq_columns_cell(const struct gpq_columns *columns, uint8_t *base, uint32_t k)
{
	return (int64_t *)(void *)(base + columns->cell_off) + (size_t)k * columns->cap_rows;
}

static inline void gpq_part_load(const struct gpq_columns *columns, uint8_t *base, uint32_t row, struct gpq_part *out)
{
	out->start_s = gpq_columns_start(columns, base)[row];
	out->location = gpq_columns_location(columns, base)[row];
	out->version = gpq_columns_version(columns, base)[row];
	out->origin = gpq_columns_origin(columns, base)[row];
	for (uint32_t k = 0; k < columns->n_cells; k++)
		out->cell[k] = gpq_columns_cell(columns, base, k)[row];
}

static inline void gpq_part_store(const struct gpq_columns *columns, uint8_t *base, uint32_t row,
				  const struct gpq_part *part)
{
	gpq_columns_start(columns, base)[row] = part->start_s;
	gpq_columns_location(columns, base)[row] = part->location;
	gpq_columns_version(columns, base)[row] = part->version;
	gpq_columns_origin(columns, base)[row] = part->origin;
	for (uint32_t k = 0; k < columns->n_cells; k++)
		gpq_columns_cell(columns, base, k)[row] = part->cell[k];
}

/* gpq_columns_pack() closes the gaps when only the first 'rows' of 'columns' are in use; gives the new layout. */
struct gpq_columns gpq_columns_pack(const struct gpq_columns *columns, uint8_t *base, uint32_t rows);

/* Whether two parts belong to one revision: same version, and inputs that RULES 21 cannot tell apart. */
GPQ_MUST_USE enum gpq_status gpq_part_same_revision(const struct gpq_sort_rules *rules, const struct gpq_part *a,
						    const struct gpq_part *b, bool *out_same, struct gpq_error *err);

/*
 * gpq_part_compare() orders two parts of one key, newest first: '*out_order' < 0 where 'a' comes first. Current rows
 * come before kept revisions. Where RULES 21 is silent (one line that makes a key twice, the same bytes under one name
 * read as two inputs) content and then the input number decide, so that the order never depends on how rows came.
 */
GPQ_MUST_USE enum gpq_status gpq_part_compare(const struct gpq_sort_rules *rules, const struct gpq_part *a,
					      const struct gpq_part *b, int *out_order, struct gpq_error *err);

#endif
