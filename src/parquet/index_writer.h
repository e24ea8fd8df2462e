/*
 * parquet/index_writer.h - the page index: what each page of a chunk holds and where it is.
 * Source: apache/parquet-format, PageIndex.md and parquet.thrift, structs ColumnIndex and OffsetIndex.
 */
#ifndef GPQ_PARQUET_INDEX_WRITER_H
#define GPQ_PARQUET_INDEX_WRITER_H

#include "parquet/chunk.h"

/* A ColumnIndex of so many pages is no longer: two bounds, two lengths, a flag and two counts each. */
#define GPQ_COLUMN_INDEX_BYTES(pages) ((size_t)(pages) * (2 * GPQ_BOUND_INDEX_BYTES + 2 + 1 + 5 + 1) + 64)
/* An OffsetIndex: three numbers (at most 10, 5 and 6 bytes with their heads) and a stop each, and a size. */
#define GPQ_OFFSET_INDEX_BYTES(pages) ((size_t)(pages) * (11 + 6 + 7 + 1 + 5) + 64)

/* gpq_column_index_put() writes the index of a finished chunk. False: a bound of a page cannot be given (then there is
 * no index), and 'writer' holds nothing of use. */
bool gpq_column_index_put(struct gpq_thrift_writer *writer, const struct gpq_chunk_job *job);

/* gpq_offset_index_put() writes the places of the data pages of a chunk whose first data page is at 'offset' of the
 * file. */
void gpq_offset_index_put(struct gpq_thrift_writer *writer, const struct gpq_page_record *pages, uint32_t n_pages,
			  uint64_t offset, bool is_text);

#endif
