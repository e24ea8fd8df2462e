// SPDX-License-Identifier: MIT
#include "parquet/codec_arena.h"
#include "parquet/codec_doubles.h"

#include <lz4.h>
#include <snappy-c.h>
#include <zlib.h>

#define GZIP_WINDOW_BITS   (15 + 16) /* deflate's largest window; + 16: gzip head and trailer instead of zlib's */
#define GZIP_MEMORY_LEVEL  8
#define GZIP_DEFAULT_LEVEL 6
#define GZIP_HEAD_BYTES    18 /* RFC 1952: head 10, trailer 8 */
/* zconf.h: (1 << (windowBits + 2)) + (1 << (memLevel + 9)) and small objects; 16 KiB is ample for those. */
#define GZIP_STATE_BYTES (((size_t)1 << (15 + 2)) + ((size_t)1 << (GZIP_MEMORY_LEVEL + 9)) + ((size_t)16 << 10))

struct gpq_packer {
	struct gpq_budget *budget;
	enum gpq_codec codec;
	int level;
	size_t max_bytes, state_bytes;
	void *state;
	ZSTD_CCtx *zstd; /* in 'state' */
	z_stream gzip;   /* its memory in 'state' */
	struct gpq_codec_arena arena;
	struct gpq_packer_shape *expected; /* Borrows; NULL: any bytes */
};

enum gpq_compression gpq_codec_compression(enum gpq_codec codec)
{
	switch (codec) {
	case GPQ_CODEC_SNAPPY:
		return GPQ_COMPRESSION_SNAPPY;
	case GPQ_CODEC_GZIP:
		return GPQ_COMPRESSION_GZIP;
	case GPQ_CODEC_LZ4:
		return GPQ_COMPRESSION_LZ4_RAW;
	case GPQ_CODEC_ZSTD:
		return GPQ_COMPRESSION_ZSTD;
	case GPQ_CODEC_NONE:
		break;
	}
	return GPQ_COMPRESSION_UNCOMPRESSED;
}

static int level_default(enum gpq_codec codec, int level)
{
	if (level == 0)
		return codec == GPQ_CODEC_ZSTD ? 1 : codec == GPQ_CODEC_GZIP ? GZIP_DEFAULT_LEVEL : 0;
	return level;
}

/* zstd chooses its parameters by level and by the source's size in four tiers (16, 128, 256 KiB, more): the largest
 * need of the tiers that sources of at most 'max_bytes' can fall in. */
static size_t zstd_state_bytes(int level, size_t max_bytes)
{
	static const size_t tiers[] = { (size_t)16 << 10, (size_t)128 << 10, (size_t)256 << 10 };
	size_t most = ZSTD_estimateCCtxSize_usingCParams(ZSTD_getCParams(level, max_bytes, 0));
	for (size_t i = 0; i < sizeof(tiers) / sizeof(tiers[0]); i++) {
		size_t need = ZSTD_estimateCCtxSize_usingCParams(ZSTD_getCParams(level, tiers[i], 0));
		if (need > most)
			most = need;
	}
	return most;
}

static size_t state_bytes(enum gpq_codec codec, int level, size_t max_bytes)
{
	switch (codec) {
	case GPQ_CODEC_ZSTD:
		return zstd_state_bytes(level, max_bytes);
	case GPQ_CODEC_LZ4:
		return (size_t)LZ4_sizeofState();
	case GPQ_CODEC_GZIP:
		return GZIP_STATE_BYTES;
	case GPQ_CODEC_NONE:
	case GPQ_CODEC_SNAPPY:
		break;
	}
	return 0;
}

size_t gpq_codec_need(enum gpq_codec codec, int level, size_t max_bytes)
{
	size_t library = codec == GPQ_CODEC_SNAPPY ? GPQ_CODEC_SNAPPY_BYTES : 0;
	return sizeof(struct gpq_packer) + state_bytes(codec, level_default(codec, level), max_bytes) + library + 8192;
}

size_t gpq_codec_bound(enum gpq_codec codec, size_t bytes)
{
	switch (codec) {
	case GPQ_CODEC_ZSTD:
		return ZSTD_compressBound(bytes);
	case GPQ_CODEC_SNAPPY:
		return snappy_max_compressed_length(bytes);
	case GPQ_CODEC_LZ4:
		return (size_t)LZ4_compressBound((int)bytes);
	case GPQ_CODEC_GZIP:
		return compressBound((uLong)bytes) + GZIP_HEAD_BYTES;
	case GPQ_CODEC_NONE:
		break;
	}
	return bytes;
}

static enum gpq_status level_check(enum gpq_codec codec, int level, struct gpq_error *err)
{
	int least = 0, most = 0;
	if (codec == GPQ_CODEC_ZSTD) {
		least = 1;
		most = ZSTD_maxCLevel();
	} else if (codec == GPQ_CODEC_GZIP) {
		least = 1;
		most = 9;
	}
	if (level < least || level > most)
		return gpq_fail(err, GPQ_E_USAGE, "this codec has no level %d: %d to %d", level, least, most);
	return GPQ_OK;
}

static enum gpq_status zstd_open(struct gpq_packer *packer, struct gpq_error *err)
{
	packer->zstd = ZSTD_initStaticCCtx(packer->state, packer->state_bytes);
	if (!packer->zstd ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_compressionLevel, packer->level)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_checksumFlag, 0)) ||
	    !gpq_codec_doubles_prepare(packer->zstd))
		return gpq_fail(err, GPQ_E_BUG, "zstd refuses %zu bytes of state at level %d", packer->state_bytes,
				packer->level);
	return GPQ_OK;
}

static enum gpq_status gzip_open(struct gpq_packer *packer, struct gpq_error *err)
{
	gpq_codec_arena_init(&packer->arena, packer->state, packer->state_bytes);
	packer->gzip.zalloc = gpq_codec_arena_take;
	packer->gzip.zfree = gpq_codec_arena_give;
	packer->gzip.opaque = &packer->arena;
	if (deflateInit2(&packer->gzip, packer->level, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return gpq_fail(err, GPQ_E_BUG, "zlib refuses %zu bytes of state", packer->state_bytes);
	return GPQ_OK;
}

enum gpq_status gpq_packer_open(struct gpq_budget *budget, enum gpq_codec codec, int level, size_t max_bytes,
				struct gpq_packer **out, struct gpq_error *err)
{
	level = level_default(codec, level);
	GPQ_TRY(level_check(codec, level, err));
	struct gpq_packer *packer = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, sizeof(*packer), &packer, err));
	packer->budget = budget;
	packer->codec = codec;
	packer->level = level;
	packer->max_bytes = max_bytes;
	packer->state_bytes = state_bytes(codec, level, max_bytes);
	enum gpq_status status = GPQ_OK;
	if (packer->state_bytes)
		status = gpq_alloc(budget, GPQ_TAG_PARQUET, packer->state_bytes, &packer->state, err);
	if (status == GPQ_OK && codec == GPQ_CODEC_ZSTD)
		status = zstd_open(packer, err);
	if (status == GPQ_OK && codec == GPQ_CODEC_GZIP)
		status = gzip_open(packer, err);
	if (status == GPQ_OK)
		*out = packer;
	else
		gpq_packer_close(packer);
	return status;
}

void gpq_packer_close(struct gpq_packer *packer)
{
	if (!packer)
		return;
	gpq_free(packer->budget, GPQ_TAG_PARQUET, packer->state, packer->state_bytes);
	gpq_free(packer->budget, GPQ_TAG_PARQUET, packer, sizeof(*packer));
}

static bool gzip_pack(struct gpq_packer *packer, const void *bytes, size_t len, void *out, size_t room, size_t *out_len)
{
	z_stream *gzip = &packer->gzip;
	if (deflateReset(gzip) != Z_OK)
		return false;
	gzip->next_in = (Bytef *)(uintptr_t)bytes; /* zlib's input is not const, but is not written to */
	gzip->avail_in = (uInt)len;
	gzip->next_out = out;
	gzip->avail_out = (uInt)room;
	if (deflate(gzip, Z_FINISH) != Z_STREAM_END)
		return false;
	*out_len = room - gzip->avail_out;
	return true;
}

static bool zstd_pack(struct gpq_packer *packer, struct gpq_packer_shape *shape, const void *bytes, size_t len,
		      void *out, size_t room, size_t *out_len)
{
	if (shape && shape->values && shape->layout == GPQ_LAYOUT_PLANES)
		return gpq_codec_planes_pack(packer->zstd, packer->level, shape, bytes, len, out, room, out_len);
	if (shape && shape->values && shape->layout == GPQ_LAYOUT_WORDS)
		return gpq_codec_words_pack(packer->zstd, shape, bytes, len, out, room, out_len);
	*out_len = ZSTD_compress2(packer->zstd, out, room, bytes, len);
	return !ZSTD_isError(*out_len);
}

void gpq_packer_expect(struct gpq_packer *packer, struct gpq_packer_shape *shape)
{
	packer->expected = shape;
}

enum gpq_status gpq_packer_pack(struct gpq_packer *packer, const void *bytes, size_t len, void *out, size_t room,
				size_t *out_len, struct gpq_error *err)
{
	struct gpq_packer_shape *shape = packer->expected;
	packer->expected = NULL;
	return gpq_packer_pack_shaped(packer, shape, bytes, len, out, room, out_len, err);
}

static bool shape_fits(const struct gpq_packer_shape *shape, size_t len)
{
	if (!shape || shape->layout == GPQ_LAYOUT_BYTES)
		return true;
	return shape->head < 65536 && shape->raw_planes <= 8 && len == shape->head + (size_t)shape->values * 8 &&
	       (shape->layout != GPQ_LAYOUT_WORDS || shape->values <= GPQ_PACKER_WORDS);
}

enum gpq_status gpq_packer_pack_shaped(struct gpq_packer *packer, struct gpq_packer_shape *shape, const void *bytes,
				       size_t len, void *out, size_t room, size_t *out_len, struct gpq_error *err)
{
	if (!shape_fits(shape, len))
		return gpq_fail(err, GPQ_E_BUG, "%zu bytes to pack, which are not of the shape announced", len);
	if (len > packer->max_bytes || room < gpq_codec_bound(packer->codec, len))
		return gpq_fail(err, GPQ_E_BUG, "%zu bytes to pack into %zu, for a packer of %zu", len, room,
				packer->max_bytes);
	bool good = true;
	size_t packed = len;
	switch (packer->codec) {
	case GPQ_CODEC_ZSTD:
		good = zstd_pack(packer, shape, bytes, len, out, room, &packed);
		break;
	case GPQ_CODEC_SNAPPY:
		packed = room;
		good = snappy_compress(bytes, len, out, &packed) == SNAPPY_OK;
		break;
	case GPQ_CODEC_LZ4: {
		int stored = LZ4_compress_fast_extState(packer->state, bytes, out, (int)len, (int)room, 1);
		packed = (size_t)stored;
		good = stored > 0;
		break;
	}
	case GPQ_CODEC_GZIP:
		good = gzip_pack(packer, bytes, len, out, room, &packed);
		break;
	case GPQ_CODEC_NONE:
		if (len)
			memcpy(out, bytes, len);
		break;
	}
	if (!good)
		return gpq_fail(err, GPQ_E_BUG, "the codec failed on a page of %zu bytes", len);
	*out_len = packed;
	return GPQ_OK;
}
