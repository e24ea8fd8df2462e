// SPDX-License-Identifier: MIT
#include "table/schema.h"

#include <assert.h>

/* The macros give each column one wording in both tables. */
#define TIME_COLUMNS                                                                                                   \
	{ GPQ_COLUMN_DATETIME_UTC, "datetime_utc", GPQ_TYPE_TIMESTAMP_UTC, true, "",                                   \
	  "Start of the interval." },                                                                                  \
	{ GPQ_COLUMN_INTERVAL_END_UTC, "interval_end_utc", GPQ_TYPE_TIMESTAMP_UTC, true, "",                           \
	  "End of the interval." },                                                                                    \
	{ GPQ_COLUMN_INTERVAL_MINUTES, "interval_minutes", GPQ_TYPE_INT32, true, "min",                                \
	  "Nominal length of the interval: 5, 15, 30 or 60." },                                                            \
	{ GPQ_COLUMN_DATETIME_LOCAL, "datetime_local", GPQ_TYPE_TIMESTAMP_LOCAL, true, "",                             \
	  "Start of the interval on the market's wall clock." },                                                       \
	{ GPQ_COLUMN_UTC_OFFSET_MINUTES, "utc_offset_minutes", GPQ_TYPE_INT32, true, "min",                            \
	  "Local minus UTC: tells the two passes of a repeated hour apart." },                                         \
	{ GPQ_COLUMN_DELIVERY_DATE, "delivery_date", GPQ_TYPE_DATE, true, "", "Trade date on the market's clock." },   \
	{ GPQ_COLUMN_DELIVERY_HOUR, "delivery_hour", GPQ_TYPE_INT32, true, "",                                         \
	  "Hour ending, 1 to 24, as the wall clock says it: no 3 in spring, 2 twice in autumn." },                     \
	{ GPQ_COLUMN_DELIVERY_INTERVAL, "delivery_interval", GPQ_TYPE_INT32, true, "",                                 \
	  "Interval within the hour, from 1; 0 for hourly data." },                                                    \
	{ GPQ_COLUMN_ISO, "iso", GPQ_TYPE_STRING, true, "",                                                            \
	  "The operator, as in `gridpq formats`: PJM, CAISO, ERCOT, ..." },                                                           \
	{ GPQ_COLUMN_MARKET_TYPE, "market_type", GPQ_TYPE_STRING, true, "", "DA (day-ahead) or RT (real-time)." },     \
	{ GPQ_COLUMN_DATASET, "dataset", GPQ_TYPE_STRING, true, "", "The dataset's id, such as da_energy_hourly." }

#define ORIGIN_COLUMNS                                                                                                 \
	{ GPQ_COLUMN_VERSION, "version", GPQ_TYPE_INT32, false, "", "Revision as published." },                        \
	{ GPQ_COLUMN_IS_CURRENT, "is_current", GPQ_TYPE_BOOLEAN, true, "",                                             \
	  "False only for older revisions, in files written with revisions kept." },                                   \
	{ GPQ_COLUMN_SOURCE_FILE, "source_file", GPQ_TYPE_STRING, true, "",                                            \
	  "The file, and its member where it is an archive, that the newest part of the row came from." },             \
	{ GPQ_COLUMN_FINALITY, "finality", GPQ_TYPE_STRING, false, "", "final or prelim, where published." }

static const struct gpq_column energy_columns[] = {
	TIME_COLUMNS,
	{ GPQ_COLUMN_SETTLEMENT_LOCATION, "settlement_location", GPQ_TYPE_STRING, true, "",
	  "Published name of the node, hub, zone or interface; the id where there is no name." },
	{ GPQ_COLUMN_SETTLEMENT_LOCATION_ID, "settlement_location_id", GPQ_TYPE_STRING, false, "",
	  "Published id of the location." },
	{ GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE, "settlement_location_type", GPQ_TYPE_STRING, false, "",
	  "Type of the location as published, such as HUB, ZONE or LOAD." },
	{ GPQ_COLUMN_ZONE, "zone", GPQ_TYPE_STRING, false, "", "Zone or balancing area that the location lies in." },
	{ GPQ_COLUMN_VOLTAGE_KV, "voltage_kv", GPQ_TYPE_DOUBLE, false, "kV", "Voltage of the node." },
	{ GPQ_COLUMN_LMP_TOTAL, "lmp_total", GPQ_TYPE_DOUBLE, false, "$/MWh",
	  "Locational marginal price: energy + congestion + loss + greenhouse gas." },
	{ GPQ_COLUMN_LMP_ENERGY, "lmp_energy", GPQ_TYPE_DOUBLE, false, "$/MWh", "Energy component." },
	{ GPQ_COLUMN_LMP_CONGESTION, "lmp_congestion", GPQ_TYPE_DOUBLE, false, "$/MWh", "Congestion component." },
	{ GPQ_COLUMN_LMP_LOSS, "lmp_loss", GPQ_TYPE_DOUBLE, false, "$/MWh", "Marginal loss component." },
	{ GPQ_COLUMN_LMP_GHG, "lmp_ghg", GPQ_TYPE_DOUBLE, false, "$/MWh",
	  "Greenhouse gas component; null where not published." },
	ORIGIN_COLUMNS,
};

static const struct gpq_column ancillary_columns[] = {
	TIME_COLUMNS,
	{ GPQ_COLUMN_AS_PRODUCT, "as_product", GPQ_TYPE_STRING, true, "", "The service as published." },
	{ GPQ_COLUMN_AS_PRODUCT_STANDARD, "as_product_standard", GPQ_TYPE_STRING, false, "",
	  "The service by one name for all markets, such as REG_UP, SPIN or RESERVE_30." },
	{ GPQ_COLUMN_AS_REGION, "as_region", GPQ_TYPE_STRING, false, "",
	  "Reserve zone, region or locale that the price is for." },
	{ GPQ_COLUMN_SETTLEMENT_LOCATION, "settlement_location", GPQ_TYPE_STRING, false, "",
	  "The resource, for resource-level prices." },
	{ GPQ_COLUMN_MARKET_CLEARING_PRICE, "market_clearing_price", GPQ_TYPE_DOUBLE, false, "$/MW",
	  "Market clearing price; capped variants do not count." },
	{ GPQ_COLUMN_CLEARED_QUANTITY_MW, "cleared_quantity_mw", GPQ_TYPE_DOUBLE, false, "MW", "Cleared quantity." },
	{ GPQ_COLUMN_REQUIREMENT_MW, "requirement_mw", GPQ_TYPE_DOUBLE, false, "MW", "Quantity required." },
	{ GPQ_COLUMN_UNIT, "unit", GPQ_TYPE_STRING, false, "", "Unit of the value, where published." },
	ORIGIN_COLUMNS,
};

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))

static const struct gpq_table tables[GPQ_N_TABLES] = {
	[GPQ_TABLE_ENERGY] = { GPQ_TABLE_ENERGY, "energy", energy_columns, COUNT(energy_columns) },
	[GPQ_TABLE_ANCILLARY] = { GPQ_TABLE_ANCILLARY, "ancillary", ancillary_columns, COUNT(ancillary_columns) },
};

static const char *const type_names[] = {
	[GPQ_TYPE_INT32] = "INT32",
	[GPQ_TYPE_DATE] = "DATE",
	[GPQ_TYPE_TIMESTAMP_UTC] = "TIMESTAMP(MICROS, UTC)",
	[GPQ_TYPE_TIMESTAMP_LOCAL] = "TIMESTAMP(MICROS, not UTC)",
	[GPQ_TYPE_DOUBLE] = "DOUBLE",
	[GPQ_TYPE_BOOLEAN] = "BOOLEAN",
	[GPQ_TYPE_STRING] = "STRING",
};

const struct gpq_table *gpq_table_schema(enum gpq_table_id id)
{
	assert((unsigned)id < GPQ_N_TABLES);
	return &tables[id];
}

const char *gpq_type_name(enum gpq_type type)
{
	assert((unsigned)type < COUNT(type_names));
	return type_names[type];
}
