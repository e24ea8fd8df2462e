// SPDX-License-Identifier: MIT
/* Nanoseconds a value and bytes a value of column chunks, by kind of column; zstd 1. The file goes to the folder given.
 */
#include "parquet/writer.h"
#include "table/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS  UINT64_C(1400000) /* two days of 5-minute prices at 2,430 nodes */
#define STEPS 576

enum kind { KIND_CONSTANT, KIND_PLACE, KIND_STAMP, KIND_CENTS, KIND_FULL, KIND_NULL, N_KINDS };

static const char *const kind_names[N_KINDS] = { "constant", "place", "stamp", "cents", "full", "null" };

static const struct gpq_column columns[N_KINDS] = {
	{ GPQ_COLUMN_ISO, "constant", GPQ_TYPE_STRING, true, "", "" },
	{ GPQ_COLUMN_SETTLEMENT_LOCATION, "place", GPQ_TYPE_STRING, true, "", "" },
	{ GPQ_COLUMN_DATETIME_UTC, "stamp", GPQ_TYPE_TIMESTAMP_UTC, true, "", "" },
	{ GPQ_COLUMN_LMP_TOTAL, "cents", GPQ_TYPE_DOUBLE, false, "", "" },
	{ GPQ_COLUMN_LMP_LOSS, "full", GPQ_TYPE_DOUBLE, false, "", "" },
	{ GPQ_COLUMN_LMP_GHG, "null", GPQ_TYPE_DOUBLE, false, "", "" },
};
static const struct gpq_table table = { GPQ_TABLE_ENERGY, "bench", columns, N_KINDS };

struct source {
	const uint32_t *codes;
	const int64_t *cells;
	uint64_t row;
};

static enum gpq_status source_rewind(void *context, struct gpq_error *err)
{
	(void)err;
	((struct source *)context)->row = 0;
	return GPQ_OK;
}

static enum gpq_status source_codes(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	(void)err;
	struct source *source = context;
	memcpy(out, source->codes + source->row, n * sizeof(*out));
	source->row += n;
	return GPQ_OK;
}

static enum gpq_status source_cells(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	(void)err;
	struct source *source = context;
	memcpy(out, source->cells + source->row, n * sizeof(*out));
	source->row += n;
	return GPQ_OK;
}

static uint64_t noise_state = 3;

static int64_t noise(int64_t below)
{
	noise_state = noise_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (int64_t)((noise_state >> 33) % (uint64_t)below);
}

/* A system price that walks, and a place's own part that changes slowly. */
static void fill(enum kind kind, uint32_t *codes, int64_t *cells)
{
	static int64_t system[STEPS];
	int64_t level = 3000, scale = kind == KIND_FULL ? 10000 : 1;
	for (int t = 0; t < STEPS; t++)
		system[t] = level += noise(201) - 100;
	for (uint64_t r = 0; r < ROWS; r++) {
		codes[r] = kind == KIND_PLACE ? (uint32_t)(r / STEPS) : kind == KIND_STAMP ? (uint32_t)(r % STEPS) : 0;
		cells[r] = kind == KIND_NULL
			       ? GPQ_CELL_NULL
			       : system[r % STEPS] * scale + (int64_t)(r / STEPS % 97) * scale + noise(scale * 40);
	}
}

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void must(enum gpq_status status, const struct gpq_error *err)
{
	if (status == GPQ_OK)
		return;
	fprintf(stderr, "%s\n", err->message);
	exit(1);
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/tmp";
	char target[512];
	struct gpq_budget budget;
	struct gpq_error err;
	struct gpq_sink *sink = NULL;
	struct gpq_spill *spill = NULL;
	struct gpq_parquet_encoder *encoder = NULL;
	struct gpq_parquet_file *file = NULL;
	struct gpq_parquet_settings settings = { .table = &table, .codec = GPQ_CODEC_ZSTD, .codec_level = 1 };
	static struct gpq_text places[ROWS / STEPS + 1];
	static char names[ROWS / STEPS + 1][16];
	static int64_t stamps[STEPS];
	uint32_t *codes = malloc(ROWS * sizeof(*codes));
	int64_t *cells = malloc(ROWS * sizeof(*cells));
	for (uint32_t i = 0; i <= ROWS / STEPS; i++)
		places[i] =
		    (struct gpq_text){ names[i], (uint32_t)snprintf(names[i], sizeof(names[i]), "NODE.%06u", i) };
	for (int t = 0; t < STEPS; t++)
		stamps[t] = INT64_C(1704067200000000) + t * INT64_C(300000000);
	snprintf(target, sizeof(target), "%s/bench_encode.parquet", folder);
	gpq_budget_init(&budget, (size_t)64 << 20);
	must(gpq_sink_open(&budget, target, &sink, &err), &err);
	must(gpq_spill_open(&budget, folder, &spill, &err), &err);
	must(gpq_parquet_encoder_open(&budget, &settings, &encoder, &err), &err);
	must(gpq_parquet_file_open(&budget, &settings, sink, spill, &file, &err), &err);
	printf("kind,ns_per_value,bytes_per_value\n");
	for (int64_t round = 0; round < 3; round++) {
		must(gpq_parquet_group_begin(file, round, ROWS, &err), &err);
		for (enum kind kind = 0; kind < N_KINDS; kind++) {
			fill(kind, codes, cells);
			struct source source = { codes, cells, 0 };
			struct gpq_values values = { .rows = ROWS,
						     .coded = kind <= KIND_STAMP,
						     .context = &source,
						     .rewind = source_rewind,
						     .read_codes = source_codes,
						     .read_cells = source_cells,
						     .scale = kind == KIND_FULL ? 6 : 2 };
			values.words = stamps;
			values.texts = places;
			values.n_values = kind == KIND_STAMP ? STEPS : kind == KIND_PLACE ? ROWS / STEPS + 1 : 1;
			uint64_t before = gpq_sink_offset(sink);
			double began = now_s();
			must(gpq_parquet_chunk_write(file, encoder, (uint32_t)kind, &values, &err), &err);
			printf("%s,%.2f,%.3f\n", kind_names[kind], (now_s() - began) * 1e9 / (double)ROWS,
			       (double)(gpq_sink_offset(sink) - before) / (double)ROWS);
		}
		must(gpq_parquet_group_end(file, &err), &err);
	}
	must(gpq_parquet_finish(file, "bench", NULL, 0, NULL, &err), &err);
	fprintf(stderr, "encoder needs %zu bytes, file %zu\n", gpq_parquet_encoder_need(&settings),
		gpq_parquet_file_need(&settings));
	gpq_parquet_file_close(file);
	gpq_parquet_encoder_close(encoder);
	gpq_spill_close(spill);
	gpq_sink_close(sink);
	free(codes);
	free(cells);
	return 0;
}
