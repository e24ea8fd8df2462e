// SPDX-License-Identifier: MIT
#include "convert/instants.h"

#include <string.h>

#define FIRST_ROOM ((size_t)1024)

void gpq_instants_init(struct gpq_instants *instants, struct gpq_budget *budget)
{
	*instants = (struct gpq_instants){ .budget = budget };
}

void gpq_instants_done(struct gpq_instants *instants)
{
	gpq_free(instants->budget, GPQ_TAG_CONVERT, instants->entries, instants->room * sizeof(*instants->entries));
	instants->entries = NULL;
	instants->room = instants->count = 0;
}

static size_t slot_of(const struct gpq_instants *instants, int64_t start_us)
{
	/* Multiplicative hashing: starts are multiples of minutes, whose low bits say nothing. */
	uint64_t mixed = (uint64_t)start_us * UINT64_C(0x9E3779B97F4A7C15);
	size_t slot = (size_t)(mixed >> 32) & (instants->room - 1);
	while (instants->entries[slot].used && instants->entries[slot].start_us != start_us)
		slot = (slot + 1) & (instants->room - 1);
	return slot;
}

const struct gpq_instant *gpq_instants_find(const struct gpq_instants *instants, int64_t start_us)
{
	if (instants->room == 0)
		return NULL;
	const struct gpq_instant *entry = &instants->entries[slot_of(instants, start_us)];
	return entry->used ? entry : NULL;
}

static bool room_grow(struct gpq_instants *instants)
{
	struct gpq_instants grown = *instants;
	grown.room = instants->room ? instants->room * 2 : FIRST_ROOM;
	if (instants->count >= GPQ_INSTANTS_CAP ||
	    gpq_alloc_zero(instants->budget, GPQ_TAG_CONVERT, grown.room * sizeof(*grown.entries), &grown.entries,
			   NULL) != GPQ_OK)
		return false;
	for (size_t i = 0; i < instants->room; i++)
		if (instants->entries[i].used)
			grown.entries[slot_of(&grown, instants->entries[i].start_us)] = instants->entries[i];
	gpq_free(instants->budget, GPQ_TAG_CONVERT, instants->entries, instants->room * sizeof(*instants->entries));
	*instants = grown;
	return true;
}

void gpq_instants_add(struct gpq_instants *instants, const struct gpq_instant *instant)
{
	if (instants->count * 2 >= instants->room && !room_grow(instants)) {
		instants->full = true;
		return;
	}
	struct gpq_instant *entry = &instants->entries[slot_of(instants, instant->start_us)];
	*entry = *instant;
	entry->used = 1;
	instants->count++;
}
