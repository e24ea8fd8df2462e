// SPDX-License-Identifier: MIT
#include "value/bignum.h"
#include "value/binary64.h"
#include "value/decimal.h"

#include <math.h>

/* Digits and exponents of gpq_binary64_shortest() never reach below 10^-324, so every cell is whole in this unit. */
#define UNIT_POWER 324

/* |cell| * |sign| as digits * 10^exponent. */
static struct gpq_binary64_digits cell_digits(int64_t cell, unsigned scale, bool *out_negative)
{
	if (gpq_cell_is_decimal(cell)) {
		*out_negative = cell < 0;
		return (struct gpq_binary64_digits){ (uint64_t)(cell < 0 ? -cell : cell), -(int32_t)scale };
	}
	double number = gpq_cell_to_double(cell, scale);
	*out_negative = number < 0;
	return gpq_binary64_shortest(fabs(number));
}

/* The sum where some cell, or the sum itself, is no decimal at 'scale': in whole units of 10^-324, nothing is lost. */
static int64_t sum_big(const int64_t *cells, const int8_t *signs, unsigned count, unsigned scale)
{
	struct gpq_bignum total[2]; /* what counts up, what counts down */
	gpq_bignum_set(&total[0], 0);
	gpq_bignum_set(&total[1], 0);
	for (unsigned i = 0; i < count; i++) {
		bool negative;
		struct gpq_binary64_digits term = cell_digits(cells[i], scale, &negative);
		unsigned times = (unsigned)(signs[i] < 0 ? -signs[i] : signs[i]);
		struct gpq_bignum units;
		gpq_bignum_set(&units, term.digits * times); /* below 10^17 * 128 < 2^64 */
		gpq_bignum_multiply_five(&units, (uint32_t)(term.exponent + UNIT_POWER));
		gpq_bignum_shift(&units, (uint32_t)(term.exponent + UNIT_POWER));
		gpq_bignum_add(&total[negative != (signs[i] < 0)], &units);
	}
	int order = gpq_bignum_compare(&total[0], &total[1]);
	if (!order)
		return 0;
	struct gpq_bignum *above = &total[order < 0], below;
	gpq_bignum_subtract(above, &total[order > 0]);
	gpq_bignum_set(&below, 1);
	gpq_bignum_multiply_five(&below, UNIT_POWER);
	struct gpq_bignum_ratio ratio = gpq_bignum_divide(above, &below);
	double number = gpq_binary64_round(ratio.significand, ratio.exponent - UNIT_POWER, ratio.inexact);
	return isinf(number) ? GPQ_CELL_NULL : gpq_binary64_cell(order < 0 ? -number : number, scale);
}

int64_t gpq_value_cell_sum(const int64_t *cells, const int8_t *signs, unsigned count, unsigned scale)
{
	__int128 total = 0;
	bool all_decimal = true;
	for (unsigned i = 0; i < count; i++) {
		if (cells[i] == GPQ_CELL_NULL)
			return GPQ_CELL_NULL;
		all_decimal &= gpq_cell_is_decimal(cells[i]);
		total += (__int128)cells[i] * signs[i];
	}
	if (GPQ_LIKELY(all_decimal && total > -GPQ_CELL_LIMIT && total < GPQ_CELL_LIMIT))
		return (int64_t)total;
	return sum_big(cells, signs, count, scale);
}

/* Column by column, so that compilers make vectors of the loops. True where every cell and every sum is a decimal. */
static bool columns_add(const int64_t *const *columns, const int8_t *signs, unsigned n_columns, uint32_t count, int64_t *out)
{
	uint64_t beyond = 0, *sum = (uint64_t *)out;
	for (uint32_t i = 0; i < count; i++)
		sum[i] = 0;
	for (unsigned k = 0; k < n_columns; k++) {
		uint64_t sign = (uint64_t)(int64_t)signs[k];
		for (uint32_t i = 0; i < count; i++) {
			beyond |= (uint64_t)columns[k][i] + (uint64_t)(GPQ_CELL_LIMIT - 1);
			sum[i] = sign == 1 ? sum[i] + (uint64_t)columns[k][i] : sum[i] - (uint64_t)columns[k][i];
		}
	}
	for (uint32_t i = 0; i < count; i++)
		beyond |= sum[i] + (uint64_t)(GPQ_CELL_LIMIT - 1);
	return beyond < (uint64_t)GPQ_CELL_LIMIT * 2;
}

void gpq_value_cell_sums(const int64_t *const *columns, const int8_t *signs, unsigned n_columns, uint32_t count,
			 unsigned scale, int64_t *out)
{
	int64_t row[GPQ_VALUE_SUM_COLUMNS];
	if (columns_add(columns, signs, n_columns, count, out))
		return;
	for (uint32_t i = 0; i < count; i++) {
		for (unsigned k = 0; k < n_columns; k++)
			row[k] = columns[k][i];
		out[i] = gpq_value_cell_sum(row, signs, n_columns, scale);
	}
}
