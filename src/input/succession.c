// SPDX-License-Identifier: MIT
#include "input/succession.h"

#include <assert.h>
#include <stdio.h>

#define DAY_S      86400
#define QUARTER_S  900u
#define STEP_S     300u                            /* an interval whose begin nothing tells */
#define NEAR_S     GPQ_TILE_MAX_S                  /* a stamp before it that is less far away begins the interval */
#define SLOTS      (2 * GPQ_SUCCESSION_MAX_PLACES) /* a power of two */
#define MAX_STAMPS 2048u                           /* three weeks of quarters */
#define GIVEN_ROWS GPQ_LINE_BATCH_ROWS

/* A location, and its last stamp; where that is of a repeated hour, before_s is the last one that is not. */
struct place {
	uint32_t location;
	uint32_t end_s, start_s;              /* 0: none of the day */
	uint32_t low_s, low_start_s; /* the last stamp before a jump ahead, from which the other pass of a repeated hour may go on */
	uint32_t jump_s;             /* where the interval behind the jump begins */
	uint32_t first_s;                     /* of the day's intervals, the end of the first one above */
	uint32_t pass_first_s, pass_second_s; /* the last stamp of a repeated hour; 0: the one above was of none */
	uint32_t passes;
};

struct gpq_succession {
	struct gpq_budget *budget;
	const struct gpq_zone *zone;
	int64_t day_begin_s,
	    day_end_s;   /* the day that was asked about last: ends lie behind its begin, up to its end */
	uint32_t last_s; /* the stamp noted last */
	uint32_t off_s;  /* the latest stamp off the quarters */
	uint32_t n_stamps, stamps[MAX_STAMPS]; /* the distinct ones behind it, ascending */
	uint32_t n_ahead, ahead_s;             /* those that the end left out */
	bool crowded, long_tail, filled;       /* more locations, stamps or rows than there is room for */
	struct gpq_batch waiting;
	uint32_t end_cell; /* of the rows that wait */
	uint32_t n_places;
	uint16_t slot[SLOTS]; /* number of a place + 1; 0: none */
	struct place place[GPQ_SUCCESSION_MAX_PLACES];
	char refusal[160];
};

size_t gpq_succession_need(void)
{
	return sizeof(struct gpq_succession) + gpq_batch_need(GPQ_SUCCESSION_MAX_ROWS, GPQ_MAX_CELLS) +
	       2 * GPQ_BUDGET_MAP_BYTES;
}

enum gpq_status gpq_succession_open(struct gpq_budget *budget, struct gpq_succession **out, struct gpq_error *err)
{
	struct gpq_succession *succession = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*succession), &succession, err));
	succession->budget = budget;
	enum gpq_status status =
	    gpq_batch_init(&succession->waiting, budget, GPQ_TAG_CONVERT, GPQ_SUCCESSION_MAX_ROWS, GPQ_MAX_CELLS, err);
	if (status != GPQ_OK) {
		gpq_free(budget, GPQ_TAG_CONVERT, succession, sizeof(*succession));
		return status;
	}
	*out = succession;
	return GPQ_OK;
}

void gpq_succession_close(struct gpq_succession *succession)
{
	if (!succession)
		return;
	gpq_batch_done(&succession->waiting, succession->budget, GPQ_TAG_CONVERT);
	gpq_free(succession->budget, GPQ_TAG_CONVERT, succession, sizeof(*succession));
}

void gpq_succession_begin(struct gpq_succession *succession, const struct gpq_zone *zone)
{
	succession->zone = zone;
	succession->day_begin_s = succession->day_end_s = 0;
	succession->last_s = succession->off_s = succession->n_stamps = succession->n_ahead = succession->ahead_s = 0;
	succession->crowded = succession->long_tail = succession->filled = false;
	succession->waiting.rows = 0;
	succession->n_places = 0;
	memset(succession->slot, 0, sizeof(succession->slot));
}

/* ---- stamps of the input ---- */

/* Keeps the stamps behind the latest one off the quarters. */
static void stamp_note(struct gpq_succession *succession, uint32_t end_s)
{
	uint32_t at = 0, *stamps = succession->stamps;
	if (end_s == succession->last_s)
		return;
	succession->last_s = end_s;
	if (end_s <= succession->off_s)
		return;
	if (end_s % QUARTER_S) {
		while (at < succession->n_stamps && stamps[at] < end_s)
			at++;
		succession->n_stamps -= at;
		memmove(stamps, stamps + at, succession->n_stamps * sizeof(stamps[0]));
		succession->off_s = end_s;
		return;
	}
	for (at = succession->n_stamps; at && stamps[at - 1] >= end_s; at--)
		if (stamps[at - 1] == end_s)
			return;
	if (succession->n_stamps == MAX_STAMPS) {
		succession->long_tail = true;
		return;
	}
	memmove(stamps + at + 1, stamps + at, (succession->n_stamps - at) * sizeof(stamps[0]));
	stamps[at] = end_s;
	succession->n_stamps++;
}

/* ---- stamps of a location ---- */

/* The place of a location; NULL where there is no room for it. */
static struct place *place_of(struct gpq_succession *succession, uint32_t location)
{
	uint32_t slot = location * UINT32_C(2654435761) >> 16 & (SLOTS - 1);
	for (; succession->slot[slot]; slot = (slot + 1) & (SLOTS - 1)) {
		struct place *place = &succession->place[succession->slot[slot] - 1];
		if (place->location == location)
			return place;
	}
	if (succession->n_places == GPQ_SUCCESSION_MAX_PLACES) {
		succession->crowded = true;
		return NULL;
	}
	struct place *place = &succession->place[succession->n_places++];
	*place = (struct place){ .location = location };
	succession->slot[slot] = (uint16_t)succession->n_places;
	return place;
}

/* Goes to the day of an interval that ends at 'end_s'. */
static void day_seek(struct gpq_succession *succession, uint32_t end_s)
{
	if (end_s > succession->day_begin_s && end_s <= succession->day_end_s)
		return;
	int64_t within_s = (int64_t)end_s - 1;
	int64_t civil_s = within_s + gpq_zone_offset_s(succession->zone, within_s);
	int32_t day = (int32_t)((civil_s >= 0 ? civil_s : civil_s - DAY_S + 1) / DAY_S);
	succession->day_begin_s = gpq_zone_midnight_s(succession->zone, day);
	succession->day_end_s = gpq_zone_midnight_s(succession->zone, day + 1);
}

uint32_t gpq_succession_derive(struct gpq_succession *succession, uint32_t end_s, uint32_t before_s)
{
	day_seek(succession, end_s);
	if (before_s > succession->day_begin_s && before_s < end_s)
		return end_s - before_s < NEAR_S ? before_s : end_s - STEP_S;
	if (succession->day_begin_s >= 0 && end_s - succession->day_begin_s <= NEAR_S)
		return (uint32_t)succession->day_begin_s;
	return end_s - STEP_S;
}

/* The repeated hour is passed: of exactly two passes the last stamp is known, of others nothing. */
static void hour_leave(struct place *place)
{
	if (!place->pass_first_s)
		return;
	if (place->passes == 2)
		place->end_s = place->pass_second_s;
	place->pass_first_s = place->pass_second_s = place->passes = 0;
}

/* Lines that name the clock tell both passes of a repeated hour, which may stand among each other: the first one goes on from where it
 * was left, up to where the second begins. */
static bool low_start(struct gpq_succession *succession, struct place *place, uint32_t end_s, uint32_t *out_start_s)
{
	int64_t passes_s[2], civil_s = (int64_t)end_s + gpq_zone_offset_s(succession->zone, end_s);
	if (gpq_zone_instants(succession->zone, civil_s, passes_s) != 2 || end_s < place->low_s || end_s > place->jump_s)
		return false;
	if (end_s > place->low_s) {
		place->low_start_s = gpq_succession_derive(succession, end_s, place->low_s);
		place->low_s = end_s;
	}
	*out_start_s = place->low_start_s;
	return true;
}

bool gpq_succession_start(struct gpq_succession *succession, uint32_t location, uint32_t end_s, uint32_t *out_start_s)
{
	struct place *place = place_of(succession, location);
	*out_start_s = end_s - STEP_S;
	stamp_note(succession, end_s);
	if (!place)
		return true;
	hour_leave(place);
	day_seek(succession, end_s);
	if (place->end_s <= succession->day_begin_s || place->end_s > succession->day_end_s ||
	    end_s == place->first_s) {
		place->end_s = 0; /* another day begins, or this one once more */
		place->first_s = end_s;
	} else if (end_s == place->end_s) {
		*out_start_s = place->start_s;
		return true;
	} else if (end_s < place->end_s) {
		return low_start(succession, place, end_s, out_start_s);
	}
	*out_start_s = gpq_succession_derive(succession, end_s, place->end_s);
	if (end_s - place->end_s >= NEAR_S) {
		place->low_s = place->end_s;
		place->low_start_s = place->start_s;
		place->jump_s = *out_start_s;
	}
	place->start_s = *out_start_s;
	place->end_s = end_s;
	return true;
}

uint32_t gpq_succession_pass(struct gpq_succession *succession, uint32_t location, uint32_t first_s, uint32_t second_s, uint8_t told)
{
	struct place *place = place_of(succession, location);
	if (!place)
		return 0;
	if (told) { /* the latest one counts, in whichever order they come */
		uint32_t end_s = told == 1 ? first_s : second_s;
		second_s = place->pass_first_s && place->pass_second_s > end_s ? place->pass_second_s : end_s;
		place->passes = 2;
	} else if (!place->pass_first_s)
		place->passes = 1;
	else if (first_s < place->pass_first_s)
		place->passes++;
	place->pass_first_s = first_s;
	place->pass_second_s = second_s;
	return place->end_s < first_s ? place->end_s : 0;
}

void gpq_succession_note(struct gpq_succession *succession, uint32_t end_s)
{
	stamp_note(succession, end_s);
}

/* ---- rows ---- */

static struct gpq_batch rows_view(const struct gpq_batch *batch, uint32_t from, uint32_t rows)
{
	struct gpq_batch view = *batch;
	view.rows = view.cap_rows = rows;
	view.start_s += from;
	view.location += from;
	view.version += from;
	view.origin += from;
	for (uint32_t k = 0; k < batch->n_cells; k++)
		view.cell[k] += from;
	return view;
}

static enum gpq_status rows_give(const struct gpq_batch *batch, uint32_t from, uint32_t to,
				 const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	for (uint32_t rows; from < to; from += rows) {
		rows = to - from < GIVEN_ROWS ? to - from : GIVEN_ROWS;
		struct gpq_batch view = rows_view(batch, from, rows);
		GPQ_TRY(receiver->rows(receiver->context, 0, &view, err));
	}
	return GPQ_OK;
}

static uint32_t row_end(const struct gpq_batch *batch, uint32_t end_cell, uint32_t row)
{
	return batch->start_s[row] + (uint32_t)batch->cell[end_cell][row];
}

/* Moves rows [from, to) of 'batch' behind those of 'out', which may be the same batch. */
static void rows_move(struct gpq_batch *out, const struct gpq_batch *batch, uint32_t from, uint32_t to)
{
	uint32_t at = out->rows, n = to - from;
	memmove(out->start_s + at, batch->start_s + from, n * sizeof(out->start_s[0]));
	memmove(out->location + at, batch->location + from, n * sizeof(out->location[0]));
	memmove(out->version + at, batch->version + from, n * sizeof(out->version[0]));
	memmove(out->origin + at, batch->origin + from, n * sizeof(out->origin[0]));
	for (uint32_t k = 0; k < batch->n_cells; k++)
		memmove(out->cell[k] + at, batch->cell[k] + from, n * sizeof(out->cell[0][0]));
	out->rows += n;
}

/* The rows from 'from' on that share an end. */
static uint32_t run_end(const struct gpq_batch *batch, uint32_t end_cell, uint32_t from)
{
	uint32_t end_s = row_end(batch, end_cell, from), to = from + 1;
	while (to < batch->rows && row_end(batch, end_cell, to) == end_s)
		to++;
	return to;
}

/* Gives the rows of 'batch' whose ends are not behind 'until_s'; the others are left, in their order. */
static enum gpq_status rows_release(struct gpq_batch *batch, uint32_t end_cell, uint32_t until_s,
				    const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	uint32_t rows = batch->rows, from = 0;
	struct gpq_batch all = *batch;
	enum gpq_status status = GPQ_OK;
	batch->rows = 0;
	for (uint32_t at = 0, to; at < rows && status == GPQ_OK; at = to) {
		to = run_end(&all, end_cell, at);
		if (row_end(&all, end_cell, at) <= until_s)
			continue;
		status = rows_give(&all, from, at, receiver, err);
		rows_move(batch, &all, at, to); /* what was there before is given */
		from = to;
	}
	return status == GPQ_OK ? rows_give(&all, from, rows, receiver, err) : status;
}

enum gpq_status gpq_succession_give(struct gpq_succession *succession, struct gpq_batch *batch, uint32_t end_cell,
				    const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	struct gpq_batch *waiting = &succession->waiting;
	succession->end_cell = end_cell;
	waiting->n_cells = batch->n_cells;
	if (waiting->rows)
		GPQ_TRY(rows_release(waiting, end_cell, succession->off_s, receiver, err));
	GPQ_TRY(rows_release(batch, end_cell, succession->off_s, receiver, err));
	uint32_t room = waiting->cap_rows - waiting->rows, rows = batch->rows < room ? batch->rows : room;
	succession->filled |= rows < batch->rows;
	rows_move(waiting, batch, 0, rows);
	batch->rows = 0;
	return GPQ_OK;
}

enum gpq_status gpq_succession_end(struct gpq_succession *succession, const struct gpq_line_receiver *receiver,
				   struct gpq_line_counts *counts, struct gpq_error *err)
{
	const uint32_t *stamps = succession->stamps;
	uint32_t from = succession->n_stamps, until_s = UINT32_MAX;
	while (from > 1 && stamps[from - 1] - stamps[from - 2] == QUARTER_S)
		from--;
	if (from && succession->n_stamps - (from - 1) > 1) {
		succession->n_ahead = succession->n_stamps - (from - 1);
		succession->ahead_s = stamps[from - 1];
		until_s = succession->ahead_s - 1;
	}
	GPQ_TRY(rows_release(&succession->waiting, succession->end_cell, until_s, receiver, err));
	counts->outside += succession->waiting.rows;
	succession->waiting.rows = 0;
	return GPQ_OK;
}

uint32_t gpq_succession_ahead(const struct gpq_succession *succession, uint32_t *out_first_s)
{
	*out_first_s = succession->ahead_s;
	return succession->n_ahead;
}

const char *gpq_succession_refusal(struct gpq_succession *succession)
{
	if (succession->crowded)
		snprintf(succession->refusal, sizeof(succession->refusal),
			 "it has more than %u locations whose intervals follow each other", GPQ_SUCCESSION_MAX_PLACES);
	else if (succession->filled || succession->long_tail)
		snprintf(succession->refusal, sizeof(succession->refusal),
			 "more than %u rows or %u stamps on the quarters of an hour stand behind the last one that is "
			 "not: is it another feed?",
			 GPQ_SUCCESSION_MAX_ROWS, MAX_STAMPS);
	else
		return NULL;
	return succession->refusal;
}
