// SPDX-License-Identifier: MIT
#include "convert/convert.h"

#include "convert/dataset_summary.h"
#include "convert/finish.h"
#include "convert/pipeline.h"
#include "convert/plan_report.h"
#include "convert/report.h"
#include "convert/run_setup.h"
#include "convert/sidecar.h"
#include "convert/stage.h"
#include "io/folder.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_OUTPUT_PATH 3500 /* leaves room for what we put below it */

static enum gpq_status settings_check(const struct gpq_convert_settings *settings, struct gpq_error *err)
{
	if (!settings->inputs.count)
		return gpq_fail(err, GPQ_E_USAGE, "no inputs are named");
	if (!settings->output || !settings->output[0])
		return gpq_fail(err, GPQ_E_USAGE, "no output folder is named");
	if (strlen(settings->output) > MAX_OUTPUT_PATH)
		return gpq_fail(err, GPQ_E_USAGE, "the output folder's path is longer than %d bytes", MAX_OUTPUT_PATH);
	for (size_t i = 0; i < settings->n_years; i++)
		if (settings->years[i].first > settings->years[i].last)
			return gpq_fail(err, GPQ_E_USAGE, "the years %d-%d run backwards", settings->years[i].first,
			                settings->years[i].last);
	return GPQ_OK;
}

struct looked_for {
	const struct gpq_dataset_run *dataset;
	int32_t partition;
};

static enum gpq_status output_look(struct gpq_run *run, struct gpq_dataset_run *dataset, int32_t partition,
                                   struct gpq_error *err)
{
	struct gpq_partition_file *file = NULL;
	GPQ_TRY(gpq_dataset_run_file(dataset, run->budget, run->settings->output, partition, &file, err));
	if (gpq_path_exists(file->path))
		return gpq_fail(err, GPQ_E_OUTPUT_EXISTS, "%s exists; --force replaces it", file->path);
	return GPQ_OK;
}

/* Partitions that are certain to be written are looked for before a byte of data is read; the others when they come up. */
static enum gpq_status outputs_check(struct gpq_run *run, struct gpq_error *err)
{
	struct looked_for last[GPQ_BINDING_OUTPUTS] = { { NULL, 0 } };
	for (uint32_t i = 0; i < run->catalogue.count && !run->settings->force; i++) {
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		if (input.state != GPQ_INPUT_FOUND || !input.seems_first_s || run->settings->n_years)
			continue;
		const struct gpq_feed *feed = gpq_input_feed(&input);
		for (int o = 0; o < GPQ_BINDING_OUTPUTS && feed->outputs[o]; o++) {
			struct gpq_dataset_run *dataset = gpq_run_dataset(run, feed->outputs[o]);
			if (!dataset)
				continue;
			int32_t partition = gpq_calendar_span(&dataset->calendar, input.seems_first_s).partition;
			if (dataset != last[o].dataset || partition != last[o].partition)
				GPQ_TRY(output_look(run, dataset, partition, err));
			last[o] = (struct looked_for){ dataset, partition };
		}
	}
	return GPQ_OK;
}

static enum gpq_status failure_tell(struct gpq_run *run, const struct gpq_run_totals *totals, const struct gpq_input *input,
                                    struct gpq_error *err)
{
	struct gpq_input_names names;
	struct gpq_outcome outcome;
	GPQ_TRY(gpq_catalogue_names(&run->catalogue, input, &names, err));
	GPQ_TRY(gpq_catalogue_outcome(&run->catalogue, input, &outcome, err));
	return gpq_fail(err, GPQ_E_DATA, "%u of %u inputs failed, first %s: %s", totals->by_state[GPQ_INPUT_FAILED],
	                run->catalogue.count, names.path, outcome.reason);
}

/* What the run came to where nothing stopped it: failed inputs, broken identity, strictness. */
static enum gpq_status verdict(struct gpq_run *run, const struct gpq_run_totals *totals, struct gpq_error *err)
{
	if (totals->identity_broken)
		return gpq_fail(err, GPQ_E_BUG, "the rows of %u inputs do not add up, first %s; please report this",
		                totals->identity_broken, totals->broken_path);
	for (uint32_t i = 0; totals->by_state[GPQ_INPUT_FAILED] && i < run->catalogue.count; i++) {
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		if (input.state == GPQ_INPUT_FAILED)
			return failure_tell(run, totals, &input, err);
	}
	uint32_t unrecognised = totals->by_state[GPQ_INPUT_UNRECOGNISED];
	if (run->settings->strict && (totals->lines.rejected || unrecognised))
		return gpq_fail(err, GPQ_E_FINDINGS, "--strict: %llu rows rejected, %u files not recognised",
		                (unsigned long long)totals->lines.rejected, unrecognised);
	return GPQ_OK;
}

/* All files were written while the disk was at work on those before; now it is waited for, and only then is anything visible. */
static enum gpq_status everything_publish(struct gpq_run *run, struct gpq_sidecars *sidecars, struct gpq_error *err)
{
	GPQ_TRY(gpq_finish_sync(run, err));
	GPQ_TRY(gpq_rejects_sync(run->rejects, err));
	GPQ_TRY(gpq_sidecars_sync(sidecars, err));
	/* The tables come last: a failure before them has published no data. */
	GPQ_TRY(gpq_rejects_publish(run->rejects, err));
	GPQ_TRY(gpq_sidecars_publish(sidecars, err));
	GPQ_TRY(gpq_finish_publish(run, err));
	return gpq_finish_folders(run, err);
}

/* From the first input to the last footer, and what the report will say of names, which go with the stage. */
static enum gpq_status stage_write(struct gpq_run *run, const struct gpq_stage *stage, struct gpq_sidecars *sidecars,
                                   struct gpq_error *err)
{
	GPQ_TRY(gpq_stage_begin(run, stage, err));
	GPQ_TRY(gpq_pipeline_run(run, err));
	GPQ_TRY(gpq_finish_files(run, err));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		if (gpq_stage_has(stage, &run->datasets[d]))
			GPQ_TRY(gpq_dataset_summary_keep(&run->datasets[d], run->budget, run->metadata, err));
	GPQ_TRY(gpq_sidecars_write_stage(sidecars, run, err));
	gpq_stage_end(run);
	return GPQ_OK;
}

static enum gpq_status stages_write(struct gpq_run *run, struct gpq_run_totals *totals, struct gpq_sidecars *sidecars,
                                    struct gpq_error *err)
{
	for (uint32_t s = 0; s < run->n_stages; s++)
		GPQ_TRY(stage_write(run, &run->stages[s], sidecars, err));
	GPQ_TRY(gpq_report_totals(run, totals, err));
	if (totals->identity_broken)
		return verdict(run, totals, err);
	GPQ_TRY(gpq_sidecars_write(sidecars, run, err));
	return everything_publish(run, sidecars, err);
}

static enum gpq_status output_write(struct gpq_run *run, struct gpq_run_totals *totals, struct gpq_error *err)
{
	struct gpq_sidecars sidecars = { .count = 0 };
	GPQ_TRY(gpq_run_open(run, err));
	GPQ_TRY(outputs_check(run, err));
	enum gpq_status status = stages_write(run, totals, &sidecars, err);
	gpq_sidecars_close(&sidecars);
	return status;
}

static enum gpq_status output_lock(struct gpq_run *run, int *out_fd, struct gpq_error *err)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/.gridpq", run->settings->output);
	GPQ_TRY(gpq_folder_make(path, err));
	snprintf(path, sizeof(path), "%s/.gridpq/lock", run->settings->output);
	GPQ_TRY(gpq_lock(path, out_fd, err));
	return gpq_folder_sweep(run->budget, run->settings->output, err);
}

static enum gpq_status failures_say(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct gpq_input_names names;
		struct gpq_outcome outcome;
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		if (input.state != GPQ_INPUT_FAILED && input.state != GPQ_INPUT_UNRECOGNISED)
			continue;
		GPQ_TRY(gpq_catalogue_names(&run->catalogue, &input, &names, err));
		GPQ_TRY(gpq_catalogue_outcome(&run->catalogue, &input, &outcome, err));
		if (input.state == GPQ_INPUT_FAILED)
			gpq_run_say(run, GPQ_ERROR, "%s: %s; nothing of this file is used", names.path, outcome.reason);
		else
			gpq_run_say(run, GPQ_WARNING, "%s: not recognised: %s", names.path, outcome.reason);
	}
	return GPQ_OK;
}

static enum gpq_status run_whole(struct gpq_run *run, const struct gpq_convert_settings *settings,
                                 const struct gpq_hooks *hooks, struct gpq_budget *budget, struct gpq_error *err)
{
	struct timespec begin, end;
	struct gpq_run_totals totals;
	int lock = -1;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	memset(&totals, 0, sizeof(totals));
	GPQ_TRY(gpq_run_discover(run, settings, hooks, budget, err));
	GPQ_TRY(output_lock(run, &lock, err));
	enum gpq_status status = output_write(run, &totals, err);
	if (status == GPQ_OK) {
		status = failures_say(run, err);
		if (status == GPQ_OK)
			status = verdict(run, &totals, err);
		clock_gettime(CLOCK_MONOTONIC, &end);
		double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
		enum gpq_status printed = gpq_report_print(run, &totals, settings->stats, status, seconds, status == GPQ_OK ? err : NULL);
		status = status == GPQ_OK ? printed : status;
	}
	gpq_unlock(lock);
	return status;
}

enum gpq_status gpq_convert_within(struct gpq_budget *budget, const struct gpq_convert_settings *settings,
                                   const struct gpq_hooks *hooks, struct gpq_error *err)
{
	static const struct gpq_hooks silent;
	struct gpq_run *run = NULL;
	struct gpq_budget own;
	GPQ_TRY(settings_check(settings, err));
	gpq_budget_init(&own, sizeof(*run) + 4096); /* the run itself, before there is a plan */
	GPQ_TRY(gpq_alloc_zero(&own, GPQ_TAG_CONVERT, sizeof(*run), &run, err));
	enum gpq_status status = run_whole(run, settings, hooks ? hooks : &silent, budget, err);
	gpq_run_close(run);
	gpq_free(&own, GPQ_TAG_CONVERT, run, sizeof(*run));
	return status;
}

enum gpq_status gpq_convert_run(const struct gpq_convert_settings *settings, const struct gpq_hooks *hooks,
                                struct gpq_error *err)
{
	struct gpq_budget budget;
	gpq_budget_init(&budget, 0);
	enum gpq_status status = gpq_convert_within(&budget, settings, hooks, err);
	gpq_budget_done(&budget);
	return status;
}

enum gpq_status gpq_convert_plan(const struct gpq_convert_settings *settings, enum gpq_report report,
                                 const struct gpq_hooks *hooks, struct gpq_error *err)
{
	static const struct gpq_hooks silent;
	struct gpq_run *run = NULL;
	struct gpq_budget budget, own;
	GPQ_TRY(settings_check(settings, err));
	gpq_budget_init(&own, sizeof(*run) + 4096);
	gpq_budget_init(&budget, 0);
	GPQ_TRY(gpq_alloc_zero(&own, GPQ_TAG_CONVERT, sizeof(*run), &run, err));
	enum gpq_status status = gpq_run_discover(run, settings, hooks ? hooks : &silent, &budget, err);
	if (status == GPQ_OK)
		status = gpq_plan_report(run, report, err);
	gpq_run_close(run);
	gpq_free(&own, GPQ_TAG_CONVERT, run, sizeof(*run));
	gpq_budget_done(&budget);
	return status;
}
