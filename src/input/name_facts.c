// SPDX-License-Identifier: MIT
#include "input/name_facts.h"

#include "value/instant.h"

#include <strings.h>

static bool text_has_word(struct gpq_text text, const char *word)
{
	uint32_t len = (uint32_t)strlen(word);
	for (uint32_t at = 0; at + len <= text.len; at++)
		if (strncasecmp(text.bytes + at, word, len) == 0)
			return true;
	return false;
}

enum gpq_finality gpq_name_finality(const struct gpq_market *market, struct gpq_text base, struct gpq_text path)
{
	bool any = false;
	enum gpq_finality most = GPQ_FINALITY_UNMARKED;
	for (uint32_t k = 0; k < market->n_finality_words; k++) {
		const struct gpq_finality_word *word = &market->finality_words[k];
		bool there = text_has_word(base, word->word) ||
		             (word->of_folders && text_has_word(path, word->word));
		if (there && (!any || word->finality > most))
			most = word->finality;
		any |= there;
	}
	return most;
}

struct gpq_text gpq_name_next(struct gpq_text *name)
{
	if (!name->bytes)
		return *name;
	uint32_t begin = name->len;
	while (begin && name->bytes[begin - 1] != '!')
		begin--;
	struct gpq_text part = { name->bytes + begin, name->len - begin };
	*name = begin ? (struct gpq_text){ name->bytes, begin - 1 } : (struct gpq_text){ NULL, 0 };
	return part;
}

/* 'digits' digits as a number; false where there are others. */
static bool digits_read(const char *bytes, uint32_t digits, uint32_t *out)
{
	*out = 0;
	for (uint32_t i = 0; i < digits; i++) {
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
		*out = *out * 10 + (uint32_t)(bytes[i] - '0');
	}
	return true;
}

/* A date as YYYYMMDD, of this age. */
static bool day_read(const char *bytes, int32_t *out_day)
{
	uint32_t year, month, day;
	int32_t back_year;
	uint32_t back_month, back_day;
	if (!digits_read(bytes, 4, &year) || !digits_read(bytes + 4, 2, &month) || !digits_read(bytes + 6, 2, &day) ||
	    year < 1970 || year > 2105 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	int32_t days = gpq_days_of_civil((int32_t)year, month, day);
	gpq_civil_of_days(days, &back_year, &back_month, &back_day);
	if (back_month != month)
		return false;
	*out_day = days;
	return true;
}

#define OASIS_STAMP_LEN 20u /* "_YYYYMMDD_HH_MM_SS_v" */

static bool oasis_stamp(const char *bytes, uint32_t *out_s)
{
	uint32_t hour, minute, second;
	int32_t day;
	if (bytes[0] != '_' || !day_read(bytes + 1, &day) || bytes[9] != '_' || !digits_read(bytes + 10, 2, &hour) ||
	    bytes[12] != '_' || !digits_read(bytes + 13, 2, &minute) || bytes[15] != '_' ||
	    !digits_read(bytes + 16, 2, &second) || bytes[18] != '_' || (bytes[19] | 32) != 'v')
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*out_s = (uint32_t)day * 86400u + hour * 3600 + minute * 60 + second;
	return true;
}

/* "YYYYMMDD", 'mark', "HHMMSS" or "HHMMSSmmm", 'mark'. What is less than a second is left to the order of names. */
static bool mis_stamp(struct gpq_text part, uint32_t at, char mark, uint32_t *out_s)
{
	uint32_t hour, minute, second, digits = 0;
	int32_t day;
	const char *clock = part.bytes + at + 9;
	if (at + 16 > part.len || !day_read(part.bytes + at, &day) || part.bytes[at + 8] != mark ||
	    !digits_read(clock, 2, &hour) || !digits_read(clock + 2, 2, &minute) || !digits_read(clock + 4, 2, &second))
		return false;
	while (at + 15 + digits < part.len && clock[6 + digits] >= '0' && clock[6 + digits] <= '9')
		digits++;
	if ((digits && digits != 3) || at + 15 + digits == part.len || clock[6 + digits] != mark)
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*out_s = (uint32_t)day * 86400u + hour * 3600 + minute * 60 + second;
	return true;
}

/* The stamp of "cdr.<report>.<16 digits>.<stamp>.<name>" or "<report>_<stamp>_<id>"; 0: the part is neither. */
static uint32_t mis_part_stamp(struct gpq_text part)
{
	uint32_t report, published_s = 0, at = 0;
	if (part.len > 4 && strncasecmp(part.bytes, "cdr.", 4) == 0) {
		for (uint32_t dots = 0; at < part.len && dots < 3; at++)
			dots += part.bytes[at] == '.';
		mis_stamp(part, at, '.', &published_s);
	} else if (part.len > 9 && digits_read(part.bytes, 8, &report) && part.bytes[8] == '_') {
		mis_stamp(part, 9, '_', &published_s);
	}
	return published_s;
}

/* The stamp of one part of a name; 0: it has none. */
static uint32_t part_published_s(enum gpq_publish_stamp kind, struct gpq_text part)
{
	uint32_t published_s = 0;
	if (kind == GPQ_PUBLISH_MIS_NAME)
		return mis_part_stamp(part);
	for (uint32_t at = 0; kind == GPQ_PUBLISH_OASIS_NAME && at + OASIS_STAMP_LEN <= part.len; at++)
		oasis_stamp(part.bytes + at, &published_s);
	return published_s;
}

uint32_t gpq_name_published_s(const struct gpq_market *market, struct gpq_text name)
{
	for (struct gpq_text part = gpq_name_next(&name); part.bytes; part = gpq_name_next(&name)) {
		uint32_t published_s = part_published_s(market->publish_stamp, part);
		if (published_s)
			return published_s;
	}
	return 0;
}

bool gpq_name_day(struct gpq_text base, int32_t *out_day)
{
	return base.len >= 8 && (base.len == 8 || base.bytes[8] < '0' || base.bytes[8] > '9') &&
	       day_read(base.bytes, out_day);
}
