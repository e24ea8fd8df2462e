/*
 * market/market.h - the ISOs known, and which of their feeds a header is.
 * Knows: header names, words of file names, datasets.      Not: bytes, instants, Parquet, files.
 * Memory: none; all tables are static.      Threads: any.
 */
#ifndef GPQ_MARKET_MARKET_H
#define GPQ_MARKET_MARKET_H

#include "table/dataset.h"

#define GPQ_MARKET_MAX_CANDIDATES 8

extern const struct gpq_market gpq_market_caiso, gpq_market_ercot, gpq_market_ieso, gpq_market_isone, gpq_market_miso, gpq_market_nyiso,
	gpq_market_pjm, gpq_market_spp;

/* All markets, by name. */
const struct gpq_market *const *gpq_markets(uint32_t *out_count);

struct gpq_candidate {
	const struct gpq_market *market;
	const struct gpq_feed *feed;
};

/* Feeds that a header could be: all have their required columns there and no forbidden one; the best score only. */
struct gpq_candidates {
	struct gpq_candidate items[GPQ_MARKET_MAX_CANDIDATES];
	uint32_t count;
};

/* The market of a name such as "PJM", in any case and with hyphens in it ("ISO-NE"); NULL: there is none. */
const struct gpq_market *gpq_market_by_name(struct gpq_text name);

/* gpq_market_name_fold() writes 'name' as names are compared: no blanks, no '_', no BOM, lower case. Returns its length,
 * at most 'cap'; longer names are cut. */
uint32_t gpq_market_name_fold(struct gpq_text name, char *out, uint32_t cap);

/*
 * gpq_market_recognise() finds the feeds that a header of 'n_names' column names fits.
 * More than one is left where only the step or the file's name can tell (gpq_feed.choice); none where nothing fits.
 */
void gpq_market_recognise(const struct gpq_text *names, uint32_t n_names, struct gpq_candidates *out);

/*
 * gpq_market_choose_by_step() keeps the candidates whose interval is the one that the content shows (content beats name,
 * so it comes before gpq_market_choose_by_name()); where that would leave none it keeps all.
 *   step_minutes  between the first two distinct instants, either direction: the longest interval among the candidates
 *                 that divides it is the one; 0 where the file has one instant only
 *   off_hour      one instant: it is not on the hour, so the interval is less than an hour
 */
void gpq_market_choose_by_step(struct gpq_candidates *candidates, uint32_t step_minutes, bool off_hour);

/*
 * gpq_market_choose_by_stamps() keeps the candidates whose interval the stamps show: off the quarters less than a quarter of an
 * hour (as those that are left out may be), on quarters a quarter (less where none has quarters), several on the hour an hour. Where
 * none is left it keeps all.
 */
void gpq_market_choose_by_stamps(struct gpq_candidates *candidates, bool several, bool off_hour, bool off_quarter);

/* gpq_market_choose_by_name() keeps the candidates whose name_words stand in 'file_name' (any case; without folders); the
 * strongest word wins; leaves 'candidates' as they are where no word is found. */
void gpq_market_choose_by_name(struct gpq_candidates *candidates, struct gpq_text file_name);

/* gpq_market_choose_by_naming() does so where the strongest word is of a feed whose name is content (GPQ_CHOICE_NAMED and kin); it
 * returns whether 'file_name' has a word of any candidate. */
bool gpq_market_choose_by_naming(struct gpq_candidates *candidates, struct gpq_text file_name);

/* The column of the feed's first table that the header name stands for, or NULL; a blank name alone stands for none. */
const struct gpq_feed_column *gpq_market_feed_column(const struct gpq_feed *feed, struct gpq_text header_name);

/* A header line as names, and the table of a feed (0, or 1 for the one below) that it is to be read as. */
struct gpq_header_names {
	const struct gpq_text *names;
	uint32_t n_names;
	uint32_t table;
};

/* gpq_market_header_column() gives the feed's column that field 'field' of a header stands for, or NULL.
 *   out_hour   of a column of role HOURS: the hour ending, from 1; else 0 */
const struct gpq_feed_column *gpq_market_header_column(const struct gpq_feed *feed, const struct gpq_header_names *header,
                                                       uint32_t field, uint32_t *out_hour);

/* Whether a header is that of the feed's second table: all its required columns are there. */
bool gpq_market_is_second(const struct gpq_feed *feed, const struct gpq_text *names, uint32_t n_names);

/* gpq_market_assume() finds "ISO/DATASET" or "ISO/DATASET:FEED" (any case): the feeds of that dataset, in the order of
 * the tables. Returns false, and leaves 'out', where there is none. */
bool gpq_market_assume(struct gpq_text target, struct gpq_candidates *out);

/* The standard name of a published product, or NULL. */
const char *gpq_market_product_standard(const struct gpq_market *market, struct gpq_text published);

/* The dataset with an id in a market, or NULL. */
const struct gpq_dataset *gpq_market_dataset(const struct gpq_market *market, struct gpq_text id);

#endif
