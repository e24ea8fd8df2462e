/*
 * cli/near.h - which known word a mistyped one probably is.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_NEAR_H
#define GPQ_CLI_NEAR_H

#include "cli/options.h"

/* The option of 'verb' whose name is at most two edits from the 'len' bytes at 'word', or NULL. */
const char *gpq_cli_near_option(enum gpq_cli_verb verb, const char *word, size_t len);

/* The verb whose name is at most two edits from 'word', or NULL. */
const char *gpq_cli_near_verb(const char *word);

#endif
