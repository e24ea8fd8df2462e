/*
 * input/head_look.h - one input being looked at: what the parts of recognition share.
 * Knows: the inside of head.c, head_tables.c, head_choice.c, head_pulse.c.      Not: for others.
 */
#ifndef GPQ_INPUT_HEAD_LOOK_H
#define GPQ_INPUT_HEAD_LOOK_H

#include "input/head.h"
#include "csv/scan.h"
#include "input/member_source.h"
#include "input/preamble.h"
#include "value/zone.h"

#define GPQ_TAIL_BYTES    ((size_t)16 << 10)
#define GPQ_PREAMBLE_MAX  8u /* lines above a header, at most, of any feed */

/* Feels through whole records: instants in the order they come, as written. */
struct pulse {
	int field;                     /* that tells them; -1: none does */
	enum gpq_role role;            /* START_UTC, START_LOCAL, END_UTC, END_LOCAL, DATE */
	int hour_field, interval_field; /* beside a date: the hour that ends and the interval in it; -1: none */
	uint32_t interval_s;
	uint32_t first_s, last_s, step_s;
	uint32_t least_s, most_s;
	bool falls, repeats;           /* an instant is earlier than the one above; two lines share an instant */
	bool step_only;
	bool off_hour, off_quarter;    /* an instant is */
};

/* Files of one feed come one after the other: what the header of the file before was found to be counts for an equal one. */
struct known_header {
	char text[GPQ_HEAD_MAX_HEADER];
	uint32_t len;
	bool bound;
	const struct gpq_feed *felt;      /* the feed that 'pulse' is for; NULL: none */
	struct pulse pulse;               /* its columns */
	struct gpq_candidates candidates; /* not empty where 'len' is not 0 */
	struct gpq_feed_binding binding;  /* where bound, to its feed */
};

struct gpq_head {
	struct gpq_budget *budget;
	struct gpq_csv_scanner *scanner;
	struct gpq_member_opener opener;
	struct gpq_zone *zone;       /* of the market below; NULL: none was needed yet */
	const struct gpq_market *zone_market;
	uint32_t cpu_features;
	struct gpq_header_line line, second; /* the header lines under way */
	struct known_header known;
	uint8_t bytes[GPQ_HEAD_BYTES + GPQ_CSV_PADDING];
	uint8_t tail[GPQ_TAIL_BYTES + GPQ_CSV_PADDING];
};

struct look {
	struct gpq_head *head;
	const char *path;
	const char *name;                           /* "file.csv", "file.zip!inner.zip!member.csv" */
	const char *base;                           /* its last part */
	struct gpq_address address;
	struct gpq_head_facts *facts;
	struct gpq_source *source;
	struct gpq_first_bytes first;               /* in head->bytes */
	struct gpq_text above[GPQ_PREAMBLE_MAX];    /* lines above the header; Borrows from head->bytes */
	uint32_t n_above;
	struct gpq_preamble preamble;               /* what they say */
	struct gpq_candidates candidates;
	uint32_t ends_before_s;                     /* stamps are ends: taken off the facts' first_s and last_s */
	bool goes_on;                               /* 'first' is its begin, and it is short: it seems to be of its one instant to the end */
};

/* ---- head_tables.c: headers and bindings ---- */

struct assumption {
	char pattern[256];
	struct gpq_candidates candidates;
	const char *target;
};

/* Notes what an input is, or why it is nothing, as a status and a sentence. */
void gpq_head_say(struct gpq_head_facts *facts, enum gpq_status status, const char *sentence);

/* What is known of a header line, or NULL. */
struct known_header *gpq_head_known(struct look *look, struct gpq_text text);

/*
 * Finds the header by its text: the first line that some feed ('wanted', where that is not NULL) has as its header, with no more
 * lines above it than that feed allows. Sets the candidates, and the first table but for its binding. False where there is none:
 * then the first line is taken for it, as far as there is a line at all ('*out_line').
 */
bool gpq_head_find(struct look *look, const struct gpq_feed *wanted, bool *out_line);

/* Takes the input for one without a header line: the assumed feed's own columns, as many as the first line has (RULES 1). False
 * where no assumed feed has so many. */
bool gpq_head_take_headerless(struct look *look, const struct assumption *assumption);

/* Binds the tables to the one candidate that is left, finding the second one's header where the feed has such. Facts say what
 * fails. */
void gpq_head_bind_tables(struct look *look);

/* ---- head_pulse.c: what the data lines say ---- */

/* Instants of the lines in the head and, of a plain file, of its tail: facts first_s, last_s, ordered.
 * Errors: those of reading, GPQ_E_SYSTEM where the market's clock is not there. */
GPQ_MUST_USE enum gpq_status gpq_head_data_look(struct look *look, struct gpq_error *err);

/* Whether lines near the top share one instant, of a feed that the header alone tells: then those below seem to, too. */
bool gpq_head_goes_on(struct look *look);

/* The step between the first two instants, searched behind the head too: overwrites the head's bytes. */
GPQ_MUST_USE enum gpq_status gpq_head_step_look(struct look *look, struct pulse *pulse, struct gpq_error *err);

/* The first data line's text in the column of a role of the first candidate; null where there is none. Unquoted into
 * 'scratch'. */
struct gpq_text gpq_head_first_text(struct look *look, enum gpq_role role, char *scratch, size_t cap);

/* ---- head_choice.c: which of several feeds ---- */

/* Whether one of the --assume texts is for this input. */
bool gpq_head_assume_find(const struct look *look, struct gpq_texts assume, struct assumption *out);

/* Narrows several candidates down: content first, then --assume, then names (RULES 1). 'assumption' may be NULL. Must come last:
 * it may overwrite the head's bytes. */
GPQ_MUST_USE enum gpq_status gpq_head_choose(struct look *look, const struct assumption *assumption,
                                             struct gpq_error *err);

#endif
