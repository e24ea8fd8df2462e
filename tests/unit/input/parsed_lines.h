/*
 * What a line parser makes of a text: partial rows, whether they come as rows or as strips, and the lines that give none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_TEST_PARSED_LINES_H
#define GPQ_TEST_PARSED_LINES_H

#include "input/line_passage.h"
#include "cpu/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PARSED_CAP_BYTES ((size_t)96 << 20)
#define PARSED_MAX_ROWS  200000u
#define PARSED_MAX_LINES 20000u

/* One number that a line gives. */
struct parsed_cell {
	uint32_t output, start_s, location, cell;
	int32_t version;
	int64_t value;
	uint64_t origin;
	uint32_t number; /* in the order in which they came */
};

struct parsed_line {
	enum gpq_reject reason;
	uint64_t byte, line;
	uint32_t field;
	char bytes[300], value[100];
};

/* How a text is to be parsed. */
struct parsed_way {
	uint32_t features;
	bool careful_only, rows, filter;
	size_t chunk_bytes;    /* 0: all at once */
	uint32_t footer_lines; /* of the last chunk */
};

struct parsed {
	struct gpq_budget budget;
	struct gpq_locations *locations;
	struct gpq_zone *zone;
	struct gpq_feed_binding binding;
	char header[1024];
	struct parsed_cell *cells;
	struct parsed_line *lines;
	uint32_t n_cells, n_lines, n_strips, most_places;
	struct gpq_line_counts counts;
	uint32_t last_start_s;
};

static inline void parsed_bind(struct parsed *parsed, const struct gpq_market *market, const char *feed, const char *header)
{
	static char text[1024];
	struct gpq_text names[GPQ_BINDING_MAX_FIELDS];
	uint32_t n = 0;
	snprintf(parsed->header, sizeof(parsed->header), "%s", header);
	snprintf(text, sizeof(text), "%s", header);
	for (char *at = text; at;) {
		char *comma = strchr(at, ',');
		names[n++] = (struct gpq_text){ at, (uint32_t)(comma ? (size_t)(comma - at) : strlen(at)) };
		at = comma ? comma + 1 : NULL;
	}
	for (uint32_t f = 0; f < market->n_feeds; f++)
		if (strcmp(market->feeds[f]->id, feed) == 0) {
			assert_int_equal(gpq_feed_binding_init(&parsed->binding, market, market->feeds[f], names, n, NULL), GPQ_OK);
			return;
		}
	fail_msg("no feed %s", feed);
}

static inline void parsed_open(struct parsed *parsed, const struct gpq_market *market, const char *feed, const char *header)
{
	memset(parsed, 0, sizeof(*parsed));
	gpq_budget_init(&parsed->budget, PARSED_CAP_BYTES);
	parsed_bind(parsed, market, feed, header);
	assert_int_equal(gpq_zone_open(&parsed->budget, market->zone, &parsed->zone, NULL), GPQ_OK);
	parsed->cells = malloc(PARSED_MAX_ROWS * sizeof(*parsed->cells));
	parsed->lines = malloc(PARSED_MAX_LINES * sizeof(*parsed->lines));
}

static inline void parsed_close(struct parsed *parsed)
{
	free(parsed->cells);
	free(parsed->lines);
	gpq_locations_close(parsed->locations);
	gpq_zone_close(parsed->zone);
	assert_int_equal(atomic_load(&parsed->budget.used_bytes), 0);
}

static inline void parsed_add(struct parsed *parsed, const struct parsed_cell *cell)
{
	assert_true(parsed->n_cells < PARSED_MAX_ROWS);
	parsed->cells[parsed->n_cells] = *cell;
	parsed->cells[parsed->n_cells].number = parsed->n_cells;
	parsed->n_cells++;
}

static inline enum gpq_status parsed_rows(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	(void)err;
	for (uint32_t i = 0; i < batch->rows; i++)
		for (uint32_t k = 0; k < batch->n_cells; k++)
			if (batch->cell[k][i] != GPQ_CELL_NULL)
				parsed_add(context, &(struct parsed_cell){ output, batch->start_s[i], batch->location[i], k,
				                                           batch->version[i], batch->cell[k][i], batch->origin[i], 0 });
	return GPQ_OK;
}

static inline enum gpq_status parsed_strips(void *context, uint32_t output, struct gpq_strips *strips, struct gpq_error *err)
{
	struct parsed *parsed = context;
	(void)err;
	assert_true(strips->count <= strips->cap && strips->n_cells <= strips->cap_cells);
	for (uint32_t s = 0; s < strips->count; s++) {
		const struct gpq_strip *strip = &strips->strips[s];
		uint32_t known = 0;
		assert_true(strip->places > 0 && strip->places <= GPQ_STRIP_MAX_PLACES);
		assert_true(strip->first + strip->places <= strips->n_cells);
		parsed->n_strips++;
		parsed->most_places = strip->places > parsed->most_places ? strip->places : parsed->most_places;
		for (uint32_t i = 0; i < strip->places; i++) {
			int64_t value = strips->cells[strip->first + i];
			known += value != GPQ_CELL_NULL;
			if (value != GPQ_CELL_NULL)
				parsed_add(parsed, &(struct parsed_cell){ output, strip->start_s + i * strips->interval_s, strip->location,
				                                          strip->cell, strip->version, value, strip->origin, 0 });
		}
		assert_true(known > 0);
	}
	return GPQ_OK;
}

static inline enum gpq_status parsed_bad(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	struct parsed *parsed = context;
	(void)err;
	assert_true(parsed->n_lines < PARSED_MAX_LINES);
	struct parsed_line *kept = &parsed->lines[parsed->n_lines++];
	memset(kept, 0, sizeof(*kept)); /* lines are compared as bytes */
	kept->reason = line->reason;
	kept->byte = line->byte;
	kept->line = line->line;
	kept->field = line->field;
	snprintf(kept->bytes, sizeof(kept->bytes), "%.*s", (int)line->bytes.len, line->bytes.bytes);
	snprintf(kept->value, sizeof(kept->value), "%.*s", (int)line->value.len, line->value.len ? line->value.bytes : "");
	return GPQ_OK;
}

static inline bool parsed_wants(void *context, uint32_t code)
{
	(void)context;
	return code % 3 != 1;
}

/* Parses a text that begins at byte 1000 and line 11 of input 3, with a parser and a catalogue of its own. */
static inline void parsed_text(struct parsed *parsed, const char *text, size_t len, const struct parsed_way *way)
{
	struct gpq_line_parser *parser = NULL;
	uint8_t *block = malloc(len + GPQ_CSV_PADDING);
	gpq_locations_close(parsed->locations);
	parsed->locations = NULL;
	parsed->n_cells = parsed->n_lines = parsed->n_strips = parsed->most_places = 0;
	memset(&parsed->counts, 0, sizeof(parsed->counts));
	assert_int_equal(gpq_locations_open(&parsed->budget, (size_t)8 << 20, &parsed->locations, NULL), GPQ_OK);
	assert_int_equal(gpq_line_parser_open(&parsed->budget, gpq_cpu_features(way->features), GPQ_LINE_BATCH_ROWS,
	                                      GPQ_CSV_MAX_RECORD_BYTES, &parser, NULL),
	                 GPQ_OK);
	parser->careful_only = way->careful_only;
	struct gpq_line_receiver receiver = { parsed, parsed->locations, parsed_rows, parsed_bad,
		                              way->filter ? parsed_wants : NULL, way->rows ? NULL : parsed_strips, NULL, NULL, NULL };
	uint64_t line = 11;
	for (size_t at = 0; at < len;) {
		size_t rest = len - at, want = way->chunk_bytes && way->chunk_bytes < rest ? way->chunk_bytes : rest;
		memcpy(block, text + at, rest);
		memset(block + rest, ',', GPQ_CSV_PADDING);
		struct gpq_csv_cut cut = gpq_csv_cut(block, want, true, want == rest, 0);
		if (cut.kind != GPQ_CUT_RECORDS)
			cut = gpq_csv_cut(block, rest, true, true, 0);
		assert_int_equal(cut.kind, GPQ_CUT_RECORDS);
		memset(block + cut.len, ',', GPQ_CSV_PADDING);
		struct gpq_input_chunk chunk = { block, cut.len, 1000 + at, line, 3, cut.traits, { NULL, 0 },
			                         at + cut.len == len ? way->footer_lines : 0 };
		assert_int_equal(gpq_line_parser_chunk(parser, &chunk, &parsed->binding, parsed->zone, gpq_text_of(parsed->header),
		                                       &receiver, &parsed->counts, &parsed->last_start_s, NULL),
		                 GPQ_OK);
		at += cut.len;
		line += cut.lines;
	}
	gpq_line_parser_close(parser);
	free(block);
	const struct gpq_line_counts *counts = &parsed->counts;
	assert_int_equal(counts->lines, counts->header_lines + counts->blank_lines + counts->data_lines);
	if (parsed->binding.price != GPQ_NO_FIELD || parsed->binding.hours_count) /* one number a partial row */
		assert_int_equal(counts->partial_rows, parsed->n_cells + counts->blank + counts->rejected + counts->outside);
}

static inline int parsed_cell_order(const void *a, const void *b)
{
	const struct parsed_cell *x = a, *y = b;
	if (x->location != y->location)
		return x->location < y->location ? -1 : 1;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* The same lines rejected, the same counts, the same numbers: in the order in which they came for each place. 'origins': and
 * told as of the same lines. */
static inline void parsed_equal(struct parsed *a, struct parsed *b, bool origins)
{
	assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
	assert_int_equal(a->last_start_s, b->last_start_s);
	assert_int_equal(a->n_lines, b->n_lines);
	assert_memory_equal(a->lines, b->lines, a->n_lines * sizeof(a->lines[0]));
	assert_int_equal(a->n_cells, b->n_cells);
	qsort(a->cells, a->n_cells, sizeof(a->cells[0]), parsed_cell_order);
	qsort(b->cells, b->n_cells, sizeof(b->cells[0]), parsed_cell_order);
	for (uint32_t i = 0; i < a->n_cells; i++) {
		const struct parsed_cell *x = &a->cells[i], *y = &b->cells[i];
		if (x->location != y->location || x->cell != y->cell || x->start_s != y->start_s || x->value != y->value ||
		    x->output != y->output || x->version != y->version || (origins && x->origin != y->origin))
			fail_msg("number %u of %u: place %u is %lld at %llu, and %lld at %llu", i, a->n_cells, x->start_s,
			         (long long)x->value, (unsigned long long)gpq_origin_byte(x->origin), (long long)y->value,
			         (unsigned long long)gpq_origin_byte(y->origin));
	}
	assert_int_equal(gpq_locations_count(a->locations), gpq_locations_count(b->locations));
	for (uint32_t code = 0; code < gpq_locations_count(a->locations); code++)
		for (int t = 0; t < GPQ_LOCATION_TEXTS; t++)
			assert_true(gpq_text_equal(gpq_locations_view(a->locations, code)->text[t],
			                           gpq_locations_view(b->locations, code)->text[t]));
}

#endif
