// SPDX-License-Identifier: MIT
#include "convert/plan_report.h"

#include "base/json.h"
#include "io/folder.h"
#include "value/instant.h"

#include <stdio.h>
#include <string.h>

#define PAGE_BYTES ((size_t)1 << 20)
#define SHOWN_FILES 50
/* Output bytes a decompressed input byte, zstd 1: measured 0.16 on PJM; what spilled rows take at most against their text:
 * measured 0.55; and what rows take in memory: 0.43. */
#define OUTPUT_SHARE 0.20
#define SPILL_SHARE 0.60
#define POOL_SHARE 0.45
#define GZIP_RATIO 8.0 /* decompressed bytes a stored one: PJM exports have 7 to 8 */

struct outlook {
	uint64_t input_bytes, text_bytes, output_bytes, spill_bytes, free_bytes;
	uint32_t by_state[GPQ_N_INPUT_STATES];
};

/* Of a member the directory says it. */
static uint64_t text_bytes(const struct gpq_input *input, const struct gpq_input_names *names)
{
	uint64_t bytes = input->size_bytes;
	if (names->address.depth)
		bytes = names->address.places[names->address.depth - 1].size_bytes;
	bool gzip = gpq_input_rank_name(names).len != strlen(names->base);
	return gzip ? (uint64_t)((double)bytes * GZIP_RATIO) : bytes;
}

static enum gpq_status outlook_make(struct gpq_run *run, struct outlook *out, struct gpq_error *err)
{
	memset(out, 0, sizeof(*out));
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct gpq_input_names names;
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		out->by_state[input.state]++;
		if (input.state != GPQ_INPUT_FOUND)
			continue;
		GPQ_TRY(gpq_catalogue_names(&run->catalogue, &input, &names, err));
		out->input_bytes += input.size_bytes;
		out->text_bytes += text_bytes(&input, &names);
	}
	out->output_bytes = (uint64_t)((double)out->text_bytes * OUTPUT_SHARE);
	if ((double)out->text_bytes * POOL_SHARE > (double)run->plan.pool_bytes)
		out->spill_bytes = (uint64_t)((double)out->text_bytes * SPILL_SHARE);
	return gpq_folder_free_bytes(run->settings->output, &out->free_bytes, err);
}

struct room {
	const char *name;
	uint64_t bytes;
	const char *what;
};

#define N_ROOMS 8

static void rooms_list(const struct gpq_plan *plan, struct room out[N_ROOMS])
{
	const struct room rooms[N_ROOMS] = {
		{ "process", plan->process_bytes, "code, libc, stacks: what is not counted piece by piece" },
		{ "catalogue", plan->catalogue_bytes, "the list of inputs" },
		{ "locations", plan->locations_bytes, "names and ids, and their order in the output" },
		{ "fixed", plan->fixed_bytes, "partitions, footers, reject files, zones" },
		{ "workers", (uint64_t)plan->threads * plan->worker_bytes + (uint64_t)plan->encoders * plan->encoder_bytes,
		  "a parser a thread, encoders" },
		{ "inputs", (uint64_t)plan->open_inputs * plan->input_bytes, "inputs open at once" },
		{ "scratch", plan->scratch_bytes, "turning and merging one block" },
		{ "pool", plan->pool_bytes, "rows of blocks under way" },
	};
	memcpy(out, rooms, sizeof(rooms));
}

static void span_print(uint32_t first_s, uint32_t last_s, char out[64])
{
	char first[24], last[24];
	gpq_stamp_print(first_s, first);
	gpq_stamp_print(last_s, last);
	snprintf(out, 64, "%s to %s", first_s ? first : "?", last_s ? last : "?");
}

/* One input, with what there is to say of it. */
struct told_input {
	struct gpq_input input;
	struct gpq_input_names names;
	struct gpq_outcome outcome;
};

static enum gpq_status input_get(struct gpq_run *run, uint32_t number, struct told_input *out, struct gpq_error *err)
{
	GPQ_TRY(gpq_catalogue_get(&run->catalogue, number, &out->input, err));
	GPQ_TRY(gpq_catalogue_names(&run->catalogue, &out->input, &out->names, err));
	return gpq_catalogue_outcome(&run->catalogue, &out->input, &out->outcome, err);
}

static void text_give(struct gpq_run *run, struct gpq_buf *text)
{
	if (run->hooks->result && text->len)
		run->hooks->result(run->hooks->context, (const char *)text->bytes, text->len);
	gpq_buf_clear(text);
}

/* ---- text ---- */

static enum gpq_status text_inputs(struct gpq_run *run, struct gpq_buf *text, struct gpq_error *err)
{
	GPQ_TRY(gpq_buf_printf(text, err, "would read\n"));
	for (uint32_t i = 0; i < run->catalogue.count && i < SHOWN_FILES; i++) {
		struct told_input told;
		const struct gpq_input *input = &told.input;
		char span[64];
		GPQ_TRY(input_get(run, i, &told, err));
		span_print(input->seems_first_s, input->seems_last_s, span);
		if (input->state == GPQ_INPUT_FOUND)
			GPQ_TRY(gpq_buf_printf(text, err, "  %s: %s, %s\n", told.names.path, gpq_input_feed(input)->id, span));
		else
			GPQ_TRY(gpq_buf_printf(text, err, "  not %s: %s: %s\n", told.names.path,
			                       gpq_input_state_word((enum gpq_input_state)input->state), told.outcome.reason));
		text_give(run, text);
	}
	if (run->catalogue.count > SHOWN_FILES)
		GPQ_TRY(gpq_buf_printf(text, err, "  and %u more\n", run->catalogue.count - SHOWN_FILES));
	GPQ_TRY(gpq_buf_printf(text, err, "would write\n"));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		GPQ_TRY(gpq_buf_printf(text, err, "  %s/%s/%s/%s_*.parquet, a file a %s\n", run->settings->output,
		                       run->datasets[d].market->folder, run->datasets[d].dataset->id, run->datasets[d].dataset->id,
		                       run->datasets[d].calendar.partition == GPQ_PARTITION_MONTH ? "month" : "year"));
	return GPQ_OK;
}

static enum gpq_status text_print(struct gpq_run *run, const struct outlook *outlook, struct gpq_buf *text,
                                  struct gpq_error *err)
{
	struct room rooms[N_ROOMS];
	uint64_t sum = 0;
	rooms_list(&run->plan, rooms);
	GPQ_TRY(text_inputs(run, text, err));
	GPQ_TRY(gpq_buf_printf(text, err,
	                       "disk\n  %u files of %llu bytes; output about %llu, spill up to %llu, free %llu%s\n",
	                       outlook->by_state[GPQ_INPUT_FOUND], (unsigned long long)outlook->input_bytes,
	                       (unsigned long long)outlook->output_bytes, (unsigned long long)outlook->spill_bytes,
	                       (unsigned long long)outlook->free_bytes,
	                       outlook->output_bytes + outlook->spill_bytes > outlook->free_bytes ? ": NOT ENOUGH" : ""));
	GPQ_TRY(gpq_buf_printf(text, err, "memory, bound %llu MiB, %u threads, %u of them encode\n",
	                       (unsigned long long)(run->plan.bound_bytes >> 20), run->plan.threads, run->plan.encoders));
	if (run->n_stages > 1)
		GPQ_TRY(gpq_buf_printf(text, err, "  %u markets and tables, one after the other; %s %s leaves least for rows:\n",
		                       run->n_stages, run->tightest->market->iso, gpq_table_schema(run->tightest->table)->name));
	for (int i = 0; i < N_ROOMS; i++) {
		sum += rooms[i].bytes;
		GPQ_TRY(gpq_buf_printf(text, err, "  %-10s %12llu  %s\n", rooms[i].name, (unsigned long long)rooms[i].bytes,
		                       rooms[i].what));
	}
	return gpq_buf_printf(text, err, "  %-10s %12llu\n", "sum", (unsigned long long)sum);
}

/* ---- JSON ---- */

static void json_instant(struct gpq_json *json, const char *key, uint32_t instant_s)
{
	char text[24];
	gpq_json_member_text(json, key, instant_s ? gpq_stamp_print(instant_s, text) : NULL);
}

static enum gpq_status json_inputs(struct gpq_run *run, struct gpq_json *json, struct gpq_buf *text, struct gpq_error *err)
{
	gpq_json_key(json, "files");
	gpq_json_array_begin(json);
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct told_input told;
		GPQ_TRY(input_get(run, i, &told, err));
		const struct gpq_feed *feed = gpq_input_feed(&told.input);
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "file", told.names.path);
		gpq_json_member_text(json, "feed", feed ? feed->id : NULL);
		gpq_json_member_text(json, "state", gpq_input_state_word((enum gpq_input_state)told.input.state));
		gpq_json_member_text(json, "reason", told.outcome.has_reason ? told.outcome.reason : NULL);
		gpq_json_member_uint64(json, "bytes", told.input.size_bytes);
		json_instant(json, "first", told.input.seems_first_s);
		json_instant(json, "last", told.input.seems_last_s);
		gpq_json_object_end(json);
		text_give(run, text);
	}
	gpq_json_array_end(json);
	return GPQ_OK;
}

static enum gpq_status json_print(struct gpq_run *run, const struct outlook *outlook, struct gpq_buf *text, struct gpq_error *err)
{
	struct gpq_json printer, *json = &printer;
	struct room rooms[N_ROOMS];
	rooms_list(&run->plan, rooms);
	gpq_json_init(json, text);
	gpq_json_object_begin(json);
	GPQ_TRY(json_inputs(run, json, text, err));
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (uint32_t d = 0; d < run->n_datasets; d++)
		gpq_json_text(json, run->datasets[d].dataset->id);
	gpq_json_array_end(json);
	gpq_json_key(json, "disk");
	gpq_json_object_begin(json);
	gpq_json_member_uint64(json, "input_bytes", outlook->input_bytes);
	gpq_json_member_uint64(json, "output_bytes", outlook->output_bytes);
	gpq_json_member_uint64(json, "spill_bytes", outlook->spill_bytes);
	gpq_json_member_uint64(json, "free_bytes", outlook->free_bytes);
	gpq_json_object_end(json);
	gpq_json_key(json, "memory");
	gpq_json_object_begin(json);
	gpq_json_member_uint64(json, "bound_bytes", run->plan.bound_bytes);
	gpq_json_member_uint64(json, "threads", run->plan.threads);
	gpq_json_member_uint64(json, "encoders", run->plan.encoders);
	for (int i = 0; i < N_ROOMS; i++)
		gpq_json_member_uint64(json, rooms[i].name, rooms[i].bytes);
	gpq_json_object_end(json);
	gpq_json_object_end(json);
	GPQ_TRY(gpq_json_finish(json, err));
	return gpq_buf_append(text, "\n", 1, err);
}

enum gpq_status gpq_plan_report(struct gpq_run *run, enum gpq_report report, struct gpq_error *err)
{
	struct outlook outlook;
	struct gpq_buf text;
	GPQ_TRY(outlook_make(run, &outlook, err));
	gpq_buf_init(&text, run->budget, GPQ_TAG_CONVERT, PAGE_BYTES);
	enum gpq_status status = report == GPQ_REPORT_JSON ? json_print(run, &outlook, &text, err)
	                                                   : text_print(run, &outlook, &text, err);
	if (status == GPQ_OK)
		text_give(run, &text);
	gpq_buf_done(&text);
	return status;
}
