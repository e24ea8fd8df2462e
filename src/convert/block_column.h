/*
 * convert/block_column.h - an output column of a turned block from the inside: what block_values.c and the *.c of its kinds share.
 * Knows: facts, lists, cursors.      Not: for others.
 *
 * Each kind says how the column's values are read: 'values' comes as a coded column of nulls.
 */
#ifndef GPQ_CONVERT_BLOCK_COLUMN_H
#define GPQ_CONVERT_BLOCK_COLUMN_H

#include "convert/block_lists.h"
#include "convert/block_values.h"

#define GPQ_BLOCK_PIECE_ROWS    2048u
#define GPQ_BLOCK_COLUMN_FIELDS 4 /* at most: a price that is derived has as many parts */

struct gpq_block_column {
	const struct gpq_block_facts *facts;
	uint64_t from_row;
	uint32_t n_cursors;     /* how many turned fields the column is made of */
	enum gpq_turned_field field[GPQ_BLOCK_COLUMN_FIELDS];
	struct gpq_turned_cursor *cursor[GPQ_BLOCK_COLUMN_FIELDS];
	int8_t signs[GPQ_BLOCK_COLUMN_FIELDS];
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
	uint32_t piece[GPQ_BLOCK_PIECE_ROWS];
	int64_t cells[GPQ_BLOCK_COLUMN_FIELDS][GPQ_BLOCK_PIECE_ROWS];
};

/* ---- where values come from ---- */

/* Where nothing was gathered: row by row. */
static inline void column_from_rows(struct gpq_values *values,
                                    enum gpq_status (*read_codes)(void *, uint32_t, uint32_t *, struct gpq_error *))
{
	values->read_stretches = NULL;
	values->read_codes = read_codes;
}

static inline void column_from_field(struct gpq_block_column *column, enum gpq_turned_field field)
{
	column->n_cursors = 1;
	column->field[0] = field;
}

/* Reads what the facts have gathered, where they have. */
static inline bool column_from_stretches(struct gpq_block_column *column, const struct gpq_stretches *stretches)
{
	if (!column->facts->gathered || stretches->overflown)
		return false;
	column->stretches = stretches;
	return true;
}

/* Appends rows of one code, to the last stretch where it has that code. Returns how many stretches there are. */
static inline uint32_t stretch_put(struct gpq_code_stretch *out, uint32_t count, uint32_t code, uint32_t rows)
{
	if (count && out[count - 1].code == code)
		out[--count].rows += rows;
	else
		out[count] = (struct gpq_code_stretch){ .code = code, .rows = rows };
	return count + 1;
}

/* gpq_values.skip of columns that are read as cells. Errors: those of cursors. */
enum gpq_status gpq_block_cells_skip(void *context, uint64_t n, struct gpq_error *err);

/* ---- kinds ---- */

/* block_times.c. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_block_time_column(struct gpq_block_column *column, enum gpq_column_id id,
                                                   struct gpq_values *values, struct gpq_error *err);

/* block_locations.c: the list of locations that a column shows, GPQ_N_LOCATION_LISTS: none; and that column. */
enum gpq_location_list gpq_block_location_list(enum gpq_column_id id, enum gpq_table_id table);
void gpq_block_location_column(struct gpq_block_column *column, struct gpq_values *values, enum gpq_location_list list);

/* block_numbers.c: a cell, if the dataset has it; energy that is not published; the revision. */
void gpq_block_cell_column(struct gpq_block_column *column, struct gpq_values *values, enum gpq_column_id id);
void gpq_block_energy_column(struct gpq_block_column *column, struct gpq_values *values);
void gpq_block_version_column(struct gpq_block_column *column, struct gpq_values *values);

/* block_origins.c; finality is null where no file of the market says it. */
void gpq_block_current_column(struct gpq_block_column *column, struct gpq_values *values);
void gpq_block_source_column(struct gpq_block_column *column, struct gpq_values *values);
void gpq_block_finality_column(struct gpq_block_column *column, struct gpq_values *values);

#endif
