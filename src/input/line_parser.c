// SPDX-License-Identifier: MIT
#include "input/line_parser.h"

#include "input/line_passage.h"
#include "input/succession.h"
#include "value/utf8.h"

#include <assert.h>

#define ROUNDING_BYTES ((size_t)16 << 10) /* allocations are rounded up to pages */

size_t gpq_line_parser_need(size_t max_record_bytes)
{
	return sizeof(struct gpq_line_parser) + gpq_csv_scan_need() + gpq_location_cache_need() + max_record_bytes +
	       GPQ_VALUE_PADDING + GPQ_BINDING_OUTPUTS * gpq_batch_need(GPQ_LINE_BATCH_ROWS, GPQ_MAX_CELLS) +
	       gpq_strips_need(GPQ_LINE_STRIPS, GPQ_LINE_STRIP_CELLS) + ROUNDING_BYTES;
}

enum gpq_status gpq_line_parser_open(struct gpq_budget *budget, uint32_t cpu_features, uint32_t batch_rows,
                                     size_t max_record_bytes, struct gpq_line_parser **out, struct gpq_error *err)
{
	struct gpq_line_parser *parser = NULL;
	assert(batch_rows && batch_rows <= GPQ_LINE_BATCH_ROWS);
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*parser), &parser, err));
	parser->budget = budget;
	parser->batch_rows = batch_rows;
	parser->scratch_bytes = max_record_bytes;
	parser->run_rows = GPQ_RUN_ROWS;
	parser->values = gpq_value_kernels(cpu_features);
	enum gpq_status status = gpq_csv_scanner_open(budget, cpu_features, &parser->scanner, err);
	if (status == GPQ_OK)
		status = gpq_location_cache_open(budget, &parser->cache, err);
	if (status == GPQ_OK)
		status = gpq_alloc(budget, GPQ_TAG_CONVERT, max_record_bytes + GPQ_VALUE_PADDING, &parser->scratch, err);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && status == GPQ_OK; o++)
		status = gpq_batch_init(&parser->batch[o], budget, GPQ_TAG_CONVERT, batch_rows, GPQ_MAX_CELLS, err);
	if (status == GPQ_OK)
		status = gpq_strips_init(&parser->strips, budget, GPQ_TAG_CONVERT, GPQ_LINE_STRIPS, GPQ_LINE_STRIP_CELLS, err);
	if (status != GPQ_OK) {
		gpq_line_parser_close(parser);
		return status;
	}
	*out = parser;
	return GPQ_OK;
}

void gpq_line_parser_close(struct gpq_line_parser *parser)
{
	if (!parser)
		return;
	gpq_strips_done(&parser->strips, parser->budget, GPQ_TAG_CONVERT);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS; o++)
		gpq_batch_done(&parser->batch[o], parser->budget, GPQ_TAG_CONVERT);
	gpq_csv_scanner_close(parser->scanner);
	gpq_location_cache_close(parser->cache);
	gpq_free(parser->budget, GPQ_TAG_CONVERT, parser->scratch, parser->scratch_bytes + GPQ_VALUE_PADDING);
	gpq_free(parser->budget, GPQ_TAG_CONVERT, parser, sizeof(*parser));
}

void gpq_line_parser_forget(struct gpq_line_parser *parser)
{
	gpq_location_cache_clear(parser->cache);
	parser->bound.feed = NULL;
}

enum gpq_status gpq_line_batch_give(struct passage *pass, uint32_t output)
{
	struct gpq_batch *batch = &pass->parser->batch[output];
	if (!batch->rows)
		return GPQ_OK;
	batch->n_cells = pass->binding->output[output]->n_cells;
	if (pass->binding->output[output]->tiles)
		return gpq_tile_rows_give(pass);
	GPQ_TRY(pass->receiver->rows(pass->receiver->context, output, batch, pass->err));
	batch->rows = 0;
	return GPQ_OK;
}

enum gpq_status gpq_line_strips_give(struct passage *pass)
{
	struct gpq_strips *strips = &pass->parser->strips;
	if (!strips->count)
		return GPQ_OK;
	GPQ_TRY(pass->receiver->strips(pass->receiver->context, pass->parser->strips_output, strips, pass->err));
	strips->count = strips->n_cells = 0;
	return GPQ_OK;
}

enum gpq_status gpq_line_strips_room(struct passage *pass, uint32_t output, uint32_t places)
{
	struct gpq_line_parser *parser = pass->parser;
	struct gpq_strips *strips = &parser->strips;
	if (strips->count == strips->cap || strips->cap_cells - strips->n_cells < places || parser->strips_output != output)
		GPQ_TRY(gpq_line_strips_give(pass));
	parser->strips_output = output;
	strips->interval_s = pass->binding->output[output]->interval_minutes * 60u;
	return GPQ_OK;
}

enum gpq_status gpq_line_strip_end(struct passage *pass)
{
	struct gpq_strip_gather *gather = &pass->parser->gather;
	if (!gather->open)
		return GPQ_OK;
	GPQ_TRY(gpq_line_strips_room(pass, gather->key.output, gpq_gather_places(gather)));
	gpq_gather_take(gather, &pass->parser->strips);
	return GPQ_OK;
}

/* The cell as a row that knows nothing else. */
static enum gpq_status cell_row(struct passage *pass, const struct gpq_strip_key *key, uint32_t start_s, int64_t cell,
                                uint64_t origin)
{
	struct gpq_batch *batch = &pass->parser->batch[key->output];
	uint32_t at = batch->rows, n_cells = pass->binding->output[key->output]->n_cells;
	batch->start_s[at] = start_s;
	batch->location[at] = key->location;
	batch->version[at] = key->version;
	batch->origin[at] = origin;
	for (uint32_t k = 0; k < n_cells; k++)
		batch->cell[k][at] = k == key->cell ? cell : GPQ_CELL_NULL;
	return ++batch->rows == pass->parser->batch_rows ? gpq_line_batch_give(pass, key->output) : GPQ_OK;
}

enum gpq_status gpq_line_cell_put(struct passage *pass, const struct gpq_strip_key *key, uint32_t start_s, int64_t cell,
                                  uint64_t origin)
{
	struct gpq_strip_gather *gather = &pass->parser->gather;
	uint32_t place = start_s / (pass->binding->output[key->output]->interval_minutes * 60u);
	if (!pass->receiver->strips)
		return cell_row(pass, key, start_s, cell, origin);
	if (GPQ_LIKELY(gather->open && gpq_strip_key_equal(&gather->key, key) && gpq_gather_put(gather, place, cell, origin)))
		return GPQ_OK;
	GPQ_TRY(gpq_line_strip_end(pass));
	gpq_gather_begin(gather, key);
	gpq_gather_put(gather, place, cell, origin);
	return GPQ_OK;
}

static bool number_is_bare(const struct piece *piece, uint32_t field)
{
	struct line first = line_of(piece, 0);
	if (field >= first.n_fields)
		return true;
	struct gpq_text text = line_raw(&first, field);
	return !text.len || text.bytes[0] != '"';
}

/* Quotes around texts hinder nothing, as these are compared with them; around each number they make each line careful. */
static bool numbers_are_bare(const struct passage *pass, const struct piece *piece)
{
	const struct gpq_feed_binding *binding = pass->binding;
	bool bare = (binding->price == GPQ_NO_FIELD || number_is_bare(piece, binding->price)) &&
	            (binding->hours_first == GPQ_NO_FIELD || number_is_bare(piece, binding->hours_first));
	for (uint32_t k = 0; k < binding->output[0]->n_cells; k++)
		bare &= binding->cell[0][k] == GPQ_NO_FIELD || number_is_bare(piece, binding->cell[0][k]);
	return bare;
}

/* Bytes that must be looked at make each line of a piece careful; so may a record that is too long. */
static bool piece_may_be_regular(const struct passage *pass, const struct piece *piece)
{
	return !pass->careful && piece->len <= GPQ_CSV_MAX_RECORD_BYTES && pass->parser->layout.regular &&
	       !pass->parser->careful_only && (!piece->index.has_quotes || !piece->index.n_records || numbers_are_bare(pass, piece));
}

static enum gpq_status regular_take(struct passage *pass, const struct piece *piece, uint32_t record, uint32_t *out_taken,
                                    bool *out_odd)
{
	switch (pass->parser->layout.kind) {
	case LINE_COMPONENT:
		return gpq_component_lines_take(pass, piece, record, out_taken, out_odd);
	case LINE_HOURS:
		return gpq_hour_lines_take(pass, piece, record, out_taken, out_odd);
	default:
		return gpq_regular_lines_take(pass, piece, record, out_taken, out_odd);
	}
}

/* How many of the piece's records begin before the chunk's last lines that may be a footer. */
static uint32_t records_before_footer(const struct passage *pass, const struct piece *piece)
{
	uint32_t count = piece->index.n_records;
	while (count && (const char *)piece->bytes + piece->index.ends[piece->index.records[count] - 1] >= pass->footer)
		count--;
	return count;
}

static enum gpq_status piece_take(struct passage *pass, struct piece *piece)
{
	bool regular = piece_may_be_regular(pass, piece);
	uint32_t n_records = piece->index.n_records, before = records_before_footer(pass, piece);
	piece->index.n_records = before; /* regular lines end there */
	for (uint32_t record = 0; record < n_records;) {
		bool odd = true;
		uint32_t taken = 0;
		if (regular && record < before)
			GPQ_TRY(regular_take(pass, piece, record, &taken, &odd));
		record += taken;
		if (odd && record < n_records)
			GPQ_TRY(gpq_careful_line_take(pass, piece, record++));
	}
	return GPQ_OK;
}

/* Where the chunk's last lines begin of which some may be no rows. */
static const char *footer_find(const struct gpq_input_chunk *chunk)
{
	const char *begin = (const char *)chunk->bytes, *at = begin + chunk->len;
	uint32_t lines = chunk->footer_lines < GPQ_FOOTER_LINES ? chunk->footer_lines : GPQ_FOOTER_LINES;
	while (lines && at > begin) {
		const char *end = at[-1] == '\n' ? at - 1 : at, *line = end;
		while (line > begin && line[-1] != '\n')
			line--;
		lines -= gpq_value_trim(gpq_line_end_drop((struct gpq_text){ line, (uint32_t)(end - line) })).len > 0;
		at = line;
	}
	return at;
}

static bool products_agree(const struct gpq_feed_binding *a, const struct gpq_feed_binding *b)
{
	for (uint32_t k = 0; k < a->n_products && k < b->n_products; k++)
		if (a->products[k].product != b->products[k].product || a->products[k].region != b->products[k].region ||
		    strcmp(a->products[k].unit, b->products[k].unit) != 0 ||
		    memcmp(a->products[k].field, b->products[k].field, sizeof(a->products[k].field)) != 0)
			return false;
	return a->n_products == b->n_products;
}

/* Whether lines of two bindings are read alike, but for the day that is not theirs. */
static bool bindings_agree(const struct gpq_feed_binding *a, const struct gpq_feed_binding *b)
{
	return a->feed == b->feed && a->signature == b->signature && a->market == b->market && a->start == b->start &&
	       a->start_is_local == b->start_is_local && a->end == b->end && a->date == b->date && a->local == b->local &&
	       a->date_check == b->date_check && a->hour_check == b->hour_check && a->version == b->version &&
	       a->market_run == b->market_run && a->component == b->component && a->price == b->price &&
	       a->hours_first == b->hours_first && a->hour_ending == b->hour_ending && a->interval == b->interval &&
	       a->repeated == b->repeated && a->clock == b->clock && a->record_kind == b->record_kind &&
	       a->start_is_end == b->start_is_end &&
	       a->local_is_end == b->local_is_end &&
	       memcmp(a->cell, b->cell, sizeof(a->cell)) == 0 && products_agree(a, b);
}

/* What was seen of other lines says nothing of those of another binding. */
static void parser_bind(struct gpq_line_parser *parser, const struct gpq_feed_binding *binding, const struct gpq_zone *zone)
{
	bool day_agrees = parser->bound.day == binding->day || !parser->layout.time.count; /* times are of their day */
	if (parser->bound.feed && parser->zone == zone && day_agrees && bindings_agree(&parser->bound, binding))
		return;
	if (parser->bound.signature != binding->signature)
		gpq_location_cache_clear(parser->cache);
	parser->bound = *binding;
	parser->zone = zone;
	parser->layout = gpq_line_layout_of(binding);
	parser->last.len = 0;
	parser->day_known = parser->group.known = false;
	for (uint32_t i = 0; i < GPQ_TIME_ENTRIES; i++)
		parser->times[i].len = 0;
}

static enum gpq_status chunk_take(struct passage *pass)
{
	const struct gpq_input_chunk *chunk = pass->chunk;
	for (size_t at = 0; at < chunk->len;) {
		struct piece piece = { .bytes = chunk->bytes + at };
		piece.len = gpq_csv_scan(pass->parser->scanner, piece.bytes, chunk->len - at, &piece.index);
		GPQ_TRY(piece_take(pass, &piece));
		at += piece.len;
	}
	gpq_careful_footers_count(pass);
	GPQ_TRY(gpq_line_strip_end(pass));
	GPQ_TRY(gpq_line_strips_give(pass));
	for (uint32_t o = 0; o < pass->binding->n_outputs; o++)
		GPQ_TRY(gpq_line_batch_give(pass, o));
	return GPQ_OK;
}

enum gpq_status gpq_line_parser_chunk(struct gpq_line_parser *parser, const struct gpq_input_chunk *chunk,
                                      const struct gpq_feed_binding *binding, const struct gpq_zone *zone,
                                      struct gpq_text header, const struct gpq_line_receiver *receiver,
                                      struct gpq_line_counts *counts, uint32_t *out_last_start_s, struct gpq_error *err)
{
	parser_bind(parser, binding, zone);
	*out_last_start_s = 0;
	struct passage pass = {
		.parser = parser,
		.chunk = chunk,
		.binding = binding,
		.zone = zone,
		.header = header,
		.receiver = receiver,
		.counts = counts,
		.last_start_s = out_last_start_s,
		.careful = chunk->traits.nuls || (chunk->traits.high && !gpq_value_is_utf8((const char *)chunk->bytes, chunk->len)),
		.counted = (const char *)chunk->bytes,
		.counted_line = chunk->first_line,
		.footer = footer_find(chunk),
		.err = err,
	};
	enum gpq_status status = chunk_take(&pass);
	if (binding->output[0]->tiles && *out_last_start_s) /* an end until now */
		*out_last_start_s -= GPQ_TILE_MAX_S;
	parser->gather.open = false; /* of a chunk that failed, too */
	parser->strips.count = parser->strips.n_cells = 0;
	return status;
}
