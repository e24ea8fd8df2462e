/*
 * io/source_gzip.h - gzip members (RFC 1952), one after the other, as one stream of bytes.
 *
 *     member: 1f 8b 08 FLG MTIME(4) XFL OS [XLEN extra] [name 0] [comment 0] [CRC16] deflate CRC32 ISIZE
 *     file:   member member ... [zeros]
 *
 * Knows: members, headers, trailers.      Not: paths, names, where the stored bytes come from, what the bytes say.
 * Memory: sizeof(struct gpq_source_gzip), about 215 KiB, in the caller's storage: no other.
 */
#ifndef GPQ_IO_SOURCE_GZIP_H
#define GPQ_IO_SOURCE_GZIP_H

#include "base/status.h"

#include <isa-l/igzip_lib.h>

#define GPQ_SOURCE_GZIP_IN_BYTES ((size_t)128 << 10)

enum gpq_gzip_phase { GPQ_GZIP_HEADER, GPQ_GZIP_BODY, GPQ_GZIP_TRAILER, GPQ_GZIP_END };

/* Members are this room's own. */
struct gpq_source_gzip {
	/* gives the next stored bytes, fewer than 'cap' only at their end */
	enum gpq_status (*pull)(void *from, uint8_t *bytes, size_t cap, size_t *out_len, struct gpq_error *err);
	void *from; /* what it is called with; Borrows until the last read */
	uint64_t pulled_bytes;
	enum gpq_gzip_phase phase;
	uint64_t n_members;
	uint64_t member_bytes;    /* decompressed, of the member under way */
	uint32_t crc;             /* of the same */
	size_t in_at, in_len;     /* of 'in' */
	size_t back_at, back_len; /* of 'back' */
	uint8_t back[8];          /* read by the decoder past the end of its stream; they come before 'in' */
	struct inflate_state decoder;
	uint8_t in[GPQ_SOURCE_GZIP_IN_BYTES];
};

/* 'gzip' is the caller's, of any content; the first call of 'pull' gives the first byte. */
void gpq_source_gzip_init(struct gpq_source_gzip *gzip,
			  enum gpq_status (*pull)(void *from, uint8_t *bytes, size_t cap, size_t *out_len,
						  struct gpq_error *err),
			  void *from);

/*
 * Up to 'cap' decompressed bytes, fewer only at the end, where every check has been made.
 * Errors, with err->byte in the stored bytes: GPQ_E_TRUNCATED, GPQ_E_CHECKSUM, GPQ_E_DATA, and those of 'pull'.
 */
GPQ_MUST_USE enum gpq_status gpq_source_gzip_read(struct gpq_source_gzip *gzip, uint8_t *bytes, size_t cap,
						  size_t *out_len, struct gpq_error *err);

#endif
