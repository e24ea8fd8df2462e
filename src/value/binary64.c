// SPDX-License-Identifier: MIT
#include "value/binary64.h"
#include "value/bignum.h"
#include "value/decimal_kernel.h"

#include <math.h>
#include <string.h>

/*
 * A point halfway between two neighbours is an odd number below 2^54 times 2^-1075 or more, that is below 2^54 * 5^1075
 * in units of 10^-1075: at most 768 significant digits. So behind 800 digits it only matters whether anything but zeros
 * follows.
 */
#define KEPT_DIGITS 800

/* Decimal exponents of the first digit beyond which a number is infinite or zero whatever its digits are:
 * the largest number is 1.8e308, half of the smallest 2.5e-324. */
#define MAGNITUDE_MAX 310
#define MAGNITUDE_MIN (-326)

static double double_of_bits(uint64_t bits)
{
	double number;
	memcpy(&number, &bits, sizeof(number));
	return number;
}

double gpq_binary64_round(uint64_t significand, int32_t exponent, bool inexact)
{
	int32_t top = exponent + 63; /* the number is in [2^top, 2^(top + 1)) */
	if (top > 1023)
		return (double)INFINITY;
	/* 53 bits stay, fewer below 2^-1022 */
	int32_t drop = top >= -1022 ? 11 : 11 + (-1022 - top);
	if (drop > 64)
		return 0.0;
	uint64_t half = UINT64_C(1) << (drop - 1);
	uint64_t kept = drop == 64 ? 0 : significand >> drop;
	uint64_t rest = drop == 64 ? significand : significand & (2 * half - 1);
	if (rest > half || (rest == half && (inexact || (kept & 1))))
		kept++;
	/* the leading bit of 'kept' adds one to the exponent; so does a carry out of it, up to infinity */
	return double_of_bits(top >= -1022 ? ((uint64_t)(top + 1022) << 52) + kept : kept);
}

/* digits / 10^power for power 1..19, exactly: a 64-bit quotient and whether anything is left. */
static double nearest_quotient(uint64_t digits, unsigned power)
{
	int lead_digits = __builtin_clzll(digits), lead_ten = __builtin_clzll(gpq_value_ten[power]);
	uint64_t above = digits << lead_digits, below = gpq_value_ten[power] << lead_ten;
	int shift = above < below ? 64 : 63; /* so that 2^63 <= quotient < 2^64 */
	unsigned __int128 dividend = (unsigned __int128)above << shift;
	uint64_t quotient = (uint64_t)(dividend / below);
	bool inexact = dividend % below != 0;
	return gpq_binary64_round(quotient, lead_ten - lead_digits - shift, inexact);
}

static double nearest_product(uint64_t digits, unsigned power)
{
	unsigned __int128 product = (unsigned __int128)digits * gpq_value_ten[power];
	uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
	if (!high) {
		int lead = __builtin_clzll(low);
		return gpq_binary64_round(low << lead, -lead, false);
	}
	int lead = __builtin_clzll(high);
	product <<= lead;
	return gpq_binary64_round((uint64_t)(product >> 64), 64 - lead, (uint64_t)product != 0);
}

/* digits * 10^exponent; the magnitude must be within the limits above. Uses up 'digits'. */
static double nearest_big(struct gpq_bignum *digits, int32_t exponent)
{
	struct gpq_bignum below;
	gpq_bignum_set(&below, 1);
	/* 10^e = 5^e * 2^e, and the power of two only moves the binary point */
	if (exponent >= 0)
		gpq_bignum_multiply_five(digits, (uint32_t)exponent);
	else
		gpq_bignum_multiply_five(&below, (uint32_t)-exponent);
	struct gpq_bignum_ratio ratio = gpq_bignum_divide(digits, &below);
	return gpq_binary64_round(ratio.significand, ratio.exponent + exponent, ratio.inexact);
}

double gpq_binary64_nearest(uint64_t digits, int64_t exponent)
{
	if (!digits)
		return 0.0;
	/* both sides exact in binary64, so that the one operation rounds correctly (W. D. Clinger, 1990) */
	static const double exact[23] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
					  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	if (digits <= UINT64_C(1) << 53 && exponent >= -22 && exponent <= 22)
		return exponent < 0 ? (double)digits / exact[-exponent] : (double)digits * exact[exponent];
	if (exponent >= -19 && exponent < 0)
		return nearest_quotient(digits, (unsigned)-exponent);
	if (exponent >= 0 && exponent <= 19)
		return nearest_product(digits, (unsigned)exponent);
	if (exponent > MAGNITUDE_MAX)
		return (double)INFINITY;
	if (exponent < MAGNITUDE_MIN - 19)
		return 0.0;
	struct gpq_bignum big;
	gpq_bignum_set(&big, digits);
	return nearest_big(&big, (int32_t)exponent);
}

double gpq_binary64_nearest_text(const char *bytes, size_t len, int64_t exponent)
{
	struct gpq_bignum big;
	gpq_bignum_set(&big, 0);
	uint64_t chunk = 0;
	unsigned in_chunk = 0;
	uint32_t kept = 0;
	int64_t dropped = 0;
	bool beyond = false; /* something but zeros is behind the kept digits */
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(unsigned char)bytes[i] - '0';
		if (digit > 9 || (!kept && !digit))
			continue;
		if (kept == KEPT_DIGITS) {
			dropped++;
			beyond |= digit != 0;
			continue;
		}
		chunk = chunk * 10 + digit;
		kept++;
		if (++in_chunk == 19) {
			gpq_bignum_multiply_add(&big, gpq_value_ten[19], chunk);
			chunk = 0;
			in_chunk = 0;
		}
	}
	if (in_chunk)
		gpq_bignum_multiply_add(&big, gpq_value_ten[in_chunk], chunk);
	if (!kept)
		return 0.0;
	exponent += dropped;
	int64_t magnitude = exponent + kept - 1; /* decimal exponent of the first digit */
	if (magnitude > MAGNITUDE_MAX)
		return (double)INFINITY;
	if (magnitude < MAGNITUDE_MIN)
		return 0.0;
	if (beyond) {
		gpq_bignum_multiply_add(&big, 10, 1);
		exponent--;
	}
	return nearest_big(&big, (int32_t)exponent);
}

/* floor(significand * 2^exponent * 10^power), which is below 2^64, and whether that leaves something out. */
static uint64_t scaled_floor(uint64_t significand, int32_t exponent, int32_t power, bool *out_inexact)
{
	struct gpq_bignum above, below;
	gpq_bignum_set(&above, significand);
	gpq_bignum_set(&below, 1);
	if (power >= 0)
		gpq_bignum_multiply_five(&above, (uint32_t)power);
	else
		gpq_bignum_multiply_five(&below, (uint32_t)-power);
	struct gpq_bignum_ratio ratio = gpq_bignum_divide(&above, &below);
	int32_t down = -(ratio.exponent + exponent + power);
	if (down > 63) {
		*out_inexact = true;
		return 0;
	}
	*out_inexact = ratio.inexact || (ratio.significand & ((UINT64_C(1) << down) - 1)) != 0;
	return ratio.significand >> down;
}

/* The better of the two 'n'-digit decimals around the number that read back as it; false where neither does. */
static bool shortest_at(double number, uint64_t digits18, bool inexact, int32_t exponent, unsigned n,
			struct gpq_binary64_digits *out)
{
	uint64_t unit = gpq_value_ten[18 - n], below = digits18 / unit, rest = digits18 % unit;
	int32_t at = exponent + (int32_t)(18 - n);
	bool below_reads = gpq_binary64_nearest(below, at) == number;
	bool above_reads = gpq_binary64_nearest(below + 1, at) == number;
	if (!below_reads && !above_reads)
		return false;
	bool nearer_above = rest * 2 > unit || (rest * 2 == unit && (inexact || below % 2)); /* ties to even */
	uint64_t digits = above_reads && (nearer_above || !below_reads) ? below + 1 : below;
	*out = (struct gpq_binary64_digits){ digits, at };
	return true;
}

struct gpq_binary64_digits gpq_binary64_shortest(double number)
{
	uint64_t bits;
	memcpy(&bits, &number, sizeof(bits));
	uint64_t significand = bits & ((UINT64_C(1) << 52) - 1);
	int32_t biased = (int32_t)(bits >> 52) & 0x7FF;
	int32_t exponent = (biased ? biased : 1) - 1075;
	if (biased)
		significand |= UINT64_C(1) << 52;

	/* log10(2) = 0.30103 to five places: the estimate of the decimal exponent is right or one off */
	int32_t top = exponent + 63 - __builtin_clzll(significand);
	int32_t magnitude = (int32_t)floor((double)top * 0.30103);
	bool inexact;
	uint64_t digits18 = scaled_floor(significand, exponent, 17 - magnitude, &inexact);
	if (digits18 >= gpq_value_ten[18])
		digits18 = scaled_floor(significand, exponent, 17 - ++magnitude, &inexact);
	else if (digits18 < gpq_value_ten[17])
		digits18 = scaled_floor(significand, exponent, 17 - --magnitude, &inexact);

	struct gpq_binary64_digits out = { digits18, magnitude - 17 };
	for (unsigned n = 1; n <= 17; n++)
		if (shortest_at(number, digits18, inexact, magnitude - 17, n, &out))
			break;
	while (out.digits % 10 == 0) {
		out.digits /= 10;
		out.exponent++;
	}
	return out;
}

int64_t gpq_binary64_cell(double number, unsigned scale)
{
	/*
	 * If cell / 10^scale rounds to 'number', the two differ by at most 2^-53 of it, which is a quarter at |cell| <
	 * 2^51; the product below adds at most an eighth. So the nearest integer is the only candidate.
	 */
	double scaled = number * gpq_cell_powers[scale];
	if (scaled > -(double)GPQ_CELL_LIMIT && scaled < (double)GPQ_CELL_LIMIT) {
		int64_t cell = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
		if (gpq_cell_is_decimal(cell) && (double)cell / gpq_cell_powers[scale] == number)
			return cell;
	}
	return gpq_cell_of_double(number);
}
