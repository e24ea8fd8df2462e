/*
 * convert/block_survey.h - what the report says of the rows of a written block beyond their number: whether prices add up, what
 * is missing, where there are rows. It waits in the run's metadata spill, as a block's tallies do, so that a block that is built
 * again is told anew.
 * Memory: gpq_block_survey_need() while a block is surveyed, gpq_dataset_survey_need() while a dataset is summed up; nothing
 * in between.      Threads: one a block.
 */
#ifndef GPQ_CONVERT_BLOCK_SURVEY_H
#define GPQ_CONVERT_BLOCK_SURVEY_H

#include "convert/block_sums.h"
#include "convert/presence.h"

size_t gpq_block_survey_need(uint32_t n_codes);

/* gpq_block_survey_make() surveys a turned block and leaves what it found with 'slot'. Errors: GPQ_E_BUDGET, those of
 * cursors and of the spill file. */
GPQ_MUST_USE enum gpq_status gpq_block_survey_make(const struct gpq_block_facts *facts, struct gpq_block_slot *slot,
                                                   struct gpq_spill *spill, struct gpq_error *err);

/* A dataset: all of its blocks. */
struct gpq_dataset_survey {
	struct gpq_block_sums sums;
	struct gpq_presence presence;
};

size_t gpq_dataset_survey_need(uint32_t n_codes);

/* gpq_dataset_survey_init() sums up the written blocks of a dataset. Call order: init -> read -> done. */
GPQ_MUST_USE enum gpq_status gpq_dataset_survey_init(struct gpq_dataset_survey *survey, struct gpq_budget *budget,
                                                     const struct gpq_dataset_run *run, struct gpq_spill *spill,
                                                     struct gpq_error *err);
void gpq_dataset_survey_done(struct gpq_dataset_survey *survey);

#endif
