// SPDX-License-Identifier: MIT
/* The writer's contract: order, threads, failures. What the bytes mean is for tests/interop and the reader's tests. */
#include "made_table.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static struct gpq_budget budget;
static struct gpq_error err;

/* A file under way with all that it needs. */
struct bench {
	struct gpq_parquet_settings settings;
	struct gpq_sink *sink, *fresh;
	struct gpq_spill *spill;
	struct gpq_parquet_encoder *encoder;
	struct gpq_parquet_file *file;
};

static enum gpq_status bench_open(struct bench *bench, struct gpq_error *error)
{
	char target[128];
	memset(bench, 0, sizeof(*bench));
	bench->settings = (struct gpq_parquet_settings){ .table = &made_table, .codec = GPQ_CODEC_ZSTD };
	bench->settings.bloom_columns = UINT64_C(1) << MADE_NAME | UINT64_C(1) << MADE_ZONE;
	snprintf(target, sizeof(target), "%s/t.parquet", folder);
	GPQ_TRY(gpq_sink_open(&budget, target, &bench->sink, error));
	GPQ_TRY(gpq_sink_open(&budget, target, &bench->fresh, error));
	GPQ_TRY(gpq_spill_open(&budget, folder, &bench->spill, error));
	GPQ_TRY(gpq_parquet_encoder_open(&budget, &bench->settings, &bench->encoder, error));
	return gpq_parquet_file_open(&budget, &bench->settings, bench->sink, bench->spill, &bench->file, error);
}

static void bench_done(struct bench *bench)
{
	gpq_parquet_file_close(bench->file);
	gpq_parquet_encoder_close(bench->encoder);
	gpq_spill_close(bench->spill);
	gpq_sink_close(bench->fresh);
	gpq_sink_close(bench->sink);
}

static void bench_start(struct bench *bench)
{
	gpq_budget_init(&budget, (size_t)128 << 20);
	if (bench_open(bench, &err) != GPQ_OK)
		fail_msg("%s", err.message);
}

static void bench_end(struct bench *bench)
{
	bench_done(bench);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static enum gpq_status column_put(struct bench *bench, uint32_t column, uint64_t seed, uint64_t rows,
				  struct gpq_error *error)
{
	struct made_values made;
	made_init(&made, column, seed, rows);
	enum gpq_status status = gpq_parquet_chunk_write(bench->file, bench->encoder, column, &made.values, error);
	made_done(&made);
	return status;
}

static enum gpq_status group_put(struct bench *bench, int64_t key, uint64_t rows, struct gpq_error *error)
{
	GPQ_TRY(gpq_parquet_group_begin(bench->file, key, rows, error));
	for (uint32_t c = 0; c < MADE_COLUMNS; c++)
		GPQ_TRY(column_put(bench, c, (uint64_t)key, rows, error));
	return gpq_parquet_group_end(bench->file, error);
}

static enum gpq_status finish(struct bench *bench, struct gpq_sink *fresh, struct gpq_error *error)
{
	const struct gpq_parquet_note note = { "gridpq.order", gpq_text_of("block") };
	return gpq_parquet_finish(bench->file, "gridpq version 0.1.0 (build test)", &note, 1, fresh, error);
}

static uint8_t *sink_bytes(struct gpq_sink *sink, size_t *out_len)
{
	size_t len = (size_t)gpq_sink_offset(sink);
	uint8_t *bytes = malloc(len);
	assert_int_equal(gpq_sink_read(sink, 0, bytes, len, &err), GPQ_OK);
	*out_len = len;
	return bytes;
}

static void assert_same_files(struct gpq_sink *a, struct gpq_sink *b)
{
	size_t a_len, b_len;
	uint8_t *a_bytes = sink_bytes(a, &a_len), *b_bytes = sink_bytes(b, &b_len);
	assert_int_equal(a_len, b_len);
	assert_memory_equal(a_bytes, b_bytes, a_len);
	free(a_bytes);
	free(b_bytes);
}

static void assert_says(const char *part)
{
	if (!strstr(err.message, part))
		fail_msg("'%s' does not say '%s'", err.message, part);
}

/* ---- failures ---- */

static void settings_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	struct bench bench;
	struct gpq_parquet_file *file = NULL;
	bench_start(&bench);
	struct gpq_parquet_settings settings = bench.settings;
	settings.bloom_columns = UINT64_C(1) << MADE_CENTS;
	assert_int_equal(gpq_parquet_file_open(&budget, &settings, bench.fresh, bench.spill, &file, &err), GPQ_E_USAGE);
	assert_says("bloom");
	settings.bloom_columns = UINT64_C(1) << 40;
	assert_int_equal(gpq_parquet_file_open(&budget, &settings, bench.fresh, bench.spill, &file, &err), GPQ_E_USAGE);
	settings.bloom_columns = 0;
	settings.n_sorting = 1;
	settings.sorting[0].column = MADE_COLUMNS;
	assert_int_equal(gpq_parquet_file_open(&budget, &settings, bench.fresh, bench.spill, &file, &err), GPQ_E_USAGE);
	settings.n_sorting = 9;
	assert_int_equal(gpq_parquet_file_open(&budget, &settings, bench.fresh, bench.spill, &file, &err), GPQ_E_USAGE);
	settings.n_sorting = 0;
	assert_int_equal(gpq_parquet_file_open(&budget, &settings, bench.sink, bench.spill, &file, &err), GPQ_E_USAGE);
	assert_says("empty sink");
	assert_null(file);
	bench_end(&bench);
}

static void calls_out_of_order_are_refused(void **state)
{
	(void)state;
	struct bench bench;
	bench_start(&bench);
	assert_int_equal(gpq_parquet_group_begin(bench.file, 1, 0, &err), GPQ_E_USAGE);
	assert_int_equal(gpq_parquet_group_begin(bench.file, 1, GPQ_PARQUET_GROUP_ROWS + 1, &err), GPQ_E_USAGE);
	assert_int_equal(gpq_parquet_group_end(bench.file, &err), GPQ_E_USAGE);
	assert_int_equal(group_put(&bench, 1, 10, &err), GPQ_OK);
	assert_int_equal(gpq_parquet_group_begin(bench.file, 1, 10, &err), GPQ_E_USAGE);
	assert_says("key 1");
	assert_int_equal(gpq_parquet_group_begin(bench.file, 2, 10, &err), GPQ_OK);
	assert_int_equal(gpq_parquet_group_begin(bench.file, 3, 10, &err), GPQ_E_USAGE);
	assert_int_equal(gpq_parquet_group_end(bench.file, &err), GPQ_E_USAGE);
	assert_says("lacks column stamp");
	assert_int_equal(finish(&bench, NULL, &err), GPQ_E_USAGE);
	assert_int_equal(column_put(&bench, 0, 2, 10, &err), GPQ_OK);
	assert_int_equal(column_put(&bench, 0, 2, 10, &err), GPQ_E_USAGE);
	assert_says("twice");
	/* The file is lost now, and says why. */
	assert_int_equal(column_put(&bench, 1, 2, 10, &err), GPQ_E_USAGE);
	assert_says("twice");
	assert_int_equal(finish(&bench, NULL, &err), GPQ_E_USAGE);
	bench_end(&bench);
	bench_start(&bench);
	assert_int_equal(group_put(&bench, 1, 10, &err), GPQ_OK);
	assert_int_equal(finish(&bench, NULL, &err), GPQ_OK);
	assert_int_equal(finish(&bench, NULL, &err), GPQ_E_USAGE);
	assert_int_equal(gpq_parquet_group_begin(bench.file, 9, 10, &err), GPQ_E_USAGE);
	bench_end(&bench);
}

static void groups_out_of_order_need_a_fresh_sink(void **state)
{
	(void)state;
	struct bench bench;
	bench_start(&bench);
	assert_int_equal(group_put(&bench, 2, 10, &err), GPQ_OK);
	assert_int_equal(group_put(&bench, 1, 10, &err), GPQ_OK);
	assert_false(gpq_parquet_in_order(bench.file));
	assert_int_equal(finish(&bench, NULL, &err), GPQ_E_USAGE);
	assert_int_equal(gpq_sink_write(bench.fresh, "x", 1, &err), GPQ_OK);
	assert_int_equal(finish(&bench, bench.fresh, &err), GPQ_E_USAGE);
	assert_says("not empty");
	bench_end(&bench);
}

/* Values that are not what values.h promises. */
struct wrong_values {
	uint32_t code;
	int64_t cell;
	enum gpq_status status;
	struct gpq_code_stretch stretches[3];
};

static enum gpq_status wrong_rewind(void *context, struct gpq_error *error)
{
	(void)context;
	(void)error;
	return GPQ_OK;
}

static enum gpq_status wrong_codes(void *context, uint32_t n, uint32_t *out, struct gpq_error *error)
{
	struct wrong_values *wrong = context;
	for (uint32_t i = 0; i < n; i++)
		out[i] = i + 1 < n ? i % 2 : wrong->code;
	return wrong->status ? gpq_fail(error, wrong->status, "made to fail") : GPQ_OK;
}

static enum gpq_status wrong_cells(void *context, uint32_t n, int64_t *out, struct gpq_error *error)
{
	struct wrong_values *wrong = context;
	for (uint32_t i = 0; i < n; i++)
		out[i] = i + 1 < n ? (int64_t)i : wrong->cell;
	return wrong->status ? gpq_fail(error, wrong->status, "made to fail") : GPQ_OK;
}

static enum gpq_status wrong_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
				       struct gpq_error *error)
{
	const struct wrong_values *wrong = context;
	uint32_t rows = 0;
	(void)error;
	*out_count = 0;
	for (; wrong->stretches[*out_count].rows && rows < n; rows += out[(*out_count)++].rows)
		out[*out_count] = wrong->stretches[*out_count];
	return GPQ_OK;
}

static void assert_wrong(uint32_t column, struct gpq_values values, struct wrong_values wrong, enum gpq_status status,
			 const char *part)
{
	struct bench bench;
	bench_start(&bench);
	assert_int_equal(gpq_parquet_group_begin(bench.file, 1, 100, &err), GPQ_OK);
	for (uint32_t c = 0; c < column; c++)
		assert_int_equal(column_put(&bench, c, 1, 100, &err), GPQ_OK);
	values.rows = values.rows ? values.rows : 100;
	values.context = &wrong;
	values.rewind = wrong_rewind;
	values.read_codes = wrong_codes;
	values.read_cells = wrong_cells;
	if (wrong.stretches[0].rows)
		values.read_stretches = wrong_stretches;
	memset(&err, 0, sizeof(err));
	assert_int_equal(gpq_parquet_chunk_write(bench.file, bench.encoder, column, &values, &err), status);
	assert_int_equal(err.status, status);
	assert_says(part);
	assert_int_equal(gpq_parquet_group_end(bench.file, &err), status);
	bench_end(&bench);
}

static void values_that_break_their_contract_are_named(void **state)
{
	(void)state;
	static const int64_t rising[] = { 1, 2 }, falling[] = { 2, 1 }, wide[] = { 1, INT64_C(1) << 40 },
			     odd[] = { 0, 2 };
	static const struct gpq_text texts[] = { { "a", 1 }, { "a", 1 } }, null[] = { { "a", 1 }, { NULL, 0 } };
	struct gpq_values coded = { .coded = true, .n_values = 2, .words = rising };
	const struct wrong_values fine = { .code = 1, .cell = 1 };
	assert_wrong(MADE_HOUR, coded, (struct wrong_values){ .code = 2 }, GPQ_E_BUG, "hour: code 2 of 2");
	assert_wrong(MADE_HOUR, coded, (struct wrong_values){ .code = GPQ_CODE_NULL }, GPQ_E_BUG, "hour is never null");
	assert_wrong(MADE_HOUR, coded, (struct wrong_values){ .status = GPQ_E_SYSTEM }, GPQ_E_SYSTEM, "made to fail");
	coded.rows = 99;
	assert_wrong(MADE_HOUR, coded, fine, GPQ_E_USAGE, "99 rows to a row group of 100");
	coded.rows = 100;
	coded.words = falling;
	assert_wrong(MADE_STAMP, coded, fine, GPQ_E_BUG, "ascending");
	coded.words = wide;
	assert_wrong(MADE_DAY, coded, fine, GPQ_E_BUG, "day: value 1");
	coded.words = odd;
	assert_wrong(MADE_FLAG, coded, fine, GPQ_E_BUG, "flag: value 1");
	coded.texts = texts;
	assert_wrong(MADE_ZONE, coded, fine, GPQ_E_BUG, "zone: value 1");
	coded.texts = null;
	assert_wrong(MADE_ZONE, coded, fine, GPQ_E_BUG, "zone: value 1");
	struct gpq_values cells = { .coded = false };
	assert_wrong(MADE_NAME, cells, fine, GPQ_E_BUG, "name: STRING does not come in cells");
	assert_wrong(MADE_VERSION, cells, (struct wrong_values){ .cell = INT64_C(1) << 31 }, GPQ_E_BUG, "32 bits");
	assert_wrong(MADE_CENTS, cells, (struct wrong_values){ .status = GPQ_E_SYSTEM }, GPQ_E_SYSTEM, "made to fail");
	cells.scale = 16;
	assert_wrong(MADE_CENTS, cells, fine, GPQ_E_BUG, "scale");
}

static void stretches_that_break_their_contract_are_named(void **state)
{
	(void)state;
	static const int64_t words[] = { 1, 2, 3 };
	static const struct {
		struct gpq_code_stretch stretches[3];
		const char *part;
	} cases[] = {
		{ { { 0, 0, 99 }, { 3, 0, 1 } }, "hour: code 3 of 3" },
		{ { { 0, 0, 97 }, { 1, 1, 3 } }, "hour: code 3 of 3" },
		{ { { 0, 0, 98 }, { GPQ_CODE_NULL, 1, 2 } }, "hour: code 4294967296 of 3" },
		{ { { 0, 0, 98 }, { GPQ_CODE_NULL, 0, 2 } }, "hour is never null, and 2 of its rows are" },
		{ { { 0, 0, 99 } }, "hour: stretches of 99 rows for 100" },
		{ { { 0, 0, 99 }, { 1, 0, 2 } }, "hour: stretches of 101 rows for 100" },
	};
	struct gpq_values values = { .coded = true, .n_values = 3, .words = words };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wrong_values wrong = { 0 };
		memcpy(wrong.stretches, cases[i].stretches, sizeof(wrong.stretches));
		assert_wrong(MADE_HOUR, values, wrong, GPQ_E_BUG, cases[i].part);
	}
}

/* Codes 0 and 1 before the second rewinding, others after it. */
struct fickle_values {
	int rewinds;
	uint32_t first, step;
};

static enum gpq_status fickle_rewind(void *context, struct gpq_error *error)
{
	struct fickle_values *fickle = context;
	(void)error;
	fickle->rewinds++;
	return GPQ_OK;
}

static enum gpq_status fickle_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
					struct gpq_error *error)
{
	const struct fickle_values *fickle = context;
	(void)error;
	out[0] = (struct gpq_code_stretch){ .code = 0, .step = 1, .rows = 2 };
	out[1] = (struct gpq_code_stretch){ .code = 0, .rows = n - 2 };
	if (fickle->rewinds > 1)
		out[0] = (struct gpq_code_stretch){ .code = fickle->first, .step = fickle->step, .rows = 2 };
	*out_count = 2;
	return GPQ_OK;
}

static void rows_that_change_between_readings_are_named(void **state)
{
	(void)state;
	static const int64_t words[] = { 1, 2, 3 };
	static const uint32_t cases[][2] = { { 2, 0 }, { 1, 1 } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench bench;
		struct fickle_values fickle = { .first = cases[i][0], .step = cases[i][1] };
		struct gpq_values values = { .rows = 100,
					     .coded = true,
					     .n_values = 3,
					     .words = words,
					     .context = &fickle,
					     .rewind = fickle_rewind,
					     .read_stretches = fickle_stretches };
		bench_start(&bench);
		assert_int_equal(gpq_parquet_group_begin(bench.file, 1, 100, &err), GPQ_OK);
		assert_int_equal(gpq_parquet_chunk_write(bench.file, bench.encoder, MADE_STAMP, &values, &err),
				 GPQ_E_BUG);
		assert_says("stamp: its rows are others when read again");
		bench_end(&bench);
	}
}

static void a_text_longer_than_a_page_is_a_data_error(void **state)
{
	(void)state;
	size_t len = GPQ_PARQUET_PAGE_BYTES;
	char *bytes = calloc(1, len + 1);
	memset(bytes, 'x', len);
	struct gpq_text texts[2] = { { bytes, (uint32_t)len - 1 }, { bytes, (uint32_t)len } };
	struct gpq_values values = { .coded = true, .n_values = 2, .texts = texts };
	assert_wrong(MADE_ZONE, values, (struct wrong_values){ .code = 1 }, GPQ_E_DATA, "does not fit a page");
	free(bytes);
}

static void failed_allocations_leave_nothing(void **state)
{
	(void)state;
	bool good = false;
	for (long at = 1; !good && at < 100; at++) {
		struct bench bench;
		gpq_budget_init(&budget, (size_t)128 << 20);
		budget.fail_at = at;
		memset(&err, 0, sizeof(err));
		enum gpq_status status = bench_open(&bench, &err);
		for (int64_t key = 9; status == GPQ_OK && key > 0; key--)
			status = group_put(&bench, key, 100, &err);
		if (status == GPQ_OK)
			status = finish(&bench, bench.fresh, &err);
		good = status == GPQ_OK;
		assert_true(good || (status == GPQ_E_BUDGET && err.status == GPQ_E_BUDGET && err.message[0]));
		bench_end(&bench);
	}
	assert_true(good);
}

static void memory_stays_within_what_need_says(void **state)
{
	(void)state;
	static const enum gpq_codec codecs[] = { GPQ_CODEC_NONE, GPQ_CODEC_SNAPPY, GPQ_CODEC_GZIP, GPQ_CODEC_LZ4,
						 GPQ_CODEC_ZSTD };
	for (size_t c = 0; c < sizeof(codecs) / sizeof(codecs[0]); c++) {
		struct bench bench;
		bench_start(&bench);
		gpq_parquet_file_close(bench.file);
		gpq_parquet_encoder_close(bench.encoder);
		bench.file = NULL;
		bench.encoder = NULL;
		bench.settings.codec = codecs[c];
		size_t before = atomic_load(&budget.used_bytes);
		budget.cap_bytes = before + gpq_parquet_encoder_need(&bench.settings) +
				   gpq_parquet_file_need(&bench.settings) + 2 * gpq_sink_need();
		assert_int_equal(gpq_parquet_encoder_open(&budget, &bench.settings, &bench.encoder, &err), GPQ_OK);
		assert_int_equal(
		    gpq_parquet_file_open(&budget, &bench.settings, bench.fresh, bench.spill, &bench.file, &err),
		    GPQ_OK);
		for (int64_t key = 0; key < 20; key++)
			assert_int_equal(group_put(&bench, key, 30, &err), GPQ_OK);
		assert_int_equal(finish(&bench, NULL, &err), GPQ_OK);
		bench_end(&bench);
	}
}

/* ---- order ---- */

static void groups_in_any_order_give_the_same_bytes(void **state)
{
	(void)state;
	static const uint64_t rows[] = { 1, 20000, 20001, 777, 40001 };
	static const int orders[][8] = { { 4, 3, 2, 1, 0, -1 }, { 0, 2, 1, 3, 4, -1 }, { 3, 0, 4, 2, 1, -1 } };
	struct bench straight, other;
	bench_start(&straight);
	for (int64_t key = 0; key < 5; key++)
		assert_int_equal(group_put(&straight, key - 2, rows[key], &err), GPQ_OK);
	assert_true(gpq_parquet_in_order(straight.file));
	assert_int_equal(gpq_parquet_groups(straight.file), 5);
	assert_int_equal(gpq_parquet_rows(straight.file), 1 + 20000 + 20001 + 777 + 40001);
	assert_int_equal(finish(&straight, NULL, &err), GPQ_OK);
	for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
		assert_int_equal(bench_open(&other, &err), GPQ_OK);
		/* A group that is written twice, and one that is dropped for good. */
		assert_int_equal(group_put(&other, 0, 50, &err), GPQ_OK);
		assert_int_equal(group_put(&other, 77, 50, &err), GPQ_OK);
		gpq_parquet_group_drop(other.file, 0);
		gpq_parquet_group_drop(other.file, 12345);
		for (int i = 0; orders[o][i] >= 0; i++)
			assert_int_equal(group_put(&other, orders[o][i] - 2, rows[orders[o][i]], &err), GPQ_OK);
		gpq_parquet_group_drop(other.file, 77);
		assert_false(gpq_parquet_in_order(other.file));
		if (finish(&other, other.fresh, &err) != GPQ_OK)
			fail_msg("%s", err.message);
		assert_same_files(straight.sink, other.fresh);
		bench_done(&other);
	}
	bench_end(&straight);
}

static void a_dropped_last_group_leaves_a_gap(void **state)
{
	(void)state;
	struct bench bench;
	bench_start(&bench);
	assert_int_equal(group_put(&bench, 1, 10, &err), GPQ_OK);
	assert_true(gpq_parquet_in_order(bench.file));
	assert_int_equal(group_put(&bench, 2, 10, &err), GPQ_OK);
	gpq_parquet_group_drop(bench.file, 2);
	assert_false(gpq_parquet_in_order(bench.file));
	assert_int_equal(gpq_parquet_groups(bench.file), 1);
	bench_end(&bench);
}

static enum gpq_status second_codes(void *context, uint32_t n, uint32_t *out, struct gpq_error *error)
{
	(void)error;
	for (uint32_t i = 0; i < n; i++)
		out[i] = *(const uint32_t *)context + 2 * (i % 2);
	return GPQ_OK;
}

static void values_that_nobody_uses_change_nothing(void **state)
{
	(void)state;
	static const struct gpq_text few[] = { { "b", 1 }, { "bb", 2 }, { "d", 1 } };
	static const struct gpq_text many[] = { { "a", 1 }, { "b", 1 }, { "c", 1 }, { "d", 1 }, { "e", 1 } };
	struct bench benches[2];
	bench_start(&benches[0]);
	assert_int_equal(bench_open(&benches[1], &err), GPQ_OK);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(gpq_parquet_group_begin(benches[i].file, 1, 1000, &err), GPQ_OK);
		for (uint32_t c = 0; c < MADE_COLUMNS; c++) {
			struct made_values made;
			made_init(&made, c, 1, 1000);
			struct gpq_values zones = { .rows = 1000,
						    .coded = true,
						    .n_values = i ? 5 : 3,
						    .texts = i ? many : few,
						    .context = &i,
						    .rewind = wrong_rewind,
						    .read_codes = second_codes };
			assert_int_equal(gpq_parquet_chunk_write(benches[i].file, benches[i].encoder, c,
								 c == MADE_ZONE ? &zones : &made.values, &err),
					 GPQ_OK);
			made_done(&made);
		}
		assert_int_equal(gpq_parquet_group_end(benches[i].file, &err), GPQ_OK);
		assert_int_equal(finish(&benches[i], NULL, &err), GPQ_OK);
	}
	assert_same_files(benches[0].sink, benches[1].sink);
	bench_done(&benches[1]);
	bench_end(&benches[0]);
}

/* ---- stretches ---- */

/* A made column's codes as stretches, cut at random even where rows go on as before. */
static enum gpq_status cut_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
				     struct gpq_error *error)
{
	struct made_values *made = context;
	uint32_t count = 0;
	(void)error;
	for (uint32_t done = 0; done < n; count++) {
		uint32_t most = 1 + (uint32_t)made_mix(7, 3, made->row) % 40;
		uint32_t code = made_code(made, made->row), rows = 1, step = 0;
		if (done + rows < n && code != GPQ_CODE_NULL && made_code(made, made->row + 1) == code + 1)
			step = 1;
		while (rows < most && done + rows < n && made_code(made, made->row + rows) == code + rows * step)
			rows++;
		out[count] = (struct gpq_code_stretch){ .code = code, .step = rows > 1 && step, .rows = rows };
		made->row += rows;
		done += rows;
	}
	*out_count = count;
	return GPQ_OK;
}

/* Two files of the same groups, whose columns 'way' gives in one way and the other. */
static void ways_give_the_same_bytes(const uint64_t *rows, size_t n_groups,
				     void (*way)(struct made_values *made, uint32_t column, uint64_t rows, bool other))
{
	struct bench benches[2];
	bench_start(&benches[0]);
	assert_int_equal(bench_open(&benches[1], &err), GPQ_OK);
	for (uint32_t i = 0; i < 2; i++) {
		for (size_t g = 0; g < n_groups; g++) {
			assert_int_equal(gpq_parquet_group_begin(benches[i].file, (int64_t)g, rows[g], &err), GPQ_OK);
			for (uint32_t c = 0; c < MADE_COLUMNS; c++) {
				struct made_values made;
				made_init(&made, c, 5 + g, rows[g]);
				way(&made, c, rows[g], i == 1);
				if (gpq_parquet_chunk_write(benches[i].file, benches[i].encoder, c, &made.values,
							    &err) != GPQ_OK)
					fail_msg("%s", err.message);
				made_done(&made);
			}
			assert_int_equal(gpq_parquet_group_end(benches[i].file, &err), GPQ_OK);
		}
		assert_int_equal(finish(&benches[i], NULL, &err), GPQ_OK);
	}
	assert_same_files(benches[0].sink, benches[1].sink);
	bench_done(&benches[1]);
	bench_end(&benches[0]);
}

static void codes_cut(struct made_values *made, uint32_t column, uint64_t rows, bool other)
{
	/* Into the texts behind them: PLAIN pages are full before they have all their rows. */
	for (uint32_t t = 0; column == MADE_SOURCE && t + 3 < rows; t++)
		made->texts[t].len = 2 * 48;
	if (other && made->values.coded) {
		made->values.read_codes = NULL;
		made->values.read_stretches = cut_stretches;
	}
}

static void stretches_and_codes_give_the_same_bytes(void **state)
{
	(void)state;
	static const uint64_t rows[] = { 1, 2, 19999, 20000, 20001, 90000 };
	ways_give_the_same_bytes(rows, sizeof(rows) / sizeof(rows[0]), codes_cut);
}

/* A made column's cells as codes, ten rows at most together. */
static enum gpq_status cell_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
				      struct gpq_error *error)
{
	struct made_values *made = context;
	uint32_t count = 0;
	(void)error;
	for (uint32_t done = 0; done < n; done += out[count++].rows) {
		int64_t cell = made_cell(made, made->row), first = made->values.words[0];
		uint32_t rows = 1;
		while (rows < 10 && done + rows < n && made_cell(made, made->row + rows) == cell)
			rows++;
		out[count] = (struct gpq_code_stretch){
			.code = cell == GPQ_CELL_NULL ? GPQ_CODE_NULL : (uint32_t)(cell - first), .rows = rows
		};
		made->row += rows;
	}
	*out_count = count;
	return GPQ_OK;
}

/* More cells are listed than there are. */
static void cells_list(struct made_values *made, uint32_t column, uint64_t rows, bool other)
{
	static int64_t words[4003];
	(void)rows;
	if (!other || (column != MADE_CENTS && column != MADE_VERSION))
		return;
	for (int64_t i = 0; i < 4003; i++)
		words[i] = i - 1001;
	made->values.read_stretches = cell_stretches;
	made->values.words = words;
	made->values.n_values = 4003;
}

static void cells_give_the_same_bytes_as_codes(void **state)
{
	(void)state;
	static const uint64_t rows[] = { 1, 2, 5, 19999, 20001, 70000 };
	ways_give_the_same_bytes(rows, sizeof(rows) / sizeof(rows[0]), cells_list);
}

/* ---- threads ---- */

struct team {
	struct bench *bench;
	pthread_mutex_t lock;
	uint32_t next;
	uint64_t seed, rows;
	uint32_t fail_column; /* MADE_COLUMNS: none */
	int failures;
};

static void *team_work(void *context)
{
	struct team *team = context;
	struct gpq_parquet_encoder *encoder = NULL;
	struct gpq_error mine;
	if (gpq_parquet_encoder_open(&budget, &team->bench->settings, &encoder, &mine) != GPQ_OK)
		return context;
	for (;;) {
		pthread_mutex_lock(&team->lock);
		uint32_t column = team->next++;
		pthread_mutex_unlock(&team->lock);
		if (column >= MADE_COLUMNS)
			break;
		struct made_values made;
		made_init(&made, column, team->seed, team->rows);
		struct wrong_values wrong = { .status = GPQ_E_SYSTEM };
		if (column == team->fail_column) {
			usleep(20000);
			made.values.read_codes = wrong_codes;
			made.values.read_cells = wrong_cells;
			made.values.rewind = wrong_rewind;
			made.values.context = &wrong;
		}
		enum gpq_status status =
		    gpq_parquet_chunk_write(team->bench->file, encoder, column, &made.values, &mine);
		made_done(&made);
		if (status == GPQ_OK)
			continue;
		pthread_mutex_lock(&team->lock);
		team->failures += status == GPQ_E_SYSTEM && strstr(mine.message, "made to fail") != NULL;
		pthread_mutex_unlock(&team->lock);
		break;
	}
	gpq_parquet_encoder_close(encoder);
	return NULL;
}

static void team_run(struct team *team, int threads)
{
	pthread_t ids[8];
	team->next = 0;
	pthread_mutex_init(&team->lock, NULL);
	for (int t = 0; t < threads; t++)
		assert_int_equal(pthread_create(&ids[t], NULL, team_work, team), 0);
	for (int t = 0; t < threads; t++) {
		void *result = NULL;
		pthread_join(ids[t], &result);
		assert_null(result);
	}
	pthread_mutex_destroy(&team->lock);
}

static void threads_give_the_bytes_of_one(void **state)
{
	(void)state;
	struct bench one, many;
	bench_start(&one);
	for (int64_t key = 0; key < 3; key++)
		assert_int_equal(group_put(&one, key, 150000, &err), GPQ_OK);
	assert_int_equal(finish(&one, NULL, &err), GPQ_OK);
	for (int threads = 1; threads <= 5; threads += 2) {
		assert_int_equal(bench_open(&many, &err), GPQ_OK);
		for (int64_t key = 0; key < 3; key++) {
			struct team team = {
				.bench = &many, .seed = (uint64_t)key, .rows = 150000, .fail_column = MADE_COLUMNS
			};
			assert_int_equal(gpq_parquet_group_begin(many.file, key, team.rows, &err), GPQ_OK);
			team_run(&team, threads);
			assert_int_equal(team.failures, 0);
			assert_int_equal(gpq_parquet_group_end(many.file, &err), GPQ_OK);
		}
		assert_int_equal(finish(&many, NULL, &err), GPQ_OK);
		assert_same_files(one.sink, many.sink);
		bench_done(&many);
	}
	bench_end(&one);
}

static void a_failure_in_one_thread_wakes_the_others(void **state)
{
	(void)state;
	for (uint32_t column = 0; column < MADE_COLUMNS; column += 3) {
		struct bench bench;
		bench_start(&bench);
		struct team team = { .bench = &bench, .seed = 1, .rows = 60000, .fail_column = column };
		assert_int_equal(gpq_parquet_group_begin(bench.file, 1, team.rows, &err), GPQ_OK);
		team_run(&team, 4);
		assert_true(team.failures >= 1);
		assert_int_equal(gpq_parquet_group_end(bench.file, &err), GPQ_E_SYSTEM);
		assert_int_equal(finish(&bench, bench.fresh, &err), GPQ_E_SYSTEM);
		bench_end(&bench);
	}
}

int main(void)
{
	snprintf(folder, sizeof(folder), "/tmp/gpq-writer-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_that_make_no_sense_are_refused),
		cmocka_unit_test(calls_out_of_order_are_refused),
		cmocka_unit_test(groups_out_of_order_need_a_fresh_sink),
		cmocka_unit_test(values_that_break_their_contract_are_named),
		cmocka_unit_test(stretches_that_break_their_contract_are_named),
		cmocka_unit_test(rows_that_change_between_readings_are_named),
		cmocka_unit_test(stretches_and_codes_give_the_same_bytes),
		cmocka_unit_test(cells_give_the_same_bytes_as_codes),
		cmocka_unit_test(a_text_longer_than_a_page_is_a_data_error),
		cmocka_unit_test(failed_allocations_leave_nothing),
		cmocka_unit_test(memory_stays_within_what_need_says),
		cmocka_unit_test(groups_in_any_order_give_the_same_bytes),
		cmocka_unit_test(a_dropped_last_group_leaves_a_gap),
		cmocka_unit_test(values_that_nobody_uses_change_nothing),
		cmocka_unit_test(threads_give_the_bytes_of_one),
		cmocka_unit_test(a_failure_in_one_thread_wakes_the_others),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
