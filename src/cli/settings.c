// SPDX-License-Identifier: MIT
#include "cli/settings.h"

struct gpq_texts gpq_cli_texts(const struct gpq_cli_list *list)
{
	return (struct gpq_texts){ list->items, list->count };
}

enum gpq_report gpq_cli_report(const struct gpq_cli_arguments *arguments)
{
	return arguments->json || arguments->stats == GPQ_REPORT_JSON ? GPQ_REPORT_JSON : GPQ_REPORT_TEXT;
}

struct gpq_convert_settings gpq_cli_settings(const struct gpq_cli_arguments *arguments)
{
	struct gpq_convert_settings settings = {
		.inputs = { arguments->operands, arguments->n_operands },
		.output = arguments->output,
		.years = arguments->years,
		.n_years = arguments->n_years,
		.isos = gpq_cli_texts(&arguments->isos),
		.datasets = gpq_cli_texts(&arguments->datasets),
		.location_types = gpq_cli_texts(&arguments->location_types),
		.locations = gpq_cli_texts(&arguments->locations),
		.assume = gpq_cli_texts(&arguments->assume),
		.memory_bytes = arguments->memory_bytes,
		.threads = (uint32_t)arguments->threads,
		.batch_files = (uint32_t)arguments->batch_files,
		.chunk_rows = arguments->chunk_rows,
		.order = (enum gpq_order)arguments->order,
		.partition = (enum gpq_partition)arguments->partition,
		.codec = (enum gpq_codec)arguments->codec,
		.codec_level = arguments->codec_level,
		.keep_revisions = arguments->keep_revisions,
		.strict = arguments->strict,
		.allow_incomplete = arguments->allow_incomplete,
		.force = arguments->force,
		.stats = gpq_cli_report(arguments),
	};
	if (arguments->quiet && !arguments->stats)
		settings.stats = GPQ_REPORT_NONE;
	return settings;
}
