/*
 * convert/reading_list.h - the inputs of a stage that a pass is still to open, in reading order: those found, or those marked to be
 * read again.
 * Memory: none of its own.      Threads: under the run's lock.
 */
#ifndef GPQ_CONVERT_READING_LIST_H
#define GPQ_CONVERT_READING_LIST_H

#include "input/catalogue.h"

struct gpq_reading_list {
	struct gpq_catalogue *catalogue;
	const struct gpq_market *market; /* of the stage */
	enum gpq_table_id table;
	uint32_t range;         /* of the catalogue, which the next one is in */
	bool again;             /* those marked so */
	uint32_t left;
	uint32_t number;        /* of the next one, where any is left */
	struct gpq_input input; /* the next one */
};

/* gpq_reading_list_begin() starts a pass over the 'count' inputs of a market's rows of a table that it is about. Errors: those
 * of the catalogue. */
GPQ_MUST_USE enum gpq_status gpq_reading_list_begin(struct gpq_reading_list *list, struct gpq_catalogue *catalogue,
                                                    const struct gpq_market *market, enum gpq_table_id table, bool again,
                                                    uint32_t count, struct gpq_error *err);

/* gpq_reading_list_take() gives the next of those left; there must be one. */
GPQ_MUST_USE enum gpq_status gpq_reading_list_take(struct gpq_reading_list *list, uint32_t *out_number, struct gpq_input *out,
                                                   struct gpq_error *err);

/* Whether inputs of a feed belong to a market's rows of a table. */
bool gpq_reading_list_holds(const struct gpq_feed_range *range, const struct gpq_market *market, enum gpq_table_id table);

/* The earliest instant that those left seem to hold for a dataset; INT64_MAX: none feeds it. Not for inputs read again. */
int64_t gpq_reading_list_first_s(const struct gpq_reading_list *list, const struct gpq_dataset *dataset);

#endif
