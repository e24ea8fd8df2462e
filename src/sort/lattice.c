// SPDX-License-Identifier: MIT
#include "sort/lattice.h"

/* Slices and what is said by run share the two arrays of pairs, so there are as many as fit the first. */
#define SLICES_MAX (GPQ_INDEX_PAIRS * sizeof(struct gpq_index_pair) / sizeof(struct gpq_lattice_slice))
/* A slice shorter than this on average is no gain. */
#define SLICE_ROWS 4
#define PLACE_BITS 8 /* of the offset that a slice's place leaves out: a terabyte of text has 2^32 places */

_Static_assert((SLICES_MAX + 1) * 12 + (GPQ_LATTICE_SEGMENTS + 1) * sizeof(struct gpq_lattice_segment) <=
		   GPQ_INDEX_PAIRS * sizeof(struct gpq_index_pair),
	       "what is said by run fits the other array of pairs");

/* ---- slices ---- */

static enum gpq_status slices_cut(struct gpq_lattice *lattice, const struct gpq_slab_rows *rows,
				  struct gpq_tallies *tallies, bool *out_found, struct gpq_error *err)
{
	uint32_t other_versions = 0;
	for (uint32_t s = 0; s < rows->n_slabs; s++) {
		const struct gpq_slab *slab = rows->slab[s];
		const struct gpq_slab_layout *layout = gpq_slab_rows_layout(rows, s);
		for (uint32_t from = 0, n = slab->rows, to; from < n; from = to) {
			struct gpq_tally *tally = NULL;
			bool failed = false;
			uint64_t origin = gpq_slab_origin_at(layout, slab, from);
			uint32_t input = gpq_origin_input(origin);
			GPQ_TRY(gpq_tallies_at(tallies, input, &tally, &failed, err));
			if (failed || lattice->n_slices == SLICES_MAX ||
			    (uint64_t)lattice->n_slices * SLICE_ROWS > (uint64_t)lattice->rows + 64)
				return GPQ_OK;
			to = gpq_slab_slice_end(layout, slab, from, &other_versions);
			lattice->slices[lattice->n_slices++] =
			    (struct gpq_lattice_slice){ .start_s = gpq_slab_start_at(layout, slab, from),
							.input = input,
							.slab = s,
							.place = (uint32_t)(gpq_origin_byte(origin) >> PLACE_BITS),
							.from = (uint16_t)from,
							.rows = (uint16_t)(to - from) };
			lattice->rows += to - from;
		}
	}
	lattice->one_version = other_versions == 0;
	*out_found = lattice->rows > 0;
	return GPQ_OK;
}

static bool stands_before(const struct gpq_lattice_slice *b, const struct gpq_lattice_slice *a)
{
	if (b->start_s != a->start_s)
		return b->start_s < a->start_s;
	return b->input != a->input ? b->input < a->input : b->place < a->place;
}

/* Orders the slices by instant, input and place in it, whatever order they came in; merge sort, bottom up. '*other' is
 * the array beside. */
static void slices_order(struct gpq_lattice *lattice, struct gpq_lattice_slice **other)
{
	struct gpq_lattice_slice *from = lattice->slices, *to = *other;
	size_t n = lattice->n_slices;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t low = 0; low < n; low += 2 * width) {
			size_t mid = low + width < n ? low + width : n, high = mid + width < n ? mid + width : n;
			size_t a = low, b = mid;
			for (size_t w = low; w < high; w++)
				to[w] = b == high || (a < mid && !stands_before(&from[b], &from[a])) ? from[a++]
												     : from[b++];
		}
		struct gpq_lattice_slice *swap = from;
		from = to;
		to = swap;
	}
	lattice->slices = from;
	*other = to;
}

/* ---- runs and segments ---- */

/* What is said by run goes into 'memory'. */
static void runs_find(struct gpq_lattice *lattice, const struct gpq_slab_rows *rows, void *memory)
{
	uint32_t n = 0;
	lattice->one_input = true;
	lattice->start_s = memory;
	lattice->version = (int32_t *)memory + lattice->n_slices;
	lattice->run_slice = (uint32_t *)memory + 2 * (size_t)lattice->n_slices;
	lattice->segments = (struct gpq_lattice_segment *)(void *)(lattice->run_slice + lattice->n_slices + 1);
	for (uint32_t i = 0; i < lattice->n_slices; i++) {
		const struct gpq_lattice_slice *slice = &lattice->slices[i];
		int32_t version = gpq_slab_row_version(rows, slice->slab << GPQ_SLAB_ROW_BITS | slice->from);
		if (n == 0 || lattice->start_s[n - 1] != slice->start_s) {
			lattice->start_s[n] = slice->start_s;
			lattice->version[n] = version;
			lattice->run_slice[n++] = i;
		} else if (lattice->version[n - 1] != version) {
			lattice->one_version = false;
		}
		if (i && lattice->run_slice[n - 1] != i)
			lattice->one_input &= slice->input == slice[-1].input;
	}
	lattice->run_slice[n] = lattice->n_slices;
	lattice->n_runs = n;
}

/* Whether 'n' codes from element 'at_a' of one slice and 'at_b' of another on are the same. */
static bool codes_alike(const struct gpq_slab_rows *rows, const struct gpq_lattice_slice *a, uint32_t at_a,
			const struct gpq_lattice_slice *b, uint32_t at_b, uint32_t n)
{
	const struct gpq_slab *slab_a = rows->slab[a->slab], *slab_b = rows->slab[b->slab];
	const struct gpq_slab_layout *layout_a = &rows->layouts.of[slab_a->kind],
				     *layout_b = &rows->layouts.of[slab_b->kind];
	size_t width = layout_a->location_bytes;
	at_a += a->from;
	at_b += b->from;
	if (width == layout_b->location_bytes)
		return memcmp(gpq_slab_location_column(layout_a, slab_a) + width * at_a,
			      gpq_slab_location_column(layout_b, slab_b) + width * at_b, width * n) == 0;
	for (uint32_t i = 0; i < n; i++) {
		if (gpq_slab_location_at(layout_a, slab_a, at_a + i) != gpq_slab_location_at(layout_b, slab_b, at_b + i))
			return false;
	}
	return true;
}

/* Whether two runs have one sequence of codes, however they are sliced. */
static bool runs_alike(const struct gpq_lattice *lattice, const struct gpq_slab_rows *rows, uint32_t a, uint32_t b)
{
	const struct gpq_lattice_slice *slice_a = &lattice->slices[lattice->run_slice[a]],
				       *end_a = &lattice->slices[lattice->run_slice[a + 1]],
				       *slice_b = &lattice->slices[lattice->run_slice[b]],
				       *end_b = &lattice->slices[lattice->run_slice[b + 1]];
	uint32_t at_a = 0, at_b = 0;
	while (slice_a < end_a && slice_b < end_b) {
		uint32_t left_a = slice_a->rows - at_a, left_b = slice_b->rows - at_b;
		uint32_t n = left_a < left_b ? left_a : left_b;
		if (!codes_alike(rows, slice_a, at_a, slice_b, at_b, n))
			return false;
		at_a += n;
		at_b += n;
		if (at_a == slice_a->rows) {
			slice_a++;
			at_a = 0;
		}
		if (at_b == slice_b->rows) {
			slice_b++;
			at_b = 0;
		}
	}
	return slice_a == end_a && slice_b == end_b;
}

static uint32_t run_rows(const struct gpq_lattice *lattice, uint32_t run)
{
	uint32_t n = 0;
	for (uint32_t i = lattice->run_slice[run]; i < lattice->run_slice[run + 1]; i++)
		n += lattice->slices[i].rows;
	return n;
}

/* Gives false where sequences change too often: less than four runs a segment on average. */
static bool segments_find(struct gpq_lattice *lattice, const struct gpq_slab_rows *rows)
{
	uint32_t n = 0;
	for (uint32_t run = 0; run < lattice->n_runs; run++) {
		if (run && runs_alike(lattice, rows, run - 1, run))
			continue;
		if (n == GPQ_LATTICE_SEGMENTS || 4 * n > lattice->n_runs)
			return false;
		lattice->segments[n++] = (struct gpq_lattice_segment){ run, run_rows(lattice, run) };
	}
	lattice->segments[n] = (struct gpq_lattice_segment){ lattice->n_runs, 0 };
	lattice->n_segments = n;
	return true;
}

static enum gpq_status segments_hold(const struct gpq_lattice *lattice, const struct gpq_slab_rows *rows,
				     struct gpq_location_order *order, struct gpq_error *err)
{
	for (uint32_t s = 0; s < lattice->n_segments; s++) {
		uint32_t run = lattice->segments[s].run, n_runs = gpq_lattice_segment_runs(lattice, s);
		for (uint32_t i = lattice->run_slice[run]; i < lattice->run_slice[run + 1]; i++) {
			struct gpq_lattice_codes codes;
			gpq_lattice_codes_begin(&codes);
			while (gpq_lattice_codes_next(&codes, rows, &lattice->slices[i])) {
				for (uint32_t k = 0; k < codes.n; k++) {
					GPQ_TRY(gpq_location_order_check(order, codes.code[k], err));
					gpq_location_order_hold(order, codes.code[k], n_runs);
				}
			}
		}
	}
	return GPQ_OK;
}

/* ---- places ---- */

/* Gives the rows of a slice their elements, from '*element' on; false where a rank has one already. */
static bool slice_place(const struct gpq_lattice *lattice, const struct gpq_slab_rows *rows,
			const struct gpq_lattice_slice *slice, struct gpq_lattice_place *places, uint32_t *element)
{
	struct gpq_lattice_codes codes;
	gpq_lattice_codes_begin(&codes);
	while (gpq_lattice_codes_next(&codes, rows, slice)) {
		for (uint32_t k = 0; k < codes.n; k++) {
			struct gpq_lattice_place *place = &places[lattice->rank[codes.code[k]]];
			if (place->element != GPQ_LATTICE_ABSENT)
				return false;
			place->element = (*element)++;
		}
	}
	return true;
}

/* Gives false where a segment has two rows of one key an instant. */
static bool elements_place(struct gpq_lattice *lattice, const struct gpq_slab_rows *rows)
{
	size_t count = (size_t)lattice->n_segments * lattice->n_ranks;
	memset(lattice->places, 0xFF, count * sizeof(*lattice->places)); /* GPQ_LATTICE_ABSENT */
	for (uint32_t s = 0; s < lattice->n_segments; s++) {
		struct gpq_lattice_place *places = lattice->places + (size_t)s * lattice->n_ranks;
		uint32_t run = lattice->segments[s].run, element = 0;
		for (uint32_t i = lattice->run_slice[run]; i < lattice->run_slice[run + 1]; i++) {
			if (!slice_place(lattice, rows, &lattice->slices[i], places, &element))
				return false;
		}
	}
	return true;
}

static void rows_place(struct gpq_lattice *lattice)
{
	uint32_t row = 0;
	for (uint32_t r = 0; r < lattice->n_ranks; r++) {
		lattice->first_row[r] = row;
		for (uint32_t s = 0; s < lattice->n_segments; s++) {
			struct gpq_lattice_place *place = &lattice->places[(size_t)s * lattice->n_ranks + r];
			place->row = row;
			row += place->element == GPQ_LATTICE_ABSENT ? 0 : gpq_lattice_segment_runs(lattice, s);
		}
	}
	lattice->first_row[lattice->n_ranks] = row;
}

static enum gpq_status inputs_count(const struct gpq_lattice *lattice, struct gpq_tallies *tallies,
				    struct gpq_error *err)
{
	for (uint32_t i = 0; i < lattice->n_slices; i++) {
		struct gpq_tally *tally = NULL;
		bool failed = false;
		GPQ_TRY(gpq_tallies_at(tallies, lattice->slices[i].input, &tally, &failed, err));
		tally->written += lattice->slices[i].rows;
	}
	return GPQ_OK;
}

enum gpq_status gpq_lattice_survey(struct gpq_index *index, const struct gpq_slab_rows *rows,
				   struct gpq_location_order *order, const struct gpq_sort_rules *rules,
				   struct gpq_tallies *tallies, uint8_t *area, size_t area_bytes,
				   struct gpq_lattice *out, bool *out_found, struct gpq_error *err)
{
	struct gpq_lattice lattice = { .slices = (struct gpq_lattice_slice *)(void *)index->pairs[0] };
	struct gpq_lattice_slice *other = (struct gpq_lattice_slice *)(void *)index->pairs[1];
	bool found = false;
	*out_found = false;
	GPQ_TRY(slices_cut(&lattice, rows, tallies, &found, err));
	if (!found)
		return GPQ_OK;
	slices_order(&lattice, &other);
	runs_find(&lattice, rows, other);
	if (!segments_find(&lattice, rows))
		return GPQ_OK;
	GPQ_TRY(segments_hold(&lattice, rows, order, err));
	gpq_location_order_rank(order, rules, area);
	lattice.n_ranks = order->n_ranks;
	lattice.rank = order->rank;
	if (order->any_torn || gpq_lattice_area_bytes(&lattice) > area_bytes)
		return GPQ_OK;
	lattice.places = (struct gpq_lattice_place *)(void *)area;
	lattice.first_row = (uint32_t *)(void *)(lattice.places + (size_t)lattice.n_segments * lattice.n_ranks);
	if (!elements_place(&lattice, rows))
		return GPQ_OK;
	rows_place(&lattice);
	*out = lattice;
	*out_found = true;
	return inputs_count(&lattice, tallies, err);
}

/* ---- finding rows ---- */

bool gpq_lattice_codes_next(struct gpq_lattice_codes *codes, const struct gpq_slab_rows *rows,
			    const struct gpq_lattice_slice *slice)
{
	codes->at += codes->n;
	codes->n = slice->rows - codes->at < GPQ_LATTICE_CODES ? slice->rows - codes->at : GPQ_LATTICE_CODES;
	gpq_slab_locations_unpack(gpq_slab_rows_layout(rows, slice->slab), rows->slab[slice->slab],
				  slice->from + codes->at, codes->n, codes->code);
	return codes->n > 0;
}

uint32_t gpq_lattice_rank_at(const struct gpq_lattice *lattice, uint32_t row)
{
	uint32_t low = 0, high = lattice->n_ranks; /* first_row[low] <= row < first_row[high] */
	while (high - low > 1) {
		uint32_t at = low + (high - low) / 2;
		if (lattice->first_row[at] <= row)
			low = at;
		else
			high = at;
	}
	return low;
}

const struct gpq_lattice_slice *gpq_lattice_slice_at(const struct gpq_lattice *lattice, uint32_t run, uint32_t element,
						     uint32_t *out_at)
{
	const struct gpq_lattice_slice *slice = &lattice->slices[lattice->run_slice[run]];
	for (; element >= slice->rows; slice++)
		element -= slice->rows;
	*out_at = slice->from + element;
	return slice;
}
