// SPDX-License-Identifier: MIT
#include "parquet/statistics.h"

#include "parquet/format.h"

#include <assert.h>

static bool is_continuation(uint8_t byte)
{
	return (byte & 0xC0) == 0x80;
}

/* The length of the longest part of 'bytes' that ends between characters and has at most 'limit' bytes. */
static uint32_t cut_length(const uint8_t *bytes, uint32_t len, uint32_t limit)
{
	if (len <= limit)
		return len;
	while (limit > 0 && is_continuation(bytes[limit]))
		limit--;
	return limit;
}

/* Where the character that ends at 'end' begins. */
static uint32_t character_start(const uint8_t *bytes, uint32_t end)
{
	uint32_t start = end - 1;
	while (start > 0 && is_continuation(bytes[start]))
		start--;
	return start;
}

/* The next character in byte order with as many bytes, in place; false where there is none. Well-formed UTF-8 only. */
static bool character_raise(uint8_t *bytes, uint32_t len)
{
	static const uint8_t lead_bits[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	static const uint32_t last[5] = { 0, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF };
	if (len > 4)
		return false;
	uint32_t point = bytes[0] & lead_bits[len];
	for (uint32_t i = 1; i < len; i++)
		point = point << 6 | (bytes[i] & 0x3F);
	if (point >= last[len])
		return false;
	point = point + 1 == 0xD800 ? 0xE000 : point + 1; /* surrogates are no characters */
	for (uint32_t i = len; i-- > 1; point >>= 6)
		bytes[i] = (uint8_t)(0x80 | (point & 0x3F));
	bytes[0] = (uint8_t)((bytes[0] & ~lead_bits[len]) | point);
	return true;
}

bool gpq_bound_text(struct gpq_text text, bool upper, uint32_t limit, struct gpq_bound *out)
{
	assert(limit <= GPQ_BOUND_BYTES);
	uint32_t len = cut_length((const uint8_t *)text.bytes, text.len, limit);
	out->exact = len == text.len;
	memcpy(out->bytes, text.bytes, len);
	if (!out->exact && upper) {
		bool raised = false;
		while (len > 0 && !raised) {
			uint32_t start = character_start(out->bytes, len);
			raised = character_raise(out->bytes + start, len - start);
			if (!raised)
				len = start;
		}
		if (!raised)
			return false;
	}
	out->len = len;
	return true;
}

void gpq_bound_double(double number, bool upper, struct gpq_bound *out)
{
	if (number == 0)
		number = upper ? 0.0 : -0.0;
	out->len = sizeof(number);
	out->exact = true;
	memcpy(out->bytes, &number, sizeof(number));
}

void gpq_bound_word(int64_t word, size_t width, struct gpq_bound *out)
{
	out->len = (uint32_t)width;
	out->exact = true;
	memcpy(out->bytes, &word, width); /* little-endian: the low bytes come first */
}

int gpq_bound_compare(const struct gpq_bound *a, const struct gpq_bound *b)
{
	return gpq_text_compare((struct gpq_text){ (const char *)a->bytes, a->len },
				(struct gpq_text){ (const char *)b->bytes, b->len });
}

void gpq_statistics_put(struct gpq_thrift_writer *writer, int16_t id, const struct gpq_statistics_facts *facts)
{
	gpq_thrift_struct_begin(writer, id);
	gpq_thrift_put_i64(writer, 3, (int64_t)facts->nulls);
	if (facts->distinct != GPQ_ABSENT)
		gpq_thrift_put_i64(writer, 4, facts->distinct);
	if (facts->max)
		gpq_thrift_put_binary(writer, 5, facts->max->bytes, facts->max->len);
	if (facts->min)
		gpq_thrift_put_binary(writer, 6, facts->min->bytes, facts->min->len);
	if (facts->max)
		gpq_thrift_put_bool(writer, 7, facts->max->exact);
	if (facts->min)
		gpq_thrift_put_bool(writer, 8, facts->min->exact);
	if (facts->is_double)
		gpq_thrift_put_i64(writer, 9, 0); /* nan_count: must be there for doubles, also when zero */
	gpq_thrift_struct_end(writer);
}
