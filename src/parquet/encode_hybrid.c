// SPDX-License-Identifier: MIT
/* RLE / bit-packed hybrid: runs of one value, and groups of eight packed values, in turn. */
#include "parquet/encode.h"

#include <assert.h>

unsigned gpq_hybrid_width(uint32_t n_values)
{
	return n_values <= 2 ? 1 : 32 - (unsigned)__builtin_clz(n_values - 1);
}

/* At worst runs and single groups take turns: each pair costs two heads of at most 5 bytes and a value of at most 4. */
size_t gpq_hybrid_bound(uint32_t n, unsigned width)
{
	return ((size_t)n * width + 7) / 8 + (size_t)(n / 16 + 2) * 14 + width;
}

static uint8_t *put_varint(uint8_t *out, uint32_t value)
{
	for (; value > 0x7F; value >>= 7)
		*out++ = (uint8_t)(value | 0x80);
	*out++ = (uint8_t)value;
	return out;
}

/* With a constant 'width' all shifts are known and the inner loop unrolls. */
static inline __attribute__((always_inline)) uint8_t *pack_groups(const uint32_t *values, uint32_t groups,
								  unsigned width, uint8_t *out)
{
	for (uint32_t g = 0; g < groups; g++, values += 8) {
		uint64_t bits = 0;
		unsigned held = 0;
		for (unsigned k = 0; k < 8; k++) {
			bits |= (uint64_t)values[k] << held;
			held += width;
			if (held >= 32) {
				uint32_t word = (uint32_t)bits;
				memcpy(out, &word, 4);
				out += 4;
				bits >>= 32;
				held -= 32;
			}
		}
		for (; held; held -= 8, bits >>= 8) /* 8 * width bits are whole bytes */
			*out++ = (uint8_t)bits;
	}
	return out;
}

/* Whole bytes need no shifting. */
static uint8_t *pack_bytes(const uint32_t *values, uint32_t groups, uint8_t *out)
{
	for (uint32_t i = 0; i < groups * 8; i++)
		out[i] = (uint8_t)values[i];
	return out + (size_t)groups * 8;
}

#define PACK_CASE(w)                                                                                                   \
	case w:                                                                                                        \
		return pack_groups(values, groups, w, out);

static uint8_t *pack(const uint32_t *values, uint32_t groups, unsigned width, uint8_t *out)
{
	switch (width) {
		PACK_CASE(1)
		PACK_CASE(2)
		PACK_CASE(3)
		PACK_CASE(4)
		PACK_CASE(5)
		PACK_CASE(6)
		PACK_CASE(7)
	case 8:
		return pack_bytes(values, groups, out);
		PACK_CASE(9)
		PACK_CASE(10)
		PACK_CASE(11)
		PACK_CASE(12)
		PACK_CASE(13)
		PACK_CASE(14)
		PACK_CASE(15)
		PACK_CASE(16)
		PACK_CASE(17)
		PACK_CASE(18)
		PACK_CASE(19)
		PACK_CASE(20)
	}
	assert(!"width");
	return out;
}

/* A bit-packed run; the last group is filled up with zeros, which only the last run of a page may need. */
static uint8_t *put_packed(const uint32_t *values, uint32_t n, unsigned width, uint8_t *out)
{
	if (!n)
		return out;
	uint32_t whole = n / 8, rest = n % 8;
	out = put_varint(out, (whole + (rest != 0)) << 1 | 1);
	out = pack(values, whole, width, out);
	if (rest) {
		uint32_t last[8] = { 0 };
		memcpy(last, values + (size_t)whole * 8, rest * sizeof(last[0]));
		out = pack(last, 1, width, out);
	}
	return out;
}

static uint8_t *put_run(uint32_t value, uint32_t n, unsigned width, uint8_t *out)
{
	out = put_varint(out, n << 1);
	for (unsigned bits = 0; bits < width; bits += 8, value >>= 8)
		*out++ = (uint8_t)value;
	return out;
}

/* The first place from 'at' on whose value is also the next one's, or the last place. */
static uint32_t run_find(const uint32_t *values, uint32_t at, uint32_t n)
{
	for (; at + 17 <= n; at += 16) {
		uint32_t same = 0;
		for (unsigned k = 0; k < 16; k++)
			same |= values[at + k] == values[at + k + 1];
		if (same)
			break;
	}
	while (at + 1 < n && values[at] != values[at + 1])
		at++;
	return at;
}

/* How many values equal to values[from] follow, itself included. */
static uint32_t run_length(const uint32_t *values, uint32_t from, uint32_t n)
{
	uint32_t value = values[from], at = from + 1;
	for (; at + 8 <= n; at += 8) {
		uint32_t differs = 0;
		for (unsigned k = 0; k < 8; k++)
			differs |= values[at + k] ^ value;
		if (differs)
			break;
	}
	while (at < n && values[at] == value)
		at++;
	return at - from;
}

/* The shortest run that is worth a run: its packed bits cost more than head, value and the next packed head. */
static uint32_t run_worth(unsigned width)
{
	uint32_t bits = 8 * (4 + (width + 7) / 8);
	uint32_t values = (bits + width - 1) / width;
	return values < 8 ? 8 : values;
}

size_t gpq_hybrid_encode(const uint32_t *values, uint32_t n, unsigned width, uint8_t *out)
{
	assert(width >= 1 && width <= GPQ_HYBRID_MAX_WIDTH);
	uint8_t *begin = out;
	uint32_t worth = run_worth(width), at = 0, packed_from = 0;
	while (at < n) {
		at = run_find(values, at, n);
		uint32_t run = run_length(values, at, n);
		uint32_t fill = (8 - (at - packed_from) % 8) % 8; /* values that complete the last packed group */
		if (run >= fill + worth) {
			out = put_packed(values + packed_from, at + fill - packed_from, width, out);
			out = put_run(values[at], run - fill, width, out);
			packed_from = at + run;
		}
		at += run;
	}
	out = put_packed(values + packed_from, n - packed_from, width, out);
	return (size_t)(out - begin);
}

/* ---- from stretches ---- */

struct hybrid {
	uint8_t *out;
	uint32_t *held; /* values that wait to be packed: since the last run that was put */
	uint32_t n_held;
	uint32_t value, run; /* the run under way, not held yet */
	unsigned width;
	uint32_t worth;
};

static void values_hold(struct hybrid *hybrid, uint32_t value, uint32_t step, uint32_t n)
{
	uint32_t *held = hybrid->held + hybrid->n_held;
	for (uint32_t i = 0; i < n; i++)
		held[i] = value + i * step;
	hybrid->n_held += n;
}

static void run_end(struct hybrid *hybrid)
{
	uint32_t fill = (8 - hybrid->n_held % 8) % 8, run = hybrid->run;
	if (run < fill + hybrid->worth) {
		values_hold(hybrid, hybrid->value, 0, run);
		return;
	}
	values_hold(hybrid, hybrid->value, 0, fill);
	hybrid->out = put_packed(hybrid->held, hybrid->n_held, hybrid->width, hybrid->out);
	hybrid->out = put_run(hybrid->value, run - fill, hybrid->width, hybrid->out);
	hybrid->n_held = 0;
}

/* The first value of a stretch may belong to the run before it, its last value to the run behind it. */
size_t gpq_hybrid_encode_stretches(const struct gpq_code_stretch *stretches, uint32_t count, unsigned width,
				   uint32_t *spare, uint8_t *out)
{
	assert(width >= 1 && width <= GPQ_HYBRID_MAX_WIDTH);
	struct hybrid hybrid = { .out = out, .held = spare, .width = width, .worth = run_worth(width) };
	for (uint32_t i = 0; i < count; i++) {
		const struct gpq_code_stretch *stretch = &stretches[i];
		if (stretch->code != hybrid.value) {
			run_end(&hybrid);
			hybrid.value = stretch->code;
			hybrid.run = 0;
		}
		hybrid.run += stretch->step ? 1 : stretch->rows;
		if (!stretch->step || stretch->rows == 1)
			continue;
		run_end(&hybrid);
		values_hold(&hybrid, stretch->code + 1, 1, stretch->rows - 2);
		hybrid.value = stretch->code + stretch->rows - 1;
		hybrid.run = 1;
	}
	run_end(&hybrid);
	hybrid.out = put_packed(spare, hybrid.n_held, width, hybrid.out);
	return (size_t)(hybrid.out - out);
}
