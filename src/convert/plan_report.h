/*
 * convert/plan_report.h - 'gridpq plan': what would be read and written, the disk it takes, and the memory sum room by room.
 */
#ifndef GPQ_CONVERT_PLAN_REPORT_H
#define GPQ_CONVERT_PLAN_REPORT_H

#include "convert/run.h"

/* gpq_plan_report() prints the plan of a run that is discovered, through hooks.result. */
GPQ_MUST_USE enum gpq_status gpq_plan_report(struct gpq_run *run, enum gpq_report report, struct gpq_error *err);

#endif
