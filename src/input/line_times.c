// SPDX-License-Identifier: MIT
#include "input/line_times.h"

#include "input/line_passage.h"
#include "value/hour_ending.h"
#include "value/instant.h"
#include "value/utf8.h"

#define HOUR_S 3600
#define DAY_S  86400
#define CLOCK_BYTES 15 /* of "12:59:59.000000" */
#define SECOND_PASS_LABEL 25 /* CAISO's hour ending of the second pass of the hour that ends at 2 */

enum gpq_reject gpq_line_start(struct gpq_text stamp, uint32_t *out_start_s)
{
	struct gpq_stamp read;
	enum gpq_reject reason = gpq_value_stamp(stamp, &read);
	if (reason != GPQ_REJECT_NONE)
		return reason;
	int64_t utc_s = read.has_offset ? read.civil_s - read.offset_s : read.civil_s;
	if (utc_s < 0 || utc_s > UINT32_MAX)
		return GPQ_REJECT_STAMP;
	if (read.fraction_us)
		return GPQ_REJECT_GRID;
	*out_start_s = (uint32_t)utc_s;
	return GPQ_REJECT_NONE;
}

/* The one instant at which the market's clock shows 'civil_s'; false where there is none, or two. */
static bool instant_of(const struct gpq_zone *zone, int64_t civil_s, uint32_t *out_s)
{
	int64_t utc_s[2];
	if (gpq_zone_instants(zone, civil_s, utc_s) != 1 || utc_s[0] < 0 || utc_s[0] > UINT32_MAX)
		return false;
	*out_s = (uint32_t)utc_s[0];
	return true;
}

/* A stamp, or the time of day alone where 'day' is known. */
static enum gpq_reject stamp_read(struct gpq_text text, int32_t day, struct gpq_stamp *out)
{
	static const char any_day[] = "1970-01-01 ";
	char stamp[sizeof(any_day) + CLOCK_BYTES + GPQ_VALUE_PADDING];
	enum gpq_reject reason = gpq_value_stamp(text, out);
	text = gpq_value_trim(text);
	if (reason != GPQ_REJECT_STAMP || day == GPQ_NO_DAY || text.len > CLOCK_BYTES)
		return reason;
	memcpy(stamp, any_day, sizeof(any_day) - 1);
	memcpy(stamp + sizeof(any_day) - 1, text.bytes, text.len);
	reason = gpq_value_stamp((struct gpq_text){ stamp, (uint32_t)sizeof(any_day) - 1 + text.len }, out);
	out->civil_s += (int64_t)day * DAY_S;
	return reason;
}

/* Which pass the line says it is of, of a time that the market's clock shows 'passes' times: 0, 1, or 'passes' where nothing says. */
static enum gpq_reject pass_read(const struct passage *pass, struct line *line, int64_t civil_s, int passes,
                                 const int64_t utc_s[2], int *out, uint16_t *out_field)
{
	const struct gpq_feed_binding *binding = pass->binding;
	bool second = false, told = false;
	int32_t offset_s = 0;
	*out = passes == 2 ? passes : 0;
	if (binding->repeated != GPQ_NO_FIELD) {
		*out_field = binding->repeated;
		enum gpq_reject reason = gpq_value_flag(line_field(pass->parser, line, binding->repeated), &second);
		*out = second;
		return reason == GPQ_REJECT_NONE && second && passes == 1 ? GPQ_REJECT_REPEATED : reason;
	}
	if (binding->clock != GPQ_NO_FIELD &&
	    gpq_value_clock(line_field(pass->parser, line, binding->clock), &offset_s, &told) != GPQ_REJECT_NONE) {
		*out_field = binding->clock;
		return GPQ_REJECT_REPEATED;
	}
	if (told) {
		*out_field = binding->clock;
		*out = passes == 2 && civil_s - offset_s == utc_s[1];
		return civil_s - offset_s == utc_s[*out] ? GPQ_REJECT_NONE : GPQ_REJECT_REPEATED;
	}
	return *out < 2 || binding->feed->repeats_by_order ? GPQ_REJECT_NONE : GPQ_REJECT_STAMP;
}

/* A stamp by the market's clock: one instant, or both passes of a repeated hour. */
static enum gpq_reject local_start(const struct passage *pass, struct line *line, struct gpq_line_time *time, uint16_t *out_field)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_text stamp = line_field(pass->parser, line, binding->start);
	bool by_length = binding->start_is_end && !binding->output[0]->tiles;
	uint32_t before_s = by_length ? binding->output[0]->interval_minutes * 60u : 0;
	struct gpq_stamp read;
	int64_t utc_s[2] = { 0 };
	int which;
	enum gpq_reject reason = stamp_read(stamp, binding->day, &read);
	*out_field = binding->start;
	if (reason != GPQ_REJECT_NONE)
		return reason;
	if (read.fraction_us)
		return GPQ_REJECT_GRID;
	int passes = read.has_offset ? 1 : gpq_zone_instants(pass->zone, read.civil_s, utc_s);
	if (read.has_offset)
		utc_s[0] = read.civil_s - read.offset_s;
	if (!passes || utc_s[0] < before_s || utc_s[passes - 1] > UINT32_MAX)
		return GPQ_REJECT_STAMP;
	if (!read.has_offset) {
		reason = pass_read(pass, line, read.civil_s, passes, utc_s, &which, out_field);
		if (reason != GPQ_REJECT_NONE)
			return reason;
		/* The order of all instants tells where such an interval begins, which lines may stand in another order than. */
		if (which < 2 && passes == 2 && binding->clock != GPQ_NO_FIELD && binding->output[0]->tiles)
			time->told = (uint8_t)(which + 1);
		else if (which == 1)
			utc_s[0] = utc_s[1];
		passes = which < 2 && !time->told ? 1 : passes;
	}
	time->start_s = (uint32_t)(utc_s[0] - before_s);
	time->second_s = passes == 2 ? (uint32_t)(utc_s[1] - before_s) : 0;
	return GPQ_REJECT_NONE;
}

void gpq_line_hours(const struct gpq_zone *zone, int32_t day, uint32_t out_s[GPQ_HOURS_ACROSS])
{
	for (int h = 0; h < GPQ_HOURS_ACROSS; h++)
		if (!instant_of(zone, (int64_t)day * DAY_S + (int64_t)h * HOUR_S, &out_s[h]))
			out_s[h] = 0;
}

bool gpq_line_hour_is_twice(const struct gpq_zone *zone, int32_t day, uint32_t hour)
{
	int64_t utc_s[2];
	return gpq_zone_instants(zone, (int64_t)day * DAY_S + (int64_t)hour * HOUR_S, utc_s) == 2;
}

/* ---- what is compared: a difference is a warning, never a correction (RULES 6) ---- */

static bool local_differs(const struct passage *pass, struct gpq_text text, uint32_t start_s)
{
	struct gpq_stamp read;
	enum gpq_reject reason = gpq_value_stamp(text, &read);
	if (reason != GPQ_REJECT_NONE)
		return reason != GPQ_REJECT_STAMP_MISSING;
	int64_t end_s = (int64_t)start_s + (pass->binding->local_is_end ? pass->binding->output[0]->interval_minutes * 60 : 0);
	if (read.has_offset)
		return read.civil_s - read.offset_s != end_s;
	/* Where the clock changes when an interval ends, SPP shows that instant by either clock (RULES 6). */
	return read.civil_s != end_s + gpq_zone_offset_s(pass->zone, end_s) &&
	       read.civil_s != end_s + gpq_zone_offset_s(pass->zone, start_s);
}

static bool date_differs(struct gpq_text text, int64_t civil_s)
{
	int32_t days;
	enum gpq_reject reason = gpq_value_date(text, &days);
	if (reason != GPQ_REJECT_NONE)
		return reason != GPQ_REJECT_STAMP_MISSING;
	return days != civil_s / DAY_S;
}

static bool hour_differs(const struct passage *pass, struct gpq_text text, uint32_t start_s, int64_t civil_s)
{
	int32_t hour, label = (int32_t)(civil_s % DAY_S / HOUR_S) + 1;
	int64_t utc_s[2];
	if (gpq_value_whole(text, INT32_MIN, &hour) != GPQ_REJECT_NONE)
		return true;
	if (hour != SECOND_PASS_LABEL)
		return hour != label && hour != INT32_MIN;
	return label != 2 || gpq_zone_instants(pass->zone, civil_s, utc_s) != 2 || utc_s[1] != start_s;
}

static bool checks_differ(struct passage *pass, struct line *line, uint32_t start_s)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_line_parser *parser = pass->parser;
	int64_t civil_s = (int64_t)start_s + gpq_zone_offset_s(pass->zone, start_s);
	return (binding->local != GPQ_NO_FIELD && local_differs(pass, line_field(parser, line, binding->local), start_s)) ||
	       (binding->date_check != GPQ_NO_FIELD && date_differs(line_field(parser, line, binding->date_check), civil_s)) ||
	       (binding->hour_check != GPQ_NO_FIELD &&
	        hour_differs(pass, line_field(parser, line, binding->hour_check), start_s, civil_s));
}

/* ---- the line's time ---- */

static void time_refuse(struct gpq_line_time *time, enum gpq_reject reason, uint32_t field)
{
	*time = (struct gpq_line_time){ .reason = (uint8_t)reason, .field = (uint16_t)(field + 1) };
}

/* A stamp in UTC: of the interval's start, or of its end where that is all that is told. */
static enum gpq_reject utc_start(const struct passage *pass, struct gpq_text stamp, uint32_t *out_start_s)
{
	uint32_t before_s = pass->binding->start_is_end ? pass->binding->output[0]->interval_minutes * 60u : 0, at_s;
	enum gpq_reject reason = gpq_line_start(stamp, &at_s);
	if (reason != GPQ_REJECT_NONE)
		return reason;
	if (at_s < before_s)
		return GPQ_REJECT_STAMP;
	*out_start_s = at_s - before_s;
	return GPQ_REJECT_NONE;
}

/* Start and end must be one interval apart; of feeds by length that says the output. */
static enum gpq_reject length_check(const struct passage *pass, struct gpq_text end, struct gpq_line_time *time)
{
	const struct gpq_feed_binding *binding = pass->binding;
	uint32_t end_s, n_outputs = binding->feed->by_length ? binding->n_outputs : 1;
	enum gpq_reject reason = gpq_line_start(end, &end_s);
	if (reason != GPQ_REJECT_NONE)
		return reason == GPQ_REJECT_GRID ? GPQ_REJECT_LENGTH : reason;
	for (uint32_t o = 0; o < n_outputs; o++)
		if (end_s > time->start_s && end_s - time->start_s == binding->output[o]->interval_minutes * 60u) {
			time->output = (uint8_t)o;
			return GPQ_REJECT_NONE;
		}
	return GPQ_REJECT_LENGTH;
}

static void start_resolve(struct passage *pass, struct line *line, struct gpq_line_time *out)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_line_time time = { .start_s = 0 };
	uint16_t field = binding->start;
	enum gpq_reject reason =
		binding->start_is_local ? local_start(pass, line, &time, &field)
	                                : utc_start(pass, line_field(pass->parser, line, binding->start), &time.start_s);
	if (reason != GPQ_REJECT_NONE) {
		time_refuse(out, reason, field);
		return;
	}
	if (binding->end != GPQ_NO_FIELD) {
		reason = length_check(pass, line_field(pass->parser, line, binding->end), &time);
		if (reason != GPQ_REJECT_NONE) {
			time_refuse(out, reason, binding->end);
			return;
		}
	}
	const struct gpq_dataset *output = binding->output[time.output];
	if (!output->off_grid && time.start_s % (output->interval_minutes * 60u)) {
		time_refuse(out, GPQ_REJECT_GRID, binding->start);
		return;
	}
	time.warns = checks_differ(pass, line, time.start_s);
	*out = time;
}

/* Which interval of its hour a line is, as seconds from the hour's begin. */
static enum gpq_reject interval_read(struct passage *pass, struct line *line, uint32_t *out_s)
{
	const struct gpq_feed_binding *binding = pass->binding;
	uint32_t minutes = binding->output[0]->interval_minutes;
	int32_t interval;
	*out_s = 0;
	if (binding->interval == GPQ_NO_FIELD)
		return GPQ_REJECT_NONE;
	if (gpq_value_whole(line_field(pass->parser, line, binding->interval), INT32_MIN, &interval) != GPQ_REJECT_NONE)
		return GPQ_REJECT_STAMP;
	if (interval == INT32_MIN)
		return GPQ_REJECT_STAMP_MISSING;
	if (interval < 1 || (uint32_t)interval > HOUR_S / 60 / minutes)
		return GPQ_REJECT_STAMP;
	*out_s = ((uint32_t)interval - 1) * minutes * 60;
	return GPQ_REJECT_NONE;
}

/* The instant of a line that tells its date and the hour that ends (RULES 9). */
static void hour_resolve(struct passage *pass, struct line *line, struct gpq_line_time *out)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_hour_ending ending = { .hour = 0 };
	uint32_t within_s = 0, field = binding->date;
	int32_t day = binding->day; /* where no field tells it */
	int64_t utc_s;
	bool second = false;
	enum gpq_reject reason = GPQ_REJECT_NONE;
	if (binding->date != GPQ_NO_FIELD)
		reason = gpq_value_date(line_field(pass->parser, line, field), &day);
	if (reason == GPQ_REJECT_NONE)
		reason = gpq_value_hour_ending(line_field(pass->parser, line, field = binding->hour_ending), &ending);
	if (reason == GPQ_REJECT_NONE) {
		reason = interval_read(pass, line, &within_s);
		field = reason == GPQ_REJECT_NONE ? field : binding->interval;
	}
	if (reason == GPQ_REJECT_NONE && binding->repeated != GPQ_NO_FIELD) {
		reason = gpq_value_flag(line_field(pass->parser, line, binding->repeated), &second);
		field = reason == GPQ_REJECT_NONE ? field : binding->repeated;
	}
	ending.second_pass |= second;
	if (reason == GPQ_REJECT_NONE) {
		reason = gpq_hour_ending_instant(pass->zone, day, &ending, within_s, &utc_s);
		field = reason == GPQ_REJECT_REPEATED && second ? binding->repeated : field;
	}
	if (reason == GPQ_REJECT_NONE && (utc_s < 0 || utc_s > UINT32_MAX))
		reason = GPQ_REJECT_STAMP;
	if (reason != GPQ_REJECT_NONE) {
		time_refuse(out, reason, field);
		return;
	}
	struct gpq_line_time time = { .start_s = (uint32_t)utc_s, .warns = checks_differ(pass, line, (uint32_t)utc_s) };
	time.marked = binding->feed->repeats_by_order && ending.second_pass;
	ending.second_pass = true;
	if (binding->feed->repeats_by_order && !time.marked &&
	    gpq_hour_ending_instant(pass->zone, day, &ending, within_s, &utc_s) == GPQ_REJECT_NONE)
		time.second_s = (uint32_t)utc_s;
	*out = time;
}

/* The day of a line whose hours stand across: its own date, or that above the header. */
static void day_resolve(struct passage *pass, struct line *line, struct gpq_line_time *out)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_line_time time = { .day = binding->day, .even = true };
	uint32_t hours_s[GPQ_HOURS_ACROSS];
	if (binding->date != GPQ_NO_FIELD) {
		enum gpq_reject reason = gpq_value_date(line_field(pass->parser, line, binding->date), &time.day);
		if (reason != GPQ_REJECT_NONE) {
			time_refuse(out, reason, binding->date);
			return;
		}
	}
	gpq_line_hours(pass->zone, time.day, hours_s);
	time.start_s = hours_s[0];
	for (uint32_t h = 0; h < GPQ_HOURS_ACROSS; h++)
		time.even &= hours_s[h] && hours_s[h] == hours_s[0] + h * HOUR_S;
	if (!hours_s[0] || hours_s[0] % (binding->output[0]->interval_minutes * 60u)) {
		time_refuse(out, hours_s[0] ? GPQ_REJECT_GRID : GPQ_REJECT_STAMP, binding->date);
		return;
	}
	*out = time;
}

/* The new entry comes first, the oldest one goes. */
static void time_enter(struct gpq_line_parser *parser, const struct gpq_time_entry *entry)
{
	struct gpq_time_entry *at = &parser->times[gpq_time_slot((struct gpq_text){ entry->text, entry->len })];
	memmove(at + 1, at, (GPQ_TIME_WAYS - 1) * sizeof(*at));
	*at = *entry;
}

static void text_note(struct gpq_time_entry *entry, struct gpq_text text)
{
	entry->len = text.len;
	memcpy(entry->text, text.bytes, text.len);
}

const struct gpq_line_time *gpq_line_time(struct passage *pass, struct line *line)
{
	struct gpq_line_parser *parser = pass->parser;
	struct gpq_time_entry *last = &parser->last;
	char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
	struct gpq_text text = gpq_line_span(line, &parser->layout.time, apart);
	if (GPQ_LIKELY(time_is(last, text)))
		return &last->time;
	if (!parser->layout.time.count) { /* one day for all lines */
		if (!parser->day_known || parser->day != pass->binding->day)
			day_resolve(pass, line, &last->time);
		parser->day_known = true;
		parser->day = pass->binding->day;
		return &last->time;
	}
	bool kept = text.bytes && text.len && text.len <= GPQ_TIME_BYTES;
	const struct gpq_line_time *known = kept ? gpq_line_time_find(parser, text) : NULL;
	if (known)
		last->time = *known;
	else if (pass->binding->hour_ending != GPQ_NO_FIELD)
		hour_resolve(pass, line, &last->time);
	else if (pass->binding->hours_count)
		day_resolve(pass, line, &last->time);
	else
		start_resolve(pass, line, &last->time);
	last->time.place = last->time.start_s / (pass->binding->output[last->time.output]->interval_minutes * 60u);
	last->len = 0;
	if (!kept)
		return &last->time;
	text_note(last, text);
	if (!known)
		time_enter(parser, last);
	return &last->time;
}
