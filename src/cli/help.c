// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include <string.h>

#define WIDTH  100 /* columns of a line */
#define INDENT 8

/* Prints 'text' in lines of WIDTH, each behind 'indent' blanks. 'column' is where the first line stands already. */
static void wrap(FILE *out, const char *text, size_t indent, size_t column)
{
	while (*text) {
		size_t len = strcspn(text, " ");
		if (column > indent && column + 1 + len > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column < indent) {
			fprintf(out, "%*s", (int)(indent - column), "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void gpq_cli_help_program(FILE *out)
{
	fputs("gridpq " GPQ_VERSION
	      ": electricity-market CSV archives to sorted Parquet files, inside a memory bound\n\n"
	      "usage: gridpq VERB ...\n\n",
	      out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++)
		fprintf(out, "  %-8s  %s\n", gpq_cli_verbs[verb].name, gpq_cli_verbs[verb].doc);
	fputs("\ngridpq VERB --help says more about a verb; gridpq --version prints the version.\n\nexit codes:\n",
	      out);
	for (size_t k = 0; k < gpq_cli_n_exits; k++) {
		int len = fprintf(out, "  %-6s", gpq_cli_exits[k].code);
		wrap(out, gpq_cli_exits[k].doc, INDENT, (size_t)len);
	}
}

static void option_print(FILE *out, const struct gpq_cli_option *option)
{
	char value[128];
	gpq_cli_value_print(option, value, sizeof(value));
	if (option->letter)
		fprintf(out, "  -%c, --%s", option->letter, option->name);
	else
		fprintf(out, "  --%s", option->name);
	fprintf(out, "%s%s\n", *value ? " " : "", value);
	wrap(out, option->doc, INDENT, 0);
	if (option->kind == GPQ_KIND_COUNT && option->unit)
		fprintf(out, "%*sUnit: %s, from %llu to %llu.\n", INDENT, "", option->unit,
			(unsigned long long)option->min, (unsigned long long)option->max);
	else if (option->kind == GPQ_KIND_COUNT)
		fprintf(out, "%*sFrom %llu to %llu.\n", INDENT, "", (unsigned long long)option->min,
			(unsigned long long)option->max);
	if (option->normally) {
		char text[256];
		snprintf(text, sizeof(text), "Default: %s.", option->normally);
		wrap(out, text, INDENT, 0);
	}
}

void gpq_cli_help_verb(FILE *out, enum gpq_cli_verb verb)
{
	const struct gpq_cli_verb_entry *entry = &gpq_cli_verbs[verb];
	fprintf(out, "gridpq %s: %s\n\nusage: gridpq %s%s%s [OPTION...]\n\n", entry->name, entry->doc, entry->name,
		*entry->operands ? " " : "", entry->operands);
	wrap(out, entry->more, 0, 0);
	fputs("\noptions:\n", out);
	for (size_t k = 0; k < gpq_cli_n_options; k++)
		if (gpq_cli_takes(verb, &gpq_cli_options[k]))
			option_print(out, &gpq_cli_options[k]);
	fputs("\nexamples:\n", out);
	for (size_t k = 0; k < sizeof(entry->examples) / sizeof(entry->examples[0]) && entry->examples[k]; k++)
		fprintf(out, "  %s\n", entry->examples[k]);
}
