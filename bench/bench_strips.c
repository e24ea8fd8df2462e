// SPDX-License-Identifier: MIT
/*
 * How fast a block of strips turns in memory, bench_strips [number of a feed]: a week of MISO (7 files of 2,300 nodes,
 * three components a node, 24 hours across), and four days of CAISO (16,600 nodes, five components, in one file a day,
 * in five, or downloaded twice). Best of some rounds, ns a row that comes out; 'cells' is reading all cell columns.
 */
#include "sort/block.h"
#include "table/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS       7
#define HOURS        24
#define BATCH_STRIPS 256
#define BEGIN_S      1704067200u

struct feed {
	const char *name;
	uint32_t days, locations, n_cells, inputs_a_day, copies;
	int64_t least, most; /* values are between */
	bool cut;            /* every tenth strip comes in two pieces */
};

static const struct feed feeds[] = {
	{ "MISO, a week", 7, 2300, 3, 1, 1, -500, 9000, false },
	{ "MISO, a week, twice", 7, 2300, 3, 1, 2, -500, 9000, false },
	{ "CAISO, 4 days, a file a day", 4, 16600, 5, 1, 1, -3000000, 9000000, false },
	{ "CAISO, 4 days, five a day, cut", 4, 16600, 5, 5, 1, -3000000, 9000000, true },
	{ "CAISO, 4 days, five a day, twice", 4, 16600, 5, 5, 2, -3000000, 9000000, false },
};

struct bench {
	struct gpq_budget budget;
	struct gpq_slabs *slabs;
	struct gpq_locations *locations;
	struct gpq_sort_scratch *scratch;
	struct gpq_strips batch;
	uint32_t codes[16600];
	int64_t values[4096];
};

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
	fprintf(stderr, "bench_strips: %s\n", err->message);
	exit(1);
}

static enum gpq_status input_newer(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err)
{
	(void)context;
	(void)err;
	*out_order = a > b ? 1 : -1;
	return GPQ_OK;
}

static void locations_make(struct bench *bench)
{
	struct gpq_error err;
	for (uint32_t i = 0; i < sizeof(bench->codes) / sizeof(bench->codes[0]); i++) {
		char name[32];
		snprintf(name, sizeof(name), "%05u_NODE.%u", i * 2654435761u >> 15, i);
		struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
		location.text[GPQ_TEXT_NAME] = gpq_text_of(name);
		location.text[GPQ_TEXT_TYPE] = gpq_text_of("NODE");
		must(gpq_locations_intern(bench->locations, &location, &bench->codes[i], &err), &err);
	}
}

static void batch_push(struct bench *bench, struct gpq_block *block)
{
	struct gpq_error err;
	uint32_t pushed = 0;
	must(gpq_block_push_strips(block, &bench->batch, 0, bench->batch.count, &pushed, &err), &err);
	if (pushed != bench->batch.count)
		exit(1);
	bench->batch.count = bench->batch.n_cells = 0;
}

static void strip_add(struct bench *bench, struct gpq_block *block, const struct gpq_strip *strip, uint32_t seed)
{
	struct gpq_strips *batch = &bench->batch;
	if (batch->count == batch->cap)
		batch_push(bench, block);
	struct gpq_strip *to = &batch->strips[batch->count++];
	*to = *strip;
	to->first = batch->n_cells;
	memcpy(batch->cells + batch->n_cells, bench->values + seed % 4000, strip->places * sizeof(int64_t));
	batch->n_cells += strip->places;
}

static void strips_add(struct bench *bench, struct gpq_block *block, const struct feed *feed, uint32_t day,
		       uint32_t cell, uint32_t location, uint32_t input)
{
	uint64_t byte = ((uint64_t)location * feed->n_cells + cell) * 200;
	struct gpq_strip strip = {
		.start_s = BEGIN_S + day * HOURS * 3600,
		.location = bench->codes[location],
		.version = GPQ_VERSION_NONE,
		.places = HOURS,
		.cell = (uint8_t)cell,
		.origin = gpq_origin(input, byte),
	};
	if (feed->cut && location % 10 == 3) {
		strip.places = 7;
		strip_add(bench, block, &strip, location * 7 + cell);
		strip.start_s += 7 * 3600;
		strip.places = HOURS - 7;
	}
	strip_add(bench, block, &strip, location * 7 + cell);
}

static void feed_push(struct bench *bench, struct gpq_block *block, const struct feed *feed)
{
	uint32_t input = 0, a_file = feed->n_cells / feed->inputs_a_day;
	for (uint32_t copy = 0; copy < feed->copies; copy++) {
		for (uint32_t day = 0; day < feed->days; day++) {
			for (uint32_t file = 0; file < feed->inputs_a_day; file++, input++) {
				for (uint32_t i = 0; i < feed->locations; i++) {
					for (uint32_t c = 0; c < a_file; c++)
						strips_add(bench, block, feed, day, file * a_file + c, i, input);
				}
			}
		}
	}
	batch_push(bench, block);
}

static double read_ns(struct bench *bench, struct gpq_turned *turned, uint32_t first, uint32_t count)
{
	static uint64_t values[2048];
	double began = now_ns();
	for (uint32_t field = first; field < first + count; field++) {
		struct gpq_turned_cursor *cursor = NULL;
		struct gpq_error err;
		uint64_t left = gpq_turned_rows(turned);
		must(gpq_turned_cursor_open(turned, &bench->budget, (enum gpq_turned_field)field, 0, &cursor, &err),
		     &err);
		while (left) {
			uint32_t n = left < 2048 ? (uint32_t)left : 2048;
			must(gpq_turned_cursor_read(cursor, n, values, &err), &err);
			left -= n;
		}
		gpq_turned_cursor_close(cursor);
	}
	return now_ns() - began;
}

static double stretches_ns(const struct gpq_turned *turned)
{
	struct gpq_turned_stretch stretch;
	double began = now_ns();
	for (uint64_t row = 0; gpq_turned_stretch(turned, row, &stretch); row += stretch.rows)
		;
	return now_ns() - began;
}

static void least(double *best, double value)
{
	*best = value < *best ? value : *best;
}

static void feed_measure(struct bench *bench, const struct feed *feed)
{
	double push = 1e18, turn = 1e18, words = 1e18, cells = 1e18, stretches = 1e18;
	uint64_t parts = 0, rows = 0, bytes = 0;
	const struct gpq_sort_rules rules = {
		.n_cells = feed->n_cells,
		.key_texts = 1 << GPQ_TEXT_NAME,
		.texts = 0x0F,
		.begin_s = BEGIN_S,
		.interval_s = 3600,
		.places = feed->days * HOURS,
		.locations = bench->locations,
		.input_newer = input_newer,
	};
	for (uint32_t i = 0; i < 4096; i++)
		bench->values[i] =
		    feed->least + (int64_t)((i * UINT64_C(2654435761) >> 7) % (uint64_t)(feed->most - feed->least));
	for (int round = 0; round < ROUNDS; round++) {
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct gpq_error err;
		must(gpq_block_open(&bench->budget, bench->slabs, &rules, &block, &err), &err);
		double began = now_ns();
		feed_push(bench, block, feed);
		double pushed = now_ns();
		must(gpq_block_turn(block, NULL, bench->scratch, &turned, &err), &err);
		double done = now_ns();
		parts = gpq_block_rows(block);
		bytes = gpq_block_slab_bytes(block);
		rows = gpq_turned_rows(turned);
		least(&push, pushed - began);
		least(&turn, done - pushed);
		least(&stretches, stretches_ns(turned));
		least(&words, read_ns(bench, turned, GPQ_TURNED_START, 1));
		least(&cells, read_ns(bench, turned, GPQ_TURNED_CELL, feed->n_cells));
		gpq_turned_close(turned);
		gpq_block_close(block);
	}
	printf("%-34s %8llu parts %8llu rows %5.1f B/part  push %6.2f  turn %6.2f  stretches %5.2f  word %5.2f  cells "
	       "%6.2f\n",
	       feed->name, (unsigned long long)parts, (unsigned long long)rows, (double)bytes / (double)parts,
	       push / (double)rows, turn / (double)rows, stretches / (double)rows, words / (double)rows,
	       cells / (double)rows);
}

int main(int argc, char **argv)
{
	size_t only = argc > 1 ? strtoul(argv[1], NULL, 10) : 0; /* from 1 */
	static struct bench bench;
	struct gpq_error err;
	gpq_budget_init(&bench.budget, (size_t)4 << 30);
	must(gpq_slabs_open(&bench.budget, (size_t)512 << 20, &bench.slabs, &err), &err);
	must(gpq_locations_open(&bench.budget, (size_t)64 << 20, &bench.locations, &err), &err);
	must(gpq_sort_scratch_open(&bench.budget, 3000000, 40000, 6, &bench.scratch, &err), &err);
	must(gpq_strips_init(&bench.batch, &bench.budget, GPQ_TAG_TABLE, BATCH_STRIPS, BATCH_STRIPS * HOURS, &err),
	     &err);
	bench.batch.interval_s = 3600;
	locations_make(&bench);
	printf("ns a row that comes out, best of %d rounds\n", ROUNDS);
	for (size_t i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
		if (!only || only == i + 1)
			feed_measure(&bench, &feeds[i]);
	}
	gpq_strips_done(&bench.batch, &bench.budget, GPQ_TAG_TABLE);
	gpq_sort_scratch_close(bench.scratch);
	gpq_locations_close(bench.locations);
	gpq_slabs_close(bench.slabs);
	return 0;
}
