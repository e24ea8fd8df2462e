// SPDX-License-Identifier: MIT
#include "input/catalogue.h"

#include "input/collation.h"
#include "io/folder.h"
#include "table/batch.h"

#include <stdio.h>
#include <string.h>

#define RECORDS_SHARE 5 / 8 /* of the cap: an input takes 96 bytes there and some 60 in the texts */
#define FOLDER_MORE "/.gridpq/spill"
#define FEEDS_A_MARKET 256u
#define SORT_ROOM_BYTES ((size_t)4 << 20)
#define SORT_ENTRY_BYTES 512u /* of a few inputs: no more room is taken than they fill */
#define OUTCOME_BYTES 24u     /* what the counts of an input take, about */

/* ---- open and close ---- */

/* The output's folder for spill files, or the nearest above it that exists: nothing is made where nothing is spilled. */
static enum gpq_status folder_choose(struct gpq_catalogue *catalogue, const char *output, struct gpq_error *err)
{
	size_t len = strlen(output), bytes = len + sizeof(FOLDER_MORE) + 1;
	char *folder = NULL;
	GPQ_TRY(gpq_alloc(catalogue->budget, GPQ_TAG_CONVERT, bytes, &folder, err));
	memcpy(folder, output, len);
	memcpy(folder + len, FOLDER_MORE, sizeof(FOLDER_MORE));
	while (!gpq_path_exists(folder)) {
		char *slash = strrchr(folder, '/');
		if (!slash)
			memcpy(folder, ".", 2);
		else
			slash[slash == folder] = 0;
		if (strcmp(folder, "/") == 0 || strcmp(folder, ".") == 0)
			break;
	}
	len = strlen(folder) + 1;
	char *exact = NULL; /* sized by its text, so that its size is known when it is given back */
	enum gpq_status status = gpq_alloc(catalogue->budget, GPQ_TAG_CONVERT, len, &exact, err);
	if (status == GPQ_OK)
		memcpy(exact, folder, len);
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, folder, bytes);
	catalogue->folder = exact;
	return status;
}

static enum gpq_status catalogue_open(struct gpq_catalogue *catalogue, const char *output, struct gpq_error *err)
{
	uint64_t at = 0;
	size_t records_bytes = catalogue->cap_bytes * RECORDS_SHARE;
	GPQ_TRY(folder_choose(catalogue, output, err));
	GPQ_TRY(gpq_spill_open(catalogue->budget, catalogue->folder, &catalogue->spill, err));
	GPQ_TRY(gpq_stash_open(catalogue->budget, catalogue->spill, records_bytes, &catalogue->records, err));
	GPQ_TRY(gpq_stash_open(catalogue->budget, catalogue->spill, catalogue->cap_bytes - records_bytes, &catalogue->texts, err));
	GPQ_TRY(gpq_alloc_zero(catalogue->budget, GPQ_TAG_CONVERT, sizeof(*catalogue->memo), &catalogue->memo, err));
	return gpq_stash_append(catalogue->texts, "", 1, &at, err); /* so that no text is at 0 */
}

enum gpq_status gpq_catalogue_init(struct gpq_catalogue *catalogue, struct gpq_budget *budget, size_t cap_bytes,
                                   const char *output, struct gpq_error *err)
{
	*catalogue = (struct gpq_catalogue){ .budget = budget, .cap_bytes = cap_bytes };
	enum gpq_status status = catalogue_open(catalogue, output, err);
	if (status != GPQ_OK)
		gpq_catalogue_done(catalogue);
	return status;
}

void gpq_catalogue_done(struct gpq_catalogue *catalogue)
{
	if (!catalogue->budget)
		return;
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->ranges, catalogue->room_ranges * sizeof(*catalogue->ranges));
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->memo, sizeof(*catalogue->memo));
	gpq_stash_close(catalogue->records);
	gpq_stash_close(catalogue->texts);
	gpq_spill_close(catalogue->spill);
	if (catalogue->folder)
		gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->folder, strlen(catalogue->folder) + 1);
	memset(catalogue, 0, sizeof(*catalogue));
}

/* ---- feeds ---- */

void gpq_input_recognise(struct gpq_input *input, const struct gpq_market *market, const struct gpq_feed *feed)
{
	uint32_t n_markets;
	const struct gpq_market *const *markets = gpq_markets(&n_markets);
	input->feed_number = 0;
	for (uint32_t m = 0; m < n_markets && market; m++)
		for (uint32_t f = 0; f < market->n_feeds && markets[m] == market; f++)
			if (market->feeds[f] == feed)
				input->feed_number = (uint16_t)(m * FEEDS_A_MARKET + f + 1);
}

const struct gpq_market *gpq_input_market(const struct gpq_input *input)
{
	uint32_t n_markets;
	return input->feed_number ? gpq_markets(&n_markets)[(input->feed_number - 1) / FEEDS_A_MARKET] : NULL;
}

const struct gpq_feed *gpq_input_feed(const struct gpq_input *input)
{
	const struct gpq_market *market = gpq_input_market(input);
	return market ? market->feeds[(input->feed_number - 1) % FEEDS_A_MARKET] : NULL;
}

/* ---- entering ---- */

/* One reason stands for all inputs in a row that have it. */
static enum gpq_status reason_keep(struct gpq_catalogue *catalogue, struct gpq_input *input, const char *reason,
                                   struct gpq_error *err)
{
	static const struct gpq_line_counts none;
	struct gpq_catalogue_memo *memo = catalogue->memo;
	if (memo->reason_at && strncmp(memo->reason, reason, GPQ_REASON_BYTES - 1) == 0) {
		input->outcome_at = memo->reason_at;
		return GPQ_OK;
	}
	GPQ_TRY(gpq_catalogue_note(catalogue, input, reason, &none, err));
	memo->reason_at = input->outcome_at;
	snprintf(memo->reason, sizeof(memo->reason), "%s", reason);
	return GPQ_OK;
}

static enum gpq_status record_add(struct gpq_catalogue *catalogue, struct gpq_input *input, const char *reason,
                                  struct gpq_error *err)
{
	uint8_t record[GPQ_INPUT_BYTES] = { 0 };
	uint64_t at = 0;
	if (catalogue->count == GPQ_ORIGIN_MAX_INPUTS)
		return gpq_fail(err, GPQ_E_USAGE, "more than %u inputs", GPQ_ORIGIN_MAX_INPUTS);
	if (reason)
		GPQ_TRY(reason_keep(catalogue, input, reason, err));
	memcpy(record, input, sizeof(*input));
	GPQ_TRY(gpq_stash_append(catalogue->records, record, sizeof(record), &at, err));
	catalogue->count++;
	return GPQ_OK;
}

enum gpq_status gpq_catalogue_add(struct gpq_catalogue *catalogue, const char *path, const struct gpq_input *input,
                                  const char *reason, struct gpq_error *err)
{
	struct gpq_input own = *input;
	own.is_member = false;
	GPQ_TRY(gpq_catalogue_file_write(catalogue, path, &own.named_at, err));
	return record_add(catalogue, &own, reason, err);
}

enum gpq_status gpq_catalogue_add_member(struct gpq_catalogue *catalogue, const struct gpq_member *member,
                                         const struct gpq_input *input, const char *reason, struct gpq_error *err)
{
	struct gpq_input own = *input;
	uint32_t depth = member->address.depth;
	own.is_member = true;
	GPQ_TRY(gpq_catalogue_member_write(catalogue, member, &own.named_at, err));
	GPQ_TRY(record_add(catalogue, &own, reason, err));
	catalogue->sheets |= gpq_address_is_sheet(&member->address);
	catalogue->max_depth = depth > catalogue->max_depth ? depth : catalogue->max_depth;
	return GPQ_OK;
}

/* ---- records ---- */

enum gpq_status gpq_catalogue_get(struct gpq_catalogue *catalogue, uint32_t number, struct gpq_input *out,
                                  struct gpq_error *err)
{
	return gpq_stash_read(catalogue->records, (uint64_t)number * GPQ_INPUT_BYTES, out, sizeof(*out), err);
}

enum gpq_status gpq_catalogue_put(struct gpq_catalogue *catalogue, uint32_t number, const struct gpq_input *input,
                                  struct gpq_error *err)
{
	return gpq_stash_write(catalogue->records, (uint64_t)number * GPQ_INPUT_BYTES, input, sizeof(*input), err);
}

/* ---- order ---- */

static enum gpq_status order_open(struct gpq_catalogue *catalogue, struct gpq_collation **out, struct gpq_error *err)
{
	size_t room = (size_t)catalogue->count * SORT_ENTRY_BYTES;
	return gpq_collation_open(catalogue->budget, catalogue->folder, room < SORT_ROOM_BYTES ? room : SORT_ROOM_BYTES, out, err);
}

/* What reading order goes by: unrecognised ones last; market and feed (one of its name may change its interval, and goes with its
 * output), instant, name, path, each as bytes. */
static size_t reading_key(const struct gpq_input *input, const struct gpq_input_names *names, uint8_t *out, size_t cap)
{
	const struct gpq_feed *feed = gpq_input_feed(input);
	uint32_t first_s = input->seems_first_s;
	size_t len = feed ? (size_t)snprintf((char *)out, cap, "\1%s", gpq_input_market(input)->iso) + 1 : 1;
	if (feed)
		len += (size_t)snprintf((char *)out + len, cap - len, "%s/%s", feed->id, feed->outputs[0] ? feed->outputs[0]->id : "") + 1;
	else
		out[0] = 2;
	for (int shift = 24; shift >= 0; shift -= 8)
		out[len++] = (uint8_t)(first_s >> shift);
	len += (size_t)snprintf((char *)out + len, cap - len, "%s", names->name) + 1;
	return len + (size_t)snprintf((char *)out + len, cap - len, "%s", names->path);
}

/* What sorting works with. */
struct ordering {
	struct gpq_catalogue *catalogue;
	struct gpq_collation *collation;
	struct gpq_input_names names;
	uint8_t key[3 * GPQ_INPUT_PATH_BYTES];
};

static enum gpq_status reading_enter(struct ordering *ordering, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = ordering->catalogue;
	struct gpq_input input;
	for (uint32_t i = 0; i < catalogue->count; i++) {
		GPQ_TRY(gpq_catalogue_get(catalogue, i, &input, err));
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &ordering->names, err));
		struct gpq_collation_entry entry = {
			.key = ordering->key,
			.key_len = (uint32_t)reading_key(&input, &ordering->names, ordering->key, sizeof(ordering->key)),
			.load = (const uint8_t *)&input,
			.load_len = sizeof(input),
		};
		GPQ_TRY(gpq_collation_add(ordering->collation, &entry, err));
	}
	return gpq_collation_finish(ordering->collation, err);
}

/* Writes the records anew, in order. */
static enum gpq_status reading_take(struct ordering *ordering, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = ordering->catalogue;
	struct gpq_stash *records = NULL;
	struct gpq_collation_entry entry;
	uint8_t record[GPQ_INPUT_BYTES] = { 0 };
	uint64_t at = 0;
	GPQ_TRY(gpq_stash_open(catalogue->budget, catalogue->spill, catalogue->cap_bytes * RECORDS_SHARE, &records, err));
	enum gpq_status status;
	while ((status = gpq_collation_next(ordering->collation, &entry, err)) == GPQ_OK) {
		memcpy(record, entry.load, entry.load_len);
		status = gpq_stash_append(records, record, sizeof(record), &at, err);
		if (status != GPQ_OK)
			break;
	}
	if (status != GPQ_END) {
		gpq_stash_close(records);
		return status;
	}
	gpq_stash_close(catalogue->records);
	catalogue->records = records;
	return GPQ_OK;
}

/* How final, published when, called what: the first that differ count. */
static size_t rank_key(const struct gpq_input *input, const struct gpq_input_names *names, uint8_t *out)
{
	struct gpq_text name = gpq_input_rank_name(names);
	size_t len = 0;
	out[len++] = input->finality;
	for (int shift = 24; shift >= 0; shift -= 8)
		out[len++] = (uint8_t)(input->published_s >> shift);
	memcpy(out + len, name.bytes, name.len);
	return len + name.len;
}

static enum gpq_status ranks_enter(struct ordering *ordering, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = ordering->catalogue;
	struct gpq_input input;
	for (uint32_t i = 0; i < catalogue->count; i++) {
		GPQ_TRY(gpq_catalogue_get(catalogue, i, &input, err));
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &ordering->names, err));
		size_t len = rank_key(&input, &ordering->names, ordering->key);
		struct gpq_collation_entry entry = { ordering->key, (const uint8_t *)&i, (uint32_t)len, sizeof(i) };
		GPQ_TRY(gpq_collation_add(ordering->collation, &entry, err));
	}
	return gpq_collation_finish(ordering->collation, err);
}

/* Equal ones have one rank. */
static enum gpq_status ranks_take(struct ordering *ordering, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = ordering->catalogue;
	struct gpq_collation_entry entry;
	struct gpq_input input;
	uint32_t rank = 0, number = 0, last_len = UINT32_MAX;
	enum gpq_status status;
	while ((status = gpq_collation_next(ordering->collation, &entry, err)) == GPQ_OK) {
		bool equal = entry.key_len == last_len && memcmp(ordering->key, entry.key, last_len) == 0;
		rank += !equal && last_len != UINT32_MAX;
		last_len = entry.key_len;
		memcpy(ordering->key, entry.key, last_len);
		memcpy(&number, entry.load, sizeof(number));
		GPQ_TRY(gpq_catalogue_get(catalogue, number, &input, err));
		input.rank = rank;
		GPQ_TRY(gpq_catalogue_put(catalogue, number, &input, err));
	}
	return status == GPQ_END ? GPQ_OK : status;
}

static enum gpq_status range_grow(struct gpq_catalogue *catalogue, struct gpq_error *err)
{
	uint32_t room = catalogue->room_ranges ? 2 * catalogue->room_ranges : 16;
	struct gpq_feed_range *ranges = NULL;
	if (catalogue->n_ranges < catalogue->room_ranges)
		return GPQ_OK;
	GPQ_TRY(gpq_alloc(catalogue->budget, GPQ_TAG_CONVERT, room * sizeof(*ranges), &ranges, err));
	if (catalogue->n_ranges)
		memcpy(ranges, catalogue->ranges, catalogue->n_ranges * sizeof(*ranges));
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->ranges, catalogue->room_ranges * sizeof(*ranges));
	catalogue->ranges = ranges;
	catalogue->room_ranges = room;
	return GPQ_OK;
}

static enum gpq_status ranges_find(struct ordering *ordering, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = ordering->catalogue;
	struct gpq_input input;
	struct gpq_feed_range *range = NULL;
	catalogue->n_ranges = 0;
	for (uint32_t i = 0; i < catalogue->count; i++) {
		GPQ_TRY(gpq_catalogue_get(catalogue, i, &input, err));
		if (!range || range->feed_number != input.feed_number) {
			GPQ_TRY(range_grow(catalogue, err));
			range = &catalogue->ranges[catalogue->n_ranges++];
			*range = (struct gpq_feed_range){ .feed_number = input.feed_number, .begin = i };
		}
		range->end = i + 1;
		if (input.state != GPQ_INPUT_FOUND)
			continue;
		if (!range->found++)
			range->first_s = input.seems_first_s;
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &ordering->names, err));
		range->name_bytes += gpq_input_name_write(ordering->names.name, NULL);
	}
	return GPQ_OK;
}

static enum gpq_status order_make(struct ordering *ordering, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = ordering->catalogue;
	GPQ_TRY(order_open(catalogue, &ordering->collation, err));
	GPQ_TRY(reading_enter(ordering, err));
	GPQ_TRY(reading_take(ordering, err));
	gpq_collation_close(ordering->collation);
	ordering->collation = NULL;
	GPQ_TRY(order_open(catalogue, &ordering->collation, err));
	GPQ_TRY(ranks_enter(ordering, err));
	GPQ_TRY(ranks_take(ordering, err));
	return ranges_find(ordering, err);
}

enum gpq_status gpq_catalogue_sort(struct gpq_catalogue *catalogue, struct gpq_error *err)
{
	struct ordering *ordering = NULL;
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->memo, sizeof(*catalogue->memo));
	catalogue->memo = NULL;
	GPQ_TRY(gpq_alloc(catalogue->budget, GPQ_TAG_CONVERT, sizeof(*ordering), &ordering, err));
	ordering->catalogue = catalogue;
	ordering->collation = NULL;
	enum gpq_status status = order_make(ordering, err);
	gpq_collation_close(ordering->collation);
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, ordering, sizeof(*ordering));
	return status;
}

size_t gpq_catalogue_settle(struct gpq_catalogue *catalogue)
{
	return gpq_stash_settle(catalogue->records, 0) +
	       gpq_stash_settle(catalogue->texts, (size_t)catalogue->count * OUTCOME_BYTES) +
	       catalogue->room_ranges * sizeof(*catalogue->ranges) + strlen(catalogue->folder) + 4096;
}

/* ---- words ---- */

const char *gpq_input_state_word(enum gpq_input_state state)
{
	static const char *const words[GPQ_N_INPUT_STATES] = {
		[GPQ_INPUT_FOUND] = "found",           [GPQ_INPUT_CONVERTED] = "converted",
		[GPQ_INPUT_FAILED] = "failed",         [GPQ_INPUT_UNRECOGNISED] = "unrecognised",
		[GPQ_INPUT_LEFT_OUT] = "left_out",     [GPQ_INPUT_SKIPPED] = "skipped",
	};
	return words[state];
}

struct gpq_text gpq_input_rank_name(const struct gpq_input_names *names)
{
	struct gpq_text name = gpq_text_of(names->base);
	if (name.len > 3 && memcmp(name.bytes + name.len - 3, ".gz", 3) == 0)
		name.len -= 3;
	return name;
}
