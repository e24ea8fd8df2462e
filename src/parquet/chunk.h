/*
 * parquet/chunk.h - one column chunk: its values become pages, its facts are kept for the footer and the page index.
 * Knows: pages, dictionaries, trials of encodings.      Not: files, threads, turns.
 */
#ifndef GPQ_PARQUET_CHUNK_H
#define GPQ_PARQUET_CHUNK_H

#include "parquet/encode.h"
#include "parquet/page.h"
#include "parquet/writer.h"

#define GPQ_CHUNK_LEVEL_BYTES ((size_t)8192) /* levels of GPQ_PARQUET_PAGE_ROWS rows: 2500 bytes and heads of runs */
#define GPQ_CHUNK_RAW_BYTES   GPQ_PARQUET_PAGE_BYTES
#define GPQ_CHUNK_RAW_SLACK   ((size_t)64)
#define GPQ_CHUNK_SAMPLES     2 /* pages of sampled rows that a trial of encodings packs, at most */
#define GPQ_CHUNK_TRIAL_BYTES                                                                                          \
	(GPQ_CHUNK_SAMPLES * GPQ_PARQUET_PAGE_ROWS * sizeof(int64_t) + GPQ_PACKER_SCRATCH_BYTES)

/* What is kept of a data page until the chunk ends, and (the numbers) in the metadata file until the file ends. */
struct gpq_page_record {
	uint32_t stored_bytes; /* header included */
	uint32_t rows, nulls;
	uint64_t text_bytes; /* of STRING values, as if there were no dictionary */
	int64_t min, max;    /* keys (struct gpq_chunk_job); where nulls < rows */
};

/* Where a piece of the metadata file is. len 0: nothing. */
struct gpq_metadata_piece {
	uint64_t offset;
	uint64_t len;
};

/* What the footer says about a chunk. Offsets count from the chunk's first byte, the chunk's from the group's. */
struct gpq_chunk_facts {
	uint64_t offset, stored_bytes, raw_bytes; /* headers included in both */
	uint64_t rows, nulls, text_bytes;
	int64_t distinct;                   /* GPQ_ABSENT: not known */
	uint32_t dictionary_bytes, n_pages; /* dictionary page with header, 0: none; data pages */
	enum gpq_encoding encoding;         /* of the data pages */
	bool has_min, has_max;
	struct gpq_bound min, max;
	struct gpq_metadata_piece column_index; /* as it goes to the file */
	struct gpq_metadata_piece pages;        /* struct gpq_page_record each */
	struct gpq_metadata_piece bloom;        /* as it goes to the file */
};

/* Where pages go, in order. */
struct gpq_chunk_outlet {
	void *context;
	enum gpq_status (*put)(void *context, const void *bytes, size_t len, struct gpq_error *err);
};

struct gpq_parquet_encoder {
	struct gpq_budget *budget;
	struct gpq_parquet_settings settings;
	uint32_t features; /* of the processor (cpu/features.h) */
	struct gpq_packer *packer;
	uint8_t *raw, *packed;
	size_t packed_bytes;
	uint8_t *trial;                /* GPQ_CHUNK_TRIAL_BYTES: sampled cells and what packing them takes */
	uint8_t *lookup;               /* GPQ_CELL_TABLE_BYTES: cell table, or numbers of codes */
	uint32_t *codes, *levels;      /* GPQ_PARQUET_PAGE_ROWS */
	int64_t *cells;                /* GPQ_PARQUET_PAGE_ROWS; coded columns: stretches of codes */
	struct gpq_page_record *pages; /* GPQ_PARQUET_GROUP_PAGES */
};

/*
 * A chunk under way. Bounds travel as keys, which order as their values do: coded columns the code, DOUBLE cells the
 * bits turned into a signed order, INT32 cells the integer.
 */
struct gpq_chunk_job {
	struct gpq_parquet_encoder *encoder;
	const struct gpq_column *column;
	const struct gpq_values *values;
	const struct gpq_chunk_outlet *outlet;
	struct gpq_chunk_facts *facts;
	struct gpq_values as_codes; /* cells that are read as codes after all: what 'values' points to then */
	uint32_t *numbers;    /* coded: by code: place in the dictionary, GPQ_CODE_NULL where no row has it */
	size_t numbers_bytes; /* taken from the budget; 0: 'numbers' is in encoder->lookup */
};

static inline int64_t gpq_key_of_double(double number)
{
	int64_t bits;
	memcpy(&bits, &number, sizeof(bits));
	return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

static inline double gpq_key_to_double(int64_t key)
{
	double number;
	key ^= (int64_t)((uint64_t)(key >> 63) >> 1);
	memcpy(&number, &key, sizeof(number));
	return number;
}

/*
 * gpq_chunk_encode() pulls 'values' (twice: rewound in between), writes pages to 'outlet' and the index to 'metadata'.
 *   bloom      make a filter (not for DOUBLE and BOOLEAN)
 *   out_facts  set on GPQ_OK but for 'offset'
 * Errors: GPQ_E_BUG (values that break their contract), GPQ_E_DATA (a text longer than a page), GPQ_E_BUDGET; what the
 * values, the outlet and the metadata file give.
 */
GPQ_MUST_USE enum gpq_status gpq_chunk_encode(struct gpq_parquet_encoder *encoder, const struct gpq_column *column,
					      const struct gpq_values *values, bool bloom,
					      const struct gpq_chunk_outlet *outlet, struct gpq_spill *metadata,
					      struct gpq_chunk_facts *out_facts, struct gpq_error *err);

/* The bound that a key stands for; false: there is none of at most 'limit' bytes. */
bool gpq_chunk_bound(const struct gpq_chunk_job *job, int64_t key, bool upper, uint32_t limit, struct gpq_bound *out);

/* The two kinds of columns (chunk_coded.c, chunk_cells.c). */
GPQ_MUST_USE enum gpq_status gpq_chunk_coded(struct gpq_chunk_job *job, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_chunk_cells(struct gpq_chunk_job *job, struct gpq_error *err);

/* Cells that may be read as codes: gpq_chunk_codes_mark() sets job->numbers[code], all 0 before, to 1 for the codes that
 * rows have, and counts nulls; gpq_chunk_codes_put() ranks the marked and puts the pages in facts->encoding. */
GPQ_MUST_USE enum gpq_status gpq_chunk_codes_mark(struct gpq_chunk_job *job, uint64_t *out_nulls,
						  struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_chunk_codes_put(struct gpq_chunk_job *job, struct gpq_error *err);

/* Steps that both share. Levels go to the front of encoder->raw; 'levels' may be NULL where all or none of 'rows' are
 * null. */
size_t gpq_chunk_levels_put(const struct gpq_chunk_job *job, const uint32_t *levels, uint32_t rows, uint32_t nulls,
			    uint8_t *out);
GPQ_MUST_USE enum gpq_status gpq_chunk_dictionary_emit(struct gpq_chunk_job *job, size_t raw_len, uint32_t values,
						       struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_chunk_page_emit(struct gpq_chunk_job *job, size_t raw_len,
						 const struct gpq_page_record *record, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_chunk_null_check(const struct gpq_chunk_job *job, uint64_t nulls,
						  struct gpq_error *err);

#endif
