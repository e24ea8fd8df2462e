// SPDX-License-Identifier: MIT
#include "base/shortest.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/*
 * Free-format printing after Steele and White, "How to Print Floating-Point Numbers Accurately" (PLDI 1990): the value
 * is num/den, the half gaps to its neighbours are low/den and high/den, all exact; a digit at a time is taken off until
 * what is left lies inside the gaps. Not fast, and need not be: it prints reports.
 */

/* The largest number is 2^1024 * 4 or 10^324 * 2^55: below 2^1152, and times ten once more: 37 words. */
#define CAP_WORDS  40
#define CAP_DIGITS 17 /* IEEE 754: 17 digits tell any two binary64 apart */

struct big {
	uint32_t words[CAP_WORDS]; /* least significant first */
	uint32_t n_words;          /* without leading zeros */
};

static void big_set(struct big *big, uint64_t value)
{
	big->words[0] = (uint32_t)value;
	big->words[1] = (uint32_t)(value >> 32);
	big->n_words = big->words[1] ? 2 : big->words[0] ? 1 : 0;
}

static void big_multiply(struct big *big, uint32_t factor)
{
	uint64_t carry = 0;
	for (uint32_t i = 0; i < big->n_words; i++) {
		carry += (uint64_t)big->words[i] * factor;
		big->words[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry) {
		assert(big->n_words < CAP_WORDS);
		big->words[big->n_words++] = (uint32_t)carry;
	}
}

static void big_shift(struct big *big, uint32_t bits)
{
	uint32_t words = bits / 32;
	if (!big->n_words)
		return;
	assert(big->n_words + words <= CAP_WORDS);
	memmove(big->words + words, big->words, big->n_words * sizeof(big->words[0]));
	memset(big->words, 0, words * sizeof(big->words[0]));
	big->n_words += words;
	if (bits % 32)
		big_multiply(big, (uint32_t)1 << bits % 32);
}

static void big_power_of_ten(struct big *big, int power)
{
	for (; power >= 9; power -= 9)
		big_multiply(big, 1000000000);
	for (; power > 0; power--)
		big_multiply(big, 10);
}

static int big_compare(const struct big *a, const struct big *b)
{
	if (a->n_words != b->n_words)
		return a->n_words < b->n_words ? -1 : 1;
	for (uint32_t i = a->n_words; i-- > 0;)
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	return 0;
}

static void big_add(struct big *sum, const struct big *more)
{
	uint64_t carry = 0;
	uint32_t n = sum->n_words > more->n_words ? sum->n_words : more->n_words;
	for (uint32_t i = 0; i < n; i++) {
		carry += (uint64_t)(i < sum->n_words ? sum->words[i] : 0) + (i < more->n_words ? more->words[i] : 0);
		sum->words[i] = (uint32_t)carry;
		carry >>= 32;
	}
	sum->n_words = n;
	if (carry) {
		assert(n < CAP_WORDS);
		sum->words[sum->n_words++] = (uint32_t)carry;
	}
}

/* from -= less; 'less' is not the larger. */
static void big_subtract(struct big *from, const struct big *less)
{
	int64_t borrow = 0;
	for (uint32_t i = 0; i < from->n_words; i++) {
		borrow += (int64_t)from->words[i] - (i < less->n_words ? less->words[i] : 0);
		from->words[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
	while (from->n_words && !from->words[from->n_words - 1])
		from->n_words--;
}

/* Whether a + b reaches (or with 'above' passes) 'limit'. */
static bool sum_reaches(const struct big *a, const struct big *b, const struct big *limit, bool above)
{
	struct big sum = *a;
	big_add(&sum, b);
	int order = big_compare(&sum, limit);
	return above ? order > 0 : order >= 0;
}

struct ratio {
	struct big num, den, low, high;
	bool even; /* an even mantissa wins ties when read back, so the ends of its gap belong to it */
};

/* value = mantissa * 2^exponent, exactly. */
static void ratio_set(struct ratio *ratio, uint64_t mantissa, int exponent, bool narrow)
{
	/* Below a power of two the gap is half as wide: then everything is doubled once more and 'high' twice. */
	uint32_t extra = narrow ? 2 : 1;
	big_set(&ratio->num, mantissa);
	big_set(&ratio->den, 1);
	big_set(&ratio->low, 1);
	big_shift(&ratio->num, extra + (exponent > 0 ? (uint32_t)exponent : 0));
	big_shift(&ratio->den, extra + (exponent < 0 ? (uint32_t)-exponent : 0));
	big_shift(&ratio->low, exponent > 0 ? (uint32_t)exponent : 0);
	ratio->high = ratio->low;
	if (narrow)
		big_shift(&ratio->high, 1);
	ratio->even = mantissa % 2 == 0;
}

/* Scales so that the first digit is num*10/den; returns k with value = 0.d1d2... * 10^k. */
static int ratio_scale(struct ratio *ratio, double value)
{
	int power = (int)ceil(log10(value) - 1e-10);
	if (power >= 0) {
		big_power_of_ten(&ratio->den, power);
	} else {
		big_power_of_ten(&ratio->num, -power);
		big_power_of_ten(&ratio->low, -power);
		big_power_of_ten(&ratio->high, -power);
	}
	/* The logarithm is right or one too small. */
	if (sum_reaches(&ratio->num, &ratio->high, &ratio->den, !ratio->even)) {
		big_multiply(&ratio->den, 10);
		power++;
	}
	return power;
}

/* Digits '0'..'9' into 'out'; returns how many. */
static uint32_t ratio_digits(struct ratio *ratio, char *out)
{
	for (uint32_t n = 0;;) {
		char digit = '0';
		big_multiply(&ratio->num, 10);
		big_multiply(&ratio->low, 10);
		big_multiply(&ratio->high, 10);
		for (; big_compare(&ratio->num, &ratio->den) >= 0; digit++)
			big_subtract(&ratio->num, &ratio->den);
		int below = big_compare(&ratio->num, &ratio->low);
		bool low_done = ratio->even ? below <= 0 : below < 0;
		bool high_done = sum_reaches(&ratio->num, &ratio->high, &ratio->den, !ratio->even);
		if (low_done || high_done) {
			struct big twice = ratio->num;
			big_shift(&twice, 1);
			int half = big_compare(&twice, &ratio->den);
			if (high_done && (!low_done || half > 0 || (half == 0 && digit % 2 != 0)))
				digit++;
			out[n++] = digit;
			return n;
		}
		out[n++] = digit;
		assert(n < CAP_DIGITS);
	}
}

static size_t exponent_write(int exponent, char *out)
{
	size_t len = 0;
	out[len++] = 'e';
	out[len++] = exponent < 0 ? '-' : '+';
	unsigned rest = (unsigned)(exponent < 0 ? -exponent : exponent);
	if (rest >= 100)
		out[len++] = (char)('0' + rest / 100);
	out[len++] = (char)('0' + rest / 10 % 10);
	out[len++] = (char)('0' + rest % 10);
	return len;
}

/* 0.DIGITS * 10^power as text. */
static size_t digits_write(const char *digits, uint32_t n, int power, char *out)
{
	size_t len = 0;
	if (power > 16 || power <= -4) {
		out[len++] = digits[0];
		if (n > 1) {
			out[len++] = '.';
			memcpy(out + len, digits + 1, n - 1);
			len += n - 1;
		}
		return len + exponent_write(power - 1, out + len);
	}
	if (power <= 0) {
		memcpy(out, "0.0000", 6);
		len = 2 + (size_t)-power;
		memcpy(out + len, digits, n);
		return len + n;
	}
	for (int i = 0; i < power; i++)
		out[len++] = i < (int)n ? digits[i] : '0';
	out[len++] = '.';
	if ((int)n <= power)
		out[len++] = '0';
	for (int i = power; i < (int)n; i++)
		out[len++] = digits[i];
	return len;
}

size_t gpq_shortest_write(double value, char *out)
{
	uint64_t bits = 0;
	memcpy(&bits, &value, sizeof(bits));
	size_t len = 0;
	if (bits >> 63)
		out[len++] = '-';
	int biased = (int)(bits >> 52 & 0x7ff);
	uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
	assert(biased != 0x7ff);
	if (!biased && !fraction) {
		memcpy(out + len, "0.0", 4);
		return len + 3;
	}
	struct ratio ratio;
	char digits[CAP_DIGITS + 1];
	ratio_set(&ratio, biased ? fraction | (uint64_t)1 << 52 : fraction, (biased ? biased : 1) - 1075,
		  fraction == 0 && biased > 1);
	int power = ratio_scale(&ratio, fabs(value));
	uint32_t n = ratio_digits(&ratio, digits);
	len += digits_write(digits, n, power, out + len);
	out[len] = '\0';
	return len;
}
