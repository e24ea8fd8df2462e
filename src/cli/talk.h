/*
 * cli/talk.h - what the library says goes to the terminal: results to standard output, the rest to standard error.
 * Call order: init -> a call of the library with 'hooks' -> end.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_TALK_H
#define GPQ_CLI_TALK_H

#include "cli/progress.h"

struct gpq_cli_talk {
	struct gpq_hooks hooks;
	struct gpq_cli_display display;
	bool quiet;                                                /* errors only */
	int output_errno;                                          /* why standard output takes no more; 0: it does */
	char last_error[sizeof(((struct gpq_error *)0)->message)]; /* said already: is not said again at the end */
};

/* 'talk' must stay where it is: its hooks point to it. */
void gpq_cli_talk_init(struct gpq_cli_talk *talk, bool quiet, enum gpq_cli_progress progress);

/* gpq_cli_talk_end() says what went wrong, if anything, and returns the program's exit code. */
int gpq_cli_talk_end(struct gpq_cli_talk *talk, enum gpq_status status, const struct gpq_error *err);

#endif
