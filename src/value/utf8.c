// SPDX-License-Identifier: MIT
#include "value/utf8.h"
#include "value/decimal.h"

#define NBSP_LEAD '\xC2' /* U+00A0 is C2 A0 */
#define NBSP_TAIL '\xA0'

struct gpq_text gpq_value_trim(struct gpq_text text)
{
	const char *p = text.bytes, *end = p ? p + text.len : p;
	while (p < end) {
		if (*p == ' ' || *p == '\t')
			p++;
		else if (*p == NBSP_LEAD && end - p >= 2 && p[1] == NBSP_TAIL)
			p += 2;
		else
			break;
	}
	while (p < end) {
		if (end[-1] == ' ' || end[-1] == '\t')
			end--;
		else if (end[-1] == NBSP_TAIL && end - p >= 2 && end[-2] == NBSP_LEAD)
			end -= 2;
		else
			break;
	}
	return p < end ? (struct gpq_text){ p, (uint32_t)(end - p) } : (struct gpq_text){ NULL, 0 };
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* How many bytes from 'p' on are ASCII: whole pieces of 64 bytes, simple enough for the compiler's own SIMD, then
 * words, then bytes. */
static size_t ascii_len(const unsigned char *p, const unsigned char *end)
{
	const unsigned char *begin = p;
	for (; end - p >= 64; p += 64) {
		uint64_t words[8], any = 0;
		memcpy(words, p, sizeof(words));
		for (int i = 0; i < 8; i++)
			any |= words[i];
		if (any & HIGH_BITS)
			break;
	}
	for (; end - p >= 8; p += 8) {
		uint64_t word;
		memcpy(&word, p, sizeof(word));
		if (word & HIGH_BITS)
			break;
	}
	while (p < end && *p < 0x80)
		p++;
	return (size_t)(p - begin);
}

static bool is_tail(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/* The length of the well-formed sequence of two bytes or more at 'p' (RFC 3629 section 4), 0 where there is none. */
static size_t sequence_len(const unsigned char *p, const unsigned char *end)
{
	unsigned lead = p[0];
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if ((size_t)(end - p) < len || !is_tail(p[1]))
		return 0;
	/* the second byte excludes overlong forms, surrogates and what is beyond U+10FFFF */
	if ((lead == 0xE0 && p[1] < 0xA0) || (lead == 0xED && p[1] > 0x9F) || (lead == 0xF0 && p[1] < 0x90) ||
	    (lead == 0xF4 && p[1] > 0x8F))
		return 0;
	for (size_t i = 2; i < len; i++)
		if (!is_tail(p[i]))
			return 0;
	return len;
}

bool gpq_value_is_utf8(const char *bytes, size_t len)
{
	if (!len)
		return true;
	const unsigned char *p = (const unsigned char *)bytes, *end = p + len;
	for (p += ascii_len(p, end); p < end; p += ascii_len(p, end)) {
		do {
			size_t step = sequence_len(p, end);
			if (!step)
				return false;
			p += step;
		} while (p < end && *p >= 0x80);
	}
	return true;
}

bool gpq_value_voltage(struct gpq_text text, unsigned scale, int64_t *out)
{
	struct gpq_text number = gpq_value_trim(text);
	bool has_unit =
	    number.len >= 2 && (number.bytes[number.len - 2] | 32) == 'k' && (number.bytes[number.len - 1] | 32) == 'v';
	if (has_unit)
		number = gpq_value_trim((struct gpq_text){ number.bytes, number.len - 2 });
	int64_t cell;
	if (gpq_value_cell(number, scale, &cell) != GPQ_REJECT_NONE || (has_unit && cell == GPQ_CELL_NULL)) {
		*out = GPQ_CELL_NULL;
		return false;
	}
	*out = cell;
	return true;
}
