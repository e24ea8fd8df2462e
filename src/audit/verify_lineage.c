// SPDX-License-Identifier: MIT
#include "audit/verify_file.h"

#include "io/source.h"

#include <stdio.h>

/* `gridpq.input_list` is under 64 KiB, so a name in it is as well. */
#define NAME_CAP ((size_t)64 << 10)

static bool number_read(struct gpq_text text, uint64_t *out)
{
	uint64_t value = 0;
	if (!text.bytes || text.len == 0 || text.len > 18)
		return false;
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.bytes[i] - '0');
	}
	*out = value;
	return true;
}

/* ---- the JSON of the list: [["name",bytes,"hash"],...] ---- */

struct list_reader {
	const char *at, *end;
	struct gpq_buf name;
	struct gpq_error failure; /* of the buffer; GPQ_OK: none */
};

static bool sign_take(struct list_reader *list, char sign)
{
	while (list->at < list->end && (*list->at == ' ' || *list->at == '\n'))
		list->at++;
	if (list->at >= list->end || *list->at != sign)
		return false;
	list->at++;
	return true;
}

static bool hex4_take(struct list_reader *list, uint32_t *out)
{
	uint32_t value = 0;
	if (list->end - list->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = *list->at++;
		int digit = c >= '0' && c <= '9'                 ? c - '0'
			    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
								 : -1;
		if (digit < 0)
			return false;
		value = value << 4 | (uint32_t)digit;
	}
	*out = value;
	return true;
}

/* The character after a backslash. The printer (base/json.h) escapes only what is below a blank by its code. */
static bool escape_take(struct list_reader *list, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint32_t code = 0;
	if (list->at >= list->end)
		return false;
	char c = *list->at++;
	if (c == 'u') {
		if (!hex4_take(list, &code) || code >= 0x80)
			return false;
		*out = (char)code;
		return true;
	}
	const char *found = c ? strchr(from, c) : NULL;
	if (!found)
		return false;
	*out = to[found - from];
	return true;
}

static bool string_take(struct list_reader *list)
{
	gpq_buf_clear(&list->name);
	if (!sign_take(list, '"'))
		return false;
	while (list->at < list->end && *list->at != '"') {
		char c = *list->at++;
		if (c == '\\' && !escape_take(list, &c))
			return false;
		if (gpq_buf_append(&list->name, &c, 1, &list->failure) != GPQ_OK)
			return false;
	}
	return list->at++ < list->end;
}

static bool entry_take(struct list_reader *list, uint64_t *out_name_hash)
{
	if (!sign_take(list, '[') || !string_take(list))
		return false;
	const char *name = (const char *)list->name.bytes;
	size_t len = list->name.len;
	for (size_t i = len; i-- > 0;) /* the base name */
		if (name[i] == '/') {
			name += i + 1;
			len -= i + 1;
			break;
		}
	if (len > 3 && memcmp(name + len - 3, ".gz", 3) == 0)
		len -= 3;
	*out_name_hash = gpq_hash_of(len ? name : "", len).low;
	if (!sign_take(list, ','))
		return false;
	while (list->at < list->end && ((*list->at >= '0' && *list->at <= '9') || *list->at == ' '))
		list->at++;
	return sign_take(list, ',') && string_take(list) && sign_take(list, ']');
}

/* Takes a source off those that rows name; '*out_known' counts how many distinct ones the list had. */
static void source_found(struct gpq_row_check *rows, uint64_t hash, uint64_t *out_known)
{
	if (rows->sources_room == 0)
		return;
	size_t slot = (size_t)hash & (rows->sources_room - 1);
	while (rows->sources[slot].rows && rows->sources[slot].hash != hash)
		slot = (slot + 1) & (rows->sources_room - 1);
	if (rows->sources[slot].rows && rows->sources[slot].rows != UINT64_MAX) {
		rows->sources[slot].rows = UINT64_MAX; /* the slot stays taken, for those behind it */
		(*out_known)++;
	}
}

static enum gpq_status list_read(struct gpq_verify_file *file, struct gpq_text text, uint64_t *out_count,
				 uint64_t *out_known, struct gpq_error *err)
{
	struct list_reader list = { .at = text.bytes, .end = text.bytes + text.len };
	gpq_buf_init(&list.name, file->budget, GPQ_TAG_CONVERT, NAME_CAP);
	bool good = sign_take(&list, '[');
	bool empty = good && sign_take(&list, ']');
	while (good && !empty) {
		uint64_t hash = 0;
		good = entry_take(&list, &hash);
		if (!good)
			break;
		(*out_count)++;
		source_found(&file->rows, hash, out_known);
		if (sign_take(&list, ']'))
			break;
		good = sign_take(&list, ',');
	}
	gpq_buf_done(&list.name);
	if (list.failure.status != GPQ_OK) {
		if (err)
			*err = list.failure;
		return list.failure.status;
	}
	if (!good || list.at != list.end)
		gpq_findings_say(file->findings, GPQ_FINDING_LINEAGE, GPQ_NOWHERE,
				 "gridpq.input_list cannot be read at its byte %zu", (size_t)(list.at - text.bytes));
	return good && list.at == list.end ? GPQ_OK : GPQ_END;
}

static enum gpq_status sources_compare(struct gpq_verify_file *file, struct gpq_error *err)
{
	struct gpq_text text = gpq_parquet_reader_note(file->reader, "gridpq.input_list");
	struct gpq_text inputs = gpq_parquet_reader_note(file->reader, "gridpq.inputs");
	uint64_t count = 0, known = 0, claimed = 0;
	if (!number_read(inputs, &claimed)) {
		gpq_findings_say(file->findings, GPQ_FINDING_LINEAGE, GPQ_NOWHERE,
				 "gridpq.inputs is missing or no number");
		return GPQ_OK;
	}
	if (!text.bytes)
		return GPQ_OK; /* longer lists are in the manifest only */
	enum gpq_status status = list_read(file, text, &count, &known, err);
	if (status != GPQ_OK)
		return status == GPQ_END ? GPQ_OK : status;
	if (count != claimed)
		gpq_findings_say(file->findings, GPQ_FINDING_LINEAGE, GPQ_NOWHERE,
				 "gridpq.input_list has %llu inputs, gridpq.inputs says %llu",
				 (unsigned long long)count, (unsigned long long)claimed);
	if (known < file->rows.sources_count)
		gpq_findings_say(file->findings, GPQ_FINDING_LINEAGE, GPQ_NOWHERE,
				 "rows name %llu source files that gridpq.input_list does not have",
				 (unsigned long long)(file->rows.sources_count - known));
	return GPQ_OK;
}

static void count_compare(struct gpq_verify_file *file, const char *key, uint64_t real)
{
	uint64_t claimed = 0;
	if (!number_read(gpq_parquet_reader_note(file->reader, key), &claimed))
		gpq_findings_say(file->findings, GPQ_FINDING_LINEAGE, GPQ_NOWHERE, "%s is missing or no number", key);
	else if (claimed != real)
		gpq_findings_say(file->findings, GPQ_FINDING_ROWS, GPQ_NOWHERE, "%s is %llu, there are %llu", key,
				 (unsigned long long)claimed, (unsigned long long)real);
}

enum gpq_status gpq_verify_lineage(struct gpq_verify_file *file, struct gpq_error *err)
{
	GPQ_TRY(gpq_row_check_end(&file->rows, err));
	if (!file->rows_checked) /* what was not read cannot be counted; the reason is a finding already */
		return GPQ_OK;
	count_compare(file, "gridpq.rows", file->rows.rows);
	count_compare(file, "gridpq.current_rows", file->rows.current_rows);
	return sources_compare(file, err);
}
