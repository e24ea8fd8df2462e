/*
 * parquet/reader.h - read a Parquet file back: footer, row groups, and columns a page at a time.
 * Knows: schemas, chunks, pages, values.      Not: what columns mean, where files are.
 *
 * Reads flat schemas of BOOLEAN, INT32, INT64, DOUBLE and BYTE_ARRAY, pages of version 1 and 2, PLAIN, dictionaries,
 * RLE and BYTE_STREAM_SPLIT, the codecs of codec.h; names what else it meets. The bytes may be hostile.
 *
 * Call order: reader_open -> column_open for each column wanted -> (reader_group -> column_start -> (column_ready ->
 * column_read)* for each column) for each row group -> column_close -> reader_close.
 * Memory: the footer (at most GPQ_PARQUET_FOOTER_CAP_BYTES), one row group's chunk list, one stored page; a column
 * holds one page and one dictionary, each at most GPQ_PARQUET_PAGE_CAP_BYTES unpacked, and GPQ_PARQUET_SLICE_ROWS
 * values. Errors: messages name row group, column and byte; err->byte is that byte.      Threads: one reader, one
 * thread.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_PARQUET_READER_H
#define GPQ_PARQUET_READER_H

#include "io/ranges.h"
#include "parquet/codec.h"
#include "parquet/decode.h"
#include "table/values.h"

#define GPQ_PARQUET_FOOTER_CAP_BYTES ((size_t)64 << 20)
#define GPQ_PARQUET_PAGE_CAP_BYTES   ((size_t)16 << 20)
#define GPQ_PARQUET_HEADER_CAP_BYTES ((size_t)1 << 20)
#define GPQ_PARQUET_SLICE_ROWS       1024

/* Members are read freely and written by the calls below only. */
struct gpq_parquet_reader {
	struct gpq_budget *budget;
	const struct gpq_ranges *ranges; /* Borrows */
	uint64_t footer_at;              /* byte where the footer begins: no page is behind it */
	uint8_t *footer_bytes;
	size_t footer_len;
	struct gpq_footer footer;
	struct gpq_leaf *leaves; /* one a column */
	uint32_t n_leaves;
	uint32_t *group_at; /* byte of each row group within the footer */
	uint32_t group_index;
	struct gpq_group group;          /* the row group under view */
	struct gpq_column_chunk *chunks; /* its n_leaves chunks */
	struct gpq_unpacker *unpacker;
	uint8_t *packed; /* a stored page, shared by all columns */
	size_t packed_room;
};

/* gpq_parquet_reader_open() reads magic bytes and footer. Owner: caller. 'ranges' is borrowed until close.
 * Errors: GPQ_E_DATA, GPQ_E_TRUNCATED, GPQ_E_BUDGET (footer: says how much it needs), GPQ_E_SYSTEM. */
GPQ_MUST_USE enum gpq_status gpq_parquet_reader_open(struct gpq_budget *budget, const struct gpq_ranges *ranges,
						     struct gpq_parquet_reader **out, struct gpq_error *err);
void gpq_parquet_reader_close(struct gpq_parquet_reader *reader);

/* gpq_parquet_reader_group() puts row group 'index' under view; chunks that cannot lie in the file are GPQ_E_DATA. */
GPQ_MUST_USE enum gpq_status gpq_parquet_reader_group(struct gpq_parquet_reader *reader, uint32_t index,
						      struct gpq_error *err);

/* The value of a key-value note; bytes NULL where there is none. The first, where several have the key. */
struct gpq_text gpq_parquet_reader_note(const struct gpq_parquet_reader *reader, const char *key);

/* The column with a name, or -1. */
int gpq_parquet_reader_leaf(const struct gpq_parquet_reader *reader, const char *name);

/* First byte of a chunk, its dictionary page included. */
uint64_t gpq_parquet_chunk_begin(const struct gpq_column_chunk *chunk);

/* The page under way. */
struct gpq_parquet_page {
	uint64_t offset;       /* of its header in the file */
	uint32_t header_bytes; /* behind it: header.compressed_bytes of page */
	uint32_t ordinal;      /* among the chunk's data pages */
	uint64_t first_row;    /* within the row group */
	uint32_t rows;
	struct gpq_page_header header; /* its texts live until the next page */
};

/* A piece of a column, borrowed until the column's next call. Where 'n_nulls' > 0, present[i] tells. */
struct gpq_parquet_slice {
	uint32_t rows, n_nulls;
	const uint32_t *present; /* 1 or 0 a row; NULL where no row is null */
	const int64_t *words;    /* numbers: as gpq_decoder_words(); 0 for null. NULL for BYTE_ARRAY */
	const struct gpq_text
	    *texts;            /* BYTE_ARRAY: null has NULL bytes; live until the chunk's next page. NULL for numbers */
	const uint32_t *codes; /* dictionary codes, GPQ_CODE_NULL for null; NULL where the page has none */
};

struct gpq_parquet_column {
	struct gpq_parquet_reader *reader; /* Borrows */
	uint32_t index, group_index;
	enum gpq_physical physical;
	bool optional;
	uint64_t chunk_at, chunk_end; /* chunk_at: the next page's header */
	uint64_t rows, rows_done;     /* of the chunk; rows_done: in pages before the one under way */
	uint32_t rows_left;           /* of the page under way */
	uint32_t n_data_pages;
	struct gpq_parquet_page page;
	bool has_dictionary;
	struct gpq_parquet_page dictionary; /* its page, texts not good any more */
	int64_t *dictionary_words;
	struct gpq_text *dictionary_texts;
	uint32_t n_dictionary;
	size_t dictionary_room; /* entries */
	uint8_t *dictionary_bytes, *page_bytes, *header_bytes;
	size_t dictionary_bytes_room, page_room, header_room;
	struct gpq_hybrid levels;
	struct gpq_decoder decoder;
	bool crc_ignored; /* a wrong CRC is kept in 'crc_wrong' instead of failing */
	bool crc_wrong;   /* of the page read last */
	bool dictionary_crc_wrong;
	uint32_t *present, *codes; /* SLICE_ROWS each */
	int64_t *words;
	struct gpq_text *texts;
};

/* gpq_parquet_column_open() makes a reader of column 'index'. Owner: caller.
 * Errors: GPQ_E_DATA (a type that is not read: names it), GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_parquet_column_open(struct gpq_parquet_reader *reader, uint32_t index,
						     struct gpq_parquet_column **out, struct gpq_error *err);
void gpq_parquet_column_close(struct gpq_parquet_column *column);

/* gpq_parquet_column_start() goes to the first row of the row group under view. */
GPQ_MUST_USE enum gpq_status gpq_parquet_column_start(struct gpq_parquet_column *column, struct gpq_error *err);

/*
 * gpq_parquet_column_ready() sets '*out_rows' to the rows left in the page, going on to the next page where none is.
 * GPQ_END: all rows of the row group were read.
 * Errors: GPQ_E_CHECKSUM, GPQ_E_TRUNCATED, GPQ_E_DATA, GPQ_E_BUDGET (page too large for the bound), GPQ_E_SYSTEM.
 */
GPQ_MUST_USE enum gpq_status gpq_parquet_column_ready(struct gpq_parquet_column *column, uint32_t *out_rows,
						      struct gpq_error *err);

/* gpq_parquet_column_read() gives the next 'rows' (at most SLICE_ROWS and what _ready said). */
GPQ_MUST_USE enum gpq_status gpq_parquet_column_read(struct gpq_parquet_column *column, uint32_t rows,
						     struct gpq_parquet_slice *out, struct gpq_error *err);

/* gpq_parquet_column_fail() is gpq_fail() with row group, column and byte put in front and into 'err'. */
enum gpq_status gpq_parquet_column_fail(const struct gpq_parquet_column *column, struct gpq_error *err,
					enum gpq_status status, uint64_t byte, const char *format, ...)
    GPQ_PRINTF(5, 6);

/* gpq_parquet_page_room() makes '*bytes' hold 'need' bytes and decode's padding; what was in it is gone. */
GPQ_MUST_USE enum gpq_status gpq_parquet_page_room(struct gpq_budget *budget, uint8_t **bytes, size_t *room,
						   size_t need, struct gpq_error *err);

#endif
