/*
 * input/strip_gather.h - one strip in the making: the cells of one location and component, as lines bring them.
 *
 * Lines of a location and component follow each other, their hours in any order. Each says a place (its instant in
 * intervals since 1970) and a cell. Cells stand in a ring by their place, so that no order is needed and nothing is moved;
 * a place whose mark is not this strip's is not known.
 * Memory: fixed, in the parser.      Threads: those of the parser.
 */
#ifndef GPQ_INPUT_STRIP_GATHER_H
#define GPQ_INPUT_STRIP_GATHER_H

#include "table/strip.h"

#define GPQ_GATHER_RING 512u /* a power of two above GPQ_STRIP_MAX_PLACES */
_Static_assert(GPQ_GATHER_RING >= GPQ_STRIP_MAX_PLACES, "the places of a strip stand apart in the ring");

/* What a strip is of. */
struct gpq_strip_key {
	uint32_t location;
	int32_t version;
	uint8_t output, cell;
};

struct gpq_strip_gather {
	bool open;
	struct gpq_strip_key key;
	uint64_t origin;        /* of its first line */
	uint32_t least, most;   /* places */
	uint32_t mark;
	uint32_t marks[GPQ_GATHER_RING];
	int64_t cells[GPQ_GATHER_RING];
};

static inline bool gpq_strip_key_equal(const struct gpq_strip_key *a, const struct gpq_strip_key *b)
{
	return a->location == b->location && a->cell == b->cell && a->version == b->version && a->output == b->output;
}

/* gpq_gather_begin() begins an empty strip. */
void gpq_gather_begin(struct gpq_strip_gather *gather, const struct gpq_strip_key *key);

/* gpq_gather_put() adds a cell; false, with nothing changed, where the place is known already or too far from the others:
 * the strip ends before it. */
static inline bool gpq_gather_put(struct gpq_strip_gather *gather, uint32_t place, int64_t cell, uint64_t origin)
{
	uint32_t at = place % GPQ_GATHER_RING;
	if (gather->least > gather->most) {
		gather->least = gather->most = place;
		gather->origin = origin;
	} else {
		uint32_t least = place < gather->least ? place : gather->least, most = place > gather->most ? place : gather->most;
		if (most - least >= GPQ_STRIP_MAX_PLACES || gather->marks[at] == gather->mark)
			return false;
		gather->least = least;
		gather->most = most;
	}
	gather->marks[at] = gather->mark;
	gather->cells[at] = cell;
	return true;
}

/* How many places the strip has; 0: none yet. */
static inline uint32_t gpq_gather_places(const struct gpq_strip_gather *gather)
{
	return gather->least > gather->most ? 0 : gather->most - gather->least + 1;
}

/* gpq_gather_take() appends the strip to 'strips', which has room for it, and ends it. */
void gpq_gather_take(struct gpq_strip_gather *gather, struct gpq_strips *strips);

#endif
