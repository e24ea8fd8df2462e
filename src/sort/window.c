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

/* Moves on to the slice that holds 'element'; gives the address of that element's value. */
static inline const uint8_t *stream_seek(struct stream *stream, const struct turning *turning, uint32_t element,
					 size_t width)
{
	while (stream->end <= element) {
		stream->slice++;
		stream->begin = stream->end;
		stream->end += stream->slice->rows;
	}
	size_t row = stream->slice->from + (element - stream->begin);
	return turning->column->rows->slab[stream->slice->slab] + turning->column->column_off + width * row;
}

/* Writes the values at from[0 .. RUNS_ABREAST) + 'at' beside each other. */
static inline void cells_put(uint8_t *to, const uint8_t *const *from, size_t at, uint32_t n, size_t width)
{
	for (uint32_t k = 0; k < n; k++)
		memcpy(to + width * k, from[k] + at, width);
}

#if defined(__SSE2__)
/* The same for a line, past the caches: it need not be read before it is written, and will be read much later. */
static inline void line_put(uint8_t *to, const uint8_t *const *from, size_t at)
{
	for (uint32_t k = 0; k < RUNS_ABREAST; k += 2) {
		__m128i first = _mm_loadl_epi64((const __m128i *)(const void *)(from[k] + at));
		__m128i second = _mm_loadl_epi64((const __m128i *)(const void *)(from[k + 1] + at));
		_mm_stream_si128((__m128i *)(void *)(to + 8 * k), _mm_unpacklo_epi64(first, second));
	}
}

static void lines_finish(void)
{
	_mm_sfence(); /* the next reader of the window may be another thread */
}
#else
static inline void line_put(uint8_t *to, const uint8_t *const *from, size_t at)
{
	cells_put(to, from, at, RUNS_ABREAST, sizeof(uint64_t));
}

static void lines_finish(void)
{
}
#endif

/* The members' values of 'n' runs from 'run' on; 'shift' is the runs of the segment before them. */
static inline void runs_turn(const struct turning *turning, uint32_t run, uint32_t shift, uint32_t n, size_t width,
			     bool lines)
{
	const struct gpq_window_member *member = turning->members, *end = member + turning->n_members;
	struct stream streams[RUNS_ABREAST];
	for (uint32_t k = 0; k < n; k++) {
		const struct gpq_lattice *lattice = turning->column->lattice;
		const struct gpq_lattice_slice *slice = &lattice->slices[lattice->run_slice[run + k]];
		streams[k] = (struct stream){ slice, 0, slice->rows };
	}
	uint8_t *out = turning->out + width * shift;
	while (member < end) {
		const uint8_t *from[RUNS_ABREAST];
		uint32_t first = member->element, stop = UINT32_MAX;
		for (uint32_t k = 0; k < n; k++) {
			from[k] = stream_seek(&streams[k], turning, first, width);
			stop = streams[k].end < stop ? streams[k].end : stop;
		}
		for (; member < end && member->element < stop; member++) {
			size_t at = width * (member->element - first);
			uint8_t *to = out + width * member->row;
			if (lines)
				line_put(to, from, at);
			else
				cells_put(to, from, at, n, width);
		}
	}
}

static inline void members_turn(const struct turning *turning, uint32_t segment, size_t width, bool lines)
{
	uint32_t run = turning->column->lattice->segments[segment].run, shift = 0;
	uint32_t n = gpq_lattice_segment_runs(turning->column->lattice, segment);
	for (; n - shift >= RUNS_ABREAST; shift += RUNS_ABREAST)
		runs_turn(turning, run + shift, shift, RUNS_ABREAST, width, lines);
	if (shift < n)
		runs_turn(turning, run + shift, shift, n - shift, width, false);
}

static void members_turn_any(const struct turning *turning, uint32_t segment)
{
	if (turning->lines)
		members_turn(turning, segment, sizeof(uint64_t), true);
	else if (turning->column->width == sizeof(uint64_t))
		members_turn(turning, segment, sizeof(uint64_t), false);
	else
		members_turn(turning, segment, sizeof(uint32_t), false);
}

/* Turns what 'segment' has of ranks [first, end). */
static void segment_turn(struct turning *turning, struct gpq_window *window, uint32_t segment, uint32_t first,
			 uint32_t end)
{
	const struct gpq_lattice *lattice = turning->column->lattice;
	const struct gpq_slab_rows *rows = turning->column->rows;
	const struct gpq_lattice_place *places = lattice->places + (size_t)segment * lattice->n_ranks;
	uint32_t run = lattice->segments[segment].run, element = 0, n = 0;
	for (uint32_t i = lattice->run_slice[run]; i < lattice->run_slice[run + 1]; i++) {
		const struct gpq_lattice_slice *slice = &lattice->slices[i];
		const uint32_t *codes = gpq_columns_location(&rows->columns, rows->slab[slice->slab]) + slice->from;
		for (uint32_t k = 0; k < slice->rows; k++, element++) {
			uint32_t rank = lattice->rank[codes[k]];
			if (rank - first >= end - first)
				continue;
			window->members[n++] =
			    (struct gpq_window_member){ element, places[rank].row - window->first_row };
			if (n < GPQ_WINDOW_MEMBERS)
				continue;
			turning->n_members = n;
			members_turn_any(turning, segment);
			n = 0;
		}
	}
	turning->n_members = n;
	if (n)
		members_turn_any(turning, segment);
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
	    column->width == sizeof(uint64_t) && lattice->n_segments == 1 && lattice->n_runs % RUNS_ABREAST == 0;
	for (uint32_t s = 0; s < lattice->n_segments; s++)
		segment_turn(&turning, window, s, first, end);
	if (turning.lines)
		lines_finish();
	return true;
}
