// SPDX-License-Identifier: MIT
#include "convert/block_column.h"

/* ---- reading ---- */

/* Cursors only go on: they are opened again where the column is to be read next. */
static enum gpq_status cursors_place(struct gpq_block_column *column, struct gpq_error *err)
{
	for (uint32_t i = 0; i < column->n_cursors; i++) {
		gpq_turned_cursor_close(column->cursor[i]);
		column->cursor[i] = NULL;
		GPQ_TRY(gpq_turned_cursor_open(column->facts->turned, column->facts->budget, column->field[i],
		                               column->row, &column->cursor[i], err));
	}
	return GPQ_OK;
}

enum gpq_status gpq_block_cells_skip(void *context, uint64_t n, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	column->row += n;
	if (column->stretches)
		gpq_stretches_seek(column->stretches, column->row, &column->stretch);
	return cursors_place(column, err);
}

static enum gpq_status column_rewind(void *context, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	column->row = column->from_row;
	if (column->stretches)
		gpq_stretches_seek(column->stretches, column->from_row, &column->stretch);
	return cursors_place(column, err);
}

static enum gpq_status read_constant(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                     struct gpq_error *err)
{
	(void)context;
	(void)err;
	*out = (struct gpq_code_stretch){ .code = 0, .rows = n };
	*out_count = 1;
	return GPQ_OK;
}

static enum gpq_status read_nulls(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                  struct gpq_error *err)
{
	(void)context;
	(void)err;
	*out = (struct gpq_code_stretch){ .code = GPQ_CODE_NULL, .rows = n };
	*out_count = 1;
	return GPQ_OK;
}

/* ---- which column is made how ---- */

static void constant_text(struct gpq_block_column *column, struct gpq_values *values, const char *text)
{
	column->text = gpq_text_of(text);
	values->texts = &column->text;
	values->n_values = 1;
	values->read_stretches = read_constant;
}

static enum gpq_status column_prepare(struct gpq_block_column *column, enum gpq_column_id id, struct gpq_values *values,
                                      struct gpq_error *err)
{
	const struct gpq_dataset_run *run = column->facts->run;
	enum gpq_location_list list = gpq_block_location_list(id, run->dataset->table);
	if (list != GPQ_N_LOCATION_LISTS) {
		gpq_block_location_column(column, values, list);
		return GPQ_OK;
	}
	switch (id) {
	case GPQ_COLUMN_DATETIME_UTC:
	case GPQ_COLUMN_INTERVAL_END_UTC:
	case GPQ_COLUMN_INTERVAL_MINUTES:
	case GPQ_COLUMN_DATETIME_LOCAL:
	case GPQ_COLUMN_UTC_OFFSET_MINUTES:
	case GPQ_COLUMN_DELIVERY_DATE:
	case GPQ_COLUMN_DELIVERY_HOUR:
	case GPQ_COLUMN_DELIVERY_INTERVAL:
		return gpq_block_time_column(column, id, values, err);
	case GPQ_COLUMN_ISO:
		constant_text(column, values, run->market->iso);
		break;
	case GPQ_COLUMN_MARKET_TYPE:
		constant_text(column, values, run->dataset->market_type);
		break;
	case GPQ_COLUMN_DATASET:
		constant_text(column, values, run->dataset->id);
		break;
	case GPQ_COLUMN_LMP_ENERGY:
		if (run->dataset->derives_energy) {
			gpq_block_energy_column(column, values);
			break;
		}
		gpq_block_cell_column(column, values, id);
		break;
	case GPQ_COLUMN_VERSION:
		gpq_block_version_column(column, values);
		break;
	case GPQ_COLUMN_IS_CURRENT:
		gpq_block_current_column(column, values);
		break;
	case GPQ_COLUMN_SOURCE_FILE:
		gpq_block_source_column(column, values);
		break;
	case GPQ_COLUMN_FINALITY:
		gpq_block_finality_column(column, values);
		break;
	default:
		gpq_block_cell_column(column, values, id);
		break;
	}
	return GPQ_OK;
}

size_t gpq_block_column_need(uint32_t slots)
{
	return sizeof(struct gpq_block_column) + gpq_time_list_need(slots) +
	       GPQ_BLOCK_COLUMN_FIELDS * gpq_turned_cursor_need() + GPQ_BUDGET_MAP_BYTES;
}

enum gpq_status gpq_block_column_open(const struct gpq_block_facts *facts, uint32_t column_number, uint64_t from_row,
                                      uint64_t rows, struct gpq_block_column **out, struct gpq_values *out_values,
                                      struct gpq_error *err)
{
	struct gpq_block_column *column = NULL;
	GPQ_TRY(gpq_alloc_zero(facts->budget, GPQ_TAG_CONVERT, sizeof(*column), &column, err));
	column->facts = facts;
	column->from_row = from_row;
	struct gpq_values values = {
		.rows = rows, .coded = true, .context = column, .rewind = column_rewind, .read_stretches = read_nulls,
	};
	const struct gpq_table *table = gpq_table_schema(facts->run->dataset->table);
	enum gpq_status status = column_prepare(column, table->columns[column_number].id, &values, err);
	if (status == GPQ_OK)
		status = column_rewind(column, err);
	if (status != GPQ_OK) {
		gpq_block_column_close(column);
		return status;
	}
	*out = column;
	*out_values = values;
	return GPQ_OK;
}

void gpq_block_column_close(struct gpq_block_column *column)
{
	if (!column)
		return;
	struct gpq_budget *budget = column->facts->budget;
	for (uint32_t i = 0; i < column->n_cursors; i++)
		gpq_turned_cursor_close(column->cursor[i]);
	gpq_time_list_done(&column->times, budget);
	gpq_free(budget, GPQ_TAG_CONVERT, column, sizeof(*column));
}
