// SPDX-License-Identifier: MIT
/* Whole pages of cells: surveyed, turned into binary64, and those into planes (BYTE_STREAM_SPLIT). */
#include "parquet/encode.h"

#include "cpu/features.h"

/* Loops over cells that the compiler turns into vectors: as they are, and in wider ones. */
#define BODY static inline __attribute__((always_inline))
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#if defined(__clang__) /* takes 512 bits where it may */
#define WIDEST __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2")))
#else
#define WIDEST __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,prefer-vector-width=512")))
#endif
#else
#define WIDE
#define WIDEST
#endif

/* The loops at one width. */
struct loops {
	bool (*decimal)(const int64_t *cells, uint32_t n);
	struct gpq_cells_survey (*survey)(const int64_t *cells, uint32_t n);
	void (*doubles)(const int64_t *cells, uint32_t n, double power, uint8_t *out);
};

/* True where no cell is an escape (cell.h). */
BODY bool decimal_body(const int64_t *cells, uint32_t n)
{
	uint64_t beyond = 0;
	for (uint32_t i = 0; i < n; i++)
		beyond |= (uint64_t)cells[i] + (uint64_t)GPQ_CELL_LIMIT;
	return beyond < (uint64_t)GPQ_CELL_LIMIT * 2;
}

/* With masks, since choices keep compilers from making vectors of this. */
BODY struct gpq_cells_survey survey_body(const int64_t *cells, uint32_t n)
{
	int64_t nulls = 0, min = INT64_MAX, max = INT64_MIN;
	for (uint32_t i = 0; i < n; i++) {
		int64_t null = -(int64_t)(cells[i] == GPQ_CELL_NULL), rest = cells[i] & ~null;
		int64_t low = rest | (null & INT64_MAX), high = rest | (null & INT64_MIN);
		nulls -= null;
		min = low < min ? low : min;
		max = high > max ? high : max;
	}
	return (struct gpq_cells_survey){ (uint32_t)nulls, min, max };
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

#define LOOPS(NAME, WIDTH)                                                                                             \
	WIDTH static bool decimal_##NAME(const int64_t *cells, uint32_t n)                                             \
	{                                                                                                              \
		return decimal_body(cells, n);                                                                         \
	}                                                                                                              \
	WIDTH static struct gpq_cells_survey survey_##NAME(const int64_t *cells, uint32_t n)                           \
	{                                                                                                              \
		return survey_body(cells, n);                                                                          \
	}                                                                                                              \
	WIDTH static void doubles_##NAME(const int64_t *cells, uint32_t n, double power, uint8_t *out)                 \
	{                                                                                                              \
		doubles_body(cells, n, power, out);                                                                    \
	}

LOOPS(plain, )
LOOPS(wide, WIDE)
LOOPS(widest, WIDEST)

static const struct loops *loops_for(uint32_t features)
{
	static const struct loops plain = { decimal_plain, survey_plain, doubles_plain },
				  wide = { decimal_wide, survey_wide, doubles_wide },
				  widest = { decimal_widest, survey_widest, doubles_widest };
	return features & GPQ_CPU_AVX512 ? &widest : features & GPQ_CPU_AVX2 ? &wide : &plain;
}

struct gpq_cells_survey gpq_cells_survey(const int64_t *cells, uint32_t n, uint32_t features)
{
	return loops_for(features)->survey(cells, n);
}

void gpq_plain_doubles(const int64_t *cells, uint32_t n, unsigned scale, void *out)
{
	const struct loops *loops = loops_for(gpq_cpu_features(GPQ_CPU_ALL));
	uint8_t *bytes = out;
	if (loops->decimal(cells, n)) {
		loops->doubles(cells, n, gpq_cell_powers[scale], bytes);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		double number = gpq_cell_to_double(cells[i], scale);
		memcpy(bytes + (size_t)i * sizeof(number), &number, sizeof(number));
	}
}

/* Cells that are looked at, turned and split while they are in the nearest cache. */
#define PIECE_CELLS 512u

struct gpq_cells_survey gpq_split_cells(const int64_t *cells, uint32_t n, unsigned scale, uint32_t features,
					uint8_t *out)
{
	const struct loops *loops = loops_for(features);
	struct gpq_cells_survey all = { 0, INT64_MAX, INT64_MIN };
	uint8_t doubles[PIECE_CELLS * sizeof(double)];
	for (uint32_t at = 0; at < n; at += PIECE_CELLS) {
		uint32_t count = n - at < PIECE_CELLS ? n - at : PIECE_CELLS;
		struct gpq_cells_survey here = loops->survey(cells + at, count);
		loops->doubles(cells + at, count, gpq_cell_powers[scale], doubles);
		gpq_split_doubles(doubles, count, out + at, n);
		all.nulls += here.nulls;
		all.min = here.min < all.min ? here.min : all.min;
		all.max = here.max > all.max ? here.max : all.max;
	}
	return all;
}
