// SPDX-License-Identifier: MIT
#include "input/rejects.h"

#include "base/json.h"
#include "io/sink.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES ((size_t)64 << 10)
#define VALUE_BYTES 200u

struct gpq_rejects {
	struct gpq_budget *budget;
	pthread_mutex_t lock;
	struct gpq_sink *index, *raw;
	struct gpq_buf line;
	uint64_t count;
	char index_path[4096], raw_path[4096];
};

size_t gpq_rejects_need(void)
{
	return sizeof(struct gpq_rejects) + 2 * gpq_sink_need() + LINE_BYTES;
}

enum gpq_status gpq_rejects_open(struct gpq_budget *budget, const char *output, struct gpq_rejects **out,
                                 struct gpq_error *err)
{
	struct gpq_rejects *rejects = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*rejects), &rejects, err));
	rejects->budget = budget;
	pthread_mutex_init(&rejects->lock, NULL);
	gpq_buf_init(&rejects->line, budget, GPQ_TAG_CONVERT, LINE_BYTES);
	snprintf(rejects->index_path, sizeof(rejects->index_path), "%s/.gridpq/rejects/rejects.jsonl", output);
	snprintf(rejects->raw_path, sizeof(rejects->raw_path), "%s/.gridpq/rejects/rejects.raw", output);
	*out = rejects;
	return GPQ_OK;
}

void gpq_rejects_close(struct gpq_rejects *rejects)
{
	if (!rejects)
		return;
	gpq_sink_close(rejects->index);
	gpq_sink_close(rejects->raw);
	gpq_buf_done(&rejects->line);
	pthread_mutex_destroy(&rejects->lock);
	gpq_free(rejects->budget, GPQ_TAG_CONVERT, rejects, sizeof(*rejects));
}

static enum gpq_status sinks_open(struct gpq_rejects *rejects, struct gpq_error *err)
{
	if (!rejects->index)
		GPQ_TRY(gpq_sink_open(rejects->budget, rejects->index_path, &rejects->index, err));
	if (!rejects->raw)
		GPQ_TRY(gpq_sink_open(rejects->budget, rejects->raw_path, &rejects->raw, err));
	return GPQ_OK;
}

static void line_print(struct gpq_json *json, const char *file, const char *member, const struct gpq_bad_line *line, uint64_t raw_byte)
{
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "file", file);
	gpq_json_member_text(json, "member", member);
	gpq_json_member_uint64(json, "line", line->line);
	gpq_json_member_uint64(json, "byte", line->byte);
	gpq_json_member_uint64(json, "field", line->field);
	gpq_json_key(json, "value");
	if (line->field)
		gpq_json_string(json, line->value.bytes, line->value.len < VALUE_BYTES ? line->value.len : VALUE_BYTES);
	else
		gpq_json_null(json);
	gpq_json_member_text(json, "reason", gpq_reject_word(line->reason));
	gpq_json_member_text(json, "sentence", gpq_reject_sentence(line->reason));
	gpq_json_member_uint64(json, "raw_byte", raw_byte);
	gpq_json_member_uint64(json, "raw_len", line->bytes.len);
	gpq_json_object_end(json);
}

static enum gpq_status line_add(struct gpq_rejects *rejects, const char *file, const char *member, const struct gpq_bad_line *line,
                                struct gpq_error *err)
{
	struct gpq_json json;
	GPQ_TRY(sinks_open(rejects, err));
	gpq_buf_clear(&rejects->line);
	gpq_json_init(&json, &rejects->line);
	line_print(&json, file, member, line, gpq_sink_offset(rejects->raw));
	GPQ_TRY(gpq_json_finish(&json, err));
	GPQ_TRY(gpq_buf_append(&rejects->line, "\n", 1, err));
	GPQ_TRY(gpq_sink_write(rejects->index, rejects->line.bytes, rejects->line.len, err));
	GPQ_TRY(gpq_sink_write(rejects->raw, line->bytes.bytes, line->bytes.len, err));
	rejects->count++;
	return GPQ_OK;
}

enum gpq_status gpq_rejects_add(struct gpq_rejects *rejects, const char *file, const char *member, const struct gpq_bad_line *line,
                                struct gpq_error *err)
{
	pthread_mutex_lock(&rejects->lock);
	enum gpq_status status = line_add(rejects, file, member, line, err);
	pthread_mutex_unlock(&rejects->lock);
	return status;
}

uint64_t gpq_rejects_count(const struct gpq_rejects *rejects)
{
	return rejects->count;
}

enum gpq_status gpq_rejects_sync(struct gpq_rejects *rejects, struct gpq_error *err)
{
	if (!rejects->count)
		return GPQ_OK;
	GPQ_TRY(gpq_sink_sync(rejects->index, err));
	return gpq_sink_sync(rejects->raw, err);
}

enum gpq_status gpq_rejects_publish(struct gpq_rejects *rejects, struct gpq_error *err)
{
	if (!rejects->count) {
		if ((unlink(rejects->index_path) != 0 && errno != ENOENT) || (unlink(rejects->raw_path) != 0 && errno != ENOENT))
			return gpq_fail_errno(err, errno, "cannot remove the reject files of an earlier run");
		return GPQ_OK;
	}
	GPQ_TRY(gpq_sink_publish(rejects->raw, err));
	return gpq_sink_publish(rejects->index, err);
}
