// SPDX-License-Identifier: MIT
#include "parquet/decode.h"

/* Multi-byte values are little-endian in the format, as on every machine that this is built for. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only");

static size_t value_bytes(enum gpq_physical physical)
{
	return physical == GPQ_PHYSICAL_INT32 ? 4 : 8;
}

static const char *boolean_rle_init(struct gpq_decoder *decoder)
{
	uint32_t len;
	if (decoder->len < sizeof(len))
		return "the length of its run-length values is missing";
	memcpy(&len, decoder->bytes, sizeof(len));
	if (len > decoder->len - sizeof(len))
		return "its run-length values are longer than the page";
	gpq_hybrid_init(&decoder->hybrid, decoder->bytes + sizeof(len), len, 1);
	return NULL;
}

static const char *codes_init(struct gpq_decoder *decoder)
{
	if (decoder->len == 0) /* a page of nulls may leave the width out */
		return NULL;
	unsigned width = decoder->bytes[0];
	if (width > 32)
		return "its dictionary codes are wider than 32 bits";
	gpq_hybrid_init(&decoder->hybrid, decoder->bytes + 1, decoder->len - 1, width);
	return NULL;
}

const char *gpq_decoder_init(struct gpq_decoder *decoder, enum gpq_physical physical, int32_t encoding,
			     const uint8_t *bytes, size_t len)
{
	*decoder = (struct gpq_decoder){ .physical = physical, .encoding = encoding, .bytes = bytes, .len = len };
	if (physical != GPQ_PHYSICAL_BOOLEAN && physical != GPQ_PHYSICAL_INT32 && physical != GPQ_PHYSICAL_INT64 &&
	    physical != GPQ_PHYSICAL_DOUBLE && physical != GPQ_PHYSICAL_BYTE_ARRAY)
		return "its type is none that gridpq reads";
	switch (encoding) {
	case GPQ_ENCODING_PLAIN:
		return NULL;
	case GPQ_ENCODING_PLAIN_DICTIONARY:
	case GPQ_ENCODING_RLE_DICTIONARY:
		decoder->encoding = GPQ_ENCODING_RLE_DICTIONARY;
		return codes_init(decoder);
	case GPQ_ENCODING_RLE:
		return physical == GPQ_PHYSICAL_BOOLEAN ? boolean_rle_init(decoder)
							: "only booleans are encoded as RLE";
	case GPQ_ENCODING_BYTE_STREAM_SPLIT:
		if (physical == GPQ_PHYSICAL_BYTE_ARRAY || physical == GPQ_PHYSICAL_BOOLEAN)
			return "BYTE_STREAM_SPLIT is for numbers";
		if (len % value_bytes(physical))
			return "its split bytes are no whole number of values";
		decoder->count = len / value_bytes(physical);
		return NULL;
	default:
		return "its encoding is none that gridpq reads";
	}
}

static uint32_t split_words(struct gpq_decoder *decoder, uint32_t n, int64_t *out)
{
	size_t width = value_bytes(decoder->physical);
	uint64_t room = decoder->count - decoder->index;
	uint32_t take = n < room ? n : (uint32_t)room;
	for (uint32_t i = 0; i < take; i++) {
		const uint8_t *byte = decoder->bytes + decoder->index + i;
		uint64_t value = 0;
		for (size_t k = 0; k < width; k++)
			value |= (uint64_t)byte[k * decoder->count] << (8 * k);
		out[i] = width == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
	}
	decoder->index += take;
	return take;
}

static uint32_t boolean_words(struct gpq_decoder *decoder, uint32_t n, int64_t *out)
{
	uint32_t done = 0;
	if (decoder->encoding == GPQ_ENCODING_PLAIN) {
		for (; done < n && decoder->index < (uint64_t)decoder->len * 8; done++, decoder->index++)
			out[done] = decoder->bytes[decoder->index >> 3] >> (decoder->index & 7) & 1;
		return done;
	}
	uint32_t bit = 0;
	while (done < n && gpq_hybrid_read(&decoder->hybrid, 1, &bit) == 1)
		out[done++] = bit;
	return done;
}

uint32_t gpq_decoder_words(struct gpq_decoder *decoder, uint32_t n, int64_t *out)
{
	if (decoder->physical == GPQ_PHYSICAL_BOOLEAN)
		return boolean_words(decoder, n, out);
	if (decoder->encoding == GPQ_ENCODING_BYTE_STREAM_SPLIT)
		return split_words(decoder, n, out);
	size_t width = value_bytes(decoder->physical), room = (decoder->len - decoder->at) / width;
	uint32_t take = n < room ? n : (uint32_t)room;
	const uint8_t *from = decoder->bytes + decoder->at;
	if (width == 8 && take)
		memcpy(out, from, (size_t)take * 8);
	for (uint32_t i = 0; width == 4 && i < take; i++) {
		int32_t value;
		memcpy(&value, from + 4 * (size_t)i, sizeof(value));
		out[i] = value;
	}
	decoder->at += take * width;
	return take;
}

uint32_t gpq_decoder_texts(struct gpq_decoder *decoder, uint32_t n, struct gpq_text *out)
{
	uint32_t done = 0;
	for (; done < n; done++) {
		uint32_t len;
		if (decoder->len - decoder->at < sizeof(len))
			break;
		memcpy(&len, decoder->bytes + decoder->at, sizeof(len));
		if (len > decoder->len - decoder->at - sizeof(len))
			break;
		out[done] = (struct gpq_text){ (const char *)decoder->bytes + decoder->at + sizeof(len), len };
		decoder->at += sizeof(len) + len;
	}
	return done;
}

uint32_t gpq_decoder_codes(struct gpq_decoder *decoder, uint32_t n, uint32_t *out)
{
	return gpq_hybrid_read(&decoder->hybrid, n, out);
}

size_t gpq_decoder_rest(const struct gpq_decoder *decoder)
{
	switch (decoder->encoding) {
	case GPQ_ENCODING_PLAIN:
		if (decoder->physical == GPQ_PHYSICAL_BOOLEAN)
			return decoder->len - (size_t)((decoder->index + 7) / 8);
		return decoder->len - decoder->at;
	case GPQ_ENCODING_BYTE_STREAM_SPLIT:
		return (size_t)(decoder->count - decoder->index) * value_bytes(decoder->physical);
	default:
		return decoder->hybrid.len - decoder->hybrid.at;
	}
}
