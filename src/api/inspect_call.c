// SPDX-License-Identifier: MIT
#include "audit/inspect.h"

enum gpq_status gpq_inspect(const struct gpq_inspect_settings *settings, const struct gpq_hooks *hooks, struct gpq_error *err)
{
	return gpq_inspect_run(settings, hooks, err);
}
