/*
 * io/sink.h - a file that appears complete or not at all.
 *
 * A sink writes to a hidden name beside its target (".<name>.<random>.tmp", which no *.parquet glob matches), is synced, and
 * becomes the target by one rename. Until then gpq_sink_close() removes it.
 * The disk is set to work while the file grows, so that the sync waits for the rest only.
 * Call order: open -> write* -> sync -> publish -> close, close at any point.      Threads: one sink, one thread at a time;
 * gpq_sink_read() from any.      Memory: a write buffer of 256 KiB.
 */
#ifndef GPQ_IO_SINK_H
#define GPQ_IO_SINK_H

#include "base/budget.h"

struct gpq_sink;

size_t gpq_sink_need(void);

/* Makes the folders above 'target' where missing. Errors: GPQ_E_PERMISSION, GPQ_E_DISK_FULL, GPQ_E_SYSTEM, GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_sink_open(struct gpq_budget *budget, const char *target, struct gpq_sink **out,
                                           struct gpq_error *err);
void gpq_sink_close(struct gpq_sink *sink);

GPQ_MUST_USE enum gpq_status gpq_sink_write(struct gpq_sink *sink, const void *bytes, size_t len, struct gpq_error *err);

/* Bytes written so far: the offset of the next one. */
uint64_t gpq_sink_offset(const struct gpq_sink *sink);

/* gpq_sink_read() reads back written bytes (flushing first where they are still in the buffer). */
GPQ_MUST_USE enum gpq_status gpq_sink_read(struct gpq_sink *sink, uint64_t offset, void *bytes, size_t len,
                                           struct gpq_error *err);

/* gpq_sink_suspend() flushes, sets the disk to work, closes the descriptor and gives the buffer back; the next call opens it
 * again, checks that it is the same file, and leaves it open. For runs with more partitions under way than descriptors, and for
 * files that are written but not to be waited for yet. */
GPQ_MUST_USE enum gpq_status gpq_sink_suspend(struct gpq_sink *sink, struct gpq_error *err);

/* A failed write or sync fails all later calls but close: such a file never becomes the target. */

/* gpq_sink_sync() flushes and fsyncs; gpq_sink_publish() renames onto the target (replacing it). The folder's own fsync is
 * gpq_folder_sync(), once for all. */
GPQ_MUST_USE enum gpq_status gpq_sink_sync(struct gpq_sink *sink, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_sink_publish(struct gpq_sink *sink, struct gpq_error *err);

const char *gpq_sink_target(const struct gpq_sink *sink);

#endif
