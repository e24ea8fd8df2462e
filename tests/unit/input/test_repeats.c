// SPDX-License-Identifier: MIT
/* Rows of repeated hours by the order of their lines: instants worked out by hand, all faults, and memory that fails. */
#include "input/repeats.h"
#include "cpu/features.h"
#include "table/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CAP      ((size_t)64 << 20)
#define MAX_ROWS 64
#define HOURLY   "Time Stamp,Name,PTID,LBMP ($/MWHr),Marginal Cost Losses ($/MWHr),Marginal Cost Congestion ($/MWH"
#define REPORT   "RTC End Time Stamp,Zone Name,Zone PTID,RTC Zonal LBMP,RTC Zonal Losses,RTC Zonal Congestion"
#define CLOCKED                                                                                                        \
	"Eastern Date Hour,Eastern Date Hour Time Zone,Zone Name,Zone PTID,DAM Zonal LBMP,DAM Zonal Losses,DAM Zonal Congestion"
#define MIDNIGHT 1699156800u /* 2023-11-05T04:00:00Z, midnight in New York: calendar.timegm() of Python */
#define HOUR     3600u

struct kept {
	uint32_t start_s[MAX_ROWS], n_rows, n_bad;
	int64_t cell[GPQ_MAX_CELLS][MAX_ROWS];
	struct gpq_bad_line bad[MAX_ROWS];
};

static enum gpq_status rows_keep(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	struct kept *kept = context;
	(void)err;
	assert_int_equal(output, 0);
	for (uint32_t i = 0; i < batch->rows; i++, kept->n_rows++) {
		assert_true(kept->n_rows < MAX_ROWS);
		kept->start_s[kept->n_rows] = batch->start_s[i];
		for (uint32_t k = 0; k < batch->n_cells; k++)
			kept->cell[k][kept->n_rows] = batch->cell[k][i];
	}
	return GPQ_OK;
}

static enum gpq_status line_keep(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	struct kept *kept = context;
	(void)err;
	kept->bad[kept->n_bad++] = *line;
	return GPQ_OK;
}

/* Binds a header to the feed 'id' of NYISO. */
static void bind(const char *header, const char *id, struct gpq_feed_binding *out)
{
	struct gpq_text names[16];
	uint32_t count = 0;
	for (const char *at = header;; count++) {
		size_t len = strcspn(at, ",");
		names[count] = (struct gpq_text){ at, (uint32_t)len };
		at += len + (at[len] == ',');
		if (!*at) {
			count++;
			break;
		}
	}
	for (uint32_t f = 0; f < gpq_market_nyiso.n_feeds; f++)
		if (strcmp(gpq_market_nyiso.feeds[f]->id, id) == 0)
			assert_int_equal(gpq_feed_binding_init(out, &gpq_market_nyiso, gpq_market_nyiso.feeds[f], names, count, NULL), GPQ_OK);
}

/* Parses 'text' below 'header' as the feed 'id', and gives what waited its pass where 'holds'. */
static struct gpq_line_counts parse(const char *header, const char *id, const char *text, bool holds, struct kept *kept)
{
	struct gpq_budget budget;
	struct gpq_zone *zone = NULL;
	struct gpq_locations *locations = NULL;
	struct gpq_line_parser *parser = NULL;
	struct gpq_repeats *repeats = NULL;
	struct gpq_feed_binding binding;
	struct gpq_line_counts counts = { 0 };
	size_t len = strlen(text);
	uint32_t last_s;
	memset(kept, 0, sizeof(*kept));
	bind(header, id, &binding);
	gpq_budget_init(&budget, CAP);
	assert_int_equal(gpq_zone_open(&budget, "America/New_York", &zone, NULL), GPQ_OK);
	assert_int_equal(gpq_locations_open(&budget, (size_t)1 << 20, &locations, NULL), GPQ_OK);
	assert_int_equal(gpq_line_parser_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES,
	                                      &parser, NULL),
	                 GPQ_OK);
	assert_int_equal(gpq_repeats_open(&budget, false, &repeats, NULL), GPQ_OK);
	uint8_t *padded = malloc(len + GPQ_CSV_PADDING);
	memcpy(padded, text, len);
	memset(padded + len, ',', GPQ_CSV_PADDING);
	struct gpq_input_chunk chunk = { padded, len, 0, 2, 0, gpq_csv_cut(padded, len, true, true, 0).traits, { NULL, 0 }, 0 };
	struct gpq_line_receiver receiver = { .context = kept, .locations = locations, .rows = rows_keep, .bad_line = line_keep };
	receiver.repeats = holds ? repeats : NULL;
	assert_int_equal(gpq_line_parser_chunk(parser, &chunk, &binding, zone, gpq_text_of(header), &receiver, &counts, &last_s, NULL),
	                 GPQ_OK);
	memset(padded, 'x', len); /* what waits has its own copy of the lines */
	if (gpq_repeats_any(repeats))
		assert_int_equal(gpq_repeats_resolve(repeats, binding.output[0], &receiver, &counts, NULL), GPQ_OK);
	assert_false(gpq_repeats_any(repeats));
	assert_int_equal(counts.partial_rows, kept->n_rows + counts.blank + counts.rejected + counts.outside);
	assert_int_equal(counts.rejected, kept->n_bad);
	free(padded);
	gpq_repeats_close(repeats);
	gpq_line_parser_close(parser);
	gpq_locations_close(locations);
	gpq_zone_close(zone);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	return counts;
}

static bool has_row(const struct kept *kept, uint32_t start_s, int64_t total)
{
	for (uint32_t i = 0; i < kept->n_rows; i++)
		if (kept->start_s[i] == start_s && kept->cell[0][i] == total)
			return true;
	return false;
}

static void a_block_that_stands_twice_is_both_passes(void **state)
{
	(void)state;
	struct kept kept;
	parse(HOURLY, "damlbmp",
	      "11/05/2023 00:00,A,1,1,0,0.25\n11/05/2023 00:00,B,2,2,0,0\n"
	      "11/05/2023 01:00,A,1,3,0,0\n11/05/2023 01:00,B,2,4,0,0\n"
	      "11/05/2023 01:00,A,1,5,0,-0.5\n11/05/2023 01:00,B,2,6,0,0\n"
	      "11/05/2023 02:00,A,1,7,0,0\n",
	      true, &kept);
	assert_int_equal(kept.n_rows, 7);
	assert_true(has_row(&kept, MIDNIGHT, 100) && has_row(&kept, MIDNIGHT, 200));
	assert_true(has_row(&kept, MIDNIGHT + HOUR, 300) && has_row(&kept, MIDNIGHT + HOUR, 400));
	assert_true(has_row(&kept, MIDNIGHT + 2 * HOUR, 500) && has_row(&kept, MIDNIGHT + 2 * HOUR, 600));
	assert_true(has_row(&kept, MIDNIGHT + 3 * HOUR, 700));
	for (uint32_t i = 0; i < kept.n_rows; i++) /* congestion has the other sign, and zero none */
		assert_int_equal(kept.cell[2][i], kept.cell[0][i] == 100 ? -25 : kept.cell[0][i] == 500 ? 50 : 0);
}

static void one_pass_or_three_are_rejected(void **state)
{
	(void)state;
	struct kept kept;
	parse(HOURLY, "rtlbmp",
	      "11/05/2023 01:00,ONE,1,1,0,0\n11/05/2023 01:00,THREE,2,1,0,0\n11/05/2023 01:00,THREE,2,2,0,0\n"
	      "11/05/2023 01:00,THREE,2,3,0,0\n11/05/2023 02:00,ONE,1,9,0,0\n",
	      true, &kept);
	assert_int_equal(kept.n_rows, 1);
	assert_int_equal(kept.n_bad, 4);
	for (uint32_t i = 0; i < kept.n_bad; i++) {
		assert_int_equal(kept.bad[i].reason, GPQ_REJECT_UNRESOLVED);
		assert_int_equal(kept.bad[i].field, 1);
	}
	assert_int_equal(kept.bad[0].line, 2);
	assert_int_equal(kept.bad[3].line, 5);
}

static void without_a_place_to_wait_they_are_rejected(void **state)
{
	(void)state;
	struct kept kept;
	parse(HOURLY, "damlbmp", "11/05/2023 01:00,A,1,3,0,0\n11/05/2023 01:00,A,1,5,0,0\n11/05/2023 02:00,A,1,7,0,0\n", false, &kept);
	assert_int_equal(kept.n_rows, 1);
	assert_int_equal(kept.n_bad, 2);
}

/* A quarter that stands twice is no new pass, and the stamps end their quarters. */
static void quarters_step_back(void **state)
{
	(void)state;
	struct kept kept;
	parse(REPORT, "rtc_report",
	      "2023/11/05 00:45:00,Z,1,1,0,0\n2023/11/05 01:00:00,Z,1,2,0,0\n2023/11/05 01:00:00,Z,1,2,0,0\n2023/11/05 01:45:00,Z,1,3,0,0\n"
	      "2023/11/05 01:00:00,Z,1,4,0,0\n2023/11/05 01:15:00,Z,1,5,0,0\n2023/11/05 02:00:00,Z,1,6,0,0\n",
	      true, &kept);
	assert_int_equal(kept.n_rows, 7);
	assert_true(has_row(&kept, MIDNIGHT + 1800, 100) && has_row(&kept, MIDNIGHT + 2700, 200));
	assert_true(has_row(&kept, MIDNIGHT + 5400, 300) && has_row(&kept, MIDNIGHT + 6300, 400));
	assert_true(has_row(&kept, MIDNIGHT + 7200, 500) && has_row(&kept, MIDNIGHT + 2 * HOUR + 2700, 600));
	parse(REPORT, "rtc_report", "2023/11/05 01:15:00,Z,1,1,0,0\n2023/11/05 01:15:00,Z,1,1,0,0\n", true, &kept);
	assert_int_equal(kept.n_bad, 2);
}

static void the_named_clock_tells_the_pass(void **state)
{
	(void)state;
	struct kept kept;
	parse(CLOCKED, "dam_report",
	      "2023/11/05 01:00,EST,Z,1,2,0,0\n2023/11/05 01:00,EDT,Z,1,1,0,0\n2023/11/05 02:00,EDT,Z,1,3,0,0\n"
	      "2023/11/05 03:00,?,Z,1,3,0,0\n2023/11/05 02:00,EST,Z,1,4,0,0\n",
	      true, &kept);
	assert_int_equal(kept.n_rows, 3);
	assert_true(has_row(&kept, MIDNIGHT + HOUR, 100) && has_row(&kept, MIDNIGHT + 2 * HOUR, 200));
	assert_true(has_row(&kept, MIDNIGHT + 3 * HOUR, 400));
	assert_int_equal(kept.n_bad, 2);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_REPEATED);
	assert_int_equal(kept.bad[0].field, 2);
}

/* Before 2007 clocks went back in October; an hour that spring skips does not exist. */
static void other_days(void **state)
{
	(void)state;
	struct kept kept;
	parse(HOURLY, "damlbmp",
	      "10/29/2006 01:00,A,1,1,0,0\n10/29/2006 01:00,A,1,2,0,0\n03/12/2023 01:00,A,1,3,0,0\n03/12/2023 02:00,A,1,4,0,0\n", true,
	      &kept);
	assert_int_equal(kept.n_rows, 3);
	assert_true(has_row(&kept, 1162098000u, 100) && has_row(&kept, 1162098000u + HOUR, 200)); /* 2006-10-29T05:00:00Z */
	assert_int_equal(kept.n_bad, 1);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_STAMP);
}

static void more_than_fit_are_all_rejected(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_repeats *repeats = NULL;
	struct kept *kept = calloc(1, sizeof(*kept));
	static char text[400 << 10];
	memset(text, 'x', sizeof(text));
	gpq_budget_init(&budget, CAP);
	for (uint64_t fail_at = 1; fail_at <= 5; fail_at++) {
		gpq_budget_init(&budget, CAP);
		budget.fail_at = fail_at;
		assert_int_equal(gpq_repeats_open(&budget, fail_at % 2, &repeats, NULL), GPQ_E_BUDGET);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	gpq_budget_init(&budget, gpq_repeats_need(false));
	assert_int_equal(gpq_repeats_open(&budget, false, &repeats, NULL), GPQ_OK);
	struct gpq_bad_line line = { .bytes = { text, sizeof(text) }, .value = { text, 1 } };
	struct gpq_repeat row = { .first_s = MIDNIGHT + HOUR, .second_s = MIDNIGHT + 2 * HOUR, .parts = 1 };
	assert_true(gpq_repeats_hold(repeats, &row, &line));
	row.origin = 1;
	line.bytes.len = 10;
	assert_true(gpq_repeats_hold(repeats, &row, &line));
	line.bytes.len = sizeof(text);
	assert_null(gpq_repeats_refusal(repeats));
	assert_false(gpq_repeats_hold(repeats, &row, &line));
	assert_non_null(strstr(gpq_repeats_refusal(repeats), "6144"));
	struct gpq_line_counts counts = { 0 };
	struct gpq_line_receiver receiver = { .context = kept, .rows = rows_keep, .bad_line = line_keep };
	assert_int_equal(gpq_repeats_resolve(repeats, gpq_market_nyiso.datasets[0], &receiver, &counts, NULL), GPQ_OK);
	assert_int_equal(kept->n_rows, 0);
	assert_int_equal(counts.rejected, 2);
	gpq_repeats_close(repeats);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	free(kept);
}

/* A row of the hour that is repeated, of line 'origin' and place 'group'. */
static void hold(struct gpq_repeats *repeats, uint64_t origin, uint32_t location, uint32_t group, uint32_t parts, uint32_t blank)
{
	static char text[] = "a line\n";
	struct gpq_bad_line line = { .bytes = { text, 7 }, .value = { text, 1 } };
	struct gpq_repeat row = { .first_s = MIDNIGHT + HOUR, .second_s = MIDNIGHT + 2 * HOUR, .location = location, .group = group,
		                  .origin = origin, .parts = parts, .blank = blank };
	assert_true(gpq_repeats_hold(repeats, &row, &line));
}

static void marks_and_lines_of_several_rows(void **state)
{
	(void)state;
	struct gpq_budget budget;
	struct gpq_repeats *repeats = NULL;
	struct kept *kept = calloc(1, sizeof(*kept));
	struct gpq_line_counts counts = { 0 };
	struct gpq_line_receiver receiver = { .context = kept, .rows = rows_keep, .bad_line = line_keep };
	gpq_budget_init(&budget, CAP);
	assert_int_equal(gpq_repeats_open(&budget, false, &repeats, NULL), GPQ_OK);
	/* The input marks second passes: one row alone, or three, are of the first. */
	hold(repeats, 10, 1, 1, 1, 0);
	for (uint64_t origin = 20; origin < 23; origin++)
		hold(repeats, origin, 2, 2, 1, 0);
	gpq_repeats_mark(repeats);
	assert_int_equal(gpq_repeats_resolve(repeats, gpq_market_nyiso.datasets[0], &receiver, &counts, NULL), GPQ_OK);
	assert_int_equal(kept->n_rows, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(kept->start_s[i], MIDNIGHT + HOUR);
	/* Two lines of two rows each, a third of each being blank: two passes, though rows stand still. */
	kept->n_rows = 0;
	for (uint64_t origin = 30; origin < 50; origin += 10) {
		hold(repeats, origin, 4, 3, 3, 1);
		hold(repeats, origin, 5, 3, 0, 0);
	}
	assert_int_equal(gpq_repeats_resolve(repeats, gpq_market_nyiso.datasets[0], &receiver, &counts, NULL), GPQ_OK);
	assert_int_equal(kept->n_rows, 4);
	assert_int_equal(kept->start_s[0], MIDNIGHT + HOUR);
	assert_int_equal(kept->start_s[1], MIDNIGHT + HOUR);
	assert_int_equal(kept->start_s[2], MIDNIGHT + 2 * HOUR);
	assert_int_equal(kept->start_s[3], MIDNIGHT + 2 * HOUR);
	assert_int_equal(counts.blank, 2);
	assert_int_equal(counts.rejected, 0);
	/* One of these lines alone: it is rejected once, with all of its rows. */
	hold(repeats, 30, 4, 3, 3, 1);
	hold(repeats, 30, 5, 3, 0, 0);
	assert_int_equal(gpq_repeats_resolve(repeats, gpq_market_nyiso.datasets[0], &receiver, &counts, NULL), GPQ_OK);
	assert_int_equal(kept->n_bad, 1);
	assert_int_equal(counts.rejected, 3);
	assert_int_equal(counts.blank, 2);
	gpq_repeats_close(repeats);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	free(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_that_stands_twice_is_both_passes),
		cmocka_unit_test(one_pass_or_three_are_rejected),
		cmocka_unit_test(without_a_place_to_wait_they_are_rejected),
		cmocka_unit_test(quarters_step_back),
		cmocka_unit_test(the_named_clock_tells_the_pass),
		cmocka_unit_test(other_days),
		cmocka_unit_test(more_than_fit_are_all_rejected),
		cmocka_unit_test(marks_and_lines_of_several_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
