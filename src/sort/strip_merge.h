/*
 * sort/strip_merge.h - the strips of one location in one window of places become rows (RULES 20 to 22).
 *
 *   apart    no cell is known twice: places are told as bits, nothing is looked at but the strips' heads
 *   layered  some are, or revisions differ: laid one over the other from the oldest to the newest, what is seen of each
 * is the row; places are gone through one by one mixed    several codes, or an older revision that must be kept: rows
 * have to be made (group.h)
 *
 * Memory: one a scratch.
 */
#ifndef GPQ_SORT_STRIP_MERGE_H
#define GPQ_SORT_STRIP_MERGE_H

#include "sort/strip_slab.h"
#include "sort/tally.h"

/* A window of six components that come hour by hour has 3,072. */
#define GPQ_STRIP_MERGE_STRIPS  4096u
#define GPQ_STRIP_MERGE_SOURCES 64u
#define GPQ_STRIP_MERGE_ORDERS  256u /* answers of input_newer() at hand */

enum gpq_strip_merged { GPQ_STRIPS_APART, GPQ_STRIPS_LAYERED, GPQ_STRIPS_MIXED };

/* One bit a place of the window. */
struct gpq_strip_places {
	uint64_t word[GPQ_STRIP_WINDOW / 64];
};

/* What rows of a segment have in common with those of other locations: by row, the place in the block, the revision,
 * and what GPQ_TURNED_INPUT gives. */
struct gpq_strip_common {
	uint32_t rows;
	uint32_t place[GPQ_STRIP_WINDOW];
	int32_t version[GPQ_STRIP_WINDOW];
	uint32_t input[GPQ_STRIP_WINDOW];
};

struct gpq_strip_merge {
	const struct gpq_sort_rules *rules;
	struct gpq_tallies *tallies;
	const struct gpq_strip_slabs *slabs;
	/* the segment at hand */
	uint32_t n;
	struct gpq_strip_ref {
		const struct gpq_packed_strip *strip;
		uint32_t name;
		uint16_t joined, duplicate, superseded; /* layered: what became of its rows */
		uint16_t seen;                          /* of its cells */
		uint16_t laid_before; /* ref + 1: the next newer one of its cell of which something is seen; 0: none */
	} refs[GPQ_STRIP_MERGE_STRIPS];
	/* apart: strips of one input and version */
	uint32_t n_sources;
	struct gpq_strip_source {
		int32_t version;
		uint32_t input, rows;
		uint16_t first, end; /* places in the window */
		struct gpq_strip_places places, newest;
	} sources[GPQ_STRIP_MERGE_SOURCES];
	struct gpq_strip_places known[GPQ_MAX_CELLS];
	/* layered, by place of the window */
	uint16_t newest[GPQ_STRIP_WINDOW]; /* ref + 1 */
	int64_t cells[GPQ_MAX_CELLS][GPQ_STRIP_WINDOW];
	uint16_t laid_last[GPQ_MAX_CELLS]; /* by cell: ref + 1 */
	/* what came out */
	struct gpq_strip_common common;
	bool common_is_last; /* it is what the segment before had, and not filled again */
	/* that of the last segment whose strips were apart */
	uint32_t n_last;
	struct gpq_strip_last {
		int32_t version;
		uint32_t input;
		struct gpq_strip_places newest;
	} last[GPQ_STRIP_MERGE_SOURCES];
	uint32_t last_window;
	struct gpq_strip_order {
		uint32_t a, b;
		int order;
	} orders[GPQ_STRIP_MERGE_ORDERS];
};

/* Before the segments of a block. */
void gpq_strip_merge_begin(struct gpq_strip_merge *merge, const struct gpq_sort_rules *rules,
			   struct gpq_tallies *tallies, const struct gpq_strip_slabs *slabs);

/*
 * gpq_strip_merge_segment() merges the first 'n' strips named, from 1 to GPQ_STRIP_MERGE_STRIPS, which are of one rank
 * and one window. Unless they are mixed, 'merge->common' says what rows they make. Errors: those of input_newer().
 *   n_readable   names from 'names' on, of which those behind are asked for
 */
GPQ_MUST_USE enum gpq_status gpq_strip_merge_segment(struct gpq_strip_merge *merge, const uint32_t *names, uint32_t n,
						     uint32_t n_readable, enum gpq_strip_merged *out,
						     struct gpq_error *err);

/* > 0: a's input is newer. */
GPQ_MUST_USE enum gpq_status gpq_strip_inputs_compare(struct gpq_strip_merge *merge, uint32_t a, uint32_t b,
						      int *out_order, struct gpq_error *err);

/* The part of gpq_strip_merge_segment() for strips of one code that are not apart: 'merge->refs' of 'window' are put in
 * order. */
GPQ_MUST_USE enum gpq_status gpq_strip_layers_lay(struct gpq_strip_merge *merge, uint32_t window,
						  enum gpq_strip_merged *out, struct gpq_error *err);

/* Enters in the tallies, which have all rows as written, what became of them. Not where mixed. */
GPQ_MUST_USE enum gpq_status gpq_strip_merge_count(struct gpq_strip_merge *merge, enum gpq_strip_merged merged,
						   struct gpq_error *err);

/* Writes the names by cell, those of one cell from the oldest on, without those of which nothing is seen; gives how
 * many. Not where mixed. */
uint32_t gpq_strip_merge_names(const struct gpq_strip_merge *merge, enum gpq_strip_merged merged, uint32_t *out);

#endif
