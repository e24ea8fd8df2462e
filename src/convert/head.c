// SPDX-License-Identifier: MIT
#include "convert/head_look.h"

#include "convert/content_kind.h"
#include "convert/name_facts.h"
#include "value/instant.h"
#include "value/utf8.h"

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
	gpq_archive_close(head->archive);
	gpq_zone_close(head->zone);
	gpq_csv_scanner_close(head->scanner);
	gpq_free(head->budget, GPQ_TAG_CONVERT, head, sizeof(*head));
}

static void facts_say(struct gpq_head_facts *facts, enum gpq_status status, const char *sentence)
{
	facts->status = status;
	snprintf(facts->why, sizeof(facts->why), "%.*s", (int)sizeof(facts->why) - 1, sentence);
}

static void facts_clear(struct gpq_head_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->finality = GPQ_FINALITY_UNMARKED;
}

/* ---- headers ---- */

static bool line_read(struct look *look, size_t from, struct gpq_header_line *out)
{
	return gpq_header_line_read(look->head->scanner, look->head->cpu_features, &look->first, from, out);
}

/* What is known of a header line, or NULL. */
static struct known_header *known_header(struct look *look, struct gpq_text text)
{
	struct known_header *known = &look->head->known;
	return text.len && text.len == known->len && memcmp(text.bytes, known->text, known->len) == 0 ? known : NULL;
}

static void known_header_keep(struct look *look)
{
	struct known_header *known = &look->head->known;
	known->candidates = look->candidates;
	known->bound = false;
	known->len = look->head->line.text.len;
	memcpy(known->text, look->head->line.text.bytes, known->len);
}

/* The feeds that the line read last is a header of. */
static void candidates_find(struct look *look)
{
	const struct known_header *known = known_header(look, look->head->line.text);
	if (known) {
		look->candidates = known->candidates;
		return;
	}
	gpq_market_recognise(look->head->line.names, look->head->line.n_names, &look->candidates);
	if (look->candidates.count)
		known_header_keep(look);
}

/* Keeps the candidates that may have so many lines above their header and are 'wanted', where that is not NULL. */
static void candidates_keep(struct look *look, const struct gpq_feed *wanted)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < look->candidates.count; i++) {
		const struct gpq_feed *feed = look->candidates.items[i].feed;
		if (feed->preamble_lines >= look->n_above && (!wanted || feed == wanted))
			look->candidates.items[kept++] = look->candidates.items[i];
	}
	look->candidates.count = kept;
}

static void table_take(struct gpq_head_table *table, const struct gpq_header_line *line)
{
	table->header_len = line->text.len;
	memcpy(table->header, line->text.bytes, line->text.len);
	table->data_byte = (uint32_t)line->end;
	table->header_lines++;
	table->blank_lines += line->blank_lines;
}

/* The line is the input's header: the first that is not blank where nothing else was found. */
static void header_take(struct look *look, const struct gpq_head_table *above)
{
	const struct gpq_header_line *line = &look->head->line;
	struct gpq_head_facts *facts = look->facts;
	facts->tables[0].header_lines = above->header_lines;
	facts->tables[0].blank_lines = above->blank_lines;
	table_take(&facts->tables[0], line);
	facts->n_tables = 1;
	facts->crlf = line->crlf;
	facts->quoted = line->quoted;
}

/* The first field of a line, where it is a date; else '*out_day' stays. */
static void line_day(struct gpq_text line, int32_t *out_day)
{
	uint32_t len = 0;
	while (len < line.len && line.bytes[len] != ',')
		len++;
	if (len > 1 && line.bytes[0] == '"' && line.bytes[len - 1] == '"') {
		line.bytes++;
		len -= 2;
	}
	int32_t day;
	if (gpq_value_date((struct gpq_text){ line.bytes, len }, &day) == GPQ_REJECT_NONE && day >= 0 && day < GPQ_DAYS_END)
		*out_day = day;
}

/*
 * Finds the header by its text: the first line that some feed has as its header, with no more lines above it than that feed
 * allows. False where there is none: then the first line is taken for it, as far as there is a line at all ('*out_line').
 */
static bool header_find(struct look *look, const struct gpq_feed *wanted, bool *out_line)
{
	struct gpq_header_line *line = &look->head->line;
	struct gpq_head_table above = { .header_lines = 0 };
	look->n_above = 0;
	look->day = GPQ_NO_DAY;
	*out_line = false;
	for (size_t at = 0; look->n_above <= GPQ_PREAMBLE_MAX && line_read(look, at, line); at = line->end) {
		look->facts->bom |= line->bom;
		*out_line = true;
		candidates_find(look);
		candidates_keep(look, wanted);
		if (look->candidates.count) {
			header_take(look, &above);
			return true;
		}
		if (look->n_above < GPQ_PREAMBLE_MAX)
			look->above[look->n_above] = line->text;
		if (look->day == GPQ_NO_DAY)
			line_day(line->text, &look->day);
		look->n_above++;
		above.header_lines++;
		above.blank_lines += line->blank_lines;
	}
	look->n_above = 0;
	look->candidates.count = 0;
	if (*out_line && line_read(look, 0, line))
		header_take(look, &(struct gpq_head_table){ .header_lines = 0 });
	return false;
}

/* A title or a remark: nothing but the first field says something. */
static bool line_is_title(const struct gpq_header_line *line)
{
	for (uint32_t f = 1; f < line->n_names; f++)
		if (gpq_value_trim(line->names[f]).len)
			return false;
	return true;
}

/* Finds the header of the feed's second table below the first. False where it is not within the head. */
static bool second_find(struct look *look, const struct gpq_feed *feed)
{
	struct gpq_head_facts *facts = look->facts;
	struct gpq_header_line *line = &look->head->second;
	struct gpq_head_table found = { .first_byte = facts->tables[0].data_byte };
	for (size_t at = found.first_byte; line_read(look, at, line); at = line->end) {
		if (gpq_market_is_second(feed, line->names, line->n_names)) {
			facts->tables[1].first_byte = found.first_byte;
			facts->tables[1].header_lines = found.header_lines;
			facts->tables[1].blank_lines = found.blank_lines;
			table_take(&facts->tables[1], line);
			facts->n_tables = 2;
			return true;
		}
		bool title = line_is_title(line);
		found.header_lines = title ? found.header_lines + 1 : 0;
		found.blank_lines = title ? found.blank_lines + line->blank_lines : 0;
		if (!title)
			found.first_byte = (uint32_t)line->end;
	}
	return false;
}

/* A file without a header line: the assumed feed's own columns, as many as the first line has (RULES 1). */
static bool headerless(struct look *look, const struct assumption *assumption)
{
	struct gpq_header_line *line = &look->head->line;
	for (uint32_t i = 0; i < assumption->candidates.count; i++) {
		const struct gpq_feed *feed = assumption->candidates.items[i].feed;
		if (feed->n_columns != line->n_names)
			continue;
		for (uint32_t f = 0; f < line->n_names; f++)
			line->names[f] = gpq_text_of(feed->columns[f].names[0]);
		look->candidates.items[0] = assumption->candidates.items[i];
		look->candidates.count = 1;
		struct gpq_head_table *table = &look->facts->tables[0];
		table->data_byte = look->facts->bom ? 3 : 0;
		table->header_len = table->header_lines = table->blank_lines = 0;
		look->facts->assumed = true;
		return true;
	}
	return false;
}

/* ---- bindings ---- */

static void second_bind(struct look *look, const struct gpq_candidate *candidate)
{
	struct gpq_head_facts *facts = look->facts;
	const struct gpq_header_line *line = &look->head->second;
	struct gpq_error err;
	if (!second_find(look, candidate->feed)) {
		if (!look->first.all)
			facts_say(facts, GPQ_E_DATA, "its second table does not begin within its first 64 KiB");
		return;
	}
	enum gpq_status status = gpq_feed_binding_init_second(&facts->tables[1].binding, candidate->market, candidate->feed,
	                                                      line->names, line->n_names, &err);
	if (status != GPQ_OK)
		facts_say(facts, status, err.message);
}

static void first_bind(struct look *look, const struct gpq_candidate *candidate)
{
	struct gpq_head_facts *facts = look->facts;
	struct gpq_feed_binding *binding = &facts->tables[0].binding;
	const struct gpq_header_line *line = &look->head->line;
	struct gpq_error err;
	struct gpq_text header = { facts->tables[0].header, facts->tables[0].header_len };
	struct known_header *known = facts->assumed ? NULL : known_header(look, header);
	if (known && known->bound && known->binding.market == candidate->market && known->binding.feed == candidate->feed) {
		*binding = known->binding;
		return;
	}
	enum gpq_status status =
		gpq_feed_binding_init(binding, candidate->market, candidate->feed, line->names, line->n_names, &err);
	if (status != GPQ_OK) {
		facts_say(facts, status, err.message);
	} else if (known) {
		known->binding = *binding;
		known->bound = true;
	}
}

/* The delivery date of all lines, which stands above the header; the name's is only compared (RULES 1). */
static void day_bind(struct look *look)
{
	struct gpq_head_facts *facts = look->facts;
	int32_t named, year;
	uint32_t month, day;
	if (look->day == GPQ_NO_DAY) {
		facts_say(facts, GPQ_E_DATA, "no line above its header begins with the delivery date");
		return;
	}
	for (uint32_t t = 0; t < facts->n_tables; t++)
		facts->tables[t].binding.day = look->day;
	if (facts->warning[0] || !gpq_name_day(gpq_text_of(look->base), &named) || named == look->day)
		return;
	gpq_civil_of_days(look->day, &year, &month, &day);
	snprintf(facts->warning, sizeof(facts->warning),
	         "the file's name begins with another date than %04d-%02u-%02u, which stands above its header and counts", year,
	         month, day);
}

static void bindings_make(struct look *look)
{
	struct gpq_head_facts *facts = look->facts;
	const struct gpq_candidate *candidate = &look->candidates.items[0];
	facts->market = candidate->market;
	facts->feed = candidate->feed;
	if (candidate->feed->left_out)
		return;
	first_bind(look, candidate);
	if (facts->status == GPQ_OK && candidate->feed->second_columns)
		second_bind(look, candidate);
	if (facts->status == GPQ_OK && candidate->feed->preamble_date)
		day_bind(look);
}

/* What names tell of prices that the content has told the market of. */
static void names_look(struct look *look)
{
	struct gpq_head_facts *facts = look->facts;
	facts->finality = gpq_name_finality(facts->market, gpq_text_of(look->base), gpq_text_of(look->path));
	facts->published_s = gpq_name_published_s(facts->market, gpq_text_of(look->name));
}

/* ---- looking ---- */

static enum gpq_status look_through(struct look *look, struct gpq_texts assume, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	struct gpq_head_facts *facts = look->facts;
	size_t len = 0;
	GPQ_TRY(gpq_source_read(look->source, head->bytes, GPQ_HEAD_BYTES, &len, err));
	look->first = (struct gpq_first_bytes){ head->bytes, len, len < GPQ_HEAD_BYTES };
	facts->compressed = gpq_source_is_compressed(look->source);
	facts->member = look->address.depth > 0;
	char oasis[160];
	const char *other = gpq_content_oasis(head->bytes, len, oasis, sizeof(oasis));
	other = other ? other : gpq_content_kind(head->bytes, len);
	if (gpq_content_is_archive(head->bytes, len, look->base)) {
		facts->archive = true;
		facts_say(facts, GPQ_E_UNRECOGNISED, "a ZIP archive");
		return GPQ_OK;
	}
	bool any_line = false, found = !other && header_find(look, NULL, &any_line);
	if (!any_line) {
		facts_say(facts, GPQ_E_UNRECOGNISED, other ? other : "no header line within its first 64 KiB");
		return GPQ_OK;
	}
	struct assumption assumption;
	bool assumed = gpq_head_assume_find(look, assume, &assumption);
	if (!found && !(assumed && headerless(look, &assumption))) {
		facts_say(facts, GPQ_E_UNRECOGNISED, "no dataset has a header like this one");
		return GPQ_OK;
	}
	snprintf(facts->why, sizeof(facts->why), "%s %s", facts->assumed ? "no header line; --assume says" : "header matches",
	         look->candidates.items[0].feed->id);
	GPQ_TRY(gpq_head_data_look(look, err));
	GPQ_TRY(gpq_head_choose(look, assumed ? &assumption : NULL, err));
	if (facts->status != GPQ_OK)
		return GPQ_OK;
	bindings_make(look);
	names_look(look);
	return GPQ_OK;
}

static void look_init(struct look *look, struct gpq_head *head, const struct gpq_address *address, const char *path,
                      const char *name, const char *base, struct gpq_head_facts *facts)
{
	*look = (struct look){ .head = head, .path = path, .name = name, .base = base, .address = *address, .facts = facts };
	look->day = GPQ_NO_DAY;
	facts_clear(facts);
}

static enum gpq_status look_open(struct look *look, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	if (look->address.depth && !head->archive)
		GPQ_TRY(gpq_archive_open(head->budget, &head->archive, err));
	return gpq_source_open_member(head->budget, head->archive, &look->address, false, &look->source, err);
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

/* Reads on until the head is full. */
static enum gpq_status head_fill(struct look *look, size_t want, struct gpq_error *err)
{
	size_t more = 0;
	GPQ_TRY(gpq_source_read(look->source, look->head->bytes + look->first.len, want - look->first.len, &more, err));
	look->first.len += more;
	look->first.all = look->first.len < want;
	return GPQ_OK;
}

/* The header line is nearly always near: only where it is not, or another follows below, the whole head is read. */
static enum gpq_status header_find_again(struct look *look, const struct gpq_feed *feed, bool *out_found, bool *out_line,
                                         struct gpq_error *err)
{
	look->first = (struct gpq_first_bytes){ .bytes = look->head->bytes };
	GPQ_TRY(head_fill(look, FIRST_BYTES, err));
	*out_found = header_find(look, feed, out_line);
	if ((*out_found && !feed->second_columns) || look->first.all)
		return GPQ_OK;
	GPQ_TRY(head_fill(look, GPQ_HEAD_BYTES, err));
	facts_clear(look->facts);
	*out_found = header_find(look, feed, out_line);
	return GPQ_OK;
}

enum gpq_status gpq_head_bind(struct gpq_head *head, const struct gpq_input *input, struct gpq_source *source,
                              struct gpq_head_facts *out, struct gpq_first_bytes *out_first, struct gpq_error *err)
{
	struct look look;
	struct gpq_address address = gpq_input_address(input);
	bool found = false, any_line = false;
	look_init(&look, head, &address, input->path, input->name, input->base ? input->base : input->name, out);
	look.source = source;
	GPQ_TRY(header_find_again(&look, input->feed, &found, &any_line, err));
	struct assumption known = {
		.candidates = { .items = { { input->market, input->feed } }, .count = 1 },
	};
	if (input->assumed)
		found = any_line && headerless(&look, &known);
	if (!found)
		return gpq_fail(err, GPQ_E_DATA, "the header is not what it was when the run began");
	look.candidates = known.candidates;
	bindings_make(&look);
	if (out->status != GPQ_OK)
		return gpq_fail(err, out->status, "%s", out->why);
	*out_first = look.first;
	return GPQ_OK;
}

enum gpq_status gpq_head_check_days(const struct gpq_head_facts *facts, uint64_t header_lines, struct gpq_error *err)
{
	uint64_t own = 0;
	for (uint32_t t = 0; t < facts->n_tables; t++)
		own += facts->tables[t].header_lines;
	if (!facts->feed || !facts->feed->preamble_date || header_lines <= own)
		return GPQ_OK;
	return gpq_fail(err, GPQ_E_DATA,
	                "its header stands again among its lines: of files that were put together only the first one's date is known");
}
