// SPDX-License-Identifier: MIT
#include "audit/verify.h"

/* What verify takes where the caller names no bound. */
#define DEFAULT_BYTES ((uint64_t)256 << 20)

/* Code, stacks and libc, which the budget does not count (docs/MEMORY.md). */
#define PROCESS_BYTES ((uint64_t)12 << 20)
#define LEAST_BYTES   ((uint64_t)32 << 20)

enum gpq_status gpq_verify(struct gpq_texts paths, uint64_t memory_bytes, enum gpq_report report,
			   const struct gpq_hooks *hooks, struct gpq_error *err)
{
	uint64_t bound = memory_bytes ? memory_bytes : DEFAULT_BYTES;
	if (bound < LEAST_BYTES)
		return gpq_fail(err, GPQ_E_BUDGET, "verify needs a bound of %llu MiB at least",
				(unsigned long long)(LEAST_BYTES >> 20));
	uint64_t cap = bound - PROCESS_BYTES;
	struct gpq_budget budget;
	gpq_budget_init(&budget, cap < SIZE_MAX / 2 ? (size_t)cap : SIZE_MAX / 2);
	enum gpq_status status = gpq_convert_verify(&budget, paths, report, hooks, err);
	gpq_budget_done(&budget);
	return status;
}
