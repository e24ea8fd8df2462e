// SPDX-License-Identifier: MIT
#include "sort/gathered.h"

enum gpq_status gpq_block_open(struct gpq_budget *budget, struct gpq_slabs *slabs, const struct gpq_sort_rules *rules,
			       struct gpq_block **out, struct gpq_error *err)
{
	struct gpq_block *block = NULL;
	if (rules->n_cells > GPQ_MAX_CELLS)
		return gpq_fail(err, GPQ_E_BUG, "a row has %u cells, at most %u", rules->n_cells,
				(unsigned)GPQ_MAX_CELLS);
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_SORT, sizeof(*block), &block, err));
	block->budget = budget;
	block->slabs = slabs;
	block->rules = *rules;
	block->columns = gpq_slab_columns(rules->n_cells);
	*out = block;
	return GPQ_OK;
}

void gpq_block_close(struct gpq_block *block)
{
	if (!block)
		return;
	gpq_block_empty(block);
	gpq_free(block->budget, GPQ_TAG_SORT, block, sizeof(*block));
}

void gpq_block_empty(struct gpq_block *block)
{
	gpq_slabs_give(block->slabs, block->first);
	block->first = block->last = NULL;
	block->n_slabs = 0;
	block->slab_rows = 0;
}

/* Column after column, so that each copy is one stretch of memory. */
static void rows_copy(const struct gpq_columns *columns, struct gpq_slab *slab, const struct gpq_batch *batch,
		      uint32_t from, uint32_t n)
{
	uint8_t *base = (uint8_t *)slab;
	size_t to = slab->rows;
	memcpy(gpq_columns_start(columns, base) + to, batch->start_s + from, 4 * (size_t)n);
	memcpy(gpq_columns_location(columns, base) + to, batch->location + from, 4 * (size_t)n);
	memcpy(gpq_columns_version(columns, base) + to, batch->version + from, 4 * (size_t)n);
	memcpy(gpq_columns_origin(columns, base) + to, batch->origin + from, 8 * (size_t)n);
	for (uint32_t k = 0; k < columns->n_cells; k++)
		memcpy(gpq_columns_cell(columns, base, k) + to, batch->cell[k] + from, 8 * (size_t)n);
	slab->rows += n;
}

enum gpq_status gpq_block_push(struct gpq_block *block, const struct gpq_batch *batch, uint32_t from, uint32_t count,
			       uint32_t *out_pushed, struct gpq_error *err)
{
	uint32_t pushed = 0;
	if (batch->n_cells != block->rules.n_cells)
		return gpq_fail(err, GPQ_E_BUG, "rows of %u cells for a block of %u", batch->n_cells,
				block->rules.n_cells);
	while (pushed < count) {
		if (!block->last || block->last->rows == block->columns.cap_rows) {
			struct gpq_slab *slab = NULL;
			enum gpq_status status = gpq_slabs_take(block->slabs, &slab, err);
			if (status != GPQ_OK && pushed == 0)
				return status;
			if (status != GPQ_OK || !slab)
				break; /* what is in is said first; the next call meets the reason again */
			*(block->last ? &block->last->next : &block->first) = slab;
			block->last = slab;
			block->n_slabs++;
		}
		uint32_t room = block->columns.cap_rows - block->last->rows;
		uint32_t n = count - pushed < room ? count - pushed : room;
		rows_copy(&block->columns, block->last, batch, from + pushed, n);
		pushed += n;
	}
	block->slab_rows += pushed;
	block->rows += pushed;
	*out_pushed = pushed;
	return GPQ_OK;
}

uint64_t gpq_block_rows(const struct gpq_block *block)
{
	return block->rows;
}

size_t gpq_block_slab_bytes(const struct gpq_block *block)
{
	return block->n_slabs * GPQ_SLAB_BYTES;
}

bool gpq_block_has_runs(const struct gpq_block *block)
{
	return block->runs.n_runs > 0;
}
