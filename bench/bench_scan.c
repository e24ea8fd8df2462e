// SPDX-License-Identifier: MIT
/* How fast each kernel cuts and scans: bench_scan [mebibytes]. Best of some rounds over a text made like PJM's. */
#include "cpu/features.h"
#include "csv/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#define cycles_now() __rdtsc()
#else
#define cycles_now() ((uint64_t)0)
#endif

#define ROUNDS      7
#define BLOCK_BYTES ((size_t)1 << 20) /* what is cut and scanned at a time */

struct text {
	uint8_t *bytes;
	size_t len;
};

/* The figures of the best round. */
struct figure {
	uint64_t fields, lines, cycles;
	double seconds;
};

static uint64_t random_state = 1;

static uint32_t random_next(void)
{
	random_state = random_state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(random_state >> 33);
}

/* Columns of da_hrl_lmps: stamps, id, name, voltage, equipment, type, zone, prices, flag, version. */
static size_t row_make(char *out, size_t cap, uint32_t row, const char *quote)
{
	static const char *const zones[] = { "AECO", "AEP", "APS", "ATSI", "COMED", "PSEG", "RTO", "" };
	static const char *const types[] = { "LOAD", "GEN", "AGGREGATE", "BUS" };
	uint32_t node = row % 14000, hour = row / 14000 % 24;
	const char *q = quote;
	return (size_t)snprintf(out, cap,
				"%s1/%u/2024 %u:00:00 AM%s,%s1/%u/2024 %u:00:00 AM%s,%s%u%s,%sNODE%u%s,%s%u KV%s,"
				"%sTX%u%s,%s%s%s,%s%s%s,%s%.6f%s,%s%.6f%s,%s%.6f%s,%s%.6f%s,%sTRUE%s,%s1%s\n",
				q, 1 + row / 336000 % 28, hour, q, q, 1 + row / 336000 % 28, hour, q, q,
				50000 + node * 7, q, q, node, q, q, node % 3 ? 138u : 230u, q, q, node % 40, q, q,
				types[node % 4], q, q, zones[node % 8], q, q, random_next() % 90000000 / 1e6, q, q,
				random_next() % 30000000 / 1e6, q, q, random_next() % 9000000 / 1e6 - 4, q, q,
				random_next() % 2000000 / 1e6 - 1, q, q, q, q, q);
}

/* 'quoted_of_100' of 100 rows are quoted wholly. */
static struct text text_make(size_t len, uint32_t quoted_of_100)
{
	struct text text = { malloc(len + GPQ_CSV_PADDING), 0 };
	if (!text.bytes)
		exit(1);
	for (uint32_t row = 0; len - text.len > 400; row++) {
		const char *quote = random_next() % 100 < quoted_of_100 ? "\"" : "";
		text.len += row_make((char *)text.bytes + text.len, len - text.len, row, quote);
	}
	return text;
}

static struct figure cut_run(struct text text, uint32_t features)
{
	struct figure figure = { 0 };
	for (size_t at = 0; at < text.len;) {
		size_t held = text.len - at < BLOCK_BYTES ? text.len - at : BLOCK_BYTES;
		struct gpq_csv_cut cut = gpq_csv_cut(text.bytes + at, held, true, at + held == text.len, features);
		at += cut.len;
		figure.lines += cut.lines;
	}
	return figure;
}

static struct figure scan_run(struct text text, struct gpq_csv_scanner *scanner)
{
	struct figure figure = { 0 };
	struct gpq_csv_index index;
	for (size_t at = 0; at < text.len;) {
		at += gpq_csv_scan(scanner, text.bytes + at, text.len - at, &index);
		figure.fields += index.n_ends;
		figure.lines += index.n_records;
	}
	return figure;
}

static struct figure best_of(struct text text, uint32_t features, struct gpq_csv_scanner *scanner)
{
	struct figure best = { .seconds = 1e9 };
	for (int round = 0; round < ROUNDS; round++) {
		struct timespec from, to;
		clock_gettime(CLOCK_MONOTONIC, &from);
		uint64_t cycles = cycles_now();
		struct figure figure = scanner ? scan_run(text, scanner) : cut_run(text, features);
		figure.cycles = cycles_now() - cycles;
		clock_gettime(CLOCK_MONOTONIC, &to);
		figure.seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
		if (figure.seconds < best.seconds)
			best = figure;
	}
	return best;
}

static void figure_print(const char *text_name, const char *level, const char *call, struct text text,
			 struct figure figure)
{
	printf("%-10s %-7s %-5s %10zu %10llu %9llu %8.2f %8.3f\n", text_name, level, call, text.len,
	       (unsigned long long)figure.fields, (unsigned long long)figure.lines,
	       (double)text.len / figure.seconds / 1e9, (double)figure.cycles / (double)text.len);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		uint32_t mask, need;
	} levels[] = {
		{ "scalar", 0, 0 },
		{ "avx2", GPQ_CPU_AVX2 | GPQ_CPU_BMI2, GPQ_CPU_AVX2 | GPQ_CPU_BMI2 },
		{ "avx512", GPQ_CPU_ALL, GPQ_CPU_AVX2 | GPQ_CPU_BMI2 | GPQ_CPU_AVX512 },
	};
	static const struct {
		const char *name;
		uint32_t quoted_of_100;
	} texts[] = { { "plain", 0 }, { "mixed", 5 }, { "quoted", 100 } };
	size_t len = (argc > 1 ? strtoul(argv[1], NULL, 10) : 32) << 20;
	struct gpq_budget budget;
	gpq_budget_init(&budget, (size_t)16 << 20);
	printf("text       level   call       bytes     fields     lines     GB/s  cyc/byte\n");
	for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
		struct text text = text_make(len, texts[t].quoted_of_100);
		for (size_t l = 0; l < sizeof(levels) / sizeof(levels[0]); l++) {
			struct gpq_csv_scanner *scanner;
			uint32_t features = gpq_cpu_features(levels[l].mask);
			if ((features & levels[l].need) != levels[l].need ||
			    gpq_csv_scanner_open(&budget, features, &scanner, NULL) != GPQ_OK)
				continue;
			figure_print(texts[t].name, levels[l].name, "cut", text, best_of(text, features, NULL));
			figure_print(texts[t].name, levels[l].name, "scan", text, best_of(text, features, scanner));
			gpq_csv_scanner_close(scanner);
		}
		free(text.bytes);
	}
	return 0;
}
