// SPDX-License-Identifier: MIT
/* Blocks against naive_merge.h: every mix of duplicates, nulls, versions, renamed locations, inputs, orders and runs.
 */
#include "unit/sort/pushed_rows.h"

#define NAME_KEY  0x01
#define ID_KEY    0x02
#define TYPE_KEY  0x05
#define ALL_TEXTS 0x0F /* not the equipment */

static void settings_roll(struct dice *dice, struct made_settings *settings)
{
	static const uint8_t keys[] = { NAME_KEY, ID_KEY, ID_KEY, TYPE_KEY };
	static const uint32_t sizes[] = { 0, 1, 2, 17, 200, 1000, 3000 };
	memset(settings, 0, sizeof(*settings));
	settings->rules.n_cells = 1 + dice_below(dice, GPQ_MAX_CELLS);
	settings->rules.key_texts = keys[dice_below(dice, 4)];
	settings->rules.texts = ALL_TEXTS;
	settings->rules.by_time = dice_below(dice, 3) == 0;
	settings->rules.keep_revisions = dice_below(dice, 2);
	settings->n_rows = sizes[dice_below(dice, 7)];
	settings->n_ids = 1 + dice_below(dice, 30);
	settings->n_starts = 1 + dice_below(dice, dice_below(dice, 2) ? 5 : 300);
	settings->n_inputs = 1 + dice_below(dice, 12);
	settings->n_versions = dice_below(dice, 2) ? 0 : 1 + dice_below(dice, 4);
	settings->names = 1 + dice_below(dice, 3);
	settings->values = 1 + dice_below(dice, 4);
	settings->null_percent = dice_below(dice, 60);
	for (uint32_t i = 0; i < settings->n_inputs; i++) {
		settings->rules.rank[i] = (int)dice_below(dice, settings->n_inputs);
		settings->rules.dropped[i] = dice_below(dice, 8) == 0;
	}
}

static void turning_matches_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 20240101 };
	for (int round = 0; round < 150; round++) {
		struct made_settings settings;
		struct world world;
		settings_roll(&dice, &settings);
		struct naive_row *rows = made_rows(dice.state, &settings);
		struct expectation expected = expectation_of(&settings.rules, rows, settings.n_rows);
		uint32_t n = settings.n_rows;
		const uint32_t runs[] = { 0, 1, 3, 200 };
		for (int i = 0; i < 4; i++) {
			uint32_t rows_a_spill = runs[i] ? n / runs[i] + 1 : 0;
			world_open(&world, &settings.rules, (size_t)8 << 20, 4096, 4096);
			block_expect(&world, rows, n, rows_a_spill, &expected);
			world_close(&world);
			rows_shuffle(&dice, rows, n);
		}
		/* a pool of one slab */
		world_open(&world, &settings.rules, (size_t)64 << 10, 4096, 4096);
		block_expect(&world, rows, n, 0, &expected);
		world_close(&world);
		free(expected.rows);
		free(rows);
	}
}

/* More parts of one key than wait in memory, more revisions too; in slabs and in runs. */
static void crowded_keys_match_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 7 };
	for (int keep = 0; keep < 2; keep++) {
		struct made_settings settings = {
			.rules = { .n_cells = 3, .key_texts = ID_KEY, .texts = ALL_TEXTS, .keep_revisions = keep },
			.n_rows = 5000,
			.n_ids = 2,
			.n_starts = 1,
			.n_inputs = NAIVE_MAX_INPUTS,
			.n_versions = 40,
			.names = 2,
			.values = 1000,
			.null_percent = 10,
		};
		for (int i = 0; i < NAIVE_MAX_INPUTS; i++)
			settings.rules.rank[i] = i / 2 * 17 % 31;
		struct naive_row *rows = made_rows(99, &settings);
		struct expectation expected = expectation_of(&settings.rules, rows, settings.n_rows);
		struct world world;
		world_open(&world, &settings.rules, (size_t)8 << 20, 8192, 65536);
		block_expect(&world, rows, settings.n_rows, 0, &expected);
		rows_shuffle(&dice, rows, settings.n_rows);
		block_expect(&world, rows, settings.n_rows, 700, &expected);
		world_close(&world);
		free(expected.rows);
		free(rows);
	}
}

/* More rows than are ordered with their keys in hand, apart from the others and not; more than one area of them. */
static void large_blocks_match_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 11 };
	for (int way = 0; way < 4; way++) {
		struct made_settings settings = {
			.rules = { .n_cells = 1,
				   .key_texts = ID_KEY,
				   .texts = ALL_TEXTS,
				   .by_time = way & 1,
				   .keep_revisions = way >> 1 },
			.n_rows = 70000,
			.n_ids = 4,
			.n_starts = 30000,
			.n_inputs = 5,
			.n_versions = 2,
			.names = 1 + (way != 1),
			.values = 3,
			.null_percent = 5,
		};
		for (int i = 0; i < 5; i++)
			settings.rules.rank[i] = i * 3 % 5;
		struct naive_row *rows = made_rows(5, &settings);
		struct expectation expected = expectation_of(&settings.rules, rows, settings.n_rows);
		struct world world;
		world_open(&world, &settings.rules, (size_t)16 << 20, settings.n_rows, 4096);
		block_expect(&world, rows, settings.n_rows, 0, &expected);
		world_close(&world);
		rows_shuffle(&dice, rows, settings.n_rows);
		world_open(&world, &settings.rules, (size_t)192 << 10, 8192, 4096);
		block_expect(&world, rows, settings.n_rows, 0, &expected);
		world_close(&world);
		free(expected.rows);
		free(rows);
	}
}

/* Files that overlap: rows come again word for word, twice or three times, some with one word changed. */
static void copies_match_the_naive_way(void **state)
{
	(void)state;
	struct dice dice = { 3 };
	for (int round = 0; round < 40; round++) {
		struct made_settings settings = {
			.rules = { .n_cells = 2,
				   .key_texts = round & 1 ? NAME_KEY : ID_KEY,
				   .texts = ALL_TEXTS,
				   .keep_revisions = round & 2,
				   .by_time = round % 5 == 4 },
			.n_rows = 900,
			.n_ids = 8,
			.n_starts = 400,
			.n_inputs = 4,
			.names = 1 + (round % 7 == 0),
			.values = 1000,
		};
		uint32_t third = settings.n_rows / 3;
		for (int i = 0; i < 4; i++)
			settings.rules.rank[i] = i * 3 % 4;
		settings.rules.dropped[3] = round % 3 == 0;
		struct naive_row *rows = made_rows(dice.state, &settings);
		for (uint32_t i = 0; i < third; i++) {
			rows[third + i] = rows[2 * third + i] = rows[i];
			rows[third + i].input = (rows[i].input + 1) % 4;
			rows[2 * third + i].input = (rows[i].input + 2) % 4;
			if (dice_below(&dice, 20) == 0)
				rows[(1 + dice_below(&dice, 2)) * third + i].cell[0]++;
			if (round % 4 == 3 || dice_below(&dice, 4) == 0) /* a lone pair */
				rows[2 * third + i].start_s += 86400 * 30;
		}
		struct expectation expected = expectation_of(&settings.rules, rows, settings.n_rows);
		struct world world;
		world_open(&world, &settings.rules, (size_t)1 << 20, 1000, 4096);
		block_expect(&world, rows, settings.n_rows, 0, &expected);
		rows_shuffle(&dice, rows, settings.n_rows);
		block_expect(&world, rows, settings.n_rows, 0, &expected);
		block_expect(&world, rows, settings.n_rows, 250, &expected);
		world_close(&world);
		free(expected.rows);
		free(rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turning_matches_the_naive_way),
		cmocka_unit_test(crowded_keys_match_the_naive_way),
		cmocka_unit_test(copies_match_the_naive_way),
		cmocka_unit_test(large_blocks_match_the_naive_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
