// SPDX-License-Identifier: MIT
#include "convert/calendar.h"

#include "value/instant.h"

#include <stdio.h>

#define HOUR_S 3600
#define DAY_S 86400
#define FIRST_MONDAY 4 /* 1970-01-05, in days since 1970-01-01 */

struct gpq_calendar gpq_calendar_of(const struct gpq_dataset *dataset, const struct gpq_zone *zone, enum gpq_order order,
                                    enum gpq_partition partition)
{
	return (struct gpq_calendar){
		.zone = zone,
		.block_hours = order == GPQ_ORDER_BLOCK ? dataset->block_hours : 0,
		.partition = partition == GPQ_PARTITION_DATASET ? dataset->partition : partition,
	};
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int32_t gpq_calendar_day(const struct gpq_calendar *calendar, int64_t utc_s)
{
	return (int32_t)floor_div(utc_s + gpq_zone_offset_s(calendar->zone, utc_s), DAY_S);
}

struct gpq_span gpq_calendar_span(const struct gpq_calendar *calendar, int64_t utc_s)
{
	struct gpq_span span;
	int32_t day = gpq_calendar_day(calendar, utc_s);
	int32_t year;
	uint32_t month, day_of_month;
	gpq_civil_of_days(day, &year, &month, &day_of_month);
	bool monthly = calendar->partition == GPQ_PARTITION_MONTH;
	span.partition = year * 100 + (monthly ? (int32_t)month : 0);
	int32_t edge_first = gpq_days_of_civil(year, monthly ? month : 1, 1);
	int32_t edge_end = !monthly ? gpq_days_of_civil(year + 1, 1, 1)
	                            : gpq_days_of_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
	span.first_day = edge_first;
	span.end_day = edge_end;
	if (calendar->block_hours >= 24) {
		int32_t days = (int32_t)calendar->block_hours / 24;
		int32_t first = (int32_t)floor_div(day - FIRST_MONDAY, days) * days + FIRST_MONDAY;
		span.first_day = first > edge_first ? first : edge_first;
		span.end_day = first + days < edge_end ? first + days : edge_end;
	} else if (calendar->block_hours > 0) {
		span.first_day = day;
		span.end_day = day + 1;
	}
	span.begin_s = gpq_zone_midnight_s(calendar->zone, span.first_day);
	span.end_s = gpq_zone_midnight_s(calendar->zone, span.end_day);
	span.key = (int64_t)span.first_day * 24;
	if (calendar->block_hours > 0 && calendar->block_hours < 24) {
		int64_t block_s = (int64_t)calendar->block_hours * HOUR_S;
		int64_t number = (utc_s - span.begin_s) / block_s;
		int64_t last = 24 / calendar->block_hours - 1; /* takes the 25th hour too: a block more would have the next day's key */
		number = number < last ? number : last;
		span.key += number * calendar->block_hours;
		span.begin_s += number * block_s;
		if (number < last)
			span.end_s = span.begin_s + block_s;
	}
	return span;
}

char *gpq_partition_print(int32_t partition, char out[16])
{
	if (partition % 100)
		snprintf(out, 16, "%04d-%02d", partition / 100, partition % 100);
	else
		snprintf(out, 16, "%04d", partition / 100);
	return out;
}
