// SPDX-License-Identifier: MIT
#include "convert/block_sources.h"

#include <string.h>

#define PLACE_BYTES sizeof(uint32_t) /* before each name's bytes */

size_t gpq_block_sources_need(uint32_t n_inputs, uint64_t name_bytes)
{
	return n_inputs * (2 * sizeof(uint32_t) + sizeof(uint8_t) + sizeof(struct gpq_text) + PLACE_BYTES) +
	       (size_t)name_bytes + 5 * (size_t)4096;
}

void gpq_block_sources_done(struct gpq_block_sources *sources)
{
	size_t n = sources->n_inputs;
	if (!sources->budget)
		return;
	gpq_free(sources->budget, GPQ_TAG_CONVERT, sources->inputs, n * sizeof(*sources->inputs));
	gpq_free(sources->budget, GPQ_TAG_CONVERT, sources->number, n * sizeof(*sources->number));
	gpq_free(sources->budget, GPQ_TAG_CONVERT, sources->finality, n * sizeof(*sources->finality));
	gpq_free(sources->budget, GPQ_TAG_CONVERT, sources->names, n * sizeof(*sources->names));
	gpq_free(sources->budget, GPQ_TAG_CONVERT, sources->bytes, sources->n_bytes);
	memset(sources, 0, sizeof(*sources));
}

/* Measures the names first, then takes them, each behind the place of its input. */
static enum gpq_status names_take(struct gpq_block_sources *sources, struct gpq_catalogue *catalogue, struct gpq_error *err)
{
	struct gpq_input_names names;
	struct gpq_input input;
	size_t len = 0;
	for (uint32_t i = 0; i < sources->n_inputs; i++) {
		GPQ_TRY(gpq_catalogue_get(catalogue, sources->inputs[i], &input, err));
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &names, err));
		sources->finality[i] = input.finality;
		len += PLACE_BYTES + gpq_input_name_write(names.name, NULL);
	}
	GPQ_TRY(gpq_alloc(sources->budget, GPQ_TAG_CONVERT, len, &sources->bytes, err));
	sources->n_bytes = len;
	char *at = sources->bytes;
	for (uint32_t i = 0; i < sources->n_inputs; i++) {
		GPQ_TRY(gpq_catalogue_get(catalogue, sources->inputs[i], &input, err));
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &names, err));
		memcpy(at, &i, PLACE_BYTES);
		at += PLACE_BYTES;
		sources->names[i] = (struct gpq_text){ at, (uint32_t)gpq_input_name_write(names.name, at) };
		at += sources->names[i].len;
	}
	return GPQ_OK;
}

static void heap_sift(struct gpq_text *names, uint32_t at, uint32_t n)
{
	for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && gpq_text_compare(names[child], names[child + 1]) < 0)
			child++;
		if (gpq_text_compare(names[at], names[child]) >= 0)
			return;
		struct gpq_text name = names[at];
		names[at] = names[child];
		names[child] = name;
	}
}

/* In place, since there may be as many as inputs. Files are mostly read in the order of their names. */
static void names_sort(struct gpq_text *names, uint32_t n)
{
	uint32_t ordered = 1;
	while (ordered < n && gpq_text_compare(names[ordered - 1], names[ordered]) <= 0)
		ordered++;
	if (ordered >= n)
		return;
	for (uint32_t i = n / 2; i > 0; i--)
		heap_sift(names, i - 1, n);
	for (uint32_t end = n - 1; end > 0; end--) {
		struct gpq_text name = names[0];
		names[0] = names[end];
		names[end] = name;
		heap_sift(names, 0, end);
	}
}

/* Leaves each name once, and tells the inputs which is theirs. */
static void names_number(struct gpq_block_sources *sources)
{
	struct gpq_text *names = sources->names;
	uint32_t place = 0;
	names_sort(names, sources->n_inputs);
	for (uint32_t i = 0; i < sources->n_inputs; i++) {
		struct gpq_text name = names[i];
		if (!sources->n_names || !gpq_text_equal(name, names[sources->n_names - 1]))
			names[sources->n_names++] = name;
		memcpy(&place, name.bytes - PLACE_BYTES, PLACE_BYTES);
		sources->number[place] = sources->n_names - 1;
	}
}

static enum gpq_status sources_take(struct gpq_block_sources *sources, struct gpq_catalogue *catalogue,
                                    const struct gpq_turned *turned, struct gpq_error *err)
{
	struct gpq_budget *budget = sources->budget;
	size_t n = sources->n_inputs;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, n * sizeof(*sources->inputs), &sources->inputs, err));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, n * sizeof(*sources->number), &sources->number, err));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, n * sizeof(*sources->finality), &sources->finality, err));
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, n * sizeof(*sources->names), &sources->names, err));
	struct gpq_tally tally;
	uint32_t input = 0;
	for (uint32_t i = 0; i < n; i++) {
		enum gpq_status status = gpq_turned_tally_next(turned, &input, &tally, err);
		if (status == GPQ_END)
			return gpq_fail(err, GPQ_E_BUG, "a block has fewer inputs than it says");
		GPQ_TRY(status);
		sources->inputs[i] = tally.input;
	}
	GPQ_TRY(names_take(sources, catalogue, err));
	names_number(sources);
	return GPQ_OK;
}

enum gpq_status gpq_block_sources_init(struct gpq_block_sources *sources, struct gpq_budget *budget,
                                       struct gpq_catalogue *catalogue, const struct gpq_turned *turned,
                                       struct gpq_error *err)
{
	*sources = (struct gpq_block_sources){ .budget = budget, .n_inputs = gpq_turned_inputs(turned) };
	enum gpq_status status = sources_take(sources, catalogue, turned, err);
	if (status != GPQ_OK)
		gpq_block_sources_done(sources);
	return status;
}
