// SPDX-License-Identifier: MIT
/* The reader against files that pyarrow wrote, and against files with something wrong in them. */
#include "parquet/reader.h"

#include "small_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CAP ((size_t)64 << 20)

static void value_print(FILE *out, const struct gpq_parquet_column *column, const struct gpq_parquet_slice *slice,
			uint32_t row)
{
	if (slice->present && !slice->present[row]) {
		fputs("-\n", out);
	} else if (slice->texts) {
		fputc('t', out);
		for (uint32_t i = 0; i < slice->texts[row].len; i++)
			fprintf(out, "%02x", (unsigned char)slice->texts[row].bytes[i]);
		fputc('\n', out);
	} else if (column->physical == GPQ_PHYSICAL_DOUBLE) {
		fprintf(out, "%016llx\n", (unsigned long long)slice->words[row]);
	} else {
		fprintf(out, "%lld\n", (long long)slice->words[row]);
	}
}

static enum gpq_status column_dump(struct gpq_parquet_column *column, FILE *out, struct gpq_error *err)
{
	uint32_t step = 1, rows = 0;
	enum gpq_status status = gpq_parquet_column_start(column, err);
	while (status == GPQ_OK && (status = gpq_parquet_column_ready(column, &rows, err)) == GPQ_OK) {
		struct gpq_parquet_slice slice;
		uint32_t take = rows < step ? rows : step;
		if ((status = gpq_parquet_column_read(column, take, &slice, err)) != GPQ_OK)
			break;
		uint32_t nulls = 0;
		for (uint32_t i = 0; i < take; i++) {
			nulls += slice.present && !slice.present[i];
			if (out)
				value_print(out, column, &slice, i);
		}
		if (nulls != slice.n_nulls)
			return gpq_fail(err, GPQ_E_BUG, "nulls are miscounted");
		step = step * 3 % 1021 + 1; /* all kinds of piece lengths */
	}
	return status == GPQ_END ? GPQ_OK : status;
}

/* Reads everything; the dump goes to 'out' where it is not NULL. */
static enum gpq_status ranges_dump(struct gpq_budget *budget, const struct gpq_ranges *ranges, FILE *out,
				   struct gpq_error *err)
{
	struct gpq_parquet_reader *reader = NULL;
	enum gpq_status status = gpq_parquet_reader_open(budget, ranges, &reader, err);
	for (uint32_t g = 0; status == GPQ_OK && g < reader->footer.n_groups; g++) {
		status = gpq_parquet_reader_group(reader, g, err);
		for (uint32_t c = 0; status == GPQ_OK && c < reader->n_leaves; c++) {
			struct gpq_parquet_column *column = NULL;
			status = gpq_parquet_column_open(reader, c, &column, err);
			if (status == GPQ_OK)
				status = column_dump(column, out, err);
			gpq_parquet_column_close(column);
		}
	}
	gpq_parquet_reader_close(reader);
	return status;
}

static enum gpq_status bytes_dump(struct gpq_budget *budget, const uint8_t *bytes, size_t len, FILE *out,
				  struct gpq_error *err)
{
	struct gpq_ranges *ranges = NULL;
	enum gpq_status status = gpq_ranges_of_memory(budget, bytes, len, &ranges, err);
	if (status == GPQ_OK)
		status = ranges_dump(budget, ranges, out, err);
	gpq_ranges_close(ranges);
	return status;
}

/* As above with a fresh budget that must be empty afterwards. */
static enum gpq_status bytes_read(const uint8_t *bytes, size_t len, struct gpq_error *err)
{
	struct gpq_budget budget;
	gpq_budget_init(&budget, CAP);
	enum gpq_status status = bytes_dump(&budget, bytes, len, NULL, err);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return status;
}

static void small_file_gives_its_values(void **state)
{
	(void)state;
	static const char expected[] =
	    "1704067200000000\n1704070800000000\n1704074400000000\n1704078000000000\n1704081600000000\n"
	    "t485542\nt485542\n-\nt5a4f4e45\nt485542\n"
	    "3ff8000000000000\n-\nc002000000000000\n0000000000000000\n403f11eb851eb852\n";
	struct gpq_budget budget;
	gpq_budget_init(&budget, CAP);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct gpq_error err = { .status = GPQ_OK };
	if (bytes_dump(&budget, small_file, sizeof(small_file), out, &err) != GPQ_OK)
		fail_msg("%s", err.message);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void what_is_no_parquet_file_is_named(void **state)
{
	(void)state;
	struct gpq_error err;
	assert_int_equal(bytes_read((const uint8_t *)"PAR1", 4, &err), GPQ_E_TRUNCATED);
	assert_int_equal(bytes_read((const uint8_t *)"name,price\nHUB,1\n", 17, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "PAR1"));
	assert_int_equal(bytes_read((const uint8_t *)"PAR1\0\0\0\0PARE", 12, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "encrypted"));
	assert_int_equal(bytes_read((const uint8_t *)"PAR1\xff\xff\xff\x7fPAR1", 12, &err), GPQ_E_DATA);
	assert_int_equal(err.byte, 4);
	assert_int_equal(bytes_read((const uint8_t *)"PAR1\0\0\0\0PAR1", 12, &err), GPQ_E_DATA);
}

static void every_cut_is_truncated(void **state)
{
	(void)state;
	struct gpq_error err;
	for (size_t len = 12; len < sizeof(small_file); len++) {
		assert_int_equal(bytes_read(small_file, len, &err), GPQ_E_TRUNCATED);
		assert_int_equal(err.byte, len - 4);
	}
}

/* The first page: a header of 33 bytes at byte 4, then five timestamps. */
static void a_flipped_page_byte_is_a_checksum_with_its_place(void **state)
{
	(void)state;
	uint8_t bytes[sizeof(small_file)];
	struct gpq_error err;
	memcpy(bytes, small_file, sizeof(bytes));
	bytes[60] ^= 1;
	assert_int_equal(bytes_read(bytes, sizeof(bytes), &err), GPQ_E_CHECKSUM);
	assert_int_equal(err.byte, 4);
	assert_non_null(strstr(err.message, "row group 0, column at, byte 4"));
}

static void any_changed_byte_is_survived(void **state)
{
	(void)state;
	uint8_t bytes[sizeof(small_file)];
	struct gpq_error err;
	memcpy(bytes, small_file, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		for (unsigned value = 0; value < 256; value += (value % 16 == 7) ? 8 : 1) {
			bytes[i] = (uint8_t)value;
			enum gpq_status status = bytes_read(bytes, sizeof(bytes), &err);
			assert_true(status == GPQ_OK || status == GPQ_E_DATA || status == GPQ_E_TRUNCATED ||
				    status == GPQ_E_CHECKSUM || status == GPQ_E_BUDGET);
			assert_true(status == GPQ_OK || err.message[0]);
		}
		bytes[i] = small_file[i];
	}
}

static void every_failing_allocation_is_clean(void **state)
{
	(void)state;
	for (long at = 1;; at++) {
		struct gpq_budget budget;
		struct gpq_error err = { .status = GPQ_OK };
		gpq_budget_init(&budget, CAP);
		budget.fail_at = at;
		enum gpq_status status = bytes_dump(&budget, small_file, sizeof(small_file), NULL, &err);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK) {
			assert_true(at > 8);
			return;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
	}
}

static void a_footer_beyond_the_bound_is_refused_with_a_figure(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_error err;
	uint8_t *bytes = calloc(1, 300000);
	uint32_t footer = 299988;
	memcpy(bytes, "PAR1", 4);
	memcpy(bytes + 299992, &footer, 4);
	memcpy(bytes + 299996, "PAR1", 4);
	gpq_budget_init(&budget, 200000);
	assert_int_equal(bytes_dump(&budget, bytes, 300000, NULL, &err), GPQ_E_BUDGET);
	assert_non_null(strstr(err.message, "299988"));
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	free(bytes);
}

static void a_missing_file_is_an_input_missing(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_error err;
	struct gpq_ranges *ranges = NULL;
	gpq_budget_init(&budget, CAP);
	assert_int_equal(gpq_ranges_open(&budget, "/nonexistent/x.parquet", &ranges, &err), GPQ_E_INPUT_MISSING);
	assert_int_equal(gpq_ranges_open(&budget, "/", &ranges, &err), GPQ_E_SYSTEM);
	assert_null(ranges);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

/* ---- files that pyarrow writes now ---- */

static char folder[] = "/tmp/gpq-reader-XXXXXX";

static const char *python(void)
{
	const char *named = getenv("GPQ_PYTHON");
	return named ? named : "python3";
}

static bool fixtures_made(void)
{
	char command[1024];
	const char *source = __FILE__;
	int room = (int)(strrchr(source, '/') - source);
	snprintf(command, sizeof(command), "%s -c 'import pyarrow' 2>/dev/null", python());
	if (system(command) != 0)
		return false;
	if (!mkdtemp(folder))
		return false;
	snprintf(command, sizeof(command), "%s %.*s/parquet_fixtures.py %s", python(), room, source, folder);
	return system(command) == 0;
}

static char *file_text(const char *path, size_t *out_len)
{
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	fseek(in, 0, SEEK_END);
	*out_len = (size_t)ftell(in);
	rewind(in);
	char *text = malloc(*out_len + 1);
	assert_int_equal(fread(text, 1, *out_len, in), *out_len);
	text[*out_len] = 0;
	fclose(in);
	return text;
}

static enum gpq_status file_dump(const char *name, FILE *out, struct gpq_error *err)
{
	char path[256];
	struct gpq_budget budget;
	struct gpq_ranges *ranges = NULL;
	snprintf(path, sizeof(path), "%s/%s.parquet", folder, name);
	gpq_budget_init(&budget, CAP);
	enum gpq_status status = gpq_ranges_open(&budget, path, &ranges, err);
	assert_int_equal(status, GPQ_OK);
	status = ranges_dump(&budget, ranges, out, err);
	gpq_ranges_close(ranges);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return status;
}

static void dump_compare(const char *name)
{
	char path[256];
	struct gpq_error err = { .status = GPQ_OK };
	char *text = NULL;
	size_t len = 0, expected_len = 0;
	FILE *out = open_memstream(&text, &len);
	if (file_dump(name, out, &err) != GPQ_OK)
		fail_msg("%s: %s", name, err.message);
	fclose(out);
	snprintf(path, sizeof(path), "%s/%s.dump", folder, name);
	char *expected = file_text(path, &expected_len);
	if (len != expected_len || memcmp(text, expected, len) != 0)
		fail_msg("%s: values differ (%zu and %zu bytes)", name, len, expected_len);
	free(text);
	free(expected);
}

static void pyarrow_files_give_their_values(void **state)
{
	static const char *const cases[] = { "plain", "dictionary", "snappy", "gzip",     "zstd",     "lz4",
					     "v2",    "v2_plain",   "split",  "fallback", "v1_levels" };
	(void)state;
	if (!fixtures_made()) {
		print_message("skipped: no Python with pyarrow (set GPQ_PYTHON)\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int nulls = 0; nulls <= 3; nulls += 3) {
			char name[64];
			snprintf(name, sizeof(name), "%s_%d", cases[i], nulls);
			dump_compare(name);
		}
	}
	static const struct {
		const char *name, *word;
	} bad[] = { { "bad_nested", "flat tables only" },
		    { "bad_float", "half is of type FLOAT" },
		    { "bad_delta", "DELTA_BINARY_PACKED" },
		    { "bad_brotli", "BROTLI" } };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct gpq_error err = { .status = GPQ_OK };
		assert_int_equal(file_dump(bad[i].name, NULL, &err), GPQ_E_DATA);
		if (!strstr(err.message, bad[i].word))
			fail_msg("%s: %s", bad[i].name, err.message);
	}
	char command[128];
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_parquet_file_is_named),
		cmocka_unit_test(every_cut_is_truncated),
		cmocka_unit_test(a_flipped_page_byte_is_a_checksum_with_its_place),
		cmocka_unit_test(any_changed_byte_is_survived),
		cmocka_unit_test(every_failing_allocation_is_clean),
		cmocka_unit_test(a_footer_beyond_the_bound_is_refused_with_a_figure),
		cmocka_unit_test(a_missing_file_is_an_input_missing),
		cmocka_unit_test(small_file_gives_its_values),
		cmocka_unit_test(pyarrow_files_give_their_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
