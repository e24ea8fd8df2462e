// SPDX-License-Identifier: MIT
/* Texts come back by number, from memory and from the spill file, and the store takes what it says. */
#include "unit/io/workplace.h"

#include "workbook/text_store.h"

#define ROOM_BYTES (2 * GPQ_TEXT_STORE_CAP_TEXT_BYTES)

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_text_store *store;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_text_store_need(ROOM_BYTES));
	return gpq_text_store_open(&budget, ROOM_BYTES, place.folder, &store, NULL);
}

static int teardown(void **state)
{
	(void)state;
	gpq_text_store_close(store);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

/* Text 'number' of a made-up list: of every length up to some hundreds, a few much longer. */
static size_t text_make(uint64_t number, uint8_t *out)
{
	size_t len = number % 5003 == 7 ? GPQ_TEXT_STORE_CAP_TEXT_BYTES - number % 100 : (number * 37) % 61;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(number * 31 + i * 7);
	return len;
}

static void expect_text(uint64_t number)
{
	static uint8_t own[GPQ_TEXT_STORE_CAP_TEXT_BYTES];
	const uint8_t *text = NULL;
	size_t len = 0;
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_text_store_view(store, number, &text, &len, &err), GPQ_OK);
	assert_int_equal(len, text_make(number, own));
	assert_memory_equal(text, own, len);
}

static void texts_add(uint64_t count)
{
	static uint8_t own[GPQ_TEXT_STORE_CAP_TEXT_BYTES];
	for (uint64_t i = 0; i < count; i++) {
		size_t len = text_make(i, own);
		assert_int_equal(gpq_text_store_add(store, own, len, NULL), GPQ_OK);
	}
	assert_int_equal(gpq_text_store_seal(store, NULL), GPQ_OK);
	assert_int_equal(gpq_text_store_count(store), count);
}

static void few_texts_stay_in_memory(void **state)
{
	(void)state;
	texts_add(1000);
	assert_false(gpq_text_store_is_spilled(store));
	for (uint64_t i = 1000; i--;)
		expect_text(i);
}

static void many_texts_come_back_from_the_spill_file(void **state)
{
	(void)state;
	const uint64_t count = 100000;
	texts_add(count);
	assert_true(gpq_text_store_is_spilled(store));
	for (uint64_t i = 0; i < count; i++)
		expect_text(i);
	for (uint64_t i = 0; i < count; i++)
		expect_text(i * 48271 % count);
	gpq_text_store_clear(store);
	texts_add(10);
	assert_false(gpq_text_store_is_spilled(store));
	expect_text(9);
}

static void the_last_text_that_fits_and_the_first_that_does_not(void **state)
{
	(void)state;
	static uint8_t half[GPQ_TEXT_STORE_CAP_TEXT_BYTES];
	const uint8_t *text = NULL;
	size_t len = 0;
	/* Two texts and where they end fill the room to the last byte. */
	for (int more = 0; more < 2; more++) {
		memset(half, 'x', sizeof(half));
		gpq_text_store_clear(store);
		assert_int_equal(gpq_text_store_add(store, half, sizeof(half), NULL), GPQ_OK);
		assert_int_equal(gpq_text_store_add(store, half, sizeof(half) - 8 + (size_t)more, NULL), GPQ_OK);
		assert_int_equal(gpq_text_store_is_spilled(store), more);
		assert_int_equal(gpq_text_store_seal(store, NULL), GPQ_OK);
		assert_int_equal(gpq_text_store_view(store, 1, &text, &len, NULL), GPQ_OK);
		assert_int_equal(len, sizeof(half) - 8 + (size_t)more);
		assert_memory_equal(text, half, len);
	}
}

static void a_folder_that_cannot_be_written_to_is_named(void **state)
{
	(void)state;
	static uint8_t long_text[GPQ_TEXT_STORE_CAP_TEXT_BYTES];
	struct gpq_text_store *other = NULL;
	struct gpq_budget own;
	struct gpq_error err = { 0 };
	enum gpq_status status = GPQ_OK;
	gpq_budget_init(&own, gpq_text_store_need(ROOM_BYTES));
	assert_int_equal(gpq_text_store_open(&own, ROOM_BYTES, "/proc/none", &other, NULL), GPQ_OK);
	for (int i = 0; i < 3 && status == GPQ_OK; i++)
		status = gpq_text_store_add(other, long_text, sizeof(long_text), &err);
	assert_true(status == GPQ_E_SYSTEM || status == GPQ_E_PERMISSION);
	assert_non_null(strstr(err.message, "/proc/none"));
	gpq_text_store_close(other);
	assert_int_equal(atomic_load(&own.used_bytes), 0);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	static uint8_t text[1000];
	for (long fail_at = 1;; fail_at++) {
		struct gpq_text_store *other = NULL;
		struct gpq_budget own;
		gpq_budget_init(&own, gpq_text_store_need(ROOM_BYTES));
		own.fail_at = fail_at;
		enum gpq_status status = gpq_text_store_open(&own, ROOM_BYTES, place.folder, &other, NULL);
		for (int i = 0; i < 400 && status == GPQ_OK; i++)
			status = gpq_text_store_add(other, text, sizeof(text), NULL);
		gpq_text_store_close(other);
		assert_int_equal(atomic_load(&own.used_bytes), 0);
		if (status == GPQ_OK) {
			assert_true(fail_at > 5);
			return;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(few_texts_stay_in_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(many_texts_come_back_from_the_spill_file, setup, teardown),
		cmocka_unit_test_setup_teardown(the_last_text_that_fits_and_the_first_that_does_not, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_written_to_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
