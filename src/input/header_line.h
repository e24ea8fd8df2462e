/*
 * input/header_line.h - a line near the top of an input, split into names: maybe a header, maybe what stands above one.
 * Memory: none but the line's own; 'names' stand in 'scratch'.      Threads: one line, one thread.
 */
#ifndef GPQ_INPUT_HEADER_LINE_H
#define GPQ_INPUT_HEADER_LINE_H

#include "input/feed_binding.h"
#include "csv/scan.h"

#define GPQ_HEAD_MAX_HEADER 4096

/* The first bytes of an input; GPQ_CSV_PADDING more can be read. */
struct gpq_first_bytes {
	const uint8_t *bytes;
	size_t len;
	bool all; /* nothing comes behind them */
};

struct gpq_header_line {
	struct gpq_text text;                /* without BOM and line end; Borrows from the first bytes */
	size_t begin, end;                   /* in the first bytes; 'end' is where the next line begins */
	uint32_t blank_lines;                /* between where it was looked for and 'begin' */
	bool bom, crlf, quoted;
	struct gpq_text names[GPQ_BINDING_MAX_FIELDS + 1]; /* one more than there may be tells that there are too many */
	uint32_t n_names;
	char scratch[GPQ_HEAD_MAX_HEADER + 64];
};

/*
 * gpq_header_line_read() takes the first line from 'from' on that is not blank. False, with the blank lines counted, where
 * none ends within the bytes, or where it is longer than GPQ_HEAD_MAX_HEADER.
 */
bool gpq_header_line_read(struct gpq_csv_scanner *scanner, uint32_t cpu_features, const struct gpq_first_bytes *first,
                          size_t from, struct gpq_header_line *out);

#endif
