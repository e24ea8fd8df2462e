// SPDX-License-Identifier: MIT
#include "convert/convert.h"

enum gpq_status gpq_convert(const struct gpq_convert_settings *settings, const struct gpq_hooks *hooks,
                            struct gpq_error *err)
{
	return gpq_convert_run(settings, hooks, err);
}

enum gpq_status gpq_plan(const struct gpq_convert_settings *settings, enum gpq_report report,
                         const struct gpq_hooks *hooks, struct gpq_error *err)
{
	return gpq_convert_plan(settings, report, hooks, err);
}
