// SPDX-License-Identifier: MIT
/* The lines of a file that is inspected, all of them. */
#include "audit/inspection.h"

#include <string.h>

#define LOCATIONS_BYTES ((size_t)32 << 20)

static enum gpq_status rows_look(void *context, uint32_t output, struct gpq_batch *batch, struct gpq_error *err)
{
	struct findings *found = &((struct inspection *)context)->found;
	(void)err;
	if (output)
		return GPQ_OK;
	for (uint32_t i = 0; i < batch->rows; i++) {
		uint32_t start_s = batch->start_s[i];
		found->falls |= start_s < found->last_s;
		if (!found->first_s || start_s < found->first_s)
			found->first_s = start_s;
		if (start_s > found->last_s)
			found->last_s = start_s;
	}
	found->rows += batch->rows;
	return GPQ_OK;
}

static void reject_note(struct findings *found, enum gpq_reject reason, uint64_t line)
{
	if (!found->first_reject.line) {
		found->first_reject.line = line;
		found->first_reject.reason = reason;
	}
	found->by_reason[reason]++;
}

static enum gpq_status bad_line_look(void *context, const struct gpq_bad_line *line, struct gpq_error *err)
{
	(void)err;
	reject_note(&((struct inspection *)context)->found, line->reason, line->line);
	return GPQ_OK;
}

/* What waited for the end: the passes of repeated hours, and stamps that look ahead. */
static enum gpq_status waiting_read(struct inspection *inspection, const struct gpq_line_receiver *receiver, struct gpq_error *err)
{
	struct findings *found = &inspection->found;
	const char *refusal = gpq_repeats_refusal(inspection->repeats);
	refusal = refusal ? refusal : gpq_succession_refusal(inspection->succession);
	if (refusal)
		return gpq_fail(err, GPQ_E_DATA, "%s", refusal);
	if (gpq_repeats_any(inspection->repeats))
		GPQ_TRY(gpq_repeats_resolve(inspection->repeats, inspection->facts.tables[0].binding.output[0], receiver, &found->counts,
		                            err));
	GPQ_TRY(gpq_succession_end(inspection->succession, receiver, &found->counts, err));
	found->ahead = gpq_succession_ahead(inspection->succession, &found->ahead_s);
	return GPQ_OK;
}

static enum gpq_status chunks_read(struct inspection *inspection, const struct gpq_zone *zone, struct gpq_error *err)
{
	struct gpq_line_receiver receiver = {
		.context = inspection, .locations = inspection->locations, .rows = rows_look, .bad_line = bad_line_look,
		.repeats = inspection->repeats, .succession = inspection->succession,
	};
	gpq_repeats_clear(inspection->repeats);
	gpq_succession_begin(inspection->succession, zone);
	for (;;) {
		struct gpq_read_chunk read;
		uint32_t last_s;
		enum gpq_status status = gpq_input_reader_next(&inspection->reader, &inspection->buffer, &read, err);
		if (status == GPQ_END)
			break;
		GPQ_TRY(status);
		if (read.reason != GPQ_REJECT_NONE) {
			inspection->found.counts.data_lines++;
			inspection->found.counts.rejected += gpq_line_parts(&read.table->binding);
			reject_note(&inspection->found, read.reason, read.chunk.first_line);
			continue;
		}
		struct gpq_text header = { read.table->header, read.table->header_len };
		GPQ_TRY(gpq_line_parser_chunk(inspection->parser, &read.chunk, &read.table->binding, zone, header, &receiver,
		                               &inspection->found.counts, &last_s, err));
	}
	return waiting_read(inspection, &receiver, err);
}

/* Whether all lines together make a whole file. */
static enum gpq_status whole_check(const struct inspection *inspection, struct gpq_error *err)
{
	struct gpq_line_counts all = inspection->found.counts;
	gpq_head_count_lines(&inspection->reader.facts, &all);
	return gpq_head_check_lines(&inspection->reader.facts, &all, err);
}

enum gpq_status gpq_inspect_lines(struct inspection *inspection, const char *path, const struct gpq_address *address,
                                  struct gpq_error *err)
{
	struct gpq_known_input input = {
		.path = path,
		.name = path,
		.base = path,
		.address = *address,
		.market = inspection->facts.market,
		.feed = inspection->facts.feed,
		.assumed = inspection->facts.assumed,
	};
	struct gpq_zone *zone = NULL;
	GPQ_TRY(gpq_zone_open(inspection->budget, input.market->zone, &zone, err));
	enum gpq_status status = gpq_locations_open(inspection->budget, LOCATIONS_BYTES / 2, &inspection->locations, err);
	if (status == GPQ_OK) {
		gpq_line_parser_forget(inspection->parser);
		struct gpq_error *failure = &inspection->found.failure;
		enum gpq_status read = gpq_input_reader_begin(&inspection->reader, inspection->head, &input, 0, false, failure);
		if (read == GPQ_OK)
			read = chunks_read(inspection, zone, failure);
		if (read == GPQ_OK)
			read = whole_check(inspection, failure);
		if (read == GPQ_OK)
			memset(failure, 0, sizeof(*failure));
		gpq_input_reader_end(&inspection->reader);
	}
	gpq_zone_close(zone);
	return status;
}
