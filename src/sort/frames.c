// SPDX-License-Identifier: MIT
#include "sort/frames.h"

#define ZSTD_STATIC_LINKING_ONLY /* contexts in our own memory */
#include <zstd.h>

/* Spill files are written once and read once: the fastest level. */
/* Repeats of stamps and codes go, prices stay as they are: measured three times as fast as level 1, for twice the bytes. */
#define SPILL_LEVEL (-30)

static size_t round_up(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

size_t gpq_frame_codec_need(size_t frame_bytes, bool writes)
{
	return (writes ? round_up(ZSTD_estimateCCtxSize(SPILL_LEVEL)) : 0) + round_up(ZSTD_estimateDCtxSize()) +
	       round_up(ZSTD_compressBound(frame_bytes));
}

void gpq_frame_codec_init(struct gpq_frame_codec *codec, uint8_t *memory, size_t frame_bytes, bool writes)
{
	codec->pack = NULL;
	if (writes) {
		codec->pack = ZSTD_initStaticCCtx(memory, ZSTD_estimateCCtxSize(SPILL_LEVEL));
		ZSTD_CCtx_setParameter(codec->pack, ZSTD_c_compressionLevel, SPILL_LEVEL);
		ZSTD_CCtx_setParameter(codec->pack, ZSTD_c_checksumFlag, 1); /* a bad disk must not become bad prices */
		memory += round_up(ZSTD_estimateCCtxSize(SPILL_LEVEL));
	}
	codec->unpack = ZSTD_initStaticDCtx(memory, ZSTD_estimateDCtxSize());
	memory += round_up(ZSTD_estimateDCtxSize());
	codec->packed = memory;
	codec->packed_cap_bytes = ZSTD_compressBound(frame_bytes);
}

void gpq_frames_begin(struct gpq_frames_writer *writer, struct gpq_spill *spill)
{
	writer->spill = spill;
	writer->n_frames = 0;
}

/* Writes the leaf that holds the last frame. */
static enum gpq_status leaf_write(struct gpq_frames_writer *writer, struct gpq_error *err)
{
	uint32_t last = writer->n_frames - 1;
	size_t entries = last % GPQ_FRAMES_LEAF + 1;
	return gpq_spill_append(writer->spill, writer->leaf, entries * sizeof(writer->leaf[0]),
				&writer->top[last / GPQ_FRAMES_LEAF], err);
}

enum gpq_status gpq_frames_append(struct gpq_frames_writer *writer, struct gpq_frame_codec *codec, const void *bytes,
				  size_t len, uint32_t rows, struct gpq_error *err)
{
	if (writer->n_frames == GPQ_FRAMES_LEAF * GPQ_FRAMES_LEAVES)
		return gpq_fail(err, GPQ_E_BUDGET, "a spilled run is limited to %u frames",
				(unsigned)(GPQ_FRAMES_LEAF * GPQ_FRAMES_LEAVES));
	size_t packed = ZSTD_compress2(codec->pack, codec->packed, codec->packed_cap_bytes, bytes, len);
	if (ZSTD_isError(packed))
		return gpq_fail(err, GPQ_E_BUG, "spilled rows cannot be compressed: %s", ZSTD_getErrorName(packed));
	struct gpq_frame frame = { .packed_bytes = (uint32_t)packed, .rows = rows };
	GPQ_TRY(gpq_spill_append(writer->spill, codec->packed, packed, &frame.offset, err));
	writer->leaf[writer->n_frames++ % GPQ_FRAMES_LEAF] = frame;
	return writer->n_frames % GPQ_FRAMES_LEAF == 0 ? leaf_write(writer, err) : GPQ_OK;
}

enum gpq_status gpq_frames_finish(struct gpq_frames_writer *writer, struct gpq_frames *out, struct gpq_error *err)
{
	struct gpq_frames frames = { .n_frames = writer->n_frames };
	if (writer->n_frames % GPQ_FRAMES_LEAF)
		GPQ_TRY(leaf_write(writer, err));
	size_t leaves = (writer->n_frames + GPQ_FRAMES_LEAF - 1) / GPQ_FRAMES_LEAF;
	if (leaves)
		GPQ_TRY(gpq_spill_append(writer->spill, writer->top, leaves * sizeof(writer->top[0]), &frames.top_off,
					 err));
	*out = frames;
	return GPQ_OK;
}

enum gpq_status gpq_frames_find(struct gpq_spill *spill, const struct gpq_frames *frames, uint32_t number,
				struct gpq_frame *out, struct gpq_error *err)
{
	uint64_t leaf = 0;
	struct gpq_frame frame;
	GPQ_TRY(
	    gpq_spill_read(spill, frames->top_off + number / GPQ_FRAMES_LEAF * sizeof(leaf), &leaf, sizeof(leaf), err));
	GPQ_TRY(gpq_spill_read(spill, leaf + number % GPQ_FRAMES_LEAF * sizeof(frame), &frame, sizeof(frame), err));
	*out = frame;
	return GPQ_OK;
}

enum gpq_status gpq_frame_load(struct gpq_spill *spill, struct gpq_frame_codec *codec, const struct gpq_frame *frame,
			       void *out, size_t len, struct gpq_error *err)
{
	if (frame->packed_bytes > codec->packed_cap_bytes)
		return gpq_fail(err, GPQ_E_SYSTEM,
				"the spill file does not give back what was written (frame of %u bytes)",
				frame->packed_bytes);
	GPQ_TRY(gpq_spill_read(spill, frame->offset, codec->packed, frame->packed_bytes, err));
	size_t got = ZSTD_decompressDCtx(codec->unpack, out, len, codec->packed, frame->packed_bytes);
	if (ZSTD_isError(got) || got != len)
		return gpq_fail(err, GPQ_E_SYSTEM, "the spill file does not give back what was written: %s",
				ZSTD_isError(got) ? ZSTD_getErrorName(got) : "wrong length");
	return GPQ_OK;
}
