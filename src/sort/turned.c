// SPDX-License-Identifier: MIT
#include "sort/turned.h"

size_t gpq_turned_writer_need(uint32_t n_cells)
{
	return gpq_columns_of(GPQ_TURNED_FRAME_ROWS, n_cells, 0).bytes;
}

void gpq_turned_begin(struct gpq_turned_writer *writer, struct gpq_spill *spill, struct gpq_frame_codec *codec,
		      uint32_t n_cells)
{
	gpq_frames_begin(&writer->frames, spill);
	writer->codec = codec;
	writer->columns = gpq_columns_of(GPQ_TURNED_FRAME_ROWS, n_cells, 0);
	writer->n_rows = 0;
	writer->total_rows = 0;
}

/* Origins become inputs where they stand. */
static const uint32_t *inputs_view(const struct gpq_turned_writer *writer)
{
	const uint64_t *origins = gpq_columns_origin(&writer->columns, writer->rows_memory);
	uint8_t *out = writer->rows_memory + writer->columns.origin_off;
	for (uint32_t i = 0; i < writer->n_rows; i++) {
		uint32_t input = gpq_turned_input(origins[i]);
		memcpy(out + sizeof(input) * i, &input, sizeof(input));
	}
	return (const uint32_t *)(const void *)out;
}

static const void *column_view(const struct gpq_turned_writer *writer, uint32_t field)
{
	const struct gpq_columns *columns = &writer->columns;
	switch (field) {
	case GPQ_TURNED_START:
		return gpq_columns_start(columns, writer->rows_memory);
	case GPQ_TURNED_LOCATION:
		return gpq_columns_location(columns, writer->rows_memory);
	case GPQ_TURNED_VERSION:
		return gpq_columns_version(columns, writer->rows_memory);
	case GPQ_TURNED_INPUT:
		return inputs_view(writer);
	default:
		return gpq_columns_cell(columns, writer->rows_memory, field - GPQ_TURNED_CELL);
	}
}

static enum gpq_status columns_write(struct gpq_turned_writer *writer, struct gpq_error *err)
{
	for (uint32_t field = 0; field < gpq_turned_columns(writer->columns.n_cells); field++)
		GPQ_TRY(gpq_frames_append(&writer->frames, writer->codec, column_view(writer, field),
					  (size_t)writer->n_rows * gpq_turned_value_bytes(field), writer->n_rows, err));
	writer->total_rows += writer->n_rows;
	writer->n_rows = 0;
	return GPQ_OK;
}

enum gpq_status gpq_turned_add(struct gpq_turned_writer *writer, const struct gpq_part *row, struct gpq_error *err)
{
	gpq_part_store(&writer->columns, writer->rows_memory, writer->n_rows++, row);
	return writer->n_rows == GPQ_TURNED_FRAME_ROWS ? columns_write(writer, err) : GPQ_OK;
}

enum gpq_status gpq_turned_finish(struct gpq_turned_writer *writer, struct gpq_turned *out, struct gpq_error *err)
{
	if (writer->n_rows)
		GPQ_TRY(columns_write(writer, err));
	GPQ_TRY(gpq_frames_finish(&writer->frames, &out->frames, err));
	out->rows = writer->total_rows;
	out->spill = writer->frames.spill;
	return GPQ_OK;
}

/* ---- the object ---- */

size_t gpq_turned_need(uint32_t n_inputs, size_t tally_bytes)
{
	return ((sizeof(struct gpq_turned) + 63) & ~(size_t)63) + gpq_tallies_need(n_inputs, tally_bytes);
}

void gpq_turned_close(struct gpq_turned *turned)
{
	if (!turned)
		return;
	if (turned->windows)
		gpq_windows_recall(turned->windows);
	gpq_tallies_done(&turned->tallies);
	gpq_free(turned->budget, GPQ_TAG_SORT, turned, sizeof(*turned));
}

uint64_t gpq_turned_rows(const struct gpq_turned *turned)
{
	return turned->rows;
}

uint32_t gpq_turned_inputs(const struct gpq_turned *turned)
{
	return turned->tallies.n;
}

enum gpq_status gpq_turned_tally_next(const struct gpq_turned *turned, uint32_t *at, struct gpq_tally *out,
				      struct gpq_error *err)
{
	return gpq_tallies_next(&turned->tallies, at, out, err);
}
