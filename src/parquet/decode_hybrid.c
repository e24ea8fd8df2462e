// SPDX-License-Identifier: MIT
#include "parquet/decode.h"

void gpq_hybrid_init(struct gpq_hybrid *hybrid, const uint8_t *bytes, size_t len, unsigned width)
{
	*hybrid = (struct gpq_hybrid){ .bytes = bytes, .len = len, .width = width };
}

static bool header_take(struct gpq_hybrid *hybrid, uint64_t *out)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 63; shift += 7) {
		if (hybrid->at >= hybrid->len)
			return false;
		uint8_t byte = hybrid->bytes[hybrid->at++];
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*out = value;
			return true;
		}
	}
	return false;
}

/* Begins the next run that is not empty. */
static bool run_next(struct gpq_hybrid *hybrid)
{
	while (hybrid->left == 0) {
		uint64_t header = 0;
		if (!header_take(hybrid, &header))
			return false;
		uint64_t room = hybrid->len - hybrid->at;
		hybrid->packed = header & 1;
		if (hybrid->packed) {
			uint64_t groups = header >> 1, bytes = groups * hybrid->width;
			if (groups > (uint64_t)INT32_MAX)
				return false;
			/* Some writers cut the padding of the last group off. */
			hybrid->left = groups * 8;
			if (bytes > room) {
				hybrid->left = room * 8 / hybrid->width;
				bytes = room;
			}
			hybrid->pack = hybrid->bytes + hybrid->at;
			hybrid->bit = 0;
			hybrid->at += (size_t)bytes;
			if (bytes == room && hybrid->left == 0)
				return false;
			continue;
		}
		unsigned value_bytes = (hybrid->width + 7) / 8;
		if (value_bytes > room)
			return false;
		hybrid->value = 0;
		for (unsigned i = 0; i < value_bytes; i++)
			hybrid->value |= (uint32_t)hybrid->bytes[hybrid->at++] << (8 * i);
		hybrid->left = header >> 1;
	}
	return true;
}

static void packed_take(struct gpq_hybrid *hybrid, uint32_t n, uint32_t *out)
{
	uint64_t mask = (UINT64_C(1) << hybrid->width) - 1;
	for (uint32_t i = 0; i < n; i++, hybrid->bit += hybrid->width) {
		uint64_t window; /* at most 7 + 32 bits are wanted of it; padding covers the last one */
		memcpy(&window, hybrid->pack + (hybrid->bit >> 3), sizeof(window));
		out[i] = (uint32_t)(window >> (hybrid->bit & 7) & mask);
	}
}

uint32_t gpq_hybrid_read(struct gpq_hybrid *hybrid, uint32_t n, uint32_t *out)
{
	uint32_t done = 0;
	while (done < n && run_next(hybrid)) {
		uint32_t take = hybrid->left < n - done ? (uint32_t)hybrid->left : n - done;
		if (hybrid->packed)
			packed_take(hybrid, take, out + done);
		else
			for (uint32_t i = 0; i < take; i++)
				out[done + i] = hybrid->value;
		hybrid->left -= take;
		done += take;
	}
	return done;
}

bool gpq_hybrid_constant(struct gpq_hybrid *hybrid, uint32_t n, uint32_t *out)
{
	if (!run_next(hybrid) || hybrid->packed || hybrid->left < n)
		return false;
	hybrid->left -= n;
	*out = hybrid->value;
	return true;
}
