/*
 * sort/block.h - the rows of one block: gathered in any order, turned once into their final order, merged on the way.
 *
 *   push*  ──►  slabs in memory ──(spill)──► runs on disk          one struct gpq_block for each block under way
 *                      └──────────┬──────────────┘
 *                               turn  ──►  gpq_turned: unique rows in output order, read column by column
 *
 * Partial rows with the same key (the instant and the key texts of their location) are merged by RULES 20 to 22: newest
 * first, column by column; the result stands in the newest. What is newest: version, then rules.input_newer(), then the
 * byte offset in the input (later is newer). The turned rows depend on the set of rows pushed, never on order, threads,
 * slabs or runs.
 *
 * Output order: rules.by_time ? (instant, location) : (location, instant), a location by the texts 0 and those of
 * rules.key_texts, in the order of their numbers, unsigned bytes, null last. Kept revisions follow their current row,
 * newest first.
 *
 * Memory: slabs come from one pool for all blocks (gpq_slabs_open()), spilling and turning work in a scratch
 * (gpq_sort_scratch_need()), turned rows keep tallies of their inputs (gpq_turned_need()). Nothing else grows.
 * Call order: open -> (push | spill)* -> turn -> read -> close.
 */
#ifndef GPQ_SORT_BLOCK_H
#define GPQ_SORT_BLOCK_H

#include "io/spill.h"
#include "table/batch.h"
#include "table/locations.h"
#include "table/strip.h"

/* ---- the pool ---- */

struct gpq_slabs;

/* gpq_slabs_open() makes a pool of 'bytes' in slabs of 64 KiB. Slabs are taken from the budget when first used, up to 2
 * MiB of them together, so an idle pool costs nothing. Threads: all calls from any thread. */
GPQ_MUST_USE enum gpq_status gpq_slabs_open(struct gpq_budget *budget, size_t bytes, struct gpq_slabs **out,
					    struct gpq_error *err);
void gpq_slabs_close(struct gpq_slabs *slabs);

/* gpq_slabs_prepare() sees to it that gpq_slabs_take() need not ask the system for memory soon: to be called where no lock is
 * held that others wait for. Another thread that is about it already is not waited for. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_slabs_prepare(struct gpq_slabs *slabs, struct gpq_error *err);

size_t gpq_slabs_free_bytes(const struct gpq_slabs *slabs); /* still to be had */
size_t gpq_slabs_total_bytes(const struct gpq_slabs *slabs);

/* What a row takes in a slab at the least, where there are few locations: as rows in the order of feeds do. */
size_t gpq_slab_row_bytes(uint32_t n_cells);

/* ---- rules ---- */

/* Some 18,700 inputs a block. */
#define GPQ_TALLIES_LEAST_BYTES ((size_t)1 << 20)

struct gpq_sort_rules {
	uint32_t n_cells;
	uint8_t key_texts; /* as in gpq_dataset */
	uint8_t texts;     /* bit k: text k is an output column, and so can differ (not equipment) */
	bool by_time;
	bool keep_revisions;
	size_t tally_bytes;     /* of tallies that are held in memory, the others are spilled; 0: GPQ_TALLIES_LEAST_BYTES */
	uint32_t max_locations; /* codes stay below it; 0: not known. With at most 65,536 rows take less memory */
	/* The block's grid, for strips: 'places' instants, 'interval_s' apart. No places: it takes none. At most 2^20 - 1 */
	uint32_t begin_s, interval_s, places;
	struct gpq_locations *locations; /* Borrows; merging may enter new tuples */
	void *context;
	/* Which of two different inputs is newer by finality, publish stamp, base name and content: > 0 'a', < 0 'b', 0
	 * the same bytes under one name. Transitive. May read the inputs. */
	enum gpq_status (*input_newer)(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err);
	/* True: rows of this input are dropped (it failed). */
	bool (*input_dropped)(void *context, uint32_t input);
};

/* ---- gathering ---- */

struct gpq_block;

GPQ_MUST_USE enum gpq_status gpq_block_open(struct gpq_budget *budget, struct gpq_slabs *slabs,
					    const struct gpq_sort_rules *rules, struct gpq_block **out,
					    struct gpq_error *err);
void gpq_block_close(struct gpq_block *block);

/*
 * gpq_block_push() copies the rows [from, from + count) of 'batch' into the block.
 * Returns GPQ_OK and in '*out_pushed' how many went in: fewer than 'count' where the pool is empty; the caller then
 * spills a block, or waits, and pushes the rest. Threads: one thread at a time for one block (the caller locks);
 * different blocks at the same time.
 */
GPQ_MUST_USE enum gpq_status gpq_block_push(struct gpq_block *block, const struct gpq_batch *batch, uint32_t from,
					    uint32_t count, uint32_t *out_pushed, struct gpq_error *err);

/*
 * gpq_block_push_strips() copies the strips [from, from + count) into the block: each place whose cell is not null is a
 * partial row that knows that cell. A strip lies within the block's grid. '*out_pushed', in strips, falls short as above.
 */
GPQ_MUST_USE enum gpq_status gpq_block_push_strips(struct gpq_block *block, const struct gpq_strips *strips,
						   uint32_t from, uint32_t count, uint32_t *out_pushed,
						   struct gpq_error *err);

uint64_t gpq_block_rows(const struct gpq_block *block);     /* partial rows pushed so far */
size_t gpq_block_slab_bytes(const struct gpq_block *block); /* held in memory now */
bool gpq_block_has_runs(const struct gpq_block *block);

/* ---- spilling ---- */

/* Scratch for turning and spilling, one for each thread that does so at the same time. */
struct gpq_sort_scratch;

/* What a scratch takes: index memory for 'max_rows' rows in slabs at once, the location order of 'max_locations', merge
 * buffers, codec contexts. */
size_t gpq_sort_scratch_need(uint64_t max_rows, uint32_t max_locations, uint32_t n_cells);
GPQ_MUST_USE enum gpq_status gpq_sort_scratch_open(struct gpq_budget *budget, uint64_t max_rows, uint32_t max_locations,
						   uint32_t n_cells, struct gpq_sort_scratch **out,
						   struct gpq_error *err);
void gpq_sort_scratch_close(struct gpq_sort_scratch *scratch);

/*
 * gpq_sort_scratch_windows() lets up to 'count' cursors at once turn their column in a window of 'bytes' (whole pages,
 * at least GPQ_SORT_WINDOW_MIN_BYTES) that the scratch takes from its budget when first used. Without, or where they
 * are in use, cursors read the same from little windows of their own, which takes longer. Before the first turn. bytes
 * best what a column of the block takes, 8 a row: then it is walked once, and not again by a second cursor
 */
#define GPQ_SORT_WINDOW_MIN_BYTES ((size_t)32 << 10)
void gpq_sort_scratch_windows(struct gpq_sort_scratch *scratch, uint32_t count, size_t bytes);

/* gpq_block_spill() sorts what the block holds in slabs, appends it to 'spill' as a compressed run and frees the slabs.
 */
GPQ_MUST_USE enum gpq_status gpq_block_spill(struct gpq_block *block, struct gpq_spill *spill,
					     struct gpq_sort_scratch *scratch, struct gpq_error *err);

/* ---- turning ---- */

/* What became of an input's partial rows in one block (RULES 22). */
struct gpq_tally {
	uint32_t input;
	uint64_t written, joined, duplicate, superseded, dropped;
};

/* The columns of turned rows. */
enum gpq_turned_field {
	GPQ_TURNED_START,    /* uint32_t seconds */
	GPQ_TURNED_LOCATION, /* uint32_t code */
	GPQ_TURNED_VERSION,  /* int32_t */
	GPQ_TURNED_INPUT,    /* uint32_t: twice that of the newest part, and one where the row is current */
	GPQ_TURNED_CELL,     /* int64_t; GPQ_TURNED_CELL + k for cell k */
};

struct gpq_turned;

/* What a turned object takes beside the scratch: its tallies, where inputs have numbers below 'n_inputs' and rules.tally_bytes
 * are 'tally_bytes'. */
size_t gpq_turned_need(uint32_t n_inputs, size_t tally_bytes);

/*
 * gpq_block_turn() merges and orders everything pushed. The block keeps its memory until it is closed; close the turned
 * object first. Where the block has runs, or a renamed location forces a second pass, turned rows go through 'spill'
 * (column by column, compressed).
 *   scratch   in use until the turned object is closed
 */
GPQ_MUST_USE enum gpq_status gpq_block_turn(struct gpq_block *block, struct gpq_spill *spill,
					    struct gpq_sort_scratch *scratch, struct gpq_turned **out,
					    struct gpq_error *err);
void gpq_turned_close(struct gpq_turned *turned);

uint64_t gpq_turned_rows(const struct gpq_turned *turned);

/* How many inputs had rows in the block, and what became of these: gpq_turned_tally_next() gives the tally of the first of them
 * whose number is '*at' or more, and sets '*at' behind it; GPQ_END: there is none. Errors: those of the spill file. */
uint32_t gpq_turned_inputs(const struct gpq_turned *turned);
GPQ_MUST_USE enum gpq_status gpq_turned_tally_next(const struct gpq_turned *turned, uint32_t *at, struct gpq_tally *out,
						   struct gpq_error *err);

/* Rows of one location that follow one another, of which all but the cells is known without looking at them: by row the
 * instant, the version, and the input, which gpq_turned_stretch_input() gives. All are current. Borrowed until close. */
struct gpq_turned_stretch {
	uint32_t rows, location;
	const uint32_t *start_s; /* stretches with the same array have the same instants, versions and inputs */
	const int32_t *version;
	uint32_t run; /* for gpq_turned_stretch_input(), as what follows */
	bool made;
};

/* gpq_turned_stretch() gives the stretch from output row 'row' on. False: rows have to be read. */
bool gpq_turned_stretch(const struct gpq_turned *turned, uint64_t row, struct gpq_turned_stretch *out);
uint32_t gpq_turned_stretch_input(const struct gpq_turned *turned, const struct gpq_turned_stretch *stretch, uint32_t i);

/* ---- reading all rows in no order ---- */

#define GPQ_TURNED_PIECE_ROWS 512u

/* Some rows, each with its cells at hand, wherever they stand in the output. Zeroed before the first. */
struct gpq_turned_piece {
	uint32_t rows;
	uint32_t decimal;     /* bit k: the cells of column k are decimals, all of them */
	uint32_t slice, done; /* where the rows lie */
	int64_t cell[GPQ_MAX_CELLS][GPQ_TURNED_PIECE_ROWS];
};

/*
 * gpq_turned_piece_next() goes on to the next piece, with the columns of bits 'cells'. It reads rows as they lie, once and
 * from front to back, where cursors have to turn them. False: there are no more, or, of the first one, rows have to be
 * read with cursors. All rows are current.
 */
bool gpq_turned_piece_next(const struct gpq_turned *turned, uint32_t cells, struct gpq_turned_piece *piece);

/* The instant and the location of row 'i' of a piece. */
void gpq_turned_piece_row(const struct gpq_turned *turned, const struct gpq_turned_piece *piece, uint32_t i,
			  uint32_t *out_start_s, uint32_t *out_location);

/* ---- reading ---- */

/* A place in one column of turned rows. Several cursors may be read at the same time by different threads. */
struct gpq_turned_cursor;

size_t gpq_turned_cursor_need(void);
GPQ_MUST_USE enum gpq_status gpq_turned_cursor_open(struct gpq_turned *turned, struct gpq_budget *budget,
						    enum gpq_turned_field field, uint64_t from_row,
						    struct gpq_turned_cursor **out, struct gpq_error *err);
void gpq_turned_cursor_close(struct gpq_turned_cursor *cursor);

/* The next 'n' values, of the field's type. Never beyond the rows. */
GPQ_MUST_USE enum gpq_status gpq_turned_cursor_read(struct gpq_turned_cursor *cursor, uint32_t n, void *out,
						    struct gpq_error *err);

#endif
