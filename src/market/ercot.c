// SPDX-License-Identifier: MIT
/*
 * ERCOT: the public reports of its market information system in CSV, one file a day or an interval, and the yearly products cut
 * from them. Tables only; market.h and table/dataset.h say what the words mean. Columns stand in their published order.
 *
 * The clock is Central prevailing time. A line tells its delivery date, the hour that ends (or that its quarter is in) and, by
 * a flag, the second pass of the hour that autumn repeats. Runs of the dispatch are stamped to the second. Daily files call the flag DSTFlag, yearly ones Repeated Hour Flag.
 * Prices of settlement points have no components. In real time one name may stand twice, with two types and two prices.
 */
#include "market/words.h"

#define REPORTS      "ERCOT market information system, www.ercot.com/mp/data-products, "
#define PARSERS      "; layout as gridstatus reads it"
#define DEFINITIONS  "ERCOT Nodal Protocols, Section 2 (Definitions and Acronyms)"
#define SCALE        2 /* decimals that ERCOT publishes */

/* Key texts: see enum gpq_location_text. */
#define KEY_POINT          (1 << GPQ_TEXT_NAME)
#define KEY_POINT_AND_TYPE (1 << GPQ_TEXT_NAME | 1 << GPQ_TEXT_TYPE)

/* ---- datasets ---- */

#define LMP_CELL   .cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE } }, .n_cells = 1, .blank_without_price = true
#define PRICE_CELL .cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE } }, .n_cells = 1, .blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	LMP_CELL,
	.doc = "Day-ahead hourly prices of settlement points.",
	.source = REPORTS "NP4-190-CD",
};
static const struct gpq_dataset da_energy_hourly_bus = {
	.id = "da_energy_hourly_bus",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_DAYS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	LMP_CELL,
	.doc = "Day-ahead hourly LMPs of electrical buses.",
	.source = REPORTS "NP4-183-CD",
};
static const struct gpq_dataset rt_energy_15min = {
	.id = "rt_energy_15min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 15,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT_AND_TYPE,
	LMP_CELL,
	.doc = "Real-time fifteen-minute prices of settlement points; a load zone or a DC tie has two, told apart by the type.",
	.source = REPORTS "NP6-905-CD",
};
static const struct gpq_dataset da_ancillary_hourly = {
	.id = "da_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Day-ahead hourly clearing prices for capacity (MCPC) of ancillary services.",
	.source = REPORTS "NP4-188-CD",
};
static const struct gpq_dataset rt_ancillary_15min = {
	.id = "rt_ancillary_15min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 15,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Real-time fifteen-minute clearing prices for capacity (MCPC) of ancillary services, since December 2025.",
	.source = REPORTS "NP6-331-CD",
};

static const struct gpq_dataset rt_energy_sced = {
	.id = "rt_energy_sced",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.off_grid = true,
	.block_hours = HOURS_OF_4_DAYS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	LMP_CELL,
	.doc = "LMPs of settlement points by run of the dispatch (SCED), some five minutes apart.",
	.source = REPORTS "NP6-788-CD",
};
static const struct gpq_dataset rt_energy_sced_bus = {
	.id = "rt_energy_sced_bus",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.off_grid = true,
	.block_hours = 8,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_POINT,
	LMP_CELL,
	.doc = "LMPs of electrical buses by run of the dispatch (SCED), some five minutes apart.",
	.source = REPORTS "NP6-787-CD",
};
static const struct gpq_dataset rt_ancillary_sced = {
	.id = "rt_ancillary_sced",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.off_grid = true,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Clearing prices for capacity by run of the dispatch (SCED), since December 2025; capped ones where both are published.",
	.source = REPORTS "NP6-332-CD",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly,   &da_energy_hourly_bus, &rt_energy_15min,    &rt_energy_sced,
	&rt_energy_sced_bus, &da_ancillary_hourly,  &rt_ancillary_15min, &rt_ancillary_sced,
};

/* ---- columns ---- */

#define POINT(name, other)                                                                                             \
	{                                                                                                              \
		.names = { name, other }, .role = GPQ_ROLE_NAME, .required = true                                      \
	}
#define PRICE(name, of)                                                                                                \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true                  \
	}
#define PRODUCT_PRICE(name, needed)                                                                                    \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_PRODUCTS, .column = GPQ_COLUMN_MARKET_CLEARING_PRICE,              \
		.required = needed                                                                                     \
	}

#define HOUR_ENDING    NEEDED("DeliveryDate", DATE), NEEDED("HourEnding", HOUR_ENDING)
#define HOUR_INTERVAL  NEEDED("DeliveryDate", DATE), NEEDED("DeliveryHour", HOUR_ENDING), NEEDED("DeliveryInterval", INTERVAL)
#define DAILY_FLAG     KNOWN("DSTFlag", REPEATED)
#define YEARLY_FLAG                                                                                                    \
	{                                                                                                              \
		.names = { "RepeatedHourFlag", "RepeatHourFlag" }, .role = GPQ_ROLE_REPEATED, .required = true         \
	}
#define ANY_FLAG                                                                                                       \
	{                                                                                                              \
		.names = { "DSTFlag", "RepeatedHourFlag", "RepeatHourFlag" }, .role = GPQ_ROLE_REPEATED                \
	}
#define SCED_STAMP     NEEDED("SCEDTimestamp", START_LOCAL), ANY_FLAG
#define CAPPED(name, capped, of)                                                                                       \
	{                                                                                                              \
		.names = { name, capped }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true          \
	}

static const struct gpq_feed_column np4_190_columns[] = {
	HOUR_ENDING, POINT("SettlementPoint", "SettlementPointName"), PRICE("SettlementPointPrice", LMP_TOTAL), DAILY_FLAG,
};
static const struct gpq_feed_column np4_180_columns[] = {
	HOUR_ENDING, YEARLY_FLAG, POINT("SettlementPoint", "SettlementPointName"), PRICE("SettlementPointPrice", LMP_TOTAL),
};
static const struct gpq_feed_column np4_183_columns[] = {
	HOUR_ENDING, NEEDED("BusName", NAME), PRICE("LMP", LMP_TOTAL), ANY_FLAG,
};
static const struct gpq_feed_column np6_905_columns[] = {
	HOUR_INTERVAL,
	POINT("SettlementPointName", "SettlementPoint"),
	NEEDED("SettlementPointType", TYPE),
	PRICE("SettlementPointPrice", LMP_TOTAL),
	DAILY_FLAG,
};
static const struct gpq_feed_column np6_785_columns[] = {
	HOUR_INTERVAL,
	YEARLY_FLAG,
	POINT("SettlementPointName", "SettlementPoint"),
	NEEDED("SettlementPointType", TYPE),
	PRICE("SettlementPointPrice", LMP_TOTAL),
};
static const struct gpq_feed_column np4_188_columns[] = {
	HOUR_ENDING, NEEDED("AncillaryType", PRODUCT), PRICE("MCPC", MARKET_CLEARING_PRICE), ANY_FLAG,
};
static const struct gpq_feed_column np4_181_columns[] = {
	HOUR_ENDING,
	ANY_FLAG,
	PRODUCT_PRICE("REGDN", false),
	PRODUCT_PRICE("REGUP", true),
	PRODUCT_PRICE("RRS", true),
	PRODUCT_PRICE("NSPIN", false),
	PRODUCT_PRICE("ECRS", false), /* since 2023 */
};
static const struct gpq_feed_column np6_331_columns[] = {
	HOUR_INTERVAL, ANY_FLAG, NEEDED("ASType", PRODUCT), PRICE("MCPC", MARKET_CLEARING_PRICE),
};
static const struct gpq_feed_column np6_788_columns[] = {
	SCED_STAMP, POINT("SettlementPoint", "SettlementPointName"), CAPPED("LMP", "CappedLMP", LMP_TOTAL), KNOWN("UncappedLMP", IGNORE),
};
static const struct gpq_feed_column np6_787_columns[] = {
	SCED_STAMP, NEEDED("ElectricalBus", NAME), CAPPED("LMP", "CappedLMP", LMP_TOTAL), KNOWN("UncappedLMP", IGNORE),
};
static const struct gpq_feed_column np6_332_columns[] = {
	SCED_STAMP,
	NEEDED("ASType", PRODUCT),
	CAPPED("MCPC", "CappedMCPC", MARKET_CLEARING_PRICE),
	KNOWN("UncappedMCPC", IGNORE),
};
static const struct gpq_feed_column np6_322_columns[] = {
	NEEDED("SCEDTimestamp", IGNORE),
	KNOWN("RepeatedHourFlag", IGNORE),
	{ .names = { "SystemLambda", "CappedSystemLambda" }, .role = GPQ_ROLE_IGNORE, .required = true },
	KNOWN("UncappedSystemLambda", IGNORE),
};

/* ---- feeds ---- */

#define DAILY              .forbidden = { "RepeatedHourFlag", "RepeatHourFlag" }
#define YEARLY_NAMES       "; header names of the yearly files"

static const struct gpq_feed np4_190 = {
	.id = "NP4-190",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(np4_190_columns),
	DAILY,
	.doc = "Day-ahead settlement point prices, a line for each point and hour.",
	.source = REPORTS "NP4-190-CD (report 12331)",
};
static const struct gpq_feed np4_180 = {
	.id = "NP4-180",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(np4_180_columns),
	.doc = "Day-ahead settlement point prices of hubs and load zones, a year in one workbook, or sheets of it as CSV.",
	.source = REPORTS "NP4-180-ER (report 13060)" YEARLY_NAMES,
};
static const struct gpq_feed np4_183 = {
	.id = "NP4-183",
	.outputs = { &da_energy_hourly_bus },
	FEED_COLUMNS(np4_183_columns),
	.doc = "Day-ahead LMPs, a line for each electrical bus and hour.",
	.source = REPORTS "NP4-183-CD (report 12328)" PARSERS,
};
static const struct gpq_feed np6_905 = {
	.id = "NP6-905",
	.outputs = { &rt_energy_15min },
	FEED_COLUMNS(np6_905_columns),
	DAILY,
	.doc = "Real-time settlement point prices, a line for each point, type and quarter; one quarter a file.",
	.source = REPORTS "NP6-905-CD (report 12301)",
};
static const struct gpq_feed np6_785 = {
	.id = "NP6-785",
	.outputs = { &rt_energy_15min },
	FEED_COLUMNS(np6_785_columns),
	.doc = "Real-time settlement point prices of hubs and load zones, a year in one workbook, or sheets of it as CSV.",
	.source = REPORTS "NP6-785-ER (report 13061)" YEARLY_NAMES,
};
static const struct gpq_feed np4_188 = {
	.id = "NP4-188",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(np4_188_columns),
	.doc = "Day-ahead clearing prices for capacity, a line for each service and hour.",
	.source = REPORTS "NP4-188-CD (report 12329)" PARSERS,
};
static const struct gpq_feed np4_181 = {
	.id = "NP4-181",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(np4_181_columns),
	.doc = "Day-ahead clearing prices for capacity of a year, a line for each hour with the services across.",
	.source = REPORTS "NP4-181-ER (report 13091)" YEARLY_NAMES,
};
static const struct gpq_feed np6_331 = {
	.id = "NP6-331",
	.outputs = { &rt_ancillary_15min },
	FEED_COLUMNS(np6_331_columns),
	.doc = "Real-time clearing prices for capacity, a line for each service and quarter.",
	.source = REPORTS "NP6-331-CD (report 24898)" PARSERS,
};
static const struct gpq_feed np6_788 = {
	.id = "NP6-788",
	.outputs = { &rt_energy_sced },
	FEED_COLUMNS(np6_788_columns),
	.doc = "LMPs of settlement points of one run of the dispatch.",
	.source = REPORTS "NP6-788-CD (report 12300)",
};
static const struct gpq_feed np6_787 = {
	.id = "NP6-787",
	.outputs = { &rt_energy_sced_bus },
	FEED_COLUMNS(np6_787_columns),
	.doc = "LMPs of electrical buses of one run of the dispatch.",
	.source = REPORTS "NP6-787-CD" PARSERS,
};
static const struct gpq_feed np6_332 = {
	.id = "NP6-332",
	.outputs = { &rt_ancillary_sced },
	FEED_COLUMNS(np6_332_columns),
	.doc = "Clearing prices for capacity of one run of the dispatch.",
	.source = REPORTS "NP6-332-CD (report 24891)" PARSERS,
};
static const struct gpq_feed np6_322 = {
	.id = "NP6-322",
	FEED_COLUMNS(np6_322_columns),
	.left_out = "the system lambda of runs of the dispatch, no price of a location or product",
	.doc = "The system lambda of each run of the dispatch.",
	.source = REPORTS "NP6-322-CD" PARSERS,
};

static const struct gpq_feed *const feeds[] = {
	&np4_190, &np4_180, &np4_183, &np6_905, &np6_785, &np4_188, &np4_181, &np6_331, &np6_788, &np6_787, &np6_332, &np6_322,
};

/* ---- products ---- */

static const struct gpq_product products[] = {
	{ "REGUP", "REG_UP", DEFINITIONS ": Regulation Up Service" },
	{ "REGDN", "REG_DOWN", DEFINITIONS ": Regulation Down Service" },
	{ "RRS", "SPIN", DEFINITIONS ": Responsive Reserve, ten minutes or frequency response" },
	{ "ECRS", "ECRS", DEFINITIONS ": ERCOT Contingency Reserve Service" },
	{ "NSPIN", "NON_SPIN", DEFINITIONS ": Non-Spinning Reserve, thirty minutes" },
};

const struct gpq_market gpq_market_ercot = {
	.iso = "ERCOT",
	.folder = "ercot",
	.zone = "America/Chicago",
	.name = "Electric Reliability Council of Texas",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
	.publish_stamp = GPQ_PUBLISH_MIS_NAME,
};
