// SPDX-License-Identifier: MIT
/*
 * NYISO: the daily and monthly CSV files of its market information system, and the exports of its "custom reports". Tables only;
 * market.h and table/dataset.h say what the words mean. Columns stand in their published order.
 *
 * The clock is Eastern prevailing time. Of the repeated hour files of energy prices do not say which pass a line is of: its place
 * does; those of ancillary services say it since 2016. Day-ahead and hourly stamps begin the hour; those of the real-time
 * commitment (RTC) end their quarter, those of the dispatch an interval that began where the one before it ended. What NYISO calls
 * congestion is subtracted: LBMP = energy + losses - congestion, so its sign is turned here. Energy is not published.
 *
 * Ancillary services have three layouts: one price of each for the whole system (2000 and most of 2001), a column for each product
 * and region (East, West, since January 2016 SENY), and since 23 June 2016 a line for each zone. In the first two the units in the
 * header are cut off here and there.
 */
#include "market/words.h"

#define MIS          "NYISO market information system, mis.nyiso.com/public, "
#define OASIS        "NYISO decision support system, custom reports, "
#define SCALE        2 /* decimals that NYISO publishes */

#define TARIFF       "NYISO services tariff, rate schedule "

#define KEY_POINT    (1 << GPQ_TEXT_NAME)

#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE } },                                                                   \
	.n_cells = 4, .derives_energy = true, .blank_without_price = true

/* ---- datasets ---- */

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	LMP_CELLS,
	.doc = "Day-ahead hourly LBMPs of zones, external proxies and generators.",
	.source = MIS "damlbmp",
};
static const struct gpq_dataset rt_energy_5min = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.off_grid = true,
	.tiles = true,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },
		   { GPQ_COLUMN_LMP_LOSS, SCALE },
		   { GPQ_COLUMN_INTERVAL_END_UTC, 0 } },
	.n_cells = 5,
	.derives_energy = true,
	.blank_without_price = true,
	.doc = "Real-time LBMPs of zones, external proxies and generators, by run of the dispatch.",
	.source = MIS "realtime",
};
static const struct gpq_dataset rt_energy_hourly = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	LMP_CELLS,
	.doc = "Real-time LBMPs of zones, external proxies and generators, integrated over the hour.",
	.source = MIS "rtlbmp",
};
static const struct gpq_dataset rtc_energy_15min = {
	.id = "rtc_energy_15min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 15,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_POINT,
	LMP_CELLS,
	.doc = "Fifteen-minute LBMPs of the real-time commitment.",
	.source = OASIS "RTC Zonal LBMP",
};

static const struct gpq_dataset da_ancillary_hourly = {
	.id = "da_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	.cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE } },
	.n_cells = 1,
	.doc = "Day-ahead hourly clearing prices of operating reserves and regulation, by zone or region.",
	.source = MIS "damasp",
};
static const struct gpq_dataset rt_ancillary_5min = {
	.id = "rt_ancillary_5min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.off_grid = true,
	.tiles = true,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	.cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE }, { GPQ_COLUMN_INTERVAL_END_UTC, 0 } },
	.n_cells = 2,
	.doc = "Real-time clearing prices of operating reserves and regulation, by zone or region and run of the dispatch.",
	.source = MIS "rtasp",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly, &rt_energy_5min, &rt_energy_hourly, &rtc_energy_15min, &da_ancillary_hourly, &rt_ancillary_5min,
};

/* ---- columns ---- */

#define PRICE(name, older, of)                                                                                         \
	{                                                                                                              \
		.names = { name, older }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true           \
	}
#define CONGESTION(name, older)                                                                                        \
	{                                                                                                              \
		.names = { name, older }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_LMP_CONGESTION, .required = true, \
		.negated = true                                                                                        \
	}

/* Before July 2016 the last header name was cut. */
#define MIS_PLACE  NEEDED("Name", NAME), NEEDED("PTID", ID)
#define MIS_PRICES                                                                                                     \
	PRICE("LBMP ($/MWHr)", NULL, LMP_TOTAL), PRICE("Marginal Cost Losses ($/MWHr)", "Marginal Cost Losses ($/MWH", LMP_LOSS), \
	CONGESTION("Marginal Cost Congestion ($/MWHr)", "Marginal Cost Congestion ($/MWH")

static const struct gpq_feed_column hourly_columns[] = { NEEDED("Time Stamp", START_LOCAL), MIS_PLACE, MIS_PRICES };
static const struct gpq_feed_column end_columns[] = { NEEDED("Time Stamp", END_LOCAL), MIS_PLACE, MIS_PRICES };
static const struct gpq_feed_column dam_report_columns[] = {
	NEEDED("Eastern Date Hour", START_LOCAL),
	NEEDED("Eastern Date Hour Time Zone", CLOCK),
	NEEDED("Zone Name", NAME),
	NEEDED("Zone PTID", ID),
	PRICE("DAM Zonal LBMP", NULL, LMP_TOTAL),
	PRICE("DAM Zonal Losses", NULL, LMP_LOSS),
	CONGESTION("DAM Zonal Congestion", NULL),
	{ .names = { "DAM Zonal Price Version" }, .role = GPQ_ROLE_VERSION },
};
static const struct gpq_feed_column rtc_report_columns[] = {
	NEEDED("RTC End Time Stamp", END_LOCAL),
	NEEDED("Zone Name", NAME),
	NEEDED("Zone PTID", ID),
	PRICE("RTC Zonal LBMP", NULL, LMP_TOTAL),
	PRICE("RTC Zonal Losses", NULL, LMP_LOSS),
	CONGESTION("RTC Zonal Congestion", NULL),
	{ .names = { "RTC Zonal Price Version" }, .role = GPQ_ROLE_VERSION },
};

/* Prices of services, by their current header; names are compared without the unit. */
#define SERVICE(header, of, where, needed)                                                                             \
	{                                                                                                              \
		.names = { header }, .role = GPQ_ROLE_PRODUCTS, .column = GPQ_COLUMN_MARKET_CLEARING_PRICE,            \
		.product = of, .region = where, .unit_behind = true, .required = needed                                                     \
	}
#define SPINNING      "10 Min Spinning Reserve"
#define NON_SYNC      "10 Min Non-Synchronous Reserve"
#define OPERATING     "30 Min Operating Reserve"
#define REGULATION    "Regulation"
#define CAPACITY      "NYCA Regulation Capacity"
#define MOVEMENT      "NYCA Regulation Movement"
#define MOVEMENT_OF_ALL SERVICE(MOVEMENT " ($/MW)", MOVEMENT, NULL, false)

#define ASP_TIME(what) NEEDED("Time Stamp", what), { .names = { "Time Zone" }, .role = GPQ_ROLE_CLOCK }
#define ASP_ZONE       NEEDED("Name", REGION), { .names = { "PTID" }, .role = GPQ_ROLE_IGNORE }
#define ASP_PRODUCTS                                                                                                   \
	SERVICE(SPINNING " ($/MWHr)", SPINNING, NULL, true), SERVICE(NON_SYNC " ($/MWHr)", NON_SYNC, NULL, false),     \
	SERVICE(OPERATING " ($/MWHr)", OPERATING, NULL, false), SERVICE(CAPACITY " ($/MWHr)", CAPACITY, NULL, false)
#define ASP_REGION(where, needed)                                                                                      \
	SERVICE(where " " SPINNING " ($/MWHr)", SPINNING, where, needed), SERVICE(where " " NON_SYNC, NON_SYNC, where, false), \
	SERVICE(where " " OPERATING " ($/MWH)", OPERATING, where, false),                                              \
	SERVICE(where " " REGULATION " ($/MWHr)", REGULATION, where, false)
#define ASP_SYSTEM                                                                                                     \
	SERVICE(SPINNING " ($/MWHr)", SPINNING, NULL, true), SERVICE(NON_SYNC, NON_SYNC, NULL, false),                 \
	SERVICE(OPERATING " ($/MWH)", OPERATING, NULL, false), SERVICE(REGULATION " ($/MWHr)", REGULATION, NULL, false)

static const struct gpq_feed_column damasp_columns[] = { ASP_TIME(START_LOCAL), ASP_ZONE, ASP_PRODUCTS };
static const struct gpq_feed_column damasp_regions_columns[] = {
	ASP_TIME(START_LOCAL), ASP_REGION("East", true), ASP_REGION("West", false), ASP_REGION("SENY", false), MOVEMENT_OF_ALL,
};
static const struct gpq_feed_column damasp_system_columns[] = { ASP_TIME(START_LOCAL), ASP_SYSTEM, MOVEMENT_OF_ALL };
static const struct gpq_feed_column rtasp_columns[] = { ASP_TIME(END_LOCAL), ASP_ZONE, ASP_PRODUCTS, MOVEMENT_OF_ALL };
static const struct gpq_feed_column rtasp_regions_columns[] = {
	ASP_TIME(END_LOCAL), ASP_REGION("East", true), ASP_REGION("West", false), ASP_REGION("SENY", false), MOVEMENT_OF_ALL,
};
static const struct gpq_feed_column rtasp_system_columns[] = { ASP_TIME(END_LOCAL), ASP_SYSTEM, MOVEMENT_OF_ALL };

/* ---- feeds ---- */

static const struct gpq_feed damlbmp = {
	.id = "damlbmp",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(hourly_columns),
	.choice = GPQ_CHOICE_STAMPS,
	.name_words = { { "damlbmp", 1 } },
	.repeats_by_order = true,
	.doc = "Day-ahead LBMPs, a line for each zone or generator and hour.",
	.source = MIS "damlbmp_zone, damlbmp_gen",
};
static const struct gpq_feed rtlbmp = {
	.id = "rtlbmp",
	.outputs = { &rt_energy_hourly },
	FEED_COLUMNS(hourly_columns),
	.choice = GPQ_CHOICE_STAMPS,
	.name_words = { { "rtlbmp", 1 } },
	.repeats_by_order = true,
	.doc = "Time-weighted real-time LBMPs, a line for each zone or generator and hour.",
	.source = MIS "rtlbmp_zone, rtlbmp_gen",
};
static const struct gpq_feed rtc = {
	.id = "rtc",
	.outputs = { &rtc_energy_15min },
	FEED_COLUMNS(end_columns),
	.choice = GPQ_CHOICE_STAMPS,
	.name_words = { { "rtc", 2 } },
	.repeats_by_order = true,
	.doc = "LBMPs of the real-time commitment as they stood among the real-time files, a line for each zone and quarter.",
	.source = MIS "realtime_zone of 2016",
};
static const struct gpq_feed realtime = {
	.id = "realtime",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(end_columns),
	.choice = GPQ_CHOICE_STAMPS,
	.name_words = { { "realtime", 1 } },
	.repeats_by_order = true,
	.doc = "Real-time LBMPs, a line for each zone or generator and run of the dispatch.",
	.source = MIS "realtime_zone, realtime_gen",
};
static const struct gpq_feed dam_report = {
	.id = "dam_report",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(dam_report_columns),
	.doc = "Day-ahead zonal LBMPs with the version of the price, a line for each zone and hour.",
	.source = OASIS "DAM Zonal LBMP",
};
static const struct gpq_feed rtc_report = {
	.id = "rtc_report",
	.outputs = { &rtc_energy_15min },
	FEED_COLUMNS(rtc_report_columns),
	.repeats_by_order = true,
	.doc = "LBMPs of the real-time commitment with the version of the price, a line for each zone and quarter.",
	.source = OASIS "RTC Zonal LBMP",
};

#define DAMASP                                                                                                         \
	.outputs = { &da_ancillary_hourly }, .choice = GPQ_CHOICE_STAMPS, .name_words = { { "damasp", 1 } }, .repeats_by_order = true
#define RTASP                                                                                                          \
	.outputs = { &rt_ancillary_5min }, .choice = GPQ_CHOICE_STAMPS, .name_words = { { "rtasp", 1 } }, .repeats_by_order = true
#define READERS "; columns as public readers of the archive have them"

static const struct gpq_feed damasp = {
	.id = "damasp",
	DAMASP,
	FEED_COLUMNS(damasp_columns),
	.doc = "Day-ahead clearing prices, a line for each zone and hour with the products across.",
	.source = MIS "damasp, since 2016-06-23" READERS,
};
static const struct gpq_feed damasp_regions = {
	.id = "damasp_regions",
	DAMASP,
	FEED_COLUMNS(damasp_regions_columns),
	.doc = "Day-ahead clearing prices, a line for each hour with products and regions across.",
	.source = MIS "damasp, 2001-10 to 2016-06-22" READERS,
};
static const struct gpq_feed damasp_system = {
	.id = "damasp_system",
	DAMASP,
	FEED_COLUMNS(damasp_system_columns),
	.doc = "Day-ahead clearing prices of the whole system, a line for each hour with the products across.",
	.source = MIS "damasp, before 2001-10" READERS,
};
static const struct gpq_feed rtasp = {
	.id = "rtasp",
	RTASP,
	FEED_COLUMNS(rtasp_columns),
	.doc = "Real-time clearing prices, a line for each zone and run of the dispatch with the products across.",
	.source = MIS "rtasp, since 2016-06-23" READERS,
};
static const struct gpq_feed rtasp_regions = {
	.id = "rtasp_regions",
	RTASP,
	FEED_COLUMNS(rtasp_regions_columns),
	.doc = "Real-time clearing prices, a line for each run of the dispatch with products and regions across.",
	.source = MIS "rtasp, to 2016-06-22" READERS,
};
static const struct gpq_feed rtasp_system = {
	.id = "rtasp_system",
	RTASP,
	FEED_COLUMNS(rtasp_system_columns),
	.doc = "Real-time clearing prices of the whole system, a line for each run with the products across.",
	.source = MIS "rtasp, in the layout of damasp before 2001-10" READERS,
};

static const struct gpq_feed *const feeds[] = {
	&damlbmp, &rtlbmp,         &rtc,           &realtime, &dam_report,    &rtc_report,
	&damasp,  &damasp_regions, &damasp_system, &rtasp,    &rtasp_regions, &rtasp_system,
};

/* ---- products ---- */

static const struct gpq_product products[] = {
	{ SPINNING, "SPIN", TARIFF "4: Spinning Reserve, synchronized, ten minutes" },
	{ NON_SYNC, "NON_SPIN", TARIFF "4: 10-Minute Non-Synchronized Reserve" },
	{ OPERATING, "RESERVE_30", TARIFF "4: 30-Minute Reserve" },
	{ REGULATION, "REG", TARIFF "3: Regulation Service, one price before movement had its own" },
	{ CAPACITY, "REG", TARIFF "3: Regulation Capacity" },
	{ MOVEMENT, "REG_MILEAGE", TARIFF "3: Regulation Movement" },
};

const struct gpq_market gpq_market_nyiso = {
	.iso = "NYISO",
	.folder = "nyiso",
	.zone = "America/New_York",
	.name = "New York Independent System Operator",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
};
