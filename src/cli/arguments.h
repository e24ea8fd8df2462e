/*
 * cli/arguments.h - a command line becomes struct gpq_cli_arguments, by the table in options.c.
 * Memory: none; texts stay in argv, which is changed: operands move to its front, lists are cut at their commas.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_ARGUMENTS_H
#define GPQ_CLI_ARGUMENTS_H

#include "cli/options.h"

/*
 * gpq_cli_arguments_parse() reads the 'argc' words behind the verb. Options may stand anywhere before "--".
 * Returns false after having said on standard error what is wrong. 'out' is complete on true; with 'help' set the
 * number of operands was not checked.
 */
bool gpq_cli_arguments_parse(enum gpq_cli_verb verb, int argc, char **argv, struct gpq_cli_arguments *out);

#endif
