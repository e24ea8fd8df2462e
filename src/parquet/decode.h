/*
 * parquet/decode.h - encoded values of a page to machine words and texts, a piece at a time.
 * Knows: PLAIN, RLE and bit-packing, dictionary codes, BYTE_STREAM_SPLIT.      Not: pages, files.
 * Source: parquet-format/Encodings.md.
 *
 * Every decoder counts what it was asked for against what the bytes hold and says how many values it could give; none
 * reads outside [bytes, bytes + len + GPQ_DECODE_PADDING).      Memory: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_PARQUET_DECODE_H
#define GPQ_PARQUET_DECODE_H

#include "parquet/metadata.h"

/* Bytes handed to a decoder must be followed by this many readable ones, whose content does not matter. */
#define GPQ_DECODE_PADDING 16

/* Runs of one value and groups of bit-packed ones, in turn. */
struct gpq_hybrid {
	const uint8_t *bytes;
	size_t len, at; /* 'at': behind the header of the run under way, or behind a bit-packed run */
	unsigned width; /* bits of a value, 0..32 */
	uint64_t left;  /* values left in the run under way */
	uint32_t value; /* of a run of one value */
	bool packed;
	const uint8_t *pack; /* the bit-packed run's bytes */
	uint64_t bit;        /* next value's first bit in it */
};

void gpq_hybrid_init(struct gpq_hybrid *hybrid, const uint8_t *bytes, size_t len, unsigned width);

/* gpq_hybrid_read() gives up to 'n' values and returns how many; fewer only where the bytes end or a run is malformed.
 */
uint32_t gpq_hybrid_read(struct gpq_hybrid *hybrid, uint32_t n, uint32_t *out);

/* gpq_hybrid_constant() takes 'n' values if they all stand in one run of one value, and says which. */
bool gpq_hybrid_constant(struct gpq_hybrid *hybrid, uint32_t n, uint32_t *out);

/* The values of one page, without its levels. */
struct gpq_decoder {
	enum gpq_physical physical;
	int32_t encoding;
	const uint8_t *bytes;
	size_t len, at;
	uint64_t index, count; /* BYTE_STREAM_SPLIT: next value, values there are; BOOLEAN PLAIN: next bit in 'index' */
	struct gpq_hybrid hybrid; /* dictionary codes, BOOLEAN RLE */
};

/* gpq_decoder_init() returns NULL, or why such values cannot be read (static text). */
const char *gpq_decoder_init(struct gpq_decoder *decoder, enum gpq_physical physical, int32_t encoding,
			     const uint8_t *bytes, size_t len);

/* The next 'n' values: numbers (INT32 with its sign, BOOLEAN 0 or 1, DOUBLE as its bits), texts, or dictionary codes.
 * Each returns how many the bytes held. */
uint32_t gpq_decoder_words(struct gpq_decoder *decoder, uint32_t n, int64_t *out);
uint32_t gpq_decoder_texts(struct gpq_decoder *decoder, uint32_t n, struct gpq_text *out);
uint32_t gpq_decoder_codes(struct gpq_decoder *decoder, uint32_t n, uint32_t *out);

/* Bytes behind the last value taken. BYTE_STREAM_SPLIT and codes: 0 once all values are taken. */
size_t gpq_decoder_rest(const struct gpq_decoder *decoder);

#endif
