/*
 * io/inflater.h - a raw deflate stream (RFC 1951), from bytes that come piece by piece.
 * Knows: bytes in, bytes out.      Not: headers, sums, files.
 * Memory: sizeof(struct gpq_inflater), about 86 KiB, in the caller's storage: no other. Beginning anew clears none of
 * it.
 */
#ifndef GPQ_IO_INFLATER_H
#define GPQ_IO_INFLATER_H

#include "base/status.h"

#include <isa-l/igzip_lib.h>

/* Members are this room's own. */
struct gpq_inflater {
	bool ended; /* the stream's last bit was read */
	struct inflate_state decoder;
};

/* 'inflater' is the caller's, of any content. */
void gpq_inflater_init(struct gpq_inflater *inflater);

/*
 * gpq_inflater_step() unpacks from 'in' to at most 'cap' bytes at 'out'. '*out_taken' is how far the stream moved on in
 * the bytes given so far: at its end, where the decoder had read ahead, less than 0 is possible. Nothing taken and
 * nothing given means that more bytes are needed. Errors: GPQ_E_DATA with a text that goes on from a subject: "is
 * damaged: an invalid block".
 */
GPQ_MUST_USE enum gpq_status gpq_inflater_step(struct gpq_inflater *inflater, const uint8_t *in, size_t in_len,
					       uint8_t *out, size_t cap, int64_t *out_taken, size_t *out_len,
					       struct gpq_error *err);

#endif
