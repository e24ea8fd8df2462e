// SPDX-License-Identifier: MIT
/* Encoders against the worked examples of Encodings.md and against plain decoders written here from its grammar. */
#include "cpu/features.h"
#include "parquet/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t noise_state = 7;

static uint32_t noise(void)
{
	noise_state = noise_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(noise_state >> 32);
}

/* The grammar, a value at a time. Returns the bytes used. */
static size_t hybrid_decode(const uint8_t *bytes, uint32_t n, unsigned width, uint32_t *out)
{
	size_t at = 0;
	uint32_t done = 0;
	while (done < n) {
		uint64_t head = 0;
		unsigned shift = 0;
		do {
			head |= (uint64_t)(bytes[at] & 0x7F) << shift;
			shift += 7;
		} while (bytes[at++] & 0x80);
		if (head & 1) {
			uint64_t values = (head >> 1) * 8;
			for (uint64_t i = 0; i < values; i++) {
				uint32_t value = 0;
				for (unsigned b = 0; b < width; b++) {
					uint64_t bit = i * width + b;
					value |= (uint32_t)(bytes[at + bit / 8] >> (bit % 8) & 1) << b;
				}
				if (done < n)
					out[done++] = value;
			}
			at += values * width / 8;
		} else {
			uint32_t value = 0;
			for (unsigned b = 0; b < (width + 7) / 8; b++)
				value |= (uint32_t)bytes[at++] << (8 * b);
			assert_true((head >> 1) >= 1 && (head >> 1) <= n - done);
			for (uint64_t i = 0; i < head >> 1; i++)
				out[done++] = value;
		}
	}
	return at;
}

static void hybrid_packs_the_example_of_the_format(void **state)
{
	(void)state;
	static const uint32_t values[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	static const uint8_t wanted[] = { 0x03, 0x88, 0xC6, 0xFA };
	uint8_t out[64];
	assert_int_equal(gpq_hybrid_encode(values, 8, 3, out), sizeof(wanted));
	assert_memory_equal(out, wanted, sizeof(wanted));
}

static void hybrid_width_holds_the_largest_index(void **state)
{
	(void)state;
	static const uint32_t cases[][2] = { { 1, 1 },   { 2, 1 },   { 3, 2 },       { 4, 2 },       { 5, 3 },
					     { 256, 8 }, { 257, 9 }, { 131072, 17 }, { 131073, 18 }, { 262144, 18 } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(gpq_hybrid_width(cases[i][0]), cases[i][1]);
}

static void hybrid_writes_one_run_for_one_value(void **state)
{
	(void)state;
	static uint32_t values[20000];
	uint8_t out[64];
	for (int i = 0; i < 20000; i++)
		values[i] = 300;
	static const uint8_t wanted[] = { 0xC0, 0xB8, 0x02, 0x2C, 0x01 }; /* 40000 as a varint, 300 in two bytes */
	assert_int_equal(gpq_hybrid_encode(values, 20000, 9, out), sizeof(wanted));
	assert_memory_equal(out, wanted, sizeof(wanted));
	assert_int_equal(gpq_hybrid_encode(values, 0, 9, out), 0);
}

static void hybrid_round_trips(void **state)
{
	(void)state;
	enum { MOST = 5000 };
	uint32_t *in = malloc(MOST * sizeof(*in)), *back = malloc(MOST * sizeof(*back));
	for (unsigned width = 1; width <= GPQ_HYBRID_MAX_WIDTH; width++) {
		for (int round = 0; round < 40; round++) {
			uint32_t n = round < 20 ? (uint32_t)round : noise() % MOST, longest = 1 + noise() % 60;
			for (uint32_t i = 0; i < n;) {
				uint32_t value = noise() & ((UINT32_C(1) << width) - 1), run = 1 + noise() % longest;
				for (; run && i < n; run--)
					in[i++] = value;
			}
			size_t bound = gpq_hybrid_bound(n, width);
			uint8_t *out = malloc(bound);
			size_t len = gpq_hybrid_encode(in, n, width, out);
			assert_true(len <= bound);
			assert_int_equal(hybrid_decode(out, n, width, back), len);
			assert_memory_equal(in, back, n * sizeof(*in));
			free(out);
		}
	}
	free(in);
	free(back);
}

/* The values that the stretches stand for, encoded one by one, say what the bytes are. */
static void hybrid_stretches_give_the_bytes_of_their_values(void **state)
{
	(void)state;
	enum { MOST = 3000 };
	struct gpq_code_stretch *stretches = malloc(MOST * sizeof(*stretches));
	uint32_t *values = malloc(MOST * sizeof(*values));
	for (unsigned width = 1; width <= GPQ_HYBRID_MAX_WIDTH; width++) {
		uint32_t limit = UINT32_C(1) << width;
		for (int round = 0; round < 200; round++) {
			uint32_t n = round < 20 ? (uint32_t)round : noise() % MOST, longest = 1 + noise() % 60;
			uint32_t count = 0, of_few = 1 + noise() % limit;
			for (uint32_t done = 0; done < n;) {
				struct gpq_code_stretch stretch = { .code = noise() % of_few, .step = noise() % 2 };
				uint32_t rows = 1 + noise() % longest;
				/* Often where the one before it ends, so that runs reach over both. */
				if (count && noise() % 2)
					stretch.code = values[done - 1];
				if (stretch.step && rows > limit - stretch.code)
					rows = limit - stretch.code;
				stretch.rows = rows < n - done ? rows : n - done;
				for (uint32_t i = 0; i < stretch.rows; i++)
					values[done++] = stretch.code + i * stretch.step;
				stretches[count++] = stretch;
			}
			size_t bound = gpq_hybrid_bound(n, width);
			uint8_t *wanted = malloc(bound), *out = malloc(bound);
			uint32_t *spare = malloc(n * sizeof(*spare) + 1);
			size_t len = gpq_hybrid_encode(values, n, width, wanted);
			assert_int_equal(gpq_hybrid_encode_stretches(stretches, count, width, spare, out), len);
			assert_memory_equal(out, wanted, len);
			free(wanted);
			free(out);
			free(spare);
		}
	}
	free(stretches);
	free(values);
}

static void plain_words_are_little_endian(void **state)
{
	(void)state;
	static const int64_t words[] = { 1, -2, 0x12345678 };
	static const uint8_t narrow[] = { 1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0x78, 0x56, 0x34, 0x12 };
	static const uint32_t codes[] = { 2, 0 };
	uint8_t out[64];
	assert_int_equal(gpq_plain_words(GPQ_TYPE_INT32, words, 3, 0, out), 12);
	assert_memory_equal(out, narrow, 12);
	assert_int_equal(gpq_plain_words(GPQ_TYPE_TIMESTAMP_UTC, words, 3, 0, out), 24);
	assert_memory_equal(out, words, 24);
	assert_int_equal(gpq_plain_coded_words(GPQ_TYPE_DATE, words, codes, 2, 0, out), 8);
	assert_memory_equal(out, narrow + 8, 4);
	assert_memory_equal(out + 4, narrow, 4);
}

static void plain_booleans_fill_bytes_from_the_low_bit(void **state)
{
	(void)state;
	static const int64_t words[] = { 1, 0, 1, 1, 0, 0, 0, 0, 1 };
	uint8_t out[2] = { 0xFF, 0xFF };
	assert_int_equal(gpq_plain_words(GPQ_TYPE_BOOLEAN, words, 9, 0, out), 2);
	assert_int_equal(out[0], 0x0D);
	assert_int_equal(out[1], 0x01);
}

static void plain_texts_follow_their_length(void **state)
{
	(void)state;
	uint8_t out[16];
	assert_int_equal(gpq_plain_text(gpq_text_of("abc"), out), 7);
	assert_memory_equal(out, "\3\0\0\0abc", 7);
	assert_int_equal(gpq_plain_text(gpq_text_of(""), out), 4);
}

/* The C library's strtod of the decimal's text says what the number is. */
static void cells_become_the_nearest_doubles(void **state)
{
	(void)state;
	for (unsigned scale = 0; scale <= GPQ_CELL_MAX_SCALE; scale++) {
		int64_t cells[203];
		double out[203];
		for (int i = 0; i < 203; i++)
			cells[i] =
			    (int64_t)(((uint64_t)noise() << 32 | noise()) >> (13 + i % 50)) - (i % 3 == 0 ? 1000 : 0);
		cells[0] = 0;
		cells[1] = GPQ_CELL_LIMIT - 1;
		cells[2] = -GPQ_CELL_LIMIT + 1;
		for (int escape = 0; escape < 2; escape++) {
			if (escape)
				cells[100] = gpq_cell_of_double(1.0 / 3.0);
			gpq_plain_doubles(cells, 203, scale, out);
			for (int i = 0; i < 203; i++) {
				char text[64];
				snprintf(text, sizeof(text), "%llde-%u", (long long)cells[i], scale);
				double wanted = escape && i == 100 ? 1.0 / 3.0 : strtod(text, NULL);
				assert_memory_equal(&out[i], &wanted, sizeof(wanted));
			}
		}
	}
}

static void split_puts_like_bytes_together(void **state)
{
	(void)state;
	static const uint32_t sizes[] = { 0, 1, 15, 16, 17, 100, 1000 };
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		uint32_t n = sizes[s];
		uint8_t *in = malloc((size_t)n * 8 + 1), *out = malloc((size_t)n * 8 + 1);
		for (uint32_t i = 0; i < n * 8; i++)
			in[i] = (uint8_t)noise();
		gpq_split_doubles(in, n, out, n);
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t k = 0; k < 8; k++)
				assert_int_equal(out[k * n + i], in[i * 8 + k]);
		free(in);
		free(out);
	}
}

static int cell_order(const void *a, const void *b)
{
	double x = gpq_cell_to_double(*(const int64_t *)a, 2), y = gpq_cell_to_double(*(const int64_t *)b, 2);
	return (x > y) - (x < y);
}

static void cell_table_numbers_cells_in_order(void **state)
{
	(void)state;
	enum { N = 60000 };
	void *memory = malloc(GPQ_CELL_TABLE_BYTES);
	int64_t *cells = malloc(N * sizeof(*cells)), *sorted = malloc(N * sizeof(*sorted));
	int64_t *spare = malloc(N * sizeof(*spare)), *wanted = malloc(N * sizeof(*wanted));
	uint32_t *codes = malloc(N * sizeof(*codes));
	static const int periods[] = { N, N, 168, 24, 3, 1, 5000 }; /* after which most cells come again */
	for (int kind = 0; kind < 7; kind++) {
		int escapes = kind % 2;
		struct gpq_cell_table table;
		for (int i = 0; i < N; i++) {
			cells[i] = (int64_t)(noise() % 30000) - 10000;
			if (escapes && i % 100 == 0)
				cells[i] = gpq_cell_of_double((i % 200 ? -1.0 : 1.0) * 1e-9 * (i + 1));
			if (i >= periods[kind] && noise() % 97)
				cells[i] = cells[i - periods[kind]];
		}
		gpq_cell_table_init(&table, memory, GPQ_CELL_TABLE_MAX);
		gpq_cell_table_gather(&table, cells, N);
		memcpy(wanted, cells, N * sizeof(*cells));
		qsort(wanted, N, sizeof(*wanted), cell_order);
		uint32_t distinct = 0;
		for (int i = 0; i < N; i++)
			if (i == 0 || wanted[i] != wanted[distinct - 1])
				wanted[distinct++] = wanted[i];
		assert_false(table.over);
		assert_int_equal(table.count, distinct);
		gpq_cell_table_rank(&table, 2, sorted, spare);
		assert_memory_equal(sorted, wanted, distinct * sizeof(*wanted));
		gpq_cell_table_codes(&table, cells, N, codes);
		for (int i = 0; i < N; i++)
			assert_int_equal(wanted[codes[i]], cells[i]);
		gpq_cell_table_list(&table, spare);
		assert_memory_equal(spare, wanted, distinct * sizeof(*wanted));
	}
	free(memory);
	free(cells);
	free(sorted);
	free(spare);
	free(wanted);
	free(codes);
}

static void cell_table_says_when_there_are_too_many(void **state)
{
	(void)state;
	void *memory = malloc(GPQ_CELL_TABLE_BYTES);
	struct gpq_cell_table table;
	gpq_cell_table_init(&table, memory, GPQ_CELL_TABLE_MAX);
	for (int64_t i = 0; i <= GPQ_CELL_TABLE_MAX; i++) {
		assert_false(table.over);
		gpq_cell_table_gather(&table, &i, 1);
	}
	assert_true(table.over);
	assert_int_equal(table.count, GPQ_CELL_TABLE_MAX);
	free(memory);
}

/* What each level of the processor does. */
static const uint32_t levels[] = { 0, GPQ_CPU_AVX2, GPQ_CPU_ALL };

static void surveys_find_nulls_and_bounds(void **state)
{
	(void)state;
	int64_t cells[300];
	for (uint32_t n = 0; n <= 300; n += n < 20 ? 1 : 37) {
		for (unsigned kind = 0; kind < 4; kind++) {
			uint32_t nulls = 0;
			int64_t min = INT64_MAX, max = INT64_MIN;
			for (uint32_t i = 0; i < n; i++) {
				cells[i] = kind == 3 ? GPQ_CELL_NULL
					   : kind && i % 3 == kind - 1
					       ? GPQ_CELL_NULL
					       : ((int64_t)i * 7919 % 1000 - 500) * (kind == 2 ? INT64_C(1) << 52 : 1);
				if (cells[i] == GPQ_CELL_NULL) {
					nulls++;
					continue;
				}
				min = cells[i] < min ? cells[i] : min;
				max = cells[i] > max ? cells[i] : max;
			}
			for (size_t level = 0; level < sizeof(levels) / sizeof(levels[0]); level++) {
				uint32_t features = gpq_cpu_features(levels[level]);
				struct gpq_cells_survey survey = gpq_cells_survey(cells, n, features);
				assert_int_equal(survey.nulls, nulls);
				assert_true(survey.min == min && survey.max == max);
			}
		}
	}
}

/* At every level the bytes of gpq_plain_doubles() and gpq_split_doubles(), and what the survey says. */
static void cells_are_split_in_one_pass(void **state)
{
	(void)state;
	static const uint32_t sizes[] = { 0, 1, 15, 16, 17, 511, 512, 513, 1024, 2001 };
	static int64_t cells[2001];
	static uint8_t doubles[2001 * 8], wanted[2001 * 8], out[2001 * 8];
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		for (unsigned scale = 0; scale <= GPQ_CELL_MAX_SCALE; scale += 3) {
			uint32_t n = sizes[s];
			for (uint32_t i = 0; i < n; i++)
				cells[i] = (int64_t)(((uint64_t)noise() << 32 | noise()) >> (13 + i % 50)) -
					   (i % 3 == 0 ? 1000 : 0);
			gpq_plain_doubles(cells, n, scale, doubles);
			gpq_split_doubles(doubles, n, wanted, n);
			struct gpq_cells_survey as = gpq_cells_survey(cells, n, 0);
			for (size_t level = 0; level < sizeof(levels) / sizeof(levels[0]); level++) {
				uint32_t features = gpq_cpu_features(levels[level]);
				struct gpq_cells_survey is = gpq_split_cells(cells, n, scale, features, out);
				assert_memory_equal(out, wanted, (size_t)n * 8);
				assert_true(is.nulls == as.nulls && is.min == as.min && is.max == as.max);
			}
			if (n > 1) {
				cells[n - 1] = GPQ_CELL_NULL;
				assert_int_equal(gpq_split_cells(cells, n, scale, 0, out).nulls, 1);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surveys_find_nulls_and_bounds),
		cmocka_unit_test(cells_are_split_in_one_pass),
		cmocka_unit_test(hybrid_packs_the_example_of_the_format),
		cmocka_unit_test(hybrid_width_holds_the_largest_index),
		cmocka_unit_test(hybrid_writes_one_run_for_one_value),
		cmocka_unit_test(hybrid_round_trips),
		cmocka_unit_test(hybrid_stretches_give_the_bytes_of_their_values),
		cmocka_unit_test(plain_words_are_little_endian),
		cmocka_unit_test(plain_booleans_fill_bytes_from_the_low_bit),
		cmocka_unit_test(plain_texts_follow_their_length),
		cmocka_unit_test(cells_become_the_nearest_doubles),
		cmocka_unit_test(split_puts_like_bytes_together),
		cmocka_unit_test(cell_table_numbers_cells_in_order),
		cmocka_unit_test(cell_table_says_when_there_are_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
