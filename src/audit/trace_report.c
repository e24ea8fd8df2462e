// SPDX-License-Identifier: MIT
#include "audit/trace_report.h"

#include "base/shortest.h"
#include "value/instant.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define REPORT_CAP_BYTES ((size_t)1 << 20)

static void line_put(struct gpq_trace_report *report, const char *format, ...) GPQ_PRINTF(2, 3);
static void line_put(struct gpq_trace_report *report, const char *format, ...)
{
	char line[GPQ_TRACE_LINE_BYTES + 512];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	size_t used = len < 0 ? 0 : (size_t)len < sizeof(line) - 1 ? (size_t)len : sizeof(line) - 2;
	for (size_t i = 0; i < used; i++) /* files may hold anything, a terminal takes commands */
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
			line[i] = '?';
	line[used++] = '\n';
	if (report->json.failure.status == GPQ_OK)
		report->json.failure.status = gpq_buf_append(&report->text, line, used, &report->json.failure);
}

void gpq_trace_report_begin(struct gpq_trace_report *report, struct gpq_budget *budget, const struct gpq_hooks *hooks,
			    enum gpq_report kind, const char *path, const char *key)
{
	*report = (struct gpq_trace_report){ .hooks = hooks, .kind = kind };
	gpq_buf_init(&report->text, budget, GPQ_TAG_CONVERT, REPORT_CAP_BYTES);
	gpq_json_init(&report->json, &report->text);
	if (kind != GPQ_REPORT_JSON)
		return;
	gpq_json_object_begin(&report->json);
	gpq_json_member_text(&report->json, "file", path);
	gpq_json_member_text(&report->json, "key", key);
	gpq_json_key(&report->json, "rows");
	gpq_json_array_begin(&report->json);
}

/* A value that is no text, for people and (stamps and dates) for JSON. */
static void value_print(enum gpq_type type, int64_t word, char out[GPQ_SHORTEST_CAP_BYTES])
{
	double number;
	int32_t year;
	uint32_t month, day;
	memcpy(&number, &word, sizeof(number));
	bool sane = word > INT64_C(-62135596800000000) && word < INT64_C(253402300800000000);
	switch (type) {
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL:
		snprintf(out, GPQ_SHORTEST_CAP_BYTES, "%lld", (long long)word);
		if (sane)
			gpq_stamp_print((word - (word % 1000000 + 1000000) % 1000000) / 1000000, out);
		if (sane && type == GPQ_TYPE_TIMESTAMP_LOCAL)
			out[19] = 0; /* a wall clock is no Z */
		return;
	case GPQ_TYPE_DATE:
		snprintf(out, GPQ_SHORTEST_CAP_BYTES, "day %lld", (long long)word);
		if (word > -700000 && word < 2900000) {
			gpq_civil_of_days((int32_t)word, &year, &month, &day);
			snprintf(out, GPQ_SHORTEST_CAP_BYTES, "%04d-%02u-%02u", year, month, day);
		}
		return;
	case GPQ_TYPE_DOUBLE:
		if (isfinite(number))
			gpq_shortest_write(number, out);
		else
			snprintf(out, GPQ_SHORTEST_CAP_BYTES, "no number");
		return;
	case GPQ_TYPE_BOOLEAN:
		snprintf(out, GPQ_SHORTEST_CAP_BYTES, "%s", word ? "true" : "false");
		return;
	default:
		snprintf(out, GPQ_SHORTEST_CAP_BYTES, "%lld", (long long)word);
	}
}

static void value_json(struct gpq_json *json, enum gpq_type type, int64_t word)
{
	char text[GPQ_SHORTEST_CAP_BYTES];
	double number;
	memcpy(&number, &word, sizeof(number));
	if (type == GPQ_TYPE_DOUBLE)
		gpq_json_double(json, number);
	else if (type == GPQ_TYPE_INT32)
		gpq_json_int64(json, word);
	else if (type == GPQ_TYPE_BOOLEAN)
		gpq_json_bool(json, word != 0);
	else {
		value_print(type, word, text);
		gpq_json_text(json, text);
	}
}

void gpq_trace_report_row_begin(struct gpq_trace_report *report, const struct gpq_trace_rows *rows,
				const struct gpq_trace_row *row)
{
	struct gpq_json *json = &report->json;
	bool as_json = report->kind == GPQ_REPORT_JSON;
	if (as_json) {
		gpq_json_object_begin(json);
		gpq_json_member_uint64(json, "row_group", row->group);
		gpq_json_member_uint64(json, "row", row->row);
		gpq_json_key(json, "values");
		gpq_json_object_begin(json);
	} else {
		line_put(report, "row %llu of row group %u", (unsigned long long)row->row, row->group);
	}
	for (uint32_t c = 0; c < rows->table->n_columns; c++) {
		const struct gpq_column *column = &rows->table->columns[c];
		struct gpq_text text = gpq_trace_row_text(rows, row, column->id);
		bool present = row->value[column->id].present;
		char value[GPQ_SHORTEST_CAP_BYTES];
		if (as_json)
			gpq_json_key(json, column->name);
		if (!present && as_json) {
			gpq_json_null(json);
		} else if (column->type == GPQ_TYPE_STRING && present) {
			if (as_json)
				gpq_json_string(json, text.bytes, text.len);
			else
				line_put(report, "  %-26s %.*s", column->name, (int)text.len, text.bytes);
		} else if (present && as_json) {
			value_json(json, column->type, row->value[column->id].word);
		} else if (present) {
			value_print(column->type, row->value[column->id].word, value);
			line_put(report, "  %-26s %s", column->name, value);
		}
	}
	if (as_json) {
		gpq_json_object_end(json);
		gpq_json_key(json, "sources");
		gpq_json_array_begin(json);
	}
}

static const char *column_name(const struct gpq_table *table, enum gpq_column_id id)
{
	for (uint32_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].id == id)
			return table->columns[i].name;
	return "";
}

static void numbers_json(struct gpq_json *json, const struct gpq_table *table, const struct gpq_trace_line *line)
{
	gpq_json_key(json, "numbers");
	gpq_json_array_begin(json);
	for (uint32_t k = 0; k < line->n_numbers; k++) {
		const struct gpq_trace_number *number = &line->number[k];
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "column", column_name(table, number->column));
		gpq_json_key(json, "line");
		gpq_json_double(json, number->in_line ? number->line : NAN);
		gpq_json_key(json, "row");
		gpq_json_double(json, number->in_row ? number->row : NAN);
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
}

static void line_json(struct gpq_json *json, const struct gpq_table *table, const struct gpq_trace_line *line)
{
	gpq_json_object_begin(json);
	gpq_json_member_uint64(json, "line", line->line);
	gpq_json_member_uint64(json, "byte", line->byte);
	gpq_json_key(json, "text");
	gpq_json_string(json, line->text, line->text_len);
	gpq_json_member_bool(json, "same", line->same);
	numbers_json(json, table, line);
	gpq_json_object_end(json);
}

/* "numbers" where the line has all that the row has, else which: "lmp_loss numbers". */
static const char *numbers_name(const struct gpq_table *table, const struct gpq_trace_line *line,
				char out[GPQ_MAX_CELLS * 40])
{
	bool all = true;
	size_t len = 0;
	out[0] = 0;
	for (uint32_t k = 0; k < line->n_numbers; k++) {
		const struct gpq_trace_number *number = &line->number[k];
		all &= number->in_line || !number->in_row;
		if (number->in_line && len < GPQ_MAX_CELLS * 40)
			len += (size_t)snprintf(out + len, GPQ_MAX_CELLS * 40 - len, "%s ",
						column_name(table, number->column));
	}
	if (all)
		len = 0;
	if (len < GPQ_MAX_CELLS * 40)
		snprintf(out + len, GPQ_MAX_CELLS * 40 - len, "numbers");
	return out;
}

static void line_lines(struct gpq_trace_report *report, const struct gpq_table *table,
		       const struct gpq_trace_line *line)
{
	char what[GPQ_MAX_CELLS * 40];
	line_put(report, "  line %llu, byte %llu: its %s %s the row's", (unsigned long long)line->line,
		 (unsigned long long)line->byte, numbers_name(table, line, what), line->same ? "are" : "are not");
	line_put(report, "    %.*s%s", (int)line->text_len, line->text, line->text_cut ? " (cut)" : "");
	for (uint32_t k = 0; k < line->n_numbers; k++) {
		const struct gpq_trace_number *number = &line->number[k];
		char in_line[GPQ_SHORTEST_CAP_BYTES] = "nothing", in_row[GPQ_SHORTEST_CAP_BYTES] = "nothing";
		if (!number->in_line || (number->in_row && number->line == number->row))
			continue;
		gpq_shortest_write(number->line, in_line);
		if (number->in_row && isfinite(number->row))
			gpq_shortest_write(number->row, in_row);
		line_put(report, "    %s: the line has %s, the row %s", column_name(table, number->column), in_line,
			 in_row);
	}
}

void gpq_trace_report_source(struct gpq_trace_report *report, const struct gpq_trace_rows *rows,
			     const struct gpq_trace_source *source, enum gpq_trace_content content)
{
	static const char *const words[] = {
		[GPQ_CONTENT_UNKNOWN] = "unknown", [GPQ_CONTENT_SAME] = "same", [GPQ_CONTENT_CHANGED] = "changed"
	};
	struct gpq_json *json = &report->json;
	if (report->kind != GPQ_REPORT_JSON) {
		line_put(report, "source %s%s", source->path,
			 content == GPQ_CONTENT_CHANGED ? " (its content has changed since the run)" : "");
		if (!source->usable)
			line_put(report, "  not read: %s", source->why);
		else if (source->matches == 0)
			line_put(report, "  no line has that location and instant");
		for (uint32_t i = 0; i < source->n_lines; i++)
			line_lines(report, rows->table, &source->lines[i]);
		if (source->matches > source->n_lines)
			line_put(report, "  and %llu more lines",
				 (unsigned long long)(source->matches - source->n_lines));
		return;
	}
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "path", source->path);
	gpq_json_member_text(json, "content", words[content]);
	gpq_json_member_bool(json, "usable", source->usable);
	gpq_json_member_text(json, "why", source->why);
	gpq_json_member_uint64(json, "match_count", source->matches);
	gpq_json_key(json, "lines");
	gpq_json_array_begin(json);
	for (uint32_t i = 0; i < source->n_lines; i++)
		line_json(json, rows->table, &source->lines[i]);
	gpq_json_array_end(json);
	gpq_json_object_end(json);
}

void gpq_trace_report_row_end(struct gpq_trace_report *report)
{
	if (report->kind != GPQ_REPORT_JSON)
		return;
	gpq_json_array_end(&report->json);
	gpq_json_object_end(&report->json);
}

enum gpq_status gpq_trace_report_end(struct gpq_trace_report *report, struct gpq_error *err)
{
	if (report->kind == GPQ_REPORT_JSON) {
		gpq_json_array_end(&report->json);
		gpq_json_object_end(&report->json);
		GPQ_TRY(gpq_json_finish(&report->json, err));
		GPQ_TRY(gpq_buf_append(&report->text, "\n", 1, err));
	} else if (report->json.failure.status != GPQ_OK) {
		if (err)
			*err = report->json.failure;
		return report->json.failure.status;
	}
	if (report->hooks && report->hooks->result && report->text.len)
		report->hooks->result(report->hooks->context, (const char *)report->text.bytes, report->text.len);
	return GPQ_OK;
}

void gpq_trace_report_done(struct gpq_trace_report *report)
{
	gpq_buf_done(&report->text);
}
