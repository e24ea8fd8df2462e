/*
 * sort/tally.h - what became of each input's rows, while a block is turned.
 * Memory: doubles with the number of inputs, from the budget: gpq_turned_need(inputs) bounds it.
 */
#ifndef GPQ_SORT_TALLY_H
#define GPQ_SORT_TALLY_H

#include "sort/block.h"

struct gpq_tallies {
	struct gpq_budget *budget;
	const struct gpq_sort_rules *rules;
	struct gpq_tally *items;
	uint32_t *slots; /* hash table of 2 * cap: item + 1, and FAILED */
	uint32_t n, cap;
	bool any_failed;
	/* the input asked for last */
	uint32_t last_input, last_item;
	bool last_failed;
};

void gpq_tallies_init(struct gpq_tallies *tallies, struct gpq_budget *budget, const struct gpq_sort_rules *rules);
void gpq_tallies_done(struct gpq_tallies *tallies);

/* Bytes that tallies of 'n_inputs' take at most while they grow. */
size_t gpq_tallies_need(uint32_t n_inputs);

GPQ_MUST_USE enum gpq_status gpq_tallies_search(struct gpq_tallies *tallies, uint32_t input, struct gpq_error *err);

/* The tally of an input, made where it is new, and whether its rows are dropped. Good until the next call. */
GPQ_MUST_USE static inline enum gpq_status gpq_tallies_at(struct gpq_tallies *tallies, uint32_t input,
							  struct gpq_tally **out, bool *out_failed,
							  struct gpq_error *err)
{
	if (GPQ_UNLIKELY(input != tallies->last_input || tallies->n == 0))
		GPQ_TRY(gpq_tallies_search(tallies, input, err));
	*out = &tallies->items[tallies->last_item];
	*out_failed = tallies->last_failed;
	return GPQ_OK;
}

/* Orders the tallies by input; afterwards they can only be read. */
void gpq_tallies_finish(struct gpq_tallies *tallies);

#endif
