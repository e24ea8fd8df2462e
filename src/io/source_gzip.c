// SPDX-License-Identifier: MIT
#include "io/source_gzip.h"

#include <isa-l/crc.h>
#include <string.h>

/* RFC 1952 section 2.3.1. */
#define METHOD_DEFLATE 8
#define FLAG_HCRC      0x02
#define FLAG_EXTRA     0x04
#define FLAG_NAME      0x08
#define FLAG_COMMENT   0x10
#define FLAGS_RESERVED 0xe0

/* The decoder counts its output in 32 bits. */
#define CAP_CALL_BYTES ((size_t)1 << 30)

void gpq_source_gzip_init(struct gpq_source_gzip *gzip,
			  enum gpq_status (*pull)(void *from, uint8_t *bytes, size_t cap, size_t *out_len,
						  struct gpq_error *err),
			  void *from)
{
	memset(gzip, 0, offsetof(struct gpq_source_gzip, decoder));
	gzip->pull = pull;
	gzip->from = from;
}

/* Offset in the stored bytes of the one that comes next. */
static uint64_t stored_offset(const struct gpq_source_gzip *gzip)
{
	return gzip->pulled_bytes - (gzip->in_len - gzip->in_at) - (gzip->back_len - gzip->back_at);
}

static enum gpq_status fail_at(enum gpq_status status, uint64_t offset, struct gpq_error *err)
{
	if (err)
		err->byte = offset;
	return status;
}

static enum gpq_status fail_truncated(const struct gpq_source_gzip *gzip, const char *where, struct gpq_error *err)
{
	uint64_t offset = stored_offset(gzip);
	return fail_at(gpq_fail(err, GPQ_E_TRUNCATED, "ends at byte %llu inside the %s of gzip member %llu",
				(unsigned long long)offset, where, (unsigned long long)gzip->n_members + 1),
		       offset, err);
}

/* Makes sure that a byte is there where the file has one. */
static enum gpq_status in_fill(struct gpq_source_gzip *gzip, struct gpq_error *err)
{
	if (gzip->in_at < gzip->in_len)
		return GPQ_OK;
	size_t len = 0;
	GPQ_TRY(gzip->pull(gzip->from, gzip->in, sizeof(gzip->in), &len, err));
	gzip->pulled_bytes += len;
	gzip->in_at = 0;
	gzip->in_len = len;
	return GPQ_OK;
}

/* The next stored byte; GPQ_END where there is none. */
static enum gpq_status byte_next(struct gpq_source_gzip *gzip, uint8_t *out, struct gpq_error *err)
{
	if (gzip->back_at < gzip->back_len) {
		*out = gzip->back[gzip->back_at++];
		return GPQ_OK;
	}
	GPQ_TRY(in_fill(gzip, err));
	if (gzip->in_at == gzip->in_len)
		return GPQ_END;
	*out = gzip->in[gzip->in_at++];
	return GPQ_OK;
}

/* A header byte: 'crc' goes over it. */
static enum gpq_status header_byte(struct gpq_source_gzip *gzip, uint32_t *crc, uint8_t *out, struct gpq_error *err)
{
	enum gpq_status status = byte_next(gzip, out, err);
	if (status == GPQ_END)
		return fail_truncated(gzip, "header", err);
	if (status == GPQ_OK)
		*crc = crc32_gzip_refl(*crc, out, 1);
	return status;
}

static enum gpq_status header_skip(struct gpq_source_gzip *gzip, uint32_t *crc, uint32_t len, struct gpq_error *err)
{
	uint8_t byte = 0;
	for (uint32_t i = 0; i < len; i++)
		GPQ_TRY(header_byte(gzip, crc, &byte, err));
	return GPQ_OK;
}

static enum gpq_status header_skip_text(struct gpq_source_gzip *gzip, uint32_t *crc, struct gpq_error *err)
{
	uint8_t byte = 1;
	while (byte)
		GPQ_TRY(header_byte(gzip, crc, &byte, err));
	return GPQ_OK;
}

static enum gpq_status header_u16(struct gpq_source_gzip *gzip, uint32_t *crc, uint32_t *out, struct gpq_error *err)
{
	uint8_t low = 0, high = 0;
	GPQ_TRY(header_byte(gzip, crc, &low, err));
	GPQ_TRY(header_byte(gzip, crc, &high, err));
	*out = (uint32_t)low | (uint32_t)high << 8;
	return GPQ_OK;
}

/* What stands behind FLG, MTIME, XFL and OS. */
static enum gpq_status header_options(struct gpq_source_gzip *gzip, uint8_t flags, uint32_t *crc, struct gpq_error *err)
{
	if (flags & FLAG_EXTRA) {
		uint32_t len = 0;
		GPQ_TRY(header_u16(gzip, crc, &len, err));
		GPQ_TRY(header_skip(gzip, crc, len, err));
	}
	if (flags & FLAG_NAME)
		GPQ_TRY(header_skip_text(gzip, crc, err));
	if (flags & FLAG_COMMENT)
		GPQ_TRY(header_skip_text(gzip, crc, err));
	if (!(flags & FLAG_HCRC))
		return GPQ_OK;
	uint64_t offset = stored_offset(gzip);
	uint32_t want = *crc & 0xffff, stored = 0;
	GPQ_TRY(header_u16(gzip, crc, &stored, err));
	if (stored != want)
		return fail_at(gpq_fail(err, GPQ_E_CHECKSUM,
					"gzip member %llu has a header with CRC %04x that says %04x",
					(unsigned long long)gzip->n_members + 1, want, stored),
			       offset, err);
	return GPQ_OK;
}

/* Zeros up to the end of the file: tape blocks and some writers pad so. */
static enum gpq_status padding_read(struct gpq_source_gzip *gzip, struct gpq_error *err)
{
	uint8_t byte = 0;
	for (;;) {
		uint64_t offset = stored_offset(gzip);
		enum gpq_status status = byte_next(gzip, &byte, err);
		if (status == GPQ_END) {
			gzip->phase = GPQ_GZIP_END;
			return GPQ_OK;
		}
		GPQ_TRY(status);
		if (byte)
			return fail_at(gpq_fail(err, GPQ_E_DATA,
						"has something behind its last gzip member at byte %llu",
						(unsigned long long)offset),
				       offset, err);
	}
}

static enum gpq_status magic_wrong(const struct gpq_source_gzip *gzip, uint64_t offset, struct gpq_error *err)
{
	enum gpq_status status =
	    gzip->n_members ? gpq_fail(err, GPQ_E_DATA, "has something behind its last gzip member at byte %llu",
				       (unsigned long long)offset)
			    : gpq_fail(err, GPQ_E_DATA, "does not begin as gzip does");
	return fail_at(status, offset, err);
}

static enum gpq_status header_fixed(struct gpq_source_gzip *gzip, uint64_t offset, uint32_t *crc, uint8_t *out_flags,
				    struct gpq_error *err)
{
	uint8_t byte = 0;
	GPQ_TRY(header_byte(gzip, crc, &byte, err));
	if (byte != 0x8b)
		return magic_wrong(gzip, offset, err);
	GPQ_TRY(header_byte(gzip, crc, &byte, err));
	if (byte != METHOD_DEFLATE)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "gzip member %llu is packed by the unknown method %u",
					(unsigned long long)gzip->n_members + 1, byte),
			       offset + 2, err);
	GPQ_TRY(header_byte(gzip, crc, out_flags, err));
	if (*out_flags & FLAGS_RESERVED)
		return fail_at(gpq_fail(err, GPQ_E_DATA, "gzip member %llu has reserved flags (%02x)",
					(unsigned long long)gzip->n_members + 1, *out_flags),
			       offset + 3, err);
	return header_skip(gzip, crc, 6, err); /* MTIME, XFL, OS */
}

static enum gpq_status header_read(struct gpq_source_gzip *gzip, struct gpq_error *err)
{
	uint64_t offset = stored_offset(gzip);
	uint8_t first = 0, flags = 0;
	enum gpq_status status = byte_next(gzip, &first, err);
	if (status == GPQ_END && gzip->n_members) {
		gzip->phase = GPQ_GZIP_END;
		return GPQ_OK;
	}
	if (status == GPQ_END)
		return fail_truncated(gzip, "header", err);
	GPQ_TRY(status);
	if (first == 0 && gzip->n_members)
		return padding_read(gzip, err);
	if (first != 0x1f)
		return magic_wrong(gzip, offset, err);
	uint32_t crc = crc32_gzip_refl(0, &first, 1);
	GPQ_TRY(header_fixed(gzip, offset, &crc, &flags, err));
	GPQ_TRY(header_options(gzip, flags, &crc, err));
	/* The decoder's stream only: header and trailer are read here, so that each failure has its position. */
	isal_inflate_init(&gzip->decoder);
	gzip->decoder.crc_flag = ISAL_DEFLATE;
	gzip->crc = 0;
	gzip->member_bytes = 0;
	gzip->phase = GPQ_GZIP_BODY;
	return GPQ_OK;
}

/* Whole bytes that the decoder took beyond the last bit of its stream come back: they belong to the trailer. */
static void body_end(struct gpq_source_gzip *gzip)
{
	struct inflate_state *decoder = &gzip->decoder;
	uint32_t bits = decoder->read_in_length > 0 ? (uint32_t)decoder->read_in_length : 0;
	uint64_t rest = decoder->read_in >> (bits % 8);
	gzip->back_at = 0;
	gzip->back_len = bits / 8;
	for (size_t i = 0; i < gzip->back_len; i++, rest >>= 8)
		gzip->back[i] = (uint8_t)rest;
	gzip->phase = GPQ_GZIP_TRAILER;
}

static enum gpq_status body_failed(struct gpq_source_gzip *gzip, int code, struct gpq_error *err)
{
	const char *what = code == ISAL_INVALID_BLOCK ? "block" : code == ISAL_INVALID_SYMBOL ? "symbol" : "distance";
	uint64_t offset = stored_offset(gzip);
	return fail_at(gpq_fail(err, GPQ_E_DATA, "gzip member %llu is damaged before byte %llu: an invalid %s",
				(unsigned long long)gzip->n_members + 1, (unsigned long long)offset, what),
		       offset, err);
}

/* Up to 'cap' bytes of the member under way; 0 with the phase unchanged never happens. */
static enum gpq_status body_read(struct gpq_source_gzip *gzip, uint8_t *bytes, size_t cap, size_t *out_len,
				 struct gpq_error *err)
{
	struct inflate_state *decoder = &gzip->decoder;
	for (;;) {
		GPQ_TRY(in_fill(gzip, err));
		size_t given = gzip->in_len - gzip->in_at;
		decoder->next_in = gzip->in + gzip->in_at;
		decoder->avail_in = (uint32_t)given;
		decoder->next_out = bytes;
		decoder->avail_out = (uint32_t)(cap < CAP_CALL_BYTES ? cap : CAP_CALL_BYTES);
		int code = isal_inflate(decoder);
		/* After a failure the decoder may have counted its input below zero: what it read is then not known,
		 * but given. */
		gzip->in_at = gzip->in_len - (decoder->avail_in <= given ? decoder->avail_in : 0);
		if (code < 0)
			return body_failed(gzip, code, err);
		size_t len = (size_t)(decoder->next_out - bytes);
		bool ended = decoder->block_state == ISAL_BLOCK_FINISH;
		if (!len && !ended && decoder->avail_in == given) {
			if (given)
				return gpq_fail(err, GPQ_E_BUG, "the gzip decoder stands still");
			return fail_truncated(gzip, "data", err);
		}
		gzip->crc = crc32_gzip_refl(gzip->crc, bytes, len);
		gzip->member_bytes += len;
		if (ended)
			body_end(gzip);
		if (ended || len) {
			*out_len = len;
			return GPQ_OK;
		}
	}
}

static enum gpq_status trailer_read(struct gpq_source_gzip *gzip, struct gpq_error *err)
{
	uint64_t offset = stored_offset(gzip);
	uint32_t stored[2] = { 0 }; /* CRC32, ISIZE */
	for (unsigned i = 0; i < 8; i++) {
		uint8_t byte = 0;
		enum gpq_status status = byte_next(gzip, &byte, err);
		if (status == GPQ_END)
			return fail_truncated(gzip, "trailer", err);
		GPQ_TRY(status);
		stored[i / 4] |= (uint32_t)byte << i % 4 * 8;
	}
	if (stored[0] != gzip->crc)
		return fail_at(gpq_fail(err, GPQ_E_CHECKSUM, "gzip member %llu has CRC %08x, its trailer says %08x",
					(unsigned long long)gzip->n_members + 1, gzip->crc, stored[0]),
			       offset, err);
	if (stored[1] != (uint32_t)gzip->member_bytes) /* the size modulo 2^32 */
		return fail_at(gpq_fail(err, GPQ_E_CHECKSUM, "gzip member %llu has %llu bytes, its trailer says %u",
					(unsigned long long)gzip->n_members + 1, (unsigned long long)gzip->member_bytes,
					stored[1]),
			       offset + 4, err);
	gzip->n_members++;
	gzip->phase = GPQ_GZIP_HEADER;
	return GPQ_OK;
}

enum gpq_status gpq_source_gzip_read(struct gpq_source_gzip *gzip, uint8_t *bytes, size_t cap, size_t *out_len,
				     struct gpq_error *err)
{
	size_t len = 0;
	while (len < cap && gzip->phase != GPQ_GZIP_END) {
		size_t more = 0;
		if (gzip->phase == GPQ_GZIP_HEADER)
			GPQ_TRY(header_read(gzip, err));
		else if (gzip->phase == GPQ_GZIP_TRAILER)
			GPQ_TRY(trailer_read(gzip, err));
		else
			GPQ_TRY(body_read(gzip, bytes + len, cap - len, &more, err));
		len += more;
	}
	*out_len = len;
	return GPQ_OK;
}
