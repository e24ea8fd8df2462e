// SPDX-License-Identifier: MIT
#include "convert/location_lists.h"

#include "table/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CAP ((size_t)8 << 20)

static struct gpq_budget budget;
static struct gpq_locations *locations;
static struct gpq_location_lists lists;

static int catalogue_open(void **state)
{
	(void)state;
	memset(&lists, 0, sizeof(lists));
	gpq_budget_init(&budget, CAP);
	return gpq_locations_open(&budget, CAP / 2, &locations, NULL) == GPQ_OK ? 0 : -1;
}

static int catalogue_close(void **state)
{
	(void)state;
	gpq_location_lists_done(&lists);
	gpq_locations_close(locations);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

static uint32_t enter(const char *name, const char *id, const char *type, const char *zone, int64_t voltage)
{
	struct gpq_location location = {
		.text = { gpq_text_of(name), gpq_text_of(id), gpq_text_of(type), gpq_text_of(zone), { NULL, 0 } },
		.voltage_kv = voltage,
	};
	uint32_t code = UINT32_MAX;
	assert_int_equal(gpq_locations_intern(locations, &location, &code, NULL), GPQ_OK);
	return code;
}

/* The value of a code in a list is the text that was entered, values ascend without repeats, and null has no number. */
static void list_check(int list, uint32_t code, const char *expected)
{
	uint32_t number = lists.number[list][code];
	if (!expected) {
		assert_int_equal(number, GPQ_CODE_NULL);
		return;
	}
	assert_true(number < lists.n_values[list]);
	assert_true(gpq_text_equal(lists.texts[list][number], gpq_text_of(expected)));
}

static void ascends(int list)
{
	for (uint32_t i = 1; i < lists.n_values[list]; i++)
		assert_true(gpq_text_compare(lists.texts[list][i - 1], lists.texts[list][i]) < 0);
}

static void each_column_has_its_distinct_values(void **state)
{
	(void)state;
	uint32_t a = enter("WESTERN HUB", "51288", "HUB", NULL, GPQ_CELL_NULL);
	uint32_t b = enter("ALDENE", "48592", "LOAD", "PSEG", 230000);
	uint32_t c = enter("ALDENE", "48593", "LOAD", "PSEG", 34500);
	uint32_t d = enter("\xC3\x84HNLICH", "7", "LOAD", "AECO", 230000);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, NULL, NULL), GPQ_OK);
	assert_int_equal(lists.count, 4);
	assert_int_equal(lists.n_values[GPQ_LIST_TEXT0], 3);
	assert_int_equal(lists.n_values[GPQ_LIST_TEXT1], 4);
	assert_int_equal(lists.n_values[GPQ_LIST_TEXT2], 2);
	assert_int_equal(lists.n_values[GPQ_LIST_TEXT3], 2);
	assert_int_equal(lists.n_values[GPQ_LIST_STANDARD], 0);
	assert_int_equal(lists.n_values[GPQ_LIST_VOLTAGE], 2);
	for (int list = 0; list <= GPQ_LIST_STANDARD; list++)
		ascends(list);
	list_check(GPQ_LIST_TEXT0, a, "WESTERN HUB");
	list_check(GPQ_LIST_TEXT0, b, "ALDENE");
	list_check(GPQ_LIST_TEXT0, c, "ALDENE");
	list_check(GPQ_LIST_TEXT0, d, "\xC3\x84HNLICH"); /* bytes are unsigned: behind every ASCII name */
	assert_int_equal(lists.number[GPQ_LIST_TEXT0][d], 2);
	list_check(GPQ_LIST_TEXT3, a, NULL);
	list_check(GPQ_LIST_TEXT3, b, "PSEG");
	list_check(GPQ_LIST_STANDARD, a, NULL);
	assert_int_equal(lists.number[GPQ_LIST_VOLTAGE][a], GPQ_CODE_NULL);
	assert_int_equal(lists.voltages[lists.number[GPQ_LIST_VOLTAGE][b]], 230000);
	assert_int_equal(lists.voltages[lists.number[GPQ_LIST_VOLTAGE][c]], 34500);
	assert_int_equal(lists.number[GPQ_LIST_VOLTAGE][d], lists.number[GPQ_LIST_VOLTAGE][b]);
}

static void voltages_are_ordered_as_numbers(void **state)
{
	(void)state;
	uint32_t exact = enter("A", "1", NULL, NULL, 230000);
	uint32_t more =
	    enter("B", "2", NULL, NULL, gpq_cell_of_double(230.00001)); /* more decimals than the scale has */
	uint32_t less = enter("C", "3", NULL, NULL, 69000);
	uint32_t most = enter("D", "4", NULL, NULL, 765000);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, NULL, NULL), GPQ_OK);
	const uint32_t *number = lists.number[GPQ_LIST_VOLTAGE];
	assert_int_equal(number[less], 0);
	assert_int_equal(number[exact], 1);
	assert_int_equal(number[more], 2);
	assert_int_equal(number[most], 3);
}

static void products_have_standard_names(void **state)
{
	(void)state;
	uint32_t sr = enter("SR", "RTO", NULL, "$/MWh", GPQ_CELL_NULL);
	uint32_t sync = enter("RTO Synchronized Reserve", NULL, NULL, NULL, GPQ_CELL_NULL);
	uint32_t primary = enter("PR", "RTO", NULL, NULL, GPQ_CELL_NULL);
	uint32_t unknown = enter("Brand New Product", NULL, NULL, NULL, GPQ_CELL_NULL);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, &gpq_market_pjm, NULL), GPQ_OK);
	list_check(GPQ_LIST_STANDARD, sr, "SPIN");
	list_check(GPQ_LIST_STANDARD, sync, "SPIN");
	list_check(GPQ_LIST_STANDARD, primary, NULL);
	list_check(GPQ_LIST_STANDARD, unknown, NULL);
	list_check(GPQ_LIST_TEXT1, sync, NULL);
	assert_int_equal(lists.n_values[GPQ_LIST_STANDARD], 1);
}

static void each_market_has_its_own_standard_names(void **state)
{
	(void)state;
	static const struct gpq_product products[] = { { "SR", "NON_SPIN", "a test" } };
	static const struct gpq_market other = { .iso = "OTHER", .products = products, .n_products = 1 };
	uint32_t sr = enter("SR", "RTO", NULL, "$/MWh", GPQ_CELL_NULL);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, &gpq_market_pjm, NULL), GPQ_OK);
	list_check(GPQ_LIST_STANDARD, sr, "SPIN");
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, &other, NULL), GPQ_OK);
	list_check(GPQ_LIST_STANDARD, sr, "NON_SPIN");
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, &gpq_market_pjm, NULL), GPQ_OK);
	list_check(GPQ_LIST_STANDARD, sr, "SPIN");
}

static void lists_grow_with_the_catalogue_and_only_then(void **state)
{
	(void)state;
	enter("B", "2", NULL, NULL, GPQ_CELL_NULL);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, NULL, NULL), GPQ_OK);
	long before = atomic_load(&budget.allocations);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, NULL, NULL), GPQ_OK);
	assert_int_equal(atomic_load(&budget.allocations), before);
	uint32_t a = enter("A", "1", NULL, NULL, GPQ_CELL_NULL);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, NULL, NULL), GPQ_OK);
	assert_int_equal(lists.count, 2);
	list_check(GPQ_LIST_TEXT0, a, "A");
	assert_int_equal(lists.number[GPQ_LIST_TEXT0][a], 0);
	assert_int_equal(lists.number[GPQ_LIST_TEXT0][0], 1);
}

static void many_locations_take_what_the_header_says(void **state)
{
	(void)state;
	char name[32], id[32];
	uint32_t codes[3000];
	for (uint32_t i = 0; i < 3000; i++) {
		uint32_t shuffled = i * 1103u % 3000;
		snprintf(name, sizeof(name), "N%05u", shuffled / 2);
		snprintf(id, sizeof(id), "%u", shuffled);
		codes[i] = enter(name, id, shuffled % 2 ? "LOAD" : "GEN", NULL, (int64_t)(shuffled % 7) * 1000);
	}
	size_t before = atomic_load(&budget.used_bytes);
	assert_int_equal(gpq_location_lists_update(&lists, &budget, locations, NULL, NULL), GPQ_OK);
	size_t taken = atomic_load(&budget.used_bytes) - before;
	size_t promised = 3000 * GPQ_LOCATION_LIST_BYTES;
	assert_true(taken <= promised + 12 * 4096); /* page rounding of each array */
	assert_int_equal(lists.n_values[GPQ_LIST_TEXT0], 1500);
	assert_int_equal(lists.n_values[GPQ_LIST_VOLTAGE], 7);
	for (uint32_t i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "N%05u", i * 1103u % 3000 / 2);
		list_check(GPQ_LIST_TEXT0, codes[i], name);
	}
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	enter("A", "1", "HUB", "Z", 1000);
	for (long n = 1;; n++) {
		struct gpq_error err;
		size_t before = atomic_load(&budget.used_bytes);
		budget.fail_at = atomic_load(&budget.allocations) + n;
		enum gpq_status status = gpq_location_lists_update(&lists, &budget, locations, NULL, &err);
		if (status == GPQ_OK)
			break;
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_int_equal(atomic_load(&budget.used_bytes), before);
		assert_int_equal(lists.count, 0);
		assert_true(n < 100);
	}
	budget.fail_at = 0;
	list_check(GPQ_LIST_TEXT0, 0, "A");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, catalogue_open, catalogue_close),
		cmocka_unit_test_setup_teardown(each_column_has_its_distinct_values, catalogue_open, catalogue_close),
		cmocka_unit_test_setup_teardown(voltages_are_ordered_as_numbers, catalogue_open, catalogue_close),
		cmocka_unit_test_setup_teardown(products_have_standard_names, catalogue_open, catalogue_close),
		cmocka_unit_test_setup_teardown(each_market_has_its_own_standard_names, catalogue_open, catalogue_close),
		cmocka_unit_test_setup_teardown(lists_grow_with_the_catalogue_and_only_then, catalogue_open,
						catalogue_close),
		cmocka_unit_test_setup_teardown(many_locations_take_what_the_header_says, catalogue_open,
						catalogue_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
