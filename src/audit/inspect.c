// SPDX-License-Identifier: MIT
#include "audit/inspect.h"

#include "base/json.h"
#include "input/input_reader.h"
#include "input/repeats.h"
#include "input/succession.h"
#include "cpu/features.h"
#include "io/walk.h"
#include "value/instant.h"

#include <stdio.h>
#include <string.h>

#define PAGE_BYTES ((size_t)256 << 10)
#define LOCATIONS_BYTES ((size_t)32 << 20)
#define MEMORY_BYTES ((size_t)64 << 20)

/* What the lines of one file say. */
struct findings {
	struct gpq_line_counts counts;
	uint64_t rows;
	uint32_t first_s, last_s;
	uint64_t by_reason[GPQ_N_REJECTS];
	struct {
		uint64_t line;
		enum gpq_reject reason;
	} first_reject;
	bool falls; /* instants go back */
	uint32_t ahead, ahead_s; /* stamps at the end that look ahead, and the first */
	struct gpq_error failure;
};

struct inspection {
	struct gpq_budget *budget;
	const struct gpq_hooks *hooks;
	struct gpq_texts assume;
	enum gpq_report report;
	struct gpq_head *head;
	struct gpq_line_parser *parser;
	struct gpq_input_reader reader;
	struct gpq_chunk_buffer buffer;
	struct gpq_repeats *repeats;
	struct gpq_succession *succession;
	struct gpq_locations *locations; /* of the file being read */
	struct gpq_head_facts facts;
	struct findings found;
	struct gpq_buf text;
	struct gpq_json json;
	bool failed;
};

/* ---- reading ---- */

static enum gpq_status rows_look(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	struct findings *found = &((struct inspection *)context)->found;
	(void)err;
	if (output)
		return GPQ_OK;
	for (uint32_t i = 0; i < batch->rows; i++) {
		uint32_t start_s = batch->start_s[i];
		found->falls |= start_s < found->last_s;
		if (!found->first_s || start_s < found->first_s)
			found->first_s = start_s;
		if (start_s > found->last_s)
			found->last_s = start_s;
	}
	found->rows += batch->rows;
	return GPQ_OK;
}

static void reject_note(struct findings *found, enum gpq_reject reason, uint64_t line)
{
	if (!found->first_reject.line) {
		found->first_reject.line = line;
		found->first_reject.reason = reason;
	}
	found->by_reason[reason]++;
}

static enum gpq_status bad_line_look(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)err;
	reject_note(&((struct inspection *)context)->found, line->reason, line->line);
	return GPQ_OK;
}

/* What waited for the end: the passes of repeated hours, and stamps that look ahead. */
static enum gpq_status waiting_read(struct inspection *inspection, const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	struct findings *found = &inspection->found;
	const char *refusal = gpq_repeats_refusal(inspection->repeats);
	refusal = refusal ? refusal : gpq_succession_refusal(inspection->succession);
	if (refusal)
		return gpq_fail(err, GPQ_E_DATA, "%s", refusal);
	if (gpq_repeats_any(inspection->repeats))
		GPQ_TRY(gpq_repeats_resolve(inspection->repeats, inspection->facts.tables[0].binding.output[0], receiver, &found->counts,
		                            err));
	GPQ_TRY(gpq_succession_end(inspection->succession, receiver, &found->counts, err));
	found->ahead = gpq_succession_ahead(inspection->succession, &found->ahead_s);
	return GPQ_OK;
}

static enum gpq_status chunks_read(struct inspection *inspection, const struct gpq_zone *zone, struct gpq_error *err)
{
	struct gpq_line_receiver receiver = {
		.context = inspection, .locations = inspection->locations, .rows = rows_look, .bad_line = bad_line_look,
		.repeats = inspection->repeats, .succession = inspection->succession,
	};
	gpq_repeats_clear(inspection->repeats);
	gpq_succession_begin(inspection->succession, zone);
	for (;;) {
		struct gpq_read_chunk read;
		uint32_t last_s;
		enum gpq_status status = gpq_input_reader_next(&inspection->reader, &inspection->buffer, &read, err);
		if (status == GPQ_END)
			break;
		GPQ_TRY(status);
		if (read.reason != GPQ_REJECT_NONE) {
			inspection->found.counts.data_lines++;
			inspection->found.counts.rejected += gpq_line_parts(&read.table->binding);
			reject_note(&inspection->found, read.reason, read.chunk.first_line);
			continue;
		}
		struct gpq_text header = { read.table->header, read.table->header_len };
		GPQ_TRY(gpq_line_parser_chunk(inspection->parser, &read.chunk, &read.table->binding, zone, header, &receiver,
		                               &inspection->found.counts, &last_s, err));
	}
	return waiting_read(inspection, &receiver, err);
}

/* Whether all lines together make a whole file. */
static enum gpq_status whole_check(const struct inspection *inspection, struct gpq_error *err)
{
	struct gpq_line_counts all = inspection->found.counts;
	gpq_head_count_lines(&inspection->reader.facts, &all);
	return gpq_head_check_lines(&inspection->reader.facts, &all, err);
}

/* Reads the whole file; what fails in it is a finding. */
static enum gpq_status lines_look(struct inspection *inspection, const char *path, const struct gpq_address *address,
                                  struct gpq_error *err)
{
	struct gpq_known_input input = {
		.path = path,
		.name = path,
		.base = path,
		.address = *address,
		.market = inspection->facts.market,
		.feed = inspection->facts.feed,
		.assumed = inspection->facts.assumed,
	};
	struct gpq_zone *zone = NULL;
	GPQ_TRY(gpq_zone_open(inspection->budget, input.market->zone, &zone, err));
	enum gpq_status status = gpq_locations_open(inspection->budget, LOCATIONS_BYTES / 2, &inspection->locations, err);
	if (status == GPQ_OK) {
		gpq_line_parser_forget(inspection->parser);
		struct gpq_error *failure = &inspection->found.failure;
		enum gpq_status read = gpq_input_reader_begin(&inspection->reader, inspection->head, &input, 0, false, failure);
		if (read == GPQ_OK)
			read = chunks_read(inspection, zone, failure);
		if (read == GPQ_OK)
			read = whole_check(inspection, failure);
		if (read == GPQ_OK)
			memset(failure, 0, sizeof(*failure));
		gpq_input_reader_end(&inspection->reader);
	}
	gpq_zone_close(zone);
	return status;
}

/* ---- text ---- */

static void text_dialect(const struct gpq_head_facts *facts, char *out, size_t cap)
{
	snprintf(out, cap, "%s%s%s%s", facts->member ? "zip, " : facts->compressed ? "gzip, " : "", facts->bom ? "byte order mark, " : "",
	         facts->quoted ? "quoted header, " : "", facts->crlf ? "CRLF" : "LF");
}

static enum gpq_status text_lines(struct inspection *inspection, struct gpq_error *err)
{
	const struct findings *found = &inspection->found;
	char first[24] = "-", last[24] = "-";
	if (found->rows) {
		gpq_stamp_print(found->first_s, first);
		gpq_stamp_print(found->last_s, last);
	}
	GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  rows      %llu, %s to %s, %u locations\n",
	                       (unsigned long long)found->rows, first, last, gpq_locations_count(inspection->locations)));
	if (found->counts.blank)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  odd       %llu rows without any price\n",
		                       (unsigned long long)found->counts.blank));
	if (found->falls)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  odd       instants go back: not in order of time\n"));
	if (found->counts.warnings)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  odd       %llu lines whose local time or voltage does not fit\n",
		                       (unsigned long long)found->counts.warnings));
	if (found->ahead)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err,
		                       "  left out  %llu rows of the last %u stamps, from %s on, which are a run that looks ahead\n",
		                       (unsigned long long)found->counts.outside, found->ahead, gpq_stamp_print(found->ahead_s, first)));
	for (int reason = 1; reason < GPQ_N_REJECTS; reason++)
		if (found->by_reason[reason])
			GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  rejected  %llu lines: %s\n",
			                       (unsigned long long)found->by_reason[reason],
			                       gpq_reject_sentence((enum gpq_reject)reason)));
	if (found->first_reject.line)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "            first: line %llu\n",
		                       (unsigned long long)found->first_reject.line));
	if (found->failure.status != GPQ_OK)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  FAILS     %s\n", found->failure.message));
	return GPQ_OK;
}

/* The delivery date that stands above the header, as "2023-01-01"; NULL where none does. */
static const char *day_print(const struct gpq_head_facts *facts, char out[16])
{
	int32_t day = facts->tables[0].binding.day, year;
	uint32_t month, day_of_month;
	if (facts->status != GPQ_OK || !facts->feed || !facts->feed->preamble_date || day == GPQ_NO_DAY)
		return NULL;
	gpq_civil_of_days(day, &year, &month, &day_of_month);
	snprintf(out, 16, "%04d-%02u-%02u", year, month, day_of_month);
	return out;
}

/* NULL where names do not tell. */
static const char *finality_word(enum gpq_finality finality)
{
	static const char *const words[] = {
		[GPQ_FINALITY_PRELIM] = "prelim",
		[GPQ_FINALITY_UNMARKED] = NULL,
		[GPQ_FINALITY_REPRICED] = "repriced",
		[GPQ_FINALITY_FINAL] = "final",
	};
	return words[finality];
}

/* By the clock of whoever made the name: without a zone. */
static const char *published_print(const struct gpq_head_facts *facts, char out[24])
{
	gpq_stamp_print(facts->published_s, out)[19] = 0;
	return out;
}

/* What names tell, and what stands around the lines. */
static enum gpq_status text_layout(struct inspection *inspection, struct gpq_error *err)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	const struct gpq_head_table *second = &facts->tables[1];
	struct gpq_buf *text = &inspection->text;
	char stamp[24], day[16];
	if (facts->n_tables > 1)
		GPQ_TRY(gpq_buf_printf(text, err, "  below     %.*s\n", (int)second->header_len, second->header));
	if (day_print(facts, day))
		GPQ_TRY(gpq_buf_printf(text, err, "  day       %s, above the header\n", day));
	if (finality_word(facts->finality))
		GPQ_TRY(gpq_buf_printf(text, err, "  finality  %s\n", finality_word(facts->finality)));
	if (facts->published_s)
		GPQ_TRY(gpq_buf_printf(text, err, "  published %s by %s\n", published_print(facts, stamp),
		                       facts->feed && facts->feed->published_behind ? "a line above its header" : "its name"));
	return GPQ_OK;
}

static enum gpq_status text_print(struct inspection *inspection, const char *path, struct gpq_error *err)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	struct gpq_buf *text = &inspection->text;
	char dialect[80];
	if (!facts->feed)
		return gpq_buf_printf(text, err, "%s: not recognised: %s\n", path, facts->why);
	if (facts->feed->left_out)
		return gpq_buf_printf(text, err, "%s: %s, left out: %s\n", path, facts->feed->id, facts->feed->left_out);
	GPQ_TRY(gpq_buf_printf(text, err, "%s: %s %s\n  why       %s\n", path, facts->market->iso,
	                       facts->feed->outputs[0]->id, facts->why));
	if (facts->feed->outputs[1])
		GPQ_TRY(gpq_buf_printf(text, err, "  also      %s\n", facts->feed->outputs[1]->id));
	if (facts->warning[0])
		GPQ_TRY(gpq_buf_printf(text, err, "  odd       %s\n", facts->warning));
	if (facts->status != GPQ_OK)
		return GPQ_OK;
	text_dialect(facts, dialect, sizeof(dialect));
	GPQ_TRY(gpq_buf_printf(text, err, "  dialect   %s\n  columns   %.*s\n", dialect, (int)facts->tables[0].header_len,
	                       facts->tables[0].header));
	GPQ_TRY(text_layout(inspection, err));
	return text_lines(inspection, err);
}

/* ---- JSON ---- */

static void json_lines(struct inspection *inspection, struct gpq_json *json)
{
	const struct findings *found = &inspection->found;
	char text[24];
	gpq_json_member_uint64(json, "rows", found->rows);
	gpq_json_member_text(json, "first", found->rows ? gpq_stamp_print(found->first_s, text) : NULL);
	gpq_json_member_text(json, "last", found->rows ? gpq_stamp_print(found->last_s, text) : NULL);
	gpq_json_member_uint64(json, "locations", inspection->locations ? gpq_locations_count(inspection->locations) : 0);
	gpq_json_member_uint64(json, "blank", found->counts.blank);
	gpq_json_member_uint64(json, "looking_ahead", found->counts.outside);
	gpq_json_member_uint64(json, "warnings", found->counts.warnings);
	gpq_json_member_bool(json, "in_time_order", !found->falls);
	gpq_json_key(json, "rejected");
	gpq_json_object_begin(json);
	for (int reason = 1; reason < GPQ_N_REJECTS; reason++)
		if (found->by_reason[reason])
			gpq_json_member_uint64(json, gpq_reject_word((enum gpq_reject)reason), found->by_reason[reason]);
	gpq_json_object_end(json);
	gpq_json_member_text(json, "failure", found->failure.status != GPQ_OK ? found->failure.message : NULL);
}

static void json_print(struct inspection *inspection, const char *path)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	struct gpq_json *json = &inspection->json;
	char day[16], stamp[24];
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "file", path);
	gpq_json_member_text(json, "iso", facts->market ? facts->market->iso : NULL);
	gpq_json_member_text(json, "feed", facts->feed ? facts->feed->id : NULL);
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && facts->feed && facts->feed->outputs[o]; o++)
		gpq_json_text(json, facts->feed->outputs[o]->id);
	gpq_json_array_end(json);
	gpq_json_member_text(json, "why", facts->feed && facts->feed->left_out ? facts->feed->left_out : facts->why);
	gpq_json_member_text(json, "warning", facts->warning[0] ? facts->warning : NULL);
	gpq_json_key(json, "header");
	gpq_json_string(json, facts->tables[0].header, facts->tables[0].header_len);
	gpq_json_key(json, "second_header");
	if (facts->n_tables > 1)
		gpq_json_string(json, facts->tables[1].header, facts->tables[1].header_len);
	else
		gpq_json_null(json);
	gpq_json_member_text(json, "day", day_print(facts, day));
	gpq_json_member_text(json, "finality", finality_word(facts->finality));
	gpq_json_member_text(json, "published", facts->published_s ? published_print(facts, stamp) : NULL);
	gpq_json_member_bool(json, "compressed", facts->compressed);
	gpq_json_member_bool(json, "bom", facts->bom);
	gpq_json_member_bool(json, "crlf", facts->crlf);
	gpq_json_member_bool(json, "quoted", facts->quoted);
	json_lines(inspection, json);
	gpq_json_object_end(json);
}

/* ---- files ---- */

static void text_give(struct inspection *inspection)
{
	if (inspection->hooks->result && inspection->text.len)
		inspection->hooks->result(inspection->hooks->context, (const char *)inspection->text.bytes, inspection->text.len);
	gpq_buf_clear(&inspection->text);
}

static void look_fail(struct inspection *inspection, const char *why)
{
	memset(&inspection->facts, 0, sizeof(inspection->facts));
	snprintf(inspection->facts.why, sizeof(inspection->facts.why), "%.*s", (int)sizeof(inspection->facts.why) - 1, why);
	inspection->failed = true;
}

/* What the head said, and the lines; 'failure' is NULL where the head could be read. */
static enum gpq_status look(struct inspection *inspection, const char *path, const struct gpq_address *address,
                            const struct gpq_error *failure, struct gpq_error *err)
{
	memset(&inspection->found, 0, sizeof(inspection->found));
	if (failure) {
		look_fail(inspection, failure->message);
		return GPQ_OK;
	}
	if (inspection->facts.status == GPQ_OK && inspection->facts.feed && !inspection->facts.feed->left_out)
		GPQ_TRY(lines_look(inspection, path, address, err));
	inspection->failed |= inspection->found.failure.status != GPQ_OK || inspection->facts.status == GPQ_E_DATA ||
	                      inspection->facts.status == GPQ_E_AMBIGUOUS;
	return GPQ_OK;
}

static enum gpq_status look_print(struct inspection *inspection, const char *path, const struct gpq_address *address,
                                  const struct gpq_error *failure, struct gpq_error *err)
{
	enum gpq_status status = look(inspection, path, address, failure, err);
	if (status == GPQ_OK && inspection->report == GPQ_REPORT_JSON)
		json_print(inspection, path);
	else if (status == GPQ_OK)
		status = text_print(inspection, path, err);
	gpq_locations_close(inspection->locations);
	inspection->locations = NULL;
	text_give(inspection);
	return status;
}

static enum gpq_status cancel_ask(const struct inspection *inspection, struct gpq_error *err)
{
	if (inspection->hooks->cancelled && inspection->hooks->cancelled(inspection->hooks->context))
		return gpq_fail(err, GPQ_E_INTERRUPTED, "stopped on request");
	return GPQ_OK;
}

static enum gpq_status member_visit(void *context, const struct gpq_member *member, bool *out_archive, struct gpq_error *err)
{
	struct inspection *inspection = context;
	struct gpq_error failure;
	GPQ_TRY(cancel_ask(inspection, err));
	if (member->kind == GPQ_ZIP_FOLDER)
		return GPQ_OK;
	if (member->reason) {
		bool failed = inspection->failed || member->kind != GPQ_ZIP_DECORATION;
		gpq_fail(&failure, GPQ_E_DATA, "%s", member->reason);
		GPQ_TRY(look_print(inspection, member->path, &member->address, &failure, err));
		inspection->failed = failed;
		return GPQ_OK;
	}
	enum gpq_status status =
		gpq_head_read_member(inspection->head, member, inspection->assume, &inspection->facts, &failure);
	if (status == GPQ_OK && inspection->facts.archive) {
		*out_archive = true;
		return GPQ_OK;
	}
	return look_print(inspection, member->path, &member->address, status == GPQ_OK ? NULL : &failure, err);
}

static enum gpq_status barren_visit(void *context, const struct gpq_member *archive, const struct gpq_error *failure,
                                    struct gpq_error *err)
{
	struct inspection *inspection = context;
	struct gpq_error none;
	bool failed = inspection->failed || (failure && failure->status != GPQ_E_UNRECOGNISED);
	gpq_fail(&none, GPQ_E_UNRECOGNISED, "a ZIP archive without members");
	GPQ_TRY(look_print(inspection, archive->path, &archive->address, failure ? failure : &none, err));
	inspection->failed = failed;
	return GPQ_OK;
}

static enum gpq_status file_visit(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct inspection *inspection = context;
	struct gpq_members_visitor visitor = { .context = inspection, .member = member_visit, .barren = barren_visit };
	struct gpq_error failure;
	GPQ_TRY(cancel_ask(inspection, err));
	if (!entry->readable_kind)
		return gpq_buf_printf(&inspection->text, err, "%s: neither a file nor a folder\n", entry->path);
	enum gpq_status status =
		gpq_head_read(inspection->head, entry->path, inspection->assume, &inspection->facts, &failure);
	if (status == GPQ_OK && inspection->facts.archive)
		return gpq_members_walk(inspection->budget, entry->path, entry->size_bytes, &visitor, err);
	struct gpq_address address = { .path = entry->path };
	return look_print(inspection, entry->path, &address, status == GPQ_OK ? NULL : &failure, err);
}

static enum gpq_status inspection_open(struct inspection *inspection, struct gpq_error *err)
{
	uint32_t features = gpq_cpu_features(GPQ_CPU_ALL);
	gpq_buf_init(&inspection->text, inspection->budget, GPQ_TAG_CONVERT, PAGE_BYTES);
	GPQ_TRY(gpq_head_open(inspection->budget, features, &inspection->head, err));
	GPQ_TRY(gpq_line_parser_open(inspection->budget, features, GPQ_LINE_BATCH_ROWS, GPQ_CSV_MAX_RECORD_BYTES, &inspection->parser, err));
	GPQ_TRY(gpq_repeats_open(inspection->budget, true, &inspection->repeats, err));
	GPQ_TRY(gpq_succession_open(inspection->budget, &inspection->succession, err));
	GPQ_TRY(gpq_chunk_buffer_init(&inspection->buffer, inspection->budget, GPQ_CHUNK_ROOM_LONG, err));
	return gpq_input_reader_init(&inspection->reader, inspection->budget, features, err);
}

static void inspection_close(struct inspection *inspection)
{
	gpq_locations_close(inspection->locations);
	gpq_input_reader_done(&inspection->reader);
	gpq_chunk_buffer_done(&inspection->buffer, inspection->budget);
	gpq_line_parser_close(inspection->parser);
	gpq_repeats_close(inspection->repeats);
	gpq_succession_close(inspection->succession);
	gpq_head_close(inspection->head);
	gpq_buf_done(&inspection->text);
}

static enum gpq_status files_look(struct inspection *inspection, struct gpq_texts inputs, struct gpq_error *err)
{
	bool json = inspection->report == GPQ_REPORT_JSON;
	for (size_t i = 0; i < inspection->assume.count; i++)
		GPQ_TRY(gpq_assume_check(inspection->assume.items[i], err));
	GPQ_TRY(inspection_open(inspection, err));
	gpq_json_init(&inspection->json, &inspection->text);
	if (json)
		gpq_json_array_begin(&inspection->json);
	for (size_t i = 0; i < inputs.count; i++)
		GPQ_TRY(gpq_walk(inspection->budget, inputs.items[i], file_visit, inspection, err));
	if (json) {
		gpq_json_array_end(&inspection->json);
		GPQ_TRY(gpq_json_finish(&inspection->json, err));
		GPQ_TRY(gpq_buf_append(&inspection->text, "\n", 1, err));
	}
	text_give(inspection);
	return inspection->failed ? gpq_fail(err, GPQ_E_FINDINGS, "some files cannot be used; see above") : GPQ_OK;
}

enum gpq_status gpq_inspect_run(struct gpq_texts inputs, struct gpq_texts assume, enum gpq_report report,
                                const struct gpq_hooks *hooks, struct gpq_error *err)
{
	static const struct gpq_hooks silent;
	struct gpq_budget budget;
	struct inspection *inspection = NULL;
	if (!inputs.count)
		return gpq_fail(err, GPQ_E_USAGE, "no files are named");
	gpq_budget_init(&budget, MEMORY_BYTES);
	GPQ_TRY(gpq_alloc_zero(&budget, GPQ_TAG_CONVERT, sizeof(*inspection), &inspection, err));
	inspection->budget = &budget;
	inspection->hooks = hooks ? hooks : &silent;
	inspection->assume = assume;
	inspection->report = report;
	enum gpq_status status = files_look(inspection, inputs, err);
	inspection_close(inspection);
	gpq_free(&budget, GPQ_TAG_CONVERT, inspection, sizeof(*inspection));
	gpq_budget_done(&budget);
	return status;
}
