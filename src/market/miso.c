// SPDX-License-Identifier: MIT
/*
 * MISO: the market reports in CSV. Tables only; market.h and table/dataset.h say what the words mean. Columns stand in
 * their published order.
 *
 * The market's clock is Eastern Standard Time all year (UTC-5), so that every day has 24 hours. In the hourly reports a line
 * is one price of one node with the hours across; what it is a price of (total, congestion, losses) stands in front, and
 * energy, which is not published, is what is left of the total. The date stands above the header, as does a title; the
 * title does not tell preliminary from final prices, nor ex-ante from ex-post reserves: the file's name does.
 */
#include "market/words.h"

#define REPORTS      "MISO market reports, docs.misoenergy.org/marketreports/"
#define PARSERS      "; layout as the parsers of gridstatus and MISOReports read it"
#define SCALE        2 /* decimals that MISO publishes */

/* Key texts: see enum gpq_location_text. */
#define KEY_NODE    (1 << GPQ_TEXT_NAME)

#define HOURS_OF_2_DAYS 48

/* ---- datasets ---- */

#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE } },                                                                   \
	.n_cells = 4, .derives_energy = true, .blank_without_price = true
#define PRICE_CELL .cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE } }, .n_cells = 1, .blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Day-ahead hourly prices of all nodes, ex-post: those that are paid.",
	.source = REPORTS "YYYYMMDD_da_expost_lmp.csv",
};
static const struct gpq_dataset da_energy_hourly_exante = {
	.id = "da_energy_hourly_exante",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Day-ahead hourly prices of all nodes, ex-ante.",
	.source = REPORTS "YYYYMMDD_da_exante_lmp.csv",
};
static const struct gpq_dataset rt_energy_hourly = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Real-time prices of all nodes, hourly means; final ones take the place of preliminary ones.",
	.source = REPORTS "YYYYMMDD_rt_lmp_final.csv",
};
static const struct gpq_dataset rt_energy_5min = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = HOURS_OF_2_DAYS,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Real-time five-minute prices of all nodes.",
	.source = REPORTS "YYYYMMDD_5MIN_LMP.zip",
};
static const struct gpq_dataset da_ancillary_hourly = {
	.id = "da_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Day-ahead hourly prices of reserves and regulation, market-wide and by resource, ex-post.",
	.source = REPORTS "YYYYMMDD_asm_expost_damcp.csv",
};
static const struct gpq_dataset da_ancillary_hourly_exante = {
	.id = "da_ancillary_hourly_exante",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Day-ahead hourly prices of reserves and regulation, market-wide and by resource, ex-ante.",
	.source = REPORTS "YYYYMMDD_asm_exante_damcp.csv",
};
static const struct gpq_dataset rt_ancillary_hourly = {
	.id = "rt_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Real-time hourly prices of reserves and regulation, by zone and by resource; final ones take the place of "
	       "preliminary ones.",
	.source = REPORTS "YYYYMMDD_asm_rtmcp_final.csv",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly,    &da_energy_hourly_exante,    &rt_energy_hourly,    &rt_energy_5min,
	&da_ancillary_hourly, &da_ancillary_hourly_exante, &rt_ancillary_hourly,
};

/* ---- columns ---- */

#define PRICE_NEEDED(name, of)                                                                                         \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true                  \
	}
#define HOURS_NEEDED(of)                                                                                               \
	{                                                                                                              \
		.names = { "HE" }, .role = GPQ_ROLE_HOURS, .column = GPQ_COLUMN_##of, .required = true                 \
	}

static const struct gpq_feed_column day_lmp_columns[] = {
	NEEDED("Node", NAME),
	NEEDED("Type", TYPE),
	NEEDED("Value", COMPONENT),
	HOURS_NEEDED(BY_COMPONENT),
};
static const struct gpq_feed_column bundle_lmp_columns[] = {
	NEEDED("MARKET_DAY", DATE), NEEDED("NODE", NAME), NEEDED("TYPE", TYPE), NEEDED("VALUE", COMPONENT),
	HOURS_NEEDED(BY_COMPONENT),
};
static const struct gpq_feed_column five_minute_lmp_columns[] = {
	NEEDED("MKTHOUR_EST", START_LOCAL),
	NEEDED("PNODENAME", NAME),
	PRICE_NEEDED("LMP", LMP_TOTAL),
	PRICE_NEEDED("CON_LMP", LMP_CONGESTION),
	PRICE_NEEDED("LOSS_LMP", LMP_LOSS),
};
/* Two of the first table's columns have no header. */
static const struct gpq_feed_column asm_zone_columns[] = {
	NEEDED("", REGION),
	NEEDED("", IGNORE), /* "-" */
	NEEDED("MCP Type", PRODUCT),
	HOURS_NEEDED(MARKET_CLEARING_PRICE),
};
static const struct gpq_feed_column asm_resource_columns[] = {
	NEEDED("Pnode", RESOURCE),
	NEEDED("Zone", REGION),
	NEEDED("MCP Type", PRODUCT),
	HOURS_NEEDED(MARKET_CLEARING_PRICE),
};
static const struct gpq_feed_column load_epnodes_columns[] = {
	NEEDED("EPNode", IGNORE),
	NEEDED("Value", IGNORE),
	{ .names = { "HE" }, .role = GPQ_ROLE_HOURS, .column = GPQ_COLUMN_LMP_TOTAL, .required = true },
};
static const struct gpq_feed_column rt_lmp_hourly_columns[] = {
	NEEDED("PNODENAME", IGNORE), NEEDED("MKTHOUR_EST", IGNORE),     NEEDED("LMP", IGNORE),
	KNOWN("CONGESTIONLMP", IGNORE), KNOWN("LOSSLMP", IGNORE), NEEDED("PRICINGTYPE", IGNORE), KNOWN("ENERGYLMP", IGNORE),
};

static const struct gpq_component values[] = {
	{ "LMP", GPQ_COLUMN_LMP_TOTAL },
	{ "MCC", GPQ_COLUMN_LMP_CONGESTION },
	{ "MLC", GPQ_COLUMN_LMP_LOSS },
};

/* ---- feeds ---- */

#define SECOND_COLUMNS(list) .second_columns = list, .n_second_columns = COUNT(list)
#define BY_COMPONENT         .components = values, .n_components = COUNT(values)
#define DAY_PREAMBLE         .preamble_lines = 4, .preamble_date = true

static const struct gpq_feed da_expost_lmp = {
	.id = "da_expost_lmp",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(day_lmp_columns),
	.forbidden = { "MARKET_DAY", "EPNode" },
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "da_expost_lmp", 2 }, { "expost", 1 } },
	.titles = { "Day Ahead Market ExPost LMPs" },
	DAY_PREAMBLE,
	BY_COMPONENT,
	.doc = "Day-ahead ex-post LMPs of a day, a line for each node and price with the hours across.",
	.source = REPORTS "YYYYMMDD_da_expost_lmp.csv",
};
static const struct gpq_feed da_exante_lmp = {
	.id = "da_exante_lmp",
	.outputs = { &da_energy_hourly_exante },
	FEED_COLUMNS(day_lmp_columns),
	.forbidden = { "MARKET_DAY", "EPNode" },
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "da_exante_lmp", 2 }, { "exante", 1 } },
	.titles = { "Day Ahead Market ExAnte LMPs" },
	DAY_PREAMBLE,
	BY_COMPONENT,
	.doc = "Day-ahead ex-ante LMPs of a day, a line for each node and price with the hours across.",
	.source = REPORTS "YYYYMMDD_da_exante_lmp.csv" PARSERS,
};
static const struct gpq_feed rt_lmp = {
	.id = "rt_lmp",
	.outputs = { &rt_energy_hourly },
	FEED_COLUMNS(day_lmp_columns),
	.forbidden = { "MARKET_DAY", "EPNode" },
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "rt_lmp", 2 } },
	.titles = { "Realtime Market LMPs", "Real Time Market LMPs", "Real-Time Market LMPs" },
	DAY_PREAMBLE,
	BY_COMPONENT,
	.doc = "Real-time LMPs of a day, final or preliminary, a line for each node and price with the hours across.",
	.source = REPORTS "YYYYMMDD_rt_lmp_final.csv, YYYYMMDD_rt_lmp_prelim.csv",
};
static const struct gpq_feed da_lmps = {
	.id = "da_lmps",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(bundle_lmp_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "da_lmp", 1 }, { "da_", 1 } },
	.preamble_lines = 4,
	BY_COMPONENT,
	.doc = "Day-ahead ex-post LMPs of three months, a line for each day, node and price with the hours across.",
	.source = REPORTS "YYYY-Mon-Mon_DA_LMPs.zip" PARSERS,
};
static const struct gpq_feed da_lmps_exante = {
	.id = "da_lmps",
	.outputs = { &da_energy_hourly_exante },
	FEED_COLUMNS(bundle_lmp_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "exante", 2 } },
	.preamble_lines = 4,
	BY_COMPONENT,
	.doc = "Day-ahead LMPs of three months whose name says ex-ante.",
	.source = REPORTS "YYYY-Mon-Mon_DA_LMPs.zip" PARSERS,
};
static const struct gpq_feed rt_lmps = {
	.id = "rt_lmps",
	.outputs = { &rt_energy_hourly },
	FEED_COLUMNS(bundle_lmp_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "rt_lmp", 1 }, { "rt_", 1 } },
	.preamble_lines = 4,
	BY_COMPONENT,
	.doc = "Real-time LMPs of three months, a line for each day, node and price with the hours across.",
	.source = REPORTS "YYYY_Mon-Mon_RT_LMPs.zip" PARSERS,
};
static const struct gpq_feed five_minute_lmp = {
	.id = "5min_lmp",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(five_minute_lmp_columns),
	.preamble_lines = 4,
	.footer_lines = 2,
	.doc = "Real-time five-minute LMPs of a week; the stamp begins the interval.",
	.source = REPORTS "YYYYMMDD_5MIN_LMP.zip" PARSERS,
};
static const struct gpq_feed asm_expost_damcp = {
	.id = "asm_expost_damcp",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(asm_zone_columns),
	SECOND_COLUMNS(asm_resource_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "asm_expost_damcp", 2 }, { "expost", 1 } },
	.titles = { "Dayahead Market MCPs." },
	DAY_PREAMBLE,
	.doc = "Day-ahead ex-post prices of reserves, market-wide, then by resource, with the hours across.",
	.source = REPORTS "YYYYMMDD_asm_expost_damcp.csv",
};
static const struct gpq_feed asm_exante_damcp = {
	.id = "asm_exante_damcp",
	.outputs = { &da_ancillary_hourly_exante },
	FEED_COLUMNS(asm_zone_columns),
	SECOND_COLUMNS(asm_resource_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "asm_exante_damcp", 2 }, { "exante", 1 } },
	.titles = { "Dayahead Market MCPs." },
	DAY_PREAMBLE,
	.doc = "Day-ahead ex-ante prices of reserves, market-wide, then by resource, with the hours across.",
	.source = REPORTS "YYYYMMDD_asm_exante_damcp.csv" PARSERS,
};
static const struct gpq_feed asm_rtmcp = {
	.id = "asm_rtmcp",
	.outputs = { &rt_ancillary_hourly },
	FEED_COLUMNS(asm_zone_columns),
	SECOND_COLUMNS(asm_resource_columns),
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "rtmcp", 2 } },
	.titles = { "Real Time Market MCPs.", "Realtime Market MCPs.", "Real-Time Market MCPs." },
	DAY_PREAMBLE,
	.doc = "Real-time prices of reserves, final or preliminary, by zone, then by resource, with the hours across.",
	.source = REPORTS "YYYYMMDD_asm_rtmcp_final.csv, YYYYMMDD_asm_rtmcp_prelim.csv" PARSERS,
};
static const struct gpq_feed load_epnodes = {
	.id = "load_epnodes",
	FEED_COLUMNS(load_epnodes_columns),
	.preamble_lines = 4,
	.left_out = "prices of the elemental nodes of loads (EPNodes), of which settlement makes those of its load zones",
	.doc = "Prices of elemental pricing nodes.",
	.source = REPORTS "DA_Load_EPNodes_YYYYMMDD.zip, RT_Load_EPNodes_YYYYMMDD.zip" PARSERS,
};
static const struct gpq_feed rt_lmp_hourly = {
	.id = "rt_lmp_hourly",
	FEED_COLUMNS(rt_lmp_hourly_columns),
	.left_out = "an archive of real-time LMPs whose hours nothing says to be beginnings or ends",
	.doc = "Real-time LMPs of several months, a line for each node and hour.",
	.source = "MISO market reports, archive RT LMP Hourly",
};

static const struct gpq_feed *const feeds[] = {
	&da_expost_lmp, &da_exante_lmp, &rt_lmp,           &da_lmps,          &da_lmps_exante, &rt_lmps,
	&five_minute_lmp, &asm_expost_damcp, &asm_exante_damcp, &asm_rtmcp, &load_epnodes,   &rt_lmp_hourly,
};

/* ---- names and products ---- */

static const struct gpq_finality_word finality_words[] = {
	{ "final", GPQ_FINALITY_FINAL, false },
	{ "prelim", GPQ_FINALITY_PRELIM, false },
};

#define BPM_002 "MISO Business Practices Manual 002, Energy and Operating Reserve Markets: "

/*
 * A product is priced for generation (GEN), demand response of type II (DEM) and stored energy (SER); they are one product
 * with one price in the market.
 */
static const struct gpq_product products[] = {
	{ "GENREGMCP", "REG", BPM_002 "regulating reserve" },
	{ "DEMREGMCP", "REG", BPM_002 "regulating reserve" },
	{ "SERREGMCP", "REG", BPM_002 "regulating reserve" },
	{ "GENSPINMCP", "SPIN", BPM_002 "spinning reserve" },
	{ "DEMSPINMCP", "SPIN", BPM_002 "spinning reserve" },
	{ "GENSUPPMCP", "SUPPLEMENTAL", BPM_002 "supplemental reserve" },
	{ "DEMSUPPMCP", "SUPPLEMENTAL", BPM_002 "supplemental reserve" },
	{ "REGMILEAGEMCP", "REG_MILEAGE", BPM_002 "regulation mileage" },
};

const struct gpq_market gpq_market_miso = {
	.iso = "MISO",
	.folder = "miso",
	.zone = "Etc/GMT+5",
	.name = "Midcontinent Independent System Operator",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
	.finality_words = finality_words,
	.n_finality_words = COUNT(finality_words),
};
