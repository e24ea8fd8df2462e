/*
 * convert/price_sums.h - what of a dataset's prices adds up to what, and by how much it may be off (docs/RULES.md 24).
 * Knows: cells, datasets.      Not: blocks, files.      Memory: none.      Threads: any.
 */
#ifndef GPQ_CONVERT_PRICE_SUMS_H
#define GPQ_CONVERT_PRICE_SUMS_H

#include "table/dataset.h"

/* The total and what it is the sum of; of these only the last may be unpublished. */
#define GPQ_SUM_COLUMNS 5u
#define GPQ_SUM_ALWAYS  4u
extern const enum gpq_column_id gpq_sum_column_ids[GPQ_SUM_COLUMNS];

/* gpq_sums_columns() gives the cells of a dataset's total and of all that it is the sum of, as they are published; returns how
 * many: none where the total is not published beside the others. */
unsigned gpq_sums_columns(const struct gpq_dataset *dataset, uint32_t out[GPQ_SUM_COLUMNS]);

/* Whether the components of a dataset come in lines or files of their own. */
bool gpq_sums_joined(const struct gpq_market *market, const struct gpq_dataset *dataset);

/*
 * gpq_sum_is_off() tells whether a total is further from the sum of its components than rounding takes it.
 *   parts    'n' known cells at 'scale': the total, then what it should be the sum of
 *   out_sum  set in any case; GPQ_CELL_NULL where it is beyond binary64: then the total is not off, there being nothing
 *            to compare it with
 *   out_off  the difference, exact and then rounded once, without sign
 */
bool gpq_sum_is_off(const int64_t *parts, unsigned n, unsigned scale, uint32_t slack, int64_t *out_sum, double *out_off);

/* The energy that a total and the other components leave, exactly (docs/RULES.md 15); null where one of them is. 'parts' are
 * the total, then congestion, loss and whatever else is published. */
int64_t gpq_sum_energy(const int64_t *parts, unsigned n, unsigned scale);

#endif
