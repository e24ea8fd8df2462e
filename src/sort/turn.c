// SPDX-License-Identifier: MIT
#include "sort/gathered.h"

enum gpq_status gpq_block_view(const struct gpq_block *block, struct gpq_sort_scratch *scratch,
			       struct gpq_slab_rows *out, struct gpq_error *err)
{
	GPQ_TRY(gpq_sort_scratch_check(scratch, block->slab_rows, block->rules.n_cells, err));
	*out = (struct gpq_slab_rows){ .slab = scratch->slabs, .layouts = block->layouts };
	if (block->n_slabs > scratch->cap_slabs)
		return gpq_fail(err, GPQ_E_BUG, "%u slabs hold %llu rows", block->n_slabs,
				(unsigned long long)block->slab_rows);
	for (struct gpq_slab *slab = block->first; slab; slab = slab->next)
		scratch->slabs[out->n_slabs++] = slab;
	return GPQ_OK;
}

static enum gpq_status block_turn(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
				  struct gpq_turned *turned, struct gpq_error *err)
{
	bool done = false;
	if (!gpq_block_has_runs(block) && block->n_strips == 0)
		return gpq_block_turn_slabs(block, spill, scratch, turned, err);
	if (!gpq_block_has_runs(block) && block->n_slabs == 0)
		GPQ_TRY(gpq_block_turn_strips(block, spill, scratch, turned, &done, err));
	return done ? GPQ_OK : gpq_block_turn_runs(block, spill, scratch, turned, err);
}

enum gpq_status gpq_block_turn(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
			       struct gpq_turned **out, struct gpq_error *err)
{
	struct gpq_turned *turned = NULL;
	GPQ_TRY(gpq_alloc_zero(block->budget, GPQ_TAG_SORT, sizeof(*turned), &turned, err));
	turned->budget = block->budget;
	turned->n_cells = block->rules.n_cells;
	gpq_tallies_init(&turned->tallies, block->budget, &block->rules, spill);
	enum gpq_status status = block_turn(block, spill, scratch, turned, err);
	if (status == GPQ_OK)
		status = gpq_tallies_finish(&turned->tallies, err);
	if (status != GPQ_OK) {
		gpq_turned_close(turned);
		return status;
	}
	*out = turned;
	return GPQ_OK;
}
