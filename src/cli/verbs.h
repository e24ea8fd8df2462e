/*
 * cli/verbs.h - what the verbs do: one file each, cmd_<verb>.c. They return the exit code.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_VERBS_H
#define GPQ_CLI_VERBS_H

struct gpq_cli_arguments;

int gpq_cli_convert(const struct gpq_cli_arguments *arguments);
int gpq_cli_plan(const struct gpq_cli_arguments *arguments);
int gpq_cli_inspect(const struct gpq_cli_arguments *arguments);
int gpq_cli_verify(const struct gpq_cli_arguments *arguments);
int gpq_cli_trace(const struct gpq_cli_arguments *arguments);
int gpq_cli_formats(const struct gpq_cli_arguments *arguments);
int gpq_cli_schema(const struct gpq_cli_arguments *arguments);

#endif
