/*
 * audit/trace_report.h - what trace found, as lines or as JSON.      Memory: the report, at most 1 MiB.
 * JSON (keys are a contract): { file, key, rows: [ { row_group, row, values: {column: value}, sources: [ { path,
 * content (same, changed, unknown), usable, why, match_count, lines: [ { line, byte, text, same, numbers: [ { column,
 * line, row } ] } ] } ] } ] }.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_TRACE_REPORT_H
#define GPQ_AUDIT_TRACE_REPORT_H

#include "base/json.h"
#include "audit/trace_source.h"

/* Whether a source is the one that the run read. */
enum gpq_trace_content { GPQ_CONTENT_UNKNOWN, GPQ_CONTENT_SAME, GPQ_CONTENT_CHANGED };

struct gpq_trace_report {
	const struct gpq_hooks *hooks;
	enum gpq_report kind;
	struct gpq_buf text;
	struct gpq_json json;
};

/* Call order: begin -> (row_begin -> source* -> row_end)* -> end -> done. */
void gpq_trace_report_begin(struct gpq_trace_report *report, struct gpq_budget *budget, const struct gpq_hooks *hooks,
			    enum gpq_report kind, const char *path, const char *key);
void gpq_trace_report_row_begin(struct gpq_trace_report *report, const struct gpq_trace_rows *rows,
				const struct gpq_trace_row *row);
void gpq_trace_report_source(struct gpq_trace_report *report, const struct gpq_trace_rows *rows,
			     const struct gpq_trace_source *source, enum gpq_trace_content content);
void gpq_trace_report_row_end(struct gpq_trace_report *report);
GPQ_MUST_USE enum gpq_status gpq_trace_report_end(struct gpq_trace_report *report, struct gpq_error *err);
void gpq_trace_report_done(struct gpq_trace_report *report);

#endif
