// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include <string.h>

/* Text for man(7): '\' and '-' are escaped, and so is a '.' or ''' that would begin a line as a macro. */
static void put(FILE *out, const char *text)
{
	for (const char *at = text; *at; at++) {
		if (at == text && (*at == '.' || *at == '\''))
			fputs("\\&", out);
		if (*at == '\\')
			fputs("\\e", out);
		else if (*at == '-')
			fputs("\\-", out);
		else if (*at == '\'')
			fputs("\\(aq", out);
		else
			fputc(*at, out);
	}
}

static void option_put(FILE *out, const struct gpq_cli_option *option)
{
	char value[128];
	gpq_cli_value_print(option, value, sizeof(value));
	fputs(".TP\n", out);
	if (option->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
	fputs("\\fB\\-\\-", out);
	put(out, option->name);
	fputs("\\fR", out);
	if (*value) {
		fputs(" \\fI", out);
		put(out, value);
		fputs("\\fR", out);
	}
	fputc('\n', out);
	put(out, option->doc);
	if (option->kind == GPQ_KIND_COUNT)
		fprintf(out, " From %llu to %llu%s%s.", (unsigned long long)option->min,
			(unsigned long long)option->max, option->unit ? " " : "", option->unit ? option->unit : "");
	if (option->normally) {
		fputs("\nDefault: ", out);
		put(out, option->normally);
		fputc('.', out);
	}
	fputc('\n', out);
}

static void verbs_take(FILE *out, const struct gpq_cli_option *option)
{
	const char *between = "";
	fputs("Taken by ", out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		if (!gpq_cli_takes((enum gpq_cli_verb)verb, option))
			continue;
		fprintf(out, "%s\\fB%s\\fR", between, gpq_cli_verbs[verb].name);
		between = ", ";
	}
	fputs(".\n", out);
}

static void verbs_put(FILE *out)
{
	fputs(".SH VERBS\n", out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		const struct gpq_cli_verb_entry *entry = &gpq_cli_verbs[verb];
		fprintf(out, ".TP\n\\fBgridpq %s\\fR ", entry->name);
		put(out, entry->operands);
		fputc('\n', out);
		put(out, entry->more);
		fputc('\n', out);
	}
}

void gpq_cli_manual(FILE *out)
{
	fputs(".TH GRIDPQ 1 \"\" \"gridpq " GPQ_VERSION
	      "\"\n.SH NAME\ngridpq \\- electricity\\-market CSV archives to sorted "
	      "Parquet files, inside a memory bound\n.SH SYNOPSIS\n",
	      out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		fprintf(out, "\\fBgridpq %s\\fR ", gpq_cli_verbs[verb].name);
		put(out, gpq_cli_verbs[verb].operands);
		fputs(" [\\fIOPTION\\fR...]\n.br\n", out);
	}
	fputs(
	    ".SH DESCRIPTION\n"
	    "Reads the CSV files that electricity markets publish, however many, and writes one Parquet file for each "
	    "dataset and year (or month): sorted, without duplicates, newest revision first, with every row accounted "
	    "for, and never with more memory than allowed.\n",
	    out);
	verbs_put(out);
	fputs(".SH OPTIONS\n", out);
	for (size_t k = 0; k < gpq_cli_n_options; k++) {
		option_put(out, &gpq_cli_options[k]);
		verbs_take(out, &gpq_cli_options[k]);
	}
	fputs(".SH EXIT STATUS\n", out);
	for (size_t k = 0; k < gpq_cli_n_exits; k++) {
		fprintf(out, ".TP\n%s\n", gpq_cli_exits[k].code);
		put(out, gpq_cli_exits[k].doc);
		fputc('\n', out);
	}
	fputs(".SH EXAMPLES\n.nf\n", out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		const char *const *examples = gpq_cli_verbs[verb].examples;
		for (size_t k = 0; k < sizeof(gpq_cli_verbs[verb].examples) / sizeof(*examples) && examples[k]; k++) {
			put(out, examples[k]);
			fputc('\n', out);
		}
	}
	fputs(".fi\n", out);
}
