// SPDX-License-Identifier: MIT
/* Blocks from the outside: the pool, what is refused, failing allocations and hooks, threads, cursors. */
#include "unit/sort/pushed_rows.h"

#include <pthread.h>
#include <stdatomic.h>

#define ID_KEY    0x02
#define ALL_TEXTS 0x0F

static const struct made_settings mixed = {
	.rules = { .n_cells = 2,
		   .key_texts = ID_KEY,
		   .texts = ALL_TEXTS,
		   .keep_revisions = true,
		   .rank = { 3, 1, 2, 1 },
		   .dropped = { [2] = true } },
	.n_rows = 6000,
	.n_ids = 9,
	.n_starts = 100,
	.n_inputs = 4,
	.n_versions = 2,
	.names = 2,
	.values = 3,
	.null_percent = 20,
};

static void pool_is_charged_when_used(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_slabs *slabs = NULL;
	struct gpq_error err;
	gpq_budget_init(&budget, (size_t)1 << 20);
	assert_int_equal(gpq_slabs_open(&budget, 200000, &slabs, &err), GPQ_OK);
	assert_int_equal(gpq_slabs_total_bytes(slabs), 3 * 65536);
	assert_int_equal(gpq_slabs_free_bytes(slabs), 3 * 65536);
	assert_true(atomic_load(&budget.used_bytes) < 1024);
	gpq_slabs_close(slabs);
	gpq_slabs_close(NULL);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void push_stops_where_the_pool_ends(void **state)
{
	(void)state;
	struct world world;
	struct gpq_block *block = NULL;
	struct gpq_batch batch;
	struct gpq_error err;
	uint32_t pushed = 0, total = 0;
	world_open(&world, &mixed.rules, 2 * 65536, 8192, 64);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(gpq_batch_init(&batch, &world.budget, GPQ_TAG_SORT, 1000, 2, &err), GPQ_OK);
	memset(batch.memory, 0, batch.memory_bytes);
	do {
		assert_int_equal(gpq_block_push(block, &batch, 0, 1000, &pushed, &err), GPQ_OK);
		total += pushed;
	} while (pushed == 1000);
	assert_int_equal(gpq_block_rows(block), total);
	assert_int_equal(gpq_block_slab_bytes(block), 2 * 65536);
	assert_int_equal(gpq_slabs_free_bytes(world.slabs), 0);
	assert_true(total <= 2 * 65536 / gpq_slab_row_bytes(2) && total > 9000);
	assert_int_equal(gpq_block_push(block, &batch, 0, 1, &pushed, &err), GPQ_OK);
	assert_int_equal(pushed, 0);
	gpq_batch_done(&batch, &world.budget, GPQ_TAG_SORT);
	gpq_block_close(block);
	gpq_block_close(NULL);
	assert_int_equal(gpq_slabs_free_bytes(world.slabs), 2 * 65536);
	world_close(&world);
}

static void too_little_scratch_is_named(void **state)
{
	(void)state;
	struct naive_row *rows = made_rows(3, &mixed);
	struct gpq_error err;
	/* fewer rows than the slabs hold, then fewer locations than there are; each when turning and when spilling */
	for (int way = 0; way < 4; way++) {
		struct world world;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		world_open(&world, &mixed.rules, (size_t)8 << 20, way < 2 ? 5999 : 6000, way < 2 ? 4096 : 5);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(rows_push(&world, block, rows, mixed.n_rows, 0, &err), GPQ_OK);
		enum gpq_status status = way & 1 ? gpq_block_spill(block, world.spill, world.scratch, &err)
						 : gpq_block_turn(block, world.spill, world.scratch, &turned, &err);
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_non_null(strstr(err.message, way < 2 ? "has it for 5999" : "room for 5 locations"));
		assert_null(turned);
		gpq_block_close(block);
		world_close(&world);
	}
	free(rows);
}

static void wrong_calls_are_bugs(void **state)
{
	(void)state;
	struct world world;
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct gpq_turned_cursor *cursor = NULL;
	struct gpq_batch batch;
	struct gpq_error err;
	uint32_t pushed = 77, word = 0;
	world_open(&world, &mixed.rules, (size_t)1 << 20, 100, 64);
	struct gpq_sort_rules wide = world.sort_rules;
	wide.n_cells = GPQ_MAX_CELLS + 1;
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &wide, &block, &err), GPQ_E_BUG);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(gpq_batch_init(&batch, &world.budget, GPQ_TAG_SORT, 10, 3, &err), GPQ_OK);
	assert_int_equal(gpq_block_push(block, &batch, 0, 1, &pushed, &err), GPQ_E_BUG);
	assert_int_equal(pushed, 77);
	gpq_batch_done(&batch, &world.budget, GPQ_TAG_SORT);
	/* an empty block turns into no rows */
	assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
	assert_int_equal(gpq_turned_rows(turned), 0);
	assert_int_equal(gpq_turned_cursor_open(turned, &world.budget, GPQ_TURNED_CELL + 2, 0, &cursor, &err),
			 GPQ_E_BUG);
	assert_int_equal(gpq_turned_cursor_open(turned, &world.budget, GPQ_TURNED_START, 1, &cursor, &err), GPQ_E_BUG);
	assert_int_equal(gpq_turned_cursor_open(turned, &world.budget, GPQ_TURNED_START, 0, &cursor, &err), GPQ_OK);
	assert_int_equal(gpq_turned_cursor_read(cursor, 0, &word, &err), GPQ_OK);
	assert_int_equal(gpq_turned_cursor_read(cursor, 1, &word, &err), GPQ_E_BUG);
	gpq_turned_cursor_close(cursor);
	gpq_turned_close(turned);
	gpq_turned_close(NULL);
	gpq_block_close(block);
	world_close(&world);
}

static void needs_are_what_is_taken(void **state)
{
	(void)state;
	static const uint64_t rows[] = { 0, 1, 1000, 1081080 };
	static const uint32_t locations[] = { 0, 1, 6435, 200000 };
	struct gpq_error err;
	for (int i = 0; i < 16; i++) {
		struct gpq_budget budget;
		struct gpq_sort_scratch *scratch = NULL;
		uint32_t n_cells = (uint32_t)i % (GPQ_MAX_CELLS + 1);
		size_t need = gpq_sort_scratch_need(rows[i / 4], locations[i % 4], n_cells);
		gpq_budget_init(&budget, need);
		assert_int_equal(gpq_sort_scratch_open(&budget, rows[i / 4], locations[i % 4], n_cells, &scratch, &err),
				 GPQ_OK);
		assert_int_equal(atomic_load(&budget.peak_bytes), need);
		gpq_sort_scratch_close(scratch);
		gpq_budget_init(&budget, need - 1);
		assert_int_equal(gpq_sort_scratch_open(&budget, rows[i / 4], locations[i % 4], n_cells, &scratch, &err),
				 GPQ_E_BUDGET);
	}
	gpq_sort_scratch_close(NULL);
}

/* Turning and reading take what the plan was told and no more. */
static void turning_stays_within_its_needs(void **state)
{
	(void)state;
	struct made_settings settings = mixed;
	settings.n_inputs = NAIVE_MAX_INPUTS;
	settings.n_rows = 3000;
	struct naive_row *rows = made_rows(3, &settings);
	struct gpq_error err;
	for (uint32_t spilled = 0; spilled < 2; spilled++) {
		struct world world;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct gpq_turned_cursor *cursor = NULL;
		world_open(&world, &settings.rules, (size_t)8 << 20, 8192, 4096);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(rows_push(&world, block, rows, settings.n_rows, spilled * 500, &err), GPQ_OK);
		size_t before = atomic_load(&world.budget.tag_used_bytes[GPQ_TAG_SORT]);
		atomic_store(&world.budget.tag_peak_bytes[GPQ_TAG_SORT], 0);
		assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
		size_t peak = atomic_load(&world.budget.tag_peak_bytes[GPQ_TAG_SORT]);
		assert_true(peak <= before + gpq_turned_need(NAIVE_MAX_INPUTS, 0));
		before = atomic_load(&world.budget.tag_used_bytes[GPQ_TAG_SORT]);
		assert_int_equal(gpq_turned_cursor_open(turned, &world.budget, GPQ_TURNED_CELL, 0, &cursor, &err),
				 GPQ_OK);
		assert_true(atomic_load(&world.budget.tag_used_bytes[GPQ_TAG_SORT]) <=
			    before + gpq_turned_cursor_need());
		gpq_turned_cursor_close(cursor);
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
	}
	free(rows);
}

/* Everything from opening to reading, spilled or not; what fails must fail cleanly. */
static enum gpq_status whole_life(struct world *world, const struct naive_row *rows, uint32_t n, uint32_t rows_a_spill,
				  const struct expectation *expected, struct gpq_error *err)
{
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct naive_row *got = NULL;
	enum gpq_status status = world_make(world, &mixed.rules, (size_t)1 << 20, 8192, 4096, err);
	if (status == GPQ_OK)
		status = gpq_block_open(&world->budget, world->slabs, &world->sort_rules, &block, err);
	if (status == GPQ_OK)
		status = rows_push(world, block, rows, n, rows_a_spill, err);
	if (status == GPQ_OK)
		status = gpq_block_turn(block, world->spill, world->scratch, &turned, err);
	if (status == GPQ_OK)
		status = rows_read(world, turned, &got, err);
	world->budget.fail_at = 0; /* comparing reads once more */
	if (status == GPQ_OK)
		turned_expect(world, turned, expected, n);
	free(got);
	gpq_turned_close(turned);
	gpq_block_close(block);
	world_close(world); /* asserts that nothing is left */
	return status;
}

static void failing_allocations_and_hooks_leave_nothing(void **state)
{
	(void)state;
	struct naive_row *rows = made_rows(8, &mixed);
	struct expectation expected = expectation_of(&mixed.rules, rows, mixed.n_rows);
	for (uint32_t rows_a_spill = 0; rows_a_spill < 1200; rows_a_spill += 600) {
		for (int hook = 0; hook < 2; hook++) {
			enum gpq_status status = GPQ_E_BUG;
			long at = 0;
			while (status != GPQ_OK) {
				struct world world;
				struct gpq_error err = { .status = GPQ_OK };
				memset(&world, 0, sizeof(world));
				gpq_budget_init(&world.budget, (size_t)1 << 30);
				at += hook ? 97 : 1;
				*(hook ? &world.fail_newer_at : &world.budget.fail_at) = at;
				status = whole_life(&world, rows, mixed.n_rows, rows_a_spill, &expected, &err);
				if (status != GPQ_OK) {
					assert_int_equal(status, hook ? GPQ_E_SYSTEM : GPQ_E_BUDGET);
					assert_int_equal(err.status, status);
					assert_true(err.message[0] != 0);
				}
			}
			assert_true(at > 1);
		}
	}
	free(expected.rows);
	free(rows);
}

static void cursors_start_anywhere(void **state)
{
	(void)state;
	struct made_settings settings = mixed;
	settings.n_rows = 30000;
	settings.n_starts = 9000;
	struct naive_row *rows = made_rows(8, &settings);
	struct expectation expected = expectation_of(&settings.rules, rows, settings.n_rows);
	struct dice dice = { 5 };
	struct gpq_error err;
	assert_true(expected.n > 9000);
	for (uint32_t spilled = 0; spilled < 2; spilled++) {
		struct world world;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		world_open(&world, &settings.rules, (size_t)8 << 20, settings.n_rows, 4096);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(rows_push(&world, block, rows, settings.n_rows, spilled * 9999, &err), GPQ_OK);
		assert_int_equal(gpq_block_has_runs(block), spilled);
		assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
		for (int i = 0; i < 50; i++) {
			struct gpq_turned_cursor *cursor = NULL;
			uint32_t from = i ? dice_below(&dice, (uint32_t)expected.n) : (uint32_t)expected.n - 1,
				 words[64];
			uint32_t n = (uint32_t)expected.n - from < 64 ? (uint32_t)expected.n - from : 64;
			assert_int_equal(
			    gpq_turned_cursor_open(turned, &world.budget, GPQ_TURNED_START, from, &cursor, &err),
			    GPQ_OK);
			assert_int_equal(gpq_turned_cursor_read(cursor, n, words, &err), GPQ_OK);
			for (uint32_t k = 0; k < n; k++)
				assert_int_equal(words[k], expected.rows[from + k].start_s);
			gpq_turned_cursor_close(cursor);
		}
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
	}
	free(expected.rows);
	free(rows);
}

/* One line that makes a key twice, and inputs nothing tells apart: the outcome is the same in every order. */
static void ties_do_not_depend_on_the_order_of_arrival(void **state)
{
	(void)state;
	struct made_settings settings = mixed;
	struct dice dice = { 17 };
	settings.n_rows = 400;
	settings.n_starts = 3;
	struct naive_row *rows = made_rows(21, &settings), *first = NULL, *again = NULL;
	uint64_t n_first = 0;
	struct gpq_error err;
	for (uint32_t i = 0; i < settings.n_rows; i++)
		rows[i].byte = rows[i].byte % 7;
	for (uint32_t round = 0; round < 12; round++) {
		struct world world;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		world_open(&world, &settings.rules, (size_t)1 << 20, 1000, 4096);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(rows_push(&world, block, rows, settings.n_rows, round % 3 * 50, &err), GPQ_OK);
		assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
		uint64_t n = gpq_turned_rows(turned);
		assert_int_equal(rows_read(&world, turned, round ? &again : &first, &err), GPQ_OK);
		n_first = round ? n_first : n;
		assert_int_equal(n, n_first);
		for (uint64_t i = 0; round && i < n; i++)
			row_expect(&settings.rules, &again[i], &first[i], i);
		/* texts of 'first' are borrowed from a catalogue that goes: keep this world's rows of the made words */
		for (uint64_t i = 0; !round && i < n; i++) {
			for (int t = 0; t < GPQ_LOCATION_TEXTS; t++) {
				struct gpq_text *text = &first[i].at.text[t];
				if (text->bytes)
					text->bytes = strndup(text->bytes, text->len);
			}
		}
		free(again);
		again = NULL;
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
		rows_shuffle(&dice, rows, settings.n_rows);
	}
	for (uint64_t i = 0; i < n_first; i++) {
		for (int t = 0; t < GPQ_LOCATION_TEXTS; t++)
			free((char *)(uintptr_t)first[i].at.text[t].bytes);
	}
	free(first);
	free(rows);
}

/* ---- threads ---- */

struct worker {
	struct world *shared;
	struct gpq_sort_scratch *scratch;
	const struct naive_row *rows;
	const struct expectation *expected;
	pthread_t thread;
	_Atomic bool right;
};

static void *worker_run(void *context)
{
	struct worker *worker = context;
	const struct world *shared = worker->shared; /* one pool, catalogue and spill file; a budget of its own */
	struct world world = { .slabs = shared->slabs,
			       .locations = shared->locations,
			       .spill = shared->spill,
			       .rules = shared->rules,
			       .sort_rules = shared->sort_rules };
	struct gpq_error err;
	bool right = true;
	gpq_budget_init(&world.budget, (size_t)1 << 28);
	world.scratch = worker->scratch;
	world.sort_rules.context = &world;
	for (int round = 0; round < 3 && right; round++) {
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct naive_row *got = NULL;
		right = gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err) == GPQ_OK &&
			rows_push(&world, block, worker->rows, mixed.n_rows, round ? 0 : 1000, &err) == GPQ_OK &&
			gpq_block_turn(block, world.spill, world.scratch, &turned, &err) == GPQ_OK &&
			gpq_turned_rows(turned) == worker->expected->n &&
			rows_read(&world, turned, &got, &err) == GPQ_OK;
		for (size_t i = 0; right && i < worker->expected->n; i++) {
			const struct naive_row *want = &worker->expected->rows[i];
			right = got[i].start_s == want->start_s && got[i].input == want->input &&
				got[i].cell[1] == want->cell[1] && gpq_text_equal(got[i].at.text[0], want->at.text[0]);
		}
		free(got);
		gpq_turned_close(turned);
		gpq_block_close(block);
	}
	worker->right = right && atomic_load(&world.budget.used_bytes) == 0;
	return NULL;
}

static void threads_share_one_pool(void **state)
{
	(void)state;
	enum { N_WORKERS = 4 };
	struct world world;
	struct worker workers[N_WORKERS];
	struct naive_row *rows[N_WORKERS];
	struct expectation expected[N_WORKERS];
	struct gpq_error err;
	/* less than all need at once: who finds the pool empty spills */
	world_open(&world, &mixed.rules, 6 * 65536, 8192, 65536);
	for (int i = 0; i < N_WORKERS; i++) {
		rows[i] = made_rows((uint64_t)i + 100, &mixed);
		expected[i] = expectation_of(&mixed.rules, rows[i], mixed.n_rows);
		workers[i] = (struct worker){ .shared = &world, .rows = rows[i], .expected = &expected[i] };
		assert_int_equal(gpq_sort_scratch_open(&world.budget, 8192, 65536, 2, &workers[i].scratch, &err),
				 GPQ_OK);
	}
	for (int i = 0; i < N_WORKERS; i++)
		assert_int_equal(pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]), 0);
	for (int i = 0; i < N_WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_true(workers[i].right);
		gpq_sort_scratch_close(workers[i].scratch);
		free(expected[i].rows);
		free(rows[i]);
	}
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_is_charged_when_used),
		cmocka_unit_test(push_stops_where_the_pool_ends),
		cmocka_unit_test(too_little_scratch_is_named),
		cmocka_unit_test(wrong_calls_are_bugs),
		cmocka_unit_test(needs_are_what_is_taken),
		cmocka_unit_test(turning_stays_within_its_needs),
		cmocka_unit_test(failing_allocations_and_hooks_leave_nothing),
		cmocka_unit_test(cursors_start_anywhere),
		cmocka_unit_test(ties_do_not_depend_on_the_order_of_arrival),
		cmocka_unit_test(threads_share_one_pool),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
