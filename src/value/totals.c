// SPDX-License-Identifier: MIT
#include "cpu/features.h"
#include "value/decimal_kernel.h"

#define BODY static inline __attribute__((always_inline))

/*
 * Nothing in the loop depends on a comparison, so that compilers make vectors of it. A decimal plus 2^51 - 1 has no bit above
 * the 52nd; null (all of them) and binary64 have. Five decimals add up in 64 bits.
 */
BODY bool totals_body(const int64_t *const *columns, unsigned n_columns, uint32_t from, uint32_t count, int64_t slack)
{
	uint64_t beyond = 0, outside = 0, most = 2 * (uint64_t)slack;
	for (uint32_t i = from; i < from + count; i++) {
		uint64_t apart = (uint64_t)columns[0][i] + (uint64_t)slack;
		beyond |= (uint64_t)columns[0][i] + (uint64_t)(GPQ_CELL_LIMIT - 1);
		for (unsigned k = 1; k < n_columns; k++) {
			apart -= (uint64_t)columns[k][i];
			beyond |= (uint64_t)columns[k][i] + (uint64_t)(GPQ_CELL_LIMIT - 1);
		}
		outside |= apart | (most - apart);
	}
	return beyond < (uint64_t)GPQ_CELL_LIMIT * 2 && !(outside >> 63);
}

/* The columns by name, and their number known, for loops without a loop in them. */
BODY bool totals_choose(const int64_t *const *columns, unsigned n_columns, uint32_t from, uint32_t count, int64_t slack)
{
	if (n_columns == 4) {
		const int64_t *const four[] = { columns[0], columns[1], columns[2], columns[3] };
		return totals_body(four, 4, from, count, slack);
	}
	if (n_columns == 5) {
		const int64_t *const five[] = { columns[0], columns[1], columns[2], columns[3], columns[4] };
		return totals_body(five, 5, from, count, slack);
	}
	return totals_body(columns, n_columns, from, count, slack);
}

bool gpq_value_totals_hold(const int64_t *const *columns, unsigned n_columns, uint32_t from, uint32_t count,
			   int64_t slack)
{
	return totals_choose(columns, n_columns, from, count, slack);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) bool gpq_value_totals_hold_avx2(const int64_t *const *columns, unsigned n_columns,
								uint32_t from, uint32_t count, int64_t slack)
{
	return totals_choose(columns, n_columns, from, count, slack);
}
#endif
