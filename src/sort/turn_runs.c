// SPDX-License-Identifier: MIT
/*
 * Turning a block that has runs on disk.
 *
 *   runs ──merge──► rows of one key meet ──► turned columns                                    nothing was renamed
 *
 *   runs ──merge─┬► rows of one key meet ──► a run in final order ───────────────┐             something was
 *                └► rows of torn classes ──order by class, merge──► order again ─┴merge──► turned columns
 *
 * Runs are ordered by what never changes: the texts of text 0 and the key, and the start. Whether a class is torn is
 * known only when all codes of the block are, which is now: each run says which it holds.
 */
#include "sort/gathered.h"

struct turn {
	const struct gpq_sort_rules *rules;
	struct gpq_sort_scratch *scratch;
	struct gpq_spill *spill;
	struct gpq_tallies *tallies;
	struct gpq_sort_run_merge_settings by_output, by_class;
};

/* ---- where rows go ---- */

static enum gpq_status row_to_run(void *context, const struct gpq_part *row, struct gpq_error *err)
{
	return gpq_sort_run_add(context, row, err);
}

static enum gpq_status row_to_turned(void *context, const struct gpq_part *row, struct gpq_error *err)
{
	return gpq_turned_add(context, row, err);
}

static void writer_begin(const struct turn *turn, int number)
{
	gpq_sort_run_begin(&turn->scratch->writers[number], turn->spill, &turn->scratch->codec, turn->rules->n_cells,
			   turn->scratch->frames[number]);
}

static enum gpq_status chain_reduce(const struct turn *turn, const struct gpq_sort_run_merge_settings *settings,
				    struct gpq_sort_run_chain *chain, struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	return gpq_sort_run_chain_reduce(chain, &scratch->merge, settings, &scratch->writers[0], scratch->frames[0],
					 err);
}

/* ---- codes ---- */

/* Enters the codes of all runs and ranks them. */
static enum gpq_status codes_rank(const struct turn *turn, struct gpq_sort_run_chain chain, struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	uint32_t *codes = (uint32_t *)(void *)scratch->area;
	size_t room = scratch->area_bytes / sizeof(*codes);
	gpq_location_order_clear(&scratch->order);
	while (chain.n_runs > 0) { /* a copy of the chain: the links themselves stay */
		struct gpq_sort_run run;
		GPQ_TRY(gpq_sort_run_chain_pop(&chain, turn->spill, &run, err));
		for (uint32_t done = 0; done < run.n_codes;) {
			uint32_t n = run.n_codes - done < room ? run.n_codes - done : (uint32_t)room;
			GPQ_TRY(gpq_spill_read(turn->spill, run.codes_off + sizeof(*codes) * (uint64_t)done, codes,
					       sizeof(*codes) * (size_t)n, err));
			for (uint32_t i = 0; i < n; i++) {
				GPQ_TRY(gpq_location_order_check(&scratch->order, codes[i], err));
				gpq_location_order_hold(&scratch->order, codes[i], scratch->order.count[codes[i]] == 0);
			}
			done += n;
		}
	}
	gpq_location_order_rank(&scratch->order, turn->rules, scratch->area);
	return GPQ_OK;
}

/* ---- meeting ---- */

/* Whether a row counts; its input's tally says so too. */
static enum gpq_status row_count(const struct turn *turn, const struct gpq_part *part, bool *out, struct gpq_error *err)
{
	struct gpq_tally *tally = NULL;
	bool failed = false;
	GPQ_TRY(gpq_tallies_at(turn->tallies, gpq_origin_input(part->origin), &tally, &failed, err));
	*(failed ? &tally->dropped : &tally->written) += 1;
	*out = !failed;
	return GPQ_OK;
}

/*
 * Reads 'chain' whole, in the order of 'settings', merges the rows of one key and gives them to 'sink'.
 *   torn    where rows of torn classes go instead, as they are; NULL: nowhere else
 *   count   rows are met for the first time: count them by input, drop those of failed ones
 */
static enum gpq_status runs_meet(const struct turn *turn, const struct gpq_sort_run_merge_settings *settings,
				 struct gpq_sort_run_chain *chain, struct gpq_sort_run_writer *torn, bool count,
				 const struct gpq_row_sink *sink, struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	struct gpq_sort_group *group = &scratch->group;
	uint64_t key = 0;
	struct gpq_part part;
	enum gpq_status status;
	GPQ_TRY(gpq_sort_run_merge_begin(&scratch->merge, settings, chain, chain->n_runs, err));
	while ((status = gpq_sort_run_merge_next(&scratch->merge, &part, err)) == GPQ_OK) {
		bool counts = true;
		if (count)
			GPQ_TRY(row_count(turn, &part, &counts, err));
		if (!counts)
			continue;
		if (torn && scratch->order.class_of[part.location] & GPQ_CLASS_TORN) {
			GPQ_TRY(gpq_sort_run_add(torn, &part, err));
			continue;
		}
		uint64_t here = gpq_row_key(&settings->order, part.start_s, part.location);
		if (here != key)
			GPQ_TRY(gpq_sort_group_finish(group, sink, err));
		key = here;
		GPQ_TRY(gpq_sort_group_add(group, &part, err));
	}
	return status == GPQ_END ? gpq_sort_group_finish(group, sink, err) : status;
}

/* ---- ordering again ---- */

/* Rows of the area in slabs, and the index for them in front. */
static void area_rows(struct gpq_sort_scratch *scratch, uint32_t n_cells, struct gpq_slab_rows *out)
{
	out->layouts = gpq_slab_layouts_of(n_cells, 0);
	out->slab = scratch->slabs;
	size_t ids_bytes = sizeof(uint32_t) * (size_t)out->layouts.of[GPQ_SLAB_WIDE].cap_rows; /* a multiple of 64 */
	out->n_slabs = (uint32_t)(scratch->area_bytes / (GPQ_SLAB_BYTES + ids_bytes));
	scratch->index.ids = (uint32_t *)(void *)scratch->area;
	for (uint32_t s = 0; s < out->n_slabs; s++) {
		uint8_t *memory = scratch->area + out->n_slabs * ids_bytes + s * GPQ_SLAB_BYTES;
		out->slab[s] = (struct gpq_slab *)(void *)memory;
		gpq_slab_begin(out->slab[s], GPQ_SLAB_WIDE);
	}
}

/* Orders 'n' rows that fill the area and writes them as a run of 'chain'. */
static enum gpq_status area_write(const struct turn *turn, const struct gpq_sort_run_merge_settings *settings,
				  const struct gpq_slab_rows *rows, uint32_t n, struct gpq_sort_run_chain *chain,
				  struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	uint32_t *ids = scratch->index.ids;
	struct gpq_sort_run run;
	gpq_index_sort(&scratch->index, rows, &settings->order, ids, n);
	if (settings->newest_first)
		GPQ_TRY(gpq_index_sort_ties(rows, &settings->order, turn->rules, ids, n, err));
	writer_begin(turn, 0);
	for (uint32_t i = 0; i < n; i++) {
		struct gpq_part part;
		gpq_slab_row_load(rows, ids[i], &part);
		GPQ_TRY(gpq_sort_run_add(&scratch->writers[0], &part, err));
	}
	GPQ_TRY(gpq_sort_run_finish(&scratch->writers[0], NULL, 0, &run, err));
	return gpq_sort_run_chain_push(chain, turn->spill, &run, err);
}

/* Cuts the rows of 'run' into ordered runs, pushed on 'chain'. */
static enum gpq_status run_order_again(const struct turn *turn, const struct gpq_sort_run_merge_settings *settings,
				       const struct gpq_sort_run *run, struct gpq_sort_run_chain *chain,
				       struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	struct gpq_sort_run_reader reader;
	struct gpq_slab_rows rows;
	area_rows(scratch, turn->rules->n_cells, &rows);
	uint32_t slab_rows = rows.layouts.of[GPQ_SLAB_WIDE].cap_rows, cap = rows.n_slabs * slab_rows, n = 0;
	gpq_sort_run_read_begin(&reader, turn->spill, &scratch->codec, turn->rules->n_cells, run, scratch->frames[2]);
	for (;;) {
		struct gpq_part part;
		enum gpq_status status = gpq_sort_run_read_next(&reader, &part, err);
		if (status != GPQ_OK && status != GPQ_END)
			return status;
		if (n && (n == cap || status == GPQ_END)) {
			GPQ_TRY(area_write(turn, settings, &rows, n, chain, err));
			n = 0;
		}
		if (status == GPQ_END)
			return GPQ_OK;
		uint32_t id = n / slab_rows << GPQ_SLAB_ROW_BITS | n % slab_rows;
		gpq_slab_row_store(&rows, id, &part);
		scratch->index.ids[n++] = id;
	}
}

/* ---- the two ways ---- */

static enum gpq_status turn_plain(const struct turn *turn, struct gpq_sort_run_chain *runs, struct gpq_error *err)
{
	struct gpq_row_sink sink = { &turn->scratch->turned, row_to_turned };
	return runs_meet(turn, &turn->by_output, runs, NULL, true, &sink, err);
}

static enum gpq_status turn_torn(const struct turn *turn, struct gpq_sort_run_chain *runs, struct gpq_error *err)
{
	struct gpq_sort_scratch *scratch = turn->scratch;
	struct gpq_sort_run_chain by_class = { 0 }, final = { 0 };
	struct gpq_row_sink to_first = { &scratch->writers[0], row_to_run },
			    to_second = { &scratch->writers[1], row_to_run };
	struct gpq_sort_run plain, torn, met;
	writer_begin(turn, 0);
	writer_begin(turn, 1);
	GPQ_TRY(runs_meet(turn, &turn->by_output, runs, &scratch->writers[1], true, &to_first, err));
	GPQ_TRY(gpq_sort_run_finish(&scratch->writers[0], NULL, 0, &plain, err));
	GPQ_TRY(gpq_sort_run_finish(&scratch->writers[1], NULL, 0, &torn, err));

	GPQ_TRY(run_order_again(turn, &turn->by_class, &torn, &by_class, err));
	GPQ_TRY(chain_reduce(turn, &turn->by_class, &by_class, err));
	writer_begin(turn, 1);
	GPQ_TRY(runs_meet(turn, &turn->by_class, &by_class, NULL, false, &to_second, err));
	GPQ_TRY(gpq_sort_run_finish(&scratch->writers[1], NULL, 0, &met, err));

	struct gpq_sort_run_merge_settings ordered = turn->by_output;
	ordered.newest_first = turn->rules->keep_revisions; /* else no two rows have one key */
	GPQ_TRY(run_order_again(turn, &ordered, &met, &final, err));
	GPQ_TRY(gpq_sort_run_chain_push(&final, turn->spill, &plain, err));
	GPQ_TRY(chain_reduce(turn, &ordered, &final, err));
	GPQ_TRY(gpq_sort_run_merge_begin(&scratch->merge, &ordered, &final, final.n_runs, err));
	struct gpq_part row;
	enum gpq_status status;
	while ((status = gpq_sort_run_merge_next(&scratch->merge, &row, err)) == GPQ_OK)
		GPQ_TRY(gpq_turned_add(&scratch->turned, &row, err));
	return status == GPQ_END ? GPQ_OK : status;
}

enum gpq_status gpq_block_turn_runs(struct gpq_block *block, struct gpq_spill *spill, struct gpq_sort_scratch *scratch,
				    struct gpq_turned *out, struct gpq_error *err)
{
	GPQ_TRY(gpq_block_spill(block, spill, scratch, err));
	struct turn turn = { .rules = &block->rules, .scratch = scratch, .spill = spill, .tallies = &out->tallies };
	turn.by_output = (struct gpq_sort_run_merge_settings){
		.spill = spill,
		.codec = &scratch->codec,
		.order = { scratch->order.rank, block->rules.by_time },
		.rules = &block->rules,
		.area = scratch->area,
		.area_bytes = scratch->area_bytes,
	};
	turn.by_class = turn.by_output;
	turn.by_class.order = (struct gpq_row_order){ scratch->order.class_of, false };
	GPQ_TRY(gpq_sort_scratch_check(scratch, 0, block->rules.n_cells, err));
	gpq_sort_group_init(&scratch->group, &block->rules, &scratch->order, &out->tallies, spill);
	GPQ_TRY(codes_rank(&turn, block->runs, err));
	GPQ_TRY(chain_reduce(&turn, &turn.by_output, &block->runs, err));
	gpq_turned_begin(&scratch->turned, spill, &scratch->codec, block->rules.n_cells);
	GPQ_TRY(scratch->order.any_torn ? turn_torn(&turn, &block->runs, err) : turn_plain(&turn, &block->runs, err));
	return gpq_turned_finish(&scratch->turned, out, err);
}
