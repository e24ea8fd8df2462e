// SPDX-License-Identifier: MIT
#include "unit/csv/csv_naive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#include <cmocka.h>

#define PAGE_BYTES 4096
#define AREA_BYTES (16 * PAGE_BYTES)

/* The page behind the area may not be touched. */
static uint8_t *area;
static struct gpq_budget budget;
static struct gpq_csv_scanner *scanners[NAIVE_LEVELS];
static uint64_t random_state;

static uint32_t random_next(void)
{
	random_state = random_state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(random_state >> 33);
}

static int group_open(void **state)
{
	(void)state;
	area = mmap(NULL, AREA_BYTES + PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED || mprotect(area + AREA_BYTES, PAGE_BYTES, PROT_NONE))
		return -1;
	gpq_budget_init(&budget, (size_t)64 << 20);
	for (int level = 0; level < NAIVE_LEVELS; level++) {
		if (gpq_csv_scanner_open(&budget, gpq_cpu_features(naive_levels[level]), &scanners[level], NULL))
			return -1;
	}
	random_state = 20240310;
	return 0;
}

static int group_close(void **state)
{
	(void)state;
	for (int level = 0; level < NAIVE_LEVELS; level++)
		gpq_csv_scanner_close(scanners[level]);
	munmap(area, AREA_BYTES + PAGE_BYTES);
	return atomic_load(&budget.used_bytes) != 0;
}

/* Each kernel must find what the naive machine finds, with whatever stands in the padding. */
static void levels_agree(const uint8_t *bytes, size_t len)
{
	struct naive_text text = naive_read(bytes, len);
	for (int level = 0; level < NAIVE_LEVELS; level++) {
		const char *differs = naive_scan_differs(scanners[level], &text, bytes, len);
		if (differs)
			fail_msg("%s, %zu bytes: %s: \"%.*s\"", naive_level_names[level], len, differs, (int)len,
				 bytes);
	}
	free(text.fields);
}

/* Puts 'text' so that its padding ends where the guard page begins, and compares with each byte in the padding. */
static void levels_agree_at_guard(const char *text, size_t len)
{
	uint8_t *bytes = area + AREA_BYTES - GPQ_CSV_PADDING - len;
	memcpy(bytes, text, len);
	for (const char *filler = "x,\n\""; *filler; filler++) {
		memset(bytes + len, *filler, GPQ_CSV_PADDING);
		levels_agree(bytes, len);
	}
}

static void a_scanner_without_budget_fails(void **state)
{
	(void)state;
	struct gpq_budget small;
	struct gpq_csv_scanner *scanner = NULL;
	struct gpq_error err;
	gpq_budget_init(&small, gpq_csv_scan_need() - 1);
	assert_int_equal(gpq_csv_scanner_open(&small, 0, &scanner, &err), GPQ_E_BUDGET);
	assert_null(scanner);
	assert_int_equal(err.status, GPQ_E_BUDGET);
	assert_int_equal(atomic_load(&small.used_bytes), 0);
}

static void each_failed_allocation_is_clean(void **state)
{
	(void)state;
	enum gpq_status status = GPQ_E_BUDGET;
	long fail_at = 1;
	for (; status != GPQ_OK; fail_at++) {
		struct gpq_budget tight;
		struct gpq_csv_scanner *scanner = NULL;
		gpq_budget_init(&tight, gpq_csv_scan_need());
		tight.fail_at = fail_at;
		status = gpq_csv_scanner_open(&tight, GPQ_CPU_ALL, &scanner, NULL);
		assert_true(status == GPQ_OK || (status == GPQ_E_BUDGET && !scanner));
		gpq_csv_scanner_close(scanner);
		assert_int_equal(atomic_load(&tight.used_bytes), 0);
	}
	assert_true(fail_at > 2);
	gpq_csv_scanner_close(NULL);
}

static void what_is_taken_is_what_need_says(void **state)
{
	(void)state;
	struct gpq_budget exact;
	struct gpq_csv_scanner *scanner;
	gpq_budget_init(&exact, gpq_csv_scan_need());
	assert_int_equal(gpq_csv_scanner_open(&exact, GPQ_CPU_ALL, &scanner, NULL), GPQ_OK);
	assert_int_equal(atomic_load(&exact.peak_bytes), gpq_csv_scan_need());
	assert_int_equal(atomic_load(&exact.tag_used_bytes[GPQ_TAG_CSV]), gpq_csv_scan_need());
	gpq_csv_scanner_close(scanner);
	assert_int_equal(atomic_load(&exact.used_bytes), 0);
}

/* 'fields' are written as the rules say: '|' between fields, '/' behind each record. */
struct example {
	const char *bytes, *fields;
};

static const struct example examples[] = {
	{ "", "" },
	{ "\n", "/" },
	{ "\r\n", "/" },
	{ "\n\n", "//" },
	{ "a", "a/" },
	{ "a\r", "a/" },
	{ "a,b\n", "a|b/" },
	{ "a,b\r\nc,d\r\n", "a|b/c|d/" },
	{ "a,b\nc,d", "a|b/c|d/" },
	{ "a,\n", "a|/" },
	{ "a,", "a|/" },
	{ ",\n,", "|/|/" },
	{ "a\rb,c\n", "a\rb|c/" },
	{ "a\r,b\n", "a\r|b/" },
	{ "a\r\r\n", "a\r/" },
	{ "\"a,b\",c\n", "\"a,b\"|c/" },
	{ "\"a\nb\",c\n", "\"a\nb\"|c/" },
	{ "\"a\"\"b\",c\n", "\"a\"\"b\"|c/" },
	{ "\"\",\"\"\r\n", "\"\"|\"\"/" },
	{ "\"\"\"\",\"\"\",\"\n", "\"\"\"\"|\"\"\",\"/" },
	{ "\"a\"b,c\n", "\"a\"b|c/" },
	{ "\"a\"b\"c,d\"\n", "\"a\"b\"c|d\"/" },
	{ "\"a\" \"b,c\"\n", "\"a\" \"b|c\"/" },
	{ "5\" pipe,6\" pipe\n", "5\" pipe|6\" pipe/" },
	{ " \"a,b\"\n", " \"a|b\"/" },
	{ "a\"\"\"\",\"b,\"\n", "a\"\"\"\"|\"b,\"/" },
	{ "a,\"b\nc", "a|\"b\nc/" },
	{ "\"a\"\r\nb\n", "\"a\"/b/" },
};

static void the_rules_hold_in_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		size_t len = strlen(examples[i].bytes), off = 0, n = 0;
		uint8_t *bytes = area;
		char text[256];
		memcpy(bytes, examples[i].bytes, len);
		for (int level = 0; level < NAIVE_LEVELS; level++, off = n = 0) {
			while (off < len) {
				struct gpq_csv_index index;
				size_t used = gpq_csv_scan(scanners[level], bytes + off, len - off, &index);
				for (uint32_t r = 0; r < index.n_records; r++) {
					for (uint32_t f = index.records[r]; f < index.records[r + 1]; f++) {
						struct gpq_text field = gpq_csv_field(&index, bytes + off, r, f);
						memcpy(text + n, field.bytes, field.len);
						n += field.len;
						text[n++] = f + 1 == index.records[r + 1] ? '/' : '|';
					}
				}
				off += used;
			}
			text[n] = 0;
			assert_string_equal(text, examples[i].fields);
		}
		levels_agree_at_guard(examples[i].bytes, len);
	}
}

static void nothing_holds_no_record(void **state)
{
	(void)state;
	for (int level = 0; level < NAIVE_LEVELS; level++) {
		struct gpq_csv_index index;
		assert_int_equal(gpq_csv_scan(scanners[level], area, 0, &index), 0);
		assert_int_equal(index.n_ends, 0);
		assert_int_equal(index.n_records, 0);
		assert_int_equal(index.records[0], 0);
		assert_false(index.has_quotes);
	}
}

/* Weights by repetition. */
static const char *const alphabets[] = {
	"\",\na", "\"\"\"\",\n", "aaaaaaa,", "aaaaaaaaaaaaaaa,,,\n", "aaaaaaaaaaa\",\n", "\",",
	"\"\n",   "\"a",         ",\n\r",    "aaaaa\",\"\"\r\n",
};

#define N_ALPHABETS (sizeof(alphabets) / sizeof(alphabets[0]))

static void random_bytes(uint8_t *bytes, size_t len, size_t alphabet)
{
	size_t n = strlen(alphabets[alphabet]);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)alphabets[alphabet][random_next() % n];
}

static void all_lengths_and_alignments_agree(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 200; len++) {
		for (size_t align = 0; align < 64; align++) {
			uint8_t *bytes = area + align;
			random_bytes(bytes, len + GPQ_CSV_PADDING, (len + align) % N_ALPHABETS);
			levels_agree(bytes, len);
		}
		for (size_t alphabet = 0; alphabet < N_ALPHABETS; alphabet++) {
			char text[256];
			random_bytes((uint8_t *)text, len, alphabet);
			levels_agree_at_guard(text, len);
		}
	}
}

/* Every text of seven bytes that matter, across the border of two blocks at each place. */
static void all_short_texts_agree_at_a_border(void **state)
{
	(void)state;
	static const uint8_t letters[4] = { '"', ',', '\n', 'a' };
	for (uint32_t number = 0; number < 1u << 14; number++) {
		size_t at = 57 + number % 8;
		uint8_t *bytes = area;
		memset(bytes, 'x', 160);
		if (number / 8 % 2)
			bytes[at - 1] = ',';
		else if (number / 16 % 2)
			bytes[0] = '"';
		for (int i = 0; i < 7; i++)
			bytes[at + i] = letters[number >> (2 * i) & 3];
		bytes[100] = ',';
		levels_agree(bytes, at + 7);
		levels_agree(bytes, 110);
	}
}

static void bytes_of_all_values_agree(void **state)
{
	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t len = random_next() % 3000;
		for (size_t i = 0; i < len; i++)
			area[i] = (uint8_t)random_next();
		levels_agree(area, len);
	}
}

/* Quoted fields as writers make them, with content that looks like structure, and now and then a byte too many. */
static size_t quoted_text(uint8_t *bytes, size_t len, uint32_t spoil)
{
	size_t n = 0;
	while (n + 40 < len) {
		bytes[n++] = '"';
		for (uint32_t i = random_next() % 12; i; i--) {
			uint32_t pick = random_next() % 8;
			if (pick == 0)
				bytes[n++] = '"';
			bytes[n++] = (uint8_t) "\",\nabcde"[pick];
		}
		bytes[n++] = '"';
		if (spoil && random_next() % spoil == 0)
			bytes[n++] = (uint8_t) "\" a,"[random_next() % 4];
		bytes[n++] = random_next() % 6 ? ',' : '\n';
	}
	return n;
}

static void quoted_texts_agree(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 300; round++)
		levels_agree(area, quoted_text(area, 500 + random_next() % 8000, round % 3 * 20));
}

/* Few quotes, all about the borders of blocks, with blocks without any between them: what one block hands to the next
 * must neither get lost nor outlive it. */
static void sparse_quotes_at_borders_agree(void **state)
{
	(void)state;
	for (int round = 0; round < 20000; round++) {
		memset(area, 'x', 400);
		for (uint32_t i = 1 + random_next() % 6; i; i--) {
			uint32_t at = random_next() % 6 * 64 + random_next() % 4;
			area[at < 2 ? 0 : at - 2] = (uint8_t) "\"\"\",\n"[random_next() % 5];
		}
		levels_agree(area, 300 + random_next() % 30);
	}
}

/* Texts of many pieces: pieces end at records, and nothing is lost between them. */
static void texts_of_many_pieces_agree(void **state)
{
	(void)state;
	const size_t len = (size_t)1 << 20;
	uint8_t *bytes = malloc(len + GPQ_CSV_PADDING);
	for (size_t alphabet = 0; alphabet < N_ALPHABETS; alphabet++) {
		random_bytes(bytes, len + GPQ_CSV_PADDING, alphabet);
		/* Records of at most some thousand fields. */
		for (size_t i = 5000; i < len; i += 5000)
			memcpy(bytes + i, "x\nx\"\n", 5);
		levels_agree(bytes, len);
	}
	levels_agree(bytes, quoted_text(bytes, len, 0));
	free(bytes);
}

/* A record of n fields between two short ones; beyond the limit it comes alone and cut. */
static void wide_record_check(uint32_t n_fields, bool newline)
{
	size_t len = 0;
	uint8_t *bytes = malloc(3 * (size_t)n_fields + 200 + GPQ_CSV_PADDING);
	memcpy(bytes, "a,b\n", 4);
	len = 4;
	for (uint32_t i = 0; i < n_fields; i++, len += 2)
		memcpy(bytes + len, i + 1 < n_fields ? "1," : "2\n", 2);
	len -= !newline;
	size_t wide_end = len;
	if (newline)
		memcpy(bytes + len, "c,\"d\"\n", 6), len += 6;
	memset(bytes + len, ',', GPQ_CSV_PADDING);
	for (int level = 0; level < NAIVE_LEVELS; level++) {
		struct gpq_csv_index index;
		if (n_fields <= GPQ_CSV_MAX_FIELDS) {
			levels_agree(bytes, len);
			continue;
		}
		assert_int_equal(gpq_csv_scan(scanners[level], bytes, len, &index), 4);
		assert_int_equal(index.n_records, 1);
		assert_int_equal(index.n_ends, 2);
		assert_int_equal(gpq_csv_scan(scanners[level], bytes + 4, len - 4, &index), wide_end - 4);
		assert_int_equal(index.n_records, 1);
		assert_int_equal(index.n_ends, GPQ_CSV_MAX_FIELDS);
		assert_int_equal(index.records[1], GPQ_CSV_MAX_FIELDS);
		assert_false(index.has_quotes);
		for (uint32_t i = 0; i < GPQ_CSV_MAX_FIELDS; i++)
			assert_int_equal(index.ends[i], 2 * i + 1);
		if (newline) {
			assert_int_equal(gpq_csv_scan(scanners[level], bytes + wide_end, 6, &index), 6);
			assert_int_equal(index.n_ends, 2);
			assert_true(index.has_quotes);
		}
	}
	free(bytes);
}

static void wide_records_make_progress(void **state)
{
	(void)state;
	static const uint32_t widths[] = {
		32700, 32768, 32769, 65471, 65534, 65535, 65536, 65537, 65600, 70000, 300001
	};
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		wide_record_check(widths[i], true);
		wide_record_check(widths[i], false);
	}
}

/* Nothing but separators: each block brings 64 ends or 64 records. */
static void separators_only_agree(void **state)
{
	(void)state;
	const size_t len = 200000;
	uint8_t *bytes = malloc(len + GPQ_CSV_PADDING);
	memset(bytes, '\n', len + GPQ_CSV_PADDING);
	levels_agree(bytes, len);
	for (size_t i = 0; i < len; i++)
		bytes[i] = i % 60000 == 59999 ? '\n' : ',';
	levels_agree(bytes, len);
	free(bytes);
}

/* Texts of all lengths, equal or different in one byte or in length, as a column of every second field at the area's end;
 * what is expected stands one behind the other, or is one text for all. */
static void columns_are_matched(void **state)
{
	(void)state;
	enum { MAX_TEXTS = 20 };
	char *expected = malloc(MAX_TEXTS * 200 + GPQ_CSV_PADDING);
	for (int round = 0; round < 20000; round++) {
		uint32_t at[MAX_TEXTS + 1] = { 0 }, ends[2 * MAX_TEXTS + 1], count = 1 + random_next() % MAX_TEXTS;
		uint32_t wrong = random_next() % 3 ? random_next() % count : count, step = random_next() % 2, len = 0;
		char text[MAX_TEXTS * 220];
		ends[0] = UINT32_MAX;
		for (uint32_t i = 0; i < count; i++) {
			uint32_t text_len = !step && i ? at[1] : random_next() % (random_next() % 8 ? 70 : 200);
			at[i + 1] = at[i] + text_len;
			for (uint32_t j = 0; (step || !i) && j < text_len; j++)
				expected[at[i] + j] = (char)('a' + random_next() % 3);
			memcpy(text + len, expected + at[i * step], text_len);
			if (i == wrong && text_len && random_next() % 2)
				text[len + random_next() % text_len] = '?';
			else if (i == wrong)
				text[len + text_len++] = '?';
			len += text_len;
			ends[2 * i + 1] = len;
			text[len++] = ',';
			len += random_next() % 2;
			ends[2 * i + 2] = len;
			text[len++] = '\n';
		}
		memset(expected + at[count], 'z', GPQ_CSV_PADDING);
		char *bytes = (char *)area + AREA_BYTES - GPQ_CSV_PADDING - len;
		memcpy(bytes, text, len);
		struct gpq_text_column column = { bytes, ends + 1, 2, 1, count };
		for (size_t level = 0; level < NAIVE_LEVELS; level++)
			assert_int_equal(gpq_csv_match(scanners[level], &column, expected, at, step), wrong);
	}
	free(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scanner_without_budget_fails),
		cmocka_unit_test(each_failed_allocation_is_clean),
		cmocka_unit_test(what_is_taken_is_what_need_says),
		cmocka_unit_test(wide_records_make_progress),
		cmocka_unit_test(nothing_holds_no_record),
		cmocka_unit_test(the_rules_hold_in_examples),
		cmocka_unit_test(all_lengths_and_alignments_agree),
		cmocka_unit_test(all_short_texts_agree_at_a_border),
		cmocka_unit_test(bytes_of_all_values_agree),
		cmocka_unit_test(quoted_texts_agree),
		cmocka_unit_test(sparse_quotes_at_borders_agree),
		cmocka_unit_test(texts_of_many_pieces_agree),
		cmocka_unit_test(separators_only_agree),
		cmocka_unit_test(columns_are_matched),
	};
	return cmocka_run_group_tests(tests, group_open, group_close);
}
