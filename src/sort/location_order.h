/*
 * sort/location_order.h - the location codes that a block holds, ranked by their texts.
 *
 *   rank   by text 0 and the key texts: where a row stands in the output. Compares texts, so two blocks, runs or
 * threads always agree on the order, whatever the numbers. class  by the key texts alone: rows of one class and instant
 * are one row.
 *
 * A class has one rank, but for what was renamed: the key says an id, and two names came with it. Such a class is
 * 'torn': its rows stand at several places although they have to meet. (Where text 0 is in the key, no class is torn.)
 */
#ifndef GPQ_SORT_LOCATION_ORDER_H
#define GPQ_SORT_LOCATION_ORDER_H

#include "sort/block.h"

#define GPQ_CLASS_TORN ((uint32_t)1 << 31)

struct gpq_location_order {
	uint32_t cap; /* codes 0 .. cap - 1 */
	uint32_t n_held, n_ranks;
	bool any_torn;
	uint32_t *held;     /* [cap]: the codes; ascending by texts once ranked */
	uint32_t *count;    /* [cap], by code: not 0 where held. Rows of it, after a survey */
	uint32_t *rank;     /* [cap], by code: valid where held and ranked */
	uint32_t *class_of; /* [cap], by code: with GPQ_CLASS_TORN */
};

/* What gpq_location_order_init() takes, and what _rank() takes for the time of the call. */
size_t gpq_location_order_need(uint32_t cap);
size_t gpq_location_order_rank_need(uint32_t cap);

/* 'memory' is zeroed, aligned to 64 and outlives the order. */
void gpq_location_order_init(struct gpq_location_order *order, uint32_t cap, uint8_t *memory);

/* Forgets all codes. */
void gpq_location_order_clear(struct gpq_location_order *order);

/* Enters 'code' (below cap). */
static inline void gpq_location_order_hold(struct gpq_location_order *order, uint32_t code, uint32_t rows)
{
	if (order->count[code] == 0 && rows)
		order->held[order->n_held++] = code;
	order->count[code] += rows;
}

/* That there is room for 'code'. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_location_order_check(const struct gpq_location_order *order, uint32_t code,
						      struct gpq_error *err);

/* gpq_location_order_rank() ranks what is held. 'temporary' is of gpq_location_order_rank_need() bytes. */
void gpq_location_order_rank(struct gpq_location_order *order, const struct gpq_sort_rules *rules, uint8_t *temporary);

/* Enters a tuple that merging made: it stands where the held code 'like', of the same text 0 and key texts, stands. */
GPQ_MUST_USE enum gpq_status gpq_location_order_adopt(struct gpq_location_order *order, uint32_t code, uint32_t like,
						      struct gpq_error *err);

#endif
