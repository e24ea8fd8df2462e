// SPDX-License-Identifier: MIT
/* Lines with products across, and lines that tell a date and an hour that ends: rows, faults, instants worked out by hand. */
#include "input/line_parser.h"
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
#define WIDE     "Delivery Date,Hour Ending,Repeated Hour Flag,REGDN,REGUP ,RRS,NSPIN"
#define QUARTERS                                                                                                       \
	"DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag"

/* Seconds from Python: calendar.timegm() */
#define MIDNIGHT_20240701 1719810000u /* 2024-07-01T05:00:00Z */
#define FALL_20241103     1730610000u /* 2024-11-03T05:00:00Z */

static struct {
	uint32_t start_s[MAX_ROWS], location[MAX_ROWS], n_rows, n_bad;
	int64_t cell[MAX_ROWS];
	struct gpq_bad_line bad[MAX_ROWS];
	bool (*wants)(void *context, uint32_t code);
} kept;

static struct gpq_budget budget;
static struct gpq_zone *zone;
static struct gpq_locations *locations;
static struct gpq_line_parser *parser;
static struct gpq_feed_binding binding;
static struct gpq_line_counts counts;
static char header[256];

static enum gpq_status rows_keep(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)context, (void)err;
	assert_int_equal(output, 0);
	for (uint32_t i = 0; i < batch->rows; i++, kept.n_rows++) {
		assert_true(kept.n_rows < MAX_ROWS);
		kept.start_s[kept.n_rows] = batch->start_s[i];
		kept.location[kept.n_rows] = batch->location[i];
		kept.cell[kept.n_rows] = batch->cell[0][i];
	}
	return GPQ_OK;
}

static enum gpq_status line_keep(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context, (void)err;
	kept.bad[kept.n_bad++] = *line;
	return GPQ_OK;
}

static enum gpq_status bind(const char *columns, struct gpq_error *err)
{
	struct gpq_text names[64];
	struct gpq_candidates found;
	uint32_t n = 0;
	snprintf(header, sizeof(header), "%s", columns);
	for (const char *at = header; at; n++) {
		const char *comma = strchr(at, ',');
		names[n] = (struct gpq_text){ at, (uint32_t)(comma ? (size_t)(comma - at) : strlen(at)) };
		at = comma ? comma + 1 : NULL;
	}
	gpq_market_recognise(names, n, &found);
	assert_int_equal(found.count, 1);
	return gpq_feed_binding_init(&binding, found.items[0].market, found.items[0].feed, names, n, err);
}

static int parser_open(void **state)
{
	(void)state;
	memset(&kept, 0, sizeof(kept));
	gpq_budget_init(&budget, CAP);
	if (gpq_zone_open(&budget, "America/Chicago", &zone, NULL) != GPQ_OK ||
	    gpq_locations_open(&budget, (size_t)1 << 20, &locations, NULL) != GPQ_OK)
		return -1;
	return gpq_line_parser_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES, &parser,
	                            NULL) == GPQ_OK
	               ? 0
	               : -1;
}

static int parser_close(void **state)
{
	(void)state;
	gpq_line_parser_close(parser);
	gpq_locations_close(locations);
	gpq_zone_close(zone);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

static enum gpq_status parse_status(const char *text, struct gpq_error *err)
{
	size_t len = strlen(text);
	uint32_t last_s;
	uint8_t *padded = malloc(len + GPQ_CSV_PADDING);
	memcpy(padded, text, len);
	memset(padded + len, ',', GPQ_CSV_PADDING);
	struct gpq_input_chunk chunk = { .bytes = padded, .len = len, .first_line = 2,
	                                 .traits = gpq_csv_cut(padded, len, true, true, 0).traits };
	struct gpq_line_receiver receiver = { NULL, locations, rows_keep, line_keep, kept.wants, NULL, NULL, NULL, NULL };
	memset(&counts, 0, sizeof(counts));
	kept.n_rows = kept.n_bad = 0;
	enum gpq_status status =
		gpq_line_parser_chunk(parser, &chunk, &binding, zone, gpq_text_of(header), &receiver, &counts, &last_s, err);
	free(padded);
	return status;
}

/* Every partial row is somewhere. */
static void parse(const char *text)
{
	assert_int_equal(parse_status(text, NULL), GPQ_OK);
	assert_int_equal(counts.partial_rows, kept.n_rows + counts.blank + counts.rejected + counts.outside);
}

static void row_is(uint32_t row, uint32_t start_s, const char *product, int64_t cell)
{
	const struct gpq_location *location = gpq_locations_view(locations, kept.location[row]);
	assert_int_equal(kept.start_s[row], start_s);
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_PRODUCT], gpq_text_of(product)));
	assert_null(location->text[GPQ_TEXT_REGION].bytes);
	assert_null(location->text[GPQ_TEXT_RESOURCE].bytes);
	assert_true(kept.cell[row] == cell);
}

static void a_line_is_a_row_of_each_product(void **state)
{
	(void)state;
	assert_int_equal(bind(WIDE, NULL), GPQ_OK);
	assert_int_equal(binding.n_products, 4);
	parse("07/01/2024,01:00,N,7.01,1.45,-1.95,1\n" WIDE "\n07/01/2024,24:00,N,,2,,null\n\n");
	assert_int_equal(kept.n_rows, 5);
	row_is(0, MIDNIGHT_20240701, "REGDN", 701);
	row_is(1, MIDNIGHT_20240701, "REGUP", 145);
	row_is(2, MIDNIGHT_20240701, "RRS", -195);
	row_is(3, MIDNIGHT_20240701, "NSPIN", 100);
	row_is(4, MIDNIGHT_20240701 + 23 * 3600, "REGUP", 200);
	assert_int_equal(counts.data_lines, 2);
	assert_int_equal(counts.partial_rows, 8);
	assert_int_equal(counts.blank, 3);
	assert_int_equal(counts.header_lines, 1);
}

static void a_rejected_line_counts_all_of_its_products(void **state)
{
	(void)state;
	assert_int_equal(bind(WIDE, NULL), GPQ_OK);
	static const struct {
		const char *line;
		enum gpq_reject reason;
		uint32_t field;
	} cases[] = {
		{ "07/01/2024,01:00,N,1,x,3,4\n", GPQ_REJECT_NUMBER, 5 },
		{ "07/32/2024,01:00,N,1,2,3,4\n", GPQ_REJECT_STAMP, 1 },
		{ ",01:00,N,1,2,3,4\n", GPQ_REJECT_STAMP_MISSING, 1 },
		{ "07/01/2024,25:00,N,1,2,3,4\n", GPQ_REJECT_STAMP, 2 },
		{ "07/01/2024,01:00,Q,1,2,3,4\n", GPQ_REJECT_REPEATED, 3 },
		{ "07/01/2024,02:00,Y,1,2,3,4\n", GPQ_REJECT_REPEATED, 3 },
		{ "07/01/2024,02X,N,1,2,3,4\n", GPQ_REJECT_REPEATED, 2 },
		{ "03/10/2024,03:00,N,1,2,3,4\n", GPQ_REJECT_STAMP, 2 },
		{ "07/01/2024,01:00,N,1,2,3\n", GPQ_REJECT_FIELDS_FEW, 0 },
		{ "12/31/1969,01:00,N,1,2,3,4\n", GPQ_REJECT_STAMP, 2 }, /* before what 32 bits of seconds reach */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse(cases[i].line);
		assert_int_equal(kept.n_rows, 0);
		assert_int_equal(counts.rejected, 4);
		assert_int_equal(kept.n_bad, 1);
		assert_int_equal(kept.bad[0].reason, cases[i].reason);
		assert_int_equal(kept.bad[0].field, cases[i].field);
	}
	parse("07/32/2024,77,Q,,,null,\n"); /* whatever else it says */
	assert_int_equal(counts.blank, 4);
}

static bool wants_none(void *context, uint32_t code)
{
	(void)context, (void)code;
	return false;
}

static void products_not_asked_for_are_outside(void **state)
{
	(void)state;
	assert_int_equal(bind(WIDE, NULL), GPQ_OK);
	kept.wants = wants_none;
	parse("07/01/2024,01:00,N,1,,3,4\n");
	assert_int_equal(counts.outside, 3);
	assert_int_equal(counts.blank, 1);
	kept.wants = NULL;
}

static void a_product_stands_once(void **state)
{
	(void)state;
	struct gpq_error err;
	assert_int_equal(bind("Delivery Date,Hour Ending,Repeated Hour Flag,REGDN,REGUP,RRS,REG UP", &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "two columns"));
	assert_int_equal(err.field, 7);
}

static void both_passes_of_an_hour_have_their_instants(void **state)
{
	(void)state;
	assert_int_equal(bind(QUARTERS, NULL), GPQ_OK);
	parse("11/03/2024,1,4,A,RN,1,N\n11/03/2024,2,1,A,RN,2,N\n11/03/2024,2,4,A,RN,3,N\n11/03/2024,2,1,A,RN,4,Y\n"
	      "11/03/2024,2,4,A,RN,5,true\r\n11/03/2024,3,1,A,RN,6,0\n11/03/2024,24,4,A,RN,7,N");
	static const uint32_t minutes[] = { 45, 60, 105, 120, 165, 180, 25 * 60 - 15 };
	assert_int_equal(kept.n_rows, 7);
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_equal(kept.start_s[i], FALL_20241103 + minutes[i] * 60);
		assert_true(kept.cell[i] == 100 * (int64_t)(i + 1));
	}
	static const struct {
		const char *line;
		enum gpq_reject reason;
		uint32_t field;
	} cases[] = {
		{ "11/03/2024,2,5,A,RN,1,N\n", GPQ_REJECT_STAMP, 3 },  { "11/03/2024,2,0,A,RN,1,N\n", GPQ_REJECT_STAMP, 3 },
		{ "11/03/2024,2,-1,A,RN,1,N\n", GPQ_REJECT_STAMP, 3 }, { "11/03/2024,2,,A,RN,1,N\n", GPQ_REJECT_STAMP_MISSING, 3 },
		{ "11/03/2024,3,1,A,RN,1,Y\n", GPQ_REJECT_REPEATED, 7 }, { "11/03/2024,,1,A,RN,1,N\n", GPQ_REJECT_STAMP_MISSING, 2 },
		{ "03/10/2024,3,2,A,RN,1,Y\n", GPQ_REJECT_STAMP, 2 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse(cases[i].line);
		assert_int_equal(kept.n_bad, 1);
		assert_int_equal(kept.bad[0].reason, cases[i].reason);
		assert_int_equal(kept.bad[0].field, cases[i].field);
	}
}

/* One name with two types is two locations. */
static void types_tell_locations_apart(void **state)
{
	(void)state;
	assert_int_equal(bind(QUARTERS, NULL), GPQ_OK);
	parse("07/01/2024,1,1,LZ_AEN,LZ,39.33,N\n07/01/2024,1,1,LZ_AEN,LZEW,39.34,N\n07/01/2024,1,2,LZ_AEN,LZ,1,N\n");
	assert_int_equal(kept.n_rows, 3);
	assert_int_not_equal(kept.location[0], kept.location[1]);
	assert_int_equal(kept.location[0], kept.location[2]);
	assert_int_equal(kept.start_s[2], MIDNIGHT_20240701 + 900);
}

static void a_full_catalogue_ends_the_parse(void **state)
{
	(void)state;
	struct gpq_error err;
	assert_int_equal(bind(WIDE, NULL), GPQ_OK);
	budget.fail_at = atomic_load(&budget.allocations) + 1;
	assert_int_equal(parse_status("07/01/2024,01:00,N,1,2,3,4\n", &err), GPQ_E_BUDGET);
	assert_int_equal(kept.n_rows, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_is_a_row_of_each_product, parser_open, parser_close),
		cmocka_unit_test_setup_teardown(a_rejected_line_counts_all_of_its_products, parser_open, parser_close),
		cmocka_unit_test_setup_teardown(products_not_asked_for_are_outside, parser_open, parser_close),
		cmocka_unit_test(a_product_stands_once),
		cmocka_unit_test_setup_teardown(both_passes_of_an_hour_have_their_instants, parser_open, parser_close),
		cmocka_unit_test_setup_teardown(types_tell_locations_apart, parser_open, parser_close),
		cmocka_unit_test_setup_teardown(a_full_catalogue_ends_the_parse, parser_open, parser_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
