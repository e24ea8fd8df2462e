/*
 * sort/index.h - rows of slabs put in order by naming them, 4 bytes a row; the rows stay where they are.
 *
 * Rows are scattered once into buckets that already stand in output order: one a location (or, by time, one a stretch
 * of instants). Where each location's rows come in the order of time that is the whole sort; the scatter notes the
 * buckets where they don't. To make them do so, the scatter goes over pieces (what one input left in one slab) in the
 * order of their earliest starts: so files may have arrived in any order.
 */
#ifndef GPQ_SORT_INDEX_H
#define GPQ_SORT_INDEX_H

#include "sort/location_order.h"
#include "sort/slab_rows.h"
#include "sort/tally.h"

/* What rows are ordered by: (major of the location, start), or by time (start, major). */
struct gpq_row_order {
	const uint32_t
	    *major; /* by location code: ranks or classes. NULL: by start alone, all rows being of one rank */
	bool by_time;
};

static inline uint64_t gpq_row_key(const struct gpq_row_order *order, uint32_t start_s, uint32_t location)
{
	uint32_t major = order->major[location];
	return order->by_time ? (uint64_t)start_s << 32 | major : (uint64_t)major << 32 | start_s;
}
static inline uint64_t gpq_slab_row_key(const struct gpq_row_order *order, const struct gpq_slab_rows *rows,
					uint32_t id)
{
	if (!order->major)
		return gpq_slab_row_start(rows, id);
	return gpq_row_key(order, gpq_slab_row_start(rows, id), gpq_slab_row_location(rows, id));
}

/* What a scatter found out about a bucket. */
#define GPQ_BUCKET_EQUAL     1 /* two neighbours with one start */
#define GPQ_BUCKET_UNORDERED 2 /* a start before its predecessor */
#define GPQ_BUCKET_COPIES    4 /* neighbours that are copies, marked */

/* Marks, among 'ids', a row that says word for word what a newer one does, whose name stands before it (with at most
 * other copies between). Its tally calls it a duplicate already, which holds unless the key has further parts. */
#define GPQ_ROW_COPY ((uint32_t)1 << 31)

struct gpq_bucket {
	uint32_t end;  /* in 'ids'; buckets follow each other without gaps */
	uint32_t last; /* start of the row put last */
};

/* Rows that are ordered at once with their keys at hand; more are first split where they stand. */
#define GPQ_INDEX_PAIRS 16384
/* Buckets by time: 4,096 of equal length over the stretch that the block covers. */
#define GPQ_INDEX_TIME_BUCKETS 4096

struct gpq_index_pair {
	uint64_t key;
	uint32_t id;
};

/* Rows [from, to) of a slab, of one input that counts. */
struct gpq_index_piece {
	uint32_t slab, first_s; /* first_s: the earliest start */
	uint16_t from, to;
};

/* As many as fit where the pairs will be. More (inputs that alternate row by row): rows are scattered as they came. */
#define GPQ_INDEX_PIECES (GPQ_INDEX_PAIRS * sizeof(struct gpq_index_pair) / sizeof(struct gpq_index_piece))

struct gpq_index {
	uint32_t *ids; /* Borrows */
	uint32_t n, n_buckets;
	uint32_t first_s, last_s; /* earliest and latest start; first > last: no rows */
	struct gpq_bucket *buckets;
	uint8_t *flags;  /* by bucket */
	size_t n_pieces; /* in 'pairs' from survey to scatter; past GPQ_INDEX_PIECES: too many to list */
	struct gpq_index_pair *pairs[2];
};

/* Bytes of all but 'ids', for blocks of up to 'max_locations'; and carving them out of 'memory' (aligned to 64). */
size_t gpq_index_need(uint32_t max_locations);
void gpq_index_init(struct gpq_index *index, uint32_t max_locations, uint8_t *memory);

/*
 * gpq_index_survey() enters the location codes of 'rows' into 'order', with how many rows each has, lists the pieces,
 * and counts rows by input where 'tallies' is given. Rows of failed inputs are counted as dropped and left out.
 */
GPQ_MUST_USE enum gpq_status gpq_index_survey(struct gpq_index *index, const struct gpq_slab_rows *rows,
					      struct gpq_location_order *order, struct gpq_tallies *tallies,
					      struct gpq_error *err);

/* How to scatter. */
struct gpq_scatter_settings {
	bool by_time;
	bool apart;                          /* rows of torn classes go into one more bucket, the last */
	const struct gpq_sort_rules *copies; /* non-NULL: mark copies where they meet */
	struct gpq_tallies *tallies;         /* as in the survey; not NULL where copies are marked */
};

/*
 * gpq_index_scatter() names the surveyed rows in 'index->ids', bucket by bucket. 'order' is ranked.
 * Errors: those of input_newer(), where copies are marked.
 */
GPQ_MUST_USE enum gpq_status gpq_index_scatter(struct gpq_index *index, const struct gpq_slab_rows *rows,
					       const struct gpq_location_order *order,
					       const struct gpq_scatter_settings *settings, struct gpq_error *err);

/* Takes the marks off ids[0, n) again, and what they did to the tallies. */
GPQ_MUST_USE enum gpq_status gpq_index_unmark(const struct gpq_slab_rows *rows, struct gpq_tallies *tallies,
					      uint32_t *ids, uint32_t n, struct gpq_error *err);

/* Orders 'n' of the named rows by 'order'. Rows with one key come to stand in any order. */
void gpq_index_sort(struct gpq_index *index, const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
		    uint32_t *ids, uint32_t n);

/* Orders rows of one key, which stand together in 'ids' by then, as gpq_part_compare() says. */
GPQ_MUST_USE enum gpq_status gpq_index_sort_ties(const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
						 const struct gpq_sort_rules *rules, uint32_t *ids, uint32_t n,
						 struct gpq_error *err);

/* Merges ids[0, middle) and ids[middle, n), each in order, in place. Keys of the two parts never meet. */
void gpq_index_weave(struct gpq_index *index, const struct gpq_slab_rows *rows, const struct gpq_row_order *order,
		     uint32_t *ids, uint32_t middle, uint32_t n);

#endif
