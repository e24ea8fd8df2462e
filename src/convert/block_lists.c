// SPDX-License-Identifier: MIT
#include "convert/block_lists.h"

#include <stdlib.h>

#define MICROS INT64_C(1000000)
#define DAY_S 86400
#define HOUR_S 3600
#define CROWDED_WORDS 64 /* beside a date for each day: hours of a day, intervals of an hour, offsets */

static int compare_words(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static const int64_t *word_find(const int64_t *words, uint32_t n, int64_t word)
{
	return bsearch(&word, words, n, sizeof(word), compare_words);
}

/* ---- times ---- */

int64_t gpq_block_time_word(const struct gpq_block_facts *facts, enum gpq_column_id id, uint32_t start_s)
{
	int64_t offset_s = gpq_zone_offset_s(facts->run->calendar.zone, start_s);
	int64_t local_s = start_s + offset_s;
	uint32_t minutes = facts->run->dataset->interval_minutes;
	switch (id) {
	case GPQ_COLUMN_DATETIME_UTC:
		return start_s * MICROS;
	case GPQ_COLUMN_INTERVAL_END_UTC:
		return ((int64_t)start_s + minutes * 60) * MICROS;
	case GPQ_COLUMN_DATETIME_LOCAL:
		return local_s * MICROS;
	case GPQ_COLUMN_UTC_OFFSET_MINUTES:
		return offset_s / 60;
	case GPQ_COLUMN_DELIVERY_DATE:
		return local_s / DAY_S;
	case GPQ_COLUMN_DELIVERY_HOUR:
		return local_s % DAY_S / HOUR_S + 1;
	case GPQ_COLUMN_DELIVERY_INTERVAL:
		return minutes == 60 ? 0 : local_s % HOUR_S / (minutes * 60) + 1;
	default:
		return minutes;
	}
}

static uint32_t words_distinct(int64_t *words, uint32_t n)
{
	qsort(words, n, sizeof(words[0]), compare_words);
	uint32_t distinct = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!i || words[i] != words[distinct - 1])
			words[distinct++] = words[i];
	return distinct;
}

/* From each place on: the codes that rise by one, or are equal, as long as they do. Places without rows lie between no
 * two rows that follow one another. */
static void places_stretch(struct gpq_code_stretch *by_place, uint32_t n)
{
	by_place[n - 1].rows = 1;
	for (uint32_t place = n - 1; place-- > 0;) {
		struct gpq_code_stretch *here = &by_place[place];
		const struct gpq_code_stretch *next = here + 1;
		uint32_t step = next->code - here->code;
		here->rows = 1;
		if (step > 1)
			continue;
		here->step = step;
		here->rows = next->rows == 1 || next->step != step ? 2 : next->rows + 1;
	}
}

size_t gpq_time_list_need(uint32_t slots)
{
	return (size_t)slots * (sizeof(int64_t) + sizeof(struct gpq_code_stretch));
}

/* Takes the memory; what is in the list is no list yet. */
static enum gpq_status list_take(struct gpq_time_list *list, const struct gpq_block_facts *facts, struct gpq_error *err)
{
	*list = (struct gpq_time_list){ .room_words = facts->n_starts, .room_places = facts->n_slots };
	GPQ_TRY(gpq_alloc(facts->budget, GPQ_TAG_CONVERT, list->room_words * sizeof(int64_t), &list->words, err));
	return gpq_alloc_zero(facts->budget, GPQ_TAG_CONVERT, list->room_places * sizeof(list->by_place[0]), &list->by_place,
	                      err);
}

bool gpq_time_is_stamp(enum gpq_column_id id)
{
	return id == GPQ_COLUMN_DATETIME_UTC || id == GPQ_COLUMN_INTERVAL_END_UTC || id == GPQ_COLUMN_DATETIME_LOCAL;
}

/* Of a crowded block: dates, hours, intervals of an hour, offsets, of which there are few. */
static enum gpq_status crowded_list(struct gpq_time_list *list, const struct gpq_block_facts *facts, enum gpq_column_id id,
                                    struct gpq_error *err)
{
	uint32_t walk = 0, start_s = 0;
	int64_t last = INT64_MIN;
	*list = (struct gpq_time_list){ .room_words = (uint32_t)(facts->span.end_day - facts->span.first_day) + CROWDED_WORDS };
	GPQ_TRY(gpq_alloc(facts->budget, GPQ_TAG_CONVERT, list->room_words * sizeof(int64_t), &list->words, err));
	while (gpq_block_start_next(facts, &walk, &start_s)) {
		int64_t word = gpq_block_time_word(facts, id, start_s);
		if (word == last || word_find(list->words, list->n_words, last = word))
			continue;
		if (list->n_words == list->room_words)
			return gpq_fail(err, GPQ_E_BUG, "a block of %d days has more than %u dates, hours or offsets",
			                facts->span.end_day - facts->span.first_day, list->room_words);
		uint32_t at = list->n_words++;
		for (; at && list->words[at - 1] > word; at--)
			list->words[at] = list->words[at - 1];
		list->words[at] = word;
	}
	return GPQ_OK;
}

enum gpq_status gpq_time_list_init(struct gpq_time_list *list, const struct gpq_block_facts *facts, enum gpq_column_id id,
                                   struct gpq_error *err)
{
	enum gpq_status status = facts->crowded ? crowded_list(list, facts, id, err) : list_take(list, facts, err);
	if (status != GPQ_OK)
		gpq_time_list_done(list, facts->budget);
	if (status != GPQ_OK || facts->crowded)
		return status;
	for (uint32_t i = 0; i < facts->n_starts; i++)
		list->words[i] = gpq_block_time_word(facts, id, facts->start_s[i]);
	list->n_words = words_distinct(list->words, facts->n_starts);
	for (uint32_t i = 0; i < facts->n_starts; i++) {
		uint32_t place = gpq_block_place_of(facts, facts->start_s[i]);
		list->by_place[place].code = gpq_time_list_code(list, gpq_block_time_word(facts, id, facts->start_s[i]));
	}
	places_stretch(list->by_place, facts->n_slots);
	return GPQ_OK;
}

uint32_t gpq_time_list_code(const struct gpq_time_list *list, int64_t word)
{
	return (uint32_t)(word_find(list->words, list->n_words, word) - list->words);
}

void gpq_time_list_done(struct gpq_time_list *list, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_CONVERT, list->words, list->room_words * sizeof(int64_t));
	gpq_free(budget, GPQ_TAG_CONVERT, list->by_place, list->room_places * sizeof(list->by_place[0]));
	*list = (struct gpq_time_list){ 0 };
}

/* ---- versions ---- */

bool gpq_version_list_init(struct gpq_version_list *list, const struct gpq_stretches *stretches)
{
	list->n_words = 0;
	for (uint32_t i = 0; i < stretches->count; i++) {
		int64_t version = (int32_t)stretches->value[i];
		if (version == GPQ_VERSION_NONE || word_find(list->words, list->n_words, version))
			continue;
		if (list->n_words == GPQ_VERSION_LIST_MAX)
			return false;
		uint32_t at = list->n_words++;
		for (; at && list->words[at - 1] > version; at--)
			list->words[at] = list->words[at - 1];
		list->words[at] = version;
	}
	return true;
}

uint32_t gpq_version_list_code(const struct gpq_version_list *list, int32_t version)
{
	const int64_t *found = word_find(list->words, list->n_words, version);
	return found ? (uint32_t)(found - list->words) : GPQ_CODE_NULL;
}
