// SPDX-License-Identifier: MIT
#include "convert/finish.h"

#include "base/json.h"
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
#define LIST_BYTES ((size_t)64 << 10) /* a longer list of inputs stays out of the footer (docs/OUTPUT.md) */
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

struct sources {
	uint32_t *inputs; /* in rank order */
	uint32_t count;
	bool *seen;       /* by input */
	uint64_t current_rows;
};

static int compare_rank(const void *a, const void *b, void *context)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = 0;
	/* The content of both is known by now, so this reads nothing and cannot fail. */
	if (gpq_run_input_newer(context, x, y, &order, NULL) == GPQ_OK && order)
		return order;
	/* One content under one name, packed or not: what the list says of them decides. */
	const struct gpq_run *run = context;
	const struct gpq_input *a_input = &run->catalogue.inputs[x], *b_input = &run->catalogue.inputs[y];
	order = strcmp(a_input->name, b_input->name);
	return order ? order : (a_input->size_bytes > b_input->size_bytes) - (a_input->size_bytes < b_input->size_bytes);
}

struct source_look {
	const struct gpq_run *run;
	struct sources *sources;
};

static bool source_note(void *context, const struct gpq_tally *tally)
{
	const struct source_look *look = context;
	if (look->run->catalogue.inputs[tally->input].state == GPQ_INPUT_CONVERTED && !look->sources->seen[tally->input]) {
		look->sources->seen[tally->input] = true;
		look->sources->inputs[look->sources->count++] = tally->input;
	}
	return true;
}

static enum gpq_status sources_collect(struct gpq_run *run, const struct gpq_dataset_run *dataset, int32_t partition,
                                       struct sources *sources, struct gpq_error *err)
{
	struct source_look look = { run, sources };
	memset(sources->seen, 0, run->catalogue.count);
	sources->count = 0;
	sources->current_rows = 0;
	for (uint32_t s = 0; s < dataset->n_slots; s++) {
		const struct gpq_block_slot *slot = dataset->slots[s];
		if (slot->span.partition != partition)
			continue;
		sources->current_rows += slot->current_rows;
		GPQ_TRY(gpq_block_slot_tallies(slot, run->metadata, source_note, &look, err));
	}
	qsort_r(sources->inputs, sources->count, sizeof(sources->inputs[0]), compare_rank, run);
	return GPQ_OK;
}

static void hash_print(struct gpq_hash hash, char out[33])
{
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)hash.high, (unsigned long long)hash.low);
}

/* One hash for the list: of each input's name hash and content hash, in order. */
static enum gpq_status note_list_hash(struct gpq_run *run, struct notes *notes, const struct sources *sources,
                                      struct gpq_error *err)
{
	struct gpq_hash *pairs = NULL;
	size_t bytes = sources->count * 2 * sizeof(*pairs);
	GPQ_TRY(gpq_alloc(run->budget, GPQ_TAG_CONVERT, bytes, &pairs, err));
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct gpq_input *input = &run->catalogue.inputs[sources->inputs[i]];
		pairs[2 * i] = gpq_hash_of(input->name, strlen(input->name));
		pairs[2 * i + 1] = input->hash;
	}
	char text[33];
	hash_print(gpq_hash_of(pairs, bytes), text);
	gpq_free(run->budget, GPQ_TAG_CONVERT, pairs, bytes);
	return note_text(notes, "gridpq.inputs_xxh3", text, err);
}

static enum gpq_status note_list(struct gpq_run *run, struct notes *notes, const struct sources *sources,
                                 struct gpq_error *err)
{
	struct gpq_json json;
	size_t begin = notes->text.len;
	note_begin(notes, "gridpq.input_list");
	gpq_json_init(&json, &notes->text);
	gpq_json_array_begin(&json);
	for (uint32_t i = 0; i < sources->count && notes->text.len - begin < LIST_BYTES; i++) {
		const struct gpq_input *input = &run->catalogue.inputs[sources->inputs[i]];
		char hash[33];
		hash_print(input->hash, hash);
		gpq_json_array_begin(&json);
		gpq_json_text(&json, input->name);
		gpq_json_uint64(&json, input->size_bytes);
		gpq_json_text(&json, hash);
		gpq_json_array_end(&json);
	}
	gpq_json_array_end(&json);
	GPQ_TRY(gpq_json_finish(&json, err));
	if (notes->text.len - begin < LIST_BYTES)
		note_end(notes);
	else
		notes->text.len = begin;
	return GPQ_OK;
}

/* ---- incomplete ---- */

/* Whether a failed input may hold rows of a partition, as far as its head and tail tell. */
static bool may_feed(const struct gpq_dataset_run *dataset, const struct gpq_input *input, int32_t partition)
{
	bool feeds = false;
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && input->feed && input->feed->outputs[o]; o++)
		feeds |= input->feed->outputs[o] == dataset->dataset;
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
	for (uint32_t i = 0; i < run->catalogue.count && notes->text.len - begin < LIST_BYTES / 8; i++) {
		const struct gpq_input *input = &run->catalogue.inputs[i];
		if (!may_feed(dataset, input, file->partition))
			continue;
		file->incomplete = true;
		gpq_json_text(&json, input->name);
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
                                  struct gpq_partition_file *file, struct sources *sources, struct notes *notes,
                                  struct gpq_error *err)
{
	char text[40];
	GPQ_TRY(sources_collect(run, dataset, file->partition, sources, err));
	GPQ_TRY(note_number(notes, "gridpq.schema_version", GPQ_SCHEMA_VERSION, err));
	GPQ_TRY(note_text(notes, "gridpq.table", gpq_table_schema(dataset->dataset->table)->name, err));
	GPQ_TRY(note_text(notes, "gridpq.iso", dataset->market->iso, err));
	GPQ_TRY(note_text(notes, "gridpq.dataset", dataset->dataset->id, err));
	GPQ_TRY(note_text(notes, "gridpq.partition", gpq_partition_print(file->partition, text), err));
	GPQ_TRY(note_text(notes, "gridpq.order", order_words[run->settings->order], err));
	GPQ_TRY(note_options(run, notes, err));
	GPQ_TRY(note_number(notes, "gridpq.rows", gpq_parquet_rows(file->file), err));
	GPQ_TRY(note_number(notes, "gridpq.current_rows", sources->current_rows, err));
	GPQ_TRY(note_number(notes, "gridpq.inputs", sources->count, err));
	GPQ_TRY(note_list_hash(run, notes, sources, err));
	GPQ_TRY(note_list(run, notes, sources, err));
	GPQ_TRY(note_text(notes, "gridpq.zone", dataset->market->zone, err));
	tzdata_version(text);
	GPQ_TRY(note_text(notes, "gridpq.tzdata", text, err));
	GPQ_TRY(note_incomplete(run, dataset, file, notes, err));
	for (uint32_t i = 0; i < notes->count; i++)
		notes->note[i].value =
			(struct gpq_text){ (const char *)notes->text.bytes + notes->begin[i], (uint32_t)notes->len[i] };
	return GPQ_OK;
}

static enum gpq_status file_finish(struct gpq_run *run, const struct gpq_dataset_run *dataset,
                                   struct gpq_partition_file *file, struct sources *sources, struct gpq_error *err)
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
	enum gpq_status status = notes_make(run, dataset, file, sources, &notes, err);
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
	struct sources sources = { .count = 0 };
	size_t n = run->catalogue.count;
	enum gpq_status status = gpq_alloc(run->budget, GPQ_TAG_CONVERT, n * sizeof(uint32_t), &sources.inputs, err);
	if (status == GPQ_OK)
		status = gpq_alloc(run->budget, GPQ_TAG_CONVERT, n, &sources.seen, err);
	for (uint32_t d = 0; d < run->n_datasets && status == GPQ_OK; d++)
		for (uint32_t f = 0; f < run->datasets[d].n_files && status == GPQ_OK; f++)
			status = file_finish(run, &run->datasets[d], &run->datasets[d].files[f], &sources, err);
	gpq_free(run->budget, GPQ_TAG_CONVERT, sources.inputs, n * sizeof(uint32_t));
	gpq_free(run->budget, GPQ_TAG_CONVERT, sources.seen, n);
	return status;
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
