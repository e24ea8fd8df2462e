// SPDX-License-Identifier: MIT
/* Strips against naive_merge.h, which knows rows only: a strip is as many rows as it has cells that are not null. */
#include "unit/sort/pushed_strips.h"

#define NAME_KEY  0x01
#define ID_KEY    0x02
#define TYPE_KEY  0x04
#define ALL_TEXTS 0x0F

static const struct strip_settings plain = {
	.rules = { .n_cells = 2, .key_texts = NAME_KEY, .texts = ALL_TEXTS },
	.n_strips = 60,
	.n_names = 5,
	.n_inputs = 3,
	.types = 1,
	.ids = 1,
	.grid = 168,
	.interval_s = 3600,
	.max_places = 24,
	.values = 100,
	.null_percent = 10,
};

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
			strips_expect(&world, strips, settings.n_strips, runs[i] ? settings.n_strips / runs[i] + 1 : 0,
				      NULL, 0, &expected, n_rows);
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

/* ---- as feeds bring them ---- */

struct feed {
	uint32_t days, locations, files_a_day, copies;
	uint32_t cut_percent;     /* strips in two pieces, each with holes where the other is not */
	uint32_t missing_percent; /* hours that are not there */
	uint32_t changed_percent; /* values of copies that are not those of the first */
	uint32_t typed_anew;      /* every so-manieth location has another type from the third day on; 0: none */
	bool by_hour;             /* strips of one place, hour by hour */
};

static void feed_strip_cut(struct dice *dice, struct made_strip *strip, struct made_strip *other)
{
	*other = *strip;
	other->byte += 1;
	for (uint32_t p = 0; p < strip->places; p++)
		(dice_below(dice, 3) ? other : strip)->cells[p] = GPQ_CELL_NULL;
}

static uint32_t feed_make(struct dice *dice, const struct strip_settings *settings, const struct feed *feed,
			  struct made_strip *out)
{
	uint32_t n = 0, cells = settings->rules.n_cells, hours = feed->by_hour ? 1 : 24;
	for (uint32_t c = 0; c < feed->copies; c++) {
		for (uint32_t d = 0; d < feed->days; d++) {
			for (uint32_t h = 0; h < 24; h += hours) {
				for (uint32_t l = 0; l < feed->locations * cells; l++) {
					struct made_strip *strip = &out[n++];
					uint32_t location = l / cells, k = l % cells;
					bool typed = feed->typed_anew && d >= 2 && location % feed->typed_anew == 0;
					struct dice its = { (d * 24 + h) * 1000 + l };
					memset(strip, 0, sizeof(*strip));
					strip->at.voltage_kv = GPQ_CELL_NULL;
					strip->at.text[GPQ_TEXT_NAME] = gpq_text_of(made_words[location % MADE_WORDS]);
					strip->at.text[GPQ_TEXT_TYPE] = gpq_text_of(typed ? "HUB" : "NODE");
					strip->place = d * 24 + h;
					strip->places = hours;
					strip->cell = (uint8_t)k;
					strip->input =
					    ((c * feed->days + d) * feed->files_a_day + k % feed->files_a_day) %
					    settings->n_inputs;
					strip->version = GPQ_VERSION_NONE;
					strip->byte = (uint64_t)(h * 5000 + l) * 10;
					for (uint32_t p = 0; p < hours; p++) {
						strip->cells[p] = (int64_t)dice_below(&its, 100000) - 30000;
						if (dice_below(&its, 100) < feed->missing_percent)
							strip->cells[p] = GPQ_CELL_NULL;
						if (c && dice_below(dice, 100) < feed->changed_percent)
							strip->cells[p] = dice_below(dice, 4);
					}
					if (hours > 1 && dice_below(dice, 100) < feed->cut_percent) {
						feed_strip_cut(dice, strip, &out[n]);
						n++;
					}
				}
			}
		}
	}
	return n;
}

static void feed_expect(const struct feed *feed, uint32_t n_cells, uint64_t seed, size_t pool_bytes, uint32_t max_rows)
{
	struct dice dice = { seed };
	struct strip_settings settings = {
		.rules = { .n_cells = n_cells, .key_texts = NAME_KEY, .texts = ALL_TEXTS, .keep_revisions = seed & 1 },
		.n_inputs = NAIVE_MAX_INPUTS,
		.grid = feed->days * 24,
		.interval_s = 3600,
	};
	for (uint32_t i = 0; i < NAIVE_MAX_INPUTS; i++)
		settings.rules.rank[i] = (int)(i * 37 % 53);
	settings.rules.dropped[3] = seed & 2;
	uint32_t cap = feed->copies * feed->days * 24 * feed->locations * n_cells * 2, n_rows = 0;
	struct made_strip *strips = calloc(cap, sizeof(*strips));
	uint32_t n = feed_make(&dice, &settings, feed, strips);
	struct naive_row *rows = strips_spell(&settings, strips, n, &n_rows);
	struct expectation expected = expectation_of(&settings.rules, rows, n_rows);
	for (int shuffled = 0; shuffled < 2; shuffled++) {
		struct world world;
		world_open(&world, &settings.rules, pool_bytes, max_rows, 4096);
		world.sort_rules.begin_s = STRIPS_BEGIN_S;
		world.sort_rules.interval_s = settings.interval_s;
		world.sort_rules.places = settings.grid;
		strips_expect(&world, strips, n, 0, NULL, 0, &expected, n_rows);
		world_close(&world);
		strips_shuffle(&dice, strips, n);
	}
	free(expected.rows);
	free(rows);
	free(strips);
}

static void feeds_match_the_naive_way(void **state)
{
	(void)state;
	static const struct feed feeds[] = {
		{ .days = 7, .locations = 11, .files_a_day = 1, .copies = 1 },
		{ .days = 4, .locations = 12, .files_a_day = 5, .copies = 1, .cut_percent = 20 },
		{ .days = 4, .locations = 9, .files_a_day = 5, .copies = 2, .missing_percent = 10 },
		{ .days = 7, .locations = 7, .files_a_day = 1, .copies = 2, .changed_percent = 30 },
		{ .days = 7, .locations = 12, .files_a_day = 1, .copies = 1, .typed_anew = 3, .missing_percent = 5 },
		{ .days = 4, .locations = 12, .files_a_day = 5, .copies = 2, .typed_anew = 2, .changed_percent = 10 },
		{ .days = 4, .locations = 5, .files_a_day = 2, .copies = 1, .by_hour = true },
		{ .days = 3, .locations = 5, .files_a_day = 2, .copies = 2, .by_hour = true, .changed_percent = 50 },
		{ .days = 30, .locations = 3, .files_a_day = 1, .copies = 2, .changed_percent = 3, .cut_percent = 5 },
	};
	for (uint32_t f = 0; f < sizeof(feeds) / sizeof(feeds[0]); f++) {
		for (uint64_t seed = 0; seed < 4; seed++) {
			uint32_t n_cells = 1 + (f + (uint32_t)seed * 2) % 5;
			feed_expect(&feeds[f], n_cells, seed, (size_t)8 << 20, 65536);
			/* a pool without room for made rows, and one that is spilled from */
			feed_expect(&feeds[f], n_cells, seed, (size_t)192 << 10, 65536);
			feed_expect(&feeds[f], n_cells, seed, (size_t)64 << 10, 4096);
		}
	}
}

/* More strips of one location than are merged at once, more shapes or more locations and windows than there is room
 * for. */
static void crowds_match_the_naive_way(void **state)
{
	(void)state;
	static const struct strip_settings crowds[] = {
		{ .n_strips = 9000, .n_names = 1, .grid = 168, .max_places = 24 },
		{ .n_strips = 3000, .n_names = 12, .grid = 9000, .max_places = 24, .null_percent = 30 },
		{ .n_strips = 3000, .n_names = 12, .grid = 9000, .max_places = 300, .null_percent = 30 },
		{ .n_strips = 4000, .n_names = 60, .grid = 105408, .max_places = 24, .types = 3 },
	};
	for (uint64_t seed = 0; seed < 16; seed++) {
		struct strip_settings settings = crowds[seed / 4];
		struct naive_rules *rules = &settings.rules;
		*rules = (struct naive_rules){ .n_cells = 1 + seed % 2, .key_texts = NAME_KEY, .texts = ALL_TEXTS };
		settings.n_inputs = NAIVE_MAX_INPUTS;
		settings.interval_s = 900;
		settings.values = 50;
		settings.ids = 1;
		if (settings.types)
			rules->key_texts = NAME_KEY | ID_KEY | TYPE_KEY; /* 180 locations */
		else
			settings.types = 1;
		uint32_t n_rows = 0;
		struct world world;
		for (int i = 0; i < NAIVE_MAX_INPUTS; i++)
			rules->rank[i] = i / 2 * 17 % 31;
		struct made_strip *strips = made_strips(seed, &settings);
		struct naive_row *rows = strips_spell(&settings, strips, settings.n_strips, &n_rows);
		struct expectation expected = expectation_of(rules, rows, n_rows);
		world_open(&world, rules, (size_t)64 << 20, seed & 2 ? 65536 : 4096, 4096);
		world.sort_rules.begin_s = STRIPS_BEGIN_S;
		world.sort_rules.interval_s = settings.interval_s;
		world.sort_rules.places = settings.grid;
		strips_expect(&world, strips, settings.n_strips, 0, NULL, 0, &expected, n_rows);
		world_close(&world);
		free(expected.rows);
		free(rows);
		free(strips);
	}
}

/* More inputs and versions in one window than are told apart by bits. */
static void many_sources_match_the_naive_way(void **state)
{
	(void)state;
	struct strip_settings settings = plain;
	struct made_strip *strips = calloc(300, sizeof(*strips));
	struct dice dice = { 9 };
	struct world world;
	uint32_t n_rows = 0;
	settings.grid = 300;
	for (int i = 0; i < NAIVE_MAX_INPUTS; i++)
		settings.rules.rank[i] = i / 3;
	for (uint32_t i = 0; i < 300; i++) {
		strips[i].at.text[GPQ_TEXT_NAME] = gpq_text_of("A");
		strips[i].at.voltage_kv = GPQ_CELL_NULL;
		strips[i].place = i;
		strips[i].places = 1;
		strips[i].input = i % NAIVE_MAX_INPUTS;
		strips[i].version = (int32_t)(i % 3);
		strips[i].cells[0] = i;
	}
	struct naive_row *rows = strips_spell(&settings, strips, 300, &n_rows);
	struct expectation expected = expectation_of(&settings.rules, rows, n_rows);
	for (int shuffled = 0; shuffled < 2; shuffled++) {
		strip_world_open(&world, &settings, (size_t)1 << 20);
		strips_expect(&world, strips, 300, 0, NULL, 0, &expected, n_rows);
		world_close(&world);
		strips_shuffle(&dice, strips, 300);
	}
	free(expected.rows);
	free(rows);
	free(strips);
}

/* One line of the same bytes under one name that says two things, in either order: the larger value is taken. */
static void ties_do_not_depend_on_the_order_of_arrival(void **state)
{
	(void)state;
	for (int way = 0; way < 8; way++) {
		struct made_strip strips[18];
		struct world world;
		struct gpq_error err;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct naive_row *rows = NULL;
		/* with many twins that agree besides, they are settled part by part, too */
		uint32_t n = way & 2 ? 18 : 2;
		memset(strips, 0, sizeof(strips));
		for (uint32_t i = 0; i < n; i++) {
			strips[i].at.text[GPQ_TEXT_NAME] = gpq_text_of("A");
			strips[i].at.voltage_kv = GPQ_CELL_NULL;
			strips[i].place = i ? 3 : 2;
			strips[i].places = 3;
			strips[i].input = i & 1;
			for (uint32_t p = 0; p < 3; p++)
				strips[i].cells[p] = way & 4 ? 5 : i ? 7 : 5;
		}
		if (way & 1) {
			struct made_strip swap = strips[0];
			strips[0] = strips[1];
			strips[1] = swap;
		}
		strip_world_open(&world, &plain, (size_t)1 << 20);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(strips_push(&world, block, strips, n, 0, &err), GPQ_OK);
		assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
		assert_int_equal(gpq_turned_rows(turned), 4);
		assert_int_equal(rows_read(&world, turned, &rows, &err), GPQ_OK);
		for (uint32_t i = 0; i < 4; i++) {
			assert_int_equal(rows[i].start_s, STRIPS_BEGIN_S + 3600 * (2 + i));
			assert_int_equal(rows[i].cell[0], i == 0 || way & 4 ? 5 : 7);
		}
		free(rows);
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
	}
}

/* ---- reading ---- */

static void stretches_expect(const struct world *world, const struct gpq_turned *turned, const struct naive_row *rows,
			     uint64_t n)
{
	struct gpq_turned_stretch stretch;
	uint64_t row = 0;
	for (; gpq_turned_stretch(turned, row, &stretch); row += stretch.rows) {
		assert_true(stretch.rows > 0);
		for (uint32_t i = 0; i < stretch.rows; i++) {
			const struct naive_row *is = &rows[row + i];
			assert_int_equal(stretch.start_s[i], is->start_s);
			assert_int_equal(stretch.version[i], is->version);
			assert_int_equal(gpq_turned_stretch_input(turned, &stretch, i), is->input);
			assert_false(is->older);
			for (int t = 0; t < GPQ_LOCATION_TEXTS; t++)
				assert_true(gpq_text_equal(
				    gpq_locations_view(world->locations, stretch.location)->text[t], is->at.text[t]));
		}
	}
	assert_int_equal(row, n);
}

/* Stretches say all of the rows, and cursors may begin at any of them; with rows that were made among them. */
static void rows_are_read_from_anywhere(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		const struct feed feed = { .days = 7,
					   .locations = 12,
					   .files_a_day = 2,
					   .copies = 1,
					   .cut_percent = 10,
					   .missing_percent = way == 1 ? 20 : 0,
					   .typed_anew = way == 2 ? 3 : 0 };
		struct strip_settings settings = plain;
		struct dice dice = { 1 };
		struct world world;
		struct gpq_error err;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct naive_row *rows = NULL;
		settings.n_inputs = NAIVE_MAX_INPUTS;
		struct made_strip *strips = calloc(7 * 12 * 2 * 2, sizeof(*strips));
		uint32_t n = feed_make(&dice, &settings, &feed, strips);
		strip_world_open(&world, &settings, (size_t)8 << 20);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(strips_push(&world, block, strips, n, 0, &err), GPQ_OK);
		assert_int_equal(gpq_block_turn(block, world.spill, world.scratch, &turned, &err), GPQ_OK);
		assert_int_equal(rows_read(&world, turned, &rows, &err), GPQ_OK);
		uint64_t n_rows = gpq_turned_rows(turned);
		stretches_expect(&world, turned, rows, n_rows);
		for (uint64_t from = 0; from <= n_rows; from += 13) {
			struct gpq_turned_cursor *cursor = NULL;
			int64_t cells[100];
			uint32_t here = n_rows - from < 100 ? (uint32_t)(n_rows - from) : 100;
			assert_int_equal(gpq_turned_cursor_open(turned, &world.budget,
								(enum gpq_turned_field)(GPQ_TURNED_CELL + 1), from,
								&cursor, &err),
					 GPQ_OK);
			assert_int_equal(gpq_turned_cursor_read(cursor, here, cells, &err), GPQ_OK);
			for (uint32_t i = 0; i < here; i++)
				assert_int_equal(cells[i], rows[from + i].cell[1]);
			assert_int_equal(gpq_turned_cursor_read(cursor, (uint32_t)(n_rows - from) + 1, cells, &err),
					 GPQ_E_BUG);
			gpq_turned_cursor_close(cursor);
		}
		gpq_turned_close(turned);
		gpq_block_close(block);
		world_close(&world);
		free(rows);
		free(strips);
	}
}

/* ---- calls ---- */

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

/* Turning and reading take what the plan was told and no more, spilled or not. */
static void turning_stays_within_its_needs(void **state)
{
	(void)state;
	struct strip_settings settings = plain;
	settings.n_inputs = NAIVE_MAX_INPUTS;
	settings.n_strips = 1000;
	struct made_strip *strips = made_strips(3, &settings);
	struct gpq_error err;
	for (uint32_t spilled = 0; spilled < 2; spilled++) {
		struct world world;
		struct gpq_block *block = NULL;
		struct gpq_turned *turned = NULL;
		struct gpq_turned_cursor *cursor = NULL;
		strip_world_open(&world, &settings, (size_t)8 << 20);
		assert_int_equal(gpq_block_open(&world.budget, world.slabs, &world.sort_rules, &block, &err), GPQ_OK);
		assert_int_equal(strips_push(&world, block, strips, settings.n_strips, spilled * 300, &err), GPQ_OK);
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
	free(strips);
}

/* ---- refused memory ---- */

/* Everything from an empty budget on; gives whether it came to an end. */
static enum gpq_status all_try(struct world *world, const struct strip_settings *settings,
			       const struct made_strip *strips, struct gpq_error *err)
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
		cmocka_unit_test(feeds_match_the_naive_way),
		cmocka_unit_test(crowds_match_the_naive_way),
		cmocka_unit_test(many_sources_match_the_naive_way),
		cmocka_unit_test(ties_do_not_depend_on_the_order_of_arrival),
		cmocka_unit_test(rows_are_read_from_anywhere),
		cmocka_unit_test(push_stops_where_the_pool_ends),
		cmocka_unit_test(strips_off_the_grid_are_bugs),
		cmocka_unit_test(turning_stays_within_its_needs),
		cmocka_unit_test(refused_memory_and_hooks_leave_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
