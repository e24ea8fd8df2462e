/*
 * audit/verify.h - read Parquet files back whole and report what is wrong with them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_AUDIT_VERIFY_H
#define GPQ_AUDIT_VERIFY_H

#include "base/budget.h"

/*
 * gpq_convert_verify() verifies the files in 'paths' and every *.parquet file below the folders in it.
 * Returns GPQ_OK; GPQ_E_FINDINGS (each went to hooks->result); GPQ_E_INPUT_MISSING (a path, or no file below all of
 * them), GPQ_E_BUDGET, GPQ_E_SYSTEM, GPQ_E_PERMISSION, GPQ_E_INTERRUPTED.
 */
GPQ_MUST_USE enum gpq_status gpq_convert_verify(struct gpq_budget *budget, struct gpq_texts paths,
						enum gpq_report report, const struct gpq_hooks *hooks,
						struct gpq_error *err);

#endif
