// SPDX-License-Identifier: MIT
#include "input/catalogue.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES ((size_t)32 << 10)
#define FIRST_INPUTS 64

/* Texts and places stand one behind the other in pieces, which never move. */
struct gpq_path_piece {
	struct gpq_path_piece *next;
	size_t room, len;
	_Alignas(8) char bytes[];
};

void gpq_catalogue_init(struct gpq_catalogue *catalogue, struct gpq_budget *budget, size_t cap_bytes)
{
	*catalogue = (struct gpq_catalogue){ .budget = budget, .cap_bytes = cap_bytes };
}

void gpq_catalogue_done(struct gpq_catalogue *catalogue)
{
	if (!catalogue->budget)
		return;
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->inputs, catalogue->room * GPQ_INPUT_BYTES);
	while (catalogue->pieces) {
		struct gpq_path_piece *piece = catalogue->pieces;
		catalogue->pieces = piece->next;
		gpq_free(catalogue->budget, GPQ_TAG_CONVERT, piece, sizeof(*piece) + piece->room);
	}
	memset(catalogue, 0, sizeof(*catalogue));
}

static enum gpq_status catalogue_charge(struct gpq_catalogue *catalogue, size_t bytes, struct gpq_error *err)
{
	if (bytes > catalogue->cap_bytes - catalogue->used_bytes)
		return gpq_fail(err, GPQ_E_BUDGET,
		                "the list of inputs needs more than %zu bytes at %u inputs; raise --memory or give fewer folders",
		                catalogue->cap_bytes, catalogue->count);
	catalogue->used_bytes += bytes;
	return GPQ_OK;
}

/* 'align' is a power of two up to 8. */
static enum gpq_status bytes_keep(struct gpq_catalogue *catalogue, const void *bytes, size_t len, size_t align,
                                  const void **out, struct gpq_error *err)
{
	struct gpq_path_piece *piece = catalogue->pieces;
	size_t at = piece ? (piece->len + align - 1) & ~(align - 1) : 0;
	if (!piece || at > piece->room || piece->room - at < len) {
		size_t room = len > PIECE_BYTES ? len : PIECE_BYTES;
		GPQ_TRY(catalogue_charge(catalogue, sizeof(*piece) + room, err));
		GPQ_TRY(gpq_alloc(catalogue->budget, GPQ_TAG_CONVERT, sizeof(*piece) + room, &piece, err));
		piece->next = catalogue->pieces;
		piece->room = room;
		at = 0;
		catalogue->pieces = piece;
	}
	memcpy(piece->bytes + at, bytes, len);
	piece->len = at + len;
	*out = piece->bytes + at;
	return GPQ_OK;
}

static enum gpq_status text_keep(struct gpq_catalogue *catalogue, const char *text, const char **out, struct gpq_error *err)
{
	const void *copy = NULL;
	GPQ_TRY(bytes_keep(catalogue, text, strlen(text) + 1, 1, &copy, err));
	*out = copy;
	return GPQ_OK;
}

const char *gpq_catalogue_text(struct gpq_catalogue *catalogue, const char *text)
{
	const char *copy = NULL;
	if (text_keep(catalogue, text, &copy, NULL) != GPQ_OK)
		return NULL;
	return copy;
}

static enum gpq_status catalogue_grow(struct gpq_catalogue *catalogue, struct gpq_error *err)
{
	uint32_t room = catalogue->room ? catalogue->room * 2 : FIRST_INPUTS;
	if (room > GPQ_ORIGIN_MAX_INPUTS)
		return gpq_fail(err, GPQ_E_USAGE, "more than %u inputs", GPQ_ORIGIN_MAX_INPUTS);
	struct gpq_input *inputs = NULL;
	GPQ_TRY(catalogue_charge(catalogue, (room - catalogue->room) * GPQ_INPUT_BYTES, err));
	GPQ_TRY(gpq_alloc(catalogue->budget, GPQ_TAG_CONVERT, room * GPQ_INPUT_BYTES, &inputs, err));
	if (catalogue->count)
		memcpy(inputs, catalogue->inputs, catalogue->count * GPQ_INPUT_BYTES);
	gpq_free(catalogue->budget, GPQ_TAG_CONVERT, catalogue->inputs, catalogue->room * GPQ_INPUT_BYTES);
	catalogue->inputs = inputs;
	catalogue->room = room;
	return GPQ_OK;
}

enum gpq_status gpq_catalogue_add(struct gpq_catalogue *catalogue, const char *path, uint64_t size_bytes,
                                  struct gpq_input **out, struct gpq_error *err)
{
	if (catalogue->count == catalogue->room)
		GPQ_TRY(catalogue_grow(catalogue, err));
	const char *copy = NULL;
	GPQ_TRY(text_keep(catalogue, path, &copy, err));
	const char *slash = strrchr(copy, '/');
	struct gpq_input *input = &catalogue->inputs[catalogue->count++];
	*input = (struct gpq_input){
		.path = copy,
		.name = slash ? slash + 1 : copy,
		.size_bytes = size_bytes,
		.finality = GPQ_FINALITY_UNMARKED,
	};
	*out = input;
	return GPQ_OK;
}

/* The name is the path's end where no folder stands in between. */
static enum gpq_status name_keep(struct gpq_catalogue *catalogue, const struct gpq_member *member, const char *path,
                                 const char **out, struct gpq_error *err)
{
	size_t path_len = strlen(path), len = strlen(member->name);
	if (len <= path_len && memcmp(path + path_len - len, member->name, len) == 0)
		*out = path + path_len - len;
	else
		GPQ_TRY(text_keep(catalogue, member->name, out, err));
	return GPQ_OK;
}

enum gpq_status gpq_catalogue_add_member(struct gpq_catalogue *catalogue, const struct gpq_member *member,
                                         struct gpq_input **out, struct gpq_error *err)
{
	uint32_t depth = member->address.depth;
	struct gpq_input *input = NULL;
	const char *name = NULL;
	const void *places = NULL;
	if (!catalogue->file || strcmp(catalogue->file, member->address.path) != 0)
		GPQ_TRY(text_keep(catalogue, member->address.path, &catalogue->file, err));
	GPQ_TRY(bytes_keep(catalogue, member->address.places, depth * sizeof(member->address.places[0]), 8, &places, err));
	GPQ_TRY(gpq_catalogue_add(catalogue, member->path, member->stored_bytes, &input, err));
	enum gpq_status status = name_keep(catalogue, member, input->path, &name, err);
	if (status != GPQ_OK) {
		catalogue->count--;
		return status;
	}
	input->name = name;
	input->base = name + (member->base - member->name);
	input->address = (struct gpq_address){ catalogue->file, places, depth };
	catalogue->sheets |= gpq_address_is_sheet(&member->address);
	catalogue->max_depth = depth > catalogue->max_depth ? depth : catalogue->max_depth;
	*out = input;
	return GPQ_OK;
}

struct gpq_address gpq_input_address(const struct gpq_input *input)
{
	return input->address.depth ? input->address : (struct gpq_address){ .path = input->path };
}

static int compare_inputs(const void *a, const void *b)
{
	const struct gpq_input *x = a, *y = b;
	if (x->feed != y->feed) {
		if (!x->feed || !y->feed)
			return (x->feed == NULL) - (y->feed == NULL);
		int order = strcmp(x->market->iso, y->market->iso);
		if (!order)
			order = strcmp(x->feed->id, y->feed->id);
		if (order)
			return order;
	}
	if (x->seems_first_s != y->seems_first_s)
		return x->seems_first_s < y->seems_first_s ? -1 : 1;
	int order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->path, y->path);
}

void gpq_catalogue_sort(struct gpq_catalogue *catalogue)
{
	if (catalogue->count)
		qsort(catalogue->inputs, catalogue->count, sizeof(struct gpq_input), compare_inputs);
}

const char *gpq_input_state_word(enum gpq_input_state state)
{
	static const char *const words[GPQ_N_INPUT_STATES] = {
		[GPQ_INPUT_FOUND] = "found",           [GPQ_INPUT_CONVERTED] = "converted",
		[GPQ_INPUT_FAILED] = "failed",         [GPQ_INPUT_UNRECOGNISED] = "unrecognised",
		[GPQ_INPUT_LEFT_OUT] = "left_out",     [GPQ_INPUT_SKIPPED] = "skipped",
	};
	return words[state];
}

struct gpq_text gpq_input_rank_name(const struct gpq_input *input)
{
	struct gpq_text name = gpq_text_of(input->base ? input->base : input->name);
	if (name.len > 3 && memcmp(name.bytes + name.len - 3, ".gz", 3) == 0)
		name.len -= 3;
	return name;
}
