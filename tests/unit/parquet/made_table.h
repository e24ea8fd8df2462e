/*
 * tests/unit/parquet/made_table.h - a table with every type, whose values follow from (seed, column, row) by a formula
 * that tests/interop/check_written.py has as well.
 *
 *   mix(seed, column, row): x = seed * 1000003 + column * 7919 + row; x ^= x >> 33; x *= 0xff51afd7ed558ccd; x ^= x >>
 * 33
 */
#ifndef TESTS_MADE_TABLE_H
#define TESTS_MADE_TABLE_H

#include "base/budget.h"
#include "parquet/writer.h"
#include "table/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum made_column {
	MADE_STAMP,
	MADE_LOCAL,
	MADE_DAY,
	MADE_HOUR,
	MADE_NAME,
	MADE_ZONE,
	MADE_VOLTAGE,
	MADE_CENTS,
	MADE_FULL,
	MADE_NONE,
	MADE_VERSION,
	MADE_FLAG,
	MADE_SOURCE,
	MADE_MAYBE,
	MADE_COLUMNS,
};

static const struct gpq_column made_columns[MADE_COLUMNS] = {
	{ GPQ_COLUMN_DATETIME_UTC, "stamp", GPQ_TYPE_TIMESTAMP_UTC, true, "", "" },
	{ GPQ_COLUMN_DATETIME_LOCAL, "local", GPQ_TYPE_TIMESTAMP_LOCAL, true, "", "" },
	{ GPQ_COLUMN_DELIVERY_DATE, "day", GPQ_TYPE_DATE, true, "", "" },
	{ GPQ_COLUMN_DELIVERY_HOUR, "hour", GPQ_TYPE_INT32, true, "", "" },
	{ GPQ_COLUMN_SETTLEMENT_LOCATION, "name", GPQ_TYPE_STRING, true, "", "" },
	{ GPQ_COLUMN_ZONE, "zone", GPQ_TYPE_STRING, false, "", "" },
	{ GPQ_COLUMN_VOLTAGE_KV, "voltage", GPQ_TYPE_DOUBLE, false, "", "" },
	{ GPQ_COLUMN_LMP_TOTAL, "cents", GPQ_TYPE_DOUBLE, false, "", "" },
	{ GPQ_COLUMN_LMP_LOSS, "full", GPQ_TYPE_DOUBLE, false, "", "" },
	{ GPQ_COLUMN_LMP_GHG, "none", GPQ_TYPE_DOUBLE, false, "", "" },
	{ GPQ_COLUMN_VERSION, "version", GPQ_TYPE_INT32, false, "", "" },
	{ GPQ_COLUMN_IS_CURRENT, "flag", GPQ_TYPE_BOOLEAN, true, "", "" },
	{ GPQ_COLUMN_SOURCE_FILE, "source", GPQ_TYPE_STRING, true, "", "" },
	{ GPQ_COLUMN_FINALITY, "maybe", GPQ_TYPE_BOOLEAN, false, "", "" },
};

static const struct gpq_table made_table = { GPQ_TABLE_ENERGY, "made", made_columns, MADE_COLUMNS };

static inline uint64_t made_mix(uint64_t seed, uint64_t column, uint64_t row)
{
	uint64_t x = seed * 1000003 + column * 7919 + row;
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	return x ^ x >> 33;
}

/* One column of one group. Owns its lists (from the C library: tests only). */
struct made_values {
	struct gpq_values values;
	enum made_column column;
	uint64_t seed, row;
	int64_t *words;
	struct gpq_text *texts;
	char *bytes;
	int rewinds;
};

static inline uint32_t made_code(const struct made_values *made, uint64_t row)
{
	uint64_t mixed = made_mix(made->seed, made->column, row);
	switch (made->column) {
	case MADE_STAMP:
	case MADE_LOCAL:
		return (uint32_t)(row / 7 % 2016);
	case MADE_DAY:
		return (uint32_t)(row % 3);
	case MADE_HOUR:
		return (uint32_t)(mixed % 24 + 1);
	case MADE_NAME:
		return (uint32_t)(row / 50 % 3000);
	case MADE_ZONE:
		return mixed % 6 == 5 ? GPQ_CODE_NULL : (uint32_t)(mixed % 6);
	case MADE_VOLTAGE:
		return mixed % 8 >= 5 ? GPQ_CODE_NULL : (uint32_t)(mixed % 8);
	case MADE_FLAG:
		return (uint32_t)(mixed & 1);
	case MADE_SOURCE:
		return (uint32_t)row;
	case MADE_MAYBE:
		return mixed % 3 == 2 ? GPQ_CODE_NULL : (uint32_t)(mixed % 3);
	default:
		return GPQ_CODE_NULL;
	}
}

static inline int64_t made_cell(const struct made_values *made, uint64_t row)
{
	uint64_t mixed = made_mix(made->seed, made->column, row);
	switch (made->column) {
	case MADE_CENTS:
		return (mixed >> 40) % 50 == 0 ? GPQ_CELL_NULL : (int64_t)(mixed % 4001) - 1000;
	case MADE_FULL:
		if (row % 997 == 5)
			return gpq_cell_of_double(1e-12 * (double)(row + 1));
		return (int64_t)(mixed % 100000000) - 30000000;
	case MADE_LOCAL:
		return made->words[made_code(made, row)];
	case MADE_VERSION:
		return row % 2 == 0 ? GPQ_CELL_NULL : (int64_t)(mixed % 3) + 1;
	default:
		return GPQ_CELL_NULL;
	}
}

static inline enum gpq_status made_rewind(void *context, struct gpq_error *err)
{
	(void)err;
	struct made_values *made = context;
	made->row = 0;
	made->rewinds++;
	return GPQ_OK;
}

static inline enum gpq_status made_read_codes(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct made_values *made = context;
	if (made->row + n > made->values.rows)
		return gpq_fail(err, GPQ_E_BUG, "read beyond the rows");
	for (uint32_t i = 0; i < n; i++)
		out[i] = made_code(made, made->row++);
	return GPQ_OK;
}

static inline enum gpq_status made_read_cells(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct made_values *made = context;
	if (made->row + n > made->values.rows)
		return gpq_fail(err, GPQ_E_BUG, "read beyond the rows");
	for (uint32_t i = 0; i < n; i++)
		out[i] = made_cell(made, made->row++);
	return GPQ_OK;
}

static inline void made_texts(struct made_values *made, uint32_t n, size_t each, const char *format)
{
	made->bytes = calloc(n, each); /* tests lengthen texts into what stands behind them */
	made->texts = calloc(n, sizeof(*made->texts));
	for (uint32_t i = 0; i < n; i++) {
		char *at = made->bytes + i * each;
		int len = snprintf(at, each, format, i, i);
		made->texts[i] = (struct gpq_text){ at, (uint32_t)len };
	}
	made->values.n_values = n;
	made->values.texts = made->texts;
}

static inline void made_words(struct made_values *made, uint32_t n, int64_t from, int64_t step)
{
	made->words = calloc(n, sizeof(*made->words));
	for (uint32_t i = 0; i < n; i++)
		made->words[i] = from + (int64_t)i * step;
	made->values.n_values = n;
	made->values.words = made->words;
}

static inline void made_init(struct made_values *made, enum made_column column, uint64_t seed, uint64_t rows)
{
	static const int64_t voltages[] = { 115000, 230000, 345000, 500500, 765000 };
	static const char *const zones[] = { "", "EAST", "WEST", "zed", "\xC3\x84land" };
	memset(made, 0, sizeof(*made));
	made->column = column;
	made->seed = seed;
	made->values = (struct gpq_values){ .rows = rows,
					    .coded = true,
					    .context = made,
					    .rewind = made_rewind,
					    .read_codes = made_read_codes,
					    .read_cells = made_read_cells };
	switch (column) {
	case MADE_STAMP:
		made_words(made, 2016, INT64_C(1704067200000000), 300000000);
		break;
	case MADE_LOCAL:
		made_words(made, 2016, INT64_C(1704067200000000) - INT64_C(18000000000), 300000000);
		made->values.coded = seed % 2 == 0; /* stamps are listed or come one by one */
		break;
	case MADE_DAY:
		made_words(made, 7, 19723, 1);
		break;
	case MADE_HOUR:
		made_words(made, 26, 0, 1);
		break;
	case MADE_NAME:
		made_texts(made, 3000, 16, "NODE_%05u");
		break;
	case MADE_ZONE:
		made->texts = calloc(5, sizeof(*made->texts));
		for (int i = 0; i < 5; i++)
			made->texts[i] = gpq_text_of(zones[i]);
		made->values.texts = made->texts;
		made->values.n_values = 5;
		break;
	case MADE_VOLTAGE:
		made->values.words = voltages;
		made->values.n_values = 5;
		made->values.scale = 3;
		break;
	case MADE_SOURCE:
		made_texts(made, (uint32_t)rows, 48, "file_%09u.csv!member_%09u");
		break;
	case MADE_FLAG:
	case MADE_MAYBE:
		made_words(made, 2, 0, 1);
		break;
	default:
		made->values.coded = false;
		made->values.scale = column == MADE_CENTS ? 2 : column == MADE_FULL ? 6 : 0;
		break;
	}
}

static inline void made_done(struct made_values *made)
{
	free(made->words);
	free(made->texts);
	free(made->bytes);
}

#endif
