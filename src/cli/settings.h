/*
 * cli/settings.h - the library's settings from a command line, for convert and plan.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_SETTINGS_H
#define GPQ_CLI_SETTINGS_H

#include "cli/options.h"

struct gpq_convert_settings gpq_cli_settings(const struct gpq_cli_arguments *arguments);

/* The list as the library takes it. Borrows until 'list' changes. */
struct gpq_texts gpq_cli_texts(const struct gpq_cli_list *list);

/* The form of the report that a verb's --json asks for. */
enum gpq_report gpq_cli_report(const struct gpq_cli_arguments *arguments);

#endif
