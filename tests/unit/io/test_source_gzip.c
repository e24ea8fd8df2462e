// SPDX-License-Identifier: MIT
/* Files are made by zlib's deflate and its crc32, headers and trailers by hand after RFC 1952: neither is what reads
 * them. */
#include "unit/io/workplace.h"

#include "io/source.h"
#include "io/source_gzip.h"

#include <zlib.h>

#define CAP_PACKED ((size_t)4 << 20)

struct packed {
	uint8_t *bytes;
	size_t len;
};

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static struct packed packed_new(void)
{
	struct packed packed = { test_malloc(CAP_PACKED), 0 };
	return packed;
}

static void packed_put(struct packed *packed, const void *bytes, size_t len)
{
	assert_true(packed->len + len <= CAP_PACKED);
	memcpy(packed->bytes + packed->len, bytes, len);
	packed->len += len;
}

static void packed_u32(struct packed *packed, uint32_t value)
{
	packed_put(packed,
		   (uint8_t[]){ (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24) },
		   4);
}

static void packed_deflate(struct packed *packed, const void *bytes, size_t len, int level, int strategy)
{
	z_stream stream = { 0 };
	assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, -15, 9, strategy), Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = packed->bytes + packed->len;
	stream.avail_out = (uInt)(CAP_PACKED - packed->len);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	packed->len += stream.total_out;
	deflateEnd(&stream);
}

static void packed_member(struct packed *packed, const void *bytes, size_t len, int level, int strategy)
{
	packed_put(packed, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
	packed_deflate(packed, bytes, len, level, strategy);
	packed_u32(packed, (uint32_t)crc32(0, bytes, (uInt)len));
	packed_u32(packed, (uint32_t)len);
}

/* Reads a file in steps of 'step' bytes; 'out' has room for 'cap'. */
static enum gpq_status unpack(const char *path, size_t step, uint8_t *out, size_t cap, size_t *out_len,
			      struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	size_t len = 0, got = 0, want;
	enum gpq_status status = gpq_source_open(&budget, path, true, &source, err);
	assert_int_equal(status, GPQ_OK);
	do {
		want = step < cap - len ? step : cap - len;
		got = 0;
		status = gpq_source_read(source, out + len, want, &got, err);
		len += got;
	} while (status == GPQ_OK && got == want);
	if (status == GPQ_OK) {
		struct gpq_hash seen = gpq_source_hash(source), hash = gpq_hash_of(out, len);
		assert_true(seen.high == hash.high && seen.low == hash.low);
		assert_true(len < cap);
	}
	gpq_source_close(source);
	*out_len = len;
	return status;
}

static enum gpq_status unpack_bytes(const void *bytes, size_t len, uint8_t *out, size_t cap, size_t *out_len,
				    struct gpq_error *err)
{
	return unpack(workplace_file(&place, "x.gz", bytes, len), 4096, out, cap, out_len, err);
}

static void expect_failure(const void *bytes, size_t len, enum gpq_status status, uint64_t byte, const char *says)
{
	uint8_t out[4096];
	size_t got = 0;
	struct gpq_error err = { 0 };
	assert_int_equal(unpack_bytes(bytes, len, out, sizeof(out), &got, &err), status);
	assert_int_equal(err.status, status);
	assert_int_equal(err.byte, byte);
	if (!strstr(err.message, says))
		fail_msg("\"%s\" lacks \"%s\"", err.message, says);
}

/* --- failing cases first --- */

static void header_faults(void **state)
{
	(void)state;
	expect_failure("\x1f\x8b\x07\0\0\0\0\0\0\x03", 10, GPQ_E_DATA, 2, "unknown method 7");
	expect_failure("\x1f\x8b\x08\x20\0\0\0\0\0\x03", 10, GPQ_E_DATA, 3, "reserved flags");
	expect_failure("\x1f\x8b\x08\0\0\0\0\0\0\x03\x07", 11, GPQ_E_DATA, 11, "invalid block");
	expect_failure("", 0, GPQ_E_TRUNCATED, 0, "header");
	expect_failure("\x1f", 1, GPQ_E_TRUNCATED, 1, "header");
}

/* Found by the fuzzer: the decoder counts its input below zero when it meets such a distance at the end. */
static void distance_before_the_start(void **state)
{
	(void)state;
	static const uint8_t bytes[] =
	    "\x1f\x8b\x08\0\0\0\0\0\0\x03\xf2\xe8\x0b\xc9\xcc\x4d\x55\x08\x2e\x49\xcc\x2d\xd0\xf1\x4b\xcc"
	    "\x4d\xd5\x09\x08\xf1\x74\xd1\xf1\x71\xf2\x0d\x50\xd0\x50\xd1\xf7\x0d\xf7\x28\xd2\xe4\x32\x30\xd4"
	    "\x07\x22\x23\x03\x74\x4d\xf5\x0c\x0c\xb9\0\x7f\x6b\xa8\x66\x6b\0\0\0";
	uint8_t out[4096];
	size_t got = 0;
	struct gpq_error err = { 0 };
	assert_int_equal(unpack_bytes(bytes, sizeof(bytes) - 1, out, sizeof(out), &got, &err), GPQ_E_DATA);
	assert_in_range(err.byte, 10, sizeof(bytes) - 1);
	assert_non_null(strstr(err.message, "invalid distance"));
}

static void header_crc_wrong(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	packed_put(&packed, "\x1f\x8b\x08\x02\0\0\0\0\0\x03", 10);
	uint32_t crc = (uint32_t)crc32(0, packed.bytes, 10) & 0xffff;
	packed_put(&packed, (uint8_t[]){ (uint8_t)(crc ^ 1), (uint8_t)(crc >> 8) }, 2);
	expect_failure(packed.bytes, packed.len, GPQ_E_CHECKSUM, 10, "header with CRC");
	test_free(packed.bytes);
}

static void trailer_wrong(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	packed_member(&packed, "price", 5, 6, Z_DEFAULT_STRATEGY);
	packed.bytes[packed.len - 8] ^= 1;
	expect_failure(packed.bytes, packed.len, GPQ_E_CHECKSUM, packed.len - 8, "CRC");
	packed.bytes[packed.len - 8] ^= 1;
	packed.bytes[packed.len - 1] ^= 1;
	expect_failure(packed.bytes, packed.len, GPQ_E_CHECKSUM, packed.len - 4,
		       "has 5 bytes, its trailer says 16777221");
	test_free(packed.bytes);
}

static void behind_last_member(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	uint8_t out[64];
	size_t got = 0;
	packed_member(&packed, "price", 5, 6, Z_DEFAULT_STRATEGY);
	size_t end = packed.len;
	packed_put(&packed, "garbage", 7);
	expect_failure(packed.bytes, packed.len, GPQ_E_DATA, end, "behind its last gzip member");
	packed.len = end;
	packed_put(&packed, "\x1fxx", 3);
	expect_failure(packed.bytes, packed.len, GPQ_E_DATA, end, "behind its last gzip member");
	packed.len = end;
	memset(packed.bytes + end, 0, 100000);
	packed.len = end + 100000;
	assert_int_equal(unpack_bytes(packed.bytes, packed.len, out, sizeof(out), &got, NULL), GPQ_OK);
	assert_int_equal(got, 5);
	packed_put(&packed, "x", 1);
	expect_failure(packed.bytes, packed.len, GPQ_E_DATA, packed.len - 1, "behind its last gzip member");
	test_free(packed.bytes);
}

/* Three members, with all header options, of all block types. */
static size_t small_file(struct packed *packed, size_t ends[3])
{
	static const char text[] = "datetime_beginning_utc,pnode_id,total_lmp_da\n1/1/2024 5:00:00 AM,1,20.1\n"
				   "1/1/2024 5:00:00 AM,3,20.2\n1/1/2024 5:00:00 AM,7,21.5\n";
	size_t len = sizeof(text) - 1;
	packed_put(packed,
		   "\x1f\x8b\x08\x1f\x01\x02\x03\x04\x02\x03\x05\0extra"
		   "name.csv\0"
		   "comment\0",
		   34);
	uint32_t crc = (uint32_t)crc32(0, packed->bytes, (uInt)packed->len);
	packed_put(packed, (uint8_t[]){ (uint8_t)crc, (uint8_t)(crc >> 8) }, 2);
	packed_deflate(packed, text, len, 9, Z_DEFAULT_STRATEGY);
	packed_u32(packed, (uint32_t)crc32(0, (const Bytef *)text, (uInt)len));
	packed_u32(packed, (uint32_t)len);
	ends[0] = packed->len;
	packed_member(packed, "", 0, 6, Z_DEFAULT_STRATEGY);
	ends[1] = packed->len;
	packed_member(packed, text, 50, 0, Z_DEFAULT_STRATEGY);
	ends[2] = packed->len;
	return len;
}

static void every_prefix(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	uint8_t out[1024], whole[1024];
	size_t ends[3], whole_len = 0;
	size_t first = small_file(&packed, ends);
	assert_int_equal(unpack_bytes(packed.bytes, packed.len, whole, sizeof(whole), &whole_len, NULL), GPQ_OK);
	assert_int_equal(whole_len, first + 50);
	assert_memory_equal(whole, whole + first, 50);
	for (size_t len = 0; len < packed.len; len++) {
		size_t got = 0;
		struct gpq_error err = { 0 };
		enum gpq_status status = unpack_bytes(packed.bytes, len, out, sizeof(out), &got, &err);
		if (len == ends[0] || len == ends[1]) {
			assert_int_equal(status, GPQ_OK);
			assert_int_equal(got, first);
			assert_memory_equal(out, whole, first);
			continue;
		}
		if (status != GPQ_E_TRUNCATED)
			fail_msg("cut at %zu: status %d, %s", len, status, err.message);
		assert_int_equal(err.byte, len);
	}
	test_free(packed.bytes);
}

static uint8_t *sample_text(size_t len);

/* The same of a block with its own codes, which is what real files have. */
static void every_prefix_of_a_dynamic_block(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	uint8_t *text = sample_text(1500), out[2000];
	packed_member(&packed, text, 1500, 9, Z_DEFAULT_STRATEGY);
	assert_int_equal(packed.bytes[10] >> 1 & 3, 2); /* BTYPE, RFC 1951 section 3.2.3 */
	for (size_t len = 0; len < packed.len; len++) {
		size_t got = 0;
		struct gpq_error err = { 0 };
		assert_int_equal(unpack_bytes(packed.bytes, len, out, sizeof(out), &got, &err), GPQ_E_TRUNCATED);
		assert_int_equal(err.byte, len);
	}
	test_free(packed.bytes);
	test_free(text);
}

/* Bits that no check covers: time, XFL and OS of a header without a CRC, and FTEXT; and what deflate fills bytes up
 * with, at the end of a stream and between a stored block's type and length (RFC 1951). */
static bool bit_is_free(size_t byte, unsigned bit, const size_t ends[3])
{
	if (byte == ends[0] - 9 || byte == ends[1] - 9 || byte == ends[1] + 10)
		return bit >= 1;
	for (unsigned i = 0; i < 2; i++) {
		size_t at = byte - ends[i];
		if (byte >= ends[i] && ((at >= 4 && at < 10) || (at == 3 && bit == 0)))
			return true;
	}
	return false;
}

static void every_bit(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	uint8_t out[4096], whole[1024];
	size_t ends[3], whole_len = 0, n_free = 0;
	small_file(&packed, ends);
	assert_int_equal(unpack_bytes(packed.bytes, packed.len, whole, sizeof(whole), &whole_len, NULL), GPQ_OK);
	for (size_t at = 0; at < packed.len * 8; at++) {
		size_t got = 0;
		struct gpq_error err = { 0 };
		if (at < 16) /* without its first two bytes it is no gzip, but a plain file */
			continue;
		packed.bytes[at / 8] ^= (uint8_t)(1 << at % 8);
		enum gpq_status status = unpack_bytes(packed.bytes, packed.len, out, sizeof(out), &got, &err);
		packed.bytes[at / 8] ^= (uint8_t)(1 << at % 8);
		if (status != GPQ_OK) {
			assert_true(err.byte <= packed.len && err.message[0]);
			continue;
		}
		assert_int_equal(got, whole_len);
		assert_memory_equal(out, whole, whole_len);
		n_free++;
		assert_true(bit_is_free(at / 8, at % 8, ends));
	}
	assert_true(n_free >= 2 * (6 * 8 + 1));
	test_free(packed.bytes);
}

static void budget_too_small(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	size_t ends[3];
	small_file(&packed, ends);
	const char *path = workplace_file(&place, "x.gz", packed.bytes, packed.len);
	for (long fail_at = 1;; fail_at++) {
		struct gpq_budget tight;
		struct gpq_source *source = NULL;
		struct gpq_error err = { 0 };
		gpq_budget_init(&tight, gpq_source_need());
		tight.fail_at = fail_at;
		enum gpq_status status = gpq_source_open(&tight, path, true, &source, &err);
		if (status == GPQ_OK) {
			assert_int_equal(fail_at, 3);
			assert_int_equal(atomic_load(&tight.used_bytes), gpq_source_need());
			gpq_source_close(source);
			assert_int_equal(atomic_load(&tight.used_bytes), 0);
			break;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_null(source);
		assert_int_equal(atomic_load(&tight.used_bytes), 0);
	}
	test_free(packed.bytes);
}

/* --- what works --- */

static uint8_t *sample_text(size_t len)
{
	uint8_t *text = test_malloc(len);
	uint32_t seed = 12345;
	for (size_t at = 0; at < len;) {
		seed = seed * 1664525 + 1013904223;
		int put = snprintf((char *)text + at, len - at, "%u/1/2024 5:00:00 AM,%u,%u.%02u\n", seed >> 28,
				   seed >> 20, seed >> 24, (seed >> 9) % 100);
		at += (size_t)put < len - at ? (size_t)put : len - at;
	}
	return text;
}

static void all_levels(void **state)
{
	(void)state;
	size_t len = 1500000, got = 0;
	uint8_t *text = sample_text(len), *out = test_malloc(len + 1);
	static const int strategies[] = { Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED, Z_FILTERED };
	for (int level = 0; level <= 9; level++)
		for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
			if (level != 0 && level != 6 && i != 0)
				continue;
			struct packed packed = packed_new();
			packed_member(&packed, text, len, level, strategies[i]);
			const char *path = workplace_file(&place, "x.gz", packed.bytes, packed.len);
			assert_int_equal(unpack(path, 300000, out, len + 1, &got, NULL), GPQ_OK);
			assert_int_equal(got, len);
			assert_memory_equal(out, text, len);
			test_free(packed.bytes);
		}
	test_free(text);
	test_free(out);
}

static void all_steps(void **state)
{
	(void)state;
	static const size_t steps[] = { 1, 2, 3, 7, 100, 257, 4095, 32768, 65537, 200000 };
	size_t len = 200000, got = 0;
	uint8_t *text = sample_text(len), *out = test_malloc(len + 1);
	struct packed packed = packed_new();
	for (size_t at = 0; at < len; at += 50000)
		packed_member(&packed, text + at, 50000, 6, Z_DEFAULT_STRATEGY);
	const char *path = workplace_file(&place, "x.gz", packed.bytes, packed.len);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(unpack(path, steps[i], out, len + 1, &got, NULL), GPQ_OK);
		assert_int_equal(got, len);
		assert_memory_equal(out, text, len);
	}
	test_free(packed.bytes);
	test_free(text);
	test_free(out);
}

/* Ends of streams, trailers and headers across the reader's own buffer: a name of growing length shifts them. */
static void across_the_buffer(void **state)
{
	(void)state;
	uint8_t *text = sample_text(5000), *out = test_malloc(10001), *name = test_malloc(GPQ_SOURCE_GZIP_IN_BYTES);
	struct packed packed = packed_new();
	size_t got = 0;
	packed_member(&packed, text, 5000, 6, Z_DEFAULT_STRATEGY);
	size_t member = packed.len;
	memset(name, 'n', GPQ_SOURCE_GZIP_IN_BYTES);
	for (size_t shift = 0; shift < 60; shift++) {
		size_t name_len = GPQ_SOURCE_GZIP_IN_BYTES - 10 - 1 - (member - 10) - 30 + shift;
		struct packed file = packed_new();
		packed_put(&file, "\x1f\x8b\x08\x08\0\0\0\0\0\x03", 10);
		packed_put(&file, name, name_len);
		packed_put(&file, "", 1);
		packed_put(&file, packed.bytes + 10, member - 10);
		packed_put(&file, packed.bytes, member);
		assert_int_equal(unpack_bytes(file.bytes, file.len, out, 10001, &got, NULL), GPQ_OK);
		assert_int_equal(got, 10000);
		assert_memory_equal(out, text, 5000);
		assert_memory_equal(out + 5000, text, 5000);
		for (size_t cut = 1; cut <= 8; cut++) {
			struct gpq_error err = { 0 };
			assert_int_equal(unpack_bytes(file.bytes, file.len - member - cut, out, 10001, &got, &err),
					 GPQ_E_TRUNCATED);
			assert_int_equal(err.byte, file.len - member - cut);
		}
		test_free(file.bytes);
	}
	test_free(packed.bytes);
	test_free(text);
	test_free(out);
	test_free(name);
}

static void many_members(void **state)
{
	(void)state;
	struct packed packed = packed_new();
	uint8_t *out = test_malloc(20001);
	size_t got = 0;
	for (unsigned i = 0; i < 20000; i++)
		packed_member(&packed, "x", i % 3 != 0, (int)(i % 10), Z_DEFAULT_STRATEGY);
	assert_int_equal(unpack_bytes(packed.bytes, packed.len, out, 20001, &got, NULL), GPQ_OK);
	assert_int_equal(got, 13333);
	test_free(packed.bytes);
	test_free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(header_faults, setup, teardown),
		cmocka_unit_test_setup_teardown(distance_before_the_start, setup, teardown),
		cmocka_unit_test_setup_teardown(header_crc_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(trailer_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(behind_last_member, setup, teardown),
		cmocka_unit_test_setup_teardown(every_prefix, setup, teardown),
		cmocka_unit_test_setup_teardown(every_prefix_of_a_dynamic_block, setup, teardown),
		cmocka_unit_test_setup_teardown(every_bit, setup, teardown),
		cmocka_unit_test_setup_teardown(budget_too_small, setup, teardown),
		cmocka_unit_test_setup_teardown(all_levels, setup, teardown),
		cmocka_unit_test_setup_teardown(all_steps, setup, teardown),
		cmocka_unit_test_setup_teardown(across_the_buffer, setup, teardown),
		cmocka_unit_test_setup_teardown(many_members, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
