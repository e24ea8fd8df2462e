/*
 * audit/verify_file.h - one Parquet file read whole and compared with what it claims and with the rules (docs/OUTPUT.md, 4,
 * 5, 8). Memory: the reader's, a page and a dictionary for each column, verify_rows.h's.      Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_VERIFY_FILE_H
#define GPQ_AUDIT_VERIFY_FILE_H

#include "audit/verify_pages.h"
#include "audit/verify_rows.h"

/* A file under verification. */
struct gpq_verify_file {
	struct gpq_budget *budget;
	const struct gpq_hooks *hooks;
	struct gpq_findings *findings;
	const char *path;
	struct gpq_ranges *ranges;
	struct gpq_parquet_reader *reader;
	struct gpq_zone *zone;
	struct gpq_file_claims claims;
	struct gpq_page_lacks lacks;
	struct gpq_page_check *checks;    /* one a column, where the table is ours */
	struct gpq_parquet_slice *slices; /* one a column */
	struct gpq_row_check rows;
	bool rows_checked; /* no row group was left out */
	struct gpq_file_facts facts;
};

/* gpq_verify_file() reads 'path'; what is wrong with it goes to 'findings'.
 * Errors: GPQ_E_BUDGET, GPQ_E_SYSTEM, GPQ_E_PERMISSION, GPQ_E_INTERRUPTED. */
GPQ_MUST_USE enum gpq_status gpq_verify_file(struct gpq_budget *budget, const struct gpq_hooks *hooks,
					     struct gpq_findings *findings, const char *path, struct gpq_error *err);

/* ---- verify_claims.c: what footer and notes say, before a row is read ---- */

/* Chooses the table and compares the schema; claims->table is NULL where the file is none of ours. */
void gpq_verify_schema(struct gpq_verify_file *file);

/* Reads the notes into claims and facts. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_verify_notes(struct gpq_verify_file *file, struct gpq_error *err);

/* The row group under view: sizes, places, sorting columns. */
void gpq_verify_group(struct gpq_verify_file *file);

/* Counts and input list, after all rows. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_verify_lineage(struct gpq_verify_file *file, struct gpq_error *err);

#endif
