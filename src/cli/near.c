// SPDX-License-Identifier: MIT
#include "cli/near.h"

#include <string.h>

#define MAX_WORD_BYTES 32 /* longer than any option's name */
#define MAX_EDITS      2

/* Letters to insert, remove or change to get from one word to the other (Levenshtein), row by row. */
static size_t edits(const char *from, size_t from_len, const char *to)
{
	size_t to_len = strlen(to), row[MAX_WORD_BYTES + 1];
	if (from_len > MAX_WORD_BYTES || to_len > MAX_WORD_BYTES)
		return MAX_WORD_BYTES;
	for (size_t j = 0; j <= to_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= from_len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= to_len; j++) {
			size_t changed = diagonal + (from[i - 1] != to[j - 1]);
			size_t moved = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			diagonal = row[j];
			row[j] = changed < moved ? changed : moved;
		}
	}
	return row[to_len];
}

const char *gpq_cli_near_option(enum gpq_cli_verb verb, const char *word, size_t len)
{
	const char *best = NULL;
	size_t fewest = MAX_EDITS + 1;
	for (size_t k = 0; k < gpq_cli_n_options; k++) {
		size_t needed = edits(word, len, gpq_cli_options[k].name);
		if (gpq_cli_takes(verb, &gpq_cli_options[k]) && needed < fewest) {
			fewest = needed;
			best = gpq_cli_options[k].name;
		}
	}
	return best;
}

const char *gpq_cli_near_verb(const char *word)
{
	const char *best = NULL;
	size_t fewest = MAX_EDITS + 1;
	for (unsigned verb = 0; verb < GPQ_N_VERBS; verb++) {
		size_t needed = edits(word, strlen(word), gpq_cli_verbs[verb].name);
		if (needed < fewest) {
			fewest = needed;
			best = gpq_cli_verbs[verb].name;
		}
	}
	return best;
}
