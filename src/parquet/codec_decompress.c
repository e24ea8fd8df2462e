// SPDX-License-Identifier: MIT
/* Unpacking: what comes in was written by anyone, so sizes are checked before and after each library call. */
#define ZSTD_STATIC_LINKING_ONLY
#include "parquet/codec.h"
#include "parquet/codec_arena.h"

#include <limits.h>
#include <lz4.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#define GZIP_WINDOW_BITS (15 + 16)
#define GZIP_STATE_BYTES ((size_t)64 << 10) /* zconf.h: a window of 32 KiB and about 7 KiB of state */

struct gpq_unpacker {
	struct gpq_budget *budget;
	void *zstd_state, *gzip_state;
	size_t zstd_state_bytes;
	ZSTD_DCtx *zstd; /* in 'zstd_state' */
	z_stream gzip;   /* its memory in 'gzip_state' */
	struct gpq_codec_arena arena;
};

size_t gpq_unpacker_need(void)
{
	return sizeof(struct gpq_unpacker) + 64 + ZSTD_estimateDCtxSize() + 4096 + GZIP_STATE_BYTES;
}

enum gpq_status gpq_unpacker_open(struct gpq_budget *budget, struct gpq_unpacker **out, struct gpq_error *err)
{
	struct gpq_unpacker *unpacker = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, sizeof(*unpacker), &unpacker, err));
	unpacker->budget = budget;
	unpacker->zstd_state_bytes = ZSTD_estimateDCtxSize();
	*out = unpacker;
	return GPQ_OK;
}

void gpq_unpacker_close(struct gpq_unpacker *unpacker)
{
	if (!unpacker)
		return;
	gpq_free(unpacker->budget, GPQ_TAG_PARQUET, unpacker->zstd_state, unpacker->zstd_state_bytes);
	gpq_free(unpacker->budget, GPQ_TAG_PARQUET, unpacker->gzip_state, GZIP_STATE_BYTES);
	gpq_free(unpacker->budget, GPQ_TAG_PARQUET, unpacker, sizeof(*unpacker));
}

static enum gpq_status fail_size(size_t got, size_t wanted, struct gpq_error *err)
{
	return gpq_fail(err, GPQ_E_DATA, "packed bytes give %zu bytes where %zu are promised", got, wanted);
}

static enum gpq_status zstd_unpack(struct gpq_unpacker *unpacker, const void *bytes, size_t len, void *out,
				   size_t out_len, struct gpq_error *err)
{
	if (!unpacker->zstd) {
		if (!unpacker->zstd_state)
			GPQ_TRY(gpq_alloc(unpacker->budget, GPQ_TAG_PARQUET, unpacker->zstd_state_bytes,
					  &unpacker->zstd_state, err));
		unpacker->zstd = ZSTD_initStaticDCtx(unpacker->zstd_state, unpacker->zstd_state_bytes);
		if (!unpacker->zstd)
			return gpq_fail(err, GPQ_E_BUG, "zstd refuses %zu bytes of state", unpacker->zstd_state_bytes);
	}
	size_t got = ZSTD_decompressDCtx(unpacker->zstd, out, out_len, bytes, len);
	if (ZSTD_isError(got))
		return gpq_fail(err, GPQ_E_DATA, "zstd: %s", ZSTD_getErrorName(got));
	return got == out_len ? GPQ_OK : fail_size(got, out_len, err);
}

static enum gpq_status snappy_unpack(const void *bytes, size_t len, void *out, size_t out_len, struct gpq_error *err)
{
	size_t promised = 0;
	if (snappy_uncompressed_length(bytes, len, &promised) != SNAPPY_OK)
		return gpq_fail(err, GPQ_E_DATA, "snappy: the length in front is malformed");
	if (promised != out_len)
		return fail_size(promised, out_len, err);
	size_t got = out_len;
	if (snappy_uncompress(bytes, len, out, &got) != SNAPPY_OK)
		return gpq_fail(err, GPQ_E_DATA, "snappy: malformed bytes");
	return got == out_len ? GPQ_OK : fail_size(got, out_len, err);
}

static enum gpq_status lz4_unpack(const void *bytes, size_t len, void *out, size_t out_len, struct gpq_error *err)
{
	int got = LZ4_decompress_safe(bytes, out, (int)len, (int)out_len);
	if (got < 0)
		return gpq_fail(err, GPQ_E_DATA, "lz4: malformed bytes");
	return (size_t)got == out_len ? GPQ_OK : fail_size((size_t)got, out_len, err);
}

static enum gpq_status gzip_open(struct gpq_unpacker *unpacker, struct gpq_error *err)
{
	if (!unpacker->gzip_state)
		GPQ_TRY(gpq_alloc(unpacker->budget, GPQ_TAG_PARQUET, GZIP_STATE_BYTES, &unpacker->gzip_state, err));
	gpq_codec_arena_init(&unpacker->arena, unpacker->gzip_state, GZIP_STATE_BYTES);
	memset(&unpacker->gzip, 0, sizeof(unpacker->gzip));
	unpacker->gzip.zalloc = gpq_codec_arena_take;
	unpacker->gzip.zfree = gpq_codec_arena_give;
	unpacker->gzip.opaque = &unpacker->arena;
	if (inflateInit2(&unpacker->gzip, GZIP_WINDOW_BITS) != Z_OK)
		return gpq_fail(err, GPQ_E_BUG, "zlib refuses %zu bytes of state", GZIP_STATE_BYTES);
	return GPQ_OK;
}

/* One member or several (Compression.md asks readers to take both). */
static enum gpq_status gzip_unpack(struct gpq_unpacker *unpacker, const void *bytes, size_t len, void *out,
				   size_t out_len, struct gpq_error *err)
{
	GPQ_TRY(gzip_open(unpacker, err));
	z_stream *gzip = &unpacker->gzip;
	gzip->next_in = (Bytef *)(uintptr_t)bytes; /* zlib's input is not const, but is not written to */
	gzip->avail_in = (uInt)len;
	gzip->next_out = out;
	gzip->avail_out = (uInt)out_len;
	for (;;) {
		int result = inflate(gzip, Z_FINISH);
		if (result != Z_STREAM_END)
			return gpq_fail(err, GPQ_E_DATA, "gzip: %s",
					gzip->msg ? gzip->msg : "bytes end early or give more than promised");
		if (gzip->avail_in == 0)
			break;
		if (inflateReset(gzip) != Z_OK)
			return gpq_fail(err, GPQ_E_BUG, "zlib refuses to go on");
	}
	size_t got = out_len - gzip->avail_out;
	return got == out_len ? GPQ_OK : fail_size(got, out_len, err);
}

enum gpq_status gpq_codec_decompress(struct gpq_unpacker *unpacker, int32_t compression, const void *bytes, size_t len,
				     void *out, size_t out_len, struct gpq_error *err)
{
	if (len > INT_MAX || out_len > INT_MAX)
		return gpq_fail(err, GPQ_E_DATA, "a page of %zu bytes, %zu packed, is beyond the format", out_len, len);
	switch (compression) {
	case GPQ_COMPRESSION_UNCOMPRESSED:
		if (len != out_len)
			return fail_size(len, out_len, err);
		if (len)
			memcpy(out, bytes, len);
		return GPQ_OK;
	case GPQ_COMPRESSION_ZSTD:
		return zstd_unpack(unpacker, bytes, len, out, out_len, err);
	case GPQ_COMPRESSION_SNAPPY:
		return snappy_unpack(bytes, len, out, out_len, err);
	case GPQ_COMPRESSION_LZ4_RAW:
		return lz4_unpack(bytes, len, out, out_len, err);
	case GPQ_COMPRESSION_GZIP:
		return gzip_unpack(unpacker, bytes, len, out, out_len, err);
	default:
		return gpq_fail(err, GPQ_E_DATA, "compression codec %d is not supported", (int)compression);
	}
}
