/*
 * audit/trace_row.h - the rows of a Parquet file that have a location and an instant, with all their values.
 * Memory: the reader's, the rows found.      Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_TRACE_ROW_H
#define GPQ_AUDIT_TRACE_ROW_H

#include "base/buf.h"
#include "table/schema.h"
#include "table/text.h"

#define GPQ_TRACE_MAX_ROWS 16

/* "LOCATION@INSTANT" taken apart. */
struct gpq_trace_key {
	struct gpq_text location;
	int64_t utc_us;
};

struct gpq_trace_row {
	uint32_t group;
	uint64_t row; /* within the row group, from 0 */
	struct {
		bool present;
		int64_t word;   /* numbers, as gpq_parquet_slice */
		size_t text_at; /* texts: in 'texts' */
		uint32_t text_len;
	} value[GPQ_N_COLUMNS]; /* by enum gpq_column_id */
};

struct gpq_trace_rows {
	struct gpq_budget *budget;
	const struct gpq_table *table;
	struct gpq_buf texts;
	struct gpq_trace_row rows[GPQ_TRACE_MAX_ROWS];
	uint32_t count;
	bool more; /* there are further ones */
};

/* gpq_trace_key_parse() takes the key apart at its last '@'. An instant without offset is UTC. Errors: GPQ_E_USAGE. */
GPQ_MUST_USE enum gpq_status gpq_trace_key_parse(const char *text, struct gpq_trace_key *out, struct gpq_error *err);

/*
 * gpq_trace_rows_find() reads 'path'. A location is matched by name or id; in the ancillary table by "PRODUCT",
 * "PRODUCT/REGION" or the resource's name. Errors: those of the reader; GPQ_E_DATA where the file is none of our
 * tables.
 */
GPQ_MUST_USE enum gpq_status gpq_trace_rows_find(struct gpq_budget *budget, const char *path,
						 const struct gpq_trace_key *key, struct gpq_trace_rows *out,
						 struct gpq_error *err);
void gpq_trace_rows_done(struct gpq_trace_rows *rows);

/* The text of a column; bytes NULL for null. Borrowed until done. */
struct gpq_text gpq_trace_row_text(const struct gpq_trace_rows *rows, const struct gpq_trace_row *row,
				   enum gpq_column_id id);

#endif
