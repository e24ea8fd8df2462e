/*
 * convert/block_facts.h - what the columns of a turned block share: its instants, and how its rows follow one another.
 * Memory: gpq_block_facts_need() a block.      Threads: filled by one, read by many.
 */
#ifndef GPQ_CONVERT_BLOCK_FACTS_H
#define GPQ_CONVERT_BLOCK_FACTS_H

#include "convert/block_sources.h"
#include "convert/dataset_run.h"
#include "convert/location_lists.h"
#include "convert/span_seconds.h"
#include "convert/stretches.h"

struct gpq_block_facts {
	struct gpq_budget *budget;
	const struct gpq_dataset_run *run;
	struct gpq_turned *turned;
	struct gpq_span span;
	const struct gpq_location_lists *lists;
	const struct gpq_block_sources *sources;
	struct gpq_span_seconds seconds; /* off the grid */
	/* Off the grid, and more instants than gpq_block_most_slots(): there are neither places nor stretches, and what rows say of
	 * time is worked out row by row. */
	bool crowded;
	uint32_t n_slots;      /* places of the span: those of the grid, or, where there is none, the instants that rows have */
	uint32_t n_starts;     /* those that rows have, also where crowded */
	uint32_t *start_s;     /* by number, ascending */
	uint32_t *number;      /* by place */
	uint16_t *length_s;    /* by place, where intervals follow each other: seconds of the longest that begins there; else NULL */
	/* What many columns are made of, gathered once; a block too large for it is gathered by each column again. */
	bool gathered;         /* false: none of it is */
	struct gpq_stretches places, locations, origins, versions; /* origins: input * 2 + is current; versions: as uint32_t */
};

#define GPQ_NO_START           UINT32_MAX
#define GPQ_FACTS_STRETCH_ROWS 20 /* rows a stretch at the least, for stretches to be worth while: files by day have 24 of each location */
#define GPQ_FACTS_LONG_ROWS    32 /* the same of places and locations, which go on from file to file */

static inline uint32_t gpq_block_interval_s(const struct gpq_block_facts *facts)
{
	return facts->run->dataset->interval_minutes * 60u;
}

/* How many distinct instants a block has a list of at the most whose grid would have 'places'; off it a quarter more. NYISO's days
 * have up to 305 runs where five minutes would make 288. */
static inline uint32_t gpq_block_most_slots(const struct gpq_dataset *dataset, uint32_t places)
{
	return dataset->off_grid ? places + places / 4 : places;
}

/* The place of an instant of the span, which some row has. */
static inline uint32_t gpq_block_place_of(const struct gpq_block_facts *facts, uint32_t start_s)
{
	if (facts->seconds.bits)
		return gpq_span_seconds_place(&facts->seconds, start_s);
	return (uint32_t)(start_s - facts->span.begin_s) / gpq_block_interval_s(facts);
}

/* What facts need for a span with at most 'slots' places and 'rows' rows kept; 'seconds' of the longest one off the grid, or 0. */
size_t gpq_block_facts_need(uint32_t slots, uint32_t seconds, uint64_t rows);

/* gpq_block_facts_init() gathers the turned rows' instants, locations, origins and revisions once. Blocks of more than
 * 'max_kept_rows' gather nothing but the instants. Borrows all but the budget's memory. Errors: those of reading back. */
GPQ_MUST_USE enum gpq_status gpq_block_facts_init(struct gpq_block_facts *facts, struct gpq_budget *budget,
                                                  const struct gpq_dataset_run *run, const struct gpq_span *span,
                                                  struct gpq_turned *turned, const struct gpq_location_lists *lists,
                                                  const struct gpq_block_sources *sources, uint64_t max_kept_rows,
                                                  struct gpq_error *err);
void gpq_block_facts_done(struct gpq_block_facts *facts);

/* gpq_block_start_next() gives the instants that rows have in their order; '*walk' is where it is, 0 at first. False behind
 * the last. */
bool gpq_block_start_next(const struct gpq_block_facts *facts, uint32_t *walk, uint32_t *out_start_s);

/* gpq_block_days_found() counts the distinct intervals of each delivery date of the span into 'out' (one a date). */
void gpq_block_days_found(const struct gpq_block_facts *facts, uint32_t *out);

/* gpq_block_days_covered() counts, where intervals follow each other, the seconds of each delivery date that lie in some. Of a
 * crowded block only the begins are known: there they reach to the next one, if that is no further than an interval is long at most. */
void gpq_block_days_covered(const struct gpq_block_facts *facts, uint32_t *out);

#endif
