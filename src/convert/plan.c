// SPDX-License-Identifier: MIT
#include "convert/plan.h"

#include "convert/block_values.h"
#include "convert/head.h"
#include "convert/input_reader.h"
#include "convert/line_parser.h"
#include "convert/rejects.h"
#include "io/sink.h"
#include "sort/block.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define PROCESS_BYTES (8 * MIB)          /* measured: code and data 3, libc 1, a thread's stack and arena 0.2 */
#define THREAD_BYTES ((size_t)256 << 10) /* a stack's touched part and the libc's own */
#define MIN_POOL_BYTES (8 * MIB)
#define WINDOW_SHARE 8u                  /* of what is left for the pool: one part in eight is for turning columns */
#define MAX_WINDOW_BYTES (32 * MIB)
#define AHEAD_SHARE 16u                  /* of the same: for columns that are encoded before their turn */
#define MAX_AHEAD_BYTES (8 * MIB)        /* a thread: a column of a million prices packs to 5 */
#define BYTES_A_LOCATION 6400u           /* of the bound: 256 MiB have room for 41,943 locations */
#define MIN_LOCATIONS 20000u             /* CAISO lists 16,600, ERCOT 18,000 buses */
#define FIXED_BYTES (2 * MIB)            /* slots, partitions, zones, small texts */
#define PARTITION_FILES 4u               /* output files with buffers at one time: the active one, rejects, lists */

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

/* Everything but the pool and the scratch that grows with it. */
static size_t without_pool(struct gpq_plan *plan, const struct gpq_plan_question *question)
{
	struct gpq_parquet_settings parquet = parquet_settings(question->settings);
	plan->max_locations = (uint32_t)(plan->bound_bytes / BYTES_A_LOCATION);
	if (plan->max_locations < MIN_LOCATIONS)
		plan->max_locations = MIN_LOCATIONS;
	plan->locations_bytes =
		plan->max_locations * (GPQ_PLAN_LOCATION_BYTES + GPQ_LOCATION_LIST_BYTES) * (question->n_tables ? question->n_tables : 1);
	plan->worker_bytes = gpq_head_need() + gpq_line_parser_need() + gpq_chunk_buffer_need() +
	                     gpq_parquet_encoder_need(&parquet) +
	                     gpq_block_column_need(question->max_slots) + THREAD_BYTES;
	plan->input_bytes = gpq_input_reader_need();
	plan->catalogue_bytes = question->catalogue_used_bytes ? question->catalogue_used_bytes + question->catalogue_used_bytes / 4
	                                                       : gpq_plan_catalogue_bytes(plan->bound_bytes);
	plan->fixed_bytes = FIXED_BYTES + gpq_turned_need(question->n_inputs) + gpq_rejects_need() +
	                    PARTITION_FILES * gpq_sink_need() + 2 * gpq_parquet_file_need(&parquet) + gpq_source_need();
	return plan->process_bytes + plan->catalogue_bytes + plan->locations_bytes + plan->fixed_bytes +
	       plan->threads * plan->worker_bytes + plan->open_inputs * plan->input_bytes;
}

/* What turning and encoding a block of 'rows' rows takes beside its slabs. */
static size_t scratch_bytes(const struct gpq_plan *plan, const struct gpq_plan_question *question, uint64_t rows)
{
	return gpq_sort_scratch_need(rows, plan->max_locations, GPQ_MAX_CELLS) +
	       gpq_block_facts_need(question->max_slots, rows);
}

/* Gives each thread a window to turn columns in, where the pool is not at its least; gives what is left. */
static size_t windows_fit(struct gpq_plan *plan, size_t left)
{
	size_t bytes = left / WINDOW_SHARE / plan->threads;
	bytes = (bytes < MAX_WINDOW_BYTES ? bytes : MAX_WINDOW_BYTES) & ~(size_t)4095;
	if (left < 2 * MIN_POOL_BYTES || bytes < GPQ_SORT_WINDOW_MIN_BYTES)
		bytes = 0;
	plan->window_bytes = bytes;
	plan->worker_bytes += bytes;
	return left - plan->threads * bytes;
}

/* Where several threads encode, all but one are ahead of their turn. Gives what is left. */
static size_t ahead_fit(struct gpq_plan *plan, size_t left)
{
	size_t bytes = left / AHEAD_SHARE / plan->threads;
	bytes = (bytes < MAX_AHEAD_BYTES ? bytes : MAX_AHEAD_BYTES) & ~(size_t)4095;
	if (plan->threads == 1)
		bytes = 0;
	plan->ahead_bytes = bytes;
	plan->worker_bytes += bytes;
	return left - plan->threads * bytes;
}

/* The largest pool that fits beside its own scratch. */
static void pool_fit(struct gpq_plan *plan, const struct gpq_plan_question *question, size_t left)
{
	uint32_t n_cells = question->n_cells ? question->n_cells : 1;
	size_t row_bytes = gpq_slab_row_bytes(n_cells);
	size_t none = scratch_bytes(plan, question, 0);
	plan->pool_bytes = plan->scratch_bytes = 0;
	if (left <= none)
		return;
	size_t low = 0, high = left - none;
	while (high - low > 65536) {
		size_t middle = low + (high - low) / 2;
		if (middle + scratch_bytes(plan, question, middle / row_bytes) <= left)
			low = middle;
		else
			high = middle;
	}
	plan->pool_bytes = low & ~(size_t)65535;
	plan->max_block_rows = plan->pool_bytes / row_bytes;
	plan->scratch_bytes = scratch_bytes(plan, question, plan->max_block_rows);
}

static bool plan_fits(struct gpq_plan *plan, const struct gpq_plan_question *question)
{
	size_t fixed = without_pool(plan, question);
	if (fixed >= plan->bound_bytes)
		return false;
	pool_fit(plan, question, windows_fit(plan, ahead_fit(plan, plan->bound_bytes - fixed)));
	return plan->pool_bytes >= MIN_POOL_BYTES;
}

static struct gpq_plan plan_try(uint64_t bound_bytes, uint32_t threads, const struct gpq_plan_question *question,
                                bool *out_fits)
{
	uint32_t batch = question->settings->batch_files;
	struct gpq_plan plan = {
		.bound_bytes = bound_bytes,
		.process_bytes = PROCESS_BYTES,
		.threads = threads,
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

/* The smallest bound, in whole MiB, at which one thread can work. */
static uint64_t smallest_bound(const struct gpq_plan_question *question)
{
	uint64_t low = 1, high = (uint64_t)1 << 20;
	while (low < high) {
		uint64_t middle = (low + high) / 2;
		bool fits;
		plan_try(middle * MIB, 1, question, &fits);
		if (fits)
			high = middle;
		else
			low = middle + 1;
	}
	/* Before the inputs are known only what works for all of them can be promised. */
	return question->n_tables || low > GPQ_PLAN_MIN_MEMORY / MIB ? low : GPQ_PLAN_MIN_MEMORY / MIB;
}

enum gpq_status gpq_plan_make(const struct gpq_plan_question *question, struct gpq_plan *out, struct gpq_error *err)
{
	const struct gpq_convert_settings *settings = question->settings;
	uint64_t bound = settings->memory_bytes ? settings->memory_bytes : gpq_plan_default_memory();
	uint32_t threads = settings->threads ? settings->threads : gpq_plan_processors();
	if (threads > 64)
		threads = 64;
	for (; threads > 0; threads--) {
		bool fits;
		struct gpq_plan plan = plan_try(bound, threads, question, &fits);
		/* A thread is worth less than a pool that holds a block. */
		bool cramped = plan.pool_bytes + threads * plan.window_bytes < bound / 4 && threads > 1 && !settings->threads;
		if (fits && !cramped) {
			*out = plan;
			return GPQ_OK;
		}
	}
	bool fits;
	struct gpq_plan plan = plan_try(bound, 1, question, &fits);
	if (fits) {
		*out = plan;
		return GPQ_OK;
	}
	return gpq_fail(err, GPQ_E_BUDGET, "a bound of %llu MiB is too small for this run; --memory %lluM would do",
	                (unsigned long long)(bound >> 20), (unsigned long long)smallest_bound(question));
}
