/*
 * value/decimal.h - the text of a number to its cell (table/cell.h), exactly (RULES 13).
 *
 * Accepted: blanks around; a sign; digits with an optional point (".92", "29", "5."); grouped thousands ("1,234.56");
 * an exponent. Empty and "null" (any case) are null. Everything else ("nan", "inf", hex, "_", "1,23") is
 * GPQ_REJECT_NUMBER; what rounds to infinity is GPQ_REJECT_NUMBER_RANGE. Zero of either sign is 0. The cell is the
 * decimal where the number has at most 'scale' decimals once trailing zeros are dropped and fits, else the correctly
 * rounded binary64; where that binary64 is also that of a decimal at 'scale', the decimal. Memory: none.      Threads:
 * any.
 */
#ifndef GPQ_VALUE_DECIMAL_H
#define GPQ_VALUE_DECIMAL_H

#include "base/status.h"
#include "table/cell.h"
#include "table/reject.h"
#include "table/text.h"

/* Texts must be followed by this many readable bytes, whose content does not matter. */
#define GPQ_VALUE_PADDING 32

/* gpq_value_cell() parses 'text' to '*out', which stays as it is where a reason other than GPQ_REJECT_NONE comes back.
 */
enum gpq_reject gpq_value_cell(struct gpq_text text, unsigned scale, int64_t *out);

/*
 * gpq_value_cells() parses a column's texts (of width 1) as gpq_value_cell() does, to out[0] and on, and stops at the first
 * that gives a reason. Returns how many come before that; what stands in 'out' behind them says nothing.
 */
uint32_t gpq_value_cells(const struct gpq_text_column *column, unsigned scale, int64_t *out);

/* gpq_value_cell_sums() is the same for each of 'count' rows, cells standing in up to GPQ_VALUE_SUM_COLUMNS columns; signs are
 * 1 or -1. 'out' is none of the columns. */
#define GPQ_VALUE_SUM_COLUMNS 8
void gpq_value_cell_sums(const int64_t *const *columns, const int8_t *signs, unsigned n_columns, uint32_t count,
			 unsigned scale, int64_t *out);

/*
 * gpq_value_totals_hold() tells whether in each of the rows [from, from + count) all cells are decimals and that of the first
 * column is the sum of the others, of which there are up to four, to 'slack' units of their scale (below 2^50).
 */
bool gpq_value_totals_hold(const int64_t *const *columns, unsigned n_columns, uint32_t from, uint32_t count,
			   int64_t slack);

/*
 * gpq_value_kernels() gives the same calls for a processor (cpu/features.h): same results, faster. Ask once, call
 * often: the calls above themselves are the portable ones, the reference for the others.
 */
struct gpq_value_kernels {
	enum gpq_reject (*cell)(struct gpq_text text, unsigned scale, int64_t *out);
	uint32_t (*cells)(const struct gpq_text_column *column, unsigned scale, int64_t *out);
	bool (*totals_hold)(const int64_t *const *columns, unsigned n_columns, uint32_t from, uint32_t count,
			    int64_t slack);
};
struct gpq_value_kernels gpq_value_kernels(uint32_t cpu_features);

/* gpq_value_whole() parses a whole number (blanks around, sign, digits, ".0" tolerated) within int32. Empty
 * and "null" give '*out' = 'absent'; all else GPQ_REJECT_VERSION, and '*out' stays as it is. */
enum gpq_reject gpq_value_whole(struct gpq_text text, int32_t absent, int32_t *out);

/*
 * gpq_value_cell_sum() adds cells of one scale exactly in decimal: result = sum of signs[i] * cells[i].
 * A cell that is binary64 counts as its shortest decimal. Null if any cell is null, or where the sum is beyond
 * binary64. The result is a cell by the same rules.
 */
int64_t gpq_value_cell_sum(const int64_t *cells, const int8_t *signs, unsigned count, unsigned scale);

#endif
