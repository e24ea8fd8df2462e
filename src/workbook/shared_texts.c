// SPDX-License-Identifier: MIT
#include "workbook/shared_texts.h"

#include "workbook/cell_text.h"

#include <string.h>

struct reading {
	struct gpq_text_store *store;
	uint8_t *text; /* Borrows */
	size_t len;
	bool in_run, in_text;
};

static enum gpq_status tag_begin(void *context, uint32_t depth, const char *name, const char **attributes,
				 struct gpq_error *err)
{
	struct reading *reading = context;
	(void)attributes;
	if (depth == 1 && strcmp(name, "sst") != 0)
		return gpq_fail(err, GPQ_E_DATA, "holds no shared strings but <%.40s>", name);
	if (depth == 2)
		reading->len = 0;
	if (depth == 3)
		reading->in_run = strcmp(name, "r") == 0;
	if (depth == 3 || (depth == 4 && reading->in_run))
		reading->in_text = strcmp(name, "t") == 0;
	return GPQ_OK;
}

static enum gpq_status tag_end(void *context, uint32_t depth, struct gpq_error *err)
{
	struct reading *reading = context;
	if (depth == 3 || depth == 4)
		reading->in_text = false;
	if (depth != 2)
		return GPQ_OK;
	reading->len = gpq_cell_unescape(reading->text, reading->len);
	return gpq_text_store_add(reading->store, reading->text, reading->len, err);
}

static enum gpq_status text_take(void *context, const char *bytes, size_t len, struct gpq_error *err)
{
	struct reading *reading = context;
	if (!reading->in_text)
		return GPQ_OK;
	if (len > GPQ_TEXT_STORE_CAP_TEXT_BYTES - reading->len)
		return gpq_fail(err, GPQ_E_DATA, "shared string %llu has more than %zu bytes",
				(unsigned long long)gpq_text_store_count(reading->store), GPQ_TEXT_STORE_CAP_TEXT_BYTES);
	memcpy(reading->text + reading->len, bytes, len);
	reading->len += len;
	return GPQ_OK;
}

enum gpq_status gpq_shared_texts_read(struct gpq_xml *xml, struct gpq_archive *archive, const struct gpq_address *address,
				      uint8_t *text, struct gpq_text_store *store, struct gpq_error *err)
{
	static const struct gpq_xml_visitor visitor = { tag_begin, tag_end, text_take };
	struct reading reading = { .store = store, .text = text };
	GPQ_TRY(gpq_xml_member(xml, archive, address, &visitor, &reading, err));
	return gpq_text_store_seal(store, err);
}
