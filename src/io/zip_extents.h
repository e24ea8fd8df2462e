/*
 * io/zip_extents.h - whether members of an archive lie over each other, in a fixed room however many there are.
 *
 * Members that are listed in the order they stand in need one comparison each. Others are gone through again: a pass
 * keeps the lowest that fit, in order, and the next one goes on above them. Call order: init -> (put all -> again)*
 * until again says that it is done.
 */
#ifndef GPQ_IO_ZIP_EXTENTS_H
#define GPQ_IO_ZIP_EXTENTS_H

#include "base/status.h"

#define GPQ_ZIP_EXTENTS_KEPT ((size_t)4096)

struct gpq_zip_extent {
	uint64_t at, end;
};

/* Members are this room's own; 64 KiB, in the caller's storage. */
struct gpq_zip_extents {
	uint64_t from, below; /* this pass looks at extents that begin in this range */
	uint64_t floor;       /* end of the last extent below 'from' */
	size_t count;
	struct gpq_zip_extent kept[GPQ_ZIP_EXTENTS_KEPT];
};

void gpq_zip_extents_init(struct gpq_zip_extents *extents);

/* False where the extent lies over one that was put before. It is not empty. */
bool gpq_zip_extents_put(struct gpq_zip_extents *extents, uint64_t at, uint64_t end);

/* Whether all must be put once more. */
bool gpq_zip_extents_again(struct gpq_zip_extents *extents);

#endif
