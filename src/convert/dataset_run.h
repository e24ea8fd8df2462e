/*
 * convert/dataset_run.h - one dataset within a run: its blocks under way and written, its clock, its partitions.
 *
 *   OPEN ──(nothing left seems to feed it)──► QUEUED ──► BUSY ──► WRITTEN ──(a surprise)──► OPEN again, in the next pass
 *
 * A row that arrives for a block that is BUSY or WRITTEN, or an input that fails after it fed one, makes the block 'stale':
 * it is built again from its inputs in the next pass.
 * Threads: 'blocks' changes under the run's lock; a block slot's own members under its 'lock'.
 */
#ifndef GPQ_CONVERT_DATASET_RUN_H
#define GPQ_CONVERT_DATASET_RUN_H

#include "convert/calendar.h"
#include "io/stash.h"
#include "parquet/writer.h"
#include "sort/block.h"

#include <pthread.h>

enum gpq_slot_state { GPQ_SLOT_OPEN, GPQ_SLOT_QUEUED, GPQ_SLOT_BUSY, GPQ_SLOT_WRITTEN };

/* One block of a dataset. */
struct gpq_block_slot {
	struct gpq_dataset_run *dataset;
	struct gpq_span span;
	pthread_mutex_t lock;
	_Atomic enum gpq_slot_state state; /* changed under the run's lock and the slot's */
	bool stale;               /* to be built again */
	bool rebuilding;          /* takes rows in the pass under way */
	struct gpq_block *block;  /* OPEN, QUEUED, BUSY */
	uint64_t held_rows;       /* of those pushed: all of a total is known, and adds up */
	uint64_t tallies_at;      /* WRITTEN: what became of its rows, by input: in the run's tallies */
	uint32_t n_tallies;
	bool surveyed;            /* WRITTEN, with rows: what block_survey.h found is at these places of the same file */
	uint64_t survey_at, presence_at;
	uint32_t *day_found;      /* WRITTEN: distinct intervals of each delivery date of the span. Owns */
	uint32_t *day_covered_s;  /* WRITTEN: of each delivery date, seconds in some interval; NULL: intervals do not follow each other. Owns */
	uint32_t first_start_s, last_start_s; /* WRITTEN, with rows: of its intervals */
	uint32_t gap_s, gap_from_s; /* the longest time between two starts, and the earlier one; 0: there is one start only */
	uint64_t rows, current_rows;
};

/* One output file. */
struct gpq_partition_file {
	int32_t partition;
	char *path;               /* Owns */
	struct gpq_sink *sink;
	struct gpq_sink *fresh;   /* the sink that finish copied into, where groups were out of order */
	struct gpq_parquet_file *file;
	uint64_t rows, bytes;
	uint32_t row_groups;
	bool incomplete;          /* a failed input may have fed it */
};

struct gpq_dataset_run {
	const struct gpq_market *market;
	const struct gpq_dataset *dataset;
	struct gpq_calendar calendar;
	struct gpq_sort_rules rules;
	uint32_t sum_column[GPQ_MAX_CELLS]; /* cells of a total and of what it is the sum of (block_sums.h) */
	uint32_t n_sum_columns;             /* 0: not checked */
	struct gpq_locations *locations; /* Borrows: those of the stage under way; else NULL */
	struct gpq_parquet_settings parquet;
	struct gpq_block_slot **slots;   /* by span.key */
	uint32_t n_slots, room_slots;
	struct gpq_partition_file *files; /* by partition */
	uint32_t n_files, room_files;
	bool summed_up;                   /* dataset_summary.h: at this place of the metadata spill */
	uint64_t summary_at;
};

/* gpq_dataset_run_slot() finds the slot of 'span', making it (OPEN, without a block) where there is none. Under the run's lock. */
GPQ_MUST_USE enum gpq_status gpq_dataset_run_slot(struct gpq_dataset_run *run, struct gpq_budget *budget,
                                                  const struct gpq_span *span, struct gpq_block_slot **out,
                                                  struct gpq_error *err);

/* gpq_block_slot_tallies() calls 'visit' for each tally of a written block, where the run keeps them; 'visit' returns
 * false to stop. */
GPQ_MUST_USE enum gpq_status gpq_block_slot_tallies(const struct gpq_block_slot *slot, struct gpq_stash *kept,
                                                    bool (*visit)(void *context, const struct gpq_tally *tally),
                                                    void *context, struct gpq_error *err);

/* Forgets what the slot's block came to, before it is built again. */
void gpq_block_slot_clear(struct gpq_block_slot *slot, struct gpq_budget *budget);

/* gpq_dataset_run_file() finds the output of a partition, or makes its entry (nothing is opened). '*out' is good until the
 * next one is made. */
GPQ_MUST_USE enum gpq_status gpq_dataset_run_file(struct gpq_dataset_run *run, struct gpq_budget *budget,
                                                  const char *folder, int32_t partition, struct gpq_partition_file **out,
                                                  struct gpq_error *err);

/* Closes and gives back everything; unpublished outputs vanish. */
void gpq_dataset_run_done(struct gpq_dataset_run *run, struct gpq_budget *budget);

#endif
