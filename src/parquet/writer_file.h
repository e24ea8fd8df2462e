/*
 * parquet/writer_file.h - a file under way, as writer.c, writer_turns.c and writer_finish.c share it.
 */
#ifndef GPQ_PARQUET_WRITER_FILE_H
#define GPQ_PARQUET_WRITER_FILE_H

#include "base/buf.h"
#include "parquet/ahead.h"
#include "parquet/chunk.h"

#include <pthread.h>

/* What stays in memory of a finished row group. */
struct gpq_written_group {
	int64_t key;
	uint64_t offset, bytes, rows; /* in the sink */
	uint64_t facts;               /* where the metadata file has its chunks' facts, n_columns of them */
	uint64_t places;              /* where it has their index places (finish) */
};

struct gpq_parquet_file {
	struct gpq_budget *budget;
	struct gpq_parquet_settings settings;
	struct gpq_sink *sink;
	struct gpq_spill *metadata;
	uint32_t n_columns;
	struct gpq_chunk_facts *facts; /* n_columns: of the group under way */
	struct gpq_buf groups;         /* struct gpq_written_group each, in the order in which they were written */
	bool in_group, finished;
	int64_t key;
	uint64_t rows, group_offset;
	/* Under 'lock': who may write to the sink, and whether anything failed. */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* 'turn' or 'failed' changed */
	uint32_t turn;        /* the column that goes to the sink now */
	uint64_t claimed;     /* bit c: column c is being written, or is */
	uint64_t encoded;     /* bit c: column c is encoded, and all of it waits in ahead[c] for its turn */
	struct gpq_ahead_queue *ahead; /* n_columns */
	enum gpq_status failed;
	struct gpq_error failure;
};

static inline struct gpq_written_group *gpq_written_groups(const struct gpq_parquet_file *file, uint32_t *out_count)
{
	*out_count = (uint32_t)(file->groups.len / sizeof(struct gpq_written_group));
	return (struct gpq_written_group *)(void *)file->groups.bytes;
}

/* Notes the first failure, which all calls under way report too; returns 'status'. Not under the lock. */
enum gpq_status gpq_parquet_fail(struct gpq_parquet_file *file, enum gpq_status status, const struct gpq_error *error);

/* The failure noted, if any. Under the lock. */
enum gpq_status gpq_parquet_failure(const struct gpq_parquet_file *file, struct gpq_error *err);

/* What finish takes for its time. */
size_t gpq_parquet_finish_need(uint32_t n_columns);

#endif
