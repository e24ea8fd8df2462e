/*
 * io/tempname.h - the hidden names of files under way: ".<name>.<16 hex digits>.tmp" beside what they become.
 * Knows: names, descriptors.      Memory: none.
 */
#ifndef GPQ_IO_TEMPNAME_H
#define GPQ_IO_TEMPNAME_H

#include "base/status.h"

/* What is added to a name, without terminator: two points, 16 digits and ".tmp". */
#define GPQ_TEMPNAME_MORE_BYTES 22

/* Whether 'name' (without folder) is one that gpq_tempname_create() makes. */
bool gpq_tempname_is(const char *name);

/*
 * gpq_tempname_create() makes a new, empty file for 'target' in the target's folder, open for reading and writing.
 *   out_path  at least strlen(target) + GPQ_TEMPNAME_MORE_BYTES + 1 bytes
 * Errors: GPQ_E_PERMISSION, GPQ_E_DISK_FULL, GPQ_E_SYSTEM.
 */
GPQ_MUST_USE enum gpq_status gpq_tempname_create(const char *target, char *out_path, int *out_fd,
                                                 struct gpq_error *err);

#endif
