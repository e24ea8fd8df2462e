// SPDX-License-Identifier: MIT
/*
 * Totals against the sums of their components: to the unit of the slack, in cents, in binary64, with and without a part that
 * may be unpublished; rows that lack a component. Each the same from rows as they lie, in order, and from the disk.
 */
#include "unit/convert/turned_block.h"

#include "convert/block_sums.h"

#include <stdio.h>
#include <string.h>

#define NONE GPQ_VERSION_NONE
#define T    INT64_C(1000000)

static const struct gpq_dataset published = {
	.id = "da_energy_hourly",
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 6 },
		   { GPQ_COLUMN_LMP_ENERGY, 6 },
		   { GPQ_COLUMN_LMP_CONGESTION, 6 },
		   { GPQ_COLUMN_LMP_LOSS, 6 },
		   { GPQ_COLUMN_LMP_GHG, 6 } },
	.n_cells = 5,
	.sum_slack = 2,
};
static const struct gpq_dataset derived = {
	.id = "da_energy_hourly",
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.derives_energy = true,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 }, { GPQ_COLUMN_LMP_ENERGY, 2 }, { GPQ_COLUMN_LMP_LOSS, 2 } },
	.n_cells = 3,
};
static const struct gpq_dataset service = {
	.id = "da_ancillary_hourly",
	.interval_minutes = 60,
	.table = GPQ_TABLE_ANCILLARY,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_MARKET_CLEARING_PRICE, 2 } },
	.n_cells = 1,
};
static const struct gpq_component components[] = { { "LMP", GPQ_COLUMN_LMP_TOTAL } };
static const struct gpq_feed one_line = { .id = "whole", .outputs = { &published } };
static const struct gpq_feed by_component = { .id = "apart",
	                                      .outputs = { &derived, &published },
	                                      .components = components,
	                                      .n_components = 1 };
static const struct gpq_feed *const whole_feeds[] = { &one_line }, *const apart_feeds[] = { &one_line, &by_component };
static const struct gpq_market whole = { .iso = "PJM", .feeds = whole_feeds, .n_feeds = 1 };
static const struct gpq_market apart = { .iso = "CAISO", .feeds = apart_feeds, .n_feeds = 2 };

static struct turned_block block;

/* Turns the rows in each way and hands what they come to to 'expect'. */
static void sums_expect(const struct gpq_market *market, const struct gpq_dataset *dataset, const struct block_row *rows,
			uint32_t count, void (*expect)(const struct gpq_block_sums *sums))
{
	for (int spilled = 0; spilled < 2; spilled++) {
		struct gpq_block_sums sums;
		turned_block_open(&block, market, dataset);
		turned_block_turn(&block, rows, count, 2, true, spilled);
		assert_int_equal(gpq_block_sums_make(&block.facts, &sums, NULL), GPQ_OK);
		expect(&sums);
		turned_block_close(&block);
	}
}

static void worst_expect(const struct gpq_block_sums *sums, const char *name, uint32_t place, int64_t total, int64_t sum)
{
	assert_true(sums->worst.off > 0);
	const struct gpq_location *location = gpq_locations_view(block.locations, sums->worst.location);
	assert_true(gpq_text_equal(location->text[0], gpq_text_of(name)));
	assert_int_equal(sums->worst.start_s, BLOCK_BEGIN_S + place * 3600);
	assert_int_equal(sums->worst.total, total);
	assert_int_equal(sums->worst.sum, sum);
}

/* ---- slack ---- */

static void slack_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 8);
	assert_int_equal(sums->off, 3);
	assert_true(sums->worst.off == 1e-5);
	worst_expect(sums, "B", 3, 30 * T + 10, 30 * T);
	assert_int_equal(sums->incomplete, 0);
}

static void totals_may_be_off_by_the_slack(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 31 * T, 30 * T, T, 0, BLOCK_NULL } },
		{ 1, "A", 0, NONE, { 30 * T + 2, 30 * T + 1, 0, -1, BLOCK_NULL } },
		{ 2, "A", 0, NONE, { 30 * T - 2, 30 * T, 0, 0, BLOCK_NULL } },
		{ 3, "A", 0, NONE, { 30 * T + 3, 30 * T, 0, 0, BLOCK_NULL } }, /* one unit more than may be */
		{ 0, "B", 0, NONE, { -31 * T, -30 * T, -T, 0, BLOCK_NULL } },
		{ 1, "B", 0, NONE, { 30 * T - 3, 30 * T, 0, 0, BLOCK_NULL } },
		{ 2, "B", 0, NONE, { -T, T, -3 * T, T, BLOCK_NULL } },
		{ 3, "B", 0, NONE, { 30 * T + 10, 28 * T, T, T, BLOCK_NULL } },
		{ 4, "A", 0, NONE, { 30 * T, BLOCK_NULL, 0, 0, BLOCK_NULL } }, /* nulls are not checked */
		{ 4, "B", 0, NONE, { BLOCK_NULL, 30 * T, 0, 0, BLOCK_NULL } },
	};
	sums_expect(&whole, &published, rows, sizeof(rows) / sizeof(rows[0]), slack_expect);
}

static void cents_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 5);
	assert_int_equal(sums->off, 2);
	worst_expect(sums, "A", 2, 3003 * T / 100, 30 * T);
}

/* Files of the same feed come with six decimals and with two. */
static void numbers_in_cents_may_be_off_by_half_of_one_each(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 3002 * T / 100, 30 * T, 0, 0, BLOCK_NULL } },
		{ 1, "A", 0, NONE, { 2998 * T / 100, 29 * T, T, 0, BLOCK_NULL } },
		{ 2, "A", 0, NONE, { 3003 * T / 100, 30 * T, 0, 0, BLOCK_NULL } },
		{ 3, "A", 0, NONE, { 3001 * T / 100, 30 * T, T / 1000, -T / 1000, BLOCK_NULL } }, /* three decimals */
		{ 4, "A", 0, NONE, { 30 * T, 30 * T, 0, 0, BLOCK_NULL } },
	};
	sums_expect(&whole, &published, rows, sizeof(rows) / sizeof(rows[0]), cents_expect);
}

static void binary64_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 4);
	assert_int_equal(sums->off, 1);
	assert_true(sums->worst.off == 1e17);
	worst_expect(sums, "A", 2, gpq_cell_of_double(1e17), 0);
}

/* More decimals than the scale has, and numbers beyond it: their shortest decimals count. */
static void numbers_that_are_no_decimals_are_added_exactly(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { gpq_cell_of_double(0.12345678), 0, gpq_cell_of_double(0.12345678), 0, BLOCK_NULL } },
		{ 1, "A", 0, NONE, { gpq_cell_of_double(0.0000015), 0, 0, 0, BLOCK_NULL } },
		{ 2, "A", 0, NONE, { gpq_cell_of_double(1e17), 0, 0, 0, BLOCK_NULL } },
		{ 3, "A", 0, NONE, { gpq_cell_of_double(1e300), gpq_cell_of_double(1e300), 0, 0, BLOCK_NULL } },
	};
	sums_expect(&whole, &published, rows, sizeof(rows) / sizeof(rows[0]), binary64_expect);
}

/* ---- rows ---- */

static void ties_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->off, 4);
	worst_expect(sums, "M", 1, 2 * T, T);
}

/* Of rows that are as far off the earliest is named, of those the first by name: whatever the order is that they lie in. */
static void the_worst_does_not_depend_on_order(void **state)
{
	(void)state;
	struct block_row rows[] = {
		{ 2, "A", 0, NONE, { 2 * T, T, 0, 0, BLOCK_NULL } },
		{ 1, "Z", 0, NONE, { 0, T, 0, 0, BLOCK_NULL } },
		{ 3, "B", 0, NONE, { 2 * T, T, 0, 0, BLOCK_NULL } },
		{ 1, "M", 0, NONE, { 2 * T, T, 0, 0, BLOCK_NULL } },
	};
	for (int turn = 0; turn < 4; turn++) {
		struct block_row first = rows[0];
		memmove(rows, rows + 1, 3 * sizeof(rows[0]));
		rows[3] = first;
		sums_expect(&whole, &published, rows, 4, ties_expect);
	}
}

static void current_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 2);
	assert_int_equal(sums->off, 1);
	worst_expect(sums, "A", 1, 5 * T, T);
}

/* Parts meet before they are checked; of revisions the current one counts, kept ones do not. */
static void what_rows_come_to_is_checked(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, 1, { 9 * T, 0, 0, 0, BLOCK_NULL } },                   /* superseded */
		{ 0, "A", 1, 2, { 3 * T, BLOCK_NULL, 0, T, BLOCK_NULL } },
		{ 0, "A", 0, 2, { BLOCK_NULL, 2 * T, BLOCK_NULL, T, BLOCK_NULL } }, /* joined */
		{ 1, "A", 0, 1, { T, T, 0, 0, BLOCK_NULL } },
		{ 1, "A", 0, 2, { 5 * T, T, 0, 0, BLOCK_NULL } },
	};
	for (int kept = 0; kept < 2; kept++)
		for (int spilled = 0; spilled < 2; spilled++) {
			struct gpq_block_sums sums;
			turned_block_open(&block, &whole, &published);
			block.run.rules.keep_revisions = kept;
			turned_block_turn(&block, rows, sizeof(rows) / sizeof(rows[0]), 2, true, spilled);
			assert_int_equal(gpq_turned_rows(block.turned), kept ? 4 : 2);
			assert_int_equal(gpq_block_sums_make(&block.facts, &sums, NULL), GPQ_OK);
			current_expect(&sums);
			turned_block_close(&block);
		}
}

/* ---- components ---- */

static void joined_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 2); /* those with all five */
	assert_int_equal(sums->off, 1);
	worst_expect(sums, "A", 1, 7 * T, 6 * T);
	assert_int_equal(sums->incomplete, 3);
	assert_int_equal(sums->lacking[0], 1);
	assert_int_equal(sums->lacking[1], 1);
	assert_int_equal(sums->lacking[2], 1);
	assert_int_equal(sums->lacking[3], 0);
	assert_int_equal(sums->lacking[4], 2);
}

static void whole_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 2);
	assert_int_equal(sums->incomplete, 0); /* such columns may be empty */
}

static void rows_that_lack_what_others_have_are_counted(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 6 * T, T, 2 * T, T, 2 * T } },
		{ 1, "A", 0, NONE, { 7 * T, T, 2 * T, T, 2 * T } },
		{ 2, "A", 0, NONE, { 4 * T, T, 2 * T, T, BLOCK_NULL } }, /* no sum: its last part may be missing */
		{ 3, "A", 0, NONE, { BLOCK_NULL, T, BLOCK_NULL, T, T } },
		{ 4, "A", 0, NONE, { T, BLOCK_NULL, T, T, BLOCK_NULL } },
	};
	sums_expect(&apart, &published, rows, sizeof(rows) / sizeof(rows[0]), joined_expect);
	sums_expect(&whole, &published, rows, sizeof(rows) / sizeof(rows[0]), whole_expect);
}

static void era_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 2);
	assert_int_equal(sums->off, 0);
	assert_int_equal(sums->incomplete, 1);
	assert_int_equal(sums->lacking[0], 1);
}

/* What no row of a block has is not missing. */
static void what_is_not_published_is_not_lacking(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 4 * T, T, 2 * T, T, BLOCK_NULL } },
		{ 1, "A", 0, NONE, { 4 * T, T, 2 * T, T, BLOCK_NULL } },
		{ 2, "A", 0, NONE, { BLOCK_NULL, T, 2 * T, T, BLOCK_NULL } },
	};
	sums_expect(&apart, &published, rows, sizeof(rows) / sizeof(rows[0]), era_expect);
}

static void derived_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 0);
	assert_int_equal(sums->off, 0);
	assert_int_equal(sums->incomplete, 1);
	assert_int_equal(sums->lacking[1], 0);
	assert_int_equal(sums->lacking[2], 1);
}

static void energy_that_is_derived_is_not_checked_nor_lacking(void **state)
{
	(void)state;
	const struct block_row rows[] = {
		{ 0, "A", 0, NONE, { 400, BLOCK_NULL, 100 } },
		{ 1, "A", 0, NONE, { 400, BLOCK_NULL, BLOCK_NULL } },
	};
	sums_expect(&apart, &derived, rows, 2, derived_expect);
}

static void nothing_expect(const struct gpq_block_sums *sums)
{
	assert_int_equal(sums->checked, 0);
	assert_int_equal(sums->incomplete, 0);
}

static void services_have_no_sums(void **state)
{
	(void)state;
	uint32_t columns[GPQ_SUM_COLUMNS];
	const struct block_row rows[] = { { 0, "SPIN", 0, NONE, { 400 } }, { 1, "SPIN", 0, NONE, { BLOCK_NULL } } };
	sums_expect(&apart, &service, rows, 2, nothing_expect);
	assert_int_equal(gpq_sums_columns(&service, columns), 0);
	assert_int_equal(gpq_sums_columns(&derived, columns), 0);
	assert_int_equal(gpq_sums_columns(&published, columns), 5);
	for (uint32_t k = 0; k < 5; k++)
		assert_int_equal(columns[k], k);
}

/* ---- many rows, memory ---- */

/* As feeds bring them: more than a piece, some of them off. */
static void large_blocks_are_counted_to_the_row(void **state)
{
	(void)state;
	enum { NODES = 700, HOURS = 24 };
	static char names[NODES][8];
	struct block_row *rows = calloc((size_t)NODES * HOURS, sizeof(*rows));
	uint64_t off = 0;
	for (uint32_t i = 0; i < NODES * HOURS; i++) {
		bool bad = i % 1001 == 7, null = i % 97 == 3;
		snprintf(names[i % NODES], sizeof(names[0]), "N%05u", i % NODES);
		int64_t energy = 20 * T + i / NODES, congestion = (int64_t)i * 37 % (5 * T), loss = -(int64_t)i;
		rows[i] = (struct block_row){ i / NODES, names[i % NODES], 0, NONE,
					      { energy + congestion + loss + (bad ? 100 + i : 0), energy, congestion,
						null ? BLOCK_NULL : loss, BLOCK_NULL } };
		off += bad && !null;
	}
	for (int spilled = 0; spilled < 2; spilled++) {
		struct gpq_block_sums sums;
		turned_block_open(&block, &apart, &published);
		turned_block_turn(&block, rows, NODES * HOURS, 2, true, spilled);
		assert_int_equal(gpq_block_sums_make(&block.facts, &sums, NULL), GPQ_OK);
		assert_int_equal(sums.incomplete, (NODES * HOURS - 4) / 97 + 1);
		assert_int_equal(sums.checked, NODES * HOURS - sums.incomplete);
		assert_int_equal(sums.off, off);
		assert_true(sums.worst.off > 0.016);
		turned_block_close(&block);
	}
	free(rows);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	const struct block_row rows[] = { { 0, "A", 0, NONE, { 9 * T, T, 0, 0, BLOCK_NULL } } };
	for (int spilled = 0; spilled < 2; spilled++) {
		turned_block_open(&block, &apart, &published);
		block.run.rules.keep_revisions = true;
		turned_block_turn(&block, rows, 1, 1, true, spilled);
		size_t used = atomic_load(&block.budget.used_bytes);
		enum gpq_status status = GPQ_E_BUDGET;
		for (long n = 1; status != GPQ_OK; n++) {
			struct gpq_block_sums sums;
			assert_true(n < 50);
			block.budget.fail_at = atomic_load(&block.budget.allocations) + n;
			status = gpq_block_sums_make(&block.facts, &sums, NULL);
			assert_int_equal(atomic_load(&block.budget.used_bytes), used);
		}
		block.budget.fail_at = 0;
		assert_true(atomic_load(&block.budget.peak_bytes) > used);
		turned_block_close(&block);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_may_be_off_by_the_slack),
		cmocka_unit_test(numbers_in_cents_may_be_off_by_half_of_one_each),
		cmocka_unit_test(numbers_that_are_no_decimals_are_added_exactly),
		cmocka_unit_test(the_worst_does_not_depend_on_order),
		cmocka_unit_test(what_rows_come_to_is_checked),
		cmocka_unit_test(rows_that_lack_what_others_have_are_counted),
		cmocka_unit_test(what_is_not_published_is_not_lacking),
		cmocka_unit_test(energy_that_is_derived_is_not_checked_nor_lacking),
		cmocka_unit_test(services_have_no_sums),
		cmocka_unit_test(large_blocks_are_counted_to_the_row),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
