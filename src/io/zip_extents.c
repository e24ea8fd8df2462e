// SPDX-License-Identifier: MIT
#include "io/zip_extents.h"

#include <string.h>

void gpq_zip_extents_init(struct gpq_zip_extents *extents)
{
	extents->from = extents->floor = 0;
	extents->below = UINT64_MAX;
	extents->count = 0;
}

/* How many of the kept ones begin at 'at' or before. */
static size_t rank_of(const struct gpq_zip_extents *extents, uint64_t at)
{
	size_t low = 0, high = extents->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (extents->kept[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool gpq_zip_extents_put(struct gpq_zip_extents *extents, uint64_t at, uint64_t end)
{
	if (at < extents->from || at >= extents->below)
		return true;
	if (extents->count == GPQ_ZIP_EXTENTS_KEPT) { /* the upper half waits for the next pass */
		extents->count /= 2;
		extents->below = extents->kept[extents->count].at;
		if (at >= extents->below)
			return true;
	}
	size_t rank = rank_of(extents, at);
	if (at < extents->floor || (rank && extents->kept[rank - 1].end > at) ||
	    (rank < extents->count && extents->kept[rank].at < end))
		return false;
	memmove(extents->kept + rank + 1, extents->kept + rank, (extents->count - rank) * sizeof(extents->kept[0]));
	extents->kept[rank] = (struct gpq_zip_extent){ at, end };
	extents->count++;
	return true;
}

bool gpq_zip_extents_again(struct gpq_zip_extents *extents)
{
	if (extents->below == UINT64_MAX)
		return false;
	if (extents->count)
		extents->floor = extents->kept[extents->count - 1].end;
	extents->from = extents->below;
	extents->below = UINT64_MAX;
	extents->count = 0;
	return true;
}
