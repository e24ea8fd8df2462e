// SPDX-License-Identifier: MIT
/*
 * What this machine could do at most: bench_limit THREADS FILE... reads PJM day-ahead files from the page cache; reads
 * and finds separators; does that, parses the prices and packs them with zstd 1. No order, no other columns, nothing
 * written. Prints CSV: stage, threads, bytes, rows, seconds, cycles a byte (of one thread's time stamp counter, times
 * threads).
 */
#include "cpu/features.h"
#include "csv/scan.h"
#include "parquet/codec.h"
#include "value/decimal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#define cycles_now() __rdtsc()
#else
#define cycles_now() ((uint64_t)0)
#endif

#define ROUNDS      5
#define MAX_THREADS 64
#define BLOCK_BYTES ((size_t)1 << 20)
#define PRICES      4     /* energy, total, congestion, loss */
#define FIRST_PRICE 8     /* their first field in da_hrl_lmps */
#define PAGE_VALUES 20000 /* as the writer's pages */
#define PAGE_BYTES  (PAGE_VALUES * sizeof(double))

enum stage { READ, SEPARATE, PACK, N_STAGES };

static const char *const stage_names[N_STAGES] = { "read", "read+separators", "read+separators+prices+zstd:1" };

/* One thread's share: every n-th file. */
struct worker {
	pthread_t thread;
	enum stage stage;
	char **files;
	int first, step, n_files;
	uint64_t bytes, rows, packed_bytes;
	double *page[PRICES];
	uint32_t held; /* values in each page */
	uint8_t *block, *packed;
	struct gpq_csv_scanner *scanner;
	struct gpq_packer *packer;
	struct gpq_value_kernels kernels;
	struct gpq_budget budget;
};

static void must(enum gpq_status status, const struct gpq_error *err)
{
	if (status == GPQ_OK)
		return;
	fprintf(stderr, "bench_limit: %s\n", err->message);
	exit(1);
}

static void *memory(size_t bytes)
{
	void *block = malloc(bytes);
	if (!block) {
		fprintf(stderr, "bench_limit: no memory\n");
		exit(2);
	}
	memset(block, 0, bytes);
	return block;
}

static void pages_pack(struct worker *worker)
{
	struct gpq_error err;
	size_t room = gpq_codec_bound(GPQ_CODEC_ZSTD, PAGE_BYTES), len = 0;
	for (int k = 0; k < PRICES && worker->held; k++) {
		must(gpq_packer_pack(worker->packer, worker->page[k], worker->held * sizeof(double), worker->packed,
				     room, &len, &err),
		     &err);
		worker->packed_bytes += len;
	}
	worker->held = 0;
}

static void prices_parse(struct worker *worker, const struct gpq_csv_index *index, const uint8_t *bytes)
{
	for (uint32_t r = 0; r < index->n_records; r++) {
		uint32_t field = index->records[r] + FIRST_PRICE;
		if (field + PRICES > index->records[r + 1])
			continue;
		for (uint32_t k = 0; k < PRICES; k++) {
			int64_t cell = 0;
			if (worker->kernels.cell(gpq_csv_field(index, bytes, r, field + k), 6, &cell) !=
			    GPQ_REJECT_NONE)
				cell = 0; /* the header line */
			worker->page[k][worker->held] = (double)cell / 1e6;
		}
		if (++worker->held == PAGE_VALUES)
			pages_pack(worker);
	}
}

static void block_work(struct worker *worker, size_t len)
{
	struct gpq_csv_index index;
	for (size_t at = 0; at < len;) {
		const uint8_t *bytes = worker->block + at;
		at += gpq_csv_scan(worker->scanner, bytes, len - at, &index);
		worker->rows += index.n_records;
		if (worker->stage == PACK)
			prices_parse(worker, &index, bytes);
	}
}

static void file_work(struct worker *worker, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t held = 0;
	ssize_t got;
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	while ((got = read(fd, worker->block + held, BLOCK_BYTES - held)) > 0) {
		worker->bytes += (size_t)got;
		if (worker->stage == READ)
			continue;
		held += (size_t)got;
		const uint8_t *last = memrchr(worker->block, '\n', held);
		size_t whole = last ? (size_t)(last - worker->block) + 1 : 0;
		block_work(worker, whole);
		held -= whole;
		memmove(worker->block, worker->block + whole, held);
	}
	close(fd);
}

static void *work(void *context)
{
	struct worker *worker = context;
	for (int i = worker->first; i < worker->n_files; i += worker->step)
		file_work(worker, worker->files[i]);
	pages_pack(worker);
	return NULL;
}

static void worker_open(struct worker *worker)
{
	struct gpq_error err;
	uint32_t features = gpq_cpu_features(GPQ_CPU_ALL);
	gpq_budget_init(&worker->budget, (size_t)64 << 20);
	must(gpq_csv_scanner_open(&worker->budget, features, &worker->scanner, &err), &err);
	must(gpq_packer_open(&worker->budget, GPQ_CODEC_ZSTD, 1, PAGE_BYTES, &worker->packer, &err), &err);
	worker->kernels = gpq_value_kernels(features);
	worker->block = memory(BLOCK_BYTES + GPQ_CSV_PADDING + GPQ_VALUE_PADDING);
	worker->packed = memory(gpq_codec_bound(GPQ_CODEC_ZSTD, PAGE_BYTES));
	for (int k = 0; k < PRICES; k++)
		worker->page[k] = memory(PAGE_BYTES);
}

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void stage_measure(struct worker *workers, int threads, enum stage stage)
{
	double best_s = 1e30;
	uint64_t best_cycles = 0, bytes = 0, rows = 0, packed = 0;
	for (int round = 0; round < ROUNDS; round++) {
		double began = now_s();
		uint64_t cycles = cycles_now();
		for (int t = 0; t < threads; t++) {
			workers[t].stage = stage;
			workers[t].bytes = workers[t].rows = workers[t].packed_bytes = 0;
			if (pthread_create(&workers[t].thread, NULL, work, &workers[t]) != 0)
				exit(3);
		}
		bytes = rows = packed = 0;
		for (int t = 0; t < threads; t++) {
			pthread_join(workers[t].thread, NULL);
			bytes += workers[t].bytes;
			rows += workers[t].rows;
			packed += workers[t].packed_bytes;
		}
		cycles = cycles_now() - cycles;
		double took = now_s() - began;
		if (took < best_s) {
			best_s = took;
			best_cycles = cycles;
		}
	}
	printf("%s,%d,%llu,%llu,%.4f,%.3f,%llu\n", stage_names[stage], threads, (unsigned long long)bytes,
	       (unsigned long long)rows, best_s, (double)best_cycles * threads / (double)bytes,
	       (unsigned long long)packed);
}

int main(int argc, char **argv)
{
	static struct worker workers[MAX_THREADS];
	int threads = argc > 2 ? atoi(argv[1]) : 0;
	if (threads < 1 || threads > MAX_THREADS) {
		fprintf(stderr, "usage: %s THREADS FILE...\n", argv[0]);
		return 1;
	}
	for (int t = 0; t < threads; t++) {
		workers[t] = (struct worker){ .files = argv + 2, .n_files = argc - 2, .first = t, .step = threads };
		worker_open(&workers[t]);
	}
	printf("stage,threads,bytes,rows,best_s,cycles_per_byte,packed_bytes\n");
	for (int stage = 0; stage < N_STAGES; stage++)
		stage_measure(workers, threads, (enum stage)stage);
	return 0;
}
