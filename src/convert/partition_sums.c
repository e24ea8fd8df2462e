// SPDX-License-Identifier: MIT
#include "convert/partition_sums.h"

#include "convert/coverage.h"
#include "value/instant.h"

#include <string.h>

#define MARK_BYTES   ((size_t)64 << 10)
#define MARK_INPUTS  ((uint32_t)(MARK_BYTES * 8)) /* that are marked at a time; with more, tallies are gone through again */

/* What is added up; inputs from 'first' on have a mark each. */
struct adding {
	struct gpq_partition_sums *sums;
	uint8_t *marks;
	uint32_t first;
};

static bool tally_add(void *context, const struct gpq_tally *tally)
{
	struct adding *adding = context;
	struct gpq_partition_sums *sums = adding->sums;
	if (!(tally->written | tally->joined | tally->duplicate | tally->superseded)) /* an input that failed meanwhile */
		return true;
	if (!adding->first) {
		sums->joined += tally->joined;
		sums->duplicate += tally->duplicate;
		sums->superseded += tally->superseded;
	}
	uint32_t at = tally->input - adding->first;
	if (tally->input < adding->first || at >= MARK_INPUTS)
		return true;
	uint8_t bit = (uint8_t)(1u << at % 8);
	sums->inputs += !(adding->marks[at / 8] & bit);
	adding->marks[at / 8] |= bit;
	return true;
}

static enum gpq_status tallies_add(struct gpq_run *run, const struct gpq_dataset_run *dataset, int32_t partition,
                                   struct adding *adding, struct gpq_error *err)
{
	for (; adding->first < run->catalogue.count; adding->first += MARK_INPUTS) {
		memset(adding->marks, 0, MARK_BYTES);
		for (uint32_t s = 0; s < dataset->n_slots; s++)
			if (dataset->slots[s]->span.partition == partition)
				GPQ_TRY(gpq_block_slot_tallies(dataset->slots[s], run->tallies, tally_add, adding, err));
		if (run->catalogue.count - adding->first <= MARK_INPUTS)
			break;
	}
	return GPQ_OK;
}

/* The delivery dates [first, end) of a partition. */
struct days {
	int32_t first, end;
	struct gpq_partition_sums *sums;
};

static void short_day_add(void *context, const struct gpq_coverage_day *day)
{
	const struct days *days = context;
	days->sums->days_short += day->is_short && day->day >= days->first && day->day < days->end;
}

static void days_add(const struct gpq_dataset_run *dataset, int32_t partition, struct gpq_partition_sums *sums)
{
	int32_t year = partition / 100;
	uint32_t month = (uint32_t)(partition % 100);
	struct days days = { .sums = sums };
	days.first = gpq_days_of_civil(year, month ? month : 1, 1);
	days.end = month && month < 12 ? gpq_days_of_civil(year, month + 1, 1) : gpq_days_of_civil(year + 1, 1, 1);
	struct gpq_coverage coverage = gpq_coverage_walk(dataset, short_day_add, &days);
	int32_t first = coverage.first_day > days.first ? coverage.first_day : days.first;
	int32_t end = coverage.last_day + 1 < days.end ? coverage.last_day + 1 : days.end;
	sums->days = coverage.days && end > first ? (uint32_t)(end - first) : 0;
}

enum gpq_status gpq_partition_sums_find(struct gpq_run *run, const struct gpq_dataset_run *dataset, int32_t partition,
                                        struct gpq_partition_sums *out, struct gpq_error *err)
{
	struct gpq_partition_sums sums = { .inputs = 0 };
	struct adding adding = { .sums = &sums };
	GPQ_TRY(gpq_alloc(run->budget, GPQ_TAG_CONVERT, MARK_BYTES, &adding.marks, err));
	enum gpq_status status = tallies_add(run, dataset, partition, &adding, err);
	gpq_free(run->budget, GPQ_TAG_CONVERT, adding.marks, MARK_BYTES);
	if (status != GPQ_OK)
		return status;
	days_add(dataset, partition, &sums);
	*out = sums;
	return GPQ_OK;
}
