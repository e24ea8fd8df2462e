// SPDX-License-Identifier: MIT
#include "sort/strip_slab.h"

void gpq_strip_slab_begin(struct gpq_slab *slab)
{
	gpq_slab_begin(slab, GPQ_SLAB_STAMPED);
	slab->used_bytes = GPQ_STRIP_SLAB_HEAD_BYTES;
}

/* The least width that takes numbers from 'least' to 'most'; its own least value is null's. */
static uint8_t width_of(int64_t least, int64_t most)
{
	if (least > INT16_MIN && most <= INT16_MAX)
		return sizeof(int16_t);
	return least > INT32_MIN && most <= INT32_MAX ? sizeof(int32_t) : sizeof(int64_t);
}

/* How many of the cells are known, and the least width that takes them. */
static uint32_t cells_survey(const int64_t *cells, uint32_t n, uint8_t *out_width)
{
	int64_t least = 0, most = 0;
	uint32_t known = 0;
	for (uint32_t i = 0; i < n; i++) {
		least = cells[i] < least ? cells[i] : least;
		most = cells[i] > most ? cells[i] : most;
	}
	if (least > GPQ_CELL_NULL) { /* so there is none */
		*out_width = width_of(least, most);
		return n;
	}
	least = 0;
	for (uint32_t i = 0; i < n; i++) {
		bool is = cells[i] != GPQ_CELL_NULL;
		least = is && cells[i] < least ? cells[i] : least;
		known += is;
	}
	*out_width = width_of(least, most);
	return known;
}

static void piece_cut(struct gpq_strip_pieces *pieces, const struct gpq_strip *strip, const int64_t *cells,
		      uint32_t place, uint32_t n)
{
	while (n && cells[n - 1] == GPQ_CELL_NULL)
		n--;
	for (; n && *cells == GPQ_CELL_NULL; n--, cells++)
		place++;
	if (n == 0)
		return;
	struct gpq_packed_strip *piece = &pieces->piece[pieces->n];
	*piece = (struct gpq_packed_strip){
		.origin = strip->origin,
		.location = strip->location,
		.version = strip->version,
		.place = place,
		.places = n,
		.cell = strip->cell,
	};
	piece->known = (uint16_t)cells_survey(cells, n, &piece->width);
	pieces->cells[pieces->n++] = cells;
	pieces->bytes += gpq_strip_bytes(n, piece->width);
	pieces->known += piece->known;
}

void gpq_strip_cut(const struct gpq_strips *strips, const struct gpq_strip *strip, uint32_t place,
		   struct gpq_strip_pieces *out)
{
	const int64_t *cells = strips->cells + strip->first;
	uint32_t room = GPQ_STRIP_WINDOW - place % GPQ_STRIP_WINDOW;
	uint32_t n = strip->places < room ? strip->places : room;
	out->n = out->bytes = out->known = 0;
	piece_cut(out, strip, cells, place, n);
	piece_cut(out, strip, cells + n, place + n, strip->places - n);
}

static void narrow_put(const int64_t *cells, uint32_t n, int16_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = (int16_t)(cells[i] | (-(int64_t)(cells[i] == GPQ_CELL_NULL) & INT16_MIN));
}

static void near_put(const int64_t *cells, uint32_t n, int32_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = (int32_t)(cells[i] | (-(int64_t)(cells[i] == GPQ_CELL_NULL) & INT32_MIN));
}

bool gpq_strip_slab_put(struct gpq_slab *slab, const struct gpq_strip_pieces *pieces)
{
	if (slab->used_bytes + pieces->bytes > GPQ_SLAB_BYTES)
		return false;
	for (uint32_t i = 0; i < pieces->n; i++) {
		const struct gpq_packed_strip *piece = &pieces->piece[i];
		struct gpq_packed_strip *to = (struct gpq_packed_strip *)(void *)((uint8_t *)slab + slab->used_bytes);
		*to = *piece;
		if (piece->width == sizeof(int16_t))
			narrow_put(pieces->cells[i], piece->places, (int16_t *)(void *)(to + 1));
		else if (piece->width == sizeof(int32_t))
			near_put(pieces->cells[i], piece->places, (int32_t *)(void *)(to + 1));
		else
			memcpy(to + 1, pieces->cells[i], sizeof(int64_t) * piece->places);
		slab->used_bytes += gpq_strip_bytes(piece->places, piece->width);
		slab->rows++;
	}
	return true;
}

/* As in packing: null's number is widened like any other, and what it is short of a cell's null is taken off behind. */
static void narrow_unpack(const int16_t *cells, uint32_t n, int64_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = cells[i] + (-(int64_t)(cells[i] == INT16_MIN) & (GPQ_CELL_NULL - INT16_MIN));
}

static void near_unpack(const int32_t *cells, uint32_t n, int64_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = cells[i] + (-(int64_t)(cells[i] == INT32_MIN) & (GPQ_CELL_NULL - INT32_MIN));
}

void gpq_strip_unpack(const struct gpq_packed_strip *strip, int64_t *out)
{
	const void *cells = gpq_strip_cells(strip);
	if (strip->width == sizeof(int16_t))
		narrow_unpack(cells, strip->places, out);
	else if (strip->width == sizeof(int32_t))
		near_unpack(cells, strip->places, out);
	else
		memcpy(out, cells, sizeof(int64_t) * strip->places);
}
