// SPDX-License-Identifier: MIT
/* Expected bytes worked out by hand from apache/thrift, doc/specs/thrift-compact-protocol.md. */
#include "parquet/thrift_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint8_t bytes[256];

static struct gpq_thrift_writer started(size_t cap)
{
	struct gpq_thrift_writer writer;
	gpq_thrift_writer_init(&writer, bytes, cap);
	return writer;
}

static void what_does_not_fit_is_left_out_and_remembered(void **state)
{
	(void)state;
	struct gpq_thrift_writer writer = started(3);
	gpq_thrift_put_i32(&writer, 1, 5);
	assert_false(writer.full);
	gpq_thrift_put_binary(&writer, 2, "abcdef", 6);
	assert_true(writer.full);
	assert_true(writer.len <= 3);
}

static void integers_are_zigzag_varints(void **state)
{
	(void)state;
	struct gpq_thrift_writer writer = started(sizeof(bytes));
	gpq_thrift_put_i32(&writer, 1, 0);
	gpq_thrift_put_i32(&writer, 2, -1);
	gpq_thrift_put_i64(&writer, 3, 150);
	gpq_thrift_put_i64(&writer, 4, INT64_MIN);
	gpq_thrift_put_i16(&writer, 5, INT16_MAX);
	static const uint8_t wanted[] = { 0x15, 0x00, 0x15, 0x01, 0x16, 0xAC, 0x02, 0x16, 0xFF, 0xFF, 0xFF,
					  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x14, 0xFE, 0xFF, 0x03 };
	assert_int_equal(writer.len, sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
}

static void far_field_ids_are_written_whole(void **state)
{
	(void)state;
	struct gpq_thrift_writer writer = started(sizeof(bytes));
	gpq_thrift_put_bool(&writer, 15, true);  /* 15 above 0: in the head */
	gpq_thrift_put_bool(&writer, 31, false); /* 16 above: not */
	static const uint8_t wanted[] = { 0xF1, 0x02, 0x3E };
	assert_int_equal(writer.len, sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
}

static void structs_nest_and_ids_start_again(void **state)
{
	(void)state;
	struct gpq_thrift_writer writer = started(sizeof(bytes));
	gpq_thrift_struct_begin(&writer, 2);
	gpq_thrift_put_i32(&writer, 1, 1);
	gpq_thrift_struct_end(&writer);
	gpq_thrift_put_binary(&writer, 3, "hi", 2);
	gpq_thrift_struct_end(&writer);
	static const uint8_t wanted[] = { 0x2C, 0x15, 0x02, 0x00, 0x18, 0x02, 'h', 'i', 0x00 };
	assert_int_equal(writer.len, sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
}

static void lists_have_short_and_long_heads(void **state)
{
	(void)state;
	struct gpq_thrift_writer writer = started(sizeof(bytes));
	gpq_thrift_list_begin(&writer, 1, GPQ_THRIFT_TRUE, 2);
	gpq_thrift_add_bool(&writer, true);
	gpq_thrift_add_bool(&writer, false);
	gpq_thrift_list_begin(&writer, 2, GPQ_THRIFT_I32, 15);
	for (int i = 0; i < 15; i++)
		gpq_thrift_add_i32(&writer, -i);
	static const uint8_t wanted[] = { 0x19, 0x21, 0x01, 0x02, 0x19, 0xF5, 0x0F, 0,  1,  3,  5,
					  7,    9,    11,   13,   15,   17,   19,   21, 23, 25, 27 };
	assert_int_equal(writer.len, sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
}

static void bytes_may_be_taken_away_between_fields(void **state)
{
	(void)state;
	struct gpq_thrift_writer writer = started(sizeof(bytes));
	gpq_thrift_list_begin(&writer, 4, GPQ_THRIFT_STRUCT, 1);
	gpq_thrift_add_struct_begin(&writer);
	gpq_thrift_put_i32(&writer, 3, 1);
	writer.len = 0;
	gpq_thrift_put_i32(&writer, 5, 1);
	gpq_thrift_struct_end(&writer);
	gpq_thrift_put_i32(&writer, 6, 1);
	static const uint8_t wanted[] = { 0x25, 0x02, 0x00, 0x25, 0x02 };
	assert_int_equal(writer.len, sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_left_out_and_remembered),
		cmocka_unit_test(integers_are_zigzag_varints),
		cmocka_unit_test(far_field_ids_are_written_whole),
		cmocka_unit_test(structs_nest_and_ids_start_again),
		cmocka_unit_test(lists_have_short_and_long_heads),
		cmocka_unit_test(bytes_may_be_taken_away_between_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
