// SPDX-License-Identifier: MIT
#include "convert/run_setup.h"

#include "convert/block_facts.h"
#include "convert/block_sums.h"
#include "input/discover.h"
#include "input/repeats.h"
#include "input/succession.h"
#include "cpu/features.h"

#include <stdio.h>
#include <string.h>

#define DAYS_OF_YEAR 366u
#define DAYS_OF_MONTH 31u
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

/* ---- the plan ---- */

/* The longest block, with the hour that autumn repeats. */
static uint32_t block_hours(const struct gpq_dataset_run *dataset)
{
	uint32_t hours = dataset->calendar.block_hours;
	if (!hours)
		hours = 24 * (dataset->calendar.partition == GPQ_PARTITION_MONTH ? DAYS_OF_MONTH : DAYS_OF_YEAR);
	return hours + 1;
}

/* Whether rows of repeated hours wait for their input's end, and such of short intervals. */
static void repeats_find(struct gpq_run *run)
{
	for (uint32_t r = 0; r < run->catalogue.n_ranges; r++) {
		const struct gpq_feed *feed = gpq_input_feed(&(struct gpq_input){ .feed_number = run->catalogue.ranges[r].feed_number });
		if (!feed || !feed->repeats_by_order || !feed->outputs[0])
			continue;
		run->holds_repeats = true;
		run->short_repeats |= gpq_repeats_are_short(feed->outputs[0]);
	}
}

/* Blocks are of one dataset: the one that most inputs feed counts. */
static void question_inputs(const struct gpq_run *run, const struct gpq_dataset *dataset, struct gpq_plan_question *question)
{
	uint32_t inputs = 0;
	uint64_t name_bytes = 0;
	for (uint32_t r = 0; r < run->catalogue.n_ranges; r++) {
		const struct gpq_feed_range *range = &run->catalogue.ranges[r];
		const struct gpq_feed *feed = gpq_input_feed(&(struct gpq_input){ .feed_number = range->feed_number });
		for (int o = 0; feed && o < GPQ_BINDING_OUTPUTS && feed->outputs[o]; o++) {
			if (feed->outputs[o] != dataset)
				continue;
			inputs += range->found;
			name_bytes += range->name_bytes;
			break;
		}
	}
	question->block_inputs = inputs > question->block_inputs ? inputs : question->block_inputs;
	question->block_name_bytes = name_bytes > question->block_name_bytes ? name_bytes : question->block_name_bytes;
}

static enum gpq_status plan_make(struct gpq_run *run, struct gpq_error *err)
{
	bool tables[GPQ_N_TABLES] = { false };
	struct gpq_plan_question question = {
		.settings = run->settings,
		.catalogue_used_bytes = gpq_catalogue_settle(&run->catalogue),
		.n_inputs = run->catalogue.count,
		.max_depth = run->catalogue.max_depth,
		.sheets = run->catalogue.sheets,
	};
	repeats_find(run);
	question.holds_repeats = run->holds_repeats;
	question.short_repeats = run->short_repeats;
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		const struct gpq_dataset_run *dataset = &run->datasets[d];
		uint32_t hours = block_hours(dataset), places = hours * 60 / dataset->dataset->interval_minutes + 1;
		uint32_t slots = gpq_block_most_slots(dataset->dataset, places);
		question_inputs(run, dataset->dataset, &question);
		if (dataset->dataset->off_grid && hours * 3600 > question.max_seconds)
			question.max_seconds = hours * 3600;
		run->holds_tiles |= dataset->dataset->tiles;
		question.max_slots = slots > question.max_slots ? slots : question.max_slots;
		if (!question.n_cells || dataset->dataset->n_cells < question.n_cells)
			question.n_cells = dataset->dataset->n_cells;
		question.n_tables += !tables[dataset->dataset->table];
		tables[dataset->dataset->table] = true;
	}
	question.holds_tiles = run->holds_tiles;
	return gpq_plan_make(&question, &run->plan, err);
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
	pthread_mutex_init(&run->head_lock, NULL);
	pthread_cond_init(&run->changed, NULL);
}

enum gpq_status gpq_run_discover(struct gpq_run *run, const struct gpq_convert_settings *settings,
                                 const struct gpq_hooks *hooks, struct gpq_budget *budget, struct gpq_error *err)
{
	run_init(run, settings, hooks, budget);
	struct gpq_plan_question nothing = { .settings = settings };
	GPQ_TRY(gpq_plan_make(&nothing, &run->plan, err)); /* a bound too small for anything is refused at once */
	budget->cap_bytes = run->plan.budget_bytes;
	GPQ_TRY(gpq_catalogue_init(&run->catalogue, budget, gpq_plan_catalogue_bytes(run->plan.bound_bytes), settings->output,
	                           err));
	GPQ_TRY(gpq_discover(budget, settings, hooks, run->cpu_features, &run->catalogue, err));
	GPQ_TRY(datasets_enter(run, err));
	return plan_make(run, err);
}

/* ---- open and close ---- */

static enum gpq_status spills_open(struct gpq_run *run, struct gpq_error *err)
{
	snprintf(run->spill_folder, sizeof(run->spill_folder), "%s/.gridpq/spill", run->settings->output);
	GPQ_TRY(gpq_spill_open(run->budget, run->spill_folder, &run->spill, err));
	GPQ_TRY(gpq_spill_open(run->budget, run->spill_folder, &run->metadata, err));
	return gpq_stash_open(run->budget, run->metadata, TALLIES_BYTES, &run->tallies, err);
}

static enum gpq_status inputs_open(struct gpq_run *run, struct gpq_error *err)
{
	GPQ_TRY(gpq_alloc_zero(run->budget, GPQ_TAG_CONVERT, run->plan.open_inputs * sizeof(run->open[0]), &run->open, err));
	for (uint32_t i = 0; i < run->plan.open_inputs; i++) {
		GPQ_TRY(gpq_input_reader_init(&run->open[i].reader, run->budget, run->cpu_features, err));
		run->open[i].reader.opener.spill_folder = run->spill_folder;
		if (run->holds_repeats)
			GPQ_TRY(gpq_repeats_open(run->budget, run->short_repeats, &run->open[i].repeats, err));
		if (run->holds_tiles)
			GPQ_TRY(gpq_succession_open(run->budget, &run->open[i].succession, err));
	}
	return GPQ_OK;
}

enum gpq_status gpq_run_open(struct gpq_run *run, struct gpq_error *err)
{
	const struct gpq_plan *plan = &run->plan;
	GPQ_TRY(gpq_parquet_ahead_open(run->budget, plan->encoders * plan->ahead_bytes, &run->ahead, err));
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		struct gpq_dataset_run *dataset = &run->datasets[d];
		enum gpq_table_id table = dataset->dataset->table;
		if (!run->locations[table])
			GPQ_TRY(gpq_locations_open(run->budget, plan->max_locations * (size_t)GPQ_PLAN_LOCATION_BYTES,
			                           &run->locations[table], err));
		dataset->locations = dataset->rules.locations = run->locations[table];
		dataset->parquet.ahead = run->ahead;
		dataset->rules.max_locations = plan->max_locations;
		dataset->rules.tally_bytes = plan->tally_bytes;
	}
	GPQ_TRY(spills_open(run, err));
	GPQ_TRY(gpq_head_open(run->budget, run->cpu_features, &run->head, err));
	GPQ_TRY(gpq_rejects_open(run->budget, run->settings->output, &run->rejects, err));
	GPQ_TRY(inputs_open(run, err));
	GPQ_TRY(gpq_sort_scratch_open(run->budget, plan->max_block_rows, plan->max_locations, GPQ_MAX_CELLS, &run->scratch,
	                              err));
	gpq_sort_scratch_windows(run->scratch, plan->encoders, plan->window_bytes);
	GPQ_TRY(gpq_slabs_open(run->budget, plan->pool_bytes, &run->slabs, err));
	for (uint32_t i = 0; i < run->catalogue.count; i++) {
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, i, &input, err));
		if (input.state != GPQ_INPUT_FOUND)
			continue;
		run->progress.files_total++;
		run->progress.total_bytes += input.size_bytes;
	}
	return GPQ_OK;
}

void gpq_run_close(struct gpq_run *run)
{
	gpq_block_facts_done(&run->job.facts);
	gpq_block_sources_done(&run->job.sources);
	gpq_turned_close(run->job.turned);
	for (uint32_t d = 0; d < run->n_datasets; d++)
		gpq_dataset_run_done(&run->datasets[d], run->budget);
	for (uint32_t i = 0; run->open && i < run->plan.open_inputs; i++) {
		gpq_input_reader_done(&run->open[i].reader);
		gpq_repeats_close(run->open[i].repeats);
		gpq_succession_close(run->open[i].succession);
	}
	gpq_free(run->budget, GPQ_TAG_CONVERT, run->open, run->plan.open_inputs * sizeof(run->open[0]));
	gpq_parquet_ahead_close(run->ahead);
	gpq_slabs_close(run->slabs);
	gpq_sort_scratch_close(run->scratch);
	gpq_rejects_close(run->rejects);
	gpq_head_close(run->head);
	gpq_stash_close(run->tallies);
	gpq_spill_close(run->spill);
	gpq_spill_close(run->metadata);
	for (int table = 0; table < GPQ_N_TABLES; table++) {
		gpq_location_lists_done(&run->lists[table]);
		gpq_locations_close(run->locations[table]);
	}
	for (uint32_t i = 0; i < run->n_zones; i++)
		gpq_zone_close(run->zones[i].zone);
	gpq_catalogue_done(&run->catalogue);
	pthread_cond_destroy(&run->changed);
	pthread_mutex_destroy(&run->talk);
	pthread_mutex_destroy(&run->head_lock);
	pthread_mutex_destroy(&run->lock);
}
