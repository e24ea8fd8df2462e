/*
 * input/discover.h - find the inputs and say what each is.
 */
#ifndef GPQ_INPUT_DISCOVER_H
#define GPQ_INPUT_DISCOVER_H

#include "input/catalogue.h"

/*
 * gpq_discover() walks the inputs of 'settings' and enters every file into 'catalogue', recognised or not, in reading order.
 * What cannot be read is entered as FAILED with its reason. Files below an output folder that stands within an input are passed
 * over; where the input is or stands in the output folder, what a run writes there.
 * Errors: GPQ_E_INPUT_MISSING (an input named by the caller), GPQ_E_USAGE (--assume, --iso, --dataset), GPQ_E_BUDGET.
 */
GPQ_MUST_USE enum gpq_status gpq_discover(struct gpq_budget *budget, const struct gpq_convert_settings *settings,
                                          const struct gpq_hooks *hooks, uint32_t cpu_features,
                                          struct gpq_catalogue *catalogue, struct gpq_error *err);

/* Whether a market is one of 'isos', or there are none. */
bool gpq_market_wanted(struct gpq_texts isos, const struct gpq_market *market);

/* gpq_isos_check() refuses names of no market. Errors: GPQ_E_USAGE. */
GPQ_MUST_USE enum gpq_status gpq_isos_check(struct gpq_texts isos, struct gpq_error *err);

/* Whether a dataset is asked for: by "dataset" or "iso/dataset". */
bool gpq_dataset_wanted(const struct gpq_convert_settings *settings, const struct gpq_market *market,
                        const struct gpq_dataset *dataset);

#endif
