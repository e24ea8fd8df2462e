// SPDX-License-Identifier: MIT
#include "convert/location_lists.h"

#include "table/cell.h"

#include <stdlib.h>
#include <string.h>

void gpq_location_lists_done(struct gpq_location_lists *lists)
{
	if (!lists->budget)
		return;
	for (int list = 0; list <= GPQ_LIST_STANDARD; list++)
		gpq_free(lists->budget, GPQ_TAG_CONVERT, lists->texts[list], lists->count * sizeof(struct gpq_text));
	gpq_free(lists->budget, GPQ_TAG_CONVERT, lists->voltages, lists->count * sizeof(int64_t));
	for (int list = 0; list < GPQ_N_LOCATION_LISTS; list++)
		gpq_free(lists->budget, GPQ_TAG_CONVERT, lists->number[list], lists->count * sizeof(uint32_t));
	memset(lists, 0, sizeof(*lists));
}

static enum gpq_status lists_take(struct gpq_location_lists *lists, struct gpq_budget *budget, uint32_t count,
                                  struct gpq_error *err)
{
	lists->budget = budget;
	lists->count = count;
	for (int list = 0; list <= GPQ_LIST_STANDARD; list++)
		GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, count * sizeof(struct gpq_text), &lists->texts[list], err));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, count * sizeof(int64_t), &lists->voltages, err));
	for (int list = 0; list < GPQ_N_LOCATION_LISTS; list++)
		GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, count * sizeof(uint32_t), &lists->number[list], err));
	return GPQ_OK;
}

static struct gpq_text list_text(const struct gpq_location *location, int list, const struct gpq_market *market)
{
	if (list == GPQ_LIST_TEXT0)
		return gpq_location_lead(location);
	if (list < GPQ_LIST_STANDARD)
		return location->text[list];
	if (!market || !location->text[GPQ_TEXT_PRODUCT].bytes)
		return (struct gpq_text){ NULL, 0 };
	return gpq_text_of(gpq_market_product_standard(market, location->text[GPQ_TEXT_PRODUCT]));
}

static int compare_texts(const void *a, const void *b)
{
	return gpq_text_compare(*(const struct gpq_text *)a, *(const struct gpq_text *)b);
}

static int compare_voltages(const void *a, const void *b)
{
	double x = gpq_cell_to_double(*(const int64_t *)a, GPQ_VOLTAGE_SCALE);
	double y = gpq_cell_to_double(*(const int64_t *)b, GPQ_VOLTAGE_SCALE);
	return (x > y) - (x < y);
}

static void texts_number(struct gpq_location_lists *lists, int list, const struct gpq_locations *locations,
                         const struct gpq_market *market)
{
	struct gpq_text *texts = lists->texts[list];
	uint32_t n = 0;
	for (uint32_t code = 0; code < lists->count; code++) {
		struct gpq_text text = list_text(gpq_locations_view(locations, code), list, market);
		if (text.bytes)
			texts[n++] = text;
	}
	qsort(texts, n, sizeof(texts[0]), compare_texts);
	uint32_t distinct = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!i || !gpq_text_equal(texts[i], texts[distinct - 1]))
			texts[distinct++] = texts[i];
	lists->n_values[list] = distinct;
	for (uint32_t code = 0; code < lists->count; code++) {
		struct gpq_text text = list_text(gpq_locations_view(locations, code), list, market);
		const struct gpq_text *found =
			text.bytes ? bsearch(&text, texts, distinct, sizeof(texts[0]), compare_texts) : NULL;
		lists->number[list][code] = found ? (uint32_t)(found - texts) : GPQ_CODE_NULL;
	}
}

static void voltages_number(struct gpq_location_lists *lists, const struct gpq_locations *locations)
{
	int64_t *words = lists->voltages;
	uint32_t n = 0;
	for (uint32_t code = 0; code < lists->count; code++) {
		int64_t voltage = gpq_locations_view(locations, code)->voltage_kv;
		if (voltage != GPQ_CELL_NULL)
			words[n++] = voltage;
	}
	qsort(words, n, sizeof(words[0]), compare_voltages);
	uint32_t distinct = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!i || words[i] != words[distinct - 1])
			words[distinct++] = words[i];
	lists->n_values[GPQ_LIST_VOLTAGE] = distinct;
	for (uint32_t code = 0; code < lists->count; code++) {
		int64_t voltage = gpq_locations_view(locations, code)->voltage_kv;
		const int64_t *found = voltage == GPQ_CELL_NULL ? NULL
		                                                : bsearch(&voltage, words, distinct, sizeof(words[0]), compare_voltages);
		lists->number[GPQ_LIST_VOLTAGE][code] = found ? (uint32_t)(found - words) : GPQ_CODE_NULL;
	}
}

enum gpq_status gpq_location_lists_update(struct gpq_location_lists *lists, struct gpq_budget *budget,
                                          const struct gpq_locations *locations, const struct gpq_market *market,
                                          struct gpq_error *err)
{
	uint32_t count = gpq_locations_count(locations);
	if (lists->count == count && lists->market == market)
		return GPQ_OK;
	gpq_location_lists_done(lists);
	enum gpq_status status = lists_take(lists, budget, count, err);
	if (status != GPQ_OK) {
		gpq_location_lists_done(lists);
		return status;
	}
	lists->market = market;
	for (int list = 0; list <= GPQ_LIST_STANDARD; list++)
		texts_number(lists, list, locations, market);
	voltages_number(lists, locations);
	return GPQ_OK;
}
