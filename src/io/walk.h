/*
 * io/walk.h - the files below folders, in byte order of their names.
 *
 * Hidden entries (a leading '.') are passed over, links are followed, a folder that holds itself is entered once. What is
 * neither file nor folder (a pipe, a device) is reported as such.
 * Memory: one folder's names at a time and depth, from the budget.
 */
#ifndef GPQ_IO_WALK_H
#define GPQ_IO_WALK_H

#include "base/budget.h"

struct gpq_walk_entry {
	const char *path;      /* as the caller would write it: root joined with names by '/' */
	uint64_t size_bytes;
	int64_t modified_ns;
	bool readable_kind;    /* a regular file; else a pipe, device, broken link */
};

/* gpq_walk() calls 'visit' for each file at or below 'root'; a visit that fails ends the walk with its status.
 * Errors: GPQ_E_INPUT_MISSING (root), GPQ_E_PERMISSION and GPQ_E_SYSTEM for a folder that cannot be read. */
GPQ_MUST_USE enum gpq_status gpq_walk(struct gpq_budget *budget, const char *root,
                                      enum gpq_status (*visit)(void *context, const struct gpq_walk_entry *entry,
                                                               struct gpq_error *err),
                                      void *context, struct gpq_error *err);

#endif
