// SPDX-License-Identifier: MIT
#include "audit/verify_file.h"

#include "value/instant.h"

#include <stdio.h>

#define LOGICAL_INTEGER            10 /* its number in the LogicalType union */
#define CONVERTED_UTF8             0
#define CONVERTED_DATE             6
#define CONVERTED_TIMESTAMP_MICROS 10

/* What is wrong with how a column is stored, or NULL. */
static const char *leaf_complaint(const struct gpq_leaf *leaf, const struct gpq_column *column)
{
	static const int32_t physical[] = {
		[GPQ_TYPE_INT32] = GPQ_PHYSICAL_INT32,         [GPQ_TYPE_DATE] = GPQ_PHYSICAL_INT32,
		[GPQ_TYPE_TIMESTAMP_UTC] = GPQ_PHYSICAL_INT64, [GPQ_TYPE_TIMESTAMP_LOCAL] = GPQ_PHYSICAL_INT64,
		[GPQ_TYPE_DOUBLE] = GPQ_PHYSICAL_DOUBLE,       [GPQ_TYPE_BOOLEAN] = GPQ_PHYSICAL_BOOLEAN,
		[GPQ_TYPE_STRING] = GPQ_PHYSICAL_BYTE_ARRAY,
	};
	if (leaf->physical != physical[column->type])
		return "its physical type is another";
	if (leaf->repetition != (column->required ? GPQ_REPETITION_REQUIRED : GPQ_REPETITION_OPTIONAL))
		return column->required ? "it is not REQUIRED" : "it is not OPTIONAL";
	switch (column->type) {
	case GPQ_TYPE_DATE:
		return leaf->logical == GPQ_LOGICAL_DATE && leaf->converted == CONVERTED_DATE ? NULL : "it is no DATE";
	case GPQ_TYPE_STRING:
		return leaf->logical == GPQ_LOGICAL_STRING && leaf->converted == CONVERTED_UTF8 ? NULL
												: "it is no STRING";
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL:
		if (leaf->logical != GPQ_LOGICAL_TIMESTAMP || leaf->unit != GPQ_UNIT_MICROS)
			return "it is no TIMESTAMP in microseconds";
		if (leaf->utc != (column->type == GPQ_TYPE_TIMESTAMP_UTC))
			return leaf->utc ? "it is adjusted to UTC" : "it is not adjusted to UTC";
		return NULL;
	default:
		return leaf->logical == GPQ_LOGICAL_NONE || leaf->logical == LOGICAL_INTEGER ? NULL
											     : "it has a logical type";
	}
}

static const struct gpq_table *table_choose(const struct gpq_verify_file *file)
{
	struct gpq_text named = gpq_parquet_reader_note(file->reader, "gridpq.table");
	for (int id = 0; id < GPQ_N_TABLES; id++)
		if (gpq_text_equal(named, gpq_text_of(gpq_table_schema((enum gpq_table_id)id)->name)))
			return gpq_table_schema((enum gpq_table_id)id);
	if (gpq_parquet_reader_leaf(file->reader, "as_product") >= 0)
		return gpq_table_schema(GPQ_TABLE_ANCILLARY);
	return gpq_table_schema(GPQ_TABLE_ENERGY);
}

/* Older readers know converted types only; the lack of one does not keep the rows from being checked. */
static void converted_check(struct gpq_verify_file *file, const struct gpq_table *table)
{
	for (uint32_t i = 0; i < table->n_columns; i++) {
		const struct gpq_column *column = &table->columns[i];
		bool stamp = column->type == GPQ_TYPE_TIMESTAMP_UTC || column->type == GPQ_TYPE_TIMESTAMP_LOCAL;
		if (stamp && file->reader->leaves[i].converted != CONVERTED_TIMESTAMP_MICROS)
			gpq_findings_say(
			    file->findings, GPQ_FINDING_SCHEMA,
			    (struct gpq_place){ .group = -1, .row = -1, .byte = -1, .column = column->name },
			    "it lacks its converted type");
	}
}

void gpq_verify_schema(struct gpq_verify_file *file)
{
	const struct gpq_parquet_reader *reader = file->reader;
	const struct gpq_table *table = table_choose(file);
	uint64_t before = file->findings->in_file;
	if (reader->n_leaves != table->n_columns)
		gpq_findings_say(file->findings, GPQ_FINDING_SCHEMA, GPQ_NOWHERE,
				 "it has %u columns, the %s table has %u", reader->n_leaves, table->name,
				 table->n_columns);
	for (uint32_t i = 0; i < table->n_columns; i++) {
		const struct gpq_column *column = &table->columns[i];
		struct gpq_place place = { .group = -1, .row = -1, .byte = -1, .column = column->name };
		if (i >= reader->n_leaves || !gpq_text_equal(reader->leaves[i].name, gpq_text_of(column->name))) {
			gpq_findings_say(file->findings, GPQ_FINDING_SCHEMA, place, "it is not column %u of the file",
					 i + 1);
			continue;
		}
		const char *complaint = leaf_complaint(&reader->leaves[i], column);
		if (complaint)
			gpq_findings_say(file->findings, GPQ_FINDING_SCHEMA, place, "%s (%s is wanted)", complaint,
					 gpq_type_name(column->type));
	}
	if (file->findings->in_file == before) {
		converted_check(file, table);
		file->claims.table = table;
		file->facts.table = table->name;
	}
	if (reader->footer.n_column_orders != reader->n_leaves || reader->footer.n_typed_orders != reader->n_leaves)
		gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, GPQ_NOWHERE,
				 "column_orders are missing: readers ignore minimum and maximum without them");
}

/* ---- notes ---- */

static void lineage_say(struct gpq_verify_file *file, const char *key, struct gpq_text value, const char *wanted)
{
	gpq_findings_say(file->findings, GPQ_FINDING_LINEAGE, GPQ_NOWHERE, "%s is '%.*s', %s", key,
			 (int)(value.len < 60 ? value.len : 60), value.bytes ? value.bytes : "", wanted);
}

/* "2024" or "2024-03" at the text's begin; '*out_len' is how much of it. */
static bool partition_parse(struct gpq_text text, int32_t *out_first, int32_t *out_end)
{
	int32_t number[7] = { 0 };
	if (text.len != 4 && text.len != 7)
		return false;
	for (uint32_t i = 0; i < text.len; i++) {
		if (i == 4 ? text.bytes[i] != '-' : text.bytes[i] < '0' || text.bytes[i] > '9')
			return false;
		number[i] = text.bytes[i] - '0';
	}
	int32_t year = number[0] * 1000 + number[1] * 100 + number[2] * 10 + number[3];
	int32_t month = text.len == 7 ? number[5] * 10 + number[6] : 0;
	if (text.len == 7 && (month < 1 || month > 12))
		return false;
	bool to_next_year = month == 0 || month == 12;
	*out_first = gpq_days_of_civil(year, month ? (uint32_t)month : 1, 1);
	*out_end = gpq_days_of_civil(year + to_next_year, to_next_year ? 1 : (uint32_t)month + 1, 1);
	return true;
}

/* The part of the file's name that says its partition: between the last '_' and ".parquet". */
static struct gpq_text name_partition(const char *path)
{
	const char *name = strrchr(path, '/');
	name = name ? name + 1 : path;
	const char *end = strstr(name, ".parquet"), *begin = strrchr(name, '_');
	int32_t first, last;
	struct gpq_text text = { NULL, 0 };
	if (end && begin && begin < end)
		text = (struct gpq_text){ begin + 1, (uint32_t)(end - begin - 1) };
	return text.bytes && partition_parse(text, &first, &last) ? text : (struct gpq_text){ NULL, 0 };
}

static void partition_read(struct gpq_verify_file *file)
{
	struct gpq_file_claims *claims = &file->claims;
	struct gpq_text noted = gpq_parquet_reader_note(file->reader, "gridpq.partition"),
			named = name_partition(file->path);
	struct gpq_text used = noted.bytes ? noted : named;
	claims->has_partition = used.bytes && partition_parse(used, &claims->first_day, &claims->end_day);
	if (noted.bytes && !claims->has_partition)
		lineage_say(file, "gridpq.partition", noted, "which is no year or month");
	else if (noted.bytes && named.bytes && !gpq_text_equal(noted, named))
		lineage_say(file, "gridpq.partition", noted, "and the file's name says another");
	file->facts.partition = used;
}

static void order_read(struct gpq_verify_file *file)
{
	static const char *const names[] = {
		[GPQ_ORDER_BLOCK] = "block", [GPQ_ORDER_TIME] = "time", [GPQ_ORDER_LOCATION] = "location"
	};
	struct gpq_text order = gpq_parquet_reader_note(file->reader, "gridpq.order");
	for (int i = 0; i < 3; i++)
		if (gpq_text_equal(order, gpq_text_of(names[i]))) {
			file->claims.order = (enum gpq_order)i;
			file->claims.has_order = true;
			file->facts.order = names[i];
		}
	if (!file->claims.has_order)
		lineage_say(file, "gridpq.order", order, "so the order of rows is not checked");
}

static void dataset_read(struct gpq_verify_file *file)
{
	struct gpq_file_claims *claims = &file->claims;
	claims->iso = file->facts.iso = gpq_parquet_reader_note(file->reader, "gridpq.iso");
	claims->dataset_id = file->facts.dataset = gpq_parquet_reader_note(file->reader, "gridpq.dataset");
	uint32_t count = 0;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t i = 0; i < count; i++)
		if (gpq_text_equal(claims->iso, gpq_text_of(markets[i]->iso)))
			claims->market = markets[i];
	if (claims->market && claims->dataset_id.bytes)
		claims->dataset = gpq_market_dataset(claims->market, claims->dataset_id);
	if (!claims->market)
		lineage_say(file, "gridpq.iso", claims->iso, "which is no market known");
	else if (!claims->dataset)
		lineage_say(file, "gridpq.dataset", claims->dataset_id, "which the market does not have");
	else if (claims->dataset->table != claims->table->id)
		lineage_say(file, "gridpq.dataset", claims->dataset_id, "which belongs to the other table");
	claims->off_grid = claims->dataset && claims->dataset->off_grid;
}

/* A zone's name becomes a path: nothing may stand in it that leads elsewhere. */
static bool zone_name(struct gpq_text text, char out[64])
{
	if (!text.bytes || text.len == 0 || text.len > 63 || text.bytes[0] == '/')
		return false;
	for (uint32_t i = 0; i < text.len; i++) {
		char c = text.bytes[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!plain && c != '_' && c != '/' && c != '+' && c != '-')
			return false;
	}
	memcpy(out, text.bytes, text.len);
	out[text.len] = 0;
	return true;
}

static enum gpq_status zone_read(struct gpq_verify_file *file, struct gpq_error *err)
{
	struct gpq_file_claims *claims = &file->claims;
	struct gpq_text noted = gpq_parquet_reader_note(file->reader, "gridpq.zone");
	struct gpq_error inner = { .status = GPQ_OK };
	char name[64];
	if (noted.bytes && claims->market && !gpq_text_equal(noted, gpq_text_of(claims->market->zone)))
		lineage_say(file, "gridpq.zone", noted, "and the market's clock is another");
	if (!noted.bytes && claims->market)
		noted = gpq_text_of(claims->market->zone);
	if (!zone_name(noted, name)) {
		lineage_say(file, "gridpq.zone", noted, "so offsets from UTC are not checked");
		return GPQ_OK;
	}
	enum gpq_status status = gpq_zone_open(file->budget, name, &file->zone, &inner);
	if (status == GPQ_E_BUDGET) {
		if (err)
			*err = inner;
		return status;
	}
	if (status != GPQ_OK)
		gpq_findings_note(file->findings, "offsets from UTC are not checked: %s", inner.message);
	claims->zone = file->zone;
	return GPQ_OK;
}

enum gpq_status gpq_verify_notes(struct gpq_verify_file *file, struct gpq_error *err)
{
	struct gpq_text version = gpq_parquet_reader_note(file->reader, "gridpq.schema_version");
	if (!gpq_text_equal(version, gpq_text_of("1")))
		lineage_say(file, "gridpq.schema_version", version, "1 is the version known");
	struct gpq_text table = gpq_parquet_reader_note(file->reader, "gridpq.table");
	if (!gpq_text_equal(table, gpq_text_of(file->claims.table->name)))
		lineage_say(file, "gridpq.table", table, "and the columns are those of another table");
	struct gpq_text incomplete = gpq_parquet_reader_note(file->reader, "gridpq.incomplete");
	if (incomplete.bytes)
		gpq_findings_note(file->findings, "the file is marked incomplete: inputs that may feed it failed: %.*s",
				  (int)(incomplete.len < 200 ? incomplete.len : 200), incomplete.bytes);
	partition_read(file);
	order_read(file);
	dataset_read(file);
	return zone_read(file, err);
}

/* ---- row groups ---- */

static void sorting_check(struct gpq_verify_file *file, struct gpq_place place)
{
	const struct gpq_group *group = &file->reader->group;
	const struct gpq_row_check *rows = &file->rows;
	int32_t wanted[GPQ_KEY_TEXTS + 1];
	uint32_t n = 0;
	if (!file->claims.has_order)
		return;
	if (file->claims.order == GPQ_ORDER_BLOCK) {
		if (group->n_sorting)
			gpq_findings_say(file->findings, GPQ_FINDING_ORDER, place,
					 "it has sorting columns, which in block order mislead readers");
		return;
	}
	if (rows->by_time)
		wanted[n++] = rows->column[GPQ_COLUMN_DATETIME_UTC];
	for (int k = 0; k < GPQ_KEY_TEXTS; k++)
		if (rows->sort_texts >> k & 1)
			wanted[n++] = rows->text_column[k];
	if (!rows->by_time)
		wanted[n++] = rows->column[GPQ_COLUMN_DATETIME_UTC];
	bool right = group->n_sorting == n;
	for (uint32_t i = 0; right && i < n; i++)
		right = group->sorting[i].column == wanted[i] && !group->sorting[i].descending &&
			!group->sorting[i].nulls_first;
	if (!right)
		gpq_findings_say(file->findings, GPQ_FINDING_ORDER, place,
				 "its sorting columns are not those of the order");
}

void gpq_verify_group(struct gpq_verify_file *file)
{
	const struct gpq_parquet_reader *reader = file->reader;
	const struct gpq_group *group = &reader->group;
	struct gpq_place place = { .group = reader->group_index, .row = -1, .byte = -1, .column = NULL };
	uint64_t end = 4, unpacked = 0, packed = 0;
	for (uint32_t i = 0; i < reader->n_leaves && group->rows; i++) {
		uint64_t begin = gpq_parquet_chunk_begin(&reader->chunks[i]);
		if (begin < end)
			gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, place,
					 "column chunk %u begins within the one before", i);
		end = begin + (uint64_t)reader->chunks[i].compressed_bytes;
		unpacked += (uint64_t)reader->chunks[i].uncompressed_bytes;
		packed += (uint64_t)reader->chunks[i].compressed_bytes;
	}
	if (group->rows == 0)
		gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, place, "it has no rows");
	if ((uint64_t)group->total_bytes != unpacked)
		gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, place,
				 "its chunks have %llu bytes unpacked, it says %lld", (unsigned long long)unpacked,
				 (long long)group->total_bytes);
	if (group->compressed_bytes != GPQ_ABSENT && (uint64_t)group->compressed_bytes != packed)
		gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, place, "its chunks have %llu bytes, it says %lld",
				 (unsigned long long)packed, (long long)group->compressed_bytes);
	if (group->ordinal != GPQ_ABSENT && group->ordinal != (int64_t)reader->group_index)
		gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, place, "its ordinal is %lld",
				 (long long)group->ordinal);
	if (group->file_offset > 0 && group->rows &&
	    (uint64_t)group->file_offset != gpq_parquet_chunk_begin(&reader->chunks[0]))
		gpq_findings_say(file->findings, GPQ_FINDING_FOOTER, place,
				 "its file offset %lld is not that of its first page", (long long)group->file_offset);
	if (file->claims.table)
		sorting_check(file, place);
}
