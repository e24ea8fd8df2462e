// SPDX-License-Identifier: MIT
#include "cli/talk.h"

#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char *const severities[] = { [GPQ_NOTE] = "", [GPQ_WARNING] = "warning: ", [GPQ_ERROR] = "" };

/* Names of files may hold anything, and a terminal takes commands. */
static bool is_control(char byte)
{
	return (unsigned char)byte < ' ' || byte == 0x7f;
}

static void line_say(const char *prefix, const char *text)
{
	fprintf(stderr, "gridpq: %s", prefix);
	for (; *text; text++)
		fputc(is_control(*text) ? '?' : *text, stderr);
	fputc('\n', stderr);
}

static void on_message(void *context, enum gpq_severity severity, const char *text)
{
	struct gpq_cli_talk *talk = context;
	if (severity == GPQ_ERROR)
		snprintf(talk->last_error, sizeof(talk->last_error), "%s", text);
	if (talk->quiet && severity != GPQ_ERROR)
		return;
	gpq_cli_display_clear(&talk->display);
	line_say(severities[severity], text);
}

static void on_result(void *context, const char *bytes, size_t len)
{
	struct gpq_cli_talk *talk = context;
	gpq_cli_display_clear(&talk->display);
	for (size_t at = 0; at < len && !talk->output_errno;) {
		size_t plain = at;
		while (plain < len && (bytes[plain] == '\n' || !is_control(bytes[plain])))
			plain++;
		bool put = fwrite(bytes + at, 1, plain - at, stdout) == plain - at;
		if (!put || (plain < len && fputc('?', stdout) == EOF))
			talk->output_errno = errno;
		at = plain + 1;
	}
}

static void on_progress(void *context, const struct gpq_progress *moment)
{
	struct gpq_cli_talk *talk = context;
	gpq_cli_display_show(&talk->display, moment);
}

static bool on_cancelled(void *context)
{
	const struct gpq_cli_talk *talk = context;
	return gpq_cli_signal_seen() || talk->output_errno;
}

void gpq_cli_talk_init(struct gpq_cli_talk *talk, bool quiet, enum gpq_cli_progress progress)
{
	*talk = (struct gpq_cli_talk){
		.hooks = { .context = talk,
			   .result = on_result,
			   .message = on_message,
			   .progress = on_progress,
			   .cancelled = on_cancelled },
		.quiet = quiet,
	};
	gpq_cli_display_init(&talk->display, quiet && progress == GPQ_PROGRESS_AUTO ? GPQ_PROGRESS_NONE : progress);
	gpq_cli_signals_catch();
}

int gpq_cli_talk_end(struct gpq_cli_talk *talk, enum gpq_status status, const struct gpq_error *err)
{
	int code = gpq_status_exit_code(status);
	gpq_cli_display_clear(&talk->display);
	if (fflush(stdout) != 0 && !talk->output_errno)
		talk->output_errno = errno;
	if (talk->output_errno == EPIPE)
		return 128 + SIGPIPE; /* the reader has what it wanted: what a shell says of a program that the signal
					 ended */
	if (talk->output_errno) {
		fprintf(stderr, "gridpq: standard output takes no more: %s\n", strerror(talk->output_errno));
		code = code ? code : gpq_status_exit_code(GPQ_E_SYSTEM);
	}
	if (status == GPQ_E_INTERRUPTED && gpq_cli_signal_seen()) {
		fprintf(stderr, "gridpq: stopped by signal %d (%s); nothing incomplete is left\n",
			gpq_cli_signal_seen(), strsignal(gpq_cli_signal_seen()));
		return 128 + gpq_cli_signal_seen();
	}
	const char *text = *err->message ? err->message : gpq_status_text(status);
	if (status != GPQ_OK && strcmp(text, talk->last_error) != 0)
		line_say("", text);
	return code;
}
