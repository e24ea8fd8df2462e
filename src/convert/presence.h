/*
 * convert/presence.h - on which delivery dates each location has rows: of a block, and of a dataset put together from its blocks.
 *
 * Codes are dense in order of first appearance, so that those of a dataset mostly stand together and are there on the same
 * dates: a block's presence is kept as runs of codes. A location is what the dataset's key says, whatever else was said of
 * it: codes of one key are one location.
 * Memory: gpq_presence_need().      Threads: one.
 */
#ifndef GPQ_CONVERT_PRESENCE_H
#define GPQ_CONVERT_PRESENCE_H

#include "convert/block_facts.h"

/* 'codes' locations, by code one behind the other, that have rows from date 'first' to date 'last' of a block, counted from the
 * first of its span; none where 'first' is the greater one. */
struct gpq_presence_run {
	uint32_t codes;
	uint16_t first, last;
};

/* What presence of 'n_codes' locations takes: of a block while it is made, or of a dataset. */
size_t gpq_presence_need(uint32_t n_codes);

/* gpq_presence_runs() makes the runs of a block: '*out' has '*out_count' of them and is given back by its size.
 * Errors: GPQ_E_BUDGET, those of cursors. */
GPQ_MUST_USE enum gpq_status gpq_presence_runs(const struct gpq_block_facts *facts, struct gpq_presence_run **out,
                                               uint32_t *out_count, struct gpq_error *err);

/* The first and the last delivery date of a location, in days since 1970-01-01; none where 'first' is the greater one. */
struct gpq_presence_dates {
	int32_t first, last;
};

struct gpq_presence {
	struct gpq_budget *budget;
	const struct gpq_dataset_run *run;
	uint32_t n_codes;
	struct gpq_presence_dates *of; /* by code. Owns */
	struct gpq_presence_dates all; /* of the dataset */
};

/* Call order: init -> add, a block each -> read -> done. */
GPQ_MUST_USE enum gpq_status gpq_presence_init(struct gpq_presence *presence, struct gpq_budget *budget,
                                               const struct gpq_dataset_run *run, struct gpq_error *err);
void gpq_presence_done(struct gpq_presence *presence);

/* 'next' is the code of the first of the runs, and moved on by theirs: a block's may come piece by piece. */
void gpq_presence_add(struct gpq_presence *presence, int32_t first_day, const struct gpq_presence_run *runs,
                      uint32_t count, uint32_t *next);

/* A location that appears after the dataset's first date, or vanishes before its last. */
struct gpq_presence_change {
	uint32_t location; /* a code of it */
	int32_t day;       /* its first, or its last */
};

#define GPQ_PRESENCE_NAMED 20

struct gpq_presence_changes {
	uint32_t locations, appeared, vanished;
	/* the first of them by their texts */
	uint32_t n_named_appeared, n_named_vanished;
	struct gpq_presence_change named_appeared[GPQ_PRESENCE_NAMED], named_vanished[GPQ_PRESENCE_NAMED];
};

/* gpq_presence_changes() counts locations by the dataset's key. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_presence_changes(const struct gpq_presence *presence,
                                                  struct gpq_presence_changes *out, struct gpq_error *err);

#endif
