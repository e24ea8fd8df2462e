// SPDX-License-Identifier: MIT
#include "sort/merge_rules.h"

#include "table/cell.h"

/* What an older part did to a row that it was joined to. */
#define DIFFERS  1u
#define SUPPLIES 2u

/* ---- joining ---- */

static void row_begin(struct gpq_joined_row *joined, const struct gpq_sort_rules *rules, const struct gpq_part *part)
{
	joined->row = *part;
	joined->tuple = *gpq_locations_view(rules->locations, part->location);
	joined->name_code = part->location;
	joined->mixed = false;
}

static unsigned location_join(struct gpq_joined_row *joined, const struct gpq_sort_rules *rules, uint32_t code)
{
	const struct gpq_location *theirs = gpq_locations_view(rules->locations, code);
	struct gpq_location *ours = &joined->tuple;
	unsigned effect = 0;
	for (int t = 0; t < GPQ_LOCATION_TEXTS; t++) {
		unsigned counts = rules->texts >> t & 1;
		if (!theirs->text[t].bytes)
			continue;
		if (!ours->text[t].bytes) {
			ours->text[t] = theirs->text[t];
			joined->mixed = true;
			effect |= counts ? SUPPLIES : 0;
			if (t == 0)
				joined->name_code = code;
		} else if (counts && !gpq_text_equal(ours->text[t], theirs->text[t])) {
			effect |= DIFFERS;
		}
	}
	if (theirs->voltage_kv != GPQ_CELL_NULL && ours->voltage_kv == GPQ_CELL_NULL) {
		ours->voltage_kv = theirs->voltage_kv;
		joined->mixed = true;
		effect |= SUPPLIES;
	} else if (theirs->voltage_kv != GPQ_CELL_NULL && ours->voltage_kv != theirs->voltage_kv) {
		effect |= DIFFERS;
	}
	return effect;
}

static unsigned part_join(struct gpq_joined_row *joined, const struct gpq_sort_rules *rules,
			  const struct gpq_part *part)
{
	unsigned effect = 0;
	for (uint32_t k = 0; k < rules->n_cells; k++) {
		if (part->cell[k] == GPQ_CELL_NULL)
			continue;
		if (joined->row.cell[k] == GPQ_CELL_NULL) {
			joined->row.cell[k] = part->cell[k];
			effect |= SUPPLIES;
		} else if (joined->row.cell[k] != part->cell[k]) {
			effect |= DIFFERS;
		}
	}
	/* no version is lowest, so the newest part has one where any has */
	if (part->version != GPQ_VERSION_NONE && part->version != joined->row.version)
		effect |= DIFFERS;
	if (part->location != joined->row.location)
		effect |= location_join(joined, rules, part->location);
	return effect;
}

/* Gives the joined tuple its code. */
static enum gpq_status row_settle(struct gpq_joined_row *joined, const struct gpq_merge *merge, struct gpq_error *err)
{
	uint32_t code = joined->row.location;
	if (!joined->mixed)
		return GPQ_OK;
	GPQ_TRY(gpq_locations_intern(merge->rules->locations, &joined->tuple, &code, err));
	GPQ_TRY(gpq_location_order_adopt(merge->order, code, joined->name_code, err));
	joined->row.location = code;
	joined->mixed = false;
	return GPQ_OK;
}

/* ---- revisions ---- */

static enum gpq_status revisions_append(struct gpq_revisions *revisions, const struct gpq_part *row,
					struct gpq_error *err)
{
	uint32_t chunk = revisions->n / GPQ_REVISIONS_CHUNK, at = revisions->n % GPQ_REVISIONS_CHUNK;
	if (chunk == GPQ_REVISIONS_CHUNKS)
		return gpq_fail(err, GPQ_E_BUDGET, "one row has more than %u revisions to keep",
				(unsigned)(GPQ_REVISIONS_CHUNK * GPQ_REVISIONS_CHUNKS));
	revisions->last[at] = *row;
	if (at == GPQ_REVISIONS_CHUNK - 1)
		GPQ_TRY(gpq_spill_append(revisions->spill, revisions->last, sizeof(revisions->last),
					 &revisions->chunk_off[chunk], err));
	revisions->n++;
	return GPQ_OK;
}

/* '*out' is good until the next call. */
static enum gpq_status revisions_at(struct gpq_revisions *revisions, uint32_t number, const struct gpq_part **out,
				    struct gpq_error *err)
{
	uint32_t chunk = number / GPQ_REVISIONS_CHUNK, at = number % GPQ_REVISIONS_CHUNK;
	if (chunk == revisions->n / GPQ_REVISIONS_CHUNK) {
		*out = &revisions->last[at];
		return GPQ_OK;
	}
	if (revisions->loaded_chunk != chunk) {
		revisions->loaded_chunk = UINT32_MAX;
		GPQ_TRY(gpq_spill_read(revisions->spill, revisions->chunk_off[chunk], revisions->loaded,
				       sizeof(revisions->loaded), err));
		revisions->loaded_chunk = chunk;
	}
	*out = &revisions->loaded[at];
	return GPQ_OK;
}

/* Whether two rows of a key say the same, apart from the key and the name, which a revision takes from the current row.
 */
static bool rows_equal(const struct gpq_sort_rules *rules, const struct gpq_part *a, const struct gpq_part *b)
{
	for (uint32_t k = 0; k < rules->n_cells; k++) {
		if (a->cell[k] != b->cell[k])
			return false;
	}
	if (a->version != b->version)
		return false;
	if (a->location == b->location)
		return true;
	const struct gpq_location *at_a = gpq_locations_view(rules->locations, a->location);
	const struct gpq_location *at_b = gpq_locations_view(rules->locations, b->location);
	unsigned texts = rules->texts & ~(rules->key_texts | 1u);
	for (int t = 0; t < GPQ_LOCATION_TEXTS; t++) {
		if (texts >> t & 1 && !gpq_text_equal(at_a->text[t], at_b->text[t]))
			return false;
	}
	return at_a->voltage_kv == at_b->voltage_kv;
}

/* The revision under way is complete: it waits where it lost a value to a newer part. */
static enum gpq_status revision_close(struct gpq_merge *merge, struct gpq_error *err)
{
	if (!merge->older_revision || !merge->revision_superseded)
		return GPQ_OK;
	GPQ_TRY(row_settle(&merge->revision, merge, err));
	return revisions_append(&merge->revisions, &merge->revision.row, err);
}

static enum gpq_status revision_add(struct gpq_merge *merge, const struct gpq_part *part, bool superseded,
				    struct gpq_error *err)
{
	bool same = false;
	GPQ_TRY(gpq_part_same_revision(merge->rules, &merge->previous, part, &same, err));
	if (same) {
		if (merge->older_revision)
			part_join(&merge->revision, merge->rules, part);
	} else {
		GPQ_TRY(revision_close(merge, err));
		row_begin(&merge->revision, merge->rules, part);
		merge->older_revision = true;
		merge->revision_superseded = false;
	}
	merge->revision_superseded |= superseded;
	return GPQ_OK;
}

/* Gives revision 'number' to the sink, unless a newer row says the same. */
static enum gpq_status revision_give(struct gpq_merge *merge, uint32_t number, const struct gpq_row_sink *sink,
				     struct gpq_error *err)
{
	const struct gpq_part *other = NULL, *current = &merge->current.row;
	GPQ_TRY(revisions_at(&merge->revisions, number, &other, err));
	struct gpq_part row = *other;
	if (rows_equal(merge->rules, &row, current))
		return GPQ_OK;
	/* one that was left out equals a newer one that was not, so comparing with all is comparing with those given */
	for (uint32_t i = 0; i < number; i++) {
		GPQ_TRY(revisions_at(&merge->revisions, i, &other, err));
		if (rows_equal(merge->rules, &row, other))
			return GPQ_OK;
	}
	struct gpq_location tuple = *gpq_locations_view(merge->rules->locations, row.location);
	const struct gpq_location *named = gpq_locations_view(merge->rules->locations, current->location);
	if (!gpq_text_equal(tuple.text[0], named->text[0])) {
		tuple.text[0] = named->text[0];
		GPQ_TRY(gpq_locations_intern(merge->rules->locations, &tuple, &row.location, err));
		GPQ_TRY(gpq_location_order_adopt(merge->order, row.location, current->location, err));
	}
	row.origin |= GPQ_ORIGIN_OLDER;
	return sink->row(sink->context, &row, err);
}

/* ---- the key ---- */

void gpq_merge_init(struct gpq_merge *merge, const struct gpq_sort_rules *rules, struct gpq_location_order *order,
		    struct gpq_tallies *tallies, struct gpq_spill *spill)
{
	merge->rules = rules;
	merge->order = order;
	merge->tallies = tallies;
	merge->empty = true;
	merge->older_revision = false;
	merge->revisions.spill = spill;
	merge->revisions.n = 0;
	merge->revisions.loaded_chunk = UINT32_MAX;
}

enum gpq_status gpq_merge_add(struct gpq_merge *merge, const struct gpq_part *part, struct gpq_error *err)
{
	if (merge->empty) {
		row_begin(&merge->current, merge->rules, part);
		merge->empty = false;
		merge->previous = *part;
		return GPQ_OK;
	}
	unsigned effect = part_join(&merge->current, merge->rules, part);
	struct gpq_tally *tally = NULL;
	bool failed = false;
	GPQ_TRY(gpq_tallies_at(merge->tallies, gpq_origin_input(part->origin), &tally, &failed, err));
	tally->written--;
	tally->superseded += (effect & DIFFERS) != 0;
	tally->joined += effect == SUPPLIES;
	tally->duplicate += effect == 0;
	if (!merge->rules->keep_revisions)
		return GPQ_OK;
	GPQ_TRY(revision_add(merge, part, effect & DIFFERS, err));
	merge->previous = *part;
	return GPQ_OK;
}

enum gpq_status gpq_merge_finish(struct gpq_merge *merge, const struct gpq_row_sink *sink, struct gpq_error *err)
{
	GPQ_TRY(revision_close(merge, err));
	GPQ_TRY(row_settle(&merge->current, merge, err));
	GPQ_TRY(sink->row(sink->context, &merge->current.row, err));
	for (uint32_t i = 0; i < merge->revisions.n; i++)
		GPQ_TRY(revision_give(merge, i, sink, err));
	merge->empty = true;
	merge->older_revision = false;
	merge->revisions.n = 0;
	merge->revisions.loaded_chunk = UINT32_MAX;
	return GPQ_OK;
}
