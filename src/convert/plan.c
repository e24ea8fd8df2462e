// SPDX-License-Identifier: MIT
#include "convert/plan.h"

#include "convert/block_sources.h"
#include "convert/block_survey.h"
#include "convert/block_values.h"
#include "input/head.h"
#include "input/input_reader.h"
#include "input/line_parser.h"
#include "input/rejects.h"
#include "input/repeats.h"
#include "input/succession.h"
#include "convert/run.h"
#include "io/sink.h"
#include "sort/block.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define PROCESS_BYTES (21 * MIB / 4)     /* measured: code and data with libraries 4.3, heap and first stacks 0.7 */
#define THREAD_BYTES ((size_t)256 << 10) /* a stack's touched part and the libc's own */
#define MIN_POOL_BYTES (4 * MIB)
/* Rows that the pool should hold before anything is spent on speed, or on another thread: spilling a block takes longer
 * than either saves. A week of PJM's hourly prices, the largest block of most archives, has 1,081,080; slabs have heads, and some are not full. */
#define BLOCK_ROWS       UINT64_C(1140000)
#define WINDOW_SHARE     8u              /* of what is left beside such a block: one part in eight is for turning columns */
#define MAX_WINDOW_BYTES (32 * MIB)
#define AHEAD_SHARE      16u             /* of the same: for columns that are encoded before their turn */
#define MAX_AHEAD_BYTES  (8 * MIB)       /* a thread: a column of a million prices packs to 5 */
#define BYTES_A_LOCATION 6400u           /* of the bound: 256 MiB have room for 41,943 locations */
#define MIN_LOCATIONS 20000u             /* CAISO lists 16,600, ERCOT 18,000 buses */
#define FIXED_BYTES (2 * MIB)            /* slots, partitions, zones, small texts */
#define PARTITION_FILES 3u               /* sinks with buffers at one time beside rejects: the active one, footers, lists */

static uint64_t number_in(const char *path, const char *key)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return UINT64_MAX;
	ssize_t got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return UINT64_MAX;
	text[got] = 0;
	const char *at = key ? strstr(text, key) : text;
	unsigned long long value;
	if (!at || sscanf(at + (key ? strlen(key) : 0), "%llu", &value) != 1)
		return UINT64_MAX;
	return value;
}

uint64_t gpq_plan_default_memory(void)
{
	uint64_t available = number_in("/proc/meminfo", "MemAvailable:");
	uint64_t left = available == UINT64_MAX ? UINT64_MAX : available << 10;
	uint64_t limit = number_in("/sys/fs/cgroup/memory.max", NULL);
	uint64_t used = number_in("/sys/fs/cgroup/memory.current", NULL);
	if (limit != UINT64_MAX && used != UINT64_MAX && limit - (used < limit ? used : limit) < left)
		left = limit - (used < limit ? used : limit);
	uint64_t quarter = left / 4;
	return quarter < GPQ_PLAN_DEFAULT_MEMORY ? quarter : GPQ_PLAN_DEFAULT_MEMORY;
}

uint32_t gpq_plan_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	int count = CPU_COUNT(&set);
	return count > 0 ? (uint32_t)count : 1;
}

/* What the list may grow to in memory; the plan then counts what it did take, and the pool gets the rest. */
size_t gpq_plan_catalogue_bytes(uint64_t bound_bytes)
{
	size_t share = bound_bytes / 16;
	return share > 4 * MIB ? share : 4 * MIB;
}

static struct gpq_parquet_settings parquet_settings(const struct gpq_convert_settings *settings)
{
	return (struct gpq_parquet_settings){
		.table = gpq_table_schema(GPQ_TABLE_ENERGY),
		.codec = settings->codec,
		.codec_level = settings->codec_level,
		.bloom_columns = settings->order == GPQ_ORDER_LOCATION,
	};
}

static size_t intake_bytes(size_t record_bytes, size_t room_bytes)
{
	return gpq_line_parser_need(record_bytes) + gpq_chunk_buffer_need(room_bytes);
}

/* Whoever surveys a block encodes no column meanwhile: what that would take is there. */
static size_t survey_bytes(const struct gpq_plan *plan, const struct gpq_plan_question *question)
{
	size_t survey = gpq_block_survey_need(plan->max_locations), column = gpq_block_column_need(question->max_slots);
	return survey > column ? survey - column : 0;
}

/* Of one block: its sources, and what an encoder has of a list that long. */
static size_t sources_bytes(const struct gpq_plan_question *question)
{
	return gpq_block_sources_need(question->block_inputs, question->block_name_bytes) + question->block_inputs * sizeof(uint32_t);
}

/* What a block's sources leave of a quarter of the bound, up to a thirty-second. */
static size_t tally_bytes(const struct gpq_plan *plan, const struct gpq_plan_question *question)
{
	size_t share = plan->bound_bytes / 4, most = plan->bound_bytes / 32, sources = sources_bytes(question);
	share = share > sources ? share - sources : 0;
	return share < most ? share : most;
}

/* Everything but the pool and the scratch that grows with it. */
static size_t without_pool(struct gpq_plan *plan, const struct gpq_plan_question *question)
{
	struct gpq_parquet_settings parquet = parquet_settings(question->settings);
	plan->max_locations = (uint32_t)(plan->bound_bytes / BYTES_A_LOCATION);
	if (plan->max_locations < MIN_LOCATIONS)
		plan->max_locations = MIN_LOCATIONS;
	plan->locations_bytes =
		plan->max_locations * (GPQ_PLAN_LOCATION_BYTES + GPQ_LOCATION_LIST_BYTES);
	size_t opener_bytes = gpq_member_opener_need(question->max_depth, question->sheets);
	plan->worker_bytes = intake_bytes(GPQ_CHUNK_ROOM_SHORT, GPQ_CHUNK_ROOM_SHORT) + gpq_head_need() + THREAD_BYTES;
	plan->encoder_bytes = intake_bytes(GPQ_CSV_MAX_RECORD_BYTES, GPQ_CHUNK_ROOM_LONG) + gpq_head_need() + THREAD_BYTES - plan->worker_bytes +
	                      gpq_parquet_encoder_need(&parquet) + gpq_block_column_need(question->max_slots);
	plan->input_bytes = sizeof(struct gpq_open_input) + gpq_input_reader_need() + opener_bytes +
	                    (question->holds_repeats ? gpq_repeats_need(question->short_repeats) : 0) +
	                    (question->holds_tiles ? gpq_succession_need() : 0);
	plan->catalogue_bytes = question->catalogue_used_bytes ? question->catalogue_used_bytes : gpq_plan_catalogue_bytes(plan->bound_bytes);
	plan->tally_bytes = tally_bytes(plan, question);
	plan->fixed_bytes = FIXED_BYTES + gpq_turned_need(question->n_inputs, plan->tally_bytes) + gpq_rejects_need() +
	                    PARTITION_FILES * gpq_sink_need() + 2 * gpq_parquet_file_need(&parquet) + gpq_source_need() +
	                    opener_bytes + sources_bytes(question) +
	                    survey_bytes(plan, question);
	return plan->process_bytes + plan->catalogue_bytes + plan->locations_bytes + plan->fixed_bytes +
	       plan->threads * plan->worker_bytes + plan->encoders * plan->encoder_bytes +
	       plan->open_inputs * plan->input_bytes;
}

/* What turning and encoding a block of 'rows' rows takes beside its slabs. */
static size_t scratch_bytes(const struct gpq_plan *plan, const struct gpq_plan_question *question, uint64_t rows)
{
	return gpq_sort_scratch_need(rows, plan->max_locations, GPQ_MAX_CELLS) +
	       gpq_block_facts_need(question->max_slots, question->max_seconds, rows);
}

/* Of 'spare' bytes: a window for each encoder to turn columns in; where several encode, room for columns before their turn. */
static void speed_fit(struct gpq_plan *plan, size_t spare)
{
	size_t window = spare / WINDOW_SHARE / plan->encoders, ahead = spare / AHEAD_SHARE / plan->encoders;
	window = (window < MAX_WINDOW_BYTES ? window : MAX_WINDOW_BYTES) & ~(size_t)4095;
	ahead = (ahead < MAX_AHEAD_BYTES ? ahead : MAX_AHEAD_BYTES) & ~(size_t)4095;
	plan->window_bytes = window < GPQ_SORT_WINDOW_MIN_BYTES ? 0 : window;
	plan->ahead_bytes = plan->encoders == 1 ? 0 : ahead;
	plan->encoder_bytes += plan->window_bytes + plan->ahead_bytes;
}

static size_t row_bytes(const struct gpq_plan_question *question)
{
	return gpq_slab_row_bytes(question->n_cells ? question->n_cells : 1);
}

/* The largest pool that fits beside its own scratch. */
static void pool_fit(struct gpq_plan *plan, const struct gpq_plan_question *question, size_t left)
{
	size_t none = scratch_bytes(plan, question, 0);
	plan->pool_bytes = plan->scratch_bytes = 0;
	if (left <= none)
		return;
	size_t low = 0, high = left - none;
	while (high - low > 65536) {
		size_t middle = low + (high - low) / 2;
		if (middle + scratch_bytes(plan, question, middle / row_bytes(question)) <= left)
			low = middle;
		else
			high = middle;
	}
	plan->pool_bytes = low & ~(size_t)65535;
	plan->max_block_rows = plan->pool_bytes / row_bytes(question);
	plan->scratch_bytes = scratch_bytes(plan, question, plan->max_block_rows);
}

static bool plan_fits(struct gpq_plan *plan, const struct gpq_plan_question *question)
{
	size_t fixed = without_pool(plan, question);
	if (fixed >= plan->bound_bytes)
		return false;
	size_t left = plan->bound_bytes - fixed;
	size_t block = BLOCK_ROWS * row_bytes(question) + scratch_bytes(plan, question, BLOCK_ROWS);
	speed_fit(plan, left > block ? left - block : 0);
	pool_fit(plan, question, left - plan->encoders * (plan->window_bytes + plan->ahead_bytes));
	return plan->pool_bytes >= MIN_POOL_BYTES;
}

static struct gpq_plan plan_try(uint64_t bound_bytes, uint32_t threads, uint32_t encoders,
                                const struct gpq_plan_question *question, bool *out_fits)
{
	uint32_t batch = question->settings->batch_files;
	struct gpq_plan plan = {
		.bound_bytes = bound_bytes,
		.process_bytes = PROCESS_BYTES,
		.threads = threads,
		.encoders = encoders,
		.open_inputs = batch && batch < threads ? batch : threads,
		.batch_rows = GPQ_LINE_BATCH_ROWS,
	};
	uint64_t chunk_rows = question->settings->chunk_rows;
	if (chunk_rows && chunk_rows < GPQ_LINE_BATCH_ROWS)
		plan.batch_rows = (uint32_t)chunk_rows;
	*out_fits = plan_fits(&plan, question);
	plan.budget_bytes = bound_bytes > plan.process_bytes ? bound_bytes - plan.process_bytes : 0;
	return plan;
}

/* Whether threads take the room that blocks should have. */
static bool plan_is_cramped(const struct gpq_plan *plan)
{
	return plan->max_block_rows < BLOCK_ROWS ||
	       plan->pool_bytes + plan->encoders * plan->window_bytes < plan->bound_bytes / 4;
}

/* The smallest bound, in whole MiB, at which one thread can work. */
static uint64_t smallest_bound(const struct gpq_plan_question *question)
{
	uint64_t low = 1, high = (uint64_t)1 << 20;
	while (low < high) {
		uint64_t middle = (low + high) / 2;
		bool fits;
		plan_try(middle * MIB, 1, 1, question, &fits);
		if (fits)
			high = middle;
		else
			low = middle + 1;
	}
	/* Before the inputs are known only what works for all of them can be promised. */
	return question->catalogue_used_bytes || low > GPQ_PLAN_MIN_MEMORY / MIB ? low : GPQ_PLAN_MIN_MEMORY / MIB;
}

/* As many threads as the bound bears. */
static bool stage_fit(uint64_t bound, const struct gpq_plan_question *question, struct gpq_plan *out)
{
	const struct gpq_convert_settings *settings = question->settings;
	uint32_t threads = settings->threads ? settings->threads : gpq_plan_processors();
	if (threads > 64)
		threads = 64;
	bool fits;
	for (; threads > 0; threads--) {
		uint32_t least = (threads + 1) / 2; /* encoding is nearly half of the work */
		for (uint32_t encoders = threads; encoders >= least; encoders--) {
			struct gpq_plan plan = plan_try(bound, threads, encoders, question, &fits);
			if (fits && (!plan_is_cramped(&plan) || (settings->threads && encoders == least))) {
				*out = plan;
				return true;
			}
		}
	}
	struct gpq_plan plan = plan_try(bound, 1, 1, question, &fits);
	if (fits)
		*out = plan;
	return fits;
}

enum gpq_status gpq_plan_make(const struct gpq_plan_question *questions, struct gpq_plan *out, uint32_t count,
                              struct gpq_error *err)
{
	if (!count) /* nothing was recognised */
		return GPQ_OK;
	uint64_t bound = questions->bound_bytes ? questions->bound_bytes : questions->settings->memory_bytes, least = 0;
	if (!bound)
		bound = gpq_plan_default_memory();
	bool fits = true;
	for (uint32_t i = 0; i < count && fits; i++)
		fits = stage_fit(bound, &questions[i], &out[i]);
	if (fits)
		return GPQ_OK;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t smallest = smallest_bound(&questions[i]);
		least = smallest > least ? smallest : least;
	}
	return gpq_fail(err, GPQ_E_BUDGET, "a bound of %llu MiB is too small for this run; --memory %lluM would do",
	                (unsigned long long)(bound >> 20), (unsigned long long)least);
}
