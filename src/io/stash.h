/*
 * io/stash.h - a row of bytes that may be longer than the memory that it takes: sheets that do not fit go to a spill file.
 *
 * Bytes are appended, read and written again by offset. Nothing goes to the file before the sheets pass their cap; the sheet
 * that was not used for longest, about, goes first. A sheet that is written again leaves a hole where it was.
 * Memory: 16 KiB a sheet in memory, 16 bytes for each sheet there is.      Threads: all calls from any thread.
 */
#ifndef GPQ_IO_STASH_H
#define GPQ_IO_STASH_H

#include "io/spill.h"

#define GPQ_STASH_SHEET_BYTES ((size_t)16 << 10)

struct gpq_stash;

/* gpq_stash_open() makes an empty one of at most 'cap_bytes' in sheets, four at the least. Borrows 'spill' until close. */
GPQ_MUST_USE enum gpq_status gpq_stash_open(struct gpq_budget *budget, struct gpq_spill *spill, size_t cap_bytes,
                                            struct gpq_stash **out, struct gpq_error *err);
void gpq_stash_close(struct gpq_stash *stash);

/* Errors of all: GPQ_E_BUDGET and those of the spill file. What a failed call was to change may be changed in part. */
GPQ_MUST_USE enum gpq_status gpq_stash_append(struct gpq_stash *stash, const void *bytes, size_t len, uint64_t *out_at,
                                              struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_stash_write(struct gpq_stash *stash, uint64_t at, const void *bytes, size_t len,
                                             struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_stash_read(struct gpq_stash *stash, uint64_t at, void *bytes, size_t len,
                                            struct gpq_error *err);

/* What one of 'len' bytes takes at most with that cap, while its lists grow. */
size_t gpq_stash_need(uint64_t len, size_t cap_bytes);

/* gpq_stash_extend() makes it 'len' bytes long, where it is shorter: zeros, that take no sheet before they are written. */
GPQ_MUST_USE enum gpq_status gpq_stash_extend(struct gpq_stash *stash, uint64_t len, struct gpq_error *err);

/* The first byte from 'at' on that stands in a sheet that was ever written; the length where there is none. */
uint64_t gpq_stash_find(struct gpq_stash *stash, uint64_t at);

/* Bytes appended so far. */
uint64_t gpq_stash_len(struct gpq_stash *stash);

/* gpq_stash_settle() lowers the cap to what is in memory now and 'more_bytes', where that is less; returns what the object takes
 * from its budget at most from here on, if no more than 'more_bytes' are appended. */
size_t gpq_stash_settle(struct gpq_stash *stash, size_t more_bytes);

#endif
