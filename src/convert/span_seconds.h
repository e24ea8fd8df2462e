/*
 * convert/span_seconds.h - the instants that rows of a span have where there is no grid: a bit for each second.
 * Memory: gpq_span_seconds_need().      Threads: filled by one, read by many.
 */
#ifndef GPQ_CONVERT_SPAN_SECONDS_H
#define GPQ_CONVERT_SPAN_SECONDS_H

#include "base/budget.h"

#define GPQ_SPAN_WORDS 8u /* a line of the cache */

struct gpq_span_seconds {
	struct gpq_budget *budget;
	int64_t begin_s;
	uint64_t *bits;   /* Owns; NULL: none were taken */
	uint32_t *before; /* bits that are set before each GPQ_SPAN_WORDS words, after gpq_span_seconds_count(). Owns */
	uint32_t n_words; /* a multiple of them */
};

/* Of a span of 'seconds'; 0: nothing is needed. */
size_t gpq_span_seconds_need(uint64_t seconds);

/* Call order: init -> note -> count -> place, next -> done, which zeroed storage takes as well. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_span_seconds_init(struct gpq_span_seconds *seconds, struct gpq_budget *budget, int64_t begin_s,
                                                   int64_t end_s, struct gpq_error *err);
void gpq_span_seconds_done(struct gpq_span_seconds *seconds);

/* 'start_s' is within the span. */
static inline void gpq_span_seconds_note(struct gpq_span_seconds *seconds, uint32_t start_s)
{
	uint32_t after_s = (uint32_t)(start_s - seconds->begin_s);
	seconds->bits[after_s / 64] |= UINT64_C(1) << after_s % 64;
}

/* How many distinct ones were noted. */
uint32_t gpq_span_seconds_count(struct gpq_span_seconds *seconds);

/* How many are earlier than 'start_s'. */
static inline uint32_t gpq_span_seconds_place(const struct gpq_span_seconds *seconds, uint32_t start_s)
{
	uint32_t after_s = (uint32_t)(start_s - seconds->begin_s);
	uint32_t word = after_s / 64, first = word & ~(GPQ_SPAN_WORDS - 1);
	uint32_t place = seconds->before[first / GPQ_SPAN_WORDS];
	for (; first < word; first++)
		place += (uint32_t)__builtin_popcountll(seconds->bits[first]);
	return place + (uint32_t)__builtin_popcountll(seconds->bits[word] & ((UINT64_C(1) << after_s % 64) - 1));
}

/* gpq_span_seconds_next() gives the instants in their order; '*after_s' is where it is, 0 at first. False behind the last. */
bool gpq_span_seconds_next(const struct gpq_span_seconds *seconds, uint32_t *after_s, uint32_t *out_start_s);

#endif
