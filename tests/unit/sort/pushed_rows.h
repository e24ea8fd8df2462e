/*
 * Rows for tests of blocks: made from a seed, pushed in a chosen order with spills in between, turned, read back and
 * compared with naive_merge.h. For tests only: asserts where anything fails.
 */
#ifndef GPQ_TESTS_SORT_PUSHED_ROWS_H
#define GPQ_TESTS_SORT_PUSHED_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/sort/naive_merge.h"

#include <stdio.h>

struct dice {
	uint64_t state;
};

static inline uint32_t dice_below(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((dice->state >> 33) % sides);
}

/* What rows to make. */
struct made_settings {
	struct naive_rules rules;
	uint32_t n_rows, n_ids, n_starts, n_inputs;
	uint32_t n_versions; /* 0: none published */
	uint32_t names;      /* names that an id goes by; 1: never renamed */
	uint32_t values;     /* different prices */
	uint32_t null_percent;
};

struct world {
	struct gpq_budget budget;
	struct gpq_slabs *slabs;
	struct gpq_locations *locations;
	struct gpq_spill *spill;
	struct gpq_sort_scratch *scratch;
	struct naive_rules rules;
	struct gpq_sort_rules sort_rules;
	long newer_calls, fail_newer_at;
};

static enum gpq_status world_newer(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err)
{
	struct world *world = context;
	assert_int_not_equal(a, b);
	if (++world->newer_calls == world->fail_newer_at)
		return gpq_fail(err, GPQ_E_SYSTEM, "input %u cannot be read", a);
	*out_order = world->rules.rank[a] - world->rules.rank[b];
	return GPQ_OK;
}

static bool world_dropped(void *context, uint32_t input)
{
	struct world *world = context;
	return world->rules.dropped[input];
}

static inline void world_close(struct world *world)
{
	gpq_sort_scratch_close(world->scratch);
	gpq_spill_close(world->spill);
	gpq_locations_close(world->locations);
	gpq_slabs_close(world->slabs);
	assert_int_equal(atomic_load(&world->budget.used_bytes), 0);
}

/* Everything that a block needs. */
static inline enum gpq_status world_make(struct world *world, const struct naive_rules *rules, size_t pool_bytes,
					 uint32_t max_rows, uint32_t max_locations, struct gpq_error *err)
{
	world->rules = *rules;
	GPQ_TRY(gpq_slabs_open(&world->budget, pool_bytes, &world->slabs, err));
	GPQ_TRY(gpq_locations_open(&world->budget, (size_t)16 << 20, &world->locations, err));
	GPQ_TRY(gpq_spill_open(&world->budget, "/tmp", &world->spill, err));
	GPQ_TRY(gpq_sort_scratch_open(&world->budget, max_rows, max_locations, rules->n_cells, &world->scratch, err));
	world->sort_rules = (struct gpq_sort_rules){
		.n_cells = rules->n_cells,
		.key_texts = rules->key_texts,
		.texts = rules->texts,
		.by_time = rules->by_time,
		.keep_revisions = rules->keep_revisions,
		.max_locations = rules->n_cells & 1 ? 0 : max_locations, /* both widths of codes */
		.locations = world->locations,
		.context = world,
		.input_newer = world_newer,
		.input_dropped = world_dropped,
	};
	return GPQ_OK;
}

static inline void world_open(struct world *world, const struct naive_rules *rules, size_t pool_bytes,
			      uint32_t max_rows, uint32_t max_locations)
{
	struct gpq_error err;
	memset(world, 0, sizeof(*world));
	gpq_budget_init(&world->budget, (size_t)1 << 30);
	if (world_make(world, rules, pool_bytes, max_rows, max_locations, &err) != GPQ_OK)
		fail_msg("%s", err.message);
}

/* ---- making rows ---- */

static const char *const made_words[] = { "",
					  "A",
					  "AB",
					  "B",
					  "BUS 0001",
					  "BUS 00012",
					  "BUS2",
					  "\x7F"
					  "up",
					  "\xC3\xA9t\xC3\xA9",
					  "WESTERN HUB",
					  "WESTERN HUC",
					  "Z" };
#define MADE_WORDS (sizeof(made_words) / sizeof(made_words[0]))

static inline struct gpq_text made_text(struct dice *dice, uint32_t null_percent, uint32_t words)
{
	if (dice_below(dice, 100) < null_percent)
		return (struct gpq_text){ 0 };
	return gpq_text_of(made_words[dice_below(dice, words)]);
}

static char made_ids[65536][8];

static inline struct naive_row made_row(struct dice *dice, const struct made_settings *settings, uint32_t number)
{
	struct naive_row row = { 0 };
	uint32_t id = dice_below(dice, settings->n_ids);
	snprintf(made_ids[id], sizeof(made_ids[id]), "%u", id * 7919 % 100003);
	row.start_s = 1704067200 + 300 * dice_below(dice, settings->n_starts);
	row.at.text[1] = id ? gpq_text_of(made_ids[id]) : (struct gpq_text){ 0 };
	if (dice_below(dice, 100) >= settings->null_percent / 2)
		row.at.text[0] = gpq_text_of(made_words[(id + dice_below(dice, settings->names)) % MADE_WORDS]);
	row.at.text[2] = made_text(dice, settings->null_percent, 1 + (settings->values > 1));
	row.at.text[3] = made_text(dice, settings->null_percent, 1 + (settings->values > 2));
	row.at.text[4] = made_text(dice, settings->null_percent, 3);
	row.at.voltage_kv = dice_below(dice, 100) < 80 ? GPQ_CELL_NULL : 230000 + dice_below(dice, 2);
	row.version = settings->n_versions && dice_below(dice, 4) ? (int32_t)dice_below(dice, settings->n_versions) - 1
								  : GPQ_VERSION_NONE;
	row.input = dice_below(dice, settings->n_inputs);
	row.byte = (uint64_t)number * 37; /* no two alike in one input */
	for (uint32_t k = 0; k < settings->rules.n_cells; k++)
		row.cell[k] = dice_below(dice, 100) < settings->null_percent
				  ? GPQ_CELL_NULL
				  : (int64_t)dice_below(dice, settings->values) - 1;
	return row;
}

static inline struct naive_row *made_rows(uint64_t seed, const struct made_settings *settings)
{
	struct dice dice = { seed };
	struct naive_row *rows = calloc(settings->n_rows + 1, sizeof(*rows));
	for (uint32_t i = 0; i < settings->n_rows; i++) {
		rows[i] = made_row(&dice, settings, i);
		/* the same line once more, in an input of the same bytes and name */
		if (i && dice_below(&dice, 20) == 0) {
			uint32_t input = rows[i].input;
			rows[i] = rows[i - 1];
			for (uint32_t other = 0; other < settings->n_inputs; other++) {
				if (other != rows[i].input &&
				    settings->rules.rank[other] == settings->rules.rank[rows[i].input]) {
					rows[i].input = other;
					break;
				}
			}
			if (rows[i].input == rows[i - 1].input) {
				rows[i].byte = (uint64_t)i * 37;
				rows[i].input = input;
			}
		}
	}
	return rows;
}

/* ---- pushing ---- */

static inline enum gpq_status rows_push(struct world *world, struct gpq_block *block, const struct naive_row *rows,
					uint32_t n, uint32_t rows_a_spill, struct gpq_error *err)
{
	struct gpq_batch batch;
	uint32_t at = 0, since = 0;
	memset(&batch, 0, sizeof(batch));
	enum gpq_status status = gpq_batch_init(&batch, &world->budget, GPQ_TAG_SORT, 64, world->rules.n_cells, err);
	while (status == GPQ_OK && at < n) {
		uint32_t count = n - at < 61 ? n - at : 61;
		if (rows_a_spill && count > rows_a_spill - since)
			count = rows_a_spill - since;
		for (uint32_t i = 0; i < count && status == GPQ_OK; i++) {
			const struct naive_row *row = &rows[at + i];
			batch.start_s[2 + i] = row->start_s;
			status = gpq_locations_intern(world->locations, &row->at, &batch.location[2 + i], err);
			batch.version[2 + i] = row->version;
			batch.origin[2 + i] = gpq_origin(row->input, row->byte);
			for (uint32_t k = 0; k < world->rules.n_cells; k++)
				batch.cell[k][2 + i] = row->cell[k];
		}
		uint32_t pushed = 0;
		if (status == GPQ_OK)
			status = gpq_block_push(block, &batch, 2, count, &pushed, err);
		at += pushed;
		since += pushed;
		if (status == GPQ_OK && (pushed < count || (rows_a_spill && since == rows_a_spill))) {
			status = gpq_block_spill(block, world->spill, world->scratch, err);
			since = 0;
		}
	}
	gpq_batch_done(&batch, &world->budget, GPQ_TAG_SORT);
	return status;
}

/* ---- reading ---- */

static inline enum gpq_status column_read(struct world *world, struct gpq_turned *turned, enum gpq_turned_field field,
					  void *out, size_t width, struct gpq_error *err)
{
	struct gpq_turned_cursor *cursor = NULL;
	uint64_t rows = gpq_turned_rows(turned), at = 0;
	GPQ_TRY(gpq_turned_cursor_open(turned, &world->budget, field, 0, &cursor, err));
	enum gpq_status status = GPQ_OK;
	for (uint32_t piece = 1; at < rows && status == GPQ_OK; piece = piece * 3 % 5003) {
		uint32_t n = rows - at < piece ? (uint32_t)(rows - at) : piece;
		status = gpq_turned_cursor_read(cursor, n, (uint8_t *)out + width * at, err);
		at += n;
	}
	gpq_turned_cursor_close(cursor);
	return status;
}

/* The turned rows with their locations spelled out; the caller frees them. */
static inline enum gpq_status rows_read(struct world *world, struct gpq_turned *turned, struct naive_row **out,
					struct gpq_error *err)
{
	uint64_t n = gpq_turned_rows(turned);
	struct naive_row *rows = calloc(n + 1, sizeof(*rows));
	uint32_t *words = calloc(n + 1, 4);
	uint64_t *longs = calloc(n + 1, 8);
	enum gpq_status status = column_read(world, turned, GPQ_TURNED_START, words, 4, err);
	for (uint64_t i = 0; i < n; i++)
		rows[i].start_s = words[i];
	if (status == GPQ_OK)
		status = column_read(world, turned, GPQ_TURNED_LOCATION, words, 4, err);
	for (uint64_t i = 0; i < n && status == GPQ_OK; i++)
		rows[i].at = *gpq_locations_view(world->locations, words[i]);
	if (status == GPQ_OK)
		status = column_read(world, turned, GPQ_TURNED_VERSION, words, 4, err);
	for (uint64_t i = 0; i < n; i++)
		rows[i].version = (int32_t)words[i];
	if (status == GPQ_OK)
		status = column_read(world, turned, GPQ_TURNED_INPUT, words, 4, err);
	for (uint64_t i = 0; i < n; i++) {
		rows[i].older = !(words[i] & 1);
		rows[i].input = words[i] / 2;
	}
	for (uint32_t k = 0; k < world->rules.n_cells && status == GPQ_OK; k++) {
		status = column_read(world, turned, (enum gpq_turned_field)(GPQ_TURNED_CELL + k), longs, 8, err);
		for (uint64_t i = 0; i < n; i++)
			rows[i].cell[k] = (int64_t)longs[i];
	}
	free(words);
	free(longs);
	if (status == GPQ_OK)
		*out = rows;
	else
		free(rows);
	return status;
}

/* ---- comparing ---- */

static inline void row_expect(const struct naive_rules *rules, const struct naive_row *got,
			      const struct naive_row *want, uint64_t number)
{
	bool same = got->start_s == want->start_s && got->version == want->version && got->input == want->input &&
		    got->older == want->older && got->at.voltage_kv == want->at.voltage_kv;
	for (int t = 0; t < GPQ_LOCATION_TEXTS; t++)
		same = same && gpq_text_equal(got->at.text[t], want->at.text[t]);
	for (uint32_t k = 0; k < rules->n_cells; k++)
		same = same && got->cell[k] == want->cell[k];
	if (same)
		return;
	for (int side = 0; side < 2; side++) {
		const struct naive_row *row = side ? want : got;
		print_message("%s row %llu: start %u version %d input %u byte %llu older %d kv %lld texts",
			      side ? "want" : "got", (unsigned long long)number, row->start_s, row->version, row->input,
			      (unsigned long long)row->byte, row->older, (long long)row->at.voltage_kv);
		for (int t = 0; t < GPQ_LOCATION_TEXTS; t++)
			print_message(" [%s]", row->at.text[t].bytes ? row->at.text[t].bytes : "NULL");
		for (uint32_t k = 0; k < rules->n_cells; k++)
			print_message(" %lld", (long long)row->cell[k]);
		print_message("\n");
	}
	fail();
}

/* What naive_turn() makes of rows. */
struct expectation {
	struct naive_row *rows;
	size_t n;
	struct gpq_tally tallies[NAIVE_MAX_INPUTS];
};

static inline struct expectation expectation_of(const struct naive_rules *rules, const struct naive_row *rows, size_t n)
{
	struct expectation expected = { .rows = calloc(n + 1, sizeof(*rows)) };
	memcpy(expected.rows, rows, n * sizeof(*rows));
	expected.n = naive_turn(rules, expected.rows, n, expected.tallies);
	return expected;
}

static inline void turned_expect(struct world *world, struct gpq_turned *turned, const struct expectation *expected,
				 uint64_t pushed)
{
	struct naive_row *rows = NULL;
	struct gpq_error err;
	assert_int_equal(gpq_turned_rows(turned), expected->n);
	if (rows_read(world, turned, &rows, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	for (size_t i = 0; i < expected->n; i++)
		row_expect(&world->rules, &rows[i], &expected->rows[i], i);
	free(rows);
	struct gpq_tally tally;
	uint32_t n_tallies = 0, input = 0, last = 0;
	uint64_t sum = 0;
	for (; gpq_turned_tally_next(turned, &input, &tally, &err) == GPQ_OK; n_tallies++) {
		const struct gpq_tally *want = &expected->tallies[tally.input];
		assert_true(n_tallies == 0 || last < tally.input);
		last = tally.input;
		assert_int_equal(tally.written, want->written);
		assert_int_equal(tally.joined, want->joined);
		assert_int_equal(tally.duplicate, want->duplicate);
		assert_int_equal(tally.superseded, want->superseded);
		assert_int_equal(tally.dropped, want->dropped);
		sum += tally.written + tally.joined + tally.duplicate + tally.superseded + tally.dropped;
	}
	assert_int_equal(n_tallies, gpq_turned_inputs(turned));
	assert_int_equal(sum, pushed);
}

/* Pushes, turns and compares; 'rows_a_spill' 0: only where the pool is full. */
static inline void block_expect(struct world *world, const struct naive_row *rows, uint32_t n, uint32_t rows_a_spill,
				const struct expectation *expected)
{
	struct gpq_block *block = NULL;
	struct gpq_turned *turned = NULL;
	struct gpq_error err;
	assert_int_equal(gpq_block_open(&world->budget, world->slabs, &world->sort_rules, &block, &err), GPQ_OK);
	if (rows_push(world, block, rows, n, rows_a_spill, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	assert_int_equal(gpq_block_rows(block), n);
	if (gpq_block_turn(block, world->spill, world->scratch, &turned, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	turned_expect(world, turned, expected, n);
	gpq_turned_close(turned);
	gpq_block_close(block);
}

static inline void rows_shuffle(struct dice *dice, struct naive_row *rows, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t j = dice_below(dice, i);
		struct naive_row swap = rows[i - 1];
		rows[i - 1] = rows[j];
		rows[j] = swap;
	}
}

#endif
