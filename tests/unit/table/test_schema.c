// SPDX-License-Identifier: MIT
#include "table/dataset.h"
#include "table/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct wanted {
	const char *name, *type;
	bool required;
};

#define STAMP_UTC   "TIMESTAMP(MICROS, UTC)"
#define STAMP_LOCAL "TIMESTAMP(MICROS, not UTC)"
#define TIME_COLUMNS                                                                                                   \
	{ "datetime_utc", STAMP_UTC, true }, { "interval_end_utc", STAMP_UTC, true },                                  \
	    { "interval_minutes", "INT32", true }, { "datetime_local", STAMP_LOCAL, true },                            \
	    { "utc_offset_minutes", "INT32", true }, { "delivery_date", "DATE", true },                                \
	    { "delivery_hour", "INT32", true }, { "delivery_interval", "INT32", true }, { "iso", "STRING", true },     \
	    { "market_type", "STRING", true },                                                                         \
	{                                                                                                              \
		"dataset", "STRING", true                                                                              \
	}
#define ORIGIN_COLUMNS                                                                                                 \
	{ "version", "INT32", false }, { "is_current", "BOOLEAN", true }, { "source_file", "STRING", true },           \
	{                                                                                                              \
		"finality", "STRING", false                                                                            \
	}

/* Written down from the design's page, not from the code. */
static const struct wanted energy[] = {
	TIME_COLUMNS,
	{ "settlement_location", "STRING", true },
	{ "settlement_location_id", "STRING", false },
	{ "settlement_location_type", "STRING", false },
	{ "zone", "STRING", false },
	{ "voltage_kv", "DOUBLE", false },
	{ "lmp_total", "DOUBLE", false },
	{ "lmp_energy", "DOUBLE", false },
	{ "lmp_congestion", "DOUBLE", false },
	{ "lmp_loss", "DOUBLE", false },
	{ "lmp_ghg", "DOUBLE", false },
	ORIGIN_COLUMNS,
};
static const struct wanted ancillary[] = {
	TIME_COLUMNS,
	{ "as_product", "STRING", true },
	{ "as_product_standard", "STRING", false },
	{ "as_region", "STRING", false },
	{ "settlement_location", "STRING", false },
	{ "market_clearing_price", "DOUBLE", false },
	{ "cleared_quantity_mw", "DOUBLE", false },
	{ "requirement_mw", "DOUBLE", false },
	{ "unit", "STRING", false },
	ORIGIN_COLUMNS,
};

static void table_matches(enum gpq_table_id id, const char *name, const struct wanted *wanted, uint32_t count)
{
	const struct gpq_table *table = gpq_table_schema(id);
	assert_int_equal(table->id, id);
	assert_string_equal(table->name, name);
	assert_int_equal(table->n_columns, count);
	for (uint32_t k = 0; k < count; k++) {
		assert_string_equal(table->columns[k].name, wanted[k].name);
		assert_string_equal(gpq_type_name(table->columns[k].type), wanted[k].type);
		assert_int_equal(table->columns[k].required, wanted[k].required);
		assert_non_null(table->columns[k].unit);
		size_t len = strlen(table->columns[k].doc);
		assert_true(len > 8 && table->columns[k].doc[len - 1] == '.');
	}
}

static void the_two_tables_are_those_of_the_design(void **state)
{
	(void)state;
	table_matches(GPQ_TABLE_ENERGY, "energy", energy, sizeof(energy) / sizeof(energy[0]));
	table_matches(GPQ_TABLE_ANCILLARY, "ancillary", ancillary, sizeof(ancillary) / sizeof(ancillary[0]));
}

static void a_column_has_one_name_and_type_in_both_tables(void **state)
{
	(void)state;
	const struct gpq_column *seen[GPQ_N_COLUMNS] = { NULL };
	for (int t = 0; t < GPQ_N_TABLES; t++) {
		const struct gpq_table *table = gpq_table_schema((enum gpq_table_id)t);
		bool here[GPQ_N_COLUMNS] = { false };
		for (uint32_t k = 0; k < table->n_columns; k++) {
			const struct gpq_column *column = &table->columns[k];
			assert_true((unsigned)column->id < GPQ_N_COLUMNS);
			assert_false(here[column->id]);
			here[column->id] = true;
			if (seen[column->id]) {
				assert_string_equal(seen[column->id]->name, column->name);
				assert_int_equal(seen[column->id]->type, column->type);
			}
			seen[column->id] = column;
		}
	}
	for (int id = 0; id < GPQ_N_COLUMNS; id++)
		assert_non_null(seen[id]);
}

static void a_datasets_cells_are_found_by_column(void **state)
{
	(void)state;
	const struct gpq_dataset dataset = {
		.cells = { { GPQ_COLUMN_LMP_TOTAL, 6 }, { GPQ_COLUMN_LMP_LOSS, 6 } },
		.n_cells = 2,
	};
	assert_int_equal(gpq_dataset_cell(&dataset, GPQ_COLUMN_LMP_TOTAL), 0);
	assert_int_equal(gpq_dataset_cell(&dataset, GPQ_COLUMN_LMP_LOSS), 1);
	assert_int_equal(gpq_dataset_cell(&dataset, GPQ_COLUMN_LMP_ENERGY), -1);
	assert_int_equal(gpq_dataset_cell(&dataset, GPQ_COLUMN_DATETIME_UTC), -1); /* 0, as unused cells are */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_two_tables_are_those_of_the_design),
		cmocka_unit_test(a_column_has_one_name_and_type_in_both_tables),
		cmocka_unit_test(a_datasets_cells_are_found_by_column),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
