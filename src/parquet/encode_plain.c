// SPDX-License-Identifier: MIT
/* PLAIN: little-endian words back to back, booleans as bits, texts behind their lengths. */
#include "parquet/encode.h"

#include <assert.h>

size_t gpq_plain_width(enum gpq_type type)
{
	switch (type) {
	case GPQ_TYPE_INT32:
	case GPQ_TYPE_DATE:
		return 4;
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL:
	case GPQ_TYPE_DOUBLE:
		return 8;
	case GPQ_TYPE_BOOLEAN:
	case GPQ_TYPE_STRING:
		break;
	}
	return 0;
}

bool gpq_cells_decimal(const int64_t *cells, uint32_t n)
{
	uint64_t beyond = 0;
	for (uint32_t i = 0; i < n; i++)
		beyond |= (uint64_t)cells[i] + (uint64_t)GPQ_CELL_LIMIT;
	return beyond < (uint64_t)GPQ_CELL_LIMIT * 2;
}

/*
 * The bits of 1.5 * 2^52, plus an integer of less than 2^51, are those of the binary64 1.5 * 2^52 + that integer:
 * adding and subtracting converts without an instruction for 64-bit integers, which SSE2 lacks, so the loop runs in
 * vectors.
 */
static void decimal_doubles(const int64_t *cells, uint32_t n, double power, uint8_t *out)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bits = (uint64_t)cells[i] + UINT64_C(0x4338000000000000);
		double number;
		memcpy(&number, &bits, sizeof(number));
		number = (number - 0x1.8p52) / power;
		memcpy(out + (size_t)i * sizeof(number), &number, sizeof(number));
	}
}

void gpq_plain_doubles(const int64_t *cells, uint32_t n, unsigned scale, void *out)
{
	uint8_t *bytes = out;
	if (gpq_cells_decimal(cells, n)) {
		decimal_doubles(cells, n, gpq_cell_powers[scale], bytes);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		double number = gpq_cell_to_double(cells[i], scale);
		memcpy(bytes + (size_t)i * sizeof(number), &number, sizeof(number));
	}
}

/* One body for words as they stand and for words by code; 'WORD' names the i-th. */
#define PLAIN_BODY(WORD)                                                                                               \
	do {                                                                                                           \
		switch (type) {                                                                                        \
		case GPQ_TYPE_INT32:                                                                                   \
		case GPQ_TYPE_DATE:                                                                                    \
			for (uint32_t i = 0; i < n; i++) {                                                             \
				int32_t word = (int32_t)(WORD);                                                        \
				memcpy(out + (size_t)i * 4, &word, 4);                                                 \
			}                                                                                              \
			return (size_t)n * 4;                                                                          \
		case GPQ_TYPE_TIMESTAMP_UTC:                                                                           \
		case GPQ_TYPE_TIMESTAMP_LOCAL:                                                                         \
			for (uint32_t i = 0; i < n; i++) {                                                             \
				int64_t word = (WORD);                                                                 \
				memcpy(out + (size_t)i * 8, &word, 8);                                                 \
			}                                                                                              \
			return (size_t)n * 8;                                                                          \
		case GPQ_TYPE_DOUBLE:                                                                                  \
			for (uint32_t i = 0; i < n; i++) {                                                             \
				double word = gpq_cell_to_double((WORD), scale);                                       \
				memcpy(out + (size_t)i * 8, &word, 8);                                                 \
			}                                                                                              \
			return (size_t)n * 8;                                                                          \
		case GPQ_TYPE_BOOLEAN:                                                                                 \
			memset(out, 0, ((size_t)n + 7) / 8);                                                           \
			for (uint32_t i = 0; i < n; i++)                                                               \
				out[i / 8] |= (uint8_t)((WORD) << (i % 8));                                            \
			return ((size_t)n + 7) / 8;                                                                    \
		case GPQ_TYPE_STRING:                                                                                  \
			break;                                                                                         \
		}                                                                                                      \
		assert(!"texts are no words");                                                                         \
		return 0;                                                                                              \
	} while (0)

size_t gpq_plain_words(enum gpq_type type, const int64_t *words, uint32_t n, unsigned scale, uint8_t *out)
{
	if (type == GPQ_TYPE_DOUBLE) {
		gpq_plain_doubles(words, n, scale, out);
		return (size_t)n * 8;
	}
	PLAIN_BODY(words[i]);
}

size_t gpq_plain_coded_words(enum gpq_type type, const int64_t *words, const uint32_t *codes, uint32_t n,
			     unsigned scale, uint8_t *out)
{
	PLAIN_BODY(words[codes[i]]);
}

size_t gpq_plain_text(struct gpq_text text, uint8_t *out)
{
	memcpy(out, &text.len, 4);
	memcpy(out + 4, text.bytes, text.len);
	return 4 + (size_t)text.len;
}
