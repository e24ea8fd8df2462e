// SPDX-License-Identifier: MIT
#include "parquet/reader.h"

/* "PAR1" at both ends, the footer's length in the four bytes before the last. */
#define MAGIC_BYTES 4
#define TAIL_BYTES  8
#define LEAVES_CAP  10000

static enum gpq_status footer_fail(const struct gpq_parquet_reader *reader, struct gpq_error *err,
				   enum gpq_status status, size_t at, const char *text)
{
	gpq_fail(err, status, "footer at byte %llu: %s", (unsigned long long)(reader->footer_at + at), text);
	if (err)
		err->byte = reader->footer_at + at;
	return status;
}

/* Finds the footer and reads its bytes. */
static enum gpq_status footer_load(struct gpq_parquet_reader *reader, struct gpq_error *err)
{
	uint64_t file_bytes = gpq_ranges_bytes(reader->ranges);
	uint8_t head[MAGIC_BYTES], tail[TAIL_BYTES];
	if (file_bytes < MAGIC_BYTES + TAIL_BYTES)
		return gpq_fail(err, GPQ_E_TRUNCATED, "%llu bytes are too few for a Parquet file",
				(unsigned long long)file_bytes);
	GPQ_TRY(gpq_ranges_read(reader->ranges, 0, head, sizeof(head), err));
	GPQ_TRY(gpq_ranges_read(reader->ranges, file_bytes - TAIL_BYTES, tail, sizeof(tail), err));
	if (memcmp(head, "PARE", MAGIC_BYTES) == 0 || memcmp(tail + 4, "PARE", MAGIC_BYTES) == 0)
		return gpq_fail(err, GPQ_E_DATA, "the file is encrypted, which gridpq does not read");
	if (memcmp(head, "PAR1", MAGIC_BYTES) != 0)
		return gpq_fail(err, GPQ_E_DATA, "no Parquet file: it does not begin with PAR1");
	if (memcmp(tail + 4, "PAR1", MAGIC_BYTES) != 0) {
		gpq_fail(err, GPQ_E_TRUNCATED, "the file does not end with PAR1: its end is missing");
		if (err)
			err->byte = file_bytes - MAGIC_BYTES;
		return GPQ_E_TRUNCATED;
	}
	uint32_t len;
	memcpy(&len, tail, sizeof(len));
	reader->footer_at = file_bytes - TAIL_BYTES;
	if (len > file_bytes - TAIL_BYTES - MAGIC_BYTES)
		return footer_fail(reader, err, GPQ_E_DATA, 0, "its length is more than the file's");
	reader->footer_at -= len;
	if (len > GPQ_PARQUET_FOOTER_CAP_BYTES || len > gpq_budget_left_bytes(reader->budget))
		return gpq_fail(err, GPQ_E_BUDGET,
				"the footer of %u bytes needs more than the %zu that are left (at most %zu)", len,
				gpq_budget_left_bytes(reader->budget), GPQ_PARQUET_FOOTER_CAP_BYTES);
	GPQ_TRY(gpq_alloc(reader->budget, GPQ_TAG_PARQUET, len, &reader->footer_bytes, err));
	reader->footer_len = len;
	return gpq_ranges_read(reader->ranges, reader->footer_at, reader->footer_bytes, len, err);
}

static struct gpq_thrift_reader footer_thrift(const struct gpq_parquet_reader *reader, size_t at)
{
	struct gpq_thrift_reader thrift = gpq_thrift_reader(reader->footer_bytes, reader->footer_len);
	thrift.at = at;
	return thrift;
}

/* A flat schema is a root with all the others as its children. */
static enum gpq_status schema_load(struct gpq_parquet_reader *reader, struct gpq_error *err)
{
	struct gpq_thrift_reader thrift = footer_thrift(reader, reader->footer.schema_at);
	struct gpq_schema_element element;
	uint32_t n_leaves = reader->footer.n_schema - 1;
	if (!gpq_schema_element_parse(&thrift, &element))
		return footer_fail(reader, err, GPQ_E_DATA, thrift.fault_at, thrift.fault);
	if (n_leaves > LEAVES_CAP)
		return gpq_fail(err, GPQ_E_DATA, "the file has %u columns, gridpq reads at most %u", n_leaves,
				LEAVES_CAP);
	if (element.n_children != GPQ_ABSENT && (uint32_t)element.n_children != n_leaves)
		return gpq_fail(
		    err, GPQ_E_DATA,
		    "the schema is nested (%d of %u elements below its root), and gridpq reads flat tables only",
		    element.n_children, n_leaves);
	if (n_leaves == 0)
		return footer_fail(reader, err, GPQ_E_DATA, reader->footer.schema_at, "the schema has no columns");
	GPQ_TRY(
	    gpq_alloc_zero(reader->budget, GPQ_TAG_PARQUET, n_leaves * sizeof(*reader->leaves), &reader->leaves, err));
	reader->n_leaves = n_leaves;
	for (uint32_t i = 0; i < n_leaves; i++) {
		if (!gpq_schema_element_parse(&thrift, &element))
			return footer_fail(reader, err, GPQ_E_DATA, thrift.fault_at, thrift.fault);
		reader->leaves[i] = element.leaf;
		if (element.n_children > 0 || element.leaf.physical == GPQ_ABSENT)
			return gpq_fail(err, GPQ_E_DATA, "column %.*s is nested, and gridpq reads flat tables only",
					(int)(element.leaf.name.len < 200 ? element.leaf.name.len : 200),
					element.leaf.name.bytes);
	}
	return GPQ_OK;
}

static enum gpq_status groups_load(struct gpq_parquet_reader *reader, struct gpq_error *err)
{
	struct gpq_thrift_reader thrift = footer_thrift(reader, reader->footer.groups_at);
	uint32_t n_groups = reader->footer.n_groups;
	GPQ_TRY(gpq_alloc_zero(reader->budget, GPQ_TAG_PARQUET, reader->n_leaves * sizeof(*reader->chunks),
			       &reader->chunks, err));
	GPQ_TRY(gpq_alloc_zero(reader->budget, GPQ_TAG_PARQUET, (n_groups ? n_groups : 1) * sizeof(*reader->group_at),
			       &reader->group_at, err));
	for (uint32_t i = 0; i < n_groups; i++) {
		struct gpq_group group;
		reader->group_at[i] = (uint32_t)thrift.at;
		if (!gpq_group_parse(&thrift, &group, NULL, 0))
			return footer_fail(reader, err, GPQ_E_DATA, thrift.fault_at, thrift.fault);
	}
	return GPQ_OK;
}

static enum gpq_status reader_fill(struct gpq_parquet_reader *reader, struct gpq_error *err)
{
	GPQ_TRY(gpq_unpacker_open(reader->budget, &reader->unpacker, err));
	GPQ_TRY(footer_load(reader, err));
	struct gpq_thrift_reader thrift = footer_thrift(reader, 0);
	if (!gpq_footer_parse(&thrift, &reader->footer))
		return footer_fail(reader, err, GPQ_E_DATA, thrift.fault_at, thrift.fault);
	if (reader->footer.encrypted)
		return gpq_fail(err, GPQ_E_DATA, "the file is encrypted, which gridpq does not read");
	if (reader->footer.rows < 0)
		return footer_fail(reader, err, GPQ_E_DATA, 0, "its number of rows is negative");
	GPQ_TRY(schema_load(reader, err));
	return groups_load(reader, err);
}

enum gpq_status gpq_parquet_reader_open(struct gpq_budget *budget, const struct gpq_ranges *ranges,
					struct gpq_parquet_reader **out, struct gpq_error *err)
{
	struct gpq_parquet_reader *reader = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, sizeof(*reader), &reader, err));
	reader->budget = budget;
	reader->ranges = ranges;
	reader->group_index = UINT32_MAX;
	enum gpq_status status = reader_fill(reader, err);
	if (status != GPQ_OK) {
		gpq_parquet_reader_close(reader);
		return status;
	}
	*out = reader;
	return GPQ_OK;
}

void gpq_parquet_reader_close(struct gpq_parquet_reader *reader)
{
	if (!reader)
		return;
	struct gpq_budget *budget = reader->budget;
	uint32_t n_groups = reader->footer.n_groups;
	gpq_unpacker_close(reader->unpacker);
	gpq_free(budget, GPQ_TAG_PARQUET, reader->footer_bytes, reader->footer_len);
	gpq_free(budget, GPQ_TAG_PARQUET, reader->leaves, reader->n_leaves * sizeof(*reader->leaves));
	gpq_free(budget, GPQ_TAG_PARQUET, reader->chunks, reader->n_leaves * sizeof(*reader->chunks));
	gpq_free(budget, GPQ_TAG_PARQUET, reader->group_at, (n_groups ? n_groups : 1) * sizeof(*reader->group_at));
	gpq_free(budget, GPQ_TAG_PARQUET, reader->packed, reader->packed_room);
	gpq_free(budget, GPQ_TAG_PARQUET, reader, sizeof(*reader));
}

uint64_t gpq_parquet_chunk_begin(const struct gpq_column_chunk *chunk)
{
	/* Some writers put 0 where there is no dictionary; a page at byte 0 is impossible. */
	if (chunk->dictionary_page_offset > 0 && chunk->dictionary_page_offset < chunk->data_page_offset)
		return (uint64_t)chunk->dictionary_page_offset;
	return (uint64_t)chunk->data_page_offset;
}

/* Why a chunk cannot be read, or NULL. */
static const char *chunk_complaint(const struct gpq_parquet_reader *reader, const struct gpq_column_chunk *chunk,
				   const struct gpq_leaf *leaf)
{
	if (chunk->encrypted)
		return "it is encrypted, which gridpq does not read";
	if (chunk->file_path.bytes)
		return "its pages are in another file, which gridpq does not read";
	if (!chunk->has_metadata)
		return "it has no metadata";
	if (chunk->n_path != 1 || !gpq_text_equal(chunk->path, leaf->name))
		return "its path is not the name of the schema's column";
	if (chunk->physical != leaf->physical)
		return "its type is not that of the schema's column";
	if (chunk->n_values != reader->group.rows)
		return "its number of values is not the row group's number of rows";
	if (chunk->n_values == 0)
		return NULL;
	if (chunk->data_page_offset < MAGIC_BYTES || chunk->compressed_bytes <= 0 || chunk->uncompressed_bytes < 0)
		return "its offset or size is out of range";
	uint64_t begin = gpq_parquet_chunk_begin(chunk);
	if (begin > reader->footer_at || (uint64_t)chunk->compressed_bytes > reader->footer_at - begin)
		return "it ends behind the footer's begin";
	if ((uint64_t)chunk->data_page_offset - begin >= (uint64_t)chunk->compressed_bytes)
		return "its data pages begin behind its end";
	return NULL;
}

enum gpq_status gpq_parquet_reader_group(struct gpq_parquet_reader *reader, uint32_t index, struct gpq_error *err)
{
	if (index >= reader->footer.n_groups)
		return gpq_fail(err, GPQ_E_USAGE, "row group %u of %u is asked for", index, reader->footer.n_groups);
	struct gpq_thrift_reader thrift = footer_thrift(reader, reader->group_at[index]);
	reader->group_index = UINT32_MAX;
	if (!gpq_group_parse(&thrift, &reader->group, reader->chunks, reader->n_leaves))
		return footer_fail(reader, err, GPQ_E_DATA, thrift.fault_at, thrift.fault);
	enum gpq_status status = GPQ_OK;
	if (reader->group.n_chunks != reader->n_leaves)
		status = gpq_fail(err, GPQ_E_DATA, "row group %u: it has %u column chunks, the schema %u columns",
				  index, reader->group.n_chunks, reader->n_leaves);
	else if (reader->group.rows < 0)
		status = gpq_fail(err, GPQ_E_DATA, "row group %u: its number of rows is negative or missing", index);
	for (uint32_t i = 0; i < reader->n_leaves && status == GPQ_OK; i++) {
		const struct gpq_leaf *leaf = &reader->leaves[i];
		const char *complaint = chunk_complaint(reader, &reader->chunks[i], leaf);
		if (complaint)
			status =
			    gpq_fail(err, GPQ_E_DATA, "row group %u, column %.*s: %s", index,
				     (int)(leaf->name.len < 200 ? leaf->name.len : 200), leaf->name.bytes, complaint);
	}
	if (status != GPQ_OK) {
		if (err)
			err->byte = reader->footer_at + reader->group_at[index];
		return status;
	}
	reader->group_index = index;
	return GPQ_OK;
}

struct gpq_text gpq_parquet_reader_note(const struct gpq_parquet_reader *reader, const char *key)
{
	struct gpq_thrift_reader thrift = footer_thrift(reader, reader->footer.notes_at);
	struct gpq_text wanted = gpq_text_of(key), none = { NULL, 0 };
	struct gpq_key_value note;
	for (uint32_t i = 0; i < reader->footer.n_notes && gpq_key_value_parse(&thrift, &note); i++)
		if (gpq_text_equal(note.key, wanted))
			return note.value;
	return none;
}

int gpq_parquet_reader_leaf(const struct gpq_parquet_reader *reader, const char *name)
{
	struct gpq_text wanted = gpq_text_of(name);
	for (uint32_t i = 0; i < reader->n_leaves; i++)
		if (gpq_text_equal(reader->leaves[i].name, wanted))
			return (int)i;
	return -1;
}
