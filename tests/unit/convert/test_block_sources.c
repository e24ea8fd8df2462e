// SPDX-License-Identifier: MIT
/* The inputs of a block: each name once, in order, as it is written; how final each input is. */
#include "unit/convert/turned_block.h"
#include "unit/io/workplace.h"

static const struct gpq_dataset dataset = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 } },
	.n_cells = 1,
};
static const struct gpq_market market = { .iso = "PJM" };

static struct workplace place;
static struct turned_block block;
static struct gpq_catalogue catalogue;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	turned_block_open(&block, &market, &dataset);
	assert_int_equal(gpq_catalogue_init(&catalogue, &block.budget, (size_t)1 << 20, place.folder, NULL), GPQ_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_catalogue_done(&catalogue);
	turned_block_close(&block);
	workplace_close(&place);
	return 0;
}

static void add(const char *path, enum gpq_finality finality)
{
	struct gpq_input input = { .finality = (uint8_t)finality };
	assert_int_equal(gpq_catalogue_add(&catalogue, path, &input, NULL, NULL), GPQ_OK);
}

/* A row of each of some inputs, each of a location of its own. */
static void turn(const uint32_t *inputs, uint32_t count)
{
	static const char *const names[] = { "A", "B", "C", "D", "E", "F" };
	struct block_row rows[6];
	for (uint32_t i = 0; i < count; i++)
		rows[i] = (struct block_row){ 0, names[i], inputs[i], GPQ_VERSION_NONE, { 100 } };
	turned_block_turn(&block, rows, count, 1, true, false);
}

static void names_are_listed_once_and_escaped(void **state)
{
	(void)state;
	struct gpq_block_sources sources;
	add("/z/b.csv", GPQ_FINALITY_PRELIM);
	add("/not/in/the/block.csv", GPQ_FINALITY_UNMARKED);
	add("/a/b.csv", GPQ_FINALITY_FINAL);
	add("/a/\xe9%.csv", GPQ_FINALITY_FINAL);
	add("/a/a.csv", GPQ_FINALITY_REPRICED);
	turn((const uint32_t[]){ 4, 0, 3, 2 }, 4);
	assert_int_equal(gpq_block_sources_init(&sources, &block.budget, &catalogue, block.turned, NULL), GPQ_OK);
	assert_int_equal(sources.n_inputs, 4);
	assert_int_equal(sources.n_names, 3);
	assert_true(gpq_text_equal(sources.names[0], gpq_text_of("%E9%25.csv")));
	assert_true(gpq_text_equal(sources.names[1], gpq_text_of("a.csv")));
	assert_true(gpq_text_equal(sources.names[2], gpq_text_of("b.csv")));
	static const uint32_t inputs[] = { 0, 2, 3, 4 }, number[] = { 2, 2, 0, 1 };
	static const enum gpq_finality finality[] = { GPQ_FINALITY_PRELIM, GPQ_FINALITY_FINAL, GPQ_FINALITY_FINAL,
						      GPQ_FINALITY_REPRICED };
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t at = gpq_block_source_place(&sources, inputs[i]);
		assert_int_equal(at, i);
		assert_int_equal(sources.number[at], number[i]);
		assert_int_equal(sources.finality[at], finality[i]);
	}
	gpq_block_sources_done(&sources);
}

static void places_are_found_wherever_inputs_begin(void **state)
{
	(void)state;
	static uint32_t inputs[100];
	struct gpq_block_sources sources = { .inputs = inputs };
	for (uint32_t step = 1; step < 5; step++)
		for (uint32_t n = 1; n <= 100; n++) {
			sources.n_inputs = n;
			for (uint32_t i = 0; i < n; i++)
				inputs[i] = 17 + i + i / 7 * (step - 1);
			for (uint32_t i = 0; i < n; i++)
				assert_int_equal(gpq_block_source_place(&sources, inputs[i]), i);
		}
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	struct gpq_block_sources sources;
	enum gpq_status status = GPQ_E_BUDGET;
	add("/b.csv", GPQ_FINALITY_FINAL);
	add("/a.csv", GPQ_FINALITY_FINAL);
	turn((const uint32_t[]){ 0, 1 }, 2);
	size_t used = atomic_load(&block.budget.used_bytes);
	for (long n = 1; status != GPQ_OK; n++) {
		assert_true(n < 20);
		block.budget.fail_at = atomic_load(&block.budget.allocations) + n;
		status = gpq_block_sources_init(&sources, &block.budget, &catalogue, block.turned, NULL);
		block.budget.fail_at = 0;
		if (status == GPQ_OK) {
			assert_true(atomic_load(&block.budget.used_bytes) <= used + gpq_block_sources_need(2, 10));
			gpq_block_sources_done(&sources);
		}
		assert_int_equal(atomic_load(&block.budget.used_bytes), used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_are_listed_once_and_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(places_are_found_wherever_inputs_begin, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
