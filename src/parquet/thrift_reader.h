/*
 * parquet/thrift_reader.h - read Thrift's compact protocol from bytes that may be hostile.
 * Knows: varints, fields, lists.      Not: what the fields mean.
 * Source: thrift/doc/specs/thrift-compact-protocol.md of Apache Thrift.
 *
 * A fault is kept: after the first one every call gives zeros and the loops end, so that callers look once, at the end.
 * Texts are borrowed from the bytes read.      Memory: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_PARQUET_THRIFT_READER_H
#define GPQ_PARQUET_THRIFT_READER_H

#include "base/status.h"
#include "table/text.h"

enum gpq_thrift_type {
	GPQ_THRIFT_STOP = 0,
	GPQ_THRIFT_TRUE = 1,
	GPQ_THRIFT_FALSE = 2,
	GPQ_THRIFT_I8 = 3,
	GPQ_THRIFT_I16 = 4,
	GPQ_THRIFT_I32 = 5,
	GPQ_THRIFT_I64 = 6,
	GPQ_THRIFT_DOUBLE = 7,
	GPQ_THRIFT_BINARY = 8,
	GPQ_THRIFT_LIST = 9,
	GPQ_THRIFT_SET = 10,
	GPQ_THRIFT_MAP = 11,
	GPQ_THRIFT_STRUCT = 12,
	GPQ_THRIFT_UUID = 13,
};

struct gpq_thrift_reader {
	const uint8_t *bytes;
	size_t len, at;
	const char *fault; /* static text of the first fault, NULL while there is none */
	size_t fault_at;
};

/* A field of the struct under way. */
struct gpq_thrift_field {
	int32_t id;
	enum gpq_thrift_type type;
};

/* A list whose header was read: its elements follow. */
struct gpq_thrift_list {
	uint32_t count;
	enum gpq_thrift_type type;
};

static inline struct gpq_thrift_reader gpq_thrift_reader(const uint8_t *bytes, size_t len)
{
	return (struct gpq_thrift_reader){ .bytes = bytes, .len = len };
}

/* gpq_thrift_fault() keeps the first fault. 'text' is static. */
void gpq_thrift_fault(struct gpq_thrift_reader *reader, const char *text);

/* gpq_thrift_next() reads the next field's header; false at the struct's end or after a fault. Begin with '*field'
 * zeroed. */
bool gpq_thrift_next(struct gpq_thrift_reader *reader, struct gpq_thrift_field *field);

/* The value of a field or list element of 'type'; another type than the call's is a fault. */
bool gpq_thrift_bool(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);
int64_t gpq_thrift_int(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);
int32_t gpq_thrift_int32(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);
struct gpq_text gpq_thrift_text(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);

/* gpq_thrift_list() reads a list's header. The count is at most the bytes that are left, as each element takes one or
 * more. */
struct gpq_thrift_list gpq_thrift_list(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);

/* A bool in a list is a byte of its own: 1 true, 2 (or 0, as some writers have it) false. */
bool gpq_thrift_list_bool(struct gpq_thrift_reader *reader, struct gpq_thrift_list list);

/* gpq_thrift_struct() faults where 'type' is no struct; true otherwise. Then loop over gpq_thrift_next(). */
bool gpq_thrift_struct(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);

/* gpq_thrift_skip() passes over a value that nobody wants. Nesting deeper than 24 is a fault. */
void gpq_thrift_skip(struct gpq_thrift_reader *reader, enum gpq_thrift_type type);

#endif
