// SPDX-License-Identifier: MIT
#include "unit/csv/csv_naive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#include <cmocka.h>

#define MAX        GPQ_CSV_MAX_RECORD_BYTES
#define PAGE_BYTES 4096
#define AREA_BYTES (4 * PAGE_BYTES)

static uint8_t *area; /* the page behind may not be touched */
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
	random_state = 20241103;
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

static struct gpq_csv_cut cut_at(int level, const uint8_t *bytes, size_t len, bool full, bool last)
{
	return gpq_csv_cut(bytes, len, full, last, gpq_cpu_features(naive_levels[level]));
}

static void cut_is(struct gpq_csv_cut cut, enum gpq_csv_cut_kind kind, size_t len, uint32_t lines, const char *what)
{
	if (cut.kind != kind || cut.len != len || cut.lines != lines)
		fail_msg("%s: kind %d, %zu bytes, %u lines, not kind %d, %zu bytes, %u lines", what, cut.kind, cut.len,
			 cut.lines, kind, len, lines);
}

struct example {
	const char *bytes;
	bool full, last;
	enum gpq_csv_cut_kind kind;
	size_t len;
	uint32_t lines;
};

static const struct example examples[] = {
	/* A quote that does not close. */
	{ "a,\"b\nc\nd", false, false, GPQ_CUT_MORE, 0, 0 },
	{ "a,\"b\nc\nd", true, false, GPQ_CUT_QUOTE, 5, 1 },
	{ "a,\"b\nc\nd", false, true, GPQ_CUT_QUOTE, 5, 1 },
	{ "\"b\r\nc\n", false, true, GPQ_CUT_QUOTE, 4, 1 },
	{ "a,\"b", true, false, GPQ_CUT_LONG, 4, 0 },
	{ "a,\"b", false, true, GPQ_CUT_QUOTE, 4, 1 },
	{ "a,\"b", true, true, GPQ_CUT_QUOTE, 4, 1 },
	{ "\"", false, true, GPQ_CUT_QUOTE, 1, 1 },
	/* Whole records in front come first. */
	{ "a\nb,\"c\nd", true, false, GPQ_CUT_RECORDS, 2, 1 },
	{ "a\nb,\"c\nd", false, true, GPQ_CUT_RECORDS, 2, 1 },
	{ "a\nb,\"c\nd", false, false, GPQ_CUT_RECORDS, 2, 1 },
	{ "\"a\nb\"\n\"c", false, true, GPQ_CUT_RECORDS, 6, 2 },
	/* No line end. */
	{ "abc", true, false, GPQ_CUT_LONG, 3, 0 },
	{ "abc", false, false, GPQ_CUT_MORE, 0, 0 },
	{ "abc", false, true, GPQ_CUT_RECORDS, 3, 1 },
	{ "\"abc\"", true, false, GPQ_CUT_LONG, 5, 0 },
	{ "\"a\nc\"", true, false, GPQ_CUT_LONG, 5, 1 },
	{ "\"a\nc\"", false, true, GPQ_CUT_RECORDS, 5, 2 },
	{ "abc\r", false, true, GPQ_CUT_RECORDS, 4, 1 },
	/* Whole records. */
	{ "", false, false, GPQ_CUT_MORE, 0, 0 },
	{ "", false, true, GPQ_CUT_RECORDS, 0, 0 },
	{ "\n", false, false, GPQ_CUT_RECORDS, 1, 1 },
	{ "a\n", false, true, GPQ_CUT_RECORDS, 2, 1 },
	{ "a\nb\nc", false, false, GPQ_CUT_RECORDS, 4, 2 },
	{ "a\nb\nc", false, true, GPQ_CUT_RECORDS, 5, 3 },
	{ "\"a\nb\"\nc", false, false, GPQ_CUT_RECORDS, 6, 2 },
	{ "\"a\nb\"\nc", false, true, GPQ_CUT_RECORDS, 7, 3 },
	{ "a\n\"b\nc\"", false, true, GPQ_CUT_RECORDS, 7, 3 },
	/* Quotes that are bytes like others. */
	{ "5\" a\nb\n\"c\"d\"e\nf", false, false, GPQ_CUT_RECORDS, 14, 3 },
};

static void examples_are_cut_as_described(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];
		size_t len = strlen(e->bytes);
		uint8_t *bytes = area + AREA_BYTES - GPQ_CSV_PADDING - len;
		memcpy(bytes, e->bytes, len);
		for (const char *filler = "x,\n\""; *filler; filler++) {
			memset(bytes + len, *filler, GPQ_CSV_PADDING);
			for (int level = 0; level < NAIVE_LEVELS; level++)
				cut_is(cut_at(level, bytes, len, e->full, e->last), e->kind, e->len, e->lines,
				       e->bytes);
			cut_is(naive_cut(bytes, len, e->full, e->last), e->kind, e->len, e->lines, e->bytes);
		}
	}
}

static void levels_agree(const uint8_t *bytes, size_t len)
{
	for (int flags = 0; flags < 4; flags++) {
		struct gpq_csv_cut cut = naive_cut(bytes, len, flags & 1, flags & 2);
		for (int level = 0; level < NAIVE_LEVELS; level++) {
			struct gpq_csv_cut seen = cut_at(level, bytes, len, flags & 1, flags & 2);
			cut_is(seen, cut.kind, cut.len, cut.lines, naive_level_names[level]);
			assert_true(naive_traits_equal(seen.traits, cut.traits));
		}
	}
}

static const char *const alphabets[] = { "\",\na", "aaaaaaa\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\"\n", "\"a\"\"\n",
					 "aaa,a" };

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
			uint8_t *bytes = area + AREA_BYTES - GPQ_CSV_PADDING - align - len;
			random_bytes(bytes, len + GPQ_CSV_PADDING + align, (len + align) % N_ALPHABETS);
			levels_agree(bytes, len);
		}
	}
}

/* One byte of a kind at each place of a text that is plain, or full of quotes; the padding holds them all. */
static void one_byte_tells_its_kind_wherever_it_stands(void **state)
{
	static const uint8_t kinds[] = { 0, 1, 0x7f, 0x80, 0x81, 0xc3, 0xff, '"' };
	(void)state;
	for (size_t len = 1; len <= 200; len += len < 140 ? 1 : 7)
		for (size_t at = 0; at < len; at++)
			for (size_t kind = 0; kind < sizeof(kinds) + 2; kind++) {
				uint8_t *bytes = area + AREA_BYTES - GPQ_CSV_PADDING - len - at % 3;
				random_bytes(bytes, len, kind % 2 ? 1 : 3);
				memset(bytes + len, kind % 4 < 2 ? 0 : 0xff, GPQ_CSV_PADDING);
				if (kind < sizeof(kinds))
					bytes[at] = kinds[kind];
				levels_agree(bytes, len);
			}
}

static void long_texts_agree(void **state)
{
	(void)state;
	const size_t len = 300000;
	uint8_t *bytes = malloc(len + GPQ_CSV_PADDING);
	for (size_t alphabet = 0; alphabet < N_ALPHABETS; alphabet++) {
		random_bytes(bytes, len + GPQ_CSV_PADDING, alphabet);
		levels_agree(bytes, len);
		levels_agree(bytes, len - 1 - random_next() % 1000);
		/* A stretch without line ends in the middle, at the end. */
		memset(bytes + 60000, 'x', 140000);
		levels_agree(bytes, len);
		levels_agree(bytes, 190000);
		bytes[random_next() % len] = (uint8_t)(alphabet % 2 ? 0 : 0x80 + random_next() % 0x80);
		levels_agree(bytes, len);
	}
	free(bytes);
}

/* A reader with a buffer of 'room' bytes: scans what is cut and compares it with the whole text's fields. */
static void parts_are_the_whole(int level, const uint8_t *bytes, size_t len, size_t room, const struct naive_text *text)
{
	uint32_t features = gpq_cpu_features(naive_levels[level]);
	size_t field = 0, at = 0;
	uint32_t lines = 0, expected_lines = len && bytes[len - 1] != '\n';
	uint8_t *buffer = malloc(room + GPQ_CSV_PADDING);
	while (at < len) {
		size_t held = len - at < room ? len - at : room;
		memcpy(buffer, bytes + at, held);
		memset(buffer + held, '"', GPQ_CSV_PADDING);
		struct gpq_csv_cut cut = gpq_csv_cut(buffer, held, held == room, at + held == len, features);
		assert_int_equal(cut.kind, GPQ_CUT_RECORDS);
		assert_in_range(cut.len, 1, held);
		lines += cut.lines;
		memset(buffer + cut.len, ',', GPQ_CSV_PADDING < held - cut.len ? GPQ_CSV_PADDING : held - cut.len);
		for (size_t off = 0, used; off < cut.len; off += used) {
			struct gpq_csv_index index;
			used = gpq_csv_scan(scanners[level], buffer + off, cut.len - off, &index);
			assert_in_range(used, 1, cut.len - off);
			const char *differs = naive_piece_differs(text, &field, at + off, used, &index);
			if (differs)
				fail_msg("%s, room %zu, at %zu: %s", naive_level_names[level], room, at, differs);
		}
		at += cut.len;
	}
	for (size_t i = 0; i < len; i++)
		expected_lines += bytes[i] == '\n';
	assert_int_equal(field, text->n_fields);
	assert_int_equal(lines, expected_lines);
	free(buffer);
}

static size_t longest_record(const struct naive_text *text)
{
	size_t longest = 1, begin = 0;
	for (size_t i = 0; i < text->n_fields; i++) {
		if (text->fields[i].is_last) {
			size_t bytes = text->fields[i].end + 1 - begin;
			longest = bytes > longest ? bytes : longest;
			begin = text->fields[i].end + 1;
		}
	}
	return longest;
}

/* Cut at every buffer size that holds the longest record, the fields are those of the whole text. */
static void every_buffer_gives_the_same_fields(void **state)
{
	(void)state;
	static const char *const parts[] = { "a,b,c\n", "\"x,\ny\",\"\"\"\",1\r\n",    "\n", "5\" z,\"q\"r\",\n",
					     ",,\r\n",  "\"line\n\n\nline, \"\"\",2\n" };
	for (int round = 0; round < 12; round++) {
		uint8_t bytes[600];
		size_t len = 0;
		while (len < 300 + (size_t)round * 10) {
			const char *part = parts[random_next() % 6];
			memcpy(bytes + len, part, strlen(part));
			len += strlen(part);
		}
		len -= round % 2; /* with and without the last newline */
		struct naive_text text = naive_read(bytes, len);
		for (size_t room = longest_record(&text); room <= len + 2; room++)
			for (int level = 0; level < NAIVE_LEVELS; level++)
				parts_are_the_whole(level, bytes, len, room, &text);
		free(text.fields);
	}
}

/* Every record of up to the limit is whole for a reader whose buffer holds a byte more, wherever it begins; a longer
 * one is given up alone. */
static void records_up_to_the_limit_are_waited_for(void **state)
{
	(void)state;
	uint8_t *bytes = malloc(2 * MAX + GPQ_CSV_PADDING);
	memset(bytes, 'x', 2 * MAX + GPQ_CSV_PADDING);
	for (int level = 0; level < NAIVE_LEVELS; level++) {
		cut_is(cut_at(level, bytes, MAX, false, false), GPQ_CUT_MORE, 0, 0, "as long as may be");
		cut_is(cut_at(level, bytes, MAX + 1, false, false), GPQ_CUT_LONG, MAX + 1, 0, "longer");
		cut_is(cut_at(level, bytes, MAX + 1, false, true), GPQ_CUT_RECORDS, MAX + 1, 1, "longer, ended");
		bytes[MAX - 1] = '\n';
		cut_is(cut_at(level, bytes, MAX, true, false), GPQ_CUT_RECORDS, MAX, 1, "ends at the limit");
		cut_is(cut_at(level, bytes, 2 * MAX, true, false), GPQ_CUT_RECORDS, MAX, 1, "more behind it");
		cut_is(cut_at(level, bytes + MAX, MAX, false, false), GPQ_CUT_MORE, 0, 0, "the next");
		bytes[MAX - 1] = 'x';
	}
	free(bytes);
}

static void an_open_quote_is_not_waited_for_beyond_the_limit(void **state)
{
	(void)state;
	uint8_t *bytes = malloc(2 * MAX + GPQ_CSV_PADDING);
	memset(bytes, 'x', 2 * MAX + GPQ_CSV_PADDING);
	bytes[0] = '"';
	for (int level = 0; level < NAIVE_LEVELS; level++) {
		cut_is(cut_at(level, bytes, MAX, false, false), GPQ_CUT_MORE, 0, 0, "no line end, limit");
		cut_is(cut_at(level, bytes, MAX + 1, false, false), GPQ_CUT_LONG, MAX + 1, 0, "no line end, longer");
		cut_is(cut_at(level, bytes, 2 * MAX, false, true), GPQ_CUT_QUOTE, 2 * MAX, 1, "no line end, ended");
		bytes[100] = bytes[200] = '\n';
		cut_is(cut_at(level, bytes, MAX, false, false), GPQ_CUT_MORE, 0, 0, "limit");
		cut_is(cut_at(level, bytes, MAX + 1, false, false), GPQ_CUT_QUOTE, 101, 1, "longer");
		/* It closes, but the record goes on. */
		bytes[300] = '"';
		cut_is(cut_at(level, bytes, MAX + 1, false, false), GPQ_CUT_LONG, MAX + 1, 2, "closed, longer");
		bytes[100] = bytes[200] = bytes[300] = 'x';
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_cut_as_described),
		cmocka_unit_test(all_lengths_and_alignments_agree),
		cmocka_unit_test(one_byte_tells_its_kind_wherever_it_stands),
		cmocka_unit_test(long_texts_agree),
		cmocka_unit_test(records_up_to_the_limit_are_waited_for),
		cmocka_unit_test(an_open_quote_is_not_waited_for_beyond_the_limit),
		cmocka_unit_test(every_buffer_gives_the_same_fields),
	};
	return cmocka_run_group_tests(tests, group_open, group_close);
}
