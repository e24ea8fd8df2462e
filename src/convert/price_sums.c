// SPDX-License-Identifier: MIT
#include "convert/price_sums.h"

#include "table/cell.h"
#include "value/decimal.h"

#include <math.h>

#define CENT_DECIMALS 2u

const enum gpq_column_id gpq_sum_column_ids[GPQ_SUM_COLUMNS] = { GPQ_COLUMN_LMP_TOTAL, GPQ_COLUMN_LMP_ENERGY,
	                                                         GPQ_COLUMN_LMP_CONGESTION, GPQ_COLUMN_LMP_LOSS,
	                                                         GPQ_COLUMN_LMP_GHG };

unsigned gpq_sums_columns(const struct gpq_dataset *dataset, uint32_t out[GPQ_SUM_COLUMNS])
{
	unsigned n = 0;
	for (int cell = 0; !dataset->derives_energy && n < GPQ_SUM_COLUMNS && cell >= 0; n += cell >= 0) {
		cell = gpq_dataset_cell(dataset, gpq_sum_column_ids[n]);
		out[n] = (uint32_t)cell;
	}
	return n < GPQ_SUM_ALWAYS ? 0 : n;
}

bool gpq_sums_joined(const struct gpq_market *market, const struct gpq_dataset *dataset)
{
	for (uint32_t f = 0; f < market->n_feeds; f++) {
		const struct gpq_feed *feed = market->feeds[f];
		for (int o = 0; o < 2 && feed->n_components; o++)
			if (feed->outputs[o] == dataset)
				return true;
	}
	return false;
}

/* Whether numbers of two decimals at the most may be 'off' units apart by rounding. */
static bool cents_may(const int64_t *parts, unsigned n, unsigned scale, int64_t off)
{
	if (scale <= CENT_DECIMALS)
		return false;
	int64_t cent = (int64_t)gpq_cell_powers[scale - CENT_DECIMALS];
	for (unsigned p = 0; p < n; p++)
		if (!gpq_cell_is_decimal(parts[p]) || parts[p] % cent)
			return false;
	return 2 * off <= (int64_t)n * cent;
}

bool gpq_sum_is_off(const int64_t *parts, unsigned n, unsigned scale, uint32_t slack, int64_t *out_sum, double *out_off)
{
	static const int8_t plus[GPQ_SUM_COLUMNS] = { 1, 1, 1, 1, 1 }, less[GPQ_SUM_COLUMNS] = { 1, -1, -1, -1, -1 };
	int64_t off = gpq_value_cell_sum(parts, less, n, scale);
	*out_sum = gpq_value_cell_sum(parts + 1, plus, n - 1, scale);
	*out_off = 0;
	if (off == GPQ_CELL_NULL || *out_sum == GPQ_CELL_NULL)
		return false;
	*out_off = fabs(gpq_cell_to_double(off, scale));
	if (!gpq_cell_is_decimal(off))
		return *out_off > (double)slack / gpq_cell_powers[scale];
	int64_t units = off < 0 ? -off : off;
	return units > slack && !cents_may(parts, n, scale, units);
}

int64_t gpq_sum_energy(const int64_t *parts, unsigned n, unsigned scale)
{
	static const int8_t signs[GPQ_SUM_COLUMNS] = { 1, -1, -1, -1, -1 };
	return gpq_value_cell_sum(parts, signs, n, scale);
}
