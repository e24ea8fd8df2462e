/*
 * convert/stretches.h - a column whose rows follow one another, as stretches: of equal values (a block's locations, origins
 * and revisions) or of values that rise by one (its grid places).
 * Memory: 8 bytes a stretch, fixed at init.      Threads: filled by one, read by many, each with its own place.
 */
#ifndef GPQ_CONVERT_STRETCHES_H
#define GPQ_CONVERT_STRETCHES_H

#include "base/budget.h"

struct gpq_stretches {
	uint32_t *value, *rows; /* one allocation; Owns */
	uint32_t count, cap;
	uint32_t step;          /* what a row adds to the value of the row before it: 0 or 1 */
	bool overflown;         /* more stretches than fit: of no use */
};

/* Where a reader is. */
struct gpq_stretch_place {
	uint32_t stretch, done; /* rows of it that were read */
};

size_t gpq_stretches_need(uint32_t cap);
GPQ_MUST_USE enum gpq_status gpq_stretches_init(struct gpq_stretches *stretches, struct gpq_budget *budget, uint32_t cap,
                                                uint32_t step, struct gpq_error *err);
void gpq_stretches_done(struct gpq_stretches *stretches, struct gpq_budget *budget);

/* gpq_stretches_add() appends 'n' rows, gpq_stretches_put() one stretch of them. */
void gpq_stretches_add(struct gpq_stretches *stretches, const uint32_t *values, uint32_t n);
void gpq_stretches_put(struct gpq_stretches *stretches, uint32_t value, uint32_t rows);

/* gpq_stretches_end() gives the place of the row that is added next; gpq_stretches_repeat() appends 'n' rows from a place
 * on once more, all of which are there. */
struct gpq_stretch_place gpq_stretches_end(const struct gpq_stretches *stretches);
void gpq_stretches_repeat(struct gpq_stretches *stretches, struct gpq_stretch_place place, uint32_t n);

/* gpq_stretches_seek() sets 'place' to a row. gpq_stretches_next() gives the value of the row there, moves on by the rows
 * of its stretch, 'n' (at least 1) at the most, and returns how many those were. gpq_stretches_read() gives the next 'n'
 * values. Never beyond the last row. */
void gpq_stretches_seek(const struct gpq_stretches *stretches, uint64_t row, struct gpq_stretch_place *place);
uint32_t gpq_stretches_next(const struct gpq_stretches *stretches, struct gpq_stretch_place *place, uint32_t n,
                            uint32_t *out_value);
void gpq_stretches_read(const struct gpq_stretches *stretches, struct gpq_stretch_place *place, uint32_t n,
                        uint32_t *out);

#endif
