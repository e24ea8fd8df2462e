// SPDX-License-Identifier: MIT
/*
 * Lines with the hours of a day across: MISO's. A line is one cell of each hour, for one location.
 *
 * Locations come in the same sequence for each component and day, so they are followed as those of rows are; the numbers of a
 * line are parsed as a column, straight into the strip.
 */
#include "input/line_passage.h"

#define HOUR_S   3600u
#define RUN_LINES 64u /* locations that are looked up at a time */

/* What a line of hours says, once it is read. */
struct hours {
	struct gpq_strip_key key;
	uint64_t origin;
	const struct gpq_line_time *time;
	uint32_t known;     /* cells that are not null */
	uint32_t misplaced; /* of these, cells that were taken out */
	const int64_t *cells;
};

static uint32_t cells_known(const int64_t *cells)
{
	uint32_t known = 0;
	for (uint32_t h = 0; h < GPQ_HOURS_ACROSS; h++)
		known += cells[h] != GPQ_CELL_NULL;
	return known;
}

/* Which cell the line's numbers are. */
static struct line_fault line_cell(const struct passage *pass, struct line *line, uint8_t *out_cell)
{
	const struct gpq_feed_binding *binding = pass->binding;
	uint32_t component = 0;
	*out_cell = binding->hours_cell[0];
	if (binding->component == GPQ_NO_FIELD)
		return (struct line_fault){ GPQ_REJECT_NONE, 0 };
	struct line_fault fault = gpq_careful_component(pass, line, &component);
	if (fault.reason == GPQ_REJECT_NONE)
		*out_cell = binding->component_cell[0][component];
	if (fault.reason == GPQ_REJECT_NONE && *out_cell == GPQ_NO_CELL)
		fault = (struct line_fault){ GPQ_REJECT_COMPONENT, binding->component + 1u };
	return fault;
}

/* Hours one behind the other are a strip as they stand. */
static enum gpq_status even_put(struct passage *pass, const struct hours *hours)
{
	struct gpq_strips *strips = &pass->parser->strips;
	GPQ_TRY(gpq_line_strips_room(pass, 0, GPQ_HOURS_ACROSS));
	memmove(strips->cells + strips->n_cells, hours->cells, GPQ_HOURS_ACROSS * sizeof(hours->cells[0]));
	strips->strips[strips->count++] = (struct gpq_strip){
		.start_s = hours->time->start_s,
		.location = hours->key.location,
		.version = hours->key.version,
		.places = GPQ_HOURS_ACROSS,
		.cell = hours->key.cell,
		.first = strips->n_cells,
		.origin = hours->origin,
	};
	strips->n_cells += GPQ_HOURS_ACROSS;
	return GPQ_OK;
}

static enum gpq_status cells_put(struct passage *pass, const struct hours *hours)
{
	uint32_t hours_s[GPQ_HOURS_ACROSS];
	gpq_line_hours(pass->zone, hours->time->day, hours_s);
	for (uint32_t h = 0; h < GPQ_HOURS_ACROSS; h++)
		if (hours->cells[h] != GPQ_CELL_NULL)
			GPQ_TRY(gpq_line_cell_put(pass, &hours->key, hours_s[h], hours->cells[h], hours->origin));
	return gpq_line_strip_end(pass);
}

static enum gpq_status hours_put(struct passage *pass, const struct hours *hours)
{
	*pass->last_start_s = hours->time->start_s;
	pass->counts->blank += GPQ_HOURS_ACROSS - hours->known;
	if (!line_wanted(pass, hours->key.location)) {
		pass->counts->outside += hours->known - hours->misplaced;
		return GPQ_OK;
	}
	bool even = hours->time->even && pass->receiver->strips &&
	            pass->binding->output[0]->interval_minutes * 60u == HOUR_S;
	return even ? even_put(pass, hours) : cells_put(pass, hours);
}

/* On a day of a clock change a number of an hour that the day does not have, or has twice, cannot be placed: it is taken out and
 * rejected, and the others are rows. */
static enum gpq_status hours_place(struct passage *pass, struct line *line, struct hours *hours, int64_t *cells)
{
	uint32_t hours_s[GPQ_HOURS_ACROSS];
	if (GPQ_LIKELY(hours->time->even))
		return GPQ_OK;
	gpq_line_hours(pass->zone, hours->time->day, hours_s);
	for (uint32_t h = 0; h < GPQ_HOURS_ACROSS; h++) {
		if (hours_s[h] || cells[h] == GPQ_CELL_NULL)
			continue;
		bool twice = gpq_line_hour_is_twice(pass->zone, hours->time->day, h);
		cells[h] = GPQ_CELL_NULL;
		hours->misplaced++;
		GPQ_TRY(gpq_careful_cell_reject(pass, line, twice ? GPQ_REJECT_UNRESOLVED : GPQ_REJECT_STAMP,
		                                pass->binding->hours_first + h));
	}
	return GPQ_OK;
}

enum gpq_status gpq_hour_line_take(struct passage *pass, struct line *line, uint64_t origin, struct line_fault *out_fault)
{
	const struct gpq_feed_binding *binding = pass->binding;
	const unsigned scale = binding->output[0]->cells[0].scale;
	struct line_fault numbers = { GPQ_REJECT_NONE, 0 };
	int64_t cells[GPQ_HOURS_ACROSS];
	struct hours hours = { .origin = origin, .cells = cells };
	for (uint32_t h = 0; h < GPQ_HOURS_ACROSS && numbers.reason == GPQ_REJECT_NONE; h++) {
		line->scratch_used = 0; /* numbers leave nothing there */
		numbers.field = binding->hours_first + h + 1u;
		numbers.reason = pass->parser->values.cell(line_field(pass->parser, line, numbers.field - 1), scale, &cells[h]);
	}
	hours.known = numbers.reason == GPQ_REJECT_NONE ? cells_known(cells) : 0;
	if (numbers.reason == GPQ_REJECT_NONE && !hours.known) { /* whatever else the line says (RULES 14) */
		pass->counts->blank += GPQ_HOURS_ACROSS;
		return GPQ_OK;
	}
	hours.time = gpq_line_time(pass, line);
	*out_fault = (struct line_fault){ hours.time->reason, hours.time->field };
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = numbers;
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_market(pass, line);
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = line_cell(pass, line, &hours.key.cell);
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_version(pass, line, &hours.key.version);
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	GPQ_TRY(gpq_careful_location(pass, line, &hours.key.location, out_fault));
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	GPQ_TRY(hours_place(pass, line, &hours, cells));
	return hours_put(pass, &hours);
}

/* ---- regular lines ---- */

/* The numbers of a line, parsed behind the strips' last cells; false where one is none. */
static bool numbers_read(const struct passage *pass, const struct piece *piece, uint32_t record, int64_t *out)
{
	const struct gpq_feed_binding *binding = pass->binding;
	const uint32_t *ends = piece->index.ends + piece->index.records[record] + binding->hours_first;
	uint32_t without_cr[GPQ_HOURS_ACROSS + 1], last = ends[GPQ_HOURS_ACROSS - 1];
	struct gpq_text_column column = { (const char *)piece->bytes, ends, 1, 1, GPQ_HOURS_ACROSS };
	if (binding->n_fields == binding->hours_first + (uint32_t)GPQ_HOURS_ACROSS && last && piece->bytes[last - 1] == '\r' &&
	    ends[GPQ_HOURS_ACROSS - 2] + 1 < last) {
		memcpy(without_cr, ends - 1, sizeof(without_cr));
		without_cr[GPQ_HOURS_ACROSS]--;
		column.ends = without_cr + 1;
	}
	return pass->parser->values.cells(&column, binding->output[0]->cells[0].scale, out) == GPQ_HOURS_ACROSS;
}

/* One line whose location is known; '*out_odd': it needs care, and nothing was done. */
static enum gpq_status known_line_take(struct passage *pass, const struct piece *piece, uint32_t record, uint32_t location,
                                       bool *out_odd)
{
	struct line line = line_of(piece, record);
	int64_t cells[GPQ_HOURS_ACROSS];
	struct hours hours = { .key = { .location = location, .version = GPQ_VERSION_NONE }, .cells = cells };
	*out_odd = true;
	if (!numbers_read(pass, piece, record, cells))
		return GPQ_OK;
	hours.known = cells_known(cells);
	hours.time = gpq_line_time(pass, &line);
	if (!hours.known || hours.time->reason != GPQ_REJECT_NONE || !hours.time->even ||
	    line_cell(pass, &line, &hours.key.cell).reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	*out_odd = false;
	hours.origin = line_origin(pass, line_raw(&line, 0).bytes);
	return hours_put(pass, &hours);
}

enum gpq_status gpq_hour_lines_take(struct passage *pass, const struct piece *piece, uint32_t record, uint32_t *out_taken,
                                    bool *out_odd)
{
	const struct gpq_feed_binding *binding = pass->binding;
	const uint32_t *records = piece->index.records + record, n_fields = binding->n_fields;
	uint32_t codes[RUN_LINES], most = piece->index.n_records - record, taken = 0;
	struct gpq_text_column column = {
		.bytes = (const char *)piece->bytes,
		.ends = piece->index.ends + records[0] + binding->location_last,
		.stride = n_fields,
		.width = binding->location_last - binding->location_first + 1u,
	};
	most = most < RUN_LINES ? most : RUN_LINES;
	while (column.count < most && records[column.count + 1] - records[column.count] == n_fields)
		column.count++;
	uint32_t found = gpq_location_cache_follow(pass->parser->cache, pass->parser->scanner, &column, codes);
	bool odd = found < most;
	while (taken < found) {
		bool line_odd;
		GPQ_TRY(known_line_take(pass, piece, record + taken, codes[taken], &line_odd));
		if (line_odd) {
			odd = true;
			break;
		}
		taken++;
	}
	pass->counts->lines += taken;
	pass->counts->data_lines += taken;
	pass->counts->partial_rows += (uint64_t)taken * GPQ_HOURS_ACROSS;
	*out_taken = taken;
	*out_odd = odd;
	return GPQ_OK;
}
