// SPDX-License-Identifier: MIT
#include "sort/tally.h"

#include <string.h>

#define HAND_BYTES  (GPQ_TALLIES_AT_HAND * sizeof(struct gpq_tally_item))
#define ITEM_BYTES  sizeof(struct gpq_tally_item)

static size_t stash_bytes(size_t tally_bytes)
{
	return tally_bytes > GPQ_TALLIES_LEAST_BYTES ? tally_bytes : GPQ_TALLIES_LEAST_BYTES;
}

size_t gpq_tallies_need(uint32_t n_inputs, size_t tally_bytes)
{
	return HAND_BYTES + 4096 + gpq_stash_need((uint64_t)n_inputs * ITEM_BYTES, stash_bytes(tally_bytes));
}

void gpq_tallies_init(struct gpq_tallies *tallies, struct gpq_budget *budget, const struct gpq_sort_rules *rules,
		      struct gpq_spill *spill)
{
	*tallies = (struct gpq_tallies){ .budget = budget, .rules = rules, .spill = spill };
}

void gpq_tallies_done(struct gpq_tallies *tallies)
{
	gpq_stash_close(tallies->stash);
	gpq_free(tallies->budget, GPQ_TAG_SORT, tallies->hand, HAND_BYTES);
	*tallies = (struct gpq_tallies){ .budget = tallies->budget };
}

static enum gpq_status item_lay(struct gpq_tallies *tallies, const struct gpq_tally_item *item, struct gpq_error *err)
{
	uint64_t at = (uint64_t)item->tally.input * ITEM_BYTES;
	if (!item->known)
		return GPQ_OK;
	GPQ_TRY(gpq_stash_extend(tallies->stash, at + ITEM_BYTES, err));
	return gpq_stash_write(tallies->stash, at, item, ITEM_BYTES, err);
}

static enum gpq_status item_take(struct gpq_tallies *tallies, uint32_t input, struct gpq_tally_item *out,
				 struct gpq_error *err)
{
	uint64_t at = (uint64_t)input * ITEM_BYTES;
	const struct gpq_sort_rules *rules = tallies->rules;
	struct gpq_tally_item item = { .known = false };
	if (at < gpq_stash_len(tallies->stash))
		GPQ_TRY(gpq_stash_read(tallies->stash, at, &item, ITEM_BYTES, err));
	if (!item.known) {
		item = (struct gpq_tally_item){ .tally = { .input = input }, .known = true };
		item.failed = rules->input_dropped && rules->input_dropped(rules->context, input);
		tallies->any_failed |= item.failed;
		tallies->n++;
	}
	*out = item;
	return GPQ_OK;
}

enum gpq_status gpq_tallies_search(struct gpq_tallies *tallies, uint32_t input, struct gpq_error *err)
{
	if (!tallies->hand)
		GPQ_TRY(gpq_alloc_zero(tallies->budget, GPQ_TAG_SORT, HAND_BYTES, &tallies->hand, err));
	if (!tallies->stash)
		GPQ_TRY(gpq_stash_open(tallies->budget, tallies->spill, stash_bytes(tallies->rules->tally_bytes), &tallies->stash,
				       err));
	struct gpq_tally_item *place = &tallies->hand[input % GPQ_TALLIES_AT_HAND];
	GPQ_TRY(item_lay(tallies, place, err));
	place->known = false;
	return item_take(tallies, input, place, err);
}

enum gpq_status gpq_tallies_finish(struct gpq_tallies *tallies, struct gpq_error *err)
{
	for (uint32_t i = 0; tallies->hand && i < GPQ_TALLIES_AT_HAND; i++)
		GPQ_TRY(item_lay(tallies, &tallies->hand[i], err));
	gpq_free(tallies->budget, GPQ_TAG_SORT, tallies->hand, HAND_BYTES);
	tallies->hand = NULL;
	return GPQ_OK;
}

enum gpq_status gpq_tallies_next(const struct gpq_tallies *tallies, uint32_t *at, struct gpq_tally *out,
				 struct gpq_error *err)
{
	struct gpq_tally_item item;
	uint64_t len = tallies->stash ? gpq_stash_len(tallies->stash) : 0;
	for (uint32_t input = *at; (uint64_t)input * ITEM_BYTES < len; input++) {
		/* An item that lies in two pages was written to both of them. */
		uint64_t from = (uint64_t)input * ITEM_BYTES, found = gpq_stash_find(tallies->stash, from);
		if (found == len)
			break;
		if (found > from)
			input = (uint32_t)(found / ITEM_BYTES);
		GPQ_TRY(gpq_stash_read(tallies->stash, (uint64_t)input * ITEM_BYTES, &item, ITEM_BYTES, err));
		if (!item.known)
			continue;
		*out = item.tally;
		*at = input + 1;
		return GPQ_OK;
	}
	return GPQ_END;
}
