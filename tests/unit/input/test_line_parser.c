// SPDX-License-Identifier: MIT
#include "input/line_parser.h"

#include "cpu/features.h"
#include "csv/scan.h"
#include "table/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CAP      ((size_t)96 << 20)
#define MAX_KEPT 64
#define HEADER                                                                                                         \
	"datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"               \
	"system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr"
#define TEN_UTC UINT32_C(1719828000) /* 2024-07-01T10:00:00Z */
#define LINE_10 "7/1/2024 10:00:00 AM,7/1/2024 6:00:00 AM,51288,WESTERN HUB,,,HUB,,30.5,31.25,0.5,0.25,True,1\n"

/* Everything that a parser said, kept. */
struct kept_row {
	uint32_t output, start_s, location;
	int32_t version;
	uint64_t origin;
	int64_t cell[GPQ_MAX_CELLS];
};
struct kept_line {
	enum gpq_reject reason;
	uint64_t byte, line;
	uint32_t field;
	char bytes[400], value[400];
	uint32_t len;
};
static struct {
	struct kept_row rows[MAX_KEPT];
	struct kept_line lines[MAX_KEPT];
	uint32_t n_rows, n_lines;
	bool (*wants)(void *context, uint32_t code);
	enum gpq_status refuse;
} kept;

static struct gpq_budget budget;
static struct gpq_zone *zone;
static struct gpq_locations *locations;
static struct gpq_line_parser *parser;
static struct gpq_feed_binding binding;
static struct gpq_line_counts counts;
static uint32_t last_start_s;
static char header[1024];
static uint32_t batch_rows = GPQ_LINE_BATCH_ROWS;

static enum gpq_status rows_keep(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)context;
	if (kept.refuse != GPQ_OK)
		return gpq_fail(err, kept.refuse, "refused");
	for (uint32_t i = 0; i < batch->rows; i++) {
		assert_true(kept.n_rows < MAX_KEPT);
		struct kept_row *row = &kept.rows[kept.n_rows++];
		*row = (struct kept_row){
			output, batch->start_s[i], batch->location[i], batch->version[i], batch->origin[i], { 0 }
		};
		for (uint32_t k = 0; k < batch->n_cells; k++)
			row->cell[k] = batch->cell[k][i];
	}
	return GPQ_OK;
}

static enum gpq_status line_keep(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context, (void)err;
	assert_true(kept.n_lines < MAX_KEPT);
	struct kept_line *copy = &kept.lines[kept.n_lines++];
	*copy =
	    (struct kept_line){ .reason = line->reason, .byte = line->byte, .line = line->line, .field = line->field };
	copy->len = line->bytes.len;
	snprintf(copy->bytes, sizeof(copy->bytes), "%.*s", (int)line->bytes.len, line->bytes.bytes);
	snprintf(copy->value, sizeof(copy->value), "%.*s", (int)line->value.len,
		 line->value.len ? line->value.bytes : "");
	return GPQ_OK;
}

static void bind(const char *feed, const char *columns)
{
	static char text[1024];
	struct gpq_text names[64];
	uint32_t n = 0;
	snprintf(header, sizeof(header), "%s", columns);
	snprintf(text, sizeof(text), "%s", columns);
	for (char *at = text; at;) {
		char *comma = strchr(at, ',');
		names[n++] = (struct gpq_text){ at, (uint32_t)(comma ? (size_t)(comma - at) : strlen(at)) };
		at = comma ? comma + 1 : NULL;
	}
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, feed) == 0) {
			assert_int_equal(
			    gpq_feed_binding_init(&binding, &gpq_market_pjm, gpq_market_pjm.feeds[f], names, n, NULL),
			    GPQ_OK);
			return;
		}
	fail_msg("no feed %s", feed);
}

static int parser_open(void **state)
{
	(void)state;
	memset(&kept, 0, sizeof(kept));
	memset(&counts, 0, sizeof(counts));
	gpq_budget_init(&budget, CAP);
	bind("da_hrl_lmps", HEADER);
	if (gpq_zone_open(&budget, "America/New_York", &zone, NULL) != GPQ_OK ||
	    gpq_locations_open(&budget, (size_t)8 << 20, &locations, NULL) != GPQ_OK)
		return -1;
	return gpq_line_parser_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), batch_rows, GPQ_CSV_MAX_RECORD_BYTES, &parser, NULL) == GPQ_OK ? 0
														 : -1;
}

static int parser_close(void **state)
{
	(void)state;
	gpq_line_parser_close(parser);
	gpq_locations_close(locations);
	gpq_zone_close(zone);
	batch_rows = GPQ_LINE_BATCH_ROWS;
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

/* A chunk at byte 1000 and line 11 of input 3. */
static enum gpq_status parse_bytes(const char *bytes, size_t len, struct gpq_error *err)
{
	uint8_t *padded = malloc(len + GPQ_CSV_PADDING);
	memcpy(padded, bytes, len);
	memset(padded + len, ',', GPQ_CSV_PADDING);
	struct gpq_csv_traits traits = gpq_csv_cut(padded, len, true, true, 0).traits;
	struct gpq_input_chunk chunk = { padded, len, 1000, 11, 3, traits, { NULL, 0 }, 0 };
	struct gpq_line_receiver receiver = { NULL, locations, rows_keep, line_keep, kept.wants, NULL, NULL, NULL, NULL };
	enum gpq_status status = gpq_line_parser_chunk(parser, &chunk, &binding, zone, gpq_text_of(header), &receiver,
						       &counts, &last_start_s, err);
	free(padded);
	return status;
}

static void parse(const char *text)
{
	assert_int_equal(parse_bytes(text, strlen(text), NULL), GPQ_OK);
	assert_int_equal(counts.lines, counts.header_lines + counts.blank_lines + counts.data_lines);
}

/* ---- lines that give no row ---- */

/* The line stands second, behind a good one, and a good one follows. */
static void rejected(const char *line, enum gpq_reject reason, uint32_t field, const char *value)
{
	char text[2000];
	uint32_t rows = kept.n_rows, lines = kept.n_lines;
	memset(&counts, 0, sizeof(counts));
	snprintf(text, sizeof(text), "%s%s\n%s", LINE_10, line, LINE_10);
	parse(text);
	assert_int_equal(kept.n_rows - rows, 2);
	assert_int_equal(kept.n_lines - lines, 1);
	const struct kept_line *bad = &kept.lines[lines];
	assert_string_equal(gpq_reject_word(bad->reason), gpq_reject_word(reason));
	assert_int_equal(bad->byte, 1000 + strlen(LINE_10));
	assert_int_equal(bad->line, 12);
	assert_int_equal(bad->field, field);
	assert_int_equal(bad->len, strlen(line) + 1);
	assert_memory_equal(bad->bytes, line, strlen(line));
	assert_string_equal(bad->value, value);
	assert_int_equal(counts.data_lines, 3);
	assert_int_equal(counts.partial_rows, 3);
	assert_int_equal(counts.rejected, 1);
	assert_int_equal(counts.off_grid, reason == GPQ_REJECT_GRID);
	kept.n_rows = kept.n_lines = 0;
}

static void every_reason_has_its_line_byte_and_field(void **state)
{
	(void)state;
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True", GPQ_REJECT_FIELDS_FEW, 0, "");
	rejected("7/1/2024 10:00:00 AM", GPQ_REJECT_FIELDS_FEW, 0, "");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1,x", GPQ_REJECT_FIELDS_MANY, 0, "");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1,,\"x\"", GPQ_REJECT_FIELDS_MANY, 0, "");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,abc,2,3,4,True,1", GPQ_REJECT_NUMBER, 9, "abc");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,0x12,3,4,True,1", GPQ_REJECT_NUMBER, 10, "0x12");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,nan,4,True,1", GPQ_REJECT_NUMBER, 11, "nan");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,inf,True,1", GPQ_REJECT_NUMBER, 12, "inf");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,1e999,True,1", GPQ_REJECT_NUMBER_RANGE, 12, "1e999");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,one", GPQ_REJECT_VERSION, 14, "one");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1.5", GPQ_REJECT_VERSION, 14, "1.5");
	rejected("13/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_STAMP, 1, "13/1/2024 10:00:00 AM");
	rejected("2/30/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_STAMP, 1, "2/30/2024 10:00:00 AM");
	rejected("1/1/1969 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_STAMP, 1, "1/1/1969 10:00:00 AM");
	rejected("1/1/2107 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_STAMP, 1, "1/1/2107 10:00:00 AM");
	rejected(",,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_STAMP_MISSING, 1, "");
	rejected("null,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_STAMP_MISSING, 1, "null");
	rejected("7/1/2024 10:05:00 AM,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_GRID, 1, "7/1/2024 10:05:00 AM");
	rejected("2024-07-01T10:00:00.5,,1,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_GRID, 1, "2024-07-01T10:00:00.5");
	rejected("7/1/2024 10:00:00 AM,,1,A\xFF,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_UTF8, 0, "");
	rejected("7/1/2024 10:00:00 AM,,,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_KEY_MISSING, 0, "");
	rejected("7/1/2024 10:00:00 AM,,  ,A,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_KEY_MISSING, 0, "");
	rejected("7/1/2024 10:00:00 AM,,\"\",,,,HUB,,1,2,3,4,True,1", GPQ_REJECT_KEY_MISSING, 0, "");
	rejected("7/1/2024 10:00:00 AM,,1,A,,,HUB,,\"a\"\"b\",2,3,4,True,1", GPQ_REJECT_NUMBER, 9, "a\"b");
}

static void a_nul_byte_rejects_its_line_only(void **state)
{
	(void)state;
	static const char text[] = LINE_10 "7/1/2024 10:00:00 AM,,1,A\0B,,,HUB,,1,2,3,4,True,1\n" LINE_10;
	assert_int_equal(parse_bytes(text, sizeof(text) - 1, NULL), GPQ_OK);
	assert_int_equal(kept.n_rows, 2);
	assert_int_equal(kept.n_lines, 1);
	assert_int_equal(kept.lines[0].reason, GPQ_REJECT_NUL);
	assert_int_equal(kept.lines[0].line, 12);
	assert_int_equal(kept.lines[0].byte, 1000 + strlen(LINE_10));
}

/* Nothing stands above the first line of a chunk: its empty stamp is missing, and not the one of a chunk before. */
static void a_missing_stamp_at_the_begin_of_a_chunk_is_missing(void **state)
{
	(void)state;
	parse(LINE_10);
	parse(",,1,A,,,HUB,,1,2,3,4,True,1\n" LINE_10);
	assert_int_equal(kept.n_lines, 1);
	assert_int_equal(kept.lines[0].reason, GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(kept.lines[0].line, 11);
	assert_int_equal(kept.n_rows, 2);
	assert_int_equal(counts.rejected, 1);
}

/* A record whose end is in sight may be longer than any record may be: then it is rejected as a whole. */
static void a_record_longer_than_any_is_rejected(void **state)
{
	(void)state;
	size_t len = GPQ_CSV_MAX_RECORD_BYTES + ((size_t)100 << 10), at = 0;
	char *text = malloc(len + 4000);
	at += (size_t)sprintf(text, "7/1/2024 10:00:00 AM,,1,\"a\"\"");
	while (at < len)
		text[at++] = 'x';
	at += (size_t)sprintf(text + at, "\",,,HUB,,1,2,3,4,True,1\n" LINE_10);
	assert_int_equal(parse_bytes(text, at, NULL), GPQ_OK);
	free(text);
	assert_int_equal(kept.n_lines, 1);
	assert_int_equal(kept.lines[0].reason, GPQ_REJECT_LONG);
	assert_int_equal(kept.lines[0].line, 11);
	assert_int_equal(kept.lines[0].byte, 1000);
	assert_int_equal(kept.n_rows, 1);
	assert_int_equal(counts.data_lines, 2);
	assert_int_equal(counts.rejected, 1);
}

/* The same long quoted field is looked at as a number and then told as the reject's value. */
static void a_long_quoted_value_is_told(void **state)
{
	(void)state;
	size_t len = GPQ_CSV_MAX_RECORD_BYTES - 200, at = 0;
	char *text = malloc(len + 4000);
	at += (size_t)sprintf(text, "7/1/2024 10:00:00 AM,,1,A,,,HUB,,\"a\"\"");
	while (at < len)
		text[at++] = 'x';
	at += (size_t)sprintf(text + at, "\",2,3,4,True,1\n" LINE_10);
	assert_int_equal(parse_bytes(text, at, NULL), GPQ_OK);
	free(text);
	assert_int_equal(kept.n_lines, 1);
	assert_int_equal(kept.lines[0].reason, GPQ_REJECT_NUMBER);
	assert_int_equal(kept.lines[0].field, 9);
	assert_memory_equal(kept.lines[0].value, "a\"xxx", 5);
	assert_int_equal(kept.n_rows, 1);
}

static void line_numbers_count_lines_within_quotes(void **state)
{
	(void)state;
	parse("7/1/2024 10:00:00 AM,,1,\"A\nB\nC\",,,HUB,,1,2,3,4,True,1\n"
	      "x,,1,A,,,HUB,,1,2,3,4,True,1\n"
	      "\n"
	      "y,,1,A,,,HUB,,1,2,3,4,True,1");
	assert_int_equal(kept.n_rows, 1);
	assert_int_equal(kept.n_lines, 2);
	assert_int_equal(kept.lines[0].line, 14);
	assert_int_equal(kept.lines[1].line, 16);
	assert_string_equal(kept.lines[1].bytes, "y,,1,A,,,HUB,,1,2,3,4,True,1");
	const struct gpq_location *location = gpq_locations_view(locations, kept.rows[0].location);
	assert_true(gpq_text_equal(location->text[GPQ_TEXT_NAME], gpq_text_of("A\nB\nC")));
}

/* Whatever comes first, each rejected line has its own number. */
static void many_rejects_are_numbered(void **state)
{
	(void)state;
	char text[4000] = "";
	for (int i = 0; i < 40; i++)
		strcat(text, i % 2 ? "\n" : "x,,1,A,,,HUB,,1,2,3,4,True,1\r\n");
	parse(text);
	assert_int_equal(kept.n_lines, 20);
	assert_int_equal(counts.blank_lines, 20);
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(kept.lines[i].line, 11 + 2 * i);
		assert_int_equal(kept.lines[i].byte, 1000 + i * 31);
	}
}

/* ---- lines that give rows ---- */

static const struct gpq_location *location_of(uint32_t row)
{
	return gpq_locations_view(locations, kept.rows[row].location);
}

static void text_is(uint32_t row, enum gpq_location_text text, const char *expected)
{
	assert_true(gpq_text_equal(location_of(row)->text[text], gpq_text_of(expected)));
}

static void a_line_becomes_a_partial_row(void **state)
{
	(void)state;
	parse(LINE_10 "7/1/2024 11:00:00 AM,7/1/2024 7:00:00 AM,48592,ALDENE, 230 KV "
		      ",T-10,LOAD,PSEG,30.51,-31.254321,,1e-7,False,\n");
	assert_int_equal(kept.n_rows, 2);
	const struct kept_row *row = &kept.rows[0];
	assert_int_equal(row->start_s, TEN_UTC);
	assert_int_equal(row->version, 1);
	assert_true(row->origin == gpq_origin(3, 1000));
	const struct gpq_dataset *dataset = binding.output[0];
	int total = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_TOTAL),
	    energy = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_ENERGY);
	int congestion = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_CONGESTION),
	    loss = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_LOSS);
	assert_int_equal(row->cell[total], 31250000);
	assert_int_equal(row->cell[energy], 30500000);
	assert_int_equal(row->cell[congestion], 500000);
	assert_int_equal(row->cell[loss], 250000);
	text_is(0, GPQ_TEXT_NAME, "WESTERN HUB");
	text_is(0, GPQ_TEXT_ID, "51288");
	text_is(0, GPQ_TEXT_TYPE, "HUB");
	text_is(0, GPQ_TEXT_ZONE, NULL);
	assert_int_equal(location_of(0)->voltage_kv, GPQ_CELL_NULL);
	row = &kept.rows[1];
	assert_int_equal(row->start_s, TEN_UTC + 3600);
	assert_int_equal(row->version, GPQ_VERSION_NONE);
	assert_true(row->origin == gpq_origin(3, 1000 + strlen(LINE_10)));
	assert_int_equal(row->cell[total], -31254321);
	assert_int_equal(row->cell[congestion], GPQ_CELL_NULL);
	assert_true(gpq_cell_to_double(row->cell[loss], 6) == strtod("1e-7", NULL));
	assert_int_equal(location_of(1)->voltage_kv, 230000);
	text_is(1, GPQ_TEXT_EQUIPMENT, "T-10");
	assert_int_equal(last_start_s, TEN_UTC + 3600);
	assert_int_equal(counts.warnings, 0);
}

/* The export, what Excel makes of it, what pandas makes of the API's JSON (formats, section 2.1): one row, one meaning.
 */
static void dialects_mean_the_same(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"7/1/2024 10:00:00 AM,7/1/2024 6:00:00 AM,51288,WESTERN "
		"HUB,,,HUB,,30.500000,31.250000,0.500000,0.250000,True,1\r\n",
		"7/1/2024 10:00,7/1/2024 6:00,51288,WESTERN HUB,,,HUB,,30.5,31.25,0.5,0.25,TRUE,1\r\n",
		"2024-07-01T10:00:00,2024-07-01T06:00:00,51288,WESTERN HUB,,,HUB,,30.5,31.25,0.5,0.25,true,1\n",
		"2024-07-01 10:00:00,2024-07-01 06:00:00,51288,WESTERN HUB,,,HUB,,30.5,31.25,.5,.25,true,1\n",
		"2024-07-01T10:00:00Z,,51288,WESTERN HUB,,,HUB,,3.05e1,+31.25,0.5,0.25,,1\n",
		"2024-07-01T06:00:00-04:00,,51288,WESTERN HUB,,,HUB,,30.5,31.25,0.5,0.25,,1\n",
		"\"7/1/2024 10:00:00 AM\",\"7/1/2024 6:00:00 AM\",\"51288\",\"WESTERN "
		"HUB\",\"\",\"\",\"HUB\",\"\",\"30.5\",\"31.25\","
		"\"0.5\",\"0.25\",\"True\",\"1\"\r\n",
		" 7/1/2024 10:00:00 AM , 7/1/2024 6:00:00 AM , 51288 , WESTERN HUB ,,, HUB ,, 30.5 , 31.25 , 0.5 , "
		"0.25 ,True, 1 \n",
		"7/1/2024 10:00:00 AM,7/1/2024 6:00:00 AM,51288,WESTERN HUB,,,HUB,,30.5,31.25,0.5,0.25,True,1,,, \n",
		"7/1/2024 10:00:00 AM,7/1/2024 6:00:00 AM,51288,WESTERN HUB,,,HUB,,30.5,31.25,0.5,0.25,True,1",
	};
	uint32_t n = sizeof(lines) / sizeof(lines[0]);
	for (uint32_t i = 0; i < n; i++) {
		parse(lines[i]);
		assert_int_equal(kept.n_rows, i + 1);
		assert_int_equal(kept.rows[i].start_s, TEN_UTC);
		assert_int_equal(kept.rows[i].version, 1);
		assert_int_equal(kept.rows[i].location, kept.rows[0].location);
		assert_memory_equal(kept.rows[i].cell, kept.rows[0].cell, 4 * sizeof(int64_t));
	}
	assert_int_equal(kept.n_lines, 0);
	assert_int_equal(counts.warnings, 0);
	assert_int_equal(gpq_locations_count(locations), 1);
}

static void repeated_headers_and_blank_lines_are_decoration(void **state)
{
	(void)state;
	parse("\n  \t\r\n" LINE_10 HEADER "\r\n\r\n" HEADER "\n" LINE_10 HEADER);
	assert_int_equal(kept.n_rows, 2);
	assert_int_equal(kept.n_lines, 0);
	assert_int_equal(counts.lines, 8);
	assert_int_equal(counts.header_lines, 3);
	assert_int_equal(counts.blank_lines, 3);
	assert_int_equal(counts.data_lines, 2);
	assert_int_equal(counts.partial_rows, 2);
}

/* Without prices a line makes no row (RULES 14), whatever else it says. */
static void lines_without_prices_are_blank(void **state)
{
	(void)state;
	parse("7/1/2024 10:00:00 AM,,1,A,,,HUB,,,,,,True,1\n"
	      "7/1/2024 10:00:00 AM,,1,A,,,HUB,,null,NULL, ,\"\",True,1\n"
	      "7/1/2024 10:00:00 AM,,1,A,,,HUB,,,,,0,True,1\n"
	      "x,,1,A,,,HUB,,,,,,True,1\n" /* whatever else it says: RULES 14 */
	      ",,,,,,,,,,,,,\n");
	assert_int_equal(counts.blank, 4);
	assert_int_equal(counts.rejected, 0);
	assert_int_equal(counts.partial_rows, 5);
	assert_int_equal(kept.n_rows, 1);
}

/* The id stands for it when rows are written: another file may know the name. */
static void an_empty_name_is_not_known(void **state)
{
	(void)state;
	parse("7/1/2024 10:00:00 AM,,77,,,,HUB,,1,2,3,4,True,1\n");
	text_is(0, GPQ_TEXT_NAME, NULL);
	text_is(0, GPQ_TEXT_ID, "77");
}

static void local_times_and_voltages_are_warned_of(void **state)
{
	(void)state;
	parse("7/1/2024 10:00:00 AM,7/1/2024 5:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n" /* an hour off */
	      "7/1/2024 10:00:00 AM,7/1/2024 5:00:00 AM,2,B,,,HUB,,1,2,3,4,True,1\n" /* the same again */
	      "7/1/2024 10:00:00 AM,7/1/2024 6:00:00 AM,3,C,,,HUB,,1,2,3,4,True,1\n" /* right */
	      "7/1/2024 10:00:00 AM,yesterday,4,D,,,HUB,,1,2,3,4,True,1\n"
	      "7/1/2024 10:00:00 AM,,5,E,,,HUB,,1,2,3,4,True,1\n"                      /* missing: nothing to compare */
	      "7/1/2024 11:00:00 AM,7/1/2024 6:00:00 AM,6,F,,,HUB,,1,2,3,4,True,1\n"); /* the hour above it */
	assert_int_equal(kept.n_rows, 6);
	assert_int_equal(counts.warnings, 4);
	parse("7/1/2024 10:00:00 AM,,7,G,high,,HUB,,1,2,3,4,True,1\n");
	assert_int_equal(counts.warnings, 5);
	assert_int_equal(location_of(6)->voltage_kv, GPQ_CELL_NULL);
}

/* 1 AM stands twice in autumn: each pass is right where UTC is. 3 AM follows 1 AM in spring. */
static void local_times_of_clock_changes_are_right(void **state)
{
	(void)state;
	parse("11/3/2024 5:00:00 AM,11/3/2024 1:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n"
	      "11/3/2024 6:00:00 AM,11/3/2024 1:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n"
	      "11/3/2024 7:00:00 AM,11/3/2024 2:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n"
	      "3/10/2024 6:00:00 AM,3/10/2024 1:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n"
	      "3/10/2024 7:00:00 AM,3/10/2024 3:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n");
	assert_int_equal(counts.warnings, 0);
	assert_int_equal(kept.n_rows, 5);
}

static bool wants_even(void *context, uint32_t code)
{
	(void)context;
	return code % 2 == 0;
}

static void locations_not_asked_for_are_outside(void **state)
{
	(void)state;
	kept.wants = wants_even;
	parse("7/1/2024 10:00:00 AM,,1,A,,,HUB,,1,2,3,4,True,1\n"
	      "7/1/2024 10:00:00 AM,,2,B,,,HUB,,1,2,3,4,True,1\n"
	      "7/1/2024 10:00:00 AM,,3,C,,,HUB,,1,2,3,4,True,1\n"
	      "7/1/2024 10:00:00 AM,,2,B,,,HUB,,,,,,True,1\n");
	assert_int_equal(kept.n_rows, 2);
	assert_int_equal(counts.outside, 1);
	assert_int_equal(counts.blank, 1);
	assert_int_equal(counts.partial_rows, 4);
}

/* Two datasets from one line: each with its own prices, and each its own blank. */
static void one_line_feeds_two_outputs(void **state)
{
	(void)state;
	bind("rt_da_monthly_lmps", "datetime_beginning_utc,pnode_id,pnode_name,total_lmp_rt,total_lmp_da");
	parse("7/1/2024 10:00:00 AM,1,A,1.5,2.5\n"
	      "7/1/2024 10:00:00 AM,2,B,,3.5\n"
	      "7/1/2024 10:00:00 AM,3,C,4.5,\n"
	      "7/1/2024 10:00:00 AM,4,D,,\n"
	      "7/1/2024 10:00:00 AM,5,E,x,1\n"
	      "7/1/2024 10:00:00 AM,5,E,1,x\n");
	assert_int_equal(counts.data_lines, 6);
	assert_int_equal(counts.partial_rows, 12);
	assert_int_equal(counts.blank, 4);
	assert_int_equal(counts.rejected, 4);
	assert_int_equal(kept.n_rows, 4);
	int total = gpq_dataset_cell(binding.output[0], GPQ_COLUMN_LMP_TOTAL);
	assert_int_equal(kept.rows[0].output, 0);
	assert_int_equal(kept.rows[0].cell[total], 2500000);
	assert_int_equal(kept.rows[1].cell[total], 3500000);
	assert_int_equal(kept.rows[2].output, 1);
	assert_int_equal(kept.rows[2].cell[total], 1500000);
	assert_int_equal(kept.rows[3].cell[total], 4500000);
	assert_int_equal(kept.lines[0].field, 4);
	assert_int_equal(kept.lines[1].field, 5);
}

/* Fields of a location that other columns part are put together, and never taken for others of the same bytes. */
static void location_fields_may_stand_apart(void **state)
{
	(void)state;
	bind("da_hrl_lmps", "pnode_id,total_lmp_da,pnode_name,datetime_beginning_utc,zone");
	parse("1,5,2A,7/1/2024 10:00:00 AM,\n"
	      "12,5,A,7/1/2024 10:00:00 AM,\n"
	      "1,6,2A,7/1/2024 10:00:00 AM,\n"
	      "12,7,,7/1/2024 10:00:00 AM,A\n"
	      "12,8,A,7/1/2024 10:00:00 AM,\n");
	assert_int_equal(kept.n_rows, 5);
	text_is(0, GPQ_TEXT_NAME, "2A");
	text_is(1, GPQ_TEXT_ID, "12");
	assert_int_equal(kept.rows[0].location, kept.rows[2].location);
	assert_int_equal(kept.rows[1].location, kept.rows[4].location);
	assert_true(kept.rows[1].location != kept.rows[3].location);
	text_is(3, GPQ_TEXT_ZONE, "A");
	assert_int_equal(gpq_locations_count(locations), 3);
}

static void long_locations_that_stand_apart_are_read_each_time(void **state)
{
	(void)state;
	char text[3000], name[1100];
	bind("da_hrl_lmps", "pnode_id,total_lmp_da,pnode_name,datetime_beginning_utc");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	snprintf(text, sizeof(text), "1,5,%s,7/1/2024 10:00:00 AM\n1,6,%s,7/1/2024 10:00:00 AM\n", name, name);
	parse(text);
	assert_int_equal(kept.n_rows, 2);
	text_is(0, GPQ_TEXT_NAME, name);
	assert_int_equal(kept.rows[0].location, kept.rows[1].location);
}

/* Bytes that meant one thing under one header mean another under the next. */
static void another_header_forgets_locations(void **state)
{
	(void)state;
	bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da");
	parse("7/1/2024 10:00:00 AM,1,2,5\n");
	bind("da_hrl_lmps", "datetime_beginning_utc,pnode_name,pnode_id,total_lmp_da");
	parse("7/1/2024 10:00:00 AM,1,2,5\n");
	text_is(0, GPQ_TEXT_ID, "1");
	text_is(1, GPQ_TEXT_ID, "2");
}

static void products_are_read(void **state)
{
	(void)state;
	bind("reserve_market_results", "datetime_beginning_utc,locale,service,mcp,mcp_capped,as_req_mw,total_mw");
	/* Of the two layouts of this feed the table's first is hourly. */
	parse("8/1/2024 10:00:00 AM,MAD,SR,12.5,1,100.25,99\n"
	      "8/1/2024 10:00:00 AM,MAD,,12.5,1,100.25,99\n");
	assert_int_equal(kept.n_rows, 1);
	text_is(0, GPQ_TEXT_PRODUCT, "SR");
	text_is(0, GPQ_TEXT_REGION, "MAD");
	assert_int_equal(kept.lines[0].reason, GPQ_REJECT_KEY_MISSING);
	bind("reg_market_results", "datetime_beginning_utc,requirement,total_mw,deficiency");
	parse("8/1/2024 10:00:00 AM,800,801.5,0\n");
	text_is(1, GPQ_TEXT_PRODUCT, "REG");
}

static void batches_are_given_when_full_and_at_the_end(void **state)
{
	(void)state;
	char text[4000] = "";
	for (int i = 0; i < 11; i++)
		strcat(text, LINE_10);
	parse(text);
	assert_int_equal(kept.n_rows, 11);
	for (uint32_t i = 0; i < 11; i++)
		assert_true(kept.rows[i].origin == gpq_origin(3, 1000 + i * strlen(LINE_10)));
}

static int small_batches(void **state)
{
	batch_rows = 4;
	return parser_open(state);
}

static void what_the_receiver_says_ends_the_parse(void **state)
{
	(void)state;
	struct gpq_error err;
	kept.refuse = GPQ_E_DISK_FULL;
	assert_int_equal(parse_bytes(LINE_10, strlen(LINE_10), &err), GPQ_E_DISK_FULL);
	assert_string_equal(err.message, "refused");
}

static void an_empty_chunk_is_nothing(void **state)
{
	(void)state;
	parse("");
	assert_int_equal(counts.lines, 0);
	assert_int_equal(last_start_s, 0);
}

static void starts_are_read_from_stamps(void **state)
{
	(void)state;
	uint32_t start_s = 5;
	assert_int_equal(gpq_line_start(gpq_text_of("7/1/2024 10:00:00 AM"), &start_s), GPQ_REJECT_NONE);
	assert_int_equal(start_s, TEN_UTC);
	assert_int_equal(gpq_line_start(gpq_text_of("1/1/1970 12:00:00 AM"), &start_s), GPQ_REJECT_NONE);
	assert_int_equal(start_s, 0);
	assert_int_equal(gpq_line_start(gpq_text_of("2106-02-07T06:28:15Z"), &start_s), GPQ_REJECT_NONE);
	assert_true(start_s == UINT32_MAX);
	assert_int_equal(gpq_line_start(gpq_text_of("2106-02-07T06:28:16Z"), &start_s), GPQ_REJECT_STAMP);
	assert_int_equal(gpq_line_start(gpq_text_of("12/31/1969 11:59:59 PM"), &start_s), GPQ_REJECT_STAMP);
	assert_int_equal(gpq_line_start(gpq_text_of(""), &start_s), GPQ_REJECT_STAMP_MISSING);
	assert_int_equal(gpq_line_start(gpq_text_of("2024-07-01T10:00:00.25Z"), &start_s), GPQ_REJECT_GRID);
	assert_true(start_s == UINT32_MAX);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	struct gpq_budget other;
	for (long n = 1;; n++) {
		struct gpq_line_parser *made = NULL;
		gpq_budget_init(&other, gpq_line_parser_need(GPQ_CSV_MAX_RECORD_BYTES));
		other.fail_at = n;
		enum gpq_status status = gpq_line_parser_open(&other, 0, GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES, &made, NULL);
		gpq_line_parser_close(made);
		assert_int_equal(atomic_load(&other.used_bytes), 0);
		if (status == GPQ_OK)
			break;
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_null(made);
		assert_true(n < 100);
	}
}

#define PARSER_TEST(name) cmocka_unit_test_setup_teardown(name, parser_open, parser_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PARSER_TEST(each_allocation_may_fail),
		PARSER_TEST(every_reason_has_its_line_byte_and_field),
		PARSER_TEST(a_nul_byte_rejects_its_line_only),
		PARSER_TEST(a_missing_stamp_at_the_begin_of_a_chunk_is_missing),
		PARSER_TEST(a_record_longer_than_any_is_rejected),
		PARSER_TEST(a_long_quoted_value_is_told),
		PARSER_TEST(line_numbers_count_lines_within_quotes),
		PARSER_TEST(many_rejects_are_numbered),
		PARSER_TEST(a_line_becomes_a_partial_row),
		PARSER_TEST(dialects_mean_the_same),
		PARSER_TEST(repeated_headers_and_blank_lines_are_decoration),
		PARSER_TEST(lines_without_prices_are_blank),
		PARSER_TEST(an_empty_name_is_not_known),
		PARSER_TEST(local_times_and_voltages_are_warned_of),
		PARSER_TEST(local_times_of_clock_changes_are_right),
		PARSER_TEST(locations_not_asked_for_are_outside),
		PARSER_TEST(one_line_feeds_two_outputs),
		PARSER_TEST(location_fields_may_stand_apart),
		PARSER_TEST(long_locations_that_stand_apart_are_read_each_time),
		PARSER_TEST(another_header_forgets_locations),
		PARSER_TEST(products_are_read),
		cmocka_unit_test_setup_teardown(batches_are_given_when_full_and_at_the_end, small_batches,
						parser_close),
		PARSER_TEST(what_the_receiver_says_ends_the_parse),
		PARSER_TEST(an_empty_chunk_is_nothing),
		PARSER_TEST(starts_are_read_from_stamps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
