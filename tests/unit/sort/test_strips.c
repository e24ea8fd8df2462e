// SPDX-License-Identifier: MIT
/* Strips against naive_merge.h, which knows rows only: a strip is as many rows as it has cells that are not null. */
#include "unit/sort/pushed_strips.h"

#define NAME_KEY  0x01
#define ID_KEY    0x02
#define ALL_TEXTS 0x0F

static void settings_roll(struct dice *dice, struct strip_settings *settings)
{
	static const uint32_t sizes[] = { 0, 1, 2, 17, 100, 400 };
	static const uint32_t grids[] = { 1, 23, 96, 168, 512, 513, 1100 };
	memset(settings, 0, sizeof(*settings));
	settings->rules.n_cells = 1 + dice_below(dice, GPQ_MAX_CELLS);
	settings->rules.key_texts = dice_below(dice, 4) ? NAME_KEY : ID_KEY;
	settings->rules.texts = ALL_TEXTS;
	settings->rules.by_time = dice_below(dice, 4) == 0;
	settings->rules.keep_revisions = dice_below(dice, 4) == 0;
	settings->n_strips = sizes[dice_below(dice, 6)];
	settings->n_names = 1 + dice_below(dice, 12);
	settings->n_inputs = 1 + dice_below(dice, 12);
	settings->n_versions = dice_below(dice, 2) ? 0 : 1 + dice_below(dice, 3);
	settings->types = dice_below(dice, 2) ? 1 : 3;
	settings->ids = dice_below(dice, 2) ? 1 : 3;
	settings->grid = grids[dice_below(dice, 7)];
	settings->interval_s = dice_below(dice, 2) ? 3600 : 300;
	settings->max_places = dice_below(dice, 4) ? 24 : GPQ_STRIP_MAX_PLACES;
	settings->values = 1 + dice_below(dice, 3);
	settings->null_percent = dice_below(dice, 2) ? 0 : dice_below(dice, 80);
	settings->large_percent = dice_below(dice, 2) ? 0 : dice_below(dice, 10);
	for (uint32_t i = 0; i < settings->n_inputs; i++) {
		settings->rules.rank[i] = (int)dice_below(dice, settings->n_inputs);
		settings->rules.dropped[i] = dice_below(dice, 8) == 0;
	}
}

static void strips_match_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 20240102 };
	for (int round = 0; round < 200; round++) {
		struct strip_settings settings;
		struct world world;
		uint32_t n_rows = 0;
		settings_roll(&dice, &settings);
		struct made_strip *strips = made_strips(dice.state, &settings);
		struct naive_row *rows = strips_spell(&settings, strips, settings.n_strips, &n_rows);
		struct expectation expected = expectation_of(&settings.rules, rows, n_rows);
		const uint32_t runs[] = { 0, 1, 3 };
		for (int i = 0; i < 3; i++) {
			strip_world_open(&world, &settings, (size_t)8 << 20);
			strips_expect(&world, strips, settings.n_strips,
				      runs[i] ? settings.n_strips / runs[i] + 1 : 0, NULL, 0, &expected, n_rows);
			world_close(&world);
			strips_shuffle(&dice, strips, settings.n_strips);
		}
		/* a pool of one slab */
		strip_world_open(&world, &settings, (size_t)64 << 10);
		strips_expect(&world, strips, settings.n_strips, 0, NULL, 0, &expected, n_rows);
		world_close(&world);
		free(expected.rows);
		free(rows);
		free(strips);
	}
}

static void strips_and_rows_match_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 5 };
	for (int round = 0; round < 60; round++) {
		struct strip_settings settings;
		struct world world;
		uint32_t n_rows = 0, n_apart = 0;
		settings_roll(&dice, &settings);
		struct made_strip *strips = made_strips(dice.state, &settings);
		uint32_t half = settings.n_strips / 2;
		struct naive_row *rows = strips_spell(&settings, strips, settings.n_strips, &n_rows);
		struct naive_row *apart = strips_spell(&settings, strips + half, settings.n_strips - half, &n_apart);
		struct expectation expected = expectation_of(&settings.rules, rows, n_rows);
		strip_world_open(&world, &settings, (size_t)2 << 20);
		strips_expect(&world, strips, half, 0, apart, n_apart, &expected, n_rows);
		world_close(&world);
		free(expected.rows);
		free(apart);
		free(rows);
		free(strips);
	}
}

/* ---- calls ---- */

static const struct strip_settings plain = {
	.rules = { .n_cells = 2, .key_texts = NAME_KEY, .texts = ALL_TEXTS },
	.n_strips = 60, .n_names = 5, .n_inputs = 3, .types = 1, .ids = 1,
	.grid = 168, .interval_s = 3600, .max_places = 24, .values = 100, .null_percent = 10,
};

static void push_stops_where_the_pool_ends(void **state)
{
	(void)state;
	struct world world;
	struct gpq_error err;
	struct gpq_block *block = NULL;
	struct gpq_strips batch;
	struct made_strip strip = { .places = 24 };
	uint32_t pushed = 0, total = 0;
	strip_world_open(&world, &plain, (size_t)128 << 10);
	assert_int_equal(gpq_strips_init(&batch, &world.budget, GPQ_TAG_SORT, 8, 8 * 24, &err), GPQ_OK);
	batch.interval_s = 3600;
	for (int i = 0; i < 8; i++)
		assert_int_equal(strip_put(&world, &batch, &strip, &err), GPQ_OK);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	do {
		assert_int_equal(gpq_block_push_strips(block, &batch, 0, 8, &pushed, &err), GPQ_OK);
		total += pushed;
	} while (pushed == 8);
	/* a head of 24 bytes, 24 cells of two */
	assert_int_equal(total, 2 * ((65536 - 64) / 72));
	assert_int_equal(gpq_block_rows(block), 24 * total);
	assert_int_equal(gpq_block_slab_bytes(block), 128 << 10);
	assert_int_equal(gpq_block_push_strips(block, &batch, 0, 8, &pushed, &err), GPQ_OK);
	assert_int_equal(pushed, 0);
	assert_int_equal(gpq_block_spill(block, world.spill, world.scratch, &err), GPQ_OK);
	assert_int_equal(gpq_block_slab_bytes(block), 0);
	assert_int_equal(gpq_block_push_strips(block, &batch, 6, 2, &pushed, &err), GPQ_OK);
	assert_int_equal(pushed, 2);
	gpq_block_close(block);
	gpq_strips_done(&batch, &world.budget, GPQ_TAG_SORT);
	world_close(&world);
}

static void strips_off_the_grid_are_bugs(void **state)
{
	(void)state;
	struct world world;
	struct gpq_error err;
	struct gpq_block *block = NULL;
	struct gpq_strips batch;
	struct made_strip strip = { .place = 160, .places = 8 };
	uint32_t pushed = 99;
	strip_world_open(&world, &plain, (size_t)128 << 10);
	assert_int_equal(gpq_strips_init(&batch, &world.budget, GPQ_TAG_SORT, 1, 300, &err), GPQ_OK);
	batch.interval_s = 3600;
	assert_int_equal(strip_put(&world, &batch, &strip, &err), GPQ_OK);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	const struct gpq_strip right = batch.strips[0];
	for (int wrong = 0; wrong < 7; wrong++) {
		batch.strips[0] = right;
		batch.interval_s = wrong == 0 ? 900 : 3600;
		batch.strips[0].start_s += wrong == 1 ? 60 : wrong == 2 ? 3600 : 0;
		batch.strips[0].start_s = wrong == 3 ? STRIPS_BEGIN_S - 3600 : batch.strips[0].start_s;
		batch.strips[0].places = wrong == 4 ? 0 : wrong == 5 ? 301 : 8;
		batch.strips[0].cell = wrong == 6 ? 2 : 0;
		assert_int_equal(gpq_block_push_strips(block, &batch, 0, 1, &pushed, &err), GPQ_E_BUG);
		assert_int_equal(pushed, 99);
	}
	batch.strips[0] = right;
	assert_int_equal(gpq_block_push_strips(block, &batch, 0, 1, &pushed, &err), GPQ_OK);
	gpq_block_close(block);
	world.sort_rules.places = 0;
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(gpq_block_push_strips(block, &batch, 0, 1, &pushed, &err), GPQ_E_BUG);
	gpq_block_close(block);
	gpq_strips_done(&batch, &world.budget, GPQ_TAG_SORT);
	world_close(&world);
}

/* ---- refused memory ---- */

/* Everything from an empty budget on; gives whether it came to an end. */
static enum gpq_status all_try(struct world *world, const struct strip_settings *settings, const struct made_strip *strips,
			       struct gpq_error *err)
{
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct naive_row *rows = NULL;
	enum gpq_status status = world_make(world, &settings->rules, (size_t)1 << 20, 4096, 4096, err);
	world->sort_rules.begin_s = STRIPS_BEGIN_S;
	world->sort_rules.interval_s = settings->interval_s;
	world->sort_rules.places = settings->grid;
	if (status == GPQ_OK)
		status = gpq_block_open(&world->budget, world->slabs, &world->sort_rules, &block, err);
	if (status == GPQ_OK)
		status = strips_push(world, block, strips, settings->n_strips, 0, err);
	if (status == GPQ_OK)
		status = gpq_block_turn(block, world->spill, world->scratch, &turned, err);
	if (status == GPQ_OK)
		status = rows_read(world, turned, &rows, err);
	free(rows);
	gpq_turned_close(turned);
	gpq_block_close(block);
	return status;
}

static void refused_memory_and_hooks_leave_nothing(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct strip_settings settings = plain;
		settings.types = way == 1 ? 3 : 1;
		settings.rules.keep_revisions = way == 2;
		for (uint32_t i = 0; i < settings.n_inputs; i++)
			settings.rules.rank[i] = (int)i;
		struct made_strip *strips = made_strips(3, &settings);
		enum gpq_status status = GPQ_E_BUDGET;
		for (long fail_at = 1; status != GPQ_OK; fail_at++) {
			struct world world;
			struct gpq_error err;
			memset(&world, 0, sizeof(world));
			gpq_budget_init(&world.budget, (size_t)1 << 30);
			if (way == 3)
				world.fail_newer_at = fail_at;
			else
				world.budget.fail_at = fail_at;
			status = all_try(&world, &settings, strips, &err);
			if (status != GPQ_OK)
				assert_int_equal(status, way == 3 ? GPQ_E_SYSTEM : GPQ_E_BUDGET);
			world_close(&world);
			assert_true(fail_at < 2000);
		}
		free(strips);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strips_match_the_naive_way),
		cmocka_unit_test(strips_and_rows_match_the_naive_way),
		cmocka_unit_test(push_stops_where_the_pool_ends),
		cmocka_unit_test(strips_off_the_grid_are_bugs),
		cmocka_unit_test(refused_memory_and_hooks_leave_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
