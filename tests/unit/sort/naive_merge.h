/*
 * What a block must give, worked out the plain way: a list of structs, qsort, and loops over the parts of each key.
 * Written from RULES 20 to 22 and sort/block.h; shares no code with src/sort. For tests only.
 */
#ifndef GPQ_TESTS_SORT_NAIVE_MERGE_H
#define GPQ_TESTS_SORT_NAIVE_MERGE_H

#include "sort/block.h"
#include "table/cell.h"

#include <stdlib.h>
#include <string.h>

#define NAIVE_MAX_INPUTS 64

/* A row with its location spelled out. */
struct naive_row {
	uint32_t start_s;
	struct gpq_location at;
	int32_t version;
	uint32_t input;
	uint64_t byte;
	int64_t cell[GPQ_MAX_CELLS];
	bool older;
	uint32_t made; /* by naive_merge(): place among the rows of one key */
};

struct naive_rules {
	uint32_t n_cells;
	uint8_t key_texts, texts;
	bool by_time, keep_revisions;
	int rank[NAIVE_MAX_INPUTS]; /* a higher one is newer */
	bool dropped[NAIVE_MAX_INPUTS];
};

static struct naive_rules naive_now; /* qsort has no context */

static int naive_text(struct gpq_text a, struct gpq_text b)
{
	if (!a.bytes && !b.bytes)
		return 0;
	if (!a.bytes)
		return 1;
	if (!b.bytes)
		return -1;
	for (uint32_t i = 0; i < a.len && i < b.len; i++) {
		if (a.bytes[i] != b.bytes[i])
			return (unsigned char)a.bytes[i] < (unsigned char)b.bytes[i] ? -1 : 1;
	}
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

/* Text 't' as it orders and keys: where no name is known, the id stands for it (RULES 17). */
static int naive_place(const struct naive_row *a, const struct naive_row *b, int t)
{
	const struct gpq_text *at_a = a->at.text, *at_b = b->at.text;
	if (t)
		return naive_text(at_a[t], at_b[t]);
	return naive_text(at_a[0].bytes ? at_a[0] : at_a[1], at_b[0].bytes ? at_b[0] : at_b[1]);
}

static int naive_key(const struct naive_row *a, const struct naive_row *b)
{
	for (int t = 0; t < GPQ_LOCATION_TEXTS; t++) {
		if (naive_now.key_texts & 1 << t && naive_place(a, b, t))
			return naive_place(a, b, t);
	}
	return a->start_s < b->start_s ? -1 : a->start_s > b->start_s;
}

static int naive_newest_first(const void *left, const void *right)
{
	const struct naive_row *a = left, *b = right;
	if (naive_key(a, b))
		return naive_key(a, b);
	if (a->version != b->version)
		return a->version > b->version ? -1 : 1;
	if (naive_now.rank[a->input] != naive_now.rank[b->input])
		return naive_now.rank[a->input] > naive_now.rank[b->input] ? -1 : 1;
	if (a->byte != b->byte)
		return a->byte > b->byte ? -1 : 1;
	return a->input < b->input ? -1 : a->input > b->input;
}

static int naive_output(const void *left, const void *right)
{
	const struct naive_row *a = left, *b = right;
	int order = 0;
	for (int t = 0; t < GPQ_LOCATION_TEXTS && !order; t++) {
		if (t == 0 || naive_now.key_texts & 1 << t)
			order = naive_place(a, b, t);
	}
	int time = a->start_s < b->start_s ? -1 : a->start_s > b->start_s;
	if (naive_now.by_time ? time : order)
		return naive_now.by_time ? time : order;
	if (naive_now.by_time ? order : time)
		return naive_now.by_time ? order : time;
	return a->made < b->made ? -1 : a->made > b->made;
}

/* Values of a row as one list: cells, texts, voltage, version. */
#define NAIVE_VALUES (GPQ_MAX_CELLS + GPQ_LOCATION_TEXTS + 2)

static bool naive_knows(const struct naive_row *row, int value)
{
	if (value < GPQ_MAX_CELLS)
		return (uint32_t)value < naive_now.n_cells && row->cell[value] != GPQ_CELL_NULL;
	value -= GPQ_MAX_CELLS;
	if (value < GPQ_LOCATION_TEXTS)
		return row->at.text[value].bytes != NULL;
	return value == GPQ_LOCATION_TEXTS ? row->at.voltage_kv != GPQ_CELL_NULL : row->version != GPQ_VERSION_NONE;
}

static bool naive_same(const struct naive_row *a, const struct naive_row *b, int value)
{
	if (value < GPQ_MAX_CELLS)
		return a->cell[value] == b->cell[value];
	value -= GPQ_MAX_CELLS;
	if (value < GPQ_LOCATION_TEXTS)
		return naive_text(a->at.text[value], b->at.text[value]) == 0;
	return value == GPQ_LOCATION_TEXTS ? a->at.voltage_kv == b->at.voltage_kv : a->version == b->version;
}

static void naive_give(struct naive_row *to, const struct naive_row *from, int value)
{
	if (value < GPQ_MAX_CELLS)
		to->cell[value] = from->cell[value];
	else if (value < GPQ_MAX_CELLS + GPQ_LOCATION_TEXTS)
		to->at.text[value - GPQ_MAX_CELLS] = from->at.text[value - GPQ_MAX_CELLS];
	else if (value == GPQ_MAX_CELLS + GPQ_LOCATION_TEXTS)
		to->at.voltage_kv = from->at.voltage_kv;
	else
		to->version = from->version;
}

/* Whether a difference or a supply of this value counts: not that of texts that are no output column. */
static bool naive_counts(int value)
{
	int text = value - GPQ_MAX_CELLS;
	return text < 0 || text >= GPQ_LOCATION_TEXTS || naive_now.texts & 1 << text;
}

/* Each value from the newest part that knows it. 'provider' gets which. */
static struct naive_row naive_join(const struct naive_row *parts, size_t n, size_t *provider)
{
	struct naive_row row = parts[0];
	for (int value = 0; value < NAIVE_VALUES; value++) {
		provider[value] = 0;
		for (size_t i = 0; i < n; i++) {
			if (naive_knows(&parts[i], value)) {
				naive_give(&row, &parts[i], value);
				provider[value] = i;
				break;
			}
		}
	}
	return row;
}

static bool naive_revision_differs(const struct naive_row *a, const struct naive_row *b)
{
	for (int value = 0; value < NAIVE_VALUES; value++) {
		int text = value - GPQ_MAX_CELLS;
		bool own =
		    text < 0 || text >= GPQ_LOCATION_TEXTS || (naive_now.texts & ~naive_now.key_texts & ~1 & 1 << text);
		if ((uint32_t)value >= naive_now.n_cells && value < GPQ_MAX_CELLS)
			continue;
		if (own && !naive_same(a, b, value))
			return true;
	}
	return false;
}

/* Merges one key's parts, newest first, into out[0, result). */
static size_t naive_merge_key(const struct naive_row *parts, size_t n, struct naive_row *out, struct gpq_tally *tallies)
{
	size_t provider[NAIVE_VALUES], made = 1;
	bool *lost = calloc(n, sizeof(*lost));
	out[0] = naive_join(parts, n, provider);
	out[0].made = 0;
	tallies[parts[0].input].written++;
	for (size_t i = 1; i < n; i++) {
		bool joined = false;
		for (int value = 0; value < NAIVE_VALUES; value++) {
			if (!naive_counts(value) || !naive_knows(&parts[i], value))
				continue;
			lost[i] |= !naive_same(&parts[i], &out[0], value);
			joined |= provider[value] == i;
		}
		if (lost[i])
			tallies[parts[i].input].superseded++;
		else if (joined)
			tallies[parts[i].input].joined++;
		else
			tallies[parts[i].input].duplicate++;
	}
	for (size_t from = 0, to; naive_now.keep_revisions && from < n; from = to) {
		bool any_lost = false, fresh = true;
		for (to = from; to < n && parts[to].version == parts[from].version &&
				naive_now.rank[parts[to].input] == naive_now.rank[parts[from].input];
		     to++)
			any_lost |= lost[to];
		struct naive_row row = naive_join(parts + from, to - from, provider);
		for (size_t i = 0; i < made; i++)
			fresh &= naive_revision_differs(&row, &out[i]);
		if (from == 0 || !any_lost || !fresh)
			continue; /* the newest part's revision is the current row */
		row.at.text[0] = out[0].at.text[0];
		row.older = true;
		row.made = (uint32_t)made;
		out[made++] = row;
	}
	free(lost);
	return made;
}

/* Turns rows[0, n) in place into what a block must give; result is how many. 'tallies' has one an input number, zeroed.
 */
static size_t naive_turn(const struct naive_rules *rules, struct naive_row *rows, size_t n, struct gpq_tally *tallies)
{
	size_t kept = 0, made = 0;
	naive_now = *rules;
	for (size_t i = 0; i < n; i++) {
		if (rules->dropped[rows[i].input])
			tallies[rows[i].input].dropped++;
		else
			rows[kept++] = rows[i];
	}
	struct naive_row *out = calloc(kept + 1, sizeof(*out));
	qsort(rows, kept, sizeof(*rows), naive_newest_first);
	for (size_t from = 0, to; from < kept; from = to) {
		for (to = from + 1; to < kept && naive_key(&rows[from], &rows[to]) == 0; to++)
			;
		made += naive_merge_key(rows + from, to - from, out + made, tallies);
	}
	qsort(out, made, sizeof(*out), naive_output);
	memcpy(rows, out, made * sizeof(*out));
	free(out);
	return made;
}

#endif
