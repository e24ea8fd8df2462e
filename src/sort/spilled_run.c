// SPDX-License-Identifier: MIT
#include "sort/spilled_run.h"

struct chained_run {
	struct gpq_sort_run run;
	uint64_t previous_off;
};

enum gpq_status gpq_sort_run_chain_push(struct gpq_sort_run_chain *chain, struct gpq_spill *spill,
					const struct gpq_sort_run *run, struct gpq_error *err)
{
	struct chained_run link;
	memset(&link, 0, sizeof(link)); /* padding goes to disk too */
	link.run = *run;
	link.previous_off = chain->head_off;
	uint64_t offset = 0;
	GPQ_TRY(gpq_spill_append(spill, &link, sizeof(link), &offset, err));
	chain->head_off = offset;
	chain->n_runs++;
	return GPQ_OK;
}

enum gpq_status gpq_sort_run_chain_pop(struct gpq_sort_run_chain *chain, struct gpq_spill *spill,
				       struct gpq_sort_run *out, struct gpq_error *err)
{
	struct chained_run link;
	GPQ_TRY(gpq_spill_read(spill, chain->head_off, &link, sizeof(link), err));
	chain->head_off = link.previous_off;
	chain->n_runs--;
	*out = link.run;
	return GPQ_OK;
}

void gpq_sort_run_begin(struct gpq_sort_run_writer *writer, struct gpq_spill *spill, struct gpq_frame_codec *codec,
			uint32_t n_cells, uint8_t *memory)
{
	gpq_frames_begin(&writer->frames, spill);
	writer->codec = codec;
	writer->columns = gpq_columns_of(GPQ_SORT_RUN_ROWS, n_cells, 0);
	writer->rows_memory = memory;
	writer->n_rows = 0;
	writer->total_rows = 0;
}

static enum gpq_status frame_write(struct gpq_sort_run_writer *writer, struct gpq_error *err)
{
	struct gpq_columns packed = writer->columns;
	if (writer->n_rows < GPQ_SORT_RUN_ROWS)
		packed = gpq_columns_pack(&writer->columns, writer->rows_memory, writer->n_rows);
	GPQ_TRY(
	    gpq_frames_append(&writer->frames, writer->codec, writer->rows_memory, packed.bytes, writer->n_rows, err));
	writer->total_rows += writer->n_rows;
	writer->n_rows = 0;
	return GPQ_OK;
}

enum gpq_status gpq_sort_run_add(struct gpq_sort_run_writer *writer, const struct gpq_part *part, struct gpq_error *err)
{
	gpq_part_store(&writer->columns, writer->rows_memory, writer->n_rows++, part);
	return writer->n_rows == GPQ_SORT_RUN_ROWS ? frame_write(writer, err) : GPQ_OK;
}

enum gpq_status gpq_sort_run_finish(struct gpq_sort_run_writer *writer, const uint32_t *codes, uint32_t n_codes,
				    struct gpq_sort_run *out, struct gpq_error *err)
{
	struct gpq_sort_run run = { .n_codes = n_codes };
	if (writer->n_rows)
		GPQ_TRY(frame_write(writer, err));
	GPQ_TRY(gpq_frames_finish(&writer->frames, &run.frames, err));
	if (n_codes)
		GPQ_TRY(gpq_spill_append(writer->frames.spill, codes, 4 * (size_t)n_codes, &run.codes_off, err));
	run.rows = writer->total_rows;
	*out = run;
	return GPQ_OK;
}

void gpq_sort_run_read_begin(struct gpq_sort_run_reader *reader, struct gpq_spill *spill, struct gpq_frame_codec *codec,
			     uint32_t n_cells, const struct gpq_sort_run *run, uint8_t *memory)
{
	memset(reader, 0, sizeof(*reader));
	reader->spill = spill;
	reader->codec = codec;
	reader->frames = run->frames;
	reader->rows_memory = memory;
	reader->n_cells = n_cells;
}

enum gpq_status gpq_sort_run_read_next(struct gpq_sort_run_reader *reader, struct gpq_part *out, struct gpq_error *err)
{
	if (GPQ_UNLIKELY(reader->row == reader->columns.cap_rows)) {
		if (reader->next_frame == reader->frames.n_frames)
			return GPQ_END;
		struct gpq_frame frame;
		GPQ_TRY(gpq_frames_find(reader->spill, &reader->frames, reader->next_frame, &frame, err));
		if (frame.rows == 0 || frame.rows > GPQ_SORT_RUN_ROWS)
			return gpq_fail(err, GPQ_E_SYSTEM,
					"the spill file does not give back what was written (frame of %u rows)",
					frame.rows);
		struct gpq_columns columns = gpq_columns_of(frame.rows, reader->n_cells, 0);
		GPQ_TRY(gpq_frame_load(reader->spill, reader->codec, &frame, reader->rows_memory, columns.bytes, err));
		gpq_spill_release(reader->spill, frame.offset, frame.packed_bytes);
		reader->columns = columns;
		reader->next_frame++;
		reader->row = 0;
	}
	gpq_part_load(&reader->columns, reader->rows_memory, reader->row++, out);
	return GPQ_OK;
}
