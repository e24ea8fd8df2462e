// SPDX-License-Identifier: MIT
#include "table/strip.h"

size_t gpq_strips_need(uint32_t cap, uint32_t cap_cells)
{
	return (size_t)cap * sizeof(struct gpq_strip) + (size_t)cap_cells * sizeof(int64_t);
}

enum gpq_status gpq_strips_init(struct gpq_strips *strips, struct gpq_budget *budget, enum gpq_tag tag, uint32_t cap,
                                uint32_t cap_cells, struct gpq_error *err)
{
	void *memory = NULL;
	size_t bytes = gpq_strips_need(cap, cap_cells);
	GPQ_TRY(gpq_alloc(budget, tag, bytes, &memory, err));
	*strips = (struct gpq_strips){ .cap = cap, .cap_cells = cap_cells, .memory = memory, .memory_bytes = bytes };
	strips->cells = memory;
	strips->strips = (struct gpq_strip *)(void *)(strips->cells + cap_cells);
	return GPQ_OK;
}

void gpq_strips_done(struct gpq_strips *strips, struct gpq_budget *budget, enum gpq_tag tag)
{
	gpq_free(budget, tag, strips->memory, strips->memory_bytes);
	*strips = (struct gpq_strips){ 0 };
}
