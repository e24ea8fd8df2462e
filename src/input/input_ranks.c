// SPDX-License-Identifier: MIT
#include "input/input_ranks.h"

#include "input/member_source.h"

#include "value/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES ((size_t)64 << 10)

struct ranked_name {
	uint64_t before_name; /* what counts before the name does */
	struct gpq_text name;
	uint32_t input;
};

size_t gpq_inputs_need(uint32_t count)
{
	size_t lists = 2 * sizeof(uint32_t) + sizeof(struct gpq_text) + sizeof(uint8_t);
	return count * (lists + sizeof(struct ranked_name));
}

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked_name *x = a, *y = b;
	if (x->before_name != y->before_name)
		return x->before_name < y->before_name ? -1 : 1;
	return gpq_text_compare(x->name, y->name);
}

/* Numbers names in order, equal ones alike. Fills 'number' and, where 'names' is not NULL, the distinct names. */
static uint32_t names_number(struct ranked_name *ranked, uint32_t count, uint32_t *number, struct gpq_text *names)
{
	uint32_t distinct = 0;
	if (count)
		qsort(ranked, count, sizeof(ranked[0]), compare_ranked);
	for (uint32_t i = 0; i < count; i++) {
		if (!i || compare_ranked(&ranked[i], &ranked[i - 1]) != 0) {
			if (names)
				names[distinct] = ranked[i].name;
			distinct++;
		}
		number[ranked[i].input] = distinct - 1;
	}
	return distinct;
}

enum gpq_status gpq_inputs_rank(const struct gpq_catalogue *catalogue, struct gpq_budget *budget, uint32_t *out,
                                struct gpq_error *err)
{
	struct ranked_name *ranked = NULL;
	size_t bytes = catalogue->count * sizeof(*ranked);
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, bytes, &ranked, err));
	for (uint32_t i = 0; i < catalogue->count; i++) {
		const struct gpq_input *input = &catalogue->inputs[i];
		ranked[i] = (struct ranked_name){
			.before_name = (uint64_t)input->finality << 32 | input->published_s,
			.name = gpq_input_rank_name(input),
			.input = i,
		};
	}
	names_number(ranked, catalogue->count, out, NULL);
	gpq_free(budget, GPQ_TAG_CONVERT, ranked, bytes);
	return GPQ_OK;
}

/* The name as it is written: bytes that are no UTF-8 are percent-escaped (RULES 13). NULL: no room for it. */
static const char *written_name(struct gpq_catalogue *catalogue, const char *name)
{
	size_t len = strlen(name);
	if (gpq_value_is_utf8(name, len))
		return name;
	char text[3 * 256 + 1];
	size_t at = 0;
	for (size_t i = 0; i < len && at + 4 <= sizeof(text); i++) {
		if ((unsigned char)name[i] < 0x80 && name[i] != '%')
			text[at++] = name[i];
		else
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%%%02X", (unsigned char)name[i]);
	}
	text[at] = 0;
	return gpq_catalogue_text(catalogue, text);
}

enum gpq_status gpq_inputs_name(struct gpq_catalogue *catalogue, struct gpq_budget *budget, struct gpq_source_names *out,
                                struct gpq_error *err)
{
	struct ranked_name *ranked = NULL;
	enum gpq_status status = GPQ_OK;
	size_t bytes = catalogue->count * sizeof(*ranked);
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, bytes, &ranked, err));
	for (uint32_t i = 0; i < catalogue->count && status == GPQ_OK; i++) {
		const char *name = written_name(catalogue, catalogue->inputs[i].name);
		out->finality[i] = catalogue->inputs[i].finality;
		ranked[i] = (struct ranked_name){ .name = gpq_text_of(name), .input = i };
		if (!name)
			status = gpq_fail(err, GPQ_E_BUDGET, "the names of %u inputs do not fit; raise --memory",
			                  catalogue->count);
	}
	if (status == GPQ_OK)
		out->n_names = names_number(ranked, catalogue->count, out->number, out->names);
	gpq_free(budget, GPQ_TAG_CONVERT, ranked, bytes);
	return status;
}

static enum gpq_status content_read(struct gpq_member_opener *opener, const struct gpq_address *address, uint8_t *bytes,
                                    struct gpq_hash *out, struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	size_t got = READ_BYTES;
	enum gpq_status status = gpq_member_source_open(opener, address, true, &source, err);
	while (status == GPQ_OK && got == READ_BYTES)
		status = gpq_source_read(source, bytes, READ_BYTES, &got, err);
	if (status == GPQ_OK)
		*out = gpq_source_hash(source);
	gpq_source_close(source);
	if (status != GPQ_E_TRUNCATED && status != GPQ_E_CHECKSUM && status != GPQ_E_DATA)
		return status;
	*out = (struct gpq_hash){ 0, 0 };
	return GPQ_OK;
}

enum gpq_status gpq_input_content_hash(struct gpq_budget *budget, const struct gpq_input *input, struct gpq_hash *out,
                                       struct gpq_error *err)
{
	struct gpq_address address = gpq_input_address(input);
	struct gpq_member_opener opener = { .budget = budget };
	uint8_t *bytes = NULL;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, READ_BYTES, &bytes, err));
	enum gpq_status status = content_read(&opener, &address, bytes, out, err);
	gpq_member_opener_done(&opener);
	gpq_free(budget, GPQ_TAG_CONVERT, bytes, READ_BYTES);
	return status;
}
