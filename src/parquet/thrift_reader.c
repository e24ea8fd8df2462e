// SPDX-License-Identifier: MIT
#include "parquet/thrift_reader.h"

/* Parquet's own structs nest 6 deep; what is unknown may be somewhat deeper. */
#define SKIP_DEPTH 24

void gpq_thrift_fault(struct gpq_thrift_reader *reader, const char *text)
{
	if (reader->fault)
		return;
	reader->fault = text;
	reader->fault_at = reader->at;
}

static uint8_t byte_take(struct gpq_thrift_reader *reader)
{
	if (reader->fault || reader->at >= reader->len) {
		gpq_thrift_fault(reader, "the bytes end within a value");
		return 0;
	}
	return reader->bytes[reader->at++];
}

static uint64_t varint_take(struct gpq_thrift_reader *reader)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t byte = byte_take(reader);
		if (reader->fault)
			return 0;
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	gpq_thrift_fault(reader, "a varint is longer than 64 bits");
	return 0;
}

static int64_t zigzag_take(struct gpq_thrift_reader *reader)
{
	uint64_t value = varint_take(reader);
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

bool gpq_thrift_next(struct gpq_thrift_reader *reader, struct gpq_thrift_field *field)
{
	uint8_t head = byte_take(reader);
	if (reader->fault || (head & 0x0f) == GPQ_THRIFT_STOP) {
		if (!reader->fault && head != 0)
			gpq_thrift_fault(reader, "a field has no type");
		return false;
	}
	int64_t id = head >> 4 ? field->id + (head >> 4) : zigzag_take(reader);
	if (id < INT16_MIN || id > INT16_MAX || (head & 0x0f) > GPQ_THRIFT_UUID)
		gpq_thrift_fault(reader, "a field's number or type is out of range");
	if (reader->fault)
		return false;
	field->id = (int32_t)id;
	field->type = (enum gpq_thrift_type)(head & 0x0f);
	return true;
}

bool gpq_thrift_bool(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	if (type != GPQ_THRIFT_TRUE && type != GPQ_THRIFT_FALSE)
		gpq_thrift_fault(reader, "a boolean is expected and something else stands there");
	return !reader->fault && type == GPQ_THRIFT_TRUE;
}

int64_t gpq_thrift_int(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	if (type == GPQ_THRIFT_I8)
		return (int8_t)byte_take(reader);
	if (type != GPQ_THRIFT_I16 && type != GPQ_THRIFT_I32 && type != GPQ_THRIFT_I64)
		gpq_thrift_fault(reader, "a whole number is expected and something else stands there");
	return reader->fault ? 0 : zigzag_take(reader);
}

int32_t gpq_thrift_int32(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	int64_t value = gpq_thrift_int(reader, type);
	if (value < INT32_MIN || value > INT32_MAX) {
		gpq_thrift_fault(reader, "a whole number does not fit 32 bits");
		return 0;
	}
	return (int32_t)value;
}

static const uint8_t *span_take(struct gpq_thrift_reader *reader, uint64_t len)
{
	if (!reader->fault && len > reader->len - reader->at)
		gpq_thrift_fault(reader, "a text is longer than the bytes that hold it");
	if (reader->fault)
		return NULL;
	const uint8_t *span = reader->bytes + reader->at;
	reader->at += (size_t)len;
	return span;
}

struct gpq_text gpq_thrift_text(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	struct gpq_text none = { NULL, 0 };
	if (type != GPQ_THRIFT_BINARY)
		gpq_thrift_fault(reader, "a text is expected and something else stands there");
	uint64_t len = reader->fault ? 0 : varint_take(reader);
	if (len > INT32_MAX)
		gpq_thrift_fault(reader, "a text is longer than 2 GiB");
	const uint8_t *span = span_take(reader, len);
	return span ? (struct gpq_text){ (const char *)span, (uint32_t)len } : none;
}

struct gpq_thrift_list gpq_thrift_list(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	struct gpq_thrift_list none = { 0, GPQ_THRIFT_STOP };
	if (type != GPQ_THRIFT_LIST && type != GPQ_THRIFT_SET)
		gpq_thrift_fault(reader, "a list is expected and something else stands there");
	uint8_t head = byte_take(reader);
	uint64_t count = head >> 4;
	if (count == 15)
		count = varint_take(reader);
	if ((head & 0x0f) == GPQ_THRIFT_STOP && count)
		gpq_thrift_fault(reader, "a list's elements have no type");
	if ((head & 0x0f) > GPQ_THRIFT_UUID)
		gpq_thrift_fault(reader, "a list's elements are of an unknown type");
	if (!reader->fault && count > reader->len - reader->at)
		gpq_thrift_fault(reader, "a list has more elements than bytes follow");
	if (reader->fault)
		return none;
	return (struct gpq_thrift_list){ (uint32_t)count, (enum gpq_thrift_type)(head & 0x0f) };
}

bool gpq_thrift_list_bool(struct gpq_thrift_reader *reader, struct gpq_thrift_list list)
{
	if (list.type != GPQ_THRIFT_TRUE && list.type != GPQ_THRIFT_FALSE)
		gpq_thrift_fault(reader, "a list of booleans is expected and something else stands there");
	uint8_t byte = byte_take(reader);
	if (byte > 2)
		gpq_thrift_fault(reader, "a boolean is neither true nor false");
	return !reader->fault && byte == 1;
}

bool gpq_thrift_struct(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	if (type != GPQ_THRIFT_STRUCT)
		gpq_thrift_fault(reader, "a struct is expected and something else stands there");
	return !reader->fault;
}

static void value_skip(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, bool in_list, unsigned depth);

static void list_skip(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, unsigned depth)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	for (uint32_t i = 0; i < list.count && !reader->fault; i++)
		value_skip(reader, list.type, true, depth);
}

static void map_skip(struct gpq_thrift_reader *reader, unsigned depth)
{
	uint64_t count = varint_take(reader);
	if (count == 0 || reader->fault)
		return;
	uint8_t types = byte_take(reader);
	if (!reader->fault && count > reader->len - reader->at)
		gpq_thrift_fault(reader, "a map has more entries than bytes follow");
	for (uint64_t i = 0; i < count && !reader->fault; i++) {
		value_skip(reader, (enum gpq_thrift_type)(types >> 4), true, depth);
		value_skip(reader, (enum gpq_thrift_type)(types & 0x0f), true, depth);
	}
}

static void value_skip(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, bool in_list, unsigned depth)
{
	if (depth >= SKIP_DEPTH)
		gpq_thrift_fault(reader, "values are nested too deeply");
	if (reader->fault)
		return;
	struct gpq_thrift_field field = { 0, GPQ_THRIFT_STOP };
	switch (type) {
	case GPQ_THRIFT_TRUE:
	case GPQ_THRIFT_FALSE:
		if (in_list)
			byte_take(reader);
		return;
	case GPQ_THRIFT_I8:
		byte_take(reader);
		return;
	case GPQ_THRIFT_I16:
	case GPQ_THRIFT_I32:
	case GPQ_THRIFT_I64:
		varint_take(reader);
		return;
	case GPQ_THRIFT_DOUBLE:
		span_take(reader, 8);
		return;
	case GPQ_THRIFT_UUID:
		span_take(reader, 16);
		return;
	case GPQ_THRIFT_BINARY:
		span_take(reader, varint_take(reader));
		return;
	case GPQ_THRIFT_LIST:
	case GPQ_THRIFT_SET:
		list_skip(reader, type, depth + 1);
		return;
	case GPQ_THRIFT_MAP:
		map_skip(reader, depth + 1);
		return;
	case GPQ_THRIFT_STRUCT:
		while (gpq_thrift_next(reader, &field))
			value_skip(reader, field.type, false, depth + 1);
		return;
	case GPQ_THRIFT_STOP:
		break;
	}
	gpq_thrift_fault(reader, "a value has no type");
}

void gpq_thrift_skip(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	value_skip(reader, type, false, 0);
}
