/*
 * sort/frames.h - a long list of compressed frames in the spill file, found again by number.
 *
 * Frames of several lists interleave in one file, and a file can only be appended to, so each list keeps an index of
 * two levels in the same file: leaves of GPQ_FRAMES_LEAF entries and one top that names the leaves. A finished list is
 * twelve bytes in memory, whatever its length.
 */
#ifndef GPQ_SORT_FRAMES_H
#define GPQ_SORT_FRAMES_H

#include "io/spill.h"

/* 512 x 4,096 = 2,097,152 frames a list: two billion rows of a run. */
#define GPQ_FRAMES_LEAF   512
#define GPQ_FRAMES_LEAVES 4096

struct gpq_frame {
	uint64_t offset;
	uint32_t packed_bytes, rows;
};

struct gpq_frames {
	uint64_t top_off;
	uint32_t n_frames;
};

/* Compression and its buffers; one thread at a time. All memory is the caller's. */
struct gpq_frame_codec {
	struct ZSTD_CCtx_s *pack; /* NULL: reads only */
	struct ZSTD_DCtx_s *unpack;
	uint8_t *packed; /* room for the largest frame, compressed */
	size_t packed_cap_bytes;
};

/* gpq_frame_codec_need() is what gpq_frame_codec_init() takes for frames of at most 'frame_bytes'. */
size_t gpq_frame_codec_need(size_t frame_bytes, bool writes);
/* 'memory' is aligned to 64 and outlives the codec. */
void gpq_frame_codec_init(struct gpq_frame_codec *codec, uint8_t *memory, size_t frame_bytes, bool writes);

struct gpq_frames_writer {
	struct gpq_spill *spill;
	uint32_t n_frames;
	struct gpq_frame leaf[GPQ_FRAMES_LEAF];
	uint64_t top[GPQ_FRAMES_LEAVES];
};

void gpq_frames_begin(struct gpq_frames_writer *writer, struct gpq_spill *spill);
/* Errors: GPQ_E_BUDGET (list full), and those of the spill file. */
GPQ_MUST_USE enum gpq_status gpq_frames_append(struct gpq_frames_writer *writer, struct gpq_frame_codec *codec,
					       const void *bytes, size_t len, uint32_t rows, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_frames_finish(struct gpq_frames_writer *writer, struct gpq_frames *out,
					       struct gpq_error *err);

/* Where frame 'number' (from 0) stands. */
GPQ_MUST_USE enum gpq_status gpq_frames_find(struct gpq_spill *spill, const struct gpq_frames *frames, uint32_t number,
					     struct gpq_frame *out, struct gpq_error *err);

/* Reads and unpacks a frame, which must give exactly 'len' bytes. Errors: GPQ_E_SYSTEM (not what was written). */
GPQ_MUST_USE enum gpq_status gpq_frame_load(struct gpq_spill *spill, struct gpq_frame_codec *codec,
					    const struct gpq_frame *frame, void *out, size_t len,
					    struct gpq_error *err);

#endif
