/*
 * parquet/bloom.h - split block Bloom filters: 256-bit blocks, eight bits set for each value, XXH64.
 * Source: apache/parquet-format, BloomFilter.md.
 */
#ifndef GPQ_PARQUET_BLOOM_H
#define GPQ_PARQUET_BLOOM_H

#include "parquet/thrift_writer.h"

#define GPQ_BLOOM_BLOCK_BYTES  ((size_t)32)
#define GPQ_BLOOM_HEADER_BYTES ((size_t)32) /* the header takes some 15 */

/* Bytes of a filter for 'values' values with one false answer in a hundred (10.5 bits a value), at most 'most': a power
 * of two, as parquet-mr and Arrow want it. */
size_t gpq_bloom_bytes(uint64_t values, size_t most);

/* A value's hash: its PLAIN bytes, texts without their length. */
uint64_t gpq_bloom_hash(const void *bytes, size_t len);

/* Enters a hash into a filter of 'bytes' bytes, which was zeroed before the first one. */
void gpq_bloom_insert(uint8_t *filter, size_t bytes, uint64_t hash);

/* False: no value with this hash was entered. */
bool gpq_bloom_check(const uint8_t *filter, size_t bytes, uint64_t hash);

void gpq_bloom_header_put(struct gpq_thrift_writer *writer, size_t bytes);

#endif
