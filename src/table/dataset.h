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
	GPQ_ROLE_LOCAL_CHECK,  /* interval start by the wall clock: compared, a difference is a warning */
	GPQ_ROLE_NAME,         /* settlement_location */
	GPQ_ROLE_ID,
	GPQ_ROLE_TYPE,
	GPQ_ROLE_ZONE,
	GPQ_ROLE_VOLTAGE,      /* "230 KV" or a bare number */
	GPQ_ROLE_EQUIPMENT,
	GPQ_ROLE_PRODUCT,      /* as_product */
	GPQ_ROLE_REGION,
	GPQ_ROLE_UNIT,
	GPQ_ROLE_VERSION,
	GPQ_ROLE_CELL,         /* a number; 'column' says which of the output */
};

/* A column of a feed. 'names' are alternatives: the current header name first, older or variant ones behind. */
struct gpq_feed_column {
	const char *names[4];
	enum gpq_role role;
	enum gpq_column_id column; /* role CELL: the output column */
	uint8_t output;            /* role CELL: 0 = both outputs or the only one; 1, 2 = that output only */
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
	uint32_t block_hours;           /* 24 * days; 0: the whole partition; under 24: from local midnight */
	enum gpq_partition partition;   /* YEAR or MONTH */
	uint8_t key_texts;              /* bit k: gpq_location.text[k] belongs to the key, beside the instant */
	bool derives_energy;            /* lmp_energy = total - congestion - loss - ghg, exactly; never published */
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
};

/* The position of 'column' among the dataset's cells, or -1. */
int gpq_dataset_cell(const struct gpq_dataset *dataset, enum gpq_column_id column);

#endif
