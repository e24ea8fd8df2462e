/*
 * table/batch.h - partial rows as columns of machine words: what parsing makes and sorting eats.
 *
 * A partial row is what one line says of one row: the start of its interval, a location code (locations.h), the
 * revision, where the line stands, and the cells that this line knows (cell.h). Which column cell k is, and its scale,
 * is said by the dataset (dataset.h).
 */
#ifndef GPQ_TABLE_BATCH_H
#define GPQ_TABLE_BATCH_H

#include "base/budget.h"

#define GPQ_MAX_CELLS 6

/* No revision published: lowest of all, as RULES 21 wants it. */
#define GPQ_VERSION_NONE INT32_MIN

/*
 * An origin says where a line stands: input number and byte offset of its first byte in the decompressed input.
 *   bit 63    older: this row is a kept revision (is_current = false); set by sort only
 *   62..40    input number (8,388,607 inputs a run)
 *   39..0     byte offset (1 TiB an input)
 */
#define GPQ_ORIGIN_OFFSET_BITS 40
#define GPQ_ORIGIN_OLDER ((uint64_t)1 << 63)
#define GPQ_ORIGIN_MAX_INPUTS ((uint32_t)1 << 23)

static inline uint64_t gpq_origin(uint32_t input, uint64_t byte)
{
	return (uint64_t)input << GPQ_ORIGIN_OFFSET_BITS | byte;
}
static inline uint32_t gpq_origin_input(uint64_t origin)
{
	return (uint32_t)((origin & ~GPQ_ORIGIN_OLDER) >> GPQ_ORIGIN_OFFSET_BITS);
}
static inline uint64_t gpq_origin_byte(uint64_t origin)
{
	return origin & (((uint64_t)1 << GPQ_ORIGIN_OFFSET_BITS) - 1);
}

struct gpq_batch {
	uint32_t rows, cap_rows, n_cells;
	uint32_t *start_s;            /* interval start, seconds since 1970-01-01T00:00:00Z */
	uint32_t *location;           /* code in the run's catalogue */
	int32_t *version;             /* or GPQ_VERSION_NONE */
	uint64_t *origin;
	int64_t *cell[GPQ_MAX_CELLS]; /* [0, n_cells) in use */
	void *memory;                 /* Owns: one allocation behind all arrays */
	size_t memory_bytes;
};

/* Bytes of one row: 20 + 8 * n_cells. */
static inline size_t gpq_batch_row_bytes(uint32_t n_cells)
{
	return 20 + 8 * (size_t)n_cells;
}

/* gpq_batch_need() is what gpq_batch_init() will take. */
size_t gpq_batch_need(uint32_t cap_rows, uint32_t n_cells);

/* gpq_batch_init() takes the arrays for 'cap_rows' rows, each aligned to 64 bytes. Owner frees with gpq_batch_done(). */
GPQ_MUST_USE enum gpq_status gpq_batch_init(struct gpq_batch *batch, struct gpq_budget *budget, enum gpq_tag tag,
                                            uint32_t cap_rows, uint32_t n_cells, struct gpq_error *err);
void gpq_batch_done(struct gpq_batch *batch, struct gpq_budget *budget, enum gpq_tag tag);

#endif
