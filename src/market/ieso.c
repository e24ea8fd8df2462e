// SPDX-License-Identifier: MIT
/*
 * IESO, Ontario: nodal prices of the market as renewed in May 2025. Tables only; market.h and table/dataset.h say what the words
 * mean. Columns stand in their published order.
 *
 * The clock is Eastern Standard Time all year (UTC-5): hours ending 1 to 24 every day. The date stands in the line above the header
 * only, as does the time when the file was made: a file is published several times. Energy is not published.
 */
#include "market/words.h"

#define REPORTS      "IESO public reports, reports-public.ieso.ca/public/"
#define PARSERS      "; layout as gridstatus reads it"
#define SCALE        2 /* decimals that IESO publishes */

#define KEY_NAME (1 << GPQ_TEXT_NAME)

/* ---- datasets ---- */

#define LMP_CELLS                                                                                                      \
	.cells = { { GPQ_COLUMN_LMP_TOTAL, SCALE },                                                                    \
		   { GPQ_COLUMN_LMP_ENERGY, SCALE },                                                                   \
		   { GPQ_COLUMN_LMP_CONGESTION, SCALE },                                                               \
		   { GPQ_COLUMN_LMP_LOSS, SCALE } },                                                                   \
	.n_cells = 4, .derives_energy = true, .blank_without_price = true

static const struct gpq_dataset da_energy_hourly = {
	.id = "da_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.market_type = "DA",
	.interval_minutes = 60,
	.block_hours = HOURS_OF_4_WEEKS,
	.partition = GPQ_PARTITION_YEAR,
	.key_texts = KEY_NAME,
	LMP_CELLS,
	.doc = "Day-ahead hourly prices of all pricing locations, since May 2025.",
	.source = REPORTS "DAHourlyEnergyLMP",
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
	.doc = "Real-time five-minute prices of all pricing locations, since May 2025.",
	.source = REPORTS "RealtimeEnergyLMP",
};

static const struct gpq_dataset *const datasets[] = { &da_energy_hourly, &rt_energy_5min };

/* ---- columns ---- */

#define PRICE(name, of)                                                                                                \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_CELL, .column = GPQ_COLUMN_##of, .required = true                  \
	}
#define PLACE_AND_PRICES                                                                                               \
	NEEDED("Pricing Location", NAME), PRICE("LMP", LMP_TOTAL), PRICE("Energy Loss Price", LMP_LOSS),               \
		PRICE("Energy Congestion Price", LMP_CONGESTION)

static const struct gpq_feed_column hourly_columns[] = { NEEDED("Delivery Hour", HOUR_ENDING), PLACE_AND_PRICES };
static const struct gpq_feed_column five_minute_columns[] = {
	NEEDED("Delivery Hour", HOUR_ENDING),
	NEEDED("Interval", INTERVAL),
	PLACE_AND_PRICES,
};

/* ---- feeds ---- */

#define PREAMBLE           .preamble_lines = 1, .preamble_date = true, .date_behind = " FOR ", .published_behind = "CREATED AT "

static const struct gpq_feed da_lmp = {
	.id = "DAHourlyEnergyLMP",
	.outputs = { &da_energy_hourly },
	FEED_COLUMNS(hourly_columns),
	.forbidden = { "Interval" },
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "dahourlyenergylmp", 1 } },
	PREAMBLE,
	.doc = "Day-ahead LMPs of a day, a line for each hour and location.",
	.source = REPORTS "DAHourlyEnergyLMP" PARSERS,
};
static const struct gpq_feed rt_lmp = {
	.id = "RealtimeEnergyLMP",
	.outputs = { &rt_energy_5min },
	FEED_COLUMNS(five_minute_columns),
	PREAMBLE,
	.doc = "Real-time LMPs of an hour, a line for each five minutes and location.",
	.source = REPORTS "RealtimeEnergyLMP" PARSERS,
};
static const struct gpq_feed predispatch_lmp = {
	.id = "PredispHourlyEnergyLMP",
	FEED_COLUMNS(hourly_columns),
	.forbidden = { "Interval" },
	.choice = GPQ_CHOICE_NAME,
	.name_words = { { "predisphourlyenergylmp", 1 } },
	PREAMBLE,
	.left_out = "a forecast: prices of pre-dispatch, made again every hour",
	.doc = "LMPs of pre-dispatch, a line for each hour to come and location.",
	.source = REPORTS "PredispHourlyEnergyLMP" PARSERS,
};

static const struct gpq_feed *const feeds[] = { &da_lmp, &rt_lmp, &predispatch_lmp };

const struct gpq_market gpq_market_ieso = {
	.iso = "IESO",
	.folder = "ieso",
	.zone = "Etc/GMT+5",
	.name = "Independent Electricity System Operator, Ontario",
	.datasets = datasets,
	.n_datasets = COUNT(datasets),
	.feeds = feeds,
	.n_feeds = COUNT(feeds),
};
