// SPDX-License-Identifier: MIT
#include "audit/verify_file.h"

#include <stdio.h>

/* The caller is asked whether to stop once in so many pieces of GPQ_PARQUET_SLICE_ROWS rows. */
#define SLICES_A_QUESTION 64

static bool is_damage(enum gpq_status status)
{
	return status == GPQ_E_DATA || status == GPQ_E_TRUNCATED || status == GPQ_E_CHECKSUM;
}

static enum gpq_status cancel_ask(const struct gpq_verify_file *file, struct gpq_error *err)
{
	if (file->hooks && file->hooks->cancelled && file->hooks->cancelled(file->hooks->context))
		return gpq_fail(err, GPQ_E_INTERRUPTED, "stopped on request");
	return GPQ_OK;
}

/* Rows that every column which is still good has ready. 0: none is good, or all are read. */
static enum gpq_status rows_ready(struct gpq_page_check *checks, uint32_t n, uint32_t *out_rows, bool *out_all,
				  struct gpq_error *err)
{
	uint32_t least = GPQ_PARQUET_SLICE_ROWS, good = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t rows = 0;
		enum gpq_status status = gpq_page_check_ready(&checks[i], &rows, err);
		if (status == GPQ_END)
			continue;
		GPQ_TRY(status);
		good++;
		least = rows < least ? rows : least;
	}
	*out_all = good == n;
	*out_rows = good ? least : 0;
	return GPQ_OK;
}

static enum gpq_status rows_read(struct gpq_page_check *checks, struct gpq_parquet_slice *slices, uint32_t n,
				 uint32_t rows, bool *all, struct gpq_error *err)
{
	for (uint32_t i = 0; i < n; i++) {
		if (checks[i].broken || checks[i].column->rows_left == 0) {
			*all = false;
			continue;
		}
		enum gpq_status status = gpq_page_check_read(&checks[i], rows, &slices[i], err);
		if (status != GPQ_OK && status != GPQ_END)
			return status;
		*all = *all && status == GPQ_OK;
	}
	return GPQ_OK;
}

/* All columns of a row group side by side. A damaged column stops being read, and with it the checks of whole rows. */
static enum gpq_status group_read(struct gpq_verify_file *file, uint32_t group, struct gpq_error *err)
{
	uint32_t n = file->reader->n_leaves, rows = 0;
	uint64_t row = 0;
	bool whole = true;
	for (uint32_t i = 0; i < n; i++)
		GPQ_TRY(gpq_page_check_start(&file->checks[i], err));
	gpq_row_check_group_begin(&file->rows);
	for (unsigned turn = 0;; turn++) {
		bool all = false;
		if (turn % SLICES_A_QUESTION == 0)
			GPQ_TRY(cancel_ask(file, err));
		GPQ_TRY(rows_ready(file->checks, n, &rows, &all, err));
		if (rows == 0)
			break;
		GPQ_TRY(rows_read(file->checks, file->slices, n, rows, &all, err));
		whole = whole && all;
		if (whole)
			GPQ_TRY(gpq_row_check_rows(&file->rows, file->slices, group, row, rows, err));
		row += rows;
	}
	whole = whole && row == (uint64_t)file->reader->group.rows;
	file->rows_checked = file->rows_checked && whole;
	gpq_row_check_group_end(&file->rows, group);
	return GPQ_OK;
}

/* A file that is none of ours: its columns one after the other, so that any number of them is no matter. */
static enum gpq_status foreign_group_read(struct gpq_verify_file *file, struct gpq_error *err)
{
	for (uint32_t i = 0; i < file->reader->n_leaves; i++) {
		struct gpq_page_check check = { .column = NULL };
		struct gpq_error inner = { .status = GPQ_OK };
		enum gpq_status status =
		    gpq_page_check_open(&check, file->findings, &file->lacks, file->reader, i, &inner);
		if (is_damage(status)) {
			if (file->reader->group_index == 0)
				gpq_findings_say(file->findings, GPQ_FINDING_SCHEMA, GPQ_NOWHERE, "%s", inner.message);
			continue;
		}
		if (status != GPQ_OK && err)
			*err = inner;
		if (status == GPQ_OK)
			status = gpq_page_check_start(&check, err);
		for (uint32_t rows = 0;
		     status == GPQ_OK && (status = gpq_page_check_ready(&check, &rows, err)) == GPQ_OK;) {
			struct gpq_parquet_slice slice;
			status = gpq_page_check_read(
			    &check, rows < GPQ_PARQUET_SLICE_ROWS ? rows : GPQ_PARQUET_SLICE_ROWS, &slice, err);
		}
		gpq_page_check_done(&check);
		if (status != GPQ_END)
			return status;
		GPQ_TRY(cancel_ask(file, err));
	}
	return GPQ_OK;
}

static void lacks_say(struct gpq_verify_file *file)
{
	const struct gpq_page_lacks *lacks = &file->lacks;
	if (lacks->crc)
		gpq_findings_say(file->findings, GPQ_FINDING_CHECKSUM, GPQ_NOWHERE, "pages without a CRC");
	if (lacks->page_statistics && lacks->column_index) /* either is enough: the index holds the same */
		gpq_findings_say(file->findings, GPQ_FINDING_STATISTICS, GPQ_NOWHERE, "pages without statistics");
	if (lacks->chunk_statistics)
		gpq_findings_say(file->findings, GPQ_FINDING_STATISTICS, GPQ_NOWHERE, "chunks without statistics");
	if (lacks->offset_index)
		gpq_findings_say(file->findings, GPQ_FINDING_INDEX, GPQ_NOWHERE, "chunks without an offset index");
	if (lacks->column_index)
		gpq_findings_say(file->findings, GPQ_FINDING_INDEX, GPQ_NOWHERE, "chunks without a column index");
}

static enum gpq_status checks_open(struct gpq_verify_file *file, struct gpq_error *err)
{
	struct gpq_parquet_reader *reader = file->reader;
	uint32_t n = reader->n_leaves;
	GPQ_TRY(gpq_alloc_zero(file->budget, GPQ_TAG_CONVERT, n * sizeof(*file->checks), &file->checks, err));
	GPQ_TRY(gpq_alloc_zero(file->budget, GPQ_TAG_CONVERT, n * sizeof(*file->slices), &file->slices, err));
	for (uint32_t i = 0; i < n; i++)
		GPQ_TRY(gpq_page_check_open(&file->checks[i], file->findings, &file->lacks, reader, i, err));
	return gpq_row_check_init(&file->rows, file->budget, file->findings, &file->claims, reader, err);
}

static enum gpq_status groups_read(struct gpq_verify_file *file, struct gpq_error *err)
{
	uint64_t rows = 0;
	for (uint32_t g = 0; g < file->reader->footer.n_groups; g++) {
		struct gpq_error inner = { .status = GPQ_OK };
		enum gpq_status status = gpq_parquet_reader_group(file->reader, g, &inner);
		if (is_damage(status)) {
			gpq_findings_say(
			    file->findings, GPQ_FINDING_FOOTER,
			    (struct gpq_place){ .group = g, .row = -1, .byte = (int64_t)inner.byte, .column = NULL },
			    "%s", inner.message);
			file->rows_checked = false;
			continue;
		}
		if (status != GPQ_OK && err)
			*err = inner;
		GPQ_TRY(status);
		rows += (uint64_t)file->reader->group.rows;
		gpq_verify_group(file);
		GPQ_TRY(file->claims.table ? group_read(file, g, err) : foreign_group_read(file, err));
	}
	if (rows != (uint64_t)file->reader->footer.rows)
		gpq_findings_say(file->findings, GPQ_FINDING_ROWS, GPQ_NOWHERE,
				 "its row groups have %llu rows, the footer says %lld", (unsigned long long)rows,
				 (long long)file->reader->footer.rows);
	return GPQ_OK;
}

static enum gpq_status file_read(struct gpq_verify_file *file, struct gpq_error *err)
{
	file->facts.bytes = gpq_ranges_bytes(file->ranges);
	GPQ_TRY(gpq_parquet_reader_open(file->budget, file->ranges, &file->reader, err));
	file->facts.rows = (uint64_t)file->reader->footer.rows;
	file->facts.row_groups = file->reader->footer.n_groups;
	gpq_verify_schema(file);
	if (file->claims.table) {
		GPQ_TRY(gpq_verify_notes(file, err));
		GPQ_TRY(checks_open(file, err));
	}
	file->rows_checked = true;
	GPQ_TRY(groups_read(file, err));
	if (file->claims.table) {
		GPQ_TRY(gpq_verify_lineage(file, err));
		lacks_say(file);
		file->facts.current_rows = file->rows.current_rows;
	}
	return GPQ_OK;
}

static void file_done(struct gpq_verify_file *file)
{
	uint32_t n = file->reader ? file->reader->n_leaves : 0;
	for (uint32_t i = 0; file->checks && i < n; i++)
		gpq_page_check_done(&file->checks[i]);
	gpq_row_check_done(&file->rows);
	gpq_free(file->budget, GPQ_TAG_CONVERT, file->checks, n * sizeof(*file->checks));
	gpq_free(file->budget, GPQ_TAG_CONVERT, file->slices, n * sizeof(*file->slices));
	gpq_zone_close(file->zone);
	gpq_parquet_reader_close(file->reader);
	gpq_ranges_close(file->ranges);
}

enum gpq_status gpq_verify_file(struct gpq_budget *budget, const struct gpq_hooks *hooks, struct gpq_findings *findings,
				const char *path, struct gpq_error *err)
{
	struct gpq_verify_file file = { .budget = budget, .hooks = hooks, .findings = findings, .path = path };
	struct gpq_error inner = { .status = GPQ_OK };
	gpq_findings_file_begin(findings, path);
	enum gpq_status status = gpq_ranges_open(budget, path, &file.ranges, &inner);
	if (status == GPQ_OK)
		status = file_read(&file, &inner);
	if (is_damage(status)) {
		gpq_findings_say(
		    findings, GPQ_FINDING_FILE,
		    (struct gpq_place){ .group = -1, .row = -1, .byte = (int64_t)inner.byte, .column = NULL }, "%s",
		    inner.message);
		status = GPQ_OK;
	}
	/* The facts borrow from the footer: they are said before it goes. */
	if (status == GPQ_OK)
		status = gpq_findings_file_end(findings, &file.facts, &inner);
	file_done(&file);
	if (status != GPQ_OK && err) {
		*err = inner;
		gpq_fail_prefix(err, "%.200s: ", path);
	}
	return status;
}
