/*
 * sort/slab.h - pieces of 64 KiB that hold rows as columns, shared by all blocks.
 *
 *   0      1600                                                                                        65536
 *   | head | cell 0[cap] | ... | location[cap] | origin[cap] | stamp[cap] | unused |                   stamped
 *   | head | origin[cap] | cell 0[cap] | ... | start[cap] | location[cap] | version[cap] | unused |    plain, wide
 *
 * What feeds bring fits narrow columns, so a slab is opened as the narrowest kind that its rows are likely to fit, and
 * left for a wider one by the first row that does not:
 *
 *   stamped  3 + location + 4 n_cells bytes a row: what follows from the line before it (instant, revision, input, the
 *            high part of the byte offset) is a stamp, of which the head has a list; the low part takes 16 bits
 *   plain    20 + 4 n_cells: rows of too many stamps
 *   wide     20 + 8 n_cells: rows of too many far cells
 *
 * A near cell is a number of 32 bits; null and a few far cells of a slab, listed in its head, are its least values.
 */
#ifndef GPQ_SORT_SLAB_H
#define GPQ_SORT_SLAB_H

#include "sort/part.h"
#include "table/cell.h"

#define GPQ_SLAB_BYTES      ((size_t)64 << 10)
#define GPQ_SLAB_HEAD_BYTES 1600
/* A slab holds at most 2^13 rows. A row of many slabs is named by slab << 13 | row, which reaches 2^18 slabs = 16 GiB.
 */
#define GPQ_SLAB_ROW_BITS  13
#define GPQ_SLAB_ROW_MASK  (((uint32_t)1 << GPQ_SLAB_ROW_BITS) - 1)
#define GPQ_SLAB_MAX_COUNT ((uint32_t)1 << (31 - GPQ_SLAB_ROW_BITS))

enum gpq_slab_kind { GPQ_SLAB_STAMPED, GPQ_SLAB_PLAIN, GPQ_SLAB_WIDE, GPQ_SLAB_KINDS };

/* Feeds ordered by time need a stamp for 64 KiB of text, those ordered by place one for each hour of a day or two. */
#define GPQ_SLAB_STAMPS 64
#define GPQ_SLAB_STAMP_REACH ((uint64_t)1 << 16) /* offsets that one stamp covers */
#define GPQ_SLAB_FAR    64

/* What rows have in common. */
struct gpq_slab_stamp {
	uint32_t start_s;
	int32_t version;
	uint64_t origin; /* without its low 16 bits */
};

struct gpq_slab {
	struct gpq_slab *next;
	struct gpq_slab *next_chunk; /* in the first of a chunk */
	uint32_t chunk_slabs;        /* there, too: how many were taken together */
	uint32_t rows;
	uint8_t kind, n_stamps, n_far;
	uint8_t last_stamp; /* the one used last */
	uint32_t used_bytes; /* of a slab of strips (strip_slab.h), with its head */
	struct gpq_slab_stamp stamps[GPQ_SLAB_STAMPS];
	int64_t far[GPQ_SLAB_FAR];
};

_Static_assert(sizeof(struct gpq_slab) <= GPQ_SLAB_HEAD_BYTES, "a slab's head fits");

/* gpq_slabs_take() gives an empty slab, or NULL in '*out' where the pool has none left. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_slabs_take(struct gpq_slabs *slabs, struct gpq_slab **out, struct gpq_error *err);

/* Gives a chain of slabs back to the pool. */
void gpq_slabs_give(struct gpq_slabs *slabs, struct gpq_slab *chain);

/* Makes 'slab' an empty one of a kind. */
static inline void gpq_slab_begin(struct gpq_slab *slab, enum gpq_slab_kind kind)
{
	slab->rows = 0;
	slab->kind = (uint8_t)kind;
	slab->n_stamps = slab->n_far = slab->last_stamp = 0;
}

/* Asks for large pages: what is turned is read in an order that runs through more small ones than a processor keeps
 * addresses of. No harm where there are none. All of 'bytes' must be charged: a large page is resident as a whole. */
void gpq_huge_pages(void *memory, size_t bytes);

/* ---- layouts ---- */

/* Where the columns of a slab stand, and how wide they are. */
struct gpq_slab_layout {
	uint32_t cap_rows, n_cells;
	uint32_t cell_off, origin_off, location_off;
	uint32_t stamp_off;              /* stamped */
	uint32_t start_off, version_off; /* else */
	uint8_t cell_bytes, location_bytes;
	bool stamped;
};

/* How the slabs of one block are laid out, by kind. */
struct gpq_slab_layouts {
	struct gpq_slab_layout of[GPQ_SLAB_KINDS];
};

/* 'max_locations': codes that there may be, 0 where that is not known; up to 65,536 fit the narrow column. */
struct gpq_slab_layouts gpq_slab_layouts_of(uint32_t n_cells, uint32_t max_locations);

/* ---- near cells ---- */

#define GPQ_NEAR_NULL  INT32_MIN
#define GPQ_NEAR_FAR   (INT32_MIN + 1)                    /* + k: far cell k */
#define GPQ_NEAR_LEAST (GPQ_NEAR_FAR + GPQ_SLAB_FAR) /* the least number */

static inline bool gpq_cell_is_near(int64_t cell)
{
	return (cell >= GPQ_NEAR_LEAST && cell <= INT32_MAX) || cell == GPQ_CELL_NULL;
}

static inline int64_t gpq_slab_cell_of(const struct gpq_slab *slab, int32_t near)
{
	if (near >= GPQ_NEAR_LEAST)
		return near;
	return near == GPQ_NEAR_NULL ? GPQ_CELL_NULL : slab->far[near - GPQ_NEAR_FAR];
}

/* ---- packing ---- */

/* gpq_slab_pack() appends rows [from, from + n) of 'batch', no more than there is room for, up to the first that does
 * not fit the slab's kind; gives how many. '*out_wider' is the kind that takes the next one, where there is one. */
uint32_t gpq_slab_pack(const struct gpq_slab_layouts *layouts, struct gpq_slab *slab, const struct gpq_batch *batch,
		       uint32_t from, uint32_t n, enum gpq_slab_kind *out_wider);

#endif
