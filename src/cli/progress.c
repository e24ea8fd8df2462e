// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PLAIN_SECONDS 5.0
#define BAR_COLUMNS   20
#define LINE_BYTES    256

void gpq_cli_display_init(struct gpq_cli_display *display, enum gpq_cli_progress form)
{
	if (form == GPQ_PROGRESS_AUTO)
		form = isatty(STDERR_FILENO) ? GPQ_PROGRESS_BAR : GPQ_PROGRESS_PLAIN;
	*display = (struct gpq_cli_display){ .form = form };
}

static char *size_print(double bytes, char out[24])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned unit = 0;
	while (bytes >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, 24, unit && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
	return out;
}

static char *time_print(double seconds, char out[24])
{
	unsigned long whole = seconds > 0 && seconds < 1e8 ? (unsigned long)(seconds + 0.5) : 0;
	if (whole < 60)
		snprintf(out, 24, "%lu s", whole);
	else if (whole < 3600)
		snprintf(out, 24, "%lu:%02lu min", whole / 60, whole % 60);
	else
		snprintf(out, 24, "%lu:%02lu h", whole / 3600, whole / 60 % 60);
	return out;
}

static double share(const struct gpq_progress *moment)
{
	if (!moment->total_bytes)
		return 0;
	double done = (double)moment->read_bytes / (double)moment->total_bytes;
	return done < 1 ? done : 1;
}

/* "612 MiB of 1.2 GiB, 145 MiB/s, 31/60 files, 4 s left, 112 MiB resident" */
static void facts_print(const struct gpq_progress *moment, char out[LINE_BYTES])
{
	char read[24], total[24], rate_text[24], left_text[24] = "", resident[24];
	double rate = moment->seconds > 0 ? (double)moment->read_bytes / moment->seconds : 0;
	double left = moment->total_bytes > moment->read_bytes ? (double)(moment->total_bytes - moment->read_bytes) : 0;
	if (rate > 0 && left > 0)
		time_print(left / rate, left_text);
	snprintf(out, LINE_BYTES, "%s of %s, %s/s, %llu/%llu files, %s%s%s resident",
		 size_print((double)moment->read_bytes, read), size_print((double)moment->total_bytes, total),
		 size_print(rate, rate_text), (unsigned long long)moment->files_done,
		 (unsigned long long)moment->files_total, left_text, *left_text ? " left, " : "",
		 size_print((double)moment->resident_bytes, resident));
}

/* One line of the terminal: what the numbers leave of it, up to BAR_COLUMNS, is the bar. */
static void bar_draw(const struct gpq_progress *moment)
{
	char bar[BAR_COLUMNS + 1], facts[LINE_BYTES], line[2 * LINE_BYTES];
	const char *phase = moment->phase ? moment->phase : "";
	struct winsize window = { .ws_col = 0 };
	size_t columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1 ? window.ws_col - 1u : 79;
	facts_print(moment, facts);
	size_t used = strlen(phase) + strlen(facts) + strlen(" [] 100%  ");
	size_t width = used >= columns ? 0 : columns - used < BAR_COLUMNS ? columns - used : BAR_COLUMNS;
	size_t full = (size_t)(share(moment) * (double)width);
	memset(bar, '-', width);
	memset(bar, '#', full);
	bar[width] = 0;
	int len = snprintf(line, sizeof(line), width ? "%s [%s] %3.0f%%  %s" : "%s%s %3.0f%%  %s", phase, bar,
			   100 * share(moment), facts);
	if (len > 0)
		fprintf(stderr, "\r%.*s\033[K", (int)((size_t)len < columns ? (size_t)len : columns), line);
	fflush(stderr);
}

static void json_print(const struct gpq_progress *moment)
{
	/* 'phase' is one of the library's own words: nothing in it needs to be escaped. */
	fprintf(stderr,
		"{\"phase\":\"%s\",\"read_bytes\":%llu,\"total_bytes\":%llu,\"rows\":%llu,\"files_done\":%llu,"
		"\"files_total\":%llu,\"resident_bytes\":%llu,\"seconds\":%.3f}\n",
		moment->phase ? moment->phase : "", (unsigned long long)moment->read_bytes,
		(unsigned long long)moment->total_bytes, (unsigned long long)moment->rows,
		(unsigned long long)moment->files_done, (unsigned long long)moment->files_total,
		(unsigned long long)moment->resident_bytes, moment->seconds);
}

void gpq_cli_display_show(struct gpq_cli_display *display, const struct gpq_progress *moment)
{
	char facts[LINE_BYTES];
	switch (display->form) {
	case GPQ_PROGRESS_BAR:
		bar_draw(moment);
		display->drawn = true;
		break;
	case GPQ_PROGRESS_PLAIN:
		if (moment->seconds < display->last_seconds + PLAIN_SECONDS)
			break;
		display->last_seconds = moment->seconds;
		facts_print(moment, facts);
		fprintf(stderr, "gridpq: %s, %.0f%%, %s\n", moment->phase ? moment->phase : "", 100 * share(moment),
			facts);
		break;
	case GPQ_PROGRESS_JSON:
		json_print(moment);
		break;
	case GPQ_PROGRESS_AUTO:
	case GPQ_PROGRESS_NONE:
		break;
	}
}

void gpq_cli_display_clear(struct gpq_cli_display *display)
{
	if (!display->drawn)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	display->drawn = false;
}
