// SPDX-License-Identifier: MIT
#include "value/hour_ending.h"

#include "value/utf8.h"

#define HOUR_S 3600
#define DAY_S  86400

static bool text_is(struct gpq_text text, const char *word)
{
	uint32_t len = (uint32_t)strlen(word);
	if (text.len != len)
		return false;
	for (uint32_t i = 0; i < len; i++) {
		char letter = text.bytes[i];
		if (letter >= 'A' && letter <= 'Z')
			letter = (char)(letter - 'A' + 'a');
		if (letter != word[i])
			return false;
	}
	return true;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

enum gpq_reject gpq_value_hour_ending(struct gpq_text text, struct gpq_hour_ending *out)
{
	text = gpq_value_trim(text);
	if (!text.len || text_is(text, "null"))
		return GPQ_REJECT_STAMP_MISSING;
	uint32_t at = 0, hour = 0;
	for (; at < text.len && at < 2 && is_digit(text.bytes[at]); at++)
		hour = hour * 10 + (uint32_t)(text.bytes[at] - '0');
	struct gpq_text mark = { text.bytes + at, text.len - at };
	bool second_pass = text_is(mark, "x") || text_is(mark, "*");
	if (!at || hour < 1 || hour > 24 || (mark.len && !second_pass && !text_is(mark, ":00")))
		return GPQ_REJECT_STAMP;
	*out = (struct gpq_hour_ending){ (uint8_t)hour, second_pass };
	return GPQ_REJECT_NONE;
}

enum gpq_reject gpq_value_flag(struct gpq_text text, bool *out)
{
	text = gpq_value_trim(text);
	if (text_is(text, "y") || text_is(text, "true") || text_is(text, "1"))
		*out = true;
	else if (!text.len || text_is(text, "n") || text_is(text, "false") || text_is(text, "0") || text_is(text, "null"))
		*out = false;
	else
		return GPQ_REJECT_REPEATED;
	return GPQ_REJECT_NONE;
}

enum gpq_reject gpq_value_clock(struct gpq_text text, int32_t *out_offset_s, bool *out_told)
{
	text = gpq_value_trim(text);
	bool summer = text_is(text, "edt"), winter = text_is(text, "est");
	if (!summer && !winter && text.len && !text_is(text, "null"))
		return GPQ_REJECT_REPEATED;
	*out_told = summer || winter;
	if (*out_told)
		*out_offset_s = (summer ? -4 : -5) * HOUR_S;
	return GPQ_REJECT_NONE;
}

enum gpq_reject gpq_hour_ending_instant(const struct gpq_zone *zone, int32_t day, const struct gpq_hour_ending *ending,
                                        uint32_t within_s, int64_t *out_utc_s)
{
	int64_t utc_s[2];
	int passes = gpq_zone_instants(zone, (int64_t)day * DAY_S + (ending->hour - 1) * HOUR_S + within_s, utc_s);
	if (!passes)
		return GPQ_REJECT_STAMP;
	if (ending->second_pass && passes == 1)
		return GPQ_REJECT_REPEATED;
	*out_utc_s = utc_s[ending->second_pass];
	return GPQ_REJECT_NONE;
}
