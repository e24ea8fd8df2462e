// SPDX-License-Identifier: MIT
#include "convert/block_values.h"

#include "convert/block_lists.h"
#include "table/cell.h"
#include "value/decimal.h"

#define PIECE_ROWS 2048u
#define DERIVED_CELLS 4
#define MICROS        INT64_C(1000000)

struct gpq_block_column {
	const struct gpq_block_facts *facts;
	uint64_t from_row;
	uint32_t n_cursors;     /* how many turned fields the column is made of */
	enum gpq_turned_field field[DERIVED_CELLS];
	struct gpq_turned_cursor *cursor[DERIVED_CELLS];
	int8_t signs[DERIVED_CELLS];
	unsigned scale;
	const struct gpq_stretches *stretches; /* read in place of a turned field; NULL: none */
	struct gpq_stretch_place stretch;
	uint64_t row;           /* the next one, where cells are read */
	struct gpq_time_list times;        /* time columns */
	enum gpq_column_id time;           /* of a crowded block: which of them */
	const uint32_t *number; /* by location code. Borrows */
	bool tells_source, tells_finality; /* which of an origin's facts it shows; neither: whether it is current */
	struct gpq_text text;   /* constant texts */
	int64_t bits[2];        /* is_current: false, true */
	struct gpq_version_list versions;  /* of stretches, where they are few */
	uint32_t piece[PIECE_ROWS];
	int64_t cells[DERIVED_CELLS][PIECE_ROWS];
};

/* ---- reading ---- */

/* Cursors only go on: they are opened again where the column is to be read next. */
static enum gpq_status cursors_place(struct gpq_block_column *column, struct gpq_error *err)
{
	for (uint32_t i = 0; i < column->n_cursors; i++) {
		gpq_turned_cursor_close(column->cursor[i]);
		column->cursor[i] = NULL;
		GPQ_TRY(gpq_turned_cursor_open(column->facts->turned, column->facts->budget, column->field[i],
		                               column->row, &column->cursor[i], err));
	}
	return GPQ_OK;
}

static enum gpq_status column_rewind(void *context, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	column->row = column->from_row;
	if (column->stretches)
		gpq_stretches_seek(column->stretches, column->from_row, &column->stretch);
	return cursors_place(column, err);
}

static enum gpq_status cells_skip(void *context, uint64_t n, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	column->row += n;
	if (column->stretches)
		gpq_stretches_seek(column->stretches, column->row, &column->stretch);
	return cursors_place(column, err);
}

static enum gpq_status read_constant(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                     struct gpq_error *err)
{
	(void)context;
	(void)err;
	*out = (struct gpq_code_stretch){ .code = 0, .rows = n };
	*out_count = 1;
	return GPQ_OK;
}

static enum gpq_status read_nulls(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                  struct gpq_error *err)
{
	(void)context;
	(void)err;
	*out = (struct gpq_code_stretch){ .code = GPQ_CODE_NULL, .rows = n };
	*out_count = 1;
	return GPQ_OK;
}

static enum gpq_status read_place_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                            struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	while (n) {
		uint32_t place = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &place);
		n -= rows;
		while (rows) {
			struct gpq_code_stretch stretch = column->times.by_place[place];
			if (stretch.rows > rows)
				stretch.rows = rows;
			rows -= stretch.rows;
			place += stretch.rows;
			out[count++] = stretch;
		}
	}
	*out_count = count;
	return GPQ_OK;
}

static enum gpq_status read_by_start(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	uint32_t last = GPQ_NO_START, number = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (out[i] != last) {
			last = out[i];
			number = column->times.by_place[gpq_block_place_of(column->facts, last)].code;
		}
		out[i] = number;
	}
	return GPQ_OK;
}

/* Of a crowded block: by what the column says of the row's instant. */
static enum gpq_status read_by_time(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	uint32_t last = GPQ_NO_START, code = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (out[i] != last) {
			last = out[i];
			code = gpq_time_list_code(&column->times, gpq_block_time_word(column->facts, column->time, last));
		}
		out[i] = code;
	}
	return GPQ_OK;
}

static enum gpq_status read_stamps(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < PIECE_ROWS ? n - done : PIECE_ROWS;
		GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], piece, column->piece, err));
		for (uint32_t i = 0; i < piece; i++)
			out[done + i] = gpq_block_time_word(column->facts, column->time, column->piece[i]);
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

/* Appends rows of one code, to the last stretch where it has that code. Returns how many stretches there are. */
static uint32_t stretch_put(struct gpq_code_stretch *out, uint32_t count, uint32_t code, uint32_t rows)
{
	if (count && out[count - 1].code == code)
		out[--count].rows += rows;
	else
		out[count] = (struct gpq_code_stretch){ .code = code, .rows = rows };
	return count + 1;
}

static enum gpq_status read_location_stretches(void *context, uint32_t n, struct gpq_code_stretch *out,
                                               uint32_t *out_count, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	while (n) {
		uint32_t location = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &location);
		count = stretch_put(out, count, column->number[location], rows);
		n -= rows;
	}
	*out_count = count;
	return GPQ_OK;
}

static enum gpq_status read_by_location(void *context, uint32_t n, uint32_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], n, out, err));
	for (uint32_t i = 0; i < n; i++)
		out[i] = column->number[out[i]];
	return GPQ_OK;
}

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

static enum gpq_status read_cells(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	column->row += n;
	return gpq_turned_cursor_read(column->cursor[0], n, out, err);
}

static enum gpq_status read_versions(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < PIECE_ROWS ? n - done : PIECE_ROWS;
		if (column->stretches)
			gpq_stretches_read(column->stretches, &column->stretch, piece, column->piece);
		else
			GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], piece, column->piece, err));
		for (uint32_t i = 0; i < piece; i++) {
			int32_t version = (int32_t)column->piece[i];
			out[done + i] = version == GPQ_VERSION_NONE ? GPQ_CELL_NULL : version;
		}
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

static enum gpq_status read_version_stretches(void *context, uint32_t n, struct gpq_code_stretch *out, uint32_t *out_count,
                                              struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	uint32_t count = 0;
	(void)err;
	column->row += n;
	while (n) {
		uint32_t word = 0, rows = gpq_stretches_next(column->stretches, &column->stretch, n, &word);
		count = stretch_put(out, count, gpq_version_list_code(&column->versions, (int32_t)word), rows);
		n -= rows;
	}
	*out_count = count;
	return GPQ_OK;
}

/* Energy that is not published: the sum of the parts with their signs, exactly (RULES 15). */
static enum gpq_status read_derived(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	const int64_t *parts[DERIVED_CELLS];
	for (uint32_t k = 0; k < column->n_cursors; k++)
		parts[k] = column->cells[k];
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < PIECE_ROWS ? n - done : PIECE_ROWS;
		for (uint32_t k = 0; k < column->n_cursors; k++)
			GPQ_TRY(gpq_turned_cursor_read(column->cursor[k], piece, column->cells[k], err));
		gpq_value_cell_sums(parts, column->signs, column->n_cursors, piece, column->scale, out + done);
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

/* ---- which column is made how ---- */

/* Where nothing was gathered: row by row. */
static void from_rows(struct gpq_values *values,
                      enum gpq_status (*read_codes)(void *, uint32_t, uint32_t *, struct gpq_error *))
{
	values->read_stretches = NULL;
	values->read_codes = read_codes;
}

static void from_field(struct gpq_block_column *column, enum gpq_turned_field field)
{
	column->n_cursors = 1;
	column->field[0] = field;
}

/* Reads what the facts have gathered, where they have. */
static bool from_stretches(struct gpq_block_column *column, const struct gpq_stretches *stretches)
{
	if (!column->facts->gathered || stretches->overflown)
		return false;
	column->stretches = stretches;
	return true;
}

static enum gpq_status crowded_time_column(struct gpq_block_column *column, struct gpq_values *values, struct gpq_error *err)
{
	from_field(column, GPQ_TURNED_START);
	if (gpq_time_is_stamp(column->time)) {
		values->coded = false;
		values->read_stretches = NULL;
		values->read_cells = read_stamps;
		values->skip = cells_skip;
		return GPQ_OK;
	}
	from_rows(values, read_by_time);
	GPQ_TRY(gpq_time_list_init(&column->times, column->facts, column->time, err));
	values->words = column->times.words;
	values->n_values = column->times.n_words;
	return GPQ_OK;
}

/* Ends of intervals that follow each other: the start, and the seconds behind it that a cell says. */
static enum gpq_status read_ends(void *context, uint32_t n, int64_t *out, struct gpq_error *err)
{
	struct gpq_block_column *column = context;
	for (uint32_t done = 0; done < n;) {
		uint32_t piece = n - done < PIECE_ROWS ? n - done : PIECE_ROWS;
		GPQ_TRY(gpq_turned_cursor_read(column->cursor[0], piece, column->piece, err));
		GPQ_TRY(gpq_turned_cursor_read(column->cursor[1], piece, column->cells[0], err));
		for (uint32_t i = 0; i < piece; i++)
			out[done + i] = ((int64_t)column->piece[i] + column->cells[0][i]) * MICROS;
		done += piece;
	}
	column->row += n;
	return GPQ_OK;
}

static void end_column(struct gpq_block_column *column, struct gpq_values *values, int cell)
{
	from_field(column, GPQ_TURNED_START);
	column->field[column->n_cursors++] = (enum gpq_turned_field)(GPQ_TURNED_CELL + cell);
	values->coded = false;
	values->read_stretches = NULL;
	values->read_cells = read_ends;
	values->skip = cells_skip;
}

static enum gpq_status time_column(struct gpq_block_column *column, enum gpq_column_id id, struct gpq_values *values,
                                   struct gpq_error *err)
{
	int cell = gpq_dataset_cell(column->facts->run->dataset, id);
	if (cell >= 0) {
		end_column(column, values, cell);
		return GPQ_OK;
	}
	column->time = id;
	if (column->facts->crowded)
		return crowded_time_column(column, values, err);
	if (from_stretches(column, &column->facts->places)) {
		values->read_stretches = read_place_stretches;
	} else {
		from_field(column, GPQ_TURNED_START);
		from_rows(values, read_by_start);
	}
	GPQ_TRY(gpq_time_list_init(&column->times, column->facts, id, err));
	values->words = column->times.words;
	values->n_values = column->times.n_words;
	return GPQ_OK;
}

static void constant_text(struct gpq_block_column *column, struct gpq_values *values, const char *text)
{
	column->text = gpq_text_of(text);
	values->texts = &column->text;
	values->n_values = 1;
	values->read_stretches = read_constant;
}

static void location_texts(struct gpq_block_column *column, struct gpq_values *values, enum gpq_location_list list)
{
	const struct gpq_location_lists *lists = column->facts->lists;
	column->number = lists->number[list];
	values->n_values = lists->n_values[list];
	if (list == GPQ_LIST_VOLTAGE) {
		values->words = lists->voltages;
		values->scale = GPQ_VOLTAGE_SCALE;
	} else {
		values->texts = lists->texts[list];
	}
	if (from_stretches(column, &column->facts->locations)) {
		values->read_stretches = read_location_stretches;
	} else {
		from_field(column, GPQ_TURNED_LOCATION);
		from_rows(values, read_by_location);
	}
}

static void cell_column(struct gpq_block_column *column, struct gpq_values *values, enum gpq_column_id id)
{
	const struct gpq_dataset *dataset = column->facts->run->dataset;
	int cell = gpq_dataset_cell(dataset, id);
	if (cell < 0)
		return;
	values->coded = false;
	values->read_stretches = NULL;
	values->scale = dataset->cells[cell].scale;
	column->n_cursors = 1;
	column->field[0] = (enum gpq_turned_field)(GPQ_TURNED_CELL + cell);
	values->read_cells = read_cells;
	values->skip = cells_skip;
}

static void derived_energy(struct gpq_block_column *column, struct gpq_values *values)
{
	static const struct {
		enum gpq_column_id id;
		int8_t sign;
	} parts[DERIVED_CELLS] = {
		{ GPQ_COLUMN_LMP_TOTAL, 1 },
		{ GPQ_COLUMN_LMP_CONGESTION, -1 },
		{ GPQ_COLUMN_LMP_LOSS, -1 },
		{ GPQ_COLUMN_LMP_GHG, -1 },
	};
	const struct gpq_dataset *dataset = column->facts->run->dataset;
	for (uint32_t i = 0; i < DERIVED_CELLS; i++) {
		int cell = gpq_dataset_cell(dataset, parts[i].id);
		if (cell < 0)
			continue;
		column->field[column->n_cursors] = (enum gpq_turned_field)(GPQ_TURNED_CELL + cell);
		column->signs[column->n_cursors++] = parts[i].sign;
		column->scale = dataset->cells[cell].scale;
	}
	values->coded = false;
	values->read_stretches = NULL;
	values->scale = column->scale;
	values->read_cells = read_derived;
	values->skip = cells_skip;
}

static void version_column(struct gpq_block_column *column, struct gpq_values *values)
{
	values->coded = false;
	values->read_stretches = NULL;
	values->read_cells = read_versions;
	values->skip = cells_skip;
	if (!from_stretches(column, &column->facts->versions)) {
		from_field(column, GPQ_TURNED_VERSION);
	} else if (gpq_version_list_init(&column->versions, column->stretches)) {
		values->read_stretches = read_version_stretches;
		values->words = column->versions.words;
		values->n_values = column->versions.n_words;
	}
}

static void from_origin(struct gpq_block_column *column, struct gpq_values *values)
{
	if (from_stretches(column, &column->facts->origins)) {
		values->read_stretches = read_origin_stretches;
	} else {
		from_field(column, GPQ_TURNED_INPUT);
		from_rows(values, read_by_origin);
	}
}

static void is_current_column(struct gpq_block_column *column, struct gpq_values *values)
{
	column->bits[1] = 1;
	values->words = column->bits;
	values->n_values = 2;
	from_origin(column, values);
}

static void source_column(struct gpq_block_column *column, struct gpq_values *values)
{
	column->tells_source = true;
	values->texts = column->facts->sources->names;
	values->n_values = column->facts->sources->n_names;
	from_origin(column, values);
}

/* Null where no file of the market says it. */
static void finality_column(struct gpq_block_column *column, struct gpq_values *values)
{
	if (!column->facts->run->market->n_finality_words)
		return;
	column->tells_finality = true;
	values->texts = finality_texts;
	values->n_values = sizeof(finality_texts) / sizeof(finality_texts[0]);
	from_origin(column, values);
}

/* The list of locations that a column shows; GPQ_N_LOCATION_LISTS: none. */
static enum gpq_location_list location_list_of(enum gpq_column_id id, enum gpq_table_id table)
{
	switch (id) {
	case GPQ_COLUMN_SETTLEMENT_LOCATION: /* of ancillary rows: the resource */
		return table == GPQ_TABLE_ENERGY ? GPQ_LIST_TEXT0 : GPQ_LIST_TEXT2;
	case GPQ_COLUMN_AS_PRODUCT:
		return GPQ_LIST_TEXT0;
	case GPQ_COLUMN_SETTLEMENT_LOCATION_ID:
	case GPQ_COLUMN_AS_REGION:
		return GPQ_LIST_TEXT1;
	case GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE:
		return GPQ_LIST_TEXT2;
	case GPQ_COLUMN_ZONE:
	case GPQ_COLUMN_UNIT:
		return GPQ_LIST_TEXT3;
	case GPQ_COLUMN_AS_PRODUCT_STANDARD:
		return GPQ_LIST_STANDARD;
	case GPQ_COLUMN_VOLTAGE_KV:
		return GPQ_LIST_VOLTAGE;
	default:
		return GPQ_N_LOCATION_LISTS;
	}
}

static enum gpq_status column_prepare(struct gpq_block_column *column, enum gpq_column_id id, struct gpq_values *values,
                                      struct gpq_error *err)
{
	const struct gpq_dataset_run *run = column->facts->run;
	enum gpq_location_list list = location_list_of(id, run->dataset->table);
	if (list != GPQ_N_LOCATION_LISTS) {
		location_texts(column, values, list);
		return GPQ_OK;
	}
	switch (id) {
	case GPQ_COLUMN_DATETIME_UTC:
	case GPQ_COLUMN_INTERVAL_END_UTC:
	case GPQ_COLUMN_INTERVAL_MINUTES:
	case GPQ_COLUMN_DATETIME_LOCAL:
	case GPQ_COLUMN_UTC_OFFSET_MINUTES:
	case GPQ_COLUMN_DELIVERY_DATE:
	case GPQ_COLUMN_DELIVERY_HOUR:
	case GPQ_COLUMN_DELIVERY_INTERVAL:
		return time_column(column, id, values, err);
	case GPQ_COLUMN_ISO:
		constant_text(column, values, run->market->iso);
		break;
	case GPQ_COLUMN_MARKET_TYPE:
		constant_text(column, values, run->dataset->market_type);
		break;
	case GPQ_COLUMN_DATASET:
		constant_text(column, values, run->dataset->id);
		break;
	case GPQ_COLUMN_LMP_ENERGY:
		if (run->dataset->derives_energy) {
			derived_energy(column, values);
			break;
		}
		cell_column(column, values, id);
		break;
	case GPQ_COLUMN_VERSION:
		version_column(column, values);
		break;
	case GPQ_COLUMN_IS_CURRENT:
		is_current_column(column, values);
		break;
	case GPQ_COLUMN_SOURCE_FILE:
		source_column(column, values);
		break;
	case GPQ_COLUMN_FINALITY:
		finality_column(column, values);
		break;
	default:
		cell_column(column, values, id);
		break;
	}
	return GPQ_OK;
}

size_t gpq_block_column_need(uint32_t slots)
{
	return sizeof(struct gpq_block_column) + gpq_time_list_need(slots) +
	       DERIVED_CELLS * gpq_turned_cursor_need() + GPQ_BUDGET_MAP_BYTES;
}

enum gpq_status gpq_block_column_open(const struct gpq_block_facts *facts, uint32_t column_number, uint64_t from_row,
                                      uint64_t rows, struct gpq_block_column **out, struct gpq_values *out_values,
                                      struct gpq_error *err)
{
	struct gpq_block_column *column = NULL;
	GPQ_TRY(gpq_alloc_zero(facts->budget, GPQ_TAG_CONVERT, sizeof(*column), &column, err));
	column->facts = facts;
	column->from_row = from_row;
	struct gpq_values values = {
		.rows = rows, .coded = true, .context = column, .rewind = column_rewind, .read_stretches = read_nulls,
	};
	const struct gpq_table *table = gpq_table_schema(facts->run->dataset->table);
	enum gpq_status status = column_prepare(column, table->columns[column_number].id, &values, err);
	if (status == GPQ_OK)
		status = column_rewind(column, err);
	if (status != GPQ_OK) {
		gpq_block_column_close(column);
		return status;
	}
	*out = column;
	*out_values = values;
	return GPQ_OK;
}

void gpq_block_column_close(struct gpq_block_column *column)
{
	if (!column)
		return;
	struct gpq_budget *budget = column->facts->budget;
	for (uint32_t i = 0; i < column->n_cursors; i++)
		gpq_turned_cursor_close(column->cursor[i]);
	gpq_time_list_done(&column->times, budget);
	gpq_free(budget, GPQ_TAG_CONVERT, column, sizeof(*column));
}
