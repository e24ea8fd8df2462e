// SPDX-License-Identifier: MIT
#include "convert/block_facts.h"

#include <string.h>

#define PIECE_ROWS   2048u
#define MAX_LENGTH_S 3600 /* of intervals that follow each other; none is longer than 10 minutes */

static uint32_t stretch_cap(uint64_t rows, uint32_t rows_a_stretch)
{
	return (uint32_t)(rows / rows_a_stretch) + 64;
}

size_t gpq_block_facts_need(uint32_t slots, uint32_t seconds, uint64_t rows)
{
	return gpq_span_seconds_need(seconds) + (size_t)slots * (2 * sizeof(uint32_t) + sizeof(uint16_t)) + 2 * gpq_stretches_need(stretch_cap(rows, GPQ_FACTS_LONG_ROWS)) +
	       2 * gpq_stretches_need(stretch_cap(rows, GPQ_FACTS_STRETCH_ROWS)) + 6 * GPQ_BUDGET_MAP_BYTES;
}

/* The turned columns that facts are gathered from, one piece after the other. */
enum gathered { GATHERED_START, GATHERED_LOCATION, GATHERED_VERSION, GATHERED_ORIGIN, N_GATHERED };

struct gathering {
	struct gpq_turned_cursor *cursor[N_GATHERED];
	uint32_t starts[PIECE_ROWS], values[PIECE_ROWS];
};

/* Starts become places. */
static void starts_note(struct gpq_block_facts *facts, uint32_t *starts, uint32_t n)
{
	uint32_t last = GPQ_NO_START, place = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (starts[i] != last) {
			last = starts[i];
			place = gpq_block_place_of(facts, last);
			facts->number[place] = 0;
		}
		starts[i] = place;
	}
	if (facts->gathered)
		gpq_stretches_add(&facts->places, starts, n);
}

/* ---- from stretches ---- */

/* What stretches with one array of instants add: it is worked out once, and found again where it was put first. */
struct known {
	const uint32_t *start_s;
	uint32_t rows;
	struct gpq_stretch_place places, versions, origins;
};

#define N_KNOWN 16u /* a block has few sequences of locations; of more, the oldest is forgotten */

static void stretch_add(struct gpq_block_facts *facts, const struct gpq_turned_stretch *stretch)
{
	uint32_t piece[256];
	for (uint32_t done = 0, n; done < stretch->rows; done += n) {
		n = stretch->rows - done < 256 ? stretch->rows - done : 256;
		for (uint32_t i = 0; i < n; i++) {
			piece[i] = gpq_block_place_of(facts, stretch->start_s[done + i]);
			facts->number[piece[i]] = 0;
		}
		gpq_stretches_add(&facts->places, piece, n);
		for (uint32_t i = 0; i < n; i++)
			piece[i] = gpq_turned_stretch_input(facts->turned, stretch, done + i) * 2 + 1;
		gpq_stretches_add(&facts->origins, piece, n);
		memcpy(piece, stretch->version + done, n * sizeof(piece[0]));
		gpq_stretches_add(&facts->versions, piece, n);
	}
}

static void stretches_gather(struct gpq_block_facts *facts)
{
	struct known known[N_KNOWN] = { 0 };
	struct gpq_turned_stretch stretch;
	uint32_t oldest = 0;
	for (uint64_t row = 0; gpq_turned_stretch(facts->turned, row, &stretch); row += stretch.rows) {
		uint32_t k = 0;
		gpq_stretches_put(&facts->locations, stretch.location, stretch.rows);
		while (k < N_KNOWN && (known[k].start_s != stretch.start_s || known[k].rows != stretch.rows))
			k++;
		if (k < N_KNOWN) {
			gpq_stretches_repeat(&facts->places, known[k].places, stretch.rows);
			gpq_stretches_repeat(&facts->versions, known[k].versions, stretch.rows);
			gpq_stretches_repeat(&facts->origins, known[k].origins, stretch.rows);
			continue;
		}
		known[oldest++ % N_KNOWN] = (struct known){
			stretch.start_s, stretch.rows, gpq_stretches_end(&facts->places),
			gpq_stretches_end(&facts->versions), gpq_stretches_end(&facts->origins),
		};
		stretch_add(facts, &stretch);
	}
}

/* ---- row by row ---- */

static enum gpq_status piece_gather(struct gpq_block_facts *facts, struct gathering *gathering, uint32_t n,
                                    struct gpq_error *err)
{
	GPQ_TRY(gpq_turned_cursor_read(gathering->cursor[GATHERED_START], n, gathering->starts, err));
	starts_note(facts, gathering->starts, n);
	if (!facts->gathered)
		return GPQ_OK;
	GPQ_TRY(gpq_turned_cursor_read(gathering->cursor[GATHERED_LOCATION], n, gathering->values, err));
	gpq_stretches_add(&facts->locations, gathering->values, n);
	GPQ_TRY(gpq_turned_cursor_read(gathering->cursor[GATHERED_VERSION], n, gathering->values, err));
	gpq_stretches_add(&facts->versions, gathering->values, n);
	GPQ_TRY(gpq_turned_cursor_read(gathering->cursor[GATHERED_ORIGIN], n, gathering->values, err));
	gpq_stretches_add(&facts->origins, gathering->values, n);
	return GPQ_OK;
}

static enum gpq_status rows_gather(struct gpq_block_facts *facts, struct gpq_error *err)
{
	static const enum gpq_turned_field fields[N_GATHERED] = { GPQ_TURNED_START, GPQ_TURNED_LOCATION, GPQ_TURNED_VERSION,
		                                                  GPQ_TURNED_INPUT };
	struct gathering *gathering = NULL;
	uint64_t rows = gpq_turned_rows(facts->turned);
	GPQ_TRY(gpq_alloc_zero(facts->budget, GPQ_TAG_CONVERT, sizeof(*gathering), &gathering, err));
	enum gpq_status status = GPQ_OK;
	for (int i = 0; i < (facts->gathered ? N_GATHERED : 1) && status == GPQ_OK; i++)
		status = gpq_turned_cursor_open(facts->turned, facts->budget, fields[i], 0, &gathering->cursor[i], err);
	for (uint64_t row = 0; row < rows && status == GPQ_OK; row += PIECE_ROWS) {
		uint32_t n = rows - row < PIECE_ROWS ? (uint32_t)(rows - row) : PIECE_ROWS;
		status = piece_gather(facts, gathering, n, err);
	}
	for (int i = 0; i < N_GATHERED; i++)
		gpq_turned_cursor_close(gathering->cursor[i]);
	gpq_free(facts->budget, GPQ_TAG_CONVERT, gathering, sizeof(*gathering));
	return status;
}

static enum gpq_status facts_take(struct gpq_block_facts *facts, uint64_t max_kept_rows, struct gpq_error *err)
{
	struct gpq_budget *budget = facts->budget;
	uint64_t rows = gpq_turned_rows(facts->turned);
	if (facts->crowded)
		return GPQ_OK;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, facts->n_slots * sizeof(uint32_t), &facts->number, err));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, facts->n_slots * sizeof(uint32_t), &facts->start_s, err));
	if (rows > max_kept_rows)
		return GPQ_OK;
	facts->gathered = true;
	GPQ_TRY(gpq_stretches_init(&facts->places, budget, stretch_cap(rows, GPQ_FACTS_LONG_ROWS), 1, err));
	GPQ_TRY(gpq_stretches_init(&facts->locations, budget, stretch_cap(rows, GPQ_FACTS_LONG_ROWS), 0, err));
	GPQ_TRY(gpq_stretches_init(&facts->origins, budget, stretch_cap(rows, GPQ_FACTS_STRETCH_ROWS), 0, err));
	return gpq_stretches_init(&facts->versions, budget, stretch_cap(rows, GPQ_FACTS_STRETCH_ROWS), 0, err);
}

/* ---- instants off the grid ---- */

static enum gpq_status seconds_read(struct gpq_block_facts *facts, struct gpq_error *err)
{
	uint32_t starts[256];
	uint64_t left = gpq_turned_rows(facts->turned);
	struct gpq_turned_cursor *cursor = NULL;
	enum gpq_status status = gpq_turned_cursor_open(facts->turned, facts->budget, GPQ_TURNED_START, 0, &cursor, err);
	for (uint32_t n; left && status == GPQ_OK; left -= n) {
		n = left < 256 ? (uint32_t)left : 256;
		status = gpq_turned_cursor_read(cursor, n, starts, err);
		for (uint32_t i = 0; i < n && status == GPQ_OK; i++)
			if (!i || starts[i] != starts[i - 1])
				gpq_span_seconds_note(&facts->seconds, starts[i]);
	}
	gpq_turned_cursor_close(cursor);
	return status;
}

static enum gpq_status lengths_read(struct gpq_block_facts *facts, struct gpq_turned_cursor *starts_at,
                                    struct gpq_turned_cursor *lengths_at, struct gpq_error *err)
{
	uint32_t starts[256];
	int64_t lengths_s[256];
	uint64_t left = gpq_turned_rows(facts->turned);
	for (uint32_t n; left; left -= n) {
		n = left < 256 ? (uint32_t)left : 256;
		GPQ_TRY(gpq_turned_cursor_read(starts_at, n, starts, err));
		GPQ_TRY(gpq_turned_cursor_read(lengths_at, n, lengths_s, err));
		for (uint32_t i = 0; i < n; i++) {
			uint16_t *length_s = &facts->length_s[gpq_block_place_of(facts, starts[i])];
			if (lengths_s[i] > *length_s)
				*length_s = lengths_s[i] < MAX_LENGTH_S ? (uint16_t)lengths_s[i] : MAX_LENGTH_S;
		}
	}
	return GPQ_OK;
}

/* How long intervals are that follow each other, by the place that they begin at. */
static enum gpq_status lengths_find(struct gpq_block_facts *facts, struct gpq_error *err)
{
	struct gpq_turned_cursor *starts_at = NULL, *lengths_at = NULL;
	enum gpq_turned_field cell =
		(enum gpq_turned_field)(GPQ_TURNED_CELL + gpq_dataset_cell(facts->run->dataset, GPQ_COLUMN_INTERVAL_END_UTC));
	GPQ_TRY(gpq_alloc_zero(facts->budget, GPQ_TAG_CONVERT, facts->n_slots * sizeof(uint16_t), &facts->length_s, err));
	GPQ_TRY(gpq_turned_cursor_open(facts->turned, facts->budget, GPQ_TURNED_START, 0, &starts_at, err));
	enum gpq_status status = gpq_turned_cursor_open(facts->turned, facts->budget, cell, 0, &lengths_at, err);
	if (status == GPQ_OK)
		status = lengths_read(facts, starts_at, lengths_at, err);
	gpq_turned_cursor_close(starts_at);
	gpq_turned_cursor_close(lengths_at);
	return status;
}

/* Finds the instants that there are; each is a place, unless they are too many to be listed. */
static enum gpq_status seconds_find(struct gpq_block_facts *facts, struct gpq_error *err)
{
	uint32_t most = gpq_block_most_slots(facts->run->dataset, facts->n_slots);
	GPQ_TRY(gpq_span_seconds_init(&facts->seconds, facts->budget, facts->span.begin_s, facts->span.end_s, err));
	GPQ_TRY(seconds_read(facts, err));
	facts->n_slots = gpq_span_seconds_count(&facts->seconds);
	if (facts->n_slots <= most)
		return GPQ_OK;
	facts->crowded = true;
	facts->n_starts = facts->n_slots;
	facts->n_slots = 0;
	return GPQ_OK;
}

/* The instants by place, in their order. */
static void seconds_list(struct gpq_block_facts *facts)
{
	uint32_t after_s = 0, start_s = 0;
	while (gpq_span_seconds_next(&facts->seconds, &after_s, &start_s)) {
		facts->number[facts->n_starts] = facts->n_starts;
		facts->start_s[facts->n_starts++] = start_s;
	}
}

static void grid_list(struct gpq_block_facts *facts)
{
	for (uint32_t place = 0; place < facts->n_slots; place++) {
		if (facts->number[place] == GPQ_NO_START)
			continue;
		facts->number[place] = facts->n_starts;
		facts->start_s[facts->n_starts++] = (uint32_t)(facts->span.begin_s + (int64_t)place * gpq_block_interval_s(facts));
	}
}

static enum gpq_status facts_gather(struct gpq_block_facts *facts, struct gpq_error *err)
{
	struct gpq_turned_stretch first;
	memset(facts->number, 0xFF, facts->n_slots * sizeof(uint32_t));
	if (facts->gathered && gpq_turned_stretch(facts->turned, 0, &first))
		stretches_gather(facts);
	else
		GPQ_TRY(rows_gather(facts, err));
	if (facts->seconds.bits)
		seconds_list(facts);
	else
		grid_list(facts);
	return GPQ_OK;
}

enum gpq_status gpq_block_facts_init(struct gpq_block_facts *facts, struct gpq_budget *budget,
                                     const struct gpq_dataset_run *run, const struct gpq_span *span,
                                     struct gpq_turned *turned, const struct gpq_location_lists *lists,
                                     const struct gpq_block_sources *sources, uint64_t max_kept_rows,
                                     struct gpq_error *err)
{
	*facts = (struct gpq_block_facts){
		.budget = budget, .run = run, .turned = turned, .span = *span, .lists = lists, .sources = sources,
	};
	facts->n_slots = (uint32_t)((span->end_s - span->begin_s) / gpq_block_interval_s(facts)) + 1;
	enum gpq_status status = run->dataset->off_grid ? seconds_find(facts, err) : GPQ_OK;
	if (status == GPQ_OK)
		status = facts_take(facts, max_kept_rows, err);
	if (status == GPQ_OK && !facts->crowded)
		status = facts_gather(facts, err);
	if (status == GPQ_OK && !facts->crowded && run->dataset->tiles)
		status = lengths_find(facts, err);
	if (status != GPQ_OK)
		gpq_block_facts_done(facts);
	return status;
}

void gpq_block_facts_done(struct gpq_block_facts *facts)
{
	if (!facts->budget)
		return;
	gpq_span_seconds_done(&facts->seconds);
	gpq_free(facts->budget, GPQ_TAG_CONVERT, facts->length_s, facts->n_slots * sizeof(uint16_t));
	gpq_free(facts->budget, GPQ_TAG_CONVERT, facts->number, facts->n_slots * sizeof(uint32_t));
	gpq_free(facts->budget, GPQ_TAG_CONVERT, facts->start_s, facts->n_slots * sizeof(uint32_t));
	gpq_stretches_done(&facts->places, facts->budget);
	gpq_stretches_done(&facts->locations, facts->budget);
	gpq_stretches_done(&facts->origins, facts->budget);
	gpq_stretches_done(&facts->versions, facts->budget);
	memset(facts, 0, sizeof(*facts));
}

bool gpq_block_start_next(const struct gpq_block_facts *facts, uint32_t *walk, uint32_t *out_start_s)
{
	if (facts->crowded)
		return gpq_span_seconds_next(&facts->seconds, walk, out_start_s);
	if (*walk == facts->n_starts)
		return false;
	*out_start_s = facts->start_s[(*walk)++];
	return true;
}

void gpq_block_days_found(const struct gpq_block_facts *facts, uint32_t *out)
{
	uint32_t walk = 0, start_s = 0;
	memset(out, 0, (size_t)(facts->span.end_day - facts->span.first_day) * sizeof(out[0]));
	while (gpq_block_start_next(facts, &walk, &start_s))
		out[gpq_calendar_day(&facts->run->calendar, start_s) - facts->span.first_day]++;
}

void gpq_block_days_covered(const struct gpq_block_facts *facts, uint32_t *out)
{
	uint32_t walk = 0, start_s = 0, next_s = 0, reached_s = 0;
	memset(out, 0, (size_t)(facts->span.end_day - facts->span.first_day) * sizeof(out[0]));
	bool more = gpq_block_start_next(facts, &walk, &start_s);
	for (; more; start_s = next_s) {
		uint32_t place = facts->length_s ? gpq_block_place_of(facts, start_s) : 0;
		more = gpq_block_start_next(facts, &walk, &next_s);
		uint32_t end_s = start_s + 2 * gpq_block_interval_s(facts);
		if (facts->length_s)
			end_s = start_s + facts->length_s[place];
		else if (more && next_s < end_s)
			end_s = next_s;
		uint32_t from_s = start_s > reached_s ? start_s : reached_s; /* what overlaps counts once */
		if (end_s > from_s)
			out[gpq_calendar_day(&facts->run->calendar, start_s) - facts->span.first_day] += end_s - from_s;
		reached_s = end_s > reached_s ? end_s : reached_s;
	}
}
