// SPDX-License-Identifier: MIT
/* Stamps that come one by one: how they are encoded, and that what a dictionary lists, and the bounds, are theirs. */
#include "parquet/chunk.h"
#include "parquet/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS  50000u
#define YEAR  INT64_C(31556952000000)
#define Y2024 INT64_C(1704067200000000)

struct stamps {
	int64_t first, step;
	uint32_t distinct; /* they come over and over */
	uint64_t row;
};

static enum gpq_status stamps_rewind(void *context, struct gpq_error *err)
{
	(void)err;
	((struct stamps *)context)->row = 0;
	return GPQ_OK;
}

static enum gpq_status stamps_read(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct stamps *stamps = context;
	(void)err;
	for (uint32_t i = 0; i < n; i++)
		out[i] = stamps->first + (int64_t)(stamps->row++ % stamps->distinct) * stamps->step;
	return GPQ_OK;
}

static enum gpq_status bytes_take(void *context, const void *bytes, size_t len, struct gpq_error *err)
{
	(void)bytes, (void)err;
	*(size_t *)context += len;
	return GPQ_OK;
}

static struct gpq_chunk_facts encode(struct stamps stamps)
{
	static const struct gpq_column column = { GPQ_COLUMN_INTERVAL_END_UTC, "end", GPQ_TYPE_TIMESTAMP_UTC, true, "", "" };
	static const struct gpq_table table = { GPQ_TABLE_ENERGY, "ends", &column, 1 };
	const struct gpq_parquet_settings settings = { .table = &table, .codec = GPQ_CODEC_ZSTD, .codec_level = 1 };
	struct gpq_budget budget;
	struct gpq_parquet_encoder *encoder = NULL;
	struct gpq_spill *metadata = NULL;
	struct gpq_chunk_facts facts = { .rows = 0 };
	size_t stored = 0;
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_parquet_encoder_open(&budget, &settings, &encoder, NULL), GPQ_OK);
	assert_int_equal(gpq_spill_open(&budget, "/tmp", &metadata, NULL), GPQ_OK);
	const struct gpq_values values = { .rows = ROWS, .context = &stamps, .rewind = stamps_rewind, .read_cells = stamps_read };
	const struct gpq_chunk_outlet outlet = { &stored, bytes_take };
	assert_int_equal(gpq_chunk_encode(encoder, &column, &values, false, &outlet, metadata, &facts, NULL), GPQ_OK);
	assert_int_equal(facts.stored_bytes, stored);
	gpq_spill_close(metadata);
	gpq_parquet_encoder_close(encoder);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return facts;
}

static int64_t bound(const struct gpq_bound *bound)
{
	int64_t word;
	assert_int_equal(bound->len, sizeof(word));
	memcpy(&word, bound->bytes, sizeof(word));
	return word;
}

static void few_stamps_have_a_dictionary(void **state)
{
	(void)state;
	struct gpq_chunk_facts facts = encode((struct stamps){ Y2024, 301 * INT64_C(1000000), 2000, 0 });
	assert_int_equal(facts.encoding, GPQ_ENCODING_RLE_DICTIONARY);
	assert_int_equal(facts.distinct, 2000);
	assert_true(bound(&facts.min) == Y2024 && bound(&facts.max) == Y2024 + 1999 * 301 * INT64_C(1000000));
}

static void stamps_that_never_come_again_are_plain(void **state)
{
	(void)state;
	struct gpq_chunk_facts facts = encode((struct stamps){ Y2024, 10 * INT64_C(1000000), ROWS, 0 });
	assert_int_equal(facts.encoding, GPQ_ENCODING_PLAIN);
	assert_true(bound(&facts.min) == Y2024 && bound(&facts.max) == Y2024 + (ROWS - 1) * 10 * INT64_C(1000000));
}

/* From 2^51 microseconds on (2041) cells are in another order than stamps: there is no dictionary, and the bounds are right. */
static void late_stamps_are_plain(void **state)
{
	(void)state;
	for (int64_t years = 16; years <= 18; years++) {
		struct gpq_chunk_facts facts = encode((struct stamps){ Y2024 + years * YEAR, 3600 * INT64_C(1000000), 8766, 0 });
		bool late = Y2024 + years * YEAR + 8765 * 3600 * INT64_C(1000000) >= INT64_C(1) << 51;
		assert_int_equal(facts.encoding, late ? GPQ_ENCODING_PLAIN : GPQ_ENCODING_RLE_DICTIONARY);
		assert_true(bound(&facts.min) == Y2024 + years * YEAR);
		assert_true(bound(&facts.max) == Y2024 + years * YEAR + 8765 * 3600 * INT64_C(1000000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_stamps_have_a_dictionary),
		cmocka_unit_test(stamps_that_never_come_again_are_plain),
		cmocka_unit_test(late_stamps_are_plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
