/*
 * convert/block_values.h - the output columns of a turned block: from instants, location codes, cells and origins to values.
 *
 * A block has few instants and few locations beside its rows, so all but the prices are lists with a number a row.
 * What all columns of a block share is in block_facts.h; gpq_block_column is one column being read by one thread.
 * Memory: gpq_block_column_need() a thread.
 */
#ifndef GPQ_CONVERT_BLOCK_VALUES_H
#define GPQ_CONVERT_BLOCK_VALUES_H

#include "convert/block_facts.h"
#include "table/values.h"

struct gpq_block_column;

size_t gpq_block_column_need(uint32_t slots);

/*
 * gpq_block_column_open() prepares output column 'column' of the rows [from_row, from_row + rows).
 * '*out_values' is good until the column is closed.
 */
GPQ_MUST_USE enum gpq_status gpq_block_column_open(const struct gpq_block_facts *facts, uint32_t column,
                                                   uint64_t from_row, uint64_t rows, struct gpq_block_column **out,
                                                   struct gpq_values *out_values, struct gpq_error *err);
void gpq_block_column_close(struct gpq_block_column *column);

#endif
