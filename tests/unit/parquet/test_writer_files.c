// SPDX-License-Identifier: MIT
/*
 * Whole files with every type, for readers that are not ours: with a folder as argument it writes them there, and
 * tests/interop/check_written.py compares them with values that it computes by itself. Without one it writes to a
 * temporary folder and looks at the frame only.
 */
#include "made_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[512];

struct file_case {
	const char *name; /* <codec>-<rows of each group>; "order": sorting columns and blooms on more columns */
	enum gpq_codec codec;
	int level;
	bool sorted;
	uint64_t rows[4];
};

static const struct file_case cases[] = {
	{ "none-20001-1-5000", GPQ_CODEC_NONE, 0, false, { 20001, 1, 5000 } },
	{ "snappy-20001-1-5000", GPQ_CODEC_SNAPPY, 0, false, { 20001, 1, 5000 } },
	{ "gzip-20001-1-5000", GPQ_CODEC_GZIP, 0, false, { 20001, 1, 5000 } },
	{ "lz4-20001-1-5000", GPQ_CODEC_LZ4, 0, false, { 20001, 1, 5000 } },
	{ "zstd-20001-1-5000", GPQ_CODEC_ZSTD, 0, false, { 20001, 1, 5000 } },
	{ "zstd-20000-7", GPQ_CODEC_ZSTD, 9, false, { 20000, 7 } },
	{ "zstd-400000", GPQ_CODEC_ZSTD, 1, false, { 400000 } },
	{ "sorted-60000-60000", GPQ_CODEC_ZSTD, 3, true, { 60000, 60000 } },
	{ "zstd", GPQ_CODEC_ZSTD, 0, false, { 0 } },
};

static void group_write(struct gpq_parquet_file *file, struct gpq_parquet_encoder *encoder, int64_t key, uint64_t rows)
{
	struct gpq_error err = { .status = GPQ_OK };
	assert_int_equal(gpq_parquet_group_begin(file, key, rows, &err), GPQ_OK);
	for (uint32_t c = 0; c < MADE_COLUMNS; c++) {
		struct made_values made;
		made_init(&made, c, (uint64_t)key, rows);
		if (gpq_parquet_chunk_write(file, encoder, c, &made.values, &err) != GPQ_OK)
			fail_msg("%s", err.message);
		made_done(&made);
	}
	assert_int_equal(gpq_parquet_group_end(file, &err), GPQ_OK);
}

static void file_write(const struct file_case *one)
{
	struct gpq_budget budget;
	struct gpq_error err = { .status = GPQ_OK };
	struct gpq_sink *sink = NULL;
	struct gpq_spill *spill = NULL;
	struct gpq_parquet_encoder *encoder = NULL;
	struct gpq_parquet_file *file = NULL;
	char target[600];
	struct gpq_parquet_settings settings = { .table = &made_table, .codec = one->codec, .codec_level = one->level };
	settings.bloom_columns = UINT64_C(1) << MADE_NAME | UINT64_C(1) << MADE_SOURCE | UINT64_C(1) << MADE_STAMP;
	if (one->sorted) {
		settings.n_sorting = 2;
		settings.sorting[0].column = MADE_STAMP;
		settings.sorting[1].column = MADE_NAME;
	}
	snprintf(target, sizeof(target), "%s/%s.parquet", folder, one->name);
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_sink_open(&budget, target, &sink, &err), GPQ_OK);
	assert_int_equal(gpq_spill_open(&budget, folder, &spill, &err), GPQ_OK);
	assert_int_equal(gpq_parquet_encoder_open(&budget, &settings, &encoder, &err), GPQ_OK);
	assert_int_equal(gpq_parquet_file_open(&budget, &settings, sink, spill, &file, &err), GPQ_OK);
	for (int g = 0; g < 4 && one->rows[g]; g++)
		group_write(file, encoder, g, one->rows[g]);
	const struct gpq_parquet_note notes[] = { { "gridpq.order", gpq_text_of("block") },
						  { "made", gpq_text_of("\xC3\x84 note") } };
	assert_true(gpq_parquet_in_order(file));
	if (gpq_parquet_finish(file, "gridpq version 0.1.0 (build test)", notes, 2, NULL, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	assert_int_equal(gpq_sink_sync(sink, &err), GPQ_OK);
	assert_int_equal(gpq_sink_publish(sink, &err), GPQ_OK);
	gpq_parquet_file_close(file);
	gpq_parquet_encoder_close(encoder);
	gpq_spill_close(spill);
	gpq_sink_close(sink);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void files_begin_and_end_as_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		file_write(&cases[i]);
		char target[600], ends[8];
		snprintf(target, sizeof(target), "%s/%s.parquet", folder, cases[i].name);
		FILE *in = fopen(target, "rb");
		assert_non_null(in);
		assert_int_equal(fread(ends, 1, 4, in), 4);
		assert_memory_equal(ends, "PAR1", 4);
		assert_int_equal(fseek(in, -4, SEEK_END), 0);
		assert_int_equal(fread(ends, 1, 4, in), 4);
		assert_memory_equal(ends, "PAR1", 4);
		fclose(in);
	}
}

int main(int argc, char **argv)
{
	bool own = argc < 2;
	snprintf(folder, sizeof(folder), "%s", own ? "/tmp/gpq-written-XXXXXX" : argv[1]);
	if (own && !mkdtemp(folder))
		return 1;
	const struct CMUnitTest tests[] = { cmocka_unit_test(files_begin_and_end_as_they_should) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; own && i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[600];
		snprintf(target, sizeof(target), "%s/%s.parquet", folder, cases[i].name);
		unlink(target);
	}
	if (own)
		rmdir(folder);
	return failed;
}
