// SPDX-License-Identifier: MIT
/* One line, field by field, whatever it may be: what the rules say of each case is said here (line_passage.h). */
#include "input/line_passage.h"
#include "input/repeats.h"
#include "value/utf8.h"

/* The location's texts, as far as fields have them. */
static struct gpq_location location_texts(struct passage *pass, struct line *line)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
	line->scratch_used = 0; /* the texts must last; each field once, so that they fit */
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		if (binding->text[i] != GPQ_NO_FIELD)
			location.text[i] = gpq_value_trim(line_field(pass->parser, line, binding->text[i]));
	return location;
}

enum gpq_status gpq_careful_product(struct passage *pass, struct line *line, const struct gpq_product_fields *product,
                                    uint32_t *out_code)
{
	struct gpq_location location = location_texts(pass, line);
	location.text[GPQ_TEXT_PRODUCT] = gpq_text_of(product->product);
	if (product->region)
		location.text[GPQ_TEXT_REGION] = gpq_text_of(product->region);
	if (*product->unit)
		location.text[GPQ_TEXT_UNIT] = gpq_text_of(product->unit);
	return gpq_locations_intern(pass->receiver->locations, &location, out_code, pass->err);
}

/* Parses the location's fields and enters them in the run's catalogue. */
static enum gpq_status location_read(struct passage *pass, struct line *line, uint32_t *out_code,
                                     struct line_fault *out_fault)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_location location = location_texts(pass, line);
	bool energy = binding->output[0]->table == GPQ_TABLE_ENERGY;
	if (binding->voltage != GPQ_NO_FIELD &&
	    !gpq_value_voltage(line_field(pass->parser, line, binding->voltage), GPQ_VOLTAGE_SCALE, &location.voltage_kv))
		pass->counts->warnings++;
	if (!energy && binding->feed->constant_product)
		location.text[GPQ_TEXT_PRODUCT] = gpq_text_of(binding->feed->constant_product);
	bool id_is_key = energy && (binding->output[0]->key_texts & 1u << GPQ_TEXT_ID);
	if (energy && !id_is_key && binding->text[GPQ_TEXT_NAME] == GPQ_NO_FIELD)
		location.text[GPQ_TEXT_NAME] = location.text[GPQ_TEXT_ID]; /* nothing else is published */
	if (!location.text[id_is_key ? GPQ_TEXT_ID : 0].bytes) {
		out_fault->reason = GPQ_REJECT_KEY_MISSING;
		return GPQ_OK;
	}
	return gpq_locations_intern(pass->receiver->locations, &location, out_code, pass->err);
}

struct gpq_text gpq_location_text(const struct passage *pass, const struct line *line,
                                  char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES])
{
	const struct gpq_feed_binding *binding = pass->binding;
	if (binding->location_first == GPQ_NO_FIELD)
		return (struct gpq_text){ "", 0 };
	struct gpq_text first = line_raw(line, binding->location_first);
	if (binding->location_together) {
		struct gpq_text last = line_raw(line, binding->location_last);
		first.len = (uint32_t)(last.bytes + last.len - first.bytes);
		return first;
	}
	uint32_t len = 0;
	for (int i = 0; i <= GPQ_LOCATION_TEXTS; i++) {
		uint16_t field = i < GPQ_LOCATION_TEXTS ? binding->text[i] : binding->voltage;
		if (field == GPQ_NO_FIELD)
			continue;
		struct gpq_text text = line_raw(line, field);
		if (text.len + 1 > GPQ_SPAN_BYTES - len)
			return (struct gpq_text){ NULL, 0 };
		memcpy(apart + len, text.bytes, text.len);
		len += text.len;
		apart[len++] = '\n';
	}
	return (struct gpq_text){ apart, len };
}

enum gpq_status gpq_careful_location(struct passage *pass, struct line *line, uint32_t *out_code,
                                     struct line_fault *out_fault)
{
	char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
	struct gpq_text bytes = gpq_location_text(pass, line, apart);
	if (bytes.bytes && gpq_location_cache_find(pass->parser->cache, bytes, out_code))
		return GPQ_OK;
	GPQ_TRY(location_read(pass, line, out_code, out_fault));
	if (bytes.bytes && out_fault->reason == GPQ_REJECT_NONE)
		gpq_location_cache_enter(pass->parser->cache, bytes, *out_code);
	return GPQ_OK;
}

struct line_fault gpq_careful_market(const struct passage *pass, struct line *line)
{
	uint16_t field = pass->binding->market_run;
	const char *const *runs = pass->binding->feed->market_runs;
	if (field == GPQ_NO_FIELD || !runs[0])
		return (struct line_fault){ GPQ_REJECT_NONE, 0 };
	struct gpq_text text = gpq_value_trim(line_field(pass->parser, line, field));
	for (size_t i = 0; i < sizeof(pass->binding->feed->market_runs) / sizeof(runs[0]); i++)
		if (runs[i] && gpq_text_equal(text, gpq_text_of(runs[i])))
			return (struct line_fault){ GPQ_REJECT_NONE, 0 };
	return (struct line_fault){ GPQ_REJECT_MARKET, field + 1u };
}

struct line_fault gpq_careful_component(const struct passage *pass, struct line *line, uint32_t *out_component)
{
	const struct gpq_feed *feed = pass->binding->feed;
	uint16_t field = pass->binding->component;
	struct gpq_text text = gpq_value_trim(line_field(pass->parser, line, field));
	for (uint32_t i = 0; i < feed->n_components; i++)
		if (gpq_text_equal(text, gpq_text_of(feed->components[i].text))) {
			*out_component = i;
			return (struct line_fault){ GPQ_REJECT_NONE, 0 };
		}
	return (struct line_fault){ GPQ_REJECT_COMPONENT, field + 1u };
}

struct line_fault gpq_careful_version(const struct passage *pass, struct line *line, int32_t *out_version)
{
	uint16_t field = pass->binding->version;
	*out_version = GPQ_VERSION_NONE;
	if (field == GPQ_NO_FIELD || line_version(line_field(pass->parser, line, field), out_version) == GPQ_REJECT_NONE)
		return (struct line_fault){ GPQ_REJECT_NONE, 0 };
	return (struct line_fault){ GPQ_REJECT_VERSION, field + 1u };
}

/* Reads the cells of one output behind the batch's last row. '*out_known' counts those that are not null. */
static struct line_fault line_cells(struct passage *pass, struct line *line, uint32_t output, uint32_t *out_known)
{
	const struct gpq_dataset *dataset = pass->binding->output[output];
	struct gpq_batch *batch = &pass->parser->batch[output];
	uint32_t known = 0;
	line->scratch_used = 0; /* numbers leave nothing there */
	for (uint32_t k = 0; k < dataset->n_cells; k++) {
		int64_t cell = GPQ_CELL_NULL;
		uint16_t field = pass->binding->cell[output][k];
		if (field != GPQ_NO_FIELD) {
			enum gpq_reject reason =
				pass->parser->values.cell(line_field(pass->parser, line, field), dataset->cells[k].scale, &cell);
			if (GPQ_UNLIKELY(reason != GPQ_REJECT_NONE))
				return (struct line_fault){ reason, field + 1u };
			if (pass->binding->negated[output][k])
				cell = gpq_cell_negated(cell);
		}
		known += cell != GPQ_CELL_NULL;
		batch->cell[k][batch->rows] = cell;
	}
	*out_known = known;
	return (struct line_fault){ GPQ_REJECT_NONE, 0 };
}

/* A row for each output that the line has something for, its cells being read. */
static enum gpq_status rows_add(struct passage *pass, const struct gpq_line_time *time, const uint32_t *known,
                                const struct gpq_batch *row)
{
	struct gpq_line_parser *parser = pass->parser;
	const struct gpq_feed_binding *binding = pass->binding;
	bool wanted = line_wanted(pass, row->location[0]);
	*pass->last_start_s = time->start_s;
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		struct gpq_batch *batch = &parser->batch[o];
		if (binding->feed->by_length && o != time->output)
			continue;
		if (!known[o] && binding->output[o]->blank_without_price) {
			pass->counts->blank++;
			continue;
		}
		if (!wanted) {
			pass->counts->outside++;
			continue;
		}
		batch->start_s[batch->rows] = time->start_s;
		batch->location[batch->rows] = row->location[0];
		batch->version[batch->rows] = row->version[0];
		batch->origin[batch->rows] = row->origin[0];
		if (++batch->rows == parser->batch_rows)
			GPQ_TRY(gpq_line_batch_give(pass, o));
	}
	return GPQ_OK;
}

/* The record's bytes in the piece, line end included. */
static struct gpq_text line_bytes(const struct line *line, size_t piece_len)
{
	uint32_t begin = *(line->index->ends + line->first_field - 1) + 1;
	uint32_t end = line->index->ends[line->first_field + line->n_fields - 1];
	return (struct gpq_text){ (const char *)line->bytes + begin, end - begin + (end < piece_len) };
}

/* What is told of a line that gives no row. Lines are numbered in their order. */
static struct gpq_bad_line bad_line(struct passage *pass, struct gpq_text bytes, struct line_fault fault)
{
	const char *end = bytes.bytes;
	for (const char *at = pass->counted; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		pass->counted_line++;
	pass->counted = end;
	return (struct gpq_bad_line){
		.reason = fault.reason,
		.byte = pass->chunk->byte + (uint64_t)(bytes.bytes - (const char *)pass->chunk->bytes),
		.line = pass->counted_line,
		.field = fault.field,
		.bytes = bytes,
	};
}

/* Whether the order of lines tells something of this one, so that it counts also where it gives no row. */
static bool order_tells(const struct passage *pass, const struct gpq_line_time *time)
{
	return time->reason == GPQ_REJECT_NONE && (time->second_s || pass->binding->output[0]->tiles);
}

static uint16_t repeat_field(const struct gpq_feed_binding *binding)
{
	return binding->start != GPQ_NO_FIELD ? binding->start : binding->hour_ending;
}

/* What is told of a line whose pass is not known, if it never will be. */
static struct gpq_bad_line repeat_text(struct passage *pass, struct line *line)
{
	uint16_t field = repeat_field(pass->binding);
	struct gpq_bad_line text = bad_line(pass, line_bytes(line, pass->piece_len), (struct line_fault){ GPQ_REJECT_UNRESOLVED, field + 1u });
	text.value = line_raw(line, field);
	return text;
}

bool gpq_careful_repeat(struct passage *pass, struct line *line, struct gpq_repeat *held)
{
	held->field = repeat_field(pass->binding) + 1u;
	const struct gpq_bad_line text = held->stamp_only ? (struct gpq_bad_line){ .reason = GPQ_REJECT_UNRESOLVED } : repeat_text(pass, line);
	return pass->receiver->repeats && gpq_repeats_hold(pass->receiver->repeats, held, &text);
}

/* A row of a repeated hour waits for the input's end: only the order of all of its location's tells which pass it is of. Of a
 * line that gives none the stamp counts alone, for the others. Feeds that tell it so have one output. */
static enum gpq_status row_hold(struct passage *pass, struct line *line, const struct gpq_line_time *time,
                                const struct gpq_batch *row, bool stamp_only, struct line_fault *out_fault)
{
	const struct gpq_batch *batch = &pass->parser->batch[0];
	const struct gpq_dataset *dataset = pass->binding->output[0];
	struct gpq_repeat held = {
		.first_s = time->start_s,
		.second_s = time->second_s,
		.told = time->told,
		.location = row->location[0],
		.group = row->location[0],
		.version = row->version[0],
		.origin = row->origin[0],
		.parts = !stamp_only,
		.field = repeat_field(pass->binding) + 1u,
		.stamp_only = stamp_only,
	};
	const struct line_fault unresolved = { GPQ_REJECT_UNRESOLVED, held.field };
	if (!stamp_only)
		*out_fault = unresolved;
	if (!pass->receiver->repeats)
		return GPQ_OK;
	for (uint32_t k = 0; k < GPQ_MAX_CELLS; k++)
		held.cell[k] = k < dataset->n_cells ? batch->cell[k][batch->rows] : GPQ_CELL_NULL;
	if (dataset->tiles)
		GPQ_TRY(gpq_tile_pass(pass, held.location, time, &held.before_s));
	struct gpq_bad_line text = { .reason = unresolved.reason };
	if (!stamp_only) {
		text = repeat_text(pass, line);
		out_fault->reason = GPQ_REJECT_NONE;
	}
	const struct gpq_line_receiver *receiver = pass->receiver;
	if (receiver->wants_location && !receiver->wants_location(receiver->context, held.location)) {
		pass->counts->outside += !stamp_only;
		held.stamp_only = dataset->tiles;
		if (!held.stamp_only)
			return GPQ_OK;
	}
	if (!gpq_repeats_hold(receiver->repeats, &held, &text) && !stamp_only)
		*out_fault = unresolved;
	return GPQ_OK;
}

/* The stamp of a line that gives no row, of a location that can be told. */
static enum gpq_status stamp_count(struct passage *pass, struct line *line, uint64_t origin)
{
	const struct gpq_line_time *time = gpq_line_time(pass, line);
	uint32_t code = 0;
	int32_t version = GPQ_VERSION_NONE;
	struct line_fault fault = { GPQ_REJECT_NONE, 0 };
	if (!order_tells(pass, time))
		return GPQ_OK;
	GPQ_TRY(gpq_careful_location(pass, line, &code, &fault));
	if (fault.reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	const struct gpq_batch row = { .location = &code, .version = &version, .origin = &origin };
	if (time->second_s)
		return row_hold(pass, line, time, &row, true, &fault);
	return gpq_tile_note(pass, code, time->start_s);
}

/* A line of kind ROW with as many fields as it should have. A fault means that it gives no row at all. */
static enum gpq_status line_rows(struct passage *pass, struct line *line, uint64_t origin, struct line_fault *out_fault)
{
	const struct gpq_feed_binding *binding = pass->binding;
	uint32_t code = 0, known[GPQ_BINDING_OUTPUTS], blank = 0;
	int32_t version;
	struct line_fault cells = { GPQ_REJECT_NONE, 0 };
	for (uint32_t o = 0; o < binding->n_outputs && cells.reason == GPQ_REJECT_NONE; o++) {
		cells = line_cells(pass, line, o, &known[o]);
		blank += cells.reason == GPQ_REJECT_NONE && !known[o] && binding->output[o]->blank_without_price;
	}
	if (GPQ_UNLIKELY(blank == binding->n_outputs)) { /* whatever else the line says (RULES 14) */
		pass->counts->blank += gpq_line_parts(binding);
		return gpq_order_matters(binding) ? stamp_count(pass, line, origin) : GPQ_OK;
	}
	const struct gpq_line_time *time = gpq_line_time(pass, line);
	*out_fault = (struct line_fault){ time->reason, time->field };
	pass->counts->warnings += time->reason == GPQ_REJECT_NONE && time->warns;
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = cells;
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_market(pass, line);
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_version(pass, line, &version);
	if (out_fault->reason != GPQ_REJECT_NONE)
		return gpq_order_matters(binding) ? stamp_count(pass, line, origin) : GPQ_OK;
	GPQ_TRY(gpq_careful_location(pass, line, &code, out_fault));
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	const struct gpq_batch row = { .location = &code, .version = &version, .origin = &origin };
	if (GPQ_UNLIKELY(time->marked) && pass->receiver->repeats)
		gpq_repeats_mark(pass->receiver->repeats);
	if (GPQ_UNLIKELY(time->second_s))
		return row_hold(pass, line, time, &row, false, out_fault);
	return rows_add(pass, time, known, &row);
}

static bool line_is(struct gpq_text content, struct gpq_text header)
{
	return content.len == header.len && content.len && memcmp(content.bytes, header.bytes, content.len) == 0;
}

static bool line_is_header(const struct passage *pass, struct gpq_text content)
{
	return line_is(content, pass->header) || line_is(content, pass->chunk->other_header);
}

/* Whether the fields behind the header's last one are empty; too few fields, or surplus content, are reasons. */
static enum gpq_reject line_shape(struct passage *pass, struct line *line)
{
	if (line->n_fields < pass->binding->n_fields)
		return GPQ_REJECT_FIELDS_FEW;
	for (uint32_t field = pass->binding->n_fields; field < line->n_fields; field++)
		if (gpq_value_trim(line_field(pass->parser, line, field)).len)
			return GPQ_REJECT_FIELDS_MANY;
	return GPQ_REJECT_NONE;
}

static enum gpq_status line_reject(struct passage *pass, const struct gpq_bad_line *bad)
{
	pass->counts->rejected += gpq_line_parts(pass->binding);
	pass->counts->off_grid += bad->reason == GPQ_REJECT_GRID;
	return pass->receiver->bad_line(pass->receiver->context, bad, pass->err);
}

/* The line that begins at 'text', with its end: quotes may hold line ends. */
static struct gpq_text line_from(const char *text, const char *end)
{
	const char *at = text;
	for (bool quoted = false; at < end; at++) {
		quoted ^= *at == '"';
		if (*at == '\n' && !quoted)
			return (struct gpq_text){ text, (uint32_t)(at + 1 - text) };
	}
	return (struct gpq_text){ text, (uint32_t)(at - text) };
}

enum gpq_status gpq_careful_row_reject(struct passage *pass, uint64_t origin, enum gpq_reject reason)
{
	const struct gpq_input_chunk *chunk = pass->chunk;
	const char *begin = (const char *)chunk->bytes, *text = begin + (gpq_origin_byte(origin) - chunk->byte);
	struct gpq_bad_line bad = {
		.reason = reason,
		.byte = gpq_origin_byte(origin),
		.line = chunk->first_line,
		.bytes = line_from(text, begin + chunk->len),
	};
	for (const char *at = begin; (at = memchr(at, '\n', (size_t)(text - at))) != NULL; at++)
		bad.line++;
	return line_reject(pass, &bad);
}

enum gpq_status gpq_careful_cell_reject(struct passage *pass, struct line *line, enum gpq_reject reason, uint32_t field)
{
	struct gpq_bad_line bad =
		bad_line(pass, line_bytes(line, pass->piece_len), (struct line_fault){ reason, field + 1 });
	line->scratch_used = 0;
	bad.value = line_field(pass->parser, line, field);
	bad.cell_only = true;
	pass->counts->rejected++;
	return pass->receiver->bad_line(pass->receiver->context, &bad, pass->err);
}

/* A row came behind lines that might have been a footer. */
static enum gpq_status footers_reject(struct passage *pass)
{
	for (uint32_t i = 0; i < pass->n_footers; i++)
		GPQ_TRY(line_reject(pass, &pass->footers[i]));
	pass->n_footers = 0;
	return GPQ_OK;
}

void gpq_careful_footers_count(struct passage *pass)
{
	uint32_t count = pass->n_footers;
	pass->counts->data_lines -= count;
	pass->counts->partial_rows -= (uint64_t)count * gpq_line_parts(pass->binding);
	pass->counts->header_lines += count;
	pass->n_footers = 0;
}

/* What a line looks like that was never meant as a row; one with a time and a bad price was. */
static bool may_be_footer(const struct passage *pass, const struct gpq_bad_line *bad)
{
	return bad->bytes.bytes >= pass->footer && pass->n_footers < GPQ_FOOTER_LINES &&
	       (bad->reason == GPQ_REJECT_FIELDS_FEW || bad->reason == GPQ_REJECT_STAMP ||
	        bad->reason == GPQ_REJECT_STAMP_MISSING);
}

/* The line gave a row, or did not. */
static enum gpq_status line_end(struct passage *pass, struct line *line, struct gpq_text bytes, struct line_fault fault)
{
	if (GPQ_LIKELY(fault.reason == GPQ_REJECT_NONE))
		return pass->n_footers ? footers_reject(pass) : GPQ_OK;
	struct gpq_bad_line bad = bad_line(pass, bytes, fault);
	if (fault.field)
		bad.value = line_raw(line, fault.field - 1);
	if (may_be_footer(pass, &bad)) {
		pass->footers[pass->n_footers++] = bad;
		return GPQ_OK;
	}
	GPQ_TRY(footers_reject(pass));
	line->scratch_used = 0; /* what was parsed of it is not needed any more */
	if (fault.field)
		bad.value = line_field(pass->parser, line, fault.field - 1);
	return line_reject(pass, &bad);
}

static enum gpq_status data_line_take(struct passage *pass, struct line *line, uint64_t origin, struct line_fault *out_fault)
{
	switch (pass->parser->layout.kind) {
	case LINE_COMPONENT:
		return gpq_component_line_take(pass, line, origin, out_fault);
	case LINE_HOURS:
		return gpq_hour_line_take(pass, line, origin, out_fault);
	case LINE_PRODUCTS:
		return gpq_product_line_take(pass, line, origin, out_fault);
	default:
		return line_rows(pass, line, origin, out_fault);
	}
}

static enum gpq_reject line_bytes_check(const struct passage *pass, struct gpq_text bytes)
{
	if (GPQ_LIKELY(!pass->careful))
		return GPQ_REJECT_NONE;
	if (memchr(bytes.bytes, 0, bytes.len))
		return GPQ_REJECT_NUL;
	return gpq_value_is_utf8(bytes.bytes, bytes.len) ? GPQ_REJECT_NONE : GPQ_REJECT_UTF8;
}

/* The number that a trailer begins with: "29016 lines". */
static uint64_t trailer_rows(struct passage *pass, struct line *line)
{
	uint64_t rows = 0;
	struct gpq_text text = gpq_value_trim(line_field(pass->parser, line, pass->binding->record_kind + 1u));
	for (uint32_t at = 0; at < text.len && at < 12 && text.bytes[at] >= '0' && text.bytes[at] <= '9'; at++)
		rows = rows * 10 + (uint64_t)(text.bytes[at] - '0');
	return rows;
}

/* Whether a line that says what it is says that it is a row, or nothing that the format knows. */
static bool record_is_row(struct passage *pass, struct line *line, struct line_fault *out_fault)
{
	uint16_t field = pass->binding->record_kind;
	struct gpq_text kind = { NULL, 0 };
	if (field < line->n_fields)
		kind = gpq_value_trim(line_field(pass->parser, line, field));
	switch (kind.len == 1 ? kind.bytes[0] : 0) {
	case GPQ_RECORD_ROW:
		return true;
	case GPQ_RECORD_TRAILER:
		pass->counts->trailers++;
		if (field + 1u < line->n_fields)
			pass->counts->told_rows += trailer_rows(pass, line);
		return false;
	case GPQ_RECORD_REMARK:
	case GPQ_RECORD_HEADER:
		return false;
	default:
		*out_fault = (struct line_fault){ GPQ_REJECT_RECORD_KIND, field + 1u };
		return true;
	}
}

enum gpq_status gpq_careful_line_take(struct passage *pass, const struct piece *piece, uint32_t record)
{
	struct line taken = line_of(piece, record), *line = &taken;
	struct gpq_text bytes = line_bytes(line, piece->len), content = gpq_line_end_drop(bytes);
	pass->piece_len = piece->len;
	pass->counts->lines++;
	if (GPQ_UNLIKELY(line->n_fields == 1) && !gpq_value_trim(content).len) {
		pass->counts->blank_lines++;
		return GPQ_OK;
	}
	if (GPQ_UNLIKELY(line_is_header(pass, content))) {
		pass->counts->header_lines++;
		return GPQ_OK;
	}
	struct line_fault fault = { GPQ_REJECT_NONE, 0 };
	if (pass->binding->record_kind != GPQ_NO_FIELD && !record_is_row(pass, line, &fault)) {
		pass->counts->header_lines++;
		return GPQ_OK;
	}
	pass->counts->data_lines++;
	pass->counts->partial_rows += gpq_line_parts(pass->binding);
	if (content.len > GPQ_CSV_MAX_RECORD_BYTES)
		fault.reason = GPQ_REJECT_LONG;
	else if (fault.reason == GPQ_REJECT_NONE)
		fault.reason = line_bytes_check(pass, bytes);
	if (fault.reason == GPQ_REJECT_NONE && GPQ_UNLIKELY(line->n_fields != pass->binding->n_fields))
		fault.reason = line_shape(pass, line);
	if (fault.reason == GPQ_REJECT_NONE)
		GPQ_TRY(data_line_take(pass, line, line_origin(pass, bytes.bytes), &fault));
	return line_end(pass, line, bytes, fault);
}
