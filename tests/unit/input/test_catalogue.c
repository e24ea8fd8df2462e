// SPDX-License-Identifier: MIT
#include "input/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct gpq_budget budget;
static struct gpq_catalogue catalogue;

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)64 << 20);
	gpq_catalogue_init(&catalogue, &budget, (size_t)32 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_catalogue_done(&catalogue);
	gpq_catalogue_done(&catalogue); /* again: nothing */
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

static struct gpq_input *add(const char *path)
{
	struct gpq_input *input = NULL;
	assert_int_equal(gpq_catalogue_add(&catalogue, path, 10, &input, NULL), GPQ_OK);
	return input;
}

static void more_than_fits_is_refused_with_the_number(void **state)
{
	(void)state;
	struct gpq_error err;
	struct gpq_input *input = NULL;
	char path[64];
	gpq_catalogue_done(&catalogue);
	gpq_catalogue_init(&catalogue, &budget, (size_t)256 << 10);
	enum gpq_status status = GPQ_OK;
	uint32_t n = 0;
	for (; status == GPQ_OK && n < 100000; n++) {
		snprintf(path, sizeof(path), "/archive/pjm/da_hrl_lmps_%06u.csv", n);
		status = gpq_catalogue_add(&catalogue, path, 1, &input, &err);
		assert_true(catalogue.used_bytes <= catalogue.cap_bytes);
	}
	assert_int_equal(status, GPQ_E_BUDGET);
	assert_int_equal(catalogue.count, n - 1);
	snprintf(path, sizeof(path), "%u inputs", catalogue.count);
	assert_non_null(strstr(err.message, path));
	assert_non_null(strstr(err.message, "--memory"));
	/* What is there stays good; a reason that finds no room is NULL. */
	assert_string_equal(catalogue.inputs[0].path, "/archive/pjm/da_hrl_lmps_000000.csv");
	char *reason = malloc((size_t)300 << 10);
	memset(reason, 'x', ((size_t)300 << 10) - 1);
	reason[((size_t)300 << 10) - 1] = 0;
	assert_null(gpq_catalogue_text(&catalogue, reason));
	free(reason);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	for (long n = 1; n < 100; n++) {
		struct gpq_input *input = NULL;
		enum gpq_status status = GPQ_OK;
		budget.fail_at = atomic_load(&budget.allocations) + n;
		for (int i = 0; i < 200 && status == GPQ_OK; i++)
			status = gpq_catalogue_add(&catalogue, "/a/b.csv", 1, &input, NULL);
		uint32_t count = catalogue.count;
		gpq_catalogue_done(&catalogue);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		gpq_catalogue_init(&catalogue, &budget, (size_t)32 << 20);
		if (status == GPQ_OK) {
			assert_int_equal(count, 200);
			budget.fail_at = 0;
			return;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
	}
	fail();
}

static void names_are_the_last_part_and_texts_do_not_move(void **state)
{
	(void)state;
	char path[5000];
	const char *first = add("/archive/a/one.csv")->path;
	assert_string_equal(add("plain.csv")->name, "plain.csv");
	memset(path, 'd', sizeof(path));
	memcpy(path + sizeof(path) - 6, "/x.gz", 6);
	struct gpq_input *deep = add(path);
	assert_string_equal(deep->path, path);
	assert_string_equal(deep->name, "x.gz");
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/archive/%05d", i);
		add(path);
	}
	assert_ptr_equal(catalogue.inputs[0].path, first);
	assert_string_equal(first, "/archive/a/one.csv");
	assert_string_equal(catalogue.inputs[0].name, "one.csv");
	assert_int_equal(catalogue.count, 5003);
	assert_string_equal(catalogue.inputs[5002].path, "/archive/04999");
	const char *reason = gpq_catalogue_text(&catalogue, "why");
	assert_string_equal(reason, "why");
}

static const struct gpq_feed *feed_of(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, id) == 0)
			return gpq_market_pjm.feeds[f];
	return NULL;
}

static void enter(const char *path, const char *feed, uint32_t first_s)
{
	struct gpq_input *input = add(path);
	input->feed = feed ? feed_of(feed) : NULL;
	input->market = feed ? &gpq_market_pjm : NULL;
	input->seems_first_s = first_s;
}

static void reading_order_is_feed_time_name_path(void **state)
{
	(void)state;
	enter("/z/b.csv", "rt_hrl_lmps", 100);
	enter("/u/unknown.csv", NULL, 0);
	enter("/b/same.csv", "da_hrl_lmps", 300);
	enter("/a/same.csv", "da_hrl_lmps", 300);
	enter("/z/a.csv", "da_hrl_lmps", 300);
	enter("/z/c.csv", "da_hrl_lmps", 200);
	enter("/z/d.csv", "rt_hrl_lmps", 50);
	enter("/z/e.csv", "da_hrl_lmps", 0);
	gpq_catalogue_sort(&catalogue);
	static const char *const order[] = { "/z/e.csv",    "/z/c.csv", "/z/a.csv", "/a/same.csv",
					     "/b/same.csv", "/z/d.csv", "/z/b.csv", "/u/unknown.csv" };
	for (uint32_t i = 0; i < 8; i++)
		assert_string_equal(catalogue.inputs[i].path, order[i]);
}

static void an_empty_catalogue_is_sorted(void **state)
{
	(void)state;
	gpq_catalogue_sort(&catalogue);
	assert_int_equal(catalogue.count, 0);
}

static void rank_names_have_no_gz(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "/a/x.csv.gz", "x.csv" }, { "x.csv", "x.csv" }, { "/a/.gz", ".gz" }, { "a.gz.gz", "a.gz" }
	};
	for (size_t i = 0; i < 4; i++)
		assert_true(gpq_text_equal(gpq_input_rank_name(add(cases[i][0])), gpq_text_of(cases[i][1])));
}

static void states_have_words(void **state)
{
	(void)state;
	static const char *const words[] = { "found", "converted", "failed", "unrecognised", "left_out", "skipped" };
	for (int i = 0; i < GPQ_N_INPUT_STATES; i++)
		assert_string_equal(gpq_input_state_word((enum gpq_input_state)i), words[i]);
}

#define CATALOGUE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CATALOGUE_TEST(more_than_fits_is_refused_with_the_number),
		CATALOGUE_TEST(each_allocation_may_fail),
		CATALOGUE_TEST(names_are_the_last_part_and_texts_do_not_move),
		CATALOGUE_TEST(reading_order_is_feed_time_name_path),
		CATALOGUE_TEST(an_empty_catalogue_is_sorted),
		CATALOGUE_TEST(rank_names_have_no_gz),
		CATALOGUE_TEST(states_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
