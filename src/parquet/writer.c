// SPDX-License-Identifier: MIT
/* A file under way: row groups begin, and end when they have all columns (writer_turns.c). */
#include "parquet/writer_file.h"

#include <inttypes.h>

#define COLUMNS_MAX    64             /* bits of 'claimed' and 'bloom_columns' */
#define TYPICAL_GROUPS ((size_t)2048) /* a year of 8-hour blocks and then some; more take memory as they come */

size_t gpq_parquet_file_need(const struct gpq_parquet_settings *settings)
{
	uint32_t n = settings->table->n_columns;
	size_t groups = TYPICAL_GROUPS * sizeof(struct gpq_written_group);
	return sizeof(struct gpq_parquet_file) +
	       n * (sizeof(struct gpq_chunk_facts) + sizeof(struct gpq_ahead_queue)) + groups + groups / 2 +
	       gpq_parquet_finish_need(n) + 16384;
}

static enum gpq_status settings_check(const struct gpq_parquet_settings *settings, struct gpq_error *err)
{
	const struct gpq_table *table = settings->table;
	if (table->n_columns == 0 || table->n_columns > COLUMNS_MAX)
		return gpq_fail(err, GPQ_E_USAGE, "a table of %" PRIu32 " columns cannot be written", table->n_columns);
	for (uint32_t c = 0; c < COLUMNS_MAX; c++) {
		if (!(settings->bloom_columns >> c & 1))
			continue;
		if (c >= table->n_columns || table->columns[c].type == GPQ_TYPE_DOUBLE ||
		    table->columns[c].type == GPQ_TYPE_BOOLEAN)
			return gpq_fail(err, GPQ_E_USAGE, "column %" PRIu32 " cannot have a bloom filter", c);
	}
	if (settings->n_sorting > sizeof(settings->sorting) / sizeof(settings->sorting[0]))
		return gpq_fail(err, GPQ_E_USAGE, "%" PRIu32 " sorting columns are too many", settings->n_sorting);
	for (uint32_t i = 0; i < settings->n_sorting; i++)
		if (settings->sorting[i].column >= table->n_columns)
			return gpq_fail(err, GPQ_E_USAGE, "sorting column %" PRIu32 " is not in the table",
					settings->sorting[i].column);
	return GPQ_OK;
}

enum gpq_status gpq_parquet_file_open(struct gpq_budget *budget, const struct gpq_parquet_settings *settings,
				      struct gpq_sink *sink, struct gpq_spill *metadata, struct gpq_parquet_file **out,
				      struct gpq_error *err)
{
	GPQ_TRY(settings_check(settings, err));
	if (gpq_sink_offset(sink) != 0)
		return gpq_fail(err, GPQ_E_USAGE, "a file begins in an empty sink");
	struct gpq_parquet_file *file = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, sizeof(*file), &file, err));
	file->budget = budget;
	file->settings = *settings;
	file->sink = sink;
	file->metadata = metadata;
	file->n_columns = settings->table->n_columns;
	gpq_buf_init(&file->groups, budget, GPQ_TAG_PARQUET,
		     GPQ_PARQUET_FILE_GROUPS * sizeof(struct gpq_written_group));
	pthread_mutex_init(&file->lock, NULL);
	pthread_cond_init(&file->moved, NULL);
	enum gpq_status status =
	    gpq_alloc_zero(budget, GPQ_TAG_PARQUET, file->n_columns * sizeof(*file->facts), &file->facts, err);
	if (status == GPQ_OK)
		status = gpq_alloc_zero(budget, GPQ_TAG_PARQUET, file->n_columns * sizeof(*file->ahead), &file->ahead, err);
	if (status == GPQ_OK)
		status = gpq_sink_write(sink, GPQ_PARQUET_MAGIC, GPQ_PARQUET_MAGIC_BYTES, err);
	if (status == GPQ_OK)
		*out = file;
	else
		gpq_parquet_file_close(file);
	return status;
}

void gpq_parquet_file_close(struct gpq_parquet_file *file)
{
	if (!file)
		return;
	gpq_buf_done(&file->groups);
	for (uint32_t c = 0; file->ahead && c < file->n_columns; c++)
		gpq_ahead_clear(file->settings.ahead, &file->ahead[c]);
	gpq_free(file->budget, GPQ_TAG_PARQUET, file->ahead, file->n_columns * sizeof(*file->ahead));
	gpq_free(file->budget, GPQ_TAG_PARQUET, file->facts, file->n_columns * sizeof(*file->facts));
	pthread_cond_destroy(&file->moved);
	pthread_mutex_destroy(&file->lock);
	gpq_free(file->budget, GPQ_TAG_PARQUET, file, sizeof(*file));
}

/* ---- failure is shared: what one call met, the others report too ---- */

enum gpq_status gpq_parquet_fail(struct gpq_parquet_file *file, enum gpq_status status, const struct gpq_error *error)
{
	pthread_mutex_lock(&file->lock);
	if (file->failed == GPQ_OK) {
		file->failed = status;
		file->failure = *error;
		pthread_cond_broadcast(&file->moved);
	}
	pthread_mutex_unlock(&file->lock);
	return status;
}

enum gpq_status gpq_parquet_failure(const struct gpq_parquet_file *file, struct gpq_error *err)
{
	if (file->failed != GPQ_OK && err)
		*err = file->failure;
	return file->failed;
}

/* ---- row groups ---- */

enum gpq_status gpq_parquet_group_begin(struct gpq_parquet_file *file, int64_t key, uint64_t rows,
					struct gpq_error *err)
{
	uint32_t count;
	const struct gpq_written_group *groups = gpq_written_groups(file, &count);
	if (file->in_group || file->finished)
		return gpq_fail(err, GPQ_E_USAGE, file->finished ? "the file is finished" : "a row group is under way");
	if (rows == 0 || rows > GPQ_PARQUET_GROUP_ROWS)
		return gpq_fail(err, GPQ_E_USAGE, "a row group has 1 to %" PRIu64 " rows, not %" PRIu64,
				GPQ_PARQUET_GROUP_ROWS, rows);
	if (count == GPQ_PARQUET_FILE_GROUPS)
		return gpq_fail(err, GPQ_E_USAGE, "a file has at most %d row groups", GPQ_PARQUET_FILE_GROUPS);
	for (uint32_t i = 0; i < count; i++)
		if (groups[i].key == key)
			return gpq_fail(err, GPQ_E_USAGE, "the row group with key %" PRId64 " is there already", key);
	pthread_mutex_lock(&file->lock);
	enum gpq_status status = gpq_parquet_failure(file, err);
	if (status == GPQ_OK) {
		file->turn = 0;
		file->claimed = file->encoded = 0;
	}
	pthread_mutex_unlock(&file->lock);
	GPQ_TRY(status);
	file->in_group = true;
	file->key = key;
	file->rows = rows;
	file->group_offset = gpq_sink_offset(file->sink);
	return GPQ_OK;
}

enum gpq_status gpq_parquet_group_end(struct gpq_parquet_file *file, struct gpq_error *err)
{
	pthread_mutex_lock(&file->lock);
	enum gpq_status status = gpq_parquet_failure(file, err);
	uint32_t turn = file->turn;
	pthread_mutex_unlock(&file->lock);
	GPQ_TRY(status);
	if (!file->in_group)
		return gpq_fail(err, GPQ_E_USAGE, "no row group is under way");
	if (turn != file->n_columns)
		return gpq_fail(err, GPQ_E_USAGE, "the row group lacks column %s",
				file->settings.table->columns[turn].name);
	struct gpq_written_group group = {
		.key = file->key,
		.offset = file->group_offset,
		.bytes = gpq_sink_offset(file->sink) - file->group_offset,
		.rows = file->rows,
	};
	struct gpq_error met = { .status = GPQ_OK };
	status = gpq_buf_reserve(&file->groups, sizeof(group), &met);
	if (status == GPQ_OK)
		status = gpq_spill_append(file->metadata, file->facts, file->n_columns * sizeof(*file->facts),
					  &group.facts, &met);
	if (status == GPQ_OK)
		status = gpq_buf_append(&file->groups, &group, sizeof(group), &met);
	if (status != GPQ_OK) {
		if (err)
			*err = met;
		return gpq_parquet_fail(file, status, &met);
	}
	file->in_group = false;
	return GPQ_OK;
}

void gpq_parquet_group_drop(struct gpq_parquet_file *file, int64_t key)
{
	uint32_t count;
	struct gpq_written_group *groups = gpq_written_groups(file, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (groups[i].key != key)
			continue;
		memmove(groups + i, groups + i + 1, (count - i - 1) * sizeof(*groups));
		file->groups.len -= sizeof(*groups);
		return;
	}
}

uint32_t gpq_parquet_groups(const struct gpq_parquet_file *file)
{
	return (uint32_t)(file->groups.len / sizeof(struct gpq_written_group));
}

uint64_t gpq_parquet_rows(const struct gpq_parquet_file *file)
{
	uint32_t count;
	const struct gpq_written_group *groups = gpq_written_groups(file, &count);
	uint64_t rows = 0;
	for (uint32_t i = 0; i < count; i++)
		rows += groups[i].rows;
	return rows;
}

bool gpq_parquet_in_order(const struct gpq_parquet_file *file)
{
	uint32_t count;
	const struct gpq_written_group *groups = gpq_written_groups(file, &count);
	uint64_t offset = GPQ_PARQUET_MAGIC_BYTES;
	for (uint32_t i = 0; i < count; i++) {
		if (groups[i].offset != offset || (i && groups[i].key < groups[i - 1].key))
			return false;
		offset += groups[i].bytes;
	}
	return gpq_sink_offset(file->sink) == offset;
}
