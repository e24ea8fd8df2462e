// SPDX-License-Identifier: MIT
#include "audit/trace.h"

/* What trace may take: the default bound of a run (256 MiB) without code, stacks and libc (docs/MEMORY.md). */
#define BUDGET_BYTES ((size_t)244 << 20)

enum gpq_status gpq_trace(const char *path, const char *key, struct gpq_texts sources, enum gpq_report report,
			  const struct gpq_hooks *hooks, struct gpq_error *err)
{
	struct gpq_budget budget;
	gpq_budget_init(&budget, BUDGET_BYTES);
	enum gpq_status status = gpq_convert_trace(&budget, path, key, sources, report, hooks, err);
	gpq_budget_done(&budget);
	return status;
}
