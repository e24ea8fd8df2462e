// SPDX-License-Identifier: MIT
#include "convert/source_list.h"

#include "base/json.h"
#include "input/collation.h"

#include <stdio.h>
#include <string.h>

#define ROOM_A_TALLY 256u /* of few inputs: no more room is taken than they fill */

/* What an input is put in order by, and told again by; its name stands between the two. */
struct source {
	uint32_t number;
	uint64_t size_bytes;
	struct gpq_hash hash;
};

struct look {
	struct gpq_run *run;
	struct gpq_collation *collation;
	struct gpq_input_names names;
	uint8_t key[GPQ_INPUT_PATH_BYTES + 64];
	struct gpq_error *err;
	enum gpq_status status;
};

static void number_put(uint8_t *key, size_t *len, uint64_t number, unsigned bytes)
{
	for (unsigned i = bytes; i > 0; i--)
		key[(*len)++] = (uint8_t)(number >> 8 * (i - 1));
}

/* One content under one name, packed or not: what the list says of them decides. */
static size_t key_make(const struct gpq_input *input, const char *name, uint32_t number, uint8_t *key)
{
	size_t len = 0, name_bytes = strlen(name) + 1;
	number_put(key, &len, input->rank, 4);
	number_put(key, &len, input->hash.high, 8);
	number_put(key, &len, input->hash.low, 8);
	memcpy(key + len, name, name_bytes);
	len += name_bytes;
	number_put(key, &len, input->size_bytes, 8);
	number_put(key, &len, number, 4);
	return len;
}

#define NAME_AT 20u /* in the key */

static enum gpq_status source_add(struct look *look, uint32_t number)
{
	struct gpq_input input;
	GPQ_TRY(gpq_catalogue_get(&look->run->catalogue, number, &input, look->err));
	if (input.state != GPQ_INPUT_CONVERTED)
		return GPQ_OK;
	GPQ_TRY(gpq_catalogue_names(&look->run->catalogue, &input, &look->names, look->err));
	struct source source = { number, input.size_bytes, input.hash };
	struct gpq_collation_entry entry = {
		.key = look->key,
		.key_len = (uint32_t)key_make(&input, look->names.name, number, look->key),
		.load = (const uint8_t *)&source,
		.load_len = sizeof(source),
	};
	return gpq_collation_add(look->collation, &entry, look->err);
}

static bool tally_look(void *context, const struct gpq_tally *tally)
{
	struct look *look = context;
	look->status = source_add(look, tally->input);
	return look->status == GPQ_OK;
}

static enum gpq_status slots_look(struct look *look, const struct gpq_dataset_run *dataset, int32_t partition,
                                  uint64_t *out_rows, struct gpq_error *err)
{
	*out_rows = 0;
	for (uint32_t s = 0; s < dataset->n_slots; s++) {
		const struct gpq_block_slot *slot = dataset->slots[s];
		if (slot->span.partition != partition)
			continue;
		*out_rows += slot->current_rows;
		GPQ_TRY(gpq_block_slot_tallies(slot, look->run->tallies, tally_look, look, err));
		GPQ_TRY(look->status);
	}
	return gpq_collation_finish(look->collation, err);
}

static void source_print(struct gpq_json *json, const char *name, const struct source *source)
{
	char hash[33];
	snprintf(hash, sizeof(hash), "%016llx%016llx", (unsigned long long)source->hash.high, (unsigned long long)source->hash.low);
	gpq_json_array_begin(json);
	gpq_json_text(json, name);
	gpq_json_uint64(json, source->size_bytes);
	gpq_json_text(json, hash);
	gpq_json_array_end(json);
}

/* An input stands once for each block that it fed. */
static enum gpq_status sources_take(struct look *look, struct gpq_source_list *list, struct gpq_error *err)
{
	struct gpq_collation_entry entry;
	struct gpq_hasher hasher;
	struct gpq_json json;
	uint32_t last = UINT32_MAX;
	enum gpq_status status;
	gpq_hasher_init(&hasher, look->run->cpu_features);
	gpq_json_init(&json, &list->text);
	gpq_json_array_begin(&json);
	while ((status = gpq_collation_next(look->collation, &entry, err)) == GPQ_OK) {
		struct source source;
		memcpy(&source, entry.load, sizeof(source));
		if (source.number == last)
			continue;
		last = source.number;
		list->count++;
		const char *name = (const char *)entry.key + NAME_AT;
		struct gpq_hash pair[2] = { gpq_hash_of(name, strlen(name)), source.hash };
		gpq_hasher_update(&hasher, pair, sizeof(pair));
		if (list->text.len < GPQ_SOURCE_LIST_BYTES)
			source_print(&json, name, &source);
	}
	if (status != GPQ_END)
		return status;
	gpq_json_array_end(&json);
	list->hash = gpq_hasher_digest(&hasher);
	GPQ_TRY(gpq_json_finish(&json, err));
	list->is_whole = list->text.len < GPQ_SOURCE_LIST_BYTES;
	return GPQ_OK;
}

enum gpq_status gpq_source_list_make(struct gpq_source_list *list, struct gpq_run *run, const struct gpq_dataset_run *dataset,
                                     int32_t partition, struct gpq_error *err)
{
	struct look *look = NULL; /* some 30 KiB */
	size_t room = 0;
	*list = (struct gpq_source_list){ .count = 0 };
	for (uint32_t s = 0; s < dataset->n_slots && room < GPQ_SOURCE_ROOM_BYTES; s++)
		room += dataset->slots[s]->span.partition == partition ? (size_t)dataset->slots[s]->n_tallies * ROOM_A_TALLY : 0;
	gpq_buf_init(&list->text, run->budget, GPQ_TAG_CONVERT, GPQ_SOURCE_LIST_BYTES + 8 * GPQ_INPUT_PATH_BYTES);
	GPQ_TRY(gpq_alloc(run->budget, GPQ_TAG_CONVERT, sizeof(*look), &look, err));
	look->run = run;
	look->collation = NULL;
	look->err = err;
	look->status = GPQ_OK;
	enum gpq_status status = gpq_collation_open(run->budget, run->catalogue.folder,
	                                            room < GPQ_SOURCE_ROOM_BYTES ? room : GPQ_SOURCE_ROOM_BYTES,
	                                            &look->collation, err);
	if (status == GPQ_OK)
		status = slots_look(look, dataset, partition, &list->current_rows, err);
	if (status == GPQ_OK)
		status = sources_take(look, list, err);
	gpq_collation_close(look->collation);
	gpq_free(run->budget, GPQ_TAG_CONVERT, look, sizeof(*look));
	if (status != GPQ_OK)
		gpq_source_list_done(list);
	return status;
}

void gpq_source_list_done(struct gpq_source_list *list)
{
	gpq_buf_done(&list->text);
}
