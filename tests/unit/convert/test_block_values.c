// SPDX-License-Identifier: MIT
/* Columns of a turned block: finality is that of the newest part (RULES 20), and null where a market says none. */
#include "unit/convert/turned_block.h"

#include <string.h>

static const struct gpq_dataset dataset = {
	.id = "rt_energy_hourly",
	.table = GPQ_TABLE_ENERGY,
	.interval_minutes = 60,
	.key_texts = 1 << GPQ_TEXT_NAME,
	.cells = { { GPQ_COLUMN_LMP_TOTAL, 2 } },
	.n_cells = 1,
};
static const struct gpq_finality_word words[] = { { "final", GPQ_FINALITY_FINAL, false }, { "prelim", GPQ_FINALITY_PRELIM, false } };
static const struct gpq_market tells = { .iso = "MISO", .finality_words = words, .n_finality_words = 2 };
static const struct gpq_market silent = { .iso = "PJM" };

/* Inputs, older ones first: prelim, unmarked, repriced, final. */
static uint8_t finality[] = { GPQ_FINALITY_PRELIM, GPQ_FINALITY_UNMARKED, GPQ_FINALITY_REPRICED, GPQ_FINALITY_FINAL };

static uint32_t inputs[] = { 0, 1, 2, 3 };

static const struct block_row rows[] = {
	{ 0, "A", 0, GPQ_VERSION_NONE, { 100 } }, { 1, "A", 1, GPQ_VERSION_NONE, { 100 } },
	{ 2, "A", 2, GPQ_VERSION_NONE, { 100 } }, { 3, "A", 3, GPQ_VERSION_NONE, { 100 } },
	{ 0, "B", 0, GPQ_VERSION_NONE, { 100 } }, { 0, "B", 3, GPQ_VERSION_NONE, { 100 } }, /* the same again, final */
	{ 1, "B", 3, GPQ_VERSION_NONE, { 300 } }, { 1, "B", 0, GPQ_VERSION_NONE, { 200 } },
	{ 2, "B", 3, 1, { 300 } },                { 2, "B", 0, 2, { 200 } }, /* a version comes before */
};
static const char *const expected[] = { "prelim", NULL, NULL, "final", "final", "final", "prelim" };

static void column_read(const struct turned_block *block, enum gpq_column_id id, const char **out)
{
	const struct gpq_table *table = gpq_table_schema(GPQ_TABLE_ENERGY);
	struct gpq_block_column *column = NULL;
	struct gpq_values values;
	uint32_t number = 0, n = (uint32_t)gpq_turned_rows(block->turned);
	while (table->columns[number].id != id)
		number++;
	assert_int_equal(gpq_block_column_open(&block->facts, number, 0, n, &column, &values, NULL), GPQ_OK);
	assert_true(values.coded);
	struct gpq_code_stretch stretches[16];
	uint32_t codes[16], count = 0, at = 0;
	if (values.read_stretches) {
		assert_int_equal(values.read_stretches(values.context, n, stretches, &count, NULL), GPQ_OK);
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t k = 0; k < stretches[i].rows; k++)
				codes[at++] = stretches[i].code;
		assert_int_equal(at, n);
	} else {
		assert_int_equal(values.read_codes(values.context, n, codes, NULL), GPQ_OK);
	}
	for (uint32_t i = 0; i < n; i++) {
		assert_true(codes[i] == GPQ_CODE_NULL || codes[i] < values.n_values);
		out[i] = codes[i] == GPQ_CODE_NULL ? NULL : values.texts[codes[i]].bytes;
	}
	gpq_block_column_close(column);
}

static void finality_expect(const struct gpq_market *market, bool gathered, bool spilled)
{
	struct turned_block block;
	const char *seen[16] = { NULL };
	turned_block_open(&block, market, &dataset);
	block.sources.inputs = inputs;
	block.sources.n_inputs = 4;
	block.sources.finality = finality;
	turned_block_turn(&block, rows, sizeof(rows) / sizeof(rows[0]), 1, gathered, spilled);
	assert_int_equal(gpq_turned_rows(block.turned), 7);
	column_read(&block, GPQ_COLUMN_FINALITY, seen);
	for (int i = 0; i < 7; i++) {
		const char *wanted = market == &silent ? NULL : expected[i];
		assert_true((seen[i] == NULL) == (wanted == NULL));
		if (wanted)
			assert_string_equal(seen[i], wanted);
	}
	turned_block_close(&block);
}

static void finality_is_that_of_the_newest_part(void **state)
{
	(void)state;
	finality_expect(&tells, true, false);
	finality_expect(&tells, false, false);
	finality_expect(&tells, true, true);
	finality_expect(&tells, false, true);
}

static void a_market_that_says_none_has_none(void **state)
{
	(void)state;
	finality_expect(&silent, true, false);
	finality_expect(&silent, false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finality_is_that_of_the_newest_part),
		cmocka_unit_test(a_market_that_says_none_has_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
