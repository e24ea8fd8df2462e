/*
 * parquet/bloom_reader.h - ask a chunk's split block bloom filter about values.
 * Source: parquet-format/BloomFilter.md.      Memory: the filter, at most GPQ_PARQUET_BLOOM_CAP_BYTES.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_PARQUET_BLOOM_READER_H
#define GPQ_PARQUET_BLOOM_READER_H

#include "parquet/reader.h"

#define GPQ_PARQUET_BLOOM_CAP_BYTES ((size_t)16 << 20)

struct gpq_parquet_bloom {
	uint8_t *bytes; /* NULL: none */
	size_t room, len;
};

/* gpq_parquet_bloom_load() reads the filter of a chunk that has one (bloom_offset is not GPQ_ABSENT), reusing the room.
 * Errors: GPQ_E_DATA, GPQ_E_TRUNCATED, GPQ_E_BUDGET, GPQ_E_SYSTEM. */
GPQ_MUST_USE enum gpq_status gpq_parquet_bloom_load(const struct gpq_parquet_column *column,
						    struct gpq_parquet_bloom *bloom, struct gpq_error *err);
void gpq_parquet_bloom_done(struct gpq_parquet_bloom *bloom, struct gpq_budget *budget);

/* Whether the filter may hold the value with these plain bytes; false is certain. */
bool gpq_parquet_bloom_has(const struct gpq_parquet_bloom *bloom, const void *bytes, size_t len);

#endif
