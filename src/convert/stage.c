// SPDX-License-Identifier: MIT
#include "convert/stage.h"

#include "convert/block_facts.h"
#include "input/repeats.h"
#include "input/succession.h"

#include <string.h>

#define DAYS_OF_YEAR 366u
#define DAYS_OF_MONTH 31u

/* ---- which there are ---- */

bool gpq_stage_has(const struct gpq_stage *stage, const struct gpq_dataset_run *dataset)
{
	return stage->market == dataset->market && stage->table == dataset->dataset->table;
}

static enum gpq_status stages_list(struct gpq_run *run, struct gpq_error *err)
{
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		const struct gpq_dataset_run *dataset = &run->datasets[d];
		uint32_t s = 0;
		while (s < run->n_stages && !gpq_stage_has(&run->stages[s], dataset))
			s++;
		if (s < run->n_stages)
			continue;
		if (s == GPQ_RUN_MAX_STAGES)
			return gpq_fail(err, GPQ_E_BUG, "more than %d markets and tables in one run", GPQ_RUN_MAX_STAGES);
		run->stages[run->n_stages++] = (struct gpq_stage){ .market = dataset->market, .table = dataset->dataset->table };
	}
	return GPQ_OK;
}

/* ---- their plans ---- */

/* The longest block, with the hour that autumn repeats. */
static uint32_t block_hours(const struct gpq_dataset_run *dataset)
{
	uint32_t hours = dataset->calendar.block_hours;
	if (!hours)
		hours = 24 * (dataset->calendar.partition == GPQ_PARTITION_MONTH ? DAYS_OF_MONTH : DAYS_OF_YEAR);
	return hours + 1;
}

/* What inputs hold until their end: rows of repeated hours, such of short intervals, the last stamps of locations. */
static void holdings_find(const struct gpq_run *run, struct gpq_stage *stage)
{
	for (uint32_t r = 0; r < run->catalogue.n_ranges; r++) {
		const struct gpq_feed_range *range = &run->catalogue.ranges[r];
		const struct gpq_feed *feed = gpq_input_feed(&(struct gpq_input){ .feed_number = range->feed_number });
		if (!gpq_reading_list_holds(range, stage->market, stage->table))
			continue;
		stage->holds_repeats |= feed->repeats_by_order;
		stage->short_repeats |= feed->repeats_by_order && gpq_repeats_are_short(feed->outputs[0]);
	}
	for (uint32_t d = 0; d < run->n_datasets; d++)
		stage->holds_tiles |= gpq_stage_has(stage, &run->datasets[d]) && run->datasets[d].dataset->tiles;
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

static void question_make(struct gpq_run *run, const struct gpq_stage *stage, size_t catalogue_bytes,
                          struct gpq_plan_question *out)
{
	*out = (struct gpq_plan_question){
		.settings = run->settings,
		.bound_bytes = run->plan.bound_bytes,
		.catalogue_used_bytes = catalogue_bytes,
		.n_inputs = run->catalogue.count,
		.max_depth = run->catalogue.max_depth,
		.sheets = run->catalogue.sheets,
		.holds_repeats = stage->holds_repeats,
		.short_repeats = stage->short_repeats,
		.holds_tiles = stage->holds_tiles,
	};
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		const struct gpq_dataset_run *dataset = &run->datasets[d];
		if (!gpq_stage_has(stage, dataset))
			continue;
		uint32_t hours = block_hours(dataset), places = hours * 60 / dataset->dataset->interval_minutes + 1;
		uint32_t slots = gpq_block_most_slots(dataset->dataset, places);
		question_inputs(run, dataset->dataset, out);
		if (dataset->dataset->off_grid && hours * 3600 > out->max_seconds)
			out->max_seconds = hours * 3600;
		out->max_slots = slots > out->max_slots ? slots : out->max_slots;
		if (!out->n_cells || dataset->dataset->n_cells < out->n_cells)
			out->n_cells = dataset->dataset->n_cells;
	}
}

enum gpq_status gpq_stages_plan(struct gpq_run *run, struct gpq_error *err)
{
	struct gpq_plan_question questions[GPQ_RUN_MAX_STAGES];
	struct gpq_plan plans[GPQ_RUN_MAX_STAGES];
	size_t catalogue_bytes = gpq_catalogue_settle(&run->catalogue);
	GPQ_TRY(stages_list(run, err));
	if (!run->n_stages)
		return GPQ_OK; /* nothing is recognised: the plan is that of a run of unknown inputs */
	for (uint32_t s = 0; s < run->n_stages; s++) {
		holdings_find(run, &run->stages[s]);
		question_make(run, &run->stages[s], catalogue_bytes, &questions[s]);
	}
	GPQ_TRY(gpq_plan_make(questions, plans, run->n_stages, err));
	for (uint32_t s = 0; s < run->n_stages; s++) {
		run->stages[s].plan = plans[s];
		if (!s || plans[s].max_block_rows < run->tightest->plan.max_block_rows)
			run->tightest = &run->stages[s];
	}
	if (run->tightest)
		run->plan = run->tightest->plan;
	return GPQ_OK;
}

uint32_t gpq_stages_threads(const struct gpq_run *run)
{
	uint32_t most = run->n_stages ? 0 : run->plan.threads;
	for (uint32_t s = 0; s < run->n_stages; s++)
		most = run->stages[s].plan.threads > most ? run->stages[s].plan.threads : most;
	return most;
}

/* ---- begin and end ---- */

static enum gpq_status inputs_open(struct gpq_run *run, struct gpq_error *err)
{
	GPQ_TRY(gpq_alloc_zero(run->budget, GPQ_TAG_CONVERT, run->plan.open_inputs * sizeof(run->open[0]), &run->open, err));
	for (uint32_t i = 0; i < run->plan.open_inputs; i++) {
		GPQ_TRY(gpq_input_reader_init(&run->open[i].reader, run->budget, run->cpu_features, err));
		run->open[i].reader.opener.spill_folder = run->spill_folder;
		if (run->stage->holds_repeats)
			GPQ_TRY(gpq_repeats_open(run->budget, run->stage->short_repeats, &run->open[i].repeats, err));
		if (run->stage->holds_tiles)
			GPQ_TRY(gpq_succession_open(run->budget, &run->open[i].succession, err));
	}
	return GPQ_OK;
}

enum gpq_status gpq_stage_begin(struct gpq_run *run, const struct gpq_stage *stage, struct gpq_error *err)
{
	run->stage = stage;
	run->plan = stage->plan;
	const struct gpq_plan *plan = &run->plan;
	GPQ_TRY(gpq_parquet_ahead_open(run->budget, plan->encoders * plan->ahead_bytes, &run->ahead, err));
	GPQ_TRY(gpq_locations_open(run->budget, plan->max_locations * (size_t)GPQ_PLAN_LOCATION_BYTES, &run->locations, err));
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		struct gpq_dataset_run *dataset = &run->datasets[d];
		if (!gpq_stage_has(stage, dataset))
			continue;
		dataset->locations = dataset->rules.locations = run->locations;
		dataset->parquet.ahead = run->ahead;
		dataset->rules.max_locations = plan->max_locations;
		dataset->rules.tally_bytes = plan->tally_bytes;
	}
	GPQ_TRY(inputs_open(run, err));
	GPQ_TRY(gpq_sort_scratch_open(run->budget, plan->max_block_rows, plan->max_locations, GPQ_MAX_CELLS, &run->scratch,
	                              err));
	gpq_sort_scratch_windows(run->scratch, plan->encoders, plan->window_bytes);
	return gpq_slabs_open(run->budget, plan->pool_bytes, &run->slabs, err);
}

/* After a failure there are blocks, which hold slabs, and files without a footer, whose columns may wait in memory. */
static void unfinished_close(struct gpq_dataset_run *dataset)
{
	for (uint32_t s = 0; s < dataset->n_slots; s++) {
		gpq_block_close(dataset->slots[s]->block);
		dataset->slots[s]->block = NULL;
	}
	for (uint32_t f = 0; f < dataset->n_files; f++) {
		gpq_parquet_file_close(dataset->files[f].file);
		dataset->files[f].file = NULL;
	}
	dataset->locations = NULL;
}

void gpq_stage_end(struct gpq_run *run)
{
	gpq_block_facts_done(&run->job.facts);
	gpq_block_sources_done(&run->job.sources);
	gpq_turned_close(run->job.turned);
	memset(&run->job, 0, sizeof(run->job));
	for (uint32_t d = 0; d < run->n_datasets; d++)
		unfinished_close(&run->datasets[d]);
	for (uint32_t i = 0; run->open && i < run->plan.open_inputs; i++) {
		gpq_input_reader_done(&run->open[i].reader);
		gpq_repeats_close(run->open[i].repeats);
		gpq_succession_close(run->open[i].succession);
	}
	gpq_free(run->budget, GPQ_TAG_CONVERT, run->open, run->plan.open_inputs * sizeof(run->open[0]));
	gpq_parquet_ahead_close(run->ahead);
	gpq_slabs_close(run->slabs);
	gpq_sort_scratch_close(run->scratch);
	gpq_location_lists_done(&run->lists);
	gpq_locations_close(run->locations);
	run->open = NULL;
	run->ahead = NULL;
	run->slabs = NULL;
	run->scratch = NULL;
	run->locations = NULL;
	run->stage = NULL;
}
