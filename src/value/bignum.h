/*
 * value/bignum.h - natural numbers of bounded size, for the few texts whose value 128 bits cannot settle.
 *
 * Memory: none but the struct. GPQ_BIGNUM_WORDS covers the largest that binary64.c and sum.c make: 801 decimal digits
 * (2,661 bits), 5^1131 (2,627 bits), a sum of 2^32 cells in units of 10^-324 (2,142 bits), each aligned with the other.
 * Passing that size is our mistake (assert).      Threads: any.
 */
#ifndef GPQ_VALUE_BIGNUM_H
#define GPQ_VALUE_BIGNUM_H

#include <stdbool.h>
#include <stdint.h>

#define GPQ_BIGNUM_WORDS 48

/* Little end first; words[n_words - 1] != 0, and zero has no words. */
struct gpq_bignum {
	uint32_t n_words;
	uint64_t words[GPQ_BIGNUM_WORDS];
};

void gpq_bignum_set(struct gpq_bignum *number, uint64_t value);
void gpq_bignum_multiply_add(struct gpq_bignum *number, uint64_t factor,
			     uint64_t addend);                            /* number * factor + addend, factor > 0 */
void gpq_bignum_multiply_five(struct gpq_bignum *number, uint32_t power); /* number * 5^power */
void gpq_bignum_shift(struct gpq_bignum *number, uint32_t bits);          /* number * 2^bits */
void gpq_bignum_add(struct gpq_bignum *number, const struct gpq_bignum *other);
void gpq_bignum_subtract(struct gpq_bignum *number, const struct gpq_bignum *other); /* other <= number */
int gpq_bignum_compare(const struct gpq_bignum *a, const struct gpq_bignum *b);      /* <0, 0, >0 */
uint32_t gpq_bignum_bits(const struct gpq_bignum *number);                           /* 0 for zero */

/* A positive number as significand * 2^exponent, significand >= 2^63; 'inexact': it is a little more than that. */
struct gpq_bignum_ratio {
	uint64_t significand;
	int32_t exponent;
	bool inexact;
};

/* gpq_bignum_divide() gives the first 64 bits of a / b, neither zero. Both are used up. */
struct gpq_bignum_ratio gpq_bignum_divide(struct gpq_bignum *a, struct gpq_bignum *b);

#endif
