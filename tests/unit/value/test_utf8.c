// SPDX-License-Identifier: MIT
/* Text: trimming by table, UTF-8 against a decoder that knows nothing but code points, voltages. */
#include "value/utf8.h"

#include "padded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t random_state = 521288629u;

static unsigned random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % limit;
}

/* Decodes to a code point and asks whether the shortest form of a legal one was used. */
static bool naive_is_utf8(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = p[i] < 0x80             ? 1
			   : (p[i] & 0xE0) == 0xC0 ? 2
			   : (p[i] & 0xF0) == 0xE0 ? 3
			   : (p[i] & 0xF8) == 0xF0 ? 4
						   : 0;
		if (!n || i + n > len)
			return false;
		uint32_t point = n == 1 ? p[i] : p[i] & (0xFFu >> (n + 1));
		for (size_t k = 1; k < n; k++) {
			if ((p[i + k] & 0xC0) != 0x80)
				return false;
			point = point << 6 | (p[i + k] & 0x3F);
		}
		static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
		if (point < least[n] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
			return false;
		i += n;
	}
	return true;
}

/* In a block of its own length, so that a sanitizer sees a read beyond it. */
static bool is_utf8(const unsigned char *bytes, size_t len)
{
	char *block = malloc(len ? len : 1);
	memcpy(block, bytes, len);
	bool seen = gpq_value_is_utf8(block, len);
	free(block);
	return seen;
}

static void every_short_sequence(void **state)
{
	(void)state;
	unsigned char bytes[4];
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			bytes[0] = (unsigned char)a, bytes[1] = (unsigned char)b;
			assert_int_equal(gpq_value_is_utf8((char *)bytes, 1), naive_is_utf8(bytes, 1));
			assert_int_equal(gpq_value_is_utf8((char *)bytes, 2), naive_is_utf8(bytes, 2));
			if (a < 0xC0)
				continue;
			for (unsigned c = 0x70; c < 0xD0; c++)
				for (unsigned d = 0x7E; d < 0xC2; d++) {
					bytes[2] = (unsigned char)c, bytes[3] = (unsigned char)d;
					if (gpq_value_is_utf8((char *)bytes, 4) != naive_is_utf8(bytes, 4))
						fail_msg("%02x %02x %02x %02x", a, b, c, d);
				}
		}
}

static void any_place_in_long_text(void **state)
{
	(void)state;
	static const char *const pieces[] = { "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x94\x8C", "\xFF",
					      "\xC3",     "\xE2\x82",     "\xED\xA0\x80",     "\x80" };
	unsigned char text[300];
	for (int i = 0; i < 200000; i++) {
		size_t len = random_below(290);
		for (size_t k = 0; k < len; k++)
			text[k] = (unsigned char)(' ' + random_below(95));
		for (unsigned n = random_below(3); n > 0; n--) {
			const char *piece = pieces[random_below(i % 2 ? 3 : 8)];
			size_t at = random_below((unsigned)len + 1), piece_len = strlen(piece);
			memcpy(text + at, piece, piece_len);
			len = at + piece_len > len ? at + piece_len : len;
		}
		assert_int_equal(is_utf8(text, len), naive_is_utf8(text, len));
	}
	assert_true(gpq_value_is_utf8(NULL, 0));
	assert_true(gpq_value_is_utf8("a\0b", 3));
}

static void trimmed(void **state)
{
	(void)state;
	static const struct {
		const char *text, *rest;
	} cases[] = { { "abc", "abc" },
		      { " abc\t", "abc" },
		      { "a b", "a b" },
		      { "\xC2\xA0 x \xC2\xA0", "x" },
		      { "\xC2\xA0", NULL },
		      { "", NULL },
		      { " \t ", NULL },
		      { "\xA0", "\xA0" },
		      { "\xC2", "\xC2" },
		      { " \xC2", "\xC2" },
		      { "\xA0 ", "\xA0" },
		      { "\xC3\xA0", "\xC3\xA0" },
		      { "\n", "\n" },
		      { "null", "null" },
		      { "\xC2\xA0\xC2\xA0\xC2\xA0y", "y" },
		      { "\xC2 \xA0", "\xC2 \xA0" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(gpq_text_equal(gpq_value_trim(gpq_text_of(cases[i].text)), gpq_text_of(cases[i].rest)));
	assert_null(gpq_value_trim((struct gpq_text){ NULL, 0 }).bytes);
}

static void voltages(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool fine;
		int64_t cell;
	} cases[] = { { "230 KV", true, 230000 },
		      { "34.5 KV", true, 34500 },
		      { "230KV", true, 230000 },
		      { " 13.8 kV ", true, 13800 },
		      { "115", true, 115000 },
		      { "4.16", true, 4160 },
		      { "", true, GPQ_CELL_NULL },
		      { "  ", true, GPQ_CELL_NULL },
		      { "1,000 KV", true, 1000000 },
		      { "500\xC2\xA0KV", true, 500000 },
		      { "KV", false, GPQ_CELL_NULL },
		      { " KV", false, GPQ_CELL_NULL },
		      { "null KV", false, GPQ_CELL_NULL },
		      { "230 V", false, GPQ_CELL_NULL },
		      { "230 KVA", false, GPQ_CELL_NULL },
		      { "HIGH", false, GPQ_CELL_NULL },
		      { "230/115 KV", false, GPQ_CELL_NULL },
		      { "230 KV KV", false, GPQ_CELL_NULL },
		      { "1e999 KV", false, GPQ_CELL_NULL },
		      { "nan", false, GPQ_CELL_NULL } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct padded padded = padded_of(cases[i].text);
		int64_t cell = 77;
		bool fine = gpq_value_voltage(padded.text, 3, &cell);
		if (fine != cases[i].fine || cell != cases[i].cell)
			fail_msg("'%s': %d, %lld", cases[i].text, fine, (long long)cell);
		free(padded.block);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_short_sequence),
		cmocka_unit_test(any_place_in_long_text),
		cmocka_unit_test(trimmed),
		cmocka_unit_test(voltages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
