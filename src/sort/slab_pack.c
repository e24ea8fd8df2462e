// SPDX-License-Identifier: MIT
#include "sort/slab.h"

/* Rows that are packed column by column before what does not fit is looked for: 13 KiB of a batch of four cells and 5 of
 * the slab, which stay in the first cache. */
#define GROUP_ROWS 256
/* Rows that are compared before their differences are looked at. */
#define STEP_ROWS 16
/* Bits of the byte offset that a row keeps by itself. */
#define LOW_BITS 16

/* ---- stamps ---- */

static bool stamp_says(const struct gpq_slab_stamp *stamp, const struct gpq_slab_stamp *wanted)
{
	return stamp->start_s == wanted->start_s && stamp->version == wanted->version &&
	       stamp->origin == wanted->origin;
}

/* Makes 'wanted' the stamp used last; false where there is no room for it. Feeds that are ordered by place go round a
 * list of instants, so the one behind is looked at first. */
static bool stamp_use(struct gpq_slab *slab, const struct gpq_slab_stamp *wanted)
{
	uint32_t n = slab->n_stamps, at = n ? (slab->last_stamp + 1u) % n : 0;
	for (uint32_t tried = 0; tried < n; tried++, at = at ? at - 1 : n - 1) {
		if (stamp_says(&slab->stamps[at], wanted)) {
			slab->last_stamp = (uint8_t)at;
			return true;
		}
	}
	if (n == GPQ_SLAB_STAMPS)
		return false;
	slab->stamps[n] = *wanted;
	slab->last_stamp = (uint8_t)n;
	slab->n_stamps++;
	return true;
}

/* Where the rows from 'from' on stop having one stamp. */
static uint32_t stamp_end(const struct gpq_batch *batch, uint32_t from, uint32_t end)
{
	const uint32_t *start = batch->start_s;
	const int32_t *version = batch->version;
	const uint64_t *origin = batch->origin;
	uint32_t to = from + 1;
	for (; end - to >= STEP_ROWS; to += STEP_ROWS) {
		uint32_t other = 0;
		uint64_t high = 0;
		for (uint32_t i = to; i < to + STEP_ROWS; i++) {
			other |= (start[i] ^ start[from]) | ((uint32_t)version[i] ^ (uint32_t)version[from]);
			high |= origin[i] ^ origin[from];
		}
		if (other || high >> LOW_BITS)
			break;
	}
	while (to < end && start[to] == start[from] && version[to] == version[from] &&
	       (origin[to] ^ origin[from]) >> LOW_BITS == 0)
		to++;
	return to;
}

/* Stamps rows up to the first that no stamp is left for; gives how many. */
static uint32_t stamps_put(struct gpq_slab *slab, const struct gpq_batch *batch, uint32_t from, uint32_t n,
			   uint8_t *stamps, uint16_t *lows)
{
	uint32_t end = from + n, to = from;
	while (to < end) {
		const struct gpq_slab_stamp wanted = {
			.start_s = batch->start_s[to],
			.version = batch->version[to],
			.origin = batch->origin[to] >> LOW_BITS << LOW_BITS,
		};
		if (!stamp_use(slab, &wanted))
			break;
		uint32_t next = stamp_end(batch, to, end);
		memset(stamps + (to - from), slab->last_stamp, next - to);
		to = next;
	}
	for (uint32_t i = 0; i < to - from; i++)
		lows[i] = (uint16_t)batch->origin[from + i];
	return to - from;
}

/* ---- codes and cells ---- */

/* Packs codes up to the first that is too large; gives how many. */
static uint32_t locations_put(const uint32_t *codes, uint32_t n, uint16_t *out)
{
	uint32_t all = 0, fit = 0;
	for (uint32_t i = 0; i < n; i++) {
		all |= codes[i];
		out[i] = (uint16_t)codes[i];
	}
	if (all <= UINT16_MAX)
		return n;
	while (codes[fit] <= UINT16_MAX)
		fit++;
	return fit;
}

/* Packs cells as if all were near; false where one is not. Masks instead of choices: compilers make vectors of it. */
static bool near_cells_put(const int64_t *cells, uint32_t n, int32_t *out)
{
	uint64_t wide = 0;
	uint32_t low = 0;
	for (uint32_t i = 0; i < n; i++) {
		int64_t null = -(int64_t)(cells[i] == GPQ_CELL_NULL);
		int64_t number = cells[i] & ~null;
		int32_t near = (int32_t)number;
		wide |= (uint64_t)(number ^ near);
		low |= (uint32_t)-(near < GPQ_NEAR_LEAST);
		out[i] = near | (GPQ_NEAR_NULL & (int32_t)null);
	}
	return wide == 0 && low == 0;
}

static bool far_cell_put(struct gpq_slab *slab, int64_t cell, int32_t *out)
{
	uint32_t at = 0;
	while (at < slab->n_far && slab->far[at] != cell)
		at++;
	if (at == GPQ_SLAB_FAR)
		return false;
	if (at == slab->n_far)
		slab->far[slab->n_far++] = cell;
	*out = GPQ_NEAR_FAR + (int32_t)at;
	return true;
}

/* Packs cells up to the first that no room is left for; gives how many. */
static uint32_t cells_put(struct gpq_slab *slab, const int64_t *cells, uint32_t n, int32_t *out)
{
	if (GPQ_LIKELY(near_cells_put(cells, n, out)))
		return n;
	for (uint32_t i = 0; i < n; i++) {
		if (!gpq_cell_is_near(cells[i]) && !far_cell_put(slab, cells[i], &out[i]))
			return i;
	}
	return n;
}

/* ---- rows ---- */

static void *column_end(const struct gpq_slab *slab, uint32_t off, size_t width)
{
	return (uint8_t *)(uintptr_t)slab + off + width * slab->rows;
}

/* The columns in front of the cells; gives for how many rows they could be packed. */
static uint32_t keys_put(const struct gpq_slab_layout *layout, struct gpq_slab *slab, const struct gpq_batch *batch,
			 uint32_t from, uint32_t n)
{
	if (layout->stamped)
		n = stamps_put(slab, batch, from, n, column_end(slab, layout->stamp_off, 1),
			       column_end(slab, layout->origin_off, sizeof(uint16_t)));
	if (layout->location_bytes == sizeof(uint16_t))
		n = locations_put(batch->location + from, n,
				  column_end(slab, layout->location_off, sizeof(uint16_t)));
	else
		memcpy(column_end(slab, layout->location_off, sizeof(uint32_t)), batch->location + from,
		       sizeof(uint32_t) * n);
	if (layout->stamped)
		return n;
	memcpy(column_end(slab, layout->start_off, sizeof(uint32_t)), batch->start_s + from, sizeof(uint32_t) * n);
	memcpy(column_end(slab, layout->version_off, sizeof(int32_t)), batch->version + from, sizeof(int32_t) * n);
	memcpy(column_end(slab, layout->origin_off, sizeof(uint64_t)), batch->origin + from, sizeof(uint64_t) * n);
	return n;
}

/* Appends up to 'n' rows; where it is fewer, '*out_wider' says what would have taken the next. */
static uint32_t group_pack(const struct gpq_slab_layout *layout, struct gpq_slab *slab, const struct gpq_batch *batch,
			   uint32_t from, uint32_t n, enum gpq_slab_kind *out_wider)
{
	uint32_t fit = keys_put(layout, slab, batch, from, n);
	if (fit < n)
		*out_wider = GPQ_SLAB_PLAIN;
	for (uint32_t k = 0; k < layout->n_cells; k++) {
		uint32_t off = layout->cell_off + k * layout->cell_bytes * layout->cap_rows;
		void *to = column_end(slab, off, layout->cell_bytes);
		if (layout->cell_bytes == sizeof(int64_t)) {
			memcpy(to, batch->cell[k] + from, sizeof(int64_t) * fit);
			continue;
		}
		uint32_t here = cells_put(slab, batch->cell[k] + from, fit, to);
		if (here < fit)
			*out_wider = GPQ_SLAB_WIDE;
		fit = here;
	}
	slab->rows += fit;
	return fit;
}

uint32_t gpq_slab_pack(const struct gpq_slab_layouts *layouts, struct gpq_slab *slab, const struct gpq_batch *batch,
		       uint32_t from, uint32_t n, enum gpq_slab_kind *out_wider)
{
	const struct gpq_slab_layout *layout = &layouts->of[slab->kind];
	uint32_t room = layout->cap_rows - slab->rows, packed = 0;
	for (n = n < room ? n : room; packed < n;) {
		uint32_t group = n - packed < GROUP_ROWS ? n - packed : GROUP_ROWS;
		uint32_t got = group_pack(layout, slab, batch, from + packed, group, out_wider);
		packed += got;
		if (got < group)
			break;
	}
	return packed;
}

/* ---- layouts ---- */

static struct gpq_slab_layout stamped_layout(uint32_t n_cells, uint32_t location_bytes)
{
	const uint32_t least = ~63u; /* so that each column begins in a cache line of its own */
	uint32_t rows = (uint32_t)(GPQ_SLAB_BYTES - GPQ_SLAB_HEAD_BYTES) / (3 + location_bytes + 4 * n_cells) & least;
	struct gpq_slab_layout layout = { .n_cells = n_cells, .cell_bytes = 4, .stamped = true };
	layout.cap_rows = rows <= GPQ_SLAB_ROW_MASK + 1 ? rows : GPQ_SLAB_ROW_MASK + 1;
	layout.location_bytes = (uint8_t)location_bytes;
	layout.cell_off = GPQ_SLAB_HEAD_BYTES;
	layout.location_off = layout.cell_off + 4 * n_cells * layout.cap_rows;
	layout.origin_off = layout.location_off + location_bytes * layout.cap_rows;
	layout.stamp_off = layout.origin_off + 2 * layout.cap_rows;
	return layout;
}

static struct gpq_slab_layout whole_layout(uint32_t n_cells, uint32_t cell_bytes)
{
	const uint32_t least = ~15u;
	uint32_t row_bytes = (uint32_t)gpq_batch_row_bytes(0) + cell_bytes * n_cells;
	struct gpq_slab_layout layout = { .n_cells = n_cells, .cell_bytes = (uint8_t)cell_bytes, .location_bytes = 4 };
	layout.cap_rows = (uint32_t)(GPQ_SLAB_BYTES - GPQ_SLAB_HEAD_BYTES) / row_bytes & least;
	layout.origin_off = GPQ_SLAB_HEAD_BYTES;
	layout.cell_off = layout.origin_off + 8 * layout.cap_rows;
	layout.start_off = layout.cell_off + cell_bytes * n_cells * layout.cap_rows;
	layout.location_off = layout.start_off + 4 * layout.cap_rows;
	layout.version_off = layout.location_off + 4 * layout.cap_rows;
	return layout;
}

struct gpq_slab_layouts gpq_slab_layouts_of(uint32_t n_cells, uint32_t max_locations)
{
	bool few = max_locations && max_locations <= UINT16_MAX + 1u;
	return (struct gpq_slab_layouts){ .of = {
		[GPQ_SLAB_STAMPED] = stamped_layout(n_cells, few ? 2 : 4),
		[GPQ_SLAB_PLAIN] = whole_layout(n_cells, 4),
		[GPQ_SLAB_WIDE] = whole_layout(n_cells, 8),
	} };
}

size_t gpq_slab_row_bytes(uint32_t n_cells)
{
	return GPQ_SLAB_BYTES / stamped_layout(n_cells, 2).cap_rows;
}
