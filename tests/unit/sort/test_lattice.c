// SPDX-License-Identifier: MIT
/* Blocks that are lattices, and those that nearly are, against naive_merge.h: sequences that change, instants in
 * disorder, inputs that alternate, a key twice, versions that differ, windows of every size and none. */
#include "sort/turned.h"
#include "unit/sort/pushed_rows.h"

#include <pthread.h>

#define ID_KEY    0x02
#define ALL_TEXTS 0x0F /* not the equipment */
#define IDS_MAX   3000

/* What to make: 'starts' instants of 'ids' locations each. */
struct grid_settings {
	uint32_t ids, starts, inputs, n_cells;
	uint32_t changes;  /* how often the sequence changes: an id goes, an id comes, the rest is turned round */
	bool mixed_inputs; /* slices of several inputs alternate */
	bool days_mixed;   /* instants come in disorder */
	bool versions;     /* differ from row to row */
	bool twice;        /* one key comes a second time */
	bool renamed;      /* an id goes by another name in the second half */
	bool kv_changes;   /* what is no key changes in the second half: another code of the same rank */
	uint32_t null_percent;
};

static char id_texts[IDS_MAX + 64][8], name_texts[IDS_MAX + 64][16];

static struct naive_row grid_row(struct dice *dice, const struct grid_settings *settings, uint32_t start,
				 uint32_t element, uint32_t change, uint32_t input, uint32_t number)
{
	struct naive_row row = { 0 };
	uint32_t id = (change & 1 ? settings->ids - 1 - element : element) + change;
	bool late = start > settings->starts / 2;
	snprintf(id_texts[id], sizeof(id_texts[id]), "%u", 50000 + id);
	snprintf(name_texts[id], sizeof(name_texts[id]), "%05u BUS", id * 2654435761u >> 15);
	row.start_s = 1704067200 + 3600 * start;
	row.at.text[0] = gpq_text_of(settings->renamed && late && id == 5 ? "ANOTHER" : name_texts[id]);
	row.at.text[1] = gpq_text_of(id_texts[id]);
	row.at.voltage_kv = settings->kv_changes && late && id % 7 == 0 ? 230000 : GPQ_CELL_NULL;
	row.version = settings->versions ? (int32_t)dice_below(dice, 5) : start % 3 ? GPQ_VERSION_NONE : 4;
	row.input = input;
	row.byte = (uint64_t)number * 37;
	for (uint32_t k = 0; k < settings->n_cells; k++)
		row.cell[k] =
		    dice_below(dice, 100) < settings->null_percent ? GPQ_CELL_NULL : (int64_t)dice_below(dice, 100000);
	return row;
}

static struct naive_row *grid_rows(struct dice *dice, const struct grid_settings *settings, uint32_t *out_n)
{
	struct naive_row *rows = calloc((size_t)settings->starts * settings->ids + 1, sizeof(*rows));
	uint32_t n = 0;
	for (uint32_t t = 0; t < settings->starts; t++) {
		uint32_t start = t, days = settings->starts / 24;
		if (settings->days_mixed && days && t < days * 24)
			start = (t / 24 * 5 + 3) % days * 24 + t % 24;
		uint32_t change = start * (settings->changes + 1) / settings->starts;
		for (uint32_t e = 0; e < settings->ids; e++, n++) {
			uint32_t input = start / 24 % settings->inputs;
			if (settings->mixed_inputs)
				input = e * settings->inputs / settings->ids;
			rows[n] = grid_row(dice, settings, start, e, change, input, n);
		}
	}
	if (settings->twice) {
		rows[n] = rows[n / 2];
		rows[n].cell[0]++;
		rows[n].byte = (uint64_t)n * 37;
		n++;
	}
	*out_n = n;
	return rows;
}

static struct naive_rules grid_rules(const struct grid_settings *settings)
{
	struct naive_rules rules = { .n_cells = settings->n_cells, .key_texts = ID_KEY, .texts = ALL_TEXTS };
	for (int i = 0; i < NAIVE_MAX_INPUTS; i++)
		rules.rank[i] = i;
	return rules;
}

static void grid_expect(const struct naive_rules *rules, const struct naive_row *rows, uint32_t n)
{
	/* windows: none, the least, one of a few locations' rows, one for all; fewer than cursors */
	static const size_t windows[] = { 0, 32 << 10, 100 << 10, 4 << 20 };
	struct expectation expected = expectation_of(rules, rows, n);
	for (int i = 0; i < 4; i++) {
		struct world world;
		world_open(&world, rules, (size_t)16 << 20, n + 1, 4096);
		gpq_sort_scratch_windows(world.scratch, 1, windows[i]);
		block_expect(&world, rows, n, 0, &expected);
		block_expect(&world, rows, n, 0, &expected); /* what the windows hold is of another turn now */
		world_close(&world);
	}
	free(expected.rows);
}

static void lattices_match_the_naive_way(void **state)
{
	(void)state;
	static const struct grid_settings grids[] = {
		{ .ids = 300, .starts = 168, .inputs = 7, .n_cells = 3 },
		{ .ids = 300, .starts = 167, .inputs = 7, .n_cells = 2, .days_mixed = true },
		{ .ids = 2500, .starts = 17, .inputs = 1, .n_cells = 1, .null_percent = 30 },
		{ .ids = 1500, .starts = 16, .inputs = 1, .n_cells = 2, .versions = true },
		{ .ids = 1, .starts = 500, .inputs = 3, .n_cells = 1 },
		{ .ids = 64, .starts = 1, .inputs = 1, .n_cells = 1 },
		{ .ids = 200, .starts = 96, .inputs = 4, .n_cells = 2, .changes = 1 },
		{ .ids = 200, .starts = 97, .inputs = 4, .n_cells = 2, .changes = 5, .days_mixed = true },
		{ .ids = 150, .starts = 60, .inputs = 3, .n_cells = 2, .changes = 59 },
		{ .ids = 400, .starts = 70, .inputs = 3, .n_cells = 2, .mixed_inputs = true },
		{ .ids = 300, .starts = 50, .inputs = 2, .n_cells = 2, .versions = true },
		{ .ids = 300, .starts = 50, .inputs = 2, .n_cells = 2, .twice = true },
		{ .ids = 300, .starts = 50, .inputs = 2, .n_cells = 2, .renamed = true },
		{ .ids = 300, .starts = 50, .inputs = 2, .n_cells = 2, .kv_changes = true },
		{ .ids = 9, .starts = 9000, .inputs = 2, .n_cells = 1 },
	};
	struct dice dice = { 77 };
	for (size_t i = 0; i < sizeof(grids) / sizeof(grids[0]); i++) {
		struct naive_rules rules = grid_rules(&grids[i]);
		uint32_t n = 0;
		struct naive_row *rows = grid_rows(&dice, &grids[i], &n);
		grid_expect(&rules, rows, n);
		if (i == 0) {
			rules.dropped[2] = true;
			grid_expect(&rules, rows, n);
			rules.by_time = true;
			grid_expect(&rules, rows, n);
		}
		free(rows);
	}
}

/* Two inputs read at the same time: their batches come in turns, and runs lie in slices among those of others. */
static void interleaved_inputs_match_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 5 };
	const struct grid_settings settings = { .ids = 500, .starts = 96, .inputs = 4, .n_cells = 2 };
	struct naive_rules rules = grid_rules(&settings);
	uint32_t n = 0, at[4] = { 0 }, day = 24 * settings.ids;
	struct naive_row *rows = grid_rows(&dice, &settings, &n), *mixed = calloc(n, sizeof(*mixed));
	for (uint32_t done = 0; done < n;) {
		uint32_t input = dice_below(&dice, 4), count = 1 + dice_below(&dice, 900);
		for (; count && at[input] < day; count--)
			mixed[done++] = rows[input * day + at[input]++];
	}
	grid_expect(&rules, mixed, n);
	free(mixed);
	free(rows);
}

/* What a lattice knows without its rows, against the rows. */
static void stretches_are_what_rows_say(void **state)
{
	(void)state;
	static const struct grid_settings grids[] = {
		{ .ids = 300, .starts = 168, .inputs = 7, .n_cells = 1 },
		{ .ids = 200, .starts = 97, .inputs = 4, .n_cells = 1, .changes = 5, .days_mixed = true },
		{ .ids = 400, .starts = 70, .inputs = 3, .n_cells = 1, .mixed_inputs = true },
		{ .ids = 300, .starts = 50, .inputs = 2, .n_cells = 1, .versions = true },
	};
	struct dice dice = { 31 };
	struct gpq_error err;
	for (size_t g = 0; g < sizeof(grids) / sizeof(grids[0]); g++) {
		struct naive_rules rules = grid_rules(&grids[g]);
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct world world;
		uint32_t n = 0, row = 0;
		struct naive_row *rows = grid_rows(&dice, &grids[g], &n);
		struct expectation expected = expectation_of(&rules, rows, n);
		world_open(&world, &rules, (size_t)16 << 20, n, 4096);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(rows_push(&world, block, rows, n, 0, &err), GPQ_OK);
		assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
		struct gpq_turned_stretch stretch;
		for (; gpq_turned_stretch(turned, row, &stretch); row += stretch.rows) {
			for (uint32_t i = 0; i < stretch.rows; i++) {
				const struct naive_row *is = &expected.rows[row + i];
				assert_int_equal(stretch.start_s[i], is->start_s);
				assert_int_equal(stretch.version[i], is->version);
				assert_int_equal(gpq_turned_stretch_input(turned, &stretch, i), is->input);
				assert_true(gpq_text_compare(
						gpq_locations_view(world.locations, stretch.location)->text[1],
						is->at.text[1]) == 0);
			}
		}
		assert_int_equal(row, g < 2 ? n : 0);
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
		free(expected.rows);
		free(rows);
	}
}

/* Two workers take pieces of one input in turns, and the later of two pieces comes first: still a lattice. */
static void pieces_out_of_turn_are_a_lattice(void **state)
{
	(void)state;
	struct dice dice = { 6 };
	const struct grid_settings settings = { .ids = 500, .starts = 96, .inputs = 1, .n_cells = 2 };
	struct naive_rules rules = grid_rules(&settings);
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct gpq_error err;
	struct world world;
	uint32_t n = 0, piece = 2000;
	struct naive_row *rows = grid_rows(&dice, &settings, &n), *mixed = calloc(n, sizeof(*mixed));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = (i / piece ^ 1) * piece + i % piece;
		rows[i].byte = (uint64_t)i * 130;
		mixed[at] = rows[i];
	}
	grid_expect(&rules, mixed, n);
	world_open(&world, &rules, (size_t)16 << 20, n, 4096);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(rows_push(&world, block, mixed, n, 0, &err), GPQ_OK);
	assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
	assert_int_equal(turned->lattice.rows, n);
	gpq_turned_close(turned);
	gpq_block_close(block);
	world_close(&world);
	free(mixed);
	free(rows);
}

/* Several cursors at once, begun anywhere: more than there are windows, and one after the other on one field. */
static void cursors_read_from_any_row(void **state)
{
	(void)state;
	struct dice dice = { 9 };
	const struct grid_settings settings = { .ids = 700, .starts = 50, .inputs = 2, .n_cells = 3, .changes = 1 };
	struct naive_rules rules = grid_rules(&settings);
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct gpq_error err;
	struct world world;
	uint32_t n = 0;
	struct naive_row *rows = grid_rows(&dice, &settings, &n);
	struct expectation expected = expectation_of(&rules, rows, n);
	world_open(&world, &rules, (size_t)16 << 20, n, 4096);
	gpq_sort_scratch_windows(world.scratch, 2, 64 << 10);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(rows_push(&world, block, rows, n, 0, &err), GPQ_OK);
	assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
	for (int round = 0; round < 60; round++) {
		struct gpq_turned_cursor *cursors[3] = { NULL };
		uint32_t from = dice_below(&dice, n + 1), left = n - from,
			 count = left ? 1 + dice_below(&dice, left) : 0;
		int64_t *cells = calloc(count + 1, sizeof(*cells));
		for (int k = 0; k < 3; k++)
			assert_int_equal(gpq_turned_cursor_open(turned, &world.budget,
								(enum gpq_turned_field)(GPQ_TURNED_CELL + k), from,
								&cursors[k], &err),
					 GPQ_OK);
		for (int k = 0; k < 3; k++) {
			assert_int_equal(gpq_turned_cursor_read(cursors[k], count, cells, &err), GPQ_OK);
			for (uint32_t i = 0; i < count; i++)
				assert_int_equal(cells[i], expected.rows[from + i].cell[k]);
			assert_int_equal(gpq_turned_cursor_read(cursors[k], left - count + 1, cells, &err), GPQ_E_BUG);
		}
		for (int k = 0; k < 3; k++)
			gpq_turned_cursor_close(cursors[(k + round) % 3]);
		free(cells);
	}
	gpq_turned_close(turned);
	gpq_block_close(block);
	world_close(&world);
	free(expected.rows);
	free(rows);
}

/* Each allocation in its turn is refused: a clean error, and nothing is kept. */
static void refused_memory_is_an_error(void **state)
{
	(void)state;
	struct dice dice = { 4 };
	const struct grid_settings settings = { .ids = 300, .starts = 48, .inputs = 2, .n_cells = 1 };
	struct naive_rules rules = grid_rules(&settings);
	uint32_t n = 0;
	struct naive_row *rows = grid_rows(&dice, &settings, &n);
	enum gpq_status status = GPQ_E_BUDGET;
	for (long fail_at = 1; status != GPQ_OK; fail_at++) {
		struct world world;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct naive_row *got = NULL;
		struct gpq_error err;
		world_open(&world, &rules, (size_t)8 << 20, n, 4096);
		gpq_sort_scratch_windows(world.scratch, fail_at & 1, 64 << 10);
		world.budget.fail_at = atomic_load(&world.budget.allocations) + (fail_at + 1) / 2;
		status = gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err);
		if (status == GPQ_OK)
			status = rows_push(&world, block, rows, n, 0, &err);
		if (status == GPQ_OK)
			status = gpq_block_turn(block, world.spill, world.scratch, &turned, &err);
		if (status == GPQ_OK)
			status = rows_read(&world, turned, &got, &err);
		assert_true(status == GPQ_OK || status == GPQ_E_BUDGET);
		free(got);
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
	}
	free(rows);
}

/* ---- threads ---- */

struct reader {
	struct gpq_turned *turned;
	struct gpq_budget *budget;
	const struct expectation *expected;
	int first_cell;
	bool right;
};

static void *reader_run(void *context)
{
	struct reader *reader = context;
	uint32_t n = (uint32_t)reader->expected->n;
	int64_t *cells = calloc(n, sizeof(*cells));
	reader->right = true;
	for (int round = 0; round < 12; round++) {
		struct gpq_turned_cursor *cursor = NULL;
		struct gpq_error err;
		int cell = (reader->first_cell + round / 2) % 3;
		reader->right &=
		    gpq_turned_cursor_open(reader->turned, reader->budget,
					   (enum gpq_turned_field)(GPQ_TURNED_CELL + cell), 0, &cursor, &err) == GPQ_OK;
		reader->right &= gpq_turned_cursor_read(cursor, n, cells, &err) == GPQ_OK;
		for (uint32_t i = 0; i < n; i++)
			reader->right &= cells[i] == reader->expected->rows[i].cell[cell];
		gpq_turned_cursor_close(cursor);
	}
	free(cells);
	return NULL;
}

/* Four threads, three windows that go from hand to hand. */
static void threads_share_windows(void **state)
{
	(void)state;
	struct dice dice = { 21 };
	const struct grid_settings settings = { .ids = 400, .starts = 48, .inputs = 2, .n_cells = 3 };
	struct naive_rules rules = grid_rules(&settings);
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct gpq_error err;
	struct world world;
	struct reader readers[4];
	pthread_t threads[4];
	uint32_t n = 0;
	struct naive_row *rows = grid_rows(&dice, &settings, &n);
	struct expectation expected = expectation_of(&rules, rows, n);
	world_open(&world, &rules, (size_t)8 << 20, n, 4096);
	gpq_sort_scratch_windows(world.scratch, 3, 256 << 10);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(rows_push(&world, block, rows, n, 0, &err), GPQ_OK);
	assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
	for (int i = 0; i < 4; i++) {
		readers[i] = (struct reader){ turned, &world.budget, &expected, i, false };
		assert_int_equal(pthread_create(&threads[i], NULL, reader_run, &readers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(readers[i].right);
	}
	gpq_turned_close(turned);
	gpq_block_close(block);
	world_close(&world);
	free(expected.rows);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lattices_match_the_naive_way),
		cmocka_unit_test(interleaved_inputs_match_the_naive_way),
		cmocka_unit_test(stretches_are_what_rows_say),
		cmocka_unit_test(pieces_out_of_turn_are_a_lattice),
		cmocka_unit_test(cursors_read_from_any_row),
		cmocka_unit_test(refused_memory_is_an_error),
		cmocka_unit_test(threads_share_windows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
