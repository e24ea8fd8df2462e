// SPDX-License-Identifier: MIT
#include "convert/block_job.h"

#include "convert/block_survey.h"
#include "io/folder.h"

#include <string.h>

#define PLAIN_GROUP_ROWS UINT64_C(1000000) /* row groups of --order time and location (docs/OUTPUT.md) */

static struct gpq_block_slot *queued_slot(struct gpq_run *run)
{
	struct gpq_block_slot *best = NULL;
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t s = 0; s < run->datasets[d].n_slots; s++) {
			struct gpq_block_slot *slot = run->datasets[d].slots[s];
			if (slot->state == GPQ_SLOT_QUEUED) {
				best = slot;
				break;
			}
		}
	return best;
}

/* Takes a queued block for the job, so that it takes no more rows. Under the run's lock. */
static void job_reserve(struct gpq_run *run, struct gpq_block_slot *slot)
{
	pthread_mutex_lock(&slot->lock);
	slot->state = GPQ_SLOT_BUSY;
	pthread_mutex_unlock(&slot->lock);
	memset(&run->job, 0, sizeof(run->job));
	run->job.state = GPQ_JOB_ALONE;
	run->job.slot = slot;
}

enum gpq_job_step gpq_block_job_claim(const struct gpq_worker *worker, uint32_t *out_column)
{
	struct gpq_run *run = worker->run;
	struct gpq_block_job *job = &run->job;
	if (!worker->encodes)
		return GPQ_STEP_NONE;
	if (job->state == GPQ_JOB_ENCODING && job->next_step < job->n_steps) {
		*out_column = job->next_step++;
		return GPQ_STEP_COLUMN;
	}
	if (job->state != GPQ_JOB_NONE)
		return GPQ_STEP_NONE;
	struct gpq_block_slot *slot = queued_slot(run);
	if (!slot)
		return GPQ_STEP_NONE;
	job_reserve(run, slot);
	return GPQ_STEP_TURN;
}

bool gpq_block_job_left(struct gpq_run *run)
{
	return run->job.state != GPQ_JOB_NONE || queued_slot(run);
}

/* ---- output files ---- */

static enum gpq_status file_ready(struct gpq_run *run, struct gpq_dataset_run *dataset, int32_t partition,
                                  struct gpq_partition_file **out, struct gpq_error *err)
{
	struct gpq_partition_file *file = NULL;
	pthread_mutex_lock(&run->lock);
	enum gpq_status status =
		gpq_dataset_run_file(dataset, run->budget, run->settings->output, partition, &file, err);
	pthread_mutex_unlock(&run->lock);
	GPQ_TRY(status);
	if (!file->sink) {
		if (gpq_path_exists(file->path) && !run->settings->force)
			return gpq_fail(err, GPQ_E_OUTPUT_EXISTS, "%s exists; --force replaces it", file->path);
		GPQ_TRY(gpq_sink_open(run->budget, file->path, &file->sink, err));
		GPQ_TRY(gpq_parquet_file_open(run->budget, &dataset->parquet, file->sink, run->metadata, &file->file, err));
	}
	*out = file;
	return GPQ_OK;
}

/* ---- turning ---- */

static enum gpq_status tallies_keep(struct gpq_run *run, struct gpq_block_job *job, struct gpq_error *err)
{
	struct gpq_block_slot *slot = job->slot;
	struct gpq_tally tally;
	uint32_t input = 0;
	enum gpq_status status;
	slot->tallies_at = gpq_stash_len(run->tallies); /* there is one job at a time: those of a block follow one another */
	slot->n_tallies = gpq_turned_inputs(job->turned);
	slot->rows = gpq_turned_rows(job->turned);
	slot->current_rows = 0;
	while ((status = gpq_turned_tally_next(job->turned, &input, &tally, err)) == GPQ_OK) {
		uint64_t at = 0;
		GPQ_TRY(gpq_stash_append(run->tallies, &tally, sizeof(tally), &at, err));
		slot->current_rows += tally.written;
	}
	return status == GPQ_END ? GPQ_OK : status;
}

static enum gpq_status days_keep(struct gpq_run *run, struct gpq_block_job *job, struct gpq_error *err)
{
	struct gpq_block_slot *slot = job->slot;
	size_t days = (size_t)(slot->span.end_day - slot->span.first_day);
	GPQ_TRY(gpq_alloc(run->budget, GPQ_TAG_CONVERT, days * sizeof(slot->day_found[0]), &slot->day_found, err));
	gpq_block_days_found(&job->facts, slot->day_found);
	if (slot->dataset->dataset->tiles) {
		GPQ_TRY(gpq_alloc(run->budget, GPQ_TAG_CONVERT, days * sizeof(slot->day_covered_s[0]), &slot->day_covered_s, err));
		gpq_block_days_covered(&job->facts, slot->day_covered_s);
	}
	uint32_t walk = 0, start_s = 0;
	slot->gap_s = slot->gap_from_s = 0;
	(void)gpq_block_start_next(&job->facts, &walk, &slot->first_start_s);
	for (slot->last_start_s = slot->first_start_s; gpq_block_start_next(&job->facts, &walk, &start_s);
	     slot->last_start_s = start_s)
		if (start_s - slot->last_start_s > slot->gap_s) {
			slot->gap_from_s = slot->last_start_s;
			slot->gap_s = start_s - slot->last_start_s;
		}
	return GPQ_OK;
}

static enum gpq_status group_begin(struct gpq_run *run, struct gpq_block_job *job, struct gpq_error *err)
{
	uint64_t left = gpq_turned_rows(job->turned) - job->from_row;
	bool blocks = run->settings->order == GPQ_ORDER_BLOCK;
	job->group_rows = blocks || left < PLAIN_GROUP_ROWS ? left : PLAIN_GROUP_ROWS;
	int64_t key = blocks ? job->slot->span.key : job->group;
	return gpq_parquet_group_begin(job->file->file, key, job->group_rows, err);
}

static enum gpq_status job_turn(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	struct gpq_block_job *job = &run->job;
	struct gpq_dataset_run *dataset = job->slot->dataset;
	struct gpq_error *err = &worker->err;
	GPQ_TRY(gpq_block_turn(job->slot->block, run->spill, run->scratch, &job->turned, err));
	GPQ_TRY(tallies_keep(run, job, err));
	if (!job->slot->rows)
		return GPQ_OK;
	enum gpq_table_id table = dataset->dataset->table;
	GPQ_TRY(gpq_location_lists_update(&run->lists, run->budget, dataset->locations,
	                                  table == GPQ_TABLE_ANCILLARY ? dataset->market : NULL, err));
	GPQ_TRY(gpq_block_sources_init(&job->sources, run->budget, &run->catalogue, job->turned, err));
	GPQ_TRY(gpq_block_facts_init(&job->facts, run->budget, dataset, &job->slot->span, job->turned, &run->lists,
	                             &job->sources, run->plan.max_block_rows, err));
	GPQ_TRY(days_keep(run, job, err));
	GPQ_TRY(file_ready(run, dataset, job->slot->span.partition, &job->file, err));
	job->n_columns = gpq_table_schema(table)->n_columns;
	job->n_steps = job->n_columns + 1;
	return group_begin(run, job, err);
}

/* The block is written, or came to nothing: everything of it but its tallies is given back. */
static enum gpq_status job_end(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	struct gpq_block_job *job = &run->job;
	struct gpq_block_slot *slot = job->slot;
	enum gpq_status status = job->file ? gpq_sink_suspend(job->file->sink, &worker->err) : GPQ_OK;
	gpq_block_facts_done(&job->facts);
	gpq_block_sources_done(&job->sources);
	gpq_turned_close(job->turned);
	pthread_mutex_lock(&run->lock);
	pthread_mutex_lock(&slot->lock);
	gpq_block_close(slot->block);
	slot->block = NULL;
	slot->state = GPQ_SLOT_WRITTEN;
	pthread_mutex_unlock(&slot->lock);
	memset(job, 0, sizeof(*job));
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return status;
}

static enum gpq_status turn_do(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	GPQ_TRY(job_turn(worker));
	if (!run->job.slot->rows)
		return job_end(worker);
	pthread_mutex_lock(&run->lock);
	run->job.state = GPQ_JOB_ENCODING;
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return GPQ_OK;
}

/* ---- encoding ---- */

static enum gpq_status column_encode(struct gpq_worker *worker, uint32_t column)
{
	struct gpq_run *run = worker->run;
	struct gpq_block_job *job = &run->job;
	struct gpq_block_column *values_owner = NULL;
	struct gpq_values values;
	if (!worker->encoder)
		GPQ_TRY(gpq_parquet_encoder_open(run->budget, &job->slot->dataset->parquet, &worker->encoder, &worker->err));
	GPQ_TRY(gpq_block_column_open(&job->facts, column, job->from_row, job->group_rows, &values_owner, &values,
	                              &worker->err));
	enum gpq_status status =
		gpq_parquet_chunk_write(job->file->file, worker->encoder, column, &values, &worker->err);
	gpq_block_column_close(values_owner);
	return status;
}

/* Whoever does the last step of a row group ends it, and begins the next one or ends the job. */
static enum gpq_status group_end(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	struct gpq_block_job *job = &run->job;
	GPQ_TRY(gpq_parquet_group_end(job->file->file, &worker->err));
	job->from_row += job->group_rows;
	job->group++;
	if (job->from_row == gpq_turned_rows(job->turned))
		return job_end(worker);
	GPQ_TRY(group_begin(run, job, &worker->err));
	pthread_mutex_lock(&run->lock);
	job->next_step = job->done_steps = 0;
	job->n_steps = job->n_columns;
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return GPQ_OK;
}

static enum gpq_status column_do(struct gpq_worker *worker, uint32_t column)
{
	struct gpq_run *run = worker->run;
	struct gpq_block_job *job = &run->job;
	if (column < job->n_columns)
		GPQ_TRY(column_encode(worker, column));
	else
		GPQ_TRY(gpq_block_survey_make(&job->facts, job->slot, run->metadata, &worker->err));
	pthread_mutex_lock(&run->lock);
	bool last = ++job->done_steps == job->n_steps;
	pthread_mutex_unlock(&run->lock);
	return last ? group_end(worker) : GPQ_OK;
}

enum gpq_status gpq_block_job_do(struct gpq_worker *worker, enum gpq_job_step step, uint32_t column)
{
	return step == GPQ_STEP_COLUMN ? column_do(worker, column) : turn_do(worker);
}

/* ---- room ---- */

static struct gpq_block_slot *largest_slot(struct gpq_run *run)
{
	struct gpq_block_slot *best = NULL;
	size_t best_bytes = 0;
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t s = 0; s < run->datasets[d].n_slots; s++) {
			struct gpq_block_slot *slot = run->datasets[d].slots[s];
			if (slot->state == GPQ_SLOT_WRITTEN)
				continue;
			pthread_mutex_lock(&slot->lock);
			size_t bytes = slot->block ? gpq_block_slab_bytes(slot->block) : 0;
			pthread_mutex_unlock(&slot->lock);
			if (bytes > best_bytes) {
				best_bytes = bytes;
				best = slot;
			}
		}
	return best;
}

/* Spills the largest blocks until half of the pool is free: each spill is a run, and few long runs merge faster than many. */
static enum gpq_status spill_do(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	enum gpq_status status = GPQ_OK;
	while (status == GPQ_OK && gpq_slabs_free_bytes(run->slabs) < gpq_slabs_total_bytes(run->slabs) / 2) {
		pthread_mutex_lock(&run->lock);
		struct gpq_block_slot *slot = largest_slot(run);
		pthread_mutex_unlock(&run->lock);
		if (!slot)
			break;
		pthread_mutex_lock(&slot->lock);
		if (slot->block)
			status = gpq_block_spill(slot->block, run->spill, run->scratch, &worker->err);
		pthread_mutex_unlock(&slot->lock);
	}
	pthread_mutex_lock(&run->lock);
	memset(&run->job, 0, sizeof(run->job));
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return status;
}

enum gpq_status gpq_block_job_make_room(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	uint32_t column = 0;
	pthread_mutex_lock(&run->lock);
	if (run->stop) {
		pthread_mutex_unlock(&run->lock);
		return gpq_fail(&worker->err, GPQ_E_INTERRUPTED, "stopped");
	}
	if (gpq_slabs_free_bytes(run->slabs) > 0) {
		pthread_mutex_unlock(&run->lock);
		return GPQ_OK;
	}
	enum gpq_job_step step = gpq_block_job_claim(worker, &column);
	bool spill = step == GPQ_STEP_NONE && !gpq_block_job_left(run);
	if (spill)
		run->job.state = GPQ_JOB_ALONE;
	else if (step == GPQ_STEP_NONE)
		pthread_cond_wait(&run->changed, &run->lock);
	pthread_mutex_unlock(&run->lock);
	if (spill)
		return spill_do(worker);
	return step == GPQ_STEP_NONE ? GPQ_OK : gpq_block_job_do(worker, step, column);
}
