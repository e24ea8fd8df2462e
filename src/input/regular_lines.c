// SPDX-License-Identifier: MIT
/*
 * Lines that are rows without any question, column by column: one short loop a column over the fields of many lines.
 *
 * A line is regular where it has as many fields as the header, the times of the line above, a location that the cache
 * knows, numbers in the number fields, and a price. A header line that stands again is none, since its stamp differs. Each
 * column says how many lines from the first on are regular as far as it can see; the least of these is the run.
 */
#include "input/line_passage.h"

#define MIN_RUN_ROWS 8u

/* Regular lines, as far as is known. Their rows are written behind those of the batches, and count once all is looked at. */
struct run {
	struct passage *pass;
	const struct piece *piece;
	const uint32_t *ends; /* of the first line's first field */
	uint32_t record, count;
	bool drops;           /* not every row is kept: see the parser's 'keep' */
};

static struct gpq_text_column run_column(const struct run *run, uint32_t first, uint32_t last)
{
	return (struct gpq_text_column){
		.bytes = (const char *)run->piece->bytes,
		.ends = run->ends + last,
		.stride = run->pass->binding->n_fields,
		.width = last - first + 1,
		.count = run->count,
	};
}

/* The same without the CR of fields that end with their record. */
static struct gpq_text_column run_texts(const struct run *run, uint32_t first, uint32_t last)
{
	struct gpq_text_column column = run_column(run, first, last);
	if (last + 1 < column.stride)
		return column;
	uint32_t *out = run->pass->parser->last_ends;
	const uint32_t *end = column.ends;
	for (uint32_t i = 0; i < run->count; i++, end += column.stride) {
		bool cr = *end > end[-1] + 1 && column.bytes[*end - 1] == '\r';
		out[2 * i] = *(end - column.width);
		out[2 * i + 1] = *end - cr;
	}
	return (struct gpq_text_column){ column.bytes, out + 1, 2, 1, run->count };
}

/* From the piece's record 'record' on: lines of as many fields as the header, as many as the batches have room for. */
static struct run run_begin(struct passage *pass, const struct piece *piece, uint32_t record)
{
	const struct gpq_line_parser *parser = pass->parser;
	const uint32_t *records = piece->index.records + record, n_fields = pass->binding->n_fields;
	uint32_t most = piece->index.n_records - record, count = 0;
	most = most < parser->run_rows ? most : parser->run_rows;
	for (uint32_t o = 0; o < pass->binding->n_outputs; o++) {
		uint32_t room = parser->batch_rows - parser->batch[o].rows;
		most = most < room ? most : room;
	}
	while (count < most && records[count + 1] - records[count] == n_fields)
		count++;
	return (struct run){ pass, piece, piece->index.ends + records[0], record, count, false };
}

/* The lines whose fields 'first' to 'last' are those of the first line. */
static void run_repeats(struct run *run, uint32_t first, uint32_t last)
{
	struct gpq_text_column column = run_column(run, first, last);
	struct gpq_text text = gpq_text_column_at(&column, 0);
	uint32_t begin = (uint32_t)(text.bytes - column.bytes), at[2] = { begin, begin + text.len };
	run->count = gpq_csv_match(run->pass->parser->scanner, &column, column.bytes, at, 0);
}

/* The first line's times must be the last ones seen, and those of the others the first one's. */
static void run_times(struct run *run)
{
	const struct gpq_line_parser *parser = run->pass->parser;
	const struct gpq_field_span *span = &parser->layout.time;
	const struct line line = line_of(run->piece, run->record);
	char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
	if (!time_is(&parser->last, gpq_line_span(&line, span, apart)) || parser->last.time.reason != GPQ_REJECT_NONE ||
	    parser->last.time.second_s || parser->last.time.marked) {
		run->count = 0;
		return;
	}
	for (uint32_t i = 0, next; i < span->count && run->count; i = next) { /* those that stand together as one text */
		for (next = i + 1; next < span->count && span->fields[next] == span->fields[next - 1] + 1u;)
			next++;
		run_repeats(run, span->fields[i], span->fields[next - 1]);
	}
}

/* Lines of a market run that belongs here: that of the first line, nearly always. */
static void run_markets(struct run *run)
{
	uint16_t field = run->pass->binding->market_run;
	struct line line = line_of(run->piece, run->record);
	if (field == GPQ_NO_FIELD || !run->count)
		return;
	if (gpq_careful_market(run->pass, &line).reason != GPQ_REJECT_NONE)
		run->count = 0;
	else
		run_repeats(run, field, field);
}

/* Lines whose location the cache knows; each by itself where its fields stand apart or there are none. */
static void run_locations(struct run *run)
{
	struct passage *pass = run->pass;
	struct gpq_line_parser *parser = pass->parser;
	const struct gpq_feed_binding *binding = pass->binding;
	uint32_t *codes = parser->batch[0].location + parser->batch[0].rows, found = 0;
	if (binding->location_first != GPQ_NO_FIELD && binding->location_together) {
		struct gpq_text_column texts = run_texts(run, binding->location_first, binding->location_last);
		found = gpq_location_cache_follow(parser->cache, parser->scanner, &texts, codes);
	} else {
		char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
		for (; found < run->count; found++) {
			const struct line line = line_of(run->piece, run->record + found);
			struct gpq_text bytes = gpq_location_text(pass, &line, apart);
			if (!bytes.bytes || !gpq_location_cache_find(parser->cache, bytes, &codes[found]))
				break;
		}
	}
	run->count = found;
	for (uint32_t o = 1; o < binding->n_outputs; o++)
		memcpy(parser->batch[o].location + parser->batch[o].rows, codes, found * sizeof(*codes));
}

static void run_cells(struct run *run, uint32_t output)
{
	const struct gpq_dataset *dataset = run->pass->binding->output[output];
	struct gpq_batch *batch = &run->pass->parser->batch[output];
	for (uint32_t k = 0; k < dataset->n_cells && run->count; k++) {
		uint16_t field = run->pass->binding->cell[output][k];
		int64_t *cells = batch->cell[k] + batch->rows;
		if (field == GPQ_NO_FIELD) {
			for (uint32_t i = 0; i < run->count; i++)
				cells[i] = GPQ_CELL_NULL;
			continue;
		}
		struct gpq_text_column texts = run_texts(run, field, field);
		run->count = run->pass->parser->values.cells(&texts, dataset->cells[k].scale, cells);
		for (uint32_t i = 0; run->pass->binding->negated[output][k] && i < run->count; i++)
			cells[i] = gpq_cell_negated(cells[i]);
	}
}

static void run_versions(struct run *run)
{
	const struct gpq_feed_binding *binding = run->pass->binding;
	int32_t version[GPQ_RUN_ROWS];
	uint32_t i = 0;
	if (binding->version != GPQ_NO_FIELD) {
		struct gpq_text_column texts = run_texts(run, binding->version, binding->version);
		while (i < run->count && line_version(gpq_text_column_at(&texts, i), &version[i]) == GPQ_REJECT_NONE)
			i++;
		run->count = i;
	}
	for (; i < run->count; i++)
		version[i] = GPQ_VERSION_NONE;
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		struct gpq_batch *batch = &run->pass->parser->batch[o];
		memcpy(batch->version + batch->rows, version, run->count * sizeof(version[0]));
	}
}

/* Sets where the rows of an output have a price, if some have none. */
static bool run_prices(struct run *run, uint32_t output)
{
	const struct gpq_dataset *dataset = run->pass->binding->output[output];
	const struct gpq_batch *batch = &run->pass->parser->batch[output];
	bool *keep = run->pass->parser->keep[output];
	memset(keep, !dataset->blank_without_price, run->count);
	if (!dataset->blank_without_price)
		return false;
	for (uint32_t k = 0; k < dataset->n_cells; k++) {
		const int64_t *cells = batch->cell[k] + batch->rows;
		uint32_t nulls = 0;
		for (uint32_t i = 0; i < run->count; i++)
			nulls += cells[i] == GPQ_CELL_NULL;
		if (!nulls) { /* nearly always the first column that there is */
			memset(keep, true, run->count);
			return false;
		}
		for (uint32_t i = 0; i < run->count; i++)
			keep[i] |= cells[i] != GPQ_CELL_NULL;
	}
	return true;
}

/* Rows without a price are blank; a line without any is left to the careful way. */
static void run_blanks(struct run *run)
{
	struct gpq_line_parser *parser = run->pass->parser;
	uint32_t n_outputs = run->pass->binding->n_outputs, kept = 0;
	for (uint32_t o = 0; o < n_outputs; o++)
		run->drops |= run_prices(run, o);
	if (!run->drops)
		return;
	for (uint32_t i = 0; i < run->count; i++) {
		uint32_t blank = 0;
		for (uint32_t o = 0; o < n_outputs; o++)
			blank += !parser->keep[o][i];
		if (blank == n_outputs)
			run->count = i;
		else
			kept += n_outputs - blank;
	}
	run->pass->counts->blank += run->count * n_outputs - kept;
}

static void run_wants(struct run *run)
{
	const struct gpq_line_receiver *receiver = run->pass->receiver;
	struct gpq_line_parser *parser = run->pass->parser;
	if (!receiver->wants_location || run->pass->binding->output[0]->tiles)
		return;
	const uint32_t *codes = parser->batch[0].location + parser->batch[0].rows;
	for (uint32_t i = 0; i < run->count; i++) {
		if (receiver->wants_location(receiver->context, codes[i]))
			continue;
		run->drops = true;
		for (uint32_t o = 0; o < run->pass->binding->n_outputs; o++) {
			run->pass->counts->outside += parser->keep[o][i];
			parser->keep[o][i] = false;
		}
	}
}

/* Moves the rows that are kept together; returns how many they are. */
static uint32_t rows_gather(struct gpq_batch *batch, const bool *keep, uint32_t count, uint32_t n_cells)
{
	uint32_t to = batch->rows;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t from = batch->rows + i;
		batch->location[to] = batch->location[from];
		batch->version[to] = batch->version[from];
		batch->origin[to] = batch->origin[from];
		for (uint32_t k = 0; k < n_cells; k++)
			batch->cell[k][to] = batch->cell[k][from];
		to += keep[i];
	}
	return to - batch->rows;
}

/* The run's rows count from here on. */
static enum gpq_status run_give(struct run *run, uint32_t output)
{
	struct passage *pass = run->pass;
	struct gpq_line_parser *parser = pass->parser;
	struct gpq_batch *batch = &parser->batch[output];
	const uint32_t *before = run->ends - 1;
	const size_t stride = pass->binding->n_fields;
	size_t off = (size_t)(run->piece->bytes - pass->chunk->bytes);
	uint64_t origin = gpq_origin(pass->chunk->input, pass->chunk->byte + off), *origins = batch->origin + batch->rows;
	for (uint32_t i = 0; i < run->count; i++, before += stride)
		origins[i] = origin + (uint32_t)(*before + 1);
	uint32_t kept = run->count;
	if (run->drops)
		kept = rows_gather(batch, parser->keep[output], run->count, pass->binding->output[output]->n_cells);
	for (uint32_t i = 0; i < kept; i++)
		batch->start_s[batch->rows + i] = parser->last.time.start_s;
	batch->rows += kept;
	return batch->rows == parser->batch_rows ? gpq_line_batch_give(pass, output) : GPQ_OK;
}

static void run_count(const struct run *run)
{
	const struct passage *pass = run->pass;
	pass->counts->lines += run->count;
	pass->counts->data_lines += run->count;
	pass->counts->partial_rows += (uint64_t)run->count * pass->binding->n_outputs;
	if (pass->parser->last.time.warns)
		pass->counts->warnings += run->count;
	if (run->count)
		*pass->last_start_s = pass->parser->last.time.start_s;
}

enum gpq_status gpq_regular_lines_take(struct passage *pass, const struct piece *piece, uint32_t record,
                                       uint32_t *out_taken, bool *out_odd)
{
	struct gpq_line_parser *parser = pass->parser;
	struct run run = run_begin(pass, piece, record);
	uint32_t tried = run.count;
	if (tried)
		run_times(&run);
	run_markets(&run);
	if (run.count) {
		run_locations(&run);
		for (uint32_t o = 0; o < pass->binding->n_outputs; o++)
			run_cells(&run, o);
		run_versions(&run);
		run_blanks(&run);
		run_wants(&run);
		parser->run_rows = run.count < tried / 4 ? tried / 4 : parser->run_rows * 2;
		parser->run_rows = parser->run_rows < MIN_RUN_ROWS ? MIN_RUN_ROWS : parser->run_rows;
		parser->run_rows = parser->run_rows > GPQ_RUN_ROWS ? GPQ_RUN_ROWS : parser->run_rows;
	}
	run_count(&run);
	for (uint32_t o = 0; o < pass->binding->n_outputs && run.count; o++)
		GPQ_TRY(run_give(&run, o));
	*out_taken = run.count;
	*out_odd = run.count < tried || !tried;
	return GPQ_OK;
}
