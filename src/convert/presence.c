// SPDX-License-Identifier: MIT
#include "convert/presence.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_ROWS 1024u

/* Of a block while it is made: by code. */
struct dates {
	uint16_t first, last;
};
static const struct dates no_dates = { 1, 0 };

size_t gpq_presence_need(uint32_t n_codes)
{
	size_t block = n_codes * (sizeof(struct dates) + sizeof(struct gpq_presence_run)) +
	               2 * (PIECE_ROWS * sizeof(uint32_t) + gpq_turned_cursor_need());
	size_t dataset = n_codes * (sizeof(struct gpq_presence_dates) + sizeof(uint32_t));
	return (block > dataset ? block : dataset) + 3 * GPQ_BUDGET_MAP_BYTES;
}

/* ---- of a block ---- */

struct noting {
	const struct gpq_block_facts *facts;
	struct dates *of;
	uint32_t n_codes;
	/* of the instants asked for last: rows of one location and those of the next one mostly have the same */
	uint32_t start_s[2];
	uint16_t date[2];
};

static uint16_t date_of(struct noting *noting, uint32_t start_s, int which)
{
	if (noting->start_s[which] != start_s) {
		const struct gpq_block_facts *facts = noting->facts;
		noting->start_s[which] = start_s;
		noting->date[which] =
			(uint16_t)(gpq_calendar_day(&facts->run->calendar, start_s) - facts->span.first_day);
	}
	return noting->date[which];
}

static void rows_note(struct noting *noting, uint32_t location, uint32_t first_s, uint32_t last_s)
{
	struct dates *dates = &noting->of[location];
	uint16_t first = date_of(noting, first_s, 0), last = date_of(noting, last_s, 1);
	if (dates->first > dates->last) {
		*dates = (struct dates){ first, last };
		return;
	}
	dates->first = first < dates->first ? first : dates->first;
	dates->last = last > dates->last ? last : dates->last;
}

/* Places of one stretch rise: its ends are its first and last. */
static void stretches_note(struct noting *noting)
{
	const struct gpq_block_facts *facts = noting->facts;
	uint64_t left = gpq_turned_rows(facts->turned);
	uint32_t location = 0, of_location = 0, place = 0, of_place = 0;
	struct gpq_stretch_place locations, places;
	gpq_stretches_seek(&facts->locations, 0, &locations);
	gpq_stretches_seek(&facts->places, 0, &places);
	while (left) {
		uint32_t most = left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
		if (!of_location)
			of_location = gpq_stretches_next(&facts->locations, &locations, most, &location);
		if (!of_place)
			of_place = gpq_stretches_next(&facts->places, &places, most, &place);
		uint32_t rows = of_location < of_place ? of_location : of_place;
		const uint32_t *start_s = facts->start_s + facts->number[place];
		rows_note(noting, location, start_s[0], start_s[rows - 1]);
		place += rows;
		of_location -= rows;
		of_place -= rows;
		left -= rows;
	}
}

static enum gpq_status rows_read(struct noting *noting, struct gpq_turned_cursor *starts,
                                 struct gpq_turned_cursor *locations, uint32_t *words, struct gpq_error *err)
{
	uint64_t left = gpq_turned_rows(noting->facts->turned);
	for (uint32_t n; left; left -= n) {
		n = left < PIECE_ROWS ? (uint32_t)left : PIECE_ROWS;
		GPQ_TRY(gpq_turned_cursor_read(starts, n, words, err));
		GPQ_TRY(gpq_turned_cursor_read(locations, n, words + PIECE_ROWS, err));
		for (uint32_t i = 0; i < n; i++)
			rows_note(noting, words[PIECE_ROWS + i], words[i], words[i]);
	}
	return GPQ_OK;
}

static enum gpq_status rows_note_all(struct noting *noting, struct gpq_error *err)
{
	const struct gpq_block_facts *facts = noting->facts;
	struct gpq_turned_cursor *starts = NULL, *locations = NULL;
	uint32_t *words = NULL;
	size_t bytes = 2 * PIECE_ROWS * sizeof(*words);
	GPQ_TRY(gpq_alloc(facts->budget, GPQ_TAG_CONVERT, bytes, &words, err));
	enum gpq_status status =
		gpq_turned_cursor_open(facts->turned, facts->budget, GPQ_TURNED_START, 0, &starts, err);
	if (status == GPQ_OK)
		status = gpq_turned_cursor_open(facts->turned, facts->budget, GPQ_TURNED_LOCATION, 0, &locations, err);
	if (status == GPQ_OK)
		status = rows_read(noting, starts, locations, words, err);
	gpq_turned_cursor_close(starts);
	gpq_turned_cursor_close(locations);
	gpq_free(facts->budget, GPQ_TAG_CONVERT, words, bytes);
	return status;
}

static enum gpq_status dates_note(struct noting *noting, struct gpq_error *err)
{
	const struct gpq_block_facts *facts = noting->facts;
	for (uint32_t code = 0; code < noting->n_codes; code++)
		noting->of[code] = no_dates;
	if (!facts->gathered || facts->places.overflown || facts->locations.overflown)
		return rows_note_all(noting, err);
	stretches_note(noting);
	return GPQ_OK;
}

/* Writes the runs to 'out', where it is not NULL; returns how many there are. Codes behind the last one that has rows are left
 * out. */
static uint32_t runs_make(const struct dates *of, uint32_t n_codes, struct gpq_presence_run *out)
{
	uint32_t count = 0;
	while (n_codes && of[n_codes - 1].first > of[n_codes - 1].last)
		n_codes--;
	for (uint32_t code = 0, end; code < n_codes; code = end) {
		for (end = code + 1; end < n_codes && of[end].first == of[code].first && of[end].last == of[code].last;)
			end++;
		if (out)
			out[count] = (struct gpq_presence_run){ end - code, of[code].first, of[code].last };
		count++;
	}
	return count;
}

enum gpq_status gpq_presence_runs(const struct gpq_block_facts *facts, struct gpq_presence_run **out,
                                  uint32_t *out_count, struct gpq_error *err)
{
	struct noting noting = { .facts = facts, .n_codes = gpq_locations_count(facts->run->locations) };
	size_t bytes = noting.n_codes * sizeof(noting.of[0]);
	struct gpq_presence_run *runs = NULL;
	uint32_t count = 0;
	GPQ_TRY(gpq_alloc(facts->budget, GPQ_TAG_CONVERT, bytes, &noting.of, err));
	enum gpq_status status = dates_note(&noting, err);
	if (status == GPQ_OK) {
		count = runs_make(noting.of, noting.n_codes, NULL);
		status = gpq_alloc(facts->budget, GPQ_TAG_CONVERT, count * sizeof(*runs), &runs, err);
	}
	if (status == GPQ_OK) {
		runs_make(noting.of, noting.n_codes, runs);
		*out = runs;
		*out_count = count;
	}
	gpq_free(facts->budget, GPQ_TAG_CONVERT, noting.of, bytes);
	return status;
}

/* ---- of a dataset ---- */

enum gpq_status gpq_presence_init(struct gpq_presence *presence, struct gpq_budget *budget,
                                  const struct gpq_dataset_run *run, struct gpq_error *err)
{
	static const struct gpq_presence_dates none = { INT32_MAX, INT32_MIN };
	*presence = (struct gpq_presence){ .run = run, .all = none };
	uint32_t n_codes = gpq_locations_count(run->locations);
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, n_codes * sizeof(none), &presence->of, err));
	presence->budget = budget;
	presence->n_codes = n_codes;
	for (uint32_t code = 0; code < n_codes; code++)
		presence->of[code] = none;
	return GPQ_OK;
}

void gpq_presence_done(struct gpq_presence *presence)
{
	if (!presence->budget)
		return;
	gpq_free(presence->budget, GPQ_TAG_CONVERT, presence->of, presence->n_codes * sizeof(presence->of[0]));
	memset(presence, 0, sizeof(*presence));
}

static void dates_join(struct gpq_presence_dates *dates, const struct gpq_presence_dates *more)
{
	dates->first = more->first < dates->first ? more->first : dates->first;
	dates->last = more->last > dates->last ? more->last : dates->last;
}

void gpq_presence_add(struct gpq_presence *presence, int32_t first_day, const struct gpq_presence_run *runs,
                      uint32_t count, uint32_t *next)
{
	for (uint32_t i = 0; i < count; i++) {
		struct gpq_presence_dates dates = { first_day + runs[i].first, first_day + runs[i].last };
		uint32_t end = *next + runs[i].codes;
		if (runs[i].first <= runs[i].last) {
			dates_join(&presence->all, &dates);
			for (uint32_t code = *next; code < end; code++)
				dates_join(&presence->of[code], &dates);
		}
		*next = end;
	}
}

/* ---- changes ---- */

/* By the key's texts, then by the others, so that codes of one location follow one another and the first is the same in
 * each run. */
static int compare_keys(const struct gpq_presence *presence, uint32_t a, uint32_t b)
{
	const struct gpq_location *x = gpq_locations_view(presence->run->locations, a);
	const struct gpq_location *y = gpq_locations_view(presence->run->locations, b);
	int order = 0;
	for (int k = 0; k < GPQ_LOCATION_TEXTS && !order; k++)
		if (presence->run->dataset->key_texts >> k & 1)
			order = gpq_text_compare(x->text[k], y->text[k]);
	return order;
}

static int compare_codes(const void *a, const void *b, void *context)
{
	const struct gpq_presence *presence = context;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	int order = compare_keys(presence, left, right);
	const struct gpq_location *x = gpq_locations_view(presence->run->locations, left);
	const struct gpq_location *y = gpq_locations_view(presence->run->locations, right);
	for (int k = 0; k < GPQ_LOCATION_TEXTS && !order; k++)
		order = gpq_text_compare(x->text[k], y->text[k]);
	return order;
}

static void location_take(const struct gpq_presence *presence, uint32_t code, const struct gpq_presence_dates *dates,
                          struct gpq_presence_changes *out)
{
	out->locations++;
	if (dates->first > presence->all.first) {
		if (out->appeared++ < GPQ_PRESENCE_NAMED)
			out->named_appeared[out->n_named_appeared++] = (struct gpq_presence_change){ code, dates->first };
	}
	if (dates->last < presence->all.last) {
		if (out->vanished++ < GPQ_PRESENCE_NAMED)
			out->named_vanished[out->n_named_vanished++] = (struct gpq_presence_change){ code, dates->last };
	}
}

enum gpq_status gpq_presence_changes(const struct gpq_presence *presence, struct gpq_presence_changes *out,
                                     struct gpq_error *err)
{
	uint32_t *codes = NULL, n = 0;
	size_t bytes = presence->n_codes * sizeof(*codes);
	memset(out, 0, sizeof(*out));
	GPQ_TRY(gpq_alloc(presence->budget, GPQ_TAG_CONVERT, bytes, &codes, err));
	for (uint32_t code = 0; code < presence->n_codes; code++)
		if (presence->of[code].first <= presence->of[code].last)
			codes[n++] = code;
	if (n)
		qsort_r(codes, n, sizeof(*codes), compare_codes, (void *)(uintptr_t)presence);
	for (uint32_t i = 0, end; i < n; i = end) {
		struct gpq_presence_dates dates = presence->of[codes[i]];
		for (end = i + 1; end < n && compare_keys(presence, codes[i], codes[end]) == 0; end++)
			dates_join(&dates, &presence->of[codes[end]]);
		location_take(presence, codes[i], &dates, out);
	}
	gpq_free(presence->budget, GPQ_TAG_CONVERT, codes, bytes);
	return GPQ_OK;
}
