// SPDX-License-Identifier: MIT
#include "parquet/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#define MAX_BYTES ((size_t)1 << 20)

static struct gpq_budget budget;
static struct gpq_error err;
static const enum gpq_codec codecs[] = { GPQ_CODEC_NONE, GPQ_CODEC_SNAPPY, GPQ_CODEC_GZIP, GPQ_CODEC_LZ4,
					 GPQ_CODEC_ZSTD };
#define N_CODECS (sizeof(codecs) / sizeof(codecs[0]))

static uint64_t noise_state = 1;

static uint8_t noise(void)
{
	noise_state = noise_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint8_t)(noise_state >> 56);
}

static void fill(uint8_t *bytes, size_t len, unsigned kind)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = kind == 0 ? noise() : kind == 1 ? (uint8_t)(i / 100) : (uint8_t)(noise() & 3);
}

static void levels_outside_the_range_are_usage_errors(void **state)
{
	(void)state;
	static const struct {
		enum gpq_codec codec;
		int level;
	} bad[] = { { GPQ_CODEC_ZSTD, 23 }, { GPQ_CODEC_ZSTD, -1 },  { GPQ_CODEC_GZIP, 10 },
		    { GPQ_CODEC_NONE, 1 },  { GPQ_CODEC_SNAPPY, 2 }, { GPQ_CODEC_LZ4, 3 } };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct gpq_packer *packer = NULL;
		gpq_budget_init(&budget, (size_t)256 << 20);
		assert_int_equal(gpq_packer_open(&budget, bad[i].codec, bad[i].level, MAX_BYTES, &packer, &err),
				 GPQ_E_USAGE);
		assert_null(packer);
		gpq_budget_done(&budget);
	}
}

static void too_much_for_a_packer_is_refused(void **state)
{
	(void)state;
	uint8_t in[101] = { 0 }, out[400];
	size_t len = 77;
	struct gpq_packer *packer = NULL;
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_packer_open(&budget, GPQ_CODEC_ZSTD, 0, 100, &packer, &err), GPQ_OK);
	assert_int_equal(gpq_packer_pack(packer, in, 101, out, sizeof(out), &len, &err), GPQ_E_BUG);
	assert_int_equal(gpq_packer_pack(packer, in, 100, out, 100, &len, &err), GPQ_E_BUG);
	assert_int_equal(len, 77);
	gpq_packer_close(packer);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void unknown_codecs_and_wrong_sizes_are_data_errors(void **state)
{
	(void)state;
	uint8_t in[1000], packed[4000], out[1100];
	struct gpq_unpacker *unpacker = NULL;
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_unpacker_open(&budget, &unpacker, &err), GPQ_OK);
	static const int32_t unknown[] = { -1, 3, 4, 5, 8, INT32_MAX };
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(gpq_codec_decompress(unpacker, unknown[i], in, 10, out, 10, &err), GPQ_E_DATA);
	fill(in, sizeof(in), 2);
	for (size_t c = 0; c < N_CODECS; c++) {
		struct gpq_packer *packer = NULL;
		size_t len = 0;
		assert_int_equal(gpq_packer_open(&budget, codecs[c], 0, MAX_BYTES, &packer, &err), GPQ_OK);
		assert_int_equal(gpq_packer_pack(packer, in, sizeof(in), packed, sizeof(packed), &len, &err), GPQ_OK);
		int32_t number = gpq_codec_compression(codecs[c]);
		assert_int_equal(gpq_codec_decompress(unpacker, number, packed, len, out, 999, &err), GPQ_E_DATA);
		assert_int_equal(gpq_codec_decompress(unpacker, number, packed, len, out, 1001, &err), GPQ_E_DATA);
		assert_int_equal(gpq_codec_decompress(unpacker, number, packed, len - 1, out, 1000, &err), GPQ_E_DATA);
		assert_int_equal(gpq_codec_decompress(unpacker, number, packed, 0, out, 1000, &err), GPQ_E_DATA);
		assert_int_equal(gpq_codec_decompress(unpacker, number, packed, len, out, (size_t)1 << 40, &err),
				 GPQ_E_DATA);
		assert_int_equal(gpq_codec_decompress(unpacker, number, packed, len, out, 1000, &err), GPQ_OK);
		assert_memory_equal(in, out, 1000);
		gpq_packer_close(packer);
	}
	gpq_unpacker_close(unpacker);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

/* Bytes changed at random: any answer will do that the sanitizers agree with. Memory behind 'out_len' stays as it was.
 */
static void broken_bytes_do_no_harm(void **state)
{
	(void)state;
	uint8_t in[3000], packed[8000], out[3000 + 64];
	struct gpq_unpacker *unpacker = NULL;
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_unpacker_open(&budget, &unpacker, &err), GPQ_OK);
	for (size_t c = 0; c < N_CODECS; c++) {
		struct gpq_packer *packer = NULL;
		assert_int_equal(gpq_packer_open(&budget, codecs[c], 0, MAX_BYTES, &packer, &err), GPQ_OK);
		for (int round = 0; round < 300; round++) {
			size_t len = 0;
			fill(in, sizeof(in), 1 + round % 2);
			assert_int_equal(gpq_packer_pack(packer, in, sizeof(in), packed, sizeof(packed), &len, &err),
					 GPQ_OK);
			for (int k = 0; k <= round % 5; k++)
				packed[(noise() << 8 | noise()) % len] = noise();
			uint8_t *exact = malloc(len); /* so that a sanitizer sees reads beyond */
			memcpy(exact, packed, len);
			memset(out + 3000, 0xA5, 64);
			(void)!gpq_codec_decompress(unpacker, gpq_codec_compression(codecs[c]), exact, len, out, 3000,
						    &err);
			for (int k = 0; k < 64; k++)
				assert_int_equal(out[3000 + k], 0xA5);
			free(exact);
		}
		gpq_packer_close(packer);
	}
	gpq_unpacker_close(unpacker);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void round_trips(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 2, 15, 100, 16384, 16385, 131072, 262144, 262145, MAX_BYTES };
	uint8_t *in = malloc(MAX_BYTES), *out = malloc(MAX_BYTES + 1);
	struct gpq_unpacker *unpacker = NULL;
	for (size_t c = 0; c < N_CODECS; c++) {
		struct gpq_packer *packer = NULL;
		gpq_budget_init(&budget, gpq_codec_need(codecs[c], 0, MAX_BYTES) + gpq_unpacker_need());
		assert_int_equal(gpq_unpacker_open(&budget, &unpacker, &err), GPQ_OK);
		assert_int_equal(gpq_packer_open(&budget, codecs[c], 0, MAX_BYTES, &packer, &err), GPQ_OK);
		size_t room = gpq_codec_bound(codecs[c], MAX_BYTES);
		uint8_t *packed = malloc(room + 1), *again = malloc(room + 1);
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			for (unsigned kind = 0; kind < 3; kind++) {
				size_t len = 0, second = 0;
				fill(in, sizes[s], kind);
				assert_int_equal(gpq_packer_pack(packer, in, sizes[s], packed, room, &len, &err),
						 GPQ_OK);
				assert_int_equal(gpq_packer_pack(packer, in, sizes[s], again, room, &second, &err),
						 GPQ_OK);
				assert_int_equal(len, second);
				assert_memory_equal(packed, again, len);
				if (gpq_codec_decompress(unpacker, gpq_codec_compression(codecs[c]), packed, len, out,
							 sizes[s], &err))
					fail_msg("codec %d, %zu bytes: %s", (int)codecs[c], sizes[s], err.message);
				assert_memory_equal(in, out, sizes[s]);
			}
		}
		free(packed);
		free(again);
		gpq_packer_close(packer);
		gpq_unpacker_close(unpacker);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	free(in);
	free(out);
}

static void every_zstd_level_fits_its_need(void **state)
{
	(void)state;
	static const size_t sizes[] = { 100, 20000, 200000, 300000, MAX_BYTES };
	uint8_t *in = malloc(MAX_BYTES), *packed = malloc(gpq_codec_bound(GPQ_CODEC_ZSTD, MAX_BYTES));
	fill(in, MAX_BYTES, 2);
	for (int level = 1; level <= 22; level += level < 8 ? 1 : 7) {
		struct gpq_packer *packer = NULL;
		gpq_budget_init(&budget, gpq_codec_need(GPQ_CODEC_ZSTD, level, MAX_BYTES));
		assert_int_equal(gpq_packer_open(&budget, GPQ_CODEC_ZSTD, level, MAX_BYTES, &packer, &err), GPQ_OK);
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			size_t len = 0;
			assert_int_equal(gpq_packer_pack(packer, in, sizes[s], packed,
							 gpq_codec_bound(GPQ_CODEC_ZSTD, MAX_BYTES), &len, &err),
					 GPQ_OK);
		}
		gpq_packer_close(packer);
	}
	free(in);
	free(packed);
}

/* Prices that walk, as PLAIN or split into planes, behind 'head' bytes. */
static void fill_doubles(uint8_t *out, size_t head, uint32_t n, bool planes, unsigned kind)
{
	for (size_t i = 0; i < head; i++)
		out[i] = noise();
	for (uint32_t i = 0; i < n; i++) {
		int64_t units = kind == 0   ? 30000000 + (int64_t)noise() * 65536 + noise() * 256 + noise()
				: kind == 1 ? (int64_t)(i / 3) * 1000000
					    : 5;
		double number = (double)units / 1e6;
		uint8_t bytes[8];
		memcpy(bytes, &number, 8);
		if (kind == 3)
			for (unsigned k = 0; k < 8; k++)
				bytes[k] = noise();
		for (unsigned k = 0; k < 8; k++)
			out[head + (planes ? (size_t)k * n + i : (size_t)i * 8 + k)] = bytes[k];
	}
}

static void shaped_bytes_come_back(void **state)
{
	(void)state;
	static const uint32_t counts[] = { 0,    1,    2,    3,     7,     31,    32,    100,
					   8000, 8191, 8192, 16383, 16384, 16385, 19999, 20000 };
	static const size_t heads[] = { 0, 7, 2600 };
	size_t most = 2600 + 8 * 20000, room = 2 * most; /* beyond every codec's bound */
	uint8_t *in = malloc(most), *packed = malloc(room), *out = malloc(most);
	void *scratch = aligned_alloc(64, GPQ_PACKER_SCRATCH_BYTES);
	for (size_t run = 0; run < 2 * N_CODECS; run++) { /* zstd at levels 1 and 3 among them */
		enum gpq_codec codec = codecs[run % N_CODECS];
		int level = codec == GPQ_CODEC_ZSTD && run >= N_CODECS ? 3 : 0;
		struct gpq_packer *packer = NULL;
		struct gpq_unpacker *unpacker = NULL;
		gpq_budget_init(&budget, gpq_codec_need(codec, level, most) + gpq_unpacker_need());
		assert_int_equal(gpq_packer_open(&budget, codec, level, most, &packer, &err), GPQ_OK);
		assert_int_equal(gpq_unpacker_open(&budget, &unpacker, &err), GPQ_OK);
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
			for (unsigned mix = 0; mix < 3 * 4 * 2 * 3; mix++) {
				struct gpq_packer_shape shape = { .head = heads[mix % 3],
								  .values = counts[c],
								  .scratch = scratch };
				bool planes = mix / 12 % 2;
				size_t len = shape.head + (size_t)counts[c] * 8, packed_len = 0;
				shape.layout = planes ? GPQ_LAYOUT_PLANES : GPQ_LAYOUT_WORDS;
				shape.raw_planes = planes ? mix / 24 * 4 : 0;
				fill_doubles(in, shape.head, counts[c], planes, mix / 3 % 4);
				if (mix & 1)
					gpq_packer_expect(packer, &shape);
				if (mix & 1 ? gpq_packer_pack(packer, in, len, packed, gpq_codec_bound(codec, len),
							      &packed_len, &err)
					    : gpq_packer_pack_shaped(packer, &shape, in, len, packed,
								     gpq_codec_bound(codec, len), &packed_len, &err))
					fail_msg("%s", err.message);
				assert_true(shape.raw_planes <= 8);
				if (gpq_codec_decompress(unpacker, gpq_codec_compression(codec), packed, packed_len,
							 out, len, &err))
					fail_msg("codec %d, %u values, mix %u: %s", (int)codec, counts[c], mix,
						 err.message);
				assert_memory_equal(in, out, len);
			}
		}
		gpq_packer_close(packer);
		gpq_unpacker_close(unpacker);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	free(in);
	free(out);
	free(packed);
	free(scratch);
}

static void shapes_make_prices_smaller(void **state)
{
	(void)state;
	enum { N = 20000 };
	size_t room = gpq_codec_bound(GPQ_CODEC_ZSTD, N * 8), plain = 0, words = 0, streams = 0, planes = 0;
	uint8_t *in = malloc(N * 8), *split = malloc(N * 8), *packed = malloc(room);
	struct gpq_packer_shape shape = { .layout = GPQ_LAYOUT_WORDS, .values = N };
	struct gpq_packer *packer = NULL;
	shape.scratch = aligned_alloc(64, GPQ_PACKER_SCRATCH_BYTES);
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_packer_open(&budget, GPQ_CODEC_ZSTD, 1, N * 8, &packer, &err), GPQ_OK);
	fill_doubles(in, 0, N, false, 0);
	for (uint32_t i = 0; i < N * 8; i++)
		split[(size_t)(i % 8) * N + i / 8] = in[i];
	assert_int_equal(gpq_packer_pack(packer, in, N * 8, packed, room, &plain, &err), GPQ_OK);
	assert_int_equal(gpq_packer_pack_shaped(packer, &shape, in, N * 8, packed, room, &words, &err), GPQ_OK);
	assert_int_equal(gpq_packer_pack(packer, split, N * 8, packed, room, &streams, &err), GPQ_OK);
	shape.layout = GPQ_LAYOUT_PLANES;
	assert_int_equal(gpq_packer_pack_shaped(packer, &shape, split, N * 8, packed, room, &planes, &err), GPQ_OK);
	assert_true(words < plain * 9 / 10);
	assert_true(planes < streams);
	assert_in_range(shape.raw_planes, 5, 6); /* 41 bits or more are noise to a coder of bytes */
	gpq_packer_close(packer);
	free(in);
	free(split);
	free(packed);
	free(shape.scratch);
}

static void bytes_of_another_shape_are_refused(void **state)
{
	(void)state;
	uint8_t in[200] = { 0 }, out[600];
	size_t len = 77;
	struct gpq_packer *packer = NULL;
	static const struct gpq_packer_shape bad[] = {
		{ .layout = GPQ_LAYOUT_PLANES, .head = 1, .values = 24 },
		{ .layout = GPQ_LAYOUT_PLANES, .values = 25, .raw_planes = 9 },
		{ .layout = GPQ_LAYOUT_WORDS, .head = 0, .values = 26 },
	};
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_packer_open(&budget, GPQ_CODEC_ZSTD, 0, 200, &packer, &err), GPQ_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct gpq_packer_shape shape = bad[i];
		assert_int_equal(gpq_packer_pack_shaped(packer, &shape, in, 200, out, sizeof(out), &len, &err),
				 GPQ_E_BUG);
	}
	assert_int_equal(len, 77);
	gpq_packer_close(packer);
}

static void gzip_of_several_members_is_read(void **state)
{
	(void)state;
	uint8_t packed[400], out[20];
	size_t first = 0, second = 0;
	struct gpq_packer *packer = NULL;
	struct gpq_unpacker *unpacker = NULL;
	gpq_budget_init(&budget, (size_t)8 << 20);
	assert_int_equal(gpq_packer_open(&budget, GPQ_CODEC_GZIP, 9, 100, &packer, &err), GPQ_OK);
	assert_int_equal(gpq_unpacker_open(&budget, &unpacker, &err), GPQ_OK);
	assert_int_equal(gpq_packer_pack(packer, "one and ", 8, packed, 200, &first, &err), GPQ_OK);
	assert_int_equal(gpq_packer_pack(packer, "two", 3, packed + first, 200, &second, &err), GPQ_OK);
	assert_int_equal(packed[0], 0x1F); /* RFC 1952: a gzip member, not a zlib stream */
	assert_int_equal(packed[1], 0x8B);
	assert_int_equal(gpq_codec_decompress(unpacker, GPQ_COMPRESSION_GZIP, packed, first + second, out, 11, &err),
			 GPQ_OK);
	assert_memory_equal(out, "one and two", 11);
	gpq_packer_close(packer);
	gpq_unpacker_close(unpacker);
}

static void failed_allocations_leave_nothing(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_CODECS; c++) {
		for (long at = 1;; at++) {
			struct gpq_packer *packer = NULL;
			gpq_budget_init(&budget, (size_t)64 << 20);
			budget.fail_at = at;
			enum gpq_status status = gpq_packer_open(&budget, codecs[c], 0, MAX_BYTES, &packer, &err);
			if (status == GPQ_OK)
				gpq_packer_close(packer);
			assert_int_equal(atomic_load(&budget.used_bytes), 0);
			if (status == GPQ_OK)
				break;
			assert_int_equal(status, GPQ_E_BUDGET);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_outside_the_range_are_usage_errors),
		cmocka_unit_test(too_much_for_a_packer_is_refused),
		cmocka_unit_test(unknown_codecs_and_wrong_sizes_are_data_errors),
		cmocka_unit_test(broken_bytes_do_no_harm),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(every_zstd_level_fits_its_need),
		cmocka_unit_test(shaped_bytes_come_back),
		cmocka_unit_test(shapes_make_prices_smaller),
		cmocka_unit_test(bytes_of_another_shape_are_refused),
		cmocka_unit_test(gzip_of_several_members_is_read),
		cmocka_unit_test(failed_allocations_leave_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
