/*
 * sort/slab.h - pieces of 64 KiB that hold rows as columns, shared by all blocks.
 *
 *   0        64                                                                           65536
 *   | header | origin[cap] | cell 0[cap] | ... | start[cap] | location[cap] | version[cap] | unused |
 */
#ifndef GPQ_SORT_SLAB_H
#define GPQ_SORT_SLAB_H

#include "sort/part.h"

#define GPQ_SLAB_BYTES      ((size_t)64 << 10)
#define GPQ_SLAB_HEAD_BYTES 64
/* A slab holds fewer than 2^12 rows: (65,536 - 64) / 20 = 3,273 where there are no cells. A row of many slabs is named
 * by slab << 12 | row, which reaches 2^20 slabs = 64 GiB. */
#define GPQ_SLAB_ROW_BITS  12
#define GPQ_SLAB_ROW_MASK  (((uint32_t)1 << GPQ_SLAB_ROW_BITS) - 1)
#define GPQ_SLAB_MAX_COUNT ((uint32_t)1 << (31 - GPQ_SLAB_ROW_BITS))

struct gpq_slab {
	struct gpq_slab *next;
	uint32_t rows;
	uint32_t chunk_slabs;        /* in the first of a chunk: how many were taken together */
	struct gpq_slab *next_chunk; /* there, too */
};

/* The layout of every slab; rows in multiples of 16, which aligns each column to a cache line. */
static inline struct gpq_columns gpq_slab_columns(uint32_t n_cells)
{
	uint32_t rows = (uint32_t)((GPQ_SLAB_BYTES - GPQ_SLAB_HEAD_BYTES) / gpq_batch_row_bytes(n_cells));
	return gpq_columns_of(rows & ~15u, n_cells, GPQ_SLAB_HEAD_BYTES);
}

/* gpq_slabs_take() gives an empty slab, or NULL in '*out' where the pool has none left. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_slabs_take(struct gpq_slabs *slabs, struct gpq_slab **out, struct gpq_error *err);

/* Gives a chain of slabs back to the pool. */
void gpq_slabs_give(struct gpq_slabs *slabs, struct gpq_slab *chain);

/* Asks for large pages: what is turned is read in an order that runs through more small ones than a processor keeps
 * addresses of. No harm where there are none. All of 'bytes' must be charged: a large page is resident as a whole. */
void gpq_huge_pages(void *memory, size_t bytes);

/* Rows in slabs, named by slab << GPQ_SLAB_ROW_BITS | row. */
struct gpq_slab_rows {
	uint8_t **slab;
	uint32_t n_slabs;
	struct gpq_columns columns;
};

static inline uint32_t gpq_slab_rows_in(const struct gpq_slab_rows *rows, uint32_t slab)
{
	return ((const struct gpq_slab *)(void *)rows->slab[slab])->rows;
}
static inline uint32_t gpq_slab_row_start(const struct gpq_slab_rows *rows, uint32_t id)
{
	return gpq_columns_start(&rows->columns, rows->slab[id >> GPQ_SLAB_ROW_BITS])[id & GPQ_SLAB_ROW_MASK];
}
static inline uint32_t gpq_slab_row_location(const struct gpq_slab_rows *rows, uint32_t id)
{
	return gpq_columns_location(&rows->columns, rows->slab[id >> GPQ_SLAB_ROW_BITS])[id & GPQ_SLAB_ROW_MASK];
}
/* Whether two rows of one key say the same in every word. */
bool gpq_slab_rows_alike(const struct gpq_slab_rows *rows, uint32_t a, uint32_t b);

static inline void gpq_slab_row_load(const struct gpq_slab_rows *rows, uint32_t id, struct gpq_part *out)
{
	gpq_part_load(&rows->columns, rows->slab[id >> GPQ_SLAB_ROW_BITS], id & GPQ_SLAB_ROW_MASK, out);
}
static inline void gpq_slab_row_store(const struct gpq_slab_rows *rows, uint32_t id, const struct gpq_part *part)
{
	gpq_part_store(&rows->columns, rows->slab[id >> GPQ_SLAB_ROW_BITS], id & GPQ_SLAB_ROW_MASK, part);
}

#endif
