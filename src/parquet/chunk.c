// SPDX-License-Identifier: MIT
/* What every chunk does: checks, levels, pages out, bounds, and the index behind the last page. */
#include "parquet/chunk.h"

#include "parquet/bloom.h"
#include "parquet/index_writer.h"

#include <inttypes.h>

bool gpq_chunk_bound(const struct gpq_chunk_job *job, int64_t key, bool upper, uint32_t limit, struct gpq_bound *out)
{
	const struct gpq_values *values = job->values;
	enum gpq_type type = job->column->type;
	if (type == GPQ_TYPE_STRING)
		return gpq_bound_text(values->texts[key], upper, limit, out);
	if (type == GPQ_TYPE_DOUBLE)
		gpq_bound_double(values->coded ? gpq_cell_to_double(values->words[key], values->scale)
					       : gpq_key_to_double(key),
				 upper, out);
	else
		gpq_bound_word(values->coded ? values->words[key] : key,
			       type == GPQ_TYPE_BOOLEAN ? 1 : gpq_plain_width(type), out);
	return true;
}

enum gpq_status gpq_chunk_null_check(const struct gpq_chunk_job *job, uint64_t nulls, struct gpq_error *err)
{
	if (nulls && job->column->required)
		return gpq_fail(err, GPQ_E_BUG, "column %s is never null, and %" PRIu64 " of its rows are",
				job->column->name, nulls);
	return GPQ_OK;
}

/* Definition levels of a version 1 page: a length in 4 bytes, then runs of one bit; 1 is a value, 0 a null. */
size_t gpq_chunk_levels_put(const struct gpq_chunk_job *job, const uint32_t *levels, uint32_t rows, uint32_t nulls,
			    uint8_t *out)
{
	if (job->column->required)
		return 0;
	uint32_t len;
	if (nulls == 0 || nulls == rows) {
		uint32_t run = rows << 1;
		len = 0;
		for (; run > 0x7F; run >>= 7)
			out[4 + len++] = (uint8_t)(run | 0x80);
		out[4 + len++] = (uint8_t)run;
		out[4 + len++] = nulls == 0;
	} else {
		len = (uint32_t)gpq_hybrid_encode(levels, rows, 1, out + 4);
	}
	memcpy(out, &len, 4);
	return 4 + (size_t)len;
}

static enum gpq_status page_out(struct gpq_chunk_job *job, const struct gpq_page_facts *facts, size_t raw_len,
				uint32_t *out_bytes, struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = job->encoder;
	struct gpq_packed_page page;
	GPQ_TRY(gpq_page_pack(encoder->packer, facts, encoder->raw, raw_len, encoder->packed, encoder->packed_bytes,
			      &page, err));
	GPQ_TRY(job->outlet->put(job->outlet->context, page.bytes, page.len, err));
	job->facts->stored_bytes += page.len;
	job->facts->raw_bytes += page.header_len + raw_len;
	*out_bytes = (uint32_t)page.len;
	return GPQ_OK;
}

enum gpq_status gpq_chunk_dictionary_emit(struct gpq_chunk_job *job, size_t raw_len, uint32_t values,
					  struct gpq_error *err)
{
	struct gpq_page_facts facts = { .kind = GPQ_PAGE_DICTIONARY, .encoding = GPQ_ENCODING_PLAIN, .values = values };
	return page_out(job, &facts, raw_len, &job->facts->dictionary_bytes, err);
}

enum gpq_status gpq_chunk_page_emit(struct gpq_chunk_job *job, size_t raw_len, const struct gpq_page_record *record,
				    struct gpq_error *err)
{
	struct gpq_chunk_facts *facts = job->facts;
	if (facts->n_pages == GPQ_PARQUET_GROUP_PAGES)
		return gpq_fail(err, GPQ_E_BUDGET, "column %s has more than %u pages in one row group",
				job->column->name, GPQ_PARQUET_GROUP_PAGES);
	struct gpq_bound min, max;
	bool some = record->nulls < record->rows;
	struct gpq_page_facts page = { .kind = GPQ_PAGE_DATA, .encoding = facts->encoding, .values = record->rows };
	page.statistics.nulls = record->nulls;
	page.statistics.distinct = GPQ_ABSENT;
	page.statistics.is_double = job->column->type == GPQ_TYPE_DOUBLE;
	if (some && gpq_chunk_bound(job, record->min, false, GPQ_BOUND_BYTES, &min))
		page.statistics.min = &min;
	if (some && gpq_chunk_bound(job, record->max, true, GPQ_BOUND_BYTES, &max))
		page.statistics.max = &max;
	struct gpq_page_record *kept = &job->encoder->pages[facts->n_pages];
	*kept = *record;
	GPQ_TRY(page_out(job, &page, raw_len, &kept->stored_bytes, err));
	facts->n_pages++;
	facts->nulls += record->nulls;
	facts->text_bytes += record->text_bytes;
	return GPQ_OK;
}

static void chunk_bounds(struct gpq_chunk_job *job)
{
	struct gpq_chunk_facts *facts = job->facts;
	int64_t min = INT64_MAX, max = INT64_MIN;
	for (uint32_t i = 0; i < facts->n_pages; i++) {
		const struct gpq_page_record *page = &job->encoder->pages[i];
		if (page->nulls == page->rows)
			continue;
		min = page->min < min ? page->min : min;
		max = page->max > max ? page->max : max;
	}
	if (facts->nulls == facts->rows)
		return;
	facts->has_min = gpq_chunk_bound(job, min, false, GPQ_BOUND_BYTES, &facts->min);
	facts->has_max = gpq_chunk_bound(job, max, true, GPQ_BOUND_BYTES, &facts->max);
}

static enum gpq_status piece_append(struct gpq_spill *metadata, const void *bytes, size_t len,
				    struct gpq_metadata_piece *out, struct gpq_error *err)
{
	out->len = len;
	return gpq_spill_append(metadata, bytes, len, &out->offset, err);
}

/* The pages are out: 'raw' and 'packed' are free. */
static enum gpq_status index_keep(struct gpq_chunk_job *job, struct gpq_spill *metadata, struct gpq_error *err)
{
	_Static_assert(GPQ_COLUMN_INDEX_BYTES(GPQ_PARQUET_GROUP_PAGES) <= GPQ_CHUNK_RAW_BYTES, "an index fits 'raw'");
	struct gpq_chunk_facts *facts = job->facts;
	struct gpq_thrift_writer writer;
	gpq_thrift_writer_init(&writer, job->encoder->raw, GPQ_CHUNK_RAW_BYTES);
	if (gpq_column_index_put(&writer, job))
		GPQ_TRY(piece_append(metadata, writer.bytes, writer.len, &facts->column_index, err));
	return piece_append(metadata, job->encoder->pages, facts->n_pages * sizeof(job->encoder->pages[0]),
			    &facts->pages, err);
}

static enum gpq_status bloom_keep(struct gpq_chunk_job *job, struct gpq_spill *metadata, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint8_t *raw = job->encoder->raw;
	size_t bytes = gpq_bloom_bytes((uint64_t)job->facts->distinct, GPQ_CHUNK_RAW_BYTES - GPQ_BLOOM_HEADER_BYTES);
	struct gpq_thrift_writer writer;
	gpq_thrift_writer_init(&writer, raw, GPQ_BLOOM_HEADER_BYTES);
	gpq_bloom_header_put(&writer, bytes);
	uint8_t *filter = raw + writer.len;
	memset(filter, 0, bytes);
	for (uint32_t code = 0; code < values->n_values; code++) {
		if (job->numbers[code] == GPQ_CODE_NULL)
			continue;
		uint64_t hash;
		if (job->column->type == GPQ_TYPE_STRING)
			hash = gpq_bloom_hash(values->texts[code].bytes, values->texts[code].len);
		else
			hash = gpq_bloom_hash(&values->words[code], gpq_plain_width(job->column->type));
		gpq_bloom_insert(filter, bytes, hash);
	}
	return piece_append(metadata, raw, writer.len + bytes, &job->facts->bloom, err);
}

static enum gpq_status values_check(const struct gpq_column *column, const struct gpq_values *values, bool bloom,
				    struct gpq_error *err)
{
	bool words = column->type == GPQ_TYPE_INT32 || gpq_type_is_timestamp(column->type);
	bool cells = !values->coded && (column->type == GPQ_TYPE_DOUBLE || words);
	if (!values->coded && !cells)
		return gpq_fail(err, GPQ_E_BUG, "column %s: %s does not come in cells", column->name,
				gpq_type_name(column->type));
	if (bloom && !values->coded)
		return gpq_fail(err, GPQ_E_BUG, "column %s: a bloom filter needs listed values", column->name);
	if (values->scale > GPQ_CELL_MAX_SCALE || (words && values->scale))
		return gpq_fail(err, GPQ_E_BUG, "column %s: cells of scale %u", column->name, values->scale);
	return GPQ_OK;
}

enum gpq_status gpq_chunk_encode(struct gpq_parquet_encoder *encoder, const struct gpq_column *column,
				 const struct gpq_values *values, bool bloom, const struct gpq_chunk_outlet *outlet,
				 struct gpq_spill *metadata, struct gpq_chunk_facts *out_facts, struct gpq_error *err)
{
	GPQ_TRY(values_check(column, values, bloom, err));
	struct gpq_chunk_facts facts = { .rows = values->rows, .distinct = GPQ_ABSENT };
	struct gpq_chunk_job job = {
		.encoder = encoder,
		.column = column,
		.values = values,
		.outlet = outlet,
		.facts = &facts,
	};
	enum gpq_status status = values->coded ? gpq_chunk_coded(&job, err) : gpq_chunk_cells(&job, err);
	if (status == GPQ_OK) {
		chunk_bounds(&job);
		status = index_keep(&job, metadata, err);
	}
	if (status == GPQ_OK && bloom)
		status = bloom_keep(&job, metadata, err);
	if (job.numbers_bytes)
		gpq_free(encoder->budget, GPQ_TAG_PARQUET, job.numbers, job.numbers_bytes);
	if (status == GPQ_OK)
		*out_facts = facts;
	return status;
}
