// SPDX-License-Identifier: MIT
/* The public calls: what a plan says is what a conversion does, and a plan writes nothing. */
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

static enum gpq_status plan(const struct gpq_convert_settings *wanted, enum gpq_report report)
{
	const char *in;
	struct gpq_convert_settings settings = archive_settings(&archive, wanted, &in);
	struct gpq_hooks hooks = { &archive, archive_result, archive_message, NULL, archive_cancelled };
	archive.report_len = archive.messages_len = archive.calls = 0;
	return gpq_plan(&settings, report, &hooks, &archive.err);
}

static void a_plan_is_refused_as_a_conversion_is(void **state)
{
	(void)state;
	struct gpq_year_range backwards = { 2025, 2024 };
	static const char *const nowhere[] = { "/nonexistent/gridpq" };
	archive_days(&archive, JULY_1, 1, 2);
	assert_int_equal(plan(&(struct gpq_convert_settings){ .years = &backwards, .n_years = 1 }, GPQ_REPORT_TEXT),
			 GPQ_E_USAGE);
	assert_int_equal(plan(&(struct gpq_convert_settings){ .inputs = { nowhere, 1 } }, GPQ_REPORT_TEXT),
			 GPQ_E_INPUT_MISSING);
	assert_int_equal(plan(&(struct gpq_convert_settings){ .memory_bytes = 1 << 20 }, GPQ_REPORT_TEXT),
			 GPQ_E_BUDGET);
	assert_non_null(strstr(archive.err.message, "--memory 64M"));
	archive.cancel_at = 1;
	assert_int_equal(plan(&(struct gpq_convert_settings){ .threads = 1 }, GPQ_REPORT_TEXT), GPQ_E_INTERRUPTED);
}

static void a_plan_writes_nothing(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 2, 3);
	for (enum gpq_report report = GPQ_REPORT_TEXT; report <= GPQ_REPORT_JSON; report++) {
		assert_int_equal(plan(&(struct gpq_convert_settings){ .threads = 1 }, report), GPQ_OK);
		assert_true(archive.report_len > 0);
		assert_int_equal(access(archive.out, F_OK), -1);
	}
	assert_non_null(strstr(archive.report, "da_energy_hourly"));
}

static void hooks_may_be_absent(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 2, 3);
	const char *in = archive.in;
	struct gpq_hooks none = { 0 };
	struct gpq_convert_settings settings = {
		.inputs = { &in, 1 }, .output = archive.out, .stats = GPQ_REPORT_TEXT, .force = true
	};
	assert_int_equal(gpq_plan(&settings, GPQ_REPORT_TEXT, NULL, NULL), GPQ_OK);
	assert_int_equal(gpq_convert(&settings, NULL, NULL), GPQ_OK);
	assert_int_equal(gpq_convert(&settings, &none, NULL), GPQ_OK);
	settings.force = false;
	assert_int_equal(gpq_convert(&settings, NULL, NULL), GPQ_E_OUTPUT_EXISTS);
}

static void *convert_alone(void *context)
{
	struct archive *own = context;
	archive_converts(own, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_OK);
	return NULL;
}

static void two_conversions_may_run_at_the_same_time(void **state)
{
	(void)state;
	static struct archive other;
	pthread_t thread;
	archive_open(&other);
	archive_days(&archive, JULY_1, 10, 40);
	archive_days(&other, JULY_1, 10, 40);
	assert_int_equal(pthread_create(&thread, NULL, convert_alone, &other), 0);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_OK);
	pthread_join(thread, NULL);
	char *one = archive_data(&archive), *two = archive_data(&other);
	assert_string_not_equal(one, "");
	assert_string_equal(one, two);
	free(one);
	free(two);
	archive_close(&other);
}

#define CALL_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_TEST(a_plan_is_refused_as_a_conversion_is),
		CALL_TEST(a_plan_writes_nothing),
		CALL_TEST(hooks_may_be_absent),
		CALL_TEST(two_conversions_may_run_at_the_same_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
