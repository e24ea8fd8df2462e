/*
 * A text in a block of its own, followed by exactly GPQ_VALUE_PADDING bytes that would change a number if they were
 * read as part of it: a sanitizer sees any read beyond.
 */
#ifndef GPQ_TEST_VALUE_PADDED_H
#define GPQ_TEST_VALUE_PADDED_H

#include "value/decimal.h"

#include <stdlib.h>
#include <string.h>

struct padded {
	char *block;
	struct gpq_text text;
};

static inline struct padded padded_bytes(const char *bytes, size_t len)
{
	static const char after[4] = { '9', '.', '0', ',' };
	static unsigned turn;
	char *block = malloc(len + GPQ_VALUE_PADDING);
	if (len)
		memcpy(block, bytes, len);
	memset(block + len, after[turn++ & 3], GPQ_VALUE_PADDING);
	return (struct padded){ block, { block, (uint32_t)len } };
}

static inline struct padded padded_of(const char *text)
{
	return padded_bytes(text, strlen(text));
}

#endif
