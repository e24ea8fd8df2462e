// SPDX-License-Identifier: MIT
#include "input/repeats.h"

#include "input/line_passage.h"

#include <pthread.h>
#include <stdlib.h>

/* Two passes of an hour of 760 generators are 1,520 rows, of some 60 bytes a line: four such hours in one input. */
#define MAX_ROWS   6144u
#define TEXT_BYTES ((size_t)512 << 10)

struct held {
	struct gpq_repeat row;
	uint64_t line;
	uint32_t text, len;           /* in the store's texts, line end included */
	uint32_t value_at, value_len; /* of the time's field, in the line */
};

struct gpq_repeats {
	struct gpq_budget *budget;
	pthread_mutex_t lock;
	uint32_t count;
	size_t text_used;
	bool full; /* some row did not fit */
	struct gpq_batch batch; /* of one row */
	struct held held[MAX_ROWS];
	char text[TEXT_BYTES + GPQ_PADDED_BYTES];
};

size_t gpq_repeats_need(void)
{
	return sizeof(struct gpq_repeats) + gpq_batch_need(1, GPQ_MAX_CELLS) + MAX_ROWS * sizeof(struct held); /* qsort's copy */
}

enum gpq_status gpq_repeats_open(struct gpq_budget *budget, struct gpq_repeats **out, struct gpq_error *err)
{
	struct gpq_repeats *repeats = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*repeats), &repeats, err));
	repeats->budget = budget;
	enum gpq_status status = gpq_batch_init(&repeats->batch, budget, GPQ_TAG_CONVERT, 1, GPQ_MAX_CELLS, err);
	if (status != GPQ_OK) {
		gpq_free(budget, GPQ_TAG_CONVERT, repeats, sizeof(*repeats));
		return status;
	}
	pthread_mutex_init(&repeats->lock, NULL);
	*out = repeats;
	return GPQ_OK;
}

void gpq_repeats_close(struct gpq_repeats *repeats)
{
	if (!repeats)
		return;
	pthread_mutex_destroy(&repeats->lock);
	gpq_batch_done(&repeats->batch, repeats->budget, GPQ_TAG_CONVERT);
	gpq_free(repeats->budget, GPQ_TAG_CONVERT, repeats, sizeof(*repeats));
}

bool gpq_repeats_any(const struct gpq_repeats *repeats)
{
	return repeats && repeats->count > 0;
}

void gpq_repeats_clear(struct gpq_repeats *repeats)
{
	if (!repeats)
		return;
	repeats->count = 0;
	repeats->text_used = 0;
	repeats->full = false;
}

bool gpq_repeats_hold(struct gpq_repeats *repeats, const struct gpq_repeat *row, const struct gpq_bad_line *line)
{
	pthread_mutex_lock(&repeats->lock);
	bool fits = repeats->count < MAX_ROWS && line->bytes.len <= TEXT_BYTES - repeats->text_used;
	if (fits) {
		repeats->held[repeats->count++] = (struct held){
			.row = *row,
			.line = line->line,
			.text = (uint32_t)repeats->text_used,
			.len = line->bytes.len,
			.value_at = (uint32_t)(line->value.bytes - line->bytes.bytes),
			.value_len = line->value.len,
		};
		memcpy(repeats->text + repeats->text_used, line->bytes.bytes, line->bytes.len);
		repeats->text_used += line->bytes.len;
	}
	repeats->full |= !fits;
	pthread_mutex_unlock(&repeats->lock);
	return fits;
}

/* By location, the hour that is repeated, and the place in the input. */
static int held_compare(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	if (x->row.location != y->row.location)
		return x->row.location < y->row.location ? -1 : 1;
	return x->row.origin < y->row.origin ? -1 : x->row.origin > y->row.origin;
}

/* Whether two rows of one location are of the same repeated hour: there is one a year. */
static bool same_hour(const struct held *a, const struct held *b)
{
	uint32_t apart_s = a->row.first_s < b->row.first_s ? b->row.first_s - a->row.first_s : a->row.first_s - b->row.first_s;
	return a->row.location == b->row.location && apart_s < 86400;
}

/* Where the second of exactly two passes begins among rows [from, to); 'to' where there are not two. */
static uint32_t second_pass(const struct held *held, uint32_t from, uint32_t to, bool hourly)
{
	uint32_t begin = to, passes = 1;
	for (uint32_t i = from + 1; i < to; i++)
		if (held[i].row.first_s < held[i - 1].row.first_s + hourly) { /* an hour that stands still is the next one */
			begin = i;
			passes++;
		}
	return passes == 2 ? begin : to;
}

static enum gpq_status row_give(struct gpq_repeats *repeats, const struct held *held, uint32_t start_s, uint32_t n_cells,
                                const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	struct gpq_batch *batch = &repeats->batch;
	struct gpq_input_chunk line = {
		.bytes = (const uint8_t *)repeats->text + held->text,
		.len = held->len,
		.byte = gpq_origin_byte(held->row.origin),
		.first_line = held->line,
		.input = gpq_origin_input(held->row.origin),
	};
	if (receiver->waited)
		receiver->waited(receiver->context, &line);
	batch->n_cells = n_cells;
	batch->rows = 1;
	batch->start_s[0] = start_s;
	batch->location[0] = held->row.location;
	batch->version[0] = held->row.version;
	batch->origin[0] = held->row.origin;
	for (uint32_t k = 0; k < n_cells; k++)
		batch->cell[k][0] = held->row.cell[k];
	return receiver->rows(receiver->context, 0, batch, err);
}

static enum gpq_status line_give(const struct gpq_repeats *repeats, const struct held *held,
                                 const struct gpq_line_receiver *receiver, struct gpq_line_counts *counts,
                                 struct gpq_error *err)
{
	const char *text = repeats->text + held->text;
	const struct gpq_bad_line line = {
		.reason = GPQ_REJECT_UNRESOLVED,
		.byte = gpq_origin_byte(held->row.origin),
		.line = held->line,
		.field = held->row.field,
		.bytes = { text, held->len },
		.value = { text + held->value_at, held->value_len },
	};
	counts->rejected++;
	return receiver->bad_line(receiver->context, &line, err);
}

enum gpq_status gpq_repeats_resolve(struct gpq_repeats *repeats, const struct gpq_dataset *output,
                                    const struct gpq_line_receiver *receiver, struct gpq_line_counts *counts, struct gpq_error *err)
{
	enum gpq_status status = GPQ_OK;
	qsort(repeats->held, repeats->count, sizeof(repeats->held[0]), held_compare);
	for (uint32_t from = 0, to; from < repeats->count && status == GPQ_OK; from = to) {
		for (to = from + 1; to < repeats->count && same_hour(&repeats->held[from], &repeats->held[to]);)
			to++;
		uint32_t second = repeats->full ? to : second_pass(repeats->held, from, to, output->interval_minutes == 60);
		for (uint32_t i = from; i < to && status == GPQ_OK; i++) {
			const struct held *held = &repeats->held[i];
			uint32_t start_s = i < second ? held->row.first_s : held->row.second_s;
			status = second < to ? row_give(repeats, held, start_s, output->n_cells, receiver, err)
			                     : line_give(repeats, held, receiver, counts, err);
		}
	}
	gpq_repeats_clear(repeats);
	return status;
}
