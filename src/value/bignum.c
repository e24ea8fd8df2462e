// SPDX-License-Identifier: MIT
#include "value/bignum.h"

#include <assert.h>
#include <string.h>

static void word_push(struct gpq_bignum *number, uint64_t word)
{
	if (!word)
		return;
	assert(number->n_words < GPQ_BIGNUM_WORDS);
	if (number->n_words < GPQ_BIGNUM_WORDS)
		number->words[number->n_words++] = word;
}

static void top_trim(struct gpq_bignum *number)
{
	while (number->n_words && !number->words[number->n_words - 1])
		number->n_words--;
}

void gpq_bignum_set(struct gpq_bignum *number, uint64_t value)
{
	number->n_words = 0;
	word_push(number, value);
}

void gpq_bignum_multiply_add(struct gpq_bignum *number, uint64_t factor, uint64_t addend)
{
	unsigned __int128 carry = addend;
	assert(factor);
	for (uint32_t i = 0; i < number->n_words; i++) {
		carry += (unsigned __int128)number->words[i] * factor;
		number->words[i] = (uint64_t)carry;
		carry >>= 64;
	}
	word_push(number, (uint64_t)carry);
}

void gpq_bignum_multiply_five(struct gpq_bignum *number, uint32_t power)
{
	static const uint64_t five_27 = UINT64_C(7450580596923828125); /* 5^27 is the largest power below 2^64 */
	for (; power >= 27; power -= 27)
		gpq_bignum_multiply_add(number, five_27, 0);
	uint64_t rest = 1;
	while (power--)
		rest *= 5;
	gpq_bignum_multiply_add(number, rest, 0);
}

void gpq_bignum_shift(struct gpq_bignum *number, uint32_t bits)
{
	uint32_t skip = bits / 64;
	bits %= 64;
	if (!number->n_words)
		return;
	assert(number->n_words + skip <= GPQ_BIGNUM_WORDS);
	if (number->n_words + skip > GPQ_BIGNUM_WORDS)
		return;
	memmove(number->words + skip, number->words, number->n_words * sizeof(number->words[0]));
	memset(number->words, 0, skip * sizeof(number->words[0]));
	number->n_words += skip;
	if (!bits)
		return;
	uint64_t carry = 0;
	for (uint32_t i = skip; i < number->n_words; i++) {
		uint64_t word = number->words[i];
		number->words[i] = word << bits | carry;
		carry = word >> (64 - bits);
	}
	word_push(number, carry);
}

void gpq_bignum_add(struct gpq_bignum *number, const struct gpq_bignum *other)
{
	while (number->n_words < other->n_words)
		number->words[number->n_words++] = 0;
	unsigned __int128 carry = 0;
	for (uint32_t i = 0; i < number->n_words; i++) {
		carry += number->words[i];
		if (i < other->n_words)
			carry += other->words[i];
		number->words[i] = (uint64_t)carry;
		carry >>= 64;
	}
	word_push(number, (uint64_t)carry);
}

void gpq_bignum_subtract(struct gpq_bignum *number, const struct gpq_bignum *other)
{
	uint64_t borrow = 0;
	for (uint32_t i = 0; i < number->n_words; i++) {
		uint64_t take = i < other->n_words ? other->words[i] : 0;
		unsigned __int128 left = (unsigned __int128)number->words[i] - take - borrow;
		number->words[i] = (uint64_t)left;
		borrow = (uint64_t)(left >> 64) & 1;
	}
	assert(!borrow);
	top_trim(number);
}

int gpq_bignum_compare(const struct gpq_bignum *a, const struct gpq_bignum *b)
{
	if (a->n_words != b->n_words)
		return a->n_words < b->n_words ? -1 : 1;
	for (uint32_t i = a->n_words; i-- > 0;)
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	return 0;
}

uint32_t gpq_bignum_bits(const struct gpq_bignum *number)
{
	if (!number->n_words)
		return 0;
	return number->n_words * 64 - (uint32_t)__builtin_clzll(number->words[number->n_words - 1]);
}

/* One bit of the quotient a step: 64 steps over at most 48 words, which is some microseconds and needs no estimate. */
struct gpq_bignum_ratio gpq_bignum_divide(struct gpq_bignum *a, struct gpq_bignum *b)
{
	int32_t ahead = (int32_t)gpq_bignum_bits(a) - (int32_t)gpq_bignum_bits(b);
	if (ahead > 0)
		gpq_bignum_shift(b, (uint32_t)ahead);
	else
		gpq_bignum_shift(a, (uint32_t)-ahead);
	if (gpq_bignum_compare(a, b) < 0) {
		gpq_bignum_shift(a, 1);
		ahead--;
	}
	uint64_t significand = 0;
	for (int bit = 0; bit < 64; bit++) { /* b <= a < 2 b holds at the first step, so the first bit is 1 */
		significand <<= 1;
		if (gpq_bignum_compare(a, b) >= 0) {
			gpq_bignum_subtract(a, b);
			significand |= 1;
		}
		gpq_bignum_shift(a, 1);
	}
	return (struct gpq_bignum_ratio){ significand, ahead - 63, a->n_words != 0 };
}
