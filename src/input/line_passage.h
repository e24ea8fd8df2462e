/*
 * input/line_passage.h - a chunk on its way through the line parser: what its ways to take lines share.
 * Knows: the inside of line_parser.c and of the *_line.c and *_lines.c beside it.      Not: for others.
 *
 * A careful line is parsed field by field and may be anything. Regular lines are parsed column by column; whatever would
 * not be a row like those around it is left to the careful way, in its turn, so that both ways give the same.
 * What a line is depends on its feed: a row (regular_lines.c), one component of a row (component_lines.c), the hours of
 * a day (hour_lines.c), or a row of each product (product_lines.c).
 */
#ifndef GPQ_INPUT_LINE_PASSAGE_H
#define GPQ_INPUT_LINE_PASSAGE_H

#include "input/line_parser.h"
#include "input/repeats.h"
#include "input/line_times.h"
#include "input/location_cache.h"
#include "input/strip_gather.h"
#include "csv/scan.h"
#include "value/decimal.h"

#define GPQ_SPAN_BYTES    1024 /* fields that stand apart, put together for a cache */
#define GPQ_RUN_ROWS      256u /* regular lines at a time: text, index and rows stay close */
#define GPQ_FOOTER_LINES  8u   /* no feed has more */

enum line_kind {
	LINE_ROW,       /* a row of each output */
	LINE_COMPONENT, /* one cell, which the line names */
	LINE_HOURS,     /* one cell of each hour of a day */
	LINE_PRODUCTS,  /* a row of each product */
};

/* What the lines of a binding are, as the parser takes them. */
struct line_layout {
	enum line_kind kind;
	struct gpq_field_span time;  /* all that tell the instant, or are compared with it */
	struct gpq_field_span group; /* COMPONENT: all that is the same in the lines of one location and component */
	bool regular;                /* lines may be taken column by column */
};

/* What the group fields of the component line above say. */
struct component_group {
	char text[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES];
	uint32_t len;
	bool known;
	bool wanted;       /* its location is asked for */
	uint32_t location;
	int32_t version;
	uint32_t component; /* number in the feed's list */
};

struct gpq_line_parser {
	struct gpq_budget *budget;
	struct gpq_csv_scanner *scanner;
	struct gpq_location_cache *cache;
	struct gpq_value_kernels values;
	struct gpq_feed_binding bound;        /* what the caches are about; no feed: nothing */
	const struct gpq_zone *zone;
	struct line_layout layout;            /* of 'bound' */
	uint32_t batch_rows;
	struct gpq_batch batch[GPQ_BINDING_OUTPUTS];
	struct gpq_time_entry last;           /* the time text above; where lines have none, what 'day' is */
	bool day_known;
	int32_t day;
	struct gpq_time_entry times[GPQ_TIME_ENTRIES];
	struct component_group group;
	struct gpq_strip_gather gather;
	struct gpq_strips strips;             /* of output 'strips_output' */
	uint32_t strips_output;
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
	size_t piece_len;    /* of the line under way's piece, when it is taken carefully */
	const char *footer;  /* from here on lines may be a footer; the chunk's end: none */
	struct gpq_bad_line footers[GPQ_FOOTER_LINES]; /* lines that are, if no row comes behind them */
	uint32_t n_footers;
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

/* Why a line gives no row, and about which field (1-based; 0: the line). */
struct line_fault {
	enum gpq_reject reason;
	uint32_t field;
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

/* A field's bytes, quotes still on. */
static inline struct gpq_text line_raw(const struct line *line, uint32_t field)
{
	return gpq_csv_field(line->index, line->bytes, line->record, line->first_field + field);
}

/* A field's content, quotes off. */
static inline struct gpq_text line_field(struct gpq_line_parser *parser, struct line *line, uint32_t field)
{
	struct gpq_text text = line_raw(line, field);
	if (GPQ_LIKELY(!line->quotes) || !text.len || text.bytes[0] != '"')
		return text;
	char *scratch = parser->scratch + line->scratch_used;
	struct gpq_text content = gpq_csv_unquote(text, scratch, parser->scratch_bytes - line->scratch_used);
	if (content.bytes == scratch)
		line->scratch_used += content.len;
	return content;
}

static inline bool time_is(const struct gpq_time_entry *entry, struct gpq_text text)
{
	return entry->len == text.len && text.len && gpq_padded_equal_long(entry->text, text.bytes, text.len);
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

static inline struct gpq_text gpq_line_end_drop(struct gpq_text bytes)
{
	if (bytes.len && bytes.bytes[bytes.len - 1] == '\n')
		bytes.len--;
	if (bytes.len && bytes.bytes[bytes.len - 1] == '\r')
		bytes.len--;
	return bytes;
}

/* Whether the order of an input's lines tells something of their times. */
static inline bool gpq_order_matters(const struct gpq_feed_binding *binding)
{
	return binding->feed->repeats_by_order || binding->output[0]->tiles;
}

/* Where intervals follow each other, those of all locations count; who is asked for is seen to when they are known. */
static inline bool line_wanted(const struct passage *pass, uint32_t location)
{
	return pass->binding->output[0]->tiles || !pass->receiver->wants_location || pass->receiver->wants_location(pass->receiver->context, location);
}

/* The origin of the line whose first byte is 'bytes'. */
static inline uint64_t line_origin(const struct passage *pass, const char *bytes)
{
	return gpq_origin(pass->chunk->input, pass->chunk->byte + (uint64_t)(bytes - (const char *)pass->chunk->bytes));
}

/* ---- line_layout.c ---- */

struct line_layout gpq_line_layout_of(const struct gpq_feed_binding *binding);

/* gpq_line_span() gives the bytes that stand for a line's fields of 'span'; scattered ones are put together in 'apart', NULL
 * where they do not fit. */
struct gpq_text gpq_line_span(const struct line *line, const struct gpq_field_span *span,
                              char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES]);

/* ---- line_times.c ---- */

/* gpq_line_time() gives what the line's time fields say. Borrowed until the next call. */
const struct gpq_line_time *gpq_line_time(struct passage *pass, struct line *line);

/* gpq_line_time_find() gives what is known of a time text; NULL: nothing yet. */
static inline const struct gpq_line_time *gpq_line_time_find(const struct gpq_line_parser *parser, struct gpq_text text)
{
	const struct gpq_time_entry *entry = &parser->times[gpq_time_slot(text)];
	for (uint32_t way = 0; way < GPQ_TIME_WAYS; way++, entry++)
		if (time_is(entry, text))
			return &entry->time;
	return NULL;
}

/* gpq_line_hours() gives the instants of a day's hours ending 1 to 24; 0 where there is not just one. */
void gpq_line_hours(const struct gpq_zone *zone, int32_t day, uint32_t out_s[GPQ_HOURS_ACROSS]);

/* Whether the market's clock passes the beginning of an hour of a day twice. */
bool gpq_line_hour_is_twice(const struct gpq_zone *zone, int32_t day, uint32_t hour);

/* ---- careful_line.c ---- */

/* gpq_careful_line_take() takes one record, whatever it is. Errors: those of gpq_line_parser_chunk(). */
GPQ_MUST_USE enum gpq_status gpq_careful_line_take(struct passage *pass, const struct piece *piece, uint32_t record);

/* gpq_careful_cell_reject() rejects one number of a line whose other numbers are rows. */
GPQ_MUST_USE enum gpq_status gpq_careful_cell_reject(struct passage *pass, struct line *line, enum gpq_reject reason, uint32_t field);

/* gpq_careful_footers_count() ends a chunk: lines at its end that are no rows, as the feed allows, are decoration. */
void gpq_careful_footers_count(struct passage *pass);

/* gpq_careful_market() says whether the line's market run is one of the feed's, where the feed has any. */
struct line_fault gpq_careful_market(const struct passage *pass, struct line *line);

/* gpq_careful_component() finds which of the feed's components the line names. */
struct line_fault gpq_careful_component(const struct passage *pass, struct line *line, uint32_t *out_component);

/* gpq_careful_version() reads the line's revision, where the feed has them. */
struct line_fault gpq_careful_version(const struct passage *pass, struct line *line, int32_t *out_version);

/* gpq_careful_location() gives the code of the line's location, from the cache or entering it. */
GPQ_MUST_USE enum gpq_status gpq_careful_location(struct passage *pass, struct line *line, uint32_t *out_code,
                                                  struct line_fault *out_fault);

/* gpq_careful_repeat() keeps a row whose pass of a repeated hour the order of lines will tell, with its line. False where there is no
 * room. */
bool gpq_careful_repeat(struct passage *pass, struct line *line, struct gpq_repeat *held);

/* gpq_careful_product() gives the code of the line's location with what the header says of 'product'. */
GPQ_MUST_USE enum gpq_status gpq_careful_product(struct passage *pass, struct line *line, const struct gpq_product_fields *product,
                                                 uint32_t *out_code);

/* gpq_location_text() gives the bytes that stand for the line's location in the cache, as gpq_line_span() does. */
struct gpq_text gpq_location_text(const struct passage *pass, const struct line *line,
                                  char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES]);

/* Lines by what they are: one that is whole and has as many fields as it should. */
GPQ_MUST_USE enum gpq_status gpq_component_line_take(struct passage *pass, struct line *line, uint64_t origin,
                                                     struct line_fault *out_fault);
GPQ_MUST_USE enum gpq_status gpq_hour_line_take(struct passage *pass, struct line *line, uint64_t origin,
                                                struct line_fault *out_fault);
GPQ_MUST_USE enum gpq_status gpq_product_line_take(struct passage *pass, struct line *line, uint64_t origin,
                                                   struct line_fault *out_fault);

/*
 * gpq_regular_lines_take(), and for the other kinds gpq_component_lines_take() and gpq_hour_lines_take(), take records from
 * 'record' on as long as they are rows without any question.
 *   out_taken   how many those are, maybe none
 *   out_odd     the one behind them needs care; else there may be more regular ones, or the piece ends
 */
GPQ_MUST_USE enum gpq_status gpq_regular_lines_take(struct passage *pass, const struct piece *piece, uint32_t record,
                                                    uint32_t *out_taken, bool *out_odd);
GPQ_MUST_USE enum gpq_status gpq_component_lines_take(struct passage *pass, const struct piece *piece, uint32_t record,
                                                      uint32_t *out_taken, bool *out_odd);
GPQ_MUST_USE enum gpq_status gpq_hour_lines_take(struct passage *pass, const struct piece *piece, uint32_t record,
                                                 uint32_t *out_taken, bool *out_odd);

/* gpq_careful_row_reject() tells of a line that has given a row, which cannot be used after all. */
GPQ_MUST_USE enum gpq_status gpq_careful_row_reject(struct passage *pass, uint64_t origin, enum gpq_reject reason);

/* ---- tile_rows.c: rows whose intervals follow each other ---- */

/* gpq_tile_rows_give() gives those of output 0, whose starts are their ends until now (but for lines that are several rows), in
 * their order. */
GPQ_MUST_USE enum gpq_status gpq_tile_rows_give(struct passage *pass);

/* gpq_tile_pass() notes, behind the rows above, a stamp of a repeated hour; see gpq_succession_pass(). */
GPQ_MUST_USE enum gpq_status gpq_tile_pass(struct passage *pass, uint32_t location, const struct gpq_line_time *time,
                                           uint32_t *out_before_s);

/* gpq_tile_begin() notes the stamp of a line that is several rows, of which none is in the batch, and says where its interval begins;
 * see gpq_succession_start(). */
GPQ_MUST_USE enum gpq_status gpq_tile_begin(struct passage *pass, uint32_t location, uint32_t end_s, uint32_t *out_start_s,
                                            bool *out_known);

/* gpq_tile_note() notes likewise the stamp of a line that gives no row. */
GPQ_MUST_USE enum gpq_status gpq_tile_note(struct passage *pass, uint32_t location, uint32_t end_s);

/* ---- line_parser.c: what is handed on ---- */

/* gpq_line_batch_give() hands the rows of an output to the receiver, if there are any; gpq_line_strips_give() the strips. */
GPQ_MUST_USE enum gpq_status gpq_line_batch_give(struct passage *pass, uint32_t output);
GPQ_MUST_USE enum gpq_status gpq_line_strips_give(struct passage *pass);

/* gpq_line_strips_room() sees to it that a strip of 'places' fits behind those of 'output' in the parser's strips. */
GPQ_MUST_USE enum gpq_status gpq_line_strips_room(struct passage *pass, uint32_t output, uint32_t places);

/* gpq_line_cell_put() adds a cell that is not null: to the strip that is gathered, or, where the receiver takes no strips, as
 * a row. */
GPQ_MUST_USE enum gpq_status gpq_line_cell_put(struct passage *pass, const struct gpq_strip_key *key, uint32_t start_s,
                                               int64_t cell, uint64_t origin);

/* gpq_line_strip_end() hands on the strip that is gathered, if there is one. */
GPQ_MUST_USE enum gpq_status gpq_line_strip_end(struct passage *pass);

#endif
