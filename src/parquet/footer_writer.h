/*
 * parquet/footer_writer.h - the footer's parts: schema, row groups, notes, column orders.
 * Source: apache/parquet-format, parquet.thrift, struct FileMetaData and what it holds; LogicalTypes.md.
 */
#ifndef GPQ_PARQUET_FOOTER_WRITER_H
#define GPQ_PARQUET_FOOTER_WRITER_H

#include "parquet/chunk.h"

/* No part that one call below writes is longer: a chunk has four bounds' room and some 300 bytes of numbers. */
#define GPQ_FOOTER_PART_BYTES ((size_t)16384)

/* Where the parts of the page index and the bloom filter of a chunk are in the file; len 0: there is none. */
struct gpq_chunk_places {
	uint64_t column_index, offset_index, bloom;
	uint32_t column_index_bytes, offset_index_bytes, bloom_bytes;
};

/* Fields 1 to 3 of FileMetaData. */
void gpq_footer_schema_put(struct gpq_thrift_writer *writer, const struct gpq_table *table, uint64_t rows);

/* One element of RowGroup.columns. 'offset': of the chunk, in the file. */
void gpq_footer_chunk_put(struct gpq_thrift_writer *writer, const struct gpq_parquet_settings *settings,
			  uint32_t column, const struct gpq_chunk_facts *facts, uint64_t offset,
			  const struct gpq_chunk_places *places);

/* What follows the columns in a RowGroup, its end included. */
struct gpq_footer_group {
	uint64_t offset, rows, raw_bytes, stored_bytes;
	uint32_t ordinal;
};
void gpq_footer_group_put(struct gpq_thrift_writer *writer, const struct gpq_parquet_settings *settings,
			  const struct gpq_footer_group *group);

/* Field 7 and the end of FileMetaData. */
void gpq_footer_orders_put(struct gpq_thrift_writer *writer, uint32_t n_columns);

#endif
