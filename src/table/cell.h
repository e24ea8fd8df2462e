/*
 * table/cell.h - one number of a row in eight bytes: a scaled decimal, a binary64, or null.
 *
 *   -2^51 < cell < 2^51      the decimal cell / 10^scale, the scale being that of the dataset's column
 *   cell == -2^51            null
 *   every other cell         the binary64 whose bits are cell + 0x7FF8000000000000 (mod 2^64)
 *
 * The bit patterns that the first two lines take are those of +inf and the positive NaNs, which no number that we accept
 * has, so the three cases never meet. Below 2^53 both mantissa and power of ten are exact in binary64, so one division
 * gives the correctly rounded number. A number has exactly one cell (gpq_value_cell() prefers the decimal), hence:
 * equal cells <=> equal as binary64.
 */
#ifndef GPQ_TABLE_CELL_H
#define GPQ_TABLE_CELL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define GPQ_CELL_LIMIT ((int64_t)1 << 51)
#define GPQ_CELL_NULL (-GPQ_CELL_LIMIT)
#define GPQ_CELL_BIAS UINT64_C(0x7FF8000000000000)
#define GPQ_CELL_MAX_SCALE 15

static const double gpq_cell_powers[GPQ_CELL_MAX_SCALE + 1] = { 1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
	                                                        1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };

static inline bool gpq_cell_is_decimal(int64_t cell)
{
	return cell > -GPQ_CELL_LIMIT && cell < GPQ_CELL_LIMIT;
}

static inline int64_t gpq_cell_of_double(double number) /* finite, and no decimal at the column's scale */
{
	uint64_t bits;
	memcpy(&bits, &number, sizeof(bits));
	return (int64_t)(bits - GPQ_CELL_BIAS);
}

static inline int64_t gpq_cell_negated(int64_t cell) /* null stays null, and zero is +0.0 */
{
	if (cell == GPQ_CELL_NULL)
		return cell;
	return gpq_cell_is_decimal(cell) ? -cell : (int64_t)((uint64_t)cell ^ (uint64_t)1 << 63);
}

static inline double gpq_cell_to_double(int64_t cell, unsigned scale) /* not for null */
{
	if (gpq_cell_is_decimal(cell))
		return (double)cell / gpq_cell_powers[scale];
	uint64_t bits = (uint64_t)cell + GPQ_CELL_BIAS;
	double number;
	memcpy(&number, &bits, sizeof(number));
	return number;
}

#endif
