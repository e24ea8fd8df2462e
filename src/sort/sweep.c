// SPDX-License-Identifier: MIT
#include "sort/turned.h"

/* Whether all of them are decimals. */
static bool cells_unpack(const struct gpq_slab_layout *layout, const struct gpq_slab *slab, uint32_t k, uint32_t from,
			 uint32_t n, int64_t *out)
{
	const uint8_t *column = gpq_slab_cell_column(layout, slab, k);
	bool decimal = true;
	if (layout->cell_bytes == sizeof(int64_t)) {
		memcpy(out, column + sizeof(int64_t) * from, sizeof(int64_t) * n);
		for (uint32_t i = 0; i < n; i++)
			decimal &= gpq_cell_is_decimal(out[i]);
		return decimal;
	}
	const int32_t *near = (const int32_t *)(const void *)column + from;
	int32_t least = INT32_MAX;
	for (uint32_t i = 0; i < n; i++) {
		least = near[i] < least ? near[i] : least;
		out[i] = near[i];
	}
	if (least >= GPQ_NEAR_LEAST)
		return true;
	for (uint32_t i = 0; i < n; i++) {
		out[i] = gpq_slab_cell_of(slab, near[i]);
		decimal &= gpq_cell_is_decimal(out[i]);
	}
	return decimal;
}

bool gpq_turned_piece_next(const struct gpq_turned *turned, uint32_t cells, struct gpq_turned_piece *piece)
{
	const struct gpq_lattice *lattice = &turned->lattice;
	if (turned->spill || !lattice->rows)
		return false;
	piece->done += piece->rows;
	piece->rows = 0;
	while (piece->slice < lattice->n_slices && piece->done == lattice->slices[piece->slice].rows) {
		piece->slice++;
		piece->done = 0;
	}
	if (piece->slice == lattice->n_slices)
		return false;
	const struct gpq_lattice_slice *slice = &lattice->slices[piece->slice];
	const struct gpq_slab *slab = turned->slab_rows.slab[slice->slab];
	const struct gpq_slab_layout *layout = gpq_slab_rows_layout(&turned->slab_rows, slice->slab);
	uint32_t left = slice->rows - piece->done;
	piece->rows = left < GPQ_TURNED_PIECE_ROWS ? left : GPQ_TURNED_PIECE_ROWS;
	piece->decimal = 0;
	for (uint32_t k = 0; k < turned->n_cells; k++)
		if (cells >> k & 1 &&
		    cells_unpack(layout, slab, k, slice->from + piece->done, piece->rows, piece->cell[k]))
			piece->decimal |= 1u << k;
	return true;
}

void gpq_turned_piece_row(const struct gpq_turned *turned, const struct gpq_turned_piece *piece, uint32_t i,
			  uint32_t *out_start_s, uint32_t *out_location)
{
	const struct gpq_lattice_slice *slice = &turned->lattice.slices[piece->slice];
	const struct gpq_slab_layout *layout = gpq_slab_rows_layout(&turned->slab_rows, slice->slab);
	*out_start_s = slice->start_s;
	*out_location =
	    gpq_slab_location_at(layout, turned->slab_rows.slab[slice->slab], slice->from + piece->done + i);
}
