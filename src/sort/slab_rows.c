// SPDX-License-Identifier: MIT
#include "sort/slab_rows.h"

/* Words that are compared before their differences are looked at: 64 bytes, four registers of the narrowest kind. Of
 * stamps, which are bytes, four times as many. */
#define STEP_ROWS 16

/* ---- stretches ---- */

/* Where the rows from 'from' on stop having one stamp. */
static uint32_t stamp_end(const uint8_t *stamps, uint32_t from, uint32_t n)
{
	uint8_t stamp = stamps[from];
	uint32_t to = from + 1;
	for (; n - to >= 4 * STEP_ROWS; to += 4 * STEP_ROWS) {
		uint8_t other = 0;
		for (uint32_t i = 0; i < 4 * STEP_ROWS; i++)
			other |= (uint8_t)(stamps[to + i] ^ stamp);
		if (other)
			break;
	}
	while (to < n && stamps[to] == stamp)
		to++;
	return to;
}

uint32_t gpq_slab_input_end(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from)
{
	uint64_t input = gpq_slab_origin_at(layout, slab, from) >> GPQ_ORIGIN_OFFSET_BITS;
	uint32_t to = from;
	if (!layout->stamped) {
		const uint64_t *origin = gpq_slab_origin_column(layout, slab);
		while (to < slab->rows && origin[to] >> GPQ_ORIGIN_OFFSET_BITS == input)
			to++;
		return to;
	}
	const uint8_t *stamps = gpq_slab_stamp_column(layout, slab);
	while (to < slab->rows && slab->stamps[stamps[to]].origin >> GPQ_ORIGIN_OFFSET_BITS == input)
		to = stamp_end(stamps, to, slab->rows);
	return to;
}

static uint32_t stamped_slice_end(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
				  uint32_t *other_versions)
{
	const uint8_t *stamps = gpq_slab_stamp_column(layout, slab);
	const struct gpq_slab_stamp *first = &slab->stamps[stamps[from]];
	uint32_t to = stamp_end(stamps, from, slab->rows);
	uint64_t origin = first->origin;
	while (to < slab->rows) {
		const struct gpq_slab_stamp *stamp = &slab->stamps[stamps[to]];
		if (stamp->start_s != first->start_s || (stamp->origin ^ first->origin) >> GPQ_ORIGIN_OFFSET_BITS)
			break;
		if (stamp->origin - origin > GPQ_SLAB_STAMP_REACH)
			break; /* not what followed in the input: its pieces came out of turn */
		*other_versions |= (uint32_t)stamp->version ^ (uint32_t)first->version;
		origin = stamp->origin;
		to = stamp_end(stamps, to, slab->rows);
	}
	return to;
}

uint32_t gpq_slab_slice_end(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
			    uint32_t *other_versions)
{
	if (layout->stamped)
		return stamped_slice_end(layout, slab, from, other_versions);
	const uint32_t *starts = gpq_slab_start_column(layout, slab);
	const int32_t *versions = gpq_slab_version_column(layout, slab);
	const uint64_t *origins = gpq_slab_origin_column(layout, slab);
	uint32_t start = starts[from], version = (uint32_t)versions[from], to = from, n = slab->rows;
	uint64_t origin = origins[from];
	while (n - to >= STEP_ROWS) {
		uint32_t other = 0, differ = 0;
		uint64_t inputs = 0;
		for (uint32_t i = to; i < to + STEP_ROWS; i++) {
			other |= starts[i] ^ start;
			differ |= (uint32_t)versions[i] ^ version;
			inputs |= origins[i] ^ origin;
		}
		if (other || inputs >> GPQ_ORIGIN_OFFSET_BITS)
			break;
		*other_versions |= differ;
		to += STEP_ROWS;
	}
	for (; to < n; to++) {
		if (starts[to] != start || (origins[to] ^ origin) >> GPQ_ORIGIN_OFFSET_BITS)
			break;
		*other_versions |= (uint32_t)versions[to] ^ version;
	}
	return to;
}

void gpq_slab_starts_unpack(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
			    uint32_t n, uint32_t *out)
{
	if (!layout->stamped) {
		memcpy(out, gpq_slab_start_column(layout, slab) + from, sizeof(*out) * n);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		out[i] = gpq_slab_stamp_at(layout, slab, from + i)->start_s;
}

void gpq_slab_locations_unpack(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t from,
			       uint32_t n, uint32_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = gpq_slab_location_at(layout, slab, from + i);
}

/* ---- rows by name ---- */

void gpq_slab_row_load(const struct gpq_slab_rows *rows, uint32_t id, struct gpq_part *out)
{
	const struct gpq_slab *slab = rows->slab[id >> GPQ_SLAB_ROW_BITS];
	const struct gpq_slab_layout *layout = &rows->layouts.of[slab->kind];
	uint32_t row = id & GPQ_SLAB_ROW_MASK;
	out->start_s = gpq_slab_start_at(layout, slab, row);
	out->location = gpq_slab_location_at(layout, slab, row);
	out->version = gpq_slab_version_at(layout, slab, row);
	out->origin = gpq_slab_origin_at(layout, slab, row);
	for (uint32_t k = 0; k < layout->n_cells; k++)
		out->cell[k] = gpq_slab_cell_at(layout, slab, k, row);
}

bool gpq_slab_rows_alike(const struct gpq_slab_rows *rows, uint32_t a, uint32_t b)
{
	bool alike = gpq_slab_row_location(rows, a) == gpq_slab_row_location(rows, b) &&
		     gpq_slab_row_version(rows, a) == gpq_slab_row_version(rows, b);
	for (uint32_t k = 0; k < rows->layouts.of[GPQ_SLAB_WIDE].n_cells; k++)
		alike &= gpq_slab_row_cell(rows, k, a) == gpq_slab_row_cell(rows, k, b);
	return alike;
}

void gpq_slab_value_prefetch(const struct gpq_slab_rows *rows, uint32_t field, uint32_t id)
{
	const struct gpq_slab *slab = rows->slab[id >> GPQ_SLAB_ROW_BITS];
	const struct gpq_slab_layout *layout = &rows->layouts.of[slab->kind];
	uint32_t row = id & GPQ_SLAB_ROW_MASK;
	if (field >= GPQ_TURNED_CELL)
		__builtin_prefetch(gpq_slab_cell_column(layout, slab, field - GPQ_TURNED_CELL) +
				   layout->cell_bytes * row);
	else if (field == GPQ_TURNED_LOCATION)
		__builtin_prefetch(gpq_slab_location_column(layout, slab) + layout->location_bytes * row);
	else if (layout->stamped)
		__builtin_prefetch(gpq_slab_stamp_column(layout, slab) + row);
	else if (field == GPQ_TURNED_INPUT)
		__builtin_prefetch(gpq_slab_origin_column(layout, slab) + row);
	else if (field == GPQ_TURNED_START)
		__builtin_prefetch(gpq_slab_start_column(layout, slab) + row);
	else
		__builtin_prefetch(gpq_slab_version_column(layout, slab) + row);
}

void gpq_slab_row_prefetch(const struct gpq_slab_rows *rows, uint32_t id)
{
	uint32_t fields = GPQ_TURNED_CELL + rows->layouts.of[GPQ_SLAB_WIDE].n_cells;
	for (uint32_t field = 0; field < fields; field++)
		gpq_slab_value_prefetch(rows, field, id);
}

/* ---- changing rows ---- */

static void location_set(const struct gpq_slab_layout *layout, struct gpq_slab *slab, uint32_t row, uint32_t code)
{
	uint8_t *at = (uint8_t *)slab + layout->location_off + layout->location_bytes * row;
	uint16_t narrow = (uint16_t)code;
	if (layout->location_bytes == sizeof(narrow))
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &code, sizeof(code));
}

static bool cell_set(const struct gpq_slab_layout *layout, struct gpq_slab *slab, uint32_t k, uint32_t row,
		     int64_t cell)
{
	uint8_t *at = (uint8_t *)slab + layout->cell_off + layout->cell_bytes * (k * layout->cap_rows + row);
	if (layout->cell_bytes == sizeof(cell)) {
		memcpy(at, &cell, sizeof(cell));
		return true;
	}
	if (gpq_slab_cell_at(layout, slab, k, row) == cell)
		return true;
	int32_t near = (int32_t)cell;
	if (cell == GPQ_CELL_NULL) {
		near = GPQ_NEAR_NULL;
	} else if (!gpq_cell_is_near(cell)) {
		if (slab->n_far == GPQ_SLAB_FAR)
			return false;
		near = GPQ_NEAR_FAR + slab->n_far;
		slab->far[slab->n_far++] = cell;
	}
	memcpy(at, &near, sizeof(near));
	return true;
}

bool gpq_slab_row_change(const struct gpq_slab_rows *rows, uint32_t id, const struct gpq_part *part)
{
	struct gpq_slab *slab = rows->slab[id >> GPQ_SLAB_ROW_BITS];
	const struct gpq_slab_layout *layout = &rows->layouts.of[slab->kind];
	uint32_t row = id & GPQ_SLAB_ROW_MASK;
	if (layout->location_bytes == sizeof(uint16_t) && part->location > UINT16_MAX)
		return false;
	location_set(layout, slab, row, part->location);
	if (layout->stamped) {
		uint8_t *stamp = (uint8_t *)slab + layout->stamp_off + row;
		*stamp |= part->origin & GPQ_ORIGIN_OLDER ? GPQ_STAMP_OLDER : 0;
	} else {
		memcpy((uint8_t *)slab + layout->origin_off + sizeof(part->origin) * row, &part->origin,
		       sizeof(part->origin));
	}
	bool fits = true;
	for (uint32_t k = 0; k < layout->n_cells; k++)
		fits &= cell_set(layout, slab, k, row, part->cell[k]);
	return fits;
}

void gpq_slab_row_store(const struct gpq_slab_rows *rows, uint32_t id, const struct gpq_part *part)
{
	struct gpq_slab *slab = rows->slab[id >> GPQ_SLAB_ROW_BITS];
	const struct gpq_slab_layout *layout = &rows->layouts.of[GPQ_SLAB_WIDE];
	uint8_t *base = (uint8_t *)slab;
	uint32_t row = id & GPQ_SLAB_ROW_MASK;
	memcpy(base + layout->start_off + sizeof(part->start_s) * row, &part->start_s, sizeof(part->start_s));
	memcpy(base + layout->version_off + sizeof(part->version) * row, &part->version, sizeof(part->version));
	memcpy(base + layout->origin_off + sizeof(part->origin) * row, &part->origin, sizeof(part->origin));
	location_set(layout, slab, row, part->location);
	for (uint32_t k = 0; k < layout->n_cells; k++)
		cell_set(layout, slab, k, row, part->cell[k]);
}
