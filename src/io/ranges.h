/*
 * io/ranges.h - read any bytes of a file by offset, or of memory that looks like one.
 * Memory: the object only.      Threads: reads from any thread.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_IO_RANGES_H
#define GPQ_IO_RANGES_H

#include "base/budget.h"

struct gpq_ranges;

/* gpq_ranges_open() opens the regular file 'path'. Owner: caller, gpq_ranges_close().
 * Errors: GPQ_E_INPUT_MISSING, GPQ_E_PERMISSION, GPQ_E_SYSTEM (also: no regular file), GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_ranges_open(struct gpq_budget *budget, const char *path, struct gpq_ranges **out,
					     struct gpq_error *err);

/* gpq_ranges_of_memory() borrows 'bytes' until close. */
GPQ_MUST_USE enum gpq_status gpq_ranges_of_memory(struct gpq_budget *budget, const uint8_t *bytes, size_t len,
						  struct gpq_ranges **out, struct gpq_error *err);
void gpq_ranges_close(struct gpq_ranges *ranges);

/* Size when opened. */
uint64_t gpq_ranges_bytes(const struct gpq_ranges *ranges);

/* gpq_ranges_read() reads exactly 'len' bytes at 'offset'. Errors: GPQ_E_TRUNCATED (beyond the end), GPQ_E_SYSTEM. */
GPQ_MUST_USE enum gpq_status gpq_ranges_read(const struct gpq_ranges *ranges, uint64_t offset, void *bytes, size_t len,
					     struct gpq_error *err);

#endif
