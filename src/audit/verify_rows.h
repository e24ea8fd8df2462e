/*
 * audit/verify_rows.h - the rows of a file against the rules of the table: order, keys, revisions, time columns, the
 * dataset's constants, lineage (docs/OUTPUT.md, 4, 5, 8).
 *
 * Keys: in a sorted file equal keys are neighbours, but for a key without the name whose location was renamed; such
 * keys are found by the spans of time that each (key, name) has. Memory: the instants (instants.h), 32 bytes a location
 * that the key knows without its name, 16 a source file.  Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_VERIFY_ROWS_H
#define GPQ_AUDIT_VERIFY_ROWS_H

#include "convert/calendar.h"
#include "audit/findings.h"
#include "convert/instants.h"
#include "market/market.h"
#include "parquet/reader.h"
#include "value/zone.h"

/* What the file's notes and tables say of it. */
struct gpq_file_claims {
	const struct gpq_table *table;
	const struct gpq_market *market;   /* NULL: not known */
	const struct gpq_dataset *dataset; /* NULL: not known */
	const struct gpq_zone *zone;       /* NULL: offsets are not checked */
	enum gpq_order order;
	bool has_order;
	struct gpq_text iso, dataset_id;
	bool has_partition;
	int32_t first_day, end_day; /* delivery dates of the partition, [first, end) */
	bool off_grid;              /* instants need not stand on the grid (RULES 7, 10) */
};

#define GPQ_KEY_TEXTS 3 /* texts 0, 1, 2 of a location: what a key may hold */

struct gpq_key_span { /* of one (key, name) */
	uint64_t hash;
	int64_t min_us, max_us;
	uint64_t era; /* counts the reaches within which keys are compared */
};

struct gpq_source_seen {
	uint64_t hash;
	uint64_t rows;
};

/* Totals against the sums of their components. */
struct gpq_sum_tally {
	uint64_t rows, off;
	double worst;
	int64_t worst_us;
	char worst_name[64];
};

struct gpq_row_check {
	struct gpq_budget *budget;
	struct gpq_findings *findings;
	const struct gpq_file_claims *claims; /* Borrows */
	int column[GPQ_N_COLUMNS];            /* position in the file, or -1 */
	int text_column[GPQ_KEY_TEXTS];       /* of the sort texts, or -1 */
	uint8_t sort_texts, key_texts;        /* bits, as in gpq_dataset */
	bool by_time;

	bool has_last; /* the last current row */
	int64_t last_us;
	struct gpq_text last_text[GPQ_KEY_TEXTS];
	struct gpq_buf last_bytes[GPQ_KEY_TEXTS];

	struct gpq_instants instants;
	int64_t group_min_us, group_max_us, before_max_us; /* of the row group under way, of all before */
	int32_t group_min_day, group_max_day, before_max_day;
	bool group_any, before_any;

	struct gpq_key_span *spans; /* open addressing, room a power of two */
	size_t spans_room, spans_count;
	bool spans_full;
	uint64_t era;
	struct gpq_key_span run; /* the (key, name) under way */
	bool run_any;
	uint64_t spans_unsure; /* renamed locations whose spans of time meet */

	struct gpq_source_seen *sources;
	size_t sources_room, sources_count;
	uint64_t rows, current_rows;
	struct gpq_sum_tally sums;
	struct gpq_sum_tally group_sums[2]; /* of the row group under way: of rows without the last component, and with it */
	bool group_has_last;                /* some row has it: then those without it lack it, and are no sums */
};

GPQ_MUST_USE enum gpq_status gpq_row_check_init(struct gpq_row_check *check, struct gpq_budget *budget,
						struct gpq_findings *findings, const struct gpq_file_claims *claims,
						const struct gpq_parquet_reader *reader, struct gpq_error *err);
void gpq_row_check_done(struct gpq_row_check *check);

/* Call order: init -> (group_begin -> rows* -> group_end)* -> end -> done. 'slices' has one slice a column, 'row' is
 * the first's number in the row group. Errors: GPQ_E_BUDGET. */
void gpq_row_check_group_begin(struct gpq_row_check *check);
GPQ_MUST_USE enum gpq_status gpq_row_check_rows(struct gpq_row_check *check, const struct gpq_parquet_slice *slices,
						uint32_t group, uint64_t row, uint32_t rows, struct gpq_error *err);
void gpq_row_check_group_end(struct gpq_row_check *check, uint32_t group);

/* Days and price sums, once all rows were seen. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_row_check_end(struct gpq_row_check *check, struct gpq_error *err);

/* ---- verify_times.c ---- */

/* The time columns of rows, and the days at the end. */
void gpq_row_check_times(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			 uint64_t row, uint32_t rows);
GPQ_MUST_USE enum gpq_status gpq_row_check_days(struct gpq_row_check *check, struct gpq_error *err);

/* ---- verify_prices.c ---- */

void gpq_row_check_prices(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			  uint64_t row, uint32_t rows);
void gpq_row_check_prices_group_end(struct gpq_row_check *check);
void gpq_row_check_prices_end(struct gpq_row_check *check);

/* ---- verify_keys.c ---- */

/* Order, keys and revisions of rows; ends of what keys are compared within. */
GPQ_MUST_USE enum gpq_status gpq_row_check_keys(struct gpq_row_check *check, const struct gpq_parquet_slice *slices,
						uint32_t group, uint64_t row, uint32_t rows, struct gpq_error *err);
void gpq_row_check_run_end(struct gpq_row_check *check, uint32_t group);

#endif
