// SPDX-License-Identifier: MIT
#include "parquet/metadata.h"

/* Parquet's type, encoding and codec numbers are small; names by number. */
const char *gpq_physical_name(int32_t physical)
{
	static const char *const names[] = { "BOOLEAN", "INT32",  "INT64",      "INT96",
					     "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY" };
	return physical >= 0 && physical < 8 ? names[physical] : "unknown";
}

const char *gpq_encoding_name(int32_t encoding)
{
	static const char *const names[] = {
		"PLAIN",          "GROUP_VAR_INT",       "PLAIN_DICTIONARY",        "RLE",
		"BIT_PACKED",     "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
		"RLE_DICTIONARY", "BYTE_STREAM_SPLIT"
	};
	return encoding >= 0 && encoding < 10 ? names[encoding] : "unknown";
}

const char *gpq_codec_id_name(int32_t codec)
{
	static const char *const names[] = {
		"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"
	};
	return codec >= 0 && codec < 8 ? names[codec] : "unknown";
}

static void statistics_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_statistics *out)
{
	*out = (struct gpq_statistics){ .null_count = GPQ_ABSENT, .distinct_count = GPQ_ABSENT, .present = true };
	if (!gpq_thrift_struct(reader, type))
		return;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->old_max = gpq_thrift_text(reader, field.type);
			break;
		case 2:
			out->old_min = gpq_thrift_text(reader, field.type);
			break;
		case 3:
			out->null_count = gpq_thrift_int(reader, field.type);
			break;
		case 4:
			out->distinct_count = gpq_thrift_int(reader, field.type);
			break;
		case 5:
			out->max_value = gpq_thrift_text(reader, field.type);
			break;
		case 6:
			out->min_value = gpq_thrift_text(reader, field.type);
			break;
		case 7:
			out->max_cut = !gpq_thrift_bool(reader, field.type);
			break;
		case 8:
			out->min_cut = !gpq_thrift_bool(reader, field.type);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
}

static const struct gpq_statistics no_statistics = { .null_count = GPQ_ABSENT, .distinct_count = GPQ_ABSENT };

bool gpq_footer_parse(struct gpq_thrift_reader *reader, struct gpq_footer *out)
{
	*out = (struct gpq_footer){ .version = GPQ_ABSENT, .rows = GPQ_ABSENT };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		struct gpq_thrift_list list = { 0, 0 };
		struct gpq_thrift_field order = { 0, 0 };
		if (field.id == 2 || field.id == 4 || field.id == 5 || field.id == 7) {
			list = gpq_thrift_list(reader, field.type);
			if (list.count && list.type != GPQ_THRIFT_STRUCT)
				gpq_thrift_fault(reader,
						 "a list of structs is expected and something else stands there");
		}
		switch (field.id) {
		case 1:
			out->version = gpq_thrift_int(reader, field.type);
			break;
		case 2:
			out->n_schema = list.count, out->schema_at = reader->at;
			break;
		case 3:
			out->rows = gpq_thrift_int(reader, field.type);
			break;
		case 4:
			out->n_groups = list.count, out->groups_at = reader->at;
			break;
		case 5:
			out->n_notes = list.count, out->notes_at = reader->at;
			break;
		case 6:
			out->created_by = gpq_thrift_text(reader, field.type);
			break;
		case 7:
			out->n_column_orders = list.count;
			for (uint32_t i = 0; i < list.count && !reader->fault; i++)
				for (order.id = 0; gpq_thrift_next(reader, &order); gpq_thrift_skip(reader, order.type))
					out->n_typed_orders += order.id == 1;
			list.count = 0;
			break;
		case 8:
			out->encrypted = true;
			gpq_thrift_skip(reader, field.type);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
		for (uint32_t i = 0; i < list.count && !reader->fault; i++)
			gpq_thrift_skip(reader, GPQ_THRIFT_STRUCT);
	}
	if (!reader->fault && (out->rows == GPQ_ABSENT || out->n_schema == 0))
		gpq_thrift_fault(reader, "a footer lacks its schema or its number of rows");
	return !reader->fault;
}

static void timestamp_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_leaf *leaf)
{
	if (!gpq_thrift_struct(reader, type))
		return;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		if (field.id == 1) {
			leaf->utc = gpq_thrift_bool(reader, field.type);
		} else if (field.id == 2 && gpq_thrift_struct(reader, field.type)) {
			for (struct gpq_thrift_field unit = { 0, 0 }; gpq_thrift_next(reader, &unit);) {
				leaf->unit = unit.id >= 1 && unit.id <= 3 ? (enum gpq_time_unit)unit.id : GPQ_UNIT_NONE;
				gpq_thrift_skip(reader, unit.type);
			}
		} else {
			gpq_thrift_skip(reader, field.type);
		}
	}
}

static void logical_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_leaf *leaf)
{
	if (!gpq_thrift_struct(reader, type))
		return;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		leaf->logical = field.id;
		if (field.id == GPQ_LOGICAL_TIMESTAMP)
			timestamp_parse(reader, field.type, leaf);
		else
			gpq_thrift_skip(reader, field.type);
	}
}

bool gpq_schema_element_parse(struct gpq_thrift_reader *reader, struct gpq_schema_element *out)
{
	*out = (struct gpq_schema_element){ .n_children = GPQ_ABSENT };
	struct gpq_leaf *leaf = &out->leaf;
	leaf->physical = leaf->repetition = leaf->converted = leaf->type_length = GPQ_ABSENT;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			leaf->physical = gpq_thrift_int32(reader, field.type);
			break;
		case 2:
			leaf->type_length = gpq_thrift_int32(reader, field.type);
			break;
		case 3:
			leaf->repetition = gpq_thrift_int32(reader, field.type);
			break;
		case 4:
			leaf->name = gpq_thrift_text(reader, field.type);
			break;
		case 5:
			out->n_children = gpq_thrift_int32(reader, field.type);
			break;
		case 6:
			leaf->converted = gpq_thrift_int32(reader, field.type);
			break;
		case 10:
			logical_parse(reader, field.type, leaf);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
	if (!reader->fault && !leaf->name.bytes)
		gpq_thrift_fault(reader, "a schema element has no name");
	return !reader->fault;
}

bool gpq_key_value_parse(struct gpq_thrift_reader *reader, struct gpq_key_value *out)
{
	*out = (struct gpq_key_value){ .key = { NULL, 0 } };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		if (field.id == 1)
			out->key = gpq_thrift_text(reader, field.type);
		else if (field.id == 2)
			out->value = gpq_thrift_text(reader, field.type);
		else
			gpq_thrift_skip(reader, field.type);
	}
	if (!reader->fault && !out->key.bytes)
		gpq_thrift_fault(reader, "a key-value note has no key");
	return !reader->fault;
}

static void encoding_stats_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type,
				 struct gpq_column_chunk *chunk)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	for (uint32_t i = 0; i < list.count && gpq_thrift_struct(reader, list.type); i++) {
		struct gpq_encoding_stat stat = { GPQ_ABSENT, GPQ_ABSENT, 0 };
		for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
			switch (field.id) {
			case 1:
				stat.page_kind = gpq_thrift_int32(reader, field.type);
				break;
			case 2:
				stat.encoding = gpq_thrift_int32(reader, field.type);
				break;
			case 3:
				stat.count = gpq_thrift_int32(reader, field.type);
				break;
			default:
				gpq_thrift_skip(reader, field.type);
			}
		}
		if (chunk->n_encoding_stats < GPQ_CHUNK_MAX_ENCODING_STATS)
			chunk->encoding_stats[chunk->n_encoding_stats] = stat;
		chunk->n_encoding_stats++;
	}
}

static void encodings_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_column_chunk *chunk)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	for (uint32_t i = 0; i < list.count && !reader->fault; i++) {
		int32_t encoding = gpq_thrift_int32(reader, list.type);
		if (encoding >= 0 && encoding < 32)
			chunk->encodings |= UINT32_C(1) << encoding;
	}
}

static void path_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_column_chunk *chunk)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	chunk->n_path = list.count;
	for (uint32_t i = 0; i < list.count && !reader->fault; i++) {
		struct gpq_text part = gpq_thrift_text(reader, list.type);
		if (i == 0)
			chunk->path = part;
	}
}

static void size_statistics_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type,
				  struct gpq_column_chunk *chunk)
{
	if (!gpq_thrift_struct(reader, type))
		return;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		if (field.id == 1)
			chunk->unencoded_bytes = gpq_thrift_int(reader, field.type);
		else
			gpq_thrift_skip(reader, field.type);
	}
}

static void chunk_metadata_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type,
				 struct gpq_column_chunk *chunk)
{
	chunk->has_metadata = true;
	if (!gpq_thrift_struct(reader, type))
		return;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			chunk->physical = gpq_thrift_int32(reader, field.type);
			break;
		case 2:
			encodings_parse(reader, field.type, chunk);
			break;
		case 3:
			path_parse(reader, field.type, chunk);
			break;
		case 4:
			chunk->codec = gpq_thrift_int32(reader, field.type);
			break;
		case 5:
			chunk->n_values = gpq_thrift_int(reader, field.type);
			break;
		case 6:
			chunk->uncompressed_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 7:
			chunk->compressed_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 9:
			chunk->data_page_offset = gpq_thrift_int(reader, field.type);
			break;
		case 11:
			chunk->dictionary_page_offset = gpq_thrift_int(reader, field.type);
			break;
		case 12:
			statistics_parse(reader, field.type, &chunk->statistics);
			break;
		case 13:
			encoding_stats_parse(reader, field.type, chunk);
			break;
		case 14:
			chunk->bloom_offset = gpq_thrift_int(reader, field.type);
			break;
		case 15:
			chunk->bloom_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 16:
			size_statistics_parse(reader, field.type, chunk);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
}

static void chunk_parse(struct gpq_thrift_reader *reader, struct gpq_column_chunk *out)
{
	*out = (struct gpq_column_chunk){ .physical = GPQ_ABSENT,
					  .codec = GPQ_ABSENT,
					  .file_offset = GPQ_ABSENT,
					  .n_values = GPQ_ABSENT,
					  .uncompressed_bytes = GPQ_ABSENT,
					  .compressed_bytes = GPQ_ABSENT,
					  .data_page_offset = GPQ_ABSENT,
					  .dictionary_page_offset = GPQ_ABSENT,
					  .statistics = no_statistics,
					  .bloom_offset = GPQ_ABSENT,
					  .bloom_bytes = GPQ_ABSENT,
					  .offset_index_offset = GPQ_ABSENT,
					  .offset_index_bytes = GPQ_ABSENT,
					  .column_index_offset = GPQ_ABSENT,
					  .column_index_bytes = GPQ_ABSENT,
					  .unencoded_bytes = GPQ_ABSENT };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->file_path = gpq_thrift_text(reader, field.type);
			break;
		case 2:
			out->file_offset = gpq_thrift_int(reader, field.type);
			break;
		case 3:
			chunk_metadata_parse(reader, field.type, out);
			break;
		case 4:
			out->offset_index_offset = gpq_thrift_int(reader, field.type);
			break;
		case 5:
			out->offset_index_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 6:
			out->column_index_offset = gpq_thrift_int(reader, field.type);
			break;
		case 7:
			out->column_index_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 8:
		case 9:
			out->encrypted = true;
			gpq_thrift_skip(reader, field.type);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
}

static void chunks_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_group *group,
			 struct gpq_column_chunk *chunks, uint32_t cap_chunks)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	group->n_chunks = list.count;
	for (uint32_t i = 0; i < list.count && gpq_thrift_struct(reader, list.type); i++) {
		if (i < cap_chunks)
			chunk_parse(reader, &chunks[i]);
		else
			gpq_thrift_skip(reader, list.type);
	}
}

static void sorting_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_group *group)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	for (uint32_t i = 0; i < list.count && gpq_thrift_struct(reader, list.type); i++) {
		struct gpq_sorting_column sorting = { GPQ_ABSENT, false, false };
		for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
			switch (field.id) {
			case 1:
				sorting.column = gpq_thrift_int32(reader, field.type);
				break;
			case 2:
				sorting.descending = gpq_thrift_bool(reader, field.type);
				break;
			case 3:
				sorting.nulls_first = gpq_thrift_bool(reader, field.type);
				break;
			default:
				gpq_thrift_skip(reader, field.type);
			}
		}
		if (group->n_sorting < GPQ_GROUP_MAX_SORTING)
			group->sorting[group->n_sorting] = sorting;
		group->n_sorting++;
	}
}

bool gpq_group_parse(struct gpq_thrift_reader *reader, struct gpq_group *out, struct gpq_column_chunk *chunks,
		     uint32_t cap_chunks)
{
	*out = (struct gpq_group){ .rows = GPQ_ABSENT,
				   .total_bytes = GPQ_ABSENT,
				   .compressed_bytes = GPQ_ABSENT,
				   .file_offset = GPQ_ABSENT,
				   .ordinal = GPQ_ABSENT };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			chunks_parse(reader, field.type, out, chunks, cap_chunks);
			break;
		case 2:
			out->total_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 3:
			out->rows = gpq_thrift_int(reader, field.type);
			break;
		case 4:
			sorting_parse(reader, field.type, out);
			break;
		case 5:
			out->file_offset = gpq_thrift_int(reader, field.type);
			break;
		case 6:
			out->compressed_bytes = gpq_thrift_int(reader, field.type);
			break;
		case 7:
			out->ordinal = gpq_thrift_int(reader, field.type);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
	return !reader->fault;
}

static void data_header_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, struct gpq_page_header *out)
{
	if (!gpq_thrift_struct(reader, type))
		return;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->n_values = gpq_thrift_int32(reader, field.type);
			break;
		case 2:
			out->encoding = gpq_thrift_int32(reader, field.type);
			break;
		case 3: /* of a dictionary's header this is is_sorted, a boolean */
			if (field.type > GPQ_THRIFT_FALSE)
				out->level_encoding = gpq_thrift_int32(reader, field.type);
			break;
		case 5:
			statistics_parse(reader, field.type, &out->statistics);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
}

static void data_header_v2_parse(struct gpq_thrift_reader *reader, enum gpq_thrift_type type,
				 struct gpq_page_header *out)
{
	if (!gpq_thrift_struct(reader, type))
		return;
	out->level_encoding = GPQ_ENCODING_RLE; /* version 2 knows no other */
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->n_values = gpq_thrift_int32(reader, field.type);
			break;
		case 2:
			out->n_nulls = gpq_thrift_int32(reader, field.type);
			break;
		case 3:
			out->n_rows = gpq_thrift_int32(reader, field.type);
			break;
		case 4:
			out->encoding = gpq_thrift_int32(reader, field.type);
			break;
		case 5:
			out->def_bytes = gpq_thrift_int32(reader, field.type);
			break;
		case 6:
			out->rep_bytes = gpq_thrift_int32(reader, field.type);
			break;
		case 7:
			out->is_compressed = gpq_thrift_bool(reader, field.type);
			break;
		case 8:
			statistics_parse(reader, field.type, &out->statistics);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
}

bool gpq_page_header_parse(struct gpq_thrift_reader *reader, struct gpq_page_header *out)
{
	*out = (struct gpq_page_header){ .kind = GPQ_ABSENT,
					 .uncompressed_bytes = GPQ_ABSENT,
					 .compressed_bytes = GPQ_ABSENT,
					 .is_compressed = true,
					 .n_values = GPQ_ABSENT,
					 .n_nulls = GPQ_ABSENT,
					 .n_rows = GPQ_ABSENT,
					 .encoding = GPQ_ABSENT,
					 .level_encoding = GPQ_ABSENT,
					 .statistics = no_statistics };
	int32_t body = GPQ_ABSENT;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->kind = gpq_thrift_int32(reader, field.type);
			break;
		case 2:
			out->uncompressed_bytes = gpq_thrift_int32(reader, field.type);
			break;
		case 3:
			out->compressed_bytes = gpq_thrift_int32(reader, field.type);
			break;
		case 4:
			out->crc = (uint32_t)gpq_thrift_int32(reader, field.type), out->has_crc = true;
			break;
		case 5:
			data_header_parse(reader, field.type, out), body = GPQ_PAGE_DATA;
			break;
		case 7:
			data_header_parse(reader, field.type, out), body = GPQ_PAGE_DICTIONARY;
			break;
		case 8:
			data_header_v2_parse(reader, field.type, out), body = GPQ_PAGE_DATA_V2;
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
	out->has_body = body == out->kind;
	return !reader->fault;
}
