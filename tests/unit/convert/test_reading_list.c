// SPDX-License-Identifier: MIT
/* A pass opens what it is about, in reading order, and knows what the others seem to hold. */
#include "unit/io/workplace.h"

#include "convert/reading_list.h"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_catalogue catalogue;
static struct gpq_reading_list list;
static const struct gpq_feed *da, *rt;

static int setup(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool is_da;
		uint32_t first_s;
		enum gpq_input_state state;
	} inputs[] = {
		{ "/a", true, 100, GPQ_INPUT_FAILED }, { "/b", true, 200, GPQ_INPUT_FOUND }, { "/c", true, 300, GPQ_INPUT_SKIPPED },
		{ "/d", true, 400, GPQ_INPUT_FOUND },  { "/e", false, 50, GPQ_INPUT_FOUND }, { "/f", false, 500, GPQ_INPUT_FOUND },
	};
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)4 << 20);
	assert_int_equal(gpq_catalogue_init(&catalogue, &budget, (size_t)1 << 20, place.folder, NULL), GPQ_OK);
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++) {
		const struct gpq_feed *feed = gpq_market_pjm.feeds[f];
		da = strcmp(feed->id, "da_hrl_lmps") == 0 ? feed : da;
		rt = strcmp(feed->id, "rt_hrl_lmps") == 0 ? feed : rt;
	}
	for (int i = 0; i < 6; i++) {
		struct gpq_input input = { .seems_first_s = inputs[i].first_s, .state = (uint8_t)inputs[i].state };
		gpq_input_recognise(&input, &gpq_market_pjm, inputs[i].is_da ? da : rt);
		assert_int_equal(gpq_catalogue_add(&catalogue, inputs[i].path, &input, NULL, NULL), GPQ_OK);
	}
	assert_int_equal(gpq_catalogue_sort(&catalogue, NULL), GPQ_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_catalogue_done(&catalogue);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void take_expect(uint32_t number, uint32_t first_s, int64_t da_left_s, int64_t rt_left_s)
{
	struct gpq_input input;
	uint32_t got = 99;
	assert_int_equal(gpq_reading_list_take(&list, &got, &input, NULL), GPQ_OK);
	assert_int_equal(got, number);
	assert_int_equal(input.seems_first_s, first_s);
	assert_true(gpq_reading_list_first_s(&list, da->outputs[0]) == da_left_s);
	assert_true(gpq_reading_list_first_s(&list, rt->outputs[0]) == rt_left_s);
}

static void the_first_pass_reads_what_was_found(void **state)
{
	(void)state;
	assert_int_equal(gpq_reading_list_begin(&list, &catalogue, &gpq_market_pjm, GPQ_TABLE_ENERGY, false, 4, NULL), GPQ_OK);
	assert_int_equal(gpq_reading_list_first_s(&list, da->outputs[0]), 200);
	assert_int_equal(gpq_reading_list_first_s(&list, rt->outputs[0]), 50);
	take_expect(1, 200, 400, 50);
	take_expect(3, 400, INT64_MAX, 50);
	take_expect(4, 50, INT64_MAX, 500);
	take_expect(5, 500, INT64_MAX, INT64_MAX);
	assert_int_equal(list.left, 0);
}

static void a_later_pass_reads_what_is_marked(void **state)
{
	(void)state;
	for (uint32_t i = 3; i < 6; i += 2) {
		struct gpq_input input, got;
		assert_int_equal(gpq_catalogue_get(&catalogue, i, &input, NULL), GPQ_OK);
		input.again = true;
		input.state = GPQ_INPUT_CONVERTED;
		assert_int_equal(gpq_catalogue_put(&catalogue, i, &input, NULL), GPQ_OK);
		assert_int_equal(gpq_catalogue_get(&catalogue, i, &got, NULL), GPQ_OK);
		assert_true(got.again);
	}
	assert_int_equal(gpq_reading_list_begin(&list, &catalogue, &gpq_market_pjm, GPQ_TABLE_ENERGY, true, 2, NULL), GPQ_OK);
	uint32_t number = 0;
	struct gpq_input input;
	assert_int_equal(gpq_reading_list_take(&list, &number, &input, NULL), GPQ_OK);
	assert_int_equal(number, 3);
	assert_int_equal(gpq_reading_list_take(&list, &number, &input, NULL), GPQ_OK);
	assert_int_equal(number, 5);
	assert_int_equal(list.left, 0);
}

static void more_than_there_are_is_a_bug(void **state)
{
	(void)state;
	assert_int_equal(gpq_reading_list_begin(&list, &catalogue, &gpq_market_pjm, GPQ_TABLE_ENERGY, true, 1, NULL), GPQ_E_BUG);
	assert_int_equal(gpq_reading_list_begin(&list, &catalogue, &gpq_market_pjm, GPQ_TABLE_ENERGY, true, 0, NULL), GPQ_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_pass_reads_what_was_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_later_pass_reads_what_is_marked, setup, teardown),
		cmocka_unit_test_setup_teardown(more_than_there_are_is_a_bug, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
