// SPDX-License-Identifier: MIT
#include "audit/findings.h"

#include <stdarg.h>
#include <stdio.h>

#define OUT_CAP_BYTES   ((size_t)128 << 10)
#define NOTES_CAP_BYTES ((size_t)64 << 10)
#define FLUSH_BYTES     ((size_t)16 << 10)
#define LINE_BYTES      1024

static const char *const words[GPQ_N_FINDINGS] = {
	[GPQ_FINDING_FILE] = "file",   [GPQ_FINDING_FOOTER] = "footer",     [GPQ_FINDING_SCHEMA] = "schema",
	[GPQ_FINDING_PAGE] = "page",   [GPQ_FINDING_CHECKSUM] = "checksum", [GPQ_FINDING_STATISTICS] = "statistics",
	[GPQ_FINDING_INDEX] = "index", [GPQ_FINDING_BLOOM] = "bloom",       [GPQ_FINDING_ORDER] = "order",
	[GPQ_FINDING_KEY] = "key",     [GPQ_FINDING_TIME] = "time",         [GPQ_FINDING_DAY] = "day",
	[GPQ_FINDING_VALUE] = "value", [GPQ_FINDING_ROWS] = "rows",         [GPQ_FINDING_LINEAGE] = "lineage",
};

void gpq_findings_init(struct gpq_findings *findings, struct gpq_budget *budget, const struct gpq_hooks *hooks,
		       enum gpq_report report)
{
	*findings = (struct gpq_findings){ .budget = budget, .hooks = hooks, .report = report };
	gpq_buf_init(&findings->out, budget, GPQ_TAG_CONVERT, OUT_CAP_BYTES);
	gpq_buf_init(&findings->notes, budget, GPQ_TAG_CONVERT, NOTES_CAP_BYTES);
	gpq_json_init(&findings->json, &findings->out);
}

void gpq_findings_done(struct gpq_findings *findings)
{
	gpq_buf_done(&findings->out);
	gpq_buf_done(&findings->notes);
}

static void out_flush(struct gpq_findings *findings, size_t above)
{
	if (findings->out.len <= above)
		return;
	if (findings->hooks && findings->hooks->result)
		findings->hooks->result(findings->hooks->context, (const char *)findings->out.bytes, findings->out.len);
	gpq_buf_clear(&findings->out);
}

/* Lines of text share the printer's way to fail: the first failure is kept there and comes out at the end. */
static void line_put(struct gpq_findings *findings, const char *format, ...) GPQ_PRINTF(2, 3);
static void line_put(struct gpq_findings *findings, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	size_t used = len < 0 ? 0 : (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1;
	for (size_t i = 0; i < used; i++) /* names in files may hold anything, a terminal takes commands */
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	if (findings->json.failure.status == GPQ_OK && used) {
		enum gpq_status status = gpq_buf_append(&findings->out, line, used, &findings->json.failure);
		if (status == GPQ_OK)
			status = gpq_buf_append(&findings->out, "\n", 1, &findings->json.failure);
		findings->json.failure.status = status;
	}
	out_flush(findings, FLUSH_BYTES);
}

void gpq_findings_begin(struct gpq_findings *findings)
{
	if (findings->report != GPQ_REPORT_JSON)
		return;
	gpq_json_object_begin(&findings->json);
	gpq_json_key(&findings->json, "files");
	gpq_json_array_begin(&findings->json);
}

void gpq_findings_file_begin(struct gpq_findings *findings, const char *path)
{
	findings->path = path;
	findings->in_file = 0;
	memset(findings->of_kind, 0, sizeof(findings->of_kind));
	gpq_buf_clear(&findings->notes);
	if (findings->report != GPQ_REPORT_JSON)
		return;
	gpq_json_object_begin(&findings->json);
	gpq_json_member_text(&findings->json, "path", path);
	gpq_json_key(&findings->json, "findings");
	gpq_json_array_begin(&findings->json);
}

static void number_put(struct gpq_json *json, const char *key, int64_t number)
{
	if (number < 0)
		return;
	gpq_json_key(json, key);
	gpq_json_int64(json, number);
}

static void finding_json(struct gpq_findings *findings, enum gpq_finding kind, const struct gpq_place *place,
			 const char *text)
{
	struct gpq_json *json = &findings->json;
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "kind", words[kind]);
	number_put(json, "row_group", place->group);
	if (place->column) {
		gpq_json_member_text(json, "column", place->column);
	}
	number_put(json, "row", place->row);
	number_put(json, "byte", place->byte);
	gpq_json_member_text(json, "message", text);
	gpq_json_object_end(json);
	out_flush(findings, FLUSH_BYTES);
}

static void place_print(const struct gpq_place *place, char *out, size_t cap)
{
	size_t len = 0;
	out[0] = 0;
	if (place->group >= 0)
		len += (size_t)snprintf(out + len, cap - len, "row group %lld, ", (long long)place->group);
	if (place->column)
		len += (size_t)snprintf(out + len, cap - len, "column %.100s, ", place->column);
	if (place->row >= 0)
		len += (size_t)snprintf(out + len, cap - len, "row %lld, ", (long long)place->row);
	if (place->byte >= 0)
		len += (size_t)snprintf(out + len, cap - len, "byte %lld, ", (long long)place->byte);
	if (len >= 2)
		memcpy(out + len - 2, ": ", 2);
}

void gpq_findings_say(struct gpq_findings *findings, enum gpq_finding kind, struct gpq_place place, const char *format,
		      ...)
{
	findings->in_file++;
	findings->total++;
	if (findings->of_kind[kind]++ >= GPQ_FINDINGS_SHOWN)
		return;
	char text[LINE_BYTES / 2], where[256];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (findings->report == GPQ_REPORT_JSON) {
		finding_json(findings, kind, &place, text);
		return;
	}
	place_print(&place, where, sizeof(where));
	line_put(findings, "%.250s: %s: %s%s", findings->path, words[kind], where, text);
}

void gpq_findings_note(struct gpq_findings *findings, const char *format, ...)
{
	char text[LINE_BYTES / 2];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (findings->report != GPQ_REPORT_JSON) {
		line_put(findings, "%.250s: note: %s", findings->path, text);
		return;
	}
	/* JSON has them behind the findings; those beyond the cap are dropped, as a note is worth no failure. */
	if (findings->notes.len + strlen(text) + 1 > NOTES_CAP_BYTES)
		return;
	(void)!gpq_buf_append(&findings->notes, text, strlen(text) + 1, NULL);
}

static void file_json(struct gpq_findings *findings, const struct gpq_file_facts *facts)
{
	struct gpq_json *json = &findings->json;
	gpq_json_array_end(json);
	gpq_json_member_uint64(json, "finding_count", findings->in_file);
	gpq_json_key(json, "notes");
	gpq_json_array_begin(json);
	for (size_t at = 0; at < findings->notes.len;) {
		const char *text = (const char *)findings->notes.bytes + at;
		gpq_json_text(json, text);
		at += strlen(text) + 1;
	}
	gpq_json_array_end(json);
	gpq_json_member_string(json, "table", gpq_text_of(facts->table).bytes, gpq_text_of(facts->table).len);
	gpq_json_member_string(json, "iso", facts->iso.bytes, facts->iso.len);
	gpq_json_member_string(json, "dataset", facts->dataset.bytes, facts->dataset.len);
	gpq_json_member_string(json, "partition", facts->partition.bytes, facts->partition.len);
	gpq_json_member_string(json, "order", gpq_text_of(facts->order).bytes, gpq_text_of(facts->order).len);
	gpq_json_member_uint64(json, "bytes", facts->bytes);
	gpq_json_member_uint64(json, "row_groups", facts->row_groups);
	gpq_json_member_uint64(json, "rows", facts->rows);
	gpq_json_member_uint64(json, "current_rows", facts->current_rows);
	gpq_json_object_end(json);
}

static void file_lines(struct gpq_findings *findings, const struct gpq_file_facts *facts)
{
	for (unsigned kind = 0; kind < GPQ_N_FINDINGS; kind++)
		if (findings->of_kind[kind] > GPQ_FINDINGS_SHOWN)
			line_put(findings, "%.250s: %s: and %llu more", findings->path, words[kind],
				 (unsigned long long)(findings->of_kind[kind] - GPQ_FINDINGS_SHOWN));
	if (findings->in_file)
		line_put(findings, "%.250s: %llu finding%s, %llu rows in %u row group%s", findings->path,
			 (unsigned long long)findings->in_file, findings->in_file == 1 ? "" : "s",
			 (unsigned long long)facts->rows, facts->row_groups, facts->row_groups == 1 ? "" : "s");
	else
		line_put(findings, "%.250s: ok, %llu rows in %u row group%s", findings->path,
			 (unsigned long long)facts->rows, facts->row_groups, facts->row_groups == 1 ? "" : "s");
}

enum gpq_status gpq_findings_file_end(struct gpq_findings *findings, const struct gpq_file_facts *facts,
				      struct gpq_error *err)
{
	findings->files++;
	if (findings->report == GPQ_REPORT_JSON)
		file_json(findings, facts);
	else
		file_lines(findings, facts);
	if (findings->json.failure.status != GPQ_OK) {
		if (err)
			*err = findings->json.failure;
		return findings->json.failure.status;
	}
	out_flush(findings, 0);
	return GPQ_OK;
}

enum gpq_status gpq_findings_end(struct gpq_findings *findings, struct gpq_error *err)
{
	if (findings->report != GPQ_REPORT_JSON)
		return GPQ_OK;
	struct gpq_json *json = &findings->json;
	gpq_json_array_end(json);
	gpq_json_member_uint64(json, "file_count", findings->files);
	gpq_json_member_uint64(json, "finding_count", findings->total);
	gpq_json_object_end(json);
	GPQ_TRY(gpq_json_finish(json, err));
	GPQ_TRY(gpq_buf_append(&findings->out, "\n", 1, err));
	out_flush(findings, 0);
	return GPQ_OK;
}
