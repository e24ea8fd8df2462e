// SPDX-License-Identifier: MIT
/* The columns of a row group are encoded side by side and reach the sink one after the other. */
#include "parquet/writer_file.h"

#include <inttypes.h>

/* A column on its way to the sink. */
struct column_turn {
	struct gpq_parquet_file *file;
	uint32_t column;
	bool mine; /* no one else writes to the sink until this column is done */
	struct gpq_ahead_queue ahead;
	uint64_t offset; /* of the first byte, once 'mine' */
};

/* Writes what waited of a column whose turn it is now. */
static enum gpq_status turn_begin(struct gpq_parquet_file *file, struct gpq_ahead_queue *queue, uint64_t *out_offset,
				  struct gpq_error *err)
{
	enum gpq_status status = GPQ_OK;
	*out_offset = gpq_sink_offset(file->sink);
	for (struct gpq_ahead_piece *piece = queue->first; piece && status == GPQ_OK; piece = piece->next)
		status = gpq_sink_write(file->sink, piece->bytes, piece->len, err);
	gpq_ahead_clear(file->settings.ahead, queue);
	return status;
}

/* Asks, or waits, for the turn. */
static enum gpq_status turn_take(struct column_turn *turn, bool wait, struct gpq_error *err)
{
	struct gpq_parquet_file *file = turn->file;
	pthread_mutex_lock(&file->lock);
	while (wait && file->failed == GPQ_OK && file->turn != turn->column)
		pthread_cond_wait(&file->moved, &file->lock);
	enum gpq_status status = gpq_parquet_failure(file, err);
	turn->mine = status == GPQ_OK && file->turn == turn->column;
	pthread_mutex_unlock(&file->lock);
	return turn->mine ? turn_begin(file, &turn->ahead, &turn->offset, err) : status;
}

/* To the sink where it is the column's turn, else to what waits; where there is no room for that, the column waits. */
static enum gpq_status turn_put(void *context, const void *bytes, size_t len, struct gpq_error *err)
{
	struct column_turn *turn = context;
	size_t put = 0;
	if (!turn->mine)
		GPQ_TRY(turn_take(turn, false, err));
	if (!turn->mine)
		GPQ_TRY(gpq_ahead_put(turn->file->settings.ahead, &turn->ahead, bytes, len, &put, err));
	if (!turn->mine && put < len)
		GPQ_TRY(turn_take(turn, true, err));
	return put < len ? gpq_sink_write(turn->file->sink, (const uint8_t *)bytes + put, len - put, err) : GPQ_OK;
}

/* Ends the turn of a column and gives '*out_next' the one behind it; true where that is encoded already. */
static bool turn_pass(struct gpq_parquet_file *file, uint32_t *out_next)
{
	pthread_mutex_lock(&file->lock);
	uint32_t next = *out_next = ++file->turn;
	bool encoded = next < file->n_columns && file->encoded >> next & 1;
	pthread_cond_broadcast(&file->moved);
	pthread_mutex_unlock(&file->lock);
	return encoded;
}

/* Ends the turn, and the turns of those behind it that only wait for theirs. */
static enum gpq_status turn_end(struct column_turn *turn, struct gpq_error *err)
{
	struct gpq_parquet_file *file = turn->file;
	uint32_t column = turn->column;
	file->facts[column].offset = turn->offset - file->group_offset;
	while (turn_pass(file, &column)) {
		uint64_t offset = 0;
		GPQ_TRY(turn_begin(file, &file->ahead[column], &offset, err));
		file->facts[column].offset = offset - file->group_offset;
	}
	return GPQ_OK;
}

/* Leaves an encoded column to those before it; false where none is before it. */
static bool column_leave(struct column_turn *turn)
{
	struct gpq_parquet_file *file = turn->file;
	pthread_mutex_lock(&file->lock);
	bool leave = file->turn != turn->column;
	if (leave) {
		file->ahead[turn->column] = turn->ahead;
		file->encoded |= UINT64_C(1) << turn->column;
		turn->ahead = (struct gpq_ahead_queue){ NULL, NULL };
	}
	pthread_mutex_unlock(&file->lock);
	return leave;
}

static enum gpq_status column_claim(struct gpq_parquet_file *file, uint32_t column, const struct gpq_values *values,
				    struct gpq_error *err)
{
	if (!file->in_group)
		return gpq_fail(err, GPQ_E_USAGE, "no row group is under way");
	if (column >= file->n_columns)
		return gpq_fail(err, GPQ_E_USAGE, "column %" PRIu32 " is not in the table", column);
	if (values->rows != file->rows)
		return gpq_fail(err, GPQ_E_USAGE, "column %s gives %" PRIu64 " rows to a row group of %" PRIu64,
				file->settings.table->columns[column].name, values->rows, file->rows);
	pthread_mutex_lock(&file->lock);
	enum gpq_status status = gpq_parquet_failure(file, err);
	bool again = file->claimed >> column & 1;
	if (status == GPQ_OK)
		file->claimed |= UINT64_C(1) << column;
	pthread_mutex_unlock(&file->lock);
	if (status == GPQ_OK && again)
		return gpq_fail(err, GPQ_E_USAGE, "column %s is written twice",
				file->settings.table->columns[column].name);
	return status;
}

static enum gpq_status column_write(struct column_turn *turn, struct gpq_parquet_encoder *encoder,
				    const struct gpq_values *values, struct gpq_error *err)
{
	struct gpq_parquet_file *file = turn->file;
	const struct gpq_chunk_outlet outlet = { turn, turn_put };
	GPQ_TRY(gpq_chunk_encode(encoder, &file->settings.table->columns[turn->column], values,
				 file->settings.bloom_columns >> turn->column & 1, &outlet, file->metadata,
				 &file->facts[turn->column], err));
	if (!turn->mine && column_leave(turn))
		return GPQ_OK;
	if (!turn->mine)
		GPQ_TRY(turn_take(turn, true, err));
	return turn_end(turn, err);
}

enum gpq_status gpq_parquet_chunk_write(struct gpq_parquet_file *file, struct gpq_parquet_encoder *encoder,
					uint32_t column, const struct gpq_values *values, struct gpq_error *err)
{
	struct gpq_error met = { .status = GPQ_OK };
	struct column_turn turn = { .file = file, .column = column };
	enum gpq_status status = column_claim(file, column, values, &met);
	if (status == GPQ_OK)
		status = column_write(&turn, encoder, values, &met);
	gpq_ahead_clear(file->settings.ahead, &turn.ahead);
	if (status == GPQ_OK)
		return GPQ_OK;
	met.status = status;
	if (err)
		*err = met;
	return gpq_parquet_fail(file, status, &met);
}
