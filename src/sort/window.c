// SPDX-License-Identifier: MIT
#include "sort/window.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Runs side by side: eight cells are one cache line of output, and as many streams as processors follow. */
#define RUNS_ABREAST 8

/* ---- windows ---- */

void gpq_windows_init(struct gpq_windows *windows, struct gpq_budget *budget)
{
	memset(windows, 0, sizeof(*windows));
	windows->budget = budget;
	pthread_mutex_init(&windows->lock, NULL);
}

void gpq_windows_lend(struct gpq_windows *windows, uint8_t *memory, size_t bytes)
{
	size_t skip = (64 - (uintptr_t)memory % 64) % 64, own = windows->max_count ? windows->bytes : 0;
	if (bytes < skip + GPQ_SORT_WINDOW_MIN_BYTES || bytes - skip < own)
		return;
	struct gpq_window *window = (struct gpq_window *)(void *)(memory + skip);
	window->bytes = bytes - skip;
	window->end_row = 0;
	window->next = windows->idle;
	windows->idle = windows->lent = window;
}

void gpq_windows_recall(struct gpq_windows *windows)
{
	struct gpq_window **at = &windows->idle;
	while (*at && *at != windows->lent)
		at = &(*at)->next;
	if (*at)
		*at = windows->lent->next;
	windows->lent = NULL;
}

void gpq_windows_done(struct gpq_windows *windows)
{
	while (windows->idle) {
		struct gpq_window *window = windows->idle;
		windows->idle = window->next;
		gpq_free(windows->budget, GPQ_TAG_SORT, window, windows->bytes);
	}
	pthread_mutex_destroy(&windows->lock);
}

/* Takes out of the idle ones that which holds 'field', else the one given back first. */
static struct gpq_window *idle_take(struct gpq_windows *windows, uint32_t field)
{
	struct gpq_window **best = NULL;
	for (struct gpq_window **at = &windows->idle; *at; at = &(*at)->next) {
		best = at;
		if ((*at)->turn == windows->turn && (*at)->field == field && (*at)->end_row)
			break;
	}
	if (!best)
		return NULL;
	struct gpq_window *window = *best;
	*best = window->next;
	return window;
}

enum gpq_status gpq_windows_take(struct gpq_windows *windows, uint32_t field, struct gpq_window **out,
				 struct gpq_error *err)
{
	pthread_mutex_lock(&windows->lock);
	struct gpq_window *window = idle_take(windows, field);
	bool make = !window && windows->made < windows->max_count;
	windows->made += make;
	pthread_mutex_unlock(&windows->lock);
	if (make) {
		enum gpq_status status = gpq_window_make(windows->budget, windows->bytes, &window, err);
		if (status != GPQ_OK) {
			pthread_mutex_lock(&windows->lock);
			windows->made--;
			pthread_mutex_unlock(&windows->lock);
			return status;
		}
	}
	*out = window;
	return GPQ_OK;
}

void gpq_windows_give(struct gpq_windows *windows, struct gpq_window *window)
{
	if (!window)
		return;
	pthread_mutex_lock(&windows->lock);
	window->next = windows->idle;
	windows->idle = window;
	pthread_mutex_unlock(&windows->lock);
}

enum gpq_status gpq_window_make(struct gpq_budget *budget, size_t bytes, struct gpq_window **out, struct gpq_error *err)
{
	struct gpq_window *window = NULL;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_SORT, bytes, &window, err));
	gpq_huge_pages(window, bytes);
	window->bytes = bytes;
	window->end_row = 0;
	*out = window;
	return GPQ_OK;
}

static uint32_t rows_held(const struct gpq_window *window, size_t width)
{
	size_t rows = (window->bytes - sizeof(*window)) / width;
	return rows < UINT32_MAX ? (uint32_t)rows : UINT32_MAX;
}

/* ---- turning ---- */

/* One column of a lattice on its way into a window. */
struct turning {
	const struct gpq_window_column *column;
	const struct gpq_window_member *members;
	uint32_t n_members;
	uint8_t *out;
	bool lines; /* eight cells of a location are a whole line of the cache, wherever they go */
};

/* A run being walked: the slice at hand holds elements [begin, end). */
struct stream {
	const struct gpq_lattice_slice *slice;
	uint32_t begin, end;
};

/* Where values of several runs stand: those of one element, and of the elements behind it. */
struct abreast {
	const struct gpq_slab *slab[RUNS_ABREAST];
	const uint8_t *cells[RUNS_ABREAST]; /* of a cell: its column from that element on */
	uint32_t row[RUNS_ABREAST];
	uint32_t n, n_near; /* runs; those whose cells are near */
};

/* Moves on to the slice that holds 'element'; gives that element's row in its slab. */
static inline uint32_t stream_seek(struct stream *stream, uint32_t element)
{
	while (stream->end <= element) {
		stream->slice++;
		stream->begin = stream->end;
		stream->end += stream->slice->rows;
	}
	return stream->slice->from + (element - stream->begin);
}

/* Moves all streams on to 'element'; gives up to which element they stay in their slices. */
static uint32_t abreast_seek(const struct turning *turning, struct stream *streams, uint32_t n, uint32_t element,
			     struct abreast *out)
{
	const struct gpq_slab_rows *rows = turning->column->rows;
	uint32_t stop = UINT32_MAX;
	out->n = n;
	out->n_near = 0;
	for (uint32_t k = 0; k < n; k++) {
		out->row[k] = stream_seek(&streams[k], element);
		stop = streams[k].end < stop ? streams[k].end : stop;
		out->slab[k] = rows->slab[streams[k].slice->slab];
		if (turning->column->field < GPQ_TURNED_CELL)
			continue;
		const struct gpq_slab_layout *layout = &rows->layouts.of[out->slab[k]->kind];
		out->cells[k] =
		    gpq_slab_cell_column(layout, out->slab[k], turning->column->field - GPQ_TURNED_CELL) +
		    layout->cell_bytes * out->row[k];
		out->n_near += layout->cell_bytes == sizeof(int32_t);
	}
	return stop;
}

/* ---- one element of several runs ---- */

static void near_cells_put(uint8_t *to, const struct abreast *from, uint32_t ahead)
{
	for (uint32_t k = 0; k < from->n; k++) {
		int32_t near;
		memcpy(&near, from->cells[k] + sizeof(near) * ahead, sizeof(near));
		int64_t cell = gpq_slab_cell_of(from->slab[k], near);
		memcpy(to + sizeof(cell) * k, &cell, sizeof(cell));
	}
}

static void wide_cells_put(uint8_t *to, const struct abreast *from, uint32_t ahead)
{
	for (uint32_t k = 0; k < from->n; k++)
		memcpy(to + sizeof(int64_t) * k, from->cells[k] + sizeof(int64_t) * ahead, sizeof(int64_t));
}

/* Any field, of any kinds of slabs. */
static void values_put(const struct turning *turning, uint8_t *to, const struct abreast *from, uint32_t ahead)
{
	const struct gpq_window_column *column = turning->column;
	for (uint32_t k = 0; k < from->n; k++)
		gpq_slab_value_at(&column->rows->layouts.of[from->slab[k]->kind], from->slab[k], column->field,
				  from->row[k] + ahead, to + column->width * k);
}

#if defined(__SSE2__) /* part of every x86-64: no run-time choice. near_cells_put() gives the same */
static inline __m128i four_near(const struct abreast *from, uint32_t first, size_t at)
{
	int32_t near[4];
	for (uint32_t k = 0; k < 4; k++)
		memcpy(&near[k], from->cells[first + k] + at, sizeof(near[k]));
	return _mm_set_epi32(near[3], near[2], near[1], near[0]);
}

/* Widens four cells and writes them past the caches: the line need not be read before, and will be read much later. */
static inline void four_stream(uint8_t *to, __m128i near)
{
	__m128i sign = _mm_srai_epi32(near, 31);
	_mm_stream_si128((__m128i *)(void *)to, _mm_unpacklo_epi32(near, sign));
	_mm_stream_si128((__m128i *)(void *)(to + 16), _mm_unpackhi_epi32(near, sign));
}

/* A whole line of cells. */
static inline void near_line_put(uint8_t *to, const struct abreast *from, uint32_t ahead)
{
	const __m128i least = _mm_set1_epi32(GPQ_NEAR_LEAST);
	__m128i first = four_near(from, 0, sizeof(int32_t) * ahead);
	__m128i second = four_near(from, 4, sizeof(int32_t) * ahead);
	__m128i far = _mm_or_si128(_mm_cmplt_epi32(first, least), _mm_cmplt_epi32(second, least));
	if (GPQ_UNLIKELY(_mm_movemask_epi8(far))) {
		near_cells_put(to, from, ahead);
		return;
	}
	four_stream(to, first);
	four_stream(to + 32, second);
}

static void lines_finish(void)
{
	_mm_sfence(); /* the next reader of the window may be another thread */
}
#else
static inline void near_line_put(uint8_t *to, const struct abreast *from, uint32_t ahead)
{
	near_cells_put(to, from, ahead);
}

static void lines_finish(void)
{
}
#endif

/* ---- runs ---- */

enum way { NEAR_LINES, NEAR_CELLS, WIDE_CELLS, ANY_VALUES };

/* Puts the elements of the members before 'stop' from 'member' on; gives where it ended. */
static inline const struct gpq_window_member *members_put(const struct turning *turning, const struct abreast *from,
							  const struct gpq_window_member *member, uint32_t stop,
							  uint8_t *out, enum way way)
{
	const struct gpq_window_member *end = turning->members + turning->n_members;
	uint32_t first = member->element;
	size_t width = turning->column->width;
	for (; member < end && member->element < stop; member++) {
		uint8_t *to = out + width * member->row;
		uint32_t ahead = member->element - first;
		if (way == NEAR_LINES)
			near_line_put(to, from, ahead);
		else if (way == NEAR_CELLS)
			near_cells_put(to, from, ahead);
		else if (way == WIDE_CELLS)
			wide_cells_put(to, from, ahead);
		else
			values_put(turning, to, from, ahead);
	}
	return member;
}

/* The members' values of 'n' runs from 'run' on; 'shift' is the runs of the segment before them. */
static void runs_turn(const struct turning *turning, uint32_t run, uint32_t shift, uint32_t n)
{
	const struct gpq_window_column *column = turning->column;
	const struct gpq_window_member *member = turning->members, *end = member + turning->n_members;
	struct stream streams[RUNS_ABREAST];
	for (uint32_t k = 0; k < n; k++) {
		const struct gpq_lattice_slice *slice = &column->lattice->slices[column->lattice->run_slice[run + k]];
		streams[k] = (struct stream){ slice, 0, slice->rows };
	}
	uint8_t *out = turning->out + column->width * shift;
	while (member < end) {
		struct abreast from;
		uint32_t stop = abreast_seek(turning, streams, n, member->element, &from);
		if (column->field < GPQ_TURNED_CELL || (from.n_near && from.n_near < n))
			member = members_put(turning, &from, member, stop, out, ANY_VALUES);
		else if (!from.n_near)
			member = members_put(turning, &from, member, stop, out, WIDE_CELLS);
		else if (turning->lines)
			member = members_put(turning, &from, member, stop, out, NEAR_LINES);
		else
			member = members_put(turning, &from, member, stop, out, NEAR_CELLS);
	}
}

static void members_turn(const struct turning *turning, uint32_t segment)
{
	uint32_t run = turning->column->lattice->segments[segment].run;
	uint32_t n = gpq_lattice_segment_runs(turning->column->lattice, segment);
	for (uint32_t shift = 0; shift < n; shift += RUNS_ABREAST)
		runs_turn(turning, run + shift, shift, n - shift < RUNS_ABREAST ? n - shift : RUNS_ABREAST);
}

/* Turns what 'segment' has of ranks [first, end). */
static void segment_turn(struct turning *turning, struct gpq_window *window, uint32_t segment, uint32_t first,
			 uint32_t end)
{
	const struct gpq_lattice *lattice = turning->column->lattice;
	const struct gpq_lattice_place *places = lattice->places + (size_t)segment * lattice->n_ranks;
	uint32_t run = lattice->segments[segment].run, element = 0;
	turning->n_members = 0;
	for (uint32_t i = lattice->run_slice[run]; i < lattice->run_slice[run + 1]; i++) {
		struct gpq_lattice_codes codes;
		gpq_lattice_codes_begin(&codes);
		while (gpq_lattice_codes_next(&codes, turning->column->rows, &lattice->slices[i])) {
			for (uint32_t k = 0; k < codes.n; k++, element++) {
				uint32_t rank = lattice->rank[codes.code[k]];
				if (rank - first >= end - first)
					continue;
				window->members[turning->n_members++] =
				    (struct gpq_window_member){ element, places[rank].row - window->first_row };
				if (turning->n_members < GPQ_WINDOW_MEMBERS)
					continue;
				members_turn(turning, segment);
				turning->n_members = 0;
			}
		}
	}
	if (turning->n_members)
		members_turn(turning, segment);
}

bool gpq_window_fill(struct gpq_window *window, const struct gpq_window_column *column, uint32_t row)
{
	const struct gpq_lattice *lattice = column->lattice;
	uint32_t first = gpq_lattice_rank_at(lattice, row), room = rows_held(window, column->width);
	uint32_t begin = lattice->first_row[first], end = lattice->n_ranks;
	if (lattice->rows - begin > room)
		end = gpq_lattice_rank_at(lattice, begin + room);
	if (end == first)
		return false;
	window->turn = column->turn;
	window->field = column->field;
	window->first_row = begin;
	window->end_row = lattice->first_row[end];
	struct turning turning = { .column = column, .members = window->members, .out = window->values };
	turning.lines =
	    column->width == sizeof(int64_t) && lattice->n_segments == 1 && lattice->n_runs % RUNS_ABREAST == 0;
	for (uint32_t s = 0; s < lattice->n_segments; s++)
		segment_turn(&turning, window, s, first, end);
	if (turning.lines)
		lines_finish();
	return true;
}
