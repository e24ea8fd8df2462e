/*
 * audit/trace_notes.h - the inputs that a run noted in <out>/.gridpq/inputs.tsv: path, stored bytes, hash of the content.
 * Memory: some 80 KiB while they are read.      Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_TRACE_NOTES_H
#define GPQ_AUDIT_TRACE_NOTES_H

#include "base/budget.h"

/* A path of the notes; longer ones cannot be opened anyway. */
#define GPQ_TRACE_PATH_BYTES ((size_t)4096)
#define GPQ_TRACE_HASH_LEN   32 /* hex digits */

struct gpq_trace_notes_visitor {
	void *context;
	/* An input; 'path' may be written to, 'hash' is not terminated. */
	enum gpq_status (*input)(void *context, char *path, const char *hash, struct gpq_error *err);
};

/* gpq_trace_notes_find() finds the notes above the Parquet file 'file'. */
bool gpq_trace_notes_find(const char *file, char out[GPQ_TRACE_PATH_BYTES]);

/* gpq_trace_notes_read() visits the inputs of the notes at 'path'. Errors: those of reading, and what the visitor returns. */
GPQ_MUST_USE enum gpq_status gpq_trace_notes_read(struct gpq_budget *budget, const char *path,
						  const struct gpq_trace_notes_visitor *visitor, struct gpq_error *err);

#endif
