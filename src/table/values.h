/*
 * table/values.h - the values of one output column of one row group, as the writer pulls them.
 *
 * Two forms. 'Coded': each row holds a code into a list of the column's possible values, which is ascending and without
 * repeats (times, texts, constants; most columns). 'Cells': each row holds a cell (cell.h) at one scale (prices). Cells
 * may be read as codes besides, where the provider knows that there are few: then a list of cells, ascending by number,
 * and read_stretches are there as well as read_cells, and say the same. Stamps too many to be listed are cells as well: the
 * word itself, never null.
 * The provider may list values that no row has; the reader of this interface leaves them out.
 */
#ifndef GPQ_TABLE_VALUES_H
#define GPQ_TABLE_VALUES_H

#include "base/status.h"
#include "table/text.h"

#define GPQ_CODE_NULL UINT32_MAX

/* Rows whose codes are 'code', 'code' + step, 'code' + 2 * step and so on. */
struct gpq_code_stretch {
	uint32_t code;      /* GPQ_CODE_NULL: all are null, and 'step' is 0 */
	uint32_t step : 1;
	uint32_t rows : 31; /* at least 1 */
};

struct gpq_values {
	uint64_t rows;
	bool coded;
	uint32_t n_values;            /* coded: how many are listed */
	/* coded, not STRING: INT32, DATE, TIMESTAMP, BOOLEAN (0, 1) as they are; DOUBLE as cells at 'scale' */
	const int64_t *words;
	const struct gpq_text *texts; /* coded, STRING */
	unsigned scale;               /* DOUBLE: of the cells; INT32 as cells: 0 */
	void *context;
	/* back to row 0 */
	enum gpq_status (*rewind)(void *context, struct gpq_error *err);
	/* where the provider knows how its rows repeat (else NULL): the next 'n' rows as stretches; 'out' has room for 'n' */
	enum gpq_status (*read_stretches)(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
	                                  struct gpq_error *err);
	/* the next 'n' rows, in order, never beyond 'rows': codes (GPQ_CODE_NULL for null; NULL where there are stretches) or
	 * cells (GPQ_CELL_NULL for null) */
	enum gpq_status (*read_codes)(void *context, uint32_t n, uint32_t *out, struct gpq_error *err);
	enum gpq_status (*read_cells)(void *context, uint32_t n, int64_t *out, struct gpq_error *err);
	/* cells, where the provider can do it for less than reading them (else NULL): passes over the next 'n' rows */
	enum gpq_status (*skip)(void *context, uint64_t n, struct gpq_error *err);
};

#endif
