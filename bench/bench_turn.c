// SPDX-License-Identifier: MIT
/*
 * How fast a block turns in memory: bench_turn [hours] [locations] [MiB of the window, 0: none]. A week of PJM by
 * default, 168 hours of 6,435 locations, each hour in the same sequence of locations, which is not that of their names.
 * Best of some rounds, ns a row.
 */
#include "sort/block.h"
#include "table/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS     7
#define N_CELLS    3
#define BATCH_ROWS 8192

static double now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void must(enum gpq_status status, const struct gpq_error *err)
{
	if (status == GPQ_OK)
		return;
	fprintf(stderr, "bench_turn: %s\n", err->message);
	exit(1);
}

/* How the rows come. */
enum arrival { IN_ORDER, DAYS_MIXED, TWICE, RENAMED, N_ARRIVALS };

static const char *const arrival_names[N_ARRIVALS] = {
	"hour by hour",
	"days in disorder",
	"a second copy of each",
	"one in a hundred renamed midway",
};

struct bench {
	struct gpq_budget budget;
	struct gpq_slabs *slabs;
	struct gpq_locations *locations;
	struct gpq_sort_scratch *scratch;
	struct gpq_batch batch;
	struct gpq_sort_rules rules;
	uint32_t hours, n_locations;
	uint32_t *codes[2]; /* before and after renaming */
};

static int newer(const void *unused, uint32_t a, uint32_t b)
{
	(void)unused;
	return a > b ? 1 : -1;
}

static enum gpq_status input_newer(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err)
{
	(void)err;
	*out_order = newer(context, a, b);
	return GPQ_OK;
}

static void locations_make(struct bench *bench)
{
	struct gpq_error err;
	for (int name = 0; name < 2; name++) {
		bench->codes[name] = malloc(bench->n_locations * sizeof(uint32_t));
		for (uint32_t i = 0; i < bench->n_locations; i++) {
			char name_text[32], id_text[16];
			/* ids ascend, names do not: a multiplicative hash of the id */
			int renamed = name && i % 100 == 0;
			snprintf(name_text, sizeof(name_text), "%05u BUS  %u KV%s", i * 2654435761u >> 15, 13 + i % 4,
				 renamed ? "X" : "");
			snprintf(id_text, sizeof(id_text), "%u", 50000 + i);
			struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
			location.text[GPQ_TEXT_NAME] = gpq_text_of(name_text);
			location.text[GPQ_TEXT_ID] = gpq_text_of(id_text);
			location.text[GPQ_TEXT_TYPE] = gpq_text_of("BUS");
			must(gpq_locations_intern(bench->locations, &location, &bench->codes[name][i], &err), &err);
		}
	}
}

static void batch_push(struct bench *bench, struct gpq_block *block)
{
	struct gpq_error err;
	uint32_t pushed = 0;
	must(gpq_block_push(block, &bench->batch, 0, bench->batch.rows, &pushed, &err), &err);
	if (pushed != bench->batch.rows)
		exit(1);
	bench->batch.rows = 0;
}

static void hour_push(struct bench *bench, struct gpq_block *block, uint32_t hour, uint32_t input, bool renamed)
{
	struct gpq_batch *batch = &bench->batch;
	for (uint32_t i = 0; i < bench->n_locations; i++) {
		uint32_t row = batch->rows++;
		uint64_t byte = ((uint64_t)hour * bench->n_locations + i) * 120;
		batch->start_s[row] = 1704067200 + 3600 * hour;
		batch->location[row] = bench->codes[renamed][i];
		batch->version[row] = GPQ_VERSION_NONE;
		batch->origin[row] = gpq_origin(input, byte);
		for (uint32_t k = 0; k < N_CELLS; k++)
			batch->cell[k][row] = (int64_t)(byte % 999983 * (k + 1));
		if (batch->rows == batch->cap_rows)
			batch_push(bench, block);
	}
}

static void rows_push(struct bench *bench, struct gpq_block *block, enum arrival arrival)
{
	for (uint32_t h = 0; h < bench->hours; h++) {
		uint32_t hour = h, day = h / 24, days = bench->hours / 24;
		if (arrival == DAYS_MIXED && days)
			hour = (day * 5 + 3) % days * 24 + h % 24;
		hour_push(bench, block, hour, hour / 24, arrival == RENAMED && hour > bench->hours / 2);
	}
	for (uint32_t h = 0; arrival == TWICE && h < bench->hours; h++)
		hour_push(bench, block, h, bench->hours / 24 + 1, false);
	batch_push(bench, block);
}

static double gather_ns(struct bench *bench, struct gpq_turned *turned, enum gpq_turned_field field)
{
	static uint64_t values[BATCH_ROWS];
	struct gpq_turned_cursor *cursor = NULL;
	struct gpq_error err;
	uint64_t left = gpq_turned_rows(turned);
	double began = now_ns();
	must(gpq_turned_cursor_open(turned, &bench->budget, field, 0, &cursor, &err), &err);
	while (left) {
		uint32_t n = left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS;
		must(gpq_turned_cursor_read(cursor, n, values, &err), &err);
		left -= n;
	}
	gpq_turned_cursor_close(cursor);
	return now_ns() - began;
}

static void arrival_measure(struct bench *bench, enum arrival arrival)
{
	double push = 1e18, turn = 1e18, words = 1e18, cells = 1e18;
	uint64_t rows = 0, unique = 0;
	for (int round = 0; round < ROUNDS; round++) {
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct gpq_error err;
		must(gpq_block_open(&bench->budget, bench->slabs, &bench->rules, &block, &err), &err);
		double began = now_ns();
		rows_push(bench, block, arrival);
		double pushed = now_ns();
		must(gpq_block_turn(block, NULL, bench->scratch, &turned, &err), &err);
		double done = now_ns();
		rows = gpq_block_rows(block);
		unique = gpq_turned_rows(turned);
		double word = gather_ns(bench, turned, GPQ_TURNED_START),
		       cell = gather_ns(bench, turned, GPQ_TURNED_CELL);
		push = pushed - began < push ? pushed - began : push;
		turn = done - pushed < turn ? done - pushed : turn;
		words = word < words ? word : words;
		cells = cell < cells ? cell : cells;
		gpq_turned_close(turned);
		gpq_block_close(block);
	}
	printf("%-32s %8llu rows  push %5.2f  turn %5.2f  gather word %5.2f  cell %5.2f\n", arrival_names[arrival],
	       (unsigned long long)rows, push / (double)rows, turn / (double)rows, words / (double)unique,
	       cells / (double)unique);
}

int main(int argc, char **argv)
{
	struct bench bench = {
		.hours = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 168,
		.n_locations = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 6435,
	};
	struct gpq_error err;
	size_t window_mib = argc > 3 ? strtoul(argv[3], NULL, 10) : 9;
	size_t rows = 2 * (size_t)bench.hours * bench.n_locations;
	gpq_budget_init(&bench.budget, (size_t)4 << 30);
	must(gpq_slabs_open(&bench.budget, rows * gpq_batch_row_bytes(N_CELLS) * 21 / 20 + ((size_t)1 << 20),
			    &bench.slabs, &err),
	     &err);
	must(gpq_locations_open(&bench.budget, (size_t)64 << 20, &bench.locations, &err), &err);
	must(gpq_sort_scratch_open(&bench.budget, rows, 2 * bench.n_locations + 16, N_CELLS, &bench.scratch, &err),
	     &err);
	must(gpq_batch_init(&bench.batch, &bench.budget, GPQ_TAG_TABLE, BATCH_ROWS, N_CELLS, &err), &err);
	gpq_sort_scratch_windows(bench.scratch, 1, window_mib << 20);
	bench.rules = (struct gpq_sort_rules){ .n_cells = N_CELLS,
					       .key_texts = 1 << GPQ_TEXT_ID,
					       .texts = 0x0F,
					       .locations = bench.locations,
					       .input_newer = input_newer };
	locations_make(&bench);
	printf("ns a row, best of %d rounds\n", ROUNDS);
	for (int arrival = 0; arrival < N_ARRIVALS; arrival++)
		arrival_measure(&bench, (enum arrival)arrival);
	gpq_batch_done(&bench.batch, &bench.budget, GPQ_TAG_TABLE);
	gpq_sort_scratch_close(bench.scratch);
	gpq_locations_close(bench.locations);
	gpq_slabs_close(bench.slabs);
	free(bench.codes[0]);
	free(bench.codes[1]);
	return 0;
}
