// SPDX-License-Identifier: MIT
/* Any bytes as a Parquet file: read whole within a bound, nothing left behind. */
#include "parquet/reader.h"

#include <stdlib.h>

/* A run of nulls can claim more rows than anyone would wait for. */
#define ROWS_CAP 200000

static void column_read(struct gpq_parquet_reader *reader, uint32_t index)
{
	struct gpq_parquet_column *column = NULL;
	struct gpq_parquet_slice slice;
	uint32_t rows = 0;
	uint64_t seen = 0;
	volatile uint64_t sum = 0;
	if (gpq_parquet_column_open(reader, index, &column, NULL) != GPQ_OK)
		return;
	column->crc_ignored = true; /* a CRC would keep mutated pages from being read at all */
	enum gpq_status status = gpq_parquet_column_start(column, NULL);
	while (status == GPQ_OK && seen < ROWS_CAP && gpq_parquet_column_ready(column, &rows, NULL) == GPQ_OK) {
		uint32_t take = rows < GPQ_PARQUET_SLICE_ROWS ? rows : GPQ_PARQUET_SLICE_ROWS;
		status = gpq_parquet_column_read(column, take, &slice, NULL);
		for (uint32_t i = 0; status == GPQ_OK && i < take; i++) {
			if (slice.texts)
				for (uint32_t k = 0; k < slice.texts[i].len; k += 64)
					sum += (uint8_t)slice.texts[i].bytes[k];
			else
				sum += (uint64_t)slice.words[i];
		}
		seen += take;
	}
	gpq_parquet_column_close(column);
}

static void index_read(const uint8_t *data, size_t size)
{
	struct gpq_thrift_reader thrift = gpq_thrift_reader(data, size);
	struct gpq_offset_index offsets;
	struct gpq_page_location location;
	if (gpq_offset_index_parse(&thrift, &offsets))
		for (uint32_t i = 0; i < offsets.n_locations && gpq_page_location_parse(&offsets.locations, &location);
		     i++)
			;
	thrift = gpq_thrift_reader(data, size);
	struct gpq_column_index columns;
	if (gpq_column_index_parse(&thrift, &columns))
		for (uint32_t i = 0; i < columns.n_min_values; i++)
			(void)gpq_thrift_text(&columns.min_values, GPQ_THRIFT_BINARY);
	thrift = gpq_thrift_reader(data, size);
	struct gpq_bloom_header bloom;
	(void)gpq_bloom_header_parse(&thrift, &bloom);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gpq_budget budget;
	struct gpq_ranges *ranges = NULL;
	struct gpq_parquet_reader *reader = NULL;
	gpq_budget_init(&budget, (size_t)32 << 20);
	if (gpq_ranges_of_memory(&budget, data, size, &ranges, NULL) != GPQ_OK)
		return 0;
	if (gpq_parquet_reader_open(&budget, ranges, &reader, NULL) == GPQ_OK) {
		(void)gpq_parquet_reader_note(reader, "gridpq.order");
		for (uint32_t g = 0; g < reader->footer.n_groups && g < 8; g++)
			if (gpq_parquet_reader_group(reader, g, NULL) == GPQ_OK)
				for (uint32_t c = 0; c < reader->n_leaves && c < 40; c++)
					column_read(reader, c);
	}
	gpq_parquet_reader_close(reader);
	gpq_ranges_close(ranges);
	index_read(data, size);
	if (atomic_load(&budget.used_bytes) != 0)
		abort();
	return 0;
}
