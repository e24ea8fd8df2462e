// SPDX-License-Identifier: MIT
/* One line, field by field, whatever it may be: what the rules say of each case is said here (line_passage.h). */
#include "convert/line_passage.h"
#include "value/instant.h"
#include "value/utf8.h"

/* The content of field 'field' of the line, quotes off. */
static struct gpq_text line_field(struct gpq_line_parser *parser, struct line *line, uint32_t field)
{
	struct gpq_text text = gpq_csv_field(line->index, line->bytes, line->record, line->first_field + field);
	if (GPQ_LIKELY(!line->quotes) || !text.len || text.bytes[0] != '"')
		return text;
	char *scratch = parser->scratch + line->scratch_used;
	struct gpq_text content = gpq_csv_unquote(text, scratch, parser->scratch_bytes - line->scratch_used);
	if (content.bytes == scratch)
		line->scratch_used += content.len;
	return content;
}

static void stamp_note(struct seen_stamp *seen, struct gpq_text text)
{
	seen->known = text.len <= GPQ_STAMP_BYTES;
	seen->len = seen->known ? text.len : 0;
	memcpy(seen->text, text.bytes, seen->len);
}

/* The wall clock is checked against UTC; a difference is a warning, never a correction (RULES 6). */
static void local_check(struct passage *pass, struct line *line, bool new_start)
{
	struct gpq_line_parser *parser = pass->parser;
	struct gpq_text text = line_field(parser, line, pass->binding->local);
	if (new_start || !stamp_seen(&parser->local, text)) {
		struct gpq_stamp read;
		int64_t local_s = (int64_t)parser->start_s + gpq_zone_offset_s(pass->zone, parser->start_s);
		enum gpq_reject reason = gpq_value_stamp(text, &read);
		if (reason != GPQ_REJECT_NONE)
			parser->local_differs = reason != GPQ_REJECT_STAMP_MISSING;
		else if (read.has_offset)
			parser->local_differs = read.civil_s - read.offset_s != parser->start_s;
		else
			parser->local_differs = read.civil_s != local_s;
		stamp_note(&parser->local, text);
	}
	if (GPQ_UNLIKELY(parser->local_differs))
		pass->counts->warnings++;
}

static enum gpq_reject line_stamp(struct passage *pass, struct line *line, uint32_t *out_field)
{
	struct gpq_line_parser *parser = pass->parser;
	struct gpq_text text = line_field(parser, line, pass->binding->start);
	bool new_start = !stamp_seen(&parser->start, text);
	if (new_start) {
		uint32_t start_s;
		enum gpq_reject reason = gpq_line_start(text, &start_s);
		if (reason == GPQ_REJECT_NONE && start_s % (pass->binding->output[0]->interval_minutes * 60u))
			reason = GPQ_REJECT_GRID;
		if (reason != GPQ_REJECT_NONE) {
			*out_field = pass->binding->start + 1u;
			return reason;
		}
		parser->start_s = start_s;
		stamp_note(&parser->start, text);
	}
	if (pass->binding->local != GPQ_NO_FIELD)
		local_check(pass, line, new_start);
	return GPQ_REJECT_NONE;
}

/* Parses the location's fields and enters them in the run's catalogue. */
static enum gpq_status location_read(struct passage *pass, struct line *line, uint32_t *out_code,
                                     enum gpq_reject *out_reason)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_location location = { .voltage_kv = GPQ_CELL_NULL };
	bool energy = binding->output[0]->table == GPQ_TABLE_ENERGY;
	line->scratch_used = 0; /* the texts below must last; each field once, so that they fit */
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		if (binding->text[i] != GPQ_NO_FIELD)
			location.text[i] = gpq_value_trim(line_field(pass->parser, line, binding->text[i]));
	if (binding->voltage != GPQ_NO_FIELD &&
	    !gpq_value_voltage(line_field(pass->parser, line, binding->voltage), GPQ_VOLTAGE_SCALE, &location.voltage_kv))
		pass->counts->warnings++;
	if (!energy && binding->feed->constant_product)
		location.text[GPQ_TEXT_PRODUCT] = gpq_text_of(binding->feed->constant_product);
	bool id_is_key = energy && (binding->output[0]->key_texts & 1u << GPQ_TEXT_ID);
	if (!location.text[id_is_key ? GPQ_TEXT_ID : 0].bytes) {
		*out_reason = GPQ_REJECT_KEY_MISSING;
		return GPQ_OK;
	}
	return gpq_locations_intern(pass->receiver->locations, &location, out_code, pass->err);
}

struct gpq_text gpq_careful_location(const struct passage *pass, const struct line *line,
                                     char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES])
{
	const struct gpq_feed_binding *binding = pass->binding;
	if (binding->location_first == GPQ_NO_FIELD)
		return (struct gpq_text){ "", 0 };
	struct gpq_text first = gpq_csv_field(line->index, line->bytes, line->record, line->first_field + binding->location_first);
	if (binding->location_together) {
		struct gpq_text last =
			gpq_csv_field(line->index, line->bytes, line->record, line->first_field + binding->location_last);
		first.len = (uint32_t)(last.bytes + last.len - first.bytes);
		return first;
	}
	uint32_t len = 0;
	for (int i = 0; i <= GPQ_LOCATION_TEXTS; i++) {
		uint16_t field = i < GPQ_LOCATION_TEXTS ? binding->text[i] : binding->voltage;
		if (field == GPQ_NO_FIELD)
			continue;
		struct gpq_text text = gpq_csv_field(line->index, line->bytes, line->record, line->first_field + field);
		if (text.len + 1 > GPQ_SPAN_BYTES - len)
			return (struct gpq_text){ NULL, 0 };
		memcpy(apart + len, text.bytes, text.len);
		len += text.len;
		apart[len++] = '\n';
	}
	return (struct gpq_text){ apart, len };
}

static enum gpq_status line_location(struct passage *pass, struct line *line, uint32_t *out_code,
                                     enum gpq_reject *out_reason)
{
	char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
	struct gpq_text bytes = gpq_careful_location(pass, line, apart);
	if (bytes.bytes && gpq_location_cache_find(pass->parser->cache, bytes, out_code))
		return GPQ_OK;
	GPQ_TRY(location_read(pass, line, out_code, out_reason));
	if (bytes.bytes && *out_reason == GPQ_REJECT_NONE)
		gpq_location_cache_enter(pass->parser->cache, bytes, *out_code);
	return GPQ_OK;
}

/* Reads the cells of one output behind the batch's last row. '*out_known' counts those that are not null. */
static enum gpq_reject line_cells(struct passage *pass, struct line *line, uint32_t output, uint32_t *out_known,
                                  uint32_t *out_field)
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
			if (GPQ_UNLIKELY(reason != GPQ_REJECT_NONE)) {
				*out_field = field + 1u;
				return reason;
			}
		}
		known += cell != GPQ_CELL_NULL;
		batch->cell[k][batch->rows] = cell;
	}
	*out_known = known;
	return GPQ_REJECT_NONE;
}

/* A data line with as many fields as it should have. A reason means that it gives no row at all. */
static enum gpq_status line_rows(struct passage *pass, struct line *line, uint64_t byte, enum gpq_reject *out_reason,
                                 uint32_t *out_field)
{
	struct gpq_line_parser *parser = pass->parser;
	const struct gpq_feed_binding *binding = pass->binding;
	uint32_t code = 0, known[GPQ_BINDING_OUTPUTS], cells_field = 0, blank = 0;
	int32_t version = GPQ_VERSION_NONE;
	enum gpq_reject cells_reason = GPQ_REJECT_NONE;
	for (uint32_t o = 0; o < binding->n_outputs && cells_reason == GPQ_REJECT_NONE; o++) {
		cells_reason = line_cells(pass, line, o, &known[o], &cells_field);
		blank += cells_reason == GPQ_REJECT_NONE && !known[o] && binding->output[o]->blank_without_price;
	}
	if (GPQ_UNLIKELY(blank == binding->n_outputs)) { /* whatever else the line says (RULES 14) */
		pass->counts->blank += blank;
		return GPQ_OK;
	}
	*out_reason = line_stamp(pass, line, out_field);
	if (*out_reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	if (cells_reason != GPQ_REJECT_NONE) {
		*out_reason = cells_reason;
		*out_field = cells_field;
		return GPQ_OK;
	}
	if (binding->version != GPQ_NO_FIELD) {
		*out_reason = line_version(line_field(parser, line, binding->version), &version);
		if (*out_reason != GPQ_REJECT_NONE) {
			*out_field = binding->version + 1u;
			*out_reason = GPQ_REJECT_VERSION;
			return GPQ_OK;
		}
	}
	GPQ_TRY(line_location(pass, line, &code, out_reason));
	if (*out_reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	bool wanted = !pass->receiver->wants_location || pass->receiver->wants_location(pass->receiver->context, code);
	*pass->last_start_s = parser->start_s;
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		struct gpq_batch *batch = &parser->batch[o];
		if (!known[o] && binding->output[o]->blank_without_price) {
			pass->counts->blank++;
			continue;
		}
		if (!wanted) {
			pass->counts->outside++;
			continue;
		}
		batch->start_s[batch->rows] = parser->start_s;
		batch->location[batch->rows] = code;
		batch->version[batch->rows] = version;
		batch->origin[batch->rows] = gpq_origin(pass->chunk->input, byte);
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

static struct gpq_text line_end_drop(struct gpq_text bytes)
{
	if (bytes.len && bytes.bytes[bytes.len - 1] == '\n')
		bytes.len--;
	if (bytes.len && bytes.bytes[bytes.len - 1] == '\r')
		bytes.len--;
	return bytes;
}

static bool line_is_header(const struct passage *pass, struct gpq_text content)
{
	return content.len == pass->header.len && content.len && memcmp(content.bytes, pass->header.bytes, content.len) == 0;
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

static enum gpq_status line_reject(struct passage *pass, struct line *line, struct gpq_text bytes, enum gpq_reject reason,
                                   uint32_t field)
{
	pass->counts->rejected += pass->binding->n_outputs;
	pass->counts->off_grid += reason == GPQ_REJECT_GRID;
	const char *end = bytes.bytes;
	for (const char *at = pass->counted; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		pass->counted_line++;
	pass->counted = end;
	struct gpq_bad_line bad = {
		.reason = reason,
		.byte = pass->chunk->byte + (uint64_t)(bytes.bytes - (const char *)pass->chunk->bytes),
		.line = pass->counted_line,
		.field = field,
		.bytes = bytes,
	};
	line->scratch_used = 0; /* what was parsed of it is not needed any more */
	if (field)
		bad.value = line_field(pass->parser, line, field - 1);
	return pass->receiver->bad_line(pass->receiver->context, &bad, pass->err);
}

static enum gpq_reject line_bytes_check(const struct passage *pass, struct gpq_text bytes)
{
	if (GPQ_LIKELY(!pass->careful))
		return GPQ_REJECT_NONE;
	if (memchr(bytes.bytes, 0, bytes.len))
		return GPQ_REJECT_NUL;
	return gpq_value_is_utf8(bytes.bytes, bytes.len) ? GPQ_REJECT_NONE : GPQ_REJECT_UTF8;
}

enum gpq_status gpq_careful_line_take(struct passage *pass, const struct piece *piece, uint32_t record)
{
	struct line taken = line_of(piece, record), *line = &taken;
	struct gpq_text bytes = line_bytes(line, piece->len), content = line_end_drop(bytes);
	pass->counts->lines++;
	if (GPQ_UNLIKELY(line->n_fields == 1) && !gpq_value_trim(content).len) {
		pass->counts->blank_lines++;
		return GPQ_OK;
	}
	if (GPQ_UNLIKELY(line_is_header(pass, content))) {
		pass->counts->header_lines++;
		return GPQ_OK;
	}
	pass->counts->data_lines++;
	pass->counts->partial_rows += pass->binding->n_outputs;
	uint32_t field = 0;
	bool fits = content.len <= GPQ_CSV_MAX_RECORD_BYTES;
	enum gpq_reject reason = fits ? line_bytes_check(pass, bytes) : GPQ_REJECT_LONG;
	if (reason == GPQ_REJECT_NONE && GPQ_UNLIKELY(line->n_fields != pass->binding->n_fields))
		reason = line_shape(pass, line);
	if (reason == GPQ_REJECT_NONE) {
		uint64_t byte = pass->chunk->byte + (uint64_t)(bytes.bytes - (const char *)pass->chunk->bytes);
		GPQ_TRY(line_rows(pass, line, byte, &reason, &field));
	}
	return GPQ_LIKELY(reason == GPQ_REJECT_NONE) ? GPQ_OK : line_reject(pass, line, bytes, reason, field);
}
