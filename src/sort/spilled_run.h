/*
 * sort/spilled_run.h - rows on disk: compressed frames of some thousand rows, written once and read once, front to
 * back.
 *
 * A run is its frames (frames.h), each holding the columns of up to GPQ_SORT_RUN_ROWS rows one behind the other, and
 * the list of the location codes in it. Runs of a block are chained in the spill file itself, newest first, so that
 * their number costs no memory.
 */
#ifndef GPQ_SORT_SPILLED_RUN_H
#define GPQ_SORT_SPILLED_RUN_H

#include "sort/frames.h"
#include "sort/part.h"

/* Rows of a frame. 1,024 rows of 68 bytes make a reader cost 68 KiB, so that sixteen runs merge in about a MiB. */
#define GPQ_SORT_RUN_ROWS 1024

static inline size_t gpq_sort_run_frame_bytes(uint32_t n_cells)
{
	return GPQ_SORT_RUN_ROWS * gpq_batch_row_bytes(n_cells);
}

struct gpq_sort_run {
	struct gpq_frames frames;
	uint64_t rows;
	uint64_t codes_off; /* n_codes x uint32_t in the spill file */
	uint32_t n_codes;
};

/* The runs of one owner, last pushed first. */
struct gpq_sort_run_chain {
	uint64_t head_off;
	uint32_t n_runs;
};

GPQ_MUST_USE enum gpq_status gpq_sort_run_chain_push(struct gpq_sort_run_chain *chain, struct gpq_spill *spill,
						     const struct gpq_sort_run *run, struct gpq_error *err);
/* The chain must not be empty. */
GPQ_MUST_USE enum gpq_status gpq_sort_run_chain_pop(struct gpq_sort_run_chain *chain, struct gpq_spill *spill,
						    struct gpq_sort_run *out, struct gpq_error *err);

/* ---- writing ---- */

struct gpq_sort_run_writer {
	struct gpq_frames_writer frames;
	struct gpq_frame_codec *codec; /* Borrows */
	struct gpq_columns columns;
	uint8_t *rows_memory; /* Borrows: gpq_sort_run_frame_bytes() */
	uint32_t n_rows;
	uint64_t total_rows;
};

/* 'memory' is of gpq_sort_run_frame_bytes(n_cells), good until gpq_sort_run_finish(). */
void gpq_sort_run_begin(struct gpq_sort_run_writer *writer, struct gpq_spill *spill, struct gpq_frame_codec *codec,
			uint32_t n_cells, uint8_t *memory);
GPQ_MUST_USE enum gpq_status gpq_sort_run_add(struct gpq_sort_run_writer *writer, const struct gpq_part *part,
					      struct gpq_error *err);
/* 'codes' may be NULL with 'n_codes' 0. */
GPQ_MUST_USE enum gpq_status gpq_sort_run_finish(struct gpq_sort_run_writer *writer, const uint32_t *codes,
						 uint32_t n_codes, struct gpq_sort_run *out, struct gpq_error *err);

/* ---- reading ---- */

struct gpq_sort_run_reader {
	struct gpq_spill *spill;
	struct gpq_frame_codec *codec; /* Borrows */
	struct gpq_frames frames;
	struct gpq_columns columns;
	uint8_t *rows_memory; /* Borrows: gpq_sort_run_frame_bytes() */
	uint32_t n_cells, next_frame, row;
};

void gpq_sort_run_read_begin(struct gpq_sort_run_reader *reader, struct gpq_spill *spill, struct gpq_frame_codec *codec,
			     uint32_t n_cells, const struct gpq_sort_run *run, uint8_t *memory);

/* The next row, or GPQ_END. What was read is given back to the file system. */
GPQ_MUST_USE enum gpq_status gpq_sort_run_read_next(struct gpq_sort_run_reader *reader, struct gpq_part *out,
						    struct gpq_error *err);

#endif
