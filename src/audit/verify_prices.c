// SPDX-License-Identifier: MIT
/* Prices of rows: totals against the sums of their components, energy that is derived, standard names of products. */
#include "convert/price_sums.h"
#include "audit/verify_rows.h"
#include "table/cell.h"
#include "value/binary64.h"
#include "value/instant.h"

#include <math.h>
#include <stdio.h>

/* The cell of a column in row i: null also where it is no number. */
static int64_t cell_at(const struct gpq_row_check *check, const struct gpq_parquet_slice *slices, enum gpq_column_id id,
		       uint32_t i, unsigned scale)
{
	const struct gpq_parquet_slice *slice = &slices[check->column[id]];
	double number;
	if (slice->present && !slice->present[i])
		return GPQ_CELL_NULL;
	memcpy(&number, &slice->words[i], sizeof(number));
	return isfinite(number) ? gpq_binary64_cell(number, scale) : GPQ_CELL_NULL;
}

/* Doubles tell all but the few rows that are close to what rounding comes to, or off. */
static bool surely_adds_up(const struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t i,
			   double slack)
{
	double sum = 0, size = 0;
	for (unsigned k = 1; k < GPQ_SUM_COLUMNS; k++) {
		const struct gpq_parquet_slice *slice = &slices[check->column[gpq_sum_column_ids[k]]];
		double number = 0;
		if (!slice->present || slice->present[i])
			memcpy(&number, &slice->words[i], sizeof(number));
		sum += number;
		size += fabs(number);
	}
	double total;
	memcpy(&total, &slices[check->column[GPQ_COLUMN_LMP_TOTAL]].words[i], sizeof(total));
	return fabs(total - sum) + 1e-15 * size <= slack * (1 - 1e-9);
}

static void off_keep(const struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t i, double off,
		     struct gpq_sum_tally *tally)
{
	struct gpq_text name = slices[check->column[GPQ_COLUMN_SETTLEMENT_LOCATION]].texts[i];
	tally->off++;
	if (off <= tally->worst)
		return;
	tally->worst = off;
	tally->worst_us = slices[check->column[GPQ_COLUMN_DATETIME_UTC]].words[i];
	snprintf(tally->worst_name, sizeof(tally->worst_name), "%.*s", (int)(name.len < 63 ? name.len : 63), name.bytes);
}

/* How many of the total and its components a row has, up to the first that it lacks. */
static unsigned parts_known(const struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t i)
{
	unsigned n = 0;
	for (; n < GPQ_SUM_COLUMNS; n++) {
		const struct gpq_parquet_slice *slice = &slices[check->column[gpq_sum_column_ids[n]]];
		if (slice->present && !slice->present[i])
			break;
	}
	return n;
}

static void sums_check(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t rows,
		       unsigned scale)
{
	const int64_t *current = slices[check->column[GPQ_COLUMN_IS_CURRENT]].words;
	const uint32_t *has_last = slices[check->column[gpq_sum_column_ids[GPQ_SUM_ALWAYS]]].present;
	uint32_t slack = check->claims->dataset->sum_slack;
	double widest = (double)slack / gpq_cell_powers[scale];
	for (uint32_t i = 0; i < rows; i++) {
		int64_t parts[GPQ_SUM_COLUMNS], sum;
		double off;
		if (!current[i])
			continue;
		check->group_has_last |= !has_last || has_last[i];
		unsigned n = parts_known(check, slices, i);
		if (n < GPQ_SUM_ALWAYS)
			continue;
		struct gpq_sum_tally *tally = &check->group_sums[n > GPQ_SUM_ALWAYS];
		tally->rows++;
		if (surely_adds_up(check, slices, i, widest))
			continue;
		for (unsigned k = 0; k < n; k++)
			parts[k] = cell_at(check, slices, gpq_sum_column_ids[k], i, scale);
		if (gpq_sum_is_off(parts, n, scale, slack, &sum, &off))
			off_keep(check, slices, i, off, tally);
	}
}

void gpq_row_check_prices_group_end(struct gpq_row_check *check)
{
	struct gpq_sum_tally *sums = &check->sums, *more = &check->group_sums[check->group_has_last];
	uint64_t rows = sums->rows + more->rows, off = sums->off + more->off;
	if (more->worst > sums->worst)
		*sums = *more;
	sums->rows = rows;
	sums->off = off;
	memset(check->group_sums, 0, sizeof(check->group_sums));
	check->group_has_last = false;
}

static void derived_say(struct gpq_row_check *check, int64_t energy, int64_t wanted, unsigned scale, uint32_t group,
			uint64_t row)
{
	char text[2][40] = { "null", "null" };
	if (energy != GPQ_CELL_NULL)
		snprintf(text[0], sizeof(text[0]), "%.17g", gpq_cell_to_double(energy, scale));
	if (wanted != GPQ_CELL_NULL)
		snprintf(text[1], sizeof(text[1]), "%.17g", gpq_cell_to_double(wanted, scale));
	struct gpq_place place = { .group = group, .row = (int64_t)row, .byte = -1, .column = "lmp_energy" };
	gpq_findings_say(check->findings, GPQ_FINDING_VALUE, place,
			 "%s, lmp_total less the other components is %s", text[0], text[1]);
}

/* Energy is what the others leave, to the last bit (RULES 15). */
static void derived_check(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			  uint64_t row, uint32_t rows, unsigned scale)
{
	const struct gpq_dataset *dataset = check->claims->dataset;
	for (uint32_t i = 0; i < rows; i++) {
		int64_t parts[GPQ_SUM_COLUMNS];
		unsigned n = 0;
		for (unsigned k = 0; k < GPQ_SUM_COLUMNS; k++) {
			enum gpq_column_id id = gpq_sum_column_ids[k];
			if (id != GPQ_COLUMN_LMP_ENERGY && gpq_dataset_cell(dataset, id) >= 0)
				parts[n++] = cell_at(check, slices, id, i, scale);
		}
		int64_t energy = cell_at(check, slices, GPQ_COLUMN_LMP_ENERGY, i, scale);
		int64_t wanted = gpq_sum_energy(parts, n, scale);
		if (energy != wanted)
			derived_say(check, energy, wanted, scale, group, row + i);
	}
}

static void energy_prices(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			  uint64_t row, uint32_t rows)
{
	const struct gpq_dataset *dataset = check->claims->dataset;
	uint32_t columns[GPQ_SUM_COLUMNS];
	int total = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_TOTAL);
	if (total < 0)
		return;
	unsigned scale = dataset->cells[total].scale;
	if (dataset->derives_energy)
		derived_check(check, slices, group, row, rows, scale);
	else if (gpq_sums_columns(dataset, columns))
		sums_check(check, slices, rows, scale);
}

/* A product's standard name is what the market's table says. */
static void standards_check(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			    uint64_t row, uint32_t rows)
{
	const struct gpq_text *products = slices[check->column[GPQ_COLUMN_AS_PRODUCT]].texts;
	const struct gpq_text *standards = slices[check->column[GPQ_COLUMN_AS_PRODUCT_STANDARD]].texts;
	for (uint32_t i = 0; i < rows; i++) {
		if (i && products[i].bytes == products[i - 1].bytes && standards[i].bytes == standards[i - 1].bytes)
			continue;
		struct gpq_text wanted =
		    gpq_text_of(gpq_market_product_standard(check->claims->market, products[i]));
		if (gpq_text_compare(standards[i], wanted) == 0)
			continue;
		struct gpq_place place = { .group = group, .row = (int64_t)(row + i), .byte = -1, .column = NULL };
		gpq_findings_say(check->findings, GPQ_FINDING_VALUE, place,
				 "as_product_standard of '%.*s' is '%.*s', the market's table has '%s'",
				 (int)(products[i].len < 60 ? products[i].len : 60), products[i].bytes,
				 (int)(standards[i].len < 60 ? standards[i].len : 60),
				 standards[i].bytes ? standards[i].bytes : "", wanted.bytes ? wanted.bytes : "");
	}
}

void gpq_row_check_prices(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			  uint64_t row, uint32_t rows)
{
	const struct gpq_file_claims *claims = check->claims;
	if (!claims->dataset || claims->dataset->table != claims->table->id)
		return;
	if (claims->table->id == GPQ_TABLE_ENERGY)
		energy_prices(check, slices, group, row, rows);
	else
		standards_check(check, slices, group, row, rows);
}

void gpq_row_check_prices_end(struct gpq_row_check *check)
{
	const struct gpq_sum_tally *sums = &check->sums;
	char stamp[24] = "?";
	if (!sums->off)
		return;
	if (sums->worst_us > 0)
		gpq_stamp_print(sums->worst_us / 1000000, stamp);
	gpq_findings_note(check->findings,
			  "in %llu of %llu rows lmp_total is not the sum of its components; the most by %.6g: %s at %s",
			  (unsigned long long)sums->off, (unsigned long long)sums->rows, sums->worst, sums->worst_name,
			  stamp);
}
