// SPDX-License-Identifier: MIT
#include "parquet/metadata.h"

/* The lists of a page index are walked twice: once to pass over them, later an element at a time from a copied reader.
 */

static uint32_t list_pass(struct gpq_thrift_reader *reader, enum gpq_thrift_type type, enum gpq_thrift_type wanted,
			  struct gpq_thrift_reader *out_first, struct gpq_thrift_list *out_list)
{
	struct gpq_thrift_list list = gpq_thrift_list(reader, type);
	if (list.count && list.type != wanted && !(wanted == GPQ_THRIFT_TRUE && list.type == GPQ_THRIFT_FALSE))
		gpq_thrift_fault(reader, "a list's elements are of another type than the page index has");
	*out_first = *reader;
	if (out_list)
		*out_list = list;
	for (uint32_t i = 0; i < list.count && !reader->fault; i++) {
		if (wanted == GPQ_THRIFT_TRUE)
			gpq_thrift_list_bool(reader, list);
		else
			gpq_thrift_skip(reader, list.type);
	}
	return reader->fault ? 0 : list.count;
}

bool gpq_offset_index_parse(struct gpq_thrift_reader *reader, struct gpq_offset_index *out)
{
	*out = (struct gpq_offset_index){ .n_locations = 0 };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		if (field.id == 1)
			out->n_locations = list_pass(reader, field.type, GPQ_THRIFT_STRUCT, &out->locations, NULL);
		else if (field.id == 2)
			out->n_unencoded = list_pass(reader, field.type, GPQ_THRIFT_I64, &out->unencoded, NULL);
		else
			gpq_thrift_skip(reader, field.type);
	}
	return !reader->fault;
}

bool gpq_page_location_parse(struct gpq_thrift_reader *reader, struct gpq_page_location *out)
{
	*out = (struct gpq_page_location){ GPQ_ABSENT, GPQ_ABSENT, GPQ_ABSENT };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->offset = gpq_thrift_int(reader, field.type);
			break;
		case 2:
			out->bytes = gpq_thrift_int32(reader, field.type);
			break;
		case 3:
			out->first_row = gpq_thrift_int(reader, field.type);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
	return !reader->fault;
}

bool gpq_column_index_parse(struct gpq_thrift_reader *reader, struct gpq_column_index *out)
{
	*out = (struct gpq_column_index){ .boundary_order = GPQ_ABSENT };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->n_null_pages =
			    list_pass(reader, field.type, GPQ_THRIFT_TRUE, &out->null_pages, &out->null_pages_list);
			break;
		case 2:
			out->n_min_values = list_pass(reader, field.type, GPQ_THRIFT_BINARY, &out->min_values, NULL);
			break;
		case 3:
			out->n_max_values = list_pass(reader, field.type, GPQ_THRIFT_BINARY, &out->max_values, NULL);
			break;
		case 4:
			out->boundary_order = gpq_thrift_int32(reader, field.type);
			break;
		case 5:
			out->n_null_counts = list_pass(reader, field.type, GPQ_THRIFT_I64, &out->null_counts, NULL);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
	return !reader->fault;
}

/* Each of the header's unions has one member, and it is number 1. */
static bool union_is_first(struct gpq_thrift_reader *reader, enum gpq_thrift_type type)
{
	bool first = false;
	if (!gpq_thrift_struct(reader, type))
		return false;
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		first = field.id == 1;
		gpq_thrift_skip(reader, field.type);
	}
	return first;
}

bool gpq_bloom_header_parse(struct gpq_thrift_reader *reader, struct gpq_bloom_header *out)
{
	*out = (struct gpq_bloom_header){ .bytes = GPQ_ABSENT };
	for (struct gpq_thrift_field field = { 0, 0 }; gpq_thrift_next(reader, &field);) {
		switch (field.id) {
		case 1:
			out->bytes = gpq_thrift_int32(reader, field.type);
			break;
		case 2:
			out->is_block = union_is_first(reader, field.type);
			break;
		case 3:
			out->is_xxhash = union_is_first(reader, field.type);
			break;
		case 4:
			out->is_uncompressed = union_is_first(reader, field.type);
			break;
		default:
			gpq_thrift_skip(reader, field.type);
		}
	}
	return !reader->fault;
}
