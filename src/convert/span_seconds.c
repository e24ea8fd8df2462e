// SPDX-License-Identifier: MIT
#include "convert/span_seconds.h"

static uint32_t words_of(uint64_t seconds)
{
	return ((uint32_t)(seconds / 64) / GPQ_SPAN_WORDS + 1) * GPQ_SPAN_WORDS;
}

size_t gpq_span_seconds_need(uint64_t seconds)
{
	uint32_t words = words_of(seconds);
	return seconds ? words * sizeof(uint64_t) + words / GPQ_SPAN_WORDS * sizeof(uint32_t) + 2 * GPQ_BUDGET_MAP_BYTES : 0;
}

enum gpq_status gpq_span_seconds_init(struct gpq_span_seconds *seconds, struct gpq_budget *budget, int64_t begin_s,
                                      int64_t end_s, struct gpq_error *err)
{
	struct gpq_span_seconds made = { .budget = budget, .begin_s = begin_s, .n_words = words_of((uint64_t)(end_s - begin_s)) };
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, made.n_words * sizeof(uint64_t), &made.bits, err));
	enum gpq_status status = gpq_alloc(budget, GPQ_TAG_CONVERT, made.n_words / GPQ_SPAN_WORDS * sizeof(uint32_t), &made.before, err);
	if (status != GPQ_OK)
		gpq_span_seconds_done(&made);
	else
		*seconds = made;
	return status;
}

void gpq_span_seconds_done(struct gpq_span_seconds *seconds)
{
	if (!seconds->budget)
		return;
	gpq_free(seconds->budget, GPQ_TAG_CONVERT, seconds->bits, seconds->n_words * sizeof(uint64_t));
	gpq_free(seconds->budget, GPQ_TAG_CONVERT, seconds->before, seconds->n_words / GPQ_SPAN_WORDS * sizeof(uint32_t));
	*seconds = (struct gpq_span_seconds){ 0 };
}

uint32_t gpq_span_seconds_count(struct gpq_span_seconds *seconds)
{
	uint32_t count = 0;
	for (uint32_t word = 0; word < seconds->n_words; word++) {
		if (word % GPQ_SPAN_WORDS == 0)
			seconds->before[word / GPQ_SPAN_WORDS] = count;
		count += (uint32_t)__builtin_popcountll(seconds->bits[word]);
	}
	return count;
}

bool gpq_span_seconds_next(const struct gpq_span_seconds *seconds, uint32_t *after_s, uint32_t *out_start_s)
{
	for (uint32_t word = *after_s / 64, first = *after_s % 64; word < seconds->n_words; word++, first = 0) {
		uint64_t bits = seconds->bits[word] & (~UINT64_C(0) << first);
		if (!bits)
			continue;
		uint32_t found_s = word * 64 + (uint32_t)__builtin_ctzll(bits);
		*out_start_s = (uint32_t)(seconds->begin_s + found_s);
		*after_s = found_s + 1;
		return true;
	}
	return false;
}
