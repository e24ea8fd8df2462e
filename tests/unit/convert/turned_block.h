/*
 * A block made of rows written by hand, turned, with its facts: what columns, sums and presence are read from. The day is
 * 2025-11-02 in New York, of 25 hours, and those behind it. For tests only: asserts where anything fails.
 */
#ifndef GPQ_TESTS_CONVERT_TURNED_BLOCK_H
#define GPQ_TESTS_CONVERT_TURNED_BLOCK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "convert/block_values.h"
#include "table/cell.h"

#define BLOCK_BEGIN_S 1762056000u /* 2025-11-02T04:00:00Z: midnight in New York, where clocks go back at 06:00Z */
#define BLOCK_DAY     20394       /* 2025-11-02, days since 1970-01-01 */
#define BLOCK_NULL    GPQ_CELL_NULL

struct block_row {
	uint32_t place; /* intervals behind the beginning */
	const char *name;
	uint32_t input;
	int32_t version;
	int64_t cells[GPQ_MAX_CELLS];
};

struct turned_block {
	struct gpq_budget budget;
	struct gpq_slabs *slabs;
	struct gpq_locations *locations;
	struct gpq_spill *spill;
	struct gpq_sort_scratch *scratch;
	struct gpq_zone *zone;
	struct gpq_block *block;
	struct gpq_turned *turned;
	struct gpq_location_lists lists;
	struct gpq_block_sources sources;
	struct gpq_dataset_run run;
	struct gpq_block_facts facts;
};

/* The greater number is the newer input. */
static inline enum gpq_status turned_block_newer(void *context, uint32_t a, uint32_t b, int *out_order,
						 struct gpq_error *err)
{
	(void)context, (void)err;
	*out_order = (a > b) - (a < b);
	return GPQ_OK;
}

static inline bool turned_block_dropped(void *context, uint32_t input)
{
	(void)context, (void)input;
	return false;
}

static inline void turned_block_open(struct turned_block *block, const struct gpq_market *market,
				     const struct gpq_dataset *dataset)
{
	memset(block, 0, sizeof(*block));
	gpq_budget_init(&block->budget, (size_t)256 << 20);
	assert_int_equal(gpq_zone_open(&block->budget, "America/New_York", &block->zone, NULL), GPQ_OK);
	assert_int_equal(gpq_slabs_open(&block->budget, (size_t)16 << 20, &block->slabs, NULL), GPQ_OK);
	assert_int_equal(gpq_locations_open(&block->budget, (size_t)8 << 20, &block->locations, NULL), GPQ_OK);
	assert_int_equal(gpq_spill_open(&block->budget, "/tmp", &block->spill, NULL), GPQ_OK);
	assert_int_equal(
	    gpq_sort_scratch_open(&block->budget, 100000, 4096, GPQ_MAX_CELLS, &block->scratch, NULL), GPQ_OK);
	block->run = (struct gpq_dataset_run){
		.market = market,
		.dataset = dataset,
		.calendar = { .zone = block->zone, .block_hours = 168, .partition = GPQ_PARTITION_YEAR },
		.locations = block->locations,
		.rules = { .n_cells = dataset->n_cells,
			   .key_texts = dataset->key_texts,
			   .texts = 0x0F,
			   .locations = block->locations,
			   .input_newer = turned_block_newer,
			   .input_dropped = turned_block_dropped },
	};
}

static inline uint32_t turned_block_code(struct turned_block *block, const char *name)
{
	struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
	uint32_t code = 0;
	location.text[GPQ_TEXT_NAME] = gpq_text_of(name);
	assert_int_equal(gpq_locations_intern(block->locations, &location, &code, NULL), GPQ_OK);
	return code;
}

static inline void turned_block_push(struct turned_block *block, const struct block_row *rows, uint32_t count)
{
	struct gpq_batch batch;
	uint32_t pushed = 0, n_cells = block->run.dataset->n_cells;
	uint32_t interval_s = block->run.dataset->interval_minutes * 60u;
	assert_int_equal(gpq_batch_init(&batch, &block->budget, GPQ_TAG_CONVERT, count, n_cells, NULL), GPQ_OK);
	for (uint32_t i = 0; i < count; i++) {
		batch.start_s[i] = BLOCK_BEGIN_S + rows[i].place * interval_s;
		batch.location[i] = turned_block_code(block, rows[i].name);
		batch.version[i] = rows[i].version;
		batch.origin[i] = gpq_origin(rows[i].input, 100 * (uint64_t)i);
		for (uint32_t k = 0; k < n_cells; k++)
			batch.cell[k][i] = rows[i].cells[k];
	}
	batch.rows = count;
	assert_int_equal(gpq_block_push(block->block, &batch, 0, count, &pushed, NULL), GPQ_OK);
	assert_int_equal(pushed, count);
	gpq_batch_done(&batch, &block->budget, GPQ_TAG_CONVERT);
}

/* 'gathered': facts keep stretches; else columns read row by row. 'spilled': the rows went to the disk first. */
static inline void turned_block_turn(struct turned_block *block, const struct block_row *rows, uint32_t count,
				     uint32_t days, bool gathered, bool spilled)
{
	struct gpq_span span = { .partition = 202500, .first_day = BLOCK_DAY, .end_day = BLOCK_DAY + (int32_t)days };
	span.begin_s = BLOCK_BEGIN_S;
	span.end_s = gpq_zone_midnight_s(block->zone, span.end_day);
	assert_int_equal(gpq_block_open(&block->budget, block->slabs, &block->run.rules, &block->block, NULL), GPQ_OK);
	turned_block_push(block, rows, count);
	if (spilled)
		assert_int_equal(gpq_block_spill(block->block, block->spill, block->scratch, NULL), GPQ_OK);
	assert_int_equal(gpq_block_turn(block->block, block->spill, block->scratch, &block->turned, NULL), GPQ_OK);
	assert_int_equal(
	    gpq_location_lists_update(&block->lists, &block->budget, block->locations, block->run.market, NULL),
	    GPQ_OK);
	assert_int_equal(gpq_block_facts_init(&block->facts, &block->budget, &block->run, &span, block->turned,
					      &block->lists, &block->sources, gathered ? 1000000 : 0, NULL),
			 GPQ_OK);
}

/* Ready for the next turn. */
static inline void turned_block_clear(struct turned_block *block)
{
	gpq_block_facts_done(&block->facts);
	gpq_turned_close(block->turned);
	gpq_block_close(block->block);
	block->turned = NULL;
	block->block = NULL;
}

static inline void turned_block_close(struct turned_block *block)
{
	turned_block_clear(block);
	gpq_location_lists_done(&block->lists);
	gpq_sort_scratch_close(block->scratch);
	gpq_spill_close(block->spill);
	gpq_locations_close(block->locations);
	gpq_slabs_close(block->slabs);
	gpq_zone_close(block->zone);
	assert_int_equal(atomic_load(&block->budget.used_bytes), 0);
}

#endif
