// SPDX-License-Identifier: MIT
#include "convert/report.h"

#include "base/json.h"
#include "convert/coverage.h"
#include "value/instant.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)64 << 10)
#define SHOWN_DAYS 20  /* stretches of short days of a dataset that the text names */
#define SHOWN_FILES 50 /* files that gave nothing, that the text names */

/* Where a report goes: a buffer that is handed on and emptied piece by piece. */
struct page {
	struct gpq_run *run;
	struct gpq_buf text;
	struct gpq_json json;
	struct gpq_error *err;
	uint32_t shown;
	struct gpq_coverage_day stretch; /* short days of one kind, one behind the other: the last one */
	int32_t stretch_first;
	bool stretching;
};

uint64_t gpq_report_peak_resident_bytes(void)
{
	char text[4096];
	unsigned long long kib = 0;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = 0;
	const char *at = strstr(text, "VmHWM:");
	if (!at || sscanf(at + 6, "%llu", &kib) != 1)
		return 0;
	return kib << 10;
}

/* ---- totals ---- */

static bool tally_add(void *context, const struct gpq_tally *tally)
{
	struct gpq_run *run = context;
	struct gpq_merge_counts *merged = &run->catalogue.inputs[tally->input].merged;
	merged->written += tally->written;
	merged->joined += tally->joined;
	merged->duplicate += tally->duplicate;
	merged->superseded += tally->superseded;
	return true;
}

static enum gpq_status tallies_add(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t i = 0; i < run->catalogue.count; i++)
		memset(&run->catalogue.inputs[i].merged, 0, sizeof(run->catalogue.inputs[i].merged));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t s = 0; s < run->datasets[d].n_slots; s++)
			GPQ_TRY(gpq_block_slot_tallies(run->datasets[d].slots[s], run->metadata, tally_add, run, err));
	return GPQ_OK;
}

static bool identity_holds(const struct gpq_input *input)
{
	const struct gpq_line_counts *lines = &input->lines;
	const struct gpq_merge_counts *merged = &input->merged;
	return lines->lines == lines->header_lines + lines->blank_lines + lines->data_lines &&
	       lines->partial_rows == merged->written + merged->joined + merged->duplicate + merged->superseded +
	                                      lines->blank + lines->rejected + lines->outside;
}

enum gpq_status gpq_report_totals(struct gpq_run *run, struct gpq_run_totals *out, struct gpq_error *err)
{
	memset(out, 0, sizeof(*out));
	GPQ_TRY(tallies_add(run, err));
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		const struct gpq_input *input = &run->catalogue.inputs[i];
		out->by_state[input->state]++;
		if (input->state != GPQ_INPUT_CONVERTED)
			continue;
		out->lines.lines += input->lines.lines;
		out->lines.header_lines += input->lines.header_lines;
		out->lines.blank_lines += input->lines.blank_lines;
		out->lines.data_lines += input->lines.data_lines;
		out->lines.partial_rows += input->lines.partial_rows;
		out->lines.blank += input->lines.blank;
		out->lines.rejected += input->lines.rejected;
		out->lines.outside += input->lines.outside;
		out->lines.warnings += input->lines.warnings;
		out->merged.written += input->merged.written;
		out->merged.joined += input->merged.joined;
		out->merged.duplicate += input->merged.duplicate;
		out->merged.superseded += input->merged.superseded;
		if (identity_holds(input))
			continue;
		out->identity_broken++;
		out->broken_path = input->path;
	}
	return GPQ_OK;
}

/* ---- handing on ---- */

static void page_give(struct page *page)
{
	if (page->run->hooks->result && page->text.len)
		page->run->hooks->result(page->run->hooks->context, (const char *)page->text.bytes, page->text.len);
	gpq_buf_clear(&page->text);
}

static void json_counts(struct gpq_json *json, const struct gpq_line_counts *lines, const struct gpq_merge_counts *merged)
{
	gpq_json_member_uint64(json, "lines", lines->lines);
	gpq_json_member_uint64(json, "header_lines", lines->header_lines);
	gpq_json_member_uint64(json, "blank_lines", lines->blank_lines);
	gpq_json_member_uint64(json, "data_lines", lines->data_lines);
	gpq_json_member_uint64(json, "partial_rows", lines->partial_rows);
	gpq_json_member_uint64(json, "written", merged->written);
	gpq_json_member_uint64(json, "joined", merged->joined);
	gpq_json_member_uint64(json, "duplicate", merged->duplicate);
	gpq_json_member_uint64(json, "superseded", merged->superseded);
	gpq_json_member_uint64(json, "blank", lines->blank);
	gpq_json_member_uint64(json, "rejected", lines->rejected);
	gpq_json_member_uint64(json, "outside", lines->outside);
	gpq_json_member_uint64(json, "warnings", lines->warnings);
}

static void json_file(struct page *page, const struct gpq_input *input)
{
	struct gpq_json *json = &page->json;
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "file", input->path);
	gpq_json_member_text(json, "feed", input->feed ? input->feed->id : NULL);
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && input->feed && input->feed->outputs[o]; o++)
		gpq_json_text(json, input->feed->outputs[o]->id);
	gpq_json_array_end(json);
	gpq_json_member_text(json, "state", gpq_input_state_word(input->state));
	gpq_json_member_text(json, "reason", input->reason);
	json_counts(json, &input->lines, &input->merged);
	gpq_json_object_end(json);
	page_give(page);
}

static void date_print(int32_t day, char out[16])
{
	int32_t year;
	uint32_t month, day_of_month;
	gpq_civil_of_days(day, &year, &month, &day_of_month);
	snprintf(out, 16, "%04d-%02u-%02u", year, month % 100, day_of_month % 100);
}

static void json_day(void *context, const struct gpq_coverage_day *day)
{
	struct page *page = context;
	char date[16];
	date_print(day->day, date);
	gpq_json_object_begin(&page->json);
	gpq_json_member_text(&page->json, "date", date);
	gpq_json_member_uint64(&page->json, "expected", day->expected);
	gpq_json_member_uint64(&page->json, "found", day->found);
	gpq_json_object_end(&page->json);
	page_give(page);
}

static void json_dataset(struct page *page, const struct gpq_dataset_run *dataset)
{
	struct gpq_json *json = &page->json;
	uint64_t rows = 0;
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "iso", dataset->market->iso);
	gpq_json_member_text(json, "dataset", dataset->dataset->id);
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
		gpq_json_object_end(json);
		page_give(page);
	}
	gpq_json_array_end(json);
	gpq_json_member_uint64(json, "rows", rows);
	gpq_json_key(json, "days_short");
	gpq_json_array_begin(json);
	struct gpq_coverage coverage = gpq_coverage_walk(dataset, json_day, page);
	gpq_json_array_end(json);
	gpq_json_member_uint64(json, "days", coverage.days);
	gpq_json_object_end(json);
	page_give(page);
}

static void json_memory(struct page *page)
{
	struct gpq_json *json = &page->json;
	const struct gpq_run *run = page->run;
	gpq_json_key(json, "memory");
	gpq_json_object_begin(json);
	gpq_json_member_uint64(json, "bound_bytes", run->plan.bound_bytes);
	gpq_json_member_uint64(json, "peak_bytes", gpq_report_peak_resident_bytes());
	gpq_json_member_uint64(json, "budget_peak_bytes", run->budget->peak_bytes);
	gpq_json_key(json, "rooms");
	gpq_json_object_begin(json);
	for (int tag = 0; tag < GPQ_N_TAGS; tag++)
		gpq_json_member_uint64(json, gpq_tag_name((enum gpq_tag)tag), run->budget->tag_peak_bytes[tag]);
	gpq_json_object_end(json);
	gpq_json_member_uint64(json, "spilled_bytes", gpq_spill_bytes(run->spill));
	gpq_json_member_uint64(json, "threads", run->plan.threads);
	gpq_json_object_end(json);
}

static enum gpq_status json_print(struct page *page, const struct gpq_run_totals *totals, enum gpq_status status,
                                  double seconds)
{
	struct gpq_json *json = &page->json;
	const struct gpq_run *run = page->run;
	gpq_json_init(json, &page->text);
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "gridpq", GPQ_VERSION);
	gpq_json_member_uint64(json, "status", (uint64_t)gpq_status_exit_code(status));
	gpq_json_key(json, "totals");
	gpq_json_object_begin(json);
	json_counts(json, &totals->lines, &totals->merged);
	for (int state = GPQ_INPUT_CONVERTED; state < GPQ_N_INPUT_STATES; state++) {
		char key[40];
		snprintf(key, sizeof(key), "files_%s", gpq_input_state_word((enum gpq_input_state)state));
		gpq_json_member_uint64(json, key, totals->by_state[state]);
	}
	gpq_json_object_end(json);
	gpq_json_key(json, "files");
	gpq_json_array_begin(json);
	for (uint32_t i = 0; i < run->catalogue.count; i++)
		json_file(page, &run->catalogue.inputs[i]);
	gpq_json_array_end(json);
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (uint32_t d = 0; d < run->n_datasets; d++)
		json_dataset(page, &run->datasets[d]);
	gpq_json_array_end(json);
	json_memory(page);
	gpq_json_key(json, "seconds");
	gpq_json_double(json, seconds);
	gpq_json_object_end(json);
	GPQ_TRY(gpq_json_finish(json, page->err));
	GPQ_TRY(gpq_buf_append(&page->text, "\n", 1, page->err));
	page_give(page);
	return GPQ_OK;
}

/* ---- text ---- */

static void stretch_end(struct page *page)
{
	char first[16], last[16];
	if (!page->stretching)
		return;
	page->stretching = false;
	if (page->shown++ >= SHOWN_DAYS)
		return;
	date_print(page->stretch_first, first);
	date_print(page->stretch.day, last);
	bool one = page->stretch_first == page->stretch.day;
	(void)!gpq_buf_printf(&page->text, page->err, "    %s%s%s: %u of %u intervals\n", first, one ? "" : " to ",
	                      one ? "" : last, page->stretch.found, page->stretch.expected);
	page_give(page);
}

static void text_day(void *context, const struct gpq_coverage_day *day)
{
	struct page *page = context;
	/* Days without any interval are one kind, whatever they should have. */
	bool same_kind = page->stretching && page->stretch.day + 1 == day->day && page->stretch.found == day->found &&
	                 (page->stretch.expected == day->expected || !day->found);
	if (!same_kind) {
		stretch_end(page);
		page->stretch_first = day->day;
	}
	page->stretch = *day;
	page->stretching = true;
}

static enum gpq_status text_dataset(struct page *page, const struct gpq_dataset_run *dataset)
{
	for (uint32_t f = 0; f < dataset->n_files; f++) {
		const struct gpq_partition_file *file = &dataset->files[f];
		if (!file->row_groups)
			continue;
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  %s  %llu rows, %llu bytes, %u row groups%s\n", file->path,
		                       (unsigned long long)file->rows, (unsigned long long)file->bytes, file->row_groups,
		                       !file->incomplete ? "" : file->sink ? ", incomplete" : ", not replaced"));
	}
	page->shown = 0;
	struct gpq_coverage coverage = gpq_coverage_walk(dataset, NULL, NULL);
	char first[16], last[16];
	date_print(coverage.first_day, first);
	date_print(coverage.last_day, last);
	if (coverage.days)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    %s: %s to %s, %u of %u delivery dates have all intervals\n",
		                       dataset->dataset->id, first, last, coverage.days - coverage.days_short, coverage.days));
	page_give(page);
	gpq_coverage_walk(dataset, text_day, page);
	stretch_end(page);
	if (page->shown > SHOWN_DAYS)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "    and %u more such stretches\n", page->shown - SHOWN_DAYS));
	page_give(page);
	return GPQ_OK;
}

static enum gpq_status text_refused(struct page *page)
{
	const struct gpq_run *run = page->run;
	uint32_t shown = 0;
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		const struct gpq_input *input = &run->catalogue.inputs[i];
		if (input->state == GPQ_INPUT_CONVERTED || input->state == GPQ_INPUT_FOUND)
			continue;
		if (shown++ >= SHOWN_FILES)
			continue;
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  %s: %s: %s\n", gpq_input_state_word(input->state), input->path,
		                       input->reason ? input->reason : gpq_status_text(input->status)));
		page_give(page);
	}
	if (shown > SHOWN_FILES)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  and %u more; --stats json names them all\n",
		                       shown - SHOWN_FILES));
	return GPQ_OK;
}

static enum gpq_status text_print(struct page *page, const struct gpq_run_totals *totals, double seconds)
{
	const struct gpq_run *run = page->run;
	const struct gpq_line_counts *lines = &totals->lines;
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "written\n"));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		GPQ_TRY(text_dataset(page, &run->datasets[d]));
	uint32_t refused = totals->by_state[GPQ_INPUT_FAILED] + totals->by_state[GPQ_INPUT_UNRECOGNISED] +
	                   totals->by_state[GPQ_INPUT_LEFT_OUT] + totals->by_state[GPQ_INPUT_SKIPPED];
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "read\n  %u files converted, %u not\n",
	                       totals->by_state[GPQ_INPUT_CONVERTED], refused));
	GPQ_TRY(text_refused(page));
	GPQ_TRY(gpq_buf_printf(&page->text, page->err,
	                       "rows\n  %llu read = %llu written + %llu joined + %llu duplicate + %llu superseded + %llu blank + "
	                       "%llu rejected + %llu outside\n",
	                       (unsigned long long)lines->partial_rows, (unsigned long long)totals->merged.written,
	                       (unsigned long long)totals->merged.joined, (unsigned long long)totals->merged.duplicate,
	                       (unsigned long long)totals->merged.superseded, (unsigned long long)lines->blank,
	                       (unsigned long long)lines->rejected, (unsigned long long)lines->outside));
	if (lines->warnings)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  %llu lines with a local time or voltage that does not fit\n",
		                       (unsigned long long)lines->warnings));
	if (gpq_rejects_count(run->rejects))
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  rejected lines are kept in %s/.gridpq/rejects/\n",
		                       run->settings->output));
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "took\n  %.2f s, %llu MiB of %llu at most, %u threads\n", seconds,
	                       (unsigned long long)(gpq_report_peak_resident_bytes() >> 20),
	                       (unsigned long long)(run->plan.bound_bytes >> 20), run->plan.threads));
	page_give(page);
	return GPQ_OK;
}

enum gpq_status gpq_report_print(struct gpq_run *run, const struct gpq_run_totals *totals, enum gpq_report report,
                                 enum gpq_status status, double seconds, struct gpq_error *err)
{
	if (report == GPQ_REPORT_NONE)
		return GPQ_OK;
	struct page page = { .run = run, .err = err };
	gpq_buf_init(&page.text, run->budget, GPQ_TAG_CONVERT, PIECE_BYTES);
	enum gpq_status printed = report == GPQ_REPORT_JSON ? json_print(&page, totals, status, seconds)
	                                                    : text_print(&page, totals, seconds);
	gpq_buf_done(&page.text);
	return printed;
}
