/*
 * value/binary64.h - decimals to the nearest binary64 and back, exactly, for any number of digits.
 * Knows: digits, powers of ten and two.      Not: blanks, signs, groups (decimal.c has dealt with those).
 * Ties go to the even significand (IEEE 754). The processor rounds to nearest, as it does unless somebody changes it.
 * Memory: at most 1 KiB of stack.      Threads: any.
 */
#ifndef GPQ_VALUE_BINARY64_H
#define GPQ_VALUE_BINARY64_H

#include "table/cell.h"

#include <stddef.h>

/* gpq_binary64_nearest() is the binary64 nearest to digits * 10^exponent: infinity where that rounds beyond the range.
 */
double gpq_binary64_nearest(uint64_t digits, int64_t exponent);

/*
 * gpq_binary64_nearest_text() is the same for digits that no 64 bits hold.
 *   bytes, len   decimal digits; a point and commas between them are skipped
 *   exponent     the last digit counts 10^exponent
 */
double gpq_binary64_nearest_text(const char *bytes, size_t len, int64_t exponent);

/* gpq_binary64_round() is the binary64 nearest to significand * 2^exponent, significand >= 2^63; 'inexact' says that
 * the number is a little more than that, by less than 2^exponent. */
double gpq_binary64_round(uint64_t significand, int32_t exponent, bool inexact);

/* The shortest decimal that reads back as one binary64; of several the nearest. At most 17 digits; -324 <= exponent <=
 * 308. */
struct gpq_binary64_digits {
	uint64_t digits;
	int32_t exponent;
};

/* gpq_binary64_shortest() gives it for a finite 'number' > 0. */
struct gpq_binary64_digits gpq_binary64_shortest(double number);

/* gpq_binary64_cell() is the one cell of a finite number: the decimal at 'scale' where its binary64 is this one. */
int64_t gpq_binary64_cell(double number, unsigned scale);

#endif
