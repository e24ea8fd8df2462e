// SPDX-License-Identifier: MIT
#include "convert/line_parser.h"

#include "convert/line_passage.h"
#include "value/instant.h"
#include "value/utf8.h"

#include <assert.h>

size_t gpq_line_parser_need(size_t max_record_bytes)
{
	return sizeof(struct gpq_line_parser) + gpq_csv_scan_need() + gpq_location_cache_need() + max_record_bytes +
	       GPQ_VALUE_PADDING + GPQ_BINDING_OUTPUTS * gpq_batch_need(GPQ_LINE_BATCH_ROWS, GPQ_MAX_CELLS) + 8192;
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
}

enum gpq_reject gpq_line_start(struct gpq_text stamp, uint32_t *out_start_s)
{
	struct gpq_stamp read;
	enum gpq_reject reason = gpq_value_stamp(stamp, &read);
	if (reason != GPQ_REJECT_NONE)
		return reason;
	int64_t utc_s = read.has_offset ? read.civil_s - read.offset_s : read.civil_s;
	if (utc_s < 0 || utc_s > UINT32_MAX)
		return GPQ_REJECT_STAMP;
	if (read.fraction_us)
		return GPQ_REJECT_GRID;
	*out_start_s = (uint32_t)utc_s;
	return GPQ_REJECT_NONE;
}

enum gpq_status gpq_line_batch_give(struct passage *pass, uint32_t output)
{
	struct gpq_batch *batch = &pass->parser->batch[output];
	if (!batch->rows)
		return GPQ_OK;
	batch->n_cells = pass->binding->output[output]->n_cells;
	GPQ_TRY(pass->receiver->rows(pass->receiver->context, output, batch, pass->err));
	batch->rows = 0;
	return GPQ_OK;
}

/* Quotes, or bytes that must be looked at, make each line of a piece careful; so may a record that is too long. */
static bool piece_may_be_regular(const struct passage *pass, const struct piece *piece)
{
	return !pass->careful && !piece->index.has_quotes && piece->len <= GPQ_CSV_MAX_RECORD_BYTES &&
	       pass->binding->n_fields > 1 && !pass->parser->careful_only;
}

static enum gpq_status piece_take(struct passage *pass, const struct piece *piece)
{
	bool regular = piece_may_be_regular(pass, piece);
	for (uint32_t record = 0; record < piece->index.n_records;) {
		bool odd = true;
		uint32_t taken = 0;
		if (regular)
			GPQ_TRY(gpq_regular_lines_take(pass, piece, record, &taken, &odd));
		record += taken;
		if (odd)
			GPQ_TRY(gpq_careful_line_take(pass, piece, record++));
	}
	return GPQ_OK;
}

enum gpq_status gpq_line_parser_chunk(struct gpq_line_parser *parser, const struct gpq_input_chunk *chunk,
                                      const struct gpq_feed_binding *binding, const struct gpq_zone *zone,
                                      struct gpq_text header, const struct gpq_line_receiver *receiver,
                                      struct gpq_line_counts *counts, uint32_t *out_last_start_s, struct gpq_error *err)
{
	if (parser->cache_signature != binding->signature)
		gpq_location_cache_clear(parser->cache);
	parser->cache_signature = binding->signature;
	parser->start.known = parser->local.known = false;
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
		.err = err,
	};
	for (size_t at = 0; at < chunk->len;) {
		struct piece piece = { .bytes = chunk->bytes + at };
		piece.len = gpq_csv_scan(parser->scanner, piece.bytes, chunk->len - at, &piece.index);
		GPQ_TRY(piece_take(&pass, &piece));
		at += piece.len;
	}
	for (uint32_t o = 0; o < binding->n_outputs; o++)
		GPQ_TRY(gpq_line_batch_give(&pass, o));
	return GPQ_OK;
}
