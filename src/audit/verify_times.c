// SPDX-License-Identifier: MIT
#include "audit/verify_rows.h"

#include "value/instant.h"

#include <stdarg.h>
#include <stdio.h>

#define US_S   INT64_C(1000000)
#define US_MIN (60 * US_S)
#define US_DAY (1440 * US_MIN)

/* A file covers a year or a month; a hostile one may claim anything. */
#define DAYS_CAP   4000
#define DAYS_NAMED 40
#define DATE_LIMIT 2900000 /* days from 1970 to the year 9909 */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static const char *stamp_of(int64_t us, char out[24])
{
	/* 0001 to 9999: what is beyond is printed as its limit. */
	int64_t s = floor_div(us, US_S);
	s = s < INT64_C(-62135596800) ? INT64_C(-62135596800) : s > INT64_C(253402300799) ? INT64_C(253402300799) : s;
	return gpq_stamp_print(s, out);
}

/* One row's time columns. */
struct times {
	int64_t start, end, local;
	int64_t minutes, offset, date, hour, interval;
};

static void time_say(struct gpq_row_check *check, uint32_t group, uint64_t row, const char *column, int64_t start,
		     const char *format, ...) GPQ_PRINTF(6, 7);
static void time_say(struct gpq_row_check *check, uint32_t group, uint64_t row, const char *column, int64_t start,
		     const char *format, ...)
{
	char stamp[24], text[160];
	struct gpq_place place = { .group = group, .row = (int64_t)row, .byte = -1, .column = column };
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	gpq_findings_say(check->findings, GPQ_FINDING_TIME, place, "%s at %s", text, stamp_of(start, stamp));
}

static void clock_check(struct gpq_row_check *check, const struct times *t, uint32_t group, uint64_t row)
{
	const struct gpq_zone *zone = check->claims->zone;
	int64_t local = t->start + t->offset * US_MIN;
	int64_t day = floor_div(t->local, US_DAY), minute = floor_div(t->local, US_MIN) - day * 1440;
	if (t->local != local)
		time_say(check, group, row, "datetime_local", t->start, "%lld, datetime_utc and offset say %lld",
			 (long long)(t->local), (long long)local);
	if (zone && gpq_zone_offset_s(zone, floor_div(t->start, US_S)) != t->offset * 60)
		time_say(check, group, row, "utc_offset_minutes", t->start, "%lld minutes, the zone's rules say %lld",
			 (long long)(t->offset), (long long)(gpq_zone_offset_s(zone, floor_div(t->start, US_S)) / 60));
	if (t->date != day)
		time_say(check, group, row, "delivery_date", t->start, "day %lld, datetime_local is on day %lld",
			 (long long)(t->date), (long long)day);
	if (t->hour != minute / 60 + 1)
		time_say(check, group, row, "delivery_hour", t->start, "%lld, datetime_local says %lld",
			 (long long)(t->hour), (long long)(minute / 60 + 1));
	int64_t interval = t->minutes == 60 || t->minutes <= 0 ? 0 : minute % 60 / t->minutes + 1;
	if (t->interval != interval)
		time_say(check, group, row, "delivery_interval", t->start, "%lld, datetime_local says %lld",
			 (long long)(t->interval), (long long)interval);
}

static void times_check(struct gpq_row_check *check, const struct times *t, uint32_t group, uint64_t row)
{
	const struct gpq_file_claims *claims = check->claims;
	int64_t minutes = claims->dataset ? claims->dataset->interval_minutes : t->minutes;
	if (t->minutes != minutes || (minutes != 5 && minutes != 15 && minutes != 30 && minutes != 60))
		time_say(check, group, row, "interval_minutes", t->start, "%lld, the dataset has %lld",
			 (long long)(t->minutes), (long long)minutes);
	if (claims->off_grid ? t->end <= t->start : t->end != t->start + t->minutes * US_MIN)
		time_say(check, group, row, "interval_end_utc", t->start, "%lld, the start and the length say %lld",
			 (long long)(t->end), (long long)(t->start + t->minutes * US_MIN));
	if (!claims->off_grid && minutes > 0 && t->start % (minutes * US_MIN) != 0)
		time_say(check, group, row, "datetime_utc", t->start,
			 "%lld microseconds are off the grid of %lld minutes", (long long)(t->start),
			 (long long)minutes);
	clock_check(check, t, group, row);
	if (claims->has_partition && (t->date < claims->first_day || t->date >= claims->end_day))
		time_say(check, group, row, "delivery_date", t->start,
			 "day %lld is not in the file's partition, which begins on day %lld", (long long)(t->date),
			 (long long)(claims->first_day));
}

static bool instant_equal(const struct gpq_instant *a, const struct gpq_instant *b)
{
	return a->end_us == b->end_us && a->date == b->date && a->minutes == b->minutes &&
	       a->offset_minutes == b->offset_minutes && a->hour == b->hour && a->interval == b->interval &&
	       a->local_right && b->local_right;
}

/* Values beyond what the columns can rightly hold must not look like right ones when narrowed. */
static bool times_narrow(const struct times *t, struct gpq_instant *out)
{
	*out = (struct gpq_instant){ .start_us = t->start,
				     .end_us = t->end,
				     .date = (int32_t)t->date,
				     .minutes = (int32_t)t->minutes,
				     .offset_minutes = (int16_t)t->offset,
				     .hour = (int8_t)t->hour,
				     .interval = (int8_t)t->interval,
				     .local_right = t->local == t->start + t->offset * US_MIN };
	return out->offset_minutes == t->offset && out->hour == t->hour && out->interval == t->interval &&
	       t->date > -DATE_LIMIT && t->date < DATE_LIMIT;
}

/* Keeps all arithmetic below far from overflow: the years -9999 to 9999. */
static bool instant_is_sane(int64_t us)
{
	return us > -INT64_C(378000000000) * US_S && us < INT64_C(253402300800) * US_S;
}

void gpq_row_check_times(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			 uint64_t row, uint32_t rows)
{
	const int64_t *word[GPQ_COLUMN_DELIVERY_INTERVAL + 1];
	for (int i = 0; i <= GPQ_COLUMN_DELIVERY_INTERVAL; i++)
		word[i] = slices[check->column[i]].words;
	for (uint32_t i = 0; i < rows; i++) {
		struct times t = { .start = word[GPQ_COLUMN_DATETIME_UTC][i],
				   .end = word[GPQ_COLUMN_INTERVAL_END_UTC][i],
				   .local = word[GPQ_COLUMN_DATETIME_LOCAL][i],
				   .minutes = word[GPQ_COLUMN_INTERVAL_MINUTES][i],
				   .offset = word[GPQ_COLUMN_UTC_OFFSET_MINUTES][i],
				   .date = word[GPQ_COLUMN_DELIVERY_DATE][i],
				   .hour = word[GPQ_COLUMN_DELIVERY_HOUR][i],
				   .interval = word[GPQ_COLUMN_DELIVERY_INTERVAL][i] };
		struct gpq_instant instant;
		if (!instant_is_sane(t.start) || !instant_is_sane(t.local) || !instant_is_sane(t.end)) {
			time_say(check, group, row + i, "datetime_utc", 0, "%lld or its end (%lld) is no time",
				 (long long)t.start, (long long)t.end);
			continue;
		}
		bool narrow = times_narrow(&t, &instant);
		const struct gpq_instant *known = gpq_instants_find(&check->instants, t.start);
		if (known && narrow && instant_equal(known, &instant))
			continue;
		times_check(check, &t, group, row + i);
		if (!known && narrow)
			gpq_instants_add(&check->instants, &instant);
	}
}

/* How many intervals the delivery date 'day' has. */
static uint32_t day_intervals(const struct gpq_file_claims *claims, int32_t day, int32_t minutes)
{
	int64_t seconds = 86400;
	if (claims->zone)
		seconds = gpq_zone_midnight_s(claims->zone, day + 1) - gpq_zone_midnight_s(claims->zone, day);
	return (uint32_t)(seconds / (60 * (int64_t)minutes));
}

/* "2024-07-04" */
static const char *day_print(int32_t day, char out[32])
{
	int32_t year;
	uint32_t month, date;
	gpq_civil_of_days(day, &year, &month, &date);
	snprintf(out, 32, "%04d-%02u-%02u", year, month, date);
	return out;
}

/* Days in a row that are short by as much. */
struct short_run {
	int32_t first, last;
	uint32_t found, expected;
	bool any;
	uint32_t named;
};

static void short_run_end(struct gpq_row_check *check, struct short_run *run)
{
	char first[32], last[32];
	if (!run->any)
		return;
	run->any = false;
	if (run->named++ >= DAYS_NAMED)
		return;
	if (run->first == run->last)
		gpq_findings_note(check->findings, "%s has %u of %u intervals", day_print(run->first, first),
				  run->found, run->expected);
	else
		gpq_findings_note(check->findings, "%s to %s have %u of %u intervals each",
				  day_print(run->first, first), day_print(run->last, last), run->found, run->expected);
}

static void day_compare(struct gpq_row_check *check, int32_t day, int32_t minutes, uint32_t found,
			struct short_run *run)
{
	const struct gpq_file_claims *claims = check->claims;
	uint32_t expected = day_intervals(claims, day, minutes);
	char text[32];
	/* Off the grid a day may have more: runs stand where they began (RULES 10), by the second. */
	uint32_t possible = claims->off_grid ? expected * (uint32_t)minutes * 60 : expected;
	bool is_short = found < expected && !claims->off_grid;
	if (found > possible)
		gpq_findings_say(check->findings, GPQ_FINDING_DAY, GPQ_NOWHERE,
				 "%s has %u distinct intervals, %u are possible", day_print(day, text), found,
				 possible);
	if (run->any && (!is_short || found != run->found || (found && expected != run->expected)))
		short_run_end(check, run);
	if (!is_short)
		return;
	if (!run->any)
		*run = (struct short_run){ day, day, found, expected, true, run->named };
	run->last = day;
}

enum gpq_status gpq_row_check_days(struct gpq_row_check *check, struct gpq_error *err)
{
	const struct gpq_instants *instants = &check->instants;
	int32_t first = INT32_MAX, last = INT32_MIN, minutes = 0;
	uint32_t *counts = NULL;
	struct short_run run = { .any = false };
	for (size_t i = 0; i < instants->room; i++) {
		if (!instants->entries[i].used)
			continue;
		first = instants->entries[i].date < first ? instants->entries[i].date : first;
		last = instants->entries[i].date > last ? instants->entries[i].date : last;
		minutes = instants->entries[i].minutes;
	}
	if (instants->full)
		gpq_findings_note(check->findings,
				  "intervals are not counted by day: there are more than %zu distinct ones or "
				  "the memory bound is too small",
				  instants->count);
	if (instants->count == 0 || instants->full)
		return GPQ_OK;
	if (last - (int64_t)first >= DAYS_CAP || minutes <= 0) {
		gpq_findings_say(check->findings, GPQ_FINDING_DAY, GPQ_NOWHERE, "delivery dates span more than %d days",
				 DAYS_CAP);
		return GPQ_OK;
	}
	size_t n_days = (size_t)(last - first) + 1;
	GPQ_TRY(gpq_alloc_zero(check->budget, GPQ_TAG_CONVERT, n_days * sizeof(*counts), &counts, err));
	for (size_t i = 0; i < instants->room; i++)
		if (instants->entries[i].used)
			counts[instants->entries[i].date - first]++;
	for (size_t i = 0; i < n_days; i++)
		day_compare(check, first + (int32_t)i, minutes, counts[i], &run);
	short_run_end(check, &run);
	if (run.named > DAYS_NAMED)
		gpq_findings_note(check->findings, "and %u more stretches of days are short", run.named - DAYS_NAMED);
	gpq_free(check->budget, GPQ_TAG_CONVERT, counts, n_days * sizeof(*counts));
	return GPQ_OK;
}
