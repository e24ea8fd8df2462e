/*
 * sort/slab_rows.h - the rows of many slabs by name, whatever kinds of slabs they are in.
 */
#ifndef GPQ_SORT_SLAB_ROWS_H
#define GPQ_SORT_SLAB_ROWS_H

#include "sort/slab.h"

/* Rows in slabs, named by slab << GPQ_SLAB_ROW_BITS | row. */
struct gpq_slab_rows {
	struct gpq_slab **slab;
	uint32_t n_slabs;
	struct gpq_slab_layouts layouts;
};

/* An origin as turned rows give it: input * 2, + 1 where the row is current. */
static inline uint32_t gpq_turned_input(uint64_t origin)
{
	return gpq_origin_input(origin) << 1 | !(origin & GPQ_ORIGIN_OLDER);
}

/* In a row's stamp: GPQ_ORIGIN_OLDER; set by merging only. */
#define GPQ_STAMP_OLDER 0x80u

static inline const struct gpq_slab_layout *gpq_slab_rows_layout(const struct gpq_slab_rows *rows, uint32_t slab)
{
	return &rows->layouts.of[rows->slab[slab]->kind];
}

/* ---- columns of one slab; those that 'layout' says it has ---- */

static inline const uint8_t *gpq_slab_column(const struct gpq_slab *slab, uint32_t off)
{
	return (const uint8_t *)slab + off;
}
static inline const uint8_t *gpq_slab_stamp_column(const struct gpq_slab_layout *layout, const struct gpq_slab *slab)
{
	return gpq_slab_column(slab, layout->stamp_off);
}
static inline const uint32_t *gpq_slab_start_column(const struct gpq_slab_layout *layout, const struct gpq_slab *slab)
{
	return (const uint32_t *)(const void *)gpq_slab_column(slab, layout->start_off);
}
static inline const int32_t *gpq_slab_version_column(const struct gpq_slab_layout *layout, const struct gpq_slab *slab)
{
	return (const int32_t *)(const void *)gpq_slab_column(slab, layout->version_off);
}
static inline const uint64_t *gpq_slab_origin_column(const struct gpq_slab_layout *layout, const struct gpq_slab *slab)
{
	return (const uint64_t *)(const void *)gpq_slab_column(slab, layout->origin_off);
}
static inline const uint8_t *gpq_slab_location_column(const struct gpq_slab_layout *layout, const struct gpq_slab *slab)
{
	return gpq_slab_column(slab, layout->location_off);
}
static inline const uint8_t *gpq_slab_cell_column(const struct gpq_slab_layout *layout, const struct gpq_slab *slab,
						  uint32_t k)
{
	return gpq_slab_column(slab, layout->cell_off + k * layout->cell_bytes * layout->cap_rows);
}

/* ---- values of one row ---- */

static inline const struct gpq_slab_stamp *gpq_slab_stamp_at(const struct gpq_slab_layout *layout,
							     const struct gpq_slab *slab, uint32_t row)
{
	return &slab->stamps[gpq_slab_stamp_column(layout, slab)[row] & ~GPQ_STAMP_OLDER];
}
static inline uint32_t gpq_slab_start_at(const struct gpq_slab_layout *layout, const struct gpq_slab *slab,
					 uint32_t row)
{
	return layout->stamped ? gpq_slab_stamp_at(layout, slab, row)->start_s
			       : gpq_slab_start_column(layout, slab)[row];
}
static inline int32_t gpq_slab_version_at(const struct gpq_slab_layout *layout, const struct gpq_slab *slab,
					  uint32_t row)
{
	return layout->stamped ? gpq_slab_stamp_at(layout, slab, row)->version
			       : gpq_slab_version_column(layout, slab)[row];
}
static inline uint64_t gpq_slab_origin_at(const struct gpq_slab_layout *layout, const struct gpq_slab *slab,
					  uint32_t row)
{
	if (!layout->stamped)
		return gpq_slab_origin_column(layout, slab)[row];
	uint16_t low;
	memcpy(&low, gpq_slab_column(slab, layout->origin_off) + sizeof(low) * row, sizeof(low));
	bool older = gpq_slab_stamp_column(layout, slab)[row] & GPQ_STAMP_OLDER;
	return gpq_slab_stamp_at(layout, slab, row)->origin | low | (older ? GPQ_ORIGIN_OLDER : 0);
}
static inline uint32_t gpq_slab_location_at(const struct gpq_slab_layout *layout, const struct gpq_slab *slab,
					    uint32_t row)
{
	const uint8_t *column = gpq_slab_location_column(layout, slab);
	if (layout->location_bytes == sizeof(uint16_t))
		return ((const uint16_t *)(const void *)column)[row];
	return ((const uint32_t *)(const void *)column)[row];
}
static inline int64_t gpq_slab_cell_at(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t k,
				       uint32_t row)
{
	const uint8_t *column = gpq_slab_cell_column(layout, slab, k);
	if (layout->cell_bytes == sizeof(int64_t))
		return ((const int64_t *)(const void *)column)[row];
	return gpq_slab_cell_of(slab, ((const int32_t *)(const void *)column)[row]);
}

/* Value of a field of turned rows (block.h), in its width. */
static inline void gpq_slab_value_at(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t field,
				     uint32_t row, uint8_t *out)
{
	if (field >= GPQ_TURNED_CELL) {
		int64_t cell = gpq_slab_cell_at(layout, slab, field - GPQ_TURNED_CELL, row);
		memcpy(out, &cell, sizeof(cell));
		return;
	}
	uint32_t word = field == GPQ_TURNED_START      ? gpq_slab_start_at(layout, slab, row)
			: field == GPQ_TURNED_LOCATION ? gpq_slab_location_at(layout, slab, row)
			: field == GPQ_TURNED_VERSION  ? (uint32_t)gpq_slab_version_at(layout, slab, row)
						       : gpq_turned_input(gpq_slab_origin_at(layout, slab, row));
	memcpy(out, &word, sizeof(word));
}

/* ---- stretches of one slab ---- */

/* Where the rows from 'from' on stop being of one input. */
uint32_t gpq_slab_input_end(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from);

/* Where the rows from 'from' on stop being of one instant and input. '*other_versions' gets bits where versions
 * differ. */
uint32_t gpq_slab_slice_end(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
			    uint32_t *other_versions);

/* The starts, or the location codes, of rows [from, from + n), one word each. */
void gpq_slab_starts_unpack(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
			    uint32_t n, uint32_t *out);
void gpq_slab_locations_unpack(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
			       uint32_t n, uint32_t *out);

/* ---- rows by name ---- */

static inline uint32_t gpq_slab_row_start(const struct gpq_slab_rows *rows, uint32_t id)
{
	uint32_t slab = id >> GPQ_SLAB_ROW_BITS;
	return gpq_slab_start_at(gpq_slab_rows_layout(rows, slab), rows->slab[slab], id & GPQ_SLAB_ROW_MASK);
}
static inline uint32_t gpq_slab_row_location(const struct gpq_slab_rows *rows, uint32_t id)
{
	uint32_t slab = id >> GPQ_SLAB_ROW_BITS;
	return gpq_slab_location_at(gpq_slab_rows_layout(rows, slab), rows->slab[slab], id & GPQ_SLAB_ROW_MASK);
}
static inline uint64_t gpq_slab_row_origin(const struct gpq_slab_rows *rows, uint32_t id)
{
	uint32_t slab = id >> GPQ_SLAB_ROW_BITS;
	return gpq_slab_origin_at(gpq_slab_rows_layout(rows, slab), rows->slab[slab], id & GPQ_SLAB_ROW_MASK);
}
static inline int32_t gpq_slab_row_version(const struct gpq_slab_rows *rows, uint32_t id)
{
	uint32_t slab = id >> GPQ_SLAB_ROW_BITS;
	return gpq_slab_version_at(gpq_slab_rows_layout(rows, slab), rows->slab[slab], id & GPQ_SLAB_ROW_MASK);
}
static inline int64_t gpq_slab_row_cell(const struct gpq_slab_rows *rows, uint32_t k, uint32_t id)
{
	uint32_t slab = id >> GPQ_SLAB_ROW_BITS;
	return gpq_slab_cell_at(gpq_slab_rows_layout(rows, slab), rows->slab[slab], k, id & GPQ_SLAB_ROW_MASK);
}

void gpq_slab_row_load(const struct gpq_slab_rows *rows, uint32_t id, struct gpq_part *out);

/* Whether two rows of one key say the same in every word. */
bool gpq_slab_rows_alike(const struct gpq_slab_rows *rows, uint32_t a, uint32_t b);

/* Asks for a value, or all values, of a row. */
void gpq_slab_value_prefetch(const struct gpq_slab_rows *rows, uint32_t field, uint32_t id);
void gpq_slab_row_prefetch(const struct gpq_slab_rows *rows, uint32_t id);

/* gpq_slab_row_change() gives a row the location, the cells and the mark of an older one that 'part' has, of which
 * everything else it has already. Returns false, the row being of no use then, where its slab has no room for that. */
bool gpq_slab_row_change(const struct gpq_slab_rows *rows, uint32_t id, const struct gpq_part *part);

/* Writes a row of a wide slab. */
void gpq_slab_row_store(const struct gpq_slab_rows *rows, uint32_t id, const struct gpq_part *part);

#endif
