// SPDX-License-Identifier: MIT
#include "convert/block_facts.h"

#include <string.h>

#define PIECE_ROWS 2048u

static uint32_t stretch_cap(uint64_t rows)
{
	return (uint32_t)(rows / GPQ_FACTS_STRETCH_ROWS) + 64;
}

size_t gpq_block_facts_need(uint32_t slots, uint64_t rows)
{
	return (size_t)slots * 2 * sizeof(uint32_t) + rows * sizeof(uint16_t) + 4 * gpq_stretches_need(stretch_cap(rows)) +
	       6 * GPQ_BUDGET_MAP_BYTES;
}

/* The turned columns that facts are gathered from, one piece after the other. */
enum gathered { GATHERED_START, GATHERED_LOCATION, GATHERED_VERSION, GATHERED_ORIGIN, N_GATHERED };

struct gathering {
	struct gpq_turned_cursor *cursor[N_GATHERED];
	uint32_t starts[PIECE_ROWS], values[PIECE_ROWS];
};

/* Starts become places. */
static void starts_note(struct gpq_block_facts *facts, uint32_t *starts, uint32_t n, uint64_t row)
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
	if (!facts->place)
		return;
	for (uint32_t i = 0; i < n; i++)
		facts->place[row + i] = (uint16_t)starts[i];
	gpq_stretches_add(&facts->places, starts, n);
}

static enum gpq_status piece_gather(struct gpq_block_facts *facts, struct gathering *gathering, uint64_t row, uint32_t n,
                                    struct gpq_error *err)
{
	GPQ_TRY(gpq_turned_cursor_read(gathering->cursor[GATHERED_START], n, gathering->starts, err));
	starts_note(facts, gathering->starts, n, row);
	if (!facts->place)
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
	for (int i = 0; i < (facts->place ? N_GATHERED : 1) && status == GPQ_OK; i++)
		status = gpq_turned_cursor_open(facts->turned, facts->budget, fields[i], 0, &gathering->cursor[i], err);
	for (uint64_t row = 0; row < rows && status == GPQ_OK; row += PIECE_ROWS) {
		uint32_t n = rows - row < PIECE_ROWS ? (uint32_t)(rows - row) : PIECE_ROWS;
		status = piece_gather(facts, gathering, row, n, err);
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
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, facts->n_slots * sizeof(uint32_t), &facts->number, err));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, facts->n_slots * sizeof(uint32_t), &facts->start_s, err));
	if (rows > max_kept_rows || facts->n_slots > UINT16_MAX)
		return GPQ_OK;
	facts->place_rows = rows;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, rows * sizeof(uint16_t), &facts->place, err));
	GPQ_TRY(gpq_stretches_init(&facts->places, budget, stretch_cap(rows), 1, err));
	GPQ_TRY(gpq_stretches_init(&facts->locations, budget, stretch_cap(rows), 0, err));
	GPQ_TRY(gpq_stretches_init(&facts->origins, budget, stretch_cap(rows), 0, err));
	return gpq_stretches_init(&facts->versions, budget, stretch_cap(rows), 0, err);
}

enum gpq_status gpq_block_facts_init(struct gpq_block_facts *facts, struct gpq_budget *budget,
                                     const struct gpq_dataset_run *run, const struct gpq_span *span,
                                     struct gpq_turned *turned, const struct gpq_location_lists *lists,
                                     const struct gpq_source_names *sources, uint64_t max_kept_rows,
                                     struct gpq_error *err)
{
	*facts = (struct gpq_block_facts){
		.budget = budget, .run = run, .turned = turned, .span = *span, .lists = lists, .sources = sources,
	};
	facts->n_slots = (uint32_t)((span->end_s - span->begin_s) / gpq_block_interval_s(facts)) + 1;
	enum gpq_status status = facts_take(facts, max_kept_rows, err);
	if (status == GPQ_OK) {
		memset(facts->number, 0xFF, facts->n_slots * sizeof(uint32_t));
		status = rows_gather(facts, err);
	}
	if (status != GPQ_OK) {
		gpq_block_facts_done(facts);
		return status;
	}
	for (uint32_t place = 0; place < facts->n_slots; place++) {
		if (facts->number[place] == GPQ_NO_START)
			continue;
		facts->number[place] = facts->n_starts;
		facts->start_s[facts->n_starts++] = (uint32_t)(span->begin_s + (int64_t)place * gpq_block_interval_s(facts));
	}
	return GPQ_OK;
}

void gpq_block_facts_done(struct gpq_block_facts *facts)
{
	if (!facts->budget)
		return;
	gpq_free(facts->budget, GPQ_TAG_CONVERT, facts->number, facts->n_slots * sizeof(uint32_t));
	gpq_free(facts->budget, GPQ_TAG_CONVERT, facts->start_s, facts->n_slots * sizeof(uint32_t));
	gpq_free(facts->budget, GPQ_TAG_CONVERT, facts->place, facts->place_rows * sizeof(uint16_t));
	gpq_stretches_done(&facts->places, facts->budget);
	gpq_stretches_done(&facts->locations, facts->budget);
	gpq_stretches_done(&facts->origins, facts->budget);
	gpq_stretches_done(&facts->versions, facts->budget);
	memset(facts, 0, sizeof(*facts));
}

void gpq_block_days_found(const struct gpq_block_facts *facts, uint16_t *out)
{
	memset(out, 0, (size_t)(facts->span.end_day - facts->span.first_day) * sizeof(out[0]));
	for (uint32_t i = 0; i < facts->n_starts; i++)
		out[gpq_calendar_day(&facts->run->calendar, facts->start_s[i]) - facts->span.first_day]++;
}
