/*
 * value/decimal_kernel.h - what the ways to parse a number share: tables, and where a kernel sends what it does not
 * take. Knows: the inside of decimal*.c.      Not: for others.
 */
#ifndef GPQ_VALUE_DECIMAL_KERNEL_H
#define GPQ_VALUE_DECIMAL_KERNEL_H

#include "value/decimal.h"

/* 10^i; and the largest digits that stay below GPQ_CELL_LIMIT when multiplied by 10^i. */
extern const uint64_t gpq_value_ten[20];
extern const uint64_t gpq_value_room[GPQ_CELL_MAX_SCALE + 1];

/* Every text that RULES 13 knows, byte by byte; reads nothing behind the text. */
enum gpq_reject gpq_value_cell_any(struct gpq_text text, unsigned scale, int64_t *out);

/* The cell of digits / 10^decimals where it is more than a product: too many decimals, or beyond the cell's limit. */
enum gpq_reject gpq_value_cell_odd(uint64_t digits, unsigned decimals, bool negative, unsigned scale, int64_t *out);

#ifdef __x86_64__
/* gpq_value_cell() and gpq_value_cells() for processors with AVX2, and the second for those with AVX-512. */
enum gpq_reject gpq_value_cell_avx2(struct gpq_text text, unsigned scale, int64_t *out);
uint32_t gpq_value_cells_avx2(const struct gpq_text_column *column, unsigned scale, int64_t *out);
bool gpq_value_totals_hold_avx2(const int64_t *const *columns, unsigned n_columns, uint32_t from, uint32_t count,
				int64_t slack);
uint32_t gpq_value_cells_avx512(const struct gpq_text_column *column, unsigned scale, int64_t *out);
#endif

#endif
