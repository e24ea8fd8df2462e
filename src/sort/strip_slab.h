/*
 * sort/strip_slab.h - slabs that hold strips, one behind the other.
 *
 *   0      64                                                     65536
 *   | head | strip | cells | strip | cells | ... | unused |
 *
 * A strip keeps its cells in the narrowest width that all of them fit, so that 24 prices in cents take 72 or 120 bytes.
 * Null is the width's least value. Strips are cut at places that are multiples of GPQ_STRIP_WINDOW, so that what lies
 * between two such is worked on in a few KiB, however long the block is.
 */
#ifndef GPQ_SORT_STRIP_SLAB_H
#define GPQ_SORT_STRIP_SLAB_H

#include "sort/part.h"
#include "sort/slab.h"

/* Places that are worked on at once: a week of hours, and the longest strip (table/strip.h) reaches into two of them at
 * most. */
#define GPQ_STRIP_WINDOW 512u

struct gpq_packed_strip {
	uint64_t origin;
	uint32_t location;
	int32_t version;
	uint32_t place : 20, places : 12; /* of the block's grid */
	uint16_t known;                   /* cells that are not null */
	uint8_t cell;
	uint8_t width;                    /* bytes of a cell: 2, 4 or 8 */
};

/* Five-minute intervals of a year are 105,408. */
#define GPQ_STRIP_BLOCK_PLACES ((1u << 20) - 1)

_Static_assert(sizeof(struct gpq_packed_strip) == 24, "heads leave no gaps");

#define GPQ_STRIP_SLAB_HEAD_BYTES 64u
/* The least that a strip takes: a head and a cell. */
#define GPQ_STRIP_LEAST_BYTES 32u

/* Slabs of strips, in which a strip is named by cell << 29 | slab << 13 | its offset in words of 8 bytes; so 2^16 slabs
 * = 4 GiB at once. */
struct gpq_strip_slabs {
	struct gpq_slab **slab;
	uint32_t n_slabs, n_strips;
};

_Static_assert(GPQ_MAX_CELLS <= 8 && GPQ_SLAB_BYTES / 8 == 1 << 13, "a name has room for all three");
_Static_assert(GPQ_STRIP_MAX_PLACES <= GPQ_STRIP_WINDOW, "a strip is cut once at the most");

#define GPQ_STRIP_SLABS_MAX  65536u
#define GPQ_STRIP_WORD_BITS  13
#define GPQ_STRIP_CELL_SHIFT 29

static inline const struct gpq_packed_strip *gpq_strip_at(const struct gpq_strip_slabs *slabs, uint32_t name)
{
	const uint8_t *slab = (const uint8_t *)slabs->slab[name >> GPQ_STRIP_WORD_BITS & (GPQ_STRIP_SLABS_MAX - 1)];
	return (const struct gpq_packed_strip *)(const void *)(slab +
							       (size_t)(name & ((1u << GPQ_STRIP_WORD_BITS) - 1)) * 8);
}

static inline uint32_t gpq_strip_name(const struct gpq_slab *slab, uint32_t number,
				      const struct gpq_packed_strip *strip)
{
	uint32_t word = (uint32_t)((const uint8_t *)strip - (const uint8_t *)slab) / 8;
	return (uint32_t)strip->cell << GPQ_STRIP_CELL_SHIFT | number << GPQ_STRIP_WORD_BITS | word;
}

static inline uint32_t gpq_strip_bytes(uint32_t places, uint32_t width)
{
	return ((uint32_t)sizeof(struct gpq_packed_strip) + places * width + 7) & ~7u;
}

/* ---- walking ---- */

static inline const struct gpq_packed_strip *gpq_strip_first(const struct gpq_slab *slab)
{
	return (const struct gpq_packed_strip *)(const void *)((const uint8_t *)slab + GPQ_STRIP_SLAB_HEAD_BYTES);
}
static inline const struct gpq_packed_strip *gpq_strip_next(const struct gpq_packed_strip *strip)
{
	return (const struct gpq_packed_strip *)(const void *)((const uint8_t *)strip +
							       gpq_strip_bytes(strip->places, strip->width));
}

/* ---- cells ---- */

static inline const void *gpq_strip_cells(const struct gpq_packed_strip *strip)
{
	return strip + 1;
}

/* Cell 'i' of a strip. */
static inline int64_t gpq_strip_cell(const struct gpq_packed_strip *strip, uint32_t i)
{
	const void *cells = gpq_strip_cells(strip);
	int64_t cell = GPQ_CELL_NULL;
	if (strip->width == sizeof(int16_t)) {
		int16_t narrow = ((const int16_t *)cells)[i];
		cell = narrow == INT16_MIN ? GPQ_CELL_NULL : narrow;
	} else if (strip->width == sizeof(int32_t)) {
		int32_t near = ((const int32_t *)cells)[i];
		cell = near == INT32_MIN ? GPQ_CELL_NULL : near;
	} else {
		cell = ((const int64_t *)cells)[i];
	}
	return cell;
}

/* All cells of a strip. */
void gpq_strip_unpack(const struct gpq_packed_strip *strip, int64_t *out);

/* ---- packing ---- */

/* Makes 'slab' an empty slab of strips. */
void gpq_strip_slab_begin(struct gpq_slab *slab);

/* Up to two pieces of a strip: what lies in one window and what in the next, without nulls at the ends. */
struct gpq_strip_pieces {
	uint32_t n, bytes, known;
	struct gpq_packed_strip piece[2];
	const int64_t *cells[2]; /* Borrows from the batch */
};

/* Cuts a strip that stands at 'place' of the block's grid. */
void gpq_strip_cut(const struct gpq_strips *strips, const struct gpq_strip *strip, uint32_t place,
		   struct gpq_strip_pieces *out);

/* Appends pieces; false where there is no room for all of them. */
bool gpq_strip_slab_put(struct gpq_slab *slab, const struct gpq_strip_pieces *pieces);

#endif
