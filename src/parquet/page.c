// SPDX-License-Identifier: MIT
#include "parquet/page.h"

#include <isa-l/crc.h>

size_t gpq_page_room(enum gpq_codec codec, size_t bytes)
{
	return GPQ_PAGE_HEADER_BYTES + gpq_codec_bound(codec, bytes);
}

/* struct PageHeader. The CRC is a signed number there. */
static void header_put(struct gpq_thrift_writer *writer, const struct gpq_page_facts *facts, size_t raw_len,
		       size_t packed_len, uint32_t crc)
{
	gpq_thrift_put_i32(writer, 1, facts->kind);
	gpq_thrift_put_i32(writer, 2, (int32_t)raw_len);
	gpq_thrift_put_i32(writer, 3, (int32_t)packed_len);
	gpq_thrift_put_i32(writer, 4, (int32_t)crc);
	if (facts->kind == GPQ_PAGE_DICTIONARY) {
		gpq_thrift_struct_begin(writer, 7);
		gpq_thrift_put_i32(writer, 1, (int32_t)facts->values);
		gpq_thrift_put_i32(writer, 2, facts->encoding);
	} else {
		gpq_thrift_struct_begin(writer, 5);
		gpq_thrift_put_i32(writer, 1, (int32_t)facts->values);
		gpq_thrift_put_i32(writer, 2, facts->encoding);
		gpq_thrift_put_i32(writer, 3, GPQ_ENCODING_RLE);
		gpq_thrift_put_i32(writer, 4, GPQ_ENCODING_RLE);
		gpq_statistics_put(writer, 5, &facts->statistics);
	}
	gpq_thrift_struct_end(writer);
	gpq_thrift_struct_end(writer);
}

enum gpq_status gpq_page_pack(struct gpq_packer *packer, const struct gpq_page_facts *facts, const uint8_t *raw,
			      size_t len, uint8_t *out, size_t room, struct gpq_packed_page *out_page,
			      struct gpq_error *err)
{
	size_t packed_len = 0;
	GPQ_TRY(gpq_packer_pack(packer, raw, len, out + GPQ_PAGE_HEADER_BYTES, room - GPQ_PAGE_HEADER_BYTES,
				&packed_len, err));
	uint32_t crc = crc32_gzip_refl(0, out + GPQ_PAGE_HEADER_BYTES, packed_len);
	uint8_t header[GPQ_PAGE_HEADER_BYTES];
	struct gpq_thrift_writer writer;
	gpq_thrift_writer_init(&writer, header, sizeof(header));
	header_put(&writer, facts, len, packed_len, crc);
	if (writer.full)
		return gpq_fail(err, GPQ_E_BUG, "a page header passes %zu bytes", sizeof(header));
	/* The header ends where the packed bytes begin. */
	uint8_t *begin = out + GPQ_PAGE_HEADER_BYTES - writer.len;
	memcpy(begin, header, writer.len);
	*out_page = (struct gpq_packed_page){ begin, writer.len + packed_len, writer.len };
	return GPQ_OK;
}
