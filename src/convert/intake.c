// SPDX-License-Identifier: MIT
#include "convert/intake.h"

#include "convert/delivery.h"
#include "input/repeats.h"
#include "input/succession.h"
#include "value/instant.h"

#include <stdio.h>
#include <string.h>

#define SHORT_SHARE 4      /* less than one part in so many of the pool is free: no rows of blocks that come later */
#define OFF_GRID_SHARE 100 /* more than one row in so many off the grid: the file is not what it was taken for (RULES 2) */

/* ---- claiming ---- */

static struct gpq_open_input *free_place(struct gpq_run *run)
{
	for (uint32_t i = 0; i < run->plan.open_inputs; i++)
		if (!run->open[i].open)
			return &run->open[i];
	return NULL;
}

/* Opens the next input of the pass at a place. */
static enum gpq_status place_take(struct gpq_run *run, struct gpq_open_input *place, struct gpq_error *err)
{
	GPQ_TRY(gpq_reading_list_take(&run->reading, &place->input, &place->facts, err));
	place->open = true;
	place->busy = false;
	place->ended = place->long_record = false;
	place->fed_closed = false;
	place->next_chunk = place->retired_chunks = 0;
	place->parsers = 0;
	place->reached_s = 0;
	place->stored_bytes_seen = 0;
	place->resolving = false;
	place->in_order = place->begun = false;
	gpq_repeats_clear(place->repeats);
	memset(place->chunk, 0, sizeof(place->chunk));
	memset(&place->counts, 0, sizeof(place->counts));
	memset(&place->failure, 0, sizeof(place->failure));
	const struct gpq_feed *feed = gpq_input_feed(&place->facts);
	for (uint32_t o = 0; o < GPQ_BINDING_OUTPUTS && feed->outputs[o]; o++) {
		struct gpq_dataset_run *dataset = gpq_run_dataset(run, feed->outputs[o]);
		place->in_order |= feed->outputs[o]->tiles;
		place->dataset[o] = dataset ? (uint32_t)(dataset - run->datasets) : UINT32_MAX;
	}
	return GPQ_OK;
}

/* Whether a worker may read on in an input under way. */
static bool has_chunk(const struct gpq_open_input *open)
{
	uint64_t under_way = open->next_chunk - open->retired_chunks;
	return !open->busy && under_way < (open->in_order ? 1 : GPQ_RUN_MAX_WORKERS);
}

/* The input that stands first in reading order among those under way and not at their end that at most 'parsers'
 * workers are at. */
static struct gpq_open_input *first_open(struct gpq_run *run, uint32_t parsers)
{
	struct gpq_open_input *best = NULL;
	for (uint32_t i = 0; i < run->plan.open_inputs; i++) {
		struct gpq_open_input *open = &run->open[i];
		if (open->open && !open->ended && open->parsers <= parsers && (!best || open->input < best->input))
			best = open;
	}
	return best;
}

/* The input to go for, which another worker may be reading just now. */
static struct gpq_open_input *input_choose(struct gpq_worker *worker)
{
	struct gpq_run *run = worker->run;
	struct gpq_open_input *open = worker->place;
	if (gpq_slabs_free_bytes(run->slabs) < gpq_slabs_total_bytes(run->slabs) / SHORT_SHARE)
		open = first_open(run, UINT32_MAX);
	else if (!open || !open->open || open->ended || open->parsers)
		open = first_open(run, 0);
	if (!open && run->reading.left && (open = free_place(run))) {
		struct gpq_error err;
		if (place_take(run, open, &err) != GPQ_OK) {
			gpq_run_fail_locked(run, &err);
			return NULL;
		}
	}
	return open ? open : first_open(run, UINT32_MAX);
}

struct gpq_open_input *gpq_intake_claim(struct gpq_worker *worker)
{
	struct gpq_open_input *open = input_choose(worker);
	if (!open || !has_chunk(open) || (open->long_record && !worker->encodes))
		return NULL;
	open->busy = true;
	open->parsers++;
	worker->place = open;
	return open;
}

bool gpq_intake_done(const struct gpq_run *run)
{
	if (run->reading.left)
		return false;
	for (uint32_t i = 0; i < run->plan.open_inputs; i++)
		if (run->open[i].open)
			return false;
	return true;
}

/* ---- closing blocks ---- */

/* The earliest instant that what is left to read seems to hold for a dataset. */
static int64_t frontier(const struct gpq_run *run, uint32_t dataset)
{
	int64_t least = INT64_MAX;
	for (uint32_t i = 0; i < run->plan.open_inputs; i++) {
		const struct gpq_open_input *open = &run->open[i];
		if (!open->open || (open->dataset[0] != dataset && open->dataset[1] != dataset))
			continue;
		const struct gpq_input *input = &open->facts;
		int64_t from = input->seems_ordered && !run->surprised && open->reached_s > input->seems_first_s
		                       ? open->reached_s
		                       : input->seems_first_s;
		least = from < least ? from : least;
	}
	int64_t left = gpq_reading_list_first_s(&run->reading, run->datasets[dataset].dataset);
	return left < least ? left : least;
}

void gpq_intake_close_blocks(struct gpq_run *run, bool all)
{
	if (run->rebuilding && !all)
		return;
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		struct gpq_dataset_run *dataset = &run->datasets[d];
		int64_t from = all ? INT64_MAX : INT64_MIN;
		for (uint32_t s = 0; s < dataset->n_slots; s++) {
			struct gpq_block_slot *slot = dataset->slots[s];
			if (slot->state != GPQ_SLOT_OPEN)
				continue;
			if (from == INT64_MIN)
				from = frontier(run, d);
			if (slot->span.end_s > from)
				continue;
			pthread_mutex_lock(&slot->lock);
			if (slot->block)
				slot->state = GPQ_SLOT_QUEUED;
			pthread_mutex_unlock(&slot->lock);
		}
	}
}

/* ---- chunks ---- */

/* A line that cannot be a record: an open quote, or longer than any may be. */
static enum gpq_status broken_line(struct gpq_delivery *delivery, const struct gpq_read_chunk *read)
{
	uint32_t parts = gpq_line_parts(&read->table->binding);
	delivery->counts.lines++;
	delivery->counts.data_lines++;
	delivery->counts.partial_rows += parts;
	delivery->counts.rejected += parts;
	struct gpq_bad_line line = {
		.reason = read->reason,
		.byte = read->chunk.byte,
		.line = read->chunk.first_line,
		.bytes = { (const char *)read->chunk.bytes, (uint32_t)read->chunk.len },
	};
	return gpq_delivery_bad_line(delivery, &line, &delivery->worker->err);
}

static enum gpq_status chunk_parse(struct gpq_delivery *delivery, const struct gpq_read_chunk *read, uint32_t *out_last_s)
{
	struct gpq_worker *worker = delivery->worker;
	const struct gpq_head_table *table = read->table;
	const struct gpq_zone *zone = NULL;
	*out_last_s = 0;
	if (read->reason != GPQ_REJECT_NONE)
		return broken_line(delivery, read);
	GPQ_TRY(gpq_run_zone(worker->run, table->binding.market->zone, &zone, &worker->err));
	struct gpq_line_receiver receiver = gpq_delivery_receiver(delivery);
	if (delivery->open->in_order && !delivery->open->begun) {
		gpq_succession_begin(delivery->open->succession, zone);
		delivery->open->begun = true;
	}
	struct gpq_text header = { table->header, table->header_len };
	return gpq_line_parser_chunk(worker->parser, &read->chunk, &table->binding, zone, header, &receiver,
	                             &delivery->counts, out_last_s, &worker->err);
}

static void counts_add(struct gpq_line_counts *sum, const struct gpq_line_counts *more)
{
	sum->lines += more->lines;
	sum->header_lines += more->header_lines;
	sum->blank_lines += more->blank_lines;
	sum->data_lines += more->data_lines;
	sum->partial_rows += more->partial_rows;
	sum->blank += more->blank;
	sum->rejected += more->rejected;
	sum->outside += more->outside;
	sum->off_grid += more->off_grid;
	sum->warnings += more->warnings;
	sum->trailers += more->trailers;
	sum->told_rows += more->told_rows;
}

/* What an input that was read to its end came to; '*out_reason' is NULL where it is converted. */
static enum gpq_status input_judge(struct gpq_open_input *open, char *text, size_t cap, const char **out_reason)
{
	const struct gpq_feed *feed = gpq_input_feed(&open->facts);
	if (open->failure.status == GPQ_OK && open->reader.source)
		open->failure.status = gpq_head_check_lines(&open->reader.facts, &open->counts, &open->failure);
	*out_reason = open->failure.status != GPQ_OK ? open->failure.message : NULL;
	if (*out_reason || open->counts.off_grid * OFF_GRID_SHARE <= open->counts.data_lines)
		return open->failure.status;
	snprintf(text, cap, "%llu of %llu rows are off the %u-minute grid of %s: is it another feed?",
	         (unsigned long long)open->counts.off_grid, (unsigned long long)open->counts.data_lines,
	         feed->outputs[0]->interval_minutes, feed->id);
	*out_reason = text;
	return GPQ_E_DATA;
}

static enum gpq_status input_settle(struct gpq_run *run, struct gpq_open_input *open, struct gpq_error *err)
{
	struct gpq_input input;
	const char *reason = NULL;
	char text[200];
	enum gpq_status status = input_judge(open, text, sizeof(text), &reason);
	GPQ_TRY(gpq_catalogue_get(&run->catalogue, open->input, &input, err));
	input.state = status == GPQ_OK ? GPQ_INPUT_CONVERTED : GPQ_INPUT_FAILED;
	input.status = (uint8_t)status;
	input.fed_closed |= open->fed_closed;
	if (status == GPQ_OK) {
		input.hash = gpq_source_hash(open->reader.source);
		input.has_hash = true;
	}
	run->n_failed += status != GPQ_OK;
	run->any_failed |= status != GPQ_OK;
	GPQ_TRY(gpq_catalogue_note(&run->catalogue, &input, reason, &open->counts, err));
	return gpq_catalogue_put(&run->catalogue, open->input, &input, err);
}

/* The same of an input that was read again: it must be what it was. */
static enum gpq_status input_settle_again(struct gpq_run *run, struct gpq_open_input *open, struct gpq_error *err)
{
	struct gpq_input input;
	if (open->failure.status != GPQ_OK) {
		*err = open->failure;
		gpq_fail_prefix(err, "%s changed while it was read: ", open->names.path);
		return err->status;
	}
	if (!open->fed_closed)
		return GPQ_OK;
	GPQ_TRY(gpq_catalogue_get(&run->catalogue, open->input, &input, err));
	input.fed_closed = true;
	return gpq_catalogue_put(&run->catalogue, open->input, &input, err);
}

/* Everything of an input is parsed: it has become what it will be. Under the lock. */
static void input_finish(struct gpq_run *run, struct gpq_open_input *open)
{
	struct gpq_error err;
	enum gpq_status status = run->rebuilding ? input_settle_again(run, open, &err) : input_settle(run, open, &err);
	if (status != GPQ_OK)
		gpq_run_fail_locked(run, &err);
	open->open = false;
	if (!run->rebuilding) {
		run->progress.read_bytes += open->facts.size_bytes - open->stored_bytes_seen;
		run->progress.files_done++;
	}
	gpq_input_reader_end(&open->reader);
}

static void progress_note(struct gpq_run *run, struct gpq_open_input *open)
{
	uint64_t stored = gpq_source_stored_bytes(open->reader.source);
	run->progress.read_bytes += stored - open->stored_bytes_seen;
	open->stored_bytes_seen = stored;
}

static enum gpq_status reader_step(struct gpq_worker *worker, struct gpq_open_input *open, struct gpq_read_chunk *out,
                                   struct gpq_error *err)
{
	if (!open->reader.source) {
		struct gpq_known_input known = {
			.path = open->names.path,
			.name = open->names.name,
			.base = open->names.base,
			.address = open->names.address,
			.market = gpq_input_market(&open->facts),
			.feed = gpq_input_feed(&open->facts),
			.assumed = open->facts.assumed,
		};
		GPQ_TRY(gpq_input_reader_begin(&open->reader, worker->head, &known, open->input, true, err));
	}
	return gpq_input_reader_next(&open->reader, &worker->buffer, out, err);
}

/* After the chunk with a number is parsed: the first ones that are done without a gap are retired. Under the lock. */
static void chunk_retire(struct gpq_open_input *open, uint64_t number, uint32_t last_start_s)
{
	open->chunk[number % GPQ_RUN_MAX_WORKERS].done = true;
	open->chunk[number % GPQ_RUN_MAX_WORKERS].last_start_s = last_start_s;
	while (open->retired_chunks < open->next_chunk && open->chunk[open->retired_chunks % GPQ_RUN_MAX_WORKERS].done) {
		uint64_t at = open->retired_chunks++ % GPQ_RUN_MAX_WORKERS;
		open->chunk[at].done = false;
		if (open->chunk[at].last_start_s > open->reached_s)
			open->reached_s = open->chunk[at].last_start_s;
	}
}

/* What waited for the input's end: rows of repeated hours learn their pass, and those that look ahead are left out. */
static enum gpq_status waiting_give(struct gpq_delivery *delivery)
{
	struct gpq_worker *worker = delivery->worker;
	struct gpq_open_input *open = delivery->open;
	const struct gpq_dataset *output = open->reader.facts.tables[0].binding.output[0];
	struct gpq_line_receiver receiver = gpq_delivery_receiver(delivery);
	uint32_t first_s;
	char stamp[24];
	if (gpq_repeats_any(open->repeats))
		GPQ_TRY(gpq_repeats_resolve(open->repeats, output, &receiver, &delivery->counts, &worker->err));
	if (!open->begun)
		return GPQ_OK;
	GPQ_TRY(gpq_succession_end(open->succession, &receiver, &delivery->counts, &worker->err));
	uint32_t ahead = gpq_succession_ahead(open->succession, &first_s);
	if (ahead && !worker->run->rebuilding)
		gpq_run_say(worker->run, GPQ_NOTE, "%s: its last %u stamps, from %s on, are 15 minutes apart: prices of a run that looks ahead, left out",
		            open->names.path, ahead, gpq_stamp_print(first_s, stamp));
	return GPQ_OK;
}

/* Everything of an input is parsed. Under the lock, which it gives up meanwhile. */
static enum gpq_status input_resolve(struct gpq_worker *worker, struct gpq_open_input *open)
{
	struct gpq_run *run = worker->run;
	struct gpq_delivery delivery = { .worker = worker, .open = open };
	if (open->failure.status != GPQ_OK || !open->reader.source || (!open->begun && !gpq_repeats_any(open->repeats)))
		return GPQ_OK;
	const char *refusal = gpq_repeats_refusal(open->repeats);
	if (!refusal && open->begun)
		refusal = gpq_succession_refusal(open->succession);
	if (refusal) {
		(void)!gpq_fail(&open->failure, GPQ_E_DATA, "%s", refusal);
		return GPQ_OK;
	}
	open->resolving = true;
	pthread_mutex_unlock(&run->lock);
	enum gpq_status status = waiting_give(&delivery);
	pthread_mutex_lock(&run->lock);
	counts_add(&open->counts, &delivery.counts);
	return status;
}

enum gpq_status gpq_intake_chunk(struct gpq_worker *worker, struct gpq_open_input *open)
{
	struct gpq_run *run = worker->run;
	struct gpq_read_chunk read;
	struct gpq_error read_error = { .status = GPQ_OK };
	bool first = !open->reader.source;
	if (first)
		GPQ_TRY(gpq_catalogue_names(&run->catalogue, &open->facts, &open->names, &worker->err));
	enum gpq_status got = reader_step(worker, open, &read, &read_error);
	pthread_mutex_lock(&run->lock);
	uint64_t number = open->next_chunk;
	if (open->reader.source)
		progress_note(run, open);
	if (first && open->reader.source)
		gpq_head_count_lines(&open->reader.facts, &open->counts);
	bool given = got == GPQ_OK && !read.put_back;
	open->long_record = got == GPQ_OK && read.put_back;
	if (given) {
		open->next_chunk++;
		open->ended = gpq_input_reader_is_over(&open->reader);
	} else if (open->long_record) {
		open->parsers--;
	} else {
		open->ended = true;
		open->parsers--; /* from here on the place may be another input's */
		if (got != GPQ_END)
			open->failure = read_error;
	}
	open->busy = false;
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);

	struct gpq_delivery delivery = { .worker = worker, .open = open };
	uint32_t last_start_s = 0;
	enum gpq_status status = given ? chunk_parse(&delivery, &read, &last_start_s) : GPQ_OK;

	pthread_mutex_lock(&run->lock);
	counts_add(&open->counts, &delivery.counts);
	run->progress.rows += delivery.counts.partial_rows;
	if (given) {
		open->parsers--;
		chunk_retire(open, number, last_start_s);
	}
	if (open->open && open->ended && !open->resolving && open->retired_chunks == open->next_chunk && status == GPQ_OK) {
		status = input_resolve(worker, open);
		if (status == GPQ_OK)
			input_finish(run, open);
	}
	gpq_intake_close_blocks(run, false);
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return status;
}
