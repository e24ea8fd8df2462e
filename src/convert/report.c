// SPDX-License-Identifier: MIT
#include "convert/report.h"

#include "convert/report_page.h"
#include "convert/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)64 << 10)
#define SHOWN_FILES 50 /* files that gave nothing, that the text names */

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

struct tally_sum {
	struct gpq_catalogue *catalogue;
	enum gpq_status status;
	struct gpq_error *err;
};

static bool tally_add(void *context, const struct gpq_tally *tally)
{
	struct tally_sum *sum = context;
	struct gpq_input input;
	sum->status = gpq_catalogue_get(sum->catalogue, tally->input, &input, sum->err);
	if (sum->status != GPQ_OK)
		return false;
	input.merged.written += tally->written;
	input.merged.joined += tally->joined;
	input.merged.duplicate += tally->duplicate;
	input.merged.superseded += tally->superseded;
	sum->status = gpq_catalogue_put(sum->catalogue, tally->input, &input, sum->err);
	return sum->status == GPQ_OK;
}

static enum gpq_status tallies_add(struct gpq_run *run, struct gpq_error *err)
{
	struct tally_sum sum = { .catalogue = &run->catalogue, .status = GPQ_OK, .err = err };
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t s = 0; s < run->datasets[d].n_slots; s++) {
			GPQ_TRY(gpq_block_slot_tallies(run->datasets[d].slots[s], run->tallies, tally_add, &sum, err));
			GPQ_TRY(sum.status);
		}
	return GPQ_OK;
}

static bool identity_holds(const struct gpq_line_counts *lines, const struct gpq_merge_counts *merged)
{
	return lines->lines == lines->header_lines + lines->blank_lines + lines->data_lines &&
	       lines->partial_rows == merged->written + merged->joined + merged->duplicate + merged->superseded +
	                                      lines->blank + lines->rejected + lines->outside;
}

static struct gpq_market_totals *market_totals(struct gpq_run_totals *totals, const struct gpq_market *market)
{
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count && m < GPQ_REPORT_MARKETS; m++)
		if (markets[m] == market)
			return &totals->markets[m];
	return &totals->markets[GPQ_REPORT_MARKETS];
}

static void counts_add(struct gpq_market_totals *totals, const struct gpq_line_counts *lines, const struct gpq_merge_counts *merged)
{
	totals->lines.lines += lines->lines;
	totals->lines.header_lines += lines->header_lines;
	totals->lines.blank_lines += lines->blank_lines;
	totals->lines.data_lines += lines->data_lines;
	totals->lines.partial_rows += lines->partial_rows;
	totals->lines.blank += lines->blank;
	totals->lines.rejected += lines->rejected;
	totals->lines.outside += lines->outside;
	totals->lines.warnings += lines->warnings;
	totals->merged.written += merged->written;
	totals->merged.joined += merged->joined;
	totals->merged.duplicate += merged->duplicate;
	totals->merged.superseded += merged->superseded;
}

enum gpq_status gpq_report_totals(struct gpq_run *run, struct gpq_run_totals *out, struct gpq_error *err)
{
	memset(out, 0, sizeof(*out));
	GPQ_TRY(tallies_add(run, err));
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct gpq_input_names names;
		struct gpq_outcome outcome;
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		struct gpq_market_totals *market = market_totals(out, gpq_input_market(&input));
		out->by_state[input.state]++;
		market->by_state[input.state]++;
		if (input.state != GPQ_INPUT_CONVERTED)
			continue;
		GPQ_TRY(gpq_catalogue_outcome(&run->catalogue, &input, &outcome, err));
		struct gpq_market_totals all = { .lines = out->lines, .merged = out->merged };
		counts_add(&all, &outcome.lines, &input.merged);
		out->lines = all.lines;
		out->merged = all.merged;
		counts_add(market, &outcome.lines, &input.merged);
		if (identity_holds(&outcome.lines, &input.merged))
			continue;
		GPQ_TRY(gpq_catalogue_names(&run->catalogue, &input, &names, err));
		out->identity_broken++;
		snprintf(out->broken_path, sizeof(out->broken_path), "%s", names.path);
	}
	return GPQ_OK;
}

/* ---- handing on ---- */

void gpq_report_page_give(struct gpq_report_page *page)
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

static enum gpq_status json_file(struct gpq_report_page *page, uint32_t number)
{
	struct gpq_catalogue *catalogue = &page->run->catalogue;
	struct gpq_json *json = &page->json;
	struct gpq_input_names names;
	struct gpq_outcome outcome;
	struct gpq_input input;
	GPQ_TRY(gpq_catalogue_get(catalogue, number, &input, page->err));
	GPQ_TRY(gpq_catalogue_names(catalogue, &input, &names, page->err));
	GPQ_TRY(gpq_catalogue_outcome(catalogue, &input, &outcome, page->err));
	const struct gpq_feed *feed = gpq_input_feed(&input);
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "file", names.path);
	gpq_json_member_text(json, "feed", feed ? feed->id : NULL);
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && feed && feed->outputs[o]; o++)
		gpq_json_text(json, feed->outputs[o]->id);
	gpq_json_array_end(json);
	gpq_json_member_text(json, "state", gpq_input_state_word((enum gpq_input_state)input.state));
	gpq_json_member_text(json, "reason", outcome.has_reason ? outcome.reason : NULL);
	json_counts(json, &outcome.lines, &input.merged);
	gpq_json_object_end(json);
	gpq_report_page_give(page);
	return GPQ_OK;
}

static void json_memory(struct gpq_report_page *page)
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
	gpq_json_member_uint64(json, "threads", gpq_stages_threads(run));
	gpq_json_object_end(json);
}

static void json_states(struct gpq_json *json, const uint32_t *by_state)
{
	for (int state = GPQ_INPUT_CONVERTED; state < GPQ_N_INPUT_STATES; state++) {
		char key[40];
		snprintf(key, sizeof(key), "files_%s", gpq_input_state_word((enum gpq_input_state)state));
		gpq_json_member_uint64(json, key, by_state[state]);
	}
}

/* Whether any input is of a market. */
static bool market_is_there(const struct gpq_market_totals *totals)
{
	uint32_t files = 0;
	for (int state = 0; state < GPQ_N_INPUT_STATES; state++)
		files += totals->by_state[state];
	return files > 0;
}

static const char *market_name(uint32_t number)
{
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	return number < count ? markets[number]->iso : NULL;
}

static void json_markets(struct gpq_report_page *page, const struct gpq_run_totals *totals)
{
	struct gpq_json *json = &page->json;
	gpq_json_key(json, "markets");
	gpq_json_array_begin(json);
	for (uint32_t m = 0; m <= GPQ_REPORT_MARKETS; m++) {
		if (!market_is_there(&totals->markets[m]))
			continue;
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "iso", market_name(m));
		json_counts(json, &totals->markets[m].lines, &totals->markets[m].merged);
		json_states(json, totals->markets[m].by_state);
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
}

static enum gpq_status json_print(struct gpq_report_page *page, const struct gpq_run_totals *totals, enum gpq_status status,
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
	json_states(json, totals->by_state);
	gpq_json_object_end(json);
	json_markets(page, totals);
	gpq_json_key(json, "files");
	gpq_json_array_begin(json);
	for (uint32_t i = 0; i < run->catalogue.count; i++)
		GPQ_TRY(json_file(page, i));
	gpq_json_array_end(json);
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (uint32_t d = 0; d < run->n_datasets; d++)
		GPQ_TRY(gpq_report_dataset_json(page, &run->datasets[d]));
	gpq_json_array_end(json);
	json_memory(page);
	gpq_json_key(json, "seconds");
	gpq_json_double(json, seconds);
	gpq_json_object_end(json);
	GPQ_TRY(gpq_json_finish(json, page->err));
	GPQ_TRY(gpq_buf_append(&page->text, "\n", 1, page->err));
	gpq_report_page_give(page);
	return GPQ_OK;
}

/* ---- text ---- */

/* The inputs of one state, as far as there is room for their names. */
static enum gpq_status text_state(struct gpq_report_page *page, enum gpq_input_state state, uint32_t *shown)
{
	struct gpq_catalogue *catalogue = &page->run->catalogue;
	for (uint32_t i = 0; i < catalogue->count && *shown < SHOWN_FILES; i++) {
		struct gpq_input_names names;
		struct gpq_outcome outcome;
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(catalogue, i, &input, page->err));
		if (input.state != state)
			continue;
		++*shown;
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &names, page->err));
		GPQ_TRY(gpq_catalogue_outcome(catalogue, &input, &outcome, page->err));
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  %s: %s: %s\n", gpq_input_state_word(state), names.path,
		                       outcome.reason));
		gpq_report_page_give(page);
	}
	return GPQ_OK;
}

/* What gave nothing: first what might have. */
static enum gpq_status text_refused(struct gpq_report_page *page, const struct gpq_run_totals *totals)
{
	static const enum gpq_input_state order[] = { GPQ_INPUT_FAILED, GPQ_INPUT_UNRECOGNISED, GPQ_INPUT_LEFT_OUT, GPQ_INPUT_SKIPPED };
	uint32_t shown = 0, refused = 0;
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		refused += totals->by_state[order[k]];
		if (totals->by_state[order[k]])
			GPQ_TRY(text_state(page, order[k], &shown));
	}
	if (refused > shown)
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  and %u more; --stats json names them all\n", refused - shown));
	return GPQ_OK;
}

static enum gpq_status text_market(struct gpq_report_page *page, const char *name, const struct gpq_market_totals *totals)
{
	static const char *const words[] = { [GPQ_INPUT_FOUND] = "found",           [GPQ_INPUT_CONVERTED] = "converted",
		                             [GPQ_INPUT_FAILED] = "failed",         [GPQ_INPUT_UNRECOGNISED] = "not recognised",
		                             [GPQ_INPUT_LEFT_OUT] = "left out",     [GPQ_INPUT_SKIPPED] = "not asked for" };
	const struct gpq_merge_counts *merged = &totals->merged;
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "  %s:", name));
	const char *before = " ";
	for (int state = GPQ_INPUT_CONVERTED; state < GPQ_N_INPUT_STATES; state++) {
		if (!totals->by_state[state])
			continue;
		GPQ_TRY(gpq_buf_printf(&page->text, page->err, "%s%u %s", before, totals->by_state[state], words[state]));
		before = ", ";
	}
	if (totals->by_state[GPQ_INPUT_CONVERTED])
		GPQ_TRY(gpq_buf_printf(&page->text, page->err,
		                       "; %llu rows read, %llu written, %llu joined, %llu duplicate, %llu superseded, %llu blank, %llu rejected",
		                       (unsigned long long)totals->lines.partial_rows, (unsigned long long)merged->written,
		                       (unsigned long long)merged->joined, (unsigned long long)merged->duplicate,
		                       (unsigned long long)merged->superseded, (unsigned long long)totals->lines.blank,
		                       (unsigned long long)totals->lines.rejected));
	return gpq_buf_append(&page->text, "\n", 1, page->err);
}

static enum gpq_status text_markets(struct gpq_report_page *page, const struct gpq_run_totals *totals)
{
	for (uint32_t m = 0; m <= GPQ_REPORT_MARKETS; m++)
		if (market_is_there(&totals->markets[m]))
			GPQ_TRY(text_market(page, m == GPQ_REPORT_MARKETS ? "of no market" : market_name(m), &totals->markets[m]));
	return GPQ_OK;
}

static enum gpq_status text_print(struct gpq_report_page *page, const struct gpq_run_totals *totals, double seconds)
{
	const struct gpq_run *run = page->run;
	const struct gpq_line_counts *lines = &totals->lines;
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "written\n"));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		GPQ_TRY(gpq_report_dataset_text(page, &run->datasets[d]));
	uint32_t refused = totals->by_state[GPQ_INPUT_FAILED] + totals->by_state[GPQ_INPUT_UNRECOGNISED] +
	                   totals->by_state[GPQ_INPUT_LEFT_OUT] + totals->by_state[GPQ_INPUT_SKIPPED];
	GPQ_TRY(gpq_buf_printf(&page->text, page->err, "read\n  %u files converted, %u not\n",
	                       totals->by_state[GPQ_INPUT_CONVERTED], refused));
	GPQ_TRY(text_markets(page, totals));
	GPQ_TRY(text_refused(page, totals));
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
	                       (unsigned long long)(run->plan.bound_bytes >> 20), gpq_stages_threads(run)));
	gpq_report_page_give(page);
	return GPQ_OK;
}

enum gpq_status gpq_report_print(struct gpq_run *run, const struct gpq_run_totals *totals, enum gpq_report report,
                                 enum gpq_status status, double seconds, struct gpq_error *err)
{
	if (report == GPQ_REPORT_NONE)
		return GPQ_OK;
	struct gpq_report_page page = { .run = run, .err = err };
	gpq_buf_init(&page.text, run->budget, GPQ_TAG_CONVERT, PIECE_BYTES);
	enum gpq_status printed = report == GPQ_REPORT_JSON ? json_print(&page, totals, status, seconds)
	                                                    : text_print(&page, totals, seconds);
	gpq_buf_done(&page.text);
	return printed;
}
