// SPDX-License-Identifier: MIT
/*
 * The end of a file: groups in the order of their keys, all column indexes, all offset indexes, bloom filters, footer.
 * Each part is streamed from the metadata file, a group at a time, so that memory does not grow with their number.
 */
#include "parquet/footer_writer.h"
#include "parquet/index_writer.h"
#include "parquet/writer_file.h"

#include <inttypes.h>

#define COPY_BYTES ((size_t)256 << 10)

_Static_assert(GPQ_OFFSET_INDEX_BYTES(GPQ_PARQUET_GROUP_PAGES) <= COPY_BYTES, "an offset index fits");
_Static_assert(GPQ_FOOTER_PART_BYTES <= COPY_BYTES, "a part of the footer fits");

/* Memory for the time of finish, and where the file goes. */
struct finish {
	struct gpq_parquet_file *file;
	struct gpq_sink *out;
	struct gpq_written_group *groups;
	uint32_t n_groups;
	struct gpq_chunk_facts *facts;   /* = file->facts: of one group */
	struct gpq_chunk_places *places; /* of the same */
	struct gpq_page_record *pages;   /* of one chunk */
	uint8_t *bytes;                  /* COPY_BYTES */
};

static size_t places_bytes(uint32_t n_columns)
{
	return n_columns * sizeof(struct gpq_chunk_places);
}

static size_t pages_bytes(void)
{
	return GPQ_PARQUET_GROUP_PAGES * sizeof(struct gpq_page_record);
}

size_t gpq_parquet_finish_need(uint32_t n_columns)
{
	return places_bytes(n_columns) + pages_bytes() + COPY_BYTES + 3 * 4096;
}

/* Groups come nearly in order: insertion is quick. */
static void groups_sort(struct gpq_written_group *groups, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		struct gpq_written_group group = groups[i];
		uint32_t at = i;
		for (; at > 0 && groups[at - 1].key > group.key; at--)
			groups[at] = groups[at - 1];
		groups[at] = group;
	}
}

/* Moves the groups to the fresh sink; from here on their offsets are those in it. */
static enum gpq_status groups_copy(struct finish *finish, struct gpq_error *err)
{
	GPQ_TRY(gpq_sink_write(finish->out, GPQ_PARQUET_MAGIC, GPQ_PARQUET_MAGIC_BYTES, err));
	for (uint32_t g = 0; g < finish->n_groups; g++) {
		struct gpq_written_group *group = &finish->groups[g];
		uint64_t from = group->offset, left = group->bytes;
		group->offset = gpq_sink_offset(finish->out);
		while (left) {
			size_t len = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
			GPQ_TRY(gpq_sink_read(finish->file->sink, from, finish->bytes, len, err));
			GPQ_TRY(gpq_sink_write(finish->out, finish->bytes, len, err));
			from += len;
			left -= len;
		}
	}
	return GPQ_OK;
}

static enum gpq_status facts_load(struct finish *finish, uint32_t g, struct gpq_error *err)
{
	return gpq_spill_read(finish->file->metadata, finish->groups[g].facts, finish->facts,
			      finish->file->n_columns * sizeof(*finish->facts), err);
}

static enum gpq_status places_load(struct finish *finish, uint32_t g, struct gpq_error *err)
{
	return gpq_spill_read(finish->file->metadata, finish->groups[g].places, finish->places,
			      places_bytes(finish->file->n_columns), err);
}

/* A new copy in the metadata file: ranges there are written once. */
static enum gpq_status places_store(struct finish *finish, uint32_t g, struct gpq_error *err)
{
	return gpq_spill_append(finish->file->metadata, finish->places, places_bytes(finish->file->n_columns),
				&finish->groups[g].places, err);
}

static enum gpq_status piece_copy(struct finish *finish, const struct gpq_metadata_piece *piece, uint64_t *out_offset,
				  uint32_t *out_bytes, struct gpq_error *err)
{
	*out_offset = gpq_sink_offset(finish->out);
	*out_bytes = (uint32_t)piece->len;
	for (uint64_t done = 0; done < piece->len;) {
		uint64_t left = piece->len - done;
		size_t len = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
		GPQ_TRY(gpq_spill_read(finish->file->metadata, piece->offset + done, finish->bytes, len, err));
		GPQ_TRY(gpq_sink_write(finish->out, finish->bytes, len, err));
		done += len;
	}
	return GPQ_OK;
}

static enum gpq_status column_indexes_put(struct finish *finish, struct gpq_error *err)
{
	for (uint32_t g = 0; g < finish->n_groups; g++) {
		GPQ_TRY(facts_load(finish, g, err));
		memset(finish->places, 0, places_bytes(finish->file->n_columns));
		for (uint32_t c = 0; c < finish->file->n_columns; c++)
			GPQ_TRY(piece_copy(finish, &finish->facts[c].column_index, &finish->places[c].column_index,
					   &finish->places[c].column_index_bytes, err));
		GPQ_TRY(places_store(finish, g, err));
	}
	return GPQ_OK;
}

static enum gpq_status offset_index_put(struct finish *finish, uint32_t g, uint32_t c, struct gpq_error *err)
{
	const struct gpq_chunk_facts *facts = &finish->facts[c];
	GPQ_TRY(
	    gpq_spill_read(finish->file->metadata, facts->pages.offset, finish->pages, (size_t)facts->pages.len, err));
	struct gpq_thrift_writer writer;
	gpq_thrift_writer_init(&writer, finish->bytes, COPY_BYTES);
	gpq_offset_index_put(&writer, finish->pages, facts->n_pages,
			     finish->groups[g].offset + facts->offset + facts->dictionary_bytes,
			     finish->file->settings.table->columns[c].type == GPQ_TYPE_STRING);
	if (writer.full)
		return gpq_fail(err, GPQ_E_BUG, "an offset index of %" PRIu32 " pages passes %zu bytes", facts->n_pages,
				COPY_BYTES);
	finish->places[c].offset_index = gpq_sink_offset(finish->out);
	finish->places[c].offset_index_bytes = (uint32_t)writer.len;
	return gpq_sink_write(finish->out, writer.bytes, writer.len, err);
}

static enum gpq_status offset_indexes_put(struct finish *finish, struct gpq_error *err)
{
	for (uint32_t g = 0; g < finish->n_groups; g++) {
		GPQ_TRY(facts_load(finish, g, err));
		GPQ_TRY(places_load(finish, g, err));
		for (uint32_t c = 0; c < finish->file->n_columns; c++)
			GPQ_TRY(offset_index_put(finish, g, c, err));
		GPQ_TRY(places_store(finish, g, err));
	}
	return GPQ_OK;
}

static enum gpq_status blooms_put(struct finish *finish, struct gpq_error *err)
{
	if (!finish->file->settings.bloom_columns)
		return GPQ_OK;
	for (uint32_t g = 0; g < finish->n_groups; g++) {
		GPQ_TRY(facts_load(finish, g, err));
		GPQ_TRY(places_load(finish, g, err));
		for (uint32_t c = 0; c < finish->file->n_columns; c++)
			GPQ_TRY(piece_copy(finish, &finish->facts[c].bloom, &finish->places[c].bloom,
					   &finish->places[c].bloom_bytes, err));
		GPQ_TRY(places_store(finish, g, err));
	}
	return GPQ_OK;
}

/* ---- footer ---- */

static enum gpq_status part_send(struct finish *finish, struct gpq_thrift_writer *writer, struct gpq_error *err)
{
	if (writer->full)
		return gpq_fail(err, GPQ_E_BUG, "a part of the footer passes %zu bytes", writer->cap);
	GPQ_TRY(gpq_sink_write(finish->out, writer->bytes, writer->len, err));
	writer->len = 0;
	return GPQ_OK;
}

static enum gpq_status group_put(struct finish *finish, struct gpq_thrift_writer *writer, uint32_t g,
				 struct gpq_error *err)
{
	const struct gpq_parquet_file *file = finish->file;
	struct gpq_footer_group group = {
		.offset = finish->groups[g].offset,
		.rows = finish->groups[g].rows,
		.ordinal = g,
	};
	GPQ_TRY(facts_load(finish, g, err));
	GPQ_TRY(places_load(finish, g, err));
	gpq_thrift_add_struct_begin(writer);
	gpq_thrift_list_begin(writer, 1, GPQ_THRIFT_STRUCT, file->n_columns);
	for (uint32_t c = 0; c < file->n_columns; c++) {
		const struct gpq_chunk_facts *facts = &finish->facts[c];
		gpq_footer_chunk_put(writer, &file->settings, c, facts, group.offset + facts->offset,
				     &finish->places[c]);
		GPQ_TRY(part_send(finish, writer, err));
		group.raw_bytes += facts->raw_bytes;
		group.stored_bytes += facts->stored_bytes;
	}
	gpq_footer_group_put(writer, &file->settings, &group);
	return part_send(finish, writer, err);
}

/* A text of any length: its bytes do not pass through the writer. */
static enum gpq_status text_put(struct finish *finish, struct gpq_thrift_writer *writer, int16_t id,
				struct gpq_text text, struct gpq_error *err)
{
	gpq_thrift_put_binary_head(writer, id, text.len);
	GPQ_TRY(part_send(finish, writer, err));
	return text.len ? gpq_sink_write(finish->out, text.bytes, text.len, err) : GPQ_OK;
}

static enum gpq_status notes_put(struct finish *finish, struct gpq_thrift_writer *writer,
				 const struct gpq_parquet_note *notes, uint32_t n_notes, struct gpq_error *err)
{
	if (!n_notes)
		return GPQ_OK;
	gpq_thrift_list_begin(writer, 5, GPQ_THRIFT_STRUCT, n_notes);
	for (uint32_t i = 0; i < n_notes; i++) {
		gpq_thrift_add_struct_begin(writer);
		GPQ_TRY(text_put(finish, writer, 1, gpq_text_of(notes[i].key), err));
		if (notes[i].value.bytes)
			GPQ_TRY(text_put(finish, writer, 2, notes[i].value, err));
		gpq_thrift_struct_end(writer);
	}
	return GPQ_OK;
}

static enum gpq_status footer_put(struct finish *finish, const char *created_by, const struct gpq_parquet_note *notes,
				  uint32_t n_notes, struct gpq_error *err)
{
	const struct gpq_parquet_file *file = finish->file;
	uint64_t begin = gpq_sink_offset(finish->out);
	struct gpq_thrift_writer writer;
	gpq_thrift_writer_init(&writer, finish->bytes, GPQ_FOOTER_PART_BYTES);
	gpq_footer_schema_put(&writer, file->settings.table, gpq_parquet_rows(file));
	gpq_thrift_list_begin(&writer, 4, GPQ_THRIFT_STRUCT, finish->n_groups);
	GPQ_TRY(part_send(finish, &writer, err));
	for (uint32_t g = 0; g < finish->n_groups; g++)
		GPQ_TRY(group_put(finish, &writer, g, err));
	GPQ_TRY(notes_put(finish, &writer, notes, n_notes, err));
	GPQ_TRY(text_put(finish, &writer, 6, gpq_text_of(created_by), err));
	gpq_footer_orders_put(&writer, file->n_columns);
	GPQ_TRY(part_send(finish, &writer, err));
	uint64_t bytes = gpq_sink_offset(finish->out) - begin;
	if (bytes > INT32_MAX)
		return gpq_fail(err, GPQ_E_DATA, "a footer of %" PRIu64 " bytes is beyond the format", bytes);
	uint32_t len = (uint32_t)bytes;
	GPQ_TRY(gpq_sink_write(finish->out, &len, sizeof(len), err));
	return gpq_sink_write(finish->out, GPQ_PARQUET_MAGIC, GPQ_PARQUET_MAGIC_BYTES, err);
}

static enum gpq_status finish_check(const struct gpq_parquet_file *file, const struct gpq_sink *fresh,
				    struct gpq_error *err)
{
	if (file->failed != GPQ_OK) {
		if (err)
			*err = file->failure;
		return file->failed;
	}
	if (file->in_group || file->finished)
		return gpq_fail(err, GPQ_E_USAGE, file->finished ? "the file is finished" : "a row group is under way");
	if (!fresh && !gpq_parquet_in_order(file))
		return gpq_fail(err, GPQ_E_USAGE, "row groups out of order need a fresh sink");
	if (fresh && gpq_sink_offset(fresh) != 0)
		return gpq_fail(err, GPQ_E_USAGE, "the fresh sink is not empty");
	return GPQ_OK;
}

enum gpq_status gpq_parquet_finish(struct gpq_parquet_file *file, const char *created_by,
				   const struct gpq_parquet_note *notes, uint32_t n_notes, struct gpq_sink *fresh,
				   struct gpq_error *err)
{
	GPQ_TRY(finish_check(file, fresh, err));
	struct finish finish = { .file = file, .out = fresh ? fresh : file->sink, .facts = file->facts };
	enum gpq_status status = GPQ_OK;
	file->finished = true;
	finish.groups = gpq_written_groups(file, &finish.n_groups);
	groups_sort(finish.groups, finish.n_groups);
	if ((status = gpq_alloc(file->budget, GPQ_TAG_PARQUET, places_bytes(file->n_columns), &finish.places, err)) ||
	    (status = gpq_alloc(file->budget, GPQ_TAG_PARQUET, pages_bytes(), &finish.pages, err)) ||
	    (status = gpq_alloc(file->budget, GPQ_TAG_PARQUET, COPY_BYTES, &finish.bytes, err)))
		goto done;
	if ((fresh && (status = groups_copy(&finish, err))) || (status = column_indexes_put(&finish, err)) ||
	    (status = offset_indexes_put(&finish, err)) || (status = blooms_put(&finish, err)))
		goto done;
	status = footer_put(&finish, created_by, notes, n_notes, err);
done:
	gpq_free(file->budget, GPQ_TAG_PARQUET, finish.places, places_bytes(file->n_columns));
	gpq_free(file->budget, GPQ_TAG_PARQUET, finish.pages, pages_bytes());
	gpq_free(file->budget, GPQ_TAG_PARQUET, finish.bytes, COPY_BYTES);
	return status;
}
