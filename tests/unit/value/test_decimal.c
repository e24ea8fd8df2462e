// SPDX-License-Identifier: MIT
/* Numbers: the grammar of RULES 13 by table, values against libc's strtod, and one cell for one number. */
#include "cpu/features.h"
#include "value/binary64.h"
#include "value/decimal_kernel.h"

#include "padded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define UNTOUCHED INT64_C(424242)

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static unsigned random_below(unsigned limit)
{
	return (unsigned)(random_next() >> 33) % limit;
}

/* By every kernel that this machine has; all must agree. */
static enum gpq_reject cell_parse(const char *bytes, size_t len, unsigned scale, int64_t *out)
{
	struct padded padded = padded_bytes(bytes, len);
	int64_t any = UNTOUCHED, plain = UNTOUCHED, kernel = UNTOUCHED;
	enum gpq_reject reason = gpq_value_cell_any(padded.text, scale, &any);
	enum gpq_reject plain_reason = gpq_value_cell(padded.text, scale, &plain);
	enum gpq_reject kernel_reason =
	    gpq_value_kernels(gpq_cpu_features(GPQ_CPU_ALL)).cell(padded.text, scale, &kernel);
	if (reason != plain_reason || reason != kernel_reason || any != plain || any != kernel)
		fail_msg("'%.*s' at scale %u: %d %d %d, %lld %lld %lld", (int)len, bytes, scale, reason, plain_reason,
			 kernel_reason, (long long)any, (long long)plain, (long long)kernel);
	free(padded.block);
	*out = any;
	return reason;
}

/* ---- columns ---- */

#define MAX_TEXTS 200

/* Texts one behind the other in a block without a byte before or much behind, commas between, every second one a column. */
struct column {
	char *block;
	uint32_t ends[2 * MAX_TEXTS + 1]; /* the first stands before all */
	struct gpq_text_column texts;
};

static void column_begin(struct column *column)
{
	*column = (struct column){ .block = malloc((size_t)MAX_TEXTS * 64), .ends = { UINT32_MAX } };
	column->texts = (struct gpq_text_column){ column->block, column->ends + 1, 2, 1, 0 };
}

static void column_add(struct column *column, const char *bytes, size_t len, const char *between)
{
	uint32_t *end = column->ends + 1 + (size_t)2 * column->texts.count++;
	uint32_t begin = end[-1] + 1;
	char *at = column->block + begin;
	memcpy(at, bytes, len);
	at[len] = ',';
	end[0] = (uint32_t)(at + len - column->block);
	memcpy(at + len + 1, between, strlen(between) + 1);
	end[1] = end[0] + 1 + (uint32_t)strlen(between);
}

/* Each kernel against the grammar, from each text of the column on. */
static void column_check(struct column *column, unsigned scale)
{
	static const uint32_t levels[] = { 0, GPQ_CPU_AVX2 | GPQ_CPU_BMI2, GPQ_CPU_ALL };
	const struct gpq_text_column whole = column->texts;
	size_t len = *(whole.ends + (size_t)2 * whole.count - 1) + 1u;
	column->block = realloc(column->block, len + GPQ_VALUE_PADDING);
	memset(column->block + len, '9', GPQ_VALUE_PADDING);
	for (size_t level = 0; level < sizeof(levels) / sizeof(levels[0]); level++) {
		struct gpq_value_kernels kernels = gpq_value_kernels(gpq_cpu_features(levels[level]));
		for (uint32_t from = 0; from < whole.count; from++) {
			struct gpq_text_column part = { column->block, whole.ends + (size_t)2 * from, 2, 1, whole.count - from };
			int64_t cells[MAX_TEXTS];
			uint32_t taken = kernels.cells(&part, scale, cells), i = 0;
			for (; i < part.count; i++) {
				int64_t cell;
				struct gpq_text text = gpq_text_column_at(&part, i);
				if (gpq_value_cell_any(text, scale, &cell) != GPQ_REJECT_NONE)
					break;
				if (i < taken && cells[i] != cell)
					fail_msg("'%.*s' at scale %u, level %zu: %lld, not %lld", (int)text.len, text.bytes, scale,
						 level, (long long)cells[i], (long long)cell);
			}
			assert_int_equal(taken, i);
		}
	}
	free(column->block);
}

/* Mostly prices, with what else may stand in a column. */
static void columns_are_their_cells(void **state)
{
	(void)state;
	static const char *const odd[] = {
		"", "", " ", "  ", "  2.5", "0", "-0", "5", "-5", "5.", "-5.", ".5", "-.5", " 1.5", "1.5 ", "+2", "1e3", "null", "1,234.5",
		"123456789.123456", "1234567890.123456", "-123456789.1234567", "0.0000001", "000000000000001.5",
		"0000000000000001.5", "999999999999999", "1000000000000000", "9999999999999999", "99999999999999999",
		"-999999999999999", "2251799813.685247", "2251799813.685248", "1.500000000", "12.345678901234567",
		"-12.34567890123456", "3.1415926535897931", "1234567890123456789012345678901234567890",
	};
	static const char *const bad[] = { "-", ".", "-.", "1-2", "1.2.3", "..", "--1", "1.2-", "x", "12.5x", "1..", "0x12",
					   "1.2.", ".1.2", "-1.-2", "nan", "1.23456.", "1:2", "1/2" };
	for (int round = 0; round < 3000; round++) {
		struct column column;
		unsigned scale = random_below(4) ? 6 : random_below(GPQ_CELL_MAX_SCALE + 1);
		unsigned odd_share = random_below(3) ? 40 : 4, bad_share = random_below(2) ? 60 : 1000000;
		const char *blank = random_below(3) ? "" : " "; /* in front of nearly all of them, as ERCOT writes */
		column_begin(&column);
		for (uint32_t n = 1 + random_below(40); n; n--) {
			char text[64], led[80];
			const char *given = text;
			if (!random_below(bad_share))
				given = bad[random_below(sizeof(bad) / sizeof(bad[0]))];
			else if (!random_below(odd_share))
				given = odd[random_below(sizeof(odd) / sizeof(odd[0]))];
			else
				snprintf(text, sizeof(text), "%.*f", (int)random_below(scale + 2),
					 ((int)random_below(2000000000) - 1000000000) / (random_below(2) ? 1e6 : 1e2));
			snprintf(led, sizeof(led), "%s%s", random_below(8) ? blank : "", given);
			column_add(&column, led, strlen(led), random_below(2) ? "" : "7.5,-3");
		}
		column_check(&column, scale);
	}
}

static void rejected(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"-",
		"+",
		".",
		"-.",
		"--1",
		"+-1",
		"1-",
		"1.2.3",
		"..1",
		"1 2",
		"- 1",
		"nan",
		"NaN",
		"inf",
		"-inf",
		"Infinity",
		"0x10",
		"1_000",
		"1e",
		"1e+",
		"1e-",
		"e5",
		".e5",
		"1e5.0",
		"1e 5",
		"1E5e5",
		"1,23",
		"1,2345",
		"1234,567",
		",123",
		"1,",
		"1,,000",
		"1,234,56",
		"1,234,",
		"1.5,000",
		"1.234,5",
		"1,23.4",
		"12e1,000",
		"$1",
		"1%",
		"1.0f",
		"NULL0",
		"nul",
		"nulll",
		"n/a",
		"-null",
		"1\n",
		"\"1\"",
		"1\v",
		"\xC2\xA0"
		"1",
		"1/",
		"1:",
		"0.:",
		"0./",
		"12345678.12345678.",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t cell = UNTOUCHED;
		if (cell_parse(texts[i], strlen(texts[i]), 6, &cell) != GPQ_REJECT_NUMBER)
			fail_msg("'%s' is accepted", texts[i]);
		assert_int_equal(cell, UNTOUCHED);
	}
	int64_t cell;
	assert_int_equal(cell_parse("1\0", 2, 6, &cell), GPQ_REJECT_NUMBER);      /* a NUL byte */
	assert_int_equal(cell_parse("\xB1\xB2", 2, 6, &cell), GPQ_REJECT_NUMBER); /* '1' and '2' with the high bit */
	for (unsigned byte = 0; byte < 256; byte++) { /* any byte that is no digit, at any place of a price */
		if ((byte >= '0' && byte <= '9') || byte == ' ' || byte == '\t')
			continue;
		for (size_t place = 0; place < 8; place++) {
			char text[] = "1234.567";
			text[place] = (char)byte;
			bool fine = (place == 4 && (byte == '.' || byte == 'e' || byte == 'E')) ||
				    (place == 0 && (byte == '-' || byte == '+')) ||
				    ((place == 5 || place == 6) && (byte == 'e' || byte == 'E'));
			if (!fine)
				assert_int_equal(cell_parse(text, 8, 3, &cell), GPQ_REJECT_NUMBER);
		}
	}
}

static void out_of_range(void **state)
{
	(void)state;
	static const char *const texts[] = { "1e309",
					     "-1e309",
					     "1.7976931348623159e308",
					     "1e999999999999999999999",
					     "179769313486231580793728971405304e276",
					     "1e310",
					     "17976931348623159000000000e284" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t cell = UNTOUCHED;
		assert_int_equal(cell_parse(texts[i], strlen(texts[i]), 6, &cell), GPQ_REJECT_NUMBER_RANGE);
		assert_int_equal(cell, UNTOUCHED);
	}
}

static void nulls(void **state)
{
	(void)state;
	static const char *const texts[] = { "", " ", "\t", "    \t   ", "null", "NULL", "Null", " nUlL\t" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t cell = UNTOUCHED;
		assert_int_equal(cell_parse(texts[i], strlen(texts[i]), 6, &cell), GPQ_REJECT_NONE);
		assert_int_equal(cell, GPQ_CELL_NULL);
	}
	int64_t cell = UNTOUCHED;
	assert_int_equal(gpq_value_cell((struct gpq_text){ NULL, 0 }, 6, &cell), GPQ_REJECT_NONE);
	assert_int_equal(cell, GPQ_CELL_NULL);
}

static void decimals(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned scale;
		int64_t cell;
	} cases[] = {
		{ "-12.345678", 6, -12345678 },
		{ "18.830000", 6, 18830000 },
		{ ".92", 2, 92 },
		{ "-.37", 2, -37 },
		{ "29", 2, 2900 },
		{ "5.", 2, 500 },
		{ "+7.5", 1, 75 },
		{ "  27.64", 2, 2764 },
		{ "27.64\t ", 2, 2764 },
		{ "1,234.56", 2, 123456 },
		{ "-1,234,567.5", 1, -12345675 },
		{ "123,456", 0, 123456 },
		{ "1e3", 2, 100000 },
		{ "1.5E-2", 3, 15 },
		{ "15e+0", 1, 150 },
		{ "1,500e-2", 0, 15 },
		{ "0", 6, 0 },
		{ "-0", 6, 0 },
		{ "-0.000", 6, 0 },
		{ "+.0", 6, 0 },
		{ "0e999999999999", 6, 0 },
		{ "-1e-400", 6, 0 },
		{ "2.4703282292062327e-324", 6, 0 }, /* just below half of the smallest number */
		{ "1.2300000000000000000000000000000000000000", 2, 123 },
		{ "000000000000000000000000000000001.23", 2, 123 },
		{ "12.3400", 2, 1234 },
		{ "12345678", 0, 12345678 },
		{ "12345678.12", 2, 1234567812 },
		{ "123456789012345", 0, 123456789012345 },
		{ "-123456789.012345", 6, -123456789012345 },
		{ "1234567.", 6, 1234567000000 },
		{ "2251799813.685247", 6, 2251799813685247 },
		{ "-2251799813.685247", 6, -2251799813685247 },
		{ "2.251799813685247", 15, 2251799813685247 },
		{ "23.710000000000001", 6, 23710000 }, /* what repr() of a sum gives: the binary64 of 23.71 */
		{ "23.7100000000000008", 6, 23710000 },
		{ "0.1000000000000000055511151231257827021181583404541015625", 6, 100000 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t cell = UNTOUCHED;
		assert_int_equal(cell_parse(cases[i].text, strlen(cases[i].text), cases[i].scale, &cell),
				 GPQ_REJECT_NONE);
		if (cell != cases[i].cell)
			fail_msg("'%s' at scale %u: %lld", cases[i].text, cases[i].scale, (long long)cell);
	}
}

/* The cell of a number in full: what strtod() says, and the decimal wherever some decimal is that number. */
static void check_text(const char *text, const char *plain, unsigned scale)
{
	int64_t cell = UNTOUCHED;
	enum gpq_reject reason = cell_parse(text, strlen(text), scale, &cell);
	double expected = strtod(plain, NULL);
	if (isinf(expected)) {
		if (reason != GPQ_REJECT_NUMBER_RANGE)
			fail_msg("'%s': %d", text, reason);
		return;
	}
	if (reason != GPQ_REJECT_NONE)
		fail_msg("'%s': %d", text, reason);
	double seen = gpq_cell_to_double(cell, scale);
	if (seen != expected || (expected == 0 && (cell != 0 || signbit(seen))))
		fail_msg("'%s' at scale %u: %.17g, expected %.17g", text, scale, seen, expected);
	if (cell == GPQ_CELL_NULL)
		fail_msg("'%s': null", text);
	if (!gpq_cell_is_decimal(
		cell)) { /* then neither neighbour of the scaled number is a decimal that reads the same */
		long double scaled = (long double)expected * (long double)gpq_cell_powers[scale];
		if (fabsl(scaled) < 0x1p51L)
			for (int step = -1; step <= 1; step++) {
				int64_t near = (int64_t)floorl(scaled) + step;
				assert_false(gpq_cell_is_decimal(near) &&
					     (double)near / gpq_cell_powers[scale] == expected);
			}
	}
}

static void random_digits(char *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		out[i] = (char)('0' + random_below(10));
	out[n] = '\0';
}

/* Blanks, a plus and grouped thousands, which strtod() does not know, in front of and into a plain number. */
static void decorate(const char *plain, char *out)
{
	const char *point = plain + (*plain == '-');
	size_t whole = strspn(point, "0123456789");
	*out++ = ' ';
	*out++ = '\t';
	if (*plain == '-')
		*out++ = '-';
	else
		*out++ = '+';
	for (size_t i = 0; i < whole; i++) {
		if (i && (whole - i) % 3 == 0)
			*out++ = ',';
		*out++ = point[i];
	}
	sprintf(out, "%s \t", point + whole);
}

static void prices_as_strtod(void **state)
{
	(void)state;
	char text[64], decorated[128];
	for (int i = 0; i < 1500000; i++) {
		char whole[20], part[20];
		random_digits(whole, random_below(i % 8 ? 6 : 12));
		random_digits(part, random_below(i % 8 ? 9 : 18));
		if (!whole[0] && !part[0])
			continue;
		sprintf(text, "%s%s%s%s", random_below(3) ? "" : "-", whole, part[0] || random_below(2) ? "." : "",
			part);
		unsigned scale = random_below(GPQ_CELL_MAX_SCALE + 1);
		check_text(text, text, scale);
		if (i % 8 == 0 && whole[0]) {
			decorate(text, decorated);
			check_text(decorated, text, scale);
		}
	}
}

static void exponents_as_strtod(void **state)
{
	(void)state;
	char text[128];
	for (int i = 0; i < 400000; i++) {
		char whole[40], part[40];
		random_digits(whole, 1 + random_below(22));
		random_digits(part, random_below(22));
		int exponent = i % 3 == 0 ? (int)random_below(40) - 20 : (int)random_below(700) - 350;
		sprintf(text, "%s%s.%se%d", random_below(2) ? "" : "-", whole, part, exponent);
		check_text(text, text, random_below(GPQ_CELL_MAX_SCALE + 1));
	}
}

/* Random binary64 as 15 to 17 digits, and 17 digits of what is next to them. */
static void numbers_printed(void **state)
{
	(void)state;
	char text[64];
	for (int i = 0; i < 400000; i++) {
		uint64_t bits = random_next();
		if (i % 4 == 0) /* subnormal */
			bits &= UINT64_C(0x800FFFFFFFFFFFFF);
		double number;
		memcpy(&number, &bits, sizeof(number));
		if (i % 4 == 1) /* of the size of prices */
			number = ldexp((double)(bits >> 12), -(int)(30 + random_below(30)));
		if (!isfinite(number))
			continue;
		sprintf(text, "%.*g", (int)(15 + random_below(3)), number);
		check_text(text, text, random_below(10));
	}
}

static void check_long(const char *text)
{
	check_text(text, text, random_below(10));
}

/* Halfway between two neighbours, exactly, a little above and a little below, up to all 767 digits. */
static void halfway(void **state)
{
	(void)state;
	static char text[1400];
	for (int i = 0; i < 30000; i++) {
		uint64_t bits = random_next() & UINT64_C(0x7FFFFFFFFFFFFFFF);
		if (i % 3 == 0)
			bits &= UINT64_C(0x000FFFFFFFFFFFFF);
		if (i % 3 == 1)
			bits = (bits & UINT64_C(0x000FFFFFFFFFFFFF)) | (uint64_t)(1023 - 40 + random_below(80)) << 52;
		if (bits >> 52 >= 0x7FE)
			continue;
		double low, high;
		memcpy(&low, &bits, 8);
		bits++;
		memcpy(&high, &bits, 8);
		/* long double holds the middle of two binary64 exactly, also of two subnormal ones; glibc prints it
		 * exactly */
		long double middle = ((long double)low + (long double)high) / 2;
		sprintf(text, "%.780Le", middle);
		char *exponent = strchr(text, 'e'), tail[16];
		strcpy(tail, exponent);
		check_long(text);
		char *last = exponent;
		while (last[-1] == '0')
			last--;
		sprintf(last, "%s", tail);
		check_long(text);
		sprintf(last, "000000000000000000000000000000000000001%s", tail);
		check_long(text);
		if (last[-1] != '.') {
			last[-1]--;
			sprintf(last, "9999999999999999999999999%s", tail);
			check_long(text);
		}
	}
}

/* The digit that decides stands behind thousands of zeros. */
static void thousands_of_digits(void **state)
{
	(void)state;
	static char text[21000];
	for (int i = 0; i < 300; i++) {
		unsigned n = 800 + random_below(i % 2 ? 100 : 19000);
		random_digits(text, n);
		char *point = text + random_below(700);
		*point = '.';
		check_text(text, text, 6);
	}
	/* 9007199254740993 = 2^53 + 1 lies halfway; what follows decides */
	for (int zeros = 700; zeros < 20000; zeros += 97) {
		strcpy(text, "9007199254740993.");
		memset(text + 17, '0', (size_t)zeros);
		strcpy(text + 17 + zeros, "");
		check_text(text, "9007199254740992", 0);
		strcpy(text + 17 + zeros, "1");
		check_text(text, "9007199254740994", 0);
	}
	memset(text, '0', 20000);
	strcpy(text + 20000, ".5");
	check_text(text, "0.5", 6);
	memcpy(text, "0.", 2);
	memset(text + 2, '0', 19000);
	strcpy(text + 19002, "5e19000");
	check_text(text, "0.5", 6);
	memset(text, '7', 400);
	strcpy(text + 400, "e-399");
	check_text(text, text, 6);
	memset(text, '1', 400);
	text[400] = '\0';
	int64_t cell;
	assert_int_equal(cell_parse(text, 400, 6, &cell), GPQ_REJECT_NUMBER_RANGE);
}

static void one_number_one_cell(void **state)
{
	(void)state;
	char text[64];
	for (int i = 0; i < 200000; i++) {
		unsigned scale = random_below(GPQ_CELL_MAX_SCALE + 1);
		int64_t cell = (int64_t)(random_next() >> (13 + random_below(40))) * (random_below(2) ? 1 : -1),
			seen[3];
		double number = gpq_cell_to_double(cell, scale);
		assert_int_equal(gpq_binary64_cell(number, scale), cell);
		sprintf(text, "%.17g", number);
		assert_int_equal(cell_parse(text, strlen(text), scale, &seen[0]), GPQ_REJECT_NONE);
		sprintf(text, "%llde-%u", (long long)cell, scale);
		assert_int_equal(cell_parse(text, strlen(text), scale, &seen[1]), GPQ_REJECT_NONE);
		sprintf(text, "%lld0000e-%u", (long long)cell, scale + 4);
		assert_int_equal(cell_parse(text, strlen(text), scale, &seen[2]), GPQ_REJECT_NONE);
		assert_int_equal(seen[0], cell);
		assert_int_equal(seen[1], cell);
		assert_int_equal(seen[2], cell);
	}
}

static void whole_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t value;
	} cases[] = { { "1", 1 },
		      { " 12 ", 12 },
		      { "-5", -5 },
		      { "+5", 5 },
		      { "3.0", 3 },
		      { "3.", 3 },
		      { "3.000", 3 },
		      { "0007", 7 },
		      { "2147483647", INT32_MAX },
		      { "-2147483648", INT32_MIN },
		      { "", -9 },
		      { " ", -9 },
		      { "NULL", -9 },
		      { "-0", 0 } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t value = 77;
		assert_int_equal(gpq_value_whole(gpq_text_of(cases[i].text), -9, &value), GPQ_REJECT_NONE);
		assert_int_equal(value, cases[i].value);
	}
	int32_t value = 77;
	assert_int_equal(gpq_value_whole(gpq_text_of(NULL), -9, &value), GPQ_REJECT_NONE);
	assert_int_equal(value, -9);
	static const char *const wrong[] = { "-",    "+",          ".0",          "1.5",
					     "3.01", "2147483648", "-2147483649", "99999999999999999999999",
					     "1e3",  "1 2",        "x",           "1,000",
					     "1.0.", "0x1",        "--1",         "." };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		value = 77;
		if (gpq_value_whole(gpq_text_of(wrong[i]), -9, &value) != GPQ_REJECT_VERSION)
			fail_msg("'%s' is accepted", wrong[i]);
		assert_int_equal(value, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_their_cells),
		cmocka_unit_test(rejected),
		cmocka_unit_test(out_of_range),
		cmocka_unit_test(nulls),
		cmocka_unit_test(decimals),
		cmocka_unit_test(prices_as_strtod),
		cmocka_unit_test(exponents_as_strtod),
		cmocka_unit_test(numbers_printed),
		cmocka_unit_test(halfway),
		cmocka_unit_test(thousands_of_digits),
		cmocka_unit_test(one_number_one_cell),
		cmocka_unit_test(whole_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
