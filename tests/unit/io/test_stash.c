// SPDX-License-Identifier: MIT
/* Bytes come back as they were put, whether they are in memory or in the file, and memory stays below the cap. */
#include "unit/io/workplace.h"

#include "io/stash.h"

#define LEN ((size_t)2 << 20)
#define SHEET GPQ_STASH_SHEET_BYTES

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_spill *spill;
static struct gpq_stash *stash;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)8 << 20);
	assert_int_equal(gpq_spill_open(&budget, workplace_path(&place, "spill"), &spill, NULL), GPQ_OK);
	assert_int_equal(gpq_stash_open(&budget, spill, 8 * SHEET, &stash, NULL), GPQ_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_stash_close(stash);
	gpq_stash_close(NULL);
	gpq_spill_close(spill);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

/* xorshift64*, a fixed course of numbers. */
static uint64_t number(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

static void little_stays_in_memory(void **state)
{
	(void)state;
	uint64_t at = 99;
	char text[8] = "";
	assert_int_equal(gpq_stash_append(stash, "abc", 3, &at, NULL), GPQ_OK);
	assert_int_equal(at, 0);
	assert_int_equal(gpq_stash_append(stash, "def", 3, &at, NULL), GPQ_OK);
	assert_int_equal(at, 3);
	assert_int_equal(gpq_stash_len(stash), 6);
	assert_int_equal(gpq_stash_write(stash, 2, "XY", 2, NULL), GPQ_OK);
	assert_int_equal(gpq_stash_read(stash, 1, text, 4, NULL), GPQ_OK);
	assert_memory_equal(text, "bXYe", 4);
	assert_int_equal(gpq_spill_bytes(spill), 0);
	assert_int_not_equal(access(workplace_path(&place, "spill"), F_OK), 0);
}

static void what_is_behind_the_end_is_refused(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	uint64_t at;
	char byte;
	assert_int_equal(gpq_stash_append(stash, "abc", 3, &at, NULL), GPQ_OK);
	assert_int_equal(gpq_stash_read(stash, 3, &byte, 1, &err), GPQ_E_BUG);
	assert_non_null(strstr(err.message, "1 bytes from 3 are asked for, there are 3"));
	assert_int_equal(gpq_stash_write(stash, 2, "xx", 2, &err), GPQ_E_BUG);
	assert_int_equal(gpq_stash_read(stash, UINT64_MAX, &byte, 1, &err), GPQ_E_BUG);
	assert_int_equal(gpq_stash_read(stash, 3, &byte, 0, &err), GPQ_OK);
}

/* Appends, writes and reads of all lengths anywhere, against a plain array. */
static void bytes_are_those_of_a_plain_array(void **state)
{
	(void)state;
	uint8_t *plain = test_calloc(1, LEN), *piece = test_malloc(3 * SHEET);
	uint64_t seed = 7, at, len = 0;
	while (len < LEN - 3 * SHEET) {
		size_t n = number(&seed) % (number(&seed) % 8 ? 200 : 3 * SHEET);
		for (size_t i = 0; i < n; i++)
			piece[i] = (uint8_t)number(&seed);
		assert_int_equal(gpq_stash_append(stash, piece, n, &at, NULL), GPQ_OK);
		assert_int_equal(at, len);
		memcpy(plain + len, piece, n);
		len += n;
		uint64_t from = number(&seed) % len;
		n = number(&seed) % 500 < len - from ? number(&seed) % 500 : 1;
		n = n < len - from ? n : (size_t)(len - from);
		for (size_t i = 0; i < n; i++)
			piece[i] = plain[from + i] = (uint8_t)number(&seed);
		assert_int_equal(gpq_stash_write(stash, from, piece, n, NULL), GPQ_OK);
		from = number(&seed) % len;
		n = len - from < 3 * SHEET ? (size_t)(len - from) : 3 * SHEET;
		assert_int_equal(gpq_stash_read(stash, from, piece, n, NULL), GPQ_OK);
		assert_memory_equal(piece, plain + from, n);
		assert_true(atomic_load(&budget.used_bytes) <= gpq_stash_need(len, 8 * SHEET) + 4096);
	}
	assert_true(gpq_spill_bytes(spill) > LEN);
	assert_true(atomic_load(&budget.peak_bytes) < 12 * SHEET);
	test_free(plain);
	test_free(piece);
}

static void what_was_never_written_is_zero_and_takes_nothing(void **state)
{
	(void)state;
	uint8_t bytes[100];
	size_t before = 0;
	assert_int_equal(gpq_stash_extend(stash, 100 * SHEET + 50, NULL), GPQ_OK);
	assert_int_equal(gpq_stash_extend(stash, 10, NULL), GPQ_OK); /* it is longer already */
	assert_int_equal(gpq_stash_len(stash), 100 * SHEET + 50);
	before = atomic_load(&budget.used_bytes);
	assert_int_equal(gpq_stash_find(stash, 0), 100 * SHEET + 50);
	memset(bytes, 1, sizeof(bytes));
	assert_int_equal(gpq_stash_read(stash, 3 * SHEET - 50, bytes, 100, NULL), GPQ_OK);
	for (int i = 0; i < 100; i++)
		assert_int_equal(bytes[i], 0);
	assert_int_equal(atomic_load(&budget.used_bytes), before);
	for (uint64_t sheet = 7; sheet < 100; sheet += 9)
		assert_int_equal(gpq_stash_write(stash, sheet * SHEET + 5, "x", 1, NULL), GPQ_OK);
	assert_true(gpq_spill_bytes(spill) > 0);
	assert_int_equal(gpq_stash_find(stash, 0), 7 * SHEET);
	assert_int_equal(gpq_stash_find(stash, 7 * SHEET + 6), 7 * SHEET + 6);
	assert_int_equal(gpq_stash_find(stash, 8 * SHEET), 16 * SHEET); /* that one is in the file */
	assert_int_equal(gpq_stash_find(stash, 98 * SHEET), 100 * SHEET + 50);
	for (uint64_t sheet = 7; sheet < 100; sheet += 9) {
		assert_int_equal(gpq_stash_read(stash, sheet * SHEET, bytes, 7, NULL), GPQ_OK);
		assert_memory_equal(bytes, "\0\0\0\0\0x\0", 7);
	}
}

static void a_settled_one_does_not_grow(void **state)
{
	(void)state;
	uint64_t at;
	uint8_t piece[1000] = { 0 };
	for (int i = 0; i < 40; i++)
		assert_int_equal(gpq_stash_append(stash, piece, sizeof(piece), &at, NULL), GPQ_OK);
	size_t most = gpq_stash_settle(stash, 2 * SHEET);
	assert_true(most > atomic_load(&budget.used_bytes));
	for (int i = 0; i < 2000; i++)
		assert_int_equal(gpq_stash_append(stash, piece, sizeof(piece), &at, NULL), GPQ_OK);
	assert_true(atomic_load(&budget.used_bytes) <= most + 8192);
	assert_true(gpq_spill_bytes(spill) > 0);
}

/* Whatever fails, what was there before is there still. */
static void each_allocation_may_fail(void **state)
{
	(void)state;
	uint8_t piece[3000], back[3000];
	uint64_t at = 0, len = 0;
	for (int i = 0; i < 3000; i++)
		piece[i] = (uint8_t)(i * 7);
	for (long n = 1; len < 40 * SHEET; n++) {
		budget.fail_at = atomic_load(&budget.allocations) + n % 5 + 1;
		enum gpq_status status = gpq_stash_append(stash, piece, sizeof(piece), &at, NULL);
		budget.fail_at = 0;
		assert_true(status == GPQ_OK || status == GPQ_E_BUDGET);
		len += status == GPQ_OK ? sizeof(piece) : 0;
		assert_int_equal(gpq_stash_len(stash), len);
		if (len) {
			assert_int_equal(gpq_stash_read(stash, len - sizeof(back), back, sizeof(back), NULL), GPQ_OK);
			assert_memory_equal(back, piece, sizeof(back));
		}
	}
}

static void a_file_that_cannot_be_made_is_told(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	uint8_t piece[SHEET] = { 0 }, back[SHEET];
	uint64_t at;
	enum gpq_status status = GPQ_OK;
	uint32_t sheets = 0;
	workplace_file(&place, "spill", "x", 1); /* where the folder would be */
	for (; sheets < 20 && status == GPQ_OK; sheets += status == GPQ_OK) {
		memset(piece, (int)sheets, SHEET);
		status = gpq_stash_append(stash, piece, SHEET, &at, &err);
	}
	assert_int_equal(status, GPQ_E_SYSTEM);
	assert_int_equal(sheets, 8);
	for (uint32_t i = 0; i < sheets; i++) {
		memset(piece, (int)i, SHEET);
		assert_int_equal(gpq_stash_read(stash, i * SHEET, back, SHEET, NULL), GPQ_OK);
		assert_memory_equal(back, piece, SHEET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(little_stays_in_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_behind_the_end_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_are_those_of_a_plain_array, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_never_written_is_zero_and_takes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_settled_one_does_not_grow, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_made_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
