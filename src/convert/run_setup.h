/*
 * convert/run_setup.h - a run's parts are made before a byte of data is read, and given back after the last.
 */
#ifndef GPQ_CONVERT_RUN_SETUP_H
#define GPQ_CONVERT_RUN_SETUP_H

#include "convert/run.h"

/* gpq_run_discover() finds the inputs and makes the plans: all that 'gridpq plan' needs. */
GPQ_MUST_USE enum gpq_status gpq_run_discover(struct gpq_run *run, const struct gpq_convert_settings *settings,
                                              const struct gpq_hooks *hooks, struct gpq_budget *budget,
                                              struct gpq_error *err);

/* gpq_run_open() takes what all stages share. */
GPQ_MUST_USE enum gpq_status gpq_run_open(struct gpq_run *run, struct gpq_error *err);

/* Gives everything back; unpublished outputs vanish. For a run in any state. */
void gpq_run_close(struct gpq_run *run);

#endif
