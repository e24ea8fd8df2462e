// SPDX-License-Identifier: MIT
/* MB/s and ratio of each codec on pages of 20,000 prices as doubles, packed and unpacked. */
#include "parquet/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAGE_VALUES 20000
#define PAGES       64
#define PAGE_BYTES  (PAGE_VALUES * sizeof(double))

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

int main(void)
{
	static const struct {
		const char *name;
		enum gpq_codec codec;
		int level;
	} codecs[] = {
		{ "none", GPQ_CODEC_NONE, 0 },   { "snappy", GPQ_CODEC_SNAPPY, 0 }, { "lz4", GPQ_CODEC_LZ4, 0 },
		{ "zstd:1", GPQ_CODEC_ZSTD, 1 }, { "zstd:3", GPQ_CODEC_ZSTD, 3 },   { "gzip", GPQ_CODEC_GZIP, 0 }
	};
	struct gpq_budget budget;
	struct gpq_error err;
	struct gpq_unpacker *unpacker = NULL;
	double *prices = malloc(PAGES * PAGE_BYTES), *back = malloc(PAGE_BYTES);
	uint64_t state = 3;
	long level = 3000;
	for (size_t i = 0; i < (size_t)PAGES * PAGE_VALUES; i++) {
		state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
		level += (long)((state >> 33) % 201) - 100;
		prices[i] = (double)level / 100;
	}
	gpq_budget_init(&budget, (size_t)64 << 20);
	must(gpq_unpacker_open(&budget, &unpacker, &err), &err);
	printf("codec,pack_mb_s,unpack_mb_s,ratio\n");
	for (size_t c = 0; c < sizeof(codecs) / sizeof(codecs[0]); c++) {
		struct gpq_packer *packer = NULL;
		size_t room = gpq_codec_bound(codecs[c].codec, PAGE_BYTES), total = 0;
		uint8_t *packed = malloc(room * PAGES);
		size_t lens[PAGES];
		must(gpq_packer_open(&budget, codecs[c].codec, codecs[c].level, PAGE_BYTES, &packer, &err), &err);
		double began = now_s();
		for (size_t p = 0; p < PAGES; p++) {
			must(gpq_packer_pack(packer, prices + p * PAGE_VALUES, PAGE_BYTES, packed + p * room, room,
					     &lens[p], &err),
			     &err);
			total += lens[p];
		}
		double middle = now_s();
		for (size_t p = 0; p < PAGES; p++)
			must(gpq_codec_decompress(unpacker, gpq_codec_compression(codecs[c].codec), packed + p * room,
						  lens[p], back, PAGE_BYTES, &err),
			     &err);
		double mb = PAGES * PAGE_BYTES / 1e6;
		printf("%s,%.0f,%.0f,%.2f\n", codecs[c].name, mb / (middle - began), mb / (now_s() - middle),
		       PAGES * PAGE_BYTES / (double)total);
		gpq_packer_close(packer);
		free(packed);
	}
	gpq_unpacker_close(unpacker);
	free(prices);
	free(back);
	return 0;
}
