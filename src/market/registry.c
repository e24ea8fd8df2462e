// SPDX-License-Identifier: MIT
#include "market/market.h"

/* All markets, by name: adding one is a line here. */
static const struct gpq_market *const markets[] = {
	&gpq_market_caiso,
	&gpq_market_ercot,
	&gpq_market_ieso,
	&gpq_market_isone,
	&gpq_market_miso,
	&gpq_market_nyiso,
	&gpq_market_pjm,
	&gpq_market_spp,
};

const struct gpq_market *const *gpq_markets(uint32_t *out_count)
{
	*out_count = sizeof(markets) / sizeof(markets[0]);
	return markets;
}

/* ---- comparing names ---- */

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool blank(char letter)
{
	return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

/* The text behind a byte order mark. */
static struct gpq_text bom_skip(struct gpq_text text)
{
	if (text.len >= 3 && memcmp(text.bytes, "\xEF\xBB\xBF", 3) == 0)
		return (struct gpq_text){ text.bytes + 3, text.len - 3 };
	return text;
}

uint32_t gpq_market_name_fold(struct gpq_text name, char *out, uint32_t cap)
{
	name = bom_skip(name);
	uint32_t len = 0;
	for (uint32_t at = 0; at < name.len && len < cap; at++)
		if (!blank(name.bytes[at]) && name.bytes[at] != '_')
			out[len++] = lower(name.bytes[at]);
	return len;
}

/* The next letter that counts, from '*at' on, or -1 at the end. */
static int folded_next(struct gpq_text name, uint32_t *at)
{
	while (*at < name.len && (blank(name.bytes[*at]) || name.bytes[*at] == '_'))
		++*at;
	return *at < name.len ? (unsigned char)lower(name.bytes[(*at)++]) : -1;
}

/* Equal when both are folded; without a copy, so of any length. */
static bool names_equal(struct gpq_text a, struct gpq_text b)
{
	a = bom_skip(a);
	for (uint32_t at_a = 0, at_b = 0;;) {
		int letter_a = folded_next(a, &at_a), letter_b = folded_next(b, &at_b);
		if (letter_a != letter_b)
			return false;
		if (letter_a < 0)
			return true;
	}
}

static bool names_match(struct gpq_text a, const char *b)
{
	return names_equal(a, gpq_text_of(b));
}

/* Equal in any case. */
static bool texts_match(struct gpq_text a, const char *b)
{
	if (a.len != strlen(b))
		return false;
	for (uint32_t at = 0; at < a.len; at++)
		if (lower(a.bytes[at]) != lower(b[at]))
			return false;
	return true;
}

/* ---- the header ---- */

#define GPQ_TABLE_MAX_COLUMNS 64 /* of a feed; tables never have more, a test counts them */

static bool header_has(const struct gpq_text *names, uint32_t n_names, const char *wanted)
{
	for (uint32_t k = 0; k < n_names; k++)
		if (names_match(names[k], wanted))
			return true;
	return false;
}

static bool name_is_blank(struct gpq_text name)
{
	uint32_t at = 0;
	name = bom_skip(name);
	return folded_next(name, &at) < 0;
}

/* The hour that stands behind 'stem' in a name, "HE 1" or "HE01" behind "HE"; 0: none does. */
static uint32_t name_hour(struct gpq_text name, const char *stem)
{
	struct gpq_text wanted = gpq_text_of(stem);
	uint32_t at = 0, at_stem = 0, hour = 0, digits = 0;
	for (int letter; (letter = folded_next(wanted, &at_stem)) >= 0;)
		if (folded_next(name, &at) != letter)
			return 0;
	for (int letter; (letter = folded_next(name, &at)) >= 0; digits++) {
		if (letter < '0' || letter > '9' || digits == 2)
			return 0;
		hour = hour * 10 + (uint32_t)(letter - '0');
	}
	return hour <= GPQ_HOURS_ACROSS ? hour : 0;
}

/* A name without the unit behind it. */
static struct gpq_text unit_drop(struct gpq_text name)
{
	const char *bracket = name.len ? memchr(name.bytes, '(', name.len) : NULL;
	return bracket ? (struct gpq_text){ name.bytes, (uint32_t)(bracket - name.bytes) } : name;
}

/* Whether the column is that of a name, which is not blank; of role HOURS with its hour. */
static bool column_has_name(const struct gpq_feed_column *column, struct gpq_text name, uint32_t *out_hour)
{
	if (column->unit_behind)
		return names_equal(unit_drop(name), unit_drop(gpq_text_of(column->names[0])));
	for (uint32_t k = 0; k < sizeof(column->names) / sizeof(column->names[0]) && column->names[k]; k++) {
		if (column->role == GPQ_ROLE_HOURS) {
			*out_hour = name_hour(name, column->names[k]);
			if (*out_hour)
				return true;
		} else if (*column->names[k] && names_match(name, column->names[k])) {
			return true;
		}
	}
	return false;
}

/* The columns of a table of a feed. */
static const struct gpq_feed_column *table_columns(const struct gpq_feed *feed, uint32_t table, uint32_t *out_count)
{
	*out_count = table ? feed->n_second_columns : feed->n_columns;
	return table ? feed->second_columns : feed->columns;
}

/* The column of a table whose header is blank, number 'nth' of these; NULL: there are not so many. */
static const struct gpq_feed_column *blank_column(const struct gpq_feed *feed, uint32_t table, uint32_t nth)
{
	uint32_t count;
	const struct gpq_feed_column *columns = table_columns(feed, table, &count);
	for (uint32_t k = 0; k < count; k++)
		if (!*columns[k].names[0] && nth-- == 0)
			return &columns[k];
	return NULL;
}

const struct gpq_feed_column *gpq_market_header_column(const struct gpq_feed *feed, const struct gpq_header_names *header,
                                                       uint32_t field, uint32_t *out_hour)
{
	uint32_t count, blanks = 0;
	const struct gpq_feed_column *columns = table_columns(feed, header->table, &count);
	*out_hour = 0;
	if (name_is_blank(header->names[field])) {
		for (uint32_t k = 0; k < field; k++)
			blanks += name_is_blank(header->names[k]);
		return blank_column(feed, header->table, blanks);
	}
	for (uint32_t k = 0; k < count; k++)
		if (column_has_name(&columns[k], header->names[field], out_hour))
			return &columns[k];
	return NULL;
}

const struct gpq_feed_column *gpq_market_feed_column(const struct gpq_feed *feed, struct gpq_text header_name)
{
	struct gpq_header_names header = { .names = &header_name, .n_names = 1 };
	uint32_t hour;
	return name_is_blank(header_name) ? NULL : gpq_market_header_column(feed, &header, 0, &hour);
}

/* How many of the table's columns a header names; 0 where a required one is missing. */
static uint32_t header_score(const struct gpq_feed *feed, const struct gpq_header_names *header)
{
	uint32_t count, score = 0, hour;
	const struct gpq_feed_column *columns = table_columns(feed, header->table, &count);
	bool there[GPQ_TABLE_MAX_COLUMNS] = { false };
	for (uint32_t n = 0; n < header->n_names; n++) {
		const struct gpq_feed_column *column = gpq_market_header_column(feed, header, n, &hour);
		if (column)
			there[column - columns] = true;
	}
	for (uint32_t k = 0; k < count; k++) {
		if (!there[k] && columns[k].required)
			return 0;
		score += there[k];
	}
	return score;
}

/* How many columns of the feed the header names; 0 where the feed is not what the header is of. */
static uint32_t feed_score(const struct gpq_feed *feed, const struct gpq_text *names, uint32_t n_names)
{
	for (uint32_t k = 0; k < sizeof(feed->forbidden) / sizeof(feed->forbidden[0]) && feed->forbidden[k]; k++)
		if (header_has(names, n_names, feed->forbidden[k]))
			return 0;
	bool one_of = !feed->one_of[0];
	for (uint32_t k = 0; k < sizeof(feed->one_of) / sizeof(feed->one_of[0]) && feed->one_of[k] && !one_of; k++)
		one_of = header_has(names, n_names, feed->one_of[k]);
	return one_of ? header_score(feed, &(struct gpq_header_names){ names, n_names, 0 }) : 0;
}

bool gpq_market_is_second(const struct gpq_feed *feed, const struct gpq_text *names, uint32_t n_names)
{
	return feed->second_columns && header_score(feed, &(struct gpq_header_names){ names, n_names, 1 });
}

void gpq_market_recognise(const struct gpq_text *names, uint32_t n_names, struct gpq_candidates *out)
{
	*out = (struct gpq_candidates){ .count = 0 };
	uint32_t best = 1;
	for (uint32_t m = 0; m < sizeof(markets) / sizeof(markets[0]); m++) {
		for (uint32_t f = 0; f < markets[m]->n_feeds; f++) {
			uint32_t score = feed_score(markets[m]->feeds[f], names, n_names);
			if (score < best)
				continue;
			if (score > best)
				out->count = 0;
			best = score;
			if (out->count < GPQ_MARKET_MAX_CANDIDATES) /* tables never have more; a test counts them */
				out->items[out->count++] = (struct gpq_candidate){ markets[m], markets[m]->feeds[f] };
		}
	}
}

/* ---- what the header does not tell ---- */

static uint32_t candidate_minutes(const struct gpq_candidate *candidate)
{
	const struct gpq_dataset *output = candidate->feed->outputs[0];
	return output ? output->interval_minutes : 0;
}

void gpq_market_choose_by_step(struct gpq_candidates *candidates, uint32_t step_minutes, bool off_hour)
{
	uint32_t longest = 0;
	for (uint32_t k = 0; k < candidates->count; k++) {
		uint32_t minutes = candidate_minutes(&candidates->items[k]);
		if (step_minutes && minutes && step_minutes % minutes == 0 && minutes > longest)
			longest = minutes;
	}
	struct gpq_candidates kept = { .count = 0 };
	for (uint32_t k = 0; k < candidates->count; k++) {
		uint32_t minutes = candidate_minutes(&candidates->items[k]);
		if (step_minutes ? minutes == longest : !off_hour || minutes < 60)
			kept.items[kept.count++] = candidates->items[k];
	}
	if (kept.count)
		*candidates = kept;
}

void gpq_market_choose_by_stamps(struct gpq_candidates *candidates, bool several, bool off_hour, bool off_quarter)
{
	struct gpq_candidates kept = { .count = 0 };
	bool quarters = false;
	for (uint32_t k = 0; k < candidates->count; k++)
		quarters |= candidate_minutes(&candidates->items[k]) == 15;
	for (uint32_t k = 0; k < candidates->count; k++) {
		uint32_t minutes = candidate_minutes(&candidates->items[k]);
		bool fits = off_quarter ? minutes < 15
		            : off_hour  ? minutes == 15 || (minutes < 15 && !(several && quarters))
		                        : !several || minutes == 60;
		if (fits)
			kept.items[kept.count++] = candidates->items[k];
	}
	if (kept.count)
		*candidates = kept;
}

static bool letter(char byte)
{
	return lower(byte) >= 'a' && lower(byte) <= 'z';
}

static bool name_has_word(struct gpq_text name, const char *word)
{
	uint32_t len = (uint32_t)strlen(word);
	bool whole = word[len - 1] == '_';
	for (uint32_t at = 0; at + len <= name.len; at++) {
		if (whole && at > 0 && letter(name.bytes[at - 1]))
			continue;
		if (texts_match((struct gpq_text){ name.bytes + at, len }, word))
			return true;
	}
	return false;
}

/* The strength of the strongest word of the feed that stands in the name; 0: none does. */
static uint32_t feed_strength(const struct gpq_feed *feed, struct gpq_text file_name)
{
	uint32_t strongest = 0;
	for (uint32_t k = 0; k < sizeof(feed->name_words) / sizeof(feed->name_words[0]); k++) {
		const struct gpq_name_word *word = &feed->name_words[k];
		if (word->word && word->strength > strongest && name_has_word(file_name, word->word))
			strongest = word->strength;
	}
	return strongest;
}

void gpq_market_choose_by_name(struct gpq_candidates *candidates, struct gpq_text file_name)
{
	uint32_t strongest = 0;
	for (uint32_t k = 0; k < candidates->count; k++) {
		uint32_t strength = feed_strength(candidates->items[k].feed, file_name);
		strongest = strength > strongest ? strength : strongest;
	}
	if (!strongest)
		return;
	struct gpq_candidates kept = { .count = 0 };
	for (uint32_t k = 0; k < candidates->count; k++)
		if (feed_strength(candidates->items[k].feed, file_name) == strongest)
			kept.items[kept.count++] = candidates->items[k];
	*candidates = kept;
}

static bool choice_is_named(enum gpq_choice choice)
{
	return choice == GPQ_CHOICE_NAMED || choice == GPQ_CHOICE_NAMED_OR_STEP;
}

bool gpq_market_choose_by_naming(struct gpq_candidates *candidates, struct gpq_text file_name)
{
	struct gpq_candidates kept = *candidates;
	gpq_market_choose_by_name(&kept, file_name);
	if (!candidates->count || !feed_strength(kept.items[0].feed, file_name))
		return false;
	bool named = false;
	for (uint32_t k = 0; k < kept.count; k++)
		named |= choice_is_named(kept.items[k].feed->choice);
	if (named)
		*candidates = kept;
	return true;
}

/* ---- what the caller tells ---- */

/* Cuts 'text' at the first 'mark': the head is returned, '*tail' is what follows, null where there is no mark. */
static struct gpq_text text_cut(struct gpq_text text, char mark, struct gpq_text *tail)
{
	const char *at = text.len ? memchr(text.bytes, mark, text.len) : NULL;
	*tail = (struct gpq_text){ NULL, 0 };
	if (!at)
		return text;
	uint32_t head = (uint32_t)(at - text.bytes);
	*tail = (struct gpq_text){ at + 1, text.len - head - 1 };
	return (struct gpq_text){ text.bytes, head };
}

static bool feed_gives(const struct gpq_feed *feed, struct gpq_text dataset)
{
	for (int k = 0; k < 2; k++)
		if (feed->outputs[k] && texts_match(dataset, feed->outputs[k]->id))
			return true;
	return false;
}

bool gpq_market_assume(struct gpq_text target, struct gpq_candidates *out)
{
	struct gpq_text rest, feed_id;
	struct gpq_text iso = text_cut(target, '/', &rest);
	if (!rest.bytes)
		return false;
	struct gpq_text dataset = text_cut(rest, ':', &feed_id);
	struct gpq_candidates found = { .count = 0 };
	for (uint32_t m = 0; m < sizeof(markets) / sizeof(markets[0]); m++) {
		const struct gpq_market *market = markets[m];
		if (!texts_match(iso, market->iso) && !texts_match(iso, market->folder))
			continue;
		for (uint32_t f = 0; f < market->n_feeds && found.count < GPQ_MARKET_MAX_CANDIDATES; f++) {
			const struct gpq_feed *feed = market->feeds[f];
			if (feed_gives(feed, dataset) && (!feed_id.bytes || texts_match(feed_id, feed->id)))
				found.items[found.count++] = (struct gpq_candidate){ market, feed };
		}
	}
	if (!found.count)
		return false;
	*out = found;
	return true;
}

/* ---- looking up ---- */

const struct gpq_market *gpq_market_by_name(struct gpq_text name)
{
	for (uint32_t m = 0; m < sizeof(markets) / sizeof(markets[0]); m++) {
		uint32_t at = 0, at_iso = 0;
		while (at < name.len && lower(name.bytes[at]) == lower(markets[m]->iso[at_iso])) {
			at++, at_iso++;
			while (at < name.len && name.bytes[at] == '-')
				at++;
		}
		if (at == name.len && at && !markets[m]->iso[at_iso])
			return markets[m];
	}
	return NULL;
}

const char *gpq_market_product_standard(const struct gpq_market *market, struct gpq_text published)
{
	for (uint32_t k = 0; k < market->n_products; k++)
		if (texts_match(published, market->products[k].published))
			return market->products[k].standard;
	return NULL;
}

const struct gpq_dataset *gpq_market_dataset(const struct gpq_market *market, struct gpq_text id)
{
	for (uint32_t k = 0; k < market->n_datasets; k++)
		if (texts_match(id, market->datasets[k]->id))
			return market->datasets[k];
	return NULL;
}
