// SPDX-License-Identifier: MIT
#include "audit/trace_row.h"

#include "parquet/reader.h"
#include "value/instant.h"

#define TEXTS_CAP_BYTES ((size_t)4 << 20)
#define SEARCH_COLUMNS  4 /* the instant and up to three texts */

enum gpq_status gpq_trace_key_parse(const char *text, struct gpq_trace_key *out, struct gpq_error *err)
{
	const char *at = strrchr(text, '@');
	struct gpq_stamp stamp;
	if (!at || at == text || !at[1])
		return gpq_fail(err, GPQ_E_USAGE,
				"'%.200s' is no LOCATION@INSTANT, such as 'WESTERN HUB@2024-07-01T16:00:00Z'", text);
	/* The parser may look some bytes beyond a text. */
	char instant[64 + 64] = "";
	if (strlen(at + 1) >= 64)
		return gpq_fail(err, GPQ_E_USAGE, "'%.200s' is no instant", at + 1);
	memcpy(instant, at + 1, strlen(at + 1));
	if (gpq_value_stamp(gpq_text_of(instant), &stamp) != GPQ_REJECT_NONE)
		return gpq_fail(err, GPQ_E_USAGE, "'%.200s' is no instant: write it like 2024-07-01T16:00:00Z", at + 1);
	int64_t offset_s = stamp.has_offset ? stamp.offset_s : 0;
	out->location = (struct gpq_text){ text, (uint32_t)(at - text) };
	out->utc_us = (stamp.civil_s - offset_s) * 1000000 + (int64_t)stamp.fraction_us;
	return GPQ_OK;
}

void gpq_trace_rows_done(struct gpq_trace_rows *rows)
{
	if (rows->budget)
		gpq_buf_done(&rows->texts);
}

struct gpq_text gpq_trace_row_text(const struct gpq_trace_rows *rows, const struct gpq_trace_row *row,
				   enum gpq_column_id id)
{
	if (!row->value[id].present)
		return (struct gpq_text){ NULL, 0 };
	return (struct gpq_text){ (const char *)rows->texts.bytes + row->value[id].text_at, row->value[id].text_len };
}

static enum gpq_status table_find(const struct gpq_parquet_reader *reader, const struct gpq_table **out,
				  struct gpq_error *err)
{
	bool ancillary = gpq_parquet_reader_leaf(reader, "as_product") >= 0;
	const struct gpq_table *table = gpq_table_schema(ancillary ? GPQ_TABLE_ANCILLARY : GPQ_TABLE_ENERGY);
	for (uint32_t i = 0; i < table->n_columns; i++) {
		const struct gpq_column *column = &table->columns[i];
		int at = gpq_parquet_reader_leaf(reader, column->name);
		bool text = column->type == GPQ_TYPE_STRING;
		if (at < 0 || (reader->leaves[at].physical == GPQ_PHYSICAL_BYTE_ARRAY) != text)
			return gpq_fail(
			    err, GPQ_E_DATA,
			    "no file of gridpq: the column %s of the %s table is missing or of another type",
			    column->name, table->name);
	}
	*out = table;
	return GPQ_OK;
}

/* The columns that a search reads; position 0 is the instant. */
struct search {
	const struct gpq_trace_key *key;
	struct gpq_parquet_column *column[SEARCH_COLUMNS];
	uint32_t count;
	bool ancillary;
};

static enum gpq_status search_open(struct search *search, struct gpq_parquet_reader *reader,
				   const struct gpq_table *table, struct gpq_error *err)
{
	static const char *const names[GPQ_N_TABLES][SEARCH_COLUMNS] = {
		[GPQ_TABLE_ENERGY] = { "datetime_utc", "settlement_location", "settlement_location_id", NULL },
		[GPQ_TABLE_ANCILLARY] = { "datetime_utc", "settlement_location", "as_product", "as_region" },
	};
	search->ancillary = table->id == GPQ_TABLE_ANCILLARY;
	for (int i = 0; i < SEARCH_COLUMNS && names[table->id][i]; i++) {
		int at = gpq_parquet_reader_leaf(reader, names[table->id][i]);
		GPQ_TRY(gpq_parquet_column_open(reader, (uint32_t)at, &search->column[i], err));
		search->count++;
	}
	return GPQ_OK;
}

static bool location_matches(const struct search *search, const struct gpq_parquet_slice *slices, uint32_t i)
{
	struct gpq_text wanted = search->key->location;
	if (gpq_text_equal(slices[1].texts[i], wanted) || gpq_text_equal(slices[2].texts[i], wanted))
		return true;
	if (!search->ancillary)
		return false;
	struct gpq_text product = slices[2].texts[i], region = slices[3].texts[i];
	return product.bytes && region.bytes && (uint64_t)product.len + 1 + region.len == wanted.len &&
	       memcmp(wanted.bytes, product.bytes, product.len) == 0 && wanted.bytes[product.len] == '/' &&
	       memcmp(wanted.bytes + product.len + 1, region.bytes, region.len) == 0;
}

/* Statistics of the instant say whether the row group can hold it; without any it can. */
static bool group_may_hold(const struct gpq_parquet_column *instants, int64_t utc_us)
{
	const struct gpq_statistics *statistics = &instants->reader->chunks[instants->index].statistics;
	int64_t low, high;
	if (statistics->min_value.len != sizeof(low) || statistics->max_value.len != sizeof(high))
		return true;
	memcpy(&low, statistics->min_value.bytes, sizeof(low));
	memcpy(&high, statistics->max_value.bytes, sizeof(high));
	return low <= utc_us && utc_us <= high;
}

static void row_note(struct gpq_trace_rows *rows, uint32_t group, uint64_t row)
{
	if (rows->count == GPQ_TRACE_MAX_ROWS) {
		rows->more = true;
		return;
	}
	rows->rows[rows->count++] = (struct gpq_trace_row){ .group = group, .row = row };
}

static enum gpq_status group_search(struct search *search, struct gpq_trace_rows *rows, uint32_t group,
				    struct gpq_error *err)
{
	struct gpq_parquet_slice slices[SEARCH_COLUMNS];
	for (uint32_t k = 0; k < search->count; k++)
		GPQ_TRY(gpq_parquet_column_start(search->column[k], err));
	for (uint64_t row = 0;;) {
		uint32_t least = GPQ_PARQUET_SLICE_ROWS, ready = 0;
		for (uint32_t k = 0; k < search->count; k++) {
			enum gpq_status status = gpq_parquet_column_ready(search->column[k], &ready, err);
			if (status == GPQ_END)
				return GPQ_OK;
			GPQ_TRY(status);
			least = ready < least ? ready : least;
		}
		for (uint32_t k = 0; k < search->count; k++)
			GPQ_TRY(gpq_parquet_column_read(search->column[k], least, &slices[k], err));
		for (uint32_t i = 0; i < least; i++)
			if (slices[0].words[i] == search->key->utc_us && location_matches(search, slices, i))
				row_note(rows, group, row + i);
		row += least;
	}
}

/* The value that 'column' has in one row of the row group under view. */
static enum gpq_status value_read(struct gpq_parquet_column *column, struct gpq_trace_rows *rows,
				  struct gpq_trace_row *row, enum gpq_column_id id, struct gpq_error *err)
{
	struct gpq_parquet_slice slice = { .rows = 0 };
	uint64_t at = 0;
	GPQ_TRY(gpq_parquet_column_start(column, err));
	while (at + slice.rows <= row->row) {
		uint32_t ready = 0;
		at += slice.rows;
		enum gpq_status status = gpq_parquet_column_ready(column, &ready, err);
		if (status == GPQ_END)
			return gpq_fail(err, GPQ_E_DATA, "a column ends before the row");
		GPQ_TRY(status);
		GPQ_TRY(gpq_parquet_column_read(column, ready < GPQ_PARQUET_SLICE_ROWS ? ready : GPQ_PARQUET_SLICE_ROWS,
						&slice, err));
	}
	uint32_t i = (uint32_t)(row->row - at);
	row->value[id].present = !slice.present || slice.present[i];
	if (!row->value[id].present)
		return GPQ_OK;
	if (!slice.texts) {
		row->value[id].word = slice.words[i];
		return GPQ_OK;
	}
	row->value[id].text_at = rows->texts.len;
	row->value[id].text_len = slice.texts[i].len;
	GPQ_TRY(gpq_buf_append(&rows->texts, slice.texts[i].bytes, slice.texts[i].len, err));
	return gpq_buf_append(&rows->texts, "", 1, err); /* so that the buffer is never empty */
}

static enum gpq_status values_read(struct gpq_parquet_reader *reader, struct gpq_trace_rows *rows, uint32_t first,
				   struct gpq_error *err)
{
	for (uint32_t c = 0; c < rows->table->n_columns && first < rows->count; c++) {
		struct gpq_parquet_column *column = NULL;
		int at = gpq_parquet_reader_leaf(reader, rows->table->columns[c].name);
		enum gpq_status status = gpq_parquet_column_open(reader, (uint32_t)at, &column, err);
		for (uint32_t r = first; r < rows->count && status == GPQ_OK; r++)
			status = value_read(column, rows, &rows->rows[r], rows->table->columns[c].id, err);
		gpq_parquet_column_close(column);
		GPQ_TRY(status);
	}
	return GPQ_OK;
}

static enum gpq_status groups_search(struct gpq_parquet_reader *reader, const struct gpq_trace_key *key,
				     struct gpq_trace_rows *rows, struct gpq_error *err)
{
	struct search search = { .key = key };
	GPQ_TRY(table_find(reader, &rows->table, err));
	enum gpq_status status = search_open(&search, reader, rows->table, err);
	for (uint32_t g = 0; g < reader->footer.n_groups && status == GPQ_OK; g++) {
		uint32_t first = rows->count;
		status = gpq_parquet_reader_group(reader, g, err);
		if (status != GPQ_OK || !group_may_hold(search.column[0], key->utc_us))
			continue;
		status = group_search(&search, rows, g, err);
		if (status == GPQ_OK)
			status = values_read(reader, rows, first, err);
	}
	for (int k = 0; k < SEARCH_COLUMNS; k++)
		gpq_parquet_column_close(search.column[k]);
	return status;
}

enum gpq_status gpq_trace_rows_find(struct gpq_budget *budget, const char *path, const struct gpq_trace_key *key,
				    struct gpq_trace_rows *out, struct gpq_error *err)
{
	struct gpq_ranges *ranges = NULL;
	struct gpq_parquet_reader *reader = NULL;
	out->budget = budget;
	out->count = 0;
	out->more = false;
	gpq_buf_init(&out->texts, budget, GPQ_TAG_CONVERT, TEXTS_CAP_BYTES);
	GPQ_TRY(gpq_ranges_open(budget, path, &ranges, err));
	enum gpq_status status = gpq_parquet_reader_open(budget, ranges, &reader, err);
	if (status == GPQ_OK)
		status = groups_search(reader, key, out, err);
	gpq_parquet_reader_close(reader);
	gpq_ranges_close(ranges);
	if (status != GPQ_OK)
		gpq_fail_prefix(err, "%.200s: ", path);
	return status;
}
