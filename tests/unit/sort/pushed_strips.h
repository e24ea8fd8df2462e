/*
 * Strips for tests of blocks: made from a seed or as feeds bring them, spelled out as the rows that they are for
 * naive_merge.h, and pushed with spills in between. For tests only: asserts where anything fails.
 */
#ifndef GPQ_TESTS_SORT_PUSHED_STRIPS_H
#define GPQ_TESTS_SORT_PUSHED_STRIPS_H

#include "unit/sort/pushed_rows.h"

#define STRIPS_BEGIN_S 1704067200u

struct made_strip {
	struct gpq_location at;
	uint32_t place, places, input;
	int32_t version;
	uint8_t cell;
	uint64_t byte;
	int64_t cells[GPQ_STRIP_MAX_PLACES];
};

struct strip_settings {
	struct naive_rules rules;
	uint32_t n_strips, n_names, n_inputs, n_versions; /* versions 0: none published */
	uint32_t types; /* that a name goes with: more than 1 makes codes of one key */
	uint32_t ids;   /* that a name goes with, and names an id: more than 1 tears */
	uint32_t grid, interval_s, max_places;
	uint32_t values, null_percent, large_percent; /* large: cells of 4 bytes, and of 8 */
};

static char strip_ids[64][8];

static inline struct gpq_location strip_location(struct dice *dice, const struct strip_settings *settings)
{
	static const char *const types[] = { "NODE", "HUB", NULL };
	struct gpq_location at = { .voltage_kv = GPQ_CELL_NULL };
	uint32_t name = dice_below(dice, settings->n_names), id = name + dice_below(dice, settings->ids);
	const char *type = types[dice_below(dice, settings->types)];
	snprintf(strip_ids[id], sizeof(strip_ids[id]), "%u", id * 37);
	at.text[GPQ_TEXT_NAME] = gpq_text_of(made_words[name % MADE_WORDS]);
	at.text[GPQ_TEXT_ID] = gpq_text_of(strip_ids[id]);
	if (type)
		at.text[GPQ_TEXT_TYPE] = gpq_text_of(type);
	return at;
}

static inline int64_t strip_value(struct dice *dice, const struct strip_settings *settings)
{
	static const int64_t large[] = { INT16_MAX, INT16_MIN,          -INT16_MAX,    INT32_MAX,
					 INT32_MIN, -INT32_MAX,         INT64_MAX,     -70000,
					 INT64_MIN, GPQ_CELL_LIMIT - 1, INT16_MAX + 1, (int64_t)INT32_MAX + 1 };
	if (dice_below(dice, 100) < settings->null_percent)
		return GPQ_CELL_NULL;
	if (dice_below(dice, 100) < settings->large_percent)
		return large[dice_below(dice, sizeof(large) / sizeof(large[0]))];
	return (int64_t)dice_below(dice, settings->values) - 1;
}

/* 'number' tells lines of one input apart. */
static inline struct made_strip made_strip(struct dice *dice, const struct strip_settings *settings, uint32_t number)
{
	struct made_strip strip = { .at = strip_location(dice, settings) };
	uint32_t max = settings->max_places < settings->grid ? settings->max_places : settings->grid;
	strip.places = 1 + dice_below(dice, max);
	strip.place = dice_below(dice, settings->grid - strip.places + 1);
	strip.input = dice_below(dice, settings->n_inputs);
	strip.version = settings->n_versions && dice_below(dice, 4)
			    ? (int32_t)dice_below(dice, settings->n_versions) - 1
			    : GPQ_VERSION_NONE;
	strip.cell = (uint8_t)dice_below(dice, settings->rules.n_cells);
	strip.byte = (uint64_t)number * 997;
	for (uint32_t i = 0; i < strip.places; i++)
		strip.cells[i] = strip_value(dice, settings);
	return strip;
}

static inline struct made_strip *made_strips(uint64_t seed, const struct strip_settings *settings)
{
	struct dice dice = { seed };
	struct made_strip *strips = calloc(settings->n_strips + 1, sizeof(*strips));
	for (uint32_t i = 0; i < settings->n_strips; i++) {
		strips[i] = made_strip(&dice, settings, i);
		uint32_t way = i ? dice_below(&dice, 10) : 10;
		if (way > 1)
			continue;
		/* the line before once more: in an input of the same bytes and name, or as another line of any input */
		uint32_t input = strips[i].input;
		strips[i] = strips[i - 1];
		if (way == 1) {
			strips[i].input = input;
			strips[i].byte = (uint64_t)i * 997;
			continue;
		}
		bool found = false;
		for (uint32_t other = 0; other < settings->n_inputs && !found; other++) {
			found = other != strips[i].input &&
				settings->rules.rank[other] == settings->rules.rank[strips[i].input];
			strips[i].input = found ? other : strips[i].input;
		}
		if (!found)
			strips[i].byte = (uint64_t)i * 997;
	}
	return strips;
}

/* The rows that strips are; the caller frees them. */
static inline struct naive_row *strips_spell(const struct strip_settings *settings, const struct made_strip *strips,
					     uint32_t n, uint32_t *out_rows)
{
	uint64_t cap = 1;
	uint32_t rows = 0;
	for (uint32_t i = 0; i < n; i++)
		cap += strips[i].places;
	struct naive_row *out = calloc(cap, sizeof(*out));
	for (uint32_t i = 0; i < n; i++) {
		const struct made_strip *strip = &strips[i];
		for (uint32_t p = 0; p < strip->places; p++) {
			if (strip->cells[p] == GPQ_CELL_NULL)
				continue;
			struct naive_row *row = &out[rows++];
			row->start_s = STRIPS_BEGIN_S + (strip->place + p) * settings->interval_s;
			row->at = strip->at;
			row->version = strip->version;
			row->input = strip->input;
			row->byte = strip->byte;
			for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
				row->cell[k] = GPQ_CELL_NULL;
			row->cell[strip->cell] = strip->cells[p];
		}
	}
	*out_rows = rows;
	return out;
}

/* A world whose blocks take strips. */
static inline void strip_world_open(struct world *world, const struct strip_settings *settings, size_t pool_bytes)
{
	world_open(world, &settings->rules, pool_bytes, 65536, 4096);
	world->sort_rules.begin_s = STRIPS_BEGIN_S;
	world->sort_rules.interval_s = settings->interval_s;
	world->sort_rules.places = settings->grid;
}

static inline enum gpq_status strip_put(struct world *world, struct gpq_strips *batch, const struct made_strip *strip,
					struct gpq_error *err)
{
	struct gpq_strip *to = &batch->strips[batch->count];
	*to = (struct gpq_strip){
		.start_s = STRIPS_BEGIN_S + strip->place * batch->interval_s,
		.version = strip->version,
		.places = (uint16_t)strip->places,
		.cell = strip->cell,
		.first = batch->n_cells,
		.origin = gpq_origin(strip->input, strip->byte),
	};
	memcpy(batch->cells + batch->n_cells, strip->cells, strip->places * sizeof(int64_t));
	batch->n_cells += strip->places;
	batch->count++;
	return gpq_locations_intern(world->locations, &strip->at, &to->location, err);
}

/* Pushes strips; spills where the pool is full, and after every 'strips_a_spill' (0: no more). */
static inline enum gpq_status strips_push(struct world *world, struct gpq_block *block, const struct made_strip *strips,
					  uint32_t n, uint32_t strips_a_spill, struct gpq_error *err)
{
	struct gpq_strips batch;
	uint32_t since = 0;
	memset(&batch, 0, sizeof(batch));
	enum gpq_status status =
	    gpq_strips_init(&batch, &world->budget, GPQ_TAG_SORT, 7, 7 * GPQ_STRIP_MAX_PLACES, err);
	batch.interval_s = world->sort_rules.interval_s;
	for (uint32_t at = 0; at < n && status == GPQ_OK;) {
		uint32_t count = n - at < 7 ? n - at : 7, pushed = 0;
		batch.count = batch.n_cells = 0;
		for (uint32_t i = 0; i < count && status == GPQ_OK; i++)
			status = strip_put(world, &batch, &strips[at + i], err);
		if (status == GPQ_OK)
			status = gpq_block_push_strips(block, &batch, 0, count, &pushed, err);
		at += pushed;
		since += pushed;
		if (status == GPQ_OK && (pushed < count || (strips_a_spill && since >= strips_a_spill))) {
			status = gpq_block_spill(block, world->spill, world->scratch, err);
			since = 0;
		}
	}
	gpq_strips_done(&batch, &world->budget, GPQ_TAG_SORT);
	return status;
}

/* Pushes 'n' strips, and 'rows' beside them where there are some, turns and compares. */
static inline void strips_expect(struct world *world, const struct made_strip *strips, uint32_t n,
				 uint32_t strips_a_spill, const struct naive_row *rows, uint32_t n_rows,
				 const struct expectation *expected, uint64_t pushed)
{
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct gpq_error err;
	assert_int_equal(gpq_block_open(&world->budget, world->slabs, &world->sort_rules, &block, &err), GPQ_OK);
	if (strips_push(world, block, strips, n, strips_a_spill, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	if (n_rows && rows_push(world, block, rows, n_rows, 0, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	assert_int_equal(gpq_block_rows(block), pushed);
	if (gpq_block_turn(block, world->spill, world->scratch, &turned, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	turned_expect(world, turned, expected, pushed);
	gpq_turned_close(turned);
	gpq_block_close(block);
}

static inline void strips_shuffle(struct dice *dice, struct made_strip *strips, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t j = dice_below(dice, i);
		struct made_strip swap = strips[i - 1];
		strips[i - 1] = strips[j];
		strips[j] = swap;
	}
}

#endif
