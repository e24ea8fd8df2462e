// SPDX-License-Identifier: MIT
/* Rows read as they lie are the rows that cursors give, each once; rows that have to be read in order are not swept. */
#include "unit/sort/pushed_rows.h"

#define ID_KEY 0x02
#define IDS    700
#define STARTS 40
#define CELLS  3

static char ids[IDS][8];

/* A grid of locations and instants, as feeds bring it; cells of each kind. */
static struct naive_row *grid_make(struct dice *dice, uint32_t null_percent, uint32_t far_percent)
{
	struct naive_row *rows = calloc((size_t)IDS * STARTS, sizeof(*rows));
	for (uint32_t n = 0; n < IDS * STARTS; n++) {
		struct naive_row *row = &rows[n];
		uint32_t id = n % IDS;
		snprintf(ids[id], sizeof(ids[id]), "%u", 50000 + id);
		row->start_s = 1704067200 + 3600 * (n / IDS);
		row->at.text[1] = gpq_text_of(ids[id]);
		row->at.voltage_kv = GPQ_CELL_NULL;
		row->version = GPQ_VERSION_NONE;
		row->input = n / IDS / 24;
		row->byte = (uint64_t)n * 37;
		for (uint32_t k = 0; k < CELLS; k++) {
			uint32_t roll = dice_below(dice, 100);
			row->cell[k] = (int64_t)dice_below(dice, 1000000) - 500000;
			if (roll < null_percent)
				row->cell[k] = GPQ_CELL_NULL;
			else if (roll < null_percent + far_percent)
				row->cell[k] = roll & 1 ? gpq_cell_of_double(0.1 + roll) : INT64_C(1) << (32 + roll % 8);
		}
	}
	return rows;
}

static int compare_rows(const void *a, const void *b)
{
	const struct naive_row *x = a, *y = b;
	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return gpq_text_compare(x->at.text[1], y->at.text[1]);
}

/* The rows of all pieces. Columns that are not asked for are not written. */
static uint32_t sweep(const struct world *world, const struct gpq_turned *turned, uint32_t cells, struct naive_row *out)
{
	struct gpq_turned_piece *piece = calloc(1, sizeof(*piece));
	uint32_t n = 0;
	memset(piece->cell, 0x5A, sizeof(piece->cell));
	while (gpq_turned_piece_next(turned, cells, piece)) {
		assert_in_range(piece->rows, 1, GPQ_TURNED_PIECE_ROWS);
		for (uint32_t i = 0; i < piece->rows; i++, n++) {
			uint32_t location = 0;
			gpq_turned_piece_row(turned, piece, i, &out[n].start_s, &location);
			out[n].at = *gpq_locations_view(world->locations, location);
			for (uint32_t k = 0; k < CELLS; k++)
				out[n].cell[k] = piece->cell[k][i];
		}
		for (uint32_t k = 0; k < CELLS; k++) {
			bool decimal = true;
			for (uint32_t i = 0; i < piece->rows; i++)
				decimal &= gpq_cell_is_decimal(piece->cell[k][i]);
			assert_int_equal(piece->decimal >> k & 1, cells >> k & 1 && decimal);
		}
	}
	free(piece);
	return n;
}

static void sweep_expect(const struct naive_row *rows, uint32_t n, uint32_t rows_a_spill, bool sweeps, bool dropped)
{
	struct naive_rules rules = { .n_cells = CELLS, .key_texts = ID_KEY, .texts = 0x0F };
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct world world;
	struct gpq_error err;
	for (int i = 0; i < NAIVE_MAX_INPUTS; i++)
		rules.rank[i] = i;
	rules.dropped[0] = dropped;
	world_open(&world, &rules, (size_t)16 << 20, n, 4096);
	assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
	assert_int_equal(rows_push(&world, block, rows, n, rows_a_spill, &err), GPQ_OK);
	assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
	struct naive_row *swept = calloc(n + 1, sizeof(*swept)), *read = NULL;
	uint32_t seen = sweep(&world, turned, 7, swept);
	assert_int_equal(rows_read(&world, turned, &read, &err), GPQ_OK);
	assert_int_equal(seen, sweeps ? gpq_turned_rows(turned) : 0);
	qsort(swept, seen, sizeof(*swept), compare_rows);
	qsort(read, gpq_turned_rows(turned), sizeof(*read), compare_rows);
	for (uint32_t i = 0; i < seen; i++) {
		assert_int_equal(compare_rows(&swept[i], &read[i]), 0);
		assert_memory_equal(swept[i].cell, read[i].cell, CELLS * sizeof(int64_t));
	}
	if (sweeps) { /* one column alone */
		assert_int_equal(sweep(&world, turned, 2, swept), seen);
		assert_int_equal(swept[0].cell[0], INT64_C(0x5A5A5A5A5A5A5A5A));
		assert_int_not_equal(swept[0].cell[1], INT64_C(0x5A5A5A5A5A5A5A5A));
	}
	free(swept);
	free(read);
	gpq_turned_close(turned);
	gpq_block_close(block);
	world_close(&world);
}

static void pieces_hold_each_row_once(void **state)
{
	(void)state;
	struct dice dice = { 11 };
	static const uint32_t percents[][2] = { { 0, 0 }, { 20, 0 }, { 0, 2 }, { 5, 90 } };
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		struct naive_row *rows = grid_make(&dice, percents[i][0], percents[i][1]);
		sweep_expect(rows, IDS * STARTS, 0, true, false);
		free(rows);
	}
}

static void what_has_to_be_read_in_order_is_not_swept(void **state)
{
	(void)state;
	struct dice dice = { 12 };
	struct naive_row *rows = grid_make(&dice, 0, 0);
	sweep_expect(rows, IDS * STARTS, 5000, false, false); /* spilled */
	sweep_expect(rows, IDS * STARTS, 0, false, true);     /* an input is dropped */
	rows[100] = rows[99];                                 /* a key twice */
	rows[100].cell[0]++;
	sweep_expect(rows, IDS * STARTS, 0, false, false);
	sweep_expect(rows, 0, 0, false, false);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_hold_each_row_once),
		cmocka_unit_test(what_has_to_be_read_in_order_is_not_swept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
