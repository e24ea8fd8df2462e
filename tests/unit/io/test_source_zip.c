// SPDX-License-Identifier: MIT
/* Members as sources: bytes and hash are those of a plain file; a .gz (made by zlib) in an archive is unpacked too. */
#include "unit/io/zip_listing.h"

#include "io/source.h"

#define TEXT_BYTES ((size_t)300000)

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_archive *archive;
static struct zip_writer zip;
static char *text;
static uint8_t *out;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_source_member_need(1));
	assert_int_equal(gpq_archive_open(&budget, &archive, NULL), GPQ_OK);
	zip_open(&zip, (size_t)4 << 20);
	text = test_malloc(TEXT_BYTES);
	zip_text(text, TEXT_BYTES, 1);
	out = test_malloc(TEXT_BYTES + 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_free(out);
	test_free(text);
	zip_close(&zip);
	gpq_archive_close(archive);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static struct gpq_address member_address(unsigned index)
{
	struct gpq_address address = { .path = workplace_file(&place, "x.zip", zip.bytes, zip.len) };
	gpq_archive_leave(archive);
	assert_int_equal(zip_list(archive, &address, NULL), GPQ_OK);
	return zip_address(&address, index);
}

static enum gpq_status source_read(const struct gpq_address *address, size_t step, size_t *out_len,
				   struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	size_t len = 0, got = step;
	enum gpq_status status = gpq_source_open_member(&budget, archive, address, true, &source, err);
	while (status == GPQ_OK && got == step) {
		size_t want = step < TEXT_BYTES + 1 - len ? step : TEXT_BYTES + 1 - len;
		status = gpq_source_read(source, out + len, want, &got, err);
		len += got;
	}
	if (status == GPQ_OK) {
		struct gpq_hash seen = gpq_source_hash(source), hash = gpq_hash_of(out, len);
		assert_true(seen.high == hash.high && seen.low == hash.low);
		assert_true(gpq_source_is_compressed(source));
		assert_int_equal(gpq_source_stored_bytes(source), address->places[0].stored_bytes);
		assert_int_equal(gpq_source_size_bytes(source), address->places[0].stored_bytes);
	}
	gpq_source_close(source);
	*out_len = len;
	return status;
}

static void members_are_sources(void **state)
{
	(void)state;
	static const size_t lengths[] = { 0, 1, 2, 4095, 4096, 4097, TEXT_BYTES },
			    steps[] = { 1, 1000, 4096, 131072, TEXT_BYTES + 1 };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (int method = 0; method <= 8; method += 8) {
			zip.len = zip.count = 0;
			zip_add(&zip, "a.csv", text, lengths[i], (struct zip_options){ .method = (uint16_t)method });
			zip_end(&zip, NULL, false, NULL);
			struct gpq_address address = member_address(0);
			for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
				size_t got = 0;
				assert_int_equal(source_read(&address, steps[s], &got, NULL), GPQ_OK);
				assert_int_equal(got, lengths[i]);
				assert_memory_equal(out, text, lengths[i]);
			}
		}
}

static size_t gzip_write(uint8_t *to, size_t cap, const void *bytes, size_t len)
{
	z_stream stream = { 0 };
	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = to;
	stream.avail_out = (uInt)cap;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	len = stream.total_out;
	deflateEnd(&stream);
	return len;
}

static void a_gzip_in_an_archive_is_unpacked(void **state)
{
	(void)state;
	uint8_t *packed = test_malloc(TEXT_BYTES);
	size_t len = gzip_write(packed, TEXT_BYTES, text, TEXT_BYTES);
	struct gpq_error err = { 0 };
	size_t got = 0;
	for (int method = 0; method <= 8; method += 8) {
		zip.len = zip.count = 0;
		zip_add(&zip, "a.csv.gz", packed, len, (struct zip_options){ .method = (uint16_t)method });
		zip_add(&zip, "cut.csv.gz", packed, len - 3, (struct zip_options){ .method = (uint16_t)method });
		zip_add(&zip, "one", packed, 1, (struct zip_options){ .method = (uint16_t)method });
		zip_end(&zip, NULL, false, NULL);
		struct gpq_address address = member_address(0);
		assert_int_equal(source_read(&address, 5000, &got, &err), GPQ_OK);
		assert_int_equal(got, TEXT_BYTES);
		assert_memory_equal(out, text, TEXT_BYTES);
		address = zip_address(&(struct gpq_address){ .path = address.path }, 1);
		assert_int_equal(source_read(&address, 5000, &got, &err), GPQ_E_TRUNCATED);
		assert_int_equal(err.byte, len - 3); /* of the .gz */
		address = zip_address(&(struct gpq_address){ .path = address.path }, 2);
		assert_int_equal(source_read(&address, 5000, &got, &err), GPQ_E_TRUNCATED);
	}
	test_free(packed);
}

static void damage_is_told_with_its_place(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	size_t got = 0;
	zip_add(&zip, "a.csv", text, 100, (struct zip_options){ .method = 0 });
	zip_add(&zip, "b.csv", text, TEXT_BYTES, (struct zip_options){ .method = 0 });
	zip_end(&zip, NULL, false, NULL);
	for (unsigned i = 0; i < 2; i++) {
		zip.bytes[zip.members[i].data_at + 50] ^= 1;
		struct gpq_address address = member_address(i);
		assert_int_equal(source_read(&address, 5000, &got, &err), GPQ_E_CHECKSUM);
		assert_int_equal(err.byte, zip.members[i].descriptor_at);
		assert_non_null(strstr(err.message, "has CRC"));
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	uint8_t packed[4096];
	size_t got = 0, len = gzip_write(packed, sizeof(packed), text, 5000);
	zip_add(&zip, "a.csv.gz", packed, len, (struct zip_options){ .method = 8 });
	zip_end(&zip, NULL, false, NULL);
	struct gpq_address address = member_address(0);
	gpq_archive_close(archive);
	assert_int_equal(gpq_archive_open(&budget, &archive, NULL), GPQ_OK);
	long before = atomic_load(&budget.allocations), fail_at = 0;
	enum gpq_status status = GPQ_E_BUDGET;
	while (status != GPQ_OK) {
		struct gpq_error err = { 0 };
		budget.fail_at = before + ++fail_at;
		status = source_read(&address, 5000, &got, &err);
		assert_true(status == GPQ_OK || status == GPQ_E_BUDGET);
		before = atomic_load(&budget.allocations);
		budget.fail_at = 0;
		gpq_archive_close(archive);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		assert_int_equal(gpq_archive_open(&budget, &archive, NULL), GPQ_OK);
		before = atomic_load(&budget.allocations);
	}
	assert_int_equal(fail_at,
			 6); /* the source, its member, the window, the inflater, the gzip: all but the last may fail */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(members_are_sources, setup, teardown),
		cmocka_unit_test_setup_teardown(a_gzip_in_an_archive_is_unpacked, setup, teardown),
		cmocka_unit_test_setup_teardown(damage_is_told_with_its_place, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
