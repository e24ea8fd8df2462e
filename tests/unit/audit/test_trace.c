// SPDX-License-Identifier: MIT
/* trace on a small archive that this test writes and converts. */
#include "audit/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CAP ((size_t)200 << 20)
#define HEADER                                                                                                         \
	"datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"               \
	"system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\n"
#define LINE_HUB_0 "1/1/2024 5:00:00 AM,1/1/2024 12:00:00 AM,51288,WESTERN HUB,,,HUB,,20.5,21.25,0.5,0.25,True,1\n"
#define LINE_AEP_0 "1/1/2024 5:00:00 AM,1/1/2024 12:00:00 AM,8445784,AEP,,,ZONE,,20.5,22.75,2,0.25,True,1\n"
#define LINE_HUB_1 "1/1/2024 6:00:00 AM,1/1/2024 1:00:00 AM,51288,WESTERN HUB,,,HUB,,19,19.5,0.25,0.25,True,1\n"

static char folder[] = "/tmp/gpq-trace-XXXXXX";
static char source[128], output[128], parquet[256];

struct text {
	char bytes[1 << 16];
	size_t len;
};

static void result_keep(void *context, const char *bytes, size_t len)
{
	struct text *text = context;
	assert_true(text->len + len < sizeof(text->bytes));
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = 0;
}

static void source_write(const char *content)
{
	FILE *file = fopen(source, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static void archive_make(void)
{
	const char *inputs[] = { source };
	struct gpq_convert_settings settings = { .inputs = { inputs, 1 }, .output = output, .codec = GPQ_CODEC_ZSTD };
	struct gpq_error err = { .status = GPQ_OK };
	source_write(HEADER LINE_HUB_0 LINE_AEP_0 LINE_HUB_1);
	if (gpq_convert(&settings, NULL, &err) != GPQ_OK)
		fail_msg("convert: %s", err.message);
}

static int folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return 1;
	snprintf(source, sizeof(source), "%s/da_hrl_lmps_2024.csv", folder);
	snprintf(output, sizeof(output), "%s/out", folder);
	snprintf(parquet, sizeof(parquet), "%s/pjm/da_energy_hourly/da_energy_hourly_2024.parquet", output);
	archive_make();
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static enum gpq_status trace(const char *key, const char *where, enum gpq_report report, struct text *out,
			     struct gpq_error *err)
{
	struct gpq_budget budget;
	struct gpq_hooks hooks = { .context = out, .result = result_keep };
	gpq_budget_init(&budget, CAP);
	out->len = 0;
	out->bytes[0] = 0;
	enum gpq_status status =
	    gpq_convert_trace(&budget, parquet, key, (struct gpq_texts){ &where, where ? 1 : 0 }, report, &hooks, err);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return status;
}

static struct text out;

static void a_key_that_is_none_is_a_usage_error(void **state)
{
	static const char *const bad[] = { "",
					   "WESTERN HUB",
					   "@2024-01-01T05:00:00Z",
					   "WESTERN HUB@",
					   "WESTERN HUB@noon",
					   "WESTERN HUB@2024-13-01T05:00:00Z" };
	(void)state;
	struct gpq_error err;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(trace(bad[i], NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_USAGE);
	assert_int_equal(trace("WESTERN HUB@2024-01-01T07:00:00Z", NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_USAGE);
	assert_non_null(strstr(err.message, "has no row of"));
	assert_int_equal(trace("NOWHERE@2024-01-01T05:00:00Z", NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_USAGE);
}

static void the_line_is_found_by_name_and_by_id(void **state)
{
	static const char *const keys[] = { "AEP@2024-01-01T05:00:00Z", "8445784@2024-01-01T00:00:00-05:00",
					    "AEP@2024-01-01 05:00" };
	(void)state;
	struct gpq_error err = { .status = GPQ_OK };
	char place[128];
	snprintf(place, sizeof(place), "line 3, byte %zu: its numbers are the row's",
		 sizeof(HEADER) - 1 + sizeof(LINE_HUB_0) - 1);
	for (size_t i = 0; i < 3; i++) {
		for (int named = 0; named < 2; named++) {
			if (trace(keys[i], named ? folder : NULL, GPQ_REPORT_TEXT, &out, &err) != GPQ_OK)
				fail_msg("%s: %s\n%s", keys[i], err.message, out.bytes);
			assert_non_null(strstr(out.bytes, place));
			assert_non_null(strstr(out.bytes, "8445784,AEP,,,ZONE,,20.5,22.75,2,0.25,True,1\n"));
			assert_non_null(strstr(out.bytes, "lmp_congestion             2.0\n"));
			assert_non_null(strstr(out.bytes, source));
		}
	}
}

static void json_has_the_line(void **state)
{
	(void)state;
	struct gpq_error err = { .status = GPQ_OK };
	assert_int_equal(trace("WESTERN HUB@2024-01-01T06:00:00Z", NULL, GPQ_REPORT_JSON, &out, &err), GPQ_OK);
	assert_non_null(strstr(out.bytes, "\"content\":\"same\""));
	assert_non_null(strstr(out.bytes, "\"line\":4,"));
	assert_non_null(strstr(out.bytes, "\"lmp_total\":19.5"));
	assert_non_null(strstr(out.bytes, "{\"column\":\"lmp_total\",\"line\":19.5,\"row\":19.5}"));
}

static void a_compressed_source_is_found_under_its_name(void **state)
{
	(void)state;
	struct gpq_error err = { .status = GPQ_OK };
	char command[300];
	snprintf(command, sizeof(command), "mkdir -p %s/gz && gzip -c %s > %s/gz/da_hrl_lmps_2024.csv.gz", folder,
		 source, folder);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "%s/gz", folder);
	if (trace("AEP@2024-01-01T05:00:00Z", command, GPQ_REPORT_TEXT, &out, &err) != GPQ_OK)
		fail_msg("%s\n%s", err.message, out.bytes);
	assert_non_null(strstr(out.bytes, "da_hrl_lmps_2024.csv.gz"));
	assert_non_null(strstr(out.bytes, "line 3, byte"));
}

static void a_source_that_says_something_else_is_a_finding(void **state)
{
	(void)state;
	struct gpq_error err = { .status = GPQ_OK };
	source_write(HEADER LINE_HUB_0
		     "1/1/2024 5:00:00 AM,1/1/2024 12:00:00 AM,8445784,AEP,,,ZONE,,20.5,23,2.25,0.25,True,1\n");
	assert_int_equal(trace("AEP@2024-01-01T05:00:00Z", NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_FINDINGS);
	assert_non_null(strstr(out.bytes, "lmp_total: the line has 23.0, the row 22.75"));
	assert_non_null(strstr(out.bytes, "has changed since the run"));
	assert_int_equal(trace("WESTERN HUB@2024-01-01T06:00:00Z", NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_FINDINGS);
	assert_non_null(strstr(out.bytes, "no line has that location and instant"));
	source_write("<html>not found</html>\n");
	assert_int_equal(trace("AEP@2024-01-01T05:00:00Z", NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_FINDINGS);
	assert_non_null(strstr(out.bytes, "not read: "));
	source_write(HEADER LINE_HUB_0 LINE_AEP_0 LINE_HUB_1);
}

static void a_source_that_is_gone_is_an_input_missing(void **state)
{
	(void)state;
	struct gpq_error err = { .status = GPQ_OK };
	assert_int_equal(trace("AEP@2024-01-01T05:00:00Z", output, GPQ_REPORT_JSON, &out, &err), GPQ_E_INPUT_MISSING);
	assert_non_null(strstr(err.message, "da_hrl_lmps_2024.csv"));
	assert_non_null(strstr(out.bytes, "\"sources\":[]}]}"));
	unlink(source);
	assert_int_equal(trace("AEP@2024-01-01T05:00:00Z", NULL, GPQ_REPORT_TEXT, &out, &err), GPQ_E_INPUT_MISSING);
	assert_non_null(strstr(out.bytes, "row 0 of row group 0"));
	source_write(HEADER LINE_HUB_0 LINE_AEP_0 LINE_HUB_1);
}

static void every_failing_allocation_is_clean(void **state)
{
	(void)state;
	const char *where = folder;
	for (long at = 1;; at++) {
		struct gpq_budget budget;
		struct gpq_error err = { .status = GPQ_OK };
		gpq_budget_init(&budget, CAP);
		budget.fail_at = at;
		enum gpq_status status =
		    gpq_convert_trace(&budget, parquet, "AEP@2024-01-01T05:00:00Z", (struct gpq_texts){ &where, 1 },
				      GPQ_REPORT_TEXT, NULL, &err);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK)
			break;
		if (status != GPQ_E_BUDGET)
			fail_msg("allocation %ld: status %d %s", at, status, err.message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_is_none_is_a_usage_error),
		cmocka_unit_test(a_source_that_says_something_else_is_a_finding),
		cmocka_unit_test(a_source_that_is_gone_is_an_input_missing),
		cmocka_unit_test(every_failing_allocation_is_clean),
		cmocka_unit_test(a_compressed_source_is_found_under_its_name),
		cmocka_unit_test(json_has_the_line),
		cmocka_unit_test(the_line_is_found_by_name_and_by_id),
	};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
