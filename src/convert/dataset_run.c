// SPDX-License-Identifier: MIT
#include "convert/dataset_run.h"

#include <stdio.h>
#include <string.h>

#define FIRST_ROOM 16
#define TALLIES_AT_ONCE 64u

/* Makes room for one more item in an array of pointers or records. */
static enum gpq_status array_grow(struct gpq_budget *budget, void *array_at, uint32_t count, uint32_t *room,
                                  size_t item_bytes, struct gpq_error *err)
{
	if (count < *room)
		return GPQ_OK;
	void *old = NULL, *grown = NULL;
	memcpy(&old, array_at, sizeof(old));
	uint32_t more = *room ? *room * 2 : FIRST_ROOM;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, more * item_bytes, &grown, err));
	if (count)
		memcpy(grown, old, count * item_bytes);
	gpq_free(budget, GPQ_TAG_CONVERT, old, *room * item_bytes);
	memcpy(array_at, &grown, sizeof(grown));
	*room = more;
	return GPQ_OK;
}

enum gpq_status gpq_dataset_run_slot(struct gpq_dataset_run *run, struct gpq_budget *budget, const struct gpq_span *span,
                                     struct gpq_block_slot **out, struct gpq_error *err)
{
	uint32_t low = 0, high = run->n_slots;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (run->slots[middle]->span.key < span->key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < run->n_slots && run->slots[low]->span.key == span->key) {
		*out = run->slots[low];
		return GPQ_OK;
	}
	GPQ_TRY(array_grow(budget, &run->slots, run->n_slots, &run->room_slots, sizeof(run->slots[0]), err));
	struct gpq_block_slot *slot = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*slot), &slot, err));
	slot->dataset = run;
	slot->span = *span;
	pthread_mutex_init(&slot->lock, NULL);
	memmove(&run->slots[low + 1], &run->slots[low], (run->n_slots - low) * sizeof(run->slots[0]));
	run->slots[low] = slot;
	run->n_slots++;
	*out = slot;
	return GPQ_OK;
}

enum gpq_status gpq_block_slot_tallies(const struct gpq_block_slot *slot, struct gpq_stash *kept,
                                       bool (*visit)(void *context, const struct gpq_tally *tally), void *context,
                                       struct gpq_error *err)
{
	struct gpq_tally tallies[TALLIES_AT_ONCE];
	for (uint32_t done = 0; done < slot->n_tallies;) {
		uint32_t n = slot->n_tallies - done < TALLIES_AT_ONCE ? slot->n_tallies - done : TALLIES_AT_ONCE;
		GPQ_TRY(gpq_stash_read(kept, slot->tallies_at + done * sizeof(tallies[0]), tallies, n * sizeof(tallies[0]), err));
		for (uint32_t i = 0; i < n; i++)
			if (!visit(context, &tallies[i]))
				return GPQ_OK;
		done += n;
	}
	return GPQ_OK;
}

void gpq_block_slot_clear(struct gpq_block_slot *slot, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_CONVERT, slot->day_found,
	         (size_t)(slot->span.end_day - slot->span.first_day) * sizeof(slot->day_found[0]));
	gpq_free(budget, GPQ_TAG_CONVERT, slot->day_covered_s,
	         (size_t)(slot->span.end_day - slot->span.first_day) * sizeof(slot->day_covered_s[0]));
	slot->day_found = slot->day_covered_s = NULL;
	slot->n_tallies = 0;
	slot->surveyed = false;
	slot->rows = slot->current_rows = 0;
}

enum gpq_status gpq_dataset_run_file(struct gpq_dataset_run *run, struct gpq_budget *budget, const char *folder,
                                     int32_t partition, struct gpq_partition_file **out, struct gpq_error *err)
{
	uint32_t at = 0;
	while (at < run->n_files && run->files[at].partition < partition)
		at++;
	if (at < run->n_files && run->files[at].partition == partition) {
		*out = &run->files[at];
		return GPQ_OK;
	}
	GPQ_TRY(array_grow(budget, &run->files, run->n_files, &run->room_files, sizeof(run->files[0]), err));
	char text[16];
	gpq_partition_print(partition, text);
	const char *id = run->dataset->id, *market = run->market->folder;
	size_t bytes = strlen(folder) + strlen(market) + 2 * strlen(id) + sizeof(text) + 16;
	char *path = NULL;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, bytes, &path, err));
	snprintf(path, bytes, "%s/%s/%s/%s_%s.parquet", folder, market, id, id, text);
	char *exact = NULL; /* sized by its text, so that its size is known when it is given back */
	enum gpq_status status = gpq_alloc(budget, GPQ_TAG_CONVERT, strlen(path) + 1, &exact, err);
	if (status == GPQ_OK)
		memcpy(exact, path, strlen(path) + 1);
	gpq_free(budget, GPQ_TAG_CONVERT, path, bytes);
	GPQ_TRY(status);
	memmove(&run->files[at + 1], &run->files[at], (run->n_files - at) * sizeof(run->files[0]));
	run->files[at] = (struct gpq_partition_file){ .partition = partition, .path = exact };
	run->n_files++;
	*out = &run->files[at];
	return GPQ_OK;
}

void gpq_dataset_run_done(struct gpq_dataset_run *run, struct gpq_budget *budget)
{
	for (uint32_t i = 0; i < run->n_slots; i++) {
		struct gpq_block_slot *slot = run->slots[i];
		gpq_block_close(slot->block);
		gpq_block_slot_clear(slot, budget);
		pthread_mutex_destroy(&slot->lock);
		gpq_free(budget, GPQ_TAG_CONVERT, slot, sizeof(*slot));
	}
	gpq_free(budget, GPQ_TAG_CONVERT, run->slots, run->room_slots * sizeof(run->slots[0]));
	for (uint32_t i = 0; i < run->n_files; i++) {
		struct gpq_partition_file *file = &run->files[i];
		gpq_parquet_file_close(file->file);
		gpq_sink_close(file->sink);
		gpq_sink_close(file->fresh);
		gpq_free(budget, GPQ_TAG_CONVERT, file->path, strlen(file->path) + 1);
	}
	gpq_free(budget, GPQ_TAG_CONVERT, run->files, run->room_files * sizeof(run->files[0]));
	memset(run, 0, sizeof(*run));
}
