// SPDX-License-Identifier: MIT
#include "convert/dataset_run.h"

#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gpq_budget budget;
static struct gpq_dataset_run run;

static int setup(void **state)
{
	(void)state;
	gpq_budget_init(&budget, (size_t)8 << 20);
	run = (struct gpq_dataset_run){ .market = &gpq_market_pjm, .dataset = gpq_market_pjm.datasets[0] };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_dataset_run_done(&run, &budget);
	gpq_dataset_run_done(&run, &budget); /* again: nothing */
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

static struct gpq_block_slot *slot(int64_t key)
{
	struct gpq_span span = { .key = key, .first_day = (int32_t)key, .end_day = (int32_t)key + 7 };
	struct gpq_block_slot *found = NULL;
	assert_int_equal(gpq_dataset_run_slot(&run, &budget, &span, &found, NULL), GPQ_OK);
	assert_int_equal(found->span.key, key);
	return found;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	for (long n = 1; n < 200; n++) {
		enum gpq_status status = GPQ_OK;
		budget.fail_at = atomic_load(&budget.allocations) + n;
		for (int64_t key = 0; key < 40 && status == GPQ_OK; key++) {
			struct gpq_span span = { .key = key };
			struct gpq_block_slot *found = NULL;
			struct gpq_partition_file *file = NULL;
			status = gpq_dataset_run_slot(&run, &budget, &span, &found, NULL);
			assert_int_equal(found != NULL, status == GPQ_OK);
			if (status == GPQ_OK)
				status =
				    gpq_dataset_run_file(&run, &budget, "/out", 202400 + (int32_t)key, &file, NULL);
		}
		assert_true(status == GPQ_OK || status == GPQ_E_BUDGET);
		gpq_dataset_run_done(&run, &budget);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		teardown(NULL);
		setup(NULL);
		if (status == GPQ_OK)
			return;
	}
	fail();
}

static void slots_are_found_again_and_stand_in_order(void **state)
{
	(void)state;
	struct gpq_block_slot *made[200];
	for (uint32_t i = 0; i < 200; i++)
		made[i] = slot((int64_t)(i * 37 % 200) * 168 - 5000);
	assert_int_equal(run.n_slots, 200);
	for (uint32_t i = 0; i < 200; i++) {
		assert_ptr_equal(slot((int64_t)(i * 37 % 200) * 168 - 5000), made[i]);
		assert_int_equal(made[i]->state, GPQ_SLOT_OPEN);
		assert_null(made[i]->block);
		assert_ptr_equal(made[i]->dataset, &run);
	}
	assert_int_equal(run.n_slots, 200);
	for (uint32_t i = 1; i < 200; i++)
		assert_true(run.slots[i - 1]->span.key < run.slots[i]->span.key);
}

static void a_slot_forgets_what_it_came_to(void **state)
{
	(void)state;
	struct gpq_block_slot *found = slot(100);
	assert_int_equal(gpq_alloc(&budget, GPQ_TAG_CONVERT, 7 * sizeof(uint32_t), &found->day_found, NULL), GPQ_OK);
	found->rows = found->current_rows = 5;
	found->n_tallies = 0;
	gpq_block_slot_clear(found, &budget);
	assert_null(found->day_found);
	assert_int_equal(found->rows + found->current_rows, 0);
	gpq_block_slot_clear(found, &budget);
}

struct tallies_seen {
	uint32_t count, stop_at;
};

static bool tally_visit(void *context, const struct gpq_tally *tally)
{
	struct tallies_seen *seen = context;
	assert_int_equal(tally->input, seen->count * 3);
	assert_int_equal(tally->written, seen->count + 1);
	return ++seen->count != seen->stop_at;
}

static void tallies_come_back_from_the_spill(void **state)
{
	(void)state;
	struct gpq_spill *spill = NULL;
	struct gpq_tally tallies[300];
	for (uint32_t i = 0; i < 300; i++)
		tallies[i] = (struct gpq_tally){ .input = i * 3, .written = i + 1 };
	assert_int_equal(gpq_spill_open(&budget, "/tmp", &spill, NULL), GPQ_OK);
	struct gpq_block_slot *found = slot(0);
	uint64_t at = 0;
	struct gpq_stash *kept = NULL;
	assert_int_equal(gpq_stash_open(&budget, spill, 0, &kept, NULL), GPQ_OK);
	assert_int_equal(gpq_stash_append(kept, "before", 6, &at, NULL), GPQ_OK);
	assert_int_equal(gpq_stash_append(kept, tallies, sizeof(tallies), &found->tallies_at, NULL), GPQ_OK);
	found->n_tallies = 300;
	struct tallies_seen all = { 0, 0 }, some = { 0, 100 };
	assert_int_equal(gpq_block_slot_tallies(found, kept, tally_visit, &all, NULL), GPQ_OK);
	assert_int_equal(all.count, 300);
	assert_int_equal(gpq_block_slot_tallies(found, kept, tally_visit, &some, NULL), GPQ_OK);
	assert_int_equal(some.count, 100);
	found->n_tallies = 0;
	all.count = 0;
	assert_int_equal(gpq_block_slot_tallies(found, kept, tally_visit, &all, NULL), GPQ_OK);
	assert_int_equal(all.count, 0);
	gpq_stash_close(kept);
	gpq_spill_close(spill);
}

static void files_are_named_and_stand_in_order(void **state)
{
	(void)state;
	struct gpq_partition_file *file = NULL;
	for (int32_t i = 0; i < 40; i++)
		assert_int_equal(gpq_dataset_run_file(&run, &budget, "/out", 200000 + i * 17 % 40 * 100, &file, NULL),
				 GPQ_OK);
	assert_int_equal(run.n_files, 40);
	for (uint32_t i = 1; i < 40; i++)
		assert_true(run.files[i - 1].partition < run.files[i].partition);
	assert_int_equal(gpq_dataset_run_file(&run, &budget, "/out", 202400, &file, NULL), GPQ_OK);
	assert_int_equal(run.n_files, 40);
	assert_string_equal(file->path, "/out/pjm/da_energy_hourly/da_energy_hourly_2024.parquet");
	assert_int_equal(gpq_dataset_run_file(&run, &budget, "/out", 202407, &file, NULL), GPQ_OK);
	assert_string_equal(file->path, "/out/pjm/da_energy_hourly/da_energy_hourly_2024-07.parquet");
	assert_null(file->sink);
}

#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(each_allocation_may_fail),           RUN_TEST(slots_are_found_again_and_stand_in_order),
		RUN_TEST(a_slot_forgets_what_it_came_to),     RUN_TEST(tallies_come_back_from_the_spill),
		RUN_TEST(files_are_named_and_stand_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
