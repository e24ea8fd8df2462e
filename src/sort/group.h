/*
 * sort/group.h - the parts of one key, gathered in any order and merged newest first.
 *
 * Some hundred parts wait in memory, in order. A key with more (a month that was downloaded a thousand times) writes
 * them to the spill file and picks the newest few hundred in one pass over them, then the next, until none is left.
 */
#ifndef GPQ_SORT_GROUP_H
#define GPQ_SORT_GROUP_H

#include "sort/merge_rules.h"

#define GPQ_GROUP_PARTS 256

/* 'number' counts parts of the key as they came: parts that are alike in everything stay apart by it. */
struct gpq_sort_group_part {
	struct gpq_part part;
	uint64_t number;
};

struct gpq_sort_group {
	struct gpq_merge merge;
	struct gpq_spill *spill;
	uint32_t n;
	uint64_t n_parts, n_chunks, last_chunk_off;
	struct gpq_sort_group_part newest[GPQ_GROUP_PARTS];
	struct gpq_sort_group_chunk {
		uint64_t previous_off;
		struct gpq_sort_group_part parts[GPQ_GROUP_PARTS];
	} chunk;
};

/* A group is a large object that lives in the scratch. */
void gpq_sort_group_init(struct gpq_sort_group *group, const struct gpq_sort_rules *rules,
			 struct gpq_location_order *order, struct gpq_tallies *tallies, struct gpq_spill *spill);
GPQ_MUST_USE enum gpq_status gpq_sort_group_add(struct gpq_sort_group *group, const struct gpq_part *part,
						struct gpq_error *err);

/* gpq_sort_group_finish() merges the parts of the key, gives its rows to 'sink' and is ready for the next key. No
 * parts: no rows. */
GPQ_MUST_USE enum gpq_status gpq_sort_group_finish(struct gpq_sort_group *group, const struct gpq_row_sink *sink,
						   struct gpq_error *err);

#endif
