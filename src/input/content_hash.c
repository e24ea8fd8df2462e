// SPDX-License-Identifier: MIT
#include "input/content_hash.h"

#define READ_BYTES ((size_t)64 << 10)

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

enum gpq_status gpq_content_hash(struct gpq_budget *budget, const struct gpq_address *address, struct gpq_hash *out,
                                 struct gpq_error *err)
{
	struct gpq_member_opener opener = { .budget = budget };
	uint8_t *bytes = NULL;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, READ_BYTES, &bytes, err));
	enum gpq_status status = content_read(&opener, address, bytes, out, err);
	gpq_member_opener_done(&opener);
	gpq_free(budget, GPQ_TAG_CONVERT, bytes, READ_BYTES);
	return status;
}
