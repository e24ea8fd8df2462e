// SPDX-License-Identifier: MIT
#include "convert/block_sums.h"

#include "table/cell.h"
#include "value/decimal.h"

#include <string.h>

#define MAYBE_PART GPQ_SUM_ALWAYS

struct summing {
	const struct gpq_block_facts *facts;
	uint32_t cells;   /* bits of the columns looked at */
	unsigned n_parts; /* 0: sums are not checked */
	uint32_t part[GPQ_SUM_COLUMNS];
	unsigned scale;
	uint32_t slack;
	/* With and without the part that may be unpublished: only at the end it is known whether rows without it lack it. */
	struct gpq_block_sums sums[2];
	uint64_t rows_of[1u << GPQ_MAX_CELLS]; /* by which cells are known */
	/* read with cursors: the piece begins at output row 'row'; rows that are not current are left out of it */
	bool in_order;
	uint64_t row;
	uint32_t number[GPQ_TURNED_PIECE_ROWS]; /* behind 'row' */
	struct gpq_turned_cursor *cursor[GPQ_MAX_CELLS], *origins;
	uint32_t origin[GPQ_TURNED_PIECE_ROWS];
	struct gpq_turned_piece piece;
};

size_t gpq_block_sums_need(void)
{
	return sizeof(struct summing) + (GPQ_MAX_CELLS + 2) * gpq_turned_cursor_need() + GPQ_BUDGET_MAP_BYTES;
}

/* ---- the worst ---- */

static int compare_locations(const struct gpq_locations *locations, uint32_t a, uint32_t b)
{
	const struct gpq_location *x = gpq_locations_view(locations, a), *y = gpq_locations_view(locations, b);
	int order = gpq_text_compare(gpq_location_lead(x), gpq_location_lead(y));
	for (int k = 0; k < GPQ_LOCATION_TEXTS && !order; k++)
		order = gpq_text_compare(x->text[k], y->text[k]);
	return order;
}

/* Whether 'row' is named in place of 'worst': never by where it was found. */
static bool is_worse(const struct gpq_sum_row *row, const struct gpq_sum_row *worst, const struct gpq_locations *locations)
{
	if (row->off != worst->off || row->off == 0)
		return row->off > worst->off;
	if (row->start_s != worst->start_s)
		return row->start_s < worst->start_s;
	return compare_locations(locations, row->location, worst->location) < 0;
}

/* Which output row the i-th of a piece is. */
static uint64_t row_number(const struct summing *summing, uint32_t i)
{
	return summing->row + (summing->origins ? summing->number[i] : i);
}

static enum gpq_status field_at(const struct summing *summing, enum gpq_turned_field field, uint64_t row, uint32_t *out,
                                struct gpq_error *err)
{
	struct gpq_turned_cursor *cursor = NULL;
	const struct gpq_block_facts *facts = summing->facts;
	GPQ_TRY(gpq_turned_cursor_open(facts->turned, facts->budget, field, row, &cursor, err));
	enum gpq_status status = gpq_turned_cursor_read(cursor, 1, out, err);
	gpq_turned_cursor_close(cursor);
	return status;
}

static enum gpq_status worst_take(struct summing *summing, struct gpq_block_sums *sums, uint32_t i, double off,
                                  int64_t total, int64_t sum, struct gpq_error *err)
{
	struct gpq_sum_row row = { .off = off, .total = total, .sum = sum };
	if (off < sums->worst.off)
		return GPQ_OK;
	if (summing->in_order) {
		GPQ_TRY(field_at(summing, GPQ_TURNED_START, row_number(summing, i), &row.start_s, err));
		GPQ_TRY(field_at(summing, GPQ_TURNED_LOCATION, row_number(summing, i), &row.location, err));
	} else {
		gpq_turned_piece_row(summing->facts->turned, &summing->piece, i, &row.start_s, &row.location);
	}
	if (is_worse(&row, &sums->worst, summing->facts->run->locations))
		sums->worst = row;
	return GPQ_OK;
}

/* ---- one row ---- */

static enum gpq_status sum_check(struct summing *summing, struct gpq_block_sums *sums, const int64_t *parts, unsigned n,
                                 uint32_t i, struct gpq_error *err)
{
	int64_t sum;
	double off;
	sums->checked++;
	if (!gpq_sum_is_off(parts, n, summing->scale, summing->slack, &sum, &off))
		return GPQ_OK;
	sums->off++;
	return worst_take(summing, sums, i, off, parts[0], sum, err);
}

static enum gpq_status row_take(struct summing *summing, uint32_t i, struct gpq_error *err)
{
	int64_t parts[GPQ_SUM_COLUMNS];
	uint32_t known = 0;
	unsigned n = 0;
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		if (summing->cells >> k & 1 && summing->piece.cell[k][i] != GPQ_CELL_NULL)
			known |= 1u << k;
	summing->rows_of[known]++;
	for (; n < summing->n_parts && known >> summing->part[n] & 1; n++)
		parts[n] = summing->piece.cell[summing->part[n]][i];
	return n < GPQ_SUM_ALWAYS ? GPQ_OK : sum_check(summing, &summing->sums[n > MAYBE_PART], parts, n, i, err);
}

/* ---- many rows ---- */

/* Columns all of whose cells are decimals, or null: bits of 'decimal', and of neither. */
static bool piece_is_even(const struct summing *summing, uint32_t *out_decimal)
{
	const struct gpq_turned_piece *piece = &summing->piece;
	uint32_t mixed = 0;
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		for (uint32_t i = 0; summing->cells >> k & ~piece->decimal >> k & 1 && i < piece->rows; i++)
			mixed |= piece->cell[k][i] != GPQ_CELL_NULL;
	*out_decimal = summing->cells & piece->decimal;
	return !mixed;
}

static enum gpq_status piece_take(struct summing *summing, struct gpq_error *err)
{
	const struct gpq_turned_piece *piece = &summing->piece;
	const int64_t *parts[GPQ_SUM_COLUMNS] = { NULL };
	uint32_t decimal = 0;
	unsigned n = 0;
	bool even = piece_is_even(summing, &decimal);
	for (; n < summing->n_parts && decimal >> summing->part[n] & 1; n++)
		parts[n] = piece->cell[summing->part[n]];
	if (even && (n < GPQ_SUM_ALWAYS || gpq_value_totals_hold(parts, n, 0, piece->rows, summing->slack))) {
		summing->rows_of[decimal] += piece->rows;
		if (n >= GPQ_SUM_ALWAYS)
			summing->sums[n > MAYBE_PART].checked += piece->rows;
		return GPQ_OK;
	}
	for (uint32_t i = 0; i < piece->rows; i++)
		GPQ_TRY(row_take(summing, i, err));
	return GPQ_OK;
}

/* ---- in output order ---- */

static enum gpq_status cursors_open(struct summing *summing, struct gpq_error *err)
{
	const struct gpq_block_facts *facts = summing->facts;
	summing->in_order = true;
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		if (summing->cells >> k & 1)
			GPQ_TRY(gpq_turned_cursor_open(facts->turned, facts->budget, (enum gpq_turned_field)(GPQ_TURNED_CELL + k),
			                               0, &summing->cursor[k], err));
	if (facts->run->rules.keep_revisions)
		return gpq_turned_cursor_open(facts->turned, facts->budget, GPQ_TURNED_INPUT, 0, &summing->origins, err);
	return GPQ_OK;
}

/* As in value/totals.c: of decimals plus 2^51 - 1 no bit above the 52nd is set. */
static bool all_decimal(const int64_t *cells, uint32_t n)
{
	uint64_t beyond = 0;
	for (uint32_t i = 0; i < n; i++)
		beyond |= (uint64_t)cells[i] + (uint64_t)(GPQ_CELL_LIMIT - 1);
	return beyond < (uint64_t)GPQ_CELL_LIMIT * 2;
}

/* Of what was read, the rows that are current: all, where revisions are not kept. */
static void piece_sift(struct summing *summing, uint32_t n)
{
	struct gpq_turned_piece *piece = &summing->piece;
	piece->rows = summing->origins ? 0 : n;
	for (uint32_t i = 0; summing->origins && i < n; i++)
		if (summing->origin[i] & 1)
			summing->number[piece->rows++] = i;
	for (uint32_t k = 0; summing->origins && k < GPQ_MAX_CELLS; k++)
		for (uint32_t i = 0; summing->cursor[k] && i < piece->rows; i++)
			piece->cell[k][i] = piece->cell[k][summing->number[i]];
	piece->decimal = 0;
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		if (summing->cursor[k] && all_decimal(piece->cell[k], piece->rows))
			piece->decimal |= 1u << k;
}

static enum gpq_status rows_read(struct summing *summing, struct gpq_error *err)
{
	uint64_t rows = gpq_turned_rows(summing->facts->turned);
	GPQ_TRY(cursors_open(summing, err));
	for (uint32_t n; summing->row < rows; summing->row += n) {
		uint64_t left = rows - summing->row;
		n = left < GPQ_TURNED_PIECE_ROWS ? (uint32_t)left : GPQ_TURNED_PIECE_ROWS;
		for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
			if (summing->cursor[k])
				GPQ_TRY(gpq_turned_cursor_read(summing->cursor[k], n, summing->piece.cell[k], err));
		if (summing->origins)
			GPQ_TRY(gpq_turned_cursor_read(summing->origins, n, summing->origin, err));
		piece_sift(summing, n);
		GPQ_TRY(piece_take(summing, err));
	}
	return GPQ_OK;
}

/* ---- the block ---- */

static void columns_choose(struct summing *summing)
{
	const struct gpq_dataset *dataset = summing->facts->run->dataset;
	int energy = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_ENERGY);
	summing->n_parts = gpq_sums_columns(dataset, summing->part);
	for (unsigned n = 0; n < summing->n_parts; n++)
		summing->cells |= 1u << summing->part[n];
	if (gpq_sums_joined(summing->facts->run->market, dataset))
		summing->cells = (1u << dataset->n_cells) - 1;
	if (dataset->derives_energy && energy >= 0)
		summing->cells &= ~(1u << energy); /* it is never published */
	summing->scale = summing->n_parts ? dataset->cells[summing->part[0]].scale : 0;
	summing->slack = dataset->sum_slack;
}

/* What the counts come to, once it is known what the block has. */
static void sums_finish(const struct summing *summing, struct gpq_block_sums *out)
{
	const struct gpq_dataset_run *run = summing->facts->run;
	uint32_t published = 0;
	for (uint32_t known = 0; known < 1u << GPQ_MAX_CELLS; known++)
		published |= summing->rows_of[known] ? known : 0;
	bool maybe = summing->n_parts > MAYBE_PART && published >> summing->part[MAYBE_PART] & 1;
	*out = summing->sums[maybe];
	if (!gpq_sums_joined(run->market, run->dataset))
		return;
	for (uint32_t known = 0; known < 1u << GPQ_MAX_CELLS; known++) {
		out->incomplete += known == published ? 0 : summing->rows_of[known];
		for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
			if (published >> k & ~known >> k & 1)
				out->lacking[k] += summing->rows_of[known];
	}
}

enum gpq_status gpq_block_sums_make(const struct gpq_block_facts *facts, struct gpq_block_sums *out,
                                    struct gpq_error *err)
{
	struct summing *summing = NULL;
	*out = (struct gpq_block_sums){ .checked = 0 };
	GPQ_TRY(gpq_alloc_zero(facts->budget, GPQ_TAG_CONVERT, sizeof(*summing), &summing, err));
	summing->facts = facts;
	columns_choose(summing);
	enum gpq_status status = GPQ_OK;
	bool any = false;
	while (summing->cells && status == GPQ_OK &&
	       gpq_turned_piece_next(facts->turned, summing->cells, &summing->piece)) {
		any = true;
		status = piece_take(summing, err);
	}
	if (summing->cells && !any)
		status = rows_read(summing, err);
	if (status == GPQ_OK)
		sums_finish(summing, out);
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		gpq_turned_cursor_close(summing->cursor[k]);
	gpq_turned_cursor_close(summing->origins);
	gpq_free(facts->budget, GPQ_TAG_CONVERT, summing, sizeof(*summing));
	return status;
}

void gpq_block_sums_add(struct gpq_block_sums *sums, const struct gpq_block_sums *more,
                        const struct gpq_locations *locations)
{
	sums->checked += more->checked;
	sums->off += more->off;
	sums->incomplete += more->incomplete;
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		sums->lacking[k] += more->lacking[k];
	if (is_worse(&more->worst, &sums->worst, locations))
		sums->worst = more->worst;
}
