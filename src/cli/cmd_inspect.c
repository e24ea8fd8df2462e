// SPDX-License-Identifier: MIT
#include "cli/settings.h"
#include "cli/talk.h"
#include "cli/verbs.h"

int gpq_cli_inspect(const struct gpq_cli_arguments *arguments)
{
	struct gpq_cli_talk talk;
	struct gpq_error err = { .status = GPQ_OK };
	gpq_cli_talk_init(&talk, arguments->quiet, GPQ_PROGRESS_NONE);
	struct gpq_inspect_settings settings = {
		.inputs = { arguments->operands, arguments->n_operands },
		.assume = gpq_cli_texts(&arguments->assume),
		.isos = gpq_cli_texts(&arguments->isos),
		.lines = arguments->lines,
		.report = gpq_cli_report(arguments),
	};
	enum gpq_status status = gpq_inspect(&settings, &talk.hooks, &err);
	return gpq_cli_talk_end(&talk, status, &err);
}
