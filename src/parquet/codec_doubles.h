/*
 * parquet/codec_doubles.h - zstd frames of 8-byte numbers, made faster or smaller than zstd by itself makes them.
 * Knows: bytes in two layouts.      Not: encodings, pages.
 * Source: RFC 8878 (frames, blocks); zstd.h, block level and sequence interfaces. What comes out is one ordinary frame.
 */
#ifndef GPQ_PARQUET_CODEC_DOUBLES_H
#define GPQ_PARQUET_CODEC_DOUBLES_H

#include "parquet/codec.h"

#ifndef ZSTD_STATIC_LINKING_ONLY
#define ZSTD_STATIC_LINKING_ONLY
#endif
#define ZSTD_DISABLE_DEPRECATE_WARNINGS /* the block level interface has no successor that works in static memory */
#include <zstd.h>

/* Prepares a context for both. False: the library refuses. */
bool gpq_codec_doubles_prepare(ZSTD_CCtx *zstd);

/* Both give false where the library fails. 'room' is ZSTD_compressBound() or more. */
bool gpq_codec_planes_pack(ZSTD_CCtx *zstd, int level, struct gpq_packer_shape *shape, const uint8_t *bytes, size_t len,
			   uint8_t *out, size_t room, size_t *out_len);
bool gpq_codec_words_pack(ZSTD_CCtx *zstd, const struct gpq_packer_shape *shape, const uint8_t *bytes, size_t len,
			  uint8_t *out, size_t room, size_t *out_len);

#endif
