/*
 * parquet/page.h - one page: header, packed bytes, CRC of the bytes as stored.
 * Knows: pages.      Not: how values became bytes, where the page goes.
 */
#ifndef GPQ_PARQUET_PAGE_H
#define GPQ_PARQUET_PAGE_H

#include "parquet/codec.h"
#include "parquet/statistics.h"

#define GPQ_PAGE_HEADER_BYTES ((size_t)1024) /* two bounds of GPQ_BOUND_BYTES and some 80 bytes of numbers */

struct gpq_page_facts {
	enum gpq_page_kind kind;
	enum gpq_encoding encoding;
	uint32_t values;                        /* nulls included */
	struct gpq_statistics_facts statistics; /* data pages */
};

/* A page as it goes to the file: a view of the memory that it was packed into. */
struct gpq_packed_page {
	const uint8_t *bytes;
	size_t len, header_len;
};

/* Room for the packed form of a page of 'bytes' bytes, its header included. */
size_t gpq_page_room(enum gpq_codec codec, size_t bytes);

/* gpq_page_pack() packs 'len' bytes at 'raw' into 'out', gpq_page_room() or more. Errors: GPQ_E_BUG. */
GPQ_MUST_USE enum gpq_status gpq_page_pack(struct gpq_packer *packer, const struct gpq_page_facts *facts,
					   const uint8_t *raw, size_t len, uint8_t *out, size_t room,
					   struct gpq_packed_page *out_page, struct gpq_error *err);

#endif
