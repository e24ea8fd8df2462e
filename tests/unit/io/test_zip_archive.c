// SPDX-License-Identifier: MIT
/* Archives in archives, by hand (zip_writer.h): members are what was put in, in any order and from any depth. */
#include "unit/io/zip_listing.h"

#define TEXT_BYTES ((size_t)3 << 20)
#define CAP_ZIP    ((size_t)16 << 20)

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_archive *archive;
static struct zip_writer zip, inner;
static char *text;
static uint8_t *out;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_archive_need(GPQ_ARCHIVE_MAX_DEPTH));
	assert_int_equal(gpq_archive_open(&budget, &archive, NULL), GPQ_OK);
	zip_open(&zip, CAP_ZIP);
	zip_open(&inner, CAP_ZIP);
	text = test_malloc(TEXT_BYTES);
	zip_text(text, TEXT_BYTES, 1);
	out = test_malloc(CAP_ZIP);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_free(out);
	test_free(text);
	zip_close(&inner);
	zip_close(&zip);
	gpq_archive_close(archive);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static struct gpq_address file_address(void)
{
	gpq_archive_leave(archive);
	return (struct gpq_address){ .path = workplace_file(&place, "x.zip", zip.bytes, zip.len) };
}

static void expect_list(const struct gpq_address *address, unsigned count)
{
	struct gpq_error err = { 0 };
	enum gpq_status status = zip_list(archive, address, &err);
	if (status != GPQ_OK)
		print_message("%s\n", err.message);
	assert_int_equal(status, GPQ_OK);
	assert_int_equal(zip_n_listed, count);
}

static void expect_read(const struct gpq_address *address, const void *bytes, size_t len)
{
	struct gpq_error err = { 0 };
	size_t got = 0;
	enum gpq_status status = zip_read(archive, address, 100000, out, CAP_ZIP, &got, &err);
	if (status != GPQ_OK)
		print_message("%s\n", err.message);
	assert_int_equal(status, GPQ_OK);
	assert_int_equal(got, len);
	assert_memory_equal(out, bytes, len);
}

/* 'zip' goes into a new archive as its only member but two small ones. */
static void wrap(const char *name, int method)
{
	struct zip_writer wrapped = zip;
	zip_open(&zip, CAP_ZIP);
	zip_add(&zip, "before.csv", "before", 6, (struct zip_options){ .method = 8 });
	zip_add(&zip, name, wrapped.bytes, wrapped.len,
		(struct zip_options){ .method = (uint16_t)method, .descriptor = 16, .zeros_local = true });
	zip_add(&zip, "behind.csv", "behind", 6, (struct zip_options){ .method = 0 });
	zip_end(&zip, NULL, false, NULL);
	zip_close(&wrapped);
}

/* All ways to pack 'depth' archives into one another. */
static void members_are_read_from_any_depth(void **state)
{
	(void)state;
	for (unsigned depth = 1; depth <= GPQ_ARCHIVE_MAX_DEPTH; depth++)
		for (unsigned ways = 0; ways < 1u << depth; ways++) {
			zip_close(&zip);
			zip_open(&zip, CAP_ZIP);
			zip_add(&zip, "a.csv", text, 100000, (struct zip_options){ .method = ways & 1 ? 8 : 0 });
			zip_add(&zip, "b.csv", text, 99999, (struct zip_options){ .method = 8 });
			zip_end(&zip, NULL, false, NULL);
			for (unsigned i = 1; i < depth; i++)
				wrap("inner.zip", ways & 1u << i ? 8 : 0);
			struct gpq_address address = file_address();
			for (unsigned i = 1; i < depth; i++) {
				expect_list(&address, 3);
				assert_string_equal(zip_listed[1].name, "inner.zip");
				struct gpq_address before = zip_address(&address, 0), behind = zip_address(&address, 2);
				struct gpq_address inside = zip_address(&address, 1);
				expect_read(&behind, "behind", 6);
				expect_read(&before, "before", 6);
				address = inside;
			}
			expect_list(&address, 2);
			struct gpq_address a = zip_address(&address, 0), b = zip_address(&address, 1);
			expect_read(&a, text, 100000);
			expect_read(&b, text, 99999);
			expect_read(&a, text, 100000);
			gpq_archive_leave(archive);
			expect_read(&b, text, 99999); /* by its address alone */
		}
}

static void a_deeper_one_is_refused(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	zip_add(&zip, "a.csv", text, 1000, (struct zip_options){ .method = 8 });
	zip_end(&zip, NULL, false, NULL);
	for (unsigned i = 0; i < GPQ_ARCHIVE_MAX_DEPTH; i++)
		wrap("inner.zip", 8);
	struct gpq_address address = file_address();
	for (unsigned i = 0; i < GPQ_ARCHIVE_MAX_DEPTH; i++) {
		expect_list(&address, 3);
		address = zip_address(&address, 1);
	}
	size_t got = 0;
	assert_int_equal(zip_read(archive, &address, 65536, out, CAP_ZIP, &got, &err),
			 GPQ_OK); /* as a member, it can be read */
	assert_int_equal(zip_list(archive, &address, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "lies in 4 archives, one in the other"));
}

/* An inner archive larger than its window: members in order, against the order, and again. */
static void large_packed_archives_are_inflated_again(void **state)
{
	(void)state;
	static const unsigned orders[][6] = { { 0, 1, 2, 3, 4, 5 }, { 5, 4, 3, 2, 1, 0 }, { 2, 2, 0, 5, 0, 4 } };
	for (unsigned i = 0; i < 6; i++) {
		char name[16];
		snprintf(name, sizeof(name), "m%u.csv", i);
		zip_add(&zip, name, text + i, TEXT_BYTES / 3 - i, (struct zip_options){ .method = i % 2 ? 8 : 0 });
	}
	zip_end(&zip, NULL, false, NULL);
	assert_true(zip.len > 2 * GPQ_ZIP_PACKED_WINDOW_BYTES);
	wrap("inner.zip", 8);
	struct gpq_address address = file_address(), members[6];
	expect_list(&address, 3);
	address = zip_address(&address, 1);
	expect_list(&address, 6);
	for (unsigned i = 0; i < 6; i++)
		members[i] = zip_address(&address, i);
	for (unsigned o = 0; o < 3; o++)
		for (unsigned i = 0; i < 6; i++)
			expect_read(&members[orders[o][i]], text + orders[o][i], TEXT_BYTES / 3 - orders[o][i]);
}

/* What a bomb of time would do: a large packed archive whose members would have to be gone to in leaps. */
static void large_packed_archives_list_in_order(void **state)
{
	(void)state;
	static const unsigned order[] = { 1, 0 };
	struct gpq_error err = { 0 };
	for (int large = 0; large < 2; large++) {
		zip_close(&zip);
		zip_open(&zip, CAP_ZIP);
		zip_add(&zip, "a.csv", text, large ? TEXT_BYTES : 1000, (struct zip_options){ .method = 0 });
		zip_add(&zip, "b.csv", text, 1000, (struct zip_options){ .method = 0 });
		zip_end(&zip, order, false, NULL);
		wrap("inner.zip", 8);
		struct gpq_address address = file_address();
		expect_list(&address, 3);
		address = zip_address(&address, 1);
		assert_int_equal(zip_list(archive, &address, &err), large ? GPQ_E_DATA : GPQ_OK);
	}
	assert_non_null(strstr(err.message, "in another order than they stand in"));
}

/* A directory of more than the window, in a packed archive. */
static void large_packed_directories_are_listed(void **state)
{
	(void)state;
	const unsigned count = 30000;
	struct gpq_zip_entry entry;
	struct gpq_error err = { 0 };
	struct zip_written member = { .name_len = 6 };
	for (unsigned i = 0; i < count; i++) {
		snprintf(member.name, sizeof(member.name), "m%05u", i);
		zip_local(&zip, &member);
	}
	zip.directory_at = zip.len;
	for (unsigned i = 0; i < count; i++) {
		snprintf(member.name, sizeof(member.name), "m%05u", i);
		member.local_at = i * 36ul;
		zip_record(&zip, &member);
	}
	zip.directory_len = zip.len - zip.directory_at;
	assert_true(zip.directory_len > GPQ_ZIP_PACKED_WINDOW_BYTES);
	zip_raw(&zip, "PK\5\6\0\0\0\0", 8);
	zip_number(&zip, count | count << 16, 4);
	zip_number(&zip, zip.directory_len, 4);
	zip_number(&zip, zip.directory_at, 4);
	zip_number(&zip, 0, 2);
	wrap("inner.zip", 8);
	struct gpq_address address = file_address();
	expect_list(&address, 3);
	address = zip_address(&address, 1);
	assert_int_equal(gpq_archive_list(archive, &address, NULL, &err), GPQ_OK);
	unsigned n = 0;
	enum gpq_status status;
	while ((status = gpq_archive_next(archive, &entry, &err)) == GPQ_OK) {
		char name[16];
		snprintf(name, sizeof(name), "m%05u", n++);
		assert_string_equal(entry.name, name);
	}
	assert_int_equal(status, GPQ_END);
	assert_int_equal(n, count);
}

static void members_may_be_read_while_listing(void **state)
{
	(void)state;
	for (int method = 0; method <= 8; method += 8) {
		struct gpq_zip_entry entry;
		zip_close(&zip);
		zip_open(&zip, CAP_ZIP);
		for (unsigned i = 0; i < 8; i++)
			zip_add(&zip, "m.csv", text + i, TEXT_BYTES / 4,
				(struct zip_options){ .method = i % 2 ? 8 : 0 });
		zip_end(&zip, NULL, false, NULL);
		wrap("inner.zip", method);
		struct gpq_address address = file_address();
		expect_list(&address, 3);
		struct gpq_address other = zip_address(&address, 0);
		address = zip_address(&address, 1);
		assert_int_equal(gpq_archive_list(archive, &address, NULL, NULL), GPQ_OK);
		for (unsigned i = 0; i < 8; i++) {
			assert_int_equal(gpq_archive_next(archive, &entry, NULL), GPQ_OK);
			struct gpq_address member = zip_below(&address, &entry.place);
			expect_read(&member, text + i, TEXT_BYTES / 4);
			if (i % 3 == 0)
				expect_read(&other, "before", 6);
		}
		assert_int_equal(gpq_archive_next(archive, &entry, NULL), GPQ_END);
	}
}

static void damage_in_the_inner_archive_is_found(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	for (int method = 0; method <= 8; method += 8) {
		zip_close(&zip);
		zip_open(&zip, CAP_ZIP);
		zip_add(&zip, "a.csv", text, 30000, (struct zip_options){ .method = 0 });
		zip_end(&zip, NULL, false, NULL);
		wrap("inner.zip", method);
		zip.bytes[zip.members[1].record_at + 16] ^= 1; /* its CRC, in both places that say it */
		zip.bytes[zip.members[1].descriptor_at + 4] ^= 1;
		struct gpq_address address = file_address();
		expect_list(&address, 3);
		address = zip_address(&address, 1);
		assert_int_equal(zip_list(archive, &address, &err), GPQ_E_CHECKSUM);
		assert_non_null(strstr(err.message, "has CRC"));
	}
}

static void one_reader_serves_many_files(void **state)
{
	(void)state;
	struct gpq_address members[3];
	char paths[3][PATH_MAX];
	for (unsigned i = 0; i < 3; i++) {
		zip.len = zip.count = 0;
		zip_add(&zip, "m.csv", text + i, 1000, (struct zip_options){ .method = 8 });
		zip_end(&zip, NULL, false, NULL);
		struct gpq_address address = { .path = paths[i] };
		char name[8];
		snprintf(name, sizeof(name), "%u.zip", i);
		snprintf(paths[i], sizeof(paths[i]), "%s", workplace_file(&place, name, zip.bytes, zip.len));
		expect_list(&address, 1);
		members[i] = zip_address(&address, 0);
	}
	for (unsigned i = 0; i < 9; i++)
		expect_read(&members[i * 2 % 3], text + i * 2 % 3, 1000);
	struct gpq_zip_entry entry;
	assert_int_equal(gpq_archive_next(archive, &entry, NULL), GPQ_E_BUG); /* another file was opened since */
}

static void beginnings_are_told(void **state)
{
	(void)state;
	assert_true(gpq_archive_begins_so((const uint8_t *)"PK\3\4...", 7));
	assert_true(gpq_archive_begins_so((const uint8_t *)"PK\5\6", 4));
	assert_false(gpq_archive_begins_so((const uint8_t *)"PK\3", 3));
	assert_false(gpq_archive_begins_so((const uint8_t *)"PKXX", 4));
	assert_false(gpq_archive_begins_so(NULL, 0));
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	static const unsigned order[] = { 1, 0 };
	zip_add(&zip, "a.csv", text, 1000, (struct zip_options){ .method = 8 });
	zip_add(&zip, "b.csv", text, 1000, (struct zip_options){ .method = 8 });
	zip_end(&zip, order, false, NULL);
	wrap("inner.zip", 8);
	struct gpq_address address = file_address();
	long fail_at = 0;
	enum gpq_status status = GPQ_E_BUDGET;
	while (status != GPQ_OK) {
		struct gpq_budget small;
		struct gpq_archive *reader = NULL;
		struct gpq_error err = { 0 };
		struct gpq_address member;
		size_t got = 0;
		gpq_budget_init(&small, gpq_archive_need(2));
		small.fail_at = ++fail_at;
		status = gpq_archive_open(&small, &reader, &err);
		if (status == GPQ_OK)
			status = zip_list(reader, &address, &err);
		if (status == GPQ_OK) {
			member = zip_address(&address, 1);
			status = zip_list(reader, &member, &err);
		}
		if (status == GPQ_OK) {
			member = zip_address(&member, 0);
			status = zip_read(reader, &member, 1000, out, CAP_ZIP, &got, &err);
		}
		gpq_archive_close(reader);
		assert_int_equal(atomic_load(&small.used_bytes), 0);
		if (status != GPQ_OK) {
			assert_int_equal(status, GPQ_E_BUDGET);
			assert_true(err.message[0]);
		}
	}
	assert_true(fail_at > 6); /* the reader, two windows, two inflaters, the extents */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(members_are_read_from_any_depth, setup, teardown),
		cmocka_unit_test_setup_teardown(a_deeper_one_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(large_packed_archives_are_inflated_again, setup, teardown),
		cmocka_unit_test_setup_teardown(large_packed_archives_list_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(large_packed_directories_are_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(members_may_be_read_while_listing, setup, teardown),
		cmocka_unit_test_setup_teardown(damage_in_the_inner_archive_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(one_reader_serves_many_files, setup, teardown),
		cmocka_unit_test_setup_teardown(beginnings_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
