// SPDX-License-Identifier: MIT
/* What the columns of a block share is the same whether its partial rows came as rows or as strips. */
#include "unit/convert/turned_block.h"

#include <string.h>

#define DAYS   7
#define HOURS  (DAYS * 24 + 1) /* a clock goes back */
#define NODES  9
#define STRIPS 2000
#define ROWS   (NODES * HOURS)

static const struct gpq_dataset dataset = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 }, { GPQ_COLUMN_LMP_LOSS, 2 } },
	.n_cells = 2,
};
static const struct gpq_market market = { .iso = "MISO" };

/* How the archive is. */
struct archive {
	bool typed_anew; /* a third of the nodes has another type from the fourth day on, told by both days' files */
	bool twice;      /* every other day came again */
	uint32_t missing_of; /* one hour of so many is not there; 0: none */
};

static uint32_t archive_make(struct turned_block *block, const struct archive *archive, struct gpq_strips *strips)
{
	static const char *const types[] = { "NODE", "HUB" };
	uint32_t seed = 1;
	strips->count = strips->n_cells = 0;
	strips->interval_s = 3600;
	for (uint32_t copy = 0; copy < (archive->twice ? 2u : 1u); copy++) {
		for (uint32_t i = 0; i < DAYS * NODES * 2; i++) {
			uint32_t day = i / (NODES * 2), node = i / 2 % NODES, hours = day ? 24 : 25;
			if (copy && day % 2 == 0)
				continue;
			char name[8] = { (char)('A' + node), 0 };
			struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
			struct gpq_strip *strip = &strips->strips[strips->count++];
			location.text[GPQ_TEXT_NAME] = gpq_text_of(name);
			/* where both cells of a day do not agree about the type, rows have to be made */
			location.text[GPQ_TEXT_TYPE] =
			    gpq_text_of(types[archive->typed_anew && node % 3 == 0 && day * 2 + i % 2 > 6]);
			*strip = (struct gpq_strip){
				.start_s = BLOCK_BEGIN_S + (day * 24 + (day > 0)) * 3600,
				.version = GPQ_VERSION_NONE,
				.places = (uint16_t)hours,
				.cell = (uint8_t)(i % 2),
				.first = strips->n_cells,
				.origin = gpq_origin(day + copy * DAYS, 100 * (uint64_t)i),
			};
			assert_int_equal(gpq_locations_intern(block->locations, &location, &strip->location, NULL),
					 GPQ_OK);
			for (uint32_t h = 0; h < hours; h++) {
				seed = seed * 1103515245 + 12345;
				bool missing = archive->missing_of && (seed >> 16) % archive->missing_of == 0;
				strips->cells[strips->n_cells++] =
				    missing ? GPQ_CELL_NULL : (int64_t)(seed >> 20) - 1000;
			}
		}
	}
	return strips->count;
}

static void strips_push(struct turned_block *block, const struct gpq_strips *strips)
{
	uint32_t pushed = 0;
	assert_int_equal(gpq_block_push_strips(block->block, strips, 0, strips->count, &pushed, NULL), GPQ_OK);
	assert_int_equal(pushed, strips->count);
}

static void rows_push(struct turned_block *block, const struct gpq_strips *strips)
{
	struct gpq_batch batch;
	uint32_t pushed = 0;
	assert_int_equal(gpq_batch_init(&batch, &block->budget, GPQ_TAG_CONVERT, strips->n_cells, 2, NULL), GPQ_OK);
	for (uint32_t i = 0; i < strips->count; i++) {
		const struct gpq_strip *strip = &strips->strips[i];
		for (uint32_t p = 0; p < strip->places; p++) {
			int64_t cell = strips->cells[strip->first + p];
			if (cell == GPQ_CELL_NULL)
				continue;
			uint32_t row = batch.rows++;
			batch.start_s[row] = strip->start_s + 3600 * p;
			batch.location[row] = strip->location;
			batch.version[row] = strip->version;
			batch.origin[row] = strip->origin;
			batch.cell[0][row] = batch.cell[1][row] = GPQ_CELL_NULL;
			batch.cell[strip->cell][row] = cell;
		}
	}
	assert_int_equal(gpq_block_push(block->block, &batch, 0, batch.rows, &pushed, NULL), GPQ_OK);
	assert_int_equal(pushed, batch.rows);
	gpq_batch_done(&batch, &block->budget, GPQ_TAG_CONVERT);
}

/* What facts say of each row, and the cells. */
struct told {
	uint64_t rows;
	uint32_t n_starts;
	uint32_t days[DAYS];
	uint32_t words[4][ROWS];
	int64_t cells[2][ROWS];
};

static void facts_read(struct turned_block *block, const struct gpq_strips *strips, bool as_strips, struct told *out)
{
	struct gpq_span span = { .partition = 202500, .first_day = BLOCK_DAY, .end_day = BLOCK_DAY + DAYS };
	struct gpq_sort_rules rules = block->run.rules;
	span.begin_s = BLOCK_BEGIN_S;
	span.end_s = gpq_zone_midnight_s(block->zone, span.end_day);
	rules.begin_s = (uint32_t)span.begin_s;
	rules.interval_s = 3600;
	rules.places = (uint32_t)((span.end_s - span.begin_s) / 3600);
	assert_int_equal(rules.places, HOURS);
	assert_int_equal(gpq_block_open(&block->budget, block->slabs, &rules, &block->block, NULL), GPQ_OK);
	(as_strips ? strips_push : rows_push)(block, strips);
	assert_int_equal(gpq_block_turn(block->block, block->spill, block->scratch, &block->turned, NULL), GPQ_OK);
	assert_int_equal(
	    gpq_location_lists_update(&block->lists, &block->budget, block->locations, block->run.market, NULL),
	    GPQ_OK);
	assert_int_equal(gpq_block_facts_init(&block->facts, &block->budget, &block->run, &span, block->turned,
					      &block->lists, &block->sources, 1000000, NULL),
			 GPQ_OK);
	const struct gpq_block_facts *facts = &block->facts;
	const struct gpq_stretches *const lists[] = { &facts->places, &facts->locations, &facts->origins,
						      &facts->versions };
	out->rows = gpq_turned_rows(block->turned);
	out->n_starts = facts->n_starts;
	assert_true(facts->gathered && out->rows <= ROWS);
	gpq_block_days_found(facts, out->days);
	for (int i = 0; i < 4; i++) {
		struct gpq_stretch_place place;
		assert_false(lists[i]->overflown);
		gpq_stretches_seek(lists[i], 0, &place);
		gpq_stretches_read(lists[i], &place, (uint32_t)out->rows, out->words[i]);
	}
	for (int k = 0; k < 2; k++) {
		struct gpq_turned_cursor *cursor = NULL;
		assert_int_equal(gpq_turned_cursor_open(block->turned, &block->budget,
							(enum gpq_turned_field)(GPQ_TURNED_CELL + k), 0, &cursor, NULL),
				 GPQ_OK);
		assert_int_equal(gpq_turned_cursor_read(cursor, (uint32_t)out->rows, out->cells[k], NULL), GPQ_OK);
		gpq_turned_cursor_close(cursor);
	}
	turned_block_clear(block);
}

static void strips_tell_what_rows_do(void **state)
{
	(void)state;
	static const struct archive archives[] = {
		{ 0 }, { .missing_of = 10 }, { .typed_anew = true }, { .twice = true }, { true, true, 6 },
	};
	static struct told rows, strips;
	for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
		struct turned_block block;
		struct gpq_strips batch;
		turned_block_open(&block, &market, &dataset);
		assert_int_equal(gpq_strips_init(&batch, &block.budget, GPQ_TAG_CONVERT, STRIPS, STRIPS * 25, NULL),
				 GPQ_OK);
		archive_make(&block, &archives[i], &batch);
		memset(&rows, 0, sizeof(rows));
		memset(&strips, 0, sizeof(strips));
		facts_read(&block, &batch, false, &rows);
		facts_read(&block, &batch, true, &strips);
		assert_true(rows.rows > 0);
		assert_memory_equal(&rows, &strips, sizeof(rows));
		gpq_strips_done(&batch, &block.budget, GPQ_TAG_CONVERT);
		turned_block_close(&block);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strips_tell_what_rows_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
