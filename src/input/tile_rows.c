// SPDX-License-Identifier: MIT
/* Rows whose intervals follow each other, on their way from the parser to the receiver: they learn where they begin
 * (succession.h). */
#include "input/line_passage.h"
#include "input/succession.h"

static enum gpq_status succession_ask(const struct passage *pass)
{
	if (pass->receiver->succession)
		return GPQ_OK;
	return gpq_fail(pass->err, GPQ_E_BUG, "%s: nothing keeps the order of its intervals", pass->binding->feed->id);
}

/* Row 'from' becomes row 'to', which begins at 'start_s' and ends where it was said to begin. */
static void row_settle(struct gpq_batch *batch, uint32_t from, uint32_t to, uint32_t end_cell, uint32_t start_s)
{
	int64_t length_s = (int64_t)batch->start_s[from] - start_s;
	batch->location[to] = batch->location[from];
	batch->version[to] = batch->version[from];
	batch->origin[to] = batch->origin[from];
	for (uint32_t k = 0; k < batch->n_cells; k++)
		batch->cell[k][to] = batch->cell[k][from];
	batch->start_s[to] = start_s;
	batch->cell[end_cell][to] = length_s;
}

enum gpq_status gpq_tile_rows_give(struct passage *pass)
{
	struct gpq_batch *batch = &pass->parser->batch[0];
	const struct gpq_line_receiver *receiver = pass->receiver;
	uint32_t end_cell = (uint32_t)gpq_dataset_cell(pass->binding->output[0], GPQ_COLUMN_INTERVAL_END_UTC), kept = 0,
		 start_s;
	GPQ_TRY(succession_ask(pass));
	if (pass->binding->n_products) /* their lines are settled one by one */
		return gpq_succession_give(receiver->succession, batch, end_cell, receiver, pass->err);
	for (uint32_t i = 0; i < batch->rows; i++) {
		if (GPQ_UNLIKELY(
			!gpq_succession_start(receiver->succession, batch->location[i], batch->start_s[i], &start_s)))
			GPQ_TRY(gpq_careful_row_reject(pass, batch->origin[i], GPQ_REJECT_ORDER));
		else if (receiver->wants_location && !receiver->wants_location(receiver->context, batch->location[i]))
			pass->counts->outside++;
		else
			row_settle(batch, i, kept++, end_cell, start_s);
	}
	batch->rows = kept;
	return gpq_succession_give(receiver->succession, batch, end_cell, receiver, pass->err);
}

enum gpq_status gpq_tile_pass(struct passage *pass, uint32_t location, const struct gpq_line_time *time,
			      uint32_t *out_before_s)
{
	GPQ_TRY(succession_ask(pass));
	GPQ_TRY(gpq_line_batch_give(pass, 0));
	*out_before_s = gpq_succession_pass(pass->receiver->succession, location, time->start_s, time->second_s, time->told);
	return GPQ_OK;
}

enum gpq_status gpq_tile_begin(struct passage *pass, uint32_t location, uint32_t end_s, uint32_t *out_start_s, bool *out_known)
{
	GPQ_TRY(succession_ask(pass));
	*out_known = gpq_succession_start(pass->receiver->succession, location, end_s, out_start_s);
	return GPQ_OK;
}

enum gpq_status gpq_tile_note(struct passage *pass, uint32_t location, uint32_t end_s)
{
	uint32_t start_s;
	GPQ_TRY(succession_ask(pass));
	GPQ_TRY(gpq_line_batch_give(pass, 0));
	(void)gpq_succession_start(pass->receiver->succession, location, end_s, &start_s);
	return GPQ_OK;
}
