// SPDX-License-Identifier: MIT
/*
 * Lines with products across whose order tells their times: passes of a repeated hour, and intervals that follow each other. Instants
 * and counts are worked out by hand.
 */
#include "input/repeats.h"
#include "input/succession.h"
#include "cpu/features.h"
#include "table/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAX_ROWS 96
#define REGIONS                                                                                                        \
	"Time Stamp,East 10 Min Spinning Reserve ($/MWHr,East Regulation ($/MWHr),West 10 Min Spinning Reserve ($/MWHr)"
#define ZONES    "Time Stamp,Time Zone,Name,PTID,10 Min Spinning Reserve ($/MWHr),30 Min Operating Reserve ($/MWHr)"
#define MIDNIGHT 1699156800u /* 2023-11-05T04:00:00Z, midnight in New York: calendar.timegm() of Python */
#define MINUTE   60u

struct kept {
	uint32_t start_s[MAX_ROWS], location[MAX_ROWS], n_rows, n_bad;
	int64_t price[MAX_ROWS], length_s[MAX_ROWS];
	struct gpq_bad_line bad[MAX_ROWS];
	struct gpq_line_counts counts;
};

static struct gpq_budget budget;
static struct gpq_zone *zone;
static struct gpq_locations *locations;
static struct gpq_line_parser *parser;
static struct gpq_repeats *repeats;
static struct gpq_succession *succession;
static struct kept kept;

static enum gpq_status rows_keep(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)context, (void)err;
	assert_int_equal(output, 0);
	for (uint32_t i = 0; i < batch->rows; i++, kept.n_rows++) {
		assert_true(kept.n_rows < MAX_ROWS);
		kept.start_s[kept.n_rows] = batch->start_s[i];
		kept.location[kept.n_rows] = batch->location[i];
		kept.price[kept.n_rows] = batch->cell[0][i];
		kept.length_s[kept.n_rows] = batch->n_cells > 1 ? batch->cell[1][i] : 0;
	}
	return GPQ_OK;
}

static enum gpq_status line_keep(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context, (void)err;
	kept.bad[kept.n_bad++] = *line;
	return GPQ_OK;
}

static void bind(const char *header, const char *id, struct gpq_feed_binding *out)
{
	struct gpq_text names[16];
	uint32_t count = 0;
	for (const char *at = header;; at++) {
		size_t len = strcspn(at, ",");
		names[count++] = (struct gpq_text){ at, (uint32_t)len };
		at += len;
		if (!*at)
			break;
	}
	for (uint32_t f = 0; f < gpq_market_nyiso.n_feeds; f++)
		if (strcmp(gpq_market_nyiso.feeds[f]->id, id) == 0)
			assert_int_equal(gpq_feed_binding_init(out, &gpq_market_nyiso, gpq_market_nyiso.feeds[f], names, count, NULL), GPQ_OK);
}

static int all_open(void **state)
{
	(void)state;
	memset(&kept, 0, sizeof(kept));
	gpq_budget_init(&budget, (size_t)64 << 20);
	assert_int_equal(gpq_zone_open(&budget, "America/New_York", &zone, NULL), GPQ_OK);
	assert_int_equal(gpq_locations_open(&budget, (size_t)1 << 20, &locations, NULL), GPQ_OK);
	assert_int_equal(gpq_repeats_open(&budget, true, &repeats, NULL), GPQ_OK);
	assert_int_equal(gpq_succession_open(&budget, &succession, NULL), GPQ_OK);
	return gpq_line_parser_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES, &parser,
	                            NULL) == GPQ_OK ? 0 : -1;
}

static int all_close(void **state)
{
	(void)state;
	gpq_line_parser_close(parser);
	gpq_succession_close(succession);
	gpq_repeats_close(repeats);
	gpq_locations_close(locations);
	gpq_zone_close(zone);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

/* Parses 'text' below 'header' as the feed 'id', to the input's end. */
static void parse(const char *header, const char *id, const char *text)
{
	struct gpq_feed_binding binding;
	size_t len = strlen(text);
	uint32_t last_s;
	memset(&kept, 0, sizeof(kept));
	bind(header, id, &binding);
	uint8_t *padded = malloc(len + GPQ_CSV_PADDING);
	memcpy(padded, text, len);
	memset(padded + len, ',', GPQ_CSV_PADDING);
	struct gpq_input_chunk chunk = { .bytes = padded, .len = len, .first_line = 2,
	                                 .traits = gpq_csv_cut(padded, len, true, true, 0).traits };
	struct gpq_line_receiver receiver = { .locations = locations, .rows = rows_keep, .bad_line = line_keep, .repeats = repeats,
	                                      .succession = succession };
	gpq_succession_begin(succession, zone);
	assert_int_equal(gpq_line_parser_chunk(parser, &chunk, &binding, zone, gpq_text_of(header), &receiver, &kept.counts, &last_s,
	                                       NULL),
	                 GPQ_OK);
	memset(padded, 'x', len); /* what waits has its own copy of the lines */
	assert_int_equal(gpq_repeats_resolve(repeats, binding.output[0], &receiver, &kept.counts, NULL), GPQ_OK);
	if (binding.output[0]->tiles)
		assert_int_equal(gpq_succession_end(succession, &receiver, &kept.counts, NULL), GPQ_OK);
	assert_int_equal(kept.counts.partial_rows,
	                 kept.n_rows + kept.counts.blank + kept.counts.rejected + kept.counts.outside);
	free(padded);
}

/* Whether there is just one row of that begin, length, product, region and price in cents. */
static void has_row(uint32_t start_s, int64_t length_s, const char *product, const char *region, int64_t price)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < kept.n_rows; i++) {
		const struct gpq_location *location = gpq_locations_view(locations, kept.location[i]);
		found += kept.start_s[i] == start_s && kept.length_s[i] == length_s && kept.price[i] == price &&
		         gpq_text_equal(location->text[GPQ_TEXT_PRODUCT], gpq_text_of(product)) &&
		         gpq_text_equal(location->text[GPQ_TEXT_REGION], gpq_text_of(region)) &&
		         gpq_text_equal(location->text[GPQ_TEXT_UNIT], gpq_text_of("$/MWHr"));
	}
	assert_int_equal(found, 1);
}

/* All products of a line are of its pass, also one that one pass only has a price of. */
static void lines_that_stand_twice_are_both_passes(void **state)
{
	(void)state;
	parse(REGIONS, "damasp_regions",
	      "11/05/2023 00:00,1,2,3\n11/05/2023 01:00,4,,6\n11/05/2023 01:00,7,8,9\n11/05/2023 02:00,10,11,12\n");
	assert_int_equal(kept.n_rows, 11);
	assert_int_equal(kept.counts.blank, 1);
	has_row(MIDNIGHT + 60 * MINUTE, 0, "10 Min Spinning Reserve", "East", 400);
	has_row(MIDNIGHT + 60 * MINUTE, 0, "10 Min Spinning Reserve", "West", 600);
	has_row(MIDNIGHT + 120 * MINUTE, 0, "10 Min Spinning Reserve", "East", 700);
	has_row(MIDNIGHT + 120 * MINUTE, 0, "Regulation", "East", 800);
	has_row(MIDNIGHT + 180 * MINUTE, 0, "Regulation", "East", 1100);
}

/* A blank line and a bad one are a pass all the same. */
static void lines_without_rows_count_as_passes(void **state)
{
	(void)state;
	parse(REGIONS, "damasp_regions", "11/05/2023 01:00,,,\n11/05/2023 01:00,7,8,9\n");
	assert_int_equal(kept.n_rows, 3);
	assert_int_equal(kept.counts.blank, 3);
	has_row(MIDNIGHT + 120 * MINUTE, 0, "Regulation", "East", 800);
	parse(REGIONS, "damasp_regions", "11/05/2023 01:00,1,2,3\n11/05/2023 01:00,7,x,9\n");
	assert_int_equal(kept.n_rows, 3);
	assert_int_equal(kept.counts.rejected, 3);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_NUMBER);
	has_row(MIDNIGHT + 60 * MINUTE, 0, "Regulation", "East", 200);
}

/* The line is rejected once, and counts all of its products. */
static void one_pass_is_rejected(void **state)
{
	(void)state;
	parse(REGIONS, "damasp_regions", "11/05/2023 00:00,1,2,3\n11/05/2023 01:00,4,,6\n11/05/2023 02:00,7,8,9\n");
	assert_int_equal(kept.n_rows, 6);
	assert_int_equal(kept.counts.rejected, 3);
	assert_int_equal(kept.counts.blank, 0);
	assert_int_equal(kept.n_bad, 1);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_UNRESOLVED);
	assert_int_equal(kept.bad[0].line, 3);
	assert_int_equal(kept.bad[0].field, 1);
}

/* The named clock tells the pass, and is wrong where it shows another time; a blank one leaves it to the order. */
static void the_named_clock_comes_first(void **state)
{
	(void)state;
	parse(ZONES, "damasp",
	      "11/05/2023 01:00,EST,WEST,1,2,\n11/05/2023 01:00,EDT,WEST,1,1,\n11/05/2023 02:00,EDT,WEST,1,3,3\n"
	      "11/05/2023 01:00,,N.Y.C.,1,5,\n11/05/2023 01:00,,N.Y.C.,1,6,\n");
	assert_int_equal(kept.n_rows, 4);
	has_row(MIDNIGHT + 60 * MINUTE, 0, "10 Min Spinning Reserve", "WEST", 100);
	has_row(MIDNIGHT + 120 * MINUTE, 0, "10 Min Spinning Reserve", "WEST", 200);
	has_row(MIDNIGHT + 60 * MINUTE, 0, "10 Min Spinning Reserve", "N.Y.C.", 500);
	has_row(MIDNIGHT + 120 * MINUTE, 0, "10 Min Spinning Reserve", "N.Y.C.", 600);
	assert_int_equal(kept.counts.rejected, 2);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_REPEATED);
}

/* Each place's intervals follow each other, whichever of its products has a price; late runs stand off the grid. */
static void intervals_begin_where_the_last_one_ended(void **state)
{
	(void)state;
	parse(ZONES, "rtasp",
	      "07/18/2022 00:05:00,EDT,WEST,1,1,2\n07/18/2022 00:05:00,EDT,NORTH,1,3,4\n"
	      "07/18/2022 00:10:02,EDT,WEST,1,,5\n07/18/2022 00:10:02,EDT,NORTH,1,,\n"
	      "07/18/2022 00:15:00,EDT,WEST,1,6,\n07/18/2022 00:15:00,EDT,NORTH,1,7,8\n"
	      "07/18/2022 00:30:01,EDT,WEST,1,9,10\n07/18/2022 00:20:00,EDT,WEST,1,11,12\n");
	const uint32_t midnight_s = 1658116800u; /* 2022-07-18T04:00:00Z */
	assert_int_equal(kept.n_rows, 10);
	has_row(midnight_s, 300, "10 Min Spinning Reserve", "WEST", 100);
	has_row(midnight_s + 300, 302, "30 Min Operating Reserve", "WEST", 500);
	has_row(midnight_s + 602, 298, "10 Min Spinning Reserve", "WEST", 600);
	has_row(midnight_s + 602, 298, "10 Min Spinning Reserve", "NORTH", 700);
	has_row(midnight_s + 1501, 300, "30 Min Operating Reserve", "WEST", 1000); /* what came before is too far away */
	assert_int_equal(kept.counts.blank, 4);
	assert_int_equal(kept.counts.rejected, 2); /* a stamp before those above */
	assert_int_equal(kept.n_bad, 1);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_ORDER);
	assert_int_equal(kept.bad[0].line, 9);
}

/* Both passes of the hour by order alone: stamps step back. */
static void passes_of_runs_are_told_by_order(void **state)
{
	(void)state;
	parse(REGIONS, "rtasp_regions",
	      "11/05/2023 00:55:00,1,1,1\n11/05/2023 01:00:00,2,2,2\n11/05/2023 01:55:03,3,,3\n"
	      "11/05/2023 01:00:00,4,4,4\n11/05/2023 01:05:00,5,5,5\n11/05/2023 02:00:01,6,6,6\n");
	assert_int_equal(kept.n_rows, 17);
	has_row(MIDNIGHT + 55 * MINUTE, 300, "Regulation", "East", 200);
	has_row(MIDNIGHT + 110 * MINUTE + 3, 300, "10 Min Spinning Reserve", "West", 300);
	has_row(MIDNIGHT + 115 * MINUTE + 3, 297, "Regulation", "East", 400);
	has_row(MIDNIGHT + 120 * MINUTE, 300, "Regulation", "East", 500);
	has_row(MIDNIGHT + 175 * MINUTE + 1, 300, "Regulation", "East", 600);
	assert_int_equal(kept.counts.blank, 1);
}

/* Lines that name their clock may stand in another order, such as that of their texts: both passes follow each other all the same. */
static void named_clocks_need_no_order(void **state)
{
	(void)state;
	parse(ZONES, "rtasp",
	      "11/05/2023 00:55:00,EDT,WEST,1,1,1\n11/05/2023 01:00:00,EDT,WEST,1,2,2\n11/05/2023 01:00:00,EST,WEST,1,3,3\n"
	      "11/05/2023 01:05:00,EDT,WEST,1,4,\n11/05/2023 01:05:00,EST,WEST,1,5,5\n11/05/2023 01:55:03,EDT,WEST,1,6,6\n"
	      "11/05/2023 01:57:00,EST,WEST,1,7,7\n11/05/2023 02:00:00,EST,WEST,1,8,8\n");
	assert_int_equal(kept.n_rows, 15);
	assert_int_equal(kept.counts.blank, 1);
	has_row(MIDNIGHT + 55 * MINUTE, 300, "30 Min Operating Reserve", "WEST", 200);
	has_row(MIDNIGHT + 60 * MINUTE, 300, "10 Min Spinning Reserve", "WEST", 400);
	has_row(MIDNIGHT + 110 * MINUTE + 3, 300, "10 Min Spinning Reserve", "WEST", 600);
	has_row(MIDNIGHT + 115 * MINUTE + 3, 297, "10 Min Spinning Reserve", "WEST", 300);
	has_row(MIDNIGHT + 120 * MINUTE, 300, "10 Min Spinning Reserve", "WEST", 500);
	has_row(MIDNIGHT + 172 * MINUTE, 300, "10 Min Spinning Reserve", "WEST", 700);
	has_row(MIDNIGHT + 177 * MINUTE, 180, "10 Min Spinning Reserve", "WEST", 800);
	parse(ZONES, "rtasp", "11/05/2023 01:05:00,EST,WEST,1,1,\n11/05/2023 01:10:00,EST,WEST,1,2,\n");
	assert_int_equal(kept.n_rows, 2);
	has_row(MIDNIGHT + 125 * MINUTE, 300, "10 Min Spinning Reserve", "WEST", 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_that_stand_twice_are_both_passes, all_open, all_close),
		cmocka_unit_test_setup_teardown(lines_without_rows_count_as_passes, all_open, all_close),
		cmocka_unit_test_setup_teardown(one_pass_is_rejected, all_open, all_close),
		cmocka_unit_test_setup_teardown(the_named_clock_comes_first, all_open, all_close),
		cmocka_unit_test_setup_teardown(intervals_begin_where_the_last_one_ended, all_open, all_close),
		cmocka_unit_test_setup_teardown(passes_of_runs_are_told_by_order, all_open, all_close),
		cmocka_unit_test_setup_teardown(named_clocks_need_no_order, all_open, all_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
