/*
 * io/spill.h - a nameless temporary file: bytes go to its end and come back by offset.
 *
 * Made with O_TMPFILE where the file system can, else unlinked right after it was made, so that nothing is left whatever
 * happens. Nothing is created on disk before the first append.
 * Threads: append and read from any thread.      Memory: none beyond the object.
 */
#ifndef GPQ_IO_SPILL_H
#define GPQ_IO_SPILL_H

#include "base/budget.h"

struct gpq_spill;

/* 'folder' is made on the first append. */
GPQ_MUST_USE enum gpq_status gpq_spill_open(struct gpq_budget *budget, const char *folder, struct gpq_spill **out,
                                            struct gpq_error *err);
void gpq_spill_close(struct gpq_spill *spill);

/* Errors: GPQ_E_DISK_FULL, GPQ_E_PERMISSION, GPQ_E_SYSTEM. The range of a failed append is not to be read. */
GPQ_MUST_USE enum gpq_status gpq_spill_append(struct gpq_spill *spill, const void *bytes, size_t len,
                                              uint64_t *out_offset, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_spill_read(struct gpq_spill *spill, uint64_t offset, void *bytes, size_t len,
                                            struct gpq_error *err);

/* gpq_spill_release() gives the blocks of a range back to the file system (hole punching), where it can. */
void gpq_spill_release(struct gpq_spill *spill, uint64_t offset, uint64_t len);

/* gpq_spill_make_named() makes the nameless file where O_TMPFILE is not known: named in 'folder', and unlinked. */
GPQ_MUST_USE enum gpq_status gpq_spill_make_named(const char *folder, int *out_fd, struct gpq_error *err);

/* Bytes appended so far. */
uint64_t gpq_spill_bytes(const struct gpq_spill *spill);

#endif
