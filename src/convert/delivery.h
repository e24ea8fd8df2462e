/*
 * convert/delivery.h - a chunk's rows and strips on their way from the line parser into the blocks that they belong to.
 * Memory: none of its own.      Threads: one delivery, one thread; blocks by the locks of their slots.
 */
#ifndef GPQ_CONVERT_DELIVERY_H
#define GPQ_CONVERT_DELIVERY_H

#include "convert/run.h"

struct gpq_delivery {
	struct gpq_worker *worker;
	struct gpq_open_input *open;
	struct gpq_line_counts counts;
	struct {
		struct gpq_block_slot *slot; /* NULL: the span is not asked for */
		struct gpq_span span;        /* begin_s == end_s: none yet */
	} last[GPQ_BINDING_OUTPUTS];
};

/* gpq_delivery_receiver() gives the parser's receiver, which Borrows the delivery. What fails is told in the worker's error. */
struct gpq_line_receiver gpq_delivery_receiver(struct gpq_delivery *delivery);

/* gpq_delivery_bad_line() keeps a line that gives no row, and says something of the first ones. */
GPQ_MUST_USE enum gpq_status gpq_delivery_bad_line(struct gpq_delivery *delivery, const struct gpq_bad_line *line,
                                                   struct gpq_error *err);

#endif
