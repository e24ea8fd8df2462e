/*
 * convert/stretches.h - a column whose rows repeat, as stretches of equal values: a block's locations, origins and revisions.
 * Memory: 8 bytes a stretch, fixed at init.      Threads: filled by one, read by many, each with its own place.
 */
#ifndef GPQ_CONVERT_STRETCHES_H
#define GPQ_CONVERT_STRETCHES_H

#include "base/budget.h"

struct gpq_stretches {
	uint32_t *value, *rows; /* one allocation; Owns */
	uint32_t count, cap;
	bool overflown;         /* more stretches than fit: of no use */
};

/* Where a reader is. */
struct gpq_stretch_place {
	uint32_t stretch, done; /* rows of it that were read */
};

size_t gpq_stretches_need(uint32_t cap);
GPQ_MUST_USE enum gpq_status gpq_stretches_init(struct gpq_stretches *stretches, struct gpq_budget *budget, uint32_t cap,
                                                struct gpq_error *err);
void gpq_stretches_done(struct gpq_stretches *stretches, struct gpq_budget *budget);

/* gpq_stretches_add() appends 'n' rows. */
void gpq_stretches_add(struct gpq_stretches *stretches, const uint32_t *values, uint32_t n);

/* gpq_stretches_seek() sets 'place' to a row; gpq_stretches_read() gives the next 'n' rows, each value looked up in 'map'
 * (NULL: as it is). Never beyond the last row. */
void gpq_stretches_seek(const struct gpq_stretches *stretches, uint64_t row, struct gpq_stretch_place *place);
void gpq_stretches_read(const struct gpq_stretches *stretches, struct gpq_stretch_place *place, const uint32_t *map,
                        uint32_t n, uint32_t *out);

#endif
