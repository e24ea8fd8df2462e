// SPDX-License-Identifier: MIT
#include "audit/trace_source.h"

#include "input/repeats.h"
#include "input/succession.h"
#include "cpu/features.h"
#include "table/cell.h"

#include <stdio.h>

#define LOCATIONS_CAP_BYTES ((size_t)64 << 20)

struct reading {
	struct gpq_budget *budget;
	const struct gpq_trace_rows *rows;
	const struct gpq_trace_row *row;
	struct gpq_trace_source *out;
	struct gpq_head *head;
	struct gpq_head_facts facts;
	struct gpq_input_reader reader;
	struct gpq_chunk_buffer buffer;
	struct gpq_line_parser *parser;
	struct gpq_locations *locations;
	struct gpq_zone *zone;
	struct gpq_repeats *repeats; /* NULL: the feed needs none */
	struct gpq_succession *succession; /* likewise */
	const struct gpq_dataset *dataset;
	const struct gpq_input_chunk *chunk; /* under way; NULL: none, and rows are of those before */
	bool waited;                         /* some line is of a chunk that was gone when its row came */
	uint32_t start_s;
	struct gpq_text text[GPQ_LOCATION_TEXTS]; /* the row's; only those of 'compared' count */
	uint8_t compared;
};

/* What of the row's location a line must have: its name or product, and the rest of the key. */
static void texts_take(struct reading *reading)
{
	static const enum gpq_column_id columns[GPQ_N_TABLES][3] = {
		[GPQ_TABLE_ENERGY] = { GPQ_COLUMN_SETTLEMENT_LOCATION, GPQ_COLUMN_SETTLEMENT_LOCATION_ID,
				       GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE },
		[GPQ_TABLE_ANCILLARY] = { GPQ_COLUMN_AS_PRODUCT, GPQ_COLUMN_AS_REGION, GPQ_COLUMN_SETTLEMENT_LOCATION },
	};
	for (int k = 0; k < 3; k++)
		reading->text[k] =
		    gpq_trace_row_text(reading->rows, reading->row, columns[reading->rows->table->id][k]);
	reading->compared = reading->dataset->key_texts;
	reading->start_s = (uint32_t)(reading->row->value[GPQ_COLUMN_DATETIME_UTC].word / 1000000);
}

static bool location_fits(const struct reading *reading, uint32_t code)
{
	const struct gpq_location *location = gpq_locations_view(reading->locations, code);
	for (int k = 0; k < 3; k++)
		if (reading->compared >> k & 1 && !gpq_text_equal(location->text[k], reading->text[k]))
			return false;
	return true;
}

static bool line_is_in(const struct gpq_trace_line *line, const struct gpq_input_chunk *chunk)
{
	return chunk && line->byte >= chunk->byte && line->byte - chunk->byte < chunk->len;
}

static void line_text(struct gpq_trace_line *line, const struct gpq_input_chunk *chunk)
{
	size_t at = (size_t)(line->byte - chunk->byte), end = at;
	line->line = chunk->first_line;
	for (size_t i = 0; i < at; i++)
		line->line += chunk->bytes[i] == '\n';
	while (end < chunk->len && chunk->bytes[end] != '\n')
		end++;
	if (end > at && chunk->bytes[end - 1] == '\r')
		end--;
	line->text_cut = end - at >= sizeof(line->text);
	line->text_len = line->text_cut ? (uint32_t)sizeof(line->text) - 1 : (uint32_t)(end - at);
	memcpy(line->text, chunk->bytes + at, line->text_len);
	line->text[line->text_len] = 0;
}

static void numbers_compare(struct reading *reading, const struct gpq_batch *batch, uint32_t i,
			    struct gpq_trace_line *line)
{
	line->same = true;
	for (uint32_t k = 0; k < reading->dataset->n_cells && k < batch->n_cells; k++) {
		const struct gpq_cell_column *cell = &reading->dataset->cells[k];
		if (cell->column == GPQ_COLUMN_INTERVAL_END_UTC)
			continue; /* which follows from the line above, too */
		struct gpq_trace_number *number = &line->number[line->n_numbers++];
		number->column = cell->column;
		number->in_line = batch->cell[k][i] != GPQ_CELL_NULL;
		number->line = number->in_line ? gpq_cell_to_double(batch->cell[k][i], cell->scale) : 0;
		number->in_row = reading->row->value[cell->column].present;
		memcpy(&number->row, &reading->row->value[cell->column].word, sizeof(number->row));
		/* A component that the line does not have may come from another line, or be derived. */
		if (number->in_line && (!number->in_row || number->line != number->row))
			line->same = false;
	}
}

static enum gpq_status batch_take(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	struct reading *reading = context;
	(void)err;
	if (reading->facts.tables[0].binding.output[output] != reading->dataset)
		return GPQ_OK;
	for (uint32_t i = 0; i < batch->rows; i++) {
		if (batch->start_s[i] != reading->start_s || !location_fits(reading, batch->location[i]))
			continue;
		if (reading->out->matches++ >= GPQ_TRACE_MAX_LINES)
			continue;
		struct gpq_trace_line *line = &reading->out->lines[reading->out->n_lines++];
		*line =
		    (struct gpq_trace_line){ .byte = gpq_origin_byte(batch->origin[i]), .version = batch->version[i] };
		if (line_is_in(line, reading->chunk))
			line_text(line, reading->chunk);
		else
			reading->waited = true;
		numbers_compare(reading, batch, i, line);
	}
	return GPQ_OK;
}

static void line_waited(void *context, const struct gpq_input_chunk *line)
{
	((struct reading *)context)->chunk = line;
}

static enum gpq_status bad_line_pass(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)context;
	(void)line;
	(void)err;
	return GPQ_OK;
}

/* Whether the input is what the row's dataset is fed by. */
static enum gpq_status input_look(struct reading *reading, const char *path, const struct gpq_member *member,
				  struct gpq_error *err)
{
	struct gpq_head_facts *facts = &reading->facts;
	struct gpq_text dataset = gpq_trace_row_text(reading->rows, reading->row, GPQ_COLUMN_DATASET);
	struct gpq_text iso = gpq_trace_row_text(reading->rows, reading->row, GPQ_COLUMN_ISO);
	char assume[160];
	/* What the header leaves open is settled by the row itself. */
	snprintf(assume, sizeof(assume), "*=%.*s/%.*s", (int)(iso.len < 40 ? iso.len : 40), iso.bytes,
		 (int)(dataset.len < 80 ? dataset.len : 80), dataset.bytes);
	const char *items[] = { assume };
	if (member)
		GPQ_TRY(gpq_head_read_member(reading->head, member, (struct gpq_texts){ items, 1 }, facts, err));
	else
		GPQ_TRY(gpq_head_read(reading->head, path, (struct gpq_texts){ items, 1 }, facts, err));
	snprintf(reading->out->why, sizeof(reading->out->why), "%s", facts->why);
	reading->out->compressed = facts->compressed;
	for (uint32_t o = 0; facts->status == GPQ_OK && facts->market && o < facts->tables[0].binding.n_outputs; o++)
		if (gpq_text_equal(dataset, gpq_text_of(facts->tables[0].binding.output[o]->id)) &&
		    gpq_text_equal(iso, gpq_text_of(facts->market->iso)))
			reading->dataset = facts->tables[0].binding.output[o];
	if (!reading->dataset && facts->status == GPQ_OK)
		snprintf(reading->out->why, sizeof(reading->out->why), "it feeds another dataset than %.*s",
			 (int)(dataset.len < 80 ? dataset.len : 80), dataset.bytes);
	return GPQ_OK;
}

/* What waited for the input's end. */
static enum gpq_status waiting_read(struct reading *reading, const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	struct gpq_line_counts counts = { 0 };
	if (gpq_repeats_any(reading->repeats))
		GPQ_TRY(gpq_repeats_resolve(reading->repeats, reading->facts.tables[0].binding.output[0], receiver, &counts, err));
	reading->chunk = NULL;
	return reading->succession ? gpq_succession_end(reading->succession, receiver, &counts, err) : GPQ_OK;
}

/* Reads the input once more, for lines whose chunk was gone when they were found to be of the row. */
static enum gpq_status texts_read(struct reading *reading, struct gpq_error *err)
{
	for (;;) {
		struct gpq_read_chunk read;
		enum gpq_status status = gpq_input_reader_next(&reading->reader, &reading->buffer, &read, err);
		if (status == GPQ_END)
			return GPQ_OK;
		GPQ_TRY(status);
		for (uint32_t i = 0; i < reading->out->n_lines; i++)
			if (line_is_in(&reading->out->lines[i], &read.chunk))
				line_text(&reading->out->lines[i], &read.chunk);
	}
}

static enum gpq_status input_parse(struct reading *reading, const char *path, const struct gpq_member *member,
				   struct gpq_error *err)
{
	const struct gpq_head_facts *facts = &reading->facts;
	struct gpq_known_input input = {
		.path = path,
		.name = path,
		.base = path,
		.address = member ? member->address : (struct gpq_address){ .path = path },
		.market = facts->market,
		.feed = facts->feed,
		.assumed = facts->assumed,
	};
	struct gpq_line_receiver receiver = {
		.context = reading, .locations = reading->locations, .rows = batch_take, .bad_line = bad_line_pass,
		.repeats = reading->repeats, .succession = reading->succession, .waited = line_waited,
	};
	GPQ_TRY(gpq_input_reader_begin(&reading->reader, reading->head, &input, 0, true, err));
	for (;;) {
		struct gpq_read_chunk read;
		struct gpq_line_counts counts = { 0 };
		uint32_t last_s = 0;
		enum gpq_status status = gpq_input_reader_next(&reading->reader, &reading->buffer, &read, err);
		if (status == GPQ_END)
			break;
		GPQ_TRY(status);
		if (read.reason != GPQ_REJECT_NONE)
			continue;
		reading->chunk = &read.chunk;
		struct gpq_text header = { read.table->header, read.table->header_len };
		GPQ_TRY(gpq_line_parser_chunk(reading->parser, &read.chunk, &read.table->binding,
					      reading->zone, header, &receiver, &counts, &last_s, err));
	}
	GPQ_TRY(waiting_read(reading, &receiver, err));
	reading->chunk = NULL;
	reading->out->hash = gpq_source_hash(reading->reader.source);
	if (!reading->waited)
		return GPQ_OK;
	gpq_input_reader_end(&reading->reader);
	GPQ_TRY(gpq_input_reader_begin(&reading->reader, reading->head, &input, 0, false, err));
	return texts_read(reading, err);
}

static enum gpq_status input_read(struct reading *reading, const char *path, const struct gpq_member *member,
				  struct gpq_error *err)
{
	uint32_t features = gpq_cpu_features(GPQ_CPU_ALL);
	GPQ_TRY(gpq_head_open(reading->budget, features, &reading->head, err));
	GPQ_TRY(input_look(reading, path, member, err));
	if (!reading->dataset)
		return GPQ_OK;
	texts_take(reading);
	GPQ_TRY(gpq_zone_open(reading->budget, reading->facts.market->zone, &reading->zone, err));
	GPQ_TRY(gpq_locations_open(reading->budget, LOCATIONS_CAP_BYTES, &reading->locations, err));
	GPQ_TRY(gpq_line_parser_open(reading->budget, features, GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES, &reading->parser, err));
	GPQ_TRY(gpq_input_reader_init(&reading->reader, reading->budget, features, err));
	GPQ_TRY(gpq_chunk_buffer_init(&reading->buffer, reading->budget, GPQ_CHUNK_ROOM_LONG, err));
	if (reading->facts.feed->repeats_by_order)
		GPQ_TRY(gpq_repeats_open(reading->budget, gpq_repeats_are_short(reading->dataset), &reading->repeats, err));
	if (reading->dataset->tiles)
		GPQ_TRY(gpq_succession_open(reading->budget, &reading->succession, err));
	if (reading->dataset->tiles)
		gpq_succession_begin(reading->succession, reading->zone);
	GPQ_TRY(input_parse(reading, path, member, err));
	reading->out->usable = true;
	reading->out->dataset = reading->dataset->id;
	return GPQ_OK;
}

enum gpq_status gpq_trace_source_read(struct gpq_budget *budget, const char *path, const struct gpq_member *member,
				      const struct gpq_trace_rows *rows, const struct gpq_trace_row *row,
				      struct gpq_trace_source *out,
				      struct gpq_error *err)
{
	struct reading *reading = NULL; /* its facts alone are some KiB */
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*reading), &reading, err));
	reading->budget = budget;
	reading->rows = rows;
	reading->row = row;
	reading->out = out;
	out->path = path;
	out->usable = false;
	out->n_lines = 0;
	out->matches = 0;
	enum gpq_status status = input_read(reading, path, member, err);
	gpq_chunk_buffer_done(&reading->buffer, budget);
	gpq_input_reader_done(&reading->reader);
	gpq_line_parser_close(reading->parser);
	gpq_repeats_close(reading->repeats);
	gpq_succession_close(reading->succession);
	gpq_locations_close(reading->locations);
	gpq_zone_close(reading->zone);
	gpq_head_close(reading->head);
	gpq_free(budget, GPQ_TAG_CONVERT, reading, sizeof(*reading));
	return status;
}
