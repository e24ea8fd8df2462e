// SPDX-License-Identifier: MIT
/* Time columns: as lists by place where instants are listed, else row by row; ends that are cells. */
#include "convert/block_column.h"

#define MICROS INT64_C(1000000)

static enum gpq_status read_place_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                            struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	while (n) {
		uint32_t place = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &place);
		n -= rows;
		while (rows) {
			struct gpq_code_stretch stretch = column->times.by_place[place];
			if (stretch.rows > rows)
				stretch.rows = rows;
			rows -= stretch.rows;
			place += stretch.rows;
			out[count++] = stretch;
		}
	}
	*out_count = count;
	return GPQ_OK;
}

static enum gpq_status read_by_start(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	uint32_t last = GPQ_NO_START, number = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (out[i] != last) {
			last = out[i];
			number = column->times.by_place[gpq_block_place_of(column->facts, last)].code;
		}
		out[i] = number;
	}
	return GPQ_OK;
}

/* Of a crowded block: by what the column says of the row's instant. */
static enum gpq_status read_by_time(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	uint32_t last = GPQ_NO_START, code = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (out[i] != last) {
			last = out[i];
			code = gpq_time_list_code(&column->times, gpq_block_time_word(column->facts, column->time, last));
		}
		out[i] = code;
	}
	return GPQ_OK;
}

static enum gpq_status read_stamps(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < GPQ_BLOCK_PIECE_ROWS ? n - done : GPQ_BLOCK_PIECE_ROWS;
		GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], piece, column->piece, err));
		for (uint32_t i = 0; i < piece; i++)
			out[done + i] = gpq_block_time_word(column->facts, column->time, column->piece[i]);
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

static enum gpq_status crowded_time_column(struct gpq_block_column *column, struct gpq_values *values, struct gpq_error *err)
{
	column_from_field(column, GPQ_TURNED_START);
	if (gpq_time_is_stamp(column->time)) {
		values->coded = false;
		values->read_stretches = NULL;
		values->read_cells = read_stamps;
		values->skip = gpq_block_cells_skip;
		return GPQ_OK;
	}
	column_from_rows(values, read_by_time);
	GPQ_TRY(gpq_time_list_init(&column->times, column->facts, column->time, err));
	values->words = column->times.words;
	values->n_values = column->times.n_words;
	return GPQ_OK;
}

/* Ends of intervals that follow each other: the start, and the seconds behind it that a cell says. */
static enum gpq_status read_ends(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < GPQ_BLOCK_PIECE_ROWS ? n - done : GPQ_BLOCK_PIECE_ROWS;
		GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], piece, column->piece, err));
		GPQ_TRY(gpq_turned_cursor_read(column->cursor[1], piece, column->cells[0], err));
		for (uint32_t i = 0; i < piece; i++)
			out[done + i] = ((int64_t)column->piece[i] + column->cells[0][i]) * MICROS;
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

static void end_column(struct gpq_block_column *column, struct gpq_values *values, int cell)
{
	column_from_field(column, GPQ_TURNED_START);
	column->field[column->n_cursors++] = (enum gpq_turned_field)(GPQ_TURNED_CELL + cell);
	values->coded = false;
	values->read_stretches = NULL;
	values->read_cells = read_ends;
	values->skip = gpq_block_cells_skip;
}

enum gpq_status gpq_block_time_column(struct gpq_block_column *column, enum gpq_column_id id, struct gpq_values *values,
                                   struct gpq_error *err)
{
	int cell = gpq_dataset_cell(column->facts->run->dataset, id);
	if (cell >= 0) {
		end_column(column, values, cell);
		return GPQ_OK;
	}
	column->time = id;
	if (column->facts->crowded)
		return crowded_time_column(column, values, err);
	if (column_from_stretches(column, &column->facts->places)) {
		values->read_stretches = read_place_stretches;
	} else {
		column_from_field(column, GPQ_TURNED_START);
		column_from_rows(values, read_by_start);
	}
	GPQ_TRY(gpq_time_list_init(&column->times, column->facts, id, err));
	values->words = column->times.words;
	values->n_values = column->times.n_words;
	return GPQ_OK;
}
