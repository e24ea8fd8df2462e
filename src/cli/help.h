/*
 * cli/help.h - texts made from the table of verbs and options.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_HELP_H
#define GPQ_CLI_HELP_H

#include "cli/options.h"

#include <stdio.h>

/* help.c: what the program is, and one verb with its options. */
void gpq_cli_help_program(FILE *out);
void gpq_cli_help_verb(FILE *out, enum gpq_cli_verb verb);

/* manual.c: gridpq.1, in the man(7) macros. */
void gpq_cli_manual(FILE *out);

/* completion.c: scripts to be sourced by the shells. */
void gpq_cli_completion_bash(FILE *out);
void gpq_cli_completion_zsh(FILE *out);

#endif
