// SPDX-License-Identifier: MIT
#include "audit/verify_pages.h"

#include <stdio.h>

/* The page index of a chunk: some 60 bytes a page, plus its texts. */
#define INDEX_CAP_BYTES ((size_t)4 << 20)

static struct gpq_place place_of(const struct gpq_page_check *check, int64_t byte)
{
	return (
	    struct gpq_place){ .group = check->column->group_index, .row = -1, .byte = byte, .column = check->name };
}

enum gpq_status gpq_page_check_open(struct gpq_page_check *check, struct gpq_findings *findings,
				    struct gpq_page_lacks *lacks, struct gpq_parquet_reader *reader, uint32_t index,
				    struct gpq_error *err)
{
	struct gpq_parquet_column *column = NULL;
	GPQ_TRY(gpq_parquet_column_open(reader, index, &column, err));
	column->crc_ignored = true; /* a wrong one is a finding; the page may still tell more */
	*check =
	    (struct gpq_page_check){ .budget = reader->budget, .findings = findings, .lacks = lacks, .column = column };
	const struct gpq_leaf *leaf = &reader->leaves[index];
	snprintf(check->name, sizeof(check->name), "%.*s", (int)(leaf->name.len < 127 ? leaf->name.len : 127),
		 leaf->name.bytes);
	check->ordered =
	    leaf->converted < 11 || leaf->converted > 14; /* UINT_8 to UINT_64 have an order of their own */
	gpq_buf_init(&check->chunk_min, reader->budget, GPQ_TAG_CONVERT, GPQ_PARQUET_PAGE_CAP_BYTES);
	gpq_buf_init(&check->chunk_max, reader->budget, GPQ_TAG_CONVERT, GPQ_PARQUET_PAGE_CAP_BYTES);
	return GPQ_OK;
}

void gpq_page_check_done(struct gpq_page_check *check)
{
	if (!check->column)
		return;
	gpq_free(check->budget, GPQ_TAG_CONVERT, check->stamps, check->stamps_room * sizeof(*check->stamps));
	gpq_free(check->budget, GPQ_TAG_PARQUET, check->offset_bytes, check->offset_room);
	gpq_free(check->budget, GPQ_TAG_PARQUET, check->index_bytes, check->index_room);
	gpq_parquet_bloom_done(&check->bloom, check->budget);
	gpq_buf_done(&check->chunk_min);
	gpq_buf_done(&check->chunk_max);
	gpq_parquet_column_close(check->column);
	*check = (struct gpq_page_check){ .column = NULL };
}

/* Whether a failure is the file's fault, which makes it a finding, or ours or the system's, which ends the run. */
static bool is_damage(enum gpq_status status)
{
	return status == GPQ_E_DATA || status == GPQ_E_TRUNCATED || status == GPQ_E_CHECKSUM;
}

/* Reads 'len' bytes of index; '*out_len' is 0 where there are none or they are a finding. */
static enum gpq_status index_load(struct gpq_page_check *check, const char *what, int64_t offset, int64_t len,
				  uint8_t **bytes, size_t *room, size_t *out_len, struct gpq_error *err)
{
	const struct gpq_parquet_reader *reader = check->column->reader;
	*out_len = 0;
	if (offset < 4 || len <= 0 || (uint64_t)offset > reader->footer_at ||
	    (uint64_t)len > reader->footer_at - (uint64_t)offset || (size_t)len > INDEX_CAP_BYTES) {
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place_of(check, offset),
				 "its %s index of %lld bytes is not within the file, or longer than %zu bytes", what,
				 (long long)len, INDEX_CAP_BYTES);
		return GPQ_OK;
	}
	GPQ_TRY(gpq_parquet_page_room(check->budget, bytes, room, (size_t)len, err));
	GPQ_TRY(gpq_ranges_read(reader->ranges, (uint64_t)offset, *bytes, (size_t)len, err));
	*out_len = (size_t)len;
	return GPQ_OK;
}

static enum gpq_status offset_index_start(struct gpq_page_check *check, const struct gpq_column_chunk *chunk,
					  struct gpq_error *err)
{
	size_t len = 0;
	check->has_offsets = false;
	if (chunk->offset_index_offset == GPQ_ABSENT) {
		check->lacks->offset_index = true;
		return GPQ_OK;
	}
	GPQ_TRY(index_load(check, "offset", chunk->offset_index_offset, chunk->offset_index_bytes, &check->offset_bytes,
			   &check->offset_room, &len, err));
	struct gpq_thrift_reader thrift = gpq_thrift_reader(check->offset_bytes, len);
	check->has_offsets = len && gpq_offset_index_parse(&thrift, &check->offsets);
	if (len && !check->has_offsets)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place_of(check, chunk->offset_index_offset),
				 "its offset index cannot be read: %s", thrift.fault);
	return GPQ_OK;
}

static enum gpq_status column_index_start(struct gpq_page_check *check, const struct gpq_column_chunk *chunk,
					  struct gpq_error *err)
{
	size_t len = 0;
	check->has_bounds = false;
	check->last_min = check->last_max = (struct gpq_text){ NULL, 0 };
	if (chunk->column_index_offset == GPQ_ABSENT) {
		check->lacks->column_index = true;
		return GPQ_OK;
	}
	GPQ_TRY(index_load(check, "column", chunk->column_index_offset, chunk->column_index_bytes, &check->index_bytes,
			   &check->index_room, &len, err));
	struct gpq_thrift_reader thrift = gpq_thrift_reader(check->index_bytes, len);
	struct gpq_column_index *bounds = &check->bounds;
	struct gpq_place place = place_of(check, chunk->column_index_offset);
	if (!len)
		return GPQ_OK;
	if (!gpq_column_index_parse(&thrift, bounds))
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place, "its column index cannot be read: %s",
				 thrift.fault);
	else if (bounds->n_min_values != bounds->n_null_pages || bounds->n_max_values != bounds->n_null_pages ||
		 (bounds->n_null_counts && bounds->n_null_counts != bounds->n_null_pages))
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place,
				 "the lists of its column index differ in length");
	else if (bounds->boundary_order < GPQ_BOUNDARY_UNORDERED || bounds->boundary_order > GPQ_BOUNDARY_DESCENDING)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place, "its column index has the unknown order %d",
				 bounds->boundary_order);
	else
		check->has_bounds = true;
	return GPQ_OK;
}

static enum gpq_status bloom_start(struct gpq_page_check *check, const struct gpq_column_chunk *chunk,
				   struct gpq_error *err)
{
	struct gpq_error inner = { .status = GPQ_OK };
	check->bloom.len = 0;
	check->bloom_last = (struct gpq_text){ NULL, 0 };
	if (chunk->bloom_offset == GPQ_ABSENT)
		return GPQ_OK;
	enum gpq_status status = gpq_parquet_bloom_load(check->column, &check->bloom, &inner);
	if (is_damage(status)) {
		gpq_findings_say(check->findings, GPQ_FINDING_BLOOM, GPQ_NOWHERE, "%s", inner.message);
		return GPQ_OK;
	}
	if (status != GPQ_OK && err)
		*err = inner;
	return status;
}

enum gpq_status gpq_page_check_start(struct gpq_page_check *check, struct gpq_error *err)
{
	const struct gpq_column_chunk *chunk = &check->column->reader->chunks[check->column->index];
	GPQ_TRY(gpq_parquet_column_start(check->column, err));
	check->broken = false;
	check->n_seen = 0;
	check->unpacked_bytes = 0;
	check->last_code = GPQ_CODE_NULL;
	gpq_extremes_clear(&check->page);
	gpq_extremes_clear(&check->chunk);
	gpq_buf_clear(&check->chunk_min);
	gpq_buf_clear(&check->chunk_max);
	if (chunk->n_values == 0)
		return GPQ_OK;
	GPQ_TRY(offset_index_start(check, chunk, err));
	GPQ_TRY(column_index_start(check, chunk, err));
	return bloom_start(check, chunk, err);
}

static void page_kind_seen(struct gpq_page_check *check, const struct gpq_page_header *header)
{
	for (uint32_t i = 0; i < check->n_seen; i++)
		if (check->seen[i].page_kind == header->kind && check->seen[i].encoding == header->encoding) {
			check->seen[i].count++;
			return;
		}
	if (check->n_seen < GPQ_PAGE_KINDS)
		check->seen[check->n_seen++] = (struct gpq_encoding_stat){ header->kind, header->encoding, 1 };
}

/* A page was loaded: what its header and the offset index say of where it is. */
static void page_begin(struct gpq_page_check *check, const struct gpq_parquet_page *page)
{
	const struct gpq_page_header *header = &page->header;
	struct gpq_place place = place_of(check, (int64_t)page->offset);
	if (!header->has_crc)
		check->lacks->crc = true;
	check->unpacked_bytes += page->header_bytes + (uint64_t)header->uncompressed_bytes;
	page_kind_seen(check, header);
	if (header->kind == GPQ_PAGE_DICTIONARY)
		return;
	if (check->column->crc_wrong)
		gpq_findings_say(check->findings, GPQ_FINDING_CHECKSUM, place,
				 "the page's bytes do not have the CRC %08x", header->crc);
	struct gpq_page_location location;
	if (!check->has_offsets || page->ordinal >= check->offsets.n_locations ||
	    !gpq_page_location_parse(&check->offsets.locations, &location))
		return;
	uint64_t bytes = page->header_bytes + (uint64_t)header->compressed_bytes;
	if (location.offset != (int64_t)page->offset || location.bytes != (int64_t)bytes ||
	    location.first_row != (int64_t)page->first_row)
		gpq_findings_say(
		    check->findings, GPQ_FINDING_INDEX, place,
		    "page %u: the offset index has byte %lld, %d bytes, first row %lld, where there are byte "
		    "%llu, %llu bytes, first row %llu",
		    page->ordinal, (long long)location.offset, location.bytes, (long long)location.first_row,
		    (unsigned long long)page->offset, (unsigned long long)bytes, (unsigned long long)page->first_row);
}

static void bounds_check(struct gpq_page_check *check, enum gpq_finding kind, struct gpq_place place, const char *what,
			 const struct gpq_extremes *real, struct gpq_claimed_bound bound)
{
	char text[200];
	const char *complaint = gpq_bound_complaint(real, check->column->physical, bound, text);
	if (complaint)
		gpq_findings_say(check->findings, kind, place, "the %s of the %s is %s",
				 bound.is_max ? "maximum" : "minimum", what, complaint);
}

static void statistics_check(struct gpq_page_check *check, struct gpq_place place, const char *what,
			     const struct gpq_statistics *claimed, const struct gpq_extremes *real)
{
	if (claimed->null_count != GPQ_ABSENT && claimed->null_count != (int64_t)real->nulls)
		gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
				 "the %s has %llu nulls, its statistics say %lld", what,
				 (unsigned long long)real->nulls, (long long)claimed->null_count);
	if (!check->ordered)
		return;
	if (!real->any && (claimed->min_value.bytes || claimed->max_value.bytes)) {
		gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
				 "the %s has no values, its statistics have a minimum or maximum", what);
		return;
	}
	if (claimed->min_value.bytes)
		bounds_check(check, GPQ_FINDING_STATISTICS, place, what, real,
			     (struct gpq_claimed_bound){ claimed->min_value, false, !claimed->min_cut });
	if (claimed->max_value.bytes)
		bounds_check(check, GPQ_FINDING_STATISTICS, place, what, real,
			     (struct gpq_claimed_bound){ claimed->max_value, true, !claimed->max_cut });
}

/* The claimed bounds of two pages in a row, against the claimed order of all. */
static void boundary_check(struct gpq_page_check *check, struct gpq_place place, struct gpq_text min,
			   struct gpq_text max)
{
	enum gpq_physical physical = check->column->physical;
	int32_t order = check->bounds.boundary_order;
	if (check->last_min.bytes && check->ordered && order != GPQ_BOUNDARY_UNORDERED) {
		int lower = gpq_claimed_compare(min, check->last_min, physical);
		int upper = gpq_claimed_compare(max, check->last_max, physical);
		if (order == GPQ_BOUNDARY_ASCENDING ? lower < 0 || upper < 0 : lower > 0 || upper > 0)
			gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place,
					 "the column index says that pages are %s, and the one before is %s",
					 order == GPQ_BOUNDARY_ASCENDING ? "ascending" : "descending",
					 order == GPQ_BOUNDARY_ASCENDING ? "larger" : "smaller");
	}
	check->last_min = min;
	check->last_max = max;
}

static void column_index_check(struct gpq_page_check *check, const struct gpq_parquet_page *page)
{
	struct gpq_column_index *bounds = &check->bounds;
	const struct gpq_extremes *real = &check->page;
	struct gpq_place place = place_of(check, (int64_t)page->offset);
	enum gpq_physical physical = check->column->physical;
	if (!check->has_bounds || page->ordinal >= bounds->n_null_pages)
		return;
	bool null_page = gpq_thrift_list_bool(&bounds->null_pages, bounds->null_pages_list);
	struct gpq_text min = gpq_thrift_text(&bounds->min_values, GPQ_THRIFT_BINARY);
	struct gpq_text max = gpq_thrift_text(&bounds->max_values, GPQ_THRIFT_BINARY);
	int64_t nulls =
	    bounds->n_null_counts ? gpq_thrift_int(&bounds->null_counts, GPQ_THRIFT_I64) : (int64_t)real->nulls;
	if (nulls != (int64_t)real->nulls)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place,
				 "page %u has %llu nulls, the column index says %lld", page->ordinal,
				 (unsigned long long)real->nulls, (long long)nulls);
	if (null_page != (real->nulls == real->rows)) {
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place,
				 "page %u %s, and the column index says the contrary", page->ordinal,
				 null_page ? "has values" : "is all null");
		return;
	}
	if (null_page || !real->any || !check->ordered || !min.bytes || !max.bytes)
		return;
	bool numbers = physical != GPQ_PHYSICAL_BYTE_ARRAY;
	char text[200];
	const char *low = gpq_bound_complaint(real, physical, (struct gpq_claimed_bound){ min, false, numbers }, text);
	if (low)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place, "page %u: the column index's minimum is %s",
				 page->ordinal, low);
	const char *high = gpq_bound_complaint(real, physical, (struct gpq_claimed_bound){ max, true, numbers }, text);
	if (high)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place, "page %u: the column index's maximum is %s",
				 page->ordinal, high);
	if (!numbers || (!low && !high)) /* lengths are right then */
		boundary_check(check, place, min, max);
}

/* Texts of a page die with it: the chunk's are kept as copies. */
static enum gpq_status chunk_texts_join(struct gpq_page_check *check, struct gpq_error *err)
{
	struct gpq_extremes *chunk = &check->chunk;
	const struct gpq_extremes *page = &check->page;
	if (!page->any || check->column->physical != GPQ_PHYSICAL_BYTE_ARRAY)
		return GPQ_OK;
	if (!chunk->any || gpq_text_compare(page->min_text, chunk->min_text) < 0) {
		gpq_buf_clear(&check->chunk_min);
		GPQ_TRY(gpq_buf_reserve(&check->chunk_min, page->min_text.len + 1, err));
		GPQ_TRY(gpq_buf_append(&check->chunk_min, page->min_text.bytes, page->min_text.len, err));
		chunk->min_text = (struct gpq_text){ (const char *)check->chunk_min.bytes, page->min_text.len };
	}
	if (!chunk->any || gpq_text_compare(page->max_text, chunk->max_text) > 0) {
		gpq_buf_clear(&check->chunk_max);
		GPQ_TRY(gpq_buf_reserve(&check->chunk_max, page->max_text.len + 1, err));
		GPQ_TRY(gpq_buf_append(&check->chunk_max, page->max_text.bytes, page->max_text.len, err));
		chunk->max_text = (struct gpq_text){ (const char *)check->chunk_max.bytes, page->max_text.len };
	}
	chunk->any = true;
	return GPQ_OK;
}

static enum gpq_status page_end(struct gpq_page_check *check, struct gpq_error *err)
{
	const struct gpq_parquet_page *page = &check->column->page;
	struct gpq_place place = place_of(check, (int64_t)page->offset);
	if (page->header.statistics.present)
		statistics_check(check, place, "page", &page->header.statistics, &check->page);
	else
		check->lacks->page_statistics = true;
	if (page->header.n_nulls != GPQ_ABSENT && page->header.n_nulls != (int64_t)check->page.nulls)
		gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
				 "the page has %llu nulls, its header says %d", (unsigned long long)check->page.nulls,
				 page->header.n_nulls);
	column_index_check(check, page);
	if (check->has_offsets && page->ordinal < check->offsets.n_unencoded) {
		int64_t claimed = gpq_thrift_int(&check->offsets.unencoded, GPQ_THRIFT_I64);
		if (claimed != (int64_t)check->page.text_bytes)
			gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place,
					 "page %u has %llu bytes of text, the offset index says %lld", page->ordinal,
					 (unsigned long long)check->page.text_bytes, (long long)claimed);
	}
	if (check->page.nans)
		gpq_findings_say(check->findings, GPQ_FINDING_VALUE, place, "%llu values are NaN",
				 (unsigned long long)check->page.nans);
	GPQ_TRY(chunk_texts_join(check, err));
	gpq_extremes_join(&check->chunk, &check->page, check->column->physical);
	gpq_extremes_clear(&check->page);
	check->last_code = GPQ_CODE_NULL;
	return GPQ_OK;
}

static void encodings_check(struct gpq_page_check *check, const struct gpq_column_chunk *chunk, struct gpq_place place)
{
	for (uint32_t i = 0; i < check->n_seen; i++) {
		const struct gpq_encoding_stat *seen = &check->seen[i];
		bool listed = chunk->n_encoding_stats == 0 || chunk->n_encoding_stats > GPQ_CHUNK_MAX_ENCODING_STATS;
		for (uint32_t k = 0; !listed && k < chunk->n_encoding_stats; k++)
			listed = memcmp(seen, &chunk->encoding_stats[k], sizeof(*seen)) == 0;
		if (!listed)
			gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
					 "its encoding statistics do not have the %d pages of kind %d encoded as %s",
					 seen->count, seen->page_kind, gpq_encoding_name(seen->encoding));
		if (seen->encoding >= 0 && seen->encoding < 32 && !(chunk->encodings >> seen->encoding & 1))
			gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
					 "its list of encodings does not have %s", gpq_encoding_name(seen->encoding));
	}
	if (chunk->n_encoding_stats && chunk->n_encoding_stats < check->n_seen)
		gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
				 "its encoding statistics have %u kinds of pages, the chunk %u",
				 chunk->n_encoding_stats, check->n_seen);
}

static void chunk_end(struct gpq_page_check *check)
{
	const struct gpq_parquet_column *column = check->column;
	const struct gpq_column_chunk *chunk = &column->reader->chunks[column->index];
	struct gpq_place place = place_of(check, (int64_t)gpq_parquet_chunk_begin(chunk));
	if (column->rows == 0)
		return;
	if (column->chunk_at != column->chunk_end)
		gpq_findings_say(check->findings, GPQ_FINDING_FOOTER, place, "%llu bytes follow its last page",
				 (unsigned long long)(column->chunk_end - column->chunk_at));
	if ((uint64_t)chunk->uncompressed_bytes != check->unpacked_bytes)
		gpq_findings_say(check->findings, GPQ_FINDING_FOOTER, place,
				 "its pages have %llu bytes unpacked, the footer says %lld",
				 (unsigned long long)check->unpacked_bytes, (long long)chunk->uncompressed_bytes);
	if (chunk->statistics.present)
		statistics_check(check, place, "chunk", &chunk->statistics, &check->chunk);
	else
		check->lacks->chunk_statistics = true;
	encodings_check(check, chunk, place);
	if (chunk->unencoded_bytes != GPQ_ABSENT && chunk->unencoded_bytes != (int64_t)check->chunk.text_bytes)
		gpq_findings_say(check->findings, GPQ_FINDING_STATISTICS, place,
				 "it has %llu bytes of text, its size statistics say %lld",
				 (unsigned long long)check->chunk.text_bytes, (long long)chunk->unencoded_bytes);
	if (check->has_offsets && check->offsets.n_locations != column->n_data_pages)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place, "it has %u data pages, its offset index %u",
				 column->n_data_pages, check->offsets.n_locations);
	if (check->has_bounds && check->bounds.n_null_pages != column->n_data_pages)
		gpq_findings_say(check->findings, GPQ_FINDING_INDEX, place, "it has %u data pages, its column index %u",
				 column->n_data_pages, check->bounds.n_null_pages);
}

/* Damage becomes a finding and ends the chunk; everything else comes back as it is. */
static enum gpq_status damage_say(struct gpq_page_check *check, enum gpq_status status, const struct gpq_error *inner,
				  struct gpq_error *err)
{
	if (!is_damage(status)) {
		if (err && status != GPQ_END)
			*err = *inner;
		return status;
	}
	check->broken = true;
	gpq_findings_say(check->findings, status == GPQ_E_CHECKSUM ? GPQ_FINDING_CHECKSUM : GPQ_FINDING_PAGE,
			 place_of(check, (int64_t)inner->byte), "%s", inner->message);
	return GPQ_END;
}

enum gpq_status gpq_page_check_ready(struct gpq_page_check *check, uint32_t *out_rows, struct gpq_error *err)
{
	struct gpq_parquet_column *column = check->column;
	struct gpq_error inner = { .status = GPQ_OK };
	if (check->broken)
		return GPQ_END;
	while (column->rows_left == 0) {
		bool had_dictionary = column->has_dictionary;
		uint32_t pages = column->n_data_pages;
		enum gpq_status status = gpq_parquet_column_ready(column, out_rows, &inner);
		if (!had_dictionary && column->has_dictionary) {
			page_begin(check, &column->dictionary);
			if (column->dictionary_crc_wrong)
				gpq_findings_say(check->findings, GPQ_FINDING_CHECKSUM,
						 place_of(check, (int64_t)column->dictionary.offset),
						 "the dictionary page's bytes do not have the CRC %08x",
						 column->dictionary.header.crc);
		}
		if (status != GPQ_OK)
			return damage_say(check, status, &inner, err);
		if (column->n_data_pages != pages)
			page_begin(check, &column->page);
	}
	*out_rows = column->rows_left;
	return GPQ_OK;
}

static enum gpq_status stamps_room(struct gpq_page_check *check, struct gpq_error *err)
{
	uint32_t need = check->column->n_dictionary;
	if (need > check->stamps_room) {
		gpq_free(check->budget, GPQ_TAG_CONVERT, check->stamps, check->stamps_room * sizeof(*check->stamps));
		check->stamps = NULL;
		check->stamps_room = 0;
		GPQ_TRY(gpq_alloc(check->budget, GPQ_TAG_CONVERT, need * sizeof(*check->stamps), &check->stamps, err));
		check->stamps_room = need;
		memset(check->stamps, 0, need * sizeof(*check->stamps));
	} else if (check->column->page.ordinal == 0 && check->page.rows == 0 && need) {
		memset(check->stamps, 0, need * sizeof(*check->stamps));
	}
	return GPQ_OK;
}

static void bloom_ask(struct gpq_page_check *check, const void *bytes, size_t len)
{
	if (check->bloom.len && !gpq_parquet_bloom_has(&check->bloom, bytes, len))
		gpq_findings_say(check->findings, GPQ_FINDING_BLOOM,
				 place_of(check, (int64_t)check->column->page.offset),
				 "a value of the page is not in the bloom filter");
}

/* Texts with a dictionary: each value of it is looked at once a page. */
static void coded_texts_take(struct gpq_page_check *check, const struct gpq_parquet_slice *slice)
{
	uint32_t now = check->column->page.ordinal + 1;
	for (uint32_t i = 0; i < slice->rows; i++) {
		uint32_t code = slice->codes[i];
		check->page.text_bytes += slice->texts[i].len;
		if (code == check->last_code || code == GPQ_CODE_NULL)
			continue;
		check->last_code = code;
		if (check->stamps[code] == now)
			continue;
		check->stamps[code] = now;
		gpq_extremes_text(&check->page, slice->texts[i]);
		bloom_ask(check, slice->texts[i].bytes, slice->texts[i].len);
	}
}

static void plain_texts_take(struct gpq_page_check *check, const struct gpq_parquet_slice *slice)
{
	for (uint32_t i = 0; i < slice->rows; i++) {
		if (!slice->texts[i].bytes)
			continue;
		check->page.text_bytes += slice->texts[i].len;
		gpq_extremes_text(&check->page, slice->texts[i]);
		bloom_ask(check, slice->texts[i].bytes, slice->texts[i].len);
	}
}

static void words_bloom_ask(struct gpq_page_check *check, const struct gpq_parquet_slice *slice)
{
	size_t len = check->column->physical == GPQ_PHYSICAL_INT32 ? 4 : 8;
	for (uint32_t i = 0; i < slice->rows; i++)
		if (!slice->present || slice->present[i])
			bloom_ask(check, &slice->words[i], len); /* little-endian: the low bytes are the plain ones */
}

enum gpq_status gpq_page_check_read(struct gpq_page_check *check, uint32_t rows, struct gpq_parquet_slice *out,
				    struct gpq_error *err)
{
	struct gpq_error inner = { .status = GPQ_OK };
	struct gpq_parquet_slice slice;
	enum gpq_status status = gpq_parquet_column_read(check->column, rows, &slice, &inner);
	if (status != GPQ_OK)
		return damage_say(check, status, &inner, err);
	if (slice.texts && slice.codes) {
		GPQ_TRY(stamps_room(check, err));
		coded_texts_take(check, &slice);
	} else if (slice.texts) {
		plain_texts_take(check, &slice);
	} else {
		gpq_extremes_words(&check->page, check->column->physical, &slice);
		if (check->bloom.len)
			words_bloom_ask(check, &slice);
	}
	check->page.rows += slice.rows;
	check->page.nulls += slice.n_nulls;
	if (check->column->rows_left == 0) {
		GPQ_TRY(page_end(check, err));
		if (check->column->rows_done == check->column->rows)
			chunk_end(check);
	}
	*out = slice;
	return GPQ_OK;
}
