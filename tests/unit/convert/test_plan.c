// SPDX-License-Identifier: MIT
/* The sum of a plan's parts fits its bound; what is refused is refused with a figure, and that figure works. */
#include "unit/convert/archive.h"

#include "input/line_parser.h"
#include "convert/plan.h"

#define MIB ((uint64_t)1 << 20)

static const struct gpq_plan_question kinds[] = {
	{ .max_slots = 0 },
	{ .catalogue_used_bytes = 40000, .n_inputs = 64, .max_slots = 170, .n_cells = 4 },
	{ .catalogue_used_bytes = 400000, .n_inputs = 2000, .max_slots = 9000, .n_cells = 1 },
	{ .catalogue_used_bytes = 40000, .n_inputs = 64, .max_slots = 105500, .n_cells = 1 },
};

static uint64_t figure_in(const char *message)
{
	const char *at = strstr(message, "--memory ");
	if (!at)
		fail_msg("no figure in '%s'", message);
	char *end;
	uint64_t mib = strtoull(at + strlen("--memory "), &end, 10);
	assert_int_equal(*end, 'M');
	return mib * MIB;
}

static void sum_check(const struct gpq_plan *plan, uint64_t bound)
{
	uint64_t sum = (uint64_t)plan->process_bytes + plan->catalogue_bytes + plan->locations_bytes +
		       plan->fixed_bytes + (uint64_t)plan->threads * plan->worker_bytes +
		       (uint64_t)plan->encoders * plan->encoder_bytes +
		       (uint64_t)plan->open_inputs * plan->input_bytes + plan->scratch_bytes + plan->pool_bytes;
	assert_true(sum <= bound);
	assert_int_equal(plan->bound_bytes, bound);
	assert_int_equal(plan->budget_bytes + plan->process_bytes, bound);
	assert_true(plan->pool_bytes >= 4 * MIB && plan->pool_bytes % 65536 == 0);
	assert_true(plan->threads >= 1 && plan->threads <= 64);
	assert_true(plan->open_inputs >= 1 && plan->open_inputs <= plan->threads);
	assert_true(plan->encoders >= 1 && plan->encoders <= plan->threads);
	assert_true(plan->batch_rows >= 1);
}

static void too_small_a_bound_is_refused_with_one_that_works(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (uint64_t bound = 1; bound < 64 * MIB; bound = bound * 2 + MIB / 3) {
			struct gpq_convert_settings settings = { .memory_bytes = bound,
								 .threads = 4,
								 .codec = GPQ_CODEC_ZSTD };
			struct gpq_plan_question question = kinds[k];
			struct gpq_plan plan;
			struct gpq_error err;
			question.settings = &settings;
			if (gpq_plan_make(&question, &plan, 1, &err) == GPQ_OK) {
				sum_check(&plan, bound);
				continue;
			}
			assert_int_equal(err.status, GPQ_E_BUDGET);
			settings.memory_bytes = figure_in(err.message);
			assert_true(settings.memory_bytes > bound);
			assert_int_equal(gpq_plan_make(&question, &plan, 1, &err), GPQ_OK);
			sum_check(&plan, settings.memory_bytes);
			if (!question.catalogue_used_bytes) { /* the inputs are not known: what works for all */
				assert_int_equal(settings.memory_bytes, 64 * MIB);
				continue;
			}
			settings.memory_bytes -= MIB; /* and no smaller one does */
			assert_int_equal(gpq_plan_make(&question, &plan, 1, &err), GPQ_E_BUDGET);
		}
}

static void every_bound_holds_its_parts(void **state)
{
	(void)state;
	static const enum gpq_codec codecs[] = { GPQ_CODEC_NONE, GPQ_CODEC_SNAPPY, GPQ_CODEC_GZIP, GPQ_CODEC_LZ4,
						 GPQ_CODEC_ZSTD };
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (uint64_t bound = 64 * MIB; bound <= 4096 * MIB; bound += bound / 3)
			for (uint32_t threads = 0; threads <= 100; threads += 1 + threads)
				for (size_t c = 0; c < 5; c++) {
					struct gpq_convert_settings settings = { .memory_bytes = bound,
										 .threads = threads,
										 .codec = codecs[c],
										 .order =
										     (enum gpq_order)(threads % 3) };
					struct gpq_plan_question question = kinds[k];
					struct gpq_plan plan;
					struct gpq_error err;
					question.settings = &settings;
					enum gpq_status status = gpq_plan_make(&question, &plan, 1, &err);
					if (status != GPQ_OK)
						fail_msg("%llu MiB, kind %zu: %s", (unsigned long long)(bound / MIB), k,
							 err.message);
					sum_check(&plan, bound);
					assert_true(!threads || plan.threads <= threads);
				}
}

static void hints_are_kept_inside_the_plan(void **state)
{
	(void)state;
	struct gpq_convert_settings settings = {
		.memory_bytes = 512 * MIB, .threads = 4, .batch_files = 2, .chunk_rows = 100
	};
	struct gpq_plan_question question = { .settings = &settings, .n_cells = 4, .max_slots = 170 };
	struct gpq_plan plan;
	assert_int_equal(gpq_plan_make(&question, &plan, 1, NULL), GPQ_OK);
	assert_int_equal(plan.open_inputs, 2);
	assert_int_equal(plan.batch_rows, 100);
	settings.batch_files = 1000;
	settings.chunk_rows = UINT64_MAX;
	assert_int_equal(gpq_plan_make(&question, &plan, 1, NULL), GPQ_OK);
	assert_int_equal(plan.open_inputs, plan.threads);
	assert_true(plan.batch_rows <= GPQ_LINE_BATCH_ROWS);
}

/* A week of PJM's hourly prices: two threads from 64 MiB on, one of which encodes where two have no room. */
static void encoders_go_before_threads(void **state)
{
	(void)state;
	struct gpq_convert_settings settings = { .memory_bytes = 68 * MIB, .threads = 2, .codec = GPQ_CODEC_ZSTD };
	struct gpq_plan_question question = kinds[1];
	struct gpq_plan plan;
	question.settings = &settings;
	assert_int_equal(gpq_plan_make(&question, &plan, 1, NULL), GPQ_OK);
	assert_int_equal(plan.threads, 2);
	assert_int_equal(plan.encoders, 1);
	assert_true(plan.max_block_rows >= 1140000);
	settings.memory_bytes = 80 * MIB;
	assert_int_equal(gpq_plan_make(&question, &plan, 1, NULL), GPQ_OK);
	assert_int_equal(plan.encoders, 2);
	assert_true(plan.max_block_rows >= 1140000);
}

static void defaults_are_what_the_machine_leaves(void **state)
{
	(void)state;
	uint64_t memory = gpq_plan_default_memory();
	assert_true(memory > 0 && memory <= 256 * MIB);
	assert_int_equal(gpq_plan_processors(),
			 (uint32_t)sysconf(_SC_NPROCESSORS_ONLN) < gpq_plan_processors() ? 0 : gpq_plan_processors());
	assert_true(gpq_plan_catalogue_bytes(64 * MIB) <= 64 * MIB / 4);
}

/* The figure that a whole run is refused with is one that the same run then works with. */
static void the_figure_of_a_run_works(void **state)
{
	(void)state;
	static struct archive archive;
	archive_open(&archive);
	archive_days(&archive, JULY_1, 5, 50);
	archive_text(&archive, "reserve_market_results.csv",
		     "datetime_beginning_utc,locale,service,mcp,as_req_mw,total_mw\n2024-07-01T10:00:00,MAD,SR,1,2,"
		     "3\n2024-07-01T10:05:00,MAD,SR,1,2,3\n");
	for (uint64_t bound = 1; bound < 64 * MIB; bound = bound * 4 + MIB) {
		enum gpq_status status = archive_convert(
		    &archive,
		    &(struct gpq_convert_settings){ .memory_bytes = bound, .force = true, .codec = GPQ_CODEC_ZSTD });
		if (status == GPQ_OK)
			continue;
		assert_int_equal(status, GPQ_E_BUDGET);
		uint64_t figure = figure_in(archive.err.message);
		assert_true(figure <= 64 * MIB);
		archive_converts(
		    &archive,
		    &(struct gpq_convert_settings){ .memory_bytes = figure, .force = true, .codec = GPQ_CODEC_ZSTD },
		    GPQ_OK);
	}
	archive_close(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_small_a_bound_is_refused_with_one_that_works),
		cmocka_unit_test(every_bound_holds_its_parts),
		cmocka_unit_test(hints_are_kept_inside_the_plan),
		cmocka_unit_test(encoders_go_before_threads),
		cmocka_unit_test(defaults_are_what_the_machine_leaves),
		cmocka_unit_test(the_figure_of_a_run_works),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
