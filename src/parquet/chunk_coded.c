// SPDX-License-Identifier: MIT
/* Columns whose rows are codes into a list of values: a dictionary of those that are used, or PLAIN where that is
 * smaller. */
#include "parquet/chunk.h"

#include <assert.h>
#include <inttypes.h>

/* ---- first pass: which codes are used ---- */

static enum gpq_status numbers_take(struct gpq_chunk_job *job, struct gpq_error *err)
{
	size_t bytes = (size_t)job->values->n_values * sizeof(uint32_t);
	if (bytes <= GPQ_CELL_TABLE_BYTES) {
		job->numbers = (uint32_t *)(void *)job->encoder->lookup;
		memset(job->numbers, 0, bytes);
		return GPQ_OK;
	}
	GPQ_TRY(gpq_alloc_zero(job->encoder->budget, GPQ_TAG_PARQUET, bytes, &job->numbers, err));
	job->numbers_bytes = bytes;
	return GPQ_OK;
}

/* The code of a stretch's last row. */
static uint32_t stretch_last(const struct gpq_code_stretch *stretch)
{
	return stretch->code + (stretch->rows - 1) * stretch->step;
}

/* Codes as stretches. */
static uint32_t codes_gather(const uint32_t *codes, uint32_t n, struct gpq_code_stretch *out)
{
	uint32_t count = 0;
	for (uint32_t at = 0; at < n;) {
		uint32_t from = at++, step = 0;
		if (at < n && codes[at] == codes[from] + 1 && codes[at] != 0)
			step = 1;
		while (at < n && codes[at] == codes[at - 1] + step)
			at++;
		out[count++] = (struct gpq_code_stretch){ .code = codes[from], .step = step, .rows = at - from };
	}
	return count;
}

static enum gpq_status stretches_check(const struct gpq_chunk_job *job, const struct gpq_code_stretch *stretches,
				       uint32_t count, uint32_t n, struct gpq_error *err)
{
	uint32_t n_values = job->values->n_values;
	uint64_t rows = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct gpq_code_stretch *stretch = &stretches[i];
		uint64_t last = stretch->code + (uint64_t)stretch->step * (stretch->rows - 1u);
		if (!stretch->rows || (last >= n_values && (stretch->code != GPQ_CODE_NULL || stretch->step)))
			return gpq_fail(err, GPQ_E_BUG, "column %s: code %" PRIu64 " of %" PRIu32 " values",
					job->column->name, last, n_values);
		rows += stretch->rows;
	}
	if (rows != n)
		return gpq_fail(err, GPQ_E_BUG, "column %s: stretches of %" PRIu64 " rows for %" PRIu32,
				job->column->name, rows, n);
	return GPQ_OK;
}

/* The stretches of rows that are not in a page yet. */
struct row_queue {
	struct gpq_code_stretch *stretches; /* room for GPQ_PARQUET_PAGE_ROWS */
	uint32_t count, rows;
	uint64_t read; /* of the chunk */
};

static enum gpq_status rows_begin(const struct gpq_chunk_job *job, struct row_queue *queue, struct gpq_error *err)
{
	_Static_assert(sizeof(struct gpq_code_stretch) <= sizeof(*job->encoder->cells), "a page of stretches fits");
	/* A coded column has no cells: their room is free. */
	*queue = (struct row_queue){ .stretches = (struct gpq_code_stretch *)(void *)job->encoder->cells };
	return job->values->rewind(job->values->context, err);
}

/* Fills the queue up to the rows of a page. */
static enum gpq_status rows_pull(const struct gpq_chunk_job *job, struct row_queue *queue, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint64_t left = values->rows - queue->read;
	uint32_t n = GPQ_PARQUET_PAGE_ROWS - queue->rows, count = 0;
	n = left < n ? (uint32_t)left : n;
	if (!n)
		return GPQ_OK;
	struct gpq_code_stretch *out = queue->stretches + queue->count;
	if (values->read_stretches) {
		GPQ_TRY(values->read_stretches(values->context, n, out, &count, err));
	} else {
		GPQ_TRY(values->read_codes(values->context, n, job->encoder->codes, err));
		count = codes_gather(job->encoder->codes, n, out);
	}
	GPQ_TRY(stretches_check(job, out, count, n, err));
	queue->count += count;
	queue->rows += n;
	queue->read += n;
	return GPQ_OK;
}

enum gpq_status gpq_chunk_codes_mark(struct gpq_chunk_job *job, uint64_t *out_nulls, struct gpq_error *err)
{
	struct row_queue queue;
	uint64_t nulls = 0;
	GPQ_TRY(rows_begin(job, &queue, err));
	while (queue.read < job->values->rows) {
		GPQ_TRY(rows_pull(job, &queue, err));
		for (uint32_t i = 0; i < queue.count; i++) {
			const struct gpq_code_stretch *stretch = &queue.stretches[i];
			if (stretch->code == GPQ_CODE_NULL) {
				nulls += stretch->rows;
				continue;
			}
			uint32_t *marks = job->numbers + stretch->code, n = stretch->step ? stretch->rows : 1;
			for (uint32_t k = 0; k < n; k++)
				marks[k] = 1;
		}
		queue.count = queue.rows = 0;
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
		if (!job->numbers[code]) {
			job->numbers[code] = GPQ_CODE_NULL;
			continue;
		}
		if (!value_fits(job, code) || (before != GPQ_CODE_NULL && !value_follows(job, before, code)))
			return gpq_fail(err, GPQ_E_BUG,
					"column %s: value %" PRIu32 " does not fit or is not in ascending order",
					job->column->name, code);
		job->numbers[code] = used++;
		before = code;
		bytes += job->column->type == GPQ_TYPE_STRING ? 4 + (uint64_t)values->texts[code].len : width;
	}
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
		if (job->numbers[code] == GPQ_CODE_NULL)
			continue;
		if (job->column->type == GPQ_TYPE_STRING)
			len += gpq_plain_text(values->texts[code], raw + len);
		else
			len += gpq_plain_words(job->column->type, &values->words[code], 1, values->scale, raw + len);
	}
	return gpq_chunk_dictionary_emit(job, len, (uint32_t)job->facts->distinct, err);
}

/* ---- second pass: pages ---- */

static uint64_t stretch_text_bytes(const struct gpq_chunk_job *job, const struct gpq_code_stretch *stretch)
{
	const struct gpq_text *texts = job->values->texts + stretch->code;
	if (!stretch->step)
		return (uint64_t)stretch->rows * texts->len;
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < stretch->rows; i++)
		bytes += texts[i].len;
	return bytes;
}

/* Bounds of a page's codes and the bytes of its texts. */
static void page_measure(const struct gpq_chunk_job *job, const struct gpq_code_stretch *stretches, uint32_t count,
			 struct gpq_page_record *record)
{
	uint32_t least = UINT32_MAX, most = 0;
	bool texts = job->column->type == GPQ_TYPE_STRING;
	*record = (struct gpq_page_record){ 0 };
	for (uint32_t i = 0; i < count; i++) {
		const struct gpq_code_stretch *stretch = &stretches[i];
		record->rows += stretch->rows;
		if (stretch->code == GPQ_CODE_NULL) {
			record->nulls += stretch->rows;
			continue;
		}
		uint32_t last = stretch_last(stretch);
		least = stretch->code < least ? stretch->code : least;
		most = last > most ? last : most;
		if (texts)
			record->text_bytes += stretch_text_bytes(job, stretch);
	}
	record->min = least;
	record->max = most;
}

/* Stretches without the nulls, in place; levels beside. Returns how many are left. */
static uint32_t nulls_part(struct gpq_code_stretch *stretches, uint32_t count, uint32_t *levels)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct gpq_code_stretch stretch = stretches[i];
		bool present = stretch.code != GPQ_CODE_NULL;
		for (uint32_t k = 0; k < stretch.rows; k++)
			*levels++ = present;
		stretches[kept] = stretch;
		kept += present;
	}
	return kept;
}

/* Codes become numbers of the dictionary, in place. All codes of a stretch are used, so its numbers have its step. */
static enum gpq_status stretches_number(const struct gpq_chunk_job *job, struct gpq_code_stretch *stretches,
					uint32_t count, struct gpq_error *err)
{
	for (uint32_t i = 0; i < count; i++) {
		struct gpq_code_stretch *stretch = &stretches[i];
		uint32_t last = job->numbers[stretch_last(stretch)];
		stretch->code = job->numbers[stretch->code];
		if (stretch->code == GPQ_CODE_NULL || last != stretch_last(stretch))
			return gpq_fail(err, GPQ_E_BUG, "column %s: its rows are others when read again",
					job->column->name);
	}
	return GPQ_OK;
}

static uint32_t codes_expand(const struct gpq_code_stretch *stretches, uint32_t count, uint32_t *out)
{
	uint32_t rows = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct gpq_code_stretch stretch = stretches[i];
		for (uint32_t k = 0; k < stretch.rows; k++)
			out[rows + k] = stretch.code + k * stretch.step;
		rows += stretch.rows;
	}
	return rows;
}

/* Sets 'n' bits from bit 'from' on. */
static void bits_set(uint8_t *out, uint32_t from, uint32_t n)
{
	for (; n && from % 8; n--, from++)
		out[from / 8] |= (uint8_t)(1u << from % 8);
	memset(out + from / 8, 0xFF, n / 8);
	if (n % 8)
		out[(from + n) / 8] |= (uint8_t)((1u << n % 8) - 1);
}

static size_t booleans_put(const struct gpq_values *values, const struct gpq_code_stretch *stretches, uint32_t count,
			   uint8_t *out)
{
	uint32_t rows = 0;
	for (uint32_t i = 0; i < count; i++)
		rows += stretches[i].rows;
	memset(out, 0, ((size_t)rows + 7) / 8);
	rows = 0;
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; stretches[i].step && k < stretches[i].rows; k++)
			if (values->words[stretches[i].code + k])
				bits_set(out, rows + k, 1);
		if (!stretches[i].step && values->words[stretches[i].code])
			bits_set(out, rows, stretches[i].rows);
		rows += stretches[i].rows;
	}
	return ((size_t)rows + 7) / 8;
}

static size_t plain_put(const struct gpq_chunk_job *job, const struct gpq_code_stretch *stretches, uint32_t count,
			uint8_t *out)
{
	const struct gpq_values *values = job->values;
	if (job->column->type == GPQ_TYPE_BOOLEAN)
		return booleans_put(values, stretches, count, out);
	uint32_t *codes = job->encoder->codes, present = codes_expand(stretches, count, codes);
	if (job->column->type != GPQ_TYPE_STRING)
		return gpq_plain_coded_words(job->column->type, values->words, codes, present, values->scale, out);
	size_t len = 0;
	for (uint32_t i = 0; i < present; i++)
		len += gpq_plain_text(values->texts[codes[i]], out + len);
	return len;
}

/* Spoils the stretches. */
static enum gpq_status page_put(struct gpq_chunk_job *job, struct gpq_code_stretch *stretches, uint32_t count,
				uint32_t *out_rows, struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = job->encoder;
	struct gpq_page_record record;
	page_measure(job, stretches, count, &record);
	*out_rows = record.rows;
	if (record.nulls)
		count = nulls_part(stretches, count, encoder->levels);
	uint8_t *raw = encoder->raw;
	size_t len = gpq_chunk_levels_put(job, encoder->levels, record.rows, record.nulls, raw);
	if (job->facts->encoding == GPQ_ENCODING_RLE_DICTIONARY) {
		unsigned width = gpq_hybrid_width((uint32_t)job->facts->distinct);
		GPQ_TRY(stretches_number(job, stretches, count, err));
		raw[len++] = (uint8_t)width;
		len += gpq_hybrid_encode_stretches(stretches, count, width, encoder->codes, raw + len);
	} else {
		len += plain_put(job, stretches, count, raw + len);
	}
	return gpq_chunk_page_emit(job, len, &record, err);
}

/* How many of a stretch's rows have PLAIN texts that fit 'room' bytes, which it lessens by them. */
static uint32_t stretch_fit(const struct gpq_chunk_job *job, const struct gpq_code_stretch *stretch, size_t *room)
{
	if (stretch->code == GPQ_CODE_NULL)
		return stretch->rows;
	uint32_t rows = 0;
	for (; rows < stretch->rows; rows++) {
		size_t len = 4 + (size_t)job->values->texts[stretch->code + rows * stretch->step].len;
		if (len > *room)
			break;
		*room -= len;
	}
	return rows;
}

/* How many stretches a page takes, the last of them cut to its first 'out_rows' rows: all but for PLAIN texts, which
 * must fit its bytes. */
static enum gpq_status page_fit(const struct gpq_chunk_job *job, const struct row_queue *queue, uint32_t *out_count,
				uint32_t *out_rows, struct gpq_error *err)
{
	bool texts = job->facts->encoding == GPQ_ENCODING_PLAIN && job->column->type == GPQ_TYPE_STRING;
	size_t room = GPQ_CHUNK_RAW_BYTES - GPQ_CHUNK_LEVEL_BYTES;
	uint32_t count = texts ? 0 : queue->count, rows = queue->stretches[queue->count - 1].rows;
	while (count < queue->count) {
		const struct gpq_code_stretch *stretch = &queue->stretches[count];
		uint32_t fit = stretch_fit(job, stretch, &room);
		if (!count && !fit)
			return gpq_fail(err, GPQ_E_DATA, "column %s: a text of %" PRIu32 " bytes does not fit a page of %zu",
					job->column->name, job->values->texts[stretch->code].len, GPQ_PARQUET_PAGE_BYTES);
		if (fit) {
			rows = fit;
			count++;
		}
		if (fit < stretch->rows)
			break;
	}
	*out_count = count;
	*out_rows = rows;
	return GPQ_OK;
}

static enum gpq_status pages_put(struct gpq_chunk_job *job, struct gpq_error *err)
{
	struct row_queue queue;
	GPQ_TRY(rows_begin(job, &queue, err));
	while (queue.read < job->values->rows || queue.rows) {
		uint32_t count = 0, cut = 0;
		GPQ_TRY(rows_pull(job, &queue, err));
		GPQ_TRY(page_fit(job, &queue, &count, &cut, err));
		struct gpq_code_stretch *last = &queue.stretches[count - 1], rest = *last;
		rest.code += cut * rest.step;
		rest.rows -= cut;
		last->rows = cut;
		uint32_t rows = 0;
		GPQ_TRY(page_put(job, queue.stretches, count, &rows, err));
		queue.rows -= rows;
		if (rest.rows)
			queue.stretches[--count] = rest;
		queue.count -= count;
		memmove(queue.stretches, queue.stretches + count, queue.count * sizeof(*queue.stretches));
	}
	return GPQ_OK;
}

enum gpq_status gpq_chunk_codes_put(struct gpq_chunk_job *job, struct gpq_error *err)
{
	uint64_t bytes = 0;
	GPQ_TRY(numbers_rank(job, &bytes, err));
	return pages_put(job, err);
}

enum gpq_status gpq_chunk_coded(struct gpq_chunk_job *job, struct gpq_error *err)
{
	uint64_t nulls = 0, dictionary_bytes = 0;
	GPQ_TRY(numbers_take(job, err));
	GPQ_TRY(gpq_chunk_codes_mark(job, &nulls, err));
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
