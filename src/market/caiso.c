// SPDX-License-Identifier: MIT
/*
 * CAISO: the price reports of OASIS in CSV, one by one (SingleZip) or grouped (GroupZip). Tables only; market.h and
 * table/dataset.h say what the words mean. Columns stand in their published order.
 *
 * A line is one price component of one node and interval; components come in any order, in one file or in a file each.
 * Start and end of the interval are in UTC and count; trade date and hour, by the Pacific clock, are compared. One layout
 * serves all markets: the market run of the lines tells them apart. The price stands in a column that is called MW, PRC or
 * VALUE, by report and version of its layout.
 */
#include "market/words.h"

#define OASIS        "CAISO OASIS, oasis.caiso.com, report "
#define SPECIFICATION "CAISO Interface Specification for OASIS"
#define SCALE        5 /* decimals that CAISO publishes at most */

/* Key texts: see enum gpq_location_text. */
#define KEY_NODE    (1 << GPQ_TEXT_NAME)

#define HOURS_OF_DAY    24

/* ---- datasets ---- */

#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE },                                                                     \
		   { GPQ_COLUMN_LMP_GHG, SCALE } },                                                                    \
	.n_cells = 5, .sum_slack = 2, .blank_without_price = true /* five numbers, half a unit each; one is seen */
#define PRICE_CELL .cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE } }, .n_cells = 1, .blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_DAYS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Day-ahead hourly prices of all nodes.",
	.source = OASIS "PRC_LMP",
};
static const struct gpq_dataset rt_energy_15min = {
	.id = "rt_energy_15min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 15,
	.block_hours = HOURS_OF_DAY,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Real-time prices of the fifteen-minute market.",
	.source = OASIS "PRC_RTPD_LMP",
};
static const struct gpq_dataset rt_energy_5min = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = 8,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Real-time prices of the five-minute dispatch.",
	.source = OASIS "PRC_INTVL_LMP",
};
static const struct gpq_dataset hasp_energy_hourly = {
	.id = "hasp_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_DAYS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Prices of the hour-ahead scheduling process, its hourly rows.",
	.source = OASIS "PRC_HASP_LMP",
};
static const struct gpq_dataset hasp_energy_15min = {
	.id = "hasp_energy_15min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 15,
	.block_hours = HOURS_OF_DAY,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_NODE,
	LMP_CELLS,
	.doc = "Prices of the hour-ahead scheduling process, its fifteen-minute rows.",
	.source = OASIS "PRC_HASP_LMP",
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
	.doc = "Day-ahead hourly prices of ancillary services by region; regions are nested, a resource is paid their sum.",
	.source = OASIS "PRC_AS",
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
	.doc = "Fifteen-minute prices of ancillary services by region; regions are nested, a resource is paid their sum.",
	.source = OASIS "PRC_INTVL_AS",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly,  &rt_energy_15min,     &rt_energy_5min,     &hasp_energy_hourly,
	&hasp_energy_15min, &da_ancillary_hourly, &rt_ancillary_15min,
};

/* ---- columns ---- */

#define LMP_PRICE(name, other, another)                                                                                \
	{                                                                                                              \
		.names = { name, other, another }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_BY_COMPONENT,           \
		.required = true                                                                                       \
	}
#define AS_PRICE                                                                                                       \
	{                                                                                                              \
		.names = { "MW", "PRC", "VALUE" }, .role = GPQ_ROLE_CELL,                                              \
		.column = GPQ_COLUMN_MARKET_CLEARING_PRICE, .required = true                                           \
	}

#define STAMPS                                                                                                         \
	NEEDED("INTERVALSTARTTIME_GMT", START_UTC), NEEDED("INTERVALENDTIME_GMT", END_UTC),                            \
	    KNOWN("OPR_DT", DATE_CHECK), KNOWN("OPR_HR", HOUR_CHECK)
#define NODES                                                                                                          \
	KNOWN("NODE_ID_XML", IGNORE), KNOWN("NODE_ID", ID), NEEDED("NODE", NAME), NEEDED("MARKET_RUN_ID", MARKET),     \
	    NEEDED("LMP_TYPE", COMPONENT), KNOWN("XML_DATA_ITEM", IGNORE), KNOWN("PNODE_RESMRID", IGNORE),             \
	    KNOWN("GRP_TYPE", IGNORE), KNOWN("POS", IGNORE)

static const struct gpq_feed_column prc_lmp_columns[] = {
	STAMPS,
	KNOWN("OPR_INTERVAL", IGNORE),
	NODES,
	LMP_PRICE("MW", "PRC", "VALUE"),
	KNOWN("GROUP", IGNORE), /* the serial number of a node's lines of a day */
};
static const struct gpq_feed_column prc_rtpd_lmp_columns[] = {
	STAMPS, NODES, LMP_PRICE("PRC", "MW", "VALUE"), KNOWN("OPR_INTERVAL", IGNORE), KNOWN("GROUP", IGNORE),
};
static const struct gpq_feed_column prc_intvl_lmp_columns[] = {
	STAMPS, NODES, LMP_PRICE("VALUE", "MW", "PRC"), KNOWN("OPR_INTERVAL", IGNORE), KNOWN("GROUP", IGNORE),
};
static const struct gpq_feed_column prc_hasp_lmp_columns[] = {
	STAMPS, NODES, LMP_PRICE("MW", "PRC", "VALUE"), KNOWN("OPR_INTERVAL", IGNORE), KNOWN("GROUP", IGNORE),
};
static const struct gpq_feed_column prc_as_columns[] = {
	STAMPS,
	KNOWN("OPR_INTERVAL", IGNORE),
	KNOWN("OPR_TYPE", IGNORE),
	NEEDED("ANC_TYPE", PRODUCT),
	NEEDED("ANC_REGION", REGION),
	NEEDED("MARKET_RUN_ID", MARKET),
	KNOWN("XML_DATA_ITEM", IGNORE),
	AS_PRICE,
	KNOWN("GROUP", IGNORE),
};
static const struct gpq_feed_column prc_intvl_as_columns[] = {
	STAMPS,
	KNOWN("OPR_TYPE", IGNORE),
	NEEDED("ANC_TYPE", PRODUCT),
	KNOWN("XML_DATA_ITEM", IGNORE),
	NEEDED("MARKET_RUN_ID", MARKET),
	AS_PRICE,
	NEEDED("ANC_REGION", REGION),
	KNOWN("OPR_INTERVAL", IGNORE),
	KNOWN("GROUP", IGNORE),
};
/* Prices of a node by the tie that power comes in over: the same columns and one more. */
static const struct gpq_feed_column prc_sptie_lmp_columns[] = {
	STAMPS,
	NODES,
	NEEDED("TIE", IGNORE),
	LMP_PRICE("PRC", "MW", "VALUE"),
	KNOWN("OPR_INTERVAL", IGNORE),
	KNOWN("GROUP", IGNORE),
};
static const struct gpq_feed_column pub_bid_columns[] = {
	KNOWN("STARTTIME", IGNORE),
	KNOWN("STOPTIME", IGNORE),
	KNOWN("STARTTIME_GMT", IGNORE),
	KNOWN("STOPTIME_GMT", IGNORE),
	KNOWN("STARTDATE", IGNORE),
	KNOWN("MARKET_RUN_ID", IGNORE),
	KNOWN("RESOURCE_TYPE", IGNORE),
	NEEDED("SCHEDULINGCOORDINATOR_SEQ", IGNORE),
	NEEDED("RESOURCEBID_SEQ", IGNORE),
};

/* Node prices by component: the total is the sum of all others (seen to 0.00001 in files of 2018 to 2023). */
static const struct gpq_component lmp_types[] = {
	{ "LMP", GPQ_COLUMN_LMP_TOTAL },      { "MCE", GPQ_COLUMN_LMP_ENERGY }, { "MCC", GPQ_COLUMN_LMP_CONGESTION },
	{ "MCL", GPQ_COLUMN_LMP_LOSS },       { "MGHG", GPQ_COLUMN_LMP_GHG },
};

/* ---- feeds ---- */

#define BY_COMPONENT       .components = lmp_types, .n_components = COUNT(lmp_types)
#define NOT_BY_TIE         .forbidden = { "TIE" }

static const struct gpq_feed prc_lmp = {
	.id = "prc_lmp",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(prc_lmp_columns),
	NOT_BY_TIE,
	.choice = GPQ_CHOICE_RUN,
	.name_words = { { "prc_lmp", 1 }, { "dam_lmp", 1 } },
	.market_runs = { "DAM" },
	BY_COMPONENT,
	.doc = "Day-ahead LMPs, a line for each node, hour and component.",
	.source = OASIS "PRC_LMP, market run DAM; groups DAM_LMP_GRP",
};
static const struct gpq_feed prc_rtpd_lmp = {
	.id = "prc_rtpd_lmp",
	.outputs = { &rt_energy_15min },
	FEED_COLUMNS(prc_rtpd_lmp_columns),
	NOT_BY_TIE,
	.choice = GPQ_CHOICE_RUN,
	.name_words = { { "rtpd_lmp", 1 } },
	.market_runs = { "RTPD" },
	BY_COMPONENT,
	.doc = "Fifteen-minute market LMPs, a line for each node, interval and component.",
	.source = OASIS "PRC_RTPD_LMP, market run RTPD; groups RTPD_LMP_GRP",
};
static const struct gpq_feed prc_intvl_lmp = {
	.id = "prc_intvl_lmp",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(prc_intvl_lmp_columns),
	NOT_BY_TIE,
	.choice = GPQ_CHOICE_RUN,
	.name_words = { { "intvl_lmp", 1 }, { "rtm_lmp", 1 } },
	.market_runs = { "RTM", "RTD" },
	BY_COMPONENT,
	.doc = "Five-minute dispatch LMPs, a line for each node, interval and component.",
	.source = OASIS "PRC_INTVL_LMP, market run RTM; groups RTM_LMP_GRP",
};
static const struct gpq_feed prc_hasp_lmp = {
	.id = "prc_hasp_lmp",
	.outputs = { &hasp_energy_hourly, &hasp_energy_15min },
	FEED_COLUMNS(prc_hasp_lmp_columns),
	NOT_BY_TIE,
	.choice = GPQ_CHOICE_RUN,
	.name_words = { { "hasp_lmp", 1 } },
	.market_runs = { "HASP" },
	BY_COMPONENT,
	.by_length = true,
	.doc = "Hour-ahead scheduling process LMPs, a line for each node, interval and component; a row goes by its own "
	       "length.",
	.source = OASIS "PRC_HASP_LMP, market run HASP; groups HASP_LMP_GRP",
};
static const struct gpq_feed prc_as = {
	.id = "prc_as",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(prc_as_columns),
	.choice = GPQ_CHOICE_RUN,
	.name_words = { { "prc_as", 1 } },
	.market_runs = { "DAM" },
	.doc = "Day-ahead prices of ancillary services, a line for each region, service and hour.",
	.source = OASIS "PRC_AS, market run DAM",
};
static const struct gpq_feed prc_intvl_as = {
	.id = "prc_intvl_as",
	.outputs = { &rt_ancillary_15min },
	FEED_COLUMNS(prc_intvl_as_columns),
	.choice = GPQ_CHOICE_RUN,
	.name_words = { { "intvl_as", 1 } },
	.market_runs = { "RTM", "RTPD" },
	.doc = "Fifteen-minute prices of ancillary services, a line for each region, service and interval.",
	.source = OASIS "PRC_INTVL_AS, market run RTM",
};
static const struct gpq_feed prc_as_hasp = {
	.id = "prc_as_hasp",
	FEED_COLUMNS(prc_as_columns),
	.choice = GPQ_CHOICE_RUN,
	.market_runs = { "HASP" },
	.left_out = "prices of ancillary services in the hour-ahead process; no dataset has them",
	.doc = "Prices of ancillary services in the hour-ahead scheduling process.",
	.source = OASIS "PRC_AS, market run HASP",
};
static const struct gpq_feed prc_sptie_lmp = {
	.id = "prc_sptie_lmp",
	FEED_COLUMNS(prc_sptie_lmp_columns),
	BY_COMPONENT,
	.left_out = "prices of scheduling points by tie, several of one node for one interval",
	.doc = "LMPs of pairs of scheduling point and tie.",
	.source = OASIS "PRC_SPTIE_LMP; its column TIE as gridstatus reads it",
};
static const struct gpq_feed pub_bid = {
	.id = "pub_bid",
	FEED_COLUMNS(pub_bid_columns),
	.left_out = "bids that were made public (OASIS PUB_BID), no prices",
	.doc = "Bids of resources, published three months later.",
	.source = OASIS "PUB_BID; groups PUB_DAM_GRP, PUB_RTM_GRP",
};

static const struct gpq_feed *const feeds[] = {
	&prc_lmp, &prc_rtpd_lmp, &prc_intvl_lmp, &prc_hasp_lmp, &prc_as, &prc_as_hasp, &prc_intvl_as, &prc_sptie_lmp,
	&pub_bid,
};

/* ---- products ---- */

static const struct gpq_product products[] = {
	{ "SR", "SPIN", SPECIFICATION ", ANC_TYPE: spinning reserve" },
	{ "NR", "NON_SPIN", SPECIFICATION ", ANC_TYPE: non-spinning reserve" },
	{ "RU", "REG_UP", SPECIFICATION ", ANC_TYPE: regulation up" },
	{ "RD", "REG_DOWN", SPECIFICATION ", ANC_TYPE: regulation down" },
	{ "RMU", "REG_UP_MILEAGE", SPECIFICATION ", ANC_TYPE: regulation mileage up" },
	{ "RMD", "REG_DOWN_MILEAGE", SPECIFICATION ", ANC_TYPE: regulation mileage down" },
	/* Reports that have the data item in the type's place. */
	{ "SP_CLR_PRC", "SPIN", SPECIFICATION ", XML_DATA_ITEM: spinning reserve" },
	{ "NS_CLR_PRC", "NON_SPIN", SPECIFICATION ", XML_DATA_ITEM: non-spinning reserve" },
	{ "RU_CLR_PRC", "REG_UP", SPECIFICATION ", XML_DATA_ITEM: regulation up" },
	{ "RD_CLR_PRC", "REG_DOWN", SPECIFICATION ", XML_DATA_ITEM: regulation down" },
	{ "RMU_CLR_PRC", "REG_UP_MILEAGE", SPECIFICATION ", XML_DATA_ITEM: regulation mileage up" },
	{ "RMD_CLR_PRC", "REG_DOWN_MILEAGE", SPECIFICATION ", XML_DATA_ITEM: regulation mileage down" },
};

const struct gpq_market gpq_market_caiso = {
	.iso = "CAISO",
	.folder = "caiso",
	.zone = "America/Los_Angeles",
	.name = "California Independent System Operator",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
	.publish_stamp = GPQ_PUBLISH_OASIS_NAME,
};
