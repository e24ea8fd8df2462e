/*
 * convert/partition_sums.h - what a run made of one partition of a dataset: a year, or a month of one.
 * Memory: 64 KiB of the run's budget, for the call.      Threads: one.
 */
#ifndef GPQ_CONVERT_PARTITION_SUMS_H
#define GPQ_CONVERT_PARTITION_SUMS_H

#include "convert/run.h"

struct gpq_partition_sums {
	uint32_t inputs;                         /* that had rows for it, whatever became of these */
	uint64_t joined, duplicate, superseded;  /* of their partial rows */
	uint32_t days, days_short;               /* delivery dates in it, from the dataset's first to its last; those that lack intervals */
};

/* gpq_partition_sums_find() adds up the written blocks of a partition. Errors: GPQ_E_BUDGET, those of the spill file. */
GPQ_MUST_USE enum gpq_status gpq_partition_sums_find(struct gpq_run *run, const struct gpq_dataset_run *dataset,
                                                     int32_t partition, struct gpq_partition_sums *out, struct gpq_error *err);

#endif
