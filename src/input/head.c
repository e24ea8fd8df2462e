// SPDX-License-Identifier: MIT
#include "input/head_look.h"

#include "input/content_kind.h"
#include "input/name_facts.h"

#include <stdio.h>

#define FIRST_BYTES ((size_t)8 << 10) /* what nearly always holds the header line */
#define ZONE_BYTES  ((size_t)64 << 10)

size_t gpq_head_need(void)
{
	return sizeof(struct gpq_head) + gpq_csv_scan_need() + gpq_source_need() + ZONE_BYTES;
}

enum gpq_status gpq_head_open(struct gpq_budget *budget, uint32_t cpu_features, struct gpq_head **out,
                              struct gpq_error *err)
{
	struct gpq_head *head = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*head), &head, err));
	head->budget = budget;
	head->opener.budget = budget;
	head->cpu_features = cpu_features;
	enum gpq_status status = gpq_csv_scanner_open(budget, cpu_features, &head->scanner, err);
	if (status != GPQ_OK) {
		gpq_free(budget, GPQ_TAG_CONVERT, head, sizeof(*head));
		return status;
	}
	*out = head;
	return GPQ_OK;
}

void gpq_head_close(struct gpq_head *head)
{
	if (!head)
		return;
	gpq_member_opener_done(&head->opener);
	gpq_zone_close(head->zone);
	gpq_csv_scanner_close(head->scanner);
	gpq_free(head->budget, GPQ_TAG_CONVERT, head, sizeof(*head));
}

struct gpq_member_opener *gpq_head_opener(struct gpq_head *head)
{
	return &head->opener;
}

static void facts_clear(struct gpq_head_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->finality = GPQ_FINALITY_UNMARKED;
}

/* What names tell of prices that the content has told the market of, and does not tell itself (RULES 3). */
static void names_look(struct look *look)
{
	struct gpq_head_facts *facts = look->facts;
	const struct gpq_preamble *preamble = &look->preamble;
	facts->finality = facts->feed->prelim ? GPQ_FINALITY_PRELIM
	                                      : gpq_name_finality(facts->market, gpq_text_of(look->base), gpq_text_of(look->path));
	if (preamble->finality != GPQ_FINALITY_UNMARKED) {
		if (facts->finality != preamble->finality && facts->finality != GPQ_FINALITY_UNMARKED && !facts->warning[0])
			snprintf(facts->warning, sizeof(facts->warning),
			         "the file's name says otherwise how final its prices are; what stands above its header counts");
		facts->finality = preamble->finality;
	}
	facts->published_s = preamble->published_s;
	if (!facts->published_s)
		facts->published_s = gpq_name_published_s(facts->market, gpq_text_of(look->name));
}

/* Stamps that are ends begin an interval before; how long that is was not known when they were read. */
static void span_correct(struct look *look)
{
	struct gpq_head_facts *facts = look->facts;
	const struct gpq_feed *feed = look->candidates.items[0].feed;
	bool ends = look->ends_before_s > 0;
	for (uint32_t c = 0; c < feed->n_columns; c++) /* feeds of one header may mean begins or ends by their stamps */
		ends |= feed->columns[c].role == GPQ_ROLE_END_LOCAL;
	uint32_t more_s = feed->outputs[0] && ends ? feed->outputs[0]->interval_minutes * 60u - look->ends_before_s : 0;
	facts->first_s -= facts->first_s > more_s ? more_s : 0;
	facts->last_s -= facts->last_s > more_s ? more_s : 0;
}

/* ---- looking ---- */

/* Reads on until 'want' bytes of the head are there. */
static enum gpq_status head_fill(struct look *look, size_t want, struct gpq_error *err)
{
	size_t more = 0;
	GPQ_TRY(gpq_source_read(look->source, look->head->bytes + look->first.len, want - look->first.len, &more, err));
	look->first.len += more;
	look->first.all = look->first.len < want;
	return GPQ_OK;
}

/* A member that the head would hold as a whole, of which a part may do: it is unpacked again when it is read. */
static bool is_short_member(const struct gpq_address *address)
{
	const struct gpq_zip_place *place = address->depth ? &address->places[address->depth - 1] : NULL;
	return place && !gpq_address_is_sheet(address) && place->size_bytes > FIRST_BYTES && place->size_bytes <= GPQ_HEAD_BYTES;
}

/* Reads the head, or as much as tells all that it would: the begin of a short member whose feed keeps to one interval a file. */
static enum gpq_status head_take(struct look *look, struct gpq_error *err)
{
	bool any_line = false;
	look->first = (struct gpq_first_bytes){ .bytes = look->head->bytes };
	if (is_short_member(&look->address)) {
		GPQ_TRY(head_fill(look, FIRST_BYTES, err));
		look->goes_on = !gpq_content_is_archive(look->first.bytes, look->first.len, look->base) &&
		                !gpq_content_kind(look->first.bytes, look->first.len) && gpq_head_find(look, NULL, &any_line) &&
		                gpq_head_goes_on(look);
		facts_clear(look->facts);
	}
	return look->goes_on ? GPQ_OK : head_fill(look, GPQ_HEAD_BYTES, err);
}

static enum gpq_status look_through(struct look *look, struct gpq_texts assume, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	struct gpq_head_facts *facts = look->facts;
	GPQ_TRY(head_take(look, err));
	size_t len = look->first.len;
	facts->compressed = gpq_source_is_compressed(look->source);
	facts->member = look->address.depth > 0;
	if (!len && gpq_address_is_sheet(&look->address)) {
		facts->left_out = "an empty sheet";
		gpq_head_say(facts, GPQ_E_UNRECOGNISED, facts->left_out);
		return GPQ_OK;
	}
	char oasis[160];
	const char *other = gpq_content_oasis(head->bytes, len, oasis, sizeof(oasis));
	other = other ? other : gpq_content_kind(head->bytes, len);
	if (gpq_content_is_archive(head->bytes, len, look->base)) {
		facts->archive = true;
		gpq_head_say(facts, GPQ_E_UNRECOGNISED, "a ZIP archive");
		return GPQ_OK;
	}
	bool any_line = false, found = !other && gpq_head_find(look, NULL, &any_line);
	if (!any_line) {
		gpq_head_say(facts, GPQ_E_UNRECOGNISED, other ? other : "no header line within its first 64 KiB");
		return GPQ_OK;
	}
	struct assumption assumption;
	bool assumed = gpq_head_assume_find(look, assume, &assumption);
	if (!found && !(assumed && gpq_head_take_headerless(look, &assumption))) {
		gpq_head_say(facts, GPQ_E_UNRECOGNISED, "no dataset has a header like this one");
		return GPQ_OK;
	}
	snprintf(facts->why, sizeof(facts->why), "%s %s", facts->assumed ? "no header line; --assume says" : "header matches",
	         look->candidates.items[0].feed->id);
	GPQ_TRY(gpq_head_data_look(look, err));
	GPQ_TRY(gpq_head_choose(look, assumed ? &assumption : NULL, err));
	if (facts->status != GPQ_OK)
		return GPQ_OK;
	span_correct(look);
	gpq_head_bind_tables(look);
	names_look(look);
	return GPQ_OK;
}

static void look_init(struct look *look, struct gpq_head *head, const struct gpq_address *address, const char *path,
                      const char *name, const char *base, struct gpq_head_facts *facts)
{
	*look = (struct look){ .head = head, .path = path, .name = name, .base = base, .address = *address, .facts = facts };
	look->preamble.day = GPQ_NO_DAY;
	facts_clear(facts);
}

static enum gpq_status look_open(struct look *look, struct gpq_error *err)
{
	return gpq_member_source_open(&look->head->opener, &look->address, false, &look->source, err);
}

static enum gpq_status look_whole(struct look *look, struct gpq_texts assume, struct gpq_error *err)
{
	GPQ_TRY(look_open(look, err));
	enum gpq_status status = look_through(look, assume, err);
	gpq_source_close(look->source);
	return status;
}

enum gpq_status gpq_head_read(struct gpq_head *head, const char *path, struct gpq_texts assume,
                              struct gpq_head_facts *out, struct gpq_error *err)
{
	struct look look;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	look_init(&look, head, &(struct gpq_address){ .path = path }, path, name, name, out);
	return look_whole(&look, assume, err);
}

enum gpq_status gpq_head_read_member(struct gpq_head *head, const struct gpq_member *member, struct gpq_texts assume,
                                     struct gpq_head_facts *out, struct gpq_error *err)
{
	struct look look;
	look_init(&look, head, &member->address, member->path, member->name, member->base, out);
	return look_whole(&look, assume, err);
}

/* ---- looking again ---- */

/* The header line is nearly always near: only where it is not, or another follows below, the whole head is read. */
static enum gpq_status header_find_again(struct look *look, const struct gpq_feed *feed, bool *out_found, bool *out_line,
                                         struct gpq_error *err)
{
	look->first = (struct gpq_first_bytes){ .bytes = look->head->bytes };
	GPQ_TRY(head_fill(look, FIRST_BYTES, err));
	*out_found = gpq_head_find(look, feed, out_line);
	if ((*out_found && !feed->second_columns) || look->first.all)
		return GPQ_OK;
	GPQ_TRY(head_fill(look, GPQ_HEAD_BYTES, err));
	facts_clear(look->facts);
	*out_found = gpq_head_find(look, feed, out_line);
	return GPQ_OK;
}

enum gpq_status gpq_head_bind(struct gpq_head *head, const struct gpq_known_input *input, struct gpq_source *source,
                              struct gpq_head_facts *out, struct gpq_first_bytes *out_first, struct gpq_error *err)
{
	struct look look;
	bool found = false, any_line = false;
	look_init(&look, head, &input->address, input->path, input->name, input->base, out);
	look.source = source;
	GPQ_TRY(header_find_again(&look, input->feed, &found, &any_line, err));
	struct assumption known = {
		.candidates = { .items = { { input->market, input->feed } }, .count = 1 },
	};
	if (input->assumed)
		found = any_line && gpq_head_take_headerless(&look, &known);
	if (!found)
		return gpq_fail(err, GPQ_E_DATA, "the header is not what it was when the run began");
	look.candidates = known.candidates;
	gpq_head_bind_tables(&look);
	if (out->status != GPQ_OK)
		return gpq_fail(err, out->status, "%s", out->why);
	*out_first = look.first;
	return GPQ_OK;
}

void gpq_head_count_lines(const struct gpq_head_facts *facts, struct gpq_line_counts *counts)
{
	for (uint32_t t = 0; t < facts->n_tables; t++) {
		counts->lines += facts->tables[t].blank_lines + facts->tables[t].header_lines;
		counts->blank_lines += facts->tables[t].blank_lines;
		counts->header_lines += facts->tables[t].header_lines;
	}
}

static enum gpq_status rows_check(const struct gpq_line_counts *counts, struct gpq_error *err)
{
	if (!counts->trailers)
		return gpq_fail(err, GPQ_E_TRUNCATED, "the line that counts its rows is missing: it was cut off");
	if (counts->told_rows != counts->data_lines)
		return gpq_fail(err, GPQ_E_DATA, "it has %llu rows and says that it has %llu: it is damaged",
		                (unsigned long long)counts->data_lines, (unsigned long long)counts->told_rows);
	return GPQ_OK;
}

enum gpq_status gpq_head_check_lines(const struct gpq_head_facts *facts, const struct gpq_line_counts *counts,
                                     struct gpq_error *err)
{
	uint64_t own = 0;
	if (!facts->feed)
		return GPQ_OK;
	bool told = facts->tables[0].binding.record_kind != GPQ_NO_FIELD;
	if (told)
		GPQ_TRY(rows_check(counts, err));
	for (uint32_t t = 0; t < facts->n_tables; t++)
		own += facts->tables[t].header_lines;
	if (!facts->feed->preamble_date || (told ? counts->trailers <= 1 : counts->header_lines <= own))
		return GPQ_OK;
	return gpq_fail(err, GPQ_E_DATA,
	                "its header stands again among its lines: of files that were put together only the first one's date is known");
}
