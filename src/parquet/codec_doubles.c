// SPDX-License-Identifier: MIT
#include "parquet/codec_doubles.h"

#define BLOCK_MAX    ((size_t)128 << 10) /* RFC 8878 3.1.1.2.3 */
#define FRAME_MAGIC  UINT32_C(0xFD2FB528)
#define SEGMENT_FLAG 0x20 /* the frame is one segment: no window is named */
#define BLOCK_RAW    0u
#define BLOCK_PACKED 2u
#define PLANES       8u

bool gpq_codec_doubles_prepare(ZSTD_CCtx *zstd)
{
	/* Whole pages at once: the context needs no buffers of its own. */
	return !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_stableInBuffer, 1)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_stableOutBuffer, 1)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_blockDelimiters, ZSTD_sf_explicitBlockDelimiters));
}

/* ---- planes: each its own block, so that each has its own code, and those of noise are stored ---- */

struct frame {
	uint8_t *out;
	size_t len, room;
};

static void little_put(struct frame *frame, uint64_t word, size_t bytes)
{
	memcpy(frame->out + frame->len, &word, bytes);
	frame->len += bytes;
}

static void frame_begin(struct frame *frame, size_t content)
{
	little_put(frame, FRAME_MAGIC, 4);
	if (content < 256) {
		little_put(frame, SEGMENT_FLAG, 1);
		little_put(frame, content, 1);
	} else if (content < 65536 + 256) {
		little_put(frame, SEGMENT_FLAG | 1 << 6, 1);
		little_put(frame, content - 256, 2);
	} else {
		little_put(frame, SEGMENT_FLAG | 2 << 6, 1);
		little_put(frame, content, 4);
	}
}

static void block_head_put(struct frame *frame, unsigned kind, size_t bytes, bool last)
{
	little_put(frame, (uint64_t)bytes << 3 | kind << 1 | last, 3);
}

static void raw_put(struct frame *frame, const uint8_t *bytes, size_t len, bool last)
{
	while (len) {
		size_t piece = len < BLOCK_MAX ? len : BLOCK_MAX;
		block_head_put(frame, BLOCK_RAW, piece, last && piece == len);
		memcpy(frame->out + frame->len, bytes, piece);
		frame->len += piece;
		bytes += piece;
		len -= piece;
	}
}

/* False: the library failed. */
static bool packed_put(struct frame *frame, ZSTD_CCtx *zstd, const uint8_t *bytes, size_t len, bool last, bool *out_raw)
{
	size_t head = frame->len;
	frame->len += 3;
	size_t packed = ZSTD_compressBlock(zstd, frame->out + frame->len, frame->room - frame->len, bytes, len);
	if (ZSTD_isError(packed))
		return false;
	frame->len = head;
	*out_raw = packed == 0;
	if (packed == 0) {
		raw_put(frame, bytes, len, last);
		return true;
	}
	block_head_put(frame, BLOCK_PACKED, packed, last);
	frame->len += packed;
	return true;
}

bool gpq_codec_planes_pack(ZSTD_CCtx *zstd, int level, struct gpq_packer_shape *shape, const uint8_t *bytes, size_t len,
			   uint8_t *out, size_t room, size_t *out_len)
{
	struct frame frame = { out, 0, room };
	size_t plane = shape->values, stored = shape->head + shape->raw_planes * plane;
	unsigned dull = shape->raw_planes;
	bool raw = true;
	frame_begin(&frame, len);
	raw_put(&frame, bytes, stored, shape->raw_planes == PLANES);
	/* What is stored is no history to the context, and so nothing refers to it. */
	if (shape->raw_planes < PLANES && ZSTD_isError(ZSTD_compressBegin_advanced(
					      zstd, NULL, 0, ZSTD_getParams(level, len - stored, 0), len - stored)))
		return false;
	for (unsigned k = shape->raw_planes; k < PLANES; k++) {
		bool before = raw;
		if (!packed_put(&frame, zstd, bytes + shape->head + k * plane, plane, k == PLANES - 1, &raw))
			return false;
		raw = raw && before;
		dull += raw;
	}
	shape->raw_planes = dull;
	*out_len = frame.len;
	return true;
}

/* ---- words: the low bytes of an earlier number ---- */

/*
 * The binary64 of k / 10^scale ends, below the binary place 2^-scale, in bits that depend on k mod 5^scale and on the
 * exponent alone: of two prices, the low bytes are often equal where the high ones are not. zstd's own search finds
 * these pairs only with large tables and much work; a table of the last place of each low end finds them all.
 */
#define LOW_BYTES  5
#define LOW_MASK   ((UINT64_C(1) << (8 * LOW_BYTES)) - 1)
#define TABLE_BITS 15
#define FACTOR     UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio, odd (Knuth, TAOCP 6.4) */

_Static_assert(GPQ_PACKER_SCRATCH_BYTES >=
		   ((size_t)1 << TABLE_BITS) * sizeof(uint16_t) + (GPQ_PACKER_WORDS + 4) * sizeof(ZSTD_Sequence),
	       "table and sequences fit");
_Static_assert(GPQ_PACKER_WORDS <= UINT16_MAX, "the table holds places in 16 bits");

static inline uint64_t word_at(const uint8_t *words, uint32_t i)
{
	uint64_t word;
	memcpy(&word, words + (size_t)i * sizeof(word), sizeof(word));
	return word;
}

struct search {
	const uint8_t *words;
	uint32_t head; /* bytes before the words */
	uint16_t *last;
	ZSTD_Sequence *sequences;
	size_t count;
	uint32_t anchor; /* first byte that no sequence covers yet, from the beginning of all bytes */
};

/* Without branches on what is found, which cannot be foretold: each word writes a sequence, and those that found
 * something keep it. */
static void words_search(struct search *search, uint32_t from, uint32_t to)
{
	const uint8_t *words = search->words;
	uint16_t *last = search->last;
	ZSTD_Sequence *sequences = search->sequences;
	size_t count = search->count;
	uint32_t anchor = search->anchor, place = search->head + from * 8;
	uint64_t before = from ? word_at(words, from - 1) : 0;
	for (uint32_t i = from; i < to; i++, place += 8) {
		uint64_t word = word_at(words, i);
		uint32_t slot = (uint32_t)(((word & LOW_MASK) * FACTOR) >> (64 - TABLE_BITS));
		uint32_t j = last[slot]; /* 0 also where the slot is fresh: the first word is as good as any */
		last[slot] = (uint16_t)i;
		uint64_t differ = word ^ word_at(words, j);
		uint64_t differ_before = before ^ word_at(words, j - (j > 0));
		bool found = ((differ & LOW_MASK) == 0) & (i != j);
		uint32_t length = differ ? (uint32_t)__builtin_ctzll(differ) / 8 : 8;
		uint32_t back = differ_before ? (uint32_t)__builtin_clzll(differ_before) / 8 : 8;
		uint32_t free_bytes = place - anchor, reach = j ? free_bytes : 0;
		back = back < reach ? back : reach;
		sequences[count] = (ZSTD_Sequence){ (i - j) * 8, free_bytes - back, length + back, 0 };
		count += found;
		anchor = found ? place + length : anchor;
		before = word;
	}
	search->count = count;
	search->anchor = anchor;
}

bool gpq_codec_words_pack(ZSTD_CCtx *zstd, const struct gpq_packer_shape *shape, const uint8_t *bytes, size_t len,
			  uint8_t *out, size_t room, size_t *out_len)
{
	uint16_t *last = shape->scratch;
	struct search search = { .words = bytes + shape->head, .head = (uint32_t)shape->head, .last = last };
	search.sequences = (ZSTD_Sequence *)(void *)(last + ((size_t)1 << TABLE_BITS));
	memset(last, 0, ((size_t)1 << TABLE_BITS) * sizeof(*last));
	uint32_t block = (uint32_t)((BLOCK_MAX - shape->head) / 8);
	for (uint32_t from = 0; from < shape->values; from += block) {
		uint32_t to = shape->values - from < block ? shape->values : from + block;
		words_search(&search, from, to);
		/* A block ends with a sequence of nothing but the bytes that are left. */
		uint32_t end = (uint32_t)shape->head + to * 8;
		search.sequences[search.count++] = (ZSTD_Sequence){ 0, end - search.anchor, 0, 0 };
		search.anchor = end;
	}
	*out_len = ZSTD_compressSequences(zstd, out, room, search.sequences, search.count, bytes, len);
	return !ZSTD_isError(*out_len);
}
