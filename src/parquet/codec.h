/*
 * parquet/codec.h - pages packed and unpacked: zstd, snappy, LZ4 raw blocks, gzip, or stored as they are.
 * Knows: bytes.      Not: pages, values.
 * Source: apache/parquet-format, Compression.md: a page goes through the library as it is, without framing.
 *
 * Memory: gpq_codec_need() / gpq_unpacker_need() bytes, taken once at open; but the snappy library takes up to
 * GPQ_CODEC_SNAPPY_BYTES by itself for the time of a call, which its 'need' counts.
 * Threads: one object, one thread.
 */
#ifndef GPQ_PARQUET_CODEC_H
#define GPQ_PARQUET_CODEC_H

#include "base/budget.h"
#include "parquet/format.h"

#define GPQ_CODEC_SNAPPY_BYTES                                                                                         \
	((size_t)192 << 10) /* two 32 Ki tables of 16 bits, a 64 KiB block and its packed form                         \
			     */

/* The number that the format gives a codec. */
enum gpq_compression gpq_codec_compression(enum gpq_codec codec);

/* ---- packing ---- */

struct gpq_packer;

/* What a packer for sources of at most 'max_bytes' takes. 'level' 0: the codec's default. */
size_t gpq_codec_need(enum gpq_codec codec, int level, size_t max_bytes);

/* The most that 'bytes' bytes may become. */
size_t gpq_codec_bound(enum gpq_codec codec, size_t bytes);

/* gpq_packer_open() makes a packer. Errors: GPQ_E_USAGE (level out of the codec's range), GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_packer_open(struct gpq_budget *budget, enum gpq_codec codec, int level,
					     size_t max_bytes, struct gpq_packer **out, struct gpq_error *err);
void gpq_packer_close(struct gpq_packer *packer);

/* gpq_packer_pack() packs 'len' (at most 'max_bytes') bytes into 'room' bytes at 'out', gpq_codec_bound(len) or more.
 * The result depends on the bytes alone. Errors: GPQ_E_BUG (a size that open did not allow, or the library failed). */
GPQ_MUST_USE enum gpq_status gpq_packer_pack(struct gpq_packer *packer, const void *bytes, size_t len, void *out,
					     size_t room, size_t *out_len, struct gpq_error *err);

/* What the bytes of the next page are. Only zstd makes use of it; any unpacker reads what comes out. */
enum gpq_packer_layout {
	GPQ_LAYOUT_BYTES,  /* nothing is known */
	GPQ_LAYOUT_PLANES, /* 'head' bytes, then the first bytes of 'values' 8-byte values, the second ones, and so on
			    */
	GPQ_LAYOUT_WORDS,  /* 'head' bytes, then 'values' 8-byte values, GPQ_PACKER_WORDS at most */
};

#define GPQ_PACKER_WORDS         20000
#define GPQ_PACKER_SCRATCH_BYTES ((size_t)384 << 10)

struct gpq_packer_shape {
	enum gpq_packer_layout layout;
	size_t head; /* below 64 KiB */
	uint32_t values;
	unsigned
	    raw_planes; /* planes: how many of the first are noise, stored as they are. Out: how many turned out so */
	void *scratch;  /* words: GPQ_PACKER_SCRATCH_BYTES, aligned to 8 */
};

/* gpq_packer_pack_shaped() is gpq_packer_pack() for bytes of a known shape. Errors: GPQ_E_BUG (also where 'len' is not
 * that of the shape). */
GPQ_MUST_USE enum gpq_status gpq_packer_pack_shaped(struct gpq_packer *packer, struct gpq_packer_shape *shape,
						    const void *bytes, size_t len, void *out, size_t room,
						    size_t *out_len, struct gpq_error *err);

/* The shape of what gpq_packer_pack() packs next, once; for callers that do not pack themselves. Borrows. */
void gpq_packer_expect(struct gpq_packer *packer, struct gpq_packer_shape *shape);

/* ---- unpacking: bytes from anywhere ---- */

struct gpq_unpacker;

size_t gpq_unpacker_need(void);

/* One unpacker serves every codec; the state of each is taken from the budget when first used. */
GPQ_MUST_USE enum gpq_status gpq_unpacker_open(struct gpq_budget *budget, struct gpq_unpacker **out,
					       struct gpq_error *err);
void gpq_unpacker_close(struct gpq_unpacker *unpacker);

/*
 * gpq_codec_decompress() unpacks 'len' bytes into exactly 'out_len' bytes at 'out'.
 *   compression   a number of enum gpq_compression, from a file
 * Never writes beyond 'out_len', reads beyond 'len' or allocates by what the bytes say.
 * Errors: GPQ_E_DATA (unknown codec, malformed bytes, another size than 'out_len'), GPQ_E_BUDGET.
 */
GPQ_MUST_USE enum gpq_status gpq_codec_decompress(struct gpq_unpacker *unpacker, int32_t compression, const void *bytes,
						  size_t len, void *out, size_t out_len, struct gpq_error *err);

#endif
