// SPDX-License-Identifier: MIT
#include "cli/settings.h"
#include "cli/talk.h"
#include "cli/verbs.h"

int gpq_cli_trace(const struct gpq_cli_arguments *arguments)
{
	struct gpq_cli_talk talk;
	struct gpq_error err = { .status = GPQ_OK };
	gpq_cli_talk_init(&talk, arguments->quiet, GPQ_PROGRESS_NONE);
	enum gpq_status status =
	    gpq_trace(arguments->operands[0], arguments->operands[1], gpq_cli_texts(&arguments->sources),
		      gpq_cli_report(arguments), &talk.hooks, &err);
	return gpq_cli_talk_end(&talk, status, &err);
}
