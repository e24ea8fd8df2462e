// SPDX-License-Identifier: MIT
#include "input/repeats.h"

#include "input/line_passage.h"
#include "input/succession.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Two passes of an hour of 760 generators are 1,520 rows, of some 60 bytes a line: four such hours in one input. */
#define MAX_ROWS   6144u
#define TEXT_BYTES ((size_t)512 << 10)
/* Two passes of runs of the dispatch, twelve and up to three late ones each, are 22,800; of five minutes of 1,300 nodes 31,200. */
#define SHORT_ROWS       32768u
#define SHORT_TEXT_BYTES ((size_t)2 << 20)

struct held {
	struct gpq_repeat row;
	uint64_t line;
	uint32_t text, len;           /* in the store's texts, line end included */
	uint32_t value_at, value_len; /* of the time's field, in the line */
	uint32_t start_s, end_s;      /* resolved: where its interval begins, and what its line tells; 0: nothing does */
};

/* Where a held row stands in the order of resolving. */
struct held_place {
	uint32_t group, held;
	uint32_t told, first_s; /* of lines that tell their pass, which come in their own order; else 0 */
	uint64_t origin;
};

struct gpq_repeats {
	struct gpq_budget *budget;
	pthread_mutex_t lock;
	uint32_t count, max_rows;
	size_t text_used, text_bytes;
	bool full;   /* some row did not fit */
	bool marked; /* second passes are, so that all that wait are of the first */
	struct gpq_batch batch; /* of one row */
	struct held *held;
	struct held_place *places;
	char *text;
	char refusal[128];
};

static uint32_t rows_of(bool short_intervals)
{
	return short_intervals ? SHORT_ROWS : MAX_ROWS;
}

static size_t text_of(bool short_intervals)
{
	return short_intervals ? SHORT_TEXT_BYTES : TEXT_BYTES;
}

size_t gpq_repeats_need(bool short_intervals)
{
	size_t row_bytes = sizeof(struct held) + 2 * sizeof(struct held_place); /* qsort's copy */
	return sizeof(struct gpq_repeats) + gpq_batch_need(1, GPQ_MAX_CELLS) + rows_of(short_intervals) * row_bytes + text_of(short_intervals) +
	       GPQ_PADDED_BYTES + 4 * GPQ_BUDGET_MAP_BYTES;
}

enum gpq_status gpq_repeats_open(struct gpq_budget *budget, bool short_intervals, struct gpq_repeats **out, struct gpq_error *err)
{
	struct gpq_repeats *repeats = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*repeats), &repeats, err));
	repeats->budget = budget;
	repeats->max_rows = rows_of(short_intervals);
	repeats->text_bytes = text_of(short_intervals);
	pthread_mutex_init(&repeats->lock, NULL);
	enum gpq_status status = gpq_batch_init(&repeats->batch, budget, GPQ_TAG_CONVERT, 1, GPQ_MAX_CELLS, err);
	if (status == GPQ_OK)
		status = gpq_alloc(budget, GPQ_TAG_CONVERT, repeats->max_rows * sizeof(repeats->held[0]), &repeats->held, err);
	if (status == GPQ_OK)
		status = gpq_alloc(budget, GPQ_TAG_CONVERT, repeats->max_rows * sizeof(repeats->places[0]), &repeats->places, err);
	if (status == GPQ_OK)
		status = gpq_alloc(budget, GPQ_TAG_CONVERT, repeats->text_bytes + GPQ_PADDED_BYTES, &repeats->text, err);
	if (status != GPQ_OK) {
		gpq_repeats_close(repeats);
		return status;
	}
	*out = repeats;
	return GPQ_OK;
}

void gpq_repeats_close(struct gpq_repeats *repeats)
{
	if (!repeats)
		return;
	struct gpq_budget *budget = repeats->budget;
	pthread_mutex_destroy(&repeats->lock);
	gpq_batch_done(&repeats->batch, budget, GPQ_TAG_CONVERT);
	gpq_free(budget, GPQ_TAG_CONVERT, repeats->held, repeats->max_rows * sizeof(repeats->held[0]));
	gpq_free(budget, GPQ_TAG_CONVERT, repeats->places, repeats->max_rows * sizeof(repeats->places[0]));
	gpq_free(budget, GPQ_TAG_CONVERT, repeats->text, repeats->text_bytes + GPQ_PADDED_BYTES);
	gpq_free(budget, GPQ_TAG_CONVERT, repeats, sizeof(*repeats));
}

const char *gpq_repeats_refusal(struct gpq_repeats *repeats)
{
	if (!repeats || !repeats->full)
		return NULL;
	snprintf(repeats->refusal, sizeof(repeats->refusal), "it has more rows of repeated hours than the %u, or %zu bytes, that are kept",
	         repeats->max_rows, repeats->text_bytes);
	return repeats->refusal;
}

bool gpq_repeats_any(const struct gpq_repeats *repeats)
{
	return repeats && repeats->count > 0;
}

void gpq_repeats_clear(struct gpq_repeats *repeats)
{
	if (!repeats)
		return;
	repeats->count = 0;
	repeats->text_used = 0;
	repeats->full = repeats->marked = false;
}

void gpq_repeats_mark(struct gpq_repeats *repeats)
{
	pthread_mutex_lock(&repeats->lock);
	repeats->marked = true;
	pthread_mutex_unlock(&repeats->lock);
}

bool gpq_repeats_are_short(const struct gpq_dataset *dataset)
{
	return dataset->table == GPQ_TABLE_ENERGY && (dataset->tiles || dataset->interval_minutes < 15);
}

bool gpq_repeats_hold(struct gpq_repeats *repeats, const struct gpq_repeat *row, const struct gpq_bad_line *line)
{
	pthread_mutex_lock(&repeats->lock);
	bool fits = repeats->count < repeats->max_rows && line->bytes.len <= repeats->text_bytes - repeats->text_used;
	if (fits) {
		repeats->held[repeats->count++] = (struct held){
			.row = *row,
			.line = line->line,
			.text = (uint32_t)repeats->text_used,
			.len = line->bytes.len,
			.value_at = line->value.len ? (uint32_t)(line->value.bytes - line->bytes.bytes) : 0,
			.value_len = line->value.len,
		};
		if (line->bytes.len)
			memcpy(repeats->text + repeats->text_used, line->bytes.bytes, line->bytes.len);
		repeats->text_used += line->bytes.len;
	}
	repeats->full |= !fits;
	pthread_mutex_unlock(&repeats->lock);
	return fits;
}

/* By group and the place in the input; of lines that tell their pass by year, pass and time before. */
static int place_compare(const void *a, const void *b)
{
	const struct held_place *x = a, *y = b;
	uint32_t apart_s = x->first_s < y->first_s ? y->first_s - x->first_s : x->first_s - y->first_s;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->told && y->told && apart_s >= 86400)
		return x->first_s < y->first_s ? -1 : 1;
	if (x->told != y->told)
		return x->told < y->told ? -1 : 1;
	if (x->first_s != y->first_s)
		return x->first_s < y->first_s ? -1 : 1;
	if (x->origin != y->origin)
		return x->origin < y->origin ? -1 : 1;
	return x->held < y->held ? -1 : x->held > y->held; /* of one line, in their order */
}

/* Held rows in the order of resolving, [from, to) of them: those of one group and repeated hour. */
struct hour {
	struct gpq_repeats *repeats;
	uint32_t from, to;
	uint32_t second; /* where the second of two passes begins, or 'to' */
	bool known;      /* there are two, or marks tell */
};

static struct held *held_at(const struct gpq_repeats *repeats, uint32_t i)
{
	return &repeats->held[repeats->places[i].held];
}

/* Whether two rows of one location are of the same repeated hour: there is one a year. */
static bool same_hour(const struct held *a, const struct held *b)
{
	uint32_t apart_s = a->row.first_s < b->row.first_s ? b->row.first_s - a->row.first_s : a->row.first_s - b->row.first_s;
	return a->row.group == b->row.group && !a->row.told == !b->row.told && apart_s < 86400;
}

/* The hour that begins with row 'from'. */
static struct hour hour_find(struct gpq_repeats *repeats, uint32_t from, bool hourly)
{
	struct hour hour = { repeats, from, from + 1, 0, false };
	uint32_t begin = 0, passes = 1;
	while (hour.to < repeats->count && same_hour(held_at(repeats, from), held_at(repeats, hour.to)))
		hour.to++;
	for (uint32_t i = from + 1; i < hour.to; i++) {
		const struct gpq_repeat *above = &held_at(repeats, i - 1)->row, *row = &held_at(repeats, i)->row;
		if (row->origin != above->origin && row->first_s < above->first_s + hourly) {
			begin = i; /* of hours, one that stands still is the next */
			passes++;
		}
	}
	if (held_at(repeats, from)->row.told) {
		for (begin = from; begin < hour.to && held_at(repeats, begin)->row.told == 1;)
			begin++;
		passes = 2;
	}
	hour.known = (passes == 2 || repeats->marked) && !repeats->full;
	hour.second = repeats->marked && !held_at(repeats, from)->row.told ? hour.to : begin;
	return hour;
}

/* Where the time of row 'i' of a resolved hour is. */
static uint32_t row_time(const struct hour *hour, uint32_t i)
{
	const struct gpq_repeat *row = &held_at(hour->repeats, i)->row;
	return i < hour->second ? row->first_s : row->second_s;
}

static enum gpq_status row_give(struct gpq_repeats *repeats, const struct held *held, const struct gpq_dataset *output,
                                const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	struct gpq_batch *batch = &repeats->batch;
	struct gpq_input_chunk line = {
		.bytes = (const uint8_t *)repeats->text + held->text,
		.len = held->len,
		.byte = gpq_origin_byte(held->row.origin),
		.first_line = held->line,
		.input = gpq_origin_input(held->row.origin),
	};
	if (receiver->waited)
		receiver->waited(receiver->context, &line);
	batch->n_cells = output->n_cells;
	batch->rows = 1;
	batch->start_s[0] = held->start_s;
	batch->location[0] = held->row.location;
	batch->version[0] = held->row.version;
	batch->origin[0] = held->row.origin;
	for (uint32_t k = 0; k < batch->n_cells; k++)
		batch->cell[k][0] = held->row.cell[k];
	if (!output->tiles)
		return receiver->rows(receiver->context, 0, batch, err);
	uint32_t end_cell = (uint32_t)gpq_dataset_cell(output, GPQ_COLUMN_INTERVAL_END_UTC);
	batch->cell[end_cell][0] = (int64_t)held->end_s - held->start_s;
	return gpq_succession_give(receiver->succession, batch, end_cell, receiver, err);
}

static enum gpq_status line_give(const struct gpq_repeats *repeats, const struct held *held,
                                 const struct gpq_line_receiver *receiver, struct gpq_line_counts *counts,
                                 struct gpq_error *err)
{
	const char *text = repeats->text + held->text;
	const struct gpq_bad_line line = {
		.reason = GPQ_REJECT_UNRESOLVED,
		.byte = gpq_origin_byte(held->row.origin),
		.line = held->line,
		.field = held->row.field,
		.bytes = { text, held->len },
		.value = { text + held->value_at, held->value_len },
	};
	counts->rejected += held->row.parts;
	return receiver->bad_line(receiver->context, &line, err);
}

/* Works out where the rows of an hour begin whose passes are known; of intervals that follow each other, where they end too. */
static void hour_settle(const struct hour *hour, const struct gpq_dataset *output, struct gpq_succession *succession)
{
	uint32_t before_s = held_at(hour->repeats, hour->from)->row.before_s, above_s = 0, start_s = 0;
	for (uint32_t i = hour->from; i < hour->to && hour->known; i++) {
		struct held *held = held_at(hour->repeats, i);
		uint32_t time_s = row_time(hour, i);
		if (!output->tiles)
			start_s = time_s;
		else if (time_s != above_s)
			start_s = gpq_succession_derive(succession, time_s, above_s ? above_s : before_s);
		if (output->tiles)
			gpq_succession_note(succession, time_s);
		held->start_s = start_s;
		held->end_s = above_s = time_s;
	}
}

/* In the order of lines, as all other rows come. */
static enum gpq_status rows_give(struct gpq_repeats *repeats, const struct gpq_dataset *output,
                                 const struct gpq_line_receiver *receiver, struct gpq_line_counts *counts, struct gpq_error *err)
{
	for (uint32_t i = 0; i < repeats->count; i++) {
		const struct held *held = held_at(repeats, i);
		if (held->row.stamp_only)
			continue;
		if (held->end_s) {
			counts->blank += held->row.blank;
			GPQ_TRY(row_give(repeats, held, output, receiver, err));
		} else if (held->row.parts) {
			GPQ_TRY(line_give(repeats, held, receiver, counts, err));
		}
	}
	return GPQ_OK;
}

static struct held_place place_of(const struct gpq_repeats *repeats, uint32_t i)
{
	const struct gpq_repeat *row = &repeats->held[i].row;
	return (struct held_place){ row->group, i, row->told, row->told ? row->first_s : 0, row->origin };
}

enum gpq_status gpq_repeats_resolve(struct gpq_repeats *repeats, const struct gpq_dataset *output,
                                    const struct gpq_line_receiver *receiver, struct gpq_line_counts *counts, struct gpq_error *err)
{
	for (uint32_t i = 0; i < repeats->count; i++)
		repeats->places[i] = place_of(repeats, i);
	qsort(repeats->places, repeats->count, sizeof(repeats->places[0]), place_compare);
	struct hour hour;
	for (uint32_t from = 0; from < repeats->count; from = hour.to) {
		hour = hour_find(repeats, from, output->interval_minutes == 60);
		hour_settle(&hour, output, receiver->succession);
	}
	for (uint32_t i = 0; i < repeats->count; i++)
		repeats->places[i].group = repeats->places[i].told = repeats->places[i].first_s = 0; /* by their lines alone */
	qsort(repeats->places, repeats->count, sizeof(repeats->places[0]), place_compare);
	enum gpq_status status = rows_give(repeats, output, receiver, counts, err);
	gpq_repeats_clear(repeats);
	return status;
}
