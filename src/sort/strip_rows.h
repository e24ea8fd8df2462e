/*
 * sort/strip_rows.h - turned rows of strips: where they stand, and reading them from the strips themselves.
 *
 *   segment   the rows of one location in one window of places
 *   shape     what the rows of many segments have in common: instant, version, input, each a row. Feeds that list the
 * same locations every day have few shapes spare     rows that had to be made (strip_merge.h: mixed), one behind the
 * other in wide slabs
 *
 * Memory: the caller's: 16 bytes a segment, 14 a row of each shape.
 */
#ifndef GPQ_SORT_STRIP_ROWS_H
#define GPQ_SORT_STRIP_ROWS_H

#include "sort/slab_rows.h"
#include "sort/strip_merge.h"

#define GPQ_STRIP_SPARE UINT32_MAX /* in place of a shape */

struct gpq_strip_segment {
	uint32_t row;     /* the first in the output */
	uint32_t names;   /* where those of its strips begin, by cell, oldest first; spare: its first spare row */
	uint32_t n_names; /* spare: not used */
	uint32_t shape;   /* its offset in 'shapes', in words of 8 bytes; or GPQ_STRIP_SPARE */
};

struct gpq_strip_shape {
	uint32_t rows;
	bool dense; /* no place between two of its rows is left out */
	uint32_t *start_s;
	int32_t *version;
	uint32_t *input; /* as GPQ_TURNED_INPUT */
	uint32_t *place;
};

struct gpq_strip_rows {
	uint32_t n_segments, rows;
	struct gpq_strip_segment *segments; /* and one behind the last */
	const uint32_t *names;
	struct gpq_strip_slabs slabs;
	uint8_t *shapes;
	size_t shapes_bytes, shapes_cap_bytes;
	struct gpq_slab **spare; /* wide slabs, full but for the last */
	struct gpq_slab_layout spare_layout;
	uint32_t n_spare_rows;
	bool any_older; /* among them: kept revisions */
};

static inline const struct gpq_strip_shape *gpq_strip_shape_at(const struct gpq_strip_rows *rows, uint32_t shape)
{
	return (const struct gpq_strip_shape *)(const void *)(rows->shapes + (size_t)shape * 8);
}

/* gpq_strip_shape_find() gives the number of the shape that says what 'common' does, making it where it is not among
 * those made last; false where there is no room for it. */
bool gpq_strip_shape_find(struct gpq_strip_rows *rows, const struct gpq_strip_common *common,
			  const struct gpq_sort_rules *rules, uint32_t *out_shape);

/* The stretch from output row 'row' on (block.h). False: there are none, or there are kept revisions. */
bool gpq_strip_rows_stretch(const struct gpq_strip_rows *rows, uint32_t row, struct gpq_turned_stretch *out);
uint32_t gpq_strip_rows_stretch_input(const struct gpq_strip_rows *rows, const struct gpq_turned_stretch *stretch,
				      uint32_t i);

/* A place in one column. */
struct gpq_strip_cursor {
	uint32_t field, segment;
	int64_t cells[GPQ_STRIP_WINDOW]; /* of the places of a shape with gaps */
};

void gpq_strip_cursor_begin(struct gpq_strip_cursor *cursor, uint32_t field);

/* Gives the 'n' values from output row 'row' on, which lie within the rows. */
void gpq_strip_rows_read(const struct gpq_strip_rows *rows, struct gpq_strip_cursor *cursor, uint32_t row, uint32_t n,
			 uint8_t *out);

#endif
