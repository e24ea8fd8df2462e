// SPDX-License-Identifier: MIT
/* Intervals that are told by their ends (RULES 7 and 8), from lines of NYISO's real-time prices: begins worked out by hand, chunks
 * of any length, all faults, and memory that fails. */
#include "input/succession.h"
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
#define MAX_ROWS 96
#define HEADER   "Time Stamp,Name,PTID,LBMP ($/MWHr),Marginal Cost Losses ($/MWHr),Marginal Cost Congestion ($/MWHr)"
#define SUMMER   1658116800u /* 2022-07-18T04:00:00Z, midnight in New York: calendar.timegm() of Python */
#define AUTUMN   1699156800u /* 2023-11-05T04:00:00Z, likewise */
#define OLD      1130644800u /* 2005-10-30T04:00:00Z, likewise: the last Sunday of October */
#define AT(h, m, s) ((h) * 3600u + (m) * 60u + (s))

struct kept {
	uint32_t start_s[MAX_ROWS], end_s[MAX_ROWS], n_rows, n_bad;
	int64_t total[MAX_ROWS];
	struct gpq_bad_line bad[MAX_ROWS];
	char bad_text[MAX_ROWS][64];
	uint32_t ahead, ahead_s;
	const char *unwanted; /* no row of this location is asked for */
	struct gpq_locations *locations;
};

static enum gpq_status rows_keep(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	struct kept *kept = context;
	(void)err;
	assert_int_equal(output, 0);
	for (uint32_t i = 0; i < batch->rows; i++, kept->n_rows++) {
		assert_true(kept->n_rows < MAX_ROWS);
		kept->start_s[kept->n_rows] = batch->start_s[i];
		kept->end_s[kept->n_rows] = batch->start_s[i] + (uint32_t)batch->cell[4][i];
		kept->total[kept->n_rows] = batch->cell[0][i];
	}
	return GPQ_OK;
}

static enum gpq_status line_keep(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	struct kept *kept = context;
	(void)err;
	assert_true(kept->n_bad < MAX_ROWS);
	snprintf(kept->bad_text[kept->n_bad], sizeof(kept->bad_text[0]), "%.*s", (int)line->bytes.len, line->bytes.bytes);
	kept->bad[kept->n_bad++] = *line;
	return GPQ_OK;
}

static bool location_wanted(void *context, uint32_t code)
{
	const struct kept *kept = context;
	return !gpq_text_equal(gpq_locations_view(kept->locations, code)->text[GPQ_TEXT_NAME], gpq_text_of(kept->unwanted));
}

static void bind(struct gpq_feed_binding *out)
{
	static const char *const header[] = { "Time Stamp", "Name", "PTID", "LBMP ($/MWHr)", "Marginal Cost Losses ($/MWHr)",
		                              "Marginal Cost Congestion ($/MWHr)" };
	struct gpq_text names[6];
	for (int i = 0; i < 6; i++)
		names[i] = gpq_text_of(header[i]);
	for (uint32_t f = 0; f < gpq_market_nyiso.n_feeds; f++)
		if (strcmp(gpq_market_nyiso.feeds[f]->id, "realtime") == 0)
			assert_int_equal(gpq_feed_binding_init(out, &gpq_market_nyiso, gpq_market_nyiso.feeds[f], names, 6, NULL), GPQ_OK);
}

/* What reading an input takes. */
struct input {
	struct gpq_budget budget;
	struct gpq_zone *zone;
	struct gpq_line_parser *parser;
	struct gpq_repeats *repeats;
	struct gpq_succession *succession;
	struct gpq_feed_binding binding;
	struct gpq_line_receiver receiver;
	struct gpq_line_counts counts;
};

static void input_open(struct input *input, struct kept *kept, uint32_t batch_rows)
{
	const char *unwanted = kept->unwanted;
	memset(input, 0, sizeof(*input));
	memset(kept, 0, sizeof(*kept));
	kept->unwanted = unwanted;
	bind(&input->binding);
	gpq_budget_init(&input->budget, CAP);
	assert_int_equal(gpq_zone_open(&input->budget, "America/New_York", &input->zone, NULL), GPQ_OK);
	assert_int_equal(gpq_locations_open(&input->budget, (size_t)1 << 20, &kept->locations, NULL), GPQ_OK);
	assert_int_equal(gpq_line_parser_open(&input->budget, gpq_cpu_features(GPQ_CPU_ALL), batch_rows, GPQ_CSV_MAX_RECORD_BYTES,
	                                      &input->parser, NULL),
	                 GPQ_OK);
	assert_int_equal(gpq_repeats_open(&input->budget, true, &input->repeats, NULL), GPQ_OK);
	assert_int_equal(gpq_succession_open(&input->budget, &input->succession, NULL), GPQ_OK);
	gpq_succession_begin(input->succession, input->zone);
	input->receiver = (struct gpq_line_receiver){
		.context = kept, .locations = kept->locations, .rows = rows_keep, .bad_line = line_keep,
		.wants_location = unwanted ? location_wanted : NULL, .repeats = input->repeats, .succession = input->succession,
	};
}

static void chunk_parse(struct input *input, const char *text, size_t len, uint64_t byte, uint64_t line)
{
	uint8_t *padded = malloc(len + GPQ_CSV_PADDING);
	uint32_t last_s;
	memcpy(padded, text, len);
	memset(padded + len, ',', GPQ_CSV_PADDING);
	struct gpq_input_chunk chunk = { .bytes = padded, .len = len, .byte = byte, .first_line = line,
		                         .traits = gpq_csv_cut(padded, len, true, true, 0).traits };
	assert_int_equal(gpq_line_parser_chunk(input->parser, &chunk, &input->binding, input->zone, gpq_text_of(HEADER),
	                                       &input->receiver, &input->counts, &last_s, NULL),
	                 GPQ_OK);
	memset(padded, 'x', len); /* what waits has its own copy */
	free(padded);
}

static void input_end(struct input *input, struct kept *kept)
{
	if (gpq_repeats_any(input->repeats))
		assert_int_equal(gpq_repeats_resolve(input->repeats, input->binding.output[0], &input->receiver, &input->counts, NULL), GPQ_OK);
	assert_int_equal(gpq_succession_end(input->succession, &input->receiver, &input->counts, NULL), GPQ_OK);
	kept->ahead = gpq_succession_ahead(input->succession, &kept->ahead_s);
	assert_int_equal(input->counts.partial_rows,
	                 kept->n_rows + input->counts.blank + input->counts.rejected + input->counts.outside);
	assert_int_equal(input->counts.rejected, kept->n_bad);
	gpq_succession_close(input->succession);
	gpq_repeats_close(input->repeats);
	gpq_line_parser_close(input->parser);
	gpq_locations_close(kept->locations);
	gpq_zone_close(input->zone);
	assert_int_equal(atomic_load(&input->budget.used_bytes), 0);
}

/* Parses 'text' in chunks of 'lines' lines, 0: one chunk. */
static struct gpq_line_counts parse_by(const char *text, uint32_t lines, uint32_t batch_rows, struct kept *kept)
{
	struct input *input = malloc(sizeof(*input));
	uint64_t line = 2;
	input_open(input, kept, batch_rows);
	for (const char *at = text; *at;) {
		const char *end = at;
		uint32_t n = 0;
		for (; *end && (!lines || n < lines); n++) {
			const char *next = strchr(end, '\n');
			end = next ? next + 1 : end + strlen(end);
		}
		chunk_parse(input, at, (size_t)(end - at), 100 + (uint64_t)(at - text), line);
		line += n;
		at = end;
	}
	input_end(input, kept);
	struct gpq_line_counts counts = input->counts;
	free(input);
	return counts;
}

static bool has_row(const struct kept *kept, uint32_t start_s, uint32_t end_s, int64_t total)
{
	for (uint32_t i = 0; i < kept->n_rows; i++)
		if (kept->start_s[i] == start_s && kept->end_s[i] == end_s && kept->total[i] == total)
			return true;
	return false;
}

/* In one chunk; and that chunks of one line, or batches of one row, give the same rows. */
static struct gpq_line_counts parse(const char *text, struct kept *kept)
{
	struct kept *other = malloc(sizeof(*other));
	struct gpq_line_counts counts = parse_by(text, 0, GPQ_LINE_BATCH_ROWS, kept);
	for (uint32_t lines = 1; lines < 4; lines++) {
		other->unwanted = kept->unwanted;
		struct gpq_line_counts again = parse_by(text, lines, lines, other);
		assert_int_equal(other->n_rows, kept->n_rows);
		assert_int_equal(other->n_bad, kept->n_bad);
		assert_int_equal(again.outside, counts.outside);
		assert_int_equal(other->ahead, kept->ahead);
		for (uint32_t i = 0; i < kept->n_rows; i++)
			assert_true(has_row(other, kept->start_s[i], kept->end_s[i], kept->total[i]));
		for (uint32_t i = 0; i < kept->n_bad; i++)
			assert_true(other->bad[i].line == kept->bad[i].line && other->bad[i].byte == kept->bad[i].byte);
	}
	free(other);
	return counts;
}

static void an_interval_begins_where_the_last_one_ended(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	parse("07/18/2022 00:05:00,A,1,1,0,0\n07/18/2022 00:05:00,B,2,2,0,0\n07/18/2022 00:15:00,A,1,3,0,0\n"
	      "07/18/2022 00:15:12,A,1,4,0,0\n07/18/2022 00:20:00,A,1,5,0,0\n07/18/2022 00:20:00,B,2,6,0,0\n"
	      "07/18/2022 22:00:00,A,1,7,0,0\n07/18/2022 22:05:02,A,1,8,0,0\n07/18/2022 22:10:00,A,1,9,0,0\n"
	      "07/18/2022 22:19:59,A,1,10,0,0\n07/18/2022 22:29:59,A,1,11,0,0\n07/19/2022 00:00:00,A,1,12,0,0\n"
	      "07/19/2022 00:05:00,A,1,13,0,0\n",
	      &kept);
	assert_int_equal(kept.n_rows, 13);
	assert_true(has_row(&kept, SUMMER, SUMMER + AT(0, 5, 0), 100) && has_row(&kept, SUMMER, SUMMER + AT(0, 5, 0), 200));
	assert_true(has_row(&kept, SUMMER + AT(0, 10, 0), SUMMER + AT(0, 15, 0), 300)); /* 10 minutes are too far */
	assert_true(has_row(&kept, SUMMER + AT(0, 15, 0), SUMMER + AT(0, 15, 12), 400));
	assert_true(has_row(&kept, SUMMER + AT(0, 15, 12), SUMMER + AT(0, 20, 0), 500));
	assert_true(has_row(&kept, SUMMER + AT(0, 15, 0), SUMMER + AT(0, 20, 0), 600)); /* the other location's stamp is not its own */
	assert_true(has_row(&kept, SUMMER + AT(21, 55, 0), SUMMER + AT(22, 0, 0), 700));
	assert_true(has_row(&kept, SUMMER + AT(22, 0, 0), SUMMER + AT(22, 5, 2), 800)); /* late, in place of 22:05:00 */
	assert_true(has_row(&kept, SUMMER + AT(22, 5, 2), SUMMER + AT(22, 10, 0), 900));
	assert_true(has_row(&kept, SUMMER + AT(22, 10, 0), SUMMER + AT(22, 19, 59), 1000));
	assert_true(has_row(&kept, SUMMER + AT(22, 24, 59), SUMMER + AT(22, 29, 59), 1100));
	assert_true(has_row(&kept, SUMMER + AT(23, 55, 0), SUMMER + AT(24, 0, 0), 1200));
	assert_true(has_row(&kept, SUMMER + AT(24, 0, 0), SUMMER + AT(24, 5, 0), 1300)); /* a new day, from its midnight on */
}

static void a_days_first_one_begins_at_midnight(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	parse("07/17/2022 23:56:00,A,1,1,0,0\n07/18/2022 00:10:00,A,1,2,0,0\n07/18/2022 00:10:01,B,1,3,0,0\n07/18/2022 00:00:02,C,1,4,0,0\n"
	      "07/18/2022 00:10:01,C,1,4,0,0\n",
	      &kept);
	assert_int_equal(kept.n_rows, 5);
	assert_true(has_row(&kept, SUMMER, SUMMER + 600, 200)); /* 23:56 is of the day before */
	assert_true(has_row(&kept, SUMMER + 301, SUMMER + 601, 300));
	assert_true(has_row(&kept, SUMMER, SUMMER + 2, 400));
	assert_true(has_row(&kept, SUMMER + 2, SUMMER + 601, 400));
}

/* Lines that give no row have stamps all the same. */
static void every_stamp_counts(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	struct gpq_line_counts counts =
		parse("07/18/2022 00:05:00,A,1,1,0,0\n07/18/2022 00:06:00,A,1,,,\n07/18/2022 00:10:00,A,1,2,0,0\n"
		      "07/18/2022 00:11:00,A,1,x,0,0\n07/18/2022 00:16:00,A,1,3,0,0\n07/18/2022 00:16:00,A,1,3,0,0\n",
		      &kept);
	assert_int_equal(counts.blank, 1);
	assert_int_equal(counts.rejected, 1);
	assert_int_equal(kept.n_rows, 4);
	assert_true(has_row(&kept, SUMMER + AT(0, 6, 0), SUMMER + AT(0, 10, 0), 200));
	assert_true(has_row(&kept, SUMMER + AT(0, 11, 0), SUMMER + AT(0, 16, 0), 300));
	assert_int_equal(kept.start_s[2], kept.start_s[3]);
}

static void who_is_not_asked_for_counts_too(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = "B" };
	struct gpq_line_counts counts = parse("07/18/2022 00:10:00,A,1,1,0,0\n07/18/2022 00:10:00,B,1,2,0,0\n07/18/2022 00:15:00,A,1,3,0,0\n"
	                                      "07/18/2022 00:15:00,B,1,3,0,0\n07/18/2022 00:30:00,B,1,4,0,0\n",
	                                      &kept);
	assert_int_equal(kept.n_rows, 1);
	assert_int_equal(kept.ahead, 2); /* as if all were asked for */
	assert_int_equal(counts.outside, 4);
}

static void a_step_back_is_rejected(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	struct gpq_line_counts counts = parse("07/18/2022 00:05:00,A,1,1,0,0\n07/18/2022 00:11:00,A,1,2,0,0\n07/18/2022 00:10:00,A,1,3,0,0\n"
	                                      "07/18/2022 00:16:00,A,1,4,0,0\n07/18/2022 00:05:00,A,1,1,0,0\n07/18/2022 00:11:00,A,1,2,0,0\n"
	                                      "07/17/2022 00:07:00,A,1,5,0,0\n",
	                                      &kept);
	assert_int_equal(counts.rejected, 1);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_ORDER);
	assert_int_equal(kept.bad[0].line, 4);
	assert_int_equal(kept.bad[0].byte, 100 + 60);
	assert_string_equal(kept.bad_text[0], "07/18/2022 00:10:00,A,1,3,0,0\n");
	assert_int_equal(kept.n_rows, 6); /* the day once more, and another day, are no steps back */
	assert_true(has_row(&kept, SUMMER + AT(0, 11, 0), SUMMER + AT(0, 16, 0), 400));
	assert_true(has_row(&kept, SUMMER - 86400, SUMMER - 86400 + 420, 500));
}

static void quarters_at_the_end_look_ahead(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	struct gpq_line_counts counts = parse("07/18/2022 14:05:00,A,1,1,0,0\n07/18/2022 14:10:00,A,1,2,0,0\n07/18/2022 14:15:00,A,1,3,0,0\n"
	                                      "07/18/2022 14:15:00,B,1,3,0,0\n07/18/2022 14:30:00,A,1,4,0,0\n07/18/2022 14:45:00,A,1,5,0,0\n",
	                                      &kept);
	assert_int_equal(kept.n_rows, 2);
	assert_int_equal(counts.outside, 4);
	assert_int_equal(kept.ahead, 3);
	assert_int_equal(kept.ahead_s, SUMMER + AT(14, 15, 0));
	/* One alone does not, nor do two that are further apart, nor such as others follow. */
	parse("07/18/2022 14:10:00,A,1,2,0,0\n07/18/2022 14:15:00,A,1,3,0,0\n07/18/2022 14:45:00,A,1,4,0,0\n", &kept);
	assert_int_equal(kept.n_rows, 3);
	assert_int_equal(kept.ahead, 0);
	parse("07/18/2022 14:15:00,A,1,3,0,0\n07/18/2022 14:30:00,A,1,4,0,0\n07/18/2022 14:35:00,B,1,4,0,0\n", &kept);
	assert_int_equal(kept.n_rows, 3);
	/* Location by location: the stamps of all say where the input ends. */
	parse("07/18/2022 14:10:00,A,1,1,0,0\n07/18/2022 14:15:00,A,1,2,0,0\n07/18/2022 14:30:00,A,1,3,0,0\n07/18/2022 14:45:00,A,1,4,0,0\n"
	      "07/18/2022 14:10:00,B,1,1,0,0\n07/18/2022 14:15:00,B,1,2,0,0\n07/18/2022 14:20:00,B,1,3,0,0\n",
	      &kept);
	assert_int_equal(kept.n_rows, 5);
	assert_int_equal(kept.ahead, 2);
	assert_int_equal(kept.ahead_s, SUMMER + AT(14, 30, 0));
}

/* Late runs stand in one pass only, and not in each location. The stamp after the hour knows the last one in it. */
static void the_repeated_hour(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	struct gpq_line_counts counts = parse(
		"11/05/2023 00:55:00,A,1,1,0,0\n11/05/2023 00:55:00,B,1,2,0,0\n11/05/2023 01:00:00,A,1,3,0,0\n11/05/2023 01:00:00,B,1,4,0,0\n"
		"11/05/2023 01:05:00,A,1,5,0,0\n11/05/2023 01:55:00,B,1,15,0,0\n11/05/2023 01:57:48,A,1,6,0,0\n11/05/2023 01:00:00,A,1,7,0,0\n11/05/2023 01:00:00,B,1,8,0,0\n"
		"11/05/2023 01:02:48,A,1,9,0,0\n11/05/2023 01:56:00,A,1,10,0,0\n11/05/2023 02:00:00,A,1,11,0,0\n11/05/2023 02:05:00,A,1,12,0,0\n"
		"11/05/2023 01:05:00,ONE,1,13,0,0\n11/05/2023 02:00:00,ONE,1,14,0,0\n",
		&kept);
	assert_int_equal(kept.n_rows, 14);
	assert_int_equal(counts.rejected, 1);
	assert_int_equal(kept.bad[0].reason, GPQ_REJECT_UNRESOLVED);
	assert_string_equal(kept.bad_text[0], "11/05/2023 01:05:00,ONE,1,13,0,0\n");
	assert_true(has_row(&kept, AUTUMN + AT(0, 55, 0), AUTUMN + AT(1, 0, 0), 300));
	assert_true(has_row(&kept, AUTUMN + AT(0, 55, 0), AUTUMN + AT(1, 0, 0), 400));
	assert_true(has_row(&kept, AUTUMN + AT(1, 0, 0), AUTUMN + AT(1, 5, 0), 500));
	assert_true(has_row(&kept, AUTUMN + AT(1, 52, 48), AUTUMN + AT(1, 57, 48), 600));
	assert_true(has_row(&kept, AUTUMN + AT(1, 57, 48), AUTUMN + AT(2, 0, 0), 700)); /* 01:00 EST */
	assert_true(has_row(&kept, AUTUMN + AT(1, 55, 0), AUTUMN + AT(2, 0, 0), 800));
	assert_true(has_row(&kept, AUTUMN + AT(2, 0, 0), AUTUMN + AT(2, 2, 48), 900));
	assert_true(has_row(&kept, AUTUMN + AT(2, 51, 0), AUTUMN + AT(2, 56, 0), 1000));
	assert_true(has_row(&kept, AUTUMN + AT(2, 56, 0), AUTUMN + AT(3, 0, 0), 1100)); /* 02:00 EST */
	assert_true(has_row(&kept, AUTUMN + AT(2, 55, 0), AUTUMN + AT(3, 0, 0), 1400));
}

/* Blank prices and such as are none tell their pass; three passes tell nothing; clocks went back in October. */
static void other_repeated_hours(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	struct gpq_line_counts counts = parse("10/30/2005 01:10:00,A,1,1,0,0\n10/30/2005 01:05:00,A,1,,,\n10/30/2005 01:10:00,A,1,2,0,0\n"
	                                      "10/30/2005 01:10:00,B,1,3,0,0\n10/30/2005 01:05:00,B,1,x,0,0\n10/30/2005 02:05:00,A,1,4,0,0\n",
	                                      &kept);
	assert_int_equal(counts.blank, 1);
	assert_int_equal(counts.rejected, 1);
	assert_int_equal(kept.n_rows, 4);
	assert_true(has_row(&kept, OLD + AT(1, 5, 0), OLD + AT(1, 10, 0), 100));
	assert_true(has_row(&kept, OLD + AT(2, 5, 0), OLD + AT(2, 10, 0), 200));
	assert_true(has_row(&kept, OLD + AT(1, 5, 0), OLD + AT(1, 10, 0), 300));
	assert_true(has_row(&kept, OLD + AT(3, 0, 0), OLD + AT(3, 5, 0), 400));
	counts = parse("11/05/2023 01:10:00,A,1,1,0,0\n11/05/2023 01:05:00,A,1,1,0,0\n11/05/2023 01:01:00,A,1,2,0,0\n", &kept);
	assert_int_equal(counts.rejected, 3);
	/* A capture within the hour that is passed twice, and a run that looks ahead out of it. */
	counts = parse("11/05/2023 01:50:00,A,1,1,0,0\n11/05/2023 01:45:00,A,1,2,0,0\n11/05/2023 02:00:00,A,1,3,0,0\n", &kept);
	assert_int_equal(kept.n_rows, 1);
	assert_int_equal(counts.outside, 2);
}

static void more_than_fit_are_refused(void **state)
{
	(void)state;
	struct kept kept = { .unwanted = NULL };
	struct input *input = malloc(sizeof(*input));
	char *text = malloc(64 * (GPQ_SUCCESSION_MAX_ROWS + 1));
	size_t len = 0, last = 0;
	input_open(input, &kept, GPQ_LINE_BATCH_ROWS);
	for (uint32_t i = 0; i <= GPQ_SUCCESSION_MAX_ROWS; last = i < GPQ_SUCCESSION_MAX_ROWS ? len : last, i++)
		len += (size_t)sprintf(text + len, "07/18/2022 14:15:00,N%u,1,1,0,0\n", i % 4000);
	chunk_parse(input, text, last, 0, 2);
	assert_null(gpq_succession_refusal(input->succession));
	chunk_parse(input, text + last, len - last, last, GPQ_SUCCESSION_MAX_ROWS + 2);
	assert_non_null(strstr(gpq_succession_refusal(input->succession), "16384 rows"));
	gpq_succession_begin(input->succession, input->zone);
	assert_null(gpq_succession_refusal(input->succession));
	for (uint32_t i = 0, start_s; i <= GPQ_SUCCESSION_MAX_PLACES; i++) {
		assert_true(gpq_succession_start(input->succession, i, SUMMER + 300, &start_s));
		assert_int_equal(start_s, SUMMER);
	}
	assert_non_null(strstr(gpq_succession_refusal(input->succession), "4096 locations"));
	input->counts.partial_rows = 0;
	input_end(input, &kept);
	free(text);
	free(input);
}

/* Passes that are told may stand among each other; what lies behind the second one's begin is no more than a step back. */
static void told_passes_among_each_other(void **state)
{
	(void)state;
	static const struct {
		uint32_t end_s, start_s; /* 0: rejected */
	} stamps[] = { { AT(0, 55, 0), AT(0, 50, 0) }, { AT(1, 0, 0), AT(0, 55, 0) },  { AT(2, 0, 0), AT(1, 55, 0) }, { AT(1, 5, 0), AT(1, 0, 0) },
		       { AT(1, 5, 0), AT(1, 0, 0) },   { AT(2, 5, 0), AT(2, 0, 0) },   { AT(1, 7, 2), AT(1, 5, 0) },  { AT(2, 7, 0), AT(2, 5, 0) },
		       { AT(1, 6, 0), 0 },             { AT(1, 55, 0), AT(1, 50, 0) }, { AT(1, 57, 0), 0 },           { AT(3, 0, 0), AT(2, 55, 0) } };
	struct kept kept = { .unwanted = NULL };
	struct input *input = malloc(sizeof(*input));
	input_open(input, &kept, GPQ_LINE_BATCH_ROWS);
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		uint32_t start_s;
		bool good = gpq_succession_start(input->succession, 1, AUTUMN + stamps[i].end_s, &start_s);
		assert_int_equal(good, stamps[i].start_s != 0);
		if (good)
			assert_int_equal(start_s, AUTUMN + stamps[i].start_s);
	}
	input_end(input, &kept);
	free(input);
}

static void memory_that_fails(void **state)
{
	(void)state;
	for (uint64_t fail_at = 1; fail_at <= 2; fail_at++) {
		struct gpq_budget budget;
		struct gpq_succession *succession = NULL;
		gpq_budget_init(&budget, CAP);
		budget.fail_at = fail_at;
		assert_int_equal(gpq_succession_open(&budget, &succession, NULL), GPQ_E_BUDGET);
		assert_null(succession);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	struct gpq_budget budget;
	struct gpq_succession *succession = NULL;
	gpq_budget_init(&budget, gpq_succession_need());
	assert_int_equal(gpq_succession_open(&budget, &succession, NULL), GPQ_OK);
	gpq_succession_close(succession);
	gpq_succession_close(NULL);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interval_begins_where_the_last_one_ended),
		cmocka_unit_test(a_days_first_one_begins_at_midnight),
		cmocka_unit_test(every_stamp_counts),
		cmocka_unit_test(who_is_not_asked_for_counts_too),
		cmocka_unit_test(a_step_back_is_rejected),
		cmocka_unit_test(quarters_at_the_end_look_ahead),
		cmocka_unit_test(the_repeated_hour),
		cmocka_unit_test(other_repeated_hours),
		cmocka_unit_test(more_than_fit_are_refused),
		cmocka_unit_test(told_passes_among_each_other),
		cmocka_unit_test(memory_that_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
