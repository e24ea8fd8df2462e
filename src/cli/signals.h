/*
 * cli/signals.h - a signal asks the run to stop; the run looks when it suits it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_SIGNALS_H
#define GPQ_CLI_SIGNALS_H

/* gpq_cli_signals_catch() notes SIGINT, SIGTERM and SIGHUP from now on (those that the caller had ignored stay
 * ignored), and makes a reader that went away an error of the write instead of a signal. */
void gpq_cli_signals_catch(void);

/* The first signal that came, or 0. */
int gpq_cli_signal_seen(void);

#endif
