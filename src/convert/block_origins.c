// SPDX-License-Identifier: MIT
/* What a row's origin tells: its source file, its finality, whether it is current. */
#include "convert/block_column.h"

/* What is said of prices; repriced ones were published again without a word (docs/RULES.md 21). */
static const struct gpq_text finality_texts[] = { { "final", 5 }, { "prelim", 6 } };
static const uint32_t finality_codes[] = {
	[GPQ_FINALITY_PRELIM] = 1,
	[GPQ_FINALITY_UNMARKED] = GPQ_CODE_NULL,
	[GPQ_FINALITY_REPRICED] = GPQ_CODE_NULL,
	[GPQ_FINALITY_FINAL] = 0,
};

/* What an origin tells: something by its input, or whether the row is current. */
static uint32_t origin_code(const struct gpq_block_column *column, uint32_t origin)
{
	const struct gpq_block_sources *sources = column->facts->sources;
	if (column->tells_source)
		return sources->number[gpq_block_source_place(sources, origin / 2)];
	if (column->tells_finality)
		return finality_codes[sources->finality[gpq_block_source_place(sources, origin / 2)]];
	return origin & 1;
}

static enum gpq_status read_origin_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                             struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	while (n) {
		uint32_t origin = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &origin);
		count = stretch_put(out, count, origin_code(column, origin), rows);
		n -= rows;
	}
	*out_count = count;
	return GPQ_OK;
}

static enum gpq_status read_by_origin(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	for (uint32_t i = 0; i < n; i++)
		out[i] = origin_code(column, out[i]);
	return GPQ_OK;
}

static void from_origin(struct gpq_block_column *column, struct gpq_values *values)
{
	if (column_from_stretches(column, &column->facts->origins)) {
		values->read_stretches = read_origin_stretches;
	} else {
		column_from_field(column, GPQ_TURNED_INPUT);
		column_from_rows(values, read_by_origin);
	}
}

void gpq_block_current_column(struct gpq_block_column *column, struct gpq_values *values)
{
	column->bits[1] = 1;
	values->words = column->bits;
	values->n_values = 2;
	from_origin(column, values);
}

void gpq_block_source_column(struct gpq_block_column *column, struct gpq_values *values)
{
	column->tells_source = true;
	values->texts = column->facts->sources->names;
	values->n_values = column->facts->sources->n_names;
	from_origin(column, values);
}

void gpq_block_finality_column(struct gpq_block_column *column, struct gpq_values *values)
{
	if (!column->facts->run->market->n_finality_words)
		return;
	column->tells_finality = true;
	values->texts = finality_texts;
	values->n_values = sizeof(finality_texts) / sizeof(finality_texts[0]);
	from_origin(column, values);
}
