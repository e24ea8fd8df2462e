// SPDX-License-Identifier: MIT
#include "parquet/reader.h"

#include <isa-l/crc.h>
#include <stdarg.h>
#include <stdio.h>

/* Most headers are some hundred bytes; statistics of long texts make them longer. */
#define HEADER_FIRST_BYTES ((size_t)4096)

enum gpq_status gpq_parquet_column_fail(const struct gpq_parquet_column *column, struct gpq_error *err,
					enum gpq_status status, uint64_t byte, const char *format, ...)
{
	if (!err)
		return status;
	char text[256];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	const struct gpq_leaf *leaf = &column->reader->leaves[column->index];
	gpq_fail(err, status, "row group %u, column %.*s, byte %llu: %s", column->group_index,
		 (int)(leaf->name.len < 120 ? leaf->name.len : 120), leaf->name.bytes, (unsigned long long)byte, text);
	err->byte = byte;
	return status;
}

enum gpq_status gpq_parquet_page_room(struct gpq_budget *budget, uint8_t **bytes, size_t *room, size_t need,
				      struct gpq_error *err)
{
	need += GPQ_DECODE_PADDING;
	if (need <= *room)
		return GPQ_OK;
	gpq_free(budget, GPQ_TAG_PARQUET, *bytes, *room);
	*bytes = NULL;
	*room = 0;
	need = (need + 4095) & ~(size_t)4095;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, need, bytes, err));
	*room = need;
	return GPQ_OK;
}

static enum gpq_status header_load(struct gpq_parquet_column *column, struct gpq_parquet_page *page,
				   struct gpq_error *err)
{
	struct gpq_parquet_reader *reader = column->reader;
	uint64_t left = column->chunk_end - column->chunk_at;
	for (size_t window = HEADER_FIRST_BYTES;; window *= 16) {
		size_t len = window < left ? window : (size_t)left;
		GPQ_TRY(gpq_parquet_page_room(reader->budget, &column->header_bytes, &column->header_room, len, err));
		GPQ_TRY(gpq_ranges_read(reader->ranges, column->chunk_at, column->header_bytes, len, err));
		struct gpq_thrift_reader thrift = gpq_thrift_reader(column->header_bytes, len);
		if (gpq_page_header_parse(&thrift, &page->header)) {
			page->offset = column->chunk_at;
			page->header_bytes = (uint32_t)thrift.at;
			return GPQ_OK;
		}
		if (len == left || window >= GPQ_PARQUET_HEADER_CAP_BYTES)
			return gpq_parquet_column_fail(column, err, GPQ_E_DATA, column->chunk_at + thrift.fault_at,
						       "a page header cannot be read: %s", thrift.fault);
	}
}

/* Sizes and counts of a header, against the chunk and the caps. */
static enum gpq_status header_check(const struct gpq_parquet_column *column, const struct gpq_parquet_page *page,
				    struct gpq_error *err)
{
	const struct gpq_page_header *header = &page->header;
	uint64_t left = column->chunk_end - page->offset - page->header_bytes;
	if (header->compressed_bytes < 0 || (uint64_t)header->compressed_bytes > left)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page of %d bytes does not fit the %llu that its chunk has left",
					       header->compressed_bytes, (unsigned long long)left);
	if (header->uncompressed_bytes < 0 || (size_t)header->uncompressed_bytes > GPQ_PARQUET_PAGE_CAP_BYTES ||
	    (size_t)header->compressed_bytes > 2 * GPQ_PARQUET_PAGE_CAP_BYTES)
		return gpq_parquet_column_fail(
		    column, err, GPQ_E_DATA, page->offset,
		    "a page of %d bytes (%d unpacked) is more than the %zu that gridpq reads", header->compressed_bytes,
		    header->uncompressed_bytes, GPQ_PARQUET_PAGE_CAP_BYTES);
	if (header->kind == GPQ_PAGE_INDEX)
		return GPQ_OK;
	if (!header->has_body || header->n_values < 0)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page header lacks what its kind %d needs", header->kind);
	int64_t levels = (int64_t)header->def_bytes + header->rep_bytes;
	if (header->def_bytes < 0 || header->rep_bytes < 0 || levels > header->compressed_bytes ||
	    levels > header->uncompressed_bytes)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page's levels are longer than the page");
	return GPQ_OK;
}

static enum gpq_status crc_check(struct gpq_parquet_column *column, const struct gpq_parquet_page *page,
				 const uint8_t *stored, struct gpq_error *err)
{
	column->crc_wrong = false;
	if (!page->header.has_crc)
		return GPQ_OK;
	uint32_t seen = crc32_gzip_refl(0, stored, (uint64_t)page->header.compressed_bytes);
	if (seen == page->header.crc)
		return GPQ_OK;
	column->crc_wrong = true;
	if (column->crc_ignored)
		return GPQ_OK;
	return gpq_parquet_column_fail(column, err, GPQ_E_CHECKSUM, page->offset,
				       "the page's bytes have CRC %08x, its header says %08x", seen, page->header.crc);
}

/* Reads the page's body into '*bytes', unpacked. Levels of version 2 stand in front, never packed. */
static enum gpq_status body_load(struct gpq_parquet_column *column, const struct gpq_parquet_page *page,
				 uint8_t **bytes, size_t *room, struct gpq_error *err)
{
	struct gpq_parquet_reader *reader = column->reader;
	const struct gpq_page_header *header = &page->header;
	int32_t codec = reader->chunks[column->index].codec;
	size_t stored = (size_t)header->compressed_bytes, whole = (size_t)header->uncompressed_bytes;
	size_t levels = header->kind == GPQ_PAGE_DATA_V2 ? (size_t)header->def_bytes + (size_t)header->rep_bytes : 0;
	uint64_t body_at = page->offset + page->header_bytes;
	bool plain = codec == GPQ_COMPRESSION_UNCOMPRESSED || !header->is_compressed;
	if (plain && stored != whole)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page that is not compressed has %zu bytes and claims %zu", stored,
					       whole);
	GPQ_TRY(gpq_parquet_page_room(reader->budget, bytes, room, whole, err));
	if (plain) {
		GPQ_TRY(gpq_ranges_read(reader->ranges, body_at, *bytes, stored, err));
		return crc_check(column, page, *bytes, err);
	}
	GPQ_TRY(gpq_parquet_page_room(reader->budget, &reader->packed, &reader->packed_room, stored, err));
	GPQ_TRY(gpq_ranges_read(reader->ranges, body_at, reader->packed, stored, err));
	GPQ_TRY(crc_check(column, page, reader->packed, err));
	memcpy(*bytes, reader->packed, levels);
	if (stored == levels && whole == levels) /* a page of nulls has nothing behind its levels */
		return GPQ_OK;
	struct gpq_error inner = { .status = GPQ_OK };
	enum gpq_status status = gpq_codec_decompress(reader->unpacker, codec, reader->packed + levels, stored - levels,
						      *bytes + levels, whole - levels, &inner);
	if (status != GPQ_OK)
		return gpq_parquet_column_fail(column, err, status, page->offset, "a %s page cannot be unpacked: %s",
					       gpq_codec_id_name(codec), inner.message);
	return GPQ_OK;
}

static enum gpq_status dictionary_room(struct gpq_parquet_column *column, size_t entries, struct gpq_error *err)
{
	struct gpq_budget *budget = column->reader->budget;
	bool texts = column->physical == GPQ_PHYSICAL_BYTE_ARRAY;
	size_t entry = texts ? sizeof(struct gpq_text) : sizeof(int64_t);
	if (entries <= column->dictionary_room)
		return GPQ_OK;
	gpq_free(budget, GPQ_TAG_PARQUET, texts ? (void *)column->dictionary_texts : (void *)column->dictionary_words,
		 column->dictionary_room * entry);
	column->dictionary_room = 0;
	column->dictionary_texts = NULL;
	column->dictionary_words = NULL;
	void *memory = NULL;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_PARQUET, entries * entry, &memory, err));
	column->dictionary_room = entries;
	if (texts)
		column->dictionary_texts = memory;
	else
		column->dictionary_words = memory;
	return GPQ_OK;
}

static enum gpq_status dictionary_load(struct gpq_parquet_column *column, const struct gpq_parquet_page *page,
				       struct gpq_error *err)
{
	const struct gpq_page_header *header = &page->header;
	if (column->has_dictionary || column->n_data_pages)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a dictionary page stands behind other pages");
	if (header->encoding != GPQ_ENCODING_PLAIN && header->encoding != GPQ_ENCODING_PLAIN_DICTIONARY)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset, "a dictionary is encoded as %s",
					       gpq_encoding_name(header->encoding));
	GPQ_TRY(body_load(column, page, &column->dictionary_bytes, &column->dictionary_bytes_room, err));
	size_t len = (size_t)header->uncompressed_bytes;
	struct gpq_decoder decoder;
	const char *complaint =
	    gpq_decoder_init(&decoder, column->physical, GPQ_ENCODING_PLAIN, column->dictionary_bytes, len);
	if (complaint || column->physical == GPQ_PHYSICAL_BOOLEAN)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a dictionary of %s cannot be read",
					       gpq_physical_name((int32_t)column->physical));
	uint32_t n = (uint32_t)header->n_values, got = 0;
	bool texts = column->physical == GPQ_PHYSICAL_BYTE_ARRAY;
	if (n <= len / 4) { /* every value takes 4 bytes or more */
		GPQ_TRY(dictionary_room(column, n ? n : 1, err));
		got = texts ? gpq_decoder_texts(&decoder, n, column->dictionary_texts)
			    : gpq_decoder_words(&decoder, n, column->dictionary_words);
	}
	if (got != n || gpq_decoder_rest(&decoder) != 0)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a dictionary page of %zu bytes does not hold exactly its %u values",
					       len, n);
	column->has_dictionary = true;
	column->dictionary_crc_wrong = column->crc_wrong;
	column->n_dictionary = n;
	column->dictionary = *page;
	return GPQ_OK;
}

/* Finds levels and values within the unpacked bytes of a data page. */
static enum gpq_status page_split(struct gpq_parquet_column *column, const struct gpq_parquet_page *page,
				  struct gpq_error *err)
{
	const struct gpq_page_header *header = &page->header;
	const uint8_t *bytes = column->page_bytes;
	size_t len = (size_t)header->uncompressed_bytes, skip = 0;
	if (header->kind == GPQ_PAGE_DATA_V2) {
		skip = (size_t)header->def_bytes + (size_t)header->rep_bytes;
		gpq_hybrid_init(&column->levels, bytes + header->rep_bytes, (size_t)header->def_bytes, 1);
	} else if (column->optional) {
		uint32_t level_bytes = 0;
		if (header->level_encoding != GPQ_ENCODING_RLE)
			return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
						       "its levels are encoded as %s, which gridpq does not read",
						       gpq_encoding_name(header->level_encoding));
		if (len >= sizeof(level_bytes))
			memcpy(&level_bytes, bytes, sizeof(level_bytes));
		if (len < sizeof(level_bytes) || level_bytes > len - sizeof(level_bytes))
			return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
						       "a page's levels are longer than the page");
		gpq_hybrid_init(&column->levels, bytes + sizeof(level_bytes), level_bytes, 1);
		skip = sizeof(level_bytes) + level_bytes;
	}
	const char *complaint =
	    gpq_decoder_init(&column->decoder, column->physical, header->encoding, bytes + skip, len - skip);
	if (complaint)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset, "values encoded as %s: %s",
					       gpq_encoding_name(header->encoding), complaint);
	if (column->decoder.encoding == GPQ_ENCODING_RLE_DICTIONARY && !column->has_dictionary)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page of dictionary codes has no dictionary page before it");
	return GPQ_OK;
}

static enum gpq_status data_load(struct gpq_parquet_column *column, struct gpq_parquet_page *page,
				 struct gpq_error *err)
{
	const struct gpq_page_header *header = &page->header;
	uint64_t rows_left = column->rows - column->rows_done;
	if ((uint64_t)header->n_values > rows_left)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page has %d values where %llu rows are left", header->n_values,
					       (unsigned long long)rows_left);
	if (header->kind == GPQ_PAGE_DATA_V2 &&
	    (header->n_rows != header->n_values || header->n_nulls < 0 || header->n_nulls > header->n_values))
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page->offset,
					       "a page of %d values claims %d rows and %d nulls", header->n_values,
					       header->n_rows, header->n_nulls);
	GPQ_TRY(body_load(column, page, &column->page_bytes, &column->page_room, err));
	GPQ_TRY(page_split(column, page, err));
	page->ordinal = column->n_data_pages++;
	page->first_row = column->rows_done;
	page->rows = (uint32_t)header->n_values;
	column->page = *page;
	column->rows_left = page->rows;
	column->rows_done += page->rows;
	return GPQ_OK;
}

static enum gpq_status page_next(struct gpq_parquet_column *column, struct gpq_error *err)
{
	struct gpq_parquet_page page = { .offset = 0 };
	if (column->chunk_at >= column->chunk_end)
		return gpq_parquet_column_fail(column, err, GPQ_E_TRUNCATED, column->chunk_end,
					       "the chunk ends after %llu of %llu rows",
					       (unsigned long long)column->rows_done, (unsigned long long)column->rows);
	GPQ_TRY(header_load(column, &page, err));
	GPQ_TRY(header_check(column, &page, err));
	column->chunk_at = page.offset + page.header_bytes + (uint64_t)page.header.compressed_bytes;
	switch (page.header.kind) {
	case GPQ_PAGE_DICTIONARY:
		return dictionary_load(column, &page, err);
	case GPQ_PAGE_DATA:
	case GPQ_PAGE_DATA_V2:
		return data_load(column, &page, err);
	case GPQ_PAGE_INDEX: /* reserved by the format; passed over as it asks readers to */
		return GPQ_OK;
	default:
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, page.offset, "a page is of unknown kind %d",
					       page.header.kind);
	}
}

enum gpq_status gpq_parquet_column_ready(struct gpq_parquet_column *column, uint32_t *out_rows, struct gpq_error *err)
{
	while (column->rows_left == 0) {
		if (column->rows_done == column->rows)
			return GPQ_END;
		GPQ_TRY(page_next(column, err));
	}
	*out_rows = column->rows_left;
	return GPQ_OK;
}
