// SPDX-License-Identifier: MIT
#include "sort/part.h"

#include "table/cell.h"

struct gpq_columns gpq_columns_pack(const struct gpq_columns *columns, uint8_t *base, uint32_t rows)
{
	struct gpq_columns packed = gpq_columns_of(rows, columns->n_cells, columns->origin_off);
	/* ascending targets never pass the sources that are still to be moved */
	for (uint32_t k = 0; k < columns->n_cells; k++)
		memmove(gpq_columns_cell(&packed, base, k), gpq_columns_cell(columns, base, k), 8 * (size_t)rows);
	memmove(base + packed.start_off, base + columns->start_off, 4 * (size_t)rows);
	memmove(base + packed.location_off, base + columns->location_off, 4 * (size_t)rows);
	memmove(base + packed.version_off, base + columns->version_off, 4 * (size_t)rows);
	return packed;
}

/* > 0: a's input is newer. */
static enum gpq_status inputs_compare(const struct gpq_sort_rules *rules, const struct gpq_part *a,
				      const struct gpq_part *b, int *out_order, struct gpq_error *err)
{
	uint32_t input_a = gpq_origin_input(a->origin), input_b = gpq_origin_input(b->origin);
	*out_order = 0;
	if (input_a == input_b || !rules->input_newer)
		return GPQ_OK;
	return rules->input_newer(rules->context, input_a, input_b, out_order, err);
}

enum gpq_status gpq_part_same_revision(const struct gpq_sort_rules *rules, const struct gpq_part *a,
				       const struct gpq_part *b, bool *out_same, struct gpq_error *err)
{
	int order = 0;
	if (a->version == b->version)
		GPQ_TRY(inputs_compare(rules, a, b, &order, err));
	*out_same = a->version == b->version && order == 0;
	return GPQ_OK;
}

/* Any fixed order of what two parts say, for those that nothing else tells apart. */
static int content_compare(const struct gpq_sort_rules *rules, const struct gpq_part *a, const struct gpq_part *b)
{
	for (uint32_t k = 0; k < rules->n_cells; k++) {
		if (a->cell[k] != b->cell[k])
			return a->cell[k] > b->cell[k] ? -1 : 1;
	}
	if (a->location == b->location)
		return 0;
	const struct gpq_location *at_a = gpq_locations_view(rules->locations, a->location);
	const struct gpq_location *at_b = gpq_locations_view(rules->locations, b->location);
	for (int t = 0; t < GPQ_LOCATION_TEXTS; t++) {
		int order = gpq_text_compare(at_a->text[t], at_b->text[t]);
		if (order)
			return order;
	}
	if (at_a->voltage_kv != at_b->voltage_kv)
		return at_a->voltage_kv > at_b->voltage_kv ? -1 : 1;
	return 0;
}

enum gpq_status gpq_part_compare(const struct gpq_sort_rules *rules, const struct gpq_part *a, const struct gpq_part *b,
				 int *out_order, struct gpq_error *err)
{
	bool older_a = a->origin & GPQ_ORIGIN_OLDER, older_b = b->origin & GPQ_ORIGIN_OLDER;
	int order = 0;
	if (older_a != older_b) {
		order = older_a ? 1 : -1;
	} else if (a->version != b->version) {
		order = a->version > b->version ? -1 : 1;
	} else {
		int newer = 0;
		GPQ_TRY(inputs_compare(rules, a, b, &newer, err));
		uint64_t byte_a = gpq_origin_byte(a->origin), byte_b = gpq_origin_byte(b->origin);
		if (newer)
			order = newer > 0 ? -1 : 1;
		else if (byte_a != byte_b)
			order = byte_a > byte_b ? -1 : 1;
		else
			order = content_compare(rules, a, b);
		if (!order && a->origin != b->origin)
			order = a->origin < b->origin ? -1 : 1;
	}
	*out_order = order;
	return GPQ_OK;
}
