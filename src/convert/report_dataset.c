// SPDX-License-Identifier: MIT
#include "convert/report_page.h"

#include "base/shortest.h"
#include "convert/coverage.h"
#include "convert/dataset_summary.h"
#include "convert/partition_sums.h"
#include "table/cell.h"
#include "value/instant.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_DAYS 20 /* stretches of short days, and clock changes, of a dataset that the text names */

static void date_print(int32_t day, char out[16])
{
	int32_t year;
	uint32_t month, day_of_month;
	gpq_civil_of_days(day, &year, &month, &day_of_month);
	snprintf(out, 16, "%04d-%02u-%02u", year, month % 100, day_of_month % 100);
}

/* A cell of the dataset's total. */
static double price(const struct gpq_dataset_run *dataset, int64_t cell)
{
	int total = gpq_dataset_cell(dataset->dataset, GPQ_COLUMN_LMP_TOTAL);
	return gpq_cell_to_double(cell, dataset->dataset->cells[total].scale);
}

static const char *column_name(const struct gpq_dataset_run *dataset, uint32_t cell)
{
	const struct gpq_table *table = gpq_table_schema(dataset->dataset->table);
	uint32_t number = 0;
	while (table->columns[number].id != dataset->dataset->cells[cell].column)
		number++;
	return table->columns[number].name;
}

/* ---- JSON ---- */

static enum gpq_status json_partitions(struct gpq_report_page *page, const struct gpq_dataset_run *dataset)
{
	struct gpq_json *json = &page->json;
	uint64_t rows = 0;
	gpq_json_key(json, "partitions");
	gpq_json_array_begin(json);
	for (uint32_t f = 0; f < dataset->n_files; f++) {
		const struct gpq_partition_file *file = &dataset->files[f];
		rows += file->rows;
		if (!file->row_groups)
			continue;
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "file", file->path);
		gpq_json_member_uint64(json, "rows", file->rows);
		gpq_json_member_uint64(json, "bytes", file->bytes);
		gpq_json_member_uint64(json, "row_groups", file->row_groups);
		gpq_json_member_bool(json, "incomplete", file->incomplete);
		struct gpq_partition_sums sums;
		GPQ_TRY(gpq_partition_sums_find(page->run, dataset, file->partition, &sums, page->err));
		gpq_json_member_uint64(json, "inputs", sums.inputs);
		gpq_json_member_uint64(json, "joined", sums.joined);
		gpq_json_member_uint64(json, "duplicate", sums.duplicate);
		gpq_json_member_uint64(json, "superseded", sums.superseded);
		gpq_json_member_uint64(json, "days", sums.days);
		gpq_json_member_uint64(json, "days_short", sums.days_short);
		gpq_json_object_end(json);
		gpq_report_page_give(page);
	}
	gpq_json_array_end(json);
	gpq_json_member_uint64(json, "rows", rows);
	return GPQ_OK;
}

static void json_day(struct gpq_report_page *page, const struct gpq_coverage_day *day, bool with_hours)
{
	char date[16];
	date_print(day->day, date);
	gpq_json_object_begin(&page->json);
	gpq_json_member_text(&page->json, "date", date);
	if (with_hours)
		gpq_json_member_uint64(&page->json, "hours", day->hours);
	gpq_json_member_uint64(&page->json, "expected", day->expected);
	gpq_json_member_uint64(&page->json, "found", day->found);
	gpq_json_key(&page->json, "covered_seconds");
	if (day->tiles)
		gpq_json_uint64(&page->json, day->covered_s);
	else
		gpq_json_null(&page->json);
	gpq_json_object_end(&page->json);
	gpq_report_page_give(page);
}

static void json_short_day(void *context, const struct gpq_coverage_day *day)
{
	if (day->is_short)
		json_day(context, day, false);
}

static void json_clock_change(void *context, const struct gpq_coverage_day *day)
{
	if (day->hours != 24)
		json_day(context, day, true);
}

static void json_coverage(struct gpq_report_page *page, const struct gpq_dataset_run *dataset)
{
	struct gpq_json *json = &page->json;
	gpq_json_key(json, "days_short");
	gpq_json_array_begin(json);
	struct gpq_coverage coverage = gpq_coverage_walk(dataset, json_short_day, page);
	gpq_json_array_end(json);
	gpq_json_key(json, "clock_changes");
	gpq_json_array_begin(json);
	gpq_coverage_walk(dataset, json_clock_change, page);
	gpq_json_array_end(json);
	char stamp[24];
	gpq_json_member_uint64(json, "days", coverage.days);
	gpq_json_member_uint64(json, "intervals", coverage.intervals);
	gpq_json_member_uint64(json, "longest_gap_seconds", coverage.gap_s);
	gpq_json_member_text(json, "longest_gap_from", coverage.gap_s ? gpq_stamp_print(coverage.gap_from_s, stamp) : NULL);
}

static void json_location(struct gpq_json *json, const struct gpq_named_location *location)
{
	gpq_json_member_text(json, "location", location->name);
	gpq_json_member_text(json, "id", location->has_id ? location->id : NULL);
}

static void json_member_double(struct gpq_json *json, const char *key, double number)
{
	gpq_json_key(json, key);
	gpq_json_double(json, number);
}

static void json_sums(struct gpq_json *json, const struct gpq_dataset_run *dataset, const struct gpq_dataset_summary *summary)
{
	const struct gpq_block_sums *sums = &summary->sums;
	const struct gpq_sum_row *worst = &sums->worst;
	char stamp[24];
	gpq_json_key(json, "sums");
	if (!dataset->n_sum_columns) {
		gpq_json_null(json);
		return;
	}
	gpq_json_object_begin(json);
	gpq_json_member_uint64(json, "checked", sums->checked);
	gpq_json_member_uint64(json, "off", sums->off);
	gpq_json_key(json, "worst");
	if (!sums->off) {
		gpq_json_null(json);
	} else {
		gpq_json_object_begin(json);
		json_location(json, &summary->worst);
		gpq_json_member_text(json, "instant", gpq_stamp_print(worst->start_s, stamp));
		json_member_double(json, "total", price(dataset, worst->total));
		json_member_double(json, "sum", price(dataset, worst->sum));
		json_member_double(json, "difference", worst->off);
		gpq_json_object_end(json);
	}
	gpq_json_object_end(json);
}

static void json_lacking(struct gpq_json *json, const struct gpq_dataset_run *dataset, const struct gpq_block_sums *sums)
{
	gpq_json_member_uint64(json, "incomplete_rows", sums->incomplete);
	gpq_json_key(json, "lacking");
	gpq_json_object_begin(json);
	for (uint32_t k = 0; k < dataset->dataset->n_cells; k++)
		if (sums->lacking[k])
			gpq_json_member_uint64(json, column_name(dataset, k), sums->lacking[k]);
	gpq_json_object_end(json);
}

static void json_changes(struct gpq_json *json, const char *key, const struct gpq_named_change *named, uint32_t count)
{
	gpq_json_key(json, key);
	gpq_json_array_begin(json);
	for (uint32_t i = 0; i < count; i++) {
		char date[16];
		date_print(named[i].day, date);
		gpq_json_object_begin(json);
		json_location(json, &named[i].location);
		gpq_json_member_text(json, "date", date);
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
}

static void json_summary(struct gpq_json *json, const struct gpq_dataset_run *dataset, const struct gpq_dataset_summary *summary)
{
	json_sums(json, dataset, summary);
	json_lacking(json, dataset, &summary->sums);
	gpq_json_member_uint64(json, "locations", summary->locations);
	gpq_json_member_uint64(json, "appeared", summary->appeared);
	json_changes(json, "first_appeared", summary->named_appeared, summary->n_named_appeared);
	gpq_json_member_uint64(json, "vanished", summary->vanished);
	json_changes(json, "first_vanished", summary->named_vanished, summary->n_named_vanished);
}

enum gpq_status gpq_report_dataset_json(struct gpq_report_page *page, const struct gpq_dataset_run *dataset)
{
	struct gpq_json *json = &page->json;
	struct gpq_dataset_summary summary;
	GPQ_TRY(gpq_dataset_summary_read(dataset, page->run->metadata, &summary, page->err));
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "iso", dataset->market->iso);
	gpq_json_member_text(json, "dataset", dataset->dataset->id);
	GPQ_TRY(json_partitions(page, dataset));
	json_coverage(page, dataset);
	json_summary(json, dataset, &summary);
	gpq_json_object_end(json);
	gpq_report_page_give(page);
	return GPQ_OK;
}

/* ---- text ---- */

/* Short days of one kind, one behind the other. */
struct days_text {
	bool off_grid;
	struct gpq_report_page *page;
	uint32_t shown, changes_shown;
	struct gpq_coverage_day last;
	int32_t first;
	bool open;
};

static void stretch_end(struct days_text *days)
{
	char first[16], last[16];
	if (!days->open)
		return;
	days->open = false;
	if (days->shown++ >= SHOWN_DAYS)
		return;
	date_print(days->first, first);
	date_print(days->last.day, last);
	bool one = days->first == days->last.day;
	(void)!gpq_buf_printf(&days->page->text, days->page->err, "    %s%s%s: ", first, one ? "" : " to ", one ? "" : last);
	if (days->last.tiles && days->last.found)
		(void)!gpq_buf_printf(&days->page->text, days->page->err, "%u intervals, which cover %u h %u min %u s of %u hours\n",
		                      days->last.found, days->last.covered_s / 3600, days->last.covered_s / 60 % 60,
		                      days->last.covered_s % 60, days->last.hours);
	else
		(void)!gpq_buf_printf(&days->page->text, days->page->err, "%u of %u intervals\n", days->last.found,
		                      days->last.expected);
	gpq_report_page_give(days->page);
}

/* The proof that clock changes were followed: a day of 23 or 25 hours that has them all, or, off the grid, how many it has. */
static void change_text(struct days_text *days, const struct gpq_coverage_day *day)
{
	char date[16];
	date_print(day->day, date);
	if (days->changes_shown++ < SHOWN_DAYS)
		(void)!gpq_buf_printf(&days->page->text, days->page->err, "    %s: %u hours, %s%u intervals%s\n", date, day->hours,
		                      days->off_grid ? "" : "all ", day->found, day->tiles ? ", which cover them all" : "");
	gpq_report_page_give(days->page);
}

static void day_text(void *context, const struct gpq_coverage_day *day)
{
	struct days_text *days = context;
	if (!day->is_short) {
		stretch_end(days);
		change_text(days, day);
		return;
	}
	/* Days without any interval are one kind, whatever they should have. */
	bool same_kind = days->open && days->last.day + 1 == day->day && days->last.found == day->found &&
	                 days->last.covered_s == day->covered_s && (days->last.expected == day->expected || !day->found);
	if (!same_kind) {
		stretch_end(days);
		days->first = day->day;
	}
	days->last = *day;
	days->open = true;
}

/* Off the grid: how many, whether they cover the days, and the longest gap (RULES 12). */
static enum gpq_status text_gaps(struct gpq_report_page *page, const struct gpq_dataset_run *dataset,
                                 const struct gpq_coverage *coverage)
{
	char first[16], last[16], stamp[24];
	date_print(coverage->first_day, first);
	date_print(coverage->last_day, last);
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    %s: %s to %s, %llu intervals%s %u of %u delivery dates\n",
	                       dataset->dataset->id, first, last, (unsigned long long)coverage->intervals,
	                       dataset->dataset->tiles ? ", which cover from midnight to midnight" : " on",
	                       coverage->days - coverage->days_short, coverage->days));
	if (!coverage->gap_s)
		return GPQ_OK;
	return gpq_buf_printf(&page->text, page->err, "    the longest time from one to the next is %u min %u s, from %s on\n",
	                      coverage->gap_s / 60, coverage->gap_s % 60, gpq_stamp_print(coverage->gap_from_s, stamp));
}

static enum gpq_status text_coverage(struct gpq_report_page *page, const struct gpq_dataset_run *dataset)
{
	struct days_text days = { .page = page, .off_grid = dataset->dataset->off_grid };
	struct gpq_coverage coverage = gpq_coverage_walk(dataset, NULL, NULL);
	char first[16], last[16];
	date_print(coverage.first_day, first);
	date_print(coverage.last_day, last);
	if (coverage.days && dataset->dataset->off_grid)
		GPQ_TRY(text_gaps(page, dataset, &coverage));
	else if (coverage.days)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    %s: %s to %s, %u of %u delivery dates have all intervals\n",
		                       dataset->dataset->id, first, last, coverage.days - coverage.days_short, coverage.days));
	gpq_report_page_give(page);
	gpq_coverage_walk(dataset, day_text, &days);
	stretch_end(&days);
	if (days.shown > SHOWN_DAYS)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    and %u more such stretches\n", days.shown - SHOWN_DAYS));
	if (days.changes_shown > SHOWN_DAYS)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    and %u more days of 23 or 25 hours%s\n",
		                       days.changes_shown - SHOWN_DAYS, days.off_grid ? "" : " with all intervals"));
	return GPQ_OK;
}

static enum gpq_status text_sums(struct gpq_report_page *page, const struct gpq_dataset_run *dataset,
                                 const struct gpq_dataset_summary *summary)
{
	const struct gpq_block_sums *sums = &summary->sums;
	char stamp[24], total[GPQ_SHORTEST_CAP_BYTES], sum[GPQ_SHORTEST_CAP_BYTES];
	if (!sums->checked)
		return GPQ_OK;
	if (!sums->off)
		return gpq_buf_printf(&page->text, page->err, "    all %llu totals are the sum of their components\n",
		                      (unsigned long long)sums->checked);
	gpq_shortest_write(price(dataset, sums->worst.total), total);
	gpq_shortest_write(price(dataset, sums->worst.sum), sum);
	return gpq_buf_printf(&page->text, page->err,
	                      "    %llu of %llu totals are not the sum of their components, furthest off %s at %s: %s, not %s\n",
	                      (unsigned long long)sums->off, (unsigned long long)sums->checked,
	                      summary->worst.name,
	                      gpq_stamp_print(sums->worst.start_s, stamp), total, sum);
}

static enum gpq_status text_lacking(struct gpq_report_page *page, const struct gpq_dataset_run *dataset,
                                    const struct gpq_block_sums *sums)
{
	const char *sign = ": ";
	if (!sums->incomplete)
		return GPQ_OK;
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    %llu rows lack components that others of their block have",
	                       (unsigned long long)sums->incomplete));
	for (uint32_t k = 0; k < dataset->dataset->n_cells; k++) {
		if (!sums->lacking[k])
			continue;
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "%s%llu %s", sign, (unsigned long long)sums->lacking[k],
		                       column_name(dataset, k)));
		sign = ", ";
	}
	return gpq_buf_append(&page->text, "\n", 1, page->err);
}

static enum gpq_status text_changes(struct gpq_report_page *page, const struct gpq_dataset_summary *summary)
{
	char date[16];
	if (!summary->locations)
		return GPQ_OK;
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    %u location%s", summary->locations,
	                       summary->locations == 1 ? "" : "s"));
	if (summary->appeared) {
		date_print(summary->named_appeared[0].day, date);
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, ", %u not from the first date on, such as %s (first %s)",
		                       summary->appeared, summary->named_appeared[0].location.name, date));
	}
	if (summary->vanished) {
		date_print(summary->named_vanished[0].day, date);
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, ", %u not to the last date, such as %s (last %s)",
		                       summary->vanished, summary->named_vanished[0].location.name, date));
	}
	return gpq_buf_append(&page->text, "\n", 1, page->err);
}

static enum gpq_status text_summary(struct gpq_report_page *page, const struct gpq_dataset_run *dataset)
{
	struct gpq_dataset_summary summary;
	GPQ_TRY(gpq_dataset_summary_read(dataset, page->run->metadata, &summary, page->err));
	GPQ_TRY(text_changes(page, &summary));
	GPQ_TRY(text_sums(page, dataset, &summary));
	return text_lacking(page, dataset, &summary.sums);
}

/* What became of a partition's rows, beside those that are in it. */
static enum gpq_status text_partition(struct gpq_report_page *page, const struct gpq_dataset_run *dataset,
                                      const struct gpq_partition_file *file)
{
	struct gpq_partition_sums sums;
	GPQ_TRY(gpq_partition_sums_find(page->run, dataset, file->partition, &sums, page->err));
	return gpq_buf_printf(&page->text, page->err,
	                      "    of %u file%s; %u of %u dates whole; %llu joined, %llu duplicate, %llu superseded\n", sums.inputs,
	                      sums.inputs == 1 ? "" : "s", sums.days - sums.days_short, sums.days, (unsigned long long)sums.joined,
	                      (unsigned long long)sums.duplicate, (unsigned long long)sums.superseded);
}

enum gpq_status gpq_report_dataset_text(struct gpq_report_page *page, const struct gpq_dataset_run *dataset)
{
	for (uint32_t f = 0; f < dataset->n_files; f++) {
		const struct gpq_partition_file *file = &dataset->files[f];
		if (!file->row_groups)
			continue;
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  %s  %llu rows, %llu bytes, %u row group%s%s\n", file->path,
		                       (unsigned long long)file->rows, (unsigned long long)file->bytes, file->row_groups,
		                       file->row_groups == 1 ? "" : "s",
		                       !file->incomplete ? "" : file->sink ? ", incomplete" : ", not replaced"));
		GPQ_TRY(text_partition(page, dataset, file));
	}
	GPQ_TRY(text_coverage(page, dataset));
	GPQ_TRY(text_summary(page, dataset));
	gpq_report_page_give(page);
	return GPQ_OK;
}
