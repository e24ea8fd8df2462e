/*
 * input/line_parser.h - lines of an input to partial rows: the one place where fields meet values.
 *
 * Takes whole records of one input (a chunk), gives batches of partial rows by output dataset, and tells of lines that give
 * none. Lines like those around them are taken column by column, others one by one (line_passage.h). What was seen before is
 * not parsed again: equal times are one comparison (line_times.h), an equal location sequence too (location_cache.h). Lines
 * that tell one cell each, or one of each hour, come as strips (strip_gather.h).
 * Memory: gpq_line_parser_need(), taken at open.      Threads: one parser, one thread.
 */
#ifndef GPQ_INPUT_LINE_PARSER_H
#define GPQ_INPUT_LINE_PARSER_H

#include "input/catalogue.h"
#include "input/feed_binding.h"
#include "csv/scan.h"
#include "table/batch.h"
#include "table/locations.h"
#include "table/reject.h"
#include "table/strip.h"
#include "value/zone.h"

/* A line that gives no row, or one number of a line that gives none. */
struct gpq_bad_line {
	enum gpq_reject reason;
	uint64_t byte;         /* of its first byte in the decompressed input */
	uint64_t line;         /* 1-based */
	uint32_t field;        /* 1-based; 0: the line as a whole */
	struct gpq_text bytes; /* with its line end; Borrows until the call returns */
	struct gpq_text value; /* what the field held */
	bool cell_only;        /* the line's other numbers are rows */
};

struct gpq_input_chunk;
struct gpq_repeats;
struct gpq_succession;

/* Where a parser's results go. Calls come on the parser's thread; a failure ends the parse with its status. */
struct gpq_line_receiver {
	void *context;
	struct gpq_locations *locations; /* where location tuples are entered */
	/* Rows of output 'output' of the binding; the batch is emptied afterwards. */
	enum gpq_status (*rows)(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err);
	enum gpq_status (*bad_line)(void *context, const struct gpq_bad_line *line, struct gpq_error *err);
	/* Whether rows of a location are asked for; NULL: all are. */
	bool (*wants_location)(void *context, uint32_t code);
	/* As 'rows', but strips, of feeds whose lines give one cell of a row, or one of each hour; NULL: they come as rows. */
	enum gpq_status (*strips)(void *context, uint32_t output, struct gpq_strips *strips, struct gpq_error *err);
	/* Where rows of a repeated hour wait for the input's end, of feeds that tell it by order; NULL: they are rejected. */
	struct gpq_repeats *repeats;
	/* Of datasets whose intervals follow each other; the chunks of an input then come in their order, one by one. */
	struct gpq_succession *succession;
	/* Called before each row that waited, with its line, for which the chunk of the other rows is the wrong one; may be NULL. */
	void (*waited)(void *context, const struct gpq_input_chunk *line);
};

struct gpq_line_parser;

/* Rows of a batch at most; so many that handing them on costs nothing, so few that they stay in the cache. */
#define GPQ_LINE_BATCH_ROWS 1024u
#define GPQ_LINE_STRIPS       512u
#define GPQ_LINE_STRIP_CELLS 8192u /* a chunk of MISO has some 20,000 */

/* 'max_record_bytes': no record that the parser is given is longer; of more than GPQ_CSV_MAX_RECORD_BYTES, none is parsed. */
size_t gpq_line_parser_need(size_t max_record_bytes);
GPQ_MUST_USE enum gpq_status gpq_line_parser_open(struct gpq_budget *budget, uint32_t cpu_features,
                                                  uint32_t batch_rows, size_t max_record_bytes,
                                                  struct gpq_line_parser **out, struct gpq_error *err);
void gpq_line_parser_close(struct gpq_line_parser *parser);

/* gpq_line_parser_forget() forgets the locations seen: another catalogue comes. */
void gpq_line_parser_forget(struct gpq_line_parser *parser);

/* A piece of one input: whole records. */
struct gpq_input_chunk {
	const uint8_t *bytes; /* followed by GPQ_CSV_PADDING readable bytes */
	size_t len;
	uint64_t byte;        /* of bytes[0] in the decompressed input */
	uint64_t first_line;  /* of bytes[0], 1-based */
	uint32_t input;
	struct gpq_csv_traits traits; /* of these bytes at least */
	struct gpq_text other_header; /* of the input's other table, without line end: it is decoration too. May be null */
	uint32_t footer_lines; /* at its end, blank ones not counted, at most so many lines may be no rows: the input ends there */
};

/* How many partial rows a data line is, also where it is rejected or blank (RULES 14). */
static inline uint32_t gpq_line_parts(const struct gpq_feed_binding *binding)
{
	if (binding->n_products)
		return binding->n_products;
	return binding->hours_count ? binding->hours_count : binding->feed->by_length ? 1 : binding->n_outputs;
}

/*
 * gpq_line_parser_chunk() parses a chunk and adds what it counts to '*counts'.
 *   binding  of the input's header      zone    the market's clock
 *   header   the header line's bytes without line end: a repeat of it is decoration
 *   out_last_start_s   start of the chunk's last row, 0 where it has none
 * Errors: those of the receiver, GPQ_E_BUDGET (too many locations).
 */
GPQ_MUST_USE enum gpq_status gpq_line_parser_chunk(struct gpq_line_parser *parser, const struct gpq_input_chunk *chunk,
                                                   const struct gpq_feed_binding *binding, const struct gpq_zone *zone,
                                                   struct gpq_text header, const struct gpq_line_receiver *receiver,
                                                   struct gpq_line_counts *counts, uint32_t *out_last_start_s,
                                                   struct gpq_error *err);

/* The start of a line's interval from its stamp: seconds since 1970, or a reason. */
enum gpq_reject gpq_line_start(struct gpq_text stamp, uint32_t *out_start_s);

#endif
