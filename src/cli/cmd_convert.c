// SPDX-License-Identifier: MIT
#include "cli/settings.h"
#include "cli/talk.h"
#include "cli/verbs.h"

int gpq_cli_convert(const struct gpq_cli_arguments *arguments)
{
	if (arguments->dry_run)
		return gpq_cli_plan(arguments);
	struct gpq_cli_talk talk;
	struct gpq_error err = { .status = GPQ_OK };
	struct gpq_convert_settings settings = gpq_cli_settings(arguments);
	gpq_cli_talk_init(&talk, arguments->quiet, (enum gpq_cli_progress)arguments->progress);
	enum gpq_status status = gpq_convert(&settings, &talk.hooks, &err);
	return gpq_cli_talk_end(&talk, status, &err);
}
