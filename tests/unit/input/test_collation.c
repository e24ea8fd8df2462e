// SPDX-License-Identifier: MIT
/* Entries come in the order of their keys, equal ones as they were added, whatever part of them was spilled: against qsort. */
#include "unit/io/workplace.h"

#include "input/collation.h"

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static uint64_t number(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

struct pair {
	uint8_t key[24];
	uint32_t key_len, number;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len : y->key_len);
	if (!order)
		order = (x->key_len > y->key_len) - (x->key_len < y->key_len);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* 'kinds': how many byte values keys are made of. Returns the bytes that were spilled, more or less. */
static void order_expect(uint32_t count, unsigned kinds, size_t room_bytes)
{
	struct pair *pairs = test_calloc(count + 1, sizeof(*pairs));
	struct gpq_collation *collation = NULL;
	struct gpq_collation_entry entry;
	uint64_t seed = count + kinds;
	assert_int_equal(gpq_collation_open(&budget, place.folder, room_bytes, &collation, NULL), GPQ_OK);
	assert_true(atomic_load(&budget.used_bytes) <= gpq_collation_need(room_bytes));
	for (uint32_t i = 0; i < count; i++) {
		pairs[i].number = i;
		pairs[i].key_len = (uint32_t)(number(&seed) % sizeof(pairs[i].key));
		for (uint32_t k = 0; k < pairs[i].key_len; k++)
			pairs[i].key[k] = (uint8_t)(number(&seed) % kinds * 85);
		entry = (struct gpq_collation_entry){ pairs[i].key, (const uint8_t *)&i, pairs[i].key_len, sizeof(i) };
		assert_int_equal(gpq_collation_add(collation, &entry, NULL), GPQ_OK);
	}
	qsort(pairs, count, sizeof(*pairs), compare_pairs);
	assert_int_equal(gpq_collation_finish(collation, NULL), GPQ_OK);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t load;
		assert_int_equal(gpq_collation_next(collation, &entry, NULL), GPQ_OK);
		assert_int_equal(entry.load_len, sizeof(load));
		memcpy(&load, entry.load, sizeof(load));
		assert_int_equal(load, pairs[i].number);
		assert_int_equal(entry.key_len, pairs[i].key_len);
		if (entry.key_len)
			assert_memory_equal(entry.key, pairs[i].key, entry.key_len);
	}
	assert_int_equal(gpq_collation_next(collation, &entry, NULL), GPQ_END);
	gpq_collation_close(collation);
	test_free(pairs);
}

static void what_fits_is_put_in_order(void **state)
{
	(void)state;
	order_expect(0, 4, GPQ_COLLATION_MIN_BYTES);
	order_expect(1, 4, GPQ_COLLATION_MIN_BYTES);
	order_expect(1000, 2, GPQ_COLLATION_MIN_BYTES);
	order_expect(1000, 4, (size_t)1 << 20);
}

/* 128 KiB hold some 4,000 of these, and four runs at once: runs are joined again and again. */
static void what_does_not_fit_is_merged(void **state)
{
	(void)state;
	order_expect(5000, 4, GPQ_COLLATION_MIN_BYTES);
	order_expect(100000, 2, GPQ_COLLATION_MIN_BYTES);
	order_expect(100000, 4, (size_t)1 << 20);
}

static void entries_of_all_lengths(void **state)
{
	(void)state;
	static uint8_t bytes[GPQ_COLLATION_ENTRY_BYTES];
	struct gpq_collation *collation = NULL;
	struct gpq_collation_entry entry;
	struct gpq_error err = { 0 };
	assert_int_equal(gpq_collation_open(&budget, place.folder, 0, &collation, NULL), GPQ_OK);
	entry = (struct gpq_collation_entry){ .key = bytes, .key_len = GPQ_COLLATION_ENTRY_BYTES - 7 };
	assert_int_equal(gpq_collation_add(collation, &entry, &err), GPQ_E_USAGE);
	assert_non_null(strstr(err.message, "too long"));
	for (uint32_t i = 0; i < 20; i++) {
		bytes[0] = (uint8_t)(100 - i);
		entry = (struct gpq_collation_entry){ bytes, bytes, 1 + i, (uint32_t)GPQ_COLLATION_ENTRY_BYTES - 9 - i };
		assert_int_equal(gpq_collation_add(collation, &entry, NULL), GPQ_OK);
	}
	assert_int_equal(gpq_collation_finish(collation, NULL), GPQ_OK);
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(gpq_collation_next(collation, &entry, NULL), GPQ_OK);
		assert_int_equal(entry.key_len, 20 - i);
		assert_int_equal(entry.key[0], 81 + i);
		assert_int_equal(entry.load_len + entry.key_len, GPQ_COLLATION_ENTRY_BYTES - 8);
	}
	gpq_collation_close(collation);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	struct gpq_collation *collation = NULL;
	enum gpq_status status = GPQ_E_BUDGET;
	long n = 0;
	while (status != GPQ_OK) {
		budget.fail_at = atomic_load(&budget.allocations) + ++n;
		status = gpq_collation_open(&budget, place.folder, 0, &collation, NULL);
		budget.fail_at = 0;
		assert_true(status == GPQ_OK || atomic_load(&budget.used_bytes) == 0);
	}
	assert_int_equal(n, 5);
	gpq_collation_close(collation);
}

static void a_file_that_cannot_be_made_is_told(void **state)
{
	(void)state;
	struct gpq_collation *collation = NULL;
	struct gpq_collation_entry entry = { (const uint8_t *)"key", NULL, 3, 0 };
	enum gpq_status status = GPQ_OK;
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_collation_open(&budget, place.path, 0, &collation, NULL), GPQ_OK);
	for (int i = 0; i < 100000 && status == GPQ_OK; i++)
		status = gpq_collation_add(collation, &entry, NULL);
	assert_int_equal(status, GPQ_E_SYSTEM);
	gpq_collation_close(collation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_fits_is_put_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_merged, setup, teardown),
		cmocka_unit_test_setup_teardown(entries_of_all_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_made_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
