// SPDX-License-Identifier: MIT
/* The nth allocation of a run fails, for every n: a clean error, everything given back, nothing left on disk. */
#include "unit/convert/archive.h"

static struct archive archive;

static int setup(void **state)
{
	(void)state;
	archive_open(&archive);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	archive_close(&archive);
	return 0;
}

/* A run whose allocation number 'fail_at' fails. Returns its status and how many allocations it made. */
static enum gpq_status run_failing(const struct gpq_convert_settings *wanted, long fail_at, long *out_allocations)
{
	const char *in;
	struct gpq_budget budget;
	struct gpq_convert_settings settings = archive_settings(&archive, wanted, &in);
	struct gpq_hooks hooks = { &archive, archive_result, archive_message, NULL, NULL };
	archive.report_len = archive.messages_len = 0;
	memset(&archive.err, 0, sizeof(archive.err));
	gpq_budget_init(&budget, 0);
	budget.fail_at = fail_at;
	enum gpq_status status = gpq_convert_within(&budget, &settings, &hooks, &archive.err);
	if (atomic_load(&budget.used_bytes) != 0)
		fail_msg("allocation %ld: %zu bytes were not given back; status %d: %s", fail_at,
			 atomic_load(&budget.used_bytes), (int)status, archive.err.message);
	*out_allocations = atomic_load(&budget.allocations);
	return status;
}

/* Neither temporary names nor spill files. */
static void nothing_begun_is_left(void)
{
	char *listing = archive_output(&archive);
	for (char *line = strtok(listing, "\n"); line; line = strtok(NULL, "\n")) {
		bool whole = strncmp(line, "metadata/", 9) == 0 || strncmp(line, "pjm/", 4) == 0 ||
			     strncmp(line, "caiso/", 6) == 0 || strncmp(line, "miso/", 5) == 0 ||
			     strncmp(line, ".gridpq/rejects/", 16) == 0 ||
			     strncmp(line, ".gridpq/inputs.tsv ", 19) == 0 || strncmp(line, ".gridpq/lock ", 13) == 0;
		if (!whole || strstr(line, "/."))
			fail_msg("left behind: %s", line);
	}
	free(listing);
}

static void each_fails_once(const struct gpq_convert_settings *settings)
{
	long allocations, ignored;
	assert_int_equal(run_failing(settings, 0, &allocations), GPQ_OK);
	char *whole = archive_data(&archive);
	assert_string_not_equal(whole, "");
	archive_remove_output(&archive);
	uint32_t survived = 0, published = 0;
	for (long n = 1; n <= allocations; n++) {
		enum gpq_status status = run_failing(settings, n, &ignored);
		char *data = archive_data(&archive);
		if (status == GPQ_OK) { /* a text that a run can do without */
			survived++;
			if (strcmp(data, whole) != 0)
				fail_msg("allocation %ld of %ld failed unnoticed, and the output is another", n,
					 allocations);
		} else if (status == GPQ_E_DATA) { /* an input that could not be looked at: named, and not used */
			assert_non_null(strstr(archive.err.message, "needs"));
		} else {
			if (status != GPQ_E_BUDGET || !archive.err.message[0])
				fail_msg("allocation %ld of %ld: status %d: %s", n, allocations, (int)status,
					 archive.err.message);
			/* All of the data is there, or none: only the report can fail behind it. */
			if (data[0] && strcmp(data, whole) != 0)
				fail_msg("allocation %ld of %ld failed (%s), and this was published:\n%s", n,
					 allocations, archive.err.message, data);
			published += data[0] != 0;
			nothing_begun_is_left();
		}
		free(data);
		archive_remove_output(&archive);
	}
	print_message("%ld allocations, %u of them not needed, %u for the report\n", allocations, survived, published);
	assert_true(published <= 12); /* some for each dataset */
	free(whole);
}

static void a_small_run(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 2, 3);
	archive_make(&archive,
		     &(struct archive_file){ .name = "packed.csv.gz",
					     .from_s = JULY_1,
					     .hours = 30,
					     .nodes = 4,
					     .version = 2,
					     .more = "7/1/2024 4:00:00 AM,1,X,,,GEN,AECO,1,2,three,4,True,1\r\n" });
	archive_text(&archive, "other.csv", "a,b,c\n1,2,3\n");
	each_fails_once(&(struct gpq_convert_settings){ .threads = 1, .codec = GPQ_CODEC_ZSTD });
}

/* Two files of one name, whose content must be compared; two partitions; revisions kept; the plain order. */
static void a_run_that_compares_contents(void **state)
{
	(void)state;
	int64_t eve = 1735707600 - 3 * 3600; /* 2025-01-01T02:00Z: still the 31st in New York */
	archive_make(&archive,
		     &(struct archive_file){ .name = "a/da.csv", .from_s = eve, .hours = 6, .nodes = 3, .seed = 1 });
	archive_make(&archive,
		     &(struct archive_file){ .name = "b/da.csv", .from_s = eve, .hours = 6, .nodes = 3, .seed = 2 });
	each_fails_once(&(struct gpq_convert_settings){
	    .threads = 1, .keep_revisions = true, .order = GPQ_ORDER_LOCATION, .codec = GPQ_CODEC_SNAPPY });
}

/* Late rows: blocks are built twice. */
static void a_run_that_builds_blocks_again(void **state)
{
	(void)state;
	struct archive_text late = { NULL, 0, 0 };
	archive_days(&archive, JULY_1, 15, 2);
	archive_print(&late, "%s\r\n", ARCHIVE_HEADER);
	archive_line(&late, JULY_1 + 14 * DAY_S, 9, 1, 1);
	archive_line(&late, JULY_1, 9, 1, 1);
	archive_bytes(&archive, "zz_late.csv", late.bytes, late.len);
	free(late.bytes);
	each_fails_once(&(struct gpq_convert_settings){ .threads = 1, .codec = GPQ_CODEC_ZSTD });
}

#define HOURS_HEADER                                                                                                   \
	"HE 1,HE 2,HE 3,HE 4,HE 5,HE 6,HE 7,HE 8,HE 9,HE 10,HE 11,HE 12,HE 13,HE 14,HE 15,HE 16,HE 17,HE 18,HE 19,"    \
	"HE 20,HE 21,HE 22,HE 23,HE 24\n"
#define NUMBERS "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24\n"

/* Components that meet, hours across, two tables in a file. */
static void a_run_of_strips(void **state)
{
	(void)state;
	struct archive_text text = { NULL, 0, 0 };
	archive_print(&text, "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,MARKET_RUN_ID,LMP_TYPE,MW\n");
	for (uint32_t i = 0; i < 40; i++)
		archive_print(&text, "2024-01-01T%02u:00:00-00:00,2024-01-01T%02u:00:00-00:00,N%u,DAM,%s,%u.5\n", 8 + i % 10, 9 + i % 10,
			      i / 20, i / 10 % 2 ? "MCC" : "LMP", i);
	archive_bytes(&archive, "20240101_20240101_PRC_LMP_DAM_20240101_10_00_00_v1.csv", text.bytes, text.len);
	free(text.bytes);
	archive_text(&archive, "20240101_rt_lmp_final.csv",
		     "Realtime Market LMPs\n1/1/2024\n\n\nNode,Type,Value," HOURS_HEADER "A,Hub,LMP," NUMBERS "A,Hub,MCC," NUMBERS
		     "A,Hub,MEC," NUMBERS "A,Hub,MLC," NUMBERS);
	archive_text(&archive, "20240101_asm_expost_damcp.csv",
		     "Dayahead Market MCPs.\n\n01/01/2024,,All\n\n,,MCP Type," HOURS_HEADER "MISO Wide,-,GENREGMCP," NUMBERS
		     "\n\nPnode,Zone,MCP Type," HOURS_HEADER "A.B,Zone 1,GENREGMCP," NUMBERS);
	each_fails_once(&(struct gpq_convert_settings){ .threads = 1, .codec = GPQ_CODEC_ZSTD });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_small_run, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_that_compares_contents, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_that_builds_blocks_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_of_strips, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
