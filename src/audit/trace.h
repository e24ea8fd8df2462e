/*
 * audit/trace.h - from a row of a Parquet file back to the lines that it came from. What the source's lines do not say is
 * looked for in the files and members whose names begin with the same dates.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_TRACE_H
#define GPQ_AUDIT_TRACE_H

#include "base/budget.h"

/*
 * gpq_convert_trace() does what gpq_trace() of gridpq.h says.
 * Returns GPQ_OK where the row and a line with its numbers were found; GPQ_E_USAGE (the key is malformed, or no row has
 * it); GPQ_E_INPUT_MISSING (no file of the source's name was found); GPQ_E_FINDINGS (the source does not say what the
 * row says); the reader's and the source's errors.
 */
GPQ_MUST_USE enum gpq_status gpq_convert_trace(struct gpq_budget *budget, const char *path, const char *key,
					       struct gpq_texts sources, enum gpq_report report,
					       const struct gpq_hooks *hooks, struct gpq_error *err);

#endif
