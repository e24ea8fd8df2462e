/*
 * convert/dataset_summary.h - what the report says of a dataset's rows, with the names of the locations that it names: it is made
 * while the stage's locations are there, and waits in the run's metadata spill.
 * Memory: none of its own; some 18 KiB of the caller's stack.      Threads: one.
 */
#ifndef GPQ_CONVERT_DATASET_SUMMARY_H
#define GPQ_CONVERT_DATASET_SUMMARY_H

#include "convert/block_survey.h"

#define GPQ_SUMMARY_NAME_BYTES 200

/* As far as there is room, with a NUL behind. */
struct gpq_named_location {
	char name[GPQ_SUMMARY_NAME_BYTES]; /* as `trace` takes it: of ancillary rows "product/region/resource", without what is null */
	char id[GPQ_SUMMARY_NAME_BYTES];
	bool has_id;
};

/* A location that appears after the dataset's first date, or vanishes before its last. */
struct gpq_named_change {
	struct gpq_named_location location;
	int32_t day;
};

struct gpq_dataset_summary {
	struct gpq_block_sums sums;
	struct gpq_named_location worst; /* of sums.worst, where some sum is off */
	uint32_t locations, appeared, vanished;
	uint32_t n_named_appeared, n_named_vanished;
	struct gpq_named_change named_appeared[GPQ_PRESENCE_NAMED], named_vanished[GPQ_PRESENCE_NAMED];
};

/* gpq_dataset_summary_keep() sums up the written blocks of a dataset. Errors: GPQ_E_BUDGET (gpq_dataset_survey_need()), those of
 * the spill file. */
GPQ_MUST_USE enum gpq_status gpq_dataset_summary_keep(struct gpq_dataset_run *run, struct gpq_budget *budget,
                                                      struct gpq_spill *spill, struct gpq_error *err);

/* gpq_dataset_summary_read() gives what was kept, or nothing at all of a dataset of which nothing was. */
GPQ_MUST_USE enum gpq_status gpq_dataset_summary_read(const struct gpq_dataset_run *run, struct gpq_spill *spill,
                                                      struct gpq_dataset_summary *out, struct gpq_error *err);

#endif
