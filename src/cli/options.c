// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MEMBER(name)    offsetof(struct gpq_cli_arguments, name)

#define CONVERT (1u << GPQ_VERB_CONVERT)
#define PLAN    (1u << GPQ_VERB_PLAN)
#define INSPECT (1u << GPQ_VERB_INSPECT)
#define VERIFY  (1u << GPQ_VERB_VERIFY)
#define TRACE   (1u << GPQ_VERB_TRACE)
#define FORMATS (1u << GPQ_VERB_FORMATS)
#define SCHEMA  (1u << GPQ_VERB_SCHEMA)
#define ALL     (CONVERT | PLAN | INSPECT | VERIFY | TRACE | FORMATS | SCHEMA)

static const struct gpq_cli_choice orders[] = {
	{ .word = "block", .value = GPQ_ORDER_BLOCK },
	{ .word = "time", .value = GPQ_ORDER_TIME },
	{ .word = "location", .value = GPQ_ORDER_LOCATION },
	{ .word = NULL },
};
static const struct gpq_cli_choice partitions[] = {
	{ .word = "year", .value = GPQ_PARTITION_YEAR },
	{ .word = "month", .value = GPQ_PARTITION_MONTH },
	{ .word = NULL },
};
static const struct gpq_cli_choice codecs[] = {
	{ .word = "zstd", .value = GPQ_CODEC_ZSTD, .level = 1, .max_level = 22 },
	{ .word = "snappy", .value = GPQ_CODEC_SNAPPY },
	{ .word = "lz4", .value = GPQ_CODEC_LZ4 },
	{ .word = "gzip", .value = GPQ_CODEC_GZIP },
	{ .word = "none", .value = GPQ_CODEC_NONE },
	{ .word = NULL },
};
static const struct gpq_cli_choice reports[] = {
	{ .word = "text", .value = GPQ_REPORT_TEXT },
	{ .word = "json", .value = GPQ_REPORT_JSON },
	{ .word = NULL },
};
static const struct gpq_cli_choice progresses[] = {
	{ .word = "auto", .value = GPQ_PROGRESS_AUTO },   { .word = "bar", .value = GPQ_PROGRESS_BAR },
	{ .word = "plain", .value = GPQ_PROGRESS_PLAIN }, { .word = "json", .value = GPQ_PROGRESS_JSON },
	{ .word = "none", .value = GPQ_PROGRESS_NONE },   { .word = NULL },
};

/* Master copy: help, man page, completions and their tests follow from it. */
const struct gpq_cli_option gpq_cli_options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .kind = GPQ_KIND_FOLDER,
	  .value = "OUT",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(output),
	  .doc = "Folder for the Parquet files; made where missing. Must be given." },
	{ .name = "year",
	  .kind = GPQ_KIND_YEARS,
	  .value = "YEARS",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(years),
	  .normally = "all years",
	  .doc = "Only rows whose delivery date lies in this year, or in these years: 2024 or 2020-2024. May be "
		 "repeated." },
	{ .name = "iso",
	  .kind = GPQ_KIND_LIST,
	  .value = "ISOS",
	  .verbs = CONVERT | PLAN | INSPECT,
	  .member = MEMBER(isos),
	  .normally = "all markets",
	  .doc = "Only files of these markets, such as PJM,CAISO; others are counted and named. May be repeated." },
	{ .name = "dataset",
	  .kind = GPQ_KIND_LIST,
	  .value = "IDS",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(datasets),
	  .normally = "all datasets",
	  .doc = "Only these datasets, by id (da_energy_hourly) or with the market (pjm/da_energy_hourly). May be "
		 "repeated." },
	{ .name = "location-type",
	  .kind = GPQ_KIND_LIST,
	  .value = "TYPES",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(location_types),
	  .normally = "all types",
	  .doc = "Only locations of these types, such as HUB,ZONE. May be repeated." },
	{ .name = "location",
	  .kind = GPQ_KIND_TEXTS,
	  .value = "NAME",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(locations),
	  .normally = "all locations",
	  .doc = "Only the location with this name. May be repeated." },
	{ .name = "memory",
	  .kind = GPQ_KIND_SIZE,
	  .value = "SIZE",
	  .min = 1,
	  .max = UINT64_MAX,
	  .unit = "bytes",
	  .verbs = CONVERT | PLAN | VERIFY,
	  .member = MEMBER(memory_bytes),
	  .normally = "the smaller of 256M and a quarter of the memory that is free",
	  .doc = "Bound on the resident memory of the whole process, with K, M or G for powers of 1024. "
		 "64M is enough for every dataset; what is too small is refused with the figure that would do." },
	{ .name = "threads",
	  .kind = GPQ_KIND_COUNT,
	  .value = "N",
	  .min = 1,
	  .max = 64,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(threads),
	  .normally = "one for each processor, as far as the bound allows",
	  .doc = "Worker threads. The result does not depend on it." },
	{ .name = "batch-files",
	  .kind = GPQ_KIND_COUNT,
	  .value = "N",
	  .min = 1,
	  .max = 1000000,
	  .unit = "files",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(batch_files),
	  .normally = "as many as threads",
	  .doc = "Inputs that are open at once. A hint: the plan keeps it inside the bound." },
	{ .name = "chunk-rows",
	  .kind = GPQ_KIND_COUNT,
	  .value = "N",
	  .min = 1,
	  .max = UINT32_MAX,
	  .unit = "rows",
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(chunk_rows),
	  .normally = "as the plan says",
	  .doc = "Rows that are parsed at a time. A hint: the plan keeps it inside the bound." },
	{ .name = "order",
	  .kind = GPQ_KIND_CHOICE,
	  .choices = orders,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(order),
	  .normally = "block",
	  .doc = "Order of rows: by location within blocks of days, by time, or by location within the file." },
	{ .name = "partition",
	  .kind = GPQ_KIND_CHOICE,
	  .choices = partitions,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(partition),
	  .normally = "as the dataset's table says; see gridpq formats",
	  .doc = "What one file holds." },
	{ .name = "compression",
	  .kind = GPQ_KIND_CODEC,
	  .choices = codecs,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(codec),
	  .normally = "zstd:1",
	  .doc = "Codec of the pages, for zstd with its level." },
	{ .name = "keep-revisions",
	  .kind = GPQ_KIND_FLAG,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(keep_revisions),
	  .doc = "Also write rows that a newer revision replaced, behind it and with is_current = false." },
	{ .name = "strict",
	  .kind = GPQ_KIND_FLAG,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(strict),
	  .doc = "End with exit code 4 also where a line was rejected or a file was not recognised." },
	{ .name = "assume",
	  .kind = GPQ_KIND_TEXTS,
	  .value = "PATTERN=ISO/DATASET[:PRODUCT]",
	  .verbs = CONVERT | PLAN | INSPECT,
	  .member = MEMBER(assume),
	  .doc = "What files are whose name matches PATTERN, where their content leaves it open or has no header line. "
		 "May be repeated." },
	{ .name = "allow-incomplete",
	  .kind = GPQ_KIND_FLAG,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(allow_incomplete),
	  .doc = "Replace a file also when an input that may feed it failed." },
	{ .name = "force",
	  .letter = 'f',
	  .kind = GPQ_KIND_FLAG,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(force),
	  .doc = "Replace files that exist; only those that this run produces." },
	{ .name = "dry-run",
	  .letter = 'n',
	  .kind = GPQ_KIND_FLAG,
	  .verbs = CONVERT,
	  .member = MEMBER(dry_run),
	  .doc = "Say what would be read and written, and write nothing: gridpq plan." },
	{ .name = "stats",
	  .kind = GPQ_KIND_CHOICE,
	  .choices = reports,
	  .verbs = CONVERT | PLAN,
	  .member = MEMBER(stats),
	  .normally = "text",
	  .doc = "Form of the report on standard output." },
	{ .name = "source",
	  .kind = GPQ_KIND_PATHS,
	  .value = "PATH",
	  .verbs = TRACE,
	  .member = MEMBER(sources),
	  .normally = "where the conversion read it",
	  .doc = "File or folder in which to look for the source file. May be repeated." },
	{ .name = "recursive",
	  .letter = 'r',
	  .kind = GPQ_KIND_FLAG,
	  .verbs = INSPECT,
	  .member = MEMBER(lines),
	  .doc = "One line for each file of a folder, of the folders below it and of archives in it." },
	{ .name = "json",
	  .kind = GPQ_KIND_FLAG,
	  .verbs = ALL & ~CONVERT,
	  .member = MEMBER(json),
	  .doc = "Print JSON in place of text." },
	{ .name = "progress",
	  .kind = GPQ_KIND_CHOICE,
	  .choices = progresses,
	  .verbs = CONVERT,
	  .member = MEMBER(progress),
	  .normally = "auto: a bar on a terminal, else a plain line every few seconds",
	  .doc = "How standard error shows what is going on." },
	{ .name = "quiet",
	  .letter = 'q',
	  .kind = GPQ_KIND_FLAG,
	  .verbs = ALL,
	  .member = MEMBER(quiet),
	  .doc = "Nothing but errors and what was asked for: no warnings, no progress, no report unless --stats says "
		 "so." },
	{ .name = "help",
	  .letter = 'h',
	  .kind = GPQ_KIND_FLAG,
	  .verbs = ALL,
	  .member = MEMBER(help),
	  .doc = "Print this help." },
};
const size_t gpq_cli_n_options = COUNT_OF(gpq_cli_options);

const struct gpq_cli_verb_entry gpq_cli_verbs[GPQ_N_VERBS] = {
	[GPQ_VERB_CONVERT] = {
		.name = "convert", .operands = "INPUT... -o OUT", .min_operands = 1, .max_operands = SIZE_MAX,
		.takes_files = true, .run = gpq_cli_convert,
		.doc = "turn CSV files into sorted Parquet files",
		.more = "Reads files and folders (with all below them), .csv and .csv.gz, and writes one Parquet file for each "
		        "dataset and year (or month) below OUT. Files are recognised by their content. Rejected lines are kept "
		        "in OUT/.gridpq/rejects, and the report accounts for every row.",
		.examples = { "gridpq convert ~/pjm -o out",
		              "gridpq convert ~/pjm -o out --year 2020-2024 --location-type HUB,ZONE --memory 128M",
		              "gridpq convert ~/pjm -o out --stats json --progress none --force >stats.json" },
	},
	[GPQ_VERB_PLAN] = {
		.name = "plan", .operands = "INPUT... -o OUT", .min_operands = 1, .max_operands = SIZE_MAX,
		.takes_files = true, .run = gpq_cli_plan,
		.doc = "say what convert would read, write and need",
		.more = "Takes the options of convert and writes nothing: the inputs and what they are, the files that would be "
		        "written, the disk that they and spill files need against what is free, and the memory room by room.",
		.examples = { "gridpq plan ~/pjm -o out --memory 96M" },
	},
	[GPQ_VERB_INSPECT] = {
		.name = "inspect", .operands = "FILE...", .min_operands = 1, .max_operands = SIZE_MAX, .takes_files = true,
		.run = gpq_cli_inspect,
		.doc = "say what files are and why",
		.more = "For each file (and each file in a folder): the dataset and what told it, the dialect, the columns, the "
		        "first and last instant, the number of rows, and what is odd.",
		.examples = { "gridpq inspect da_hrl_lmps_2024.csv.gz", "gridpq inspect -r ~/archive --iso SPP" },
	},
	[GPQ_VERB_VERIFY] = {
		.name = "verify", .operands = "PATH...", .min_operands = 1, .max_operands = SIZE_MAX, .takes_files = true,
		.run = gpq_cli_verify,
		.doc = "read Parquet files back whole and check them",
		.more = "Checks page checksums, statistics and page index against the values, the order, unique keys among "
		        "current rows, the intervals of each day, and the row counts against the file's lineage. Ends with exit "
		        "code 4 where something was found.",
		.examples = { "gridpq verify out" },
	},
	[GPQ_VERB_TRACE] = {
		.name = "trace", .operands = "FILE KEY", .min_operands = 2, .max_operands = 2, .takes_files = true,
		.run = gpq_cli_trace,
		.doc = "find the source file and line of one price",
		.more = "FILE is a Parquet file that convert wrote; KEY is LOCATION@INSTANT, the location by name or id and the "
		        "instant in UTC. The source is found by reading it again.",
		.examples = { "gridpq trace out/pjm/da_energy_hourly/da_energy_hourly_2024.parquet 'WESTERN HUB@2024-07-01T16:00:00Z'" },
	},
	[GPQ_VERB_FORMATS] = {
		.name = "formats", .operands = "", .run = gpq_cli_formats,
		.doc = "list the markets, feeds and datasets that are known",
		.more = "Everything comes from the tables by which files are recognised, with the source of each fact.",
		.examples = { "gridpq formats" },
	},
	[GPQ_VERB_SCHEMA] = {
		.name = "schema", .operands = "", .run = gpq_cli_schema,
		.doc = "print the columns of the two output tables",
		.more = "Every file of either table has these columns in this order, for all markets, datasets and years.",
		.examples = { "gridpq schema" },
	},
};

const struct gpq_cli_exit gpq_cli_exits[] = {
	{ "0", "Done." },
	{ "1", "Usage: an argument is wrong, an input is missing, an output exists." },
	{ "2", "The memory bound is too small; the message names what would do." },
	{ "3", "The system refused: disk full, permission, the output is in use by another run." },
	{ "4",
	  "Data: an input failed and the others were converted, verify found something; with --strict also rejected "
	  "lines and unrecognised files." },
	{ "9", "A fault of gridpq itself, for instance rows that are not accounted for. Please report it." },
	{ "128+n", "Signal n ended the run (130: Ctrl-C); nothing incomplete is left." },
};
const size_t gpq_cli_n_exits = COUNT_OF(gpq_cli_exits);

bool gpq_cli_takes(enum gpq_cli_verb verb, const struct gpq_cli_option *option)
{
	return option->verbs & 1u << verb;
}

const struct gpq_cli_option *gpq_cli_option_find(enum gpq_cli_verb verb, const char *name, size_t len)
{
	for (size_t k = 0; k < gpq_cli_n_options; k++) {
		const struct gpq_cli_option *option = &gpq_cli_options[k];
		if (gpq_cli_takes(verb, option) && strlen(option->name) == len && memcmp(option->name, name, len) == 0)
			return option;
	}
	return NULL;
}

const struct gpq_cli_option *gpq_cli_option_by_letter(enum gpq_cli_verb verb, char letter)
{
	for (size_t k = 0; k < gpq_cli_n_options; k++)
		if (gpq_cli_options[k].letter == letter && gpq_cli_takes(verb, &gpq_cli_options[k]))
			return &gpq_cli_options[k];
	return NULL;
}

enum gpq_cli_verb gpq_cli_verb_find(const char *name)
{
	unsigned verb = 0;
	while (verb < GPQ_N_VERBS && strcmp(gpq_cli_verbs[verb].name, name) != 0)
		verb++;
	return (enum gpq_cli_verb)verb;
}

void gpq_cli_value_print(const struct gpq_cli_option *option, char *out, size_t cap)
{
	size_t len = 0;
	out[0] = 0;
	if (option->value)
		snprintf(out, cap, "%s", option->value);
	for (const struct gpq_cli_choice *choice = option->choices; choice && choice->word && len < cap; choice++)
		len += (size_t)snprintf(out + len, cap - len, "%s%s%s", len ? "|" : "", choice->word,
					choice->max_level ? "[:N]" : "");
}
