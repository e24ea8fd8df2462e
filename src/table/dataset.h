/*
 * table/dataset.h - the words that market tables are written in: datasets (what we write) and feeds (what an ISO publishes).
 *
 * A dataset is one output: a key, a clock, a grid, blocks. A feed is one file layout: header names with the role of each
 * column, and the dataset (or two) that its rows belong to. Tables only name things; what a word means is implemented
 * once, in value, sort or convert.
 */
#ifndef GPQ_TABLE_DATASET_H
#define GPQ_TABLE_DATASET_H

#include "table/batch.h"
#include "table/locations.h"
#include "table/schema.h"

/* What a source column is to a row. */
enum gpq_role {
	GPQ_ROLE_IGNORE = 0,   /* known, not used */
	GPQ_ROLE_START_UTC,    /* interval start, clock UTC */
	GPQ_ROLE_END_UTC,      /* interval end, clock UTC. Beside the start: its length must be the dataset's. Alone: the start is
	                          one interval of the dataset before */
	GPQ_ROLE_RECORD_KIND,  /* what the line is, in its first field: a letter of gpq_record_kind, the header's too */
	GPQ_ROLE_START_LOCAL,  /* interval start by the market's clock; of a repeated hour a flag tells the pass, or the order of
	                          lines (gpq_feed.repeats_by_order). The time of day alone, where the date stands above the header
	                          (gpq_feed.preamble_date) */
	GPQ_ROLE_END_LOCAL,    /* interval end likewise, where a line tells no start */
	GPQ_ROLE_CLOCK,        /* beside these: "EDT" or "EST", which tells the passes of a repeated hour apart */
	GPQ_ROLE_DATE,         /* delivery date by the market's clock, of a line that tells its hours otherwise */
	GPQ_ROLE_HOUR_ENDING,  /* beside the date, or one above the header: the hour by the wall clock, which the interval is in; a
	                          repeated one may be marked */
	GPQ_ROLE_INTERVAL,     /* beside the hour: which interval of it, from 1 */
	GPQ_ROLE_REPEATED,     /* a flag: this is the second pass of a repeated hour; without the column none is */
	GPQ_ROLE_LOCAL_CHECK,  /* interval start by the wall clock: compared, a difference is a warning */
	GPQ_ROLE_LOCAL_END_CHECK, /* interval end likewise; at a clock change by the clock of its start or of its end */
	GPQ_ROLE_DATE_CHECK,   /* delivery date: compared */
	GPQ_ROLE_HOUR_CHECK,   /* hour ending by the wall clock, 25 being the second pass of a repeated one: compared */
	GPQ_ROLE_MARKET,       /* the market run: one of the feed's, else the line is rejected */
	GPQ_ROLE_NAME,         /* settlement_location */
	GPQ_ROLE_ID,
	GPQ_ROLE_TYPE,
	GPQ_ROLE_ZONE,
	GPQ_ROLE_VOLTAGE,      /* "230 KV" or a bare number */
	GPQ_ROLE_EQUIPMENT,
	GPQ_ROLE_PRODUCT,      /* as_product */
	GPQ_ROLE_REGION,
	GPQ_ROLE_RESOURCE,     /* settlement_location of a price of one resource */
	GPQ_ROLE_UNIT,
	GPQ_ROLE_VERSION,
	GPQ_ROLE_COMPONENT,    /* which cell the numbers of the line are: see gpq_feed.components */
	GPQ_ROLE_CELL,         /* a number; 'column' says which of the output */
	GPQ_ROLE_PRODUCTS,     /* a number of the product that the header names; the line is a row of each product */
	GPQ_ROLE_HOURS,        /* a number for each hour ending 1 to 24: header names are this one's with the hour behind it */
};

/* Lines that say what they are, in role RECORD_KIND. An input without trailer, or with another number of rows than it says, is
 * damaged: it gives nothing (RULES 23). */
enum gpq_record_kind {
	GPQ_RECORD_REMARK = 'C',  /* title, name, dates */
	GPQ_RECORD_HEADER = 'H',  /* the names of the columns, below them their types */
	GPQ_RECORD_ROW = 'D',
	GPQ_RECORD_TRAILER = 'T', /* behind the rows: how many there are, as in "29016 lines" */
};

/* 'column' of CELL and HOURS where the line's component says it. */
#define GPQ_COLUMN_BY_COMPONENT GPQ_N_COLUMNS

/* Hours of a day that stand across, in the columns of role HOURS. */
#define GPQ_HOURS_ACROSS 24

/*
 * A column of a feed. 'names' are alternatives: the current header name first, older or variant ones behind. A column whose
 * header is blank has the name ""; blank header names stand for the feed's in their order. GPQ_ROLE_HOURS stands for
 * GPQ_HOURS_ACROSS columns, one behind the other. Of GPQ_ROLE_PRODUCTS the current header name is the product where 'product'
 * names none; columns of one product, and region, give one row. With 'unit_behind' the header has a unit in brackets behind the
 * name, which may be cut off or left out: names are compared without it, and what is left of it is the unit.
 */
struct gpq_feed_column {
	const char *names[4];
	enum gpq_role role;
	enum gpq_column_id column; /* roles CELL, HOURS, PRODUCTS: the output column */
	const char *product;       /* role PRODUCTS: as_product, where it is not the header's name */
	const char *region;        /* role PRODUCTS: as_region that the header names; NULL: the line's */
	bool unit_behind;          /* role PRODUCTS, with 'product' */
	uint8_t output;            /* role CELL: 0 = both outputs or the only one; 1, 2 = that output only */
	bool negated;              /* role CELL, of lines that are rows: published with the other sign */
	bool required;             /* the feed is not recognised without it */
};

/* One number column of a dataset's rows. */
struct gpq_cell_column {
	enum gpq_column_id column;
	uint8_t scale; /* decimals as published; numbers with more travel as binary64 (cell.h) */
};

/* What tells feeds with one header apart (RULES 1 and 2). */
enum gpq_choice {
	GPQ_CHOICE_NONE, /* the header decides */
	GPQ_CHOICE_STEP, /* the step between the first two distinct instants, or one instant off the hour; what that
	                    leaves, the file's name */
	GPQ_CHOICE_NAME, /* the file's name only */
	GPQ_CHOICE_RUN,  /* the market run of the first data line */
	GPQ_CHOICE_NAMED, /* only where a word of its stands in the file's name, which then is content */
	GPQ_CHOICE_NAMED_OR_STEP, /* likewise; without it as STEP */
	GPQ_CHOICE_STAMPS, /* whether stamps are on the hour or on quarters of it; what that leaves, the file's name */
};

/* A text by which lines name a cell: CAISO's LMP_TYPE, MISO's Value. */
struct gpq_component {
	const char *text;
	enum gpq_column_id column;
};

/* How final prices are; the greater, the newer (RULES 21). */
enum gpq_finality { GPQ_FINALITY_PRELIM, GPQ_FINALITY_UNMARKED, GPQ_FINALITY_REPRICED, GPQ_FINALITY_FINAL };

/* A word of a name that tells the finality, in lower case. */
struct gpq_finality_word {
	const char *word;
	enum gpq_finality finality;
	bool of_folders; /* counts in the names of folders too */
};

/* How names tell when a file was published (RULES 21). */
enum gpq_publish_stamp {
	GPQ_PUBLISH_NONE,
	GPQ_PUBLISH_OASIS_NAME, /* <day>_<day>_<query>_<YYYYMMDD>_<HH>_<MM>_<SS>_v<n> */
	GPQ_PUBLISH_MIS_NAME,   /* cdr.<report>.<16 digits>.<YYYYMMDD>.<HHMMSS[mmm]>.<name>, <report>_<YYYYMMDD>_<HHMMSSmmm>_<id> */
};

/*
 * A word of a file name that means a feed, in lower case. Where words of several feeds stand in one name, those of the
 * greatest strength count. A word that ends in '_' is a part of its own: it begins the name or follows no letter, so that
 * "da_" is not found in "canada_".
 */
struct gpq_name_word {
	const char *word;
	uint8_t strength; /* from 1 */
};

struct gpq_dataset {
	const char *id;                 /* "da_energy_hourly" */
	enum gpq_table_id table;
	const char *market_type;        /* "DA", "RT" */
	uint16_t interval_minutes;      /* 5, 15, 30, 60: also the grid, from the hour */
	bool off_grid;                  /* intervals begin when a run of the market began, whenever that was */
	bool tiles;                     /* off the grid: lines tell when an interval ends, and it begins where the location's last one
	                                   did; the cell of GPQ_COLUMN_INTERVAL_END_UTC is its length in seconds (RULES 7) */
	uint32_t block_hours;           /* 24 * days; 0: the whole partition; under 24: from local midnight */
	enum gpq_partition partition;   /* YEAR or MONTH */
	uint8_t key_texts;              /* bit k: gpq_location.text[k] belongs to the key, beside the instant */
	bool derives_energy;            /* lmp_energy = total - congestion - loss - ghg, exactly; never published */
	uint32_t sum_slack;             /* how far a total may be from the sum of its components by rounding, in units of its scale */
	bool blank_without_price;       /* a row all of whose cells are empty is blank (RULES 14) */
	struct gpq_cell_column cells[GPQ_MAX_CELLS];
	uint8_t n_cells;
	const char *doc;
	const char *source;             /* where the facts are from */
};

struct gpq_feed {
	const char *id;                     /* the ISO's name of it: "da_hrl_lmps"; with the first output unique in the market,
	                                       since one feed may change its interval over the years */
	const struct gpq_dataset *outputs[2]; /* [1] is NULL but for feeds whose rows feed two datasets; both where left_out */
	const struct gpq_feed_column *columns; /* all that are published, in their published order (for files without header) */
	uint16_t n_columns;
	const char *one_of[4];              /* header names of which one must be there; none named: no matter */
	const char *forbidden[4];           /* header names that must not be there */
	enum gpq_choice choice;
	struct gpq_name_word name_words[4];
	const char *market_runs[2];         /* texts of role MARKET that belong to the feed */
	const char *titles[3];              /* lines above the header, of which one says that it is this feed */
	uint8_t preamble_lines;             /* above the header, at most, blank ones not counted */
	bool preamble_date;                 /* one of them tells the delivery date of all rows: it begins with it, or: */
	const char *date_behind;            /* the text in front of that date */
	const char *published_behind;       /* the text in front of the time when the file was published (RULES 21) */
	const char *name_behind;            /* the text in front of the file's own name, which counts before the one that it has */
	uint8_t footer_lines;               /* at the end, at most, that are no rows */
	const struct gpq_feed_column *second_columns; /* of a second table in the same file, below the first; NULL: none */
	uint16_t n_second_columns;
	const struct gpq_component *components;
	uint8_t n_components;
	bool repeats_by_order;              /* the passes of a repeated hour are told by the order of each location's lines (RULES 8) */
	bool prelim;                        /* its prices rank as preliminary, whatever its name says (RULES 21) */
	bool by_length;                     /* a row belongs to the output whose interval is as long as the line's, not to both */
	const char *constant_product;       /* as_product where the feed names none */
	const char *left_out;               /* non-NULL: recognised, named with this sentence, and not converted */
	const char *doc;
	const char *source;
};

/* A published product and its standard name (RULES 19). */
struct gpq_product {
	const char *published, *standard;
	const char *source;
};

/* One ISO: everything that is its own. */
struct gpq_market {
	const char *iso;       /* "PJM", as in the output */
	const char *folder;    /* "pjm" */
	const char *zone;      /* tz database name of the market clock: "America/New_York" */
	const char *name;
	const struct gpq_dataset *const *datasets;
	uint32_t n_datasets;
	const struct gpq_feed *const *feeds;
	uint32_t n_feeds;
	const struct gpq_product *products;
	uint32_t n_products;
	const struct gpq_finality_word *finality_words;
	uint32_t n_finality_words;
	enum gpq_publish_stamp publish_stamp;
};

/* The position of 'column' among the dataset's cells, or -1. */
int gpq_dataset_cell(const struct gpq_dataset *dataset, enum gpq_column_id column);

#endif
