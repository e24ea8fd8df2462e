// SPDX-License-Identifier: MIT
/* PLAIN: little-endian words back to back, booleans as bits, texts behind their lengths. */
#include "parquet/encode.h"

#include <assert.h>

size_t gpq_plain_width(enum gpq_type type)
{
	switch (type) {
	case GPQ_TYPE_INT32:
	case GPQ_TYPE_DATE:
		return 4;
	case GPQ_TYPE_TIMESTAMP_UTC:
	case GPQ_TYPE_TIMESTAMP_LOCAL:
	case GPQ_TYPE_DOUBLE:
		return 8;
	case GPQ_TYPE_BOOLEAN:
	case GPQ_TYPE_STRING:
		break;
	}
	return 0;
}

/* One body for words as they stand and for words by code; 'WORD' names the i-th. */
#define PLAIN_BODY(WORD)                                                                                               \
	do {                                                                                                           \
		switch (type) {                                                                                        \
		case GPQ_TYPE_INT32:                                                                                   \
		case GPQ_TYPE_DATE:                                                                                    \
			for (uint32_t i = 0; i < n; i++) {                                                             \
				int32_t word = (int32_t)(WORD);                                                        \
				memcpy(out + (size_t)i * 4, &word, 4);                                                 \
			}                                                                                              \
			return (size_t)n * 4;                                                                          \
		case GPQ_TYPE_TIMESTAMP_UTC:                                                                           \
		case GPQ_TYPE_TIMESTAMP_LOCAL:                                                                         \
			for (uint32_t i = 0; i < n; i++) {                                                             \
				int64_t word = (WORD);                                                                 \
				memcpy(out + (size_t)i * 8, &word, 8);                                                 \
			}                                                                                              \
			return (size_t)n * 8;                                                                          \
		case GPQ_TYPE_DOUBLE:                                                                                  \
			for (uint32_t i = 0; i < n; i++) {                                                             \
				double word = gpq_cell_to_double((WORD), scale);                                       \
				memcpy(out + (size_t)i * 8, &word, 8);                                                 \
			}                                                                                              \
			return (size_t)n * 8;                                                                          \
		case GPQ_TYPE_BOOLEAN:                                                                                 \
			memset(out, 0, ((size_t)n + 7) / 8);                                                           \
			for (uint32_t i = 0; i < n; i++)                                                               \
				out[i / 8] |= (uint8_t)((WORD) << (i % 8));                                            \
			return ((size_t)n + 7) / 8;                                                                    \
		case GPQ_TYPE_STRING:                                                                                  \
			break;                                                                                         \
		}                                                                                                      \
		assert(!"texts are no words");                                                                         \
		return 0;                                                                                              \
	} while (0)

size_t gpq_plain_words(enum gpq_type type, const int64_t *words, uint32_t n, unsigned scale, uint8_t *out)
{
	if (type == GPQ_TYPE_DOUBLE) {
		gpq_plain_doubles(words, n, scale, out);
		return (size_t)n * 8;
	}
	PLAIN_BODY(words[i]);
}

size_t gpq_plain_coded_words(enum gpq_type type, const int64_t *words, const uint32_t *codes, uint32_t n,
			     unsigned scale, uint8_t *out)
{
	PLAIN_BODY(words[codes[i]]);
}

size_t gpq_plain_text(struct gpq_text text, uint8_t *out)
{
	memcpy(out, &text.len, 4);
	memcpy(out + 4, text.bytes, text.len);
	return 4 + (size_t)text.len;
}
