// SPDX-License-Identifier: MIT
/*
 * Nanoseconds a line takes from bytes to rows of batches, or to strips: scan, stamps, locations, numbers; nothing is read
 * or kept. Some days of files made like PJM's, CAISO's (a line a component), MISO's (hours across), ERCOT's (one price) and
 * NYISO's (quoted texts), copied a chunk at a
 * time into one buffer, as reading does; the copy alone is measured too. Best and worst of seven runs, the first left out,
 * in the process's own time. Layouts may be named: bench_lines components.
 */
#include "input/line_passage.h"
#include "cpu/features.h"
#include "measured.h"

#include <stdio.h>
#include <stdlib.h>

#define N_NODES     12870u
#define N_HOURS     24u
#define N_HUBS      2230u
#define N_POINTS    900u
#define LINE_BYTES  260u /* at most */
#define CHUNK_BYTES ((size_t)256 << 10)
#define N_RUNS      7

/* Lines of a feed. */
struct layout {
	const char *name, *header;
	const struct gpq_market *market;
	const char *feed;
	uint32_t lines;
	size_t (*line_make)(char *out, uint32_t line);
};

static size_t row_make(char *out, uint32_t line)
{
	uint32_t hour = line / N_NODES, node = line % N_NODES;
	static const char *const zones[] = { "AECO", "AEP", "APS", "ATSI", "COMED", "PSEG", "EKPC", "" };
	static const char *const types[] = { "LOAD", "GEN", "AGGREGATE", "BUS" };
	uint32_t local = (hour + 19) % 24;
	return (size_t)sprintf(out, "7/2/2024 %u:00:00 %s,7/%u/2024 %u:00:00 %s,%u,NODE%u,%s,T-%u,%s,%s,%.2f,%.6f,%.6f,%.6f,True,1\n",
			       hour % 12 ? hour % 12 : 12, hour < 12 ? "AM" : "PM", hour < 4 ? 1u : 2u,
			       local % 12 ? local % 12 : 12, local < 12 ? "AM" : "PM", 48000 + node * 17, node % 7000,
			       node % 3 ? "138 KV" : "", node % 40, types[node % 4], zones[node % 8], 20 + hour / 3.0,
			       random_next() % 90000000 / 1e6, random_next() % 9000000 / 1e6 - 4, random_next() % 2000000 / 1e6 - 1);
}

/* A node's components one behind the other, the hours of each in an order of its own. */
static size_t component_make(char *out, uint32_t line)
{
	static const char *const names[][2] = { { "LMP", "LMP_PRC" }, { "MCC", "LMP_CONG_PRC" }, { "MCE", "LMP_ENE_PRC" },
		                                { "MCL", "LMP_LOSS_PRC" } };
	uint32_t group = line / N_HOURS, hour = (line % N_HOURS * 7 + group * 5) % N_HOURS, node = group / 4;
	uint32_t next = (hour + 1) % N_HOURS;
	const char *const *name = names[group % 4];
	char nodes[40];
	snprintf(nodes, sizeof(nodes), "SUBST%05u_7_N0%02u", node, node % 89);
	return (size_t)sprintf(out,
			       "2024-07-0%dT%02u:00:00-00:00,2024-07-0%dT%02u:00:00-00:00,2024-07-0%d,%u,0,%s,%s,%s,DAM,%s,%s,%s,ALL,"
			       "1,%.5f,%u\n",
			       2, hour, next ? 2 : 3, next, hour < 7 ? 1 : 2, (hour + 17) % 24 + 1, nodes, nodes, nodes, name[0],
			       name[1], nodes, random_next() % 9000000 / 1e5 - 10, group);
}

/* All nodes for one component, then for the next. */
static size_t hours_make(char *out, uint32_t line)
{
	static const char *const names[] = { "LMP", "MCC", "MLC" };
	uint32_t node = line % N_HUBS;
	size_t len = (size_t)sprintf(out, "AREA.NODE%u_%u,%s,%s", node, node % 7, node % 3 ? "Gennode" : "Loadzone",
				     names[line / N_HUBS % 3]);
	for (uint32_t hour = 0; hour < N_HOURS; hour++)
		len += (size_t)sprintf(out + len, ",%.2f", random_next() % 9000 / 1e2 - 10);
	out[len++] = '\n';
	return len;
}

/* All points of an hour, then those of the next; prices behind a blank, as published. */
static size_t price_make(char *out, uint32_t line)
{
	uint32_t hour = line / N_POINTS, point = line % N_POINTS;
	return (size_t)sprintf(out, "07/%02u/2024,%02u:00,%c%cPOINT%u_%s, %.2f,N\n", hour / 24 + 1, hour % 24 + 1, 'A' + (int)(point / 40),
			       'A' + (int)(point % 26), point, point % 3 ? "RN" : "ALL", random_next() % 9000 / 1e2 - 10);
}

/* Texts in quotes, as published. */
static size_t quoted_make(char *out, uint32_t line)
{
	uint32_t hour = line / N_POINTS, point = line % N_POINTS;
	return (size_t)sprintf(out, "\"07/%02u/2024 %02u:00\",\"GENERATOR____%u__%u\",%u,%.2f,%.2f,%.2f\n", hour / 24 + 1, hour % 24,
			       point, point % 7, 23500 + 7 * point, random_next() % 9000 / 1e2, random_next() % 900 / 1e2,
			       random_next() % 3000 / -1e2);
}

#define OASIS_HEADER                                                                                                   \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,"  \
	"LMP_TYPE,XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,MW,GROUP"
#define HOURS_HEADER                                                                                                   \
	"Node,Type,Value,HE 1,HE 2,HE 3,HE 4,HE 5,HE 6,HE 7,HE 8,HE 9,HE 10,HE 11,HE 12,HE 13,HE 14,HE 15,HE 16,HE 17," \
	"HE 18,HE 19,HE 20,HE 21,HE 22,HE 23,HE 24"

static const struct layout layouts[] = {
	{ "rows",
	  "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
	  "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr",
	  &gpq_market_pjm, "da_hrl_lmps", N_NODES * N_HOURS, row_make },
	{ "components", OASIS_HEADER, &gpq_market_caiso, "prc_lmp", 4000 * 4 * N_HOURS, component_make },
	{ "hours across", HOURS_HEADER, &gpq_market_miso, "rt_lmp", 20 * 3 * N_HUBS, hours_make },
	{ "one price", "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag", &gpq_market_ercot, "NP4-190",
	  N_POINTS * N_HOURS * 20, price_make },
	{ "quoted", "Time Stamp,Name,PTID,LBMP ($/MWHr),Marginal Cost Losses ($/MWHr),Marginal Cost Congestion ($/MWHr)",
	  &gpq_market_nyiso, "damlbmp", N_POINTS * N_HOURS * 20, quoted_make },
};

struct text {
	uint8_t *bytes;
	size_t len;
	uint32_t lines;
};

static struct text text_make(const struct layout *layout)
{
	struct text text = { malloc((size_t)layout->lines * LINE_BYTES), 0, layout->lines };
	if (!text.bytes)
		exit(1);
	for (uint32_t line = 0; line < text.lines; line++)
		text.len += layout->line_make((char *)text.bytes + text.len, line);
	return text;
}

static uint64_t rows_seen;

static enum gpq_status rows_count(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)context, (void)output, (void)err;
	rows_seen += batch->rows;
	return GPQ_OK;
}

static enum gpq_status strips_count(void *context, uint32_t output, struct gpq_strips *strips, struct gpq_error *err)
{
	(void)context, (void)output, (void)err;
	rows_seen += strips->n_cells;
	return GPQ_OK;
}

static enum gpq_status line_refuse(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context, (void)line;
	return gpq_fail(err, GPQ_E_DATA, "a line is rejected");
}

struct bench {
	const struct layout *layout;
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

static void binding_make(struct bench *bench)
{
	const struct layout *layout = bench->layout;
	struct gpq_text names[32];
	uint32_t n = 0;
	for (const char *at = layout->header; *at; at += names[n++].len, at += *at == ',')
		names[n] = (struct gpq_text){ at, (uint32_t)strcspn(at, ",") };
	for (uint32_t f = 0; f < layout->market->n_feeds; f++)
		if (strcmp(layout->market->feeds[f]->id, layout->feed) == 0)
			must(gpq_feed_binding_init(&bench->binding, layout->market, layout->market->feeds[f], names, n, NULL));
	bench->binding.day = 19906; /* 2024-07-02 */
}

static void run(struct bench *bench, const struct text *text)
{
	static uint8_t buffer[CHUNK_BYTES + GPQ_CSV_PADDING];
	struct gpq_line_receiver receiver = {
		.locations = bench->locations, .rows = rows_count, .bad_line = line_refuse, .strips = strips_count
	};
	struct gpq_line_counts counts = { 0 };
	uint32_t last_start_s;
	for (size_t at = 0; at < text->len;) {
		size_t len = text->len - at < CHUNK_BYTES ? text->len - at : CHUNK_BYTES;
		while (text->bytes[at + len - 1] != '\n')
			len--;
		memcpy(buffer, text->bytes + at, len);
		struct gpq_input_chunk chunk = { .bytes = buffer, .len = len, .byte = at, .first_line = 1 };
		if (bench->parser)
			must(gpq_line_parser_chunk(bench->parser, &chunk, &bench->binding, bench->zone, gpq_text_of(bench->layout->header), &receiver,
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
	printf("%-13s %-30s %7.2f %7.2f ns a line of %zu bytes, %.2f GB/s\n", bench->layout->name, name, best, worst,
	       text->len / text->lines, (double)text->len / text->lines / best);
}

static void layout_measure(const struct layout *layout)
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
	struct bench bench = { .layout = layout };
	struct text text = text_make(layout);
	gpq_budget_init(&bench.budget, (size_t)64 << 20);
	must(gpq_locations_open(&bench.budget, (size_t)16 << 20, &bench.locations, NULL));
	must(gpq_zone_open(&bench.budget, layout->market->zone, &bench.zone, NULL));
	binding_make(&bench);
	report("copy of the bytes only", &bench, &text);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		must(gpq_line_parser_open(&bench.budget, gpq_cpu_features(ways[i].features), GPQ_LINE_BATCH_ROWS,
					  GPQ_CSV_MAX_RECORD_BYTES, &bench.parser, NULL));
		bench.parser->careful_only = ways[i].careful_only;
		report(ways[i].name, &bench, &text);
		gpq_line_parser_close(bench.parser);
	}
	gpq_locations_close(bench.locations);
	gpq_zone_close(bench.zone);
	free(text.bytes);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		bool wanted = argc < 2;
		for (int a = 1; a < argc; a++)
			wanted |= strcmp(argv[a], layouts[i].name) == 0;
		if (wanted)
			layout_measure(&layouts[i]);
	}
	return rows_seen == 0;
}
