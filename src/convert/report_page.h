/*
 * convert/report_page.h - a report under way, and the part of it that is about one dataset (report_dataset.c).
 */
#ifndef GPQ_CONVERT_REPORT_PAGE_H
#define GPQ_CONVERT_REPORT_PAGE_H

#include "base/json.h"
#include "convert/run.h"

/* Where a report goes: a buffer that is handed on and emptied piece by piece. */
struct gpq_report_page {
	struct gpq_run *run;
	struct gpq_buf text;
	struct gpq_json json;
	struct gpq_error *err;
};

void gpq_report_page_give(struct gpq_report_page *page);

/*
 * gpq_report_dataset_json() and _text() say what was written of a dataset, which intervals are there, whether prices add up,
 * what is missing and which locations come and go.
 * Errors: GPQ_E_BUDGET while printing, those of the spill file.
 */
GPQ_MUST_USE enum gpq_status gpq_report_dataset_json(struct gpq_report_page *page, const struct gpq_dataset_run *dataset);
GPQ_MUST_USE enum gpq_status gpq_report_dataset_text(struct gpq_report_page *page, const struct gpq_dataset_run *dataset);

#endif
