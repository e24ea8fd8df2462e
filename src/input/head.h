/*
 * input/head.h - what an input is, from its first bytes and its last: recognition (RULES 1 and 2).
 * Memory: gpq_head_need(), taken at open, and an opener's readers once it looks at a member (gpq_member_opener_need()); one head
 * reads one input after the other.      Threads: one head, one thread.
 */
#ifndef GPQ_INPUT_HEAD_H
#define GPQ_INPUT_HEAD_H

#include "input/catalogue.h"
#include "input/header_line.h"
#include "input/members.h"
#include "io/source.h"

#define GPQ_HEAD_BYTES  ((size_t)64 << 10)
#define GPQ_HEAD_TABLES 2

/*
 * One table of an input: lines of decoration, a header, data lines. Most inputs have one. Where a feed has a second below it
 * (gpq_feed.second_columns), both headers stand within the head:
 *
 *     0                 first_byte of tables[0]: titles, dates, blank lines, the header
 *     tables[0].data_byte      data lines, read by tables[0].binding
 *     tables[1].first_byte     blank lines, titles, the second header: where the first table's data lines end
 *     tables[1].data_byte      data lines to the input's end, read by tables[1].binding
 */
struct gpq_head_table {
	struct gpq_feed_binding binding;
	char header[GPQ_HEAD_MAX_HEADER]; /* the header line, without BOM and line end: repeated below, it is decoration */
	uint32_t header_len;              /* 0: the input has none, --assume gives its columns */
	uint32_t first_byte, data_byte;   /* see above */
	uint32_t header_lines;            /* between them: those that are not blank */
	uint32_t blank_lines;             /* likewise: blank ones */
};

/* What the first look at an input said. */
struct gpq_head_facts {
	const struct gpq_market *market;  /* NULL: not recognised */
	const struct gpq_feed *feed;
	struct gpq_head_table tables[GPQ_HEAD_TABLES]; /* bindings where recognised and not left out */
	uint32_t n_tables;                /* 1, or 2; 0 where no line is a header */
	bool bom, crlf, quoted, compressed, assumed;
	bool member;                      /* of an archive: read from front to back, as what is compressed */
	bool archive;                     /* its members are to be looked at; nothing else here counts */
	const char *left_out;             /* what it is that holds no data and is not amiss: an empty sheet; NULL: nothing such */
	char why[240];                    /* why it is what it is, or why nothing matches: a sentence */
	char warning[240];                /* name or --assume contradicts content; empty: nothing odd */
	enum gpq_status status;           /* GPQ_OK, GPQ_E_UNRECOGNISED, GPQ_E_AMBIGUOUS, GPQ_E_DATA (binding failed) */
	uint32_t first_s, last_s;         /* of the first data line, of the tail's last; 0: not known */
	uint32_t step_s;                  /* between the first two distinct instants; 0: not looked for or one only */
	bool ordered;                     /* instants do not fall within the head, and the tail shows no other location alone */
	enum gpq_finality finality;       /* as names tell; UNMARKED where they don't, or nothing is recognised */
	uint32_t published_s;             /* likewise; 0: they don't */
};

struct gpq_head;

size_t gpq_head_need(void);
GPQ_MUST_USE enum gpq_status gpq_head_open(struct gpq_budget *budget, uint32_t cpu_features, struct gpq_head **out,
                                           struct gpq_error *err);
void gpq_head_close(struct gpq_head *head);

/* What opens its members: one that lists an archive by it lets its members be looked at in the file that is open. */
struct gpq_member_opener *gpq_head_opener(struct gpq_head *head);

/*
 * gpq_head_read() looks at the file 'path', gpq_head_read_member() at a member. Not being recognised is a fact, not a failure.
 *   assume   PATTERN=ISO/DATASET[:PRODUCT] texts; the first whose pattern matches the name or path counts
 * Errors: GPQ_E_PERMISSION, GPQ_E_SYSTEM, GPQ_E_TRUNCATED and kin where the input's first bytes cannot be read.
 */
GPQ_MUST_USE enum gpq_status gpq_head_read(struct gpq_head *head, const char *path, struct gpq_texts assume,
                                           struct gpq_head_facts *out, struct gpq_error *err);

GPQ_MUST_USE enum gpq_status gpq_head_read_member(struct gpq_head *head, const struct gpq_member *member,
                                                  struct gpq_texts assume, struct gpq_head_facts *out,
                                                  struct gpq_error *err);

/* An input that was recognised. */
struct gpq_known_input {
	const char *path, *name, *base; /* as found, as its rows have it, its own name */
	struct gpq_address address;     /* what opens it */
	const struct gpq_market *market;
	const struct gpq_feed *feed;
	bool assumed;                   /* no header line of its own */
};

/* gpq_head_bind() looks again at an input that is recognised, from the first byte of 'source' on: headers and bindings only.
 * 'out_first' is what was read of the source; it Borrows from the head until its next call.
 * Errors: those of gpq_source_read(), and GPQ_E_DATA where the header is another by now. */
GPQ_MUST_USE enum gpq_status gpq_head_bind(struct gpq_head *head, const struct gpq_known_input *input,
                                           struct gpq_source *source,
                                           struct gpq_head_facts *out, struct gpq_first_bytes *out_first,
                                           struct gpq_error *err);

/* gpq_head_count_lines() counts the header lines, and what stands above them, which are in no chunk. */
void gpq_head_count_lines(const struct gpq_head_facts *facts, struct gpq_line_counts *counts);

/*
 * gpq_head_check_lines() says whether an input is what its lines, of which all are counted in 'counts', make of it:
 *   - where rows are to be counted in a trailer, there is one, and it tells their number
 *   - where the date of all rows stands above the header, there is no header below: files of several days were put together,
 *     and the lines below are of a day that nothing tells
 * Errors: GPQ_E_DATA; GPQ_E_TRUNCATED where there is no trailer.
 */
GPQ_MUST_USE enum gpq_status gpq_head_check_lines(const struct gpq_head_facts *facts, const struct gpq_line_counts *counts,
                                                  struct gpq_error *err);

/* gpq_assume_check() checks the form and target of an --assume text. Errors: GPQ_E_USAGE. */
GPQ_MUST_USE enum gpq_status gpq_assume_check(const char *assume, struct gpq_error *err);

#endif
