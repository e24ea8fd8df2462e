// SPDX-License-Identifier: MIT
/* The header of an input, found by its text, that of a second table below it, and what they are bound to. */
#include "input/head_look.h"

#include "input/name_facts.h"
#include "value/instant.h"
#include "value/utf8.h"

#include <stdio.h>

void gpq_head_say(struct gpq_head_facts *facts, enum gpq_status status, const char *sentence)
{
	facts->status = status;
	snprintf(facts->why, sizeof(facts->why), "%.*s", (int)sizeof(facts->why) - 1, sentence);
}

/* ---- headers ---- */

static bool line_read(struct look *look, size_t from, struct gpq_header_line *out)
{
	return gpq_header_line_read(look->head->scanner, look->head->cpu_features, &look->first, from, out);
}

struct known_header *gpq_head_known(struct look *look, struct gpq_text text)
{
	struct known_header *known = &look->head->known;
	return text.len && text.len == known->len && memcmp(text.bytes, known->text, known->len) == 0 ? known : NULL;
}

static void known_header_keep(struct look *look)
{
	struct known_header *known = &look->head->known;
	known->candidates = look->candidates;
	known->bound = false;
	known->felt = NULL;
	known->len = look->head->line.text.len;
	memcpy(known->text, look->head->line.text.bytes, known->len);
}

/* The feeds that the line read last is a header of. */
static void candidates_find(struct look *look)
{
	const struct known_header *known = gpq_head_known(look, look->head->line.text);
	if (known) {
		look->candidates = known->candidates;
		return;
	}
	gpq_market_recognise(look->head->line.names, look->head->line.n_names, &look->candidates);
	if (look->candidates.count)
		known_header_keep(look);
}

/* Of lines that say what they are, the header and those above it do so too, and there are such. */
static bool kinds_fit(const struct look *look, const struct gpq_feed *feed)
{
	if (feed->columns[0].role != GPQ_ROLE_RECORD_KIND)
		return true;
	bool fits = look->n_above > 0 && gpq_preamble_is_kind(look->head->line.text, GPQ_RECORD_HEADER);
	for (uint32_t k = 0; k < look->n_above && k < GPQ_PREAMBLE_MAX; k++)
		fits &= gpq_preamble_is_kind(look->above[k], GPQ_RECORD_REMARK);
	return fits;
}

/* Keeps the candidates that may have so many lines above their header and are 'wanted', where that is not NULL. */
static void candidates_keep(struct look *look, const struct gpq_feed *wanted)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < look->candidates.count; i++) {
		const struct gpq_feed *feed = look->candidates.items[i].feed;
		if (feed->preamble_lines >= look->n_above && (!wanted || feed == wanted) && kinds_fit(look, feed))
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

/* What stands above the header, by the words of the feeds that it may be of. */
static void preamble_take(struct look *look)
{
	for (uint32_t i = 0; i < look->candidates.count; i++) {
		const struct gpq_candidate *candidate = &look->candidates.items[i];
		struct gpq_preamble read;
		gpq_preamble_read(candidate->market, candidate->feed, look->above, look->n_above, &read);
		if (!i || candidate->feed->preamble_date)
			look->preamble = read;
	}
}

bool gpq_head_find(struct look *look, const struct gpq_feed *wanted, bool *out_line)
{
	struct gpq_header_line *line = &look->head->line;
	struct gpq_head_table above = { .header_lines = 0 };
	look->n_above = 0;
	look->preamble = (struct gpq_preamble){ .day = GPQ_NO_DAY, .finality = GPQ_FINALITY_UNMARKED };
	*out_line = false;
	for (size_t at = 0; look->n_above <= GPQ_PREAMBLE_MAX && line_read(look, at, line); at = line->end) {
		look->facts->bom |= line->bom;
		*out_line = true;
		candidates_find(look);
		candidates_keep(look, wanted);
		if (look->candidates.count) {
			header_take(look, &above);
			preamble_take(look);
			return true;
		}
		if (look->n_above < GPQ_PREAMBLE_MAX)
			look->above[look->n_above] = line->text;
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

bool gpq_head_take_headerless(struct look *look, const struct assumption *assumption)
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
			gpq_head_say(facts, GPQ_E_DATA, "its second table does not begin within its first 64 KiB");
		return;
	}
	enum gpq_status status = gpq_feed_binding_init_second(&facts->tables[1].binding, candidate->market, candidate->feed,
	                                                      line->names, line->n_names, &err);
	if (status != GPQ_OK)
		gpq_head_say(facts, status, err.message);
}

static void first_bind(struct look *look, const struct gpq_candidate *candidate)
{
	struct gpq_head_facts *facts = look->facts;
	struct gpq_feed_binding *binding = &facts->tables[0].binding;
	const struct gpq_header_line *line = &look->head->line;
	struct gpq_error err;
	struct gpq_text header = { facts->tables[0].header, facts->tables[0].header_len };
	struct known_header *known = facts->assumed ? NULL : gpq_head_known(look, header);
	if (known && known->bound && known->binding.market == candidate->market && known->binding.feed == candidate->feed) {
		*binding = known->binding;
		return;
	}
	enum gpq_status status =
		gpq_feed_binding_init(binding, candidate->market, candidate->feed, line->names, line->n_names, &err);
	if (status != GPQ_OK) {
		gpq_head_say(facts, status, err.message);
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
	if (look->preamble.day == GPQ_NO_DAY) {
		if (facts->tables[0].binding.start == GPQ_NO_FIELD) /* lines that tell the time of day may tell the date too */
			gpq_head_say(facts, GPQ_E_DATA, "no line above its header tells the one delivery date of its rows");
		return;
	}
	for (uint32_t t = 0; t < facts->n_tables; t++)
		facts->tables[t].binding.day = look->preamble.day;
	if (facts->warning[0] || !gpq_name_day(gpq_text_of(look->base), &named) || named == look->preamble.day)
		return;
	gpq_civil_of_days(look->preamble.day, &year, &month, &day);
	snprintf(facts->warning, sizeof(facts->warning),
	         "the file's name begins with another date than %04d-%02u-%02u, which stands above its header and counts", year,
	         month, day);
}

void gpq_head_bind_tables(struct look *look)
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
