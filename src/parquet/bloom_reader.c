// SPDX-License-Identifier: MIT
#include "parquet/bloom_reader.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define BLOCK_BYTES  32
#define HEADER_BYTES 64 /* four small fields; what known writers make takes 15 to 20 */

enum gpq_status gpq_parquet_bloom_load(const struct gpq_parquet_column *column, struct gpq_parquet_bloom *bloom,
				       struct gpq_error *err)
{
	const struct gpq_parquet_reader *reader = column->reader;
	const struct gpq_column_chunk *chunk = &reader->chunks[column->index];
	uint64_t at = (uint64_t)chunk->bloom_offset;
	uint8_t head[HEADER_BYTES];
	if (chunk->bloom_offset < 4 || at >= reader->footer_at)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, at, "its bloom filter is not within the file");
	size_t len = reader->footer_at - at < sizeof(head) ? (size_t)(reader->footer_at - at) : sizeof(head);
	GPQ_TRY(gpq_ranges_read(reader->ranges, at, head, len, err));
	struct gpq_thrift_reader thrift = gpq_thrift_reader(head, len);
	struct gpq_bloom_header header;
	if (!gpq_bloom_header_parse(&thrift, &header))
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, at,
					       "its bloom filter's header cannot be read: %s", thrift.fault);
	if (!header.is_block || !header.is_xxhash || !header.is_uncompressed)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, at, "its bloom filter is of an unknown kind");
	if (header.bytes < BLOCK_BYTES || header.bytes % BLOCK_BYTES ||
	    (uint64_t)header.bytes > reader->footer_at - at - thrift.at ||
	    (size_t)header.bytes > GPQ_PARQUET_BLOOM_CAP_BYTES)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, at, "its bloom filter has %d bytes",
					       header.bytes);
	if (chunk->bloom_bytes != GPQ_ABSENT && (uint64_t)chunk->bloom_bytes != thrift.at + (uint64_t)header.bytes)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, at,
					       "its bloom filter has %zu bytes, the footer says %lld",
					       thrift.at + (size_t)header.bytes, (long long)chunk->bloom_bytes);
	bloom->len = 0;
	GPQ_TRY(gpq_parquet_page_room(reader->budget, &bloom->bytes, &bloom->room, (size_t)header.bytes, err));
	GPQ_TRY(gpq_ranges_read(reader->ranges, at + thrift.at, bloom->bytes, (size_t)header.bytes, err));
	bloom->len = (size_t)header.bytes;
	return GPQ_OK;
}

void gpq_parquet_bloom_done(struct gpq_parquet_bloom *bloom, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_PARQUET, bloom->bytes, bloom->room);
	*bloom = (struct gpq_parquet_bloom){ NULL, 0, 0 };
}

bool gpq_parquet_bloom_has(const struct gpq_parquet_bloom *bloom, const void *bytes, size_t len)
{
	/* The eight odd constants of BloomFilter.md. */
	static const uint32_t salts[8] = { 0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
					   0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U };
	if (bloom->len == 0)
		return true;
	uint64_t hash = XXH64(bytes, len, 0);
	uint64_t n_blocks = bloom->len / BLOCK_BYTES;
	const uint8_t *block = bloom->bytes + ((hash >> 32) * n_blocks >> 32) * BLOCK_BYTES;
	for (unsigned i = 0; i < 8; i++) {
		uint32_t word;
		memcpy(&word, block + 4 * (size_t)i, sizeof(word));
		if (!(word >> ((uint32_t)hash * salts[i] >> 27) & 1))
			return false;
	}
	return true;
}
