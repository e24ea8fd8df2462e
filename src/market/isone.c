// SPDX-License-Identifier: MIT
/*
 * ISO New England: reports of ISO Express, whose lines say what they are (C, H, D, T). Tables only; market.h and
 * table/dataset.h say what the words mean. Columns stand in their published order.
 *
 * The clock is Eastern prevailing time: hours ending 01 to 24, of which the second pass of the repeated one is 02X. A report
 * says above its header what it is, of which days and when it was generated, and behind its rows how many they are.
 * Preliminary and final prices have one header and one title; the file's name, which stands above the header too, tells them
 * apart.
 */
#include "market/words.h"

#define EXPRESS      "ISO Express, www.iso-ne.com/isoexpress/web/reports, "
#define PARSERS      "; layout as gridstatus reads it"
#define SCALE        2 /* decimals that ISO-NE publishes */
#define MW_SCALE     3

/* Key texts: see enum gpq_location_text. */
#define KEY_NAME    (1 << GPQ_TEXT_NAME)
#define KEY_PRODUCT (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION)

/* ---- datasets ---- */

/* Each of the four numbers is rounded by itself: the largest difference seen is 0.015, so half a unit for each is the limit. */
#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE } },                                                                   \
	.n_cells = 4, .sum_slack = 2, .blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NAME,
	LMP_CELLS,
	.doc = "Day-ahead hourly prices of nodes, zones, external nodes and the hub.",
	.source = EXPRESS "WW_DALMP_ISO_YYYYMMDD.csv",
};
static const struct gpq_dataset rt_energy_hourly = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NAME,
	LMP_CELLS,
	.doc = "Real-time prices of nodes, zones, external nodes and the hub, hourly; final ones take the place of preliminary ones.",
	.source = EXPRESS "lmp_rt_final_YYYYMMDD.csv",
};
static const struct gpq_dataset rt_energy_5min = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = HOURS_OF_4_DAYS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NAME,
	LMP_CELLS,
	.doc = "Real-time five-minute prices of all locations, which are known by their id only.",
	.source = EXPRESS "lmp_5min_YYYYMMDD_HH-HH.csv",
};

#define RESERVE_CELLS                                                                                                  \
	.cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE },                                                        \
		   { GPQ_COLUMN_CLEARED_QUANTITY_MW, MW_SCALE },                                                       \
		   { GPQ_COLUMN_REQUIREMENT_MW, MW_SCALE } },                                                          \
	.n_cells = 3, .blank_without_price = true

static const struct gpq_dataset da_ancillary_hourly = {
	.id = "da_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_PRODUCT,
	RESERVE_CELLS,
	.doc = "Day-ahead hourly prices, requirements and designations of reserves and of forecast energy, since March 2025.",
	.source = EXPRESS "daasreservedata",
};
static const struct gpq_dataset rt_reserve_5min = {
	.id = "rt_reserve_5min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_PRODUCT,
	RESERVE_CELLS,
	.doc = "Real-time five-minute prices, requirements and designations of reserves by reserve zone.",
	.source = EXPRESS "fiveminreserveprice",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly, &rt_energy_hourly, &rt_energy_5min, &da_ancillary_hourly, &rt_reserve_5min,
};

/* ---- columns ---- */

#define PRICE(name, other, of)                                                                                         \
	{                                                                                                              \
		.names = { name, other }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true           \
	}

/* Pages of the current day have shorter names. */
#define LMP_PRICES                                                                                                     \
	PRICE("Locational Marginal Price", "LMP", LMP_TOTAL), PRICE("Energy Component", NULL, LMP_ENERGY),             \
	PRICE("Congestion Component", NULL, LMP_CONGESTION), PRICE("Marginal Loss Component", "Loss Component", LMP_LOSS)

static const struct gpq_feed_column hourly_columns[] = {
	NEEDED("H", RECORD_KIND),
	{ .names = { "Date", "Local Date" }, .role = GPQ_ROLE_DATE, .required = true },
	{ .names = { "Hour Ending", "Local Time" }, .role = GPQ_ROLE_HOUR_ENDING, .required = true },
	KNOWN("Location ID", ID),
	{ .names = { "Location Name", "Location" }, .role = GPQ_ROLE_NAME },
	KNOWN("Location Type", TYPE),
	LMP_PRICES,
};
static const struct gpq_feed_column five_minute_columns[] = {
	NEEDED("H", RECORD_KIND),
	NEEDED("Local Time", START_LOCAL),
	KNOWN("Location ID", ID),
	LMP_PRICES,
};

/* A number of a product, which prices name: a header without "Clearing Price". */
#define NUMBER(name, of, as)                                                                                           \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_PRODUCTS, .column = GPQ_COLUMN_##of, .product = as                 \
	}
#define PRICE_OF(as)                                                                                                   \
	{                                                                                                              \
		.names = { as " Clearing Price" }, .role = GPQ_ROLE_PRODUCTS, .column = GPQ_COLUMN_MARKET_CLEARING_PRICE, \
		.product = as, .required = true                                                                        \
	}

/* Who is designated to a kind of reserve is paid the price that its kind sets: ten-minute non-spinning reserve (TMNSR) that of
 * ten-minute reserve, thirty-minute operating reserve (TMOR) that of total reserve, energy imbalance reserve (EIR) that of
 * forecast energy (FER). */
static const struct gpq_feed_column da_reserve_columns[] = {
	NEEDED("H", RECORD_KIND),
	{ .names = { "Local Date", "Date" }, .role = GPQ_ROLE_DATE, .required = true },
	NEEDED("Hour Ending", HOUR_ENDING),
	NEEDED("Location ID", REGION),
	NUMBER("Ten Minute Spinning Reserve Requirement", REQUIREMENT_MW, "Ten Minute Spinning Reserve"),
	NUMBER("Total Ten Minute Reserve Requirement", REQUIREMENT_MW, "Ten Minute Reserve"),
	NUMBER("Total Thirty Minute Reserve Requirement", REQUIREMENT_MW, "Total Thirty Reserve"),
	NUMBER("Forecasted MW Requirement", REQUIREMENT_MW, "FER Price"),
	PRICE_OF("Ten Minute Spinning Reserve"),
	PRICE_OF("Ten Minute Reserve"),
	PRICE_OF("Total Thirty Reserve"),
	NUMBER("FER Price", MARKET_CLEARING_PRICE, "FER Price"),
	NUMBER("TMSR Designated MW", CLEARED_QUANTITY_MW, "Ten Minute Spinning Reserve"),
	NUMBER("TMNSR Designated MW", CLEARED_QUANTITY_MW, "Ten Minute Reserve"),
	NUMBER("TMOR Designated MW", CLEARED_QUANTITY_MW, "Total Thirty Reserve"),
	NUMBER("EIR Designated MW", CLEARED_QUANTITY_MW, "FER Price"),
};
static const struct gpq_feed_column reserve_5min_columns[] = {
	NEEDED("H", RECORD_KIND),
	NEEDED("Local Time", START_LOCAL),
	NEEDED("Reserve Zone ID", REGION),
	KNOWN("Reserve Zone Name", IGNORE),
	NUMBER("Ten-Minute Spinning Requirement", REQUIREMENT_MW, "Ten-Minute Spinning Reserve"),
	NUMBER("Ten-Minute Requirement", REQUIREMENT_MW, "Ten-Minute Reserve"),
	NUMBER("Total Requirement", REQUIREMENT_MW, "Total Reserve"),
	NUMBER("Ten Minute Spinning Reserve Designated MW", CLEARED_QUANTITY_MW, "Ten-Minute Spinning Reserve"),
	NUMBER("Ten Minute Non Spinning Reserve Designated MW", CLEARED_QUANTITY_MW, "Ten-Minute Reserve"),
	NUMBER("Thirty Minute OperatingReserve Designated MW", CLEARED_QUANTITY_MW, "Total Reserve"),
	PRICE_OF("Ten-Minute Spinning Reserve"),
	PRICE_OF("Ten-Minute Reserve"),
	PRICE_OF("Total Reserve"),
};
static const struct gpq_feed_column report_columns[] = { NEEDED("H", RECORD_KIND) };

/* ---- feeds ---- */

#define PREAMBLE           .preamble_lines = 8, .published_behind = "Report generated: ", .name_behind = "Filename: "

static const struct gpq_feed da_lmp = {
	.id = "WW_DALMP_ISO",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(hourly_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "dalmp", 1 }, { "da_lmp", 1 } },
	.titles = { "Day-Ahead Energy Market Hourly LMP Report" },
	PREAMBLE,
	.repeats_by_order = true,
	.doc = "Day-ahead LMPs of a day, a line for each location and hour.",
	.source = EXPRESS "WW_DALMP_ISO_YYYYMMDD.csv",
};
static const struct gpq_feed rt_lmp = {
	.id = "lmp_rt",
	.outputs = { &rt_energy_hourly },
	FEED_COLUMNS(hourly_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "lmp_rt", 1 }, { "rt_lmp", 1 }, { "hourlylmp", 1 } },
	.titles = { "Real-Time Energy Market Hourly LMP Report", "Real-Time Hourly" },
	PREAMBLE,
	.repeats_by_order = true,
	.doc = "Real-time LMPs of a day, final or preliminary, a line for each location and hour.",
	.source = EXPRESS "lmp_rt_final_YYYYMMDD.csv, lmp_rt_prelim_YYYYMMDD.csv",
};
static const struct gpq_feed five_minute_lmp = {
	.id = "lmp_5min",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(five_minute_columns),
	.forbidden = { "Local Date", "Hour Ending", "Date" },
	PREAMBLE,
	.preamble_date = true,
	.date_behind = "Report for: ",
	.repeats_by_order = true,
	.doc = "Real-time five-minute LMPs of four hours, a line for each location and interval; the stamp, a time of day, begins it.",
	.source = EXPRESS "lmp_5min_YYYYMMDD_HH-HH.csv" PARSERS,
};
static const struct gpq_feed da_reserve = {
	.id = "daasreservedata",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(da_reserve_columns),
	PREAMBLE,
	.repeats_by_order = true,
	.doc = "Day-ahead reserve requirements, prices and designations, and forecast energy, a line for each hour.",
	.source = EXPRESS "daasreservedata; header as connectors have it in their tests",
};
static const struct gpq_feed reserve_5min = {
	.id = "fiveminreserveprice",
	.outputs = { &rt_reserve_5min },
	FEED_COLUMNS(reserve_5min_columns),
	PREAMBLE,
	.repeats_by_order = true,
	.doc = "Real-time reserve requirements, prices and designations, a line for each reserve zone and five minutes.",
	.source = EXPRESS "fiveminreserveprice" PARSERS,
};
static const struct gpq_feed reserve_hourly = {
	.id = "finalhourlyreserveprice",
	FEED_COLUMNS(report_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "hourlyreserveprice", 1 } },
	.titles = { "Final Hourly Reserve Zone Prices" },
	PREAMBLE,
	.left_out = "hourly real-time prices of reserves, whose columns are not known and not guessed",
	.doc = "Real-time reserve prices and designations, a line for each reserve zone and hour.",
	.source = EXPRESS "finalhourlyreserveprice; its title as connectors tell it",
};
static const struct gpq_feed regulation_5min = {
	.id = "regulation_clearing_prices",
	FEED_COLUMNS(report_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "regulation", 1 } },
	.titles = { "Final Real-Time Five-Minute Regulation Clearing Prices", "Preliminary Real-Time Five-Minute Regulation Clearing Prices",
		    "Real-Time Five-Minute Regulation Clearing Prices" },
	PREAMBLE,
	.left_out = "five-minute real-time prices of regulation, whose columns are not known and not guessed",
	.doc = "Real-time prices of regulation service and capacity, a line for each five minutes.",
	.source = EXPRESS "five-minute regulation clearing prices; its title as connectors tell it",
};
static const struct gpq_feed report = {
	.id = "report",
	FEED_COLUMNS(report_columns),
	.choice = GPQ_CHOICE_NAME,
	PREAMBLE,
	.left_out = "a report of lines of kinds C, H, D and T with columns that no dataset has: of a participant, or not of prices",
	.doc = "Any other report, as those of participants.",
	.source = EXPRESS "and the market information server",
};

static const struct gpq_feed *const feeds[] = {
	&da_lmp, &rt_lmp, &five_minute_lmp, &da_reserve, &reserve_5min, &reserve_hourly, &regulation_5min, &report,
};

static const struct gpq_finality_word finality_words[] = {
	{ "final", GPQ_FINALITY_FINAL, false },
	{ "prelim", GPQ_FINALITY_PRELIM, false },
};

#define RESERVES "ISO-NE Market Rule 1, real-time reserve clearing prices: "
#define DASI     "ISO-NE Market Rule 1, day-ahead ancillary services: "

/* A price of ten-minute reserve is what ten-minute non-spinning reserve (TMNSR) is paid, one of total reserve what thirty-minute
 * operating reserve (TMOR) is paid. */
static const struct gpq_product products[] = {
	{ "Ten Minute Spinning Reserve", "SPIN", DASI "day-ahead ten-minute spinning reserve" },
	{ "Ten Minute Reserve", "NON_SPIN", DASI "day-ahead ten-minute non-spinning reserve" },
	{ "Total Thirty Reserve", "RESERVE_30", DASI "day-ahead thirty-minute operating reserve" },
	{ "FER Price", NULL, DASI "forecast energy requirement, which energy and energy imbalance reserve meet" },
	{ "Ten-Minute Spinning Reserve", "SPIN", RESERVES "ten-minute spinning reserve" },
	{ "Ten-Minute Reserve", "NON_SPIN", RESERVES "ten-minute non-spinning reserve" },
	{ "Total Reserve", "RESERVE_30", RESERVES "thirty-minute operating reserve" },
};

const struct gpq_market gpq_market_isone = {
	.iso = "ISONE",
	.folder = "isone",
	.zone = "America/New_York",
	.name = "ISO New England",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
	.finality_words = finality_words,
	.n_finality_words = COUNT(finality_words),
};
