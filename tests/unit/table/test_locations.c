// SPDX-License-Identifier: MIT
#include "table/cell.h"
#include "table/locations.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MEGABYTE ((size_t)1 << 20)

static struct gpq_location tuple(const char *name, const char *id, const char *type, const char *zone,
				 const char *equipment, int64_t voltage_kv)
{
	return (struct gpq_location){ { gpq_text_of(name), gpq_text_of(id), gpq_text_of(type), gpq_text_of(zone),
					gpq_text_of(equipment) },
				      voltage_kv };
}

/* A location that 'number' alone describes, in texts of changing length. */
static struct gpq_location numbered(uint32_t number, char *storage, size_t cap)
{
	int name_len =
	    snprintf(storage, cap, "STATION%.*s%u", (int)(number % 23), "AAAAAAAAAAAAAAAAAAAAAAA", number / 7);
	int id_len = snprintf(storage + name_len, cap - (size_t)name_len, "%u", number);
	struct gpq_location location =
	    tuple(NULL, NULL, number % 3 ? "LOAD" : "GEN", number % 5 ? "AECO" : NULL, "", 230000);
	location.text[GPQ_TEXT_NAME] = (struct gpq_text){ storage, (uint32_t)name_len };
	location.text[GPQ_TEXT_ID] = (struct gpq_text){ storage + name_len, (uint32_t)id_len };
	return location;
}

static void assert_same(const struct gpq_location *a, const struct gpq_location *b)
{
	for (int k = 0; k < GPQ_LOCATION_TEXTS; k++)
		assert_true(gpq_text_equal(a->text[k], b->text[k]));
	assert_int_equal(a->voltage_kv, b->voltage_kv);
}

static void a_cap_too_small_to_open_is_refused(void **state)
{
	(void)state;
	struct gpq_budget budget;
	gpq_budget_init(&budget, MEGABYTE);
	for (size_t cap = 0; cap < 8192; cap += 512) {
		struct gpq_error err = { 0 };
		struct gpq_locations *locations = NULL;
		assert_int_equal(gpq_locations_open(&budget, cap, &locations, &err), GPQ_E_BUDGET);
		assert_int_equal(err.status, GPQ_E_BUDGET);
		assert_null(locations);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	gpq_budget_done(&budget);
}

static void full_says_how_many_it_holds_and_what_to_raise(void **state)
{
	(void)state;
	struct gpq_budget budget;
	gpq_budget_init(&budget, 16 * MEGABYTE);
	for (size_t cap = 16384; cap < 4 * MEGABYTE; cap = cap * 3 / 2) {
		struct gpq_error err = { 0 };
		struct gpq_locations *locations = NULL;
		char storage[128], wanted[64];
		assert_int_equal(gpq_locations_open(&budget, cap, &locations, &err), GPQ_OK);
		enum gpq_status status = GPQ_OK;
		uint32_t held = 0, code = 0;
		for (; held < 100000 && status == GPQ_OK; held += status == GPQ_OK) {
			struct gpq_location location = numbered(held, storage, sizeof(storage));
			status = gpq_locations_intern(locations, &location, &code, &err);
			assert_true(atomic_load(&budget.used_bytes) <= cap);
		}
		assert_int_equal(status, GPQ_E_BUDGET);
		snprintf(wanted, sizeof(wanted), "more than %u distinct locations", held);
		assert_non_null(strstr(err.message, wanted));
		assert_non_null(strstr(err.message, "--memory"));
		assert_int_equal(gpq_locations_count(locations), held);
		/* What is in stays in, and is still found. */
		for (uint32_t k = 0; k < held; k++) {
			struct gpq_location location = numbered(k, storage, sizeof(storage));
			assert_int_equal(gpq_locations_intern(locations, &location, &code, &err), GPQ_OK);
			assert_int_equal(code, k);
		}
		gpq_locations_close(locations);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	gpq_budget_done(&budget);
}

static void a_failed_allocation_leaves_a_good_catalogue(void **state)
{
	(void)state;
	enum gpq_status status = GPQ_E_BUDGET;
	for (long fail_at = 1; status != GPQ_OK; fail_at++) {
		struct gpq_budget budget;
		struct gpq_error err = { 0 };
		struct gpq_locations *locations = NULL;
		char storage[128];
		gpq_budget_init(&budget, 64 * MEGABYTE);
		budget.fail_at = fail_at;
		status = gpq_locations_open(&budget, 32 * MEGABYTE, &locations, &err);
		for (uint32_t k = 0; k < 5000 && status == GPQ_OK; k++) {
			struct gpq_location location = numbered(k, storage, sizeof(storage));
			uint32_t code = 77;
			status = gpq_locations_intern(locations, &location, &code, &err);
			if (status == GPQ_OK) {
				assert_int_equal(code, k);
				continue;
			}
			assert_int_equal(code, 77);
			assert_non_null(strstr(err.message, "distinct locations"));
			assert_int_equal(gpq_locations_count(locations), k);
			/* The next allocation succeeds, and so does the same call. */
			assert_int_equal(gpq_locations_intern(locations, &location, &code, &err), GPQ_OK);
			assert_int_equal(code, k);
		}
		if (status != GPQ_OK)
			assert_int_equal(err.status, GPQ_E_BUDGET);
		gpq_locations_close(locations);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		gpq_budget_done(&budget);
	}
}

static void every_part_of_a_tuple_tells_it_apart(void **state)
{
	(void)state;
	const struct gpq_location different[] = {
		tuple("ALDENE", "48592", "LOAD", "JCPL", "T-10", 230000),
		tuple("ALDENX", "48592", "LOAD", "JCPL", "T-10", 230000),
		tuple("ALDENE", "48593", "LOAD", "JCPL", "T-10", 230000),
		tuple("ALDENE", "48592", "GEN", "JCPL", "T-10", 230000),
		tuple("ALDENE", "48592", "LOAD", "PSEG", "T-10", 230000),
		tuple("ALDENE", "48592", "LOAD", "JCPL", "T-11", 230000),
		tuple("ALDENE", "48592", "LOAD", "JCPL", "T-10", 230001),
		tuple("ALDENE", "48592", "LOAD", "JCPL", "T-10", GPQ_CELL_NULL),
		tuple("ALDENE", "48592", "LOAD", NULL, "T-10", 230000),
		tuple("ALDENE", "48592", "LOAD", "", "T-10", 230000),     /* empty is not null */
		tuple("ALDENE4", "8592", "LOAD", "JCPL", "T-10", 230000), /* the same bytes, cut elsewhere */
		tuple("", "", "", "", "", 0),
		tuple(NULL, NULL, NULL, NULL, NULL, 0),
		tuple(NULL, "", NULL, NULL, NULL, 0),
		tuple("", NULL, NULL, NULL, NULL, 0),
	};
	const uint32_t count = sizeof(different) / sizeof(different[0]);
	struct gpq_budget budget;
	struct gpq_error err = { 0 };
	struct gpq_locations *locations = NULL;
	gpq_budget_init(&budget, MEGABYTE);
	assert_int_equal(gpq_locations_open(&budget, MEGABYTE, &locations, &err), GPQ_OK);
	assert_int_equal(gpq_locations_count(locations), 0);
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t k = 0; k < count; k++) {
			uint32_t code = UINT32_MAX;
			assert_int_equal(gpq_locations_intern(locations, &different[k], &code, &err), GPQ_OK);
			assert_int_equal(code, k);
			assert_same(gpq_locations_view(locations, code), &different[k]);
		}
	}
	assert_int_equal(gpq_locations_count(locations), count);
	gpq_locations_close(locations);
	gpq_budget_done(&budget);
}

static void texts_are_copied_and_may_hold_any_bytes_of_any_length(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_error err = { 0 };
	struct gpq_locations *locations = NULL;
	gpq_budget_init(&budget, 8 * MEGABYTE);
	assert_int_equal(gpq_locations_open(&budget, 8 * MEGABYTE, &locations, &err), GPQ_OK);
	static char text[300000];
	static const uint32_t lengths[] = { 1, 7, 8, 9, 65519, 65520, 65521, 65536, 131072, 300000 };
	const uint32_t count = sizeof(lengths) / sizeof(lengths[0]);
	for (uint32_t k = 0; k < count; k++) {
		struct gpq_location location = tuple(NULL, "1", NULL, NULL, NULL, GPQ_CELL_NULL);
		uint32_t code;
		memset(text, (int)k, sizeof(text)); /* k = 0: NUL bytes */
		location.text[GPQ_TEXT_NAME] = (struct gpq_text){ text, lengths[k] };
		assert_int_equal(gpq_locations_intern(locations, &location, &code, &err), GPQ_OK);
		assert_int_equal(code, k);
	}
	for (uint32_t k = 0; k < count; k++) {
		memset(text, (int)k, sizeof(text));
		struct gpq_text name = gpq_locations_view(locations, k)->text[GPQ_TEXT_NAME];
		assert_int_equal(name.len, lengths[k]);
		assert_memory_equal(name.bytes, text, name.len);
	}
	gpq_locations_close(locations);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	gpq_budget_done(&budget);
}

/* 200,000 tuples: some four pairs share all 32 bits of the hash that the index keeps. */
static void many_locations_keep_their_codes_and_places(void **state)
{
	(void)state;
	const uint32_t count = 200000;
	struct gpq_budget budget;
	struct gpq_error err = { 0 };
	struct gpq_locations *locations = NULL;
	gpq_budget_init(&budget, 64 * MEGABYTE);
	assert_int_equal(gpq_locations_open(&budget, 64 * MEGABYTE, &locations, &err), GPQ_OK);
	char storage[128];
	const struct gpq_location *first = NULL;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t k = 0; k < count; k++) {
			struct gpq_location location = numbered(k, storage, sizeof(storage));
			uint32_t code;
			assert_int_equal(gpq_locations_intern(locations, &location, &code, &err), GPQ_OK);
			assert_int_equal(code, k);
			assert_same(gpq_locations_view(locations, k), &location);
			if (!first)
				first = gpq_locations_view(locations, 0);
		}
	}
	assert_ptr_equal(first, gpq_locations_view(locations, 0));
	assert_int_equal(gpq_locations_count(locations), count);
	/* An entry with its texts and its part of the index stays near 160 bytes. */
	assert_true(atomic_load(&budget.used_bytes) < count * (size_t)180);
	gpq_locations_close(locations);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	gpq_budget_done(&budget);
}

#define THREADS 6
#define SHARED  20000

struct interner {
	pthread_t thread;
	struct gpq_locations *locations;
	uint32_t first;
	uint32_t *codes; /* by number */
	bool failed;
};

static void *intern_all(void *argument)
{
	struct interner *interner = argument;
	char storage[128];
	for (uint32_t k = 0; k < SHARED && !interner->failed; k++) {
		uint32_t number = (interner->first + k * 7) % SHARED; /* 7 and SHARED have no factor in common */
		struct gpq_location location = numbered(number, storage, sizeof(storage));
		uint32_t code;
		struct gpq_error err;
		interner->failed = gpq_locations_intern(interner->locations, &location, &code, &err) != GPQ_OK;
		if (interner->failed)
			break;
		const struct gpq_location *view = gpq_locations_view(interner->locations, code);
		for (int t = 0; t < GPQ_LOCATION_TEXTS; t++)
			interner->failed |= !gpq_text_equal(view->text[t], location.text[t]);
		interner->failed |= code >= SHARED;
		interner->codes[number] = code;
	}
	return NULL;
}

static void threads_agree_on_codes(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_error err = { 0 };
	struct interner interners[THREADS] = { 0 };
	struct gpq_locations *locations = NULL;
	gpq_budget_init(&budget, 64 * MEGABYTE);
	assert_int_equal(gpq_locations_open(&budget, 16 * MEGABYTE, &locations, &err), GPQ_OK);
	for (int t = 0; t < THREADS; t++) {
		interners[t].locations = locations;
		interners[t].first = (uint32_t)t * 3001;
		interners[t].codes = calloc(SHARED, sizeof(uint32_t));
		assert_int_equal(pthread_create(&interners[t].thread, NULL, intern_all, &interners[t]), 0);
	}
	for (int t = 0; t < THREADS; t++)
		pthread_join(interners[t].thread, NULL);
	assert_int_equal(gpq_locations_count(locations), SHARED);
	for (int t = 0; t < THREADS; t++) {
		assert_false(interners[t].failed);
		assert_memory_equal(interners[t].codes, interners[0].codes, SHARED * sizeof(uint32_t));
	}
	for (int t = 0; t < THREADS; t++)
		free(interners[t].codes);
	gpq_locations_close(locations);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	gpq_budget_done(&budget);
}

static void close_takes_null(void **state)
{
	(void)state;
	gpq_locations_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cap_too_small_to_open_is_refused),
		cmocka_unit_test(full_says_how_many_it_holds_and_what_to_raise),
		cmocka_unit_test(a_failed_allocation_leaves_a_good_catalogue),
		cmocka_unit_test(every_part_of_a_tuple_tells_it_apart),
		cmocka_unit_test(texts_are_copied_and_may_hold_any_bytes_of_any_length),
		cmocka_unit_test(many_locations_keep_their_codes_and_places),
		cmocka_unit_test(threads_agree_on_codes),
		cmocka_unit_test(close_takes_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
