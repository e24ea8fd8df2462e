/*
 * io/listing.h - the names in one folder, in byte order, in a fixed number of bytes however many there are.
 *
 * A folder is read whole and the lowest names that fit are kept; when they have been given out it is read again for the
 * next ones. So a folder of a million names costs time, not memory.
 *
 *     room: | what the system gives at a time | names, terminated --> ......... <-- their offsets |
 *
 * Call order: init -> next* -> done.      Threads: one listing, one thread.
 */
#ifndef GPQ_IO_LISTING_H
#define GPQ_IO_LISTING_H

#include "base/budget.h"

/* NAME_MAX is 255, but vfat and ntfs count 255 UTF-16 units, which are up to 765 bytes of UTF-8. */
#define GPQ_LISTING_NAME_BYTES ((size_t)1024)

/* Least room: 4 KiB for the system's entries and some names of the longest kind. */
#define GPQ_LISTING_FLOOR_BYTES ((size_t)16 << 10)

/* Members are this room's own. */
struct gpq_listing {
	struct gpq_budget *budget;
	uint8_t *room;
	size_t room_bytes, entries_bytes;
	size_t names_bytes, n_names; /* kept */
	size_t at;                   /* of them, given out */
	bool more;                   /* names above the kept ones may be there */
	char last[GPQ_LISTING_NAME_BYTES];  /* given out last; empty at first */
	char bound[GPQ_LISTING_NAME_BYTES]; /* this and what is above it waits for another pass; empty: nothing does */
};

/* 'listing' is the caller's storage; 'room_bytes' at least GPQ_LISTING_FLOOR_BYTES. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_listing_init(struct gpq_listing *listing, struct gpq_budget *budget, size_t room_bytes,
                                              struct gpq_error *err);
void gpq_listing_done(struct gpq_listing *listing);

/*
 * gpq_listing_next() gives the next name in the folder 'path', the same one at each call, without "." and "..". '*out' is
 * NULL behind the last name; it stands until the next call. Errors: GPQ_E_INPUT_MISSING, GPQ_E_PERMISSION, GPQ_E_SYSTEM.
 */
GPQ_MUST_USE enum gpq_status gpq_listing_next(struct gpq_listing *listing, const char *path, const char **out,
                                              struct gpq_error *err);

#endif
