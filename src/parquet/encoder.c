// SPDX-License-Identifier: MIT
/* A thread's encoder: its memory and its codec. */
#include "parquet/chunk.h"

#include "cpu/features.h"

#define MAP_ROUND ((size_t)4096)

/* The pieces of an encoder's memory, for taking, giving back and adding up. */
struct piece {
	void *at; /* of the member that points to it */
	size_t bytes;
};

#define N_PIECES 8

static void encoder_pieces(struct gpq_parquet_encoder *encoder, struct piece *out)
{
	const struct piece pieces[N_PIECES] = {
		{ &encoder->raw, GPQ_CHUNK_RAW_BYTES + GPQ_CHUNK_RAW_SLACK },
		{ &encoder->packed, encoder->packed_bytes },
		{ &encoder->trial, GPQ_CHUNK_TRIAL_BYTES },
		{ &encoder->lookup, GPQ_CELL_TABLE_BYTES },
		{ &encoder->codes, GPQ_PARQUET_PAGE_ROWS * sizeof(*encoder->codes) },
		{ &encoder->levels, GPQ_PARQUET_PAGE_ROWS * sizeof(*encoder->levels) },
		{ &encoder->cells, GPQ_PARQUET_PAGE_ROWS * sizeof(*encoder->cells) },
		{ &encoder->pages, GPQ_PARQUET_GROUP_PAGES * sizeof(*encoder->pages) },
	};
	memcpy(out, pieces, sizeof(pieces));
}

size_t gpq_parquet_encoder_need(const struct gpq_parquet_settings *settings)
{
	struct gpq_parquet_encoder sizes = { .packed_bytes = gpq_page_room(settings->codec, GPQ_CHUNK_RAW_BYTES) };
	struct piece pieces[N_PIECES];
	encoder_pieces(&sizes, pieces);
	size_t need = sizeof(sizes) + 64 + gpq_codec_need(settings->codec, settings->codec_level, GPQ_CHUNK_RAW_BYTES);
	for (unsigned i = 0; i < N_PIECES; i++)
		need += pieces[i].bytes + MAP_ROUND;
	return need;
}

enum gpq_status gpq_parquet_encoder_open(struct gpq_budget *budget, const struct gpq_parquet_settings *settings,
					 struct gpq_parquet_encoder **out, struct gpq_error *err)
{
	struct gpq_parquet_encoder *encoder = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, sizeof(*encoder), &encoder, err));
	encoder->budget = budget;
	encoder->settings = *settings;
	encoder->features = gpq_cpu_features(GPQ_CPU_ALL);
	encoder->packed_bytes = gpq_page_room(settings->codec, GPQ_CHUNK_RAW_BYTES);
	struct piece pieces[N_PIECES];
	encoder_pieces(encoder, pieces);
	enum gpq_status status =
	    gpq_packer_open(budget, settings->codec, settings->codec_level, GPQ_CHUNK_RAW_BYTES, &encoder->packer, err);
	for (unsigned i = 0; i < N_PIECES && status == GPQ_OK; i++)
		status = gpq_alloc(budget, GPQ_TAG_PARQUET, pieces[i].bytes, pieces[i].at, err);
	if (status == GPQ_OK)
		*out = encoder;
	else
		gpq_parquet_encoder_close(encoder);
	return status;
}

void gpq_parquet_encoder_close(struct gpq_parquet_encoder *encoder)
{
	if (!encoder)
		return;
	struct piece pieces[N_PIECES];
	encoder_pieces(encoder, pieces);
	for (unsigned i = 0; i < N_PIECES; i++) {
		void *memory;
		memcpy(&memory, pieces[i].at, sizeof(memory));
		gpq_free(encoder->budget, GPQ_TAG_PARQUET, memory, pieces[i].bytes);
	}
	gpq_packer_close(encoder->packer);
	gpq_free(encoder->budget, GPQ_TAG_PARQUET, encoder, sizeof(*encoder));
}
