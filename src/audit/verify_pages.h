/*
 * audit/verify_pages.h - what a Parquet file claims of a column's pages and chunks, against the values that are
 * there: checksums, statistics, column and offset index, sizes, encodings, bloom filter.
 *
 * Memory: the page indexes and the bloom filter of one chunk a column, 4 bytes a dictionary value, the longest texts.
 * Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_VERIFY_PAGES_H
#define GPQ_AUDIT_VERIFY_PAGES_H

#include "audit/findings.h"
#include "parquet/bloom_reader.h"

/* Things that a file of ours always has. The lack of one is a finding once a file, not once a page. */
struct gpq_page_lacks {
	bool crc, page_statistics, chunk_statistics, offset_index, column_index;
};

/* The smallest and largest value of some rows. */
struct gpq_extremes {
	bool any;
	int64_t min_word, max_word; /* whole numbers */
	double min_number, max_number;
	struct gpq_text min_text, max_text;
	uint64_t rows, nulls, nans, text_bytes;
};

#define GPQ_PAGE_KINDS 8

struct gpq_page_check {
	struct gpq_budget *budget;
	struct gpq_findings *findings;
	struct gpq_page_lacks *lacks;      /* Borrows: shared by the file's columns */
	struct gpq_parquet_column *column; /* Owns */
	char name[128];
	bool ordered; /* its values have the order that min and max are by */
	bool broken;  /* the chunk under way cannot be read any further */
	struct gpq_extremes page, chunk;
	struct gpq_buf chunk_min, chunk_max; /* the texts of 'chunk' */
	uint32_t *stamps;                    /* by dictionary code: number of the page that was seen in last, from 1 */
	size_t stamps_room;                  /* entries */
	uint32_t last_code;
	uint8_t *offset_bytes, *index_bytes;
	size_t offset_room, index_room;
	struct gpq_offset_index offsets;
	struct gpq_column_index bounds;
	bool has_offsets, has_bounds;
	struct gpq_text last_min, last_max; /* bounds of the last page that has values */
	struct gpq_parquet_bloom bloom;
	struct gpq_text bloom_last;
	struct gpq_encoding_stat seen[GPQ_PAGE_KINDS];
	uint32_t n_seen;
	uint64_t unpacked_bytes; /* of pages and headers so far */
};

/* gpq_page_check_open() opens column 'index' for checking. Errors: as gpq_parquet_column_open(). */
GPQ_MUST_USE enum gpq_status gpq_page_check_open(struct gpq_page_check *check, struct gpq_findings *findings,
						 struct gpq_page_lacks *lacks, struct gpq_parquet_reader *reader,
						 uint32_t index, struct gpq_error *err);
void gpq_page_check_done(struct gpq_page_check *check);

/* gpq_page_check_start() goes to the row group under view. What is wrong there is a finding; errors: GPQ_E_BUDGET,
 * GPQ_E_SYSTEM. */
GPQ_MUST_USE enum gpq_status gpq_page_check_start(struct gpq_page_check *check, struct gpq_error *err);

/*
 * gpq_page_check_ready() and _read() are those of the column; damage becomes a finding, makes the check 'broken' and
 * gives GPQ_END. At a page's and the chunk's end the claims are compared.
 */
GPQ_MUST_USE enum gpq_status gpq_page_check_ready(struct gpq_page_check *check, uint32_t *out_rows,
						  struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_page_check_read(struct gpq_page_check *check, uint32_t rows,
						 struct gpq_parquet_slice *out, struct gpq_error *err);

/* ---- extremes.c ---- */

void gpq_extremes_clear(struct gpq_extremes *extremes);

/* gpq_extremes_words() takes in the values of a slice of numbers. */
void gpq_extremes_words(struct gpq_extremes *extremes, enum gpq_physical physical,
			const struct gpq_parquet_slice *slice);
void gpq_extremes_text(struct gpq_extremes *extremes, struct gpq_text text);

/* Adds the extremes of a page to those of its chunk, but for texts. */
void gpq_extremes_join(struct gpq_extremes *chunk, const struct gpq_extremes *page, enum gpq_physical physical);

/* A claimed minimum or maximum against the real one. */
struct gpq_claimed_bound {
	struct gpq_text claimed; /* its plain bytes */
	bool is_max, exact;      /* not exact: at or beyond the real one is enough */
};

/* gpq_bound_complaint() returns NULL, or what is wrong, in 'out'. 'extremes->any' holds. */
const char *gpq_bound_complaint(const struct gpq_extremes *extremes, enum gpq_physical physical,
				struct gpq_claimed_bound bound, char out[200]);

/* Two claimed bounds of one type: < 0, 0, > 0. Both have the type's length. */
int gpq_claimed_compare(struct gpq_text a, struct gpq_text b, enum gpq_physical physical);

#endif
