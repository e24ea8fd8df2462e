// SPDX-License-Identifier: MIT
#include "input/strip_gather.h"

#include "table/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_S 3600u
#define FROM   473000u /* a place of these years */

static struct gpq_budget budget;
static struct gpq_strips strips;
static struct gpq_strip_gather *gather;
static const struct gpq_strip_key key = { .location = 7, .version = 2, .output = 0, .cell = 3 };

static int open_all(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)1 << 20);
	gather = calloc(1, sizeof(*gather));
	if (gpq_strips_init(&strips, &budget, GPQ_TAG_CONVERT, 8, 4096, NULL) != GPQ_OK)
		return -1;
	strips.interval_s = HOUR_S;
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	gpq_strips_done(&strips, &budget, GPQ_TAG_CONVERT);
	free(gather);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

static void cells_stand_in_the_order_of_their_places(void **state)
{
	(void)state;
	gpq_gather_begin(gather, &key);
	assert_int_equal(gpq_gather_places(gather), 0);
	assert_true(gpq_gather_put(gather, FROM + 4, 40, 1000));
	assert_true(gpq_gather_put(gather, FROM, 0, 900));
	assert_true(gpq_gather_put(gather, FROM + 2, 20, 1100));
	assert_int_equal(gpq_gather_places(gather), 5);
	gpq_gather_take(gather, &strips);
	const int64_t expected[] = { 0, GPQ_CELL_NULL, 20, GPQ_CELL_NULL, 40 };
	assert_memory_equal(strips.cells, expected, sizeof(expected));
	const struct gpq_strip *strip = &strips.strips[0];
	assert_int_equal(strip->start_s, FROM * HOUR_S);
	assert_int_equal(strip->places, 5);
	assert_int_equal(strip->location, 7);
	assert_int_equal(strip->version, 2);
	assert_int_equal(strip->cell, 3);
	assert_int_equal(strip->origin, 1000); /* of its first line, not of its first place */
	assert_false(gather->open);
}

static void a_place_is_taken_once(void **state)
{
	(void)state;
	gpq_gather_begin(gather, &key);
	assert_true(gpq_gather_put(gather, FROM, 1, 1));
	assert_false(gpq_gather_put(gather, FROM, 2, 2));
	gpq_gather_take(gather, &strips);
	assert_int_equal(strips.cells[0], 1);
	gpq_gather_begin(gather, &key); /* what stands in the ring is of the strip before */
	assert_true(gpq_gather_put(gather, FROM, 2, 2));
	gpq_gather_take(gather, &strips);
	assert_int_equal(strips.count, 2);
	assert_int_equal(strips.strips[1].first, 1);
	assert_int_equal(strips.cells[1], 2);
}

static void a_strip_is_as_long_as_one_may_be(void **state)
{
	(void)state;
	gpq_gather_begin(gather, &key);
	assert_true(gpq_gather_put(gather, FROM, 1, 1));
	assert_true(gpq_gather_put(gather, FROM + GPQ_STRIP_MAX_PLACES - 1, 2, 2));
	assert_false(gpq_gather_put(gather, FROM + GPQ_STRIP_MAX_PLACES, 3, 3));
	assert_false(gpq_gather_put(gather, FROM - 1, 3, 3));
	assert_false(gpq_gather_put(gather, FROM + GPQ_GATHER_RING, 3, 3));
	assert_false(gpq_gather_put(gather, 0, 3, 3));
	gpq_gather_take(gather, &strips);
	assert_int_equal(strips.strips[0].places, GPQ_STRIP_MAX_PLACES);
	assert_int_equal(strips.n_cells, GPQ_STRIP_MAX_PLACES);
	for (uint32_t i = 1; i + 1 < GPQ_STRIP_MAX_PLACES; i++)
		assert_true(strips.cells[i] == GPQ_CELL_NULL);
}

static void marks_begin_again_after_all_were_used(void **state)
{
	(void)state;
	gpq_gather_begin(gather, &key); /* mark 1 */
	assert_true(gpq_gather_put(gather, FROM, 1, 1));
	gather->mark = UINT32_MAX;
	gpq_gather_begin(gather, &key);
	assert_true(gpq_gather_put(gather, FROM + 1, 5, 1));
	assert_true(gpq_gather_put(gather, FROM, 6, 1));
}

#define GATHER_TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GATHER_TEST(cells_stand_in_the_order_of_their_places),
		GATHER_TEST(a_place_is_taken_once),
		GATHER_TEST(a_strip_is_as_long_as_one_may_be),
		GATHER_TEST(marks_begin_again_after_all_were_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
