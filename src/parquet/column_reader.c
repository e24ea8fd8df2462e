// SPDX-License-Identifier: MIT
#include "parquet/reader.h"

static size_t scratch_bytes(bool texts)
{
	size_t row = 2 * sizeof(uint32_t) + (texts ? sizeof(struct gpq_text) : sizeof(int64_t));
	return row * GPQ_PARQUET_SLICE_ROWS;
}

static enum gpq_status leaf_check(const struct gpq_leaf *leaf, struct gpq_error *err)
{
	int name_len = (int)(leaf->name.len < 200 ? leaf->name.len : 200);
	if (leaf->physical != GPQ_PHYSICAL_BOOLEAN && leaf->physical != GPQ_PHYSICAL_INT32 &&
	    leaf->physical != GPQ_PHYSICAL_INT64 && leaf->physical != GPQ_PHYSICAL_DOUBLE &&
	    leaf->physical != GPQ_PHYSICAL_BYTE_ARRAY)
		return gpq_fail(err, GPQ_E_DATA, "column %.*s is of type %s, which gridpq does not read", name_len,
				leaf->name.bytes, gpq_physical_name(leaf->physical));
	if (leaf->repetition != GPQ_REPETITION_REQUIRED && leaf->repetition != GPQ_REPETITION_OPTIONAL)
		return gpq_fail(err, GPQ_E_DATA, "column %.*s is repeated, and gridpq reads flat tables only", name_len,
				leaf->name.bytes);
	return GPQ_OK;
}

enum gpq_status gpq_parquet_column_open(struct gpq_parquet_reader *reader, uint32_t index,
					struct gpq_parquet_column **out, struct gpq_error *err)
{
	if (index >= reader->n_leaves)
		return gpq_fail(err, GPQ_E_USAGE, "column %u of %u is asked for", index, reader->n_leaves);
	const struct gpq_leaf *leaf = &reader->leaves[index];
	GPQ_TRY(leaf_check(leaf, err));
	bool texts = leaf->physical == GPQ_PHYSICAL_BYTE_ARRAY;
	struct gpq_parquet_column *column = NULL;
	/* One allocation: the object, then its scratch arrays, the widest first. */
	size_t head = (sizeof(*column) + 63) & ~(size_t)63;
	GPQ_TRY(gpq_alloc_zero(reader->budget, GPQ_TAG_PARQUET, head + scratch_bytes(texts), &column, err));
	uint8_t *at = (uint8_t *)column + head;
	if (texts)
		column->texts = (struct gpq_text *)at;
	else
		column->words = (int64_t *)at;
	at += (texts ? sizeof(struct gpq_text) : sizeof(int64_t)) * GPQ_PARQUET_SLICE_ROWS;
	column->present = (uint32_t *)at;
	column->codes = column->present + GPQ_PARQUET_SLICE_ROWS;
	column->reader = reader;
	column->index = index;
	column->physical = (enum gpq_physical)leaf->physical;
	column->optional = leaf->repetition == GPQ_REPETITION_OPTIONAL;
	*out = column;
	return GPQ_OK;
}

void gpq_parquet_column_close(struct gpq_parquet_column *column)
{
	if (!column)
		return;
	struct gpq_budget *budget = column->reader->budget;
	bool texts = column->physical == GPQ_PHYSICAL_BYTE_ARRAY;
	gpq_free(budget, GPQ_TAG_PARQUET, column->dictionary_bytes, column->dictionary_bytes_room);
	gpq_free(budget, GPQ_TAG_PARQUET, column->page_bytes, column->page_room);
	gpq_free(budget, GPQ_TAG_PARQUET, column->header_bytes, column->header_room);
	gpq_free(budget, GPQ_TAG_PARQUET, column->dictionary_words, column->dictionary_room * sizeof(int64_t));
	gpq_free(budget, GPQ_TAG_PARQUET, column->dictionary_texts, column->dictionary_room * sizeof(struct gpq_text));
	gpq_free(budget, GPQ_TAG_PARQUET, column, ((sizeof(*column) + 63) & ~(size_t)63) + scratch_bytes(texts));
}

enum gpq_status gpq_parquet_column_start(struct gpq_parquet_column *column, struct gpq_error *err)
{
	const struct gpq_parquet_reader *reader = column->reader;
	if (reader->group_index == UINT32_MAX)
		return gpq_fail(err, GPQ_E_USAGE, "no row group is under view");
	const struct gpq_column_chunk *chunk = &reader->chunks[column->index];
	column->group_index = reader->group_index;
	column->rows = (uint64_t)chunk->n_values;
	column->chunk_at = column->rows ? gpq_parquet_chunk_begin(chunk) : 0;
	column->chunk_end = column->rows ? column->chunk_at + (uint64_t)chunk->compressed_bytes : 0;
	column->rows_done = 0;
	column->rows_left = 0;
	column->n_data_pages = 0;
	column->has_dictionary = false;
	column->n_dictionary = 0;
	column->crc_wrong = column->dictionary_crc_wrong = false;
	return GPQ_OK;
}

/* Which rows have a value; '*out_values' says how many. */
static enum gpq_status levels_read(struct gpq_parquet_column *column, uint32_t rows, uint32_t *out_values,
				   struct gpq_error *err)
{
	uint32_t constant = 0;
	*out_values = rows;
	if (!column->optional)
		return GPQ_OK;
	if (gpq_hybrid_constant(&column->levels, rows, &constant)) {
		for (uint32_t i = 0; constant == 0 && i < rows; i++)
			column->present[i] = 0;
		*out_values = constant ? rows : 0;
		return constant > 1 ? gpq_parquet_column_fail(column, err, GPQ_E_DATA, column->page.offset,
							      "a level is neither 0 nor 1")
				    : GPQ_OK;
	}
	if (gpq_hybrid_read(&column->levels, rows, column->present) != rows)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, column->page.offset,
					       "the page has fewer levels than values");
	uint32_t values = 0, seen = 0;
	for (uint32_t i = 0; i < rows; i++) {
		values += column->present[i];
		seen |= column->present[i];
	}
	if (seen > 1) /* runs of one value take a whole byte, so more than a bit can stand there */
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, column->page.offset,
					       "a level is neither 0 nor 1");
	*out_values = values;
	return GPQ_OK;
}

/* Dense dictionary codes in 'codes' become values in the scratch arrays. */
static bool codes_resolve(struct gpq_parquet_column *column, uint32_t n)
{
	uint32_t largest = 0;
	for (uint32_t i = 0; i < n; i++)
		largest = column->codes[i] > largest ? column->codes[i] : largest;
	if (n && largest >= column->n_dictionary)
		return false;
	if (column->texts)
		for (uint32_t i = 0; i < n; i++)
			column->texts[i] = column->dictionary_texts[column->codes[i]];
	else
		for (uint32_t i = 0; i < n; i++)
			column->words[i] = column->dictionary_words[column->codes[i]];
	return true;
}

static enum gpq_status values_read(struct gpq_parquet_column *column, uint32_t n, bool coded, struct gpq_error *err)
{
	uint32_t got = 0;
	if (coded)
		got = gpq_decoder_codes(&column->decoder, n, column->codes);
	else if (column->texts)
		got = gpq_decoder_texts(&column->decoder, n, column->texts);
	else
		got = gpq_decoder_words(&column->decoder, n, column->words);
	if (got != n)
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, column->page.offset,
					       "the page's values end before its %u rows do", column->page.rows);
	if (coded && !codes_resolve(column, n))
		return gpq_parquet_column_fail(column, err, GPQ_E_DATA, column->page.offset,
					       "a code is beyond the dictionary's %u values", column->n_dictionary);
	return GPQ_OK;
}

/* Moves the dense values to their rows, from the end so that none is overwritten before it moved. */
static void values_scatter(struct gpq_parquet_column *column, uint32_t rows, uint32_t values, bool coded)
{
	for (uint32_t i = rows; i-- > 0;) {
		bool present = column->present[i];
		values -= present;
		if (coded)
			column->codes[i] = present ? column->codes[values] : GPQ_CODE_NULL;
		if (column->texts)
			column->texts[i] = present ? column->texts[values] : (struct gpq_text){ NULL, 0 };
		else
			column->words[i] = present ? column->words[values] : 0;
	}
}

enum gpq_status gpq_parquet_column_read(struct gpq_parquet_column *column, uint32_t rows, struct gpq_parquet_slice *out,
					struct gpq_error *err)
{
	if (rows > column->rows_left || rows > GPQ_PARQUET_SLICE_ROWS)
		return gpq_fail(err, GPQ_E_USAGE, "%u rows are asked for, %u are ready", rows, column->rows_left);
	bool coded = column->decoder.encoding == GPQ_ENCODING_RLE_DICTIONARY;
	uint32_t values = 0;
	GPQ_TRY(levels_read(column, rows, &values, err));
	GPQ_TRY(values_read(column, values, coded, err));
	if (values < rows)
		values_scatter(column, rows, values, coded);
	column->rows_left -= rows;
	*out = (struct gpq_parquet_slice){ .rows = rows,
					   .n_nulls = rows - values,
					   .present = values < rows ? column->present : NULL,
					   .words = column->words,
					   .texts = column->texts,
					   .codes = coded ? column->codes : NULL };
	return GPQ_OK;
}
