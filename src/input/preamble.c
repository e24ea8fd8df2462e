// SPDX-License-Identifier: MIT
#include "input/preamble.h"

#include "input/name_facts.h"
#include "value/instant.h"
#include "value/utf8.h"

#include <strings.h>

#define STANDARD_TIME_S 3600 /* standard time is so much behind daylight saving time */

/* The rest of 'line' behind 'text', up to the field's end; null where it does not stand there. */
static struct gpq_text text_behind(struct gpq_text line, const char *text)
{
	struct gpq_text none = { NULL, 0 };
	if (!text || !line.len)
		return none;
	const char *at = memmem(line.bytes, line.len, text, strlen(text));
	if (!at)
		return none;
	at += strlen(text);
	uint32_t len = 0, most = (uint32_t)(line.bytes + line.len - at);
	while (len < most && at[len] != '"' && at[len] != ',')
		len++;
	return gpq_value_trim((struct gpq_text){ at, len });
}

/* Takes the word off that '*text' begins with; null where none is left. */
static struct gpq_text word_next(struct gpq_text *text)
{
	struct gpq_text rest = gpq_value_trim(*text);
	uint32_t len = 0;
	if (!rest.bytes)
		return *text = rest;
	while (len < rest.len && rest.bytes[len] != ' ')
		len++;
	*text = (struct gpq_text){ rest.bytes + len, rest.len - len };
	return (struct gpq_text){ rest.bytes, len };
}

static bool day_of(struct gpq_text text, int32_t *out_day)
{
	int32_t day;
	if (gpq_value_date(text, &day) != GPQ_REJECT_NONE || day < 0 || day >= GPQ_DAYS_END)
		return false;
	*out_day = day;
	return true;
}

/* "06/04/2026", "06/04/2026 - 06/04/2026": a day where both are the same. */
static void day_take(struct gpq_text text, int32_t *out_day)
{
	int32_t first, last;
	if (!day_of(word_next(&text), &first))
		return;
	word_next(&text);
	*out_day = day_of(word_next(&text), &last) && last != first ? GPQ_NO_DAY : first;
}

/* A date, a time, and maybe a clock behind it, as "EDT"; what follows is not looked at. */
static uint32_t published_of(struct gpq_text text)
{
	struct gpq_stamp stamp;
	struct gpq_text date = word_next(&text), time = word_next(&text), clock = word_next(&text);
	if (!time.len)
		return 0;
	struct gpq_text both = { date.bytes, (uint32_t)(time.bytes + time.len - date.bytes) };
	if (gpq_value_stamp(both, &stamp) != GPQ_REJECT_NONE)
		return 0;
	bool standard = clock.len == 3 && memcmp(clock.bytes + 1, "ST", 2) == 0;
	int64_t seconds = stamp.civil_s + (standard ? STANDARD_TIME_S : 0);
	return seconds > 0 && seconds <= UINT32_MAX ? (uint32_t)seconds : 0;
}

/* The first field of a line, where it is a date. */
static void first_field_take(struct gpq_text line, int32_t *out_day)
{
	uint32_t len = 0;
	while (len < line.len && line.bytes[len] != ',')
		len++;
	if (len > 1 && line.bytes[0] == '"' && line.bytes[len - 1] == '"') {
		line.bytes++;
		len -= 2;
	}
	day_of((struct gpq_text){ line.bytes, len }, out_day);
}

static void line_read(const struct gpq_market *market, const struct gpq_feed *feed, struct gpq_text line,
		      struct gpq_preamble *out)
{
	if (out->day == GPQ_NO_DAY && feed->date_behind)
		day_take(text_behind(line, feed->date_behind), &out->day);
	else if (out->day == GPQ_NO_DAY)
		first_field_take(line, &out->day);
	if (!out->published_s && feed->published_behind)
		out->published_s = published_of(text_behind(line, feed->published_behind));
	struct gpq_text name = text_behind(line, feed->name_behind);
	if (name.len && name.len < sizeof(out->name)) {
		memcpy(out->name, name.bytes, name.len);
		out->name[name.len] = 0;
	}
	enum gpq_finality finality = gpq_name_finality(market, line, (struct gpq_text){ NULL, 0 });
	if (out->finality == GPQ_FINALITY_UNMARKED)
		out->finality = finality;
}

void gpq_preamble_read(const struct gpq_market *market, const struct gpq_feed *feed, const struct gpq_text *lines,
		       uint32_t count, struct gpq_preamble *out)
{
	struct gpq_preamble preamble = { .day = GPQ_NO_DAY, .finality = GPQ_FINALITY_UNMARKED };
	for (uint32_t k = 0; k < count; k++)
		line_read(market, feed, lines[k], &preamble);
	*out = preamble;
}

static bool begins_with(struct gpq_text line, const char *title)
{
	size_t len = strlen(title);
	line = gpq_value_trim(line);
	bool quoted = line.len && line.bytes[0] == '"';
	return line.len >= len + quoted && strncasecmp(line.bytes + quoted, title, len) == 0;
}

bool gpq_preamble_has_title(const struct gpq_feed *feed, struct gpq_text line)
{
	const char *comma = line.len ? memchr(line.bytes, ',', line.len) : NULL;
	struct gpq_text second = { NULL, 0 };
	if (comma)
		second = (struct gpq_text){ comma + 1, (uint32_t)(line.bytes + line.len - comma - 1) };
	for (size_t k = 0; k < sizeof(feed->titles) / sizeof(feed->titles[0]) && feed->titles[k]; k++)
		if (begins_with(line, feed->titles[k]) || begins_with(second, feed->titles[k]))
			return true;
	return false;
}

bool gpq_preamble_is_kind(struct gpq_text line, enum gpq_record_kind kind)
{
	bool quoted = line.len && line.bytes[0] == '"';
	const char *at = line.bytes + quoted, *end = line.bytes + line.len;
	if (at == end || *at != (char)kind)
		return false;
	at++;
	if (quoted && (at == end || *at++ != '"'))
		return false;
	return at == end || *at == ',';
}
