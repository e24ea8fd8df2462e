// SPDX-License-Identifier: MIT
#include "convert/stretches.h"

size_t gpq_stretches_need(uint32_t cap)
{
	return (size_t)cap * 2 * sizeof(uint32_t);
}

enum gpq_status gpq_stretches_init(struct gpq_stretches *stretches, struct gpq_budget *budget, uint32_t cap,
                                   uint32_t step, struct gpq_error *err)
{
	*stretches = (struct gpq_stretches){ .cap = cap, .step = step };
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CONVERT, gpq_stretches_need(cap), &stretches->value, err));
	stretches->rows = stretches->value + cap;
	return GPQ_OK;
}

void gpq_stretches_done(struct gpq_stretches *stretches, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_CONVERT, stretches->value, gpq_stretches_need(stretches->cap));
	*stretches = (struct gpq_stretches){ 0 };
}

void gpq_stretches_put(struct gpq_stretches *stretches, uint32_t value, uint32_t rows)
{
	uint32_t last = stretches->count - 1; /* of no use where there is none */
	if (stretches->count && value == stretches->value[last] + stretches->rows[last] * stretches->step) {
		stretches->rows[last] += rows;
		return;
	}
	if (stretches->count == stretches->cap) {
		stretches->overflown = true;
		return;
	}
	stretches->value[stretches->count] = value;
	stretches->rows[stretches->count++] = rows;
}

void gpq_stretches_add(struct gpq_stretches *stretches, const uint32_t *values, uint32_t n)
{
	uint32_t step = stretches->step;
	for (uint32_t at = 0; at < n && !stretches->overflown;) {
		uint32_t from = at++;
		while (at < n && values[at] == values[at - 1] + step)
			at++;
		gpq_stretches_put(stretches, values[from], at - from);
	}
}

struct gpq_stretch_place gpq_stretches_end(const struct gpq_stretches *stretches)
{
	uint32_t last = stretches->count - 1; /* of no use where there is none */
	if (!stretches->count)
		return (struct gpq_stretch_place){ 0 };
	return (struct gpq_stretch_place){ last, stretches->rows[last] };
}

void gpq_stretches_repeat(struct gpq_stretches *stretches, struct gpq_stretch_place place, uint32_t n)
{
	while (n && !stretches->overflown) {
		uint32_t value = 0;
		if (place.done == stretches->rows[place.stretch])
			place = (struct gpq_stretch_place){ .stretch = place.stretch + 1 };
		uint32_t rows = gpq_stretches_next(stretches, &place, n, &value);
		gpq_stretches_put(stretches, value, rows);
		n -= rows;
	}
}

void gpq_stretches_seek(const struct gpq_stretches *stretches, uint64_t row, struct gpq_stretch_place *place)
{
	*place = (struct gpq_stretch_place){ 0 };
	while (place->stretch < stretches->count && row >= stretches->rows[place->stretch])
		row -= stretches->rows[place->stretch++];
	place->done = (uint32_t)row;
}

uint32_t gpq_stretches_next(const struct gpq_stretches *stretches, struct gpq_stretch_place *place, uint32_t n,
                            uint32_t *out_value)
{
	uint32_t rows = stretches->rows[place->stretch], left = rows - place->done;
	*out_value = stretches->value[place->stretch] + place->done * stretches->step;
	n = left < n ? left : n;
	place->done += n;
	if (place->done == rows)
		*place = (struct gpq_stretch_place){ .stretch = place->stretch + 1 };
	return n;
}

void gpq_stretches_read(const struct gpq_stretches *stretches, struct gpq_stretch_place *place, uint32_t n,
                        uint32_t *out)
{
	while (n) {
		uint32_t value = 0, rows = gpq_stretches_next(stretches, place, n, &value);
		for (uint32_t i = 0; i < rows; i++)
			out[i] = value + i * stretches->step;
		out += rows;
		n -= rows;
	}
}
