/*
 * sort/tally.h - what became of each input's rows, while a block is turned.
 *
 * Those asked for lately are at hand; all stand by input number in a stash, of which some may be in the spill file: a block may
 * be fed by any number of inputs.
 * Memory: gpq_tallies_need(), from the budget.
 */
#ifndef GPQ_SORT_TALLY_H
#define GPQ_SORT_TALLY_H

#include "io/stash.h"
#include "sort/block.h"

struct gpq_tally_item {
	struct gpq_tally tally;
	bool known, failed; /* the input was asked for; its rows are dropped, whatever becomes of it from then on */
};

#define GPQ_TALLIES_AT_HAND 256u

struct gpq_tallies {
	struct gpq_budget *budget;
	const struct gpq_sort_rules *rules;
	struct gpq_spill *spill;
	struct gpq_stash *stash;           /* NULL: none yet */
	struct gpq_tally_item *hand;       /* by the low bits of the input; NULL: none yet */
	uint32_t n;
	bool any_failed;
};

/* Borrows 'spill' until done. */
void gpq_tallies_init(struct gpq_tallies *tallies, struct gpq_budget *budget, const struct gpq_sort_rules *rules,
		      struct gpq_spill *spill);
void gpq_tallies_done(struct gpq_tallies *tallies);

/* What tallies take at most where inputs have numbers below 'n_inputs' and rules.tally_bytes are 'tally_bytes'. */
size_t gpq_tallies_need(uint32_t n_inputs, size_t tally_bytes);

/* gpq_tallies_search() gets the tally of an input to hand. */
GPQ_MUST_USE enum gpq_status gpq_tallies_search(struct gpq_tallies *tallies, uint32_t input, struct gpq_error *err);

/* The tally of an input, made where it is new, and whether its rows are dropped. Good until the next call. */
GPQ_MUST_USE static inline enum gpq_status gpq_tallies_at(struct gpq_tallies *tallies, uint32_t input,
							  struct gpq_tally **out, bool *out_failed,
							  struct gpq_error *err)
{
	uint32_t place = input % GPQ_TALLIES_AT_HAND;
	if (GPQ_UNLIKELY(!tallies->hand || !tallies->hand[place].known || tallies->hand[place].tally.input != input))
		GPQ_TRY(gpq_tallies_search(tallies, input, err));
	struct gpq_tally_item *item = &tallies->hand[place];
	*out = &item->tally;
	*out_failed = item->failed;
	return GPQ_OK;
}

/* gpq_tallies_finish() lays all of them down; afterwards they can only be read. */
GPQ_MUST_USE enum gpq_status gpq_tallies_finish(struct gpq_tallies *tallies, struct gpq_error *err);

/* The first tally of input '*at' or a later one, which '*at' is set behind; GPQ_END where there is none. */
GPQ_MUST_USE enum gpq_status gpq_tallies_next(const struct gpq_tallies *tallies, uint32_t *at, struct gpq_tally *out,
					      struct gpq_error *err);

#endif
