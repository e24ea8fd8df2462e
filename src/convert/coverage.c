// SPDX-License-Identifier: MIT
#include "convert/coverage.h"

/* Adds what was found on a date: that of every block that holds part of it. Slots are in order of time. */
static void day_add(const struct gpq_dataset_run *dataset, struct gpq_coverage_day *day, uint32_t *slot)
{
	while (*slot < dataset->n_slots && dataset->slots[*slot]->span.end_day <= day->day)
		++*slot;
	for (uint32_t s = *slot; s < dataset->n_slots && dataset->slots[s]->span.first_day <= day->day; s++) {
		const struct gpq_block_slot *here = dataset->slots[s];
		uint32_t at = (uint32_t)(day->day - here->span.first_day);
		day->found += here->day_found ? here->day_found[at] : 0;
		day->covered_s += here->day_covered_s ? here->day_covered_s[at] : 0;
	}
}

static bool day_is_short(const struct gpq_dataset *dataset, const struct gpq_coverage_day *day, int64_t day_s)
{
	if (dataset->tiles)
		return day->covered_s != day_s;
	return dataset->off_grid ? !day->found : day->found != day->expected;
}

static bool edges_find(const struct gpq_dataset_run *dataset, struct gpq_coverage *coverage)
{
	bool any = false;
	for (uint32_t s = 0; s < dataset->n_slots; s++) {
		const struct gpq_block_slot *slot = dataset->slots[s];
		for (int32_t day = slot->span.first_day; slot->day_found && day < slot->span.end_day; day++) {
			if (!slot->day_found[day - slot->span.first_day])
				continue;
			if (!any)
				coverage->first_day = day;
			coverage->last_day = day;
			any = true;
		}
	}
	return any;
}

/* Slots are in order of time: between two of them with rows is a gap, too. */
static void gaps_find(const struct gpq_dataset_run *dataset, struct gpq_coverage *coverage)
{
	uint32_t last_s = 0;
	for (uint32_t s = 0; s < dataset->n_slots; s++) {
		const struct gpq_block_slot *slot = dataset->slots[s];
		if (!slot->day_found)
			continue;
		if (last_s && slot->first_start_s - last_s > coverage->gap_s) {
			coverage->gap_s = slot->first_start_s - last_s;
			coverage->gap_from_s = last_s;
		}
		if (slot->gap_s > coverage->gap_s) {
			coverage->gap_s = slot->gap_s;
			coverage->gap_from_s = slot->gap_from_s;
		}
		last_s = slot->last_start_s;
	}
}

struct gpq_coverage gpq_coverage_walk(const struct gpq_dataset_run *dataset,
                                      void (*visit)(void *context, const struct gpq_coverage_day *day), void *context)
{
	struct gpq_coverage coverage = { 0 };
	const struct gpq_zone *zone = dataset->calendar.zone;
	uint32_t slot = 0;
	if (!edges_find(dataset, &coverage))
		return coverage;
	gaps_find(dataset, &coverage);
	for (int32_t day = coverage.first_day; day <= coverage.last_day; day++) {
		int64_t day_s = gpq_zone_midnight_s(zone, day + 1) - gpq_zone_midnight_s(zone, day);
		struct gpq_coverage_day seen = {
			.day = day,
			.hours = (uint32_t)(day_s / 3600),
			.expected = (uint32_t)(day_s / (dataset->dataset->interval_minutes * 60)),
			.tiles = dataset->dataset->tiles,
		};
		day_add(dataset, &seen, &slot);
		seen.is_short = day_is_short(dataset->dataset, &seen, day_s);
		coverage.days++;
		coverage.intervals += seen.found;
		coverage.days_short += seen.is_short;
		if (visit && (seen.is_short || seen.hours != 24))
			visit(context, &seen);
	}
	return coverage;
}
