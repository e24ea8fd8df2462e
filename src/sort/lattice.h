/*
 * sort/lattice.h - a block whose rows stand where arithmetic says: every instant has the same locations, in one
 * sequence.
 *
 *   run      the rows of one instant, in the order of (input, place in it); it lies in slices, each within one slab
 *   segment  neighbouring runs (ascending instants) with the same sequence of location codes, no two codes of one rank
 *   place    where a segment has the rows of a rank: the first output row, and which element of the sequence it is
 *
 * So nothing has to be merged, row(rank, run) = place.row + run - segment.run, and no row needs a name. It is what
 * feeds are: a file a day, the same nodes every hour, until one is added. Anything else (a key twice, renamed keys, a
 * failed input, sequences that change all the time) takes the general path.
 *
 * Memory: that of the index and of the scratch's area, until the turned rows are closed.
 */
#ifndef GPQ_SORT_LATTICE_H
#define GPQ_SORT_LATTICE_H

#include "sort/index.h"

#define GPQ_LATTICE_SEGMENTS 64
#define GPQ_LATTICE_ABSENT   UINT32_MAX

struct gpq_lattice_slice {
	uint32_t start_s, input, slab;
	uint32_t place;      /* of the first row in the input, in 256 bytes */
	uint16_t from, rows; /* in the slab */
};

struct gpq_lattice_segment {
	uint32_t run; /* its first */
	uint32_t n_locations;
};

struct gpq_lattice_place {
	uint32_t row;     /* the first in the output */
	uint32_t element; /* of the segment's sequence; GPQ_LATTICE_ABSENT: the segment has no rows of this rank */
};

struct gpq_lattice {
	uint32_t n_slices, n_runs, n_segments, n_ranks, rows;
	bool one_version; /* the rows of a run are of one version: 'version' is valid */
	bool one_input;   /* the rows of a run are of one input: that of its first slice */
	struct gpq_lattice_slice *slices;
	uint32_t *start_s, *run_slice; /* by run; run_slice[n_runs] is n_slices */
	int32_t *version;
	struct gpq_lattice_segment *segments; /* and one behind the last */
	struct gpq_lattice_place *places;     /* [segment * n_ranks + rank] */
	uint32_t *first_row;                  /* by rank, [n_ranks + 1] */
	const uint32_t *rank;                 /* by location code. Borrows */
};

/* What of the area the places take, from its beginning. */
static inline size_t gpq_lattice_area_bytes(const struct gpq_lattice *lattice)
{
	return (size_t)lattice->n_segments * lattice->n_ranks * sizeof(*lattice->places) +
	       ((size_t)lattice->n_ranks + 1) * sizeof(*lattice->first_row);
}

static inline uint32_t gpq_lattice_segment_runs(const struct gpq_lattice *lattice, uint32_t segment)
{
	return lattice->segments[segment + 1].run - lattice->segments[segment].run;
}

/*
 * gpq_lattice_survey() finds out whether 'rows' are a lattice; only then '*out_found' is true, 'out' filled, 'order'
 * ranked and every input's rows entered in 'tallies'. Else 'order' holds whatever it held.
 *   area   what ranking works in, and where the places are; too small for them: not found
 */
GPQ_MUST_USE enum gpq_status gpq_lattice_survey(struct gpq_index *index, const struct gpq_slab_rows *rows,
						struct gpq_location_order *order, const struct gpq_sort_rules *rules,
						struct gpq_tallies *tallies, uint8_t *area, size_t area_bytes,
						struct gpq_lattice *out, bool *out_found, struct gpq_error *err);

/* The codes of a slice, some at a time: 'n' from its row 'at' on. */
#define GPQ_LATTICE_CODES 512
struct gpq_lattice_codes {
	uint32_t at, n;
	uint32_t code[GPQ_LATTICE_CODES];
};

/* Before the first codes of a slice; the codes themselves stay as they are. */
static inline void gpq_lattice_codes_begin(struct gpq_lattice_codes *codes)
{
	codes->at = codes->n = 0;
}

/* Goes on to the next codes of 'slice'; false where there are no more. */
bool gpq_lattice_codes_next(struct gpq_lattice_codes *codes, const struct gpq_slab_rows *rows,
			    const struct gpq_lattice_slice *slice);

/* The rank that output row 'row' is of. */
uint32_t gpq_lattice_rank_at(const struct gpq_lattice *lattice, uint32_t row);

/* Where element 'element' of run 'run' is: the slice, and in '*out_at' the row in its slab. */
const struct gpq_lattice_slice *gpq_lattice_slice_at(const struct gpq_lattice *lattice, uint32_t run, uint32_t element,
						     uint32_t *out_at);

#endif
