// SPDX-License-Identifier: MIT
#include "convert/finish.h"

#include "base/json.h"
#include "convert/source_list.h"
#include "convert/stage.h"
#include "io/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef GPQ_BUILD
#define GPQ_BUILD "unknown"
#endif

#define NOTE_BYTES ((size_t)80 << 10)
#define FAILED_BYTES ((size_t)8 << 10) /* of the inputs that a file lacks, no more are named */
#define MAX_NOTES 20

static const char *const order_words[] = { "block", "time", "location" };
static const char *const codec_words[] = { "none", "snappy", "gzip", "lz4", "zstd" };

/* The notes of one footer: texts stand in 'text' one behind the other. */
struct notes {
	struct gpq_buf text;
	struct gpq_parquet_note note[MAX_NOTES];
	size_t begin[MAX_NOTES], len[MAX_NOTES];
	uint32_t count;
};

static void note_begin(struct notes *notes, const char *key)
{
	notes->note[notes->count].key = key;
	notes->begin[notes->count] = notes->text.len;
}

static void note_end(struct notes *notes)
{
	notes->len[notes->count] = notes->text.len - notes->begin[notes->count];
	notes->count++;
}

static enum gpq_status note_text(struct notes *notes, const char *key, const char *text, struct gpq_error *err)
{
	note_begin(notes, key);
	GPQ_TRY(gpq_buf_append(&notes->text, text, strlen(text), err));
	note_end(notes);
	return GPQ_OK;
}

static enum gpq_status note_number(struct notes *notes, const char *key, uint64_t number, struct gpq_error *err)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return note_text(notes, key, text, err);
}

/* ---- which inputs made a file ---- */

static enum gpq_status note_sources(struct notes *notes, const struct gpq_source_list *list, struct gpq_error *err)
{
	char hash[33];
	snprintf(hash, sizeof(hash), "%016llx%016llx", (unsigned long long)list->hash.high, (unsigned long long)list->hash.low);
	GPQ_TRY(note_number(notes, "gridpq.current_rows", list->current_rows, err));
	GPQ_TRY(note_number(notes, "gridpq.inputs", list->count, err));
	GPQ_TRY(note_text(notes, "gridpq.inputs_xxh3", hash, err));
	if (!list->is_whole)
		return GPQ_OK;
	note_begin(notes, "gridpq.input_list");
	GPQ_TRY(gpq_buf_append(&notes->text, list->text.bytes, list->text.len, err));
	note_end(notes);
	return GPQ_OK;
}

static enum gpq_status sources_note(struct gpq_run *run, const struct gpq_dataset_run *dataset, int32_t partition,
                                    struct notes *notes, struct gpq_error *err)
{
	struct gpq_source_list list;
	GPQ_TRY(gpq_source_list_make(&list, run, dataset, partition, err));
	enum gpq_status status = note_sources(notes, &list, err);
	gpq_source_list_done(&list);
	return status;
}

/* ---- incomplete ---- */

/* Whether a failed input may hold rows of a partition, as far as its head and tail tell. */
static bool may_feed(const struct gpq_dataset_run *dataset, const struct gpq_input *input, int32_t partition)
{
	bool feeds = false;
	const struct gpq_feed *feed = gpq_input_feed(input);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && feed && feed->outputs[o]; o++)
		feeds |= feed->outputs[o] == dataset->dataset;
	if (!feeds || input->state != GPQ_INPUT_FAILED)
		return false;
	if (!input->seems_first_s)
		return true;
	int32_t first = gpq_calendar_span(&dataset->calendar, input->seems_first_s).partition;
	if (!input->seems_last_s)
		return partition >= first;
	return partition >= first && partition <= gpq_calendar_span(&dataset->calendar, input->seems_last_s).partition;
}

static enum gpq_status note_incomplete(struct gpq_run *run, const struct gpq_dataset_run *dataset,
                                       struct gpq_partition_file *file, struct notes *notes, struct gpq_error *err)
{
	struct gpq_json json;
	size_t begin = notes->text.len;
	note_begin(notes, "gridpq.incomplete");
	gpq_json_init(&json, &notes->text);
	gpq_json_array_begin(&json);
	for (uint32_t i = 0; i < run->catalogue.count && notes->text.len - begin < FAILED_BYTES; i++) {
		struct gpq_input_names names;
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		if (!may_feed(dataset, &input, file->partition))
			continue;
		GPQ_TRY(gpq_catalogue_names(&run->catalogue, &input, &names, err));
		file->incomplete = true;
		gpq_json_text(&json, names.name);
	}
	gpq_json_array_end(&json);
	GPQ_TRY(gpq_json_finish(&json, err));
	if (file->incomplete)
		note_end(notes);
	else
		notes->text.len = begin;
	return GPQ_OK;
}

/* ---- options and clocks ---- */

static void json_texts(struct gpq_json *json, const char *key, struct gpq_texts texts)
{
	gpq_json_key(json, key);
	gpq_json_array_begin(json);
	for (size_t i = 0; i < texts.count; i++)
		gpq_json_text(json, texts.items[i]);
	gpq_json_array_end(json);
}

/* What belongs to an output and another run must agree with. */
static enum gpq_status note_options(struct gpq_run *run, struct notes *notes, struct gpq_error *err)
{
	const struct gpq_convert_settings *settings = run->settings;
	struct gpq_json json;
	note_begin(notes, "gridpq.options");
	gpq_json_init(&json, &notes->text);
	gpq_json_object_begin(&json);
	gpq_json_member_text(&json, "compression", codec_words[settings->codec]);
	gpq_json_key(&json, "level");
	gpq_json_int64(&json, settings->codec_level);
	gpq_json_member_bool(&json, "keep_revisions", settings->keep_revisions);
	gpq_json_key(&json, "years");
	gpq_json_array_begin(&json);
	for (size_t i = 0; i < settings->n_years; i++) {
		gpq_json_int64(&json, settings->years[i].first);
		gpq_json_int64(&json, settings->years[i].last);
	}
	gpq_json_array_end(&json);
	json_texts(&json, "location_types", settings->location_types);
	json_texts(&json, "locations", settings->locations);
	gpq_json_object_end(&json);
	GPQ_TRY(gpq_json_finish(&json, err));
	note_end(notes);
	return GPQ_OK;
}

/* The release of the system's tz database, from the first line of tzdata.zi ("# version 2024a"). */
static void tzdata_version(char out[32])
{
	char text[64] = "";
	int fd = open("/usr/share/zoneinfo/tzdata.zi", O_RDONLY | O_CLOEXEC);
	snprintf(out, 32, "unknown");
	if (fd < 0)
		return;
	ssize_t got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = 0;
	if (sscanf(text, "# version %31s", out) != 1)
		snprintf(out, 32, "unknown");
}

/* ---- files ---- */

static enum gpq_status notes_make(struct gpq_run *run, const struct gpq_dataset_run *dataset,
                                  struct gpq_partition_file *file, struct notes *notes, struct gpq_error *err)
{
	char text[40];
	GPQ_TRY(note_number(notes, "gridpq.schema_version", GPQ_SCHEMA_VERSION, err));
	GPQ_TRY(note_text(notes, "gridpq.table", gpq_table_schema(dataset->dataset->table)->name, err));
	GPQ_TRY(note_text(notes, "gridpq.iso", dataset->market->iso, err));
	GPQ_TRY(note_text(notes, "gridpq.dataset", dataset->dataset->id, err));
	GPQ_TRY(note_text(notes, "gridpq.partition", gpq_partition_print(file->partition, text), err));
	GPQ_TRY(note_text(notes, "gridpq.order", order_words[run->settings->order], err));
	GPQ_TRY(note_options(run, notes, err));
	GPQ_TRY(note_number(notes, "gridpq.rows", gpq_parquet_rows(file->file), err));
	GPQ_TRY(sources_note(run, dataset, file->partition, notes, err));
	GPQ_TRY(note_text(notes, "gridpq.zone", dataset->market->zone, err));
	tzdata_version(text);
	GPQ_TRY(note_text(notes, "gridpq.tzdata", text, err));
	if (run->any_failed)
		GPQ_TRY(note_incomplete(run, dataset, file, notes, err));
	for (uint32_t i = 0; i < notes->count; i++)
		notes->note[i].value =
			(struct gpq_text){ (const char *)notes->text.bytes + notes->begin[i], (uint32_t)notes->len[i] };
	return GPQ_OK;
}

static enum gpq_status file_finish(struct gpq_run *run, const struct gpq_dataset_run *dataset,
                                   struct gpq_partition_file *file, struct gpq_error *err)
{
	struct notes notes = { .count = 0 };
	if (!file->file)
		return GPQ_OK; /* looked for, never written */
	file->rows = gpq_parquet_rows(file->file);
	file->row_groups = gpq_parquet_groups(file->file);
	if (!file->row_groups) {
		gpq_parquet_file_close(file->file);
		gpq_sink_close(file->sink);
		file->file = NULL;
		file->sink = NULL;
		return GPQ_OK;
	}
	gpq_buf_init(&notes.text, run->budget, GPQ_TAG_CONVERT, 2 * NOTE_BYTES);
	enum gpq_status status = notes_make(run, dataset, file, &notes, err);
	if (status == GPQ_OK && !gpq_parquet_in_order(file->file))
		status = gpq_sink_open(run->budget, file->path, &file->fresh, err);
	if (status == GPQ_OK)
		status = gpq_parquet_finish(file->file, "gridpq version " GPQ_VERSION " (build " GPQ_BUILD ")", notes.note,
		                            notes.count, file->fresh, err);
	gpq_buf_done(&notes.text);
	GPQ_TRY(status);
	struct gpq_sink *whole = file->fresh ? file->fresh : file->sink;
	file->bytes = gpq_sink_offset(whole);
	if (file->fresh)
		gpq_sink_close(file->sink);
	gpq_parquet_file_close(file->file);
	file->file = NULL;
	file->sink = whole;
	file->fresh = NULL;
	return gpq_sink_suspend(whole, err);
}

enum gpq_status gpq_finish_files(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t f = 0; gpq_stage_has(run->stage, &run->datasets[d]) && f < run->datasets[d].n_files; f++)
			GPQ_TRY(file_finish(run, &run->datasets[d], &run->datasets[d].files[f], err));
	return GPQ_OK;
}

enum gpq_status gpq_finish_sync(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t d = 0; d < run->n_datasets; d++)
		for (uint32_t f = 0; f < run->datasets[d].n_files; f++) {
			struct gpq_sink *sink = run->datasets[d].files[f].sink;
			if (!sink)
				continue;
			GPQ_TRY(gpq_sink_sync(sink, err));
			GPQ_TRY(gpq_sink_suspend(sink, err));
		}
	return GPQ_OK;
}

enum gpq_status gpq_finish_publish(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		struct gpq_dataset_run *dataset = &run->datasets[d];
		for (uint32_t f = 0; f < dataset->n_files; f++) {
			struct gpq_partition_file *file = &dataset->files[f];
			if (!file->sink)
				continue;
			if (file->incomplete && !run->settings->allow_incomplete && gpq_path_exists(file->path)) {
				gpq_run_say(run, GPQ_WARNING,
				            "%s is kept as it was: an input that may feed it failed; --allow-incomplete replaces it",
				            file->path);
				gpq_sink_close(file->sink);
				file->sink = NULL;
				continue;
			}
			GPQ_TRY(gpq_sink_publish(file->sink, err));
		}
	}
	return GPQ_OK;
}

/* Whether the run put a file into the dataset's folder. */
static bool folder_changed(const struct gpq_dataset_run *dataset)
{
	for (uint32_t f = 0; f < dataset->n_files; f++)
		if (dataset->files[f].sink)
			return true;
	return false;
}

enum gpq_status gpq_finish_folders(const struct gpq_run *run, struct gpq_error *err)
{
	/* Where sidecars and rejects stand; they have those that they need. */
	static const char *const others[] = { "metadata", "metadata/hubs", "metadata/zones", "metadata/nodes",
		                              "metadata/ancillary_services", ".gridpq", ".gridpq/rejects" };
	const char *output = run->settings->output;
	char folder[4096];
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		const struct gpq_dataset_run *dataset = &run->datasets[d];
		snprintf(folder, sizeof(folder), "%s/%s/%s", output, dataset->market->folder, dataset->dataset->id);
		if (folder_changed(dataset))
			GPQ_TRY(gpq_folder_sync(folder, err));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(folder, sizeof(folder), "%s/%s", output, others[i]);
		if (gpq_path_exists(folder))
			GPQ_TRY(gpq_folder_sync(folder, err));
	}
	return GPQ_OK;
}
