// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include <string.h>

static void verbs_list(FILE *out)
{
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++)
		fprintf(out, "%s%s", verb ? " " : "", gpq_cli_verbs[verb].name);
}

/* ---- bash ---- */

/* What may follow an option: a case of the script for each that is not free text. */
static void bash_value(FILE *out, const struct gpq_cli_option *option)
{
	bool paths = option->kind == GPQ_KIND_FOLDER || option->kind == GPQ_KIND_PATHS;
	if (option->kind == GPQ_KIND_FLAG)
		return;
	fprintf(out, "\t--%s", option->name);
	if (option->letter)
		fprintf(out, "|-%c", option->letter);
	fputs(")\n\t\t", out);
	if (option->choices) {
		fputs("COMPREPLY=($(compgen -W \"", out);
		for (const struct gpq_cli_choice *choice = option->choices; choice->word; choice++)
			fprintf(out, "%s%s", choice == option->choices ? "" : " ", choice->word);
		fputs("\" -- \"$word\"))\n\t\t", out);
	} else if (paths) {
		fprintf(out, "mapfile -t COMPREPLY < <(compgen -%c -- \"$word\")\n\t\t",
			option->kind == GPQ_KIND_FOLDER ? 'd' : 'f');
	}
	fputs("return\n\t\t;;\n", out);
}

void gpq_cli_completion_bash(FILE *out)
{
	fputs(
	    "# bash completion of gridpq, printed by: gridpq completion bash\n"
	    "_gridpq()\n{\n"
	    "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} options=\n"
	    "\tCOMPREPLY=()\n"
	    "\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W \"",
	    out);
	verbs_list(out);
	fputs(" --help --version\" -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $before in\n", out);
	for (size_t k = 0; k < gpq_cli_n_options; k++)
		bash_value(out, &gpq_cli_options[k]);
	fputs("\tesac\n\tcase $verb in\n", out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		fprintf(out, "\t%s) options=\"", gpq_cli_verbs[verb].name);
		const char *between = "";
		for (size_t k = 0; k < gpq_cli_n_options; k++) {
			if (!gpq_cli_takes((enum gpq_cli_verb)verb, &gpq_cli_options[k]))
				continue;
			fprintf(out, "%s--%s", between, gpq_cli_options[k].name);
			between = " ";
		}
		fputs("\" ;;\n", out);
	}
	fputs("\tesac\n"
	      "\tif [[ $word == -* ]]; then\n\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
	      "\telse\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n\tfi\n"
	      "}\ncomplete -o filenames -F _gridpq gridpq\n",
	      out);
}

/* ---- zsh ---- */

/* Text within '...[...]': quotes, brackets and colons mean something there. */
static void zsh_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static bool repeats(enum gpq_cli_kind kind)
{
	return kind == GPQ_KIND_YEARS || kind == GPQ_KIND_LIST || kind == GPQ_KIND_TEXTS || kind == GPQ_KIND_PATHS;
}

static void zsh_spec(FILE *out, const struct gpq_cli_option *option, const char *dashes, const char *name)
{
	fprintf(out, " \\\n\t\t'%s%s%s[", repeats(option->kind) ? "*" : "", dashes, name);
	zsh_text(out, option->doc);
	fputc(']', out);
	if (option->choices) {
		fprintf(out, ":%s:(", option->name);
		for (const struct gpq_cli_choice *choice = option->choices; choice->word; choice++)
			fprintf(out, "%s%s", choice == option->choices ? "" : " ", choice->word);
		fputc(')', out);
	} else if (option->kind != GPQ_KIND_FLAG) {
		fputc(':', out);
		zsh_text(out, option->value);
		fputs(option->kind == GPQ_KIND_FOLDER  ? ":_files -/"
		      : option->kind == GPQ_KIND_PATHS ? ":_files"
						       : ":",
		      out);
	}
	fputc('\'', out);
}

void gpq_cli_completion_zsh(FILE *out)
{
	fputs("#compdef gridpq\n# zsh completion of gridpq, printed by: gridpq completion zsh\n"
	      "_gridpq()\n{\n\tlocal -a verbs=(\n",
	      out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		fprintf(out, "\t\t'%s:", gpq_cli_verbs[verb].name);
		zsh_text(out, gpq_cli_verbs[verb].doc);
		fputs("'\n", out);
	}
	fputs("\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe verb verbs\n\t\treturn\n\tfi\n"
	      "\tlocal verb=$words[2]\n\tshift words\n\t((CURRENT--))\n\tcase $verb in\n",
	      out);
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		fprintf(out, "\t%s)\n\t\t_arguments -s", gpq_cli_verbs[verb].name);
		for (size_t k = 0; k < gpq_cli_n_options; k++) {
			const struct gpq_cli_option *option = &gpq_cli_options[k];
			char letter[2] = { option->letter, 0 };
			if (!gpq_cli_takes((enum gpq_cli_verb)verb, option))
				continue;
			zsh_spec(out, option, "--", option->name);
			if (option->letter)
				zsh_spec(out, option, "-", letter);
		}
		fputs(gpq_cli_verbs[verb].takes_files ? " \\\n\t\t'*:file:_files'\n\t\t;;\n" : "\n\t\t;;\n", out);
	}
	fputs("\tesac\n}\n_gridpq \"$@\"\n", out);
}
