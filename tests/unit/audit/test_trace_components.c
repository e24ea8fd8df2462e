// SPDX-License-Identifier: MIT
/* trace where a row's numbers come from several lines: of one file, of files beside each other, of members of archives. */
#include "unit/convert/archive.h"
#include "unit/io/zip_writer.h"

#include "audit/trace.h"

#define CAP_BYTES ((size_t)200 << 20)
#define HEADER    "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,MARKET_RUN_ID,LMP_TYPE,MW\n"
#define LINE(component, price)                                                                                         \
	"2024-01-01T20:00:00-00:00,2024-01-01T21:00:00-00:00,NODE_B,DAM," component "," price "\n"
#define OTHER "2024-01-01T21:00:00-00:00,2024-01-01T22:00:00-00:00,NODE_B,DAM,LMP,99\n"
#define DAYS  "20240101_20240101_"
#define KEY   "NODE_B@2024-01-01T20:00:00Z"

static const struct {
	const char *name, *text, *line;
} files[] = {
	{ DAYS "PRC_LMP_DAM_LMP_v12.csv", HEADER OTHER LINE("LMP", "31.5"), LINE("LMP", "31.5") },
	{ DAYS "PRC_LMP_DAM_MCE_v12.csv", HEADER LINE("MCE", "30.25"), LINE("MCE", "30.25") },
	{ DAYS "PRC_LMP_DAM_MCC_v12.csv", HEADER LINE("MCC", "1.5"), LINE("MCC", "1.5") },
	{ DAYS "PRC_LMP_DAM_MCL_v12.csv", HEADER LINE("MCL", "-0.25"), LINE("MCL", "-0.25") },
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

static struct archive archive;
static char report[1 << 16], parquet[600];
static size_t report_len;

static int setup(void **state)
{
	(void)state;
	archive_open(&archive);
	snprintf(parquet, sizeof(parquet), "%s/caiso/da_energy_hourly/da_energy_hourly_2024.parquet", archive.out);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	archive_close(&archive);
	return 0;
}

static void report_keep(void *context, const char *bytes, size_t len)
{
	(void)context;
	assert_true(report_len + len < sizeof(report));
	memcpy(report + report_len, bytes, len);
	report_len += len;
	report[report_len] = 0;
}

static uint32_t report_count(const char *part)
{
	uint32_t count = 0;
	for (const char *at = report; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

/* Converts what there is and traces the row: each line is found once, whether sources are named or known from the run. */
static void each_line_is_found(uint32_t sources)
{
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .codec = GPQ_CODEC_ZSTD }, GPQ_OK);
	assert_int_equal(archive_number(&archive, "written"), 2);
	for (size_t named = 0; named < 2; named++) {
		struct gpq_budget budget;
		struct gpq_error err = { .status = GPQ_OK };
		struct gpq_hooks hooks = { .result = report_keep };
		const char *where = archive.in;
		gpq_budget_init(&budget, CAP_BYTES);
		report_len = 0;
		if (gpq_convert_trace(&budget, parquet, KEY, (struct gpq_texts){ &where, named }, GPQ_REPORT_TEXT, &hooks, &err) !=
		    GPQ_OK)
			fail_msg("%s\n%s", err.message, report);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (report_count("\nsource ") != sources)
			fail_msg("%u sources instead of %u:\n%s", report_count("\nsource "), sources, report);
		assert_int_equal(report_count(" are the row's"), N_FILES);
		for (size_t i = 0; i < N_FILES; i++)
			assert_int_equal(report_count(files[i].line), 1);
		assert_int_equal(report_count("its lmp_loss numbers are the row's"), 1);
		assert_int_equal(report_count("99"), 0);
	}
}

static void of_one_file(void **state)
{
	(void)state;
	char text[2000] = HEADER OTHER;
	for (size_t i = 0; i < N_FILES; i++)
		strcat(text, files[i].line);
	archive_text(&archive, DAYS "PRC_LMP_DAM_20240102_08_00_00_v1.csv", text);
	each_line_is_found(1);
}

static void of_files_beside_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FILES; i++)
		archive_text(&archive, files[i].name, files[i].text);
	each_line_is_found(N_FILES);
}

static void of_members_of_an_archive(void **state)
{
	(void)state;
	struct zip_writer zip;
	zip_open(&zip, 1 << 16);
	for (size_t i = 0; i < N_FILES; i++)
		zip_add(&zip, files[i].name, files[i].text, strlen(files[i].text), (struct zip_options){ .method = 8 });
	zip_end(&zip, NULL, false, "");
	archive_bytes(&archive, "any_name.zip", zip.bytes, zip.len);
	zip_close(&zip);
	each_line_is_found(N_FILES);
}

static void of_archives_beside_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FILES; i++) {
		struct zip_writer zip;
		char name[100];
		zip_open(&zip, 1 << 16);
		zip_add(&zip, files[i].name, files[i].text, strlen(files[i].text), (struct zip_options){ .method = 8 });
		zip_end(&zip, NULL, false, "");
		snprintf(name, sizeof(name), DAYS "%zu.zip", i);
		archive_bytes(&archive, name, zip.bytes, zip.len);
		zip_close(&zip);
	}
	each_line_is_found(N_FILES);
}

#define TRACE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRACE_TEST(of_one_file),
		TRACE_TEST(of_files_beside_each_other),
		TRACE_TEST(of_members_of_an_archive),
		TRACE_TEST(of_archives_beside_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
