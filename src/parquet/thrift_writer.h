/*
 * parquet/thrift_writer.h - the Thrift compact protocol, writing half, into memory of a fixed size.
 * Source: apache/thrift, doc/specs/thrift-compact-protocol.md.
 *
 * A write that does not fit is left out and remembered in 'full', so that callers check once at the end. Between two
 * writes a caller may take the bytes away and set 'len' to 0: nesting is kept apart from the bytes. Lists of booleans
 * have the element type TRUE, as the C++ and Java libraries write it.
 */
#ifndef GPQ_PARQUET_THRIFT_WRITER_H
#define GPQ_PARQUET_THRIFT_WRITER_H

#include "parquet/thrift_reader.h"

#define GPQ_THRIFT_WRITER_DEPTH 8 /* FileMetaData > RowGroup > ColumnChunk > ColumnMetaData > SizeStatistics is 5 */

struct gpq_thrift_writer {
	uint8_t *bytes; /* Borrows */
	size_t len, cap;
	bool full; /* something was left out */
	uint32_t depth;
	int16_t last[GPQ_THRIFT_WRITER_DEPTH]; /* field id written last, by depth */
};

/* gpq_thrift_writer_init() starts a top-level struct in 'bytes'. It ends with gpq_thrift_struct_end(). */
void gpq_thrift_writer_init(struct gpq_thrift_writer *writer, void *bytes, size_t cap);

/* Fields of the struct under way, ids ascending. */
void gpq_thrift_put_bool(struct gpq_thrift_writer *writer, int16_t id, bool value);
void gpq_thrift_put_i16(struct gpq_thrift_writer *writer, int16_t id, int16_t value);
void gpq_thrift_put_i32(struct gpq_thrift_writer *writer, int16_t id, int32_t value);
void gpq_thrift_put_i64(struct gpq_thrift_writer *writer, int16_t id, int64_t value);
void gpq_thrift_put_binary(struct gpq_thrift_writer *writer, int16_t id, const void *bytes, size_t len);
/* The head of a binary field: the caller sends the 'len' bytes on their way behind it. */
void gpq_thrift_put_binary_head(struct gpq_thrift_writer *writer, int16_t id, size_t len);
void gpq_thrift_struct_begin(struct gpq_thrift_writer *writer, int16_t id);
void gpq_thrift_struct_end(struct gpq_thrift_writer *writer);
void gpq_thrift_list_begin(struct gpq_thrift_writer *writer, int16_t id, enum gpq_thrift_type element, uint32_t count);

/* Elements of the list begun last: exactly 'count' of them. */
void gpq_thrift_add_bool(struct gpq_thrift_writer *writer, bool value);
void gpq_thrift_add_i32(struct gpq_thrift_writer *writer, int32_t value);
void gpq_thrift_add_i64(struct gpq_thrift_writer *writer, int64_t value);
void gpq_thrift_add_binary(struct gpq_thrift_writer *writer, const void *bytes, size_t len);
void gpq_thrift_add_struct_begin(struct gpq_thrift_writer *writer); /* ends with gpq_thrift_struct_end() */

#endif
