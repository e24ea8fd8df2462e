/*
 * input/catalogue.h - the inputs of a run: path, what each is, what it seems to cover, and what became of its lines.
 * Memory: GPQ_INPUT_BYTES an input and its path, from the budget, up to a cap; more inputs than fit are refused by number.
 * Threads: filled by one thread; afterwards each input is changed under the pipeline's lock only.
 */
#ifndef GPQ_INPUT_CATALOGUE_H
#define GPQ_INPUT_CATALOGUE_H

#include "base/budget.h"
#include "input/members.h"
#include "io/source.h"
#include "market/market.h"

enum gpq_input_state {
	GPQ_INPUT_FOUND,        /* recognised, to be read */
	GPQ_INPUT_CONVERTED,
	GPQ_INPUT_FAILED,       /* gives nothing; 'reason' says why */
	GPQ_INPUT_UNRECOGNISED, /* no dataset matches */
	GPQ_INPUT_LEFT_OUT,     /* recognised as something that is not converted */
	GPQ_INPUT_SKIPPED,      /* its datasets were not asked for */
	GPQ_N_INPUT_STATES,
};

/* What became of the lines of an input and of the partial rows in them (docs/RULES.md 14). */
struct gpq_line_counts {
	uint64_t lines, header_lines, blank_lines, data_lines; /* lines = header + blank + data */
	uint64_t partial_rows;                                 /* of the data lines */
	uint64_t blank, rejected, outside;                     /* partial rows that did not reach the sort */
	uint64_t off_grid;                                     /* of the rejected ones: instants off the grid */
	uint64_t warnings;
};

struct gpq_merge_counts {
	uint64_t written, joined, duplicate, superseded;
};

struct gpq_input {
	const char *path;                 /* as found; of a member as in struct gpq_member; Borrows from the catalogue */
	const char *name;                 /* the last part of 'path', of a member without folders: the rows' source_file */
	const char *base;                 /* within 'name', of a member: its own name; NULL: 'name' is it */
	struct gpq_address address;       /* of a member; 'depth' 0: a file, which is at 'path' */
	uint64_t size_bytes;              /* as stored */
	const struct gpq_market *market;  /* NULL: not recognised */
	const struct gpq_feed *feed;
	uint32_t published_s;             /* as its name tells; 0: does not */
	uint32_t seems_first_s, seems_last_s; /* what head and tail say; last 0: not known */
	bool seems_ordered;               /* instants do not fall within the head, and the tail shows no other location alone */
	bool assumed;                     /* no header line of its own: columns come from --assume */
	uint8_t finality;                 /* enum gpq_finality, as its name and path tell */
	bool has_hash;
	bool fed_closed;                  /* rows came for a block that was written already */
	enum gpq_input_state state;
	enum gpq_status status;           /* FAILED: why, as a status */
	const char *reason;               /* FAILED, UNRECOGNISED, LEFT_OUT: a sentence; Borrows from the catalogue */
	struct gpq_hash hash;             /* of the decompressed content, where has_hash */
	struct gpq_line_counts lines;
	struct gpq_merge_counts merged;
};

#define GPQ_INPUT_BYTES (sizeof(struct gpq_input))

struct gpq_catalogue {
	struct gpq_budget *budget;
	size_t cap_bytes, used_bytes;
	struct gpq_input *inputs;
	uint32_t count, room;
	uint32_t max_depth;            /* of the addresses of members */
	bool sheets;                   /* of workbooks are among them */
	const char *file;              /* that the last member is in */
	struct gpq_path_piece *pieces; /* Owns: texts, places */
};

void gpq_catalogue_init(struct gpq_catalogue *catalogue, struct gpq_budget *budget, size_t cap_bytes);
void gpq_catalogue_done(struct gpq_catalogue *catalogue);

/* gpq_catalogue_add() enters a file. '*out' is good until the next add. Errors: GPQ_E_BUDGET (with the number of inputs). */
GPQ_MUST_USE enum gpq_status gpq_catalogue_add(struct gpq_catalogue *catalogue, const char *path, uint64_t size_bytes,
                                               struct gpq_input **out, struct gpq_error *err);

/* gpq_catalogue_add_member() enters a member of an archive; members of one file follow each other, so that they share its path. */
GPQ_MUST_USE enum gpq_status gpq_catalogue_add_member(struct gpq_catalogue *catalogue, const struct gpq_member *member,
                                                      struct gpq_input **out, struct gpq_error *err);

/* Where an input is: what opens it. */
struct gpq_address gpq_input_address(const struct gpq_input *input);

/* gpq_catalogue_text() keeps a copy of a text until the catalogue is done. NULL where there is no room: a reason is worth
 * less than a run. */
const char *gpq_catalogue_text(struct gpq_catalogue *catalogue, const char *text);

/* gpq_catalogue_sort() puts inputs into reading order: by feed, then by what they seem to cover, then by name and path. */
void gpq_catalogue_sort(struct gpq_catalogue *catalogue);

/* "converted", "failed", ...: words of the report. */
const char *gpq_input_state_word(enum gpq_input_state state);

/* The base name without ".gz", by which inputs rank (RULES 21). */
struct gpq_text gpq_input_rank_name(const struct gpq_input *input);

#endif
