/*
 * parquet/ahead.h - bytes of columns that are ahead of their turn, in pieces that all columns under way share.
 * Memory: gpq_parquet_ahead_open() says how much; pieces are taken when first used and kept.      Threads: any.
 */
#ifndef GPQ_PARQUET_AHEAD_H
#define GPQ_PARQUET_AHEAD_H

#include "parquet/writer.h"

struct gpq_ahead_piece {
	struct gpq_ahead_piece *next;
	size_t len;
	uint8_t bytes[];
};

/* What waits of one column, in the order in which it was put. All zero: nothing. */
struct gpq_ahead_queue {
	struct gpq_ahead_piece *first, *last;
};

/* gpq_ahead_put() appends bytes to 'queue' and says in '*out_put' how many: fewer than 'len' where no piece is to be
 * had. 'ahead' may be NULL: then there is none. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_ahead_put(struct gpq_parquet_ahead *ahead, struct gpq_ahead_queue *queue,
					   const uint8_t *bytes, size_t len, size_t *out_put, struct gpq_error *err);

/* Gives all pieces of 'queue' back. */
void gpq_ahead_clear(struct gpq_parquet_ahead *ahead, struct gpq_ahead_queue *queue);

#endif
