// SPDX-License-Identifier: MIT
#include "cli/arguments.h"

#include "cli/near.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A word being understood. */
struct reading {
	enum gpq_cli_verb verb;
	const struct gpq_cli_option *option;
	struct gpq_cli_arguments *out;
};

static bool complain(const struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool complain(const struct reading *reading, const char *format, ...)
{
	const char *verb = gpq_cli_verbs[reading->verb].name;
	va_list args;
	fputs("gridpq: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see gridpq %s --help\n", verb);
	return false;
}

static void *member(const struct reading *reading)
{
	return (char *)reading->out + reading->option->member;
}

/* Decimal digits only, all of 'text'. */
static bool digits_read(const char *text, size_t len, uint64_t *out)
{
	uint64_t number = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(text[i] - '0');
		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*out = number;
	return len > 0;
}

static bool count_read(const struct reading *reading, const char *text)
{
	const struct gpq_cli_option *option = reading->option;
	uint64_t number;
	if (!digits_read(text, strlen(text), &number) || number < option->min || number > option->max)
		return complain(reading, "--%s is '%s' and must be a whole number from %llu to %llu", option->name,
				text, (unsigned long long)option->min, (unsigned long long)option->max);
	*(uint64_t *)member(reading) = number;
	return true;
}

/* "256M", "256MiB", "1g", "67108864". */
static bool size_read(const struct reading *reading, const char *text)
{
	static const char units[] = "KMG";
	size_t len = strlen(text);
	if (len > 2 && strcmp(text + len - 2, "iB") == 0)
		len -= 2;
	unsigned shift = 0;
	for (unsigned k = 0; len > 1 && units[k]; k++)
		if ((text[len - 1] & ~0x20) == units[k]) /* either case */
			shift = 10 * (k + 1);
	uint64_t number;
	if (!digits_read(text, shift ? len - 1 : len, &number) || (!shift && text[len]) ||
	    number > UINT64_MAX >> shift || number << shift < reading->option->min)
		return complain(reading, "--%s is '%s' and must be a size such as 64M or 1G", reading->option->name,
				text);
	*(uint64_t *)member(reading) = number << shift;
	return true;
}

static bool choice_read(const struct reading *reading, const char *text)
{
	char choices[128];
	for (const struct gpq_cli_choice *choice = reading->option->choices; choice->word; choice++) {
		if (strcmp(choice->word, text) == 0) {
			*(int *)member(reading) = choice->value;
			return true;
		}
	}
	gpq_cli_value_print(reading->option, choices, sizeof(choices));
	return complain(reading, "--%s is '%s' and must be %s", reading->option->name, text, choices);
}

static bool codec_read(const struct reading *reading, const char *text)
{
	char choices[128];
	size_t len = strcspn(text, ":");
	for (const struct gpq_cli_choice *choice = reading->option->choices; choice->word; choice++) {
		if (strlen(choice->word) != len || memcmp(choice->word, text, len) != 0)
			continue;
		uint64_t level = (uint64_t)choice->level;
		if (text[len] && !choice->max_level)
			return complain(reading, "--%s is '%s', but %s has no levels", reading->option->name, text,
					choice->word);
		if (text[len] && (!digits_read(text + len + 1, strlen(text + len + 1), &level) || level < 1 ||
				  level > (uint64_t)choice->max_level))
			return complain(reading, "--%s is '%s', but the levels of %s are 1 to %d",
					reading->option->name, text, choice->word, choice->max_level);
		*(int *)member(reading) = choice->value;
		reading->out->codec_level = (int)level;
		return true;
	}
	gpq_cli_value_print(reading->option, choices, sizeof(choices));
	return complain(reading, "--%s is '%s' and must be %s", reading->option->name, text, choices);
}

/* "2024" or "2020-2024". */
static bool years_read(const struct reading *reading, const char *text)
{
	uint64_t first = 0, last = 0;
	size_t len = strlen(text);
	bool range = len == 9 && text[4] == '-';
	bool good =
	    (len == 4 || range) && digits_read(text, 4, &first) && digits_read(text + (range ? 5 : 0), 4, &last);
	if (!good || first < 1900 || last < first)
		return complain(reading, "--%s is '%s' and must be a year (2024) or years (2020-2024)",
				reading->option->name, text);
	if (reading->out->n_years == GPQ_CLI_MAX_YEARS)
		return complain(reading, "--%s stands more than %d times", reading->option->name, GPQ_CLI_MAX_YEARS);
	reading->out->years[reading->out->n_years++] = (struct gpq_year_range){ (int)first, (int)last };
	return true;
}

static bool text_add(const struct reading *reading, const char *text)
{
	struct gpq_cli_list *list = member(reading);
	if (!*text)
		return complain(reading, "--%s is empty", reading->option->name);
	if (list->count == GPQ_CLI_MAX_ITEMS)
		return complain(reading, "--%s names more than %d", reading->option->name, GPQ_CLI_MAX_ITEMS);
	list->items[list->count++] = text;
	return true;
}

static bool list_read(const struct reading *reading, char *text)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		bool last = !text[len];
		text[len] = 0;
		if (!text_add(reading, text))
			return false;
		if (last)
			return true;
		text += len + 1;
	}
}

static bool value_read(const struct reading *reading, char *text)
{
	switch (reading->option->kind) {
	case GPQ_KIND_FLAG:
		*(bool *)member(reading) = true;
		return true;
	case GPQ_KIND_FOLDER:
		if (!*text)
			return complain(reading, "--%s is empty", reading->option->name);
		*(const char **)member(reading) = text;
		return true;
	case GPQ_KIND_SIZE:
		return size_read(reading, text);
	case GPQ_KIND_COUNT:
		return count_read(reading, text);
	case GPQ_KIND_CHOICE:
		return choice_read(reading, text);
	case GPQ_KIND_CODEC:
		return codec_read(reading, text);
	case GPQ_KIND_YEARS:
		return years_read(reading, text);
	case GPQ_KIND_LIST:
		return list_read(reading, text);
	case GPQ_KIND_TEXTS:
	case GPQ_KIND_PATHS:
		return text_add(reading, text);
	}
	return false;
}

static bool unknown_option(const struct reading *reading, const char *word)
{
	const char *verb = gpq_cli_verbs[reading->verb].name;
	int len = (int)strcspn(word, "=");
	const char *near = gpq_cli_near_option(reading->verb, word + 2, (size_t)len - 2);
	if (near)
		return complain(reading, "%s has no option %.*s; did you mean --%s", verb, len, word, near);
	return complain(reading, "%s has no option %.*s", verb, len, word);
}

/* "--name", "--name=value", "--name value". '*at' is the word's place and moves to the last word used. */
static bool long_read(struct reading *reading, int argc, char **argv, int *at)
{
	char *word = argv[*at];
	size_t len = strcspn(word, "=");
	reading->option = gpq_cli_option_find(reading->verb, word + 2, len - 2);
	if (!reading->option)
		return unknown_option(reading, word);
	bool given = word[len] == '=';
	if (reading->option->kind == GPQ_KIND_FLAG) {
		if (given)
			return complain(reading, "--%s takes no value", reading->option->name);
		return value_read(reading, NULL);
	}
	if (given)
		return value_read(reading, word + len + 1);
	if (*at + 1 == argc)
		return complain(reading, "--%s needs a value", reading->option->name);
	return value_read(reading, argv[++*at]);
}

/* "-q", "-qf", "-oOUT", "-o OUT". */
static bool short_read(struct reading *reading, int argc, char **argv, int *at)
{
	for (char *letter = argv[*at] + 1; *letter; letter++) {
		reading->option = gpq_cli_option_by_letter(reading->verb, *letter);
		if (!reading->option)
			return complain(reading, "%s has no option -%c", gpq_cli_verbs[reading->verb].name, *letter);
		if (reading->option->kind == GPQ_KIND_FLAG) {
			if (!value_read(reading, NULL))
				return false;
			continue;
		}
		if (letter[1])
			return value_read(reading, letter + 1);
		if (*at + 1 == argc)
			return complain(reading, "-%c needs a value", *letter);
		return value_read(reading, argv[++*at]);
	}
	return true;
}

static bool operands_check(const struct reading *reading)
{
	const struct gpq_cli_verb_entry *verb = &gpq_cli_verbs[reading->verb];
	size_t count = reading->out->n_operands;
	if (count < verb->min_operands)
		return complain(reading, "%s needs %s", verb->name, verb->operands);
	if (count > verb->max_operands)
		return complain(reading, "%s takes %s and no '%s'", verb->name,
				*verb->operands ? verb->operands : "nothing",
				reading->out->operands[verb->max_operands]);
	for (size_t k = 0; k < count; k++)
		if (!*reading->out->operands[k])
			return complain(reading, "an operand of %s is empty", verb->name);
	if (gpq_cli_option_find(reading->verb, "output", strlen("output")) && !reading->out->output)
		return complain(reading, "%s needs -o OUT, the folder for the result", verb->name);
	return true;
}

bool gpq_cli_arguments_parse(enum gpq_cli_verb verb, int argc, char **argv, struct gpq_cli_arguments *out)
{
	struct reading reading = { .verb = verb, .out = out };
	bool options_end = false;
	*out = (struct gpq_cli_arguments){ .codec = GPQ_CODEC_ZSTD,
					   .codec_level = 1,
					   .operands = (const char *const *)argv };
	for (int at = 0; at < argc; at++) {
		char *word = argv[at];
		if (!options_end && strcmp(word, "--") == 0)
			options_end = true;
		else if (options_end || word[0] != '-' || !word[1])
			argv[out->n_operands++] = word; /* never ahead of 'at' */
		else if (word[1] == '-' ? !long_read(&reading, argc, argv, &at)
					: !short_read(&reading, argc, argv, &at))
			return false;
	}
	return out->help || operands_check(&reading);
}
