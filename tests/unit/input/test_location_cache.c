// SPDX-License-Identifier: MIT
#include "input/location_cache.h"

#include "cpu/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct gpq_budget budget;
static struct gpq_location_cache *cache;

static int cache_open(void **state)
{
	(void)state;
	gpq_budget_init(&budget, gpq_location_cache_need() + 4096);
	return gpq_location_cache_open(&budget, &cache, NULL) == GPQ_OK ? 0 : -1;
}

static int cache_close(void **state)
{
	(void)state;
	gpq_location_cache_close(cache);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

/* Looks for a copy that readable bytes follow, as they follow a line. */
static bool find_padded(struct gpq_text bytes, uint32_t *out_code)
{
	char *padded = malloc(bytes.len + GPQ_PADDED_BYTES);
	assert_non_null(padded);
	memcpy(padded, bytes.bytes, bytes.len);
	memset(padded + bytes.len, 0xA5, GPQ_PADDED_BYTES);
	bool found = gpq_location_cache_find(cache, (struct gpq_text){ padded, bytes.len }, out_code);
	free(padded);
	return found;
}

/* Finds or enters, as the parser does; returns whether it was found. */
static bool look_up(struct gpq_text bytes, uint32_t code, uint32_t *out_code)
{
	if (find_padded(bytes, out_code))
		return true;
	gpq_location_cache_enter(cache, bytes, code);
	*out_code = code;
	return false;
}

static void nothing_is_found_in_an_empty_cache(void **state)
{
	(void)state;
	uint32_t code = 77;
	assert_false(find_padded(gpq_text_of("1,PJM-RTO"), &code));
	assert_false(find_padded(gpq_text_of(""), &code));
	assert_int_equal(code, 77);
}

static void what_was_entered_is_found_in_any_order(void **state)
{
	(void)state;
	char text[32];
	uint32_t code;
	for (uint32_t round = 0; round < 4; round++)
		for (uint32_t i = 0; i < 13000; i++) {
			uint32_t which = round == 2 ? 12999 - i : round == 3 ? i * 7919u % 13000 : i;
			snprintf(text, sizeof(text), "%u,NODE %u", which * 3, which);
			assert_int_equal(look_up(gpq_text_of(text), which, &code), round > 0);
			assert_int_equal(code, which);
		}
}

/* The same order hour after hour is the quick path; another order must not follow the old one. */
static void a_remembered_successor_is_compared(void **state)
{
	(void)state;
	uint32_t code;
	look_up(gpq_text_of("A"), 1, &code);
	look_up(gpq_text_of("B"), 2, &code);
	look_up(gpq_text_of("C"), 3, &code);
	static const struct {
		const char *text;
		uint32_t code;
	} steps[] = { { "A", 1 }, { "C", 3 }, { "A", 1 }, { "B", 2 }, { "B", 2 }, { "C", 3 }, { "A", 1 }, { "C", 3 } };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_true(find_padded(gpq_text_of(steps[i].text), &code));
		assert_int_equal(code, steps[i].code);
	}
	assert_false(find_padded(gpq_text_of("AB"), &code));
	assert_false(find_padded(gpq_text_of(""), &code));
}

static void texts_of_every_length_differ(void **state)
{
	(void)state;
	static char text[1100];
	uint32_t code;
	memset(text, 'x', sizeof(text));
	for (uint32_t len = 0; len <= 1024; len++)
		assert_false(look_up((struct gpq_text){ text, len }, len, &code));
	for (uint32_t len = 0; len <= 1024; len++) {
		assert_true(find_padded((struct gpq_text){ text, len }, &code));
		assert_int_equal(code, len);
	}
	text[1023] = 'y';
	assert_false(find_padded((struct gpq_text){ text, 1024 }, &code));
}

static void longer_than_the_cache_keeps_is_not_entered(void **state)
{
	(void)state;
	static char text[1025];
	uint32_t code;
	memset(text, 'x', sizeof(text));
	gpq_location_cache_enter(cache, (struct gpq_text){ text, sizeof(text) }, 9);
	assert_false(find_padded((struct gpq_text){ text, sizeof(text) }, &code));
	look_up(gpq_text_of("A"), 1, &code);
	assert_true(find_padded(gpq_text_of("A"), &code));
}

/* More locations than fit: it starts again empty, and never gives a wrong code. */
static void a_full_cache_starts_again(void **state)
{
	(void)state;
	char text[300];
	uint32_t code, found = 0;
	memset(text, '-', sizeof(text));
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 60000; i++) {
			int len = snprintf(text, 16, "%08u", i);
			text[len] = '-';
			struct gpq_text bytes = { text, 8 + i % 290 };
			found += look_up(bytes, i, &code);
			assert_int_equal(code, i);
			assert_true(find_padded(bytes, &code));
			assert_int_equal(code, i);
		}
	assert_true(found < 60000);
}

/* What follows one column after another is what each text finds by itself, whatever the order. */
static void a_column_is_followed(void **state)
{
	(void)state;
	struct gpq_budget scanner_budget;
	struct gpq_csv_scanner *scanner;
	gpq_budget_init(&scanner_budget, gpq_csv_scan_need() + 4096);
	assert_int_equal(gpq_csv_scanner_open(&scanner_budget, GPQ_CPU_ALL, &scanner, NULL), GPQ_OK);
	enum { COUNT = 50 };
	static char lines[COUNT * 100 + GPQ_CSV_PADDING];
	for (uint32_t round = 0; round < 60; round++) {
		uint32_t ends[2 * COUNT + 1] = { UINT32_MAX }, codes[COUNT], len = 0, unknown = round % 7 ? COUNT : round % COUNT;
		for (uint32_t i = 0; i < COUNT; i++) {
			uint32_t which = round % 3 == 0 ? i : round % 3 == 1 ? i * 7 % COUNT : i / 5 * 5;
			which = i >= unknown ? 1000 * round + i : which;
			len += (uint32_t)sprintf(lines + len, "%u,NODE %u", which * 3, which);
			ends[2 * i + 1] = len++;
			ends[2 * i + 2] = len++;
			if (round == 0)
				look_up(gpq_text_column_at(&(struct gpq_text_column){ lines, ends + 1, 2, 1, COUNT }, i), which, &codes[i]);
		}
		struct gpq_text_column column = { lines, ends + 1, 2, 1, COUNT };
		uint32_t found = gpq_location_cache_follow(cache, scanner, &column, codes);
		assert_int_equal(found, round ? unknown : COUNT);
		for (uint32_t i = 0; i < found; i++) {
			uint32_t code;
			assert_true(find_padded(gpq_text_column_at(&column, i), &code));
			assert_int_equal(codes[i], code);
		}
	}
	gpq_csv_scanner_close(scanner);
}

static void clearing_forgets(void **state)
{
	(void)state;
	uint32_t code;
	look_up(gpq_text_of("A"), 1, &code);
	look_up(gpq_text_of("B"), 2, &code);
	gpq_location_cache_clear(cache);
	assert_false(find_padded(gpq_text_of("A"), &code));
	assert_false(look_up(gpq_text_of("B"), 5, &code));
	assert_true(find_padded(gpq_text_of("B"), &code));
	assert_int_equal(code, 5);
}

static void memory_is_what_need_says_and_may_be_refused(void **state)
{
	(void)state;
	struct gpq_budget small;
	struct gpq_location_cache *none = NULL;
	struct gpq_error err;
	gpq_budget_init(&small, gpq_location_cache_need() - 1);
	assert_int_equal(gpq_location_cache_open(&small, &none, &err), GPQ_E_BUDGET);
	assert_null(none);
	assert_int_equal(atomic_load(&small.used_bytes), 0);
	gpq_location_cache_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_what_need_says_and_may_be_refused),
		cmocka_unit_test_setup_teardown(nothing_is_found_in_an_empty_cache, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(what_was_entered_is_found_in_any_order, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(a_remembered_successor_is_compared, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(texts_of_every_length_differ, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(longer_than_the_cache_keeps_is_not_entered, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(a_full_cache_starts_again, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(a_column_is_followed, cache_open, cache_close),
		cmocka_unit_test_setup_teardown(clearing_forgets, cache_open, cache_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
