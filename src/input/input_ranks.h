/*
 * input/input_ranks.h - which of a run's inputs are newer than which, and the names that their rows are known by.
 *
 * Newer means, after the version of a row: finality, publish stamp, base name, content (docs/RULES.md 21). The first three are
 * known before anything is read and make one number an input; the content is hashed only where they leave two alike.
 * Memory: gpq_inputs_need().      Threads: any.
 */
#ifndef GPQ_INPUT_INPUT_RANKS_H
#define GPQ_INPUT_INPUT_RANKS_H

#include "input/catalogue.h"

/* The file names of all inputs: distinct, ascending, and for each input the number of its name; and how final it is. */
struct gpq_source_names {
	struct gpq_text *names;
	uint32_t n_names;
	uint32_t *number;  /* by input */
	uint8_t *finality; /* by input: enum gpq_finality */
};

/* What the lists of both calls and their making take, for 'count' inputs. */
size_t gpq_inputs_need(uint32_t count);

/* gpq_inputs_rank() numbers inputs by finality, publish stamp and base name: the greater number is newer. 'out' has one
 * an input. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_inputs_rank(const struct gpq_catalogue *catalogue, struct gpq_budget *budget,
                                             uint32_t *out, struct gpq_error *err);

/* gpq_inputs_name() lists the names of all inputs, as they are written, and how final each is; 'out' has room for one an input. Borrows from the
 * catalogue. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_inputs_name(struct gpq_catalogue *catalogue, struct gpq_budget *budget,
                                             struct gpq_source_names *out, struct gpq_error *err);

/*
 * gpq_input_content_hash() reads an input to its end for the hash of its content; zero of one that is damaged: it will fail
 * as an input, and what it fed is built again without it.
 * Errors: those of gpq_member_source_open(). Takes a source and, of a member, an opener's readers from the budget.
 */
GPQ_MUST_USE enum gpq_status gpq_input_content_hash(struct gpq_budget *budget, const struct gpq_input *input,
                                                    struct gpq_hash *out, struct gpq_error *err);

#endif
