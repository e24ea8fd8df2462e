// SPDX-License-Identifier: MIT
/* What was found of a file, as text. */
#include "audit/inspection.h"

#include "value/instant.h"

#include <stdio.h>

static void text_dialect(const struct gpq_head_facts *facts, char *out, size_t cap)
{
	snprintf(out, cap, "%s%s%s%s", facts->member ? "zip, " : facts->compressed ? "gzip, " : "", facts->bom ? "byte order mark, " : "",
	         facts->quoted ? "quoted header, " : "", facts->crlf ? "CRLF" : "LF");
}

static enum gpq_status text_lines(struct inspection *inspection, struct gpq_error *err)
{
	const struct findings *found = &inspection->found;
	char first[24] = "-", last[24] = "-";
	if (found->rows) {
		gpq_stamp_print(found->first_s, first);
		gpq_stamp_print(found->last_s, last);
	}
	GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  rows      %llu, %s to %s, %u locations\n",
	                       (unsigned long long)found->rows, first, last, gpq_locations_count(inspection->locations)));
	if (found->counts.blank)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  odd       %llu rows without any price\n",
		                       (unsigned long long)found->counts.blank));
	if (found->falls)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  odd       instants go back: not in order of time\n"));
	if (found->counts.warnings)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  odd       %llu lines whose local time or voltage does not fit\n",
		                       (unsigned long long)found->counts.warnings));
	if (found->ahead)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err,
		                       "  left out  %llu rows of the last %u stamps, from %s on, which are a run that looks ahead\n",
		                       (unsigned long long)found->counts.outside, found->ahead, gpq_stamp_print(found->ahead_s, first)));
	for (int reason = 1; reason < GPQ_N_REJECTS; reason++)
		if (found->by_reason[reason])
			GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  rejected  %llu lines: %s\n",
			                       (unsigned long long)found->by_reason[reason],
			                       gpq_reject_sentence((enum gpq_reject)reason)));
	if (found->first_reject.line)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "            first: line %llu\n",
		                       (unsigned long long)found->first_reject.line));
	if (found->failure.status != GPQ_OK)
		GPQ_TRY(gpq_buf_printf(&inspection->text, err, "  FAILS     %s\n", found->failure.message));
	return GPQ_OK;
}

const char *gpq_inspect_day(const struct gpq_head_facts *facts, char out[16])
{
	int32_t day = facts->tables[0].binding.day, year;
	uint32_t month, day_of_month;
	if (facts->status != GPQ_OK || !facts->feed || !facts->feed->preamble_date || day == GPQ_NO_DAY)
		return NULL;
	gpq_civil_of_days(day, &year, &month, &day_of_month);
	snprintf(out, 16, "%04d-%02u-%02u", year, month, day_of_month);
	return out;
}

const char *gpq_inspect_finality(enum gpq_finality finality)
{
	static const char *const words[] = {
		[GPQ_FINALITY_PRELIM] = "prelim",
		[GPQ_FINALITY_UNMARKED] = NULL,
		[GPQ_FINALITY_REPRICED] = "repriced",
		[GPQ_FINALITY_FINAL] = "final",
	};
	return words[finality];
}

const char *gpq_inspect_published(const struct gpq_head_facts *facts, char out[24])
{
	gpq_stamp_print(facts->published_s, out)[19] = 0;
	return out;
}

/* What names tell, and what stands around the lines. */
static enum gpq_status text_layout(struct inspection *inspection, struct gpq_error *err)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	const struct gpq_head_table *second = &facts->tables[1];
	struct gpq_buf *text = &inspection->text;
	char stamp[24], day[16];
	if (facts->n_tables > 1)
		GPQ_TRY(gpq_buf_printf(text, err, "  below     %.*s\n", (int)second->header_len, second->header));
	if (gpq_inspect_day(facts, day))
		GPQ_TRY(gpq_buf_printf(text, err, "  day       %s, above the header\n", day));
	if (gpq_inspect_finality(facts->finality))
		GPQ_TRY(gpq_buf_printf(text, err, "  finality  %s\n", gpq_inspect_finality(facts->finality)));
	if (facts->published_s)
		GPQ_TRY(gpq_buf_printf(text, err, "  published %s by %s\n", gpq_inspect_published(facts, stamp),
		                       facts->feed && facts->feed->published_behind ? "a line above its header" : "its name"));
	return GPQ_OK;
}

enum gpq_status gpq_inspect_text(struct inspection *inspection, const char *path, struct gpq_error *err)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	struct gpq_buf *text = &inspection->text;
	char dialect[80];
	if (!facts->feed)
		return gpq_buf_printf(text, err, "%s: not recognised: %s\n", path, facts->why);
	if (facts->feed->left_out)
		return gpq_buf_printf(text, err, "%s: %s, left out: %s\n", path, facts->feed->id, facts->feed->left_out);
	GPQ_TRY(gpq_buf_printf(text, err, "%s: %s %s\n  why       %s\n", path, facts->market->iso,
	                       facts->feed->outputs[0]->id, facts->why));
	if (facts->feed->outputs[1])
		GPQ_TRY(gpq_buf_printf(text, err, "  also      %s\n", facts->feed->outputs[1]->id));
	if (facts->warning[0])
		GPQ_TRY(gpq_buf_printf(text, err, "  odd       %s\n", facts->warning));
	if (facts->status != GPQ_OK)
		return GPQ_OK;
	text_dialect(facts, dialect, sizeof(dialect));
	GPQ_TRY(gpq_buf_printf(text, err, "  dialect   %s\n  columns   %.*s\n", dialect, (int)facts->tables[0].header_len,
	                       facts->tables[0].header));
	GPQ_TRY(text_layout(inspection, err));
	return text_lines(inspection, err);
}

/* "first to last" of the rows; empty: there are none. */
static void span_print(const struct findings *found, char out[64])
{
	char first[24], last[24];
	gpq_stamp_print(found->first_s, first);
	gpq_stamp_print(found->last_s, last);
	snprintf(out, 64, ", %s to %s", first, last);
	if (!found->rows)
		out[0] = 0;
}

/* What is odd in the file, as far as a line has room for it. */
static enum gpq_status line_odd(struct inspection *inspection, struct gpq_error *err)
{
	const struct findings *found = &inspection->found;
	struct gpq_buf *text = &inspection->text;
	if (found->counts.blank)
		GPQ_TRY(gpq_buf_printf(text, err, ", %llu blank", (unsigned long long)found->counts.blank));
	if (found->counts.outside)
		GPQ_TRY(gpq_buf_printf(text, err, ", %llu outside", (unsigned long long)found->counts.outside));
	if (found->counts.rejected)
		GPQ_TRY(gpq_buf_printf(text, err, ", %llu rejected, first in line %llu: %s", (unsigned long long)found->counts.rejected,
		                       (unsigned long long)found->first_reject.line, gpq_reject_sentence(found->first_reject.reason)));
	return GPQ_OK;
}

enum gpq_status gpq_inspect_text_line(struct inspection *inspection, const char *path, struct gpq_error *err)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	const struct findings *found = &inspection->found;
	struct gpq_buf *text = &inspection->text;
	char span[64];
	if (!facts->feed)
		return gpq_buf_printf(text, err, "%s: not recognised: %s\n", path, facts->why);
	if (facts->feed->left_out)
		return gpq_buf_printf(text, err, "%s: %s %s, left out: %s\n", path, facts->market->iso, facts->feed->id,
		                      facts->feed->left_out);
	GPQ_TRY(gpq_buf_printf(text, err, "%s: %s %s", path, facts->market->iso, facts->feed->outputs[0]->id));
	if (facts->feed->outputs[1])
		GPQ_TRY(gpq_buf_printf(text, err, " and %s", facts->feed->outputs[1]->id));
	if (facts->status != GPQ_OK)
		return gpq_buf_printf(text, err, ", FAILS: %s\n", facts->why);
	if (found->failure.status != GPQ_OK)
		return gpq_buf_printf(text, err, ", FAILS: %s\n", found->failure.message);
	span_print(found, span);
	uint32_t locations = gpq_locations_count(inspection->locations);
	GPQ_TRY(gpq_buf_printf(text, err, ", %llu row%s%s, %u location%s", (unsigned long long)found->rows, found->rows == 1 ? "" : "s", span,
	                       locations, locations == 1 ? "" : "s"));
	if (gpq_inspect_finality(facts->finality))
		GPQ_TRY(gpq_buf_printf(text, err, ", %s", gpq_inspect_finality(facts->finality)));
	GPQ_TRY(line_odd(inspection, err));
	if (facts->warning[0])
		GPQ_TRY(gpq_buf_printf(text, err, "; %s", facts->warning));
	return gpq_buf_append(text, "\n", 1, err);
}
