// SPDX-License-Identifier: MIT
/*
 * NYISO: the daily and monthly CSV files of its market information system, and the exports of its "custom reports". Tables only;
 * market.h and table/dataset.h say what the words mean. Columns stand in their published order.
 *
 * The clock is Eastern prevailing time, and no file of prices says which pass of the repeated hour a line is of: its place does.
 * Day-ahead and hourly stamps begin the hour; those of the real-time
 * commitment (RTC) end their quarter, those of the dispatch an interval that began where the one before it ended. What NYISO calls
 * congestion is subtracted: LBMP = energy + losses - congestion, so its sign is turned here. Energy is not published.
 */
#include "market/market.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MIS          "NYISO market information system, mis.nyiso.com/public, "
#define OASIS        "NYISO decision support system, custom reports, "
#define SCALE        2 /* decimals that NYISO publishes */

#define KEY_POINT    (1 << GPQ_TEXT_NAME)

#define HOURS_OF_WEEK    168
#define HOURS_OF_4_WEEKS 672

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

static const struct gpq_dataset *const datasets[] = { &da_energy_hourly, &rt_energy_5min, &rt_energy_hourly, &rtc_energy_15min };

/* ---- columns ---- */

#define NEEDED(name, what)                                                                                             \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_##what, .required = true                                           \
	}
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
static const struct gpq_feed_column ancillary_columns[] = {
	NEEDED("Time Stamp", IGNORE),
	NEEDED("Time Zone", IGNORE),
	NEEDED("Name", IGNORE),
	NEEDED("PTID", IGNORE),
	NEEDED("10 Min Spinning Reserve ($/MWHr)", IGNORE),
};

/* ---- feeds ---- */

#define FEED_COLUMNS(list) .columns = list, .n_columns = COUNT(list)

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
static const struct gpq_feed ancillary = {
	.id = "asp",
	FEED_COLUMNS(ancillary_columns),
	.left_out = "clearing prices of ancillary services of NYISO; no dataset has them",
	.doc = "Clearing prices of reserves and regulation, a line for each zone and interval with the products across.",
	.source = MIS "damasp, rtasp",
};

static const struct gpq_feed *const feeds[] = { &damlbmp, &rtlbmp, &rtc, &realtime, &dam_report, &rtc_report, &ancillary };

const struct gpq_market gpq_market_nyiso = {
	.iso = "NYISO",
	.folder = "nyiso",
	.zone = "America/New_York",
	.name = "New York Independent System Operator",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
};
