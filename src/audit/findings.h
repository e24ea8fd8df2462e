/*
 * audit/findings.h - what verify says: findings and notes of one file after the other, as lines or as JSON.
 * Knows: kinds of findings, places.      Not: how they are found.
 * JSON (keys are a contract): { files: [ { path, findings: [ { kind, row_group?, column?, row?, byte?, message } ],
 * finding_count, notes: [text], table, iso, dataset, partition, order, bytes, row_groups, rows, current_rows } ],
 * file_count, finding_count }. 'findings' shows GPQ_FINDINGS_SHOWN of a kind at most, 'finding_count' counts all.
 * Memory: 128 KiB for the text not handed over yet, and the notes of the file under way.      Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_FINDINGS_H
#define GPQ_AUDIT_FINDINGS_H

#include "base/json.h"
#include "table/text.h"

/* JSON says them by words that are a contract (findings.c). */
enum gpq_finding {
	GPQ_FINDING_FILE, /* the file cannot be opened or is no Parquet file */
	GPQ_FINDING_FOOTER,
	GPQ_FINDING_SCHEMA,
	GPQ_FINDING_PAGE, /* a page cannot be read */
	GPQ_FINDING_CHECKSUM,
	GPQ_FINDING_STATISTICS, /* of pages and chunks */
	GPQ_FINDING_INDEX,      /* column and offset index */
	GPQ_FINDING_BLOOM,
	GPQ_FINDING_ORDER,
	GPQ_FINDING_KEY,
	GPQ_FINDING_TIME,
	GPQ_FINDING_DAY,
	GPQ_FINDING_VALUE,
	GPQ_FINDING_ROWS,
	GPQ_FINDING_LINEAGE,
	GPQ_N_FINDINGS,
};

/* At most this many of a kind are printed for a file; the rest are counted. */
#define GPQ_FINDINGS_SHOWN 10

/* Where in a file; what is negative or NULL is not known. */
struct gpq_place {
	int64_t group, row, byte; /* row: within the row group, from 0 */
	const char *column;       /* terminated */
};

#define GPQ_NOWHERE ((struct gpq_place){ .group = -1, .row = -1, .byte = -1 })

struct gpq_findings {
	struct gpq_budget *budget;
	const struct gpq_hooks *hooks;
	enum gpq_report report;
	struct gpq_buf out, notes;
	struct gpq_json json;
	const char *path;                 /* of the file under way */
	uint64_t of_kind[GPQ_N_FINDINGS]; /* in the file under way */
	uint64_t in_file, total, files;
};

/* What is said of a file when it was read. */
struct gpq_file_facts {
	const char *table, *order; /* NULL: not known */
	struct gpq_text iso, dataset, partition;
	uint64_t bytes, rows, current_rows;
	uint32_t row_groups;
};

void gpq_findings_init(struct gpq_findings *findings, struct gpq_budget *budget, const struct gpq_hooks *hooks,
		       enum gpq_report report);
void gpq_findings_done(struct gpq_findings *findings);

/* Call order: begin -> (file_begin -> (say | note)* -> file_end)* -> end -> done. Texts go to hooks.result as they
 * come. */
void gpq_findings_begin(struct gpq_findings *findings);
void gpq_findings_file_begin(struct gpq_findings *findings, const char *path);
void gpq_findings_say(struct gpq_findings *findings, enum gpq_finding kind, struct gpq_place place, const char *format,
		      ...) GPQ_PRINTF(4, 5);
void gpq_findings_note(struct gpq_findings *findings, const char *format, ...) GPQ_PRINTF(2, 3);
GPQ_MUST_USE enum gpq_status gpq_findings_file_end(struct gpq_findings *findings, const struct gpq_file_facts *facts,
						   struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_findings_end(struct gpq_findings *findings, struct gpq_error *err);

#endif
