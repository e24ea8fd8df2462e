// SPDX-License-Identifier: MIT
/* Bounded big numbers against 128-bit arithmetic and against what must cancel. */
#include "value/bignum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t random_state = 123456789u;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static struct gpq_bignum bignum_of(unsigned __int128 value)
{
	struct gpq_bignum number;
	gpq_bignum_set(&number, (uint64_t)(value >> 64));
	gpq_bignum_shift(&number, 64);
	struct gpq_bignum low;
	gpq_bignum_set(&low, (uint64_t)value);
	gpq_bignum_add(&number, &low);
	return number;
}

static void small_as_128_bits(void **state)
{
	(void)state;
	for (int i = 0; i < 200000; i++) {
		unsigned __int128 a = ((unsigned __int128)random_next() << 64 | random_next()) >> random_next() % 127;
		unsigned __int128 b = ((unsigned __int128)random_next() << 64 | random_next()) >> random_next() % 127;
		if (i % 5 == 0) /* words of zeros within */
			a &= ~(unsigned __int128)UINT64_MAX;
		struct gpq_bignum x = bignum_of(a), y = bignum_of(b);
		assert_int_equal(gpq_bignum_compare(&x, &y), (a > b) - (a < b));
		if (a < b)
			continue;
		gpq_bignum_subtract(&x, &y);
		struct gpq_bignum difference = bignum_of(a - b);
		assert_int_equal(gpq_bignum_compare(&x, &difference), 0);
		if (!a || !b)
			continue;
		/* the quotient's first bits: a / b < 2^(bits a - bits b + 1) */
		x = bignum_of(a), y = bignum_of(b);
		struct gpq_bignum_ratio ratio = gpq_bignum_divide(&x, &y);
		assert_true(ratio.significand >> 63);
		unsigned __int128 whole = a / b;
		if (ratio.exponent <= 0 && ratio.exponent > -64)
			assert_true((unsigned __int128)(ratio.significand >> -ratio.exponent) == whole);
	}
}

/* (2^k * 5^n * f + g) less 2^k * 5^n * f is g; and divided by it, f. */
static void large_cancel(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint32_t power = (uint32_t)(random_next() % 900), bits = (uint32_t)(random_next() % 500);
		uint64_t factor = random_next() | 1, addend = random_next();
		struct gpq_bignum unit, product, sum, rest;
		gpq_bignum_set(&unit, 1);
		gpq_bignum_shift(&unit, bits);
		gpq_bignum_multiply_five(&unit, power);
		product = unit;
		gpq_bignum_multiply_add(&product, factor, 0);
		sum = product;
		gpq_bignum_multiply_add(&sum, 1, addend);
		gpq_bignum_subtract(&sum, &product);
		gpq_bignum_set(&rest, addend);
		assert_int_equal(gpq_bignum_compare(&sum, &rest), 0);
		int lead = __builtin_clzll(factor);
		struct gpq_bignum_ratio ratio = gpq_bignum_divide(&product, &unit);
		assert_true(ratio.significand == factor << lead && ratio.exponent == -lead && !ratio.inexact);
	}
}

/* 10^19 * 2^64 has a low word of zeros that its high words must survive. */
static void zero_words_stay(void **state)
{
	(void)state;
	struct gpq_bignum number, expected;
	gpq_bignum_set(&number, UINT64_C(1) << 63);
	gpq_bignum_multiply_add(&number, UINT64_C(1) << 63, 0); /* 2^126 */
	gpq_bignum_set(&expected, 1);
	gpq_bignum_shift(&expected, 126);
	assert_int_equal(gpq_bignum_compare(&number, &expected), 0);
	assert_int_equal(gpq_bignum_bits(&number), 127);
	gpq_bignum_set(&number, 0);
	assert_int_equal(gpq_bignum_bits(&number), 0);
	gpq_bignum_shift(&number, 500);
	gpq_bignum_multiply_add(&number, 10, 7);
	gpq_bignum_set(&expected, 7);
	assert_int_equal(gpq_bignum_compare(&number, &expected), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_as_128_bits),
		cmocka_unit_test(large_cancel),
		cmocka_unit_test(zero_words_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
