// SPDX-License-Identifier: MIT
#include "cli/settings.h"
#include "cli/talk.h"
#include "cli/verbs.h"

int gpq_cli_verify(const struct gpq_cli_arguments *arguments)
{
	struct gpq_cli_talk talk;
	struct gpq_error err = { .status = GPQ_OK };
	gpq_cli_talk_init(&talk, arguments->quiet, GPQ_PROGRESS_NONE);
	struct gpq_texts paths = { arguments->operands, arguments->n_operands };
	enum gpq_status status =
	    gpq_verify(paths, arguments->memory_bytes, gpq_cli_report(arguments), &talk.hooks, &err);
	return gpq_cli_talk_end(&talk, status, &err);
}
