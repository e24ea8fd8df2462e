// SPDX-License-Identifier: MIT
#include "convert/pipeline.h"

#include "convert/block_job.h"
#include "convert/intake.h"
#include "convert/stage.h"

#include <string.h>
#include <time.h>

#define STACK_BYTES ((size_t)512 << 10)
#define TICK_NS 100000000L

/* ---- one worker ---- */

static enum gpq_status worker_open(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	size_t record_bytes = worker->encodes ? GPQ_CSV_MAX_RECORD_BYTES : GPQ_CHUNK_ROOM_SHORT;
	GPQ_TRY(gpq_head_open(run->budget, run->cpu_features, &worker->head, &worker->err));
	GPQ_TRY(gpq_line_parser_open(run->budget, run->cpu_features, run->plan.batch_rows, record_bytes, &worker->parser,
	                             &worker->err));
	return gpq_chunk_buffer_init(&worker->buffer, run->budget,
	                             worker->encodes ? GPQ_CHUNK_ROOM_LONG : GPQ_CHUNK_ROOM_SHORT, &worker->err);
}

static void worker_close(struct gpq_worker *worker)
{
	gpq_parquet_encoder_close(worker->encoder);
	gpq_line_parser_close(worker->parser);
	gpq_head_close(worker->head);
	gpq_chunk_buffer_done(&worker->buffer, worker->run->budget);
}

/* One thing to do, the writing side first: it gives memory back. GPQ_END where all is done. */
static enum gpq_status worker_step(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	struct gpq_open_input *input = NULL;
	uint32_t column = 0;
	pthread_mutex_lock(&run->lock);
	enum gpq_job_step step = run->stop ? GPQ_STEP_NONE : gpq_block_job_claim(worker, &column);
	if (step == GPQ_STEP_NONE && !run->stop)
		input = gpq_intake_claim(worker);
	bool done = run->stop;
	if (!done && step == GPQ_STEP_NONE && !input) {
		if (gpq_intake_done(run)) {
			gpq_intake_close_blocks(run, true);
			done = !worker->encodes || !gpq_block_job_left(run);
			if (!done && run->job.state != GPQ_JOB_NONE)
				pthread_cond_wait(&run->changed, &run->lock);
		} else {
			pthread_cond_wait(&run->changed, &run->lock);
		}
	}
	pthread_mutex_unlock(&run->lock);
	if (done)
		return GPQ_END;
	if (step != GPQ_STEP_NONE)
		return gpq_block_job_do(worker, step, column);
	return input ? gpq_intake_chunk(worker, input) : GPQ_OK;
}

static void *worker_main(void *context)
{
	struct gpq_worker *worker = context;
	enum gpq_status status = worker_open(worker);
	while (status == GPQ_OK)
		status = worker_step(worker);
	if (status != GPQ_END)
		gpq_run_fail(worker->run, &worker->err);
	worker_close(worker);
	pthread_mutex_lock(&worker->run->lock);
	pthread_cond_broadcast(&worker->run->changed);
	pthread_mutex_unlock(&worker->run->lock);
	return NULL;
}

/* ---- a pass ---- */

static double seconds_since(const struct timespec *begin)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin->tv_sec) + 1e-9 * (double)(now.tv_nsec - begin->tv_nsec);
}

struct watch {
	struct gpq_run *run;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over_changed;
	bool over;
};

/* Looks on while the workers work: shows progress, hears the caller's wish to stop. */
static void *watch_main(void *context)
{
	struct watch *watch = context;
	struct gpq_run *run = watch->run;
	pthread_mutex_lock(&watch->lock);
	while (!watch->over) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += TICK_NS;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&watch->over_changed, &watch->lock, &until);
		pthread_mutex_lock(&run->talk);
		bool cancelled = run->hooks->cancelled && run->hooks->cancelled(run->hooks->context);
		pthread_mutex_unlock(&run->talk);
		if (cancelled) {
			struct gpq_error err;
			gpq_fail(&err, GPQ_E_INTERRUPTED, "stopped on request; nothing incomplete was left");
			gpq_run_fail(run, &err);
		}
		pthread_mutex_lock(&run->lock);
		run->progress.seconds = seconds_since(&run->reading_since);
		struct gpq_progress moment = run->progress;
		pthread_mutex_unlock(&run->lock);
		moment.resident_bytes = gpq_run_resident_bytes();
		if (run->hooks->progress) {
			pthread_mutex_lock(&run->talk);
			run->hooks->progress(run->hooks->context, &moment);
			pthread_mutex_unlock(&run->talk);
		}
	}
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

static void watch_end(struct watch *watch)
{
	pthread_mutex_lock(&watch->lock);
	watch->over = true;
	pthread_cond_signal(&watch->over_changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->over_changed);
	pthread_mutex_destroy(&watch->lock);
}

static enum gpq_status watch_begin(struct watch *watch, struct gpq_run *run, const pthread_attr_t *attributes,
                                   struct gpq_error *err)
{
	*watch = (struct watch){ .run = run };
	pthread_mutex_init(&watch->lock, NULL);
	pthread_cond_init(&watch->over_changed, NULL);
	int failed = pthread_create(&watch->thread, attributes, watch_main, watch);
	return failed ? gpq_fail_errno(err, failed, "cannot start a thread") : GPQ_OK;
}

/* Starts the workers, waits for them, says what went wrong. */
static enum gpq_status pass_run(struct gpq_run *run, const pthread_attr_t *attributes, struct gpq_error *err)
{
	struct gpq_worker *workers = NULL;
	size_t bytes = run->plan.threads * sizeof(*workers);
	GPQ_TRY(gpq_alloc_zero(run->budget, GPQ_TAG_CONVERT, bytes, &workers, err));
	uint32_t started = 0;
	for (; started < run->plan.threads; started++) {
		workers[started].run = run;
		workers[started].encodes = started < run->plan.encoders;
		int failed = pthread_create(&workers[started].thread, attributes, worker_main, &workers[started]);
		if (failed) {
			struct gpq_error refused;
			gpq_fail_errno(&refused, failed, "cannot start a thread");
			gpq_run_fail(run, &refused);
			break;
		}
	}
	for (uint32_t i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	gpq_free(run->budget, GPQ_TAG_CONVERT, workers, bytes);
	pthread_mutex_lock(&run->lock);
	struct gpq_error failure = run->error;
	pthread_mutex_unlock(&run->lock);
	if (failure.status != GPQ_OK)
		*err = failure;
	return failure.status;
}

/* ---- stale blocks ---- */

/* A look at the tallies of one block. */
struct tally_look {
	struct gpq_run *run;
	bool failed; /* an input that failed has rows in it */
	enum gpq_status status;
	struct gpq_error *err;
};

static bool tally_failed(void *context, const struct gpq_tally *tally)
{
	struct tally_look *look = context;
	struct gpq_input input;
	look->status = gpq_catalogue_get(&look->run->catalogue, tally->input, &input, look->err);
	look->failed = look->status == GPQ_OK && input.state == GPQ_INPUT_FAILED &&
	               tally->written + tally->joined + tally->duplicate + tally->superseded > 0;
	return look->status == GPQ_OK && !look->failed;
}

/* What fed a block that is built again is read again, but for what failed. */
static bool tally_again(void *context, const struct gpq_tally *tally)
{
	struct tally_look *look = context;
	struct gpq_input input;
	look->status = gpq_catalogue_get(&look->run->catalogue, tally->input, &input, look->err);
	if (look->status != GPQ_OK || input.again || input.state != GPQ_INPUT_CONVERTED)
		return look->status == GPQ_OK;
	input.again = true;
	look->status = gpq_catalogue_put(&look->run->catalogue, tally->input, &input, look->err);
	return look->status == GPQ_OK;
}

static enum gpq_status tallies_look(struct gpq_run *run, const struct gpq_block_slot *slot,
                                    bool (*visit)(void *context, const struct gpq_tally *tally), bool *out_failed,
                                    struct gpq_error *err)
{
	struct tally_look look = { .run = run, .status = GPQ_OK, .err = err };
	GPQ_TRY(gpq_block_slot_tallies(slot, run->tallies, visit, &look, err));
	*out_failed = look.failed;
	return look.status;
}

static void groups_drop(struct gpq_run *run, struct gpq_block_slot *slot)
{
	struct gpq_partition_file *file = NULL;
	struct gpq_dataset_run *dataset = slot->dataset;
	for (uint32_t i = 0; i < dataset->n_files; i++)
		if (dataset->files[i].partition == slot->span.partition)
			file = &dataset->files[i];
	if (!file || !file->file)
		return;
	if (run->settings->order == GPQ_ORDER_BLOCK) {
		gpq_parquet_group_drop(file->file, slot->span.key);
		return;
	}
	for (uint32_t group = gpq_parquet_groups(file->file); group > 0; group--)
		gpq_parquet_group_drop(file->file, group - 1);
}

/* Before inputs are marked to be read again, those rows came too late of are the only ones. */
static enum gpq_status marks_begin(struct gpq_run *run, struct gpq_error *err)
{
	struct gpq_input input;
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		bool again = input.fed_closed && input.state == GPQ_INPUT_CONVERTED;
		if (again == input.again && !input.fed_closed)
			continue;
		input.again = again;
		input.fed_closed = false;
		GPQ_TRY(gpq_catalogue_put(&run->catalogue, i, &input, err));
	}
	return GPQ_OK;
}

static enum gpq_status slot_empty(struct gpq_run *run, struct gpq_block_slot *slot, struct gpq_error *err)
{
	bool failed = false;
	GPQ_TRY(tallies_look(run, slot, tally_again, &failed, err));
	groups_drop(run, slot);
	gpq_block_slot_clear(slot, run->budget);
	slot->stale = false;
	slot->state = GPQ_SLOT_OPEN;
	return GPQ_OK;
}

/* Finds the blocks to build again and marks the inputs that feed them. */
static enum gpq_status stale_collect(struct gpq_run *run, uint32_t *out_stale, struct gpq_error *err)
{
	*out_stale = 0;
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t s = 0; gpq_stage_has(run->stage, &run->datasets[d]) && s < run->datasets[d].n_slots; s++) {
			struct gpq_block_slot *slot = run->datasets[d].slots[s];
			bool failed = false;
			if (slot->state == GPQ_SLOT_WRITTEN && !slot->stale && run->n_failed)
				GPQ_TRY(tallies_look(run, slot, tally_failed, &failed, err));
			slot->rebuilding = slot->state == GPQ_SLOT_WRITTEN && (slot->stale || failed);
			*out_stale += slot->rebuilding;
		}
	if (!*out_stale)
		return GPQ_OK;
	GPQ_TRY(marks_begin(run, err));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t s = 0; gpq_stage_has(run->stage, &run->datasets[d]) && s < run->datasets[d].n_slots; s++)
			if (run->datasets[d].slots[s]->rebuilding)
				GPQ_TRY(slot_empty(run, run->datasets[d].slots[s], err));
	return GPQ_OK;
}

/* The inputs of the next pass: those that feed stale blocks, and those whose rows came too late. */
static enum gpq_status again_begin(struct gpq_run *run, struct gpq_error *err)
{
	uint64_t bytes = 0;
	uint32_t count = 0;
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		count += input.again;
		bytes += input.again ? input.size_bytes : 0;
	}
	pthread_mutex_lock(&run->lock); /* the watch looks on */
	run->progress.total_bytes += bytes;
	run->rebuilding = true;
	run->progress.phase = "rebuilding";
	enum gpq_status status = gpq_reading_list_begin(&run->reading, &run->catalogue, run->stage->market, run->stage->table, true,
	                                                count, err);
	pthread_mutex_unlock(&run->lock);
	return status;
}

static enum gpq_status passes_run(struct gpq_run *run, const pthread_attr_t *attributes, struct gpq_error *err)
{
	uint32_t found = 0;
	const struct gpq_stage *stage = run->stage;
	for (uint32_t r = 0; r < run->catalogue.n_ranges; r++)
		if (gpq_reading_list_holds(&run->catalogue.ranges[r], stage->market, stage->table))
			found += run->catalogue.ranges[r].found;
	GPQ_TRY(gpq_reading_list_begin(&run->reading, &run->catalogue, stage->market, stage->table, false, found, err));
	GPQ_TRY(pass_run(run, attributes, err));
	for (;;) {
		uint32_t stale = 0;
		GPQ_TRY(stale_collect(run, &stale, err));
		if (!stale)
			return GPQ_OK;
		GPQ_TRY(again_begin(run, err));
		GPQ_TRY(pass_run(run, attributes, err));
	}
}

enum gpq_status gpq_pipeline_run(struct gpq_run *run, struct gpq_error *err)
{
	struct watch watch;
	pthread_attr_t attributes;
	pthread_mutex_lock(&run->lock);
	run->progress.phase = "reading";
	run->rebuilding = run->surprised = false;
	run->n_failed = 0;
	pthread_mutex_unlock(&run->lock);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	enum gpq_status status = watch_begin(&watch, run, &attributes, err);
	if (status == GPQ_OK) {
		status = passes_run(run, &attributes, err);
		watch_end(&watch);
	}
	pthread_attr_destroy(&attributes);
	return status;
}
