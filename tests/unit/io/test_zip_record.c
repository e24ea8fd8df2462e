// SPDX-License-Identifier: MIT
/* Bytes are written by hand after APPNOTE.TXT 6.3.10; days come from the C library's timegm(). */
#include "unit/io/workplace.h"

#include "io/zip_record.h"

#include <time.h>

static void headers_are_parsed(void **state)
{
	(void)state;
	static const uint8_t local[GPQ_ZIP_LOCAL_BYTES] = "PK\3\4\x14\0\x08\x08\x08\0\x01\x02\x03\x04\x11\x22\x33\x44"
							  "\x55\x66\x77\x88\x99\xaa\xbb\xcc\x05\0\x06\x01";
	static const uint8_t central[GPQ_ZIP_CENTRAL_BYTES] =
	    "PK\1\2\x14\0\x14\0\x01\0\x0c\0\x01\x02\x03\x04\x11\x22\x33\x44"
	    "\x55\x66\x77\x88\x99\xaa\xbb\xcc\x05\0\x06\0\x07\x01\x02\0"
	    "\0\0\0\0\0\0\x78\x56\x34\x12";
	struct gpq_zip_header header;
	assert_true(gpq_zip_local_parse(local, &header));
	assert_int_equal(header.flags, 0x0808);
	assert_int_equal(header.method, 8);
	assert_int_equal(header.dos_time, 0x0201);
	assert_int_equal(header.dos_date, 0x0403);
	assert_int_equal(header.crc, 0x44332211);
	assert_int_equal(header.stored_bytes, 0x88776655);
	assert_int_equal(header.size_bytes, 0xccbbaa99);
	assert_int_equal(header.name_len, 5);
	assert_int_equal(header.extra_len, 0x106);
	assert_int_equal(header.local_at, 0);
	assert_true(gpq_zip_central_parse(central, &header));
	assert_int_equal(header.flags, 1);
	assert_int_equal(header.method, 12);
	assert_int_equal(header.comment_len, 0x107);
	assert_int_equal(header.disk, 2);
	assert_int_equal(header.local_at, 0x12345678);
	assert_false(gpq_zip_local_parse(central, &header));
	assert_false(gpq_zip_central_parse(local, &header));
}

static void ends_are_parsed(void **state)
{
	(void)state;
	static const uint8_t end[GPQ_ZIP_END_BYTES] = "PK\5\6\x01\0\x02\0\x03\0\x04\0\x05\0\0\x01\x06\0\0\x02\x07\x01";
	static const uint8_t wide[GPQ_ZIP_END64_BYTES] = "PK\6\6\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\x01\0\0\0\x02\0\0\0"
							 "\x03\0\0\0\x01\0\0\0\x04\0\0\0\x01\0\0\0"
							 "\x05\0\0\0\x01\0\0\0\x06\0\0\0\x01\0\0\0";
	static const uint8_t locator[GPQ_ZIP_LOCATOR_BYTES] =
	    "PK\6\7\0\0\0\0\x11\x22\x33\x44\x55\x66\x77\x08\x01\0\0\0";
	struct gpq_zip_end out;
	uint32_t comment_len = 0;
	uint64_t at = 0;
	assert_true(gpq_zip_end_parse(end, &out, &comment_len));
	assert_int_equal(out.disk, 1);
	assert_int_equal(out.directory_disk, 2);
	assert_int_equal(out.n_members_here, 3);
	assert_int_equal(out.n_members, 4);
	assert_int_equal(out.directory_bytes, 0x01000005);
	assert_int_equal(out.directory_at, 0x02000006);
	assert_int_equal(comment_len, 0x107);
	assert_true(gpq_zip_end64_parse(wide, &out));
	assert_int_equal(out.disk, 1);
	assert_int_equal(out.directory_disk, 2);
	assert_true(out.n_members_here == 0x100000003 && out.n_members == 0x100000004);
	assert_true(out.directory_bytes == 0x100000005 && out.directory_at == 0x100000006);
	assert_true(gpq_zip_locator_parse(locator, &at));
	assert_true(at == 0x0877665544332211);
	assert_false(gpq_zip_end_parse(wide, &out, &comment_len));
	assert_false(gpq_zip_end64_parse(end, &out));
	assert_false(gpq_zip_locator_parse(end, &at));
}

static void extra_fields_are_found(void **state)
{
	(void)state;
	static const uint8_t extra[] = "UT\5\0\1\2\3\4\5\x01\0\x02\0ab";
	size_t len = 0;
	const uint8_t *found = gpq_zip_extra_find(extra, 15, 1, &len);
	assert_ptr_equal(found, extra + 13);
	assert_int_equal(len, 2);
	assert_ptr_equal(gpq_zip_extra_find(extra, 15, 0x5455, &len), extra + 4);
	assert_null(gpq_zip_extra_find(extra, 14, 1, &len)); /* cut off */
	assert_null(gpq_zip_extra_find(extra, 12, 1, &len));
	assert_null(gpq_zip_extra_find(extra, 15, 7, &len));
	assert_null(gpq_zip_extra_find(extra, 0, 1, &len));
	assert_null(gpq_zip_extra_find((const uint8_t *)"\0\0\0", 3, 0, &len)); /* zipalign pads so */
}

static void wide_numbers_stand_in_their_order(void **state)
{
	(void)state;
	static const uint8_t extra[] = "\x01\0\x14\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\x01\0\0\0\x03\0\0\0";
	struct gpq_zip_header all = {
		.size_bytes = UINT32_MAX, .stored_bytes = 5, .local_at = UINT32_MAX, .disk = UINT16_MAX
	};
	assert_true(gpq_zip_header_widen(&all, extra, 24));
	assert_true(all.size_bytes == 0x100000001 && all.stored_bytes == 5 && all.local_at == 0x100000002 &&
		    all.disk == 3);
	struct gpq_zip_header offset = { .size_bytes = 1, .stored_bytes = 5, .local_at = UINT32_MAX };
	assert_true(gpq_zip_header_widen(&offset, extra, 24));
	assert_true(offset.local_at == 0x100000001);
	struct gpq_zip_header four = { .size_bytes = UINT32_MAX, .stored_bytes = UINT32_MAX, .local_at = UINT32_MAX };
	assert_false(gpq_zip_header_widen(&four, extra, 24));
	struct gpq_zip_header none = { .size_bytes = UINT32_MAX };
	assert_false(gpq_zip_header_widen(&none, extra, 0));
	struct gpq_zip_header narrow = { .size_bytes = UINT32_MAX - 1 };
	assert_true(gpq_zip_header_widen(&narrow, NULL, 0));
}

static void descriptors_have_four_forms(void **state)
{
	(void)state;
	static const uint8_t bytes[] = "PK\7\x08\x0d\x0c\x0b\x0a\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0";
	static const uint8_t narrow[] = "PK\7\x08\x0d\x0c\x0b\x0a\x02\0\0\0\x03\0\0\0";
	assert_true(gpq_zip_descriptor_fits(bytes, 24, 0x0a0b0c0d, 2, 3));
	assert_true(gpq_zip_descriptor_fits(bytes + 4, 20, 0x0a0b0c0d, 2, 3));
	assert_true(gpq_zip_descriptor_fits(narrow, 16, 0x0a0b0c0d, 2, 3));
	assert_true(gpq_zip_descriptor_fits(narrow + 4, 12, 0x0a0b0c0d, 2, 3));
	assert_false(gpq_zip_descriptor_fits(bytes, 23, 0x0a0b0c0d, 2, 3));
	assert_false(gpq_zip_descriptor_fits(narrow, 15, 0x0a0b0c0d, 2, 3));
	assert_false(gpq_zip_descriptor_fits(bytes, 24, 0x0a0b0c0e, 2, 3));
	assert_false(gpq_zip_descriptor_fits(bytes, 24, 0x0a0b0c0d, 2, 4));
	assert_false(gpq_zip_descriptor_fits(bytes, 24, 0x0a0b0c0d, 1, 3));
	assert_false(gpq_zip_descriptor_fits(NULL, 0, 0, 0, 0));
	/* A CRC that looks like the signature. */
	assert_true(gpq_zip_descriptor_fits((const uint8_t *)"PK\7\x08\x02\0\0\0\x03\0\0\0", 12, 0x08074b50, 2, 3));
}

static void every_day_is_that_of_the_c_library(void **state)
{
	(void)state;
	for (unsigned date = 0; date <= 0xffff; date++) {
		struct tm tm = { .tm_year = (int)(80 + (date >> 9)),
				 .tm_mon = (int)(date >> 5 & 15) - 1,
				 .tm_mday = date & 31 };
		struct tm same = tm;
		int64_t seconds = (int64_t)timegm(&same);
		bool there = same.tm_mon == tm.tm_mon && same.tm_mday == tm.tm_mday;
		assert_int_equal(gpq_zip_dos_seconds((uint16_t)date, 0), there ? seconds : 0);
	}
	uint16_t day = (2024 - 1980) << 9 | 2 << 5 | 29;
	assert_int_equal(gpq_zip_dos_seconds(day, 23 << 11 | 59 << 5 | 29), 1709164800 + 86398);
	assert_int_equal(gpq_zip_dos_seconds(day, 24 << 11), 0);
	assert_int_equal(gpq_zip_dos_seconds(day, 60 << 5), 0);
	assert_int_equal(gpq_zip_dos_seconds(day, 30), 0);
}

static void methods_have_words(void **state)
{
	(void)state;
	assert_string_equal(gpq_zip_method_word(12), "bzip2");
	assert_string_equal(gpq_zip_method_word(9), "Deflate64");
	assert_string_equal(gpq_zip_method_word(77), "an unknown method");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_parsed),          cmocka_unit_test(ends_are_parsed),
		cmocka_unit_test(extra_fields_are_found),      cmocka_unit_test(wide_numbers_stand_in_their_order),
		cmocka_unit_test(descriptors_have_four_forms), cmocka_unit_test(every_day_is_that_of_the_c_library),
		cmocka_unit_test(methods_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
