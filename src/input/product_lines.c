// SPDX-License-Identifier: MIT
/*
 * Lines with products across, as reserves mostly are: a line is a row of each product, at one instant. Where the order of lines tells
 * something of their times, it is that of a place: of the lines that have the first product in common.
 */
#include "input/line_passage.h"

/* The numbers of a line, by product. */
struct product_cells {
	int64_t cell[GPQ_MAX_CELLS];
	bool known; /* one is not null, so that there is a row */
};

/* Reads the numbers; '*out_known' counts the products that have any. */
static struct line_fault numbers_read(const struct passage *pass, struct line *line, struct product_cells *out,
                                      uint32_t *out_known)
{
	const struct gpq_feed_binding *binding = pass->binding;
	*out_known = 0;
	for (uint32_t p = 0; p < binding->n_products; p++) {
		out[p].known = false;
		for (uint32_t k = 0; k < binding->output[0]->n_cells; k++) {
			uint16_t field = binding->products[p].field[k];
			out[p].cell[k] = GPQ_CELL_NULL;
			if (field == GPQ_NO_FIELD)
				continue;
			line->scratch_used = 0; /* numbers leave nothing there */
			enum gpq_reject reason = pass->parser->values.cell(line_field(pass->parser, line, field),
			                                                   binding->output[0]->cells[k].scale, &out[p].cell[k]);
			if (reason != GPQ_REJECT_NONE)
				return (struct line_fault){ reason, field + 1u };
			out[p].known |= out[p].cell[k] != GPQ_CELL_NULL;
		}
		*out_known += out[p].known;
	}
	return (struct line_fault){ GPQ_REJECT_NONE, 0 };
}

/* A row of a product; of intervals that follow each other, it ends at 'end_s'. */
static enum gpq_status product_put(struct passage *pass, const struct gpq_batch *row, uint32_t end_s,
                                   const struct product_cells *cells)
{
	struct gpq_line_parser *parser = pass->parser;
	const struct gpq_dataset *dataset = pass->binding->output[0];
	const struct gpq_line_receiver *receiver = pass->receiver;
	struct gpq_batch *batch = &parser->batch[0];
	uint32_t at = batch->rows;
	if (receiver->wants_location && !receiver->wants_location(receiver->context, row->location[0])) {
		pass->counts->outside++;
		return GPQ_OK;
	}
	batch->start_s[at] = row->start_s[0];
	batch->location[at] = row->location[0];
	batch->version[at] = row->version[0];
	batch->origin[at] = row->origin[0];
	for (uint32_t k = 0; k < dataset->n_cells; k++)
		batch->cell[k][at] = cells->cell[k];
	if (dataset->tiles)
		batch->cell[gpq_dataset_cell(dataset, GPQ_COLUMN_INTERVAL_END_UTC)][at] = (int64_t)end_s - row->start_s[0];
	return ++batch->rows == parser->batch_rows ? gpq_line_batch_give(pass, 0) : GPQ_OK;
}

/* The location that stands for all products of the line's place: that of the first one. */
static enum gpq_status group_find(struct passage *pass, struct line *line, uint32_t *out)
{
	return gpq_careful_product(pass, line, &pass->binding->products[0], out);
}

/* A line without a row: where the order of lines tells, its time counts for the others of its place. */
static enum gpq_status time_hold(struct passage *pass, struct line *line, uint64_t origin)
{
	if (!gpq_order_matters(pass->binding))
		return GPQ_OK;
	const struct gpq_line_time time = *gpq_line_time(pass, line);
	struct gpq_repeat held = { .first_s = time.start_s, .second_s = time.second_s, .origin = origin, .told = time.told, .stamp_only = true };
	bool tiles = pass->binding->output[0]->tiles, known;
	uint32_t start_s;
	if (time.reason != GPQ_REJECT_NONE || (!time.second_s && !tiles))
		return GPQ_OK;
	GPQ_TRY(group_find(pass, line, &held.group));
	if (!time.second_s)
		return gpq_tile_begin(pass, held.group, time.start_s, &start_s, &known);
	if (tiles)
		GPQ_TRY(gpq_tile_pass(pass, held.group, &time, &held.before_s));
	gpq_careful_repeat(pass, line, &held);
	return GPQ_OK;
}

/* Rows of a repeated hour wait for the input's end. */
static enum gpq_status products_hold(struct passage *pass, struct line *line, const struct gpq_line_time *time,
                                     const struct gpq_batch *row, const struct product_cells *cells, struct line_fault *out_fault)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct gpq_repeat held = {
		.first_s = time->start_s,
		.second_s = time->second_s,
		.told = time->told,
		.version = row->version[0],
		.origin = row->origin[0],
		.parts = binding->n_products,
	};
	GPQ_TRY(group_find(pass, line, &held.group));
	if (binding->output[0]->tiles)
		GPQ_TRY(gpq_tile_pass(pass, held.group, time, &held.before_s));
	for (uint32_t p = 0; p < binding->n_products; p++)
		held.blank += !cells[p].known;
	for (uint32_t p = 0; p < binding->n_products; p++) {
		if (!cells[p].known)
			continue;
		GPQ_TRY(gpq_careful_product(pass, line, &binding->products[p], &held.location));
		memcpy(held.cell, cells[p].cell, sizeof(held.cell));
		if (!gpq_careful_repeat(pass, line, &held) && held.parts) {
			*out_fault = (struct line_fault){ GPQ_REJECT_UNRESOLVED, held.field };
			return GPQ_OK;
		}
		held.parts = held.blank = 0; /* the first one counts for the line */
	}
	return GPQ_OK;
}

/* Where the interval of a line begins whose stamp is 'end_s', of intervals that follow each other. */
static enum gpq_status begin_find(struct passage *pass, struct line *line, uint32_t end_s, uint32_t *out_start_s,
                                  struct line_fault *out_fault)
{
	uint32_t group;
	bool known;
	GPQ_TRY(group_find(pass, line, &group));
	GPQ_TRY(gpq_tile_begin(pass, group, end_s, out_start_s, &known));
	if (!known)
		*out_fault = (struct line_fault){ GPQ_REJECT_ORDER, pass->binding->start + 1u };
	return GPQ_OK;
}

enum gpq_status gpq_product_line_take(struct passage *pass, struct line *line, uint64_t origin,
                                      struct line_fault *out_fault)
{
	const struct gpq_feed_binding *binding = pass->binding;
	struct product_cells cells[GPQ_BINDING_MAX_PRODUCTS];
	uint32_t known = 0, code = 0;
	int32_t version;
	struct line_fault numbers = numbers_read(pass, line, cells, &known);
	if (numbers.reason == GPQ_REJECT_NONE && !known) { /* whatever else the line says (RULES 14) */
		pass->counts->blank += binding->n_products;
		return time_hold(pass, line, origin);
	}
	struct gpq_line_time time = *gpq_line_time(pass, line);
	*out_fault = (struct line_fault){ time.reason, time.field };
	pass->counts->warnings += time.reason == GPQ_REJECT_NONE && time.warns;
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = numbers;
	if (out_fault->reason == GPQ_REJECT_NONE)
		*out_fault = gpq_careful_version(pass, line, &version);
	if (out_fault->reason != GPQ_REJECT_NONE)
		return time_hold(pass, line, origin);
	const struct gpq_batch row = { .start_s = &time.start_s, .location = &code, .version = &version, .origin = &origin };
	if (time.marked && pass->receiver->repeats)
		gpq_repeats_mark(pass->receiver->repeats);
	if (time.second_s)
		return products_hold(pass, line, &time, &row, cells, out_fault);
	uint32_t end_s = time.start_s; /* until its begin is known */
	if (binding->output[0]->tiles)
		GPQ_TRY(begin_find(pass, line, end_s, &time.start_s, out_fault));
	if (out_fault->reason != GPQ_REJECT_NONE)
		return GPQ_OK;
	*pass->last_start_s = end_s;
	pass->counts->blank += binding->n_products - known;
	for (uint32_t p = 0; p < binding->n_products; p++) {
		if (!cells[p].known)
			continue;
		GPQ_TRY(gpq_careful_product(pass, line, &binding->products[p], &code));
		GPQ_TRY(product_put(pass, &row, end_s, &cells[p]));
	}
	return GPQ_OK;
}
