// SPDX-License-Identifier: MIT
#include "input/strip_gather.h"

#include "table/cell.h"

#include <string.h>

void gpq_gather_begin(struct gpq_strip_gather *gather, const struct gpq_strip_key *key)
{
	gather->open = true;
	gather->key = *key;
	gather->least = 1;
	gather->most = 0;
	if (++gather->mark == 0) { /* marks of strips so long ago would count again */
		memset(gather->marks, 0, sizeof(gather->marks));
		gather->mark = 1;
	}
}

void gpq_gather_take(struct gpq_strip_gather *gather, struct gpq_strips *strips)
{
	uint32_t places = gpq_gather_places(gather);
	int64_t *out = strips->cells + strips->n_cells;
	for (uint32_t i = 0; i < places; i++) {
		uint32_t at = (gather->least + i) % GPQ_GATHER_RING;
		out[i] = gather->marks[at] == gather->mark ? gather->cells[at] : GPQ_CELL_NULL;
	}
	strips->strips[strips->count++] = (struct gpq_strip){
		.start_s = gather->least * strips->interval_s,
		.location = gather->key.location,
		.version = gather->key.version,
		.places = (uint16_t)places,
		.cell = gather->key.cell,
		.first = strips->n_cells,
		.origin = gather->origin,
	};
	strips->n_cells += places;
	gather->open = false;
}
