/*
 * input/line_times.h - the time fields of a line to what they mean, worked out once for each text.
 *
 * The texts of all time fields of a line stand for one result: an instant, or the reason that it is none. The text above is
 * looked at first; a table of texts serves files whose instants come in no order, hour by hour over and over.
 * Memory: fixed, in the parser.      Threads: those of the parser.
 */
#ifndef GPQ_INPUT_LINE_TIMES_H
#define GPQ_INPUT_LINE_TIMES_H

#include "table/reject.h"
#include "table/text.h"

#define GPQ_TIME_BYTES   96   /* CAISO's four time fields are 65 bytes; longer texts are read each time */
#define GPQ_TIME_ENTRIES 512u /* a power of two above the intervals of a day */
#define GPQ_TIME_WAYS    4u   /* places that a text may have, one behind the other */

struct gpq_line_time {
	uint32_t start_s; /* of the interval; where hours stand across, of hour ending 1; its end where intervals follow each other */
	uint32_t place;   /* 'start_s' in intervals of the output */
	uint8_t told;      /* 1, 2: which pass 'start_s' and 'second_s' is meant, where intervals follow each other; else 0 */
	bool marked;       /* second pass of a repeated hour, as the line says, of a feed that may leave it to the order of lines */
	uint32_t second_s; /* of the same in the second pass of a repeated hour, where the line does not tell which; else 0 */
	int32_t day;      /* hours across: the delivery date, days since 1970-01-01 */
	uint16_t field;   /* that the reason is about, 1-based */
	uint8_t reason;   /* enum gpq_reject; where it is not NONE, nothing but 'field' counts */
	uint8_t output;   /* of feeds by length: the one that the line belongs to; else 0 */
	bool warns;       /* a column that is compared says something else */
	bool even;        /* hours across: one behind the other, as on nearly every day */
};

/* A text and what it means. */
struct gpq_time_entry {
	struct gpq_line_time time;
	uint32_t len; /* 0: none */
	char text[GPQ_TIME_BYTES + GPQ_PADDED_BYTES];
};

/* The fields of a line that are taken as one text. */
struct gpq_field_span {
	uint16_t fields[11]; /* in their order */
	uint8_t count;
	bool together;      /* the text from the first to the last stands for them */
};

#define GPQ_TIME_TELLING 24u /* bytes at a text's begin, which with its last 8 tell times apart: nearly always a stamp's */

static inline uint64_t gpq_time_word(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, 8);
	return word ^ word >> 29;
}

/* The first place that the entry of 'text' may have, a multiple of GPQ_TIME_WAYS; GPQ_PADDED_BYTES readable bytes follow the text. */
static inline uint32_t gpq_time_slot(struct gpq_text text)
{
	const uint64_t *factor = (const uint64_t[]){ 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93 };
	uint64_t hash = text.len * UINT64_C(0x9E3779B97F4A7C15);
	uint32_t at = 0;
	/* Products that do not wait for each other. */
	for (; at + 8 <= text.len && at < GPQ_TIME_TELLING; at += 8)
		hash += gpq_time_word(text.bytes + at) * *factor++;
	if (at < text.len) {
		uint64_t word;
		if (text.len < 8) {
			memcpy(&word, text.bytes, 8);
			word <<= 8 * (8 - text.len);
		} else {
			memcpy(&word, text.bytes + text.len - 8, 8);
		}
		hash += (word ^ word >> 29) * *factor;
	}
	hash ^= hash >> 32;
	return (uint32_t)(hash * UINT64_C(0x9E3779B97F4A7C15) >> 40) & (GPQ_TIME_ENTRIES - GPQ_TIME_WAYS);
}

#endif
