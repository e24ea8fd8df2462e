// SPDX-License-Identifier: MIT
#include "io/inflater.h"

/* The decoder counts in 32 bits. */
#define CAP_CALL_BYTES ((size_t)1 << 30)

void gpq_inflater_init(struct gpq_inflater *inflater)
{
	inflater->ended = false;
	isal_inflate_init(&inflater->decoder);
	inflater->decoder.crc_flag = ISAL_DEFLATE;
}

static enum gpq_status step_failed(int code, struct gpq_error *err)
{
	const char *what = code == ISAL_INVALID_BLOCK ? "block" : code == ISAL_INVALID_SYMBOL ? "symbol" : "distance";
	return gpq_fail(err, GPQ_E_DATA, "is damaged: an invalid %s", what);
}

static uint32_t call_bytes(size_t len)
{
	return (uint32_t)(len < CAP_CALL_BYTES ? len : CAP_CALL_BYTES);
}

enum gpq_status gpq_inflater_step(struct gpq_inflater *inflater, const uint8_t *in, size_t in_len, uint8_t *out,
				  size_t cap, int64_t *out_taken, size_t *out_len, struct gpq_error *err)
{
	struct inflate_state *decoder = &inflater->decoder;
	uint32_t given = call_bytes(in_len);
	decoder->next_in = (uint8_t *)(uintptr_t)in; /* read only, whatever its type says */
	decoder->avail_in = given;
	decoder->next_out = out;
	decoder->avail_out = call_bytes(cap);
	int code = isal_inflate(decoder);
	if (code < 0)
		return step_failed(code, err);
	int64_t taken = given - decoder->avail_in;
	if (decoder->block_state == ISAL_BLOCK_FINISH && !inflater->ended) {
		inflater->ended = true; /* whole bytes behind the last bit are not the stream's */
		taken -= decoder->read_in_length > 0 ? decoder->read_in_length / 8 : 0;
	}
	*out_taken = taken;
	*out_len = (size_t)(decoder->next_out - out);
	return GPQ_OK;
}
