// SPDX-License-Identifier: MIT
/*
 * Columns whose rows are cells (prices): an ascending dictionary, PLAIN, PLAIN with repeats of low bytes searched (words)
 * or BYTE_STREAM_SPLIT (planes), whichever packs rows from all over the group best. The choice depends on the group's
 * values and the codec alone. Of stamps, PLAIN or an ascending dictionary.
 */
#include "parquet/chunk.h"

#include <inttypes.h>

#define SAMPLE_EVERY  48 /* pages: at most this part of the work is done more than once, but for groups of fewer */
#define SAMPLE_PIECES 4  /* of a sample: rows that stand together, far from the other pieces */
#define PIECE_ROWS    (GPQ_PARQUET_PAGE_ROWS / SAMPLE_PIECES)

#define SAMPLES_BYTES   (GPQ_CHUNK_SAMPLES * GPQ_PARQUET_PAGE_ROWS * sizeof(int64_t))
#define WORDS_GAIN_PART 8  /* what searching words must save at level 1: a part of the bytes */
#define HOPELESS_PART   8  /* a way whose samples are by this part larger than the best one's is tried no more */

/* The ways to write a page, in the order in which equal sizes are preferred. */
enum way { WAY_PLAIN, WAY_PLANES, WAY_WORDS, WAY_DICTIONARY, N_WAYS };

struct trial {
	struct gpq_cell_table table;
	int64_t *samples;                        /* in encoder->trial, GPQ_PARQUET_PAGE_ROWS each */
	uint32_t sample_rows[GPQ_CHUNK_SAMPLES]; /* without nulls */
	uint32_t n_samples;
	uint64_t rows, nulls; /* rows: of the samples, without nulls. nulls: of the pages read */
	bool whole;           /* every row was seen: nulls and distinct cells are counted */
	enum way way;
	unsigned raw_planes;       /* of all samples */
	uint64_t dictionary_bytes; /* packed; 0: there is no dictionary to try */
};

_Static_assert(GPQ_PACKER_SCRATCH_BYTES <= GPQ_CELL_TABLE_BYTES && GPQ_PARQUET_PAGE_ROWS <= GPQ_PACKER_WORDS,
	       "pages of words are searched in the memory of the cell table");

static size_t value_width(const struct gpq_chunk_job *job)
{
	return gpq_plain_width(job->column->type);
}

/* Cells without nulls, in place; levels beside. Returns how many are left. */
static uint32_t nulls_part(int64_t *cells, uint32_t *levels, uint32_t rows)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < rows; i++) {
		int64_t cell = cells[i];
		levels[i] = cell != GPQ_CELL_NULL;
		cells[kept] = cell;
		kept += cell != GPQ_CELL_NULL;
	}
	return kept;
}

/* ---- first pass: distinct cells and samples ---- */

static uint64_t page_count(uint64_t rows)
{
	return (rows + GPQ_PARQUET_PAGE_ROWS - 1) / GPQ_PARQUET_PAGE_ROWS;
}

static uint32_t page_rows(const struct gpq_values *values, uint64_t page)
{
	uint64_t left = values->rows - page * GPQ_PARQUET_PAGE_ROWS;
	return left < GPQ_PARQUET_PAGE_ROWS ? (uint32_t)left : GPQ_PARQUET_PAGE_ROWS;
}

static enum gpq_status rows_skip(struct gpq_chunk_job *job, uint64_t rows, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	if (rows && values->skip)
		return values->skip(values->context, rows, err);
	while (rows) {
		uint32_t n = rows < GPQ_PARQUET_PAGE_ROWS ? (uint32_t)rows : GPQ_PARQUET_PAGE_ROWS;
		GPQ_TRY(values->read_cells(values->context, n, job->encoder->cells, err));
		rows -= n;
	}
	return GPQ_OK;
}

/* Reads 'n' rows into what a sample holds. */
static enum gpq_status sample_add(struct gpq_chunk_job *job, struct trial *trial, uint32_t sample, uint32_t n,
				  struct gpq_error *err)
{
	uint32_t *rows = &trial->sample_rows[sample];
	int64_t *cells = trial->samples + (size_t)sample * GPQ_PARQUET_PAGE_ROWS + *rows;
	GPQ_TRY(job->values->read_cells(job->values->context, n, cells, err));
	uint32_t present = nulls_part(cells, job->encoder->levels, n);
	gpq_cell_table_gather(&trial->table, cells, present);
	trial->nulls += n - present;
	trial->rows += present;
	*rows += present;
	return GPQ_OK;
}

/* All rows of a short group; else from the middle of each of some equal parts of it. */
static enum gpq_status samples_take(struct gpq_chunk_job *job, struct trial *trial, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	uint64_t wanted = page_count(values->rows) / SAMPLE_EVERY, next = 0;
	wanted = wanted < 1 ? 1 : wanted > GPQ_CHUNK_SAMPLES ? GPQ_CHUNK_SAMPLES : wanted;
	GPQ_TRY(values->rewind(values->context, err));
	trial->n_samples = (uint32_t)wanted;
	if (values->rows <= GPQ_PARQUET_PAGE_ROWS)
		return sample_add(job, trial, 0, (uint32_t)values->rows, err);
	uint64_t pieces = wanted * SAMPLE_PIECES;
	for (uint64_t k = 0; k < pieces; k++) {
		uint64_t from = (2 * k + 1) * values->rows / (2 * pieces) - PIECE_ROWS / 2;
		GPQ_TRY(rows_skip(job, from - next, err));
		GPQ_TRY(sample_add(job, trial, (uint32_t)(k / SAMPLE_PIECES), PIECE_ROWS, err));
		next = from + PIECE_ROWS;
	}
	return GPQ_OK;
}

/*
 * Whether the samples show that the whole column has more distinct cells than a dictionary takes. Of C cells that are
 * all as frequent, m draws repeat m^2 / 2C at most, and N draws find N - N^2 / 2C at least; where some cells are more
 * frequent than others, as many repeats mean more cells. Half as many again leaves room for chance.
 */
static bool dictionary_hopeless(const struct gpq_chunk_job *job, const struct trial *trial)
{
	const struct gpq_cell_table *table = &trial->table;
	if (table->over)
		return true;
	double m = (double)trial->rows, repeats = m - (double)table->count;
	double sampled = m + (double)trial->nulls;
	double n = sampled > 0 ? (double)job->values->rows * (m / sampled) : 0;
	if (repeats * n > m * m / 2) /* beyond C draws the bound falls again */
		n = m * m / 2 / repeats;
	return m > 0 && n - n * n * repeats / (m * m) > 1.5 * (double)table->max_count;
}

/* Cells that may be read as codes: whichever are marked are all that there are. */
static enum gpq_status codes_gather(struct gpq_chunk_job *job, struct trial *trial, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	job->numbers = job->encoder->levels;
	memset(job->numbers, 0, values->n_values * sizeof(*job->numbers));
	GPQ_TRY(gpq_chunk_codes_mark(job, &trial->nulls, err));
	for (uint32_t code = 0; code < values->n_values; code++)
		if (job->numbers[code])
			gpq_cell_table_gather(&trial->table, &values->words[code], 1);
	trial->whole = true;
	return GPQ_OK;
}

/* Takes the samples and, unless there is no hope for a dictionary, reads on until all distinct cells are known or too
 * many. */
static enum gpq_status cells_gather(struct gpq_chunk_job *job, struct trial *trial, struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = job->encoder;
	const struct gpq_values *values = job->values;
	GPQ_TRY(samples_take(job, trial, err));
	if (dictionary_hopeless(job, trial))
		return GPQ_OK;
	if (values->read_stretches && values->n_values <= GPQ_PARQUET_PAGE_ROWS)
		return codes_gather(job, trial, err);
	uint64_t pages = page_count(values->rows), page = 0;
	GPQ_TRY(values->rewind(values->context, err));
	trial->nulls = 0;
	for (; page < pages && !trial->table.over; page++) {
		uint32_t n = page_rows(values, page);
		GPQ_TRY(values->read_cells(values->context, n, encoder->cells, err));
		trial->nulls += gpq_cells_survey(encoder->cells, n, encoder->features).nulls;
		gpq_cell_table_gather(&trial->table, encoder->cells, n);
	}
	trial->whole = page == pages && !trial->table.over;
	return GPQ_OK;
}

/* ---- the trial ---- */

static enum gpq_status packed_size(struct gpq_chunk_job *job, struct gpq_packer_shape *shape, const uint8_t *bytes,
				   size_t len, uint64_t *sum, struct gpq_error *err)
{
	size_t packed = 0;
	GPQ_TRY(gpq_packer_pack_shaped(job->encoder->packer, shape, bytes, len, job->encoder->packed,
				       job->encoder->packed_bytes, &packed, err));
	*sum += packed;
	return GPQ_OK;
}

/* The dictionary page's bytes, in 'raw'. */
static size_t dictionary_fill(const struct gpq_chunk_job *job, const struct gpq_cell_table *table)
{
	uint8_t *raw = job->encoder->raw;
	int64_t *cells = (int64_t *)(void *)raw;
	gpq_cell_table_list(table, cells);
	if (job->column->type == GPQ_TYPE_DOUBLE) {
		gpq_plain_doubles(cells, table->count, job->values->scale, raw);
	} else if (job->column->type == GPQ_TYPE_INT32) {
		for (uint32_t i = 0; i < table->count; i++) { /* narrowing in place: writes stay behind reads */
			int32_t word = (int32_t)cells[i];
			memcpy(raw + (size_t)i * sizeof(word), &word, sizeof(word));
		}
	}
	return table->count * value_width(job);
}

static enum gpq_status sample_pack(struct gpq_chunk_job *job, struct trial *trial, uint32_t sample, enum way way,
				   uint64_t *sum, struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = job->encoder;
	uint8_t *raw = encoder->raw, *split = raw + GPQ_CHUNK_RAW_BYTES / 2;
	const int64_t *cells = trial->samples + (size_t)sample * GPQ_PARQUET_PAGE_ROWS;
	uint32_t n = trial->sample_rows[sample];
	if (way == WAY_DICTIONARY) {
		gpq_cell_table_codes(&trial->table, cells, n, encoder->codes);
		size_t len = gpq_hybrid_encode(encoder->codes, n, gpq_hybrid_width(trial->table.count), raw);
		return packed_size(job, NULL, raw, len, sum, err);
	}
	struct gpq_packer_shape shape = { .values = n, .scratch = encoder->trial + SAMPLES_BYTES };
	size_t len = gpq_plain_words(job->column->type, cells, n, job->values->scale, raw);
	if (way == WAY_PLANES) {
		shape.layout = GPQ_LAYOUT_PLANES;
		gpq_split_doubles(raw, n, split, n);
		GPQ_TRY(packed_size(job, &shape, split, len, sum, err));
		if (shape.raw_planes < trial->raw_planes)
			trial->raw_planes = shape.raw_planes;
		return GPQ_OK;
	}
	if (way == WAY_WORDS)
		shape.layout = GPQ_LAYOUT_WORDS;
	return packed_size(job, &shape, raw, len, sum, err);
}

/* A sample's part of the dictionary page, which is paid once for all rows. */
static uint64_t dictionary_part(const struct gpq_chunk_job *job, const struct trial *trial, uint32_t sample)
{
	uint64_t present = job->values->rows - trial->nulls;
	return present ? trial->dictionary_bytes * trial->sample_rows[sample] / present : 0;
}

/* Packs the samples in the ways that have 'sums'; UINT64_MAX takes the place of those that turn out far from the best.
 */
static enum gpq_status samples_pack(struct gpq_chunk_job *job, struct trial *trial, uint64_t *sums,
				    struct gpq_error *err)
{
	sums[WAY_DICTIONARY] = trial->dictionary_bytes ? 0 : UINT64_MAX;
	if (job->column->type != GPQ_TYPE_DOUBLE)
		sums[WAY_PLANES] = sums[WAY_WORDS] = UINT64_MAX;
	for (uint32_t sample = 0; sample < trial->n_samples; sample++) {
		uint64_t least = UINT64_MAX;
		for (unsigned way = 0; way < N_WAYS; way++) {
			if (sums[way] == UINT64_MAX)
				continue;
			GPQ_TRY(sample_pack(job, trial, sample, (enum way)way, &sums[way], err));
			sums[way] += way == WAY_DICTIONARY ? dictionary_part(job, trial, sample) : 0;
			least = sums[way] < least ? sums[way] : least;
		}
		for (unsigned way = 0; way < N_WAYS; way++)
			if (sums[way] - sums[way] / HOPELESS_PART > least)
				sums[way] = UINT64_MAX;
	}
	return GPQ_OK;
}

/* Searching words takes some 20 ns a value longer than planes: by default it has to save much. */
static bool words_worth(const struct gpq_chunk_job *job, uint64_t words, uint64_t other)
{
	const struct gpq_parquet_settings *settings = &job->encoder->settings;
	bool small = settings->codec != GPQ_CODEC_ZSTD || settings->codec_level > 1;
	return small ? words < other : words < other - other / (WORDS_GAIN_PART + 1);
}

static enum gpq_status way_choose(struct gpq_chunk_job *job, struct trial *trial, struct gpq_error *err)
{
	static const enum gpq_encoding encodings[N_WAYS] = { GPQ_ENCODING_PLAIN, GPQ_ENCODING_BYTE_STREAM_SPLIT,
							     GPQ_ENCODING_PLAIN, GPQ_ENCODING_RLE_DICTIONARY };
	struct gpq_parquet_encoder *encoder = job->encoder;
	uint64_t sums[N_WAYS] = { 0 };
	trial->raw_planes = sizeof(double);
	if (trial->whole && trial->table.count) {
		gpq_cell_table_rank(&trial->table, job->values->scale, (int64_t *)(void *)encoder->raw,
				    (int64_t *)(void *)encoder->packed);
		GPQ_TRY(packed_size(job, NULL, encoder->raw, dictionary_fill(job, &trial->table),
				    &trial->dictionary_bytes, err));
	}
	GPQ_TRY(samples_pack(job, trial, sums, err));
	trial->way = sums[WAY_PLANES] < sums[WAY_PLAIN] ? WAY_PLANES : WAY_PLAIN;
	if (words_worth(job, sums[WAY_WORDS], sums[trial->way]))
		trial->way = WAY_WORDS;
	if (sums[WAY_DICTIONARY] < sums[trial->way])
		trial->way = WAY_DICTIONARY;
	job->facts->encoding = encodings[trial->way];
	return GPQ_OK;
}

/* ---- second pass: pages ---- */

static enum gpq_status page_measure(const struct gpq_chunk_job *job, const int64_t *cells, uint32_t n,
				    const struct gpq_cells_survey *survey, struct gpq_page_record *record,
				    struct gpq_error *err)
{
	int64_t least = survey->min, most = survey->max;
	unsigned scale = job->values->scale;
	record->min = least;
	record->max = most;
	if (gpq_type_is_timestamp(job->column->type))
		return GPQ_OK;
	if (job->column->type == GPQ_TYPE_INT32) {
		if (n && (least < INT32_MIN || most > INT32_MAX))
			return gpq_fail(err, GPQ_E_BUG, "column %s: a cell beyond 32 bits", job->column->name);
		return GPQ_OK;
	}
	if (n && gpq_cell_is_decimal(least) && gpq_cell_is_decimal(most)) {
		record->min = gpq_key_of_double(gpq_cell_to_double(least, scale));
		record->max = gpq_key_of_double(gpq_cell_to_double(most, scale));
		return GPQ_OK;
	}
	/* With escapes among them, cells are in no order. */
	record->min = INT64_MAX;
	record->max = INT64_MIN;
	for (uint32_t i = 0; i < n; i++) {
		double number = gpq_cell_to_double(cells[i], scale);
		if (number != number)
			return gpq_fail(err, GPQ_E_BUG, "column %s: a cell that is no number", job->column->name);
		int64_t key = gpq_key_of_double(number);
		record->min = key < record->min ? key : record->min;
		record->max = key > record->max ? key : record->max;
	}
	return GPQ_OK;
}

/* Surveys a page's cells; of a page of planes puts them behind the levels of a page without nulls. '*out_split': that
 * was right, since there are neither nulls nor escapes. */
static struct gpq_cells_survey page_survey(const struct gpq_chunk_job *job, const struct trial *trial, uint32_t rows,
					   bool *out_split)
{
	const struct gpq_parquet_encoder *encoder = job->encoder;
	*out_split = false;
	if (trial->way != WAY_PLANES)
		return gpq_cells_survey(encoder->cells, rows, encoder->features);
	uint8_t *planes = encoder->raw + gpq_chunk_levels_put(job, NULL, rows, 0, encoder->raw);
	struct gpq_cells_survey survey =
	    gpq_split_cells(encoder->cells, rows, job->values->scale, encoder->features, planes);
	*out_split = !survey.nulls && gpq_cell_is_decimal(survey.min) && gpq_cell_is_decimal(survey.max);
	return survey;
}

static enum gpq_status page_put(struct gpq_chunk_job *job, const struct trial *trial, uint32_t rows,
				struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = job->encoder;
	struct gpq_page_record record = { .rows = rows };
	int64_t *cells = encoder->cells;
	bool split = false;
	struct gpq_cells_survey survey = page_survey(job, trial, rows, &split);
	uint32_t n = survey.nulls ? nulls_part(cells, encoder->levels, rows) : rows;
	record.nulls = survey.nulls;
	GPQ_TRY(gpq_chunk_null_check(job, record.nulls, err));
	GPQ_TRY(page_measure(job, cells, n, &survey, &record, err));
	uint8_t *raw = encoder->raw;
	size_t len = gpq_chunk_levels_put(job, encoder->levels, rows, record.nulls, raw);
	struct gpq_packer_shape shape = { .head = len, .values = n, .scratch = encoder->lookup };
	switch (trial->way) {
	case WAY_DICTIONARY: {
		unsigned width = gpq_hybrid_width(trial->table.count);
		gpq_cell_table_codes(&trial->table, cells, n, encoder->codes);
		raw[len++] = (uint8_t)width;
		len += gpq_hybrid_encode(encoder->codes, n, width, raw + len);
		return gpq_chunk_page_emit(job, len, &record, err);
	}
	case WAY_PLANES:
		shape.layout = GPQ_LAYOUT_PLANES;
		shape.raw_planes = trial->raw_planes;
		if (!split) {
			gpq_plain_doubles(cells, n, job->values->scale, cells);
			gpq_split_doubles((const uint8_t *)cells, n, raw + len, n);
		}
		len += (size_t)n * sizeof(double);
		break;
	case WAY_WORDS:
		shape.layout = GPQ_LAYOUT_WORDS;
		/* fall through */
	default:
		len += gpq_plain_words(job->column->type, cells, n, job->values->scale, raw + len);
	}
	gpq_packer_expect(encoder->packer, &shape);
	return gpq_chunk_page_emit(job, len, &record, err);
}

static enum gpq_status pages_put(struct gpq_chunk_job *job, const struct trial *trial, struct gpq_error *err)
{
	const struct gpq_values *values = job->values;
	GPQ_TRY(values->rewind(values->context, err));
	for (uint64_t row = 0; row < values->rows;) {
		uint32_t n = page_rows(values, row / GPQ_PARQUET_PAGE_ROWS);
		GPQ_TRY(values->read_cells(values->context, n, job->encoder->cells, err));
		GPQ_TRY(page_put(job, trial, n, err));
		row += n;
	}
	return GPQ_OK;
}

/* Rows that are read as codes: the cell table is of no use any more, its memory takes the codes' numbers. */
static enum gpq_status codes_put(struct gpq_chunk_job *job, struct gpq_error *err)
{
	uint32_t *numbers = (uint32_t *)(void *)job->encoder->lookup;
	memcpy(numbers, job->numbers, job->values->n_values * sizeof(*numbers));
	job->numbers = numbers;
	job->as_codes = *job->values;
	job->as_codes.coded = true;
	job->values = &job->as_codes;
	return gpq_chunk_codes_put(job, err);
}

static bool cells_are_decimal(const struct gpq_cell_table *table)
{
	for (uint32_t i = 0; i < table->slots; i++)
		if (table->cells[i] != GPQ_CELL_NULL && !gpq_cell_is_decimal(table->cells[i]))
			return false;
	return true;
}

enum gpq_status gpq_chunk_cells(struct gpq_chunk_job *job, struct gpq_error *err)
{
	struct trial trial = { .samples = (int64_t *)(void *)job->encoder->trial };
	size_t most = GPQ_CHUNK_RAW_BYTES / sizeof(int64_t); /* 'raw' holds them as cells first, whatever their type */
	gpq_cell_table_init(&trial.table, job->encoder->lookup, (uint32_t)most);
	GPQ_TRY(cells_gather(job, &trial, err));
	if (gpq_type_is_timestamp(job->column->type) && !cells_are_decimal(&trial.table))
		trial.whole = false; /* from 2041 on their order as cells is another one: no dictionary */
	GPQ_TRY(way_choose(job, &trial, err));
	if (job->facts->encoding == GPQ_ENCODING_RLE_DICTIONARY)
		GPQ_TRY(gpq_chunk_dictionary_emit(job, dictionary_fill(job, &trial.table), trial.table.count, err));
	if (trial.whole)
		job->facts->distinct = trial.table.count;
	if (job->numbers && (trial.way == WAY_DICTIONARY || trial.way == WAY_PLAIN))
		return codes_put(job, err);
	return pages_put(job, &trial, err);
}
