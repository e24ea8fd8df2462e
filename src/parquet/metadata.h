/*
 * parquet/metadata.h - what a Parquet footer, page header and page index say, read from their Thrift bytes.
 * Knows: schema elements, row groups, chunks, statistics, pages.      Not: values, files, what columns mean.
 * Source: parquet-format/src/main/thrift/parquet.thrift.
 *
 * Texts are borrowed from the bytes parsed.      Memory: the caller's; lists of unknown length are walked, not kept.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_PARQUET_METADATA_H
#define GPQ_PARQUET_METADATA_H

#include "parquet/thrift_reader.h"

enum gpq_physical {
	GPQ_PHYSICAL_BOOLEAN = 0,
	GPQ_PHYSICAL_INT32 = 1,
	GPQ_PHYSICAL_INT64 = 2,
	GPQ_PHYSICAL_INT96 = 3,
	GPQ_PHYSICAL_FLOAT = 4,
	GPQ_PHYSICAL_DOUBLE = 5,
	GPQ_PHYSICAL_BYTE_ARRAY = 6,
	GPQ_PHYSICAL_FIXED = 7,
};

enum gpq_encoding {
	GPQ_ENCODING_PLAIN = 0,
	GPQ_ENCODING_PLAIN_DICTIONARY = 2,
	GPQ_ENCODING_RLE = 3,
	GPQ_ENCODING_BIT_PACKED = 4,
	GPQ_ENCODING_DELTA_BINARY_PACKED = 5,
	GPQ_ENCODING_DELTA_LENGTH_BYTE_ARRAY = 6,
	GPQ_ENCODING_DELTA_BYTE_ARRAY = 7,
	GPQ_ENCODING_RLE_DICTIONARY = 8,
	GPQ_ENCODING_BYTE_STREAM_SPLIT = 9,
};

enum gpq_repetition { GPQ_REPETITION_REQUIRED = 0, GPQ_REPETITION_OPTIONAL = 1, GPQ_REPETITION_REPEATED = 2 };

/* The LogicalType union's field numbers that are told apart here; 0: none. */
enum gpq_logical { GPQ_LOGICAL_NONE = 0, GPQ_LOGICAL_STRING = 1, GPQ_LOGICAL_DATE = 6, GPQ_LOGICAL_TIMESTAMP = 8 };
enum gpq_time_unit { GPQ_UNIT_NONE = 0, GPQ_UNIT_MILLIS = 1, GPQ_UNIT_MICROS = 2, GPQ_UNIT_NANOS = 3 };

enum gpq_page_kind { GPQ_PAGE_DATA = 0, GPQ_PAGE_INDEX = 1, GPQ_PAGE_DICTIONARY = 2, GPQ_PAGE_DATA_V2 = 3 };
enum gpq_boundary { GPQ_BOUNDARY_UNORDERED = 0, GPQ_BOUNDARY_ASCENDING = 1, GPQ_BOUNDARY_DESCENDING = 2 };

/* What is absent in a footer. */
#define GPQ_ABSENT (-1)

struct gpq_statistics {
	struct gpq_text min_value, max_value; /* fields 6 and 5; bytes NULL where absent */
	struct gpq_text old_min, old_max;     /* the deprecated fields 2 and 1 */
	int64_t null_count, distinct_count;   /* GPQ_ABSENT */
	bool present;
	bool min_cut, max_cut; /* is_..._exact says false: a bound, not the value itself */
};

struct gpq_leaf { /* one column of a flat schema */
	struct gpq_text name;
	int32_t physical, repetition, converted, type_length; /* GPQ_ABSENT */
	int32_t logical;                                      /* field number in the LogicalType union, 0: none */
	enum gpq_time_unit unit;
	bool utc;
};

#define GPQ_CHUNK_MAX_ENCODING_STATS 8

struct gpq_column_chunk {
	struct gpq_text path;      /* the only part of path_in_schema, or its first */
	struct gpq_text file_path; /* bytes non-NULL: the chunk is in another file */
	uint32_t n_path;
	int32_t physical, codec;
	uint32_t encodings; /* bit e: encoding e is listed */
	int64_t file_offset, n_values, uncompressed_bytes, compressed_bytes;
	int64_t data_page_offset, dictionary_page_offset; /* GPQ_ABSENT */
	struct gpq_statistics statistics;
	struct gpq_encoding_stat {
		int32_t page_kind, encoding, count;
	} encoding_stats[GPQ_CHUNK_MAX_ENCODING_STATS];
	uint32_t n_encoding_stats; /* as listed; more than the array holds are counted only */
	int64_t bloom_offset, bloom_bytes, offset_index_offset, offset_index_bytes, column_index_offset,
	    column_index_bytes;
	int64_t unencoded_bytes; /* of size statistics, GPQ_ABSENT */
	bool has_metadata, encrypted;
};

#define GPQ_GROUP_MAX_SORTING 16

struct gpq_group {
	int64_t rows, total_bytes, compressed_bytes, file_offset, ordinal; /* GPQ_ABSENT but for the first two */
	struct gpq_sorting_column {
		int32_t column;
		bool descending, nulls_first;
	} sorting[GPQ_GROUP_MAX_SORTING];
	uint32_t n_sorting; /* as listed */
	uint32_t n_chunks;
};

struct gpq_page_header {
	int32_t kind, uncompressed_bytes, compressed_bytes;
	bool has_crc, is_compressed, has_body; /* has_body: the struct that fits 'kind' is there */
	uint32_t crc;
	int32_t n_values, n_nulls, n_rows; /* nulls and rows: version 2 only, else GPQ_ABSENT */
	int32_t encoding, level_encoding, def_bytes, rep_bytes;
	struct gpq_statistics statistics;
};

struct gpq_page_location {
	int64_t offset, first_row;
	int32_t bytes; /* header included */
};

/* Where the parts of a footer begin; whole lists are walked later, from there. */
struct gpq_footer {
	int64_t version, rows;
	uint32_t n_schema, n_groups, n_notes, n_column_orders, n_typed_orders;
	size_t schema_at, groups_at, notes_at; /* byte offsets of the first element */
	struct gpq_text created_by;
	bool encrypted;
};

/* Each parser returns false where the reader has met a fault; 'out' is then undefined. */
bool gpq_footer_parse(struct gpq_thrift_reader *reader, struct gpq_footer *out);

struct gpq_schema_element {
	struct gpq_leaf leaf;
	int32_t n_children; /* GPQ_ABSENT */
};
bool gpq_schema_element_parse(struct gpq_thrift_reader *reader, struct gpq_schema_element *out);

struct gpq_key_value {
	struct gpq_text key, value;
};
bool gpq_key_value_parse(struct gpq_thrift_reader *reader, struct gpq_key_value *out);

/* gpq_group_parse() fills at most 'cap_chunks' of 'chunks'; out->n_chunks says how many there are. 'chunks' may be NULL
 * with cap 0: then they are skipped. */
bool gpq_group_parse(struct gpq_thrift_reader *reader, struct gpq_group *out, struct gpq_column_chunk *chunks,
		     uint32_t cap_chunks);

bool gpq_page_header_parse(struct gpq_thrift_reader *reader, struct gpq_page_header *out);

/* The page index: the lists' places, for gpq_..._at loops that read an element at a time. */
struct gpq_offset_index {
	struct gpq_thrift_reader locations, unencoded; /* stand at the first element */
	uint32_t n_locations, n_unencoded;             /* n_unencoded: 0 where absent */
};
bool gpq_offset_index_parse(struct gpq_thrift_reader *reader, struct gpq_offset_index *out);
bool gpq_page_location_parse(struct gpq_thrift_reader *reader, struct gpq_page_location *out);

struct gpq_column_index {
	struct gpq_thrift_reader null_pages, min_values, max_values, null_counts;
	struct gpq_thrift_list null_pages_list;
	uint32_t n_null_pages, n_min_values, n_max_values, n_null_counts; /* n_null_counts: 0 where absent */
	int32_t boundary_order;
};
bool gpq_column_index_parse(struct gpq_thrift_reader *reader, struct gpq_column_index *out);

struct gpq_bloom_header {
	int32_t bytes;
	bool is_block, is_xxhash, is_uncompressed;
};
bool gpq_bloom_header_parse(struct gpq_thrift_reader *reader, struct gpq_bloom_header *out);

/* Names for messages; "unknown" for what the format does not have. */
const char *gpq_physical_name(int32_t physical);
const char *gpq_encoding_name(int32_t encoding);
const char *gpq_codec_id_name(int32_t codec);

#endif
