// SPDX-License-Identifier: MIT
/*
 * PJM: the feeds of Data Miner 2 as its export and its API write them. Tables only; market.h and table/dataset.h say
 * what the words mean. Columns stand in their published order, which is what a file without a header line is read by.
 *
 * All feeds give the start of the interval in UTC, which counts, and on the wall clock, which is compared.
 */
#include "market/words.h"

#define DATA_MINER   "PJM Data Miner 2, dataminer2.pjm.com/feed/"
#define SCALE        6 /* decimals that PJM publishes at most */

/* Key texts: see enum gpq_location_text. */
#define KEY_ID      (1 << GPQ_TEXT_ID)
#define KEY_NAME    (1 << GPQ_TEXT_NAME)

#define HOURS_OF_DAY  24

/* ---- datasets ---- */

#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE } },                                                                   \
	.n_cells = 4, .blank_without_price = true
/* By rounding, in units of the sixth decimal: day-ahead half a one of each of four numbers (one is seen); real-time energy is
 * published with two decimals, so that half a cent comes to it (0.005001 is seen). */
#define DA_SLACK 2
#define RT_SLACK 5002
#define RESERVE_CELLS                                                                                                  \
	.cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE },                                                        \
		   { GPQ_COLUMN_CLEARED_QUANTITY_MW, SCALE },                                                          \
		   { GPQ_COLUMN_REQUIREMENT_MW, SCALE } },                                                             \
	.n_cells = 3, .blank_without_price = true
#define PRICE_CELL .cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, SCALE } }, .n_cells = 1, .blank_without_price = true
#define AMOUNT_CELLS                                                                                                   \
	.cells = { { GPQ_COLUMN_CLEARED_QUANTITY_MW, SCALE }, { GPQ_COLUMN_REQUIREMENT_MW, SCALE } }, .n_cells = 2,    \
	.blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_ID,
	.sum_slack = DA_SLACK,
	LMP_CELLS,
	.doc = "Day-ahead hourly prices of all pricing nodes.",
	.source = DATA_MINER "da_hrl_lmps",
};
static const struct gpq_dataset rt_energy_hourly = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_ID,
	.sum_slack = RT_SLACK,
	LMP_CELLS,
	.doc = "Real-time prices of all pricing nodes, hourly means, verified.",
	.source = DATA_MINER "rt_hrl_lmps",
};
static const struct gpq_dataset rt_energy_5min = {
	.id = "rt_energy_5min",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = HOURS_OF_DAY,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_ID,
	.sum_slack = RT_SLACK,
	LMP_CELLS,
	.doc = "Real-time five-minute prices of all pricing nodes, verified.",
	.source = DATA_MINER "rt_fivemin_hrl_lmps",
};
static const struct gpq_dataset rt_energy_hourly_unverified = {
	.id = "rt_energy_hourly_unverified",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_WEEK,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NAME,
	.derives_energy = true,
	LMP_CELLS,
	.doc = "Real-time hourly prices before verification, by name: the feed has no ids.",
	.source = DATA_MINER "rt_unverified_hrl_lmps",
};
static const struct gpq_dataset rt_energy_5min_unverified = {
	.id = "rt_energy_5min_unverified",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = HOURS_OF_DAY,
	.partition = GPQ_PARTITION_MONTH,
	.key_texts = KEY_ID,
	.derives_energy = true,
	LMP_CELLS,
	.doc = "Real-time five-minute prices before verification.",
	.source = DATA_MINER "rt_unverified_fivemin_lmps",
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
	.doc = "Day-ahead hourly prices of ancillary services, since October 2022.",
	.source = DATA_MINER "da_ancillary_services",
};
static const struct gpq_dataset rt_ancillary_hourly = {
	.id = "rt_ancillary_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Real-time hourly prices of ancillary services, since October 2012.",
	.source = DATA_MINER "ancillary_services",
};
static const struct gpq_dataset rt_ancillary_5min = {
	.id = "rt_ancillary_5min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	PRICE_CELL,
	.doc = "Real-time five-minute prices of ancillary services.",
	.source = DATA_MINER "ancillary_services_fivemin_hrl",
};
static const struct gpq_dataset da_reserve_hourly = {
	.id = "da_reserve_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	RESERVE_CELLS,
	.doc = "Day-ahead hourly prices, quantities and requirements of reserves by locale.",
	.source = DATA_MINER "da_reserve_market_results",
};
static const struct gpq_dataset rt_reserve_hourly = {
	.id = "rt_reserve_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	RESERVE_CELLS,
	.doc =
	    "Real-time prices, quantities and requirements of reserves by locale, in the years when they were hourly.",
	.source = DATA_MINER "reserve_market_results",
};
static const struct gpq_dataset rt_reserve_5min = {
	.id = "rt_reserve_5min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	RESERVE_CELLS,
	.doc = "Real-time prices, quantities and requirements of reserves by locale, since they are five-minute.",
	.source = DATA_MINER "reserve_market_results",
};
static const struct gpq_dataset rt_regulation_hourly = {
	.id = "rt_regulation_hourly",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 60,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	AMOUNT_CELLS,
	.doc = "Hourly quantities and requirements of regulation; the feed has no price.",
	.source = DATA_MINER "reg_market_results",
};
static const struct gpq_dataset rt_regulation_30min = {
	.id = "rt_regulation_30min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 30,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	AMOUNT_CELLS,
	.doc = "Half-hourly quantities and requirements of regulation, since the redesign of October 2025.",
	.source = DATA_MINER "reg_market_results; PJM regulation market redesign of 2025-10-01 (half-hour commitment)",
};
static const struct gpq_dataset rt_regulation_5min = {
	.id = "rt_regulation_5min",
	.table = GPQ_TABLE_ANCILLARY,
	.market_type = "RT",
	.interval_minutes = 5,
	.block_hours = WHOLE,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_SERVICE,
	RESERVE_CELLS,
	.doc = "Five-minute prices, quantities and requirements of regulation by area.",
	.source = DATA_MINER "reg_prices",
};

static const struct gpq_dataset *const datasets[] = {
	&da_energy_hourly,          &rt_energy_hourly,    &rt_energy_5min,      &rt_energy_hourly_unverified,
	&rt_energy_5min_unverified, &da_ancillary_hourly, &rt_ancillary_hourly, &rt_ancillary_5min,
	&da_reserve_hourly,         &rt_reserve_hourly,   &rt_reserve_5min,     &rt_regulation_hourly,
	&rt_regulation_30min,       &rt_regulation_5min,
};

/* ---- columns ---- */

#define PRICE(name, of)                                                                                                \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of                                    \
	}
#define PRICE_NEEDED(name, of)                                                                                         \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true                  \
	}
#define PRICE_TO(output_1, name, of)                                                                                   \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .output = output_1                \
	}
#define PRICE_NEEDED_TO(output_1, name, of)                                                                            \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .output = output_1,               \
		.required = true                                                                                       \
	}

#define STAMPS    NEEDED("datetime_beginning_utc", START_UTC), KNOWN("datetime_beginning_ept", LOCAL_CHECK)
#define REVISIONS KNOWN("row_is_current", IGNORE), KNOWN("version_nbr", VERSION)

/* pnode_id is the key, but the header is told without it: a file that lacks it is named for that, not as unknown. */
#define PNODE                                                                                                          \
	KNOWN("pnode_id", ID), KNOWN("pnode_name", NAME), KNOWN("voltage", VOLTAGE), KNOWN("equipment", EQUIPMENT),    \
	    KNOWN("type", TYPE), KNOWN("zone", ZONE)

static const struct gpq_feed_column da_hrl_lmps_columns[] = {
	STAMPS,
	PNODE,
	PRICE("system_energy_price_da", LMP_ENERGY),
	PRICE_NEEDED("total_lmp_da", LMP_TOTAL),
	PRICE("congestion_price_da", LMP_CONGESTION),
	PRICE("marginal_loss_price_da", LMP_LOSS),
	REVISIONS,
};

static const struct gpq_feed_column rt_lmps_columns[] = {
	STAMPS,
	PNODE,
	PRICE("system_energy_price_rt", LMP_ENERGY),
	PRICE_NEEDED("total_lmp_rt", LMP_TOTAL),
	PRICE("congestion_price_rt", LMP_CONGESTION),
	PRICE("marginal_loss_price_rt", LMP_LOSS),
	REVISIONS,
};

static const struct gpq_feed_column rt_unverified_hrl_lmps_columns[] = {
	STAMPS,
	KNOWN("pnode_name", NAME),
	KNOWN("type", TYPE),
	PRICE_NEEDED("total_lmp_rt", LMP_TOTAL),
	PRICE("congestion_price_rt", LMP_CONGESTION),
	PRICE("marginal_loss_price_rt", LMP_LOSS),
};

static const struct gpq_feed_column rt_unverified_fivemin_lmps_columns[] = {
	STAMPS,
	KNOWN("pnode_id", ID),
	KNOWN("pnode_name", NAME),
	KNOWN("type", TYPE),
	PRICE_NEEDED("total_lmp_rt", LMP_TOTAL),
	PRICE("congestion_price_rt", LMP_CONGESTION),
	PRICE("marginal_loss_price_rt", LMP_LOSS),
	KNOWN("occ_check", IGNORE),
	KNOWN("ref_caseid_used_multi_interval", IGNORE),
};

static const struct gpq_feed_column rt_da_monthly_lmps_columns[] = {
	STAMPS,
	PNODE,
	PRICE_TO(2, "system_energy_price_rt", LMP_ENERGY),
	PRICE_NEEDED_TO(2, "total_lmp_rt", LMP_TOTAL),
	PRICE_TO(2, "congestion_price_rt", LMP_CONGESTION),
	PRICE_TO(2, "marginal_loss_price_rt", LMP_LOSS),
	PRICE_TO(1, "system_energy_price_da", LMP_ENERGY),
	PRICE_NEEDED_TO(1, "total_lmp_da", LMP_TOTAL),
	PRICE_TO(1, "congestion_price_da", LMP_CONGESTION),
	PRICE_TO(1, "marginal_loss_price_da", LMP_LOSS),
};

static const struct gpq_feed_column rt_fivemin_mnt_lmps_columns[] = {
	STAMPS,
	PNODE,
	PRICE("system_energy_price_rt", LMP_ENERGY),
	PRICE_NEEDED("total_lmp_rt", LMP_TOTAL),
	PRICE("congestion_price_rt", LMP_CONGESTION),
	PRICE("marginal_loss_price_rt", LMP_LOSS),
	/* A day-ahead price is of an hour and stands here in each of its five-minute rows, or in one of them: which,
	 * nothing says. da_hrl_lmps and rt_da_monthly_lmps have it on rows of its own length. */
	KNOWN("system_energy_price_da", IGNORE),
	NEEDED("total_lmp_da", IGNORE),
	KNOWN("congestion_price_da", IGNORE),
	KNOWN("marginal_loss_price_da", IGNORE),
};

static const struct gpq_feed_column five_min_itsced_lmps_columns[] = {
	KNOWN("case_approval_datetime_utc", IGNORE),
	NEEDED("datetime_beginning_utc", START_UTC),
	NEEDED("itsced_lmp", IGNORE),
	KNOWN("marginal_congestion", IGNORE),
	KNOWN("marginal_loss", IGNORE),
	KNOWN("pnode_id", ID),
	KNOWN("pnode_name", NAME),
};

static const struct gpq_feed_column unverified_five_min_lmps_columns[] = {
	STAMPS, KNOWN("name", NAME), KNOWN("type", TYPE), NEEDED("five_min_rtlmp", IGNORE), KNOWN("hourly_lmp", IGNORE),
};

#define SERVICE NEEDED("ancillary_service", PRODUCT), KNOWN("unit", UNIT), PRICE_NEEDED("value", MARKET_CLEARING_PRICE)

static const struct gpq_feed_column ancillary_services_columns[] = {
	STAMPS,
	SERVICE,
	REVISIONS,
};

static const struct gpq_feed_column ancillary_services_fivemin_hrl_columns[] = {
	STAMPS,
	SERVICE,
	KNOWN("version_nbr", VERSION), /* these two the other way round than hourly */
	KNOWN("row_is_current", IGNORE),
};

static const struct gpq_feed_column da_reserve_market_results_columns[] = {
	STAMPS,
	KNOWN("locale", REGION),
	NEEDED("service", PRODUCT),
	PRICE_NEEDED("mcp", MARKET_CLEARING_PRICE),
	KNOWN("mcp_capped", IGNORE), /* a capped variant is not the price */
	PRICE("as_req_mw", REQUIREMENT_MW),
	PRICE("total_mw", CLEARED_QUANTITY_MW),
	KNOWN("as_mw", IGNORE),
	KNOWN("ss_mw", IGNORE),
	KNOWN("ircmwt2", IGNORE),
	KNOWN("dsr_as_mw", IGNORE),
	KNOWN("nsr_mw", IGNORE),
};

static const struct gpq_feed_column reserve_market_results_columns[] = {
	STAMPS,
	KNOWN("locale", REGION),
	NEEDED("service", PRODUCT),
	PRICE_NEEDED("mcp", MARKET_CLEARING_PRICE),
	KNOWN("mcp_capped", IGNORE),
	KNOWN("reg_ccp", IGNORE), /* capability and performance parts of regulation's mcp */
	KNOWN("reg_pcp", IGNORE),
	PRICE("as_req_mw", REQUIREMENT_MW),
	PRICE("total_mw", CLEARED_QUANTITY_MW),
	KNOWN("as_mw", IGNORE),
	KNOWN("ss_mw", IGNORE),
	KNOWN("tier1_mw", IGNORE),
	KNOWN("ircmwt2", IGNORE),
	KNOWN("dsr_as_mw", IGNORE),
	KNOWN("nsr_mw", IGNORE),
	KNOWN("regd_mw", IGNORE),
};

static const struct gpq_feed_column reg_market_results_columns[] = {
	STAMPS,
	PRICE_NEEDED("requirement", REQUIREMENT_MW),
	KNOWN("regd_ssmw", IGNORE),
	KNOWN("rega_ssmw", IGNORE),
	KNOWN("regd_procure", IGNORE),
	KNOWN("rega_procure", IGNORE),
	PRICE_NEEDED("total_mw", CLEARED_QUANTITY_MW),
	KNOWN("deficiency", IGNORE),
	KNOWN("rto_perfscore", IGNORE),
	KNOWN("rega_mileage", IGNORE),
	KNOWN("regd_mileage", IGNORE),
	KNOWN("rega_hourly", IGNORE),
	KNOWN("regd_hourly", IGNORE),
	KNOWN("is_approved", IGNORE),
	KNOWN("modified_datetime_utc", IGNORE),
};

static const struct gpq_feed_column reg_prices_columns[] = {
	STAMPS,
	KNOWN("area", REGION),
	PRICE("reserve_quantity", CLEARED_QUANTITY_MW),
	PRICE("reserve_requirement", REQUIREMENT_MW),
	PRICE_NEEDED("market_clearing_price", MARKET_CLEARING_PRICE),
	KNOWN("market_capped_clearing_price", IGNORE),
	KNOWN("capability_clearing_price", IGNORE),
	KNOWN("performance_clearing_price", IGNORE),
};

/* ---- feeds ---- */

/* RULES 2: 'five' or '5min', then 'hrl'; 'da_', then the feed's own name. */
#define NAME_5MIN                                                                                                      \
	{                                                                                                              \
		{ "five", 2 },                                                                                         \
		{                                                                                                      \
			"5min", 2                                                                                      \
		}                                                                                                      \
	}
#define NAME_HOURLY                                                                                                    \
	{                                                                                                              \
		{                                                                                                      \
			"hrl", 1                                                                                       \
		}                                                                                                      \
	}
#define NAME_DAY_AHEAD                                                                                                 \
	{                                                                                                              \
		{                                                                                                      \
			"da_", 3                                                                                       \
		}                                                                                                      \
	}
#define NAME_OWN(name)                                                                                                 \
	{                                                                                                              \
		{                                                                                                      \
			name, 1                                                                                        \
		}                                                                                                      \
	}
#define NAME_OWN_5MIN(name)                                                                                            \
	{                                                                                                              \
		{ "five", 2 }, { "5min", 2 },                                                                          \
		{                                                                                                      \
			name, 1                                                                                        \
		}                                                                                                      \
	}

/* What the verified feeds have and the unverified do not. */
#define VERIFIED                                                                                                       \
	{                                                                                                              \
		"system_energy_price_rt", "row_is_current", "version_nbr"                                              \
	}
#define DAY_AHEAD_LMP                                                                                                  \
	{                                                                                                              \
		"total_lmp_da", "system_energy_price_da"                                                               \
	}

static const struct gpq_feed da_hrl_lmps = {
	.id = "da_hrl_lmps",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(da_hrl_lmps_columns),
	.forbidden = { "total_lmp_rt", "system_energy_price_rt" },
	.doc = "Day-ahead hourly LMPs.",
	.source = DATA_MINER "da_hrl_lmps",
};
static const struct gpq_feed rt_hrl_lmps = {
	.id = "rt_hrl_lmps",
	.outputs = { &rt_energy_hourly },
	FEED_COLUMNS(rt_lmps_columns),
	.one_of = VERIFIED,
	.forbidden = DAY_AHEAD_LMP,
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_HOURLY,
	.doc = "Real-time hourly LMPs, verified.",
	.source = DATA_MINER "rt_hrl_lmps",
};
static const struct gpq_feed rt_fivemin_hrl_lmps = {
	.id = "rt_fivemin_hrl_lmps",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(rt_lmps_columns),
	.one_of = VERIFIED,
	.forbidden = DAY_AHEAD_LMP,
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_5MIN,
	.doc = "Real-time five-minute LMPs, verified; also rt_fivemin_mnt_lmps where it has no day-ahead columns.",
	.source = DATA_MINER "rt_fivemin_hrl_lmps",
};
static const struct gpq_feed rt_unverified_hrl_lmps = {
	.id = "rt_unverified_hrl_lmps",
	.outputs = { &rt_energy_hourly_unverified },
	FEED_COLUMNS(rt_unverified_hrl_lmps_columns),
	.forbidden = { "system_energy_price_rt", "row_is_current", "total_lmp_da", "pnode_id" },
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_HOURLY,
	.doc = "Real-time hourly LMPs before verification, without ids.",
	.source = DATA_MINER "rt_unverified_hrl_lmps",
};
static const struct gpq_feed rt_unverified_fivemin_lmps = {
	.id = "rt_unverified_fivemin_lmps",
	.outputs = { &rt_energy_5min_unverified },
	FEED_COLUMNS(rt_unverified_fivemin_lmps_columns),
	.forbidden = { "system_energy_price_rt", "row_is_current", "version_nbr", "total_lmp_da" },
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_5MIN,
	.doc = "Real-time five-minute LMPs before verification.",
	.source = DATA_MINER "rt_unverified_fivemin_lmps",
};
static const struct gpq_feed rt_da_monthly_lmps = {
	.id = "rt_da_monthly_lmps",
	.outputs = { &da_energy_hourly, &rt_energy_hourly },
	FEED_COLUMNS(rt_da_monthly_lmps_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = { { "monthly", 1 }, { "hrl", 1 } },
	.doc = "Hourly LMPs, real-time and day-ahead in one row.",
	.source = DATA_MINER "rt_da_monthly_lmps",
};
static const struct gpq_feed rt_fivemin_mnt_lmps = {
	.id = "rt_fivemin_mnt_lmps",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(rt_fivemin_mnt_lmps_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_5MIN,
	.doc = "Real-time five-minute LMPs for settlement; day-ahead prices in the same row are not used, since they "
	       "are hourly.",
	.source = DATA_MINER "rt_fivemin_mnt_lmps",
};
static const struct gpq_feed five_min_itsced_lmps = {
	.id = "five_min_itsced_lmps",
	FEED_COLUMNS(five_min_itsced_lmps_columns),
	.left_out = "forecasts of the intermediate-term dispatch, several of them for one interval, not prices that "
		    "anyone pays",
	.doc = "LMPs that the intermediate-term dispatch foresees.",
	.source = DATA_MINER "five_min_itsced_lmps",
};
static const struct gpq_feed unverified_five_min_lmps = {
	.id = "unverified_five_min_lmps",
	FEED_COLUMNS(unverified_five_min_lmps_columns),
	.left_out =
	    "totals of the last hours without components, ids or revisions; rt_unverified_fivemin_lmps has them",
	.doc = "Five-minute totals as they come out of the dispatch.",
	.source = DATA_MINER "unverified_five_min_lmps",
};
static const struct gpq_feed da_ancillary_services = {
	.id = "da_ancillary_services",
	.outputs = { &da_ancillary_hourly },
	FEED_COLUMNS(ancillary_services_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_DAY_AHEAD,
	.doc = "Day-ahead hourly prices, one row for each service.",
	.source = DATA_MINER "da_ancillary_services",
};
static const struct gpq_feed ancillary_services = {
	.id = "ancillary_services",
	.outputs = { &rt_ancillary_hourly },
	FEED_COLUMNS(ancillary_services_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_OWN("ancillary_services"),
	.doc = "Real-time hourly prices, one row for each service.",
	.source = DATA_MINER "ancillary_services",
};
static const struct gpq_feed ancillary_services_fivemin_hrl = {
	.id = "ancillary_services_fivemin_hrl",
	.outputs = { &rt_ancillary_5min },
	FEED_COLUMNS(ancillary_services_fivemin_hrl_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_5MIN,
	.doc = "Real-time five-minute prices, one row for each service.",
	.source = DATA_MINER "ancillary_services_fivemin_hrl",
};
static const struct gpq_feed da_reserve_market_results = {
	.id = "da_reserve_market_results",
	.outputs = { &da_reserve_hourly },
	FEED_COLUMNS(da_reserve_market_results_columns),
	.forbidden = { "reg_ccp", "reg_pcp", "tier1_mw", "regd_mw" },
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_DAY_AHEAD,
	.doc = "Day-ahead reserves, one row for each locale and service.",
	.source = DATA_MINER "da_reserve_market_results",
};
static const struct gpq_feed reserve_market_results = {
	.id = "reserve_market_results",
	.outputs = { &rt_reserve_hourly },
	FEED_COLUMNS(reserve_market_results_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_OWN("reserve_market_results"),
	.doc = "Real-time reserves, one row for each locale and service; files of the hourly years.",
	.source = DATA_MINER "reserve_market_results",
};
static const struct gpq_feed reserve_market_results_5min = {
	.id = "reserve_market_results",
	.outputs = { &rt_reserve_5min },
	FEED_COLUMNS(reserve_market_results_columns),
	.choice = GPQ_CHOICE_STEP,
	.name_words = NAME_OWN_5MIN("reserve_market_results"),
	.doc = "Real-time reserves, one row for each locale and service; files of the five-minute years.",
	.source = DATA_MINER "reserve_market_results",
};
static const struct gpq_feed reg_market_results = {
	.id = "reg_market_results",
	.outputs = { &rt_regulation_hourly },
	FEED_COLUMNS(reg_market_results_columns),
	.one_of = { "deficiency", "rto_perfscore", "rega_procure", "regd_procure" },
	.choice = GPQ_CHOICE_STEP,
	.constant_product = "REG",
	.doc = "Regulation procured; files of the hourly years.",
	.source = DATA_MINER "reg_market_results",
};
static const struct gpq_feed reg_market_results_30min = {
	.id = "reg_market_results",
	.outputs = { &rt_regulation_30min },
	FEED_COLUMNS(reg_market_results_columns),
	.one_of = { "deficiency", "rto_perfscore", "rega_procure", "regd_procure" },
	.choice = GPQ_CHOICE_STEP,
	.constant_product = "REG",
	.doc = "Regulation procured; files of the half-hourly years.",
	.source = DATA_MINER "reg_market_results",
};
static const struct gpq_feed reg_prices = {
	.id = "reg_prices",
	.outputs = { &rt_regulation_5min },
	FEED_COLUMNS(reg_prices_columns),
	.one_of = { "area", "reserve_quantity", "reserve_requirement", "capability_clearing_price" },
	.constant_product = "REG",
	.doc = "Five-minute regulation prices by area.",
	.source = DATA_MINER "reg_prices",
};

static const struct gpq_feed *const feeds[] = {
	&da_hrl_lmps,
	&rt_hrl_lmps,
	&rt_fivemin_hrl_lmps,
	&rt_unverified_hrl_lmps,
	&rt_unverified_fivemin_lmps,
	&rt_da_monthly_lmps,
	&rt_fivemin_mnt_lmps,
	&five_min_itsced_lmps,
	&unverified_five_min_lmps,
	&da_ancillary_services,
	&ancillary_services,
	&ancillary_services_fivemin_hrl,
	&da_reserve_market_results,
	&reserve_market_results,
	&reserve_market_results_5min,
	&reg_market_results,
	&reg_market_results_30min,
	&reg_prices,
};

/* ---- products ---- */

#define MANUAL_11_RESERVES   "PJM Manual 11, section 4 (Reserve Requirements)"
#define MANUAL_11_REGULATION "PJM Manual 11, section 3 (Regulation)"

/*
 * Services are named by ancillary_services and da_ancillary_services with the area in front, by the market results with
 * a short word. Synchronized reserve is online and answers in 10 minutes (SPIN), non-synchronized is offline and
 * answers in 10 minutes (NON_SPIN), secondary answers in 10 to 30 minutes and is what the 30-minute requirement buys
 * (RESERVE_30). Primary reserve is the sum of the first two, a requirement rather than a product: it has no standard
 * name.
 */
static const struct gpq_product products[] = {
	{ "SR", "SPIN", MANUAL_11_RESERVES ": synchronized reserve" },
	{ "NSR", "NON_SPIN", MANUAL_11_RESERVES ": non-synchronized reserve" },
	{ "PR", NULL, MANUAL_11_RESERVES ": primary reserve is synchronized and non-synchronized reserve together" },
	{ "30MIN", "RESERVE_30", MANUAL_11_RESERVES ": 30-minute reserve" },
	{ "REG", "REG", MANUAL_11_REGULATION },
	{ "RTO Synchronized Reserve", "SPIN", MANUAL_11_RESERVES ": synchronized reserve of the RTO zone" },
	{ "MAD Synchronized Reserve", "SPIN",
	  MANUAL_11_RESERVES ": synchronized reserve of the Mid-Atlantic Dominion subzone" },
	{ "RTO Non-Synchronized Reserve", "NON_SPIN", MANUAL_11_RESERVES ": non-synchronized reserve of the RTO zone" },
	{ "MAD Non-Synchronized Reserve", "NON_SPIN", MANUAL_11_RESERVES ": non-synchronized reserve of the subzone" },
	{ "RTO Secondary Reserve", "RESERVE_30", MANUAL_11_RESERVES ": secondary reserve of the RTO zone" },
	{ "MAD Secondary Reserve", "RESERVE_30", MANUAL_11_RESERVES ": secondary reserve of the subzone" },
	{ "RTO Regulation Capability", "REG", MANUAL_11_REGULATION ": capability, as NYISO's regulation capacity" },
	{ "RTO Regulation Mileage", "REG_MILEAGE", MANUAL_11_REGULATION ": mileage, as NYISO's regulation movement" },
	{ "RTO Mileage Ratio", NULL, MANUAL_11_REGULATION ": a ratio, not a price; 'unit' says so" },
	{ "PJM RTO Synchronized Reserve", "SPIN", DATA_MINER "da_ancillary_services" },
	{ "PJM RTO Primary Reserve", NULL, DATA_MINER "da_ancillary_services; see PR" },
	{ "PJM RTO Thirty Minutes Reserve", "RESERVE_30", DATA_MINER "da_ancillary_services" },
	{ "Mid-Atlantic/Dominion Synchronized Reserve", "SPIN", DATA_MINER "da_ancillary_services" },
	{ "Mid-Atlantic/Dominion Primary Reserve", NULL, DATA_MINER "da_ancillary_services; see PR" },
	{ "Mid-Atlantic/Dominion Thirty Minutes Reserve", "RESERVE_30", DATA_MINER "da_ancillary_services" },
};

const struct gpq_market gpq_market_pjm = {
	.iso = "PJM",
	.folder = "pjm",
	.zone = "America/New_York",
	.name = "PJM Interconnection",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
	.products = products,
	.n_products = COUNT(products),
};
