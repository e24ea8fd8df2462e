// SPDX-License-Identifier: MIT
#include "audit/inspect.h"

#include "audit/inspection.h"
#include "cpu/features.h"
#include "input/discover.h"
#include "io/walk.h"

#include <stdio.h>
#include <string.h>

#define PAGE_BYTES ((size_t)256 << 10)
#define MEMORY_BYTES ((size_t)64 << 20)

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
		GPQ_TRY(gpq_inspect_lines(inspection, path, address, err));
	inspection->failed |= inspection->found.failure.status != GPQ_OK || inspection->facts.status == GPQ_E_DATA ||
	                      inspection->facts.status == GPQ_E_AMBIGUOUS;
	return GPQ_OK;
}

static enum gpq_status look_print(struct inspection *inspection, const char *path, const struct gpq_address *address,
                                  const struct gpq_error *failure, struct gpq_error *err)
{
	if (!failure && inspection->facts.market && !gpq_market_wanted(inspection->settings->isos, inspection->facts.market)) {
		inspection->passed_over++;
		return GPQ_OK;
	}
	enum gpq_status status = look(inspection, path, address, failure, err);
	if (status == GPQ_OK && inspection->settings->report == GPQ_REPORT_JSON)
		gpq_inspect_json(inspection, path);
	else if (status == GPQ_OK && inspection->settings->lines)
		status = gpq_inspect_text_line(inspection, path, err);
	else if (status == GPQ_OK)
		status = gpq_inspect_text(inspection, path, err);
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
		gpq_head_read_member(inspection->head, member, inspection->settings->assume, &inspection->facts, &failure);
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
		gpq_head_read(inspection->head, entry->path, inspection->settings->assume, &inspection->facts, &failure);
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

static enum gpq_status files_look(struct inspection *inspection, struct gpq_error *err)
{
	const struct gpq_inspect_settings *settings = inspection->settings;
	bool json = settings->report == GPQ_REPORT_JSON;
	for (size_t i = 0; i < settings->assume.count; i++)
		GPQ_TRY(gpq_assume_check(settings->assume.items[i], err));
	GPQ_TRY(gpq_isos_check(settings->isos, err));
	GPQ_TRY(inspection_open(inspection, err));
	gpq_json_init(&inspection->json, &inspection->text);
	if (json)
		gpq_json_array_begin(&inspection->json);
	for (size_t i = 0; i < settings->inputs.count; i++)
		GPQ_TRY(gpq_walk(inspection->budget, settings->inputs.items[i], file_visit, inspection, err));
	if (json) {
		gpq_json_array_end(&inspection->json);
		GPQ_TRY(gpq_json_finish(&inspection->json, err));
		GPQ_TRY(gpq_buf_append(&inspection->text, "\n", 1, err));
	} else if (inspection->passed_over) {
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "%llu files of other markets\n",
		                       (unsigned long long)inspection->passed_over));
	}
	text_give(inspection);
	return inspection->failed ? gpq_fail(err, GPQ_E_FINDINGS, "some files cannot be used; see above") : GPQ_OK;
}

enum gpq_status gpq_inspect_run(const struct gpq_inspect_settings *settings, const struct gpq_hooks *hooks, struct gpq_error *err)
{
	static const struct gpq_hooks silent;
	struct gpq_budget budget;
	struct inspection *inspection = NULL;
	if (!settings->inputs.count)
		return gpq_fail(err, GPQ_E_USAGE, "no files are named");
	gpq_budget_init(&budget, MEMORY_BYTES);
	GPQ_TRY(gpq_alloc_zero(&budget, GPQ_TAG_CONVERT, sizeof(*inspection), &inspection, err));
	inspection->budget = &budget;
	inspection->hooks = hooks ? hooks : &silent;
	inspection->settings = settings;
	enum gpq_status status = files_look(inspection, err);
	inspection_close(inspection);
	gpq_free(&budget, GPQ_TAG_CONVERT, inspection, sizeof(*inspection));
	gpq_budget_done(&budget);
	return status;
}
