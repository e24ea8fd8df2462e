// SPDX-License-Identifier: MIT
/*
 * How fast a spilled block comes back: bench_merge [runs] [rows a run] [folder]. A year sorted by node, pushed into the
 * weeks that its rows belong to, leaves each week with many small runs of few locations: 120 runs of 9,000 rows by
 * default. Best of some rounds, ns a row.
 */
#include "sort/block.h"
#include "table/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS     3
#define N_CELLS    3
#define WEEK_HOURS 168

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
	fprintf(stderr, "bench_merge: %s\n", err->message);
	exit(1);
}

struct bench {
	struct gpq_budget budget;
	struct gpq_slabs *slabs;
	struct gpq_locations *locations;
	struct gpq_sort_scratch *scratch;
	struct gpq_spill *spill;
	struct gpq_sort_rules rules;
	uint32_t runs, run_rows;
	bool scattered; /* each run holds all locations: rows of all runs alternate */
};

static uint32_t location_code(struct bench *bench, uint32_t number)
{
	char name[24], id[16];
	struct gpq_error err;
	uint32_t code = 0;
	struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
	snprintf(name, sizeof(name), "NODE %06u", number);
	snprintf(id, sizeof(id), "%u", number);
	location.text[GPQ_TEXT_NAME] = gpq_text_of(name);
	location.text[GPQ_TEXT_ID] = gpq_text_of(id);
	must(gpq_locations_intern(bench->locations, &location, &code, &err), &err);
	return code;
}

static void run_push(struct bench *bench, struct gpq_block *block, struct gpq_batch *batch, uint32_t run)
{
	struct gpq_error err;
	uint32_t pushed = 0;
	for (uint32_t i = 0; i < bench->run_rows; i++) {
		uint64_t row = bench->scattered ? (uint64_t)i * bench->runs + run : (uint64_t)run * bench->run_rows + i;
		batch->start_s[i] = 1704067200 + 3600 * (uint32_t)(row % WEEK_HOURS);
		batch->location[i] = location_code(bench, (uint32_t)(row / WEEK_HOURS));
		batch->version[i] = 1;
		batch->origin[i] = gpq_origin(0, row * 120);
		for (uint32_t k = 0; k < N_CELLS; k++)
			batch->cell[k][i] = (int64_t)(row * 2654435761u % 99999999 * (k + 1));
	}
	must(gpq_block_push(block, batch, 0, bench->run_rows, &pushed, &err), &err);
	if (pushed != bench->run_rows)
		exit(1);
}

static double read_ns(struct bench *bench, struct gpq_turned *turned)
{
	static uint64_t values[8192];
	struct gpq_error err;
	double began = now_ns();
	for (uint32_t field = 0; field < GPQ_TURNED_CELL + N_CELLS; field++) {
		struct gpq_turned_cursor *cursor = NULL;
		must(gpq_turned_cursor_open(turned, &bench->budget, (enum gpq_turned_field)field, 0, &cursor, &err),
		     &err);
		for (uint64_t left = gpq_turned_rows(turned), n; left; left -= n) {
			n = left < 8192 ? left : 8192;
			must(gpq_turned_cursor_read(cursor, (uint32_t)n, values, &err), &err);
		}
		gpq_turned_cursor_close(cursor);
	}
	return now_ns() - began;
}

static void measure(struct bench *bench)
{
	double spill = 1e18, turn = 1e18, read = 1e18, rows = (double)bench->runs * bench->run_rows;
	uint64_t spilled_bytes = 0;
	struct gpq_batch batch;
	struct gpq_error err;
	must(gpq_batch_init(&batch, &bench->budget, GPQ_TAG_TABLE, bench->run_rows, N_CELLS, &err), &err);
	for (int round = 0; round < ROUNDS; round++) {
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		double spilling = 0;
		uint64_t before = gpq_spill_bytes(bench->spill);
		must(gpq_block_open(&bench->budget, bench->slabs, &bench->rules, &block, &err), &err);
		for (uint32_t run = 0; run < bench->runs; run++) {
			run_push(bench, block, &batch, run);
			double began = now_ns();
			must(gpq_block_spill(block, bench->spill, bench->scratch, &err), &err);
			spilling += now_ns() - began;
		}
		spilled_bytes = gpq_spill_bytes(bench->spill) - before;
		double began = now_ns();
		must(gpq_block_turn(block, bench->spill, bench->scratch, &turned, &err), &err);
		double turning = now_ns() - began, reading = read_ns(bench, turned);
		spill = spilling < spill ? spilling : spill;
		turn = turning < turn ? turning : turn;
		read = reading < read ? reading : read;
		gpq_turned_close(turned);
		gpq_block_close(block);
	}
	gpq_batch_done(&batch, &bench->budget, GPQ_TAG_TABLE);
	printf("%-26s %u runs of %u rows  spill %6.1f  turn %6.1f  read %5.1f  %5.1f bytes a row of %zu\n",
	       bench->scattered ? "each run: all locations" : "each run: few locations", bench->runs, bench->run_rows,
	       spill / rows, turn / rows, read / rows, (double)spilled_bytes / rows, gpq_batch_row_bytes(N_CELLS));
}

int main(int argc, char **argv)
{
	struct bench bench = {
		.runs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 120,
		.run_rows = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 9000,
	};
	struct gpq_error err;
	uint32_t locations = (uint32_t)((uint64_t)bench.runs * bench.run_rows / WEEK_HOURS) + 2;
	gpq_budget_init(&bench.budget, (size_t)1 << 30);
	must(gpq_slabs_open(&bench.budget, bench.run_rows * gpq_batch_row_bytes(N_CELLS) * 21 / 20 + 131072,
			    &bench.slabs, &err),
	     &err);
	must(gpq_locations_open(&bench.budget, (size_t)64 << 20, &bench.locations, &err), &err);
	must(gpq_spill_open(&bench.budget, argc > 3 ? argv[3] : "/tmp", &bench.spill, &err), &err);
	must(gpq_sort_scratch_open(&bench.budget, bench.run_rows, locations, N_CELLS, &bench.scratch, &err), &err);
	bench.rules = (struct gpq_sort_rules){
		.n_cells = N_CELLS, .key_texts = 1 << GPQ_TEXT_ID, .texts = 0x0F, .locations = bench.locations
	};
	printf("scratch %zu KiB; ns a row, best of %d rounds\n",
	       gpq_sort_scratch_need(bench.run_rows, locations, N_CELLS) >> 10, ROUNDS);
	measure(&bench);
	bench.scattered = true;
	measure(&bench);
	gpq_sort_scratch_close(bench.scratch);
	gpq_spill_close(bench.spill);
	gpq_locations_close(bench.locations);
	gpq_slabs_close(bench.slabs);
	return 0;
}
