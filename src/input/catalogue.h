/*
 * input/catalogue.h - the inputs of a run: path, what each is, what it seems to cover, and what became of its lines.
 *
 *   records   96 bytes an input, by number ─┐
 *   texts     paths, places in archives,    ├─► in memory up to the cap, else in a spill file (io/stash.h)
 *             reasons, counts of lines     ─┘
 *
 * Callers work on copies: an input is got, changed, put. Members of an archive share the path of it, files that of a folder.
 * Memory: gpq_catalogue_settle() says it.      Threads: filled and put in order by one thread; afterwards any may get; what
 * a run changes is got and put under its lock.
 */
#ifndef GPQ_INPUT_CATALOGUE_H
#define GPQ_INPUT_CATALOGUE_H

#include "input/members.h"
#include "io/hash.h"
#include "io/stash.h"
#include "market/market.h"

#include <limits.h>

enum gpq_input_state {
	GPQ_INPUT_FOUND,        /* recognised, to be read */
	GPQ_INPUT_CONVERTED,
	GPQ_INPUT_FAILED,       /* gives nothing; its outcome says why */
	GPQ_INPUT_UNRECOGNISED, /* no dataset matches */
	GPQ_INPUT_LEFT_OUT,     /* recognised as something that is not converted */
	GPQ_INPUT_SKIPPED,      /* its market or datasets were not asked for */
	GPQ_N_INPUT_STATES,
};

/* What became of the lines of an input and of the partial rows in them (docs/RULES.md 14). */
struct gpq_line_counts {
	uint64_t lines, header_lines, blank_lines, data_lines; /* lines = header + blank + data */
	uint64_t partial_rows;                                 /* of the data lines */
	uint64_t blank, rejected, outside;                     /* partial rows that did not reach the sort */
	uint64_t off_grid;                                     /* of the rejected ones: instants off the grid */
	uint64_t warnings;
	uint64_t trailers, told_rows;                          /* records that tell how many rows there are, and what they tell */
};

struct gpq_merge_counts {
	uint64_t written, joined, duplicate, superseded;
};

/* What is kept of each input. */
struct gpq_input {
	uint64_t size_bytes;              /* as stored */
	struct gpq_hash hash;             /* of the decompressed content, where has_hash */
	uint64_t named_at, outcome_at;    /* in the texts: gpq_catalogue_names(), gpq_catalogue_outcome(); 0: none */
	struct gpq_merge_counts merged;
	uint32_t seems_first_s, seems_last_s; /* what head and tail say; last 0: not known */
	uint32_t published_s;             /* as its name tells; 0: does not */
	uint32_t rank;                    /* what of RULES 21 is known unread: the greater is newer; from gpq_catalogue_sort() on */
	uint16_t feed_number;             /* gpq_input_feed(); 0: not recognised */
	uint8_t state;                    /* enum gpq_input_state */
	uint8_t status;                   /* FAILED: why, as a status */
	uint8_t finality;                 /* enum gpq_finality, as its name and path tell */
	bool is_member : 1;               /* of an archive */
	bool seems_ordered : 1;           /* instants do not fall within the head, and the tail shows no other location alone */
	bool assumed : 1;                 /* no header line of its own: columns come from --assume */
	bool has_hash : 1;
	bool fed_closed : 1;              /* rows came for a block that was written already */
	bool again : 1;                   /* to be read in the pass under way, which builds blocks again */
};

#define GPQ_INPUT_BYTES ((size_t)96)
_Static_assert(sizeof(struct gpq_input) <= GPQ_INPUT_BYTES, "what is kept of an input");

const struct gpq_market *gpq_input_market(const struct gpq_input *input);
const struct gpq_feed *gpq_input_feed(const struct gpq_input *input);
void gpq_input_recognise(struct gpq_input *input, const struct gpq_market *market, const struct gpq_feed *feed);

/* A path on disk, and a name for each archive behind it. */
#define GPQ_INPUT_PATH_BYTES (PATH_MAX + GPQ_ARCHIVE_MAX_DEPTH * (GPQ_ZIP_NAME_BYTES + 1))

/* What an input is called and where it is. Its pointers are into itself: it is not to be copied. */
struct gpq_input_names {
	const char *path;           /* as found; of a member as in struct gpq_member */
	const char *name;           /* the last part of 'path', of a member without folders: the rows' source_file */
	const char *base;           /* within 'name': of a member its own name */
	struct gpq_address address; /* what opens it */
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH];
	char paths[GPQ_INPUT_PATH_BYTES], names[GPQ_INPUT_PATH_BYTES], file[PATH_MAX];
};

#define GPQ_REASON_BYTES 512

/* What became of an input. */
struct gpq_outcome {
	bool has_reason;
	char reason[GPQ_REASON_BYTES]; /* FAILED, UNRECOGNISED, LEFT_OUT, SKIPPED: a sentence */
	struct gpq_line_counts lines;
};

/* Inputs of one feed stand together. */
struct gpq_feed_range {
	uint16_t feed_number;
	uint32_t begin, end;
	uint32_t found;   /* how many of them are FOUND */
	uint32_t first_s; /* the earliest seems_first_s of these */
	uint64_t name_bytes; /* of their names, as they are written */
};

struct gpq_catalogue_memo;

struct gpq_catalogue {
	struct gpq_budget *budget;
	char *folder;                  /* where spill files are made. Owns */
	struct gpq_spill *spill;
	struct gpq_stash *records, *texts;
	struct gpq_catalogue_memo *memo; /* what was entered last; NULL once in order */
	size_t cap_bytes;
	uint32_t count;
	uint32_t max_depth;            /* of the addresses of members */
	bool sheets;                   /* of workbooks are among them */
	struct gpq_feed_range *ranges; /* Owns: of all feeds there are inputs of, in reading order */
	uint32_t n_ranges, room_ranges;
};

/*
 * gpq_catalogue_init() makes an empty one of about 'cap_bytes' in memory. Should more be needed, a nameless file is made
 * below 'output', or in the nearest folder above it that exists.
 */
GPQ_MUST_USE enum gpq_status gpq_catalogue_init(struct gpq_catalogue *catalogue, struct gpq_budget *budget,
                                                size_t cap_bytes, const char *output, struct gpq_error *err);
void gpq_catalogue_done(struct gpq_catalogue *catalogue);

/*
 * gpq_catalogue_add() enters a file, gpq_catalogue_add_member() a member of an archive; what they take from 'input' is what
 * was found of it. 'reason' may be NULL. Those of one folder or archive had best follow one another.
 * Errors: GPQ_E_USAGE (too many inputs, a path too long), GPQ_E_BUDGET, and those of a spill file.
 */
GPQ_MUST_USE enum gpq_status gpq_catalogue_add(struct gpq_catalogue *catalogue, const char *path,
                                               const struct gpq_input *input, const char *reason, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_catalogue_add_member(struct gpq_catalogue *catalogue, const struct gpq_member *member,
                                                      const struct gpq_input *input, const char *reason,
                                                      struct gpq_error *err);

/* Input number 'number': a copy, and back. */
GPQ_MUST_USE enum gpq_status gpq_catalogue_get(struct gpq_catalogue *catalogue, uint32_t number, struct gpq_input *out,
                                               struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_catalogue_put(struct gpq_catalogue *catalogue, uint32_t number,
                                               const struct gpq_input *input, struct gpq_error *err);

GPQ_MUST_USE enum gpq_status gpq_catalogue_names(struct gpq_catalogue *catalogue, const struct gpq_input *input,
                                                 struct gpq_input_names *out, struct gpq_error *err);

/* gpq_catalogue_note() keeps an outcome and points 'input' to it, which the caller puts. 'reason' may be NULL. */
GPQ_MUST_USE enum gpq_status gpq_catalogue_note(struct gpq_catalogue *catalogue, struct gpq_input *input, const char *reason,
                                                const struct gpq_line_counts *lines, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_catalogue_outcome(struct gpq_catalogue *catalogue, const struct gpq_input *input,
                                                   struct gpq_outcome *out, struct gpq_error *err);

/* gpq_catalogue_sort() puts inputs into reading order: by feed, then by what they seem to cover, then by name and path. None
 * is entered any more. */
GPQ_MUST_USE enum gpq_status gpq_catalogue_sort(struct gpq_catalogue *catalogue, struct gpq_error *err);

/* gpq_catalogue_settle() keeps memory at about what is in use; returns what the catalogue takes at most from here on. */
size_t gpq_catalogue_settle(struct gpq_catalogue *catalogue);

/* "converted", "failed", ...: words of the report. */
const char *gpq_input_state_word(enum gpq_input_state state);

/* gpq_input_name_write() puts a name as it is written to 'out', where that is not NULL, and returns its length: bytes that are no
 * UTF-8 are percent-escaped, and then '%' too (RULES 13). */
size_t gpq_input_name_write(const char *name, char *out);

/* The base name without ".gz", by which inputs rank (RULES 21). */
struct gpq_text gpq_input_rank_name(const struct gpq_input_names *names);

/* ---- its own (catalogue_names.c) ---- */

/* Texts of a folder or archive that several inputs share: where they are, and by what they are known again. */
struct gpq_catalogue_memo {
	uint64_t folder_at, archive_at, reason_at; /* 0: none */
	size_t folder_len, archive_len;
	char folder[GPQ_INPUT_PATH_BYTES], archive[GPQ_INPUT_PATH_BYTES];
	char reason[GPQ_REASON_BYTES];
	uint8_t node[4 * GPQ_INPUT_PATH_BYTES];
};

GPQ_MUST_USE enum gpq_status gpq_catalogue_file_write(struct gpq_catalogue *catalogue, const char *path, uint64_t *out_at,
                                                      struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_catalogue_member_write(struct gpq_catalogue *catalogue, const struct gpq_member *member,
                                                        uint64_t *out_at, struct gpq_error *err);

#endif
