// SPDX-License-Identifier: MIT
/* Archives are written by hand with zlib's deflate and crc32 (zip_writer.h) and spoiled a byte at a time. */
#include "unit/io/zip_listing.h"

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
	gpq_budget_init(&budget, gpq_archive_need(1));
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

/* The place that zip_add() made, without looking at a directory; the one that 'spoilt' points to is the test's to
 * change. */
static struct gpq_zip_place spoilt[1];

static struct gpq_address address_of(unsigned index)
{
	const struct zip_written *member = &zip.members[index];
	spoilt[0] = (struct gpq_zip_place){
		.local_at = member->local_at,
		.stored_bytes = member->stored,
		.size_bytes = member->size,
		.crc = member->crc,
		.name_crc = (uint32_t)crc32(0, (const Bytef *)member->name, member->name_len),
		.method = member->options.method,
	};
	return (struct gpq_address){ .path = place.path, .places = spoilt, .depth = 1 };
}

static void written(void)
{
	(void)workplace_file(&place, "x.zip", zip.bytes, zip.len);
	gpq_archive_leave(archive);
}

static void expect_read(unsigned index, size_t step, const void *bytes, size_t len)
{
	struct gpq_address address = address_of(index);
	struct gpq_error err = { 0 };
	size_t got = 0;
	enum gpq_status status = zip_read(archive, &address, step, out, TEXT_BYTES + 1, &got, &err);
	if (status != GPQ_OK)
		print_message("%s\n", err.message);
	assert_int_equal(status, GPQ_OK);
	assert_int_equal(got, len);
	assert_memory_equal(out, bytes, len);
	assert_int_equal(gpq_archive_stored_bytes(archive), zip.members[index].stored);
}

static void expect_failed(struct gpq_address address, enum gpq_status status, uint64_t byte, const char *says)
{
	struct gpq_error err = { 0 };
	size_t got = 0;
	written();
	assert_int_equal(zip_read(archive, &address, TEXT_BYTES + 1, out, TEXT_BYTES + 1, &got, &err), status);
	if (!strstr(err.message, says))
		print_message("%s\n", err.message);
	assert_non_null(strstr(err.message, says));
	assert_int_equal(err.byte, byte);
}

static void members_are_read_in_any_steps(void **state)
{
	(void)state;
	static const size_t steps[] = { 1, 3, 4096, 65536, TEXT_BYTES, TEXT_BYTES + 1 };
	zip_add(&zip, "stored", text, TEXT_BYTES, (struct zip_options){ .method = 0 });
	zip_add(&zip, "deflated", text, TEXT_BYTES, (struct zip_options){ .method = 8 });
	zip_add(&zip, "nothing", "", 0, (struct zip_options){ .method = 0 });
	zip_add(&zip, "nothing deflated", "", 0, (struct zip_options){ .method = 8 });
	zip_add(&zip, "one", "1", 1, (struct zip_options){ .method = 8 });
	written();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		expect_read(1, steps[i], text, TEXT_BYTES);
		expect_read(0, steps[i], text, TEXT_BYTES);
		expect_read(2, steps[i], "", 0);
		expect_read(3, steps[i], "", 0);
		expect_read(4, steps[i], "1", 1);
	}
}

static void lengths_around_the_steps_are_right(void **state)
{
	(void)state;
	for (size_t len = 32766; len <= 32770; len++) {
		zip.len = zip.count = 0;
		zip_add(&zip, "a", text, len, (struct zip_options){ .method = 8 });
		zip_add(&zip, "b", text, len, (struct zip_options){ .method = 0 });
		written();
		expect_read(0, 32768, text, len);
		expect_read(1, 32768, text, len);
		expect_read(0, len, text, len);
		expect_read(1, len, text, len);
	}
}

static void descriptors_may_have_any_form(void **state)
{
	(void)state;
	static const unsigned forms[] = { 12, 16, 20, 24 };
	for (size_t i = 0; i < 4; i++)
		for (int method = 0; method <= 8; method += 8) {
			struct zip_options options = { .method = (uint16_t)method,
						       .descriptor = forms[i],
						       .zeros_local = true };
			zip.len = zip.count = 0;
			zip_add(&zip, "a", text, 5000, options);
			written();
			expect_read(0, 777, text, 5000);
			options.zeros_local = false; /* both are allowed to say it */
			zip_add(&zip, "b", text, 5000, options);
			options.wide = true;
			zip_add(&zip, "c", text, 5000, options);
			written();
			expect_read(1, 777, text, 5000);
			expect_read(2, 777, text, 5000);
		}
}

static void a_descriptor_must_agree(void **state)
{
	(void)state;
	zip_add(&zip, "a", text, 5000, (struct zip_options){ .method = 8, .descriptor = 16, .zeros_local = true });
	size_t at = zip.members[0].descriptor_at;
	for (size_t i = 4; i < 16; i++) {
		zip.bytes[at + i] ^= 4;
		expect_failed(address_of(0), GPQ_E_CHECKSUM, at, "its descriptor at byte");
		zip.bytes[at + i] ^= 4;
	}
	zip.len -= 1; /* cut off */
	expect_failed(address_of(0), GPQ_E_CHECKSUM, at, "its descriptor at byte");
}

static void the_local_header_must_agree(void **state)
{
	(void)state;
	static const struct {
		unsigned at;
		const char *says;
	} fields[] = { { 6, "encryption" }, { 8, "method" }, { 14, "CRC" },
		       { 18, "size" },      { 22, "size" },  { 30, "name" } };
	zip_add(&zip, "before", "x", 1, (struct zip_options){ .method = 0 });
	zip_add(&zip, "a.csv", text, 5000, (struct zip_options){ .method = 8 });
	size_t local = zip.members[1].local_at;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		zip.bytes[local + fields[i].at] ^= 1;
		expect_failed(address_of(1), GPQ_E_DATA, local, fields[i].says);
		zip.bytes[local + fields[i].at] ^= 1;
	}
	zip.bytes[local] ^= 1;
	expect_failed(address_of(1), GPQ_E_DATA, local, "has no local header at byte");
	zip.bytes[local] ^= 1;
	zip_spoil(&zip, local + 26, 65535, 2);
	zip_spoil(&zip, local + 28, 65535, 2);
	expect_failed(address_of(1), GPQ_E_DATA, local, "its local header at byte 37 has 131100 bytes");
}

static void lies_about_size_and_crc_are_found(void **state)
{
	(void)state;
	zip_add(&zip, "deflated", text, 5000,
		(struct zip_options){ .method = 8, .descriptor = 16, .zeros_local = true });
	zip_add(&zip, "stored", text, 5000, (struct zip_options){ .method = 0, .descriptor = 16, .zeros_local = true });
	for (unsigned i = 0; i < 2; i++) {
		struct gpq_address address = address_of(i);
		size_t end = zip.members[i].descriptor_at;
		spoilt[0].crc ^= 0x100;
		expect_failed(address, GPQ_E_CHECKSUM, end, "has CRC");
	}
	struct gpq_address address = address_of(0);
	spoilt[0].size_bytes = 5001;
	expect_failed(address, GPQ_E_CHECKSUM, zip.members[0].descriptor_at,
		      "unpacks to 5000 bytes, the directory says 5001");
	struct gpq_error err = { 0 };
	size_t got = 0;
	spoilt[0].size_bytes = 4999;
	assert_int_equal(zip_read(archive, &address, 5000, out, TEXT_BYTES, &got, &err), GPQ_E_CHECKSUM);
	assert_non_null(strstr(err.message, "unpacks to more than the 4999 bytes"));
	spoilt[0].size_bytes = 0;
	assert_int_equal(zip_read(archive, &address, 5000, out, TEXT_BYTES, &got, &err), GPQ_E_CHECKSUM);
	address = address_of(0);
	spoilt[0].stored_bytes++;
	expect_failed(address, GPQ_E_DATA, zip.members[0].descriptor_at,
		      "has 1 bytes behind the end of its deflate stream");
	spoilt[0].stored_bytes -= 2;
	expect_failed(address, GPQ_E_DATA, zip.members[0].descriptor_at - 1, "does not end within its");
}

static void damaged_data_are_found(void **state)
{
	(void)state;
	zip_add(&zip, "a", text, 3000, (struct zip_options){ .method = 8, .descriptor = 16, .zeros_local = true });
	const struct zip_written *member = &zip.members[0];
	for (size_t at = member->data_at; at < member->descriptor_at; at++) {
		struct gpq_address address = address_of(0);
		struct gpq_error err = { 0 };
		size_t got = 0;
		zip.bytes[at] ^= 0x10;
		written();
		enum gpq_status status = zip_read(archive, &address, 1000, out, TEXT_BYTES, &got, &err);
		zip.bytes[at] ^= 0x10;
		assert_true(status == GPQ_E_DATA || status == GPQ_E_CHECKSUM);
		assert_true(err.byte >= member->data_at && err.byte <= member->descriptor_at);
	}
}

static void what_is_cut_off_is_found(void **state)
{
	(void)state;
	zip_add(&zip, "a.csv", text, 3000, (struct zip_options){ .method = 8 });
	size_t whole = zip.len;
	for (zip.len = 0; zip.len < whole; zip.len++) {
		struct gpq_address address = address_of(0);
		struct gpq_error err = { 0 };
		size_t got = 0;
		written();
		assert_int_equal(zip_read(archive, &address, 1000, out, TEXT_BYTES, &got, &err), GPQ_E_TRUNCATED);
		assert_true(err.byte <= zip.len);
	}
}

static void a_file_that_shrinks_is_told(void **state)
{
	(void)state;
	zip_add(&zip, "a.csv", text, TEXT_BYTES, (struct zip_options){ .method = 0 });
	written();
	struct gpq_address address = address_of(0);
	struct gpq_error err = { 0 };
	size_t got = 0;
	assert_int_equal(gpq_archive_begin(archive, &address, &err), GPQ_OK);
	assert_int_equal(gpq_archive_read(archive, out, 1000, &got, &err), GPQ_OK);
	assert_int_equal(truncate(place.path, 200000), 0);
	assert_int_equal(gpq_archive_read(archive, out, TEXT_BYTES, &got, &err), GPQ_E_TRUNCATED);
	assert_non_null(strstr(err.message, "shrank while it was read"));
	assert_non_null(strstr(err.message, "has 200000 now; reading stopped at byte 200000"));
	assert_int_equal(err.byte, 200000);
}

static void wrong_uses_are_told(void **state)
{
	(void)state;
	struct gpq_address address = { .path = place.path };
	struct gpq_zip_entry entry;
	struct gpq_error err = { 0 };
	size_t got = 0;
	assert_int_equal(gpq_archive_begin(archive, &address, &err), GPQ_E_BUG);
	assert_int_equal(gpq_archive_read(archive, out, 1, &got, &err), GPQ_E_BUG);
	assert_int_equal(gpq_archive_next(archive, &entry, &err), GPQ_E_BUG);
	zip_add(&zip, "a", text, 10, (struct zip_options){ .method = 12 });
	written();
	address = address_of(0);
	assert_int_equal(gpq_archive_begin(archive, &address, &err), GPQ_E_BUG);
	address.path = "/nowhere/x.zip";
	assert_int_equal(gpq_archive_begin(archive, &address, &err), GPQ_E_INPUT_MISSING);
	address.path = place.folder;
	assert_int_equal(gpq_archive_begin(archive, &address, &err), GPQ_E_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(members_are_read_in_any_steps, setup, teardown),
		cmocka_unit_test_setup_teardown(lengths_around_the_steps_are_right, setup, teardown),
		cmocka_unit_test_setup_teardown(descriptors_may_have_any_form, setup, teardown),
		cmocka_unit_test_setup_teardown(a_descriptor_must_agree, setup, teardown),
		cmocka_unit_test_setup_teardown(the_local_header_must_agree, setup, teardown),
		cmocka_unit_test_setup_teardown(lies_about_size_and_crc_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_data_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_cut_off_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_shrinks_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_uses_are_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
