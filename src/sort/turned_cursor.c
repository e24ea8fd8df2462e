// SPDX-License-Identifier: MIT
#include "sort/turned.h"

#define FRAME_BYTES (GPQ_TURNED_FRAME_ROWS * sizeof(uint64_t))
/* Rows ahead whose values are asked for while one is copied: some 30 loads of a few nanoseconds hide a memory access.
 */
#define AHEAD_ROWS 32

struct gpq_turned_cursor {
	struct gpq_budget *budget;
	const struct gpq_turned *turned;
	size_t bytes; /* this object and what stands behind it */
	uint64_t row;
	uint32_t field;
	struct gpq_window *window; /* of a lattice's field that turns, from the first read on */
	bool owns_window;          /* else it is the scratch's */
	struct gpq_strip_cursor *strips; /* of rows of strips */
	/* spilled: the frame at hand */
	struct gpq_frame_codec codec;
	uint8_t *values;
	uint64_t frame_row; /* first row of it */
	uint32_t frame_rows;
};

static size_t head_bytes(void)
{
	return (sizeof(struct gpq_turned_cursor) + 63) & ~(size_t)63;
}

size_t gpq_turned_cursor_need(void)
{
	size_t bytes = head_bytes() + FRAME_BYTES + gpq_frame_codec_need(FRAME_BYTES, false);
	return (bytes + 4095) & ~(size_t)4095;
}

enum gpq_status gpq_turned_cursor_open(struct gpq_turned *turned, struct gpq_budget *budget,
				       enum gpq_turned_field field, uint64_t from_row, struct gpq_turned_cursor **out,
				       struct gpq_error *err)
{
	struct gpq_turned_cursor *cursor = NULL;
	if ((uint32_t)field >= gpq_turned_columns(turned->n_cells))
		return gpq_fail(err, GPQ_E_BUG, "turned rows have no column %u", (unsigned)field);
	if (from_row > turned->rows)
		return gpq_fail(err, GPQ_E_BUG, "row %llu is beyond the %llu that there are",
				(unsigned long long)from_row, (unsigned long long)turned->rows);
	size_t bytes = turned->spill	       ? gpq_turned_cursor_need()
		       : turned->strips.rows ? head_bytes() + sizeof(struct gpq_strip_cursor)
					     : head_bytes();
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_SORT, bytes, &cursor, err));
	memset(cursor, 0, sizeof(*cursor));
	cursor->budget = budget;
	cursor->turned = turned;
	cursor->bytes = bytes;
	cursor->row = from_row;
	cursor->field = field;
	if (turned->spill) {
		cursor->values = (uint8_t *)cursor + head_bytes();
		gpq_frame_codec_init(&cursor->codec, cursor->values + FRAME_BYTES, FRAME_BYTES, false);
	} else if (turned->strips.rows) {
		cursor->strips = (struct gpq_strip_cursor *)(void *)((uint8_t *)cursor + head_bytes());
		gpq_strip_cursor_begin(cursor->strips, field);
	}
	*out = cursor;
	return GPQ_OK;
}

void gpq_turned_cursor_close(struct gpq_turned_cursor *cursor)
{
	if (!cursor)
		return;
	if (cursor->owns_window)
		gpq_free(cursor->budget, GPQ_TAG_SORT, cursor->window, cursor->window->bytes);
	else if (cursor->window)
		gpq_windows_give(cursor->turned->windows, cursor->window);
	gpq_free(cursor->budget, GPQ_TAG_SORT, cursor, cursor->bytes);
}

/* ---- in memory ---- */

/* Picks the values of named rows one by one. */
static void values_gather(const struct gpq_turned_cursor *cursor, uint32_t n, uint8_t *out)
{
	const struct gpq_slab_rows *rows = &cursor->turned->slab_rows;
	const uint32_t *ids = cursor->turned->ids + cursor->row;
	size_t width = gpq_turned_value_bytes(cursor->field);
	for (uint32_t i = 0; i < n; i++) {
		if (n - i > AHEAD_ROWS)
			gpq_slab_value_prefetch(rows, cursor->field, ids[i + AHEAD_ROWS]);
		const struct gpq_slab *slab = rows->slab[ids[i] >> GPQ_SLAB_ROW_BITS];
		gpq_slab_value_at(&rows->layouts.of[slab->kind], slab, cursor->field, ids[i] & GPQ_SLAB_ROW_MASK,
				  out + width * i);
	}
}

/* ---- lattice ---- */

/* Output rows of one location in one segment. */
struct stretch {
	uint32_t segment, run, rows; /* 'run' is that of the first */
	const struct gpq_lattice_place *place;
};

/* What follows from output row 'row', which is of rank 'rank', on. */
static struct stretch stretch_at(const struct gpq_lattice *lattice, uint32_t rank, uint32_t row)
{
	const struct gpq_lattice_place *place = lattice->places + rank;
	for (uint32_t s = 0;; s++, place += lattice->n_ranks) {
		uint32_t runs = gpq_lattice_segment_runs(lattice, s);
		if (place->element == GPQ_LATTICE_ABSENT || row - place->row >= runs)
			continue;
		uint32_t passed = row - place->row;
		return (struct stretch){ s, lattice->segments[s].run + passed, runs - passed, place };
	}
}

static void words_fill(uint32_t *out, uint32_t word, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = word;
}

static void stretch_gather(const struct gpq_turned_cursor *cursor, const struct stretch *stretch, uint32_t n,
			   uint8_t *out, size_t width)
{
	const struct gpq_slab_rows *rows = &cursor->turned->slab_rows;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at;
		const struct gpq_lattice_slice *slice =
		    gpq_lattice_slice_at(&cursor->turned->lattice, stretch->run + i, stretch->place->element, &at);
		gpq_slab_value_at(gpq_slab_rows_layout(rows, slice->slab), rows->slab[slice->slab], cursor->field, at,
				  out + width * i);
	}
}

/* One input a run, and its rows are all current. */
static void inputs_fill(const struct gpq_lattice *lattice, uint32_t run, uint32_t n, uint32_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = lattice->slices[lattice->run_slice[run + i]].input << 1 | 1;
}

bool gpq_turned_stretch(const struct gpq_turned *turned, uint64_t row, struct gpq_turned_stretch *out)
{
	const struct gpq_lattice *lattice = &turned->lattice;
	if (turned->strips.rows)
		return gpq_strip_rows_stretch(&turned->strips, (uint32_t)row, out);
	if (turned->spill || row >= lattice->rows || !lattice->one_version || !lattice->one_input)
		return false;
	const struct gpq_turned_cursor locations = { .turned = turned, .field = GPQ_TURNED_LOCATION };
	struct stretch stretch = stretch_at(lattice, gpq_lattice_rank_at(lattice, (uint32_t)row), (uint32_t)row);
	*out = (struct gpq_turned_stretch){ .rows = stretch.rows,
					    .start_s = lattice->start_s + stretch.run,
					    .version = lattice->version + stretch.run,
					    .run = stretch.run };
	stretch_gather(&locations, &stretch, 1, (uint8_t *)&out->location, sizeof(out->location));
	return true;
}

uint32_t gpq_turned_stretch_input(const struct gpq_turned *turned, const struct gpq_turned_stretch *stretch, uint32_t i)
{
	const struct gpq_lattice *lattice = &turned->lattice;
	if (turned->strips.rows)
		return gpq_strip_rows_stretch_input(&turned->strips, stretch, i);
	return lattice->slices[lattice->run_slice[stretch->run + i]].input;
}

/* Values that are known by run or by location, or are picked one by one. */
static void stretch_read(const struct gpq_turned_cursor *cursor, const struct stretch *stretch, uint32_t n,
			 uint8_t *out)
{
	const struct gpq_lattice *lattice = &cursor->turned->lattice;
	size_t width = gpq_turned_value_bytes(cursor->field);
	if (cursor->field == GPQ_TURNED_START) {
		memcpy(out, lattice->start_s + stretch->run, width * n);
	} else if (cursor->field == GPQ_TURNED_VERSION && lattice->one_version) {
		memcpy(out, lattice->version + stretch->run, width * n);
	} else if (cursor->field == GPQ_TURNED_INPUT && lattice->one_input) {
		inputs_fill(lattice, stretch->run, n, (uint32_t *)(void *)out);
	} else if (cursor->field == GPQ_TURNED_LOCATION) {
		stretch_gather(cursor, stretch, 1, out, width);
		uint32_t code;
		memcpy(&code, out, sizeof(code));
		words_fill((uint32_t *)(void *)out, code, n);
	} else {
		stretch_gather(cursor, stretch, n, out, width);
	}
}

static void stretches_read(const struct gpq_turned_cursor *cursor, uint32_t n, uint8_t *out)
{
	const struct gpq_lattice *lattice = &cursor->turned->lattice;
	size_t width = gpq_turned_value_bytes(cursor->field);
	uint32_t row = (uint32_t)cursor->row, end = row + n;
	for (uint32_t rank = n ? gpq_lattice_rank_at(lattice, row) : 0; row < end;) {
		struct stretch stretch = stretch_at(lattice, rank, row);
		uint32_t here = stretch.rows < end - row ? stretch.rows : end - row;
		stretch_read(cursor, &stretch, here, out);
		out += width * here;
		row += here;
		rank += row == lattice->first_row[rank + 1];
	}
}

/* Whether the field differs from row to row, so that reading it is turning it. */
static bool field_turns(const struct gpq_turned_cursor *cursor)
{
	if (cursor->field == GPQ_TURNED_VERSION)
		return !cursor->turned->lattice.one_version;
	if (cursor->field == GPQ_TURNED_INPUT)
		return !cursor->turned->lattice.one_input;
	return cursor->field >= GPQ_TURNED_CELL;
}

/* A window of the scratch's, or one of its own, in the memory that a cursor on spilled rows would take. */
static enum gpq_status window_take(struct gpq_turned_cursor *cursor, struct gpq_error *err)
{
	GPQ_TRY(gpq_windows_take(cursor->turned->windows, cursor->field, &cursor->window, err));
	if (cursor->window)
		return GPQ_OK;
	GPQ_TRY(gpq_window_make(cursor->budget, gpq_turned_cursor_need() - cursor->bytes, &cursor->window, err));
	cursor->owns_window = true;
	return GPQ_OK;
}

/* Whether the window of a field that turns has row 'row', or could be made to. */
static bool window_ready(struct gpq_turned_cursor *cursor, uint32_t row)
{
	const struct gpq_turned *turned = cursor->turned;
	if (gpq_window_holds(cursor->window, turned->windows->turn, cursor->field, row))
		return true;
	const struct gpq_window_column column = {
		.lattice = &turned->lattice,
		.rows = &turned->slab_rows,
		.turn = turned->windows->turn,
		.field = cursor->field,
		.width = gpq_turned_value_bytes(cursor->field),
	};
	return gpq_window_fill(cursor->window, &column, row);
}

static enum gpq_status lattice_read(struct gpq_turned_cursor *cursor, uint32_t n, uint8_t *out, struct gpq_error *err)
{
	size_t width = gpq_turned_value_bytes(cursor->field);
	if (!cursor->window && n && field_turns(cursor))
		GPQ_TRY(window_take(cursor, err));
	while (n) {
		const struct gpq_window *window = cursor->window;
		uint32_t row = (uint32_t)cursor->row, here = n;
		if (window && window_ready(cursor, row)) {
			here = window->end_row - row < n ? window->end_row - row : n;
			memcpy(out, window->values + width * (row - window->first_row), width * here);
		} else {
			stretches_read(cursor, here, out);
		}
		out += width * here;
		cursor->row += here;
		n -= here;
	}
	return GPQ_OK;
}

/* ---- spilled ---- */

static enum gpq_status frame_fetch(struct gpq_turned_cursor *cursor, struct gpq_error *err)
{
	const struct gpq_turned *turned = cursor->turned;
	uint64_t group = cursor->row / GPQ_TURNED_FRAME_ROWS;
	uint64_t first = group * GPQ_TURNED_FRAME_ROWS, left = turned->rows - first;
	uint32_t rows = left < GPQ_TURNED_FRAME_ROWS ? (uint32_t)left : GPQ_TURNED_FRAME_ROWS;
	struct gpq_frame frame;
	cursor->frame_rows = 0;
	GPQ_TRY(gpq_frames_find(turned->spill, &turned->frames,
				(uint32_t)(group * gpq_turned_columns(turned->n_cells) + cursor->field), &frame, err));
	GPQ_TRY(gpq_frame_load(turned->spill, &cursor->codec, &frame, cursor->values,
			       (size_t)rows * gpq_turned_value_bytes(cursor->field), err));
	cursor->frame_row = first;
	cursor->frame_rows = rows;
	return GPQ_OK;
}

static enum gpq_status values_fetch(struct gpq_turned_cursor *cursor, uint32_t n, uint8_t *out, struct gpq_error *err)
{
	size_t width = gpq_turned_value_bytes(cursor->field);
	while (n) {
		if (cursor->row < cursor->frame_row || cursor->row >= cursor->frame_row + cursor->frame_rows)
			GPQ_TRY(frame_fetch(cursor, err));
		uint32_t at = (uint32_t)(cursor->row - cursor->frame_row), here = cursor->frame_rows - at;
		if (here > n)
			here = n;
		memcpy(out, cursor->values + width * at, width * here);
		out += width * here;
		cursor->row += here;
		n -= here;
	}
	return GPQ_OK;
}

enum gpq_status gpq_turned_cursor_read(struct gpq_turned_cursor *cursor, uint32_t n, void *out, struct gpq_error *err)
{
	if (n > cursor->turned->rows - cursor->row)
		return gpq_fail(err, GPQ_E_BUG, "%u rows are asked for where %llu are left", n,
				(unsigned long long)(cursor->turned->rows - cursor->row));
	if (cursor->turned->spill)
		return values_fetch(cursor, n, out, err);
	if (cursor->turned->lattice.rows)
		return lattice_read(cursor, n, out, err);
	if (cursor->strips)
		gpq_strip_rows_read(&cursor->turned->strips, cursor->strips, (uint32_t)cursor->row, n, out);
	else
		values_gather(cursor, n, out);
	cursor->row += n;
	return GPQ_OK;
}
