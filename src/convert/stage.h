/*
 * convert/stage.h - a run goes stage by stage: the rows of a market and table, then those of the next. What a stage takes it
 * gives back at its end, when its outputs are written, so that eight markets need no more than the one that needs most.
 * Threads: one; workers are there between begin and end only.
 */
#ifndef GPQ_CONVERT_STAGE_H
#define GPQ_CONVERT_STAGE_H

#include "convert/run.h"

bool gpq_stage_has(const struct gpq_stage *stage, const struct gpq_dataset_run *dataset);

/* gpq_stages_plan() finds the stages of the run's datasets and makes their plans. Errors: GPQ_E_BUDGET, with the bound that works for all. */
GPQ_MUST_USE enum gpq_status gpq_stages_plan(struct gpq_run *run, struct gpq_error *err);

/* The most threads that a stage has. */
uint32_t gpq_stages_threads(const struct gpq_run *run);

/* gpq_stage_begin() takes what the stage's plan says. Call order: begin -> work -> end; end for a run in any state. */
GPQ_MUST_USE enum gpq_status gpq_stage_begin(struct gpq_run *run, const struct gpq_stage *stage, struct gpq_error *err);
void gpq_stage_end(struct gpq_run *run);

#endif
