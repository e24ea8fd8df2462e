// SPDX-License-Identifier: MIT
/*
 * A page of C that uses the library: convert a folder inside 64 MiB and say what came of it.
 *
 *   cc -o convert examples/convert.c $(pkg-config --cflags --libs gridpq)
 *   ./convert FOLDER OUT
 */
#include <gridpq/gridpq.h>

#include <stdio.h>

/* The library prints nothing: texts come here, from one thread at a time. */
static void on_message(void *context, enum gpq_severity severity, const char *text)
{
	(void)context;
	fprintf(stderr, "%s: %s\n",
		severity == GPQ_ERROR     ? "error"
		: severity == GPQ_WARNING ? "warning"
					  : "note",
		text);
}

/* The report that 'settings.stats' asks for, piece by piece. */
static void on_result(void *context, const char *bytes, size_t len)
{
	fwrite(bytes, 1, len, context);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s FOLDER OUT\n", argv[0]);
		return gpq_status_exit_code(GPQ_E_USAGE);
	}
	const char *inputs[] = { argv[1] };
	const char *types[] = { "HUB", "ZONE" };
	struct gpq_year_range years[] = { { 2020, 2024 } };
	struct gpq_convert_settings settings = {
		.inputs = { inputs, 1 },
		.output = argv[2],
		.years = years,
		.n_years = 1,
		.location_types = { types, 2 },
		.memory_bytes = 64u << 20,
		.codec = GPQ_CODEC_ZSTD, /* codec_level 0: its default */
		.stats = GPQ_REPORT_JSON,
	};
	struct gpq_hooks hooks = { .context = stdout, .message = on_message, .result = on_result };
	struct gpq_error err;

	enum gpq_status status = gpq_convert(&settings, &hooks, &err);
	if (status != GPQ_OK) /* an input that failed is such a status too: the others were converted */
		fprintf(stderr, "%s: %s\n", gpq_status_text(status), err.message);
	return gpq_status_exit_code(status);
}
