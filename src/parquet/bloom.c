// SPDX-License-Identifier: MIT
#include "parquet/bloom.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define BLOCK_WORDS 8

/* BloomFilter.md, "salt". */
static const uint32_t salts[BLOCK_WORDS] = { 0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
					     0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U };

size_t gpq_bloom_bytes(uint64_t values, size_t most)
{
	uint64_t wanted = values * 21 / 16 + 1; /* 10.5 bits in bytes */
	size_t bytes = GPQ_BLOOM_BLOCK_BYTES;
	while (bytes < wanted && bytes * 2 <= most)
		bytes *= 2;
	return bytes;
}

uint64_t gpq_bloom_hash(const void *bytes, size_t len)
{
	return XXH64(bytes, len, 0);
}

static size_t block_at(size_t bytes, uint64_t hash)
{
	uint64_t blocks = bytes / GPQ_BLOOM_BLOCK_BYTES;
	return (size_t)(((hash >> 32) * blocks) >> 32) * GPQ_BLOOM_BLOCK_BYTES;
}

static void block_mask(uint64_t hash, uint32_t *out)
{
	for (unsigned i = 0; i < BLOCK_WORDS; i++)
		out[i] = UINT32_C(1) << (((uint32_t)hash * salts[i]) >> 27);
}

void gpq_bloom_insert(uint8_t *filter, size_t bytes, uint64_t hash)
{
	uint32_t mask[BLOCK_WORDS], words[BLOCK_WORDS];
	uint8_t *block = filter + block_at(bytes, hash);
	block_mask(hash, mask);
	memcpy(words, block, sizeof(words));
	for (unsigned i = 0; i < BLOCK_WORDS; i++)
		words[i] |= mask[i];
	memcpy(block, words, sizeof(words));
}

bool gpq_bloom_check(const uint8_t *filter, size_t bytes, uint64_t hash)
{
	uint32_t mask[BLOCK_WORDS], words[BLOCK_WORDS];
	block_mask(hash, mask);
	memcpy(words, filter + block_at(bytes, hash), sizeof(words));
	for (unsigned i = 0; i < BLOCK_WORDS; i++)
		if (!(words[i] & mask[i]))
			return false;
	return true;
}

/* Algorithm, hash and compression are unions whose only member is field 1, an empty struct. */
static void union_put(struct gpq_thrift_writer *writer, int16_t id)
{
	gpq_thrift_struct_begin(writer, id);
	gpq_thrift_struct_begin(writer, 1);
	gpq_thrift_struct_end(writer);
	gpq_thrift_struct_end(writer);
}

void gpq_bloom_header_put(struct gpq_thrift_writer *writer, size_t bytes)
{
	gpq_thrift_put_i32(writer, 1, (int32_t)bytes);
	union_put(writer, 2);
	union_put(writer, 3);
	union_put(writer, 4);
	gpq_thrift_struct_end(writer);
}
