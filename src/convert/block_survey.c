// SPDX-License-Identifier: MIT
#include "convert/block_survey.h"

#define RUNS_AT_ONCE 128u

/* In the spill file; the runs stand behind it. */
struct record {
	struct gpq_block_sums sums;
	uint32_t n_runs;
};

size_t gpq_block_survey_need(uint32_t n_codes)
{
	size_t sums = gpq_block_sums_need(), presence = gpq_presence_need(n_codes);
	return sums > presence ? sums : presence;
}

size_t gpq_dataset_survey_need(uint32_t n_codes)
{
	return gpq_presence_need(n_codes);
}

/* Runs are appended by themselves: other threads append to the same file. */
static enum gpq_status survey_keep(const struct record *record, const struct gpq_presence_run *runs,
                                   struct gpq_block_slot *slot, struct gpq_spill *spill, struct gpq_error *err)
{
	uint64_t at = 0, runs_at = 0;
	if (record->n_runs)
		GPQ_TRY(gpq_spill_append(spill, runs, record->n_runs * sizeof(*runs), &runs_at, err));
	GPQ_TRY(gpq_spill_append(spill, record, sizeof(*record), &at, err));
	slot->survey_at = at;
	slot->presence_at = runs_at;
	slot->surveyed = true;
	return GPQ_OK;
}

enum gpq_status gpq_block_survey_make(const struct gpq_block_facts *facts, struct gpq_block_slot *slot,
                                      struct gpq_spill *spill, struct gpq_error *err)
{
	struct record record = { .n_runs = 0 };
	struct gpq_presence_run *runs = NULL;
	/* Where every row has all of its total and adds up, so do those that rows of one key came to. */
	if (slot->held_rows == gpq_block_rows(slot->block))
		record.sums.checked = slot->current_rows;
	else
		GPQ_TRY(gpq_block_sums_make(facts, &record.sums, err));
	GPQ_TRY(gpq_presence_runs(facts, &runs, &record.n_runs, err));
	enum gpq_status status = survey_keep(&record, runs, slot, spill, err);
	gpq_free(facts->budget, GPQ_TAG_CONVERT, runs, record.n_runs * sizeof(*runs));
	return status;
}

static enum gpq_status slot_add(struct gpq_dataset_survey *survey, const struct gpq_block_slot *slot,
                                struct gpq_spill *spill, struct gpq_error *err)
{
	struct gpq_presence_run runs[RUNS_AT_ONCE];
	struct record record;
	uint32_t code = 0;
	GPQ_TRY(gpq_spill_read(spill, slot->survey_at, &record, sizeof(record), err));
	gpq_block_sums_add(&survey->sums, &record.sums, slot->dataset->locations);
	for (uint32_t done = 0, n; done < record.n_runs; done += n) {
		n = record.n_runs - done < RUNS_AT_ONCE ? record.n_runs - done : RUNS_AT_ONCE;
		GPQ_TRY(gpq_spill_read(spill, slot->presence_at + done * sizeof(runs[0]), runs, n * sizeof(runs[0]), err));
		gpq_presence_add(&survey->presence, slot->span.first_day, runs, n, &code);
	}
	return GPQ_OK;
}

enum gpq_status gpq_dataset_survey_init(struct gpq_dataset_survey *survey, struct gpq_budget *budget,
                                        const struct gpq_dataset_run *run, struct gpq_spill *spill,
                                        struct gpq_error *err)
{
	*survey = (struct gpq_dataset_survey){ .sums = { .checked = 0 } };
	GPQ_TRY(gpq_presence_init(&survey->presence, budget, run, err));
	enum gpq_status status = GPQ_OK;
	for (uint32_t s = 0; s < run->n_slots && status == GPQ_OK; s++)
		if (run->slots[s]->surveyed)
			status = slot_add(survey, run->slots[s], spill, err);
	if (status != GPQ_OK)
		gpq_dataset_survey_done(survey);
	return status;
}

void gpq_dataset_survey_done(struct gpq_dataset_survey *survey)
{
	gpq_presence_done(&survey->presence);
}
