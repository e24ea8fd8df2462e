/*
 * parquet/writer.h - write a Parquet file: row groups of column chunks of pages, page index, footer.
 * Knows: schemas, values, encodings, pages, chunks.      Not: ISOs, CSV, where rows come from.
 *
 * Profile (docs/OUTPUT.md): data page v1; PLAIN, RLE_DICTIONARY (ascending, plain dictionary page) or
 * BYTE_STREAM_SPLIT, the smallest by trial on the row group's own values; RLE levels; pages of at most 1 MiB and 20,000
 * rows; CRC on every page; statistics in chunk and page headers, column and offset index, size statistics,
 * encoding_stats, column_orders; converted types beside logical ones.
 *
 * Call order: file_open -> (group_begin -> chunk_write for every column, any thread -> group_end)* -> finish ->
 * file_close. Row groups may be written in any order and dropped again: finish puts them in the order of their keys,
 * copying the file into a fresh sink where the order on disk is another. So the same groups give the same bytes.
 *
 * Memory: gpq_parquet_encoder_need() a thread that encodes, gpq_parquet_file_need() a file under way; metadata of
 * finished groups goes to a spill file.
 */
#ifndef GPQ_PARQUET_WRITER_H
#define GPQ_PARQUET_WRITER_H

#include "io/sink.h"
#include "io/spill.h"
#include "table/schema.h"
#include "table/values.h"

#define GPQ_PARQUET_PAGE_ROWS   20000
#define GPQ_PARQUET_PAGE_BYTES  ((size_t)1 << 20)
#define GPQ_PARQUET_GROUP_PAGES 4096 /* of one column; their bounds are held until the chunk ends */
#define GPQ_PARQUET_GROUP_ROWS  ((uint64_t)GPQ_PARQUET_GROUP_PAGES * GPQ_PARQUET_PAGE_ROWS)
#define GPQ_PARQUET_FILE_GROUPS 32767 /* the format counts groups in 16 bits */

struct gpq_parquet_ahead;

struct gpq_parquet_settings {
	const struct gpq_table *table;
	enum gpq_codec codec;
	int codec_level;             /* 0: the codec's default; zstd: 1 */
	uint64_t bloom_columns;      /* bit i: column i gets a bloom filter */
	struct gpq_parquet_sorting { /* sorting_columns of every row group; n_sorting == 0: none are written */
		uint32_t column;
	} sorting[8];
	uint32_t n_sorting;
	struct gpq_parquet_ahead *ahead; /* Borrows until the file is closed. NULL: none */
};

/* ---- columns ahead of their turn: memory that all files under way share ---- */

GPQ_MUST_USE enum gpq_status gpq_parquet_ahead_open(struct gpq_budget *budget, size_t bytes,
						    struct gpq_parquet_ahead **out, struct gpq_error *err);
void gpq_parquet_ahead_close(struct gpq_parquet_ahead *ahead);

/* ---- one encoder a thread: codec context, page buffers, dictionary; of 'settings' only codec and level matter ---- */

struct gpq_parquet_encoder;

size_t gpq_parquet_encoder_need(const struct gpq_parquet_settings *settings);
GPQ_MUST_USE enum gpq_status gpq_parquet_encoder_open(struct gpq_budget *budget,
						      const struct gpq_parquet_settings *settings,
						      struct gpq_parquet_encoder **out, struct gpq_error *err);
void gpq_parquet_encoder_close(struct gpq_parquet_encoder *encoder);

/* ---- the file ---- */

struct gpq_parquet_file;

size_t gpq_parquet_file_need(const struct gpq_parquet_settings *settings);

/* Borrows 'sink' and 'metadata' (a spill file that several files may share) until close. 'settings' is copied. */
GPQ_MUST_USE enum gpq_status gpq_parquet_file_open(struct gpq_budget *budget,
						   const struct gpq_parquet_settings *settings, struct gpq_sink *sink,
						   struct gpq_spill *metadata, struct gpq_parquet_file **out,
						   struct gpq_error *err);
void gpq_parquet_file_close(struct gpq_parquet_file *file);

/* gpq_parquet_group_begin() starts a row group. 'key' orders the groups of the file; one group a key (dropped ones
 * aside). */
GPQ_MUST_USE enum gpq_status gpq_parquet_group_begin(struct gpq_parquet_file *file, int64_t key, uint64_t rows,
						     struct gpq_error *err);

/*
 * gpq_parquet_chunk_write() encodes column 'column' of the group under way and puts it in its place. Each column
 * exactly once; from any thread, columns claimed in ascending order. A column ahead of its turn goes to settings.ahead:
 * where it fits, the call returns and whoever ends the column before it writes it; else it waits for its turn. So the
 * last call of a group to return has put the last column in place. After a failure every waiting call fails as well.
 */
GPQ_MUST_USE enum gpq_status gpq_parquet_chunk_write(struct gpq_parquet_file *file, struct gpq_parquet_encoder *encoder,
						     uint32_t column, const struct gpq_values *values,
						     struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_parquet_group_end(struct gpq_parquet_file *file, struct gpq_error *err);

/* gpq_parquet_group_drop() forgets the group with 'key', which will be written again or not at all. */
void gpq_parquet_group_drop(struct gpq_parquet_file *file, int64_t key);

uint32_t gpq_parquet_groups(const struct gpq_parquet_file *file);
uint64_t gpq_parquet_rows(const struct gpq_parquet_file *file);

/* True where the groups stand on disk without gaps in the order of their keys: then finish needs no fresh sink. */
bool gpq_parquet_in_order(const struct gpq_parquet_file *file);

struct gpq_parquet_note { /* key-value metadata */
	const char *key;
	struct gpq_text value;
};

/*
 * gpq_parquet_finish() writes page indexes, bloom filters and footer.
 *   created_by   "gridpq version 0.1.0 (build ...)"
 *   fresh        NULL where gpq_parquet_in_order(); else an empty sink that receives the whole file in order
 */
GPQ_MUST_USE enum gpq_status gpq_parquet_finish(struct gpq_parquet_file *file, const char *created_by,
						const struct gpq_parquet_note *notes, uint32_t n_notes,
						struct gpq_sink *fresh, struct gpq_error *err);

#endif
