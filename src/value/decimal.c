// SPDX-License-Identifier: MIT
#include "value/decimal.h"
#include "value/binary64.h"
#include "value/decimal_kernel.h"

#include <math.h>

const uint64_t gpq_value_ten[20] = { UINT64_C(1),
				     UINT64_C(10),
				     UINT64_C(100),
				     UINT64_C(1000),
				     UINT64_C(10000),
				     UINT64_C(100000),
				     UINT64_C(1000000),
				     UINT64_C(10000000),
				     UINT64_C(100000000),
				     UINT64_C(1000000000),
				     UINT64_C(10000000000),
				     UINT64_C(100000000000),
				     UINT64_C(1000000000000),
				     UINT64_C(10000000000000),
				     UINT64_C(100000000000000),
				     UINT64_C(1000000000000000),
				     UINT64_C(10000000000000000),
				     UINT64_C(100000000000000000),
				     UINT64_C(1000000000000000000),
				     UINT64_C(10000000000000000000) };

const uint64_t gpq_value_room[GPQ_CELL_MAX_SCALE + 1] = {
	2251799813685247,
	225179981368524,
	22517998136852,
	2251799813685,
	225179981368,
	22517998136,
	2251799813,
	225179981,
	22517998,
	2251799,
	225179,
	22517,
	2251,
	225,
	22,
	2,
};

/* Where more zeros are added than the table knows, only zero fits. */
static inline bool decimal_fits(uint64_t digits, unsigned zeros)
{
	return zeros <= GPQ_CELL_MAX_SCALE && digits <= gpq_value_room[zeros];
}

static inline int64_t cell_signed(uint64_t magnitude, bool negative)
{
	uint64_t mask = negative ? UINT64_MAX : 0;
	return (int64_t)((magnitude ^ mask) - mask);
}

/* A number once its grammar is checked: sign, digits * 10^exponent. Where nonzero digits are left out of 'digits' (the
 * first 19), 'cut' is set, and the text from 'begin' to 'end' with its last digit at 10^last_exponent is the number. */
struct number {
	uint64_t digits;
	unsigned n_digits;
	int64_t exponent, last_exponent;
	const char *begin, *end;
	bool negative, cut;
};

static enum gpq_reject cell_of_number(const struct number *number, unsigned scale, int64_t *out)
{
	int64_t zeros = number->exponent + scale;
	if (!number->digits) {
		*out = 0;
		return GPQ_REJECT_NONE;
	}
	if (!number->cut && zeros >= 0 && zeros <= GPQ_CELL_MAX_SCALE &&
	    decimal_fits(number->digits, (unsigned)zeros)) {
		*out = cell_signed(number->digits * gpq_value_ten[zeros], number->negative);
		return GPQ_REJECT_NONE;
	}
	if (!number->cut && zeros < 0 && zeros >= -19 && number->digits % gpq_value_ten[-zeros] == 0 &&
	    decimal_fits(number->digits / gpq_value_ten[-zeros], 0)) {
		*out = cell_signed(number->digits / gpq_value_ten[-zeros], number->negative);
		return GPQ_REJECT_NONE;
	}
	double nearest = number->cut ? gpq_binary64_nearest_text(number->begin, (size_t)(number->end - number->begin),
								 number->last_exponent)
				     : gpq_binary64_nearest(number->digits, number->exponent);
	if (isinf(nearest))
		return GPQ_REJECT_NUMBER_RANGE;
	*out = gpq_binary64_cell(number->negative ? -nearest : nearest, scale);
	return GPQ_REJECT_NONE;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

static void digit_take(struct number *number, char c)
{
	unsigned digit = (unsigned char)(c - '0');
	if (number->n_digits < 19) {
		number->digits = number->digits * 10 + digit;
		number->n_digits += number->digits != 0; /* zeros in front are none of the 19 */
	} else {
		number->exponent++;
		number->cut |= digit != 0;
	}
}

/* Digits before the point, in groups where a comma is met. Returns the first byte behind, NULL for wrong groups. */
static const char *whole_scan(struct number *number, const char *p, const char *end, bool *out_any)
{
	const char *run = p;
	bool grouped = false;
	for (; p < end; p++) {
		if (is_digit(*p)) {
			digit_take(number, *p);
			continue;
		}
		if (*p != ',')
			break;
		if (grouped ? p - run != 3 : p == run || p - run > 3)
			return NULL;
		grouped = true;
		run = p + 1;
	}
	if (grouped && p - run != 3)
		return NULL;
	*out_any = p > run;
	return p;
}

static const char *fraction_scan(struct number *number, const char *p, const char *end, bool *out_any)
{
	const char *begin = p;
	for (; p < end && is_digit(*p); p++)
		digit_take(number, *p);
	number->exponent -= p - begin;
	number->last_exponent = -(p - begin);
	*out_any |= p > begin;
	return p;
}

/* "e-12" behind the digits. Returns the first byte behind, NULL where no digit follows. */
static const char *exponent_scan(struct number *number, const char *p, const char *end)
{
	bool negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	const char *begin = p;
	int64_t exponent = 0;
	for (; p < end && is_digit(*p); p++)
		if (exponent < INT64_C(1000000000000000)) /* beyond what 2^32 digits can take back */
			exponent = exponent * 10 + (*p - '0');
	number->exponent += negative ? -exponent : exponent;
	number->last_exponent += negative ? -exponent : exponent;
	return p > begin ? p : NULL;
}

static bool is_null_word(const char *p, const char *end)
{
	return end - p == 4 && (p[0] | 32) == 'n' && (p[1] | 32) == 'u' && (p[2] | 32) == 'l' && (p[3] | 32) == 'l';
}

static void blanks_trim(const char **begin, const char **end)
{
	while (*begin < *end && is_blank(**begin))
		++*begin;
	while (*begin < *end && is_blank((*end)[-1]))
		--*end;
}

enum gpq_reject gpq_value_cell_any(struct gpq_text text, unsigned scale, int64_t *out)
{
	if (!text.bytes || !text.len) {
		*out = GPQ_CELL_NULL;
		return GPQ_REJECT_NONE;
	}
	const char *p = text.bytes, *end = p + text.len;
	blanks_trim(&p, &end);
	if (p == end || is_null_word(p, end)) {
		*out = GPQ_CELL_NULL;
		return GPQ_REJECT_NONE;
	}
	struct number number = { .negative = *p == '-' };
	if (*p == '-' || *p == '+')
		p++;
	bool any = false;
	number.begin = p;
	p = whole_scan(&number, p, end, &any);
	if (p && p < end && *p == '.')
		p = fraction_scan(&number, p + 1, end, &any);
	if (!p || !any)
		return GPQ_REJECT_NUMBER;
	number.end = p;
	if (p < end && (*p | 32) == 'e')
		p = exponent_scan(&number, p + 1, end);
	if (p != end)
		return GPQ_REJECT_NUMBER;
	return cell_of_number(&number, scale, out);
}

enum gpq_reject gpq_value_cell_odd(uint64_t digits, unsigned decimals, bool negative, unsigned scale, int64_t *out)
{
	struct number number = { .digits = digits, .exponent = -(int64_t)decimals, .negative = negative };
	return cell_of_number(&number, scale, out);
}

enum gpq_reject gpq_value_whole(struct gpq_text text, int32_t absent, int32_t *out)
{
	const char *p = text.bytes, *end = p ? p + text.len : p;
	if (p)
		blanks_trim(&p, &end);
	if (p == end || is_null_word(p, end)) {
		*out = absent;
		return GPQ_REJECT_NONE;
	}
	bool negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	const char *begin = p;
	int64_t value = 0;
	for (; p < end && is_digit(*p); p++)
		if (value <= INT32_MAX)
			value = value * 10 + (*p - '0');
	if (p == begin)
		return GPQ_REJECT_VERSION;
	if (p < end && *p == '.')
		for (p++; p < end && *p == '0'; p++)
			;
	value = negative ? -value : value;
	if (p != end || value > INT32_MAX || value < INT32_MIN)
		return GPQ_REJECT_VERSION;
	*out = (int32_t)value;
	return GPQ_REJECT_NONE;
}
