// SPDX-License-Identifier: MIT
#include "table/batch.h"

#include <assert.h>

#define ARRAY_ALIGN_BYTES 64 /* a cache line, and the widest vector */

static size_t array_bytes(uint32_t cap_rows, size_t item_bytes)
{
	return ((size_t)cap_rows * item_bytes + ARRAY_ALIGN_BYTES - 1) & ~(size_t)(ARRAY_ALIGN_BYTES - 1);
}

size_t gpq_batch_need(uint32_t cap_rows, uint32_t n_cells)
{
	return 3 * array_bytes(cap_rows, sizeof(uint32_t)) + array_bytes(cap_rows, sizeof(uint64_t)) +
	       n_cells * array_bytes(cap_rows, sizeof(int64_t));
}

enum gpq_status gpq_batch_init(struct gpq_batch *batch, struct gpq_budget *budget, enum gpq_tag tag, uint32_t cap_rows,
			       uint32_t n_cells, struct gpq_error *err)
{
	assert(n_cells <= GPQ_MAX_CELLS);
	struct gpq_batch made = { .cap_rows = cap_rows, .n_cells = n_cells };
	made.memory_bytes = gpq_batch_need(cap_rows, n_cells);
	GPQ_TRY(gpq_alloc(budget, tag, made.memory_bytes, &made.memory, err));

	uint8_t *at = made.memory;
	made.origin = (uint64_t *)at;
	at += array_bytes(cap_rows, sizeof(uint64_t));
	for (uint32_t k = 0; k < n_cells; k++) {
		made.cell[k] = (int64_t *)at;
		at += array_bytes(cap_rows, sizeof(int64_t));
	}
	made.start_s = (uint32_t *)at;
	at += array_bytes(cap_rows, sizeof(uint32_t));
	made.location = (uint32_t *)at;
	at += array_bytes(cap_rows, sizeof(uint32_t));
	made.version = (int32_t *)at;
	*batch = made;
	return GPQ_OK;
}

void gpq_batch_done(struct gpq_batch *batch, struct gpq_budget *budget, enum gpq_tag tag)
{
	if (!batch)
		return;
	gpq_free(budget, tag, batch->memory, batch->memory_bytes);
	*batch = (struct gpq_batch){ 0 };
}
