/*
 * convert/run.h - what the parts of a conversion share.
 *
 * One lock guards what several threads change (marked 'lock' below); heavy work is done without it. A worker either takes in
 * a chunk (intake.h), or works on the block job (block_job.h), of which there is one at a time: turning or spilling by one
 * worker, encoding by those that encode: where memory is short, the others only take in.
 */
#ifndef GPQ_CONVERT_RUN_H
#define GPQ_CONVERT_RUN_H

#include "convert/block_values.h"
#include "input/catalogue.h"
#include "convert/dataset_run.h"
#include "input/input_reader.h"
#include "input/line_parser.h"
#include "convert/location_lists.h"
#include "convert/plan.h"
#include "convert/reading_list.h"
#include "input/rejects.h"
#include "value/decimal.h"

#include <pthread.h>
#include <time.h>

#define GPQ_RUN_MAX_DATASETS 64
#define GPQ_RUN_MAX_ZONES 16
#define GPQ_RUN_MAX_STAGES 32
#define GPQ_RUN_MAX_WORKERS 64
#define GPQ_RUN_RANKS 1024u /* rows of hundreds of inputs are merged with one another, again and again */

/*
 * What is done one after the other: a market's rows of a table. Nothing that stages have is shared, so that the bound need only
 * hold one: a catalogue of locations, a pool, blocks.
 */
struct gpq_stage {
	const struct gpq_market *market;
	enum gpq_table_id table;
	struct gpq_plan plan;
	bool holds_repeats, short_repeats, holds_tiles; /* as in struct gpq_plan_question */
};

/* An input under way. All members under the lock, but for 'reader', which belongs to whoever set 'busy'. */
struct gpq_open_input {
	struct gpq_input_reader reader;
	bool open, busy, ended;
	bool long_record;                       /* the next one is, so that not every worker can take it */
	bool fed_closed;                        /* gave rows for a block that was written already */
	uint32_t input;                         /* its number */
	struct gpq_input facts;                 /* as they were when it was opened */
	struct gpq_input_names names;           /* with 'reader' */
	uint32_t dataset[GPQ_BINDING_OUTPUTS];  /* numbers in run->datasets */
	uint64_t next_chunk, retired_chunks;    /* chunks given out; the first ones that are done without a gap */
	uint32_t parsers;                       /* workers that have a chunk of it */
	struct {
		bool done;
		uint32_t last_start_s;
	} chunk[GPQ_RUN_MAX_WORKERS];           /* by number, modulo */
	uint32_t reached_s;                     /* start of the last row of the retired chunks */
	uint64_t stored_bytes_seen;
	struct gpq_line_counts counts;
	struct gpq_repeats *repeats;            /* NULL: no input of the run tells a repeated hour by order */
	struct gpq_succession *succession;      /* NULL: no input's intervals follow each other */
	bool in_order, begun;                   /* chunks are parsed one by one, since intervals follow each other; one was */
	bool resolving;                         /* all is parsed, and what waited is being given its pass */
	struct gpq_error failure;               /* status GPQ_OK: none */
};

enum gpq_job_state { GPQ_JOB_NONE, GPQ_JOB_ALONE, GPQ_JOB_ENCODING };

/* The block being turned, spilled or encoded. */
struct gpq_block_job {
	enum gpq_job_state state; /* lock */
	struct gpq_block_slot *slot;
	struct gpq_turned *turned;
	struct gpq_block_sources sources;
	struct gpq_block_facts facts;
	struct gpq_partition_file *file;
	uint32_t n_columns, n_steps;         /* a step a column, and one for the survey in the first row group */
	uint32_t next_step, done_steps;      /* lock */
	uint64_t from_row, group_rows;       /* the row group under way */
	uint32_t group;                      /* its number within the block */
};

struct gpq_run {
	const struct gpq_convert_settings *settings;
	const struct gpq_hooks *hooks;
	struct gpq_budget *budget;
	uint32_t cpu_features;
	struct gpq_value_kernels values;
	struct gpq_stage stages[GPQ_RUN_MAX_STAGES];
	uint32_t n_stages;
	const struct gpq_stage *stage; /* the one under way; NULL: none */
	const struct gpq_stage *tightest; /* the one whose plan leaves least for rows */
	struct gpq_plan plan;        /* of the stage under way; before the first one begins, of the tightest */
	struct gpq_catalogue catalogue;
	_Atomic uint64_t rank[GPQ_RUN_RANKS]; /* of some inputs: number + 1 above, gpq_input.rank below */
	struct gpq_locations *locations; /* of the stage */
	struct gpq_location_lists lists;
	struct {
		const char *name;
		struct gpq_zone *zone;
	} zones[GPQ_RUN_MAX_ZONES];
	uint32_t n_zones;
	struct gpq_dataset_run datasets[GPQ_RUN_MAX_DATASETS];
	uint32_t n_datasets;
	struct gpq_slabs *slabs;
	struct gpq_sort_scratch *scratch;    /* of the block job */
	char spill_folder[4096];
	struct gpq_spill *spill, *metadata;
	struct gpq_stash *tallies;           /* of the written blocks, one block after the other */
	struct gpq_rejects *rejects;
	struct gpq_parquet_ahead *ahead;     /* of all outputs */

	pthread_mutex_t lock;
	pthread_cond_t changed;              /* anything under the lock */
	pthread_mutex_t talk;                /* hooks are called by one thread at a time */
	bool stop;                           /* lock: a worker failed or the caller asked to stop */
	struct gpq_error error;              /* lock: the first failure of the run itself */
	bool rebuilding;                     /* in the pass that builds stale blocks again */
	struct gpq_reading_list reading;     /* lock: what the pass is still to open */
	uint32_t n_failed;                   /* lock: inputs that failed when they were read */
	bool any_failed;                     /* or when they were looked at */
	bool surprised;                      /* lock: some input was not in the order it seemed to be in */
	struct gpq_open_input *open;         /* lock: [plan.open_inputs] */
	struct gpq_block_job job;
	struct gpq_progress progress;        /* lock */
	struct timespec reading_since;
};

struct gpq_worker {
	struct gpq_run *run;
	pthread_t thread;
	bool encodes;                        /* works on the block job, and takes records of any length */
	struct gpq_head *head;               /* opens inputs */
	struct gpq_line_parser *parser;
	struct gpq_chunk_buffer buffer;
	struct gpq_parquet_encoder *encoder; /* one codec and level a run: it serves every table */
	struct gpq_open_input *place;        /* where its last chunk came from; may hold another input by now. NULL: nowhere yet */
	struct gpq_error err;
};

/* The dataset run that a dataset has in this run, or NULL. */
struct gpq_dataset_run *gpq_run_dataset(struct gpq_run *run, const struct gpq_dataset *dataset);

/* gpq_run_zone() gives a zone, opening it the first time. */
GPQ_MUST_USE enum gpq_status gpq_run_zone(struct gpq_run *run, const char *name, const struct gpq_zone **out,
                                          struct gpq_error *err);

/* Says something through the hooks; any thread. */
void gpq_run_say(struct gpq_run *run, enum gpq_severity severity, const char *format, ...) GPQ_PRINTF(3, 4);

/* Notes the run's first failure and tells all workers to stop. Not under the lock. */
void gpq_run_fail(struct gpq_run *run, const struct gpq_error *err);

/* The same under the lock. */
void gpq_run_fail_locked(struct gpq_run *run, const struct gpq_error *err);

/* Bytes of this process that are resident now; 0 where the system does not say. */
uint64_t gpq_run_resident_bytes(void);

/* Which of two inputs is newer (RULES 21), as sort/block.h wants it; 'context' is the run. */
enum gpq_status gpq_run_input_newer(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err);
bool gpq_run_input_dropped(void *context, uint32_t input);

#endif
