// SPDX-License-Identifier: MIT
#include "sort/tally.h"

#define FAILED    ((uint32_t)1 << 31)
#define FIRST_CAP 16

static size_t tallies_bytes(uint32_t cap)
{
	return (sizeof(struct gpq_tally) + 2 * sizeof(uint32_t)) * (size_t)cap;
}

size_t gpq_tallies_need(uint32_t n_inputs)
{
	uint32_t cap = FIRST_CAP;
	while (cap < n_inputs)
		cap *= 2;
	/* the last doubling holds both; each allocation is charged in whole pages at most */
	return tallies_bytes(cap) + (cap > FIRST_CAP ? tallies_bytes(cap / 2) : 0) + 2 * 4096;
}

void gpq_tallies_init(struct gpq_tallies *tallies, struct gpq_budget *budget, const struct gpq_sort_rules *rules)
{
	*tallies = (struct gpq_tallies){ .budget = budget, .rules = rules };
}

void gpq_tallies_done(struct gpq_tallies *tallies)
{
	gpq_free(tallies->budget, GPQ_TAG_SORT, tallies->items, tallies_bytes(tallies->cap));
	*tallies = (struct gpq_tallies){ .budget = tallies->budget };
}

/* The slot of 'input', or the free one where it belongs. Fibonacci hashing; the table is at most half full. */
static uint32_t *slot_of(const struct gpq_tally *items, uint32_t *slots, uint32_t cap, uint32_t input)
{
	uint32_t mask = 2 * cap - 1;
	uint32_t at = (uint32_t)(((uint64_t)input * UINT64_C(0x9E3779B97F4A7C15)) >> 33) & mask;
	while (slots[at] && items[(slots[at] & ~FAILED) - 1].input != input)
		at = (at + 1) & mask;
	return &slots[at];
}

static enum gpq_status tallies_grow(struct gpq_tallies *tallies, struct gpq_error *err)
{
	uint32_t cap = tallies->cap ? 2 * tallies->cap : FIRST_CAP;
	struct gpq_tally *items = NULL;
	GPQ_TRY(gpq_alloc_zero(tallies->budget, GPQ_TAG_SORT, tallies_bytes(cap), &items, err));
	uint32_t *slots = (uint32_t *)(void *)(items + cap);
	if (tallies->n)
		memcpy(items, tallies->items, tallies->n * sizeof(*items));
	for (uint32_t i = 0; i < 2 * tallies->cap; i++) {
		uint32_t item = tallies->slots[i];
		if (item)
			*slot_of(items, slots, cap, items[(item & ~FAILED) - 1].input) = item;
	}
	gpq_free(tallies->budget, GPQ_TAG_SORT, tallies->items, tallies_bytes(tallies->cap));
	tallies->items = items;
	tallies->slots = slots;
	tallies->cap = cap;
	return GPQ_OK;
}

enum gpq_status gpq_tallies_search(struct gpq_tallies *tallies, uint32_t input, struct gpq_error *err)
{
	uint32_t *slot = tallies->cap ? slot_of(tallies->items, tallies->slots, tallies->cap, input) : NULL;
	if (!slot || !*slot) {
		if (tallies->n == tallies->cap)
			GPQ_TRY(tallies_grow(tallies, err));
		slot = slot_of(tallies->items, tallies->slots, tallies->cap, input);
		const struct gpq_sort_rules *rules = tallies->rules;
		bool failed = rules->input_dropped && rules->input_dropped(rules->context, input);
		tallies->items[tallies->n] = (struct gpq_tally){ .input = input };
		*slot = ++tallies->n | (failed ? FAILED : 0);
		tallies->any_failed |= failed;
	}
	tallies->last_input = input;
	tallies->last_item = (*slot & ~FAILED) - 1;
	tallies->last_failed = *slot & FAILED;
	return GPQ_OK;
}

void gpq_tallies_finish(struct gpq_tallies *tallies)
{
	/* Shell sort in place; inputs mostly come in order */
	for (uint32_t gap = tallies->n / 2; gap > 0; gap /= 2) {
		for (uint32_t i = gap; i < tallies->n; i++) {
			struct gpq_tally item = tallies->items[i];
			uint32_t at = i;
			for (; at >= gap && tallies->items[at - gap].input > item.input; at -= gap)
				tallies->items[at] = tallies->items[at - gap];
			tallies->items[at] = item;
		}
	}
}
