// SPDX-License-Identifier: MIT
#include "parquet/footer_writer.h"

static enum gpq_physical physical_of(enum gpq_type type)
{
	switch (type) {
	case GPQ_TYPE_INT32:
	case GPQ_TYPE_DATE:
		return GPQ_PHYSICAL_INT32;
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL:
		return GPQ_PHYSICAL_INT64;
	case GPQ_TYPE_DOUBLE:
		return GPQ_PHYSICAL_DOUBLE;
	case GPQ_TYPE_BOOLEAN:
		return GPQ_PHYSICAL_BOOLEAN;
	case GPQ_TYPE_STRING:
		break;
	}
	return GPQ_PHYSICAL_BYTE_ARRAY;
}

static enum gpq_converted converted_of(enum gpq_type type)
{
	switch (type) {
	case GPQ_TYPE_DATE:
		return GPQ_CONVERTED_DATE;
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL: /* LogicalTypes.md: also where not adjusted to UTC */
		return GPQ_CONVERTED_TIMESTAMP_MICROS;
	case GPQ_TYPE_STRING:
		return GPQ_CONVERTED_UTF8;
	case GPQ_TYPE_INT32:
	case GPQ_TYPE_DOUBLE:
	case GPQ_TYPE_BOOLEAN:
		break;
	}
	return GPQ_CONVERTED_NONE;
}

static void empty_struct_put(struct gpq_thrift_writer *writer, int16_t id)
{
	gpq_thrift_struct_begin(writer, id);
	gpq_thrift_struct_end(writer);
}

/* union LogicalType, field 10 of SchemaElement. Types without one are left as they are. */
static void logical_put(struct gpq_thrift_writer *writer, enum gpq_type type)
{
	if (converted_of(type) == GPQ_CONVERTED_NONE)
		return;
	gpq_thrift_struct_begin(writer, 10);
	if (type == GPQ_TYPE_STRING) {
		empty_struct_put(writer, GPQ_LOGICAL_STRING);
	} else if (type == GPQ_TYPE_DATE) {
		empty_struct_put(writer, GPQ_LOGICAL_DATE);
	} else {
		gpq_thrift_struct_begin(writer, GPQ_LOGICAL_TIMESTAMP);
		gpq_thrift_put_bool(writer, 1, type == GPQ_TYPE_TIMESTAMP_UTC);
		gpq_thrift_struct_begin(writer, 2);
		empty_struct_put(writer, GPQ_UNIT_MICROS);
		gpq_thrift_struct_end(writer);
		gpq_thrift_struct_end(writer);
	}
	gpq_thrift_struct_end(writer);
}

void gpq_footer_schema_put(struct gpq_thrift_writer *writer, const struct gpq_table *table, uint64_t rows)
{
	static const char root[] = "schema";
	gpq_thrift_put_i32(writer, 1, 1); /* the version that writers should always say */
	gpq_thrift_list_begin(writer, 2, GPQ_THRIFT_STRUCT, table->n_columns + 1);
	gpq_thrift_add_struct_begin(writer);
	gpq_thrift_put_binary(writer, 4, root, sizeof(root) - 1);
	gpq_thrift_put_i32(writer, 5, (int32_t)table->n_columns);
	gpq_thrift_struct_end(writer);
	for (uint32_t c = 0; c < table->n_columns; c++) {
		const struct gpq_column *column = &table->columns[c];
		enum gpq_converted converted = converted_of(column->type);
		gpq_thrift_add_struct_begin(writer);
		gpq_thrift_put_i32(writer, 1, physical_of(column->type));
		gpq_thrift_put_i32(writer, 3, column->required ? GPQ_REPETITION_REQUIRED : GPQ_REPETITION_OPTIONAL);
		gpq_thrift_put_binary(writer, 4, column->name, strlen(column->name));
		if (converted != GPQ_CONVERTED_NONE)
			gpq_thrift_put_i32(writer, 6, converted);
		logical_put(writer, column->type);
		gpq_thrift_struct_end(writer);
	}
	gpq_thrift_put_i64(writer, 3, (int64_t)rows);
}

/* Field 2 of ColumnMetaData: levels are RLE, a dictionary's page is PLAIN. */
static void encodings_put(struct gpq_thrift_writer *writer, const struct gpq_chunk_facts *facts)
{
	bool dictionary = facts->dictionary_bytes != 0;
	gpq_thrift_list_begin(writer, 2, GPQ_THRIFT_I32, dictionary ? 3 : 2);
	if (dictionary)
		gpq_thrift_add_i32(writer, GPQ_ENCODING_PLAIN);
	if (facts->encoding < GPQ_ENCODING_RLE)
		gpq_thrift_add_i32(writer, facts->encoding);
	gpq_thrift_add_i32(writer, GPQ_ENCODING_RLE);
	if (facts->encoding > GPQ_ENCODING_RLE)
		gpq_thrift_add_i32(writer, facts->encoding);
}

static void encoding_stat_put(struct gpq_thrift_writer *writer, enum gpq_page_kind kind, enum gpq_encoding encoding,
			      uint32_t pages)
{
	gpq_thrift_add_struct_begin(writer);
	gpq_thrift_put_i32(writer, 1, kind);
	gpq_thrift_put_i32(writer, 2, encoding);
	gpq_thrift_put_i32(writer, 3, (int32_t)pages);
	gpq_thrift_struct_end(writer);
}

static void size_statistics_put(struct gpq_thrift_writer *writer, const struct gpq_column *column,
				const struct gpq_chunk_facts *facts)
{
	if (column->type != GPQ_TYPE_STRING && column->required)
		return;
	gpq_thrift_struct_begin(writer, 16);
	if (column->type == GPQ_TYPE_STRING)
		gpq_thrift_put_i64(writer, 1, (int64_t)facts->text_bytes);
	if (!column->required) {
		gpq_thrift_list_begin(writer, 3, GPQ_THRIFT_I64, 2);
		gpq_thrift_add_i64(writer, (int64_t)facts->nulls);
		gpq_thrift_add_i64(writer, (int64_t)(facts->rows - facts->nulls));
	}
	gpq_thrift_struct_end(writer);
}

/* struct ColumnMetaData, field 3 of ColumnChunk. */
static void chunk_metadata_put(struct gpq_thrift_writer *writer, const struct gpq_parquet_settings *settings,
			       const struct gpq_column *column, const struct gpq_chunk_facts *facts, uint64_t offset,
			       const struct gpq_chunk_places *places)
{
	gpq_thrift_struct_begin(writer, 3);
	gpq_thrift_put_i32(writer, 1, physical_of(column->type));
	encodings_put(writer, facts);
	gpq_thrift_list_begin(writer, 3, GPQ_THRIFT_BINARY, 1);
	gpq_thrift_add_binary(writer, column->name, strlen(column->name));
	gpq_thrift_put_i32(writer, 4, gpq_codec_compression(settings->codec));
	gpq_thrift_put_i64(writer, 5, (int64_t)facts->rows);
	gpq_thrift_put_i64(writer, 6, (int64_t)facts->raw_bytes);
	gpq_thrift_put_i64(writer, 7, (int64_t)facts->stored_bytes);
	gpq_thrift_put_i64(writer, 9, (int64_t)(offset + facts->dictionary_bytes));
	if (facts->dictionary_bytes)
		gpq_thrift_put_i64(writer, 11, (int64_t)offset);
	gpq_statistics_put(writer, 12,
			   &(struct gpq_statistics_facts){
			       .min = facts->has_min ? &facts->min : NULL,
			       .max = facts->has_max ? &facts->max : NULL,
			       .nulls = facts->nulls,
			       .distinct = facts->distinct,
			       .is_double = column->type == GPQ_TYPE_DOUBLE,
			   });
	gpq_thrift_list_begin(writer, 13, GPQ_THRIFT_STRUCT, facts->dictionary_bytes ? 2 : 1);
	if (facts->dictionary_bytes)
		encoding_stat_put(writer, GPQ_PAGE_DICTIONARY, GPQ_ENCODING_PLAIN, 1);
	encoding_stat_put(writer, GPQ_PAGE_DATA, facts->encoding, facts->n_pages);
	if (places->bloom_bytes) {
		gpq_thrift_put_i64(writer, 14, (int64_t)places->bloom);
		gpq_thrift_put_i32(writer, 15, (int32_t)places->bloom_bytes);
	}
	size_statistics_put(writer, column, facts);
	gpq_thrift_struct_end(writer);
}

void gpq_footer_chunk_put(struct gpq_thrift_writer *writer, const struct gpq_parquet_settings *settings,
			  uint32_t column, const struct gpq_chunk_facts *facts, uint64_t offset,
			  const struct gpq_chunk_places *places)
{
	gpq_thrift_add_struct_begin(writer);
	gpq_thrift_put_i64(writer, 2, 0); /* no ColumnMetaData stands outside the footer */
	chunk_metadata_put(writer, settings, &settings->table->columns[column], facts, offset, places);
	gpq_thrift_put_i64(writer, 4, (int64_t)places->offset_index);
	gpq_thrift_put_i32(writer, 5, (int32_t)places->offset_index_bytes);
	if (places->column_index_bytes) {
		gpq_thrift_put_i64(writer, 6, (int64_t)places->column_index);
		gpq_thrift_put_i32(writer, 7, (int32_t)places->column_index_bytes);
	}
	gpq_thrift_struct_end(writer);
}

void gpq_footer_group_put(struct gpq_thrift_writer *writer, const struct gpq_parquet_settings *settings,
			  const struct gpq_footer_group *group)
{
	gpq_thrift_put_i64(writer, 2, (int64_t)group->raw_bytes);
	gpq_thrift_put_i64(writer, 3, (int64_t)group->rows);
	if (settings->n_sorting) {
		gpq_thrift_list_begin(writer, 4, GPQ_THRIFT_STRUCT, settings->n_sorting);
		for (uint32_t i = 0; i < settings->n_sorting; i++) {
			gpq_thrift_add_struct_begin(writer);
			gpq_thrift_put_i32(writer, 1, (int32_t)settings->sorting[i].column);
			gpq_thrift_put_bool(writer, 2, false); /* descending */
			gpq_thrift_put_bool(writer, 3, false); /* nulls first */
			gpq_thrift_struct_end(writer);
		}
	}
	gpq_thrift_put_i64(writer, 5, (int64_t)group->offset);
	gpq_thrift_put_i64(writer, 6, (int64_t)group->stored_bytes);
	gpq_thrift_put_i16(writer, 7, (int16_t)group->ordinal);
	gpq_thrift_struct_end(writer);
}

/* union ColumnOrder: TYPE_ORDER, an empty struct. */
void gpq_footer_orders_put(struct gpq_thrift_writer *writer, uint32_t n_columns)
{
	gpq_thrift_list_begin(writer, 7, GPQ_THRIFT_STRUCT, n_columns);
	for (uint32_t c = 0; c < n_columns; c++) {
		gpq_thrift_add_struct_begin(writer);
		empty_struct_put(writer, 1);
		gpq_thrift_struct_end(writer);
	}
	gpq_thrift_struct_end(writer);
}
