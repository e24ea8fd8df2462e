/*
 * table/schema.h - the two output tables: their columns, in order, with type and meaning (docs/OUTPUT.md).
 * Knows: columns and types.      Not: where values come from, how they are stored.
 */
#ifndef GPQ_TABLE_SCHEMA_H
#define GPQ_TABLE_SCHEMA_H

#include "base/status.h"

#define GPQ_SCHEMA_VERSION 1

enum gpq_table_id { GPQ_TABLE_ENERGY, GPQ_TABLE_ANCILLARY, GPQ_N_TABLES };

enum gpq_type {
	GPQ_TYPE_INT32,
	GPQ_TYPE_DATE,            /* INT32 days since 1970-01-01 */
	GPQ_TYPE_TIMESTAMP_UTC,   /* INT64 microseconds since 1970-01-01T00:00:00Z */
	GPQ_TYPE_TIMESTAMP_LOCAL, /* INT64 microseconds, wall clock, not adjusted to UTC */
	GPQ_TYPE_DOUBLE,
	GPQ_TYPE_BOOLEAN,
	GPQ_TYPE_STRING,          /* UTF-8 */
};

static inline bool gpq_type_is_timestamp(enum gpq_type type)
{
	return type == GPQ_TYPE_TIMESTAMP_UTC || type == GPQ_TYPE_TIMESTAMP_LOCAL;
}

/* Every column of either table. */
enum gpq_column_id {
	GPQ_COLUMN_DATETIME_UTC,
	GPQ_COLUMN_INTERVAL_END_UTC,
	GPQ_COLUMN_INTERVAL_MINUTES,
	GPQ_COLUMN_DATETIME_LOCAL,
	GPQ_COLUMN_UTC_OFFSET_MINUTES,
	GPQ_COLUMN_DELIVERY_DATE,
	GPQ_COLUMN_DELIVERY_HOUR,
	GPQ_COLUMN_DELIVERY_INTERVAL,
	GPQ_COLUMN_ISO,
	GPQ_COLUMN_MARKET_TYPE,
	GPQ_COLUMN_DATASET,
	GPQ_COLUMN_SETTLEMENT_LOCATION,
	GPQ_COLUMN_SETTLEMENT_LOCATION_ID,
	GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE,
	GPQ_COLUMN_ZONE,
	GPQ_COLUMN_VOLTAGE_KV,
	GPQ_COLUMN_LMP_TOTAL,
	GPQ_COLUMN_LMP_ENERGY,
	GPQ_COLUMN_LMP_CONGESTION,
	GPQ_COLUMN_LMP_LOSS,
	GPQ_COLUMN_LMP_GHG,
	GPQ_COLUMN_AS_PRODUCT,
	GPQ_COLUMN_AS_PRODUCT_STANDARD,
	GPQ_COLUMN_AS_REGION,
	GPQ_COLUMN_MARKET_CLEARING_PRICE,
	GPQ_COLUMN_CLEARED_QUANTITY_MW,
	GPQ_COLUMN_REQUIREMENT_MW,
	GPQ_COLUMN_UNIT,
	GPQ_COLUMN_VERSION,
	GPQ_COLUMN_IS_CURRENT,
	GPQ_COLUMN_SOURCE_FILE,
	GPQ_COLUMN_FINALITY,
	GPQ_N_COLUMNS,
};

struct gpq_column {
	enum gpq_column_id id;
	const char *name;
	enum gpq_type type;
	bool required;    /* never null: Parquet REQUIRED */
	const char *unit; /* "" where it has none */
	const char *doc;  /* one sentence */
};

struct gpq_table {
	enum gpq_table_id id;
	const char *name; /* "energy", "ancillary" */
	const struct gpq_column *columns;
	uint32_t n_columns;
};

/* The table with an id. Static storage. */
const struct gpq_table *gpq_table_schema(enum gpq_table_id id);

/* "TIMESTAMP(MICROS, UTC)" and so on, for people. */
const char *gpq_type_name(enum gpq_type type);

#endif
