// SPDX-License-Identifier: MIT
#include "sort/strip_rows.h"

/* Shapes that are looked at before a new one is made: those made last. */
#define SHAPES_TRIED 16
/* Segments ahead whose strips are asked for. */
#define AHEAD_SEGMENTS 3
#define LINE_BYTES     64

/* ---- shapes ---- */

static size_t shape_bytes(uint32_t n)
{
	size_t bytes = sizeof(struct gpq_strip_shape) + 4 * sizeof(uint32_t) * (size_t)n;
	return (bytes + sizeof(uint32_t) + 7) & ~(size_t)7; /* and, as the last word, how long it is */
}

static bool shape_says(const struct gpq_strip_shape *shape, const struct gpq_strip_common *common)
{
	uint32_t n = common->rows;
	return shape->rows == n && memcmp(shape->place, common->place, n * sizeof(*shape->place)) == 0 &&
	       memcmp(shape->version, common->version, n * sizeof(*shape->version)) == 0 &&
	       memcmp(shape->input, common->input, n * sizeof(*shape->input)) == 0;
}

static uint32_t last_word(const uint8_t *end)
{
	uint32_t word;
	memcpy(&word, end - sizeof(word), sizeof(word));
	return word;
}

static void shape_fill(struct gpq_strip_shape *shape, const struct gpq_strip_common *common,
		       const struct gpq_sort_rules *rules)
{
	uint32_t n = common->rows;
	shape->rows = n;
	shape->start_s = (uint32_t *)(void *)(shape + 1);
	shape->version = (int32_t *)(void *)(shape->start_s + n);
	shape->input = (uint32_t *)(void *)(shape->version + n);
	shape->place = shape->input + n;
	shape->dense = (uint32_t)(common->place[n - 1] - common->place[0]) == n - 1;
	for (uint32_t i = 0; i < n; i++)
		shape->start_s[i] = rules->begin_s + common->place[i] * rules->interval_s;
	memcpy(shape->version, common->version, n * sizeof(*shape->version));
	memcpy(shape->input, common->input, n * sizeof(*shape->input));
	memcpy(shape->place, common->place, n * sizeof(*shape->place));
}

bool gpq_strip_shape_find(struct gpq_strip_rows *rows, const struct gpq_strip_common *common,
			  const struct gpq_sort_rules *rules, uint32_t *out_shape)
{
	size_t at = rows->shapes_bytes, bytes = shape_bytes(common->rows);
	for (int tried = 0; at > 0 && tried < SHAPES_TRIED; tried++) {
		at -= last_word(rows->shapes + at);
		if (shape_says((const struct gpq_strip_shape *)(const void *)(rows->shapes + at), common)) {
			*out_shape = (uint32_t)(at / 8);
			return true;
		}
	}
	if (bytes > rows->shapes_cap_bytes - rows->shapes_bytes)
		return false;
	shape_fill((struct gpq_strip_shape *)(void *)(rows->shapes + rows->shapes_bytes), common, rules);
	*out_shape = (uint32_t)(rows->shapes_bytes / 8);
	rows->shapes_bytes += bytes;
	const uint32_t word = (uint32_t)bytes;
	memcpy(rows->shapes + rows->shapes_bytes - sizeof(word), &word, sizeof(word));
	return true;
}

/* ---- segments ---- */

static uint32_t segment_of(const struct gpq_strip_rows *rows, uint32_t row)
{
	uint32_t low = 0, high = rows->n_segments; /* segments[low].row <= row < segments[high].row */
	while (high - low > 1) {
		uint32_t at = low + (high - low) / 2;
		if (rows->segments[at].row <= row)
			low = at;
		else
			high = at;
	}
	return low;
}

/* Spare row 'number': its slab, and in '*out_at' where it is in it. */
static const struct gpq_slab *spare_at(const struct gpq_strip_rows *rows, uint32_t number, uint32_t *out_at)
{
	*out_at = number % rows->spare_layout.cap_rows;
	return rows->spare[number / rows->spare_layout.cap_rows];
}

/* Spare rows from 'number' on, at most 'n', of one location. */
static void spare_stretch(const struct gpq_strip_rows *rows, uint32_t number, uint32_t n,
			  struct gpq_turned_stretch *out)
{
	const struct gpq_slab_layout *layout = &rows->spare_layout;
	uint32_t at, same = 1;
	const struct gpq_slab *slab = spare_at(rows, number, &at);
	*out = (struct gpq_turned_stretch){
		.location = gpq_slab_location_at(layout, slab, at),
		.start_s = gpq_slab_start_column(layout, slab) + at,
		.version = gpq_slab_version_column(layout, slab) + at,
		.run = number,
		.made = true,
	};
	n = n < layout->cap_rows - at ? n : layout->cap_rows - at;
	while (same < n && gpq_slab_location_at(layout, slab, at + same) == out->location)
		same++;
	out->rows = same;
}

static uint32_t segment_location(const struct gpq_strip_rows *rows, const struct gpq_strip_segment *segment)
{
	return gpq_strip_at(&rows->slabs, rows->names[segment->names])->location;
}

bool gpq_strip_rows_stretch(const struct gpq_strip_rows *rows, uint32_t row, struct gpq_turned_stretch *out)
{
	if (row >= rows->rows || rows->any_older)
		return false;
	const struct gpq_strip_segment *segment = &rows->segments[segment_of(rows, row)];
	uint32_t at = row - segment->row, n = segment[1].row - row;
	if (segment->shape == GPQ_STRIP_SPARE) {
		spare_stretch(rows, segment->names + at, n, out);
		return true;
	}
	const struct gpq_strip_shape *shape = gpq_strip_shape_at(rows, segment->shape);
	*out = (struct gpq_turned_stretch){
		.rows = n,
		.location = segment_location(rows, segment),
		.start_s = shape->start_s + at,
		.version = shape->version + at,
		.run = segment->shape,
	};
	return true;
}

uint32_t gpq_strip_rows_stretch_input(const struct gpq_strip_rows *rows, const struct gpq_turned_stretch *stretch,
				      uint32_t i)
{
	if (stretch->made) {
		uint32_t at;
		const struct gpq_slab *slab = spare_at(rows, stretch->run + i, &at);
		return gpq_origin_input(gpq_slab_origin_at(&rows->spare_layout, slab, at));
	}
	const struct gpq_strip_shape *shape = gpq_strip_shape_at(rows, stretch->run);
	return shape->input[(stretch->start_s - shape->start_s) + i] >> 1;
}

/* ---- cells ---- */

/* Lays a strip's cells [from, to) over 'out'. */
static void strip_lay(const struct gpq_packed_strip *strip, uint32_t from, uint32_t to, int64_t *out)
{
	const void *cells = gpq_strip_cells(strip);
	bool whole = strip->known == strip->places;
	if (strip->width == sizeof(int32_t)) {
		const int32_t *near = cells;
		for (uint32_t i = from; i < to; i++, out++)
			*out = whole || near[i] != INT32_MIN ? near[i] : *out;
	} else if (strip->width == sizeof(int16_t)) {
		const int16_t *narrow = cells;
		for (uint32_t i = from; i < to; i++, out++)
			*out = whole || narrow[i] != INT16_MIN ? narrow[i] : *out;
	} else {
		const int64_t *wide = cells;
		for (uint32_t i = from; i < to; i++, out++)
			*out = wide[i] != GPQ_CELL_NULL ? wide[i] : *out;
	}
}

/* The names of a segment's strips of cell 'k'; gives how many. */
static uint32_t names_of(const struct gpq_strip_rows *rows, const struct gpq_strip_segment *segment, uint32_t k,
			 const uint32_t **out)
{
	const uint32_t *names = rows->names + segment->names;
	uint32_t from = 0, to;
	while (from < segment->n_names && names[from] >> GPQ_STRIP_CELL_SHIFT < k)
		from++;
	for (to = from; to < segment->n_names && names[to] >> GPQ_STRIP_CELL_SHIFT == k; to++)
		;
	*out = names + from;
	return to - from;
}

/* Gives the cells of places [from, to), null where none is known. */
static void places_lay(const struct gpq_strip_rows *rows, const struct gpq_strip_segment *segment, uint32_t k,
		       uint32_t from, uint32_t to, int64_t *out)
{
	const uint32_t *names;
	uint32_t n = names_of(rows, segment, k, &names);
	for (uint32_t i = 0; i < to - from; i++)
		out[i] = GPQ_CELL_NULL;
	for (uint32_t i = 0; i < n; i++) {
		const struct gpq_packed_strip *strip = gpq_strip_at(&rows->slabs, names[i]);
		uint32_t first = strip->place, end = first + strip->places;
		uint32_t low = first > from ? first : from, high = end < to ? end : to;
		if (low < high)
			strip_lay(strip, low - first, high - first, out + (low - from));
	}
}

static void segment_prefetch(const struct gpq_strip_rows *rows, uint32_t segment, uint32_t k)
{
	const uint32_t *names;
	if (segment >= rows->n_segments || rows->segments[segment].shape == GPQ_STRIP_SPARE)
		return;
	uint32_t n = names_of(rows, &rows->segments[segment], k, &names);
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *strip = (const uint8_t *)gpq_strip_at(&rows->slabs, names[i]);
		__builtin_prefetch(strip);
		__builtin_prefetch(strip + LINE_BYTES);
	}
}

static void cells_read(const struct gpq_strip_rows *rows, struct gpq_strip_cursor *cursor, uint32_t at, uint32_t n,
		       int64_t *out)
{
	const struct gpq_strip_segment *segment = &rows->segments[cursor->segment];
	const struct gpq_strip_shape *shape = gpq_strip_shape_at(rows, segment->shape);
	uint32_t k = cursor->field - GPQ_TURNED_CELL, from = shape->place[at], to = shape->place[at + n - 1] + 1u;
	if (at == 0)
		segment_prefetch(rows, cursor->segment + AHEAD_SEGMENTS, k);
	if (shape->dense) {
		places_lay(rows, segment, k, from, to, out);
		return;
	}
	places_lay(rows, segment, k, from, to, cursor->cells);
	for (uint32_t i = 0; i < n; i++)
		out[i] = cursor->cells[shape->place[at + i] - from];
}

/* ---- reading ---- */

static void spare_read(const struct gpq_strip_rows *rows, uint32_t field, uint32_t number, uint32_t n, uint8_t *out)
{
	size_t width = field < GPQ_TURNED_CELL ? sizeof(uint32_t) : sizeof(int64_t);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at;
		const struct gpq_slab *slab = spare_at(rows, number + i, &at);
		gpq_slab_value_at(&rows->spare_layout, slab, field, at, out + width * i);
	}
}

static void segment_read(const struct gpq_strip_rows *rows, struct gpq_strip_cursor *cursor, uint32_t at, uint32_t n,
			 uint8_t *out)
{
	const struct gpq_strip_segment *segment = &rows->segments[cursor->segment];
	if (segment->shape == GPQ_STRIP_SPARE) {
		spare_read(rows, cursor->field, segment->names + at, n, out);
		return;
	}
	const struct gpq_strip_shape *shape = gpq_strip_shape_at(rows, segment->shape);
	if (cursor->field == GPQ_TURNED_START) {
		memcpy(out, shape->start_s + at, n * sizeof(*shape->start_s));
	} else if (cursor->field == GPQ_TURNED_VERSION) {
		memcpy(out, shape->version + at, n * sizeof(*shape->version));
	} else if (cursor->field == GPQ_TURNED_INPUT) {
		memcpy(out, shape->input + at, n * sizeof(*shape->input));
	} else if (cursor->field == GPQ_TURNED_LOCATION) {
		uint32_t code = segment_location(rows, segment);
		for (uint32_t i = 0; i < n; i++)
			memcpy(out + sizeof(code) * i, &code, sizeof(code));
	} else {
		cells_read(rows, cursor, at, n, (int64_t *)(void *)out);
	}
}

void gpq_strip_cursor_begin(struct gpq_strip_cursor *cursor, uint32_t field)
{
	cursor->field = field;
	cursor->segment = 0;
}

void gpq_strip_rows_read(const struct gpq_strip_rows *rows, struct gpq_strip_cursor *cursor, uint32_t row, uint32_t n,
			 uint8_t *out)
{
	size_t width = cursor->field < GPQ_TURNED_CELL ? sizeof(uint32_t) : sizeof(int64_t);
	const struct gpq_strip_segment *last = &rows->segments[cursor->segment];
	if (n && row == last[1].row)
		cursor->segment++;
	else if (n && (row < last->row || row > last[1].row))
		cursor->segment = segment_of(rows, row);
	while (n) {
		const struct gpq_strip_segment *segment = &rows->segments[cursor->segment];
		uint32_t left = segment[1].row - row, here = left < n ? left : n;
		segment_read(rows, cursor, row - segment->row, here, out);
		out += width * here;
		row += here;
		n -= here;
		cursor->segment += row == segment[1].row && n;
	}
}
