/*
 * audit/trace_source.h - the lines of an input that say something of one row: read with the converter's own parser,
 * so that a line is understood here as it was there. Memory: gpq_trace_source_need() and 4 MiB of locations at most.
 * Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_TRACE_SOURCE_H
#define GPQ_AUDIT_TRACE_SOURCE_H

#include "input/input_reader.h"
#include "audit/trace_row.h"

#define GPQ_TRACE_MAX_LINES  16
#define GPQ_TRACE_LINE_BYTES 2048

/* One number of a line beside that of the row. */
struct gpq_trace_number {
	enum gpq_column_id column;
	bool in_line, in_row; /* not null */
	double line, row;
};

struct gpq_trace_line {
	uint64_t byte, line;             /* in the decompressed input; line: 1-based */
	char text[GPQ_TRACE_LINE_BYTES]; /* without line end, cut where longer */
	uint32_t text_len;
	bool text_cut;
	int32_t version; /* or GPQ_VERSION_NONE */
	struct gpq_trace_number number[GPQ_MAX_CELLS];
	uint32_t n_numbers;
	bool same; /* every number that the line has is the row's */
};

struct gpq_trace_source {
	const char *path;
	struct gpq_hash hash; /* of the decompressed content, read whole */
	bool compressed;
	const char *dataset; /* that the input feeds; static */
	char why[240];       /* recognition, or why the input cannot be read as the row's source */
	bool usable;
	uint32_t n_lines;
	uint64_t matches; /* lines that fit, also those beyond the array */
	struct gpq_trace_line lines[GPQ_TRACE_MAX_LINES];
};

/*
 * gpq_trace_source_read() reads the file 'path', or the member that is not NULL, and keeps the lines of 'row'. An input that is not recognised, or
 * feeds another dataset, is not usable, which is no failure. Errors: GPQ_E_SYSTEM, GPQ_E_PERMISSION, GPQ_E_TRUNCATED,
 * GPQ_E_CHECKSUM, GPQ_E_BUDGET.
 */
GPQ_MUST_USE enum gpq_status gpq_trace_source_read(struct gpq_budget *budget, const char *path,
						   const struct gpq_member *member,
						   const struct gpq_trace_rows *rows, const struct gpq_trace_row *row,
						   struct gpq_trace_source *out, struct gpq_error *err);

#endif
