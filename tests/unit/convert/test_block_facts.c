// SPDX-License-Identifier: MIT
/* Instants that keep to no grid: places in their order, days, too many to be listed, and where memory fails. */
#include "unit/convert/turned_block.h"

#include <string.h>

#define DAYS 2
#define HOURS_S (49 * 3600) /* a clock goes back on the first day */

static const struct gpq_dataset dataset = {
	.id = "rt_energy_sced",
	.table = GPQ_TABLE_ENERGY,
	.interval_minutes = 5,
	.off_grid = true,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 } },
	.n_cells = 1,
};
static const struct gpq_market market = { .iso = "ERCOT" };

static struct turned_block block;
static struct gpq_span span;

/* Two locations at each of 'count' instants, 'step_s' apart. */
static void rows_turn(uint32_t count, uint32_t first_s, uint32_t step_s)
{
	struct gpq_batch batch;
	uint32_t pushed = 0;
	span = (struct gpq_span){ .partition = 202500, .first_day = BLOCK_DAY, .end_day = BLOCK_DAY + DAYS };
	span.begin_s = BLOCK_BEGIN_S;
	span.end_s = gpq_zone_midnight_s(block.zone, span.end_day);
	assert_true(span.end_s - span.begin_s == HOURS_S);
	assert_int_equal(gpq_batch_init(&batch, &block.budget, GPQ_TAG_CONVERT, 2 * count, 1, NULL), GPQ_OK);
	for (uint32_t i = 0; i < 2 * count; i++) {
		batch.start_s[i] = BLOCK_BEGIN_S + first_s + i / 2 * step_s;
		batch.location[i] = turned_block_code(&block, i % 2 ? "B" : "A");
		batch.version[i] = GPQ_VERSION_NONE;
		batch.origin[i] = gpq_origin(0, 100 * (uint64_t)i);
		batch.cell[0][i] = i;
	}
	batch.rows = 2 * count;
	assert_int_equal(gpq_block_open(&block.budget, block.slabs, &block.run.rules, &block.block, NULL), GPQ_OK);
	assert_int_equal(gpq_block_push(block.block, &batch, 0, batch.rows, &pushed, NULL), GPQ_OK);
	assert_int_equal(pushed, batch.rows);
	gpq_batch_done(&batch, &block.budget, GPQ_TAG_CONVERT);
	assert_int_equal(gpq_block_turn(block.block, block.spill, block.scratch, &block.turned, NULL), GPQ_OK);
	assert_int_equal(gpq_location_lists_update(&block.lists, &block.budget, block.locations, &market, NULL), GPQ_OK);
}

static enum gpq_status facts_make(bool gathered, struct gpq_error *err)
{
	return gpq_block_facts_init(&block.facts, &block.budget, &block.run, &span, block.turned, &block.lists, &block.sources,
	                            gathered ? 1000000 : 0, err);
}

static int setup(void **state)
{
	(void)state;
	turned_block_open(&block, &market, &dataset);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	turned_block_close(&block);
	return 0;
}

static void each_instant_is_a_place(void **state)
{
	(void)state;
	static const uint32_t firsts[] = { 0, 17, 63, 64 };
	for (int i = 0; i < 8; i++) {
		uint32_t days[DAYS];
		uint32_t first_s = firsts[i / 2], count = 500;
		rows_turn(count, first_s, 307);
		assert_int_equal(facts_make(i % 2, NULL), GPQ_OK);
		assert_int_equal(block.facts.n_starts, count);
		assert_int_equal(block.facts.n_slots, count);
		for (uint32_t k = 0; k < count; k++) {
			assert_int_equal(block.facts.start_s[k], BLOCK_BEGIN_S + first_s + 307 * k);
			assert_int_equal(gpq_block_place_of(&block.facts, block.facts.start_s[k]), k);
			assert_int_equal(block.facts.number[k], k);
		}
		gpq_block_days_found(&block.facts, days);
		uint32_t first_day = (25 * 3600 - first_s + 306) / 307;
		assert_int_equal(days[0], first_day);
		assert_int_equal(days[1], count - first_day);
		turned_block_clear(&block);
	}
}

/* What a time column says of all rows; 'cells': as stamps, one by one. */
static void times_read(enum gpq_column_id id, uint32_t rows, bool cells, int64_t *out)
{
	const struct gpq_table *table = gpq_table_schema(GPQ_TABLE_ENERGY);
	struct gpq_block_column *column = NULL;
	struct gpq_values values;
	uint32_t number = 0, codes[64];
	while (table->columns[number].id != id)
		number++;
	assert_int_equal(gpq_block_column_open(&block.facts, number, 0, rows, &column, &values, NULL), GPQ_OK);
	assert_true(values.coded == !cells && !values.read_stretches);
	for (int pass = 0; pass < 2; pass++) {
		assert_int_equal(values.rewind(values.context, NULL), GPQ_OK);
		for (uint32_t done = 0, n; done < rows; done += n) {
			n = rows - done < 64 ? rows - done : 64;
			if (cells && pass && done == 64) { /* the second time rows are passed over: those behind are the same */
				assert_int_equal((values.skip)(values.context, n, NULL), GPQ_OK);
				continue;
			}
			if (cells) {
				assert_int_equal(values.read_cells(values.context, n, out + done, NULL), GPQ_OK);
				continue;
			}
			assert_int_equal(values.read_codes(values.context, n, codes, NULL), GPQ_OK);
			for (uint32_t i = 0; i < n; i++) {
				assert_true(codes[i] < values.n_values);
				out[done + i] = values.words[codes[i]];
			}
		}
	}
	gpq_block_column_close(column);
}

/* A quarter more than the grid has places are listed: 49 hours of twelve and the last one's end. One more, and rows are told one by
 * one. */
static void too_many_instants_are_not_listed(void **state)
{
	(void)state;
	static const struct {
		enum gpq_column_id id;
		bool cells;
	} columns[] = {
		{ GPQ_COLUMN_DATETIME_UTC, true },        { GPQ_COLUMN_INTERVAL_END_UTC, true },
		{ GPQ_COLUMN_DATETIME_LOCAL, true },      { GPQ_COLUMN_INTERVAL_MINUTES, false },
		{ GPQ_COLUMN_UTC_OFFSET_MINUTES, false }, { GPQ_COLUMN_DELIVERY_DATE, false },
		{ GPQ_COLUMN_DELIVERY_HOUR, false },      { GPQ_COLUMN_DELIVERY_INTERVAL, false },
	};
	enum { LISTED = 589 + 147, MOST = LISTED + 1 };
	static int64_t said[2 * MOST];
	uint32_t days[DAYS], walk = 0, start_s = 0;
	rows_turn(LISTED, 1, 200);
	assert_int_equal(facts_make(true, NULL), GPQ_OK);
	assert_false(block.facts.crowded);
	turned_block_clear(&block);
	rows_turn(MOST, 1, 200);
	assert_int_equal(facts_make(true, NULL), GPQ_OK);
	assert_true(block.facts.crowded);
	assert_int_equal(block.facts.n_starts, MOST);
	for (uint32_t k = 0; k < MOST; k++) {
		assert_true(gpq_block_start_next(&block.facts, &walk, &start_s));
		assert_int_equal(start_s, BLOCK_BEGIN_S + 1 + 200 * k);
	}
	assert_false(gpq_block_start_next(&block.facts, &walk, &start_s));
	gpq_block_days_found(&block.facts, days);
	assert_int_equal(days[0], 25 * 18);
	assert_int_equal(days[1], MOST - 25 * 18);
	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
		memset(said, 0, sizeof(said));
		times_read(columns[c].id, 2 * MOST, columns[c].cells, said);
		for (uint32_t i = 0; i < 2 * MOST; i++) { /* all of A, then all of B */
			int64_t at_s = BLOCK_BEGIN_S + 1 + 200 * (int64_t)(i % MOST), offset = at_s < BLOCK_BEGIN_S + 7200 ? -240 : -300;
			int64_t local_s = at_s + offset * 60;
			const int64_t expected[] = { at_s * 1000000, (at_s + 300) * 1000000, local_s * 1000000, 5, offset,
				                     local_s / 86400, local_s / 3600 % 24 + 1, local_s / 300 % 12 + 1 };
			assert_true(said[i] == expected[c]);
		}
	}
}

static void failed_allocations_leave_nothing(void **state)
{
	(void)state;
	rows_turn(20, 5, 301);
	size_t used = atomic_load(&block.budget.used_bytes);
	enum gpq_status status = GPQ_E_BUDGET;
	uint32_t failures = 0;
	for (long n = 1; status != GPQ_OK; n++) {
		block.budget.fail_at = atomic_load(&block.budget.allocations) + n;
		status = facts_make(true, NULL);
		failures += status != GPQ_OK;
		if (status != GPQ_OK)
			assert_true(status == GPQ_E_BUDGET && atomic_load(&block.budget.used_bytes) == used);
	}
	assert_true(failures >= 4);
	block.budget.fail_at = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_instant_is_a_place, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_instants_are_not_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(failed_allocations_leave_nothing, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
