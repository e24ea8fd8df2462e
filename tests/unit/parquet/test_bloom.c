// SPDX-License-Identifier: MIT
#include "parquet/bloom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void sizes_are_powers_of_two_within_the_limit(void **state)
{
	(void)state;
	assert_int_equal(gpq_bloom_bytes(0, 1 << 20), 32);
	assert_int_equal(gpq_bloom_bytes(20, 1 << 20), 32);
	assert_int_equal(gpq_bloom_bytes(25, 1 << 20), 64); /* 25 * 10.5 bits are 33 bytes */
	assert_int_equal(gpq_bloom_bytes(10000, 1 << 20), 16384);
	assert_int_equal(gpq_bloom_bytes(UINT32_MAX, (1 << 20) - 32), 1 << 19);
}

/* xxhash's own published check: XXH64 of no bytes, seed 0. */
static void the_hash_is_xxh64(void **state)
{
	(void)state;
	assert_true(gpq_bloom_hash("", 0) == UINT64_C(0xEF46DB3751D8E999));
}

static void what_was_entered_is_found_and_little_else(void **state)
{
	(void)state;
	enum { N = 20000 };
	size_t bytes = gpq_bloom_bytes(N, 1 << 20);
	uint8_t *filter = calloc(1, bytes);
	char text[32];
	int wrong = 0;
	for (int i = 0; i < N; i++)
		gpq_bloom_insert(filter, bytes, gpq_bloom_hash(text, (size_t)snprintf(text, sizeof(text), "in %d", i)));
	for (int i = 0; i < N; i++) {
		assert_true(gpq_bloom_check(filter, bytes,
					    gpq_bloom_hash(text, (size_t)snprintf(text, sizeof(text), "in %d", i))));
		wrong += gpq_bloom_check(filter, bytes,
					 gpq_bloom_hash(text, (size_t)snprintf(text, sizeof(text), "out %d", i)));
	}
	assert_true(wrong < N / 50);
	free(filter);
}

/* One value sets one bit in each of the eight words of one block. */
static void a_value_sets_eight_bits_of_one_block(void **state)
{
	(void)state;
	uint8_t filter[1024] = { 0 };
	gpq_bloom_insert(filter, sizeof(filter), UINT64_C(0x8000000000000001));
	for (size_t word = 0; word < sizeof(filter) / 4; word++) {
		uint32_t bits;
		memcpy(&bits, filter + word * 4, 4);
		assert_int_equal(__builtin_popcount(bits), word / 8 == 16); /* top half 2^31 of 2^32: block 16 of 32 */
	}
	uint32_t first;
	memcpy(&first, filter + 16 * 32, 4);
	assert_true(first == UINT32_C(1) << (0x47b6137bU >> 27)); /* times 1 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_powers_of_two_within_the_limit),
		cmocka_unit_test(the_hash_is_xxh64),
		cmocka_unit_test(what_was_entered_is_found_and_little_else),
		cmocka_unit_test(a_value_sets_eight_bits_of_one_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
