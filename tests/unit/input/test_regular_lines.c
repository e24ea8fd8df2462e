// SPDX-License-Identifier: MIT
/*
 * Lines taken column by column must give what lines taken one by one give: the same rows, rejects, counts, codes. Random
 * chunks with all that is odd, at each processor level, are parsed in both ways.
 */
#include "input/line_parser.h"

#include "input/line_passage.h"
#include "cpu/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CAP         ((size_t)96 << 20)
#define TEXT_BYTES  ((size_t)1 << 20)
#define LOG_BYTES   ((size_t)4 << 20)
#define MAX_COLUMNS 20

static uint64_t random_state = 88172645463325252u;

static uint32_t below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % limit;
}

/* ---- what a parser says, as bytes ---- */

static struct log {
	uint8_t *bytes;
	size_t len;
	uint64_t rows, lines;
} said;

static void say(const void *bytes, size_t len)
{
	assert_true(LOG_BYTES - said.len >= len);
	if (len)
		memcpy(said.bytes + said.len, bytes, len);
	said.len += len;
}

/* Each output's rows for themselves: which of two full batches is given first is nobody's concern. */
static enum gpq_status rows_say(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)context, (void)err;
	say(&output, sizeof(output));
	say(&batch->rows, sizeof(batch->rows));
	say(batch->start_s, batch->rows * sizeof(batch->start_s[0]));
	say(batch->location, batch->rows * sizeof(batch->location[0]));
	say(batch->version, batch->rows * sizeof(batch->version[0]));
	say(batch->origin, batch->rows * sizeof(batch->origin[0]));
	for (uint32_t k = 0; k < batch->n_cells; k++)
		say(batch->cell[k], batch->rows * sizeof(batch->cell[k][0]));
	said.rows += batch->rows;
	return GPQ_OK;
}

static enum gpq_status line_say(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context, (void)err;
	say(&line->reason, sizeof(line->reason));
	say(&line->byte, sizeof(line->byte));
	say(&line->line, sizeof(line->line));
	say(&line->field, sizeof(line->field));
	say(line->bytes.bytes, line->bytes.len);
	say(line->value.bytes, line->value.len);
	said.lines++;
	return GPQ_OK;
}

static bool wants_some(void *context, uint32_t code)
{
	(void)context;
	return code % 3 != 1;
}

/* ---- feeds ---- */

struct feed {
	const char *id, *header;
	const struct gpq_market *market;
};

static const struct feed feeds[] = {
	{ "da_hrl_lmps", "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
	                 "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,"
	                 "version_nbr", &gpq_market_pjm },
	{ "da_hrl_lmps", "pnode_id,pnode_name,version_nbr,total_lmp_da,congestion_price_da,datetime_beginning_utc", &gpq_market_pjm },
	{ "da_hrl_lmps", "datetime_beginning_ept,total_lmp_da,datetime_beginning_utc,version_nbr,pnode_id,pnode_name,zone", &gpq_market_pjm },
	{ "da_hrl_lmps", "pnode_id,total_lmp_da,pnode_name,datetime_beginning_utc,zone", &gpq_market_pjm },
	{ "da_hrl_lmps", "total_lmp_da,pnode_id,datetime_beginning_utc,row_is_current,datetime_beginning_ept", &gpq_market_pjm },
	{ "rt_da_monthly_lmps", "datetime_beginning_utc,pnode_id,pnode_name,total_lmp_rt,total_lmp_da", &gpq_market_pjm },
	{ "reg_market_results", "datetime_beginning_utc,requirement,total_mw,deficiency", &gpq_market_pjm },
	{ "reserve_market_results", "datetime_beginning_utc,locale,service,mcp,mcp_capped,as_req_mw,total_mw", &gpq_market_pjm },
	{ "NP4-190", "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag", &gpq_market_ercot },
	{ "NP6-905", "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
	  &gpq_market_ercot },
	{ "NP4-180", "DeliveryDate,HourEnding,RepeatedHourFlag,SettlementPoint,SettlementPointPrice", &gpq_market_ercot },
};

static struct gpq_budget budget;
static struct gpq_zone *zone;

static void bind(const struct feed *feed, struct gpq_feed_binding *out)
{
	static char text[1024];
	struct gpq_text names[MAX_COLUMNS];
	uint32_t n = 0;
	snprintf(text, sizeof(text), "%s", feed->header);
	for (char *at = text; at;) {
		char *comma = strchr(at, ',');
		names[n++] = (struct gpq_text){ at, (uint32_t)(comma ? (size_t)(comma - at) : strlen(at)) };
		at = comma ? comma + 1 : NULL;
	}
	const struct gpq_market *market = feed->market;
	for (uint32_t f = 0; f < market->n_feeds; f++)
		if (strcmp(market->feeds[f]->id, feed->id) == 0) {
			assert_int_equal(gpq_feed_binding_init(out, market, market->feeds[f], names, n, NULL), GPQ_OK);
			return;
		}
	fail_msg("no feed %s", feed->id);
}

/* ---- random lines ---- */

/* How odd a chunk is: one in so many. */
struct oddness {
	uint32_t field, line, stamp, quote;
	bool crlf, nul_or_high;
	bool quoted; /* every text is, as NYISO has it; numbers are not */
};

static const char *one_of(const char *const *texts, uint32_t count)
{
	return texts[below(count)];
}

/* A field of the column 'name' of the line number 'line', whose hour is 'hour'. */
static int field_make(char *out, size_t cap, const char *name, uint32_t line, uint32_t hour, const struct oddness *odd)
{
	static const char *const bad_stamps[] = { "", "null", "7/1/2024 10:05:00 AM", "13/1/2024 1:00:00 AM", "x",
		                                  "2024-07-01T10:00:00.5", "7/2/2024 1:00:00 AM", "2024-07-01T06:00:00-04:00" };
	static const char *const odd_numbers[] = { "", "", "null", "1e3", "abc", "1.2.3", "-", "0x12", " 5 ", "1,5", "+7",
		                                   "123456789012345678", "3.14159265358979", "inf", "1e999", "-0" };
	static const char *const odd_versions[] = { "", "2", "12", "one", "1.5", " 3", "null", "-1" };
	static const char *const odd_texts[] = { "", " ", "A", "NODE", "a long name of a node that is longer than sixty-four bytes in all",
		                                 "null" };
	uint32_t node = line % 37;
	bool strange = below(odd->field) == 0;
	if (strcmp(name, "datetime_beginning_utc") == 0)
		return strange ? snprintf(out, cap, "%s", one_of(bad_stamps, 8))
		               : snprintf(out, cap, "7/%u/2024 %u:00:00 AM", 1 + hour / 11 % 28, 1 + hour % 11);
	if (strcmp(name, "datetime_beginning_ept") == 0)
		return strange ? snprintf(out, cap, "%s", one_of(bad_stamps, 8))
		               : hour % 5 == 4 ? snprintf(out, cap, "%s", hour % 2 ? "" : "7/1/2024 1:00:00 AM")
		               : hour % 11 >= 4 ? snprintf(out, cap, "7/%u/2024 %u:00:00 AM", 1 + hour / 11 % 28, hour % 11 - 3)
		                                : snprintf(out, cap, "yesterday");
	if (strcmp(name, "DeliveryDate") == 0)
		return strange ? snprintf(out, cap, "%s", one_of(bad_stamps, 8)) : snprintf(out, cap, "07/%02u/2024", 1 + hour / 24 % 28);
	if (strcmp(name, "HourEnding") == 0 || strcmp(name, "DeliveryHour") == 0)
		return strange ? snprintf(out, cap, "%u", below(30)) : snprintf(out, cap, name[0] == 'H' ? "%02u:00" : "%u", 1 + hour % 24);
	if (strcmp(name, "DeliveryInterval") == 0)
		return snprintf(out, cap, "%u", strange ? below(7) : 1 + hour % 4);
	if (strstr(name, "Flag"))
		return snprintf(out, cap, "%s", strange ? (below(2) ? "Y" : "maybe") : "N");
	if (strstr(name, "Price") || strstr(name, "price") || strstr(name, "lmp") || strstr(name, "mcp") || strstr(name, "mw") ||
	    strcmp(name, "requirement") == 0 || strcmp(name, "deficiency") == 0)
		return strange ? snprintf(out, cap, "%s", one_of(odd_numbers, 16))
		               : snprintf(out, cap, "%.*f", below(9) ? 6 : (int)below(8), ((int)below(200000000) - 50000000) / 1e6);
	if (strcmp(name, "version_nbr") == 0)
		return strange ? snprintf(out, cap, "%s", one_of(odd_versions, 8)) : snprintf(out, cap, "1");
	if (strange)
		return snprintf(out, cap, "%s", one_of(odd_texts, 6));
	if (strcmp(name, "voltage") == 0)
		return snprintf(out, cap, "%s", node % 3 ? "230 KV" : node % 7 ? "" : "high");
	return snprintf(out, cap, "%.2s%u", name, node * (node % 5 == 0 ? 1000003u : 1u));
}

static size_t line_make(char *out, size_t cap, const struct feed *feed, uint32_t line, uint32_t hour,
                        const struct oddness *odd)
{
	static const char *const odd_lines[] = { "", "  ", "x", "a,b", ",,,,,,,,,,,,,,,,", "\"", "\r" };
	const char *end = odd->crlf ? "\r\n" : "\n";
	if (below(odd->line) == 0)
		return (size_t)snprintf(out, cap, "%s%s", below(3) ? one_of(odd_lines, 7) : feed->header, end);
	size_t len = 0;
	bool no_prices = below(odd->line) == 0, more = below(odd->line) == 0, fewer = below(odd->line) == 0;
	for (const char *at = feed->header; at && *at;) {
		char name[64], text[200];
		size_t n = strcspn(at, ",");
		snprintf(name, sizeof(name), "%.*s", (int)n, at);
		field_make(text, sizeof(text), name, line, hour, odd);
		if (no_prices && (strstr(name, "Price") || strstr(name, "price") || strstr(name, "lmp") || strstr(name, "mw")))
			text[0] = 0;
		bool quoted = odd->quoted && !strpbrk(text, "\"\\") && (strstr(name, "date") || strstr(name, "name") || strstr(name, "zone"));
		const char *quote = quoted != !below(odd->quote) ? "\"" : "";
		len += (size_t)snprintf(out + len, cap - len, "%s%s%s%s", len || at != feed->header ? "," : "", quote, text, quote);
		at = at[n] ? at + n + 1 : NULL;
		if (fewer && below(3) == 0)
			break;
	}
	if (odd->nul_or_high && len && below(40) == 0)
		out[below((uint32_t)len)] = below(2) ? 0 : (char)0xE9;
	return len + (size_t)snprintf(out + len, cap - len, "%s%s", more ? below(2) ? "," : ",x" : "", end);
}

static size_t chunk_make(char *out, const struct feed *feed, uint32_t lines)
{
	static const uint32_t shares[] = { 3, 20, 300, 100000000, 100000000 };
	struct oddness odd = { shares[below(5)] * 4, shares[below(5)], shares[below(5)], below(4) ? 100000000 : 50, below(3) == 0,
		               below(8) == 0, below(4) == 0 };
	uint32_t hour = below(300), first = below(37);
	bool by_hour = below(4) != 0;
	size_t len = 0;
	for (uint32_t line = first; line < first + lines; line++) {
		if (by_hour ? line % 37 == 0 : below(odd.stamp) == 0)
			hour++;
		len += line_make(out + len, TEXT_BYTES - len, feed, line, hour, &odd);
	}
	if (len && below(3) == 0)
		len--; /* no newline at the end */
	return len;
}

/* ---- both ways ---- */

struct way {
	bool careful_only;
	uint32_t features, batch_rows;
	bool filter;
};

static struct log way_go(const struct way *way, const struct feed *feed, const uint8_t *bytes, size_t len, size_t cut)
{
	struct gpq_feed_binding binding;
	struct gpq_locations *locations = NULL;
	struct gpq_line_parser *parser = NULL;
	struct gpq_line_counts counts = { 0 };
	bind(feed, &binding);
	assert_int_equal(gpq_locations_open(&budget, (size_t)8 << 20, &locations, NULL), GPQ_OK);
	assert_int_equal(gpq_line_parser_open(&budget, gpq_cpu_features(way->features), way->batch_rows, GPQ_CSV_MAX_RECORD_BYTES, &parser, NULL), GPQ_OK);
	parser->careful_only = way->careful_only;
	said = (struct log){ .bytes = malloc(LOG_BYTES) };
	struct gpq_line_receiver receiver = { NULL, locations, rows_say, line_say, way->filter ? wants_some : NULL, NULL,
		                             NULL, NULL, NULL };
	for (size_t at = 0, to = cut; at < len; at = to, to = len) {
		/* The chunk in a block of its own: reads before it or far behind it are seen by a sanitizer. */
		uint8_t *block = malloc(to - at + GPQ_CSV_PADDING);
		memcpy(block, bytes + at, to - at);
		memset(block + (to - at), '7', GPQ_CSV_PADDING);
		struct gpq_csv_cut seen = gpq_csv_cut(block, to - at, true, true, gpq_cpu_features(way->features));
		struct gpq_input_chunk chunk = { block, to - at, 1000 + at, 2 + at, 5, seen.traits, { NULL, 0 }, 0 };
		uint32_t last_start_s = 0;
		assert_int_equal(gpq_line_parser_chunk(parser, &chunk, &binding, zone, gpq_text_of(feed->header), &receiver, &counts,
		                                       &last_start_s, NULL),
		                 GPQ_OK);
		say(&last_start_s, sizeof(last_start_s));
		free(block);
	}
	say(&counts, sizeof(counts));
	uint32_t n_locations = gpq_locations_count(locations);
	say(&n_locations, sizeof(n_locations));
	gpq_line_parser_close(parser);
	gpq_locations_close(locations);
	return said;
}

static void both_ways_give_the_same(void **state)
{
	(void)state;
	static const uint32_t levels[] = { 0, GPQ_CPU_AVX2 | GPQ_CPU_BMI2, GPQ_CPU_ALL };
	static char text[TEXT_BYTES];
	uint64_t rows = 0, lines = 0;
	for (int round = 0; round < 1200; round++) {
		const struct feed *feed = &feeds[below(sizeof(feeds) / sizeof(feeds[0]))];
		size_t len = chunk_make(text, feed, 1 + below(round % 20 ? 200 : 2500));
		struct way way = { true, levels[round % 3], below(2) ? 1 + below(100) : GPQ_LINE_BATCH_ROWS, below(3) == 0 };
		/* Two chunks; the second begins wherever, since bytes may be anything. */
		size_t cut = below((uint32_t)len + 1);
		while (cut < len && cut && text[cut - 1] != '\n')
			cut++;
		struct log careful = way_go(&way, feed, (const uint8_t *)text, len, cut ? cut : len);
		way.careful_only = false;
		struct log regular = way_go(&way, feed, (const uint8_t *)text, len, cut ? cut : len);
		if (careful.len != regular.len || memcmp(careful.bytes, regular.bytes, careful.len) != 0)
			fail_msg("round %d, feed %s '%s': %zu and %zu bytes, %llu and %llu rows", round, feed->id, feed->header,
			         careful.len, regular.len, (unsigned long long)careful.rows, (unsigned long long)regular.rows);
		rows += careful.rows;
		lines += careful.lines;
		free(careful.bytes);
		free(regular.bytes);
	}
	assert_true(rows > 50000 && lines > 5000);
}

static int group_open(void **state)
{
	(void)state;
	gpq_budget_init(&budget, CAP);
	return gpq_zone_open(&budget, "America/New_York", &zone, NULL) == GPQ_OK ? 0 : -1;
}

static int group_close(void **state)
{
	(void)state;
	gpq_zone_close(zone);
	return atomic_load(&budget.used_bytes) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_give_the_same),
	};
	return cmocka_run_group_tests(tests, group_open, group_close);
}
