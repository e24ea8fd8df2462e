/*
 * convert/convert.h - a conversion from settings to published files.
 *
 *   check ─► discover ─► plan ─► lock ─► pipeline ─► finish ─► publish ─► report
 */
#ifndef GPQ_CONVERT_CONVERT_H
#define GPQ_CONVERT_CONVERT_H

#include "base/budget.h"

/* See gpq_convert() and gpq_plan() in gridpq.h. */
GPQ_MUST_USE enum gpq_status gpq_convert_run(const struct gpq_convert_settings *settings, const struct gpq_hooks *hooks,
                                             struct gpq_error *err);

/* gpq_convert_within() is gpq_convert_run() with a budget of the caller's, fresh from gpq_budget_init(): the plan sets its cap.
 * So tests can make an allocation fail, and see that everything was given back. */
GPQ_MUST_USE enum gpq_status gpq_convert_within(struct gpq_budget *budget, const struct gpq_convert_settings *settings,
                                                const struct gpq_hooks *hooks, struct gpq_error *err);

GPQ_MUST_USE enum gpq_status gpq_convert_plan(const struct gpq_convert_settings *settings, enum gpq_report report,
                                              const struct gpq_hooks *hooks, struct gpq_error *err);

#endif
