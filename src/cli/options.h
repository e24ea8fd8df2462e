/*
 * cli/options.h - the one table of verbs and options: parsing, --help, the man page and the completions are made from
 * it. Knows: words of the command line.      Not: what a verb does. Memory: none; everything is static.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CLI_OPTIONS_H
#define GPQ_CLI_OPTIONS_H

#include <gridpq/gridpq.h>

#define GPQ_CLI_MAX_ITEMS 1024 /* of an option that may stand several times */
#define GPQ_CLI_MAX_YEARS 64

enum gpq_cli_verb {
	GPQ_VERB_CONVERT,
	GPQ_VERB_PLAN,
	GPQ_VERB_INSPECT,
	GPQ_VERB_VERIFY,
	GPQ_VERB_TRACE,
	GPQ_VERB_FORMATS,
	GPQ_VERB_SCHEMA,
	GPQ_N_VERBS,
};

/* What follows an option, and the type of the member that it sets. */
enum gpq_cli_kind {
	GPQ_KIND_FLAG,   /* nothing; bool */
	GPQ_KIND_FOLDER, /* const char * */
	GPQ_KIND_SIZE,   /* bytes, with K, M or G; uint64_t */
	GPQ_KIND_COUNT,  /* uint64_t */
	GPQ_KIND_CHOICE, /* one of 'choices'; int: its value */
	GPQ_KIND_CODEC,  /* one of 'choices', with a level behind a colon where it has one; int, and codec_level */
	GPQ_KIND_YEARS,  /* 2024 or 2020-2024; years and n_years */
	GPQ_KIND_LIST,   /* texts between commas; struct gpq_cli_list */
	GPQ_KIND_TEXTS,  /* one text as it is; struct gpq_cli_list */
	GPQ_KIND_PATHS,  /* one path; struct gpq_cli_list */
};

struct gpq_cli_list {
	const char *items[GPQ_CLI_MAX_ITEMS];
	size_t count;
};

enum gpq_cli_progress {
	GPQ_PROGRESS_AUTO,
	GPQ_PROGRESS_BAR,
	GPQ_PROGRESS_PLAIN,
	GPQ_PROGRESS_JSON,
	GPQ_PROGRESS_NONE,
};

/* A command line, understood. Texts are those of the command line itself. */
struct gpq_cli_arguments {
	const char *const *operands;
	size_t n_operands;
	const char *output;
	struct gpq_year_range years[GPQ_CLI_MAX_YEARS];
	size_t n_years;
	struct gpq_cli_list isos, datasets, location_types, locations, assume, sources;
	uint64_t memory_bytes, threads, batch_files, chunk_rows;
	int order, partition, codec, codec_level, stats, progress;
	bool keep_revisions, strict, allow_incomplete, force, quiet, dry_run, lines, json, help;
};

struct gpq_cli_choice {
	const char *word;
	int value;
	int level, max_level; /* CODEC: the level where none follows, and the highest that may; 0: none may */
};

struct gpq_cli_option {
	const char *name; /* without dashes */
	char letter;      /* 0: has no short form */
	enum gpq_cli_kind kind;
	const char *value;                    /* the value's name in help; NULL for flags and choices */
	const struct gpq_cli_choice *choices; /* ends with a NULL word */
	uint64_t min, max;                    /* SIZE, COUNT */
	const char *unit;                     /* of the value; NULL: has none */
	const char *normally;                 /* what holds without the option; NULL: nothing to say */
	const char *doc;                      /* a sentence */
	unsigned verbs;                       /* bit v: verb v takes it */
	size_t member;                        /* offset in struct gpq_cli_arguments */
};

struct gpq_cli_verb_entry {
	const char *name;
	const char *operands; /* as in help: "INPUT..." */
	size_t min_operands, max_operands;
	bool takes_files; /* operands are files and folders, for completion */
	const char *doc;  /* a sentence without full stop: what it does */
	const char *more; /* a paragraph */
	const char *examples[4];
	int (*run)(const struct gpq_cli_arguments *arguments); /* the exit code */
};

/* An exit code and what it means. */
struct gpq_cli_exit {
	const char *code, *doc;
};

extern const struct gpq_cli_option gpq_cli_options[];
extern const size_t gpq_cli_n_options;
extern const struct gpq_cli_verb_entry gpq_cli_verbs[GPQ_N_VERBS];
extern const struct gpq_cli_exit gpq_cli_exits[];
extern const size_t gpq_cli_n_exits;

/* Whether a verb takes an option. */
bool gpq_cli_takes(enum gpq_cli_verb verb, const struct gpq_cli_option *option);

/* gpq_cli_option_find() finds an option of a verb by its first 'len' bytes being its whole name, or NULL. */
const struct gpq_cli_option *gpq_cli_option_find(enum gpq_cli_verb verb, const char *name, size_t len);
const struct gpq_cli_option *gpq_cli_option_by_letter(enum gpq_cli_verb verb, char letter);

/* The verb with a name, or GPQ_N_VERBS. */
enum gpq_cli_verb gpq_cli_verb_find(const char *name);

/* gpq_cli_value_print() writes how help names the option's value: "SIZE", "zstd[:N]|snappy|...", "" for a flag. */
void gpq_cli_value_print(const struct gpq_cli_option *option, char *out, size_t cap);

#endif
