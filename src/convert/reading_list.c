// SPDX-License-Identifier: MIT
#include "convert/reading_list.h"

bool gpq_reading_list_holds(const struct gpq_feed_range *range, const struct gpq_market *market, enum gpq_table_id table)
{
	const struct gpq_input any = { .feed_number = range->feed_number };
	const struct gpq_feed *feed = gpq_input_feed(&any);
	return feed && feed->outputs[0] && feed->outputs[0]->table == table && gpq_input_market(&any) == market;
}

/* To the stage's first input from list->number on; past the last one where there is none. */
static void range_find(struct gpq_reading_list *list)
{
	const struct gpq_catalogue *catalogue = list->catalogue;
	for (; list->range < catalogue->n_ranges; list->range++) {
		const struct gpq_feed_range *range = &catalogue->ranges[list->range];
		if (list->number >= range->end || !gpq_reading_list_holds(range, list->market, list->table))
			continue;
		list->number = list->number > range->begin ? list->number : range->begin;
		return;
	}
	list->number = catalogue->count;
}

/* Goes on to the next input of the pass, from list->number on. */
static enum gpq_status next_find(struct gpq_reading_list *list, struct gpq_error *err)
{
	for (; list->left; list->number++) {
		range_find(list);
		if (list->number == list->catalogue->count)
			return gpq_fail(err, GPQ_E_BUG, "%u inputs are still to be read and not there", list->left);
		GPQ_TRY(gpq_catalogue_get(list->catalogue, list->number, &list->input, err));
		if (list->again ? list->input.again : list->input.state == GPQ_INPUT_FOUND)
			return GPQ_OK;
	}
	return GPQ_OK;
}

enum gpq_status gpq_reading_list_begin(struct gpq_reading_list *list, struct gpq_catalogue *catalogue,
                                       const struct gpq_market *market, enum gpq_table_id table, bool again, uint32_t count,
                                       struct gpq_error *err)
{
	*list = (struct gpq_reading_list){ .catalogue = catalogue, .market = market, .table = table, .again = again, .left = count };
	return next_find(list, err);
}

enum gpq_status gpq_reading_list_take(struct gpq_reading_list *list, uint32_t *out_number, struct gpq_input *out,
                                      struct gpq_error *err)
{
	uint32_t number = list->number;
	struct gpq_input input = list->input;
	list->left--;
	list->number++;
	GPQ_TRY(next_find(list, err));
	*out_number = number;
	*out = input;
	return GPQ_OK;
}

static bool feeds(uint16_t feed_number, const struct gpq_dataset *dataset)
{
	const struct gpq_feed *feed = gpq_input_feed(&(struct gpq_input){ .feed_number = feed_number });
	for (int o = 0; feed && o < 2 && feed->outputs[o]; o++)
		if (feed->outputs[o] == dataset)
			return true;
	return false;
}

int64_t gpq_reading_list_first_s(const struct gpq_reading_list *list, const struct gpq_dataset *dataset)
{
	int64_t least = INT64_MAX;
	const struct gpq_catalogue *catalogue = list->catalogue;
	for (uint32_t r = 0; list->left && r < catalogue->n_ranges; r++) {
		const struct gpq_feed_range *range = &catalogue->ranges[r];
		if (range->end <= list->number || !range->found || !feeds(range->feed_number, dataset))
			continue;
		/* In reading order the first of a feed is its earliest. */
		int64_t first_s = range->begin <= list->number ? list->input.seems_first_s : range->first_s;
		least = first_s < least ? first_s : least;
	}
	return least;
}
