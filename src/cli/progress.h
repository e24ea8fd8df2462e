/*
 * cli/progress.h - how far a run is, on standard error: a bar, plain lines, JSON lines or nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_PROGRESS_H
#define GPQ_CLI_PROGRESS_H

#include "cli/options.h"

struct gpq_cli_display {
	enum gpq_cli_progress form; /* never AUTO */
	bool drawn;                 /* a bar stands on the terminal's last line */
	double last_seconds;        /* PLAIN: of the last line */
};

/* gpq_cli_display_init() resolves AUTO: a bar where standard error is a terminal, else plain lines. */
void gpq_cli_display_init(struct gpq_cli_display *display, enum gpq_cli_progress form);

void gpq_cli_display_show(struct gpq_cli_display *display, const struct gpq_progress *moment);

/* gpq_cli_display_clear() takes the bar away, so that a line of text can follow. */
void gpq_cli_display_clear(struct gpq_cli_display *display);

#endif
