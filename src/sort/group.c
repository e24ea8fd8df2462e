// SPDX-License-Identifier: MIT
#include "sort/group.h"

void gpq_sort_group_init(struct gpq_sort_group *group, const struct gpq_sort_rules *rules,
			 struct gpq_location_order *order, struct gpq_tallies *tallies, struct gpq_spill *spill)
{
	gpq_merge_init(&group->merge, rules, order, tallies, spill);
	group->spill = spill;
	group->n = 0;
	group->n_parts = group->n_chunks = group->last_chunk_off = 0;
}

static enum gpq_status parts_compare(const struct gpq_sort_group *group, const struct gpq_sort_group_part *a,
				     const struct gpq_sort_group_part *b, int *out_order, struct gpq_error *err)
{
	GPQ_TRY(gpq_part_compare(group->merge.rules, &a->part, &b->part, out_order, err));
	if (*out_order == 0)
		*out_order = (a->number > b->number) - (a->number < b->number);
	return GPQ_OK;
}

/* Puts 'part' in its place among the newest; of a full house the oldest goes. */
static enum gpq_status newest_insert(struct gpq_sort_group *group, const struct gpq_sort_group_part *part,
				     struct gpq_error *err)
{
	uint32_t low = 0, high = group->n;
	while (low < high) {
		uint32_t at = low + (high - low) / 2;
		int order = 0;
		GPQ_TRY(parts_compare(group, part, &group->newest[at], &order, err));
		if (order < 0)
			high = at;
		else
			low = at + 1;
	}
	if (low == GPQ_GROUP_PARTS)
		return GPQ_OK;
	group->n += group->n < GPQ_GROUP_PARTS;
	memmove(&group->newest[low + 1], &group->newest[low], (group->n - 1 - low) * sizeof(group->newest[0]));
	group->newest[low] = *part;
	return GPQ_OK;
}

static enum gpq_status chunk_write(struct gpq_sort_group *group, struct gpq_error *err)
{
	memset(&group->chunk, 0, sizeof(group->chunk)); /* cells past n_cells go to disk too */
	group->chunk.previous_off = group->last_chunk_off;
	memcpy(group->chunk.parts, group->newest, group->n * sizeof(group->newest[0]));
	GPQ_TRY(gpq_spill_append(group->spill, &group->chunk, sizeof(group->chunk), &group->last_chunk_off, err));
	group->n_chunks++;
	group->n = 0;
	return GPQ_OK;
}

enum gpq_status gpq_sort_group_add(struct gpq_sort_group *group, const struct gpq_part *part, struct gpq_error *err)
{
	if (group->n == GPQ_GROUP_PARTS)
		GPQ_TRY(chunk_write(group, err));
	struct gpq_sort_group_part numbered = { .part = *part, .number = group->n_parts++ };
	return newest_insert(group, &numbered, err);
}

static enum gpq_status newest_merge(struct gpq_sort_group *group, struct gpq_error *err)
{
	for (uint32_t i = 0; i < group->n; i++)
		GPQ_TRY(gpq_merge_add(&group->merge, &group->newest[i].part, err));
	return GPQ_OK;
}

/* One pass over all chunks: the newest parts that are older than 'after' (NULL: of all). The chunk written last may be
 * partly filled: it holds 'last_rows'. */
static enum gpq_status newest_pick(struct gpq_sort_group *group, const struct gpq_sort_group_part *after,
				   uint32_t last_rows, struct gpq_error *err)
{
	uint64_t offset = group->last_chunk_off;
	uint32_t rows = last_rows;
	group->n = 0;
	for (uint64_t c = 0; c < group->n_chunks; c++, rows = GPQ_GROUP_PARTS) {
		GPQ_TRY(gpq_spill_read(group->spill, offset, &group->chunk, sizeof(group->chunk), err));
		offset = group->chunk.previous_off;
		for (uint32_t i = 0; i < rows; i++) {
			int order = 1;
			if (after)
				GPQ_TRY(parts_compare(group, &group->chunk.parts[i], after, &order, err));
			if (order > 0)
				GPQ_TRY(newest_insert(group, &group->chunk.parts[i], err));
		}
	}
	return GPQ_OK;
}

enum gpq_status gpq_sort_group_finish(struct gpq_sort_group *group, const struct gpq_row_sink *sink,
				      struct gpq_error *err)
{
	if (group->n_parts == 0)
		return GPQ_OK;
	if (group->n_parts == 1) {
		GPQ_TRY(sink->row(sink->context, &group->newest[0].part, err));
	} else {
		if (group->n_chunks) {
			uint32_t last_rows = group->n;
			GPQ_TRY(chunk_write(group, err));
			GPQ_TRY(newest_pick(group, NULL, last_rows, err));
			while (group->n == GPQ_GROUP_PARTS) {
				struct gpq_sort_group_part after = group->newest[group->n - 1];
				GPQ_TRY(newest_merge(group, err));
				GPQ_TRY(newest_pick(group, &after, last_rows, err));
			}
		}
		GPQ_TRY(newest_merge(group, err));
		GPQ_TRY(gpq_merge_finish(&group->merge, sink, err));
	}
	group->n = 0;
	group->n_parts = group->n_chunks = 0;
	return GPQ_OK;
}
