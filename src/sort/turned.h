/*
 * sort/turned.h - rows in their final order: in slabs, named in an index or found by a lattice, or column by column in
 * the spill file.
 */
#ifndef GPQ_SORT_TURNED_H
#define GPQ_SORT_TURNED_H

#include "sort/frames.h"
#include "sort/slab_rows.h"
#include "sort/strip_rows.h"
#include "sort/tally.h"
#include "sort/window.h"

/* Rows of one column in a frame: 32 KiB of cells. */
#define GPQ_TURNED_FRAME_ROWS 4096

/* start, location, version, input, then the cells: as gpq_turned_field counts. */
static inline uint32_t gpq_turned_columns(uint32_t n_cells)
{
	return GPQ_TURNED_CELL + n_cells;
}
static inline uint32_t gpq_turned_value_bytes(uint32_t field)
{
	return field < GPQ_TURNED_CELL ? 4 : 8;
}

struct gpq_turned {
	struct gpq_budget *budget;
	struct gpq_tallies tallies;
	uint64_t rows;
	uint32_t n_cells;
	/* in memory; Borrows from block and scratch */
	struct gpq_slab_rows slab_rows;
	const uint32_t *ids;
	struct gpq_lattice lattice; /* in place of 'ids' where it has rows */
	struct gpq_windows *windows;
	struct gpq_strip_rows strips; /* in place of all that, where it has rows */
	/* else: frame g * columns + c holds rows [g * GPQ_TURNED_FRAME_ROWS, ...) of column c; Borrows 'spill' */
	struct gpq_spill *spill;
	struct gpq_frames frames;
};

/* ---- writing ---- */

struct gpq_turned_writer {
	struct gpq_frames_writer frames;
	struct gpq_frame_codec *codec;
	struct gpq_columns columns;
	uint8_t *rows_memory; /* gpq_turned_writer_need() */
	uint32_t n_rows;
	uint64_t total_rows;
};

size_t gpq_turned_writer_need(uint32_t n_cells);
void gpq_turned_begin(struct gpq_turned_writer *writer, struct gpq_spill *spill, struct gpq_frame_codec *codec,
		      uint32_t n_cells);
GPQ_MUST_USE enum gpq_status gpq_turned_add(struct gpq_turned_writer *writer, const struct gpq_part *row,
					    struct gpq_error *err);
/* Sets 'rows', 'spill' and 'frames' of 'out'. */
GPQ_MUST_USE enum gpq_status gpq_turned_finish(struct gpq_turned_writer *writer, struct gpq_turned *out,
					       struct gpq_error *err);

#endif
