// SPDX-License-Identifier: MIT
/* Columns whose rows are codes into a list of values: a dictionary of those that are used, or PLAIN where that is
 * smaller. */
#include "parquet/chunk.h"

#include <assert.h>
#include <inttypes.h>

/* ---- first pass: which codes are used ---- */

static enum gpq_status numbers_take(struct gpq_chunk_job *job, struct gpq_error *err)
{
	size_t bytes = ((size_t)job->values->n_values + 1) * sizeof(uint32_t);
	if (bytes <= GPQ_CELL_TABLE_BYTES) {
		job->numbers = (uint32_t *)(void *)job->encoder->lookup;
		memset(job->numbers, 0, bytes);
		return GPQ_OK;
	}
	GPQ_TRY(gpq_alloc_zero(job->encoder->budget, GPQ_TAG_PARQUET, bytes, &job->numbers, err));
	job->numbers_bytes = bytes;
	return GPQ_OK;
}

/* Codes shift up by one, so that null is 0: no case apart. */
static enum gpq_status codes_mark(struct gpq_chunk_job *job, uint64_t *out_nulls, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint32_t *codes = job->encoder->codes;
	uint64_t nulls = 0;
	GPQ_TRY(values->rewind(values->context, err));
	for (uint64_t row = 0; row < values->rows;) {
		uint64_t left = values->rows - row;
		uint32_t n = left < GPQ_PARQUET_PAGE_ROWS ? (uint32_t)left : GPQ_PARQUET_PAGE_ROWS;
		GPQ_TRY(values->read_codes(values->context, n, codes, err));
		uint32_t most = 0, null = 0;
		for (uint32_t i = 0; i < n; i++) {
			uint32_t shifted = codes[i] + 1;
			most = shifted > most ? shifted : most;
			null += shifted == 0;
		}
		if (most > values->n_values)
			return gpq_fail(err, GPQ_E_BUG, "column %s: code %" PRIu32 " of %" PRIu32 " values",
					job->column->name, most - 1, values->n_values);
		for (uint32_t i = 0; i < n; i++)
			job->numbers[codes[i] + 1] = 1;
		nulls += null;
		row += n;
	}
	*out_nulls = nulls;
	return GPQ_OK;
}

/* True where value 'b' sorts behind 'a' and, for BOOLEAN and 32-bit types, both are in range. */
static bool value_follows(const struct gpq_chunk_job *job, uint32_t a, uint32_t b)
{
	const struct gpq_values *values = job->values;
	if (job->column->type == GPQ_TYPE_STRING)
		return gpq_text_compare(values->texts[a], values->texts[b]) < 0;
	if (job->column->type == GPQ_TYPE_DOUBLE)
		return gpq_cell_to_double(values->words[a], values->scale) <
		       gpq_cell_to_double(values->words[b], values->scale);
	return values->words[a] < values->words[b];
}

static bool value_fits(const struct gpq_chunk_job *job, uint32_t code)
{
	const struct gpq_values *values = job->values;
	switch (job->column->type) {
	case GPQ_TYPE_STRING:
		return values->texts[code].bytes != NULL;
	case GPQ_TYPE_BOOLEAN:
		return values->words[code] == 0 || values->words[code] == 1;
	case GPQ_TYPE_INT32:
	case GPQ_TYPE_DATE:
		return values->words[code] >= INT32_MIN && values->words[code] <= INT32_MAX;
	case GPQ_TYPE_DOUBLE: {
		double number = gpq_cell_to_double(values->words[code], values->scale);
		return values->words[code] != GPQ_CELL_NULL && number == number;
	}
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL:
		break;
	}
	return true;
}

/* Used values get their place in the dictionary; out_bytes: what they take in PLAIN. */
static enum gpq_status numbers_rank(struct gpq_chunk_job *job, uint64_t *out_bytes, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint32_t used = 0, before = GPQ_CODE_NULL;
	size_t width = gpq_plain_width(job->column->type);
	uint64_t bytes = 0;
	for (uint32_t code = 0; code < values->n_values; code++) {
		if (!job->numbers[code + 1]) {
			job->numbers[code + 1] = GPQ_CODE_NULL;
			continue;
		}
		if (!value_fits(job, code) || (before != GPQ_CODE_NULL && !value_follows(job, before, code)))
			return gpq_fail(err, GPQ_E_BUG,
					"column %s: value %" PRIu32 " does not fit or is not in ascending order",
					job->column->name, code);
		job->numbers[code + 1] = used++;
		before = code;
		bytes += job->column->type == GPQ_TYPE_STRING ? 4 + (uint64_t)values->texts[code].len : width;
	}
	job->numbers[0] = 0;
	job->facts->distinct = used;
	*out_bytes = bytes;
	return GPQ_OK;
}

/* A dictionary where its page has room and it saves bytes before packing, by the mean length of the values used. */
static bool dictionary_worth(const struct gpq_chunk_job *job, uint64_t dictionary_bytes, uint64_t nulls)
{
	uint64_t used = (uint64_t)job->facts->distinct, present = job->facts->rows - nulls;
	if (job->column->type == GPQ_TYPE_BOOLEAN || used == 0 || dictionary_bytes > GPQ_CHUNK_RAW_BYTES ||
	    used > (UINT64_C(1) << GPQ_HYBRID_MAX_WIDTH))
		return false;
	uint64_t index_bytes = present * gpq_hybrid_width((uint32_t)used) / 8;
	double plain_bytes = (double)dictionary_bytes / (double)used * (double)present;
	return (double)(dictionary_bytes + index_bytes) < plain_bytes;
}

static enum gpq_status dictionary_put(struct gpq_chunk_job *job, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint8_t *raw = job->encoder->raw;
	size_t len = 0;
	for (uint32_t code = 0; code < values->n_values; code++) {
		if (job->numbers[code + 1] == GPQ_CODE_NULL)
			continue;
		if (job->column->type == GPQ_TYPE_STRING)
			len += gpq_plain_text(values->texts[code], raw + len);
		else
			len += gpq_plain_words(job->column->type, &values->words[code], 1, values->scale, raw + len);
	}
	return gpq_chunk_dictionary_emit(job, len, (uint32_t)job->facts->distinct, err);
}

/* ---- second pass: pages ---- */

/* Bounds of a page's codes and the bytes of its texts. */
static void page_measure(const struct gpq_chunk_job *job, const uint32_t *codes, struct gpq_page_record *record)
{
	uint32_t least = UINT32_MAX, most = 0, nulls = 0;
	for (uint32_t i = 0; i < record->rows; i++) {
		uint32_t code = codes[i];
		least = code < least ? code : least;
		most = code + 1 > most ? code + 1 : most;
		nulls += code == GPQ_CODE_NULL;
	}
	record->nulls = nulls;
	record->min = least;
	record->max = (int64_t)most - 1;
	if (job->column->type != GPQ_TYPE_STRING)
		return;
	uint64_t bytes = 0;
	for (uint32_t i = 0, run; i < record->rows; i += run) {
		for (run = 1; i + run < record->rows && codes[i + run] == codes[i]; run++)
			;
		if (codes[i] != GPQ_CODE_NULL)
			bytes += (uint64_t)run * job->values->texts[codes[i]].len;
	}
	record->text_bytes = bytes;
}

/* Codes without the nulls, in place; levels beside. Returns how many are left. */
static uint32_t nulls_part(uint32_t *codes, uint32_t *levels, uint32_t rows)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < rows; i++) {
		uint32_t code = codes[i];
		levels[i] = code != GPQ_CODE_NULL;
		codes[kept] = code;
		kept += code != GPQ_CODE_NULL;
	}
	return kept;
}

static enum gpq_status page_put(struct gpq_chunk_job *job, uint32_t *codes, uint32_t rows, struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = job->encoder;
	const struct gpq_values *values = job->values;
	struct gpq_page_record record = { .rows = rows };
	page_measure(job, codes, &record);
	uint32_t present = rows;
	if (record.nulls)
		present = nulls_part(codes, encoder->levels, rows);
	uint8_t *raw = encoder->raw;
	size_t len = gpq_chunk_levels_put(job, encoder->levels, rows, record.nulls, raw);
	if (job->facts->encoding == GPQ_ENCODING_RLE_DICTIONARY) {
		unsigned width = gpq_hybrid_width((uint32_t)job->facts->distinct);
		for (uint32_t i = 0; i < present; i++)
			codes[i] = job->numbers[codes[i] + 1];
		raw[len++] = (uint8_t)width;
		len += gpq_hybrid_encode(codes, present, width, raw + len);
	} else if (job->column->type == GPQ_TYPE_STRING) {
		for (uint32_t i = 0; i < present; i++)
			len += gpq_plain_text(values->texts[codes[i]], raw + len);
	} else {
		len +=
		    gpq_plain_coded_words(job->column->type, values->words, codes, present, values->scale, raw + len);
	}
	return gpq_chunk_page_emit(job, len, &record, err);
}

/* How many of the next 'n' rows a page takes: all but for PLAIN texts, which must fit its bytes. */
static enum gpq_status page_fit(const struct gpq_chunk_job *job, const uint32_t *codes, uint32_t n, uint32_t *out,
				struct gpq_error *err)
{
	if (job->facts->encoding != GPQ_ENCODING_PLAIN || job->column->type != GPQ_TYPE_STRING) {
		*out = n;
		return GPQ_OK;
	}
	size_t room = GPQ_CHUNK_RAW_BYTES - GPQ_CHUNK_LEVEL_BYTES, len = 0;
	uint32_t rows = 0;
	for (; rows < n; rows++) {
		if (codes[rows] == GPQ_CODE_NULL)
			continue;
		len += 4 + (size_t)job->values->texts[codes[rows]].len;
		if (len > room)
			break;
	}
	if (rows == 0)
		return gpq_fail(err, GPQ_E_DATA, "column %s: a text of %zu bytes does not fit a page of %zu",
				job->column->name, len - 4, GPQ_PARQUET_PAGE_BYTES);
	*out = rows;
	return GPQ_OK;
}

static enum gpq_status pages_put(struct gpq_chunk_job *job, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint32_t *codes = job->encoder->codes, have = 0;
	uint64_t read = 0;
	GPQ_TRY(values->rewind(values->context, err));
	while (read < values->rows || have) {
		uint64_t left = values->rows - read;
		uint32_t more = GPQ_PARQUET_PAGE_ROWS - have;
		more = left < more ? (uint32_t)left : more;
		if (more)
			GPQ_TRY(values->read_codes(values->context, more, codes + have, err));
		have += more;
		read += more;
		uint32_t rows = 0;
		GPQ_TRY(page_fit(job, codes, have, &rows, err));
		GPQ_TRY(page_put(job, codes, rows, err));
		have -= rows;
		if (have)
			memmove(codes, codes + rows, have * sizeof(*codes));
	}
	return GPQ_OK;
}

enum gpq_status gpq_chunk_coded(struct gpq_chunk_job *job, struct gpq_error *err)
{
	uint64_t nulls = 0, dictionary_bytes = 0;
	GPQ_TRY(numbers_take(job, err));
	GPQ_TRY(codes_mark(job, &nulls, err));
	GPQ_TRY(gpq_chunk_null_check(job, nulls, err));
	GPQ_TRY(numbers_rank(job, &dictionary_bytes, err));
	if (dictionary_worth(job, dictionary_bytes, nulls)) {
		job->facts->encoding = GPQ_ENCODING_RLE_DICTIONARY;
		GPQ_TRY(dictionary_put(job, err));
	} else {
		job->facts->encoding = GPQ_ENCODING_PLAIN;
	}
	return pages_put(job, err);
}
