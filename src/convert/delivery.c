// SPDX-License-Identifier: MIT
#include "convert/delivery.h"

#include "convert/block_job.h"
#include "table/cell.h"

#include <string.h>

#define MAX_SHOWN_REJECTS 3

static bool year_wanted(const struct gpq_convert_settings *settings, int32_t year)
{
	for (size_t i = 0; i < settings->n_years; i++)
		if (year >= settings->years[i].first && year <= settings->years[i].last)
			return true;
	return settings->n_years == 0;
}

static enum gpq_status slot_find(struct gpq_delivery *delivery, uint32_t output, uint32_t start_s)
{
	struct gpq_run *run = delivery->worker->run;
	struct gpq_dataset_run *dataset = &run->datasets[delivery->open->dataset[output]];
	struct gpq_span span = gpq_calendar_span(&dataset->calendar, start_s);
	struct gpq_block_slot *slot = NULL;
	enum gpq_status status = GPQ_OK;
	if (year_wanted(run->settings, span.partition / 100)) {
		pthread_mutex_lock(&run->lock);
		status = gpq_dataset_run_slot(dataset, run->budget, &span, &slot, &delivery->worker->err);
		pthread_mutex_unlock(&run->lock);
	}
	if (status != GPQ_OK)
		return status;
	delivery->last[output].span = span;
	delivery->last[output].slot = slot;
	return GPQ_OK;
}

/* A row came for a block that is written: it is built again, and nobody's order is trusted any more. */
static void surprise(struct gpq_run *run, struct gpq_block_slot *slot, struct gpq_open_input *open)
{
	pthread_mutex_lock(&run->lock);
	slot->stale = true;
	run->surprised = true;
	open->fed_closed = true;
	pthread_mutex_unlock(&run->lock);
}

/* The rules of a slot's block: the dataset's, and the grid of its span. */
static struct gpq_sort_rules slot_rules(const struct gpq_block_slot *slot)
{
	const struct gpq_span *span = &slot->span;
	struct gpq_sort_rules rules = slot->dataset->rules;
	rules.begin_s = (uint32_t)span->begin_s;
	rules.interval_s = slot->dataset->dataset->interval_minutes * 60u;
	rules.places = (uint32_t)((span->end_s - span->begin_s) / rules.interval_s);
	return rules;
}

/* Seen here, while the rows are in the first cache. */
static bool totals_hold(const struct gpq_run *run, const struct gpq_dataset_run *dataset, const struct gpq_batch *batch,
                        uint32_t from, uint32_t count)
{
	const int64_t *columns[GPQ_MAX_CELLS];
	for (uint32_t k = 0; k < dataset->n_sum_columns; k++)
		columns[k] = batch->cell[dataset->sum_column[k]];
	return dataset->n_sum_columns &&
	       run->values.totals_hold(columns, dataset->n_sum_columns, from, count, dataset->dataset->sum_slack);
}

/* What goes into a block: rows or strips. */
struct load {
	const struct gpq_batch *rows;
	const struct gpq_strips *strips;
};

static enum gpq_status load_push(struct gpq_block_slot *slot, const struct load *load, uint32_t from, uint32_t count,
                                 uint32_t *out_pushed, struct gpq_error *err)
{
	if (load->strips)
		return gpq_block_push_strips(slot->block, load->strips, from, count, out_pushed, err);
	return gpq_block_push(slot->block, load->rows, from, count, out_pushed, err);
}

/* Pushes what is of one block; '*out_pushed' may fall short where the pool is empty. */
static enum gpq_status slot_push(struct gpq_delivery *delivery, struct gpq_block_slot *slot, const struct load *load,
                                 uint32_t from, uint32_t count, uint32_t *out_pushed)
{
	struct gpq_run *run = delivery->worker->run;
	enum gpq_status status = GPQ_OK;
	bool hold = load->rows && totals_hold(run, slot->dataset, load->rows, from, count);
	pthread_mutex_lock(&slot->lock);
	bool closed = slot->state == GPQ_SLOT_BUSY || slot->state == GPQ_SLOT_WRITTEN;
	bool passed_over = run->rebuilding && !slot->rebuilding;
	if (!closed && !passed_over) {
		if (!slot->block) {
			struct gpq_sort_rules rules = slot_rules(slot);
			status = gpq_block_open(run->budget, run->slabs, &rules, &slot->block, &delivery->worker->err);
			slot->held_rows = 0;
		}
		if (status == GPQ_OK)
			status = load_push(slot, load, from, count, out_pushed, &delivery->worker->err);
		if (status == GPQ_OK && hold)
			slot->held_rows += *out_pushed;
	} else {
		*out_pushed = count;
	}
	pthread_mutex_unlock(&slot->lock);
	if (closed && !passed_over)
		surprise(run, slot, delivery->open);
	return status;
}

/* Pushes all that is of one block, waiting for room where the pool has none. */
static enum gpq_status slot_fill(struct gpq_delivery *delivery, struct gpq_block_slot *slot, const struct load *load,
                                 uint32_t from, uint32_t to)
{
	while (from < to) {
		uint32_t pushed = 0;
		GPQ_TRY(gpq_slabs_prepare(delivery->worker->run->slabs, &delivery->worker->err));
		GPQ_TRY(slot_push(delivery, slot, load, from, to - from, &pushed));
		from += pushed;
		if (from < to)
			GPQ_TRY(gpq_block_job_make_room(delivery->worker));
	}
	return GPQ_OK;
}

/* Goes to the slot of the block that 'start_s' belongs to. */
static enum gpq_status slot_seek(struct gpq_delivery *delivery, uint32_t output, uint32_t start_s)
{
	const struct gpq_span *span = &delivery->last[output].span;
	return start_s < span->begin_s || start_s >= span->end_s ? slot_find(delivery, output, start_s) : GPQ_OK;
}

static enum gpq_status rows_take(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	struct gpq_delivery *delivery = context;
	const struct load load = { .rows = batch };
	(void)err;
	if (delivery->open->dataset[output] == UINT32_MAX) {
		delivery->counts.outside += batch->rows;
		return GPQ_OK;
	}
	for (uint32_t from = 0; from < batch->rows;) {
		GPQ_TRY(slot_seek(delivery, output, batch->start_s[from]));
		int64_t begin_s = delivery->last[output].span.begin_s, end_s = delivery->last[output].span.end_s;
		uint32_t to = from + 1;
		while (to < batch->rows && batch->start_s[to] >= begin_s && batch->start_s[to] < end_s)
			to++;
		struct gpq_block_slot *slot = delivery->last[output].slot;
		if (slot)
			GPQ_TRY(slot_fill(delivery, slot, &load, from, to));
		else
			delivery->counts.outside += to - from;
		from = to;
	}
	return GPQ_OK;
}

/* ---- strips ---- */

static uint64_t strip_end_s(const struct gpq_strips *strips, const struct gpq_strip *strip)
{
	return strip->start_s + (uint64_t)strip->places * strips->interval_s;
}

/* How many partial rows strips are. */
static uint64_t strips_known(const struct gpq_strips *strips, uint32_t from, uint32_t to)
{
	uint64_t known = 0;
	for (; from < to; from++) {
		const struct gpq_strip *strip = &strips->strips[from];
		for (uint32_t i = 0; i < strip->places; i++)
			known += strips->cells[strip->first + i] != GPQ_CELL_NULL;
	}
	return known;
}

/* Strips that lie within the block that 'slot_seek' went to. */
static enum gpq_status strips_fill(struct gpq_delivery *delivery, uint32_t output, const struct gpq_strips *strips,
                                   uint32_t from, uint32_t to)
{
	const struct load load = { .strips = strips };
	if (delivery->last[output].slot)
		return slot_fill(delivery, delivery->last[output].slot, &load, from, to);
	delivery->counts.outside += strips_known(strips, from, to);
	return GPQ_OK;
}

/* A strip that goes on behind its block's end, in as many parts as there are blocks. */
static enum gpq_status strip_part(struct gpq_delivery *delivery, uint32_t output, const struct gpq_strips *strips,
                                  struct gpq_strip strip)
{
	while (strip.places) {
		GPQ_TRY(slot_seek(delivery, output, strip.start_s));
		uint64_t room = ((uint64_t)delivery->last[output].span.end_s - strip.start_s) / strips->interval_s;
		struct gpq_strip part = strip;
		part.places = room < strip.places ? (uint16_t)room : strip.places;
		struct gpq_strips alone = *strips;
		alone.strips = &part;
		alone.count = 1;
		if (strips_known(&alone, 0, 1))
			GPQ_TRY(strips_fill(delivery, output, &alone, 0, 1));
		strip.places = (uint16_t)(strip.places - part.places);
		strip.first += part.places;
		strip.start_s += part.places * strips->interval_s;
	}
	return GPQ_OK;
}

static enum gpq_status strips_take(void *context, uint32_t output, struct gpq_strips *strips, struct gpq_error *err)
{
	struct gpq_delivery *delivery = context;
	(void)err;
	if (delivery->open->dataset[output] == UINT32_MAX) {
		delivery->counts.outside += strips_known(strips, 0, strips->count);
		return GPQ_OK;
	}
	for (uint32_t from = 0; from < strips->count;) {
		GPQ_TRY(slot_seek(delivery, output, strips->strips[from].start_s));
		uint64_t begin_s = (uint64_t)delivery->last[output].span.begin_s, end_s = (uint64_t)delivery->last[output].span.end_s;
		uint32_t to = from;
		while (to < strips->count && strips->strips[to].start_s >= begin_s &&
		       strip_end_s(strips, &strips->strips[to]) <= end_s)
			to++;
		if (to > from)
			GPQ_TRY(strips_fill(delivery, output, strips, from, to));
		else
			GPQ_TRY(strip_part(delivery, output, strips, strips->strips[to++]));
		from = to;
	}
	return GPQ_OK;
}

/* ---- what is asked for, what is bad ---- */

static bool text_wanted(struct gpq_texts wanted, struct gpq_text text)
{
	for (size_t i = 0; i < wanted.count; i++)
		if (gpq_text_equal(gpq_text_of(wanted.items[i]), text))
			return true;
	return false;
}

/* --location-type and --location ask for energy rows; ancillary rows have neither and pass. */
static bool location_wanted(void *context, uint32_t code)
{
	const struct gpq_delivery *delivery = context;
	const struct gpq_run *run = delivery->worker->run;
	const struct gpq_feed_binding *binding = &delivery->open->reader.facts.tables[0].binding;
	if (binding->output[0]->table != GPQ_TABLE_ENERGY)
		return true;
	const struct gpq_location *location = gpq_locations_view(run->locations, code);
	if (run->settings->location_types.count && !text_wanted(run->settings->location_types, location->text[GPQ_TEXT_TYPE]))
		return false;
	return !run->settings->locations.count || text_wanted(run->settings->locations, location->text[GPQ_TEXT_NAME]) ||
	       text_wanted(run->settings->locations, location->text[GPQ_TEXT_ID]);
}

enum gpq_status gpq_delivery_bad_line(struct gpq_delivery *delivery, const struct gpq_bad_line *line, struct gpq_error *err)
{
	struct gpq_run *run = delivery->worker->run;
	const struct gpq_input_names *input = &delivery->open->names;
	if (run->rebuilding)
		return GPQ_OK;
	const char *member = input->address.depth ? input->path + strlen(input->address.path) + 1 : NULL;
	GPQ_TRY(gpq_rejects_add(run->rejects, input->address.path, member, line, err));
	pthread_mutex_lock(&run->lock);
	uint64_t before = delivery->open->counts.rejected + delivery->counts.rejected;
	pthread_mutex_unlock(&run->lock);
	if (before > MAX_SHOWN_REJECTS * (uint64_t)gpq_line_parts(&delivery->open->reader.facts.tables[0].binding))
		return GPQ_OK;
	if (line->field)
		gpq_run_say(run, GPQ_WARNING, "%s: line %llu, byte %llu, field %u ('%.*s'): %s; the %s is rejected", input->path,
		            (unsigned long long)line->line, (unsigned long long)line->byte, line->field,
		            line->value.len < 60 ? (int)line->value.len : 60, line->value.bytes,
		            gpq_reject_sentence(line->reason), line->cell_only ? "number" : "line");
	else
		gpq_run_say(run, GPQ_WARNING, "%s: line %llu, byte %llu: %s; the line is rejected", input->path,
		            (unsigned long long)line->line, (unsigned long long)line->byte, gpq_reject_sentence(line->reason));
	return GPQ_OK;
}

static enum gpq_status bad_line_take(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	return gpq_delivery_bad_line(context, line, err);
}

struct gpq_line_receiver gpq_delivery_receiver(struct gpq_delivery *delivery)
{
	const struct gpq_run *run = delivery->worker->run;
	bool filtered = run->settings->location_types.count || run->settings->locations.count;
	return (struct gpq_line_receiver){
		.context = delivery,
		.locations = run->locations,
		.rows = rows_take,
		.strips = strips_take,
		.bad_line = bad_line_take,
		.repeats = delivery->open->repeats,
		.succession = delivery->open->succession,
		.wants_location = filtered ? location_wanted : NULL,
	};
}
