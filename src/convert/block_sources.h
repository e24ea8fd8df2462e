/*
 * convert/block_sources.h - the inputs that a turned block has rows of: their names as they are written, and how final each is.
 * Memory: gpq_block_sources_need().      Threads: made by one, read by many.
 */
#ifndef GPQ_CONVERT_BLOCK_SOURCES_H
#define GPQ_CONVERT_BLOCK_SOURCES_H

#include "input/catalogue.h"
#include "sort/block.h"

struct gpq_block_sources {
	struct gpq_budget *budget;
	uint32_t n_inputs, n_names;
	uint32_t *inputs;       /* ascending. Owns, as all of these */
	uint32_t *number;       /* by place in 'inputs': of its name */
	uint8_t *finality;      /* likewise: enum gpq_finality */
	struct gpq_text *names; /* distinct, ascending */
	char *bytes;            /* of the names; before each, the place of its input */
	size_t n_bytes;
};

/* Most of a block that 'n_inputs' inputs fed, whose names have 'name_bytes'. */
size_t gpq_block_sources_need(uint32_t n_inputs, uint64_t name_bytes);

/* gpq_block_sources_init() takes the names of the inputs that fed a block. Errors: GPQ_E_BUDGET, those of the catalogue and of the
 * block's spill file. */
GPQ_MUST_USE enum gpq_status gpq_block_sources_init(struct gpq_block_sources *sources, struct gpq_budget *budget,
                                                    struct gpq_catalogue *catalogue, const struct gpq_turned *turned,
                                                    struct gpq_error *err);
void gpq_block_sources_done(struct gpq_block_sources *sources);

/* The place of an input, which is one of them. Those of a block mostly follow one another. */
static inline uint32_t gpq_block_source_place(const struct gpq_block_sources *sources, uint32_t input)
{
	uint32_t low = 0, high = sources->n_inputs - 1, guess = input - sources->inputs[0];
	if (guess <= high && sources->inputs[guess] == input)
		return guess;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (sources->inputs[middle] < input)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#endif
