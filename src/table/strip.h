/*
 * table/strip.h - strips: one cell column of one location over consecutive intervals, as files tell it that give each
 * component a line with the hours across, or a line for each hour.
 *
 * A strip is up to GPQ_STRIP_MAX_PLACES partial rows at once, each of which knows one cell. A place whose cell is null
 * is no partial row: it was blank, or another line has it.
 */
#ifndef GPQ_TABLE_STRIP_H
#define GPQ_TABLE_STRIP_H

#include "table/batch.h"

#define GPQ_STRIP_MAX_PLACES 300u /* five-minute intervals of the longest day */

struct gpq_strip {
	uint32_t start_s;  /* of the first place, seconds since 1970-01-01T00:00:00Z */
	uint32_t location; /* code in the run's catalogue */
	int32_t version;   /* or GPQ_VERSION_NONE */
	uint16_t places;   /* from 1 */
	uint8_t cell;      /* number of the cell column */
	uint32_t first;    /* of its cells, in the batch's */
	uint64_t origin;   /* of its (first) line; strips of one input have lines between those of no other */
};

struct gpq_strips {
	uint32_t count, cap;
	uint32_t n_cells, cap_cells; /* cells in use; of all strips, end to end */
	uint32_t interval_s;         /* between places */
	struct gpq_strip *strips;
	int64_t *cells;
	void *memory;                /* Owns: one allocation behind both arrays */
	size_t memory_bytes;
};

/* gpq_strips_need() is what gpq_strips_init() will take. */
size_t gpq_strips_need(uint32_t cap, uint32_t cap_cells);
GPQ_MUST_USE enum gpq_status gpq_strips_init(struct gpq_strips *strips, struct gpq_budget *budget, enum gpq_tag tag,
                                             uint32_t cap, uint32_t cap_cells, struct gpq_error *err);
void gpq_strips_done(struct gpq_strips *strips, struct gpq_budget *budget, enum gpq_tag tag);

#endif
