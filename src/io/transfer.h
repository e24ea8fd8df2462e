/*
 * io/transfer.h - whole reads and writes at an offset of a descriptor, whatever signals and short counts come between.
 * 'what' names the file in messages.      Memory: none.      Threads: any.
 */
#ifndef GPQ_IO_TRANSFER_H
#define GPQ_IO_TRANSFER_H

#include "base/status.h"

/* Errors: GPQ_E_DISK_FULL, GPQ_E_PERMISSION, GPQ_E_SYSTEM; err->byte is the offset that failed. */
GPQ_MUST_USE enum gpq_status gpq_transfer_write(int fd, const char *what, uint64_t offset, const void *bytes, size_t len,
                                                struct gpq_error *err);

/* Errors: GPQ_E_SYSTEM, also where the file ends before 'len' bytes. */
GPQ_MUST_USE enum gpq_status gpq_transfer_read(int fd, const char *what, uint64_t offset, void *bytes, size_t len,
                                               struct gpq_error *err);

#endif
