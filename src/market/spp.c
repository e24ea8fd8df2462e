// SPDX-License-Identifier: MIT
/*
 * SPP: the Integrated Marketplace's prices as its portal publishes them, a file a day or an interval, and the yearly
 * archives of them. Tables only; market.h and table/dataset.h say what the words mean. Columns stand in their published
 * order.
 *
 * A line tells the end of its interval twice: in UTC, which counts, and by Central prevailing time, which is compared.
 * Day-ahead and real-time files by interval have one header: the name or the step tells them apart. Monthly files have
 * the hours of a day across, by the wall clock, so that the hour that autumn repeats has one number for two prices. The
 * names of settlement locations are the key; several of them may share a price node.
 */
#include "market/words.h"

#define PORTAL       "SPP marketplace portal, portal.spp.org/pages/"
#define PARSERS      "; layout as gridstatus reads it"
#define PROTOCOLS    "SPP Integrated Marketplace Protocols, Section 1 (Glossary)"
#define SCALE        4 /* decimals that SPP publishes */

/* Key texts: see enum gpq_location_text. */
#define KEY_LOCATION (1 << GPQ_TEXT_NAME)
#define KEY_BUS      (1 << GPQ_TEXT_ID)
#define KEY_RESERVE  (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE)

/* ---- datasets ---- */

/* Four numbers, half a unit each; in files of an interval they add up to the unit, the means of monthly ones need not.
 */
#define SUM_SLACK 2

#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE } },                                                                   \
	.n_cells = 4, .sum_slack = SUM_SLACK, .blank_without_price = true
#define PRICE_CELL .cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE } }, .n_cells = 1, .blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_LOCATION,
	LMP_CELLS,
	.doc = "Day-ahead hourly LMPs of settlement locations.",
	.source = PORTAL "da-lmp-by-location",
};
static const struct gpq_dataset rt_energy_5min = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = HOURS_OF_4_DAYS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_LOCATION,
	LMP_CELLS,
	.doc = "Real-time five-minute LMPs of settlement locations (Real-Time Balancing Market).",
	.source = PORTAL "rtbm-lmp-by-location",
};
static const struct gpq_dataset rt_energy_hourly = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_LOCATION,
	LMP_CELLS,
	.doc = "Hourly means of real-time LMPs of settlement locations, as monthly files give them.",
	.source = PORTAL "rtbm-lmp-by-location",
};
static const struct gpq_dataset da_energy_hourly_bus = {
	.id = "da_energy_hourly_bus",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_BUS,
	LMP_CELLS,
	.doc = "Day-ahead hourly LMPs of price nodes.",
	.source = PORTAL "da-lmp-by-bus",
};
static const struct gpq_dataset rt_energy_5min_bus = {
	.id = "rt_energy_5min_bus",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = 8,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_BUS,
	LMP_CELLS,
	.doc = "Real-time five-minute LMPs of price nodes (Real-Time Balancing Market).",
	.source = PORTAL "rtbm-lmp-by-bus",
};
static const struct gpq_dataset da_ancillary_hourly = {
	.id = "da_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_RESERVE,
	PRICE_CELL,
	.doc = "Day-ahead hourly market clearing prices of reserve products by reserve zone.",
	.source = PORTAL "da-mcp",
};
static const struct gpq_dataset rt_ancillary_5min = {
	.id = "rt_ancillary_5min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_RESERVE,
	PRICE_CELL,
	.doc = "Real-time five-minute market clearing prices of reserve products by reserve zone.",
	.source = PORTAL "rtbm-mcp",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly,   &rt_energy_5min,      &rt_energy_hourly,  &da_energy_hourly_bus,
	&rt_energy_5min_bus, &da_ancillary_hourly, &rt_ancillary_5min,
};

/* ---- columns ---- */

#define EITHER(name, other, what)                                                                                      \
	{                                                                                                              \
		.names = { name, other }, .role = GPQ_ROLE_##what, .required = true                                    \
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

#define LOCAL_END KNOWN("Interval", LOCAL_END_CHECK)
#define UTC_END   NEEDED("GMTIntervalEnd", END_UTC)
#define ANY_END   EITHER("GMTIntervalEnd", "GMT Interval", END_UTC) /* the second one in files of a day */
#define ZONE      KNOWN("BAA", ZONE) /* since April 2026; in some files the last column */
#define PRICES    PRICE("LMP", LMP_TOTAL), PRICE("MLC", LMP_LOSS), PRICE("MCC", LMP_CONGESTION), PRICE("MEC", LMP_ENERGY)

static const struct gpq_feed_column da_lmp_sl_columns[] = {
	LOCAL_END, UTC_END, ZONE, NEEDED("Settlement Location", NAME), KNOWN("Pnode", ID), PRICES,
};
static const struct gpq_feed_column rtbm_lmp_sl_columns[] = {
	LOCAL_END,
	ANY_END,
	EITHER("Settlement Location", "Settlement Location Name", NAME),
	{ .names = { "Pnode", "PNODE Name" }, .role = GPQ_ROLE_ID },
	PRICES,
	ZONE,
};
static const struct gpq_feed_column da_lmp_b_columns[] = {
	LOCAL_END, UTC_END, ZONE, NEEDED("Pnode", ID), PRICES,
};
static const struct gpq_feed_column rtbm_lmp_b_columns[] = {
	LOCAL_END, ANY_END, EITHER("Pnode", "PNODE Name", ID), PRICES, ZONE,
};
static const struct gpq_feed_column monthly_columns[] = {
	NEEDED("Date", DATE),
	EITHER("Settlement Location Name", "Settlement Location", NAME),
	{ .names = { "PNODE Name", "Pnode" }, .role = GPQ_ROLE_ID },
	NEEDED("Price Type", COMPONENT),
	{ .names = { "HE" }, .role = GPQ_ROLE_HOURS, .column = GPQ_COLUMN_BY_COMPONENT, .required = true },
	ZONE,
};
static const struct gpq_feed_column da_mcp_columns[] = {
	LOCAL_END,
	UTC_END,
	NEEDED("Reserve Zone", REGION),
	PRODUCT_PRICE("RegUP", true),
	PRODUCT_PRICE("RegDN", true),
	PRODUCT_PRICE("Spin", true),
	PRODUCT_PRICE("Supp", true),
	PRODUCT_PRICE("RampUP", false), /* since March 2022 */
	PRODUCT_PRICE("RampDN", false),
	PRODUCT_PRICE("UncUP", false), /* since July 2023 */
	KNOWN("BAA", IGNORE),
};
static const struct gpq_feed_column rtbm_mcp_columns[] = {
	LOCAL_END,
	ANY_END,
	NEEDED("Reserve Zone", REGION),
	PRODUCT_PRICE("RegUPService", true),
	PRODUCT_PRICE("RegDNService", true),
	PRODUCT_PRICE("RegUpMile", false),
	PRODUCT_PRICE("RegDNMile", false),
	PRODUCT_PRICE("RampUP", false),
	PRODUCT_PRICE("RampDN", false),
	PRODUCT_PRICE("Spin", true),
	PRODUCT_PRICE("Supp", true),
	PRODUCT_PRICE("UncUP", false),
	KNOWN("BAA", IGNORE),
};

static const struct gpq_component price_types[] = {
	{ "LMP", GPQ_COLUMN_LMP_TOTAL },
	{ "MEC", GPQ_COLUMN_LMP_ENERGY },
	{ "MCC", GPQ_COLUMN_LMP_CONGESTION },
	{ "MLC", GPQ_COLUMN_LMP_LOSS },
};

/* ---- feeds ---- */

/* Words that only headers of real-time files have. */
#define DAY_AHEAD   .forbidden = { "GMT Interval", "Settlement Location Name", "PNODE Name" }
#define DAY_AHEAD_B .forbidden = { "GMT Interval", "Settlement Location Name", "PNODE Name", "Settlement Location" }
#define BY_BUS      .forbidden = { "Settlement Location", "Settlement Location Name" }
#define PRICE_TYPES        .components = price_types, .n_components = COUNT(price_types)
#define DA_WORDS           .name_words = { { "da-lmp", 1 }, { "da_", 1 }, { "damkt", 1 }, { "da-mcp", 1 } }
#define RTBM_WORDS         .name_words = { { "rtbm", 2 } }
#define WEIS_WORDS         .name_words = { { "weis", 3 } }
#define WEIS               "prices of the Western Energy Imbalance Service, another market of SPP's"

static const struct gpq_feed da_lmp_sl = {
	.id = "DA-LMP-SL",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(da_lmp_sl_columns),
	DAY_AHEAD,
	.choice = GPQ_CHOICE_STEP,
	DA_WORDS,
	.doc = "Day-ahead LMPs of a day, a line for each settlement location and hour.",
	.source = PORTAL "da-lmp-by-location (DA-LMP-SL-<day>0100.csv)",
};
static const struct gpq_feed rtbm_lmp_sl = {
	.id = "RTBM-LMP-SL",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(rtbm_lmp_sl_columns),
	.choice = GPQ_CHOICE_NAMED_OR_STEP,
	RTBM_WORDS,
	.doc = "Real-time LMPs of an interval or a day, a line for each settlement location and five minutes.",
	.source = PORTAL "rtbm-lmp-by-location (RTBM-LMP-SL-<minute>.csv, RTBM-LMP-DAILY-SL-<day>.csv)",
};
static const struct gpq_feed da_lmp_b = {
	.id = "DA-LMP-B",
	.outputs = { &da_energy_hourly_bus },
	FEED_COLUMNS(da_lmp_b_columns),
	DAY_AHEAD_B,
	.choice = GPQ_CHOICE_STEP,
	DA_WORDS,
	.doc = "Day-ahead LMPs of a day, a line for each price node and hour.",
	.source = PORTAL "da-lmp-by-bus" PARSERS,
};
static const struct gpq_feed rtbm_lmp_b = {
	.id = "RTBM-LMP-B",
	.outputs = { &rt_energy_5min_bus },
	FEED_COLUMNS(rtbm_lmp_b_columns),
	BY_BUS,
	.choice = GPQ_CHOICE_NAMED_OR_STEP,
	RTBM_WORDS,
	.doc = "Real-time LMPs of an interval or a day, a line for each price node and five minutes.",
	.source = PORTAL "rtbm-lmp-by-bus" PARSERS,
};
static const struct gpq_feed da_lmp_monthly_sl = {
	.id = "DA-LMP-MONTHLY-SL",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(monthly_columns),
	PRICE_TYPES,
	.choice = GPQ_CHOICE_NAME,
	DA_WORDS,
	.prelim = true,
	.doc =
	    "Day-ahead LMPs of a month, a line for each settlement location, component and day with the hours across.",
	.source = PORTAL "da-lmp-by-location (DA-LMP-MONTHLY-SL-<month>.csv); no file was seen",
};
static const struct gpq_feed rtbm_lmp_monthly_sl = {
	.id = "RTBM-LMP-MONTHLY-SL",
	.outputs = { &rt_energy_hourly },
	FEED_COLUMNS(monthly_columns),
	PRICE_TYPES,
	.choice = GPQ_CHOICE_NAME,
	RTBM_WORDS,
	.prelim = true,
	.doc = "Hourly means of real-time LMPs of a month, a line for each settlement location, component and day with "
	       "the hours across.",
	.source = PORTAL "rtbm-lmp-by-location (RTBM-LMP-MONTHLY-SL-<month>.csv); no file was seen",
};
static const struct gpq_feed da_mcp = {
	.id = "DA-MCP",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(da_mcp_columns),
	.doc = "Day-ahead clearing prices of a day, a line for each reserve zone and hour with the products across.",
	.source = PORTAL "da-mcp (DA-MCP-<day>0100.csv)",
};
static const struct gpq_feed rtbm_mcp = {
	.id = "RTBM-MCP",
	.outputs = { &rt_ancillary_5min },
	FEED_COLUMNS(rtbm_mcp_columns),
	.doc = "Real-time clearing prices of an interval, a day or a year, a line for each reserve zone and five "
	       "minutes with the "
	       "products across.",
	.source = PORTAL "rtbm-mcp (RTBM-MCP-<minute>.csv, RTBM-MCP-DAILY-<day>.csv)",
};
static const struct gpq_feed weis_lmp_sl = {
	.id = "WEIS-RTBM-LMP-SL",
	FEED_COLUMNS(rtbm_lmp_sl_columns),
	.choice = GPQ_CHOICE_NAMED,
	WEIS_WORDS,
	.left_out = WEIS,
	.doc = "LMPs of the Western Energy Imbalance Service, in the layout of RTBM-LMP-SL.",
	.source = PORTAL "lmp-by-settlement-location-weis" PARSERS,
};
static const struct gpq_feed weis_lmp_b = {
	.id = "WEIS-RTBM-LMP-B",
	FEED_COLUMNS(rtbm_lmp_b_columns),
	BY_BUS,
	.choice = GPQ_CHOICE_NAMED,
	WEIS_WORDS,
	.left_out = WEIS,
	.doc = "LMPs of the Western Energy Imbalance Service, in the layout of RTBM-LMP-B.",
	.source = PORTAL "lmp-by-settlement-location-weis; no file was seen",
};
static const struct gpq_feed weis_lmp_monthly_sl = {
	.id = "WEIS-RTBM-LMP-MONTHLY-SL",
	FEED_COLUMNS(monthly_columns),
	PRICE_TYPES,
	.choice = GPQ_CHOICE_NAMED,
	WEIS_WORDS,
	.left_out = WEIS,
	.doc = "LMPs of the Western Energy Imbalance Service, in the layout of RTBM-LMP-MONTHLY-SL.",
	.source = PORTAL "lmp-by-settlement-location-weis; no file was seen",
};

static const struct gpq_feed *const feeds[] = {
	&da_lmp_sl, &rtbm_lmp_sl, &da_lmp_b,    &rtbm_lmp_b, &da_lmp_monthly_sl,   &rtbm_lmp_monthly_sl,
	&da_mcp,    &rtbm_mcp,    &weis_lmp_sl, &weis_lmp_b, &weis_lmp_monthly_sl,
};

/* ---- products ---- */

static const struct gpq_product products[] = {
	{ "RegUP", "REG_UP", PROTOCOLS ": Regulation-Up Service" },
	{ "RegDN", "REG_DOWN", PROTOCOLS ": Regulation-Down Service" },
	{ "RegUPService", "REG_UP", PROTOCOLS ": Regulation-Up Service, its capacity beside its mileage" },
	{ "RegDNService", "REG_DOWN", PROTOCOLS ": Regulation-Down Service, its capacity beside its mileage" },
	{ "RegUpMile", "REG_UP_MILEAGE", PROTOCOLS ": Regulation-Up Mileage" },
	{ "RegDNMile", "REG_DOWN_MILEAGE", PROTOCOLS ": Regulation-Down Mileage" },
	{ "RampUP", "RAMP_UP", PROTOCOLS ": Ramp Capability Up" },
	{ "RampDN", "RAMP_DOWN", PROTOCOLS ": Ramp Capability Down" },
	{ "Spin", "SPIN", PROTOCOLS ": Spinning Reserve" },
	{ "Supp", "SUPPLEMENTAL", PROTOCOLS ": Supplemental Reserve" },
	{ "UncUP", "UNCERTAINTY_UP", PROTOCOLS ": Uncertainty Reserve" },
};

/* Repriced files stand in folders of that name, or have a revision in theirs, as in
 * DAMKT-LMP-SL-201607010100-R1-RC4.csv. */
static const struct gpq_finality_word finality_words[] = {
	{ "reprice", GPQ_FINALITY_REPRICED, true },
	{ "-r1-", GPQ_FINALITY_REPRICED, false },
	{ "-r2-", GPQ_FINALITY_REPRICED, false },
	{ "-r3-", GPQ_FINALITY_REPRICED, false },
};

const struct gpq_market gpq_market_spp = {
	.iso = "SPP",
	.folder = "spp",
	.zone = "America/Chicago",
	.name = "Southwest Power Pool",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
	.finality_words = finality_words,
	.n_finality_words = COUNT(finality_words),
};
