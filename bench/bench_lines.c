// SPDX-License-Identifier: MIT
/*
 * Nanoseconds a line takes from bytes to rows of batches: scan, stamps, locations, numbers; nothing is read or kept.
 * Some days of a file made like PJM's, copied a chunk at a time into one buffer, as reading does; the copy alone is
 * measured too. Best and worst of seven runs, the first left out, in the process's own time.
 */
#include "convert/line_passage.h"
#include "cpu/features.h"
#include "measured.h"

#include <stdio.h>
#include <stdlib.h>

#define N_NODES     12870u
#define N_HOURS     24u
#define LINE_BYTES  200u /* at most */
#define CHUNK_BYTES ((size_t)256 << 10)
#define N_RUNS      7

static const char header[] = "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
			     "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,"
			     "version_nbr";

static size_t line_make(char *out, uint32_t hour, uint32_t node)
{
	static const char *const zones[] = { "AECO", "AEP", "APS", "ATSI", "COMED", "PSEG", "EKPC", "" };
	static const char *const types[] = { "LOAD", "GEN", "AGGREGATE", "BUS" };
	uint32_t local = (hour + 19) % 24;
	return (size_t)sprintf(out, "7/2/2024 %u:00:00 %s,7/%u/2024 %u:00:00 %s,%u,NODE%u,%s,T-%u,%s,%s,%.2f,%.6f,%.6f,%.6f,True,1\n",
			       hour % 12 ? hour % 12 : 12, hour < 12 ? "AM" : "PM", hour < 4 ? 1u : 2u,
			       local % 12 ? local % 12 : 12, local < 12 ? "AM" : "PM", 48000 + node * 17, node % 7000,
			       node % 3 ? "138 KV" : "", node % 40, types[node % 4], zones[node % 8], 20 + hour / 3.0,
			       random_next() % 90000000 / 1e6, random_next() % 9000000 / 1e6 - 4, random_next() % 2000000 / 1e6 - 1);
}

struct text {
	uint8_t *bytes;
	size_t len;
	uint32_t lines;
};

static struct text text_make(void)
{
	struct text text = { malloc((size_t)N_NODES * N_HOURS * LINE_BYTES), 0, N_NODES * N_HOURS };
	if (!text.bytes)
		exit(1);
	for (uint32_t line = 0; line < text.lines; line++)
		text.len += line_make((char *)text.bytes + text.len, line / N_NODES, line % N_NODES);
	return text;
}

static uint64_t rows_seen;

static enum gpq_status rows_count(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)context, (void)output, (void)err;
	rows_seen += batch->rows;
	return GPQ_OK;
}

static enum gpq_status line_refuse(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context, (void)line;
	return gpq_fail(err, GPQ_E_DATA, "a line is rejected");
}

struct bench {
	struct gpq_budget budget;
	struct gpq_locations *locations;
	struct gpq_zone *zone;
	struct gpq_feed_binding binding;
	struct gpq_line_parser *parser; /* NULL: only copy */
};

static void must(enum gpq_status status)
{
	if (status != GPQ_OK)
		exit(1);
}

static void binding_make(struct gpq_feed_binding *binding)
{
	struct gpq_text names[32];
	uint32_t n = 0;
	for (const char *at = header; *at; at += names[n++].len, at += *at == ',')
		names[n] = (struct gpq_text){ at, (uint32_t)strcspn(at, ",") };
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, "da_hrl_lmps") == 0)
			must(gpq_feed_binding_init(binding, &gpq_market_pjm, gpq_market_pjm.feeds[f], names, n, NULL));
}

static void run(struct bench *bench, const struct text *text)
{
	static uint8_t buffer[CHUNK_BYTES + GPQ_CSV_PADDING];
	struct gpq_line_receiver receiver = { NULL, bench->locations, rows_count, line_refuse, NULL, NULL };
	struct gpq_line_counts counts = { 0 };
	uint32_t last_start_s;
	for (size_t at = 0; at < text->len;) {
		size_t len = text->len - at < CHUNK_BYTES ? text->len - at : CHUNK_BYTES;
		while (text->bytes[at + len - 1] != '\n')
			len--;
		memcpy(buffer, text->bytes + at, len);
		struct gpq_input_chunk chunk = { .bytes = buffer, .len = len, .byte = at, .first_line = 1 };
		if (bench->parser)
			must(gpq_line_parser_chunk(bench->parser, &chunk, &bench->binding, bench->zone, gpq_text_of(header), &receiver,
						   &counts, &last_start_s, NULL));
		at += len;
	}
}

static void report(const char *name, struct bench *bench, const struct text *text)
{
	double best = 1e30, worst = 0;
	run(bench, text);
	for (int i = 1; i < N_RUNS; i++) {
		double begin = cpu_ns();
		run(bench, text);
		double ns = (cpu_ns() - begin) / text->lines;
		best = ns < best ? ns : best;
		worst = ns > worst ? ns : worst;
	}
	printf("%-44s %7.2f %7.2f ns a line of %zu bytes\n", name, best, worst, text->len / text->lines);
}

int main(void)
{
	static const struct {
		const char *name;
		uint32_t features;
		bool careful_only;
	} ways[] = { { "one by one, portable", 0, true },
		     { "one by one, this processor", GPQ_CPU_ALL, true },
		     { "by column, portable", 0, false },
		     { "by column, AVX2", GPQ_CPU_AVX2 | GPQ_CPU_BMI2, false },
		     { "by column, this processor", GPQ_CPU_ALL, false } };
	struct bench bench = { 0 };
	struct text text = text_make();
	gpq_budget_init(&bench.budget, (size_t)64 << 20);
	must(gpq_locations_open(&bench.budget, (size_t)16 << 20, &bench.locations, NULL));
	must(gpq_zone_open(&bench.budget, "America/New_York", &bench.zone, NULL));
	binding_make(&bench.binding);
	report("copy of the bytes only", &bench, &text);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		must(gpq_line_parser_open(&bench.budget, gpq_cpu_features(ways[i].features), GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES, &bench.parser, NULL));
		bench.parser->careful_only = ways[i].careful_only;
		report(ways[i].name, &bench, &text);
		gpq_line_parser_close(bench.parser);
	}
	free(text.bytes);
	return rows_seen == 0;
}
