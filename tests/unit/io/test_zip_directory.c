// SPDX-License-Identifier: MIT
/* Archives are written by hand after APPNOTE.TXT 6.3.10 (zip_writer.h); what they must give is what was put in. */
#include "unit/io/zip_listing.h"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_archive *archive;
static struct zip_writer zip;
static const struct zip_options deflated = { .method = 8 }, stored = { .method = 0 };

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_archive_need(GPQ_ARCHIVE_MAX_DEPTH));
	assert_int_equal(gpq_archive_open(&budget, &archive, NULL), GPQ_OK);
	zip_open(&zip, (size_t)4 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	zip_close(&zip);
	gpq_archive_close(archive);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static enum gpq_status list_bytes(const void *bytes, size_t len, struct gpq_error *err)
{
	struct gpq_address address = { .path = workplace_file(&place, "x.zip", bytes, len) };
	gpq_archive_leave(archive);
	return zip_list(archive, &address, err);
}

static void expect_listed(unsigned count)
{
	struct gpq_error err = { 0 };
	enum gpq_status status = list_bytes(zip.bytes, zip.len, &err);
	if (status != GPQ_OK)
		print_message("%s\n", err.message);
	assert_int_equal(status, GPQ_OK);
	assert_int_equal(zip_n_listed, count);
}

static void expect_refused(enum gpq_status status, uint64_t byte, const char *says)
{
	struct gpq_error err = { 0 };
	assert_int_equal(list_bytes(zip.bytes, zip.len, &err), status);
	if (!strstr(err.message, says))
		print_message("%s\n", err.message);
	assert_non_null(strstr(err.message, says));
	assert_int_equal(err.byte, byte);
	assert_int_equal(zip_n_listed, 0);
}

static void three_members(void)
{
	zip_add(&zip, "a.csv", "alpha", 5, stored);
	zip_add(&zip, "b/", "", 0, stored);
	zip_add(&zip, "b/c.csv", "gamma gamma gamma gamma", 23,
		(struct zip_options){
		    .method = 8, .descriptor = 16, .zeros_local = true, .dos_date = 0x4ebf, .dos_time = 0x7bbb });
}

static void members_are_listed_as_the_directory_says(void **state)
{
	(void)state;
	three_members();
	zip_end(&zip, NULL, false, "a comment");
	expect_listed(3);
	const struct zip_written *last = &zip.members[2];
	const struct gpq_zip_entry *entry = &zip_listed[2].entry;
	assert_string_equal(zip_listed[0].name, "a.csv");
	assert_int_equal(zip_listed[0].entry.kind, GPQ_ZIP_FILE);
	assert_int_equal(zip_listed[1].entry.kind, GPQ_ZIP_FOLDER);
	assert_string_equal(zip_listed[2].name, "b/c.csv");
	assert_int_equal(entry->place.local_at, last->local_at);
	assert_int_equal(entry->place.stored_bytes, last->stored);
	assert_int_equal(entry->place.size_bytes, 23);
	assert_int_equal(entry->place.crc, last->crc);
	assert_int_equal(entry->place.method, 8);
	assert_int_equal(entry->place.name_crc, crc32(0, (const Bytef *)"b/c.csv", 7));
	assert_int_equal(entry->record_at, last->record_at);
	assert_int_equal(entry->written_s, 1559316594); /* 2019-05-31 15:29:54, of a real OASIS zip; date -u +%s */
}

static void zip64_says_the_same(void **state)
{
	(void)state;
	zip_add(&zip, "a.csv", "alpha", 5, (struct zip_options){ .wide = true });
	zip_add(&zip, "b.csv", "beta", 4, (struct zip_options){ .wide = true, .descriptor = 24, .method = 8 });
	zip_end(&zip, NULL, true, "a comment");
	expect_listed(2);
	assert_int_equal(zip_listed[1].entry.place.size_bytes, 4);
	assert_int_equal(zip_listed[1].entry.place.local_at, zip.members[1].local_at);
	zip_spoil(&zip, zip.end64_at, 0, 4);
	expect_refused(GPQ_E_DATA, zip.locator_at, "no ZIP64 end record");
	zip_spoil(&zip, zip.end64_at, 0x06064b50, 4);
	zip_spoil(&zip, zip.end_at + 10, 3, 2);
	expect_refused(GPQ_E_DATA, zip.end64_at, "does not agree");
	zip_spoil(&zip, zip.end_at + 10, UINT16_MAX, 2);
	zip_spoil(&zip, zip.members[1].record_at + 46 + 5, 7, 2); /* another field than ZIP64's */
	expect_refused(GPQ_E_DATA, zip.members[1].record_at, "lacks the ZIP64 field");
}

static void what_stands_before_an_archive_moves_it(void **state)
{
	(void)state;
	for (int counted = 0; counted < 2; counted++)
		for (int wide = 0; wide < 2; wide++) {
			zip_close(&zip);
			zip_open(&zip, (size_t)4 << 20);
			zip_raw(&zip, "MZ something that unpacks itself", 32);
			zip.shift = counted ? 0 : 32;
			three_members();
			zip_end(&zip, NULL, wide, NULL);
			expect_listed(3);
			assert_int_equal(zip_listed[2].entry.place.local_at, zip.members[2].local_at);
		}
}

static void an_empty_archive_has_no_members(void **state)
{
	(void)state;
	zip_end(&zip, NULL, false, NULL);
	expect_listed(0);
	zip_close(&zip);
	zip_open(&zip, 100000);
	zip_end(&zip, NULL, true, NULL);
	expect_listed(0);
}

static void a_comment_may_be_long_and_hold_an_end(void **state)
{
	(void)state;
	char *comment = test_malloc(65536);
	memset(comment, 'c', 65535);
	comment[65535] = 0;
	memcpy(comment + 100, "PK\5\6", 4);
	three_members();
	zip_end(&zip, NULL, false, comment);
	expect_listed(3);
	test_free(comment);
}

static void every_prefix_is_refused(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		zip_close(&zip);
		zip_open(&zip, (size_t)4 << 20);
		three_members();
		zip_end(&zip, NULL, wide, "comment");
		for (size_t len = 0; len < zip.len; len++) {
			struct gpq_error err = { 0 };
			assert_int_equal(list_bytes(zip.bytes, len, &err), GPQ_E_TRUNCATED);
			assert_int_equal(err.byte, len);
		}
	}
}

/* Any byte of the directory or the end may be another: what is listed is then something else or nothing, never out of
 * bounds. */
static void every_changed_byte_is_survived(void **state)
{
	(void)state;
	three_members();
	zip_end(&zip, NULL, true, NULL);
	for (size_t at = zip.directory_at; at < zip.len; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct gpq_error err = { 0 };
			zip.bytes[at] ^= (uint8_t)(1u << bit);
			enum gpq_status status = list_bytes(zip.bytes, zip.len, &err);
			zip.bytes[at] ^= (uint8_t)(1u << bit);
			assert_true(status == GPQ_OK || status == GPQ_E_DATA || status == GPQ_E_TRUNCATED);
			assert_true(err.byte <= zip.len);
		}
}

static void counts_and_lengths_must_agree(void **state)
{
	(void)state;
	three_members();
	zip_end(&zip, NULL, false, NULL);
	zip_spoil(&zip, zip.end_at + 8, 4 | 4 << 16, 4);
	expect_refused(GPQ_E_DATA, zip.end_at, "lists 3 members, its end says 4");
	zip_spoil(&zip, zip.end_at + 8, 2 | 3 << 16, 4);
	expect_refused(GPQ_E_DATA, zip.end_at, "in several files");
	zip_spoil(&zip, zip.end_at + 8, 3 | 3 << 16, 4);
	zip_spoil(&zip, zip.end_at + 4, 1, 2);
	expect_refused(GPQ_E_DATA, zip.end_at, "in several files");
	zip_spoil(&zip, zip.end_at + 4, 0, 2);
	zip_spoil(&zip, zip.end_at + 12, zip.directory_len - 1, 4);
	expect_refused(GPQ_E_DATA, zip.members[2].record_at, "record of 53 bytes");
	zip_spoil(&zip, zip.end_at + 12, zip.len, 4);
	expect_refused(GPQ_E_DATA, zip.end_at, "its end record");
	zip_spoil(&zip, zip.end_at + 12, zip.directory_len, 4);
	zip_spoil(&zip, zip.end_at + 16, zip.directory_at + 1, 4);
	expect_refused(GPQ_E_DATA, zip.end_at, "its end record");
	zip_spoil(&zip, zip.end_at + 16, zip.directory_at, 4);
	zip_spoil(&zip, zip.members[1].record_at, 0, 1);
	expect_refused(GPQ_E_DATA, zip.members[1].record_at, "no directory record");
	zip_spoil(&zip, zip.members[1].record_at, 'P', 1);
	zip_spoil(&zip, zip.members[1].record_at + 34, 1, 2);
	expect_refused(GPQ_E_DATA, zip.members[1].record_at, "member 'b/' (directory record at byte");
}

static void members_lie_before_the_directory(void **state)
{
	(void)state;
	three_members();
	zip_end(&zip, NULL, false, NULL);
	size_t record = zip.members[2].record_at;
	zip_spoil(&zip, record + 20, zip.members[2].stored + 17, 4); /* a descriptor and one byte more */
	expect_refused(GPQ_E_DATA, record, "does not lie before the directory");
	zip_spoil(&zip, record + 20, zip.members[2].stored, 4);
	zip_spoil(&zip, record + 42, zip.directory_at, 4);
	expect_refused(GPQ_E_DATA, record, "does not lie before the directory");
	zip_spoil(&zip, record + 42, UINT32_MAX - 1, 4);
	expect_refused(GPQ_E_DATA, record, "does not lie before the directory");
	zip_spoil(&zip, record + 42, zip.members[2].local_at, 4);
	zip_spoil(&zip, zip.members[0].record_at + 24, 6, 4);
	expect_refused(GPQ_E_DATA, zip.members[0].record_at, "with another size");
}

static void overlapping_members_are_refused(void **state)
{
	(void)state;
	static const unsigned order[] = { 2, 0, 1 };
	three_members();
	zip_end(&zip, order, false, NULL);
	expect_listed(3);
	assert_string_equal(zip_listed[0].name, "b/c.csv");
	zip_spoil(&zip, zip.members[0].record_at + 42, zip.members[1].local_at, 4);
	expect_refused(GPQ_E_DATA, zip.members[0].record_at, "member 'a.csv'"); /* it reaches over b/ into b/c.csv */
	zip_spoil(&zip, zip.members[0].record_at + 42, zip.members[2].local_at - 40, 4);
	expect_refused(GPQ_E_DATA, zip.members[1].record_at, "member 'b/'");
	zip_spoil(&zip, zip.members[0].record_at + 42, 0, 4);
	zip_spoil(&zip, zip.members[0].record_at + 20, 6, 4); /* one byte too long, and so is what it says to hold */
	zip_spoil(&zip, zip.members[0].record_at + 24, 6, 4);
	expect_refused(GPQ_E_DATA, zip.members[1].record_at, "lies over another member");
}

static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	static const char zeros[1] = { 0 };
	zip_add(&zip, "a.csv", "alpha", 5, (struct zip_options){ .flags = GPQ_ZIP_FLAG_ENCRYPTED, .method = 8 });
	zip_add(&zip, "b.csv", "alpha", 5, (struct zip_options){ .method = 12 });
	zip_add(&zip, "c.csv", "alpha", 5, (struct zip_options){ .method = 77 });
	zip_add(&zip, "__MACOSX/._c.csv", "alpha", 5, stored);
	zip_add(&zip, "d\\", zeros, 0, stored);
	zip_add(&zip, "", "alpha", 5, stored);
	zip_add(&zip, "e.csv", "alpha", 5, (struct zip_options){ .flags = GPQ_ZIP_FLAG_PATCH });
	zip_add(&zip, "f.csv", "alpha", 5, (struct zip_options){ .flags = GPQ_ZIP_FLAG_STRONG });
	zip_add(&zip, "g.csv", "alpha", 5, deflated);
	zip_end(&zip, NULL, false, NULL);
	expect_listed(9);
	static const enum gpq_zip_kind kinds[] = { GPQ_ZIP_ENCRYPTED,   GPQ_ZIP_PACKED_ELSE, GPQ_ZIP_PACKED_ELSE,
						   GPQ_ZIP_DECORATION,  GPQ_ZIP_FOLDER,      GPQ_ZIP_NAME_ODD,
						   GPQ_ZIP_PACKED_ELSE, GPQ_ZIP_ENCRYPTED,   GPQ_ZIP_FILE };
	for (unsigned i = 0; i < zip_n_listed; i++)
		assert_int_equal(zip_listed[i].entry.kind, kinds[i]);
	assert_string_equal(zip_listed[1].reason, "packed by bzip2 (method 12), which is not read here");
	assert_string_equal(zip_listed[2].reason, "packed by an unknown method (method 77), which is not read here");
	assert_string_equal(zip_listed[5].reason, "its name has 0 bytes");
	assert_string_equal(zip_listed[4].name, "d/");
}

static void names_may_come_twice(void **state)
{
	(void)state;
	zip_add(&zip, "a.csv", "alpha", 5, stored);
	zip_add(&zip, "a.csv", "beta", 4, stored);
	zip_end(&zip, NULL, false, NULL);
	expect_listed(2);
	assert_int_equal(zip_listed[1].entry.place.size_bytes, 4);
}

static void names_have_a_length(void **state)
{
	(void)state;
	three_members();
	zip_end(&zip, NULL, false, NULL);
	/* The directory ends in a record whose name is longer than any record may be. */
	zip_spoil(&zip, zip.members[2].record_at + 28, 65535, 2);
	expect_refused(GPQ_E_DATA, zip.members[2].record_at, "directory record of");
}

static void bombs_are_named(void **state)
{
	(void)state;
	/* 500 times what is stored, and one byte more than may always be unpacked. */
	zip_add(&zip, "a.csv", "alpha", 5,
		(struct zip_options){ .method = 8, .says_size = (1 << 20) + 1, .says_stored = 2097 });
	zip_add(&zip, "b.csv", "alpha", 5,
		(struct zip_options){ .method = 8, .says_size = (1 << 20) + 1, .says_stored = 2098 });
	zip_add(&zip, "c.csv", "alpha", 5, (struct zip_options){ .method = 8, .says_size = 1 << 20, .says_stored = 1 });
	zip_add(&zip, "d.csv", "alpha", 5,
		(struct zip_options){ .method = 8, .wide = true, .says_size = UINT64_MAX, .says_stored = 1 });
	uint8_t *room = test_calloc(1, 8192);
	zip_raw(&zip, room, 8192); /* so that what is said to be stored could be there */
	zip_end(&zip, NULL, false, NULL);
	test_free(room);
	struct gpq_zip_directory directory;
	struct gpq_zip_bytes bytes = { 0 };
	struct gpq_source_file file;
	struct gpq_zip_entry entry;
	/* They lie over each other, as bombs do; each by itself is looked at here. */
	assert_int_equal(gpq_source_file_open(&file, workplace_file(&place, "x.zip", zip.bytes, zip.len), NULL),
			 GPQ_OK);
	assert_int_equal(gpq_zip_bytes_of_file(&bytes, &budget, &file, NULL), GPQ_OK);
	memset(&directory, 0, sizeof(directory));
	directory.bytes = &bytes;
	assert_int_equal(gpq_zip_end_find(&bytes, &directory.span, NULL), GPQ_OK);
	directory.at = directory.span.directory_at;
	static const enum gpq_zip_kind kinds[] = { GPQ_ZIP_BOMB, GPQ_ZIP_FILE, GPQ_ZIP_FILE, GPQ_ZIP_BOMB };
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(gpq_zip_directory_next(&directory, &entry, NULL), GPQ_OK);
		assert_int_equal(entry.kind, kinds[i]);
	}
	assert_non_null(strstr(entry.reason, "unpacks to 18446744073709551615 bytes from 1"));
	assert_int_equal(gpq_zip_directory_next(&directory, &entry, NULL), GPQ_END);
	gpq_zip_bytes_done(&bytes);
}

static void a_file_may_not_list_more_than_it_could_hold(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	three_members();
	zip_end(&zip, NULL, false, NULL);
	struct gpq_address address = { .path = workplace_file(&place, "x.zip", zip.bytes, zip.len) };
	struct gpq_zip_tally tally = { .file_bytes = zip.len, .n_members = GPQ_ZIP_CAP_MEMBERS - 3 };
	assert_int_equal(gpq_archive_list(archive, &address, &tally, &err), GPQ_OK);
	assert_int_equal(tally.n_members, GPQ_ZIP_CAP_MEMBERS);
	assert_int_equal(tally.size_bytes, 28);
	assert_int_equal(gpq_archive_list(archive, &address, &tally, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "more than the 1000000 members"));
	assert_int_equal(err.byte, zip.members[0].record_at);
	tally.n_members = 0;
	tally.size_bytes = zip.len * 500 + (64 << 20) - 20;
	assert_int_equal(gpq_archive_list(archive, &address, &tally, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "taken for a bomb: up to member 'b/c.csv'"));
	assert_int_equal(err.byte, zip.members[2].record_at);
}

/* 70,000 members: more than 16 bits count, and more records than any window holds. */
static void long_directories_stay_in_their_room(void **state)
{
	(void)state;
	const unsigned count = 70000;
	struct gpq_zip_entry entry;
	struct gpq_error err = { 0 };
	zip_close(&zip);
	zip_open(&zip, (size_t)16 << 20);
	struct zip_written member = { .name_len = 6 };
	for (unsigned i = 0; i < count; i++) {
		memcpy(member.name,
		       (char[]){ 'm', (char)('0' + i / 10000), (char)('0' + i / 1000 % 10), (char)('0' + i / 100 % 10),
				 (char)('0' + i / 10 % 10), (char)('0' + i % 10) },
		       6);
		zip_local(&zip, &member);
	}
	zip.directory_at = zip.len;
	for (unsigned i = 0; i < count; i++) {
		unsigned number = (unsigned)((uint64_t)i * 7919 % count); /* out of order, each once */
		memcpy(member.name,
		       (char[]){ 'm', (char)('0' + number / 10000), (char)('0' + number / 1000 % 10),
				 (char)('0' + number / 100 % 10), (char)('0' + number / 10 % 10),
				 (char)('0' + number % 10) },
		       6);
		member.local_at = number * 36ul;
		zip_record(&zip, &member);
	}
	zip.directory_len = zip.len - zip.directory_at;
	zip_end_wide(&zip, count);
	zip_raw(&zip, "PK\5\6\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0", 22);
	struct gpq_address address = { .path = workplace_file(&place, "x.zip", zip.bytes, zip.len) };
	assert_int_equal(gpq_archive_list(archive, &address, NULL, &err), GPQ_OK);
	unsigned n = 0;
	while (gpq_archive_next(archive, &entry, &err) == GPQ_OK)
		assert_int_equal(entry.place.local_at, (uint64_t)n++ * 7919 % count * 36);
	assert_int_equal(n, count);
	size_t record = zip.directory_at + 60000ul * 52;
	zip_spoil(&zip, record + 42, 35, 4);
	expect_refused(GPQ_E_DATA, record, "lies over another member");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(members_are_listed_as_the_directory_says, setup, teardown),
		cmocka_unit_test_setup_teardown(zip64_says_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(what_stands_before_an_archive_moves_it, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_archive_has_no_members, setup, teardown),
		cmocka_unit_test_setup_teardown(a_comment_may_be_long_and_hold_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(every_prefix_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(every_changed_byte_is_survived, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_and_lengths_must_agree, setup, teardown),
		cmocka_unit_test_setup_teardown(members_lie_before_the_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(overlapping_members_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(names_may_come_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(names_have_a_length, setup, teardown),
		cmocka_unit_test_setup_teardown(bombs_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_may_not_list_more_than_it_could_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(long_directories_stay_in_their_room, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
