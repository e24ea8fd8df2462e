/*
 * sort/window.h - a stretch of one column of a lattice, turned: where a cursor reads it from.
 *
 * Rows arrive instant by instant and leave location by location, so that a value read by itself is a cache miss. A
 * window turns the values of as many whole locations as it holds: eight runs are walked side by side in the order in
 * which they came, and eight values of a location, a cache line, are written together. Memory:
 * gpq_sort_scratch_windows() says how many windows there may be at once and how large; they are made when first used. A
 * cursor that finds none left makes itself a small one, which walks the column more often.
 */
#ifndef GPQ_SORT_WINDOW_H
#define GPQ_SORT_WINDOW_H

#include "sort/lattice.h"

#include <pthread.h>

/* Locations of a window that are turned at once: their lines of output stay in the second cache. */
#define GPQ_WINDOW_MEMBERS 1024

struct gpq_window {
	struct gpq_window *next;
	size_t bytes; /* with this head */
	/* what is in it; no rows: nothing */
	uint64_t turn;
	uint32_t field, first_row, end_row;
	struct gpq_window_member {
		uint32_t element, row; /* row: in the window, of the segment's first run */
	} members[GPQ_WINDOW_MEMBERS];
	_Alignas(64) uint8_t values[];
};

struct gpq_windows {
	struct gpq_budget *budget;
	size_t bytes; /* of one, whole pages */
	uint32_t max_count, made;
	uint64_t turn;        /* counts turned blocks, so that what a window holds of an earlier one is not taken */
	pthread_mutex_t lock; /* guards 'made' and 'idle' */
	struct gpq_window *idle;
	struct gpq_window *lent; /* among the idle ones or in use, or NULL */
};

void gpq_windows_init(struct gpq_windows *windows, struct gpq_budget *budget);
void gpq_windows_done(struct gpq_windows *windows);

/*
 * gpq_windows_lend() makes one more window, in memory that nobody else uses until gpq_windows_recall(); none where it
 * would be smaller than those that there are. Neither while a window is in use.
 */
void gpq_windows_lend(struct gpq_windows *windows, uint8_t *memory, size_t bytes);
void gpq_windows_recall(struct gpq_windows *windows);

/* gpq_windows_take() gives a window, one that holds 'field' of this turn if there is one; NULL in '*out' where all are
 * in use. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_windows_take(struct gpq_windows *windows, uint32_t field, struct gpq_window **out,
					      struct gpq_error *err);
void gpq_windows_give(struct gpq_windows *windows, struct gpq_window *window);

/* Whether it holds output row 'row' of 'field' as of turn 'turn'. */
static inline bool gpq_window_holds(const struct gpq_window *window, uint64_t turn, uint32_t field, uint32_t row)
{
	return row < window->end_row && row >= window->first_row && window->field == field && window->turn == turn;
}

/* gpq_window_make() takes a window of 'bytes', more than its head, with nothing in it; its owner frees it by its size.
 */
GPQ_MUST_USE enum gpq_status gpq_window_make(struct gpq_budget *budget, size_t bytes, struct gpq_window **out,
					     struct gpq_error *err);

/* The column to turn: a field, as values of 'width' bytes. */
struct gpq_window_column {
	const struct gpq_lattice *lattice;
	const struct gpq_slab_rows *rows;
	uint64_t turn;
	uint32_t field;
	size_t width;
};

/* gpq_window_fill() turns 'column' from the rank of output row 'row' on. Returns false where not even the rows of one
 * rank fit. */
bool gpq_window_fill(struct gpq_window *window, const struct gpq_window_column *column, uint32_t row);

#endif
