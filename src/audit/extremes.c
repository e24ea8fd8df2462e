// SPDX-License-Identifier: MIT
#include "audit/verify_pages.h"

#include <math.h>
#include <stdio.h>

void gpq_extremes_clear(struct gpq_extremes *extremes)
{
	*extremes = (struct gpq_extremes){ .any = false };
}

static double word_number(int64_t word)
{
	double number;
	memcpy(&number, &word, sizeof(number));
	return number;
}

static void number_take(struct gpq_extremes *extremes, double number)
{
	if (isnan(number)) {
		extremes->nans++;
		return;
	}
	if (!extremes->any) {
		extremes->min_number = extremes->max_number = number;
		extremes->any = true;
		return;
	}
	extremes->min_number = number < extremes->min_number ? number : extremes->min_number;
	extremes->max_number = number > extremes->max_number ? number : extremes->max_number;
}

static void word_take(struct gpq_extremes *extremes, int64_t word)
{
	if (!extremes->any) {
		extremes->min_word = extremes->max_word = word;
		extremes->any = true;
		return;
	}
	extremes->min_word = word < extremes->min_word ? word : extremes->min_word;
	extremes->max_word = word > extremes->max_word ? word : extremes->max_word;
}

void gpq_extremes_words(struct gpq_extremes *extremes, enum gpq_physical physical,
			const struct gpq_parquet_slice *slice)
{
	const uint32_t *present = slice->present;
	if (physical == GPQ_PHYSICAL_DOUBLE) {
		for (uint32_t i = 0; i < slice->rows; i++)
			if (!present || present[i])
				number_take(extremes, word_number(slice->words[i]));
		return;
	}
	for (uint32_t i = 0; i < slice->rows; i++)
		if (!present || present[i])
			word_take(extremes, slice->words[i]);
}

void gpq_extremes_text(struct gpq_extremes *extremes, struct gpq_text text)
{
	if (!extremes->any) {
		extremes->min_text = extremes->max_text = text;
		extremes->any = true;
		return;
	}
	if (gpq_text_compare(text, extremes->min_text) < 0)
		extremes->min_text = text;
	else if (gpq_text_compare(text, extremes->max_text) > 0)
		extremes->max_text = text;
}

void gpq_extremes_join(struct gpq_extremes *chunk, const struct gpq_extremes *page, enum gpq_physical physical)
{
	chunk->rows += page->rows;
	chunk->nulls += page->nulls;
	chunk->nans += page->nans;
	chunk->text_bytes += page->text_bytes;
	if (!page->any || physical == GPQ_PHYSICAL_BYTE_ARRAY)
		return;
	if (physical == GPQ_PHYSICAL_DOUBLE) {
		number_take(chunk, page->min_number);
		number_take(chunk, page->max_number);
	} else {
		word_take(chunk, page->min_word);
		word_take(chunk, page->max_word);
	}
}

static size_t plain_bytes(enum gpq_physical physical)
{
	switch (physical) {
	case GPQ_PHYSICAL_BOOLEAN:
		return 1;
	case GPQ_PHYSICAL_INT32:
		return 4;
	default:
		return 8;
	}
}

static int64_t plain_word(struct gpq_text plain, enum gpq_physical physical)
{
	int64_t word = 0;
	int32_t half = 0;
	if (physical == GPQ_PHYSICAL_BOOLEAN)
		return plain.bytes[0] != 0;
	if (physical == GPQ_PHYSICAL_INT32) {
		memcpy(&half, plain.bytes, sizeof(half));
		return half;
	}
	memcpy(&word, plain.bytes, sizeof(word));
	return word;
}

int gpq_claimed_compare(struct gpq_text a, struct gpq_text b, enum gpq_physical physical)
{
	if (physical == GPQ_PHYSICAL_BYTE_ARRAY)
		return gpq_text_compare(a, b);
	int64_t left = plain_word(a, physical), right = plain_word(b, physical);
	if (physical == GPQ_PHYSICAL_DOUBLE) {
		double x = word_number(left), y = word_number(right);
		return (x > y) - (x < y);
	}
	return (left > right) - (left < right);
}

static const char *text_complaint(struct gpq_text real, struct gpq_claimed_bound bound, char out[200])
{
	int order = gpq_text_compare(bound.claimed, real);
	if (bound.exact ? order == 0 : bound.is_max ? order >= 0 : order <= 0)
		return NULL;
	snprintf(out, 200, "'%.*s', the values have '%.*s'", (int)(bound.claimed.len < 60 ? bound.claimed.len : 60),
		 bound.claimed.bytes, (int)(real.len < 60 ? real.len : 60), real.bytes);
	return out;
}

const char *gpq_bound_complaint(const struct gpq_extremes *extremes, enum gpq_physical physical,
				struct gpq_claimed_bound bound, char out[200])
{
	if (physical == GPQ_PHYSICAL_BYTE_ARRAY)
		return text_complaint(bound.is_max ? extremes->max_text : extremes->min_text, bound, out);
	if (bound.claimed.len != plain_bytes(physical)) {
		snprintf(out, 200, "%u bytes long, its type has %zu", bound.claimed.len, plain_bytes(physical));
		return out;
	}
	int64_t word = plain_word(bound.claimed, physical);
	if (physical != GPQ_PHYSICAL_DOUBLE) {
		int64_t real = bound.is_max ? extremes->max_word : extremes->min_word;
		if (word == real || (!bound.exact && (bound.is_max ? word > real : word < real)))
			return NULL;
		snprintf(out, 200, "%lld, the values have %lld", (long long)word, (long long)real);
		return out;
	}
	double claimed = word_number(word), real = bound.is_max ? extremes->max_number : extremes->min_number;
	/* Readers skip pages by these: a zero minimum is written as -0.0, a zero maximum as +0.0. */
	if (claimed == 0 && real == 0 && !signbit(claimed) != bound.is_max) {
		snprintf(out, 200, "a zero of the wrong sign");
		return out;
	}
	if (claimed == real || (!bound.exact && (bound.is_max ? claimed > real : claimed < real)))
		return NULL;
	snprintf(out, 200, "%.17g, the values have %.17g", claimed, real);
	return out;
}
