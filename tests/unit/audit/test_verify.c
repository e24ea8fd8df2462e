// SPDX-License-Identifier: MIT
/* verify on files that pyarrow wrote: right ones, and ones with one thing wrong, which is what must be found. */
#include "audit/verify.h"
#include "parquet/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CAP ((size_t)64 << 20)

static char folder[] = "/tmp/gpq-verify-XXXXXX";
static bool made;

struct text {
	char *bytes;
	size_t len;
};

static void result_keep(void *context, const char *bytes, size_t len)
{
	struct text *text = context;
	text->bytes = realloc(text->bytes, text->len + len + 1);
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = 0;
}

static const char *python(void)
{
	const char *named = getenv("GPQ_PYTHON");
	return named ? named : "python3";
}

static int fixtures_make(void **state)
{
	(void)state;
	char command[1024];
	const char *source = __FILE__;
	int room = (int)(strrchr(source, '/') - source);
	snprintf(command, sizeof(command), "%s -c 'import pyarrow' 2>/dev/null", python());
	if (system(command) != 0 || !mkdtemp(folder))
		return 0;
	snprintf(command, sizeof(command), "%s %.*s/verify_fixtures.py %s", python(), room, source, folder);
	made = system(command) == 0;
	return 0;
}

static int fixtures_remove(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return made ? system(command) : 0;
}

static void fixtures_need(void)
{
	if (made)
		return;
	print_message("skipped: no Python with pyarrow (set GPQ_PYTHON)\n");
	skip();
}

/* Verifies one file with a fresh budget; the caller frees out->bytes. */
static enum gpq_status verify(const char *path, enum gpq_report report, size_t cap, struct text *out,
			      struct gpq_error *err)
{
	struct gpq_budget budget;
	const char *items[] = { path };
	struct gpq_hooks hooks = { .context = out, .result = result_keep };
	*out = (struct text){ calloc(1, 1), 0 };
	gpq_budget_init(&budget, cap);
	enum gpq_status status = gpq_convert_verify(&budget, (struct gpq_texts){ items, 1 }, report, &hooks, err);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return status;
}

static const char *file_path(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s.parquet", folder, name);
	return path;
}

static void right_files_have_no_findings(void **state)
{
	static const struct {
		const char *name, *line;
	} cases[] = {
		{ "right_2024", "ok, 573 rows in 2 row groups" },
		{ "plain_2024", "ok, 573 rows in 2 row groups" },
		{ "time_2024", "ok, 573 rows in 1 row group" },
		{ "location_2024", "ok, 573 rows in 1 row group" },
		{ "ancillary_2024", "ok, 50 rows in 1 row group" },
		{ "revision_2024", "ok, 574 rows in 2 row groups" },
		{ "missing_day_2024", "2024-03-10 has 22 of 23 intervals" },
		{ "derived_2024", "ok, 573 rows in 2 row groups" },
		{ "lacking_2024", "note: in 1 of 572 rows lmp_total is not the sum of its components; the most by 7: AEP at" },
		{ "services_2024", "ok, 72 rows in 1 row group" },
	};
	(void)state;
	fixtures_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text out;
		struct gpq_error err = { .status = GPQ_OK };
		enum gpq_status status = verify(file_path(cases[i].name), GPQ_REPORT_TEXT, CAP, &out, &err);
		if (status != GPQ_OK || !strstr(out.bytes, cases[i].line))
			fail_msg("%s: status %d %s\n%s", cases[i].name, status, err.message, out.bytes);
		free(out.bytes);
	}
}

static void each_fault_is_found_and_placed(void **state)
{
	static const struct {
		const char *name, *finding;
		int findings; /* 0: any number */
	} cases[] = {
		{ "order_2024", ": order: row group 0, row 4: AEP at 2024-03-04T08:00:00Z", 1 },
		{ "twice_2024", ": key: row group 0, row 8: AEP at 2024-03-04T12:00:00Z has the key", 1 },
		{ "orphan_2024", ": key: row group 0, row 0: AEP at 2024-03-04T10:00:00Z is not current", 1 },
		{ "renamed_2024", ": key: row group 0, row 0: WESTERN HUB 2 at 2024-03-10T23:00:00Z", 1 },
		{ "groups_2024", ": order: row group 1: its rows begin before", 1 },
		{ "sorting_2024", ": order: row group 0: it has sorting columns", 2 },
		{ "offset_2024", ": time: row group 0, column utc_offset_minutes, row 10: -240 minutes", 2 },
		{ "local_2024", ": time: row group 0, column datetime_local, row 10:", 3 },
		{ "date_2024", ": time: row group 0, column delivery_date, row 10: day 19791", 2 },
		{ "hour_2024", ": time: row group 0, column delivery_hour, row 10: 3, datetime_local says 11", 1 },
		{ "interval_2024", ": time: row group 0, column delivery_interval, row 10: 1", 1 },
		{ "end_2024", ": time: row group 0, column interval_end_utc, row 10:", 1 },
		{ "grid_2024", ": time: row group 0, column datetime_utc, row 10:", 2 },
		{ "grid_2024", ": day: 2024-03-04 has 25 distinct intervals, 24 are possible", 2 },
		{ "zone_2024", ": lineage: gridpq.zone is 'America/Chicago'", 0 },
		{ "iso_2024", ": value: row group 1, row 10: 'MISO' stands where the file has 'PJM'", 1 },
		{ "finality_2024", ": value: row group 1, row 10: 'final' stands as the finality, which", 1 },
		{ "two_blocks_2024", ": order: row group 0: its rows are of more than one block", 1 },
		{ "derived_off_2024",
		  ": value: row group 1, column lmp_energy, row 10: 25.680000001, lmp_total less the other components is "
		  "25.68", 1 },
		{ "derived_null_2024", "row 10: 25.68", 1 },
		{ "derived_null_2024", "lmp_total less the other components is null", 1 },
		{ "services_off_2024", ": value: row group 0, row 0: as_product_standard of 'GENREGMCP' is 'REG_UP'", 1 },
		{ "nan_2024", ": value: row group 1, column lmp_loss", 1 },
		{ "source_2024", ": lineage: rows name 1 source files that", 1 },
		{ "rows_2024", ": rows: gridpq.rows is 7, there are 573", 1 },
		{ "partition_2023", ": time: row group 0, column delivery_date, row 0: day 19786 is not in", 191 },
		{ "name_2023", ": lineage: gridpq.partition is '2024', and the file's name", 1 },
		{ "no_order_2024", ": lineage: gridpq.order is ''", 1 },
		{ "lacks_2024", ": checksum: pages without a CRC", 3 },
		{ "lacks_2024", ": index: chunks without an offset index", 3 },
		{ "fewer_2024", ": schema: column finality: it is not column 25", 2 },
		{ "statistics_2024", ": statistics: row group 1, column settlement_location", 1 },
		{ "index_2024", ": index: row group 1, column settlement_location", 0 },
		{ "flipped_2024", ": checksum: row group 0, column settlement_location, byte ", 1 },
		{ "cut_2024", ": file: byte ", 1 },
		{ "text_2024", ": file: byte 0: no Parquet file", 1 },
	};
	(void)state;
	fixtures_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text out;
		struct gpq_error err = { .status = GPQ_OK };
		char count[64];
		enum gpq_status status = verify(file_path(cases[i].name), GPQ_REPORT_TEXT, CAP, &out, &err);
		snprintf(count, sizeof(count), ": %d finding", cases[i].findings);
		if (status != GPQ_E_FINDINGS || !strstr(out.bytes, cases[i].finding) ||
		    (cases[i].findings && !strstr(out.bytes, count)))
			fail_msg("%s: status %d %s\n%s", cases[i].name, status, err.message, out.bytes);
		free(out.bytes);
	}
}

static void json_is_json_with_the_keys_that_are_promised(void **state)
{
	(void)state;
	fixtures_need();
	struct text out;
	struct gpq_error err;
	char path[256], command[1024];
	assert_int_equal(verify(folder, GPQ_REPORT_JSON, CAP, &out, &err), GPQ_E_FINDINGS);
	snprintf(path, sizeof(path), "%s/report.json", folder);
	FILE *file = fopen(path, "w");
	fwrite(out.bytes, 1, out.len, file);
	fclose(file);
	free(out.bytes);
	snprintf(
	    command, sizeof(command),
	    "%s -c \"import json; r = json.load(open('%s')); f = {x['path'].split('/')[-1]: x for x in r['files']}; "
	    "g = f['twice_2024.parquet']; k = g['findings'][0]; "
	    "assert r['file_count'] == len(f) and r['finding_count'] == sum(x['finding_count'] for x in f.values()); "
	    "assert (k['kind'], k['row_group'], k['row']) == ('key', 0, 8); "
	    "assert (g['rows'], g['row_groups'], g['table'], g['iso'], g['partition'], g['order']) == "
	    "(574, 2, 'energy', 'PJM', '2024', 'block'); "
	    "assert f['right_2024.parquet']['findings'] == [] and f['missing_day_2024.parquet']['notes']\"",
	    python(), path);
	assert_int_equal(system(command), 0);
}

static void damage_anywhere_is_survived(void **state)
{
	(void)state;
	fixtures_need();
	char path[256];
	FILE *in = fopen(file_path("plain_2024"), "rb");
	fseek(in, 0, SEEK_END);
	size_t len = (size_t)ftell(in);
	uint8_t *bytes = malloc(len);
	rewind(in);
	assert_int_equal(fread(bytes, 1, len, in), len);
	fclose(in);
	snprintf(path, sizeof(path), "%s/damaged_2024.parquet", folder);
	for (size_t at = 0; at<len; at += at> len - 20000 ? 29 : 211) {
		struct text out;
		struct gpq_error err = { .status = GPQ_OK };
		FILE *file = fopen(path, "wb");
		bytes[at] ^= 0x41;
		fwrite(bytes, 1, len, file);
		bytes[at] ^= 0x41;
		fclose(file);
		enum gpq_status status = verify(path, at & 1 ? GPQ_REPORT_JSON : GPQ_REPORT_TEXT, CAP, &out, &err);
		if (status != GPQ_OK && status != GPQ_E_FINDINGS && status != GPQ_E_BUDGET)
			fail_msg("byte %zu: status %d %s", at, status, err.message);
		free(out.bytes);
	}
	free(bytes);
	unlink(path);
}

static void every_failing_allocation_is_clean(void **state)
{
	(void)state;
	fixtures_need();
	for (long at = 1;; at++) {
		struct gpq_budget budget;
		struct gpq_error err = { .status = GPQ_OK };
		const char *items[] = { file_path("location_2024") };
		gpq_budget_init(&budget, CAP);
		budget.fail_at = at;
		enum gpq_status status =
		    gpq_convert_verify(&budget, (struct gpq_texts){ items, 1 }, GPQ_REPORT_TEXT, NULL, &err);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK && atomic_load(&budget.allocations) < at)
			break;
		/* Tables that only make checks sharper do without where there is no room. */
		if (status != GPQ_E_BUDGET && status != GPQ_OK)
			fail_msg("allocation %ld: status %d %s", at, status, err.message);
	}
}

static void a_bound_that_is_too_small_says_so(void **state)
{
	(void)state;
	fixtures_need();
	struct text out;
	struct gpq_error err = { .status = GPQ_OK };
	assert_int_equal(verify(file_path("right_2024"), GPQ_REPORT_TEXT, 500000, &out, &err), GPQ_E_BUDGET);
	assert_non_null(strstr(err.message, "right_2024.parquet: "));
	assert_non_null(strstr(err.message, "needs"));
	free(out.bytes);
}

static void paths_that_hold_nothing_are_input_missing(void **state)
{
	(void)state;
	struct text out;
	struct gpq_error err;
	assert_int_equal(verify("/nonexistent-folder", GPQ_REPORT_TEXT, CAP, &out, &err), GPQ_E_INPUT_MISSING);
	free(out.bytes);
	struct gpq_budget budget;
	gpq_budget_init(&budget, CAP);
	assert_int_equal(gpq_convert_verify(&budget, (struct gpq_texts){ NULL, 0 }, GPQ_REPORT_TEXT, NULL, &err),
			 GPQ_E_USAGE);
}

/* The filter's bits are cleared: then every value of the column is missing in it. */
static void a_bloom_filter_without_its_values_is_found(void **state)
{
	(void)state;
	fixtures_need();
	struct gpq_budget budget;
	struct gpq_ranges *ranges = NULL;
	struct gpq_parquet_reader *reader = NULL;
	struct gpq_error err;
	gpq_budget_init(&budget, CAP);
	assert_int_equal(gpq_ranges_open(&budget, file_path("location_2024"), &ranges, &err), GPQ_OK);
	assert_int_equal(gpq_parquet_reader_open(&budget, ranges, &reader, &err), GPQ_OK);
	assert_int_equal(gpq_parquet_reader_group(reader, 0, &err), GPQ_OK);
	const struct gpq_column_chunk *chunk = &reader->chunks[gpq_parquet_reader_leaf(reader, "settlement_location")];
	long offset = (long)chunk->bloom_offset, len = (long)chunk->bloom_bytes;
	if (offset <= 4 || len < 40)
		fail_msg("the filter is at byte %ld and has %ld bytes", offset, len);
	gpq_parquet_reader_close(reader);
	gpq_ranges_close(ranges);
	char command[600];
	snprintf(command, sizeof(command), "cp %s/location_2024.parquet %s/bloom_2024.parquet", folder, folder);
	assert_int_equal(system(command), 0);
	FILE *file = fopen(file_path("bloom_2024"), "r+b");
	fseek(file, offset + 32, SEEK_SET); /* behind the header */
	for (long i = 32; i < len; i++)
		fputc(0, file);
	fclose(file);
	struct text out;
	assert_int_equal(verify(file_path("bloom_2024"), GPQ_REPORT_TEXT, CAP, &out, &err), GPQ_E_FINDINGS);
	assert_non_null(strstr(out.bytes, ": bloom: row group 0, column settlement_location"));
	free(out.bytes);
	unlink(file_path("bloom_2024"));
}

static bool stop_at_once(void *context)
{
	(void)context;
	return true;
}

static void a_caller_who_stops_gets_interrupted(void **state)
{
	(void)state;
	fixtures_need();
	struct gpq_budget budget;
	struct gpq_error err;
	struct gpq_hooks hooks = { .cancelled = stop_at_once };
	const char *items[] = { file_path("right_2024") };
	gpq_budget_init(&budget, CAP);
	assert_int_equal(gpq_convert_verify(&budget, (struct gpq_texts){ items, 1 }, GPQ_REPORT_TEXT, &hooks, &err),
			 GPQ_E_INTERRUPTED);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_that_hold_nothing_are_input_missing),
		cmocka_unit_test(each_fault_is_found_and_placed),
		cmocka_unit_test(a_bloom_filter_without_its_values_is_found),
		cmocka_unit_test(damage_anywhere_is_survived),
		cmocka_unit_test(a_bound_that_is_too_small_says_so),
		cmocka_unit_test(a_caller_who_stops_gets_interrupted),
		cmocka_unit_test(every_failing_allocation_is_clean),
		cmocka_unit_test(right_files_have_no_findings),
		cmocka_unit_test(json_is_json_with_the_keys_that_are_promised),
	};
	return cmocka_run_group_tests(tests, fixtures_make, fixtures_remove);
}
