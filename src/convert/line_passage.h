/*
 * convert/line_passage.h - a chunk on its way through the line parser: what its two ways to take lines share.
 * Knows: the inside of line_parser.c, careful_line.c, regular_lines.c.      Not: for others.
 *
 * A careful line is parsed field by field and may be anything. Regular lines are parsed column by column; whatever would
 * not be a row like those around it is left to the careful way, in its turn, so that both ways give the same.
 */
#ifndef GPQ_CONVERT_LINE_PASSAGE_H
#define GPQ_CONVERT_LINE_PASSAGE_H

#include "convert/line_parser.h"
#include "convert/location_cache.h"
#include "csv/scan.h"
#include "value/decimal.h"

#define GPQ_STAMP_BYTES   40   /* the longest spelling is 32 bytes */
#define GPQ_SPAN_BYTES    1024 /* location fields that stand apart, put together for the cache */
#define GPQ_RUN_ROWS      256u /* regular lines at a time: text, index and rows stay close */

/* The text of a stamp as it last stood; what came of it is in the parser. */
struct seen_stamp {
	char text[GPQ_STAMP_BYTES + GPQ_PADDED_BYTES];
	uint32_t len;
	bool known;
};

struct gpq_line_parser {
	struct gpq_budget *budget;
	struct gpq_csv_scanner *scanner;
	struct gpq_location_cache *cache;
	struct gpq_value_kernels values;
	uint64_t cache_signature;
	uint32_t batch_rows;
	struct gpq_batch batch[GPQ_BINDING_OUTPUTS];
	struct seen_stamp start, local;
	uint32_t start_s;
	bool local_differs;
	bool careful_only;                    /* tests: take no line as a regular one */
	uint32_t run_rows;                    /* how many lines to try at a time: few where few are regular */
	uint32_t last_ends[2 * GPQ_RUN_ROWS]; /* of texts that end with their record, without CR */
	bool keep[GPQ_BINDING_OUTPUTS][GPQ_RUN_ROWS];
	char *scratch;                        /* unquoted fields, and padding */
	size_t scratch_bytes;                 /* without the padding */
};

/* One chunk on its way through the parser. */
struct passage {
	struct gpq_line_parser *parser;
	const struct gpq_input_chunk *chunk;
	const struct gpq_feed_binding *binding;
	const struct gpq_zone *zone;
	struct gpq_text header;
	const struct gpq_line_receiver *receiver;
	struct gpq_line_counts *counts;
	uint32_t *last_start_s;
	bool careful;        /* some line holds a NUL or is not UTF-8: look at each */
	const char *counted; /* lines are counted up to here, for rejects */
	uint64_t counted_line;
	struct gpq_error *err;
};

/* Whole records that the scanner has indexed. */
struct piece {
	const uint8_t *bytes;
	size_t len;
	struct gpq_csv_index index;
};

/* A record of a piece. */
struct line {
	const uint8_t *bytes; /* the piece */
	const struct gpq_csv_index *index;
	uint32_t record, first_field, n_fields;
	bool quotes;
	size_t scratch_used;
};

static inline struct line line_of(const struct piece *piece, uint32_t record)
{
	return (struct line){
		.bytes = piece->bytes,
		.index = &piece->index,
		.record = record,
		.first_field = piece->index.records[record],
		.n_fields = piece->index.records[record + 1] - piece->index.records[record],
		.quotes = piece->index.has_quotes,
	};
}

static inline bool stamp_seen(const struct seen_stamp *seen, struct gpq_text text)
{
	return seen->known && seen->len == text.len && gpq_padded_equal(seen->text, text.bytes, text.len);
}

/* Nearly every revision is one digit. */
static inline enum gpq_reject line_version(struct gpq_text text, int32_t *out)
{
	if (GPQ_LIKELY(text.len == 1 && text.bytes[0] >= '0' && text.bytes[0] <= '9')) {
		*out = text.bytes[0] - '0';
		return GPQ_REJECT_NONE;
	}
	return gpq_value_whole(text, GPQ_VERSION_NONE, out);
}

/* gpq_careful_line_take() takes one record, whatever it is. Errors: those of gpq_line_parser_chunk(). */
GPQ_MUST_USE enum gpq_status gpq_careful_line_take(struct passage *pass, const struct piece *piece, uint32_t record);

/* gpq_careful_location() gives the bytes that stand for the line's location in the cache; scattered fields are put together
 * in 'apart', NULL where they do not fit. */
struct gpq_text gpq_careful_location(const struct passage *pass, const struct line *line,
                                     char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES]);

/*
 * gpq_regular_lines_take() takes records from 'record' on as long as they are rows without any question.
 *   out_taken   how many those are, maybe none
 *   out_odd     the one behind them needs care; else there may be more regular ones, or the piece ends
 */
GPQ_MUST_USE enum gpq_status gpq_regular_lines_take(struct passage *pass, const struct piece *piece, uint32_t record,
                                                    uint32_t *out_taken, bool *out_odd);

/* gpq_line_batch_give() hands the rows of an output to the receiver, if there are any. */
GPQ_MUST_USE enum gpq_status gpq_line_batch_give(struct passage *pass, uint32_t output);

#endif
