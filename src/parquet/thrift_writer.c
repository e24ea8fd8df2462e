// SPDX-License-Identifier: MIT
#include "parquet/thrift_writer.h"

#include <assert.h>
#include <string.h>

#define VARINT_MAX_BYTES 10 /* 64 bits in sevens */

void gpq_thrift_writer_init(struct gpq_thrift_writer *writer, void *bytes, size_t cap)
{
	*writer = (struct gpq_thrift_writer){ .bytes = bytes, .cap = cap };
}

static void put_bytes(struct gpq_thrift_writer *writer, const void *bytes, size_t len)
{
	if (len > writer->cap - writer->len) {
		writer->full = true;
		return;
	}
	if (len)
		memcpy(writer->bytes + writer->len, bytes, len);
	writer->len += len;
}

static void put_byte(struct gpq_thrift_writer *writer, uint8_t byte)
{
	put_bytes(writer, &byte, 1);
}

static void put_varint(struct gpq_thrift_writer *writer, uint64_t value)
{
	uint8_t bytes[VARINT_MAX_BYTES];
	size_t len = 0;
	for (; value > 0x7F; value >>= 7)
		bytes[len++] = (uint8_t)(value | 0x80);
	bytes[len++] = (uint8_t)value;
	put_bytes(writer, bytes, len);
}

static void put_zigzag(struct gpq_thrift_writer *writer, int64_t value)
{
	put_varint(writer, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

/* Ids that are 1 to 15 above the one before share a byte with the type; the rest write the id. */
static void put_head(struct gpq_thrift_writer *writer, int16_t id, enum gpq_thrift_type type)
{
	int step = id - writer->last[writer->depth];
	assert(step > 0);
	if (step <= 15) {
		put_byte(writer, (uint8_t)(step << 4 | (int)type));
	} else {
		put_byte(writer, (uint8_t)type);
		put_zigzag(writer, id);
	}
	writer->last[writer->depth] = id;
}

void gpq_thrift_put_bool(struct gpq_thrift_writer *writer, int16_t id, bool value)
{
	put_head(writer, id, value ? GPQ_THRIFT_TRUE : GPQ_THRIFT_FALSE);
}

void gpq_thrift_put_i16(struct gpq_thrift_writer *writer, int16_t id, int16_t value)
{
	put_head(writer, id, GPQ_THRIFT_I16);
	put_zigzag(writer, value);
}

void gpq_thrift_put_i32(struct gpq_thrift_writer *writer, int16_t id, int32_t value)
{
	put_head(writer, id, GPQ_THRIFT_I32);
	put_zigzag(writer, value);
}

void gpq_thrift_put_i64(struct gpq_thrift_writer *writer, int16_t id, int64_t value)
{
	put_head(writer, id, GPQ_THRIFT_I64);
	put_zigzag(writer, value);
}

void gpq_thrift_put_binary_head(struct gpq_thrift_writer *writer, int16_t id, size_t len)
{
	put_head(writer, id, GPQ_THRIFT_BINARY);
	put_varint(writer, len);
}

void gpq_thrift_put_binary(struct gpq_thrift_writer *writer, int16_t id, const void *bytes, size_t len)
{
	gpq_thrift_put_binary_head(writer, id, len);
	put_bytes(writer, bytes, len);
}

void gpq_thrift_struct_begin(struct gpq_thrift_writer *writer, int16_t id)
{
	put_head(writer, id, GPQ_THRIFT_STRUCT);
	gpq_thrift_add_struct_begin(writer);
}

void gpq_thrift_struct_end(struct gpq_thrift_writer *writer)
{
	put_byte(writer, 0);
	if (writer->depth)
		writer->depth--;
}

/* Up to 14 elements: count and type share a byte. */
void gpq_thrift_list_begin(struct gpq_thrift_writer *writer, int16_t id, enum gpq_thrift_type element, uint32_t count)
{
	put_head(writer, id, GPQ_THRIFT_LIST);
	if (count <= 14) {
		put_byte(writer, (uint8_t)(count << 4 | (uint32_t)element));
	} else {
		put_byte(writer, (uint8_t)(0xF0 | element));
		put_varint(writer, count);
	}
}

void gpq_thrift_add_bool(struct gpq_thrift_writer *writer, bool value)
{
	put_byte(writer, value ? GPQ_THRIFT_TRUE : GPQ_THRIFT_FALSE);
}

void gpq_thrift_add_i32(struct gpq_thrift_writer *writer, int32_t value)
{
	put_zigzag(writer, value);
}

void gpq_thrift_add_i64(struct gpq_thrift_writer *writer, int64_t value)
{
	put_zigzag(writer, value);
}

void gpq_thrift_add_binary(struct gpq_thrift_writer *writer, const void *bytes, size_t len)
{
	put_varint(writer, len);
	put_bytes(writer, bytes, len);
}

void gpq_thrift_add_struct_begin(struct gpq_thrift_writer *writer)
{
	assert(writer->depth + 1 < GPQ_THRIFT_WRITER_DEPTH);
	writer->last[++writer->depth] = 0;
}
