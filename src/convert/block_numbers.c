// SPDX-License-Identifier: MIT
/* Prices and quantities as they are, energy that is derived from them, versions. */
#include "convert/block_column.h"

#include "table/cell.h"
#include "value/decimal.h"

static enum gpq_status read_cells(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	column->row += n;
	return gpq_turned_cursor_read(column->cursor[0], n, out, err);
}

static enum gpq_status read_versions(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < GPQ_BLOCK_PIECE_ROWS ? n - done : GPQ_BLOCK_PIECE_ROWS;
		if (column->stretches)
			gpq_stretches_read(column->stretches, &column->stretch, piece, column->piece);
		else
			GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], piece, column->piece, err));
		for (uint32_t i = 0; i < piece; i++) {
			int32_t version = (int32_t)column->piece[i];
			out[done + i] = version == GPQ_VERSION_NONE ? GPQ_CELL_NULL : version;
		}
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

static enum gpq_status read_version_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                              struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	column->row += n;
	while (n) {
		uint32_t word = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &word);
		count = stretch_put(out, count, gpq_version_list_code(&column->versions, (int32_t)word), rows);
		n -= rows;
	}
	*out_count = count;
	return GPQ_OK;
}

/* Energy that is not published: the sum of the parts with their signs, exactly (RULES 15). */
static enum gpq_status read_derived(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	const int64_t *parts[GPQ_BLOCK_COLUMN_FIELDS];
	for (uint32_t k = 0; k < column->n_cursors; k++)
		parts[k] = column->cells[k];
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < GPQ_BLOCK_PIECE_ROWS ? n - done : GPQ_BLOCK_PIECE_ROWS;
		for (uint32_t k = 0; k < column->n_cursors; k++)
			GPQ_TRY(gpq_turned_cursor_read(column->cursor[k], piece, column->cells[k], err));
		gpq_value_cell_sums(parts, column->signs, column->n_cursors, piece, column->scale, out + done);
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

void gpq_block_cell_column(struct gpq_block_column *column, struct gpq_values *values, enum gpq_column_id id)
{
	const struct gpq_dataset *dataset = column->facts->run->dataset;
	int cell = gpq_dataset_cell(dataset, id);
	if (cell < 0)
		return;
	values->coded = false;
	values->read_stretches = NULL;
	values->scale = dataset->cells[cell].scale;
	column->n_cursors = 1;
	column->field[0] = (enum gpq_turned_field)(GPQ_TURNED_CELL + cell);
	values->read_cells = read_cells;
	values->skip = gpq_block_cells_skip;
}

void gpq_block_energy_column(struct gpq_block_column *column, struct gpq_values *values)
{
	static const struct {
		enum gpq_column_id id;
		int8_t sign;
	} parts[GPQ_BLOCK_COLUMN_FIELDS] = {
		{ GPQ_COLUMN_LMP_TOTAL, 1 },
		{ GPQ_COLUMN_LMP_CONGESTION, -1 },
		{ GPQ_COLUMN_LMP_LOSS, -1 },
		{ GPQ_COLUMN_LMP_GHG, -1 },
	};
	const struct gpq_dataset *dataset = column->facts->run->dataset;
	for (uint32_t i = 0; i < GPQ_BLOCK_COLUMN_FIELDS; i++) {
		int cell = gpq_dataset_cell(dataset, parts[i].id);
		if (cell < 0)
			continue;
		column->field[column->n_cursors] = (enum gpq_turned_field)(GPQ_TURNED_CELL + cell);
		column->signs[column->n_cursors++] = parts[i].sign;
		column->scale = dataset->cells[cell].scale;
	}
	values->coded = false;
	values->read_stretches = NULL;
	values->scale = column->scale;
	values->read_cells = read_derived;
	values->skip = gpq_block_cells_skip;
}

void gpq_block_version_column(struct gpq_block_column *column, struct gpq_values *values)
{
	values->coded = false;
	values->read_stretches = NULL;
	values->read_cells = read_versions;
	values->skip = gpq_block_cells_skip;
	if (!column_from_stretches(column, &column->facts->versions)) {
		column_from_field(column, GPQ_TURNED_VERSION);
	} else if (gpq_version_list_init(&column->versions, column->stretches)) {
		values->read_stretches = read_version_stretches;
		values->words = column->versions.words;
		values->n_values = column->versions.n_words;
	}
}
