// SPDX-License-Identifier: MIT
#include "convert/stretches.h"

size_t gpq_stretches_need(uint32_t cap)
{
	return (size_t)cap * 2 * sizeof(uint32_t);
}

enum gpq_status gpq_stretches_init(struct gpq_stretches *stretches, struct gpq_budget *budget, uint32_t cap,
                                   struct gpq_error *err)
{
	*stretches = (struct gpq_stretches){ .cap = cap };
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, gpq_stretches_need(cap), &stretches->value, err));
	stretches->rows = stretches->value + cap;
	return GPQ_OK;
}

void gpq_stretches_done(struct gpq_stretches *stretches, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_CONVERT, stretches->value, gpq_stretches_need(stretches->cap));
	*stretches = (struct gpq_stretches){ 0 };
}

void gpq_stretches_add(struct gpq_stretches *stretches, const uint32_t *values, uint32_t n)
{
	for (uint32_t at = 0; at < n && !stretches->overflown;) {
		uint32_t value = values[at], from = at;
		while (at < n && values[at] == value)
			at++;
		if (stretches->count && stretches->value[stretches->count - 1] == value) {
			stretches->rows[stretches->count - 1] += at - from;
			continue;
		}
		if (stretches->count == stretches->cap) {
			stretches->overflown = true;
			return;
		}
		stretches->value[stretches->count] = value;
		stretches->rows[stretches->count++] = at - from;
	}
}

void gpq_stretches_seek(const struct gpq_stretches *stretches, uint64_t row, struct gpq_stretch_place *place)
{
	*place = (struct gpq_stretch_place){ 0 };
	while (place->stretch < stretches->count && row >= stretches->rows[place->stretch])
		row -= stretches->rows[place->stretch++];
	place->done = (uint32_t)row;
}

void gpq_stretches_read(const struct gpq_stretches *stretches, struct gpq_stretch_place *place, const uint32_t *map,
                        uint32_t n, uint32_t *out)
{
	while (n) {
		uint32_t left = stretches->rows[place->stretch] - place->done;
		uint32_t count = left < n ? left : n;
		uint32_t value = stretches->value[place->stretch];
		if (map)
			value = map[value];
		for (uint32_t i = 0; i < count; i++)
			out[i] = value;
		out += count;
		n -= count;
		place->done += count;
		if (place->done == stretches->rows[place->stretch]) {
			place->stretch++;
			place->done = 0;
		}
	}
}
