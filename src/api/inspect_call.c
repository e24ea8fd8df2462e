// SPDX-License-Identifier: MIT
#include "audit/inspect.h"

enum gpq_status gpq_inspect(struct gpq_texts inputs, struct gpq_texts assume, enum gpq_report report,
                            const struct gpq_hooks *hooks, struct gpq_error *err)
{
	return gpq_inspect_run(inputs, assume, report, hooks, err);
}
