// SPDX-License-Identifier: MIT
/* What a row's location tells: names, ids, types, zones, products, voltages. */
#include "convert/block_column.h"

static enum gpq_status read_location_stretches(void *context, uint32_t n, struct gpq_code_stretch *out,
                                               uint32_t *out_count, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	while (n) {
		uint32_t location = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &location);
		count = stretch_put(out, count, column->number[location], rows);
		n -= rows;
	}
	*out_count = count;
	return GPQ_OK;
}

static enum gpq_status read_by_location(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	for (uint32_t i = 0; i < n; i++)
		out[i] = column->number[out[i]];
	return GPQ_OK;
}

enum gpq_location_list gpq_block_location_list(enum gpq_column_id id, enum gpq_table_id table)
{
	switch (id) {
	case GPQ_COLUMN_SETTLEMENT_LOCATION: /* of ancillary rows: the resource */
		return table == GPQ_TABLE_ENERGY ? GPQ_LIST_TEXT0 : GPQ_LIST_TEXT2;
	case GPQ_COLUMN_AS_PRODUCT:
		return GPQ_LIST_TEXT0;
	case GPQ_COLUMN_SETTLEMENT_LOCATION_ID:
	case GPQ_COLUMN_AS_REGION:
		return GPQ_LIST_TEXT1;
	case GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE:
		return GPQ_LIST_TEXT2;
	case GPQ_COLUMN_ZONE:
	case GPQ_COLUMN_UNIT:
		return GPQ_LIST_TEXT3;
	case GPQ_COLUMN_AS_PRODUCT_STANDARD:
		return GPQ_LIST_STANDARD;
	case GPQ_COLUMN_VOLTAGE_KV:
		return GPQ_LIST_VOLTAGE;
	default:
		return GPQ_N_LOCATION_LISTS;
	}
}

void gpq_block_location_column(struct gpq_block_column *column, struct gpq_values *values, enum gpq_location_list list)
{
	const struct gpq_location_lists *lists = column->facts->lists;
	column->number = lists->number[list];
	values->n_values = lists->n_values[list];
	if (list == GPQ_LIST_VOLTAGE) {
		values->words = lists->voltages;
		values->scale = GPQ_VOLTAGE_SCALE;
	} else {
		values->texts = lists->texts[list];
	}
	if (column_from_stretches(column, &column->facts->locations)) {
		values->read_stretches = read_location_stretches;
	} else {
		column_from_field(column, GPQ_TURNED_LOCATION);
		column_from_rows(values, read_by_location);
	}
}
