// SPDX-License-Identifier: MIT
/*
 * Lines that tell one component of one location and interval: CAISO's.
 *
 * Lines of one location and component stand together, their hours in any order. So what they have in common is read once for
 * a group of lines, their prices are parsed as a column, and their times are looked up by their text.
 */
#include "input/line_passage.h"

/* Reads what the lines of the group have in common, unless it is that of the line above. */
static enum gpq_status group_read(struct passage *pass, struct line *line, struct line_fault *out_fault)
{
	struct component_group *group = &pass->parser->group;
	char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
	struct gpq_text text = gpq_line_span(line, &pass->parser->layout.group, apart);
	if (group->known && group->len == text.len && gpq_padded_equal(group->text, text.bytes, text.len))
		return GPQ_OK;
	group->known = false;
	*out_fault = gpq_careful_market(pass, line);
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_component(pass, line, &group->component);
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_version(pass, line, &group->version);
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	GPQ_TRY(gpq_careful_location(pass, line, &group->location, out_fault));
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	group->wanted = line_wanted(pass, group->location);
	group->known = text.bytes && text.len <= GPQ_SPAN_BYTES;
	group->len = group->known ? text.len : 0;
	memcpy(group->text, text.bytes, group->len);
	return GPQ_OK;
}

static struct gpq_strip_key group_key(const struct passage *pass, uint8_t output)
{
	const struct component_group *group = &pass->parser->group;
	return (struct gpq_strip_key){ group->location, group->version, output,
		                       pass->binding->component_cell[output][group->component] };
}

static enum gpq_status cell_take(struct passage *pass, const struct gpq_line_time *time, int64_t cell, uint64_t origin)
{
	const struct gpq_strip_key key = group_key(pass, time->output);
	*pass->last_start_s = time->start_s;
	if (!pass->parser->group.wanted) {
		pass->counts->outside++;
		return GPQ_OK;
	}
	return gpq_line_cell_put(pass, &key, time->start_s, cell, origin);
}

enum gpq_status gpq_component_line_take(struct passage *pass, struct line *line, uint64_t origin,
                                        struct line_fault *out_fault)
{
	const struct gpq_feed_binding *binding = pass->binding;
	int64_t cell = GPQ_CELL_NULL;
	unsigned scale = binding->output[0]->cells[0].scale;
	line->scratch_used = 0;
	enum gpq_reject reason = pass->parser->values.cell(line_field(pass->parser, line, binding->price), scale, &cell);
	if (reason == GPQ_REJECT_NONE && cell == GPQ_CELL_NULL) { /* whatever else the line says (RULES 14) */
		pass->counts->blank++;
		return GPQ_OK;
	}
	const struct gpq_line_time *time = gpq_line_time(pass, line);
	*out_fault = (struct line_fault){ time->reason, time->field };
	if (time->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	pass->counts->warnings += time->warns;
	if (reason != GPQ_REJECT_NONE) {
		*out_fault = (struct line_fault){ reason, binding->price + 1u };
		return GPQ_OK;
	}
	GPQ_TRY(group_read(pass, line, out_fault));
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	if (group_key(pass, time->output).cell == GPQ_NO_CELL) {
		*out_fault = (struct line_fault){ GPQ_REJECT_COMPONENT, binding->component + 1u };
		return GPQ_OK;
	}
	return cell_take(pass, time, cell, origin);
}

/* ---- regular lines ---- */

/* A column of the lines that follow one another from 'record' on. */
static struct gpq_text_column lines_column(const struct passage *pass, const struct piece *piece, uint32_t record,
                                           uint32_t first, uint32_t last)
{
	return (struct gpq_text_column){
		.bytes = (const char *)piece->bytes,
		.ends = piece->index.ends + piece->index.records[record] + last,
		.stride = pass->binding->n_fields,
		.width = last - first + 1,
	};
}

#define GROUP_LINES 32u /* looked at in one go: a day's hours stand together; of a longer group the next go finds the rest */

/* How many lines from 'record' on have as many fields as the header, and the group of the first one. */
static uint32_t group_count(const struct passage *pass, const struct piece *piece, uint32_t record)
{
	const struct gpq_field_span *span = &pass->parser->layout.group;
	const uint32_t *records = piece->index.records + record, n_fields = pass->binding->n_fields;
	struct gpq_text_column column = lines_column(pass, piece, record, span->fields[0], span->fields[span->count - 1]);
	uint32_t most = piece->index.n_records - record;
	most = most < GROUP_LINES ? most : GROUP_LINES;
	while (column.count < most && records[column.count + 1] - records[column.count] == n_fields)
		column.count++;
	if (!column.count)
		return 0;
	struct gpq_text text = gpq_text_column_at(&column, 0);
	uint32_t begin = (uint32_t)(text.bytes - column.bytes), at[2] = { begin, begin + text.len };
	return gpq_csv_match(pass->parser->scanner, &column, column.bytes, at, 0);
}

/* Lines of one group, from the first on. */
struct group_run {
	const struct piece *piece;
	uint32_t record, count;
	bool read; /* what they have in common is the parser's group */
};

/* What the lines have in common, read from the first of them that has a price; false: a line that needs care. */
static enum gpq_status group_know(struct passage *pass, struct group_run *run, uint32_t record)
{
	struct line line = line_of(run->piece, record);
	struct line_fault fault = { GPQ_REJECT_NONE, 0 };
	if (!run->read)
		GPQ_TRY(group_read(pass, &line, &fault));
	run->read = fault.reason == GPQ_REJECT_NONE;
	return GPQ_OK;
}

/* One line of a group whose price is read; '*out_odd': it needs care, and nothing was done. */
static enum gpq_status group_line_take(struct passage *pass, struct group_run *run, uint32_t record,
                                       struct gpq_text time_text, int64_t cell, bool *out_odd)
{
	if (GPQ_UNLIKELY(cell == GPQ_CELL_NULL)) {
		pass->counts->blank++;
		return GPQ_OK;
	}
	const struct gpq_line_time *time = gpq_line_time_find(pass->parser, time_text);
	*out_odd = !time || time->reason != GPQ_REJECT_NONE;
	if (*out_odd)
		return GPQ_OK;
	GPQ_TRY(group_know(pass, run, record));
	*out_odd = !run->read || group_key(pass, time->output).cell == GPQ_NO_CELL;
	if (*out_odd)
		return GPQ_OK;
	pass->counts->warnings += time->warns;
	uint32_t begin = *(run->piece->index.ends + run->piece->index.records[record] - 1) + 1;
	return cell_take(pass, time, cell, line_origin(pass, (const char *)run->piece->bytes + begin));
}

/* Lines whose cells go to the strip in the making, as nearly all do; returns how many, from line 'from' of the group on. */
static uint32_t strip_fill(struct passage *pass, const struct gpq_text_column *times, const int64_t *cells, uint32_t from,
                           uint32_t to)
{
	struct gpq_strip_gather *gather = &pass->parser->gather;
	const struct gpq_strip_key key = group_key(pass, gather->key.output);
	uint32_t at = from, warnings = 0, start_s = *pass->last_start_s;
	if (!gather->open || !pass->parser->group.wanted || !gpq_strip_key_equal(&gather->key, &key))
		return 0;
	for (; at < to && cells[at] != GPQ_CELL_NULL; at++) {
		const struct gpq_line_time *time = gpq_line_time_find(pass->parser, gpq_text_column_at(times, at));
		if (!time || time->reason != GPQ_REJECT_NONE || time->output != key.output ||
		    !gpq_gather_put(gather, time->place, cells[at], gather->origin))
			break;
		start_s = time->start_s;
		warnings += time->warns;
	}
	*pass->last_start_s = start_s;
	pass->counts->warnings += warnings;
	return at - from;
}

static enum gpq_status group_take(struct passage *pass, struct group_run *run, uint32_t *out_taken, bool *out_odd)
{
	const struct gpq_feed_binding *binding = pass->binding;
	const struct gpq_field_span *span = &pass->parser->layout.time;
	int64_t cells[GROUP_LINES];
	struct gpq_text_column times, prices = lines_column(pass, run->piece, run->record, binding->price, binding->price);
	prices.count = run->count;
	uint32_t priced = pass->parser->values.cells(&prices, binding->output[0]->cells[0].scale, cells), taken = 0;
	times = lines_column(pass, run->piece, run->record, span->fields[0], span->fields[span->count - 1]);
	*out_odd = false;
	while (taken < priced) {
		GPQ_TRY(group_line_take(pass, run, run->record + taken, gpq_text_column_at(&times, taken), cells[taken], out_odd));
		if (*out_odd)
			break;
		taken++;
		if (run->read)
			taken += strip_fill(pass, &times, cells, taken, priced);
	}
	*out_odd |= priced < run->count;
	*out_taken = taken;
	return GPQ_OK;
}

enum gpq_status gpq_component_lines_take(struct passage *pass, const struct piece *piece, uint32_t record,
                                         uint32_t *out_taken, bool *out_odd)
{
	struct group_run run = { piece, record, group_count(pass, piece, record), false };
	uint32_t taken = 0;
	bool odd = !run.count;
	if (run.count)
		GPQ_TRY(group_take(pass, &run, &taken, &odd));
	pass->counts->lines += taken;
	pass->counts->data_lines += taken;
	pass->counts->partial_rows += taken;
	*out_taken = taken;
	*out_odd = odd;
	return GPQ_OK;
}
