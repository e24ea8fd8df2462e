// SPDX-License-Identifier: MIT
/*
 * How fast a sink takes bytes: MB/s (10^6) for pieces of several sizes, with and without the sync, best of some turns.
 * Usage: bench_write FOLDER [MEGABYTES [TURNS]]
 */
#include "io/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void check(enum gpq_status status, const struct gpq_error *err)
{
	if (status == GPQ_OK)
		return;
	fprintf(stderr, "%s\n", err->message);
	exit(gpq_status_exit_code(status));
}

/* Writes 'total' bytes in pieces of 'piece'; seconds until all were taken, and until they were synced. */
static void turn(const char *target, const uint8_t *bytes, size_t piece, size_t total, double *out_taken,
		 double *out_synced)
{
	struct gpq_budget budget;
	struct gpq_sink *sink = NULL;
	struct gpq_error err = { 0 };
	gpq_budget_init(&budget, gpq_sink_need());
	check(gpq_sink_open(&budget, target, &sink, &err), &err);
	double start = seconds_now();
	for (size_t at = 0; at + piece <= total; at += piece)
		check(gpq_sink_write(sink, bytes, piece, &err), &err);
	*out_taken = seconds_now() - start;
	check(gpq_sink_sync(sink, &err), &err);
	*out_synced = seconds_now() - start;
	gpq_sink_close(sink);
	gpq_budget_done(&budget);
}

int main(int argc, char **argv)
{
	static const size_t pieces[] = { 100, 4096, 65536, (size_t)1 << 20 };
	if (argc < 2) {
		fprintf(stderr, "usage: %s FOLDER [MEGABYTES [TURNS]]\n", argv[0]);
		return 1;
	}
	size_t total = (argc > 2 ? strtoul(argv[2], NULL, 10) : 256) * 1000000;
	unsigned long turns = argc > 3 ? strtoul(argv[3], NULL, 10) : 3;
	char target[4096];
	snprintf(target, sizeof(target), "%s/bench_write.bin", argv[1]);
	uint8_t *bytes = malloc(pieces[3]);
	if (!bytes)
		return 2;
	for (size_t i = 0; i < pieces[3]; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 24);
	printf("piece_bytes,taken_mb_s,synced_mb_s\n");
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		double best_taken = 1e9, best_synced = 1e9;
		for (unsigned long t = 0; t < turns; t++) {
			double taken = 0, synced = 0;
			turn(target, bytes, pieces[i], total, &taken, &synced);
			best_taken = taken < best_taken ? taken : best_taken;
			best_synced = synced < best_synced ? synced : best_synced;
		}
		printf("%zu,%.0f,%.0f\n", pieces[i], (double)total / best_taken / 1e6,
		       (double)total / best_synced / 1e6);
	}
	free(bytes);
	return 0;
}
