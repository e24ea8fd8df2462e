// SPDX-License-Identifier: MIT
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t seen;

static void note(int number)
{
	if (!seen)
		seen = number;
}

void gpq_cli_signals_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	/* System calls carry on: the run stops between its steps and not within one. */
	struct sigaction noting = { .sa_handler = note, .sa_flags = SA_RESTART };
	struct sigaction ignoring = { .sa_handler = SIG_IGN };
	sigemptyset(&noting.sa_mask);
	sigemptyset(&ignoring.sa_mask);
	for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
		struct sigaction before;
		if (sigaction(numbers[k], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[k], &noting, NULL);
	}
	sigaction(SIGPIPE, &ignoring, NULL);
}

int gpq_cli_signal_seen(void)
{
	return seen;
}
