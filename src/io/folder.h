/*
 * io/folder.h - folders: make, sync, free space, sweep, lock.
 * Knows: paths, folders, locks.      Not: what the files say.      Memory: a sweep takes 64 KiB and 20 KiB a level.
 * Errors: GPQ_E_PERMISSION, GPQ_E_DISK_FULL, GPQ_E_SYSTEM where nothing else is said; messages name the path.
 */
#ifndef GPQ_IO_FOLDER_H
#define GPQ_IO_FOLDER_H

#include "base/budget.h"

/* Makes 'path' and what is missing above it, and syncs the folders that new ones were made in. */
GPQ_MUST_USE enum gpq_status gpq_folder_make(const char *path, struct gpq_error *err);

/* fsync of the folder itself, so that renames in it last. */
GPQ_MUST_USE enum gpq_status gpq_folder_sync(const char *path, struct gpq_error *err);

/* Free bytes for us on the file system that holds 'path' or the nearest folder above it that exists. */
GPQ_MUST_USE enum gpq_status gpq_folder_free_bytes(const char *path, uint64_t *out, struct gpq_error *err);

/* Whether something stands at 'path', be it a link to nothing. */
bool gpq_path_exists(const char *path);

/* gpq_folder_sweep() removes, below 'path', what dead runs left: regular files named as gpq_tempname_create() does, also in
 * hidden folders; links are not followed. The caller holds the output's lock. GPQ_E_INPUT_MISSING: no such folder. */
GPQ_MUST_USE enum gpq_status gpq_folder_sweep(struct gpq_budget *budget, const char *path, struct gpq_error *err);

/* An advisory lock file (flock), which stays behind. Errors: GPQ_E_LOCKED, GPQ_E_PERMISSION, GPQ_E_SYSTEM. '*out_fd' is for
 * gpq_unlock(), which takes -1 too; the end of the process unlocks as well. */
GPQ_MUST_USE enum gpq_status gpq_lock(const char *path, int *out_fd, struct gpq_error *err);
void gpq_unlock(int fd);

#endif
