// SPDX-License-Identifier: MIT
/*
 * Strips of one location and window that say something twice: ordered newest first and laid under one another, so that
 * each strip's fate is known when it is laid.
 */
#include "sort/slab_rows.h"
#include "sort/strip_merge.h"

/* Strips ahead whose last cells are asked for. */
#define AHEAD_STRIPS 8
#define LINE_BYTES   64
/* Strips that nothing tells apart but their content are compared pair by pair, up to this many. */
#define TWINS_MAX 16
/* Newer strips of a cell that a strip may be a copy of: as many days of one kind may lie between. */
#define COPIES_TRIED 16

/* < 0: 'a' is newer. 0: nothing but the content tells them apart. */
static enum gpq_status strips_compare(struct gpq_strip_merge *merge, const struct gpq_packed_strip *a,
				      const struct gpq_packed_strip *b, int *out_order, struct gpq_error *err)
{
	int newer = 0;
	if (a->version != b->version) {
		*out_order = a->version > b->version ? -1 : 1;
		return GPQ_OK;
	}
	GPQ_TRY(gpq_strip_inputs_compare(merge, gpq_origin_input(a->origin), gpq_origin_input(b->origin), &newer, err));
	uint64_t byte_a = gpq_origin_byte(a->origin), byte_b = gpq_origin_byte(b->origin);
	*out_order = newer ? -newer : (byte_a < byte_b) - (byte_a > byte_b);
	return GPQ_OK;
}

/* Orders the strips newest first; Shell sort, for they mostly come oldest first or newest first in stretches. */
static enum gpq_status refs_order(struct gpq_strip_merge *merge, struct gpq_error *err)
{
	uint32_t gap = 1;
	while (gap < merge->n / 9)
		gap = 3 * gap + 1;
	for (; gap > 0; gap /= 3) {
		for (uint32_t i = gap; i < merge->n; i++) {
			struct gpq_strip_ref ref = merge->refs[i];
			uint32_t at = i;
			for (; at >= gap; at -= gap) {
				const struct gpq_packed_strip *before = merge->refs[at - gap].strip;
				int order = 0;
				GPQ_TRY(strips_compare(merge, ref.strip, before, &order, err));
				if (order == 0)
					order = ref.strip->origin < before->origin ? -1 : 1;
				if (order > 0)
					break;
				merge->refs[at] = merge->refs[at - gap];
			}
			merge->refs[at] = ref;
		}
	}
	return GPQ_OK;
}

/* Whether two strips never say different things of one place. */
static bool twins_agree(const struct gpq_packed_strip *a, const struct gpq_packed_strip *b)
{
	uint32_t from = a->place > b->place ? a->place : b->place;
	uint32_t end_a = a->place + a->places, end_b = b->place + b->places, to = end_a < end_b ? end_a : end_b;
	for (uint32_t p = from; p < to; p++) {
		int64_t cell_a = gpq_strip_cell(a, p - a->place), cell_b = gpq_strip_cell(b, p - b->place);
		if (cell_a != GPQ_CELL_NULL && cell_b != GPQ_CELL_NULL && (a->cell != b->cell || cell_a != cell_b))
			return false;
	}
	return true;
}

/* Gives false where the content of strips that nothing else tells apart would have to: that is for parts to settle. */
static enum gpq_status twins_check(struct gpq_strip_merge *merge, bool *out_agree, struct gpq_error *err)
{
	for (uint32_t from = 0, to; from < merge->n; from = to) {
		int order = 0;
		for (to = from + 1; to < merge->n; to++) {
			GPQ_TRY(strips_compare(merge, merge->refs[from].strip, merge->refs[to].strip, &order, err));
			if (order)
				break;
			*out_agree &= to - from < TWINS_MAX;
			for (uint32_t i = from; i < to && *out_agree; i++)
				*out_agree = twins_agree(merge->refs[i].strip, merge->refs[to].strip);
			if (!*out_agree)
				return GPQ_OK;
		}
	}
	return GPQ_OK;
}

/* A strip that says word for word what a newer one does, all of which is seen: every row of it is a duplicate. Of the
 * strips of its cell only the next few newer ones are looked at. */
static bool strip_is_copy(const struct gpq_strip_merge *merge, const struct gpq_strip_ref *ref)
{
	const struct gpq_packed_strip *strip = ref->strip;
	uint16_t at = merge->laid_last[strip->cell];
	for (int tried = 0; at && tried < COPIES_TRIED; tried++) {
		const struct gpq_strip_ref *newer = &merge->refs[at - 1];
		const struct gpq_packed_strip *its = newer->strip;
		if (its->place == strip->place && its->places == strip->places && its->width == strip->width &&
		    newer->seen == its->known &&
		    memcmp(gpq_strip_cells(its), gpq_strip_cells(strip), (size_t)strip->places * strip->width) == 0)
			return true;
		at = newer->laid_before;
	}
	return false;
}

/* Lays a strip under the newer ones, where revisions do not differ. */
static void strip_lay(struct gpq_strip_merge *merge, uint32_t number)
{
	struct gpq_strip_ref *ref = &merge->refs[number];
	const struct gpq_packed_strip *strip = ref->strip;
	uint32_t place = strip->place % GPQ_STRIP_WINDOW, newest = 0, seen = 0, superseded = 0;
	int64_t *cells = merge->cells[strip->cell] + place, own[GPQ_STRIP_MAX_PLACES];
	uint16_t *newest_at = merge->newest + place;
	gpq_strip_unpack(strip, own);
	for (uint32_t i = 0; i < strip->places; i++) {
		int64_t over = cells[i];
		bool known = own[i] != GPQ_CELL_NULL, sees = known & (over == GPQ_CELL_NULL);
		seen += sees;
		superseded += known & !sees & (over != own[i]);
		cells[i] = sees ? own[i] : over;
	}
	for (uint32_t i = 0; i < strip->places; i++) {
		bool first = (newest_at[i] == 0) & (own[i] != GPQ_CELL_NULL);
		newest += first;
		newest_at[i] = first ? (uint16_t)(number + 1) : newest_at[i];
	}
	ref->seen = (uint16_t)seen;
	ref->joined = (uint16_t)(seen - newest); /* the newest row of a place sees its cell */
	ref->superseded = (uint16_t)superseded;
	ref->duplicate = (uint16_t)(strip->known - seen - superseded);
}

/* The same where they may: another revision than the newest's is superseded, whatever else it says. */
static void revision_lay(struct gpq_strip_merge *merge, uint32_t number)
{
	struct gpq_strip_ref *ref = &merge->refs[number];
	const struct gpq_packed_strip *strip = ref->strip;
	int64_t *cells = merge->cells[strip->cell];
	uint32_t place = strip->place % GPQ_STRIP_WINDOW;
	for (uint32_t i = 0; i < strip->places; i++, place++) {
		int64_t cell = gpq_strip_cell(strip, i), over = cells[place];
		if (cell == GPQ_CELL_NULL)
			continue;
		bool seen = over == GPQ_CELL_NULL;
		ref->seen += seen;
		cells[place] = seen ? cell : over;
		if (!merge->newest[place]) {
			merge->newest[place] = (uint16_t)(number + 1);
			continue;
		}
		bool differs =
		    (!seen && over != cell) || (strip->version != GPQ_VERSION_NONE &&
						strip->version != merge->refs[merge->newest[place] - 1].strip->version);
		ref->superseded += differs;
		ref->joined += !differs && seen;
		ref->duplicate += !differs && !seen;
	}
}

/* Lays all strips; gives whether one was superseded. */
static bool refs_lay(struct gpq_strip_merge *merge, bool one_version)
{
	bool superseded = false;
	memset(merge->laid_last, 0, sizeof(merge->laid_last));
	for (uint32_t i = 0; i < merge->n; i++) {
		struct gpq_strip_ref *ref = &merge->refs[i];
		uint16_t *last = &merge->laid_last[ref->strip->cell];
		ref->joined = ref->duplicate = ref->superseded = ref->seen = 0;
		if (i + AHEAD_STRIPS < merge->n)
			__builtin_prefetch((const uint8_t *)merge->refs[i + AHEAD_STRIPS].strip + 2 * LINE_BYTES - 1);
		if (!one_version)
			revision_lay(merge, i);
		else if (strip_is_copy(merge, ref))
			ref->duplicate = ref->strip->known;
		else
			strip_lay(merge, i);
		superseded |= ref->superseded > 0;
		if (!ref->seen)
			continue;
		ref->laid_before = *last;
		*last = (uint16_t)(i + 1);
	}
	return superseded;
}

/* Nothing is known of the places that the strips reach: of [*out_first, *out_end). */
static void places_clear(struct gpq_strip_merge *merge, uint32_t *out_first, uint32_t *out_end)
{
	uint32_t first = GPQ_STRIP_WINDOW, end = 0;
	for (uint32_t i = 0; i < merge->n; i++) {
		const struct gpq_packed_strip *strip = merge->refs[i].strip;
		uint32_t from = strip->place % GPQ_STRIP_WINDOW, to = from + strip->places;
		first = from < first ? from : first;
		end = to > end ? to : end;
	}
	memset(merge->newest + first, 0, (end - first) * sizeof(merge->newest[0]));
	for (uint32_t k = 0; k < merge->rules->n_cells; k++) {
		for (uint32_t p = first; p < end; p++)
			merge->cells[k][p] = GPQ_CELL_NULL;
	}
	*out_first = first;
	*out_end = end;
}

enum gpq_status gpq_strip_layers_lay(struct gpq_strip_merge *merge, uint32_t window, enum gpq_strip_merged *out,
				     struct gpq_error *err)
{
	struct gpq_strip_common *common = &merge->common;
	bool agree = true, one_version = true;
	uint32_t first, end;
	GPQ_TRY(refs_order(merge, err));
	GPQ_TRY(twins_check(merge, &agree, err));
	places_clear(merge, &first, &end);
	for (uint32_t i = 1; i < merge->n; i++)
		one_version &= merge->refs[i].strip->version == merge->refs[0].strip->version;
	bool superseded = refs_lay(merge, one_version);
	if (!agree || (merge->rules->keep_revisions && superseded)) {
		*out = GPQ_STRIPS_MIXED;
		return GPQ_OK;
	}
	common->rows = 0;
	for (uint32_t p = first; p < end; p++) {
		if (!merge->newest[p])
			continue;
		const struct gpq_packed_strip *strip = merge->refs[merge->newest[p] - 1].strip;
		common->place[common->rows] = window * GPQ_STRIP_WINDOW + p;
		common->version[common->rows] = strip->version;
		common->input[common->rows++] = gpq_turned_input(strip->origin);
	}
	*out = GPQ_STRIPS_LAYERED;
	return GPQ_OK;
}
