/*
 * sort/merge_rules.h - the parts of one key become one row (RULES 20 to 22).
 *
 * Parts are added newest first. Then what the newer ones left open is all that an older one can still supply, so that
 * each part's fate is known when it is added, and memory does not depend on how many there are:
 *
 *   superseded   a value that it knows differs from the result
 *   joined       else, where it supplies a value of the result
 *   duplicate    else
 *
 * Kept revisions: parts of one version from inputs that RULES 21 cannot tell apart are one revision; it is joined like
 * a row of its own. The newest part's revision is the current row. An older one is kept where a part of it was
 * superseded and it says something else than every newer row of the key.
 */
#ifndef GPQ_SORT_MERGE_RULES_H
#define GPQ_SORT_MERGE_RULES_H

#include "sort/location_order.h"
#include "sort/part.h"
#include "sort/tally.h"

/* Where the rows of a key go: the current one first, then kept revisions, newest first. */
struct gpq_row_sink {
	void *context;
	enum gpq_status (*row)(void *context, const struct gpq_part *row, struct gpq_error *err);
};

/* A row being joined from parts. */
struct gpq_joined_row {
	struct gpq_part row;
	struct gpq_location tuple; /* what is known of the location so far */
	uint32_t name_code;        /* code of the part that supplied text 0: has the row's rank */
	bool mixed;                /* 'tuple' is no longer that of row.location */
};

/* Revisions that wait until their key is complete; past the first, in the spill file. */
#define GPQ_REVISIONS_CHUNK  256
#define GPQ_REVISIONS_CHUNKS 4096

struct gpq_revisions {
	struct gpq_spill *spill;
	uint32_t n, loaded_chunk;
	struct gpq_part last[GPQ_REVISIONS_CHUNK];   /* the chunk being filled */
	struct gpq_part loaded[GPQ_REVISIONS_CHUNK]; /* one read back */
	uint64_t chunk_off[GPQ_REVISIONS_CHUNKS];
};

struct gpq_merge {
	const struct gpq_sort_rules *rules;
	struct gpq_location_order *order;
	struct gpq_tallies *tallies;
	bool empty, older_revision, revision_superseded;
	struct gpq_joined_row current, revision;
	struct gpq_part previous; /* part added last */
	struct gpq_revisions revisions;
};

void gpq_merge_init(struct gpq_merge *merge, const struct gpq_sort_rules *rules, struct gpq_location_order *order,
		    struct gpq_tallies *tallies, struct gpq_spill *spill);

/* gpq_merge_add() takes the next older part; its tally already counts it as written, which is corrected here. */
GPQ_MUST_USE enum gpq_status gpq_merge_add(struct gpq_merge *merge, const struct gpq_part *part, struct gpq_error *err);

/* gpq_merge_finish() gives the rows of the key to 'sink' and is ready for the next key. */
GPQ_MUST_USE enum gpq_status gpq_merge_finish(struct gpq_merge *merge, const struct gpq_row_sink *sink,
					      struct gpq_error *err);

#endif
