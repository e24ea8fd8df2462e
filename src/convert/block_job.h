/*
 * convert/block_job.h - the writing side of a run: a finished block is turned by one worker and encoded by several, column by column.
 *
 * There is one job at a time, so that one block's index and one row group are in memory beside the slabs. A worker that
 * finds no slab free works on the job, starts one, or spills the largest blocks; one that only takes in spills where no
 * block is being written or waits for it.
 * Threads: claims and starts under the run's lock, work without it.
 */
#ifndef GPQ_CONVERT_BLOCK_JOB_H
#define GPQ_CONVERT_BLOCK_JOB_H

#include "convert/run.h"

/* What a worker can do for the writing side now. */
enum gpq_job_step { GPQ_STEP_NONE, GPQ_STEP_COLUMN, GPQ_STEP_TURN };

/* gpq_block_job_claim() finds a step, if any, and reserves it: '*out_column' for COLUMN, the job itself for TURN;
 * none for a worker that only takes in. Under the lock. */
enum gpq_job_step gpq_block_job_claim(const struct gpq_worker *worker, uint32_t *out_column);

/* True where blocks are still to be written. Under the lock. */
bool gpq_block_job_left(struct gpq_run *run);

/* gpq_block_job_do() does a claimed step. Without the lock. */
GPQ_MUST_USE enum gpq_status gpq_block_job_do(struct gpq_worker *worker, enum gpq_job_step step, uint32_t column);

/* gpq_block_job_make_room() returns once slabs were freed: by helping the job, by turning a queued block, or by spilling. */
GPQ_MUST_USE enum gpq_status gpq_block_job_make_room(struct gpq_worker *worker);

#endif
