// SPDX-License-Identifier: MIT
#include "convert/run_setup.h"

#include "convert/block_sums.h"
#include "convert/stage.h"
#include "input/discover.h"
#include "cpu/features.h"

#include <stdio.h>
#include <string.h>

#define TALLIES_BYTES ((size_t)64 << 10) /* in memory; some 1,300 */

/* ---- datasets ---- */

static uint32_t column_number(const struct gpq_table *table, enum gpq_column_id id)
{
	uint32_t number = 0;
	while (table->columns[number].id != id)
		number++;
	return number;
}

/* sorting_columns of the plain orders: the key's columns around the instant. None in block order (docs/OUTPUT.md). */
static void sorting_set(struct gpq_parquet_settings *parquet, const struct gpq_dataset *dataset, enum gpq_order order)
{
	static const enum gpq_column_id energy[] = { GPQ_COLUMN_SETTLEMENT_LOCATION, GPQ_COLUMN_SETTLEMENT_LOCATION_ID,
		                                     GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE };
	static const enum gpq_column_id ancillary[] = { GPQ_COLUMN_AS_PRODUCT, GPQ_COLUMN_AS_REGION,
		                                        GPQ_COLUMN_SETTLEMENT_LOCATION };
	const enum gpq_column_id *texts = dataset->table == GPQ_TABLE_ENERGY ? energy : ancillary;
	if (order == GPQ_ORDER_BLOCK)
		return;
	uint32_t instant = column_number(parquet->table, GPQ_COLUMN_DATETIME_UTC);
	if (order == GPQ_ORDER_TIME)
		parquet->sorting[parquet->n_sorting++].column = instant;
	for (uint32_t i = 0; i < 3; i++)
		if (i == 0 || dataset->key_texts & 1u << i)
			parquet->sorting[parquet->n_sorting++].column = column_number(parquet->table, texts[i]);
	if (order == GPQ_ORDER_LOCATION)
		parquet->sorting[parquet->n_sorting++].column = instant;
}

static enum gpq_status dataset_enter(struct gpq_run *run, const struct gpq_market *market,
                                     const struct gpq_dataset *dataset, struct gpq_error *err)
{
	const struct gpq_convert_settings *settings = run->settings;
	if (gpq_run_dataset(run, dataset) || !gpq_dataset_wanted(settings, market, dataset))
		return GPQ_OK;
	if (run->n_datasets == GPQ_RUN_MAX_DATASETS)
		return gpq_fail(err, GPQ_E_USAGE, "more than %d datasets in one run; choose some with --dataset",
		                GPQ_RUN_MAX_DATASETS);
	const struct gpq_zone *zone = NULL;
	GPQ_TRY(gpq_run_zone(run, market->zone, &zone, err));
	struct gpq_dataset_run *entry = &run->datasets[run->n_datasets++];
	*entry = (struct gpq_dataset_run){
		.market = market,
		.dataset = dataset,
		.calendar = gpq_calendar_of(dataset, zone, settings->order, settings->partition),
		.rules = {
			.n_cells = dataset->n_cells,
			.key_texts = dataset->key_texts,
			.texts = 0x0F,
			.by_time = settings->order == GPQ_ORDER_TIME,
			.keep_revisions = settings->keep_revisions,
			.context = run,
			.input_newer = gpq_run_input_newer,
			.input_dropped = gpq_run_input_dropped,
		},
		.parquet = {
			.table = gpq_table_schema(dataset->table),
			.codec = settings->codec,
			.codec_level = settings->codec_level,
		},
	};
	entry->n_sum_columns = gpq_sums_columns(dataset, entry->sum_column);
	if (settings->order == GPQ_ORDER_LOCATION)
		entry->parquet.bloom_columns = (uint64_t)1 << column_number(entry->parquet.table,
		                                                            GPQ_COLUMN_SETTLEMENT_LOCATION);
	sorting_set(&entry->parquet, dataset, settings->order);
	return GPQ_OK;
}

static enum gpq_status datasets_enter(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t r = 0; r < run->catalogue.n_ranges; r++) {
		const struct gpq_feed_range *range = &run->catalogue.ranges[r];
		const struct gpq_input any = { .feed_number = range->feed_number };
		const struct gpq_feed *feed = gpq_input_feed(&any);
		for (int o = 0; range->found && o < GPQ_BINDING_OUTPUTS && feed->outputs[o]; o++)
			GPQ_TRY(dataset_enter(run, gpq_input_market(&any), feed->outputs[o], err));
	}
	return GPQ_OK;
}

static void run_init(struct gpq_run *run, const struct gpq_convert_settings *settings, const struct gpq_hooks *hooks,
                     struct gpq_budget *budget)
{
	memset(run, 0, sizeof(*run));
	run->settings = settings;
	run->hooks = hooks;
	run->budget = budget;
	run->cpu_features = gpq_cpu_features(GPQ_CPU_ALL);
	run->values = gpq_value_kernels(run->cpu_features);
	pthread_mutex_init(&run->lock, NULL);
	pthread_mutex_init(&run->talk, NULL);
	pthread_cond_init(&run->changed, NULL);
}

enum gpq_status gpq_run_discover(struct gpq_run *run, const struct gpq_convert_settings *settings,
                                 const struct gpq_hooks *hooks, struct gpq_budget *budget, struct gpq_error *err)
{
	run_init(run, settings, hooks, budget);
	struct gpq_plan_question nothing = { .settings = settings };
	GPQ_TRY(gpq_plan_make(&nothing, &run->plan, 1, err)); /* a bound too small for anything is refused at once */
	budget->cap_bytes = run->plan.budget_bytes;
	GPQ_TRY(gpq_catalogue_init(&run->catalogue, budget, gpq_plan_catalogue_bytes(run->plan.bound_bytes), settings->output,
	                           err));
	GPQ_TRY(gpq_discover(budget, settings, hooks, run->cpu_features, &run->catalogue, err));
	GPQ_TRY(datasets_enter(run, err));
	return gpq_stages_plan(run, err);
}

/* ---- open and close ---- */

static enum gpq_status spills_open(struct gpq_run *run, struct gpq_error *err)
{
	snprintf(run->spill_folder, sizeof(run->spill_folder), "%s/.gridpq/spill", run->settings->output);
	GPQ_TRY(gpq_spill_open(run->budget, run->spill_folder, &run->spill, err));
	GPQ_TRY(gpq_spill_open(run->budget, run->spill_folder, &run->metadata, err));
	return gpq_stash_open(run->budget, run->metadata, TALLIES_BYTES, &run->tallies, err);
}

enum gpq_status gpq_run_open(struct gpq_run *run, struct gpq_error *err)
{
	GPQ_TRY(spills_open(run, err));
	GPQ_TRY(gpq_rejects_open(run->budget, run->settings->output, &run->rejects, err));
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		run->any_failed |= input.state == GPQ_INPUT_FAILED;
		if (input.state != GPQ_INPUT_FOUND)
			continue;
		run->progress.files_total++;
		run->progress.total_bytes += input.size_bytes;
	}
	clock_gettime(CLOCK_MONOTONIC, &run->reading_since);
	return GPQ_OK;
}

void gpq_run_close(struct gpq_run *run)
{
	gpq_stage_end(run);
	for (uint32_t d = 0; d < run->n_datasets; d++)
		gpq_dataset_run_done(&run->datasets[d], run->budget);
	gpq_rejects_close(run->rejects);
	gpq_stash_close(run->tallies);
	gpq_spill_close(run->spill);
	gpq_spill_close(run->metadata);
	for (uint32_t i = 0; i < run->n_zones; i++)
		gpq_zone_close(run->zones[i].zone);
	gpq_catalogue_done(&run->catalogue);
	pthread_cond_destroy(&run->changed);
	pthread_mutex_destroy(&run->talk);
	pthread_mutex_destroy(&run->lock);
}
