/*
 * parquet/encode.h - values to the bytes of a page: PLAIN, RLE/bit-packed hybrid, BYTE_STREAM_SPLIT, and the table that
 * numbers distinct cells.
 * Knows: arrays of codes, cells and texts.      Not: pages, chunks, files.
 * Source: apache/parquet-format, Encodings.md. Written for little-endian machines, as the formats are.
 *
 * Nothing here fails: callers give room by the bounds. Threads: no state but the caller's.
 */
#ifndef GPQ_PARQUET_ENCODE_H
#define GPQ_PARQUET_ENCODE_H

#include "table/cell.h"
#include "table/schema.h"
#include "table/values.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the encoders store words as they are, which is right on little-endian machines only"
#endif

/* ---- RLE / bit-packed hybrid ---- */

#define GPQ_HYBRID_MAX_WIDTH 20

/* Bits that hold 0 .. n_values - 1; at least 1, since readers differ about width 0. */
unsigned gpq_hybrid_width(uint32_t n_values);

/* Most bytes that 'n' values of 'width' bits become. */
size_t gpq_hybrid_bound(uint32_t n, unsigned width);

/* gpq_hybrid_encode() writes runs of 'n' values below 2^width and returns their bytes. */
size_t gpq_hybrid_encode(const uint32_t *values, uint32_t n, unsigned width, uint8_t *out);

/* The same bytes from values that come as stretches (no nulls). 'spare' is scratch for as many values as they have rows. */
size_t gpq_hybrid_encode_stretches(const struct gpq_code_stretch *stretches, uint32_t count, unsigned width,
				   uint32_t *spare, uint8_t *out);

/* ---- PLAIN ---- */

/* Bytes of a value of a type with a fixed width; 0 for STRING and BOOLEAN. */
size_t gpq_plain_width(enum gpq_type type);

/* gpq_plain_words() writes 'words' as 'type' (not STRING); DOUBLE as cells at 'scale'. */
size_t gpq_plain_words(enum gpq_type type, const int64_t *words, uint32_t n, unsigned scale, uint8_t *out);

/* The same for words[codes[i]]. */
size_t gpq_plain_coded_words(enum gpq_type type, const int64_t *words, const uint32_t *codes, uint32_t n,
			     unsigned scale, uint8_t *out);

/* One STRING value: length in 4 bytes, bytes. */
size_t gpq_plain_text(struct gpq_text text, uint8_t *out);

/* gpq_plain_doubles() turns cells (no nulls) into binary64; 'out' may be 'cells'. */
void gpq_plain_doubles(const int64_t *cells, uint32_t n, unsigned scale, void *out);

/* What cells are, with the instructions of 'features' (cpu/features.h): how many are null, and the least and the largest
 * of the others as integers (where there are none, INT64_MAX and INT64_MIN). With escapes among them, integers are in
 * another order than their numbers. */
struct gpq_cells_survey {
	uint32_t nulls;
	int64_t min, max;
};
struct gpq_cells_survey gpq_cells_survey(const int64_t *cells, uint32_t n, uint32_t features);

/* ---- BYTE_STREAM_SPLIT ---- */

/* gpq_split_doubles() writes the first bytes of 'n' 8-byte values, 'stride' (n or more) further the second ones, and so
 * on. */
void gpq_split_doubles(const uint8_t *values, uint32_t n, uint8_t *out, size_t stride);

/* gpq_split_cells() surveys cells and splits their doubles, 8 * n bytes, in one pass. Where the survey finds nulls or
 * escapes, what is written is of no use. */
struct gpq_cells_survey gpq_split_cells(const int64_t *cells, uint32_t n, unsigned scale, uint32_t features,
					uint8_t *out);

/* ---- numbering distinct cells ---- */

#define GPQ_CELL_TABLE_MAX   ((uint32_t)1 << 17) /* distinct cells: a dictionary page of 1 MiB of doubles */
#define GPQ_CELL_TABLE_BYTES ((size_t)GPQ_CELL_TABLE_MAX * 2 * (sizeof(int64_t) + sizeof(uint32_t)))

/* An open-addressed table, at most half full. Starts small, so that few values stay in the processor's nearest cache.
 */
struct gpq_cell_table {
	int64_t *cells;  /* GPQ_CELL_NULL: free */
	uint32_t *codes; /* after gpq_cell_table_rank() */
	uint32_t slots, count, max_count;
	unsigned shift; /* 64 - log2(slots) */
	bool over;      /* there were more than 'max_count' */
};

/* 'memory': GPQ_CELL_TABLE_BYTES, aligned to 8. 'max_count' <= GPQ_CELL_TABLE_MAX. */
void gpq_cell_table_init(struct gpq_cell_table *table, void *memory, uint32_t max_count);

/* Enters the cells that are not null. Once 'over' it does nothing. */
void gpq_cell_table_gather(struct gpq_cell_table *table, const int64_t *cells, uint32_t n);

/* gpq_cell_table_rank() numbers the cells in ascending order of their numbers at 'scale' and lists them in 'sorted';
 * 'spare' is scratch. Both hold 'count' cells. */
void gpq_cell_table_rank(struct gpq_cell_table *table, unsigned scale, int64_t *sorted, int64_t *spare);

/* The codes of cells that were gathered (no nulls). */
void gpq_cell_table_codes(const struct gpq_cell_table *table, const int64_t *cells, uint32_t n, uint32_t *out);

/* The ranked cells again, in order. */
void gpq_cell_table_list(const struct gpq_cell_table *table, int64_t *out);

#endif
