// SPDX-License-Identifier: MIT
/* Tallies of any number of inputs, in a fixed room, against a plain array; whether an input is dropped is decided once. */
#include "unit/io/workplace.h"

#include "sort/tally.h"

#define INPUTS 60000u

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_spill *spill;
static struct gpq_tallies tallies;
static uint32_t asked;
static bool all_failed;

static bool dropped(void *context, uint32_t input)
{
	(void)context;
	asked++;
	return all_failed || input % 10 == 3;
}

static const struct gpq_sort_rules rules = { .input_dropped = dropped };

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	assert_int_equal(gpq_spill_open(&budget, place.folder, &spill, NULL), GPQ_OK);
	gpq_tallies_init(&tallies, &budget, &rules, spill);
	asked = 0;
	all_failed = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_tallies_done(&tallies);
	gpq_spill_close(spill);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void none_are_none(void **state)
{
	(void)state;
	struct gpq_tally tally;
	uint32_t at = 0;
	assert_int_equal(gpq_tallies_finish(&tallies, NULL), GPQ_OK);
	assert_int_equal(gpq_tallies_next(&tallies, &at, &tally, NULL), GPQ_END);
	assert_int_equal(tallies.n, 0);
}

/* Every third input, in an order that jumps about, several times. */
static void many_are_those_of_a_plain_array(void **state)
{
	(void)state;
	uint64_t *written = test_calloc(INPUTS, sizeof(*written));
	struct gpq_tally *tally = NULL, got;
	bool failed = false;
	uint32_t at = 0, count = 0;
	size_t base = atomic_load(&budget.used_bytes);
	for (uint32_t i = 0; i < 2 * INPUTS; i++) {
		uint32_t input = (uint32_t)((uint64_t)i * 48271 % INPUTS) / 3 * 3;
		all_failed = i > INPUTS + INPUTS / 2; /* too late for those that are known */
		assert_int_equal(gpq_tallies_at(&tallies, input, &tally, &failed, NULL), GPQ_OK);
		assert_int_equal(tally->input, input);
		assert_int_equal(tally->written, written[input]);
		assert_true(failed == (input % 10 == 3));
		tally->written += i;
		written[input] += i;
	}
	assert_int_equal(gpq_tallies_finish(&tallies, NULL), GPQ_OK);
	assert_int_equal(tallies.n, INPUTS / 3);
	assert_int_equal(asked, INPUTS / 3);
	assert_true(tallies.any_failed);
	while (gpq_tallies_next(&tallies, &at, &got, NULL) == GPQ_OK) {
		assert_int_equal(got.input, 3 * count++);
		assert_int_equal(got.written, written[got.input]);
	}
	assert_int_equal(count, INPUTS / 3);
	assert_true(atomic_load(&budget.peak_bytes) <= base + gpq_tallies_need(INPUTS, 0));
	assert_true(gpq_tallies_need(INPUTS, 0) < (size_t)3 << 19);
	assert_true(gpq_spill_bytes(spill) > 0);
	test_free(written);
}

static void few_that_are_far_apart_are_found(void **state)
{
	(void)state;
	static const uint32_t inputs[] = { 0, 291, 292, 293, 5000, 8000000, 8388607 };
	struct gpq_tally *tally = NULL, got;
	bool failed;
	uint32_t at = 0;
	for (int i = 6; i >= 0; i--) {
		assert_int_equal(gpq_tallies_at(&tallies, inputs[i], &tally, &failed, NULL), GPQ_OK);
		tally->joined = (uint64_t)i;
	}
	assert_int_equal(gpq_tallies_finish(&tallies, NULL), GPQ_OK);
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_equal(gpq_tallies_next(&tallies, &at, &got, NULL), GPQ_OK);
		assert_int_equal(got.input, inputs[i]);
		assert_int_equal(got.joined, i);
		assert_int_equal(at, inputs[i] + 1);
	}
	assert_int_equal(gpq_tallies_next(&tallies, &at, &got, NULL), GPQ_END);
}

static void more_memory_holds_more(void **state)
{
	(void)state;
	const struct gpq_sort_rules roomy = { .tally_bytes = (size_t)8 << 20 };
	struct gpq_tally *tally = NULL;
	bool failed;
	gpq_tallies_init(&tallies, &budget, &roomy, spill);
	for (uint32_t i = 0; i < INPUTS; i++)
		assert_int_equal(gpq_tallies_at(&tallies, i, &tally, &failed, NULL), GPQ_OK);
	assert_int_equal(gpq_spill_bytes(spill), 0);
	assert_true(atomic_load(&budget.used_bytes) <= gpq_tallies_need(INPUTS, roomy.tally_bytes) + 4096);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	struct gpq_tally *tally = NULL;
	bool failed;
	for (long n = 1;; n++) {
		budget.fail_at = atomic_load(&budget.allocations) + n;
		enum gpq_status status = GPQ_OK;
		for (uint32_t i = 0; i < 2000 && status == GPQ_OK; i++)
			status = gpq_tallies_at(&tallies, i, &tally, &failed, NULL);
		budget.fail_at = 0;
		gpq_tallies_done(&tallies);
		gpq_tallies_init(&tallies, &budget, &rules, spill);
		if (status == GPQ_OK)
			return;
		assert_int_equal(status, GPQ_E_BUDGET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(many_are_those_of_a_plain_array, setup, teardown),
		cmocka_unit_test_setup_teardown(few_that_are_far_apart_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(more_memory_holds_more, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
