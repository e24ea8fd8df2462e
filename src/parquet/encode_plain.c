// SPDX-License-Identifier: MIT
/* PLAIN: little-endian words back to back, booleans as bits, texts behind their lengths. */
#include "parquet/encode.h"

#include "cpu/features.h"

#include <assert.h>

/* Loops over cells that the compiler turns into vectors: once as they are, once in wider ones. */
#if defined(__x86_64__)
#define WIDE       __attribute__((target("avx2")))
#define HAS_WIDE() ((gpq_cpu_features(GPQ_CPU_ALL) & GPQ_CPU_AVX2) != 0)
#else
#define WIDE
#define HAS_WIDE() false
#endif
#define BODY static inline __attribute__((always_inline))

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

BODY bool decimal_body(const int64_t *cells, uint32_t n)
{
	uint64_t beyond = 0;
	for (uint32_t i = 0; i < n; i++)
		beyond |= (uint64_t)cells[i] + (uint64_t)GPQ_CELL_LIMIT;
	return beyond < (uint64_t)GPQ_CELL_LIMIT * 2;
}

static bool decimal_plain(const int64_t *cells, uint32_t n)
{
	return decimal_body(cells, n);
}

WIDE static bool decimal_wide(const int64_t *cells, uint32_t n)
{
	return decimal_body(cells, n);
}

bool gpq_cells_decimal(const int64_t *cells, uint32_t n)
{
	return HAS_WIDE() ? decimal_wide(cells, n) : decimal_plain(cells, n);
}

BODY struct gpq_cells_survey survey_body(const int64_t *cells, uint32_t n)
{
	int64_t nulls = 0, min = INT64_MAX, max = INT64_MIN;
	for (uint32_t i = 0; i < n; i++) {
		bool null = cells[i] == GPQ_CELL_NULL;
		int64_t low = null ? INT64_MAX : cells[i], high = null ? INT64_MIN : cells[i];
		nulls += null;
		min = low < min ? low : min;
		max = high > max ? high : max;
	}
	return (struct gpq_cells_survey){ (uint32_t)nulls, min, max };
}

static struct gpq_cells_survey survey_plain(const int64_t *cells, uint32_t n)
{
	return survey_body(cells, n);
}

WIDE static struct gpq_cells_survey survey_wide(const int64_t *cells, uint32_t n)
{
	return survey_body(cells, n);
}

struct gpq_cells_survey gpq_cells_survey(const int64_t *cells, uint32_t n)
{
	return HAS_WIDE() ? survey_wide(cells, n) : survey_plain(cells, n);
}

/*
 * The bits of 1.5 * 2^52, plus an integer of less than 2^51, are those of the binary64 1.5 * 2^52 + that integer:
 * adding and subtracting converts without an instruction for 64-bit integers, which SSE2 lacks, so the loop runs in
 * vectors.
 */
BODY void doubles_body(const int64_t *cells, uint32_t n, double power, uint8_t *out)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bits = (uint64_t)cells[i] + UINT64_C(0x4338000000000000);
		double number;
		memcpy(&number, &bits, sizeof(number));
		number = (number - 0x1.8p52) / power;
		memcpy(out + (size_t)i * sizeof(number), &number, sizeof(number));
	}
}

static void doubles_plain(const int64_t *cells, uint32_t n, double power, uint8_t *out)
{
	doubles_body(cells, n, power, out);
}

WIDE static void doubles_wide(const int64_t *cells, uint32_t n, double power, uint8_t *out)
{
	doubles_body(cells, n, power, out);
}

void gpq_plain_doubles(const int64_t *cells, uint32_t n, unsigned scale, void *out)
{
	uint8_t *bytes = out;
	if (gpq_cells_decimal(cells, n)) {
		if (HAS_WIDE())
			doubles_wide(cells, n, gpq_cell_powers[scale], bytes);
		else
			doubles_plain(cells, n, gpq_cell_powers[scale], bytes);
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
