/*
 * io/walk.h - the files below folders, in byte order of their names.
 *
 * Hidden entries (a leading '.') are passed over, links are followed, a folder that holds itself is entered once. What is
 * neither file nor folder (a pipe, a device) is reported as such.
 * Files and folders of one folder come in one order, a folder's files in its place. Paths are bytes, of any encoding.
 * Memory: gpq_walk_need(), however many names a folder has (of some ten thousand and more it is read several times).
 */
#ifndef GPQ_IO_WALK_H
#define GPQ_IO_WALK_H

#include "base/budget.h"

/* The most that a walk takes from its budget. */
size_t gpq_walk_need(void);

struct gpq_walk_entry {
	const char *path;      /* as the caller would write it: root joined with names by '/' */
	uint64_t size_bytes;
	int64_t modified_ns;
	bool readable_kind;    /* a regular file; else a pipe, device, broken link (size and time are then the link's) */
};

/* gpq_walk() calls 'visit' for each file at or below 'root'; a visit that fails ends the walk with its status.
 * Errors: GPQ_E_INPUT_MISSING (root), GPQ_E_PERMISSION and GPQ_E_SYSTEM for a folder that cannot be read, GPQ_E_SYSTEM for 64
 * folders inside one another, GPQ_E_BUDGET. Messages name the path. 'entry' stands until 'visit' returns. */
GPQ_MUST_USE enum gpq_status gpq_walk(struct gpq_budget *budget, const char *root,
                                      enum gpq_status (*visit)(void *context, const struct gpq_walk_entry *entry,
                                                               struct gpq_error *err),
                                      void *context, struct gpq_error *err);

#endif
