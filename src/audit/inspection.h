/*
 * audit/inspection.h - files being inspected: what the parts of inspect share.
 * Knows: the inside of inspect.c and of inspect_lines.c, inspect_text.c, inspect_json.c.      Not: for others.
 */
#ifndef GPQ_AUDIT_INSPECTION_H
#define GPQ_AUDIT_INSPECTION_H

#include "base/json.h"
#include "input/input_reader.h"
#include "input/repeats.h"
#include "input/succession.h"

/* What the lines of one file say. */
struct findings {
	struct gpq_line_counts counts;
	uint64_t rows;
	uint32_t first_s, last_s;
	uint64_t by_reason[GPQ_N_REJECTS];
	struct {
		uint64_t line;
		enum gpq_reject reason;
	} first_reject;
	bool falls; /* instants go back */
	uint32_t ahead, ahead_s; /* stamps at the end that look ahead, and the first */
	struct gpq_error failure;
};

struct inspection {
	struct gpq_budget *budget;
	const struct gpq_hooks *hooks;
	const struct gpq_inspect_settings *settings;
	struct gpq_head *head;
	struct gpq_line_parser *parser;
	struct gpq_input_reader reader;
	struct gpq_chunk_buffer buffer;
	struct gpq_repeats *repeats;
	struct gpq_succession *succession;
	struct gpq_locations *locations; /* of the file being read */
	struct gpq_head_facts facts;
	struct findings found;
	struct gpq_buf text;
	struct gpq_json json;
	bool failed;
	uint64_t passed_over; /* files of markets that were not asked for */
};

/* ---- inspect_lines.c ---- */

/* Reads the whole file, whose head is known; what fails in it is a finding. Errors: GPQ_E_BUDGET, GPQ_E_SYSTEM (the clock). */
GPQ_MUST_USE enum gpq_status gpq_inspect_lines(struct inspection *inspection, const char *path, const struct gpq_address *address,
                                               struct gpq_error *err);

/* ---- inspect_text.c ---- */

/* A paragraph of the file, or one line. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_inspect_text(struct inspection *inspection, const char *path, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_inspect_text_line(struct inspection *inspection, const char *path, struct gpq_error *err);

/* The delivery date that stands above the header, as "2023-01-01"; NULL where none does. */
const char *gpq_inspect_day(const struct gpq_head_facts *facts, char out[16]);

/* NULL where names do not tell. */
const char *gpq_inspect_finality(enum gpq_finality finality);

/* By the clock of whoever made the name: without a zone. */
const char *gpq_inspect_published(const struct gpq_head_facts *facts, char out[24]);

/* ---- inspect_json.c ---- */

/* An object of the file. */
void gpq_inspect_json(struct inspection *inspection, const char *path);

#endif
